"""“What do my counts say?”: what published tables support, and the tips that address it.

Only what the numbers show is spoken of: a share whose interval leaves the benchmark out, a response rate below its
target whatever the noise, a drop or fall that neither chance nor noise explains, a target that is missed. Even so it
suggests, and does not prove. Where people of several stages are counted together, each stage speaks for itself.
"""

from __future__ import annotations

from msgspec import Struct

from content.toolkit import Reading, Toolkit
from storage.counts.findings import Findings, OfficeFindings
from storage.counts.intervals import ChangeVerdict, RateVerdict
from storage.counts.journey import Journey
from storage.counts.questions import QuestionFindings
from storage.counts.rates import RateFinding
from storage.counts.scorecard import Scorecard
from storage.counts.shares import ChangeFinding
from storage.counts.trend import RATE, Trend
from storage.report.scorecard import target_name, target_now


class Advice(Struct, frozen=True, kw_only=True):
    """One reading that the counts support."""

    reading: Reading
    because: str
    """What they show, with its numbers."""


def advice(toolkit: Toolkit, found: Findings | OfficeFindings) -> tuple[Advice, ...]:
    """What the tables of some events support, in the order of the toolkit's readings."""
    if isinstance(found, OfficeFindings) and found.mixed:
        parts = [(stage.stage, stage.questions, f"At {stage.stage}: ") for stage in found.stages]
    else:
        stages = [found.event.stage] if isinstance(found, Findings) else [event.stage for event in found.events]
        parts = [(stage, found.questions, "") for stage in stages[:1]]
    supported = []
    for reading in toolkit.readings:
        shares = [
            f"{where}{because}"
            for stage, questions, where in parts
            if not reading.stages or stage in reading.stages
            for question in questions
            if (because := _share(reading, question))
        ]
        because = _rate(found.questions, found.response_rate) if reading.shows == "response rate" else " ".join(shares)
        if because:
            supported.append(Advice(reading=reading, because=because))
    over_time = advice_over_time(toolkit, found.trend) if isinstance(found, OfficeFindings) and found.trend else ()
    return (*supported, *over_time)


def advice_over_time(toolkit: Toolkit, trend: Trend) -> tuple[Advice, ...]:
    """What the trend supports: the reading of each share, and of the response rate, that falls."""
    falls = {change.group: change for change in reversed(trend.changes) if change.verdict == ChangeVerdict.DROP.value}
    return tuple(
        Advice(reading=reading, because=_drop(falls[reading.category or RATE], what="it"))
        for reading in toolkit.readings
        if reading.shows == "fall" and (reading.category or RATE) in falls
    )


def advice_on_targets(toolkit: Toolkit, scorecard: Scorecard) -> tuple[Advice, ...]:
    """What the targets support: a reading of those that are not reached yet."""
    missed = " ".join(f"{target_name(one)}: {target_now(one)}." for one in scorecard.targets if one.state == "not yet")
    return tuple(
        Advice(reading=reading, because=missed) for reading in toolkit.readings if reading.shows == "target" and missed
    )


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
    first: dict[str, Advice] = {}
    for reading, change in drops:
        first.setdefault(reading.id, Advice(reading=reading, because=_drop(change)))
    return tuple(first.values())


def _rate(questions: tuple[QuestionFindings, ...], overall: RateFinding | None) -> str:
    """The first response rate that misses its target, or nothing."""
    rates = [(question.response_rate, f"“{question.text}”") for question in questions]
    for rate, whose in (*rates, (overall, "All questions")):
        if rate and rate.verdict == RateVerdict.MISSED.value:
            return f"{whose}: {_range(rate.low, rate.high)} answered; the target is {rate.target:g}%."
    return ""


def _share(reading: Reading, question: QuestionFindings) -> str:
    """The comparison with the first benchmark that has the reading's verdict, or nothing."""
    if (reading.shows, reading.question) != ("share", question.id):
        return ""
    category = next(one for one in question.categories if one.id == reading.category)
    for mark in category.benchmarks:
        if mark.verdict == reading.verdict and category.low is not None and category.high is not None:
            share = f"{category.share}%, " if category.share is not None else ""
            return (
                f"{category.label}: {share}{_range(category.low, category.high)}; "
                f"{mark.verdict} the benchmark of {mark.share:g}% ({mark.source}, {mark.year})."
            )
    return ""


def _drop(change: ChangeFinding, what: str = "the share") -> str:
    return (
        f"{change.label}: from {change.earlier} to {change.later} {what} falls by between {-change.high} and "
        f"{-change.low} points."
    )


def _range(low: int, high: int) -> str:
    return f"between {low}% and {high}%" if low != high else f"{low}%"
