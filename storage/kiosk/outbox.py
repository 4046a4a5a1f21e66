"""What a laptop has for the office: exports of its events, the receipts for them, and deleting what the office has."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Container, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from content.survey import QUESTION_SET
from storage.crypto.keys import KioskPrivateKey, KioskPublicKey, OfficePublicKey
from storage.crypto.sealing import SealedResponse
from storage.data_folder import handing_over
from storage.debrief import Debrief, WrittenDebrief
from storage.errors import (
    EventEndedError,
    FairstartError,
    KeyFileError,
    NothingThereError,
    NotSetUpError,
    PlaceError,
    ReceiptError,
    StaleReceiptError,
    StoreError,
)
from storage.events import Event
from storage.exchange.exports import EXPORT_SUFFIX, file_stem, write_export
from storage.exchange.handover import Handed, HeldEvent, State, file_digest
from storage.exchange.receipts import RECEIPT_LIMIT, RECEIPT_SUFFIX, check_receipt, read_receipt
from storage.kiosk.debrief import read_debrief, write_debrief
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.register import KioskKeys, Register
from storage.kiosk.state import is_set_up
from storage.progress import ProgressCallback, part
from storage.settings import Settings

if TYPE_CHECKING:
    from storage.exchange.locations import Site


class ClosedOutbox:
    """What the kiosk of a data folder hands over, whether or not another process has it open.

    Nothing is changed but the notes of handing over, and no lock on a store is taken: whoever answers meanwhile does
    not wait. Make it with `at`.
    """

    def __init__(
        self, data: Path, register: Register, office: OfficePublicKey, own: KioskPublicKey, current: Event | None
    ) -> None:
        self._data = data
        self._register = register
        self._office = office
        self._own = own
        self._current = current

    @staticmethod
    def at(data: Path, settings: Settings) -> ClosedOutbox:
        """Look at a data folder.

        Raises:
            NotSetUpError: set-up has not been run here.
            KeyFileError, SettingsError, StoreError: as their sentences say.
        """
        if not is_set_up(data):
            raise NotSetUpError(f'{data} is not set up yet: run "fairstart setup".')
        keys, register = KioskKeys.read(data / "kiosk"), Register.open(data / "kiosk")
        register.check(keys)
        event = EventFolder.first_spelling(settings.event_for(keys.office.id, QUESTION_SET), data, register)
        began = EventFolder.of(data, event.id).path.exists()
        return ClosedOutbox(data, register, keys.office, keys.own, event if began else None)

    def unlock(self, passphrase: str) -> KioskPrivateKey:
        """The kiosk's private key, if the staff passphrase is right. Takes about a second and 256 MiB.

        Raises:
            WrongPassphraseError: it is not.
            KeyFileError: the key file is missing, damaged or another's.
        """
        key = KioskPrivateKey.from_file(self._data / "kiosk" / "kiosk.key", passphrase)
        if key.public != self._own:
            raise KeyFileError("The kiosk's key files do not belong together: put back the ones set-up wrote.")
        return key

    def events(self) -> list[HeldEvent]:
        """Every event of this laptop: the current one, then the others, newest first.

        Raises:
            StoreError: one of them cannot be read.
        """
        return [held for held, _ in self._events()]

    def sealed(self, event: Event) -> list[SealedResponse]:
        """The responses held of one of this laptop's events, ascending.

        Raises:
            StoreError: they cannot be read.
        """
        return EventFolder.of(self._data, event.id).responses().rows_beside()

    def to_hand_over(self) -> list[tuple[Event, list[SealedResponse]]]:
        """The events that exports are made of, with their responses: the current one, and others that hold something.

        Raises:
            StoreError: one of them cannot be read.
        """
        return [
            (held.event, sealed)
            for held, sealed in self._events()
            if not held.noted.deletion and (sealed or held.noted.debrief or held.event == self._current)
        ]

    def export(self, key: KioskPrivateKey, event: Event, sealed: list[SealedResponse]) -> Handed:
        """The export of one event, to be put somewhere and then noted with `note_export`.

        It carries responses and the debrief: this laptop's tables and the office's each draw noise of their own.

        Args:
            key: from `Kiosk.unlock`.
            event: whose.
            sealed: what is held of it.

        Raises:
            ExportError: it is too large.
        """
        debrief = self.debrief(key, event)
        content = write_export(key, self._office, event, sealed, self._register.noted.token or b"", debrief=debrief)
        name = file_stem(self._own, event) + EXPORT_SUFFIX
        return Handed(event, name, content, len(sealed), debrief.revision if debrief else 0)

    def debrief(self, key: KioskPrivateKey, event: Event) -> WrittenDebrief | None:
        """What those who ran an event have written here; None where nothing was, or where it is damaged.

        Raises:
            StoreError: it cannot be read.
        """
        return read_debrief(EventFolder.of(self._data, event.id).path, key, event.id)

    def require_end(self, event: Event) -> None:
        """Return only if those who ran an event can be asked how it went: it has ended and was not deleted here.

        Raises:
            EventEndedError: it goes on, or was deleted.
        """
        folder = EventFolder.of(self._data, event.id)
        if folder.noted.deletion:
            raise EventEndedError(f"“{event.name}” was deleted here: write how it went at the office.")
        if not folder.ended(self._register):
            raise EventEndedError(f"“{event.name}” goes on: end it first, then write how it went.")

    def write_debrief(self, key: KioskPrivateKey, event: Event, said: Debrief) -> None:
        """Keep what those who ran an event say now: it is part of what is handed over next.

        Raises:
            EventEndedError: the event goes on, or was deleted here.
            InUseError: another process of this laptop hands over now.
            StoreError: it cannot be written.
        """
        folder = EventFolder.of(self._data, event.id)
        with handing_over(self._data):
            self.require_end(event)
            noted = folder.noted
            before = self.debrief(key, event)
            if before and before.said == said:
                return
            written = before.saying(said) if before else WrittenDebrief.new(said)
            write_debrief(folder.path, key, event.id, written)
            folder.note(replace(noted, debrief=written.revision))

    def hand_over(
        self, key: KioskPrivateKey, site: Site, progress: ProgressCallback, leaving_out: Container[bytes] = ()
    ) -> Iterator[Handed]:
        """Put an export of every event at a place, check it by reading it back, and note it. Safe to repeat.

        Only a file that this laptop has written itself, from what it still holds, is replaced. What cannot be read is
        passed over, and told by `lost`.

        Args:
            key: from `Kiosk.unlock`.
            site: the place.
            progress: called with how many events are done, with parts of one, and of how many.
            leaving_out: ids of events that were handed over already.

        Raises:
            PlaceError: it cannot be written there; what was handed over before stays so.
            InUseError: another process of this laptop does the same now.
            ExportError, StoreError: as their sentences say.
        """
        with handing_over(self._data):
            events = self.to_hand_over()
            for done, (event, sealed) in enumerate(events):
                if event.id in leaving_out:
                    continue
                handed = self.export(key, event, sealed)
                folder = EventFolder.of(self._data, event.id)
                before = folder.noted
                own = before.files if before.exported <= len(sealed) else ()  # else they hold what this laptop has lost
                folder.note(before.with_file(handed.content))
                name = site.put_beside(
                    handed.name,
                    handed.content,
                    part(progress, done, len(events)),
                    partial(_is_one_of, own),
                )
                self._note_export(handed)
                yield dataclasses.replace(handed, name=name)

    def note_export(self, handed: Handed) -> None:
        """Note that an export is where it should be.

        Raises:
            InUseError: another process of this laptop hands over now.
            StoreError: it cannot be noted.
        """
        with handing_over(self._data):
            self._note_export(handed)

    def _note_export(self, handed: Handed) -> None:
        folder = EventFolder.of(self._data, handed.event.id)
        noted = folder.noted
        folder.note(replace(noted, exported=max(handed.responses, noted.received), debrief_exported=handed.debrief))

    def receipts_at(self, site: Site) -> list[bytes]:
        """The receipts at a place that are for this laptop, by what is in them; the one file that the place is, whole.

        Raises:
            NothingThereError: it has none.
            PlaceError: it cannot be looked into.
            ReceiptError: it has a damaged one only.
        """
        if site.is_file:
            return [found.read(RECEIPT_LIMIT) for found in site.files("")]
        own = self._own
        names = {file_stem(own, held.event) + RECEIPT_SUFFIX for held in self.events()}
        ours = []
        problem: FairstartError = NothingThereError(
            f"There is no receipt for this laptop at {site}: ask the office for it."
        )
        for found in site.files(RECEIPT_SUFFIX):
            try:
                content = found.read(RECEIPT_LIMIT)
                if read_receipt(content).kiosk_id == own.id:
                    ours.append(content)
            except (PlaceError, ReceiptError) as error:  # of no interest, unless it is called as ours are
                problem = error if found.file_name in names else problem
        if not ours:
            raise problem
        return ours

    def take_receipts(
        self, key: KioskPrivateKey, site: Site
    ) -> tuple[list[tuple[HeldEvent, bytes]], FairstartError | None]:
        """Take one good receipt of each event, of those at a place.

        Laptops that were copied from one disk find each other's receipts there, and older ones of their own.

        Returns:
            The events with their receipts, and what is wrong with the receipts for an event that has no good one.

        Raises:
            PlaceError, ReceiptError, StoreError: not one could be taken.
        """
        taken, problems, left = self._take_all(key, self.receipts_at(site))
        if not taken:
            raise next(iter(left or problems))
        return taken, next(iter(left), None)

    def look_for_receipts(
        self, key: KioskPrivateKey, site: Site
    ) -> tuple[list[tuple[HeldEvent, bytes]], list[FairstartError]]:
        """The same where there may be none yet, or none since more people came: neither is wrong.

        Raises:
            PlaceError: the place cannot be looked into.
            InUseError, StoreError: as their sentences say.
        """
        try:
            taken, _, left = self._take_all(key, self.receipts_at(site))
        except NothingThereError:
            return [], []
        except ReceiptError as error:
            return [], [error]
        return taken, [error for error in left if not isinstance(error, StaleReceiptError)]

    def _take_all(
        self, key: KioskPrivateKey, receipts: list[bytes]
    ) -> tuple[list[tuple[HeldEvent, bytes]], list[FairstartError], list[FairstartError]]:
        """What was taken; what is wrong with others; and with those of an event that is here and has no good one."""
        taken: dict[bytes, tuple[HeldEvent, bytes]] = {}
        problems: dict[bytes, FairstartError] = {}
        for content in receipts:
            try:
                held = self.take_receipt(key, content)
                taken.setdefault(held.event.id, (held, content))
            except ReceiptError as error:
                problems[read_receipt(content).event_id] = error
        left = [
            error
            for event_id, error in problems.items()
            if event_id not in taken and not EventFolder.of(self._data, event_id).noted.deletion
        ]
        return list(taken.values()), list(problems.values()), left

    def take_receipt(self, key: KioskPrivateKey, content: bytes) -> HeldEvent:
        """Check a receipt against what is held now, and note it. Deletes nothing.

        Raises:
            ReceiptError: it cannot be believed, or does not cover every response held.
            InUseError: another process of this laptop hands over now.
            StoreError: the responses cannot be read, or it cannot be noted.
        """
        with handing_over(self._data):
            held, debrief = self._covered(key, content)
            noted = held.noted.received_all(held.held, debrief)
            EventFolder.of(self._data, held.event.id).note(noted)
        return HeldEvent(held.event, held.held, noted)

    def _covered(self, key: KioskPrivateKey, content: bytes) -> tuple[HeldEvent, int]:
        """The event that a receipt is for, and the revision of its debrief: the receipt is for all of both."""
        receipt = read_receipt(content)
        for held, sealed in self._events():
            if held.event.id == receipt.event_id:
                if held.noted.deletion:
                    raise ReceiptError(f"“{held.event.title}” was deleted here already: nothing is left to do.")
                debrief = self.debrief(key, held.event)
                check_receipt(receipt, key, self._office, held.event, sealed, debrief=debrief)
                return held, debrief.revision if debrief else 0
        raise ReceiptError("This receipt is for an event that this laptop does not hold: take it to the right laptop.")

    def lost(self) -> list[StoreError]:
        """Why each event that was here, and is not the current one, cannot be read: none, where all is well."""
        return self._read()[1]

    def _events(self) -> list[tuple[HeldEvent, list[SealedResponse]]]:
        """Every event that can be read with its responses, none once their deletion was begun."""
        return self._read()[0]

    def _read(self) -> tuple[list[tuple[HeldEvent, list[SealedResponse]]], list[StoreError]]:
        others, lost = [], []
        for folder in EventFolder.all_in(self._data, self._register):
            try:
                if not (self._current and folder.path.name == self._current.folder_name):
                    folder.need()
                    others.append(self._held(folder.event))
            except StoreError as error:
                lost.append(error)
        others.sort(key=lambda one: (one[0].event.date, one[0].event.title), reverse=True)
        return [*([self._held(self._current)] if self._current else []), *others], lost

    def _held(self, event: Event) -> tuple[HeldEvent, list[SealedResponse]]:
        noted = EventFolder.of(self._data, event.id).noted
        sealed = [] if noted.deletion else self.sealed(event)
        return HeldEvent(event, len(sealed), noted), sealed


class Outbox(ClosedOutbox):
    """What a kiosk hands over that this process has open. It alone deletes."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk.data, kiosk.register, kiosk.office, kiosk.own, kiosk.event)
        self._kiosk = kiosk

    def sealed(self, event: Event) -> list[SealedResponse]:
        """The responses held of one of this laptop's events, ascending.

        Raises:
            StoreError: they cannot be read.
        """
        for one in self._kiosk.open_events:
            if event == one.event:
                return one.responses()
        with contextlib.closing(EventFolder.of(self._data, event.id).responses()) as pool:
            return pool.rows()

    def delete(self, key: KioskPrivateKey, receipt: bytes) -> Event:
        """Delete an event's responses and counts, whose receipt covers everything held. Final, and ends the event.

        Interrupted anywhere, the next opening goes on with it. A disk may remember what was overwritten.

        Raises:
            ReceiptError: the receipt does not cover every response held.
            InUseError: another process of this laptop hands over now.
            StoreError: it could not be done: try again.
        """
        event_id = read_receipt(receipt).event_id
        folder = EventFolder.of(self._data, event_id)
        with handing_over(self._data), self._kiosk.keeping_nothing():
            if folder.noted.deletion != "begun":
                held, debrief = self._covered(key, receipt)
                self._need_both(held.event)
                folder.end(self._register)
                self._register.note_event(event_id, groups=0)
                folder.note(replace(held.noted.received_all(held.held, debrief), deletion="begun"))
            for one in self._kiosk.open_events:
                if event_id == one.event.id:
                    one.close()
            folder.finish_deletion()
        return folder.event

    def _need_both(self, event: Event) -> None:
        """Return only if the office has all that is held of an event: the answers and the feedback on it.

        Raises:
            ReceiptError: it has not.
        """
        for other in self.events():
            if other.event.about == event.about and other.state not in _NOTHING_TO_LOSE and other.event != event:
                raise ReceiptError(
                    f"The office has not signed for all of “{other.event.title}” yet, so nothing was deleted: "
                    "hand over again and take its receipts."
                )


_NOTHING_TO_LOSE = {State.EMPTY, State.RECEIVED, State.DELETING, State.DELETED}


def _is_one_of(digests: tuple[bytes, ...], content: bytes) -> bool:
    return file_digest(content) in digests
