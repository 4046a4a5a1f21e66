"""One holder at a time, whatever becomes of the file."""

import os
from pathlib import Path

import pytest

from storage import file_lock
from storage.file_lock import FileLock, TakenError
from storage.private_files import PRIVATE_FILE

as_elsewhere = pytest.mark.skipif(os.name == "nt", reason="Windows removes nothing open, and lets few people link")


def test_it_is_taken_once_and_again_when_it_was_released(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    held = FileLock.take(path, PRIVATE_FILE)
    with pytest.raises(TakenError):
        FileLock.take(path, PRIVATE_FILE)
    held.release()
    held.release()
    FileLock.take(path, PRIVATE_FILE).release()
    assert path.exists()


@as_elsewhere
def test_a_file_that_was_removed_as_it_was_locked_keeps_nobody_out_so_the_new_one_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lock = tmp_path / "lock", file_lock._lock

    def too_late(descriptor: int) -> None:
        monkeypatch.setattr(file_lock, "_lock", lock)
        path.unlink()
        lock(descriptor)

    monkeypatch.setattr(file_lock, "_lock", too_late)
    held = FileLock.take(path, PRIVATE_FILE)
    with pytest.raises(TakenError):
        FileLock.take(path, PRIVATE_FILE)
    held.release()


@as_elsewhere
def test_what_is_no_file_cannot_be_locked(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "folder").mkdir()
    for name in ("link", "folder"):
        with pytest.raises(OSError, match=name):
            FileLock.take(tmp_path / name, PRIVATE_FILE)
