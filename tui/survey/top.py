"""The line over every view: whose event it is, how far somebody has come, and the button that reads aloud."""

from textual.app import ComposeResult
from textual.content import Content

from tui.interview import Step
from tui.survey.view import InterviewHolder
from tui.widgets.button import Button
from tui.widgets.writing import Across, Text

_ROOMY = 100
"""Columns from which there is room for the steps as a line each."""


class Top(Across):
    """The same for all views. It begins without the button, which comes with what reads."""

    def __init__(self, survey: InterviewHolder, event: str) -> None:
        super().__init__(id="top")
        self.survey = survey
        self._event = event

    def compose(self) -> ComposeResult:
        """A word about a window that is too small, in its place the event, and the progress."""
        yield Text(Content(self.survey.words.small.text), id="small")
        yield Text(Content(self._event), id="event")
        yield Text(id="progress")

    def say_event(self, event: str) -> None:
        """Say whose event it is."""
        self.query_one("#event", Text).say(event)

    def translate(self) -> None:
        """Say everything in the language that is now spoken."""
        self.query_one("#small", Text).update(Content(self.survey.words.small.text))
        self.label_reading()

    def show_progress(self) -> None:
        """Say which question it is, where there is one."""
        interview = self.survey.interview
        number, total = interview.position + 1, len(interview.survey.questions)
        progress = self.survey.words.question.progress.format(number=number, total=total)
        if self.app.size.width >= _ROOMY:
            progress = f"{' '.join('━━' if step <= number else '──' for step in range(1, total + 1))}  {progress}"
        self.query_one("#progress", Text).say(progress if interview.step is Step.QUESTION else "")

    async def add_reading(self) -> None:
        """Make the button that reads aloud; it is seen once that is offered."""
        await self.mount(Button("", "R", id="read", classes="once", action="press('read')"))
        self.label_reading()

    def offer_reading(self, *, offered: bool) -> None:
        """Offer to read aloud, or no more."""
        self.query_one("#read").set_class(offered, "-offered")

    def label_reading(self) -> None:
        """Say what the button would do now; where there is little room, its key alone."""
        slim = self.screen.has_class("-slim")
        for button in self.query("#read").results(Button):  # none before all views are there
            button.label = "" if slim else self.survey.aloud.label(self.survey.words)
