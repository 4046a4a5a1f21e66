"""Forgotten, on an event laptop: the office is asked by stick, its answer lets staff in, and nobody else gains."""

import functools
from pathlib import Path

import pytest
from textual.widgets import Input

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.errors import WrongPassphraseError
from storage.exchange.forgotten import read_request, write_answer
from storage.kiosk.kiosk import Kiosk
from tests.tui.drives import look_for_drives
from tests.tui.kiosks import Start
from tests.tui.pilot import SMALL, AtKiosk
from tests.tui.staff.unlocking import unlock
from tui.shared.unlock import Unlock
from tui.staff.forgotten import ForgottenStaff
from tui.staff.home import StaffHome
from tui.survey.screen import SurveyScreen

STAFF_PASSPHRASE, NEW = "violet anchor mustard kite plough", "harbour lemon quartz tinder"
pytestmark = pytest.mark.usefixtures("quickly_unlocked", "plugged_in")


def opens(kiosk: Kiosk, passphrase: str) -> bool:
    try:
        KioskPrivateKey.from_file(kiosk.data / "kiosk" / "kiosk.key", passphrase)
    except WrongPassphraseError:
        return False
    return True


def answered(stick: Path, office: OfficePrivateKey, passphrase: str = NEW) -> str:
    """The office answers what is on the stick; return the digits that it compares."""
    (path,) = stick.glob("*.forgotten")
    request = read_request(path, office)
    (stick / request.answer_name).write_bytes(write_answer(request, passphrase, office))
    return request.reply.fingerprint


def all_on(stick: Path) -> bytes:
    return b"".join(path.read_bytes() for path in stick.iterdir())


async def to_forgotten(person: AtKiosk) -> None:
    await person.press("f2", "f3")
    assert isinstance(person.app.screen, ForgottenStaff)


@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.sampled
async def test_a_stick_goes_to_the_office_and_its_answer_opens_the_staff_area(
    start: Start, kiosk: Kiosk, stick: Path, office_key: OfficePrivateKey, *, by_mouse: bool
) -> None:
    async with start(SMALL) as person:
        await person.press("f2")
        await person.act(by_mouse, "f3", "#forgotten")
        await look_for_drives(person)
        await person.act(by_mouse, "f3", "#answer")
        assert "No answer was found" in person.read_unframed()
        await person.act(by_mouse, "f5", "#drive-1")
        digits = person.app.screen.query_one("#digits")
        assert answered(stick, office_key) in str(digits.render())
        await person.act(by_mouse, "f3", "#answer")
        assert isinstance(person.app.screen, Unlock)
        for typed, lets_in in ((STAFF_PASSPHRASE, False), (NEW, True)):
            await person.write(typed)
            await person.act(by_mouse, "enter", "#unlock")
            assert isinstance(person.app.screen, StaffHome) is lets_in
        assert not opens(kiosk, STAFF_PASSPHRASE)
        await person.press("l")
        await unlock(person, NEW)
        assert isinstance(person.app.screen, StaffHome)


async def test_somebody_at_an_unattended_laptop_gains_nothing_by_forgotten(
    start: Start, kiosk: Kiosk, stick: Path, office_key: OfficePrivateKey, staff_passphrase: str
) -> None:
    async with start(SMALL) as person:
        await to_forgotten(person)
        assert not person.app.screen.query(Input), "there is no folder to look into and no address to reach"
        await look_for_drives(person)
        await person.press("f5")
        digits = answered(stick, office_key)
        (stick / "fairstart-00000000.passphrase").write_bytes(b"junk")
        await person.press("f5")  # whoever comes next spoils nothing that is under way
        await person.settle()
        assert answered(stick, office_key) == digits
        await person.press("f3")
        await person.enter("guessed")
        assert person.app.wrong_tries.count == 1
        await person.press("escape", "escape")
        assert isinstance(person.app.screen, SurveyScreen)
        assert opens(kiosk, staff_passphrase)
    content = all_on(stick)
    assert kiosk.own.encoded not in content
    assert kiosk.event.name.encode() not in content


async def test_a_screen_that_was_left_there_closes_by_itself(start: Start, stick: Path) -> None:
    async with start(SMALL) as person:
        await to_forgotten(person)
        assert person.app.staff_open
        person.app.lock()
        await person.settle()
        assert isinstance(person.app.screen, SurveyScreen)


async def test_practice_has_nothing_to_forget(start: Start) -> None:
    async with start(SMALL, practice=True) as person:
        await person.press("f2", "f3")
        assert isinstance(person.app.screen, Unlock)
        assert not person.app.screen.query("#forgotten")


async def test_staff_change_their_passphrase_once_they_have_typed_the_one_that_holds(
    as_staff: Start, kiosk: Kiosk, staff_passphrase: str
) -> None:
    async with as_staff(SMALL) as person:
        await person.press("a")
        await person.enter("a guess")
        assert person.app.wrong_tries.count == 1
        await person.enter(staff_passphrase)
        for field in ("#first", "#second"):
            person.widget(field).focus()
            await person.write(NEW)
        await person.press("enter")
        assert isinstance(person.app.screen, StaffHome)
        assert (opens(kiosk, staff_passphrase), opens(kiosk, NEW)) == (False, True)
        assert "The new passphrase opens this laptop from now on." in await person.read_on(
            functools.partial(person.press, "down")
        )
