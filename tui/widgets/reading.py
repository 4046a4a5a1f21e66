"""Passages to read, drawn line by line in one widget: a widget a paragraph would slow each start and question."""

import itertools
from collections.abc import Iterator
from typing import ClassVar

import msgspec
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tui.terminal.capabilities import MEDIUM_HEIGHT, TALL_HEIGHT
from tui.text.passages import Passage
from tui.widgets.pages import Pages, wrap
from tui.widgets.writing import as_seen, is_rtl

__all__ = ["Passage", "Reading"]


_Line = tuple[str, str, str]
"""What leads a line, what it says, and its kind."""


class _Wrapped(msgspec.Struct, frozen=True):
    passages: tuple[Passage, ...]
    width: int
    rows: int
    """Of the screen."""
    lines: list[_Line]

    @property
    def height(self) -> int:
        return len(self.lines)


class Reading(Pages[tuple[Passage, ...], _Wrapped], can_focus=False):
    """Passages below each other. Scrolls where they do not fit; stands in the middle of a tall window where they do."""

    DEFAULT_CSS = """
    Reading {
        height: 1fr;
        background: $background;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .reading--text { color: $foreground; background: $background; }
        & > .reading--title { color: $primary; background: $background; text-style: bold; }
        & > .reading--aside { color: $muted; background: $background; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"reading--text", "reading--title", "reading--aside"}

    def __init__(self, *passages: Passage, id: str, always_apart: bool = False) -> None:  # noqa: A002 - Textual's name
        """Make a widget; `always_apart` keeps the empty lines in the smallest window too."""
        super().__init__(id=id)
        self._always_apart = always_apart
        self._page = _Wrapped(passages, 0, 0, [])

    @property
    def titles(self) -> list[int]:
        """The lines, from nought, at which a title begins."""
        kinds = ["text", *(kind for _, _, kind in self._page.lines)]
        return [place for place, (before, kind) in enumerate(itertools.pairwise(kinds)) if before != kind == "title"]

    def on_resize(self) -> None:
        """Wrap for the new size."""
        self._open(self.lay_out(self._page.passages))

    def render_line(self, y: int) -> Strip:
        """Draw one line of the viewport."""
        width, height = self.scrollable_content_region.size
        if width != self._page.width:
            self._page = self.lay_out(self._page.passages)  # the first paint of a new size comes before the word of it
        lines = self._page.lines
        above = max(height - len(lines), 0) // 2 if self.app.size.height >= TALL_HEIGHT else 0
        place = y + self.scroll_offset.y - (0 if self._always_apart else above)
        if not 0 <= place < len(lines):
            return Strip.blank(width, self.get_component_rich_style("reading--text"))
        lead, text, kind = lines[place]
        style = self.get_component_rich_style(f"reading--{kind}")
        title = self.get_component_rich_style("reading--title")
        rtl = is_rtl(self)
        said = as_seen(text) if rtl and text else text
        rest = " " * max(width - cell_len(lead) - cell_len(said), 0)
        segments = [Segment(lead[::-1] if rtl else lead, title), Segment(said, style), Segment(rest, style)]
        return Strip(segments[::-1] if rtl else segments)

    def lay_out(self, contents: tuple[Passage, ...]) -> _Wrapped:
        """Wrap passages; as they are, where they are wrapped already."""
        width, rows = self.scrollable_content_region.width, self.app.size.height
        if (self._page.passages, self._page.width, self._page.rows) == (contents, width, rows):
            return self._page
        return _Wrapped(contents, width, rows, list(self._lines_of(contents, width, rows)))

    def _lines_of(self, passages: tuple[Passage, ...], width: int, rows: int) -> Iterator[_Line]:
        """The lines of passages, each with what leads it and its kind; none that is empty ends them."""
        empty = 0
        for passage in passages:
            lead = passage.lead
            for text in wrap(passage.text, max(width - cell_len(lead) - 1, 8)):  # a cell between text and scroll bar
                yield from [("", "", "text")] * empty
                yield lead, text, passage.kind
                lead, empty = " " * cell_len(lead), 0
            part = passage.apart and (self._always_apart or rows >= MEDIUM_HEIGHT)
            empty += part or (rows >= TALL_HEIGHT and not self._always_apart)
