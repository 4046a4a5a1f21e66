"""One question’s counts as a chart of text: bars, intervals and benchmark marks. Colour repeats what shapes say."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from storage.findings import CategoryFinding, QuestionFindings
from tui import counts
from tui.widgets.rows import wrap

_COUNT = 6
_SHARE = 7
_LEAST_BAR = 13  # with the numbers before it, room for the words of a count that is held back
_MOST_LABEL = 26
NATIONAL, OWN = "▲", "△"
"""The marks of benchmarks: published, and the organisation's own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of cells of one kind: `text`, `strong`, `muted`, `bar`, `faint`, `interval` or `mark`."""

    text: str
    kind: str


ChartLine = tuple[Piece, ...]


def draw(question: QuestionFindings, width: int, *, roomy: bool = False) -> list[ChartLine]:
    """Draw the chart in lines of at most `width` cells; `roomy` makes bars two lines high and parts them."""
    labels = [category.label for category in question.categories]
    labels += [_verdict(mark.own, counts.benchmark(mark)) for part in question.categories for mark in part.benchmarks]
    most = min(_MOST_LABEL, width - _COUNT - _SHARE - _LEAST_BAR - 1)
    label = min(max(map(cell_len, labels)) + 1, most)
    plot = width - label - _COUNT - _SHARE - 1
    lines: list[ChartLine] = [_scale(label, plot)]
    for category in question.categories:
        if roomy:
            lines.append(())
        lines += _category(category, label, plot, thickness=2 if roomy else 1)
    return lines


def _scale(label: int, plot: int) -> ChartLine:
    axis = list(" " * plot)
    for place, text in ((0, "0"), (plot // 2 - 1, "50"), (plot - 5, "100 %")):
        axis[place : place + len(text)] = text
    return (
        Piece(" " * label, "muted"),
        Piece("count".rjust(_COUNT), "muted"),
        Piece("share".rjust(_SHARE), "muted"),
        Piece(" " + "".join(axis), "muted"),
    )


def _category(category: CategoryFinding, label: int, plot: int, *, thickness: int) -> Iterator[ChartLine]:
    for text in wrap(category.label, label - 1)[:-1]:
        yield (Piece(text.ljust(label), "strong"),)
    name = Piece(wrap(category.label, label - 1)[-1].ljust(label), "strong")
    if category.count is None:
        yield name, Piece(f" {counts.HELD_BACK}", "muted")
    else:
        share = "" if category.share is None else f"{category.share} %"
        bar = Piece(" " + _bar(category.share or 0, plot), "bar" if category.compared else "faint")
        yield name, Piece(str(category.count).rjust(_COUNT), "strong"), Piece(share.rjust(_SHARE), "strong"), bar
        yield from [(Piece(" " * (label + _COUNT + _SHARE), "text"), bar)] * (thickness - 1)
    if category.low is None or category.high is None:
        return
    verdicts = [_verdict(mark.own, counts.benchmark(mark)) for mark in category.benchmarks] or [""]
    interval = f"{category.low}–{category.high} %"
    for number, text in enumerate(verdicts):
        for line in wrap(text, label - 1)[:-1]:
            yield (Piece(line.ljust(label), "mark"),)
        last = (wrap(text, label - 1) or [""])[-1]
        if number:
            yield (Piece(last.ljust(label), "mark"),)
        else:
            yield (
                Piece(last.ljust(label), "mark"),
                Piece(interval.rjust(_COUNT + _SHARE), "muted"),
                Piece(" ", "muted"),
                *_whisker(category, plot),
            )


def _verdict(own: bool, text: str) -> str:  # noqa: FBT001 - of a benchmark
    return f"{OWN if own else NATIONAL} {text}"


def _bar(share: int, plot: int) -> str:
    halves = round(share * plot * 2 / 100)
    return "█" * (halves // 2) + "▌" * (halves % 2)


def _whisker(category: CategoryFinding, plot: int) -> Iterator[Piece]:
    """The interval, with the benchmarks in or beside it."""
    cells = [" "] * plot
    first, last = _cell(category.low or 0, plot), _cell(category.high or 0, plot)
    cells[first : last + 1] = "─" * (last + 1 - first)
    cells[first], cells[last] = ("├", "┤") if last > first else ("│", "│")
    for mark in reversed(category.benchmarks):
        cells[_cell(mark.share, plot)] = OWN if mark.own else NATIONAL
    text = ""
    kind = "interval"
    for cell in "".join(cells).rstrip():
        wanted = "mark" if cell in {OWN, NATIONAL} else "interval"
        if wanted != kind and text:
            yield Piece(text, kind)
            text = ""
        kind = wanted
        text += cell
    yield Piece(text, kind)


def _cell(per_cent: float, plot: int) -> int:
    return min(round(per_cent * plot / 100), plot - 1)


class Chart(ScrollView, can_focus=False):
    """A chart with sentences below it, or the same as sentences alone. Scrolls where it does not fit."""

    DEFAULT_CSS = """
    Chart {
        height: 1fr;
        background: $background;
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .chart--text { color: $foreground; background: $background; }
        & > .chart--strong { color: $foreground; background: $background; text-style: bold; }
        & > .chart--muted { color: $muted; background: $background; }
        & > .chart--bar { color: $primary; background: $background; }
        & > .chart--faint { color: $rule; background: $background; }
        & > .chart--interval { color: $foreground; background: $background; }
        & > .chart--mark { color: $foreground; background: $background; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--text",
        "chart--strong",
        "chart--muted",
        "chart--bar",
        "chart--faint",
        "chart--interval",
        "chart--mark",
    }

    def __init__(self) -> None:
        super().__init__()
        self._question: QuestionFindings | None = None
        self._below: tuple[str, ...] = ()
        self._as_text = False
        self._lines: list[ChartLine] = []

    def show(self, question: QuestionFindings, below: tuple[str, ...], *, as_text: bool) -> None:
        """Show a question from the top; `below` are the sentences under the chart."""
        self._question = question
        self._below = below
        self._as_text = as_text
        self._arrange()
        self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._arrange()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the viewport."""
        width = self.scrollable_content_region.width
        place = y + self.scroll_offset.y
        if not 0 <= place < len(self._lines):
            return Strip.blank(width, self.rich_style)
        segments = [
            Segment(piece.text, self.get_component_rich_style(f"chart--{piece.kind}")) for piece in self._lines[place]
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _arrange(self) -> None:
        width, height = self.scrollable_content_region.size
        question = self._question
        if question is None or not width:
            return
        lines: list[ChartLine]
        if self._as_text or question.people is None:
            sentences = [wrap(sentence, width - 1) for sentence in counts.question_lines(question)]
            apart = sum(map(len, sentences)) + len(sentences) <= height
            lines = [(Piece(text, "text"),) for texts in sentences for text in [*texts, *([""] if apart else [])]]
        else:
            below = [text for sentence in self._below for text in wrap(sentence, width - 1)]
            lines = draw(question, width - 1, roomy=True)
            if len(lines) + 1 + len(below) > height:
                lines = draw(question, width - 1)
            lines += [(), *((Piece(text, "muted"),) for text in below)]
        self._lines = lines
        self.virtual_size = Size(width, len(lines))
        self.refresh()
