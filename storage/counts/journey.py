"""The journey: how the three groups' shares change from stage to stage, as far as published tables tell.

Like `storage.counts.findings`, this knows no exact count.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from content.benchmarks import load_benchmarks
from storage.counts.disclosure import OfficeCounts, PublishedTable
from storage.counts.intervals import WIDEST_TO_TELL, ChangeVerdict, NoisyShare, quantile_for
from storage.counts.shares import (
    ChangeFinding,
    Part,
    ShareFinding,
    category_label,
    change_finding,
    share_finding,
    widest,
)
from storage.events import Stage

FORMAT = "fairstart journey 1"
QUESTION = "occupation"
"""The question whose groups are followed."""
TOO_FEW = "too few to tell"
WITHIN_THE_JOURNEY: frozenset[Stage] = frozenset({"functional skills", "completion", "progression"})
"""Stages at which groups are compared with each other along the journey and not with the country: the toolkit's target
there is comparable rates."""


class StageFinding(Part, frozen=True):
    """One stage."""

    stage: str
    events: int
    people: int | None
    """In the counts; None where that is under the threshold."""
    noise_groups: int
    """How many groups of ten or more people these are, each with noise of its own."""
    waiting: int
    """Responses that are not in this table, because they wait or are in groups with people of other stages."""
    note: str
    """Empty, or why little can be said: “too few to tell”, “nothing yet”."""
    groups: tuple[ShareFinding, ...]


class Journey(Part, frozen=True):
    """All stages, in their order, and what changed between them."""

    format: str
    stages: tuple[StageFinding, ...]
    changes: tuple[ChangeFinding, ...]
    drop: ChangeFinding | None
    """The largest drop that the data supports from a stage to the next, else from the first to the last."""
    benchmark_source: str
    benchmark_year: int
    benchmarks: dict[str, float]
    """By group: its share in the country, in per cent; empty where no stage is compared with it."""


_StageShares = tuple[Stage, dict[str, NoisyShare]]


def journey(stages: Sequence[tuple[Stage, OfficeCounts]]) -> Journey:
    """Work out the journey from the published tables of its stages."""
    known = load_benchmarks()
    comparison = known.of(QUESTION)
    marks = {mark.category: mark.share for mark in comparison.benchmarks}
    tables = [(stage, counts, _table(counts)) for stage, counts in stages]
    shares = [(stage, _shares(table, comparison.compared)) for stage, _, table in tables if table.people is not None]
    steps = list(itertools.pairwise(shares))
    whole = [(shares[0], shares[-1])] if len(steps) > 1 else []
    z = quantile_for((len(steps) + len(whole)) * len(comparison.compared))

    def changed(pairs: list[tuple[_StageShares, _StageShares]]) -> tuple[ChangeFinding, ...]:
        return tuple(
            change_finding((group, category_label(QUESTION, group)), (before, earlier[group]), (after, later[group]), z)
            for (before, earlier), (after, later) in pairs
            for group in comparison.compared
        )

    at_steps, overall = changed(steps), changed(whole)
    return Journey(
        format=FORMAT,
        stages=tuple(_stage(stage, counts, table, comparison.compared, marks) for stage, counts, table in tables),
        changes=at_steps + overall,
        drop=_largest_drop(at_steps) or _largest_drop(overall),
        benchmark_source=known.source,
        benchmark_year=known.year,
        benchmarks=marks if any(stage not in WITHIN_THE_JOURNEY for stage, _ in stages) else {},
    )


def _largest_drop(changes: tuple[ChangeFinding, ...]) -> ChangeFinding | None:
    drops = [one for one in changes if one.verdict == ChangeVerdict.DROP.value]
    return min(drops, key=lambda one: one.low + one.high, default=None)


def _table(counts: OfficeCounts) -> PublishedTable:
    return next(table for table in counts.tables if table.question == QUESTION)


def _shares(table: PublishedTable, compared: tuple[str, ...]) -> dict[str, NoisyShare]:
    shares = ((group, table.share(group, compared)) for group in compared)
    return {group: share for group, share in shares if share is not None}


def _stage(
    stage: Stage, counts: OfficeCounts, table: PublishedTable, compared: tuple[str, ...], marks: dict[str, float]
) -> StageFinding:
    compared_with = {} if stage in WITHIN_THE_JOURNEY else marks
    groups = tuple(share_finding(group, table, compared, compared_with.get(group)) for group in compared)
    unclear = widest(groups) > WIDEST_TO_TELL
    return StageFinding(
        stage=stage,
        events=len(counts.events),
        people=table.people,
        noise_groups=table.groups,
        waiting=counts.waiting + counts.elsewhere + counts.dropped,
        note="nothing yet" if table.people is None else TOO_FEW if unclear else "",
        groups=groups,
    )
