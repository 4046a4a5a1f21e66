"""A journal that would take back what was kept is not rolled back; one of a write that was interrupted is."""

import os
import shutil
import struct
from pathlib import Path
from random import Random

import pytest

from storage import database
from storage.database import LARGE_PAGES
from storage.errors import StoreDamagedError
from storage.kiosk.pool import RESPONSES, Pool, checksum
from tests.damage import altered
from tests.storage.disk import files_of
from tests.storage.kiosk.crashes import contents, interrupt, journal_of, make_pool, put_back, random_responses

MAGIC = bytes.fromhex("d9d505f920a163d7")
PEOPLE = 100


@pytest.fixture
def path(memory_folder: Path) -> Path:
    return make_pool(memory_folder / "pool", random_responses(PEOPLE))


def forged(pages: int, records: int = 0) -> bytes:
    """A journal without any page, of a database that had so many."""
    return (MAGIC + struct.pack(">iIIII", records, 7, pages, 512, LARGE_PAGES)).ljust(512, b"\0")


@pytest.mark.parametrize("pages", [0, 1, 2, 5, 13])
@pytest.mark.parametrize("records", [0, -1, 3])
def test_a_forged_journal_that_would_cut_a_pool_is_told_and_left_as_it_is(path: Path, pages: int, records: int) -> None:
    journal_of(path).write_bytes(forged(pages, records))
    before = files_of(path.parent)
    with pytest.raises(StoreDamagedError) as caught:
        Pool(path, RESPONSES).check()
    assert "--set-aside" in caught.value.sentence
    assert files_of(path.parent) == before


@pytest.mark.parametrize("behind", [2, 3, 9, 30])
def test_a_journal_from_before_is_not_rolled_back_over_those_who_came_since(path: Path, behind: int) -> None:
    path.unlink()
    journal_of(path).unlink()
    path.parent.rmdir()
    everyone = random_responses(PEOPLE)
    make_pool(path.parent, everyone[: PEOPLE - behind])
    interrupt(path)
    old = journal_of(path).read_bytes()
    pool = Pool(path, RESPONSES)
    pool.check()
    for sealed in everyone[PEOPLE - behind :]:
        pool.add(sealed)
    pool.close()
    put_back(path, (path.read_bytes(), old))
    before = files_of(path.parent)
    with pytest.raises(StoreDamagedError, match=r"would take back responses|is damaged"):
        Pool(path, RESPONSES).check()
    assert files_of(path.parent) == before


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 40))])
def test_whatever_the_journal_holds_no_pool_that_opens_has_lost_a_row(seed: int, path: Path) -> None:
    random = Random(seed)  # noqa: S311 - chooses what is changed
    everyone = set(random_responses(PEOPLE))
    whole = contents(path)
    interrupt(path)
    torn = contents(path)
    opened = 0
    for _ in range(40):
        journal = bytearray(random.choice((torn[1], forged(random.randrange(20), random.randrange(-1, 9)) + torn[1])))
        for _ in range(random.randrange(3)):
            journal[random.randrange(len(journal))] = random.randrange(256)
        put_back(path, (whole[0], bytes(journal[: random.choice((len(journal), 512, random.randrange(len(journal))))])))
        before = files_of(path.parent)
        pool = Pool(path, RESPONSES)
        try:
            pool.check()
            assert set(pool.rows()) == everyone
            opened += 1
        except StoreDamagedError:
            assert files_of(path.parent) == before
        pool.close()
    assert opened


def test_the_header_of_a_journal_is_blank_on_the_disk_before_the_rest_is_touched(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(path)
    was, flush = journal_of(path).read_bytes(), os.fsync
    flushed: list[bytes] = []

    def watched(descriptor: int) -> None:
        flush(descriptor)
        flushed.append(journal_of(path).read_bytes())

    monkeypatch.setattr(os, "fsync", watched)
    database.wipe_journal(path)
    assert flushed == [bytes(512) + was[512:], bytes(len(was))]


def test_a_row_that_was_altered_shows_and_goes_on_to_show_when_others_come(path: Path) -> None:
    everyone = random_responses(PEOPLE + 1)
    pool = Pool(path, RESPONSES)
    assert pool.is_as_written()
    pool.close()
    one = everyone[3].sealed
    path.write_bytes(path.read_bytes().replace(one, altered(one)))
    assert not pool.is_as_written()
    pool.add(everyone[PEOPLE])
    assert not pool.is_as_written()
    pool.close()


def test_what_is_noted_of_the_rows_follows_from_which_they_are_alone(path: Path, memory_folder: Path) -> None:
    everyone = random_responses(PEOPLE)
    assert checksum(one.sealed for one in everyone) == checksum(one.sealed for one in reversed(everyone))
    assert checksum([]) == 0
    other = make_pool(memory_folder / "other", everyone[::-1])
    assert contents(other) == contents(path)
    shutil.rmtree(other.parent)
