"""A paper sheet as it is entered: twice and compared, or once and looked through."""

import itertools

import pytest

from content.survey import load_survey
from storage.crypto.sealing import NOT_ASKED, Response
from tui.sheet import NO_ANSWER, Sheet, Step

SURVEY = load_survey()
DECLINED = tuple(question.declined.code for question in SURVEY.questions)


def typed(sheet: Sheet, *numbers: int) -> Sheet:
    for number in numbers:
        sheet = sheet.answer(number)
    return sheet


def test_a_sheet_that_is_entered_twice_alike_is_done_with_the_last_answer() -> None:
    sheet = typed(Sheet(SURVEY, twice=True), 6, 3, 3, 2)
    assert (sheet.step, sheet.position) == (Step.SECOND, 0)
    sheet = typed(sheet, 6, 3, 3, 2)
    assert sheet.step is Step.DONE
    assert sheet.response == Response((6, 3, 3, 2))


@pytest.mark.parametrize("second", [(6, 3, 3, 1), (5, 3, 3, 2), (1, 1, 1, 1), (6, 2, 2, 2)])
def test_each_answer_that_differs_is_pointed_to_and_is_what_is_typed_then(second: tuple[int, ...]) -> None:
    first = (6, 3, 3, 2)
    sheet = typed(Sheet(SURVEY, twice=True), *first, *second)
    settled = list(first)
    for place in [place for place in range(4) if first[place] != second[place]]:
        assert (sheet.step, sheet.position) == (Step.DIFFERENT, place)
        assert sheet.differing == (first[place], second[place])
        settled[place] = 4
        sheet = sheet.answer(4)
    assert sheet.step is Step.DONE
    assert sheet.response.codes == tuple(settled)


def test_where_two_entries_differ_going_back_begins_the_second_again() -> None:
    sheet = typed(Sheet(SURVEY, twice=True), 6, 3, 3, 2, 6, 3, 3, 1).back()
    assert (sheet.step, sheet.codes, sheet.again) == (Step.SECOND, (6, 3, 3, 2), ())
    assert sheet.back().codes == (6, 3, 3)
    assert typed(sheet, 6, 3, 3, 2).step is Step.DONE


def test_a_sheet_that_is_looked_through_is_done_once_that_is_said_and_any_answer_can_be_changed_before() -> None:
    sheet = typed(Sheet(SURVEY, twice=False), 6, 3, 3, 2)
    assert sheet.step is Step.CHECK
    for place in range(4):
        asked = sheet.change(place)
        assert (asked.step, asked.position) == (Step.CHANGING, place)
        assert asked.back() == sheet.change(place).back()
        assert asked.back().codes == sheet.codes
        sheet = asked.answer(1)
        assert (sheet.step, sheet.codes[place]) == (Step.CHECK, 1)
    assert sheet.confirm().step is Step.DONE
    assert sheet.confirm().response == Response((1, 1, 1, 1))


@pytest.mark.parametrize("twice", [False, True])
def test_nothing_marked_counts_as_prefer_not_to_say_like_its_own_number(twice: bool) -> None:  # noqa: FBT001
    sheet = typed(Sheet(SURVEY, twice=twice), *[NO_ANSWER] * 4, *(DECLINED if twice else ())).confirm()
    assert sheet.step is Step.DONE
    assert sheet.response.codes == DECLINED


def test_where_the_key_question_alone_is_asked_a_sheet_is_one_answer_and_the_others_were_not_asked() -> None:
    sheet = typed(Sheet(SURVEY.key, twice=False), 4).confirm()
    assert sheet.response.codes == (4, NOT_ASKED, NOT_ASKED, NOT_ASKED)
    assert typed(Sheet(SURVEY.key, twice=True), 4, 4).step is Step.DONE


@pytest.mark.parametrize("twice", [False, True])
def test_going_back_takes_one_answer_back_and_from_the_beginning_nothing(twice: bool) -> None:  # noqa: FBT001
    blank = Sheet(SURVEY, twice)
    sheet = typed(blank, 1, 2, 3)
    assert [sheet.back().codes, sheet.back().back().codes] == [(1, 2), (1,)]
    assert sheet.back().back().back() == blank
    assert blank.back() == blank
    assert blank.is_blank


def test_what_makes_no_sense_changes_nothing() -> None:
    blank = Sheet(SURVEY, twice=False)
    check = typed(blank, 6, 3, 3, 2)
    done = check.confirm()
    for sheet, number in itertools.chain(((blank, number) for number in (-1, 10)), ((check, 1), (done, 1))):
        assert sheet.answer(number) is sheet
    assert typed(blank, 6, 3, 6) == typed(blank, 6, 3), "the third question has five answers"
    assert blank.confirm() is blank
    assert done.confirm() is done
    assert done.back() is done
    assert check.change(4) is check
    assert blank.change(0) is blank


def test_a_sheet_in_an_error_message_tells_no_answer() -> None:
    said = repr(typed(Sheet(SURVEY.key, twice=True), 7))
    assert "7" not in said.replace(repr(SURVEY.key), "")
