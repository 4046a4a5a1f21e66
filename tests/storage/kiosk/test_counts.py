"""A kiosk's counts: of groups of ten, whose noise is drawn once and is in them before anything is written.

What is lost is little and is told: at most nine people at a restart, and at most nine when an event is ended.
"""

import functools
import itertools
import os
import shutil
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from msgspec.structs import replace

import storage.kiosk.counting
import storage.kiosk.event_folder
import storage.kiosk.pool
from content.survey import load_survey
from storage.counts.disclosure import Counts, GroupSum
from storage.counts.noise import NoisyGroup
from storage.counts.record import pack_group, unpack_group
from storage.crypto import armour, keys
from storage.crypto.hpke import suite
from storage.crypto.keys import KioskPrivateKey, TallyPrivateKey
from storage.crypto.sealing import Response, binding
from storage.database import LARGE_PAGES, wipe_journal
from storage.errors import EventEndedError, KeyFileError, StoreDamagedError, StoreError
from storage.events import Event
from storage.kiosk.groups import SEALED_GROUP_SIZE, GroupOpener, SealedGroup, group_binding, seal_group
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.pool import GROUPS, Pool
from storage.settings import EventDetails, Settings, Survey
from tests.damage import altered
from tests.storage.counts.people import KEY_ONLY, groups_of, known_coins, people, tally_of
from tests.storage.disk import files_of

Snapshot = dict[str, bytes]

STORES = {"responses.db", "responses.db-journal", "groups.db", "groups.db-journal"}


@pytest.fixture(autouse=True)
def noise_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The groups of a laptop, one after the other, are those of `groups_of`; a second draw would give others."""
    monkeypatch.setattr(storage.kiosk.counting, "system_coins", known_coins())


def answer(kiosk: Kiosk, responses: list[Response]) -> None:
    """As the survey does: kept first, then counted."""
    for response in responses:
        kiosk.keep(kiosk.seal(response))
        kiosk.count(response)


def numbers(counts: Counts) -> tuple[int, int, int, int]:
    """How many are held, in the counts, waiting, and left out."""
    return counts.held, counts.in_counts, counts.waiting, counts.left_out


def stored(kiosk: Kiosk, own: KioskPrivateKey) -> list[NoisyGroup]:
    """Every group that an event's file holds; each must open."""
    opener = GroupOpener(own.tally, kiosk.event)
    return [opener.open(SealedGroup(row)) for row in rows_of(kiosk)]


def rows_of(kiosk: Kiosk) -> list[bytes]:
    pool = Pool(folder_of(kiosk) / "groups.db", GROUPS)
    rows = [row.sealed for row in pool.rows()]
    pool.close()
    return rows


def same(found: list[NoisyGroup], expected: list[NoisyGroup]) -> bool:
    """The same groups, in any order: the file has its own."""
    return sorted(map(pack_group, found)) == sorted(map(pack_group, expected))


def shows(counts: Counts, groups: Sequence[NoisyGroup]) -> bool:
    """Whether the tables are those of these groups and of nothing else."""
    total = GroupSum.of(groups)
    return [(table.people, table.groups, table.counts) for table in counts.tables] == [
        (table.people, table.groups, table.counts)
        for table in (total.publish(shown.question) for shown in counts.tables)
    ]


def folder_of(kiosk: Kiosk) -> Path:
    return kiosk.data / "kiosk" / kiosk.event.folder_name


def changed(before: Snapshot, after: Snapshot) -> set[str]:
    """The names of the files that are new, gone or different."""
    return {Path(name).name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def times(data: Path) -> dict[str, tuple[int, int]]:
    """Which files everything but the responses is, and when they were last written."""
    return {
        path.relative_to(data).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in data.rglob("*")
        if path.is_file() and not path.name.startswith("responses.db")
    }


# What is counted, and when


def test_after_every_response_the_counts_say_who_is_in_them_and_who_waits_and_looking_at_them_writes_nothing(
    kiosk: Kiosk, own: KioskPrivateKey
) -> None:
    everyone = people(45)
    for count in range(46):
        answer(kiosk, everyone[count - 1 : count] if count else [])
        before, before_times = files_of(kiosk.data), times(kiosk.data)
        counts = kiosk.counts(own.tally)
        assert numbers(counts) == (count, count - count % 10, count % 10, 0)
        assert kiosk.waiting == count % 10
        assert kiosk.held() == count
        assert files_of(kiosk.data) == before
        assert times(kiosk.data) == before_times or not count, "the first look opens the file"
        assert same(stored(kiosk, own), groups_of(everyone[:count])), "nor was other noise drawn meanwhile"
        assert shows(counts, groups_of(everyone[:count]))
        assert [table.people for table in counts.tables] == [count - count % 10 if count >= 10 else None] * 4
    assert not kiosk.ended


def test_a_group_is_written_with_every_tenth_response_and_nothing_of_a_count_between(kiosk: Kiosk) -> None:
    written = []
    for count, response in enumerate(people(45), 1):
        sealed = kiosk.seal(response)
        start, start_times = files_of(kiosk.data), times(kiosk.data)
        kiosk.keep(sealed)
        kept, kept_times = files_of(kiosk.data), times(kiosk.data)
        assert "responses.db" in changed(start, kept)
        assert changed(start, kept) <= {"responses.db", "responses.db-journal"}
        assert kept_times == start_times
        kiosk.count(response)
        done, done_times = files_of(kiosk.data), times(kiosk.data)
        assert done.keys() == start.keys()
        if changed(kept, done):
            written.append(count)
            assert "groups.db" in changed(kept, done)
            assert changed(kept, done) <= {"groups.db", "groups.db-journal", "register.json"}
            assert not any(done[f"kiosk/{kiosk.event.folder_name}/groups.db-journal"])
        else:
            assert done_times == kept_times, "nor is the same written again"
    assert written == [10, 20, 30, 40]


def test_the_noise_is_in_a_group_before_anything_is_written(
    kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(20)
    opener = GroupOpener(own.tally, kiosk.event)
    given: list[NoisyGroup] = []
    add = Pool.add

    def looked_at(pool: Pool[SealedGroup], row: SealedGroup) -> None:
        if pool._path.name == "groups.db":
            given.append(opener.open(row))
            exact = tally_of(everyone[10 * len(given) - 10 : 10 * len(given)])
            for question, counts in given[-1].counts.items():
                assert all(counts[category] != count for category, count in exact.counts[question].items())
        add(pool, row)

    monkeypatch.setattr(Pool, "add", looked_at)
    before = files_of(kiosk.data)
    for place, response in enumerate(everyone, 1):
        kiosk.count(response)
        assert (files_of(kiosk.data) == before) == (place < 10)
    assert given == groups_of(everyone)


def test_noise_comes_from_the_operating_system_before_anything_of_a_count_is_written(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    before, urandom = files_of(kiosk.data), os.urandom
    sizes = []

    def drawn(size: int) -> bytes:
        assert files_of(kiosk.data) == before
        sizes.append(size)
        return urandom(size)

    monkeypatch.setattr(os, "urandom", drawn)
    for response in people(9):
        kiosk.count(response)
    assert not sizes
    kiosk.count(*people(1))
    assert len(sizes) >= 4, "for each question, at least once"
    assert set(sizes) == {32}


def test_the_same_people_give_the_same_numbers_however_often_and_by_whom_they_are_looked_at(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, people(34))
    first = kiosk.counts(own.tally)
    assert kiosk.counts(own.tally) == first
    copy = Path(shutil.copytree(data, data.with_name("copy")))
    kiosk.end_event()
    ended = kiosk.counts(own.tally)
    kiosk.close()
    assert ended.tables == first.tables
    for folder in (data, copy, data):
        assert kiosk_counts(folder, settings, own).tables == first.tables
    shutil.rmtree(data)
    shutil.copytree(copy, data)
    assert kiosk_counts(data, settings, own).tables == first.tables, "nor does a copy that is put back"


def test_the_tables_are_of_the_people_in_the_counts_and_of_nobody_else(
    kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.kiosk.counting, "system_coins", lambda _question: itertools.repeat(0))
    answer(kiosk, [Response((1, 1, 1, 1))] * 30 + [Response((9, 6, 5, 4))] * 9)
    counts = kiosk.counts(own.tally)
    assert numbers(counts) == (39, 30, 9, 0)
    for table, question in zip(counts.tables, load_survey().questions, strict=True):
        assert (table.question, table.people, table.groups) == (question.id, 30, 3)
        assert {name: count for name, count in table.counts.items() if count} == {question.category_of(1): 30}


def test_a_raised_threshold_holds_the_tables_back_and_no_group(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    everyone = people(30)
    kiosk = Kiosk.open(data, replace(settings, counts=replace(settings.counts, threshold=25)))
    answer(kiosk, everyone[:29])
    counts = kiosk.counts(own.tally)
    assert numbers(counts) == (29, 20, 9, 0)
    assert [(table.people, dict(table.counts)) for table in counts.tables] == [(None, {})] * 4
    answer(kiosk, everyone[29:])
    assert shows(kiosk.counts(own.tally), groups_of(everyone))
    kiosk.close()


def test_opening_many_groups_tells_how_far_it_is(kiosk: Kiosk, own: KioskPrivateKey) -> None:
    pool = Pool(folder_of(kiosk) / "groups.db", GROUPS)
    for group in groups_of(people(520)):
        pool.add(seal_group(group, own.tally.public, kiosk.event))
    pool.close()
    told: list[tuple[float, float]] = []
    assert kiosk.counts(own.tally, lambda done, of: told.append((done, of))).in_counts == 520
    assert told == [(0, 52), (25, 52), (50, 52)]


# A restart


def test_a_restart_leaves_out_at_most_nine_people_says_how_many_and_each_group_is_of_one_run(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    runs = [people(count, seed=run) for run, count in enumerate((0, 1, 9, 10, 19, 20, 45, 9, 11))]
    entered = lost = 0
    for done, everyone in enumerate(runs):
        with closing(Kiosk.open(data, settings)) as kiosk:
            for place, response in enumerate(everyone, 1):
                assert numbers(kiosk.counts(own.tally))[2:] == ((place - 1) % 10, lost)
                answer(kiosk, [response])
            entered += len(everyone) // 10 * 10
            waiting = len(everyone) % 10
            assert numbers(kiosk.counts(own.tally)) == (entered + waiting + lost, entered, waiting, lost)
            lost += waiting
            assert same(stored(kiosk, own), groups_of(*runs[: done + 1]))
        assert kiosk.waiting == 0, "nothing is left in memory"
    assert numbers(kiosk_counts(data, settings, own)) == (entered + lost, entered, 0, lost)


# Ending an event


@pytest.mark.parametrize("count", [0, 1, 9, 10, 14, 20, 29, 45])
def test_ending_an_event_leaves_out_those_who_wait_writes_nothing_of_them_and_is_for_good(
    count: int, data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    everyone = people(count)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, everyone)
    start = files_of(data)
    assert kiosk.waiting == count % 10, "as staff are told beforehand"
    kiosk.end_event()
    assert kiosk.waiting == 0
    ended = files_of(data)
    assert changed(start, ended) == {"ended", "register.json"}
    assert (folder_of(kiosk) / "ended").read_bytes() == b""
    for _ in range(2):
        assert kiosk.ended
        counts = kiosk.counts(own.tally)
        assert counts.ended
        assert numbers(counts) == (count, count - count % 10, 0, count % 10)
        assert same(stored(kiosk, own), groups_of(everyone))
        with pytest.raises(EventEndedError, match="new event"):
            kiosk.keep(kiosk.seal(*people(1)))
        kiosk.end_event()
        kiosk.close()
        assert files_of(data) == ended
        kiosk = Kiosk.open(data, settings)
    kiosk.close()


def test_ending_one_event_ends_no_other(data: Path, settings: Settings, own: KioskPrivateKey) -> None:
    with closing(Kiosk.open(data, settings)) as first:
        answer(first, people(10))
        first.end_event()
    with closing(Kiosk.open(data, replace(settings, event=replace(settings.event, name="Other")))) as second:
        assert not second.ended
        answer(second, people(14, seed=1))
        assert numbers(second.counts(own.tally)) == (14, 10, 4, 0)
        assert same(stored(second, own), groups_of(people(10), people(14, seed=1))[1:])


@pytest.mark.parametrize("count", [4, 13])
def test_ending_an_event_can_be_done_again_after_a_kill_before_its_write(
    count: int, data: Path, settings: Settings, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = data.with_name("killed")

    def kill(path: Path, content: bytes) -> None:
        assert (path.name, content) == ("ended", b"")
        shutil.copytree(data, killed)
        raise StoreError("as if killed")

    everyone = people(count + 7)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, everyone[:count])
    with monkeypatch.context() as patch:
        patch.setattr(storage.kiosk.event_folder, "write_private", kill)
        with pytest.raises(StoreError):
            kiosk.end_event()

    # Killed: the next kiosk goes on, and ends the event at last.
    entered = count - count % 10
    again = Kiosk.open(killed, settings)
    assert not again.ended
    assert numbers(again.counts(own.tally)) == (count, entered, 0, count - entered)
    answer(again, people(3, seed=1))
    again.end_event()
    assert numbers(again.counts(own.tally)) == (count + 3, entered, 0, count + 3 - entered)
    again.close()

    # Not killed: the event goes on in this one, and those who waited still do.
    assert not kiosk.ended
    assert numbers(kiosk.counts(own.tally)) == (count, entered, count - entered, 0)
    answer(kiosk, everyone[count:])
    kiosk.end_event()
    assert numbers(kiosk.counts(own.tally)) == (count + 7, entered + 10, 0, count - 3 - entered)
    assert same(stored(kiosk, own), groups_of(everyone))
    kiosk.close()


# A disk that is full


@dataclass
class FullDisk:
    """Fails the writing of groups, and of nothing else, so many times: before it is done, or after."""

    when: str
    failures: int
    patch: pytest.MonkeyPatch
    failed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        rewrite = Pool._rewrite

        def rewritten(
            pool: Pool[SealedGroup], connection: sqlite3.Connection, rows: list[bytes], *changed: bytes
        ) -> None:
            if self.when == "before commit" and self.fails(pool._path):
                raise sqlite3.OperationalError("database or disk is full")
            rewrite(pool, connection, rows, *changed)
            if self.when == "after commit" and self.fails(pool._path):
                raise sqlite3.OperationalError("disk I/O error")

        def wiped(path: Path) -> None:
            if self.when != "before commit" and self.fails(path):
                raise OSError(28, "No space left on device")
            wipe_journal(path)

        self.patch.setattr(Pool, "_rewrite", rewritten)
        self.patch.setattr(storage.kiosk.pool, "wipe_journal", wiped)

    def fails(self, path: Path) -> bool:
        if path.name != "groups.db" or self.failed >= self.failures:
            return False
        self.failed += 1
        return True


MOMENTS = ["before commit", "after commit", "at the journal"]
"""A group that failed after the commit is in the file: there, later tries fail at the journal."""


@pytest.mark.parametrize("failures", [1, 2, 13])
@pytest.mark.parametrize("when", MOMENTS)
def test_a_group_that_cannot_be_written_harms_no_response_and_is_counted_once_when_it_can(
    when: str, failures: int, kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(52)
    with monkeypatch.context() as patch:
        disk = FullDisk(when, failures, patch)
        for count, response in enumerate(everyone, 1):
            answer(kiosk, [response])
            assert kiosk.held() == count
            assert kiosk.waiting == (count if count < 10 + failures else count % 10)
            if count >= 10 + failures:
                assert same(stored(kiosk, own), groups_of(everyone[:count])), "with the noise that was drawn at first"
        assert disk.failed == failures
    assert numbers(kiosk.counts(own.tally)) == (52, 50, 2, 0)


def test_a_group_is_tried_again_with_the_very_same_bytes(
    kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bytes] = []

    def full(pool: Pool[SealedGroup], row: SealedGroup) -> None:
        tried.append(row.sealed)
        raise StoreError("as if full")

    everyone = people(27)
    for response in everyone:
        kiosk.keep(kiosk.seal(response))
    with monkeypatch.context() as patch:
        patch.setattr(Pool, "add", full)
        for response in everyone[:26]:
            kiosk.count(response)
        with pytest.raises(StoreError):
            kiosk.end_event()
        assert numbers(kiosk.counts(own.tally)) == (27, 0, 26, 1)
    assert len(tried) == 18
    assert len(set(tried)) == 1
    kiosk.count(everyone[26])
    assert tried[0] in rows_of(kiosk)
    assert same(stored(kiosk, own), groups_of(everyone))


@pytest.mark.parametrize("when", MOMENTS)
def test_while_it_is_unsure_whether_a_group_was_written_nobody_is_both_in_the_counts_and_waiting(
    when: str, kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(23)
    with monkeypatch.context() as patch:
        FullDisk(when, 3, patch)
        for count, response in enumerate(everyone, 1):
            answer(kiosk, [response])
            counts = kiosk.counts(own.tally)
            assert counts.in_counts + counts.waiting == counts.held == count
            assert shows(counts, groups_of(everyone[:count])[: counts.in_counts // 10]), "now and later the same"
    assert numbers(kiosk.counts(own.tally)) == (23, 20, 3, 0)


@pytest.mark.parametrize("when", MOMENTS)
def test_a_restart_after_a_group_could_not_be_written_counts_nobody_twice(
    when: str, data: Path, settings: Settings, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = people(21), people(10, seed=1)
    kiosk = Kiosk.open(data, settings)
    with monkeypatch.context() as patch:
        FullDisk(when, 100, patch)
        answer(kiosk, first)
        kiosk.close()
    made = groups_of(first, second)
    written = made[:0] if when == "before commit" else made[:1]
    kiosk = Kiosk.open(data, settings)
    assert numbers(kiosk.counts(own.tally)) == (21, 10 * len(written), 0, 21 - 10 * len(written))
    assert kiosk.waiting == 0
    answer(kiosk, second)
    assert same(stored(kiosk, own), [*written, made[2]])
    kiosk.close()


@pytest.mark.parametrize("when", MOMENTS)
def test_an_event_that_cannot_be_ended_goes_on_and_is_ended_once_when_it_can(
    when: str, kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(15)
    with monkeypatch.context() as patch:
        FullDisk(when, 5, patch)
        answer(kiosk, everyone[:12])
        for _ in range(2):
            with pytest.raises(StoreError, match="free space"):
                kiosk.end_event()
            assert not kiosk.ended
    answer(kiosk, everyone[12:])
    assert numbers(kiosk.counts(own.tally)) == (15, 10, 5, 0)
    kiosk.end_event()
    assert kiosk.ended
    assert numbers(kiosk.counts(own.tally)) == (15, 10, 0, 5)
    assert same(stored(kiosk, own), groups_of(everyone))


# Which questions were asked


def test_a_kiosk_that_asks_the_key_question_alone_counts_it_alone(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    everyone = people(27, asked=KEY_ONLY)
    with closing(Kiosk.open(data, replace(settings, survey=Survey(questions="key")))) as kiosk:
        answer(kiosk, everyone)
        counts = kiosk.counts(own.tally)
        assert numbers(counts) == (27, 20, 7, 0)
        assert [(table.question, table.people) for table in counts.tables] == [("occupation", 20)]
        assert same(stored(kiosk, own), groups_of(everyone))


def test_an_event_whose_setting_changed_counts_for_each_question_those_who_were_asked_it(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    long, short = people(35), people(13, asked=KEY_ONLY)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, long)
    kiosk.close()
    kiosk = Kiosk.open(data, replace(settings, survey=Survey(questions="key")))
    for done in (0, 1, 9, 13):
        answer(kiosk, short[kiosk.waiting : done])
        counts = kiosk.counts(own.tally)
        assert {table.question: table.people for table in counts.tables} == {
            "occupation": 40 if done >= 10 else 30,
            "school": 30,
            "meals": 30,
            "degree": 30,
        }
        assert shows(counts, groups_of(long, short[:done]))
    assert numbers(counts) == (48, 40, 3, 5)
    assert same(stored(kiosk, own), groups_of(long, short))
    kiosk.close()


# Groups that are not this kiosk's, or not once


def insert(kiosk: Kiosk, *rows: bytes) -> None:
    """As another program would."""
    path = folder_of(kiosk) / "groups.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=PERSIST")
        connection.executemany("INSERT INTO noisy_group VALUES (?)", ((row,) for row in rows))
    wipe_journal(path)


def kiosk_counts(data: Path, settings: Settings, own: KioskPrivateKey) -> Counts:
    """What a kiosk that starts now says."""
    with closing(Kiosk.open(data, settings)) as kiosk:
        return kiosk.counts(own.tally)


def test_a_group_that_was_copied_or_altered_or_is_of_another_kiosk_or_event_is_not_counted(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    with closing(Kiosk.open(data, settings)) as kiosk:
        answer(kiosk, people(22))
    group, elsewhere = groups_of(people(10, seed=1))[0], replace(kiosk.event, place="York")
    eleven = NoisyGroup.of(tally_of(people(11)), known_coins())
    first, second = rows_of(kiosk)
    insert(
        kiosk,
        *(first, first, second),
        *(altered(first, place) for place in (0, 1100, 1130, 1263)),
        seal_group(group, KioskPrivateKey.generate().tally.public, kiosk.event).sealed,
        seal_group(group, own.tally.public, elsewhere).sealed,
        seal_group(eleven, own.tally.public, kiosk.event).sealed,
        bytes(SEALED_GROUP_SIZE),
    )
    assert len(rows_of(kiosk)) == 10, "a row that was copied is one"
    found = kiosk_counts(data, settings, own)
    assert numbers(found) == (22, 20, 0, 2)
    assert shows(found, groups_of(people(22)))
    path = folder_of(kiosk) / "groups.db"
    path.write_bytes(path.read_bytes().replace(first, altered(first)))
    with closing(Kiosk.open(data, settings)) as kiosk:
        assert numbers(kiosk.counts(own.tally)) == (22, 10, 0, 12), "people whose group was altered are left out"
        answer(kiosk, people(10, seed=1))
        assert numbers(kiosk.counts(own.tally)) == (32, 20, 0, 12), "and new ones are counted"


# Files that are missing, damaged or somebody else's


def test_a_folder_without_a_tally_key_takes_answers_and_counts_go_on_once_it_is_unlocked(
    data: Path, settings: Settings, own: KioskPrivateKey, passphrase: str
) -> None:
    path = data / "kiosk" / "tally.pub"
    as_set_up_wrote_it = path.read_bytes()
    path.unlink()
    everyone = people(27)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, everyone[:25])
    assert numbers(kiosk.counts(own.tally)) == (25, 0, 25, 0)
    with pytest.raises(StoreError, match="unlock the staff area"):
        kiosk.end_event()
    assert not kiosk.ended
    assert not path.exists()
    assert kiosk.unlock(passphrase) == own
    assert path.read_bytes() == as_set_up_wrote_it
    answer(kiosk, everyone[25:26])
    assert numbers(kiosk.counts(own.tally)) == (26, 20, 6, 0)
    kiosk.end_event()
    assert numbers(kiosk.counts(own.tally)) == (26, 20, 0, 6)
    assert same(stored(kiosk, own), groups_of(everyone))
    kiosk.close()
    assert numbers(kiosk_counts(data, settings, own)) == (26, 20, 0, 6)


@pytest.mark.parametrize("content", [b"", b"FAIRSTART TALLY PUBLIC KEY 1\nAAAA\n", b"FAIRSTART KIOSK PUBLIC KEY 1\n"])
def test_a_damaged_tally_key_is_reported_at_opening(data: Path, settings: Settings, content: bytes) -> None:
    path = data / "kiosk" / "tally.pub"
    path.write_bytes(content)
    before = files_of(data)
    with pytest.raises(KeyFileError, match=r"tally\.pub"):
        Kiosk.open(data, settings)
    assert files_of(data) == before


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "half a page": lambda content: content[:2048],
    "cut by a page": lambda content: content[:-LARGE_PAGES],
    "no database": lambda _: b"not a database, but a text of some length" * 200,
    "header overwritten": lambda content: bytes(16) + content[16:],
    "schema overwritten": lambda content: content.replace(b"BLOB NOT NULL", b"TEXT NOT NULL"),
    "page of rows overwritten": lambda content: (
        content[:LARGE_PAGES] + b"\xa5" * LARGE_PAGES + content[2 * LARGE_PAGES :]
    ),
    "another table": lambda content: content.replace(b'"noisy_group"', b'"noisy_grope"'),
}


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_damaged_groups_stop_no_answer_are_left_as_they_are_and_counts_go_on_when_they_are_put_back(
    damage: str, data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    first, second = people(20), people(25, seed=1)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, first)
    kiosk.close()
    path = folder_of(kiosk) / "groups.db"
    whole = path.read_bytes()
    broken = DAMAGE[damage](whole)
    assert broken != whole
    path.write_bytes(broken)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, second[:24])
    assert (kiosk.held(), kiosk.waiting) == (44, 24)
    with pytest.raises(StoreDamagedError, match="groups"):
        kiosk.counts(own.tally)
    with pytest.raises(StoreDamagedError, match="groups"):
        kiosk.end_event()
    assert not kiosk.ended
    assert path.read_bytes() == broken
    path.write_bytes(whole)
    answer(kiosk, second[24:])
    assert numbers(kiosk.counts(own.tally)) == (45, 40, 5, 0)
    assert same(stored(kiosk, own), groups_of(first, second))
    kiosk.close()


def test_groups_that_are_gone_while_a_kiosk_runs_stop_no_answer(kiosk: Kiosk, own: KioskPrivateKey) -> None:
    (folder_of(kiosk) / "groups.db").unlink()
    answer(kiosk, people(21))
    assert (kiosk.held(), kiosk.waiting) == (21, 21)
    with pytest.raises(StoreDamagedError, match="missing"):
        kiosk.counts(own.tally)


# Nobody's exact sum is in any file


@dataclass
class Run:
    """A kiosk from its start to its end."""

    event: str
    people: list[Response]
    ends: bool = False


@dataclass
class Opened:
    """What a key opened: with which key and binding, and the bytes inside."""

    key: str
    info: bytes
    content: bytes


RUNS = [
    Run("A", people(9, 1)),
    Run("A", people(10, 2)),
    Run("A", people(19, 3)),
    Run("A", people(32, 4)),
    Run("B", people(3, 5), ends=True),
    Run("C", people(14, 6), ends=True),
    Run("A", people(27, 7), ends=True),
    Run("D", people(41, 4, KEY_ONLY)),
    Run("D", people(20, 9)),
    Run("D", people(15, 5, KEY_ONLY), ends=True),
]


def of_event(settings: Settings, run: Run) -> Settings:
    details = EventDetails(name=run.event, date=settings.event.date, place="Leeds")
    survey = Survey(questions="key") if run.people[0].codes[1] == 0 else Survey()
    return replace(settings, event=details, survey=survey)


def whole_sessions(data: Path, settings: Settings) -> tuple[list[Snapshot], dict[str, Event]]:
    """Keep and count them all; the folder's files at the start, after every response and every end."""
    seen = [files_of(data)]
    events = {}
    for run in RUNS:
        kiosk = Kiosk.open(data, of_event(settings, run))
        events[run.event] = kiosk.event
        for response in run.people:
            sealed = kiosk.seal(response)
            kiosk.keep(sealed)
            seen.append(files_of(data))
            kiosk.count(response)
            seen.append(files_of(data))
        if run.ends:
            kiosk.end_event()
            seen.append(files_of(data))
        kiosk.close()
        seen.append(files_of(data))
    return seen, events


@functools.cache
def blobs_of(name: str, content: bytes) -> frozenset[bytes]:
    """Everything in a file that may be sealed: rows, else the whole of it, and what base64 hides."""
    if name.endswith(".db"):
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(content)
            (table,) = [table for (table,) in connection.execute("SELECT name FROM sqlite_master")]
            return frozenset(row for (row,) in connection.execute(f"SELECT sealed FROM {table}"))  # noqa: S608 - a table named here
    if content.startswith(b"FAIRSTART"):
        return frozenset({content, b64decode(b"".join(content.split(b"\n")[1:]))})
    return frozenset({content} if any(content) else ())


def windows(blob: bytes) -> set[bytes]:
    """The stretches of a blob that are as long as a group or a response, and the blob."""
    sizes = {len(blob), SEALED_GROUP_SIZE, 1152}
    return {blob[start : start + size] for size in sizes for start in range(len(blob) - size + 1)}


def remainder(content: bytes, rows: frozenset[bytes]) -> bytes:
    """What a store holds besides its rows."""
    for row in rows:
        content = content.replace(row, b"")
    return content.translate(None, b"\0")


def opened_by(blobs: set[bytes], secrets: dict[str, bytes], infos: set[bytes]) -> Iterator[tuple[bytes, Opened]]:
    """Try every secret of the kiosk as an X-Wing key on every blob under every binding."""
    opening = {name: TallyPrivateKey(secret).kem for name, secret in secrets.items()}
    for blob in blobs:
        for name, kem in opening.items():
            for info in infos:
                try:
                    yield blob, Opened(name, info, suite().decrypt(blob, kem, info))
                except (InvalidTag, ValueError):
                    continue


def keys_on(data: Path, own: KioskPrivateKey, passphrase: str) -> dict[str, bytes]:
    """Every secret of a kiosk that its staff's passphrase gives, as a seed."""
    wrapped = armour.read_armoured(data / "kiosk" / "kiosk.key", keys.KIOSK_PRIVATE, keys._WRAPPED_SIZE)
    return {
        "tally": own.tally.seed,
        "kiosk": own.seed,
        "signing": own.signing.private_bytes_raw(),
        "as an office's": keys._derive(own.seed, b"fairstart office receipts 1"),
        "passphrase": keys._stretch(passphrase, wrapped[16:32]),
    }


def bindings(own: KioskPrivateKey, events: dict[str, Event]) -> set[bytes]:
    """Of groups and of responses, for every event and for others, with every key's id."""
    some = events["A"]
    everywhere = {*events.values(), replace(some, name="Other"), replace(some, office_key_id=own.tally.public.id)}
    infos = {b"", *(binding(event) for event in everywhere)}
    infos |= {group_binding(own.tally.public, event) for event in everywhere}
    for prefix in (b"fairstart sealed group 1\0", b"fairstart sealed response 1\0"):
        infos |= {prefix + key_id + some.id + b"smc-2021" for key_id in (some.office_key_id, own.public.id)}
    return infos


def everything_that_opens(
    seen: list[Snapshot], own: KioskPrivateKey, secrets: dict[str, bytes], events: dict[str, Event]
) -> dict[bytes, Opened]:
    """Of all that ever lay in the folder. There is no room for anything beside what is tried."""
    infos = bindings(own, events)
    rows: set[bytes] = set()
    others: set[bytes] = set()
    for name, content in {(name, content) for files in seen for name, content in files.items()}:
        blobs = blobs_of(name, content)
        if name.endswith(".db"):
            rows |= blobs
            assert len(remainder(content, blobs)) < 300 + 30 * len(blobs)
        else:
            others |= blobs
            assert not name.endswith("-journal") or not any(content)
    assert sum(len(row) == 1152 for row in rows) == sum(len(run.people) for run in RUNS)
    opened = dict(opened_by(rows, secrets, infos))
    assert opened.keys() == {row for row in rows if len(row) == SEALED_GROUP_SIZE}
    group_of_a = {group_binding(own.tally.public, events["A"])}
    small = {window for blob in others for window in windows(blob)}
    assert not list(opened_by(small, {"tally": secrets["tally"]}, group_of_a))
    return opened


def test_with_the_staff_passphrase_and_every_file_of_a_kiosk_no_exact_sum_opens(
    data: Path, settings: Settings, own: KioskPrivateKey, passphrase: str
) -> None:
    seen, events = whole_sessions(data, settings)
    opened = everything_that_opens(seen, own, keys_on(data, own, passphrase), events)

    # What opens is a group, with the tally key, under the binding of its event alone.
    found: dict[bytes, NoisyGroup] = {}
    for blob, one in opened.items():
        found[blob] = unpack_group(one.content)
        assert found[blob].people == 10
        assert one.key == "tally"
        assert one.info in {group_binding(own.tally.public, event) for event in events.values()}
    made = groups_of(*(run.people for run in RUNS))
    assert len(made) == 15
    assert same(list(found.values()), made)

    # No count in it is that of its ten people, and theirs are in no file in the clear, nor are those of who waited.
    tens = [run.people[start : start + 10] for run in RUNS for start in range(0, len(run.people), 10)]
    for group, ten in zip(made, (ten for ten in tens if len(ten) == 10), strict=True):
        for question, counts in tally_of(ten).counts.items():
            assert all(group.counts[question][category] != count for category, count in counts.items())
    whole = b"".join(content for _, content in {pair for files in seen for pair in files.items()})
    assert not [ten for ten in tens if tally_of(ten).pack()[1:29] in whole]

    # Nobody is in two of them, and each comes whole, when its tenth person has answered.
    held = [frozenset(itertools.chain.from_iterable(itertools.starmap(blobs_of, files.items()))) for files in seen]
    shown = list(dict.fromkeys(blobs.intersection(opened) for blobs in held))
    assert [len(blobs) for blobs in shown] == list(range(16))
    for blobs, count in zip(shown, range(16), strict=True):
        assert same([found[blob] for blob in blobs], made[:count])
