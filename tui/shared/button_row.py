"""The row of buttons at the foot of every screen and dialog of staff, the office, set-up, the toolkit and the guide.

Its order is the same everywhere, whatever order a screen names its buttons in: hands find the way on at the left, and
the way out at the right.
"""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from tui.terminal.capabilities import TALL_HEIGHT
from tui.widgets.button import Button

_MOST_COLUMNS = 7
"""Of buttons in several rows."""

_NARROWEST = 13
"""Cells of a button in such a row, at least; the style sheet says the same. What a button says may become longer."""


class ButtonRow(Horizontal):
    """Composed `with`: the ways on come first, what else can be done after them, and what leads `out` at the right.

    It becomes several rows where they do not fit beside each other.
    """

    def __init__(self) -> None:
        super().__init__(classes="buttons")
        self._buttons: list[Widget] = []

    def compose_add_child(self, widget: Widget) -> None:
        """Have it wait until all are there."""
        self._buttons.append(widget)

    def compose(self) -> ComposeResult:
        """Put in order what was composed within it."""
        inside = [one for one in self._buttons if not one.has_class("out")]
        yield from sorted(inside, key=lambda one: not one.has_class("main"))
        yield Static(classes="gap")
        yield from (one for one in self._buttons if one.has_class("out"))

    def on_resize(self) -> None:
        """Arrange them for the new size."""
        padding = 2 if self.app.size.height >= TALL_HEIGHT else 0
        width = self.size.width
        cells = [button.cells + padding for button in self.query(Button) if button.display]
        self.set_class(sum(cells) > width, "-wrapped")
        self.styles.grid_size_columns = next(
            (columns for columns in range(_MOST_COLUMNS, 2, -1) if _as_columns(cells, columns) <= width), 2
        )


def _as_columns(cells: list[int], columns: int) -> int:
    """How many cells buttons of these widths take in so many columns, each with a cell beside it."""
    return sum(max(_NARROWEST + 1, *cells[first::columns]) for first in range(min(columns, len(cells))))
