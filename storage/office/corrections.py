"""What was typed wrongly at an event, put right at the office: names, days, stage; two that are one; a mere test.

A correction changes what an event is called and nothing else: responses stay sealed to the event that the laptops knew,
and groups and their noise stay as they are. So each can be undone, the last one of an event first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec.structs import replace

from storage.errors import FairstartError
from storage.events import Event, NearMiss, day, parse_event
from storage.office.events import Kind, Labels, covering, read_corrections
from storage.office.labels import OfficeEvent
from storage.office.log import EventLog
from storage.office.planned import PlanningError, typed_day, typed_name, typed_stage
from storage.office.store import OfficeStore, row_number

Field = Literal["name", "place", "date", "last_day", "stage"]


class CorrectionError(FairstartError):
    """A correction cannot be made or undone; nothing was changed."""


@dataclass(frozen=True)
class Correction:
    """One correction, as it was made."""

    number: int
    kind: Kind
    before: Labels
    after: Labels
    events: tuple[bytes, ...]
    """The ids that the responses of its events are sealed for."""
    can_be_undone: bool
    """Whether no later one is about the same event."""


def labels_of(one: OfficeEvent) -> Labels:
    """What an event is called now."""
    return Labels.of(one.event, one.last_day)


def typed_of(one: OfficeEvent) -> dict[Field, str]:
    """What somebody could have typed for it."""
    return {
        "name": one.event.name,
        "place": one.event.place,
        "date": day(one.event.date),
        "last_day": day(one.last_day) if one.last_day else "",
        "stage": one.event.stage,
    }


def labels_typed(typed: Mapping[Field, str], before: Labels) -> Labels:
    """What somebody has typed that an event is called.

    Args:
        typed: what stands in each field.
        before: what it is called now; a name that stays may be longer than one that is typed.

    Raises:
        PlanningError: a field is empty or cannot be used.
    """
    name = before.name if typed["name"] == before.name else typed_name("name", typed["name"])
    place = before.place if typed["place"] == before.place else typed_name("place", typed["place"])
    date = typed_day("date", typed["date"], None)
    last_day = typed_day("last_day", typed["last_day"], date) if typed["last_day"].strip() else date
    if last_day < date:
        raise PlanningError("last_day", "The last day is before the first: correct one of them.")
    return Labels(
        name=name,
        place=place,
        date=date,
        last_day=last_day if last_day != date else None,
        stage=typed_stage(typed["stage"]),
    )


class Corrections:
    """The corrections in an office's store."""

    def __init__(self, store: OfficeStore, events: Callable[[], Sequence[OfficeEvent]], log: EventLog) -> None:
        """Correct what is in a store; `events` gives those that are there now."""
        self._store = store
        self._events = events
        self._log = log

    def all(self) -> list[Correction]:
        """Every one that was made and not undone, the last first.

        Raises:
            StoreError: the store cannot be read; StoreDamagedError where one is not as it was written.
        """
        with self._store.reading() as read:
            described = msgspec.convert(list(read("SELECT id, described FROM event", ())), list[tuple[bytes, bytes]])
            called = {id_: Labels.of(parse_event(content)) for id_, content in described}
            rows = read_corrections(read)
            found = []
            for number in dict.fromkeys(row[0] for row in rows):
                parts = [(id_, kind, labels) for each, id_, kind, labels in rows if each == number]
                ids = tuple(id_ for id_, _, _ in parts)
                after = msgspec.json.decode(parts[0][2], type=Labels)
                if not set(ids) <= called.keys() or {part[1:] for part in parts} != {parts[0][1:]}:
                    raise self._store.damaged
                before = next((called[id_] for id_ in ids if called[id_] != after), after)
                later = any(each > number and id_ in ids for each, id_, _, _ in rows)
                found.append(Correction(number, parts[0][1], before, after, ids, can_be_undone=not later))
                called |= dict.fromkeys(ids, after)
        return found[::-1]

    def correct(self, event: OfficeEvent, labels: Labels) -> None:
        """Call an event so from now on. Where another one is called so, the two are one event.

        Raises:
            ValueError: an unknown event.
            StoreError: it cannot be noted.
        """
        with self._store.lock:
            events = self._events()
            one = covering(events, event.ids[0])
            if labels == labels_of(one):
                return
            occasion = labels.on(one.event).occasion
            same = [other for other in events if other is not one and other.event.occasion == occasion]
            last_days = (labels.last_day, *(other.last_day for other in same))
            labels = replace(labels, last_day=next(filter(None, last_days), None))
            self._note("merged" if same else "corrected", [one, *same], labels)

    def call(self, event: Event, miss: NearMiss) -> None:
        """Call an event, as laptops have it, or its place what was meant where its name is nearly that.

        Raises:
            ValueError: an unknown event.
            StoreError: it cannot be noted.
        """
        one = covering(self._events(), event.id)
        corrected = {"name": miss.meant} if miss.what == "event" else {"place": miss.meant}
        self.correct(one, replace(labels_of(one), **corrected))

    def merge(self, event: OfficeEvent, into: OfficeEvent) -> None:
        """Say that an event is the same as another one, as which it is called from now on.

        Raises:
            CorrectionError: they are one already.
            ValueError: an unknown event.
            StoreError: it cannot be noted.
        """
        events = self._events()
        meant = covering(events, into.ids[0])
        if covering(events, event.ids[0]) is meant:
            raise CorrectionError("These are one event already: choose another one.")
        self.correct(event, labels_of(meant))

    def remove(self, event: OfficeEvent) -> None:
        """Take an event out of every list and table, as a mere test: nothing is deleted.

        Its people who wait enter no group. Whoever is in a group with people of other events stays in it, and counted
        there: a group is never taken apart. What is brought in of it later is held like the rest, and counted nowhere.

        Raises:
            ValueError: an unknown event.
            StoreError: it cannot be noted.
        """
        one = covering(self._events(), event.ids[0])
        self._note("removed", [one], labels_of(one))

    def have_removed(self, event: bytes) -> bool:
        """Whether the event of which responses are sealed for this id was removed.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.reading() as read:
            query = "SELECT count(*) FROM correction WHERE event = ? AND kind = 'removed'"
            return any(number for (number,) in read(query, (event,)))

    def counted_with_others(self, one: OfficeEvent) -> int:
        """How many of an event's people are in groups with people of other events.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.reading() as read:
            query = "SELECT together, event, people FROM member"
            rows = msgspec.convert(list(read(query, ())), list[tuple[int, bytes, int]])
        shared = {together for together, event, _ in rows if event not in one.all_ids}
        return sum(people for together, event, people in rows if event in one.all_ids and together in shared)

    def undo(self, number: int) -> None:
        """Undo one: its events are called as they were before.

        Raises:
            CorrectionError: there is none of that number, or a later one is about the same event.
            StoreError: it cannot be written.
        """
        with self._store.lock:
            corrections = self.all()
            meant = next((one for one in corrections if one.number == number), None)
            if meant is None:
                raise CorrectionError(f"There is no correction {number}: look at the list again.")
            if not meant.can_be_undone:
                later = min(
                    one.number for one in corrections if one.number > number and {*one.events} & {*meant.events}
                )
                raise CorrectionError(f"Correction {later} came after it, of the same event: undo that one first.")
            with self._store.writing() as write:
                write("DELETE FROM correction WHERE number = ?", [(number,)])
                self._log.note(write, "undone", {"correction": number, "event": meant.before.name})

    def _note(self, kind: Kind, events: Sequence[OfficeEvent], labels: Labels) -> None:
        """Note one correction: the one place where any is written."""
        ids = [id_ for one in events for id_ in one.ids]
        with self._store.writing() as write:
            query = "SELECT coalesce(max(number), 0) + 1 FROM correction"
            number = self._store.connection.execute(query).fetchone()[0]
            content = msgspec.json.encode(labels)
            rows = [(row_number(number, id_), number, id_, kind, content) for id_ in ids]
            write("INSERT INTO correction (rowid, number, event, kind, labels) VALUES (?, ?, ?, ?, ?)", rows)
            self._log.note(write, kind, {"correction": number, "event": events[0].event.name, "is now": labels.name})
