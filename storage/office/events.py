"""What the office knows of each event that exports have come from, as it is called there now.

What an event is called can be corrected; its responses stay sealed to the event that laptops knew, and its groups stay
what they are. FORMAT.md, section 18.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self, TypedDict

import msgspec
from msgspec import structs

from storage.events import Event, EventText, Stage, parse_event
from storage.names import name_key
from storage.office.groups import MemberRow, WaitingRow
from storage.office.labels import LEVELS, MOST_PEOPLE, OfficeEvent
from storage.office.store import OfficeStore, Read

Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Number = Annotated[int, msgspec.Meta(ge=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Kind = Literal["corrected", "merged", "removed"]
_HeadCount = Annotated[int, msgspec.Meta(ge=0, le=MOST_PEOPLE)]
_Level = Annotated[int, msgspec.Meta(ge=LEVELS[0], le=LEVELS[-1])]

CorrectionRow = tuple[Number, Id, Kind, bytes]
"""Of a correction: its number, an event that it is about, what it does, what the event is called from then on."""


class Labels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an event is called, and what tables are chosen by: all that can be corrected."""

    name: EventText
    place: EventText
    date: dt.date
    last_day: dt.date | None = None
    """Where it lasted several days."""
    stage: Stage

    @classmethod
    def of(cls, event: Event, last_day: dt.date | None = None) -> Self:
        """As an event has them."""
        return cls(name=event.name, place=event.place, date=event.date, last_day=last_day, stage=event.stage)

    def on(self, event: Event) -> Event:
        """An event with these."""
        return structs.replace(event, name=self.name, place=self.place, date=self.date, stage=self.stage)


class _Held(TypedDict):
    """The numbers of an `OfficeEvent`."""

    responses: int
    unreadable: int
    waiting: int
    sealed: int
    dropped: int
    deleted_on: dt.date | None


@dataclass
class _Numbers:
    """How many there are of each event."""

    responses: Counter[bytes] = field(default_factory=Counter)
    sealed: Counter[bytes] = field(default_factory=Counter)
    unreadable: Counter[bytes] = field(default_factory=Counter)
    waiting: Counter[bytes] = field(default_factory=Counter)
    dropped: Counter[bytes] = field(default_factory=Counter)
    deleted_on: dict[bytes, dt.date] = field(default_factory=dict)

    def of(self, ids: Iterable[bytes]) -> _Held:
        """Those of an event, or the feedback on it, in every spelling."""
        ids = list(ids)
        return _Held(
            responses=sum(self.responses[id_] for id_ in ids),
            unreadable=sum(self.unreadable[id_] for id_ in ids),
            waiting=sum(self.waiting[id_] for id_ in ids),
            sealed=sum(self.sealed[id_] for id_ in ids),
            dropped=sum(self.dropped[id_] for id_ in ids),
            deleted_on=max((day for id_ in ids if (day := self.deleted_on.get(id_))), default=None),
        )


def read_corrections(read: Read) -> list[CorrectionRow]:
    """Every row of a correction, the first correction first."""
    query = "SELECT number, event, kind, labels FROM correction ORDER BY number, event"
    return msgspec.convert(list(read(query, ())), list[CorrectionRow])


def read_events(store: OfficeStore) -> list[OfficeEvent]:
    """Every event, newest first, those that were removed among them.

    Raises:
        StoreError: the store cannot be read; StoreDamagedError where it is not as it was written.
    """
    with store.reading() as read:
        query = "SELECT id, described, head_count, level FROM event"
        described = msgspec.convert(list(read(query, ())), list[tuple[Id, bytes, _HeadCount | None, _Level | None]])
        events = {id_: parse_event(content) for id_, content, _, _ in described}
        if any(event.id != id_ or not event.is_known for id_, event in events.items()):
            raise store.damaged
        feedback = {id_: events.pop(id_) for id_, event in list(events.items()) if event.is_feedback}
        if not {event.about.id for event in feedback.values()} <= events.keys():
            raise store.damaged
        numbers = _read_numbers(store, read)
        corrections = read_corrections(read)
        about = {id_ for _, id_, _, _ in corrections}
        if not (about <= events.keys() and {*numbers.responses, *numbers.deleted_on} <= {*events, *feedback}):
            raise store.damaged
        query = "SELECT DISTINCT event, kiosk FROM handed"
        kiosks: dict[bytes, set[bytes]] = {}
        for id_, kiosk in msgspec.convert(list(read(query, ())), list[tuple[bytes, bytes]]):
            kiosks.setdefault(id_, set()).add(kiosk)
        last_days: dict[bytes, dt.date | None] = {}
        removed: set[bytes] = set()
        for _, id_, kind, labels in corrections:
            corrected = msgspec.json.decode(labels, type=Labels)
            events[id_] = corrected.on(events[id_])
            last_days[id_] = corrected.last_day
            if kind == "removed":
                removed.add(id_)
    spelt: dict[tuple[object, ...], list[bytes]] = {}
    places: dict[str, list[str]] = {}
    for id_, event in events.items():
        spelt.setdefault((id_ in removed, *event.occasion), []).append(id_)
        if id_ not in removed:
            places.setdefault(name_key(event.place), []).append(event.place)
    asked_about: dict[bytes, list[bytes]] = {}
    for id_, event in feedback.items():
        asked_about.setdefault(event.about.id, []).append(id_)
    typed = {id_: (head_count, level) for id_, _, head_count, level in described}
    found = []
    for ids in spelt.values():
        first, *others = sorted(ids, key=lambda id_: (*map(_as_a_title, (events[id_].name, events[id_].place)), id_))
        event = events[first]
        place = min(places.get(name_key(event.place), [event.place]), key=_as_a_title)
        typed_here = [typed[id_] for id_ in ids]
        one = OfficeEvent(
            event=event,
            **numbers.of(ids),
            kiosks=_together(kiosks, ids),
            head_count=max((count for count, _ in typed_here if count is not None), default=None),
            level=max((level for _, level in typed_here if level is not None), default=None),
            sealed_for=() if not others and event.id == first else (first, *others),
            place="" if place == event.place else place,
            last_day=max((day for id_ in ids if (day := last_days.get(id_))), default=None),
            removed=first in removed,
        )
        asked = sorted(itertools.chain.from_iterable(asked_about.get(id_, ()) for id_ in ids))
        found.append(replace(one, feedback=_feedback_on(one, asked, feedback, numbers, kiosks)) if asked else one)
    return sorted(found, key=lambda one: (-one.event.date.toordinal(), one.event.name, one.event.id))


def _feedback_on(
    one: OfficeEvent,
    ids: list[bytes],
    events: Mapping[bytes, Event],
    numbers: _Numbers,
    kiosks: Mapping[bytes, set[bytes]],
) -> OfficeEvent:
    """What people were asked about an event, in whatever spelling and from whichever list: called as the event is."""
    return replace(
        one,
        **numbers.of(ids),
        kiosks=_together(kiosks, ids),
        sealed_for=tuple(ids),
        asks=tuple(dict.fromkeys(events[id_].survey for id_ in ids)),
    )


def _together(kiosks: Mapping[bytes, set[bytes]], ids: Iterable[bytes]) -> int:
    """How many kiosks have handed over responses that are sealed for any of these."""
    return len(set().union(*(kiosks.get(id_, ()) for id_ in ids)))


def _read_numbers(store: OfficeStore, read: Read) -> _Numbers:
    """How many there are of each event, as all tables that say so agree."""
    query = "SELECT event, asked, together, count(*) FROM response GROUP BY event, asked, together"
    held = msgspec.convert(list(read(query, ())), list[tuple[Id, int, Number | None, int]])
    query = "SELECT event, asked, people, tally FROM waiting"
    waiting = {row[:2]: row[2] for row in msgspec.convert(list(read(query, ())), list[WaitingRow])}
    query = "SELECT together, event, people FROM member"
    members = {row[:2]: row[2] for row in msgspec.convert(list(read(query, ())), list[MemberRow])}
    query = "SELECT event, day, unreadable, dropped FROM retained"
    retained = msgspec.convert(list(read(query, ())), list[tuple[Id, dt.date, Count, Count]])
    query = "SELECT event, count(*) FROM deleted GROUP BY event"
    deleted: Counter[bytes] = Counter(dict(msgspec.convert(list(read(query, ())), list[tuple[Id, int]])))
    found = _Numbers(deleted_on={id_: day for id_, day, _, _ in retained})
    still, grouped = Counter[tuple[bytes, int]](), Counter[tuple[int, bytes]]()
    for id_, asked, together, people in held:
        found.sealed[id_] += people
        if together is not None:
            grouped[together, id_] += people
        elif asked:
            still[id_, asked] += people
            found.waiting[id_] += people
        else:
            found.unreadable[id_] += people
    only_counted = Counter[bytes]()
    for (number, id_), people in members.items():
        if id_ in found.deleted_on and (number, id_) not in grouped:
            grouped[number, id_] = people
            only_counted[id_] += people
    for id_, _, unreadable, dropped in retained:
        found.unreadable[id_] += unreadable
        found.dropped[id_] += dropped
        only_counted[id_] += unreadable + dropped
    if (still, grouped) != (waiting, members) or only_counted != deleted:
        raise store.damaged
    found.responses = found.sealed + deleted
    return found


def covering(events: Iterable[OfficeEvent], id_: bytes) -> OfficeEvent:
    """The one of these whose responses are sealed for this id: that stays, whatever the event is called.

    Raises:
        ValueError: it is none of them.
    """
    found = next((one for one in events if id_ in one.all_ids), None)
    if found is None:
        raise ValueError("nothing was brought in from this event")
    return found


def _as_a_title(name: str) -> tuple[bool, str]:
    """Which of several spellings is shown, in whatever order they came: the least, not all capitals or all small."""
    return (name in {name.upper(), name.lower()}, name)
