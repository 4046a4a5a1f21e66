"""The journey: the three groups, stage by stage, with intervals; and the drop that the data supports."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from storage.counts.journey import GroupAtStage, Journey
from storage.office.labels import OfficeEvent, Scope
from storage.office.office import Office
from storage.office.queries import journey_of, scope_finding
from storage.report import sentences
from storage.settings import Settings
from storage.text import counted
from tui.office.filters import Filter
from tui.shared.findings import FindingsScreen
from tui.text import office as words
from tui.widgets.button import Button, ManyButtons
from tui.widgets.chart import INTERVAL_LEGEND, NATIONAL, ChartLine, Drawing, Piece, scale, whisker
from tui.widgets.rows import wrap

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


def _group(group: GroupAtStage, label: int, plot: int) -> ChartLine:
    share, kind = (sentences.UNDER_TEN, "muted") if group.share is None else (f"{group.share}%", "strong")
    name = Piece(f"  {group.label}".ljust(label), "text"), Piece(share.rjust(_SHARE), kind), Piece(" ", "text")
    if group.low is None or group.high is None:
        return name
    marks = [] if group.benchmark is None else [(NATIONAL, group.benchmark)]
    return (*name, *whisker(group.low, group.high, group.share, marks, plot))


class JourneyChart(Drawing):
    """The stages below each other, then the sentences about them; or everything as sentences."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Journey | None = None
        self._as_text = False

    def show(self, found: Journey, *, as_text: bool) -> None:
        """Show a journey from the top."""
        self._found = found
        self._as_text = as_text
        self.redraw()
        self.scroll_home(animate=False)

    def lines(self, width: int, height: int) -> list[ChartLine]:
        """All of it, in so many cells."""
        found = self._found
        if found is None:
            return []
        if self._as_text or not found.stages:
            return [
                (Piece(text, "text"),) for line in words.journey_lines(found) for text in wrap(line, width - 1) or [""]
            ]
        below = [
            sentences.GROUPS,
            words.BLURRED,
            sentences.drop_line(found),
            *sentences.comparable_lines(found),
            sentences.change_note(found),
            f"{INTERVAL_LEGEND}{f', {NATIONAL} the national figure' if found.benchmarks else ''}.",
            sentences.benchmark_line(found),
        ]
        said = [text for sentence in below if sentence for text in [*wrap(sentence, width - 1), ""]]
        drawn = list(draw(found, width - 1, roomy=True))
        if len(drawn) + 1 + len(said) > height:
            drawn = list(draw(found, width - 1))
        return [*drawn, (), *((Piece(text, "muted"),) for text in said)]


class JourneyScreen(FindingsScreen[Journey]):
    """As a chart or as text."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "filter", show=False)]

    class WhatNext(Message):
        """Somebody asks what to do about this journey."""

        def __init__(self, found: Journey) -> None:
            super().__init__()
            self.found = found

    def __init__(self, office: Office, events: Sequence[OfficeEvent], settings: Settings, scope: Scope) -> None:
        """Show the journey through the stages of the events that a scope covers.

        Args:
            office: its tables are read in a thread.
            events: all that it holds.
            settings: what its counts are compared with, and from how many people on.
            scope: can be changed here.
        """
        super().__init__(words.WHY)
        self._office = office
        self._events = events
        self._settings = settings
        self._scope = scope

    def compose(self) -> ComposeResult:
        """The chart, and the buttons."""
        yield Static(id="scope", classes="heading list-heading")
        yield JourneyChart()
        yield Static(id="message", classes="message")
        with ManyButtons(classes="buttons"):
            yield Button("Back", "Esc", id="back", action="back")
            yield Static(classes="gap")
            yield Button("Why?", "?", id="why", action="why")
            yield Button("Filter", "F", id="filter", action="filter")
            yield Button("What next?", "W", id="what-next", action="what_next")
            yield Button("As text", "T", id="text", action="text")

    def on_mount(self) -> None:
        """Open the counts."""
        self._show_scope()
        self.open()

    def _show_scope(self) -> None:
        covered = [one for one in self._events if self._scope.covers(one)]
        name = sentences.scope_name(scope_finding(self._scope, covered))
        title = f"The journey · {name}: {counted(len(covered), 'event')}"
        self.query_one("#scope", Static).update(Content(title))

    def read(self) -> Journey:
        """The journey of the scope."""
        return journey_of(self._office, self._scope, self._settings)

    def failed(self, sentence: str) -> None:
        """Say what is wrong above the buttons."""
        self.query_one("#message", Static).update(Content(sentence))

    def draw(self, found: Journey) -> None:
        """Show it."""
        self.query_one(JourneyChart).show(found, as_text=self.as_text)

    def what_next(self, found: Journey) -> None:
        """Ask for the tips that address what the journey shows."""
        self.post_message(self.WhatNext(found))

    @work
    async def action_filter(self) -> None:
        """Choose of what."""
        scope = await self.app.push_screen_wait(Filter(self._events, self._scope))
        if scope is not None:
            self._scope = scope
            self._show_scope()
            self.open()
