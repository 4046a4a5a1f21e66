"""Events that the office knows are coming, typed there once for every laptop and list that goes by them.

They lie in `office.db` beside what was brought in, and are no part of any count. FORMAT.md, section 18.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Annotated

import msgspec
from msgspec import Meta

from storage.events import EventText, Stage, parse_event
from storage.names import name_key
from storage.office.labels import LEVELS, MOST_PEOPLE
from storage.office.store import OfficeStore, row_number
from storage.settings import EventDetails, Name, Word

_ID_SIZE = 8

_Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
_FilledName = Annotated[Name, Meta(min_length=1)]
_Level = Annotated[int, Meta(ge=LEVELS[0], le=LEVELS[-1])]
_Expected = Annotated[int, Meta(ge=1, le=MOST_PEOPLE)]


class PlannedEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event that is coming."""

    id: _Id = msgspec.field(default_factory=lambda: secrets.token_hex(_ID_SIZE))
    """Random: it stays when all the rest is corrected."""
    name: _FilledName
    place: _FilledName
    date: dt.date
    last_day: dt.date | None = None
    """Where it lasts several days."""
    stage: Stage = "outreach"
    level: _Level | None = None
    expected: _Expected | None = None
    """How many people may come; None where nobody has said."""
    languages: Annotated[tuple[Word, ...], Meta(max_length=8)] = ()
    """Codes of language packs, the usual one first; empty where the settings say it."""

    @property
    def details(self) -> EventDetails:
        """As a laptop's settings have it."""
        return EventDetails(name=self.name, date=self.date, last_day=self.last_day, place=self.place, stage=self.stage)

    @property
    def occasion(self) -> tuple[object, ...]:
        """The same for two that a laptop would take for one event, however their names are spelt."""
        return (name_key(self.name), self.date, name_key(self.place), self.stage)


class PlannedEvents:
    """The coming events in an office's store."""

    def __init__(self, store: OfficeStore) -> None:
        self._store = store

    def all(self) -> list[PlannedEvent]:
        """Every one, the next first.

        Raises:
            StoreError: the store cannot be read; StoreDamagedError where an event is not as it was written.
        """
        with self._store.reading() as read:
            rows = msgspec.convert(list(read("SELECT id, described FROM planned", ())), list[tuple[bytes, bytes]])
            events = [msgspec.json.decode(described, type=PlannedEvent) for _, described in rows]
            if [bytes.fromhex(one.id) for one in events] != [id_ for id_, _ in rows]:
                raise self._store.damaged
        return sorted(events, key=lambda one: (one.date, one.name, one.id))

    def save(self, event: PlannedEvent) -> None:
        """Keep one; one with its id is what was there before.

        Raises:
            StoreError: it cannot be written.
        """
        id_ = bytes.fromhex(event.id)
        with self._store.writing() as write:
            row = row_number(id_), id_, msgspec.json.encode(event)
            write("INSERT OR REPLACE INTO planned (rowid, id, described) VALUES (?, ?, ?)", [row])

    def remove(self, id_: str) -> None:
        """Forget one, if it is there.

        Raises:
            StoreError: it cannot be written.
        """
        with self._store.writing() as write:
            write("DELETE FROM planned WHERE id = ?", [(bytes.fromhex(id_),)])

    def known_names(self) -> list[tuple[str, str]]:
        """Name and place of every event that is planned or was brought in, as the office calls it.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.reading() as read:
            query = "SELECT event.described, called.name, called.place FROM event LEFT JOIN called ON called.event = event.id"
            rows = msgspec.convert(list(read(query, ())), list[tuple[bytes, EventText | None, EventText | None]])
            brought = [(parse_event(described), name, place) for described, name, place in rows]
        return [
            *((one.name, one.place) for one in self.all()),
            *((name or event.name, place or event.place) for event, name, place in brought),
        ]
