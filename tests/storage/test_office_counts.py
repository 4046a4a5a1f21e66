"""The office's tables beside a plain recount of people who are known one by one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

import storage.office
from content.survey import load_survey
from storage.disclosure import OfficeCounts, PublishedTable, publish
from storage.errors import StoreError
from storage.events import Event
from storage.office import Office, Scope
from storage.sealing import Response
from storage.tally import Tally
from tests.storage.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    by_event,
    content_of,
    event,
    export,
    make_laptop,
    opened_laptop,
    sealed_for,
    settings_for,
)
from tests.storage.people import KEY_ONLY, batch_of, people, tally_of

QUESTIONS = [question.id for question in load_survey().questions]

FAIR = event("Fair", "2026-11-23", "Leeds", "outreach")
VISIT = event("Visit", "2026-12-31", "York", "outreach")
OPEN_DAY = event("Open day", "2027-01-01", "Leeds", "outreach")
FIRST = event("First day", "2026-09-30", "Leeds", "starts")
SECOND = event("Second day", "2026-10-01", "York", "starts")
LAST = event("Last day", "2027-03-31", "York", "completion")


@pytest.fixture
def desk(memory_folder: Path) -> Iterator[Desk]:
    opened = Desk.at(memory_folder / "data")
    yield opened
    opened.office.close()


def tables_of(responses: list[Response], threshold: int = 10) -> tuple[PublishedTable, ...]:
    """The recount: what may be shown of these people."""
    return tuple(publish(tally_of(responses), question, threshold) for question in QUESTIONS)


def numbers(counts: OfficeCounts) -> tuple[int, int, int, int]:
    return counts.held, counts.in_counts, counts.elsewhere, counts.waiting


def asked(counts: OfficeCounts) -> list[int | None]:
    return [table.people for table in counts.tables]


# Of what a table is


def test_tables_by_event_stage_level_place_quarter_and_of_all_are_of_exactly_those_people(desk: Desk) -> None:
    came = {one: people(14 + 7 * seed, seed) for seed, one in enumerate((FAIR, VISIT, OPEN_DAY, FIRST, SECOND, LAST))}
    for one, everybody in came.items():
        half = len(everybody) // 2
        desk.bring_people(one, everybody[:half])
        desk.bring_people(one, everybody[half:], LAPTOPS[1])
    for one, level in ((FAIR, 3), (FIRST, 3), (SECOND, 6), (LAST, 6)):
        desk.office.describe(one, None, level)
    expected = {
        Scope(): list(came),
        Scope("stage", "outreach"): [FAIR, VISIT, OPEN_DAY],
        Scope("stage", "starts"): [FIRST, SECOND],
        Scope("stage", "completion"): [LAST],
        Scope("level", "3"): [FAIR, FIRST],
        Scope("level", "6"): [SECOND, LAST],
        Scope("place", "Leeds"): [FAIR, OPEN_DAY, FIRST],
        Scope("place", "York"): [VISIT, SECOND, LAST],
        Scope("quarter", "2026 Q3"): [FIRST],
        Scope("quarter", "2026 Q4"): [FAIR, VISIT, SECOND],
        Scope("quarter", "2027 Q1"): [OPEN_DAY, LAST],
        **{by_event(one): [one] for one in came},
    }
    assert set(desk.office.scopes()) == set(expected)
    for scope, events in expected.items():
        everybody = [one for there in events for one in came[there]]
        counts = desk.counts(scope)
        assert set(counts.events) == set(events)
        assert numbers(counts) == (len(everybody), len(everybody), 0, 0)
        assert counts.tables == tables_of(everybody)
        assert [table.question for table in counts.tables] == QUESTIONS


def test_a_scope_without_events_has_tables_of_nobody(desk: Desk) -> None:
    for filled in (False, True):
        if filled:
            desk.bring_people(FAIR, people(30))
        for scope in (
            Scope("level", "3"),
            Scope("place", "Hull"),
            Scope("stage", "completion"),
            Scope("quarter", "2020 Q1"),
            by_event(VISIT),
        ):
            counts = desk.counts(scope)
            assert counts.events == ()
            assert numbers(counts) == (0, 0, 0, 0)
            assert counts.head_count is None
            assert asked(counts) == [None] * 4
            assert all(table.blank for table in counts.tables)
        assert desk.groups() == {}


def test_an_event_without_a_level_is_in_no_levels_table(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(VISIT, people(12, 1))
    desk.office.describe(VISIT, None, 4)
    assert desk.counts(Scope("level", "4")).events == (VISIT,)
    desk.office.describe(VISIT, None, None)
    assert desk.counts(Scope("level", "4")).events == ()


# Few people


def test_ten_people_of_one_event_enter_and_nine_wait(desk: Desk) -> None:
    nine, one = people(9), people(1, 1)
    desk.bring_people(FAIR, nine)
    counts = desk.counts(by_event(FAIR))
    assert numbers(counts) == (9, 0, 0, 9)
    assert asked(counts) == [None] * 4
    assert desk.groups() == {}
    desk.bring_people(FAIR, one)
    counts = desk.counts(by_event(FAIR))
    assert numbers(counts) == (10, 10, 0, 0)
    assert counts.tables == tables_of([*nine, *one])


def test_a_parcel_of_ten_people_is_a_group_of_its_own_and_smaller_ones_wait_for_one_another(desk: Desk) -> None:
    large = people(14)
    desk.bring_people(FAIR, people(6, 1))
    desk.bring_people(FAIR, large)
    assert numbers(desk.counts()) == (20, 14, 0, 6)
    assert desk.counts().tables == tables_of(large)
    desk.bring_people(VISIT, people(4, 2))
    assert numbers(desk.counts(by_event(FAIR))) == (20, 14, 0, 6)
    assert numbers(desk.counts()) == (24, 24, 0, 0)
    assert numbers(desk.counts(by_event(FAIR))) == (20, 14, 6, 0)


def test_later_people_wait_until_they_are_ten_of_their_own(desk: Desk) -> None:
    first = people(25)
    desk.bring_people(FAIR, first)
    desk.counts(by_event(FAIR))
    later: list[Response] = []
    for seed in range(1, 4):
        later += (coming := people(3, seed))
        desk.bring_people(FAIR, coming)
        counts = desk.counts(by_event(FAIR))
        assert numbers(counts) == (25 + 3 * seed, 25, 0, 3 * seed)
        assert counts.tables == tables_of(first)
    desk.bring_people(FAIR, people(1, 9))
    assert desk.counts(by_event(FAIR)).tables == tables_of([*first, *later, *people(1, 9)])


def test_people_of_small_events_are_pooled_in_their_stage_and_shown_by_no_narrower_table(desk: Desk) -> None:
    small = {FAIR: people(4), VISIT: people(6, 1), FIRST: people(5, 2), SECOND: people(7, 3), LAST: people(3, 4)}
    for one, everybody in small.items():
        desk.bring_people(one, everybody)
    assert numbers(desk.counts()) == (25, 22, 0, 3)
    outreach, starts, completion = (
        desk.counts(Scope("stage", stage)) for stage in ("outreach", "starts", "completion")
    )
    assert numbers(outreach) == (10, 10, 0, 0)
    assert outreach.tables == tables_of([*small[FAIR], *small[VISIT]])
    assert numbers(starts) == (12, 12, 0, 0)
    assert starts.tables == tables_of([*small[FIRST], *small[SECOND]])
    assert numbers(completion) == (3, 0, 0, 3)
    assert desk.counts().tables == tables_of([*small[FAIR], *small[VISIT], *small[FIRST], *small[SECOND]])
    for one in (FAIR, VISIT, FIRST, SECOND):
        held = len(small[one])
        assert numbers(desk.counts(by_event(one))) == (held, 0, held, 0)
        assert asked(desk.counts(by_event(one))) == [None] * 4


def test_an_event_of_ten_is_not_pooled_with_smaller_ones_of_its_stage(desk: Desk) -> None:
    large, small = people(10), people(6, 1)
    desk.bring_people(VISIT, small)
    desk.bring_people(FAIR, large)
    assert numbers(desk.counts()) == (16, 10, 0, 6)
    assert desk.counts(by_event(FAIR)).tables == tables_of(large)
    assert numbers(desk.counts(by_event(VISIT))) == (6, 0, 0, 6)


def test_people_who_are_few_in_every_stage_are_pooled_across_stages_in_the_table_of_all(desk: Desk) -> None:
    everybody = []
    for seed, one in enumerate((FAIR, FIRST, LAST)):
        everybody += (here := people(4, seed))
        desk.bring_people(one, here)
    assert numbers(desk.counts()) == (12, 12, 0, 0)
    assert desk.counts().tables == tables_of(everybody)
    for stage in ("outreach", "starts", "completion"):
        assert numbers(desk.counts(Scope("stage", stage))) == (4, 0, 4, 0)


def test_the_table_of_a_place_pools_across_stages_and_then_they_stay_together(desk: Desk) -> None:
    fair, first = people(4), people(8, 1)
    desk.bring_people(FAIR, fair)
    desk.bring_people(FIRST, first)
    desk.bring_people(VISIT, people(9, 2))
    assert desk.counts(Scope("place", "Leeds")).tables == tables_of([*fair, *first])
    assert numbers(desk.counts(Scope("stage", "outreach"))) == (13, 0, 4, 9)
    assert numbers(desk.counts(Scope("stage", "starts"))) == (8, 0, 8, 0)
    assert numbers(desk.counts()) == (21, 12, 0, 9)
    assert desk.counts().tables == tables_of([*fair, *first])


def test_people_who_were_asked_the_key_question_alone_make_groups_of_their_own(desk: Desk) -> None:
    everything, key = people(9), people(9, 1, KEY_ONLY)
    desk.bring_people(FAIR, [*everything, *key])
    assert numbers(desk.counts()) == (18, 0, 0, 18)
    (first,) = people(1, 2, KEY_ONLY)
    desk.bring_people(FAIR, [first])
    counts = desk.counts()
    assert numbers(counts) == (19, 10, 0, 9)
    assert asked(counts) == [10, None, None, None]
    assert counts.tables == tables_of([*key, first])
    (second,) = people(1, 3)
    desk.bring_people(FAIR, [second])
    counts = desk.counts()
    assert numbers(counts) == (20, 20, 0, 0)
    assert asked(counts) == [20, 10, 10, 10]
    assert counts.tables == tables_of([*key, first, *everything, second])
    assert sorted(desk.groups().values()) == [10, 10]


def test_responses_that_overlap_between_laptops_are_in_one_parcel_each(desk: Desk) -> None:
    sealed = sealed_for(FAIR, everybody := people(22))
    desk.bring(export(FAIR, sealed[:12]))
    desk.bring(export(FAIR, sealed[8:], LAPTOPS[1]))
    desk.bring(export(FAIR, sealed, LAPTOPS[2]))
    assert [number for number, _ in desk.parcels().values()] == [12, 10]
    assert desk.counts().tables == tables_of(everybody)
    assert numbers(desk.counts()) == (22, 22, 0, 0)


# Beside what a laptop shows itself


@pytest.mark.parametrize(
    ("count", "ended"),
    [
        *((count, False) for count in (9, 10, 14, 15, 19, 20, 23, 29, 30, 37, 40)),
        *((count, True) for count in (9, 10, 14, 15, 19, 20, 23, 25, 29, 30, 34, 37, 40)),
    ],
)
def test_the_offices_tables_differ_from_a_laptops_own_by_nobody_or_by_ten_people(
    count: int, *, ended: bool, desk: Desk, memory_folder: Path
) -> None:
    data = make_laptop(memory_folder / "laptop", LAPTOPS[0])
    with opened_laptop(data, settings_for()) as kiosk:
        for one in people(count):
            kiosk.keep(kiosk.seal(one))
            kiosk.count(one)
        if ended:
            kiosk.end_event()
        theirs = kiosk.counts(LAPTOPS[0].tally).in_counts
        desk.bring(kiosk.export(LAPTOPS[0], kiosk.event).content)
    here = by_event(event())
    for _ in range(4):
        for scope in (here, Scope(), Scope("stage", "outreach")):
            counts = desk.counts(scope)
            assert not 0 < counts.in_counts - theirs < 10
            assert not 0 < theirs - counts.in_counts < 10
        desk.bring_people(event(), people(3, count), LAPTOPS[1])


def test_people_whom_a_laptop_has_released_are_in_the_same_tables_of_the_office(
    desk: Desk, memory_folder: Path
) -> None:
    everybody = people(60)
    data = make_laptop(memory_folder / "laptop", LAPTOPS[0])
    contents = []
    with opened_laptop(data, settings_for()) as kiosk:
        for number, one in enumerate(everybody, 1):
            kiosk.keep(kiosk.seal(one))
            kiosk.count(one)
            if number in {27, 60}:
                contents.append(kiosk.export(LAPTOPS[0], kiosk.event).content)
                assert kiosk.waiting == 0, "they are the office’s from now on"
        theirs = kiosk.counts(LAPTOPS[0].tally)
    assert theirs.in_counts == 30
    for content in contents * 2:
        desk.bring(content)
    assert sorted(number for number, _ in desk.parcels().values()) == [10, 10, 10, 13, 17]
    assert desk.counts().tables == tables_of(everybody)


def test_batches_that_are_not_of_the_people_handed_over_are_left_aside(desk: Desk) -> None:
    everybody, others = [Response((1, 1, 1, 1))] * 25, [Response((9, 6, 5, 4))] * 10
    batches = {bytes(16): batch_of(others)}
    desk.bring(export(FAIR, sealed_for(FAIR, everybody), batches=batches))
    assert [number for number, _ in desk.parcels().values()] == [25]
    assert desk.counts().tables == tables_of(everybody)
    desk.bring(export(FAIR, sealed_for(FAIR, people(1, 2)), batches=batches))
    desk.bring(export(VISIT, [], batches=batches))
    assert numbers(desk.counts()) == (26, 25, 0, 1)


# The threshold


def test_a_raised_threshold_hides_more_of_the_same_tables_and_nobody_waits_longer(desk: Desk) -> None:
    everybody = [*[Response((1, 1, 1, 1))] * 33, *[Response((9, 6, 5, 4))] * 24, *[Response((5, 3, 2, 2))] * 12]
    desk.bring_people(FAIR, everybody)
    for threshold in (10, 11, 15, 20, 30, 50):
        counts = desk.counts(threshold=threshold)
        assert counts.threshold == threshold
        assert numbers(counts) == (69, 69, 0, 0)
        assert counts.tables == tables_of(everybody, threshold)
        for table in counts.tables:
            assert all(count is None or count + 2 >= threshold for count in table.counts.values())
    blank = [
        sum(count is None for table in desk.counts(threshold=one).tables for count in table.counts.values())
        for one in (10, 30, 50)
    ]
    assert blank == sorted(blank)
    assert len(set(blank)) == 3


def test_a_threshold_under_ten_is_refused(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    with pytest.raises(ValueError, match="10"):
        desk.counts(threshold=9)


# How many came


def test_the_number_who_came_is_told_only_where_it_is_known_of_every_event(desk: Desk) -> None:
    for seed, one in enumerate((FAIR, VISIT, FIRST)):
        desk.bring_people(one, people(12, seed))
    outreach = Scope("stage", "outreach")
    assert desk.counts().head_count is None
    desk.office.describe(FAIR, 40, None)
    assert desk.counts(outreach).head_count is None
    assert desk.counts(by_event(FAIR)).head_count == 40
    desk.office.describe(VISIT, 12, None)
    assert desk.counts(outreach).head_count == 52
    assert desk.counts().head_count is None
    desk.office.describe(FIRST, 100, 3)
    assert desk.counts().head_count == 152
    assert desk.counts(Scope("level", "3")).head_count == 100
    desk.office.describe(VISIT, None, None)
    assert desk.counts().head_count is None


def test_an_event_where_nobody_answered_and_nobody_came_has_a_head_count_of_nought(desk: Desk) -> None:
    desk.bring_people(FAIR, [])
    desk.office.describe(FAIR, 0, None)
    assert desk.counts(by_event(FAIR)).head_count == 0


# What is kept of it


def test_groups_stay_as_they_are_over_restarts_and_go_on_in_the_order_of_entering(desk: Desk) -> None:
    first = people(12)
    desk.bring_people(FAIR, first)
    desk.bring_people(VISIT, people(4, 1))
    desk.counts()
    seen = [desk.groups()]
    everybody = {FAIR: list(first), VISIT: people(4, 1)}
    for seed in range(2, 6):
        desk.reopen()
        assert desk.groups() == seen[-1]
        assert desk.counts().in_counts == sum(seen[-1].values())
        for one in (FAIR, VISIT):
            everybody[one] += (coming := people(6, seed + 10 * len(one.name)))
            desk.bring_people(one, coming)
        desk.reopen()
        desk.counts(by_event(VISIT))
        desk.reopen()
        desk.counts()
        now = desk.groups()
        assert {number: now[number] for number in seen[-1]} == seen[-1]
        assert sorted(now) == list(range(1, len(now) + 1))
        assert all(people >= 10 for people in now.values())
        seen.append(now)
    assert len(seen[-1]) > 3
    for one in (FAIR, VISIT):
        for seed in (98, 99):
            everybody[one] += people(5, seed)
            desk.bring_people(one, people(5, seed))
    whole = [*everybody[FAIR], *everybody[VISIT]]
    assert numbers(desk.counts()) == (len(whole), len(whole), 0, 0)
    assert desk.counts().tables == tables_of(whole)


def test_looking_again_gives_the_same_tables_and_writes_nothing(desk: Desk) -> None:
    for seed, one in enumerate((FAIR, VISIT, FIRST, LAST)):
        desk.bring_people(one, people(7, seed))
    seen = [desk.counts(scope) for scope in desk.office.scopes()]
    again = [desk.counts(scope) for scope in desk.office.scopes()]
    before = desk.path.read_bytes()
    desk.reopen()
    assert [desk.counts(scope) for scope in desk.office.scopes()] == again
    assert desk.path.read_bytes() == before
    assert seen[0] == again[0]


def test_the_same_exports_give_the_same_table_of_all_wherever_nobody_looked_before(memory_folder: Path) -> None:
    parts = [(one, people(count, seed)) for seed, (one, count) in enumerate([(FAIR, 12), (FIRST, 15), (FAIR, 11)])]
    found = []
    for turn in range(3):
        desk = Desk.at(memory_folder / str(turn))
        for one, everybody in [*parts[turn:], *parts[:turn]]:
            desk.bring_people(one, everybody)
        found.append((desk.counts().tables, numbers(desk.counts())))
        desk.office.close()
    assert found[0] == found[1] == found[2]


def test_tables_that_only_their_own_event_is_asked_for_change_nothing_about_another_event(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(FIRST, people(15, 1))
    before = content_of(desk.path)
    desk.counts(by_event(FAIR))
    assert len(desk.groups()) == 1
    assert numbers(desk.counts(by_event(FIRST))) == (15, 15, 0, 0)
    assert sorted(desk.groups()) == [1, 2]
    assert content_of(desk.path) == before


# Noted before they are shown


class KilledError(BaseException):
    """As if the process ended here."""


def test_tables_are_made_only_after_who_is_in_them_is_on_the_disk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, memory_folder: Path
) -> None:
    """Killed at the moment when the first table is made: the next office knows of it."""
    desk.bring_people(FAIR, first := people(12))
    killed = memory_folder / "killed"

    def kill(*_: object) -> NoReturn:
        shutil.copytree(desk.data, killed)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(storage.office, "publish", kill)
        with pytest.raises(KilledError):
            desk.counts(by_event(FAIR))
    after = Desk(killed, Office.open(killed, OFFICE))
    assert list(after.groups().values()) == [12]
    after.bring_people(FAIR, people(5, 1))
    assert numbers(after.counts()) == (17, 12, 0, 5)
    assert after.counts().tables == tables_of(first)
    after.office.close()


@pytest.mark.parametrize("statement", ["UPDATE", "COMMIT"])
def test_a_table_whose_people_cannot_be_noted_is_never_shown_and_never_was(
    statement: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in (5, 7):
        desk.bring_people(FAIR, people(count, count))
    whole = desk.office._connection

    class Failing:
        """The connection, but for one kind of statement."""

        def __getattr__(self, name: str) -> object:
            def run(sql: str, *values: object) -> object:
                if sql.startswith(statement):
                    raise sqlite3.OperationalError("disk I/O error")
                return getattr(whole, name)(sql, *values)

            return run

    with monkeypatch.context() as patch:
        patch.setattr(desk.office, "_connection", Failing())
        patch.setattr(storage.office, "publish", lambda *_: pytest.fail("a table was made"))
        with pytest.raises(StoreError):
            desk.counts()
    assert desk.groups() == {}
    desk.bring_people(FAIR, people(1, 1))
    assert numbers(desk.counts()) == (13, 13, 0, 0)


def test_whoever_is_in_a_table_is_a_plain_sum_of_whole_parcels(desk: Desk) -> None:
    """With sums of many people the recount is by tallies alone."""
    parcels = [people(count, count) for count in (1, 2, 3, 4, 11, 1, 9)]
    for everybody in parcels:
        desk.bring_people(FAIR, everybody)
        desk.counts()
    groups = sorted(desk.groups().values())
    assert groups == [10, 10, 11]
    total = Tally.total(tally_of(everybody) for everybody in parcels)
    assert desk.counts().tables == tuple(publish(total, question) for question in QUESTIONS)


def test_every_event_given_is_one_of_these(desk: Desk) -> None:
    events: list[Event] = [FAIR, VISIT, LAST]
    for seed, one in enumerate(events):
        desk.bring_people(one, people(10, seed))
    assert desk.counts().events == (LAST, VISIT, FAIR), "newest first"
