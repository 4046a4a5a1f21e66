"""Office, kiosk and tally keys, how a passphrase wraps a seed, fingerprints for the eye.

A private key is always one seed of 32 random bytes; every key in use is derived from it. On disk a seed is wrapped with
Argon2id (256 MiB, 4 passes) and ChaCha20-Poly1305; `office_key` has the file in which several coordinators wrap one. A
laptop that is set up from a stick, where nobody types the staff passphrase, seals its seed to a public key instead,
which the office made of that passphrase: then neither stick nor laptop holds what opens it. Every laptop seals its seed
to its office as well, which can give it a new passphrase: `forgotten`. Layouts are in FORMAT.md, sections 3 to 8.

A kiosk reads its public keys at every start, so `cryptography` (20 ms) is imported where it is first needed. Private
keys are objects that the garbage collector can list, unlike msgspec's: tests ask it whether one is left.
"""

from __future__ import annotations

import functools
import hashlib
import os
import textwrap
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import msgspec

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
TOKEN_SIZE = 32
KEY_ID_SIZE = 16
ARGON2_MEMORY_KIB = 262_144
ARGON2_PASSES = 4
ARGON2_LANES = 4

SALT_SIZE = 16
_NONCE_SIZE = 12
_MLKEM_PUBLIC_SIZE = 1184
KEM_PUBLIC_SIZE = _MLKEM_PUBLIC_SIZE + 32
_OFFICE_PUBLIC_SIZE = KEM_PUBLIC_SIZE + 32
WRAPPED_SEED_SIZE = _NONCE_SIZE + SEED_SIZE + 16
SEALED_SEED_SIZE = 1120 + SEED_SIZE + 16
_WRAPPED_SIZE = KEY_ID_SIZE + SALT_SIZE + WRAPPED_SEED_SIZE + SEALED_SEED_SIZE
_SEALED_SIZE = KEY_ID_SIZE + SALT_SIZE + SEALED_SEED_SIZE + SEALED_SEED_SIZE
"""A kiosk's seed is under a passphrase, or sealed to the public key that was made of one; then to the office."""

OFFICE_PUBLIC = "FAIRSTART OFFICE PUBLIC KEY 1"
OFFICE_PRIVATE = "FAIRSTART OFFICE KEY 1"
KIOSK_PUBLIC = "FAIRSTART KIOSK PUBLIC KEY 1"
KIOSK_PRIVATE = "FAIRSTART KIOSK KEY 1"
TALLY_PUBLIC = "FAIRSTART TALLY PUBLIC KEY 1"
STAFF_PUBLIC = "FAIRSTART STAFF PUBLIC KEY 1"
REPLY_PUBLIC = "FAIRSTART REPLY PUBLIC KEY 1"
REPLY_PRIVATE = "FAIRSTART REPLY KEY 1"
WORKER_PUBLIC = "FAIRSTART WORKER PUBLIC KEY 1"
_FOR_OFFICE = "FAIRSTART KIOSK KEY FOR THE OFFICE 1"


class _PublicKey(msgspec.Struct, frozen=True):
    """A public key, which an id names and a fingerprint shows."""

    LABEL: ClassVar[str]
    """What kind of key it is."""
    encoded: bytes

    @property
    def id(self) -> bytes:
        """16 bytes naming this key."""
        return digest(self.LABEL, self.encoded)[:KEY_ID_SIZE]

    @property
    def fingerprint(self) -> str:
        """Thirty digits in six groups, for comparing by eye."""
        digits = f"{int.from_bytes(digest(self.LABEL, self.encoded), 'big') % 10**30:030d}"
        return " ".join(textwrap.wrap(digits, 5))


class OfficePublicKey(_PublicKey, frozen=True):
    """What a kiosk holds of the office: enough to seal to it and to check its receipts."""

    LABEL = OFFICE_PUBLIC
    encoded: bytes
    """ML-KEM-768 key (1184 bytes), X25519 key (32), Ed25519 key (32)."""

    @property
    def kem(self) -> MLKEM768X25519PublicKey:
        """The X-Wing key that responses are sealed to."""
        return _kem_public(self.encoded[:KEM_PUBLIC_SIZE])

    @property
    def receipts(self) -> Ed25519PublicKey:
        """The key that receipts are checked with."""
        return _ed25519_public(self.encoded[KEM_PUBLIC_SIZE:])

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
            x25519, ed25519 = encoded[_MLKEM_PUBLIC_SIZE:KEM_PUBLIC_SIZE], encoded[KEM_PUBLIC_SIZE:]
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
    def opening(self) -> OpeningKey:
        """The half of it that opens responses and exports."""
        return OpeningKey(_expanded(self.seed), self.public)

    @property
    def receipts(self) -> Ed25519PrivateKey:
        """The key that signs receipts."""
        return _derive_ed25519(self.seed, b"fairstart office receipts 1")

    def derive(self, label: bytes) -> bytes:
        """A secret of 32 bytes for one use, which the label names."""
        return _derive(self.seed, label)

    @functools.cached_property
    def public(self) -> OfficePublicKey:
        """What kiosks are given."""
        return OfficePublicKey(_kem_public_bytes(self.seed) + self.receipts.public_key().public_bytes_raw())


@dataclass(frozen=True, repr=False)
class OpeningKey:
    """The half of the office's key that opens responses and exports, for processes that help it.

    It follows from the office's seed and not the other way round: with it no receipt is signed, no sum is opened and no
    noise is worked out.
    """

    expanded: bytes
    """ML-KEM-768 seed (64 bytes), X25519 key (32)."""
    public: OfficePublicKey

    @property
    def kem(self) -> MLKEM768X25519PrivateKey:
        """The X-Wing key."""
        return _kem_of(*_kem_parts(self.expanded))


class WorkerPublicKey(_PublicKey, frozen=True):
    """What is said to one process that helps the office is sealed to this."""

    LABEL = WORKER_PUBLIC
    encoded: bytes
    """ML-KEM-768 key (1184 bytes), X25519 key (32)."""

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Seal something to it; ValueError if it is no key."""
        return suite().encrypt(plain, _kem_public(self.encoded), bound)


@dataclass(frozen=True, repr=False)
class WorkerPrivateKey:
    """A process's own, for as long as it runs."""

    seed: bytes

    @classmethod
    def generate(cls) -> Self:
        """A new key, from the operating system's randomness."""
        return cls(os.urandom(SEED_SIZE))

    @property
    def public(self) -> WorkerPublicKey:
        """What the office seals to."""
        return WorkerPublicKey(_kem_public_bytes(self.seed))

    def unseal(self, sealed: bytes, bound: bytes) -> bytes:
        """Open what was sealed to it; `cryptography.exceptions.InvalidTag` if it was not."""
        return suite().decrypt(sealed, _kem_private(self.seed), bound)


class KioskPublicKey(_PublicKey, frozen=True):
    """What the office knows a kiosk by."""

    LABEL = KIOSK_PUBLIC
    encoded: bytes
    """Ed25519 key, 32 bytes."""

    @property
    def signing(self) -> Ed25519PublicKey:
        """The key that exports are checked with; ValueError if it is no key."""
        return _ed25519_public(self.encoded)

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

    def to_file(self, staff: str | StaffPublicKey, office: OfficePublicKey) -> bytes:
        """The content of `kiosk.key`, for a staff passphrase or the public key made of one, and for the office.

        With a passphrase it takes about a second and 256 MiB.
        """
        bound = bound_to(KIOSK_PRIVATE, self.public.id)
        wrapped = staff.wrap(self.seed, bound) if isinstance(staff, StaffPublicKey) else wrap(self.seed, staff, bound)
        return kiosk_key_file(self.public, wrapped, self.for_office(office))

    def for_office(self, office: OfficePublicKey) -> bytes:
        """Its seed, sealed to the office."""
        return suite().encrypt(self.seed, office.kem, bound_to(_FOR_OFFICE, self.public.id))

    @classmethod
    def from_office(cls, sealed: bytes, key_id: bytes, office: OfficePrivateKey) -> Self:
        """What `for_office` sealed.

        Raises:
            ValueError: it is no seed that a laptop of this id has sealed to this office.
        """
        from cryptography.exceptions import InvalidTag

        try:
            key = cls(suite().decrypt(sealed, office.kem, bound_to(_FOR_OFFICE, key_id)))
        except InvalidTag as error:
            raise ValueError("not sealed to this office") from error
        if key.public.id != key_id:
            raise ValueError("the seed of another key")
        return key

    @classmethod
    def from_file(cls, path: Path, passphrase: str) -> Self:
        """Read `kiosk.key`. Takes about a second and 256 MiB.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
            WrongPassphraseError: the passphrase does not open it.
        """
        payload = _read_kiosk_key(path)
        key_id, wrapped = payload[:KEY_ID_SIZE], payload[KEY_ID_SIZE:-SEALED_SEED_SIZE]
        key = cls(unwrap(wrapped, passphrase, bound_to(KIOSK_PRIVATE, key_id)))
        if key.public.id != key_id:
            raise damaged_file(path, KIOSK_PRIVATE)
        return key


class TallyPublicKey(_PublicKey, frozen=True):
    """What a running kiosk seals its groups to."""

    LABEL = TALLY_PUBLIC
    encoded: bytes
    """ML-KEM-768 key (1184 bytes), X25519 key (32)."""

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
        return cls(read_armoured(path, TALLY_PUBLIC, KEM_PUBLIC_SIZE))


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


class StaffPublicKey(msgspec.Struct, frozen=True):
    """Made of the staff passphrase: what a laptop seals its own seed to where nobody types the passphrase."""

    encoded: bytes
    """Salt (16 bytes), ML-KEM-768 key (1184), X25519 key (32)."""

    @classmethod
    def of(cls, passphrase: str) -> Self:
        """A new one, with a salt of its own. Takes about a second and 256 MiB."""
        salt = os.urandom(SALT_SIZE)
        return cls(salt + _kem_public_bytes(_staff_seed(Wrapping.under(passphrase, salt))))

    def wrap(self, seed: bytes, bound: bytes) -> bytes:
        """Salt and seed, which the passphrase opens, and nothing that is here."""
        salt, public = self.encoded[:SALT_SIZE], _kem_public(self.encoded[SALT_SIZE:])
        return salt + suite().encrypt(seed, public, bound)

    def to_file(self) -> bytes:
        """The content of `staff.pub`."""
        return armour(STAFF_PUBLIC, self.encoded)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `staff.pub`.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
        """
        key = cls(read_armoured(path, STAFF_PUBLIC, SALT_SIZE + KEM_PUBLIC_SIZE))
        try:
            _ = _kem_public(key.encoded[SALT_SIZE:])
        except ValueError as error:
            raise damaged_file(path, STAFF_PUBLIC) from error
        if not is_x25519_key(key.encoded[-32:]):
            raise damaged_file(path, STAFF_PUBLIC)
        return key


class ReplyPublicKey(_PublicKey, frozen=True):
    """What an office seals its answer to, so that only the laptop that asked can open it."""

    LABEL = REPLY_PUBLIC
    encoded: bytes
    """ML-KEM-768 key (1184 bytes), X25519 key (32)."""

    @property
    def kem(self) -> MLKEM768X25519PublicKey:
        """The X-Wing key; ValueError if it is no key."""
        return _kem_public(self.encoded)


@dataclass(frozen=True, repr=False)
class ReplyPrivateKey:
    """Opens the answer to one request. It stays on the laptop until the answer has come."""

    seed: bytes

    @classmethod
    def generate(cls) -> Self:
        """A new key, from the operating system's randomness."""
        return cls(os.urandom(SEED_SIZE))

    @property
    def kem(self) -> MLKEM768X25519PrivateKey:
        """The X-Wing key that opens the answer."""
        return _kem_private(self.seed)

    @property
    def public(self) -> ReplyPublicKey:
        """What goes with the request."""
        return ReplyPublicKey(_kem_public_bytes(self.seed))

    def to_file(self) -> bytes:
        """The content of `forgotten.key`."""
        return armour(REPLY_PRIVATE, self.seed)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `forgotten.key`.

        Raises:
            KeyFileError: missing, damaged, or another kind of file.
        """
        return cls(read_armoured(path, REPLY_PRIVATE, SEED_SIZE))


def kiosk_key_id(path: Path) -> bytes:
    """The id that a `kiosk.key` is said to have; the file is whole, which takes no passphrase to see.

    Raises:
        KeyFileError: missing, damaged, or another kind of file.
    """
    return _read_kiosk_key(path)[:KEY_ID_SIZE]


def seed_for_office(path: Path) -> bytes:
    """The seed of a `kiosk.key`, sealed to the office.

    Raises:
        KeyFileError: missing, damaged, or another kind of file.
    """
    return _read_kiosk_key(path)[-SEALED_SEED_SIZE:]


def kiosk_key_file(public: KioskPublicKey, wrapped: bytes, for_office: bytes) -> bytes:
    """The content of `kiosk.key`, of its seed as `wrap` or `StaffPublicKey.wrap` hid it, and as `for_office` did."""
    return armour(KIOSK_PRIVATE, public.id + wrapped + for_office)


def _read_kiosk_key(path: Path) -> bytes:
    return read_armoured(path, KIOSK_PRIVATE, _WRAPPED_SIZE, _SEALED_SIZE)


def bound_to(label: str, key_id: bytes) -> bytes:
    """What a wrapped seed is bound to: the file that it is in, and whose it is."""
    return label.encode("ascii") + key_id


@dataclass(frozen=True, repr=False)
class Wrapping:
    """A secret of 32 bytes that wraps seeds."""

    key: bytes

    @classmethod
    def under(cls, passphrase: str, salt: bytes) -> Self:
        """The one that a passphrase makes with a salt. Takes about a second and 256 MiB.

        Raises:
            WrongPassphraseError: it is no text.
        """
        try:
            return cls(_stretch(passphrase, salt))
        except UnicodeEncodeError as error:
            raise wrong_passphrase() from error

    def wrap(self, seed: bytes, bound: bytes) -> bytes:
        """Nonce and sealed seed: `WRAPPED_SEED_SIZE` bytes."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = os.urandom(_NONCE_SIZE)
        return nonce + ChaCha20Poly1305(self.key).encrypt(nonce, seed, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes | None:
        """The seed; None where it is under another secret, or was altered."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        try:
            return ChaCha20Poly1305(self.key).decrypt(wrapped[:_NONCE_SIZE], wrapped[_NONCE_SIZE:], bound)
        except InvalidTag:
            return None


def wrap(seed: bytes, passphrase: str, bound: bytes) -> bytes:
    """Salt and seed, which the passphrase opens. Takes about a second and 256 MiB."""
    salt = os.urandom(SALT_SIZE)
    return salt + Wrapping.under(passphrase, salt).wrap(seed, bound)


def unwrap(wrapped: bytes, passphrase: str, bound: bytes) -> bytes:
    """The seed that `wrap` or `StaffPublicKey.wrap` hid. Takes about a second and 256 MiB.

    Raises:
        WrongPassphraseError: it is not that passphrase, or what is wrapped was altered.
    """
    from cryptography.exceptions import InvalidTag

    salt, sealed = wrapped[:SALT_SIZE], wrapped[SALT_SIZE:]
    wrapping = Wrapping.under(passphrase, salt)
    if len(sealed) == WRAPPED_SEED_SIZE:
        seed = wrapping.unwrap(sealed, bound)
    else:
        try:
            seed = suite().decrypt(sealed, _kem_private(_staff_seed(wrapping)), bound)
        except (InvalidTag, ValueError):
            seed = None
    if seed is None:
        raise wrong_passphrase()
    return seed


def wrong_passphrase() -> WrongPassphraseError:
    """Build the error for a passphrase that opens nothing here."""
    return WrongPassphraseError("That passphrase is not right: check the spelling and try again.")


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
    return _kem_of(*_kem_parts(_expanded(seed)))


def _kem_of(mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> MLKEM768X25519PrivateKey:
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

    return MLKEM768X25519PrivateKey(mlkem, x25519)


def _kem_public_bytes(seed: bytes) -> bytes:
    mlkem, x25519 = _kem_parts(_expanded(seed))
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _expanded(seed: bytes) -> bytes:
    """The seeds of the two halves of an X-Wing private key: SHAKE256, as in the X-Wing draft."""
    return hashlib.shake_256(seed).digest(96)


def _kem_parts(expanded: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


def _kem_public(encoded: bytes) -> MLKEM768X25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(encoded[:_MLKEM_PUBLIC_SIZE]),
        X25519PublicKey.from_public_bytes(encoded[_MLKEM_PUBLIC_SIZE:]),
    )


def _staff_seed(wrapping: Wrapping) -> bytes:
    return _derive(wrapping.key, b"fairstart staff key 1")


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
