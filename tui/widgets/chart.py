"""One question’s counts as a chart of text: bars, shares, intervals and benchmarks. Colour repeats what shapes say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from storage.counts.questions import CategoryFinding, QuestionFindings
from storage.counts.rates import RateFinding
from storage.report import sentences
from tui.widgets.pages import wrap

_COUNT = 6
_SHARE = 7
_LEAST_BAR = 13  # room for the scale
_MOST_LABEL = 28
SHARE = "●"
"""The mark of a share on its interval."""
NATIONAL, OWN = "▲", "△"
"""The marks of benchmarks: published, and the organisation's own. They stand over that of the share."""
TARGET = "◆"
"""The mark of the target of a response rate."""
_RATE = "Response rate"

Mark = tuple[str, str]
"""A mark of a chart, and what it is in words."""

INTERVAL_MARKS: tuple[Mark, ...] = (
    (SHARE, "the share of those who gave an answer that is compared"),
    ("├─┤", "where it may lie once blur and chance are allowed for: true 95 times in 100"),
)
TARGET_MARK: Mark = (TARGET, "the target of the response rate")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of cells of one kind: `text`, `strong`, `muted`, `bar`, `faint`, `interval` or `mark`."""

    text: str
    kind: str


ChartLine = tuple[Piece, ...]


def draw(question: QuestionFindings, width: int, *, roomy: bool = False) -> list[ChartLine]:
    """Draw the chart in lines of at most `width` cells; `roomy` makes bars two lines high and parts them."""
    labels = [category.label for category in question.categories]
    labels += [
        _verdict(mark.own, sentences.benchmark(mark)) for part in question.categories for mark in part.benchmarks
    ]
    labels += [_RATE] if question.response_rate else []
    most = min(_MOST_LABEL, width - _COUNT - _SHARE - _LEAST_BAR - 1)
    label = min(max(map(cell_len, labels)) + 1, most)
    plot = width - label - _COUNT - _SHARE - 1
    heads = Piece(f"{'':{label}}{'about':>{_COUNT}}{'share':>{_SHARE}} ", "muted")
    lines: list[ChartLine] = [(heads, *scale(plot))]
    for category in question.categories:
        if roomy:
            lines.append(())
        lines += _category(category, label, plot, thickness=2 if roomy else 1)
    if question.response_rate:
        lines += [*([()] if roomy else []), *_rate(question.response_rate, label, plot)]
    return lines


def scale(plot: int) -> ChartLine:
    """The scale from 0 to 100%, so many cells wide."""
    axis = list(" " * plot)
    for place, text in ((0, "0"), (plot // 2 - 1, "50"), (plot - 4, "100%")):
        axis[place : place + len(text)] = text
    return (Piece("".join(axis), "muted"),)


def legend(*questions: QuestionFindings) -> tuple[Mark, ...]:
    """What the marks in the charts of these questions are, each once; none that is in no chart."""
    categories = [category for question in questions for category in question.categories]
    marks: list[Mark] = []
    if any(category.low is not None for category in categories):
        marks += INTERVAL_MARKS
    for benchmark in (mark for category in categories for mark in category.benchmarks):
        what = "your own figure to compare with" if benchmark.own else "the national figure to compare with"
        marks.append((OWN if benchmark.own else NATIONAL, f"{what} ({sentences.source(benchmark)})"))
    if any(question.response_rate and question.response_rate.target is not None for question in questions):
        marks.append(TARGET_MARK)
    return tuple(dict.fromkeys(marks))


def legend_line(marks: Sequence[Mark]) -> str:
    """A legend as one passage; empty where there are no marks."""
    return f"{'; '.join(f'{mark} {what}' for mark, what in marks)}." if marks else ""


def _rate(rate: RateFinding, label: int, plot: int) -> Iterator[ChartLine]:
    """The response rate: from where to where it lies, and its target."""
    *above, last = wrap(_RATE, label - 1)
    yield from ((Piece(text.ljust(label), "muted"),) for text in above)
    marks = [] if rate.target is None else [(TARGET, rate.target)]
    figure = f"{rate.low}–{rate.high}%".rjust(_COUNT + _SHARE)
    yield (
        Piece(last.ljust(label), "muted"),
        Piece(f"{figure} ", "muted"),
        *whisker(rate.low, rate.high, None, marks, plot),
    )


def _category(category: CategoryFinding, label: int, plot: int, *, thickness: int) -> Iterator[ChartLine]:
    for text in wrap(category.label, label - 1)[:-1]:
        yield (Piece(text.ljust(label), "strong"),)
    name = Piece(wrap(category.label, label - 1)[-1].ljust(label), "strong")
    if category.rounded is None:
        yield name, Piece(f" {sentences.UNDER_TEN}", "muted")
    else:
        share = "" if category.share is None else f"{category.share}%"
        bar = Piece(" " + _bar(category.share or 0, plot), "bar" if category.compared else "faint")
        yield name, Piece(str(category.rounded).rjust(_COUNT), "strong"), Piece(share.rjust(_SHARE), "strong"), bar
        yield from [(Piece(" " * (label + _COUNT + _SHARE), "text"), bar)] * (thickness - 1)
    if category.low is None or category.high is None:
        return
    marks = [(OWN if mark.own else NATIONAL, mark.share) for mark in reversed(category.benchmarks)]
    verdicts = [_verdict(mark.own, sentences.benchmark(mark)) for mark in category.benchmarks] or [""]
    interval = f"{category.low}–{category.high}%"
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
                *whisker(category.low, category.high, category.share, marks, plot),
            )


def _verdict(own: bool, text: str) -> str:  # noqa: FBT001 - of a benchmark
    return f"{OWN if own else NATIONAL} {text}"


def _bar(share: int, plot: int) -> str:
    halves = round(share * plot * 2 / 100)
    return "█" * (halves // 2) + "▌" * (halves % 2)


def whisker(
    low: int, high: int, share: int | None, benchmarks: Sequence[tuple[str, float]], plot: int
) -> Iterator[Piece]:
    """An interval in per cent, with its share, if that is known, and benchmarks in or beside it, by their marks."""
    cells = [" "] * plot
    first, last = _cell(low, plot), _cell(high, plot)
    cells[first : last + 1] = "─" * (last + 1 - first)
    cells[first], cells[last] = ("├", "┤") if last > first else ("│", "│")
    for mark, place in [*([] if share is None else [(SHARE, share)]), *benchmarks]:
        cells[_cell(place, plot)] = mark
    text = ""
    kind = "interval"
    for cell in "".join(cells).rstrip():
        wanted = "mark" if cell in {SHARE, OWN, NATIONAL, TARGET} else "interval"
        if wanted != kind and text:
            yield Piece(text, kind)
            text = ""
        kind = wanted
        text += cell
    yield Piece(text, kind)


def _cell(per_cent: float, plot: int) -> int:
    return min(round(per_cent * plot / 100), plot - 1)


class Drawing(ScrollView, can_focus=False):
    """Lines of pieces, drawn in one widget. Scrolls where they do not fit."""

    DEFAULT_CSS = """
    Drawing {
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
        self._lines: list[ChartLine] = []

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

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

    def redraw(self) -> None:
        """Work the lines out anew."""
        width, height = self.scrollable_content_region.size
        if width:
            self._lines = self.lines(width, height)
            self.virtual_size = Size(width, len(self._lines))
            self.refresh()

    def lines(self, width: int, height: int) -> list[ChartLine]:
        """All lines, in so many cells."""
        raise NotImplementedError


class Chart(Drawing):
    """One question as a chart with sentences below it, or the same as sentences alone."""

    def __init__(self, *, roomy: bool = True) -> None:
        """Make one; `roomy` has it take more lines where there are more."""
        super().__init__()
        self._roomy = roomy
        self._question: QuestionFindings | None = None
        self._marks: tuple[Mark, ...] = ()
        self._below: tuple[str, ...] = ()
        self._said: tuple[str, ...] = ()
        self._as_text = False

    def show(
        self,
        question: QuestionFindings,
        marks: tuple[Mark, ...],
        below: tuple[str, ...],
        said: tuple[str, ...],
        *,
        as_text: bool,
    ) -> None:
        """Show a question from the top.

        Args:
            question: what is shown.
            marks: the legend under the chart.
            below: the sentences under the chart.
            said: all of it in sentences; alone, where nobody is counted.
            as_text: whether to leave the chart out.
        """
        self._question = question
        self._marks = marks
        self._below = below
        self._said = said
        self._as_text = as_text
        self.redraw()
        self.scroll_home(animate=False)

    def lines(self, width: int, height: int) -> list[ChartLine]:
        """The chart and what stands below it, or sentences; roomy where there is room."""
        question = self._question
        if question is None:
            return []
        if self._as_text or question.people is None:
            sentences = [wrap(sentence, width - 1) for sentence in self._said]
            apart = sum(map(len, sentences)) + len(sentences) <= height
            return [(Piece(text, "text"),) for texts in sentences for text in [*texts, *([""] if apart else [])]]
        below: list[ChartLine] = [
            (Piece(text, "muted"),) for sentence in self._below for text in wrap(sentence, width - 1)
        ]
        key = [*legend_lines(self._marks, width - 1), *([()] if self._marks else [])]
        lines = draw(question, width - 1, roomy=True)
        if self._roomy and len(lines) + 1 + len(key) + len(below) <= height:
            return [*lines, (), *key, *below]
        tight = [(Piece(text, "muted"),) for text in wrap(legend_line(self._marks), width - 1)] if self._marks else []
        lines = draw(question, width - 1)
        return [*lines, (), *(key if len(lines) + 1 + len(key) + len(below) <= height else tight), *below]


def legend_lines(marks: Sequence[Mark], width: int) -> list[ChartLine]:
    """A legend with a line for each mark, or several where what it is does not fit on one."""
    wide = max((cell_len(mark) for mark, _ in marks), default=0) + 1
    lines: list[ChartLine] = []
    for mark, what in marks:
        first, *more = wrap(what, width - wide)
        lines += [(Piece(mark.ljust(wide), "mark"), Piece(first, "muted"))]
        lines += [(Piece(" " * wide + text, "muted"),) for text in more]
    return lines
