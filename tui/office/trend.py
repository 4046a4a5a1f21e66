"""The trend: each share and the response rate from quarter to quarter or year to year, with intervals."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from storage.counts.rates import RateFinding
from storage.counts.shares import ShareFinding
from storage.counts.trend import RATE_LABEL, By, Trend
from storage.office.labels import OfficeEvent, Scope
from storage.office.office import Office
from storage.office.queries import trend_of
from storage.report import sentences
from storage.settings import Settings
from tui.office.scoped import ScopedFindings
from tui.shared.button_row import ButtonRow
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.chart import (
    INTERVAL_MARKS,
    NATIONAL,
    TARGET,
    TARGET_MARK,
    ChartLine,
    Piece,
    legend_line,
    scale,
    whisker,
)
from tui.widgets.pages import wrap

"""Marks the target of the response rate: no share of the organisation's own is drawn here."""
_SHARE = 10
_OTHER: dict[By, By] = {"quarter": "year", "year": "quarter"}


def draw(found: Trend, width: int, *, roomy: bool = False) -> Iterator[ChartLine]:
    """Each share in lines of at most `width` cells: a heading, and a line for each period; `roomy` parts them."""
    label = max(cell_len(one.period) for one in found.periods) + 3
    plot = width - label - _SHARE - 1
    yield (Piece(" " * (label + _SHARE + 1), "muted"), *scale(plot))
    for number, name in enumerate(found.shares):
        lines = [_share(one.period, one.shares[number], label, plot) for one in found.periods]
        yield from _part(name.label, lines, width, roomy=roomy)
    rates = [(one.period, one.response_rate) for one in found.periods]
    yield from _part(RATE_LABEL, [_rate(period, one, label, plot) for period, one in rates], width, roomy=roomy)


def _part(heading: str, lines: Sequence[ChartLine], width: int, *, roomy: bool) -> Iterator[ChartLine]:
    if roomy:
        yield ()
    yield from ((Piece(text, "strong"),) for text in wrap(heading, width))
    yield from lines


def _share(period: str, share: ShareFinding, label: int, plot: int) -> ChartLine:
    if share.low is None or share.high is None:
        return _nothing(period, label)
    marks = [] if share.benchmark is None else [(NATIONAL, share.benchmark)]
    figure, kind = (sentences.UNDER_TEN, "muted") if share.share is None else (f"{share.share}%", "strong")
    return (*_begin(period, label, figure, kind), *whisker(share.low, share.high, share.share, marks, plot))


def _rate(period: str, rate: RateFinding | None, label: int, plot: int) -> ChartLine:
    if rate is None:
        return _nothing(period, label)
    marks = [] if rate.target is None else [(TARGET, rate.target)]
    return (
        *_begin(period, label, sentences.rate_range(rate), "strong"),
        *whisker(rate.low, rate.high, None, marks, plot),
    )


def _nothing(period: str, label: int) -> ChartLine:
    return (*_begin(period, label, "", "muted"), Piece("too few to be counted", "muted"))


def _begin(period: str, label: int, figure: str, kind: str) -> ChartLine:
    return Piece(f"  {period}".ljust(label), "text"), Piece(figure.rjust(_SHARE), kind), Piece(" ", "text")


class TrendScreen(ScopedFindings[Trend]):
    """As a chart or as text, by quarter or by year."""

    class WhatNext(Message):
        """Somebody asks what to do about this trend."""

        def __init__(self, found: Trend) -> None:
            super().__init__()
            self.found = found

    NAME = "Over time"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "by", show=False)]

    def __init__(self, office: Office, events: Sequence[OfficeEvent], settings: Settings, scope: Scope) -> None:
        super().__init__(office, events, settings, scope)
        self._by: By = "quarter"

    def more_buttons(self) -> ComposeResult:
        """Longer or shorter periods, and the tips that address it."""
        yield Button(f"By {_OTHER[self._by]}", "Y", id="by", action="by")
        yield Button("What next?", "W", id="what-next", action="what_next")

    def action_by(self) -> None:
        """By year, or by quarter again."""
        self._by = _OTHER[self._by]
        self.query_one("#by", Button).label = f"By {_OTHER[self._by]}"
        self.query_one(ButtonRow).on_resize()
        self.open()

    def read(self) -> Trend:
        """The trend of the scope."""
        return trend_of(self.office, self.scope, self.settings, self._by)

    def drawn(self, found: Trend, width: int, *, roomy: bool) -> list[ChartLine]:
        """The shares below each other."""
        return list(draw(found, width, roomy=roomy)) if found.periods else []

    def said(self, found: Trend) -> Iterator[str]:
        """The sentences below the chart."""
        yield from sentences.trend_lines(found)
        yield sentences.change_note(found)
        yield words.BLURRED
        compared = any(share.benchmark is not None for one in found.periods for share in one.shares)
        national = NATIONAL, f"the national figure to compare with ({found.benchmark_source}, {found.benchmark_year})"
        yield legend_line([*INTERVAL_MARKS, *([national] if compared else []), TARGET_MARK])

    def text(self, found: Trend) -> Iterator[str]:
        """All of it as sentences."""
        return words.trend_lines(found)

    def what_next(self, found: Trend) -> None:
        """Ask for the tips that address what the trend shows."""
        self.post_message(self.WhatNext(found))
