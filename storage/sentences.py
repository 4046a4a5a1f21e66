"""What findings say, in sentences: on screens, as text, and in reports."""

from __future__ import annotations

from storage.findings import BenchmarkFinding, OfficeFindings, QuestionFindings, RateFinding
from storage.journey import ChangeFinding, Journey

ALL_TOGETHER = "All together"
HELD_BACK = "fewer than 10 or held back"
SUGGESTS = "The data suggests this and does not prove it: other people were asked at each stage."


def responses(number: int) -> str:
    """A number of responses in words."""
    return "1 response" if number == 1 else f"{number} responses"


def number_of_events(number: int) -> str:
    """A number of events in words."""
    return "1 event" if number == 1 else f"{number} events"


def lacking(found: OfficeFindings) -> str:
    """What is held and not in these counts, and why; empty where nothing is."""
    parts = []
    if found.waiting:
        parts.append(f"{found.waiting} wait until ten can enter together.")
    if found.elsewhere:
        parts.append(f"{found.elsewhere} are counted in wider tables only, together with people of other events.")
    if found.unreadable:
        parts.append(f"{found.unreadable} cannot be opened.")
    return " ".join(parts)


def rate(found: RateFinding) -> str:
    """A response rate against its target."""
    told = f"{found.low} %" if found.low == found.high else f"{found.low} to {found.high} %"
    told += " of everybody who came" if found.of == "came" else ""
    return told if found.target is None else f"{told}. Target {found.target:g} %: {found.verdict}."


def benchmark(found: BenchmarkFinding) -> str:
    """A verdict: “below 37 %”, “37 %: too few to tell”."""
    if found.verdict == "too few to tell":
        return f"{found.verdict}: {found.share:g} %"
    return f"{found.verdict} {found.share:g} %"


def source(found: BenchmarkFinding) -> str:
    """Where a benchmark comes from."""
    return f"{found.source}, {found.year}"


def noise(question: QuestionFindings) -> str:
    """How much chance alone can do; empty where no share is known."""
    widths = [
        category.high - category.low
        for category in question.categories
        if category.compared and category.share is not None and category.low is not None and category.high is not None
    ]
    if not widths:
        return ""
    return f"With this many answers, chance alone moves a share by about {(max(widths) + 1) // 2} points either way."


def benchmark_line(found: Journey) -> str:
    """What the marks in the journey's chart are."""
    marks = ", ".join(
        f"{group.label.lower()} {found.benchmarks[group.id]:g} %"
        for group in found.stages[0].groups
        if group.id in found.benchmarks
    )
    return f"Benchmarks: {marks} ({found.benchmark_source}, {found.benchmark_year})."


def change_line(change: ChangeFinding) -> str:
    """One change from a stage to the next."""
    return f"{change.label}, {change.earlier} to {change.later}: {change.verdict} ({change_range(change)})"


def change_range(change: ChangeFinding) -> str:
    """The interval of a change: “–12 to +3 points”."""
    return f"{_points(change.low)} to {_points(change.high)} points"


def change_note(found: Journey) -> str:
    """How changes were judged."""
    if not found.changes:
        return ""
    return (
        f"{len(found.changes)} changes were looked at; their intervals are widened so that all of them hold together "
        "95 times in 100."
    )


def drop_line(found: Journey) -> str:
    """The drop that the data supports, or that it supports none."""
    drop = found.drop
    if drop is None:
        return "These counts support no drop from one stage to another."
    return (
        f"The drop that these counts support: {drop.label.lower()}, from {drop.earlier} to {drop.later}, "
        f"by {-drop.high} to {-drop.low} points. {SUGGESTS}"
    )


def _points(number: int) -> str:
    return f"+{number}" if number > 0 else f"–{-number}" if number else "0"
