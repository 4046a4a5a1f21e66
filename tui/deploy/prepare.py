"""Preparing a stick at the office: all that laptops need for events, set up without a network and with one question.

The command and the screen ask, each in its way, and do the rest by what stands here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import asdict, replace

from storage.crypto.keys import StaffPublicKey
from storage.crypto.passphrases import check_passphrase
from storage.errors import StickError, WeakPassphraseError, WrongPassphraseError
from storage.events import day
from storage.exchange.coming import ComingEvent
from storage.exchange.stick import FOLDER, new_folder, new_tokens, small_files
from storage.office.office import Office
from storage.office.planned import PlannedEvent
from storage.office_folder import unlock_office
from storage.progress import ProgressCallback
from storage.settings import SettingsFile, checked, filled_in
from storage.text import on_one_line
from tui.deploy.built import archives_in, bring_built, running_program
from tui.deploy.files import GUIDE, SYSTEMS, File, files_for, guide, start_files
from tui.deploy.wheels import fetch_wheels, wheels_in

WHEELS = "wheels"
PROGRAMS = "programs"

BringPrograms = Callable[[Path, ProgressCallback], list[str]]
"""Puts programs into a folder of a stick and returns for which systems there are not all."""


@dataclass(frozen=True)
class Prepared:
    """What became of it."""

    folder: Path
    stick: str
    """The id under which the office knows the stick."""
    without: list[str]
    """Systems that the stick has no programs for."""


def need_programs(source: Path) -> None:
    """Return only if a folder has programs: what was built of this version, or every wheel.

    Raises:
        StickError: it has none, or one is missing.
    """
    if not archives_in(source):
        wheels_in(source)


def copy_programs(source: Path, folder: Path, progress: ProgressCallback) -> list[str]:
    """Bring programs from a folder: what was built of this version, which needs no Python, or else wheels.

    Raises:
        StickError: it has none, or a wheel is missing.
    """
    if archives_in(source):
        (folder / PROGRAMS).mkdir()
        return bring_built(source, folder / PROGRAMS, progress)
    wheels = wheels_in(source)
    (folder / WHEELS).mkdir()
    for done, wheel in enumerate(wheels, 1):
        shutil.copyfile(wheel, folder / WHEELS / wheel.name)
        progress(done, len(wheels))
    return []


def fetch_programs(folder: Path, progress: ProgressCallback) -> list[str]:
    """Bring the program that runs, with what lies beside it, if it was built; else fetch wheels.

    Raises:
        StickError: nothing could be fetched.
    """
    running = running_program()
    if running is not None:
        (folder / PROGRAMS).mkdir()
        return bring_built(running.parent, folder / PROGRAMS, progress)
    (folder / WHEELS).mkdir()
    return fetch_wheels(folder / WHEELS, progress)


def settings_for_laptops(current: SettingsFile, organisation: str) -> SettingsFile:
    """The settings that laptops go by: those that apply here, with who asks.

    Args:
        current: those that apply here.
        organisation: who asks; empty where they say it.

    Raises:
        StickError: nobody has said who asks.
        SettingsError: the name cannot be used.
    """
    now = current.settings.organisation
    named = replace(now, name=on_one_line(organisation).strip() or now.name)
    if not named.name.strip():
        raise StickError("The settings do not say who asks: give the name of your organisation.")
    checked({"organisation": asdict(named)}, "What you typed")
    return filled_in(current, named)


def events_for_laptops(
    settings: SettingsFile, planned: Sequence[PlannedEvent], today: dt.date
) -> tuple[ComingEvent, ...]:
    """The events that laptops are prepared for, the next one first.

    Raises:
        StickError: one of them is over.
    """
    usual = settings.settings
    events = [
        ComingEvent(
            event=one.details,
            languages=one.languages or usual.survey.languages,
            feedback=one.feedback or usual.feedback.ask,
        )
        for one in planned
    ]
    for one in events:
        if one.is_over(today) and one.event.ends:
            over = f"“{one.event.name}” was over on {day(one.event.ends)}"
            raise StickError(f"{over}: choose an event that is still to come.")
    return tuple(sorted(events, key=lambda one: (str(one.event.date), one.event.name)))


def guessable(settings: SettingsFile, events: Iterable[ComingEvent]) -> tuple[str, ...]:
    """Words that no passphrase of theirs should be made of."""
    names = [name for one in events for name in (one.event.name, one.event.place)]
    return (settings.settings.organisation.name, *dict.fromkeys(names))


def new_staff_passphrase(typed: str, known: tuple[str, ...], data: Path) -> str:
    """The staff passphrase, if it is a good one. Takes about a second and 256 MiB.

    Args:
        typed: what somebody has typed.
        known: words that it should not be made of.
        data: the office's data folder.

    Raises:
        WeakPassphraseError: it is easy to guess, or is the office's.
    """
    passphrase = check_passphrase(typed, known=known)
    with contextlib.suppress(WrongPassphraseError):
        unlock_office(data, passphrase)
        raise WeakPassphraseError("This is the office passphrase: choose another one for the staff.")
    return passphrase


def prepare(  # noqa: PLR0913 - what is asked for, one by one
    office: Office,
    place: Path,
    *,
    settings: SettingsFile,
    events: Sequence[ComingEvent],
    passphrase: str,
    laptops: int,
    bring_programs: BringPrograms | None,
    progress: ProgressCallback,
) -> Prepared:
    """Write the folder for laptops at a place, whole or not at all, and note its tokens at the office.

    Raises:
        StickError: it cannot be written, or programs are missing.
        SettingsError: the settings and the first event do not go together.
        StoreError: the office cannot note it.
    """
    tokens, staff = new_tokens(laptops), StaffPublicKey.of(passphrase)
    noted: list[str] = []

    def note() -> None:
        noted.append(office.sticks.add([one.event for one in events], tokens))

    try:
        with new_folder(place, note) as folder:
            for name, content in small_files(settings, events, office.public, staff, tokens).items():
                _write(folder, File(name, content))
            for file in start_files():
                _write(folder, file)
            for system in SYSTEMS:
                for file in files_for(system, None):
                    _write(folder / "deploy" / system, file)
            _write(folder / "deploy", File(GUIDE, guide(SYSTEMS)))
            without = []
            if bring_programs is not None:
                without = bring_programs(folder, progress)
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
