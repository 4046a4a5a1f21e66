"""The trend says what published tables say of changes over time, and names none that chance and noise explain."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest

import storage
from content.survey import PREFER_NOT_TO_SAY, load_survey
from storage.counts.disclosure import OfficeCounts
from storage.counts.findings import to_json
from storage.counts.intervals import NoisyRate, change, quantile_for
from storage.counts.noise import NoisyGroup
from storage.counts.trend import RATE, Trend, trend
from storage.events import Stage
from storage.report import sentences
from tests.storage.counts.tables import office_counts

Shares = dict[str, dict[str, int]]
"""By question: categories that so many people are in; all others preferred not to say."""

WORKING: Shares = {"occupation": {"working_class": 60, "professional": 30, "intermediate": 10}}
PROFESSIONAL: Shares = {"occupation": {"working_class": 30, "professional": 60, "intermediate": 10}}


def counts(shares: Shares, people: int = 100, waiting: int = 0, elsewhere: int = 0) -> OfficeCounts:
    """The office's tables of one group; all answer a question that is not in `shares` alike."""
    asked = {}
    for question in load_survey().questions:
        names = [category.id for category in question.categories]
        given = shares.get(question.id, {names[0]: people})
        asked[question.id] = dict.fromkeys(names, 0) | given
        asked[question.id][PREFER_NOT_TO_SAY] += people - sum(given.values())
    return office_counts([NoisyGroup.read(people, asked)] if people else [], waiting=waiting, elsewhere=elsewhere)


def of(*periods: OfficeCounts, stages: tuple[Stage, ...] = ("outreach",)) -> Trend:
    return trend("quarter", stages, [(f"2026 Q{number}", one) for number, one in enumerate(periods, 1)])


def clear(found: Trend) -> set[tuple[str, str, str, str]]:
    return {(one.group, one.earlier, one.later, one.verdict) for one in sentences.clear_changes(found)}


def test_it_follows_each_compared_share_and_of_two_that_are_all_the_one_with_a_benchmark() -> None:
    names = [(one.question, one.id) for one in of(counts(WORKING)).shares]
    assert names == [
        ("occupation", "professional"),
        ("occupation", "intermediate"),
        ("occupation", "working_class"),
        ("school", "independent"),
        ("meals", "eligible"),
        ("degree", "no_parent"),
    ]


def test_a_change_is_named_where_its_interval_leaves_out_nought_and_no_other_is() -> None:
    found = of(counts(WORKING), counts(PROFESSIONAL))
    assert len(found.changes) == 7  # one step is also from the first to the last, and is looked at once
    assert clear(found) == {
        ("professional", "2026 Q1", "2026 Q2", "rise"),
        ("working_class", "2026 Q1", "2026 Q2", "drop"),
    }
    assert not clear(of(counts(WORKING), counts(WORKING)))


def test_every_interval_is_widened_for_all_changes_that_are_looked_at() -> None:
    found = of(counts(WORKING), counts(PROFESSIONAL), counts(WORKING))
    steps = ["2026 Q1", "2026 Q2", "2026 Q3"]
    assert {(one.earlier, one.later) for one in found.changes} == set(itertools.combinations(steps, 2))
    assert len(found.changes) == 3 * 7
    variance = sum(table.variance for table in counts(WORKING).tables) / 4**2
    everybody = NoisyRate(100, 100.0, variance)
    rate = next(one for one in found.changes if one.group == RATE)
    assert (rate.low, rate.high) == change(everybody, everybody, quantile_for(3 * 7)).outwards
    assert (rate.low, rate.high) != change(everybody, everybody, quantile_for(1)).outwards


def test_a_change_of_the_response_rate_is_judged_as_if_people_answered_all_or_none() -> None:
    silent: Shares = {question.id: {} for question in load_survey().questions}
    some = {question.id: {question.categories[0].id: 55} for question in load_survey().questions}
    assert (RATE, "2026 Q1", "2026 Q2", "drop") in clear(of(counts({}), counts(silent)))
    fewer = {question.id: {question.categories[0].id: 66} for question in load_survey().questions}
    assert not {one for one in clear(of(counts(fewer), counts(some))) if one[0] == RATE}


def test_a_period_without_counts_is_there_and_the_next_is_compared_with_the_one_before() -> None:
    found = of(counts(WORKING), counts({}, 0, waiting=4, elsewhere=3), counts(PROFESSIONAL))
    nothing = found.periods[1]
    assert (nothing.people, nothing.note, nothing.waiting, nothing.response_rate) == (None, "nothing yet", 7, None)
    assert {(one.earlier, one.later) for one in found.changes} == {("2026 Q1", "2026 Q3")}


def test_benchmarks_stand_beside_one_stage_that_the_country_is_compared_with() -> None:
    def compared(*stages: Stage) -> set[str]:
        [period] = of(counts(WORKING), stages=stages).periods
        return {share.id for share in period.shares if share.benchmark is not None}

    assert compared("outreach") == {"professional", "intermediate", "working_class", "independent"}
    assert compared("outreach", "starts") == compared("completion") == set()


def test_it_says_what_changed_or_that_nothing_did_or_what_it_takes() -> None:
    changed = of(counts(WORKING), counts(PROFESSIONAL))
    assert next(sentences.trend_lines(changed)).startswith("Professional, 2026 Q1 to 2026 Q2: rise (+")
    [nothing] = sentences.trend_lines(of(counts(WORKING), counts(WORKING)))
    assert nothing == "No change from one quarter to another stands out from chance and blur."
    [one] = sentences.trend_lines(of(counts(WORKING)))
    assert one.startswith("To see a change takes counts of two quarters.")
    several = list(sentences.trend_lines(of(counts(WORKING), counts(WORKING), stages=("outreach", "starts"))))
    assert several[1] == sentences.MIX_CHANGES


@pytest.mark.parametrize(("number", "share"), [(0, "professional"), (2, "working_class")])
def test_shares_of_a_period_can_be_checked_by_hand(number: int, share: str) -> None:
    found = of(counts(WORKING)).periods[0].shares[number]
    given = WORKING["occupation"][share]
    assert (found.id, found.count, found.rounded, found.share) == (share, given, given, given)


def test_format_lists_exactly_the_keys_of_a_trend() -> None:
    text = (Path(storage.__file__).parent / "FORMAT.md").read_text("utf-8")
    section = text.partition("`fairstart office counts --trend quarter --json` writes:")[2].partition("\n#")[0]
    written = json.loads(to_json(of(counts(WORKING), counts(PROFESSIONAL))))
    rows = {cells[1].strip(): cells[2] for line in section.splitlines() if (cells := line.split("|"))[1:2]}
    keys = [name for key in rows if key.startswith("`") for name in re.findall(r"`([^`]+)`", key)]
    assert list(written) == keys
    assert list(written["periods"][0]) == re.findall(r"`([a-z_]+)`", rows["`periods`"].partition(";")[0])
    assert list(written["shares"][0]) == re.findall(r"`([a-z_]+)`", rows["`shares`"])
