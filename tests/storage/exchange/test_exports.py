"""An export is opened whole or refused with one plain sentence: damaged, cut short, forged, foreign or hostile.

The exports of attackers are built here by hand, from FORMAT.md, section 16: with the right keys, and wrong inside.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.crypto.hpke import suite
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import SEALED_SIZE, SealedResponse
from storage.errors import ExportError
from storage.events import Event, write_event
from storage.exchange import exports
from storage.exchange.exports import EXPORT_LIMIT, EXPORT_SUFFIX, SMALLEST_EXPORT, file_stem, open_export, write_export
from tests.damage import altered
from tests.storage.fairs import fair
from tests.storage.kiosk.crashes import random_responses
from tests.variants import usually

OFFICE = OfficePrivateKey(bytes(range(32)))
KIOSK = KioskPrivateKey(bytes(range(32, 64)))
OTHER_KIOSK = KioskPrivateKey(bytes(range(64, 96)))
OTHER_OFFICE = OfficePrivateKey(bytes(range(96, 128)))
HEADER = b"fairstart export 1\n"
OVERHEAD = 19 + 1120 + 16
PUBLIC_KEY_AND_SIGNATURE = 32 + 64
SEALED_FOR = b"fairstart sealed export 1\0"
INFO = SEALED_FOR + OFFICE.public.id


def event_of(office_key_id: bytes = OFFICE.public.id, **other: object) -> Event:
    return fair(office_key_id, **other)


EVENT = event_of()
SEALED = sorted(random_responses(3))
ROWS = [one.sealed for one in SEALED]
SMALL = write_export(KIOSK, OFFICE.public, EVENT, SEALED)


# The test's own packer


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def described(**fields: object) -> bytes:
    """An event.json that need not be one."""
    whole = {
        "name": "Riverside Jobs Fair",
        "date": "2026-11-23",
        "place": "Leeds",
        "stage": "outreach",
        "question_set": "smc-2021",
        "office_key_id": base64.b64encode(OFFICE.public.id).decode(),
        **fields,
    }
    return json.dumps(whole, ensure_ascii=False).encode()


def body_of(
    event: bytes, rows: Sequence[bytes] = ROWS, *, length: int | None = None, number: int | None = None
) -> bytes:
    """The event, a secret and the rows, after the length and number that are claimed."""
    return b"".join(
        (
            u32(len(event) if length is None else length),
            event,
            bytes(range(32)),
            u32(len(rows) if number is None else number),
            *rows,
        )
    )


def packed(  # noqa: PLR0913 - each is one thing that an attacker can get wrong
    body: bytes,
    *,
    padding: bytes = b"",
    signer: Ed25519PrivateKey | None = None,
    named: bytes | None = None,
    signed_for: bytes | None = None,
    signed: bytes | None = None,
    sealed_to: OfficePrivateKey = OFFICE,
    info: bytes | None = None,
    size: int = SMALLEST_EXPORT,
) -> bytes:
    """An export of this body. All else is right, but for what is asked to be wrong."""
    signer = signer or KIOSK.signing
    signature = signer.sign(b"fairstart export 1\0" + (signed_for or OFFICE.public.id) + (signed or body))
    plain = (KIOSK.public.encoded if named is None else named) + signature + body + padding
    while size < OVERHEAD + len(plain):
        size *= 2
    bound = SEALED_FOR + sealed_to.public.id if info is None else info
    return HEADER + suite().encrypt(plain.ljust(size - OVERHEAD, b"\0"), sealed_to.public.kem, bound)


HOSTILE = "Schadtext"
"""In every text of an attacker's: it must not come back in a sentence."""


def refused(content: bytes, office: OfficePrivateKey = OFFICE) -> str:
    """The sentence an export is refused with."""
    with pytest.raises(ExportError) as caught:
        open_export(content, office)
    sentence = caught.value.sentence
    assert sentence.isprintable()
    assert 20 < len(sentence) < 160
    assert HOSTILE not in sentence
    return sentence


DAMAGED = "This export is cut short or damaged"
NOT_OURS = "This is not an export of Fairstart's"
NOT_OPENED = "This export is damaged, or was made for another office"
NOT_SIGNED = "This export is not signed by the laptop that it names"
ANOTHER_OFFICE = "This export is about an event of another office"
OTHER_QUESTIONS = "This export asks other questions"


# What is written is read


@pytest.mark.parametrize("count", [0, 1, 40, 226, 227])
def test_an_export_gives_back_its_kiosk_its_event_and_every_response(count: int) -> None:
    sealed = random_responses(count)
    opened = open_export(write_export(KIOSK, OFFICE.public, EVENT, sealed), OFFICE)
    assert (opened.kiosk, opened.event) == (KIOSK.public, EVENT)
    assert opened.sealed == tuple(sorted(sealed))
    assert opened.secret == KIOSK.derive(b"fairstart kiosk receipts 1\0" + EVENT.id)


def test_an_export_holds_its_event_a_secret_and_responses_and_nothing_else() -> None:
    plain = suite().decrypt(SMALL[19:], OFFICE.kem, INFO)
    event, secret = write_event(EVENT), KIOSK.derive(b"fairstart kiosk receipts 1\0" + EVENT.id)
    held = u32(len(event)) + event + secret + u32(3) + b"".join(ROWS)
    assert plain[PUBLIC_KEY_AND_SIGNATURE:] == held.ljust(SMALLEST_EXPORT - OVERHEAD - PUBLIC_KEY_AND_SIGNATURE, b"\0")


TOKENS = (b"\1".ljust(32, b"\0"), b"\1".rjust(32, b"\0"), bytes(range(32)))


@pytest.mark.parametrize("token", TOKENS)
def test_an_export_brings_the_token_of_its_laptop_under_its_signature(token: bytes) -> None:
    content = write_export(KIOSK, OFFICE.public, EVENT, SEALED, token)
    assert len(content) == len(SMALL)
    assert open_export(content, OFFICE).token == token
    assert open_export(SMALL, OFFICE).token == b""
    plain = suite().decrypt(content[19:], OFFICE.kem, INFO)
    end = len(plain.rstrip(b"\0"))
    for other in (plain[: end - 1] + b"\2" + plain[end:], plain[: end - 1] + b"\0" + plain[end:]):
        assert refused(HEADER + suite().encrypt(other, OFFICE.public.kem, INFO)).startswith(NOT_SIGNED)


def test_the_tests_own_packer_makes_what_is_read_like_any_other() -> None:
    opened = open_export(packed(body_of(described())), OFFICE)
    assert opened.event == EVENT
    assert opened.sealed == tuple(SEALED)
    assert opened.secret == bytes(range(32))


def test_an_export_holds_a_response_once_however_often_it_is_handed_in_and_in_whatever_order() -> None:
    content = write_export(KIOSK, OFFICE.public, EVENT, [*reversed(SEALED), *SEALED])
    assert open_export(content, OFFICE).sealed == tuple(SEALED)


# What its outside tells


def test_exports_of_none_one_and_forty_responses_have_the_same_size() -> None:
    sizes = {len(write_export(KIOSK, OFFICE.public, EVENT, random_responses(count))) for count in (0, 1, 40, 226)}
    assert sizes == {SMALLEST_EXPORT} == {262_144}


def test_an_export_that_no_longer_fits_has_twice_the_size() -> None:
    assert len(write_export(KIOSK, OFFICE.public, EVENT, random_responses(227))) == 2 * SMALLEST_EXPORT
    room = 2 * SMALLEST_EXPORT - OVERHEAD - PUBLIC_KEY_AND_SIGNATURE
    most = (room - 4 - len(write_event(EVENT)) - 32 - 4) // SEALED_SIZE
    assert len(write_export(KIOSK, OFFICE.public, EVENT, random_responses(most))) == 2 * SMALLEST_EXPORT
    assert len(write_export(KIOSK, OFFICE.public, EVENT, random_responses(most + 1))) == 4 * SMALLEST_EXPORT


def test_two_exports_of_the_same_responses_have_nothing_in_common_but_the_header() -> None:
    first, *others = (write_export(KIOSK, OFFICE.public, EVENT, SEALED) for _ in range(3))
    runs_of_four = 0
    for other in others:
        assert first[:19] == other[:19] == HEADER
        equal = bytes(a == b for a, b in zip(first[19:], other[19:], strict=True))
        assert abs(equal.count(1) / len(equal) - 1 / 256) < 0.0009  # seven standard deviations
        runs_of_four += b"\1" * 4 in equal  # by chance in one of 16,000 pairs
    assert runs_of_four < 2


def test_an_export_tells_nothing_of_its_event_and_holds_no_sealed_response_as_it_is() -> None:
    for place in range(0, len(ROWS[0]), 64):
        assert ROWS[0][place : place + 16] not in SMALL
    for telling in (b"Riverside", b"Leeds", EVENT.id, KIOSK.public.encoded, KIOSK.public.id, OFFICE.public.id):
        assert telling not in SMALL


def test_the_name_of_an_export_is_the_same_each_time_and_names_neither_event_nor_kiosk() -> None:
    stem = file_stem(KIOSK.public, EVENT)
    assert stem == file_stem(KIOSK.public, event_of())
    assert re.fullmatch("fairstart-[0-9a-f]{16}", stem)
    assert EXPORT_SUFFIX == ".fairstart"
    others = {file_stem(OTHER_KIOSK.public, EVENT), file_stem(KIOSK.public, event_of(place="York"))}
    assert len({stem, *others}) == 3
    digits = stem.removeprefix("fairstart-")
    for telling in (EVENT.id, KIOSK.public.id, OFFICE.public.id):
        assert digits not in telling.hex()
        assert telling.hex()[:8] not in stem


def test_more_responses_than_an_export_can_hold_are_refused_when_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXPORT_LIMIT", SMALLEST_EXPORT)
    assert len(write_export(KIOSK, OFFICE.public, EVENT, random_responses(226))) == SMALLEST_EXPORT
    with pytest.raises(ExportError, match=r"^This event has more responses than one export can hold: ask for help"):
        write_export(KIOSK, OFFICE.public, EVENT, random_responses(227))


@pytest.mark.long
def test_an_export_of_the_largest_size_holds_116_000_responses_and_no_more_than_fit() -> None:
    rows = [SealedResponse(number.to_bytes(4, "big") * (SEALED_SIZE // 4)) for number in range(116_600)]
    content = write_export(KIOSK, OFFICE.public, EVENT, rows[:116_000])
    assert len(content) == EXPORT_LIMIT
    assert len(open_export(content, OFFICE).sealed) == 116_000
    with pytest.raises(ExportError, match="more responses than one export can hold"):
        write_export(KIOSK, OFFICE.public, EVENT, rows)


# Damage


def offsets() -> Iterator[int]:
    yield from range(1300)
    yield from range(1300, len(SMALL) - 64, 97)
    yield from range(len(SMALL) - 64, len(SMALL))


def flipped(content: bytes, offset: int, bits: int) -> bytes:
    harmed = bytearray(content)
    harmed[offset] ^= bits
    return bytes(harmed)


@pytest.mark.parametrize("every", usually(1, [4, 1]))
def test_a_changed_byte_anywhere_is_found(every: int) -> None:
    for offset in list(offsets() if every > 1 else range(len(SMALL)))[::every]:
        sentence = refused(flipped(SMALL, offset, 1 << offset % 8))
        assert sentence.startswith(NOT_OURS if offset < 19 else NOT_OPENED)


@pytest.mark.parametrize("every", usually(1, [4, 1]))
def test_an_export_cut_short_anywhere_is_refused(every: int) -> None:
    for length in list(offsets() if every > 1 else range(len(SMALL)))[::every]:
        sentence = refused(SMALL[:length])
        assert sentence.startswith(NOT_OURS if length < 19 else DAMAGED)


def test_an_export_cut_to_another_size_that_exports_have_is_refused() -> None:
    large = write_export(KIOSK, OFFICE.public, EVENT, random_responses(300))
    assert refused(large[:SMALLEST_EXPORT]).startswith(NOT_OPENED)


@pytest.mark.parametrize("more", [1, 2, 16, 97, SMALLEST_EXPORT // 2, SMALLEST_EXPORT - 1, SMALLEST_EXPORT + 1])
@pytest.mark.parametrize("filler", [b"\0", b"\n", b"\xff"])
def test_bytes_after_an_export_are_refused(more: int, filler: bytes) -> None:
    assert refused(SMALL + filler * more).startswith(DAMAGED)


@pytest.mark.parametrize("filler", [b"\0", b"\xff", SMALL])
def test_an_export_lengthened_to_the_next_size_is_refused(filler: bytes) -> None:
    assert refused(SMALL + filler * (SMALLEST_EXPORT // len(filler))).startswith(NOT_OPENED)


@pytest.mark.parametrize("before", [b" ", b"\n", b"\xef\xbb\xbf"])
def test_bytes_before_an_export_are_refused(before: bytes) -> None:
    assert refused(before + SMALL).startswith(NOT_OURS)
    assert refused((before + SMALL)[: len(SMALL)]).startswith(NOT_OURS)


@pytest.mark.parametrize("size", [SMALLEST_EXPORT // 2, 3 * SMALLEST_EXPORT // 2])
def test_an_export_of_another_size_is_refused_even_if_all_in_it_is_right(size: int) -> None:
    """A reader that took any size would let a kiosk be told from others by it."""
    assert refused(packed(body_of(described()), size=size)).startswith(DAMAGED)


def test_an_export_over_the_limit_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    large = write_export(KIOSK, OFFICE.public, EVENT, random_responses(300))
    assert open_export(large, OFFICE).event == EVENT
    monkeypatch.setattr(exports, "EXPORT_LIMIT", SMALLEST_EXPORT)
    monkeypatch.setattr(exports, "suite", lambda: pytest.fail("it was opened"))
    assert refused(large).startswith(DAMAGED)


@pytest.mark.parametrize("header", [b"fairstart export 2\n", b"fairstart export 1\r", b"FAIRSTART EXPORT 1\n"])
def test_another_version_or_kind_of_file_is_refused(header: bytes) -> None:
    assert refused(header + SMALL[19:]).startswith(NOT_OURS)


def test_an_export_whose_key_exchange_gives_nothing_secret_is_refused() -> None:
    for point in (bytes(32), b"\1" + bytes(31), b"\xff" * 32):
        assert refused(SMALL[: 19 + 1088] + point + SMALL[19 + 1120 :]).startswith(NOT_OPENED)


# For somebody else, or from somebody else


def test_an_export_for_another_office_is_refused() -> None:
    assert refused(SMALL, OTHER_OFFICE).startswith(NOT_OPENED)
    event = event_of(office_key_id=OTHER_OFFICE.public.id)
    assert refused(write_export(KIOSK, OTHER_OFFICE.public, event, SEALED)).startswith(NOT_OPENED)


def test_an_export_sealed_under_another_binding_is_refused() -> None:
    assert open_export(packed(body_of(described()), info=INFO), OFFICE).event == EVENT
    for info in (b"", INFO[:-1], INFO + b"\0", INFO.replace(b"1", b"2", 1), SEALED_FOR + bytes(16)):
        assert refused(packed(body_of(described()), info=info)).startswith(NOT_OPENED)


def test_an_export_signed_by_another_kiosk_than_it_names_is_refused() -> None:
    assert refused(packed(body_of(described()), signer=OTHER_KIOSK.signing)).startswith(NOT_SIGNED)
    assert refused(packed(body_of(described()), named=OTHER_KIOSK.public.encoded)).startswith(NOT_SIGNED)
    assert refused(packed(body_of(described()), signer=OFFICE.receipts)).startswith(NOT_SIGNED)


@pytest.mark.parametrize("named", [bytes(32), b"\xff" * 32, b"\1" + bytes(31), b"\2" + bytes(31)])
def test_an_export_that_names_no_kiosk_at_all_is_refused(named: bytes) -> None:
    assert refused(packed(body_of(described()), named=named)).startswith(NOT_SIGNED)


def test_an_export_that_one_office_opened_cannot_be_passed_on_to_another_as_the_kiosks() -> None:
    """Its content, with the kiosk's own signature, sealed anew to the next office."""
    body = body_of(described(office_key_id=base64.b64encode(OTHER_OFFICE.public.id).decode()))
    content = packed(body, sealed_to=OTHER_OFFICE)
    assert refused(content, OTHER_OFFICE).startswith(NOT_SIGNED)
    assert open_export(packed(body, sealed_to=OTHER_OFFICE, signed_for=OTHER_OFFICE.public.id), OTHER_OFFICE).sealed


def test_an_export_about_an_event_of_another_office_is_refused() -> None:
    for other in (OTHER_OFFICE.public.id, bytes(16)):
        event = described(office_key_id=base64.b64encode(other).decode(), name=HOSTILE)
        assert refused(packed(body_of(event))).startswith(ANOTHER_OFFICE)
    foreign = event_of(office_key_id=OTHER_OFFICE.public.id)
    assert refused(write_export(KIOSK, OFFICE.public, foreign, SEALED)).startswith(ANOTHER_OFFICE)


@pytest.mark.parametrize("name", ["smc-2022", "", "SMC-2021", "smc-2021 ", HOSTILE])
def test_an_export_with_a_question_set_that_is_not_known_is_refused(name: str) -> None:
    assert refused(packed(body_of(described(question_set=name)))).startswith(OTHER_QUESTIONS)


def cut_to(kept: int) -> Callable[[bytes], bytes]:
    return lambda _: body_of(described(), ROWS[:kept])


SIGNED_PARTS: dict[str, Callable[[bytes], bytes]] = {
    "event": lambda opened: opened.replace(b"Leeds", b"Leads"),
    "secret": lambda opened: altered(opened, -5 - 3 * SEALED_SIZE),
    "last response": altered,
    **{f"all but {kept} left out": cut_to(kept) for kept in (0, 1, 2)},
}


@pytest.mark.parametrize("part", SIGNED_PARTS)
def test_the_signature_covers_the_event_the_secret_and_every_response(part: str) -> None:
    right = body_of(described())
    body = SIGNED_PARTS[part](right)
    assert body != right
    assert refused(packed(body, signed=right)).startswith(NOT_SIGNED)


# Wrong inside, though a kiosk's key has signed it


@pytest.mark.parametrize(
    "rows",
    [
        [ROWS[1], ROWS[0], ROWS[2]],
        [ROWS[0], ROWS[2], ROWS[1]],
        ROWS[::-1],
        [ROWS[0], ROWS[0]],
        [*ROWS, ROWS[2]],
    ],
    ids=["first two", "last two", "all", "twice", "last twice"],
)
def test_responses_that_do_not_ascend_are_refused(rows: list[bytes]) -> None:
    assert refused(packed(body_of(described(), rows))).startswith(DAMAGED)


def test_a_number_of_responses_or_a_length_of_the_event_that_is_not_so_is_refused() -> None:
    more_than_there_is_room_for = (228, 229, 1000, 1 << 16, (1 << 27) // SEALED_SIZE + 1, 1 << 31, (1 << 32) - 1)
    fewer_than_follow_or_one_more_which_is_zeros = (0, 1, 2, 4)
    lengths = (0, 1, 2, 100, (1 << 16) + 1, 200_000, SMALLEST_EXPORT, 1 << 24, 1 << 31, (1 << 32) - 1)
    for body in (
        *(body_of(described(), [], number=number) for number in more_than_there_is_room_for),
        *(body_of(described(), number=number) for number in fewer_than_follow_or_one_more_which_is_zeros),
        *(body_of(described(), length=length) for length in lengths),
    ):
        assert refused(packed(body)).startswith(DAMAGED)


def test_an_event_longer_than_any_is_refused_and_one_of_the_longest_is_read() -> None:
    longest = described().ljust(1 << 16)
    assert open_export(packed(body_of(longest)), OFFICE).event == EVENT
    assert refused(packed(body_of(longest + b" "))).startswith(DAMAGED)


def test_a_body_that_ends_in_the_middle_of_a_field_is_refused() -> None:
    whole = body_of(described(), [])
    for length in range(len(whole)):
        with pytest.raises(ExportError, match=f"^{DAMAGED}"):
            exports._read_body(whole[:length], 0)
    assert exports._read_body(whole, 0).end == len(whole)


@pytest.mark.parametrize("place", [0, 1, 31, 32, 1000, -1])
def test_padding_that_is_not_zeros_is_refused(place: int) -> None:
    body = body_of(described())
    room = SMALLEST_EXPORT - OVERHEAD - PUBLIC_KEY_AND_SIGNATURE - len(body)
    padding = bytearray(room)
    padding[place] = 1
    reason = NOT_SIGNED if 0 <= place < 32 else DAMAGED  # where a token would be
    assert refused(packed(body, padding=bytes(padding))).startswith(reason)
    assert open_export(packed(body, padding=bytes(room)), OFFICE).event == EVENT


DEEP = 20_000
HOSTILE_EVENTS: dict[str, bytes] = {
    "escape character": described(name=f"\x1b[2J{HOSTILE}"),
    "one-byte escape": described(place=f"\x9b2J{HOSTILE}"),
    "bell": described(place=f"{HOSTILE}\x07"),
    "delete": described(name=f"{HOSTILE}\x7f"),
    "line feed": described(name=f"{HOSTILE}\n{HOSTILE}"),
    "line feed at the end": described(name=f"{HOSTILE}\n"),
    "null": described(place=f"{HOSTILE}\0"),
    "line separator": described(name=f"{HOSTILE}\u2028"),
    "right-to-left override": described(name=f"\u202e{HOSTILE}"),
    "left-to-right isolate": described(place=f"\u2066{HOSTILE}\u2069"),
    "escape in question set": described(question_set=f"\x1b{HOSTILE}"),
    "300 characters": described(name=(HOSTILE * 50)[:300]),
    "241 characters": described(place=(HOSTILE * 50)[:241]),
    "300 characters in question set": described(question_set=(HOSTILE * 50)[:300]),
    "extra key": described(**{HOSTILE: HOSTILE}),
    "number for text": described(name=7),
    "null for text": described(place=None),
    "no such day": described(date="2026-02-30"),
    "date in words": described(date=HOSTILE),
    "no such stage": described(stage=HOSTILE),
    "short key id": described(office_key_id=base64.b64encode(bytes(15)).decode()),
    "long key id": described(office_key_id=base64.b64encode(bytes(17)).decode()),
    "key id in no base64": described(office_key_id=HOSTILE),
    "missing key": json.dumps({"name": HOSTILE}).encode(),
    "deep in a text": described().replace(b'"Leeds"', b"[" * DEEP + b"]" * DEEP),
    "deep in an unknown key": b'{"a":' * 10_000,
    "brackets alone": b"[" * DEEP,
    "an array": b"[]",
    "a number": b"1" * 5000,
    "nothing": b"",
    "not UTF-8": described().replace(b"Leeds", b"\xff\xfe\xfd"),
    "half a surrogate pair": described().replace(b"Leeds", b"\\ud800"),
    "two objects": described() * 2,
    "byte order mark": b"\xef\xbb\xbf" + described(),
    "cut short": described()[:-1],
}


@pytest.mark.parametrize("what", HOSTILE_EVENTS)
def test_a_hostile_event_is_refused_and_nothing_of_it_is_repeated(what: str) -> None:
    assert refused(packed(body_of(HOSTILE_EVENTS[what]))).startswith(DAMAGED)
