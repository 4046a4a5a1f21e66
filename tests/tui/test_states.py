"""Every screen of staff, the office and the toolkit draws something where it has nothing, reads, fails or is done."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.widgets import Static

import tui.office
import tui.setup
import tui.shared
import tui.staff
import tui.toolkit
from storage.errors import StoreError
from storage.settings import SettingsFile
from tests.tui.clock import Clock
from tests.tui.offices import OFFICE_PASSPHRASE, Opens
from tests.tui.pilot import LARGE, SMALL, AtOffice, Person, Size, run
from tui.shared.findings import FindingsScreen
from tui.shared.form_screen import FormScreen
from tui.shared.frame import FramedScreen
from tui.shared.list_screen import ListScreen
from tui.shared.progress import Progress, TimeLeft
from tui.shared.state import State
from tui.shared.working import WorkingScreen
from tui.terminal.lockdown import LockedApp
from tui.text import office as words
from tui.toolkit.app import ToolkitApp
from tui.toolkit.session import Session

ALWAYS_SHOWN: dict[str, str] = {
    "Browse": "a list that has no entry says so where its entry would stand",
    "Entrance": "there is always a way in",
    "Filter": "there is always something to choose, for it opens only where there are events",
    "Manage": "its tasks are always the same",
    "NextAdvert": "one field, and a line for what is wrong with it",
    "Occasions": "one occasion is always listed",
    "Scopes": "as Filter, of which it is one",
    "StaffHome": "each panel says that the store is looked at, what is held, or what is wrong with it",
}
"""Screens that are neither lists, charts, forms nor at work, and why nothing of them is ever blank."""
LISTS = {"a": "laptops", "o": "corrections", "v": "log", "c": "coordinators"}


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _screens() -> Iterator[type[FramedScreen[Any]]]:
    """Every screen that can be shown; a class that others are made of is none."""
    for package in (tui.office, tui.setup, tui.shared, tui.staff, tui.toolkit):
        for module in _modules(package):
            for one in vars(module).values():
                if isinstance(one, type) and issubclass(one, FramedScreen) and one.__module__ == module.__name__:
                    yield one


def test_every_screen_is_one_that_is_known_to_draw_its_states() -> None:
    screens = {one.__name__: one for one in _screens()}
    assert len(screens) > 60
    by_kind = {
        name
        for name, one in screens.items()
        if issubclass(one, ListScreen | FindingsScreen | FormScreen | WorkingScreen)
    }
    with_state = {"OfficeHome", "ToolkitHome", "Find", "FramedScreen", "ToolkitScreen"}
    assert set(screens) - by_kind - with_state == set(ALWAYS_SHOWN)


async def _to(person: AtOffice, place: str) -> None:
    """Go to a list: from the office itself, or from what is looked after."""
    await person.press(*place)
    if place.endswith("c"):
        await person.enter(OFFICE_PASSPHRASE)
    await person.settle()


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_an_empty_list_of_the_office_says_so_and_what_to_do(
    in_office: Opens, new_office: Path, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.office.coordinators.CoordinatorsScreen.read", lambda _screen: [])
    monkeypatch.setattr("tui.office.log.LogScreen.read", lambda _screen: [])
    async with in_office(new_office, size=size) as person:
        assert f"{words.NO_EVENTS} {words.BEGIN}" in person.read()
        for place in ("ma", "mo", "mv", "mc", "e", "g", "es"):
            await _to(person, place)
            screen = person.app.screen
            assert isinstance(screen, ListScreen)
            for sentence in screen.nothing():
                assert sentence in person.read_in("#state").replace("  ", " "), place
            assert person.app.focused, place
            while len(person.app.screen_stack) > 2:
                await person.press("escape")


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("place", ["ma", "mo", "mv", "mc", "e", "g"])
async def test_a_list_that_cannot_be_read_says_what_is_wrong_and_can_be_left(
    in_office: Opens, new_office: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_office(new_office) as person:
        for one in _screens():
            if issubclass(one, ListScreen) and one is not ListScreen:
                monkeypatch.setattr(one, "read", _refuse)
        await _to(person, place)
        assert person.read_in("#state") == "The disk is on fire: put it out."
        assert person.widget("#state").has_class("-problem")
        assert not person.widget("OptionList").display
        await person.press("enter")
        assert not isinstance(person.app.screen, ListScreen), "the way back has the focus"


def _refuse(_screen: object) -> list[object]:
    raise StoreError("The disk is on fire: put it out.")


async def test_the_toolkit_says_that_it_opens_what_is_wrong_and_what_can_be_searched_for(
    tmp_path: Path, settings_file: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = Session.open

    async def reads(person: Person[ToolkitApp], *keys: str) -> str:
        await person.press(*keys)
        return person.read_in("#state")

    async with run(ToolkitApp(tmp_path, settings_file.settings), SMALL) as person:
        await person.settle()
        assert not person.widget("#state").display
        assert (await reads(person, "s")).startswith("Type a word or the beginning of one")
        await person.write("travel")
        assert not person.widget("#state").display
        await person.press("end", "ctrl+u")
        await person.write("zzzzzz")
        assert "Nothing has all these words" in await reads(person)
    monkeypatch.setattr(Session, "open", lambda *_: _refuse(None))
    async with run(ToolkitApp(tmp_path, settings_file.settings), SMALL) as person:
        assert await reads(person) == "The disk is on fire: put it out."
    monkeypatch.setattr(Session, "open", really)


# Work that takes long.


def test_what_is_left_of_long_work_is_said_only_once_something_is_known_of_it() -> None:
    clock = Clock()
    left = TimeLeft(clock.monotonic)
    assert left.after(0.5) == "", "at once nothing is known"
    clock.now += 5
    assert left.after(0.01) == "", "nor is it where next to nothing is done"
    assert left.after(0.5) == "about 10 s left"
    clock.now += 25
    assert left.after(0.25) == "about 2 min left"
    assert left.after(0.4) == "about 50 s left", "45, and rather too much than too little"
    assert left.after(1) == ""


class _Works(WorkingScreen[None]):
    CSS_PATH = str(Path(tui.shared.__file__).with_name("shared.tcss"))

    def compose(self) -> ComposeResult:
        yield from self.working()


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_long_work_shows_how_far_it_is_and_how_long_yet(size: Size, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("tui.shared.progress.TimeLeft", lambda: TimeLeft(clock.monotonic))
    async with run(LockedApp[None]("light"), size) as person:
        screen = _Works()
        await person.app.push_screen(screen)
        with screen.working_on("Copying…"):
            clock.now += 60
            screen.progress(1, 4)
            screen.query_one(Progress).show()
            await person.pause()
            assert "Copying…" in person.read()
            assert "25%" in person.read_in("#work")
            assert "about 3 min left" in person.read_in("#work")
        await person.pause()
        assert not screen.query_one(Progress).display
        screen.query_one(Progress).show()
        assert not screen.query_one(Progress).display, "what is done has no time left"


async def test_what_is_said_in_place_of_something_gives_its_place_back() -> None:
    class Bare(FramedScreen[None]):
        def compose(self) -> ComposeResult:
            yield State("#something")
            yield Static("Something", id="something")

    async with run(LockedApp[None]("light"), SMALL) as person:
        screen = Bare()
        await person.app.push_screen(screen)
        await person.pause()
        state = screen.query_one(State)
        state.say("None yet.", "Make one.")
        await person.pause()
        assert "Something" not in person.read()
        assert "None yet. Make one." in person.read()
        state.clear()
        await person.pause()
        assert "Something" in person.read()
        assert "None yet." not in person.read()
