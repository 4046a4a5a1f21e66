"""What published tables say: shares, intervals, verdicts and response rates, as everything that is shown has them.

The counts screen, `fairstart counts` as text, JSON and CSV are all drawn from one `Findings`, those of the office and
its report from one `OfficeFindings`, so they cannot differ. Each is computed from published tables, from their signed
sums and never from what is printed of them. Percentages are whole numbers: a share is rounded, an interval outwards,
and a verdict is read off the interval as it is printed. Each is also its JSON document; FORMAT.md, section 15,
describes them.

A verdict is about one stage. People of several stages together are compared with no benchmark: each stage speaks for
itself. Nor are those at functional skills, completion and progression: there the toolkit looks for comparable rates, so
the journey compares the groups with each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from content.benchmarks import load_benchmarks
from content.survey import load_survey
from storage.counts.disclosure import Counts, OfficeCounts
from storage.counts.feedback import FeedbackFindings, kiosk_feedback
from storage.counts.journey import Journey, journey
from storage.counts.noise import THRESHOLD
from storage.counts.questions import Beside, QuestionFindings, question_findings, rate_of_all
from storage.counts.rates import Came, RateFinding
from storage.counts.shares import Part
from storage.counts.trend import Trend
from storage.debrief import Debrief, Prompt
from storage.events import Event, Stage
from storage.settings import OwnBenchmark

FORMAT = "fairstart counts 1"
OFFICE_FORMAT = "fairstart office counts 1"

NOISE = (
    "Each count is a sum over groups of ten or more people and has noise from every group in it, drawn once per group "
    "and question and for ever: for each category the difference of two geometric variables (p = 1/2), drawn anew "
    "until they sum to nought, so that P(z) is proportional to 2^-(|z1| + … + |zC|). It is the two-sided geometric "
    "mechanism with a public total, a case of pure differential privacy. Unit: one person's answer to one question, "
    "another answer put in its place. Guarantee: ε = 2 ln 2 for all tables that one side (a laptop, or the office) "
    "ever shows, because groups do not overlap and are never taken apart. Composition: ε adds up over a laptop and "
    "the office (4 ln 2), over the questions that somebody answered, and over the times that somebody answered. How "
    "many people were asked is exact and public. `standard_deviation` is that of the noise alone."
)
"""What an analyst needs to know, and can cite."""


class EventFinding(Part, frozen=True):
    """Which event."""

    name: str
    date: str
    place: str
    stage: str


class Findings(Part, frozen=True):
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
    noise: str
    """How the counts were protected, for those who analyse them."""
    benchmark_source: str
    benchmark_year: int
    response_rate: RateFinding | None
    """Of all questions together."""
    questions: tuple[QuestionFindings, ...]
    feedback: FeedbackFindings | None = None
    """What people think of the event itself, where they are asked."""


class ScopeFinding(Part, frozen=True):
    """What a table is about: all events for which everything that is not empty holds."""

    stage: str = ""
    """As events have it, in small letters."""
    level: str = ""
    place: str = ""
    year: str = ""
    quarter: str = ""
    event: str = ""
    """Its name and day."""

    @property
    def parts(self) -> dict[str, str]:
        """What holds, by its name."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value}


class DebriefFinding(Part, frozen=True):
    """What those who ran an event wrote of it."""

    event: EventFinding
    by: str
    """Which laptop it was written on, or that it was written or changed at the office."""
    worked: str
    """Each answer is empty where nobody gave one."""
    change: str
    support: str

    @property
    def answers(self) -> Iterator[tuple[Prompt, str]]:
        """Those that are not empty, in the order of the questions."""
        return Debrief(worked=self.worked, change=self.change, support=self.support).answers


class StageCounts(Part, frozen=True):
    """What one of several stages supports by itself."""

    stage: str
    in_counts: int
    questions: tuple[QuestionFindings, ...]


class OfficeFindings(Part, frozen=True):
    """All that may be said of some of the office's events."""

    format: str
    question_set: str
    scope: ScopeFinding
    events: tuple[EventFinding, ...]
    held: int
    in_counts: int
    elsewhere: int
    """In groups with people of other events, and so in tables about all of these events alone."""
    waiting: int
    """Not counted until there are ten to be a group."""
    dropped: int
    """Never counted: deleted, as is due, before there were ten to be a group."""
    unreadable: int
    head_count: int | None
    """How many came, where somebody counted them at each of these events."""
    uncounted: int
    """At how many of these events nobody did."""
    threshold: int
    noise: str
    """How the counts were protected, for those who analyse them."""
    benchmark_source: str
    benchmark_year: int
    response_rate: RateFinding | None
    questions: tuple[QuestionFindings, ...]
    stages: tuple[StageCounts, ...] = ()
    """Where the events are of several stages: each by itself, compared with the benchmarks that are about it."""
    journey: Journey | None = None
    """Where the events are of several stages: the three groups from stage to stage."""
    trend: Trend | None = None
    """Where the events are of several quarters: shares and the response rate over time."""
    debriefs: tuple[DebriefFinding, ...] = ()
    """What those who ran these events wrote of them."""
    feedback: FeedbackFindings | None = None
    """What people think of the events themselves, where they were asked."""

    @property
    def mixed(self) -> bool:
        """Whether the events are of several stages, so that the whole is compared with nothing."""
        return len({event.stage for event in self.events}) > 1


def office_findings(  # noqa: PLR0913 - one argument for each part
    counts: OfficeCounts,
    scope: ScopeFinding,
    own: Iterable[OwnBenchmark] = (),
    stages: Sequence[tuple[Stage, OfficeCounts]] = (),
    *,
    trend: Trend | None = None,
    debriefs: Sequence[DebriefFinding] = (),
) -> OfficeFindings:
    """Work out everything that is shown of some events from their published tables.

    Args:
        counts: the tables.
        scope: what they are about, as people read it.
        own: benchmarks of the organisation's own.
        stages: the tables of each stage, where the events are of several.
        trend: the same over time, where the events are of several quarters.
        debriefs: what those who ran the events wrote.
    """
    known = load_benchmarks()
    own = tuple(own)
    asked = [table for table in counts.tables if table.people is not None]
    return OfficeFindings(
        format=OFFICE_FORMAT,
        question_set=known.question_set,
        scope=scope,
        events=tuple(event_finding(event) for event in counts.events),
        held=counts.held,
        in_counts=counts.in_counts,
        elsewhere=counts.elsewhere,
        waiting=counts.waiting,
        dropped=counts.dropped,
        unreadable=counts.unreadable,
        head_count=counts.head_count,
        uncounted=counts.uncounted,
        threshold=counts.threshold,
        noise=NOISE,
        benchmark_source=known.source,
        benchmark_year=known.year,
        response_rate=rate_of_all(asked, known, Came.to(counts)),
        questions=office_questions(counts, own),
        stages=tuple(
            StageCounts(stage=stage, in_counts=one.in_counts, questions=office_questions(one, own))
            for stage, one in stages
        ),
        journey=journey(stages) if stages else None,
        trend=trend,
        debriefs=tuple(debriefs),
    )


def office_questions(counts: OfficeCounts, own: tuple[OwnBenchmark, ...]) -> tuple[QuestionFindings, ...]:
    """What each question supports.

    Args:
        counts: the tables of some events.
        own: benchmarks of the organisation's own.
    """
    beside = Beside(load_benchmarks(), own, frozenset(event.stage for event in counts.events))
    return question_findings(counts.tables, load_survey().questions, beside, Came.to(counts))


def findings(counts: Counts, own: Iterable[OwnBenchmark] = ()) -> Findings:
    """Work out everything that is shown from the published tables."""
    event = counts.event
    known = load_benchmarks(event.question_set)
    asked = [table for table in counts.tables if table.people is not None]
    return Findings(
        format=FORMAT,
        question_set=event.question_set,
        event=event_finding(event),
        ended=counts.ended,
        held=counts.held,
        in_counts=counts.in_counts,
        waiting=counts.waiting,
        next_in=0 if counts.ended else THRESHOLD - counts.waiting % THRESHOLD,
        left_out=counts.left_out,
        threshold=counts.threshold,
        noise=NOISE,
        benchmark_source=known.source,
        benchmark_year=known.year,
        response_rate=rate_of_all(asked, known, Came()),
        questions=question_findings(
            counts.tables, event.survey.questions, Beside(known, tuple(own), frozenset({event.stage})), Came()
        ),
        feedback=kiosk_feedback(counts.feedback) if counts.feedback else None,
    )


def event_finding(event: Event) -> EventFinding:
    """An event as documents have it."""
    return EventFinding(name=event.name, date=event.date.isoformat(), place=event.place, stage=event.stage)


def to_json_of(found: Sequence[msgspec.Struct]) -> str:
    """A list of parts of documents as JSON, indented, ending in a line feed."""
    return msgspec.json.format(msgspec.json.encode(list(found)), indent=2).decode() + "\n"


def to_json(found: msgspec.Struct) -> str:
    """The document, indented, ending in a line feed."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
