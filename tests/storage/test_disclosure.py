"""What published tables give away: an exhaustive search for small tables, and properties of all of them."""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import MappingProxyType
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.survey import load_survey
from storage.disclosure import PublishedTable, publish, rounded, shown_range
from storage.tally import Tally
from tests.storage.attacker import (
    Cells,
    Figures,
    OneTable,
    Rule,
    Seen,
    TwoTables,
    attack,
    published,
    suppressed_and_rounded,
    suppressed_only,
    tallies,
)

CATEGORIES = {
    question.id: tuple(category.id for category in question.categories) for question in load_survey().questions
}
THRESHOLDS = (10, 11, 12, 15, 20)


def tally(question: str, counts: list[int]) -> Tally:
    return Tally({question: dict(zip(CATEGORIES[question], counts, strict=True))})


def table(question: str, counts: list[int], threshold: int = 10) -> PublishedTable:
    return publish(tally(question, counts), question, threshold)


def shown(question: str, counts: list[int], threshold: int = 10) -> tuple[int | None, ...]:
    return tuple(table(question, counts, threshold).counts.values())


def count() -> st.SearchStrategy[int]:
    return st.one_of(st.integers(0, 12), st.integers(0, 40), st.integers(0, 3000))


@st.composite
def question_and_counts(draw: st.DrawFn) -> tuple[str, list[int]]:
    question = draw(st.sampled_from(["occupation", "degree"]))
    size = len(CATEGORIES[question])
    return question, draw(st.lists(count(), min_size=size, max_size=size))


anything = question_and_counts()


# The exhaustive attacker


@pytest.fixture(scope="module")
def three_categories() -> Figures:
    return attack(published, 3, 60)


def test_with_three_categories_no_small_count_has_fewer_than_five_possible_values(three_categories: Figures) -> None:
    assert three_categories.one.small == Cells(number=42_687, few=0, pinned=0)


def test_with_three_categories_two_tables_pin_at_most_one_small_increment_in_2000(three_categories: Figures) -> None:
    assert sorted(three_categories.two) == [10, 15]
    for two in three_categories.two.values():
        assert two.increments.number > 800_000
        assert two.increments.rarely_pinned


def test_with_three_categories_two_tables_pin_no_unanimous_batch(three_categories: Figures) -> None:
    for two in three_categories.two.values():
        assert two.unanimous.number > 10_000
        assert two.unanimous.pinned == 0


def test_with_three_categories_two_tables_leave_few_values_to_less_than_one_small_count_in_10(
    three_categories: Figures,
) -> None:
    for two in three_categories.two.values():
        assert two.small.few * 10 < two.small.number


def test_the_attacker_passes_the_published_table(three_categories: Figures) -> None:
    assert three_categories.passed


@pytest.mark.parametrize(("categories", "most"), [(4, 34), (5, 24)])
def test_the_attacker_passes_real_questions(categories: int, most: int) -> None:
    figures = attack(published, categories, most, batches=[10])
    assert figures.one.small.number > 10_000
    assert figures.passed


@pytest.mark.parametrize("control", [suppressed_only, suppressed_and_rounded])
def test_the_attacker_fails_a_weaker_rule_in_one_table_and_in_two(control: Rule) -> None:
    figures = attack(control, 3, 40)
    assert not figures.passed
    assert figures.one.small.few > 0
    assert not all(two.increments.rarely_pinned for two in figures.two.values())
    assert not all(two.unanimous.rarely_pinned for two in figures.two.values())


@pytest.mark.long
@pytest.mark.parametrize(("categories", "most"), [(4, 45), (4, 60), (5, 40)])
def test_the_attacker_passes_larger_tables(categories: int, most: int) -> None:
    figures = attack(published, categories, most)
    assert figures.one.small.few == 0
    for two in figures.two.values():
        assert two.increments.rarely_pinned
        assert two.unanimous.pinned == 0
    assert figures.passed


def test_every_single_way_to_give_too_much_away_fails() -> None:
    many, too_many = Cells(2000, 0, 1), Cells(1999, 0, 1)
    one = OneTable(small=Cells(5, 0, 0))
    assert Figures(one, {10: TwoTables(many, many)}).passed
    assert not Figures(OneTable(small=Cells(5, 1, 0)), {10: TwoTables(many, many)}).passed
    assert not Figures(one, {10: TwoTables(many, many), 15: TwoTables(increments=too_many)}).passed
    assert not Figures(one, {10: TwoTables(unanimous=too_many), 15: TwoTables()}).passed


def test_the_attacker_goes_through_every_tally_once() -> None:
    for categories, people in itertools.product((1, 2, 3, 4), (0, 1, 5)):
        expected = [
            counts for counts in itertools.product(range(people + 1), repeat=categories) if sum(counts) == people
        ]
        assert sorted(map(tuple, tallies(categories, people).tolist())) == expected


def test_the_attacker_counts_what_a_plain_search_counts() -> None:
    figures = attack(suppressed_only, 3, 30)
    increments: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    small: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for people in (10, 15):
        for old in map(tuple, tallies(3, people).tolist()):
            for batch in map(tuple, tallies(3, 15).tolist()):
                new = tuple(map(sum, zip(old, batch, strict=True)))
                increments[people, suppressed_only(old), suppressed_only(new)].append(batch)
    for people in range(10, 31):
        for counts in map(tuple, tallies(3, people).tolist()):
            small[people, suppressed_only(counts)].append(counts)

    def judged(groups: dict[object, list[tuple[int, ...]]], values: range) -> Cells:
        cells = Cells()
        for group, place in itertools.product(groups.values(), range(3)):
            column = [counts[place] for counts in group]
            number, possible = sum(value in values for value in column), len(set(column))
            cells += Cells(number, number * (possible < 5), number * (possible == 1))
        return cells

    assert figures.two[15].increments == judged(increments, range(1, 10))
    assert figures.two[15].unanimous == judged(increments, range(15, 16))
    assert figures.one.small == judged(small, range(1, 10))
    assert figures.one.middling == judged(small, range(11, 20))
    assert figures.two[15].increments.pinned > 0


def test_a_cell_with_one_possible_value_is_pinned() -> None:
    seen = Seen(2, 9)
    [sights, values] = tallies(2, 1).T
    seen.add(sights, values)
    assert seen.cells(range(10)) == Cells(number=2, few=2, pinned=2)
    seen.add(sights, sights)
    assert seen.cells(range(1, 2)) == Cells(number=2, few=2, pinned=0)


def test_the_command_prints_the_figures_in_plain_lines() -> None:
    command = [sys.executable, "-m", "tests.storage.attacker", "--categories", "3", "--most", "20"]
    ran = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert "Every tally with 3 categories, from 10 to 20 people." in ran.stdout
    assert ran.stdout.count("counts of 1 to 9: ") == 4
    assert ran.stdout.count("PASSES") == 2
    assert ran.stdout.count("FAILS") == 2


@given(anything)
@example(("degree", [5, 3, 1, 0]))
@example(("occupation", [12, 10, 1, 0, 0]))
def test_the_attacker_attacks_what_is_published(asked: tuple[str, list[int]]) -> None:
    assert shown(*asked) == published(asked[1])


# Higher thresholds


def higher_thresholds_follow_from_ten(most: int) -> int:
    """Look at every tally of three categories (the fourth has nobody); return how many tables there are under 10."""
    seen: dict[object, tuple[tuple[int | None, ...], ...]] = {}
    for people in range(most + 1):
        for exact in tallies(3, people).tolist():
            tables = tuple(shown("degree", [*exact, 0], threshold) for threshold in THRESHOLDS)
            for threshold, cells in zip(THRESHOLDS, tables, strict=True):
                for number, cell in zip((*exact, 0), cells, strict=True):
                    assert cell is None or number >= threshold
            assert seen.setdefault((people, tables[0]), tables) == tables
    return len(seen)


def test_equal_tables_are_equal_under_every_higher_threshold_too() -> None:
    assert higher_thresholds_follow_from_ten(40) > 400


@pytest.mark.long
def test_equal_larger_tables_are_equal_under_every_higher_threshold_too() -> None:
    assert higher_thresholds_follow_from_ten(60) > 1000


@given(anything, st.integers(10, 60))
def test_a_higher_threshold_only_hides(asked: tuple[str, list[int]], threshold: int) -> None:
    for under_ten, higher in zip(shown(*asked), shown(*asked, threshold), strict=True):
        assert higher in {under_ten, None}
        assert higher is None or shown_range(higher).least >= threshold
        if under_ten is not None and under_ten - 2 >= threshold:
            assert higher == under_ten


@pytest.mark.parametrize(("threshold", "least"), [(10, 10), (11, 15), (13, 15), (14, 20), (15, 20), (18, 20), (19, 25)])
def test_the_least_count_shown_is_surely_at_the_threshold(threshold: int, least: int) -> None:
    seen = set()
    for number in range(10, 40):
        seen.add(shown("degree", [number, 100, 50, 50], threshold)[0])
    assert min(cell for cell in seen if cell is not None) == least


@pytest.mark.parametrize("threshold", [9, 5, 1, 0, -1])
def test_a_threshold_under_ten_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match="above 10, not lowered"):
        table("degree", [20, 20, 20, 20], threshold)


# Every published table


@given(anything, st.integers(10, 30))
def test_no_count_under_the_threshold_is_shown(asked: tuple[str, list[int]], threshold: int) -> None:
    for exact, cell in zip(asked[1], shown(*asked, threshold), strict=True):
        assert cell is None or exact >= threshold


@given(anything)
def test_what_is_shown_is_the_nearest_multiple_of_five(asked: tuple[str, list[int]]) -> None:
    for exact, cell in zip(asked[1], shown(*asked), strict=True):
        assert cell is None or (cell % 5 == 0 and abs(cell - exact) <= 2)


@pytest.mark.parametrize(
    ("exact", "cell"),
    [(10, 10), (12, 10), (13, 15), (15, 15), (17, 15), (18, 20), (22, 20), (23, 25), (1002, 1000), (1003, 1005)],
)
def test_a_count_is_rounded_to_the_nearest_five(exact: int, cell: int) -> None:
    assert rounded(exact) == cell
    assert shown("degree", [exact, 10, 10, 10]) == (cell, 10, 10, 10)


@pytest.mark.parametrize(("cell", "least", "most"), [(10, 10, 12), (15, 13, 17), (20, 18, 22), (25, 23, 27)])
def test_the_exact_counts_behind_a_shown_one_are_those_that_round_to_it(cell: int, least: int, most: int) -> None:
    assert [exact for exact in range(10, 40) if rounded(exact) == cell] == list(range(least, most + 1))
    assert shown_range(cell) == (least, most)


@given(anything, st.integers(10, 40))
def test_the_range_of_a_category_always_contains_its_exact_count(asked: tuple[str, list[int]], threshold: int) -> None:
    question, counts = asked
    made = table(question, counts, threshold)
    for category, exact in zip(CATEGORIES[question], counts, strict=True):
        least, most = made.range(category)
        assert 0 <= least <= exact <= most <= max(sum(counts), 9)


@given(anything)
def test_the_range_of_a_shown_count_is_no_wider_than_its_rounding(asked: tuple[str, list[int]]) -> None:
    question, counts = asked
    made = table(question, counts)
    for category, cell in made.counts.items():
        if cell is not None:
            least, most = made.range(category)
            assert cell - 2 <= least <= most <= cell + 2
            assert least >= 10


@given(anything, st.integers(10, 30))
def test_a_suppressed_count_ranges_no_higher_than_the_smallest_one_shown(
    asked: tuple[str, list[int]], threshold: int
) -> None:
    made = table(*asked, threshold)
    reaches = [shown_range(cell).most for cell in made.counts.values() if cell is not None]
    for category, cell in made.counts.items():
        if cell is None and reaches:
            assert made.range(category).most <= max(min(reaches), 9)


def test_a_range_is_worked_out_from_the_total_and_the_counts_shown() -> None:
    made = table("degree", [30, 40, 5, 4])
    assert made.counts == {"no_parent": 30, "a_parent": 40, "not_known": None, "prefer_not_to_say": None}
    assert made.range("no_parent") == (28, 32)
    assert made.range("not_known") == (0, 13)
    assert table("degree", [10, 20, 0, 6]).range("not_known") == (0, 8)
    assert table("degree", [10, 20, 10, 6]).range("prefer_not_to_say") == (0, 8)
    assert table("degree", [3, 4, 0, 2]).range("a_parent") == (0, 9)
    assert table("degree", [12, 12, 12, 3]).range("prefer_not_to_say") == (3, 9)
    assert table("degree", [17, 17, 15, 15]).range("not_known") == (13, 17)
    assert table("degree", [17, 17, 17, 17]).range("not_known") == (17, 17)
    assert table("degree", [13, 13, 13, 13]).range("a_parent") == (13, 13)


@given(anything, st.integers(10, 30))
def test_no_suppressed_count_can_be_worked_out_from_the_others(asked: tuple[str, list[int]], threshold: int) -> None:
    question, counts = asked
    made = table(question, counts, threshold)
    for category, cell in made.counts.items():
        if cell is None and sum(counts) >= 10:
            least, most = made.range(category)
            assert most - least >= 4


@given(anything)
def test_at_least_five_counts_under_ten_are_possible_for_every_small_count(asked: tuple[str, list[int]]) -> None:
    question, counts = asked
    made = table(question, counts)
    if not made.blank:
        for category, exact in zip(CATEGORIES[question], counts, strict=True):
            if exact < 10:
                least, most = made.range(category)
                assert min(most, 9) - least >= 4


@given(anything)
def test_the_head_count_is_exact_or_held_back_under_ten(asked: tuple[str, list[int]]) -> None:
    people = sum(asked[1])
    assert table(*asked).people == (people if people >= 10 else None)


@pytest.mark.parametrize(("counts", "people"), [([9, 0, 0, 0], None), ([10, 0, 0, 0], 10), ([3, 3, 3, 1], 10)])
def test_a_head_count_is_told_from_ten_on(counts: list[int], people: int | None) -> None:
    assert table("degree", counts).people == people


@given(anything, st.integers(10, 30))
def test_a_table_is_blank_exactly_where_nothing_is_shown(asked: tuple[str, list[int]], threshold: int) -> None:
    made = table(*asked, threshold)
    assert made.blank == (set(made.counts.values()) == {None})


def test_a_table_of_counts_over_ten_is_shown_whole() -> None:
    assert shown("occupation", [37, 24, 39, 12, 13]) == (35, 25, 40, 10, 15)


def test_zeros_are_held_back_like_any_small_count() -> None:
    assert shown("degree", [40, 40, 0, 9]) == (40, 40, None, None)


def test_no_more_is_held_back_than_five_possible_values_take() -> None:
    assert shown("degree", [17, 0, 0, 0]) == (15, None, None, None)
    assert shown("degree", [18, 0, 0, 0]) == (None, None, None, None)


def test_a_category_with_everybody_in_it_leaves_the_zeros_unknown() -> None:
    for people in range(10, 200):
        made = table("degree", [people, 0, 0, 0])
        zero = made.range("not_known")
        assert made.blank or min(zero.most, 9) - zero.least >= 4
    assert table("degree", [20, 0, 0, 0]).blank


def test_the_smallest_count_shown_is_held_back_first_and_the_first_of_two_equal_ones() -> None:
    assert shown("degree", [18, 10, 13, 0]) == (20, None, 15, None)
    assert shown("occupation", [12, 10, 18, 18, 0]) == (None, 10, 20, 20, None)


def test_holding_one_more_count_back_may_not_be_enough() -> None:
    assert table("degree", [12, 12, 12, 9]).blank


def test_the_audit_does_nothing_where_every_count_is_shown() -> None:
    assert shown("degree", [10, 10, 10, 10]) == (10, 10, 10, 10)


def test_a_question_that_nobody_was_asked_gives_a_table_without_people() -> None:
    for made in (publish(Tally({}), "school"), table("school", [0, 0, 0, 0, 0])):
        assert made.question == "school"
        assert made.people is None
        assert made.blank
        assert tuple(made.counts) == CATEGORIES["school"]


def test_a_table_is_of_one_question_alone() -> None:
    both = Tally({**tally("degree", [20, 20, 20, 20]).counts, **tally("occupation", [30] * 5).counts})
    assert publish(both, "degree").people == 80
    assert publish(both, "occupation").people == 150
    assert publish(both, "meals").people is None


@given(anything, st.integers(10, 20))
def test_categories_come_in_the_order_of_the_question(asked: tuple[str, list[int]], threshold: int) -> None:
    question, counts = asked
    backwards = dict(reversed(list(tally(question, counts).counts[question].items())))
    made = publish(Tally({question: backwards}), question, threshold)
    assert tuple(made.counts) == CATEGORIES[question]
    assert made == table(question, counts, threshold)


@pytest.mark.parametrize("question", ["", "Degree", "age"])
def test_an_unknown_question_is_refused(question: str) -> None:
    with pytest.raises(ValueError, match=f"no question {question!r}"):
        publish(Tally({}), question)


# Nobody else makes one


def test_a_published_table_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError):
        PublishedTable()
    with pytest.raises(TypeError):
        PublishedTable("degree", 40, {"no_parent": 3})  # type: ignore[call-arg]


def test_a_published_table_cannot_be_made_from_another_one() -> None:
    with pytest.raises(TypeError):
        dataclasses.replace(table("degree", [20, 20, 20, 20]), people=3)


@pytest.mark.parametrize("name", ["question", "people", "counts"])
def test_a_published_table_cannot_be_changed(name: str) -> None:
    made = table("degree", [20, 20, 20, 20])
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, name, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        delattr(made, name)


def test_the_counts_of_a_published_table_cannot_be_changed() -> None:
    made = table("degree", [20, 20, 20, 20])
    assert isinstance(made.counts, MappingProxyType)
    with pytest.raises(TypeError):
        cast("dict[str, int | None]", made.counts)["no_parent"] = 3
    assert made.counts["no_parent"] == 20
