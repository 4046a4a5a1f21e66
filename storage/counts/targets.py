"""Targets: what an office wants to reach, where it stands now, and how sure that is.

A share and a response rate are judged by their intervals, as all that is worked out from noisy counts. Numbers of
people and of checklist items are exact: where they have a day to be reached by, they are on course as long as they grow
as fast as it takes from the day on which the target was set. There is no score over several targets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Literal, get_args

import msgspec

from content.benchmarks import load_benchmarks
from storage.counts.disclosure import OfficeCounts, PublishedTable
from storage.counts.intervals import WIDEST_TO_TELL, Interval
from storage.counts.rates import Came, rate_finding
from storage.counts.shares import Part, category_label, share_finding
from storage.events import Stage

Kind = Literal["share", "response rate", "people", "items"]
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["reached", "on course", "not yet", "too few to tell"]


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be reached."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
    kind: Kind
    value: Annotated[float, msgspec.Meta(ge=0)]
    """In per cent, or a number of people or items."""
    at_most: bool = False
    """Of a share: whether it is to be no more than that, instead of no less."""
    category: str = ""
    """Of a share: of which category."""
    stage: Stage | Literal[""] = ""
    """At which stage; empty for all."""
    by: dt.date | None = None
    """The day by which it is to be reached."""
    since: dt.date
    """The day on which it was set."""


class TargetFinding(Part, frozen=True):
    """Where a target stands."""

    id: str
    kind: str
    what: str
    """The category's name, or what is counted."""
    stage: str
    at_most: bool
    value: float
    by: str | None
    now: int | None
    """A share in whole per cent, or a number; None for a response rate, which has a range, and for too few."""
    low: int | None
    high: int | None
    """The interval of the share, or the range of the response rate, in per cent."""
    people: int | None
    """How many people these are of: those who were asked; None for a number, and where too few were."""
    distance: float | None
    """How far it is from there to the target, in points or as a number; 0 where it is reached."""
    state: State


WHAT: dict[Kind, str] = {
    "response rate": "Response rate of those asked",
    "people": "People who answered",
    "items": "Checklist items done",
}


def target_finding(target: Target, counts: OfficeCounts, done: int, today: dt.date) -> TargetFinding:
    """Work out where a target stands.

    Args:
        target: which.
        counts: the published tables of its stage.
        done: how many checklist items are done.
        today: how far its time has gone.
    """
    found = _measured(target, counts, done)
    if target.kind in {"people", "items"}:
        now = found.now or 0
        state = _in_time(target, now, today)
        distance: float | None = max(target.value - now, 0)
    else:
        state, distance = judged(target, found.now, found.low, found.high)
    return TargetFinding(
        id=target.id,
        kind=target.kind,
        what=WHAT[target.kind] if target.kind != "share" else category_label(_question_of(target), target.category),
        stage=target.stage,
        at_most=target.at_most,
        value=target.value,
        by=target.by.isoformat() if target.by else None,
        now=found.now,
        low=found.low,
        high=found.high,
        people=found.people,
        distance=distance,
        state=state,
    )


def shares_to_aim_at() -> dict[str, str]:
    """Each category that a share can be aimed at, and what it is called."""
    compared = ((one.id, category) for one in load_benchmarks().questions for category in one.compared)
    return {category: category_label(question, category) for question, category in compared}


class _Measured(msgspec.Struct, frozen=True):
    now: int | None
    low: int | None = None
    high: int | None = None
    people: int | None = None


def _measured(target: Target, counts: OfficeCounts, done: int) -> _Measured:
    if target.kind == "people":
        return _Measured(counts.held)
    if target.kind == "items":
        return _Measured(done)
    if target.kind == "share":
        question = _question_of(target)
        table = next(table for table in counts.tables if table.question == question)
        share = share_finding(target.category, table, load_benchmarks().of(question).compared, None)
        return _Measured(share.share, share.low, share.high, table.people)
    tables: Sequence[PublishedTable] = [table for table in counts.tables if table.people is not None]
    if not tables:
        return _Measured(None)
    rate = rate_finding(tables, target.value, Came())
    return _Measured(None, rate.low, rate.high, max(table.people or 0 for table in tables))


def _question_of(target: Target) -> str:
    return next(one.id for one in load_benchmarks().questions if target.category in one.compared)


def judged(target: Target, now: int | None, low: int | None, high: int | None) -> tuple[State, float | None]:
    """What an interval supports, and how far its nearer end, or the share, is from the target.

    Args:
        target: a share or a response rate.
        now: the share, where it is told.
        low: the lower end of its interval, in per cent; None where too few were asked.
        high: the upper end.
    """
    if low is None or high is None:
        return "too few to tell", None
    interval = Interval(low, high)
    reached = interval.high <= target.value if target.at_most else interval.low >= target.value
    if reached:
        return "reached", 0
    missed = interval.low > target.value if target.at_most else interval.high < target.value
    stands = now if now is not None else (interval.low if target.at_most else interval.high)
    distance = max(stands - target.value if target.at_most else target.value - stands, 0)
    if missed:
        return "not yet", distance
    return ("too few to tell" if interval.high - interval.low > WIDEST_TO_TELL else "on course"), distance


def _in_time(target: Target, now: int, today: dt.date) -> State:
    """Of a number that grows: whether it is there, or as far as its time has gone."""
    if now >= target.value:
        return "reached"
    if target.by is None or today > target.by:
        return "not yet"
    days = max((target.by - target.since).days, 1)
    gone = min(max((today - target.since).days, 0), days)
    return "on course" if now >= target.value * gone / days and now else "not yet"
