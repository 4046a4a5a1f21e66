"""How a running kiosk counts: those who wait in memory, and a sealed group on the disk for every ten of them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from storage.counts.noise import NoisyGroup, system_coins
from storage.counts.tally import Waiting
from storage.errors import NotSealedForThisKeyError, StoreError
from storage.kiosk.groups import GROUP, GroupOpener, SealedGroup, seal_group
from storage.progress import ProgressCallback

if TYPE_CHECKING:
    from storage.counts.disclosure import GroupSum
    from storage.crypto.keys import TallyPrivateKey, TallyPublicKey
    from storage.crypto.sealing import Response
    from storage.events import Event
    from storage.kiosk.pool import Pool

_PROGRESS_EVERY = 25


class Counting:
    """The counts of one event while its kiosk runs. Any thread may call."""

    def __init__(
        self, groups: Pool[SealedGroup], key: TallyPublicKey | None, event: Event, kept: Callable[[], None]
    ) -> None:
        """Count into a pool of groups.

        Args:
            groups: of the event.
            key: what they are sealed to; None until a folder that has lost its `tally.pub` gets it back.
            event: whose counts these are.
            kept: called when a group has been written.
        """
        self.key = key
        self._event = event
        self._kept = kept
        self._groups = groups
        self._waiting = Waiting(event.survey)
        self._unwritten: list[NoisyGroup | SealedGroup] = []
        """Groups that could not be sealed or written yet, oldest first. Their noise is drawn, and stays as it is."""
        self._lock = threading.Lock()

    def add(self, response: Response) -> None:
        """Let a response into the counts, once.

        That takes a sum in memory and, for every tenth, making a group of those who wait: its noise is drawn before
        anything is written. A group that cannot be written is kept in memory, and tried again with the next response.
        """
        with self._lock:
            self._waiting.add(response)
            if self._waiting.people == GROUP:
                self._unwritten.append(NoisyGroup.of(self._waiting.take(), system_coins))
            with contextlib.suppress(StoreError):
                self._write()

    @property
    def waiting(self) -> int:
        """How many would stay out of this laptop's counts if the kiosk stopped now.

        Nine at most, and ten more for each group that could not be written.
        """
        return self._waiting.people + GROUP * len(self._unwritten)

    def finish(self, end: Callable[[], None]) -> None:
        """Write what is not written, `end` the event, and leave those who wait to the office.

        Raises:
            StoreError: a group could not be written, or what `end` raises: nobody was dropped.
        """
        with self._lock:
            self._write()
            end()
            self._waiting.clear()

    def drop(self) -> None:
        """Forget everybody who is not on the disk."""
        with self._lock:
            self._waiting.clear()
            self._unwritten.clear()

    def total(
        self, key: TallyPrivateKey, held: Callable[[], int], progress: ProgressCallback
    ) -> tuple[GroupSum, int, int]:
        """The sum of all groups on the disk, how many people wait, and how many responses are `held`: of one moment.

        Raises:
            StoreError: a store cannot be read.
        """
        from storage.counts.disclosure import GroupSum  # a start does without: 3 ms

        with self._lock:  # somebody may be answering
            responses, rows = held(), self._groups.rows()
            unwritten = sum(isinstance(group, NoisyGroup) or group not in rows for group in self._unwritten)
            waiting = self._waiting.people + GROUP * unwritten
        return GroupSum.of(self._open(key, rows, progress)), waiting, responses

    def _write(self) -> None:
        """Seal and keep one group after the other. A second try keeps the very same bytes, so none can count twice."""
        while self._unwritten:
            group = self._unwritten[0]
            if isinstance(group, NoisyGroup):
                if self.key is None:
                    raise StoreError("The counts need one more file: unlock the staff area, then try again.")
                try:
                    group = self._unwritten[0] = seal_group(group, self.key, self._event)
                except ValueError as error:
                    raise StoreError("tally.pub is damaged: remove it, then unlock the staff area.") from error
            self._groups.add(group)
            del self._unwritten[0]
            self._kept()

    def _open(self, key: TallyPrivateKey, rows: list[SealedGroup], progress: ProgressCallback) -> Iterator[NoisyGroup]:
        """The groups that these rows hold; one that was altered is left out, as `Counts.left_out` says."""
        sealed = dict.fromkeys(rows)  # a row that somebody copied counts once
        opener = GroupOpener(key, self._event)
        for place, one in enumerate(sealed):
            with contextlib.suppress(NotSealedForThisKeyError):
                yield opener.open(one)
            if place % _PROGRESS_EVERY == 0:
                progress(place, len(sealed))
