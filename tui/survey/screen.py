"""The candidate's screen: one view at a time, whichever the interview stands at."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from content.language import Words
from storage.names import evened
from storage.settings import Settings
from tui.interview import Interview, Step
from tui.survey.aloud import Aloud
from tui.survey.controls import Controls
from tui.survey.garbage import Garbage
from tui.survey.listening import Listening
from tui.survey.presses import Presses
from tui.survey.top import Top
from tui.survey.view import View
from tui.survey.welcome import Welcome
from tui.terminal.capabilities import HEIGHT, WIDTH
from tui.terminal.cursor import Spot
from tui.widgets.writing import Across, Text

if TYPE_CHECKING:
    from storage.kiosk.kiosk import Kiosk
    from tui.speech.programs import Speech
    from tui.submission import Submission

_SAVING_SHOWS_AFTER = 0.3
"""Seconds: a save takes a few hundredths, and a flash of text would only unsettle."""

_VIEWS: Mapping[Step, str] = {
    **dict.fromkeys(Step, "#ending"),
    Step.WELCOME: "#welcome",
    Step.QUESTION: "#question",
    Step.CHECK: "#check",
}
"""The view whose turn it is at each step, as a selector."""


class SurveyScreen(Controls):
    """Holds one interview at a time and shows it. Keeps nothing of it once it is over."""

    class Prepared(Message):
        """All views are there, and the kiosk is open."""

    class NotOpened(Message):
        """The kiosk did not open."""

        def __init__(self, failure: Exception) -> None:
            super().__init__()
            self.failure = failure

    class Usual(Message):
        """The next person starts with the usual colours."""

    class Quiet(Message):
        """Nobody is answering: what is over can leave the memory."""

    class EventEnded(Message):
        """Staff ended the event."""

    def __init__(self, open_kiosk: "Callable[[], Kiosk]", settings: Settings, words: Words, *, practice: bool) -> None:
        """Make it. The kiosk is opened in a thread once the welcome has been painted, which needs nothing of it."""
        super().__init__()
        self.words = words
        self.aloud = Aloud()
        self.presses = Presses()
        self._usual_words = words
        self._kiosk = open_kiosk
        self._is_open = False
        self._settings = settings
        self.interview = self._begun()
        self._practice = practice
        self._submission: Submission | None = None
        self._garbage = Garbage()
        self._ready = False
        self._early: list[tuple[str, tuple[object, ...]]] = []
        """What somebody did before all was ready, as actions with their parameters."""
        self._shown: View = Welcome(self, settings)

    def _begun(self) -> Interview:
        """An interview that has not begun, in the language that is spoken; until the kiosk is open as settings say."""
        alone, then = (self._kiosk().asks_alone, self._kiosk().asks_then) if self._is_open else (None, None)
        return Interview(
            self.words.asked(alone or self._settings.asks_first),
            self._settings.survey.check_answers,
            then=self.words.asked(then) if then else None,
        )

    def compose(self) -> ComposeResult:
        """The frame and the welcome; the other views are made once this one is on the screen."""
        if self._practice:
            yield Text(Content(self.words.practice.banner), id="practice", classes="banner")
        yield Top(self, f"{self._settings.organisation.name} · {evened(self._settings.event.name)}")
        yield self._shown

    def on_mount(self) -> None:
        """Open the kiosk and make the other views, unseen, as soon as the welcome has been painted."""
        self._turn()
        self.call_after_refresh(self._prepare)
        self.set_interval(1, self._tick)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the window is smaller than the screens are made for, and put the buttons below each other."""
        width, height = event.size
        self.set_class(width < WIDTH or height < HEIGHT, "-cramped")
        self.set_class(width < WIDTH, "-slim")
        self.query_one(Top).show_progress()
        self.query_one(Top).label_reading()

    def on_unmount(self) -> None:
        """Keep that somebody declined, however the kiosk ends, and let the collector run as it did before."""
        if self.interview.step is Step.DECLINED:
            submission = self._submission_of(self.interview)
            if submission.keep():
                submission.count()
        self._garbage.put_back()

    def on_screen_suspend(self) -> None:
        """Something lies over the screen, such as what staff open: who has declined has gone."""
        if self.interview.step is Step.DECLINED:
            self.show(self.interview.send())

    @work
    async def _prepare(self) -> None:
        """Open the kiosk, and make the other views meanwhile."""
        opening = asyncio.create_task(asyncio.to_thread(self._kiosk))
        await self._prepare_views()
        try:
            kiosk = await opening
        except asyncio.CancelledError:
            raise
        except BaseException as failure:  # noqa: BLE001 - who began the kiosk says what it was; a panic is no `Exception`
            self.post_message(self.NotOpened(failure if isinstance(failure, Exception) else RuntimeError()))
            return
        self._is_open = True
        self._go_by(kiosk)
        self._ready = True
        if self.interview.step is Step.CLOSED:
            self._show_view()
        self.post_message(self.Prepared())
        self._garbage.tune()
        self._catch_up()
        self.call_after_refresh(self.run_worker, kiosk.warm_up, thread=True)

    async def _prepare_views(self) -> None:
        """Make the other views; from then on no garbage is collected while somebody is answering."""
        from tui.survey.check import Check  # none of these is painted at first
        from tui.survey.ending import Ending
        from tui.survey.question import QuestionView

        self.app.stylesheet.read_all([Path(__file__).with_name("views.tcss")])
        views = (QuestionView(self), Check(self), Ending(self, self._settings.kiosk.thanks_seconds))
        for view in views:
            view.display = False
        await self.mount_all(views)
        await self.mount(self.aloud, before="#top")
        await self.query_one(Top).add_reading()
        await self.mount(Listening(self), after="#top")
        self._turn()

    def _go_by(self, kiosk: "Kiosk") -> None:
        """Show what only an open kiosk can tell: how its event was spelt at first, what it asks, that it has ended."""
        self.query_one(Top).say_event(f"{self._settings.organisation.name} · {kiosk.event.name}")
        painted = self.interview
        self.interview = self._begun()
        if self.interview.survey != painted.survey:
            self.query_one(Welcome).translate()
        if kiosk.ended:
            self.interview = self.interview.close()

    def _catch_up(self) -> None:
        """Do what somebody asked for before all was ready, up to what leads to another view."""
        step = self.interview.step
        for action, parameters in self._early:
            if self.interview.step is step and self.check_action(action, parameters):
                getattr(self, f"action_{action}")(*parameters)
        self._early.clear()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Put off what somebody does before all is ready."""
        if self._ready or action == "press":
            return super().check_action(action, parameters)
        self._early.append((action, parameters))
        return False

    @property
    def view(self) -> View:
        """The view whose turn it is: the welcome, until the others are there."""
        return self.query_one(_VIEWS[self.interview.step] if self._ready else "#welcome", View)

    @property
    def spot(self) -> Spot | None:
        """Where somebody reads in the view that is shown."""
        return self._shown.spot

    # Where the interview stands -------------------------------------------------------------------------------------

    def show(self, interview: Interview) -> None:
        """Show where the interview now stands."""
        if interview == self.interview:
            return
        self.interview = interview
        self.set_focus(None)
        if interview.step is Step.SENDING:
            self.set_timer(_SAVING_SHOWS_AFTER, self._show_saving)
            self._submission = self._submission or self._submission_of(interview)
            self._send(self._submission)
            return
        if interview.step in {Step.WELCOME, Step.OFFER, Step.THANKS}:
            self._forget()
        self._show_view()
        if interview.step is Step.WELCOME:
            self.call_after_refresh(self.post_message, self.Quiet())
            self._garbage.hasten()
        self.aloud.read_on(self.view.read_aloud(), self.words)

    def _submission_of(self, interview: Interview) -> "Submission":
        from tui.submission import Submission  # a start does without; what it needs is there by now

        return Submission(self._kiosk().taking(interview.survey), interview.answers)

    def _show_view(self) -> None:
        self.presses.view_came()
        if self.view is not self._shown:  # Textual's `ContentSwitcher` made each key a tenth slower: it lays out more
            self._shown.display = False
            self._shown = self.view
            self._shown.display = True
        self.query_one(Top).show_progress()
        self._shown.show()

    def _show_saving(self) -> None:
        if self.interview.step is Step.SENDING:
            self._show_view()

    def on_survey_screen_event_ended(self) -> None:
        """Forget what somebody may have begun, and take no more answers."""
        self.interview = self.interview.close()
        self.as_usual()
        if self._ready:
            self._forget()
            self._show_view()

    def _forget(self) -> None:
        """Leave nothing of an interview in the views that are out of sight."""
        self._submission = None
        for view in self.query(View):
            view.forget()

    def reset(self) -> None:
        """Forget everything typed and welcome the next candidate, in the usual language and colours."""
        self.aloud.listens = False
        self.show(self.interview.reset())
        self.as_usual()

    def staff_left(self) -> None:
        """Let what staff had open leave the memory soon."""
        self._garbage.hasten()

    def as_usual(self) -> None:
        """Leave nothing of how somebody liked the screen, nor where they were on it."""
        self.set_focus(None)
        self.query_one(Welcome).forget()
        self.aloud.forget()
        self.post_message(self.Usual())
        if self.words is not self._usual_words:
            self.speak(self._usual_words)

    @work(thread=True, exclusive=True)
    def _send(self, submission: "Submission") -> None:
        """Keep and count, in a thread that goes on even if the kiosk ends: what was sent is not to be lost."""
        kept = submission.keep()
        if kept:
            submission.count()
        self.call_later(self._show_sent, kept=kept)

    def _show_sent(self, *, kept: bool) -> None:
        """Thank the candidate, or welcome the next after one who declined, or say plainly that it did not work."""
        if kept and self.interview.declined:
            self.reset()
        else:
            self.show(self.interview.kept() if kept else self.interview.failed())

    def _tick(self) -> None:
        if self._garbage.second_passed(waiting=self.interview.step is Step.WELCOME):
            self.post_message(self.Quiet())
        if self.interview.step in {Step.DECLINED, Step.OFFER, Step.THANKS} and not self.aloud.reading:
            self.view.count_down()

    # Language and reading aloud -------------------------------------------------------------------------------------

    def speak(self, words: Words) -> None:
        """Say everything in another language, before an interview or after the event."""
        if self.interview.step not in {Step.WELCOME, Step.CLOSED}:
            return
        self.words = words
        self.presses.view_came()
        if self.interview.step is Step.WELCOME:
            self.interview = self._begun()
        if self._practice:
            self.query_one("#practice", Text).update(Content(words.practice.banner))
        self.query_one(Top).translate()
        self.query_one(Listening).translate()
        for view in self.query(View):
            view.translate()
        self._turn()
        self.aloud.read_on(self.view.read_aloud(), words)

    def _turn(self) -> None:
        """Put everything the way the language is written."""
        rtl = self.words.direction == "rtl"
        if rtl or self.has_class("-rtl"):
            self.set_class(rtl, "-rtl")
            for line in self.query(Across):
                line.turn(rtl=rtl)
            for widget in self.query("*"):
                widget.refresh()

    def use_speech(self, speech: "Speech | None") -> None:
        """Offer to read aloud, or no more."""
        self.aloud.use(speech)
        self.query_one(Top).offer_reading(offered=speech is not None)

    def touched(self, event: events.Event) -> None:
        """A key was pressed, or a button of the mouse: be silent, and give more time to who reads the thank-you."""
        self.presses.note(event)
        if self._ready:
            self.aloud.touched(event.time)
            self.view.touched()

    def on_aloud_changed(self) -> None:
        """Say what the button would do now, and offer what who listens may want."""
        self.query_one(Top).label_reading()
        for line in self.query(Listening):  # none before all views are there
            line.display = self.aloud.listens
