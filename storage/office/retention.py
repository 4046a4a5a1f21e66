"""How long the office keeps sealed responses, and their deletion. Noisy groups stay, so every table stays as it is.

What is kept of a deleted response is a digest under a key of the office's, so that an export that has it still is not
counted twice. Without the office's seed a digest is a random number; with it and the response itself, it tells that
this response was deleted here, and nothing of what it says. FORMAT.md, section 18.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import hmac
from collections.abc import Iterable, Sequence

from storage.crypto.keys import OfficePrivateKey
from storage.office.labels import OfficeEvent
from storage.office.log import EventLog
from storage.office.store import OfficeStore, Write, row_number

_DIGEST_SIZE = 16


def due_on(one: OfficeEvent, keep_months: int) -> dt.date:
    """The day on which the responses of an event are due to be deleted: so many months after its last day.

    Where no calendar has that day, its last one.
    """
    years, month = divmod(one.ends.month - 1 + keep_months, 12)
    year = one.ends.year + years
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, month + 1, min(one.ends.day, calendar.monthrange(year, month + 1)[1]))


def due(events: Iterable[OfficeEvent], keep_months: int, today: dt.date) -> list[OfficeEvent]:
    """The events whose responses are due to be deleted, and are still held."""
    return [one for one in events if one.all_sealed and due_on(one, keep_months) <= today]


class Retention:
    """Deletes responses in an office's store, and recognises those that were deleted."""

    def __init__(self, store: OfficeStore, key: OfficePrivateKey, log: EventLog) -> None:
        self._store = store
        self._key = key
        self._log = log

    def deleted(self, event: bytes, ids: Sequence[bytes]) -> set[bytes]:
        """Those ids among these whose responses were held and deleted.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.reading() as read:
            ((any_are,),) = read("SELECT EXISTS (SELECT 1 FROM deleted WHERE event = ?)", (event,))
        if not any_are:
            return set()
        digests = {self._digest(event, id_): id_ for id_ in ids}
        found = self._store.among("SELECT digest FROM deleted WHERE event = ? AND digest IN", event, list(digests))
        return {digests[digest] for digest in found}

    def delete(self, events: Sequence[OfficeEvent], today: dt.date) -> None:
        """Delete every response of these events, and the sums over those who wait: all of it in one transaction.

        Raises:
            StoreError: it cannot be written; nothing is deleted then, unless it says so.
        """
        with self._store.erasing() as write:
            for one in events:
                for id_ in one.all_ids:
                    self._delete(write, id_, today)
                self._log.note(write, "deleted", {"event": one.event.name, "responses": one.all_sealed})

    def _delete(self, write: Write, event: bytes, today: dt.date) -> None:
        read = self._store.connection.execute
        rows = read("SELECT id, asked, together FROM response WHERE event = ?", (event,)).fetchall()
        if not rows:
            return
        before = read("SELECT unreadable, dropped FROM retained WHERE event = ?", (event,)).fetchone() or (0, 0)
        unreadable = before[0] + sum(not asked for _, asked, _ in rows)
        dropped = before[1] + sum(bool(asked) and together is None for _, asked, together in rows)
        digests = sorted(self._digest(event, id_) for id_, _, _ in rows)
        kept = [(row_number(event, digest), event, digest) for digest in digests]
        write("INSERT INTO deleted (rowid, event, digest) VALUES (?, ?, ?)", kept)
        retained = row_number(event), event, today.isoformat(), unreadable, dropped
        query = "INSERT OR REPLACE INTO retained (rowid, event, day, unreadable, dropped) VALUES (?, ?, ?, ?, ?)"
        write(query, [retained])
        write("DELETE FROM response WHERE event = ?", [(event,)])
        write("DELETE FROM waiting WHERE event = ?", [(event,)])

    def _digest(self, event: bytes, id_: bytes) -> bytes:
        return hmac.digest(self._deleted_key, event + id_, "sha256")[:_DIGEST_SIZE]

    @functools.cached_property
    def _deleted_key(self) -> bytes:
        return self._key.derive(b"fairstart office deleted 1")
