"""Responses from paper, which come into the pool together: in memory until all are entered, then all of them or none.

Whoever enters sheets sees their answers, so the pool must not say which sealed response came from which sheet, nor
which sheet came when. Nothing is written until the last one is entered. Then all are sealed, in an order drawn anew,
and their sealed forms are put into the event's folder as one file, sorted. From that moment on they are kept: what is
interrupted after it goes on at the next start. Then they are added to the pool one by one, exactly as the survey's
are, so that its files are the same as if each had been given at the kiosk. The file is in FORMAT.md, section 12.
"""

import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from storage.crypto.sealing import SEALED_SIZE, Response, SealedResponse
from storage.errors import StoreDamagedError, StoreError
from storage.kiosk.groups import GROUP
from storage.kiosk.pool import Pool
from storage.private_files import erase, write_private
from storage.progress import ProgressCallback, unreported
from storage.text import counted

BATCH_NAME = "batch"


class TooFewSheetsError(StoreError):
    """Fewer sheets than could stand in the counts without standing out."""


class Batch:
    """Responses that somebody enters from paper. Any thread may call."""

    def __init__(self) -> None:
        self._responses: list[Response] = []
        self._sealed: tuple[SealedResponse, ...] = ()
        self._lock = threading.Lock()
        self.kept = 0
        """How many have been kept."""

    def __len__(self) -> int:
        """How many are entered and not kept."""
        return len(self._responses)

    def add(self, response: Response) -> None:
        """Take one more.

        Raises:
            ValueError: they have been kept, and cannot become more.
        """
        with self._lock:
            if self.kept:
                raise ValueError("a batch is kept once")
            self._responses.append(response)
            self._sealed = ()

    def keep(
        self,
        seal: Callable[[Response], SealedResponse],
        folder: Path,
        pool: Pool[SealedResponse],
        count: Callable[[Response], None],
        progress: ProgressCallback = unreported,
    ) -> None:
        """Put all of them into an event's folder, then into its pool and into the counts, and forget them.

        A second try keeps the very same sealed responses, so nobody can count twice.

        Args:
            seal: seals one.
            folder: the event's.
            pool: of its responses.
            count: lets one into the counts, once.
            progress: called with how many are in the pool, and of how many.

        Raises:
            StoreError: as its sentence says; safe to repeat.
        """
        with self._lock:
            finish_batch(folder, pool, progress)
            if not self.kept:
                self._write(seal, folder)
                finish_batch(folder, pool, progress)
            for response in self._responses:
                count(response)
            self._forget()

    def _write(self, seal: Callable[[Response], SealedResponse], folder: Path) -> None:
        if not self._sealed:
            secrets.SystemRandom().shuffle(self._responses)
            self._sealed = tuple(sorted(map(seal, self._responses)))
        try:
            write_private(folder / BATCH_NAME, b"".join(one.sealed for one in self._sealed))
        except StoreError as error:
            if (folder / BATCH_NAME).exists():
                self.kept = len(self)
                raise _unfinished() from error
            raise
        self.kept = len(self)

    def wipe(self) -> int:
        """Forget all of them, once nobody keeps them any more; return how many have to be entered again."""
        with self._lock:
            lost = 0 if self.kept else len(self)
            self._forget()
        return lost

    def _forget(self) -> None:
        self._responses, self._sealed = [], ()


def least_sheets(waiting: int) -> int:
    """How many sheets a batch needs, with these people waiting for the counts: together they make a group."""
    return max(GROUP - waiting % GROUP, 1)


def check_number(sheets: int, waiting: int) -> None:
    """Return only if so many sheets may come into the pool together.

    Raises:
        TooFewSheetsError: they may not.
    """
    least = least_sheets(waiting)
    if sheets < least:
        beside = (
            f" with the {counted(waiting % GROUP, 'person who waits', 'people who wait')} to be counted"
            if waiting % GROUP
            else ""
        )
        raise TooFewSheetsError(
            f"{counted(sheets, 'sheet is', 'sheets are')} too few{beside}: enter at least {least} in one go, "
            "or collect more sheets first."
        )


def read_batch(folder: Path) -> list[SealedResponse]:
    """What a batch that was kept has to bring into the pool; nothing where there is none.

    Raises:
        StoreDamagedError: it is not as it was written.
        StoreError: it cannot be read.
    """
    path = folder / BATCH_NAME
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"Cannot read {path} ({error.strerror}): check permissions, then try again.") from error
    if not content or len(content) % SEALED_SIZE:
        raise StoreDamagedError(
            f"{path} is damaged: put the newest copy back, "
            'or run "fairstart doctor --set-aside" to keep it for the office and go on without it.'
        )
    return [SealedResponse(content[place : place + SEALED_SIZE]) for place in range(0, len(content), SEALED_SIZE)]


def finish_batch(folder: Path, pool: Pool[SealedResponse], progress: ProgressCallback = unreported) -> None:
    """Add what a batch that was kept has not yet brought into the pool; nothing where there is none.

    Args:
        folder: the event's.
        pool: of its responses.
        progress: called with how many are in the pool, and of how many.

    Raises:
        StoreDamagedError: the batch or the pool is not as it was written; both are left as they are.
        StoreError: it could not be done: try again.
    """
    rows = read_batch(folder)
    if not rows:
        return
    try:
        for number, row in enumerate(rows, 1):
            pool.add(row)
            progress(number, len(rows))
        erase(folder / BATCH_NAME)
    except StoreDamagedError:
        raise
    except (StoreError, OSError) as error:
        raise _unfinished() from error


def _unfinished() -> StoreError:
    return StoreError(
        "The sheets are kept and need not be entered again, but they are not with the other responses yet: "
        "free some space on this disk, then try again."
    )
