"""The pool: sealed rows of one kind and one length, kept so that the files cannot tell in which order they came.

An event has two: its sealed responses, and the sealed groups of its counts.

Anchors: ballot secrecy in VVSG 2.0, section 10.2 (no data that can determine the order of casting), and
history-independent vote storage (Molnar, Kohno, Sastry and Wagner, 2006). Adding one response rewrites all of them
in sorted order in one transaction, then zeroes the journal. Because every sealed response has the same length,
database and journal depend only on which responses are held, never on how they arrived. It costs about 7 ms at 1,000
responses (ext4, 2026), which a candidate does not notice.

A page holds 28 responses: all are written in an eighth of the writes that SQLite's usual pages take. Rewriting fewer
would be faster, and the file could still be the same for every order: a table in which each response has a place of its
own. But below the file, where a disk or a file system writes each change to new blocks, the blocks that were written
last would tell who came last. So all of them are written, every time.
"""

import contextlib
import hashlib
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from operator import xor
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from storage.crypto.sealing import SEALED_SIZE, SealedResponse
from storage.database import (
    LARGE_PAGES,
    change_counter,
    damaged,
    is_interrupted,
    is_sound,
    journal_of,
    open_as_it_lies,
    open_database,
    wipe_journal,
)
from storage.errors import StoreDamagedError, StoreError
from storage.kiosk.groups import SEALED_GROUP_SIZE, SealedGroup
from storage.private_files import PRIVATE_FILE, erase


class Sealed(Protocol):
    """What a pool can hold."""

    @property
    def sealed(self) -> bytes:
        """The bytes of its row."""


SealedRow = TypeVar("SealedRow", bound=Sealed)


class Kind(msgspec.Struct, Generic[SealedRow], frozen=True):
    """What the rows of a pool are."""

    table: str
    size: int
    """The length that every row has, in bytes."""
    of: Callable[[bytes], SealedRow]

    @property
    def schema(self) -> list[tuple[str, str, str]]:
        """All that SQLite's own table of contents holds."""
        return [("table", self.table, f'CREATE TABLE "{self.table}" (\n   "sealed" BLOB NOT NULL\n)')]


_LOOKS, _BETWEEN_LOOKS = 40, 0.05
"""How often to look for a moment between two writes of another process, and seconds between: a write takes 5 ms."""

TRIED = ".tried"
"""What the copy ends in that a journal is tried on."""

RESPONSES = Kind("response", SEALED_SIZE, SealedResponse)
GROUPS = Kind("noisy_group", SEALED_GROUP_SIZE, SealedGroup)


def checksum(rows: Iterable[bytes]) -> int:
    """What a pool notes of its rows, in SQLite's `user_version`: the same in whatever order they came."""
    total = bytes(4)
    for row in rows:
        total = bytes(map(xor, total, hashlib.sha256(row).digest()))
    return int.from_bytes(total, "big", signed=True)


def _noted_sum(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


class Pool(Generic[SealedRow]):
    """The sealed rows of one event. One writer at a time; any thread may call."""

    def __init__(self, path: Path, kind: Kind[SealedRow]) -> None:
        self._path = path
        self._kind = kind
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    @classmethod
    def create(cls, path: Path, kind: Kind[SealedRow]) -> None:
        """Make an empty pool at `path`, which must not exist.

        Raises:
            StoreError: the place cannot be written.
        """
        from sqlite_utils import Database  # 75 ms to import: wanted at set-up, never at a kiosk's start

        connection = open_database(path, create=True, page_size=LARGE_PAGES)
        try:
            Database(connection, execute_plugins=False).table(kind.table).create({"sealed": bytes}, not_null={"sealed"})
            wipe_journal(path)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"Cannot write {path} ({error}): free some space and try again.") from error
        finally:
            connection.close()

    def check(self) -> int:
        """Settle what an interrupted write left, check every page and row, and return how many rows are held.

        Raises:
            StoreDamagedError: the file is not a sound pool; it is left as it is.
            StoreError: it cannot be opened or written.
        """
        with self._lock:
            self._close()
            try:
                return len(self._rows(self._open()))
            except StoreDamagedError:
                self._close()  # a single failed read can look like damage: look again before saying so
                return len(self._rows(self._open()))

    def is_as_written(self) -> bool:
        """Whether the rows are those that were added, each as it was. SQLite itself sees no change within a row.

        Raises:
            StoreError: the pool cannot be read.
        """
        with self._lock:
            connection = self._open()
            return checksum(self._rows(connection)) == _noted_sum(connection)

    def count(self) -> int:
        """How many rows are held.

        Raises:
            StoreError: the pool cannot be read.
        """
        with self._lock:
            return len(self._rows(self._open()))

    def add(self, row: SealedRow) -> None:
        """Keep one row. On return it is on the disk and the journal is blank.

        Adding the same row again changes nothing, so after a failure, whose outcome may be unknown, the
        caller can simply try again.

        Raises:
            StoreError: it may not have been kept; what was held before is unharmed.
            ValueError: not of the length that every row has.
        """
        if len(row.sealed) != self._kind.size:
            raise ValueError(f"a row has {self._kind.size} bytes, not {len(row.sealed)}")
        with self._lock:
            connection = self._open()
            try:
                rows = self._rows(connection)
                if row.sealed not in rows:
                    self._rewrite(connection, sorted([*rows, row.sealed]), row.sealed)
                wipe_journal(self._path)
            except (sqlite3.Error, OSError) as error:
                self._close()
                raise StoreError(
                    "This could not be kept on this laptop: check that its disk has free space, then try again."
                ) from error

    def remove(self, row: SealedRow) -> None:
        """Take one row out again, by the same rewriting.

        Raises:
            StoreError: nothing was removed.
        """
        with self._lock:
            connection = self._open()
            try:
                left = [other for other in self._rows(connection) if other != row.sealed]
                self._rewrite(connection, left, row.sealed)
                wipe_journal(self._path)
            except (sqlite3.Error, OSError) as error:
                self._close()
                raise StoreError(f"Cannot write {self._path} ({error}): check free space.") from error

    def rows(self) -> list[SealedRow]:
        """Every row held, in the pool's own order, which is that of their bytes.

        Raises:
            StoreError: the pool cannot be read.
        """
        with self._lock:
            return [self._kind.of(row) for row in self._rows(self._open())]

    def rows_beside(self) -> list[SealedRow]:
        """The same while another process may be writing: no lock is taken, and nothing is settled or changed.

        Not for the process that has the pool open: closing the file here would drop its locks.

        Raises:
            StoreDamagedError: it is missing, or not as it was written.
            StoreError: it cannot be read, or there was no moment between two writes.
        """
        problem = StoreError(
            f"A write to {self._path} was interrupted: start Fairstart on this laptop and unlock it, then try again."
        )
        for _ in range(_LOOKS):
            try:
                rows = self._rows_between_writes()
            except (sqlite3.Error, StoreDamagedError):  # or else read in the middle of a write
                problem = damaged(self._path)
            except OSError as error:
                raise StoreError(f"Cannot read {self._path} ({error.strerror}): check that it is there.") from error
            else:
                if rows is not None:
                    return [self._kind.of(row) for row in rows]
            time.sleep(_BETWEEN_LOOKS)
        raise problem

    def _rows_between_writes(self) -> list[bytes] | None:
        """The rows as they lie in the file; None where a write went on meanwhile, or was interrupted."""
        before = change_counter(self._path)
        if is_interrupted(self._path):  # the journal comes before any page that a write changes
            return None
        with contextlib.closing(open_as_it_lies(self._path)) as connection:
            if not is_sound(connection):
                raise damaged(self._path)
            rows = self._rows(connection)
        return None if is_interrupted(self._path) or change_counter(self._path) != before else rows

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                if is_interrupted(self._path):
                    self._need_harmless_journal()
            except OSError as error:
                raise StoreError(f"Cannot read {self._path} ({error}): check permissions, then try again.") from error
            self._connection = self._opened(self._path)
        return self._connection

    def _opened(self, path: Path) -> sqlite3.Connection:
        connection = open_database(path)
        try:
            if connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall() != self._kind.schema:
                raise damaged(self._path)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            connection.close()
            raise damaged(self._path) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _need_harmless_journal(self) -> None:
        """Return only if rolling the journal back leaves a pool as it was written, with one row less than now at most.

        No write that was interrupted had more to undo. It is tried on a copy: what SQLite rolls back is gone.

        Raises:
            StoreDamagedError: it would lose more; nothing was changed.
            OSError: there is no room for a copy.
        """
        copy = self._path.with_name(f".{self._path.name}{TRIED}")
        try:
            for path, to in ((self._path, copy), (journal_of(self._path), journal_of(copy))):
                erase(to)
                shutil.copyfile(path, to)
                to.chmod(PRIVATE_FILE)
            try:
                with contextlib.closing(self._opened(copy)) as connection:
                    after = set(self._rows(connection))
                    authentic = checksum(after) == _noted_sum(connection)
            except StoreDamagedError as error:
                raise damaged(self._path) from error
        finally:
            for to in (copy, journal_of(copy)):
                erase(to)
        now = self._rows_without_journal()
        if now and (len(now - after) > 1 or not authentic):
            raise StoreDamagedError(
                f"{journal_of(self._path)} would take back responses that were kept, and was left as it is: "
                'put a copy of both files back, or run "fairstart doctor --set-aside" to keep them for the office.'
            )

    def _rows_without_journal(self) -> set[bytes]:
        """The rows as they lie in the file; none where a write that was interrupted has left it torn."""
        try:
            with contextlib.closing(open_as_it_lies(self._path)) as connection:
                rows = self._rows(connection) if is_sound(connection) else []
                return set(rows) if checksum(rows) == _noted_sum(connection) else set()
        except (sqlite3.Error, StoreError):
            return set()

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _rows(self, connection: sqlite3.Connection) -> list[bytes]:
        try:
            rows = [row for (row,) in connection.execute(f"SELECT sealed FROM {self._kind.table}")]  # noqa: S608 - our name
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StoreError(f"Cannot read {self._path} ({error}): try again.") from error
            raise damaged(self._path) from error
        if any(not isinstance(row, bytes) or len(row) != self._kind.size for row in rows):
            raise damaged(self._path)
        return list(dict.fromkeys(rows))  # a row that somebody copied counts once

    def _rewrite(self, connection: sqlite3.Connection, rows: list[bytes], *changed: bytes) -> None:
        table = self._kind.table
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our name
            connection.executemany(f"INSERT INTO {table} VALUES (?)", ((row,) for row in rows))  # noqa: S608 - our name
            # What is noted changes by what is added or removed alone: a row that was altered before goes on to show.
            connection.execute(f"PRAGMA user_version={_noted_sum(connection) ^ checksum(changed)}")
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
