"""Contrast is measured as it should be, and no theme tells anything by colour alone; `test_views` measures it."""

import re

import pytest
from rich.style import Style
from textual.color import Color

from tests.tui.contrast import LINES, LOOKS, PROBE, PROBE_COLOURS, ROLES, TEXT, contrast, role_of, too_faint
from tests.tui.kiosks import Start
from tests.tui.pilot import AtKiosk
from tui.terminal.themes import FEW_COLOURS, THEMES
from tui.widgets.button import Button

in_every_theme = pytest.mark.parametrize(
    "theme",
    [name if name in {"light", "strong-dark"} else pytest.param(name, marks=pytest.mark.long) for name in THEMES],
)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


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


@in_every_theme
async def test_the_button_that_enter_presses_is_the_filled_one_and_told_by_its_letters_too(
    start: Start, theme: str
) -> None:
    async with start(kiosk={"theme": theme}) as person:
        assert filled(person) == ["start"], "nothing has the focus: what Enter does"
        for _ in range(3):
            await person.press("tab")
            focused = person.app.focused
            assert isinstance(focused, Button)
            assert filled(person) == [focused.id]
            assert {style_of(person, focused).bold, style_of(person, focused).underline} == {True}
        await person.press("f2")
        assert filled(person) == [], "a field has the focus"
        await person.press("tab")
        assert filled(person) == ["unlock"]


def filled(person: AtKiosk) -> list[str | None]:
    """The buttons that stand out from the page."""
    page = Color.parse(role_of(THEMES[person.app.theme.removeprefix("fairstart-")], "page")).rgb
    behind = {
        button.id: style_of(person, button).bgcolor for button in person.app.screen.query(Button) if person.seen(button)
    }
    return [name for name, colour in behind.items() if colour and contrast(colour.get_truecolor(), page) >= LINES]


def style_of(person: AtKiosk, button: Button) -> Style:
    """How the letters of a button are painted."""
    x, y = button.content_region.offset
    strip = person.app.screen._compositor.render_strips()[y].crop(x, button.content_region.right)
    return next(style for text, style, _ in strip if text.strip() and style)
