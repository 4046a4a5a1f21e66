"""Opening many sealed responses at the office, a chunk at a time and on every core.

What comes back from a chunk is sums: whoever does the work, here or behind any `concurrent.futures.Executor`, answers
with the tally of everybody asked the same questions and with which rows could not be read, never with one person's
answers.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from operator import gt
from typing import ParamSpec, TypeVar

from storage.counts.tally import Tally
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import NOT_ASKED, SEALED_SIZE, ResponseOpener, SealedResponse
from storage.errors import NotSealedForThisKeyError, StoreError
from storage.events import Event
from storage.progress import ProgressCallback

CHUNK = 256
"""Responses that are opened in one go."""

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


def open_chunk(seed: bytes, event: Event, sealed: bytes) -> Opened:
    """Open responses that lie one after the other. Runs in whatever process the executor has; keeps nothing."""
    opener = ResponseOpener(OfficePrivateKey(seed), event)
    survey = event.survey
    questions = survey.questions
    most = [len(question.options) for question in questions]
    sums: dict[Asked, list[Counter[int]]] = {}
    asked: list[Asked | None] = []
    for start in range(0, len(sealed), SEALED_SIZE):
        try:
            codes = opener.open(sealed[start : start + SEALED_SIZE]).codes
        except NotSealedForThisKeyError:
            asked.append(None)
            continue
        which = tuple(question.id for question, code in zip(questions, codes, strict=True) if code != NOT_ASKED)
        if not which or any(map(gt, codes, most)):  # no answers of this question set
            asked.append(None)
            continue
        asked.append(which)
        if which not in sums:
            sums[which] = [Counter() for _ in questions]
        for counted, code in zip(sums[which], codes, strict=True):
            counted[code] += 1
    return Opened(tuple(asked), {which: Tally.of_options(counted, survey) for which, counted in sums.items()})


def open_all(
    key: OfficePrivateKey,
    event: Event,
    sealed: Sequence[SealedResponse],
    executor: Executor,
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
    asked: list[Asked | None] = []
    tallies: dict[Asked, list[Tally]] = {}
    for opened in _chunks(key, event, sealed, executor):
        asked += opened.asked
        for which, tally in opened.tallies.items():
            tallies.setdefault(which, []).append(tally)
        progress(len(asked), len(sealed))
    return Opened(tuple(asked), {which: Tally.total(parts) for which, parts in tallies.items()})


def _chunks(
    key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse], executor: Executor
) -> Iterable[Opened]:
    parts = [b"".join(one.sealed for one in sealed[at : at + CHUNK]) for at in range(0, len(sealed), CHUNK)]
    if len(parts) <= 1:
        return [open_chunk(key.seed, event, part) for part in parts]
    return _in_order(key, event, parts, executor)


def _in_order(key: OfficePrivateKey, event: Event, parts: list[bytes], executor: Executor) -> Iterator[Opened]:
    waiting: list[Future[Opened]] = []
    try:
        waiting += [executor.submit(open_chunk, key.seed, event, part) for part in parts]
        while waiting:
            yield waiting.pop(0).result()
    except Exception as error:  # an executor raises what it likes
        raise StoreError("Opening the responses was interrupted: nothing was counted twice. Try again.") from error
    finally:
        for one in waiting:
            one.cancel()


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
