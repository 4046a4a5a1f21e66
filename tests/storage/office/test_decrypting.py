"""Opening many responses gives the same sums whoever does the work and whenever, and never one person's answers."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from random import Random
from typing import Any, NoReturn, ParamSpec, TypeVar

import pytest

import storage.office.decrypting
from content.survey import load_survey
from storage.counts.tally import Tally
from storage.crypto.hpke import suite
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import SEALED_SIZE, Response, SealedResponse, binding
from storage.errors import StoreError
from storage.office.decrypting import CHUNK, Opened, all_cores, open_all, open_chunk
from tests.damage import altered
from tests.storage.counts.people import KEY_ONLY, people, tally_of
from tests.storage.disk import failing
from tests.storage.office.merging import OFFICE, Inline, event, sealed_for

FAIR = event()
START = event("First day", stage="starts")
EVERYBODY = [*people(45), *people(13, 1, KEY_ONLY)]
KEY, ALL = (asked := tuple(question.id for question in load_survey().questions))[:1], asked
SMALL = 7
"""Responses in a chunk, so that few make many chunks."""

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.office.decrypting, "CHUNK", SMALL)


@pytest.fixture(scope="module")
def mixed() -> list[SealedResponse]:
    """Those of `EVERYBODY`, in a random order."""
    sealed = sealed_for(FAIR, EVERYBODY)
    Random(5).shuffle(sealed)  # noqa: S311 - an order
    return sealed


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with all_cores() as executor:
        yield executor


class Late(Executor):
    """Does nothing until somebody waits, and then the newest first."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[object], Callable[[], object]]] = []
        self.done: list[int] = []

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        executor = self

        class Waited(Future[Result]):
            def result(self, timeout: float | None = None) -> Result:
                executor.work()
                return super().result(timeout)

        future = Waited()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))  # type: ignore[arg-type]  # of any result
        return future

    def work(self) -> None:
        while self.waiting:
            future, work = self.waiting.pop()
            self.done.append(len(self.waiting))
            future.set_result(work())


def no_progress(_done: float, _of: float) -> None:
    pass


def opened(sealed: Sequence[SealedResponse], executor: Executor | None = None) -> Opened:
    return open_all(OFFICE, FAIR, sealed, executor or Inline(), no_progress)


def right(responses: Sequence[Response]) -> dict[tuple[str, ...], Tally]:
    found: dict[tuple[str, ...], list[Response]] = {}
    for one in responses:
        found.setdefault(KEY if one.codes[1:] == (0, 0, 0) else ALL, []).append(one)
    return {which: tally_of(ours) for which, ours in found.items()}


def row(record: bytes, key: OfficePrivateKey = OFFICE) -> SealedResponse:
    """Any record, sealed as a response is."""
    return SealedResponse(suite().encrypt(record, key.public.kem, binding(FAIR)))


# The same, whoever opens


@pytest.mark.usefixtures("small_chunks")
def test_one_thread_four_threads_processes_and_a_late_executor_all_give_the_same(
    mixed: list[SealedResponse], processes: Executor
) -> None:
    expected = right(EVERYBODY)
    late = Late()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(4) as four:
        found = [opened(mixed, executor) for executor in (Inline(), one, four, processes, late)]
    assert late.done == sorted(late.done, reverse=True)
    assert len(late.done) == -(-len(mixed) // SMALL)
    for result in found:
        assert result == found[0]
        assert result.tallies == expected
        assert Counter(result.asked) == {ALL: 45, KEY: 13}


def test_the_size_of_the_chunks_changes_nothing(mixed: list[SealedResponse], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = opened(mixed)
    for size in (1, 2, 29, 57, 58, 59, 1000):
        monkeypatch.setattr(storage.office.decrypting, "CHUNK", size)
        assert opened(mixed) == expected


def test_every_choice_of_questions_is_summed_for_itself() -> None:
    choices = [tuple(bool(number & 1 << place) for place in range(4)) for number in range(1, 16)]
    everybody = [one for choice in choices for one in people(3, 0, choice)]
    found = opened(sealed_for(FAIR, everybody))
    assert len(found.tallies) == 15
    for place, choice in enumerate(choices):
        which = tuple(question for question, is_asked in zip(ALL, choice, strict=True) if is_asked)
        assert found.asked[3 * place : 3 * place + 3] == (which,) * 3
        assert found.tallies[which] == tally_of(everybody[3 * place : 3 * place + 3])


def test_nobody_is_opened_to_nothing(processes: Executor) -> None:
    told: list[tuple[float, float]] = []
    assert open_all(OFFICE, FAIR, [], processes, lambda done, of: told.append((done, of))) == Opened((), {})
    assert told == []
    assert open_chunk(OFFICE.opening, FAIR, b"") == Opened((), {})


@pytest.mark.usefixtures("small_chunks")
def test_progress_is_told_after_every_chunk_up_to_all(mixed: list[SealedResponse]) -> None:
    told: list[tuple[float, float]] = []
    open_all(OFFICE, FAIR, mixed[:24], Inline(), lambda done, of: told.append((done, of)))
    assert told == [(7, 24), (14, 24), (21, 24), (24, 24)]


def test_a_single_chunk_is_opened_here_without_any_executor() -> None:
    class Unused(Executor):
        def submit(self, *_: object, **__: object) -> NoReturn:
            pytest.fail("handed to an executor")

    assert opened(sealed_for(FAIR, people(CHUNK)), Unused()).tallies == right(people(CHUNK))


# Rows that do not open


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("places", [(0,), (6, 7), (13,), (0, 6, 7, 13, 14, 20), tuple(range(7, 14)), tuple(range(21))])
def test_rows_that_do_not_open_are_told_by_their_place_also_where_chunks_meet(
    places: tuple[int, ...], processes: Executor
) -> None:
    everybody = people(21)
    rows = sealed_for(FAIR, everybody)
    foreign = sealed_for(START, everybody)
    for place in places:
        rows[place] = foreign[place]
    for executor in (Inline(), processes):
        found = opened(rows, executor)
        assert found.asked == tuple(None if place in places else ALL for place in range(21))
        assert found.tallies == right([one for place, one in enumerate(everybody) if place not in places])


def test_a_row_with_any_part_altered_or_sealed_to_another_office_does_not_open() -> None:
    (good,) = sealed_for(FAIR, people(1))
    rows = [SealedResponse(altered(good.sealed, place)) for place in (0, 500, 1087, 1088, 1119, 1120, 1135, 1136, 1151)]
    rows += sealed_for(FAIR, people(1), OfficePrivateKey(b"the office of another employer 1"))
    rows += [SealedResponse(bytes(SEALED_SIZE)), SealedResponse(b"\xff" * SEALED_SIZE)]
    found = opened([*rows, good])
    assert found.asked == (*[None] * len(rows), ALL)
    assert found.tallies == right(people(1))


LARGEST = [len(question.options) for question in load_survey().questions]


@pytest.mark.parametrize(
    "record",
    [
        bytes(16),
        bytes((1,)).ljust(16, b"\x00"),
        bytes((0, 1, 1, 1, 1)).ljust(16, b"\x00"),
        bytes((2, 1, 1, 1, 1)).ljust(16, b"\x00"),
        bytes((1, 1, 1, 1, 1, 1)).ljust(16, b"\x00"),
        bytes((1, 1, 1, 1, 1)).ljust(15, b"\x00") + b"\x01",
        b"\xff" * 16,
        *(
            bytes((1, *(LARGEST[other] + (other == place) for other in range(4)))).ljust(16, b"\x00")
            for place in range(4)
        ),
        bytes((1, 255, 0, 0, 0)).ljust(16, b"\x00"),
    ],
    ids=lambda record: record.hex(),
)
def test_a_record_with_an_unknown_code_or_without_any_answer_counts_as_unreadable(record: bytes) -> None:
    (good,) = sealed_for(FAIR, people(1))
    found = opened([row(record), good, row(record)])
    assert found.asked == (None, ALL, None)
    assert found.tallies == right(people(1))


def test_the_last_code_of_every_question_is_counted() -> None:
    everybody = [Response((LARGEST[0], LARGEST[1], LARGEST[2], LARGEST[3])), Response((1, 1, 1, 1))]
    assert opened(sealed_for(FAIR, everybody)).tallies == right(everybody)


# An executor that breaks


def die(*_: object) -> NoReturn:
    os._exit(1)


@pytest.mark.usefixtures("small_chunks")
def test_a_worker_that_is_killed_half_way_is_told_in_plain_words(
    mixed: list[SealedResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dying(ProcessPoolExecutor):
        submitted = 0

        def submit(
            self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
        ) -> Future[Result]:
            self.submitted += 1
            if self.submitted == -(-len(mixed) // SMALL):  # the last one, so that all the others were taken
                return super().submit(die)
            return super().submit(fn, *args, **kwargs)

    with Dying(1, mp_context=get_context("spawn")) as executor, pytest.raises(StoreError) as caught:
        opened(mixed, executor)
    assert isinstance(caught.value.__cause__, BrokenProcessPool)
    assert "Try again" in caught.value.sentence
    assert "\n" not in caught.value.sentence


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("error", [RuntimeError("x"), OSError(28, "No space left on device"), MemoryError(), KeyError])
def test_whatever_an_executor_raises_is_told_in_plain_words_and_the_rest_is_called_off(
    error: Exception, mixed: list[SealedResponse]
) -> None:
    class Failing(Executor):
        def submit(
            self, _fn: Callable[Arguments, Result], /, *_args: Arguments.args, **_kwargs: Arguments.kwargs
        ) -> Future[Result]:
            future: Future[Result] = Future()
            futures.append(future)
            if len(futures) == 2:
                future.set_exception(error)
            elif len(futures) == 1:
                futures[0].set_result([open_chunk(OFFICE.opening, FAIR, mixed[0].sealed)])
            return future

    futures: list[Future[Any]] = []
    with pytest.raises(StoreError, match="Try again"):
        opened(mixed, Failing())
    assert len(futures) == 9
    assert all(future.cancelled() for future in futures[2:])


@pytest.mark.usefixtures("small_chunks")
def test_an_executor_that_broke_before_or_was_shut_down_is_told_in_plain_words(mixed: list[SealedResponse]) -> None:
    ended = ThreadPoolExecutor(1)
    ended.shutdown()
    with pytest.raises(StoreError):
        opened(mixed, ended)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as broken:
        with pytest.raises(BrokenProcessPool):
            broken.submit(die).result()
        with pytest.raises(StoreError):
            opened(mixed, broken)


@pytest.mark.usefixtures("small_chunks")
def test_whoever_stops_listening_calls_off_what_is_not_begun(mixed: list[SealedResponse]) -> None:
    class Idle(Late):
        def work(self) -> None:
            future, work = self.waiting.pop(0)
            future.set_result(work())

    idle = Idle()
    with pytest.raises(KeyboardInterrupt):
        open_all(OFFICE, FAIR, mixed, idle, failing(KeyboardInterrupt))
    assert len(idle.waiting) == 8


# What comes back


@pytest.mark.parametrize("count", [10, 11, CHUNK])
def test_what_comes_back_from_a_worker_is_sums_and_which_questions_were_asked(count: int) -> None:
    everybody = [*people(count, 3), *people(count, 4, KEY_ONLY)]
    chunk = b"".join(one.sealed for one in sealed_for(FAIR, everybody))
    result = open_chunk(OFFICE.opening, FAIR, chunk)
    assert set(vars(result)) == {"asked", "tallies"}
    assert result.asked == (*[ALL] * count, *[KEY] * count)
    assert result.tallies == right(everybody)
    assert all(tally.people(which[0]) == count for which, tally in result.tallies.items())
    travels = pickle.dumps(result)
    assert not any(one.pack() in travels or Tally.of(one).pack() in travels for one in everybody)
    assert OFFICE.seed not in travels


def test_opening_keeps_nothing_in_the_process(mixed: list[SealedResponse]) -> None:
    names = set(vars(storage.office.decrypting))
    opened(mixed)
    assert set(vars(storage.office.decrypting)) == names
    assert not any(isinstance(value, (Tally, Response, Opened)) for value in vars(storage.office.decrypting).values())


def test_there_is_a_worker_for_every_core_and_none_before_there_is_work() -> None:
    with all_cores() as executor:
        assert executor._max_workers == (os.cpu_count() or 1)  # type: ignore[attr-defined]  # not in its types
        assert not executor._processes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Unix never limits how many workers there are")
def test_a_worker_starts_anew_and_inherits_nothing_from_this_process() -> None:
    storage.office.decrypting.__dict__["left"] = "in memory"
    try:
        with all_cores() as executor:
            assert (
                executor.submit(
                    eval, "'left' in vars(__import__('storage.office.decrypting').office.decrypting)"
                ).result()
                is False
            )
    finally:
        del storage.office.decrypting.__dict__["left"]
