"""A question before something that cannot be undone, or that leaves something behind."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from storage.errors import FairstartError
from tui.widgets.button import Button


class Confirm(ModalScreen[bool], inherit_bindings=False):
    """Returns True once staff said yes and what that takes is done, False if they think better of it."""

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("y", "yes", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, heading: str, text: str, yes: str, act: Callable[[], None] | None = None) -> None:
        """Ask; `act` is what a yes does, in a thread."""
        super().__init__()
        self._heading = heading
        self._text = text
        self._yes = yes
        self._act = act
        self._acting = False

    def compose(self) -> ComposeResult:
        """What would happen, and two buttons. Enter presses neither: a yes is a key of its own."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._heading), classes="heading")
            yield Static(Content(self._text), classes="paragraph")
            yield Static(id="message", classes="message")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", "Esc", id="cancel", action="cancel")
                yield Static(classes="gap")
                yield Button(self._yes, "Y", id="yes", classes="main", action="yes")

    def action_cancel(self) -> None:
        """Nothing changes."""
        if not self._acting:
            self.dismiss(result=False)

    @work
    async def action_yes(self) -> None:
        """Do it; where that fails, say what is wrong, and staff may try again."""
        if self._acting:
            return
        self._acting = True
        try:
            if self._act:
                await asyncio.to_thread(self._act)
        except FairstartError as error:
            self._acting = False
            self.query_one("#message", Static).update(Content(error.sentence))
        else:
            self.dismiss(result=True)
