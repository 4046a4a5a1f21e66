"""The folder of one event on a laptop: what it is, its two pools, whether it has ended, how far it was handed over.

<data>/kiosk/<event id>/event.json           what the event is
<data>/kiosk/<event id>/responses.db         its pool (and responses.db-journal, blank)
<data>/kiosk/<event id>/groups.db            its counts so far (and groups.db-journal, blank)
<data>/kiosk/<event id>/ended                empty; there once the event was ended
<data>/kiosk/<event id>/handover.json        how many responses were handed over and received
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from storage.crypto.sealing import SealedResponse
from storage.errors import StoreDamagedError, StoreError
from storage.events import Event, read_event, write_event
from storage.exchange.handover import FILE_NAME, HandOver, read_hand_over, write_hand_over
from storage.kiosk.groups import SealedGroup
from storage.kiosk.pool import GROUPS, RESPONSES, Kind, Pool, SealedRow
from storage.private_files import erase, flush_folder, make_private_folder, write_private

_RESPONSES_NAME = "responses.db"
_GROUPS_NAME = "groups.db"
_EVENT_NAME = "event.json"
_ENDED_NAME = "ended"
_EMPTY = ".empty"


@dataclass(frozen=True)
class EventFolder:
    """One event's folder, which may not be there yet."""

    path: Path

    @classmethod
    def of(cls, data: Path, event_id: bytes) -> EventFolder:
        """The folder of an event in a data folder."""
        return cls(data / "kiosk" / event_id.hex())

    @classmethod
    def all_in(cls, data: Path) -> list[EventFolder]:
        """The folder of every event in a data folder."""
        return [cls(path.parent) for path in (data / "kiosk").glob(f"[!.]*/{_EVENT_NAME}")]

    def prepare(self, event: Event) -> None:
        """Make it if it is new: under another name first, so that it is there whole or not at all.

        Raises:
            StoreDamagedError: it is another event's.
            OSError: it cannot be written.
        """
        if self.path.exists():
            if self.event != event:
                raise StoreDamagedError(
                    f"{self.path} belongs to another event: move it to a safe place for the office."
                )
            return
        unfinished = EventFolder(self.path.with_name(f".{self.path.name}.new"))
        make_private_folder(unfinished.path)
        write_private(unfinished.path / _EVENT_NAME, write_event(event))
        Pool.create(unfinished.path / _RESPONSES_NAME, RESPONSES)
        Pool.create(unfinished.path / _GROUPS_NAME, GROUPS)
        flush_folder(unfinished.path)
        unfinished.path.rename(self.path)
        flush_folder(self.path.parent)

    @property
    def event(self) -> Event:
        """What the event is.

        Raises:
            StoreError: it cannot be read.
        """
        return read_event(self.path / _EVENT_NAME)

    def responses(self) -> Pool[SealedResponse]:
        """The pool of its sealed responses, to be closed after use."""
        return Pool(self.path / _RESPONSES_NAME, RESPONSES)

    def groups(self) -> Pool[SealedGroup]:
        """The pool of its sealed groups, to be closed after use."""
        return Pool(self.path / _GROUPS_NAME, GROUPS)

    @property
    def ended(self) -> bool:
        """Whether the event was ended: it takes no more responses."""
        return (self.path / _ENDED_NAME).exists()

    def end(self) -> None:
        """Note that it has ended. Final.

        Raises:
            StoreError: it cannot be noted.
        """
        write_private(self.path / _ENDED_NAME, b"")

    @property
    def noted(self) -> HandOver:
        """How far it was handed over.

        Raises:
            StoreDamagedError: the note is damaged.
        """
        return read_hand_over(self.path)

    def note(self, noted: HandOver) -> None:
        """Note how far it was handed over.

        Raises:
            StoreError: it cannot be noted.
        """
        write_hand_over(self.path, noted)

    def finish_deletion(self) -> None:
        """Where a deletion was begun: overwrite and remove what the event kept, and put an empty store in its place.

        Raises:
            StoreError: it could not be done.
        """
        noted = self.noted
        if noted.deletion == "begun":
            _renew(self.path / _RESPONSES_NAME, RESPONSES)
            _renew(self.path / _GROUPS_NAME, GROUPS)
            self.note(replace(noted, deletion="done"))


def tidy(data: Path) -> None:
    """Remove what a killed process was in the middle of writing, and finish the deletions that were begun.

    Raises:
        StoreError: a deletion could not be finished.
        OSError: something could not be removed.
    """
    patterns = (
        ".kiosk.toml.*.new",
        "office/.office.*.new",
        "office/.wrong-tries.*.new",
        "kiosk/.*",
        *(f"kiosk/*/.{name}.*.new" for name in (_ENDED_NAME, FILE_NAME)),
        f"kiosk/*/.*{_EMPTY}*",
    )
    for left in (path for pattern in patterns for path in data.glob(pattern)):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    for path in (data / "kiosk").glob(f"[!.]*/{FILE_NAME}"):
        with contextlib.suppress(StoreDamagedError):  # said where the event is listed
            EventFolder(path.parent).finish_deletion()


def _renew(path: Path, kind: Kind[SealedRow]) -> None:
    """Overwrite and remove a pool, and put an empty one in its place."""
    empty = path.with_name(f".{path.name}{_EMPTY}")
    journal = empty.with_name(f"{empty.name}-journal")
    try:
        for left in (empty, journal):
            left.unlink(missing_ok=True)
        for old in (path, path.with_name(f"{path.name}-journal")):
            erase(old)
        Pool.create(empty, kind)
        journal.unlink(missing_ok=True)
        empty.rename(path)
        flush_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"Cannot delete {path} ({error.strerror}): close other programs that use it, then try again."
        ) from error
