"""The kiosk: wires the screens, the theme, the lockdown and the idle reset together, and decides nothing else."""

import contextlib
from collections.abc import Callable
from enum import Enum, auto
from functools import cached_property, partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events, work

from content.language import load_words
from storage.errors import FairstartError, StoreError
from storage.events import today
from storage.progress import ProgressCallback
from storage.settings import SettingsFile
from tui.shared.idle import TOUCHES, IdleClock
from tui.shared.surroundings import FramedApp, Surroundings
from tui.survey.screen import SurveyScreen
from tui.survey.view import ForCandidates
from tui.text import times
from tui.widgets.writing import name_of

if TYPE_CHECKING:
    from storage.crypto.keys import KioskPrivateKey
    from storage.kiosk.kiosk import Kiosk
    from storage.kiosk.practice import Practice
    from storage.wrong_tries import WrongTries
    from tui.shared.counts import CountsScreen
    from tui.staff.home import StaffHome
    from tui.text.counts import Shown
    from tui.toolkit.home import Counted

AUTO_LOCK_SECONDS = times.STAFF_LOCK_SECONDS
"""How long staff screens stay open untouched."""

PRACTICE_SECONDS = 600
"""How long practice goes on untouched: then the kiosk that it was begun from comes back."""

_DIALOGS = "dialogs"
"""The workers that wait for a screen over the candidates'. `lock` cancels them: none goes on with what staff opened."""


class Outcome(Enum):
    """What staff asked for when the kiosk ended."""

    QUIT = auto()
    PRACTISE = auto()
    PLAIN = auto()
    NEW_EVENT = auto()
    SETTINGS = auto()


class KioskApp(FramedApp[Outcome]):
    """Candidates' screens, with the staff area behind a passphrase."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["kiosk.tcss", "survey/survey.tcss"]

    def __init__(
        self, open_kiosk: "Callable[[], Kiosk]", settings_file: SettingsFile, *, practice: "Practice | None" = None
    ) -> None:
        """Make it.

        Args:
            open_kiosk: called in a thread once the welcome has been painted.
            settings_file: what the kiosk goes by.
            practice: where this is practice.
        """
        super().__init__(settings_file.settings.kiosk.theme)
        self._open_kiosk = open_kiosk
        self.failure: Exception | None = None
        """Why the kiosk did not open, once this has ended."""
        self.settings_file = settings_file
        self.settings = settings_file.settings
        self.practice = practice
        self.changed = False
        """Whether staff have changed settings, which candidates have once staff lock."""
        self.reads_aloud: bool | None = self.settings.kiosk.read_aloud
        """Whether candidates may have the questions read aloud; None where this computer cannot speak."""
        self.heard: bool | None = None
        """Whether staff heard the last sound test; None where there was none."""
        self.sends_at_start = "start" in self.settings.office.sync
        """Whether the next time that staff unlock it is the first one, and the settings say to send then."""
        self.about_sheets = ""
        """What staff have still to hear of paper sheets that were wiped as the screen locked."""
        self.idle = IdleClock()
        self.untouched = IdleClock()
        """The time since somebody was there, while the idle clock begins anew with each candidate."""

    def get_default_screen(self) -> SurveyScreen:
        """The candidates' screen lies under everything else."""
        words = load_words(self.settings.survey.languages[0])
        return self.fitted(SurveyScreen(lambda: self.kiosk, self.settings, words, practice=self.practice is not None))

    @cached_property
    def kiosk(self) -> "Kiosk":
        """The data folder, which the candidates' screen has opened before anything that needs it."""
        return self._open_kiosk()

    @cached_property
    def wrong_tries(self) -> "WrongTries":
        """Wrong passphrases of staff so far."""
        from storage.wrong_tries import WrongTries

        return WrongTries(self.kiosk.data / "kiosk")

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
        return len(self.screen_stack) > 1 and not isinstance(self.screen, ForCandidates)

    @property
    def surroundings(self) -> Surroundings:
        """The event, and when staff's screens lock."""
        locks_in = AUTO_LOCK_SECONDS - self.idle.untouched
        return Surroundings(self.kiosk.event.name, "event laptop", locks_in, self.practice is not None)

    def search_toolkit(self) -> None:
        """Open the toolkit's search over what staff have open."""
        from tui.toolkit.search_anywhere import search_toolkit

        search_toolkit(self, self.kiosk.data, self.settings)

    async def on_event(self, event: events.Event) -> None:
        """Notice every key, click and scroll before anything else does."""
        if isinstance(event, TOUCHES):
            self.idle.touch()
            self.untouched.touch()
            pressed = isinstance(event, events.Key) or (isinstance(event, events.MouseDown) and not event.is_forwarded)
            if pressed and self.screen_stack:
                self.survey.touched(event)
        await super().on_event(event)

    def watch_idle(self) -> None:
        """Warn over a forgotten interview, lock forgotten staff screens, and put colours and languages back."""
        if not self.screen_stack:  # the app is ending
            return
        from tui.survey.idle import IdleWarning  # a second after the start, not before

        if self.survey.aloud.reading:
            self.idle.touch()
            self.untouched.touch()
        if self.practice and self.untouched.untouched >= PRACTICE_SECONDS:
            self.exit(Outcome.QUIT)
            return
        untouched = self.idle.untouched
        if self.staff_open:
            self.tick()
            if untouched >= AUTO_LOCK_SECONDS:
                self.lock()
        elif isinstance(self.screen, IdleWarning) or untouched < self.settings.kiosk.idle_seconds:
            return
        elif self.survey.interview.under_way:
            self.warn()
        else:
            self.lock()
            self.survey.as_usual()
            self.idle.touch()

    @work(group=_DIALOGS)
    async def warn(self) -> None:
        """Ask whether somebody is there, aloud if they have listened so far; if not, welcome the next person."""
        from tui.survey.idle import WARNING_SECONDS, IdleWarning

        if isinstance(self.screen, IdleWarning):  # a busy computer looked twice before this began
            return
        if self.survey.aloud.listens:
            from tui.speech.spoken import said_when_idle

            self.survey.aloud.read(said_when_idle(self.survey.words, WARNING_SECONDS), self.survey.words)
        somebody_is_there = await self.push_screen_wait(IdleWarning(self.survey.words))
        self.idle.touch()
        if not somebody_is_there:
            self.survey.reset()

    @work(group=_DIALOGS)
    async def on_welcome_look_wanted(self) -> None:
        """Offer the colours that this terminal can show."""
        from tui.survey.choice import Choice

        words = self.survey.words
        looks = list(dict.fromkeys(self.themes[name].name for name in self.themes))
        named = [next(name for name in self.themes if self.themes[name].name == look) for look in looks]
        names = [str(getattr(words.look, name.replace("-", "_"))) for name in named]
        choice = Choice(words, words.look, names, looks.index(self.theme), self.survey.presses)
        place = await self.push_screen_wait(choice)
        if place is not None:
            self.use_theme(named[place])

    @work(group=_DIALOGS)
    async def on_welcome_language_wanted(self) -> None:
        """Offer all languages."""
        from tui.survey.choice import Choice

        words = self.survey.words
        packs = [load_words(code) for code in self.settings.survey.languages]
        names = [name_of(pack, rtl=words.direction == "rtl") for pack in packs]
        choice = Choice(words, words.language_choice, names, packs.index(words), self.survey.presses)
        place = await self.push_screen_wait(choice)
        if place is not None:
            self.survey.speak(packs[place])

    def on_survey_screen_not_opened(self, message: SurveyScreen.NotOpened) -> None:
        """Leave: what a sentence says, it says on the terminal."""
        self.failure = message.failure
        self.exit()

    def on_survey_screen_prepared(self) -> None:
        """Offer to read aloud, if the settings say so."""
        self._offer_speech()

    def _offer_speech(self) -> None:
        from tui.speech.programs import Speech, find_program  # once candidates can begin, not before

        program = find_program()
        if program is None:
            self.reads_aloud = None
        self.survey.use_speech(Speech(program) if program and self.reads_aloud else None)

    def on_survey_screen_quiet(self) -> None:
        """Overwrite what is over."""
        self.collect_garbage()

    def on_survey_screen_usual(self) -> None:
        """Paint for the next person as for everybody."""
        if self.theme != self.themes[self.settings.kiosk.theme].name:
            self.use_theme(self.settings.kiosk.theme)

    # Staff; their screens are not loaded until they come ------------------------------------------------------------

    @work(group=_DIALOGS)
    async def on_controls_staff_wanted(self) -> None:
        """Ask for the passphrase, and open the staff area with the key that it unlocks."""
        from storage.kiosk.practice import PRACTICE_PASSPHRASE
        from tui.shared.unlock import Unlock

        hint = f"This is practice: the passphrase is “{PRACTICE_PASSPHRASE}”." if self.practice else "Passphrase:"
        forgotten = None if self.practice else self._forgotten
        key = await self.push_screen_wait(Unlock("Staff", hint, self.kiosk.unlock, self.wrong_tries, forgotten))
        if key:
            self._open_staff(key)

    @work(group=_DIALOGS)
    async def _forgotten(self) -> None:
        """Let staff ask the office for a new passphrase; with its answer they are in."""
        from tui.staff.forgotten import ForgottenStaff

        if key := await self.push_screen_wait(ForgottenStaff(self.kiosk.data, self.wrong_tries)):
            self._open_staff(key)

    def _open_staff(self, key: "KioskPrivateKey") -> None:
        from tui.staff.home import StaffHome

        home = StaffHome(self.kiosk, key, self.settings, today(), practice=self.practice is not None)
        home.reads_aloud = self.reads_aloud
        home.heard = self.heard
        home.about_sheets, self.about_sheets = self.about_sheets, ""
        self.push_screen(home)
        if self.sends_at_start:
            self.sends_at_start = False
            self._hand_over(key, home, at_once=True)

    def on_staff_home_chosen(self, message: "StaffHome.Chosen") -> None:
        """Do what staff pressed, unless a key before it has locked."""
        if message.home not in self.screen_stack:
            return
        with_key = {"end-event": self._end_event, "hand-over": self._hand_over, "debrief": self._write_debrief}
        with_home = {
            "sound-test": self._test_sound,
            "from-paper": self._enter_sheets,
            "settings": self._change_settings,
        }
        match message.what:
            case "lock":
                self.lock()
            case "counts":
                self._show_counts(message.key)
            case "toolkit":
                self._show_toolkit()
            case "read-aloud":
                self.reads_aloud = not self.reads_aloud
                self._offer_speech()
                message.home.reads_aloud = self.reads_aloud
                message.home.show_reads_aloud()
            case "practise" | "plain":
                self.exit(Outcome[message.what.upper()])
            case "new-event":
                self._new_event()
            case "passphrase":
                self._change_passphrase(message.home)
            case "quit":
                self._quit()
            case what if what in with_key:
                with_key[what](message.key, message.home)
            case what:
                with_home[what](message.home)

    @property
    def survey_ended(self) -> Callable[[], object]:
        """Tells the candidates' screen that the event has ended; from any thread, even once screens have locked."""
        survey = self.survey
        return partial(survey.post_message, survey.EventEnded())

    def _show_counts(self, key: "KioskPrivateKey") -> None:
        from storage.counts.findings import findings
        from tui.shared.counts import CountsScreen
        from tui.text.counts import WHY, shown

        def read(progress: ProgressCallback) -> "Shown":
            return shown(findings(self.kiosk.counts(key.tally, progress), self.settings.benchmarks))

        self.push_screen(CountsScreen(self.kiosk.event.name, WHY, read))

    def on_counts_screen_what_next(self, message: "CountsScreen.WhatNext") -> None:
        """Show what the counts suggest."""
        from storage.report.advice import advice

        self._show_toolkit(partial(advice, found=message.found))

    def _show_toolkit(self, counted: "Counted | None" = None) -> None:
        from tui.toolkit.home import ToolkitHome

        self.push_screen(ToolkitHome(self.kiosk.data, self.settings, counted))

    @work(group=_DIALOGS)
    async def _test_sound(self, home: "StaffHome") -> None:
        from tui.shared.sound_check import SoundTest

        self.heard = await self.push_screen_wait(SoundTest(load_words(self.settings.survey.languages[0])))
        home.heard = self.heard
        home.show_reads_aloud()

    @work(group=_DIALOGS)
    async def _enter_sheets(self, home: "StaffHome") -> None:
        """Have sheets entered; however that ends, what is not kept is wiped, and staff hear of it."""
        from storage.kiosk.batch import Batch
        from tui.staff.paper_entry import enter_sheets
        from tui.text import paper

        batch, survey = Batch(), self.survey
        try:
            await enter_sheets(self, self.kiosk, self.settings, batch, idle_seconds=AUTO_LOCK_SECONDS)
        finally:
            lost = batch.wipe()
            self.about_sheets = paper.result(batch.kept, lost, practice=self.practice is not None)
            survey.staff_left()
        home.about_sheets, self.about_sheets = self.about_sheets, ""
        home.look_again()

    @work(group=_DIALOGS)
    async def _hand_over(self, key: "KioskPrivateKey", home: "StaffHome", *, at_once: bool = False) -> None:
        from tui.staff.hand_over import HandOverScreen

        address = self.settings.office.address
        screen = HandOverScreen(self.kiosk, key, self.survey_ended, address, self.practice)
        screen.at_once = at_once
        await self.push_screen_wait(screen)
        home.look_again()

    @work(group=_DIALOGS)
    async def _end_event(self, key: "KioskPrivateKey", home: "StaffHome") -> None:
        from tui.staff.leaving import end_event

        if await self.push_screen_wait(end_event(self.kiosk, home.current, self.survey_ended)):
            home.look_again()
            if "end" in self.settings.office.sync:
                self._hand_over(key, home, at_once=True)

    @work(group=_DIALOGS)
    async def _write_debrief(self, key: "KioskPrivateKey", home: "StaffHome") -> None:
        from tui.staff.debrief import StaffDebrief

        try:
            form = StaffDebrief(self.kiosk, key)
        except FairstartError as error:
            home.show_problem(error)
        else:
            await self.push_screen_wait(form)
            home.look_again()

    @work(group=_DIALOGS)
    async def _new_event(self) -> None:
        from storage.kiosk.event_folder import EventFolder
        from storage.kiosk.from_stick import next_events
        from tui.staff.leaving import leave
        from tui.staff.new_event import NewEvent

        waiting = self.kiosk.all_waiting
        if waiting and not await self.push_screen_wait(leave(waiting, "start a new event", "New event")):
            return
        known = EventFolder.known(self.kiosk.data, self.kiosk.register)
        coming = next_events(self.kiosk.data, self.settings.event, today())
        if await self.push_screen_wait(NewEvent(self.settings_file, known, coming)):
            self.exit(Outcome.NEW_EVENT)

    @work(group=_DIALOGS)
    async def _change_passphrase(self, home: "StaffHome") -> None:
        """Ask for the passphrase that holds: whoever finds the staff area open must not change it."""
        from tui.shared.unlock import Unlock
        from tui.staff.forgotten import ChangeStaffPassphrase

        hint = "The passphrase as it is now:"
        if key := await self.push_screen_wait(Unlock("Staff", hint, self.kiosk.unlock, self.wrong_tries)):
            known = (self.settings.organisation.name, self.kiosk.event.name, self.kiosk.event.place)
            self.push_screen(ChangeStaffPassphrase(self.kiosk, key, known, home.show_new_passphrase))

    @work(group=_DIALOGS)
    async def _change_settings(self, home: "StaffHome") -> None:
        from tui.staff.event_settings import EventSettings

        saved = await self.push_screen_wait(EventSettings(self.kiosk, self.settings_file))
        if saved is None:
            return
        before, now = self.settings_file.settings.event, saved.settings.event
        if saved.settings.kiosk.read_aloud != self.settings_file.settings.kiosk.read_aloud:
            self.reads_aloud = saved.settings.kiosk.read_aloud
        self.settings_file = saved
        self.changed = True
        home.show_changed()
        if (before.name, before.place, before.date) != (now.name, now.place, now.date):
            with contextlib.suppress(StoreError):  # else an empty event of the old name stays beside it
                self.kiosk.discard_event()
            self.exit(Outcome.NEW_EVENT)

    @work(group=_DIALOGS)
    async def _quit(self) -> None:
        from tui.staff.leaving import leave, leave_kiosk, leave_practice

        if self.practice:
            question = leave_practice()
        elif waiting := self.kiosk.all_waiting:
            question = leave(waiting, "quit", "Quit")
        else:
            question = leave_kiosk(self.kiosk.event.name)
        if await self.push_screen_wait(question):
            self.exit(Outcome.QUIT)

    def lock(self) -> None:
        """Close every staff screen; what they hold goes with them, and so does who waits for their results."""
        self.workers.cancel_group(self, _DIALOGS)
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.survey.staff_left()
        self.on_survey_screen_usual()
        if self.changed:
            self.exit(Outcome.SETTINGS)
