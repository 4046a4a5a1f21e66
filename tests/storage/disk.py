"""What lies in a folder, and a disk that is full or fails."""

import contextlib
import errno
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from storage.errors import StoreError

Begun = TypeVar("Begun")

HOME = "USERPROFILE" if sys.platform == "win32" else "HOME"
"""The environment's name for where somebody's folders are."""


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def failing(error: BaseException | type[BaseException]) -> Callable[..., NoReturn]:
    """In place of whatever is called."""

    def fail(*_given: object, **_more: object) -> NoReturn:
        raise error

    return fail


HANDOVER_LOCK: dict[str, bytes] = {} if sys.platform == "win32" else {"handover.lock": b""}
"""What handing over leaves in a data folder; under Windows its file goes with whoever held it."""


@contextlib.contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Every write past this many bytes fails, in any file, as a full or failing disk's do."""
    if sys.platform == "win32":
        pytest.skip("Windows has no limit to set")
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class HarmedDisk:
    """Makes the n-th call of those that write, flush, rename or remove fail, and maybe all that follow."""

    def __init__(self, number: int, code: int, *, for_good: bool) -> None:
        self.number, self.code, self.for_good = number, code, for_good
        self.calls = 0
        self.failed = 0

    def harm(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for owner, name in (
            *((os, name) for name in ("write", "fsync", "fdopen", "replace", "rename")),
            *((Path, name) for name in ("replace", "rename", "unlink")),
        ):
            monkeypatch.setattr(owner, name, self._harmed(getattr(owner, name)))

    def _harmed(self, real: Callable[..., object]) -> Callable[..., object]:
        fdopen = os.fdopen  # which closes what it does not open

        def call(*args: object, **named: object) -> object:
            self.calls += 1
            if self.calls == self.number or (self.for_good and self.calls > self.number):
                self.failed += 1
                if real is fdopen:
                    os.close(args[0])  # type: ignore[arg-type]
                raise OSError(self.code, os.strerror(self.code))
            return real(*args, **named)

        return call


def harmed_everywhere(
    begin: Callable[[int], Begun], work: Callable[[Begun], object], code: int = errno.EIO, *, for_good: bool = False
) -> Iterator[tuple[Begun, Exception | None]]:
    """Work on what is begun anew each time, with the next call failing, and say with which error it ended.

    Up to the first time that no call is left to fail.
    """
    for number in itertools.count(1):
        begun, disk = begin(number), HarmedDisk(number, code, for_good=for_good)
        error: Exception | None = None
        with pytest.MonkeyPatch.context() as patch:
            disk.harm(patch)
            try:
                work(begun)
            except (StoreError, OSError) as caught:
                error = caught
        if not disk.failed:
            assert error is None
            assert number > 3
            return
        yield begun, error
