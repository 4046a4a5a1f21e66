"""Who opens this office, each with a passphrase of their own: listed, added, removed, renamed; and its recovery code.

What changes is noted in the log before `office.key` is written, so that nobody comes to a key or leaves one unnoted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from storage.crypto.keys import OfficePrivateKey
from storage.crypto.office_key import OfficeKeyFile
from storage.errors import CoordinatorError, KeyFileError, WrongPassphraseError
from storage.names import name_key
from storage.office.log import Details, Kind
from storage.office_folder import office_key_file, office_key_path
from storage.private_files import write_private


class Coordinators:
    """The coordinators of an opened office. Whoever opened it may change any of them."""

    def __init__(self, data: Path, key: OfficePrivateKey, note: Callable[[Kind, Details], None]) -> None:
        self._data = data
        self._key = key
        self._note = note

    @property
    def own(self) -> str:
        """Who has opened the office."""
        return self._key.coordinator

    def names(self) -> list[str]:
        """All of them, by name.

        Raises:
            KeyFileError: the key file is damaged, or somebody without the key has changed it.
        """
        return self._read().names

    def have(self, passphrase: str) -> bool:
        """Whether a passphrase is one of theirs. Takes about a second and 256 MiB.

        Raises:
            KeyFileError: the key file is damaged, or somebody without the key has changed it.
        """
        try:
            self._read().open(passphrase)
        except WrongPassphraseError:
            return False
        return True

    def add(self, name: str, passphrase: str) -> None:
        """Add one. Takes about a second and 256 MiB.

        Raises:
            CoordinatorError: there is one of that name, there are too many, or the name cannot be used.
            WeakPassphraseError: another coordinator has this passphrase.
            KeyFileError, StoreError: as their sentences say; nothing was changed.
        """
        file = self._read()
        if name_key(name) in map(name_key, file.names):
            raise CoordinatorError(f"There is a coordinator “{name}” already: choose another name.")
        changed = file.with_coordinator(self._key, name, passphrase)
        self._write(changed, "coordinator added", changed.named(name))

    def change_passphrase(self, name: str, passphrase: str) -> None:
        """Give one a new passphrase: the old one opens the key file no more. Takes about a second and 256 MiB.

        Raises:
            CoordinatorError: there is none of that name.
            WeakPassphraseError: another coordinator has this passphrase.
            KeyFileError, StoreError: as their sentences say; nothing was changed.
        """
        file = self._read()
        called = file.named(name)
        self._write(file.with_coordinator(self._key, called, passphrase), "passphrase changed", called)

    def rename(self, name: str, new: str) -> None:
        """Call one by another name.

        Raises:
            CoordinatorError: there is none of that name, or the new one cannot be used.
            KeyFileError, StoreError: as their sentences say; nothing was changed.
        """
        file = self._read()
        called, changed = file.named(name), file.renamed(self._key, name, new)
        self._write(changed, "coordinator renamed", called, now=changed.named(new))

    def remove(self, name: str) -> None:
        """Take one out: their passphrase opens the key file no more. They may have copied file or key before.

        Raises:
            CoordinatorError: there is none of that name, or no other.
            KeyFileError, StoreError: as their sentences say; nothing was changed.
        """
        file = self._read()
        self._write(file.without(self._key, name), "coordinator removed", file.named(name))

    def change_code(self, code: bytes) -> None:
        """Let the recovery code of this secret open the key file, and the one before no more.

        Raises:
            KeyFileError, StoreError: as their sentences say; nothing was changed.
        """
        self._write(self._read().with_code(self._key, code), "recovery code issued")

    def _read(self) -> OfficeKeyFile:
        file = office_key_file(self._data)
        if not file.is_whole(self._key):
            raise KeyFileError(
                "office.key is not the file that this office wrote: put back a copy of it, then open the office again."
            )
        return file

    def _write(self, file: OfficeKeyFile, what: Kind, name: str = "", **details: str) -> None:
        self._note(what, {**({"name": name} if name else {}), **details})
        write_private(office_key_path(self._data), file.to_file())
