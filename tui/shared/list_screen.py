"""A screen with a list: read as it opens and after every change; Enter or a click chooses a row of it."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from tui.shared.button_row import ButtonRow
from tui.shared.frame import FramedScreen
from tui.shared.state import State
from tui.widgets.button import Button

Row = TypeVar("Row")
Answer = TypeVar("Answer")


class ListScreen(FramedScreen[Answer], Generic[Row, Answer]):
    """A heading, a sentence about the list, the list, a line for what is wrong, and buttons."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]
    TITLE_TEXT = ""
    LIST_ID: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Row] = ()
        """What is listed, from the top."""

    def compose(self) -> ComposeResult:
        """The list, and what can be done."""
        yield Static(Content(self.TITLE_TEXT), classes="heading list-heading")
        yield Static(id="how-many", classes="list-text")
        yield State("#how-many", f"#{self.LIST_ID}")
        yield OptionList(id=self.LIST_ID)
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield from self.buttons()
            yield Button("Back", "Esc", id="back", classes="out", action="dismiss")

    def buttons(self) -> ComposeResult:
        """Buttons besides Back. The first of them has the focus where nothing is listed."""
        yield from ()

    def read(self) -> Sequence[Row]:
        """Returns what is to be listed now.

        Raises:
            FairstartError: it cannot be read.
        """
        raise NotImplementedError

    def line(self, row: Row) -> Content:
        """What stands in the list for a row: a line or two."""
        raise NotImplementedError

    def about(self) -> str:
        """The sentence about what is listed, where its heading does not say enough."""
        return ""

    def nothing(self) -> tuple[str, str]:
        """What is said where nothing is listed, and what to do then."""
        raise NotImplementedError

    async def choose(self, row: Row) -> None:
        """Do what a row is chosen for."""

    def on_mount(self) -> None:
        """Read the list."""
        self.look_again()

    def look_again(self, said: str = "") -> None:
        """Show what there is now, and say something below it."""
        try:
            rows = self.read()
        except FairstartError as error:
            self.failed(error)
        else:
            self.show(rows)
            self.say(said)

    def failed(self, error: FairstartError) -> None:
        """Say why it cannot be read."""
        if self.rows:
            self.say(error.sentence, problem=True)
        else:
            self.query_one(State).say(error.sentence, problem=True)
            self.query_one("#back").focus()

    def show(self, rows: Sequence[Row]) -> None:
        """List these, with the one chosen that was before."""
        self.rows = rows
        listed = self.query_one(OptionList)
        before = listed.highlighted or 0
        listed.set_options(Option(self.line(row)) for row in rows)
        self.query_one("#how-many", Static).update(Content(self.about() if rows else ""))
        if rows:
            self.query_one(State).clear()
            listed.highlighted = min(before, len(rows) - 1)
            listed.focus()
        else:
            self.query_one(State).say(*self.nothing())
            self.query(Button).first().focus()

    @on(OptionList.OptionSelected)
    @work
    async def _chosen(self, selected: OptionList.OptionSelected) -> None:
        """Choose a row; what stands below the rows is only to be read."""
        if selected.option_index < len(self.rows):
            await self.choose(self.rows[selected.option_index])
