"""The answers to one question: official rows that scroll where they must, and *prefer not to say* always in view."""

from textual.message import Message

from content.survey import Question
from tui.widgets.rows import Row, Rows


class Answers(Rows):
    """Knows which answer is chosen and which is marked; its screen holds the keys."""

    class Answered(Message):
        """The candidate clicked or touched an answer."""

        def __init__(self, question: Question, code: int) -> None:
            super().__init__()
            self.question = question
            """What was asked: by the time this is heard, another question may be on the screen."""
            self.code = code

    def __init__(self, more: str) -> None:
        """Make an empty widget; `more` is what it says where some answers are out of sight."""
        super().__init__(marks=True, pin_last=True, more=more)
        self._question: Question | None = None

    def set_question(self, question: Question) -> None:
        """Show a question's answers with nothing chosen and nothing marked."""
        self._question = question
        self.set_rows(tuple(Row(option.code, option.label, option.detail) for option in question.options))

    def show_chosen(self, code: int | None) -> None:
        """Draw an answer as chosen, and put the mark on it."""
        self.set_choice(code, code)

    def move(self, step: int) -> None:
        """Move the mark; it stops at both ends."""
        last = len(self._rows)
        start = self._marked or (0 if step > 0 else last + 1)
        self.set_choice(self._chosen, min(max(start + step, 1), last))

    def scroll_page(self, pages: int) -> None:
        """Scroll without choosing."""
        self.scroll_relative(y=pages * max(self._above_pinned - 1, 1), animate=False)

    @property
    def to_choose(self) -> int | None:
        """The code of the marked answer, unless it is chosen already."""
        return None if self._marked == self._chosen else self._marked

    def on_rows_clicked(self, message: Rows.Clicked) -> None:
        """Say which answer it was, and to which question."""
        message.stop()
        if self._question:
            self.post_message(self.Answered(self._question, message.number))
