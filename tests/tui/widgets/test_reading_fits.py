"""On the smallest window the screens are made for, nothing is cut: no button, no line, no word."""

from pathlib import Path

import pytest
from textual.containers import VerticalScroll

from storage.settings import SettingsFile
from tests.tui.fits import cut_buttons, cut_rows, everything_cut
from tests.tui.kiosks import Start
from tests.tui.offices import OFFICE_PASSPHRASE
from tests.tui.pilot import CRAMPED, LARGE, SMALL, USUAL, Size, run
from tests.tui.views import (
    every_first_office_view,
    every_kiosk_view,
    every_office_view,
    every_setup_view,
    every_toolkit_view,
)
from tui.office.app import OfficeApp
from tui.setup.setup import SetupApp
from tui.toolkit.app import ToolkitApp
from tui.widgets.reading import Reading


@pytest.mark.usefixtures("easy_unlock")
@pytest.mark.parametrize(
    ("size", "practice"),
    [(SMALL, False), *(pytest.param(*how, marks=pytest.mark.long) for how in ((SMALL, True), (LARGE, False)))],
)
async def test_no_view_of_the_kiosk_is_cut(
    start: Start,
    staff_passphrase: str,
    size: Size,
    practice: bool,  # noqa: FBT001 - a parameter
) -> None:
    cut: list[str] = []
    async with start(size, practice=practice) as person:
        async for view in every_kiosk_view(person, staff_passphrase):
            if view != "new event, choosing the stage":  # the open list lies over the rest
                cut += await everything_cut(person, view)
    assert cut == []


@pytest.mark.usefixtures("set_up_writes_nothing")
async def test_no_view_of_set_up_is_cut(
    shipped_settings: SettingsFile, staff_passphrase: str, office_pub: Path
) -> None:
    cut: list[str] = []
    async with run(SetupApp(shipped_settings, shipped_settings.path.parent), SMALL) as person:
        async for view in every_setup_view(person, staff_passphrase, office_pub):
            cut += await everything_cut(person, view)
    assert cut == []


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("size", [SMALL, *(pytest.param(size, marks=pytest.mark.long) for size in (USUAL, LARGE))])
async def test_no_view_of_the_office_is_cut(
    settings_file: SettingsFile, used_office: Path, handed_over: Path, tmp_path: Path, size: Size
) -> None:
    cut: list[str] = []
    views = 0
    async with run(OfficeApp(used_office, settings_file.settings), size) as person:
        async for view in every_office_view(person, OFFICE_PASSPHRASE, handed_over):
            views += 1
            if view != "scopes, choosing a stage":  # the open list lies over the rest
                cut += await everything_cut(person, view)
    async with run(OfficeApp(tmp_path / "none", settings_file.settings), size) as person:
        async for view in every_first_office_view(person, OFFICE_PASSPHRASE):
            views += 1
            cut += await everything_cut(person, view)
    assert cut == []
    assert views > 25


@pytest.mark.parametrize("size", [SMALL, *(pytest.param(size, marks=pytest.mark.long) for size in (USUAL, LARGE))])
async def test_no_view_of_the_toolkit_is_cut(settings_file: SettingsFile, tmp_path: Path, size: Size) -> None:
    cut: list[str] = []
    views = 0
    folder = tmp_path / "plans"
    folder.mkdir()
    async with run(ToolkitApp(tmp_path / "none", settings_file.settings), size) as person:
        async for view in every_toolkit_view(person, folder):
            views += 1
            if view != "filter, choosing a status":  # the open list lies over the rest
                cut += await everything_cut(person, view)
    assert cut == []
    assert views > 20


async def test_the_whole_welcome_fits_the_smallest_window_without_scrolling(start: Start) -> None:
    async with start(SMALL) as person:
        welcome = person.widget("#welcome")
        assert all(part.max_scroll_y == 0 for part in (*welcome.query(VerticalScroll), *welcome.query(Reading)))
        words = person.app.survey.words.welcome
        for text in (words.heading, words.voluntary, words.anonymous, words.time_all, words.declining):
            assert text in person.read()


async def test_the_longest_names_cut_nothing_else(start: Start) -> None:
    longest = "Wideworded Organisation " * 2 + "of twelve wd"
    assert len(longest) == 60
    async with start(SMALL, organisation={"name": longest}, event={"name": longest}) as person:
        assert not await everything_cut(person, "welcome")
        await person.press("1")
        assert "Question 1 of 4" in person.lines()[0]
        assert not await everything_cut(person, "question")


async def test_on_a_window_that_is_too_small_every_button_of_the_candidate_is_whole(
    start: Start, staff_passphrase: str
) -> None:
    cut: list[str] = []
    async with start(CRAMPED) as person:
        async for view in every_kiosk_view(person, staff_passphrase):
            if view == "idle warning":
                continue
            if view == "unlock":
                break
            cut += [f"{view}: {what}" for what in (*cut_buttons(person), *cut_rows(person))]
    assert cut == []
