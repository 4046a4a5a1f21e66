"""Every table is the sum of the whole groups whose events have all of its labels, whatever is chosen together."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from random import Random

import pytest

from content.survey import QUESTION_SET, load_survey
from storage.counts.noise import NoisyGroup
from storage.events import STAGES, Event
from storage.office.labels import KINDS, Kind, OfficeEvent, Scope, Tables, ordered_labels
from tests.variants import usually

QUESTIONS = load_survey().questions
PLACES = ("Leeds", "York", "Hull")
DATES = tuple(map(dt.date.fromisoformat, ("2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01")))
LEVELS = (None, 3, 6)

Groups = list[tuple[dict[bytes, int], NoisyGroup]]


def some_events(random: Random, count: int) -> list[OfficeEvent]:
    return [
        OfficeEvent(
            event=Event(
                name=f"Event {number}",
                date=random.choice(DATES),
                place=random.choice(PLACES),
                stage=random.choice(STAGES[:3]),
                question_set=QUESTION_SET,
                office_key_id=bytes(16),
            ),
            responses=0,
            unreadable=random.randrange(3),
            waiting=random.randrange(10),
            kiosks=1,
            head_count=None,
            level=random.choice(LEVELS),
        )
        for number in range(count)
    ]


def some_group(random: Random, people: int) -> NoisyGroup:
    """Signed counts that add up; some were asked the first question alone."""
    counts = {}
    for question in QUESTIONS[: random.choice([1, 4])]:
        drawn = [random.randint(-3, people // 2) for _ in question.categories[1:]]
        names = [category.id for category in question.categories]
        counts[question.id] = dict(zip(names, [people - sum(drawn), *drawn], strict=True))
    return NoisyGroup.read(people, counts)


def some_office(seed: int) -> tuple[list[OfficeEvent], Groups]:
    """Events with groups of their own and groups with people of several."""
    random = Random(seed)  # noqa: S311 - not a secret
    events = some_events(random, random.randint(1, 9))
    groups: Groups = []
    held = {one.event.id: one.waiting + one.unreadable for one in events}
    for _ in range(random.randint(0, 14)):
        members = random.sample(events, min(len(events), random.choice([1, 1, 1, 2, 3])))
        parts = [random.randint(10, 20) for _ in members]
        for one, part in zip(members, parts, strict=True):
            held[one.event.id] += part
        came = {one.event.id: part for one, part in zip(members, parts, strict=True)}
        groups.append((came, some_group(random, sum(parts))))
    return [replace(one, responses=held[one.event.id]) for one in events], groups


def all_scopes(events: list[OfficeEvent]) -> list[Scope]:
    """Every choice of at most one label of each kind, also where no event has them together."""
    random = Random(len(events))  # noqa: S311 - not a secret
    known = {
        kind: sorted({label.value for one in events for label in one.labels if label.kind == kind}) for kind in KINDS
    }
    known["event"] = random.sample(known["event"], min(2, len(known["event"])))
    choices = itertools.product(*([None, *values] for values in known.values()))
    return [Scope.of({k: v for k, v in zip(known, choice, strict=True) if v is not None}) for choice in choices]


def value_of(one: OfficeEvent, kind: Kind) -> str:
    date = one.event.date
    return {
        "stage": one.event.stage,
        "level": str(one.level) if one.level else "",
        "place": one.event.place,
        "year": str(date.year),
        "quarter": f"{date.year} Q{1 + (date.month - 1) // 3}",
        "event": one.event.id.hex(),
    }[kind]


@pytest.mark.parametrize("seed", range(3))
def test_every_slice_that_has_counts_is_there_once_the_shortest_first(seed: int) -> None:
    events, groups = some_office(seed)
    tables = Tables(events, groups)
    slices = tables.scopes(10)
    sizes = [len(scope.labels) for scope in slices]
    assert len(set(slices)) == len(slices)
    assert sizes == sorted(sizes)
    told = [scope for scope in all_scopes(events) if tables.events(scope) and tables.counts(scope, 10).in_counts >= 10]
    alone = [scope for scope in told if not scope.value("event") or len(scope.labels) == 1]
    assert {scope for scope in alone if not (scope.value("year") and scope.value("quarter"))} <= set(slices)
    assert all(tables.counts(scope, 10).in_counts >= 10 for scope in slices)
    assert tables.scopes(10**6) == []


@pytest.mark.parametrize("seed", range(12))
def test_the_tables_of_any_choice_are_sums_of_whole_groups_and_leave_nobody_unexplained(seed: int) -> None:
    events, groups = some_office(seed)
    tables = Tables(events, groups)
    for scope in all_scopes(events):
        covered = [one for one in events if all(value_of(one, kind) == value for kind, value in scope.labels)]
        ids = {one.event.id for one in covered}
        inside = [group for members, group in groups if set(members) <= ids]
        counts = tables.counts(scope, 10)
        assert tables.events(scope) == covered
        assert counts.events == tuple(one.event for one in covered)
        assert counts.in_counts == sum(group.people for group in inside)
        assert (counts.waiting, counts.unreadable, counts.held) == (
            sum(one.waiting for one in covered),
            sum(one.unreadable for one in covered),
            sum(one.responses for one in covered),
        )
        assert counts.held == counts.in_counts + counts.elsewhere + counts.waiting + counts.unreadable
        for question, table in zip(QUESTIONS, counts.tables, strict=True):
            asked = [group.counts[question.id] for group in inside if question.id in group.counts]
            people = sum(group.people for group in inside if question.id in group.counts)
            assert table.question == question.id
            assert table.people == (people or None)
            assert table.groups == len(asked)
            expected = {one.id: sum(each[one.id] for each in asked) for one in question.categories} if asked else {}
            assert table.counts == expected


@pytest.mark.parametrize("seed", usually(3, range(12)))
def test_the_order_in_which_tables_are_asked_for_changes_none(seed: int) -> None:
    events, groups = some_office(seed)
    scopes = all_scopes(events)
    expected = {scope: Tables(events, groups).counts(scope, 10) for scope in scopes}
    tables = Tables(events, groups)
    for scope in Random(seed).choices(scopes, k=3 * len(scopes)):  # noqa: S311 - an order
        assert tables.counts(scope, 10) == expected[scope]


@pytest.mark.parametrize("seed", range(12))
def test_of_scopes_that_cover_the_same_events_one_stands_for_all_and_has_their_tables(seed: int) -> None:
    events, groups = some_office(seed)
    events = [replace(one, removed=number % 3 == 1) for number, one in enumerate(events)]
    tables = Tables(events, groups)
    alike: dict[Scope, set[frozenset[bytes]]] = {}
    for scope in all_scopes(events):
        standing = tables.standing_for(scope)
        assert tables.counts(standing, 10) == Tables(events, groups).counts(scope, 10)
        alike.setdefault(standing, set()).add(frozenset(one.event.id for one in events if scope.covers(one)))
    assert all(len(covered) == 1 for covered in alike.values())
    assert len(set().union(*alike.values())) == len(alike)


def test_the_threshold_can_be_raised_and_not_lowered() -> None:
    random = Random(2)  # noqa: S311 - not a secret
    (one,) = some_events(random, 1)
    tables = Tables([replace(one, responses=29)], [({one.event.id: 29}, some_group(random, 29))])
    for threshold, shown in ((10, True), (29, True), (30, False), (10_000, False)):
        counts = tables.counts(Scope(), threshold)
        assert counts.threshold == threshold
        assert counts.in_counts == 29
        assert (counts.tables[0].people == 29) == shown
        assert bool(counts.tables[0].counts) == bool(tables.scopes(threshold)) == shown
    with pytest.raises(ValueError, match="10"):
        tables.counts(Scope(), 9)


def test_stages_are_those_of_the_scope_in_the_order_of_the_journey_and_within_its_filter() -> None:
    events, groups = some_office(7)
    tables = Tables(events, groups)
    for scope in (Scope(), *(Scope.of({"place": place}) for place in PLACES)):
        found = tables.stages(scope, 10)
        expected = [stage for stage in STAGES if stage in {one.event.stage for one in tables.events(scope)}]
        assert [stage for stage, _ in found] == expected
        for stage, counts in found:
            assert counts == tables.counts(Scope.of({"stage": stage, **dict(scope.labels)}), 10)


def test_the_number_who_came_is_told_only_where_it_is_known_and_believable_of_every_event() -> None:
    events = [replace(one, responses=12, head_count=20) for one in some_events(Random(4), 3)]  # noqa: S311 - no secret
    assert Tables(events, []).counts(Scope(), 10).head_count == 60
    for head_count in (None, 11):
        less = [*events[:2], replace(events[2], head_count=head_count)]
        tables = Tables(less, [])
        assert tables.counts(Scope(), 10).head_count is None
        assert tables.counts(Scope.of({"event": less[0].event.id.hex()}), 10).head_count == 20
    assert Tables([], []).counts(Scope(), 10).head_count is None
    assert Tables([replace(events[0], responses=0, head_count=0)], []).counts(Scope(), 10).head_count == 0


def test_labels_are_in_the_order_of_kinds_and_of_what_they_are_about() -> None:
    assert ordered_labels([]) == []
    events, _ = some_office(5)
    labels = ordered_labels(events)
    assert len(labels) == len(set(labels))
    assert {kind for kind, _ in labels} == set(KINDS)
    assert [kind for kind, _ in labels] == sorted((kind for kind, _ in labels), key=KINDS.index)
    values = {kind: [value for known, value in labels if known == kind] for kind in KINDS}
    assert values["stage"] == sorted(values["stage"], key=STAGES.index)
    assert values["place"] == sorted(values["place"])
    assert values["level"] == sorted(values["level"])
    assert values["year"] == list(dict.fromkeys(value_of(one, "year") for one in events))
    assert values["event"] == [one.event.id.hex() for one in events]
    assert values["quarter"] == list(dict.fromkeys(value_of(one, "quarter") for one in events))
