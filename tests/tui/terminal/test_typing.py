"""What is typed faster than screens come arrives where it was meant for, and nothing keeps keys waiting for good."""

import time

import pytest

from tests.tui.kiosks import Start
from tui.shared.unlock import Unlock
from tui.staff.home import StaffHome
from tui.terminal import typing
from tui.terminal.typing import Passed


@pytest.mark.usefixtures("easy_unlock")
async def test_a_passphrase_typed_together_with_the_key_that_asks_for_it_is_whole(
    start: Start, staff_passphrase: str
) -> None:
    async with start() as person:
        await person.hurry("f2", *staff_passphrase, "x", "backspace", "enter")
        await person.settle()
        assert isinstance(person.app.screen, StaffHome)


@pytest.mark.parametrize("why", ["its widget has gone", "it takes too long"])
async def test_a_key_that_does_not_come_through_keeps_others_waiting_for_a_moment_only(
    start: Start, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(typing, "_LONGEST", 0.2)
    async with start() as person:
        place = person.widget("#start")
        lost = Passed(place, 1)
        person.app._behind = lost
        if why == "its widget has gone":
            await place.remove()
        begun = time.monotonic()
        await person.press("f2")
        await person.until(lambda: isinstance(person.app.screen, Unlock))
        assert why == "its widget has gone" or time.monotonic() - begun >= 0.15
