"""The receipt: the office's word for what it has of an event.

It is a signature over the kiosk, the event and a digest of the set of responses. The digest is keyed with a secret that
only this kiosk's own key gives and that travels inside the export: without it nobody can try out, with an old receipt
and the laptop's files, which responses were there at the time. The layout is in FORMAT.md, section 17.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from storage.crypto.armour import ARMOUR_LIMIT, armour, unarmour
from storage.crypto.keys import KEY_ID_SIZE, KioskPrivateKey, OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import SealedResponse
from storage.debrief import WrittenDebrief
from storage.errors import ReceiptError, StaleReceiptError
from storage.events import Event
from storage.exchange.exports import Export, ascend, receipt_secret

RECEIPT_SUFFIX = ".receipt"
RECEIPT_LIMIT = ARMOUR_LIMIT
"""Bytes of a receipt, at most."""

_RECEIPT = "FAIRSTART RECEIPT 1"
_RECEIPT_SIGNED = b"fairstart receipt 1\x00"
_DIGEST_SIZE = 32
_SIGNATURE_SIZE = 64
_RECEIPT_SIZE = KEY_ID_SIZE + KEY_ID_SIZE + _DIGEST_SIZE + _SIGNATURE_SIZE


@dataclass(frozen=True)
class Receipt:
    """The office's word that it has these responses. Not checked yet."""

    kiosk_id: bytes
    event_id: bytes
    digest: bytes
    signature: bytes


def write_receipt(export: Export, office: OfficePrivateKey) -> bytes:
    """The content of the receipt for an export that is kept. The same each time."""
    signed = export.kiosk.id + export.event.id + _digest(export.secret, export.sealed, export.debrief)
    return armour(_RECEIPT, signed + office.receipts.sign(_RECEIPT_SIGNED + office.public.id + signed))


def read_receipt(content: bytes) -> Receipt:
    """Read a receipt, which is for `check_receipt` to believe.

    Raises:
        ReceiptError: it is none, or is damaged.
    """
    try:
        payload = unarmour(content, _RECEIPT, _RECEIPT_SIZE)
    except LookupError as error:
        raise ReceiptError("This is not a receipt: choose the file that the office gave back.") from error
    except ValueError as error:
        raise ReceiptError("This receipt is damaged: ask the office for it again.") from error
    ends = (KEY_ID_SIZE, 2 * KEY_ID_SIZE, 2 * KEY_ID_SIZE + _DIGEST_SIZE)
    return Receipt(payload[: ends[0]], payload[ends[0] : ends[1]], payload[ends[1] : ends[2]], payload[ends[2] :])


def check_receipt(  # noqa: PLR0913 - one argument for each part
    receipt: Receipt,
    key: KioskPrivateKey,
    office: OfficePublicKey,
    event: Event,
    held: Sequence[SealedResponse],
    *,
    debrief: WrittenDebrief | None = None,
) -> None:
    """Return only if the office has signed that it has every response held, and the debrief as it is here.

    Raises:
        StaleReceiptError: of other responses than those held, or of another debrief.
        ReceiptError: for another laptop or event, or not from this office.
    """
    from cryptography.exceptions import InvalidSignature

    if (receipt.kiosk_id, receipt.event_id) != (key.public.id, event.id):
        raise ReceiptError("This receipt is for another laptop or event: take it to the laptop it was made for.")
    signed = receipt.kiosk_id + receipt.event_id + receipt.digest
    try:
        office.receipts.verify(receipt.signature, _RECEIPT_SIGNED + office.id + signed)
    except (InvalidSignature, ValueError) as error:
        raise ReceiptError("This receipt is not signed by this laptop’s office: ask it for another one.") from error
    secret = receipt_secret(key, event)
    if hmac.compare_digest(receipt.digest, _digest(secret, held, debrief)):
        return
    if debrief and hmac.compare_digest(receipt.digest, _digest(secret, held, None)):
        raise StaleReceiptError(
            "This receipt is from before somebody wrote how it went, so nothing was deleted: hand over again."
        )
    raise StaleReceiptError(
        "This receipt does not cover every response held here, so nothing was deleted: hand over again."
    )


def _digest(secret: bytes, sealed: Sequence[SealedResponse], debrief: WrittenDebrief | None) -> bytes:
    """HMAC-SHA256 of the set: its number, then its members in ascending order; then the debrief, if there is one."""
    rows = [one.sealed for one in sealed]
    if not ascend(rows):
        rows = sorted(set(rows))
    parts = (len(rows).to_bytes(4, "big"), *rows, debrief.to_record() if debrief else b"")
    return hmac.digest(secret, b"".join(parts), "sha256")
