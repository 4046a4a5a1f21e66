"""What is in a report, and how it is said. Every number is one of the findings'."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from content.toolkit import Toolkit
from storage.advice import Advice, advice, advice_on
from storage.events import day
from storage.findings import EventFinding, OfficeFindings
from storage.sentences import ALL_TOGETHER, lacking, number_of_events, rate
from storage.settings import Organisation, Settings

Lead = Literal["counts", "journey"]
"""What a report begins with."""

ASKED = """Everybody at an event was asked the same questions, word for word those of the Social Mobility Commission’s
apprenticeship toolkit (2021). Answering was voluntary, and every question had “I prefer not to say”. No name, time or
order was kept."""
WHY_HELD_BACK = """Counts under {threshold} are not shown, zeros included, and all others are rounded to the nearest 5.
Where the rest would give a small count away, the next smallest is held back too. So no number tells what one person
answered. “Held back” never means zero."""
WHY_TEN_AT_A_TIME = """People enter the tables in groups of ten or more that are never taken apart. So two reports
differ by nobody or by ten people or more."""
LIMITS = (
    """They tell about those who answered here. They do not tell about those who stayed away or preferred not to
    say.""",
    """Chance plays a part. The interval is where a share would lie 19 times in 20 if chance alone decided who came.
    Where it is wide and holds the benchmark, there are too few answers to tell.""",
    """A benchmark is of the whole country, and its source does not say which year each figure describes. Where you
    work, other shares may be usual.""",
    """Nobody can be recognised. So somebody who answered at two events is counted twice, and nobody is followed from
    stage to stage: other people are asked at each.""",
    """They suggest where to look. They do not prove why.""",
)
"""What the numbers can and cannot say."""

_NAMED_EVENTS = 8
"""Events that the page names, at most: more would take a side of their own."""


class Named(Struct, frozen=True, kw_only=True):
    """A tip or item of the toolkit that advice leads to."""

    id: str
    title: str


class Report(Struct, frozen=True, kw_only=True):
    """What a report is made of."""

    organisation: Organisation
    notes: str
    """The organisation's own words for those who read it."""
    made: dt.date
    found: OfficeFindings
    lead: Lead
    advice: tuple[Advice, ...]
    named: tuple[Named, ...]

    @property
    def scope(self) -> str:
        """What it is about."""
        return self.found.scope.value or ALL_TOGETHER

    @property
    def title(self) -> str:
        """Its heading."""
        if self.lead == "journey":
            return "Social background along the apprenticeship journey"
        return "Social background" if self.found.scope.kind == "all" else f"Social background: {self.scope}"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Of whom it is, how many they are, and how many answered: labels and what they say."""
        found = self.found
        facts = [
            ("Asked at", f"{number_of_events(len(found.events))}, {_days(found.events)}"),
            ("Responses brought in", str(found.held)),
            ("People in these counts", str(found.in_counts)),
        ]
        if found.head_count is not None:
            facts.append(("People who came", str(found.head_count)))
        if lacking(found):
            facts.append(("Not in these counts", lacking(found)))
        if found.response_rate:
            facts.append(("Response rate of all questions", rate(found.response_rate)))
        return tuple(facts)

    @property
    def events(self) -> tuple[str, ...]:
        """The first of the events, a line each."""
        return tuple(
            f"{event.name}, {day(dt.date.fromisoformat(event.date))}, {event.place} ({event.stage})"
            for event in self.found.events[:_NAMED_EVENTS]
        )

    @property
    def more_events(self) -> int:
        """How many events `events` leaves out."""
        return max(len(self.found.events) - _NAMED_EVENTS, 0)

    @property
    def held_back(self) -> tuple[str, ...]:
        """What was held back, and why."""
        found = self.found
        hidden = list(_hidden(found))
        return (
            WHY_HELD_BACK.format(threshold=found.threshold),
            WHY_TEN_AT_A_TIME,
            f"Held back here: {'; '.join(hidden)}." if hidden else "No count was held back here.",
        )


def report_of(
    toolkit: Toolkit,
    settings: Settings,
    found: OfficeFindings,
    *,
    lead: Lead,
    made: dt.date,
) -> Report:
    """Put a report together."""
    told = advice(toolkit, found) + (advice_on(toolkit, found.journey) if found.journey else ())
    names = dict.fromkeys(name for one in told for name in one.reading.links)
    return Report(
        organisation=settings.organisation,
        notes=settings.report.notes,
        made=made,
        found=found,
        lead=lead,
        advice=told,
        named=tuple(_named(toolkit, name) for name in names),
    )


def on_one_line(text: str) -> str:
    """A text without the line breaks that it has here."""
    return " ".join(text.split())


def _named(toolkit: Toolkit, name: str) -> Named:
    return Named(id=name, title=(toolkit.tips[name] if name in toolkit.tips else toolkit.entries[name]).title)


def _days(events: tuple[EventFinding, ...]) -> str:
    """From the first day to the last."""
    days = sorted({dt.date.fromisoformat(event.date) for event in events})
    if not days:
        return "no day"
    return day(days[0]) if len(days) == 1 else f"{day(days[0])} to {day(days[-1])}"


def _hidden(found: OfficeFindings) -> Iterator[str]:
    """Which counts are held back, question by question and then stage by stage."""
    for number, question in enumerate(found.questions, 1):
        names = [category.label for category in question.categories if category.count is None]
        if names:
            every = len(names) == len(question.categories)
            yield f"question {number} ({'every count' if every else ', '.join(names)})"
    for stage in found.journey.stages if found.journey else ():
        names = [group.label for group in stage.groups if group.count is None]
        if names:
            yield f"{stage.stage} ({'all three groups' if len(names) == len(stage.groups) else ', '.join(names)})"
