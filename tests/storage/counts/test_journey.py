"""The journey says what published tables say of changes from stage to stage, and names no drop that chance explains."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import storage
from storage.counts.disclosure import OfficeCounts
from storage.counts.findings import to_json
from storage.counts.intervals import ChangeVerdict, NoisyShare, change, quantile_for
from storage.counts.journey import Journey, journey
from storage.counts.shares import ChangeFinding
from storage.events import STAGES, Stage
from storage.report import sentences
from tests.storage.counts.tables import group_of, office_counts
from tests.storage.fairs import fair

Noisy = tuple[int, ...]
"""How many are counted as each category of the key question, in its order, with the noise of one group."""

OUTREACH, APPLICANTS, STARTS = STAGES[:3]
NATION = (370, 240, 390, 80, 120)
"""As the country, with some who cannot be compared."""
FEWER = (600, 200, 200, 80, 120)
RISEN = (340, 200, 460, 80, 120)
"""More working class than in the country, from both other groups: neither of these clearly drops."""


def office(*groups: Noisy, threshold: int = 10, waiting: int = 0, elsewhere: int = 0) -> OfficeCounts:
    """As the office gives them, for these groups."""
    made = [group_of({"occupation": one}) for one in groups]
    return office_counts(made, threshold=threshold, waiting=waiting, elsewhere=elsewhere)


def of(*stages: Noisy | None) -> Journey:
    """The journey through the first so many stages, one group each."""
    return journey(
        [(stage, office(*([] if one is None else [one]))) for stage, one in zip(STAGES, stages, strict=False)]
    )


def steps(found: Journey) -> list[tuple[str, str]]:
    """Between which stages changes were looked at."""
    return list(dict.fromkeys((one.earlier, one.later) for one in found.changes))


def one_change(found: Journey, group: str, earlier: Stage = OUTREACH, later: Stage = APPLICANTS) -> ChangeFinding:
    return next(one for one in found.changes if (one.group, one.earlier, one.later) == (group, earlier, later))


# Stages


def test_a_stage_can_be_checked_by_hand() -> None:
    found = journey([(STARTS, office((37, 24, 39, 12, 13), waiting=4, elsewhere=3))])
    [stage] = found.stages
    assert (stage.stage, stage.events, stage.people, stage.noise_groups) == ("starts", 0, 125, 1)
    assert (stage.waiting, stage.note) == (7, "")
    assert [(one.id, one.count, one.rounded, one.share, one.low, one.high) for one in stage.groups] == [
        ("professional", 37, 35, 37, 25, 50),
        ("intermediate", 24, 25, 24, 14, 36),
        ("working_class", 39, 40, 39, 27, 52),
    ]
    assert [(one.benchmark, one.verdict) for one in stage.groups] == [
        (37, "in line with"),
        (24, "in line with"),
        (39, "in line with"),
    ]
    assert (found.changes, found.drop) == ((), None)


def test_a_stage_counts_its_events() -> None:
    counted = office(NATION)
    two = OfficeCounts((fair(), fair()), counted.tables, 10, 1200, 1200, 0, 0, 0, None)
    assert journey([(OUTREACH, two)]).stages[0].events == 2


def test_stages_stand_in_the_order_in_which_they_are_given() -> None:
    assert [stage.stage for stage in of(NATION, None, FEWER).stages] == [OUTREACH, APPLICANTS, STARTS]


def test_a_journey_without_stages_says_nothing() -> None:
    found = journey([])
    assert (found.stages, found.changes, found.drop, found.benchmarks) == ((), (), None, {})


def test_a_stage_with_too_few_people_says_nothing_yet() -> None:
    found = journey([(OUTREACH, office((5, 5, 5, 0, 0), threshold=20)), (APPLICANTS, office())])
    for stage in found.stages:
        assert (stage.people, stage.noise_groups, stage.note) == (None, 0, "nothing yet")
        for one in stage.groups:
            assert (one.count, one.share, one.low, one.benchmark, one.verdict) == (None, None, None, None, None)


def test_a_group_under_ten_has_no_share_but_an_interval_and_a_verdict() -> None:
    few = of((80, 9, 71, 20, 20)).stages[0].groups[1]
    assert (few.count, few.rounded, few.share, few.low, few.high, few.verdict) == (9, None, None, 2, 13, "below")


def test_half_a_per_cent_is_rounded_up() -> None:
    assert [one.share for one in of((25, 75, 100, 0, 0)).stages[0].groups] == [13, 38, 50]


def test_a_verdict_is_read_off_the_interval_as_it_is_printed() -> None:
    working_class = of((60, 45, 95, 0, 0)).stages[0].groups[2]  # from 39.07%
    assert (working_class.low, working_class.high, working_class.verdict) == (39, 57, "in line with")


@pytest.mark.parametrize(("people", "told"), [((37, 24, 39, 0, 0), ""), ((33, 22, 35, 0, 0), "too few to tell")])
def test_too_few_to_tell_is_said_where_an_interval_is_wider_than_25_points(people: Noisy, told: str) -> None:
    stage = of(people).stages[0]
    widest = max((one.high or 0) - (one.low or 0) for one in stage.groups)
    assert (stage.note, widest > 25) == (told, bool(told))


def test_at_late_stages_groups_are_not_compared_with_the_country() -> None:
    found = journey([(STARTS, office(NATION)), *((stage, office(NATION)) for stage in STAGES[5:])])
    assert [[one.benchmark is None for one in stage.groups] for stage in found.stages] == [
        [False] * 3,
        *[[True] * 3] * 3,
    ]
    assert all((one.benchmark is None) is (one.verdict is None) for stage in found.stages for one in stage.groups)
    assert found.benchmarks == {"professional": 37, "intermediate": 24, "working_class": 39}
    assert sentences.COMPARABLE in sentences.benchmark_line(found)


def test_where_there_are_late_stages_alone_no_benchmark_is_told() -> None:
    found = journey([(stage, office(NATION)) for stage in STAGES[5:]])
    assert found.benchmarks == {}
    assert sentences.benchmark_line(found) == sentences.COMPARABLE


# Changes


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ((NATION,), []),
        ((NATION, NATION), [(OUTREACH, APPLICANTS)]),
        ((NATION, None, NATION), [(OUTREACH, STARTS)]),
        ((NATION, NATION, NATION), [(OUTREACH, APPLICANTS), (APPLICANTS, STARTS), (OUTREACH, STARTS)]),
    ],
)
def test_changes_are_looked_at_from_each_stage_with_counts_to_the_next_and_from_the_first_to_the_last(
    stages: tuple[Noisy | None, ...], expected: list[tuple[str, str]]
) -> None:
    assert steps(of(*stages)) == expected


@pytest.mark.parametrize(("stages", "comparisons"), [(2, 3), (3, 9), (4, 12), (8, 24)])
def test_intervals_are_widened_for_the_number_of_changes_looked_at(stages: int, comparisons: int) -> None:
    found = of(*[NATION] * stages)
    assert len(found.changes) == comparisons
    share = NoisyShare(390, 1000, 1, 5, 3)
    assert {(one.low, one.high) for one in found.changes if one.group == "working_class"} == {
        change(share, share, quantile_for(comparisons)).outwards
    }


def test_a_change_can_be_checked_by_hand() -> None:
    one = one_change(of(NATION, FEWER), "working_class")
    before, after = NoisyShare(390, 1000, 1, 5, 3), NoisyShare(200, 1000, 1, 5, 3)
    assert (one.low, one.high) == change(before, after, quantile_for(3)).outwards == (-24, -14)
    assert one.verdict == "drop"
    assert sentences.change_line(one) == "Working class, outreach to applicants: drop (–24 to –14 points)"


def test_a_change_is_judged_as_it_is_printed() -> None:
    one = one_change(of(NATION, (370, 297, 333, 0, 0)), "working_class")  # up to –0.54 points
    assert (one.low, one.high, one.verdict) == (-11, 0, "no clear change")


def test_of_several_drops_the_largest_is_named() -> None:
    found = of((250, 250, 500, 0, 0), (330, 250, 420, 0, 0), (500, 250, 250, 0, 0))
    at_steps = [one_change(found, "working_class", *step) for step in ((OUTREACH, APPLICANTS), (APPLICANTS, STARTS))]
    assert [(one.low, one.high, one.verdict) for one in at_steps] == [(-15, -1, "drop"), (-23, -11, "drop")]
    assert found.drop == at_steps[1]


def test_the_drop_that_is_named_is_the_largest_of_a_step_or_else_the_whole_way() -> None:
    steep = of(NATION, FEWER, (620, 210, 170, 80, 120))
    assert steep.drop is not None
    assert (steep.drop.group, steep.drop.earlier, steep.drop.later) == ("working_class", OUTREACH, APPLICANTS)
    slow = of((300, 300, 400, 0, 0), (320, 320, 360, 0, 0), (340, 340, 320, 0, 0))
    assert slow.drop is not None
    assert (slow.drop.group, slow.drop.earlier, slow.drop.later) == ("working_class", OUTREACH, STARTS)
    assert sentences.drop_line(steep).startswith(
        "The drop that these counts support: working class, from outreach to applicants, by 13 to 25 points."
    )


def test_a_rise_alone_is_no_drop() -> None:
    found = of(NATION, RISEN)
    assert [one.verdict for one in found.changes] == ["no clear change", "no clear change", "rise"]
    assert found.drop is None
    assert sentences.drop_line(found) == "These counts support no drop from one stage to another."


def test_without_a_change_nothing_is_named() -> None:
    found = of(NATION, NATION)
    assert {one.verdict for one in found.changes} == {"no clear change"}
    assert found.drop is None


def test_few_people_are_too_few_to_tell_a_change() -> None:
    found = of((8, 5, 8, 2, 2), (9, 5, 7, 2, 2))
    assert {one.verdict for one in found.changes} == {"too few to tell"}


def test_more_noise_makes_a_drop_unclear() -> None:
    sharp = journey([(OUTREACH, office((40, 20, 40, 0, 0))), (APPLICANTS, office((60, 20, 20, 0, 0)))])
    laptop = [(4, 2, 4, 0, 0)] * 10
    later = [(6, 2, 2, 0, 0)] * 10
    blurred = journey([(OUTREACH, office(*laptop)), (APPLICANTS, office(*later))])
    assert one_change(sharp, "working_class").verdict == "drop"
    assert one_change(blurred, "working_class").verdict == "too few to tell"


def test_numbers_beside_the_tables_change_no_share_and_no_verdict() -> None:
    one = journey([(OUTREACH, office(NATION)), (APPLICANTS, office(FEWER, waiting=9, elsewhere=5))])
    assert (one.changes, one.drop) == (of(NATION, FEWER).changes, of(NATION, FEWER).drop)
    assert one.stages[1].waiting == 14


# FORMAT.md, section 15


@pytest.fixture(scope="module")
def section() -> str:
    text = Path(storage.__path__[0], "FORMAT.md").read_text(encoding="utf-8")
    return text.partition("`fairstart office counts --journey --json`")[2].partition("--trend quarter")[0]


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
