"""Five things that people come for take no more keys than before there was a frame; typed words are not counted."""

import contextlib
from pathlib import Path
from typing import Any

import pytest

from storage.settings import SettingsFile
from storage.toolkit.checklist import Checklist
from tests.tui.drives import DRIVES, look_for_drives, plug_in, pull_out
from tests.tui.kiosks import Start
from tests.tui.offices import go_in
from tests.tui.pilot import SMALL, Person, run
from tests.tui.setup.steps import shipped, to_office_key
from tui.office.app import OfficeApp
from tui.office.report import ReportScreen
from tui.setup.setup import OfficeKey, SetupApp
from tui.shared.counts import CountsScreen
from tui.staff.hand_over import HandOverScreen
from tui.toolkit.app import ToolkitApp


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that were pressed, one by one."""
    keys: list[str] = []
    press = Person.press

    async def noted(person: Person[Any], *more: str) -> None:
        keys.extend(more)
        await press(person, *more)

    monkeypatch.setattr(Person, "press", noted)
    return keys


async def test_to_set_up_up_to_the_office_key(tmp_path: Path, staff_passphrase: str, pressed: list[str]) -> None:
    data = tmp_path / "data"
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await to_office_key(person, staff_passphrase)
        assert isinstance(person.app.screen, OfficeKey)
    assert len(pressed) <= 29


@pytest.mark.usefixtures("easy_unlock")
async def test_to_see_counts_and_to_hand_over(as_staff: Start, pressed: list[str]) -> None:
    async with as_staff(SMALL) as person:
        await person.press("c")
        assert isinstance(person.app.screen, CountsScreen)
        assert pressed == ["f2", "enter", "c"]
        await person.press("escape")
        pressed.clear()
        plug_in(*DRIVES)
        try:
            await person.press("h")
            await look_for_drives(person)
            await person.press("f5")
        finally:
            pull_out()
        assert isinstance(person.app.screen, HandOverScreen)
        assert pressed == ["h", "f5"]


async def test_to_find_an_item_and_mark_it(tmp_path: Path, settings_file: SettingsFile, pressed: list[str]) -> None:
    async with run(ToolkitApp(tmp_path, settings_file.settings), SMALL) as person:
        await person.settle()
        await person.press("s")
        await person.enter("D2.1")
        await person.press("3")
    assert pressed == ["s", "enter", "3"]
    with contextlib.closing(Checklist.open(tmp_path)) as checklist:
        assert checklist.records()["D2.1"].status == "done"


@pytest.mark.usefixtures("quickly")
async def test_to_make_a_report(used_office: Path, settings_file: SettingsFile, pressed: list[str]) -> None:
    async with run(OfficeApp(used_office, settings_file), SMALL) as person:
        await go_in(person)
        await person.press("r")
        assert isinstance(person.app.screen, ReportScreen)
    assert pressed == ["enter", "enter", "r"]
