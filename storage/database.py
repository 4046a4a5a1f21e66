"""The functions that open SQLite, and the wiping of its rollback journal.

A rollback journal holds the pages as they were before the last change: one response fewer. Read beside the database it
tells which response came last, so it is overwritten with zeros after every commit and at every opening. It is kept, not
deleted (`PERSIST`), because a deleted file's blocks stay readable on the disk.
"""

import contextlib
import os
import sqlite3
import sys
from pathlib import Path

from storage.errors import StoreDamagedError, StoreError
from storage.private_files import create_private, flush_folder, overwrite, read_at_most
from storage.progress import ProgressCallback, unreported

PRAGMAS: dict[str, tuple[str, object]] = {
    "journal_mode": ("PERSIST", "persist"),
    "synchronous": ("FULL", 2),
    "secure_delete": ("ON", 1),
    "temp_store": ("MEMORY", 2),
    "cache_size": ("-16384", -16384),
    **({"fullfsync": ("ON", 1)} if sys.platform == "darwin" else {}),
}
"""What every connection sets, and the value SQLite answers with when the setting took."""

_JOURNAL_HEADER = 512
"""Bytes at the start of a journal that make SQLite roll it back: one sector, which disks write as a whole."""

_PATIENCE = 5.0
"""Seconds to wait for another program that is writing."""

_PAGES = 256
"""Pages that are read between two reports of progress."""

_COUNTER = slice(24, 28)
"""Where a database's header counts its changes."""

SMALL_PAGES, LARGE_PAGES = 4096, 32768
"""Bytes of a page: where there is no reason for another size; and where all of them are written each time."""

_HEADERS = tuple(b"SQLite format 3\x00" + size.to_bytes(2, "big") + b"\x01\x01" for size in (SMALL_PAGES, LARGE_PAGES))
"""How every database here begins: the file format's name, the size of its pages, rollback journal (not WAL)."""


def open_database(
    path: Path, *, create: bool = False, thorough: bool = True, page_size: int = SMALL_PAGES
) -> sqlite3.Connection:
    """Open `path` with `PRAGMAS` set and checked, its journal settled and wiped, and if `thorough` every page checked.

    One that is there keeps the size of its pages, whatever `page_size` says.

    The connection is in autocommit mode: callers write BEGIN and COMMIT themselves.

    Raises:
        StoreDamagedError: it is missing, not a database, or fails SQLite's integrity check.
        StoreError: it cannot be opened, or a setting did not take.
    """
    try:
        if not create and not path.is_file():
            raise StoreDamagedError(
                f"{path} is missing: put it back from where it was moved to, "
                'or run "fairstart doctor --set-aside" to go on without it.'
            )
        if not create and not read_at_most(path, len(_HEADERS[0]) - 1).startswith(_HEADERS):
            # Before SQLite sees it: it would rewrite the header, or delete the journal. Reading the file here also
            # drops this process's locks on it, so no other connection may be in a transaction: none is.
            raise damaged(path)
        if create:
            os.close(create_private(path))
            flush_folder(path.parent)
        connection = _strict(sqlite3.connect(path, isolation_level=None, check_same_thread=False))
        try:
            if create:
                connection.execute(f"PRAGMA page_size={page_size}")
            _prepare(connection, path, thorough=thorough)
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreError(f"Cannot use {path} ({error}): check free space and permissions, then try again.") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise damaged(path) from error
    return connection


def _strict(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Take text that is no UTF-8 for damage; the library calls it an error of operation, which can pass by itself."""
    connection.text_factory = _text
    return connection


def _text(written: bytes) -> str:
    try:
        return written.decode()
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("some text in it is not as it was written") from error


def _prepare(connection: sqlite3.Connection, path: Path, *, thorough: bool) -> None:
    # The first pragma to read the schema also rolls back what a killed process left, and SQLite then deletes the
    # journal, readable on the disk, before that pragma can tell it not to. Under an exclusive lock it keeps the file.
    # Afterwards the lock must go: under it the file's change counter would depend on restarts.
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("PRAGMA journal_mode=PERSIST")
    connection.execute("PRAGMA locking_mode=NORMAL")
    for name, (value, expected) in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")
        if connection.execute(f"PRAGMA {name}").fetchone()[0] != expected:
            raise StoreError(
                f"This computer's SQLite refused the setting {name}={value}, so nothing can be kept safely: "
                "install Python from its official source and try again."
            )
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    if path.stat().st_size not in {0, pages * size} or (thorough and not is_sound(connection)):
        raise damaged(path)
    wipe_journal(path)


def open_ordinary(path: Path | None) -> sqlite3.Connection:
    """Open a database that holds nothing about responses, and that other programs may have open too; create it if new.

    Without a path it is in memory. Deleted text is overwritten; a commit is on the disk when it returns.

    Raises:
        sqlite3.Error: it cannot be opened, or is no database.
    """
    connection = sqlite3.connect(path or ":memory:", timeout=_PATIENCE, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.text_factory = lambda written: written.decode(
            errors="replace"
        )  # another program may have written it
        for name in ("secure_delete", "temp_store", "fullfsync"):
            if name in PRAGMAS:
                connection.execute(f"PRAGMA {name}={PRAGMAS[name][0]}")
        connection.execute("PRAGMA synchronous=EXTRA")  # FULL leaves the journal's removal, the commit, to the system
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def open_as_it_lies(path: Path) -> sqlite3.Connection:
    """Open a database to read it without its journal, which is neither rolled back nor changed.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    return _strict(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True))


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a database to read it, while its own program may have it open; nothing is written, and it waits its turn.

    Raises:
        sqlite3.Error: it cannot be opened; reading raises it where an interrupted write has to be undone first.
    """
    return _strict(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE))


def as_bytes(connection: sqlite3.Connection, progress: ProgressCallback = unreported) -> bytes:
    """A whole database as the bytes of a file, as it is at one moment, whoever else writes it.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as target:
        connection.backup(target, pages=_PAGES, progress=lambda _status, left, of: progress(of - left, of))
        return target.serialize()


def open_bytes(content: bytes) -> sqlite3.Connection:
    """Open the bytes of a database's file, in memory and in autocommit mode.

    Raises:
        sqlite3.Error: they are none; what is damaged shows when it is read.
    """
    if not content.startswith(_HEADERS):
        raise sqlite3.DatabaseError("file is not a database")
    connection = _strict(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
    connection.deserialize(content)
    return connection


def change_counter(path: Path) -> bytes:
    """Four bytes of a database that are others after each change.

    Raises:
        OSError: it cannot be read.
    """
    return read_at_most(path, _COUNTER.stop - 1)[_COUNTER]


def is_busy(error: Exception) -> bool:
    """Whether another program has the database. The words differ, the code does not."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)  # what Python itself raises has none
    return code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether every page is as SQLite expects it."""
    return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


def wipe_journal(path: Path) -> None:
    """Overwrite the journal of the database at `path` with zeros, in place, and flush it: its header first.

    A disk may write the rest in any order. A journal that kept its header and lost other parts would be rolled back in
    part, with what was kept since. Without its header it is never rolled back.

    Only safe when no transaction is open and SQLite has already rolled back any unfinished one.

    Raises:
        OSError: the journal could not be overwritten.
    """
    journal = journal_of(path)
    overwrite(journal, _JOURNAL_HEADER)
    overwrite(journal)


def journal_of(path: Path) -> Path:
    """Where SQLite puts the rollback journal of a database."""
    return path.with_name(f"{path.name}-journal")


def is_interrupted(path: Path) -> bool:
    """Whether the journal of a database belongs to a write that did not end, so that opening it would roll it back.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return any(read_at_most(journal_of(path), 0))
    except FileNotFoundError:
        return False


def damaged(path: Path) -> StoreDamagedError:
    """Build the error for a database whose pages are not what was written."""
    return StoreDamagedError(
        f"{path} is damaged and was left as it is: "
        'put a copy back, or run "fairstart doctor --set-aside" to keep it for the office and go on.'
    )
