"""A candidate chooses how the screen looks; the next person starts with the usual colours. Nothing blinks.

Where the terminal's own cursor lies is tested here too, as the program knows it; `test_terminals` looks at real ones.
"""

import ast
import inspect
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.widgets import TextArea

import tui
from storage.settings import SettingsFile
from storage.settings import Theme as ThemeName
from tests.tui.clock import Clock
from tests.tui.kiosks import Held, Start
from tests.tui.pilot import CRAMPED, LARGE, SMALL, USUAL, AtKiosk, Person, Size, run
from tests.tui.views import every_candidates_view
from tui.survey.choice import Choice
from tui.terminal.capabilities import screen_fallbacks
from tui.terminal.cursor import spot_on
from tui.terminal.filters import Colourless
from tui.terminal.themes import FEW_COLOURS, THEMES
from tui.toolkit.app import ToolkitApp
from tui.widgets.button import Button
from tui.widgets.field import TextField

NAMES = ("light", "dark", "strong-light", "strong-dark", "monochrome")


def page(person: Person[Any]) -> str:
    """The colour of the page that is painted."""
    style = person.painted()[0][0].style
    assert style
    assert style.bgcolor
    return str(style.bgcolor.get_truecolor().hex).upper()


def page_of(name: str) -> str:
    return str(THEMES[name].background).upper()


async def look_at(person: AtKiosk, number: int) -> None:
    """Choose a look by its number."""
    await person.press("3", str(number))


# Choosing


def test_every_look_that_the_settings_know_has_a_theme_and_a_name() -> None:
    assert tuple(THEMES) == tuple(FEW_COLOURS) == get_args(ThemeName) == NAMES


@pytest.mark.parametrize(("how", "size"), [("digits", LARGE), ("arrows", SMALL), ("click", SMALL)])
@pytest.mark.sampled
async def test_each_look_can_be_chosen_from_the_welcome(start: Start, how: str, size: Size) -> None:
    async with start(size) as person:
        words = person.app.survey.words
        for place, name in reversed(list(enumerate(NAMES))):
            label = getattr(words.look, name.replace("-", "_"))
            if how == "click":
                await person.click_on("#look")
                y = next(y for y, line in enumerate(person.lines()) if line.endswith(label) or f"{label} " in line)
                await person.click(size[0] // 2, y)
            elif how == "arrows":
                await person.press("3", *["up"] * 5, *["down"] * place, "enter")
            else:
                await look_at(person, place + 1)
            assert page(person) == page_of(name)
            assert words.welcome.heading in person.read()


async def test_the_look_in_use_is_marked_in_the_choice_and_leaving_changes_nothing(start: Start) -> None:
    async with start(SMALL, kiosk={"theme": "strong-dark"}) as person:
        await person.press("3")
        assert isinstance(person.app.screen, Choice)
        assert [line.strip()[:5] for line in person.lines() if "●" in line] == ["▸ 4 ●"]
        await person.press("enter")
        assert page(person) == page_of("strong-dark")
        await person.press("3", "escape")
        assert page(person) == page_of("strong-dark")
        await person.press("3", "9")
        assert isinstance(person.app.screen, Choice), "there is no ninth"
        await person.click_on("#back")
        assert page(person) == page_of("strong-dark")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.sampled
async def test_the_usual_look_is_that_of_the_settings(start: Start, name: str) -> None:
    async with start(kiosk={"theme": name}) as person:
        assert page(person) == page_of(name)


@pytest.mark.parametrize("leaving", ["thanked", "declined", "stopped"])
@pytest.mark.sampled
async def test_the_next_person_starts_with_the_usual_look(start: Start, leaving: str) -> None:
    async with start(kiosk={"theme": "dark"}) as person:
        await look_at(person, 3)
        if leaving == "stopped":
            await person.press("1", "1")
            assert page(person) == page_of("strong-light")
            await person.press("x", "2")
        else:
            keys = ["2"] if leaving == "declined" else ["1", "1", "0", "1", "0", "1", "0", "1", "0", "0"]
            await person.press(*keys)
            assert page(person) == page_of("strong-light")
            await person.press("0")
        assert page(person) == page_of("dark")


async def test_a_look_stays_as_who_chose_it_goes_back_and_goes_once_they_have_left(start: Start, clock: Clock) -> None:
    async with start() as person:
        await look_at(person, 4)
        await person.press("1", "escape")
        assert page(person) == page_of("strong-dark")
        clock.now += person.app.settings.kiosk.idle_seconds + 1
        person.app.watch_idle()
        await person.pause()
        assert page(person) == page_of("light")


async def test_a_choice_can_be_made_on_a_window_that_is_too_small(start: Start) -> None:
    async with start(CRAMPED) as person:
        await person.click_on("#look")
        assert person.app.survey.words.small.text in person.read()
        await person.press("down", "down", "down", "down", "enter")
        assert page(person) == page_of("monochrome")


async def test_colours_change_nothing_that_was_answered(start: Start, held: Held) -> None:
    async with start() as person:
        await look_at(person, 5)
        await person.press(*"1602030200")
        assert held() == [(6, 2, 3, 2)]


# Poor terminals


@pytest.mark.parametrize(
    ("term", "look"),
    [
        ("linux", "light"),
        pytest.param("xterm", "light", marks=pytest.mark.long),
        pytest.param("xterm", "dark", marks=pytest.mark.long),
    ],
)
@pytest.mark.long
async def test_with_sixteen_colours_all_is_black_or_white_and_letters_are_bold_on_black_alone(
    start: Start, monkeypatch: pytest.MonkeyPatch, term: str, look: str
) -> None:
    """A walk of its own, as every colour of `test_views` is one that no terminal of sixteen has."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("COLORTERM")
    screen_fallbacks.cache_clear()
    async with start(SMALL) as person:
        assert person.read_in("#start") == ("Start 1 Enter" if term == "linux" else "Start 1 ⏎")
        await person.press("3")
        assert term == "linux" or sum("○" in line or "●" in line for line in person.lines()) == 2
        await person.press("1" if look == "light" else "2")
        assert page(person) == ("#FFFFFF" if look == "light" else "#000000")
        attributes = set()
        underlined = False
        async for view in every_candidates_view(person):
            for line in person.painted():
                for _text, style, _control in line:
                    assert style
                    for colour in filter(None, (style.color, style.bgcolor)):
                        assert colour.type is ColorType.TRUECOLOR
                        assert colour.get_truecolor().hex in {"#000000", "#ffffff"}, view
                    assert style.bgcolor
                    on_black = not any(style.bgcolor.get_truecolor())
                    attributes.add((on_black, bool(style.bold)))
                    underlined = underlined or (not on_black and bool(style.underline))
        assert look == "dark" or attributes == {(True, True), (True, False), (False, False)}
        assert look == "dark" or underlined == (term == "xterm")
        assert term == "xterm" or not set("▸●⏎▂…“”’") & set(person.read())


@pytest.mark.parametrize(
    "theme", ["light", *(pytest.param(name, marks=pytest.mark.long) for name in NAMES if name != "light")]
)
async def test_no_color_means_no_colour_at_all_and_nothing_is_told_by_less(
    start: Start, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with start(SMALL, kiosk={"theme": theme}) as person:
        assert person.seen(person.widget("#look")) is None, "there are no colours to choose"
        await person.press("3")
        assert not isinstance(person.app.screen, Choice)
        await person.press("1", "2", "down")
        reversed_lines = set()
        for y, line in enumerate(person.painted()):
            for text, style, _control in line:
                assert style is not None
                assert style.color is None
                assert style.bgcolor is None
                if style.reverse and text.strip():
                    reversed_lines.add(y)
        chosen = next(y for y, line in enumerate(person.lines()) if "2 ●" in line)
        other = next(y for y, line in enumerate(person.lines()) if "9 ○" in line)
        buttons = person.seen(person.widget("#next"))
        assert buttons
        assert {chosen, buttons.y} <= reversed_lines
        assert other not in reversed_lines


def test_what_was_reversed_already_is_reversed_once() -> None:
    page, other = Color.parse("#FFFFFF").rich_color, Color.parse("#000000").rich_color
    colourless = Colourless("#FFFFFF")
    for style, reverse in (
        (Style(bgcolor=page), None),
        (Style(bgcolor=page, reverse=True), True),
        (Style(bgcolor=other, bold=True), True),
        (Style(bgcolor=other, reverse=True), None),
        (Style(), None),
    ):
        (shown,) = colourless.apply([Segment("x", style)], Color.parse("#FFFFFF"))
        assert shown.style == Style(bold=style.bold, reverse=reverse)


# Nothing blinks


async def test_the_note_of_an_item_does_not_blink(shipped_settings: SettingsFile, tmp_path: Path) -> None:
    async with run(ToolkitApp(tmp_path / "none", shipped_settings.settings), USUAL) as person:
        await person.settle()
        for _ in range(2):
            await person.press("end", "up", "enter")
        assert not person.app.screen.query_one(TextArea).cursor_blink


def test_every_field_to_type_in_is_one_that_does_not_blink() -> None:
    for path in Path(inspect.getfile(tui)).parent.rglob("*.py"):
        made = {
            call.func.id
            for call in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        }
        assert "Input" not in made, path
    assert not TextField().cursor_blink


# Where the cursor is


async def test_the_cursor_is_on_the_marked_answer_wherever_it_is_scrolled_to(start: Start) -> None:
    async with start(SMALL) as person:
        await person.press("1")
        for number in range(1, 10):
            await person.press("down")
            spot = spot_on(person.app.screen)
            assert spot
            assert spot.acts
            line = person.lines()[spot.at.y]
            assert re.match(rf" *▸ {number} ○", line)
            assert line[spot.at.x] == "▸"


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_cursor_is_on_the_first_letter_of_the_focused_button(start: Start, size: Size) -> None:
    async with start(size) as person:
        await person.press("1")
        seen = []
        for _ in range(4):
            await person.press("tab")
            spot = spot_on(person.app.screen)
            button = person.app.focused
            assert isinstance(button, Button)
            assert spot
            assert spot.acts
            assert person.lines()[spot.at.y][spot.at.x :].startswith(button.label)
            seen.append(button.id)
        assert len(set(seen)) == 4


@pytest.mark.usefixtures("easy_unlock")
async def test_the_cursor_is_where_something_is_typed(start: Start) -> None:
    async with start(SMALL) as person:
        await person.press("f2")
        before = spot_on(person.app.screen)
        await person.write("abc")
        after = spot_on(person.app.screen)
        assert before
        assert after
        assert after.acts
        assert (after.at.x - before.at.x, after.at.y) == (3, before.at.y)
