"""Who opens the office: the list of coordinators, a form for each, a new recovery code."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from storage.crypto.office_key import LONGEST_NAME, name_checked
from storage.crypto.recovery_code import new_secret
from storage.names import name_key
from storage.office.coordinators import Coordinators
from storage.office.office import Office
from tui.shared.confirm import Confirm
from tui.shared.list_screen import ListScreen
from tui.shared.steps import RecoveryCode, Step, WrittenPassphrase
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.field import TextField


class CoordinatorsScreen(ListScreen[str, None]):
    """A list of coordinators above, buttons below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", show=False),
        Binding("r", "recovery", show=False),
    ]
    TITLE_TEXT = "Coordinators"
    LIST_ID = "coordinators"

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._coordinators = office.coordinators

    def buttons(self) -> ComposeResult:
        """What can be done."""
        yield Button("Add a coordinator", "A", id="add", classes="main", action="add")
        yield Button("New recovery code", "R", id="recovery", action="recovery")

    def read(self) -> Sequence[str]:
        """Who there is."""
        return self._coordinators.names()

    def line(self, row: str) -> Content:
        """A name, and whether it is yours."""
        return Content.assemble((row, "bold"), " · you" if row == self._coordinators.own else "")

    def about(self) -> str:
        """What choosing one does."""
        return "Each opens the office with a passphrase of their own. Choose one to change it."

    def nothing(self) -> tuple[str, str]:
        """That there is none, and what to do."""
        return "No coordinator is named yet.", "Add yourself first (A): the event log then says who did what."

    def _done(self, said: str) -> None:
        """Come back to the list from wherever something was changed, and say what."""
        while self.app.screen is not self:
            self.app.pop_screen()
        self.look_again(said)

    def action_add(self) -> None:
        """Add one, under a passphrase that they type."""
        self.app.push_screen(_Added(self._coordinators, self._done))

    async def choose(self, row: str) -> None:
        """Change one."""
        self.app.push_screen(_OneCoordinator(self._coordinators, row, self._done))

    def action_recovery(self) -> None:
        """Show a new recovery code; once it is written down, the one before opens this office's file no more."""
        code = new_secret()

        def issue() -> None:
            self._coordinators.change_code(code)
            self._done(f"The new recovery code holds. {words.OLD_COPIES}")

        self.app.push_screen(RecoveryCode("New recovery code", code, issue))


Done = Callable[[str], None]
"""Told what was changed."""


class _Added(Step):
    """A new coordinator's name; then they type their passphrase."""

    TITLE_TEXT = "Add a coordinator"

    def __init__(self, coordinators: Coordinators, done: Done) -> None:
        super().__init__()
        self._coordinators = coordinators
        self._done = done

    def body(self) -> ComposeResult:
        """One field."""
        yield Static(Content("Their name, by which the list and the event log know them"), classes="label")
        yield TextField(id="name", max_length=LONGEST_NAME)

    def finish(self) -> Step:
        """On to the passphrase."""
        name = name_checked(self.typed("name"))
        return _Passphrase(name, partial(self._coordinators.add, name), f"“{name}” opens the office now.", self._done)


class _OneCoordinator(Step):
    """One coordinator: their name, a new passphrase, removing them."""

    NEXT_LABEL = "Save the name"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "passphrase", show=False)]

    def __init__(self, coordinators: Coordinators, name: str, done: Done) -> None:
        super().__init__()
        self.TITLE_TEXT = name
        self._coordinators = coordinators
        self._called = name
        self._done = done

    def body(self) -> ComposeResult:
        """The name, and what else can be done."""
        yield Static(Content("Name"), classes="label")
        yield TextField(self._called, id="name", max_length=LONGEST_NAME)
        yield Button("New passphrase", "F3", id="passphrase", classes="quiet", action="passphrase")
        yield Static(Content("Where it was forgotten, or somebody else may know it."), classes="aside")

    def extra_buttons(self) -> ComposeResult:
        """No key removes anybody."""
        yield Button("Remove", id="remove", classes="quiet", action="remove")

    def finish(self) -> None:
        """Rename them."""
        new = name_checked(self.typed("name"))
        self._coordinators.rename(self._called, new)
        self._done(f"“{self._called}” is called “{new}” now.")

    def action_passphrase(self) -> None:
        """Another passphrase."""
        change = partial(self._coordinators.change_passphrase, self._called)
        said = f"“{self._called}” has a new passphrase. {words.OLD_COPIES}"
        self.app.push_screen(_Passphrase(self._called, change, said, self._done))

    @work
    async def action_remove(self) -> None:
        """Remove them, once that is confirmed."""
        is_own = name_key(self._called) == name_key(self._coordinators.own)
        own = " That is you: your passphrase opens nothing here from now on." if is_own else ""
        if await self.app.push_screen_wait(
            Confirm(
                f"Remove “{self._called}”?",
                f"{words.REMOVED}{own}",
                "Remove",
                partial(self._coordinators.remove, self._called),
                word="remove",
            )
        ):
            self._done(f"“{self._called}” is no coordinator any more.")


class _Passphrase(WrittenPassphrase):
    """A coordinator's passphrase, which is written into the key file."""

    EXPLANATION = "They type it here themselves, and nobody looks on."

    def __init__(self, name: str, write: Callable[[str], None], said: str, done: Done) -> None:
        super().__init__()
        self.TITLE_TEXT = f"Passphrase of {name}"
        self._keep = write
        self._said = said
        self._done = done

    def write(self, passphrase: str) -> Callable[[], object]:
        """Write it; then back to the list, which says so."""
        self._keep(passphrase)
        return partial(self._done, self._said)
