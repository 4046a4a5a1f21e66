"""The kiosk: wires the screens, the theme, the lockdown and the idle reset together, and decides nothing else."""

import datetime as dt
import time
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events

from content.survey import load_words
from storage.keys import KioskPrivateKey
from storage.kiosk import PRACTICE_PASSPHRASE, Kiosk
from storage.settings import SettingsFile
from tui.lockdown import LockedApp
from tui.survey.idle import IdleWarning
from tui.survey.screen import SurveyScreen
from tui.wrong_tries import WrongTries

if TYPE_CHECKING:
    from tui.counts import Shown
    from tui.staff.counts import CountsScreen
    from tui.staff.home import StaffHome
    from tui.toolkit.home import Counted

AUTO_LOCK_SECONDS = 300
"""How long staff screens stay open untouched."""


class Outcome(Enum):
    """What staff asked for when the kiosk ended."""

    QUIT = auto()
    PRACTISE = auto()
    NEW_EVENT = auto()


class KioskApp(LockedApp[Outcome]):
    """Candidates' screens, with the staff area behind a passphrase."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["kiosk.tcss", "survey/survey.tcss"]

    def __init__(self, kiosk: Kiosk, settings_file: SettingsFile, *, practice: bool = False) -> None:
        super().__init__(settings_file.settings.kiosk.theme)
        self.kiosk = kiosk
        self.settings_file = settings_file
        self.settings = settings_file.settings
        self.practice = practice
        self.wrong_tries = WrongTries()
        self._touched = time.monotonic()
        self._warning = False

    def get_default_screen(self) -> SurveyScreen:
        """The candidates' screen lies under everything else."""
        return SurveyScreen(self.kiosk, self.settings, load_words(), practice=self.practice)

    def on_mount(self) -> None:
        """Start watching for an untouched screen; the base class's `on_mount` is called as well."""
        self.set_interval(1, self.watch_idle)

    @property
    def survey(self) -> SurveyScreen:
        """The candidates' screen."""
        return next(screen for screen in self.screen_stack if isinstance(screen, SurveyScreen))

    @property
    def staff_open(self) -> bool:
        """Whether staff screens lie over the candidates'."""
        return len(self.screen_stack) > 1 and not self._warning

    async def on_event(self, event: events.Event) -> None:
        """Notice every key, click and scroll before anything else does."""
        if isinstance(event, events.Key | events.MouseDown | events.MouseScrollUp | events.MouseScrollDown):
            self._touched = time.monotonic()
        await super().on_event(event)

    def watch_idle(self) -> None:
        """Warn over a forgotten interview; lock forgotten staff screens."""
        if not self.screen_stack:  # the app is ending
            return
        untouched = time.monotonic() - self._touched
        if self.staff_open:
            if untouched >= AUTO_LOCK_SECONDS:
                self.lock()
        elif not self._warning and self.survey.interview.under_way and untouched >= self.settings.kiosk.idle_seconds:
            self._warning = True
            self.push_screen(IdleWarning(self.survey.words), self._after_warning)

    def _after_warning(self, someone_is_there: bool | None) -> None:  # noqa: FBT001 - Textual's signature
        self._warning = False
        self._touched = time.monotonic()
        if not someone_is_there:
            self.survey.reset()

    def on_survey_screen_staff_wanted(self) -> None:
        """Ask for the passphrase."""
        from tui.staff.unlock import Unlock  # staff screens are not loaded until staff come

        hint = f"This is practice: the passphrase is “{PRACTICE_PASSPHRASE}”." if self.practice else "Passphrase:"
        self.push_screen(Unlock("Staff", hint, self.kiosk.unlock, self.wrong_tries), self._after_unlock)

    def _after_unlock(self, key: KioskPrivateKey | None) -> None:
        from tui.staff.home import StaffHome

        if key:
            today = dt.datetime.now().astimezone().date()
            organisation = self.settings.organisation.name
            self.push_screen(StaffHome(self.kiosk, key, organisation, today, practice=self.practice))

    def on_staff_home_chosen(self, message: "StaffHome.Chosen") -> None:
        """Do what staff pressed."""
        match message.what:
            case "lock":
                self.lock()
            case "counts":
                self._show_counts(message.key)
            case "hand-over":
                from tui.staff.hand_over import HandOverScreen

                self.push_screen(HandOverScreen(self.kiosk, message.key, self.survey_ended), self._after_hand_over)
            case "end-event":
                from tui.staff.leaving import end_event

                self.push_screen(end_event(self.kiosk, self.survey_ended), self._after_end)
            case "toolkit":
                self._show_toolkit()
            case "practise":
                self.exit(Outcome.PRACTISE)
            case "new-event":
                self._leave(self._new_event, "start a new event", "New event")
            case _:
                self._leave(lambda: self.exit(Outcome.QUIT), "quit", "Quit")

    @property
    def survey_ended(self) -> Callable[[], object]:
        """Tells the candidates' screen that the event has ended; from any thread, even once screens have locked."""
        survey = self.survey
        return partial(survey.post_message, survey.EventEnded())

    def _show_counts(self, key: KioskPrivateKey) -> None:
        from storage.findings import findings
        from tui.counts import WHY, shown
        from tui.staff.counts import CountsScreen

        def read(tell: Callable[[int, int], None]) -> "Shown":
            return shown(findings(self.kiosk.counts(key.tally, tell), self.settings.benchmarks))

        self.push_screen(CountsScreen(self.kiosk.event.name, WHY, read))

    def on_counts_screen_what_next(self, message: "CountsScreen.WhatNext") -> None:
        """Show what the counts suggest."""
        from storage.advice import advice

        self._show_toolkit(partial(advice, found=message.found))

    def _show_toolkit(self, counted: "Counted | None" = None) -> None:
        from tui.toolkit.home import ToolkitHome

        self.push_screen(ToolkitHome(self.kiosk.data, self.settings, counted))

    def _leave(self, go: Callable[[], None], what: str, yes: str) -> None:
        """Go, after a word about answers that would stay out of the counts."""
        from tui.staff.leaving import leave

        if self.kiosk.waiting and not self.practice:
            self.push_screen(leave(self.kiosk.waiting, what, yes), lambda sure: go() if sure else None)
        else:
            go()

    def _new_event(self) -> None:
        from tui.staff.new_event import NewEvent

        self.push_screen(NewEvent(self.settings_file), self._after_new_event)

    def _after_hand_over(self, _: None) -> None:
        self._after_end(ended=True)

    def _after_end(self, ended: bool | None) -> None:  # noqa: FBT001 - Textual's signature
        from tui.staff.home import StaffHome

        if ended:
            for screen in self.screen_stack:
                if isinstance(screen, StaffHome):
                    screen.look_again()

    def _after_new_event(self, saved: bool | None) -> None:  # noqa: FBT001 - Textual's signature
        if saved:
            self.exit(Outcome.NEW_EVENT)

    def lock(self) -> None:
        """Close every staff screen; what they hold goes with them."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
