"""What people think of the events themselves, in sentences: on screens, as text, and in reports."""

from __future__ import annotations

from collections.abc import Iterator

from storage.counts.feedback import FeedbackFindings, FeedbackPeriod, FeedbackTrend, TogetherFinding
from storage.report import sentences
from storage.report.sentences import rate, responses
from storage.text import counted

HEADING = "What people thought of the event"
APART = """Feedback was asked apart from the other questions, and is kept and counted apart: nobody’s answers to the one
can be laid beside those to the other. Who said no, or took up no offer, is counted under “Prefer not to say”."""


def state(found: FeedbackFindings) -> str:
    """How many are held, how many are in the counts, and what is not. One line."""
    parts = [f"{responses(found.held)} held", f"{found.in_counts} in the counts"]
    if found.waiting:
        parts.append(f"{counted(found.waiting, 'waits', 'wait')} until ten can enter together")
    if found.left_out:
        parts.append(f"{found.left_out} not in these counts")
    if found.unreadable:
        parts.append(f"{found.unreadable} cannot be opened")
    return " · ".join(parts)


def together_line(one: TogetherFinding) -> str:
    """A share of some answers together."""
    if one.low is None:
        return f"{one.label}: too few asked"
    parts = [f"{one.label}: {sentences.UNDER_TEN if one.rounded is None else f'about {one.rounded}'}"]
    if one.share is not None:
        parts.append(f"{one.share}%")
    return ", ".join((*parts, f"95% interval {one.low} to {one.high}%"))


def share(one: TogetherFinding) -> str:
    """Its share with the interval, for where what it is of stands beside it: “80% (70 to 88%)”."""
    interval = f"{one.low} to {one.high}%"
    return f"{sentences.UNDER_TEN}, {interval}" if one.share is None else f"{one.share}% ({interval})"


def together_lines(found: FeedbackFindings) -> Iterator[str]:
    """Each of them, and the response rate."""
    yield from map(together_line, found.together)
    if found.response_rate:
        yield f"Response rate of all four: {rate(found.response_rate)}"


def period_lines(one: FeedbackPeriod) -> Iterator[str]:
    """One quarter or year: a line, and one for each share that is told."""
    people = "too few asked" if one.people is None else f"{one.people} in the counts"
    yield f"{one.period}: {people}"
    yield from (together_line(share) for share in one.shares if share.low is not None)
    if one.response_rate:
        yield f"Response rate: {rate(one.response_rate)}"


def change_lines(found: FeedbackTrend) -> Iterator[str]:
    """What changed over time, a line each; or that nothing stands out, or that there is nothing to compare yet."""
    clear = [change for change in found.changes if sentences.is_clear(change)]
    yield from (f"{sentences.change_line(change)}." for change in clear)
    if not found.changes:
        yield f"To see a change takes counts of two {found.by}s."
    elif not clear:
        yield f"No change from one {found.by} to another stands out from chance and blur."
