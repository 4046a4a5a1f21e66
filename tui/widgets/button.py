"""A button: one press by click, Enter or Space.

Textual's own brings four hundred lines of style sheet, which every start of the kiosk would have to read.
"""

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message

from tui.terminal.capabilities import shown_key
from tui.terminal.cursor import Spot
from tui.widgets.writing import Text


class Button(Text, can_focus=True, inherit_bindings=False):
    """A label that can be pressed.

    `main` marks the natural next step, `quiet` what few will want, `once` what a second click would undo.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", show=False)]

    class Pressed(Message):
        """The button was pressed."""

        def __init__(self, button: "Button") -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> "Button":
            """The button, for selectors."""
            return self.button

    def __init__(
        self,
        label: str,
        key: str = "",
        *,
        id: str,  # noqa: A002 - Textual's name
        classes: str = "",
        action: str = "",
    ) -> None:
        """Make a button.

        Args:
            label: what it says.
            key: the key that does the same.
            id: as for every widget.
            classes: as for every widget.
            action: what a press does, an action of its screen; without one a press is a `Pressed` message.
        """
        super().__init__(id=id, classes=classes)
        self.action = action
        self.key = shown_key(key)
        """The key that does the same, as it is written."""
        self._label: str | None = None
        self.label = label

    @property
    def label(self) -> str:
        """What the button says, without its key; empty where its key says enough."""
        return self._label or ""

    @label.setter
    def label(self, label: str) -> None:
        if label != self._label:  # an update lays the whole screen out again
            self._label = label
            self.update(Content(self._said))

    @property
    def cells(self) -> int:
        """Columns that it takes with its padding, in a window that is not tall."""
        return cell_len(self._said) + 3

    @property
    def _said(self) -> str:
        return f"{self.label}  {self.key}".strip()

    @property
    def spot(self) -> Spot:
        """Its first letter."""
        x, y, width, height = self.content_region
        return Spot(Offset(x + max(width - cell_len(self._said), 0) // 2, y + height // 2))

    def press(self) -> None:
        """Press it."""
        if self.action:
            self.screen.call_later(self.app.run_action, self.action, self.screen)
        else:
            self.post_message(self.Pressed(self))

    def action_press(self) -> None:
        """Press it by key."""
        self.press()

    def on_click(self, event: events.Click) -> None:
        """Press it by mouse or touch; a double click must not press it again, or the next screen's at the same spot."""
        if event.chain == 1 or not (self.has_class("main") or self.has_class("once")):
            self.press()
