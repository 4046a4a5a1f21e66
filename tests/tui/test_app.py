"""Locking: whatever staff have open, nothing of it goes on behind the candidates' screen."""

import pytest

from storage.crypto.keys import KioskPrivateKey
from storage.crypto.sealing import Response
from storage.kiosk.kiosk import Kiosk
from tests.tui.kiosks import Start, answered
from tests.tui.pilot import AtKiosk, alive
from tui.app import KioskApp
from tui.shared.confirm import Confirm
from tui.shared.counts import CountsScreen
from tui.shared.unlock import Unlock
from tui.staff.hand_over import HandOverScreen
from tui.staff.new_event import NewEvent

pytestmark = pytest.mark.usefixtures("easy_unlock")

DIALOGS = {
    "unlock": ("", Unlock),
    "hand over": ("h", HandOverScreen),
    "end event": ("e", Confirm),
    "leave": ("q", Confirm),
    "leave for a new event": ("n", Confirm),
    "new event": ("ny", NewEvent),
    "counts": ("c", CountsScreen),
}
"""What is open, and the keys that open it in the staff area, with an answer that waits."""


async def unlock(person: AtKiosk, passphrase: str) -> None:
    await person.press("f2")
    await person.write(passphrase)
    await person.press("enter")
    await person.settle()


@pytest.mark.parametrize("dialog", DIALOGS)
async def test_after_a_lock_no_worker_waits_and_no_key_is_left(
    start: Start, kiosk: Kiosk, staff_passphrase: str, dialog: str
) -> None:
    keys, screen = DIALOGS[dialog]
    async with start() as person:
        answered(kiosk, [Response((1, 1, 1, 1))])
        if dialog == "unlock":
            await person.press("f2")
        else:
            await unlock(person, staff_passphrase)
            await person.press(*keys)
            await person.settle()
            assert alive((KioskPrivateKey,))
        assert isinstance(person.app.screen, screen)
        person.app.lock()
        await person.settle()
        assert person.app.screen_stack == [person.app.survey]
        assert [worker for worker in person.app.workers if not worker.is_finished] == []
        assert alive((KioskPrivateKey,)) == []


@pytest.mark.parametrize("key", "chentpq")
async def test_a_key_close_behind_the_one_that_locks_opens_nothing(
    start: Start, staff_passphrase: str, key: str
) -> None:
    async with start() as person:
        await unlock(person, staff_passphrase)
        await person.hurry("l", key)
        await person.settle()
        assert person.app.screen_stack == [person.app.survey]
        assert person.app.return_value is None
        assert alive((KioskPrivateKey,)) == []


async def test_a_passphrase_that_is_right_at_the_moment_of_a_lock_opens_nothing(
    start: Start, staff_passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[KioskApp] = []
    dismiss = Unlock.dismiss

    def dismiss_and_lock(dialog: Unlock[KioskPrivateKey], key: KioskPrivateKey | None = None) -> None:
        dismiss(dialog, key)
        opened.append(person.app)
        person.app.lock()

    async with start() as person:
        monkeypatch.setattr(Unlock, "dismiss", dismiss_and_lock)
        await unlock(person, staff_passphrase)
        assert opened == [person.app]
        assert person.app.screen_stack == [person.app.survey]
        assert alive((KioskPrivateKey,)) == []
