"""Where people put files that they carry between computers."""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import msgspec

from storage.errors import PlaceError
from storage.exchange.patience import answer_of
from storage.text import shown_name

_OWN_FOLDERS = ("Desktop", "Documents", "Downloads")


class Drive(msgspec.Struct, frozen=True):
    """A drive that somebody plugged in."""

    path: Path

    @property
    def name(self) -> str:
        """What it is called, to be shown; under Windows its letter, behind what somebody has called it."""
        if sys.platform == "win32" and str(self.path) == self.path.anchor:
            return shown_name(f"{_label(self.path)} {self.path.drive}".strip())
        return shown_name(self.path.name or str(self.path))

    @property
    def free(self) -> int | None:
        """Bytes that are free on it, or None where it does not say."""
        try:
            return answer_of(self.path, lambda: shutil.disk_usage(self.path).free)
        except (OSError, PlaceError):
            return None


def drives() -> list[Drive]:
    """The drives that are plugged in now, by name."""
    if sys.platform == "win32":
        return [Drive(path) for path in _letters() if _is_there(path)]
    roots = [Path("/Volumes")] if sys.platform == "darwin" else [Path("/media"), Path("/run/media"), Path("/mnt")]
    top = [path for root in roots for path in _inside(root)]
    below = [path for folder in top for path in _inside(folder)]
    return [Drive(path) for path in sorted(top + below) if _is_mounted(path)]


if sys.platform == "win32":

    def _letters() -> list[Path]:
        """The roots of all drives that have a letter, but for the one that the system is on."""
        import ctypes  # 3 ms, and only here

        known = ctypes.windll.kernel32.GetLogicalDrives()
        letters = [chr(ord("A") + number) for number in range(26) if known >> number & 1]
        system = os.environ.get("SYSTEMDRIVE", "C:").upper()
        return [Path(f"{letter}:\\") for letter in letters if f"{letter}:" != system]

    def _label(root: Path) -> str:
        """What somebody has called a drive; empty where it does not say."""
        import ctypes  # as above

        label = ctypes.create_unicode_buffer(64)
        asked = partial(ctypes.windll.kernel32.GetVolumeInformationW, str(root), label, len(label), *[None] * 4, 0)
        with contextlib.suppress(OSError, PlaceError):
            answer_of(root, asked)
        return label.value


def _inside(folder: Path) -> list[Path]:
    """What is in a folder; nothing where it cannot be looked into, as with a drive that was pulled out."""
    try:
        return list(folder.glob("*"))
    except OSError:
        return []


def _is_mounted(path: Path) -> bool:
    try:
        return answer_of(path, lambda: path.is_mount() and not path.is_symlink())
    except (OSError, PlaceError):
        return False


def _is_there(path: Path) -> bool:
    try:
        return answer_of(path, path.exists)
    except (OSError, PlaceError):
        return False


def working_folder() -> Path | None:
    """Where relative paths begin; None where that folder is gone, as with a stick that was pulled out."""
    try:
        folder = Path.cwd()
        with os.scandir(folder) as entries:  # a stick that was pulled out still has a name
            next(entries, None)
    except OSError:
        return None
    return folder


def expanded(path: str | Path) -> Path:
    """The whole path, with the user's home folder for ~.

    Raises:
        PlaceError: it is relative, and the folder that it begins in is gone.
    """
    known = Path(path)
    if os.name == "posix" or re.match(r"~([\\/]|$)", str(path)):  # Windows takes any ~name for somebody's folder
        known = Path(os.path.expanduser(path))  # noqa: PTH111 - pathlib fails on a folder called ~backup
    try:
        return known.absolute()
    except OSError as error:
        raise PlaceError(f"The folder that you are in is gone, so give “{known}” as a whole path.") from error


def own_folders() -> list[Path]:
    """Where somebody on this computer keeps files: home, and the folders there that every system makes."""
    home = Path.home()
    return [folder for folder in (home, *(home / name for name in _OWN_FOLDERS)) if _is_folder(folder)]


def own_folder() -> Path:
    """Where somebody on this computer will look for a file that was saved: documents, downloads, or home."""
    home = Path.home()
    return next((folder for folder in (home / "Documents", home / "Downloads") if _is_folder(folder)), home)


def likely_places() -> list[Path]:
    """Folders worth looking in for a file from elsewhere: here, downloads, desktop, home, and plugged-in drives."""
    home = Path.home()
    here = working_folder()
    folders = [home / "Downloads", home / "Desktop", home, *(drive.path for drive in drives())]
    return [folder for folder in dict.fromkeys([here, *folders] if here else folders) if _is_folder(folder)]


def files_ending(suffix: str, folders: Iterable[Path]) -> list[Path]:
    """The files in these folders, not below them, whose names end so; of folders that do not answer, none."""
    found: list[Path] = []
    for folder in folders:
        with contextlib.suppress(OSError, PlaceError):
            found += answer_of(folder, partial(_ending, folder, suffix))
    return found


def _ending(folder: Path, suffix: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{suffix}") if path.is_file())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def find_files(pattern: str) -> list[Path]:
    """Every file of that pattern in a likely place, nearest first. A place that cannot be looked into has none."""
    found = []
    for folder in likely_places():
        try:
            found += sorted(path for path in folder.glob(pattern) if path.is_file())
        except OSError:
            continue
    return found
