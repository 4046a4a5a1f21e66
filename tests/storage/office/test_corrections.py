"""What an event is called can be put right at any time, and undone: it tells nothing new and counts nobody twice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from msgspec.structs import replace

from storage.counts.disclosure import GroupSum, OfficeCounts
from storage.counts.noise import THRESHOLD
from storage.events import Event, NearMiss, Stage
from storage.office.corrections import CorrectionError, Field, labels_of, labels_typed
from storage.office.events import Labels, covering
from storage.office.importing import Result, near_misses_in
from storage.office.labels import OfficeEvent, Scope
from storage.office.planned import PlanningError
from tests.storage.counts.people import people
from tests.storage.office.merging import (
    LAPTOPS,
    Desk,
    by,
    by_event,
    event,
    export,
    is_told_as_damage,
    numbers_of,
    read,
    recount,
    sealed_for,
    sums,
)

FAIR = event("Spring Fair", "2026-03-02", "Town Hall", "outreach")
TYPED = event("Spring Fiar", "2026-03-02", "Town Hal", "outreach")
START = event("First day", "2026-09-01", "York", "starts")
TEST = event("Trying it out", "2026-03-01", "Town Hall", "outreach")


def called(desk: Desk, one: Event) -> OfficeEvent:
    return covering(desk.office.events(), one.id)


def correct(desk: Desk, one: Event, **changed: object) -> None:
    desk.office.corrections.correct(called(desk, one), replace(labels_of(called(desk, one)), **changed))


def records(desk: Desk) -> list[tuple[object, ...]]:
    """Every group as it is kept, and who is in it."""
    kept = read(desk.path, "SELECT number, people, counts FROM noisy_group ORDER BY number")
    return [*kept, *sorted(desk.groups().items())]


def test_an_event_that_is_called_as_another_is_called_is_one_with_it_and_stays_so(desk: Desk) -> None:
    everyone = [*desk.bring_people(FAIR, people(6)), *desk.bring_people(TYPED, people(6, 6), LAPTOPS[1])]
    desk.office.corrections.call(TYPED, NearMiss("event", TYPED.name, FAIR.name))
    assert len(desk.office.events()) == 2
    desk.office.corrections.call(TYPED, NearMiss("place", TYPED.place, FAIR.place))
    desk.reopen()
    (found,) = desk.office.events()
    assert (found.event, found.responses, set(found.ids)) == (FAIR, 12, {FAIR.id, TYPED.id})
    assert numbers_of(desk.counts(by_event(FAIR))) == recount([everyone])
    assert desk.bring_people(TYPED, people(1, 20))
    assert sums(desk.counts(by_event(FAIR))) == (13, 12, 0, 1, 0)
    assert desk.office.check() == 13


def test_an_event_that_nobody_brought_in_cannot_be_corrected(desk: Desk) -> None:
    unknown = OfficeEvent(FAIR, 0, 0, 0, 0, None, None)
    attempts: tuple[Callable[[], None], ...] = (
        lambda: desk.office.corrections.call(FAIR, NearMiss("event", FAIR.name, START.name)),
        lambda: desk.office.corrections.correct(unknown, Labels.of(START)),
        lambda: desk.office.corrections.merge(unknown, unknown),
        lambda: desk.office.corrections.remove(unknown),
    )
    for change_it in attempts:
        with pytest.raises(ValueError, match="nothing was brought in"):
            change_it()


def test_everything_that_an_event_is_called_can_be_corrected_and_undone_the_last_first(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.counts()
    before = called(desk, FAIR)
    steps: list[dict[str, object]] = [
        {"name": "Summer Fair"},
        {"place": "Guildhall"},
        {"date": START.date, "last_day": START.date.replace(day=3)},
        {"stage": "applicants"},
    ]
    seen = []
    for step in steps:
        correct(desk, FAIR, **step)
        desk.reopen()
        now = called(desk, FAIR)
        assert all(getattr(labels_of(now), name) == value for name, value in step.items())
        seen.append(now)
    assert (now.quarter, now.ends.day) == ("2026 Q3", 3)
    assert desk.counts(by("place", "Guildhall")).held == desk.counts(by("stage", "applicants")).in_counts == 12
    listed = desk.office.corrections.all()
    assert [(one.number, one.kind, one.can_be_undone) for one in listed] == [
        (4, "corrected", True),
        *((number, "corrected", False) for number in (3, 2, 1)),
    ]
    assert (listed[-1].before, listed[-1].after.name) == (labels_of(before), "Summer Fair")
    with pytest.raises(CorrectionError, match="Correction 2 came after it"):
        desk.office.corrections.undo(1)
    for number, then in zip((4, 3, 2, 1), [*seen[-2::-1], before], strict=True):
        desk.office.corrections.undo(number)
        desk.reopen()
        assert called(desk, FAIR) == then
    assert desk.office.corrections.all() == []
    with pytest.raises(CorrectionError, match="There is no correction 1"):
        desk.office.corrections.undo(1)


def test_nothing_is_noted_where_nothing_is_changed(desk: Desk) -> None:
    desk.bring_people(FAIR, people(3))
    correct(desk, FAIR)
    assert desk.office.corrections.all() == []
    with pytest.raises(CorrectionError, match="one event already"):
        desk.office.corrections.merge(called(desk, FAIR), called(desk, FAIR))


def test_two_events_that_are_one_are_merged_whatever_differs_and_part_again(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(START, people(15, 3), LAPTOPS[1])
    tables = desk.everything()
    apart, kept = [called(desk, one) for one in (FAIR, START)], records(desk)
    desk.office.corrections.merge(called(desk, START), called(desk, FAIR))
    (one,) = desk.office.events()
    assert (one.event, one.responses, one.kiosks, set(one.ids)) == (FAIR, 27, 2, {FAIR.id, START.id})
    assert sums(desk.counts(by_event(FAIR))) == (27, 27, 0, 0, 0)
    correct(desk, START, name="Both together")
    assert called(desk, FAIR) == called(desk, START)
    with pytest.raises(CorrectionError, match="Correction 2"):
        desk.office.corrections.undo(1)
    for number in (2, 1):
        desk.office.corrections.undo(number)
    assert [called(desk, one) for one in (FAIR, START)] == apart
    assert (records(desk), desk.everything()) == (kept, tables)
    assert desk.office.check() == 27


def test_of_two_events_that_were_merged_no_earlier_correction_of_either_is_undone_first(desk: Desk) -> None:
    desk.bring_people(FAIR, people(3))
    desk.bring_people(TYPED, people(3, 3))
    correct(desk, FAIR, name="Summer Fair")
    desk.office.corrections.merge(called(desk, TYPED), called(desk, FAIR))
    with pytest.raises(CorrectionError, match="Correction 2"):
        desk.office.corrections.undo(1)
    assert [one.event.name for one in desk.office.events()] == ["Summer Fair"]


def test_people_who_wait_at_two_events_that_are_merged_become_one_group_and_draw_noise_once(
    desk: Desk,
) -> None:
    everyone = [*desk.bring_people(FAIR, people(6)), *desk.bring_people(TYPED, people(7, 6))]
    desk.office.corrections.merge(called(desk, TYPED), called(desk, FAIR))
    assert numbers_of(desk.counts(by_event(FAIR))) == recount([everyone])
    kept = records(desk)
    desk.office.corrections.undo(1)
    desk.everything()
    assert records(desk) == kept
    assert sums(desk.counts(by_event(FAIR))) == (6, 0, 6, 0, 0)
    assert sums(desk.counts()) == (13, 13, 0, 0, 0)


def test_the_difference_of_any_two_tables_whatever_was_corrected_between_is_one_of_whole_groups(desk: Desk) -> None:
    everyone = [
        *(desk.bring_people(FAIR, people(24)), desk.bring_people(TYPED, people(13, 30))),
        *(desk.bring_people(START, people(17, 50)), desk.bring_people(TEST, people(11, 70))),
    ]
    shown: dict[tuple[int, Scope], OfficeCounts] = {}
    corrections = desk.office.corrections
    acts: tuple[Callable[[], None], ...] = (
        lambda: None,
        lambda: corrections.merge(called(desk, TYPED), called(desk, FAIR)),
        lambda: correct(desk, START, stage="outreach", place="Town Hall"),
        lambda: corrections.remove(called(desk, TEST)),
        lambda: corrections.undo(1),
        lambda: corrections.merge(called(desk, START), called(desk, FAIR)),
    )
    for number, act in enumerate(acts):
        act()
        shown |= {(number, scope): desk.counts(scope) for scope in [*desk.everything(), by("stage", "outreach")]}
    groups = [group for _, group in desk.office._groups.read()]
    assert sorted(group.people for group in groups) == sorted(map(len, everyone))
    sums_of_groups = {
        tuple(tuple(sorted(GroupSum.of(part).publish(table.question).counts.items())) for table in desk.counts().tables)
        for size in range(len(groups) + 1)
        for part in combinations(groups, size)
    }
    for counts in shown.values():
        assert tuple(tuple(sorted(table.counts.items())) for table in counts.tables) in sums_of_groups
        assert counts.in_counts == 0 or counts.in_counts >= THRESHOLD
    assert len(desk.groups()) == len(groups)
    assert sum(map(len, desk.groups().values())) == sum(map(len, everyone))


def test_a_correction_leaves_every_response_and_group_as_it_is_to_the_byte(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(TEST, people(14, 20))
    desk.counts()
    kept = records(desk), read(desk.path, "SELECT rowid, * FROM response"), read(desk.path, "SELECT * FROM event")
    correct(desk, FAIR, name="Another", stage="starts")
    desk.office.corrections.remove(called(desk, TEST))
    desk.everything()
    assert kept == (
        records(desk),
        read(desk.path, "SELECT rowid, * FROM response"),
        read(desk.path, "SELECT * FROM event"),
    )


def test_a_removed_event_is_in_no_list_and_no_table_and_comes_back_with_the_same_numbers(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(TEST, people(14, 20))
    tables, events = desk.everything(), desk.office.events()
    desk.office.corrections.remove(called(desk, TEST))
    desk.reopen()
    assert [one.event for one in desk.office.events()] == [FAIR]
    assert sums(desk.counts()) == (12, 12, 0, 0, 0)
    assert desk.counts(by_event(TEST)).events == ()
    assert sums(desk.counts(by_event(TEST))) == (0, 0, 0, 0, 0)
    assert desk.office.check() == 26
    desk.office.corrections.undo(1)
    assert (desk.everything(), desk.office.events()) == (tables, events)


def test_what_is_brought_in_of_a_removed_event_is_held_and_told_and_counted_nowhere(desk: Desk) -> None:
    sealed = [one.sealed for one, _ in desk.bring_people(TEST, people(4))]
    assert sealed
    desk.office.corrections.remove(called(desk, TEST))
    brought = desk.bring(export(TEST, sealed_for(TEST, people(30, 9)), LAPTOPS[1]))
    assert (brought.removed, brought.new) == (True, 30)
    assert sums(desk.counts()) == (0, 0, 0, 0, 0)
    assert (desk.groups(), desk.office.check()) == ({}, 34)
    desk.bring_people(event("Trying it oot", "2026-03-01", "Town Hall"), people(3))
    assert list(near_misses_in([Result("x", brought, "")], desk.office.events())) == []
    desk.office.corrections.undo(1)
    assert sums(desk.counts()) == (37, 34, 0, 3, 0)


def test_who_is_in_a_group_with_people_of_other_events_stays_counted_with_them(desk: Desk) -> None:
    desk.bring_people(FAIR, people(7))
    desk.bring_people(TEST, people(5, 9))
    before = desk.counts()
    assert sums(before) == (12, 12, 0, 0, 0)
    one = called(desk, TEST)
    assert desk.office.corrections.counted_with_others(one) == 5
    desk.office.corrections.remove(called(desk, TEST))
    assert [one.event for one in desk.office.events()] == [FAIR]
    after = desk.counts()
    assert (after.tables, sums(after)) == (before.tables, sums(before))
    assert sums(desk.counts(by("place", "Town Hall"))) == (12, 12, 0, 0, 0)
    assert sums(desk.counts(by_event(FAIR))) == (7, 0, 7, 0, 0)
    correct(desk, FAIR, place="Leeds")
    assert sums(desk.counts(by("place", "Leeds"))) == (7, 0, 7, 0, 0)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "fill in the name"),
        ("place", "x" * 61, "room for 60"),
        ("date", "31/2/2026", "is no day"),
        ("date", "2 March", "is no day"),
        ("last_day", "2026-03-01", "before the first"),
        ("stage", "outrage", "is no stage"),
    ],
)
def test_what_cannot_be_meant_is_told_beside_its_field(field: Field, typed: str, said: str) -> None:
    before = Labels.of(FAIR)
    fields: dict[Field, str] = {
        "name": before.name,
        "place": before.place,
        "date": "2026-03-02",
        "last_day": "",
        "stage": "outreach",
    }
    assert labels_typed(fields, before) == before
    with pytest.raises(PlanningError, match=said) as caught:
        labels_typed({**fields, field: typed}, before)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE correction SET labels = '{}'",
        "UPDATE correction SET kind = 'gone'",
        "UPDATE correction SET kind = CAST(x'ff' AS TEXT)",
        "UPDATE correction SET labels = CAST(replace(CAST(labels AS TEXT), 'stage', char(27)) AS BLOB)",
        "UPDATE correction SET event = zeroblob(16)",
        "UPDATE correction SET number = 'one'",
    ],
)
def test_a_correction_that_was_altered_is_told_as_damage(harm: str, desk: Desk) -> None:
    desk.bring_people(FAIR, people(3))
    correct(desk, FAIR, name="Another")
    desk.alter(harm)
    is_told_as_damage(desk, desk.office.events, desk.office.check, desk.office.corrections.all)


def test_a_stage_that_was_corrected_changes_the_journey_and_no_number_of_a_group(desk: Desk) -> None:
    starts: Stage = "starts"
    desk.bring_people(FAIR, people(20))
    desk.bring_people(TEST, people(20, 40))
    whole = desk.counts()
    correct(desk, TEST, stage=starts)
    parts = dict(desk.office.tables().stages(Scope(), 10))
    assert {stage: one.in_counts for stage, one in parts.items()} == {"outreach": 20, "starts": 20}
    assert desk.counts().tables == whole.tables
