"""The answers to one question: official rows that scroll where they must, and *prefer not to say* always in view."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from content.survey import Question
from tui.widgets.rows import ROOMY, Row, Rows, lay_out


class Answers(Vertical):
    """Draws the answers and knows which is chosen and which is marked; its screen holds the keys."""

    DEFAULT_CSS = """
    Answers { height: 1fr; background: $background; }
    Answers > #declined { border-top: solid $rule; border-title-color: $muted; border-title-background: $background; }
    """

    class Clicked(Message):
        """The candidate clicked or touched an answer."""

        def __init__(self, question: Question, code: int) -> None:
            super().__init__()
            self.question = question
            self.code = code

    def __init__(self, more: str) -> None:
        """Make an empty widget; `more` is what it says where some answers are out of sight."""
        super().__init__()
        self._more = more
        self._question: Question | None = None
        self._rows: tuple[Row, ...] = ()
        self._chosen: int | None = None
        self._marked: int | None = None

    def compose(self) -> ComposeResult:
        """Two sets of rows; the second holds one row and never scrolls away."""
        yield Rows()
        declined = Rows()
        declined.id = "declined"
        yield declined

    def set_question(self, question: Question) -> None:
        """Show a question's answers with nothing chosen and nothing marked."""
        self._question = question
        self._rows = tuple(Row(option.code, option.label, option.detail) for option in question.options)
        self._chosen = self._marked = None
        self._arrange()
        self._offered.scroll_home(animate=False)

    def show_chosen(self, code: int | None) -> None:
        """Draw an answer as chosen, and put the mark on it."""
        self._chosen = self._marked = code
        self._draw()

    def on_resize(self) -> None:
        """Fit the rows to the new size; what is chosen stays chosen."""
        self._arrange()

    def on_rows_clicked(self, message: Rows.Clicked) -> None:
        """Say which answer it was, and to which question: by the time this is heard, another may be on the screen."""
        message.stop()
        if self._question:
            self.post_message(self.Clicked(self._question, message.number))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the rows wherever the pointer is over the answers."""
        event.stop()
        self._offered.scroll_down(animate=False)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the rows wherever the pointer is over the answers."""
        event.stop()
        self._offered.scroll_up(animate=False)

    def move(self, step: int) -> None:
        """Move the mark; it stops at both ends."""
        last = len(self._rows)
        start = self._marked or (0 if step > 0 else last + 1)
        self._marked = min(max(start + step, 1), last)
        self._draw()

    def scroll_page(self, pages: int) -> None:
        """Scroll without choosing."""
        self._offered.scroll_relative(y=pages * max(self._offered.size.height - 1, 1), animate=False)

    @property
    def to_choose(self) -> int | None:
        """The code of the marked answer, unless it is chosen already."""
        return None if self._marked == self._chosen else self._marked

    @property
    def _offered(self) -> Rows:
        return self.query(Rows).first()

    def _arrange(self) -> None:
        width, height = self.size
        if not self._rows or not width or not height:
            return
        declined = self._rows[-1:]
        roomy = height > sum(max(len(lay_out((row,), width, roomy=False)), ROOMY) for row in self._rows)
        below = len(lay_out(declined, width, roomy=roomy)) + 1  # and the rule above it
        scrolls = self._offered.set_rows(self._rows[:-1], width, max(height - below, 1), roomy=roomy)
        pinned = self.query_one("#declined", Rows)
        pinned.border_title = Content(self._more) if scrolls else None
        pinned.set_rows(declined, width, below, roomy=roomy)
        pinned.styles.height = below
        self._draw()

    def _draw(self) -> None:
        for rows in self.query(Rows):
            rows.set_choice(self._chosen, self._marked)
