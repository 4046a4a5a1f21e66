"""The check before sending: every question, the answers hidden until asked for."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from content.survey import Words
from tui.interview import Interview
from tui.widgets.button import Button
from tui.widgets.rows import Row, Rows


class Check(Vertical):
    """A row a question; choosing a row goes back to that question."""

    def __init__(self, words: Words) -> None:
        super().__init__(id="check")
        self._words = words

    def compose(self) -> ComposeResult:
        """Heading, one row a question, buttons."""
        button = self._words.button
        yield Static(Content(self._words.check.heading), classes="heading")
        with Horizontal(id="check-line"):
            yield Static(Content(self._words.check.text), id="check-text")
            yield Button(button.show_answers, "S", id="show-answers")
        yield Rows()
        with Horizontal(classes="buttons"):
            yield Button(button.back, "Esc", id="back")
            yield Button(button.stop, "X", id="stop", classes="quiet")
            yield Static(classes="gap")
            yield Button(button.send, "⏎", id="send", classes="main")

    def show(self, interview: Interview, *, revealed: bool) -> None:
        """List the questions, with their answers if `revealed`."""
        self.query_one(Rows).set_rows(
            tuple(
                Row(number, question.text, self._what_to_say(interview, number - 1, revealed=revealed))
                for number, question in enumerate(interview.survey.questions, 1)
            )
        )
        button = self._words.button
        label = button.hide_answers if revealed else button.show_answers
        self.query_one("#show-answers", Button).label = label

    def forget(self) -> None:
        """Leave nothing of what was listed."""
        self.query_one(Rows).set_rows(())

    def scroll_rows(self, lines: int) -> None:
        """Scroll where the rows do not all fit."""
        self.query_one(Rows).scroll_relative(y=lines, animate=False)

    def _what_to_say(self, interview: Interview, position: int, *, revealed: bool) -> str:
        question = interview.survey.questions[position]
        if not revealed:
            return self._words.check.hidden
        code = interview.answers[question.id]
        if code == question.declined.code:
            return self._words.check.not_said
        return f"{self._words.check.answered}: {question.option(code).label}"
