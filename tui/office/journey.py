"""The journey: the three groups, stage by stage, with intervals; and the drop that the data supports."""

from collections.abc import Iterator

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.message import Message

from storage.counts.journey import Journey
from storage.counts.shares import ShareFinding
from storage.office.queries import journey_of
from storage.report import sentences
from tui.office.scoped import ScopedFindings
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.chart import INTERVAL_MARKS, NATIONAL, ChartLine, Piece, legend_line, scale, whisker
from tui.widgets.pages import wrap

_SHARE = 8


def draw(found: Journey, width: int, *, roomy: bool = False) -> Iterator[ChartLine]:
    """The stages in lines of at most `width` cells: a heading each, and a line for each group; `roomy` parts them."""
    labels = [group.label for stage in found.stages for group in stage.groups]
    label = max(map(cell_len, labels), default=0) + 3
    plot = width - label - _SHARE - 1
    yield (Piece(" " * (label + _SHARE + 1), "muted"), *scale(plot))
    for stage in found.stages:
        if roomy:
            yield ()
        for text in wrap(words.stage_line(stage), width):
            yield (Piece(text, "strong"),)
        if stage.people is not None:
            yield from (_group(group, label, plot) for group in stage.groups)


def _group(group: ShareFinding, label: int, plot: int) -> ChartLine:
    share, kind = (sentences.UNDER_TEN, "muted") if group.share is None else (f"{group.share}%", "strong")
    name = Piece(f"  {group.label}".ljust(label), "text"), Piece(share.rjust(_SHARE), kind), Piece(" ", "text")
    if group.low is None or group.high is None:
        return name
    marks = [] if group.benchmark is None else [(NATIONAL, group.benchmark)]
    return (*name, *whisker(group.low, group.high, group.share, marks, plot))


class JourneyScreen(ScopedFindings[Journey]):
    """As a chart or as text."""

    NAME = "The journey"

    class WhatNext(Message):
        """Somebody asks what to do about this journey."""

        def __init__(self, found: Journey) -> None:
            super().__init__()
            self.found = found

    def more_buttons(self) -> ComposeResult:
        """The tips that address it."""
        yield Button("What next?", "W", id="what-next", action="what_next")

    def read(self) -> Journey:
        """The journey of the scope."""
        return journey_of(self.office, self.scope, self.settings)

    def drawn(self, found: Journey, width: int, *, roomy: bool) -> list[ChartLine]:
        """The stages below each other."""
        return list(draw(found, width, roomy=roomy)) if found.stages else []

    def said(self, found: Journey) -> Iterator[str]:
        """The sentences below the chart."""
        yield sentences.GROUPS
        yield words.BLURRED
        yield sentences.drop_line(found)
        yield from sentences.comparable_lines(found)
        yield sentences.change_note(found)
        national = [(NATIONAL, "the national figure to compare with")] if found.benchmarks else []
        yield legend_line([*INTERVAL_MARKS, *national])
        yield sentences.benchmark_line(found)

    def text(self, found: Journey) -> Iterator[str]:
        """All of it as sentences."""
        return words.journey_lines(found)

    def what_next(self, found: Journey) -> None:
        """Ask for the tips that address what the journey shows."""
        self.post_message(self.WhatNext(found))
