"""Entering paper sheets by themselves, without the candidates' screens: `fairstart paper`."""

from pathlib import PurePath
from typing import ClassVar

from textual import events, work

from storage.kiosk.batch import Batch
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings
from tui.shared.idle import TOUCHES, IdleClock
from tui.staff.paper_entry import enter_sheets
from tui.terminal.lockdown import LockedApp


class PaperApp(LockedApp[None]):
    """Ends once sheets are kept or left, or when nobody has touched it for long. Whoever runs it wipes the batch."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../kiosk.tcss", "../shared/shared.tcss"]

    def __init__(self, kiosk: Kiosk, settings: Settings, batch: Batch, *, idle_seconds: int) -> None:
        super().__init__(settings.kiosk.theme)
        self._kiosk = kiosk
        self._settings = settings
        self._batch = batch
        self._idle_seconds = idle_seconds
        self.idle = IdleClock()

    def on_mount(self) -> None:
        """Begin, and watch for an untouched screen; the base class's `on_mount` is called as well."""
        self.set_interval(1, self.watch_idle)
        self._enter()

    async def on_event(self, event: events.Event) -> None:
        """Notice every key, click and scroll before anything else does."""
        if isinstance(event, TOUCHES):
            self.idle.touch()
        await super().on_event(event)

    def watch_idle(self) -> None:
        """End where nobody is there."""
        if self.idle.untouched >= self._idle_seconds:
            self.exit()

    @work
    async def _enter(self) -> None:
        await enter_sheets(self, self._kiosk, self._settings, self._batch, idle_seconds=self._idle_seconds)
        self.exit()
