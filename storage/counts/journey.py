"""The journey: how the three groups' shares change from stage to stage, as far as published tables tell.

Like `storage.counts.findings`, this knows no exact count. A change is named only where chance and noise are an unlikely
reason for it, even though several changes were looked at: its interval is widened for the number of them (Bonferroni).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec

from content.benchmarks import load_benchmarks
from content.survey import load_survey
from storage.counts.disclosure import OfficeCounts, PublishedTable, rounded
from storage.counts.intervals import (
    WIDEST_TO_TELL,
    ChangeVerdict,
    Interval,
    NoisyShare,
    change,
    change_verdict,
    quantile_for,
    quantile_of,
    verdict,
    whole,
)
from storage.events import Stage

FORMAT = "fairstart journey 1"
QUESTION = "occupation"
"""The question whose groups are followed."""
TOO_FEW = "too few to tell"
WITHIN_THE_JOURNEY: frozenset[Stage] = frozenset({"functional skills", "completion", "progression"})
"""Stages at which groups are compared with each other along the journey and not with the country: the toolkit's target
there is comparable rates."""


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the document."""


class GroupAtStage(_Part, frozen=True):
    """One group at one stage."""

    id: str
    label: str
    count: int | None
    """With its noise, signed; None where too few were asked for a table."""
    rounded: int | None
    """The same as people are told it: to the nearest 5; None where it is under 10."""
    share: int | None
    """In per cent of the three groups; None where `rounded` is."""
    low: int | None
    high: int | None
    """The interval of the share, in per cent."""
    benchmark: float | None
    """Its share in the country, in per cent; None at the stages that are not compared with it."""
    verdict: str | None
    """How the share compares with that."""


class StageFinding(_Part, frozen=True):
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
    groups: tuple[GroupAtStage, ...]


class ChangeFinding(_Part, frozen=True):
    """How one group's share changed from a stage to the next with counts, or from the first to the last, in points."""

    group: str
    label: str
    earlier: str
    later: str
    low: int
    high: int
    """The interval of the change, widened for the number of changes looked at."""
    verdict: str


class Journey(_Part, frozen=True):
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
        return tuple(_change(group, *pair, z) for pair in pairs for group in comparison.compared)

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


def _label(group: str) -> str:
    question = next(question for question in load_survey().questions if question.id == QUESTION)
    return next(category.label for category in question.categories if category.id == group)


def _stage(
    stage: Stage, counts: OfficeCounts, table: PublishedTable, compared: tuple[str, ...], marks: dict[str, float]
) -> StageFinding:
    compared_with = {} if stage in WITHIN_THE_JOURNEY else marks
    groups = tuple(_group(group, table, compared, compared_with.get(group)) for group in compared)
    widest = max((one.high - one.low for one in groups if one.low is not None and one.high is not None), default=0)
    return StageFinding(
        stage=stage,
        events=len(counts.events),
        people=table.people,
        noise_groups=table.groups,
        waiting=counts.waiting + counts.elsewhere + counts.dropped,
        note="nothing yet" if table.people is None else TOO_FEW if widest > WIDEST_TO_TELL else "",
        groups=groups,
    )


def _group(group: str, table: PublishedTable, compared: tuple[str, ...], benchmark: float | None) -> GroupAtStage:
    count = table.counts.get(group)
    shown = None if count is None else rounded(count)
    share = table.share(group, compared)
    interval = Interval(*share.interval(quantile_of(share.compared)).outwards) if share else None
    return GroupAtStage(
        id=group,
        label=_label(group),
        count=count,
        rounded=shown,
        share=whole(share.per_cent) if share and shown is not None else None,
        low=int(interval.low) if interval else None,
        high=int(interval.high) if interval else None,
        benchmark=benchmark if interval else None,
        verdict=verdict(interval, benchmark).value if interval and benchmark is not None else None,
    )


def _change(group: str, earlier: _StageShares, later: _StageShares, z: float) -> ChangeFinding:
    interval = Interval(*change(earlier[1][group], later[1][group], z).outwards)
    return ChangeFinding(
        group=group,
        label=_label(group),
        earlier=earlier[0],
        later=later[0],
        low=int(interval.low),
        high=int(interval.high),
        verdict=change_verdict(interval).value,
    )
