"""What the toolkit's screens share."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.messages import Prune
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Static


class WorksWhileShown(Widget):
    """A screen or a widget whose workers end before its parts go.

    Textual cancels them only afterwards, and the kiosk locks at any moment: one that came back from the disk in between
    would look for parts that are gone.
    """

    async def on_prune(self, event: Prune) -> None:  # noqa: ARG002 - Textual's signature, beside whose own it is called
        """Cancel them."""
        self.workers.cancel_node(self)


class ToolkitScreen(Screen[ScreenResultType], WorksWhileShown, inherit_bindings=False):
    """Composes a line `#message` somewhere."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def say(self, sentence: str) -> None:
        """Put one line above the buttons."""
        self.query_one("#message", Static).update(Content(sentence))
