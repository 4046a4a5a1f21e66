"""The kiosk locks at any moment: no work of a screen goes on while its parts go."""

from __future__ import annotations

import asyncio

import pytest
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerFailed

from tests.tui.pilot import SMALL, run
from tui.terminal.lockdown import LockedApp


class Part(Vertical):
    """Looks for its own part at every moment."""

    def compose(self) -> ComposeResult:
        yield Static(id="part")

    @work
    async def look(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.query_one("#part")


class Looking(Screen[None]):
    """Looks for its parts at every moment."""

    def compose(self) -> ComposeResult:
        yield Static(id="message")
        yield Part()

    @work
    async def look(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.query_one("#message")


@pytest.mark.parametrize("part", [False, True])
async def test_workers_end_before_the_parts_that_they_look_for(*, part: bool) -> None:
    async with run(LockedApp[None]("dark"), SMALL) as person:
        screen = Looking()
        await person.app.push_screen(screen)
        worker = screen.query_one(Part).look() if part else screen.look()
        await person.pause()
        person.app.pop_screen()
        await person.pause()
        assert worker.is_cancelled


@pytest.mark.parametrize("ending", [False, True])
async def test_work_that_a_closing_screen_begins_ends_quietly(*, ending: bool) -> None:
    async with run(LockedApp[None]("dark"), SMALL) as person:
        screen = Looking()
        await person.app.push_screen(screen)
        part = screen.query_one(Part)
        if ending:
            await part.query_one("#part").remove()
            person.app._exit = True
        else:
            person.app.pop_screen()
        begun = part.look()
        for _ in range(1000):
            await asyncio.sleep(0)
        person.app._exit = False
        assert begun.is_finished
        assert not person.app.fault


async def test_work_that_goes_on_while_the_app_shuts_down_ends_quietly() -> None:
    async with run(LockedApp[None]("dark"), SMALL) as person:
        screen = Looking()
        await person.app.push_screen(screen)
        screen.look()
        screen.query_one(Part).look()
        await person.pause()
    assert not person.app.fault


async def test_a_fault_in_the_work_of_an_open_screen_ends_the_app() -> None:
    app = LockedApp[None]("dark")

    async def looked_in_vain() -> None:
        async with app.run_test() as pilot:
            screen = Looking()
            await app.push_screen(screen)
            await screen.query_one("#message").remove()
            screen.look()
            await pilot.pause()
            await pilot.pause()

    with pytest.raises(WorkerFailed, match="No nodes match"):
        await looked_in_vain()
    assert app.fault
