"""Office, kiosk and tally keys, how a passphrase wraps them, fingerprints for the eye, a recovery code for a drawer.

A private key is always one seed of 32 random bytes; every key in use is derived from it. On disk a seed is wrapped with
Argon2id (256 MiB, 4 passes) and ChaCha20-Poly1305. A laptop that is set up from a stick, where nobody types the staff
passphrase, seals its seed to a public key instead, which the office made of that passphrase: then neither stick nor
laptop holds what opens it. Layouts are in FORMAT.md, sections 3 to 8.

A kiosk reads its public keys at every start, so `cryptography` (20 ms) is imported where it is first needed.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from storage.crypto.armour import armour, damaged_file, digest, read_armoured
from storage.crypto.hpke import suite
from storage.crypto.points import is_ed25519_key, is_x25519_key
from storage.errors import KeyFileError, TooLittleMemoryError, WrongPassphraseError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

SEED_SIZE = 32
KEY_ID_SIZE = 16
ARGON2_MEMORY_KIB = 262_144
ARGON2_PASSES = 4
ARGON2_LANES = 4

_SALT_SIZE = 16
_NONCE_SIZE = 12
_MLKEM_PUBLIC_SIZE = 1184
_KEM_PUBLIC_SIZE = _MLKEM_PUBLIC_SIZE + 32
_OFFICE_PUBLIC_SIZE = _KEM_PUBLIC_SIZE + 32
_WRAPPED_SIZE = KEY_ID_SIZE + _SALT_SIZE + _NONCE_SIZE + SEED_SIZE + 16
_SEALED_SIZE = KEY_ID_SIZE + _SALT_SIZE + 1120 + SEED_SIZE + 16
"""A seed is under a passphrase, or sealed to the public key that was made of one."""

OFFICE_PUBLIC = "FAIRSTART OFFICE PUBLIC KEY 1"
OFFICE_PRIVATE = "FAIRSTART OFFICE KEY 1"
KIOSK_PUBLIC = "FAIRSTART KIOSK PUBLIC KEY 1"
KIOSK_PRIVATE = "FAIRSTART KIOSK KEY 1"
TALLY_PUBLIC = "FAIRSTART TALLY PUBLIC KEY 1"
STAFF_PUBLIC = "FAIRSTART STAFF PUBLIC KEY 1"

_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_CHECK_SIZE = 3
_CODE_GROUP = 4
CODE_GROUPS = 14


@dataclass(frozen=True)
class OfficePublicKey:
    """What a kiosk holds of the office: enough to seal to it and to check its receipts."""

    encoded: bytes
    """ML-KEM-768 key (1184 bytes), X25519 key (32), Ed25519 key (32)."""

    @property
    def id(self) -> bytes:
        """16 bytes naming this key."""
        return _key_id(OFFICE_PUBLIC, self.encoded)

    @property
    def kem(self) -> MLKEM768X25519PublicKey:
        """The X-Wing key that responses are sealed to."""
        return _kem_public(self.encoded[:_KEM_PUBLIC_SIZE])

    @property
    def receipts(self) -> Ed25519PublicKey:
        """The key that receipts are checked with."""
        return _ed25519_public(self.encoded[_KEM_PUBLIC_SIZE:])

    @property
    def fingerprint(self) -> str:
        """Thirty digits in six groups, for comparing by eye."""
        return _fingerprint(OFFICE_PUBLIC, self.encoded)

    def to_file(self) -> bytes:
        """The content of `office.pub`."""
        return armour(OFFICE_PUBLIC, self.encoded)

    @classmethod
    def from_file(cls, path: Path, *, vetted: bool = False) -> Self:
        """Read `office.pub`; a `vetted` one, which set-up wrote, is checked for damage but not for being a key at all.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
        """
        encoded = read_armoured(path, OFFICE_PUBLIC, _OFFICE_PUBLIC_SIZE)
        key = cls(encoded)
        if not vetted:
            try:
                _ = key.kem
            except ValueError as error:
                raise damaged_file(path, OFFICE_PUBLIC) from error
            x25519, ed25519 = encoded[_MLKEM_PUBLIC_SIZE:_KEM_PUBLIC_SIZE], encoded[_KEM_PUBLIC_SIZE:]
            if not (is_x25519_key(x25519) and is_ed25519_key(ed25519)):
                raise KeyFileError(
                    f"The keys in {path} would keep nothing secret, so it was refused: "
                    "get the office's own office.pub again, from the office itself."
                )
        return key


@dataclass(frozen=True, repr=False)
class OfficePrivateKey:
    """The office's whole key, from its seed."""

    seed: bytes
    coordinator: str = field(default="", compare=False)
    """Whose passphrase opened it; empty where it was none."""

    @classmethod
    def generate(cls) -> Self:
        """A new key, from the operating system's randomness."""
        return cls(os.urandom(SEED_SIZE))

    @property
    def kem(self) -> MLKEM768X25519PrivateKey:
        """The X-Wing key that opens responses."""
        return _kem_private(self.seed)

    @property
    def receipts(self) -> Ed25519PrivateKey:
        """The key that signs receipts."""
        return _derive_ed25519(self.seed, b"fairstart office receipts 1")

    def derive(self, label: bytes) -> bytes:
        """A secret of 32 bytes for one use, which the label names."""
        return _derive(self.seed, label)

    @property
    def public(self) -> OfficePublicKey:
        """What kiosks are given."""
        return OfficePublicKey(_kem_public_bytes(self.seed) + self.receipts.public_key().public_bytes_raw())

    def to_file(self, passphrase: str) -> bytes:
        """The content of `office.key`. Takes about a second and 256 MiB."""
        return _wrap(OFFICE_PRIVATE, self.public.id, self.seed, passphrase)

    @classmethod
    def from_file(cls, path: Path, passphrase: str) -> Self:
        """Read `office.key`. Takes about a second and 256 MiB.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
            WrongPassphraseError: the passphrase does not open it.
        """
        key_id, seed = _unwrap(path, OFFICE_PRIVATE, passphrase)
        key = cls(seed)
        if key.public.id != key_id:
            raise damaged_file(path, OFFICE_PRIVATE)
        return key


@dataclass(frozen=True)
class KioskPublicKey:
    """What the office knows a kiosk by."""

    encoded: bytes
    """Ed25519 key, 32 bytes."""

    @property
    def id(self) -> bytes:
        """16 bytes naming this key."""
        return _key_id(KIOSK_PUBLIC, self.encoded)

    @property
    def signing(self) -> Ed25519PublicKey:
        """The key that exports are checked with; ValueError if it is no key."""
        return _ed25519_public(self.encoded)

    @property
    def fingerprint(self) -> str:
        """Thirty digits in six groups, for comparing by eye."""
        return _fingerprint(KIOSK_PUBLIC, self.encoded)

    def to_file(self) -> bytes:
        """The content of `kiosk.pub`."""
        return armour(KIOSK_PUBLIC, self.encoded)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `kiosk.pub`.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
        """
        return cls(read_armoured(path, KIOSK_PUBLIC, 32))


@dataclass(frozen=True, repr=False)
class KioskPrivateKey:
    """The kiosk's own key, which the staff passphrase unlocks. It opens no response."""

    seed: bytes

    @classmethod
    def generate(cls) -> Self:
        """A new key, from the operating system's randomness."""
        return cls(os.urandom(SEED_SIZE))

    @property
    def signing(self) -> Ed25519PrivateKey:
        """The key that signs exports."""
        return _derive_ed25519(self.seed, b"fairstart kiosk signing 1")

    @property
    def tally(self) -> TallyPrivateKey:
        """The key that opens this kiosk's groups."""
        return TallyPrivateKey(_derive(self.seed, b"fairstart kiosk tally 1"))

    def derive(self, label: bytes) -> bytes:
        """A secret of 32 bytes for one use, which the label names."""
        return _derive(self.seed, label)

    @property
    def public(self) -> KioskPublicKey:
        """What the office is shown."""
        return KioskPublicKey(self.signing.public_key().public_bytes_raw())

    def to_file(self, staff: str | StaffPublicKey) -> bytes:
        """The content of `kiosk.key`, for a staff passphrase or the public key made of one.

        With a passphrase it takes about a second and 256 MiB.
        """
        if isinstance(staff, StaffPublicKey):
            return staff.wrap(KIOSK_PRIVATE, self.public.id, self.seed)
        return _wrap(KIOSK_PRIVATE, self.public.id, self.seed, staff)

    @classmethod
    def from_file(cls, path: Path, passphrase: str) -> Self:
        """Read `kiosk.key`. Takes about a second and 256 MiB.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
            WrongPassphraseError: the passphrase does not open it.
        """
        key_id, seed = _unwrap(path, KIOSK_PRIVATE, passphrase)
        key = cls(seed)
        if key.public.id != key_id:
            raise damaged_file(path, KIOSK_PRIVATE)
        return key


@dataclass(frozen=True)
class TallyPublicKey:
    """What a running kiosk seals its groups to."""

    encoded: bytes
    """ML-KEM-768 key (1184 bytes), X25519 key (32)."""

    @property
    def id(self) -> bytes:
        """16 bytes naming this key."""
        return _key_id(TALLY_PUBLIC, self.encoded)

    @property
    def kem(self) -> MLKEM768X25519PublicKey:
        """The X-Wing key that groups are sealed to."""
        return _kem_public(self.encoded)

    def to_file(self) -> bytes:
        """The content of `tally.pub`."""
        return armour(TALLY_PUBLIC, self.encoded)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `tally.pub`.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
        """
        return cls(read_armoured(path, TALLY_PUBLIC, _KEM_PUBLIC_SIZE))


@dataclass(frozen=True, repr=False)
class TallyPrivateKey:
    """Opens a kiosk's groups. Derived from the kiosk's own seed, so that the staff passphrase unlocks both."""

    seed: bytes

    @property
    def kem(self) -> MLKEM768X25519PrivateKey:
        """The X-Wing key that opens groups."""
        return _kem_private(self.seed)

    @property
    def public(self) -> TallyPublicKey:
        """What groups are sealed to."""
        return TallyPublicKey(_kem_public_bytes(self.seed))


@dataclass(frozen=True)
class StaffPublicKey:
    """Made of the staff passphrase: what a laptop seals its own seed to where nobody types the passphrase."""

    encoded: bytes
    """Salt (16 bytes), ML-KEM-768 key (1184), X25519 key (32)."""

    @classmethod
    def of(cls, passphrase: str) -> Self:
        """A new one, with a salt of its own. Takes about a second and 256 MiB."""
        salt = os.urandom(_SALT_SIZE)
        return cls(salt + _kem_public_bytes(_staff_seed(passphrase, salt)))

    def wrap(self, label: str, key_id: bytes, seed: bytes) -> bytes:
        """The content of a key file that the passphrase opens, and nothing that is here."""
        salt, public = self.encoded[:_SALT_SIZE], _kem_public(self.encoded[_SALT_SIZE:])
        return armour(label, key_id + salt + suite().encrypt(seed, public, label.encode("ascii") + key_id))

    def to_file(self) -> bytes:
        """The content of `staff.pub`."""
        return armour(STAFF_PUBLIC, self.encoded)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `staff.pub`.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
        """
        key = cls(read_armoured(path, STAFF_PUBLIC, _SALT_SIZE + _KEM_PUBLIC_SIZE))
        try:
            _ = _kem_public(key.encoded[_SALT_SIZE:])
        except ValueError as error:
            raise damaged_file(path, STAFF_PUBLIC) from error
        if not is_x25519_key(key.encoded[-32:]):
            raise damaged_file(path, STAFF_PUBLIC)
        return key


def private_file_id(path: Path, label: str) -> bytes:
    """The id that a wrapped key file is said to have; it is whole, which takes no passphrase to see.

    Raises:
        KeyFileError: missing, damaged, or another kind of file.
    """
    return _read_private(path, label)[:KEY_ID_SIZE]


def _read_private(path: Path, label: str) -> bytes:
    sizes = (_WRAPPED_SIZE, _SEALED_SIZE) if label == KIOSK_PRIVATE else (_WRAPPED_SIZE,)
    return read_armoured(path, label, *sizes)


def recovery_code(seed: bytes) -> tuple[str, ...]:
    """The seed as fourteen groups of four letters and digits (Crockford base 32), the last ones a check on typing."""
    whole = seed + _code_check(seed)
    number = int.from_bytes(whole, "big")
    length = CODE_GROUPS * _CODE_GROUP
    characters = "".join(_CODE_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(length)))
    return tuple(textwrap.wrap(characters, _CODE_GROUP))


def normalise_code(typed: str) -> str:
    """What Crockford base 32 reads alike: capitals, O as 0, I and L as 1, without spaces and hyphens."""
    joined = "".join(character for character in typed.upper() if character.isalnum())
    return joined.translate(str.maketrans("OIL", "011"))


def seed_from_recovery_code(typed: str) -> bytes:
    """The seed behind a recovery code, however it was spaced, in as many lines, and with a heading or numbers around.

    Raises:
        KeyFileError: a character is missing or wrong.
    """
    for characters in _codes_in(typed):
        values = [_CODE_ALPHABET.find(character) for character in characters]
        if len(values) == CODE_GROUPS * _CODE_GROUP and min(values) >= 0:
            number = 0
            for value in values:
                number = number << 5 | value
            whole = number.to_bytes(SEED_SIZE + _CODE_CHECK_SIZE, "big")
            seed, check = whole[:SEED_SIZE], whole[SEED_SIZE:]
            if check == _code_check(seed):
                return seed
    raise KeyFileError(
        f"That is not a recovery code ({CODE_GROUPS} groups of {_CODE_GROUP}): look for one mistyped and try again."
    )


def _codes_in(typed: str) -> Iterator[str]:
    """What could be a code in a text; its check tells which one is.

    That is any words in a row which are as long together as a code is, any groups in a row, and groups in the order of
    the numbers before them, as the screen shows them in two columns.
    """
    words = re.findall(r"[^\W_]+", typed)
    groups = [word for word in words if len(word) == _CODE_GROUP]
    for pieces in (words, groups):
        ends = {end: place for place, end in enumerate(itertools.accumulate(map(len, pieces), initial=0))}
        for end, place in ends.items():
            start = ends.get(end - CODE_GROUPS * _CODE_GROUP)
            if start is not None:
                yield normalise_code("".join(pieces[start:place]))
    numbered = {int(one): two for one, two in itertools.pairwise(words) if one.isdecimal() and len(two) == _CODE_GROUP}
    if all(number in numbered for number in range(1, CODE_GROUPS + 1)):
        yield normalise_code("".join(numbered[number] for number in range(1, CODE_GROUPS + 1)))


def _code_check(seed: bytes) -> bytes:
    return hashlib.sha256(b"fairstart recovery code 1\x00" + seed).digest()[:_CODE_CHECK_SIZE]


def _derive(seed: bytes, label: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=label).derive(seed)


def _derive_ed25519(seed: bytes, label: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(_derive(seed, label))


def _ed25519_public(encoded: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(encoded)


def _kem_private(seed: bytes) -> MLKEM768X25519PrivateKey:
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

    return MLKEM768X25519PrivateKey(*_kem_parts(seed))


def _kem_public_bytes(seed: bytes) -> bytes:
    mlkem, x25519 = _kem_parts(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _kem_parts(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """The two halves of an X-Wing private key: the seed is expanded with SHAKE256 as in the X-Wing draft."""
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


def _kem_public(encoded: bytes) -> MLKEM768X25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(encoded[:_MLKEM_PUBLIC_SIZE]),
        X25519PublicKey.from_public_bytes(encoded[_MLKEM_PUBLIC_SIZE:]),
    )


def _key_id(label: str, encoded: bytes) -> bytes:
    return digest(label, encoded)[:KEY_ID_SIZE]


def _fingerprint(label: str, encoded: bytes) -> str:
    digits = f"{int.from_bytes(digest(label, encoded), 'big') % 10**30:030d}"
    return " ".join(textwrap.wrap(digits, 5))


def _wrap(label: str, key_id: bytes, seed: bytes, passphrase: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    salt, nonce = os.urandom(_SALT_SIZE), os.urandom(_NONCE_SIZE)
    wrapping = ChaCha20Poly1305(_stretch(passphrase, salt))
    wrapped = wrapping.encrypt(nonce, seed, label.encode("ascii") + key_id)
    return armour(label, key_id + salt + nonce + wrapped)


def _unwrap(path: Path, label: str, passphrase: str) -> tuple[bytes, bytes]:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    payload = _read_private(path, label)
    key_id, salt = payload[:16], payload[16:32]
    bound = label.encode("ascii") + key_id
    try:
        if len(payload) == _SEALED_SIZE:
            seed = suite().decrypt(payload[32:], _kem_private(_staff_seed(passphrase, salt)), bound)
        else:
            seed = ChaCha20Poly1305(_stretch(passphrase, salt)).decrypt(payload[32:44], payload[44:], bound)
    except (InvalidTag, ValueError) as error:  # also a passphrase that cannot be UTF-8
        raise WrongPassphraseError("That passphrase is not right: check the spelling and try again.") from error
    return key_id, seed


def _staff_seed(passphrase: str, salt: bytes) -> bytes:
    return _derive(_stretch(passphrase, salt), b"fairstart staff key 1")


def _stretch(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    stretching = Argon2id(
        salt=salt, length=32, iterations=ARGON2_PASSES, lanes=ARGON2_LANES, memory_cost=ARGON2_MEMORY_KIB
    )
    try:
        return stretching.derive(normalise_passphrase(passphrase).encode())
    except MemoryError as error:
        raise TooLittleMemoryError from error


def normalise_passphrase(typed: str) -> str:
    """Unicode NFKC with single spaces, so that the same words typed on another keyboard give the same key."""
    return " ".join(unicodedata.normalize("NFKC", typed).split())
