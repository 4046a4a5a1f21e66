"""The office's event log, newest first; and a table of it for a spreadsheet."""

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.exchange.addresses import shown
from storage.exchange.locations import Site
from storage.office.log import LogEntry
from storage.office.office import Office
from storage.text import counted
from tui.shared.place_screen import PlaceScreen
from tui.text import log as words
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

FILE_NAME = "office-log.csv"
_SHOWN = 500
"""The newest entries, which the screen lists; the table has all."""


class LogScreen(Screen[None], inherit_bindings=False):
    """What happened, the newest first."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", show=False),
        Binding("escape", "dismiss", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._entries: list[LogEntry] = []

    def compose(self) -> ComposeResult:
        """The entries, and a way to a table of them."""
        yield Static(Content("Event log"), classes="heading list-heading")
        yield Static(id="how-many", classes="list-text")
        yield OptionList(id="entries")
        yield Static(id="message", classes="message")
        with Horizontal(classes="buttons"):
            yield Button("Save a table", "S", id="save", classes="main", action="save")
            yield Static(classes="gap")
            yield Button("Back", "Esc", id="back", action="dismiss")

    def on_mount(self) -> None:
        """Read and check every entry."""
        listed = self.query_one(OptionList)
        try:
            self._entries = self._office.log.entries()
        except FairstartError as error:
            self.query_one("#message", Static).update(Content(error.sentence))
            self.query_one("#back").focus()
            return
        for one in self._entries[: -_SHOWN - 1 : -1]:
            title = Content.assemble((one.what, "bold"), f" · {words.when(one)} · {one.who or words.NOBODY}")
            lines = [title, Content(words.details(one))] if one.details else [title]
            listed.add_option(Option(Content("\n").join(lines)))
        listed.focus()
        number = counted(len(self._entries), "entry", "entries")
        said = f"{number}, the newest first. Nothing about candidates is in it."
        self.query_one("#how-many", Static).update(Content(said))

    def action_save(self) -> None:
        """Choose where a table goes."""
        self.app.push_screen(_SaveLog(words.to_csv(self._entries)))


class _SaveLog(PlaceScreen):
    """Where the table goes."""

    CSS_PATH = "../shared/shared.tcss"

    def __init__(self, table: str) -> None:
        super().__init__()
        self._table = table

    def compose(self) -> ComposeResult:
        """Drives, and a field."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Event log as a table"), classes="heading")
            yield Static(Content(f"All entries, as {FILE_NAME}, for a spreadsheet."), classes="paragraph")
            yield PlaceChooser(verb="Save to")
        yield from self.working()
        with Horizontal(classes="buttons"):
            yield Button("Back", "Esc", id="back", action="back")

    @on(PlaceChooser.Chosen)
    @work
    async def save(self, chosen: PlaceChooser.Chosen) -> None:
        """Write it."""
        if not self.at_work:
            with self.working_on("Writing…"):
                await asyncio.to_thread(self._save_to, chosen.place)
                self.say(f"{FILE_NAME} is at {shown(chosen.place)}.")

    def _save_to(self, place: str) -> None:
        Site.at(place).put(FILE_NAME, self._table.encode(), self.progress)
