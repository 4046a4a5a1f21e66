"""Checks of this laptop: what is sound, what should be fixed, and what cannot be told from here."""

import contextlib
import datetime as dt
import getpass
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from content.language import languages_offered, load_words
from content.loading import ContentError
from storage.computer import is_other_computer, marks_of_computer
from storage.crypto.keys import OfficePublicKey
from storage.crypto.sealing import require_sealing
from storage.data_folder import hold
from storage.database import is_interrupted
from storage.errors import FairstartError, InUseError, PlaceError, SealingUnavailableError
from storage.events import day
from storage.exchange.addresses import shown
from storage.exchange.locations import look_at
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.state import is_set_up
from storage.office import store
from storage.office.copies import reminder
from storage.office.events import read_events
from storage.office.retention import due
from storage.office.store import OfficeStore
from storage.office_folder import existing_office, office_key_file
from storage.private_files import is_overwritten_in_place
from storage.settings import Settings
from storage.text import counted
from storage.toolkit import checklist

if sys.platform == "win32":
    from storage import windows_permissions

LEAST_FREE = 200 * 1024 * 1024
"""Bytes: room for every response of a busy year, and for the system to go on working."""
_NEWEST_UNSUPPORTED = (3, 10)
_LONGEST_AGO, _FURTHEST_AHEAD = dt.timedelta(days=-14), dt.timedelta(days=366)
"""Between these an event can be prepared for, last several days, or be cleared up after."""
_EARLIEST_PLAUSIBLE = dt.date(2026, 1, 1)


class Verdict(Enum):
    """How a check came out."""

    SOUND = "ok"
    FIX = "fix"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, how it came out, and what to do if it is not sound."""

    subject: str
    verdict: Verdict
    sentence: str


def examine(data: Path, settings: Settings, today: dt.date, *, reach: bool = False) -> Iterator[Finding]:
    """Check everything but the terminal. Yields each finding as it is made; opens no response, writes no answer.

    Args:
        data: the data folder.
        settings: those that apply here.
        today: what day it is.
        reach: whether the office's address is gone to as well, which may take a minute.
    """
    yield _python()
    yield _sealing()
    office = (data / "office" / "office.key").exists()
    if office:
        yield from _office(data, settings, today)
    if is_set_up(data):
        yield from _store(data, settings)
    if (data / checklist.FILE_NAME).exists():
        yield _checklist(data)
    if office or is_set_up(data):
        yield _permissions(data)
    else:
        yield Finding("Set-up", Verdict.FIX, f'{data} is not set up yet: run "fairstart setup".')
    yield _languages(settings.survey.languages)
    if settings.office.address:
        yield _office_address(settings.office.address, reach=reach)
    yield free_space(data)
    yield _clock(settings, today)
    yield _swap()
    yield _disk_encryption(data)
    yield from _file_system(data)


def free_space(data: Path) -> Finding:
    """Whether the disk under the data folder has room."""
    free = shutil.disk_usage(next(place for place in (data, *data.parents) if place.exists())).free
    if free < LEAST_FREE:
        return Finding("Disk space", Verdict.FIX, f"Only {free // 2**20} MB are free: make room for at least 200 MB.")
    return Finding("Disk space", Verdict.SOUND, f"{free // 2**30} GB free." if free >= 2**30 else "Enough is free.")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] <= _NEWEST_UNSUPPORTED:
        return Finding("Python", Verdict.FIX, f"This is Python {version}: install 3.11 or newer.")
    return Finding("Python", Verdict.SOUND, f"Python {version}.")


def _sealing() -> Finding:
    try:
        require_sealing()
    except SealingUnavailableError as error:
        return Finding("Encryption", Verdict.FIX, error.sentence)
    return Finding("Encryption", Verdict.SOUND, "This computer can seal responses.")


def _store(data: Path, settings: Settings) -> Iterator[Finding]:
    try:
        with hold(data):
            kiosk = Kiosk.open(data, settings)
            try:
                held = kiosk.check()
                yield Finding("Keys", Verdict.SOUND, f"Sealed to the office key {kiosk.office.fingerprint}.")
                yield _laptop(kiosk)
                yield Finding(
                    "Store", Verdict.SOUND, f"SQLite settings and every page checked; responses held: {held}."
                )
                if kiosk.ended:
                    ended = f"“{kiosk.event.name}” has ended: start a new event in the staff area."
                    yield Finding("Event", Verdict.FIX, ended)
                yield from _other_events(kiosk)
                yield Finding("Counts", Verdict.SOUND, f"Every page checked; groups: {kiosk.check_groups()}.")
            finally:
                kiosk.close()
    except InUseError:
        yield Finding("Store", Verdict.UNKNOWN, "Fairstart is running: quit it first to have the store checked.")
    except FairstartError as error:
        yield Finding("Store", Verdict.FIX, error.sentence)


def _laptop(kiosk: Kiosk) -> Finding:
    """Whose laptop the office will take it for."""
    if is_other_computer(kiosk.register.noted.computer, marks_of_computer(kiosk.own)):
        copied = 'These files were copied from another computer: run "fairstart setup --new-key" if that is used too.'
        return Finding("Laptop", Verdict.FIX, copied)
    return Finding("Laptop", Verdict.SOUND, f"Its fingerprint is {kiosk.own.fingerprint}.")


def _other_events(kiosk: Kiosk) -> Iterator[Finding]:
    """What is wrong with events other than the current one, and what is missing of any that has ended."""
    for folder in EventFolder.all_in(kiosk.data, kiosk.register):
        try:
            if folder.event_id != kiosk.event.id:
                folder.check(kiosk.register)
        except FairstartError as error:
            yield Finding("Event", Verdict.FIX, error.sentence)
            continue
        yield from _altered(folder)
        if folder.ended(kiosk.register) and not folder.has_end:
            gone = f"{folder.path / 'ended'} is missing; “{folder.event.title}” stays ended: put that empty file back."
            yield Finding("Event", Verdict.FIX, gone)


def _altered(folder: EventFolder) -> Iterator[Finding]:
    """Which of an event's stores have a row that is not as it was written."""
    with contextlib.closing(folder.responses()) as responses, contextlib.closing(folder.groups()) as groups:
        if not responses.is_as_written():
            altered = f"{folder.path / 'responses.db'} was altered by something else: hand over now."
            yield Finding("Store", Verdict.FIX, f"{altered} The office leaves out what does not open.")
        if not groups.is_as_written():
            altered = f"{folder.path / 'groups.db'} was altered by something else: put a copy back."
            yield Finding("Counts", Verdict.FIX, f"{altered} This laptop's counts leave out what does not open.")


def _office(data: Path, settings: Settings, today: dt.date) -> Iterator[Finding]:
    try:
        office = existing_office(data)
    except FairstartError as error:
        yield Finding("Office", Verdict.FIX, error.sentence)
        return
    if office is not None:
        yield Finding("Office", Verdict.SOUND, f"This laptop is the office {office.fingerprint}.")
        if (data / "office" / store.FILE_NAME).exists():
            yield from _office_store(data / "office" / store.FILE_NAME, office, settings, today)


def _office_store(path: Path, office: OfficePublicKey, settings: Settings, today: dt.date) -> Iterator[Finding]:
    """Whether a store is sound, as far as that takes no passphrase: no response and no sum is opened."""
    subject = "Office store"
    if is_interrupted(path):
        yield Finding(subject, Verdict.UNKNOWN, "Something is being written: open the office, then try again.")
        return
    try:
        with contextlib.closing(OfficeStore.open(path, office, may_write=False)) as opened:
            opened.check()
            with opened.reading() as read:
                ((held,),) = read("SELECT count(*) FROM response", ())
            yield Finding(subject, Verdict.SOUND, f"Every page checked; responses held: {held}.")
            yield _coordinators(path.parent.parent)
            for look in _OF_AN_OFFICE:
                yield look(opened, office, settings, today)
    except FairstartError as error:
        yield Finding(subject, Verdict.FIX, error.sentence)


def _coordinators(data: Path) -> Finding:
    names = office_key_file(data).names
    alone = " Add another one, who can open it if that passphrase is lost." if len(names) == 1 else ""
    return Finding("Coordinators", Verdict.SOUND, f"Who opens the office: {', '.join(names)}.{alone}")


def _copies(opened: OfficeStore, _office: OfficePublicKey, settings: Settings, today: dt.date) -> Finding:
    line = opened.line()
    if due := reminder(line, today, settings.office.copy_days):
        return Finding("Copies", Verdict.FIX, f'{due}: run "fairstart office backup DEST".')
    made = f"The last copy is of {day(line.copied)}." if line.copied else "Nothing is there to be copied yet."
    return Finding("Copies", Verdict.SOUND, made)


def _accepted(opened: OfficeStore, _office: OfficePublicKey, _settings: Settings, _today: dt.date) -> Finding:
    with opened.reading() as read:
        ((accepted,),) = read("SELECT count(*) FROM kiosk WHERE NOT revoked", ())
    return Finding("Accepted", Verdict.SOUND, f"Laptops whose exports the office takes: {accepted}.")


def _one_computer(opened: OfficeStore, office: OfficePublicKey, _settings: Settings, _today: dt.date) -> Finding:
    if opened.was_used_elsewhere(office):
        return Finding("Computer", Verdict.FIX, f'{store.ELSEWHERE[:-1]}, with "fairstart office go-on".')
    return Finding("Computer", Verdict.SOUND, "The office is used on this computer.")


def _deletion(opened: OfficeStore, _office: OfficePublicKey, settings: Settings, today: dt.date) -> Finding:
    """Whether answers are due to be deleted."""
    keep_months = settings.office.keep_months
    events = due(read_events(opened), keep_months, today)
    if not events:
        return Finding("Deletion", Verdict.SOUND, "No answers are due to be deleted.")
    command = "fairstart office delete-responses --due"
    said = f"The answers of {counted(len(events), 'event')} are due to be deleted after {counted(keep_months, 'month')}"
    return Finding("Deletion", Verdict.FIX, f'{said}: run "{command}".')


_OF_AN_OFFICE: tuple[Callable[[OfficeStore, OfficePublicKey, Settings, dt.date], Finding], ...] = (
    _copies,
    _deletion,
    _accepted,
    _one_computer,
)
"""What is looked at in an office's store, one finding each."""


def _checklist(data: Path) -> Finding:
    subject = "Checklist"
    try:
        with contextlib.closing(checklist.Checklist.open(data, create=False)) as opened:
            sound = opened.check()
    except FairstartError as error:
        return Finding(subject, Verdict.FIX, error.sentence)
    if not sound:
        return Finding(subject, Verdict.FIX, f"{checklist.FILE_NAME} is damaged: put a copy in its place.")
    return Finding(subject, Verdict.SOUND, "Every page of the toolkit’s checklist checked.")


def _languages(codes: tuple[str, ...]) -> Finding:
    subject = "Languages"
    try:
        packs = [load_words(code) for code in codes]
    except ContentError as error:
        return Finding(subject, Verdict.FIX, str(error))
    return Finding(subject, Verdict.SOUND, f"On offer: {languages_offered(packs)}.")


def _office_address(address: str, *, reach: bool) -> Finding:
    """Whether laptops can send there, as far as it can be told."""
    subject = "Address"
    try:
        look_at(address, reach=reach)
    except PlaceError as error:
        return Finding(subject, Verdict.FIX, error.sentence)
    if reach or "://" not in address:
        return Finding(subject, Verdict.SOUND, f"{shown(address)} answers.")
    return Finding(subject, Verdict.SOUND, f"{shown(address)} can be used here; --reach tries whether it answers.")


def _permissions(data: Path) -> Finding:
    subject = "Permissions"
    if keeps_none := _keeps_no_permissions(data):
        return Finding(
            subject,
            Verdict.FIX,
            f"{keeps_none} keeps no permissions, so everybody at this computer can read the data folder: "
            "choose a folder on the computer's own disk with --data.",
        )
    places = (data, *data.rglob("*"))
    open_to_others = [place for place in places if not place.is_symlink() and _is_open_to_others(place)]
    if open_to_others:
        found = f"{len(open_to_others)} files or folders can be read by others"
        return Finding(subject, Verdict.FIX, f"{found}: run {_closing_to_others(data)}.")
    return Finding(subject, Verdict.SOUND, "Only you can read the data folder.")


def _keeps_no_permissions(data: Path) -> str:
    """What the drive under the data folder is called, if it keeps no permissions."""
    if sys.platform == "win32":
        return "" if windows_permissions.keeps_permissions(data) else "This drive"
    kind, _ = _mounted_as(data)
    return _WITHOUT_MODES.get(kind, "")


def _is_open_to_others(place: Path) -> bool:
    if sys.platform == "win32":
        return windows_permissions.is_open_to_others(place)
    return bool(place.stat().st_mode & 0o077)


def _closing_to_others(data: Path) -> str:
    """What to run so that only the owner can read the data folder."""
    if sys.platform == "win32":
        return f"""icacls "{data}" /inheritance:r /grant:r "{getpass.getuser()}:(OI)(CI)F" /T"""
    return f'"chmod -R go= {shlex.quote(str(data))}"'


def _clock(settings: Settings, today: dt.date) -> Finding:
    if today < _EARLIEST_PLAUSIBLE:
        return Finding("Clock", Verdict.FIX, f"The clock says {today:%d %B %Y}: set the date and time.")
    first, last = settings.event.date, settings.event.ends
    if first and last and not first <= today <= last:
        dated = f"The event is dated {first:%d %B %Y}, the clock says {today:%d %B %Y}"
        if last - today >= _LONGEST_AGO and first - today <= _FURTHEST_AHEAD:
            return Finding("Clock", Verdict.SOUND, f"{dated}.")
        return Finding("Clock", Verdict.FIX, f"{dated}: set one of them right.")
    return Finding("Clock", Verdict.SOUND, f"{today:%d %B %Y}.")


def _swap() -> Finding:
    subject = "Swap"
    if sys.platform == "darwin":
        return Finding(subject, Verdict.SOUND, "macOS encrypts its swap.")
    swaps = Path("/proc/swaps")
    if not swaps.is_file():
        return Finding(subject, Verdict.UNKNOWN, "Turn on disk encryption, so that swapped memory is unreadable.")
    on_disk = [line for line in swaps.read_text("utf-8").splitlines()[1:] if not line.startswith("/dev/zram")]
    if not on_disk:
        return Finding(subject, Verdict.SOUND, "No swap on the disk.")
    if all(_is_encrypted_swap(Path(line.split()[0])) for line in on_disk):
        return Finding(subject, Verdict.SOUND, "The swap is encrypted.")
    return Finding(
        subject,
        Verdict.FIX,
        'Memory can be swapped to the disk: run "sudo swapoff -a", or encrypt the disk.',
    )


def _is_encrypted_swap(place: Path) -> bool:
    try:
        found = place.stat()
    except OSError:
        return False
    return _is_encrypted_device(found.st_dev if stat.S_ISREG(found.st_mode) else found.st_rdev)


def _disk_encryption(data: Path) -> Finding:
    subject = "Disk encryption"
    asking: dict[str, Callable[[Path], bool | None]] = {"linux": _linux_encrypted, "darwin": _filevault_on}
    encrypted = asking.get(sys.platform, _cannot_ask)(data)
    if encrypted is None:
        return Finding(subject, Verdict.UNKNOWN, "Check that BitLocker, FileVault or LUKS is on for this disk.")
    if encrypted:
        return Finding(subject, Verdict.SOUND, "The data folder lies on an encrypted disk.")
    return Finding(subject, Verdict.FIX, "The disk does not look encrypted: turn on disk encryption if you can.")


_KEEPS_OLD_STATES = {"btrfs": "Btrfs", "zfs": "ZFS", "bcachefs": "Bcachefs", "f2fs": "F2FS", "nilfs2": "NILFS"}
"""File systems that write each change to a new place, by what Linux calls them."""
_WITHOUT_MODES = {"vfat": "FAT", "msdos": "FAT", "exfat": "exFAT", "fuse.exfat": "exFAT", "fuseblk": "This drive"}
"""File systems of sticks, by what Linux calls them: `fuseblk` is exFAT or NTFS where the kernel has none of its own."""
_JOURNALS_DATA = "This ext4 is mounted with data=journal, which keeps the order of answers: mount it without."


def _mounted_as(data: Path) -> tuple[str, str]:
    """The kind of the file system under the data folder, and what it was mounted with; empty where nobody says."""
    mounts = Path("/proc/self/mounts")
    if sys.platform != "linux" or not mounts.is_file():
        return "", ""
    place = next(place for place in (data, *data.parents) if place.exists()).resolve()
    above = {_as_in_mounts(folder) for folder in (place, *place.parents)}
    lines = [line.split() for line in mounts.read_text("utf-8", errors="replace").splitlines()]
    mounted = sorted((line for line in lines if line[1] in above), key=lambda line: len(line[1]))
    if not mounted:  # in a root of its own, as containers have, not even that is listed
        return "", ""
    _, _, kind, options, *_ = mounted[-1]  # of those at one place the last, which hides what is below it
    return kind, options


def _as_in_mounts(folder: Path) -> str:
    """A folder as Linux lists it, which has codes for spaces: sticks have them in their names."""
    return re.sub(r"[ \t\n\\]", lambda found: f"\\{ord(found[0]):03o}", str(folder))


def _file_system(data: Path) -> Iterator[Finding]:
    """Where the file system under the data folder keeps what was overwritten."""
    place = next(place for place in (data, *data.parents) if place.exists()).resolve()
    kind, options = _mounted_as(data)
    if kind == "ext4" and "data=journal" in options.split(","):
        yield Finding("File system", Verdict.FIX, _JOURNALS_DATA)
    elif kind in _KEEPS_OLD_STATES and not (kind == "btrfs" and is_overwritten_in_place(place)):
        old = f"{_KEEPS_OLD_STATES[kind]} keeps older states of files, which tell the order of answers"
        another = "a new data folder" if kind == "btrfs" else "one on ext4 or another disk"
        yield Finding("File system", Verdict.FIX, f"{old}: choose {another} with --data.")


def _cannot_ask(_data: Path) -> None:
    return None


def _linux_encrypted(data: Path) -> bool | None:
    device = next(place for place in (data, *data.parents) if place.exists()).stat().st_dev
    return _is_encrypted_device(device) if os.major(device) else None


def _is_encrypted_device(device: int) -> bool:
    """Whether a Linux block device, or one that it lies on, is a dm-crypt mapping."""
    node = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    mapping = node / "dm" / "uuid"
    if mapping.is_file() and mapping.read_text("ascii").startswith("CRYPT-"):
        return True
    below = list((node / "slaves").glob("*/dev")) if node.exists() else []
    for number in below:
        major, minor = number.read_text("ascii").split(":")
        if _is_encrypted_device(os.makedev(int(major), int(minor))):
            return True
    return False


def _filevault_on(_data: Path) -> bool | None:
    try:
        answer = subprocess.run(["/usr/bin/fdesetup", "isactive"], capture_output=True, check=False, timeout=10, env={})
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.returncode == 0
