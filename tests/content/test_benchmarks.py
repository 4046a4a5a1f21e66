"""Shares, intervals and verdicts, checked against scipy and published values; and the figures to compare with."""

from __future__ import annotations

import math
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest

from content import benchmarks
from content.benchmarks import (
    Benchmark,
    Interval,
    Range,
    RateVerdict,
    Verdict,
    load_benchmarks,
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


def scipys(count: int, total: int) -> tuple[float, float]:
    interval = binomtest(count, total).proportion_ci(method="wilson")
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


@pytest.mark.parametrize("change", ["left out", "twice"])
def test_every_question_needs_exactly_one_comparison(shipped: str, change: str) -> None:
    data: Data = tomllib.loads(shipped)
    data["questions"] = data["questions"][:-1] if change == "left out" else [*data["questions"], data["questions"][0]]
    with pytest.raises(msgspec.ValidationError, match="needs one comparison for each of"):
        msgspec.convert(data, benchmarks.Benchmarks)


def test_benchmarks_of_an_unknown_question_set_are_refused_by_name() -> None:
    with pytest.raises(ContentError, match=r"no file content/benchmarks/smc-2031\.toml"):
        load_benchmarks("smc-2031")


def test_a_benchmark_is_a_value() -> None:
    assert load_benchmarks().of("school").benchmarks == (Benchmark(category="independent", share=7.5),)
