"""What is said from published tables is true of every count behind them, and the same wherever it is said."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storage
from content.benchmarks import RateVerdict, Verdict, load_benchmarks, wilson
from content.survey import PREFER_NOT_TO_SAY, load_survey
from storage.disclosure import Counts, OfficeCounts, publish
from storage.events import Event
from storage.findings import (
    CategoryFinding,
    Findings,
    OfficeFindings,
    QuestionFindings,
    findings,
    office_findings,
    to_json,
)
from storage.office import Kind
from storage.settings import OwnBenchmark
from storage.tally import Tally

Json = dict[str, Any]
Exact = Mapping[str, tuple[int, ...]]
"""Exact counts by question, in the order of its categories."""

CATEGORIES = {
    question.id: tuple(category.id for category in question.categories) for question in load_survey().questions
}
COMPARED = {part.id: part.compared for part in load_benchmarks().questions}

EVENT = Event(
    name="Riverside Jobs Fair",
    date=dt.date(2026, 11, 23),
    place="Leeds",
    stage="outreach",
    question_set="smc-2021",
    office_key_id=bytes(16),
)
PLENTY: Exact = {
    "occupation": (37, 24, 39, 12, 13),
    "school": (90, 11, 12, 0, 12),
    "meals": (30, 70, 5, 8, 12),
    "degree": (62, 30, 13, 20),
}


def counts(exact: Exact, threshold: int = 10) -> Counts:
    """As a kiosk gives them, for these exact counts."""
    tally = Tally(
        {question: dict(zip(CATEGORIES[question], numbers, strict=True)) for question, numbers in exact.items()}
    )
    people = max(map(sum, exact.values()), default=0)
    return Counts(
        event=EVENT,
        tables=tuple(publish(tally, question, threshold) for question in exact),
        threshold=threshold,
        held=people + 7,
        in_counts=people,
        waiting=4,
        next_in=6,
        ended=False,
    )


def found(exact: Exact, threshold: int = 10, own: tuple[OwnBenchmark, ...] = ()) -> Findings:
    return findings(counts(exact, threshold), own)


def question(document: Findings | OfficeFindings, name: str) -> QuestionFindings:
    return next(one for one in document.questions if one.id == name)


def category(document: Findings | OfficeFindings, name: str, of: str) -> CategoryFinding:
    return next(one for one in question(document, of).categories if one.id == name)


def own(
    share: float = 50, source: str = "Our own", of: tuple[str, str] = ("occupation", "working_class")
) -> OwnBenchmark:
    return OwnBenchmark(question=of[0], category=of[1], share=share, source=source, year=2025)


def exact_counts() -> st.SearchStrategy[dict[str, tuple[int, ...]]]:
    """Up to all four questions, from nobody to a busy day."""
    number = st.one_of(st.integers(0, 14), st.integers(0, 60), st.integers(0, 900))
    return st.fixed_dictionaries(
        {"occupation": st.tuples(*[number] * len(CATEGORIES["occupation"]))},
        optional={name: st.tuples(*[number] * len(CATEGORIES[name])) for name in ("school", "meals", "degree")},
    )


thresholds = st.one_of(st.just(10), st.integers(10, 30))


# An example to check by hand


def test_shares_intervals_and_verdicts_can_be_checked_by_hand() -> None:
    occupation = question(found(PLENTY), "occupation")
    assert occupation.people == 125
    assert [
        (one.id, one.count, one.compared, one.share, one.low, one.high, [mark.verdict for mark in one.benchmarks])
        for one in occupation.categories
    ] == [
        ("professional", 35, True, 35, 26, 45, ["in line with"]),
        ("intermediate", 25, True, 25, 17, 35, ["in line with"]),
        ("working_class", 40, True, 40, 30, 50, ["in line with"]),
        ("other_or_not_known", 10, False, 8, None, None, []),
        ("prefer_not_to_say", 15, False, 12, None, None, []),
    ]


def test_a_response_rate_can_be_checked_by_hand() -> None:
    rate = question(found(PLENTY), "occupation").response_rate
    assert rate is not None
    assert (rate.low, rate.high, rate.target, rate.verdict) == (86, 90, 66, "target reached")


def test_the_words_and_numbers_around_the_tables_are_the_kiosks() -> None:
    document = found(PLENTY)
    assert document.format == "fairstart counts 1"
    assert document.question_set == "smc-2021"
    assert (document.event.name, document.event.date) == ("Riverside Jobs Fair", "2026-11-23")
    assert (document.event.place, document.event.stage) == ("Leeds", "outreach")
    assert (document.held, document.in_counts, document.waiting, document.left_out) == (132, 125, 4, 3)
    assert (document.next_in, document.ended, document.threshold) == (6, False, 10)
    assert document.benchmark_source == "Social Mobility Commission, employers’ apprenticeship toolkit"
    assert document.benchmark_year == 2021
    for asked, one in zip(load_survey().questions, document.questions, strict=True):
        assert (one.id, one.text) == (asked.id, asked.text)
        assert [(row.id, row.label) for row in one.categories] == [(row.id, row.label) for row in asked.categories]


@pytest.mark.parametrize(("held", "in_counts", "waiting", "left_out"), [(30, 20, 6, 4), (20, 20, 0, 0), (9, 10, 0, 0)])
def test_those_left_out_are_held_and_neither_counted_nor_waiting(
    held: int, in_counts: int, waiting: int, left_out: int
) -> None:
    kiosk = Counts(EVENT, (), 10, held, in_counts, waiting, next_in=0, ended=True)
    assert kiosk.left_out == left_out
    assert findings(kiosk).left_out == left_out


# True of every count behind the tables


@settings(max_examples=200)
@given(exact_counts(), thresholds)
def test_the_interval_spans_that_of_every_count_that_can_be_held_back(exact: Exact, threshold: int) -> None:
    document = found(exact, threshold)
    for name, numbers in exact.items():
        one = question(document, name)
        behind = dict(zip(CATEGORIES[name], numbers, strict=True))
        best = {row.id: behind[row.id] if row.count is None else row.count for row in one.categories}
        whole = sum(best[compared] for compared in COMPARED[name])
        for row in one.categories:
            if row.low is not None and row.high is not None:
                true = wilson(best[row.id], whole)
                assert 0 <= row.low <= true.low
                assert true.high <= row.high <= 100


@settings(max_examples=200)
@given(exact_counts(), thresholds)
def test_the_interval_of_shown_counts_is_wilsons_rounded_outwards(exact: Exact, threshold: int) -> None:
    for one in found(exact, threshold).questions:
        compared = {row.id: row.count for row in one.categories if row.compared}
        shown = {name: number for name, number in compared.items() if number is not None}
        if len(shown) == len(compared):
            for row in one.categories:
                if row.compared:
                    interval = wilson(shown[row.id], sum(shown.values()))
                    assert (row.low, row.high) == (math.floor(interval.low), math.ceil(interval.high))


@settings(max_examples=200)
@given(exact_counts(), thresholds)
def test_a_response_rate_spans_the_true_one(exact: Exact, threshold: int) -> None:
    document = found(exact, threshold)
    declined = people = 0
    for name, numbers in exact.items():
        rate = question(document, name).response_rate
        refused = numbers[CATEGORIES[name].index(PREFER_NOT_TO_SAY)]
        if rate is not None:
            assert 0 <= rate.low <= 100 - 100 * refused / sum(numbers) <= rate.high <= 100
        if question(document, name).people is not None:
            declined, people = declined + refused, people + sum(numbers)
    if document.response_rate is not None:
        assert 0 <= document.response_rate.low <= 100 - 100 * declined / people <= document.response_rate.high <= 100


@settings(max_examples=200)
@given(exact_counts(), thresholds)
def test_a_target_is_reached_or_missed_only_if_it_truly_is(exact: Exact, threshold: int) -> None:
    document = found(exact, threshold)
    declined = exact["occupation"][CATEGORIES["occupation"].index(PREFER_NOT_TO_SAY)]
    rate = question(document, "occupation").response_rate
    if rate is not None:
        true = 100 - 100 * declined / sum(exact["occupation"])
        assert rate.verdict != "target reached" or true >= 66 - 1e-9
        assert rate.verdict != "below target" or true < 66


@settings(max_examples=200)
@given(exact_counts(), thresholds)
def test_a_share_is_told_exactly_where_what_it_is_taken_of_is_shown(exact: Exact, threshold: int) -> None:
    for one in found(exact, threshold).questions:
        compared = [row.count for row in one.categories if row.compared]
        whole = None if None in compared else sum(number or 0 for number in compared)
        for row in one.categories:
            of = whole if row.compared else one.people
            if row.count is None or of is None:
                assert row.share is None
            else:
                assert row.share is not None
                assert abs(row.share - 100 * row.count / of) <= 0.5
                assert row.share <= 100


@settings(max_examples=200)
@given(exact_counts(), thresholds)
def test_a_count_held_back_is_never_a_number(exact: Exact, threshold: int) -> None:
    document = found(exact, threshold)
    for one in document.questions:
        for row, number in zip(one.categories, exact[one.id], strict=True):
            assert row.count is None or (row.count >= 10 and number >= threshold)


@settings(max_examples=200)
@given(exact_counts(), thresholds)
def test_a_share_lies_within_its_interval(exact: Exact, threshold: int) -> None:
    for one in found(exact, threshold).questions:
        for row in one.categories:
            if row.share is not None and row.low is not None and row.high is not None:
                assert row.low <= row.share <= row.high


def test_the_threshold_that_is_told_is_the_one_that_was_used() -> None:
    document = found(PLENTY, 20)
    assert document.threshold == 20
    assert [row.count for row in question(document, "occupation").categories] == [35, 25, 40, None, None]


def test_half_a_per_cent_is_rounded_up() -> None:
    document = found({"degree": (25, 175, 40, 40)})
    assert category(document, "no_parent", "degree").share == 13
    assert category(document, "a_parent", "degree").share == 88


# Verdicts


@pytest.mark.parametrize(
    ("occupation", "verdicts"),
    [
        ((370, 240, 390, 20, 20), ["in line with", "in line with", "in line with"]),
        ((600, 240, 160, 20, 20), ["above", "in line with", "below"]),
        ((15, 15, 15, 15, 15), ["too few to tell", "too few to tell", "too few to tell"]),
        ((20, 100, 20, 20, 20), ["below", "above", "below"]),
    ],
)
def test_a_share_is_compared_in_words(occupation: tuple[int, ...], verdicts: list[str]) -> None:
    one = question(found({"occupation": occupation}), "occupation")
    assert [mark.verdict for row in one.categories for mark in row.benchmarks] == verdicts


@settings(max_examples=200)
@given(exact_counts(), thresholds, st.floats(0, 100))
def test_a_verdict_holds_for_the_interval_that_is_shown(exact: Exact, threshold: int, benchmark: float) -> None:
    mine = tuple(own(benchmark, of=(name, compared)) for name in exact for compared in COMPARED[name])
    for one in found(exact, threshold, mine).questions:
        for row in one.categories:
            for mark in row.benchmarks:
                assert row.low is not None
                assert row.high is not None
                outside = {"above": mark.share < row.low, "below": mark.share > row.high}
                assert outside.get(mark.verdict, row.low <= mark.share <= row.high)
                if mark.verdict in {"in line with", "too few to tell"}:
                    assert (mark.verdict == "in line with") == (row.high - row.low <= 20)


def test_a_count_held_back_makes_the_interval_wider_and_leaves_the_share_untold() -> None:
    document = found({"school": (90, 8, 12, 4, 13)})
    shown = found({"school": (90, 11, 12, 14, 13)})
    independent, whole = category(document, "independent", "school"), category(shown, "independent", "school")
    assert (independent.count, independent.share, category(document, "state", "school").share) == (None, None, None)
    assert (whole.count, whole.share) == (10, 10)
    assert independent.low == 0
    assert [mark.share for mark in independent.benchmarks] == [7.5]
    assert category(document, "outside_uk", "school").share == 8


def test_the_overall_response_rate_is_of_all_questions_together() -> None:
    document = found(PLENTY)
    assert document.response_rate is not None
    assert document.response_rate.target == 70
    assert document.response_rate.verdict == "target reached"
    declined = (13, 17), (10, 12), (10, 12), (18, 22)
    least, most = (sum(ends) for ends in zip(*declined, strict=True))
    assert document.response_rate.low == math.floor(100 - 100 * most / 500)
    assert document.response_rate.high == math.ceil(100 - 100 * least / 500)


@pytest.mark.parametrize(
    ("occupation", "said"),
    [
        ((40, 40, 40, 10, 100), "below target"),
        ((40, 40, 40, 10, 68), "below target"),
        ((35, 35, 35, 10, 60), "close to target"),
        ((40, 40, 40, 10, 20), "target reached"),
    ],
)
def test_a_response_rate_is_judged_by_what_it_can_be(occupation: tuple[int, ...], said: str) -> None:
    document = found({"occupation": occupation})
    rate = question(document, "occupation").response_rate
    assert rate is not None
    assert rate.verdict == said


def test_only_the_question_with_a_target_is_judged() -> None:
    document = found(PLENTY)
    rates = {one.id: one.response_rate for one in document.questions}
    assert {name: (rate.target, rate.verdict) for name, rate in rates.items() if rate} == {
        "occupation": (66, "target reached"),
        "school": (None, None),
        "meals": (None, None),
        "degree": (None, None),
    }


def test_where_only_the_key_question_is_asked_only_it_is_told() -> None:
    document = found({"occupation": PLENTY["occupation"]})
    assert [one.id for one in document.questions] == ["occupation"]
    assert document.response_rate is None
    assert document.questions[0].response_rate is not None


def test_questions_come_in_the_order_of_the_set() -> None:
    backwards = dict(reversed(list(PLENTY.items())))
    assert to_json(found(backwards)) == to_json(found(PLENTY))


# Nothing to tell


@pytest.mark.parametrize("exact", [{}, {"occupation": (0,) * 5}, {"occupation": (2, 2, 2, 2, 1)}])
def test_before_ten_people_are_in_there_is_nothing_to_tell(exact: Exact) -> None:
    document = found({**{name: (0,) * len(CATEGORIES[name]) for name in CATEGORIES}, **exact})
    assert document.response_rate is None
    for one in document.questions:
        assert one.people is None
        assert one.blank
        assert one.response_rate is None
        for row in one.categories:
            assert (row.count, row.share, row.low, row.high, row.benchmarks) == (None, None, None, None, ())


def test_a_blank_table_tells_its_people_and_nothing_more() -> None:
    document = found({"occupation": (9, 9, 9, 0, 0), "degree": (60, 0, 0, 0)}, own=(own(),))
    assert [(one.people, one.blank, one.response_rate) for one in document.questions] == [
        (27, True, None),
        (60, True, None),
    ]
    assert document.response_rate is None
    for one in document.questions:
        for row in one.categories:
            assert (row.share, row.low, row.high, row.benchmarks) == (None, None, None, ())


def test_one_blank_table_leaves_the_overall_response_rate_untold() -> None:
    document = found({**PLENTY, "degree": (125, 0, 0, 0)})
    assert document.response_rate is None
    assert question(document, "occupation").response_rate is not None


def test_a_table_with_one_shown_count_is_not_blank() -> None:
    one = question(found({"degree": (40, 6, 3, 4)}), "degree")
    assert [row.count for row in one.categories] == [40, None, None, None]
    assert not one.blank
    assert one.response_rate is not None


# The organisation's own benchmarks


def test_an_organisations_own_benchmark_comes_after_the_national_one() -> None:
    document = found(PLENTY, own=(own(50), own(20, "Last year"), own(80, of=("degree", "no_parent"))))
    marks = category(document, "working_class", "occupation").benchmarks
    assert [(mark.share, mark.source, mark.year, mark.own, mark.verdict) for mark in marks] == [
        (39, "Social Mobility Commission, employers’ apprenticeship toolkit", 2021, False, "in line with"),
        (50, "Our own", 2025, True, "in line with"),
        (20, "Last year", 2025, True, "above"),
    ]
    assert [(mark.share, mark.own) for mark in category(document, "no_parent", "degree").benchmarks] == [(80, True)]
    assert [mark.own for mark in category(document, "professional", "occupation").benchmarks] == [False]


def test_an_organisations_own_benchmark_is_of_one_question_alone() -> None:
    document = found(PLENTY, own=(own(of=("school", "working_class")),))
    assert document == found(PLENTY)


def test_without_any_of_its_own_only_the_national_benchmarks_are_drawn() -> None:
    document = found(PLENTY)
    marks = [mark for one in document.questions for row in one.categories for mark in row.benchmarks]
    assert [(mark.share, mark.own) for mark in marks] == [(37, False), (24, False), (39, False), (7.5, False)]


def test_context_is_told_for_meals_and_degree_alone_and_is_never_a_benchmark() -> None:
    document = found(PLENTY)
    assert {one.id: bool(one.context) for one in document.questions} == {
        "occupation": False,
        "school": False,
        "meals": True,
        "degree": True,
    }
    assert question(document, "meals").context.startswith("15 % of pupils")
    assert question(document, "degree").context.startswith("65 % of graduates")
    for name in ("meals", "degree"):
        assert all(row.benchmarks == () for row in question(document, name).categories)


# The same everywhere


def assert_all_agree(document: Findings) -> None:
    """JSON says what the findings say, part by part."""
    read: Json = json.loads(to_json(document))
    for one, told in zip(document.questions, read["questions"], strict=True):
        assert (told["id"], told["text"], told["people"], told["context"]) == (
            one.id,
            one.text,
            one.people,
            one.context,
        )
        for row, told_row in zip(one.categories, told["categories"], strict=True):
            assert told_row == {
                "id": row.id,
                "label": row.label,
                "count": row.count,
                "compared": row.compared,
                "share": row.share,
                "low": row.low,
                "high": row.high,
                "benchmarks": [
                    {
                        "share": mark.share,
                        "source": mark.source,
                        "year": mark.year,
                        "own": mark.own,
                        "verdict": mark.verdict,
                    }
                    for mark in row.benchmarks
                ],
            }
        assert told["response_rate"] == rate_of(one.response_rate)
    assert read["response_rate"] == rate_of(document.response_rate)
    for key in ("format", "question_set", "ended", "held", "in_counts", "waiting", "next_in", "left_out", "threshold"):
        assert read[key] == getattr(document, key)


def rate_of(rate: Any) -> Json | None:  # noqa: ANN401 - a part of the document
    return rate and {
        "low": rate.low,
        "high": rate.high,
        "target": rate.target,
        "verdict": rate.verdict,
        "of": rate.of,
    }


@settings(max_examples=150)
@given(exact_counts(), thresholds)
def test_json_and_the_findings_agree_part_by_part(exact: Exact, threshold: int) -> None:
    assert_all_agree(found(exact, threshold, (own(), own(12.5, "Our “own”, too", ("school", "state")))))


def test_json_is_indented_and_ends_in_a_line_feed() -> None:
    text = to_json(found(PLENTY))
    assert text.startswith('{\n  "format": "fairstart counts 1",\n')
    assert text.endswith("}\n")
    assert "employers’" in text


# The office


SECOND_EVENT = Event(
    name="Open day",
    date=dt.date(2027, 1, 31),
    place="York",
    stage="starts",
    question_set="smc-2021",
    office_key_id=bytes(16),
)
QUESTIONS = tuple(CATEGORIES)


def office_counts(
    exact: Exact, threshold: int = 10, head_count: int | None = None, outside: int = 0, events: tuple[Event, ...] = ()
) -> OfficeCounts:
    """As the office gives them: tables of all questions, for these exact counts and so many held besides."""
    tally = Tally({name: dict(zip(CATEGORIES[name], numbers, strict=True)) for name, numbers in exact.items()})
    people = max(map(sum, exact.values()), default=0)
    return OfficeCounts(
        events=events or (EVENT, SECOND_EVENT),
        tables=tuple(publish(tally, name, threshold) for name in QUESTIONS),
        threshold=threshold,
        held=people + outside,
        in_counts=people,
        elsewhere=outside // 2,
        waiting=outside - outside // 2,
        unreadable=0,
        head_count=head_count,
    )


def office_found(
    exact: Exact,
    threshold: int = 10,
    head_count: int | None = None,
    outside: int = 0,
    own: tuple[OwnBenchmark, ...] = (),
) -> OfficeFindings:
    return office_findings(office_counts(exact, threshold, head_count, outside), "stage", "Outreach", own)


def all_asked() -> st.SearchStrategy[dict[str, tuple[int, ...]]]:
    """Exact counts of people who were all asked all four questions."""
    number = st.one_of(st.integers(0, 14), st.integers(0, 60), st.integers(0, 300))
    rows_of = st.tuples(*[st.tuples(*[number] * len(CATEGORIES[name])) for name in QUESTIONS])

    def evened(numbers: tuple[tuple[int, ...], ...]) -> dict[str, tuple[int, ...]]:
        people = max(map(sum, numbers))
        return {name: (one[0] + people - sum(one), *one[1:]) for name, one in zip(QUESTIONS, numbers, strict=True)}

    return rows_of.map(evened)


def declined(exact: Exact, name: str) -> int:
    return exact[name][CATEGORIES[name].index(PREFER_NOT_TO_SAY)]


def test_the_words_and_numbers_around_the_tables_are_the_offices() -> None:
    given_counts = OfficeCounts((EVENT, SECOND_EVENT), office_counts(PLENTY).tables, 10, 150, 125, 11, 8, 6, 400)
    document = office_findings(given_counts, "quarter", "2026 Q4")
    assert document.format == "fairstart office counts 1"
    assert document.question_set == "smc-2021"
    assert (document.scope.kind, document.scope.value) == ("quarter", "2026 Q4")
    assert [(one.name, one.date, one.place, one.stage) for one in document.events] == [
        ("Riverside Jobs Fair", "2026-11-23", "Leeds", "outreach"),
        ("Open day", "2027-01-31", "York", "starts"),
    ]
    assert (document.held, document.in_counts, document.elsewhere, document.waiting) == (150, 125, 11, 8)
    assert (document.unreadable, document.head_count, document.threshold) == (6, 400, 10)
    assert document.benchmark_source == "Social Mobility Commission, employers’ apprenticeship toolkit"
    assert document.benchmark_year == 2021


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_scope_is_told_as_it_is_given(kind: str) -> None:
    document = office_findings(office_counts(PLENTY), kind, "“which” = one")
    assert json.loads(to_json(document))["scope"] == {"kind": kind, "value": "“which” = one"}


def test_an_office_without_events_has_all_questions_and_nothing_to_tell() -> None:
    document = office_findings(OfficeCounts((), office_counts({}).tables, 10, 0, 0, 0, 0, 0, None), "all", "")
    assert (document.events, document.response_rate) == ((), None)
    assert [one.id for one in document.questions] == list(QUESTIONS)
    for one in document.questions:
        assert (one.people, one.blank, one.response_rate) == (None, True, None)


@settings(max_examples=100, deadline=None)
@given(exact_counts(), thresholds, st.integers(0, 40))
def test_without_a_head_count_the_office_says_of_a_table_what_a_laptop_says(
    exact: Exact, threshold: int, outside: int
) -> None:
    mine = (own(), own(12.5, "Last year", ("school", "state")))
    tables = office_counts(exact, threshold)
    laptop = findings(Counts(EVENT, tables.tables, threshold, 0, 0, 0, next_in=0, ended=True), mine)
    document = office_found(exact, threshold, None, outside, mine)
    assert document.questions == laptop.questions
    assert document.response_rate == laptop.response_rate


@settings(max_examples=100, deadline=None)
@given(exact_counts(), thresholds, st.integers(0, 400))
def test_a_head_count_changes_response_rates_and_nothing_else(exact: Exact, threshold: int, missed: int) -> None:
    people = max(map(sum, exact.values()))
    document = office_found(exact, threshold, people + missed)
    without = office_found(exact, threshold)
    assert [msgspec.structs.replace(one, response_rate=None) for one in document.questions] == [
        msgspec.structs.replace(one, response_rate=None) for one in without.questions
    ]
    assert (document.response_rate is None) == (without.response_rate is None)
    assert [one.response_rate is None for one in document.questions] == [
        one.response_rate is None for one in without.questions
    ]


def test_a_response_rate_of_everybody_who_came_can_be_checked_by_hand() -> None:
    document = office_found(PLENTY, head_count=200)
    rate = question(document, "occupation").response_rate
    assert rate is not None
    assert (rate.low, rate.high, rate.target, rate.verdict) == (54, 56, 66, "below target")
    assert document.response_rate is not None
    assert (document.response_rate.low, document.response_rate.high) == (54, 57)
    assert (document.response_rate.target, document.response_rate.verdict) == (70, "below target")


def test_those_held_and_in_no_count_may_have_answered_or_not() -> None:
    document = office_found(PLENTY, head_count=200, outside=20)
    rate = question(document, "occupation").response_rate
    assert rate is not None
    assert (rate.low, rate.high, rate.verdict) == (54, 66, "close to target")
    assert document.response_rate is not None
    assert (document.response_rate.low, document.response_rate.high) == (54, 67)


def test_where_everybody_who_came_is_in_the_counts_the_head_count_changes_no_number() -> None:
    counted, uncounted = office_found(PLENTY, head_count=125), office_found(PLENTY)
    for one, other in zip(counted.questions, uncounted.questions, strict=True):
        assert one.response_rate is not None
        assert other.response_rate is not None
        assert (one.response_rate.of, other.response_rate.of) == ("came", "asked")
        assert (one.response_rate.low, one.response_rate.high) == (other.response_rate.low, other.response_rate.high)


@settings(max_examples=150, deadline=None)
@given(all_asked(), thresholds, st.integers(0, 30), st.integers(0, 300), st.data())
def test_a_response_rate_of_everybody_who_came_spans_the_true_one(
    exact: Exact, threshold: int, outside: int, missed: int, data: st.DataObject
) -> None:
    people = sum(exact["occupation"])
    came = people + outside + missed
    document = office_found(exact, threshold, came, outside)
    answered = {name: people - declined(exact, name) + data.draw(st.integers(0, outside)) for name in QUESTIONS}
    for name in QUESTIONS:
        rate = question(document, name).response_rate
        if rate is not None:
            true = 100 * answered[name] / came
            assert 0 <= rate.low <= true + 1e-9
            assert true - 1e-9 <= rate.high <= 100
            assert rate.verdict != "target reached" or true >= 66 - 1e-9
            assert rate.verdict != "below target" or true < 66 + 1e-9
    if document.response_rate is not None:
        true = 100 * sum(answered.values()) / (4 * came)
        assert document.response_rate.low <= true + 1e-9
        assert true - 1e-9 <= document.response_rate.high <= 100


@pytest.mark.parametrize(("people", "outside", "came"), [(20, 0, 20), (24, 3, 30), (31, 9, 40), (40, 1, 90)])
def test_a_response_rate_is_true_of_every_tally_that_has_the_same_table(people: int, outside: int, came: int) -> None:
    """All tallies of so many people, sorted by their tables: one rate each, and every real one within it."""
    behind: dict[tuple[int | None, ...], set[int]] = {}
    some: dict[tuple[int | None, ...], Exact] = {}
    for no_parent, not_known, refused in itertools.product(
        range(0, people + 1, 2), range(people + 1), range(people + 1)
    ):
        a_parent = people - no_parent - not_known - refused
        if a_parent >= 0:
            exact = {"degree": (no_parent, a_parent, not_known, refused)}
            table = office_counts(exact).tables[-1]
            behind.setdefault(tuple(table.counts.values()), set()).add(refused)
            some[tuple(table.counts.values())] = exact
    told = 0
    for shown, numbers in behind.items():
        rate = question(office_found(some[shown], head_count=came, outside=outside), "degree").response_rate
        if rate is not None:
            told += 1
            assert rate.low <= math.floor(100 * (people - max(numbers)) / came)
            assert math.ceil(100 * (people - min(numbers) + outside) / came) <= rate.high
            if shown[-1] is not None:
                assert rate.high - rate.low <= 100 * (outside + 4) / came + 2
    assert told


@pytest.mark.parametrize("head_count", [130, 150, 100_000])
def test_a_question_that_not_everybody_was_asked_has_its_rate_of_those_asked(head_count: int) -> None:
    exact = {name: numbers if name == "occupation" else halved(numbers) for name, numbers in PLENTY.items()}
    assert question(office_found(exact), "school").people == 60
    document, without = office_found(exact, head_count=head_count), office_found(exact)
    for name in ("school", "meals", "degree"):
        assert question(document, name).response_rate == question(without, name).response_rate
    assert document.response_rate == without.response_rate
    rate = question(document, "occupation").response_rate
    assert rate is not None
    assert (rate.low, rate.high) == (math.floor(10800 / head_count), math.ceil(11200 / head_count))


def halved(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Of sixty people."""
    rest = tuple(number // 2 for number in numbers[1:])
    return (60 - sum(rest), *rest)


def test_where_only_the_key_question_was_asked_its_rate_is_of_everybody_who_came() -> None:
    document = office_found({"occupation": PLENTY["occupation"]}, head_count=250)
    assert document.response_rate is None
    assert [one.response_rate is None for one in document.questions] == [False, True, True, True]
    rate = question(document, "occupation").response_rate
    assert rate is not None
    assert (rate.low, rate.high) == (43, 45)


def test_a_blank_table_has_no_response_rate_of_everybody_who_came_either() -> None:
    document = office_found({**PLENTY, "degree": (125, 0, 0, 0)}, head_count=300)
    assert question(document, "degree").response_rate is None
    assert question(document, "school").response_rate is not None
    assert document.response_rate is None


def test_nobody_who_came_is_no_head_count_to_divide_by() -> None:
    document = office_found(PLENTY, head_count=0)
    assert document.questions == office_found(PLENTY).questions
    assert office_found({}, head_count=0).response_rate is None


def test_a_head_count_that_more_responses_have_overtaken_gives_no_rate_above_100() -> None:
    document = office_found(PLENTY, head_count=90)
    for rate in (document.response_rate, *(one.response_rate for one in document.questions)):
        assert rate is None or rate.high <= 100


def test_own_benchmarks_stand_beside_the_offices_counts_too() -> None:
    mine = (own(50), own(20, "Last year"), own(80, of=("degree", "no_parent")))
    document = office_findings(office_counts(PLENTY), "all", "", iter(mine))
    marks = category(document, "working_class", "occupation").benchmarks
    assert [(mark.share, mark.own, mark.verdict) for mark in marks] == [
        (39, False, "in line with"),
        (50, True, "in line with"),
        (20, True, "above"),
    ]
    assert [(mark.share, mark.own) for mark in category(document, "no_parent", "degree").benchmarks] == [(80, True)]
    assert document.questions == found(PLENTY, own=mine).questions


def test_the_offices_json_can_be_read_back_as_the_same_document() -> None:
    document = office_found(PLENTY, head_count=300, outside=5, own=(own(),))
    assert msgspec.json.decode(to_json(document), type=OfficeFindings) == document
    assert to_json(document).startswith('{\n  "format": "fairstart office counts 1",\n')
    assert to_json(document).endswith("}\n")


@settings(max_examples=60, deadline=None)
@given(exact_counts(), thresholds, st.integers(0, 20))
def test_the_offices_json_agrees_with_its_findings_part_by_part(exact: Exact, threshold: int, outside: int) -> None:
    document = office_found(exact, threshold, 4000, outside, (own(),))
    read: Json = json.loads(to_json(document))
    for one, told in zip(document.questions, read["questions"], strict=True):
        assert (told["id"], told["people"]) == (one.id, one.people)
        assert told["response_rate"] == rate_of(one.response_rate)
        for row, told_row in zip(one.categories, told["categories"], strict=True):
            for name in ("id", "count", "share", "low", "high"):
                assert told_row[name] == getattr(row, name)
            assert [(mark["share"], mark["verdict"]) for mark in told_row["benchmarks"]] == [
                (mark.share, mark.verdict) for mark in row.benchmarks
            ]
    assert read["response_rate"] == rate_of(document.response_rate)
    for key in ("held", "in_counts", "elsewhere", "waiting", "unreadable", "head_count", "threshold"):
        assert read[key] == getattr(document, key)


HOSTILE = (
    "=1+1",
    "+44 113",
    "-2+3",
    "@SUM(A1:A9)",
    '=HYPERLINK("https://example.org","look")',
    'said "ours"',
    "one, two",
    "a;b",
    "two\nlines",
    "two\r\nlines",
    "\t=1+1",
    "\x1b[2J\x00",
    '"}],"held":0,"x":[{"y":"',
    "\u2028\u202egnp.exe",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_an_event_stays_text_in_json(name: str) -> None:
    hostile = msgspec.structs.replace(EVENT, name=name, place=name)
    document = office_findings(office_counts(PLENTY, events=(hostile,)), "event", name, (own(source=name),))
    read = json.loads(to_json(document))
    assert read["events"] == [{"name": name, "date": "2026-11-23", "place": name, "stage": "outreach"}]
    assert read["scope"] == {"kind": "event", "value": name}
    assert (read["held"], len(read), len(read["questions"])) == (125, len(OfficeFindings.__struct_fields__), 4)
    assert not any(ord(letter) < 32 for letter in to_json(document).replace("\n", ""))


# FORMAT.md, section 15


@pytest.fixture(scope="module")
def section() -> str:
    text = Path(storage.__path__[0], "FORMAT.md").read_text(encoding="utf-8")
    return re.split(r"^## ", text.partition("\n## 15. ")[2], flags=re.MULTILINE)[0]


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def listed(section: str) -> dict[str, dict[str, str]]:
    """What the tables list: the keys of the document, a question, a category, the office's document and the journey."""
    kinds = ("document", "question", "category", "office", "journey")
    tables: dict[str, dict[str, str]] = {}
    for kind, part in zip(kinds, section.split("| key | value |")[1:], strict=True):
        lines = [line.split("|") for line in part.splitlines()[2:] if line.startswith("|")]
        tables[kind] = {key: line[2] for line in lines for key in names(line[1])}
    return tables


def every(document: Json, *path: str) -> list[Json]:
    parts = [document]
    for key in path:
        below = [part[key] for part in parts]
        parts = [one for part in below for one in (part if isinstance(part, list) else [part])]
    return parts


@pytest.fixture(scope="module")
def written() -> Json:
    document: Json = json.loads(to_json(found(PLENTY, own=(own(),))))
    return document


@pytest.mark.parametrize(
    ("kind", "path"), [("document", ()), ("question", ("questions",)), ("category", ("questions", "categories"))]
)
def test_format_lists_exactly_the_keys_that_are_written(
    section: str, written: Json, kind: str, path: tuple[str, ...]
) -> None:
    for part in every(written, *path):
        assert list(part) == list(listed(section)[kind])


def test_format_lists_exactly_the_keys_of_an_event_and_of_a_benchmark(section: str, written: Json) -> None:
    assert list(written["event"]) == names(listed(section)["document"]["event"])
    keys, _, words = listed(section)["category"]["benchmarks"].partition(": `")
    for benchmark in every(written, "questions", "categories", "benchmarks"):
        assert list(benchmark) == names(keys)
    assert names("`" + words) == [verdict.value for verdict in Verdict]


def test_format_lists_exactly_the_keys_of_a_response_rate(section: str, written: Json) -> None:
    paragraph = re.split(r"\n\n", section.partition("\nA response rate: ")[2])[0]
    words = [verdict.value for verdict in RateVerdict]
    for rate in (written["response_rate"], *every(written, "questions", "response_rate")):
        assert list(rate) == [name for name in names(paragraph) if name not in {*words, "null", "asked", "came"}]
    assert [name for name in names(paragraph) if name in words] == words


def test_format_lists_exactly_the_keys_of_the_offices_document(section: str) -> None:
    document: Json = json.loads(to_json(office_found(PLENTY, own=(own(),))))
    keys = listed(section)["office"]
    assert sorted(document) == sorted(keys)
    assert names(keys["format"]) == [document["format"]]
    for one in document["events"]:
        assert list(one) == names(listed(section)["document"]["event"])
    assert names(keys["events"]) == ["event"]
    for kind, path in (("question", ("questions",)), ("category", ("questions", "categories"))):
        for part in every(document, *path):
            assert list(part) == list(listed(section)[kind])


def test_format_lists_exactly_the_keys_and_the_kinds_of_a_scope(section: str) -> None:
    document: Json = json.loads(to_json(office_found(PLENTY)))
    listed_names = names(listed(section)["office"]["scope"])
    assert set(listed_names) == {*get_args(Kind), *document["scope"]}
    assert [name for name in listed_names if name in document["scope"]] == list(document["scope"])


def test_format_names_the_document_as_it_names_itself(section: str, written: Json) -> None:
    assert names(listed(section)["document"]["format"]) == [written["format"]]
    assert names(listed(section)["document"]["question_set"]) == [written["question_set"]]
