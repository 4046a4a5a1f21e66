"""One candidate's way through the survey: whatever is pressed, however often, answers live no longer than needed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from content.feedback import feedback_survey
from content.survey import KEY_QUESTION, Survey, load_survey
from storage.settings import parse
from tui.interview import Interview, Step

ALL = load_survey()
FEEDBACK = feedback_survey()
WITHOUT_ANSWERS = {Step.WELCOME, Step.THANKS, Step.CLOSED}

Call = tuple[str, tuple[int, ...]]
CODES = st.integers(-1, 10)
CALLS = st.one_of(
    st.sampled_from(
        ["start", "decline", "next", "back", "stop", "send", "kept", "failed", "try_again", "reset", "close"]
    ).map(lambda name: (name, ())),
    st.tuples(st.just("answer"), st.tuples(CODES)),
    st.tuples(st.just("change"), st.tuples(st.integers(-1, 5))),
)
SURVEYS = st.sampled_from([ALL, ALL.key, ALL.only(["school", "degree"])])

LEADS: dict[Step, set[Step]] = {
    Step.WELCOME: {Step.QUESTION, Step.DECLINED},
    Step.QUESTION: {Step.QUESTION, Step.CHECK, Step.STOPPING, Step.SENDING, Step.WELCOME},
    Step.CHECK: {Step.QUESTION, Step.STOPPING, Step.SENDING, Step.WELCOME},
    Step.STOPPING: {Step.QUESTION, Step.CHECK, Step.FAILED, Step.WELCOME},
    Step.DECLINED: {Step.SENDING, Step.WELCOME},
    Step.SENDING: {Step.THANKS, Step.FAILED, Step.WELCOME},
    Step.FAILED: {Step.SENDING, Step.STOPPING, Step.WELCOME},
    Step.THANKS: {Step.WELCOME},
    Step.CLOSED: set(),
}
"""Where each step may lead, but for closing, which may come at any time."""

SENSIBLE: dict[str, set[Step]] = {
    "start": {Step.WELCOME},
    "decline": {Step.WELCOME},
    "answer": {Step.QUESTION},
    "next": {Step.QUESTION},
    "back": {Step.QUESTION, Step.CHECK, Step.STOPPING, Step.DECLINED},
    "stop": {Step.QUESTION, Step.CHECK, Step.FAILED},
    "change": {Step.CHECK},
    "send": {Step.CHECK, Step.DECLINED},
    "kept": {Step.SENDING},
    "failed": {Step.SENDING},
    "try_again": {Step.FAILED},
    "reset": set(Step) - {Step.CLOSED},
    "close": set(Step),
}
"""Where each call makes sense."""


def after(interview: Interview, *calls: Call) -> Interview:
    for name, arguments in calls:
        method: Callable[..., Interview] = getattr(interview, name)
        interview = method(*arguments)
    return interview


def answered(survey: Survey = ALL, *, check_answers: bool = True) -> Interview:
    """An interview in which every question has just been answered with its first option."""
    interview = Interview(survey, check_answers).start()
    for _ in survey.questions:
        interview = interview.answer(1).next()
    return interview


class AnyInterview(RuleBasedStateMachine):
    """Presses anything at any time, and keeps its own, simpler notes of what the candidate chose."""

    interview: Interview
    chosen: dict[str, int]
    closes: bool
    """Whether staff may end the event under a candidate, which no screen lets them."""

    @initialize(survey=SURVEYS, check_answers=st.booleans(), closes=st.booleans())
    def begin(self, survey: Survey, check_answers: bool, closes: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        self.interview = Interview(survey, check_answers)
        self.chosen = {}
        self.closes = closes

    def do(self, name: str, *arguments: int) -> Interview:
        """Make a call and check what is true of every call; return the interview as it was before."""
        before = self.interview
        self.interview = after(before, (name, arguments))
        if before.step not in SENSIBLE[name]:
            assert self.interview is before
        elif self.interview.step is not before.step:
            assert self.interview.step in ({Step.CLOSED} if name == "close" else LEADS[before.step])
        return before

    @rule()
    def start(self) -> None:
        self.do("start")

    @rule()
    def decline(self) -> None:
        before = self.do("decline")
        if before.step is Step.WELCOME:
            self.chosen = {question.id: len(question.options) for question in before.survey.questions}

    @rule(code=CODES)
    def answer(self, code: int) -> None:
        before = self.do("answer", code)
        if before.step is Step.QUESTION and 1 <= code <= len(before.question.options):
            self.chosen[before.question.id] = code
        else:
            assert self.interview is before

    @rule()
    def go_on(self) -> None:
        before = self.do("next")
        if before.step is Step.QUESTION and before.question.id not in self.chosen:
            assert self.interview is before

    @rule()
    def back(self) -> None:
        before = self.do("back")
        if before.step is Step.DECLINED:
            assert self.interview.step is Step.WELCOME
            self.chosen = {}

    @rule()
    def stop(self) -> None:
        before = self.do("stop")
        if self.interview.step is Step.STOPPING and before.step is not Step.STOPPING:
            assert self.interview.back() == before

    @rule(position=st.integers(-1, 5))
    def change(self, position: int) -> None:
        before = self.do("change", position)
        if before.step is Step.CHECK and 0 <= position < len(before.survey.questions):
            assert self.interview.position == position
        else:
            assert self.interview is before

    @rule()
    def send(self) -> None:
        self.do("send")

    @precondition(lambda self: self.interview.step is Step.SENDING)
    @rule()
    def kept(self) -> None:
        before = self.do("kept")
        assert self.interview.step is (Step.WELCOME if before.declined else Step.THANKS)
        self.chosen = {}

    @rule()
    def kept_out_of_turn(self) -> None:
        if self.interview.step is not Step.SENDING:
            self.do("kept")

    @rule()
    def failed(self) -> None:
        self.do("failed")

    @rule()
    def try_again(self) -> None:
        self.do("try_again")

    @rule()
    def reset(self) -> None:
        before = self.do("reset")
        if before.step is not Step.CLOSED:
            assert self.interview == Interview(before.survey, before.check_answers)
        self.chosen = {}

    @precondition(lambda self: self.interview.step in {Step.WELCOME, Step.THANKS} or self.closes)
    @rule()
    def close(self) -> None:
        before = self.do("close")
        assert self.interview == Interview(before.survey, before.check_answers, Step.CLOSED)
        self.chosen = {}

    @invariant()
    def it_holds_what_was_chosen_and_nothing_else(self) -> None:
        assert dict(self.interview.answers) == self.chosen

    @invariant()
    def it_holds_nothing_before_and_after(self) -> None:
        if self.interview.step in WITHOUT_ANSWERS:
            assert not self.interview.answers

    @invariant()
    def it_sends_an_answer_to_every_question(self) -> None:
        if self.interview.step in {Step.CHECK, Step.DECLINED, Step.SENDING, Step.FAILED}:
            assert set(self.interview.answers) == {question.id for question in self.interview.survey.questions}

    @invariant()
    def nothing_but_a_reset_from_the_question_whether_to_stop_drops_an_answer(self) -> None:
        for calls in ("back", "stop", "decline", "next", "start"):
            left = after(self.interview, (calls, ()))
            taken_back = self.interview.step is Step.DECLINED and calls == "back"
            assert taken_back or left.answers.items() >= self.interview.answers.items()

    @invariant()
    def it_shows_no_answer_to_whoever_prints_it(self) -> None:
        others = {question.id: 1 for question in self.interview.survey.questions}
        assert repr(replace(self.interview, answers=others)) == repr(self.interview)

    @invariant()
    def it_is_under_way_while_there_is_something_to_lose(self) -> None:
        lost = self.interview.step in {Step.QUESTION, Step.CHECK, Step.STOPPING, Step.FAILED}
        assert self.interview.under_way == lost


TestAnyInterview = AnyInterview.TestCase
TestAnyInterview.settings = settings(max_examples=150, stateful_step_count=40)


def test_the_machine_can_reach_every_step() -> None:
    """Or its invariants would hold for want of trying."""
    sending = answered().send()
    reached = {
        Interview(ALL, check_answers=True).step,
        Interview(ALL, check_answers=True).start().step,
        answered().step,
        answered().stop().step,
        Interview(ALL, check_answers=True).decline().step,
        sending.step,
        sending.failed().step,
        sending.kept().step,
        sending.kept().reset().close().step,
        Interview(ALL, check_answers=True, step=Step.SENDING, then=FEEDBACK).kept().step,
    }
    assert reached == set(Step)


@given(SURVEYS, st.booleans(), st.lists(CALLS, max_size=60))
def test_only_a_response_that_was_being_sent_is_thanked_for(
    survey: Survey,
    check_answers: bool,  # noqa: FBT001 - drawn by hypothesis
    calls: list[Call],
) -> None:
    interview = Interview(survey, check_answers)
    for call in calls:
        before, interview = interview, after(interview, call)
        if interview.step is Step.THANKS and before.step is not Step.THANKS:
            assert (before.step, call[0]) == (Step.SENDING, "kept")


@given(SURVEYS, st.data())
def test_answers_reach_the_end_as_they_were_given(survey: Survey, data: st.DataObject) -> None:
    interview = Interview(survey, check_answers=True).start()
    given_answers = {}
    for question in survey.questions:
        code = data.draw(st.integers(1, len(question.options)))
        given_answers[question.id] = code
        interview = interview.answer(code).next()
    assert interview.step is Step.CHECK
    assert interview.send().answers == given_answers


@given(SURVEYS, st.booleans())
def test_declining_is_prefer_not_to_say_to_every_question_asked(
    survey: Survey,
    check_answers: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    interview = Interview(survey, check_answers).decline().send()
    assert interview.step is Step.SENDING
    assert interview.declined
    assert interview.kept() == Interview(survey, check_answers), "who declined was told all before"
    for question in survey.questions:
        assert question.category_of(interview.answers[question.id]) == "prefer_not_to_say"


def test_a_candidate_who_takes_part_has_not_declined() -> None:
    assert not answered().send().kept().declined


@pytest.mark.parametrize("position", range(4))
def test_changing_one_answer_keeps_the_others(position: int) -> None:
    changed = answered().change(position).answer(2).next()
    assert changed.step is Step.CHECK
    expected = {question.id: 2 if place == position else 1 for place, question in enumerate(ALL.questions)}
    assert changed.answers == expected


@pytest.mark.parametrize("position", range(4))
def test_back_from_a_change_returns_to_the_check(position: int) -> None:
    check = answered()
    for returned in (check.change(position).back(), check.change(position).next()):
        assert returned.step is Step.CHECK
        assert returned.answers == check.answers
        assert not returned.changing


def test_back_goes_through_the_questions_and_keeps_every_answer() -> None:
    interview = answered()
    for position in reversed(range(4)):
        interview = interview.back()
        assert interview.position == position
        assert interview.answer_here == 1
        assert len(interview.answers) == 4


def test_no_is_taken_back_until_it_is_sent() -> None:
    welcome = Interview(ALL, check_answers=True)
    assert welcome.decline().back() == welcome
    assert welcome.decline().send().back().step is Step.SENDING


def test_back_from_the_first_question_asks_and_once_more_is_there_again() -> None:
    first = answered().back().back().back().back()
    assert first.position == 0
    assert first.back().step is Step.STOPPING
    assert first.back().back() == first
    assert first.back().reset() == Interview(ALL, check_answers=True)


def test_with_nothing_answered_there_is_nothing_to_ask() -> None:
    welcome = Interview(ALL, check_answers=True)
    assert welcome.start().back() == welcome.start().stop() == welcome


def test_who_does_not_stop_is_where_they_were() -> None:
    for place in (answered(), answered().change(2), answered().back(), answered().send().failed()):
        assert place.stop().step is Step.STOPPING
        assert place.stop().back() == place


def test_without_the_check_the_last_answer_is_sent_at_once() -> None:
    assert answered(check_answers=False).step is Step.SENDING


def test_a_failed_response_is_tried_again_with_the_same_answers() -> None:
    sending = answered().send()
    assert sending.failed().try_again() == sending


@given(SURVEYS, st.booleans(), st.lists(CALLS, max_size=30), st.lists(CALLS, max_size=30))
def test_once_closed_nothing_is_held_and_nothing_leads_on(
    survey: Survey,
    check_answers: bool,  # noqa: FBT001 - drawn by hypothesis
    before: list[Call],
    following: list[Call],
) -> None:
    closed = after(Interview(survey, check_answers), *before).close()
    assert (closed.step, dict(closed.answers), closed.under_way) == (Step.CLOSED, {}, False)
    assert after(closed, *following) == closed


def test_an_answer_cannot_be_reached_from_outside() -> None:
    interview = answered()
    with pytest.raises(TypeError):
        interview.answers["occupation"] = 2  # type: ignore[index]


def test_the_key_question_can_be_asked_alone() -> None:
    key = parse('[survey]\nquestions = "key"\n', "kiosk.toml").asks
    assert [question.id for question in key.questions] == [KEY_QUESTION]
    assert answered(key).send().answers == {KEY_QUESTION: 1}


def test_all_four_questions_are_asked_unless_the_settings_say_otherwise() -> None:
    assert [question.id for question in parse("", "kiosk.toml").asks.questions] == [
        "occupation",
        "school",
        "meals",
        "degree",
    ]
