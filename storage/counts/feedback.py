"""What people think of the events themselves, as everything that is shown has it: by question, and over time.

It is worked out from published tables like all else. People who chose from different lists of what should be better are
together in the other questions, and each list has a table of its own. FORMAT.md, section 15.

Over time one share is followed for each question: of two answers together, whose noise is that of their sum. A change
is named only where neither chance nor noise explains it, for all changes that were looked at, as in the trend of the
answers about background.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from msgspec import structs

from content.benchmarks import Comparison, load_benchmarks
from content.feedback import BETTER, FEEDBACK_SET
from content.survey import Question
from storage.counts.disclosure import Counts, OfficeCounts, PublishedTable, rounded
from storage.counts.intervals import Z95, Interval, NoisyShare, quantile_for, whole
from storage.counts.questions import Beside, QuestionFindings, question_findings, rate_of_all
from storage.counts.rates import Came, RateFinding, rate_finding
from storage.counts.shares import ChangeFinding, Part, change_finding
from storage.counts.trend import By

FORMAT = "fairstart feedback 1"


class TogetherFinding(Part, frozen=True):
    """The share of some answers to one question together."""

    question: str
    label: str
    rounded: int | None
    """How many gave one of them, to the nearest 5; None where it is under 10, or too few were asked for a table."""
    share: int | None
    """In per cent of those who answered; None where `rounded` is."""
    low: int | None
    high: int | None
    """The interval of the share, in per cent."""


class FeedbackPeriod(Part, frozen=True):
    """One quarter or year."""

    period: str
    events: int
    people: int | None
    """In the counts; None where that is under the threshold."""
    response_rate: RateFinding | None
    shares: tuple[TogetherFinding, ...]


class FeedbackTrend(Part, frozen=True):
    """All periods, from the first to the last, and what changed between them."""

    by: str
    """`quarter` or `year`."""
    periods: tuple[FeedbackPeriod, ...]
    changes: tuple[ChangeFinding, ...]


class FeedbackFindings(Part, frozen=True):
    """All that may be said of what people think of one event, or of several."""

    format: str
    held: int
    in_counts: int
    waiting: int
    """Not in the counts yet, and may be once there are ten."""
    left_out: int
    """Held and not in these counts for good: from before a restart, or in groups with people of other events."""
    unreadable: int
    threshold: int
    response_rate: RateFinding | None
    questions: tuple[QuestionFindings, ...]
    together: tuple[TogetherFinding, ...]
    trend: FeedbackTrend | None = None
    """Where the events are of several quarters."""


def kiosk_feedback(counts: Counts) -> FeedbackFindings:
    """What a laptop shows of what people think of its current event."""
    found = _findings(counts, counts.event.survey.questions, Came())
    return structs.replace(found, left_out=counts.left_out)


def office_feedback(counts: OfficeCounts, trend: FeedbackTrend | None = None) -> FeedbackFindings:
    """What the office shows of what people think of the events of a scope.

    Args:
        counts: the tables.
        trend: the same over time, where the events are of several quarters.
    """
    found = _findings(counts, counts.questions, Came.to(counts))
    left_out = counts.elsewhere + counts.dropped
    return structs.replace(found, left_out=left_out, unreadable=counts.unreadable, trend=trend)


def _findings(counts: Counts | OfficeCounts, questions: Sequence[Question], came: Came) -> FeedbackFindings:
    known = load_benchmarks(FEEDBACK_SET)
    lists = [question.id for question in questions if question.words_id == BETTER]
    if len(lists) > 1:
        questions = [
            structs.replace(question, text=f"List {lists.index(question.id) + 1}: {question.text}")
            if question.id in lists
            else question
            for question in questions
        ]
    return FeedbackFindings(
        format=FORMAT,
        held=counts.held,
        in_counts=counts.in_counts,
        waiting=counts.waiting,
        left_out=0,
        unreadable=0,
        threshold=counts.threshold,
        response_rate=rate_of_all([table for table in counts.tables if table.people is not None], known, came),
        questions=question_findings(counts.tables, questions, Beside(known), came),
        together=_together({table.question: table for table in counts.tables}),
    )


def feedback_trend(by: By, periods: Sequence[tuple[str, OfficeCounts]]) -> FeedbackTrend:
    """Work out how what people think changed.

    Args:
        by: what the periods are.
        periods: from the first to the last.
    """
    tables = [(period, {table.question: table for table in counts.tables}) for period, counts in periods]
    told = [(period, shares) for period, known in tables if (shares := _shares(known))]
    pairs = list(itertools.pairwise(told))
    if len(pairs) > 1:
        pairs.append((told[0], told[-1]))
    looked_at = [(key, pair) for pair in pairs for key in pair[0][1] if key in pair[1][1]]
    z = quantile_for(len(looked_at))
    return FeedbackTrend(
        by=by,
        periods=tuple(
            _period(period, counts, known) for (period, counts), (_, known) in zip(periods, tables, strict=True)
        ),
        changes=tuple(
            change_finding(key, (before, earlier[key]), (after, later[key]), z)
            for key, ((before, earlier), (after, later)) in looked_at
        ),
    )


def _followed() -> tuple[Comparison, ...]:
    return tuple(one for one in load_benchmarks(FEEDBACK_SET).questions if one.together)


def _shares(tables: dict[str, PublishedTable]) -> dict[tuple[str, str], NoisyShare]:
    """The shares that are followed, by question and what each is called."""
    found = {
        (one.id, one.label): tables[one.id].share_of(one.together, one.compared)
        for one in _followed()
        if one.id in tables
    }
    return {key: share for key, share in found.items() if share is not None}


def _together(tables: dict[str, PublishedTable]) -> tuple[TogetherFinding, ...]:
    shares = _shares(tables)
    return tuple(_told(one, shares.get((one.id, one.label))) for one in _followed())


def _told(one: Comparison, share: NoisyShare | None) -> TogetherFinding:
    interval = Interval(*share.interval(Z95).outwards) if share else None
    shown = rounded(share.count) if share else None
    return TogetherFinding(
        question=one.id,
        label=one.label,
        rounded=shown,
        share=whole(share.per_cent) if share and shown is not None else None,
        low=int(interval.low) if interval else None,
        high=int(interval.high) if interval else None,
    )


def _period(period: str, counts: OfficeCounts, tables: dict[str, PublishedTable]) -> FeedbackPeriod:
    asked = [table for table in counts.tables if table.people is not None]
    return FeedbackPeriod(
        period=period,
        events=len(counts.events),
        people=max((table.people or 0 for table in asked), default=None),
        response_rate=rate_finding(asked, None, Came()) if asked else None,
        shares=_together(tables),
    )
