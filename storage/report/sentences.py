"""What findings say, in sentences: on screens, as text, and in reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from storage.counts.findings import OfficeFindings, ScopeFinding, StageCounts
from storage.counts.intervals import ChangeVerdict
from storage.counts.journey import TOO_FEW, WITHIN_THE_JOURNEY, Journey, StageFinding
from storage.counts.questions import BenchmarkFinding, CategoryFinding, QuestionFindings
from storage.counts.rates import RateFinding
from storage.counts.shares import ChangeFinding, ShareFinding
from storage.counts.trend import Trend
from storage.text import counted

ALL_TOGETHER = "All together"
UNDER_TEN = "under 10"
MIXED = "These people were asked at several stages, so no benchmark is put beside them all. Each stage by itself:"
COMPARABLE = (
    "At functional skills, completion and progression the aim is comparable rates: the groups are compared with each "
    "other along the journey, not with the country."
)
GROUPS = "The three groups are by the job of the main household earner at about age 14."
LEFT_OUT = """Shares leave out people whose answer is other, not known or prefer not to say, who went to school outside
the UK, or whom the question about meals does not apply to. A school with a bursary counts as independent."""
WHOSE_BENCHMARKS = """The benchmarks of work are of the UK workforce aged 16 and over, that of schools is of people of
all ages: not of young candidates. Their source does not say which year each figure describes. Where you work, other
shares may be usual."""
POOLED = "Small events count by year sooner: people of several quarters can be in one group."
MIX_CHANGES = (
    "These events are of several stages: shares also change where the mix of stages does. Choose one to be sure."
)
SUGGESTS = "The data suggests this and does not prove it: other people were asked at each stage."

_CLEAR = {ChangeVerdict.DROP.value, ChangeVerdict.RISE.value}


def responses(number: int) -> str:
    """A number of responses in words."""
    return counted(number, "response")


def scope_name(found: ScopeFinding) -> str:
    """What counts are about, in a line: “All together”, “Outreach · Level 3 · Leeds · 2026 Q4”."""
    parts = found.parts
    if found.stage:
        parts["stage"] = found.stage.capitalize()
    if found.level:
        parts["level"] = f"Level {found.level}"
    return " · ".join(parts.values()) or ALL_TOGETHER


def lacking(found: OfficeFindings) -> str:
    """What is held and not in these counts, and why; empty where nothing is."""
    parts = []
    if found.waiting:
        parts.append(f"{found.waiting} wait until ten can enter together.")
    if found.dropped:
        parts.append(f"{found.dropped} were deleted before there were ten to enter together.")
    if found.elsewhere:
        parts.append(f"{found.elsewhere} are counted in wider tables only, together with people of other events.")
    if found.unreadable:
        parts.append(f"{found.unreadable} cannot be opened.")
    return " ".join(parts)


def uncounted(found: OfficeFindings) -> str:
    """Why rates are of those asked, where somebody counted who came at some of the events; else empty."""
    if not 0 < found.uncounted < len(found.events):
        return ""
    return (
        f"How many came is not known for {found.uncounted} of {len(found.events)} events, so response rates are of "
        "those asked."
    )


def count(found: CategoryFinding | ShareFinding) -> str:
    """A count as people are told it: “about 45”, “under 10”."""
    return UNDER_TEN if found.rounded is None else f"about {found.rounded}"


def share(found: CategoryFinding | ShareFinding) -> str:
    """A share with its interval, as far as they can be told: “43% (31 to 56%)”."""
    interval = f"{found.low} to {found.high}%" if found.low is not None else ""
    if found.share is None:
        return interval
    return f"{found.share}% ({interval})" if interval else f"{found.share}%"


def share_or_reason(found: CategoryFinding | ShareFinding) -> str:
    """The same, with the reason where there is no share: “under 10, 6 to 45%”."""
    return share(found) if found.share is not None else f"{count(found)}, {share(found)}"


def blurred(questions: Iterable[QuestionFindings]) -> str:
    """How much noise is in these counts; empty where there are none."""
    most = max((question.off_by for question in questions), default=0)
    return f"Counts are blurred on purpose: each may be off by about {most}." if most else ""


def rate_range(found: RateFinding) -> str:
    """A response rate: “86 to 91%”."""
    return f"{found.low}%" if found.low == found.high else f"{found.low} to {found.high}%"


def rate(found: RateFinding) -> str:
    """A response rate against its target."""
    said = rate_range(found)
    said += " of everybody who came" if found.of == "came" else ""
    return said if found.target is None else f"{said}. Target {found.target:g}%: {found.verdict}."


def benchmark(found: BenchmarkFinding) -> str:
    """A verdict: “below 37%”, “too few to tell: 37%”."""
    return compared(found.verdict, found.share)


def sourced(found: BenchmarkFinding) -> str:
    """The same, with the source of a benchmark that is the organisation’s own."""
    return f"{benchmark(found)} ({source(found)})" if found.own else benchmark(found)


def compared(verdict: str, share: float) -> str:
    """The same of a verdict and a benchmark’s share."""
    return f"{verdict}{':' if verdict == TOO_FEW else ''} {share:g}%"


def source(found: BenchmarkFinding) -> str:
    """Where a benchmark comes from."""
    return f"{found.source}, {found.year}"


def chance(questions: Iterable[QuestionFindings]) -> str:
    """How much chance can do, from the surest question to the least sure; empty where no share is known."""
    points = [
        max(
            (category.high - category.low + 1) // 2
            for category in question.categories
            if category.low is not None and category.high is not None
        )
        for question in questions
        if any(category.share is not None and category.low is not None for category in question.categories)
    ]
    if not points:
        return ""
    said = counted(max(points), "point") if min(points) == max(points) else f"{min(points)} to {max(points)} points"
    return f"With this many answers, chance and blur move a share by about {said} either way."


def stage_lines(stages: Iterable[StageCounts]) -> Iterator[str]:
    """What each of several stages supports by itself: a line for each, with every share that has a benchmark."""
    for stage in stages:
        said = [
            f"{category.label.lower()} {share_or_reason(category)}, {', '.join(map(sourced, category.benchmarks))}"
            for question in stage.questions
            for category in question.categories
            if category.benchmarks
        ]
        if all(question.people is None for question in stage.questions):
            said = ["no counts yet"]
        elif stage.stage in WITHIN_THE_JOURNEY:
            said.append("compared with other stages along the journey, not with the country")
        if said:
            yield f"{stage.stage.capitalize()}: {'; '.join(said)}."


def benchmark_line(found: Journey) -> str:
    """What the marks in the journey's chart are, and which stages have none."""
    marks = ", ".join(
        f"{group.label.lower()} {found.benchmarks[group.id]:g}%"
        for group in found.stages[0].groups
        if group.id in found.benchmarks
    )
    said = f"Benchmarks: {marks} ({found.benchmark_source}, {found.benchmark_year}). " if marks else ""
    within = any(stage.stage in WITHIN_THE_JOURNEY for stage in found.stages)
    return f"{said}{COMPARABLE if within else ''}".rstrip()


def comparable_lines(found: Journey) -> Iterator[str]:
    """A line for each stage at which the aim is comparable rates: the groups beside the stage before it."""
    for stage in found.stages:
        if stage.stage not in WITHIN_THE_JOURNEY or stage.people is None:
            continue
        name = stage.stage.capitalize()
        changes = changes_at(found, stage)
        if not changes:
            yield f"{name}: no earlier stage has counts to compare it with."
            continue
        said = "; ".join(f"{one.label.lower()} {change_range(one)}, {one.verdict}" for one in changes)
        yield f"{name}, compared with {changes[0].earlier}: {_comparable(changes)} ({said})."


def changes_at(found: Journey, stage: StageFinding) -> tuple[ChangeFinding, ...]:
    """How each group's share changed to this stage from the last one before it that has counts."""
    to_here = [change for change in found.changes if change.later == stage.stage]
    return tuple(change for change in to_here if change.earlier == to_here[0].earlier)


def _comparable(changes: Iterable[ChangeFinding]) -> str:
    verdicts = {ChangeVerdict(change.verdict) for change in changes}
    if verdicts & {ChangeVerdict.DROP, ChangeVerdict.RISE}:
        return "this suggests that rates differ"
    return "too few to tell if rates differ" if ChangeVerdict.TOO_FEW in verdicts else "rates look comparable"


def change_line(change: ChangeFinding) -> str:
    """One change from a stage to the next."""
    return f"{change.label}, {change.earlier} to {change.later}: {change.verdict} ({change_range(change)})"


def change_range(change: ChangeFinding) -> str:
    """The interval of a change: “–12 to +3 points”."""
    return f"{_points(change.low)} to {_points(change.high)} points"


def clear_changes(found: Journey | Trend) -> list[ChangeFinding]:
    """Those that neither chance nor blur explains."""
    return [change for change in found.changes if is_clear(change)]


def is_clear(change: ChangeFinding) -> bool:
    """Whether neither chance nor blur explains it."""
    return change.verdict in _CLEAR


def trend_name(found: Trend) -> str:
    """What it is: “By quarter”."""
    return f"By {found.by}"


def trend_lines(found: Trend) -> Iterator[str]:
    """What changed over time, a line each; or that nothing stands out, or that there is nothing to compare yet."""
    clear = clear_changes(found)
    yield from (f"{change_line(change)}." for change in clear)
    if not found.changes:
        yield f"To see a change takes counts of two {found.by}s. {POOLED if found.by == 'quarter' else ''}".rstrip()
    elif not clear:
        yield f"No change from one {found.by} to another stands out from chance and blur."
    if len(found.stages) > 1:
        yield MIX_CHANGES


def change_note(found: Journey | Trend) -> str:
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
