"""The office's screens: behind the office passphrase, asked for once a session."""

from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual import events, on, work

from storage.crypto.keys import OfficePrivateKey
from storage.data_folder import unlock_office
from storage.errors import FairstartError
from storage.office.office import Office
from storage.report.advice import advice, advice_on
from storage.settings import SettingsFile
from storage.wrong_tries import WrongTries
from tui.office.entrance import Entrance
from tui.office.home import OfficeHome
from tui.office.journey import JourneyScreen
from tui.shared.counts import CountsScreen
from tui.shared.idle import TOUCHES, IdleClock
from tui.shared.unlock import Unlock
from tui.terminal.lockdown import GONE_AFTER, LockedApp
from tui.toolkit.home import Counted, ToolkitHome

AUTO_LOCK_SECONDS = 900
"""How long the office stays open untouched."""


class OfficeApp(LockedApp[None]):
    """The office, and what lies under it while it is locked."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../kiosk.tcss", "../shared/shared.tcss", "office.tcss"]

    def __init__(self, data: Path, settings_file: SettingsFile) -> None:
        super().__init__(settings_file.settings.kiosk.theme)
        self.data = data
        self.settings_file = settings_file
        self.settings = settings_file.settings
        self.office: Office | None = None
        self._tries = WrongTries(data / "office")
        self.idle = IdleClock()

    def get_default_screen(self) -> Entrance:
        """It lies under everything else."""
        return Entrance(self.data)

    def on_mount(self) -> None:
        """Watch for an untouched screen; the base class's `on_mount` is called as well."""
        self.set_interval(1, self.watch_idle)

    async def on_event(self, event: events.Event) -> None:
        """Notice every key, click and scroll before anything else does."""
        if isinstance(event, TOUCHES):
            self.idle.touch()
        await super().on_event(event)

    def watch_idle(self) -> None:
        """Lock a forgotten office, but not while it works."""
        home = self._home()
        busy = any(getattr(screen, "at_work", False) for screen in self.screen_stack)
        if home and busy:
            self.idle.touch()
        elif home and self.idle.untouched >= AUTO_LOCK_SECONDS:
            self.lock()

    @on(Entrance.UnlockWanted)
    @work(exclusive=True)
    async def unlock(self) -> None:
        """Ask for the passphrase, and go in."""
        unlock = partial(unlock_office, self.data)
        key = await self.push_screen_wait(Unlock("Office", "The office passphrase:", unlock, self._tries))
        if key:
            self.open_office(key)

    def on_entrance_made(self, message: Entrance.Made) -> None:
        """Go straight in with a key that was just made."""
        self.open_office(message.key)

    def open_office(self, key: OfficePrivateKey) -> None:
        """Open the store and show what is in it."""
        self.lock()
        try:
            self.office = Office.open(self.data, key)
        except FairstartError as error:
            self._entrance().say(error.sentence)
        else:
            self.push_screen(OfficeHome(self.office, self.data, self.settings_file))

    def on_counts_screen_what_next(self, message: CountsScreen.WhatNext) -> None:
        """Show what the counts suggest."""
        self._show_toolkit(partial(advice, found=message.found))

    def on_journey_screen_what_next(self, message: JourneyScreen.WhatNext) -> None:
        """Show what the journey suggests."""
        self._show_toolkit(partial(advice_on, journey=message.found))

    def _show_toolkit(self, counted: Counted) -> None:
        self.push_screen(ToolkitHome(self.data, self.settings, counted))

    def on_office_home_leave(self) -> None:
        """Lock."""
        self.lock()

    def lock(self) -> None:
        """Close every screen but the entrance; the key goes with them."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        if self.office:
            self.office.close()
        self.office = None
        self._entrance().look_again()
        self.set_timer(GONE_AFTER, self._forget)

    def _forget(self) -> None:
        if self.office is None:
            self.collect_garbage()

    def _home(self) -> OfficeHome | None:
        return next((screen for screen in self.screen_stack if isinstance(screen, OfficeHome)), None)

    def _entrance(self) -> Entrance:
        return next(screen for screen in self.screen_stack if isinstance(screen, Entrance))
