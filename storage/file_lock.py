"""A file that one process at a time has locked. The system lets go of it when that process ends, however it ends.

The package `filelock` does this and more, but its import alone takes 9 ms of the 250 of a start.
"""

import os
import sys
from pathlib import Path
from typing import Self

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class TakenError(Exception):
    """Another process has it."""


class FileLock:
    """A lock that is held until it is released."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path, mode: int) -> Self:
        """Lock a file, which is made where it is missing. It stays: what is removed no longer keeps anybody out.

        Raises:
            TakenError: another process has it, or another `FileLock` of this one.
            OSError: it cannot be opened, or not be locked.
        """
        while True:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(path, flags, mode)
            try:
                _lock_or_tell(descriptor)
                if os.fstat(descriptor).st_nlink:
                    return cls(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)  # whoever had it has removed it since: what has the name now is another file

    def release(self) -> None:
        """Let go of it; nothing happens where that was done."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            try:
                _unlock(descriptor)
            finally:
                os.close(descriptor)


def _lock_or_tell(descriptor: int) -> None:
    try:
        _lock(descriptor)
    except (BlockingIOError, PermissionError) as error:
        raise TakenError from error
