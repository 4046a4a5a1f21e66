"""Coordinators, the recovery code, the event log and new staff passphrases, on the office's screens."""

import contextlib
import csv
from pathlib import Path

import pytest
from textual.widgets import Input

from storage.crypto.keys import KioskPrivateKey
from storage.crypto.recovery_code import recovery_code, secret_of_code
from storage.errors import WrongPassphraseError
from storage.kiosk.forgotten import ask_office, take_answer
from storage.office.office import Office
from storage.office_folder import existing_office, office_key_file, unlock_office
from tests.tui.offices import OFFICE_PASSPHRASE, RECOVERY_SECRET, Opens, code_shown, go_in, type_groups
from tests.tui.pilot import AtOffice, unspaced
from tui.office.coordinators import CoordinatorsScreen
from tui.office.entrance import Entrance
from tui.office.home import OfficeHome
from tui.shared.forgotten_office import ForgottenOffice
from tui.shared.unlock import Unlock

NEW = "harbour lemon quartz tinder"
CODE = " ".join(recovery_code(RECOVERY_SECRET))
pytestmark = pytest.mark.usefixtures("quickly")


async def type_passphrase(person: AtOffice, passphrase: str) -> None:
    """Twice, and on."""
    for name in ("#first", "#second"):
        person.widget(name).focus()
        await person.write(passphrase)
    await person.press("enter")


async def to_coordinators(person: AtOffice) -> None:
    await go_in(person)
    await person.press("m", "c")
    await person.enter(OFFICE_PASSPHRASE)
    assert isinstance(person.app.screen, CoordinatorsScreen)


def log_of(data: Path, passphrase: str = OFFICE_PASSPHRASE) -> list[tuple[str, str]]:
    with contextlib.closing(Office.open(data, unlock_office(data, passphrase))) as office:
        return [(one.who, str(one.what)) for one in office.log.entries()][:-1]


async def test_coordinators_are_added_renamed_given_another_passphrase_and_removed(
    at_door: Opens, new_office: Path
) -> None:
    async with at_door(new_office) as person:
        await to_coordinators(person)
        assert "Ada · you" in person.read()
        await person.press("a")
        await person.enter("Ben")
        await type_passphrase(person, NEW)
        assert "“Ben” opens the office now." in person.read()
        assert unlock_office(new_office, NEW).coordinator == "Ben"
        await person.press("down", "enter")
        person.widget("#name").focus()
        await person.press("end")
        await person.enter("edict")
        assert "“Ben” is called “Benedict” now." in person.read()
        await person.press("enter", "f3")
        await type_passphrase(person, OFFICE_PASSPHRASE)
        assert "Another coordinator has this passphrase" in person.read_unframed()
        for name in ("#first", "#second"):
            person.app.screen.query_one(name, Input).value = ""
        await type_passphrase(person, f"{NEW} more")
        assert unlock_office(new_office, f"{NEW} more").coordinator == "Benedict"
        await person.press("enter")
        await person.click_on("#remove")
        assert "A copy of the key or its file, made before, still opens." in person.read_unframed()
        await person.enter("remove")
        assert office_key_file(new_office).names == ["Ada"]
        await person.press("enter")
        await person.click_on("#remove")
        await person.enter("remove")
        assert "is the only coordinator and cannot be removed" in person.read_unframed()
        await person.press("escape", "escape", "escape", "escape")
        assert isinstance(person.app.screen, OfficeHome)
    assert log_of(new_office) == [
        ("Ada", what)
        for what in ("opened", "coordinator added", "coordinator renamed", "passphrase changed", "coordinator removed")
    ]


async def test_an_office_that_was_left_open_shows_its_coordinators_to_nobody_without_a_passphrase(
    in_office: Opens, new_office: Path
) -> None:
    async with in_office(new_office) as person:
        await person.press("m", "c")
        await person.enter("not the passphrase")
        assert isinstance(person.app.screen, Unlock)
        assert (new_office / "office" / "wrong-tries").read_bytes() == b"1"
        await person.press("escape", "escape")
        assert isinstance(person.app.screen, OfficeHome)


async def test_a_new_recovery_code_holds_once_it_was_typed_back_and_not_before(
    at_door: Opens, new_office: Path
) -> None:
    async with at_door(new_office) as person:
        await to_coordinators(person)
        await person.press("r")
        paper = code_shown(person)
        await person.press("enter")
        await person.click_on("#next")
        assert "is not the same" in person.read_in(".beside")
        assert office_key_file(new_office).open_with_code(RECOVERY_SECRET).public == existing_office(new_office)
        await type_groups(person, paper)
        await person.press("enter")
        assert isinstance(person.app.screen, CoordinatorsScreen)
        assert "The new recovery code holds." in person.read()
    file = office_key_file(new_office)
    with pytest.raises(WrongPassphraseError):
        file.open_with_code(RECOVERY_SECRET)
    code = secret_of_code(" ".join(paper[number] for number in range(1, 9)))
    assert file.open_with_code(code).public == existing_office(new_office)


@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.sampled
async def test_forgotten_leads_to_a_new_passphrase_where_the_office_is(
    at_door: Opens, new_office: Path, *, by_mouse: bool
) -> None:
    async with at_door(new_office) as person:
        await person.press("enter")
        await person.act(by_mouse, "f3", "#forgotten")
        assert isinstance(person.app.screen, ForgottenOffice)
        assert "Ada is the only coordinator of this office." in person.read_unframed()
        for wrong, why in (("0000", "8 groups of 4"), (" ".join(recovery_code(bytes(17))), "an old one")):
            person.widget("#code").focus()
            person.app.screen.query_one(Input).value = ""
            await person.write(wrong)
            await person.act(by_mouse, "enter", "#next")
            assert why in person.read_unframed()
        assert (new_office / "office" / "wrong-tries").read_bytes() == b"1"
        person.widget("#code").focus()
        person.app.screen.query_one(Input).value = ""
        await person.write(CODE.lower())
        await person.act(by_mouse, "enter", "#next")
        assert "Coordinators of this office: Ada" in person.read()
        await person.act(by_mouse, "enter", "#next")
        await type_passphrase(person, NEW)
        assert isinstance(person.app.screen, OfficeHome)
    assert unlock_office(new_office, NEW).coordinator == "Ada"
    assert log_of(new_office, NEW) == [("Ada", "opened"), ("Ada", "recovered"), ("Ada", "opened")]


async def test_a_copy_of_the_key_file_and_its_code_bring_the_office_back_on_a_new_computer(
    at_door: Opens, new_office: Path, tmp_path: Path
) -> None:
    data = tmp_path / "new"
    async with at_door(data) as person:
        await person.press("2")
        await person.enter(str(tmp_path / "nothing"))
        await person.enter(CODE)
        assert "Cannot read the key file" in person.read_in(".beside")
        person.app.screen.query_one("#file", Input).value = str(new_office / "office")
        person.widget("#code").focus()
        await person.press("enter")
        person.app.screen.query_one("#name", Input).value = "Cyd"
        await person.press("enter")
        assert not data.exists()
        await type_passphrase(person, NEW)
        assert isinstance(person.app.screen, OfficeHome)
    assert existing_office(data) == existing_office(new_office)
    assert unlock_office(data, NEW).coordinator == "Cyd"


async def test_the_event_log_is_shown_newest_first_and_saved_as_a_table(
    at_door: Opens, used_office: Path, tmp_path: Path
) -> None:
    async with at_door(used_office) as person:
        await go_in(person)
        await person.press("m", "v")
        said = person.read()
        assert said.index("opened · ") < said.index("brought in · ")
        assert "Nothing about candidates is in it." in said
        await person.press("s")
        await person.enter(str(tmp_path))
        assert "office-log.csv is at" in person.read_unframed()
    rows = list(csv.reader((tmp_path / "office-log.csv").read_text("utf-8").splitlines()))
    assert [row[2] for row in rows] == ["what", "laptop accepted", "brought in", "brought in", "opened"]


async def test_a_log_that_was_changed_is_one_sentence(in_office: Opens, used_office: Path) -> None:
    async with in_office(used_office) as person:
        assert person.app.office
        with person.app.office._store.writing() as write:
            write("DELETE FROM log WHERE number = ?", [(2,)])
        await person.press("m", "v")
        assert "event log does not fit its key" in person.read_in("#state")
        await person.press("escape", "escape")
        assert isinstance(person.app.screen, OfficeHome)


async def test_a_laptop_gets_a_new_staff_passphrase(
    at_door: Opens, new_office: Path, set_up_folder: Path, quickly_unlocked: None, kiosk_seed: bytes
) -> None:
    stick = new_office.parent / "STICK"
    stick.mkdir()
    asked = ask_office(set_up_folder)
    (stick / asked.name).write_bytes(asked.content)
    async with at_door(new_office) as person:
        await go_in(person)
        await person.press("m", "p")
        await person.enter(str(stick / "nothing"))
        assert "Cannot read" in person.read_in(".beside")
        person.app.screen.query_one(Input).value = str(stick / asked.name)
        await person.press("enter")
        assert asked.fingerprint in person.read_unframed()
        assert KioskPrivateKey(kiosk_seed).public.fingerprint in person.read_unframed()
        await person.press("enter")
        assert not list(stick.glob("*.passphrase"))
        await type_passphrase(person, NEW)
        (answer,) = stick.glob("*.passphrase")
        assert unspaced(answer.name) in unspaced(person.read_unframed())
        await person.press("enter", "escape")
        assert isinstance(person.app.screen, OfficeHome)
    assert take_answer(set_up_folder, answer, NEW) == KioskPrivateKey(kiosk_seed)
    assert log_of(new_office)[-1] == ("Ada", "staff passphrase given")


async def test_after_recovering_or_changing_who_opens_it_the_office_locks_as_ever(
    at_door: Opens, new_office: Path
) -> None:
    async with at_door(new_office) as person:
        await to_coordinators(person)
        await person.press("a")
        await person.enter("Ben")
        person.app.lock()
        await person.settle()
        assert isinstance(person.app.screen, Entrance)
        assert person.app.office is None
