"""Locking: whatever staff have open, nothing of it goes on behind the candidates' screen."""

import pytest

from storage.crypto.keys import KioskPrivateKey
from tests.tui.kiosks import Start
from tests.tui.pilot import alive
from tests.tui.staff.unlocking import unlock
from tui.app import KioskApp
from tui.shared.unlock import Unlock

pytestmark = pytest.mark.usefixtures("easy_unlock")


@pytest.mark.parametrize("key", "chentpq")
@pytest.mark.sampled
async def test_a_key_close_behind_the_one_that_locks_opens_nothing(as_staff: Start, key: str) -> None:
    async with as_staff() as person:
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
