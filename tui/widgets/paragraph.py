"""A field of several lines that hold one paragraph: it wraps, and Enter leaves it as it leaves any other field."""

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from storage.text import on_one_line


class Paragraph(TextArea):
    """Text that wraps. Tab and Enter go on; what is pasted becomes one paragraph."""

    class Submitted(Message):
        """Enter was pressed in it."""

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(text, soft_wrap=True, tab_behavior="focus", id=id)
        self.cursor_blink = False
        self.move_cursor(self.document.end)

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        """Go on with Enter; Textual's own handler, which follows for other keys, would begin a line."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())

    def _on_paste(self, event: events.Paste) -> None:  # type: ignore[override]
        """Paste several lines as one, by Textual's own handler, which follows."""
        event.text = on_one_line(event.text.replace("\t", " "))
