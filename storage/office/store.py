"""The office's database: what was brought in, who is in which group, what is planned. FORMAT.md, section 18."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from storage.database import is_sound, open_database, wipe_journal
from storage.errors import StoreDamagedError, StoreError
from storage.private_files import flush_folder

FILE_NAME = "office.db"
VERSION = 1
_JOURNAL_KEPT = 1 << 20

_NOT_AS_WRITTEN = (sqlite3.DatabaseError, ValueError)
"""How damage shows: pages that SQLite cannot read, or values that were never written so."""

Read = Callable[[str, Sequence[object]], Iterable[tuple[Any, ...]]]
Write = Callable[[str, Iterable[Sequence[object]]], object]

TABLES: dict[str, dict[str, type]] = {
    "kiosk": {"id": bytes, "key": bytes},
    "event": {"id": bytes, "described": bytes, "head_count": int, "level": int},
    "handed": {"event": bytes, "kiosk": bytes, "responses": int},
    "response": {"event": bytes, "id": bytes, "sealed": bytes, "asked": int, "together": int},
    "waiting": {"event": bytes, "asked": int, "people": int, "tally": bytes},
    "noisy_group": {"number": int, "people": int, "counts": bytes},
    "member": {"together": int, "event": bytes, "people": int},
    "called": {"event": bytes, "name": str, "place": str},
    "planned": {"id": bytes, "described": bytes},
    "stick": {"id": bytes, "event": bytes, "recalled": int},
    "token": {"digest": bytes, "stick": bytes, "kiosk": bytes},
    "log": {"number": int, "entry": bytes, "mac": bytes},
    "log_end": {"entries": int, "mac": bytes},
}
_LATER = {"called", "planned", "stick", "token"}
"""The tables that the first stores did not have."""
_KEYS: dict[str, tuple[str, ...]] = {
    "kiosk": ("id",),
    "event": ("id",),
    "handed": ("event", "kiosk", "responses"),
    "waiting": ("event", "asked"),
    "noisy_group": ("number",),
    "member": ("together", "event"),
    "called": ("event",),
    "planned": ("id",),
    "stick": ("id",),
    "token": ("digest",),
    "log": ("number",),
}


def row_number(*key: bytes | int) -> int:
    """The `rowid` of the row with this key: numbers that SQLite gives would tell the order in which rows came."""
    parts = (part if isinstance(part, bytes) else part.to_bytes(8, "big") for part in key)
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest()[:8], "big", signed=True)


class OfficeStore:
    """An opened `office.db`. Any thread may call; one works at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.lock = threading.RLock()
        self.changes = 0
        """How many transactions were begun: what was read before the last is out of date."""
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open it; make an empty one the first time.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
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
            if version > VERSION:
                raise StoreError(f"{path} was written by a newer Fairstart: install the newest version.")
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type != 'index'")}
            if version != VERSION or tables | _LATER != set(TABLES):
                raise _damaged(path)
            for name in sorted(_LATER - tables):
                _create_table(connection, name)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise _damaged(path) from error
        except BaseException:
            connection.close()
            raise
        return cls(connection, path)

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
                yield self.connection.execute
            except sqlite3.OperationalError as error:
                raise StoreError(f"Cannot read {self._path} ({error}): try again.") from error
            except _NOT_AS_WRITTEN as error:
                raise self.damaged from error

    @contextlib.contextmanager
    def writing(self) -> Iterator[Write]:
        """One transaction: all of it is on the disk afterwards, or nothing.

        Raises:
            StoreError: it cannot be written; StoreDamagedError where it is not as it was written.
        """
        with self.lock:
            self.changes += 1
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self.connection.executemany
                    self.connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        self.connection.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                raise StoreError(
                    f"Cannot write {self._path} ({error}): check that the disk has free space, then try again."
                ) from error
            except _NOT_AS_WRITTEN as error:
                raise self.damaged from error


def _damaged(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} is damaged and was left as it is: put back a copy of it, or move it and bring every export in again."
    )


def _create_table(connection: sqlite3.Connection, name: str) -> None:
    from sqlite_utils import Database

    Database(connection, execute_plugins=False).table(name).create(TABLES[name], pk=_KEYS.get(name))


def _create(path: Path) -> None:
    """Make an empty store: under another name first, so that it is there whole or not at all."""
    from sqlite_utils import Database

    unfinished = path.with_name(f".{path.name}.new")
    try:
        for left in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
            left.unlink(missing_ok=True)
        connection = open_database(unfinished, create=True)
        try:
            for name in TABLES:
                _create_table(connection, name)
            database = Database(connection, execute_plugins=False)
            database.table("response").create_index(["event", "id"], unique=True)
            database.table("response").create_index(["event", "asked", "together"])
            connection.execute(f"PRAGMA user_version={VERSION}")
            wipe_journal(unfinished)
        finally:
            connection.close()
        unfinished.rename(path)
        flush_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"Cannot write {path} ({error}): free some space and try again.") from error
