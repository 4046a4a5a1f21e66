"""A kiosk that is killed, or whose disk fails or fills up, loses no response that was thanked for.

Killing is tried at random moments, and with strace at every write, flush and removal that recovering from a crash and
adding responses makes. Failing (EIO) and full (ENOSPC) disks are tried at the same places.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from storage.crypto.sealing import SealedResponse
from storage.kiosk.pool import RESPONSES, Pool
from tests.storage.kiosk.crashes import (
    FAILS_ONCE,
    FULL_FROM_THEN_ON,
    FULL_ONCE,
    KILLED,
    Account,
    Keeper,
    contents,
    harmed_everywhere,
    interrupt,
    journal_of,
    make_pool,
    needs_strace,
    put_back,
    random_responses,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the keeper forks, to be killed hundreds of times")

WITHOUT_END = 1_000_000
CHANGES = ["pwrite64", "write", "fdatasync", "fsync", "ftruncate", "/^unlink"]
MAY_FAIL = [*CHANGES, "openat", "pread64"]
UNUSED = ["ftruncate", "/^unlink"]
"""The calls that need not happen: neither file shrinks, and neither is removed."""


def held_with_nobodys_help(path: Path) -> set[SealedResponse]:
    """What the next kiosk finds."""
    pool = Pool(path, RESPONSES)
    count = pool.check()
    found = pool.rows()
    pool.close()
    assert len(set(found)) == len(found) == count
    assert not any(journal_of(path).read_bytes())  # and it is there: a removed journal would stay on the disk unwiped
    return set(found)


def kept_what_was_thanked_for(before: set[SealedResponse], told: Account, after: set[SealedResponse]) -> bool:
    """Nothing is lost, and there is at most one response more: the one that was being added."""
    sure = before | set(told.thanked)
    return after in (sure, sure | set(told.offered[-1:]))


def add_all(path: Path, responses: list[SealedResponse]) -> None:
    pool = Pool(path, RESPONSES)
    for sealed in responses:
        pool.add(sealed)
    pool.close()


def undisturbed(folder: Path, responses: set[SealedResponse]) -> tuple[bytes, bytes]:
    """The files of a pool to which the same responses were added one by one, and nothing ever happened."""
    return contents(make_pool(folder, sorted(responses)))


# Killed at a random moment: five pools, twenty times each


@pytest.mark.parametrize("seed", [*range(5), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(5, 60))])
@pytest.mark.sampled
def test_a_pool_killed_at_random_moments_keeps_all_it_thanked_for(seed: int, memory_folder: Path) -> None:
    path = make_pool(memory_folder / "pool")
    random = Random(seed)  # noqa: S311 - chooses moments
    held: set[SealedResponse] = set()
    amid = 0
    with Keeper(path) as keeper:
        keeper.run(seed, 0)  # Python has started
        start = time.perf_counter()
        held.update(keeper.run(seed, 4).thanked)
        usual = time.perf_counter() - start
        for run in range(20):
            told = keeper.run(1000 * seed + run, WITHOUT_END, kill_after=random.uniform(0, usual))
            assert told.status == -9
            amid += any(journal_of(path).read_bytes())
            found = held_with_nobodys_help(path)
            assert kept_what_was_thanked_for(held, told, found)
            held = found
    print(f"{amid} of 20 kills fell amid an addition; {len(held)} responses held")
    last = random_responses(1, seed=WITHOUT_END + seed)
    add_all(path, last)  # until then the journal may still be as long as the interrupted addition needed
    assert contents(path) == undisturbed(memory_folder / "undisturbed", held.union(last))


# Harmed at every single system call that a recovery and two additions make


def harmed_runs(folder: Path, call: str, fault: str) -> Iterator[tuple[Path, set[SealedResponse], Account]]:
    """The keeper, started each time from the same interrupted pool with the next call of this kind harmed.

    Ends with the first run that makes too few such calls to be harmed. Gives the pool, what it held, what was said.
    """
    before = set(random_responses(8, seed=1))
    path = make_pool(folder / "pool", sorted(before))
    interrupt(path)
    files = contents(path)
    watched = [path, journal_of(path), *([path.parent] if fault == KILLED else [])]
    for told in harmed_everywhere(path, watched, call, fault, lambda: put_back(path, files), seed=2, count=2):
        yield path, before, told


@needs_strace
@pytest.mark.parametrize("call", CHANGES)
@pytest.mark.sampled
def test_a_pool_killed_at_any_system_call_keeps_all_it_thanked_for(call: str, memory_folder: Path) -> None:
    runs = 0
    for path, before, told in harmed_runs(memory_folder, call, KILLED):
        runs += 1
        assert told.status == -9
        found = held_with_nobodys_help(path)
        assert kept_what_was_thanked_for(before, told, found)
        add_all(path, told.offered)
        assert path.read_bytes() == undisturbed(memory_folder / f"undisturbed-{runs}", before | set(told.offered))[0]
    print(f"{call}: killed at each of {runs}")
    assert runs or call in UNUSED


@needs_strace
@pytest.mark.parametrize(
    ("call", "fault"),
    [
        *(pytest.param(call, FAILS_ONCE, id=f"{call}-fails") for call in MAY_FAIL),
        pytest.param("pwrite64", FULL_ONCE, id="pwrite64-is full"),
        pytest.param("fdatasync", FULL_ONCE, id="fdatasync-is full"),
        *(
            pytest.param(call, FULL_ONCE, id=f"{call}-is full", marks=pytest.mark.long)
            for call in MAY_FAIL
            if call not in {"pwrite64", "fdatasync"}
        ),
    ],
)
@pytest.mark.sampled
def test_what_a_disk_fails_to_keep_is_refused_and_kept_once_at_the_next_try(
    call: str, fault: str, memory_folder: Path
) -> None:
    runs = 0
    for path, before, told in harmed_runs(memory_folder, call, fault):
        runs += 1
        assert told.status == 0, "only StoreError may leave storage"
        # SQLite need not see every journal, and a failed read is tried once more.
        assert told.refusals == 1 or (told.refusals == 0 and call in {"openat", "pread64"})
        assert told.thanked == told.offered == random_responses(2, seed=2)
        assert held_with_nobodys_help(path) == before | set(told.offered)
        assert path.read_bytes() == undisturbed(memory_folder / f"undisturbed-{runs}", before | set(told.offered))[0]
    print(f"{call}: {fault} at each of {runs}")
    assert runs or call in UNUSED


@needs_strace
@pytest.mark.parametrize("call", CHANGES)
@pytest.mark.sampled
def test_a_disk_that_stays_full_harms_nothing_held_and_takes_the_rest_when_there_is_room(
    call: str, memory_folder: Path
) -> None:
    runs = 0
    for path, before, told in harmed_runs(memory_folder, call, FULL_FROM_THEN_ON):
        runs += 1
        assert told.status == 0, "only StoreError may leave storage"
        assert told.refusals >= 1
        found = held_with_nobodys_help(path)
        assert before | set(told.thanked) <= found <= before | set(told.offered)
        add_all(path, told.offered)
        assert held_with_nobodys_help(path) == before | set(told.offered)
        assert path.read_bytes() == undisturbed(memory_folder / f"undisturbed-{runs}", before | set(told.offered))[0]
    print(f"{call}: disk full from each of {runs} on")
    assert runs or call in UNUSED
