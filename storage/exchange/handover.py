"""How far an event has come on its way from this laptop to the office.

What is noted is how many responses were handed over and received, never which: a note of which ones, beside the
responses themselves, would tell who came after it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal, Self

import msgspec
from msgspec.structs import replace

from storage.events import Event
from storage.private_files import read_at_most, write_private

FILES_NOTED = 64
"""Files that are remembered of an event; one that is forgotten is left alone, and the next written beside it."""
_FILE_LIMIT = 1 << 12
_DIGEST_SIZE = 16
_FileDigest = Annotated[bytes, msgspec.Meta(min_length=_DIGEST_SIZE, max_length=_DIGEST_SIZE)]


class HandOver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is noted of one event."""

    exported: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Responses in its last export."""
    received: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Responses that the office gave its last receipt for."""
    deletion: Literal["", "begun", "done"] = ""
    """How far deleting them here has come. What was begun is gone on with."""
    files: Annotated[tuple[_FileDigest, ...], msgspec.Meta(max_length=FILES_NOTED)] = ()
    """The digests of the export files that were last written, the newest last: these may be replaced."""
    debrief: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The revision of the debrief that is held; 0 where there is none."""
    debrief_exported: Annotated[int, msgspec.Meta(ge=0)] = 0
    debrief_received: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The same in its last export, and in the last receipt."""

    def __post_init__(self) -> None:
        """Refuse what is never noted.

        Raises:
            ValueError: more was received than was handed over.
        """
        if self.received > self.exported:
            raise ValueError("more was received than was handed over")

    def received_all(self, held: int, debrief: int = 0) -> Self:
        """The same, with a receipt for all that is held, which was handed over then, noted or not."""
        return replace(
            self, exported=max(held, self.exported), received=held, debrief_exported=debrief, debrief_received=debrief
        )

    def with_file(self, content: bytes) -> Self:
        """The same, with one more file."""
        return replace(self, files=(*self.files, file_digest(content))[-FILES_NOTED:])


def file_digest(content: bytes) -> bytes:
    """What an export file is known by: it was sealed anew, so this tells nothing of what is in it."""
    return hashlib.sha256(content).digest()[:_DIGEST_SIZE]


@dataclass(frozen=True)
class Handed:
    """An export on its way."""

    event: Event
    name: str
    """What its file is called."""
    content: bytes
    responses: int
    debrief: int = 0
    """The revision of the debrief in it; 0 where there is none."""


class State(Enum):
    """Where an event's responses are."""

    EMPTY = "nothing held"
    HELD = "held here only"
    PARTLY = "partly handed over"
    EXPORTED = "handed over, no receipt yet"
    RECEIVED = "received by the office: may be deleted here"
    DELETING = "not wholly deleted yet: take the receipt again"
    DELETED = "received by the office, deleted here"


@dataclass(frozen=True)
class HeldEvent:
    """An event of this laptop, and how far it has come."""

    event: Event
    held: int
    noted: HandOver

    @property
    def state(self) -> State:
        """In words."""
        if self.noted.deletion:
            return State.DELETED if self.noted.deletion == "done" else State.DELETING
        noted = self.noted
        if not (self.held or noted.debrief):
            return State.EMPTY
        if noted.received >= self.held and noted.debrief_received >= noted.debrief:
            return State.RECEIVED
        if noted.exported >= self.held and noted.debrief_exported >= noted.debrief:
            return State.EXPORTED
        return State.PARTLY if noted.exported or noted.debrief_exported else State.HELD


def read_hand_over(path: Path) -> HandOver:
    """What is noted in this file; nothing at first, and nothing where the note is damaged.

    It is a help and no more: handing over again does no harm, and a receipt is checked against what is held.
    """
    return sound_hand_over(path) or HandOver()


def sound_hand_over(path: Path) -> HandOver | None:
    """The same; None where the note is damaged."""
    try:
        return msgspec.json.decode(read_at_most(path, _FILE_LIMIT), type=HandOver)
    except FileNotFoundError:
        return HandOver()
    except (OSError, ValueError):
        return None


def write_hand_over(path: Path, noted: HandOver) -> None:
    """Note how far it has come.

    Raises:
        StoreError: it cannot be written.
    """
    write_private(path, msgspec.json.encode(noted) + b"\n")
