"""The office's tables beside a plain recount of people who are known one by one; and noise, drawn once for ever."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NoReturn

import pytest

import storage.office.groups
from content.survey import load_survey
from storage.counts.noise import Bits, Coins
from storage.crypto.sealing import Response
from storage.errors import StoreError
from storage.events import Event
from storage.kiosk.outbox import Outbox
from storage.office.labels import Scope, Tables
from storage.office.office import Office
from tests.storage.counts.people import EVERYTHING, KEY_ONLY, people
from tests.storage.kiosk.crashes import keeper_environment
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    Numbers,
    Person,
    by,
    by_event,
    content_of,
    event,
    every_scope,
    export,
    make_laptop,
    numbers_of,
    opened_laptop,
    recount,
    sealed_for,
    settings_for,
    sums,
)

FAIR = event("Fair", "2026-11-23", "Leeds", "outreach")
VISIT = event("Visit", "2026-12-31", "York", "outreach")
OPEN_DAY = event("Open day", "2027-01-01", "Leeds", "outreach")
FIRST = event("First day", "2026-09-30", "Leeds", "starts")
SECOND = event("Second day", "2026-10-01", "York", "starts")
LAST = event("Last day", "2027-03-31", "York", "completion")


def asked(desk: Desk, scope: Scope) -> list[int | None]:
    return [table.people for table in desk.counts(scope).tables]


# Of whom a table is


def test_tables_by_event_stage_level_place_quarter_and_of_all_are_of_exactly_those_people(desk: Desk) -> None:
    came: dict[Event, list[Person]] = {}
    for seed, one in enumerate((FAIR, VISIT, OPEN_DAY, FIRST, SECOND, LAST)):
        here = people(14 + 7 * seed, seed)
        came[one] = desk.bring_people(one, here[:5]) + desk.bring_people(one, here[5:], LAPTOPS[1])
    for one, level in ((FAIR, 3), (FIRST, 3), (SECOND, 6), (LAST, 6)):
        desk.office.describe(one, None, level)
    expected = {
        Scope(): list(came),
        by("stage", "outreach"): [FAIR, VISIT, OPEN_DAY],
        by("stage", "starts"): [FIRST, SECOND],
        by("stage", "completion"): [LAST],
        by("level", "3"): [FAIR, FIRST],
        by("level", "6"): [SECOND, LAST],
        by("place", "Leeds"): [FAIR, OPEN_DAY, FIRST],
        by("place", "York"): [VISIT, SECOND, LAST],
        by("year", "2026"): [FAIR, VISIT, FIRST, SECOND],
        by("year", "2027"): [OPEN_DAY, LAST],
        by("quarter", "2026 Q3"): [FIRST],
        by("quarter", "2026 Q4"): [FAIR, VISIT, SECOND],
        by("quarter", "2027 Q1"): [OPEN_DAY, LAST],
        **{by_event(one): [one] for one in came},
    }
    assert set(every_scope(desk.office)) == set(expected)
    expected |= {
        Scope.of({"stage": "outreach", "quarter": "2026 Q4"}): [FAIR, VISIT],
        Scope.of({"stage": "outreach", "quarter": "2026 Q4", "place": "Leeds"}): [FAIR],
        Scope.of({"stage": "starts", "level": "3"}): [FIRST],
        Scope.of({"place": "York", "quarter": "2026 Q3"}): [],
    }
    for scope, events in expected.items():
        counts = desk.counts(scope)
        held = sum(len(came[one]) for one in events)
        assert set(counts.events) == set(events)
        assert sums(counts) == (held, held, 0, 0, 0)
        assert numbers_of(counts) == recount(came[one] for one in events)


def test_a_scope_without_events_has_tables_of_nobody(desk: Desk) -> None:
    for filled in (False, True):
        if filled:
            desk.bring_people(FAIR, people(30))
        for scope in (
            by("level", "3"),
            by("place", "Hull"),
            by("stage", "completion"),
            by("quarter", "2020 Q1"),
            by_event(VISIT),
            Scope.of({"place": "Leeds", "stage": "starts"}),
        ):
            counts = desk.counts(scope)
            assert counts.events == ()
            assert sums(counts) == (0, 0, 0, 0, 0)
            assert counts.head_count is None
            assert numbers_of(counts) == recount([])


def test_the_noise_is_what_the_format_says_and_there_is_some_in_every_question(desk: Desk) -> None:
    noisy = set()
    for day in range(
        10
    ):  # a vector is nought throughout once in 24, of four categories once in 9: ten in a row are not
        fair = event(f"Fair {day}")
        here = desk.bring_people(fair, people(12, day))
        counts = desk.counts(by_event(fair))
        assert numbers_of(counts) == recount([here])
        exact = exact_by_question([response for _, response in here])
        noisy |= {
            table.question
            for table in counts.tables
            if list(table.counts.values()) != exact[table.question][: len(table.counts)]
        }
    assert noisy == {question.id for question in load_survey().questions}


# Few people


def test_ten_people_of_one_event_become_a_group_and_nine_wait(desk: Desk) -> None:
    nine = desk.bring_people(FAIR, people(9))
    assert sums(desk.counts(by_event(FAIR))) == (9, 0, 0, 9, 0)
    assert asked(desk, by_event(FAIR)) == [None] * 4
    assert desk.groups() == {}
    one = desk.bring_people(FAIR, people(1, 1))
    counts = desk.counts(by_event(FAIR))
    assert sums(counts) == (10, 10, 0, 0, 0)
    assert numbers_of(counts) == recount([[*nine, *one]])
    assert desk.groups() == {1: {sealed.id for sealed, _ in (*nine, *one)}}
    assert desk.waiting() == {}


def test_later_people_wait_until_they_are_ten_of_their_own(desk: Desk) -> None:
    first = desk.bring_people(FAIR, people(25))
    desk.counts()
    later: list[Person] = []
    for seed in range(1, 4):
        later += desk.bring_people(FAIR, people(3, seed))
        counts = desk.counts(by_event(FAIR))
        assert sums(counts) == (25 + 3 * seed, 25, 0, 3 * seed, 0)
        assert numbers_of(counts) == recount([first])
    later += desk.bring_people(FAIR, people(1, 9))
    assert numbers_of(desk.counts(by_event(FAIR))) == recount([first, later])


def test_people_of_small_events_join_those_of_their_stage_and_are_in_no_narrower_table(desk: Desk) -> None:
    small = {
        one: desk.bring_people(one, people(count, count))
        for one, count in ((FAIR, 4), (VISIT, 6), (FIRST, 5), (SECOND, 7), (LAST, 3))
    }
    outreach, starts = [*small[FAIR], *small[VISIT]], [*small[FIRST], *small[SECOND]]
    assert sums(desk.counts()) == (25, 22, 0, 3, 0)
    assert numbers_of(desk.counts()) == recount([outreach, starts])
    assert numbers_of(desk.counts(by("stage", "outreach"))) == recount([outreach])
    assert numbers_of(desk.counts(by("stage", "starts"))) == recount([starts])
    assert sums(desk.counts(by("stage", "completion"))) == (3, 0, 0, 3, 0)
    for one in (FAIR, VISIT, FIRST, SECOND):
        held = len(small[one])
        assert sums(desk.counts(by_event(one))) == (held, 0, held, 0, 0)
        assert asked(desk, by_event(one)) == [None] * 4


def test_people_who_are_few_in_every_stage_join_across_stages_and_stay_together(desk: Desk) -> None:
    few = [desk.bring_people(one, people(4, seed)) for seed, one in enumerate((FAIR, FIRST, LAST))]
    together = [one for part in few for one in part]
    assert numbers_of(desk.counts()) == recount([together])
    later = desk.bring_people(FAIR, people(11, 7))
    assert numbers_of(desk.counts()) == recount([together, later])
    assert numbers_of(desk.counts(by("stage", "outreach"))) == recount([later])
    assert sums(desk.counts(by("stage", "outreach"))) == (15, 11, 4, 0, 0)
    for stage in ("starts", "completion"):
        assert sums(desk.counts(by("stage", stage))) == (4, 0, 4, 0, 0)


def test_people_who_were_asked_the_key_question_alone_make_groups_of_their_own(desk: Desk) -> None:
    everything = desk.bring_people(FAIR, people(9))
    key = desk.bring_people(FAIR, people(9, 1, KEY_ONLY))
    assert sums(desk.counts()) == (18, 0, 0, 18, 0)
    assert desk.waiting() == {(FAIR.id, 15): 9, (FAIR.id, 1): 9}
    key += desk.bring_people(FAIR, people(1, 2, KEY_ONLY))
    assert sums(desk.counts()) == (19, 10, 0, 9, 0)
    assert asked(desk, Scope()) == [10, None, None, None]
    assert numbers_of(desk.counts()) == recount([key])
    everything += desk.bring_people(FAIR, people(1, 3))
    assert asked(desk, Scope()) == [20, 10, 10, 10]
    assert numbers_of(desk.counts()) == recount([key, everything])


def test_who_is_in_a_group_does_not_depend_on_what_anybody_answered(memory_folder: Path) -> None:
    shapes = []
    for run, answers in enumerate(((1, 1, 1, 1), (9, 6, 5, 4), None)):
        desk = Desk.at(memory_folder / str(run))
        for seed, (one, count) in enumerate([(FAIR, 12), (VISIT, 4), (FIRST, 5), (OPEN_DAY, 6), (LAST, 3), (VISIT, 1)]):
            desk.bring_people(one, [Response(answers)] * count if answers else people(count, seed))
            if seed == 3:
                desk.counts()
        shapes.append({scope: sums(counts) for scope, counts in desk.everything().items()})
        desk.office.close()
    assert shapes[0] == shapes[1] == shapes[2]


def test_responses_that_laptops_share_count_once(desk: Desk) -> None:
    sealed = sealed_for(FAIR, everybody := people(22))
    desk.bring(export(FAIR, sealed[:12]))
    desk.bring(export(FAIR, sealed[8:], LAPTOPS[1]))
    desk.bring(export(FAIR, sealed, LAPTOPS[2]))
    assert sums(desk.counts()) == (22, 22, 0, 0, 0)
    assert numbers_of(desk.counts()) == recount([list(zip(sealed, everybody, strict=True))])


def test_an_office_draws_noise_of_its_own_for_people_whom_a_laptop_has_counted(desk: Desk, memory_folder: Path) -> None:
    data = make_laptop(memory_folder / "laptop", LAPTOPS[0])
    everybody = people(20)
    with opened_laptop(data, settings_for()) as kiosk:
        sealed = [kiosk.seal(one) for one in everybody]
        for one, response in zip(sealed, everybody, strict=True):
            kiosk.keep(one)
            kiosk.count(response)
        desk.bring(Outbox(kiosk).export(LAPTOPS[0], kiosk.event, kiosk.responses()).content)
        assert kiosk.counts(LAPTOPS[0].tally).in_counts == 20
    assert numbers_of(desk.counts()) == recount([list(zip(sealed, everybody, strict=True))])


# Noise, once


def in_another_process(data: Path) -> Numbers:
    """What a fresh Python that opens this folder shows of everybody."""
    program = (
        "import json, sys; from pathlib import Path; from tests.storage.office.merging import *;"
        "print(json.dumps(numbers_of(Office.open(Path(sys.argv[1]), OFFICE).counts(Scope(), 10))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, data],
        check=True,
        capture_output=True,
        text=True,
        env=keeper_environment(),
        cwd=Path(__file__).parents[3],
    )
    return [(question, asked, groups, counts) for question, asked, groups, counts in json.loads(run.stdout)]


def test_the_same_people_give_the_same_numbers_after_a_restart_in_another_process_and_from_a_copy_put_back(
    desk: Desk, memory_folder: Path
) -> None:
    groups = [desk.bring_people(FAIR, people(13)), desk.bring_people(VISIT, people(17, 1))]
    content = export(FAIR, [sealed for sealed, _ in groups[0]])
    desk.office.close()
    copy = Path(shutil.copytree(desk.data, memory_folder / "copy"))
    before = Path(shutil.copytree(desk.data, memory_folder / "before"))
    expected = recount(groups)
    assert in_another_process(copy) == expected
    for _ in range(3):
        desk.reopen()
        assert numbers_of(desk.counts()) == expected
    desk.bring(content)
    desk.bring(export(FAIR, [sealed for sealed, _ in groups[0][:5]], LAPTOPS[1]))
    assert numbers_of(desk.counts()) == expected
    desk.office.close()
    shutil.rmtree(desk.data)
    shutil.copytree(before, desk.data)
    desk.reopen()
    assert numbers_of(desk.counts()) == expected
    assert in_another_process(before) == expected


def test_the_same_people_give_the_same_numbers_in_however_many_exports_and_whatever_order_they_came(
    memory_folder: Path,
) -> None:
    sealed, responses = sealed_for(FAIR, people(24)), people(24)
    expected = recount([list(zip(sealed, responses, strict=True))])
    for run, parts in enumerate(([24], [1] * 24, [9, 9, 6], [14, 10])):
        desk = Desk.at(memory_folder / str(run))
        order = Random(run).sample(sealed, len(sealed))  # noqa: S311 - an order
        for number, size in enumerate(parts):
            start = sum(parts[:number])
            desk.bring(export(FAIR, order[start : start + size], LAPTOPS[number % 3]))
        assert numbers_of(desk.counts()) == expected
        desk.office.close()


def test_whichever_table_is_asked_for_first_all_tables_are_the_same(desk: Desk, memory_folder: Path) -> None:
    for seed, (one, count) in enumerate([(FAIR, 12), (VISIT, 6), (OPEN_DAY, 5), (FIRST, 4), (SECOND, 3), (LAST, 4)]):
        desk.bring_people(one, people(count, seed))
    desk.office.describe(FIRST, None, 3)
    desk.office.close()
    seen = []
    for number, first in enumerate(
        [
            Scope(),
            by("stage", "starts"),
            by("place", "York"),
            by("level", "3"),
            by("quarter", "2026 Q4"),
            by_event(FAIR),
            by_event(LAST),
            Scope.of({"stage": "outreach", "place": "Leeds"}),
        ]
    ):
        copy = Desk(folder := memory_folder / str(number), Office.open(shutil.copytree(desk.data, folder), OFFICE))
        copy.counts(first)
        seen.append((copy.everything(), copy.groups()))
        copy.office.close()
    assert len(seen[0][1]) == 3
    assert all(one == seen[0] for one in seen)


@pytest.mark.parametrize("seed", range(4))
def test_groups_never_change_and_tables_are_sums_of_them_through_any_history(seed: int, desk: Desk) -> None:
    """Imports, labels, looks and restarts in any order, beside the people that each group is of."""
    random = Random(seed)  # noqa: S311 - chooses what happens
    known: dict[bytes, tuple[Person, Event]] = {}
    groups: dict[int, frozenset[bytes]] = {}
    shown: dict[Scope, tuple[set[int], Numbers]] = {}
    for step in range(30):
        match random.randrange(4):
            case 0 | 1:
                one = random.choice([FAIR, VISIT, FIRST, SECOND, LAST])
                coming = people(random.choice([3, 5, 9, 12]), 100 * seed + step, random.choice([EVERYTHING, KEY_ONLY]))
                known |= {person[0].id: (person, one) for person in desk.bring_people(one, coming)}
            case 2:
                for found in desk.office.events():
                    desk.office.describe(found.event, None, random.choice([None, 2, 3]))
            case _:
                desk.reopen()
        scope = random.choice([*every_scope(desk.office), Scope.of({"stage": "outreach", "place": "Leeds"})])
        counts = desk.counts(scope)
        now = desk.groups()
        assert {number: now[number] for number in groups} == groups
        groups = now
        everybody = [id_ for ids in groups.values() for id_ in ids]
        assert len(everybody) == len(set(everybody))
        assert set(everybody) <= set(known)
        inside = {number: ids for number, ids in groups.items() if {known[id_][1] for id_ in ids} <= set(counts.events)}
        assert numbers_of(counts) == recount([known[id_][0] for id_ in ids] for ids in inside.values())
        entered = {id_ for ids in inside.values() for id_ in ids}
        here = {id_ for id_, (_, one) in known.items() if one in counts.events}
        grouped = here & set(everybody)
        assert sums(counts) == (len(here), len(entered), len(grouped - entered), len(here) - len(grouped), 0)
        if scope in shown and shown[scope][0] == set(inside):
            assert numbers_of(counts) == shown[scope][1]
        shown[scope] = set(inside), numbers_of(counts)
    assert len(groups) > 3


def test_a_level_that_is_corrected_between_tables_changes_no_group_and_no_events_table(desk: Desk) -> None:
    came = {one: desk.bring_people(one, people(11, seed)) for seed, one in enumerate((FAIR, VISIT, FIRST))}
    desk.office.describe(FAIR, None, 3)
    desk.office.describe(VISIT, None, 3)
    before, groups = desk.everything(), desk.groups()
    assert numbers_of(before[by("level", "3")]) == recount([came[FAIR], came[VISIT]])
    desk.office.describe(VISIT, None, 4)
    after = desk.everything()
    assert numbers_of(after[by("level", "3")]) == recount([came[FAIR]])
    assert numbers_of(after[by("level", "4")]) == recount([came[VISIT]])
    assert {scope: after[scope] for scope in before if not scope.value("level")} == {
        scope: counts for scope, counts in before.items() if not scope.value("level")
    }
    assert desk.groups() == groups


def test_looking_again_gives_the_same_tables_and_writes_nothing(desk: Desk) -> None:
    for seed, one in enumerate((FAIR, VISIT, FIRST, LAST)):
        desk.bring_people(one, people(7, seed))
    seen = desk.everything()
    before = desk.path.read_bytes()
    desk.reopen()
    assert desk.everything() == seen
    assert desk.path.read_bytes() == before


Exact = dict[str, list[int]]
"""By question: how many in each category, with a nought where there are four."""


def exact_by_question(responses: Sequence[Response]) -> Exact:
    found = {}
    for place, question in enumerate(load_survey().questions):
        given = [question.category_of(one.codes[place]) for one in responses]
        found[question.id] = [*(given.count(category.id) for category in question.categories), 0][:5]
    return found


def making_up_for(who: Mapping[bytes, Event], lacks: Mapping[Event, Exact]) -> Callable[[bytes, list[bytes]], Coins]:
    """Coins whose noise in each group is what its events lack."""

    def keyed(_key: bytes, ids: list[bytes]) -> Coins:
        events = {who[id_] for id_ in ids}

        def coins(question: str) -> Bits:
            for each in zip(*(lacks[one][question] for one in events), strict=True):
                z = sum(each)
                yield from [1] * max(z, 0) + [0] + [1] * max(-z, 0) + [0]

        return coins

    return keyed


def test_two_offices_with_other_people_and_equal_noisy_groups_show_the_same_numbers(
    memory_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = {FAIR: people(14, 1), VISIT: people(6, 2), OPEN_DAY: people(5, 3), LAST: people(9, 4)}
    others = {one: people(len(responses), 50 + len(responses)) for one, responses in came.items()}
    shown, exact = [], []
    for name, everybody in (("one", came), ("other", others)):
        desk = Desk.at(memory_folder / name)
        who = {person[0].id: one for one, here in everybody.items() for person in desk.bring_people(one, here)}
        exact.append({one: exact_by_question(here) for one, here in everybody.items()})
        lacks = {
            one: {
                question: [was - is_ for was, is_ in zip(counts, exact[-1][one][question], strict=True)]
                for question, counts in questions.items()
            }
            for one, questions in exact[0].items()
        }
        with monkeypatch.context() as patch:
            patch.setattr(storage.office.groups, "keyed_coins", making_up_for(who, lacks))
            shown.append(desk.everything())
        desk.office.close()
    assert exact[0] != exact[1]
    assert shown[0] == shown[1]
    assert [sums(counts)[1] for counts in shown[0].values()][:2] == [25, 25]


# Noted before they are shown


class KilledError(BaseException):
    """As if the process ended here."""


def test_tables_are_made_only_after_who_is_in_them_is_on_the_disk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, memory_folder: Path
) -> None:
    """Killed at the moment when the first table is made: the next office knows of it."""
    first = desk.bring_people(FAIR, people(12))
    killed = memory_folder / "killed"

    def kill(*_: object) -> NoReturn:
        shutil.copytree(desk.data, killed)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Tables, "counts", kill)
        with pytest.raises(KilledError):
            desk.counts(by_event(FAIR))
    after = Desk(killed, Office.open(killed, OFFICE))
    assert after.groups() == {1: {sealed.id for sealed, _ in first}}
    after.bring_people(FAIR, people(5, 1))
    assert sums(after.counts()) == (17, 12, 0, 5, 0)
    assert numbers_of(after.counts()) == recount([first])
    after.office.close()


@pytest.mark.parametrize(
    "statement", ["BEGIN", "INSERT INTO noisy_group", "INSERT INTO member", "UPDATE", "DELETE", "COMMIT"]
)
def test_a_table_whose_people_cannot_be_noted_is_never_shown_and_nothing_of_it_is_kept(
    statement: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = [*desk.bring_people(FAIR, people(5, 5)), *desk.bring_people(FAIR, people(7, 7))]
    whole = desk.office._store.connection

    class Failing:
        """The connection, but for one kind of statement."""

        def __getattr__(self, name: str) -> object:
            def run(sql: str, *values: object) -> object:
                if sql.startswith(statement):
                    raise sqlite3.OperationalError("disk I/O error")
                return getattr(whole, name)(sql, *values)

            return run

    with monkeypatch.context() as patch:
        patch.setattr(desk.office._store, "connection", Failing())
        patch.setattr(Tables, "counts", lambda *_: pytest.fail("a table was made"))
        with pytest.raises(StoreError):
            desk.counts()
    assert desk.groups() == {}
    assert desk.waiting() == {(FAIR.id, 15): 12}
    everybody += desk.bring_people(FAIR, people(1, 1))
    assert numbers_of(desk.counts()) == recount([everybody])


def test_no_exact_sum_is_left_of_people_once_they_are_a_group(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(VISIT, people(3, 1))
    assert desk.waiting() == {(FAIR.id, 15): 12, (VISIT.id, 15): 3}
    before = content_of(desk.path)
    desk.counts(by_event(VISIT))
    assert desk.waiting() == {(VISIT.id, 15): 3}
    assert content_of(desk.path) == before


# The threshold, and how many came


def test_a_raised_threshold_shows_fewer_of_the_same_tables_and_nobody_waits_longer(desk: Desk) -> None:
    groups = [desk.bring_people(FAIR, people(33)), desk.bring_people(FAIR, people(15, 1, KEY_ONLY))]
    for threshold, shown in (
        (10, [48, 33, 33, 33]),
        (33, [48, 33, 33, 33]),
        (34, [48, None, None, None]),
        (49, [None] * 4),
    ):
        counts = desk.counts(threshold=threshold)
        assert counts.threshold == threshold
        assert sums(counts) == (48, 48, 0, 0, 0)
        assert [table.people for table in counts.tables] == shown
        assert numbers_of(counts) == recount(groups, threshold)


def test_a_threshold_under_ten_is_refused(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    with pytest.raises(ValueError, match="10"):
        desk.counts(threshold=9)


def test_the_number_who_came_is_told_only_where_it_is_known_of_every_event(desk: Desk) -> None:
    for seed, one in enumerate((FAIR, VISIT, FIRST)):
        desk.bring_people(one, people(12, seed))
    outreach = by("stage", "outreach")
    assert desk.counts().head_count is None
    desk.office.describe(FAIR, 40, None)
    assert desk.counts(outreach).head_count is None
    assert desk.counts(by_event(FAIR)).head_count == 40
    desk.office.describe(VISIT, 12, None)
    assert desk.counts(outreach).head_count == 52
    assert desk.counts().head_count is None
    desk.office.describe(FIRST, 100, 3)
    assert desk.counts().head_count == 152
    assert desk.counts(by("level", "3")).head_count == 100
    desk.office.describe(VISIT, None, None)
    assert desk.counts().head_count is None


def test_an_event_where_nobody_answered_and_nobody_came_has_a_head_count_of_nought(desk: Desk) -> None:
    desk.bring_people(FAIR, [])
    desk.office.describe(FAIR, 0, None)
    assert desk.counts(by_event(FAIR)).head_count == 0


def test_events_of_a_table_are_the_newest_first(desk: Desk) -> None:
    for one in (FAIR, VISIT, LAST):
        desk.bring_people(one, people(10))
    assert desk.counts().events == (LAST, VISIT, FAIR)
