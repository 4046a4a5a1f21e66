"""The report as a page: nothing in it runs, and nothing in it is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from storage import sentences
from storage.events import day
from storage.findings import BenchmarkFinding, CategoryFinding, QuestionFindings
from storage.journey import GroupAtStage, Journey
from storage.pages import rendered
from storage.report.report import ASKED, LIMITS, Report


class Bar(Struct, frozen=True, kw_only=True):
    """One bar of a chart, in per cent; its words stand above it."""

    label: str
    told: str
    share: int | None
    low: int | None
    high: int | None
    national: tuple[float, ...]
    own: tuple[float, ...]
    text: str
    """All of it for those who do not see it."""


def page(report: Report) -> str:
    """The page's HTML."""
    return rendered(
        "report.html",
        report=report,
        day=day,
        bars_of=bars_of,
        has_own=any(
            mark.own
            for question in report.found.questions
            for category in question.categories
            for mark in category.benchmarks
        ),
        drawn=any(map(bars_of, report.found.questions)),
        groups_of=groups_of,
        share_told=share_told,
        benchmarks_told=benchmarks_told,
        sentences=sentences,
        asked=ASKED,
        limits=LIMITS,
    )


def share_told(category: CategoryFinding | GroupAtStage) -> str:
    """A share with its interval, as far as they can be told."""
    interval = f"{category.low} to {category.high} %" if category.low is not None else ""
    if category.share is None:
        return interval or "cannot be told"
    return f"{category.share} % ({interval})" if interval else f"{category.share} %"


def benchmarks_told(category: CategoryFinding) -> str:
    """How a share compares with each benchmark."""
    return "; ".join(_told(mark) for mark in category.benchmarks)


def _told(mark: BenchmarkFinding) -> str:
    source = f" ({sentences.source(mark)})" if mark.own else ""
    return f"{sentences.benchmark(mark)}{source}"


def bars_of(question: QuestionFindings) -> tuple[Bar, ...]:
    """The bars of a question: one for each category that shares are taken among."""
    return tuple(_bar(category) for category in question.categories if category.compared and category.low is not None)


def _bar(category: CategoryFinding) -> Bar:
    told = share_told(category)
    compared = benchmarks_told(category)
    return Bar(
        label=category.label,
        told=told,
        share=category.share,
        low=category.low,
        high=category.high,
        national=tuple(mark.share for mark in category.benchmarks if not mark.own),
        own=tuple(mark.share for mark in category.benchmarks if mark.own),
        text=f"{category.label}: {told}{f', {compared}' if compared else ''}.",
    )


def groups_of(journey: Journey) -> Iterator[tuple[str, tuple[Bar, ...]]]:
    """Each group's name, and its bars from stage to stage."""
    for number, group in enumerate(journey.stages[0].groups):
        mark = journey.benchmarks.get(group.id)
        yield (
            group.label,
            tuple(
                _bar_at(stage.stage.capitalize(), stage.groups[number], () if mark is None else (mark,))
                for stage in journey.stages
                if stage.groups[number].low is not None
            ),
        )


def _bar_at(stage: str, group: GroupAtStage, marks: tuple[float, ...]) -> Bar:
    told = share_told(group)
    return Bar(
        label=stage,
        told=f"{group.share} %" if group.share is not None else told,
        share=group.share,
        low=group.low,
        high=group.high,
        national=marks,
        own=(),
        text=f"{stage}: {told}.",
    )
