"""A kiosk's data folder: set up once, then held by one process at a time.

<data>/kiosk.toml                            settings that set-up wrote, unless they live elsewhere
<data>/lock                                  held while a kiosk runs
<data>/office/office.key, office.pub         only where this laptop is also the office
<data>/kiosk/kiosk.key, kiosk.pub            the kiosk's own key, wrapped under the staff passphrase
<data>/kiosk/tally.pub                       the key that groups are sealed to
<data>/kiosk/office.pub                      the key that responses are sealed to
<data>/kiosk/<event id>/event.json           what the event is
<data>/kiosk/<event id>/responses.db         its pool (and responses.db-journal, blank)
<data>/kiosk/<event id>/groups.db            its counts so far (and groups.db-journal, blank)
<data>/kiosk/<event id>/ended                empty; there once the event was ended
<data>/kiosk/<event id>/handover.json        how many responses were handed over and received
"""

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from content.survey import QUESTION_SET, load_survey
from storage.counts.noise import NoisyGroup, system_coins
from storage.counts.tally import Waiting
from storage.crypto.keys import (
    KIOSK_PRIVATE,
    KioskPrivateKey,
    KioskPublicKey,
    OfficePrivateKey,
    OfficePublicKey,
    TallyPrivateKey,
    TallyPublicKey,
    check_private_file,
)
from storage.crypto.sealing import Response, SealedResponse, seal, suite
from storage.data_folder import existing_office, make_office
from storage.errors import (
    EventEndedError,
    FairstartError,
    KeyFileError,
    NotSealedForThisKeyError,
    NotSetUpError,
    PlaceError,
    ReceiptError,
    StoreDamagedError,
    StoreError,
)
from storage.events import Event, read_event, write_event
from storage.exchange import handover
from storage.exchange.handover import Handed, HandOver, HeldEvent, read_hand_over, write_hand_over
from storage.kiosk.groups import GROUP, GroupOpener, SealedGroup, seal_group
from storage.kiosk.pool import GROUPS, RESPONSES, Kind, Pool, Row
from storage.private_files import erase, flush_folder, make_private_folder, write_private
from storage.settings import Settings

if TYPE_CHECKING:
    from storage.counts.disclosure import Counts
    from storage.exchange.locations import Site

POOL_NAME = "responses.db"
GROUPS_NAME = "groups.db"
_EVENT_NAME = "event.json"
_ENDED_NAME = "ended"
_EMPTY = ".empty"
_PROGRESS_EVERY = 25


@dataclass(frozen=True)
class NewOffice:
    """A fresh office key and the passphrase that will wrap it."""

    key: OfficePrivateKey
    passphrase: str


def is_set_up(data: Path) -> bool:
    """Whether this folder has been through set-up. The kiosk key is the last file that set-up writes.

    Raises:
        StoreError: the folder cannot be looked into.
    """
    try:
        return (data / "kiosk" / "kiosk.key").exists()
    except OSError as error:
        raise StoreError(f"Cannot look into {data} ({error.strerror}): choose another place with --data.") from error


def set_up(data: Path, staff_passphrase: str, office: OfficePublicKey | NewOffice) -> None:
    """Write the keys of a new kiosk. Interrupted anywhere, it can be run again; it never replaces a key.

    Raises:
        KeyFileError: this folder already has a kiosk, or another office's key.
        StoreError: the place cannot be written.
    """
    if is_set_up(data):
        raise KeyFileError(f"{data} is set up already: nothing was changed. Choose another place with --data.")
    kiosk = data / "kiosk"
    make_private_folder(kiosk)
    if isinstance(office, NewOffice):
        existing = existing_office(data)
        if existing not in {None, office.key.public}:
            raise KeyFileError(f"{data} already holds an office key: set up again and use it.")
        if existing is None:
            make_office(data, office.key, office.passphrase)
    public = office.key.public if isinstance(office, NewOffice) else office
    own = KioskPrivateKey.generate()
    write_private(kiosk / "office.pub", public.to_file())
    write_private(kiosk / "kiosk.pub", own.public.to_file())
    write_private(kiosk / "tally.pub", own.tally.public.to_file())
    write_private(kiosk / "kiosk.key", own.to_file(staff_passphrase))


class Kiosk:
    """An opened data folder with one current event. Make it with `open`, inside `hold`."""

    def __init__(self, data: Path, office: OfficePublicKey, own: KioskPublicKey, settings: Settings) -> None:
        self.data = data
        self.office = office
        self.own = own
        self.event = settings.event_for(office.id, QUESTION_SET)
        self._threshold = settings.counts.threshold
        self._asks = {question.id for question in settings.asks.questions}
        self._pool = Pool(self._event_folder(self.event) / POOL_NAME, RESPONSES)
        self._groups = Pool(self._event_folder(self.event) / GROUPS_NAME, GROUPS)
        self._waiting = Waiting()
        self._keeping = threading.Lock()
        self._counting = threading.Lock()
        self._tally_key: TallyPublicKey | None = None
        self._unwritten: list[NoisyGroup | SealedGroup] = []
        """Groups that could not be sealed or written yet, oldest first. Their noise is drawn, and stays as it is."""

    @classmethod
    def open(cls, data: Path, settings: Settings) -> Self:
        """Check the keys, make the event's folder if it is new, settle and check its pool.

        Raises:
            NotSetUpError: set-up has not been run here.
            KeyFileError, SettingsError, StoreError: as their sentences say.
        """
        folder = data / "kiosk"
        if not is_set_up(data):
            raise NotSetUpError(f'{data} is not set up yet: run "fairstart setup".')
        check_private_file(folder / "kiosk.key", KIOSK_PRIVATE)
        own = KioskPublicKey.from_file(folder / "kiosk.pub")
        office = OfficePublicKey.from_file(folder / "office.pub", vetted=True)
        kiosk = cls(data, office, own, settings)
        if (folder / "tally.pub").exists():
            kiosk._tally_key = TallyPublicKey.from_file(folder / "tally.pub")
        try:
            kiosk._sweep()
            for path in (data / "kiosk").glob(f"[!.]*/{handover.FILE_NAME}"):
                with contextlib.suppress(StoreDamagedError):  # told where the event is listed
                    kiosk._finish_deletion(path.parent)
            kiosk._prepare_event()
        except OSError as error:
            raise StoreError(
                f"Cannot write in {folder} ({error.strerror}): check free space and permissions, then try again."
            ) from error
        kiosk.check()
        return kiosk

    def unlock(self, passphrase: str) -> KioskPrivateKey:
        """The kiosk's private key, if the staff passphrase is right. Takes about a second and 256 MiB.

        A folder that has lost its `tally.pub` gets it back here.

        Raises:
            WrongPassphraseError: it is not.
            KeyFileError: the key file is missing or damaged.
            StoreError: `tally.pub` was missing and cannot be written.
        """
        key = KioskPrivateKey.from_file(self.data / "kiosk" / "kiosk.key", passphrase)
        if key.public != self.own or self._tally_key not in {None, key.tally.public}:
            raise KeyFileError("The kiosk's key files do not belong together: put back the ones set-up wrote.")
        if self._tally_key is None:
            write_private(self.data / "kiosk" / "tally.pub", key.tally.public.to_file())
            self._tally_key = key.tally.public
        return key

    def warm_up(self) -> None:
        """Load what the first response would otherwise wait for."""
        _ = suite(), self.office.kem

    def seal(self, response: Response) -> SealedResponse:
        """Seal one response of the current event."""
        return seal(response, self.office, self.event)

    def keep(self, sealed: SealedResponse) -> None:
        """Put a sealed response on the disk. Only when this returns may the candidate be thanked. Safe to repeat.

        Raises:
            EventEndedError: the event takes no more.
            StoreError: it may not have been kept.
        """
        with self._keeping:
            if self.ended:
                raise EventEndedError("This event has ended: start a new event in the staff area.")
            self._pool.add(sealed)

    def count(self, response: Response) -> None:
        """Let a response that was kept into the counts, once.

        That takes a sum in memory and, for every tenth, making a group of those who wait: its noise is drawn before
        anything is written. A group that cannot be written is kept in memory, and tried again with the next response.
        """
        with self._counting:
            self._waiting.add(response)
            if self._waiting.people == GROUP:
                self._unwritten.append(NoisyGroup.of(self._waiting.take(), system_coins))
            with contextlib.suppress(StoreError):
                self._write_groups()

    @property
    def waiting(self) -> int:
        """How many were counted in front of this running kiosk and would stay out of its counts if it stopped now.

        Nine at most, and ten more for each group that could not be written.
        """
        return self._waiting.people + GROUP * len(self._unwritten)

    @property
    def ended(self) -> bool:
        """Whether the current event was ended: it takes no more responses."""
        return (self._event_folder(self.event) / _ENDED_NAME).exists()

    def end_event(self) -> None:
        """Leave those who wait to the office, and take no more responses. Final.

        Interrupted anywhere, it can simply be done again.

        Raises:
            StoreError: it could not be written: try again.
        """
        with self._counting:
            self._write_groups()
            write_private(self._event_folder(self.event) / _ENDED_NAME, b"")
            self._waiting.clear()

    def _write_groups(self) -> None:
        """Seal and keep one group after the other. A second try keeps the very same bytes, so none can count twice."""
        while self._unwritten:
            group = self._unwritten[0]
            if isinstance(group, NoisyGroup):
                if self._tally_key is None:
                    raise StoreError("The counts need one more file: unlock the staff area, then try again.")
                try:
                    group = self._unwritten[0] = seal_group(group, self._tally_key, self.event)
                except ValueError as error:
                    raise StoreError("tally.pub is damaged: remove it, then unlock the staff area.") from error
            self._groups.add(group)
            del self._unwritten[0]

    def counts(self, key: TallyPrivateKey, progress: Callable[[int, int], None] = lambda _done, _of: None) -> "Counts":
        """The published tables of the current event.

        Args:
            key: from `unlock`.
            progress: told, every now and then, how many groups are open and of how many.

        Raises:
            StoreError: a store cannot be read.
        """
        from storage.counts.disclosure import Counts, GroupSum  # a start does without: 3 ms

        with self._counting:  # all of one moment: somebody may be answering
            held, rows = self.held(), self._groups.rows()
            unwritten = sum(isinstance(group, NoisyGroup) or group not in rows for group in self._unwritten)
            waiting = self._waiting.people + GROUP * unwritten
        total = GroupSum.of(self._open_groups(key, rows, progress))
        return Counts(
            event=self.event,
            tables=tuple(
                total.publish(question.id, self._threshold)
                for question in load_survey(self.event.question_set).questions
                if question.id in self._asks | total.asked
            ),
            threshold=self._threshold,
            held=held,
            in_counts=total.people,
            waiting=waiting,
            ended=self.ended,
        )

    def _open_groups(
        self, key: TallyPrivateKey, rows: list[SealedGroup], progress: Callable[[int, int], None]
    ) -> Iterator[NoisyGroup]:
        """The groups that these rows hold; one that was altered is left out, as `Counts.left_out` says."""
        sealed = dict.fromkeys(rows)  # a row that somebody copied counts once
        opener = GroupOpener(key, self.event)
        for place, one in enumerate(sealed):
            with contextlib.suppress(NotSealedForThisKeyError):
                yield opener.open(one)
            if place % _PROGRESS_EVERY == 0:
                progress(place, len(sealed))

    def held(self) -> int:
        """How many responses of the current event are held.

        Raises:
            StoreError: the pool cannot be read.
        """
        return self._pool.count()

    def check(self) -> int:
        """Check every page and row of the current event's pool; return how many responses are held.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        return self._pool.check()

    def check_groups(self) -> int:
        """Check every page and row of the current event's counts; return how many groups there are.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        return self._groups.check()

    def events(self) -> list[HeldEvent]:
        """Every event of this laptop: the current one, then the others, newest first.

        Raises:
            StoreError: one of them cannot be read.
        """
        others = [read_event(path) for path in (self.data / "kiosk").glob(f"[!.]*/{_EVENT_NAME}")]
        others = [event for event in others if event != self.event]
        others.sort(key=lambda event: (event.date, event.name), reverse=True)
        found = []
        for event in (self.event, *others):
            noted = read_hand_over(self._event_folder(event))
            found.append(HeldEvent(event, 0 if noted.deletion else len(self.sealed(event)), noted))
        return found

    def sealed(self, event: Event) -> list[SealedResponse]:
        """The responses held of one of this laptop's events, ascending.

        Raises:
            StoreError: they cannot be read.
        """
        if event == self.event:
            return self._pool.rows()
        with contextlib.closing(Pool(self._event_folder(event) / POOL_NAME, RESPONSES)) as pool:
            return pool.rows()

    def export(self, key: KioskPrivateKey, event: Event) -> Handed:
        """The export of one event, to be put somewhere and then noted with `note_export`.

        It carries responses only: this laptop's tables and the office's each draw noise of their own.

        Raises:
            ExportError: it is too large.
            StoreError: the responses cannot be read.
        """
        from storage.exchange.exports import EXPORT_SUFFIX, file_stem, write_export

        sealed = self.sealed(event)
        content = write_export(key, self.office, event, sealed)
        return Handed(event, file_stem(self.own, event) + EXPORT_SUFFIX, content, len(sealed))

    def hand_over(self, key: KioskPrivateKey, site: "Site", progress: Callable[[float, int], None]) -> Iterator[Handed]:
        """Put an export of every event at a place, check it by reading it back, and note it. Safe to repeat.

        Args:
            key: from `unlock`.
            site: the place.
            progress: told how many events are done, with parts of one, and of how many.

        Raises:
            PlaceError: it cannot be written there; what was handed over before stays so.
            ExportError, StoreError: as their sentences say.
        """
        events = self.to_hand_over()
        for done, held in enumerate(events):
            handed = self.export(key, held.event)
            site.put(handed.name, handed.content, _part(progress, done, len(events)))
            self.note_export(handed)
            yield handed

    def to_hand_over(self) -> list[HeldEvent]:
        """The events that an export is made of: the current one, and others that hold something.

        Raises:
            StoreError: one of them cannot be read.
        """
        return [one for one in self.events() if not one.noted.deletion and (one.held or one.event == self.event)]

    def receipts_at(self, site: "Site") -> list[bytes]:
        """The receipts at a place that are for this laptop, by what is in them; the one file that the place is, whole.

        Raises:
            PlaceError: it cannot be looked into, or has none.
            ReceiptError: it has a damaged one only.
        """
        from storage.exchange.exports import file_stem
        from storage.exchange.receipts import RECEIPT_LIMIT, RECEIPT_SUFFIX, read_receipt

        if site.is_file:
            return [found.read(RECEIPT_LIMIT) for found in site.files("")]
        names = {file_stem(self.own, held.event) + RECEIPT_SUFFIX for held in self.events()}
        ours = []
        problem: FairstartError = PlaceError(f"There is no receipt for this laptop at {site}: ask the office for it.")
        for found in site.files(RECEIPT_SUFFIX):
            try:
                content = found.read(RECEIPT_LIMIT)
                if read_receipt(content).kiosk_id == self.own.id:
                    ours.append(content)
            except (PlaceError, ReceiptError) as error:  # of no interest, unless it is called as ours are
                problem = error if found.name in names else problem
        if not ours:
            raise problem
        return ours

    def note_export(self, handed: Handed) -> None:
        """Note that an export is where it should be.

        Raises:
            StoreError: it cannot be noted.
        """
        folder = self._event_folder(handed.event)
        write_hand_over(folder, replace(read_hand_over(folder), exported=handed.responses))

    def take_receipt(self, key: KioskPrivateKey, content: bytes) -> HeldEvent:
        """Check a receipt against what is held now, and note it. Deletes nothing.

        Raises:
            ReceiptError: it cannot be believed, or does not cover every response held.
            StoreError: the responses cannot be read, or it cannot be noted.
        """
        held, noted = self._covered(key, content)
        folder = self._event_folder(held.event)
        noted = replace(noted, received=held.held)
        write_hand_over(folder, noted)
        return HeldEvent(held.event, held.held, noted)

    def delete(self, key: KioskPrivateKey, receipt: bytes) -> Event:
        """Delete an event's responses and counts, whose receipt covers everything held. Final, and ends the event.

        Interrupted anywhere, the next opening goes on with it. A disk may remember what was overwritten.

        Raises:
            ReceiptError: the receipt does not cover every response held.
            StoreError: it could not be done: try again.
        """
        from storage.exchange.receipts import read_receipt

        event_id = read_receipt(receipt).event_id
        folder = self.data / "kiosk" / event_id.hex()
        with self._keeping:
            if read_hand_over(folder).deletion != "begun":
                held, noted = self._covered(key, receipt)
                write_private(folder / _ENDED_NAME, b"")
                write_hand_over(folder, replace(noted, received=held.held, deletion="begun"))
            if event_id == self.event.id:
                self.close()
            self._finish_deletion(folder)
        return read_event(folder / _EVENT_NAME)

    def _covered(self, key: KioskPrivateKey, content: bytes) -> tuple[HeldEvent, HandOver]:
        from storage.exchange.receipts import check_receipt, read_receipt

        receipt = read_receipt(content)
        for held in self.events():
            if held.event.id == receipt.event_id:
                if held.noted.deletion:
                    raise ReceiptError(f"“{held.event.name}” was deleted here already: nothing is left to do.")
                check_receipt(receipt, key, self.office, held.event, self.sealed(held.event))
                return held, held.noted
        raise ReceiptError("This receipt is for an event that this laptop does not hold: take it to the right laptop.")

    def _finish_deletion(self, folder: Path) -> None:
        """Where a deletion was begun: overwrite and remove what the event kept, and put an empty store in its place."""
        noted = read_hand_over(folder)
        if noted.deletion != "begun":
            return
        _renew(folder / POOL_NAME, RESPONSES)
        _renew(folder / GROUPS_NAME, GROUPS)
        write_hand_over(folder, replace(noted, deletion="done"))

    def self_test(self) -> None:
        """Seal, store, read back and remove a test record, in a folder of its own beside the events.

        Raises:
            StoreError: a step failed.
        """
        with tempfile.TemporaryDirectory(dir=self.data / "kiosk", prefix=".self-test-") as folder:
            path = Path(folder) / POOL_NAME
            Pool.create(path, RESPONSES)
            pool = Pool(path, RESPONSES)
            try:
                sealed = self.seal(Response((1, 1, 1, 1)))
                pool.add(sealed)
                kept = pool.rows()
                pool.remove(sealed)
                if kept != [sealed] or pool.count() != 0:
                    raise StoreDamagedError(
                        "A test record did not come back as it was stored: use another disk or folder with --data."
                    )
            finally:
                pool.close()

    def close(self) -> None:
        """Let go of the stores, and of the counts that are not written."""
        with self._counting:
            self._waiting.clear()
            self._unwritten.clear()
        self._pool.close()
        self._groups.close()

    def _event_folder(self, event: Event) -> Path:
        return self.data / "kiosk" / event.folder_name

    def _sweep(self) -> None:
        """Remove what a killed process was in the middle of writing."""
        data = self.data
        patterns = (
            ".kiosk.toml.*.new",
            "office/.office.*.new",
            "kiosk/.*",
            *(f"kiosk/*/.{name}.*.new" for name in (_ENDED_NAME, handover.FILE_NAME)),
            f"kiosk/*/.*{_EMPTY}*",
        )
        for left in (path for pattern in patterns for path in data.glob(pattern)):
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _prepare_event(self) -> None:
        """Make the event's folder under another name first, so that it is there whole or not at all."""
        folder = self._event_folder(self.event)
        if folder.exists():
            if read_event(folder / _EVENT_NAME) != self.event:
                raise StoreDamagedError(f"{folder} belongs to another event: move it to a safe place for the office.")
            return
        unfinished = folder.with_name(f".{folder.name}.new")
        make_private_folder(unfinished)
        write_private(unfinished / _EVENT_NAME, write_event(self.event))
        Pool.create(unfinished / POOL_NAME, RESPONSES)
        Pool.create(unfinished / GROUPS_NAME, GROUPS)
        flush_folder(unfinished)
        unfinished.rename(folder)
        flush_folder(folder.parent)


def _part(progress: Callable[[float, int], None], done: int, events: int) -> Callable[[int, int], None]:
    return lambda written, of: progress(done + written / of, events)


def _renew(path: Path, kind: Kind[Row]) -> None:
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
