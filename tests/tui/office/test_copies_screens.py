"""Copies on screens: making one, being reminded, going back to one; and an office that another one has open."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage import computer
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.recovery_code import recovery_code
from storage.data_folder import Holder, hold
from storage.office.office import Office
from storage.office_folder import unlock_office
from storage.settings import SettingsFile
from tests.tui.offices import OFFICE_PASSPHRASE, RECOVERY_SECRET, Opens, go_in
from tests.tui.pilot import SMALL, USUAL, AtOffice, Size, run, unspaced
from tests.variants import by_key_and_by_mouse
from tui.office.app import OfficeApp
from tui.office.copies import Copies
from tui.office.entrance import Entrance
from tui.office.event import EventScreen
from tui.office.home import OfficeHome
from tui.office.restoring import RestoreCopy
from tui.shared.confirm import Confirm

NEW = "saddle copper meadow violin frost"

pytestmark = pytest.mark.usefixtures("quickly", "drives")


@pytest.fixture
def opens(settings_file: SettingsFile) -> Opens:
    @contextlib.asynccontextmanager
    async def opened(data: Path, size: Size = SMALL) -> AsyncIterator[AtOffice]:
        holder = Holder(data)
        app = OfficeApp(data, replace(settings_file, text="# ours\n"), holder)
        async with run(app, size) as person:
            yield person
        holder.let_go()

    return opened


def look_elsewhere(person: AtOffice) -> None:
    """What the screen does every other second."""
    assert isinstance(person.app.screen, OfficeHome)
    person.app.screen._look_elsewhere()


def in_folder(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def held(data: Path, passphrase: str = OFFICE_PASSPHRASE) -> tuple[int, list[int | None]]:
    with hold(data), contextlib.closing(Office.open(data, unlock_office(data, passphrase))) as office:
        return office.check(), [one.level for one in office.events()]


@by_key_and_by_mouse
async def test_a_copy_is_asked_for_made_and_put_back_over_what_changed_since(
    opens: Opens, used_office: Path, stick: Path, *, by_mouse: bool
) -> None:
    async with opens(used_office, USUAL) as person:
        await go_in(person)
        assert "No copy of the office has been made yet: back up." in person.read()
        await person.act(by_mouse, "b", "#copies")
        assert "No copy has been made yet. A reminder comes after 30 days." in person.read()
        await person.enter(str(stick))
        assert "opened again and whole: 220 responses from 2 events." in person.read()
        assert "Nothing has changed since." in person.read()
        (copy,) = in_folder(stick)
        await person.press("escape")
        assert isinstance(person.app.screen, OfficeHome)
        assert "copy" not in person.read().lower()
        assert person.app.office
        one = person.app.office.events()[0]
        person.app.office.describe(one.event, None, 3)
        await person.press("l")
        before = copy.read_bytes()
        await person.act(by_mouse, "r", "#restore")
        assert isinstance(person.app.screen, RestoreCopy)
        await person.enter(str(stick))
        await person.enter(OFFICE_PASSPHRASE)
        said = person.read_unframed()
        assert "Go back to an older office?" in said
        assert "220 responses from 2 events. The office here has changed since this copy" in said
        await person.press("enter")
        assert isinstance(person.app.screen, RestoreCopy), "Enter alone puts nothing back"
        await person.press("enter")
        await person.enter(OFFICE_PASSPHRASE)
        await person.say_yes(by_mouse=by_mouse)
        assert "The office is as it was then" in person.read()
        assert str(Path("set-aside", "office-1")) in unspaced(person.read())
        await person.press("escape")
        assert isinstance(person.app.screen, Entrance)
        await go_in(person)
        assert isinstance(person.app.screen, OfficeHome)
    assert held(used_office) == (220, [None, None])
    assert copy.read_bytes() == before


async def test_on_an_empty_computer_the_recovery_code_brings_a_copy_back(
    opens: Opens, used_office: Path, stick: Path, tmp_path: Path
) -> None:
    async with opens(used_office) as person:
        await go_in(person)
        await person.press("b")
        await person.enter(str(stick))
    new = tmp_path / "new"
    async with opens(new) as person:
        await person.press("3", "f3")
        assert "Now choose the copy: its recovery code is asked for then." in person.read()
        await person.enter(str(stick))
        await person.enter(" ".join(recovery_code(RECOVERY_SECRET)))
        assert isinstance(person.app.screen, Confirm)
        await person.say_yes()
        assert "bring in again what came since" in person.read()
        assert "“Forgotten” beside the office’s passphrase" in " ".join(person.read().split())
        await person.press("escape")
        await go_in(person)
        assert isinstance(person.app.screen, OfficeHome)
    assert held(new)[0] == 220
    assert (new / "kiosk.toml").read_text("utf-8") == "# ours\n"


async def test_what_is_no_copy_or_does_not_open_is_told_and_changes_nothing(
    opens: Opens, used_office: Path, stick: Path
) -> None:
    (stick / "junk.copy").write_bytes(b"junk")
    async with opens(used_office) as person:
        await person.press("r")
        await person.enter(str(stick / "junk.copy"))
        assert "This is not a copy of an office: choose a file that ends in .copy." in person.read()
        await person.press("escape")
        await go_in(person)
        await person.press("b")
        await person.enter(str(stick / "nowhere"))
        assert isinstance(person.app.screen, Copies)
        assert "There is no folder" in person.read()
    assert held(used_office)[0] == 220


async def test_beside_who_writes_one_reads_sees_what_changes_and_goes_on_once_that_one_has_left(
    opens: Opens, used_office: Path, stick: Path, office_key: OfficePrivateKey
) -> None:
    first = Holder(used_office)
    first.take()
    with contextlib.closing(Office.open(used_office, office_key)) as writer:
        one = writer.events()[0]
        async with opens(used_office) as person:
            await go_in(person)
            assert "This office is open elsewhere, where somebody writes: here you can read." in person.read()
            assert "level 3" not in person.read()
            writer.describe(one.event, None, 3)
            look_elsewhere(person)
            await person.pause()
            assert "level 3" in person.read()
            await person.press("b")
            await person.enter(str(stick))
            assert "open elsewhere" in person.read()
            assert not in_folder(stick)
            await person.press("escape", "enter")
            assert isinstance(person.app.screen, EventScreen)
            await person.enter("200")
            await person.press("enter")
            assert "open elsewhere" in person.read()
            await person.press("escape", "shift+tab", "enter", "l", "r")
            assert "already running" in person.read(), "nothing is put back either"
            await go_in(person)
            writer.close()
            first.let_go()
            look_elsewhere(person)
            await person.pause()
            assert isinstance(person.app.screen, OfficeHome)
            assert "open elsewhere" not in person.read()
            assert person.app.office
            person.app.office.describe(one.event, None, 4)
    assert held(used_office)[1] == [4, None]


@pytest.mark.parametrize("goes_on", [True, False])
async def test_on_another_computer_it_asks_once_whether_the_office_goes_on_there(
    opens: Opens, new_office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, goes_on: bool
) -> None:
    monkeypatch.setattr(computer, "_marks", lambda: {b"the first"})
    held(new_office)
    second = Path(shutil.copytree(new_office, tmp_path / "second"))
    monkeypatch.setattr(computer, "_marks", lambda: {b"the second"})
    async with opens(second) as person:
        await go_in(person)
        assert isinstance(person.app.screen, Confirm)
        assert "If both go on, groups are made twice" in person.read_unframed()
        if goes_on:
            await person.say_yes()
        else:
            await person.press("escape")
        assert isinstance(person.app.screen, OfficeHome)
        assert ("used on another computer" in person.read()) == (not goes_on)
    async with opens(second) as person:
        await go_in(person)
        assert isinstance(person.app.screen, OfficeHome if goes_on else Confirm)
