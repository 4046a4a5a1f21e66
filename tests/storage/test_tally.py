"""Exact counts: sums over five in memory, batches of ten or fifteen, sealed to one kiosk's key for one event."""

import datetime as dt
import gc
from collections.abc import Callable, Iterable
from itertools import pairwise
from types import FunctionType, ModuleType

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from content.survey import load_survey
from storage import keys, tally
from storage.errors import NotSealedForThisKeyError
from storage.events import Event
from storage.keys import KioskPrivateKey, OfficePrivateKey, TallyPublicKey
from storage.sealing import NOT_ASKED, Response, ResponseOpener, seal, suite
from storage.tally import (
    BATCH_RECORD_SIZE,
    SEALED_BATCH_SIZE,
    Batch,
    BatchOpener,
    Pending,
    SealedBatch,
    Tally,
    batch_binding,
    seal_batch,
)
from tests.storage.people import EVERYTHING, KEY_ONLY, batch_of, people, tally_of

QUESTIONS = load_survey().questions


def add_all(pending: Pending, responses: Iterable[Response]) -> None:
    for response in responses:
        pending.add(response)


@pytest.fixture(scope="module")
def key() -> KioskPrivateKey:
    return KioskPrivateKey.generate()


@pytest.fixture(scope="module")
def event(office: OfficePrivateKey) -> Event:
    return Event(
        name="Riverside Jobs Fair",
        date=dt.date(2026, 11, 23),
        place="Leeds",
        stage="outreach",
        question_set="smc-2021",
        office_key_id=office.public.id,
    )


# Tallies


def test_every_answer_is_counted_in_its_category_and_in_no_other() -> None:
    for place, question in enumerate(QUESTIONS):
        for option in question.options:
            codes = [NOT_ASKED] * 4
            codes[place] = option.code
            one = Tally.of(Response((codes[0], codes[1], codes[2], codes[3])))
            assert list(one.counts) == [question.id], "a question that was not asked is not there"
            assert list(one.counts[question.id]) == [category.id for category in question.categories]
            assert one.counts[question.id] == {
                category.id: int(category.id == option.category) for category in question.categories
            }


def test_a_tally_counts_every_person_once_in_every_question_they_were_asked() -> None:
    everyone = people(300)
    total = tally_of(everyone)
    assert total.asked == tuple(question.id for question in QUESTIONS)
    for place, question in enumerate(QUESTIONS):
        for category in question.categories:
            by_hand = sum(question.category_of(response.codes[place]) == category.id for response in everyone)
            assert total.counts[question.id][category.id] == by_hand
        assert total.people(question.id) == 300


def test_a_question_counts_those_who_were_asked_it() -> None:
    total = tally_of([*people(7), *people(5, asked=KEY_ONLY), *people(2, asked=(False, False, True, False))])
    assert {question.id: total.people(question.id) for question in QUESTIONS} == {
        "occupation": 12,
        "school": 7,
        "meals": 9,
        "degree": 7,
    }
    assert tally_of(people(3, asked=KEY_ONLY)).people("school") == 0


def test_a_total_is_the_same_in_whatever_order_and_parts_it_is_taken() -> None:
    everyone = people(40)
    whole = tally_of(everyone)
    assert tally_of(reversed(everyone)) == whole
    assert Tally.total((tally_of(everyone[:7]), tally_of(everyone[7:]))) == whole
    assert Tally.total([whole]) == whole
    assert Tally.total([]) == Tally({})


def test_a_total_leaves_its_parts_as_they_were() -> None:
    first, second = (tally_of(people(5, seed)) for seed in (1, 2))
    before = {question: dict(counts) for question, counts in first.counts.items()}
    Tally.total((first, second))
    assert first.counts == before
    assert second == tally_of(people(5, 2))


def test_the_questions_of_a_tally_are_in_the_order_of_the_set() -> None:
    late, early = (tally_of(people(1, asked=asked)) for asked in ((False, False, False, True), KEY_ONLY))
    assert Tally.total((late, early)).asked == ("occupation", "degree")


# Pending people


def test_the_first_ten_are_due_when_twenty_are_pending_and_no_sooner() -> None:
    everyone = people(20)
    pending = Pending()
    for count, response in enumerate(everyone):
        assert pending.people == count
        assert pending.due() is None
        pending.add(response)
    due = pending.due()
    assert due == batch_of(everyone[:10])
    assert tally_of(everyone[10:]) != tally_of(everyone[:10]), "or this could not tell"


def test_what_is_due_stays_the_same_batch_until_it_is_released() -> None:
    everyone = people(29)
    pending = Pending()
    add_all(pending, everyone[:20])
    for response in everyone[20:]:
        assert pending.due() == batch_of(everyone[:10])
        pending.add(response)
    assert pending.people == 29


def test_a_long_session_releases_ten_after_ten_each_ten_people_late() -> None:
    everyone = people(200)
    pending = Pending()
    released: list[tuple[int, Batch]] = []
    for count, response in enumerate(everyone, 1):
        pending.add(response)
        while due := pending.due():
            released.append((count, due))
            pending.release(due)
    assert released == [(end + 10, batch_of(everyone[end - 10 : end])) for end in range(10, 191, 10)]
    assert pending.people == 10
    assert pending.last() == batch_of(everyone[190:])


@pytest.mark.parametrize("count", range(46))
def test_ending_releases_tens_until_fewer_than_twenty_are_pending_then_fifteen_or_ten_and_leaves_at_most_nine(
    count: int,
) -> None:
    everyone = people(count)
    pending = Pending()
    add_all(pending, everyone)
    sizes = []
    done = 0
    left = pending.left_at_end
    while batch := pending.last():
        assert pending.left_at_end == left
        assert batch == batch_of(everyone[done : done + batch.size])
        pending.release(batch)
        sizes.append(batch.size)
        done += batch.size
        assert pending.people == count - done
    at_last = count if count < 20 else 10 + count % 10
    final = [15] if at_last >= 15 else [10] if at_last >= 10 else []
    assert sizes == [10] * ((count - at_last) // 10) + final
    assert 0 <= pending.people == left <= 9
    assert set(sizes) <= {10, 15}


def test_fifteen_are_released_only_at_the_end_where_fewer_than_twenty_are_pending() -> None:
    for count in range(46):
        pending = Pending()
        add_all(pending, people(count))
        due, last = pending.due(), pending.last()
        assert (due.size if due else 0) == (10 if count >= 20 else 0)
        assert (last.size if last else 0) == (10 if count >= 20 else 15 if count >= 15 else 10 if count >= 10 else 0)


def test_people_can_go_on_coming_after_a_release_in_the_middle_of_five() -> None:
    everyone = people(38)
    pending = Pending()
    add_all(pending, everyone[:23])
    due = pending.due()
    assert due is not None
    pending.release(due)
    add_all(pending, everyone[23:])
    assert pending.people == 28
    assert pending.due() == batch_of(everyone[10:20])


def test_nobody_is_pending_after_clearing() -> None:
    pending = Pending()
    add_all(pending, people(23))
    pending.clear()
    assert (pending.people, pending.due(), pending.last()) == (0, None, None)
    add_all(pending, people(20, seed=1))
    assert pending.due() == batch_of(people(20, seed=1)[:10])


@pytest.mark.parametrize("before", [1, 4, 5, 13])
def test_somebody_who_was_asked_other_questions_is_not_added_to_the_rest(before: int) -> None:
    for first, other in ((EVERYTHING, KEY_ONLY), (KEY_ONLY, EVERYTHING), (KEY_ONLY, (True, True, False, False))):
        everyone = people(20, asked=first)
        pending = Pending()
        add_all(pending, everyone[:before])
        with pytest.raises(ValueError, match="same questions"):
            pending.add(*people(1, asked=other))
        assert pending.people == before, "and nothing was changed"
        add_all(pending, everyone[before:])
        assert pending.due() == batch_of(everyone[:10])


def reachable(thing: object) -> list[object]:
    """Every object that a value holds on to, however deep, without the program itself."""
    found: dict[int, object] = {}
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if id(one) not in found and not isinstance(one, type | ModuleType | FunctionType):
            found[id(one)] = one
            waiting += gc.get_referents(one)
    return list(found.values())


@pytest.mark.parametrize("asked", [EVERYTHING, KEY_ONLY])
def test_memory_holds_sums_over_five_and_of_the_unfinished_five_one_sum(asked: tuple[bool, ...]) -> None:
    pending = Pending()
    for count, response in enumerate(people(64, asked=asked), 1):
        pending.add(response)
        if due := pending.due():
            pending.release(due)
        things = reachable(pending)
        assert not [thing for thing in things if isinstance(thing, Response | bytes | bytearray)]
        tallies = [thing for thing in things if isinstance(thing, Tally)]
        sizes = sorted(one.people("occupation") for one in tallies)
        unfinished = [count % 5] if count % 5 else []
        assert sizes == unfinished + [5] * (pending.people // 5)
        tables = [thing for thing in things if isinstance(thing, dict) and thing and isinstance(next(iter(thing)), str)]
        counts = [table for table in tables if all(type(number) is int for number in table.values())]
        assert len([table for table in counts if "prefer_not_to_say" in table]) == len(tallies) * sum(asked)


# Batches


def test_a_batch_is_of_ten_or_fifteen_people_who_were_all_asked_the_same() -> None:
    for size in range(40):
        if size in {10, 15}:
            assert Batch(size, tally_of(people(size))).size == size
        else:
            with pytest.raises(ValueError, match="10 or 15"):
                Batch(size, tally_of(people(size)))
    for other in (9, 11, 15, 20):
        with pytest.raises(ValueError, match="10 or 15"):
            Batch(10, tally_of(people(other)))
    with pytest.raises(ValueError, match="10 or 15"):
        Batch(10, Tally({}))
    with pytest.raises(ValueError, match="10 or 15"):
        Batch(10, tally_of([*people(10), *people(5, asked=KEY_ONLY)]))
    with pytest.raises(ValueError, match="10 or 15"):
        Batch(10, tally_of([*people(5), *people(5, asked=KEY_ONLY)]))


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Any batch there can be: any questions, any way in which ten or fifteen people divide among categories."""
    size = draw(st.sampled_from((10, 15)))
    asked = draw(st.lists(st.sampled_from(QUESTIONS), min_size=1, unique_by=lambda question: question.id))
    counts = {}
    for question in asked:
        cuts = sorted(draw(st.integers(0, size)) for _ in question.categories[1:])
        parts = [after - before for before, after in pairwise((0, *cuts, size))]
        counts[question.id] = dict(zip((category.id for category in question.categories), parts, strict=True))
    return Batch(size, Tally(counts))


@given(batches())
def test_a_record_gives_its_batch_back_and_always_has_32_bytes(batch: Batch) -> None:
    record = batch.pack()
    assert len(record) == BATCH_RECORD_SIZE == 32
    again = Batch.unpack(record)
    assert again == batch
    assert again.pack() == record
    assert all(
        list(again.tally.counts[question.id]) == [category.id for category in question.categories]
        for question in QUESTIONS
        if question.id in again.tally.counts
    )


def is_a_record(record: bytes) -> bool:
    """What FORMAT.md, section 11, says of a record; shares nothing with `Batch`."""
    if len(record) != 32 or record[0] != 1 or record[1] not in {10, 15} or record[30:] != b"\0\0":
        return False
    parts = [record[start : start + 7] for start in (2, 9, 16, 23)]
    lengths = [len(question.categories) for question in QUESTIONS]
    sums = [sum(part) for part in parts]
    return (
        set(sums) <= {0, record[1]}
        and any(sums)
        and not any(any(part[length:]) for part, length in zip(parts, lengths, strict=True))
    )


def agrees(record: bytes) -> bool:
    """Whether `Batch` takes a record just where it is one. True if so."""
    try:
        batch = Batch.unpack(record)
    except ValueError:
        return not is_a_record(record)
    return is_a_record(record) and batch.pack() == record


@given(batches(), st.integers(0, 31), st.integers(0, 255))
def test_a_record_with_another_byte_is_refused_unless_it_is_a_record_itself(batch: Batch, place: int, to: int) -> None:
    record = bytearray(batch.pack())
    record[place] = to
    assert agrees(bytes(record))


@given(batches(), st.integers(2, 29), st.integers(2, 29), st.integers(0, 15))
def test_moving_people_within_a_record_is_refused_unless_it_is_a_record_itself(
    batch: Batch, out_of: int, into: int, number: int
) -> None:
    """The only alterations that leave the sums alone, so the places that hold no category are what stops them."""
    record = bytearray(batch.pack())
    number = min(number, record[out_of])
    record[out_of] -= number
    record[into] += number
    assert agrees(bytes(record))


@given(st.binary(min_size=32, max_size=32), st.sampled_from((10, 15)))
def test_random_bytes_are_no_record(content: bytes, size: int) -> None:
    assert agrees(content)
    assert agrees(bytes((1, size)) + content[2:])


WHOLE = batch_of(people(10)).pack()
KEY_RECORD = batch_of(people(10, asked=KEY_ONLY)).pack()


@pytest.mark.parametrize(
    "record",
    [
        b"",
        WHOLE[:-1],
        WHOLE + b"\0",
        b"\x00" + WHOLE[1:],
        b"\x02" + WHOLE[1:],
        *(bytes((1, size)) + WHOLE[2:] for size in (0, 1, 5, 9, 11, 15, 20, 255)),
        bytes((1, 10)) + bytes(30),
        bytes(32),
        *(bytes((1, size, size)) + bytes(29) for size in (0, 1, 5, 9, 11, 20, 25)),
        WHOLE[:30] + b"\x01\x00",
        WHOLE[:30] + b"\x00\x01",
        bytes((1, 10, 5, 4)) + bytes(28),
        bytes((1, 10, 5, 6)) + bytes(28),
        bytes((1, 10, 5, 0, 0, 0, 0, 5)) + bytes(24),
        bytes((1, 10, 5, 0, 0, 0, 0, 0, 5)) + bytes(23),
        bytes((1, 10, 10, 0, 0, 0, 0, 0, 0, 1)) + bytes(22),
        bytes((1, 10, 10)) + bytes(24) + b"\x0a" + bytes(4),
        KEY_RECORD[:9] + b"\x0b" + KEY_RECORD[10:],
        KEY_RECORD[:9] + b"\x05" + KEY_RECORD[10:],
    ],
)
def test_what_is_no_record_of_a_batch_is_refused(record: bytes) -> None:
    assert not is_a_record(record)
    with pytest.raises(ValueError, match=r"record|10 or 15|category"):
        Batch.unpack(record)


def test_no_question_has_more_categories_than_a_record_has_room_for() -> None:
    assert max(len(question.categories) for question in QUESTIONS) <= tally._MOST_CATEGORIES == 7
    assert len(QUESTIONS) == 4


# Sealing


def refused(sealed: bytes, opener: BatchOpener) -> None:
    with pytest.raises(NotSealedForThisKeyError, match="the counts leave it out"):
        opener.open(SealedBatch(sealed))


def test_every_batch_is_sealed_to_the_same_length_and_opens_as_itself(key: KioskPrivateKey, event: Event) -> None:
    opener = BatchOpener(key.tally, event)
    for size in (10, 15):
        for asked in (EVERYTHING, KEY_ONLY, (False, True, False, True)):
            batch = batch_of(people(size, asked=asked))
            sealed = seal_batch(batch, key.tally.public, event)
            assert len(sealed.sealed) == SEALED_BATCH_SIZE == 1168
            assert opener.open(sealed) == batch


def test_the_same_batch_sealed_twice_has_nothing_in_common(key: KioskPrivateKey, event: Event) -> None:
    batch = batch_of(people(10))
    first, second = (seal_batch(batch, key.tally.public, event).sealed for _ in range(2))
    stretches = {first[start : start + 8] for start in range(len(first) - 7)}
    assert not stretches & {second[start : start + 8] for start in range(len(second) - 7)}
    assert sum(one == other for one, other in zip(first, second, strict=True)) < 30


def test_another_key_does_not_open_it(key: KioskPrivateKey, event: Event) -> None:
    sealed = seal_batch(batch_of(people(10)), key.tally.public, event).sealed
    refused(sealed, BatchOpener(KioskPrivateKey.generate().tally, event))
    refused(sealed, BatchOpener(keys.TallyPrivateKey(key.seed), event))
    refused(sealed, BatchOpener(keys.TallyPrivateKey(key.signing.private_bytes_raw()), event))


CHANGES: dict[str, Callable[[Event], Event]] = {
    "name": lambda event: replace(event, name="Another"),
    "date": lambda event: replace(event, date=dt.date(2026, 11, 24)),
    "place": lambda event: replace(event, place="York"),
    "stage": lambda event: replace(event, stage="starts"),
    "question set": lambda event: replace(event, question_set="smc-2022"),
    "office": lambda event: replace(event, office_key_id=bytes(16)),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_it_does_not_open_for_another_event_or_question_set(change: str, key: KioskPrivateKey, event: Event) -> None:
    batch = batch_of(people(10))
    sealed = seal_batch(batch, key.tally.public, event).sealed
    refused(sealed, BatchOpener(key.tally, CHANGES[change](event)))
    assert BatchOpener(key.tally, event).open(SealedBatch(sealed)) == batch


def test_its_binding_names_the_format_the_key_the_event_and_the_question_set(
    key: KioskPrivateKey, event: Event
) -> None:
    public = key.tally.public
    assert batch_binding(public, event) == b"fairstart sealed batch 1\0" + public.id + event.id + b"smc-2021"
    sealed = seal_batch(batch_of(people(10)), public, event).sealed
    assert suite().decrypt(sealed, key.tally.kem, batch_binding(public, event)) == batch_of(people(10)).pack()
    other_set = batch_binding(public, event).replace(b"smc-2021", b"smc-2022")
    other_key = batch_binding(KioskPrivateKey.generate().tally.public, event)
    for info in (b"", other_set, other_key):
        with pytest.raises(InvalidTag):
            suite().decrypt(sealed, key.tally.kem, info)


def test_it_does_not_open_altered_at_any_byte_or_cut(key: KioskPrivateKey, event: Event) -> None:
    sealed = seal_batch(batch_of(people(10)), key.tally.public, event).sealed
    opener = BatchOpener(key.tally, event)
    for place in range(len(sealed)):
        refused(sealed[:place] + bytes((sealed[place] ^ (1 << place % 8),)) + sealed[place + 1 :], opener)
    for content in (b"", sealed[:-1], sealed[1:], sealed + b"\0", bytes(1168)):
        refused(content, opener)


@pytest.mark.parametrize("size", [1, 5, 9, 11, 20])
def test_a_sealed_record_of_another_number_of_people_does_not_open(
    size: int, key: KioskPrivateKey, event: Event
) -> None:
    public = key.tally.public
    record = bytes((1, size, size)).ljust(32, b"\0")
    refused(suite().encrypt(record, public.kem, batch_binding(public, event)), BatchOpener(key.tally, event))


def test_a_response_is_no_batch_and_a_batch_no_response(
    key: KioskPrivateKey, office: OfficePrivateKey, event: Event
) -> None:
    (response,) = people(1)
    both = keys.TallyPrivateKey(office.seed)  # as if one seed served for both
    refused(seal(response, office.public, event).sealed, BatchOpener(both, event))
    sealed = seal_batch(batch_of(people(10)), both.public, event).sealed
    with pytest.raises(NotSealedForThisKeyError):
        ResponseOpener(office, event).open(sealed)


def test_an_error_tells_nothing_that_was_counted(key: KioskPrivateKey, event: Event) -> None:
    sealed = seal_batch(batch_of(people(10)), key.tally.public, event).sealed
    with pytest.raises(NotSealedForThisKeyError) as caught:
        BatchOpener(key.tally, event).open(SealedBatch(sealed[:-1] + bytes((sealed[-1] ^ 1,))))
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


def test_a_private_tally_key_does_not_show_itself(key: KioskPrivateKey) -> None:
    assert key.tally.seed.hex() not in repr(key.tally)
    assert repr(key.tally.seed) not in repr(key.tally)
