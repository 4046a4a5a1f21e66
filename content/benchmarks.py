"""What counts are compared with, and how: dated benchmarks, shares, intervals and the words for what they show.

Everything here is a pure function of numbers. Shares and intervals are in per cent. Counts arrive as a `Range`, because
a published count may be held back: what is said here must be true of every count that could stand behind it.

The interval is Wilson's (E. B. Wilson, 1927, *Probable Inference*, JASA 22), at 95 %: unlike the textbook one it stays
within 0 to 100 and behaves for small groups.
"""

from __future__ import annotations

import functools
import math
from enum import Enum
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from content.files import Content, Text, load
from content.survey import QUESTION_SET, load_survey

__all__ = [
    "Benchmark",
    "Benchmarks",
    "ChangeVerdict",
    "Comparison",
    "Interval",
    "Parts",
    "Range",
    "RateVerdict",
    "Share",
    "Verdict",
    "change",
    "change_verdict",
    "load_benchmarks",
    "quantile",
    "rate_verdict",
    "response_rate",
    "share",
    "verdict",
    "wilson",
]

FOLDER = Path(__file__).with_suffix("")
"""Where the data files lie."""

Z95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on either side."""

WIDEST_TO_TELL = 20
"""Points. An interval wider than this that spans the benchmark says nothing about it: “too few to tell”."""

Share = Annotated[float, msgspec.Meta(ge=0, le=100)]


class Benchmark(Content, frozen=True, kw_only=True):
    """A published share of one category among those compared."""

    category: Text
    share: Share


class Comparison(Content, frozen=True, kw_only=True):
    """What one question is compared with."""

    id: Text
    compared: tuple[str, ...]
    """The categories that shares are taken among."""
    benchmarks: tuple[Benchmark, ...] = ()
    response_rate: Share | None = None
    """The target in per cent, where the source gives one for this question."""
    context: str = ""
    """A figure about other people than those who answer: told, never drawn as a target."""


class Benchmarks(Content, frozen=True, kw_only=True):
    """All that the counts of one question set are compared with."""

    question_set: Text
    source: Text
    year: int
    response_rate: Share
    """The target in per cent for the set as a whole."""
    questions: tuple[Comparison, ...]

    def __post_init__(self) -> None:
        """Refuse a comparison with something that is not asked."""
        asked = {question.id: question for question in load_survey(self.question_set).questions}
        if sorted(part.id for part in self.questions) != sorted(asked):
            raise ValueError(f"{self.question_set}: needs one comparison for each of {', '.join(asked)}")
        for part in self.questions:
            known = {category.id for category in asked[part.id].categories}
            for name in part.compared:
                if name not in known:
                    raise ValueError(f"{part.id}: there is no category {name!r}")
            for benchmark in part.benchmarks:
                if benchmark.category not in part.compared:
                    raise ValueError(f"{part.id}: {benchmark.category!r} has a benchmark and is not compared")

    def of(self, question_id: str) -> Comparison:
        """The comparison of one question; KeyError if it is not in the set."""
        return {part.id: part for part in self.questions}[question_id]


@functools.cache
def load_benchmarks(question_set: str = QUESTION_SET) -> Benchmarks:
    """Load the benchmarks of a question set; ContentError if they are missing or malformed."""
    return load(FOLDER, question_set, Benchmarks)


class Range(NamedTuple):
    """The least and the most that a count can be, both included."""

    least: int
    most: int

    def __add__(self, other: object) -> Range:
        """The range of the sum of two counts."""
        if not isinstance(other, Range):
            return NotImplemented
        return Range(self.least + other.least, self.most + other.most)


class Interval(NamedTuple):
    """From `low` to `high`, in per cent."""

    low: float
    high: float


class Parts(NamedTuple):
    """The people in one group, and those in the others that it is compared with."""

    group: Range
    others: Range


def wilson(count: float, total: float, z: float = Z95) -> Interval:
    """Wilson's interval for a share, in per cent; 0 to 100 where nobody answered. `z` is the quantile: 95 % as it is.

    Raises:
        ValueError: `count` is not between 0 and `total`.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no share")
    if total == 0:
        return Interval(0.0, 100.0)
    part = count / total
    centre = part + z**2 / (2 * total)
    reach = z * math.sqrt(part * (1 - part) / total + (z / (2 * total)) ** 2)
    scale = 100 / (1 + z**2 / total)
    low = 0.0 if count == 0 else max((centre - reach) * scale, 0.0)
    high = 100.0 if count == total else min((centre + reach) * scale, 100.0)
    return Interval(low, high)


def share(count: Range, rest: Range) -> Interval:
    """The widest 95 % interval of a share, over every count and every rest that are possible.

    A share rises with its count and falls with the rest, and so do both ends of Wilson's interval, so the two corners
    are enough.
    """
    low = wilson(count.least, count.least + rest.most).low
    high = wilson(count.most, count.most + rest.least).high
    return Interval(low, high)


def change(before: Parts, after: Parts, z: float = Z95) -> Interval:
    """The widest interval of a change in share, in points, over all counts that are possible and not of nobody.

    Two groups of other people: Newcombe's hybrid of two Wilson intervals (R. G. Newcombe, 1998, *Interval estimation
    for the difference between independent proportions*, Statistics in Medicine 17, method 10). A share rises with its
    count and falls with the rest, so the extreme counts give the extreme changes.
    """
    low = _newcombe(before.group.most, before.others.least, after.group.least, after.others.most, z).low
    high = _newcombe(before.group.least, before.others.most, after.group.most, after.others.least, z).high
    return Interval(low, high)


def _newcombe(count: int, rest: int, later_count: int, later_rest: int, z: float) -> Interval:
    total, later_total = count + rest, later_count + later_rest
    if not total or not later_total:
        return Interval(-100.0, 100.0)
    before, after = 100 * count / total, 100 * later_count / later_total
    around, later = wilson(count, total, z), wilson(later_count, later_total, z)
    return Interval(
        after - before - math.hypot(after - later.low, around.high - before),
        after - before + math.hypot(later.high - after, before - around.low),
    )


def quantile(comparisons: int) -> float:
    """The quantile for so many 95 % intervals that all hold together 95 times in 100 (Bonferroni)."""
    from statistics import NormalDist  # only the journey wants it

    return NormalDist().inv_cdf(1 - 0.025 / comparisons)


class ChangeVerdict(Enum):
    """How a share changed from one stage to the next, in the words that people read."""

    TOO_FEW = "too few to tell"
    NO_CLEAR_CHANGE = "no clear change"
    DROP = "drop"
    RISE = "rise"


def change_verdict(interval: Interval) -> ChangeVerdict:
    """Judge a change: it shows where the interval leaves out 0; a wide one with 0 inside is unclear."""
    if interval.high < 0:
        return ChangeVerdict.DROP
    if interval.low > 0:
        return ChangeVerdict.RISE
    wide = interval.high - interval.low > WIDEST_TO_TELL
    return ChangeVerdict.TOO_FEW if wide else ChangeVerdict.NO_CLEAR_CHANGE


class Verdict(Enum):
    """How a share compares with a benchmark, in the words that people read."""

    TOO_FEW = "too few to tell"
    IN_LINE = "in line with"
    BELOW = "below"
    ABOVE = "above"


def verdict(interval: Interval, benchmark: float) -> Verdict:
    """Compare: outside the interval is above or below; inside a narrow one is in line; inside a wide one is unclear."""
    if interval.low > benchmark:
        return Verdict.ABOVE
    if interval.high < benchmark:
        return Verdict.BELOW
    return Verdict.TOO_FEW if interval.high - interval.low > WIDEST_TO_TELL else Verdict.IN_LINE


class RateVerdict(Enum):
    """How a response rate compares with its target. It is of everyone who came, so chance plays no part."""

    REACHED = "target reached"
    MISSED = "below target"
    UNCLEAR = "close to target"


def response_rate(declined: Range, people: int) -> Interval:
    """The least and the most that the response rate can be: one less the share who preferred not to say.

    Raises:
        ValueError: nobody was asked.
    """
    if people <= 0:
        raise ValueError("nobody was asked")
    return Interval(100 * (people - declined.most) / people, 100 * (people - declined.least) / people)


def rate_verdict(rate: Interval, target: float) -> RateVerdict:
    """Compare the response rate with its target."""
    if rate.low >= target:
        return RateVerdict.REACHED
    return RateVerdict.MISSED if rate.high < target else RateVerdict.UNCLEAR
