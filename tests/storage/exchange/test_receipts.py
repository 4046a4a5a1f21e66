"""A receipt is the office's word on exactly one set of responses, and tells nobody else which or how many they are."""

import base64
import hashlib
import hmac
import itertools
from collections.abc import Sequence

import pytest

from storage.crypto.armour import ARMOUR_LIMIT, armour
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import SealedResponse
from storage.errors import ReceiptError
from storage.events import Event
from storage.exchange.exports import open_export, write_export
from storage.exchange.receipts import RECEIPT_SUFFIX, Receipt, check_receipt, read_receipt, write_receipt
from tests.storage.fairs import fair
from tests.storage.kiosk.crashes import random_responses

OFFICE = OfficePrivateKey(bytes(range(32)))
KIOSK = KioskPrivateKey(bytes(range(32, 64)))
OTHER_KIOSK = KioskPrivateKey(bytes(range(64, 96)))
OTHER_OFFICE = OfficePrivateKey(bytes(range(96, 128)))
LABEL = "FAIRSTART RECEIPT 1"


EVENT = fair(OFFICE.public.id)
SEALED = sorted(random_responses(5))


def receipt_for(
    sealed: Sequence[SealedResponse],
    key: KioskPrivateKey = KIOSK,
    office: OfficePrivateKey = OFFICE,
    event: Event = EVENT,
) -> bytes:
    """What the office gives back when these responses are handed over."""
    return write_receipt(open_export(write_export(key, office.public, event, sealed), office), office)


def check(content: bytes, held: Sequence[SealedResponse], event: Event = EVENT) -> None:
    check_receipt(read_receipt(content), KIOSK, OFFICE.public, event, held)


def refused(content: bytes, held: Sequence[SealedResponse] = SEALED, event: Event = EVENT) -> str:
    with pytest.raises(ReceiptError) as caught:
        check(content, held, event)
    sentence = caught.value.sentence
    assert sentence.isprintable()
    assert 20 < len(sentence) < 160
    return sentence


NO_RECEIPT = "This is not a receipt: "
DAMAGED = "This receipt is damaged: "
ANOTHERS = "This receipt is for another laptop or event: "
NOT_SIGNED = "This receipt is not signed by this laptop’s office: "
NOT_COVERED = "This receipt does not cover every response held here, so nothing was deleted: "

RECEIPT = receipt_for(SEALED)


# Exactly one set


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_receipt_covers_the_responses_that_were_handed_over(count: int) -> None:
    check(receipt_for(SEALED[:count]), SEALED[:count])


def test_a_receipt_covers_them_in_whatever_order_they_are_held() -> None:
    for order in itertools.permutations(SEALED[:3]):
        check(receipt_for(SEALED[:3]), order)


def test_a_receipt_covers_no_other_subset() -> None:
    for size in range(len(SEALED)):
        for held in itertools.combinations(SEALED, size):
            assert refused(RECEIPT, held).startswith(NOT_COVERED)


def test_a_receipt_does_not_cover_one_response_more() -> None:
    for extra in random_responses(5, seed=1):
        assert refused(RECEIPT, sorted([*SEALED, extra])).startswith(NOT_COVERED)


def test_a_receipt_does_not_cover_another_response_in_the_place_of_one() -> None:
    (other,) = random_responses(1, seed=1)
    for place in range(len(SEALED)):
        assert refused(RECEIPT, [*SEALED[:place], other, *SEALED[place + 1 :]]).startswith(NOT_COVERED)
        for offset in (0, 1100, 1151):
            changed = bytearray(SEALED[place].sealed)
            changed[offset] ^= 1
            held = [*SEALED[:place], SealedResponse(bytes(changed)), *SEALED[place + 1 :]]
            assert refused(RECEIPT, held).startswith(NOT_COVERED)


def test_a_receipt_for_none_covers_not_even_one_and_one_for_some_does_not_cover_none() -> None:
    assert refused(receipt_for([]), SEALED[:1]).startswith(NOT_COVERED)
    assert refused(RECEIPT, []).startswith(NOT_COVERED)


def test_responses_cannot_be_cut_up_otherwise_under_the_same_digest() -> None:
    """Nor can bytes be moved from one to the next: the digest has their number, and each has one length."""
    joined = b"".join(one.sealed for one in SEALED)
    assert refused(RECEIPT, [SealedResponse(joined)]).startswith(NOT_COVERED)


# Only here


def test_a_receipt_for_another_laptop_is_refused() -> None:
    assert refused(receipt_for(SEALED, key=OTHER_KIOSK)).startswith(ANOTHERS)


def test_a_receipt_for_another_event_is_refused() -> None:
    other = fair(OFFICE.public.id, name="Another")
    assert refused(receipt_for(SEALED, event=other)).startswith(ANOTHERS)
    assert refused(RECEIPT, SEALED, other).startswith(ANOTHERS)


def signed(payload: bytes, office: OfficePrivateKey = OFFICE, bound_to: OfficePrivateKey = OFFICE) -> bytes:
    """A receipt with such a payload, made by hand."""
    return armour(LABEL, payload + office.receipts.sign(b"fairstart receipt 1\0" + bound_to.public.id + payload))


def secret_of(key: KioskPrivateKey, event: Event = EVENT) -> bytes:
    return key.derive(b"fairstart kiosk receipts 1\0" + event.id)


def digest_of(secret: bytes, sealed: Sequence[SealedResponse]) -> bytes:
    rows = sorted(one.sealed for one in sealed)
    return hmac.digest(secret, len(rows).to_bytes(4, "big") + b"".join(rows), "sha256")


PAYLOAD = KIOSK.public.id + EVENT.id + digest_of(secret_of(KIOSK), SEALED)


def test_a_receipt_made_by_hand_is_the_one_the_office_makes() -> None:
    assert signed(PAYLOAD) == RECEIPT
    check(signed(PAYLOAD), SEALED)


def test_a_receipt_from_another_office_is_refused() -> None:
    assert refused(signed(PAYLOAD, office=OTHER_OFFICE, bound_to=OTHER_OFFICE)).startswith(NOT_SIGNED)
    assert refused(signed(PAYLOAD, office=OTHER_OFFICE)).startswith(NOT_SIGNED)


def test_a_receipt_the_office_signed_as_another_office_is_refused() -> None:
    assert refused(signed(PAYLOAD, bound_to=OTHER_OFFICE)).startswith(NOT_SIGNED)


def test_a_receipt_that_the_kiosk_made_for_itself_is_refused() -> None:
    signature = KIOSK.signing.sign(b"fairstart receipt 1\0" + OFFICE.public.id + PAYLOAD)
    assert refused(armour(LABEL, PAYLOAD + signature)).startswith(NOT_SIGNED)


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, b"\1" + bytes(63)])
def test_a_receipt_whose_signature_is_none_is_refused(signature: bytes) -> None:
    assert refused(armour(LABEL, PAYLOAD + signature)).startswith(NOT_SIGNED)


def test_a_receipt_of_which_any_part_was_replaced_after_signing_is_refused() -> None:
    signature = read_receipt(RECEIPT).signature
    for part in range(64):
        changed = bytearray(PAYLOAD)
        changed[part] ^= 1
        sentence = refused(armour(LABEL, bytes(changed) + signature))
        assert sentence.startswith(ANOTHERS if part < 32 else NOT_SIGNED)


# Damage


def read_or_refused(content: bytes) -> Receipt | None:
    """What a receipt says; None where it is refused with a plain sentence."""
    try:
        return read_receipt(content)
    except ReceiptError as error:
        sentence = error.sentence
    assert sentence.startswith((NO_RECEIPT, DAMAGED))
    return None


def test_a_changed_byte_is_refused_wherever_it_changes_the_meaning() -> None:
    meaning = read_receipt(RECEIPT)
    same = 0
    for offset, byte in enumerate(RECEIPT):
        others = {byte ^ 1 << bit for bit in range(8)} | {0, 9, 10, 13, 32, 43, 47, 48, 61, 65, 97, 127, 128, 255}
        for other in others - {byte}:
            changed = bytearray(RECEIPT)
            changed[offset] = other
            found = read_or_refused(bytes(changed))
            assert found in {None, meaning}
            same += found is not None
    assert same < 60, "white space for a line feed, and the four bits of base64 that carry nothing"


def test_a_receipt_cut_short_anywhere_is_refused() -> None:
    for length in range(len(RECEIPT)):
        if length == len(RECEIPT) - 1:  # only its last line feed is missing
            check(RECEIPT[:length], SEALED)
        else:
            assert refused(RECEIPT[:length]).startswith(NO_RECEIPT if length < len(LABEL) else DAMAGED)


def test_a_receipt_with_something_after_it_is_refused() -> None:
    for more in (b"A", b"=", b"AAAA", b"\0", RECEIPT, b"A" * ARMOUR_LIMIT):
        assert refused(RECEIPT + more).startswith((NO_RECEIPT, DAMAGED))


def test_a_receipt_that_went_through_a_mail_programme_or_another_systems_editor_is_read() -> None:
    for changed in (
        RECEIPT.replace(b"\n", b"\r\n"),
        RECEIPT.replace(b"\n", b"\n\n"),
        RECEIPT.replace(b"\n", b" \t\n  "),
        b"  " + RECEIPT + b"\r\n\r\n",
        LABEL.encode() + b"\n" + b"".join(RECEIPT.splitlines()[1:]),
        b"\n" + RECEIPT,
        *(RECEIPT.decode("ascii").replace("\n", "\r\n").encode(encoding) for encoding in ("utf-8-sig", "utf-16")),
    ):
        check(changed, SEALED)


def test_other_files_are_not_receipts() -> None:
    export = write_export(KIOSK, OFFICE.public, EVENT, SEALED)
    later = RECEIPT.replace(b"RECEIPT 1", b"RECEIPT 2")
    for content in (b"", b"\n", b"\0" * 300, export, KIOSK.public.to_file(), later):
        assert refused(content).startswith(NO_RECEIPT)
    assert refused(RECEIPT + b"\n" * ARMOUR_LIMIT).startswith(NO_RECEIPT)


@pytest.mark.parametrize("size", [0, 1, 64, 127, 129, 160, 4000])
def test_a_payload_of_another_length_is_refused_though_its_checksum_is_right(size: int) -> None:
    payload = (PAYLOAD * 80)[:size]
    assert refused(armour(LABEL, payload)).startswith(DAMAGED)


# The same again, and nothing told


def test_a_receipt_is_the_same_each_time_though_no_two_exports_are() -> None:
    contents = [write_export(KIOSK, OFFICE.public, EVENT, SEALED) for _ in range(2)]
    assert contents[0] != contents[1]
    assert {write_receipt(open_export(content, OFFICE), OFFICE) for content in contents} == {RECEIPT}
    assert RECEIPT_SUFFIX == ".receipt"


def test_a_receipt_has_the_same_size_whether_none_one_or_forty_answered() -> None:
    sizes = {len(receipt_for(random_responses(count))) for count in (0, 1, 40, 300)}
    assert len(sizes) == 1


def test_a_receipt_differs_in_its_digest_and_signature_alone_from_one_of_other_responses() -> None:
    """Both look like chance: half of their bits differ, whether one response came or many."""
    receipts = [read_receipt(receipt_for(random_responses(count))) for count in range(12)]
    for one, other in itertools.combinations(receipts, 2):
        assert (one.kiosk_id, one.event_id) == (other.kiosk_id, other.event_id)
        for left, right in ((one.digest, other.digest), (one.signature, other.signature)):
            differing = (int.from_bytes(left) ^ int.from_bytes(right)).bit_count() / (8 * len(left))
            assert 0.25 < differing < 0.75


def test_the_digest_of_the_same_responses_is_another_for_each_kiosk_and_event() -> None:
    other = fair(OFFICE.public.id, name="Another")
    digests = [
        read_receipt(receipt_for(SEALED, key=key, event=event)).digest
        for key in (KIOSK, OTHER_KIOSK)
        for event in (EVENT, other)
    ]
    assert len(set(digests)) == 4


def test_who_has_the_laptops_files_but_not_its_key_cannot_try_out_which_responses_a_receipt_covers() -> None:
    """No digest that the files and the receipt itself allow, keyed or not, is the one in the receipt."""
    found = read_receipt(RECEIPT).digest
    rows = b"".join(one.sealed for one in SEALED)
    known = [
        b"",
        bytes(32),
        KIOSK.public.encoded,
        KIOSK.public.id,
        EVENT.id,
        OFFICE.public.id,
        OFFICE.public.encoded,
        KIOSK.public.id + EVENT.id,
        b"fairstart kiosk receipts 1\0" + EVENT.id,
        KIOSK.tally.public.encoded,
    ]
    for message in (rows, len(SEALED).to_bytes(4, "big") + rows, EVENT.id + rows):
        assert hashlib.sha256(message).digest() != found
        for secret in known:
            assert hmac.digest(secret, message, "sha256") != found
            assert hashlib.sha256(secret + message).digest() != found
            assert hmac.digest(hashlib.sha256(secret).digest(), message, "sha256") != found
    assert digest_of(secret_of(KIOSK), SEALED) == found, "and with the key it is"


def test_a_receipt_holds_no_part_of_the_secret_the_responses_or_their_ids() -> None:
    payload = base64.b64decode(b"".join(RECEIPT.splitlines()[1:]))
    secret = secret_of(KIOSK)
    for telling in (secret[:8], secret[-8:], *(one.id[:8] for one in SEALED), *(one.sealed[:8] for one in SEALED)):
        assert telling not in payload
    assert len(payload) == 128 + 32
