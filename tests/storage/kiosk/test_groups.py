"""A noisy group as 128 bytes, and sealed to one kiosk's key for one event."""

from collections.abc import Mapping
from itertools import pairwise

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from content.survey import load_survey
from storage.counts.noise import NoisyGroup
from storage.counts.record import GROUP_RECORD_SIZE, pack_group, unpack_group
from storage.crypto import keys
from storage.crypto.hpke import suite
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey, TallyPublicKey
from storage.crypto.sealing import ResponseOpener, seal
from storage.errors import NotSealedForThisKeyError
from storage.events import Event
from storage.kiosk.groups import SEALED_GROUP_SIZE, GroupOpener, SealedGroup, group_binding, seal_group
from tests.damage import altered
from tests.storage.counts.people import EVERYTHING, KEY_ONLY, groups_of, people

QUESTIONS = load_survey().questions
CATEGORIES = [len(question.categories) for question in QUESTIONS]
COUNTS = [6 + 28 * place for place in range(4)]
"""Where the counts of each question begin; written from FORMAT.md, section 11."""


@pytest.fixture(scope="module")
def key() -> KioskPrivateKey:
    return KioskPrivateKey.generate()


def group_of(seed: int = 0, asked: tuple[bool, ...] = EVERYTHING) -> NoisyGroup:
    (group,) = groups_of(people(10, seed, asked), seed=seed)
    return group


# The record


@st.composite
def any_group(draw: st.DrawFn) -> NoisyGroup:
    """Any group there can be: any questions, any number of people from ten on, any signed counts that add up to it."""
    size = draw(st.integers(10, 1 << 20))
    asked = draw(st.lists(st.sampled_from(QUESTIONS), min_size=1, unique_by=lambda question: question.id))
    counts: dict[str, Mapping[str, int]] = {}
    for question in (question for question in QUESTIONS if question in asked):
        cuts = [draw(st.integers(-(1 << 20), 1 << 21)) for _ in question.categories[1:]]
        parts = [after - before for before, after in pairwise((0, *cuts, size))]
        counts[question.id] = dict(zip((category.id for category in question.categories), parts, strict=True))
    return NoisyGroup.read(size, counts)


@given(any_group())
def test_a_record_gives_its_group_back_and_always_has_128_bytes(group: NoisyGroup) -> None:
    record = pack_group(group)
    assert len(record) == GROUP_RECORD_SIZE == 128
    again = unpack_group(record)
    assert again == group
    assert (again.people, again.asked) == (group.people, group.asked)
    assert pack_group(again) == record
    for question in QUESTIONS:
        if question.id in again.counts:
            assert list(again.counts[question.id]) == [category.id for category in question.categories]


def is_a_record(record: bytes) -> bool:
    """What FORMAT.md, section 11, says of a record; shares nothing with `unpack_group`."""
    if len(record) != 128 or record[0] != 1 or not 0 < record[1] < 16 or any(record[118:]):
        return False
    size = int.from_bytes(record[2:6], "big")
    for place, start in enumerate(COUNTS):
        numbers = [int.from_bytes(record[at : at + 4], "big", signed=True) for at in range(start, start + 28, 4)]
        asked = record[1] >> place & 1
        if sum(numbers) != (size if asked else 0) or any(numbers[CATEGORIES[place] :]):
            return False
        if not asked and any(numbers):
            return False
    return size >= 10


def agrees(record: bytes) -> bool:
    """Whether `unpack_group` takes a record just where it is one."""
    try:
        group = unpack_group(record)
    except ValueError:
        return not is_a_record(record)
    return is_a_record(record) and pack_group(group) == record


@given(any_group(), st.integers(0, 127), st.integers(0, 255))
def test_a_record_with_another_byte_is_refused(group: NoisyGroup, place: int, to: int) -> None:
    """No byte stands alone: a count is in its sum, the number of people in every sum, the mask in which there are."""
    record = bytearray(pack_group(group))
    before = record[place]
    record[place] = to
    assert agrees(bytes(record))
    assert is_a_record(bytes(record)) == (to == before)


@given(any_group(), st.integers(0, 27), st.integers(0, 27), st.integers(-30, 30))
def test_moving_people_within_a_record_is_refused_unless_it_is_a_record_itself(
    group: NoisyGroup, out_of: int, into: int, number: int
) -> None:
    """The only alterations that leave the sums alone, so the places that hold no category are what stops them."""
    record = bytearray(pack_group(group))
    for place, change in ((6 + 4 * out_of, -number), (6 + 4 * into, number)):
        count = int.from_bytes(record[place : place + 4], "big", signed=True) + change
        record[place : place + 4] = count.to_bytes(4, "big", signed=True)
    assert agrees(bytes(record))


@given(any_group(), st.integers(0, 255))
def test_a_record_of_other_questions_than_its_counts_are_of_is_refused(group: NoisyGroup, mask: int) -> None:
    record = pack_group(group)
    assert agrees(record[:1] + bytes([mask]) + record[2:])
    assert is_a_record(record[:1] + bytes([mask]) + record[2:]) == (mask == record[1])


@given(st.binary(min_size=128, max_size=128))
def test_random_bytes_are_no_record(content: bytes) -> None:
    assert agrees(content)
    assert agrees(b"\x01\x0f" + content[2:])
    assert agrees((b"\x01\x01" + content[2:34]).ljust(128, b"\0"))


def record_of(size: int, *counts: int, mask: int = 1, version: int = 1) -> bytes:
    """A record made by hand; counts from that of the first question's first category on."""
    head = bytes([version, mask]) + size.to_bytes(4, "big")
    return (head + b"".join(count.to_bytes(4, "big", signed=True) for count in counts)).ljust(128, b"\0")


def test_a_record_made_by_hand_is_read() -> None:
    group = unpack_group(record_of(10, 14, -5, 1, 0, 0))
    assert group.people == 10
    assert list(group.counts) == ["occupation"]
    assert list(group.counts["occupation"].values()) == [14, -5, 1, 0, 0]


WHOLE = pack_group(group_of())
NOT_RECORDS: dict[str, bytes] = {
    "nothing": b"",
    "a byte less": WHOLE[:-1],
    "a byte more": WHOLE + b"\0",
    "version 0": b"\0" + WHOLE[1:],
    "version 2": b"\2" + WHOLE[1:],
    "zeros": bytes(128),
    "nobody asked anything": record_of(10, mask=0),
    "counts of what nobody was asked": record_of(10, 10, mask=0),
    "a question that is not there": record_of(10, 10, mask=0x11),
    "nine people": record_of(9, 9),
    "nobody": record_of(0, 3, -3),
    "one too few": record_of(10, 5, 4),
    "one too many": record_of(10, 5, 6),
    "a category that is not there": record_of(10, 5, 0, 0, 0, 0, 5),
    "two that are not there": record_of(10, 10, 0, 0, 0, 0, 5, -5),
    "a fifth category of degree": record_of(10, *[0] * 21, 10, 0, 0, 0, 1, -1, mask=8),
    "padding": WHOLE[:-1] + b"\1",
    "padding at once": WHOLE[:118] + b"\1" + WHOLE[119:],
}


@pytest.mark.parametrize("what", NOT_RECORDS)
def test_what_is_no_record_of_a_group_is_refused(what: str) -> None:
    assert not is_a_record(NOT_RECORDS[what])
    with pytest.raises(ValueError, match=r"record|ten or more|category"):
        unpack_group(NOT_RECORDS[what])


# Sealing


def refused(sealed: bytes, opener: GroupOpener) -> None:
    with pytest.raises(NotSealedForThisKeyError, match="the counts leave it out"):
        opener.open(SealedGroup(sealed))


def test_every_group_is_sealed_to_the_same_length_and_opens_as_itself(key: KioskPrivateKey, event: Event) -> None:
    opener = GroupOpener(key.tally, event)
    for asked in (EVERYTHING, KEY_ONLY, (False, True, False, True)):
        group = group_of(asked=asked)
        sealed = seal_group(group, key.tally.public, event)
        assert len(sealed.sealed) == SEALED_GROUP_SIZE == 1264
        assert opener.open(sealed) == group


def test_the_same_group_sealed_twice_has_nothing_in_common(key: KioskPrivateKey, event: Event) -> None:
    first, second = (seal_group(group_of(), key.tally.public, event).sealed for _ in range(2))
    stretches = {first[start : start + 8] for start in range(len(first) - 7)}
    assert not stretches & {second[start : start + 8] for start in range(len(second) - 7)}
    assert sum(one == other for one, other in zip(first, second, strict=True)) < 30


def test_another_key_does_not_open_it(key: KioskPrivateKey, event: Event) -> None:
    sealed = seal_group(group_of(), key.tally.public, event).sealed
    refused(sealed, GroupOpener(KioskPrivateKey.generate().tally, event))
    refused(sealed, GroupOpener(keys.TallyPrivateKey(key.seed), event))
    refused(sealed, GroupOpener(keys.TallyPrivateKey(key.signing.private_bytes_raw()), event))


def test_its_binding_names_the_format_the_key_the_event_and_the_question_set(
    key: KioskPrivateKey, event: Event
) -> None:
    public = key.tally.public
    assert group_binding(public, event) == b"fairstart sealed group 1\0" + public.id + event.id + b"smc-2021"
    sealed = seal_group(group_of(), public, event).sealed
    assert suite().decrypt(sealed, key.tally.kem, group_binding(public, event)) == pack_group(group_of())
    other_set = group_binding(public, event).replace(b"smc-2021", b"smc-2022")
    other_key = group_binding(KioskPrivateKey.generate().tally.public, event)
    for info in (b"", other_set, other_key):
        with pytest.raises(InvalidTag):
            suite().decrypt(sealed, key.tally.kem, info)


def test_it_does_not_open_altered_at_any_byte_or_cut(key: KioskPrivateKey, event: Event) -> None:
    sealed = seal_group(group_of(), key.tally.public, event).sealed
    opener = GroupOpener(key.tally, event)
    for place in range(len(sealed)):
        refused(sealed[:place] + bytes((sealed[place] ^ (1 << place % 8),)) + sealed[place + 1 :], opener)
    for content in (b"", sealed[:-1], sealed[1:], sealed + b"\0", bytes(SEALED_GROUP_SIZE)):
        refused(content, opener)


@pytest.mark.parametrize("size", [0, 1, 9, 11, 20, 1 << 20])
def test_a_sealed_record_of_another_number_of_people_than_ten_does_not_open(
    size: int, key: KioskPrivateKey, event: Event
) -> None:
    public, opener = key.tally.public, GroupOpener(key.tally, event)

    def sealed(record: bytes) -> bytes:
        return suite().encrypt(record, public.kem, group_binding(public, event))

    assert opener.open(SealedGroup(sealed(record_of(10, 10)))).people == 10
    refused(sealed(record_of(size, size)), opener)


def test_a_response_is_no_group_and_a_group_no_response(
    key: KioskPrivateKey, office: OfficePrivateKey, event: Event
) -> None:
    (response,) = people(1)
    both = keys.TallyPrivateKey(office.seed)  # as if one seed served for both
    refused(seal(response, office.public, event).sealed, GroupOpener(both, event))
    with pytest.raises(NotSealedForThisKeyError):
        ResponseOpener(office, event).open(seal_group(group_of(), both.public, event).sealed)


def test_an_error_tells_nothing_that_was_counted(key: KioskPrivateKey, event: Event) -> None:
    sealed = seal_group(group_of(), key.tally.public, event).sealed
    with pytest.raises(NotSealedForThisKeyError) as caught:
        GroupOpener(key.tally, event).open(SealedGroup(altered(sealed)))
    assert not [character for character in caught.value.sentence if character.isdigit()]
    assert not [question.id for question in QUESTIONS if question.id in caught.value.sentence]


# The key


def test_the_tally_key_follows_from_the_kiosks_seed_and_is_another_key(key: KioskPrivateKey) -> None:
    assert KioskPrivateKey(key.seed).tally == key.tally
    assert len({key.seed, key.tally.seed, key.signing.private_bytes_raw(), bytes(32)}) == 4
    assert KioskPrivateKey.generate().tally.seed != key.tally.seed
    assert len(key.tally.public.encoded) == 1216
    assert TallyPublicKey(key.tally.public.encoded).kem is not None
    assert key.tally.public.id not in {key.public.id, OfficePrivateKey(key.tally.seed).public.id}
