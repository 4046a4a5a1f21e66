"""What lies under the locked office: unlock it; or make the office key, or recover it, where there is none."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from storage.crypto.keys import OfficePrivateKey
from storage.crypto.office_key import LONGEST_NAME, name_checked
from storage.errors import FairstartError
from storage.office_folder import NewOffice, existing_office, make_office
from storage.text import printable
from tui.shared.button_row import ButtonRow
from tui.shared.form_screen import about
from tui.shared.frame import FramedScreen
from tui.shared.steps import NewPassphrase, RecoveryCode, Step
from tui.widgets.button import Button
from tui.widgets.field import TextField


class Entrance(FramedScreen[None]):
    """What lies under the office's screens while it is locked."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,u", "unlock", show=False),
        Binding("1", "make", show=False),
        Binding("2", "recover", show=False),
        Binding("3,r", "restore", show=False),
        Binding("q,escape", "quit", show=False),
        Binding("tab,down", "app.focus_next", show=False),
        Binding("shift+tab,up", "app.focus_previous", show=False),
    ]

    class UnlockWanted(Message):
        """Somebody wants in."""

    class RestoreWanted(Message):
        """Somebody wants to go back to a copy."""

    class RecoveryWanted(Message):
        """Somebody has a copy of the key file, and its recovery code."""

    class Made(Message):
        """An office key was made."""

        def __init__(self, key: OfficePrivateKey) -> None:
            super().__init__()
            self.key = key

    def __init__(self, data: Path) -> None:
        super().__init__()
        self._data = data
        self._offers: set[str] = set()
        """Actions that there is reason for."""

    def compose(self) -> ComposeResult:
        """One way in, or two where there is no key yet."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Fairstart: the office"), classes="heading")
            yield Static(id="about", classes="paragraph")
            with Vertical(classes="way first-way"):
                yield Button("1  Make the office key", id="make", classes="main", action="make")
                yield Static(Content("For a new office. About two minutes, with pen and paper."), classes="aside")
            with Vertical(classes="way first-way"):
                yield Button("2  Recover the office key", id="recover", action="recover")
                yield Static(Content("From a copy of its file office.key and the recovery code."), classes="aside")
            with Vertical(classes="way first-way"):
                yield Button("3  Restore a copy", id="restore-first", action="restore")
                yield Static(Content("A lost or broken computer: all comes back from its last copy."), classes="aside")
            yield Static(Content(f"Everything is kept in {printable(str(self._data))}"), classes="aside")
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield Button("Unlock", "⏎", id="unlock", classes="main", action="unlock")
            yield Button("Restore a copy", "R", id="restore", classes="quiet", action="restore")
            yield Button("Quit", "Q", id="quit", classes="out", action="quit")

    def on_mount(self) -> None:
        """Look whether there is a key."""
        self.look_again()

    def look_again(self) -> None:
        """Show the ways that there are now."""
        try:
            office = existing_office(self._data)
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            office = None
        first = not (self._data / "office" / "office.key").exists()
        for way in self.query(".first-way"):
            way.display = first
        self.query_one("#unlock").display = office is not None
        self.query_one("#restore").display = not first
        self._offers = {"unlock"} if office else {"make", "recover"} if first else set()
        about = (
            f"The office is locked. Its fingerprint:\n{office.fingerprint}"
            if office
            else "This laptop holds no office key yet. It is what opens the responses that kiosks hand over."
            if first
            else ""
        )
        self.query_one("#about", Static).update(Content(about))
        if self._offers:
            self.query_one("#unlock" if office else "#make").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Only what is shown can be done."""
        return action not in {"unlock", "make", "recover"} or action in self._offers

    def action_unlock(self) -> None:
        """Ask for the passphrase."""
        self.say("")
        self.post_message(self.UnlockWanted())

    def action_restore(self) -> None:
        """Go back to a copy."""
        self.say("")
        self.post_message(self.RestoreWanted())

    def action_make(self) -> None:
        """Make a key, from its passphrase on."""
        self.app.push_screen(OfficePassphrase(self._make))

    def action_recover(self) -> None:
        """Recover a key, from its code on."""
        self.post_message(self.RecoveryWanted())

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()

    def _make(self, new: NewOffice) -> None:
        self.say("Making the key…")
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        self._write(new)

    @work(description="write the key")  # Textual's own description would repeat it and the passphrase
    async def _write(self, new: NewOffice) -> None:
        """A second of work and 256 MiB."""
        try:
            await asyncio.to_thread(make_office, self._data, new)
        except FairstartError as error:
            self.say(error.sentence, problem=True)
        else:
            self.say("")
            self.post_message(self.Made(OfficePrivateKey(new.key.seed, new.name)))


Make = Callable[[NewOffice], None]


class OfficePassphrase(NewPassphrase):
    """The passphrase that will open responses."""

    TITLE_TEXT = "Office passphrase"
    EXPLANATION = "It opens the responses. Staff at events need not know it, and must not use it for kiosks."

    def __init__(self, make: Make) -> None:
        """Ask for the passphrase of a new key; its recovery code is shown next."""
        super().__init__()
        self._make = make

    def finish(self) -> Step:
        """Show the recovery code."""
        new = NewOffice(OfficePrivateKey.generate(), self.passphrase())
        return RecoveryCode("Recovery code", new.code, lambda: Ready(new, self._make))


class Ready(Step):
    """The last look before the key is written."""

    TITLE_TEXT = "Ready"
    NEXT_LABEL = "Make the office key"

    def __init__(self, new: NewOffice, make: Make) -> None:
        super().__init__()
        self._new = new
        self._make = make

    def body(self) -> ComposeResult:
        """The fingerprint, who makes it, and what comes next."""
        yield Static(Content("Fingerprint of the office key. Kiosks show it too, for comparing:"))
        yield Static(Content(self._new.key.public.fingerprint), classes="code")
        yield Static(Content("Your name, by which the office’s list and log know you"), classes="label")
        yield TextField(self._new.name, id="name", max_length=LONGEST_NAME)
        yield Static(Content("Next: give every kiosk the file office.pub, under “Office key”."), classes="paragraph")

    def finish(self) -> None:
        """Write it."""
        with about("name"):
            name = name_checked(self.typed("name"))
        self._make(replace(self._new, name=name))
