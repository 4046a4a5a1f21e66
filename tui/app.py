"""The kiosk: wires the screens, the theme, the lockdown and the idle reset together, and decides nothing else."""

import datetime as dt
import time
from enum import Enum, auto
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events

from content.survey import load_words
from storage.kiosk import Kiosk
from storage.settings import SettingsFile
from tui.lockdown import LockedApp
from tui.survey.idle import IdleWarning
from tui.survey.screen import SurveyScreen
from tui.wrong_tries import WrongTries

if TYPE_CHECKING:
    from tui.staff.home import StaffHome

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

        self.push_screen(Unlock(self.kiosk, self.wrong_tries, practice=self.practice), self._after_unlock)

    def _after_unlock(self, opened: bool | None) -> None:  # noqa: FBT001 - Textual's signature
        from tui.staff.home import StaffHome

        if opened:
            today = dt.datetime.now().astimezone().date()
            self.push_screen(StaffHome(self.kiosk, self.settings.organisation.name, today, practice=self.practice))

    def on_staff_home_chosen(self, message: "StaffHome.Chosen") -> None:
        """Do what staff pressed."""
        match message.what:
            case "lock":
                self.lock()
            case "practise":
                self.exit(Outcome.PRACTISE)
            case "new-event":
                from tui.staff.new_event import NewEvent

                self.push_screen(NewEvent(self.settings_file), self._after_new_event)
            case _:
                self.exit(Outcome.QUIT)

    def _after_new_event(self, saved: bool | None) -> None:  # noqa: FBT001 - Textual's signature
        if saved:
            self.exit(Outcome.NEW_EVENT)

    def lock(self) -> None:
        """Close every staff screen; what they hold goes with them."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
