"""What tables can be about: all events, or those with certain labels, in any combination.

Labels say nothing about who is in a group, so they can be corrected at any time: the groups and their noise stay.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Literal, NamedTuple, Self, TypeVar, get_args

from content.survey import Survey, load_survey
from storage.counts.disclosure import GroupSum, OfficeCounts
from storage.counts.noise import NoisyGroup
from storage.counts.trend import By
from storage.events import STAGES, Event, Stage

Kind = Literal["stage", "level", "place", "year", "quarter", "event"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LEVELS = (2, 3, 4, 5, 6, 7)
"""Apprenticeship levels in England."""
MOST_PEOPLE = 1_000_000
"""A head-count above this is a slip of the keyboard."""

Thing = TypeVar("Thing")


class Label(NamedTuple):
    """One thing that is so of an event."""

    kind: Kind
    value: str
    """The stage, level, place or quarter; an event's id in hexadecimal digits."""


@dataclass(frozen=True)
class OfficeEvent:
    """An event that exports have come from."""

    event: Event
    responses: int
    unreadable: int
    """Of these, how many do not open and are in no count."""
    waiting: int
    """Of these, how many are in no group yet."""
    kiosks: int
    head_count: int | None
    """How many people came, as somebody counted; None where nobody did."""
    level: int | None
    sealed_for: tuple[bytes, ...] = ()
    """The ids that its responses were sealed for, where there are several or it is called otherwise now."""
    place: str = ""
    """As tables spell its place, where there are several spellings; else empty."""
    last_day: dt.date | None = None
    """Where somebody has said that it lasted several days."""
    sealed: int = 0
    """Of its responses, how many are still held in their sealed form."""
    dropped: int = 0
    """Of its responses, how many were deleted before they were in a group."""
    deleted_on: dt.date | None = None
    """When responses of it were last deleted."""
    removed: bool = False
    """Whether it was taken out of the lists and tables, as a test."""
    asks: tuple[Survey, ...] = field(default_factory=lambda: (load_survey(),), repr=False)
    """What people were asked: one set; of feedback, one for each list that they chose from."""
    feedback: OfficeEvent | None = None
    """What people were asked about the event itself: the same event with the numbers of that; None where nobody was."""

    @property
    def all_ids(self) -> tuple[bytes, ...]:
        """The ids that its responses and the feedback on it were sealed for."""
        return (*self.ids, *(self.feedback.ids if self.feedback else ()))

    @property
    def all_sealed(self) -> int:
        """How many responses are still held in their sealed form, feedback among them."""
        return self.sealed + (self.feedback.sealed if self.feedback else 0)

    @property
    def ids(self) -> tuple[bytes, ...]:
        """Of the event in every spelling, as laptops have it."""
        return self.sealed_for or (self.event.id,)

    @property
    def head_count_holds(self) -> bool:
        """Whether at least as many people came as have answered: more may have been brought in since it was typed."""
        return self.head_count is not None and self.head_count >= self.responses

    @property
    def ends(self) -> dt.date:
        """Its last day, or its only one."""
        return self.last_day or self.event.date

    @property
    def quarter(self) -> str:
        """The calendar quarter of its date, such as 2026 Q4."""
        return f"{self.event.date.year} Q{(self.event.date.month + 2) // 3}"

    @functools.cached_property
    def labels(self) -> frozenset[Label]:
        """All that is so of it."""
        level = () if self.level is None else (Label("level", str(self.level)),)
        return frozenset(
            (
                Label("stage", self.event.stage),
                *level,
                Label("place", self.place or self.event.place),
                Label("year", str(self.event.date.year)),
                Label("quarter", self.quarter),
                Label("event", self.event.id.hex()),
            )
        )


@dataclass(frozen=True)
class Scope:
    """What a table is about: the events that have all of these labels."""

    labels: frozenset[Label] = frozenset()

    @classmethod
    def of(cls, chosen: Mapping[Kind, str]) -> Self:
        """The scope with one label of each kind that is chosen."""
        return cls(frozenset(Label(kind, value) for kind, value in chosen.items()))

    def value(self, kind: Kind) -> str:
        """Its label of a kind; empty where it has none."""
        return next((label.value for label in self.labels if label.kind == kind), "")

    def having(self, kind: Kind, value: str) -> Self:
        """The part of it that has this label as well."""
        return type(self)(self.labels | {Label(kind, value)})

    def covers(self, one: OfficeEvent) -> bool:
        """Whether it is about this event."""
        return self.labels <= one.labels


class _Labelled(Generic[Thing]):
    """Things with labels, found by their labels: a scope costs what its rarest label has, not what there is."""

    def __init__(self, things: Iterable[tuple[frozenset[Label], Thing]]) -> None:
        self._all = list(things)
        self._by_label: dict[Label, list[tuple[frozenset[Label], Thing]]] = {}
        for one in self._all:
            for label in one[0]:
                self._by_label.setdefault(label, []).append(one)

    def with_all(self, labels: frozenset[Label]) -> list[Thing]:
        """Those that have all of these, in their order."""
        rarest = min((self._by_label.get(label, []) for label in labels), key=len, default=self._all)
        return [thing for has, thing in rarest if labels <= has]


class Tables:
    """Every published table of some groups, in every scope, each made when it is first asked for.

    All tables of one label together take one pass over events and groups for each kind of label.
    """

    def __init__(self, events: Sequence[OfficeEvent], groups: Iterable[tuple[Mapping[bytes, int], NoisyGroup]]) -> None:
        """Make them.

        A group whose people all came to removed events is in no table. One that others are in as well is never taken
        apart: it stays in every table that it was in.

        Args:
            events: every one, in the order in which they are listed, and those that were removed.
            groups: every one, with how many of its people came to which event.
        """
        labels = {id_: one.labels for one in events for id_ in one.ids}
        removed = {id_ for one in events if one.removed for id_ in one.ids}
        counted = [(members, group) for members, group in groups if not members.keys() <= removed]
        still = Counter[bytes]()
        for members, _ in counted:
            still.update({id_: people for id_, people in members.items() if id_ in removed})
        self._events = _Labelled(
            (one.labels, _only_counted(one, sum(still[id_] for id_ in one.ids)) if one.removed else one)
            for one in events
        )
        self._groups = _Labelled(
            (frozenset.intersection(*(labels[id_] for id_ in members)), group) for members, group in counted
        )
        """Each by the labels that all of its events have: it is in the tables of these, and of no others."""
        self._sums: dict[Scope, GroupSum] = {}
        self._standing: dict[Scope, Scope] = {}
        self._first: dict[tuple[int, ...], Scope] = {}
        """By the events that it covers, removed ones among them, the first scope that was asked for."""

    def standing_for(self, scope: Scope) -> Scope:
        """The scope that stands for all that cover the same events: their tables are the same, and made once.

        In a country's worth of events two scopes in three are such: a place in a quarter is often one event.
        """
        standing = self._standing.get(scope)
        if standing is None:
            covered = tuple(map(id, self._events.with_all(scope.labels)))
            standing = self._standing[scope] = self._first.setdefault(covered, scope)
        return standing

    def events(self, scope: Scope) -> list[OfficeEvent]:
        """The events that a scope covers, in their order."""
        return [one for one in self._events.with_all(scope.labels) if not one.removed]

    def counts(self, scope: Scope, threshold: int) -> OfficeCounts:
        """The published tables of a scope: one for each question that its events ask."""
        covered = self.events(scope)
        surveys = dict.fromkeys(survey for one in covered for survey in one.asks) or (load_survey(),)
        asked = {question.id: (question, survey) for survey in surveys for question in survey.questions}
        total = self._sum(scope)
        labelled = self._events.with_all(scope.labels)
        held = sum(one.responses for one in labelled)
        unreadable = sum(one.unreadable for one in labelled)
        waiting = sum(one.waiting for one in labelled)
        dropped = sum(one.dropped for one in labelled)
        heads = [one.head_count if one.head_count_holds else None for one in covered]
        return OfficeCounts(
            events=tuple(one.event for one in covered),
            tables=tuple(total.publish(id_, threshold, survey) for id_, (_, survey) in asked.items()),
            questions=tuple(question for question, _ in asked.values()),
            threshold=threshold,
            held=held,
            in_counts=total.people,
            elsewhere=held - unreadable - waiting - dropped - total.people,
            waiting=waiting,
            unreadable=unreadable,
            head_count=None if None in heads or not heads else sum(head for head in heads if head is not None),
            uncounted=heads.count(None),
            dropped=dropped,
        )

    def stages(self, scope: Scope, threshold: int) -> list[tuple[Stage, OfficeCounts]]:
        """The published tables of each stage that a scope has events of, in the order of the journey."""
        known = {one.event.stage for one in self.events(scope)}
        return [(stage, self.counts(scope.having("stage", stage), threshold)) for stage in STAGES if stage in known]

    def periods(self, scope: Scope, threshold: int, by: By) -> list[tuple[str, OfficeCounts]]:
        """The published tables of each quarter or year that a scope has events of, from the first to the last."""
        known = {label.value for one in self.events(scope) for label in one.labels if label.kind == by}
        return [(value, self.counts(scope.having(by, value), threshold)) for value in sorted(known)]

    def scopes(self, threshold: int) -> list[Scope]:
        """Every scope that has a table: each event, and each choice of stage, level, place and year or quarter."""
        events = self.events(Scope())
        chosen = {frozenset({Label("event", one.event.id.hex())}) for one in events}
        for labels in {frozenset(label for label in one.labels if label.kind != "event") for one in events}:
            chosen |= {
                frozenset(some)
                for number in range(len(labels) + 1)
                for some in itertools.combinations(labels, number)
                if not {"year", "quarter"} <= {label.kind for label in some}
            }
        order = {label: place for place, label in enumerate(ordered_labels(events))}
        told = (scope for labels in chosen if self._sum(scope := Scope(labels)).people >= threshold)
        return sorted(told, key=lambda scope: (len(scope.labels), sorted(map(order.__getitem__, scope.labels))))

    def _sum(self, scope: Scope) -> GroupSum:
        standing = self.standing_for(scope)
        if standing not in self._sums:
            self._sums[standing] = GroupSum.of(self._groups.with_all(standing.labels))
        return self._sums[standing]


def _only_counted(removed: OfficeEvent, still: int) -> OfficeEvent:
    """What tables see of a removed event: those in groups with people of other events, and nobody else."""
    return replace(removed, responses=still, waiting=0, unreadable=0, dropped=0)


def ordered_labels(events: Sequence[OfficeEvent]) -> list[Label]:
    """Every label there is: stages as along the journey, levels, places; years, quarters and events as they are listed.

    Args:
        events: every one, in the order in which they are listed.
    """
    years_and_quarters = (when for one in events for when in (str(one.event.date.year), one.quarter))
    order: list[str] = [*STAGES, *years_and_quarters, *(one.event.id.hex() for one in events)]
    known = {value: number for number, value in reversed(list(enumerate(order)))}
    labels = {label for one in events for label in one.labels}
    return sorted(labels, key=lambda label: (KINDS.index(label.kind), known.get(label.value, 0), label.value))
