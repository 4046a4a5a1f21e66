"""A kiosk's counts: released ten at a time and ten people late, so that nothing smaller than a sum of ten is written.

What is lost is little and is told: at most nineteen people at a restart, at most nine when an event is ended.
"""

import functools
import itertools
import shutil
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from cryptography.exceptions import InvalidTag
from msgspec.structs import replace

import storage.kiosk
import storage.pool
from content.survey import load_survey
from storage import armour, keys
from storage.database import wipe_journal
from storage.disclosure import Counts
from storage.errors import EventEndedError, KeyFileError, StoreDamagedError, StoreError
from storage.events import Event
from storage.folder import hold
from storage.keys import KioskPrivateKey, TallyPrivateKey, TallyPublicKey
from storage.kiosk import Kiosk
from storage.pool import BATCHES, Pool
from storage.sealing import Response, binding, suite
from storage.settings import EventDetails, Settings, Survey
from storage.tally import SEALED_BATCH_SIZE, Batch, BatchOpener, SealedBatch, Tally, batch_binding, seal_batch
from tests.storage.crashes import contents, journal_of
from tests.storage.people import KEY_ONLY, batch_of, people, released_by, tally_of, tens

Snapshot = dict[str, bytes]

STORES = {"responses.db", "responses.db-journal", "batches.db", "batches.db-journal"}


@pytest.fixture
def data(kiosk_set_up_once: Path, memory_folder: Path) -> Path:
    """Where flushing costs nothing."""
    return Path(shutil.copytree(kiosk_set_up_once, memory_folder / "data"))


@pytest.fixture
def kiosk(data: Path, settings: Settings) -> Iterator[Kiosk]:
    with hold(data):
        opened = Kiosk.open(data, settings)
        yield opened
        opened.close()


def answer(kiosk: Kiosk, responses: list[Response]) -> None:
    """As the survey does: kept first, then counted."""
    for response in responses:
        kiosk.keep(kiosk.seal(response))
        kiosk.count(response)


def numbers(counts: Counts) -> tuple[int, int, int, int]:
    """How many are held, in the counts, waiting, and left out."""
    return counts.held, counts.in_counts, counts.waiting, counts.left_out


def stored(kiosk: Kiosk, own: KioskPrivateKey) -> list[Batch]:
    """Every batch that an event's file holds; each must open."""
    pool = Pool(kiosk.data / "kiosk" / kiosk.event.folder_name / "batches.db", BATCHES)
    opener = BatchOpener(own.tally, kiosk.event)
    found = [opener.open(sealed) for sealed in pool.rows()]
    pool.close()
    return found


def same(found: list[Batch], expected: list[Batch]) -> bool:
    """The same batches, in any order: the file has its own."""
    return sorted(batch.pack() for batch in found) == sorted(batch.pack() for batch in expected)


def folder_of(kiosk: Kiosk) -> Path:
    return kiosk.data / "kiosk" / kiosk.event.folder_name


def snapshot(data: Path) -> Snapshot:
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def changed(before: Snapshot, after: Snapshot) -> set[str]:
    """The names of the files that are new, gone or different."""
    return {Path(name).name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def times(data: Path) -> dict[str, tuple[int, int]]:
    """Which files the batches and everything but the responses are, and when they were last written."""
    return {
        path.relative_to(data).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in data.rglob("*")
        if path.is_file() and not path.name.startswith("responses.db")
    }


# What is counted, and when


def test_after_every_response_the_counts_say_who_is_in_them_who_waits_and_who_is_left_out(
    kiosk: Kiosk, own: KioskPrivateKey
) -> None:
    everyone = people(45)
    for count in range(46):
        answer(kiosk, everyone[count - 1 : count] if count else [])
        released = released_by(count)
        counts = kiosk.counts(own.tally)
        assert numbers(counts) == (count, released, count - released, 0)
        assert released_by(count + counts.next_in) > released == released_by(count + counts.next_in - 1)
        assert kiosk.waiting == count - released <= 19
        assert kiosk.held() == count
        assert same(stored(kiosk, own), tens(everyone, released))
    assert not kiosk.ended
    assert released == 30


def test_a_batch_is_written_when_the_twentieth_and_every_tenth_after_come_and_nothing_of_a_tally_between(
    kiosk: Kiosk,
) -> None:
    written = []
    for count, response in enumerate(people(45), 1):
        sealed = kiosk.seal(response)
        start, start_times = snapshot(kiosk.data), times(kiosk.data)
        kiosk.keep(sealed)
        kept, kept_times = snapshot(kiosk.data), times(kiosk.data)
        assert "responses.db" in changed(start, kept)
        assert changed(start, kept) <= {"responses.db", "responses.db-journal"}
        assert kept_times == start_times
        kiosk.count(response)
        done, done_times = snapshot(kiosk.data), times(kiosk.data)
        assert done.keys() == start.keys()
        if changed(kept, done):
            written.append(count)
            assert "batches.db" in changed(kept, done)
            assert changed(kept, done) <= {"batches.db", "batches.db-journal"}
            assert not any(done[f"kiosk/{kiosk.event.folder_name}/batches.db-journal"])
        else:
            assert done_times == kept_times, "nor is the same written again"
    assert written == [20, 30, 40]


def test_looking_at_the_counts_writes_nothing(kiosk: Kiosk, own: KioskPrivateKey) -> None:
    answer(kiosk, people(33))
    before, before_times = snapshot(kiosk.data), times(kiosk.data)
    kiosk.counts(own.tally)
    assert kiosk.waiting == 13
    assert snapshot(kiosk.data) == before
    assert times(kiosk.data) == before_times


def test_the_tables_are_of_the_people_in_the_counts_and_of_nobody_else(kiosk: Kiosk, own: KioskPrivateKey) -> None:
    alike, others = [Response((1, 1, 1, 1))] * 30, [Response((9, 6, 5, 4))] * 19
    answer(kiosk, alike + others)
    counts = kiosk.counts(own.tally)
    assert numbers(counts) == (49, 30, 19, 0)
    for table, question in zip(counts.tables, load_survey().questions, strict=True):
        assert (table.question, table.people) == (question.id, 30)
        assert table.counts["prefer_not_to_say"] is None
        assert table.counts[question.category_of(1)] in {30, None}


def test_opening_many_batches_tells_how_far_it_is(kiosk: Kiosk, own: KioskPrivateKey) -> None:
    pool = Pool(folder_of(kiosk) / "batches.db", BATCHES)
    for _ in range(52):
        pool.add(seal_batch(batch_of(people(10)), own.tally.public, kiosk.event))
    pool.close()
    told: list[tuple[int, int]] = []
    assert kiosk.counts(own.tally, lambda done, of: told.append((done, of))).in_counts == 520
    assert told == [(0, 52), (25, 52), (50, 52)]


# A restart


@pytest.mark.parametrize("count", [0, 1, 9, 10, 19, 20, 29, 30, 39, 45])
def test_a_restart_loses_at_most_nineteen_people_and_says_how_many(
    count: int, data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    first, second = people(count), people(20, seed=1)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, first)
    kiosk.close()
    assert kiosk.waiting == 0, "nothing is left in memory"

    kiosk = Kiosk.open(data, settings)
    lost = count - released_by(count)
    assert lost <= 19
    assert numbers(kiosk.counts(own.tally)) == (count, released_by(count), 0, lost)
    answer(kiosk, second[:19])
    assert numbers(kiosk.counts(own.tally)) == (count + 19, released_by(count), 19, lost)
    answer(kiosk, second[19:])
    assert numbers(kiosk.counts(own.tally)) == (count + 20, released_by(count) + 10, 10, lost)
    assert same(stored(kiosk, own), [*tens(first, released_by(count)), batch_of(second[:10])])
    kiosk.close()


def test_however_often_a_kiosk_restarts_each_batch_is_of_one_run(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    expected = []
    for run, count in enumerate((9, 11, 19, 21, 1, 30)):
        everyone = people(count, seed=run)
        kiosk = Kiosk.open(data, settings)
        answer(kiosk, everyone)
        expected += tens(everyone, released_by(count))
        assert same(stored(kiosk, own), expected)
        kiosk.close()
    assert len(expected) == 3


# Ending an event


@pytest.mark.parametrize(
    ("count", "last"),
    [
        *((count, 0) for count in (0, 1, 9)),
        *((count, 10) for count in (10, 14, 20, 24, 30)),
        *((count, 15) for count in (15, 19, 25, 29, 37, 45)),
    ],
)
def test_ending_an_event_releases_fifteen_or_ten_and_leaves_out_at_most_nine(
    count: int, last: int, data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    everyone = people(count)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, everyone)
    before = released_by(count)
    start = snapshot(data)
    assert kiosk.left_at_end == count - before - last, "as staff are told beforehand"
    kiosk.end_event()
    assert kiosk.left_at_end == 0
    assert changed(start, snapshot(data)) - {"batches.db-journal"} == ({"ended", "batches.db"} if last else {"ended"})
    for _ in range(2):
        assert (folder_of(kiosk) / "ended").read_bytes() == b""
        assert kiosk.ended
        counts = kiosk.counts(own.tally)
        assert counts.ended
        rest = count - before - last
        assert numbers(counts) == (count, before + last, 0, rest)
        assert counts.next_in == 0
        assert rest <= 9
        expected = tens(everyone, before) + ([batch_of(everyone[before : before + last])] if last else [])
        assert same(stored(kiosk, own), expected)
        kiosk.close()
        kiosk = Kiosk.open(data, settings)
    kiosk.close()


def test_an_ended_event_takes_no_more_responses_even_after_a_restart(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, people(12))
    kiosk.end_event()
    before = snapshot(data)
    for _ in range(2):
        with pytest.raises(EventEndedError, match="new event"):
            kiosk.keep(kiosk.seal(*people(1)))
        assert numbers(kiosk.counts(own.tally)) == (12, 10, 0, 2)
        assert snapshot(data) == before
        kiosk.close()
        kiosk = Kiosk.open(data, settings)
    kiosk.close()


def test_ending_an_event_again_changes_nothing(data: Path, settings: Settings) -> None:
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, people(17))
    kiosk.end_event()
    before = snapshot(data)
    kiosk.end_event()
    kiosk.close()
    kiosk = Kiosk.open(data, settings)
    kiosk.end_event()
    kiosk.close()
    assert snapshot(data) == before


def test_ending_one_event_ends_no_other(data: Path, settings: Settings, own: KioskPrivateKey) -> None:
    first = Kiosk.open(data, settings)
    answer(first, people(10))
    first.end_event()
    first.close()
    second = Kiosk.open(data, another(settings))
    assert not second.ended
    answer(second, people(20, seed=1))
    assert numbers(second.counts(own.tally)) == (20, 10, 10, 0)
    assert same(stored(second, own), [batch_of(people(20, seed=1)[:10])])
    second.close()


def another(settings: Settings) -> Settings:
    """Of another event."""
    details = settings.event
    return replace(settings, event=EventDetails(name="Other", date=details.date, place=details.place))


@pytest.mark.parametrize("count", [4, 13, 18])
def test_ending_an_event_can_be_done_again_after_a_kill_between_its_two_writes(
    count: int, data: Path, settings: Settings, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is kept, `ended` is not."""
    killed = data.with_name("killed")
    last = {4: 0, 13: 10, 18: 15}[count]

    def kill(path: Path, content: bytes) -> None:
        assert (path.name, content) == ("ended", b"")
        shutil.copytree(data, killed)
        raise StoreError("as if killed")

    everyone = people(count)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, everyone)
    with monkeypatch.context() as patch:
        patch.setattr(storage.kiosk, "write_private", kill)
        with pytest.raises(StoreError):
            kiosk.end_event()

    # Killed: the next kiosk goes on, and ends the event at last.
    again = Kiosk.open(killed, settings)
    assert not again.ended
    assert numbers(again.counts(own.tally)) == (count, last, 0, count - last)
    answer(again, people(3, seed=1))
    again.end_event()
    assert numbers(again.counts(own.tally)) == (count + 3, last, 0, count + 3 - last)
    again.close()

    # Not killed: the event goes on in this one, and nobody comes twice.
    assert not kiosk.ended
    assert numbers(kiosk.counts(own.tally)) == (count, last, count - last, 0)
    answer(kiosk, people(3, seed=1))
    kiosk.end_event()
    more = 10 if count - last + 3 >= 10 else 0
    assert numbers(kiosk.counts(own.tally)) == (count + 3, last + more, 0, count + 3 - last - more)
    assert same(stored(kiosk, own), [batch_of(everyone[:last])] if last else [])
    kiosk.close()


def test_what_was_left_by_a_kill_while_ending_is_swept_at_opening(data: Path, settings: Settings) -> None:
    kiosk = Kiosk.open(data, settings)
    kiosk.close()
    before = snapshot(data)
    (folder_of(kiosk) / ".ended.0a1b2c3d.new").write_bytes(b"")
    kiosk = Kiosk.open(data, settings)
    assert not kiosk.ended
    kiosk.close()
    assert snapshot(data) == before


# A disk that is full


@dataclass
class FullDisk:
    """Fails the writing of batches, and of nothing else, so many times: before it is done, or after."""

    when: str
    failures: int
    patch: pytest.MonkeyPatch
    failed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        rewrite = Pool._rewrite

        def rewritten(pool: Pool[SealedBatch], connection: sqlite3.Connection, rows: list[bytes]) -> None:
            if self.when == "before commit" and self.fails(pool._path):
                raise sqlite3.OperationalError("database or disk is full")
            rewrite(pool, connection, rows)
            if self.when == "after commit" and self.fails(pool._path):
                raise sqlite3.OperationalError("disk I/O error")

        def wiped(path: Path) -> None:
            if self.when != "before commit" and self.fails(path):
                raise OSError(28, "No space left on device")
            wipe_journal(path)

        self.patch.setattr(Pool, "_rewrite", rewritten)
        self.patch.setattr(storage.pool, "wipe_journal", wiped)

    def fails(self, path: Path) -> bool:
        if path.name != "batches.db" or self.failed >= self.failures:
            return False
        self.failed += 1
        return True


MOMENTS = ["before commit", "after commit", "at the journal"]
"""A batch that failed after the commit is in the file: there, later tries fail at the journal."""


@pytest.mark.parametrize("failures", [1, 2, 13])
@pytest.mark.parametrize("when", MOMENTS)
def test_a_batch_that_cannot_be_written_harms_no_response_and_is_counted_once_when_it_can(
    when: str, failures: int, kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(52)
    with monkeypatch.context() as patch:
        disk = FullDisk(when, failures, patch)
        for count, response in enumerate(everyone, 1):
            answer(kiosk, [response])
            assert kiosk.held() == count
            released = released_by(count) if count >= 20 + failures else 0
            assert kiosk.waiting == count - released
        assert disk.failed == failures
    assert numbers(kiosk.counts(own.tally)) == (52, 40, 12, 0)
    assert same(stored(kiosk, own), tens(everyone, 40))
    kiosk.end_event()
    assert numbers(kiosk.counts(own.tally)) == (52, 50, 0, 2)
    assert same(stored(kiosk, own), tens(everyone, 50))


@pytest.mark.parametrize("when", MOMENTS)
def test_while_it_is_unsure_whether_a_batch_was_written_nobody_is_both_in_the_counts_and_waiting(
    when: str, kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        FullDisk(when, 3, patch)
        for count, response in enumerate(people(23), 1):
            answer(kiosk, [response])
            counts = kiosk.counts(own.tally)
            assert counts.in_counts + counts.waiting + counts.left_out == counts.held == count
    assert numbers(kiosk.counts(own.tally)) == (23, 10, 13, 0)


@pytest.mark.parametrize("when", MOMENTS)
def test_a_restart_after_a_batch_could_not_be_written_counts_nobody_twice(
    when: str, data: Path, settings: Settings, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(21)
    kiosk = Kiosk.open(data, settings)
    with monkeypatch.context() as patch:
        FullDisk(when, 100, patch)
        answer(kiosk, everyone)
        kiosk.close()
    kiosk = Kiosk.open(data, settings)
    released = 0 if when == "before commit" else 10
    assert numbers(kiosk.counts(own.tally)) == (21, released, 0, 21 - released)
    answer(kiosk, people(20, seed=1))
    assert numbers(kiosk.counts(own.tally)) == (41, released + 10, 10, 21 - released)
    assert same(stored(kiosk, own), [*tens(everyone, released), batch_of(people(20, seed=1)[:10])])
    kiosk.close()


@pytest.mark.parametrize("count", [10, 17, 19])
@pytest.mark.parametrize("when", MOMENTS)
def test_an_event_that_cannot_be_ended_goes_on_and_is_ended_once_when_it_can(
    when: str, count: int, kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(24)
    answer(kiosk, everyone[:count])
    with monkeypatch.context() as patch:
        FullDisk(when, 4, patch)
        for _ in range(2):
            with pytest.raises(StoreError, match="free space"):
                kiosk.end_event()
            assert not kiosk.ended
        answer(kiosk, everyone[count : count + 2])
        assert kiosk.held() == count + 2
    first = 10 if count < 15 else 15
    kiosk.end_event()
    assert kiosk.ended
    assert numbers(kiosk.counts(own.tally)) == (count + 2, first, 0, count + 2 - first)
    assert same(stored(kiosk, own), [batch_of(everyone[:first])])


@pytest.mark.parametrize("when", MOMENTS)
def test_nothing_smaller_than_ten_is_tried_when_more_come_after_an_end_that_failed(
    when: str, kiosk: Kiosk, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(41)
    answer(kiosk, everyone[:16])
    with monkeypatch.context() as patch:
        FullDisk(when, 1, patch)
        with pytest.raises(StoreError):
            kiosk.end_event()
    answer(kiosk, everyone[16:])
    assert same(stored(kiosk, own), [batch_of(everyone[:15]), batch_of(everyone[15:25])])
    assert numbers(kiosk.counts(own.tally)) == (41, 25, 16, 0)


# Which questions were asked


def test_a_kiosk_that_asks_the_key_question_alone_counts_it_alone(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    everyone = people(27, asked=KEY_ONLY)
    kiosk = Kiosk.open(data, replace(settings, survey=Survey(questions="key")))
    answer(kiosk, everyone)
    counts = kiosk.counts(own.tally)
    assert numbers(counts) == (27, 10, 17, 0)
    assert [(table.question, table.people) for table in counts.tables] == [("occupation", 10)]
    assert same(stored(kiosk, own), tens(everyone, 10))
    kiosk.close()


def test_an_event_whose_setting_changed_counts_for_each_question_those_who_were_asked_it(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    long, short = people(35), people(23, asked=KEY_ONLY)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, long)
    kiosk.close()
    kiosk = Kiosk.open(data, replace(settings, survey=Survey(questions="key")))
    for done in (0, 1, 19):
        answer(kiosk, short[kiosk.waiting : done])
        assert {table.question: table.people for table in kiosk.counts(own.tally).tables} == {
            "occupation": 20,
            "school": 20,
            "meals": 20,
            "degree": 20,
        }
    answer(kiosk, short[19:])
    counts = kiosk.counts(own.tally)
    assert numbers(counts) == (58, 30, 13, 15)
    assert {table.question: table.people for table in counts.tables} == {
        "occupation": 30,
        "school": 20,
        "meals": 20,
        "degree": 20,
    }
    kiosk.end_event()
    counts = kiosk.counts(own.tally)
    assert numbers(counts) == (58, 40, 0, 18)
    assert {table.question: table.people for table in counts.tables} == {
        "occupation": 40,
        "school": 20,
        "meals": 20,
        "degree": 20,
    }
    assert same(stored(kiosk, own), [*tens(long, 20), *tens(short, 20)])
    kiosk.close()


# Batches that are not this kiosk's, or not once


def insert(kiosk: Kiosk, *rows: bytes) -> None:
    """As another program would."""
    path = folder_of(kiosk) / "batches.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=PERSIST")
        connection.executemany("INSERT INTO batch VALUES (?)", ((row,) for row in rows))
    wipe_journal(path)


def rows_of(kiosk: Kiosk) -> list[bytes]:
    pool = Pool(folder_of(kiosk) / "batches.db", BATCHES)
    rows = [row.sealed for row in pool.rows()]
    pool.close()
    return rows


def test_a_batch_that_was_copied_within_the_file_is_counted_once(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, people(32))
    kiosk.close()
    expected = kiosk_counts(data, settings, own)
    assert numbers(expected) == (32, 20, 0, 12)
    insert(kiosk, *rows_of(kiosk), rows_of(kiosk)[0])
    assert len(rows_of(kiosk)) == 5
    found = kiosk_counts(data, settings, own)
    assert numbers(found) == numbers(expected)
    assert [(table.people, table.counts) for table in found.tables] == [
        (table.people, table.counts) for table in expected.tables
    ]


def kiosk_counts(data: Path, settings: Settings, own: KioskPrivateKey) -> Counts:
    """What a kiosk that starts now says."""
    kiosk = Kiosk.open(data, settings)
    try:
        return kiosk.counts(own.tally)
    finally:
        kiosk.close()


def test_a_batch_that_was_altered_or_is_of_another_kiosk_or_event_is_left_out(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, people(32))
    kiosk.close()
    expected = kiosk_counts(data, settings, own)
    batch, elsewhere = batch_of(people(10, seed=1)), replace(kiosk.event, place="York")
    (first, *_) = rows_of(kiosk)
    insert(
        kiosk,
        *(first[:place] + bytes((first[place] ^ 1,)) + first[place + 1 :] for place in (0, 1100, 1130, 1167)),
        seal_batch(batch, KioskPrivateKey.generate().tally.public, kiosk.event).sealed,
        seal_batch(batch, own.tally.public, elsewhere).sealed,
        suite().encrypt(
            b"\x01\x05\x05".ljust(32, b"\0"), own.tally.public.kem, batch_binding(own.tally.public, kiosk.event)
        ),
        bytes(SEALED_BATCH_SIZE),
    )
    assert len(rows_of(kiosk)) == 10
    found = kiosk_counts(data, settings, own)
    assert numbers(found) == numbers(expected) == (32, 20, 0, 12)
    assert [(table.people, table.counts) for table in found.tables] == [
        (table.people, table.counts) for table in expected.tables
    ]


def test_people_whose_batch_was_altered_are_left_out_and_new_ones_are_counted(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, people(32))
    kiosk.close()
    path = folder_of(kiosk) / "batches.db"
    content, (first, _) = path.read_bytes(), rows_of(kiosk)
    assert content.count(first) == 1
    path.write_bytes(content.replace(first, first[:-1] + bytes((first[-1] ^ 1,))))
    assert numbers(kiosk_counts(data, settings, own)) == (32, 10, 0, 22)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, people(20, seed=1))
    assert numbers(kiosk.counts(own.tally)) == (52, 20, 10, 22)
    kiosk.close()


# The file tells no order


def test_the_same_batches_give_the_same_file_whatever_their_order(memory_folder: Path) -> None:
    random = Random(0)  # noqa: S311 - stands in for sealed bytes
    for count, orders in ((4, 24), (23, 6)):
        rows = [SealedBatch(random.randbytes(SEALED_BATCH_SIZE)) for _ in range(count)]
        every = (
            list(itertools.permutations(rows)) if count == 4 else [random.sample(rows, count) for _ in range(orders)]
        )
        digests: dict[frozenset[SealedBatch], set[bytes]] = {}
        assert len(every) == orders
        for number, order in enumerate(every):
            folder = memory_folder / f"{count}-{number}"
            folder.mkdir()
            path = folder / "batches.db"
            Pool.create(path, BATCHES)
            pool = Pool(path, BATCHES)
            for done, row in enumerate(order, 1):
                pool.add(row)
                assert not any(journal_of(path).read_bytes())
                digests.setdefault(frozenset(order[:done]), set()).add(sha256(b"".join(contents(path))).digest())
            pool.close()
        assert {len(forms) for forms in digests.values()} == {1}


def test_a_kiosks_batches_lie_in_the_order_of_their_bytes(kiosk: Kiosk) -> None:
    answer(kiosk, people(60))
    with closing(sqlite3.connect(folder_of(kiosk) / "batches.db")) as connection:
        rows = connection.execute("SELECT rowid, sealed FROM batch ORDER BY rowid").fetchall()
    assert len(rows) == 5
    assert rows == list(enumerate(sorted(sealed for _, sealed in rows), 1))


# Files that are missing, damaged or somebody else's


def test_a_folder_without_a_tally_key_takes_answers_and_counts_go_on_once_it_is_unlocked(
    data: Path, settings: Settings, own: KioskPrivateKey, passphrase: str
) -> None:
    path = data / "kiosk" / "tally.pub"
    as_set_up_wrote_it = path.read_bytes()
    path.unlink()
    everyone = people(37)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, everyone[:35])
    assert numbers(kiosk.counts(own.tally)) == (35, 0, 35, 0)
    with pytest.raises(StoreError, match="unlock the staff area"):
        kiosk.end_event()
    assert not kiosk.ended
    assert not path.exists()
    assert kiosk.unlock(passphrase) == own
    assert path.read_bytes() == as_set_up_wrote_it
    answer(kiosk, everyone[35:36])
    assert numbers(kiosk.counts(own.tally)) == (36, 20, 16, 0)
    kiosk.end_event()
    assert numbers(kiosk.counts(own.tally)) == (36, 35, 0, 1)
    assert same(stored(kiosk, own), [*tens(everyone, 20), batch_of(everyone[20:35])])
    kiosk.close()
    assert numbers(kiosk_counts(data, settings, own)) == (36, 35, 0, 1)


def test_an_event_from_before_there_were_counts_gets_its_store_and_its_responses_stay(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    kiosk = Kiosk.open(data, settings)
    for response in people(12):
        kiosk.keep(kiosk.seal(response))
    kiosk.close()
    for name in ("batches.db", "batches.db-journal"):
        (folder_of(kiosk) / name).unlink()
    responses = (folder_of(kiosk) / "responses.db").read_bytes()
    kiosk = Kiosk.open(data, settings)
    assert numbers(kiosk.counts(own.tally)) == (12, 0, 0, 12)
    assert (folder_of(kiosk) / "responses.db").read_bytes() == responses
    answer(kiosk, people(20, seed=1))
    assert numbers(kiosk.counts(own.tally)) == (32, 10, 10, 12)
    kiosk.close()
    assert {path.name for path in folder_of(kiosk).iterdir()} == {"event.json", *STORES}
    Kiosk.open(data, settings).close()
    assert {path.name for path in (data / "kiosk").iterdir()} == {
        "kiosk.key",
        "kiosk.pub",
        "office.pub",
        "tally.pub",
        kiosk.event.folder_name,
    }


def test_the_tally_key_of_another_kiosk_is_refused_at_unlocking(
    data: Path, settings: Settings, own: KioskPrivateKey, passphrase: str
) -> None:
    path = data / "kiosk" / "tally.pub"
    other = KioskPrivateKey.generate().tally.public
    path.write_bytes(other.to_file())
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, people(20))
    with pytest.raises(KeyFileError, match="do not belong together"):
        kiosk.unlock(passphrase)
    assert TallyPublicKey.from_file(path) == other, "and it is left for somebody to look at"
    assert numbers(kiosk.counts(own.tally)) == (20, 0, 10, 10)
    kiosk.close()


@pytest.mark.parametrize("content", [b"", b"FAIRSTART TALLY PUBLIC KEY 1\nAAAA\n", b"FAIRSTART KIOSK PUBLIC KEY 1\n"])
def test_a_damaged_tally_key_is_reported_at_opening(data: Path, settings: Settings, content: bytes) -> None:
    path = data / "kiosk" / "tally.pub"
    path.write_bytes(content)
    before = snapshot(data)
    with pytest.raises(KeyFileError, match=r"tally\.pub"):
        Kiosk.open(data, settings)
    assert snapshot(data) == before


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "half a page": lambda content: content[:2048],
    "cut by a page": lambda content: content[:-4096],
    "no database": lambda _: b"not a database, but a text of some length" * 200,
    "header overwritten": lambda content: bytes(16) + content[16:],
    "schema overwritten": lambda content: content.replace(b"BLOB NOT NULL", b"TEXT NOT NULL"),
    "page of rows overwritten": lambda content: content[:4096] + b"\xa5" * 4096 + content[8192:],
    "another table": lambda content: content.replace(b'"batch"', b'"botch"'),
}


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_damaged_batches_stop_no_answer_are_left_as_they_are_and_counts_go_on_when_they_are_put_back(
    damage: str, data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    first, second = people(30), people(25, seed=1)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, first)
    kiosk.close()
    path = folder_of(kiosk) / "batches.db"
    whole = path.read_bytes()
    broken = DAMAGE[damage](whole)
    assert broken != whole
    path.write_bytes(broken)
    kiosk = Kiosk.open(data, settings)
    answer(kiosk, second[:24])
    assert (kiosk.held(), kiosk.waiting) == (54, 24)
    with pytest.raises(StoreDamagedError, match="batches"):
        kiosk.counts(own.tally)
    with pytest.raises(StoreDamagedError, match="batches"):
        kiosk.end_event()
    assert not kiosk.ended
    assert path.read_bytes() == broken
    path.write_bytes(whole)
    answer(kiosk, second[24:])
    assert numbers(kiosk.counts(own.tally)) == (55, 30, 15, 10)
    assert same(stored(kiosk, own), [*tens(first, 20), batch_of(second[:10])])
    kiosk.close()


def test_batches_that_are_gone_while_a_kiosk_runs_stop_no_answer(kiosk: Kiosk, own: KioskPrivateKey) -> None:
    (folder_of(kiosk) / "batches.db").unlink()
    answer(kiosk, people(21))
    assert (kiosk.held(), kiosk.waiting) == (21, 21)
    with pytest.raises(StoreDamagedError, match="missing"):
        kiosk.counts(own.tally)


# Fewer than ten can never be summed


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
    seen = [snapshot(data)]
    events = {}
    for run in RUNS:
        kiosk = Kiosk.open(data, of_event(settings, run))
        events[run.event] = kiosk.event
        for response in run.people:
            sealed = kiosk.seal(response)
            kiosk.keep(sealed)
            seen.append(snapshot(data))
            kiosk.count(response)
            seen.append(snapshot(data))
        if run.ends:
            kiosk.end_event()
            seen.append(snapshot(data))
        kiosk.close()
        seen.append(snapshot(data))
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
    """The stretches of a blob that are as long as a batch or a response, and the blob."""
    sizes = {len(blob), SEALED_BATCH_SIZE, 1152}
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


Group = tuple[int, int, int]
"""Run, first and last: people who came one after the other."""


def group_behind(batch: Batch, event: str) -> Group:
    """Whose sum a batch of an event is."""
    (group,) = [
        (number, start, start + batch.size)
        for number, run in enumerate(RUNS)
        for start in range(len(run.people) - batch.size + 1)
        if run.event == event and tally_of(run.people[start : start + batch.size]) == batch.tally
    ]
    return group


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
    """Of batches and of responses, for every event and for others, with every key's id."""
    some = events["A"]
    everywhere = {*events.values(), replace(some, name="Other"), replace(some, office_key_id=own.tally.public.id)}
    infos = {b"", *(binding(event) for event in everywhere)}
    infos |= {batch_binding(own.tally.public, event) for event in everywhere}
    for prefix in (b"fairstart sealed batch 1\0", b"fairstart sealed response 1\0"):
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
    assert opened.keys() == {row for row in rows if len(row) == SEALED_BATCH_SIZE}
    batch_of_a = {batch_binding(own.tally.public, events["A"])}
    small = {window for blob in others for window in windows(blob)}
    assert not list(opened_by(small, {"tally": secrets["tally"]}, batch_of_a))
    return opened


def test_with_the_staff_passphrase_and_every_file_of_a_kiosk_fewer_than_ten_peoples_answers_can_never_be_summed(
    data: Path, settings: Settings, own: KioskPrivateKey, passphrase: str
) -> None:
    seen, events = whole_sessions(data, settings)
    opened = everything_that_opens(seen, own, keys_on(data, own, passphrase), events)

    # What opens is a batch, with the tally key, under the binding of its event alone: the sum of ten or fifteen.
    groups: dict[bytes, Group] = {}
    for blob, found in opened.items():
        batch = Batch.unpack(found.content)
        assert found.key == "tally"
        assert {batch.tally.people(question) for question in batch.tally.asked} == {batch.size}
        (event,) = [name for name, event in events.items() if found.info == batch_binding(own.tally.public, event)]
        groups[blob] = group_behind(batch, event)
    assert sorted(groups.values()) == [
        *[(3, 0, 10), (3, 10, 20), (5, 0, 10), (6, 0, 10), (6, 10, 25)],
        *[(7, 0, 10), (7, 10, 20), (7, 20, 30), (8, 0, 10), (9, 0, 15)],
    ]

    # Nobody is in two of them, so no adding and subtracting parts them.
    members = [{(number, place) for place in range(start, end)} for number, start, end in groups.values()]
    assert sum(map(len, members)) == len(set().union(*members))
    for factors in itertools.product((0, 1), repeat=len(members)):
        assert sum(len(group) for factor, group in zip(factors, members, strict=True) if factor) not in range(1, 10)

    # What the files told at one time, less what they told at another, is the sum of nobody or of ten and more.
    told = [
        frozenset(itertools.chain.from_iterable(itertools.starmap(blobs_of, files.items()))).intersection(opened)
        for files in seen
    ]
    assert len(set(told)) == len(opened) + 1
    for earlier, later in itertools.combinations(dict.fromkeys(told), 2):
        part = Tally.total(Batch.unpack(opened[blob].content).tally for blob in later ^ earlier)
        assert all(part.people(question) >= 10 for question in part.asked)

    # Nor does a batch come with the last person in it: ten more came first, unless staff ended the event.
    assert told[-1] == opened.keys()
    for number, _, end in groups.values():
        assert RUNS[number].ends or len(RUNS[number].people) >= end + 10
