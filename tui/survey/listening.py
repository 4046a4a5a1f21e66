"""What who listens can do, in a line of its own: hear one answer again, and hear it slower or faster."""

from textual.app import ComposeResult

from tui.survey.view import InterviewHolder
from tui.widgets.button import Button
from tui.widgets.writing import Across


class Listening(Across):
    """Three buttons with their keys, seen while somebody listens."""

    def __init__(self, survey: InterviewHolder) -> None:
        super().__init__(id="listening")
        self.survey = survey
        self.display = False

    def compose(self) -> ComposeResult:
        """A button for each."""
        labels = self._labels()
        yield Button(labels["again"], "A", id="again", action="press('say_again')")
        yield Button(labels["slower"], "<", id="slower", action="press('pace(-1)')")
        yield Button(labels["faster"], ">", id="faster", action="press('pace(1)')")

    def _labels(self) -> dict[str, str]:
        button = self.survey.words.button
        return {"again": button.again, "slower": button.slower, "faster": button.faster}

    def translate(self) -> None:
        """Say everything in the language that is now spoken."""
        for name, text in self._labels().items():
            self.query_one(f"#{name}", Button).label = text
