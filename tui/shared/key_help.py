"""The keys that act on a screen, on one page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.shared.button_row import ButtonRow
from tui.widgets.button import Button

if TYPE_CHECKING:
    from typing import Any

    from tui.shared.frame import FramedScreen

_KEY = 12
"""Cells for a key."""


class KeyHelp(ModalScreen[None], inherit_bindings=False):
    """What each key does, in the order of the buttons, and what moves about everywhere."""

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,f1", "close", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
    ]

    def __init__(self, of: "FramedScreen[Any]") -> None:
        """Show the keys of this screen, as it is now."""
        super().__init__()
        self._lines = [f"{key.ljust(_KEY)}{does}" for key, does in _keys(of)]

    def compose(self) -> ComposeResult:
        """A line for each key."""
        with Vertical(classes="dialog"):
            yield Static(Content("Keys on this screen"), classes="heading")
            with VerticalScroll(can_focus=False, id="keys"):
                yield Static(Content("\n".join(self._lines)))
            with ButtonRow():
                yield Button("Close", "Esc", id="close", classes="main out", action="close")

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll where they do not all fit."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def _keys(screen: "FramedScreen[Any]") -> Iterator[tuple[str, str]]:
    """Keys, and what each does."""
    for button in screen.query(Button):
        if button.display and button.key and button.label:
            yield button.key, button.label
    if screen.query(OptionList):
        yield "↑ ↓", "Choose a row"
        yield "Enter", "Open the row, or press the button"
    elif screen.query(Input):
        yield "Enter", "Go to the next field, then on"
    yield "Tab", "Go to the next button or field"
    if screen.opened_up:
        yield "Ctrl+P", "Find a command by its name"
