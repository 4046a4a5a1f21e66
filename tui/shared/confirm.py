"""A question before something that cannot be undone, or that leaves something behind."""

from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from storage.errors import FairstartError
from tui.widgets.button import Button


class Confirm(ModalScreen[bool], inherit_bindings=False):
    """Answers True once staff said yes and what that takes is done, False if they think better of it."""

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("y", "yes", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class Done(Message):
        """It is done."""

    class Failed(Message):
        """It could not be done."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

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
                yield Button("Cancel", "Esc", id="cancel")
                yield Static(classes="gap")
                yield Button(self._yes, "Y", id="yes", classes="main")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        if event.button.id == "yes":
            self.action_yes()
        else:
            self.action_cancel()

    def action_cancel(self) -> None:
        """Nothing changes."""
        if not self._acting:
            self.dismiss(result=False)

    def action_yes(self) -> None:
        """Do it."""
        if self._act is None:
            self.dismiss(result=True)
        elif not self._acting:
            self._acting = True
            self._work(self._act)

    @work(thread=True, exclusive=True)
    def _work(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FairstartError as error:
            self.post_message(self.Failed(error.sentence))
        else:
            self.post_message(self.Done())

    def on_confirm_done(self) -> None:
        """Go back."""
        self.dismiss(result=True)

    def on_confirm_failed(self, message: Failed) -> None:
        """Say what is wrong; staff may try again."""
        self._acting = False
        self.query_one("#message", Static).update(Content(message.sentence))
