"""Exact counts: of one person and of many, and of those who wait, of whom memory holds one sum."""

import gc
from collections.abc import Iterable
from types import FunctionType, ModuleType

import pytest

from content.survey import load_survey
from storage.counts.tally import Tally, Waiting, asked_mask
from storage.crypto.sealing import NOT_ASKED, Response
from tests.storage.counts.people import EVERYTHING, KEY_ONLY, people, tally_of

QUESTIONS = load_survey().questions
SOME = (False, True, False, True)


def waiting_of(responses: Iterable[Response]) -> Waiting:
    waiting = Waiting()
    for response in responses:
        waiting.add(response)
    return waiting


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


def test_a_tally_of_options_counts_as_that_of_the_people_who_chose_them() -> None:
    for asked in (EVERYTHING, KEY_ONLY, SOME):
        everyone = people(40, asked=asked)
        chosen = [
            {code: sum(response.codes[place] == code for response in everyone) for code in range(10)}
            for place in range(4)
        ]
        some = [{code: number for code, number in numbers.items() if number} for numbers in chosen]
        assert Tally.of_options(some) == tally_of(everyone)


@pytest.mark.parametrize("asked", [EVERYTHING, KEY_ONLY, SOME])
@pytest.mark.parametrize("count", [1, 9, 300])
def test_a_packed_tally_has_116_bytes_and_is_read_back(count: int, asked: tuple[bool, ...]) -> None:
    tally = tally_of(people(count, asked=asked))
    packed = tally.pack()
    assert len(packed) == 116
    assert Tally.unpack(packed) == tally
    assert [packed[place * 29] for place in range(4)] == list(map(int, asked))


def test_which_questions_were_asked_is_a_number_whose_lowest_bit_is_the_first_question() -> None:
    ids = [question.id for question in QUESTIONS]
    assert [asked_mask([id_]) for id_ in ids] == [1, 2, 4, 8]
    assert (asked_mask([]), asked_mask(ids), asked_mask(ids[::-3])) == (0, 15, 9)


# People who wait


@pytest.mark.parametrize("asked", [EVERYTHING, KEY_ONLY, SOME])
def test_whoever_waits_is_taken_together_and_then_nobody_waits(asked: tuple[bool, ...]) -> None:
    for count in range(12):
        everyone = people(count, asked=asked)
        waiting = waiting_of(everyone)
        assert waiting.people == count
        assert waiting.take() == tally_of(everyone)
        assert (waiting.people, waiting.take()) == (0, Tally({}))


def test_nobody_waits_after_clearing_and_those_who_come_then_are_counted_by_themselves() -> None:
    waiting = waiting_of(people(7))
    waiting.clear()
    assert waiting.people == 0
    for response in people(3, seed=1, asked=KEY_ONLY):
        waiting.add(response)
    assert (waiting.people, waiting.take()) == (3, tally_of(people(3, seed=1, asked=KEY_ONLY)))


@pytest.mark.parametrize("before", [1, 4, 9])
def test_somebody_who_was_asked_other_questions_is_not_added_to_the_rest(before: int) -> None:
    for first, other in ((EVERYTHING, KEY_ONLY), (KEY_ONLY, EVERYTHING), (KEY_ONLY, (True, True, False, False))):
        waiting = waiting_of(people(before, asked=first))
        with pytest.raises(ValueError, match="same questions"):
            waiting.add(*people(1, asked=other))
        assert waiting.people == before
        assert waiting.take() == tally_of(people(before, asked=first)), "and nothing was changed"


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
def test_memory_holds_one_sum_of_those_who_wait_and_no_response(asked: tuple[bool, ...]) -> None:
    waiting = Waiting()
    for count, response in enumerate(people(64, asked=asked), 1):
        waiting.add(response)
        things = reachable(waiting)
        assert not [thing for thing in things if isinstance(thing, Response | bytes | bytearray)]
        (tally,) = [thing for thing in things if isinstance(thing, Tally)]
        assert tally.people("occupation") == (count - 1) % 10 + 1
        tables = [thing for thing in things if isinstance(thing, dict) and "prefer_not_to_say" in thing]
        assert len(tables) == sum(asked), "nor the counts of anybody before"
        if count % 10 == 0:
            waiting.take()
