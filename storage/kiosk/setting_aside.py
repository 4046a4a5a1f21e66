"""Going on after damage, once staff have said so: what is damaged is moved aside whole, for the office.

Nothing is deleted, and nothing is made in its place before an event is opened again.
"""

from __future__ import annotations

from pathlib import Path

from storage.computer import marks_of_computer
from storage.data_folder import SET_ASIDE
from storage.errors import StoreDamagedError
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.register import FILE_NAME, KioskKeys, Noted, Register
from storage.private_files import move_aside, write_private


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
                moved.append(move_aside(folder.path, data / SET_ASIDE))
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
