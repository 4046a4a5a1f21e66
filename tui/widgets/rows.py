"""Whole-width rows to choose from, drawn line by line.

One widget draws all rows, rather than one widget a row: choosing repaints only the lines that changed, which keeps a
key press far below a frame even with nine long answers on a large terminal.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip

from tui.terminal.cursor import Spot
from tui.widgets.pages import Pages, wrap
from tui.widgets.writing import as_seen, is_rtl

ROOMY = 3
"""Cells in height that a row gets where all rows fit that way: easy to hit with a finger."""
_INDENT = 6
_NUMBERED = 66
"""Cells from which the numbers of rows have a ground of their own."""
_WHEEL = 2
"""Lines that one notch of the wheel scrolls."""


class ChoiceRow(msgspec.Struct, frozen=True):
    """One row: the digit that chooses it, what it says, and an explanation below."""

    number: int
    label: str
    detail: str = ""
    key: str = ""
    """A key that chooses it too."""


class _Line(msgspec.Struct, frozen=True):
    row: int
    text: str
    kind: str
    """`label`, `detail` or `space`."""
    first: bool = False


_Blocks = list[list[_Line]]
"""The lines of each row, as tight as its text."""

_Contents = tuple[tuple[ChoiceRow, ...], str]
"""Rows, and what is said above the pinned one where some are out of sight."""


class _Page(msgspec.Struct, frozen=True):
    rows: tuple[ChoiceRow, ...] = ()
    more: str = ""
    scrolled: list[_Line] = []
    pinned: list[_Line] = []

    @property
    def height(self) -> int:
        return len(self.scrolled) + len(self.pinned)


def lay_out(rows: tuple[ChoiceRow, ...], width: int, *, roomy: bool) -> list[_Line]:
    """Arrange rows in `width` cells: at least `ROOMY` cells high each, or as tight as their text."""
    return _stacked(_wrapped(rows, width), roomy=roomy)


def _wrapped(rows: tuple[ChoiceRow, ...], width: int) -> _Blocks:
    room = max(width - _INDENT - 1, 8)
    blocks = []
    for index, row in enumerate(rows):
        first, *others = wrap(row.label, room)
        block = [_Line(index, first, "label", first=True), *(_Line(index, text, "label") for text in others)]
        blocks.append(block + [_Line(index, text, "detail") for text in wrap(row.detail, room)])
    return blocks


def _stacked(blocks: _Blocks, *, roomy: bool) -> list[_Line]:
    arranged: list[_Line] = []
    for index, block in enumerate(blocks):
        spare = max(ROOMY - len(block), 0) if roomy else 0
        above, below = spare // 2, spare - spare // 2
        blank = _Line(index, "", "space")
        arranged += [blank] * above + block + [blank] * below
    return arranged


def _from(*segments: Segment, rtl: bool) -> Strip:
    """A line of these, one after the other in the order in which they are read."""
    return Strip(segments[::-1] if rtl else segments)


class Rows(Pages[_Contents, _Page]):
    """Rows to choose from. Its owner holds the keys; this draws, scrolls and reports clicks.

    Where the last row is pinned, the others scroll above it and it is always in view.
    """

    DEFAULT_CSS = """
    Rows {
        height: 1fr;
        background: $background;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .rows--label { color: $foreground; background: $background; text-style: bold; }
        & > .rows--detail { color: $muted; background: $background; }
        & > .rows--number { color: $foreground; background: $surface; text-style: bold; }
        & > .rows--rule { color: $rule; background: $background; }
        & > .rows--marked { color: $foreground; background: $surface; text-style: $marked-style; }
        & > .rows--marked-detail { color: $muted-on-surface; background: $surface; }
        & > .rows--chosen { color: $chosen-text; background: $chosen; text-style: bold; }
        & > .rows--chosen-detail { color: $chosen-text; background: $chosen; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--label",
        "rows--detail",
        "rows--number",
        "rows--rule",
        "rows--marked",
        "rows--marked-detail",
        "rows--chosen",
        "rows--chosen-detail",
    }
    can_focus = False

    class Clicked(Message):
        """A row was clicked or touched: pressed and let go."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, marks: bool = False, pin_last: bool = False) -> None:
        """Make an empty widget.

        Args:
            marks: draw the round marks of a choice of one.
            pin_last: keep the last row in view.
        """
        super().__init__()
        self._marks = marks
        self._pin_last = pin_last
        self._page = _Page()
        self._chosen: int | None = None
        self._marked: int | None = None
        self._pressed_row: int | None = None

    def set_rows(self, rows: tuple[ChoiceRow, ...], more: str = "") -> None:
        """Show these rows from the top, none chosen and none marked.

        `more` is said above the pinned row where some rows are out of sight.
        """
        self._chosen = self._marked = self._pressed_row = None
        self.turn_to((rows, more))

    def set_choice(self, chosen: int | None, marked: int | None) -> None:
        """Draw one row as chosen and one as the one that keys act on, by their numbers."""
        touched = {self._chosen, self._marked, chosen, marked}
        self._chosen, self._marked = chosen, marked
        for y in range(self.size.height):
            line = self._line_at(y)
            if line and self._page.rows[line.row].number in touched:
                self.refresh(Region(0, y, self.size.width, 1))
        self._bring_into_view(marked)

    def on_resize(self) -> None:
        """Fit the rows to the new size; what is chosen stays chosen, and what is marked in view."""
        self._open(self.lay_out((self._page.rows, self._page.more)))
        self._bring_into_view(self._marked)

    def paint_ahead(self, contents: _Contents) -> None:
        """Paint what is likely to be shown next, none chosen and none marked."""
        choice = self._chosen, self._marked
        self._chosen = self._marked = None
        super().paint_ahead(contents)
        self._chosen, self._marked = choice

    def render_line(self, y: int) -> Strip:
        """Draw one line of the viewport."""
        width = self.scrollable_content_region.width
        line = self._line_at(y)
        if line is None:
            return Strip.blank(width, self._style("detail"))
        rtl = is_rtl(self)
        if line.kind == "rule":
            more = f"─ {self._page.more} " if self._scrolls else ""
            more = as_seen(more) if rtl and more else more
            rule = Segment("─" * max(width - cell_len(more), 0), self._style("rule"))
            return _from(Segment(more, self._style("detail")), rule, rtl=rtl)
        number = self._page.rows[line.row].number
        chosen, marked = number == self._chosen, number == self._marked
        state = "chosen" if chosen else "marked" if marked else ""
        main = self._style(state or "label")
        aside = self._style(f"{state}-detail" if state else "detail")
        lead = ""
        if line.first:
            mark = ("●" if chosen else "○") if self._marks else " "
            lead = f"{' ' if not marked else '◂' if rtl else '▸'} {number} {mark} "
        lead = lead.ljust(_INDENT)
        said = as_seen(line.text) if rtl and line.text else line.text
        key = f"  {self._page.rows[line.row].key}" if line.first and self._page.rows[line.row].key else ""
        rest = key.ljust(max(width - _INDENT - cell_len(said), 0))
        text = Segment(said, aside if line.kind == "detail" else main)
        begins = main if line.first else aside
        numbered = line.first and not state and width >= _NUMBERED
        return _from(
            *self._lead(lead[::-1] if rtl else lead, begins, numbered=numbered, rtl=rtl),
            text,
            Segment(rest[::-1] if rtl else rest, aside),
            rtl=rtl,
        )

    def _lead(self, lead: str, style: Style, *, numbered: bool, rtl: bool) -> Iterator[Segment]:
        """What stands before a row, as it is seen; where it is `numbered`, its number has a ground of its own."""
        if numbered:
            first = len(lead) - 4 if rtl else 1
            cut = (lead[:first], lead[first : first + 3], lead[first + 3 :])
            parts = [Segment(text, self._style("number") if text is cut[1] else style) for text in cut]
            yield from reversed(parts) if rtl else parts
        else:
            yield Segment(lead, style)

    def move(self, step: int) -> None:
        """Move the mark; it stops at both ends."""
        last = len(self._page.rows)
        start = self._marked or (0 if step > 0 else last + 1)
        self.set_choice(self._chosen, min(max(start + step, 1), last))

    @property
    def marked(self) -> int | None:
        """The number of the marked row."""
        return self._marked

    @property
    def to_choose(self) -> int | None:
        """The number of the marked row, unless it is chosen already."""
        return None if self._marked == self._chosen else self._marked

    @property
    def spot(self) -> Spot | None:
        """Where the mark is seen."""
        for y in range(self.size.height if self._marked is not None else 0):
            line = self._line_at(y)
            if line and line.first and self._page.rows[line.row].number == self._marked:
                seen = self.scrollable_content_region
                return Spot(Offset(seen.right - 1 if is_rtl(self) else seen.x, seen.y + y))
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember which row is pressed."""
        self._pressed_row = self._row_at(event.y)

    def on_click(self, event: events.Click) -> None:
        """Report which row was clicked; the line that says there are more scrolls to them, and back from the last."""
        event.stop()
        line = self._line_at(event.y)
        if self.dragged or line is None:
            return
        if line.kind == "rule":
            if self.scroll_offset.y < self.max_scroll_y:
                self.scroll_page(1)
            else:
                self.scroll_home(animate=False)
        elif self._page.rows[line.row].number == self._pressed_row:
            self.post_message(self.Clicked(self._page.rows[line.row].number))

    def scroll_page(self, pages: int) -> None:
        """Scroll without choosing."""
        self.scroll_relative(y=pages * max(self._above_pinned - 1, 1), animate=False)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by no more than is in view, so that nothing is skipped in a small window."""
        self._scroll_by_wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by no more than is in view, so that nothing is skipped in a small window."""
        self._scroll_by_wheel(event, -1)

    def _scroll_by_wheel(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        event.prevent_default()
        lines = min(max(self._above_pinned, 1), _WHEEL)
        self.scroll_relative(y=direction * lines, animate=False)

    @property
    def _scrolls(self) -> bool:
        return self._page.height > self.size.height

    @property
    def _above_pinned(self) -> int:
        """How many lines of the viewport lie above the pinned row."""
        return min(len(self._page.scrolled), max(self.size.height - len(self._page.pinned), 0))

    def _row_at(self, y: int) -> int | None:
        line = self._line_at(y)
        return self._page.rows[line.row].number if line else None

    def _line_at(self, y: int) -> _Line | None:
        above, page = self._above_pinned, self._page
        lines, place = (page.scrolled, y + self.scroll_offset.y) if y < above else (page.pinned, y - above)
        return lines[place] if 0 <= place < len(lines) else None

    def lay_out(self, contents: _Contents) -> _Page:
        """Fit rows to the room there is. Out of sight there is none; a resize follows when they come into view."""
        rows, more = contents
        width, height = self.scrollable_content_region.size
        if not width or not height:
            return _Page(rows, more)
        rule = [_Line(len(rows) - 1, "", "rule")] if self._pin_last else []
        blocks = _wrapped(rows, width)
        roomy = len(rule) + sum(max(len(block), ROOMY) for block in blocks) <= height
        lines = _stacked(blocks, roomy=roomy)
        last = len(rows) - 1 if self._pin_last else len(rows)
        scrolled = [line for line in lines if line.row < last]
        return _Page(rows, more, scrolled, rule + [line for line in lines if line.row >= last])

    def _bring_into_view(self, number: int | None) -> None:
        places = [place for place, line in enumerate(self._page.scrolled) if self._page.rows[line.row].number == number]
        if places and self._scrolls:
            first, last = places[0], places[-1]
            lowest = last - self._above_pinned + 1
            self.scroll_to(y=min(max(self.scroll_offset.y, lowest), first), animate=False, force=True)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"rows--{name}")
