"""The check before sending: every question, the answers hidden until asked for."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.content import Content

from content.survey import Question
from tui.speech.spoken import said_on_check
from tui.survey.view import InterviewHolder, View
from tui.widgets.button import Button
from tui.widgets.rows import ChoiceRow, Rows
from tui.widgets.writing import Across, Text


class Check(View):
    """A row a question; choosing a row goes back to that question."""

    BEGINNING = "#check-heading"
    SCROLLS = "Rows"

    def __init__(self, survey: InterviewHolder) -> None:
        super().__init__(survey, "check")
        self._revealed = False

    def compose(self) -> ComposeResult:
        """Heading, one row a question, buttons."""
        yield Text(Content(self.words.check.heading), id="check-heading", classes="heading")
        with Across(id="check-line"):
            yield Text(self._text, id="check-text")
            yield self.button("show-answers", "S", "show_answers")
        yield Rows()
        with Across(classes="buttons"):
            yield self.button("back", "Esc", "back")
            yield self.button("stop", "X", "stop", "quiet")
            yield Text(classes="gap")
            yield self.button("send", "⏎", "proceed", "main")

    def labels(self) -> dict[str, str]:
        """What its buttons say."""
        button = self.words.button
        return {"back": button.back, "stop": button.stop, "send": button.send, "show-answers": button.show_answers}

    def translate(self) -> None:
        """Say everything in the language that is now spoken."""
        super().translate()
        self.query_one("#check-heading", Text).update(Content(self.words.check.heading))
        self.query_one("#check-text", Text).update(self._text)

    def read_aloud(self) -> Iterable[str]:
        """The questions, without their answers."""
        return said_on_check(self.words, self.survey.interview.survey)

    def show(self) -> None:
        """List the questions, the answers hidden."""
        self._list(revealed=False)

    def forget(self) -> None:
        """Leave nothing of what was listed."""
        rows = self.query_one(Rows)
        rows.set_rows(())
        rows.refresh()  # out of sight, it keeps the lines that it has painted until then

    def proceed(self) -> None:
        """Send."""
        self.survey.show(self.survey.interview.send())

    def digit(self, digit: int) -> None:
        """Change the answer to the question of that number."""
        self.survey.show(self.survey.interview.change(digit - 1))

    def show_answers(self) -> None:
        """Show the answers, or hide them again."""
        self._list(revealed=not self._revealed)

    @property
    def _text(self) -> Content:
        return Content(f"{self.words.check.text} {self.words.check.change}")

    def _list(self, *, revealed: bool) -> None:
        self._revealed = revealed
        questions = enumerate(self.survey.interview.survey.questions, 1)
        self.query_one(Rows).set_rows(
            tuple(ChoiceRow(number, question.text, self._answer_to(question)) for number, question in questions)
        )
        button = self.words.button
        self.query_one("#show-answers", Button).label = button.hide_answers if revealed else button.show_answers

    def _answer_to(self, question: Question) -> str:
        if not self._revealed:
            return self.words.check.hidden
        code = self.survey.interview.answers[question.id]
        if code == question.declined.code:
            return self.words.check.not_said
        return f"{self.words.check.answered}: {question.option(code).label}"
