"""The journey: how the three groups' shares change from stage to stage, as far as published tables tell.

Like `storage.findings`, this knows no exact count. A change is named only where chance is an unlikely reason for it,
even though several changes were looked at: its interval is widened for the number of them (Bonferroni).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import msgspec

from content.benchmarks import (
    WIDEST_TO_TELL,
    ChangeVerdict,
    Interval,
    Parts,
    Range,
    change,
    change_verdict,
    load_benchmarks,
    quantile,
    share,
)
from content.survey import load_survey
from storage.disclosure import OfficeCounts, PublishedTable
from storage.events import Stage

FORMAT = "fairstart journey 1"
QUESTION = "occupation"
"""The question whose groups are followed."""
TOO_FEW = "too few to tell"


_Usable = tuple[Stage, PublishedTable]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the document."""


class GroupAtStage(_Part, frozen=True):
    """One group at one stage."""

    id: str
    label: str
    count: int | None
    """Rounded to the nearest 5; None where it is fewer than 10 or held back."""
    share: int | None
    """In per cent of the three groups; None where it cannot be told."""
    low: int | None
    high: int | None
    """The 95 % interval of the share, in per cent."""


class StageFinding(_Part, frozen=True):
    """One stage."""

    stage: str
    events: int
    people: int | None
    """In the counts; None where that is under 10."""
    waiting: int
    """Responses that are not in this table, because they wait or are counted in wider tables only."""
    told: str
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
    """By group: its share in the country, in per cent."""


def journey(stages: Sequence[tuple[Stage, OfficeCounts]]) -> Journey:
    """Work out the journey from the published tables of its stages."""
    known = load_benchmarks()
    comparison = known.of(QUESTION)
    tables = [(stage, counts, _table(counts)) for stage, counts in stages]
    usable = [(stage, table) for stage, _, table in tables if table.people is not None and not table.blank]
    steps = list(itertools.pairwise(usable))
    whole = [(usable[0], usable[-1])] if len(steps) > 1 else []
    z = quantile(max((len(steps) + len(whole)) * len(comparison.compared), 1))

    def changed(pairs: list[tuple[_Usable, _Usable]]) -> tuple[ChangeFinding, ...]:
        return tuple(_change(group, *pair, z, comparison.compared) for pair in pairs for group in comparison.compared)

    at_steps, overall = changed(steps), changed(whole)
    return Journey(
        format=FORMAT,
        stages=tuple(_stage(stage, counts, table, comparison.compared) for stage, counts, table in tables),
        changes=at_steps + overall,
        drop=_largest_drop(at_steps) or _largest_drop(overall),
        benchmark_source=known.source,
        benchmark_year=known.year,
        benchmarks={mark.category: mark.share for mark in comparison.benchmarks},
    )


def _largest_drop(changes: tuple[ChangeFinding, ...]) -> ChangeFinding | None:
    drops = [one for one in changes if one.verdict == ChangeVerdict.DROP.value]
    return min(drops, key=lambda one: one.low + one.high, default=None)


def _table(counts: OfficeCounts) -> PublishedTable:
    return next(table for table in counts.tables if table.question == QUESTION)


def _label(group: str) -> str:
    question = next(question for question in load_survey().questions if question.id == QUESTION)
    return next(category.label for category in question.categories if category.id == group)


def _stage(stage: Stage, counts: OfficeCounts, table: PublishedTable, compared: tuple[str, ...]) -> StageFinding:
    groups = tuple(_group(group, table, compared) for group in compared)
    if table.people is None:
        told = "nothing yet"
    else:
        widest = max(
            (one.high - one.low for one in groups if one.low is not None and one.high is not None), default=100
        )
        told = TOO_FEW if widest > WIDEST_TO_TELL else ""
    return StageFinding(
        stage=stage,
        events=len(counts.events),
        people=table.people,
        waiting=counts.waiting + counts.elsewhere,
        told=told,
        groups=groups,
    )


def _group(group: str, table: PublishedTable, compared: tuple[str, ...]) -> GroupAtStage:
    count = table.counts[group]
    shown = [table.counts[name] for name in compared]
    whole = None if None in shown else sum(number for number in shown if number is not None)
    told = table.people is not None and not table.blank
    interval = share(*_parts(group, table, compared)) if told else None
    return GroupAtStage(
        id=group,
        label=_label(group),
        count=count,
        share=math.floor(100 * count / whole + 0.5) if count is not None and whole else None,
        low=math.floor(interval.low) if interval else None,
        high=math.ceil(interval.high) if interval else None,
    )


def _change(
    group: str,
    earlier: _Usable,
    later: _Usable,
    z: float,
    compared: tuple[str, ...],
) -> ChangeFinding:
    interval = change(_parts(group, earlier[1], compared), _parts(group, later[1], compared), z)
    whole = Interval(math.floor(interval.low), math.ceil(interval.high))
    return ChangeFinding(
        group=group,
        label=_label(group),
        earlier=earlier[0],
        later=later[0],
        low=int(whole.low),
        high=int(whole.high),
        verdict=change_verdict(whole).value,
    )


def _parts(group: str, table: PublishedTable, compared: tuple[str, ...]) -> Parts:
    rest = sum((table.counted(name) for name in compared if name != group), Range(0, 0))
    return Parts(table.counted(group), rest)
