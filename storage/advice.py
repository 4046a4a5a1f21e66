"""“What do my counts say?”: what published tables support, and the tips that address it.

Only what the numbers show is spoken of: a share whose interval leaves the benchmark out, a response rate below its
target whatever the rounded counts hide, a drop that chance does not explain. Even so it suggests, and does not prove.
"""

from __future__ import annotations

from msgspec import Struct

from content.benchmarks import RateVerdict
from content.toolkit import Reading, Toolkit
from storage.findings import CategoryFinding, Findings, OfficeFindings, QuestionFindings, RateFinding
from storage.journey import ChangeFinding, Journey


class Advice(Struct, frozen=True, kw_only=True):
    """One reading that the counts support."""

    reading: Reading
    because: str
    """What they show, with its numbers."""


def advice(toolkit: Toolkit, found: Findings | OfficeFindings) -> tuple[Advice, ...]:
    """What the tables of some events support, in the order of the toolkit's readings."""
    events = (found.event,) if isinstance(found, Findings) else found.events
    stages = {event.stage for event in events}
    supported = []
    for reading in toolkit.readings:
        if reading.stages and not stages <= set(reading.stages):
            continue
        for question in found.questions:
            because = _because(reading, question, found.response_rate)
            if because:
                supported.append(Advice(reading=reading, because=because))
                break
    return tuple(supported)


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


def _because(reading: Reading, question: QuestionFindings, overall: RateFinding | None) -> str:
    """What supports a reading, or nothing."""
    match reading.shows:
        case "share" if reading.question == question.id:
            category = next(one for one in question.categories if one.id == reading.category)
            return _share(category, reading.verdict)
        case "response rate":
            for rate, whose in ((question.response_rate, f"“{question.text}”"), (overall, "All questions")):
                if rate and rate.verdict == RateVerdict.MISSED.value:
                    return f"{whose}: {_range(rate.low, rate.high)} answered; the target is {rate.target:g}%."
            return ""
        case _:
            return ""


def _share(category: CategoryFinding, verdict: str) -> str:
    """The comparison with the first benchmark that has this verdict, or nothing."""
    for mark in category.benchmarks:
        if mark.verdict == verdict and category.low is not None and category.high is not None:
            share = f"{category.share}%, " if category.share is not None else ""
            return (
                f"{category.label}: {share}{_range(category.low, category.high)}; "
                f"{verdict} the benchmark of {mark.share:g}% ({mark.source}, {mark.year})."
            )
    return ""


def _drop(change: ChangeFinding) -> str:
    return (
        f"{change.label}: from {change.earlier} to {change.later} the share falls by between {-change.high} and "
        f"{-change.low} points."
    )


def _range(low: int, high: int) -> str:
    return f"between {low}% and {high}%" if low != high else f"{low}%"
