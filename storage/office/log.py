"""The event log of an office: who opened it, and what was brought in, changed or deleted. Nothing about candidates.

Entries are only ever added. Each is authenticated under the office's seed together with the one before, and so is how
many there are: without the key nobody can write an entry, change one, take one out, or cut the end off. Who puts an old
copy of the whole store back takes back its log too; that shows where the log was exported. FORMAT.md, section 23.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import msgspec

from storage.crypto.keys import OfficePrivateKey
from storage.errors import StoreDamagedError
from storage.office.store import OfficeStore, Write

Kind = Literal[
    "opened",
    "laptop accepted",
    "brought in",
    "corrected",
    "merged",
    "removed",
    "undone",
    "deleted",
    "debrief written",
    "debrief put back",
    "debrief removed",
    "report written",
    "stick prepared",
    "stick recalled",
    "laptop renamed",
    "laptop revoked",
    "laptop taken back",
    "coordinator added",
    "coordinator removed",
    "coordinator renamed",
    "passphrase changed",
    "recovered",
    "recovery code issued",
    "staff passphrase given",
    "backed up",
    "restored",
]
"""What is noted, in the words in which it is shown."""

Details = Mapping[str, str | int]
"""What else is told of it, by what it is: names of events and places, fingerprints, numbers; nothing of a candidate."""

_MAC_SIZE = 32
_Mac = Annotated[bytes, msgspec.Meta(min_length=_MAC_SIZE, max_length=_MAC_SIZE)]
_Row = tuple[int, bytes, _Mac]


class LogEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that happened."""

    at: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\dZ$")]
    """When, to the minute, in UTC."""
    who: str
    """The coordinator whose passphrase had opened the office; empty where it was no coordinator's."""
    what: Kind
    details: dict[str, str | int] = {}


class EventLog:
    """The log in an office's store."""

    def __init__(self, store: OfficeStore, key: OfficePrivateKey) -> None:
        self._store = store
        self._who = key.coordinator
        self._key = key.derive(b"fairstart office log 1")

    def check(self) -> None:
        """Return only if the log has its end, and a beginning where the store holds anything.

        Raises:
            StoreDamagedError: it has not.
            StoreError: the store cannot be read.
        """
        with self._store.reading() as read:
            number, _ = self._end()
            ((used,),) = read(
                "SELECT EXISTS (SELECT 1 FROM kiosk UNION SELECT 1 FROM event UNION SELECT 1 FROM stick)", ()
            )
            if used and not number:
                raise _changed()

    def note(self, write: Write, what: Kind, details: Details | None = None) -> None:
        """Add an entry inside a transaction: it is there if what it tells of is.

        Args:
            write: from `OfficeStore.writing`.
            what: happened.
            details: of it; nothing about one candidate.

        Raises:
            StoreDamagedError: the end of the log is not as it was written.
        """
        number, mac = self._end()
        at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%MZ")
        entry = msgspec.json.encode(LogEntry(at=at, who=self._who, what=what, details=dict(details or {})))
        number, mac = number + 1, self._mac(number + 1, mac, entry)
        write("INSERT INTO log (number, entry, mac) VALUES (?, ?, ?)", [(number, entry, mac)])
        end = number, self._mac(number, mac)
        write("INSERT OR REPLACE INTO log_end (rowid, entries, mac) VALUES (1, ?, ?)", [end])

    def entries(self) -> list[LogEntry]:
        """Every entry, the first one first.

        Raises:
            StoreDamagedError: one is missing or is not as it was written.
            StoreError: the store cannot be read.
        """
        found: list[LogEntry] = []
        before = bytes(_MAC_SIZE)
        with self._store.reading() as read:
            self.check()
            for number, entry, mac in _rows(read("SELECT number, entry, mac FROM log ORDER BY number", ())):
                if number != len(found) + 1 or not hmac.compare_digest(mac, self._mac(number, before, entry)):
                    raise _changed()
                found.append(msgspec.json.decode(entry, type=LogEntry))
                before = mac
        return found

    def _end(self) -> tuple[int, bytes]:
        """Number and authentication of the last entry, 0 and zeros before the first.

        Raises:
            StoreDamagedError: it is not the one that was written last.
        """
        read = self._store.connection.execute
        last = _rows(read("SELECT number, entry, mac FROM log ORDER BY number DESC LIMIT 1"))
        ends = msgspec.convert(list(read("SELECT entries, mac FROM log_end")), list[tuple[int, _Mac]])
        number, mac = next(((number, mac) for number, _, mac in last), (0, bytes(_MAC_SIZE)))
        noted = [(entries, end) for entries, end in ends if hmac.compare_digest(end, self._mac(entries, mac))]
        if (number, len(ends)) != (0, 0) and [entries for entries, _ in noted] != [number]:
            raise _changed()
        return number, mac

    def _mac(self, number: int, mac: bytes, entry: bytes | None = None) -> bytes:
        """Authenticate an entry that follows the one with this `mac`; without an entry, that the last one has it."""
        what = b"end\0" if entry is None else b"entry\0"
        return hmac.digest(self._key, what + number.to_bytes(8, "big", signed=True) + mac + (entry or b""), "sha256")


def to_json(entries: Iterable[LogEntry]) -> str:
    """The log as FORMAT.md, section 23, describes it."""
    return msgspec.json.format(msgspec.json.encode(list(entries)), indent=2).decode() + "\n"


def _rows(found: Iterable[tuple[Any, ...]]) -> list[_Row]:
    return msgspec.convert(list(found), list[_Row])


def _changed() -> StoreDamagedError:
    return StoreDamagedError(
        "The office's event log does not fit its key: something else changed it or cut it, or the store is another "
        "office's. Put back a copy of the whole office folder."
    )
