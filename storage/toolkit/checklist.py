"""The checklist: how far an organisation has come with each item of the toolkit, who sees to it, and its notes.

It is an ordinary SQLite database, `checklist.db` in the data folder, that sqlite-utils or Datasette can open, and that
several processes may have open at once. It knows nothing about responses. Every change is one transaction, on the disk
when the call returns; changes can be undone until the checklist is closed.

Nothing is written over unseen: a change says what it found. If another process has changed that meanwhile, a note gets
both texts, and any other change is refused with a sentence.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from msgspec import Struct

from storage.database import is_busy, is_sound, open_ordinary
from storage.errors import ChangedElsewhereError, StoreDamagedError, StoreError
from storage.private_files import create_private, make_private_folder
from storage.settings import EventDetails
from storage.text import cleaned, folded

if TYPE_CHECKING:
    import sqlite_utils

FILE_NAME = "checklist.db"

Status = Literal["not started", "in progress", "done", "not relevant"]
STATUSES: tuple[Status, ...] = get_args(Status)

STATUS_WORDS: dict[Status, str] = {
    "not started": "Not started",
    "in progress": "In progress",
    "done": "Done",
    "not relevant": "Not relevant to us",
}
"""What screens say."""


def status_meant(text: str) -> Status | None:
    """The status that somebody wrote, with spaces, hyphens or neither, or as screens say it; None if it is none."""
    words = folded(text)
    return next((status for status, shown in STATUS_WORDS.items() if words in {folded(status), folded(shown)}), None)


Field = Literal["status", "owner", "review", "note"]
FIELDS: tuple[Field, ...] = get_args(Field)

OWNER_LENGTH = 60
NOTE_LENGTH = 4000
"""Characters, at most."""


class Record(Struct, frozen=True):
    """What is noted of one item, or of one check for one event."""

    status: Status = "not started"
    owner: str = ""
    review: dt.date | None = None
    """When to look at it again."""
    note: str = ""

    def text(self, field: Field) -> str:
        """One field, as it is kept."""
        value = getattr(self, field)
        return value.isoformat() if isinstance(value, dt.date) else value or ""


BLANK = Record()


class Edit(NamedTuple):
    """One field changed. Dates are written year-month-day; nothing is an empty text."""

    id: str
    field: Field
    before: str
    """What stood there when the person who changed it last looked."""
    after: str
    event: str = ""
    """Which event, for a check that each event has its own of."""


class Noted(NamedTuple):
    """A note or an owner in which words were found."""

    id: str
    event: str
    found: str
    """The words around, those found between `OPEN` and `CLOSE`."""


TOKENIZER = "porter unicode61 remove_diacritics 2"
"""How texts are cut into words for finding them: without endings and accents."""

OPEN, CLOSE = "\x02", "\x03"
"""Around what was found."""


class Checklist:
    """An open checklist. It may be used from any thread."""

    def __init__(self, database: sqlite_utils.Database, path: Path) -> None:
        self._database = database
        self._path = path
        self._lock = threading.RLock()
        self._done: list[tuple[Edit, ...]] = []

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> Checklist:
        """Open `folder`'s checklist, bringing one of an older version up to date.

        Args:
            folder: the data folder; it need not exist.
            create: whether to make a new file where there is none. Without, an empty checklist in memory stands in.

        Raises:
            StoreDamagedError: it is no checklist any more; it was left as it is.
            StoreError: it cannot be read or written, or a newer Fairstart made it; it was left as it is.
        """
        import sqlite_utils  # costs 75 ms, and no start of the kiosk comes by here

        path = folder / FILE_NAME
        if folder.exists() and not folder.is_dir():
            raise StoreError(f"{folder} is no folder: choose another place with --data.")
        with _as_store_errors(path):
            if create and not path.exists():
                make_private_folder(folder)
                with contextlib.suppress(FileExistsError):  # another program was faster
                    os.close(create_private(path))
            connection = open_ordinary(path if path.exists() else None)
            database = sqlite_utils.Database(connection, execute_plugins=False)
            try:
                _bring_up_to_date(database, path)
            except BaseException:
                database.close()
                raise
        return cls(database, path)

    def close(self) -> None:
        """Close it; nothing can be undone any more."""
        with self._lock:
            self._database.close()

    def records(self, event: str = "") -> dict[str, Record]:
        """What is noted, by the id of the item; of the checks of one event, if it is given.

        Raises:
            StoreError: it cannot be read.
        """
        with self._lock, _as_store_errors(self._path):
            rows = self._database.query("SELECT * FROM record WHERE event = ?", [event])
            return {row["id"]: _record(row) for row in rows if _is_plain(row["id"])}

    def events(self, ids: Iterable[str]) -> list[str]:
        """The labels under which something is noted of these checks, the one that was begun last first.

        Raises:
            StoreError: they cannot be read.
        """
        with self._lock, _as_store_errors(self._path):
            rows = self._database.query(
                "SELECT event FROM record WHERE (status, owner, review, note) != (?, '', '', '') "
                "AND id IN (SELECT value FROM json_each(?)) GROUP BY event ORDER BY max(number) DESC",
                [BLANK.status, json.dumps(list(ids))],
            )
            return [row["event"] for row in rows if _is_plain(row["event"])]

    @property
    def version(self) -> int:
        """A number that changes when another process has changed something."""
        with self._lock, _as_store_errors(self._path):
            return int(self._database.execute("PRAGMA data_version").fetchone()[0])

    def save(self, *edits: Edit) -> tuple[Edit, ...]:
        """Make some changes, all of them or none, and return them as they were made.

        Where a note was changed meanwhile, what is saved is both texts.

        Raises:
            ChangedElsewhereError: something other than a note was changed meanwhile.
            StoreError: it cannot be written.
            ValueError: it is no value of that field, or too long.
        """
        with self._lock:
            made = self._write(edits)
            if made:
                self._done.append(made)
            return made

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._done)

    def undo(self) -> tuple[Edit, ...]:
        """Take the last changes back that were saved here, and return what that changed; nothing if there are none.

        Raises:
            ChangedElsewhereError: they were changed again elsewhere; they stay.
            StoreError: it cannot be written.
        """
        with self._lock:
            if not self._done:
                return ()
            back = [edit._replace(before=edit.after, after=edit.before) for edit in reversed(self._done[-1])]
            try:
                made = self._write(back, undoing=True)
            except ChangedElsewhereError:
                self._done.pop()
                raise
            self._done.pop()
            return made

    def typed(self, edit: Edit) -> tuple[Edit, ...]:
        """Save what somebody is typing; what they typed there before is undone together with it."""
        with self._lock:
            last = self._done[-1] if self._done else ()
            made = self.save(edit)
            if made and len(last) == 1 and _same_place(last[0], edit) and last[0].after == made[0].before:
                self._done[-2:] = [(made[0]._replace(before=last[0].before),)]
            return made

    def rename_event(self, before: str, after: str) -> None:
        """Keep what is noted for an event under another label, where nothing is noted under that yet.

        Raises:
            StoreError: it cannot be written.
        """
        with self._lock, _as_store_errors(self._path), _immediate(self._database.conn):
            self._database.execute(
                "UPDATE record SET event = ? WHERE event = ? AND NOT EXISTS (SELECT 1 FROM record WHERE event = ?)",
                [after, before, after],
            )

    def search(self, query: str, limit: int, *, first: str = "") -> list[Noted]:
        """Find notes and owners with an FTS5 query, the best first; above them those that the query `first` finds too.

        Raises:
            StoreError: it cannot be read.
        """
        with self._lock, _as_store_errors(self._path):
            rows = self._database.query(
                "SELECT record.id, record.event, snippet(record_fts, -1, ?, ?, '…', 16) AS found "
                "FROM record_fts JOIN record ON record.number = record_fts.rowid WHERE record_fts MATCH ? ORDER BY "
                "record_fts.rowid NOT IN (SELECT rowid FROM record_fts WHERE record_fts MATCH ?), rank LIMIT ?",
                [OPEN, CLOSE, query, first or query, limit],
            )
            return [
                Noted(row["id"], row["event"], cleaned(row["found"], keep=OPEN + CLOSE))
                for row in rows
                if _is_plain(row["id"]) and _is_plain(row["event"])
            ]

    @property
    def stamp(self) -> tuple[int, int]:
        """The same for as long as nothing changes: what was read of it may be kept until then."""
        with self._lock, _as_store_errors(self._path):
            ((here,),) = self._database.execute("SELECT total_changes()").fetchall()
            return self.version, int(here)

    def texts(self) -> list[str]:
        """Every note and owner's name.

        Raises:
            StoreError: they cannot be read.
        """
        with self._lock, _as_store_errors(self._path):
            return [str(text) for (text,) in self._database.execute("SELECT note || ' ' || owner FROM record") if text]

    def check(self) -> bool:
        """Whether every page is as SQLite expects it.

        Raises:
            StoreError: it cannot be read.
        """
        with self._lock, _as_store_errors(self._path):
            return is_sound(self._database.conn)

    def _write(self, edits: Sequence[Edit], *, undoing: bool = False) -> tuple[Edit, ...]:
        made = []
        with _as_store_errors(self._path), _immediate(self._database.conn):
            for asked in edits:
                edit = asked if undoing else asked._replace(after=fitting(asked.field, asked.after))
                row = self._database.execute(
                    "SELECT * FROM record WHERE event = ? AND id = ?", [edit.event, edit.id]
                ).fetchone()
                now = (_record(dict(row)) if row else BLANK).text(edit.field)
                if now == edit.after:
                    continue
                if now != edit.before:
                    if edit.field != "note" or undoing:
                        raise ChangedElsewhereError(
                            f"{edit.id}: the {_NAMES[edit.field]} was changed elsewhere meanwhile, to "
                            f"“{now or 'nothing'}”. Look at it, and change it again if you still want to."
                        )
                    edit = edit._replace(after=_both(edit.before, now, edit.after))
                edit = edit._replace(before=now)
                self._database.execute(
                    f"INSERT INTO record (event, id, {edit.field}) VALUES (?, ?, ?) "  # noqa: S608 - one of FIELDS
                    f"ON CONFLICT (event, id) DO UPDATE SET {edit.field} = excluded.{edit.field}",
                    [edit.event, edit.id, edit.after],
                )
                made.append(edit)
        return tuple(made)


_NAMES: dict[Field, str] = {"status": "status", "owner": "owner", "review": "review date", "note": "note"}


def advert_label(name: str) -> str:
    """What an advert's own checks are kept under; empty for nothing but spaces."""
    return " ".join(cleaned(name, keep="").split())


def event_label(event: EventDetails) -> str:
    """What an event's own checks are kept under: its name, day and place; empty while it has no name.

    People who open the file can read it, and it needs no set-up.
    """
    parts = (event.name, event.date.isoformat() if event.date else "", event.place)
    return " · ".join(" ".join(cleaned(part, keep="").split()) for part in parts if part) if event.name.strip() else ""


def as_date(text: str) -> dt.date | None:
    """The day written year-month-day, or None for an empty text.

    Raises:
        ValueError: it is neither.
    """
    return dt.date.fromisoformat(text) if text else None


def fitting(field: Field, text: str) -> str:
    """The text as it may be kept.

    Raises:
        ValueError: it is no value of that field, or too long.
    """
    match field:
        case "status":
            if text not in STATUSES:
                raise ValueError(f"a status is one of {', '.join(STATUSES)}")
            return text
        case "review":
            day = as_date(text)
            return day.isoformat() if day else ""
        case "owner":
            owner = " ".join(cleaned(text, keep="").split())
            if len(owner) > OWNER_LENGTH:
                raise ValueError(f"an owner has room for {OWNER_LENGTH} characters")
            return owner
        case "note":
            note = cleaned(text).strip()
            if len(note) > NOTE_LENGTH:
                raise ValueError(f"a note has room for {NOTE_LENGTH:,} characters")
            return note


def _same_place(one: Edit, other: Edit) -> bool:
    return (one.id, one.field, one.event) == (other.id, other.field, other.event)


def _both(before: str, theirs: str, mine: str) -> str:
    """Two texts made from the same one, so that nothing of either is lost."""
    new = mine[len(before) :].lstrip() if before and mine.startswith(before) else mine
    return f"{theirs}\n{new}" if theirs and new else theirs or new


def _is_plain(text: str) -> bool:
    """Whether an id or an event's name is as we write them, and not what another program put there."""
    return cleaned(text, keep="") == text


def _record(row: Mapping[str, Any]) -> Record:
    """A row as another program may have left it: what cannot be is as though it were not there."""
    status, owner, review, note = (value if isinstance(value := row[field], str) else "" for field in FIELDS)
    try:
        day = as_date(review)
    except ValueError:
        day = None
    return Record(
        status=next((known for known in STATUSES if known == status), BLANK.status),
        owner=cleaned(owner, keep=""),
        review=day,
        note=cleaned(note),
    )


def _bring_up_to_date(database: sqlite_utils.Database, path: Path) -> None:
    """Apply the migrations that the file has not had.

    Raises:
        StoreError: it has had one that this version does not know.
    """
    import sqlite_utils

    migrations = _migrations()
    with contextlib.closing(sqlite_utils.Database(memory=True, execute_plugins=False)) as empty:
        known = {migration.name for migration in migrations.pending(empty)}
    if not {migration.name for migration in migrations.applied(database)} <= known:
        raise StoreError(f"{path} was made by a newer Fairstart and was left as it is: use that version for it.")
    if migrations.pending(database):
        with _immediate(database.conn):  # nobody else may be doing the same
            migrations.apply(database)


def _migrations() -> sqlite_utils.Migrations:
    """All that has been done to the tables, in order. What was released is never changed, only added to."""
    import sqlite_utils

    migrations = sqlite_utils.Migrations("fairstart checklist")

    @migrations()
    def records(database: sqlite_utils.Database) -> None:
        statuses = ", ".join(f"'{status}'" for status in STATUSES)
        database.execute(
            "CREATE TABLE record (number INTEGER PRIMARY KEY, event TEXT NOT NULL DEFAULT '', id TEXT NOT NULL, "
            f"status TEXT NOT NULL DEFAULT 'not started' CHECK (status IN ({statuses})), "
            "owner TEXT NOT NULL DEFAULT '', review TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', "
            "UNIQUE (event, id))"
        )

    @migrations()
    def search(database: sqlite_utils.Database) -> None:
        database.table("record").enable_fts(["note", "owner"], create_triggers=True, tokenize=TOKENIZER)

    return migrations


@contextlib.contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that nobody else can write beside, from its first reading."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def _as_store_errors(path: Path) -> Iterator[None]:
    """Say what to do where SQLite or the disk fails."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        if is_busy(error):
            raise StoreError(f"Another program is busy with {path}: close it there, then try again.") from error
        raise StoreError(f"Cannot use {path} ({reason}): check free space and permissions, then try again.") from error
    except sqlite3.ProgrammingError as error:
        raise StoreError("The checklist is closed: open it again.") from error
    except sqlite3.DatabaseError as error:
        raise StoreDamagedError(
            f"{path} is damaged and was left as it is: put a copy in its place, or move it away to start a new one."
        ) from error
