"""The journey says what published tables say of changes from stage to stage, and names no drop that chance explains."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import storage
from content.benchmarks import (
    ChangeVerdict,
    Interval,
    Parts,
    Range,
    change,
    change_verdict,
    load_benchmarks,
    quantile,
    wilson,
)
from content.survey import load_survey
from storage.disclosure import OfficeCounts, PublishedTable, publish
from storage.events import STAGES, Event, Stage
from storage.findings import to_json
from storage.journey import ChangeFinding, Journey, StageFinding, journey
from storage.tally import Tally

Exact = tuple[int, ...]
"""How many are counted as each category of the key question, in its order."""

QUESTIONS = [question.id for question in load_survey().questions]
CATEGORIES = [category.id for category in load_survey().questions[0].categories]
COMPARED = load_benchmarks().of("occupation").compared

OUTREACH, APPLICANTS, STARTS = STAGES[:3]
NATION = (37, 24, 39, 8, 12)
"""As the country, with a few who cannot be compared."""


def table_of(exact: Exact, threshold: int = 10) -> PublishedTable:
    return publish(Tally({"occupation": dict(zip(CATEGORIES, exact, strict=True))}), "occupation", threshold)


def office(exact: Exact | None, threshold: int = 10, waiting: int = 0, elsewhere: int = 0) -> OfficeCounts:
    """As the office gives them, for these exact counts."""
    tally = Tally({} if exact is None else {"occupation": dict(zip(CATEGORIES, exact, strict=True))})
    people = sum(exact or ())
    return OfficeCounts(
        events=(),
        tables=tuple(publish(tally, question, threshold) for question in QUESTIONS),
        threshold=threshold,
        held=people + waiting + elsewhere,
        in_counts=people,
        elsewhere=elsewhere,
        waiting=waiting,
        unreadable=0,
        head_count=None,
    )


def of(*stages: Exact | None, threshold: int = 10) -> Journey:
    """The journey through the first so many stages."""
    return journey([(stage, office(exact, threshold)) for stage, exact in zip(STAGES, stages, strict=False)])


def of_tables(tables: Iterable[PublishedTable]) -> Journey:
    """The same, from tables of the key question alone."""
    return journey(
        [
            (stage, OfficeCounts((), (table,), 10, 0, 0, 0, 0, 0, None))
            for stage, table in zip(STAGES, tables, strict=False)
        ]
    )


def steps(found: Journey) -> list[tuple[str, str]]:
    """Between which stages changes were looked at."""
    return list(dict.fromkeys((one.earlier, one.later) for one in found.changes))


def one_change(found: Journey, group: str, earlier: Stage = OUTREACH, later: Stage = APPLICANTS) -> ChangeFinding:
    return next(one for one in found.changes if (one.group, one.earlier, one.later) == (group, earlier, later))


def parts_of(group: str, known: dict[str, Range]) -> Parts:
    return Parts(known[group], sum((known[name] for name in COMPARED if name != group), Range(0, 0)))


def points(exact: Exact) -> dict[str, Range]:
    return {name: Range(number, number) for name, number in zip(CATEGORIES, exact, strict=True)}


number = st.one_of(st.integers(0, 14), st.integers(10, 60), st.integers(0, 400))
exact_counts = st.tuples(*[number] * len(CATEGORIES))
several_stages = st.lists(st.one_of(st.none(), exact_counts), min_size=1, max_size=5)
thresholds = st.one_of(st.just(10), st.integers(10, 30))


# Stages


def test_a_stage_can_be_checked_by_hand() -> None:
    found = journey([(STARTS, office((37, 24, 39, 12, 13), waiting=4, elsewhere=3))])
    [stage] = found.stages
    assert (stage.stage, stage.events, stage.people, stage.waiting, stage.told) == ("starts", 0, 125, 7, "")
    assert [(one.id, one.label, one.count, one.share, one.low, one.high) for one in stage.groups] == [
        ("professional", "Professional", 35, 35, 26, 45),
        ("intermediate", "Intermediate", 25, 25, 17, 35),
        ("working_class", "Working class", 40, 40, 30, 50),
    ]
    assert (found.changes, found.drop) == ((), None)


def test_what_the_shares_are_compared_with_is_dated() -> None:
    found = of(NATION)
    assert found.benchmarks == {"professional": 37, "intermediate": 24, "working_class": 39}
    assert (found.benchmark_source, found.benchmark_year) == (
        "Social Mobility Commission, employers’ apprenticeship toolkit",
        2021,
    )


def test_stages_stand_in_the_order_in_which_they_are_given() -> None:
    given_order = [(stage, office((30 + place, 30, 30, 30, 30))) for place, stage in enumerate(STAGES)]
    found = journey(given_order)
    assert [stage.stage for stage in found.stages] == list(STAGES)
    assert [stage.people for stage in found.stages] == [150 + place for place in range(len(STAGES))]
    assert steps(found) == [*itertools.pairwise(STAGES), (STAGES[0], STAGES[-1])]
    assert [one.group for one in found.changes] == list(COMPARED) * len(STAGES)


def test_a_stage_counts_its_events() -> None:
    events = tuple(
        Event(
            name=name,
            date=dt.date(2026, 11, 23),
            place="Leeds",
            stage=OUTREACH,
            question_set="smc-2021",
            office_key_id=bytes(16),
        )
        for name in ("Fair", "Visit", "Open day")
    )
    counts = OfficeCounts(events, (table_of(NATION),), 10, 0, 0, 0, 0, 0, None)
    assert [stage.events for stage in journey([(OUTREACH, counts), (STARTS, office(NATION))]).stages] == [3, 0]


def test_a_journey_without_stages_says_nothing() -> None:
    found = journey([])
    assert (found.stages, found.changes, found.drop) == ((), (), None)


@pytest.mark.parametrize("exact", [None, (0,) * 5, (2, 2, 2, 2, 1)])
def test_a_stage_with_fewer_than_ten_people_says_nothing_yet(exact: Exact | None) -> None:
    found = of(NATION, exact)
    stage = found.stages[1]
    assert (stage.people, stage.told) == (None, "nothing yet")
    assert {(one.count, one.share, one.low, one.high) for one in stage.groups} == {(None,) * 4}
    assert found.changes == ()


@pytest.mark.parametrize("exact", [(9, 9, 9, 0, 0), (4, 4, 4, 4, 4), (9, 9, 9, 9, 9)])
def test_a_blank_stage_tells_its_people_and_nothing_more(exact: Exact) -> None:
    found = of(NATION, exact)
    stage = found.stages[1]
    assert (stage.people, stage.told) == (sum(exact), "too few to tell")
    assert {(one.count, one.share, one.low, one.high) for one in stage.groups} == {(None,) * 4}
    assert found.changes == ()


def widest(stage: StageFinding) -> int:
    return max(one.high - one.low for one in stage.groups if one.low is not None and one.high is not None)


@settings(max_examples=100, deadline=None)
@given(exact_counts, thresholds)
def test_too_few_to_tell_is_said_where_an_interval_is_wider_than_20_points(exact: Exact, threshold: int) -> None:
    table = table_of(exact, threshold)
    [stage] = of_tables([table]).stages
    if table.people is None:
        assert stage.told == "nothing yet"
    elif table.blank:
        assert stage.told == "too few to tell"
    else:
        assert stage.told == ("too few to tell" if widest(stage) > 20 else "")


def test_an_interval_of_exactly_20_points_is_narrow_enough() -> None:
    stages = [of((people, 3 * people, 2 * people, 20, 20)).stages[0] for people in range(15, 30)]
    by_width = {widest(stage): stage.told for stage in stages}
    assert (by_width[20], by_width[21]) == ("", "too few to tell")


@settings(max_examples=100, deadline=None)
@given(exact_counts, thresholds)
def test_a_share_is_told_where_all_three_counts_are_shown_and_only_there(exact: Exact, threshold: int) -> None:
    table = table_of(exact, threshold)
    [stage] = of_tables([table]).stages
    shown = [table.counts[group] for group in COMPARED]
    for one in stage.groups:
        assert one.count == table.counts[one.id]
        if None in shown:
            assert one.share is None
        else:
            assert one.share is not None
            assert one.count is not None
            assert abs(one.share - 100 * one.count / sum(filter(None, shown))) <= 0.5


@settings(max_examples=100, deadline=None)
@given(exact_counts, thresholds)
def test_an_interval_spans_that_of_every_count_that_can_be_held_back(exact: Exact, threshold: int) -> None:
    table = table_of(exact, threshold)
    assume(table.people is not None and not table.blank)
    [stage] = of_tables([table]).stages
    behind = dict(zip(CATEGORIES, exact, strict=True))
    best = {group: behind[group] if table.counts[group] is None else table.counts[group] or 0 for group in COMPARED}
    for one in stage.groups:
        assert one.low is not None
        assert one.high is not None
        true = wilson(best[one.id], sum(best.values()))
        assert 0 <= one.low <= true.low
        assert true.high <= one.high <= 100
        if None not in {table.counts[group] for group in COMPARED}:
            assert (one.low, one.high) == (math.floor(true.low), math.ceil(true.high))


@pytest.mark.parametrize("exact", [(60, 16, 80, 20, 15), (60, 12, 80, 15, 20), (40, 19, 35, 22, 24)])
def test_intervals_of_shares_and_changes_widen_when_a_count_is_held_back(exact: Exact) -> None:
    shown, held_back = of(NATION, exact), of(NATION, exact, threshold=20)
    assert None not in {one.count for one in shown.stages[1].groups}
    assert None in {one.count for one in held_back.stages[1].groups}
    for before, after in zip(shown.stages[1].groups, held_back.stages[1].groups, strict=True):
        assert before.low is not None
        assert before.high is not None
        assert after.low is not None
        assert after.high is not None
        assert after.low <= before.low
        assert after.high >= before.high
        assert after.high - after.low > before.high - before.low
    for one, wider in zip(
        of(tuple(3 * part for part in NATION), exact).changes,
        of(tuple(3 * part for part in NATION), exact, threshold=20).changes,
        strict=True,
    ):
        assert wider.high - wider.low > one.high - one.low


# Changes


@pytest.mark.parametrize(
    ("stages", "looked_at"),
    [
        ((NATION,), []),
        ((NATION, NATION), [(0, 1)]),
        ((NATION, NATION, NATION), [(0, 1), (1, 2), (0, 2)]),
        ((NATION, NATION, NATION, NATION), [(0, 1), (1, 2), (2, 3), (0, 3)]),
        ((None, NATION, None, NATION, None), [(1, 3)]),
        ((NATION, (9, 9, 9, 0, 0), NATION, (1, 2, 3, 1, 1), NATION), [(0, 2), (2, 4), (0, 4)]),
        (((9, 9, 9, 0, 0), NATION, (9, 9, 9, 9, 9)), []),
    ],
)
def test_changes_are_looked_at_from_each_stage_with_counts_to_the_next_and_from_the_first_to_the_last(
    stages: tuple[Exact | None, ...], looked_at: list[tuple[int, int]]
) -> None:
    found = of(*stages)
    assert steps(found) == [(STAGES[earlier], STAGES[later]) for earlier, later in looked_at]
    assert [one.group for one in found.changes] == list(COMPARED) * len(looked_at)
    assert [one.label for one in found.changes[:3]] == ["Professional", "Intermediate", "Working class"][
        : len(found.changes)
    ]
    assert len(found.stages) == len(stages)


@pytest.mark.parametrize(("stages", "comparisons"), [(2, 3), (3, 9), (4, 12), (8, 24)])
def test_intervals_are_widened_for_the_number_of_changes_looked_at(stages: int, comparisons: int) -> None:
    exact = [(150 + 10 * place, 80, 100 - 10 * place, 20, 25) for place in range(stages)]
    found = of(*exact)
    assert len(found.changes) == comparisons
    for one in found.changes:
        before, after = (parts_of(one.group, points(exact[STAGES.index(stage)])) for stage in (one.earlier, one.later))
        interval = change(before, after, quantile(comparisons))
        assert (one.low, one.high) == (math.floor(interval.low), math.ceil(interval.high))
        assert one.verdict in {change_verdict(ends).value for ends in (interval, Interval(one.low, one.high))}


def test_stages_without_counts_widen_nothing() -> None:
    alone = of(NATION, (60, 20, 20, 10, 10))
    among = journey(
        [
            (stage, office(exact))
            for stage, exact in zip(STAGES, [None, NATION, (9, 9, 9, 0, 0), (60, 20, 20, 10, 10), None], strict=False)
        ]
    )
    assert [(one.group, one.low, one.high, one.verdict) for one in among.changes] == [
        (one.group, one.low, one.high, one.verdict) for one in alone.changes
    ]


def test_a_change_can_be_checked_by_hand() -> None:
    found = of((60, 40, 100, 20, 20), (100, 60, 40, 20, 20))
    assert [(one.label, one.low, one.high, one.verdict) for one in found.changes] == [
        ("Professional", 8, 31, "rise"),
        ("Intermediate", -1, 21, "too few to tell"),
        ("Working class", -41, -18, "drop"),
    ]
    assert found.drop == found.changes[2]


@settings(max_examples=80, deadline=None)
@given(several_stages, thresholds)
def test_every_change_is_the_widest_over_what_the_two_tables_leave_possible(
    stages: list[Exact | None], threshold: int
) -> None:
    tables: dict[str, PublishedTable] = {
        stage: office(exact, threshold).tables[0] for stage, exact in zip(STAGES, stages, strict=False)
    }
    found = of(*stages, threshold=threshold)
    for one in found.changes:
        before, after = (
            parts_of(one.group, {name: tables[stage].counted(name) for name in COMPARED})
            for stage in (one.earlier, one.later)
        )
        interval = change(before, after, quantile(len(found.changes)))
        assert (one.low, one.high) == (math.floor(interval.low), math.ceil(interval.high))
        assert one.verdict in {change_verdict(ends).value for ends in (interval, Interval(one.low, one.high))}


# Drops


def test_a_planted_drop_is_found_and_named() -> None:
    found = of(NATION, (370, 240, 390, 80, 120), (500, 300, 200, 80, 120), (450, 280, 270, 80, 120))
    assert found.drop is not None
    assert (found.drop.group, found.drop.label) == ("working_class", "Working class")
    assert (found.drop.earlier, found.drop.later) == (APPLICANTS, STARTS)
    assert (found.drop.low, found.drop.high, found.drop.verdict) == (-25, -13, "drop")


@pytest.mark.parametrize(
    ("stages", "earlier", "later"),
    [
        ([300, 240, 100], APPLICANTS, STARTS),
        ([300, 160, 90], OUTREACH, APPLICANTS),
        ([240, 210, 180], OUTREACH, STARTS),
        ([300, 120, 300, 220], OUTREACH, APPLICANTS),
        ([200, 400, 120, 400], APPLICANTS, STARTS),
    ],
)
def test_the_step_with_the_largest_drop_is_named_or_else_the_whole_way(
    stages: list[int], earlier: Stage, later: Stage
) -> None:
    found = of(*((250 - part // 2, 250 - part // 2, part, 40, 40) for part in stages))
    assert found.drop is not None
    assert (found.drop.earlier, found.drop.later) == (earlier, later)
    assert found.drop.group == "working_class"


def test_a_rise_of_one_group_names_the_drop_of_another() -> None:
    found = of((100, 100, 100, 20, 20), (250, 100, 100, 20, 20))
    assert one_change(found, "professional").verdict == "rise"
    assert found.drop is not None
    assert found.drop.group in {"intermediate", "working_class"}


def test_a_rise_alone_is_no_drop() -> None:
    found = of((40, 40, 40, 20, 20), (75, 35, 35, 20, 20))
    assert [one.verdict for one in found.changes].count("rise") == 1
    assert {one.verdict for one in found.changes} <= {"rise", "too few to tell", "no clear change"}
    assert found.drop is None


@settings(max_examples=80, deadline=None)
@given(several_stages, thresholds)
def test_the_drop_that_is_named_is_the_largest_of_the_steps_that_drop(
    stages: list[Exact | None], threshold: int
) -> None:
    found = of(*stages, threshold=threshold)
    drops = [one for one in found.changes if one.verdict == "drop"]
    assert (found.drop is None) == (not drops)
    told = [stage.stage for stage in found.stages]
    steps = {change.later: change.earlier for change in reversed(found.changes)}  # the first to the last comes last
    if found.drop is not None:
        assert found.drop in drops
        assert told.index(found.drop.earlier) < told.index(found.drop.later)
        drops = [one for one in drops if steps[one.later] == one.earlier] or drops
        assert all(found.drop.low + found.drop.high <= one.low + one.high for one in drops)


def combinations(table: PublishedTable, values: Callable[[Range], Iterable[int]]) -> list[dict[str, Range]]:
    """Counts of the three groups that could stand behind a table."""
    each = [sorted(set(values(table.counted(name)))) for name in COMPARED]
    return [
        {name: Range(number, number) for name, number in zip(COMPARED, numbers, strict=True)}
        for numbers in itertools.product(*each)
    ]


held_back_counts = st.tuples(
    st.integers(0, 120), st.integers(0, 14), st.integers(0, 120), st.integers(0, 25), st.integers(0, 25)
)


@settings(max_examples=40, deadline=None)
@given(held_back_counts, held_back_counts, st.sampled_from([10, 15]))
def test_a_change_with_counts_held_back_is_named_only_if_every_possible_count_supports_it(
    before: Exact, after: Exact, threshold: int
) -> None:
    tables = table_of(before, threshold), table_of(after, threshold)
    found = of_tables(tables)
    named = [one for one in found.changes if one.verdict in {"drop", "rise"}]
    both = itertools.product(
        *(combinations(table, lambda one: (one.least, (one.least + one.most) // 2, one.most)) for table in tables)
    )
    for earlier, later in both if named else ():
        for one in named:
            interval = change(parts_of(one.group, earlier), parts_of(one.group, later), quantile(3))
            assert change_verdict(interval).value == one.verdict


def test_a_drop_that_only_some_possible_counts_support_is_not_named() -> None:
    before, after = (100, 100, 30, 20, 20), (100, 100, 8, 8, 20)
    table = table_of(after)
    assert (table.counts["working_class"], table.counts["professional"]) == (None, 100)
    possible = combinations(table, lambda one: range(one.least, one.most + 1))
    verdicts = {
        change_verdict(change(parts_of("working_class", points(before)), parts_of("working_class", one), quantile(3)))
        for one in possible
    }
    assert verdicts >= {ChangeVerdict.DROP, ChangeVerdict.NO_CLEAR_CHANGE}
    assert of(before, after).drop is None


def test_a_drop_into_a_count_held_back_is_named_where_all_possible_counts_support_it() -> None:
    found = of((100, 100, 100, 20, 20), (100, 100, 4, 4, 20))
    assert found.stages[1].groups[2].count is None
    assert found.drop is not None
    assert found.drop.group == "working_class"


def test_the_verdict_holds_for_the_interval_that_is_shown() -> None:
    found = of((36, 25, 53, 15, 21), (54, 41, 24, 11, 20))
    for one in found.changes:
        assert (one.verdict == "rise") == (one.low > 0)
        assert (one.verdict == "drop") == (one.high < 0)


# By chance


def drawn(random: np.random.Generator, people: tuple[int, int], parts: tuple[float, ...]) -> PublishedTable:
    """The table of so many people, each of whom answers like this by chance."""
    exact = random.multinomial(int(random.integers(people[0], people[1] + 1)), np.array(parts) / sum(parts))
    return table_of(tuple(int(one) for one in exact))


def test_where_nothing_changes_a_drop_is_named_in_at_most_5_of_100_journeys() -> None:
    random = np.random.default_rng(20261123)
    journeys = 1000
    named = sum(of_tables(drawn(random, (60, 300), NATION) for _ in range(4)).drop is not None for _ in range(journeys))
    print(f"no change: a drop is named in {named} of {journeys} journeys of 4 stages of 60 to 300 people")
    assert named <= 0.05 * journeys


def test_a_large_change_is_found_most_of_the_time_and_where_it_is() -> None:
    random = np.random.default_rng(20261124)
    journeys, after = 200, (50, 32, 18, 8, 12)
    drops = [
        of_tables(drawn(random, (150, 300), after if place >= 2 else NATION) for place in range(4)).drop
        for _ in range(journeys)
    ]
    right = sum(
        drop is not None
        and drop.group == "working_class"
        and STAGES.index(drop.earlier) < 2 <= STAGES.index(drop.later)
        for drop in drops
    )
    print(f"39 % to 18 %: found in {right} of {journeys} journeys of 4 stages of 150 to 300 people")
    assert right >= 0.9 * journeys


# Of published tables alone


@pytest.mark.parametrize("base", [(36, 24, 41, 13, 12), (60, 6, 41, 3, 23), (90, 11, 8, 8, 30)])
def test_people_whose_tables_are_the_same_have_the_same_journey(base: Exact) -> None:
    """Every tally of the same number of people around this one, sorted by the tables that it gives."""
    alike: dict[tuple[int | None, ...], list[Exact]] = defaultdict(list)
    for moved in itertools.product(range(-2, 3), repeat=len(base)):
        exact = tuple(one + by for one, by in zip(base, moved, strict=True))
        if sum(moved) == 0 and min(exact) >= 0:
            alike[tuple(table_of(exact).counts.values())].append(exact)
    assert max(map(len, alike.values())) > 20
    told: set[str] = set()
    for tallies in alike.values():
        journeys = {to_json(of((100, 100, 100, 30, 30), exact)) for exact in tallies}
        assert len(journeys) == 1
        told |= journeys
    assert len(told) > 1


def test_numbers_beside_the_tables_change_no_share_and_no_verdict() -> None:
    table = table_of(NATION)
    one = OfficeCounts((), (table,), 10, 0, 0, 0, 0, 0, None)
    other = OfficeCounts((), (table,), 25, 999, 888, 0, 0, 777, 5000)
    assert journey([(OUTREACH, one), (STARTS, one)]) == journey([(OUTREACH, other), (STARTS, other)])


# FORMAT.md, section 15


@pytest.fixture(scope="module")
def section() -> str:
    text = Path(storage.__path__[0], "FORMAT.md").read_text(encoding="utf-8")
    return text.partition("`fairstart office counts --journey --json`")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_json(of((100, 100, 200, 40, 40), (200, 100, 100, 40, 40), None)))
    return found


def rows(section: str) -> dict[str, str]:
    lines = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    return {key: line[2] for line in lines for key in names(line[1])}


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_format_lists_exactly_the_keys_of_a_journey(section: str, written: dict[str, Any]) -> None:
    assert list(written) == list(rows(section))
    assert names(rows(section)["format"]) == [written["format"]]


def test_format_lists_exactly_the_keys_of_a_stage_and_of_a_group(section: str, written: dict[str, Any]) -> None:
    told = {"nothing yet", "too few to tell", "null"}
    paragraph = section.partition("A group at a stage has ")[2].partition(", as a category above")[0]
    for stage in written["stages"]:
        assert list(stage) == [name for name in names(rows(section)["stages"]) if name not in told]
        for group in stage["groups"]:
            assert list(group) == names(paragraph)


def test_format_lists_exactly_the_keys_and_the_words_of_a_change(section: str, written: dict[str, Any]) -> None:
    words = {verdict.value for verdict in ChangeVerdict}
    listed = names(rows(section)["changes"])
    assert len(written["changes"]) == 3
    for one in (*written["changes"], written["drop"]):
        assert list(one) == [name for name in listed if name not in words]
    assert words < set(listed)
