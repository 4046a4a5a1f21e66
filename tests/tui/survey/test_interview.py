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


def test_what_makes_no_sense_at_a_step_changes_nothing_there() -> None:
    welcome, sending = Interview(ALL, check_answers=True), answered().send()
    reached = {
        one.step: one
        for one in (
            *(welcome, welcome.start(), answered(), answered().stop(), welcome.decline(), sending),
            *(sending.failed(), sending.kept(), sending.kept().reset().close()),
            Interview(ALL, check_answers=True, step=Step.SENDING, then=FEEDBACK).kept(),
        )
    }
    assert set(reached) == set(Step), "and the machine can reach each of them"
    for step in set(Step) - {Step.OFFER}:
        for name, sensible in SENSIBLE.items():
            given_with = (1,) if name in {"answer", "change"} else ()
            assert step in sensible or after(reached[step], (name, given_with)) is reached[step], (step, name)


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


def test_after_a_change_the_check_is_as_it_was_but_for_that_answer() -> None:
    check = answered()
    for position, question in enumerate(ALL.questions):
        assert check.change(position).back() == check.change(position).next() == replace(check, position=position)
        changed = check.change(position).answer(2).next()
        assert changed == replace(check, position=position, answers={**check.answers, question.id: 2})


def test_a_failed_response_is_tried_again_with_the_same_answers() -> None:
    sending = answered().send()
    assert sending.failed().try_again() == sending


def test_back_goes_through_the_questions_and_keeps_every_answer() -> None:
    interview = answered()
    for position in reversed(range(4)):
        interview = interview.back()
        assert interview.position == position
        assert interview.answer_here == 1
        assert len(interview.answers) == 4


def test_with_nothing_answered_there_is_nothing_to_ask() -> None:
    welcome = Interview(ALL, check_answers=True)
    assert welcome.start().back() == welcome.start().stop() == welcome


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
