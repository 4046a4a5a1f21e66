"""Reports to test with, made from noisy groups as the office publishes them, and what their findings say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from content.feedback import feedback_survey
from content.survey import Survey
from content.toolkit import load_toolkit
from storage.counts.conversion import conversions
from storage.counts.disclosure import GroupSum, OfficeCounts
from storage.counts.feedback import feedback_trend, office_feedback
from storage.counts.findings import DebriefFinding, OfficeFindings, ScopeFinding, event_finding, office_findings
from storage.counts.noise import THRESHOLD, NoisyGroup
from storage.counts.questions import BenchmarkFinding, QuestionFindings
from storage.counts.scorecard import FORMAT as SCORECARD
from storage.counts.scorecard import Scorecard
from storage.counts.targets import Target, target_finding
from storage.counts.trend import trend
from storage.events import STAGES, Event, Stage
from storage.report.files import contents
from storage.report.report import Lead, Report, report_of
from storage.settings import Organisation, OwnBenchmark, ReportWords, Settings
from tests.storage.counts.tables import Noisy, named, noisy_counts, office_counts

MADE = dt.date(2026, 11, 24)
FAIR: Noisy = {
    "occupation": (137, 84, 169, 32, 23),
    "school": (320, 31, 42, 30, 22),
    "meals": (110, 250, 25, 28, 32),
    "degree": (262, 120, 33, 30),
}
INTAKE: Noisy = {
    "occupation": (70, 40, 48, 12, 13),
    "school": (120, 31, 12, 10, 10),
    "meals": (30, 100, 25, 18, 10),
    "degree": (92, 60, 13, 18),
}
FEW: Noisy = {
    "occupation": (14, 7, 12, 1, 3),
    "school": (30, 8, -2, -1, 2),
    "meals": (10, 20, 2, 3, 2),
    "degree": (22, 10, 2, 3),
}
BELOW_NOUGHT: Noisy = {
    "occupation": (-1, -2, 1, 8, 4),
    "school": (2, -3, 4, 5, 2),
    "meals": (-2, -1, 3, 4, 6),
    "degree": (-1, -1, 0, 12),
}
"""Ten people whose noise is larger than most of their counts: more than all of them preferred not to say."""
THOUSANDS: Noisy = {
    "occupation": (1700, 1100, 1800, 12, 300),
    "school": (4200, 12, 400, 200, 100),
    "meals": (4600, 12, 100, 100, 100),
    "degree": (2500, 2000, 12, 400),
}
"""Where ten people are a share of 0."""

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% raw %}",
    "</style><script>alert(1)</script>",
    "</title></svg><script>alert(1)</script>",
    "=1+1",
    "+44 113",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    '=HYPERLINK("https://example.org","look")',
    "https://example.org/",
    "internal:'Notes'!A1",
    "said \"ours\" and 'theirs'",
    "one, two; three;",
    "two\nlines",
    "two\r\nlines",
    "&amp; &lt;b&gt;",
    "W" * 240,
    "👩🏽‍🎓 intake",
    "\u202egnp.exe \u05e9\u05dc\u05d5\u05dd",
    "2026-01-01",
    "007",
    "{=A1}",
    "_x0041_",
)


def event(
    name: str = "Riverside Jobs Fair",
    place: str = "Leeds Town Hall",
    date: dt.date = dt.date(2026, 10, 3),
    stage: Stage = "outreach",
) -> Event:
    return Event(name=name, date=date, place=place, stage=stage, question_set="smc-2021", office_key_id=bytes(16))


FIRST = event()
SECOND = event("Autumn intake", "Bradford", dt.date(2026, 10, 20), "applicants")
THIRD = event("Day one", "Leeds", dt.date(2026, 11, 20), "starts")


def groups_of(noisy: Noisy, groups: int = 1) -> list[NoisyGroup]:
    """So many groups whose counts add up to these: questions that have the same people are asked together."""
    by_people: dict[int, dict[str, tuple[int, ...]]] = {}
    for name, numbers in noisy.items():
        by_people.setdefault(sum(numbers), {})[name] = numbers
    made = []
    for people, asked in by_people.items():
        if people < THRESHOLD:
            continue
        parts = min(groups, people // THRESHOLD)
        small = named({name: (THRESHOLD, *[0] * (len(numbers) - 1)) for name, numbers in asked.items()})
        rest = named(asked)
        for counts in rest.values():
            counts[next(iter(counts))] -= THRESHOLD * (parts - 1)
        made += [NoisyGroup.read(THRESHOLD, small)] * (parts - 1)
        made.append(NoisyGroup.read(people - THRESHOLD * (parts - 1), rest))
    return made


def counts_of(
    groups: Sequence[NoisyGroup],
    events: Sequence[Event] = (FIRST,),
    threshold: int = 10,
    head_count: int | None = None,
) -> OfficeCounts:
    """As the office gives them; seven people wait."""
    return office_counts(groups, events, threshold=threshold, waiting=7, head_count=head_count)


def counts(
    noisy: Noisy, events: Sequence[Event] = (FIRST,), threshold: int = 10, head_count: int | None = None
) -> OfficeCounts:
    return counts_of(groups_of(noisy), events, threshold, head_count)


def of_stages(
    stages: Mapping[Stage, OfficeCounts],
    scope: ScopeFinding | None = None,
    marks: Sequence[OwnBenchmark] = (),
    head_count: int | None = None,
    groups: Sequence[NoisyGroup] | None = None,
) -> OfficeFindings:
    """What is said of events of several stages together: `groups`, or the first stage's tables, are all of them."""
    first = next(iter(stages.values()))
    events = [one for part in stages.values() for one in part.events]
    total = counts_of(groups, events, first.threshold, head_count) if groups else first
    whole = OfficeCounts(tuple(events), total.tables, first.threshold, total.held, total.in_counts, 0, 7, 0, head_count)
    each = list(stages.items())
    return office_findings(whole, scope or ScopeFinding(), marks, each)


def own(
    share: float = 45, source: str = "Our city, census", of: tuple[str, str] = ("occupation", "working_class")
) -> OwnBenchmark:
    return OwnBenchmark(question=of[0], category=of[1], share=share, source=source, year=2021)


def report(  # noqa: PLR0913 - one argument for each part
    found: OfficeFindings,
    organisation: Organisation | None = None,
    lead: Lead = "counts",
    made: dt.date = MADE,
    notes: str = "Write to us at the Town Hall.",
    *,
    with_debriefs: bool = False,
) -> Report:
    settings = Settings(
        organisation=organisation or Organisation(name="Northfield Council"), report=ReportWords(notes=notes)
    )
    return report_of(load_toolkit(), settings, found, lead=lead, made=made, with_debriefs=with_debriefs)


@functools.cache
def everything(lead: Lead = "counts") -> Report:
    """Events of three stages, with a journey, a trend, a head count and a benchmark of the organisation's own."""
    parts: tuple[Noisy, ...] = (FAIR, INTAKE, FEW)
    stages: dict[Stage, OfficeCounts] = {
        "outreach": counts(FAIR),
        "applicants": counts(INTAKE, (SECOND,)),
        "starts": counts(FEW, (THIRD,)),
    }
    groups = [group for part in parts for group in groups_of(part)]
    quarters = [("2026 Q4", counts(FAIR)), ("2027 Q1", counts(INTAKE)), ("2027 Q2", counts({}))]
    over_time = trend("quarter", tuple(stages), quarters)
    why = "We want our apprenticeships to be open to people from every kind of home, and to see where we fall short."
    organisation = Organisation(name="Northfield Council", statement=why)
    found = of_stages(stages, None, (own(),), 1000, groups)
    return report(replace(found, trend=over_time), organisation, lead)


@functools.cache
def one_stage() -> Report:
    """A filter of several kinds, with a benchmark of the organisation's own and a head count."""
    scope = ScopeFinding(stage="outreach", level="3", place="Leeds Town Hall", quarter="2026 Q4")
    return report(office_findings(counts(FAIR, head_count=700), scope, (own(),)))


@functools.cache
def small() -> Report:
    """One small event: most counts are under ten."""
    return report(office_findings(counts(FEW, (THIRD,)), ScopeFinding(event="Day one, 20 November 2026")))


@functools.cache
def key_alone() -> Report:
    """Events where only the key question was asked."""
    found = office_findings(counts({"occupation": FAIR["occupation"]}), ScopeFinding(place="Leeds Town Hall"))
    return report(found, Organisation())


@functools.cache
def below_nought() -> Report:
    """A group of ten in which noise carried counts below nought, and one above all who were asked."""
    return report(office_findings(counts(BELOW_NOUGHT), ScopeFinding(quarter="2026 Q4")))


@functools.cache
def nobody() -> Report:
    """Events where too few have answered for any table."""
    return report(office_findings(counts({}), ScopeFinding(quarter="2026 Q4")))


@functools.cache
def thousands() -> Report:
    """So many people that ten of them are a share of 0."""
    return report(office_findings(counts(THOUSANDS), ScopeFinding(level="3")))


@functools.cache
def completion() -> Report:
    """Events of one late stage, which are not compared with the country."""
    done = event("Graduation", "Leeds", dt.date(2026, 11, 20), "completion")
    found = office_findings(counts(INTAKE, (done,)), ScopeFinding(stage="completion"), (own(),))
    over_time = trend("year", ("completion",), [("2025", counts(FAIR)), ("2026", counts(INTAKE))])
    return report(replace(found, trend=over_time))


@functools.cache
def eight_stages() -> Report:
    """A journey through every stage in one place, with little to tell of two, and more events than the page names."""
    working_class = (170, 168, 90, 60, 12, 55, 3, 80)
    noisy: dict[Stage, Noisy] = {
        stage: {**FAIR, "occupation": (137, 84, part, 32, 192 - part)}
        for stage, part in zip(STAGES, working_class, strict=True)
    } | {"levels": FEW, "completion": BELOW_NOUGHT}
    events = {
        stage: [
            event(f"Event number {8 * again + place}", f"Town {place}", dt.date(2026, 1, 8 * again + place), stage)
            for again in range(3)
        ]
        for place, stage in enumerate(STAGES, 1)
    }
    stages = {stage: counts(one, events[stage]) for stage, one in noisy.items()}
    groups = [group for one in noisy.values() for group in groups_of(one)]
    return report(of_stages(stages, ScopeFinding(place="Leeds"), (own(),), None, groups), lead="journey")


@functools.cache
def whole_office() -> Report:
    """Two stages over two quarters, targets of every kind, conversion, and what those who ran an event wrote."""
    stages: dict[Stage, OfficeCounts] = {"outreach": counts(FAIR), "applicants": counts(INTAKE, (SECOND,))}
    aims: tuple[dict[str, Any], ...] = (
        {"kind": "share", "value": 39, "category": "working_class", "by": dt.date(2027, 12, 31)},
        {"kind": "share", "value": 7.5, "category": "independent", "at_most": True, "stage": "outreach"},
        {"kind": "response rate", "value": 66},
        {"kind": "people", "value": 5000, "by": dt.date(2027, 12, 31)},
        {"kind": "items", "value": 20},
    )
    targets = [Target(id=f"{number:016x}", since=MADE, **aim) for number, aim in enumerate(aims)]
    scorecard = Scorecard(
        format=SCORECARD,
        as_of=MADE.isoformat(),
        targets=tuple(target_finding(one, stages["outreach"], 12, MADE) for one in targets),
        conversions=conversions([*stages.items(), ("starts", counts({}))]),
    )
    wrote = DebriefFinding(
        event=event_finding(FIRST),
        by="written on “Blue”",
        worked="The quiz at the door: " + "people stayed, and brought friends. " * 12,
        change="=1+1 is not what we meant: start at ten, when the buses come.",
        support="",
    )
    quarters = [("2026 Q4", counts(FAIR)), ("2027 Q1", counts(INTAKE))]
    found = replace(
        of_stages(stages),
        trend=trend("quarter", tuple(stages), quarters),
        debriefs=(wrote, replace(wrote, by="written at the office", worked="", support="A second table.")),
    )
    settings = Settings(organisation=Organisation(name="Northfield Council"))
    return report_of(load_toolkit(), settings, found, lead="counts", made=MADE, scorecard=scorecard, with_debriefs=True)


@functools.cache
def hostile(text: str) -> Report:
    """A report whose every name and word that somebody typed is this text."""
    named = event(text, text)
    scope = ScopeFinding(place=text)
    found = office_findings(counts(FAIR, (named,)), scope, (own(source=text), own(20, f"{text};{text}")))
    wrote = DebriefFinding(event=event_finding(named), by="written at the office", worked=text, change="", support=text)
    organisation = Organisation(name=text, statement=text)
    return report(replace(found, debriefs=(wrote,)), organisation, notes=text, with_debriefs=True)


@functools.cache
def all_hostile() -> Report:
    """A report that has every one of the hostile texts somewhere."""
    events = [event(text, other) for text, other in zip(HOSTILE, reversed(HOSTILE), strict=True)]
    marks = [own(10 + number, text[:60]) for number, text in enumerate(HOSTILE)]
    found = office_findings(counts(FAIR, events), ScopeFinding(place=HOSTILE[1]), marks)
    return report(found, Organisation(name=HOSTILE[0], statement=HOSTILE[3]))


@functools.cache
def feedback() -> Report:
    """One event of one stage where people were asked what they think of it, from two lists, and that over time."""
    own_list = feedback_survey(("More chairs & tea", "<b>Longer</b>", "=1+1"))

    def thought(*groups: NoisyGroup) -> OfficeCounts:
        surveys = feedback_survey(), own_list
        questions = {question.id: (question, survey) for survey in surveys for question in survey.questions}
        total = GroupSum.of(groups)
        return dataclasses.replace(
            counts({}),
            tables=tuple(total.publish(name, 10, survey) for name, (_, survey) in questions.items()),
            questions=tuple(question for question, _ in questions.values()),
            held=total.people + 7,
            in_counts=total.people,
        )

    def group(survey: Survey, *answers: tuple[int, ...]) -> NoisyGroup:
        named = {
            question.id: {category.id: number for category, number in zip(question.categories, part, strict=True)}
            for question, part in zip(survey.questions, answers, strict=True)
        }
        return NoisyGroup.read(sum(answers[0]), named)

    spring = group(
        feedback_survey(),
        (10, 20, 30, 20, 11, 9),
        (40, 20, 20, 8, 2, 10),
        (50, 20, 20, 6, -2, 6),
        (30, 20, 10, 10, 12, 8, 10),
    )
    autumn = group(own_list, (60, 20, 6, 3, 1, 10), (70, 10, 5, 5, 2, 8), (80, 10, 4, 3, 1, 2), (40, 30, 20, 5, 5))
    trended = feedback_trend("quarter", [("2026 Q2", thought(spring)), ("2026 Q4", thought(autumn))])
    told = office_feedback(thought(spring, autumn), trended)
    found = office_findings(counts(FAIR), ScopeFinding(stage="outreach"))
    return report(replace(found, feedback=told))


SAMPLES = {
    "feedback": feedback,
    "everything": everything,
    "one stage": one_stage,
    "small": small,
    "key alone": key_alone,
    "below nought": below_nought,
    "nobody": nobody,
    "thousands": thousands,
    "completion": completion,
    "eight stages": eight_stages,
    "whole office": whole_office,
    "hostile": all_hostile,
}
USUAL = ("everything", "one stage", "small", "key alone", "below nought", "thousands", "completion")
"""What most offices write."""


@functools.cache
def files_of(name: str) -> Mapping[str, bytes]:
    """The files of a sample, by their names."""
    return contents(SAMPLES[name]())


@functools.cache
def hostile_files(text: str) -> Mapping[str, bytes]:
    """The files of the report whose every name is this text."""
    return contents(hostile(text))


# Drawn

number = st.one_of(st.integers(-9, 14), st.integers(-3, 60), st.integers(0, 900))
thresholds = st.one_of(st.just(10), st.integers(10, 30))


@st.composite
def documents(draw: st.DrawFn) -> OfficeFindings:
    """Findings of some events, half of them of several stages with a journey."""
    threshold = draw(thresholds)
    shares = st.decimals(0, 100, places=1).map(float)
    mine = draw(st.lists(st.builds(own, shares, st.sampled_from(["Ours", "Town; 2021", "=1+1"])), max_size=3))
    groups = st.integers(1, 12)

    def drawn(*events: Event) -> OfficeCounts:
        return counts_of(groups_of(draw(noisy_counts(number)), draw(groups)), events, threshold)

    if not draw(st.booleans()):
        return office_findings(drawn(event(stage=draw(st.sampled_from(STAGES)))), ScopeFinding(place="Leeds"), mine)
    known = sorted(draw(st.sets(st.sampled_from(STAGES), min_size=2, max_size=4)), key=STAGES.index)
    return of_stages({stage: drawn(event(stage=stage)) for stage in known}, ScopeFinding(), mine)


# What the findings say

Number = int | float | None
Told = tuple[Number, Number, Number, Number, Number, Number, Number, Number, tuple[float, ...]]
"""People, noisy count, standard deviation, the count as it is told, share, both ends of its interval, the national
benchmark, and the organisation's own."""
Place = tuple[str, str, str]
"""The stage by itself or nothing, a question and a category."""


def told(found: OfficeFindings) -> dict[Place, Told]:
    """Every number that a report may have in its tables, and where."""
    rows = told_of("", found.questions)
    for stage in found.stages:
        rows |= told_of(stage.stage, stage.questions)
    return rows | told_of("", found.feedback.questions if found.feedback else ())


def told_of(stage: str, questions: Sequence[QuestionFindings]) -> dict[Place, Told]:
    return {
        (stage, question.id, category.id): (
            question.people,
            category.count,
            None if category.count is None else question.standard_deviation,
            category.rounded,
            category.share,
            category.low,
            category.high,
            national(category.benchmarks),
            tuple(mark.share for mark in category.benchmarks if mark.own),
        )
        for question in questions
        for category in question.categories
    }


def national(marks: Sequence[BenchmarkFinding]) -> float | None:
    return next((mark.share for mark in marks if not mark.own), None)
