"""The office's database: what was brought in, who is in which group, what is planned. FORMAT.md, section 18."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import sqlite3
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import msgspec

from storage.computer import is_other_computer, marks_of_computer
from storage.crypto.keys import OfficePublicKey
from storage.database import as_bytes, is_busy, is_sound, journal_of, open_database, open_to_read, wipe_journal
from storage.errors import FairstartError, InUseError, OtherComputerError, StoreDamagedError, StoreError
from storage.private_files import flush_folder
from storage.progress import ProgressCallback, unreported

FILE_NAME = "office.db"
MIGRATIONS: tuple[tuple[str, ...], ...] = ()
"""What leads from version 1 to 2, and so on: SQL, each a transaction. What was released is never changed."""
VERSION = 1 + len(MIGRATIONS)
_JOURNAL_KEPT = 1 << 20
_CACHE = 1 << 25
"""Bytes of pages in memory: what a transaction changes is written once, when it ends."""
_KEYS_AT_ONCE = 1000
"""Of the 32,766 values that SQLite takes in a query."""

_NOT_AS_WRITTEN = (sqlite3.DatabaseError, ValueError)
"""How damage shows: pages that SQLite cannot read, or values that were never written so."""

Read = Callable[[str, Sequence[object]], Iterable[tuple[Any, ...]]]
Write = Callable[[str, Iterable[Sequence[object]]], object]

TABLES: dict[str, dict[str, type]] = {
    "kiosk": {"id": bytes, "key": bytes, "name": str, "accepted": str, "revoked": int},
    "event": {"id": bytes, "described": bytes, "head_count": int, "level": int},
    "handed": {"event": bytes, "kiosk": bytes, "responses": int},
    "response": {"event": bytes, "id": bytes, "sealed": bytes, "asked": int, "together": int},
    "waiting": {"event": bytes, "asked": int, "people": int, "tally": bytes},
    "noisy_group": {"number": int, "people": int, "counts": bytes},
    "member": {"together": int, "event": bytes, "people": int},
    "correction": {"number": int, "event": bytes, "kind": str, "labels": bytes},
    "deleted": {"event": bytes, "digest": bytes},
    "retained": {"event": bytes, "day": str, "unreadable": int, "dropped": int},
    "planned": {"id": bytes, "described": bytes},
    "target": {"id": bytes, "described": bytes},
    "debrief": {"event": bytes, "id": bytes, "kiosk": bytes, "written": bytes, "changed": bytes},
    "stick": {"id": bytes, "event": bytes, "recalled": int},
    "token": {"digest": bytes, "stick": bytes, "kiosk": bytes},
    "line": {"office": bytes, "id": bytes, "generation": int, "restored": int, "copied": str, "copied_generation": int},
    "computer": {"mark": bytes},
    "log": {"number": int, "entry": bytes, "mac": bytes},
    "log_end": {"entries": int, "mac": bytes},
}
_KEYS: dict[str, tuple[str, ...]] = {
    "kiosk": ("id",),
    "event": ("id",),
    "handed": ("event", "kiosk", "responses"),
    "waiting": ("event", "asked"),
    "noisy_group": ("number",),
    "member": ("together", "event"),
    "correction": ("number", "event"),
    "deleted": ("event", "digest"),
    "retained": ("event",),
    "planned": ("id",),
    "target": ("id",),
    "debrief": ("event", "id"),
    "stick": ("id",),
    "token": ("digest",),
    "computer": ("mark",),
    "log": ("number",),
}


def row_number(*key: bytes | int) -> int:
    """The `rowid` of the row with this key: numbers that SQLite gives would tell the order in which rows came."""
    parts = (part if isinstance(part, bytes) else part.to_bytes(8, "big") for part in key)
    number: int = _ROW_NUMBER.unpack_from(hashlib.sha256(b"".join(parts)).digest())[0]
    return number


def response_numbers(event: bytes, ids: Iterable[bytes]) -> list[int]:
    """The `rowid` of each response of an event: the first two bytes of the event's id, and six of its own.

    What an export brings then stands side by side, and is written to a page for every two or three responses, not each.
    """
    first = event[:2]
    return [number for (number,) in _ROW_NUMBER.iter_unpack(b"".join([first + id_[:6] for id_ in ids]))]


_ROW_NUMBER = struct.Struct(">q")
_LINE_SIZE = 16
_Line = Annotated[bytes, msgspec.Meta(min_length=_LINE_SIZE, max_length=_LINE_SIZE)]
_Mark = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Generation = Annotated[int, msgspec.Meta(ge=0)]
_Flag = Annotated[int, msgspec.Meta(ge=0, le=1)]

READ_ONLY = "This office is open elsewhere, where somebody writes: here you can read. Close it there to write here."
ELSEWHERE = (
    "This office was used on another computer, and if both go on, groups are made twice and their numbers tell more: "
    "say which one goes on."
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Where a store stands among its copies. Of two with one id, the one of the later generation holds all of both."""

    office: _Line
    """The id of the office key whose store it is."""
    id: _Line
    """Drawn at random when the store was made, put back from a copy and changed, or went on on another computer."""
    generation: _Generation
    """How many changes have led to it."""
    restored: _Flag
    """Whether it is as a copy had it: the next change begins a line of its own."""
    copied: dt.date | None
    """The day of the last copy that was made of it."""
    copied_generation: _Generation | None
    """What the last copy holds."""

    @property
    def has_changed(self) -> bool:
        """Whether something is in no copy."""
        return self.generation > (self.copied_generation or 0)


@dataclass(frozen=True)
class Version:
    """The same for as long as a store stays the same, for one who has it open."""

    here: int
    elsewhere: int


class OfficeStore:
    """An opened `office.db`. Any thread may call; one works at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, may_write: bool = True) -> None:
        """Use an open connection; `may_write` as in `open`."""
        self.connection = connection
        self.lock = threading.RLock()
        self.refusal: FairstartError | None = None if may_write else InUseError(READ_ONLY)
        """Why nothing may be written, where that is so."""
        self._may_write = may_write
        self._changes = 0
        self._path = path

    @classmethod
    def open(cls, path: Path, office: OfficePublicKey, *, may_write: bool = True) -> Self:
        """Open it; make an empty one the first time.

        Args:
            path: of the file.
            office: whose store it is.
            may_write: whether this process holds the data folder. Without, another may write while this one reads.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        if not may_write:
            return cls._open_to_read(path, office)
        if not path.exists():
            _create(path, office)
        path.with_name(f".{path.name}.new-journal").unlink(missing_ok=True)  # of a process that ended in between
        try:
            connection = open_database(path, thorough=False)
        except StoreDamagedError as error:
            raise _damaged(path) from error
        store = cls(connection, path)
        try:
            connection.execute(f"PRAGMA journal_size_limit={_JOURNAL_KEPT}")
            connection.execute(f"PRAGMA cache_size=-{_CACHE >> 10}")
            version = _version_of(connection, path)
            _bring_up_to_date(connection, path, version)
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type != 'index'")}
            if version < 1 or tables != set(TABLES):
                raise _damaged(path)
            store.require_office(office)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise _damaged(path) from error
        except BaseException:
            connection.close()
            raise
        return store

    @classmethod
    def _open_to_read(cls, path: Path, office: OfficePublicKey) -> Self:
        if not path.exists():
            raise StoreError(f"{path} is not there yet: open the office where nobody else has it open.")
        try:
            connection = open_to_read(path)
        except sqlite3.Error as error:
            raise StoreError(f"Cannot read {path} ({error}): try again.") from error
        store = cls(connection, path, may_write=False)
        try:
            with store.reading():
                if _version_of(connection, path) < VERSION:
                    raise StoreError(f"{path} is of an older Fairstart: close the office elsewhere, and open it here.")
            store.require_office(office)
        except BaseException:
            connection.close()
            raise
        return store

    # Where it stands among its copies, and where it is used.

    def line(self) -> Line:
        """Where it stands.

        Raises:
            StoreError: it cannot be read; StoreDamagedError where it is not as it was written.
        """
        with self.reading() as read:
            (row,) = read("SELECT office, id, generation, restored, copied, copied_generation FROM line", ())
            return msgspec.convert(dict(zip(Line.__struct_fields__, row, strict=True)), Line)

    def note_copied(self, made: dt.date, generation: int) -> None:
        """Note that there is a copy of it.

        Raises:
            StoreError: it cannot be written.
        """
        with self.writing(counted=False) as write:
            write("UPDATE line SET copied = ?, copied_generation = ?", [(made.isoformat(), generation)])

    def mark_restored(self, made: dt.date) -> None:
        """Note in a copy of the store, which was made on a day, that it is to be put back.

        Raises:
            StoreError: it cannot be written.
        """
        with self.writing(counted=False) as write:
            query = "UPDATE line SET restored = 1, copied = ?, copied_generation = generation"
            write(query, [(made.isoformat(),)])

    def require_office(self, office: OfficePublicKey) -> None:
        """See that it is this office's. Where it was used on other computers alone, refuse to write from now on.

        Raises:
            StoreError: it is another's, or cannot be read.
        """
        with self.reading():
            if self.line().office != office.id:
                raise StoreError(f"{self._path} does not belong to the office key beside it: put the right one back.")
        if self._may_write and self.was_used_elsewhere(office):
            self.refusal = OtherComputerError(ELSEWHERE)

    def was_used_elsewhere(self, office: OfficePublicKey) -> bool:
        """Whether it was used on other computers alone, as far as can be told.

        Raises:
            StoreError: it cannot be read.
        """
        with self.reading() as read:
            noted = msgspec.convert([mark for (mark,) in read("SELECT mark FROM computer", ())], list[_Mark])
        return is_other_computer(tuple(noted), marks_of_computer(office))

    def go_on_here(self, office: OfficePublicKey) -> None:
        """Note that this computer is one on which the office goes on: it is on a line of its own from now on.

        Raises:
            StoreError: it cannot be written.
        """
        with self.lock:
            refusal, self.refusal = self.refusal, None if self._may_write else self.refusal
            try:
                with self.writing() as write:
                    write(_NOTE_COMPUTER, _rows_of_computer(office))
                    write("UPDATE line SET restored = 1", [()])
            except BaseException:
                self.refusal = refusal
                raise

    @property
    def version(self) -> Version:
        """What was read before it changed is out of date.

        Raises:
            StoreError: it cannot be read.
        """
        with self.reading() as read:
            ((elsewhere,),) = read("PRAGMA data_version", ())
            return Version(self._changes, elsewhere)

    def content(self, progress: ProgressCallback = unreported) -> bytes:
        """The whole database as the bytes of a file, as it is at one moment.

        Raises:
            StoreError: it cannot be read.
        """
        with self.reading():
            return as_bytes(self.connection, progress)

    def close(self) -> None:
        """Let go of it."""
        with self.lock, contextlib.suppress(sqlite3.Error):
            self.connection.close()

    def check(self) -> None:
        """Check every page.

        Raises:
            StoreDamagedError: one is not as SQLite expects it.
            StoreError: it cannot be read.
        """
        with self.reading():
            if not is_sound(self.connection):
                raise self.damaged

    @property
    def damaged(self) -> StoreDamagedError:
        """The error for what is not as it was written."""
        return _damaged(self._path)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Read]:
        """Read with SQL.

        Raises:
            StoreError: it cannot be read; StoreDamagedError where it is not as it was written.
        """
        with self.lock:
            try:
                with self._one_moment():
                    yield self.connection.execute
            except sqlite3.OperationalError as error:
                raise StoreError(f"Cannot read {self._path} ({error}): try again.") from error
            except _NOT_AS_WRITTEN as error:
                raise self.damaged from error

    def among(self, query: str, event: bytes, keys: Sequence[bytes]) -> set[bytes]:
        """Which of some keys a query of an event finds: it ends with the name of the column and `IN`.

        Raises:
            StoreError: it cannot be read; StoreDamagedError where it is not as it was written.
        """
        found: set[bytes] = set()
        with self.reading() as read:
            for start in range(0, len(keys), _KEYS_AT_ONCE):
                some = keys[start : start + _KEYS_AT_ONCE]
                found.update(key for (key,) in read(f"{query} ({', '.join('?' * len(some))})", (event, *some)))
        return found

    @contextlib.contextmanager
    def _one_moment(self) -> Iterator[None]:
        """Where another process may write in between, read as all was when reading began."""
        if self._may_write or self.connection.in_transaction:
            yield
            return
        try:
            self.connection.execute("BEGIN")
            yield
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def require_writing(self) -> None:
        """See that it may be written.

        Raises:
            InUseError, OtherComputerError: it may not.
        """
        if self.refusal is not None:
            raise self.refusal

    @contextlib.contextmanager
    def writing(self, *, counted: bool = True) -> Iterator[Write]:
        """One transaction: all of it is on the disk afterwards, or nothing.

        Args:
            counted: whether a copy that was made before is older afterwards, if anything changes.

        Raises:
            InUseError, OtherComputerError: it may not be written.
            StoreError: it cannot be written; StoreDamagedError where it is not as it was written.
        """
        with self.lock:
            self.require_writing()
            self._changes += 1
            try:
                try:
                    self.connection.execute("BEGIN IMMEDIATE")
                    before = self._total_changes()
                    yield self.connection.executemany
                    if counted and self._total_changes() > before:
                        self._count_change()
                    self.connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        self.connection.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                what = "wait until nobody reads it" if is_busy(error) else "check that the disk has free space"
                raise StoreError(f"Cannot write {self._path} ({error}): {what}, then try again.") from error
            except _NOT_AS_WRITTEN as error:
                raise self.damaged from error

    @contextlib.contextmanager
    def erasing(self) -> Iterator[Write]:
        """One transaction that deletes: afterwards neither the database nor its journal holds what is deleted.

        The journal has the pages as they were, so it keeps its whole length until it is overwritten. A program that
        ends in between leaves that to the next opening.

        Raises:
            StoreError: as `writing`; or all is deleted, and the journal could not be overwritten.
        """
        with self.lock:
            with self.reading() as read:
                read("PRAGMA journal_size_limit=-1", ())
            try:
                with self.writing() as write:
                    yield write
            finally:
                with contextlib.suppress(sqlite3.Error):  # a longer journal does no harm
                    self.connection.execute(f"PRAGMA journal_size_limit={_JOURNAL_KEPT}")
            try:
                wipe_journal(self._path)
            except OSError as error:
                raise StoreError(
                    f"All of it is deleted, but {journal_of(self._path)} could not be overwritten ({error}): "
                    "close the office and open it again, which does that."
                ) from error

    def _total_changes(self) -> int:
        """How many rows this connection has ever changed."""
        return int(self.connection.execute("SELECT total_changes()").fetchone()[0])

    def _count_change(self) -> None:
        self.connection.execute("UPDATE line SET generation = generation + 1")
        self.connection.execute("UPDATE line SET id = ?, restored = 0 WHERE restored", (os.urandom(_LINE_SIZE),))


_NOTE_COMPUTER = "INSERT OR IGNORE INTO computer (rowid, mark) VALUES (?, ?)"


def _rows_of_computer(office: OfficePublicKey) -> list[tuple[int, bytes]]:
    return [(row_number(mark), mark) for mark in marks_of_computer(office)]


def _damaged(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} is damaged and was left as it is: put back a copy of it, or move it and bring every export in again."
    )


def _version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The version that a store is of.

    Raises:
        StoreError: it is of a later one than this program knows.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise StoreError(f"{path} was written by a newer Fairstart: install the newest version.")
    return version


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Lead a store of an older version to this one, step by step; each step is there wholly or not at all.

    Raises:
        StoreError: it cannot be written.
    """
    for reached, statements in enumerate(MIGRATIONS[max(version, 1) - 1 :], max(version, 1) + 1):
        try:
            connection.execute("BEGIN IMMEDIATE")
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={reached}")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"Cannot bring {path} up to date ({error}): free some space and try again. Nothing in it was changed."
            ) from error
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        wipe_journal(path)


def _create(path: Path, office: OfficePublicKey) -> None:
    """Make an empty store: under another name first, so that it is there whole or not at all."""
    from sqlite_utils import Database

    unfinished = path.with_name(f".{path.name}.new")
    try:
        for left in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
            left.unlink(missing_ok=True)
        connection = open_database(unfinished, create=True)
        try:
            database = Database(connection, execute_plugins=False)
            for name, columns in TABLES.items():
                database.table(name).create(columns, pk=_KEYS.get(name))
            database.table("response").create_index(["event", "id"], unique=True)
            database.table("response").create_index(["event", "asked", "together"])
            line = office.id, os.urandom(_LINE_SIZE)
            connection.execute("INSERT INTO line VALUES (?, ?, 0, 0, NULL, NULL)", line)
            connection.executemany(_NOTE_COMPUTER, _rows_of_computer(office))
            connection.execute(f"PRAGMA user_version={VERSION}")
            wipe_journal(unfinished)
        finally:
            connection.close()
        unfinished.rename(path)
        flush_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"Cannot write {path} ({error}): free some space and try again.") from error
