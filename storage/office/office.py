"""The office: every response that kiosks have handed over, merged, and the tables that may be shown of them.

<data>/office/office.pub, office.key    the office key, wrapped under each coordinator's passphrase
<data>/office/office.db                 what was brought in, and who is in which group

Merging is a union: a response is known by its id, so exports can come in any order, any number of times and from any
number of kiosks. Each response is opened once, when it comes. What is kept of that is a sum over those who wait at an
event, sealed to the office alone. Before a table is made, those who wait become groups of ten people or more, once and
for ever: their sum gets noise that follows from the office's seed and from who they are, and the exact sum is dropped.
FORMAT.md, section 18.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from storage.counts.disclosure import OfficeCounts
from storage.counts.tally import asked_mask
from storage.crypto.keys import KioskPublicKey, OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import SealedResponse
from storage.errors import ExportError, FairstartError, StoreError, WeakPassphraseError
from storage.events import Event, write_event
from storage.exchange.exports import Export, open_export
from storage.exchange.forgotten import Request, read_request, write_answer
from storage.exchange.receipts import write_receipt
from storage.office.coordinators import Coordinators
from storage.office.corrections import Corrections
from storage.office.debriefs import Debriefs
from storage.office.decrypting import Opened, open_all
from storage.office.events import covering, read_events
from storage.office.groups import OfficeGroups
from storage.office.labels import LEVELS, MOST_PEOPLE, OfficeEvent, Scope, Tables
from storage.office.laptops import LaptopError, Laptops, RevokedLaptopError
from storage.office.log import Details, EventLog, Kind
from storage.office.planned import PlannedEvents
from storage.office.receipts_due import ReceiptsDue
from storage.office.retention import Retention
from storage.office.sticks import PreparedSticks, TokenState
from storage.office.store import FILE_NAME, Line, OfficeStore, Version, row_number
from storage.office.targets import Targets
from storage.progress import ProgressCallback, unreported


@dataclass(frozen=True)
class Brought:
    """What became of one export."""

    event: Event
    kiosk: KioskPublicKey
    responses: int
    new: int
    unreadable: int
    """Of those that are new, how many do not open: kept, and in no count."""
    receipt: bytes
    deleted: int = 0
    """How many were held here and deleted since: they are not taken again."""
    removed: bool = False
    """Whether the event was removed here, so that nothing of it is counted."""
    debrief: bool = False
    """Whether it brought something that those who ran the event have written, and that was not here."""


class UnknownKioskError(ExportError):
    """An export is signed by a kiosk that the office has not accepted."""

    def __init__(self, kiosk: KioskPublicKey, event: Event, token: TokenState) -> None:
        self.warning = _WARNINGS.get(token, "")
        super().__init__(
            f"“{event.title}” comes from a laptop that this office has not accepted yet{self.warning}. "
            f"Compare its fingerprint: {kiosk.fingerprint}"
        )
        self.kiosk = kiosk
        self.event = event


_WARNINGS: dict[TokenState, str] = {
    "used": ", with the token of another laptop: its stick was copied, or its files were",
    "recalled": ", with a token that was recalled: its stick was lost, or is an old one",
}
"""What else is to be said of a laptop that came with a token."""


class Office:
    """An opened office. Make it with `open`, inside `data_folder.hold`. Any thread may call; one works at a time."""

    def __init__(self, data: Path, store: OfficeStore, key: OfficePrivateKey) -> None:
        self._store = store
        self._key = key
        self._groups = OfficeGroups(store, key)
        self.log = EventLog(store, key)
        self._retention = Retention(store, key, self.log)
        self.corrections = Corrections(store, self.events, self.log)
        self.laptops = Laptops(store, self.log)
        self.planned = PlannedEvents(store)
        self.targets = Targets(store)
        self.debriefs = Debriefs(store, key, self.log)
        self.sticks = PreparedSticks(store, self.log)
        self.coordinators = Coordinators(data, key, self.note)
        self.receipts_due = ReceiptsDue(data / "office")
        self._events: list[OfficeEvent] = []
        self._tables: tuple[Tables, Tables] | None = None
        """Of answers about background, and of feedback."""
        self._read_at: Version | None = None
        """The store's version when these were read."""

    @classmethod
    def open(cls, data: Path, key: OfficePrivateKey, *, may_write: bool = True) -> Self:
        """Open what was brought in so far; make an empty store the first time. Its log notes which coordinator did so.

        Args:
            data: the data folder.
            key: of the office.
            may_write: whether this process holds the data folder. Without, another may write while this one reads.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        store = OfficeStore.open(data / "office" / FILE_NAME, key.public, may_write=may_write)
        office = cls(data, store, key)
        if key.coordinator:
            try:
                office.log.check()
                if office.refusal is None:
                    office.note("opened")
            except BaseException:
                office.close()
                raise
        return office

    def note(self, what: Kind, details: Details | None = None) -> None:
        """Add an entry to the log about something that is in no transaction of the store: before it is done.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._store.writing(counted=False) as write:
            self.log.note(write, what, details)

    def note_report(self, about: str) -> None:
        """Note that a report is written. Beside somebody who writes nothing can be noted, and a report may be written.

        Raises:
            StoreError: it cannot be noted.
        """
        if self.refusal is None:
            self.note("report written", {"about": about})

    @property
    def key(self) -> OfficePrivateKey:
        """Its key."""
        return self._key

    @property
    def refusal(self) -> FairstartError | None:
        """Why nothing may be written here, where that is so: InUseError or OtherComputerError."""
        return self._store.refusal

    @property
    def version(self) -> Version:
        """What was shown before it changed is out of date.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._store.version

    @property
    def line(self) -> Line:
        """Where the store stands among its copies.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._store.line()

    def go_on_here(self) -> None:
        """Note that somebody has said that the office goes on on this computer.

        Raises:
            StoreError: it cannot be noted.
        """
        self._store.go_on_here(self.public)

    def note_copied(self, made: dt.date, generation: int) -> None:
        """Note that there is a copy that holds everything up to a generation.

        Raises:
            StoreError: it cannot be noted.
        """
        self._store.note_copied(made, generation)

    def content(self, progress: ProgressCallback = unreported) -> bytes:
        """The whole store as the bytes of a file.

        Raises:
            StoreError: it cannot be read.
        """
        return self._store.content(progress)

    @property
    def public(self) -> OfficePublicKey:
        """The public half of its key."""
        return self._key.public

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def check(self) -> int:
        """Check every page, response's id and row that has a form; return how many responses the store holds.

        That noise follows from who is in a group is not worked out again: it would take opening every response. A group
        is sealed together with its number and with how many came to which event.

        Raises:
            StoreDamagedError: it is damaged.
            StoreError: it cannot be read.
        """
        self._store.check()
        with self._store.reading() as read:
            self._store.line()
            held = sum(one.all_sealed for one in read_events(self._store))
            self._groups.read()
            self.corrections.all()
            self.laptops.all()
            self.planned.all()
            self.targets.all()
            self.debriefs.all()
            self.sticks.all()
            self.log.entries()
            if sum(1 for _ in self._groups.ids(read("SELECT id, sealed FROM response", ()))) != held:
                raise self._store.damaged
            return held

    def read_request(self, path: Path) -> Request:
        """Read what a laptop whose staff have forgotten their passphrase asks.

        Raises:
            KeyFileError: it is no such file, or another office's laptop asks.
        """
        return read_request(path, self._key)

    def answer(self, request: Request, passphrase: str) -> bytes:
        """The file that gives that laptop a new staff passphrase. Takes about two seconds and 256 MiB.

        Raises:
            LaptopError: it was revoked.
            WeakPassphraseError: it is a coordinator's.
            KeyFileError, StoreError: as their sentences say; no answer is made.
        """
        laptop = self.laptops.known(request.kiosk)
        if laptop is not None and laptop.revoked:
            raise LaptopError("That laptop was revoked, so it gets no new passphrase: undo that under Laptops first.")
        if self.coordinators.have(passphrase):
            raise WeakPassphraseError("This is an office passphrase: choose another one for the staff.")
        content = write_answer(request, passphrase, self._key)
        self.note("staff passphrase given", {"laptop": request.kiosk.fingerprint})
        return content

    def accept(self, kiosk: KioskPublicKey) -> None:
        """Take exports that this kiosk has signed, from now on: somebody has compared its fingerprint.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._store.writing() as write:
            self.laptops.accept(write, kiosk)

    def bring(self, content: bytes, executor: Executor, progress: ProgressCallback = unreported) -> Brought:
        """Bring in one export: all that it adds, or nothing. Bringing it again changes nothing.

        Args:
            content: of the file.
            executor: opens the responses.
            progress: called with how many responses are open, and of how many.

        Raises:
            RevokedLaptopError: signed by a laptop that was revoked.
            InUseError, OtherComputerError: nothing may be written here.
            UnknownKioskError: signed by a kiosk that is not accepted, without an open token of this office's.
            ExportError: damaged, foreign, or of responses that were sealed for another event.
            StoreError: it cannot be kept.
        """
        with self._store.lock:
            self._store.require_writing()
            export = open_export(content, self._key)
            laptop = self.laptops.known(export.kiosk)
            if laptop is not None and laptop.revoked:
                raise RevokedLaptopError(laptop, export.event)
            if laptop is None and (state := self.sticks.state(export.token)) != "open":
                raise UnknownKioskError(export.kiosk, export.event, state)
            deleted = self._retention.deleted(export.event.id, export.sealed)
            removed = self.corrections.have_removed(export.event.about.id)
            new = self._unknown(export)
            opened = open_all(self._key, export.event, new, executor, progress)
            if export.sealed and not any(opened.asked) and not deleted and not self._has_opened(export):
                raise ExportError(
                    f"No response in this export opens for “{export.event.title}”: "
                    "they were sealed for another event or damaged. Hand it over again from the laptop."
                )
            debrief = self._keep(export, new, opened, known=laptop is not None)
            return Brought(
                event=export.event,
                kiosk=export.kiosk,
                responses=len(export.sealed),
                new=len(new),
                unreadable=opened.asked.count(None),
                receipt=write_receipt(export, self._key),
                deleted=len(deleted),
                removed=removed,
                debrief=debrief,
            )

    def _unknown(self, export: Export) -> list[SealedResponse]:
        with self._store.reading() as read:
            known = {id_ for (id_,) in read("SELECT id FROM response WHERE event = ?", (export.event.id,))}
        known |= self._retention.deleted(export.event.id, export.sealed)
        return [one for one in export.sealed if one.id not in known]

    def _has_opened(self, export: Export) -> bool:
        """Whether any of its responses was brought in before, and opened."""
        with self._store.reading() as read:
            opened = {id_ for (id_,) in read("SELECT id FROM response WHERE event = ? AND asked", (export.event.id,))}
        return any(one.id in opened for one in export.sealed)

    def _keep(self, export: Export, new: list[SealedResponse], opened: Opened, *, known: bool) -> bool:
        """Keep what is new. Whether a debrief is."""
        event = export.event
        with self._store.writing() as write:
            if self._unknown(export) != new:
                raise StoreError("The same export was brought in twice at once: try again.")
            if not known:
                self.sticks.use(write, export.token, export.kiosk.id)
                self.laptops.accept(write, export.kiosk)
            described = [(row_number(one.id), one.id, write_event(one)) for one in {event.about, event}]
            write("INSERT OR IGNORE INTO event (rowid, id, described) VALUES (?, ?, ?)", sorted(described))
            handed = event.id, export.kiosk.id, len(export.sealed)
            query = "INSERT OR IGNORE INTO handed (rowid, event, kiosk, responses) VALUES (?, ?, ?, ?)"
            write(query, [(row_number(*handed), *handed)])
            rows = (
                (row_number(event.id, one.id), event.id, one.id, one.sealed, asked_mask(asked or (), event.survey))
                for one, asked in zip(new, opened.asked, strict=True)
            )
            write("INSERT INTO response (rowid, event, id, sealed, asked) VALUES (?, ?, ?, ?, ?)", sorted(rows))
            for questions, tally in opened.tallies.items():
                self._groups.let_wait(write, event.id, asked_mask(questions, event.survey), tally)
            debrief = self.debriefs.take(write, export)
            if new or debrief or not known:
                came: Details = {
                    "event": event.title,
                    "laptop": export.kiosk.fingerprint,
                    "responses": len(export.sealed),
                    "new": len(new),
                }
                self.log.note(write, "brought in", came)
        return debrief

    def events(self) -> list[OfficeEvent]:
        """Every event that exports have come from and that was not removed, newest first.

        Raises:
            StoreError: the store cannot be read.
        """
        return [one for one in self.all_events() if not one.removed]

    def all_events(self) -> list[OfficeEvent]:
        """Every event that exports have come from, newest first, those that were removed among them.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.lock:
            self._forget_what_changed()
            if not self._events:
                self._events = read_events(self._store)
            return list(self._events)

    def describe(self, event: Event, head_count: int | None, level: int | None) -> None:
        """Note how many people came to an event, and which apprenticeship level it is about. None where not known.

        Raises:
            ValueError: an unknown event, a head-count under the number of responses or beyond belief, or no level.
            StoreError: it cannot be noted.
        """
        events = self.events()
        one = next((one for one in events if one.event == event), None) or covering(events, event.id)
        held = one.responses
        if head_count is not None and head_count < held:
            raise ValueError(f"{held} responses are held, so at least {held} people came")
        if head_count is not None and head_count > MOST_PEOPLE:
            raise ValueError(f"no event has more than {MOST_PEOPLE:,} people")
        if level is not None and level not in LEVELS:
            raise ValueError(f"a level is one of {', '.join(map(str, LEVELS))}")
        with self._store.writing() as write:
            write(
                "UPDATE event SET head_count = ?, level = ? WHERE id = ?", [(head_count, level, id_) for id_ in one.ids]
            )
            said = {"came": head_count, "level": level}
            known = {name: value for name, value in said.items() if value is not None}
            self.log.note(write, "corrected", {"event": one.event.name, **known})

    def delete_responses(self, events: Sequence[OfficeEvent], today: dt.date) -> None:
        """Delete every response of these events; tables stay as they are. Those who wait become groups before.

        Raises:
            StoreError: the store cannot be read or written.
        """
        with self._store.lock:
            self.tables()
            self._retention.delete(events, today)

    def counts(self, scope: Scope, threshold: int) -> OfficeCounts:
        """The published tables of a scope. Who is in which group is noted before they are shown.

        Raises:
            StoreError: the store cannot be read or written.
        """
        return self.tables().counts(scope, threshold)

    def tables(self) -> Tables:
        """The published tables of every scope. Those who wait become groups first, where they are ten.

        Where nothing may be written here, they still wait.

        Raises:
            StoreError: the store cannot be read or written.
        """
        return self._all_tables()[0]

    def feedback_tables(self) -> Tables:
        """The same of what people think of the events themselves.

        Raises:
            StoreError: the store cannot be read or written.
        """
        return self._all_tables()[1]

    def _all_tables(self) -> tuple[Tables, Tables]:
        with self._store.lock:
            self._forget_what_changed()
            if self._tables is None:
                if self._store.refusal is None:
                    self._groups.make({id_: one.event for one in self.events() for id_ in one.all_ids})
                with self._store.reading():
                    events, groups = self.all_events(), self._groups.read()
                feedback = [one.feedback for one in events if one.feedback]
                theirs = {id_ for one in feedback for id_ in one.ids}
                self._tables = (
                    Tables(events, (one for one in groups if not one[0].keys() & theirs)),
                    Tables(feedback, (one for one in groups if one[0].keys() & theirs)),
                )
            return self._tables

    def _forget_what_changed(self) -> None:
        """Forget what was read before something was written."""
        version = self._store.version
        if self._read_at != version:
            self._events, self._tables = [], None
            self._read_at = version
