"""A field to type in, whose cursor does not blink."""

from typing import Any

from textual.events import Paste
from textual.widgets import Input

from storage.text import on_one_line


class TextField(Input):
    """One line. What stands in it is not selected when it gets the focus: the next key would wipe it."""

    def __init__(self, value: str = "", **options: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(value, select_on_focus=False, **options)
        self.cursor_blink = False

    def _on_paste(self, event: Paste) -> None:
        """Take all lines of what is pasted, as one: Textual takes the first alone."""
        event.prevent_default()
        event.stop()
        self.replace(on_one_line(event.text), *self.selection)
