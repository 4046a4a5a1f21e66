"""`office.key`: the office's seed, wrapped for each coordinator under their own passphrase, and for the recovery code.

There is one salt for the file: a passphrase is stretched once, whoever's it is, and the slot that it opens says whose.
Who took the file can try each guess on every slot; a salt for each would cost them as much again for every slot, and
every coordinator a second for each of the others. Either way the file is as strong as its weakest passphrase.

Under the seed the whole file is authenticated: a slot or a name that somebody without the key added, changed, exchanged
or took away shows when a coordinator opens it. An old copy of the file is whole, and its passphrases and code open it:
whoever could open it once may have kept the seed anyway. FORMAT.md, section 6.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from storage.crypto.armour import armour, damaged_file, read_armoured
from storage.crypto.keys import (
    KEY_ID_SIZE,
    OFFICE_PRIVATE,
    SALT_SIZE,
    WRAPPED_SEED_SIZE,
    OfficePrivateKey,
    Wrapping,
    bound_to,
    wrong_passphrase,
)
from storage.errors import CoordinatorError, KeyFileError, WeakPassphraseError, WrongPassphraseError
from storage.names import evened, name_key
from storage.text import printable, shortened

MOST_COORDINATORS = 16
LONGEST_NAME = 60
"""Characters of a coordinator's name."""
FIRST = "Coordinator"
"""What the first coordinator is called where nobody says otherwise."""

_MAC_SIZE = 32
_FIXED_SIZE = KEY_ID_SIZE + SALT_SIZE + WRAPPED_SEED_SIZE + 1 + _MAC_SIZE
_MOST_SIZE = _FIXED_SIZE + MOST_COORDINATORS * (1 + 4 * LONGEST_NAME + WRAPPED_SEED_SIZE)


@dataclass(frozen=True, repr=False)
class Slot:
    """The seed, as one coordinator's passphrase opens it."""

    name: str
    wrapped: bytes

    @property
    def packed(self) -> bytes:
        """Its bytes in the file."""
        name = self.name.encode()
        return bytes([len(name)]) + name + self.wrapped


@dataclass(frozen=True, repr=False)
class OfficeKeyFile:
    """The content of `office.key`."""

    key_id: bytes
    salt: bytes
    for_code: bytes
    """The seed, as the recovery code opens it."""
    slots: tuple[Slot, ...]
    """By name."""
    mac: bytes

    @classmethod
    def new(cls, key: OfficePrivateKey, name: str, passphrase: str, code: bytes) -> Self:
        """A file with one coordinator. Takes about a second and 256 MiB.

        Args:
            key: the office's.
            name: the coordinator's.
            passphrase: theirs.
            code: the secret of the recovery code.

        Raises:
            CoordinatorError: the name cannot be used.
        """
        salt, bound = os.urandom(SALT_SIZE), bound_to(OFFICE_PRIVATE, key.public.id)
        slot = Slot(name_checked(name), Wrapping.under(passphrase, salt).wrap(key.seed, bound))
        return cls._of(key, salt, _of_code(code).wrap(key.seed, bound), [slot])

    @classmethod
    def _of(cls, key: OfficePrivateKey, salt: bytes, for_code: bytes, slots: Iterable[Slot]) -> Self:
        ordered = tuple(sorted(slots, key=lambda slot: name_key(slot.name)))
        mac = _authenticated(key, _packed(key.public.id, salt, for_code, ordered))
        return cls(key.public.id, salt, for_code, ordered, mac)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read it. Whether its slots are those of the office shows when it is opened.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
        """
        payload = read_armoured(path, OFFICE_PRIVATE, *range(_FIXED_SIZE, _MOST_SIZE + 1))
        try:
            return cls._unpack(payload)
        except ValueError as error:
            raise damaged_file(path, OFFICE_PRIVATE) from error

    @classmethod
    def _unpack(cls, payload: bytes) -> Self:
        rest = payload

        def take(size: int) -> bytes:
            nonlocal rest
            part, rest = rest[:size], rest[size:]
            if len(part) != size:
                raise ValueError("cut short")
            return part

        key_id, salt, for_code = take(KEY_ID_SIZE), take(SALT_SIZE), take(WRAPPED_SEED_SIZE)
        slots = []
        for _ in range(take(1)[0]):
            name = take(take(1)[0]).decode()
            slots.append(Slot(_checked_name(name), take(WRAPPED_SEED_SIZE)))
        mac = take(_MAC_SIZE)
        names = [name_key(slot.name) for slot in slots]
        if rest or not 1 <= len(slots) <= MOST_COORDINATORS or names != sorted(set(names)):
            raise ValueError("not as it is written")
        return cls(key_id, salt, for_code, tuple(slots), mac)

    @property
    def names(self) -> list[str]:
        """The coordinators, as the file has them."""
        return [slot.name for slot in self.slots]

    def to_file(self) -> bytes:
        """Its bytes."""
        return armour(OFFICE_PRIVATE, self._packed + self.mac)

    def open(self, passphrase: str) -> OfficePrivateKey:
        """The office's key, with the name of the coordinator whose passphrase it is. Takes about a second and 256 MiB.

        Raises:
            WrongPassphraseError: it is nobody's.
            KeyFileError: somebody without the key has changed the file.
        """
        wrapping = Wrapping.under(passphrase, self.salt)
        found = ((slot.name, wrapping.unwrap(slot.wrapped, self._bound)) for slot in self.slots)
        key = next((OfficePrivateKey(seed, name) for name, seed in found if seed is not None), None)
        if key is None:
            raise wrong_passphrase()
        if not self.is_whole(key):
            raise KeyFileError(
                "The list of coordinators in office.key was changed by somebody who does not have its key: put back a "
                'copy of that file, or use the recovery code with "fairstart office recover".'
            )
        return key

    def open_with_code(self, code: bytes) -> OfficePrivateKey:
        """The office's key, with the secret of its recovery code. Whether others' slots were changed is not looked at.

        Raises:
            WrongPassphraseError: it is another office's code, or an old one.
        """
        seed = _of_code(code).unwrap(self.for_code, self._bound)
        key = OfficePrivateKey(seed) if seed is not None else None
        if key is None or key.public.id != self.key_id:
            raise WrongPassphraseError(
                "That recovery code does not open this office's key: it is another office's, or an old one. Look for "
                "the paper that was written last."
            )
        return key

    def is_whole(self, key: OfficePrivateKey) -> bool:
        """Whether it is the office's key file as somebody who has this key wrote it."""
        return key.public.id == self.key_id and hmac.compare_digest(self.mac, _authenticated(key, self._packed))

    def with_coordinator(self, key: OfficePrivateKey, name: str, passphrase: str) -> Self:
        """Add a coordinator, or give one a new passphrase. Takes about a second and 256 MiB.

        Raises:
            CoordinatorError: the name cannot be used, or there are too many.
            WeakPassphraseError: another coordinator has this passphrase.
        """
        others = [slot for slot in self.slots if name_key(slot.name) != name_key(name)]
        same = [slot for slot in self.slots if slot not in others]
        if len(others) >= MOST_COORDINATORS:
            raise CoordinatorError(f"An office has {MOST_COORDINATORS} coordinators at most: remove one first.")
        wrapping = Wrapping.under(passphrase, self.salt)
        if any(wrapping.unwrap(slot.wrapped, self._bound) is not None for slot in others):
            raise WeakPassphraseError("Another coordinator has this passphrase: choose one of your own.")
        called = same[0].name if same else name_checked(name)
        return self._of(key, self.salt, self.for_code, [*others, Slot(called, wrapping.wrap(key.seed, self._bound))])

    def without(self, key: OfficePrivateKey, name: str) -> Self:
        """Take a coordinator out.

        Raises:
            CoordinatorError: there is no such coordinator, or no other.
        """
        gone = self._slot(name)
        if len(self.slots) == 1:
            raise CoordinatorError(
                f"“{gone.name}” is the only coordinator and cannot be removed: add another one before."
            )
        return self._of(key, self.salt, self.for_code, [slot for slot in self.slots if slot is not gone])

    def renamed(self, key: OfficePrivateKey, name: str, new: str) -> Self:
        """Call a coordinator by another name.

        Raises:
            CoordinatorError: there is no such coordinator, or the new name cannot be used.
        """
        slot = self._slot(name)
        others = [one for one in self.slots if one is not slot]
        if name_key(new) in {name_key(one.name) for one in others}:
            raise CoordinatorError(f"There is a coordinator “{new}” already: choose another name.")
        return self._of(key, self.salt, self.for_code, [*others, replace(slot, name=name_checked(new))])

    def with_code(self, key: OfficePrivateKey, code: bytes) -> Self:
        """Let this secret of a recovery code open it, and no code before."""
        return self._of(key, self.salt, _of_code(code).wrap(key.seed, self._bound), self.slots)

    def only(self, name: str) -> Self:
        """Nobody but this coordinator, if they are there; not authenticated."""
        return replace(self, slots=tuple(slot for slot in self.slots if name_key(slot.name) == name_key(name)))

    def named(self, name: str) -> str:
        """How a coordinator's name is written here.

        Raises:
            CoordinatorError: there is no such coordinator.
        """
        return self._slot(name).name

    def _slot(self, name: str) -> Slot:
        found = [slot for slot in self.slots if name_key(slot.name) == name_key(name)]
        if not found:
            raise CoordinatorError(
                f"There is no coordinator “{shortened(name, LONGEST_NAME)}”, only {', '.join(self.names)}."
            )
        return found[0]

    @property
    def _bound(self) -> bytes:
        return bound_to(OFFICE_PRIVATE, self.key_id)

    @property
    def _packed(self) -> bytes:
        return _packed(self.key_id, self.salt, self.for_code, self.slots)


def _packed(key_id: bytes, salt: bytes, for_code: bytes, slots: tuple[Slot, ...]) -> bytes:
    return key_id + salt + for_code + bytes([len(slots)]) + b"".join(slot.packed for slot in slots)


def _authenticated(key: OfficePrivateKey, packed: bytes) -> bytes:
    return hmac.digest(key.derive(b"fairstart office coordinators 1"), packed, "sha256")


def name_checked(typed: str) -> str:
    """A coordinator's name, if it can be one.

    Raises:
        CoordinatorError: it cannot.
    """
    try:
        return _checked_name(evened(typed))
    except ValueError as error:
        raise CoordinatorError(
            f"A coordinator's name is one to {LONGEST_NAME} ordinary characters: type another one."
        ) from error


def _checked_name(name: str) -> str:
    if not 1 <= len(name) <= LONGEST_NAME or name != printable(evened(name)) or not name_key(name):
        raise ValueError("no name")
    return name


def _of_code(code: bytes) -> Wrapping:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return Wrapping(HKDF(SHA256(), 32, salt=None, info=b"fairstart recovery code 1").derive(code))
