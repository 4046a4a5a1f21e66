"""The office's screens: behind the office passphrase, asked for once a session."""

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual import events

from storage.counts.findings import OfficeFindings
from storage.counts.scorecard import Scorecard
from storage.crypto.keys import OfficePrivateKey
from storage.data_folder import Holder
from storage.errors import FairstartError, InUseError, OtherComputerError
from storage.events import today
from storage.office.copies import Original
from storage.office.office import Office
from storage.office.queries import scorecard_of
from storage.office_folder import unlock_office
from storage.report.advice import advice_on, advice_on_debriefs, advice_on_targets, advice_over_time, all_advice
from storage.settings import SettingsFile
from storage.toolkit.progress import items_done
from storage.wrong_tries import WrongTries
from tui.office.coordinators import CoordinatorsScreen
from tui.office.debriefs import DebriefsScreen
from tui.office.entrance import Entrance
from tui.office.home import OfficeHome
from tui.office.journey import JourneyScreen
from tui.office.restoring import RestoreCopy
from tui.office.targets import Targets
from tui.office.trend import TrendScreen
from tui.shared.confirm import Confirm
from tui.shared.counts import CountsScreen
from tui.shared.forgotten_office import ForgottenOffice
from tui.shared.idle import TOUCHES, IdleClock
from tui.shared.surroundings import FramedApp, Surroundings
from tui.shared.unlock import Unlock
from tui.terminal.lockdown import GONE_AFTER
from tui.text import times
from tui.toolkit.home import Counted, ToolkitHome
from tui.toolkit.search_anywhere import search_toolkit

AUTO_LOCK_SECONDS = times.OFFICE_LOCK_SECONDS
"""How long the office stays open untouched."""


class OfficeApp(FramedApp[None]):
    """The office, and what lies under it while it is locked."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../kiosk.tcss", "../shared/shared.tcss", "office.tcss"]

    def __init__(self, data: Path, settings_file: SettingsFile, holder: Holder | None = None) -> None:
        """Make one.

        Args:
            data: the data folder.
            settings_file: the settings that apply.
            holder: keeps the data folder to this process, if it can; without one it is kept already.
        """
        super().__init__(settings_file.settings.kiosk.theme)
        self.data = data
        self.settings_file = settings_file
        self.settings = settings_file.settings
        self._holder = holder
        self.office: Office | None = None
        self._tries = WrongTries(data / "office")
        self.idle = IdleClock()

    def get_default_screen(self) -> Entrance:
        """It lies under everything else."""
        return Entrance(self.data)

    def on_mount(self) -> None:
        """Watch for an untouched screen; the base class's `on_mount` is called as well."""
        self.set_interval(1, self.watch_idle)

    @property
    def surroundings(self) -> Surroundings:
        """That this is the office, and when it locks, if it is open."""
        return Surroundings("", "office", AUTO_LOCK_SECONDS - self.idle.untouched if self.office else None)

    def search_toolkit(self) -> None:
        """Open the toolkit's search over what is open."""
        search_toolkit(self, self.data, self.settings)

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
        self.tick()

    def on_entrance_unlock_wanted(self) -> None:
        """Ask for the passphrase, and go in."""
        self._ask("Your office passphrase:", self.open_office)

    def on_entrance_restore_wanted(self) -> None:
        """Go back to a copy."""
        if not isinstance(self.screen, Entrance):  # its key was pressed twice
            return
        try:
            self.take_folder()
        except FairstartError as error:
            self._entrance().say(error.sentence, problem=True)
        else:
            self.push_screen(RestoreCopy(self.data, self._tries), lambda _done: self._entrance().look_again())

    def _ask(self, hint: str, then: Callable[[OfficePrivateKey], None]) -> None:
        """Ask for a coordinator's passphrase. Nobody waits for it who would stay, with what was typed, after a lock."""
        if not isinstance(self.screen, Unlock):
            dialog = Unlock("Office", hint, partial(unlock_office, self.data), self._tries, self._recover)
            self.push_screen(dialog, lambda key: then(key) if key else None)

    def _recover(self) -> None:
        """Offer what helps where the passphrase was forgotten; the office opens once there is a new one."""
        self.push_screen(ForgottenOffice(self.data, self._tries, self.open_office))

    def on_entrance_recovery_wanted(self) -> None:
        """Bring the office back from a copy of its key file."""
        if isinstance(self.screen, Entrance):
            self.push_screen(ForgottenOffice(self.data, self._tries, self.open_office, copied=True))

    def on_office_home_coordinators_wanted(self) -> None:
        """Show who opens the office, to somebody who types a passphrase again: it may have been left open."""
        self._ask("Your office passphrase, once more:", self._show_coordinators)

    def _show_coordinators(self, _key: OfficePrivateKey) -> None:
        if self.office:
            self.push_screen(CoordinatorsScreen(self.office))

    def on_entrance_made(self, message: Entrance.Made) -> None:
        """Go straight in with a key that was just made."""
        self.open_office(message.key)

    def open_office(self, key: OfficePrivateKey) -> None:
        """Open the store and show what is in it."""
        self.lock()
        with contextlib.suppress(InUseError):  # then it is read
            self.take_folder()
        try:
            self.office = Office.open(self.data, key, may_write=self._holder is None or self._holder.has_it)
        except FairstartError as error:
            self._entrance().say(error.sentence, problem=True)
        else:
            home = OfficeHome(Original(self.office, self.data, self.settings_file.own_text), self.settings_file)
            self.push_screen(home)
            if isinstance(self.office.refusal, OtherComputerError):
                question = Confirm(
                    "This office was used on another computer",
                    "If both go on, groups are made twice, and their numbers tell more. Does it go on here? Say so "
                    "only if the other is used no more, or if both open one and the same folder. Until then you can "
                    "read.",
                    "It goes on here",
                    self.office.go_on_here,
                )
                self.push_screen(question, lambda _goes_on: home.look_again())

    def take_folder(self) -> None:
        """Keep the data folder to this process from now on.

        Raises:
            InUseError: another has it.
            StoreError: it cannot be taken.
        """
        if self._holder is not None:
            self._holder.take()

    def on_office_home_look_for_room(self) -> None:
        """Where the office is read because another one writes: see whether it still does, and else go on writing."""
        if self.office and isinstance(self.screen, OfficeHome):
            with contextlib.suppress(FairstartError):
                self.take_folder()
                self.open_office(self.office.key)

    def on_counts_screen_what_next(self, message: CountsScreen.WhatNext) -> None:
        """Show what the counts suggest; of all events together, what the targets do as well."""
        if isinstance(message.found, OfficeFindings):
            scorecard = None if message.found.scope.parts else self._scorecard()
            self._show_toolkit(partial(all_advice, found=message.found, scorecard=scorecard))

    def _scorecard(self) -> Scorecard | None:
        """Where the targets stand; None where that cannot be read, which their own screen says."""
        with contextlib.suppress(FairstartError):
            if self.office:
                return scorecard_of(self.office, self.settings, items_done(self.data), today())
        return None

    def on_journey_screen_what_next(self, message: JourneyScreen.WhatNext) -> None:
        """Show what the journey suggests."""
        self._show_toolkit(partial(advice_on, journey=message.found))

    def on_trend_screen_what_next(self, message: TrendScreen.WhatNext) -> None:
        """Show what the trend suggests."""
        self._show_toolkit(partial(advice_over_time, trend=message.found))

    def on_debriefs_screen_what_next(self, message: DebriefsScreen.WhatNext) -> None:
        """Show what answers those who ran an event."""
        self._show_toolkit(partial(advice_on_debriefs, debriefs=message.found))

    def on_targets_what_next(self, message: Targets.WhatNext) -> None:
        """Show what the targets suggest."""
        self._show_toolkit(partial(advice_on_targets, scorecard=message.found))

    def _show_toolkit(self, counted: Counted) -> None:
        self.push_screen(ToolkitHome(self.data, self.settings, counted))

    def on_office_home_leave(self) -> None:
        """Lock."""
        self.lock()

    def lock(self) -> None:
        """Close every screen but the entrance; the key goes with them."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self._close_office()
        self._entrance().look_again()
        self.set_timer(GONE_AFTER, self._forget)

    def on_unmount(self) -> None:
        """Leave no office open, however the program ends."""
        self._close_office()

    def _close_office(self) -> None:
        if self.office:
            self.office.close()
        self.office = None

    def _forget(self) -> None:
        if self.office is None:
            self.collect_garbage()

    def _home(self) -> OfficeHome | None:
        return next((screen for screen in self.screen_stack if isinstance(screen, OfficeHome)), None)

    def _entrance(self) -> Entrance:
        return next(screen for screen in self.screen_stack if isinstance(screen, Entrance))
