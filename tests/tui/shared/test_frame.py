"""The frame: where somebody is, what can be found by its name, and that a candidate never has any of it."""

from pathlib import Path

import pytest
from textual.command import CommandPalette

from storage.settings import SettingsFile
from tests.tui.kiosks import Start
from tests.tui.offices import Opens
from tests.tui.pilot import LARGE, SMALL, Size, run
from tui.office.event_table import EventTable
from tui.shared.key_help import KeyHelp
from tui.shared.surroundings import locks_in
from tui.survey.screen import SurveyScreen
from tui.toolkit.app import ToolkitApp
from tui.toolkit.find import Find


async def test_a_candidate_has_no_palette_and_no_key_help_nor_a_palette_who_has_forgotten_the_passphrase(
    start: Start,
) -> None:
    async with start(LARGE) as person:
        for before in ((), ("1",), ("f2",)):
            await person.press(*before)
            there = person.app.screen
            await person.press("ctrl+p", "f1")
            assert person.app.screen is there
            assert "Ctrl+P" not in person.read()
            await person.press("escape")
        await person.press("f2", "f3", "ctrl+p")
        assert not isinstance(person.app.screen, CommandPalette)
        assert "Ctrl+P" not in person.read()


@pytest.mark.usefixtures("easy_unlock")
async def test_the_bar_says_where_staff_are_and_colours_go_with_them(as_staff: Start) -> None:
    async with as_staff(LARGE) as person:
        usual = person.app.theme
        assert person.lines()[0].startswith(" Staff ")
        assert "locks in 5 min" in person.lines()[0]
        await person.press("c")
        assert person.lines()[0].startswith(" Staff > Counts ")
        await person.press("escape", "ctrl+p")
        await person.enter("strong dark")
        assert person.app.theme != usual
        await person.press("l")
        assert isinstance(person.app.screen, SurveyScreen)
        assert person.app.theme == usual, "the next candidate has what everybody has"


async def test_the_palette_finds_the_search_and_f1_says_the_keys(tmp_path: Path, settings_file: SettingsFile) -> None:
    async with run(ToolkitApp(tmp_path, settings_file.settings), SMALL) as person:
        await person.settle()
        await person.press("f1")
        assert isinstance(person.app.screen, KeyHelp)
        assert "Action plan" in person.read()
        await person.press("escape", "ctrl+p")
        await person.enter("search the")
        assert isinstance(person.app.screen, Find)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_by_mouse_the_bar_opens_the_commands_once_however_fast_somebody_clicks(
    size: Size, tmp_path: Path, settings_file: SettingsFile
) -> None:
    async with run(ToolkitApp(tmp_path, settings_file.settings), size) as person:
        await person.settle()
        home = person.app.screen
        await person.click_on("#bar-palette")
        assert isinstance(person.app.screen, CommandPalette)
        assert "Search the toolkit" in person.read()
        await person.press("escape")
        assert person.app.screen is home
        place = person.widget("#bar-palette").region
        await person.tap(place.x, place.y)
        await person.tap(place.x, place.y)
        await person.settle()
        assert sum(isinstance(screen, CommandPalette) for screen in person.app.screen_stack) == 1


@pytest.mark.usefixtures("quickly")
async def test_events_are_sorted_by_a_column_and_filtered_as_somebody_types(
    in_office: Opens, used_office: Path
) -> None:
    async with in_office(used_office, size=LARGE) as person:
        table = person.app.screen.query_one(EventTable)
        assert table.row_count == 2
        latest = table.chosen
        await person.press("s")
        assert "Event ▼" in person.read()
        await person.press("s", "s", "s", "s")
        assert "▼" not in person.read(), "after the last column they are as they came"
        assert latest
        await person.press("f")
        await person.write(latest.event.name[:6].upper())
        assert table.row_count == 1
        await person.press("enter")
        assert table.has_focus
        await person.press("escape")
        assert table.row_count == 2


def test_the_time_that_is_left_is_said_in_minutes_and_at_last_in_seconds() -> None:
    assert [locks_in(left) for left in (300, 299, 61, 60, 12, 0)] == [
        *("locks in 5 min", "locks in 5 min", "locks in 2 min", "locks in 60 s", "locks in 20 s", "locks in 10 s"),
    ]
