"""A kiosk that is killed, or whose disk fails or fills up, counts nobody twice, with one noise, and nobody not held.

Killing is tried at random moments, and with strace at every write and flush that a kiosk makes while it opens, keeps a
response, writes the group that it completes, and ends the event. Failing (EIO) and full (ENOSPC) disks are tried at the
same places. The noise of the kiosk that is harmed is known, so that noise drawn a second time would be seen.
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from storage.counts.noise import NoisyGroup
from storage.counts.record import pack_group
from storage.crypto.keys import KioskPrivateKey
from storage.kiosk.groups import GroupOpener
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.register import Register
from storage.settings import parse
from tests.storage.counts.people import groups_of, people
from tests.storage.kiosk.crashes import (
    FAILS_ONCE,
    FULL_FROM_THEN_ON,
    FULL_ONCE,
    KILLED,
    Account,
    Keeper,
    harmed_everywhere,
    journal_of,
    needs_strace,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the keeper forks, to be killed hundreds of times")

NEARLY_WITHOUT_END = 500

SETTINGS = """\
[organisation]
name = "Musterwerk"
[event]
name = "Riverside Jobs Fair"
date = "2026-11-23"
place = "Leeds"
"""

FLUSHES = ["fdatasync", "fsync", "write"]
EVERY_CALL = [*FLUSHES, pytest.param("pwrite64", marks=pytest.mark.long)]


@pytest.fixture
def data(kiosk_set_up_once: Path, memory_folder: Path) -> Path:
    """A kiosk's folder with the event's settings in it, beside which there is room."""
    folder = Path(shutil.copytree(kiosk_set_up_once, memory_folder / "kiosk" / "data"))
    (folder / "kiosk.toml").write_text(SETTINGS, "utf-8")
    return folder


def open_kiosk(data: Path) -> Kiosk:
    return Kiosk.open(data, parse((data / "kiosk.toml").read_text("utf-8"), "kiosk.toml"))


def found_in(data: Path, own: KioskPrivateKey) -> tuple[int, list[bytes], bool]:
    """What the next kiosk finds: how many are held, the records of all groups, and whether the event was ended."""
    kiosk = open_kiosk(data)
    counts = kiosk.counts(own.tally)
    assert kiosk.counts(own.tally) == counts
    rows = kiosk._groups.rows()
    opener = GroupOpener(own.tally, kiosk.event)
    groups = [opener.open(row) for row in rows]  # each does
    assert len(set(rows)) == len(rows)
    assert counts.in_counts == 10 * len(groups) <= counts.held
    assert (counts.waiting, counts.left_out) == (0, counts.held - counts.in_counts)
    kiosk.close()
    for name in ("responses.db", "groups.db"):
        assert not any(journal_of(data / "kiosk" / kiosk.event.folder_name / name).read_bytes())
    return counts.held, sorted(map(pack_group, groups)), counts.ended


def added(before: list[bytes], groups: list[NoisyGroup]) -> list[bytes]:
    return sorted([*before, *map(pack_group, groups)])


# Killed at a random moment


def go_on(data: Path) -> None:
    """Make an event that was ended go on."""
    (ended,) = data.glob("kiosk/*/ended")
    ended.unlink()
    Register.open(data / "kiosk").note_event(bytes.fromhex(ended.parent.name), ended=False)


@pytest.mark.parametrize("seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 40))])
@pytest.mark.sampled
def test_a_kiosk_killed_at_random_moments_has_counted_whole_tens_of_those_it_holds(
    seed: int, data: Path, own: KioskPrivateKey
) -> None:
    random = Random(seed)  # noqa: S311 - chooses moments
    open_kiosk(data).close()
    held, records, _ = found_in(data, own)
    with Keeper(data) as keeper:
        keeper.run(seed, 0, 0, 0)  # Python has started, and this event is ended
        go_on(data)
        start = time.perf_counter()
        keeper.run(seed, 32, 0, 0)
        usual = time.perf_counter() - start
        go_on(data)
        held, records, _ = found_in(data, own)
        assert (held, len(records)) == (32, 3)
        run = 0
        while run < 12 or len(records) < 6:  # three from before, and some in between
            run += 1
            assert run < 60
            usual *= 1.02  # the more are held, the longer one takes
            kill_after = random.uniform(0.5 * usual, 1.5 * usual)
            told = keeper.run(1000 * seed + run, NEARLY_WITHOUT_END, 0, 0, kill_after=kill_after)
            assert told.status == -9
            thanked = len(told.thanked)
            now, found, ended_now = found_in(data, own)
            assert not ended_now
            assert now in {held + thanked, held + len(told.offered)}
            made = groups_of(people(NEARLY_WITHOUT_END, 1000 * seed + run), seed=1000 * seed + run)
            counted = {thanked if len(told.offered) > thanked else max(thanked - 1, 0), thanked}
            assert found in [added(records, made[: count // 10]) for count in counted]
            held, records = now, found


# Harmed at every single system call

BEFORE = 9


def harmed_runs(data: Path, call: str, fault: str) -> Iterator[Account]:
    """A kiosk that has counted nine: it opens, keeps the tenth, writes a group and ends the event, harmed once.

    Each time from the same files, with the next call of this kind harmed, up to the first run that makes too few.
    """
    kiosk = open_kiosk(data)
    for response in people(BEFORE, seed=1):
        kiosk.keep(kiosk.seal(response))
    kiosk.close()
    start = Path(shutil.copytree(data, data.with_name("start")))
    event = data / "kiosk" / kiosk.event.folder_name
    folders = [data.parent, data / "kiosk", event] if fault == KILLED else [data / "kiosk", event]
    register = data / "kiosk" / "register.json"
    stores = [event / name for name in ("responses.db", "groups.db")]
    watched = [register, *folders, *stores, *map(journal_of, stores)]

    def begin() -> None:
        for path in event.iterdir():
            path.unlink()
        for path in (start / "kiosk" / event.name).iterdir():
            shutil.copyfile(path, event / path.name)
        shutil.copyfile(start / "kiosk" / register.name, register)

    return harmed_everywhere(data, watched, call, fault, begin, seed=1, count=1, before=BEFORE)


MADE = groups_of(people(BEFORE + 1, seed=1), seed=1)
"""One group, as its noise was drawn the first time."""


@needs_strace
@pytest.mark.parametrize("call", EVERY_CALL)
@pytest.mark.sampled
def test_a_kiosk_killed_at_any_write_or_flush_has_counted_whole_tens_and_can_be_ended_again(
    call: str, data: Path, own: KioskPrivateKey
) -> None:
    runs, seen = 0, set()
    for told in harmed_runs(data, call, KILLED):
        runs += 1
        assert told.status == -9
        held, records, ended = found_in(data, own)
        assert held in {BEFORE + len(told.thanked), BEFORE + len(told.offered)}
        assert records in ([], added([], MADE))
        seen.add(len(records))
        assert held == 10 or not records
        assert records or not ended
        assert ended or not told.closed
        kiosk = open_kiosk(data)
        kiosk.end_event()
        kiosk.close()
        assert found_in(data, own) == (held, records, True)
    print(f"{call}: killed at each of {runs}, {sorted(seen)} groups written")
    assert seen == ({0} if call == "pwrite64" else {0, 1}), "a group is there once all of it is flushed"


@needs_strace
@pytest.mark.parametrize("fault", [FAILS_ONCE, pytest.param(FULL_ONCE, marks=pytest.mark.long)], ids=["fails", "full"])
@pytest.mark.parametrize("call", [pytest.param("write", marks=pytest.mark.long), *EVERY_CALL[:2], EVERY_CALL[3]])
@pytest.mark.sampled
def test_what_a_disk_fails_to_write_once_is_counted_once(
    call: str, fault: str, data: Path, own: KioskPrivateKey
) -> None:
    runs = 0
    for told in harmed_runs(data, call, fault):
        runs += 1
        assert told.status == 0, "only StoreError may leave storage, and none may leave counting"
        assert (len(told.thanked), told.closed) == (1, True)
        assert found_in(data, own) == (10, added([], MADE), True)
    assert runs


@needs_strace
@pytest.mark.parametrize(
    "call", ["fsync", *(pytest.param(call, marks=pytest.mark.long) for call in ("pwrite64", "write"))]
)
@pytest.mark.long
def test_a_disk_that_stays_full_loses_no_response_and_counts_nobody_twice(
    call: str, data: Path, own: KioskPrivateKey
) -> None:
    for told in harmed_runs(data, call, FULL_FROM_THEN_ON):
        assert told.status == 0, "only StoreError may leave storage, and none may leave counting"
        held, records, _ = found_in(data, own)
        assert BEFORE + len(told.thanked) <= held <= BEFORE + len(told.offered)
        assert records in ([], added([], MADE))
        assert held == 10 or not records
