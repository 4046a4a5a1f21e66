"""Who opens the office: the list of coordinators, a form for each, a new recovery code."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.crypto.office_key import LONGEST_NAME, name_checked
from storage.crypto.recovery_code import new_secret
from storage.errors import FairstartError
from storage.names import name_key
from storage.office.coordinators import Coordinators
from storage.office.office import Office
from tui.shared.confirm import Confirm
from tui.shared.form_screen import about
from tui.shared.steps import NewPassphrase, RecoveryCode, Step
from tui.text import office as words
from tui.widgets.button import Button, ManyButtons
from tui.widgets.field import TextField


class CoordinatorsScreen(Screen[None], inherit_bindings=False):
    """A list of coordinators above, buttons below."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", show=False),
        Binding("r", "recovery", show=False),
        Binding("escape", "dismiss", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._coordinators = office.coordinators
        self._list: list[str] = []

    def compose(self) -> ComposeResult:
        """Who there is, and what can be done."""
        yield Static(Content("Coordinators"), classes="heading list-heading")
        yield Static(
            Content("Each opens the office with a passphrase of their own. Choose one to change it."),
            classes="list-text",
        )
        yield OptionList(id="coordinators")
        yield Static(id="message", classes="message")
        with ManyButtons(classes="buttons"):
            yield Button("Back", "Esc", id="back", action="dismiss")
            yield Static(classes="gap")
            yield Button("New recovery code", "R", id="recovery", action="recovery")
            yield Button("Add a coordinator", "A", id="add", classes="main", action="add")

    def on_mount(self) -> None:
        """Look who there is."""
        self._look_again()

    def _look_again(self, said: str = "") -> None:
        listed = self.query_one(OptionList)
        before = listed.highlighted
        try:
            self._list = self._coordinators.names()
        except FairstartError as error:
            self.query_one("#message", Static).update(Content(error.sentence))
            return
        listed.clear_options()
        for name in self._list:
            you = " · you" if name == self._coordinators.own else ""
            listed.add_option(Option(Content.assemble((name, "bold"), you)))
        listed.highlighted = min(before or 0, len(self._list) - 1)
        listed.focus()
        self.query_one("#message", Static).update(Content(said))

    @work
    async def action_add(self) -> None:
        """Add one, under a passphrase that they type."""
        added = _Added(self._coordinators)
        await self.app.push_screen_wait(added)
        self._look_again(added.said)

    @on(OptionList.OptionSelected, "#coordinators")
    @work
    async def change(self, chosen: OptionList.OptionSelected) -> None:
        """Change one."""
        screen = _OneCoordinator(self._coordinators, self._list[chosen.option_index])
        await self.app.push_screen_wait(screen)
        self._look_again(screen.said)

    def action_recovery(self) -> None:
        """Show a new recovery code; once it is written down, the one before opens this office's file no more."""
        code = new_secret()

        def issue() -> None:
            self._coordinators.change_code(code)
            while self.app.screen is not self:
                self.app.pop_screen()
            self._look_again(f"The new recovery code holds. {words.OLD_COPIES}")

        self.app.push_screen(RecoveryCode("New recovery code", code, issue))


class _Writing(NewPassphrase):
    """A passphrase that is written into the key file: a second of work and 256 MiB."""

    NEXT_LABEL = "Save"

    def __init__(self) -> None:
        super().__init__()
        self.said = ""
        """What was done."""
        self._busy = False

    def write(self, act: Callable[[], None], said: str) -> None:
        """Do it in a thread, and close."""
        if not self._busy:
            self._busy = True
            self._write(act, said)

    @work(description="write the key file")  # Textual's own description would repeat the passphrase
    async def _write(self, act: Callable[[], None], said: str) -> None:
        self.say("Writing…")
        try:
            await asyncio.to_thread(act)
        except FairstartError as error:
            self._busy = False
            self.say_wrong(error)
        else:
            self.said = said
            self.dismiss(None)

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)


class _Added(_Writing):
    """A new coordinator."""

    TITLE_TEXT = "Add a coordinator"
    EXPLANATION = "Let them type their own passphrase here, and nobody look on."
    FIRST_FIELD = "#name"

    def __init__(self, coordinators: Coordinators) -> None:
        super().__init__()
        self._coordinators = coordinators

    def body(self) -> ComposeResult:
        """Their name, then their passphrase."""
        yield Static(Content("Their name"), classes="label")
        yield TextField(id="name", max_length=LONGEST_NAME)
        yield from super().body()

    def finish(self) -> None:
        """Add them."""
        with about("name"):
            name = name_checked(self.typed("name"))
        passphrase = self.passphrase()
        self.write(lambda: self._coordinators.add(name, passphrase), f"“{name}” opens the office now.")


class _NewPassphraseOf(_Writing):
    """Another passphrase for a coordinator."""

    def __init__(self, coordinators: Coordinators, name: str) -> None:
        super().__init__()
        self.TITLE_TEXT = f"New passphrase: {name}"
        self.EXPLANATION = f"{name} types it here, and nobody looks on. {words.OLD_COPIES}"
        self._coordinators = coordinators
        self._called = name

    def finish(self) -> None:
        """Change it."""
        passphrase = self.passphrase()
        self.write(
            lambda: self._coordinators.change_passphrase(self._called, passphrase),
            f"“{self._called}” has a new passphrase.",
        )


class _OneCoordinator(Step):
    """One coordinator: their name, a new passphrase, removing them."""

    NEXT_LABEL = "Save the name"

    def __init__(self, coordinators: Coordinators, name: str) -> None:
        super().__init__()
        self.TITLE_TEXT = name
        self.said = ""
        """What was done."""
        self._coordinators = coordinators
        self._called = name

    def body(self) -> ComposeResult:
        """The name, and what else can be done."""
        yield Static(Content("Name"), classes="label")
        yield TextField(self._called, id="name", max_length=LONGEST_NAME)
        yield Button("New passphrase", "F3", id="passphrase", classes="quiet", action="passphrase")
        yield Static(Content("Where it was forgotten, or somebody else may know it."), classes="aside")

    def extra_buttons(self) -> ComposeResult:
        """No key removes anybody."""
        yield Static(classes="between")
        yield Button("Remove", id="remove", classes="quiet", action="remove")

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "passphrase", show=False)]

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def finish(self) -> None:
        """Rename them."""
        with about("name"):
            new = name_checked(self.typed("name"))
            if new != self._called:
                self._coordinators.rename(self._called, new)
                self.said = f"“{self._called}” is called “{new}” now."
        self.dismiss(None)

    @work
    async def action_passphrase(self) -> None:
        """Another passphrase."""
        screen = _NewPassphraseOf(self._coordinators, self._called)
        await self.app.push_screen_wait(screen)
        if screen.said:
            self.said = screen.said
            self.dismiss(None)

    @work
    async def action_remove(self) -> None:
        """Remove them, once that is confirmed."""
        own = " That is you: your passphrase opens nothing here from now on." if self._is_own else ""
        if await self.app.push_screen_wait(
            Confirm(
                f"Remove “{self._called}”?",
                f"{words.REMOVED}{own}",
                "Remove",
                lambda: self._coordinators.remove(self._called),
                word="remove",
            )
        ):
            self.said = f"“{self._called}” is no coordinator any more."
            self.dismiss(None)

    @property
    def _is_own(self) -> bool:
        return name_key(self._called) == name_key(self._coordinators.own)
