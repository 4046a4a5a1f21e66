"""A process that is killed before a change that it makes to files, or at an SQL statement or a report of progress."""

import itertools
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_STATEMENT = "tests.statement"
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", _STATEMENT}
_KILLED = 77

at_some_moments = pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.long)])
"""Where much is changed: killed before each fifth change every time, and before each in long searches."""


def killed_everywhere(begin: Callable[[int], Path], work: Callable[[Path], object], every: int = 1) -> Iterator[Path]:
    """Work in a new folder in another process, each time killed so many changes later, and yield that folder.

    It ends when the process came through.
    """
    for number in itertools.count(step=every):
        folder = begin(number)
        if not _killed_before(number, folder, work):
            assert number
            return
        yield folder


def _killed_before(number: int, folder: Path, work: Callable[[Path], object]) -> bool:
    if sys.platform == "win32":
        pytest.skip("Windows cannot fork a process, to kill it anywhere")
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in {0, _KILLED}
        return status == _KILLED
    left = number

    def look(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in _CHANGES or writes:
            left -= 1
            if left < 0:
                os._exit(_KILLED)

    status = 1
    try:
        sys.addaudithook(look)
        work(folder)
        status = 0
    finally:
        os._exit(status)


def may_be_killed(_done: float, _of: float) -> None:
    """As the progress of a work: it is killed at each piece of it too."""
    sys.audit(_STATEMENT)


class EachStatement:
    """A connection that a process may be killed before and after each statement of."""

    def __init__(self, whole: sqlite3.Connection) -> None:
        self._whole = whole
        whole.execute("PRAGMA cache_size=1")  # pages reach the disk before COMMIT

    def __getattr__(self, name: str) -> Callable[..., object]:
        def run(*given: object) -> object:
            sys.audit(_STATEMENT)
            result = getattr(self._whole, name)(*given)
            sys.audit(_STATEMENT)
            return result

        return run
