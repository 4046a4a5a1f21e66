"""Those who ran an event write how it went on its laptop, by keys or by mouse alone, and change it."""

import pytest
from textual.widgets import TextArea

from storage.crypto.keys import KioskPrivateKey
from storage.debrief import Debrief
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from tests.tui.kiosks import Start
from tests.tui.pilot import LARGE, SMALL, AtKiosk, Size
from tests.tui.staff.unlocking import unlock
from tests.variants import by_key_and_by_mouse, usually
from tui.shared.confirm import Confirm
from tui.staff.debrief import StaffDebrief
from tui.staff.home import StaffHome

pytestmark = pytest.mark.usefixtures("easy_unlock")


def said(kiosk: Kiosk, seed: bytes) -> Debrief | None:
    written = Outbox(kiosk).debrief(KioskPrivateKey(seed), kiosk.event)
    return written.said if written else None


async def begin(person: AtKiosk, passphrase: str, *, by_mouse: bool = False) -> None:
    person.app.kiosk.end_event()
    await unlock(person, passphrase)
    await person.act(by_mouse, "d", "#debrief")
    assert isinstance(person.app.screen, StaffDebrief)


@pytest.mark.parametrize("size", usually(1, [SMALL, LARGE]), ids=str)
@by_key_and_by_mouse
async def test_three_answers_are_written_seen_again_and_changed(  # noqa: PLR0913 - fixtures
    start: Start, kiosk: Kiosk, kiosk_seed: bytes, staff_passphrase: str, size: Size, *, by_mouse: bool
) -> None:
    async with start(size) as person:
        await begin(person, staff_passphrase, by_mouse=by_mouse)
        assert "Name nobody" in person.read()
        assert person.app.focused is person.widget("#worked")
        for name, text in (("worked", "The quiz at the door."), ("change", "Q: start later, 10!"), ("support", "")):
            if by_mouse and text:
                await person.click_on(f"#{name}")
            await person.write(text)
            if not by_mouse:
                await person.press("enter")
        if by_mouse:
            await person.click_on("#next")
        await person.settle()
        assert isinstance(person.app.screen, StaffHome)
        assert said(kiosk, kiosk_seed) == Debrief(worked="The quiz at the door.", change="Q: start later, 10!")
        await person.act(by_mouse, "d", "#debrief")
        assert "The quiz at the door." in person.read()
        person.widget("#support").focus()
        await person.write("Help.")
        await person.act(by_mouse, "enter", "#next")
        assert isinstance(person.app.screen, StaffHome)
        found = said(kiosk, kiosk_seed)
        assert found is not None
        assert found.support == "Help."


async def test_what_is_lacking_or_too_long_says_so_and_nothing_typed_is_lost_unasked_or_kept_unsaved(
    start: Start, kiosk: Kiosk, kiosk_seed: bytes, staff_passphrase: str
) -> None:
    async with start(SMALL) as person:
        await begin(person, staff_passphrase)
        await person.press("enter", "enter", "enter")
        assert "Answer one of the three at least" in person.read()
        field = person.app.screen.query_one("#change", TextArea)
        field.load_text("x" * 501)
        await person.click_on("#next")
        assert "There is room for 500 characters, and this has 501" in " ".join(person.read().split())
        assert person.app.focused is field
        field.load_text("Half a")
        await person.press("escape")
        assert isinstance(person.app.screen, Confirm)
        await person.say_yes()
        assert isinstance(person.app.screen, StaffHome)
        assert said(kiosk, kiosk_seed) is None


async def test_it_is_offered_once_the_event_has_ended_and_the_staff_area_says_what_has_not_gone(
    as_staff: Start,
) -> None:
    async with as_staff(SMALL) as person:
        assert not person.widget("#debrief").display
        await person.press("d")
        assert isinstance(person.app.screen, StaffHome)
        await person.press("e")
        await person.enter("end")
        assert person.widget("#debrief").display
