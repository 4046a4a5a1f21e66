"""The chart says with text and shapes all that its question's findings say, at every width, and draws it to scale."""

import re
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from storage.counts.disclosure import rounded
from storage.counts.intervals import Verdict
from storage.counts.questions import BenchmarkFinding, CategoryFinding, QuestionFindings
from storage.counts.rates import RateFinding
from storage.report import sentences
from storage.report.sentences import UNDER_TEN
from tui.widgets.chart import (
    INTERVAL_MARKS,
    NATIONAL,
    OWN,
    SHARE,
    TARGET,
    TARGET_MARK,
    ChartLine,
    draw,
    legend,
    legend_line,
    legend_lines,
)

NARROWEST, WIDEST = 34, 120
MARKS = {NATIONAL, OWN}
RATE = RateFinding(low=82, high=96, target=66, verdict=None)
WORDS = st.text("abcdefghijklmnoé’-", min_size=1, max_size=14)
LABELS = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
PER_CENT = st.integers(0, 100)
SHARES = st.one_of(PER_CENT.map(float), st.integers(0, 1000).map(lambda tenths: tenths / 10), st.just(7.125))
SIZES = st.integers(NARROWEST, WIDEST)


@st.composite
def benchmarks(draw_: st.DrawFn) -> BenchmarkFinding:
    return BenchmarkFinding(
        share=draw_(SHARES),
        source="A source",
        year=2021,
        own=draw_(st.booleans()),
        verdict=draw_(st.sampled_from(Verdict)).value,
    )


@st.composite
def categories(draw_: st.DrawFn) -> CategoryFinding:
    count = draw_(st.integers(-9, 9) | st.integers(10, 99_999))
    low, share, high = sorted(draw_(st.tuples(PER_CENT, PER_CENT, PER_CENT)))
    compared = draw_(st.booleans())
    return CategoryFinding(
        id="a",
        label=draw_(LABELS),
        count=count,
        rounded=rounded(count),
        compared=compared,
        share=None if rounded(count) is None else share,
        low=low if compared else None,
        high=high if compared else None,
        benchmarks=tuple(draw_(st.lists(benchmarks(), max_size=3))) if compared else (),
    )


def question(*parts: CategoryFinding) -> QuestionFindings:
    return QuestionFindings(
        id="q",
        text="Which?",
        people=100,
        groups=1,
        standard_deviation=1.525,
        off_by=3,
        categories=parts,
        response_rate=None,
        context="",
    )


QUESTIONS = st.lists(categories(), min_size=1, max_size=7).map(lambda parts: question(*parts))


def category(**known: object) -> CategoryFinding:
    """A category with a count of about 50 and a share of 50%, but for what is named."""
    values: dict[str, object] = {
        "label": "Label",
        "count": 52,
        "compared": True,
        "share": 50,
        "low": 40,
        "high": 60,
        "benchmarks": (),
        **known,
    }
    return CategoryFinding(id="a", rounded=rounded(values["count"]), **values)  # type: ignore[arg-type]


def against(share: float, verdict: Verdict, *, own: bool = False) -> BenchmarkFinding:
    return BenchmarkFinding(share=share, source="A source", year=2021, own=own, verdict=verdict.value)


def text_of(line: ChartLine) -> str:
    return "".join(piece.text for piece in line)


@dataclass
class Drawn:
    """One category as it is drawn, read from text alone."""

    said: str
    """What stands in the column of labels, without spaces: the label and the verdicts."""
    numbers: str
    """What stands in the columns of numbers."""
    bars: list[str]
    whisker: str
    plot: int
    """The cells from 0 to 100%."""


def read(lines: list[ChartLine], parts: tuple[CategoryFinding, ...]) -> list[Drawn]:
    """The categories of a chart. Which line belongs to which follows from the labels, in their order."""
    scale = text_of(lines[0])
    start = re.match(r" *about +share ", scale).end()  # type: ignore[union-attr]
    plot = len(scale) - start
    label = start - len(" about  share ")
    found: list[Drawn] = []
    rest = [text_of(line) for line in lines[1:] if text_of(line).strip()]
    for part in parts:
        expected = said(part)
        drawn = Drawn("", "", [], "", plot)
        while rest and (len(drawn.said) < len(expected) or not rest[0][:label].strip()):
            line = rest.pop(0)
            drawn.said += "".join(line[:label].split())
            right = line[label:]
            if UNDER_TEN in right:
                drawn.numbers += right
                continue
            numbers, shapes = right[: start - label], right[start - label :]
            drawn.numbers += " " + numbers
            if set(shapes) & set("█▌"):
                drawn.bars.append(shapes.rstrip())
            elif shapes.strip():
                drawn.whisker = shapes
        drawn.numbers = " ".join(drawn.numbers.split())
        found.append(drawn)
    assert not rest
    return found


def verdict_of(mark: BenchmarkFinding) -> str:
    return f"{OWN if mark.own else NATIONAL} {sentences.benchmark(mark)}"


def said(part: CategoryFinding) -> str:
    """What the column of labels must say, without spaces."""
    return "".join(" ".join([part.label, *map(verdict_of, part.benchmarks)]).split())


def numbers_of(part: CategoryFinding) -> str:
    """What the columns of numbers must say."""
    said = [UNDER_TEN if part.rounded is None else str(part.rounded)]
    said += [] if part.share is None else [f"{part.share}%"]
    said += [] if part.low is None else [f"{part.low}–{part.high}%"]
    return " ".join(said)


def label_number_and_verdicts_are_whole(part: CategoryFinding, drawn: Drawn) -> None:
    assert drawn.said == said(part)
    assert drawn.numbers == numbers_of(part)


def bar_is_as_long_as_its_share(part: CategoryFinding, drawn: Drawn, *, roomy: bool) -> None:
    if part.share is None:
        assert drawn.bars == []
        return
    exact = part.share * drawn.plot / 100
    assert len(drawn.bars) == (0 if exact < 0.25 else 2 if roomy else 1) or abs(exact - 0.25) < 1e-9
    for bar in drawn.bars:
        assert re.fullmatch("█*▌?", bar)
        assert abs(bar.count("█") + bar.count("▌") / 2 - exact) <= 0.25 + 1e-9
        assert len(bar) <= drawn.plot


def is_at(place: int, per_cent: float, plot: int) -> bool:
    """Whether a cell is the one of a percentage; the last cell also stands for 100%."""
    return abs(place - per_cent * plot / 100) <= 0.5 + 1e-9 or (place == plot - 1 and per_cent * plot / 100 > plot - 1)


def interval_and_benchmarks_stand_where_they_belong(part: CategoryFinding, drawn: Drawn) -> None:
    if part.low is None or part.high is None:
        assert drawn.whisker == ""
        return
    places = [place for place, cell in enumerate(drawn.whisker) if cell != " "]
    marked = {place: drawn.whisker[place] for place in places if drawn.whisker[place] in MARKS}
    for mark in part.benchmarks:
        assert [place for place in marked if is_at(place, mark.share, drawn.plot)]
    for place, sign in marked.items():
        assert [mark for mark in part.benchmarks if is_at(place, mark.share, drawn.plot) and (sign == OWN) == mark.own]
    first = min(place for place in range(drawn.plot) if is_at(place, part.low, drawn.plot))
    ends = [place for place in places if drawn.whisker[place] in "├┤│"]
    for place in ends:
        assert is_at(place, part.low if drawn.whisker[place] == "├" else part.high, drawn.plot)
    if not part.benchmarks:
        assert re.fullmatch(" *[├│●][─●]*[┤●]?", drawn.whisker)
        assert abs(drawn.whisker.index(drawn.whisker.strip()[0]) - first) <= 1
    inside = [place for place in places if drawn.whisker[place] not in MARKS]
    for place in inside:
        assert min(part.low * drawn.plot / 100, drawn.plot - 1) - 0.51 <= place <= part.high * drawn.plot / 100 + 0.51


def share_has_a_mark_unless_a_benchmark_is_there(part: CategoryFinding, drawn: Drawn) -> None:
    if part.low is None or part.share is None:
        assert SHARE not in drawn.whisker
        return
    if SHARE in drawn.whisker:
        assert is_at(drawn.whisker.index(SHARE), part.share, drawn.plot)
        assert drawn.whisker.count(SHARE) == 1
    else:
        assert [
            mark
            for mark in part.benchmarks
            if abs(mark.share - part.share) * drawn.plot / 100 <= 1 or is_at(drawn.plot - 1, mark.share, drawn.plot)
        ]


@settings(max_examples=300)
@given(QUESTIONS, SIZES, st.booleans())
@pytest.mark.long
def test_no_line_is_wider_than_the_window_and_every_word_number_bar_and_mark_is_whole_and_where_it_belongs(
    asked: QuestionFindings,
    width: int,
    roomy: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    lines = draw(asked, width, roomy=roomy)
    assert max(cell_len(text_of(line)) for line in lines) <= width
    for part, drawn in zip(asked.categories, read(lines, asked.categories), strict=True):
        label_number_and_verdicts_are_whole(part, drawn)
        bar_is_as_long_as_its_share(part, drawn, roomy=roomy)
        interval_and_benchmarks_stand_where_they_belong(part, drawn)
        share_has_a_mark_unless_a_benchmark_is_there(part, drawn)


@settings(max_examples=150)
@given(PER_CENT, PER_CENT, SHARES, SIZES, st.booleans())
@example(one=100, other=100, share=98.0, width=85, own=False)
def test_a_benchmark_beside_the_interval_is_drawn_beside_it_and_one_within_is_drawn_within(
    one: int,
    other: int,
    share: float,
    width: int,
    own: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    low, high = sorted((one, other))
    unmarked = category(count=5, share=None, low=low, high=high)
    bare = read(draw(question(unmarked), width), (unmarked,))[0]
    line = bare.whisker.rstrip()
    first, last = len(line) - len(line.strip()), len(line) - 1
    part = category(count=5, share=None, low=low, high=high, benchmarks=(against(share, Verdict.IN_LINE, own=own),))
    drawn = read(draw(question(part), width), (part,))[0]
    place = drawn.whisker.index(OWN if own else NATIONAL)
    cell = 100 / drawn.plot
    scale = bare.plot / drawn.plot  # a verdict can widen the column of labels
    first, last = round(first / scale), round(last / scale)
    if low <= share <= high:
        assert first - 1 <= place <= last + 1
        assert set(drawn.whisker[:place].strip()) <= set("├─")
        assert set(drawn.whisker[place + 1 :].strip()) <= set("─┤")
    elif share < low - 2 * cell:  # the last cell of the plot takes in what lies a cell and a half before its end
        assert not drawn.whisker[:place].strip()
        assert drawn.whisker[place + 1 :].strip()[0] in "├│"
    elif share > high + cell and high * drawn.plot / 100 < drawn.plot - 1.5:
        assert not drawn.whisker[place + 1 :].strip()
        assert drawn.whisker[:place].strip()[-1] in "┤│"


def test_each_verdict_is_said_in_words_beside_a_sign_of_whose_benchmark_it_is() -> None:
    marks = [against(37, verdict, own=own) for verdict in Verdict for own in (False, True)]
    part = category(benchmarks=tuple(marks))
    lines = [" ".join(text_of(line).split()) for line in draw(question(part), 80)]
    for sentence in ("below 37%", "above 37%", "in line with 37%", "too few to tell: 37%"):
        assert len([line for line in lines if line.startswith(f"▲ {sentence}")]) == 1
        assert len([line for line in lines if line.startswith(f"△ {sentence}")]) == 1


@pytest.mark.parametrize("roomy", [False, True])
def test_a_chart_reads_like_this(roomy: bool) -> None:  # noqa: FBT001 - a parameter
    parts = (
        category(label="Professional", count=94, share=63, low=55, high=71, benchmarks=(against(37, Verdict.ABOVE),)),
        category(label="Intermediate", count=-2, share=None, low=0, high=6, benchmarks=(against(24, Verdict.BELOW),)),
        category(label="Prefer not to say", count=12, share=7, compared=False, low=None, high=None),
    )
    lines = [text_of(line).rstrip() for line in draw(question(*parts), 60, roomy=roomy)]
    bar = "█████████████████▌"
    expected = [
        "                   about  share 0            50         100%",
        f"Professional          95    63% {bar}",
        "▲ above 37%              55–71%           ▲    ├──●─┤",
        "Intermediate       under 10",
        "▲ below 24%                0–6% ├─┤    ▲",
        "Prefer not to say     10     7% ██",
    ]
    if roomy:
        expected[5:] = ["", expected[5], " " * 32 + "██"]
        expected[3:3] = [""]
        expected[1:2] = ["", expected[1], " " * 32 + bar]
    assert lines == expected


def test_the_legend_says_in_words_what_each_mark_is_and_names_no_mark_that_is_not_there() -> None:
    own, national = against(40, Verdict.ABOVE, own=True), against(37, Verdict.ABOVE)
    all_of_them = legend(question(category(benchmarks=(national, own)), category(benchmarks=(national,))))
    assert all_of_them == (
        *INTERVAL_MARKS,
        (NATIONAL, "the national figure to compare with (A source, 2021)"),
        (OWN, "your own figure to compare with (A source, 2021)"),
    )
    assert legend_line(all_of_them).startswith("● the share of those who gave")
    assert legend_line(all_of_them).endswith("; △ your own figure to compare with (A source, 2021).")
    assert legend(question(category())) == INTERVAL_MARKS
    assert legend(question(category(compared=False, low=None, high=None))) == ()
    rated = msgspec.structs.replace(question(category()), response_rate=RATE)
    assert legend(rated, question(category())) == (*INTERVAL_MARKS, TARGET_MARK)


@pytest.mark.parametrize("width", [34, 60, 110])
def test_the_response_rate_is_drawn_below_the_answers_with_its_target(width: int) -> None:
    rated = msgspec.structs.replace(question(category()), response_rate=RATE)
    lines = [text_of(line) for line in draw(rated, width)]
    assert "82–96%" in lines[-1]
    assert lines[-1].count(TARGET) == 1
    assert len(lines[-1]) <= width
    ends = lines[0].index("0 "), lines[0].index("100%") + 3
    assert lines[-1].index(TARGET) - ends[0] == pytest.approx((ends[1] - ends[0] + 1) * 0.66, abs=1)


def test_a_legend_that_is_longer_than_the_window_goes_on_below_its_words() -> None:
    lines = [text_of(line) for line in legend_lines(INTERVAL_MARKS, 40)]
    assert all(len(line) <= 40 for line in lines)
    assert [line[:4].strip() for line in lines if not line.startswith(" ")] == [mark for mark, _ in INTERVAL_MARKS]
    assert " ".join(" ".join(lines).split()).endswith("true 95 times in 100")
