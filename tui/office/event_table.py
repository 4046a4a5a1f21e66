"""The office's events as a table: sorted by any column, and those of them that have what is typed."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.widgets import DataTable

from storage.office.labels import OfficeEvent
from storage.text import printable
from tui.text import office as words
from tui.widgets.field import TextField

_WIDE, _ROOMY = 100, 130
"""Columns of the window from which there is room for more columns of the table."""


class _Column(NamedTuple):
    title: str
    width: int
    from_width: int
    """Columns of the window that it needs."""
    says: Callable[[OfficeEvent], str]
    order: Callable[[OfficeEvent], str | int | dt.date]


_COLUMNS = (
    _Column("Event", 24, 0, lambda one: printable(one.event.name), lambda one: one.event.name.casefold()),
    _Column("Day", 16, 0, lambda one: f"{one.event.date.day} {one.event.date:%b %Y}", lambda one: one.event.date),
    _Column("Responses", 9, 0, lambda one: str(one.responses).rjust(9), lambda one: one.responses),
    _Column("Stage", 17, _ROOMY, lambda one: one.event.stage, lambda one: one.event.stage),
    _Column("Came", 6, _WIDE, lambda one: str(one.head_count or "").rjust(6), lambda one: one.head_count or 0),
    _Column("State", 12, _ROOMY, words.event_state, words.event_state),
)


class Filterable(TextField):
    """Where somebody types what is looked for; out of sight until then."""

    def on_mount(self) -> None:
        """Wait until it is wanted."""
        self.display = False


class EventTable(DataTable[Content]):
    """A row for each event; Enter or a click chooses one, a click on a heading sorts by it."""

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, cursor_type="row", cell_padding=1)
        self._events: list[OfficeEvent] = []
        self._rows: list[OfficeEvent] = []
        """What is listed, from the top."""
        self._typed = ""
        self._sorted: _Column | None = None
        """None as they came: the latest first."""

    @property
    def chosen(self) -> OfficeEvent | None:
        """The event that the cursor is on."""
        return self._rows[self.cursor_row] if 0 <= self.cursor_row < len(self._rows) else None

    def list_events(self, events: Sequence[OfficeEvent], typed: str) -> None:
        """List those of the events that have what was typed in their name, place or stage."""
        self._events, self._typed = list(events), typed
        self._list()

    def on_resize(self, _event: events.Resize) -> None:
        """Show the columns that there is room for."""
        self._list()

    def on_data_table_header_selected(self, chosen: DataTable.HeaderSelected) -> None:
        """Sort by a column; once more by it, and they are as they came."""
        column = self._shown[chosen.column_index]
        self._sorted = None if self._sorted is column else column
        self._list()

    def sort_by_next(self) -> None:
        """Sort by the column after the one that they are sorted by; after the last, they are as they came."""
        order = [None, *self._shown]
        place = order.index(self._sorted) if self._sorted in order else 0
        self._sorted = order[(place + 1) % len(order)]
        self._list()

    @property
    def _shown(self) -> list[_Column]:
        return [column for column in _COLUMNS if column.from_width <= self.app.size.width]

    @property
    def _room(self) -> int:
        """Cells for what columns say, beside their padding and the scroll bar."""
        return self.scrollable_content_region.width - 2 * self.cell_padding * len(self._shown)

    def _list(self) -> None:
        before = self.chosen
        typed = self._typed.casefold()
        rows = [
            one for one in self._events if typed in f"{one.event.name} {one.event.place} {one.event.stage}".casefold()
        ]
        if by := self._sorted:
            rows.sort(key=by.order, reverse=by.title in {"Day", "Responses", "Came"})
        self._rows = rows
        self.clear(columns=True)
        widths = {column: max(column.width, len(column.title) + 2) for column in self._shown}
        first = self._shown[0]
        widths[first] = max(widths[first], self._room - sum(widths.values()) + widths[first])
        for column, width in widths.items():
            mark = " ▼" if column is self._sorted else ""
            self.add_column(f"{column.title}{mark}", width=width)
        for one in rows:
            self.add_row(*(Content(column.says(one)) for column in self._shown))
        same = [place for place, one in enumerate(rows) if before and one.ids == before.ids]
        if rows:
            self.move_cursor(row=same[0] if same else 0, animate=False)
