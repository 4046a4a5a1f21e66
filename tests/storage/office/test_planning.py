"""Who becomes a group: ten who wait at an event, else at those of a stage, else at all; and nobody twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from storage.events import STAGES, Stage
from storage.office.planning import Waiting, plan_groups

ALL, KEY = 15, 1


def wait(event: str, people: int, stage: Stage = "outreach", asked: int = ALL) -> Waiting:
    return Waiting(event.encode(), stage, asked, people)


def planned(*waiting: Waiting) -> set[frozenset[str]]:
    """The groups, each as the names of its events."""
    return {frozenset(one.event.decode() for one in group) for group in plan_groups(waiting)}


def test_ten_people_of_one_event_become_a_group_and_nine_wait() -> None:
    assert plan_groups([wait("fair", 9)]) == []
    assert plan_groups([wait("fair", 10)]) == [(wait("fair", 10),)]
    assert plan_groups([wait("fair", 500)]) == [(wait("fair", 500),)]
    assert plan_groups([]) == []


def test_an_event_of_ten_is_not_put_together_with_smaller_ones_of_its_stage() -> None:
    assert planned(wait("fair", 10), wait("visit", 9)) == {frozenset({"fair"})}
    assert planned(wait("fair", 10), wait("visit", 5), wait("open day", 5)) == {
        frozenset({"fair"}),
        frozenset({"visit", "open day"}),
    }


def test_fewer_join_those_of_their_stage_first_and_then_everybody() -> None:
    outreach = wait("fair", 5), wait("visit", 5)
    starts = wait("first day", 4, "starts"), wait("second day", 4, "starts")
    assert planned(*outreach, *starts) == {frozenset({"fair", "visit"})}
    assert planned(*outreach, *starts, wait("last day", 2, "completion")) == {
        frozenset({"fair", "visit"}),
        frozenset({"first day", "second day", "last day"}),
    }


def test_people_who_were_asked_different_questions_never_share_a_group() -> None:
    assert planned(wait("fair", 9), wait("fair", 9, asked=KEY)) == set()
    key, everything = wait("visit", 9, asked=KEY), wait("fair", 9)
    groups = plan_groups([everything, key, wait("fair", 1, asked=KEY), wait("visit", 1)])
    assert set(groups) == {(wait("fair", 1, asked=KEY), key), (everything, wait("visit", 1))}


EVENTS = [(f"event {number}", STAGES[number % 3]) for number in range(9)]
CROWDS = st.dictionaries(
    st.tuples(st.sampled_from(EVENTS), st.sampled_from([ALL, KEY, 3])), st.integers(1, 14), max_size=20
).map(lambda found: [wait(event, people, stage, asked) for ((event, stage), asked), people in found.items()])


def sizes(groups: Iterable[tuple[Waiting, ...]]) -> list[int]:
    return [sum(one.people for one in group) for group in groups]


@given(CROWDS)
def test_everybody_is_in_one_group_at_most_and_whole_and_ten_who_could_be_one_never_wait(
    waiting: list[Waiting],
) -> None:
    groups = plan_groups(waiting)
    entered = [one for group in groups for one in group]
    assert len(entered) == len(set(entered))
    assert set(entered) <= set(waiting)
    assert all(size >= 10 for size in sizes(groups))
    assert all(len({one.asked for one in group}) == 1 for group in groups)
    left = Counter[int]()
    for one in set(waiting) - set(entered):
        left[one.asked] += one.people
    assert all(people < 10 for people in left.values())


@given(CROWDS)
def test_a_group_is_as_narrow_as_ten_people_allow(waiting: list[Waiting]) -> None:
    for group in plan_groups(waiting):
        if len(group) > 1:
            assert all(one.people < 10 for one in group)
        if len({one.stage for one in group}) > 1:
            of_stage = Counter[str]()
            for one in group:
                of_stage[one.stage] += one.people
            assert all(people < 10 for people in of_stage.values())


@given(CROWDS, st.integers(0, 100))
def test_groups_do_not_depend_on_the_order_in_which_people_came(waiting: list[Waiting], seed: int) -> None:
    shuffled = Random(seed).sample(waiting, len(waiting))  # noqa: S311 - an order
    assert plan_groups(shuffled) == plan_groups(waiting)
