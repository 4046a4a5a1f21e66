"""Files are private, whole and on the disk, or what was there before is."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import private_files as files
from storage.errors import StoreError
from storage.private_files import make_private_folder, read_at_most, write_private
from tests.storage.disk import failing

modes = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


full = failing(OSError(28, "No space left on device"))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    for content in (b"", b"one", b"another", bytes(100_000)):
        write_private(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@modes
def test_a_file_is_for_its_owner_alone_whatever_was_there_before(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "file").chmod(0o666)
    write_private(tmp_path / "file", b"secret")
    assert mode(tmp_path / "file") == 0o600


@modes
def test_every_folder_made_on_the_way_is_for_its_owner_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b" / "c")
    for folder in ("a", "a/b", "a/b/c"):
        assert mode(tmp_path / folder) == 0o700


@modes
def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert mode(tmp_path) == 0o755


@modes
def test_a_file_is_never_open_to_others_on_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(files, "flush", lambda descriptor: seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode)))
    write_private(tmp_path / "file", b"secret")
    assert seen[0] == 0o600


def fails_to_flush(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(files, "flush", full)


def fails_to_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(os, "open", full)


def fails_to_rename(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Path, "replace", full)


@pytest.mark.parametrize("fails", [fails_to_open, fails_to_flush, fails_to_rename])
def test_a_failing_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, fails: Callable[[pytest.MonkeyPatch], None]
) -> None:
    write_private(tmp_path / "file", b"old")
    with pytest.MonkeyPatch.context() as patch:
        fails(patch)
        with pytest.raises(StoreError, match="free some space") as caught:
            write_private(tmp_path / "file", b"new")
    assert str(tmp_path / "file") in caught.value.sentence
    assert isinstance(caught.value.__cause__, OSError)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_private(tmp_path / "file", b"old")
    monkeypatch.setattr(files, "flush", failing(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_private(tmp_path / "file", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps names in its own journal")
def test_a_file_is_flushed_before_it_takes_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(
        files,
        "flush",
        lambda descriptor: steps.append(
            f"{'folder' if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 'file'} {(tmp_path / 'file').exists()}"
        ),
    )
    write_private(tmp_path / "file", b"content")
    assert steps == ["file False", "folder True"]


def test_a_place_that_cannot_be_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="another place with --data"):
        make_private_folder(tmp_path / "file" / "below")
    with pytest.raises(StoreError, match="another place with --data"):
        write_private(tmp_path / "nowhere" / "file", b"")


def test_no_more_is_read_than_the_limit_and_the_byte_that_shows_it_was_passed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_at_most(tmp_path / "file", 4) == b"12345"
    assert read_at_most(tmp_path / "file", 3) == b"1234"
    assert read_at_most(tmp_path / "file", 5) == read_at_most(tmp_path / "file", 9) == b"12345"
