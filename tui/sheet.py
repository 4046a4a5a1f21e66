"""One paper sheet as it is entered, as a value.

    FIRST ─last answer→ SECOND ─last answer, all alike→ DONE          entered twice
                           └─some differ→ DIFFERENT ─settled→ DONE
    FIRST ─last answer→ CHECK ─confirm→ DONE                          checked by eye
                          └change→ CHANGING ─answer→ CHECK

Every method returns the sheet that follows, or the same one where it makes no sense. An answer is the number that is
marked; `NO_ANSWER` stands for no mark, several, or one that cannot be read, and counts as *prefer not to say*.
"""

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from content.survey import Question, Survey
from storage.crypto.sealing import Response

NO_ANSWER = 0
"""What is typed where a question has no mark, several, or one that cannot be read."""


class Step(Enum):
    """Where a sheet stands."""

    FIRST = auto()
    SECOND = auto()
    DIFFERENT = auto()
    CHECK = auto()
    CHANGING = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet at one moment."""

    survey: Survey
    twice: bool
    """Whether it is entered twice, or checked by eye."""
    step: Step = Step.FIRST
    codes: tuple[int, ...] = field(default=(), repr=False)
    """The answers so far, in the survey's order. Left out of `repr`, which error messages may show."""
    again: tuple[int, ...] = field(default=(), repr=False)
    """The same of the second time."""
    changing: int = 0
    """Which question is asked anew, from 0, while CHANGING."""

    @property
    def position(self) -> int:
        """Which question is asked, from 0."""
        match self.step:
            case Step.FIRST:
                return len(self.codes)
            case Step.SECOND:
                return len(self.again)
            case Step.DIFFERENT:
                return next(place for place, pair in enumerate(self._pairs) if pair[0] != pair[1])
            case Step.CHANGING:
                return self.changing
            case Step.CHECK | Step.DONE:
                return 0

    @property
    def question(self) -> Question:
        """The question that is asked."""
        return self.survey.questions[self.position]

    @property
    def differing(self) -> tuple[int, int]:
        """While DIFFERENT, what was typed for the question that is asked: first, and then."""
        return self._pairs[self.position]

    @property
    def is_blank(self) -> bool:
        """Whether nothing of it was entered."""
        return self.step is Step.FIRST and not self.codes

    @property
    def response(self) -> Response:
        """What it says."""
        return Response.of({asked.id: code for asked, code in zip(self.survey.questions, self.codes, strict=True)})

    def answer(self, number: int) -> "Sheet":
        """Take what is marked. A number that is not on offer changes nothing."""
        if self.step in {Step.CHECK, Step.DONE} or not NO_ANSWER <= number <= len(self.question.options):
            return self
        at, code = self.position, self.question.declined.code if number == NO_ANSWER else number
        is_last = at + 1 == len(self.survey.questions)
        codes, again = self.codes, self.again
        step: Step = self.step
        match step:
            case Step.FIRST:
                codes = (*codes, code)
                if is_last:
                    step = Step.SECOND if self.twice else Step.CHECK
            case Step.SECOND:
                again = (*again, code)
                if is_last:
                    step = Step.DIFFERENT
            case Step.CHANGING:
                codes, step = _with(codes, at, code), Step.CHECK
            case _:
                codes, again = _with(codes, at, code), _with(again, at, code)
        if step is Step.DIFFERENT and codes == again:
            step = Step.DONE
        return replace(self, codes=codes, again=again, step=step)

    def confirm(self) -> "Sheet":
        """Say that it was entered as it is on paper."""
        return replace(self, step=Step.DONE) if self.step is Step.CHECK else self

    def change(self, position: int) -> "Sheet":
        """Ask one question anew."""
        if self.step is not Step.CHECK or not 0 <= position < len(self.codes):
            return self
        return replace(self, step=Step.CHANGING, changing=position)

    def back(self) -> "Sheet":
        """Take the last answer back; where what was typed differs, begin the second time again."""
        match self.step:
            case Step.SECOND if self.again:
                return replace(self, again=self.again[:-1])
            case Step.DIFFERENT:
                return replace(self, step=Step.SECOND, again=())
            case Step.CHANGING:
                return replace(self, step=Step.CHECK)
            case Step.DONE:
                return self
            case _:
                return replace(self, step=Step.FIRST, codes=self.codes[:-1])

    @property
    def _pairs(self) -> list[tuple[int, int]]:
        return list(zip(self.codes, self.again, strict=False))


def _with(codes: tuple[int, ...], place: int, code: int) -> tuple[int, ...]:
    return (*codes[:place], code, *codes[place + 1 :])
