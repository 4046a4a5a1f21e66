"""The sticks that an office has prepared for its laptops, and which laptop came back with which token.

What is kept of a token is its digest: who reads `office.db` can pose as no laptop. FORMAT.md, sections 18 and 22.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from storage.office.log import Details, EventLog
from storage.office.store import OfficeStore, Write, row_number
from storage.settings import EventDetails

_ID_SIZE = 4

_Id = Annotated[bytes, msgspec.Meta(min_length=_ID_SIZE, max_length=_ID_SIZE)]
_Digest = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
_KioskId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Flag = Annotated[int, msgspec.Meta(ge=0, le=1)]

_OneOrSeveral = EventDetails | Annotated[tuple[EventDetails, ...], msgspec.Meta(min_length=1)]

TokenState = Literal["none", "open", "used", "recalled"]


@dataclass(frozen=True)
class PreparedStick:
    """A stick, as the office knows it."""

    id: str
    """Eight hexadecimal digits."""
    events: tuple[EventDetails, ...]
    """What it was prepared for, the next one first."""
    recalled: bool
    laptops: int
    """How many it was prepared for."""
    used: int
    """How many of them have handed over."""


class PreparedSticks:
    """The sticks in an office's store."""

    def __init__(self, store: OfficeStore, log: EventLog) -> None:
        self._store = store
        self._log = log

    def add(self, events: Sequence[EventDetails], tokens: list[bytes]) -> str:
        """Note a stick for these events and its tokens, and return its id.

        Raises:
            StoreError: it cannot be written.
        """
        id_ = secrets.token_bytes(_ID_SIZE)
        digests = sorted(map(_digest, tokens))
        with self._store.writing() as write:
            row = row_number(id_), id_, msgspec.json.encode(events if len(events) > 1 else events[0]), 0
            write("INSERT INTO stick (rowid, id, event, recalled) VALUES (?, ?, ?, ?)", [row])
            rows = [(row_number(digest), digest, id_) for digest in digests]
            write("INSERT INTO token (rowid, digest, stick) VALUES (?, ?, ?)", rows)
            names = ", ".join(one.name for one in events)
            details: Details = {"event": names, "stick": id_.hex(), "laptops": len(tokens)}
            self._log.note(write, "stick prepared", details)
        return id_.hex()

    def all(self) -> list[PreparedStick]:
        """Every one, those of the latest event first.

        Raises:
            StoreError: the store cannot be read; StoreDamagedError where a stick is not as it was written.
        """
        with self._store.reading() as read:
            query = "SELECT id, event, recalled FROM stick"
            sticks = msgspec.convert(list(read(query, ())), list[tuple[_Id, bytes, _Flag]])
            query = "SELECT digest, stick, kiosk FROM token"
            tokens = msgspec.convert(list(read(query, ())), list[tuple[_Digest, _Id, _KioskId | None]])
            found = [
                PreparedStick(
                    id=id_.hex(),
                    events=_events(event),
                    recalled=bool(recalled),
                    laptops=sum(stick == id_ for _, stick, _ in tokens),
                    used=sum(stick == id_ and kiosk is not None for _, stick, kiosk in tokens),
                )
                for id_, event, recalled in sticks
            ]
            if sum(one.laptops for one in found) != len(tokens):
                raise self._store.damaged
        return sorted(found, key=lambda one: (str(one.events[0].date), one.events[0].name, one.id), reverse=True)

    def recall(self, id_: str) -> None:
        """Let no more laptops in with the tokens of a stick.

        Raises:
            StoreError: it cannot be written.
        """
        with self._store.writing() as write:
            write("UPDATE stick SET recalled = 1 WHERE id = ?", [(bytes.fromhex(id_),)])
            self._log.note(write, "stick recalled", {"stick": id_})

    def state(self, token: bytes) -> TokenState:
        """What has become of a token; "none" where it is no token of this office's.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.reading() as read:
            query = "SELECT kiosk, recalled FROM token JOIN stick ON stick.id = token.stick WHERE digest = ?"
            rows = msgspec.convert(list(read(query, (_digest(token),))), list[tuple[_KioskId | None, _Flag]])
        for kiosk, recalled in rows:
            return "used" if kiosk is not None else "recalled" if recalled else "open"
        return "none"

    @staticmethod
    def use(write: Write, token: bytes, kiosk_id: bytes) -> None:
        """Note which laptop came with an open token, inside a transaction."""
        write("UPDATE token SET kiosk = ? WHERE digest = ? AND kiosk IS NULL", [(kiosk_id, _digest(token))])


def _events(encoded: bytes) -> tuple[EventDetails, ...]:
    """What is kept of one event is no list."""
    found = msgspec.json.decode(encoded, type=_OneOrSeveral)
    return found if isinstance(found, tuple) else (found,)


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(b"fairstart token 1\x00" + token).digest()
