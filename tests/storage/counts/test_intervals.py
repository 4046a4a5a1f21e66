"""Intervals against another way to work them out, published examples, and how often they are true."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.benchmarks import load_benchmarks
from content.guide import FOLDER as GUIDE
from content.survey import load_survey
from storage.counts import intervals, journey, trend
from storage.counts.intervals import (
    WHOLE,
    Z95,
    ChangeVerdict,
    Interval,
    NoisyRate,
    NoisyShare,
    RateVerdict,
    Verdict,
    change,
    change_verdict,
    quantile_for,
    quantile_of,
    rate_verdict,
    response_rate,
    verdict,
)
from storage.counts.noise import VARIANCE
from tests.storage.counts import coverage
from tests.storage.counts.coverage import (
    MOST_FALSE,
    PROMISED,
    Case,
    Outcomes,
    conversions_of,
    false_changes,
    false_drops,
    false_states,
    false_verdicts,
    kinds,
    missed,
    most_drawn,
    noise_of,
)
from tests.variants import usually

KINDS = ((4, 2), (5, 2), (5, 3))
"""Numbers of categories and of those compared."""


def share(count: int, total: int, groups: int = 0, kind: tuple[int, int] = (5, 3)) -> NoisyShare:
    return NoisyShare(count, total, groups, *kind)


def shares() -> st.SearchStrategy[NoisyShare]:
    return st.builds(share, st.integers(-40, 1040), st.integers(-40, 1000), st.integers(0, 100), st.sampled_from(KINDS))


def fits(one: NoisyShare, p: float, z: float) -> bool:
    """Whether a share is within z standard deviations: from variances and covariance, term by term."""
    compared, categories = one.compared, one.categories
    of_count = one.groups * VARIANCE[categories]
    of_total = of_count * compared * (categories - compared) / (categories - 1)
    of_both = of_count * (categories - compared) / (categories - 1)
    noise = of_count - 2 * p * of_both + p**2 * of_total
    return (one.count - p * one.total) ** 2 <= z**2 * (one.total * p * (1 - p) + noise)


# The interval of a share


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("groups", [1, 3, 20])
def test_the_variances_of_the_formula_are_those_of_the_noise(kind: tuple[int, int], groups: int) -> None:
    categories, compared = kind
    noise = noise_of(categories, compared, groups)
    z = np.arange(len(noise)) - len(noise) // 2
    outside = (categories - compared) / (categories - 1)
    variance = groups * VARIANCE[categories]
    assert noise.sum() == pytest.approx(1)
    assert z**2 @ noise.sum(axis=1) == pytest.approx(variance)
    assert z**2 @ noise.sum(axis=0) == pytest.approx(variance * compared * outside)
    assert z @ noise @ z == pytest.approx(variance * outside)


def test_the_kinds_are_those_of_the_survey() -> None:
    assert tuple(kinds()) == KINDS


@given(shares(), st.sampled_from([Z95, quantile_of(3), 3.0]))
@example(share(12, 40, 4), Z95)
@example(share(0, 40, 1), Z95)
@example(share(2, 8, 20), Z95)
@example(share(1000, 1000, 1), Z95)
def test_the_interval_is_every_share_that_fits(one: NoisyShare, z: float) -> None:
    found = one.interval(z)
    fitting = [step / 10 for step in range(1001) if fits(one, step / 1000, z)]
    if fits(one, 1e9, z):  # as good as no people: everything fits
        assert found == WHOLE
    elif fitting:
        assert found.low == pytest.approx(fitting[0], abs=0.101)
        assert found.high == pytest.approx(fitting[-1], abs=0.101)
        assert found.low <= fitting[0] + 1e-9
        assert found.high >= fitting[-1] - 1e-9
    elif not 0 <= one.count <= one.total:  # past every share, or a sliver beside none or all
        none_or_all = replace(one, count=min(max(one.count, 0), one.total)).interval(z)
        assert none_or_all.low <= found.low
        assert found.high <= none_or_all.high
    else:
        assert found.low <= one.per_cent <= found.high


@given(shares())
def test_the_interval_holds_the_share_and_stays_between_0_and_100(one: NoisyShare) -> None:
    low, high = one.interval(Z95)
    assert 0 <= low <= one.per_cent + 1e-9
    assert one.per_cent - 1e-9 <= high <= 100
    assert low < high


@given(st.integers(1, 1000), st.integers(0, 100), st.sampled_from(KINDS))
def test_a_higher_count_gives_a_higher_interval(total: int, groups: int, kind: tuple[int, int]) -> None:
    found = [share(count, total, groups, kind).interval(Z95) for count in range(0, total + 1, max(total // 20, 1))]
    assert [one.low for one in found] == sorted(one.low for one in found)
    assert [one.high for one in found] == sorted(one.high for one in found)


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 99), st.sampled_from(KINDS))
def test_more_groups_and_a_higher_quantile_give_a_wider_interval(
    total: int, count: int, groups: int, kind: tuple[int, int]
) -> None:
    of_one = share(min(count, total), total, groups, kind)
    inside, of_more = of_one.interval(Z95), share(min(count, total), total, groups + 1, kind).interval(Z95)
    wide = of_one.interval(quantile_of(3))
    for outside in (of_more, wide):
        assert outside.low <= inside.low + 1e-9
        assert outside.high >= inside.high - 1e-9


@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 30), st.sampled_from([(4, 2), (5, 2)]))
def test_the_other_of_two_shares_has_the_rest(count: int, total: int, groups: int, kind: tuple[int, int]) -> None:
    low, high = share(min(count, total), total, groups, kind).interval(Z95)
    other = share(total - min(count, total), total, groups, kind).interval(Z95)
    assert (100 - other.high, 100 - other.low) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize("total", [1, 0, -7, 2, 4])
def test_too_few_people_for_their_noise_say_nothing(total: int) -> None:
    assert share(1, total, 10).interval(Z95) == WHOLE


@pytest.mark.parametrize("total", [-7, 0, 1])
def test_a_total_under_one_is_taken_as_one(total: int) -> None:
    assert share(0, total).total == 1
    assert share(3, total).per_cent == 100
    assert share(-3, total).per_cent == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("beyond", [6, 8, 30, 3000])
def test_a_count_that_noise_carried_past_every_share_is_taken_as_none_or_all(
    kind: tuple[int, int], beyond: int
) -> None:
    below, above = share(-beyond, 100, 2, kind), share(100 + beyond, 100, 2, kind)
    assert (below.per_cent, above.per_cent) == (0, 100)
    assert below.interval(Z95) == share(0, 100, 2, kind).interval(Z95)
    assert above.interval(Z95) == share(100, 100, 2, kind).interval(Z95)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0.0, 16.11), (1, 29, 0.61, 17.18)],
)
def test_without_noise_it_is_wilsons_interval(count: int, total: int, low: float, high: float) -> None:
    """The examples of Newcombe (1998), Statistics in Medicine 17, 857-872, method 3."""
    assert share(count, total).interval(Z95) == pytest.approx((low, high), abs=0.005)


@pytest.mark.parametrize(
    ("interval", "printed"),
    [((12.3, 45.6), (12, 46)), ((12.0, 46.0), (12, 46)), ((-3.2, -0.1), (-4, 0)), ((0.0, 100.0), (0, 100))],
)
def test_an_interval_is_printed_outwards(interval: tuple[float, float], printed: tuple[int, int]) -> None:
    assert Interval(*interval).outwards == printed


def test_three_compared_shares_have_a_wider_quantile_than_two() -> None:
    assert quantile_of(2) == Z95 == pytest.approx(1.96, abs=0.0001)
    assert quantile_of(3) == quantile_for(3) == pytest.approx(2.394, abs=0.0001)
    assert quantile_for(1) == quantile_for(0) == pytest.approx(Z95)
    assert quantile_for(24) == pytest.approx(3.078, abs=0.001)


# A change


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        ((48, 80), (56, 70), 5.24, 33.39),
        ((3, 10), (9, 10), 17.05, 80.90),
        ((2, 7), (6, 7), 5.82, 80.62),
        ((0, 29), (5, 56), -3.81, 19.26),
        ((0, 20), (0, 10), -16.11, 27.75),
        ((0, 10), (0, 10), -27.75, 27.75),
        ((0, 20), (10, 10), 67.91, 100.0),
        ((0, 10), (10, 10), 60.75, 100.0),
    ],
)
def test_without_noise_a_change_is_newcombes(
    before: tuple[int, int], after: tuple[int, int], low: float, high: float
) -> None:
    """Table II of Newcombe (1998), Statistics in Medicine 17, 873-890, method 10."""
    assert change(share(*before), share(*after), Z95) == pytest.approx((low, high), abs=0.005)


@given(shares(), shares())
def test_a_change_back_is_the_opposite(one: NoisyShare, other: NoisyShare) -> None:
    low, high = change(one, other, Z95)
    back = change(other, one, Z95)
    assert (low, high) == pytest.approx((-back.high, -back.low))
    assert low <= other.per_cent - one.per_cent <= high


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 19))
def test_noise_widens_a_change(before: int, after: int, groups: int) -> None:
    plain = change(share(before, 100, groups), share(after, 100, groups), Z95)
    noisy = change(share(before, 100, groups + 1), share(after, 100, groups + 1), Z95)
    assert noisy.low <= plain.low + 1e-9
    assert noisy.high >= plain.high - 1e-9


# Verdicts


@pytest.mark.parametrize(
    ("interval", "told"),
    [
        ((38, 50), Verdict.ABOVE),
        ((37.5, 99), Verdict.ABOVE),
        ((37, 50), Verdict.IN_LINE),
        ((20, 36), Verdict.BELOW),
        ((0, 36.5), Verdict.BELOW),
        ((20, 37), Verdict.IN_LINE),
        ((25, 50), Verdict.IN_LINE),
        ((25, 50.5), Verdict.TOO_FEW),
        ((12, 37), Verdict.IN_LINE),
        ((11, 37), Verdict.TOO_FEW),
        ((0, 100), Verdict.TOO_FEW),
    ],
)
def test_a_verdict_is_read_off_the_interval(interval: tuple[float, float], told: Verdict) -> None:
    assert verdict(Interval(*interval), 37) is told


@pytest.mark.parametrize(
    ("interval", "told"),
    [
        ((-30, -1), ChangeVerdict.DROP),
        ((-60, -0.5), ChangeVerdict.DROP),
        ((-30, 0), ChangeVerdict.TOO_FEW),
        ((-25, 0), ChangeVerdict.NO_CLEAR_CHANGE),
        ((-12, 13), ChangeVerdict.NO_CLEAR_CHANGE),
        ((-13, 13), ChangeVerdict.TOO_FEW),
        ((0, 25), ChangeVerdict.NO_CLEAR_CHANGE),
        ((0, 26), ChangeVerdict.TOO_FEW),
        ((1, 40), ChangeVerdict.RISE),
    ],
)
def test_a_change_shows_where_its_interval_leaves_nought_out(
    interval: tuple[float, float], told: ChangeVerdict
) -> None:
    assert change_verdict(Interval(*interval)) is told


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        ((66, 70), RateVerdict.REACHED),
        ((65, 70), RateVerdict.UNCLEAR),
        ((60, 66), RateVerdict.UNCLEAR),
        ((60, 65), RateVerdict.MISSED),
        ((66, 66), RateVerdict.REACHED),
    ],
)
def test_a_response_rate_has_reached_its_target_or_missed_it(rate: tuple[float, float], told: RateVerdict) -> None:
    assert rate_verdict(Interval(*rate), 66) is told


# Response rates


@pytest.mark.parametrize(("groups", "reach"), [(1, 3), (2, 5), (4, 6), (10, 10), (20, 14)])
def test_a_response_rate_is_as_unsure_as_the_noise_in_one_count(groups: int, reach: int) -> None:
    assert reach == math.ceil(1.96 * math.sqrt(groups * 13408 / 5763))
    low, high = response_rate(200, 50, [groups * VARIANCE[5]], 200)
    assert (low, high) == (100 * (150 - reach) / 200, 100 * (150 + reach) / 200)


@pytest.mark.parametrize(("groups", "reach"), [(1, 6), (4, 12), (20, 27)])
def test_the_rate_of_all_four_questions_adds_up_their_variances(groups: int, reach: int) -> None:
    assert reach == math.ceil(1.96 * math.sqrt(groups * (3 * 13408 / 5763 + 296 / 147)))
    variances = [groups * VARIANCE[len(question.categories)] for question in load_survey().questions]
    low, high = response_rate(800, 200, variances, 800)
    assert (low, high) == (100 * (600 - reach) / 800, 100 * (600 + reach) / 800)


@pytest.mark.parametrize(("declined", "expected"), [(-4, (97, 100)), (0, (97, 100)), (101, (0, 2)), (110, (0, 0))])
def test_a_rate_stays_between_none_and_all(declined: int, expected: tuple[int, int]) -> None:
    low, high = response_rate(100, declined, [VARIANCE[5]], 100)
    assert (low, high) == ((100 if declined < -3 else expected[0]), expected[1])


def test_without_noise_a_rate_is_exact() -> None:
    assert response_rate(80, 20, [], 80) == (75, 75)


def test_where_all_who_came_were_counted_the_rate_is_of_them_and_of_those_not_counted_yet_it_is_not_known() -> None:
    """100 in the counts, 30 declined, 8 answered and are not in the counts, 150 came: 67 to 73, and to 81 perhaps."""
    assert response_rate(100, 30, [VARIANCE[5]], 150, 8) == pytest.approx((100 * 67 / 150, 100 * 81 / 150))
    assert response_rate(100, -30, [VARIANCE[5]], 110, 30) == pytest.approx((100, 100))


# How often they are true


HARD = (
    Case(4, 2, 24, 4),
    Case(5, 2, 22, 2),
    Case(5, 3, 38, 1),
    Case(5, 3, 50, 10),
    Case(4, 2, 200, 20),
)
"""Where coverage is least, and some with much noise."""


@pytest.mark.parametrize("case", HARD, ids=str)
def test_a_printed_interval_holds_the_share_as_often_as_it_is_promised(case: Case) -> None:
    assert PROMISED[case.compared] <= Outcomes(case).least_coverage().coverage < 1


@pytest.mark.parametrize(("compared", "z"), [(2, "1.96"), (3, "2.394")])
def test_the_least_coverage_that_is_documented_is_that_of_the_hardest_tables(compared: int, z: str) -> None:
    least = min(Outcomes(case).least_coverage().coverage for case in HARD if case.compared == compared)
    assert intervals.__doc__ is not None
    assert f"{math.floor(1000 * least) / 10}% at z = {z}" in intervals.__doc__


def test_intervals_that_forget_the_noise_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "VARIANCE", dict.fromkeys(VARIANCE, 0.0))
    assert Outcomes(Case(5, 3, 65, 4)).least_coverage().coverage < 0.9


def test_coverage_is_worked_out_as_a_plain_sum_would() -> None:
    case = Case(4, 2, 12, 1)
    outcomes = Outcomes(case)
    noise = noise_of(4, 2, 1)
    reach = len(noise) // 2
    p, expected = 0.3, 0.0
    for exact in range(13):
        chance = math.comb(12, exact) * p**exact * (1 - p) ** (12 - exact)
        for z_count in range(-reach, reach + 1):
            for z_total in range(-20, 21):
                low, high = NoisyShare(exact + z_count, 12 + z_total, 1, 4, 2).interval(Z95).outwards
                inside = low <= 30 <= high
                expected += chance * inside * float(noise[reach + z_count, reach + z_total])
    covered = (outcomes.low <= 30) & (outcomes.high >= 30)
    assert float(outcomes.mean(covered, [p])[0]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.long
def test_where_shares_equal_their_benchmarks_one_table_in_twenty_at_most_says_otherwise() -> None:
    found = {question: often for question, often, _ in false_verdicts([40])}
    assert set(found) == {part.id for part in load_benchmarks().questions if part.benchmarks}
    assert all(0.01 < often <= MOST_FALSE for often in found.values())


@pytest.mark.parametrize("groups", [1, 2, 3, 10, 50, 100])
def test_a_count_is_no_further_off_than_is_said_19_times_in_20(groups: int) -> None:
    every = [len(question.categories) for question in load_survey().questions]
    assert all(missed(categories, groups) <= MOST_FALSE for categories in ([4], [5], every))


@pytest.mark.long
def test_few_journeys_without_a_change_show_a_drop() -> None:
    assert 0.005 < false_drops([(40, 1), (100, 10), (400, 1)], 3000) <= most_drawn(3000)


@pytest.mark.parametrize(("later", "draws"), [(80, 600), (0.5, 600)])
def test_conversion_misses_the_truth_and_tells_like_groups_apart_in_at_most_5_of_100(later: float, draws: int) -> None:
    found = conversions_of((60, 1), later, draws)
    assert max(found) <= most_drawn(draws)


def test_conversions_whose_intervals_leave_the_noise_and_the_other_groups_out_miss_too_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("storage.counts.conversion.quantile_for", lambda _number: 1.0)
    assert conversions_of((60, 6), 80, 300).missed > 3 * MOST_FALSE


@pytest.mark.parametrize("parts", usually(1, [(1.0, 0.6), coverage.COMPARED]), ids=str)
def test_a_target_that_is_just_missed_is_said_to_be_reached_in_at_most_5_of_100(
    parts: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "COMPARED", parts)
    for compared, often, _ in false_states([40]):
        assert 0.005 < often <= MOST_FALSE, compared


def test_changes_that_are_judged_one_by_one_show_many_false_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "quantile_for", lambda _comparisons: Z95)
    assert false_drops([(100, 1)] * 8, 500) > 3 * MOST_FALSE


@pytest.mark.long
@pytest.mark.parametrize("periods", [[(20, 1)] * 12, [(60, 2)] * 4, [(40, 1), (400, 1)]])
def test_few_trends_without_a_change_show_one(periods: list[tuple[int, int]]) -> None:
    assert false_changes(periods, 1500) <= most_drawn(1500)


def test_changes_of_trends_that_are_judged_one_by_one_show_many_false_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trend, "quantile_for", lambda _comparisons: Z95)
    assert false_changes([(100, 1)] * 6, 100) > 3 * MOST_FALSE


def test_answers_that_go_together_are_no_more_evidence_of_a_rate_than_their_people() -> None:
    """As four times as many people, they would show false changes of the rate."""
    rate = NoisyRate(100, 90.0, 0.0)
    wilson = (90 + Z95**2 / 2) / (100 + Z95**2)
    low, high = rate.interval(Z95)
    assert (low + high) / 200 == pytest.approx(wilson)
    assert NoisyRate(100, 90.0, 25.0).interval(Z95).low < low < NoisyRate(400, 360.0, 0.0).interval(Z95).low


@pytest.mark.parametrize("answered", [-4.0, 0.0, 50.0, 100.0, 104.5])
def test_a_rate_and_its_interval_are_from_0_to_100(answered: float) -> None:
    rate = NoisyRate(100, answered, 9.0)
    assert 0 <= rate.interval(Z95).low <= rate.per_cent <= rate.interval(Z95).high <= 100


@pytest.mark.long
def test_the_command_prints_widths_and_figures_and_fails_where_a_promise_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(coverage, "COMPARED", (1.0,))
    monkeypatch.setattr(coverage, "GROUPS", (1,))
    assert coverage.main(["--most", "40", "--journeys", "200", "--trends", "50", "--conversions", "200"]) == 0
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()[2:6]] == ["20", "40", "100", "200"]
    assert printed.count("least coverage: ") == 3
    assert printed.count("false verdicts about ") == 2
    assert printed.count("false drops: ") == 14
    assert "BROKEN" not in printed
    monkeypatch.setattr(coverage, "PROMISED", {2: 0.99, 3: 0.975})
    assert coverage.main(["--most", "40", "--journeys", "20", "--trends", "20", "--conversions", "20"]) == 1
    assert capsys.readouterr().out.count("BROKEN") == 2


@pytest.mark.long
def test_the_whole_command_finds_every_promise_kept() -> None:
    command = [sys.executable, "-m", "tests.storage.counts.coverage"]
    root = Path(__file__).parents[3]
    with_numpy = {**os.environ, "PYTHONPATH": str(root)}  # which the tests' own environment hides from the program
    ran = subprocess.run(command, cwd=root, env=with_numpy, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "BROKEN" not in ran.stdout


# What the guide says


@pytest.mark.parametrize("people", [20, 40, 100, 200])
def test_the_guide_says_how_much_so_many_people_tell(people: int) -> None:
    compared = round(0.8 * people)
    occupation, school = round(0.39 * compared), round(0.075 * compared)
    cells = [str(people)]
    for count, kind in ((occupation, (5, 3)), (school, (5, 2))):
        for groups in (1, people // 10):
            low, high = share(count, compared, groups, kind).interval(quantile_of(kind[1])).outwards
            cells.append(f"{low} to {high}%")
    page = (GUIDE / "numbers.md").read_text("utf-8")
    assert f"| {' | '.join(cells)} |" in page
