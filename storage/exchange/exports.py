"""The export: what a kiosk hands to its office.

An export holds every response of one event that a kiosk has, so that handing it over again is safe, and the debrief of
those who ran it. It is signed by the kiosk, padded so that a lost stick does not tell how many answered, and sealed as
a whole to the office key.

The layout is in FORMAT.md, section 16.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from operator import lt

from storage.crypto.hpke import suite
from storage.crypto.keys import (
    TOKEN_SIZE,
    KioskPrivateKey,
    KioskPublicKey,
    OfficePrivateKey,
    OfficePublicKey,
    OpeningKey,
)
from storage.crypto.points import is_ed25519_key
from storage.crypto.sealing import SEALED_SIZE, SealedResponse
from storage.debrief import RECORD_SIZE, WrittenDebrief
from storage.errors import ExportError
from storage.events import EVENT_LIMIT, Event, parse_event, write_event

EXPORT_SUFFIX = ".fairstart"
SMALLEST_EXPORT = 1 << 18
"""Bytes: room for 226 responses. A larger export has twice the size, or four times, and so on."""
EXPORT_LIMIT = 1 << 27
"""Bytes: room for 116,000 responses. A larger file is refused before it is read."""

_HEADER = b"fairstart export 1\n"
_SIGNED = b"fairstart export 1\x00"
_INFO = b"fairstart sealed export 1\x00"
_NAME = b"fairstart export name 1\x00"
_KEM_AND_TAG = 1120 + 16
_KIOSK_SIZE = 32
_SECRET_SIZE = 32
_SIGNATURE_SIZE = 64
_LENGTH_SIZE = 4


@dataclass(frozen=True)
class Export:
    """What a kiosk hands over, once it is open and its signature is right."""

    kiosk: KioskPublicKey
    event: Event
    sealed: tuple[SealedResponse, ...]
    """Ascending, each once."""
    secret: bytes
    """Keys the digest of the receipt."""
    token: bytes
    """What the kiosk took from the office's stick; empty where it was set up without one."""
    debrief: WrittenDebrief | None = None
    """What those who ran the event wrote on this kiosk; None where they did not."""


def file_stem(kiosk: KioskPublicKey, event: Event) -> str:
    """What an export and its receipt are called, without suffix: the same each time, and it names nothing."""
    return "fairstart-" + hashlib.sha256(_NAME + kiosk.id + event.id).hexdigest()[:16]


def write_export(  # noqa: PLR0913 - one argument for each part
    key: KioskPrivateKey,
    office: OfficePublicKey,
    event: Event,
    sealed: Sequence[SealedResponse],
    token: bytes = b"",
    *,
    debrief: WrittenDebrief | None = None,
) -> bytes:
    """The content of an export: sealed anew each time, its size one of few.

    Args:
        key: signs it.
        office: can open it.
        event: what it is of.
        sealed: every response held of the event.
        token: what the kiosk took from the office's stick, if it did.
        debrief: what those who ran the event wrote, if they did.

    Raises:
        ExportError: more responses than an export has room for.
    """
    described = write_event(event)
    rows = sorted({one.sealed for one in sealed})
    body = b"".join(
        (
            *(_u32(len(described)), described),
            receipt_secret(key, event),
            *(_u32(len(rows)), *rows),
            *((token or bytes(TOKEN_SIZE), debrief.to_record()) if debrief else (token,)),
        )
    )
    signature = key.signing.sign(_SIGNED + office.id + body)
    plain = key.public.encoded + signature + body
    size = SMALLEST_EXPORT
    while size < len(_HEADER) + _KEM_AND_TAG + len(plain):
        size *= 2
    if size > EXPORT_LIMIT:
        raise ExportError("This event has more responses than one export can hold: ask for help before going on.")
    padded = plain.ljust(size - len(_HEADER) - _KEM_AND_TAG, b"\x00")
    return _HEADER + suite().encrypt(padded, office.kem, _INFO + office.id)


def open_export(content: bytes, office: OfficePrivateKey | OpeningKey) -> Export:
    """Open an export and check all of it but the responses themselves.

    Raises:
        ExportError: damaged, cut short, for another office, or not signed by the kiosk that it names.
    """
    from cryptography.exceptions import InvalidSignature, InvalidTag

    if not content.startswith(_HEADER):
        raise ExportError("This is not an export of Fairstart's: choose the file that the laptop wrote.")
    public = office.public
    size = len(content)
    if size < SMALLEST_EXPORT or size > EXPORT_LIMIT or size & (size - 1):
        raise _cut_short()
    try:
        plain = suite().decrypt(content[len(_HEADER) :], office.kem, _INFO + public.id)
    except (InvalidTag, ValueError) as error:
        raise ExportError(
            "This export is damaged, or was made for another office: hand it over again from the laptop."
        ) from error
    kiosk = KioskPublicKey(plain[:_KIOSK_SIZE])
    signature = plain[_KIOSK_SIZE : _KIOSK_SIZE + _SIGNATURE_SIZE]
    start = _KIOSK_SIZE + _SIGNATURE_SIZE
    body = _read_body(plain, start)
    event = body.event
    try:
        if not is_ed25519_key(kiosk.encoded):
            raise InvalidSignature
        kiosk.signing.verify(signature, _SIGNED + public.id + plain[start : body.end])
    except (InvalidSignature, ValueError) as error:
        raise ExportError("This export is not signed by the laptop that it names: hand it over again.") from error
    if event.office_key_id != public.id:
        raise ExportError("This export is about an event of another office: send it to the office it was made for.")
    if not event.is_known:
        raise ExportError("This export asks other questions than this Fairstart knows: install the newest version.")
    return Export(kiosk, event, body.sealed, body.secret, body.token, body.debrief)


@dataclass(frozen=True)
class _Body:
    event: Event
    secret: bytes
    sealed: tuple[SealedResponse, ...]
    token: bytes
    debrief: WrittenDebrief | None
    end: int


def _read_body(plain: bytes, start: int) -> _Body:
    """The parts of a body, and where it ends. Every length is checked against what is there."""
    described, place = _counted(plain, start, 1, EVENT_LIMIT)
    secret = plain[place : place + _SECRET_SIZE]
    rows, end = _counted(plain, place + _SECRET_SIZE, SEALED_SIZE, EXPORT_LIMIT)
    sealed = [rows[at : at + SEALED_SIZE] for at in range(0, len(rows), SEALED_SIZE)]
    token = plain[end : end + TOKEN_SIZE]
    record = plain[end + TOKEN_SIZE : end + TOKEN_SIZE + RECORD_SIZE]
    has_debrief = any(record[:1])  # its version: elsewhere the content is filled up with zeros
    if has_debrief or any(token):
        end += TOKEN_SIZE
    token = token if any(token) else b""
    end += RECORD_SIZE if has_debrief else 0
    needed = len(_HEADER) + _KEM_AND_TAG + end
    if len(plain) + len(_HEADER) + _KEM_AND_TAG > max(SMALLEST_EXPORT, 2 * (needed - 1)):
        raise _cut_short()
    if plain.count(b"\x00", end) != len(plain) - end or not ascend(sealed):
        raise _cut_short()
    try:
        event = parse_event(described)
        debrief = WrittenDebrief.from_record(record) if has_debrief else None
    except ValueError as error:
        raise _cut_short() from error
    return _Body(event, secret, tuple(map(SealedResponse, sealed)), token, debrief, end)


def ascend(rows: Sequence[bytes]) -> bool:
    """Whether each is greater than the one before it."""
    return all(map(lt, rows, rows[1:]))


def _counted(plain: bytes, place: int, each: int, limit: int) -> tuple[bytes, int]:
    """A number of things of one size, after their number."""
    start = place + _LENGTH_SIZE
    number = int.from_bytes(plain[place:start], "big") * each
    if start > len(plain) or number > min(limit, len(plain) - start):
        raise _cut_short()
    return plain[start : start + number], start + number


def _cut_short() -> ExportError:
    return ExportError("This export is cut short or damaged: hand it over again from the laptop.")


def _u32(number: int) -> bytes:
    return number.to_bytes(_LENGTH_SIZE, "big")


def receipt_secret(key: KioskPrivateKey, event: Event) -> bytes:
    """What keys the digest of a receipt: only this kiosk's own key gives it."""
    return key.derive(b"fairstart kiosk receipts 1\x00" + event.id)
