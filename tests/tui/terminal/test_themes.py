"""Everything that is painted can be read: 7:1 or better for text, and no meaning by colour alone.

Every view of the kiosk, of set-up, the office and the toolkit is painted in a theme that tells which colours meet.
Each such pair is then measured in every theme, as terminals of 16 million, 256 and 16 colours show it, by the WCAG 2
formula: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem, ColorType
from textual import events
from textual.color import Color
from textual.theme import Theme

import tui.terminal.themes
from storage.settings import SettingsFile
from tests.tui.contrast import LINES, TEXT, Rgb, contrast
from tests.tui.kiosks import Start
from tests.tui.offices import OFFICE_PASSPHRASE
from tests.tui.pilot import LARGE, SMALL, Person, Size, run
from tests.tui.views import (
    every_first_office_view,
    every_kiosk_view,
    every_office_view,
    every_setup_view,
    every_toolkit_view,
)
from tui.office.app import OfficeApp
from tui.setup.setup import SetupApp
from tui.terminal.themes import FEW_COLOURS, LIGHT, THEMES
from tui.toolkit.app import ToolkitApp
from tui.widgets.button import Button

DRAWN = re.compile(r"[\u2500-\u259f\s]*")
"""Frames, rules and scroll bars."""

in_every_theme = pytest.mark.parametrize(
    "theme",
    [name if name in {"light", "strong-dark"} else pytest.param(name, marks=pytest.mark.long) for name in THEMES],
)
Pair = tuple[str, str, float]
"""The role of a text's colour, that of its background, and the least contrast of the two."""

ROLES = {
    "text": "foreground",
    "page": "background",
    "accent": "primary",
    "surface": "surface",
    **{name: name for name in LIGHT.variables if name != "marked-style"},
}
"""What colours are for, by the names of `tui.terminal.themes`, and where a theme of Textual has each."""


def role_of(theme: Theme, role: str) -> str:
    """The colour that a theme has for a role."""
    name = ROLES[role]
    return str(theme.variables[name] if name in theme.variables else getattr(theme, name))


PROBE_COLOURS = {role: f"#{10 + 9 * place:02X}{200 - 7 * place:02X}80" for place, role in enumerate(ROLES)}
PROBE = tui.terminal.themes._theme("light", PROBE_COLOURS, dark=False)
ROLE = {tuple(Color.parse(colour).rgb): role for role, colour in PROBE_COLOURS.items()}
"""Roles by the colours of a theme in which no two are alike."""


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens are painted in colours that tell their roles."""
    monkeypatch.setitem(THEMES, "light", PROBE)


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
            assert not any((style.dim, style.blink, style.blink2)), text
            front: Rgb = style.color.get_truecolor()
            back: Rgb = style.bgcolor.get_truecolor()
            yield (text, back, front) if style.reverse else (text, front, back)


def pairs_on(person: Person[Any], view: str) -> set[Pair]:
    """Roles that meet on the screen; a colour that has none fails."""
    pairs = set()
    for text, front, back in painted_pairs(person):
        assert front in ROLE, f"{view}: {text!r} is painted in {front}, which is no colour of the themes"
        assert back in ROLE, f"{view}: {text!r} stands on {back}, which is no colour of the themes"
        pairs.add((ROLE[front], ROLE[back], LINES if DRAWN.fullmatch(text) else TEXT))
    return pairs


Shows = Callable[[str, bool], Rgb]
"""What a terminal makes of a colour, in front or behind."""


def as_it_is(colour: str, _behind: bool) -> Rgb:  # noqa: FBT001 - a `Shows`
    return Color.parse(colour).rgb


def of_256(colour: str, _behind: bool) -> Rgb:  # noqa: FBT001 - a `Shows`
    shown = RichColor.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    return shown.red, shown.green, shown.blue


def of_16(colour: str, _behind: bool) -> Rgb:  # noqa: FBT001 - a `Shows`
    """As xterm has them: black and white are what they are called."""
    number = RichColor.parse(colour).downgrade(ColorSystem.STANDARD).number
    return {0: (0, 0, 0), 15: (255, 255, 255)}[number or 0]


def on_a_console(colour: str, behind: bool) -> Rgb:  # noqa: FBT001 - a `Shows`
    """As the Linux console has them: behind letters there are eight colours, and white is a light grey."""
    return (170, 170, 170) if behind and of_16(colour, behind) == (255, 255, 255) else of_16(colour, behind)


LOOKS: list[tuple[str, Theme, Shows]] = [
    *((f"{name}, {shows.__name__}", theme, shows) for name, theme in THEMES.items() for shows in (as_it_is, of_256)),
    *(
        (f"{name}, {shows.__name__}", theme, shows)
        for name, theme in FEW_COLOURS.items()
        for shows in (of_16, on_a_console)
    ),
]


def too_faint(pairs: set[Pair]) -> list[str]:
    """What would be hard to read, in any theme on any kind of terminal."""
    assert len(pairs) > 6
    faint = []
    for look, theme, shows in LOOKS:
        for front, back, least in sorted(pairs):
            found = contrast(shows(role_of(theme, front), False), shows(role_of(theme, back), True))  # noqa: FBT003
            if found < least:
                faint.append(f"{look}: {front} on {back} {found:.2f}")
    return faint


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


@pytest.mark.usefixtures("easy_unlock", "probe")
@pytest.mark.parametrize(
    "size", [pytest.param(SMALL, id="60x20"), pytest.param(LARGE, id="120x40", marks=pytest.mark.long)]
)
async def test_every_text_of_the_kiosk_stands_out_from_its_background(
    start: Start, staff_passphrase: str, size: Size
) -> None:
    pairs: set[Pair] = set()
    views = 0
    async with start(size, practice=size == SMALL, survey={"languages": ["en", "cy"]}) as person:
        await person.press("3")
        pairs |= pairs_on(person, "choice of colours")
        await person.press("escape")
        async for view in every_kiosk_view(person, staff_passphrase):
            views += 1
            pairs |= pairs_on(person, view)
            if "," not in view:
                async for how in touched(person):
                    pairs |= pairs_on(person, f"{view}, {how}")
    assert too_faint(pairs) == []
    assert views > 30


@pytest.mark.usefixtures("set_up_writes_nothing", "probe")
async def test_every_text_of_set_up_stands_out_from_its_background(
    shipped_settings: SettingsFile, staff_passphrase: str, office_pub: Path
) -> None:
    pairs: set[Pair] = set()
    views = 0
    async with run(SetupApp(shipped_settings, shipped_settings.path.parent), SMALL) as person:
        async for view in every_setup_view(person, staff_passphrase, office_pub):
            views += 1
            pairs |= pairs_on(person, view)
            if "," not in view:
                async for how in touched(person):
                    pairs |= pairs_on(person, f"{view}, {how}")
    assert too_faint(pairs) == []
    assert views > 15


@pytest.mark.usefixtures("quickly", "probe")
async def test_every_text_of_the_office_stands_out_from_its_background(
    settings_file: SettingsFile, used_office: Path, handed_over: Path, tmp_path: Path
) -> None:
    pairs: set[Pair] = set()
    views = 0
    async with run(OfficeApp(used_office, settings_file.settings), SMALL) as person:
        async for view in every_office_view(person, OFFICE_PASSPHRASE, handed_over):
            views += 1
            pairs |= pairs_on(person, view)
            if "," not in view:
                async for how in touched(person):
                    pairs |= pairs_on(person, f"{view}, {how}")
    async with run(OfficeApp(tmp_path / "none", settings_file.settings), SMALL) as person:
        async for view in every_first_office_view(person, OFFICE_PASSPHRASE):
            views += 1
            pairs |= pairs_on(person, view)
    assert too_faint(pairs) == []
    assert views > 25


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)])
async def test_every_text_of_the_toolkit_stands_out_from_its_background(
    settings_file: SettingsFile, tmp_path: Path, size: Size
) -> None:
    pairs: set[Pair] = set()
    views = 0
    folder = tmp_path / "plans"
    folder.mkdir()
    async with run(ToolkitApp(tmp_path / "none", settings_file.settings), size) as person:
        async for view in every_toolkit_view(person, folder):
            views += 1
            pairs |= pairs_on(person, view)
            if "," not in view:
                async for how in touched(person):
                    pairs |= pairs_on(person, f"{view}, {how}")
    assert too_faint(pairs) == []
    assert views > 20


def test_a_faint_pair_is_found_whatever_the_terminal() -> None:
    everywhere = {(front, back, TEXT) for front in ROLES for back in ROLES}
    assert {line.partition(":")[0] for line in too_faint(everywhere)} == {look for look, _, _ in LOOKS}
    assert {role_of(PROBE, role) for role in ROLES} == set(PROBE_COLOURS.values())


def test_the_strong_themes_have_the_strongest_contrast() -> None:
    for name in ("strong-light", "strong-dark", "monochrome"):
        assert contrast(*(Color.parse(role_of(THEMES[name], role)).rgb for role in ("text", "page"))) == 21


def test_black_and_white_is_that_and_nothing_else() -> None:
    for theme in (*FEW_COLOURS.values(), THEMES["monochrome"]):
        assert {role_of(theme, role) for role in ROLES} == {"#000000", "#FFFFFF"}


@in_every_theme
async def test_what_is_chosen_and_what_is_marked_are_told_by_signs_too(start: Start, theme: str) -> None:
    async with start(kiosk={"theme": theme}) as person:
        await person.press("1", "1", "enter", "2", "down")
        signs = {line.strip()[:5] for line in person.lines() if re.match(r" ..[1-9] [●○]", line)}
        assert {"2 ● i", "▸ 3 ○"} <= signs
        assert sum("●" in line for line in person.lines()) == 1
        assert sum("▸" in line for line in person.lines()) == 1


@pytest.mark.usefixtures("easy_unlock")
@in_every_theme
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
