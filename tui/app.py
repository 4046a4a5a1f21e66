"""The kiosk: wires the screens, the theme, the lockdown and the idle reset together, and decides nothing else."""

import datetime as dt
import time
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events

from content.language import load_words
from storage.crypto.keys import KioskPrivateKey
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.practice import PRACTICE_PASSPHRASE
from storage.settings import SettingsFile
from tui.shared.wrong_tries import WrongTries
from tui.speech.spoken import said_when_idle
from tui.survey.choice import Choice
from tui.survey.idle import WARNING_SECONDS, IdleWarning
from tui.survey.screen import SurveyScreen
from tui.terminal.lockdown import LockedApp
from tui.widgets.writing import name_of

if TYPE_CHECKING:
    from tui.shared.counts import CountsScreen
    from tui.staff.home import StaffHome
    from tui.text.counts import Shown
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
        self.reads_aloud: bool | None = self.settings.kiosk.read_aloud
        """Whether candidates may have the questions read aloud; None where this computer cannot speak."""
        self.wrong_tries = WrongTries()
        self._touched = time.monotonic()

    def get_default_screen(self) -> SurveyScreen:
        """The candidates' screen lies under everything else."""
        words = load_words(self.settings.survey.languages[0])
        return SurveyScreen(self.kiosk, self.settings, words, practice=self.practice)

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
        return len(self.screen_stack) > 1 and not isinstance(self.screen, IdleWarning | Choice)

    async def on_event(self, event: events.Event) -> None:
        """Notice every key, click and scroll before anything else does."""
        if isinstance(event, events.Key | events.MouseDown | events.MouseScrollUp | events.MouseScrollDown):
            self._touched = time.monotonic()
            pressed = isinstance(event, events.Key) or (isinstance(event, events.MouseDown) and not event.is_forwarded)
            if pressed and self.screen_stack:
                self.survey.touched(event)
        await super().on_event(event)

    def watch_idle(self) -> None:
        """Warn over a forgotten interview, lock forgotten staff screens, and put colours and languages back."""
        if not self.screen_stack:  # the app is ending
            return
        if self.survey.aloud.reading:
            self._touched = time.monotonic()
        untouched = time.monotonic() - self._touched
        if self.staff_open:
            if untouched >= AUTO_LOCK_SECONDS:
                self.lock()
        elif isinstance(self.screen, IdleWarning) or untouched < self.settings.kiosk.idle_seconds:
            return
        elif self.survey.interview.under_way:
            self.warn()
        else:
            self.lock()
            self.survey.as_usual()
            self._touched = time.monotonic()

    def warn(self) -> None:
        """Ask whether somebody is there; aloud, if they have listened so far."""
        self.push_screen(IdleWarning(self.survey.words), self._after_warning)
        if self.survey.aloud.listens:
            self.survey.aloud.read(said_when_idle(self.survey.words, WARNING_SECONDS), self.survey.words)

    def _after_warning(self, someone_is_there: bool | None) -> None:  # noqa: FBT001 - Textual's signature
        self._touched = time.monotonic()
        if not someone_is_there:
            self.survey.reset()

    def on_welcome_look_wanted(self) -> None:
        """Offer the colours that this terminal can show."""
        words = self.survey.words
        looks = list(dict.fromkeys(self.themes[name].name for name in self.themes))
        named = [next(name for name in self.themes if self.themes[name].name == look) for look in looks]
        names = [str(getattr(words.look, name.replace("-", "_"))) for name in named]
        chosen = looks.index(self.theme)

        def choose(place: int | None) -> None:
            if place is not None:
                self.use_theme(named[place])

        self.push_screen(Choice(words, words.look, names, chosen), choose)

    def on_welcome_language_wanted(self) -> None:
        """Offer all languages."""
        survey = self.survey
        packs = [load_words(code) for code in self.settings.survey.languages]
        chosen = packs.index(survey.words)

        def choose(place: int | None) -> None:
            if place is not None:
                survey.speak(packs[place])

        words = survey.words
        names = [name_of(pack, rtl=words.direction == "rtl") for pack in packs]
        self.push_screen(Choice(words, words.language_choice, names, chosen), choose)

    def on_survey_screen_prepared(self) -> None:
        """Offer to read aloud, if the settings say so."""
        self._offer_speech()

    def _offer_speech(self) -> None:
        from tui.speech.programs import Speech, find_program  # once candidates can begin, not before

        program = find_program()
        if program is None:
            self.reads_aloud = None
        self.survey.use_speech(Speech(program) if program and self.reads_aloud else None)

    def on_survey_screen_usual(self) -> None:
        """Paint for the next person as for everybody."""
        if self.theme != self.themes[self.settings.kiosk.theme].name:
            self.use_theme(self.settings.kiosk.theme)

    def on_controls_staff_wanted(self) -> None:
        """Ask for the passphrase."""
        from tui.shared.unlock import Unlock  # staff screens are not loaded until staff come

        hint = f"This is practice: the passphrase is “{PRACTICE_PASSPHRASE}”." if self.practice else "Passphrase:"
        self.push_screen(Unlock("Staff", hint, self.kiosk.unlock, self.wrong_tries), self._after_unlock)

    def _after_unlock(self, key: KioskPrivateKey | None) -> None:
        from tui.staff.home import StaffHome

        if key:
            today = dt.datetime.now().astimezone().date()
            home = StaffHome(self.kiosk, key, self.settings, today, practice=self.practice)
            home.reads_aloud = self.reads_aloud
            self.push_screen(home)

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
            case "read-aloud":
                self.reads_aloud = not self.reads_aloud
                self._offer_speech()
                message.home.reads_aloud = self.reads_aloud
                message.home.show_reads_aloud()
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
        from storage.counts.findings import findings
        from tui.shared.counts import CountsScreen
        from tui.text.counts import WHY, shown

        def read(tell: Callable[[int, int], None]) -> "Shown":
            return shown(findings(self.kiosk.counts(key.tally, tell), self.settings.benchmarks))

        self.push_screen(CountsScreen(self.kiosk.event.name, WHY, read))

    def on_counts_screen_what_next(self, message: "CountsScreen.WhatNext") -> None:
        """Show what the counts suggest."""
        from storage.report.advice import advice

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
