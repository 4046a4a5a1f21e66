"""What holds for all tests."""

import gc
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.waiting import WAIT

# Every worker rewrites the asserts of 120 files, and every program that tests start compiles ours, unless it is kept.
sys.dont_write_bytecode = False

# Programs that tests start find none of what only tests need: pandas alone would take each of them a second to load.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(Path(__file__).with_name("not_installed")), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
).rstrip(os.pathsep)

pytest.register_assert_rewrite("tests.content", "tests.storage", "tests.tui")

# A slow computer is no failure. The rest is as usual: in CI, the same examples on every run.
settings.register_profile("without deadline", settings(), deadline=None)
settings.load_profile("without deadline")


_connections: list[sqlite3.Connection] = []


def _note_connection(event: str, given: tuple[object, ...]) -> None:
    if event == "sqlite3.connect/handle" and isinstance(connection := given[0], sqlite3.Connection):
        _connections.append(connection)


sys.addaudithook(_note_connection)


@pytest.fixture(autouse=True)
def databases_are_closed() -> Iterator[None]:
    """Whoever opens a database closes it: Windows removes no folder in which one is open. Python 3.13 tells, late."""
    _connections.clear()
    yield
    still_open = [connection for connection in _connections if _is_open(connection)]
    _connections.clear()
    for connection in still_open:
        connection.close()
    assert not still_open, f"{len(still_open)} databases were left open"


def _is_open(connection: sqlite3.Connection) -> bool:
    try:
        return connection.total_changes >= 0
    except sqlite3.ProgrammingError:
        return False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test that is `sampled`, its first variant runs every time, and the others in long searches."""
    sampled = set()
    for item in items:
        if item.get_closest_marker("sampled") and not item.get_closest_marker("long"):
            test = item.nodeid.partition("[")[0]
            if test in sampled:
                item.add_marker(pytest.mark.long)
            sampled.add(test)


@pytest.fixture(scope="session", autouse=True)
def a_busy_computer_is_no_dead_drive() -> Iterator[None]:
    """Drives may take longer to answer; tests of those that never do say how long is too long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.exchange.patience.PATIENCE", WAIT)
        yield


def pytest_collection_finish() -> None:
    """Let the collector pass over all that was imported: it would look through it again and again."""
    gc.collect()
    gc.freeze()
