"""The occasion that responses belong to."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Literal, get_args

import msgspec

from storage.errors import StoreDamagedError
from storage.files import read_at_most

Stage = Literal[
    "outreach", "applicants", "starts", "make-up", "levels", "functional skills", "completion", "progression"
]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""The points of the apprenticeship journey that a survey can be about, in their order."""

_FILE_LIMIT = 1 << 16


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One occasion. Kiosks with the same office key and the same details hold parts of the same event."""

    name: str
    date: dt.date
    place: str
    stage: Stage
    question_set: str
    office_key_id: bytes

    @property
    def id(self) -> bytes:
        """16 bytes computed from all the fields, so that laptops given the same settings agree without talking."""
        digest = hashlib.sha256(b"fairstart event 1\x00")
        texts = (self.name, self.date.isoformat(), self.place, self.stage, self.question_set)
        for field in (self.office_key_id, *(text.encode() for text in texts)):
            digest.update(len(field).to_bytes(2, "big") + field)
        return digest.digest()[:16]

    @property
    def folder_name(self) -> str:
        """The event's folder under `<data>/kiosk/`: its id in 32 hexadecimal digits."""
        return self.id.hex()


def write_event(event: Event) -> bytes:
    """The content of `event.json`."""
    return msgspec.json.format(msgspec.json.encode(event), indent=2) + b"\n"


def read_event(path: Path) -> Event:
    """Read `event.json`.

    Raises:
        StoreDamagedError: missing, damaged, or not of the folder it lies in.
    """
    try:
        content = read_at_most(path, _FILE_LIMIT)
        event = msgspec.json.decode(content, type=Event)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    if len(content) > _FILE_LIMIT or event.folder_name != path.parent.name:
        raise _damaged(path)
    return event


def _damaged(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} is missing or damaged and was left as it is: "
        "copy its folder to a safe place for the office, then start a new event."
    )
