"""The candidate's screen: one view at a time, whichever the interview stands at."""

import gc
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen

from content.language import Words, load_words
from storage.crypto.sealing import Response, SealedResponse
from storage.errors import EventEndedError, StoreError
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings
from tui.interview import Interview, Step
from tui.speech.spoken import said_at_end, said_in_help, said_of_question, said_on_check, said_on_welcome
from tui.survey.aloud import Aloud
from tui.survey.check import Check
from tui.survey.ending import Ending
from tui.survey.question import QuestionView
from tui.survey.view import View
from tui.survey.welcome import Welcome
from tui.terminal.capabilities import HEIGHT, WIDTH
from tui.terminal.cursor import Spot
from tui.widgets.answers import Answers
from tui.widgets.button import Button
from tui.widgets.rows import Rows
from tui.widgets.writing import Across, Text

if TYPE_CHECKING:
    from tui.speech.programs import Speech

_SAVING_SHOWS_AFTER = 0.3
"""Seconds: a save takes a few hundredths, and a flash of text would only unsettle."""

_BEGINNINGS = {
    "welcome": "#promises",
    "question": "#official",
    "check": "#check-heading",
    "ending": "#ending-heading",
}
"""What each view begins with."""

_SMALL_COLLECTIONS_ONLY = (20_000, 10, 1_000_000)
"""The collector's thresholds: the two young generations by themselves, the old one never."""

_COLLECTS_EVERY = 60
"""Seconds between collections of garbage while the kiosk waits for a candidate."""


class SurveyScreen(Screen[None], inherit_bindings=False):
    """Holds one interview at a time and shows it. Keeps nothing of it once it is over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,0,plus", "proceed", show=False),
        Binding("escape,minus", "back", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("space", "choose_marked", show=False),
        Binding("question_mark,h,f1,slash", "help", show=False),
        Binding("r,asterisk", "read", show=False),
        Binding("s", "show_answers", show=False),
        Binding("x", "stop", show=False),
        Binding("f2", "staff", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(1, 10)),
    ]

    class StaffWanted(Message):
        """Someone pressed the staff control on the welcome screen."""

    class Prepared(Message):
        """All views are there."""

    class LookWanted(Message):
        """Someone wants other colours."""

    class LanguageWanted(Message):
        """Someone wants another language, of three or more."""

    class Usual(Message):
        """The next person starts with the usual colours."""

    class EventEnded(Message):
        """Staff ended the event."""

    class Kept(Message):
        """The response is on the disk."""

    class NotKept(Message):
        """The response may not be on the disk."""

    def __init__(self, kiosk: Kiosk, settings: Settings, words: Words, *, practice: bool) -> None:
        super().__init__()
        self.interview = Interview(words.asked(settings.asks), settings.survey.check_answers)
        if kiosk.ended:
            self.interview = self.interview.close()
        self._kiosk = kiosk
        self._settings = settings
        self.words = words
        self._usual_words = words
        self.listens = False
        """Whether whoever is here has had something read aloud."""
        self._touched = self._hushed = 0.0
        """When the last key or click came, and the last that hushed something."""
        self._choosing = False
        """Whether a choice is about to lie over this screen: keys that come before it does are not for here."""
        self.aloud = Aloud()
        self._practice = practice
        self._sealed: SealedResponse | None = None
        self._revealed = False
        self._seconds_left = 0
        self._ticks = 0
        self._thresholds = gc.get_threshold()
        self._ready = False
        self._shown = "welcome"

    def compose(self) -> ComposeResult:
        """The frame and the welcome; the other views are made once this one is on the screen."""
        if self._practice:
            yield Text(Content(self.words.practice.banner), id="practice", classes="banner")
        with Across(id="top"):
            yield Text(Content(self.words.small.text), id="small")
            yield Text(Content(f"{self._settings.organisation.name} · {self._kiosk.event.name}"), id="event")
            yield Text(id="progress")
        welcome = Welcome(self.words, self._settings)
        welcome.display = self.interview.step is Step.WELCOME
        yield welcome

    def on_mount(self) -> None:
        """Make the other views, unseen, as soon as the welcome has been painted."""
        self._turn()
        self.call_after_refresh(self._prepare_views)
        self.set_interval(1, self._tick)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the window is smaller than the screens are made for, and put the buttons below each other."""
        width, height = event.size
        self.set_class(width < WIDTH or height < HEIGHT, "-cramped")
        self.set_class(width < WIDTH, "-slim")
        self._label_reading()

    def on_unmount(self) -> None:
        """Let the collector run as it did before."""
        gc.set_threshold(*self._thresholds)

    async def _prepare_views(self) -> None:
        """Make the other views; from then on collect all garbage only while nobody is answering.

        A full collection takes 10 to 50 ms and would hold up a key press now and then. Small ones, of what was made
        since the last, still happen: without them every key press grows slower.
        """
        views = (QuestionView(self.words), Check(self.words), Ending(self.words))
        for view in views:
            view.display = False
        await self.mount_all(views)
        await self.mount(self.aloud, before="#top")
        await self.query_one("#top").mount(Button("", "R", id="read", classes="once"))
        self._label_reading()
        self._turn()
        self._ready = True
        self._show_closed()
        self.post_message(self.Prepared())
        gc.freeze()
        gc.set_threshold(*_SMALL_COLLECTIONS_ONLY)
        self.run_worker(self._kiosk.warm_up, thread=True)

    # What the candidate does ----------------------------------------------------------------------------------------

    def action_proceed(self) -> None:
        """Enter: the natural next thing."""
        match self.interview.step:
            case Step.WELCOME:
                self.show(self.interview.start())
            case Step.QUESTION:
                view = self.query_one(QuestionView)
                if view.helping:
                    view.set_help(shown=False)
                elif (marked := view.answers.to_choose) is not None:
                    self.choose(marked)
                else:
                    self.go_on()
            case Step.CHECK:
                self.show(self.interview.send())
            case Step.FAILED:
                self.show(self.interview.try_again())
            case Step.THANKS:
                self.reset()
            case Step.SENDING | Step.CLOSED:
                pass

    def action_back(self) -> None:
        """Escape: close help, or go back."""
        if self._helping:
            self.query_one(QuestionView).set_help(shown=False)
        else:
            self.show(self.interview.back())

    def action_digit(self, digit: int) -> None:
        """A digit: an answer, a question to change, or one of the buttons."""
        match self.interview.step:
            case Step.WELCOME:
                self._welcome_digit(digit)
            case Step.QUESTION if not self._helping:
                self.choose(digit)
            case Step.CHECK:
                self.show(self.interview.change(digit - 1))
            case Step.FAILED if digit in {1, 2}:
                if digit == 1:
                    self.show(self.interview.try_again())
                else:
                    self.reset()
            case _:
                pass

    def _welcome_digit(self, digit: int) -> None:
        match digit:
            case 1:
                self.show(self.interview.start())
            case 2:
                self.show(self.interview.decline())
            case 3 if not self.app.no_color:
                self._choosing = True
                self.post_message(self.LookWanted())
            case 4:
                self._other_language()
            case _:
                pass

    def _other_language(self) -> None:
        """The other of two; the choice of several."""
        others = [code for code in self._settings.survey.languages if code != self.words.language]
        if len(others) == 1:
            self.speak(load_words(others[0]))
        elif others:
            self._choosing = True
            self.post_message(self.LanguageWanted())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Pass over keys that were pressed for a choice before it was there."""
        return not self._choosing

    def on_screen_resume(self) -> None:
        """A choice was made, or left."""
        self._choosing = False

    def action_move(self, step: int) -> None:
        """Up and down: move the mark where there is one, else scroll."""
        self.set_focus(None)
        match self.interview.step:
            case Step.QUESTION if self._helping:
                self.query_one("#guidance").scroll_relative(y=step, animate=False)
            case Step.QUESTION:
                self.query_one(Answers).move(step)
            case Step.CHECK:
                self.query_one(Check).scroll_rows(step)
            case Step.WELCOME:
                self.query_one("#promises").scroll_relative(y=step, animate=False)
            case _ if self._ready:
                self.query_one(Ending).query_one(VerticalScroll).scroll_relative(y=step, animate=False)

    def action_page(self, pages: int) -> None:
        """Page up and down: scroll without choosing; on a wide screen, the help."""
        if self.interview.step is not Step.QUESTION:
            self.action_move(pages * 5)
        elif self._helping or self.has_class("-wide"):
            self.query_one("#guidance").scroll_relative(y=pages * 8, animate=False)
        else:
            self.query_one(Answers).scroll_page(pages)

    def action_choose_marked(self) -> None:
        """Space: choose the marked answer."""
        if self.interview.step is Step.QUESTION and not self._helping:
            marked = self.query_one(Answers).to_choose
            if marked is not None:
                self.choose(marked)

    def action_help(self) -> None:
        """Open or close help."""
        self.set_focus(None)
        if self.interview.step is Step.QUESTION:
            view = self.query_one(QuestionView)
            view.set_help(shown=not view.has_class("-helping"))
            if self._helping:
                self._read_on()

    def action_show_answers(self) -> None:
        """Show what was chosen, because the candidate asks."""
        if self.interview.step is Step.QUESTION and self.interview.answer_here is not None:
            self.query_one(QuestionView).show_chosen(self.interview.answer_here)
        elif self.interview.step is Step.CHECK:
            self._revealed = not self._revealed
            self.query_one(Check).show(self.interview, revealed=self._revealed)

    def action_stop(self) -> None:
        """Wipe everything and go back to the welcome."""
        if self.interview.step in {Step.QUESTION, Step.CHECK}:
            self.reset()

    def action_staff(self) -> None:
        """Ask for the staff passphrase; only where no candidate is answering."""
        if self.interview.step in {Step.WELCOME, Step.CLOSED}:
            self.post_message(self.StaffWanted())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Every button has a key of its own; a click does the same."""
        event.stop()
        if self._choosing:
            return
        self.set_focus(None)
        match event.button.id:
            case "start" | "send" | "try-again" | "next-person":
                self.action_proceed()
            case "look":
                self.action_digit(3)
            case "language":
                self.action_digit(4)
            case "read":
                self.action_read()
            case "next":
                self.go_on()
            case "decline" | "leave":
                self.action_digit(2)
            case "back":
                self.action_back()
            case "help":
                self.action_help()
            case "stop":
                self.action_stop()
            case "show-answer" | "show-answers":
                self.action_show_answers()
            case _:
                self.action_staff()

    def on_answers_answered(self, message: Answers.Answered) -> None:
        """Take an answer, unless a key has left its question since."""
        if message.question == self.interview.question:
            self.choose(message.code)

    def on_rows_clicked(self, message: Rows.Clicked) -> None:
        """A question was clicked on the check."""
        self.show(self.interview.change(message.number - 1))

    def choose(self, code: int) -> None:
        """Take an answer, at once: a key pressed ahead must not find the screen half-way."""
        answered = self.interview.answer(code)
        if answered is not self.interview:
            self.interview = answered
            self.query_one(QuestionView).show_chosen(code)
            self._read_on(self.words.plain.noted)

    def go_on(self) -> None:
        """Go on from a question, or say what is missing."""
        if self.interview.answer_here is None:
            self.query_one(QuestionView).say(self.words.question.choose_first, urgent=True)
            self._read_on(self.words.question.choose_first)
        else:
            self.show(self.interview.next())

    # What follows ---------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything typed and welcome the next candidate, in the usual language and colours."""
        self.listens = False
        self.show(self.interview.reset())
        self.as_usual()

    def as_usual(self) -> None:
        """Leave nothing of how somebody liked the screen, nor where they were on it."""
        self.listens = False
        self.set_focus(None)
        self.query_one("#promises").scroll_home(animate=False)
        self._hushed = 0.0
        self.aloud.forget()
        self.post_message(self.Usual())
        if self.words is not self._usual_words:
            self.speak(self._usual_words)

    def speak(self, words: Words) -> None:
        """Say everything in another language, before an interview or after the event."""
        if not self._ready:
            self.call_after_refresh(self.speak, words)
            return
        if self.interview.step not in {Step.WELCOME, Step.CLOSED}:
            return
        self.words = words
        if self.interview.step is Step.WELCOME:
            self.interview = Interview(words.asked(self._settings.asks), self._settings.survey.check_answers)
        self._say_frame()
        for view in self.query(View):
            view.say_in(words)
        self._turn()
        self._read_on()

    def _say_frame(self) -> None:
        self.query_one("#small", Text).update(Content(self.words.small.text))
        self._label_reading()
        if self._practice:
            self.query_one("#practice", Text).update(Content(self.words.practice.banner))

    def _turn(self) -> None:
        """Put everything the way the language is written."""
        rtl = self.words.direction == "rtl"
        if rtl or self.has_class("-rtl"):
            self.set_class(rtl, "-rtl")
            for line in self.query(Across):
                line.turn(rtl=rtl)
            for widget in self.query("*"):
                widget.refresh()

    # Reading aloud --------------------------------------------------------------------------------------------------

    def use_speech(self, speech: "Speech | None") -> None:
        """Offer to read aloud, or no more."""
        self.aloud.forget()
        self.aloud.speech = speech
        self.query_one("#read").set_class(speech is not None, "-offered")

    def touched(self, event: events.Event) -> None:
        """A key was pressed, or a button of the mouse: be silent, and give more time to who reads the thank-you.

        The same key comes here when it is pressed and again when it has its effect, after keys pressed before it.
        """
        if self._ready:
            self._touched = event.time
            if self.aloud.reading:
                self._hushed = event.time
            self.aloud.hush()
            if self.interview.step is Step.THANKS:
                self._seconds_left = self._settings.kiosk.thanks_seconds

    def action_read(self) -> None:
        """Read aloud what stands here, and each new screen from now on; no more, where this very key has hushed it."""
        if self._touched == self._hushed:
            self.listens = False
        else:
            first = [] if self.listens else [self.words.speech.on]
            self.listens = True
            self.aloud.read([*self._said_here(), *first], self.words)

    def _read_on(self, *texts: str) -> None:
        """Read what is new to somebody who listens: these texts or, if there are none, the screen."""
        if self.listens:
            self.aloud.read(texts or self._said_here(), self.words)

    def _label_reading(self) -> None:
        words = self.words.button
        label = words.stop_reading if self.aloud.reading else words.read_aloud
        for button in self.query("#read").results(Button):  # none before all views are there
            button.label = "" if self.has_class("-slim") else label

    def on_aloud_changed(self) -> None:
        """Say what the button would do now."""
        self._label_reading()

    def _said_here(self) -> Iterable[str]:
        survey = self.interview.survey
        match self.interview.step:
            case Step.WELCOME:
                return said_on_welcome(self.words, self._settings, survey)
            case Step.QUESTION if self._helping:
                return said_in_help(self.words, self.interview.question)
            case Step.QUESTION:
                marked = self.query_one(Answers).to_choose if self.interview.answer_here is None else None
                return said_of_question(self.words, survey, self.interview.position, marked)
            case Step.CHECK:
                return said_on_check(self.words, survey)
            case step:
                return said_at_end(self.words, step)

    def on_survey_screen_event_ended(self) -> None:
        """Forget what somebody may have begun, and take no more answers."""
        self.interview = self.interview.close()
        self.as_usual()
        self._show_closed()

    def _show_closed(self) -> None:
        if self.interview.step is Step.CLOSED and self._ready:
            self._forget()
            self._show_view("ending")
            self.query_one(Ending).show(self.interview, 0)

    def show(self, interview: Interview) -> None:
        """Show where the interview now stands."""
        if interview == self.interview:
            return
        if not self._ready:
            self.call_after_refresh(self.show, interview)
            return
        self.interview = interview
        self._revealed = False
        self.set_focus(None)
        match interview.step:
            case Step.WELCOME:
                self._forget()
                self.query_one("#promises").scroll_home(animate=False)
                self._show_view("welcome")
                self.call_after_refresh(gc.collect)
            case Step.QUESTION:
                self._show_view("question")
                self.query_one(QuestionView).show(interview)
            case Step.CHECK:
                self._show_view("check")
                self.query_one(Check).show(interview, revealed=False)
            case Step.SENDING:
                self.set_timer(_SAVING_SHOWS_AFTER, self._show_saving)
                self._keep(interview)
            case Step.FAILED | Step.THANKS:
                if interview.step is Step.THANKS:
                    self._forget()
                self._seconds_left = self._settings.kiosk.thanks_seconds
                self._show_view("ending")
                self.query_one(Ending).show(interview, self._seconds_left)
        if interview.step is not Step.SENDING:
            self._read_on()

    def _forget(self) -> None:
        """Leave nothing of an interview in the views that are out of sight."""
        self._sealed = None
        self.query_one(Answers).show_chosen(None)
        self.query_one(Check).forget()

    def _show_view(self, name: str) -> None:
        if name != self._shown:
            self.query_one(f"#{self._shown}").display = False
            self.query_one(f"#{name}").display = True
            self._shown = name
        number = self.interview.position + 1 if self.interview.step is Step.QUESTION else 0
        total = len(self.interview.survey.questions)
        text = self.words.question.progress.format(number=number, total=total) if number else ""
        self.query_one("#progress", Text).update(Content(text))

    def _show_saving(self) -> None:
        if self.interview.step is Step.SENDING:
            self._show_view("ending")
            self.query_one(Ending).show(self.interview, 0)

    @work(thread=True, exclusive=True)
    def _keep(self, interview: Interview) -> None:
        """Seal and store. A second try stores the very same sealed response, so it can never count twice."""
        try:
            if self._sealed is None:
                self._sealed = self._kiosk.seal(Response.of(interview.answers))
            self._kiosk.keep(self._sealed)
        except (EventEndedError, StoreError):
            self.post_message(self.NotKept())
        else:
            self.post_message(self.Kept())
            self._kiosk.count(Response.of(interview.answers))

    def on_survey_screen_kept(self) -> None:
        """Thank the candidate: only now is the response safe."""
        self.show(self.interview.kept())

    def on_survey_screen_not_kept(self) -> None:
        """Say so plainly."""
        self.show(self.interview.failed())

    def _tick(self) -> None:
        self._ticks += 1
        if self.interview.step is Step.WELCOME and self._ticks % _COLLECTS_EVERY == 0:
            gc.collect()
        if self.interview.step is Step.THANKS and not self.aloud.reading:
            self._seconds_left -= 1
            if self._seconds_left <= 0:
                self.reset()
            else:
                self.query_one(Ending).show(self.interview, self._seconds_left)

    @property
    def spot(self) -> Spot | None:
        """On the marked answer; where there is none, at the beginning of what there is to read."""
        marked = self.query_one(Answers).spot if self.interview.step is Step.QUESTION and not self._helping else None
        at = "#guidance" if self._helping else _BEGINNINGS[self._shown]
        return marked or Spot(self.query_one(at).content_region.offset, acts=False)

    @property
    def _helping(self) -> bool:
        return self.interview.step is Step.QUESTION and self.query_one(QuestionView).helping
