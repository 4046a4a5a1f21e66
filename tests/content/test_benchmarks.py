"""Shares, intervals and verdicts, checked against scipy and published values; and the figures to compare with."""

from __future__ import annotations

import itertools
import math
import tomllib
from importlib import resources
from pathlib import Path
from statistics import NormalDist
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from content import benchmarks
from content.benchmarks import (
    Z95,
    Benchmark,
    ChangeVerdict,
    Interval,
    Parts,
    Range,
    RateVerdict,
    Verdict,
    change,
    change_verdict,
    load_benchmarks,
    quantile,
    rate_verdict,
    response_rate,
    share,
    verdict,
    wilson,
)
from content.survey import ContentError, load_survey

Data = dict[str, Any]


def ranges(most: int) -> st.SearchStrategy[Range]:
    return st.tuples(st.integers(0, most), st.integers(0, most)).map(lambda ends: Range(min(ends), max(ends)))


PER_CENT = st.floats(0, 100)
INTERVALS = st.tuples(PER_CENT, PER_CENT).map(lambda ends: Interval(min(ends), max(ends)))


# Wilson's interval


def scipys(count: int, total: int, level: float = 0.95) -> tuple[float, float]:
    interval = binomtest(count, total).proportion_ci(level, method="wilson")
    return 100 * float(interval.low), 100 * float(interval.high)


@pytest.mark.parametrize("total", [1, 2, 3, 5, 10, 13, 20, 40, 100, 129])
def test_the_interval_is_scipys_for_every_count(total: int) -> None:
    for count in range(total + 1):
        assert wilson(count, total) == pytest.approx(scipys(count, total), abs=1e-9)


@given(st.integers(1, 1_000_000), st.floats(0, 1))
def test_the_interval_is_scipys_for_large_totals(total: int, part: float) -> None:
    count = round(total * part)
    assert wilson(count, total) == pytest.approx(scipys(count, total), abs=1e-8)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_one_that_newcombe_published_in_1998(
    count: int, total: int, low: float, high: float
) -> None:
    found = wilson(count, total)
    assert (round(found.low / 100, 4), round(found.high / 100, 4)) == (low, high)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_the_interval_contains_the_share_and_stays_within_0_and_100(count: int, rest: int) -> None:
    assume(count + rest)
    found = wilson(count, count + rest)
    assert 0 <= found.low <= 100 * count / (count + rest) <= found.high <= 100
    assert (found.low == 0) == (count == 0)
    assert (found.high == 100) == (rest == 0)


def test_the_interval_of_nobody_or_everybody_ends_exactly_at_0_or_100() -> None:
    for total in range(1, 500):
        assert wilson(0, total).low == 0
        assert wilson(total, total).high == 100


def test_nothing_is_known_where_nobody_answered() -> None:
    assert wilson(0, 0) == (0, 100)


@pytest.mark.parametrize(("count", "total"), [(-1, 10), (11, 10), (1, 0), (0, -1)])
def test_what_is_no_share_is_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"{count} of {total} is no share"):
        wilson(count, total)


def test_forty_answers_tell_a_half_to_about_14_points() -> None:
    found = wilson(20, 40)
    assert found.low + found.high == pytest.approx(100)
    assert round((found.high - found.low) / 2) == 15
    assert 13.5 < (wilson(14, 40).high - wilson(14, 40).low) / 2 < 14.5


# A share of counts that may be held back


@given(ranges(30), ranges(30))
def test_a_share_spans_the_interval_of_every_count_that_is_possible(count: Range, rest: Range) -> None:
    every = [
        wilson(one, one + other)
        for one in range(count.least, count.most + 1)
        for other in range(rest.least, rest.most + 1)
    ]
    found = share(count, rest)
    assert found.low == pytest.approx(min(low for low, _ in every), abs=1e-9)
    assert found.high == pytest.approx(max(high for _, high in every), abs=1e-9)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_share_of_known_counts_is_wilsons(count: int, rest: int) -> None:
    assert share(Range(count, count), Range(rest, rest)) == wilson(count, count + rest)


def test_a_share_of_nobody_knows_nothing() -> None:
    assert share(Range(0, 0), Range(0, 0)) == (0, 100)
    assert share(Range(0, 9), Range(0, 9)) == (0, 100)


@given(ranges(50), ranges(50))
def test_ranges_add_up_like_the_counts_behind_them(one: Range, other: Range) -> None:
    assert one + other == (one.least + other.least, one.most + other.most)


def test_a_range_adds_to_nothing_but_a_range() -> None:
    with pytest.raises(TypeError):
        _ = Range(1, 2) + 3


# Other quantiles


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.99, 0.999, 1 - 0.05 / 3, 1 - 0.05 / 12])
def test_the_interval_is_scipys_at_every_other_level(level: float) -> None:
    z = NormalDist().inv_cdf((1 + level) / 2)
    for total in (1, 2, 7, 10, 40, 129):
        for count in range(0, total + 1, max(total // 10, 1)):
            assert wilson(count, total, z) == pytest.approx(scipys(count, total, level), abs=1e-8)


def test_one_comparison_is_made_at_95_per_cent() -> None:
    assert quantile(1) == pytest.approx(Z95, abs=1e-12)


@given(st.integers(1, 100_000))
def test_several_comparisons_share_the_chance_of_being_wrong_equally(comparisons: int) -> None:
    assert quantile(comparisons) == pytest.approx(float(norm.ppf(1 - 0.05 / comparisons / 2)), abs=1e-9)


@given(st.integers(1, 10_000))
def test_more_comparisons_make_wider_intervals(comparisons: int) -> None:
    narrow, wide = quantile(comparisons), quantile(comparisons + 1)
    assert narrow < wide
    assert wilson(20, 50, wide).low < wilson(20, 50, narrow).low
    assert wilson(20, 50, wide).high > wilson(20, 50, narrow).high


# Changes of a share


def known_parts(count: int, total: int) -> Parts:
    return Parts(Range(count, count), Range(total - count, total - count))


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_a_change_is_the_difference_that_newcombe_published_in_1998_and_later_minus_earlier(
    before: tuple[int, int], after: tuple[int, int], low: float, high: float
) -> None:
    drop = change(known_parts(*before), known_parts(*after))
    assert (round(-drop.high / 100, 4), round(-drop.low / 100, 4)) == (low, high)
    rise = change(known_parts(*after), known_parts(*before))
    assert (round(rise.low / 100, 4), round(rise.high / 100, 4)) == (low, high)


counts_of = st.tuples(st.integers(0, 400), st.integers(0, 400)).filter(any)


@given(counts_of, counts_of, st.sampled_from([0.5, 0.8, 0.95, 0.99, 1 - 0.05 / 9, 0.9999]))
def test_a_change_is_newcombes_hybrid_of_two_of_scipys_intervals(
    before: tuple[int, int], after: tuple[int, int], level: float
) -> None:
    shares = [100 * group / (group + others) for group, others in (before, after)]
    (low, high), (later_low, later_high) = (scipys(group, group + others, level) for group, others in (before, after))
    difference = shares[1] - shares[0]
    expected = (
        difference - math.sqrt((shares[1] - later_low) ** 2 + (high - shares[0]) ** 2),
        difference + math.sqrt((later_high - shares[1]) ** 2 + (shares[0] - low) ** 2),
    )
    z = NormalDist().inv_cdf((1 + level) / 2)
    found = change(known_parts(before[0], sum(before)), known_parts(after[0], sum(after)), z)
    assert found == pytest.approx(expected, abs=1e-7)
    assert -100 - 1e-9 <= found.low <= difference <= found.high <= 100 + 1e-9


@given(counts_of, counts_of)
def test_a_change_looked_at_backwards_is_its_mirror_image(before: tuple[int, int], after: tuple[int, int]) -> None:
    there, back = (
        change(known_parts(one[0], sum(one)), known_parts(other[0], sum(other)))
        for one, other in ((before, after), (after, before))
    )
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low), abs=1e-9)


@pytest.mark.parametrize("comparisons", [1, 9, 1000])
def test_both_ends_of_a_change_rise_with_the_later_share_and_fall_with_the_earlier_one(comparisons: int) -> None:
    """Every step between neighbours, so that the extreme counts are proven to give the extreme changes."""
    z, most = quantile(comparisons), 7
    somebody = [pair for pair in itertools.product(range(most + 1), repeat=2) if any(pair)]
    ends = {
        before + after: change(known_parts(before[0], sum(before)), known_parts(after[0], sum(after)), z)
        for before in somebody
        for after in somebody
    }
    for at, interval in ends.items():
        for place, rises in enumerate((False, True, True, False)):
            further = ends.get((*at[:place], at[place] + 1, *at[place + 1 :]))
            if further:
                lower, upper = (interval, further) if rises else (further, interval)
                assert lower.low <= upper.low + 1e-9
                assert lower.high <= upper.high + 1e-9


def points_of(parts: Parts) -> list[Parts]:
    """Every count that is possible, where there is anybody."""
    return [
        known_parts(group, group + others)
        for group in range(parts.group.least, parts.group.most + 1)
        for others in range(parts.others.least, parts.others.most + 1)
        if group + others
    ]


def parts_up_to(most: int) -> st.SearchStrategy[Parts]:
    return st.builds(Parts, ranges(most), ranges(most))


@settings(max_examples=60, deadline=None)
@given(parts_up_to(5), parts_up_to(5), st.sampled_from([1, 3, 12]))
def test_a_change_is_the_widest_over_every_count_that_is_possible(
    before: Parts, after: Parts, comparisons: int
) -> None:
    assume(all(sum((parts.group.least, parts.others.least)) for parts in (before, after)))
    z = quantile(comparisons)
    every = [change(one, other, z) for one in points_of(before) for other in points_of(after)]
    found = change(before, after, z)
    assert found.low == pytest.approx(min(one.low for one in every), abs=1e-9)
    assert found.high == pytest.approx(max(one.high for one in every), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(parts_up_to(400), parts_up_to(400), st.data())
def test_a_change_spans_that_of_large_counts_which_are_possible(
    before: Parts, after: Parts, data: st.DataObject
) -> None:
    one, other = (
        Parts(*(Range(count, count) for count in (data.draw(st.integers(*ends)) for ends in parts)))
        for parts in (before, after)
    )
    assume(all(parts.group.most + parts.others.most for parts in (one, other)))
    wide, narrow = change(before, after), change(one, other)
    assert wide.low <= narrow.low + 1e-9
    assert narrow.high <= wide.high + 1e-9


@settings(max_examples=60, deadline=None)
@given(parts_up_to(5), parts_up_to(5))
def test_where_there_may_be_nobody_a_change_spans_every_share_that_they_could_have(before: Parts, after: Parts) -> None:
    found = change(before, after)
    nobody_before, nobody_after = (not any((parts.group.least, parts.others.least)) for parts in (before, after))
    for one in points_of(after) if nobody_before else []:
        later = share(one.group, one.others)
        assert found.low <= later.low - 100 + 1e-9
        assert later.high <= found.high + 1e-9
    for one in points_of(before) if nobody_after else []:
        earlier = share(one.group, one.others)
        assert found.low <= -earlier.high + 1e-9
        assert 100 - earlier.low <= found.high + 1e-9


@pytest.mark.parametrize("some", [known_parts(1, 1), known_parts(30, 90), Parts(Range(0, 9), Range(3, 40))])
def test_nothing_is_known_of_a_change_from_or_to_nobody(some: Parts) -> None:
    nobody = known_parts(0, 0)
    assert change(nobody, some) == (-100, 100)
    assert change(some, nobody) == (-100, 100)
    assert change(nobody, nobody) == (-100, 100)


@given(counts_of, counts_of)
def test_more_comparisons_make_a_change_wider(before: tuple[int, int], after: tuple[int, int]) -> None:
    earlier, later = known_parts(before[0], sum(before)), known_parts(after[0], sum(after))
    narrow, wide = change(earlier, later), change(earlier, later, quantile(9))
    assert narrow == pytest.approx(change(earlier, later, quantile(1)), abs=1e-9)
    assert wide.low <= narrow.low + 1e-9
    assert narrow.high <= wide.high + 1e-9
    assert wide != narrow


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-80, -0.001, "drop"),
        (-2, -1, "drop"),
        (-10, 0, "no clear change"),
        (-20, 0, "no clear change"),
        (-20.001, 0, "too few to tell"),
        (0, 0, "no clear change"),
        (0, 10, "no clear change"),
        (0, 20, "no clear change"),
        (0, 20.001, "too few to tell"),
        (-10, 10, "no clear change"),
        (-10, 10.001, "too few to tell"),
        (-100, 100, "too few to tell"),
        (1, 2, "rise"),
        (0.001, 80, "rise"),
    ],
)
def test_a_change_is_judged_in_plain_words(low: float, high: float, said: str) -> None:
    assert change_verdict(Interval(low, high)).value == said


@given(st.tuples(st.floats(-100, 100), st.floats(-100, 100)).map(sorted).map(lambda ends: Interval(*ends)))
def test_a_drop_or_a_rise_leaves_out_no_change_and_mirrors_the_other(interval: Interval) -> None:
    mirrored = {ChangeVerdict.DROP: ChangeVerdict.RISE, ChangeVerdict.RISE: ChangeVerdict.DROP}
    found = change_verdict(interval)
    assert (found in mirrored) == (not interval.low <= 0 <= interval.high)
    assert (found is ChangeVerdict.DROP) == (interval.high < 0)
    assert change_verdict(Interval(-interval.high, -interval.low)) is mirrored.get(found, found)


# Verdicts


@given(INTERVALS, PER_CENT)
def test_a_benchmark_outside_the_interval_is_passed_or_missed_and_inside_it_is_neither(
    interval: Interval, benchmark: float
) -> None:
    found = verdict(interval, benchmark)
    assert (found is Verdict.ABOVE) == (benchmark < interval.low)
    assert (found is Verdict.BELOW) == (benchmark > interval.high)
    assert (found in {Verdict.IN_LINE, Verdict.TOO_FEW}) == (interval.low <= benchmark <= interval.high)


@given(INTERVALS, PER_CENT)
def test_an_interval_of_more_than_20_points_is_too_wide_to_be_in_line(interval: Interval, benchmark: float) -> None:
    wide = interval.high - interval.low > 20
    assert (verdict(interval, benchmark) is Verdict.IN_LINE) == (
        interval.low <= benchmark <= interval.high and not wide
    )


@pytest.mark.parametrize(
    ("low", "high", "benchmark", "said"),
    [
        (37.1, 60, 37, "above"),
        (37, 57, 37, "in line with"),
        (20, 37, 37, "in line with"),
        (20, 36.9, 37, "below"),
        (30, 50, 37, "in line with"),
        (30, 51, 37, "too few to tell"),
        (0, 100, 37, "too few to tell"),
        (40, 100, 37, "above"),
    ],
)
def test_a_verdict_is_in_plain_words(low: float, high: float, benchmark: float, said: str) -> None:
    assert verdict(Interval(low, high), benchmark).value == said


# Response rates


@given(st.integers(1, 3000), ranges(3000))
def test_a_response_rate_is_everybody_but_those_who_preferred_not_to_say(people: int, declined: Range) -> None:
    assume(declined.most <= people)
    found = response_rate(declined, people)
    assert found.low == pytest.approx(100 - 100 * declined.most / people)
    assert found.high == pytest.approx(100 - 100 * declined.least / people)
    assert 0 <= found.low <= found.high <= 100


@pytest.mark.parametrize("people", [0, -1])
def test_there_is_no_response_rate_of_nobody(people: int) -> None:
    with pytest.raises(ValueError, match="nobody was asked"):
        response_rate(Range(0, 0), people)


@given(INTERVALS, PER_CENT)
def test_a_target_is_reached_or_missed_only_where_that_is_sure(rate: Interval, target: float) -> None:
    found = rate_verdict(rate, target)
    assert (found is RateVerdict.REACHED) == (rate.low >= target)
    assert (found is RateVerdict.MISSED) == (rate.high < target)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (66, 70, "target reached"),
        (65.9, 70, "close to target"),
        (60, 66, "close to target"),
        (60, 65.9, "below target"),
        (66, 66, "target reached"),
    ],
)
def test_a_rate_is_judged_in_plain_words(low: float, high: float, said: str) -> None:
    assert rate_verdict(Interval(low, high), 66).value == said


# The figures


def test_the_figures_are_those_published() -> None:
    known = load_benchmarks()
    assert {(part.id, mark.category): mark.share for part in known.questions for mark in part.benchmarks} == {
        ("occupation", "professional"): 37,
        ("occupation", "intermediate"): 24,
        ("occupation", "working_class"): 39,
        ("school", "independent"): 7.5,
    }
    assert known.year == 2021
    assert known.source == "Social Mobility Commission, employers’ apprenticeship toolkit"
    assert known.question_set == "smc-2021"


def test_the_targets_for_response_rates_are_66_for_occupation_and_70_for_all() -> None:
    known = load_benchmarks()
    assert known.response_rate == 70
    assert {part.id: part.response_rate for part in known.questions} == {
        "occupation": 66,
        "school": None,
        "meals": None,
        "degree": None,
    }


def test_shares_leave_out_those_who_cannot_be_compared() -> None:
    assert {part.id: part.compared for part in load_benchmarks().questions} == {
        "occupation": ("professional", "intermediate", "working_class"),
        "school": ("state", "independent"),
        "meals": ("eligible", "not_eligible"),
        "degree": ("no_parent", "a_parent"),
    }


@pytest.mark.parametrize(("question", "figure"), [("meals", "15 %"), ("degree", "65 %")])
def test_a_figure_about_other_people_is_told_in_words_and_is_no_benchmark(question: str, figure: str) -> None:
    part = load_benchmarks().of(question)
    assert part.context.startswith(figure)
    assert part.context.endswith("for context only.")
    assert part.benchmarks == ()
    assert part.response_rate is None


@pytest.mark.parametrize("question", ["occupation", "school"])
def test_no_context_stands_beside_a_benchmark(question: str) -> None:
    part = load_benchmarks().of(question)
    assert part.context == ""
    assert part.benchmarks


def test_the_occupations_that_are_compared_add_up_to_everybody() -> None:
    assert math.fsum(mark.share for mark in load_benchmarks().of("occupation").benchmarks) == 100


def test_every_question_has_its_comparison_in_the_order_of_the_set() -> None:
    assert [part.id for part in load_benchmarks().questions] == [question.id for question in load_survey().questions]
    with pytest.raises(KeyError):
        load_benchmarks().of("age")


def test_the_figures_are_read_once_and_cannot_be_changed() -> None:
    known = load_benchmarks()
    assert load_benchmarks() is known
    with pytest.raises(AttributeError):
        known.year = 2022  # type: ignore[misc]
    with pytest.raises(AttributeError):
        known.of("occupation").context = "mine"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        known.of("occupation").benchmarks[0].share = 50  # type: ignore[misc]


# A file that is not as it should be


@pytest.fixture
def shipped() -> str:
    return resources.files("content").joinpath("benchmarks/smc-2021.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    place = tmp_path / "benchmarks"
    place.mkdir()
    monkeypatch.setattr(benchmarks, "FOLDER", place)
    return place


def test_the_shipped_file_is_accepted_under_another_name(folder: Path, shipped: str) -> None:
    (folder / "as-shipped.toml").write_text(shipped, encoding="utf-8")
    assert load_benchmarks("as-shipped") == load_benchmarks()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('category = "independent"', 'category = "private"', "school: 'private' has a benchmark and is not compared"),
        (
            'category = "independent"',
            'category = "not_known"',
            "school: 'not_known' has a benchmark and is not compared",
        ),
        ('["state", "independent"]', '["state", "private", "independent"]', "school: there is no category 'private'"),
        (
            'id = "meals"',
            'id = "lunch"',
            "smc-2021: needs one comparison for each of occupation, school, meals, degree",
        ),
        (
            'id = "meals"',
            'id = "degree"',
            "smc-2021: needs one comparison for each of occupation, school, meals, degree",
        ),
        ("year = 2021", "yaer = 2021", "unknown field `yaer` (did you mean `year`?)"),
        ("share = 7.5", "shaer = 7.5", "unknown field `shaer`"),
        ('id = "meals"\ncompared', 'id = "meals"\ncontxt', "unknown field `contxt`"),
        ("share = 7.5", "share = 107.5", "`float` <= 100.0 - at `$.questions[1].benchmarks[0].share`"),
        ("share = 7.5", "share = -7.5", "`float` >= 0.0 - at `$.questions[1].benchmarks[0].share`"),
        ("response_rate = 70", "response_rate = 170", "`float` <= 100.0 - at `$.response_rate`"),
        ("response_rate = 66", 'response_rate = "66"', "`$.questions[0].response_rate`"),
        ("year = 2021", 'year = "2021"', "Expected `int`, got `str` - at `$.year`"),
        ("year = 2021\n", "", "missing required field `year`"),
        ("year = 2021", "year = ", "Invalid value"),
        ('source = "Social', 'source = ""  # "Social', "`str` of length >= 1 - at `$.source`"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_with_its_name_and_the_key(
    folder: Path, shipped: str, was: str, becomes: str, said: str
) -> None:
    assert shipped.count(was) == 1
    (folder / "mine.toml").write_text(shipped.replace(was, becomes), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_benchmarks("mine")
    assert str(refused.value).startswith("content/benchmarks/mine.toml: ")
    assert said in str(refused.value)


@pytest.mark.parametrize("comparison", ["left out", "twice"])
def test_every_question_needs_exactly_one_comparison(shipped: str, comparison: str) -> None:
    data: Data = tomllib.loads(shipped)
    data["questions"] = (
        data["questions"][:-1] if comparison == "left out" else [*data["questions"], data["questions"][0]]
    )
    with pytest.raises(msgspec.ValidationError, match="needs one comparison for each of"):
        msgspec.convert(data, benchmarks.Benchmarks)


def test_benchmarks_of_an_unknown_question_set_are_refused_by_name() -> None:
    with pytest.raises(ContentError, match=r"no file content/benchmarks/smc-2031\.toml"):
        load_benchmarks("smc-2031")


def test_a_benchmark_is_a_value() -> None:
    assert load_benchmarks().of("school").benchmarks == (Benchmark(category="independent", share=7.5),)
