"""Work ends with its screen, at the moment when that is closed; and idle time is measured from the last touch."""

import asyncio
import threading
import time

import pytest
from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from tests.tui.clock import Clock
from tui.shared.idle import IdleClock
from tui.shared.working import WorkingScreen
from tui.terminal.lockdown import LockedApp


class Part(Static):
    """A part of a screen that has work of its own."""

    def __init__(self, gate: threading.Event) -> None:
        super().__init__()
        self.gate = gate
        self.went_on = False

    @work
    async def begin(self) -> None:
        """Wait in a thread, then go on here."""
        await asyncio.to_thread(self.gate.wait, 20)
        self.went_on = True


class Works(WorkingScreen[None]):
    """Waits in a thread, as if for the disk."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.part = Part(self.gate)
        self.went_on = False

    def compose(self) -> ComposeResult:
        """A part, and what a working screen has."""
        yield self.part
        yield from self.working()

    @work
    async def begin(self) -> None:
        """Wait in a thread, then go on here."""
        with self.working_on("Working…"):
            await asyncio.to_thread(self.gate.wait, 20)
            self.went_on = True


@pytest.mark.parametrize("whose", ["the screen's", "a part's"])
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
async def test_work_that_is_done_once_its_screen_is_closed_is_not_gone_on_with(whose: str, *, closed: bool) -> None:
    app: LockedApp[None] = LockedApp("dark")
    async with app.run_test() as pilot:
        screen = Works()
        await app.push_screen(screen)
        one = screen if whose == "the screen's" else screen.part
        one.begin()
        await pilot.pause()
        if closed:
            app.pop_screen()
        screen.gate.set()
        time.sleep(0.1)  # noqa: ASYNC251 - the thread is done before anything else happens on this one
        await pilot.pause()
        await pilot.pause()
        assert one.went_on is not closed
        assert not app.fault


async def test_work_that_lacks_memory_says_so_and_the_screen_stays() -> None:
    def hungry() -> None:
        raise MemoryError

    app: LockedApp[None] = LockedApp("dark")
    async with app.run_test() as pilot:
        screen = Works()
        await app.push_screen(screen)
        with screen.working_on("Working…"):
            hungry()
        await pilot.pause()
        assert "too little free memory" in str(screen.query_one("#message", Static).content)
        assert not screen.at_work


def test_idle_time_is_measured_from_the_last_touch() -> None:
    clock = Clock()
    idle = IdleClock(clock.monotonic)
    clock.now += 100
    assert idle.untouched == 100
    idle.touch()
    clock.now += 7
    assert idle.untouched == 7
