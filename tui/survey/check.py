"""The check before sending: every question, the answers hidden until asked for."""

from textual.app import ComposeResult
from textual.content import Content

from content.language import Words
from tui.interview import Interview
from tui.survey.view import View
from tui.widgets.button import Button
from tui.widgets.rows import Row, Rows
from tui.widgets.writing import Across, Text


class Check(View):
    """A row a question; choosing a row goes back to that question."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, "check")

    def compose(self) -> ComposeResult:
        """Heading, one row a question, buttons."""
        yield Text(Content(self.words.check.heading), id="check-heading", classes="heading")
        with Across(id="check-line"):
            yield Text(Content(self.words.check.text), id="check-text")
            yield self.button("show-answers", "S")
        yield Rows()
        with Across(classes="buttons"):
            yield self.button("back", "Esc")
            yield self.button("stop", "X", "quiet")
            yield Text(classes="gap")
            yield self.button("send", "⏎", "main")

    def labels(self) -> dict[str, str]:
        """What its buttons say."""
        button = self.words.button
        return {"back": button.back, "stop": button.stop, "send": button.send, "show-answers": button.show_answers}

    def say_in(self, words: Words) -> None:
        """Say everything in this language."""
        super().say_in(words)
        self.query_one("#check-heading", Text).update(Content(words.check.heading))
        self.query_one("#check-text", Text).update(Content(words.check.text))

    def show(self, interview: Interview, *, revealed: bool) -> None:
        """List the questions, with their answers if `revealed`."""
        self.query_one(Rows).set_rows(
            tuple(
                Row(number, question.text, self._what_to_say(interview, number - 1, revealed=revealed))
                for number, question in enumerate(interview.survey.questions, 1)
            )
        )
        button = self.words.button
        self.query_one("#show-answers", Button).label = button.hide_answers if revealed else button.show_answers

    def forget(self) -> None:
        """Leave nothing of what was listed."""
        self.query_one(Rows).set_rows(())

    def scroll_rows(self, lines: int) -> None:
        """Scroll where the rows do not all fit."""
        self.query_one(Rows).scroll_relative(y=lines, animate=False)

    def _what_to_say(self, interview: Interview, position: int, *, revealed: bool) -> str:
        question = interview.survey.questions[position]
        if not revealed:
            return self.words.check.hidden
        code = interview.answers[question.id]
        if code == question.declined.code:
            return self.words.check.not_said
        return f"{self.words.check.answered}: {question.option(code).label}"
