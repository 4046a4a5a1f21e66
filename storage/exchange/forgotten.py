"""A laptop's staff passphrase was forgotten: what goes to the office, and what comes back.

    <laptop> fairstart-<8 digits>.forgotten     its key as only the office opens it, and a fresh key for the answer
    <office> fairstart-<8 digits>.passphrase    its key under a new passphrase, sealed to that fresh key

Nobody who finds either file gets anything: the first is sealed to the office as a whole; the second to a key that never
leaves the laptop, and what is in it still needs the passphrase, which the office tells the staff. The fresh key is used
for one answer, so an old answer opens no more. The laptop cannot sign its request, for its key is what nobody can
unlock: so the office compares the request's fingerprint with the one that the laptop shows. FORMAT.md, section 24.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from storage.crypto.armour import armour, damaged_file, read_armoured
from storage.crypto.hpke import suite
from storage.crypto.keys import (
    KEM_PUBLIC_SIZE,
    KEY_ID_SIZE,
    KIOSK_PRIVATE,
    SALT_SIZE,
    SEALED_SEED_SIZE,
    WRAPPED_SEED_SIZE,
    KioskPrivateKey,
    KioskPublicKey,
    OfficePrivateKey,
    OfficePublicKey,
    ReplyPrivateKey,
    ReplyPublicKey,
    bound_to,
    wrap,
)
from storage.errors import KeyFileError

REQUEST_SUFFIX, ANSWER_SUFFIX = ".forgotten", ".passphrase"

_REQUEST = "FAIRSTART FORGOTTEN PASSPHRASE 1"
_ANSWER = "FAIRSTART STAFF PASSPHRASE 1"
_SEAL_SIZE = 1120 + 16
_SIGNATURE_SIZE = 64
_REQUEST_SIZE = _SEAL_SIZE + KEM_PUBLIC_SIZE + KEY_ID_SIZE + SEALED_SEED_SIZE
_ANSWER_SIZE = _SEAL_SIZE + SALT_SIZE + WRAPPED_SEED_SIZE + _SIGNATURE_SIZE


@dataclass(frozen=True)
class Request:
    """What an office has read of a request."""

    reply: ReplyPublicKey
    """Its fingerprint is shown by the laptop, too."""
    key: KioskPrivateKey = field(repr=False)
    """The laptop's."""

    @property
    def kiosk(self) -> KioskPublicKey:
        """Which laptop asks."""
        return self.key.public

    @property
    def answer_name(self) -> str:
        """What the answer's file is called."""
        return file_name(self.reply, ANSWER_SUFFIX)


def file_name(reply: ReplyPublicKey, suffix: str) -> str:
    """What a request or an answer is called: it does not say whose it is."""
    return f"fairstart-{reply.id[:4].hex()}{suffix}"


def write_request(reply: ReplyPublicKey, kiosk_id: bytes, sealed_seed: bytes, office: OfficePublicKey) -> bytes:
    """The content of a request.

    Args:
        reply: a key of which the laptop keeps the private half.
        kiosk_id: of the laptop's key.
        sealed_seed: that key's seed, from `kiosk.key`.
        office: the laptop's.
    """
    plain = reply.encoded + kiosk_id + sealed_seed
    return armour(_REQUEST, suite().encrypt(plain, office.kem, bound_to(_REQUEST, office.id)))


def read_request(path: Path, office: OfficePrivateKey) -> Request:
    """Read a request.

    Raises:
        KeyFileError: missing, damaged, or another kind of file; or another office's laptop asks.
    """
    from cryptography.exceptions import InvalidTag

    sealed = read_armoured(path, _REQUEST, _REQUEST_SIZE)
    try:
        plain = suite().decrypt(sealed, office.kem, bound_to(_REQUEST, office.public.id))
    except InvalidTag as error:
        raise KeyFileError(
            f"{path} is from a laptop of another office, or damaged: only the office whose key the laptop has can help."
        ) from error
    reply = ReplyPublicKey(plain[:KEM_PUBLIC_SIZE])
    kiosk_id, seed = plain[KEM_PUBLIC_SIZE:-SEALED_SEED_SIZE], plain[-SEALED_SEED_SIZE:]
    try:
        _ = reply.kem
        return Request(reply, KioskPrivateKey.from_office(seed, kiosk_id, office))
    except ValueError as error:
        raise damaged_file(path, _REQUEST) from error


def write_answer(request: Request, passphrase: str, office: OfficePrivateKey) -> bytes:
    """The content of an answer. Takes about a second and 256 MiB."""
    wrapped = wrap(request.key.seed, passphrase, bound_to(KIOSK_PRIVATE, request.kiosk.id))
    signature = office.receipts.sign(_signed(request.reply, request.kiosk.id, wrapped))
    return armour(_ANSWER, suite().encrypt(wrapped + signature, request.reply.kem, bound_to(_ANSWER, request.kiosk.id)))


def read_answer(path: Path, reply: ReplyPrivateKey, kiosk_id: bytes, office: OfficePublicKey) -> bytes:
    """The laptop's seed as the new passphrase opens it: what `storage.crypto.keys.wrap` returns.

    Raises:
        KeyFileError: missing, damaged, or another kind of file; for another laptop or request, or not from its office.
    """
    from cryptography.exceptions import InvalidSignature, InvalidTag

    sealed = read_armoured(path, _ANSWER, _ANSWER_SIZE)
    try:
        plain = suite().decrypt(sealed, reply.kem, bound_to(_ANSWER, kiosk_id))
        wrapped, signature = plain[:-_SIGNATURE_SIZE], plain[-_SIGNATURE_SIZE:]
        office.receipts.verify(signature, _signed(reply.public, kiosk_id, wrapped))
    except (InvalidTag, InvalidSignature) as error:
        raise KeyFileError(
            f"{path} does not answer what this laptop has asked last: look for the file that came back for that, or "
            "ask the office again."
        ) from error
    return wrapped


def _signed(reply: ReplyPublicKey, kiosk_id: bytes, wrapped: bytes) -> bytes:
    return _ANSWER.encode("ascii") + b"\0" + reply.id + kiosk_id + wrapped
