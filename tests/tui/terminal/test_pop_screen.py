"""The kiosk locks at any moment: no work of a screen goes on while its parts go."""

from __future__ import annotations

import asyncio

import pytest
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

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
