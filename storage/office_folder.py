"""The office key in a data folder: made once, opened by each coordinator.

<data>/office/office.pub, office.key    the office key, wrapped under each coordinator's passphrase
"""

from dataclasses import dataclass, field
from pathlib import Path

from storage.crypto.keys import OfficePrivateKey, OfficePublicKey
from storage.crypto.office_key import FIRST, OfficeKeyFile
from storage.crypto.recovery_code import new_secret
from storage.errors import KeyFileError, NotSetUpError
from storage.private_files import write_private_files


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
