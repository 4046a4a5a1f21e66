"""The folder of one event on a laptop: what it is, its two pools, whether it has ended, how far it was handed over.

<data>/kiosk/<event id>/event.json           what the event is
<data>/kiosk/<event id>/responses.db         its pool (and responses.db-journal, blank)
<data>/kiosk/<event id>/groups.db            its counts so far (and groups.db-journal, blank)
<data>/kiosk/<event id>/batch                sheets of paper on their way into the pool: storage/kiosk/batch.py
<data>/kiosk/<event id>/ended                empty; there once the event was ended
<data>/kiosk/<event id>/handover.json        how many responses were handed over and received
<data>/kiosk/<event id>/debrief              what those who ran it wrote: storage/kiosk/debrief.py
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from storage.crypto.sealing import SealedResponse
from storage.errors import StoreDamagedError, StoreError
from storage.events import Event, read_event, write_event
from storage.kiosk import debrief
from storage.kiosk.batch import BATCH_NAME, finish_batch, read_batch
from storage.kiosk.groups import GROUP, SealedGroup
from storage.kiosk.pool import GROUPS, RESPONSES, TRIED, Kind, Pool, SealedRow
from storage.kiosk.register import NotedEvent, Register
from storage.private_files import erase, flush_folder, make_private_folder, write_private

if TYPE_CHECKING:
    from storage.exchange.handover import HandOver

_RESPONSES_NAME = "responses.db"
GROUPS_NAME = "groups.db"
_EVENT_NAME = "event.json"
_ENDED_NAME = "ended"
HANDOVER_NAME = "handover.json"
_EMPTY = ".empty"
_PRIVATE = (TRIED, f"{TRIED}-journal")
"""Leftovers that are overwritten before they are removed: a journal tells which response came last."""


class EventFolder(msgspec.Struct, frozen=True):
    """One event's folder, which may not be there yet."""

    path: Path

    @classmethod
    def of(cls, data: Path, event_id: bytes) -> EventFolder:
        """The folder of an event in a data folder."""
        return cls(data / "kiosk" / event_id.hex())

    @classmethod
    def all_in(cls, data: Path, register: Register) -> list[EventFolder]:
        """The folder of every event that is, or was, in a data folder, in the order of their names."""
        there = {path.parent.name for path in (data / "kiosk").glob(f"{'[0-9a-f]' * 32}/{_EVENT_NAME}")}
        return [cls(data / "kiosk" / name) for name in sorted(there | set(register.noted.events))]

    @classmethod
    def known(cls, data: Path, register: Register) -> list[Event]:
        """What every event is that is, or was, in a data folder, but for those that cannot be read."""
        found = []
        for folder in cls.all_in(data, register):
            with contextlib.suppress(StoreError):  # told by doctor
                found.append(folder.event)
        return found

    @classmethod
    def first_spelling(cls, event: Event, data: Path, register: Register) -> Event:
        """The event as it was spelt when it came to this data folder; itself where it is new."""
        if register.event(event.id) is not None or cls.of(data, event.id).path.exists():
            return event
        return next((one for one in cls.known(data, register) if one.occasion == event.occasion), event)

    @classmethod
    def feedback_on(cls, event: Event, choices: tuple[str, ...], data: Path, register: Register) -> Event:
        """The event of those who are asked what they think of this one.

        The list that they choose from is settled once somebody has answered from it: another one counts from the next
        event on. One that nobody has answered from is let go of.

        Raises:
            StoreError: what there is cannot be read or removed.
        """
        wanted = event.asking(choices)
        for begun in (one for one in cls.known(data, register) if one.is_feedback and one.about == event):
            folder = cls.of(data, begun.id)
            with contextlib.closing(folder.responses()) as pool:
                untouched = folder.is_untouched(register, pool.count())
            if begun == wanted or not untouched:
                return begun
            folder.discard(register)
        return wanted

    def is_untouched(self, register: Register, held: int) -> bool:
        """Whether nothing goes by what it is called: so many responses are held, and nothing was handed over."""
        noted = self.noted
        return not (self.ended(register) or noted.exported or noted.files or noted.deletion or held)

    def prepare(self, event: Event, register: Register) -> None:
        """Make it if it is new: under another name first, so that it is there whole or not at all.

        Raises:
            StoreDamagedError: it is another event's, or was here and is gone.
            StoreError: it cannot be noted.
            OSError: it cannot be written.
        """
        self._make(event, register)
        register.note_event(event.id)

    def _make(self, event: Event, register: Register) -> None:
        if not self.path.exists() and register.event(event.id) is not None:
            raise _missing(self.path)
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
        Pool.create(unfinished.path / GROUPS_NAME, GROUPS)
        flush_folder(unfinished.path)
        unfinished.path.rename(self.path)
        flush_folder(self.path.parent)

    @property
    def event_id(self) -> bytes:
        """The event's id."""
        return bytes.fromhex(self.path.name)

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
        return Pool(self.path / GROUPS_NAME, GROUPS)

    @property
    def has_end(self) -> bool:
        """Whether the file that says so is there: the event was ended."""
        try:
            (self.path / _ENDED_NAME).stat()  # `exists` says no to every error from Python 3.14 on
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def ended(self, register: Register) -> bool:
        """Whether the event was ended: it takes no more responses."""
        noted = register.event(self.event_id)
        return self.has_end or (noted is not None and noted.ended)

    def end(self, register: Register) -> None:
        """Note that it has ended. Final.

        Raises:
            StoreError: it cannot be noted.
        """
        write_private(self.path / _ENDED_NAME, b"")
        register.note_event(self.event_id, ended=True)

    def discard(self, register: Register) -> None:
        """Remove it, with what it keeps. Interrupted anywhere, it is either there, or gone at the next opening.

        Raises:
            StoreError: it cannot be removed.
        """
        register.forget_event(self.event_id)
        gone = self.path.with_name(f".{self.path.name}.gone")
        try:
            self.path.rename(gone)
            shutil.rmtree(gone)
        except OSError as error:
            raise StoreError(
                f"Cannot remove {self.path} ({error.strerror}): close other programs that use it, then try again."
            ) from error

    @property
    def noted(self) -> HandOver:
        """How far it was handed over."""
        from storage.exchange.handover import read_hand_over  # a start does without: 2 ms

        return read_hand_over(self.path / HANDOVER_NAME)

    def note(self, noted: HandOver) -> None:
        """Note how far it was handed over.

        Raises:
            StoreError: it cannot be noted.
        """
        from storage.exchange.handover import write_hand_over

        write_hand_over(self.path / HANDOVER_NAME, noted)

    def check_responses(self, pool: Pool[SealedResponse], register: Register) -> int:
        """Check every page and row of its pool, which somebody may be adding to; return how many responses it holds.

        Raises:
            StoreDamagedError: missing, not as it was written, or fewer than the groups that were made of them.
            StoreError: it cannot be read.
        """
        noted = register.event(self.event_id) or NotedEvent()  # before what may grow
        held = pool.check()
        if held < noted.groups * GROUP and not self.noted.deletion:
            raise _short(self.path / _RESPONSES_NAME)
        return held

    def check_groups(self, pool: Pool[SealedGroup], register: Register) -> int:
        """Check every page and row of its groups; return how many there are.

        Raises:
            StoreDamagedError: missing, not as they were written, or fewer than were made.
            StoreError: they cannot be read.
        """
        return self.compare_groups(pool.check(), register)

    def compare_groups(self, held: int, register: Register) -> int:
        """Return how many groups are held, if they are no fewer than were made.

        Raises:
            StoreDamagedError: they are fewer.
        """
        noted = register.event(self.event_id)
        if noted and held < noted.groups:
            raise _short(self.path / GROUPS_NAME)
        return held

    def need(self) -> None:
        """Return only if the folder is there.

        Raises:
            StoreDamagedError: it is missing.
        """
        if not self.path.exists():
            raise _missing(self.path)

    def check(self, register: Register) -> None:
        """Check everything that it keeps.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        self.need()
        _ = self.event, read_batch(self.path)
        with contextlib.closing(self.responses()) as responses, contextlib.closing(self.groups()) as groups:
            self.check_responses(responses, register)
            self.check_groups(groups, register)

    def finish_deletion(self) -> None:
        """Where a deletion was begun: overwrite and remove what the event kept, and put an empty store in its place.

        Raises:
            StoreError: it could not be done.
        """
        noted = self.noted
        if noted.deletion == "begun":
            _renew(self.path / _RESPONSES_NAME, RESPONSES)
            _renew(self.path / GROUPS_NAME, GROUPS)
            _erase_debrief(self.path)
            self.note(replace(noted, deletion="done"))


def tidy(data: Path) -> None:
    """Remove what a killed process was in the middle of writing, and finish the deletions and batches that were begun.

    Raises:
        StoreError: one could not be finished.
        OSError: something could not be removed.
    """
    patterns = (
        ".kiosk.toml.*.new",
        ".events.json.*.new",
        "office/.office.*.new",
        "office/.wrong-tries.*.new",
        "kiosk/.*",
        *(f"kiosk/*/.{name}.*.new" for name in (_ENDED_NAME, HANDOVER_NAME, BATCH_NAME, debrief.FILE_NAME)),
        f"kiosk/*/.*{_EMPTY}*",
        f"kiosk/*/.*{TRIED}*",
    )
    for left in (path for pattern in patterns for path in data.glob(pattern)):
        private = left.name.endswith(_PRIVATE) or left.name.startswith(f".{BATCH_NAME}.")
        shutil.rmtree(left) if left.is_dir() else erase(left) if private else left.unlink()
    for path in (data / "kiosk").glob(f"[!.]*/{HANDOVER_NAME}"):
        EventFolder(path.parent).finish_deletion()
    for path in (data / "kiosk").glob(f"[!.]*/{BATCH_NAME}"):
        with contextlib.closing(EventFolder(path.parent).responses()) as pool, contextlib.suppress(StoreDamagedError):
            finish_batch(path.parent, pool)  # what is damaged is told by doctor, and when it is handed over


def _missing(folder: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{folder} is missing, with what was kept of an event: put it back from where it was moved to, "
        'or run "fairstart doctor --set-aside" to go on without it.'
    )


def _short(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} holds less than it did: put the newest copy back, "
        'or run "fairstart doctor --set-aside" to keep it for the office and go on without it.'
    )


def _erase_debrief(folder: Path) -> None:
    """Overwrite and remove what was written of an event."""
    try:
        debrief.erase_debrief(folder)
    except OSError as error:
        raise _cannot_delete(folder / debrief.FILE_NAME, error) from error


def _cannot_delete(path: Path, error: OSError) -> StoreError:
    return StoreError(f"Cannot delete {path} ({error.strerror}): close other programs that use it, then try again.")


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
        raise _cannot_delete(path, error) from error
