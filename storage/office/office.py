"""The office: every response that kiosks have handed over, merged, and the tables that may be shown of them.

<data>/office/office.pub, office.key    the office key, wrapped under each coordinator's passphrase
<data>/office/office.db                 what was brought in, and who is in which group

Merging is a union: a response is known by its id, so exports can come in any order, any number of times and from any
number of kiosks. Each response is opened once, when it comes. What is kept of that is a sum over those who wait at an
event, sealed to the office alone. Before a table is made, those who wait become groups of ten people or more, once and
for ever: their sum gets noise that follows from the office's seed and from who they are, and the exact sum is dropped.
FORMAT.md, section 18.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

import msgspec
from msgspec.structs import replace

from storage.counts.disclosure import OfficeCounts
from storage.counts.tally import asked_mask
from storage.crypto.keys import KioskPublicKey, OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import SealedResponse
from storage.errors import ExportError, StoreError, WeakPassphraseError
from storage.events import Event, EventText, parse_event, write_event
from storage.exchange.exports import Export, open_export
from storage.exchange.forgotten import Request, read_request, write_answer
from storage.exchange.receipts import write_receipt
from storage.names import name_key
from storage.office.coordinators import Coordinators
from storage.office.decrypting import Opened, open_all
from storage.office.groups import MemberRow, OfficeGroups, WaitingRow
from storage.office.labels import LEVELS, MOST_PEOPLE, OfficeEvent, Scope, Tables
from storage.office.log import Details, EventLog, Kind
from storage.office.planned import PlannedEvents
from storage.office.sticks import PreparedSticks, TokenState
from storage.office.store import FILE_NAME, OfficeStore, Write, row_number
from storage.progress import ProgressCallback, unreported

_Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Key = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
_Number = Annotated[int, msgspec.Meta(ge=1)]
_HeadCount = Annotated[int, msgspec.Meta(ge=0, le=MOST_PEOPLE)]
_Level = Annotated[int, msgspec.Meta(ge=LEVELS[0], le=LEVELS[-1])]

_Described = tuple[_Id, bytes, _HeadCount | None, _Level | None]
_ResponsesRow = tuple[_Id, int, _Number | None, int]


@dataclass(frozen=True)
class Brought:
    """What became of one export."""

    event: Event
    kiosk: KioskPublicKey
    responses: int
    new: int
    unreadable: int
    """Of those that are new, how many do not open: kept, and in no count."""
    receipt: bytes


class UnknownKioskError(ExportError):
    """An export is signed by a kiosk that the office has not accepted."""

    def __init__(self, kiosk: KioskPublicKey, event: Event, token: TokenState) -> None:
        self.warning = _WARNINGS.get(token, "")
        super().__init__(
            f"“{event.name}” comes from a laptop that this office has not accepted yet{self.warning}. "
            f"Compare its fingerprint: {kiosk.fingerprint}"
        )
        self.kiosk = kiosk
        self.event = event


_WARNINGS: dict[TokenState, str] = {
    "used": ", with the token of another laptop: its stick was copied, or its files were",
    "recalled": ", with a token that was recalled: its stick was lost, or is an old one",
}
"""What else is to be said of a laptop that came with a token."""


class Office:
    """An opened office. Make it with `open`, inside `data_folder.hold`. Any thread may call; one works at a time."""

    def __init__(self, data: Path, store: OfficeStore, key: OfficePrivateKey) -> None:
        self._store = store
        self._key = key
        self._groups = OfficeGroups(store, key)
        self.planned = PlannedEvents(store)
        self.log = EventLog(store, key)
        self.sticks = PreparedSticks(store, self.log)
        self.coordinators = Coordinators(data, key, self.note)
        self._events: list[OfficeEvent] = []
        self._tables: Tables | None = None
        self._read_at = -1
        """`changes` of the store when these were read."""

    @classmethod
    def open(cls, data: Path, key: OfficePrivateKey) -> Self:
        """Open what was brought in so far; make an empty store the first time. Its log notes which coordinator did so.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        office = cls(data, OfficeStore.open(data / "office" / FILE_NAME), key)
        if key.coordinator:
            try:
                office.log.check()
                office.note("opened")
            except BaseException:
                office.close()
                raise
        return office

    def note(self, what: Kind, details: Details | None = None) -> None:
        """Add an entry to the log about something that is in no transaction of the store: before it is done.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._store.writing() as write:
            self.log.note(write, what, details)

    @property
    def public(self) -> OfficePublicKey:
        """The public half of its key."""
        return self._key.public

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def check(self) -> int:
        """Check every page, response's id, group, planned event, stick and entry of the log; return how many it holds.

        That noise follows from who is in a group is not worked out again: it would take opening every response. A group
        is sealed together with its number and with how many came to which event.

        Raises:
            StoreDamagedError: it is damaged.
            StoreError: it cannot be read.
        """
        self._store.check()
        with self._store.reading() as read:
            held = sum(one.responses for one in self._read_events())
            self._groups.read()
            self.planned.all()
            self.sticks.all()
            self.log.entries()
            if sum(1 for _ in self._groups.ids(read("SELECT id, sealed FROM response", ()))) != held:
                raise self._store.damaged
            return held

    def read_request(self, path: Path) -> Request:
        """Read what a laptop whose staff have forgotten their passphrase asks.

        Raises:
            KeyFileError: it is no such file, or another office's laptop asks.
        """
        return read_request(path, self._key)

    def answer(self, request: Request, passphrase: str) -> bytes:
        """The file that gives that laptop a new staff passphrase. Takes about two seconds and 256 MiB.

        Raises:
            WeakPassphraseError: it is a coordinator's.
            KeyFileError, StoreError: as their sentences say; no answer is made.
        """
        if self.coordinators.have(passphrase):
            raise WeakPassphraseError("This is an office passphrase: choose another one for the staff.")
        content = write_answer(request, passphrase, self._key)
        self.note("staff passphrase given", {"laptop": request.kiosk.fingerprint})
        return content

    def accept(self, kiosk: KioskPublicKey) -> None:
        """Take exports that this kiosk has signed, from now on: somebody has compared its fingerprint.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._store.writing() as write:
            _accept(write, kiosk)
            self.log.note(write, "laptop accepted", {"laptop": kiosk.fingerprint})

    def kiosks(self) -> list[KioskPublicKey]:
        """The kiosks that were accepted, by fingerprint.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.reading() as read:
            found = [
                KioskPublicKey(key)
                for (key,) in msgspec.convert(list(read("SELECT key FROM kiosk", ())), list[tuple[_Key]])
            ]
        return sorted(found, key=lambda kiosk: kiosk.fingerprint)

    def bring(self, content: bytes, executor: Executor, progress: ProgressCallback = unreported) -> Brought:
        """Bring in one export: all that it adds, or nothing. Bringing it again changes nothing.

        Args:
            content: of the file.
            executor: opens the responses.
            progress: called with how many responses are open, and of how many.

        Raises:
            UnknownKioskError: signed by a kiosk that is not accepted, without an open token of this office's.
            ExportError: damaged, foreign, or of responses that were sealed for another event.
            StoreError: it cannot be kept.
        """
        with self._store.lock:
            export = open_export(content, self._key)
            known = export.kiosk in self.kiosks()
            if not known and (state := self.sticks.state(export.token)) != "open":
                raise UnknownKioskError(export.kiosk, export.event, state)
            new = self._unknown(export)
            opened = open_all(self._key, export.event, new, executor, progress)
            if export.sealed and not any(opened.asked) and not self._has_opened(export):
                raise ExportError(
                    f"No response in this export opens for “{export.event.name}”: "
                    "they were sealed for another event or damaged. Hand it over again from the laptop."
                )
            self._keep(export, new, opened, known=known)
            return Brought(
                event=export.event,
                kiosk=export.kiosk,
                responses=len(export.sealed),
                new=len(new),
                unreadable=opened.asked.count(None),
                receipt=write_receipt(export, self._key),
            )

    def _unknown(self, export: Export) -> list[SealedResponse]:
        with self._store.reading() as read:
            known = {id_ for (id_,) in read("SELECT id FROM response WHERE event = ?", (export.event.id,))}
        return [one for one in export.sealed if one.id not in known]

    def _has_opened(self, export: Export) -> bool:
        """Whether any of its responses was brought in before, and opened."""
        with self._store.reading() as read:
            opened = {id_ for (id_,) in read("SELECT id FROM response WHERE event = ? AND asked", (export.event.id,))}
        return any(one.id in opened for one in export.sealed)

    def _keep(self, export: Export, new: list[SealedResponse], opened: Opened, *, known: bool) -> None:
        event = export.event
        with self._store.writing() as write:
            if self._unknown(export) != new:
                raise StoreError("The same export was brought in twice at once: try again.")
            if not known:
                self.sticks.use(write, export.token, export.kiosk.id)
                _accept(write, export.kiosk)
            described = row_number(event.id), event.id, write_event(event)
            write("INSERT OR IGNORE INTO event (rowid, id, described) VALUES (?, ?, ?)", [described])
            handed = event.id, export.kiosk.id, len(export.sealed)
            query = "INSERT OR IGNORE INTO handed (rowid, event, kiosk, responses) VALUES (?, ?, ?, ?)"
            write(query, [(row_number(*handed), *handed)])
            rows = (
                (row_number(event.id, one.id), event.id, one.id, one.sealed, asked_mask(asked or ()))
                for one, asked in zip(new, opened.asked, strict=True)
            )
            write("INSERT INTO response (rowid, event, id, sealed, asked) VALUES (?, ?, ?, ?, ?)", sorted(rows))
            for questions, tally in opened.tallies.items():
                self._groups.let_wait(write, event.id, asked_mask(questions), tally)
            if new or not known:
                came: Details = {
                    "event": event.name,
                    "laptop": export.kiosk.fingerprint,
                    "responses": len(export.sealed),
                    "new": len(new),
                }
                self.log.note(write, "brought in", came)

    def events(self) -> list[OfficeEvent]:
        """Every event that exports have come from, newest first.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.lock:
            self._forget_what_changed()
            if not self._events:
                self._events = self._read_events()
            return list(self._events)

    def _read_events(self) -> list[OfficeEvent]:
        with self._store.reading() as read:
            query = "SELECT id, described, head_count, level FROM event"
            described = msgspec.convert(list(read(query, ())), list[_Described])
            query = "SELECT event, asked, together, count(*) FROM response GROUP BY event, asked, together"
            held = msgspec.convert(list(read(query, ())), list[_ResponsesRow])
            query = "SELECT event, asked, people, tally FROM waiting"
            waiting = {row[:2]: row[2] for row in msgspec.convert(list(read(query, ())), list[WaitingRow])}
            query = "SELECT together, event, people FROM member"
            members = {row[:2]: row[2] for row in msgspec.convert(list(read(query, ())), list[MemberRow])}
            query = "SELECT DISTINCT event, kiosk FROM handed"
            handed = msgspec.convert(list(read(query, ())), list[tuple[bytes, bytes]])
            events = {id_: parse_event(content) for id_, content, _, _ in described}
            query = "SELECT event, name, place FROM called"
            called = msgspec.convert(list(read(query, ())), list[tuple[_Id, EventText, EventText]])
        responses, unreadable, waits = Counter[bytes](), Counter[bytes](), Counter[bytes]()
        still, grouped = Counter[tuple[bytes, int]](), Counter[tuple[int, bytes]]()
        for id_, asked, together, people in held:
            responses[id_] += people
            if together is not None:
                grouped[together, id_] += people
            elif asked:
                still[id_, asked] += people
                waits[id_] += people
            else:
                unreadable[id_] += people
        named = all(event.id == id_ for id_, event in events.items())
        for id_, name, place in called:
            if id_ in events:
                events[id_] = replace(events[id_], name=name, place=place)
        if not named or not responses.keys() <= events.keys() or (still, grouped) != (waiting, members):
            raise self._store.damaged
        spelt: dict[tuple[object, ...], list[bytes]] = {}
        places: dict[str, list[str]] = {}
        for id_, event in events.items():
            spelt.setdefault(event.occasion, []).append(id_)
            places.setdefault(name_key(event.place), []).append(event.place)
        typed = {id_: (head_count, level) for id_, _, head_count, level in described}
        found = []
        for ids in spelt.values():
            first, *others = sorted(
                ids, key=lambda id_: (*map(_as_a_title, (events[id_].name, events[id_].place)), id_)
            )
            place = min(places[name_key(events[first].place)], key=_as_a_title)
            found.append(
                OfficeEvent(
                    event=events[first],
                    responses=sum(responses[id_] for id_ in ids),
                    unreadable=sum(unreadable[id_] for id_ in ids),
                    waiting=sum(waits[id_] for id_ in ids),
                    kiosks=len({kiosk for id_, kiosk in handed if id_ in ids}),
                    head_count=max((count for id_ in ids if (count := typed[id_][0]) is not None), default=None),
                    level=max((level for id_ in ids if (level := typed[id_][1]) is not None), default=None),
                    sealed_for=() if not others and events[first].id == first else (first, *others),
                    place="" if place == events[first].place else place,
                )
            )
        return sorted(found, key=lambda one: (-one.event.date.toordinal(), one.event.name, one.event.id))

    def describe(self, event: Event, head_count: int | None, level: int | None) -> None:
        """Note how many people came to an event, and which apprenticeship level it is about. None where not known.

        Raises:
            ValueError: an unknown event, a head-count under the number of responses or beyond belief, or no level.
            StoreError: it cannot be noted.
        """
        one = self._held(event)
        held = one.responses
        if head_count is not None and not held <= head_count <= MOST_PEOPLE:
            raise ValueError(f"{held} responses are held, so at least {held} people came")
        if level is not None and level not in LEVELS:
            raise ValueError(f"a level is one of {', '.join(map(str, LEVELS))}")
        with self._store.writing() as write:
            write(
                "UPDATE event SET head_count = ?, level = ? WHERE id = ?", [(head_count, level, id_) for id_ in one.ids]
            )
            said = {"came": head_count, "level": level}
            known = {name: value for name, value in said.items() if value is not None}
            self.log.note(write, "corrected", {"event": one.event.name, **known})

    def call(self, event: Event, what: Literal["event", "place"], name: str) -> None:
        """Call an event, or its place, as another one is called: where both are, the two are one event from now on.

        Raises:
            ValueError: an unknown event.
            StoreError: it cannot be noted.
        """
        one = self._held(event)
        names = (name, one.event.place) if what == "event" else (one.event.name, name)
        with self._store.writing() as write:
            rows = [(row_number(id_), id_, *names) for id_ in one.ids]
            write("INSERT OR REPLACE INTO called (rowid, event, name, place) VALUES (?, ?, ?, ?)", rows)
            self.log.note(write, "corrected", {"event": one.event.name, f"{what} called": name})

    def _held(self, event: Event) -> OfficeEvent:
        found = next((one for one in self.events() if event == one.event or event.id in one.ids), None)
        if found is None:
            raise ValueError("nothing was brought in from this event")
        return found

    def counts(self, scope: Scope, threshold: int) -> OfficeCounts:
        """The published tables of a scope. Who is in which group is noted before they are shown.

        Raises:
            StoreError: the store cannot be read or written.
        """
        return self.tables().counts(scope, threshold)

    def tables(self) -> Tables:
        """The published tables of every scope. Those who wait become groups first, where they are ten.

        Raises:
            StoreError: the store cannot be read or written.
        """
        with self._store.lock:
            self._forget_what_changed()
            if self._tables is None:
                self._groups.make({id_: one.event for one in self.events() for id_ in one.ids})
                self._tables = Tables(self.events(), self._groups.read())
            return self._tables

    def _forget_what_changed(self) -> None:
        """Forget what was read before something was written."""
        if self._read_at != self._store.changes:
            self._events, self._tables = [], None
            self._read_at = self._store.changes


def _accept(write: Write, kiosk: KioskPublicKey) -> None:
    row = row_number(kiosk.id), kiosk.id, kiosk.encoded
    write("INSERT OR IGNORE INTO kiosk (rowid, id, key) VALUES (?, ?, ?)", [row])


def _as_a_title(name: str) -> tuple[bool, str]:
    """Which of several spellings is shown, in whatever order they came: the least, not all capitals or all small."""
    return (name in {name.upper(), name.lower()}, name)
