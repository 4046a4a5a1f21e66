"""What the office says: for its commands, and for its screens beside the charts."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.counts.findings import OfficeFindings
from storage.counts.journey import Journey, StageFinding
from storage.counts.noise import THRESHOLD
from storage.counts.shares import ShareFinding
from storage.counts.trend import RATE_LABEL, PeriodFinding, Trend
from storage.events import day
from storage.exchange.forgotten import Request
from storage.office.copies import OpenedCopy, Restored, Saved
from storage.office.corrections import Correction
from storage.office.labels import OfficeEvent
from storage.office.laptops import Laptop
from storage.office.planned import PlannedEvent
from storage.office.receipts_due import Owed
from storage.office.sticks import PreparedStick
from storage.office.store import Line
from storage.report import sentences
from storage.report.debrief import debrief_lines
from storage.report.sentences import (
    GROUPS,
    benchmark_line,
    change_line,
    change_note,
    comparable_lines,
    compared,
    count,
    drop_line,
    lacking,
    rate,
    responses,
    scope_name,
)
from storage.text import counted
from tui.text import counts
from tui.text.counts import Shown

NOTHING_YET = "No counts yet: they begin at {} people."
BLURRED = "Counts are blurred on purpose. Shares and intervals allow for it."
WHY = (
    *counts.WHY_BLUR,
    *counts.WHY_READ,
    (
        "Together in a group",
        """All who come in from an event get one blur together, if they are ten or more. Those who come in later are a
        group of their own, once they are ten. A group is never taken apart.""",
    ),
    (
        "Small events",
        """Fewer than ten people of an event wait. With others who wait, of their stage first and then of any, they are
        ten sooner. From then on they are counted in tables about all of these events, and in no table about one of
        them.""",
    ),
    (
        "Choose freely",
        """Every table is a sum of the same groups with the same blur. So you can look at any stage, level, place,
        quarter and event together: however tables are compared, no more is seen than the groups themselves tell.""",
    ),
    (
        "Sharper than on a laptop",
        """A laptop draws blur for every ten people, the office once for all of an event: its counts are off by less.
        Each draws its own, so the two differ a little.""",
    ),
)
"""The explanation that is one key away: headings and what they say."""
NO_EVENTS = "Nothing has been brought in yet."
BEGIN = "Give kiosks the office key (Manage), or prepare them here. Then bring in what they hand over (I)."
REMOVED = "Their passphrase opens this office no more. A copy of the key or its file, made before, still opens."
OLD_COPIES = "Copies of office.key from before still open as they did."
TELL_THEM = (
    "Tell the staff the new passphrase, not with that file: on the laptop, “Forgotten” takes the file and asks for it."
)
THEN_FORGOTTEN = "With that code, “Forgotten” beside the office’s passphrase gives you a new one."
NOTHING_PLANNED = "No event is planned yet."
NO_STICK = "No stick has been prepared yet."
NEXT_LAPTOP = "When the kiosk has started, the same stick goes on to the next laptop."
RECALLING = (
    "No laptop gets in with it by itself any more. Those that have handed over stay known; any other is asked about by "
    "its fingerprint."
)
NO_LAPTOPS = "No laptop was accepted yet."
NOTHING_CORRECTED = "Nothing was corrected."
NOTHING_DUE = "No answers are due to be deleted."
_NAMED = 3
"""Events that a line names, at most."""


def saved_copy(saved: Saved) -> str:
    """That there is a copy, and what is in it."""
    what = f"{responses(saved.responses)} from {counted(saved.events, 'event')}"
    return f"{saved.name} is at {saved.place}, opened again and whole: {what}."


def last_copy(line: Line) -> str:
    """When the last copy was made."""
    if line.copied is None:
        return "No copy has been made yet."
    changed = "Something has changed since." if line.has_changed else "Nothing has changed since."
    return f"The last copy is of {day(line.copied)}. {changed}"


def copied(copy: OpenedCopy) -> str:
    """What is in a copy."""
    what = f"{responses(copy.responses)} from {counted(copy.events, 'event')}"
    return f"The copy is of {day(copy.made)}: {what}."


def restored_copy(copy: OpenedCopy) -> str:
    """That the office is as a copy had it."""
    return f"{copied(copy)} The office is as it was then: bring in again what came since."


def beside_restored(done: Restored) -> Iterator[str]:
    """What else putting a copy back has done, or has left."""
    if done.aside is not None:
        yield f"What was here is in {done.aside} now: delete it once you are sure."
    for name in done.stayed:
        yield f"{name} was here already and stays as it is; the one in the copy was left out."


def asks(request: Request, *, known: bool) -> str:
    """Which laptop asks for a new staff passphrase."""
    met = "This office knows it." if known else "This office has not met it yet."
    return f"The laptop with this fingerprint asks for a new staff passphrase: {request.kiosk.fingerprint}. {met}"


def event_line(one: OfficeEvent) -> str:
    """An event of the office in one line."""
    event = one.event
    return f"{event.name}, {event_days(one)}, {event.place} ({event.stage}): {event_facts(one)}"


def event_days(one: OfficeEvent) -> str:
    """When an event took place."""
    return _days(one.event.date, one.last_day)


def _days(first: dt.date, last: dt.date | None) -> str:
    return day(first) if last is None else f"{day(first)} to {day(last)}"


def event_facts(one: OfficeEvent) -> str:
    """What has come from an event, and what somebody has said of it."""
    parts = [responses(one.responses), counted(one.kiosks, "laptop")]
    if one.head_count is not None:
        parts.append(f"{one.head_count} came" if one.head_count_holds else f"{one.head_count} came? More have answered")
    if one.level is not None:
        parts.append(f"level {one.level}")
    if one.unreadable:
        parts.append(f"{one.unreadable} cannot be opened and are in no count")
    if one.deleted_on is not None:
        parts.append(f"deleted {day(one.deleted_on)}, the counts stay")
    if one.dropped:
        parts.append(f"{one.dropped} of them were in no group and are in no count")
    return " · ".join(parts)


def event_sheet(one: OfficeEvent) -> Iterator[str]:
    """An event with all that has come from it, and what of it is in no table yet."""
    yield event_facts(one)
    yield f"{one.event.name} · {event_days(one)} · {one.event.place} · {one.event.stage}"
    if one.waiting:
        yield f"{counted(one.waiting, 'response')} in no table yet"


def event_state(one: OfficeEvent) -> str:
    """What is to be known of an event at a glance."""
    if one.deleted_on is not None:
        return "deleted"
    if one.unreadable:
        return "not all open"
    if one.head_count is not None and not one.head_count_holds:
        return "more than came"
    return "in part new" if one.waiting and one.waiting < one.responses else "new" if one.waiting else "counted"


def laptop_line(one: Laptop, events: Sequence[OfficeEvent]) -> str:
    """A laptop in one line, with what it is called first."""
    return f"{one.name or 'No name'} · {one.kiosk.fingerprint} · {laptop_facts(one, events)}"


def laptop_facts(one: Laptop, events: Sequence[OfficeEvent]) -> str:
    """When a laptop was accepted, what it has brought, and whether it was revoked."""
    brought = [known.event.name for known in events if {*known.all_ids} & {*one.events}]
    parts = [f"accepted {day(one.accepted)}", ", ".join(dict.fromkeys(brought)) or "nothing brought in yet"]
    if one.revoked:
        parts.append("revoked: nothing more is taken from it")
    return " · ".join(parts)


def correction_line(one: Correction) -> str:
    """What a correction has changed, in one line."""
    before, after = one.before, one.after
    called = f"“{before.name}”, {day(before.date)}, {before.place}"
    if one.kind == "removed":
        return f"{called}: removed as a test"
    if one.kind == "merged":
        return f"{called}: one with “{after.name}”, {day(after.date)}, {after.place}"
    changes = [
        f"{what} “{was}” is “{now}”"
        for what, was, now in (("the name", before.name, after.name), ("the place", before.place, after.place))
        if was != now
    ]
    if (before.date, before.last_day) != (after.date, after.last_day):
        changes.append(f"the day is {_days(after.date, after.last_day)}")
    if before.stage != after.stage:
        changes.append(f"the stage is {after.stage}")
    return f"{called}: {', '.join(changes)}"


def removing(one: OfficeEvent, with_others: int) -> str:
    """What goes where an event is removed as a test, and what stays."""
    text = (
        f"“{one.event.name}”, {event_days(one)}, {one.event.place}, leaves every list and table, with "
        f"{responses(one.responses)}. Nothing is deleted, and it can be undone under Corrections. "
        "What laptops hand over of it is kept aside, with a receipt, and counted nowhere."
    )
    if with_others:
        text += (
            f" {with_others} of them are in a group with people of other events: a group is never taken apart, so they "
            "stay in the tables about all of these events."
        )
    return text


def deleting(events: Sequence[OfficeEvent]) -> str:
    """What goes where responses are deleted, and what stays. Whoever could be in a group is in one already."""
    named = ", ".join(f"“{one.event.name}”, {event_days(one)} ({responses(one.all_sealed)})" for one in events)
    waiting = sum(one.waiting for one in events)
    dropped = f" {waiting} of these people are in no group yet: they will be in no count." if waiting else ""
    return (
        f"{named}.{dropped} Sealed answers are overwritten, for good. Counts, journey and reports stay as they are, "
        "and whoever is handed over once more is not counted twice. "
        "Copies of this office may still have them, and an SSD may remember them."
    )


def due_line(events: Sequence[OfficeEvent], keep_months: int) -> str:
    """Which events have answers that are due to be deleted."""
    named = ", ".join(f"“{one.event.name}”" for one in events[:_NAMED])
    more = f" and {len(events) - _NAMED} more" if len(events) > _NAMED else ""
    return f"Due to be deleted after {counted(keep_months, 'month')}: the answers of {named}{more}."


def receipts_due_line(owed: Sequence[Owed], events: Sequence[OfficeEvent]) -> str:
    """Of which events a receipt is owed, and how it gets there."""
    ids = {one.event for one in owed}
    named = [one.event.name for one in events if ids.intersection(one.all_ids)]
    about = ", ".join(f"“{name}”" for name in named[:_NAMED])
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    of = f" of {about}{more}" if named else ""
    return f"{counted(len(owed), 'receipt')}{of} could not be written: bring that export in again, from where it lies."


def planned_line(one: PlannedEvent) -> str:
    """A coming event in one line."""
    return f"{one.name}, {planned_days(one)}, {one.place}: {planned_facts(one)}"


def planned_days(one: PlannedEvent) -> str:
    """When a coming event takes place."""
    return _days(one.date, one.last_day)


def planned_facts(one: PlannedEvent) -> str:
    """What else somebody has said of a coming event."""
    parts: list[str] = [one.stage]
    if one.level is not None:
        parts.append(f"level {one.level}")
    if one.expected is not None:
        parts.append(f"{one.expected:,} {'person' if one.expected == 1 else 'people'} expected")
    if one.languages:
        parts.append(", ".join(one.languages))
    return " · ".join(parts)


def prepared(folder: Path, laptops: int, without: Sequence[str]) -> Iterator[str]:
    """What became of a stick, in sentences, and what is next; `without` are systems that it has no programs for."""
    for system in without:
        yield f"There are no programs for {system}: leave such laptops out, or put Fairstart on them first."
    yield f"{folder} is ready for {counted(laptops, 'laptop')}. On each, open its start file and say yes."


def stick_line(one: PreparedStick) -> str:
    """What a stick was prepared for."""
    first, *others = one.events
    when = f", {day(first.date)}" if first.date else ""
    return f"{first.name}, {first.place}{when}" + (f" and {len(others)} more" if others else "")


def stick_state(one: PreparedStick) -> str:
    """How far a stick has come."""
    state = " · recalled" if one.recalled else ""
    return f"{one.used} of {counted(one.laptops, 'laptop')} handed over{state}"


def state(found: OfficeFindings) -> str:
    """How many are held, how many are in the counts. One line."""
    parts = [f"{responses(found.held)} held", f"{found.in_counts} in the counts"]
    if found.head_count is not None:
        parts.append(f"{found.head_count} people came")
    return " · ".join(parts)


def not_counted(found: OfficeFindings) -> str:
    """What is held and not in these counts, and whose head-count lacks."""
    return " ".join(filter(None, (lacking(found), sentences.uncounted(found))))


def shown(found: OfficeFindings) -> Shown:
    """What the counts screen of the office shows."""
    nothing_yet = NOTHING_YET.format("ten" if found.threshold == THRESHOLD else found.threshold)
    return Shown(found.questions, found.response_rate, state(found), not_counted(found), nothing_yet, found)


def counts_lines(found: OfficeFindings) -> Iterator[str]:
    """All counts of a scope as plain lines."""
    yield f"{scope_name(found.scope)}: {counted(len(found.events), 'event')}"
    yield from counts.shown_lines(shown(found), f"{found.benchmark_source}, {found.benchmark_year}")
    if found.debriefs:
        yield ""
        yield from debrief_lines(found.debriefs)


def journey_lines(found: Journey) -> Iterator[str]:
    """The journey as plain lines."""
    if not found.stages:
        yield NO_EVENTS
        return
    yield GROUPS
    yield ""
    for stage in found.stages:
        yield stage_line(stage)
        for group in stage.groups:
            if group.low is not None:
                yield f"   {group_line(group)}"
    yield ""
    yield BLURRED
    if found.changes:
        yield ""
        for change in found.changes:
            yield change_line(change)
        yield change_note(found)
    yield ""
    yield drop_line(found)
    yield from comparable_lines(found)
    yield ""
    yield benchmark_line(found)


def trend_lines(found: Trend) -> Iterator[str]:
    """The trend as plain lines."""
    if not found.periods:
        yield NO_EVENTS
        return
    for one in found.periods:
        yield period_line(one)
        yield from (f"   {group_line(share)}" for share in one.shares if share.low is not None)
        if one.response_rate:
            yield f"   {RATE_LABEL}: {rate(one.response_rate)}"
    yield ""
    yield from sentences.trend_lines(found)
    yield change_note(found)
    yield ""
    yield BLURRED
    if any(share.benchmark is not None for one in found.periods for share in one.shares):
        yield f"Benchmarks: {found.benchmark_source}, {found.benchmark_year}."


def stage_line(stage: StageFinding) -> str:
    """One stage in a line."""
    return f"{stage.stage.capitalize()}: {_in_counts(stage)}"


def period_line(period: PeriodFinding) -> str:
    """One quarter or year in a line."""
    return f"{period.period}: {_in_counts(period)}"


def _in_counts(found: StageFinding | PeriodFinding) -> str:
    parts = [] if found.people is None else [f"{found.people} in the counts"]
    if found.note:
        parts.append(found.note)
    if found.waiting:
        parts.append(f"{found.waiting} not in this table")
    return " · ".join(parts)


def group_line(group: ShareFinding) -> str:
    """One group at a stage."""
    parts = [f"{group.label}: {count(group)}"]
    if group.share is not None:
        parts.append(f"{group.share}%")
    parts.append(f"95% interval {group.low} to {group.high}%")
    if group.verdict is not None and group.benchmark is not None:
        parts.append(compared(group.verdict, group.benchmark))
    return ", ".join(parts)
