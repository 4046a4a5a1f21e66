"""The data folder: kept to one process at a time, and the office key in it.

<data>/lock                             held while a kiosk or an office runs
<data>/handover.lock                    held while something is handed over, noted or deleted
<data>/office/office.pub, office.key    the office key, wrapped under each coordinator's passphrase
<data>/set-aside                        what was damaged, or gave way to a copy
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from storage.crypto.keys import OfficePrivateKey, OfficePublicKey
from storage.crypto.office_key import FIRST, OfficeKeyFile
from storage.crypto.recovery_code import new_secret
from storage.errors import InUseError, KeyFileError, NotSetUpError, StoreError
from storage.private_files import (
    PRIVATE_FILE,
    flush_folder,
    make_private_folder,
    move_aside,
    remove_folder,
    write_private_files,
)

_LONGEST_PATH = 140
"""Letters of the data folder under Windows: what is in it has up to 110 more."""
SET_ASIDE = "set-aside"
UNFINISHED = ".office.new"
"""An office that is being put back from a copy."""
RESTORED = ".office.restored"
"""The office as a copy had it, whole and checked, before it is where an office is."""


class Holder:
    """Keeps the data folder to this process, for as long as it is taken."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._lock: FileLock | None = None
        self._made: list[Path] = []

    @property
    def has_it(self) -> bool:
        """Whether it is taken."""
        return self._lock is not None

    def take(self) -> None:
        """Take the data folder, which is made where it is missing; nothing happens where it is taken already.

        Raises:
            InUseError: another process has it.
            StoreError: it cannot be made.
        """
        if self._lock is not None:
            return
        need_short_path(self.data)
        self._made = [folder for folder in (self.data, *self.data.parents) if not folder.exists()]
        make_private_folder(self.data)
        self._lock = _locked(
            self.data / "lock",
            f"Fairstart is already running on {self.data}: "
            "close the other window, or choose another place with --data.",
        )
        try:
            finish_restoring(self.data)
        except BaseException:
            self.let_go()
            raise

    def let_go(self) -> None:
        """Leave it to others. One that was made for this, and that nothing was put in, goes again."""
        if self._lock is not None:
            if os.name == "nt":  # which removes nothing that is open, and filelock removes its file there
                self._lock.release()
            _remove_empty(self._made)
            self._lock.release()
            self._lock = None


def need_short_path(data: Path) -> None:
    """Return only if all that comes into the data folder will have a path that this computer takes.

    Raises:
        StoreError: it is too long for Windows, which takes 260 letters unless it is set to take more.
    """
    if sys.platform == "win32" and len(str(data.absolute())) > _LONGEST_PATH:
        import ctypes  # 3 ms, and only here

        enabled = getattr(ctypes.WinDLL("ntdll"), "RtlAreLongPathsEnabled", None)  # of Windows 10 since 2016
        if enabled is None or not enabled() & 0xFF:  # a BOOLEAN is one byte
            raise StoreError(f"{data} is too long for Windows: choose a place with a shorter name with --data.")


@contextlib.contextmanager
def hold(data: Path) -> Iterator[None]:
    """Keep the data folder to this process. One that was made for that, and that nothing was put in, goes again.

    Raises:
        InUseError: another process has it.
        StoreError: it cannot be made.
    """
    holder = Holder(data)
    holder.take()
    try:
        yield
    finally:
        holder.let_go()


def finish_restoring(data: Path) -> Path | None:
    """Put an office that was restored, and is whole, where an office is. What is there is moved aside.

    One that was not finished is removed.

    Returns:
        Where that is now, if there was one.

    Raises:
        StoreError: something cannot be moved; nothing is lost, and the next one who takes the folder tries again.
    """
    remove_folder(data / UNFINISHED)
    restored, office = data / RESTORED, data / "office"
    if not restored.exists():
        return None
    aside = move_aside(office, data / SET_ASIDE) if office.exists() else None
    try:
        restored.rename(office)
        flush_folder(data)
    except OSError as error:
        raise StoreError(f"Cannot move {restored} ({error.strerror}): close what uses it, then try again.") from error
    return aside


@contextlib.contextmanager
def handing_over(data: Path) -> Iterator[None]:
    """Let nobody else hand over, note or delete meanwhile: the kiosk may run in one process, and sending in another.

    Raises:
        InUseError: somebody does so now.
    """
    lock = _locked(
        data / "handover.lock",
        "This laptop is handing over already: wait until that is done, then try again.",
    )
    try:
        yield
    finally:
        lock.release()


def _locked(path: Path, taken: str) -> FileLock:
    """A lock that is held, to be released; `taken` says that another has it."""
    lock = FileLock(path, mode=PRIVATE_FILE, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InUseError(taken) from error
    except OSError as error:
        raise InUseError(
            f"Cannot lock {path} ({error.strerror}): check that you may write there and "
            "that it is an ordinary file, or choose another place with --data."
        ) from error
    return lock


def _remove_empty(new: list[Path]) -> None:
    """Remove folders that were made to be locked, where nothing but the lock came into them."""
    with contextlib.suppress(OSError):
        if new and {path.name for path in new[0].iterdir()} <= {"lock"}:
            (new[0] / "lock").unlink(missing_ok=True)
            for folder in new:
                folder.rmdir()


@dataclass(frozen=True, repr=False)
class NewOffice:
    """A fresh office key and what will open it."""

    key: OfficePrivateKey
    passphrase: str
    """The first coordinator's."""
    name: str = FIRST
    """Of that coordinator."""
    code: bytes = field(default_factory=new_secret)
    """The secret of its recovery code."""


def make_office(data: Path, new: NewOffice) -> None:
    """Write a new office's key, wrapped. An existing key is never replaced. Takes about a second and 256 MiB.

    Raises:
        KeyFileError: there is one already.
        CoordinatorError: the name cannot be used.
        StoreError: the place cannot be written.
    """
    write_private_files(new_office_files(data, new))


def new_office_files(data: Path, new: NewOffice) -> list[tuple[Path, bytes]]:
    """What `make_office` writes, in its order: wrapping the key is what takes so long, and what may fail.

    Raises:
        KeyFileError: there is one already.
        CoordinatorError: the name cannot be used.
    """
    if office_key_path(data).exists():
        raise KeyFileError(f"{data} holds an office key already: nothing was changed. Choose another with --data.")
    wrapped = OfficeKeyFile.new(new.key, new.name, new.passphrase, new.code)
    public = new.key.public.to_file()
    return [(data / "office" / "office.pub", public), (office_key_path(data), wrapped.to_file())]


def office_key_path(data: Path) -> Path:
    """Where the office's wrapped key is."""
    return data / "office" / "office.key"


def existing_office(data: Path) -> OfficePublicKey | None:
    """The office key of this laptop, where there is one.

    Raises:
        KeyFileError: there is one, and it is damaged.
    """
    path = data / "office" / "office.pub"
    if not office_key_path(data).exists():
        return None
    public = OfficePublicKey.from_file(path)
    if OfficeKeyFile.from_file(office_key_path(data)).key_id != public.id:
        raise KeyFileError(f"{path} does not belong to office.key beside it: put the right one back.")
    return public


def unlock_office(data: Path, passphrase: str) -> OfficePrivateKey:
    """The office's private key, if the passphrase is a coordinator's; it says whose. About a second and 256 MiB.

    Raises:
        NotSetUpError: there is no office here.
        WrongPassphraseError: it is nobody's.
        KeyFileError: the key file is damaged, or somebody without the key has changed it.
    """
    return office_key_file(data).open(passphrase)


def office_key_file(data: Path) -> OfficeKeyFile:
    """The office's wrapped key.

    Raises:
        NotSetUpError: there is no office here.
        KeyFileError: it is damaged.
    """
    if not office_key_path(data).exists():
        raise NotSetUpError(f'{data} holds no office key: run "fairstart office init" first.')
    return OfficeKeyFile.from_file(office_key_path(data))


def copied_key_file(data: Path, path: Path) -> OfficeKeyFile:
    """A copy of an office's wrapped key, for a data folder that has none.

    Raises:
        KeyFileError: the folder has one already, or the copy is damaged.
    """
    if office_key_path(data).exists():
        raise KeyFileError(f"{data} holds an office key already, so no copy is needed: leave the copy out.")
    return OfficeKeyFile.from_file(path)


def recover_key(data: Path, file: OfficeKeyFile, code: bytes, name: str, passphrase: str) -> OfficePrivateKey:
    """Give a coordinator, known or new, a passphrase with the recovery code. Takes about a second and 256 MiB.

    Where somebody without the key has changed the list of coordinators, only this one stays.

    Args:
        data: the data folder.
        file: its wrapped key, or a copy that comes there.
        code: the secret of the recovery code.
        name: the coordinator's.
        passphrase: their new one.

    Raises:
        WrongPassphraseError: the code is another office's, or an old one.
        CoordinatorError, WeakPassphraseError: as their sentences say.
        StoreError: it cannot be written; the old or the new passphrase holds.
    """
    key = file.open_with_code(code)
    known = file if file.is_whole(key) else file.only(name)
    changed = known.with_coordinator(key, name, passphrase)
    folder = data / "office"
    write_private_files([(folder / "office.pub", key.public.to_file()), (office_key_path(data), changed.to_file())])
    return OfficePrivateKey(key.seed, changed.named(name))
