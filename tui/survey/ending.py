"""What stands alone: a no to be taken back, whether to stop, saving, thank you, that it failed, that it is over."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from content.feedback import choices_of
from content.language import Words
from tui.interview import Interview, Step
from tui.speech.spoken import said_at_end
from tui.survey.view import InterviewHolder, View
from tui.widgets.writing import Across, Text

_SHOWN = {
    "staff-again": {Step.CLOSED},
    "take-back": {Step.DECLINED},
    "leave": {Step.FAILED},
    "clear": {Step.STOPPING},
    "try-again": {Step.FAILED},
    "keep-going": {Step.STOPPING},
    "take-up": {Step.OFFER},
    "leave-it": {Step.OFFER},
    "next-person": {Step.DECLINED, Step.THANKS},
}
"""When each button makes sense."""


_OFFER_SECONDS = 20
"""How long an offer stands at least: its sixty words take a slow reader that long."""


class Ending(View):
    """One view for all that is a heading, a sentence and two buttons."""

    BEGINNING = "#ending-heading"
    SCROLLS = "VerticalScroll"

    def __init__(self, survey: InterviewHolder, thanks_seconds: int) -> None:
        """Make it; the thank-you stands for so long, if nobody touches anything."""
        super().__init__(survey, "ending")
        self._thanks_seconds = thanks_seconds
        self.seconds_left = 0

    def compose(self) -> ComposeResult:
        """A heading, a sentence, and the buttons that make sense."""
        with VerticalScroll(can_focus=False, classes="reading middle"):
            yield Text(id="ending-heading", classes="heading")
            yield Text(id="ending-text", classes="paragraph")
            yield Text(id="ending-next", classes="paragraph aside")
        with Across(classes="buttons"):
            yield self.button("staff-again", "F2", "staff", "quiet")
            yield self.button("take-back", "Esc", "back")
            yield self.button("leave", "2", "digit(2)")
            yield self.button("clear", "2", "digit(2)")
            yield self.button("leave-it", "2 Esc", "digit(2)", "main")
            yield Text(classes="gap")
            yield self.button("try-again", "1 ⏎", "proceed", "main")
            yield self.button("keep-going", "1 ⏎", "proceed", "main")
            yield self.button("take-up", "1 ⏎", "proceed", "main")
            yield self.button("next-person", "⏎", "proceed", "main")

    def labels(self) -> dict[str, str]:
        """What its buttons say."""
        button = self.words.button
        return {
            "staff-again": button.staff,
            "take-back": button.back,
            "leave": button.leave,
            "clear": button.stop,
            "try-again": button.try_again,
            "keep-going": button.keep_going,
            "take-up": button.start,
            "leave-it": button.decline,
            "next-person": button.next,
        }

    def read_aloud(self) -> Iterable[str]:
        """How it ended."""
        return said_at_end(self.words, self.survey.interview.step)

    def show(self) -> None:
        """Say how it ended; a thank-you has its whole time."""
        self.touched()
        self._draw()

    def count_down(self) -> None:
        """One second less of what goes by itself; then the next person is welcome. Who takes up no offer says no."""
        self.seconds_left -= 1
        if self.seconds_left <= 0 and self.survey.interview.step is Step.OFFER:
            self.back()
        elif self.seconds_left <= 0:
            self.proceed()
        else:
            self._draw()

    def touched(self) -> None:
        """Give more time to who reads the thank-you."""
        offered = self.survey.interview.step is Step.OFFER
        self.seconds_left = max(self._thanks_seconds, _OFFER_SECONDS) if offered else self._thanks_seconds

    def proceed(self) -> None:
        """Try again what did not work, do not stop, leave it at a no, take an offer; after thanks, the next person."""
        interview = self.survey.interview
        match interview.step:
            case Step.FAILED:
                self.survey.show(interview.try_again())
            case Step.STOPPING:
                self.survey.show(interview.back())
            case Step.DECLINED:
                self.survey.show(interview.send())
            case Step.OFFER:
                self.survey.show(interview.start())
            case Step.THANKS:
                self.survey.reset()

    def digit(self, digit: int) -> None:
        """Try again what did not work, or stop; do not stop, or do; take up an offer, or not."""
        match self.survey.interview.step, digit:
            case ((Step.FAILED | Step.STOPPING | Step.OFFER), 1):
                self.proceed()
            case Step.OFFER, 2:
                self.back()
            case Step.FAILED, 2:
                self.survey.show(self.survey.interview.stop())
            case Step.STOPPING, 2:
                self.survey.reset()

    def _draw(self) -> None:
        step = self.survey.interview.step
        for name, text in zip(
            ("heading", "text", "next"), ending_texts(self.words, self.survey.interview), strict=True
        ):
            self.query_one(f"#ending-{name}", Text).update(Content(text.format(seconds=self.seconds_left)))
        for name, steps in _SHOWN.items():
            self.query_one(f"#{name}").display = step in steps


def ending_texts(words: Words, interview: Interview) -> tuple[str, str, str]:
    """The heading, the text, and what comes next, with `{seconds}` to be filled in."""
    match interview.step:
        case Step.SENDING:
            return "", words.saving.text, ""
        case Step.FAILED:
            return words.failed.heading, words.failed.text, ""
        case Step.OFFER:
            feedback = words.feedback
            return words.thanks.heading, f"{words.thanks.text}\n\n{feedback.offer} {feedback.declining}", feedback.next
        case Step.THANKS:
            text = words.feedback.thanks if choices_of(interview.survey) else words.thanks.text
            return words.thanks.heading, text, words.thanks.next
        case Step.DECLINED:
            return words.declined.heading, words.declined.text, words.thanks.next
        case Step.STOPPING | Step.CLOSED:
            said = words.stopping if interview.step is Step.STOPPING else words.closed
            return said.heading, said.text, ""
        case Step.WELCOME | Step.QUESTION | Step.CHECK:
            raise AssertionError(interview.step)
