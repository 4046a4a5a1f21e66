"""An office's store of an older version is led to this one, step by step, and a newer one is left alone."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.errors import StoreDamagedError, StoreError
from storage.office import store
from storage.office.office import Office
from tests.storage.office.merging import OFFICE, Desk

STEPS = (("CREATE TABLE later (number INTEGER)", "INSERT INTO later VALUES (7)"), ("ALTER TABLE later ADD why TEXT",))
"""Made up: what two later versions could do."""


@pytest.fixture
def data(memory_folder: Path) -> Path:
    """An office's folder as this version leaves it."""
    Desk.at(memory_folder / "data").office.close()
    return memory_folder / "data"


def of_a_later_version(monkeypatch: pytest.MonkeyPatch, *steps: tuple[str, ...]) -> None:
    monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, *steps))
    monkeypatch.setattr(store, "VERSION", store.VERSION + len(steps))
    monkeypatch.setitem(store.TABLES, "later", {"number": int, "why": str})


@contextlib.contextmanager
def looked_at(data: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(data / "office" / store.FILE_NAME)) as connection:
        yield connection


def version_of(data: Path) -> int:
    with looked_at(data) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_each_step_is_made_once_in_order_and_all_that_was_there_stays(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.VERSION
    with looked_at(data) as connection:
        kept = list(connection.execute("SELECT * FROM kiosk"))
    of_a_later_version(monkeypatch, *STEPS)
    for _ in range(2):
        with contextlib.closing(Office.open(data, OFFICE)) as office:
            assert office.check() >= 0
        assert version_of(data) == before + 2
        with looked_at(data) as connection:
            assert list(connection.execute("SELECT * FROM later")) == [(7, None)]
            assert list(connection.execute("SELECT * FROM kiosk")) == kept
    assert not any((data / "office" / f"{store.FILE_NAME}-journal").read_bytes())


def test_a_step_that_fails_leaves_all_as_it_was_after_the_one_before(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.VERSION
    of_a_later_version(monkeypatch, STEPS[0], (*STEPS[1], "INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(StoreError, match=r"Cannot bring .* up to date .* try again"):
        Office.open(data, OFFICE)
    assert version_of(data) == before + 1
    with looked_at(data) as connection:
        assert list(connection.execute("SELECT * FROM later")) == [(7,)]


def test_where_it_may_only_be_read_an_older_one_is_told_as_such(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_a_later_version(monkeypatch, *STEPS)
    before = version_of(data)
    with pytest.raises(StoreError, match="of an older Fairstart"):
        Office.open(data, OFFICE, may_write=False)
    assert version_of(data) == before


@pytest.mark.parametrize("may_write", [True, False])
def test_a_newer_one_is_left_as_it_is(data: Path, monkeypatch: pytest.MonkeyPatch, *, may_write: bool) -> None:
    with monkeypatch.context() as patch:
        of_a_later_version(patch, *STEPS)
        Office.open(data, OFFICE).close()
    there = (data / "office" / store.FILE_NAME).read_bytes()
    with pytest.raises(StoreError, match="newer Fairstart"):
        Office.open(data, OFFICE, may_write=may_write)
    assert (data / "office" / store.FILE_NAME).read_bytes() == there


def test_a_store_without_a_version_is_damaged(data: Path) -> None:
    with looked_at(data) as connection:
        connection.execute("PRAGMA user_version=0")
    with pytest.raises(StoreDamagedError):
        Office.open(data, OFFICE)
