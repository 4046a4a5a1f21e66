"""Conversion: how many of a group are asked at a stage for every hundred asked at the stage before it.

It is about those who were asked, and other people may be asked at each stage, so it can be over a hundred. With B
people at the later stage and A at the earlier, both noisy, the ratio r may be any for which

    (B - rA)² ≤ z² [ (r + r²) A + Gv of B + r² Gv of A ]

as for two Poisson counts (E. C. Fieller, 1954, *Some problems in interval estimation*, JRSS B 16) with the noise of
both. That is wider than if the later were drawn from the earlier. Where no bound follows, too few were asked to tell.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from content.benchmarks import load_benchmarks
from storage.counts.disclosure import OfficeCounts, PublishedTable
from storage.counts.intervals import Interval, quantile_for
from storage.counts.journey import QUESTION
from storage.counts.shares import Part, category_label
from storage.events import Stage

_MOST = 1000
"""For every hundred. A bound beyond says nothing."""


class ConversionFinding(Part, frozen=True):
    """Of one group, from a stage to the next with counts: how many for every hundred."""

    group: str
    label: str
    earlier: str
    later: str
    per_hundred: int | None
    """None where too few were asked to tell."""
    low: int | None
    high: int | None


def conversions(stages: Sequence[tuple[Stage, OfficeCounts]]) -> tuple[ConversionFinding, ...]:
    """Work out every group's conversion from the published tables of the stages, in their order."""
    tables = [(stage, next(one for one in counts.tables if one.question == QUESTION)) for stage, counts in stages]
    pairs = list(itertools.pairwise([one for one in tables if one[1].people is not None]))
    groups = load_benchmarks().of(QUESTION).compared
    z = quantile_for(len(pairs) * len(groups))
    return tuple(
        _conversion(group, earlier, later, ratio(earlier[1], later[1], group, z))
        for earlier, later in pairs
        for group in groups
    )


def ratio(earlier: PublishedTable, later: PublishedTable, group: str, z: float) -> Interval | None:
    """Where the ratio of a group's people may lie, per hundred; None where it may be anything."""
    before, after = earlier.counts[group], later.counts[group]
    people = max(before, 1)
    a = before**2 - z**2 * (people + earlier.variance)
    b = -(2 * before * after + z**2 * people)
    c = after**2 - z**2 * later.variance
    inside = b**2 - 4 * a * c
    if a <= 0 or before <= 0 or inside < 0:
        return None
    low, high = (100 * (-b + sign * math.sqrt(inside)) / (2 * a) for sign in (-1, 1))
    return Interval(max(low, 0.0), high) if 0 < high <= _MOST else None


def _conversion(
    group: str, earlier: tuple[Stage, PublishedTable], later: tuple[Stage, PublishedTable], found: Interval | None
) -> ConversionFinding:
    low, high = found.outwards if found else (None, None)
    per_hundred = round(100 * max(later[1].counts[group], 0) / earlier[1].counts[group]) if found else None
    return ConversionFinding(
        group=group,
        label=category_label(QUESTION, group),
        earlier=earlier[0],
        later=later[0],
        per_hundred=per_hundred,
        low=low,
        high=high,
    )
