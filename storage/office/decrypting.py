"""Opening many sealed responses at the office, a chunk at a time and on every core.

What comes back from a chunk is sums: whoever does the work, here or behind any `concurrent.futures.Executor`, answers
with the tally of everybody asked the same questions and with which rows could not be read, never with one person's
answers.
"""

from __future__ import annotations

import abc
import contextlib
import functools
import itertools
import multiprocessing
import os
import signal
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from operator import gt
from typing import ParamSpec, Self, TypeVar, cast

from storage.counts.tally import Tally
from storage.crypto.keys import OfficePrivateKey, OpeningKey
from storage.crypto.sealing import CODES, RECORD_SIZE, RECORD_VERSION, SEALED_SIZE, ResponseOpener, SealedResponse
from storage.errors import NotSealedForThisKeyError, StoreError
from storage.events import Event
from storage.progress import ProgressCallback

CHUNK = 256
"""Responses that are opened in one go on this computer."""

_WHOLE = 32 * CHUNK
"""Responses of one export that are opened in one go where it is read for that."""
_MOST_PROCESSES = 61
"""Windows waits for no more."""

Asked = tuple[str, ...]

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Opened:
    """What became of some responses, by their places."""

    asked: tuple[Asked | None, ...]
    """For each: the questions that were asked, or None where it cannot be read."""
    tallies: dict[Asked, Tally]
    """The sum of everybody who was asked these."""


@dataclass(frozen=True)
class Origin:
    """Where an export is: at an address that other computers may reach as well."""

    place: str = field(repr=False)
    """As it was given: it may have a password in it."""
    path: str


@dataclass(frozen=True)
class Part:
    """Some responses of one event."""

    event: Event
    sealed: bytes
    """One after the other."""
    origin: Origin | None = None
    """Where the export is that they are in; None where nobody else can read it."""

    @property
    def rows(self) -> list[SealedResponse]:
        """Each for itself."""
        return [SealedResponse(self.sealed[at : at + SEALED_SIZE]) for at in range(0, len(self.sealed), SEALED_SIZE)]

    @property
    def responses(self) -> int:
        """How many they are."""
        return len(self.sealed) // SEALED_SIZE


def open_parts(key: OpeningKey, parts: Sequence[Part]) -> list[Opened]:
    """Open several parts in one go. Runs in whatever process the executor has; keeps nothing."""
    return [open_chunk(key, part.event, part.sealed) for part in parts]


def open_chunk(key: OpeningKey, event: Event, sealed: bytes) -> Opened:
    """Open responses that lie one after the other. Keeps nothing.

    Per response it does as little as it can beside opening it: 20 µs of that were once 10 % of an import.
    """
    opener = ResponseOpener(key, event)
    survey = event.survey
    questions = survey.questions
    most = [len(question.options) for question in questions]
    known = _choices(tuple(question.id for question in questions))
    records: dict[Asked, bytearray] = {which: bytearray() for which in known.values()}
    asked: list[Asked | None] = []
    for start in range(0, len(sealed), SEALED_SIZE):
        try:
            record = opener.record(sealed[start : start + SEALED_SIZE])
        except NotSealedForThisKeyError:
            asked.append(None)
            continue
        which = known.get(record.translate(_IS_SET))
        codes = record[CODES]
        if which is None or record[0] != RECORD_VERSION or any(map(gt, codes, most)):  # no answers of this question set
            asked.append(None)
            continue
        asked.append(which)
        records[which] += codes
    tallies = {
        which: Tally.of_options([Counter(codes[place :: len(questions)]) for place in range(len(questions))], survey)
        for which, codes in records.items()
        if codes
    }
    return Opened(tuple(asked), tallies)


_IS_SET = bytes([0]) + bytes([1]) * 255


@functools.cache
def _choices(questions: Asked) -> dict[bytes, Asked]:
    """Which questions were asked, by which bytes of a record are set: all that a record may be."""
    found: dict[bytes, Asked] = {}
    for number in range(1, 1 << len(questions)):
        bits = bytes(number >> place & 1 for place in range(len(questions)))
        found[(b"\x01" + bits).ljust(RECORD_SIZE, b"\x00")] = tuple(itertools.compress(questions, bits))
    return found


class PartOpener(abc.ABC):
    """What opens responses elsewhere, by a key that it has been given already."""

    at_once: int
    """How many responses it opens in one go, so that handing them on costs little beside that."""
    ahead: int
    """How many responses it can have at a time, so that nobody there waits."""

    @abc.abstractmethod
    def open_parts(self, parts: Sequence[Part]) -> Future[list[Opened]]:
        """What comes of some parts."""


class Openings:
    """Responses of many exports that are being opened, several exports ahead of whoever takes what comes of them.

    What is left of one export is opened together with the beginning of the next, so that many small ones cost no more
    than few large ones. Use it in a `with`: nothing that was not begun is begun after that.
    """

    def __init__(self, key: OfficePrivateKey, executor: Executor | PartOpener) -> None:
        """Open with the office's key, by an executor where there is more than one chunk of work."""
        self._key = key.opening
        self._executor = executor
        self._at_once = executor.at_once if isinstance(executor, PartOpener) else CHUNK
        self._sent: deque[Future[list[Opened]]] = deque()
        self._is_shared = False
        """Whether the executor was given anything yet."""
        self._next = _Task()

    def __enter__(self) -> Self:
        """Nothing is begun before something is added."""
        return self

    def __exit__(self, *_: object) -> None:
        """Call off what is not begun."""
        for future in self._sent:
            future.cancel()

    @property
    def ahead(self) -> int:
        """How many responses should be begun before any is waited for, besides those that are kept together."""
        return self._executor.ahead if isinstance(self._executor, PartOpener) else 0

    def add(self, event: Event, sealed: Sequence[SealedResponse], origin: Origin | None = None) -> Opening:
        """Begin to open responses of one event.

        Args:
            event: what they are sealed for.
            sealed: the responses.
            origin: where their export is, if others may read it there: it is read whole, so it is opened in one go.

        Raises:
            StoreError: the executor broke.
        """
        opening = Opening(self, len(sealed))
        start = 0
        while start < len(sealed):
            if self._next.responses >= self._at_once:
                self.send()
            some = sealed[start : start + (_WHOLE if origin else self._at_once - self._next.responses)]
            opening.pieces.append((self._next, len(self._next.parts)))
            self._next.add(Part(event, b"".join(one.sealed for one in some), origin))
            start += len(some)
        return opening

    def opened(self, task: _Task) -> list[Opened]:
        """What came of a task, once it is there.

        Raises:
            StoreError: the executor broke.
        """
        if task is self._next:
            self._next = _Task()
            task.opened = open_parts(self._key, task.parts)
        if task.opened is None:
            with _interrupted():
                task.opened = cast("Future[list[Opened]]", task.future).result()
        return task.opened

    def hurry(self, task: _Task) -> None:
        """Have a task begun that waits for more, unless it is all that there is to do.

        Raises:
            StoreError: the executor broke.
        """
        if task is self._next and self._is_shared:
            self.send()

    def send(self) -> None:
        """Hand what waits to the executor.

        Raises:
            StoreError: it broke.
        """
        task, self._next, self._is_shared = self._next, _Task(), True
        with _interrupted():
            if isinstance(self._executor, PartOpener):
                task.future = self._executor.open_parts(task.parts)
            else:
                task.future = self._executor.submit(open_parts, self._key, task.parts)
        task.parts = []
        while self._sent and self._sent[0].done():
            self._sent.popleft()
        self._sent.append(task.future)


class _Task:
    """What is opened in one go."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.responses = 0
        self.future: Future[list[Opened]] | None = None
        self.opened: list[Opened] | None = None

    def add(self, part: Part) -> None:
        self.parts.append(part)
        self.responses += part.responses


class Opening:
    """Responses of one event that are being opened. Made by `Openings.add`."""

    def __init__(self, openings: Openings, responses: int) -> None:
        self._openings = openings
        self._responses = responses
        self.pieces: list[tuple[_Task, int]] = []
        self._result: Opened | None = None

    def result(self, progress: ProgressCallback) -> Opened:
        """What came of it, once it is there.

        Args:
            progress: called with how many are open, and of how many.

        Raises:
            StoreError: the executor broke.
        """
        if self._result is None:
            asked: list[Asked | None] = []
            tallies: dict[Asked, list[Tally]] = {}
            for task, _ in self.pieces[-1:]:
                self._openings.hurry(task)
            for task, place in self.pieces:
                opened = self._openings.opened(task)[place]
                asked += opened.asked
                for which, tally in opened.tallies.items():
                    tallies.setdefault(which, []).append(tally)
                progress(len(asked), self._responses)
            self._result = Opened(tuple(asked), {which: Tally.total(parts) for which, parts in tallies.items()})
            self.pieces = []
        return self._result


def open_all(
    key: OfficePrivateKey,
    event: Event,
    sealed: Sequence[SealedResponse],
    executor: Executor | PartOpener,
    progress: ProgressCallback,
) -> Opened:
    """Open many responses of one event.

    Args:
        key: the office's.
        event: what they are sealed for.
        sealed: the responses.
        executor: does the work, where there is more than one chunk of it.
        progress: called with how many are open, and of how many.

    Raises:
        StoreError: the executor broke.
    """
    with Openings(key, executor) as openings:
        return openings.add(event, sealed).result(progress)


@contextlib.contextmanager
def _interrupted() -> Iterator[None]:
    """Turn whatever an executor raises into one sentence."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise StoreError("Opening the responses was interrupted: nothing was counted twice. Try again.") from error


def all_cores() -> ProcessPoolExecutor:
    """An executor for this computer: processes are started when the first work comes, and end with it."""
    if os.name != "nt" and sys.__stderr__:
        from multiprocessing import resource_tracker

        # Every pool needs this helper process, which inherits standard error; under the screens that is no real file.
        with contextlib.redirect_stderr(sys.__stderr__):
            resource_tracker.ensure_running()
    return _Undisturbed(min(os.cpu_count() or 1, _MOST_PROCESSES), mp_context=multiprocessing.get_context("spawn"))


class _Undisturbed(ProcessPoolExecutor):
    """Its processes take no Ctrl+C, from their first moment: the program that started them does, and ends them."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Start a process if one is wanted; it inherits which signals are blocked."""
        if os.name == "nt":
            return super().submit(fn, *args, **kwargs)
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
