"""After the answers are sent: saving, thank you, or an honest word that it did not work. And after the event."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from content.language import Words
from tui.interview import Interview, Step
from tui.speech.spoken import said_at_end
from tui.survey.view import InterviewHolder, View
from tui.widgets.writing import Across, Text


class Ending(View):
    """One view for the three ends of an interview, and for an event that was ended."""

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
            yield self.button("leave", "2", "digit(2)")
            yield Text(classes="gap")
            yield self.button("try-again", "1 ⏎", "proceed", "main")
            yield self.button("next-person", "⏎", "proceed", "main")

    def labels(self) -> dict[str, str]:
        """What its buttons say."""
        button = self.words.button
        return {
            "staff-again": button.staff,
            "leave": button.leave,
            "try-again": button.try_again,
            "next-person": button.next,
        }

    def read_aloud(self) -> Iterable[str]:
        """How it ended."""
        return said_at_end(self.words, self.survey.interview.step)

    def show(self) -> None:
        """Say how it ended; a thank-you has its whole time."""
        self.seconds_left = self._thanks_seconds
        self._draw()

    def count_down(self) -> None:
        """One second less of the thank-you; then the next person is welcome."""
        self.seconds_left -= 1
        if self.seconds_left <= 0:
            self.survey.reset()
        else:
            self._draw()

    def touched(self) -> None:
        """Give more time to who reads the thank-you."""
        self.seconds_left = self._thanks_seconds

    def proceed(self) -> None:
        """Try again what did not work; welcome the next person after the thank-you."""
        match self.survey.interview.step:
            case Step.FAILED:
                self.survey.show(self.survey.interview.try_again())
            case Step.THANKS:
                self.survey.reset()

    def digit(self, digit: int) -> None:
        """Try again what did not work, or leave it."""
        match self.survey.interview.step, digit:
            case Step.FAILED, 1:
                self.survey.show(self.survey.interview.try_again())
            case Step.FAILED, 2:
                self.survey.reset()

    def _draw(self) -> None:
        step = self.survey.interview.step
        for name, text in zip(
            ("heading", "text", "next"), ending_texts(self.words, self.survey.interview), strict=True
        ):
            self.query_one(f"#ending-{name}", Text).update(Content(text.format(seconds=self.seconds_left)))
        for name in ("leave", "try-again"):
            self.query_one(f"#{name}").display = step is Step.FAILED
        self.query_one("#staff-again").display = step is Step.CLOSED
        self.query_one("#next-person").display = step is Step.THANKS


def ending_texts(words: Words, interview: Interview) -> tuple[str, str, str]:
    """The heading, the text, and what comes next, with `{seconds}` to be filled in."""
    match interview.step:
        case Step.SENDING:
            return "", words.saving.text, ""
        case Step.FAILED:
            return words.failed.heading, words.failed.text, ""
        case Step.THANKS:
            text = words.thanks.declined_text if interview.declined else words.thanks.text
            return words.thanks.heading, text, words.thanks.next
        case Step.CLOSED:
            return words.closed.heading, words.closed.text, ""
        case Step.WELCOME | Step.QUESTION | Step.CHECK:
            raise AssertionError(interview.step)
