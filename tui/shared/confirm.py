"""A question before something that cannot be undone, or that leaves something behind."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from storage.errors import FairstartError
from tui.shared.button_row import ButtonRow
from tui.widgets.button import Button
from tui.widgets.field import TextField


class Confirm(ModalScreen[bool], inherit_bindings=False):
    """Returns True once staff said yes and what that takes is done, False if they think better of it.

    No letter says yes, and Enter pressed once too often does not: the button has to be reached, or a word typed.
    """

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("tab,down", "app.focus_next", show=False),
        Binding("shift+tab,up", "app.focus_previous", show=False),
        Binding("pagedown", "scroll(4)", show=False),
        Binding("pageup", "scroll(-4)", show=False),
    ]

    def __init__(
        self, heading: str, text: str, yes: str, act: Callable[[], None] | None = None, *, word: str = ""
    ) -> None:
        """Ask; `act` is what a yes does, in a thread; `word` is the word that says yes as well, if it is typed."""
        super().__init__()
        self._heading = heading
        self._text = text
        self._yes = yes
        self._act = act
        self._word = word
        self._acting = False

    def compose(self) -> ComposeResult:
        """What would happen, a field for the word, and two buttons."""
        with Vertical(classes="dialog"):
            with VerticalScroll(can_focus=False, id="question"):
                yield Static(Content(self._heading), classes="heading")
                yield Static(Content(self._text), classes="paragraph")
            if self._word:
                yield Static(Content(f"To do this, type {self._word} and press Enter:"), classes="aside")
                yield TextField(id="word")
            yield Static(id="message", classes="message")
            with ButtonRow():
                yield Button(self._yes, id="yes", classes="once", action="yes")
                yield Button("Cancel", "Esc", id="cancel", classes="out", action="cancel")

    def on_mount(self) -> None:
        """Begin where Enter does no harm."""
        self.query_one("#word" if self._word else "#cancel").focus()

    def on_input_submitted(self, typed: TextField.Submitted) -> None:
        """The word, and no other, says yes."""
        if typed.value.strip().casefold() == self._word:
            self.action_yes()
        else:
            self._say(f"Nothing was done. Type {self._word}, or press Esc to leave it as it is.")

    def action_cancel(self) -> None:
        """Nothing changes."""
        if not self._acting:
            self.dismiss(result=False)

    def action_scroll(self, lines: int) -> None:
        """Scroll a question that names something very long."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

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
            self._say(error.sentence)
        else:
            self.dismiss(result=True)

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(text))
