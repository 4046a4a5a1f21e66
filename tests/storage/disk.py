"""What lies in a folder, and a disk that is full."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = "USERPROFILE" if sys.platform == "win32" else "HOME"
"""The environment's name for where somebody's folders are."""


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
