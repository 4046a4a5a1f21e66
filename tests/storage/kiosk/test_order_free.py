"""The pool and its journal do not tell in which order responses came: the same responses give the same bytes."""

import itertools
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from math import factorial
from pathlib import Path
from random import Random

import pytest

import storage
import storage.kiosk.pool
from storage.crypto.sealing import Response, SealedResponse
from storage.database import LARGE_PAGES, PRAGMAS, open_database, wipe_journal
from storage.errors import StoreError
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.pool import RESPONSES, Pool
from tests.storage.disk import files_of
from tests.storage.kiosk.crashes import contents, interrupt, journal_of, make_pool, put_back, random_responses

Forms = dict[frozenset[SealedResponse], set[bytes]]
"""For each set of responses that a pool ever held, the digests of the files that ever held it."""


class PlainPool(Pool[SealedResponse]):
    """The control: each response is simply inserted."""

    def add(self, row: SealedResponse) -> None:
        self._open().execute("INSERT INTO response VALUES (?)", (row.sealed,))
        wipe_journal(self._path)


def forms(kind: type[Pool[SealedResponse]], path: Path, orders: Iterable[Sequence[SealedResponse]]) -> Forms:
    """Fill the new pool at `path` in each order, restarting at random, and look at the files after every addition."""
    empty = contents(path)
    random = Random(0)  # noqa: S311 - chooses when to restart
    seen: Forms = defaultdict(set)
    for order in orders:
        put_back(path, empty)
        pool = kind(path, RESPONSES)
        for count, sealed in enumerate(order, 1):
            if random.random() < 1 / len(order):
                pool.close()
                pool = kind(path, RESPONSES)
            pool.add(sealed)
            seen[frozenset(order[:count])].add(sha256(b"".join(contents(path))).digest())
        pool.close()
    return seen


def random_orders(count: int, responses: Sequence[SealedResponse]) -> list[list[SealedResponse]]:
    random = Random(len(responses))  # noqa: S311 - the same orders on every run
    return [random.sample(responses, len(responses)) for _ in range(count)]


# The same bytes for every order


def test_all_720_orders_of_six_responses_give_the_same_files_after_every_addition(memory_folder: Path) -> None:
    seen = forms(Pool, make_pool(memory_folder / "pool"), itertools.permutations(random_responses(6)))
    assert len(seen) == 2**6 - 1
    assert {len(digests) for digests in seen.values()} == {1}


def test_plain_inserts_would_tell_every_order_of_four_responses_from_every_other(memory_folder: Path) -> None:
    seen = forms(PlainPool, make_pool(memory_folder / "pool"), itertools.permutations(random_responses(4)))
    assert {(len(held), len(digests)) for held, digests in seen.items()} == {(n, factorial(n)) for n in (1, 2, 3, 4)}


@pytest.mark.parametrize("count", [20, 28, 50, 200])
@pytest.mark.parametrize(
    ("kind", "orders", "files"), [(Pool, 4, 1), (PlainPool, 4, 4), pytest.param(Pool, 100, 1, marks=pytest.mark.long)]
)
def test_many_responses_give_the_same_files_whatever_their_order_and_plain_inserts_would_not(
    kind: type[Pool[SealedResponse]], orders: int, files: int, count: int, memory_folder: Path
) -> None:
    responses = random_responses(count)
    seen = forms(kind, make_pool(memory_folder / "pool"), random_orders(orders, responses))
    assert len(seen[frozenset(responses)]) == files


def test_adding_a_response_that_is_held_changes_neither_file(tmp_path: Path) -> None:
    path = make_pool(tmp_path / "pool", random_responses(9))
    before = contents(path)
    pool = Pool(path, RESPONSES)
    for sealed in random_responses(9):
        pool.add(sealed)
    assert pool.count() == 9
    pool.close()
    assert contents(path) == before


# The journal is blank


def test_the_journal_is_blank_after_every_addition_and_every_check_and_is_overwritten_in_place(
    memory_folder: Path,
) -> None:
    path = make_pool(memory_folder / "pool")
    journal = journal_of(path)
    file, length = journal.stat().st_ino, 0
    for sealed in random_responses(60):
        pool = Pool(path, RESPONSES)
        for act in (lambda: pool.add(sealed), pool.check, pool.close):  # noqa: B023 - called at once
            act()
            assert not any(journal.read_bytes())
            assert journal.stat().st_ino == file, "a removed journal stays readable on the disk"
            assert journal.stat().st_size >= length, "so does what a journal is cut short by"
            length = journal.stat().st_size


def test_an_interrupted_addition_is_undone_and_its_journal_overwritten_in_place(tmp_path: Path) -> None:
    path = make_pool(tmp_path / "pool", random_responses(90))
    sound = path.read_bytes()
    interrupt(path)
    journal = journal_of(path)
    left = journal.stat()
    assert any(journal.read_bytes())
    assert path.read_bytes() != sound
    pool = Pool(path, RESPONSES)
    assert pool.check() == 90
    pool.close()
    assert path.read_bytes() == sound
    assert journal.is_file(), "a removed journal stays readable on the disk"
    assert (journal.stat().st_ino, journal.stat().st_size) == (left.st_ino, left.st_size)
    assert not any(journal.read_bytes())
    assert {file.name for file in path.parent.iterdir()} == {"responses.db", "responses.db-journal"}, "no copy is left"


# Nothing else is there


def test_keeping_a_response_changes_the_pool_and_its_journal_and_no_other_file(kiosk: Kiosk) -> None:
    for answers in ((1, 1, 1, 1), (2, 3, 1, 2), (9, 6, 5, 4)):
        before = files_of(kiosk.data)
        kiosk.keep(kiosk.seal(Response(answers)))
        after = files_of(kiosk.data)
        assert after.keys() == before.keys()
        changed = {Path(file).name for file in after if after[file] != before[file]}
        assert "responses.db" in changed
        assert changed <= {"responses.db", "responses.db-journal"}


# Every connection is set so


def test_every_connection_to_a_pool_has_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[dict[str, object]] = []

    def opened(path: Path, *, create: bool = False, page_size: int = LARGE_PAGES) -> sqlite3.Connection:
        connection = open_database(path, create=create, page_size=page_size)
        answers.append({name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS})
        return connection

    monkeypatch.setattr(storage.kiosk.pool, "open_database", opened)
    path = make_pool(tmp_path / "pool", random_responses(2))
    pool = Pool(path, RESPONSES)
    pool.check()
    pool.check()
    pool.close()
    assert len(answers) == 4
    expected = {"journal_mode": "persist", "synchronous": 2, "secure_delete": 1, "temp_store": 2}
    assert all(answer.items() >= expected.items() for answer in answers)


def test_databases_are_opened_in_one_place_only() -> None:
    root = Path(storage.__path__[0]).parent
    sources = [file for package in ("content", "storage", "tui") for file in (root / package).rglob("*.py")]
    assert [file.name for file in sources if "sqlite3.connect" in file.read_text("utf-8")] == ["database.py"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "DELETE"), ("synchronous", "OFF"), ("secure_delete", "OFF"), ("temp_store", "FILE")],
)
def test_a_connection_on_which_a_setting_did_not_take_is_refused(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_pool(tmp_path / "pool", random_responses(2))
    before = contents(path)
    with monkeypatch.context() as otherwise:
        otherwise.setitem(PRAGMAS, name, (value, PRAGMAS[name][1]))
        pool = Pool(path, RESPONSES)
        with pytest.raises(StoreError, match=f"refused the setting {name}={value}"):
            pool.add(*random_responses(1, seed=1))
        with pytest.raises(StoreError, match=f"refused the setting {name}={value}"):
            make_pool(tmp_path / "another")
    assert path.read_bytes() == before[0]
    assert pool.check() == 2
    pool.close()
