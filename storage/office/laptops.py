"""The laptops that the office takes exports from: what it calls them, and those that it has revoked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from storage.crypto.keys import KioskPublicKey
from storage.errors import ExportError, FairstartError
from storage.events import Event, EventText, today
from storage.names import evened
from storage.office.log import EventLog
from storage.office.store import OfficeStore, Write, row_number
from storage.text import cleaned

NAME_LENGTH = 40

_Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Key = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
_Flag = Annotated[int, msgspec.Meta(ge=0, le=1)]


class LaptopError(FairstartError):
    """What was typed of a laptop cannot be used; nothing was changed."""


@dataclass(frozen=True)
class Laptop:
    """A laptop that was accepted."""

    kiosk: KioskPublicKey
    name: str
    """What somebody calls it; empty where nobody does."""
    accepted: dt.date
    """The day, and nothing finer."""
    revoked: bool
    events: tuple[bytes, ...]
    """The ids of the events that it has handed over."""


class RevokedLaptopError(ExportError):
    """An export is signed by a laptop that the office has revoked."""

    def __init__(self, laptop: Laptop, event: Event) -> None:
        called = f", “{laptop.name}”" if laptop.name else ""
        super().__init__(
            f"“{event.title}” comes from a laptop that this office has revoked{called}, so nothing of it was taken: "
            f"undo that under Laptops if it is in the right hands. Its fingerprint: {laptop.kiosk.fingerprint}"
        )


class Laptops:
    """The laptops in an office's store."""

    def __init__(self, store: OfficeStore, log: EventLog) -> None:
        self._store = store
        self._log = log

    def all(self) -> list[Laptop]:
        """Every one, by fingerprint.

        Raises:
            StoreError: the store cannot be read; StoreDamagedError where one is not as it was written.
        """
        with self._store.reading() as read:
            query = "SELECT id, key, name, accepted, revoked FROM kiosk"
            rows = msgspec.convert(list(read(query, ())), list[tuple[_Id, _Key, EventText, dt.date, _Flag]])
            query = "SELECT DISTINCT kiosk, event FROM handed ORDER BY kiosk, event"
            events: dict[bytes, list[bytes]] = {}
            for id_, event in msgspec.convert(list(read(query, ())), list[tuple[bytes, bytes]]):
                events.setdefault(id_, []).append(event)
            found = [
                Laptop(
                    kiosk=KioskPublicKey(key),
                    name=name,
                    accepted=accepted,
                    revoked=bool(revoked),
                    events=tuple(events.get(id_, ())),
                )
                for id_, key, name, accepted, revoked in rows
            ]
            if [one.kiosk.id for one in found] != [id_ for id_, *_ in rows]:
                raise self._store.damaged
        return sorted(found, key=lambda one: one.kiosk.fingerprint)

    def known(self, kiosk: KioskPublicKey) -> Laptop | None:
        """What is known of a laptop; None where it was never accepted.

        Raises:
            StoreError: the store cannot be read.
        """
        return next((one for one in self.all() if one.kiosk == kiosk), None)

    def standing(self, kiosk: KioskPublicKey) -> Literal["unknown", "accepted", "revoked"]:
        """Whether its exports are taken, which is asked of every one.

        Raises:
            StoreError: the store cannot be read; StoreDamagedError where it is not as it was written.
        """
        with self._store.reading() as read:
            found = read("SELECT key, revoked FROM kiosk WHERE id = ?", (kiosk.id,))
            for key, revoked in msgspec.convert(list(found), list[tuple[_Key, _Flag]]):
                if key != kiosk.encoded:
                    raise self._store.damaged
                return "revoked" if revoked else "accepted"
        return "unknown"

    def accept(self, write: Write, kiosk: KioskPublicKey) -> None:
        """Accept one, inside a transaction. One that is known stays as it is, and a revoked one revoked."""
        if self.standing(kiosk) == "unknown":
            row = row_number(kiosk.id), kiosk.id, kiosk.encoded, "", today().isoformat(), 0
            write("INSERT INTO kiosk (rowid, id, key, name, accepted, revoked) VALUES (?, ?, ?, ?, ?, ?)", [row])
            self._log.note(write, "laptop accepted", {"laptop": kiosk.fingerprint})

    def rename(self, kiosk: KioskPublicKey, typed: str) -> None:
        """Call it what somebody has typed; nothing, where that is empty.

        Raises:
            LaptopError: the name is too long, or another laptop's.
            StoreError: it cannot be written.
        """
        name = evened(cleaned(typed, keep=""))
        if len(name) > NAME_LENGTH:
            raise LaptopError(f"The name of a laptop has room for {NAME_LENGTH} characters: shorten it.")
        if name and any(one.name.casefold() == name.casefold() and one.kiosk != kiosk for one in self.all()):
            raise LaptopError(f"Another laptop is called “{name}” already: choose another name.")
        with self._store.writing() as write:
            write("UPDATE kiosk SET name = ? WHERE id = ?", [(name, kiosk.id)])
            self._log.note(write, "laptop renamed", {"laptop": kiosk.fingerprint, "name": name})

    def revoke(self, kiosk: KioskPublicKey, *, revoked: bool = True) -> None:
        """Take no more exports from it; or, if not `revoked`, take them again. What it has brought stays.

        Raises:
            StoreError: it cannot be written.
        """
        with self._store.writing() as write:
            write("UPDATE kiosk SET revoked = ? WHERE id = ?", [(int(revoked), kiosk.id)])
            self._log.note(write, "laptop revoked" if revoked else "laptop taken back", {"laptop": kiosk.fingerprint})
