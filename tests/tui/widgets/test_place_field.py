"""Choosing a place: by arrow keys or mouse, by typing a part of a name, by pasting; and letters never act."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList

from storage.exchange import drives, folders
from storage.exchange.drives import Drive
from storage.exchange.folders import Listing
from storage.settings import SettingsFile
from tests.storage.disk import HOME
from tests.tui.foreign import NAMES, only_where_names_are_bytes, steers
from tests.tui.gate import Gate
from tests.tui.pilot import SMALL, Person, Size, run
from tui.setup.setup import OfficeKey, OpenExisting, SetupApp, SetupEnd
from tui.widgets.choice_list import ChoiceList
from tui.widgets.place_field import PlaceField

AtSetup = Person[SetupApp]


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A drive with folders and a key, on a computer whose home folder is empty."""
    home, stick = tmp_path / "home", tmp_path / "media" / "STICK"
    for path in (home, stick / "exports" / "autumn", stick / "exports" / "spring"):
        path.mkdir(parents=True)
    monkeypatch.setenv(HOME, str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setattr(drives, "drives", lambda: [Drive(stick)])
    return stick


@pytest.fixture
async def opening(
    shipped_settings: SettingsFile, stick: Path, request: pytest.FixtureRequest
) -> AsyncIterator[AtSetup]:
    """The screen that asks where a data folder is; its size can be given."""
    size: Size = getattr(request, "param", SMALL)
    async with run(SetupApp(shipped_settings, shipped_settings.path.parent), size) as person:
        await person.press("3")
        assert isinstance(person.app.screen, OpenExisting)
        yield person


def rows(person: AtSetup) -> list[str]:
    """What the list shows."""
    return [str(option.prompt) for option in person.app.screen.query_one(ChoiceList).options]


def within(folder: Path) -> str:
    """How the field has a folder whose inside is listed."""
    return f"{folder}{os.sep}"


def typed(person: AtSetup) -> str:
    return person.app.screen.query_one(PlaceField).query_one(Input).value


async def click_row(person: AtSetup, said: str) -> None:
    """Click on a row by what it says."""
    row, line = next((y, line) for y, line in enumerate(person.lines()) if line.strip("│ ").startswith(said))
    await person.click(line.index(said), row)


async def test_arrow_keys_alone_lead_from_a_drive_to_a_folder_and_open_it(
    opening: AtSetup, stick: Path, set_up_once: Path
) -> None:
    spring = stick / "exports" / "spring"
    shutil.copytree(set_up_once, spring, dirs_exist_ok=True)
    assert isinstance(opening.app.focused, Input), "letters go into the field from the first"
    assert rows(opening) == ["STICK/", "home/"]
    for keys in (("down", "enter"), ("enter",), ("down", "enter")):
        await opening.press(*keys)
    assert typed(opening) == within(spring)
    assert rows(opening)[0] == "Open this folder"
    await opening.press("home", "enter")
    assert opening.app.return_value is SetupEnd.OPEN
    assert opening.app.plan.data == spring


@pytest.mark.parametrize("opening", [SMALL, (80, 24), (120, 40)], indirect=True)
@pytest.mark.sampled
async def test_the_mouse_alone_leads_there_and_back(opening: AtSetup, stick: Path) -> None:
    await click_row(opening, "STICK/")
    await click_row(opening, "exports/")
    assert rows(opening)[2:] == ["autumn/", "spring/"]
    await click_row(opening, "..")
    assert typed(opening) == within(stick)
    await click_row(opening, "..")
    assert rows(opening) == ["STICK/", "home/"], "from a drive one comes back to all drives"
    await click_row(opening, "home/")
    await click_row(opening, "Open this folder")
    assert "Fairstart was not set up in that folder" in opening.read()


async def test_the_second_half_of_a_double_click_chooses_nothing(opening: AtSetup, stick: Path) -> None:
    row = next(y for y, line in enumerate(opening.lines()) if "STICK/" in line)
    for _ in range(2):
        await opening.tap(6, row)
        await opening.settle()
    assert typed(opening) == within(stick)
    assert "Open this folder" in opening.lines()[row], "which the second has hit"
    assert not opening.app.screen.query(".beside")


async def test_typing_narrows_and_goes_on_in_the_field_from_wherever_the_focus_is(
    opening: AtSetup, stick: Path
) -> None:
    await opening.write(f"{stick}/exports/")
    assert rows(opening)[2:] == ["autumn/", "spring/"]
    await opening.press("down", "s")
    assert typed(opening) == f"{stick}/exports/s"
    assert rows(opening)[-1] == "spring/"
    assert isinstance(opening.app.focused, Input)
    await opening.press("down", "enter")
    assert typed(opening) == within(stick / "exports" / "spring")
    await opening.press("up")
    assert isinstance(opening.app.focused, Input), "from the first row up is the field"


async def test_what_is_dropped_on_the_terminal_is_looked_into(opening: AtSetup, stick: Path) -> None:
    assert opening.app._driver is not None
    opening.app._driver.send_message(events.Paste(f"'{stick}/exports'\n"))
    await opening.settle()
    assert rows(opening)[2:] == ["autumn/", "spring/"]


async def test_where_there_are_too_many_to_show_it_says_so(opening: AtSetup, stick: Path) -> None:
    for number in range(130):
        (stick / "exports" / "autumn" / f"no {number}").mkdir()
    await opening.write(f"{stick}/exports/autumn")
    assert "30 more are there: type a part of the name." in await opening.read_on(lambda: opening.press("pagedown"))
    await opening.write("/no 12")
    assert rows(opening)[1:] == [
        ".. (back, to the folder around it)",
        "no 12/",
        *(f"no 12{digit}/" for digit in range(10)),
    ]


async def test_while_a_folder_keeps_it_waiting_keys_go_on(
    opening: AtSetup, stick: Path, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    looked: list[str] = []
    really = folders.choices

    def slowly(typed: str, suffix: str | None) -> Listing:
        looked.append(typed)
        gate.hold()
        return really(typed, suffix)

    monkeypatch.setattr(folders, "choices", slowly)
    await opening.hurry(*f"{stick}/exports/")
    assert typed(opening) == f"{stick}/exports/"
    gate.open()
    await opening.settle()
    assert looked == [str(stick)[0], f"{stick}/exports/"], "one look at a time, and the last at what is typed then"
    assert rows(opening)[2:] == ["autumn/", "spring/"]


@only_where_names_are_bytes
async def test_whatever_a_folder_is_called_it_is_one_row_and_steers_nothing(opening: AtSetup, stick: Path) -> None:
    for name in NAMES.values():
        (stick / "exports" / "autumn" / name).mkdir()
    await opening.write(f"{stick}/exports/autumn/")
    places = opening.app.screen.query_one(OptionList)
    assert len(rows(opening)) == len(NAMES) + 2
    assert places.virtual_size.height == len(rows(opening))
    for _ in NAMES:
        await opening.press("down")
        assert not any(steers(segment.text) for line in opening.painted() for segment in line)
    assert opening.app._driver
    await opening.press("enter")
    assert not any(steers(segment.text) for line in opening.painted() for segment in line)
    whole = {f"{stick}/exports/autumn/{name}/" for name in NAMES.values()}
    assert typed(opening) in whole, "it is the very folder, whatever is shown of its name"


async def test_the_offices_key_is_taken_from_its_row_or_from_the_folder_that_holds_it(
    opening: AtSetup, stick: Path, office_pub: Path
) -> None:
    for way in ("row", "folder"):
        opening.app.plan.office = None
        opening.app.push_screen(OfficeKey(opening.app.plan))
        await opening.settle()
        await opening.write(f'"{office_pub.parent}/"' if way == "folder" else f"{office_pub.parent}/")
        assert rows(opening) == ["Use this folder", ".. (back, to the folder around it)", "office.pub"]
        for keys in (("down", "enter"), ("enter",)) if way == "row" else (("enter",),):
            await opening.press(*keys)
        assert opening.app.plan.office, way
