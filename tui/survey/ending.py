"""After the answers are sent: saving, thank you, or an honest word that it did not work. And after the event."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from content.language import Words
from tui.interview import Interview, Step
from tui.survey.view import View
from tui.widgets.writing import Across, Text


class Ending(View):
    """One view for the three ends of an interview, and for an event that was ended."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, "ending")

    def compose(self) -> ComposeResult:
        """A heading, a sentence, and the buttons that make sense."""
        with VerticalScroll(can_focus=False, classes="reading middle"):
            yield Text(id="ending-heading", classes="heading")
            yield Text(id="ending-text", classes="paragraph")
            yield Text(id="ending-next", classes="paragraph aside")
        with Across(classes="buttons"):
            yield self.button("staff-again", "F2", "quiet")
            yield self.button("leave", "2")
            yield Text(classes="gap")
            yield self.button("try-again", "1 ⏎", "main")
            yield self.button("next-person", "⏎", "main")

    def labels(self) -> dict[str, str]:
        """What its buttons say."""
        button = self.words.button
        return {
            "staff-again": button.staff,
            "leave": button.leave,
            "try-again": button.try_again,
            "next-person": button.next,
        }

    def show(self, interview: Interview, seconds_left: int) -> None:
        """Fill in the texts for where the interview stands."""
        for name, value in zip(("heading", "text", "next"), ending_texts(self.words, interview), strict=True):
            self.query_one(f"#ending-{name}", Text).update(Content(value.format(seconds=seconds_left)))
        for name in ("leave", "try-again"):
            self.query_one(f"#{name}").display = interview.step is Step.FAILED
        self.query_one("#staff-again").display = interview.step is Step.CLOSED
        self.query_one("#next-person").display = interview.step is Step.THANKS


def ending_texts(words: Words, interview: Interview) -> tuple[str, str, str]:
    """The heading, the text, and what comes next, with `{seconds}` to be filled in."""
    match interview.step:
        case Step.FAILED:
            return words.failed.heading, words.failed.text, ""
        case Step.THANKS:
            text = words.thanks.declined_text if interview.declined else words.thanks.text
            return words.thanks.heading, text, words.thanks.next
        case Step.CLOSED:
            return words.closed.heading, words.closed.text, ""
        case _:
            return "", words.saving.text, ""
