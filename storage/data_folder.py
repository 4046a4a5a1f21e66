"""The data folder, kept to one process at a time.

<data>/lock                             held while a kiosk or an office runs
<data>/handover.lock                    held while something is handed over, noted or deleted
<data>/set-aside                        what was damaged, or gave way to a copy
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from storage.errors import InUseError, StoreError
from storage.private_files import (
    PRIVATE_FILE,
    flush_folder,
    make_private_folder,
    move_aside,
    remove_folder,
)

_LONGEST_PATH = 140
"""Letters of the data folder under Windows: what is in it has up to 110 more."""
SET_ASIDE = "set-aside"
UNFINISHED = ".office.new"
"""An office that is being put back from a copy."""
RESTORED = ".office.restored"
"""The office as a copy had it, whole and checked, before it is where an office is."""


class Holder:
    """Keeps the data folder to this process, for as long as it is taken."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._lock: FileLock | None = None
        self._made: list[Path] = []

    @property
    def has_it(self) -> bool:
        """Whether it is taken."""
        return self._lock is not None

    def take(self) -> None:
        """Take the data folder, which is made where it is missing; nothing happens where it is taken already.

        Raises:
            InUseError: another process has it.
            StoreError: it cannot be made.
        """
        if self._lock is not None:
            return
        need_short_path(self.data)
        self._made = [folder for folder in (self.data, *self.data.parents) if not folder.exists()]
        make_private_folder(self.data)
        self._lock = _locked(
            self.data / "lock",
            f"Fairstart is already running on {self.data}: "
            "close the other window, or choose another place with --data.",
        )
        try:
            finish_restoring(self.data)
        except BaseException:
            self.let_go()
            raise

    def let_go(self) -> None:
        """Leave it to others. One that was made for this, and that nothing was put in, goes again."""
        if self._lock is not None:
            if os.name == "nt":  # which removes nothing that is open, and filelock removes its file there
                self._lock.release()
            _remove_empty(self._made)
            self._lock.release()
            self._lock = None


def need_short_path(data: Path) -> None:
    """Return only if all that comes into the data folder will have a path that this computer takes.

    Raises:
        StoreError: it is too long for Windows, which takes 260 letters unless it is set to take more.
    """
    if sys.platform == "win32" and len(str(data.absolute())) > _LONGEST_PATH:
        import ctypes  # 3 ms, and only here

        enabled = getattr(ctypes.WinDLL("ntdll"), "RtlAreLongPathsEnabled", None)  # of Windows 10 since 2016
        if enabled is None or not enabled() & 0xFF:  # a BOOLEAN is one byte
            raise StoreError(f"{data} is too long for Windows: choose a place with a shorter name with --data.")


@contextlib.contextmanager
def hold(data: Path) -> Iterator[None]:
    """Keep the data folder to this process. One that was made for that, and that nothing was put in, goes again.

    Raises:
        InUseError: another process has it.
        StoreError: it cannot be made.
    """
    holder = Holder(data)
    holder.take()
    try:
        yield
    finally:
        holder.let_go()


def finish_restoring(data: Path) -> Path | None:
    """Put an office that was restored, and is whole, where an office is. What is there is moved aside.

    One that was not finished is removed.

    Returns:
        Where that is now, if there was one.

    Raises:
        StoreError: something cannot be moved; nothing is lost, and the next one who takes the folder tries again.
    """
    remove_folder(data / UNFINISHED)
    restored, office = data / RESTORED, data / "office"
    if not restored.exists():
        return None
    aside = move_aside(office, data / SET_ASIDE) if office.exists() else None
    try:
        restored.rename(office)
        flush_folder(data)
    except OSError as error:
        raise StoreError(f"Cannot move {restored} ({error.strerror}): close what uses it, then try again.") from error
    return aside


@contextlib.contextmanager
def handing_over(data: Path) -> Iterator[None]:
    """Let nobody else hand over, note or delete meanwhile: the kiosk may run in one process, and sending in another.

    Raises:
        InUseError: somebody does so now.
    """
    lock = _locked(
        data / "handover.lock",
        "This laptop is handing over already: wait until that is done, then try again.",
    )
    try:
        yield
    finally:
        lock.release()


def _locked(path: Path, taken: str) -> FileLock:
    """A lock that is held, to be released; `taken` says that another has it."""
    lock = FileLock(path, mode=PRIVATE_FILE, fallback_to_soft=False, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InUseError(taken) from error
    except OSError as error:
        raise InUseError(
            f"Cannot lock {path} ({error.strerror}): check that you may write there and "
            "that it is an ordinary file, or choose another place with --data."
        ) from error
    return lock


def _remove_empty(new: list[Path]) -> None:
    """Remove folders that were made to be locked, where nothing but the lock came into them."""
    with contextlib.suppress(OSError):
        if new and {path.name for path in new[0].iterdir()} <= {"lock"}:
            (new[0] / "lock").unlink(missing_ok=True)
            for folder in new:
                folder.rmdir()
