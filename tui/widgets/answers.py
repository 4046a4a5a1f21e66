"""The answers to one question: official rows that scroll where they must, and *prefer not to say* always in view."""

from textual.message import Message

from content.survey import Question
from tui.widgets.rows import ChoiceRow, Rows


class Answers(Rows):
    """Knows which answer is chosen and which is marked; its screen holds the keys."""

    class Answered(Message):
        """The candidate clicked or touched an answer."""

        def __init__(self, question: Question, code: int) -> None:
            super().__init__()
            self.question = question
            """What was asked: by the time this is heard, another question may be on the screen."""
            self.code = code

    def __init__(self) -> None:
        super().__init__(marks=True, pin_last=True)
        self._question: Question | None = None

    def set_question(self, question: Question, more: str) -> None:
        """Show a question's answers, none chosen and none marked; `more` is said where some are out of sight."""
        self._question = question
        self.set_rows(_rows(question), more)

    def prepare(self, question: Question, more: str) -> None:
        """Paint the answers to what is likely to be asked next."""
        self.paint_ahead((_rows(question), more))

    def show_chosen(self, code: int | None) -> None:
        """Draw an answer as chosen, and put the mark on it."""
        self.set_choice(code, code)

    def on_rows_clicked(self, message: Rows.Clicked) -> None:
        """Say which answer it was, and to which question."""
        message.stop()
        if self._question:
            self.post_message(self.Answered(self._question, message.number))


def _rows(question: Question) -> tuple[ChoiceRow, ...]:
    declined = question.declined.code
    return tuple(
        ChoiceRow(option.code, option.label, option.detail, "P" if option.code == declined else "")
        for option in question.options
    )
