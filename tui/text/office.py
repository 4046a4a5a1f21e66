"""What the office says: for its commands, and for its screens beside the charts."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.counts.findings import OfficeFindings
from storage.counts.journey import GroupAtStage, Journey, StageFinding
from storage.counts.noise import THRESHOLD
from storage.events import day
from storage.office.labels import OfficeEvent
from storage.office.planned import PlannedEvent
from storage.office.sticks import PreparedStick
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
NOTHING_PLANNED = "No event is planned yet."
NO_STICK = "No stick has been prepared yet."
NEXT_LAPTOP = "When the kiosk has started, the same stick goes on to the next laptop."
RECALLING = (
    "No laptop gets in with it by itself any more. Those that have handed over stay known; any other is asked about by "
    "its fingerprint."
)


def event_line(one: OfficeEvent) -> str:
    """An event of the office in one line."""
    event = one.event
    return f"{event.name}, {day(event.date)}, {event.place} ({event.stage}): {event_facts(one)}"


def event_facts(one: OfficeEvent) -> str:
    """What has come from an event, and what somebody has said of it."""
    parts = [responses(one.responses), counted(one.kiosks, "laptop")]
    if one.head_count is not None:
        parts.append(f"{one.head_count} came" if one.head_count_holds else f"{one.head_count} came? More have answered")
    if one.level is not None:
        parts.append(f"level {one.level}")
    if one.unreadable:
        parts.append(f"{one.unreadable} cannot be opened and are in no count")
    return " · ".join(parts)


def planned_line(one: PlannedEvent) -> str:
    """A coming event in one line."""
    return f"{one.name}, {planned_days(one)}, {one.place}: {planned_facts(one)}"


def planned_days(one: PlannedEvent) -> str:
    """When a coming event takes place."""
    return day(one.date) if one.last_day is None else f"{day(one.date)} to {day(one.last_day)}"


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


def shown(found: OfficeFindings) -> Shown:
    """What the counts screen of the office shows."""
    nothing_yet = NOTHING_YET.format("ten" if found.threshold == THRESHOLD else found.threshold)
    return Shown(found.questions, found.response_rate, state(found), lacking(found), nothing_yet, found)


def counts_lines(found: OfficeFindings) -> Iterator[str]:
    """All counts of a scope as plain lines."""
    yield f"{scope_name(found.scope)}: {counted(len(found.events), 'event')}"
    yield from counts.shown_lines(shown(found), f"{found.benchmark_source}, {found.benchmark_year}")


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


def stage_line(stage: StageFinding) -> str:
    """One stage in a line."""
    parts = [] if stage.people is None else [f"{stage.people} in the counts"]
    if stage.note:
        parts.append(stage.note)
    if stage.waiting:
        parts.append(f"{stage.waiting} not in this table")
    return f"{stage.stage.capitalize()}: {' · '.join(parts)}"


def group_line(group: GroupAtStage) -> str:
    """One group at a stage."""
    parts = [f"{group.label}: {count(group)}"]
    if group.share is not None:
        parts.append(f"{group.share}%")
    parts.append(f"95% interval {group.low} to {group.high}%")
    if group.verdict is not None and group.benchmark is not None:
        parts.append(compared(group.verdict, group.benchmark))
    return ", ".join(parts)
