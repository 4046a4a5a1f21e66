"""Drives that are plugged in are found and named; what cannot be looked into is passed over."""

import errno
import os
import sys
from pathlib import Path

import pytest

from storage.exchange.drives import Drive, drives, find_files, likely_places
from tests.storage.disk import HOME, failing

has_mounts = pytest.mark.skipif(sys.platform == "win32", reason="Windows has letters for its drives")


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """The paths that count as mounted; a test adds to it."""
    paths: set[Path] = set()
    monkeypatch.setattr(Path, "is_mount", lambda self: self in paths)
    return paths


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for /media; /run/media and /mnt are empty."""
    root = tmp_path / "media"
    root.mkdir()
    real = Path.glob

    def glob(self: Path, pattern: str) -> list[Path]:
        if self.is_relative_to(tmp_path):
            return list(real(self, pattern))
        folder = root if self == Path("/media") else tmp_path / "none"
        return list(real(folder, pattern))

    monkeypatch.setattr(Path, "glob", glob)
    monkeypatch.setattr(sys, "platform", "linux")
    return root


@pytest.fixture
def home(tmp_path: Path, media: Path, mounted: set[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    (folder / "Downloads").mkdir(parents=True)
    (folder / "Desktop").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setenv(HOME, str(folder))
    monkeypatch.chdir(tmp_path / "here")
    return folder


def make(mounted: set[Path], *paths: Path) -> None:
    for path in paths:
        path.mkdir(parents=True)
        mounted.add(path)


@has_mounts
def test_drives_are_found_by_name_also_below_a_users_folder_and_folders_are_not_drives(
    media: Path, mounted: set[Path]
) -> None:
    make(mounted, media / "usb stick", media / "ann" / "STICK", media / "ann" / "Zwölf #1")
    (media / "ann" / "folder").mkdir()
    (media / "cdrom").mkdir()
    found = drives()
    assert [drive.path for drive in found] == [
        media / "ann" / "STICK",
        media / "ann" / "Zwölf #1",
        media / "usb stick",
    ]
    assert [drive.name for drive in found] == ["STICK", "Zwölf #1", "usb stick"]


@has_mounts
def test_no_drive_is_found_where_none_is_plugged_in(media: Path, mounted: set[Path]) -> None:
    assert drives() == []


@has_mounts
def test_a_drive_deeper_down_is_none(media: Path, mounted: set[Path]) -> None:
    make(mounted, media / "ann" / "STICK" / "inner")
    assert drives() == []


@has_mounts
def test_a_link_to_a_drive_is_not_a_second_drive(media: Path, mounted: set[Path]) -> None:
    make(mounted, media / "STICK")
    (media / "link").symlink_to(media / "STICK")
    mounted.add(media / "link")
    assert drives() == [Drive(media / "STICK")]


@has_mounts
def test_a_mount_that_fails_is_passed_over(media: Path, mounted: set[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    make(mounted, media / "STICK", media / "stale")

    def is_mount(self: Path) -> bool:
        if self.name == "stale":
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return self in mounted

    monkeypatch.setattr(Path, "is_mount", is_mount)
    assert drives() == [Drive(media / "STICK")]


@has_mounts
def test_a_mac_has_its_drives_under_volumes(
    tmp_path: Path, mounted: set[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def glob(self: Path, _pattern: str) -> list[Path]:
        asked.append(self)
        return []

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(Path, "glob", glob)
    assert drives() == []
    assert set(asked) == {Path("/Volumes")}


@pytest.mark.skipif(os.name == "nt", reason="asks what this system says is mounted")
def test_what_this_system_says_is_mounted_can_be_asked() -> None:
    for drive in drives():
        assert drive.path.is_mount()


@has_mounts
def test_a_drive_is_called_as_its_folder_and_a_bare_root_as_itself() -> None:
    assert Drive(Path("/media/ann/My stick")).name == "My stick"
    assert Drive(Path("/")).name == "/"


def test_a_drive_says_how_much_is_free_and_nothing_once_it_is_gone(tmp_path: Path) -> None:
    free = Drive(tmp_path).free
    assert free is not None
    assert free > 0
    assert Drive(tmp_path / "gone").free is None


@has_mounts
def test_likely_places_are_those_that_exist_nearest_first_each_once(
    home: Path, media: Path, mounted: set[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(mounted, media / "STICK")
    assert likely_places() == [Path.cwd(), home / "Downloads", home / "Desktop", home, media / "STICK"]
    (home / "Desktop").rmdir()
    monkeypatch.chdir(home)
    assert likely_places() == [home, home / "Downloads", media / "STICK"]


@has_mounts
def test_files_are_found_nearest_first_and_by_name_within_a_place(home: Path, media: Path, mounted: set[Path]) -> None:
    make(mounted, media / "STICK")
    wanted = [
        Path.cwd() / "z.pub",
        home / "Downloads" / "a.pub",
        home / "Downloads" / "b.pub",
        home / "y.pub",
        media / "STICK" / "x.pub",
    ]
    for path in reversed(wanted):
        path.write_bytes(b"")
    (home / "folder.pub").mkdir()
    (home / "y.key").write_bytes(b"")
    (home / "Downloads" / "below").mkdir()
    (home / "Downloads" / "below" / "c.pub").write_bytes(b"")
    assert find_files("*.pub") == wanted
    assert find_files("*.none") == []


@has_mounts
def test_a_place_that_cannot_be_looked_into_is_passed_over(
    home: Path, media: Path, mounted: set[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(mounted, media / "STICK")
    (media / "STICK" / "x.pub").write_bytes(b"")
    glob = Path.glob

    refuse = failing(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    monkeypatch.setattr(Path, "glob", lambda self, pattern: refuse() if self == home else glob(self, pattern))
    assert find_files("*.pub") == [media / "STICK" / "x.pub"]


@has_mounts
def test_a_likely_place_whose_look_fails_is_passed_over(
    home: Path, media: Path, mounted: set[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(mounted, media / "STICK")
    is_dir = Path.is_dir

    def failing(self: Path) -> bool:
        if self == media / "STICK":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return is_dir(self)

    monkeypatch.setattr(Path, "is_dir", failing)
    assert media / "STICK" not in likely_places()
    assert home in likely_places()


@has_mounts
def test_a_drive_that_was_pulled_out_hides_no_other(
    media: Path, mounted: set[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(mounted, media / "STICK", media / "stale", media / "ann" / "OTHER")
    glob = Path.glob

    def failing(self: Path, pattern: str) -> object:
        if self in {media / "stale", Path("/run/media")}:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return glob(self, pattern)

    monkeypatch.setattr(Path, "glob", failing)
    assert {drive.name for drive in drives()} >= {"STICK", "OTHER"}


# Windows


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has letters for its drives")
def test_a_drive_under_windows_is_a_letter_that_answers_and_not_the_systems_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = drives()
    assert all(drive.path.exists() and str(drive.path) == drive.path.anchor for drive in found)
    assert os.environ.get("SYSTEMDRIVE", "C:") not in {drive.path.drive for drive in found}
    assert all(drive.path.drive in drive.name for drive in found)
    monkeypatch.setattr(Path, "exists", lambda _: False)  # as with a card reader without a card
    assert drives() == []
