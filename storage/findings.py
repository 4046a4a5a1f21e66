"""What published tables say: shares, intervals, verdicts and response rates, as everything that is shown has them.

The counts screen, `fairstart counts` as text, JSON and CSV are all drawn from one `Findings`, those of the office and
its report from one `OfficeFindings`, so they cannot differ. Each is computed from published tables and knows no exact
count. Percentages are whole numbers: a share is rounded, an interval outwards. Each is also its JSON document;
FORMAT.md, section 15, describes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from content.benchmarks import (
    Benchmarks,
    Comparison,
    Interval,
    Range,
    load_benchmarks,
    rate_verdict,
    response_rate,
    share,
    verdict,
)
from content.survey import PREFER_NOT_TO_SAY, Category, Question, load_survey
from storage.disclosure import Counts, OfficeCounts, PublishedTable
from storage.events import Event
from storage.journey import Journey
from storage.settings import OwnBenchmark

FORMAT = "fairstart counts 1"
OFFICE_FORMAT = "fairstart office counts 1"


class _Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the document."""


class BenchmarkFinding(_Finding, frozen=True):
    """How one category compares with one benchmark."""

    share: float
    source: str
    year: int
    own: bool
    verdict: str


class CategoryFinding(_Finding, frozen=True):
    """One row."""

    id: str
    label: str
    count: int | None
    """Rounded to the nearest 5; None where it is fewer than 10 or held back."""
    compared: bool
    """Whether it is one of the categories that shares are taken among."""
    share: int | None
    """In per cent of those compared, or of everybody asked for the other categories; None where it cannot be told."""
    low: int | None
    high: int | None
    """The 95 % interval of the share, in per cent; None for what is not compared."""
    benchmarks: tuple[BenchmarkFinding, ...]


class RateFinding(_Finding, frozen=True):
    """A response rate, in per cent; `low` and `high` are what it can be behind rounded and held-back counts."""

    low: int
    high: int
    target: float | None
    verdict: str | None
    of: str = "asked"
    """Of whom: `asked`, or `came` where somebody counted all who came."""


class QuestionFindings(_Finding, frozen=True):
    """One question."""

    id: str
    text: str
    people: int | None
    """How many in the counts were asked it; None where that is under 10."""
    categories: tuple[CategoryFinding, ...]
    response_rate: RateFinding | None
    context: str

    @property
    def blank(self) -> bool:
        """Whether every count is held back."""
        return all(category.count is None for category in self.categories)


class EventFinding(_Finding, frozen=True):
    """Which event."""

    name: str
    date: str
    place: str
    stage: str


class Findings(_Finding, frozen=True):
    """All that may be said of one event."""

    format: str
    question_set: str
    event: EventFinding
    ended: bool
    held: int
    """Responses held on this laptop."""
    in_counts: int
    waiting: int
    """Answered in front of this running kiosk, and not yet in the counts."""
    next_in: int
    """How many more answers until the next ten enter; 0 once the event has ended."""
    left_out: int
    """Held, and never to be in this laptop's counts. The office counts them."""
    threshold: int
    benchmark_source: str
    benchmark_year: int
    response_rate: RateFinding | None
    """Of all questions together."""
    questions: tuple[QuestionFindings, ...]


class ScopeFinding(_Finding, frozen=True):
    """What a table is about."""

    kind: str
    """`all`, `stage`, `event`, `level`, `place` or `quarter`."""
    value: str
    """Which one, as people read it; empty for all."""


class OfficeFindings(_Finding, frozen=True):
    """All that may be said of some of the office's events."""

    format: str
    question_set: str
    scope: ScopeFinding
    events: tuple[EventFinding, ...]
    held: int
    in_counts: int
    elsewhere: int
    """Counted in wider tables only, together with people of other events."""
    waiting: int
    """Not counted until there are ten to enter together."""
    unreadable: int
    head_count: int | None
    """How many came, where somebody counted them at each of these events."""
    threshold: int
    benchmark_source: str
    benchmark_year: int
    response_rate: RateFinding | None
    questions: tuple[QuestionFindings, ...]
    journey: Journey | None = None
    """Of all events together, where they are of two stages or more."""


def office_findings(counts: OfficeCounts, kind: str, value: str, own: Iterable[OwnBenchmark] = ()) -> OfficeFindings:
    """Work out everything that is shown of some events from their published tables.

    Args:
        counts: the tables.
        kind: what they are about, as `ScopeFinding` has it.
        value: which one, as people read it.
        own: benchmarks of the organisation's own.
    """
    known = load_benchmarks()
    own = tuple(own)
    tables = {table.question: table for table in counts.tables}
    asked = [table for table in counts.tables if table.people is not None]
    came = _Came(counts.held, counts.in_counts, counts.head_count)
    return OfficeFindings(
        format=OFFICE_FORMAT,
        question_set=known.question_set,
        scope=ScopeFinding(kind=kind, value=value),
        events=tuple(_event(event) for event in counts.events),
        held=counts.held,
        in_counts=counts.in_counts,
        elsewhere=counts.elsewhere,
        waiting=counts.waiting,
        unreadable=counts.unreadable,
        head_count=counts.head_count,
        threshold=counts.threshold,
        benchmark_source=known.source,
        benchmark_year=known.year,
        response_rate=_rate_of_all(asked, known, came),
        questions=tuple(
            _question(question, tables[question.id], known, own, came)
            for question in load_survey(known.question_set).questions
        ),
    )


@dataclass(frozen=True)
class _Came:
    """Whom response rates are about: those asked, or everybody who came where that was counted."""

    held: int = 0
    in_counts: int = 0
    head_count: int | None = None


def findings(counts: Counts, own: Iterable[OwnBenchmark] = ()) -> Findings:
    """Work out everything that is shown from the published tables."""
    event = counts.event
    survey = load_survey(event.question_set)
    known = load_benchmarks(event.question_set)
    tables = {table.question: table for table in counts.tables}
    own = tuple(own)
    asked = [table for table in counts.tables if table.people is not None]
    return Findings(
        format=FORMAT,
        question_set=event.question_set,
        event=_event(event),
        ended=counts.ended,
        held=counts.held,
        in_counts=counts.in_counts,
        waiting=counts.waiting,
        next_in=counts.next_in,
        left_out=counts.left_out,
        threshold=counts.threshold,
        benchmark_source=known.source,
        benchmark_year=known.year,
        response_rate=_rate_of_all(asked, known, _Came()),
        questions=tuple(
            _question(question, tables[question.id], known, own, _Came())
            for question in survey.questions
            if question.id in tables
        ),
    )


def _event(event: Event) -> EventFinding:
    return EventFinding(name=event.name, date=event.date.isoformat(), place=event.place, stage=event.stage)


def _rate_of_all(asked: list[PublishedTable], known: Benchmarks, came: _Came) -> RateFinding | None:
    """The response rate of several questions together."""
    several = len(asked) > 1 and not any(table.blank for table in asked)
    return _rate(asked, known.response_rate, came) if several else None


def _question(
    question: Question, table: PublishedTable, known: Benchmarks, own: tuple[OwnBenchmark, ...], came: _Came
) -> QuestionFindings:
    comparison = known.of(question.id)
    return QuestionFindings(
        id=question.id,
        text=question.text,
        people=table.people,
        categories=tuple(_category(category, table, known, own) for category in question.categories),
        response_rate=None if table.blank else _rate([table], comparison.response_rate, came),
        context=comparison.context,
    )


def _category(
    category: Category, table: PublishedTable, known: Benchmarks, own: tuple[OwnBenchmark, ...]
) -> CategoryFinding:
    comparison = known.of(table.question)
    count = table.counts[category.id]
    interval = None
    if category.id in comparison.compared and not table.blank:
        rest = sum((table.counted(other) for other in comparison.compared if other != category.id), Range(0, 0))
        interval = _outwards(share(table.counted(category.id), rest))
        shown = [table.counts[name] for name in comparison.compared]
        whole = None if None in shown else sum(number for number in shown if number is not None)
    else:
        whole = table.people
    return CategoryFinding(
        id=category.id,
        label=category.label,
        count=count,
        compared=category.id in comparison.compared,
        share=_per_cent(count, whole),
        low=int(interval.low) if interval else None,
        high=int(interval.high) if interval else None,
        benchmarks=_benchmarks(category.id, known, comparison, own, interval) if interval else (),
    )


def _per_cent(count: int | None, whole: int | None) -> int | None:
    return None if count is None or not whole else math.floor(100 * count / whole + 0.5)


def _benchmarks(
    category: str, known: Benchmarks, comparison: Comparison, own: tuple[OwnBenchmark, ...], interval: Interval
) -> tuple[BenchmarkFinding, ...]:
    national = [
        (mark.share, known.source, known.year, False) for mark in comparison.benchmarks if mark.category == category
    ]
    brought = [
        (mark.share, mark.source, mark.year, True)
        for mark in own
        if (mark.question, mark.category) == (comparison.id, category)
    ]
    return tuple(
        BenchmarkFinding(share=mark, source=source, year=year, own=ours, verdict=verdict(interval, mark).value)
        for mark, source, year, ours in (*national, *brought)
    )


def _rate(tables: list[PublishedTable], target: float | None, came: _Came) -> RateFinding:
    """Of those asked; of everybody who came, where that was counted and all of them were asked all of it."""
    declined = sum((table.range(PREFER_NOT_TO_SAY) for table in tables), Range(0, 0))
    people = sum(table.people or 0 for table in tables)
    of_all = came.held <= (came.head_count or 0) and people == len(tables) * came.in_counts
    if came.head_count and of_all:
        outside = len(tables) * (came.held - came.in_counts)  # they may have answered or not
        of = len(tables) * came.head_count
        rate = Interval(100 * (people - declined.most) / of, 100 * (people - declined.least + outside) / of)
    else:
        rate = response_rate(declined, people)
    whole = _outwards(rate)
    return RateFinding(
        low=int(whole.low),
        high=int(whole.high),
        target=target,
        verdict=rate_verdict(rate, target).value if target is not None else None,
        of="came" if came.head_count and of_all else "asked",
    )


def _outwards(interval: Interval) -> Interval:
    """To whole per cent, never narrower."""
    return Interval(math.floor(interval.low), math.ceil(interval.high))


def to_json(found: msgspec.Struct) -> str:
    """The document, indented, ending in a line feed."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
