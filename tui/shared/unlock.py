"""A passphrase, typed unseen and slowed after wrong tries."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.errors import FairstartError, WrongPassphraseError
from tui.shared.wrong_tries import WrongTries, seconds_to_wait
from tui.widgets.button import Button
from tui.widgets.field import TextField

Key = TypeVar("Key", KioskPrivateKey, OfficePrivateKey)


class Unlock(ModalScreen[Key | None], Generic[Key], inherit_bindings=False):
    """Answers the key once the passphrase is right, None if somebody thinks better of it."""

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class Opened(Message):
        """The passphrase was right."""

        def __init__(self, key: KioskPrivateKey | OfficePrivateKey) -> None:
            super().__init__()
            self.key = key

    class Refused(Message):
        """It was not, or the key file is not sound."""

        def __init__(self, sentence: str, *, wrong: bool) -> None:
            super().__init__()
            self.sentence = sentence
            self.wrong = wrong

    def __init__(self, heading: str, hint: str, unlock: Callable[[str], Key], tries: WrongTries) -> None:
        """Ask for the passphrase with which `unlock` answers the key."""
        super().__init__()
        self._heading = heading
        self._hint = hint
        self._unlocks: Callable[[str], Key] = unlock
        self._tries = tries
        self._wait = seconds_to_wait(tries.count)

    def compose(self) -> ComposeResult:
        """One field and two buttons."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._heading), classes="heading")
            yield Static(Content(self._hint), classes="label")
            yield TextField(password=True, id="passphrase")
            yield Static(id="message", classes="message")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", "Esc", id="cancel")
                yield Static(classes="gap")
                yield Button("Unlock", "⏎", id="unlock", classes="main")

    def on_mount(self) -> None:
        """Put the cursor in the field; go on with a wait that an earlier dialog began."""
        self.query_one(Input).focus()
        self.set_interval(1, self._tick)
        self._show_wait()

    def on_input_submitted(self) -> None:
        """Enter tries the passphrase."""
        self._try()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        if event.button.id == "cancel":
            self.action_cancel()
        else:
            self._try()

    def action_cancel(self) -> None:
        """Back to where it was asked for."""
        self.dismiss(None)

    def _try(self) -> None:
        field = self.query_one(Input)
        if self._wait or field.disabled or not field.value:
            return
        passphrase, field.value = field.value, ""
        field.disabled = True
        self._say("Checking…")
        self._unlock(passphrase)

    @work(thread=True, exclusive=True)
    def _unlock(self, passphrase: str) -> None:
        """A second of work and 256 MiB: not on the screen's own thread."""
        try:
            key = self._unlocks(passphrase)
        except FairstartError as error:
            self.post_message(self.Refused(error.sentence, wrong=isinstance(error, WrongPassphraseError)))
        else:
            self.post_message(self.Opened(key))

    def on_unlock_opened(self, message: Opened) -> None:
        """Let them in."""
        self._tries.count = 0
        self.dismiss(message.key)  # type: ignore[arg-type]  # the kind that `unlock` answers

    def on_unlock_refused(self, message: Refused) -> None:
        """Say so, and slow down."""
        field = self.query_one(Input)
        field.disabled = False
        field.focus()
        self._say(message.sentence)
        if message.wrong:
            self._tries.count += 1
            self._wait = seconds_to_wait(self._tries.count)
            self._show_wait()

    def _tick(self) -> None:
        if self._wait:
            self._wait -= 1
            self._show_wait()
            if not self._wait:
                self._say("You can try again now.")

    def _show_wait(self) -> None:
        if self._wait:
            self._say(f"That passphrase was not right. You can try again in {self._wait} seconds.")

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(text))
