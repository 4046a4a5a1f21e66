"""A response that could not be kept, for whatever reason, can be tried again, and is then kept once."""

import errno
import sqlite3
import sys
from collections.abc import Callable, Sequence
from functools import partial
from types import CodeType, FrameType

import pytest

from storage.errors import StoreError
from storage.kiosk.kiosk import Kiosk
from tests.tui.kiosks import Held
from tui.submission import Submission

ANSWERS = {"occupation": 6, "school": 3, "meals": 3, "degree": 2}
CODES = (6, 3, 3, 2)


class PanicError(BaseException):
    """What `cryptography` raises where it panics is no `Exception` either."""


FAULTS: Sequence[Callable[[], BaseException]] = (
    partial(OSError, errno.EIO, "Input/output error"),
    MemoryError,
    partial(sqlite3.OperationalError, "disk I/O error"),
    PanicError,
    partial(OSError, errno.ENOSPC, "No space left on device"),
    KeyError,
    partial(StoreError, "The disk is full."),
)


CANNOT = {("c_return", "__enter__"), ("c_call", "__exit__"), ("c_return", "connect"), ("c_return", "open")}
"""What does not fail: a lock that was taken or is let go, a database or a file once it is open."""


class FailingCall:
    """Has one call fail, of all those that a function makes: before it does anything, or when it has done it."""

    def __init__(self, inside: set[CodeType], number: int, fault: Callable[[], BaseException]) -> None:
        self._inside = inside
        self._left = number
        self._fault = fault
        self.failed = ""

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        happens = event in {"call", "c_call", "c_return"} and (event, getattr(argument, "__name__", "")) not in CANNOT
        if happens and self._is_inside(frame):
            self._left -= 1
            if self._left < 0 and not self.failed:
                self.failed = f"{event} of {argument or frame.f_code.co_name}"
                raise self._fault()

    def _is_inside(self, frame: FrameType | None) -> bool:
        while frame and frame.f_code not in self._inside:
            frame = frame.f_back
        return frame is not None


@pytest.mark.parametrize(
    ("opened", "step"), [(True, 1), (False, 9)], ids=["a store that is open", "a store to be opened"]
)
def test_whichever_call_fails_and_however_the_same_bytes_are_tried_again_and_kept_once(
    kiosk: Kiosk, held: Held, *, opened: bool, step: int
) -> None:
    kiosk.warm_up()
    inside = {Kiosk.seal.__code__, Kiosk.keep.__code__}
    number, failed = 0, "nothing yet"
    while failed:
        submission = Submission(kiosk, ANSWERS)
        if not opened:
            kiosk._pool.close()
        failing = FailingCall(inside, number, FAULTS[number % len(FAULTS)])
        sys.setprofile(failing)
        try:
            done = submission.keep()
        finally:
            sys.setprofile(None)
        failed = failing.failed
        assert done is not bool(failed), failed
        sealed = submission._sealed
        assert submission.keep(), failed
        assert sealed in {None, submission._sealed}, failed
        assert held() == [CODES], failed
        kiosk._pool.remove(kiosk.responses()[0])  # so that the next one makes as many calls
        number += step
    assert number > 150
