"""What a laptop notes of its own files, so that the loss or exchange of any one of them shows. FORMAT.md, section 12.

<data>/kiosk/register.json     whose keys these are, on which computer, and of each event how many groups and its end

A store that is gone looks like one that was never filled, and an `ended` that is gone like an event that goes on. So
what set-up and events have made is noted a second time, apart from them. Nothing here follows from an answer.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Self

import msgspec
from msgspec.structs import replace

from storage.computer import is_other_computer, marks_of_computer
from storage.crypto.keys import TOKEN_SIZE, KioskPublicKey, OfficePublicKey, TallyPublicKey, kiosk_key_id
from storage.errors import KeyFileError, StoreDamagedError
from storage.private_files import read_at_most, write_private

FILE_NAME = "register.json"
RENEWED = "renewed"
"""The folder in which `storage.kiosk.renewal` makes what comes into the place of this one."""
_FILE_LIMIT = 1 << 20

_KeyId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Token = Annotated[bytes, msgspec.Meta(min_length=TOKEN_SIZE, max_length=TOKEN_SIZE)]
_EventId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class KioskKeys(msgspec.Struct, frozen=True):
    """The keys in a kiosk's folder, as far as they are public."""

    office: OfficePublicKey
    own: KioskPublicKey
    tally: TallyPublicKey | None
    """None until a folder that has lost its `tally.pub` gets it back."""
    private_id: bytes
    """The id that `kiosk.key` has."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read them.

        Raises:
            KeyFileError: one is missing or damaged.
        """
        return cls(
            private_id=kiosk_key_id(folder / "kiosk.key"),
            own=KioskPublicKey.from_file(folder / "kiosk.pub"),
            office=OfficePublicKey.from_file(folder / "office.pub", vetted=True),
            tally=TallyPublicKey.from_file(folder / "tally.pub") if (folder / "tally.pub").exists() else None,
        )


class NotedEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is noted of one event."""

    groups: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Sealed groups that were made of its people."""
    ended: bool = False


class Noted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of the register."""

    office: _KeyId
    kiosk: _KeyId
    tally: _KeyId
    computer: tuple[_KeyId, ...] = ()
    """What tells the computer from others: `storage.computer`."""
    token: _Token | None = None
    """What the laptop took from the office's stick, for its exports, if it was set up from one."""
    events: dict[_EventId, NotedEvent] = {}

    @classmethod
    def of(
        cls,
        office: OfficePublicKey,
        kiosk: KioskPublicKey,
        tally: TallyPublicKey,
        computer: tuple[bytes, ...],
        token: bytes | None = None,
    ) -> Self:
        """What is noted of a laptop that has no event yet."""
        return cls(office=office.id, kiosk=kiosk.id, tally=tally.id, computer=computer, token=token)

    def to_file(self) -> bytes:
        """The content of `register.json`."""
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=2) + b"\n"


class Register:
    """The register of an opened kiosk. Any thread may call."""

    def __init__(self, folder: Path, noted: Noted) -> None:
        self.noted = noted
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The register in a `kiosk` folder.

        Raises:
            StoreDamagedError: it is missing or damaged.
        """
        path = folder / FILE_NAME
        try:
            return cls(folder, msgspec.json.decode(read_at_most(path, _FILE_LIMIT), type=Noted))
        except (OSError, ValueError) as error:
            raise StoreDamagedError(
                f"{path} is missing or damaged, so nobody can tell what else is: put it back from a copy, "
                'or run "fairstart doctor --set-aside".'
            ) from error

    def check(self, keys: KioskKeys) -> None:
        """Return only if these are the keys that set-up wrote.

        Raises:
            KeyFileError: one is another.
        """
        found = {
            "office.pub": (keys.office.id, self.noted.office),
            "kiosk.pub": (keys.own.id, self.noted.kiosk),
            "kiosk.key": (keys.private_id, self.noted.kiosk),
            "tally.pub": (keys.tally.id if keys.tally else self.noted.tally, self.noted.tally),
        }
        for name, (is_, was) in found.items():
            if is_ != was:
                raise KeyFileError(
                    f"{self._path.with_name(name)} is not the file that set-up wrote, so nothing is sealed with it: "
                    "put that one back, or set up another folder with --data."
                )

    def event(self, event_id: bytes) -> NotedEvent | None:
        """What is noted of an event; None where it was never here."""
        return self.noted.events.get(event_id.hex())

    def note_event(self, event_id: bytes, **changes: int | bool) -> None:
        """Note an event, and what is new of it.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._lock:
            was = self.event(event_id)
            now = replace(was or NotedEvent(), **changes)
            if now != was:
                self._write(replace(self.noted, events={**self.noted.events, event_id.hex(): now}))

    def note_group(self, event_id: bytes) -> None:
        """Note that an event has one more group.

        Raises:
            StoreError: it cannot be noted.
        """
        self.note_event(event_id, groups=(self.event(event_id) or NotedEvent()).groups + 1)

    def forget_event(self, event_id: bytes) -> None:
        """Note that an event is not here any more.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._lock:
            left = {name: noted for name, noted in self.noted.events.items() if name != event_id.hex()}
            self._write(replace(self.noted, events=left))

    def note_computer(self, computer: tuple[bytes, ...]) -> None:
        """Note that this laptop's files belong to this computer now.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._lock:
            self._write(replace(self.noted, computer=computer))

    def _write(self, noted: Noted) -> None:
        write_private(self._path, noted.to_file())
        self.noted = noted


def is_copied(data: Path) -> bool:
    """Whether this laptop's files were made on another computer.

    Raises:
        KeyFileError, StoreDamagedError: as their sentences say.
    """
    folder = data / "kiosk"
    own = KioskKeys.read(folder).own
    return is_other_computer(Register.open(folder).noted.computer, marks_of_computer(own))
