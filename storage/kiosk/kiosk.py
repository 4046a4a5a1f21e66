"""A kiosk's data folder: set up once, then held by one process at a time.

<data>/kiosk.toml                            settings that set-up wrote, unless they live elsewhere
<data>/events.json                           those that the office has prepared it for: storage/exchange/coming.py
<data>/lock                                  held while a kiosk runs
<data>/office/                               only where this laptop is also the office
<data>/kiosk/                                its keys: storage/kiosk/key_files.py
<data>/kiosk/<event id>/                     one event: storage/kiosk/event_folder.py
"""

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from content.survey import QUESTION_SET, load_survey
from storage.crypto.hpke import suite
from storage.crypto.keys import (
    KioskPrivateKey,
    TallyPrivateKey,
)
from storage.crypto.sealing import Response, SealedResponse, seal
from storage.errors import EventEndedError, KeyFileError, NotSetUpError, StoreError
from storage.kiosk.batch import Batch, check_number, finish_batch, read_batch
from storage.kiosk.counting import Counting
from storage.kiosk.event_folder import EventFolder, tidy
from storage.kiosk.forgotten import expect_no_answer
from storage.kiosk.key_files import is_set_up
from storage.kiosk.register import KioskKeys, Register
from storage.kiosk.renewal import finish_renewal
from storage.private_files import write_private
from storage.progress import ProgressCallback, unreported
from storage.settings import Settings

if TYPE_CHECKING:
    from storage.counts.disclosure import Counts


class Kiosk:
    """An opened data folder with one current event. Make it with `open`, inside `hold`."""

    def __init__(
        self,
        data: Path,
        keys: KioskKeys,
        register: Register,
        settings: Settings,
    ) -> None:
        self.data = data
        self.register = register
        self.office = keys.office
        self.own = keys.own
        self.event = EventFolder.first_spelling(settings.event_for(keys.office.id, QUESTION_SET), data, register)
        self._threshold = settings.counts.threshold
        self._asks = {question.id for question in settings.asks.questions}
        self._folder = EventFolder.of(data, self.event.id)
        self._pool = self._folder.responses()
        self._groups = self._folder.groups()
        self._counting = Counting(self._groups, keys.tally, self.event, partial(register.note_group, self.event.id))
        self._keeping = threading.Lock()

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
        try:
            finish_renewal(data)
        except OSError as error:
            raise _cannot_write(folder, error) from error
        register = Register.open(folder)
        keys = KioskKeys.read(folder)
        register.check(keys)
        kiosk = cls(data, keys, register, settings)
        try:
            tidy(data)
            kiosk._folder.prepare(kiosk.event, register)
        except OSError as error:
            raise _cannot_write(folder, error) from error
        kiosk.check()
        return kiosk

    def unlock(self, passphrase: str) -> KioskPrivateKey:
        """The kiosk's private key, if the staff passphrase is right. Takes about a second and 256 MiB.

        A folder that has lost its `tally.pub` gets it back here, and an answer of the office's is no longer waited for.

        Raises:
            WrongPassphraseError: it is not.
            KeyFileError: the key file is missing or damaged.
            StoreError: `tally.pub` was missing and cannot be written.
        """
        key = KioskPrivateKey.from_file(self.data / "kiosk" / "kiosk.key", passphrase)
        if key.public != self.own or self._counting.key not in {None, key.tally.public}:
            raise KeyFileError("The kiosk's key files do not belong together: put back the ones set-up wrote.")
        if self._counting.key is None:
            write_private(self.data / "kiosk" / "tally.pub", key.tally.public.to_file())
            self._counting.key = key.tally.public
        expect_no_answer(self.data)
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
            self.need_event()
            self._pool.add(sealed)

    def keep_batch(self, batch: Batch, progress: ProgressCallback = unreported) -> None:
        """Put responses from paper on the disk and into the counts, all of them or none. Safe to repeat.

        Args:
            batch: the responses.
            progress: called with how many are in the pool, and of how many.

        Raises:
            EventEndedError: the event takes no more.
            TooFewSheetsError: they make no group with those who wait.
            StoreError: as its sentence says; `batch.kept` tells whether they may have been kept.
        """
        with self._keeping:
            if not batch.kept:
                self.need_event()
                check_number(len(batch), self.waiting)
            batch.keep(self.seal, self._folder.path, self._pool, self.count, progress)

    def need_event(self) -> None:
        """Return only if the current event takes responses.

        Raises:
            EventEndedError: it takes no more.
        """
        if self.ended:
            raise EventEndedError("This event has ended: start a new event in the staff area.")

    @contextlib.contextmanager
    def keeping_nothing(self) -> Iterator[None]:
        """While this lasts no response is kept: whoever comes waits for the end of it."""
        with self._keeping:
            yield

    def count(self, response: Response) -> None:
        """Let a response that was kept into the counts, once."""
        self._counting.add(response)

    @property
    def waiting(self) -> int:
        """How many were counted in front of this running kiosk and would stay out of its counts if it stopped now."""
        return self._counting.waiting

    @property
    def ended(self) -> bool:
        """Whether the current event was ended: it takes no more responses."""
        return self._folder.ended(self.register)

    def end_event(self) -> None:
        """Leave those who wait to the office, and take no more responses. Final.

        Interrupted anywhere, it can simply be done again.

        Raises:
            StoreError: it could not be written: try again.
        """
        self._counting.finish(partial(self._folder.end, self.register))

    @property
    def is_untouched(self) -> bool:
        """Whether nothing goes by what the current event is called: nothing is held of it or was handed over.

        Raises:
            StoreError: the pool cannot be read.
        """
        noted = self._folder.noted
        held = self.held() or read_batch(self._folder.path)
        return not (self.ended or noted.exported or noted.files or noted.deletion or held)

    def discard_event(self) -> None:
        """Let go of the current event, which is untouched, for good: it has another name from now on.

        Raises:
            StoreError: it is not untouched, or could not be removed.
        """
        with self._keeping:
            if not self.is_untouched:
                raise StoreError("Somebody has answered meanwhile, so the event keeps its name: nothing was changed.")
            self.close()
            self._folder.discard(self.register)

    def counts(self, key: TallyPrivateKey, progress: ProgressCallback = unreported) -> "Counts":
        """The published tables of the current event.

        Args:
            key: from `unlock`.
            progress: called every now and then with how many groups are open, and of how many.

        Raises:
            StoreError: a store cannot be read.
        """
        from storage.counts.disclosure import Counts  # a start does without: 3 ms

        total, waiting, held = self._counting.total(key, self.held, progress)
        self._folder.compare_groups(self._groups.count(), self.register)
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

    def held(self) -> int:
        """How many responses of the current event are held.

        Raises:
            StoreError: the pool cannot be read.
        """
        return self._pool.count()

    def responses(self) -> list[SealedResponse]:
        """The responses held of the current event, ascending.

        Raises:
            StoreError: the pool cannot be read, or lacks what is still to be added to it.
        """
        finish_batch(self._folder.path, self._pool)
        return self._pool.rows()

    def check(self) -> int:
        """Check every page and row of the current event's pool; return how many responses are held.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        return self._folder.check_responses(self._pool, self.register)

    def check_groups(self) -> int:
        """Check every page and row of the current event's counts; return how many groups there are.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        return self._folder.check_groups(self._groups, self.register)

    def close(self) -> None:
        """Let go of the stores, and of the counts that are not written."""
        self._counting.drop()
        self._pool.close()
        self._groups.close()


def _cannot_write(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"Cannot write in {folder} ({error.strerror}): check free space and permissions, then try again.")
