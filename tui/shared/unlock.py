"""A passphrase, typed unseen and slowed after wrong tries."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.errors import FairstartError
from storage.wrong_tries import WrongTries
from tui.shared.button_row import ButtonRow
from tui.terminal.memory import in_clean_thread
from tui.widgets.button import Button
from tui.widgets.field import TextField

Key = TypeVar("Key", KioskPrivateKey, OfficePrivateKey)


class Unlock(ModalScreen[Key | None], Generic[Key], inherit_bindings=False):
    """Returns the key once the passphrase is right, None if somebody thinks better of it."""

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("f3", "forgotten", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(
        self,
        heading: str,
        hint: str,
        unlock: Callable[[str], Key],
        tries: WrongTries,
        forgotten: Callable[[], object] | None = None,
    ) -> None:
        """Ask for the passphrase.

        Args:
            heading: whose it is.
            hint: what to type.
            unlock: returns the key for it.
            tries: how often it was wrong.
            forgotten: called, once this dialog has closed, if somebody has forgotten it.
        """
        super().__init__()
        self._heading = heading
        self._hint = hint
        self._unlock: Callable[[str], Key] = unlock
        self._tries = tries
        self._forgotten = forgotten
        self._waiting = False

    def compose(self) -> ComposeResult:
        """One field, and buttons below."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._heading), classes="heading")
            yield Static(Content(self._hint), classes="label")
            yield TextField(password=True, id="passphrase")
            yield Static(id="message", classes="message")
            with ButtonRow():
                yield Button("Unlock", "⏎", id="unlock", classes="main", action="unlock")
                if self._forgotten:
                    yield Button("Forgotten", "F3", id="forgotten", classes="quiet", action="forgotten")
                yield Button("Cancel", "Esc", id="cancel", classes="out", action="cancel")

    def on_mount(self) -> None:
        """Put the cursor in the field; go on with a wait that an earlier dialog began."""
        self.query_one(Input).focus()
        self.set_interval(1, self._tick)
        self._wait()

    def on_input_submitted(self) -> None:
        """Enter tries the passphrase."""
        self.action_unlock()

    def action_cancel(self) -> None:
        """Back to where it was asked for."""
        self.dismiss(None)

    def action_forgotten(self) -> None:
        """Go where somebody gets in who has forgotten it."""
        if self._forgotten and not self.query_one(Input).disabled:
            self.dismiss(None)
            self.app.call_later(self._forgotten)

    def action_unlock(self) -> None:
        """Try the passphrase."""
        field = self.query_one(Input)
        if not (self.seconds_left or field.disabled) and field.value:
            passphrase, field.value = field.value, ""
            field.disabled = True
            self._waiting = False
            self._say("Checking…")
            self._try(passphrase)

    @work(description="try the passphrase")  # Textual's own description would repeat it
    async def _try(self, passphrase: str) -> None:
        """A second of work and 256 MiB. After a wrong one the next has to wait."""
        try:
            key = await in_clean_thread(self._tries.unlock, self._unlock, passphrase)
        except FairstartError as error:
            field = self.query_one(Input)
            field.disabled = False
            field.focus()
            self._say(error.sentence)
            self._wait()
        else:
            self.dismiss(key)

    @property
    def seconds_left(self) -> int:
        """How long the next try must still wait."""
        return self._tries.seconds_left

    def _wait(self) -> None:
        """Take no passphrase for as long as there were wrong ones."""
        self._waiting = self.seconds_left > 0
        self._tick()

    def _tick(self) -> None:
        """Say how long it is still."""
        if self._waiting:
            left = self.seconds_left
            self._waiting = left > 0
            self._say(
                f"That passphrase was not right. You can try again in {left} seconds."
                if left
                else "You can try again now."
            )

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(text))
