"""One candidate's way through the survey, as a value.

    WELCOME ─start→ QUESTION 1 … n ─next→ CHECK ─send→ SENDING ─kept→ THANKS ─reset→ WELCOME
       └decline→ DECLINED ────────────────────send↗      └failed→ FAILED ─try_again→ SENDING

Where something else may be asked afterwards, what was kept leads to OFFER in the place of THANKS. From there `start`
leads to its questions, and `decline` to SENDING: two keys that cost the same.

Nothing is final through one key. `stop`, or `back` from the first question, leads to STOPPING once there is something
to lose, and only `reset` from there drops it. Who declined may come `back` until that is sent. CLOSED, once staff have
ended the event, leads nowhere.

Every method returns the interview that follows. A method that makes no sense where the interview stands returns it
unchanged, so a doubled key press or a late timer can do no harm. Answers exist only from the first question until the
response is kept: on WELCOME and THANKS there are none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from types import MappingProxyType

from content.survey import Question, Survey

_NO_ANSWERS: Mapping[str, int] = MappingProxyType({})


class Step(Enum):
    """Where an interview stands."""

    WELCOME = auto()
    QUESTION = auto()
    CHECK = auto()
    STOPPING = auto()
    """The candidate is asked whether to clear the answers."""
    DECLINED = auto()
    """The candidate said no on the welcome screen, and can still take part."""
    SENDING = auto()
    FAILED = auto()
    OFFER = auto()
    """The candidate was thanked, and may answer some other questions or not."""
    THANKS = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview at one moment."""

    survey: Survey
    """What is asked now."""
    check_answers: bool
    step: Step = Step.WELCOME
    position: int = 0
    """Which question is shown, from 0."""
    answers: Mapping[str, int] = field(default_factory=lambda: _NO_ANSWERS, repr=False)
    """Option codes by question id. Left out of `repr`, which error messages may show."""
    declined: bool = field(default=False, repr=False)
    """Whether the candidate said no on the welcome screen."""
    changing: bool = False
    """Whether the candidate came back to this question from the check."""
    stopped_at: Step = Step.WELCOME
    """While STOPPING: what `back` leads to."""
    then: Survey | None = None
    """What is offered once the answers are kept."""
    first: Survey | None = None
    """What was asked before, where this was offered."""

    @property
    def question(self) -> Question:
        """The question shown, or that would be shown."""
        return self.survey.questions[self.position]

    @property
    def answer_here(self) -> int | None:
        """The code answered to the question shown, if any."""
        return self.answers.get(self.question.id)

    @property
    def under_way(self) -> bool:
        """Whether a candidate would lose something if this were wiped."""
        return self.step in {Step.QUESTION, Step.CHECK, Step.STOPPING, Step.FAILED}

    def start(self) -> "Interview":
        """Take part."""
        return replace(self, step=Step.QUESTION, position=0) if self.step in {Step.WELCOME, Step.OFFER} else self

    def decline(self) -> "Interview":
        """Say no: one response with *prefer not to say* to every question. An offer that is declined is over."""
        if self.step not in {Step.WELCOME, Step.OFFER}:
            return self
        declined = {question.id: question.declined.code for question in self.survey.questions}
        step = Step.DECLINED if self.step is Step.WELCOME else Step.SENDING
        return replace(self, step=step, answers=MappingProxyType(declined), declined=True)

    def answer(self, code: int) -> "Interview":
        """Choose, or change, the answer to the question shown. A code that is not on offer changes nothing."""
        if self.step is not Step.QUESTION or not 1 <= code <= len(self.question.options):
            return self
        return replace(self, answers=MappingProxyType({**self.answers, self.question.id: code}))

    def next(self) -> "Interview":
        """Go on from an answered question."""
        if self.step is not Step.QUESTION or self.answer_here is None:
            return self
        if self.changing:
            return replace(self, step=Step.CHECK, changing=False)
        if self.position + 1 < len(self.survey.questions):
            return replace(self, position=self.position + 1)
        return replace(self, step=Step.CHECK if self.check_answers else Step.SENDING)

    def back(self) -> "Interview":
        """Go back one screen. Back from the first question is to stop, or to the offer where there is nothing to lose.

        Back from declining is the welcome screen; back from an offer is to decline it.
        """
        before = self
        match self.step:
            case Step.CHECK:
                before = replace(self, step=Step.QUESTION, position=len(self.survey.questions) - 1)
            case Step.QUESTION if self.changing:
                before = replace(self, step=Step.CHECK, changing=False)
            case Step.QUESTION if self.position:
                before = replace(self, position=self.position - 1)
            case Step.QUESTION if self.first and not self.answers:
                before = replace(self, step=Step.OFFER)
            case Step.QUESTION:
                before = self.stop()
            case Step.OFFER:
                before = self.decline()
            case Step.STOPPING:
                before = replace(self, step=self.stopped_at, stopped_at=Step.WELCOME)
            case Step.DECLINED:
                before = self.reset()
            case Step.WELCOME | Step.SENDING | Step.FAILED | Step.THANKS | Step.CLOSED:
                pass
        return before

    def stop(self) -> "Interview":
        """Ask whether to clear the answers; where there are none, `reset` at once."""
        if self.step not in {Step.QUESTION, Step.CHECK, Step.FAILED}:
            return self
        return replace(self, step=Step.STOPPING, stopped_at=self.step) if self.answers else self.reset()

    def change(self, position: int) -> "Interview":
        """Go from the check to one question; `next` and `back` return to the check."""
        if self.step is not Step.CHECK or not 0 <= position < len(self.survey.questions):
            return self
        return replace(self, step=Step.QUESTION, position=position, changing=True)

    def send(self) -> "Interview":
        """Hand the answers over to be kept, or that the candidate declined."""
        return replace(self, step=Step.SENDING) if self.step in {Step.CHECK, Step.DECLINED} else self

    def kept(self) -> "Interview":
        """The response is on the disk: forget the answers and say thank you. Who declined was told all before."""
        if self.step is not Step.SENDING:
            return self
        if self.declined:
            return self.reset()
        if self.then is None:
            return replace(self, step=Step.THANKS, answers=_NO_ANSWERS)
        return Interview(self.then, self.check_answers, Step.OFFER, first=self.survey)

    def failed(self) -> "Interview":
        """The response could not be kept: hold on to the answers for another try."""
        return replace(self, step=Step.FAILED) if self.step is Step.SENDING else self

    def try_again(self) -> "Interview":
        """Hand the same answers over once more."""
        return replace(self, step=Step.SENDING) if self.step is Step.FAILED else self

    def reset(self) -> "Interview":
        """Forget everything and welcome the next candidate, unless the event was ended."""
        return self if self.step is Step.CLOSED else self._anew(Step.WELCOME)

    def close(self) -> "Interview":
        """Forget everything and take no more: the event was ended."""
        return self._anew(Step.CLOSED)

    def _anew(self, step: Step) -> "Interview":
        """Nothing of this candidate's; what is asked first is asked first again."""
        if self.first is not None:
            return Interview(self.first, self.check_answers, step, then=self.survey)
        return Interview(self.survey, self.check_answers, step, then=self.then)
