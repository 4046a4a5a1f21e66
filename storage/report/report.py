"""What is in a report, and how it is said. Every number is one of the findings'."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct, structs

from content.toolkit import Toolkit
from storage.counts.findings import EventFinding, OfficeFindings
from storage.counts.journey import WITHIN_THE_JOURNEY
from storage.counts.scorecard import Scorecard
from storage.events import day
from storage.report.advice import Advice, all_advice
from storage.report.open_data import DataRow
from storage.report.sentences import (
    COMPARABLE,
    LEFT_OUT,
    MIXED,
    WHOSE_BENCHMARKS,
    blurred,
    lacking,
    rate,
    scope_name,
    stage_lines,
    uncounted,
)
from storage.settings import Organisation, Settings
from storage.text import counted

Lead = Literal["counts", "journey"]
"""What a report begins with."""

ASKED = """Everybody at an event was asked the same questions, word for word those of the Social Mobility Commission’s
apprenticeship toolkit (2021). Answering was voluntary, and every question had “I prefer not to say”. No name, time or
order was kept."""
WHY_BLURRED = (
    """Small random numbers were added once to each group of ten or more people, before anyone saw its counts, and they
    stay there for ever. So nobody’s answer can be read off any set of tables: even for a reader who knows everything
    else, the odds of what one person said to a question change fourfold at most.""",
    """“About” is the blurred count to the nearest 5. “Under 10” is blurred too, and never means none. How many people
    were asked is exact. No table is of fewer than {threshold} people.""",
    """Shares, intervals and verdicts are worked out before counts are rounded. They allow for blur as well as for
    chance.""",
    """The office’s counts are sharper than a laptop’s: it blurs all who come in from an event once, a laptop every ten
    people. Each draws its own numbers, so the two differ a little.""",
)
"""What blur is, and why, for somebody who has never heard of it."""
LIMITS = (
    """They tell about those who answered here. They do not tell about those who stayed away or preferred not to
    say.""",
    """Chance plays a part. The interval is where the share may lie if chance decided who came: all intervals of a
    question are right together 95 times in 100. Where one is wide and holds the benchmark, there are too few answers
    to tell.""",
    WHOSE_BENCHMARKS,
    LEFT_OUT,
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
    slices: tuple[DataRow, ...] = ()
    """Every scope that has counts, where somebody wants them all."""
    scorecard: Scorecard | None = None
    """Of the whole office; in the report where it has targets."""

    @property
    def title(self) -> str:
        """Its heading."""
        about = (
            "Socio-economic background along the apprenticeship journey"
            if self.lead == "journey"
            else "Socio-economic background"
        )
        return f"{about}: {scope_name(self.found.scope)}" if self.found.scope.parts else about

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Of whom it is, how many they are, and how many answered: labels and what they say."""
        found = self.found
        facts = [
            ("Asked at", f"{counted(len(found.events), 'event')}, {_days(found.events)}"),
            ("Responses brought in", str(found.held)),
            ("People in these counts", str(found.in_counts)),
        ]
        if found.head_count is not None:
            facts.append(("People who came", str(found.head_count)))
        elif uncounted(found):
            facts.append(("People who came", uncounted(found)))
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
    def why_blurred(self) -> tuple[str, ...]:
        """Why counts are blurred, and how much is true of them."""
        return tuple(text.format(threshold=self.found.threshold) for text in WHY_BLURRED)

    @property
    def blurred(self) -> str:
        """How much noise is in these counts; empty where there are none."""
        return blurred(self.found.questions)

    @property
    def beside_benchmarks(self) -> tuple[str, ...]:
        """What is said in place of national benchmarks, a line each: of several stages each, or of a late one."""
        if self.found.mixed:
            return MIXED, *stage_lines(self.found.stages)
        return (COMPARABLE,) if WITHIN_THE_JOURNEY.intersection(event.stage for event in self.found.events) else ()


def report_of(  # noqa: PLR0913 - one argument for each part
    toolkit: Toolkit,
    settings: Settings,
    found: OfficeFindings,
    *,
    lead: Lead,
    made: dt.date,
    scorecard: Scorecard | None = None,
    with_debriefs: bool = False,
) -> Report:
    """Put a report together.

    Args:
        toolkit: what its advice leads to.
        settings: whose it is, and what they say in it.
        found: what it is about.
        lead: what it begins with.
        made: the day.
        scorecard: of the whole office.
        with_debriefs: whether it tells what those who ran the events wrote: a report is passed on, and they may have
            written for their own office alone.
    """
    if not with_debriefs:
        found = structs.replace(found, debriefs=())
    advised = all_advice(toolkit, found, scorecard)
    names = dict.fromkeys(name for one in advised for name in one.reading.links)
    return Report(
        organisation=settings.organisation,
        notes=settings.report.notes,
        made=made,
        found=found,
        lead=lead,
        advice=advised,
        named=tuple(_named(toolkit, name) for name in names),
        scorecard=scorecard,
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
