"""An event that a running kiosk has open: its pool of sealed responses, its groups, and those who wait to be counted.

A kiosk has its current event open, and the feedback on it beside that where people are asked for it. The two have
nothing in common but the lock that keeps both still while something is deleted: no transaction, no file, no sum.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from storage.crypto.keys import TallyPrivateKey, TallyPublicKey
from storage.crypto.sealing import Response, SealedResponse, seal
from storage.errors import EventEndedError
from storage.events import Event
from storage.kiosk.batch import Batch, check_number, finish_batch, read_batch
from storage.kiosk.counting import Counting
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.register import KioskKeys, Register
from storage.progress import ProgressCallback, unreported

if TYPE_CHECKING:
    from storage.counts.disclosure import Counts


class Home(msgspec.Struct, frozen=True):
    """The data folder that events are open in."""

    data: Path
    keys: KioskKeys
    register: Register
    threshold: int
    """From how many people on there are counts."""
    keeping: threading.Lock = msgspec.field(default_factory=threading.Lock)
    """Held while a response is put on the disk."""


class OpenEvent:
    """One event in an opened data folder. Any thread may call."""

    def __init__(self, event: Event, asks: frozenset[str], home: Home) -> None:
        """Have an event open, whose folder may not be there yet.

        Args:
            event: which.
            asks: the ids of the questions that are asked now.
            home: where.
        """
        self.data = home.data
        self.register = home.register
        self.office = home.keys.office
        self.event = event
        self._threshold = home.threshold
        self._asks = asks
        self._folder = EventFolder.of(self.data, event.id)
        self._pool = self._folder.responses()
        self._groups = self._folder.groups()
        noted = partial(self.register.note_group, event.id)
        self._counting = Counting(self._groups, home.keys.tally, event, noted)
        self._keeping = home.keeping

    def prepare(self) -> None:
        """Make its folder if it is new.

        Raises:
            StoreDamagedError, StoreError, OSError: as `EventFolder.prepare`.
        """
        self._folder.prepare(self.event, self.register)

    def lend(self, tally: TallyPublicKey) -> None:
        """Seal groups to this from now on: a folder that has lost its `tally.pub` got it back."""
        self._counting.key = tally

    def seal(self, response: Response) -> SealedResponse:
        """Seal one response of this event."""
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
        """Return only if the event takes responses.

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
        """Whether the event was ended: it takes no more responses."""
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
        """Whether nothing goes by what the event is called: nothing is held of it or was handed over.

        Raises:
            StoreError: the pool cannot be read.
        """
        return self._folder.is_untouched(self.register, self.held() + len(read_batch(self._folder.path)))

    def discard(self) -> None:
        """Remove it, which is untouched, for good.

        Raises:
            StoreError: it could not be removed.
        """
        self.close()
        self._folder.discard(self.register)

    def counts(self, key: TallyPrivateKey, progress: ProgressCallback = unreported) -> Counts:
        """The published tables of the event.

        Args:
            key: from `Kiosk.unlock`.
            progress: called every now and then with how many groups are open, and of how many.

        Raises:
            StoreError: a store cannot be read.
        """
        from storage.counts.disclosure import Counts  # a start does without: 3 ms

        total, waiting, held = self._counting.total(key, self.held, progress)
        self._folder.compare_groups(self._groups.count(), self.register)
        survey = self.event.survey
        return Counts(
            event=self.event,
            tables=tuple(
                total.publish(question.id, self._threshold, survey)
                for question in survey.questions
                if question.id in self._asks | total.asked
            ),
            threshold=self._threshold,
            held=held,
            in_counts=total.people,
            waiting=waiting,
            ended=self.ended,
        )

    def held(self) -> int:
        """How many responses of the event are held.

        Raises:
            StoreError: the pool cannot be read.
        """
        return self._pool.count()

    def responses(self) -> list[SealedResponse]:
        """The responses held of the event, ascending.

        Raises:
            StoreError: the pool cannot be read, or lacks what is still to be added to it.
        """
        finish_batch(self._folder.path, self._pool)
        return self._pool.rows()

    def check(self) -> int:
        """Check every page and row of the event's pool; return how many responses are held.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        return self._folder.check_responses(self._pool, self.register)

    def check_groups(self) -> int:
        """Check every page and row of the event's counts; return how many groups there are.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        return self._folder.check_groups(self._groups, self.register)

    def close(self) -> None:
        """Let go of the stores, and of the counts that are not written."""
        self._counting.drop()
        self._pool.close()
        self._groups.close()
