"""A sealed response opens at its own office, for its own event and question set, unaltered, and nowhere else."""

import datetime as dt
from dataclasses import FrozenInstanceError

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.survey import load_survey
from storage.crypto.hpke import suite
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import (
    NOT_ASKED,
    RECORD_SIZE,
    SEALED_SIZE,
    Response,
    ResponseOpener,
    binding,
    seal,
)
from storage.errors import NotSealedForThisKeyError
from storage.events import Event
from tests.damage import altered


def refused(sealed: bytes, office: OfficePrivateKey, event: Event) -> None:
    with pytest.raises(NotSealedForThisKeyError):
        ResponseOpener(office, event).open(sealed)


# What it is


codes = st.integers(0, 9)


@given(st.tuples(codes, codes, codes, codes))
def test_a_record_gives_its_response_back(answers: tuple[int, int, int, int]) -> None:
    assert Response.unpack(Response(answers).pack()) == Response(answers)


def test_every_possible_response_opens_as_itself_and_is_sealed_to_the_same_length(
    office: OfficePrivateKey, event: Event
) -> None:
    for question, asked in enumerate(load_survey().questions):
        for code in (NOT_ASKED, *(option.code for option in asked.options)):
            answers = [NOT_ASKED] * 4
            answers[question] = code
            response = Response((answers[0], answers[1], answers[2], answers[3]))
            sealed = seal(response, office.public, event)
            assert len(response.pack()) == RECORD_SIZE == 16
            assert len(sealed.sealed) == SEALED_SIZE == 1152
            assert ResponseOpener(office, event).open(sealed.sealed) == response


def test_the_same_answers_sealed_twice_have_nothing_in_common(office: OfficePrivateKey, event: Event) -> None:
    first, second = (seal(Response((1, 2, 3, 4)), office.public, event) for _ in range(2))
    assert first != second
    assert first.id != second.id
    longest = 0
    for start in range(SEALED_SIZE - 8):
        longest += first.sealed[start : start + 8] in second.sealed
    assert longest == 0


def test_answers_are_sealed_in_the_order_of_the_question_set() -> None:
    questions = [question.id for question in load_survey().questions]
    assert questions == ["occupation", "school", "meals", "degree"]
    assert Response.of({"degree": 4, "occupation": 1, "meals": 3, "school": 2}) == Response((1, 2, 3, 4))


def test_a_question_that_was_not_asked_is_told_from_a_declined_one() -> None:
    declined = load_survey().questions[0].declined.code
    assert Response.of({"occupation": declined}) == Response((declined, NOT_ASKED, NOT_ASKED, NOT_ASKED))
    assert declined != NOT_ASKED


def test_a_response_cannot_be_changed_once_made() -> None:
    with pytest.raises(FrozenInstanceError):
        Response((1, 1, 1, 1)).codes = (2, 2, 2, 2)  # type: ignore[misc]


# What it is bound to


def test_another_office_cannot_open_it(office: OfficePrivateKey, event: Event) -> None:
    sealed = seal(Response((1, 2, 3, 4)), office.public, event)
    refused(sealed.sealed, OfficePrivateKey.generate(), event)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Riverside Job Fair"},
        {"date": dt.date(2026, 11, 24)},
        {"place": "York"},
        {"stage": "starts"},
        {"question_set": "smc-2022"},
        {"office_key_id": bytes(16)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_it_does_not_open_for_another_event_or_question_set(
    office: OfficePrivateKey, event: Event, change: dict[str, object]
) -> None:
    sealed = seal(Response((1, 2, 3, 4)), office.public, event)
    refused(sealed.sealed, office, msgspec.structs.replace(event, **change))


def test_it_does_not_open_altered_at_any_byte(office: OfficePrivateKey, event: Event) -> None:
    sealed = seal(Response((1, 2, 3, 4)), office.public, event).sealed
    for place in range(SEALED_SIZE):
        refused(altered(sealed, place), office, event)


def test_it_does_not_open_cut_short_or_lengthened(office: OfficePrivateKey, event: Event) -> None:
    sealed = seal(Response((1, 2, 3, 4)), office.public, event).sealed
    for length in (0, 1, 16, 1087, 1088, 1119, 1120, 1121, 1136, SEALED_SIZE - 1):
        refused(sealed[:length], office, event)
    refused(sealed + b"\0", office, event)
    refused(sealed + sealed, office, event)


# What is not a record


def test_records_of_another_length_version_or_padding_are_no_records() -> None:
    record = Response((1, 2, 3, 4)).pack()
    for other in (b"", record[:-1], record + b"\0", b"\x00" + record[1:], b"\x02" + record[1:], record[:-1] + b"\x01"):
        with pytest.raises(ValueError, match="version 1 record"):
            Response.unpack(other)


def test_what_is_sealed_rightly_but_is_no_record_is_refused(office: OfficePrivateKey, event: Event) -> None:
    record = Response((1, 2, 3, 4)).pack()
    for other in (b"", record[:-1], record + b"\0", b"\x02" + record[1:]):
        refused(suite().encrypt(other, office.public.kem, binding(event)), office, event)


def test_an_error_tells_nothing_that_was_answered(office: OfficePrivateKey, event: Event) -> None:
    with pytest.raises(NotSealedForThisKeyError) as caught:
        ResponseOpener(office, event).open(b"\x01\x05\x05\x05\x05")
    assert not any(character.isdigit() for character in caught.value.sentence)
