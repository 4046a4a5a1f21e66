"""What is in a folder that somebody is about to name: the folders there, and the files that are wanted.

A folder can hold thousands, so only names are looked at, and nothing is opened.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.errors import PlaceError
from storage.exchange import drives
from storage.exchange.drives import expanded
from storage.exchange.patience import answer_of
from storage.exchange.typed import meant
from storage.text import folded, shown_name


@dataclass(frozen=True)
class Entry:
    """A folder, or a file that is wanted."""

    path: Path
    is_folder: bool

    @property
    def name(self) -> str:
        """What it is called, to be shown."""
        return shown_name(self.path.name or str(self.path))


@dataclass(frozen=True)
class Listing:
    """What there is to choose from, once something is typed."""

    here: Entry | None = None
    """What is typed, where that is a folder, or a file that is wanted."""
    above: Path | None = None
    """The folder that what is typed lies in; None at the top."""
    entries: tuple[Entry, ...] = ()


def choices(typed: str, suffix: str | None) -> Listing:
    """What there is to choose from: drives and a person's own folders, before something is typed.

    Then it is what is in the folder that is typed, or in the one before the last part, as far as that part goes.

    Args:
        typed: a path in any form that is pasted, or its beginning. An address has no choices.
        suffix: how the files end that are wanted besides folders; None where it is folders alone.

    Raises:
        PlaceError: the folder does not answer, or cannot be looked into.
    """
    if not typed.strip():
        return Listing(entries=tuple(_places()))
    written = answer_of(expanded(typed).parent, lambda: meant(typed))
    if "://" in written:
        return Listing()
    path = Path(os.path.normpath(expanded(written)))
    beside = _inside(path.parent, suffix) if path != path.parent else [Entry(path, is_folder=True)]
    here = next((one for one in beside if one.path == path), None)
    ends = written.endswith(("/", os.sep))
    alike = _narrowed(beside, path.name)
    if here and here.is_folder and (ends or alike == [here]):
        return Listing(here, _above(path), tuple(_visible(_inside(path, suffix))))
    if ends:
        raise PlaceError(f"There is no folder “{shown_name(path.name)}” there: look how it is written.")
    return Listing(here, path.parent, tuple(alike))


def _places() -> Iterator[Entry]:
    found = dict.fromkeys([*(drive.path for drive in drives.drives()), *drives.own_folders()])
    return (Entry(path, is_folder=True) for path in found)


def _above(path: Path) -> Path | None:
    """The folder above; None for the top of a drive, and for a person's home, from where one sees all places."""
    tops = {path.anchor, str(Path.home()), *(str(drive.path) for drive in drives.drives())}
    return None if str(path) in tops else path.parent


def _inside(folder: Path, suffix: str | None) -> list[Entry]:
    """What is wanted of a folder, folders first, in the order of names."""
    try:
        return answer_of(folder, lambda: _scanned(folder, suffix))
    except OSError as error:
        raise PlaceError(
            f"“{shown_name(folder.name or str(folder))}” cannot be looked into ({error.strerror}): choose another."
        ) from error


def _scanned(folder: Path, suffix: str | None) -> list[Entry]:
    found = []
    with os.scandir(folder) as entries:
        for one in entries:
            is_folder = one.is_dir()
            if is_folder or (suffix is not None and one.name.lower().endswith(suffix)):
                found.append(Entry(Path(one.path), is_folder))
    return sorted(found, key=lambda one: (not one.is_folder, one.path.name.casefold()))


def _visible(entries: Sequence[Entry]) -> list[Entry]:
    return [one for one in entries if not one.path.name.startswith(".")]


def _narrowed(entries: Sequence[Entry], part: str) -> list[Entry]:
    """Those that begin with a part of a name, then those that hold it; case, accents and signs do not matter."""
    if part.startswith("."):
        return [one for one in entries if one.path.name.startswith(part)]
    wanted = folded(part)
    names = [(folded(one.path.name), one) for one in _visible(entries)]
    begin = [one for name, one in names if name.startswith(wanted)]
    return begin + [one for name, one in names if wanted in name and not name.startswith(wanted)]
