"""What published tables are, and what everything that is ever shown gives away about one person."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from content.survey import Survey
from storage.counts import noise as noise_module
from storage.counts.disclosure import GroupSum, PublishedTable, rounded
from storage.counts.noise import THRESHOLD, VARIANCE, Coins, NoisyGroup, system_coins
from storage.counts.tally import Tally
from storage.crypto.sealing import Response
from storage.events import Event
from storage.office.corrections import labels_of
from storage.office.events import covering
from storage.office.labels import OfficeEvent
from tests.storage.counts import attacker
from tests.storage.counts.attacker import (
    BOTH_SIDES,
    CASES,
    DEGREES,
    EVENING,
    FAIR,
    FEEDBACK_AT_AN_OFFICE,
    FEEDBACK_ON_A_LAPTOP,
    INFINITE,
    ONE_SIDE,
    STARTED_OVER,
    STARTERS,
    Answers,
    Attack,
    Case,
    Seen,
    Vector,
    alike,
    answering,
    bring,
    control,
    left_possible,
    look_at_everything,
    new_desk,
    threshold_and_rounding,
)
from tests.storage.counts.tables import CATEGORIES, group_of
from tests.storage.office.merging import Desk
from tests.variants import usually

OFFICE_YEAR, LAPTOP_DAY, BOTH, TWO_EVENTS, NINETEEN_KNOWN, FORTY_TWO_PEOPLE, SAME_AGAIN = CASES


def group(**counts: Sequence[int]) -> NoisyGroup:
    """A group whose noisy counts are these."""
    return group_of(counts)


def published(*groups: NoisyGroup, question: str = "degree", threshold: int = THRESHOLD) -> PublishedTable:
    return GroupSum.of(groups).publish(question, threshold)


def signed(categories: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(-8, 60), min_size=categories, max_size=categories).filter(lambda them: sum(them) >= 10)


def groups_of_all_kinds() -> st.SearchStrategy[list[NoisyGroup]]:
    def asked(question: str) -> st.SearchStrategy[NoisyGroup]:
        return signed(len(CATEGORIES[question])).map(lambda counts: group(**{question: counts}))

    return st.lists(st.sampled_from(sorted(CATEGORIES)).flatmap(asked), max_size=8)


# What everything that is shown gives away


@functools.cache
def attack(case: Case) -> Attack:
    return Attack(case)


@functools.cache
def ratios(case: Case) -> dict[int, float]:
    """The highest about each suspect."""
    return {suspect: max(attack(case).of(suspect)).ratio for suspect in case.suspects}


def worst(case: Case) -> float:
    return max(ratios(case).values())


@pytest.mark.parametrize("case", usually(2, [TWO_EVENTS, FORTY_TWO_PEOPLE, OFFICE_YEAR]), ids=lambda case: case.name)
def test_everything_that_an_office_ever_shows_changes_the_odds_between_two_answers_at_most_fourfold(case: Case) -> None:
    assert worst(case) == ONE_SIDE == case.bound


@pytest.mark.parametrize("case", [LAPTOP_DAY, NINETEEN_KNOWN], ids=lambda case: case.name)
def test_everything_that_a_laptop_ever_shows_changes_the_odds_between_two_answers_at_most_fourfold(case: Case) -> None:
    assert worst(case) == ONE_SIDE == case.bound


def test_laptop_and_office_together_change_the_odds_at_most_sixteenfold() -> None:
    assert worst(BOTH) == BOTH_SIDES == BOTH.bound


def test_feedback_is_shown_by_the_same_rule_on_a_laptop_and_at_the_office() -> None:
    assert ratios(FEEDBACK_ON_A_LAPTOP) == {0: ONE_SIDE, 9: ONE_SIDE, 14: ONE_SIDE, 23: 1}
    assert worst(dataclasses.replace(FEEDBACK_AT_AN_OFFICE, suspects=(0,))) == ONE_SIDE


@pytest.mark.long
def test_feedback_at_an_office_is_shown_by_the_same_rule_whoever_is_looked_at() -> None:
    assert worst(FEEDBACK_AT_AN_OFFICE) == ONE_SIDE


def test_whoever_is_in_no_group_is_told_nothing_about() -> None:
    in_groups, lost, waiting = (0, 9, 20), 12, 28
    assert ratios(LAPTOP_DAY) == dict.fromkeys(in_groups, ONE_SIDE) | {lost: 1, waiting: 1}


def test_the_same_people_brought_in_again_tell_nothing_new() -> None:
    assert attack(SAME_AGAIN).plain.draws == len(CATEGORIES)
    assert worst(SAME_AGAIN) == ONE_SIDE


@pytest.mark.long
def test_an_office_that_starts_over_with_other_groups_multiplies_the_odds_each_time() -> None:
    assert ratios(STARTED_OVER) == {0: 4**3, 20: 4**2, 21: 4}


def corrected_labels(answers: Answers, seen: Seen) -> None:
    with new_desk() as desk:
        bring(desk, FAIR, answers[:20])
        bring(desk, STARTERS, answers[20:])
        for number, level in enumerate((None, 3, 4, None, 7)):
            desk.office.describe(FAIR, None, level)
            desk.office.describe(STARTERS, 50 + number, None if level is None else level - 1)
            look_at_everything(desk, seen, f"look {number}")


def test_a_label_that_is_corrected_tells_nothing_new() -> None:
    case = Case("labels", ONE_SIDE, alike(40), (0, 3, 39), corrected_labels)
    assert attack(case).plain.draws == 2 * len(CATEGORIES)
    assert worst(case) == ONE_SIDE
    assert max(control(attack(case))).ratio == INFINITE


def bring_each(desk: Desk, parts: Sequence[tuple[Event, Answers]]) -> None:
    for where, who in parts:
        bring(desk, where, who)


def corrected_for_years(answers: Answers, seen: Seen) -> None:
    """Events are merged, called otherwise, removed and taken back; answers are deleted, and brought in once more."""
    parts = ((FAIR, answers[:24]), (EVENING, answers[24:32]), (STARTERS, answers[32:]))
    with new_desk() as desk:
        bring_each(desk, parts)
        corrections = desk.office.corrections

        def called(one: Event) -> OfficeEvent:
            return covering(desk.office.all_events(), one.id)

        acts: dict[str, Callable[[], None]] = {
            "as they came": lambda: None,
            "two are one": lambda: corrections.merge(called(EVENING), called(FAIR)),
            "another stage": lambda: corrections.correct(
                called(STARTERS), replace(labels_of(called(STARTERS)), stage="outreach", place="York")
            ),
            "a mere test": lambda: corrections.remove(called(FAIR)),
            "no test": lambda: corrections.undo(3),
            "two again": lambda: corrections.undo(1),
            "deleted": lambda: desk.office.delete_responses(desk.office.all_events(), dt.date(2028, 1, 1)),
            "handed over once more": lambda: bring_each(desk, parts),
        }
        for when, act in acts.items():
            act()
            look_at_everything(desk, seen, when)


def test_whatever_is_corrected_removed_undone_or_deleted_tells_nothing_new() -> None:
    case = Case("corrections", ONE_SIDE, alike(40), (30,), corrected_for_years)
    assert attack(case).plain.draws == 2 * len(CATEGORIES)
    assert worst(case) == ONE_SIDE


@pytest.mark.parametrize(
    "case",
    usually(2, [LAPTOP_DAY, BOTH, TWO_EVENTS, NINETEEN_KNOWN, FORTY_TWO_PEOPLE, SAME_AGAIN, OFFICE_YEAR]),
    ids=lambda case: case.name,
)
def test_the_same_documents_come_of_either_answer_with_noise_that_is_as_likely_within_the_bound(case: Case) -> None:
    """Not numbers alone: whole documents, with every interval, verdict and journey, are those of the noisy groups."""
    random = Random(1)  # noqa: S311 - not a secret
    suspect = case.suspects[0]
    step = random.randint(1, 3)
    answers, others = case.people, case.worlds(suspect)[step]
    hidden = attack(case).hidden_by(answers, others)
    assert hidden is not None
    drawn: dict[int, Vector] = {}

    def noise(number: int, categories: int) -> Vector:
        if number not in drawn:
            first = [random.randint(-6, 6) for _ in range(categories - 1)]
            drawn[number] = (*first, -sum(first))
        return drawn[number]

    def other_noise(number: int, categories: int) -> Vector:
        return tuple(map(int.__sub__, noise(number, categories), hidden.get(number, (0,) * categories)))

    one, other = case.seen(answers, noise, documents=True), case.seen(others, other_noise, documents=True)
    assert len(one.documents) > 3
    assert one.documents == other.documents
    assert case.seen(others, noise, documents=True).documents != one.documents


def test_what_people_read_of_one_group_is_summed_over_all_its_noise() -> None:
    """The other way round: P(text | answer) in fractions, over every noise up to Σ|z| = 20, and what is beyond."""
    normaliser = Fraction(245, 27)
    vectors = [
        (*first, -sum(first))
        for first in itertools.product(range(-10, 11), repeat=3)
        if sum(map(abs, first)) + abs(sum(first)) <= 20
    ]
    weights = [Fraction(1, 2 ** sum(map(abs, z))) / normaliser for z in vectors]
    beyond = 1 - sum(weights)
    assert 0 < beyond < Fraction(1, 1000)

    def told(exact: tuple[int, ...]) -> dict[tuple[object, ...], Fraction]:
        chances: dict[tuple[object, ...], Fraction] = defaultdict(Fraction)
        for z, weight in zip(vectors, weights, strict=True):
            table = published(group(degree=[count + part for count, part in zip(exact, z, strict=True)]))
            share = table.share("a_parent", ("no_parent", "a_parent"))
            assert share is not None
            chances[(*map(rounded, table.counts.values()), share.interval(1.96).outwards)] += weight
        return chances

    one, other = told((14, 9, 1, 0)), told((13, 10, 1, 0))
    surest = Fraction(1)
    for text in one.keys() | other.keys():
        assert one[text] <= ONE_SIDE * (other[text] + beyond)
        assert other[text] <= ONE_SIDE * (one[text] + beyond)
        surest = max(surest, one[text] / (other[text] + beyond), other[text] / (one[text] + beyond))
    assert 1.5 < surest <= ONE_SIDE


# The attacker sees what is wrong


def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups without noise."""

    def of(_class: type[NoisyGroup], counted: Tally, _coins: Coins) -> NoisyGroup:
        return NoisyGroup.read(counted.people(next(iter(counted.counts))), counted.counts)

    monkeypatch.setattr(NoisyGroup, "of", classmethod(of))


@pytest.mark.long
def test_noise_that_is_drawn_for_each_table_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    exact(monkeypatch)
    publish = GroupSum.publish

    def fresh(self: GroupSum, question: str, *more: Any) -> PublishedTable:  # noqa: ANN401 - handed on
        table = publish(self, question, *more)
        drawn = noise_module.noise(len(table.counts), system_coins(question)) if table.counts else ()
        counts = {name: count + z for (name, count), z in zip(table.counts.items(), drawn, strict=True)}
        object.__setattr__(table, "counts", MappingProxyType(counts))
        return table

    monkeypatch.setattr(GroupSum, "publish", fresh)
    attacked = Attack(dataclasses.replace(TWO_EVENTS, suspects=(0,)))
    of_both = sum(sum(counts) == 50 for counts in attacked.plain.tables.values())
    of_one = sum(sum(counts) == 25 for counts in attacked.plain.tables.values()) / 2
    assert attacked.plain.draws == len(attacked.plain.tables)
    assert attacked.worst().ratio == 4 ** (of_both + of_one)


def test_a_group_without_noise_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    exact(monkeypatch)
    assert Attack(dataclasses.replace(TWO_EVENTS, suspects=(0,))).worst().ratio == INFINITE


def test_a_table_that_lets_somebody_in_without_a_group_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    publish = GroupSum.publish
    late: list[Response] = []

    def with_those_who_wait(self: GroupSum, question: str, threshold: int, survey: Survey) -> PublishedTable:
        total = GroupSum()
        total.people, total._asked, total._counts = self.people, self._asked, copy.deepcopy(self._counts)
        for counts in (Tally.of(one).counts for one in late):
            for name, number in counts.get(question, {}).items():
                total._counts[question][name] += number
        return publish(total, question, threshold, survey)

    def show(answers: Answers, seen: Seen) -> None:
        late.clear()
        with new_desk() as desk:
            bring(desk, FAIR, answers[:-1])
            look_at_everything(desk, seen, "before")
            late.append(answers[-1])
            look_at_everything(desk, seen, "after")

    monkeypatch.setattr(GroupSum, "publish", with_those_who_wait)
    attacked = Attack(Case("somebody late", ONE_SIDE, answering("degree", 3, 3, 3, 3), (0, 11), show))
    assert {suspect: max(attacked.of(suspect)).ratio for suspect in (0, 11)} == {0: ONE_SIDE, 11: INFINITE}


def test_noise_of_one_category_in_another_ones_count_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def mixed(self: GroupSum, one: NoisyGroup) -> None:
        turned = {
            question: dict(zip(counts, [*list(counts.values())[1:], next(iter(counts.values()))], strict=True))
            for question, counts in one.counts.items()
        }
        add(self, NoisyGroup.read(one.people, turned))

    add = GroupSum.add
    monkeypatch.setattr(GroupSum, "add", mixed)
    with pytest.raises(ValueError, match="noise of one category is in the count of another"):
        Attack(FORTY_TWO_PEOPLE)


# The control


@pytest.mark.parametrize("case", [*CASES, FEEDBACK_AT_AN_OFFICE, STARTED_OVER], ids=lambda case: case.name)
@pytest.mark.long
def test_threshold_and_rounding_exceed_every_bound_on_the_same_tables(case: Case) -> None:
    assert max(control(attack(case))).ratio == INFINITE > case.bound


def test_threshold_and_rounding_leave_one_possible_value_in_linked_tables() -> None:
    first, second = left_possible(*DEGREES)
    assert threshold_and_rounding(DEGREES[0])[1] is None
    assert threshold_and_rounding(DEGREES[1])[1] is None
    assert (first[1], second[1]) == ({9}, {9})


def test_the_common_rule_is_what_it_says() -> None:
    assert threshold_and_rounding((37, 24, 39, 12, 13)) == (35, 25, 40, 10, 15)
    assert threshold_and_rounding((40, 40, 0, 9)) == (40, 40, None, None)
    assert threshold_and_rounding((17, 0, 0, 0)) == (15, None, None, None)
    assert threshold_and_rounding((18, 0, 0, 0)) == (None,) * 4
    assert threshold_and_rounding((97, 87, 8, 8)) == (None,) * 4


@pytest.mark.long
def test_the_command_prints_the_figures_and_fails_where_a_bound_is_exceeded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(attacker, "CASES", (NINETEEN_KNOWN,))
    monkeypatch.setattr(attacker, "STARTED_OVER", FORTY_TWO_PEOPLE)
    assert attacker.main([]) == 0
    printed = capsys.readouterr().out
    assert printed.count("noise once per group: at most 4 to 1, bound 4") == 4
    assert "infinite for 4 of 10 pairs" in printed
    monkeypatch.setattr(attacker, "CASES", (dataclasses.replace(NINETEEN_KNOWN, bound=3),))
    assert attacker.main([]) == 1


# A published table


@given(groups_of_all_kinds(), st.sampled_from(sorted(CATEGORIES)))
def test_a_table_is_the_sum_of_its_groups(groups: list[NoisyGroup], question: str) -> None:
    asked = [one for one in groups if question in one.counts]
    table = published(*groups, question=question)
    assert table.question == question
    if not asked:
        assert (table.people, table.groups, dict(table.counts), table.variance) == (None, 0, {}, 0)
        return
    assert table.people == sum(one.people for one in asked) == sum(table.counts.values())
    assert table.groups == len(asked)
    assert table.variance == pytest.approx(len(asked) * VARIANCE[len(CATEGORIES[question])])
    assert tuple(table.counts) == CATEGORIES[question]
    assert table.counts == {name: sum(one.counts[question][name] for one in asked) for name in CATEGORIES[question]}


@given(groups_of_all_kinds(), st.randoms(use_true_random=False))
def test_groups_add_up_in_any_order_and_one_at_a_time(groups: list[NoisyGroup], random: Random) -> None:
    total = GroupSum()
    for one in random.sample(groups, len(groups)):
        total.add(one)
    at_once = GroupSum.of(groups)
    assert total.people == at_once.people == sum(one.people for one in groups)
    assert total.asked == at_once.asked == {question for one in groups for question in one.counts}
    for question in CATEGORIES:
        assert total.publish(question) == at_once.publish(question)


def test_a_later_group_changes_nothing_about_a_table_that_was_made() -> None:
    total = GroupSum.of([group(degree=(4, 4, 4, -2))])
    before = total.publish("degree")
    total.add(group(degree=(10, 0, 0, 0)))
    assert before.counts == {"no_parent": 4, "a_parent": 4, "not_known": 4, "prefer_not_to_say": -2}
    assert (before.people, before.groups) == (10, 1)
    assert total.publish("degree").counts["no_parent"] == 14


@pytest.mark.parametrize(("threshold", "shown"), [(10, True), (19, True), (20, True), (21, False), (500, False)])
def test_fewer_people_than_the_threshold_have_no_counts(threshold: int, *, shown: bool) -> None:
    table = published(group(degree=(5, 5, 0, 0)), group(degree=(10, 0, 0, 0)), threshold=threshold)
    assert (table.people, table.groups) == ((20, 2) if shown else (None, 0))
    assert len(table.counts) == (4 if shown else 0)
    assert (table.share("a_parent", ("no_parent", "a_parent")) is None) == (not shown)


def test_a_threshold_under_ten_and_an_unknown_question_are_refused() -> None:
    for threshold in (9, 5, 1, 0, -1):
        with pytest.raises(ValueError, match="above 10, not lowered"):
            published(threshold=threshold)
    for question in ("", "Degree", "age"):
        with pytest.raises(ValueError, match=f"no question {question!r}"):
            published(question=question)


def test_a_share_is_worked_out_from_signed_counts() -> None:
    share = published(group(occupation=(10, -2, 12, 3, 1)), question="occupation").share(
        "intermediate", ("professional", "intermediate", "working_class")
    )
    assert share is not None
    assert (share.count, share.compared_count, share.groups, share.categories, share.compared) == (-2, 20, 1, 5, 3)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        *((count, None) for count in (-7, -1, 0, 5, 9)),
        *((count, 10) for count in (10, 12)),
        *((count, 15) for count in (13, 15, 17)),
        *((count, 20) for count in (18, 22)),
        (1002, 1000),
        (1003, 1005),
    ],
)
def test_people_are_told_the_nearest_five_and_nothing_under_ten(count: int, shown: int | None) -> None:
    assert rounded(count) == shown


# Nobody else makes one


def test_a_published_table_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError):
        PublishedTable()
    with pytest.raises(TypeError):
        PublishedTable("degree", 40, 1, {"no_parent": 3})  # type: ignore[call-arg]


def test_a_published_table_cannot_be_made_from_another_one() -> None:
    with pytest.raises(TypeError):
        dataclasses.replace(published(group(degree=(10, 0, 0, 0))), people=3)


@pytest.mark.parametrize("name", ["question", "people", "groups", "counts"])
def test_a_published_table_cannot_be_changed(name: str) -> None:
    made = published(group(degree=(10, 0, 0, 0)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, name, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        delattr(made, name)


def test_the_counts_of_a_published_table_cannot_be_changed() -> None:
    made = published(group(degree=(10, 0, 0, 0)))
    assert isinstance(made.counts, MappingProxyType)
    with pytest.raises(TypeError):
        cast("dict[str, int]", made.counts)["no_parent"] = 3
    assert made.counts["no_parent"] == 10


def test_only_two_modules_go_round_the_making_of_a_class() -> None:
    """Noisy groups are made in one, published tables in the other."""
    root = Path(__file__).parents[3]
    sources = [path for package in ("content", "storage", "tui") for path in (root / package).rglob("*.py")]
    assert len(sources) > 50
    found_in = {path.name: path.read_text("utf-8").count("object.__new__(") for path in sources}
    assert {name: times for name, times in found_in.items() if times} == {"noise.py": 1, "disclosure.py": 1}
