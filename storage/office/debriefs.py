"""What those who ran an event wrote: on its laptops, which hand it over with the event, and at the office.

Several laptops of one event have one each. What is changed here stands beside what the laptop wrote, and can be put
back; where the laptop has written anew since, both are told. FORMAT.md, section 18.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import msgspec

from storage.crypto.keys import KioskPublicKey, OfficePrivateKey
from storage.debrief import Debrief, WrittenDebrief
from storage.errors import FairstartError
from storage.exchange.exports import Export
from storage.office.labels import OfficeEvent
from storage.office.log import EventLog
from storage.office.store import OfficeStore, Write, row_number

_NONCE_SIZE = 12

_EventId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Id = Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
_KioskId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Row = tuple[_EventId, _Id, _KioskId | None, bytes | None, bytes | None]


class NoDebriefError(FairstartError):
    """There is no such debrief any more; nothing was changed."""


@dataclass(frozen=True)
class OfficeDebrief:
    """One debrief, as the office has it."""

    event: bytes
    """The id that its event was handed over with."""
    id: bytes
    kiosk: bytes | None
    """The id of the laptop that it was written on; None where it was written at the office."""
    written: WrittenDebrief
    changed: WrittenDebrief | None
    """What somebody made of a laptop's here, with the revision that they had before them."""

    @property
    def told(self) -> tuple[tuple[Debrief, bool], ...]:
        """What is told of it, and whether that was changed here: two where the laptop has written anew since."""
        if self.changed is None:
            return ((self.written.said, False),)
        if self.changed.revision >= self.written.revision:
            return ((self.changed.said, True),)
        return (self.written.said, False), (self.changed.said, True)

    @property
    def said(self) -> Debrief:
        """The newest."""
        return self.told[0][0]


class Debriefs:
    """The debriefs in an office's store."""

    def __init__(self, store: OfficeStore, key: OfficePrivateKey, log: EventLog) -> None:
        self._store = store
        self._key = key
        self._log = log

    def all(self) -> list[OfficeDebrief]:
        """Every one that was not removed, in one order.

        Raises:
            StoreError: the store cannot be read; StoreDamagedError where one is not as it was written.
        """
        with self._store.reading() as read:
            query = "SELECT event, id, kiosk, written, changed FROM debrief ORDER BY event, kiosk IS NULL, kiosk, id"
            rows = msgspec.convert(list(read(query, ())), list[_Row])
            return [
                OfficeDebrief(
                    event=event,
                    id=id_,
                    kiosk=kiosk,
                    written=self._opened(b"written", event, id_, written),
                    changed=None if changed is None else self._opened(b"changed", event, id_, changed),
                )
                for event, id_, kiosk, written, changed in rows
                if written is not None
            ]

    def of(self, events: Iterable[OfficeEvent]) -> list[OfficeDebrief]:
        """Those of some events.

        Raises:
            StoreError: the store cannot be read.
        """
        ids = {id_ for one in events for id_ in one.ids}
        return [one for one in self.all() if one.event in ids]

    def take(self, write: Write, export: Export) -> bool:
        """Keep what an export brings, inside a transaction, unless it is here, or was removed. Whether it is new."""
        brought = export.debrief
        if brought is None:
            return False
        found = self._row(export.event.id, brought.id)
        if found is not None:
            written = found[3]
            if written is None:
                return False
            if self._opened(b"written", export.event.id, brought.id, written).revision >= brought.revision:
                return False
        self._put(write, export.event.id, brought, export.kiosk)
        return True

    def add(self, one: OfficeEvent, said: Debrief) -> None:
        """Keep what was written at the office.

        Raises:
            StoreError: it cannot be written.
        """
        with self._store.writing() as write:
            self._put(write, one.ids[0], WrittenDebrief.new(said), None)
            self._log.note(write, "debrief written", {"event": one.event.name})

    def change(self, one: OfficeEvent, debrief: OfficeDebrief, said: Debrief) -> None:
        """Change one. What a laptop wrote stays, to be put back.

        Raises:
            NoDebriefError: somebody else has removed it meanwhile.
            StoreError: it cannot be written.
        """
        if said == debrief.said:
            return
        with self._store.erasing() as write:
            self._need(debrief)
            if debrief.kiosk is None:
                self._put(write, debrief.event, debrief.written.saying(said), None)
            else:
                changed = WrittenDebrief(id=debrief.id, revision=debrief.written.revision, said=said)
                self._set(write, debrief, self._sealed(b"changed", debrief.event, changed))
            self._log.note(write, "debrief written", {"event": one.event.name})

    def put_back(self, one: OfficeEvent, debrief: OfficeDebrief) -> None:
        """Undo what was changed here: it is as the laptop wrote it.

        Raises:
            NoDebriefError: somebody else has removed it meanwhile.
            StoreError: it cannot be written.
        """
        with self._store.erasing() as write:
            self._need(debrief)
            self._set(write, debrief, None)
            self._log.note(write, "debrief put back", {"event": one.event.name})

    def remove(self, one: OfficeEvent, debrief: OfficeDebrief) -> None:
        """Forget what one says, for good: neither the store nor its journal has it, and no export brings it back.

        Raises:
            StoreError: it cannot be written.
        """
        with self._store.erasing() as write:
            query = "UPDATE debrief SET written = NULL, changed = NULL WHERE event = ? AND id = ?"
            write(query, [(debrief.event, debrief.id)])
            self._log.note(write, "debrief removed", {"event": one.event.name})

    def _row(self, event: bytes, id_: bytes) -> _Row | None:
        query = "SELECT event, id, kiosk, written, changed FROM debrief WHERE event = ? AND id = ?"
        rows = msgspec.convert(list(self._store.connection.execute(query, (event, id_))), list[_Row])
        return next(iter(rows), None)

    def _need(self, debrief: OfficeDebrief) -> None:
        found = self._row(debrief.event, debrief.id)
        if found is None or found[3] is None:
            raise NoDebriefError("Somebody else has removed this meanwhile: look at the list again.")

    def _put(self, write: Write, event: bytes, written: WrittenDebrief, kiosk: KioskPublicKey | None) -> None:
        """Keep one in the place of what it said before; what was changed here of it stays."""
        row = row_number(event, written.id), event, written.id, kiosk.id if kiosk else None
        write(
            "INSERT INTO debrief (rowid, event, id, kiosk, written) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (event, id) DO UPDATE SET kiosk = excluded.kiosk, written = excluded.written",
            [(*row, self._sealed(b"written", event, written))],
        )

    def _set(self, write: Write, debrief: OfficeDebrief, changed: bytes | None) -> None:
        write("UPDATE debrief SET changed = ? WHERE event = ? AND id = ?", [(changed, debrief.event, debrief.id)])

    def _sealed(self, column: bytes, event: bytes, debrief: WrittenDebrief) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = os.urandom(_NONCE_SIZE)
        bound = _bound(column, event, debrief.id)
        return nonce + ChaCha20Poly1305(self._seal_key).encrypt(nonce, debrief.to_record(), bound)

    def _opened(self, column: bytes, event: bytes, id_: bytes, sealed: bytes) -> WrittenDebrief:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        try:
            cipher, bound = ChaCha20Poly1305(self._seal_key), _bound(column, event, id_)
            return WrittenDebrief.from_record(cipher.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], bound))
        except (InvalidTag, ValueError) as error:
            raise self._store.damaged from error

    @functools.cached_property
    def _seal_key(self) -> bytes:
        return self._key.derive(b"fairstart office debriefs 1")


def _bound(column: bytes, event: bytes, id_: bytes) -> bytes:
    """What a sealed record belongs to."""
    return column + b"\x00" + event + id_
