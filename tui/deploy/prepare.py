"""Preparing a stick at the office: all that laptops need to be set up for one event without a network or a question."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storage.crypto.keys import StaffPublicKey
from storage.crypto.passphrases import check_passphrase
from storage.data_folder import unlock_office
from storage.errors import StickError, WeakPassphraseError, WrongPassphraseError
from storage.events import day
from storage.exchange.stick import FOLDER, new_folder, new_tokens, small_files
from storage.office.office import Office
from storage.progress import ProgressCallback
from storage.settings import SettingsFile
from tui.deploy.files import GUIDE, SYSTEMS, File, files_for, guide, start_files
from tui.deploy.wheels import wheels_in

WHEELS = "wheels"

BringWheels = Callable[[Path, ProgressCallback], list[str]]
"""Puts wheels into a folder and returns for which systems there are not all."""


@dataclass(frozen=True)
class Prepared:
    """What became of it."""

    folder: Path
    stick: str
    """The id under which the office knows the stick."""
    without: list[str]
    """Systems that the stick has no wheels for."""


def copy_wheels(source: Path, folder: Path, progress: ProgressCallback) -> list[str]:
    """Bring wheels from a folder."""
    wheels = wheels_in(source)
    for done, wheel in enumerate(wheels, 1):
        shutil.copyfile(wheel, folder / wheel.name)
        progress(done, len(wheels))
    return []


def check_event(settings: SettingsFile, today: dt.date) -> None:
    """Return only if laptops can be set up for the event of these settings.

    Raises:
        StickError: it is over.
    """
    event = settings.settings.event
    if event.ends is not None and event.ends < today:
        raise StickError(f"“{event.name}” was over on {day(event.ends)}: choose an event that is still to come.")


def new_staff_passphrase(typed: str, settings: SettingsFile, data: Path) -> str:
    """The staff passphrase, if it is a good one. Takes about a second and 256 MiB.

    Raises:
        WeakPassphraseError: it is easy to guess, or is the office's.
    """
    now = settings.settings
    passphrase = check_passphrase(typed, known=(now.organisation.name, now.event.name, now.event.place))
    with contextlib.suppress(WrongPassphraseError):
        unlock_office(data, passphrase)
        raise WeakPassphraseError("This is the office passphrase: choose another one for the staff.")
    return passphrase


def prepare(  # noqa: PLR0913 - what is asked for, one by one
    office: Office,
    place: Path,
    *,
    settings: SettingsFile,
    passphrase: str,
    laptops: int,
    bring_wheels: BringWheels | None,
    progress: ProgressCallback,
) -> Prepared:
    """Write the folder for laptops at a place, whole or not at all, and note its tokens at the office.

    Raises:
        StickError: it cannot be written, or wheels are missing.
        StoreError: the office cannot note it.
    """
    tokens, staff = new_tokens(laptops), StaffPublicKey.of(passphrase)
    noted: list[str] = []
    try:
        with new_folder(place, lambda: noted.append(office.sticks.add(settings.settings.event, tokens))) as folder:
            for name, content in small_files(settings, office.public, staff, tokens).items():
                _write(folder, File(name, content))
            for file in start_files():
                _write(folder, file)
            for system in SYSTEMS:
                for file in files_for(system, None):
                    _write(folder / "deploy" / system, file)
            _write(folder / "deploy", File(GUIDE, guide(SYSTEMS)))
            without = []
            if bring_wheels is not None:
                (folder / WHEELS).mkdir()
                without = bring_wheels(folder / WHEELS, progress)
    except BaseException:
        for stick in noted:  # it has not got its name
            office.sticks.recall(stick)
        raise
    return Prepared(place / FOLDER, noted[0], without)


def _write(folder: Path, file: File) -> None:
    path = folder / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    if file.is_program:
        with contextlib.suppress(PermissionError):  # FAT has no such thing
            path.chmod(0o755)
