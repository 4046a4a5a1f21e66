"""Fields: one to type in, whose cursor does not blink, and one to choose in, which leaves Enter to its screen."""

from typing import Any, ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input, Select

from storage.text import on_one_line

Value = TypeVar("Value")


class TextField(Input):
    """One line. What stands in it is not selected when it gets the focus: the next key would wipe it."""

    def __init__(self, value: str = "", **options: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(value, select_on_focus=False, **options)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """Paste several lines as one: Textual's own handler, which follows, would drop all but the first."""
        event.text = on_one_line(event.text.replace("\t", " "))


class Dropdown(Select[Value], inherit_bindings=False):
    """A list that unfolds on Space, on an arrow, or on a click. Enter does what it does in a field."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down,space,up", "show_overlay", show=False)]

    def __init__(self, *options: Any, **more: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(*options, allow_blank=False, **more)
