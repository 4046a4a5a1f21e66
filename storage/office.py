"""The office: every response that kiosks have handed over, merged, and the tables that may be shown of them.

<data>/office/office.pub, office.key    the office key, wrapped under the coordinator's passphrase
<data>/office/office.db                 what was brought in, and who is in which published table

Merging is a union: a response is known by its id, so exports can come in any order, any number of times and from any
number of kiosks. Each response is opened once, when it comes. What is kept of that are parcels: sums over people who
were asked the same, sealed to the office alone. One parcel is a batch, as the kiosk has released it; another is
everybody in an export who is in no batch. Tables are made from parcels, and the ledger puts parcels, not people, into
groups of ten people or more: so the kiosk's tables are among the sums that the office's are made of. FORMAT.md,
section 18.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

import msgspec

from content.survey import QUESTION_SET, load_survey
from storage.database import is_sound, open_database, wipe_journal
from storage.disclosure import THRESHOLD, Group, Ledger, OfficeCounts, publish
from storage.errors import ExportError, StoreDamagedError, StoreError
from storage.events import STAGES, Event, Stage, parse_event, write_event
from storage.exports import Export, open_export, write_receipt
from storage.files import flush_folder
from storage.keys import KioskPublicKey, OfficePrivateKey, OfficePublicKey
from storage.opening import Opened, open_all
from storage.sealing import SealedResponse
from storage.tally import Batch, Tally

LEVELS = (2, 3, 4, 5, 6, 7)
"""Apprenticeship levels in England."""
MOST_PEOPLE = 1_000_000
"""A head-count above this is a slip of the keyboard."""

_NAME = "office.db"
_VERSION = 1
_NONCE_SIZE = 12
_JOURNAL_KEPT = 1 << 20

_SOURCES = "SELECT source FROM parcel WHERE event = ?"
_NEW_PARCEL = "INSERT INTO parcel (id, event, people, source, tally) VALUES (?, ?, ?, ?, ?)"

_Held = tuple[bytes, int, int]
_Described = tuple[bytes, bytes, int | None, int | None]
_Row = tuple[int, bytes, int, int | None, bytes, bytes]
_Key = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]

_Read = Callable[[str, Sequence[object]], Iterable[tuple[Any, ...]]]
_Write = Callable[[str, Iterable[Sequence[object]]], object]

Kind = Literal["all", "stage", "level", "place", "quarter", "event"]

_TABLES: dict[str, dict[str, type]] = {
    "kiosk": {"id": bytes, "key": bytes},
    "event": {"id": bytes, "described": bytes, "head_count": int, "level": int},
    "handed": {"event": bytes, "kiosk": bytes, "responses": int},
    "response": {"event": bytes, "id": bytes, "sealed": bytes, "opened": int},
    "parcel": {"id": int, "event": bytes, "people": int, "source": bytes, "tally": bytes, "together": int},
}
_KEYS: dict[str, tuple[str, ...]] = {
    "kiosk": ("id",),
    "event": ("id",),
    "handed": ("event", "kiosk", "responses"),
    "parcel": ("id",),
}


@dataclass(frozen=True)
class OfficeEvent:
    """An event that exports have come from."""

    event: Event
    responses: int
    unreadable: int
    """Of these, how many do not open and are in no count."""
    kiosks: int
    head_count: int | None
    """How many people came, as somebody counted; None where nobody did."""
    level: int | None

    @property
    def head_count_holds(self) -> bool:
        """Whether at least as many people came as have answered: more may have been brought in since it was typed."""
        return self.head_count is not None and self.head_count >= self.responses

    @property
    def quarter(self) -> str:
        """The calendar quarter of its date, such as 2026 Q4."""
        return f"{self.event.date.year} Q{(self.event.date.month + 2) // 3}"

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What tables it is in, besides those of all events."""
        return (
            Scope("stage", self.event.stage),
            *((Scope("level", str(self.level)),) if self.level is not None else ()),
            Scope("place", self.event.place),
            Scope("quarter", self.quarter),
            Scope("event", self.event.id.hex()),
        )


@dataclass(frozen=True, order=True)
class Scope:
    """What a table is about: all events, or those of one stage, level, place or quarter, or a single one."""

    kind: Kind = "all"
    value: str = ""
    """The stage, level, place or quarter; an event's id in hexadecimal digits."""

    def covers(self, one: OfficeEvent) -> bool:
        """Whether it is about this event."""
        return self == Scope() or self in one.scopes


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


@dataclass(frozen=True)
class _Parcel:
    id: int
    event: bytes
    people: int
    together: int | None
    tally: Tally


class UnknownKioskError(ExportError):
    """An export is signed by a kiosk that the office has not accepted."""

    def __init__(self, kiosk: KioskPublicKey, event: Event) -> None:
        super().__init__(
            f"“{event.name}” comes from a laptop that this office has not accepted yet. "
            f"Compare its fingerprint: {kiosk.fingerprint}"
        )
        self.kiosk = kiosk
        self.event = event


class Office:
    """An opened office. Make it with `open`, inside `storage.kiosk.hold`. Any thread may call; one works at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path, key: OfficePrivateKey) -> None:
        self._connection = connection
        self._path = path
        self._key = key
        self._lock = threading.RLock()
        self._events: list[OfficeEvent] | None = None
        self._read: dict[int, _Parcel] | None = None
        """What was read since something was last written."""

    @classmethod
    def open(cls, data: Path, key: OfficePrivateKey) -> Self:
        """Open what was brought in so far; make an empty store the first time.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        path = data / "office" / _NAME
        if not path.exists():
            _create(path)
        path.with_name(f".{path.name}.new-journal").unlink(missing_ok=True)  # of a process that ended in between
        try:
            connection = open_database(path, thorough=False)
        except StoreDamagedError as error:
            raise _damaged(path) from error
        try:
            connection.execute(f"PRAGMA journal_size_limit={_JOURNAL_KEPT}")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise StoreError(f"{path} was written by a newer Fairstart: install the newest version.")
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if version != _VERSION or tables != set(_TABLES):
                raise _damaged(path)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise _damaged(path) from error
        except BaseException:
            connection.close()
            raise
        return cls(connection, path, key)

    @property
    def public(self) -> OfficePublicKey:
        """The public half of its key."""
        return self._key.public

    def close(self) -> None:
        """Let go of the store."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def check(self) -> int:
        """Check every page of the store, and return how many responses it holds.

        Raises:
            StoreDamagedError: it is damaged.
        """
        with self._reading():
            if not is_sound(self._connection):
                raise _damaged(self._path)
            return int(self._connection.execute("SELECT count(*) FROM response").fetchone()[0])

    def accept(self, kiosk: KioskPublicKey) -> None:
        """Take exports that this kiosk has signed, from now on: somebody has compared its fingerprint.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._writing() as write:
            write("INSERT OR IGNORE INTO kiosk (id, key) VALUES (?, ?)", [(kiosk.id, kiosk.encoded)])

    def kiosks(self) -> list[KioskPublicKey]:
        """The kiosks that were accepted, by fingerprint.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._reading() as read:
            rows = msgspec.convert(list(read("SELECT key FROM kiosk", ())), list[tuple[_Key]])
            found = [KioskPublicKey(key) for (key,) in rows]
        return sorted(found, key=lambda kiosk: kiosk.fingerprint)

    def bring(
        self, content: bytes, executor: Executor, progress: Callable[[int, int], None] = lambda _done, _of: None
    ) -> Brought:
        """Bring in one export: all that it adds, or nothing. Bringing it again changes nothing.

        Args:
            content: of the file.
            executor: opens the responses.
            progress: told how many responses are open, and of how many.

        Raises:
            UnknownKioskError: signed by a kiosk that is not accepted.
            ExportError: damaged, foreign, or of responses that were sealed for another event.
            StoreError: it cannot be kept.
        """
        with self._lock:
            export = open_export(content, self._key)
            if export.kiosk not in self.kiosks():
                raise UnknownKioskError(export.kiosk, export.event)
            new = self._unknown(export)
            opened = open_all(self._key, export.event, new, executor, progress)
            if export.sealed and not any(opened.asked) and not self._has_opened(export):
                raise ExportError(
                    f"No response in this export opens for “{export.event.name}”: "
                    "they were sealed for another event or damaged. Hand it over again from the laptop."
                )
            self._keep(export, new, opened)
            return Brought(
                event=export.event,
                kiosk=export.kiosk,
                responses=len(export.sealed),
                new=len(new),
                unreadable=opened.asked.count(None),
                receipt=write_receipt(export, self._key),
            )

    def _unknown(self, export: Export) -> list[SealedResponse]:
        with self._reading() as read:
            known = {id_ for (id_,) in read("SELECT id FROM response WHERE event = ?", (export.event.id,))}
        return [one for one in export.sealed if one.id not in known]

    def _has_opened(self, export: Export) -> bool:
        """Whether any of its responses was brought in before, and opened."""
        with self._reading() as read:
            opened = {id_ for (id_,) in read("SELECT id FROM response WHERE event = ? AND opened", (export.event.id,))}
        return any(one.id in opened for one in export.sealed)

    def _keep(self, export: Export, new: list[SealedResponse], opened: Opened) -> None:
        event = export.event
        with self._writing() as write:
            if self._unknown(export) != new:
                raise StoreError("The same export was brought in twice at once: try again.")
            write("INSERT OR IGNORE INTO event (id, described) VALUES (?, ?)", [(event.id, write_event(event))])
            write("INSERT OR IGNORE INTO handed VALUES (?, ?, ?)", [(event.id, export.kiosk.id, len(export.sealed))])
            rows = (
                (event.id, one.id, one.sealed, int(asked is not None))
                for one, asked in zip(new, opened.asked, strict=True)
            )
            write("INSERT INTO response (event, id, sealed, opened) VALUES (?, ?, ?, ?)", rows)
            known = {source for (source,) in self._connection.execute(_SOURCES, (event.id,))}
            fresh = {number: batch for number, batch in export.batches.items() if number not in known}
            for source, people, tally in _parcels_of(opened, fresh, [one.id for one in new]):
                number = int(self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM parcel").fetchone()[0])
                sealed = self._seal_tally(tally, number, event.id, source)
                write(_NEW_PARCEL, [(number, event.id, people, source, sealed)])

    def events(self) -> list[OfficeEvent]:
        """Every event that exports have come from, newest first.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._lock:
            if self._events is None:
                self._events = self._read_events()
            return list(self._events)

    def _read_events(self) -> list[OfficeEvent]:
        with self._reading() as read:
            rows = read("SELECT event, count(*), sum(opened) FROM response GROUP BY event", ())
            held = {event: (whole, opened) for event, whole, opened in msgspec.convert(list(rows), list[_Held])}
            counted = dict(_pairs(read("SELECT event, sum(people) FROM parcel GROUP BY event", ())))
            kiosks = dict(_pairs(read("SELECT event, count(DISTINCT kiosk) FROM handed GROUP BY event", ())))
            found = []
            for id_, described, head_count, level in msgspec.convert(
                list(read("SELECT id, described, head_count, level FROM event", ())), list[_Described]
            ):
                event = parse_event(described)
                responses, opened = held.pop(id_, (0, 0))
                if event.id != id_ or opened != counted.get(id_, 0):
                    raise _damaged(self._path)
                found.append(OfficeEvent(event, responses, responses - opened, kiosks.get(id_, 0), head_count, level))
            if held:
                raise _damaged(self._path)
        return sorted(found, key=lambda one: (-one.event.date.toordinal(), one.event.name, one.event.id))

    def describe(self, event: Event, head_count: int | None, level: int | None) -> None:
        """Note how many people came to an event, and which apprenticeship level it is about. None where not known.

        Raises:
            ValueError: an unknown event, a head-count under the number of responses or beyond belief, or no level.
            StoreError: it cannot be noted.
        """
        held = next((one.responses for one in self.events() if one.event == event), None)
        if held is None:
            raise ValueError("nothing was brought in from this event")
        if head_count is not None and not held <= head_count <= MOST_PEOPLE:
            raise ValueError(f"{held} responses are held, so at least {held} people came")
        if level is not None and level not in LEVELS:
            raise ValueError(f"a level is one of {', '.join(map(str, LEVELS))}")
        with self._writing() as write:
            write("UPDATE event SET head_count = ?, level = ? WHERE id = ?", [(head_count, level, event.id)])

    def scopes(self) -> list[Scope]:
        """Everything that a table can be about now: all, then stages, levels, places, quarters, events.

        Raises:
            StoreError: the store cannot be read.
        """
        events = self.events()
        found = {scope for one in events for scope in one.scopes}
        kinds = get_args(Kind)
        newest = [Scope("event", one.event.id.hex()) for one in events]

        quarters = list(dict.fromkeys(Scope("quarter", one.quarter) for one in events))
        stages = [Scope("stage", stage) for stage in STAGES]
        ordered = {scope: number for number, scope in enumerate([*stages, *quarters, *newest])}

        def place(scope: Scope) -> tuple[int, int, str]:
            return kinds.index(scope.kind), ordered.get(scope, 0), scope.value

        return [Scope(), *sorted(found, key=place)]

    def counts(self, scope: Scope, threshold: int) -> OfficeCounts:
        """The published tables of a scope. Who enters them is noted before they are shown.

        Raises:
            StoreError: the store cannot be read or written.
        """
        with self._lock:
            events = self.events()
            covered = [one for one in events if scope.covers(one)]
            ids = frozenset(one.event.id for one in covered)
            parcels = self._parcels()
            entered = self._publish(parcels, ids, self._first(events, ids))
        counted = [parcels[number] for number in entered]
        grouped = sum(one.people for one in parcels.values() if one.event in ids and one.together is not None)
        tally = Tally.total(one.tally for one in counted)
        shown = sum(one.people for one in counted)
        held = sum(one.responses for one in covered)
        unreadable = sum(one.unreadable for one in covered)
        heads = [one.head_count if one.head_count_holds else None for one in covered]
        return OfficeCounts(
            events=tuple(one.event for one in covered),
            tables=tuple(publish(tally, question.id, threshold) for question in load_survey(QUESTION_SET).questions),
            threshold=threshold,
            held=held,
            in_counts=shown,
            elsewhere=grouped - shown,
            waiting=held - unreadable - grouped,
            unreadable=unreadable,
            head_count=None if None in heads or not heads else sum(head for head in heads if head is not None),
        )

    def stages(self, threshold: int) -> list[tuple[Stage, OfficeCounts]]:
        """The published tables of each stage that has events, in the order of the journey.

        Raises:
            StoreError: the store cannot be read or written.
        """
        known = {one.event.stage for one in self.events()}
        return [(stage, self.counts(Scope("stage", stage), threshold)) for stage in STAGES if stage in known]

    def _first(self, events: Sequence[OfficeEvent], covered: frozenset[bytes]) -> list[frozenset[bytes]]:
        """The narrower sets in which people who wait enter before they enter this table: those of most use first.

        A stage at one level, place or quarter is in the tables of both; then come the stages, then the labels.
        """

        def sets(kind: Kind) -> list[frozenset[bytes]]:
            scopes = sorted({scope for one in events for scope in one.scopes if scope.kind == kind})
            return [frozenset(one.event.id for one in events if scope.covers(one)) & covered for scope in scopes]

        stages = sets("stage")
        labels = [*sets("level"), *sets("place"), *sets("quarter")]
        return [*(stage & label for stage in stages for label in labels), *stages, *labels]

    def _publish(
        self, parcels: dict[int, _Parcel], ids: frozenset[bytes], first: Iterable[frozenset[bytes]]
    ) -> tuple[int, ...]:
        """Who is in the table about these events. Changes `together` in `parcels` as it is noted in the store."""
        groups: dict[int, list[_Parcel]] = {}
        for one in parcels.values():
            if one.together is not None:
                groups.setdefault(one.together, []).append(one)
        ledger: Ledger[int] = Ledger(
            Group(frozenset(one.event for one in group), tuple(one.id for one in group))
            for _, group in sorted(groups.items())
        )
        for one in parcels.values():
            ledger.arrive(one.event, one.tally.asked, one.id, one.people)
        for parts in groups.values():
            alike = len({one.tally.asked for one in parts}) == 1
            if not alike or sum(one.people for one in parts) < THRESHOLD:
                raise _damaged(self._path)
        before = len(ledger.groups)
        entered = ledger.publish(ids, first)
        fresh = {
            parcel: number
            for number, group in enumerate(ledger.groups[before:], max(groups, default=0) + 1)
            for parcel in group.entries
        }
        if fresh:
            with self._writing() as write:
                write("UPDATE parcel SET together = ? WHERE id = ?", [(group, one) for one, group in fresh.items()])
            for number, group in fresh.items():
                one = parcels[number]
                parcels[number] = _Parcel(one.id, one.event, one.people, group, one.tally)
        return entered

    def _parcels(self) -> dict[int, _Parcel]:
        """Every parcel, opened; the caller may change the dictionary."""
        if self._read is None:
            self._read = self._read_parcels()
        return dict(self._read)

    def _read_parcels(self) -> dict[int, _Parcel]:
        with self._reading() as read:
            rows = msgspec.convert(
                list(read("SELECT id, event, people, together, source, tally FROM parcel ORDER BY id", ())), list[_Row]
            )
            parcels = {}
            for number, event, people, together, source, sealed in rows:
                tally = self._open_tally(number, event, source, sealed)
                if any(tally.people(question) != people for question in tally.asked) or not tally.asked:
                    raise _damaged(self._path)
                parcels[number] = _Parcel(number, event, people, together, tally)
        return parcels

    def _seal_tally(self, tally: Tally, number: int, event: bytes, source: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = os.urandom(_NONCE_SIZE)
        bound = _bound(number, event, source)
        return nonce + ChaCha20Poly1305(self._tally_key).encrypt(nonce, tally.pack(), bound)

    def _open_tally(self, number: int, event: bytes, source: bytes, sealed: bytes) -> Tally:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce, content = sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:]
        try:
            cipher = ChaCha20Poly1305(self._tally_key)
            return Tally.unpack(cipher.decrypt(nonce, content, _bound(number, event, source)))
        except (InvalidTag, ValueError) as error:
            raise _damaged(self._path) from error

    @functools.cached_property
    def _tally_key(self) -> bytes:
        return self._key.derive(b"fairstart office tallies 1")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[_Read]:
        with self._lock:
            try:
                yield self._connection.execute
            except sqlite3.OperationalError as error:
                raise StoreError(f"Cannot read {self._path} ({error}): try again.") from error
            except (sqlite3.DatabaseError, ValueError) as error:  # ValueError: a value that was never written so
                raise _damaged(self._path) from error

    @contextlib.contextmanager
    def _writing(self) -> Iterator[_Write]:
        """One transaction: all of it is on the disk afterwards, or nothing."""
        with self._lock:
            self._events = self._read = None
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection.executemany
                    self._connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StoreError(
                    f"Cannot write {self._path} ({error}): check that the disk has free space, then try again."
                ) from error


def _damaged(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} is damaged and was left as it is: put back a copy of it, or move it and bring every export in again."
    )


def _pairs(rows: Iterable[tuple[Any, ...]]) -> list[tuple[bytes, int]]:
    return msgspec.convert(list(rows), list[tuple[bytes, int]])


def _bound(number: int, event: bytes, source: bytes) -> bytes:
    """What a sealed tally belongs to."""
    return number.to_bytes(8, "big", signed=True) + event + source


def _parcels_of(
    opened: Opened, batches: Mapping[bytes, Batch], ids: Sequence[bytes]
) -> Iterator[tuple[bytes, int, Tally]]:
    """The parcels of new responses, with where each comes from and how many it is of: batches, and who is in none.

    Batches that are not of these people, as on a laptop whose responses were damaged, are left aside.
    """
    released: dict[tuple[str, ...], list[Tally]] = {}
    for batch in batches.values():
        released.setdefault(batch.tally.asked, []).append(batch.tally)
    try:
        rest = {
            asked: opened.tallies.get(asked, Tally({})).without(Tally.total(released.get(asked, ())))
            for asked in {**opened.tallies, **released}
        }
    except ValueError:
        batches, rest = {}, opened.tallies
    for source, batch in batches.items():
        yield source, batch.size, batch.tally
    for asked, tally in rest.items():
        if people := tally.people(asked[0]):
            yield _source(asked, ids), people, tally


def _source(asked: tuple[str, ...], ids: Iterable[bytes]) -> bytes:
    """Names those of a set of responses who were asked the same, and are in no batch."""
    return hashlib.sha256(
        b"fairstart parcel 1\x00" + ",".join(asked).encode() + b"\x00" + b"".join(sorted(ids))
    ).digest()


def _create(path: Path) -> None:
    """Make an empty store: under another name first, so that it is there whole or not at all."""
    from sqlite_utils import Database

    unfinished = path.with_name(f".{path.name}.new")
    try:
        for left in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
            left.unlink(missing_ok=True)
        connection = open_database(unfinished, create=True)
        try:
            database = Database(connection, execute_plugins=False)
            for name, columns in _TABLES.items():
                database.table(name).create(columns, pk=_KEYS.get(name))
            database.table("response").create_index(["event", "id"], unique=True)
            database.table("response").create_index(["event", "opened"])
            connection.execute(f"PRAGMA user_version={_VERSION}")
            wipe_journal(unfinished)
        finally:
            connection.close()
        unfinished.rename(path)
        flush_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"Cannot write {path} ({error}): free some space and try again.") from error
