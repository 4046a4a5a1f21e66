"""Everything that is painted can be read: 7:1 or better for text, and no meaning by colour alone.

Every view of the kiosk, of set-up, of the office and of the toolkit is painted in both themes, and every cell that
shows something is measured by the WCAG 2 formula: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.color import ColorType
from textual import events

from storage.settings import SettingsFile
from tests.tui.conftest import (
    LARGE,
    OFFICE_PASSPHRASE,
    SMALL,
    Person,
    Size,
    Start,
    changed,
    every_first_office_view,
    every_kiosk_view,
    every_office_view,
    every_setup_view,
    every_toolkit_view,
    run,
)
from tui.office.app import OfficeApp
from tui.staff.setup import SetupApp
from tui.toolkit.app import ToolkitApp
from tui.widgets.button import Button

TEXT, LINES = 7.0, 3.0
"""The least contrast of text, and of what is not text (WCAG 2.2, 1.4.6 and 1.4.11)."""
DRAWN = re.compile(r"[\u2500-\u259f\s]*")
"""Frames, rules and scroll bars."""

in_both_themes = pytest.mark.parametrize("theme", ["light", "dark"])
Rgb = tuple[int, int, int]


def luminance(colour: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def painted_pairs(person: Person[Any]) -> Iterator[tuple[str, Rgb, Rgb]]:
    """Every text that is painted, with its colour and its background; of a dialog only, where one dims the rest."""
    dialog = person.app.screen.query(".dialog")
    left, top, width, height = dialog.first().region if dialog else person.app.screen.region
    for strip in person.app.screen._compositor.render_strips()[top : top + height]:
        for text, style, _control in strip.crop(left, left + width):
            if not text.strip():
                continue
            assert style is not None, text
            assert style.color is not None, text
            assert style.bgcolor is not None, text
            assert style.color.type is style.bgcolor.type is ColorType.TRUECOLOR
            assert not style.dim, text
            front: Rgb = style.color.get_truecolor()
            back: Rgb = style.bgcolor.get_truecolor()
            yield (text, back, front) if style.reverse else (text, front, back)


def too_faint(person: Person[Any], view: str) -> list[str]:
    return [
        f"{view}: {text.strip()!r} {contrast(front, back):.2f}"
        for text, front, back in painted_pairs(person)
        if contrast(front, back) < (LINES if DRAWN.fullmatch(text) else TEXT)
    ]


async def touched(person: Person[Any]) -> AsyncIterator[str]:
    """Each button under the mouse, pressed by it, and with the focus."""
    focused = person.app.focused
    for button in person.app.screen.query(Button):
        seen = person.seen(button)
        if seen is None:
            continue
        await person.mouse(events.MouseMove, seen.x, seen.y)
        yield f"{button.id} under the mouse"
        await person.mouse(events.MouseDown, seen.x, seen.y)
        yield f"{button.id} held"
        await person.mouse(events.MouseMove, 0, 0)
        await person.mouse(events.MouseUp, 0, 0)
        button.focus()
        await person.pause()
        yield f"{button.id} with the focus"
    person.app.screen.set_focus(focused)
    await person.pause()


@pytest.mark.usefixtures("easy_unlock")
@in_both_themes
@pytest.mark.parametrize(
    "size", [pytest.param(SMALL, id="60x20"), pytest.param(LARGE, id="120x40", marks=pytest.mark.long)]
)
async def test_every_text_of_the_kiosk_stands_out_from_its_background(
    start: Start, staff_passphrase: str, theme: str, size: Size
) -> None:
    faint: list[str] = []
    views = 0
    async with start(size, practice=size == SMALL, kiosk={"theme": theme}) as person:
        async for view in every_kiosk_view(person, staff_passphrase):
            views += 1
            faint += too_faint(person, view)
            if "," not in view:
                async for how in touched(person):
                    faint += too_faint(person, f"{view}, {how}")
    assert faint == []
    assert views > 30


@pytest.mark.usefixtures("set_up_writes_nothing")
@in_both_themes
async def test_every_text_of_set_up_stands_out_from_its_background(
    shipped_settings: SettingsFile, staff_passphrase: str, office_pub: Path, theme: str
) -> None:
    faint: list[str] = []
    views = 0
    settings = changed(shipped_settings, kiosk={"theme": theme})
    async with run(SetupApp(settings, settings.path.parent), SMALL) as person:
        async for view in every_setup_view(person, staff_passphrase, office_pub):
            views += 1
            faint += too_faint(person, view)
            if "," not in view:
                async for how in touched(person):
                    faint += too_faint(person, f"{view}, {how}")
    assert faint == []
    assert views > 15


@pytest.mark.usefixtures("quickly")
@in_both_themes
async def test_every_text_of_the_office_stands_out_from_its_background(
    settings_file: SettingsFile, used_office: Path, handed_over: Path, tmp_path: Path, theme: str
) -> None:
    faint: list[str] = []
    views = 0
    settings = changed(settings_file, kiosk={"theme": theme}).settings
    async with run(OfficeApp(used_office, settings), SMALL) as person:
        async for view in every_office_view(person, OFFICE_PASSPHRASE, handed_over):
            views += 1
            faint += too_faint(person, view)
            if "," not in view:
                async for how in touched(person):
                    faint += too_faint(person, f"{view}, {how}")
    async with run(OfficeApp(tmp_path / "none", settings), SMALL) as person:
        async for view in every_first_office_view(person, OFFICE_PASSPHRASE):
            views += 1
            faint += too_faint(person, view)
    assert faint == []
    assert views > 25


@pytest.mark.parametrize(("theme", "size"), [("light", SMALL), pytest.param("dark", LARGE, marks=pytest.mark.long)])
async def test_every_text_of_the_toolkit_stands_out_from_its_background(
    settings_file: SettingsFile, tmp_path: Path, theme: str, size: Size
) -> None:
    faint: list[str] = []
    views = 0
    settings = changed(settings_file, kiosk={"theme": theme}).settings
    folder = tmp_path / "plans"
    folder.mkdir()
    async with run(ToolkitApp(tmp_path / "none", settings), size) as person:
        async for view in every_toolkit_view(person, folder):
            views += 1
            faint += too_faint(person, view)
            if "," not in view:
                async for how in touched(person):
                    faint += too_faint(person, f"{view}, {how}")
    assert faint == []
    assert views > 20


@in_both_themes
async def test_what_is_chosen_and_what_is_marked_are_told_by_signs_too(start: Start, theme: str) -> None:
    async with start(kiosk={"theme": theme}) as person:
        await person.press("1", "1", "enter", "2", "down")
        signs = {line.strip()[:5] for line in person.lines() if re.match(r" ..[1-9] [●○]", line)}
        assert {"2 ● i", "▸ 3 ○"} <= signs
        assert sum("●" in line for line in person.lines()) == 1
        assert sum("▸" in line for line in person.lines()) == 1


@pytest.mark.usefixtures("easy_unlock")
@in_both_themes
async def test_a_focused_button_is_underlined_as_well(start: Start, theme: str) -> None:
    async with start(kiosk={"theme": theme}) as person:
        await person.press("tab")
        focused = person.app.focused
        assert isinstance(focused, Button)
        underlined = {
            segment.text.strip()
            for line in person.painted()
            for segment in line
            if segment.style and segment.style.underline
        }
        assert underlined == {str(focused.render())}
