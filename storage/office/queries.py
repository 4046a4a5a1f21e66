"""What is shown of a scope on screens, by commands and in reports, each from one look at the office's tables."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence

from msgspec import structs

from storage.counts.conversion import conversions
from storage.counts.feedback import FeedbackFindings, feedback_trend, office_feedback
from storage.counts.findings import (
    DebriefFinding,
    OfficeFindings,
    ScopeFinding,
    event_finding,
    office_findings,
    office_questions,
)
from storage.counts.journey import Journey, journey
from storage.counts.questions import QuestionFindings
from storage.counts.scorecard import FORMAT, Scorecard
from storage.counts.targets import target_finding
from storage.counts.trend import By, Trend, trend
from storage.events import day
from storage.office.debriefs import OfficeDebrief
from storage.office.labels import KINDS, OfficeEvent, Scope, Tables
from storage.office.office import Office
from storage.progress import ProgressCallback
from storage.settings import Settings

Slice = tuple[ScopeFinding, tuple[QuestionFindings, ...]]
"""A scope, and what it supports of each question."""
MOST_QUARTERS = 8
"""More than these are told by year, where nobody chooses."""


def findings_of(office: Office, scope: Scope, settings: Settings) -> OfficeFindings:
    """Everything that may be said of a scope; with each stage and the journey, and the trend, where it is of several.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    tables, feedback = office.tables(), office.feedback_tables()
    threshold = settings.counts.threshold
    stages = tables.stages(scope, threshold)
    several = len(stages) > 1
    quarters = len(tables.periods(scope, threshold, "quarter"))
    found = office_findings(
        tables.counts(scope, threshold),
        scope_finding(scope, tables.events(scope)),
        settings.benchmarks,
        stages if several else (),
        trend=(
            _trend(tables, scope, threshold, "quarter" if quarters <= MOST_QUARTERS else "year")
            if quarters > 1
            else None
        ),
        debriefs=debriefs_of(office, tables.events(scope)),
    )
    return structs.replace(found, feedback=_feedback(feedback, scope, threshold))


def feedback_of(office: Office, scope: Scope, settings: Settings, by: By | None = None) -> FeedbackFindings | None:
    """What people think of a scope's events, and how that changed; None where nobody was asked.

    Args:
        office: whose.
        scope: which events.
        settings: from how many people on there are counts.
        by: over which time; None for quarters, or years where there are many of them.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    return _feedback(office.feedback_tables(), scope, settings.counts.threshold, by)


def _feedback(tables: Tables, scope: Scope, threshold: int, by: By | None = None) -> FeedbackFindings | None:
    if not tables.events(scope):
        return None
    quarters = len(tables.periods(scope, threshold, "quarter"))
    by = by or ("quarter" if quarters <= MOST_QUARTERS else "year")
    over_time = feedback_trend(by, tables.periods(scope, threshold, by)) if quarters > 1 else None
    return office_feedback(tables.counts(scope, threshold), over_time)


def debriefs_of(office: Office, events: Sequence[OfficeEvent]) -> list[DebriefFinding]:
    """What those who ran some events wrote of them, in the order of these.

    Raises:
        StoreError: the office's store cannot be read.
    """
    kept = office.debriefs.of(events)
    names = {one.kiosk.id: one.name for one in office.laptops.all()} if kept else {}
    return [
        found for one in events for debrief in kept if debrief.event in one.ids for found in _told(one, debrief, names)
    ]


def told_of(office: Office, one: OfficeEvent, debrief: OfficeDebrief) -> list[DebriefFinding]:
    """What is told of one debrief of an event.

    Raises:
        StoreError: the office's store cannot be read.
    """
    return _told(one, debrief, {each.kiosk.id: each.name for each in office.laptops.all()})


def _told(one: OfficeEvent, debrief: OfficeDebrief, names: Mapping[bytes, str]) -> list[DebriefFinding]:
    return [
        DebriefFinding(
            event=event_finding(one.event),
            by=_written_by(debrief.kiosk, names, changed=changed),
            worked=said.worked,
            change=said.change,
            support=said.support,
        )
        for said, changed in debrief.told
    ]


def _written_by(kiosk: bytes | None, names: Mapping[bytes, str], *, changed: bool) -> str:
    if kiosk is None:
        return "written at the office"
    name = names.get(kiosk)
    on = f"written on “{name}”" if name else "written on a laptop"
    return f"{on}, changed at the office" if changed else on


def trend_of(office: Office, scope: Scope, settings: Settings, by: By) -> Trend:
    """Shares and the response rate of a scope's events over time.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    return _trend(office.tables(), scope, settings.counts.threshold, by)


def slices_of(office: Office, settings: Settings, progress: ProgressCallback) -> list[Slice]:
    """What every scope supports that has counts.

    Args:
        office: whose.
        settings: what counts are compared with, and from how many people on.
        progress: called with how many scopes are done, and of how many.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    tables, feedback = office.tables(), office.feedback_tables()
    threshold = settings.counts.threshold
    scopes, of_feedback = tables.scopes(threshold), feedback.scopes(threshold)
    told = functools.cache(lambda scope: office_questions(tables.counts(scope, threshold), settings.benchmarks))
    thought = functools.cache(lambda scope: office_feedback(feedback.counts(scope, threshold)).questions)
    found: list[Slice] = []
    for of, every, questions in ((tables, scopes, told), (feedback, of_feedback, thought)):
        for scope in every:
            found.append((scope_finding(scope, of.events(scope)), questions(of.standing_for(scope))))
            progress(len(found), len(scopes) + len(of_feedback))
    return found


def _trend(tables: Tables, scope: Scope, threshold: int, by: By) -> Trend:
    stages = [stage for stage, _ in tables.stages(scope, threshold)]
    return trend(by, stages, tables.periods(scope, threshold, by))


def journey_of(office: Office, scope: Scope, settings: Settings) -> Journey:
    """The journey through the stages of a scope's events.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    return journey(office.tables().stages(scope, settings.counts.threshold))


def scorecard_of(office: Office, settings: Settings, done: int, today: dt.date) -> Scorecard:
    """Where every target stands, and the conversion of all events' stages.

    Args:
        office: whose.
        settings: from how many people on there are counts.
        done: how many items of the checklist are done.
        today: how far the time of targets has gone.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    tables = office.tables()
    threshold = settings.counts.threshold
    found = []
    for target in office.targets.all():
        scope = Scope().having("stage", target.stage) if target.stage else Scope()
        found.append(target_finding(target, tables.counts(scope, threshold), done, today))
    stages = tables.stages(Scope(), threshold)
    return Scorecard(format=FORMAT, as_of=today.isoformat(), targets=tuple(found), conversions=conversions(stages))


def scope_finding(scope: Scope, covered: Sequence[OfficeEvent]) -> ScopeFinding:
    """A scope as people read it.

    Args:
        scope: what is described.
        covered: the events that it covers.
    """
    words = {kind: scope.value(kind) for kind in KINDS}
    if words["event"]:
        words["event"] = next(
            (f"{one.event.name}, {day(one.event.date)}" for one in covered if one.event.id.hex() == words["event"]),
            words["event"],
        )
    return ScopeFinding(**words)
