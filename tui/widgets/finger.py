"""Scrolling by a finger: touch screens report it as a mouse that is pressed, moved and let go, never as a wheel."""

from textual import events
from textual.geometry import Offset
from textual.scroll_view import ScrollView

_SLIPS = 1
"""Cells that a hand may slip between pressing and letting go, and not mean to scroll."""


class FingerScroll(ScrollView):
    """What is dragged up or down follows the finger. Whether something was dragged, `on_click` can tell."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._pressed: Offset | None = None
        """Where the mouse was pressed, until it is let go."""
        self._scrolled_from = 0
        self.dragged = False
        """Whether the mouse has moved since it was pressed."""

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember where the finger is put."""
        self._pressed = event.offset
        self._scrolled_from = self.scroll_offset.y
        self.dragged = False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the finger; a mouse with no button pressed has been let go elsewhere."""
        if not event.button:
            self._pressed = None
        elif self._pressed:
            moved = event.offset - self._pressed
            self.dragged = self.dragged or max(abs(moved.x), abs(moved.y)) > _SLIPS
            if self.dragged:
                self.scroll_to(y=self._scrolled_from - moved.y, animate=False)

    def on_mouse_up(self) -> None:
        """The finger has gone."""
        self._pressed = None
