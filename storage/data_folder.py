"""The data folder: kept to one process at a time, and the office key in it.

<data>/lock                             held while a kiosk or an office runs
<data>/handover.lock                    held while something is handed over, noted or deleted
<data>/office/office.pub, office.key    the office key, wrapped under the coordinator's passphrase
<data>/set-aside                        what was damaged, or gave way to a copy
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from storage.crypto.keys import OFFICE_PRIVATE, OfficePrivateKey, OfficePublicKey, private_file_id
from storage.errors import InUseError, KeyFileError, NotSetUpError, StoreError
from storage.private_files import (
    PRIVATE_FILE,
    flush_folder,
    make_private_folder,
    move_aside,
    remove_folder,
    write_private_files,
)

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
            _remove_empty(self._made)
            self._lock.release()
            self._lock = None


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
        if new and [path.name for path in new[0].iterdir()] == ["lock"]:
            (new[0] / "lock").unlink()
            for folder in new:
                folder.rmdir()


def make_office(data: Path, key: OfficePrivateKey, passphrase: str) -> None:
    """Write the office key, wrapped. An existing key is never replaced. Takes about a second and 256 MiB.

    Raises:
        KeyFileError: there is one already.
        StoreError: the place cannot be written.
    """
    write_private_files(new_office_files(data, key, passphrase))


def new_office_files(data: Path, key: OfficePrivateKey, passphrase: str) -> list[tuple[Path, bytes]]:
    """What `make_office` writes, in its order: wrapping the key is what takes so long, and what may fail.

    Raises:
        KeyFileError: there is one already.
    """
    folder = data / "office"
    if (folder / "office.key").exists():
        raise KeyFileError(f"{data} holds an office key already: nothing was changed. Choose another with --data.")
    return [(folder / "office.pub", key.public.to_file()), (folder / "office.key", key.to_file(passphrase))]


def existing_office(data: Path) -> OfficePublicKey | None:
    """The office key of this laptop, where there is one.

    Raises:
        KeyFileError: there is one, and it is damaged.
    """
    office = data / "office"
    if not (office / "office.key").exists():
        return None
    public = OfficePublicKey.from_file(office / "office.pub")
    if private_file_id(office / "office.key", OFFICE_PRIVATE) != public.id:
        raise KeyFileError(f"{office / 'office.pub'} does not belong to office.key beside it: put the right one back.")
    return public


def unlock_office(data: Path, passphrase: str) -> OfficePrivateKey:
    """The office's private key, if the passphrase is right. Takes about a second and 256 MiB.

    Raises:
        NotSetUpError: there is no office here.
        WrongPassphraseError: it is not.
        KeyFileError: the key file is damaged.
    """
    if not (data / "office" / "office.key").exists():
        raise NotSetUpError(f'{data} holds no office key: run "fairstart office init" first.')
    return OfficePrivateKey.from_file(data / "office" / "office.key", passphrase)
