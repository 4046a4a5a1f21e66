"""The office: every response that kiosks have handed over, merged, and the tables that may be shown of them.

<data>/office/office.pub, office.key    the office key, wrapped under the coordinator's passphrase
<data>/office/office.db                 what was brought in, and who is in which group

Merging is a union: a response is known by its id, so exports can come in any order, any number of times and from any
number of kiosks. Each response is opened once, when it comes. What is kept of that is a sum over those who wait at an
event, sealed to the office alone. Before a table is made, those who wait become groups of ten people or more, once and
for ever: their sum gets noise that follows from the office's seed and from who they are, and the exact sum is dropped.
FORMAT.md, section 18.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import msgspec

from storage.counts.disclosure import OfficeCounts
from storage.counts.noise import NoisyGroup, keyed_coins
from storage.counts.record import pack_group, unpack_group
from storage.counts.tally import Tally, asked_mask
from storage.crypto.keys import KioskPublicKey, OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import SealedResponse
from storage.database import is_sound, open_database, wipe_journal
from storage.errors import ExportError, StoreDamagedError, StoreError
from storage.events import Event, parse_event, write_event
from storage.exchange.exports import Export, open_export
from storage.exchange.receipts import write_receipt
from storage.office.decrypting import Opened, open_all
from storage.office.groups import Waiting, plan_groups
from storage.office.labels import OfficeEvent, Scope, Tables
from storage.private_files import flush_folder

LEVELS = (2, 3, 4, 5, 6, 7)
"""Apprenticeship levels in England."""
MOST_PEOPLE = 1_000_000
"""A head-count above this is a slip of the keyboard."""

_NAME = "office.db"
_VERSION = 1
_NONCE_SIZE = 12
_JOURNAL_KEPT = 1 << 20

_Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Key = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
_Number = Annotated[int, msgspec.Meta(ge=1)]
_HeadCount = Annotated[int, msgspec.Meta(ge=0, le=MOST_PEOPLE)]
_Level = Annotated[int, msgspec.Meta(ge=LEVELS[0], le=LEVELS[-1])]

_Described = tuple[_Id, bytes, _HeadCount | None, _Level | None]
_ResponsesRow = tuple[_Id, int, _Number | None, int]
_WaitingRow = tuple[_Id, int, int, bytes]
_GroupRow = tuple[_Number, int, bytes]
_MemberRow = tuple[_Number, _Id, int]

_NOT_AS_WRITTEN = (sqlite3.DatabaseError, ValueError)
"""How damage shows: pages that SQLite cannot read, or values that were never written so."""

_Read = Callable[[str, Sequence[object]], Iterable[tuple[Any, ...]]]
_Write = Callable[[str, Iterable[Sequence[object]]], object]

_TABLES: dict[str, dict[str, type]] = {
    "kiosk": {"id": bytes, "key": bytes},
    "event": {"id": bytes, "described": bytes, "head_count": int, "level": int},
    "handed": {"event": bytes, "kiosk": bytes, "responses": int},
    "response": {"event": bytes, "id": bytes, "sealed": bytes, "asked": int, "together": int},
    "waiting": {"event": bytes, "asked": int, "people": int, "tally": bytes},
    "noisy_group": {"number": int, "people": int, "counts": bytes},
    "member": {"together": int, "event": bytes, "people": int},
}
_KEYS: dict[str, tuple[str, ...]] = {
    "kiosk": ("id",),
    "event": ("id",),
    "handed": ("event", "kiosk", "responses"),
    "waiting": ("event", "asked"),
    "noisy_group": ("number",),
    "member": ("together", "event"),
}


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

    def __init__(self, kiosk: KioskPublicKey, event: Event) -> None:
        super().__init__(
            f"“{event.name}” comes from a laptop that this office has not accepted yet. "
            f"Compare its fingerprint: {kiosk.fingerprint}"
        )
        self.kiosk = kiosk
        self.event = event


class Office:
    """An opened office. Make it with `open`, inside `data_folder.hold`. Any thread may call; one works at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path, key: OfficePrivateKey) -> None:
        self._connection = connection
        self._path = path
        self._key = key
        self._lock = threading.RLock()
        self._events: list[OfficeEvent] | None = None
        self._tables: Tables | None = None
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
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type != 'index'")}
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
        """Check every page, every response's id and every group, and return how many responses the store holds.

        That noise follows from who is in a group is not worked out again: it would take opening every response. A group
        is sealed together with its number and with how many came to which event.

        Raises:
            StoreDamagedError: it is damaged.
            StoreError: it cannot be read.
        """
        with self._reading() as read:
            if not is_sound(self._connection):
                raise _damaged(self._path)
            held = sum(one.responses for one in self._read_events())
            self._read_groups()
            if sum(1 for _ in self._ids(read("SELECT id, sealed FROM response", ()))) != held:
                raise _damaged(self._path)
            return held

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
            found = [
                KioskPublicKey(key)
                for (key,) in msgspec.convert(list(read("SELECT key FROM kiosk", ())), list[tuple[_Key]])
            ]
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
            opened = {id_ for (id_,) in read("SELECT id FROM response WHERE event = ? AND asked", (export.event.id,))}
        return any(one.id in opened for one in export.sealed)

    def _keep(self, export: Export, new: list[SealedResponse], opened: Opened) -> None:
        event = export.event
        with self._writing() as write:
            if self._unknown(export) != new:
                raise StoreError("The same export was brought in twice at once: try again.")
            write("INSERT OR IGNORE INTO event (id, described) VALUES (?, ?)", [(event.id, write_event(event))])
            write("INSERT OR IGNORE INTO handed VALUES (?, ?, ?)", [(event.id, export.kiosk.id, len(export.sealed))])
            rows = (
                (event.id, one.id, one.sealed, asked_mask(asked or ()))
                for one, asked in zip(new, opened.asked, strict=True)
            )
            write("INSERT INTO response (event, id, sealed, asked) VALUES (?, ?, ?, ?)", rows)
            for questions, tally in opened.tallies.items():
                self._let_wait(write, event.id, asked_mask(questions), tally)

    def _let_wait(self, write: _Write, event: bytes, asked: int, more: Tally) -> None:
        """Add people to those who wait."""
        found = self._connection.execute("SELECT tally FROM waiting WHERE event = ? AND asked = ?", (event, asked))
        bound = _bound_waiting(event, asked)
        held = [
            Tally.unpack(self._unseal(sealed, bound)) for (sealed,) in msgspec.convert(list(found), list[tuple[bytes]])
        ]
        tally = Tally.total((*held, more))
        people = tally.people(tally.asked[0])
        sealed = self._seal(tally.pack(), bound)
        write("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?)", [(event, asked, people, sealed)])

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
            query = "SELECT id, described, head_count, level FROM event"
            described = msgspec.convert(list(read(query, ())), list[_Described])
            query = "SELECT event, asked, together, count(*) FROM response GROUP BY event, asked, together"
            held = msgspec.convert(list(read(query, ())), list[_ResponsesRow])
            query = "SELECT event, asked, people, tally FROM waiting"
            waiting = {row[:2]: row[2] for row in msgspec.convert(list(read(query, ())), list[_WaitingRow])}
            query = "SELECT together, event, people FROM member"
            members = {row[:2]: row[2] for row in msgspec.convert(list(read(query, ())), list[_MemberRow])}
            query = "SELECT event, count(DISTINCT kiosk) FROM handed GROUP BY event"
            kiosks = dict(msgspec.convert(list(read(query, ())), list[tuple[bytes, int]]))
            events = {id_: parse_event(content) for id_, content, _, _ in described}
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
        if not named or not responses.keys() <= events.keys() or (still, grouped) != (waiting, members):
            raise _damaged(self._path)
        found = [
            OfficeEvent(
                event=events[id_],
                responses=responses[id_],
                unreadable=unreadable[id_],
                waiting=waits[id_],
                kiosks=kiosks.get(id_, 0),
                head_count=head_count,
                level=level,
            )
            for id_, _, head_count, level in described
        ]
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
        with self._lock:
            if self._tables is None:
                self._make_groups()
                self._tables = Tables(self.events(), self._read_groups())
            return self._tables

    def _make_groups(self) -> None:
        """Make groups of those who wait, for ever: all of them in one transaction."""
        stages = {one.event.id: one.event.stage for one in self.events()}
        with self._reading() as read:
            rows = msgspec.convert(list(read("SELECT event, asked, people, tally FROM waiting", ())), list[_WaitingRow])
            sealed = {(event, asked): tally for event, asked, _, tally in rows}
            planned = plan_groups([Waiting(event, stages[event], asked, people) for event, asked, people, _ in rows])
        if not planned:
            return
        with self._writing() as write:
            first = self._connection.execute("SELECT coalesce(max(number), 0) + 1 FROM noisy_group").fetchone()[0]
            for number, members in enumerate(planned, first):
                tally = Tally.total(self._open_waiting(one, sealed[one.event, one.asked]) for one in members)
                ids = [id_ for one in members for id_ in self._ids_of(one)]
                group = NoisyGroup.of(tally, keyed_coins(self._noise_key, ids))
                parts = [(number, one.event, one.people) for one in members]
                content = self._seal(pack_group(group), _bound_group(number, parts))
                write("INSERT INTO noisy_group VALUES (?, ?, ?)", [(number, group.people, content)])
                write("INSERT INTO member VALUES (?, ?, ?)", parts)
                keys = [(one.event, one.asked) for one in members]
                write(
                    "UPDATE response SET together = ? WHERE event = ? AND asked = ? AND together IS NULL",
                    [(number, *key) for key in keys],
                )
                write("DELETE FROM waiting WHERE event = ? AND asked = ?", keys)

    def _ids_of(self, one: Waiting) -> list[bytes]:
        query = "SELECT id, sealed FROM response WHERE event = ? AND asked = ? AND together IS NULL"
        return list(self._ids(self._connection.execute(query, (one.event, one.asked))))

    def _ids(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
        """Ids of responses: each as its sealed form has it."""
        for id_, sealed in rows:
            if not isinstance(sealed, bytes) or SealedResponse(sealed).id != id_:
                raise _damaged(self._path)
            yield id_

    def _open_waiting(self, one: Waiting, sealed: bytes) -> Tally:
        tally = Tally.unpack(self._unseal(sealed, _bound_waiting(one.event, one.asked)))
        if {tally.people(question) for question in tally.asked} != {one.people}:
            raise _damaged(self._path)
        return tally

    def _read_groups(self) -> list[tuple[list[bytes], NoisyGroup]]:
        """Every group, with the events that its people came to."""
        with self._reading() as read:
            members: dict[int, list[_MemberRow]] = {}
            query = "SELECT together, event, people FROM member"
            for member in msgspec.convert(list(read(query, ())), list[_MemberRow]):
                members.setdefault(member[0], []).append(member)
            query = "SELECT DISTINCT together, asked FROM response WHERE together IS NOT NULL"
            asked = set(msgspec.convert(list(read(query, ())), list[tuple[int, int]]))
            groups = []
            query = "SELECT number, people, counts FROM noisy_group"
            for number, people, sealed in msgspec.convert(list(read(query, ())), list[_GroupRow]):
                parts = members.pop(number, [])
                group = unpack_group(self._unseal(sealed, _bound_group(number, parts)))
                if {group.people, people} != {sum(part for _, _, part in parts)}:
                    raise _damaged(self._path)
                asked.discard((number, asked_mask(group.asked)))
                groups.append(([event for _, event, _ in parts], group))
            if asked:
                raise _damaged(self._path)
        return groups

    def _seal(self, plain: bytes, bound: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = os.urandom(_NONCE_SIZE)
        return nonce + ChaCha20Poly1305(self._tally_key).encrypt(nonce, plain, bound)

    def _unseal(self, sealed: bytes, bound: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        try:
            return ChaCha20Poly1305(self._tally_key).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], bound)
        except InvalidTag as error:
            raise _damaged(self._path) from error

    @functools.cached_property
    def _tally_key(self) -> bytes:
        return self._key.derive(b"fairstart office tallies 1")

    @functools.cached_property
    def _noise_key(self) -> bytes:
        return self._key.derive(b"fairstart office noise 1")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[_Read]:
        with self._lock:
            try:
                yield self._connection.execute
            except sqlite3.OperationalError as error:
                raise StoreError(f"Cannot read {self._path} ({error}): try again.") from error
            except _NOT_AS_WRITTEN as error:
                raise _damaged(self._path) from error

    @contextlib.contextmanager
    def _writing(self) -> Iterator[_Write]:
        """One transaction: all of it is on the disk afterwards, or nothing."""
        with self._lock:
            self._events = self._tables = None
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection.executemany
                    self._connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                raise StoreError(
                    f"Cannot write {self._path} ({error}): check that the disk has free space, then try again."
                ) from error
            except _NOT_AS_WRITTEN as error:
                raise _damaged(self._path) from error


def _damaged(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} is damaged and was left as it is: put back a copy of it, or move it and bring every export in again."
    )


def _bound_waiting(event: bytes, asked: int) -> bytes:
    """What the sealed sum of those who wait belongs to."""
    return b"waiting\x00" + event + bytes([asked])


def _bound_group(number: int, members: Sequence[_MemberRow]) -> bytes:
    """What a sealed group belongs to: its number, and how many came to which event."""
    parts = (event + people.to_bytes(4, "big") for _, event, people in sorted(members))
    return b"group\x00" + number.to_bytes(8, "big") + b"".join(parts)


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
            database.table("response").create_index(["event", "asked", "together"])
            connection.execute(f"PRAGMA user_version={_VERSION}")
            wipe_journal(unfinished)
        finally:
            connection.close()
        unfinished.rename(path)
        flush_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"Cannot write {path} ({error}): free some space and try again.") from error
