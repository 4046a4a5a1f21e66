"""However many timers wait, screens close and work is done."""

import asyncio

from textual.screen import Screen

from tests.tui.pilot import SMALL, run
from tui.terminal.lockdown import LockedApp

MANY = 40
"""More than the threads in which asyncio does work, on any computer."""
DUE_IN = 5.0
"""Seconds, which no test waits."""


class Waiting(Screen[None]):
    """Has many timers, none of which is due soon."""

    def on_mount(self) -> None:
        for _ in range(MANY):
            self.set_interval(DUE_IN, self.refresh)


async def test_a_screen_closes_at_once_while_its_timers_wait() -> None:
    async with run(LockedApp[None]("dark"), SMALL) as person:
        screen = Waiting()
        await person.app.push_screen(screen)
        await person.pause()
        person.app.pop_screen()
        await person.pause()
        assert not screen.is_attached
        assert not screen.is_running


async def test_work_in_a_thread_is_done_before_any_timer_that_waits() -> None:
    async with run(LockedApp[None]("dark"), SMALL) as person:
        done: list[str] = []
        person.app.set_timer(DUE_IN, lambda: done.append("timer"))
        await person.app.push_screen(Waiting())
        await person.pause()
        await asyncio.to_thread(done.append, "work")
        assert done == ["work"]
