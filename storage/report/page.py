"""The report as a page: nothing in it runs, and nothing in it is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from storage.counts.feedback import FeedbackTrend, TogetherFinding
from storage.counts.findings import OfficeFindings, StageCounts
from storage.counts.journey import QUESTION, WITHIN_THE_JOURNEY, Journey
from storage.counts.questions import BenchmarkFinding, CategoryFinding, QuestionFindings
from storage.counts.rates import RateFinding
from storage.counts.shares import ShareFinding
from storage.counts.trend import RATE_LABEL, Trend
from storage.events import day
from storage.report import debrief, feedback, sentences
from storage.report.report import ASKED, LIMITS, Report
from storage.report.templates import rendered

NOTHING_STANDS_OUT = "No change from stage to stage stands out from chance and blur."


class Bar(Struct, frozen=True, kw_only=True):
    """One bar of a chart, in per cent; its words stand above it."""

    label: str
    figure: str
    share: int | None
    low: int | None
    high: int | None
    national: tuple[float, ...]
    own: tuple[float, ...]
    target: tuple[float, ...] = ()
    """Of a response rate."""
    text: str
    """All of it for those who do not see it."""


class StageTable(Struct, frozen=True, kw_only=True):
    """What each of several stages supports by itself."""

    columns: tuple[str, ...]
    """The categories: of the journey, and whatever has a benchmark at some stage."""
    rows: tuple[tuple[str, ...], ...]
    """A stage, how many were asked the journey's question, and what is said of each category."""


def page(report: Report) -> str:
    """The page's HTML."""
    found = report.found
    if found.journey:
        bars = [bar for _, group in groups_of(found.journey) for bar in group]
    else:
        bars = [bar for question in found.questions for bar in bars_of(question)]
    return rendered(
        "report.html",
        report=report,
        day=day,
        bars_of=bars_of,
        drawn=bool(bars),
        has_national=any(bar.national for bar in bars),
        has_own=any(bar.own for bar in bars),
        groups_of=groups_of,
        trend_of=trend_of,
        stage_table=stage_table,
        change_lines=change_lines,
        benchmarks_text=benchmarks_text,
        sentences=sentences,
        debrief=debrief,
        feedback_words=feedback,
        feedback_trend=feedback_trend,
        asked=ASKED,
        limits=LIMITS,
    )


def benchmarks_text(category: CategoryFinding) -> str:
    """How a share compares with each benchmark."""
    return "; ".join(map(sentences.sourced, category.benchmarks))


def bars_of(question: QuestionFindings) -> tuple[Bar, ...]:
    """The bars of a question: one for each category that shares are taken among."""
    return tuple(
        _bar(category.label, category, category.benchmarks)
        for category in question.categories
        if category.low is not None
    )


def stage_table(found: OfficeFindings) -> StageTable:
    """The shares of each stage by itself, beside their benchmarks."""
    by_stage = [
        {(question.id, category.id): category for question in stage.questions for category in question.categories}
        for stage in found.stages
    ]
    shown = [
        key
        for key, category in by_stage[0].items()
        if any(part[key].benchmarks for part in by_stage) or (category.compared and key[0] == QUESTION)
    ]
    return StageTable(
        columns=tuple(by_stage[0][key].label for key in shown),
        rows=tuple(
            (stage.stage.capitalize(), _asked(stage, found.threshold), *(_cell(part[key]) for key in shown))
            for stage, part in zip(found.stages, by_stage, strict=True)
        ),
    )


def _asked(stage: StageCounts, threshold: int) -> str:
    people = next(question.people for question in stage.questions if question.id == QUESTION)
    return f"fewer than {threshold}" if people is None else str(people)


def _cell(category: CategoryFinding) -> str:
    if category.count is None:
        return "none told"
    marks = benchmarks_text(category)
    return f"{sentences.count(category)}: {sentences.share(category)}{f', {marks}' if marks else ''}"


def groups_of(journey: Journey) -> Iterator[tuple[str, tuple[Bar, ...]]]:
    """Each group's name, and its bars from stage to stage."""
    for number, group in enumerate(journey.stages[0].groups):
        yield (
            group.label,
            tuple(
                _at(stage.stage.capitalize(), stage.groups[number], journey.benchmark_source, journey.benchmark_year)
                for stage in journey.stages
                if stage.groups[number].low is not None
            ),
        )


def change_lines(journey: Journey) -> Iterator[str]:
    """What is said of changes: each late stage, then each other change that neither chance nor blur explains."""
    yield from sentences.comparable_lines(journey)
    figure = [
        change
        for stage in journey.stages
        if stage.stage in WITHIN_THE_JOURNEY
        for change in sentences.changes_at(journey, stage)
    ]
    clear = sentences.clear_changes(journey)
    yield from (sentences.change_line(change) for change in clear if change not in figure)
    if journey.changes and not clear:
        yield NOTHING_STANDS_OUT


def trend_of(found: Trend) -> Iterator[tuple[str, tuple[Bar, ...]]]:
    """What each share is called, and its bars from period to period; the response rate last."""
    for number, name in enumerate(found.shares):
        shares = [(one.period, one.shares[number]) for one in found.periods if one.shares[number].low is not None]
        yield (
            name.label,
            tuple(_at(period, share, found.benchmark_source, found.benchmark_year) for period, share in shares),
        )
    yield (
        RATE_LABEL,
        tuple(_rate(one.period, one.response_rate) for one in found.periods if one.response_rate is not None),
    )


def feedback_trend(found: FeedbackTrend) -> Iterator[tuple[str, tuple[Bar, ...]]]:
    """What each share of feedback is called, and its bars from period to period; the response rate last."""
    for number, name in enumerate(one.label for one in found.periods[0].shares):
        shares = [(one.period, one.shares[number]) for one in found.periods]
        yield name, tuple(_together(period, share) for period, share in shares if share.low is not None)
    yield RATE_LABEL, tuple(_rate(one.period, one.response_rate) for one in found.periods if one.response_rate)


def _together(period: str, found: TogetherFinding) -> Bar:
    return Bar(
        label=period,
        figure=sentences.UNDER_TEN if found.share is None else f"{found.share}%",
        share=found.share,
        low=found.low,
        high=found.high,
        national=(),
        own=(),
        text=f"{period}: {feedback.share(found)}.",
    )


def _rate(period: str, found: RateFinding) -> Bar:
    return Bar(
        label=period,
        figure=sentences.rate_range(found),
        share=None,
        low=found.low,
        high=found.high,
        national=(),
        own=(),
        target=() if found.target is None else (found.target,),
        text=f"{period}: {sentences.rate(found).removesuffix('.')}.",
    )


def _bar(label: str, found: CategoryFinding | ShareFinding, marks: tuple[BenchmarkFinding, ...]) -> Bar:
    compared = "".join(f", {sentences.sourced(mark)}" for mark in marks)
    return Bar(
        label=label,
        figure=sentences.UNDER_TEN if found.share is None else f"{found.share}%",
        share=found.share,
        low=found.low,
        high=found.high,
        national=tuple(mark.share for mark in marks if not mark.own),
        own=tuple(mark.share for mark in marks if mark.own),
        text=f"{label}: {sentences.share_or_reason(found)}{compared}.",
    )


def _at(where: str, group: ShareFinding, source: str, year: int) -> Bar:
    marks: tuple[BenchmarkFinding, ...] = ()
    if group.benchmark is not None and group.verdict is not None:
        national = BenchmarkFinding(
            share=group.benchmark,
            source=source,
            year=year,
            own=False,
            verdict=group.verdict,
        )
        marks = (national,)
    return _bar(where, group, marks)
