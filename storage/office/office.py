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
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from storage.counts.disclosure import OfficeCounts
from storage.counts.tally import Tally, asked_mask
from storage.crypto.keys import KioskPublicKey, OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import ids_of
from storage.errors import ExportError, FairstartError, WeakPassphraseError
from storage.events import Event, write_event
from storage.exchange.exports import Export, open_export
from storage.exchange.forgotten import Request, read_request, write_answer
from storage.exchange.receipts import write_receipt
from storage.office.coordinators import Coordinators
from storage.office.corrections import Corrections
from storage.office.debriefs import Debriefs
from storage.office.decrypting import Asked, Opened, Opening, Openings, Origin, PartOpener
from storage.office.events import covering, read_events
from storage.office.groups import OfficeGroups
from storage.office.labels import LEVELS, MOST_PEOPLE, OfficeEvent, Scope, Tables
from storage.office.laptops import LaptopError, Laptops, RevokedLaptopError
from storage.office.log import Details, EventLog, Kind
from storage.office.planned import PlannedEvents
from storage.office.receipts_due import ReceiptsDue
from storage.office.retention import Retention
from storage.office.sticks import PreparedSticks, TokenState
from storage.office.store import FILE_NAME, Line, OfficeStore, Version, Write, response_numbers, row_number
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


@dataclass
class Incoming:
    """An export that is being brought in. Made by `Office.begin`."""

    export: Export
    event_id: bytes
    ids: list[bytes]
    """Of its responses, each once, in their order."""
    origin: Origin | None = None
    new: dict[bytes, bytes] = field(default_factory=dict)
    """Those that are being opened, sealed, by their ids: what it adds, as far as that is known when it is begun."""
    opening: Opening | None = None
    opened: Opened | None = None

    def open(self, openings: Openings, known: set[bytes]) -> None:
        """Begin to open what is not known.

        Raises:
            StoreError: that cannot be done.
        """
        whole = zip(self.ids, self.export.sealed, strict=True)
        new = {id_: one for id_, one in whole if id_ not in known}
        self.new = {id_: one.sealed for id_, one in new.items()}
        self.opening, self.opened = openings.add(self.export.event, list(new.values()), self.origin), None

    def result(self, progress: ProgressCallback) -> None:
        """Wait until all is open that was begun.

        Raises:
            StoreError: that cannot be done.
        """
        if self.opening is not None:
            self.opened, self.opening = self.opening.result(progress), None

    @property
    def asked(self) -> tuple[Asked | None, ...]:
        """For each that is new: the questions that were asked, or None where it cannot be read."""
        return self.opened.asked if self.opened else ()

    @property
    def tallies(self) -> Mapping[Asked, Tally]:
        """The sum of everybody who is new and was asked these."""
        return self.opened.tallies if self.opened else {}


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

    def bring(
        self, content: bytes, executor: Executor | PartOpener, progress: ProgressCallback = unreported
    ) -> Brought:
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
        with self._store.lock, Openings(self._key, executor) as openings:
            (brought,) = self.keep([(self.begin(content, openings), progress)], openings)
        if isinstance(brought, ExportError):
            raise brought
        return brought

    def begin(
        self, content: bytes, openings: Openings, before: Sequence[Incoming] = (), origin: Origin | None = None
    ) -> Incoming:
        """Begin to bring in one export: what it adds is being opened. Nothing is kept before `keep`.

        Args:
            content: of the file.
            openings: opens the responses.
            before: those that were begun before it and are not kept yet.
            origin: where others may read it, if they can.

        Raises:
            InUseError, OtherComputerError: nothing may be written here.
            ExportError: damaged or foreign.
            StoreError: the store cannot be read, or the responses not be opened.
        """
        self._store.require_writing()
        export = open_export(content, self._key)
        incoming = Incoming(export, export.event.id, ids_of(export.sealed), origin)
        with self._store.lock:
            if self._refused(export) is None:
                known = self._held_or_deleted(incoming)
                known.update(*(one.new for one in before if one.event_id == incoming.event_id))
                incoming.open(openings, known)
        return incoming

    def keep(
        self, begun: Sequence[tuple[Incoming, ProgressCallback]], openings: Openings
    ) -> list[Brought | ExportError]:
        """Keep exports that were begun in one transaction, or say why one is not kept: the first, and others if it can.

        Args:
            begun: what `begin` gave, in its order; for each, what is called with how many of its responses are open.
            openings: that they were begun with.

        Raises:
            InUseError, OtherComputerError: nothing may be written here.
            StoreError: nothing of these is kept, as its sentence says.
        """
        kept: list[Brought | ExportError] = []
        with self._store.lock:
            while begun and not kept:
                for one, progress in begun:
                    one.result(progress)
                with self._store.writing() as write:
                    kept, changed = self._keep_some(write, [one for one, _ in begun])
                if changed is not None:  # what was begun before it is kept by now, or never will be
                    changed.open(openings, self._held_or_deleted(changed))
        return kept

    def _keep_some(
        self, write: Write, incoming: Sequence[Incoming]
    ) -> tuple[list[Brought | ExportError], Incoming | None]:
        """Keep exports up to the first of which something else is new by now than what was opened; return that too."""
        kept: list[Brought | ExportError] = []
        for one in incoming:
            refused = self._refused(one.export)
            if refused is None:
                known = self._held_or_deleted(one)
                if one.opened is None or [id_ for id_ in one.ids if id_ not in known] != list(one.new):
                    return kept, one
                refused = self._unopened(one)
            kept.append(refused or self._keep(write, one))
        return kept, None

    def _refused(self, export: Export) -> ExportError | None:
        """Why an export is not taken, by whose it is."""
        standing = self.laptops.standing(export.kiosk)
        if standing == "unknown" and (state := self.sticks.state(export.token)) != "open":
            return UnknownKioskError(export.kiosk, export.event, state)
        if standing == "revoked" and (laptop := self.laptops.known(export.kiosk)):
            return RevokedLaptopError(laptop, export.event)
        return None

    def _unopened(self, one: Incoming) -> ExportError | None:
        """Why an export is not taken of which nothing opens."""
        if not one.ids or any(one.asked) or self._retention.deleted(one.event_id, one.ids):
            return None
        if self._store.among("SELECT id FROM response WHERE asked AND event = ? AND id IN", one.event_id, one.ids):
            return None
        return ExportError(
            f"No response in this export opens for “{one.export.event.title}”: "
            "they were sealed for another event or damaged. Hand it over again from the laptop."
        )

    def _held_or_deleted(self, one: Incoming) -> set[bytes]:
        held = self._store.among("SELECT id FROM response WHERE event = ? AND id IN", one.event_id, one.ids)
        return held | self._retention.deleted(one.event_id, one.ids)

    def _keep(self, write: Write, one: Incoming) -> Brought:
        """Keep what is new, inside a transaction."""
        export, event, event_id, survey = one.export, one.export.event, one.event_id, one.export.event.survey
        known = self.laptops.standing(export.kiosk) != "unknown"
        if not known:
            self.sticks.use(write, export.token, export.kiosk.id)
            self.laptops.accept(write, export.kiosk)
        described = [(row_number(each.id), each.id, write_event(each)) for each in {event.about, event}]
        write("INSERT OR IGNORE INTO event (rowid, id, described) VALUES (?, ?, ?)", sorted(described))
        handed = event_id, export.kiosk.id, len(export.sealed)
        query = "INSERT OR IGNORE INTO handed (rowid, event, kiosk, responses) VALUES (?, ?, ?, ?)"
        write(query, [(row_number(*handed), *handed)])
        masks = {which: asked_mask(which or (), survey) for which in {*one.asked}}
        rows = [
            (number, event_id, id_, sealed, masks[which])
            for number, (id_, sealed), which in zip(
                response_numbers(event_id, one.new), one.new.items(), one.asked, strict=True
            )
        ]
        write("INSERT INTO response (rowid, event, id, sealed, asked) VALUES (?, ?, ?, ?, ?)", sorted(rows))
        for questions, tally in one.tallies.items():
            self._groups.let_wait(write, event_id, asked_mask(questions, survey), tally)
        debrief = self.debriefs.take(write, export)
        if one.new or debrief or not known:
            came: Details = {
                "event": event.title,
                "laptop": export.kiosk.fingerprint,
                "responses": len(export.sealed),
                "new": len(one.new),
            }
            self.log.note(write, "brought in", came)
        return Brought(
            event=event,
            kiosk=export.kiosk,
            responses=len(export.sealed),
            new=len(one.new),
            unreadable=one.asked.count(None),
            receipt=write_receipt(export, self._key),
            deleted=len(self._retention.deleted(event_id, one.ids)),
            removed=self.corrections.have_removed(event.about.id),
            debrief=debrief,
        )

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
