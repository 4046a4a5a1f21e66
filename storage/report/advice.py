"""“What do my counts say?”: what published tables support, what people and staff say, and the tips that address it.

Only what the numbers show is spoken of: a share whose interval leaves the benchmark out, a response rate below its
target whatever the noise, a drop or fall that neither chance nor noise explains, a target that is missed, feedback to
which fewer than half say yes. Even so it suggests, and does not prove. Where people of several stages are counted
together, each stage speaks for itself. With each stands what it is read from: which table, and how many people. What
those who ran an event wrote is said again as they wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from content.toolkit import Reading, Toolkit
from storage.counts.feedback import FeedbackFindings, TogetherFinding
from storage.counts.findings import DebriefFinding, Findings, OfficeFindings
from storage.counts.intervals import ChangeVerdict, RateVerdict
from storage.counts.journey import Journey
from storage.counts.questions import QuestionFindings
from storage.counts.scorecard import Scorecard
from storage.counts.shares import ChangeFinding
from storage.counts.targets import TargetFinding
from storage.counts.trend import RATE, Trend
from storage.report.scorecard import target_name, target_now
from storage.text import counted


class Advice(Struct, frozen=True, kw_only=True):
    """One reading that the counts support."""

    reading: Reading
    because: str
    """What they show, with its numbers."""
    basis: str
    """What it is read from: “Question 1: 125 people asked.”"""

    @property
    def said(self) -> str:
        """Both."""
        return f"{self.because} ({self.basis})"


HALF = 50
"""Of feedback, in per cent: where the whole interval is below, fewer than half say yes."""


_Said = tuple[str, str]
"""What is shown, and what it is read from; nothing, where both are empty."""
_NOTHING: _Said = ("", "")


def advice(toolkit: Toolkit, found: Findings | OfficeFindings) -> tuple[Advice, ...]:
    """What the tables of some events support, in the order of the toolkit's readings."""
    if isinstance(found, OfficeFindings) and found.mixed:
        parts = [(stage.stage, stage.questions, f"At {stage.stage}: ") for stage in found.stages]
    else:
        stages = [found.event.stage] if isinstance(found, Findings) else [event.stage for event in found.events]
        parts = [(stage, found.questions, "") for stage in stages[:1]]
    supported: list[Advice] = []
    for reading in toolkit.readings:
        shares = [
            (f"{where}{because}", f"{where}{basis}")
            for stage, questions, where in parts
            if not reading.stages or stage in reading.stages
            for number, question in enumerate(questions, 1)
            for because, basis in [_share(reading, question, number)]
            if because
        ]
        supported += _given(reading, [_rate(found)] if reading.shows == "response rate" else shares)
    if found.feedback:
        supported += advice_on_feedback(toolkit, found.feedback)
    if not isinstance(found, OfficeFindings):
        return tuple(supported)
    over_time = advice_over_time(toolkit, found.trend) if found.trend else ()
    return (*supported, *over_time, *advice_on_debriefs(toolkit, found.debriefs))


def all_advice(toolkit: Toolkit, found: OfficeFindings, scorecard: Scorecard | None) -> tuple[Advice, ...]:
    """All that an office's counts say: of each stage, over time, along the journey, of targets, and what staff wrote.

    Args:
        toolkit: its readings.
        found: what the counts of some events say.
        scorecard: where targets stand, if that is to be spoken of.
    """
    along = advice_on(toolkit, found.journey) if found.journey else ()
    aimed = advice_on_targets(toolkit, scorecard) if scorecard else ()
    return (*advice(toolkit, found), *along, *aimed)


def advice_over_time(toolkit: Toolkit, trend: Trend) -> tuple[Advice, ...]:
    """What the trend supports: the reading of each share, and of the response rate, that falls."""
    falls = {change.group: change for change in reversed(trend.changes) if change.verdict == ChangeVerdict.DROP.value}
    people = {period.period: period.people for period in trend.periods}
    return tuple(
        one
        for reading in toolkit.readings
        if reading.shows == "fall" and (reading.category or RATE) in falls
        for one in _given(reading, [_drop(falls[reading.category or RATE], people, f"Over time, by {trend.by}", "it")])
    )


def advice_on_targets(toolkit: Toolkit, scorecard: Scorecard) -> tuple[Advice, ...]:
    """What the targets support: a reading of those that are not reached yet."""
    missed = [
        (f"{target_name(one)}: {target_now(one)}.", _of_target(one))
        for one in scorecard.targets
        if one.state == "not yet"
    ]
    return tuple(one for reading in toolkit.readings if reading.shows == "target" for one in _given(reading, missed))


def advice_on(toolkit: Toolkit, journey: Journey) -> tuple[Advice, ...]:
    """What the journey supports: the reading of each drop from a stage to a later one."""
    drops = [
        (reading, change)
        for reading in toolkit.readings
        for change in journey.changes
        if reading.shows == "drop"
        and change.verdict == "drop"
        and (reading.category, reading.stages) == (change.group, (change.later,))
    ]
    people = {stage.stage: stage.people for stage in journey.stages}
    first: dict[str, Advice] = {}
    for reading, change in drops:
        for one in _given(reading, [_drop(change, people, "The journey")]):
            first.setdefault(reading.id, one)
    return tuple(first.values())


def advice_on_feedback(toolkit: Toolkit, found: FeedbackFindings) -> tuple[Advice, ...]:
    """What people's feedback supports: a reading of each question to which fewer than half say yes."""
    people = {question.id: question.people for question in found.questions}
    return tuple(
        one
        for reading in toolkit.readings
        if reading.shows == "feedback"
        for share in found.together
        if share.question == reading.category
        for one in _given(reading, [_feedback(share, people[share.question])])
    )


def advice_on_debriefs(toolkit: Toolkit, debriefs: Sequence[DebriefFinding]) -> tuple[Advice, ...]:
    """What those who ran events wrote, as they wrote it, with what answers each question."""
    return tuple(
        one
        for reading in toolkit.readings
        if reading.shows == "debrief"
        for one in _given(
            reading,
            [
                (f"{debrief.event.name}: “{text}”", f"{debrief.event.name}: {debrief.by}.")
                for debrief in debriefs
                for question, text in debrief.answers
                if question == reading.category
            ],
        )
    )


def _given(reading: Reading, said: Sequence[_Said]) -> list[Advice]:
    """The reading with all that it is given for; none where that is nothing."""
    because = " ".join(one for one, _ in said if one)
    basis = " ".join(dict.fromkeys(one for _, one in said if one))
    return [Advice(reading=reading, because=because, basis=basis)] if because else []


def _rate(found: Findings | OfficeFindings) -> _Said:
    """The first response rate that misses its target, or nothing."""
    rates = [
        (question.response_rate, f"“{question.text}”", f"Question {number}", question.people)
        for number, question in enumerate(found.questions, 1)
    ]
    everybody = max((question.people or 0 for question in found.questions), default=0)
    for rate, whose, table, people in (*rates, (found.response_rate, "All questions", "All questions", everybody)):
        if rate and rate.verdict == RateVerdict.MISSED.value:
            came = found.head_count if isinstance(found, OfficeFindings) and rate.of == "came" else None
            whom = _asked(people) if came is None else f"{came} people who came"
            because = f"{whose}: {_range(rate.low, rate.high)} answered; the target is {rate.target:g}%."
            return because, f"{table}: {whom}."
    return _NOTHING


def _share(reading: Reading, question: QuestionFindings, number: int) -> _Said:
    """The comparison with the first benchmark that has the reading's verdict, or nothing."""
    if (reading.shows, reading.question) != ("share", question.id):
        return _NOTHING
    category = next(one for one in question.categories if one.id == reading.category)
    for mark in category.benchmarks:
        if mark.verdict == reading.verdict and category.low is not None and category.high is not None:
            share = f"{category.share}%, " if category.share is not None else ""
            because = (
                f"{category.label}: {share}{_range(category.low, category.high)}; "
                f"{mark.verdict} the benchmark of {mark.share:g}% ({mark.source}, {mark.year})."
            )
            return because, f"Question {number}: {_asked(question.people)}."
    return _NOTHING


def _drop(change: ChangeFinding, people: Mapping[str, int | None], table: str, what: str = "the share") -> _Said:
    because = (
        f"{change.label}: from {change.earlier} to {change.later} {what} falls by between {-change.high} and "
        f"{-change.low} points."
    )
    ends = (f"{_asked(people[end])} ({end})" for end in (change.earlier, change.later))
    return because, f"{table}: {', '.join(ends)}."


def _feedback(share: TogetherFinding, people: int | None) -> _Said:
    if share.low is None or share.high is None or share.high >= HALF:
        return _NOTHING
    because = f"{share.label}: {_range(share.low, share.high)} of those who answered, fewer than half."
    return because, f"Feedback: {_asked(people)}."


def _of_target(found: TargetFinding) -> str:
    """What a target is measured by."""
    where = f" at {found.stage}" if found.stage else ""
    if found.people is not None:
        return f"{found.what}{where}: {_asked(found.people)}."
    return "The checklist." if found.kind == "items" else f"Responses brought in{where}."


def _asked(people: int | None) -> str:
    return f"{counted(people or 0, 'person', 'people')} asked"


def _range(low: int, high: int) -> str:
    return f"between {low}% and {high}%" if low != high else f"{low}%"
