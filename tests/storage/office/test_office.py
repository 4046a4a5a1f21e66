"""What the office takes in and what it refuses, and that whatever goes wrong it never counts wrongly in silence."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import storage.exchange.exports
import storage.office.decrypting
import storage.office.office
from storage.counts.tally import Tally
from storage.crypto.keys import KioskPrivateKey, KioskPublicKey, OfficePrivateKey
from storage.crypto.sealing import NOT_ASKED, Response, SealedResponse
from storage.errors import ExportError, StoreDamagedError, StoreError
from storage.events import Event, write_event
from storage.exchange.exports import open_export
from storage.exchange.receipts import read_receipt
from storage.office.labels import LEVELS, MOST_PEOPLE, Scope
from storage.office.office import Office, UnknownKioskError
from storage.office_folder import NewOffice, make_office
from storage.private_files import make_private_folder
from tests.damage import altered
from tests.storage.counts.people import KEY_ONLY, people, tally_of
from tests.storage.disk import failing, files_of, no_file_longer_than
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    Inline,
    Numbers,
    Person,
    by,
    by_event,
    change,
    content_of,
    event,
    every_scope,
    export,
    failing_at_each_statement,
    nothing_changes,
    numbers_of,
    read,
    recount,
    sealed_for,
    sums,
)

FAIR = event("Riverside Jobs Fair", "2026-11-23", "Leeds", "outreach")
START = event("First day", "2026-09-01", "York", "starts")
STRANGER = KioskPrivateKey(b"a laptop that nobody has accepted")
OTHER_OFFICE = OfficePrivateKey(b"the office of another employer 1")


def refuse_to_open(*_: object) -> NoReturn:
    pytest.fail("a response was opened once more")


# Which laptops


@pytest.mark.parametrize("first", [0, 1])
def test_one_event_in_two_spellings_is_one_whichever_came_first(first: int, desk: Desk) -> None:
    spellings = (event("St John's Fair", "2026-11-23", "Town Hall"), event("st johns fair", "2026-11-23", "town-hall"))
    later = event("Spring Fair", "2027-03-02", "TOWN HALL")
    desk.bring_people(later, people(12))
    everyone: list[Person] = []
    for one in (spellings[first], spellings[1 - first]):
        desk.office.describe(later, 15, None)
        everyone += desk.bring_people(one, people(6, len(everyone)), LAPTOPS[len(everyone) // 6])
    for one in spellings:
        desk.office.describe(one, 12, 3)
    _, found = desk.office.events()
    assert (found.event, set(found.ids)) == (spellings[0], {one.id for one in spellings})
    assert (found.responses, found.waiting, found.kiosks, found.head_count, found.level) == (12, 12, 2, 12, 3)
    assert numbers_of(desk.counts(by_event(spellings[0]))) == recount([everyone])
    assert {label.value for scope in every_scope(desk.office) for label in scope.labels if label.kind == "place"} == {
        "Town Hall"
    }
    assert sums(desk.counts(by("place", "Town Hall")))[0] == 24
    assert desk.office.check() == 24


def test_a_laptop_is_accepted_once_however_often_somebody_says_so(desk: Desk) -> None:
    for _ in range(3):
        desk.office.accept(STRANGER.public)
    desk.reopen()
    assert len(desk.office.laptops.all()) == len(LAPTOPS) + 1
    assert desk.bring(export(FAIR, sealed_for(FAIR, people(3)), STRANGER)).new == 3


def test_an_export_of_an_unknown_laptop_is_refused_with_its_fingerprint_unopened_and_nothing_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = export(FAIR, sealed_for(FAIR, people(12)), STRANGER)
    with monkeypatch.context() as patch:
        patch.setattr(storage.office.decrypting, "open_chunk", refuse_to_open)
        with nothing_changes(desk), pytest.raises(UnknownKioskError) as caught:
            desk.bring(content)
    assert caught.value.kiosk == STRANGER.public
    assert STRANGER.public.fingerprint in caught.value.sentence
    assert FAIR.name in caught.value.sentence
    assert desk.office.events() == []
    desk.office.accept(caught.value.kiosk)
    assert desk.bring(content).new == 12


# What is refused


def test_a_tampered_export_is_refused_whole_and_the_store_stays_as_it_was_to_the_byte(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    whole = export(FAIR, sealed_for(FAIR, people(30, 1)))
    for place in (0, 18, 19, 1138, 1139, 9999, len(whole) - 17, len(whole) - 1):
        flipped = altered(whole, place)
        for content in (flipped, whole[:place], whole + bytes(place + 1)):
            with nothing_changes(desk), pytest.raises(ExportError) as caught:
                desk.bring(content)
            assert "\n" not in caught.value.sentence


def test_an_export_of_another_laptop_office_event_or_question_set_than_it_names_is_refused(desk: Desk) -> None:
    class Impostor(KioskPrivateKey):
        @property
        def public(self) -> KioskPublicKey:
            return LAPTOPS[0].public

    sealed = sealed_for(FAIR, people(3))
    theirs = msgspec.structs.replace(FAIR, office_key_id=OTHER_OFFICE.public.id)
    newer = msgspec.structs.replace(FAIR, question_set="smc-2031")
    moved = msgspec.structs.replace(FAIR, place="Hull")
    for content, why in (
        (export(FAIR, sealed, Impostor(STRANGER.seed)), "not signed"),
        (export(FAIR, sealed, office=OTHER_OFFICE), "another office"),
        (export(theirs, sealed_for(theirs, people(3))), "another office"),
        (export(newer, sealed_for(newer, people(3))), "newest version"),
        (export(FAIR, sealed_for(START, people(12))), FAIR.name),
        (export(FAIR, sealed_for(moved, people(12))), FAIR.name),
    ):
        with nothing_changes(desk), pytest.raises(ExportError, match=why):
            desk.bring(content)


def test_of_a_mixture_those_that_open_come_in_and_the_others_are_kept_told_and_in_no_count(desk: Desk) -> None:
    good, foreign = sealed_for(FAIR, people(12)), sealed_for(START, people(5, 1))
    broken = [SealedResponse(altered(one.sealed, 0)) for one in sealed_for(FAIR, people(2, 2))]
    content = export(FAIR, [*foreign, *good, *broken])
    brought = desk.bring(content)
    assert (brought.responses, brought.new, brought.unreadable) == (19, 19, 7)
    assert brought.receipt == storage.exchange.receipts.write_receipt(open_export(content, OFFICE), OFFICE), (
        "it covers all"
    )
    (one,) = desk.office.events()
    assert (one.responses, one.unreadable) == (19, 7)
    counts = desk.counts()
    assert sums(counts) == (19, 12, 0, 0, 7)
    assert [table.people for table in counts.tables] == [12] * 4
    kept = content_of(desk.path)["response"]
    assert {sealed for _, _, sealed, _ in kept} == {one.sealed for one in [*good, *foreign, *broken]}
    again = desk.bring(content)
    assert (again.responses, again.new, again.unreadable, again.receipt) == (19, 0, 0, brought.receipt)
    assert sums(desk.counts()) == (19, 12, 0, 0, 7)


def test_an_export_of_nobody_is_taken_and_receipted(desk: Desk) -> None:
    brought = desk.bring(export(FAIR, []))
    assert (brought.responses, brought.new, brought.unreadable) == (0, 0, 0)
    assert read_receipt(brought.receipt).event_id == FAIR.id
    (one,) = desk.office.events()
    assert (one.responses, one.kiosks) == (0, 1)
    assert sums(desk.counts()) == (0, 0, 0, 0, 0)


def test_bringing_an_export_again_writes_nothing_new_and_opens_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = sealed_for(FAIR, people(30))
    first = desk.bring(export(FAIR, sealed))
    desk.counts()
    before = content_of(desk.path), desk.waiting(), desk.groups()
    monkeypatch.setattr(storage.office.decrypting, "open_chunk", refuse_to_open)
    for again in (export(FAIR, sealed), export(FAIR, sealed), export(FAIR, sealed, LAPTOPS[1])):
        brought = desk.bring(again)
        assert (brought.responses, brought.new, brought.unreadable) == (30, 0, 0)
        assert (brought.receipt == first.receipt) == (brought.kiosk == LAPTOPS[0].public)
    assert (desk.waiting(), desk.groups()) == before[1:]
    assert content_of(desk.path)["response"] == before[0]["response"]
    (one,) = desk.office.events()
    assert one.kiosks == 2


def test_an_interrupted_import_keeps_nothing(desk: Desk) -> None:
    content = export(FAIR, sealed_for(FAIR, people(12)))
    with nothing_changes(desk), pytest.raises(KeyboardInterrupt):
        desk.office.bring(content, Inline(), failing(KeyboardInterrupt))
    assert desk.bring(content).new == 12


# Several at once


def test_the_same_export_brought_while_it_is_being_brought_counts_nobody_twice(desk: Desk) -> None:
    content = export(FAIR, sealed_for(FAIR, people(30)))
    meanwhile = threading.Event()

    def second(_done: float, _of: float) -> None:
        if not meanwhile.is_set():
            meanwhile.set()
            desk.bring(content)

    assert desk.office.bring(content, Inline(), second).new == 0
    assert sums(desk.counts()) == (30, 30, 0, 0, 0)
    assert sum(map(len, desk.groups().values())) == 30


def test_two_threads_that_bring_the_same_export_count_nobody_twice(desk: Desk) -> None:
    content = export(FAIR, sealed_for(FAIR, people(12)))
    both = threading.Barrier(2)

    def together(_done: float, _of: float) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(timeout=0.3)

    with ThreadPoolExecutor(2) as threads:
        for one in [threads.submit(desk.office.bring, content, Inline(), together) for _ in range(2)]:
            with contextlib.suppress(StoreError):
                one.result()
    assert sums(desk.counts()) == (12, 12, 0, 0, 0)


def test_threads_may_bring_different_exports_and_look_at_counts_all_at_once(desk: Desk) -> None:
    contents = [export(one, sealed_for(one, people(11, seed))) for seed, one in enumerate([FAIR, START] * 4)]
    with ThreadPoolExecutor(4) as threads:
        tasks = [threads.submit(desk.bring, content) for content in contents]
        looks = [threads.submit(desk.counts) for _ in range(8)]
        assert [task.result().new for task in tasks] == [11] * 8
        assert all(look.result().held >= look.result().in_counts for look in looks)
    assert sums(desk.counts()) == (88, 88, 0, 0, 0)


# A disk that is full or fails


def refused(desk: Desk, content: bytes) -> bool:
    """Whether the store cannot keep an export; no other error may leave it."""
    try:
        desk.bring(content)
    except StoreError as error:
        return "free space" in error.sentence or pytest.fail(error.sentence)
    return False


def test_an_export_is_kept_whole_or_not_at_all_whichever_statement_fails(desk: Desk) -> None:
    desk.bring_people(START, people(12))
    desk.counts()
    before = content_of(desk.path), desk.waiting()
    content = export(FAIR, [*sealed_for(FAIR, people(60, 1)), *sealed_for(START, people(3))])
    for _ in failing_at_each_statement(desk, lambda: desk.bring(content)):
        assert (content_of(desk.path), desk.waiting()) == before
    assert sums(desk.counts()) == (75, 72, 0, 0, 3)


@contextlib.contextmanager
def a_store_of_at_most(desk: Desk, more: int) -> Iterator[None]:
    """The disk has room for so many more pages."""
    connection = desk.office._store.connection
    ((pages,),) = connection.execute("PRAGMA page_count").fetchall()
    connection.execute(f"PRAGMA max_page_count={pages + more}")
    yield


@pytest.mark.parametrize(
    "room",
    [
        a_store_of_at_most,
        pytest.param(
            lambda _desk, pages: no_file_longer_than(pages * 4096),
            id="no_file_longer_than",
            marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="limits on files are a system call of Unix"),
        ),
    ],
)
def test_a_disk_that_is_full_at_any_page_keeps_nothing_of_an_export_and_takes_it_when_there_is_room(
    room: Callable[[Desk, int], contextlib.AbstractContextManager[None]], desk: Desk
) -> None:
    desk.bring_people(START, people(12))
    desk.counts()
    before, store = content_of(desk.path), desk.path.read_bytes()
    content = export(FAIR, sealed_for(FAIR, people(60, 1)))
    for tried in itertools.count():
        with room(desk, tried):
            failed = refused(desk, content)
        if not failed:
            break
        assert sums(desk.counts()) == (12, 12, 0, 0, 0)
        assert (content_of(desk.path), desk.path.read_bytes()) == (before, store)
    assert tried > 15
    assert sums(desk.counts()) == (72, 72, 0, 0, 0)
    desk.reopen()
    assert desk.office.check() == 72


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits on files are a system call of Unix")
def test_an_office_that_cannot_be_made_for_want_of_room_is_made_at_the_next_try(memory_folder: Path) -> None:
    data = memory_folder / "data"
    make_private_folder(data / "office")
    for tried in itertools.count():
        with contextlib.suppress(StoreError), no_file_longer_than(tried * 4096):
            office = Office.open(data, OFFICE)
            break
        assert not (data / "office" / "office.db").exists()
    assert tried > 0
    assert office.check() == 0
    office.close()
    assert {path.name for path in (data / "office").iterdir()} <= {"office.db", "office.db-journal"}


def test_an_office_without_its_folder_says_so(memory_folder: Path) -> None:
    with pytest.raises(StoreError, match=r"office\.db"):
        Office.open(memory_folder / "nowhere", OFFICE)
    assert not (memory_folder / "nowhere").exists()


# A store that is not what was written


def contacts(path: Path) -> None:
    """Another program's database."""
    path.unlink()
    change(path, "CREATE TABLE contacts (name)")


@pytest.mark.parametrize(
    "spoil",
    [
        *("PRAGMA user_version=2", "PRAGMA user_version=3", "PRAGMA user_version=1000"),
        *("PRAGMA user_version=0", "PRAGMA user_version=-1", "CREATE TABLE more (x)", "DROP TABLE handed"),
        "CREATE VIEW more AS SELECT * FROM event",
        "CREATE TRIGGER more AFTER INSERT ON response BEGIN DELETE FROM waiting; END",
        *(0, 1, 15, 100, 4095, 4096, 9000),
        *(b"no database", bytes(8192), b"SQLite format 3\x00" + bytes(8176)),
        contacts,
    ],
)
def test_a_file_that_is_no_store_or_none_of_this_version_is_refused_in_plain_words_and_left_as_it_is(
    spoil: str | int | bytes | Callable[[Path], None], desk: Desk
) -> None:
    desk.bring_people(FAIR, people(30))
    desk.office.close()
    match spoil:
        case str():
            change(desk.path, spoil)
        case int():
            desk.path.write_bytes(desk.path.read_bytes()[:spoil])
        case bytes():
            desk.path.write_bytes(spoil)
        case _:
            spoil(desk.path)
    newer = isinstance(spoil, str) and re.search(r"version=[1-9]", spoil)
    with nothing_changes(desk), pytest.raises(StoreError, match="newest version" if newer else "office.db") as caught:
        Office.open(desk.data, OFFICE)
    assert "\n" not in caught.value.sentence
    assert "office.db" in caught.value.sentence


def test_checking_a_store_finds_a_damaged_page_and_changes_nothing(desk: Desk) -> None:
    desk.bring_people(FAIR, people(40))
    assert desk.office.check() == 40
    desk.office.close()
    sound = desk.path.read_bytes()
    for (root,) in read(desk.path, "SELECT rootpage FROM sqlite_master"):
        content = bytearray(sound)
        start = (root - 1) * 4096
        content[start : start + 64] = os.urandom(64)
        desk.path.write_bytes(content)
        with pytest.raises(StoreDamagedError), contextlib.closing(Office.open(desk.data, OFFICE)) as office:
            office.check()
        assert desk.path.read_bytes() == content


def test_a_store_of_another_offices_key_is_not_opened_and_stays_as_it_is(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.office.close()
    before = desk.path.read_bytes()
    for may_write in (True, False):
        with pytest.raises(StoreError, match="does not belong to the office key"):
            Office.open(desk.data, OTHER_OFFICE, may_write=may_write)
    assert desk.path.read_bytes() == before


# Parts of it altered

VISIT = event("Visit", "2026-12-01", "Hull", "outreach")


@dataclass
class Filled:
    """A closed office whose people are known."""

    desk: Desk
    expected: dict[Scope, Numbers]

    def is_told_as_damaged(self) -> None:
        """Whatever is asked for, one sentence says so, and no byte changes."""
        for scope in self.expected:
            self.desk.reopen()
            with nothing_changes(self.desk), pytest.raises(StoreDamagedError) as caught:
                self.desk.counts(scope)
            assert "office.db is damaged" in caught.value.sentence
            assert "\n" not in caught.value.sentence
        with nothing_changes(self.desk), pytest.raises(StoreDamagedError):
            self.desk.office.check()
        self.desk.office.close()

    def shows_what_it_should(self) -> None:
        self.desk.reopen()
        assert {scope: numbers_of(self.desk.counts(scope)) for scope in self.expected} == self.expected


@pytest.fixture
def filled(desk: Desk) -> Filled:
    """Two groups of one event, one of two events, four people who wait, and a response that does not open."""
    first = desk.bring_people(FAIR, people(30))
    desk.counts()
    second = desk.bring_people(FAIR, people(12, 1))
    third = desk.bring_people(FAIR, people(4, 3, KEY_ONLY)) + desk.bring_people(VISIT, people(7, 4, KEY_ONLY))
    desk.bring(export(START, [*sealed_for(START, people(4, 2)), *sealed_for(FAIR, people(1, 9))]))
    expected = {Scope(): recount([first, second, third]), by_event(FAIR): recount([first, second])}
    found = Filled(desk, expected)
    assert {scope: numbers_of(desk.counts(scope)) for scope in expected} == expected
    assert sums(desk.counts()) == (58, 53, 0, 4, 1)
    assert sums(desk.counts(by_event(FAIR))) == (46, 42, 4, 0, 0)
    assert desk.office.check() == 58
    desk.office.close()
    return found


SPOIL = "UPDATE noisy_group SET counts = x'{}' WHERE number = 1"
EXCHANGE = (
    "UPDATE {table} SET {column} = other.{column} FROM (SELECT * FROM {table}) AS other"
    " WHERE {table}.{key} IN (SELECT {key} FROM {table} ORDER BY {key} LIMIT 2)"
    " AND other.{key} IN (SELECT {key} FROM {table} ORDER BY {key} LIMIT 2) AND other.{key} != {table}.{key}"
)
"""Lets the first two rows of a table change places in one column."""
ONE = "UPDATE response SET {} WHERE rowid = (SELECT min(rowid) FROM response WHERE together = 1)"
"""Alters one response of the first group."""
SPOILT = [b"", b"x", bytes(12), bytes(28), bytes(156), bytes(144), bytes(4000)]


def test_each_flipped_byte_of_a_group_is_told_as_damage(filled: Filled) -> None:
    ((counts,),) = read(filled.desk.path, "SELECT counts FROM noisy_group WHERE number = 1")
    for place in range(0, len(counts), 11):
        flipped = altered(counts, place)
        change(filled.desk.path, "UPDATE noisy_group SET counts = ? WHERE number = 1", flipped)
        filled.is_told_as_damaged()
    change(filled.desk.path, "UPDATE noisy_group SET counts = ? WHERE number = 1", counts)
    filled.shows_what_it_should()


@pytest.mark.parametrize(
    "statement",
    [
        # groups
        *(SPOIL.format(spoilt.hex()) for spoilt in SPOILT),
        *(EXCHANGE.format(table="noisy_group", column=column, key="number") for column in ("counts", "people")),
        "UPDATE noisy_group SET counts = (SELECT counts FROM noisy_group WHERE number = 2) WHERE number = 1",
        "UPDATE noisy_group SET number = 77 WHERE number = 1",
        "UPDATE noisy_group SET number = -1 WHERE number = 1",
        "UPDATE noisy_group SET people = 29 WHERE number = 1",
        "UPDATE noisy_group SET people = -30 WHERE number = 1",
        "UPDATE noisy_group SET people = 1 << 62 WHERE number = 1",
        "DELETE FROM noisy_group WHERE number = 1",
        "DELETE FROM noisy_group",
        "INSERT INTO noisy_group SELECT 9, people, counts FROM noisy_group WHERE number = 1",
        # their members
        "UPDATE member SET people = people + 1 WHERE together = 1",
        "UPDATE member SET people = 11 - people WHERE together = 3",
        "UPDATE member SET people = 1 << 40 WHERE together = 1",
        "UPDATE member SET people = -30 WHERE together = 1",
        "UPDATE member SET together = 7 WHERE together = 2",
        "UPDATE member SET event = zeroblob(16) WHERE together = 1",
        "UPDATE member SET event = zeroblob(15) WHERE together = 1",
        "UPDATE member SET event = (SELECT event FROM waiting) WHERE together = 1",
        "DELETE FROM member WHERE together = 2",
        "DELETE FROM member WHERE together = 3 AND people = 4",
        "DELETE FROM member",
        "INSERT INTO member SELECT 1, event, 1 FROM waiting",
        "INSERT INTO member SELECT 9, event, people FROM member WHERE together = 1",
        # responses
        ONE.format("together = 2"),
        ONE.format("together = 3"),
        ONE.format("together = 77"),
        ONE.format("together = -1"),
        ONE.format("together = NULL"),
        "UPDATE response SET together = NULL",
        "UPDATE response SET together = 1 WHERE event = (SELECT event FROM waiting)",
        ONE.format("asked = 1"),
        "UPDATE response SET asked = 1 WHERE together = 1",
        ONE.format("asked = 0"),
        ONE.format("asked = NULL"),
        ONE.format("asked = 300"),
        "UPDATE response SET asked = 15 WHERE asked = 0",
        "UPDATE response SET asked = 7 WHERE together IS NULL AND asked = 15",
        ONE.format("event = zeroblob(16)"),
        "UPDATE response SET event = zeroblob(16) WHERE asked = 0",
        ONE.format("event = (SELECT event FROM member WHERE people = 7)"),
        "INSERT INTO response SELECT event, zeroblob(16), sealed, asked, together FROM response WHERE asked LIMIT 1",
        "DELETE FROM response WHERE rowid = (SELECT min(rowid) FROM response WHERE together = 1)",
        "DELETE FROM response WHERE together IS NULL AND asked",
        "DELETE FROM response",
        # those who wait
        "UPDATE waiting SET people = 3",
        "UPDATE waiting SET people = 12",
        "UPDATE waiting SET people = 0",
        "UPDATE waiting SET people = -4",
        "UPDATE waiting SET people = 'four'",
        "UPDATE waiting SET asked = 1",
        "UPDATE waiting SET asked = 0",
        "UPDATE waiting SET asked = 256",
        "UPDATE waiting SET event = zeroblob(16)",
        "UPDATE waiting SET event = (SELECT event FROM member WHERE people = 7)",
        "DELETE FROM waiting",
        "INSERT INTO waiting SELECT event, 1, people, tally FROM waiting",
        "INSERT INTO waiting SELECT zeroblob(16), asked, people, tally FROM waiting",
        # events
        "UPDATE event SET described = '{}'",
        "UPDATE event SET described = zeroblob(9)",
        "UPDATE event SET described = CAST(replace(CAST(described AS TEXT), 'Leeds', 'Leedz') AS BLOB)",
        "UPDATE event SET id = zeroblob(16) WHERE id = (SELECT min(id) FROM event)",
        "UPDATE event SET described = CAST(replace(CAST(described AS TEXT), 'Leeds', char(27)) AS BLOB)",
        "UPDATE event SET described = CAST(x'ff' AS TEXT)",
        "UPDATE event SET level = 1",
        "UPDATE event SET level = 'high'",
        "UPDATE event SET head_count = -1",
        "UPDATE event SET head_count = 1 << 60",
        "DELETE FROM event WHERE id = (SELECT event FROM waiting)",
        "DELETE FROM event",
    ],
)
@pytest.mark.sampled
def test_a_store_with_an_altered_row_is_told_as_damaged_and_nothing_is_written(statement: str, filled: Filled) -> None:
    before = files_of(filled.desk.data)
    change(filled.desk.path, statement)
    assert files_of(filled.desk.data) != before
    filled.is_told_as_damaged()


@pytest.mark.parametrize("value", [None, 7.5, "text", b"\x00"])
@pytest.mark.parametrize(
    "column",
    [
        "waiting.people",
        "waiting.tally",
        "waiting.event",
        "noisy_group.counts",
        "member.people",
        "event.described",
        "response.event",
    ],
)
@pytest.mark.sampled
def test_a_value_of_another_kind_is_told_as_damage_by_whatever_needs_it(
    column: str, value: object, filled: Filled
) -> None:
    table, name = column.split(".")
    change(filled.desk.path, f"UPDATE {table} SET {name} = ?", value)  # noqa: S608 - our names
    filled.desk.reopen()
    with pytest.raises(StoreDamagedError):
        _ = filled.desk.counts(), filled.desk.bring_people(START, people(6))


@pytest.mark.parametrize("value", [None, 7.5, b"short"])
def test_a_laptops_key_that_was_altered_is_told_as_damage(value: object, filled: Filled) -> None:
    change(filled.desk.path, "UPDATE kiosk SET key = ?", value)
    filled.desk.reopen()
    with pytest.raises(StoreDamagedError):
        filled.desk.office.laptops.all()


@pytest.mark.parametrize("statement", ["DELETE FROM handed", "DELETE FROM kiosk"])
def test_who_handed_over_is_in_no_count(statement: str, filled: Filled) -> None:
    change(filled.desk.path, statement)
    filled.shows_what_it_should()


@pytest.mark.parametrize(
    "part", ["id = zeroblob(16)", "id = NULL", "sealed = zeroblob(1152)", "sealed = NULL", "sealed = 'x'"]
)
def test_a_response_that_was_exchanged_is_found_by_a_check_and_before_it_is_in_a_group(
    part: str, filled: Filled
) -> None:
    for where in ("together = 1", "together IS NULL AND asked"):
        filled.desk.office.close()
        query = f"UPDATE response SET {part} WHERE rowid = (SELECT min(rowid) FROM response WHERE {where})"  # noqa: S608 - ours
        change(filled.desk.path, query)
        filled.shows_what_it_should()
        with nothing_changes(filled.desk), pytest.raises(StoreDamagedError):
            filled.desk.office.check()
    filled.desk.bring_people(START, people(6, 7))
    with nothing_changes(filled.desk), pytest.raises(StoreDamagedError):
        filled.desk.counts()


@pytest.mark.parametrize("tally", SPOILT, ids=len)
def test_a_sum_of_those_who_wait_that_was_altered_is_told_before_anybody_joins_them_or_they_are_a_group(
    tally: bytes, filled: Filled
) -> None:
    change(filled.desk.path, "UPDATE waiting SET tally = ?", tally)
    filled.shows_what_it_should()
    before = filled.desk.path.read_bytes()
    with pytest.raises(StoreDamagedError):
        filled.desk.bring_people(START, people(6, 7))
    assert filled.desk.path.read_bytes() == before
    filled.desk.bring_people(event("Second day", "2026-09-02", "York", "starts"), people(9, 8))
    before = filled.desk.path.read_bytes()
    with pytest.raises(StoreDamagedError):
        filled.desk.counts()
    assert filled.desk.path.read_bytes() == before


@pytest.mark.parametrize("exchanged", ["older", "of another event"])
def test_an_exchanged_sum_of_those_who_wait_is_told_before_they_are_a_group(exchanged: str, desk: Desk) -> None:
    desk.bring_people(FAIR, people(8))
    ((older,),) = read(desk.path, "SELECT tally FROM waiting")
    desk.bring_people(FAIR if exchanged == "older" else VISIT, people(8, 1))
    desk.office.close()
    if exchanged == "older":
        change(desk.path, "UPDATE waiting SET tally = ?", older)
    else:
        change(desk.path, EXCHANGE.format(table="waiting", column="tally", key="event"))
        assert read(desk.path, "SELECT tally FROM waiting WHERE event = ?", FAIR.id) != [(older,)]
    desk.reopen()
    with nothing_changes(desk), pytest.raises(StoreDamagedError):
        desk.counts()


def test_nobody_counts_twice_after_responses_were_removed_and_their_export_brought_again(desk: Desk) -> None:
    for looked in (False, True):
        one = (FAIR, START)[looked]
        sealed = [person[0] for person in desk.bring_people(one, people(30))]
        if looked:
            desk.counts()
        desk.office.close()
        change(desk.path, "DELETE FROM response WHERE rowid IN (SELECT rowid FROM response LIMIT 14)")
        desk.reopen()
        desk.bring(export(one, sealed))
        with nothing_changes(desk), pytest.raises(StoreDamagedError):
            desk.counts()
        desk.office.close()
        desk.path.unlink()
        desk = Desk.at(desk.data)
    desk.office.close()


def test_pages_that_go_bad_while_groups_are_made_are_told_as_damage(desk: Desk) -> None:
    desk.bring_people(FAIR, people(40))
    desk.office.close()
    content = bytearray(desk.path.read_bytes())
    ((root,),) = read(desk.path, "SELECT rootpage FROM sqlite_master WHERE name = 'response'")
    start = (root - 1) * 4096
    content[start : start + 64] = bytes(range(64))
    desk.path.write_bytes(content)
    desk.reopen()
    with nothing_changes(desk), pytest.raises(StoreDamagedError):
        desk.counts()


# What is known of events


def test_events_come_newest_first_then_by_name(desk: Desk) -> None:
    same_day = [event(name, "2026-11-23") for name in ("Beta", "Alpha", "alpine")]
    others = [event("Last", "2026-11-24"), event("First", "2025-12-31")]
    for number, one in enumerate([*same_day, *others]):
        desk.bring_people(one, people(number + 1), LAPTOPS[number % 2])
        desk.bring_people(one, people(2, 1), LAPTOPS[2])
    found = desk.office.events()
    assert [one.event.name for one in found] == ["Last", "Alpha", "Beta", "alpine", "First"]
    assert [one.responses for one in found] == [6, 4, 3, 5, 7]
    assert {(one.kiosks, one.unreadable, one.head_count, one.level) for one in found} == {(2, 0, None, None)}


def test_an_event_belongs_to_the_calendar_quarter_of_its_date(desk: Desk) -> None:
    quarters = {
        "2026 Q1": {"2026-01-01", "2026-03-31"},
        "2026 Q2": {"2026-04-01", "2026-06-30"},
        "2026 Q3": {"2026-07-01", "2026-09-30"},
        "2026 Q4": {"2026-10-01", "2026-12-31"},
        "2027 Q1": {"2027-01-01"},
        "1 Q1": {"0001-01-01"},
        "9999 Q4": {"9999-12-31"},
    }
    for date in set().union(*quarters.values()):
        desk.bring_people(event(date=date), people(11))
    assert {one.quarter for one in desk.office.events()} == quarters.keys()
    for quarter, dates in quarters.items():
        assert by("quarter", quarter) in every_scope(desk.office)
        counts = desk.counts(by("quarter", quarter))
        assert {one.date.isoformat() for one in counts.events} == dates
        assert counts.in_counts == 11 * len(dates)


def test_a_head_count_and_a_level_are_noted_changed_and_taken_back_and_no_export_touches_them(desk: Desk) -> None:
    sealed = [sealed for sealed, _ in desk.bring_people(FAIR, people(12))]
    desk.bring_people(START, people(3))
    for head_count, level in [(12, 2), (MOST_PEOPLE, 7), (None, 3), (40, None), (None, None)]:
        desk.office.describe(FAIR, head_count, level)
        desk.bring(export(FAIR, sealed, LAPTOPS[1]))
        desk.reopen()
        found = {one.event: (one.head_count, one.level) for one in desk.office.events()}
        assert found == {FAIR: (head_count, level), START: (None, None)}


@pytest.mark.parametrize(
    ("head_count", "level"),
    [(11, None), (0, None), (-1, 3), (MOST_PEOPLE + 1, None), (20, min(LEVELS) - 1), (20, 8), (None, 0)],
)
def test_a_head_count_or_level_beyond_belief_is_refused_and_nothing_is_noted(
    head_count: int | None, level: int | None, desk: Desk
) -> None:
    desk.bring_people(FAIR, people(12))
    desk.office.describe(FAIR, 15, 4)
    with nothing_changes(desk), pytest.raises(ValueError, match=r"12 responses|more than 1,000,000|2, 3, 4, 5, 6, 7"):
        desk.office.describe(FAIR, head_count, level)
    (one,) = desk.office.events()
    assert (one.head_count, one.level) == (15, 4)


def test_an_event_that_never_came_cannot_be_described(desk: Desk) -> None:
    desk.bring_people(FAIR, people(3))
    before = content_of(desk.path)
    with pytest.raises(ValueError, match="nothing was brought in"):
        desk.office.describe(START, 5, 3)
    assert content_of(desk.path) == before


# Names that somebody chose badly, or too well

NAMES = [
    "",
    " ",
    "'); DROP TABLE event; --",
    "%s {0} {name} $HOME `id`",
    "[bold red]Fair[/]",
    "../../office/office.key",
    "<script>alert(1)</script>",
    "Café Fair",
    "Cafe\u0301 Fair",
    "日本語の就職フェア" * 20,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 48,
    "שלום \ufeff مرحبا",
    "\u00a0\u2003",
    "x" * 240,
    "\U0010ffff",
    "null",
    "all",
    "Z\u0351\u036b\u0343\u036a\u0302" * 40,
]


def test_events_with_any_name_and_place_that_a_laptop_may_send_are_counted_each_for_itself(desk: Desk) -> None:
    for number, name in enumerate(NAMES):
        desk.bring_people(
            msgspec.structs.replace(FAIR, name=name, place=NAMES[number - 5]), people(10 + number, number)
        )
    found = {one.event.name: one.responses for one in desk.office.events()}
    assert found == {name: 10 + number for number, name in enumerate(NAMES)}
    for scope in every_scope(desk.office):
        counts = desk.counts(scope)
        assert counts.in_counts == counts.held == sum(found[one.name] for one in counts.events) > 0
        if scope.value("event"):
            assert len(counts.events) == 1
        if scope.value("place"):
            assert len(counts.events) == {"Cafe\u0301 Fair": 2, "": 3}.get(scope.value("place"), 1)
    desk.reopen()
    assert desk.counts().in_counts == sum(found.values())


@pytest.mark.parametrize(
    "spoilt", ["\\u0000", "\\u001b[2J", "\\u202e", "\\u200f", "\\u061c", "\\n", "\\ud800", "x" * 241, '", "more": "']
)
def test_a_name_that_could_steer_a_terminal_or_is_none_is_refused_whole(
    spoilt: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(one: Event) -> bytes:
        return write_event(one).replace(b"Riverside Jobs Fair", spoilt.encode())

    sealed = sealed_for(FAIR, people(12))
    with monkeypatch.context() as patch:
        patch.setattr(storage.exchange.exports, "write_event", spoil)
        content = export(FAIR, sealed)
    with nothing_changes(desk), pytest.raises(ExportError) as caught:
        desk.bring(content)
    assert caught.value.sentence.isprintable()


def test_a_laptop_that_writes_an_event_in_another_layout_adds_to_the_same_event(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.bring_people(FAIR, people(6))
    before = content_of(desk.path)["event"]
    with monkeypatch.context() as patch:
        patch.setattr(storage.exchange.exports, "write_event", msgspec.json.encode)
        content = export(FAIR, sealed_for(FAIR, people(6, 1)), LAPTOPS[1])
    desk.bring(content)
    assert content_of(desk.path)["event"] == before
    assert sums(desk.counts()) == (12, 12, 0, 0, 0)


# What stays secret


def test_a_second_look_opens_no_response(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed, one in enumerate([FAIR, START, FAIR]):
        desk.bring_people(one, people(14, seed))
    before = {scope: desk.counts(scope) for scope in every_scope(desk.office)}
    calls: list[object] = []
    monkeypatch.setattr(storage.office.decrypting, "open_chunk", calls.append)
    monkeypatch.setattr(storage.office.office, "Openings", calls.append)
    desk.reopen()
    with nothing_changes(desk):
        assert {scope: desk.counts(scope) for scope in every_scope(desk.office)} == before
    assert calls == []


def test_no_file_of_the_office_holds_an_answer_its_seed_or_a_key_in_plain(memory_folder: Path) -> None:
    data = memory_folder / "data"
    make_office(data, NewOffice(OFFICE, "ample crimson badge of the coordinator"))
    desk = Desk.at(data)
    everybody = [*people(12), *people(1, 1, KEY_ONLY), *people(1, 2)]
    for part in (everybody[:12], everybody[12:13], everybody[13:]):
        desk.bring_people(FAIR, part)
    desk.counts()
    secrets = {one.pack() for one in everybody} | {Tally.of(one).pack() for one in everybody}
    secrets |= {bytes(one.codes) for one in everybody if NOT_ASKED not in one.codes and len(set(one.codes)) > 3}
    secrets |= {tally_of(everybody[:12]).pack(), OFFICE.seed, OFFICE.derive(b"fairstart office tallies 1")}
    secrets |= {OFFICE.seed.hex().encode()}
    for when in ("open", "closed"):
        files = files_of(data)
        assert {"office/office.db", "office/office.key"} <= files.keys()
        for name, content in files.items():
            found = [secret.hex() for secret in secrets if len(secret) > 4 and secret in content]
            assert not found, f"{when}: {name} holds {found}"
        desk.office.close()


def test_the_sum_of_one_person_is_kept_in_bytes_that_only_this_office_can_read(desk: Desk) -> None:
    alike, different = Response((1, 1, 1, 1)), Response((9, 6, 5, 4))
    events = [event(f"Event {number}") for number in range(3)]
    for where, one in zip(events, (alike, alike, different), strict=True):
        desk.bring_people(where, [one])
    tallies = [tally for (tally,) in read(desk.path, "SELECT tally FROM waiting")]
    assert {len(tally) for tally in tallies} == {12 + 116 + 16}
    assert len({tally[:12] for tally in tallies}) == 3
    assert len({tally[12:28] for tally in tallies}) == 3
    for one in (alike, different):
        assert not any(Tally.of(one).pack()[:20] in tally for tally in tallies)
    with nothing_changes(desk), pytest.raises(StoreDamagedError):
        Office(desk.data, desk.office._store, OTHER_OFFICE)._groups._unseal(
            tallies[0], b"waiting\0" + events[0].id + b"\x0f"
        )


def test_the_sum_of_those_who_wait_and_a_group_are_sealed_as_the_format_says(desk: Desk) -> None:
    key = HKDF(SHA256(), 32, salt=None, info=b"fairstart office tallies 1").derive(OFFICE.seed)
    everybody = [*people(3), *people(9, 1)]
    here = desk.bring_people(FAIR, everybody[:3]) + desk.bring_people(FAIR, everybody[3:])
    ((asked, waiting, tally),) = read(desk.path, "SELECT asked, people, tally FROM waiting")
    assert (asked, waiting) == (15, 12)
    plain = ChaCha20Poly1305(key).decrypt(tally[:12], tally[12:], b"waiting\0" + FAIR.id + b"\x0f")
    assert plain == tally_of(everybody).pack()
    desk.counts()
    ((number, grouped, counts),) = read(desk.path, "SELECT number, people, counts FROM noisy_group")
    assert (number, grouped) == (1, 12)
    bound = b"group\0" + (1).to_bytes(8, "big") + FAIR.id + (12).to_bytes(4, "big")
    record = ChaCha20Poly1305(key).decrypt(counts[:12], counts[12:], bound)
    expected = b"\x01\x0f" + (12).to_bytes(4, "big")
    for _, _, _, noisy in recount([here]):
        expected += b"".join(count.to_bytes(4, "big", signed=True) for count in noisy.values()).ljust(28, b"\0")
    assert record == expected.ljust(128, b"\0")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_files_of_the_office_are_its_owners_alone(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    assert {path.stat().st_mode & 0o777 for path in desk.path.parent.iterdir()} == {0o600}
