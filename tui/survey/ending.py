"""After the answers are sent: saving, thank you, or an honest word that it did not work. And after the event."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from content.survey import Words
from tui.interview import Interview, Step
from tui.widgets.button import Button


class Ending(Vertical):
    """One view for the three ends of an interview, and for an event that was ended."""

    def __init__(self, words: Words) -> None:
        super().__init__(id="ending")
        self._words = words

    def compose(self) -> ComposeResult:
        """A heading, a sentence, and the buttons that make sense."""
        button = self._words.button
        with VerticalScroll(can_focus=False, classes="reading middle"):
            yield Static(id="ending-heading", classes="heading")
            yield Static(id="ending-text", classes="paragraph")
            yield Static(id="ending-next", classes="paragraph aside")
        with Horizontal(classes="buttons"):
            yield Button(button.staff, "F2", id="staff-again", classes="quiet")
            yield Button(button.leave, "2", id="leave")
            yield Static(classes="gap")
            yield Button(button.try_again, "1 ⏎", id="try-again", classes="main")
            yield Button(button.next, "⏎", id="next-person", classes="main")

    def show(self, interview: Interview, seconds_left: int) -> None:
        """Fill in the texts for where the interview stands."""
        words = self._words
        heading, text, coming = "", words.saving.text, ""
        if interview.step is Step.FAILED:
            heading, text = words.failed.heading, words.failed.text
        elif interview.step is Step.THANKS:
            heading = words.thanks.heading
            text = words.thanks.declined_text if interview.declined else words.thanks.text
            coming = words.thanks.next.format(seconds=seconds_left)
        elif interview.step is Step.CLOSED:
            heading, text = words.closed.heading, words.closed.text
        for name, value in (("heading", heading), ("text", text), ("next", coming)):
            self.query_one(f"#ending-{name}", Static).update(Content(value))
        for name in ("leave", "try-again"):
            self.query_one(f"#{name}").display = interview.step is Step.FAILED
        self.query_one("#staff-again").display = interview.step is Step.CLOSED
        self.query_one("#next-person").display = interview.step is Step.THANKS
