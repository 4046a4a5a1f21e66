"""What the office says: for its commands, and for its screens beside the charts."""

from collections.abc import Iterator

from storage.events import day
from storage.findings import OfficeFindings
from storage.journey import GroupAtStage, Journey, StageFinding
from storage.office import OfficeEvent, Scope
from storage.sentences import (
    ALL_TOGETHER,
    benchmark_line,
    change_line,
    change_note,
    drop_line,
    lacking,
    number_of_events,
    responses,
)
from tui import counts
from tui.counts import Shown

NOTHING_YET = "No counts yet: people enter ten or more at a time."
WHY = (
    *counts.WHY[:2],
    (
        "Ten at a time",
        """People enter tables in groups of ten or more, each group asked the same questions, and a group is never taken
        apart. So whatever two tables you compare, they differ by nobody or by ten people or more.""",
    ),
    (
        "Small events",
        """Where fewer than ten wait at an event, they enter the first wider table that is looked at, together with
        others who wait: their stage, level, place or quarter, or all events. From then on they are counted there and
        never in their event’s own table.""",
    ),
    (
        "The same as on the laptop",
        """What a laptop has shown enters here as the same sums over ten people or more. Those it had not shown when it
        was handed over wait until they are ten.""",
    ),
    *counts.WHY[4:],
)
"""The explanation that is one key away: headings and what they say."""
NO_EVENTS = "Nothing has been brought in yet."


def scope_name(scope: Scope, events: list[OfficeEvent]) -> str:
    """What a scope is called."""
    match scope.kind:
        case "all":
            return ALL_TOGETHER
        case "level":
            return f"Level {scope.value}"
        case "event":
            return next(
                (f"{one.event.name}, {day(one.event.date)}" for one in events if one.event.id.hex() == scope.value),
                scope.value,
            )
        case "stage":
            return scope.value.capitalize()
        case _:
            return scope.value


def scope_label(scope: Scope, events: list[OfficeEvent]) -> str:
    """A scope among others of every kind: “Stage: Outreach”."""
    name = scope_name(scope, events)
    return name if scope.kind in {"all", "level"} else f"{scope.kind.capitalize()}: {name}"


def event_line(one: OfficeEvent) -> str:
    """An event of the office in one line."""
    event = one.event
    return f"{event.name}, {day(event.date)}, {event.place} ({event.stage}): {event_facts(one)}"


def event_facts(one: OfficeEvent) -> str:
    """What has come from an event, and what somebody has said of it."""
    parts = [responses(one.responses), "1 laptop" if one.kiosks == 1 else f"{one.kiosks} laptops"]
    if one.head_count is not None:
        parts.append(f"{one.head_count} came" if one.head_count_holds else f"{one.head_count} came? More have answered")
    if one.level is not None:
        parts.append(f"level {one.level}")
    if one.unreadable:
        parts.append(f"{one.unreadable} cannot be opened and are in no count")
    return " · ".join(parts)


def state(found: OfficeFindings) -> str:
    """How many are held, how many are in the counts. One line."""
    parts = [f"{responses(found.held)} held", f"{found.in_counts} in the counts"]
    if found.head_count is not None:
        parts.append(f"{found.head_count} people came")
    return " · ".join(parts)


def shown(found: OfficeFindings) -> Shown:
    """What the counts screen of the office shows."""
    return Shown(found.questions, found.response_rate, state(found), lacking(found), NOTHING_YET, found)


def counts_lines(found: OfficeFindings) -> Iterator[str]:
    """All counts of a scope as plain lines."""
    title = found.scope.value or ALL_TOGETHER
    yield f"{title}: {number_of_events(len(found.events))}"
    yield from counts.shown_lines(shown(found), f"{found.benchmark_source}, {found.benchmark_year}")


def journey_lines(found: Journey) -> Iterator[str]:
    """The journey as plain lines."""
    if not found.stages:
        yield NO_EVENTS
        return
    for stage in found.stages:
        yield stage_line(stage)
        for group in stage.groups:
            if group.low is not None:
                yield f"   {group_line(group)}"
    if found.changes:
        yield ""
        for change in found.changes:
            yield change_line(change)
        yield change_note(found)
    yield ""
    yield drop_line(found)
    yield ""
    yield benchmark_line(found)


def stage_line(stage: StageFinding) -> str:
    """One stage in a line."""
    people = "fewer than 10 in the counts" if stage.people is None else f"{stage.people} in the counts"
    parts = [f"{stage.stage.capitalize()}: {people}"]
    if stage.waiting:
        parts.append(f"{stage.waiting} not in this table yet")
    if stage.told:
        parts.append(stage.told)
    return " · ".join(parts)


def group_line(group: GroupAtStage) -> str:
    """One group at a stage."""
    told = f"{group.share} %, " if group.share is not None else ""
    return f"{group.label}: {told}95 % interval {group.low} to {group.high} %"
