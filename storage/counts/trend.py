"""The trend: how shares and the response rate change from quarter to quarter, or from year to year.

Like the journey, this knows no exact count, and names a change only where neither chance nor noise explains it, for all
changes that were looked at together: each share and the response rate from every period with counts to the next, and
from the first to the last. The response rate of a period is of everybody asked, so its range allows for noise alone;
whether it changed is judged as if chance decided who answers.

Measured by `python -m tests.storage.counts.coverage` over 2 to 12 periods of 20 to 400 people, all with the same
shares: a change is named in at most 5 of 100 trends.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal

from content.benchmarks import Benchmarks, load_benchmarks
from storage.counts.disclosure import OfficeCounts, PublishedTable
from storage.counts.intervals import WIDEST_TO_TELL, NoisyRate, NoisyShare, quantile_for
from storage.counts.journey import TOO_FEW, WITHIN_THE_JOURNEY
from storage.counts.rates import Came, RateFinding, asked, declined, rate_finding
from storage.counts.shares import (
    ChangeFinding,
    Part,
    ShareFinding,
    category_label,
    change_finding,
    narrowest,
    share_finding,
)
from storage.events import Stage

FORMAT = "fairstart trend 1"
RATE = "response_rate"
"""In the place of a category, in changes of the response rate."""
RATE_LABEL = "Response rate of those asked"

By = Literal["quarter", "year"]


class PeriodFinding(Part, frozen=True):
    """One quarter or year."""

    period: str
    """Such as 2026 Q4 or 2026."""
    events: int
    people: int | None
    """In the counts; None where that is under the threshold."""
    noise_groups: int
    """How many groups of ten or more people these are, each with noise of its own."""
    waiting: int
    """Responses that are not in this table, because they wait or are in groups with people of other periods."""
    note: str
    """Empty, or why little can be said: “too few to tell”, “nothing yet”."""
    response_rate: RateFinding | None
    shares: tuple[ShareFinding, ...]
    """In the order of `Trend.shares`."""


class ShareName(Part, frozen=True):
    """One share that is followed."""

    question: str
    id: str
    label: str


class Trend(Part, frozen=True):
    """All periods, from the first to the last, and what changed between them."""

    format: str
    by: str
    """`quarter` or `year`."""
    stages: tuple[str, ...]
    """Of the events; where they are several, shares also change when the mix of stages does."""
    shares: tuple[ShareName, ...]
    periods: tuple[PeriodFinding, ...]
    changes: tuple[ChangeFinding, ...]
    benchmark_source: str
    benchmark_year: int


_Estimates = dict[tuple[str, str], NoisyShare | NoisyRate]
"""By category, or `RATE`, and what that is called."""


def trend(by: By, stages: Sequence[Stage], periods: Sequence[tuple[str, OfficeCounts]]) -> Trend:
    """Work out the trend from the published tables of its periods.

    Args:
        by: what the periods are.
        stages: of the events in all of them.
        periods: from the first to the last.
    """
    known = load_benchmarks()
    names = tuple(_followed(known))
    compared_with_country = len(stages) == 1 and not WITHIN_THE_JOURNEY.intersection(stages)
    estimates = [(period, _estimates(counts, names, known)) for period, counts in periods]
    told = [one for one in estimates if one[1]]
    pairs = list(itertools.pairwise(told))
    if len(pairs) > 1:
        pairs.append((told[0], told[-1]))
    looked_at = [(key, pair) for pair in pairs for key in pair[0][1] if key in pair[1][1]]
    z = quantile_for(len(looked_at))
    return Trend(
        format=FORMAT,
        by=by,
        stages=tuple(stages),
        shares=names,
        periods=tuple(
            _period(period, counts, names, known, compared_with_country=compared_with_country)
            for period, counts in periods
        ),
        changes=tuple(
            change_finding(key, (before, earlier[key]), (after, later[key]), z)
            for key, ((before, earlier), (after, later)) in looked_at
        ),
        benchmark_source=known.source,
        benchmark_year=known.year,
    )


def _followed(known: Benchmarks) -> Iterator[ShareName]:
    """Each share that is compared; of two that are all, the one that a benchmark is about, or the first."""
    for comparison in known.questions:
        followed = comparison.compared
        if len(followed) == 2:  # noqa: PLR2004 - a share and the rest
            followed = tuple(mark.category for mark in comparison.benchmarks) or followed[:1]
        for category in followed:
            yield ShareName(question=comparison.id, id=category, label=category_label(comparison.id, category))


def _tables(counts: OfficeCounts) -> dict[str, PublishedTable]:
    """Those that are told, by question."""
    return {table.question: table for table in counts.tables if table.people is not None}


def _estimates(counts: OfficeCounts, names: Sequence[ShareName], known: Benchmarks) -> _Estimates:
    tables = _tables(counts)
    found: _Estimates = {}
    for name in names:
        table = tables.get(name.question)
        share = table.share(name.id, known.of(name.question).compared) if table else None
        if share:
            found[name.id, name.label] = share
    if tables:
        told, number = list(tables.values()), len(tables)
        answered = (asked(told) - declined(told)) / number
        variance = sum(table.variance for table in told) / number**2
        found[RATE, RATE_LABEL] = NoisyRate(asked(told) // number, answered, variance)
    return found


def _period(
    period: str,
    counts: OfficeCounts,
    names: Sequence[ShareName],
    known: Benchmarks,
    *,
    compared_with_country: bool,
) -> PeriodFinding:
    tables = _tables(counts)
    all_tables = {table.question: table for table in counts.tables}
    shares = tuple(
        share_finding(
            name.id,
            all_tables[name.question],
            known.of(name.question).compared,
            _benchmark(known, name) if compared_with_country else None,
        )
        for name in names
    )
    people = max((table.people or 0 for table in tables.values()), default=None)
    return PeriodFinding(
        period=period,
        events=len(counts.events),
        people=people,
        noise_groups=max((table.groups for table in tables.values()), default=0),
        waiting=counts.waiting + counts.elsewhere + counts.dropped,
        note="nothing yet" if people is None else TOO_FEW if narrowest(shares) > WIDEST_TO_TELL else "",
        response_rate=rate_finding(list(tables.values()), known.response_rate, Came()) if tables else None,
        shares=shares,
    )


def _benchmark(known: Benchmarks, name: ShareName) -> float | None:
    marks = known.of(name.question).benchmarks
    return next((mark.share for mark in marks if mark.category == name.id), None)
