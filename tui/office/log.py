"""The office's event log, newest first; and a table of it for a spreadsheet."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.exchange.addresses import shown
from storage.exchange.locations import Site
from storage.office.log import LogEntry
from storage.office.office import Office
from storage.text import counted
from tui.shared.button_row import ButtonRow
from tui.shared.list_screen import ListScreen
from tui.shared.place_screen import PlaceScreen
from tui.text import log as words
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

FILE_NAME = "office-log.csv"
_SHOWN = 500
"""The newest entries, which the screen lists; the table has all."""


class LogScreen(ListScreen[LogEntry, None]):
    """What happened, the newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "save", show=False)]
    TITLE_TEXT = "Event log"
    LIST_ID = "entries"

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._entries: list[LogEntry] = []

    def buttons(self) -> ComposeResult:
        """A way to a table of the entries."""
        yield Button("Save a table", "S", id="save", classes="main", action="save")

    def read(self) -> Sequence[LogEntry]:
        """Every entry is read and checked."""
        self._entries = self._office.log.entries()
        return self._entries[: -_SHOWN - 1 : -1]

    def line(self, row: LogEntry) -> Content:
        """What happened, when, who did it."""
        title = Content.assemble((row.what, "bold"), f" · {words.when(row)} · {row.who or words.NOBODY}")
        return Content("\n").join([title, Content(words.details(row))] if row.details else [title])

    def about(self) -> str:
        """How many there are."""
        number = counted(len(self._entries), "entry", "entries")
        return f"{number}, the newest first. Nothing about candidates is in it."

    def nothing(self) -> tuple[str, str]:
        """That there is none, and what to do."""
        return (
            "Nothing has been done here yet.",
            "What is brought in or corrected is noted here, and nothing about candidates.",
        )

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
        with ButtonRow():
            yield Button("Back", "Esc", id="back", classes="out", action="back")

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
