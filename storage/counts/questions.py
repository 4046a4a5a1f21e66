"""What the published table of one question says, of whichever question set: shares, intervals, verdicts, the rate.

`storage.counts.findings` puts them together for an event or a scope, and `storage.counts.feedback` for what people
think of the events themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from content.benchmarks import Benchmarks, Comparison
from content.survey import Category, Question
from storage.counts.disclosure import PublishedTable, rounded
from storage.counts.intervals import Z95, Interval, quantile_of, verdict, whole
from storage.counts.journey import WITHIN_THE_JOURNEY
from storage.counts.noise import off_by
from storage.counts.rates import Came, RateFinding, rate_finding
from storage.counts.shares import Part
from storage.events import Stage
from storage.settings import OwnBenchmark


class BenchmarkFinding(Part, frozen=True):
    """How one category compares with one benchmark."""

    share: float
    source: str
    year: int
    own: bool
    verdict: str


class CategoryFinding(Part, frozen=True):
    """One row."""

    id: str
    label: str
    count: int | None
    """With its noise, signed; None where too few were asked for a table."""
    rounded: int | None
    """The same as people are told it: to the nearest 5; None where it is under 10."""
    compared: bool
    """Whether it is one of the categories that shares are taken among."""
    share: int | None
    """In per cent of those compared, or of everybody asked for the other categories; None where `rounded` is."""
    low: int | None
    high: int | None
    """The interval of the share, in per cent; None for what is not compared."""
    benchmarks: tuple[BenchmarkFinding, ...]


class QuestionFindings(Part, frozen=True):
    """One question."""

    id: str
    text: str
    people: int | None
    """How many in the counts were asked it, exactly; None where that is under the threshold."""
    groups: int
    """How many groups they are in."""
    standard_deviation: float
    """Of the noise in each count, in people; 0 where there are none."""
    off_by: int
    """How far 95 counts in 100 may be off, at most, in people; 0 where there are none."""
    categories: tuple[CategoryFinding, ...]
    response_rate: RateFinding | None
    context: str


@dataclass(frozen=True)
class Beside:
    """What questions are compared with."""

    known: Benchmarks
    own: tuple[OwnBenchmark, ...] = ()
    """Benchmarks of the organisation's own."""
    stages: frozenset[Stage] = frozenset()
    """Whom the tables are about: people of several stages are compared with nothing."""


def rate_of_all(asked: list[PublishedTable], known: Benchmarks, came: Came) -> RateFinding | None:
    """The response rate of several questions together."""
    return rate_finding(asked, known.response_rate, came) if len(asked) > 1 else None


def question_findings(
    tables: Iterable[PublishedTable],
    questions: Iterable[Question],
    beside: Beside,
    came: Came,
) -> tuple[QuestionFindings, ...]:
    """Each question that has a table, in their order, beside what it is compared with."""
    by_id = {table.question: table for table in tables}
    asked = [(question, beside.known.of_question(question)) for question in questions if question.id in by_id]
    return tuple(
        _question(question, by_id[question.id], comparison, _benchmarks(comparison, beside), came)
        for question, comparison in asked
    )


_Benchmark = tuple[str, float, str, int, bool]
"""A category, its share, the source and year of that, and whether it is the organisation's own."""


def _benchmarks(comparison: Comparison, beside: Beside) -> tuple[_Benchmark, ...]:
    known, stages = beside.known, beside.stages
    if len(stages) > 1:
        return ()
    national = () if stages & WITHIN_THE_JOURNEY else comparison.benchmarks
    return (
        *((mark.category, mark.share, known.source, known.year, False) for mark in national),
        *(
            (mark.category, mark.share, mark.source, mark.year, True)
            for mark in beside.own
            if mark.question == comparison.id
        ),
    )


def _question(
    question: Question,
    table: PublishedTable,
    comparison: Comparison,
    marks: tuple[_Benchmark, ...],
    came: Came,
) -> QuestionFindings:
    return QuestionFindings(
        id=question.id,
        text=question.text,
        people=table.people,
        groups=table.groups,
        standard_deviation=round(math.sqrt(table.variance), 3),
        off_by=off_by(table.variance, Z95),
        categories=tuple(_category(category, table, comparison, marks) for category in question.categories),
        response_rate=None if table.people is None else rate_finding([table], comparison.response_rate, came),
        context=comparison.context,
    )


def _category(
    category: Category, table: PublishedTable, comparison: Comparison, marks: tuple[_Benchmark, ...]
) -> CategoryFinding:
    count = table.counts.get(category.id)
    shown = None if count is None else rounded(count)
    share = table.share(category.id, comparison.compared) if category.id in comparison.compared else None
    interval = Interval(*share.interval(quantile_of(share.compared)).outwards) if share else None
    per_cent = share.per_cent if share else min(100 * (count or 0) / (table.people or 1), 100)  # noise can exceed all
    return CategoryFinding(
        id=category.id,
        label=category.label,
        count=count,
        rounded=shown,
        compared=category.id in comparison.compared,
        share=None if shown is None else whole(per_cent),
        low=int(interval.low) if interval else None,
        high=int(interval.high) if interval else None,
        benchmarks=tuple(
            BenchmarkFinding(share=mark, source=source, year=year, own=ours, verdict=verdict(interval, mark).value)
            for name, mark, source, year, ours in marks
            if interval and name == category.id
        ),
    )
