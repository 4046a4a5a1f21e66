"""Going on after damage, once staff have said so: what is damaged is moved aside whole, for the office.

Nothing is deleted, and nothing is made in its place before an event is opened again.
"""

from __future__ import annotations

from pathlib import Path

from storage.errors import StoreDamagedError, StoreError
from storage.kiosk.computer import marks_of_computer
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.register import FILE_NAME, KioskKeys, Noted, Register
from storage.private_files import flush_folder, make_private_folder, write_private

_FOLDER = "set-aside"


def set_aside(data: Path) -> list[Path]:
    """Move every damaged event out of the way and note what is left. Returns where each is now.

    Raises:
        KeyFileError: the keys themselves are damaged.
        StoreError: a folder cannot be moved.
    """
    register = _register(data)
    moved = []
    for folder in EventFolder.all_in(data, register):
        try:
            folder.check(register)
        except StoreDamagedError:
            if folder.path.exists():
                moved.append(_move(folder.path, data / _FOLDER))
            register.forget_event(folder.event_id)
        else:
            register.note_event(folder.event_id, ended=folder.ended(register))
    return moved


def _register(data: Path) -> Register:
    """The register; a new one where it is damaged, made of what is there."""
    folder = data / "kiosk"
    try:
        return Register.open(folder)
    except StoreDamagedError:
        keys = KioskKeys.read(folder)
        if keys.tally is None:
            raise
        noted = Noted.of(keys.office, keys.own, keys.tally, marks_of_computer(keys.own))
        write_private(folder / FILE_NAME, noted.to_file())
        return Register(folder, noted)


def _move(folder: Path, to: Path) -> Path:
    make_private_folder(to)
    number = 1
    while (place := to / f"{folder.name}-{number}").exists():
        number += 1
    try:
        folder.rename(place)
        flush_folder(to)
        flush_folder(folder.parent)
    except OSError as error:
        raise StoreError(f"Cannot move {folder} ({error.strerror}): close what uses it, then try again.") from error
    return place
