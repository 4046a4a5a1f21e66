"""Whole-width rows to choose from, drawn line by line.

One widget draws all rows, rather than one widget a row: choosing repaints only the lines that changed, which keeps a
key press far below a frame even with nine long answers on a large terminal.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

ROOMY = 3
"""Cells in height that a row gets where all rows fit that way: easy to hit with a finger."""
_INDENT = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the digit that chooses it, what it says, and an explanation below."""

    number: int
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    row: int
    text: str
    kind: str
    """`label`, `detail` or `space`."""
    first: bool = False


def wrap(text: str, width: int) -> list[str]:
    """Break text into lines of at most `width` cells, between words where possible; loses nothing but spaces."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        rest = word
        if line and cell_len(line) + 1 + cell_len(rest) <= width:
            line = f"{line} {rest}"
            continue
        if line:
            lines.append(line)
        while cell_len(rest) > width:
            cut = next(cut for cut in range(len(rest), 0, -1) if cell_len(rest[:cut]) <= max(width, 2))
            lines.append(rest[:cut])
            rest = rest[cut:]
        line = rest
    return [*lines, line] if line else lines


def lay_out(rows: tuple[Row, ...], width: int, *, roomy: bool) -> list[_Line]:
    """Arrange rows in `width` cells: at least `ROOMY` cells high each, or as tight as their text."""
    arranged: list[_Line] = []
    for index, row in enumerate(rows):
        room = max(width - _INDENT - 1, 8)
        block = [_Line(index, text, "label") for text in wrap(row.label, room)]
        block += [_Line(index, text, "detail") for text in wrap(row.detail, room)]
        spare = max(ROOMY - len(block), 0) if roomy else 0
        above, below = spare // 2, spare - spare // 2
        blank = _Line(index, "", "space")
        arranged += [blank] * above + [replace(block[0], first=True), *block[1:]] + [blank] * below
    return arranged


class Rows(ScrollView):
    """Rows to choose from. Its owner holds the keys; this draws, scrolls and reports clicks."""

    DEFAULT_CSS = """
    Rows {
        height: auto;
        background: $background;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .rows--label { color: $foreground; background: $background; text-style: bold; }
        & > .rows--detail { color: $muted; background: $background; }
        & > .rows--marked { color: $foreground; background: $surface; text-style: bold; }
        & > .rows--marked-detail { color: $muted-on-surface; background: $surface; }
        & > .rows--chosen { color: $chosen-text; background: $chosen; text-style: bold; }
        & > .rows--chosen-detail { color: $chosen-text; background: $chosen; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--label",
        "rows--detail",
        "rows--marked",
        "rows--marked-detail",
        "rows--chosen",
        "rows--chosen-detail",
    }
    can_focus = False

    class Clicked(Message):
        """A row was clicked or touched."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, marks: bool = True, classes: str = "") -> None:
        """Make an empty widget; `marks` draws the round marks of a choice of one."""
        super().__init__(classes=classes)
        self._marks = marks
        self._rows: tuple[Row, ...] = ()
        self._lines: list[_Line] = []
        self._chosen: int | None = None
        self._marked: int | None = None

    def set_rows(self, rows: tuple[Row, ...], width: int, height: int, *, roomy: bool) -> bool:
        """Show these rows in `width` cells, at most `height` lines at a time; return whether the rest must scroll."""
        self._rows = rows
        self._lines = lay_out(rows, width, roomy=roomy)
        if len(self._lines) > height:
            self._lines = lay_out(rows, width - 1, roomy=roomy)  # the scroll bar takes a column
        self.styles.height = min(len(self._lines), height)
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()
        return len(self._lines) > height

    def set_choice(self, chosen: int | None, marked: int | None) -> None:
        """Draw one row as chosen and one as the one that keys act on, by their numbers."""
        touched = {self._chosen, self._marked, chosen, marked}
        self._chosen, self._marked = chosen, marked
        for number in touched:
            if region := self._region(number):
                self.refresh(region.translate((0, -self.scroll_offset.y)))
        if region := self._region(marked):
            self.scroll_to_region(region, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the viewport."""
        width = self.size.width
        index = y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[index]
        number = self._rows[line.row].number
        chosen, marked = number == self._chosen, number == self._marked
        state = "chosen" if chosen else "marked" if marked else ""
        main = self._style(state or "label")
        aside = self._style(f"{state}-detail" if state else "detail")
        if line.first:
            mark = ("●" if chosen else "○") if self._marks else " "
            lead = f"{'▸' if marked else ' '} {number} {mark} "
        else:
            lead = ""
        text = Segment(line.text, aside if line.kind == "detail" else main)
        strip = Strip([Segment(lead.ljust(_INDENT), main), text])
        return strip.extend_cell_length(width, aside).crop(0, width)

    def on_click(self, event: events.Click) -> None:
        """Report which row was clicked."""
        event.stop()
        place = event.get_content_offset(self)  # within the border, where there is one
        index = place.y + self.scroll_offset.y if place else -1
        if 0 <= index < len(self._lines):
            self.post_message(self.Clicked(self._rows[self._lines[index].row].number))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"rows--{name}")

    def _region(self, number: int | None) -> Region | None:
        places = [place for place, line in enumerate(self._lines) if self._rows[line.row].number == number]
        return Region(0, places[0], self.size.width, len(places)) if places else None
