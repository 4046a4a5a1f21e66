"""Targets that an office keeps, what somebody may type for one, and where each stands."""

import datetime as dt

import msgspec
import numpy as np
import pytest

from storage.counts.conversion import ConversionFinding, conversions, ratio
from storage.counts.disclosure import GroupSum, OfficeCounts, PublishedTable
from storage.counts.intervals import Z95
from storage.counts.noise import NoisyGroup, noise
from storage.counts.targets import State, Target, target_finding
from storage.office.targets import FIELDS, Field, TargetError, target_typed, typed_of
from storage.report import scorecard as words
from tests.storage.office.merging import Desk, is_told_as_damage

TODAY = dt.date(2027, 1, 1)


def typed(**fields: str) -> dict[Field, str]:
    return {name: fields.get(name, "") for name in FIELDS}


def target(**fields: str) -> Target:
    return target_typed(typed(**fields), TODAY)


def table(working: int, others: int, declined: int = 0) -> PublishedTable:
    counts = dict.fromkeys(("professional", "intermediate", "working_class", "other", "prefer_not_to_say"), 0)
    counts |= {"working_class": working, "professional": others, "prefer_not_to_say": declined}
    people = sum(counts.values())
    return GroupSum.of([NoisyGroup.read(people, {"occupation": counts})] if people else []).publish("occupation")


def counts(working: int, others: int, declined: int = 0) -> OfficeCounts:
    people = working + others + declined
    tables = (table(working, others, declined),)
    return OfficeCounts((), tables, 10, people, people, 0, 0, 0, None)


def state(wanted: Target, found: OfficeCounts, done: int = 0, today: dt.date = TODAY) -> State:
    return target_finding(wanted, found, done, today).state


# Kept


def test_targets_are_there_after_a_restart_changed_in_place_and_gone_without_a_byte(desk: Desk) -> None:
    share = target(kind="share", category="Working class", value="39%", stage="outreach", by="31/12/2027")
    items = target(kind="items", value="40")
    for one in (items, share):
        desk.office.targets.save(one)
    desk.reopen()
    assert desk.office.targets.all() == [share, items]
    changed = target_typed(typed_of(share) | {"value": "at most 41"}, dt.date(2027, 6, 1), share)
    assert (changed.id, changed.since, changed.at_most, changed.value) == (share.id, TODAY, True, 41)
    desk.office.targets.save(changed)
    assert desk.office.targets.all() == [changed, items]
    desk.office.targets.remove(share.id)
    assert desk.office.targets.all() == [items]
    assert desk.office.check() == 0
    desk.office.close()
    assert b"working_class" not in desk.path.read_bytes()


def test_a_target_that_is_not_as_it_was_written_is_damage(desk: Desk) -> None:
    desk.office.targets.save(target(kind="items", value="40"))
    desk.alter("UPDATE target SET described = ?", b'{"id":"00112233445566aa"}')
    is_told_as_damage(desk, desk.office.check)


# Typed


@pytest.mark.parametrize(
    ("fields", "value", "at_most"),
    [
        ({"kind": "share", "category": "independent", "value": "at most 7.5 %"}, 7.5, True),
        ({"kind": "share", "category": "independent", "value": "at least 7.5"}, 7.5, False),
        ({"kind": "Response Rate", "value": "70%"}, 70, False),
        ({"kind": "people", "value": "1,200", "stage": "Applicants"}, 1200, False),
    ],
)
def test_a_value_is_typed_as_people_write_it(fields: dict[str, str], value: float, *, at_most: bool) -> None:
    found = target(**fields)
    assert (found.value, found.at_most) == (value, at_most)
    assert target_typed(typed_of(found), TODAY, found) == found


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("kind", {"kind": "score", "value": "1"}),
        ("category", {"kind": "share", "category": "posh", "value": "10"}),
        ("value", {"kind": "share", "category": "professional", "value": "101"}),
        ("value", {"kind": "people", "value": "some"}),
        ("value", {"kind": "people", "value": "at most 10"}),
        ("value", {"kind": "items", "value": "1.5"}),
        ("value", {"kind": "items", "value": "0"}),
        ("stage", {"kind": "people", "value": "10", "stage": "middle"}),
        ("by", {"kind": "people", "value": "10", "by": "31/12/2026"}),
        ("by", {"kind": "people", "value": "10", "by": "soon"}),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(field: Field, fields: dict[str, str]) -> None:
    with pytest.raises(TargetError) as told:
        target(**fields)
    assert told.value.field == field
    assert told.value.sentence.endswith(".")


# Where it stands


SHARE = {"kind": "share", "category": "working_class"}


@pytest.mark.parametrize(
    ("value", "found", "expected"),
    [
        ("39%", counts(600, 400), "reached"),
        ("39%", counts(400, 600), "on course"),
        ("39%", counts(300, 700), "not yet"),
        ("39%", counts(8, 12), "too few to tell"),
        ("39%", counts(0, 0), "too few to tell"),
        ("at most 39%", counts(300, 700), "reached"),
        ("at most 39%", counts(600, 400), "not yet"),
    ],
)
def test_a_share_is_judged_by_its_whole_interval(value: str, found: OfficeCounts, expected: State) -> None:
    assert state(target(**SHARE, value=value), found) == expected


def test_how_far_it_is_from_a_share_is_told_in_points_and_nothing_once_it_is_reached() -> None:
    far = target_finding(target(**SHARE, value="39", stage="outreach", by="31/12/2027"), counts(300, 700), 0, TODAY)
    assert (far.now, far.distance) == (30, 9)
    assert words.target_line(far) == (
        f"Working class: at least 39% at outreach by 31 December 2027 · 30% ({far.low} to {far.high}%), "
        "9 points to go · not yet"
    )
    reached = target_finding(target(**SHARE, value="39"), counts(600, 400), 0, TODAY)
    assert reached.distance == 0
    assert words.target_now(reached).endswith("%)")


def test_a_response_rate_is_judged_by_its_range() -> None:
    rate = target(kind="response rate", value="70")
    assert state(rate, counts(300, 600, 100)) == "reached"
    assert state(rate, counts(300, 300, 400)) == "not yet"
    assert state(rate, counts(35, 35, 30)) == "on course"
    assert state(rate, counts(0, 0)) == "too few to tell"


def test_numbers_are_on_course_while_they_grow_as_fast_as_their_day_needs() -> None:
    people = target(kind="people", value="100", by="11/1/2027")  # ten days
    assert state(people, counts(50, 0), today=dt.date(2027, 1, 6)) == "on course"
    assert state(people, counts(49, 0), today=dt.date(2027, 1, 6)) == "not yet"
    assert state(people, counts(99, 0), today=dt.date(2027, 1, 12)) == "not yet"
    assert state(people, counts(100, 0), today=dt.date(2027, 1, 12)) == "reached"
    items = target(kind="items", value="40")
    assert [state(items, counts(0, 0), done) for done in (39, 40)] == ["not yet", "reached"]


# Conversion


def test_a_conversion_is_of_those_asked_for_every_hundred_with_an_interval() -> None:
    found = conversions([("outreach", counts(400, 400)), ("applicants", counts(100, 200)), ("starts", counts(0, 0))])
    working = next(one for one in found if one.group == "working_class")
    assert {(one.earlier, one.later) for one in found} == {("outreach", "applicants")}
    assert working.per_hundred == 25
    assert working.low is not None
    assert working.high is not None
    assert working.low < 25 < working.high
    assert words.conversion_line(working) == (
        f"For every 100 people from working class backgrounds asked at outreach, about 25 were asked at applicants "
        f"({working.low} to {working.high})."
    )
    few = next(one for one in found if one.group == "intermediate")
    assert (few.per_hundred, few.low) == (None, None)
    assert words.conversion_line(few).endswith("too few to tell how many were asked at applicants.")


def test_the_interval_of_a_conversion_solves_its_equation() -> None:
    earlier, later = table(200, 300), table(80, 100)
    found = ratio(earlier, later, "working_class", Z95)
    assert found
    for r in (found.low / 100, found.high / 100):
        spread = (r + r**2) * 200 + later.variance + r**2 * earlier.variance
        assert (80 - r * 200) ** 2 == pytest.approx(Z95**2 * spread)


@pytest.mark.parametrize(("people", "rate"), [(200, 0.3), (60, 0.9), (400, 0.05)])
def test_intervals_of_conversions_hold(people: int, rate: float) -> None:
    """Whether the later people are drawn from the earlier, or come by themselves."""
    random = np.random.default_rng(21)
    for drawn_from_earlier in (True, False):
        inside = told = 0
        for _ in range(400):
            before = int(random.binomial(people, 0.4))
            after = int(random.binomial(before, rate) if drawn_from_earlier else random.poisson(people * 0.4 * rate))
            coins = iter(random.integers(0, 2, 10_000).tolist())
            earlier, later = (table(count + noise(5, coins)[2], 300) for count in (before, after))
            found = ratio(earlier, later, "working_class", Z95)
            truth = 100 * (after / before if drawn_from_earlier else rate)
            told += found is not None
            inside += found is not None and found.low <= truth <= found.high
        assert told > 100
        assert inside >= 0.93 * told


def test_a_target_holds_only_what_it_needs() -> None:
    assert set(msgspec.json.decode(msgspec.json.encode(target(kind="items", value="4")))) == {
        *("id", "kind", "value", "at_most", "category", "stage", "by", "since")
    }


def test_groups_are_told_apart_in_words_only_where_their_intervals_do_not_meet() -> None:
    def said(**numbers: tuple[int, int]) -> str:
        found = [
            ConversionFinding(
                group=name,
                label=name.replace("_", " ").capitalize(),
                earlier="outreach",
                later="applicants",
                per_hundred=sum(ends) // 2,
                low=ends[0],
                high=ends[1],
            )
            for name, ends in numbers.items()
        ]
        *lines, last = words.conversion_lines(found)
        assert len(lines) == len(found)
        return last

    assert said(professional=(40, 60), working_class=(10, 39)) == (
        "From outreach to applicants: people from working class backgrounds seem to go on less often than those from "
        "professional backgrounds. These counts suggest it and do not prove it."
    )
    unclear = "From outreach to applicants: too few to tell if one group goes on more often than another."
    assert said(professional=(40, 60), working_class=(10, 40)) == unclear
    assert said(working_class=(10, 40)) == unclear
