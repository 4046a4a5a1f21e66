"""Reports to test with, made from exact counts as the office publishes them, and what their findings say."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

from content.survey import load_survey
from content.toolkit import load_toolkit
from storage.disclosure import OfficeCounts, publish
from storage.events import STAGES, Event, Stage
from storage.findings import BenchmarkFinding, OfficeFindings, office_findings
from storage.journey import Journey, journey
from storage.report.files import contents
from storage.report.report import Lead, Report, report_of
from storage.settings import Organisation, OwnBenchmark, ReportWords, Settings
from storage.tally import Tally

Exact = Mapping[str, tuple[int, ...]]
"""Exact counts by question, in the order of its categories."""

MADE = dt.date(2026, 11, 24)
CATEGORIES = {
    question.id: tuple(category.id for category in question.categories) for question in load_survey().questions
}
FAIR: Exact = {
    "occupation": (137, 84, 169, 32, 23),
    "school": (320, 31, 42, 30, 22),
    "meals": (110, 250, 25, 28, 32),
    "degree": (262, 120, 33, 30),
}
INTAKE: Exact = {
    "occupation": (70, 40, 48, 12, 13),
    "school": (120, 31, 12, 10, 10),
    "meals": (30, 100, 25, 18, 10),
    "degree": (92, 60, 13, 18),
}
FEW: Exact = {
    "occupation": (14, 7, 12, 1, 3),
    "school": (30, 3, 1, 1, 2),
    "meals": (10, 20, 2, 3, 2),
    "degree": (22, 10, 2, 3),
}
BLANK: Exact = {
    "occupation": (9, 9, 9, 0, 0),
    "school": (9, 9, 9, 0, 0),
    "meals": (9, 9, 9, 0, 0),
    "degree": (9, 9, 9, 0),
}
THOUSANDS: Exact = {
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


def counts(
    exact: Exact, events: Sequence[Event] = (FIRST,), threshold: int = 10, head_count: int | None = None
) -> OfficeCounts:
    """As the office gives them; seven people wait."""
    tally = Tally({name: dict(zip(CATEGORIES[name], numbers, strict=True)) for name, numbers in exact.items()})
    people = max(map(sum, exact.values()), default=0)
    return OfficeCounts(
        events=tuple(events),
        tables=tuple(publish(tally, name, threshold) for name in CATEGORIES),
        threshold=threshold,
        held=people + 7,
        in_counts=people,
        elsewhere=0,
        waiting=7,
        unreadable=0,
        head_count=head_count,
    )


def own(
    share: float = 45, source: str = "Our city, census", of: tuple[str, str] = ("occupation", "working_class")
) -> OwnBenchmark:
    return OwnBenchmark(question=of[0], category=of[1], share=share, source=source, year=2021)


def report(
    found: OfficeFindings,
    organisation: Organisation | None = None,
    lead: Lead = "counts",
    made: dt.date = MADE,
    notes: str = "Write to us at the Town Hall.",
) -> Report:
    settings = Settings(
        organisation=organisation or Organisation(name="Northfield Council"), report=ReportWords(notes=notes)
    )
    return report_of(load_toolkit(), settings, found, lead=lead, made=made)


@functools.cache
def everything(lead: Lead = "counts") -> Report:
    """All events together, with a journey, a head count and a benchmark of the organisation's own."""
    found = office_findings(counts(FAIR, (FIRST, SECOND, THIRD), head_count=700), "all", "", (own(),))
    followed = journey(
        [("outreach", counts(FAIR)), ("applicants", counts(INTAKE, (SECOND,))), ("starts", counts(FEW, (THIRD,)))]
    )
    why = "We want our apprenticeships to be open to people from every kind of home, and to see where we fall short."
    organisation = Organisation(name="Northfield Council", statement=why)
    return report(replace(found, journey=followed), organisation, lead)


@functools.cache
def small() -> Report:
    """One small event with much held back."""
    return report(office_findings(counts(FEW, (THIRD,)), "event", "Day one, 20 November 2026"))


@functools.cache
def key_alone() -> Report:
    """Events where only the key question was asked."""
    found = office_findings(counts({"occupation": FAIR["occupation"]}), "place", "Leeds Town Hall")
    return report(found, Organisation())


@functools.cache
def blank() -> Report:
    """Events whose tables are held back as a whole."""
    return report(office_findings(counts(BLANK), "quarter", "2026 Q4"))


@functools.cache
def thousands() -> Report:
    """So many people that ten of them are a share of 0."""
    return report(office_findings(counts(THOUSANDS), "level", "Level 3"))


@functools.cache
def eight_stages() -> Report:
    """A journey through every stage, two of them with little to tell, and more events than the page names."""
    working_class = (170, 168, 90, 60, 12, 55, 3, 80)
    exact: dict[Stage, Exact] = {
        stage: {**FAIR, "occupation": (137, 84, part, 32, 23)}
        for stage, part in zip(STAGES, working_class, strict=True)
    } | {"levels": FEW, "completion": BLANK}
    events = [
        event(f"Event number {number}", f"Town {number}", dt.date(2026, 1, number), stage)
        for number, stage in enumerate(STAGES * 3, 1)
    ]
    followed = journey([(stage, counts(one, [event(stage=stage)])) for stage, one in exact.items()])
    found = office_findings(counts(FAIR, events), "all", "", (own(),))
    return report(replace(found, journey=followed), lead="journey")


@functools.cache
def hostile(text: str) -> Report:
    """A report whose every name and word that somebody typed is this text."""
    named = event(text, text)
    found = office_findings(counts(FAIR, (named, SECOND)), "place", text, (own(source=text), own(20, f"{text};{text}")))
    return report(found, Organisation(name=text, statement=text), notes=text)


@functools.cache
def all_hostile() -> Report:
    """A report that has every one of the hostile texts somewhere."""
    events = [event(text, other) for text, other in zip(HOSTILE, reversed(HOSTILE), strict=True)]
    marks = [own(10 + number, text[:60]) for number, text in enumerate(HOSTILE)]
    found = office_findings(counts(FAIR, events), "place", HOSTILE[1], marks)
    return report(found, Organisation(name=HOSTILE[0], statement=HOSTILE[3]))


SAMPLES = {
    "everything": everything,
    "small": small,
    "key alone": key_alone,
    "blank": blank,
    "thousands": thousands,
    "eight stages": eight_stages,
    "hostile": all_hostile,
}
USUAL = ("everything", "small", "key alone", "blank", "thousands")
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

number = st.one_of(st.integers(0, 14), st.integers(0, 60), st.integers(0, 900))
thresholds = st.one_of(st.just(10), st.integers(10, 30))


def exact_counts() -> st.SearchStrategy[dict[str, tuple[int, ...]]]:
    """Up to all four questions, from nobody to a busy day."""
    return st.fixed_dictionaries(
        {"occupation": st.tuples(*[number] * len(CATEGORIES["occupation"]))},
        optional={name: st.tuples(*[number] * len(CATEGORIES[name])) for name in ("school", "meals", "degree")},
    )


@st.composite
def documents(draw: st.DrawFn) -> OfficeFindings:
    """Findings of some events, half of them with a journey."""
    threshold = draw(thresholds)
    shares = st.decimals(0, 100, places=1).map(float)
    mine = draw(st.lists(st.builds(own, shares, st.sampled_from(["Ours", "Town; 2021", "=1+1"])), max_size=3))
    found = office_findings(counts(draw(exact_counts()), (FIRST, SECOND), threshold), "all", "", mine)
    stages = draw(st.lists(exact_counts(), min_size=2, max_size=4) | st.just([]))
    followed = [(stage, counts(one, (), threshold)) for stage, one in zip(STAGES, stages, strict=False)]
    return replace(found, journey=journey(followed) if followed else None)


# What the findings say

Number = int | float | None
Told = tuple[Number, Number, Number, Number, Number, Number, tuple[float, ...]]
"""People, count, share, both ends of the interval, the national benchmark, and the organisation's own."""
Place = tuple[str, str, str, str]
"""The kind of scope, the scope, a question and a category."""


def told(found: OfficeFindings) -> dict[Place, Told]:
    """Every number that a report may have in its tables, and where."""
    scope = found.scope.value or "All together"
    rows = {
        (found.scope.kind, scope, question.id, category.id): (
            question.people,
            category.count,
            category.share,
            category.low,
            category.high,
            national(category.benchmarks),
            tuple(mark.share for mark in category.benchmarks if mark.own),
        )
        for question in found.questions
        for category in question.categories
    }
    return rows | (told_of_journey(found.journey) if found.journey else {})


def told_of_journey(found: Journey) -> dict[Place, Told]:
    return {
        ("stage", stage.stage.capitalize(), "occupation", group.id): (
            stage.people,
            group.count,
            group.share,
            group.low,
            group.high,
            None if group.low is None else found.benchmarks[group.id],
            (),
        )
        for stage in found.stages
        for group in stage.groups
    }


def national(marks: Sequence[BenchmarkFinding]) -> float | None:
    return next((mark.share for mark in marks if not mark.own), None)
