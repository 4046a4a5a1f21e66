"""The counts are said to suggest something only where published tables support it, and with their very numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.survey import load_survey
from content.toolkit import load_toolkit
from storage.advice import Advice, advice, advice_on
from storage.disclosure import Counts, OfficeCounts, publish
from storage.events import STAGES, Event, Stage
from storage.findings import CategoryFinding, Findings, OfficeFindings, findings, office_findings
from storage.journey import ChangeFinding, Journey, journey
from storage.settings import OwnBenchmark
from storage.tally import Tally

Exact = Mapping[str, tuple[int, ...]]
"""Exact counts by question, in the order of its categories."""

TOOLKIT = load_toolkit()
CATEGORIES = {
    question.id: tuple(category.id for category in question.categories) for question in load_survey().questions
}
SOURCE = "Social Mobility Commission, employers’ apprenticeship toolkit, 2021"
KEY_QUESTION = next(question.text for question in load_survey().questions if question.id == "occupation")

IN_LINE: Exact = {"occupation": (37, 24, 39, 12, 13)}
FEW: Exact = {"occupation": (37, 48, 15, 12, 13)}
"""Few from working class backgrounds, and no more than elsewhere from professional ones."""
MANY: Exact = {"occupation": (30, 15, 55, 12, 13)}
SILENT: Exact = {"occupation": (23, 15, 24, 3, 60)}
"""As the country, of those who answer."""

BELOW: dict[Stage, str] = {
    "outreach": "few-at-outreach",
    "applicants": "few-applicants",
    "starts": "few-starts",
    "make-up": "few-in-make-up",
    "levels": "few-at-level",
    "functional skills": "few-with-functional-skills",
    "completion": "few-complete",
    "progression": "few-progress",
}
DROPS: dict[Stage, str] = {stage: f"drop-to-{stage.replace(' ', '-')}" for stage in STAGES[1:]}


def event(stage: Stage = "outreach") -> Event:
    return Event(
        name="Riverside Jobs Fair",
        date=dt.date(2026, 11, 23),
        place="Leeds",
        stage=stage,
        question_set="smc-2021",
        office_key_id=bytes(16),
    )


def tally(exact: Exact) -> Tally:
    return Tally({name: dict(zip(CATEGORIES[name], numbers, strict=True)) for name, numbers in exact.items()})


def found(exact: Exact, stage: Stage = "outreach", own: tuple[OwnBenchmark, ...] = ()) -> Findings:
    """As a kiosk gives them, for these exact counts."""
    people = max(map(sum, exact.values()))
    tables = tuple(publish(tally(exact), name, 10) for name in exact)
    return findings(Counts(event(stage), tables, 10, people, people, 0, next_in=10, ended=False), own)


def office(exact: Exact, *stages: Stage) -> OfficeCounts:
    """As the office gives them, for events of these stages."""
    people = max(map(sum, exact.values()), default=0)
    tables = tuple(publish(tally(exact), name, 10) for name in CATEGORIES)
    return OfficeCounts(tuple(map(event, stages)), tables, 10, people, people, 0, 0, 0, None)


def office_found(exact: Exact, *stages: Stage) -> OfficeFindings:
    return office_findings(office(exact, *stages), "all", "")


def own(
    share: float, of: tuple[str, str] = ("occupation", "working_class"), source: str = "Leeds City Council"
) -> OwnBenchmark:
    return OwnBenchmark(question=of[0], category=of[1], share=share, source=source, year=2024)


def said(document: Findings | OfficeFindings) -> dict[str, str]:
    """Why, by the id of the reading."""
    return because(advice(TOOLKIT, document))


def because(given_advice: tuple[Advice, ...]) -> dict[str, str]:
    why = {one.reading.id: one.because for one in given_advice}
    assert len(why) == len(given_advice)
    assert [one.reading for one in given_advice] == [one for one in TOOLKIT.readings if one.id in why]
    return why


def row(document: Findings | OfficeFindings, name: str, of: str) -> CategoryFinding:
    question = next(one for one in document.questions if one.id == name)
    return next(one for one in question.categories if one.id == of)


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", text)


# Shares


def test_few_from_working_class_backgrounds_at_an_outreach_event_give_that_reading_and_no_other() -> None:
    assert said(found(FEW)) == {
        "few-at-outreach": f"Working class: 15%, between 9% and 24%; below the benchmark of 39% ({SOURCE})."
    }


def test_what_supports_a_reading_can_be_checked_by_hand() -> None:
    few = row(found(FEW), "occupation", "working_class")
    assert (few.count, few.share, few.low, few.high) == (15, 15, 9, 24)  # Wilson's for 15 of 100: 9.3 to 23.3
    assert [mark.verdict for mark in few.benchmarks] == ["below"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_stage_decides_what_a_low_share_suggests(stage: Stage) -> None:
    assert list(said(found(FEW, stage))) == [BELOW[stage]]
    assert list(said(office_found(FEW, stage))) == [BELOW[stage]]
    assert list(said(office_found(FEW, stage, stage))) == [BELOW[stage]]


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_in_line_with_the_benchmarks_gives_nothing(stage: Stage) -> None:
    assert row(found(IN_LINE, stage), "occupation", "working_class").benchmarks[0].verdict == "in line with"
    assert said(found(IN_LINE, stage)) == {}
    assert said(office_found(IN_LINE, stage)) == {}


def test_too_few_to_tell_and_held_back_counts_give_nothing() -> None:
    few = found({"occupation": (11, 10, 10, 0, 0)})
    assert [mark.verdict for mark in row(few, "occupation", "working_class").benchmarks] == ["too few to tell"]
    assert said(few) == {}
    assert said(found({"occupation": (5, 0, 0, 0, 0)})) == {}
    assert said(found({"occupation": (0, 0, 0, 0, 0)})) == {}
    assert said(office_found({}, "outreach")) == {}


def test_a_share_is_low_only_where_the_whole_interval_is() -> None:
    at_edge = {count: said(found({"occupation": (37, 63 - count, count, 0, 0)})) for count in range(15, 40, 5)}
    for count, why in at_edge.items():
        document = found({"occupation": (37, 63 - count, count, 0, 0)})
        high = row(document, "occupation", "working_class").high
        assert high is not None
        assert ("few-at-outreach" in why) == (high < 39)
    assert {"few-at-outreach" in why for why in at_edge.values()} == {True, False}


def test_a_held_back_count_has_an_interval_and_no_share() -> None:
    document = found({"occupation": (90, 80, 4, 20, 20)})
    few = row(document, "occupation", "working_class")
    assert (few.count, few.share) == (None, None)
    assert said(document)["few-at-outreach"] == (
        f"Working class: between {few.low}% and {few.high}%; below the benchmark of 39% ({SOURCE})."
    )


@pytest.mark.parametrize("stage", STAGES)
def test_many_from_working_class_backgrounds_are_read_alike_at_any_stage(stage: Stage) -> None:
    assert said(found(MANY, stage)) == {
        "more-working-class": f"Working class: 55%, between 45% and 65%; above the benchmark of 39% ({SOURCE})."
    }


def test_many_from_professional_backgrounds_are_read_beside_few_from_working_class_ones() -> None:
    why = said(found({"occupation": (60, 25, 15, 12, 13)}))
    assert list(why) == ["few-at-outreach", "more-professional"]
    assert why["more-professional"] == (
        f"Professional: 60%, between 50% and 70%; above the benchmark of 37% ({SOURCE})."
    )


def test_few_from_professional_or_many_from_intermediate_backgrounds_have_no_reading() -> None:
    document = found({"occupation": (20, 45, 35, 12, 13)})
    assert row(document, "occupation", "professional").benchmarks[0].verdict == "below"
    assert row(document, "occupation", "intermediate").benchmarks[0].verdict == "above"
    assert said(document) == {}


def test_more_from_independent_schools_are_read_with_the_numbers_of_that_question() -> None:
    document = found({**IN_LINE, "school": (70, 30, 11, 0, 14)})
    assert said(document) == {
        "more-independent": f"Independent: 30%, between 21% and 40%; above the benchmark of 7.5% ({SOURCE})."
    }
    assert said(found({**IN_LINE, "school": (100, 2, 11, 0, 12)})) == {}


def test_readings_come_in_the_toolkits_order() -> None:
    document = found({"occupation": (60, 15, 15, 10, 100), "school": (70, 30, 11, 0, 89)}, "starts")
    assert list(said(document)) == ["few-starts", "more-professional", "more-independent", "few-answer"]


# The organisation's own benchmarks


def test_an_own_benchmark_alone_supports_a_reading_and_is_named() -> None:
    assert said(found(IN_LINE, own=(own(62.5),))) == {
        "few-at-outreach": "Working class: 40%, between 30% and 50%; "
        "below the benchmark of 62.5% (Leeds City Council, 2024)."
    }
    assert list(said(found(IN_LINE, own=(own(20),)))) == ["more-working-class"]


def test_an_own_benchmark_of_another_category_or_in_line_supports_nothing() -> None:
    assert said(found(IN_LINE, own=(own(40), own(62.5, ("occupation", "professional"))))) == {}


def test_where_the_country_and_ones_own_agree_the_country_is_named() -> None:
    assert SOURCE in said(found(FEW, own=(own(62.5),)))["few-at-outreach"]


def test_where_benchmarks_disagree_each_reading_names_the_one_that_supports_it() -> None:
    why = said(found(FEW, own=(own(5),)))
    assert list(why) == ["few-at-outreach", "more-working-class"]
    assert SOURCE in why["few-at-outreach"]
    assert why["more-working-class"].endswith("above the benchmark of 5% (Leeds City Council, 2024).")


def test_the_offices_own_benchmarks_count_too() -> None:
    document = office_findings(office(IN_LINE, "starts"), "all", "", [own(62.5)])
    assert list(said(document)) == ["few-starts"]


# Events of several stages


def test_events_of_several_stages_give_only_readings_that_fit_them_all() -> None:
    uneven: Exact = {"occupation": (60, 25, 15, 12, 13), "school": (70, 30, 11, 0, 14)}
    assert list(said(office_found(uneven, "outreach"))) == ["few-at-outreach", "more-professional", "more-independent"]
    assert list(said(office_found(uneven, "outreach", "applicants"))) == ["more-professional", "more-independent"]
    assert list(said(office_found(uneven, *STAGES))) == ["more-professional", "more-independent"]
    assert said(office_found(FEW, "outreach", "applicants")) == {}


# Response rates


def test_a_response_rate_below_its_target_gives_its_reading_with_its_numbers() -> None:
    document = found(SILENT)
    why = said(document)
    assert list(why) == ["few-answer"]
    rate = document.questions[0].response_rate
    assert rate is not None
    assert (rate.low, rate.high, rate.target) == (50, 54, 66)  # 58 to 62 of 125 did not say
    assert why["few-answer"].startswith(f"“{KEY_QUESTION}”: ")
    assert numbers(why["few-answer"].removeprefix(f"“{KEY_QUESTION}”")) == ["50", "54", "66"]


def test_a_response_rate_is_told_in_a_sentence() -> None:
    assert said(found(SILENT))["few-answer"] == (f"“{KEY_QUESTION}”: between 50% and 54% answered; the target is 66%.")


def test_a_response_rate_at_its_target_or_close_to_it_gives_nothing() -> None:
    for declined, verdict in ((30, "target reached"), (40, "close to target")):
        document = found({"occupation": (30, 20, 30, 40 - declined, declined)})
        rate = document.questions[0].response_rate
        assert rate is not None
        assert rate.verdict == verdict
        assert said(document) == {}


def test_the_response_rate_of_all_questions_together_counts_too() -> None:
    document = found({**IN_LINE, "meals": (10, 11, 0, 0, 104), "degree": (10, 11, 0, 104)})
    assert document.response_rate is not None
    assert document.questions[0].response_rate is not None
    assert document.questions[0].response_rate.verdict == "target reached"
    why = said(document)
    assert list(why) == ["few-answer"]
    assert why["few-answer"].startswith("All questions: ")
    low, high = document.response_rate.low, document.response_rate.high
    assert numbers(why["few-answer"]) == [str(low), str(high), "70"]


def test_a_question_without_a_target_is_not_said_to_miss_it() -> None:
    document = found({"school": (20, 0, 0, 0, 105)})
    assert document.questions[0].response_rate is not None
    assert said(document) == {}


def test_where_a_question_and_all_of_them_miss_their_targets_the_question_is_named_once() -> None:
    why = said(found({**SILENT, "meals": (10, 11, 0, 0, 104)}))
    assert list(why) == ["few-answer"]
    assert why["few-answer"].startswith(f"“{KEY_QUESTION}”: ")


@pytest.mark.parametrize("stages", [("outreach",), ("completion",), ("outreach", "starts")])
def test_few_answers_are_read_alike_at_any_stage(stages: tuple[Stage, ...]) -> None:
    assert list(said(office_found(SILENT, *stages))) == ["few-answer"]


# Whatever the counts


number = st.one_of(st.integers(0, 14), st.integers(0, 60), st.integers(0, 400))
exact_counts = st.fixed_dictionaries(
    {"occupation": st.tuples(*[number] * 5)}, optional={"school": st.tuples(*[number] * 5)}
)


@settings(max_examples=100, deadline=None)
@given(exact_counts, st.sampled_from(STAGES), st.lists(st.integers(1, 99), max_size=2))
def test_a_reading_is_given_exactly_where_its_verdict_is_and_with_its_numbers(
    exact: Exact, stage: Stage, shares: list[int]
) -> None:
    document = found(exact, stage, tuple(own(share, source=f"No {share}") for share in shares))
    why = said(document)
    wanted = {
        BELOW[stage]: ("occupation", "working_class", "below"),
        "more-professional": ("occupation", "professional", "above"),
        "more-working-class": ("occupation", "working_class", "above"),
        "more-independent": ("school", "independent", "above"),
    }
    assert set(why) <= {*wanted, "few-answer"}
    for reading, (question, category, verdict) in wanted.items():
        if question not in exact:
            assert reading not in why
            continue
        one = row(document, question, category)
        marks = [mark for mark in one.benchmarks if mark.verdict == verdict]
        assert (reading in why) == bool(marks)
        if marks:
            share = [] if one.share is None else [f"{one.share}%"]
            assert re.findall(r"[\d.]+%", why[reading]) == [
                *share,
                f"{one.low}%",
                f"{one.high}%",
                f"{marks[0].share:g}%",
            ]
            assert why[reading].startswith(f"{one.label}: ")
            assert why[reading].endswith(f"({marks[0].source}, {marks[0].year}).")
    rates = [one.response_rate for one in document.questions] + [document.response_rate]
    missed = [rate for rate in rates if rate and rate.verdict == "below target"]
    assert ("few-answer" in why) == bool(missed)
    if missed:
        assert any(
            re.findall(r"(\d+)%", why["few-answer"])
            == [*dict.fromkeys([str(rate.low), str(rate.high)]), f"{rate.target:g}"]
            for rate in missed
        )


# The journey


NATION = (370, 240, 390, 80, 120)
FEWER = (500, 320, 180, 80, 120)


def through(*stages: tuple[Stage, tuple[int, ...]]) -> Journey:
    return journey([(stage, office({"occupation": exact}, stage)) for stage, exact in stages])


def change_of(found_journey: Journey, earlier: Stage, later: Stage, group: str = "working_class") -> ChangeFinding:
    return next(one for one in found_journey.changes if (one.group, one.earlier, one.later) == (group, earlier, later))


def test_a_drop_gives_the_reading_of_the_later_stage_with_its_numbers() -> None:
    found_journey = through(("outreach", NATION), ("applicants", FEWER))
    drop = change_of(found_journey, "outreach", "applicants")
    assert (drop.low, drop.high, drop.verdict) == (-26, -16, "drop")  # 39 % of 1,000 to 18 % of 1,000, z 2.39
    assert because(advice_on(TOOLKIT, found_journey)) == {
        "drop-to-applicants": "Working class: from outreach to applicants the share falls by between 16 and 26 points."
    }


@pytest.mark.parametrize("later", STAGES[1:])
def test_the_later_stage_decides_what_a_drop_suggests(later: Stage) -> None:
    why = because(advice_on(TOOLKIT, through(("outreach", NATION), (later, FEWER))))
    assert list(why) == [DROPS[later]]
    assert f"from outreach to {later} the share falls by between 16 and 26 points." in why[DROPS[later]]


@pytest.mark.parametrize(
    ("before", "then", "verdict"),
    [
        (FEWER, NATION, "rise"),
        (NATION, NATION, "no clear change"),
        ((20, 13, 22, 0, 0), (24, 15, 16, 0, 0), "too few to tell"),
        ((370, 240, 390, 80, 120), (380, 250, 370, 80, 120), "no clear change"),
    ],
)
def test_a_rise_and_an_unclear_change_give_nothing(
    before: tuple[int, ...], then: tuple[int, ...], verdict: str
) -> None:
    found_journey = through(("outreach", before), ("applicants", then))
    assert change_of(found_journey, "outreach", "applicants").verdict == verdict
    assert advice_on(TOOLKIT, found_journey) == ()


def test_a_drop_of_another_group_gives_nothing() -> None:
    found_journey = through(("outreach", NATION), ("applicants", (200, 410, 390, 80, 120)))
    assert change_of(found_journey, "outreach", "applicants", "professional").verdict == "drop"
    assert advice_on(TOOLKIT, found_journey) == ()


def test_a_journey_of_one_stage_or_of_nothing_gives_nothing() -> None:
    assert advice_on(TOOLKIT, through(("outreach", FEWER))) == ()
    assert advice_on(TOOLKIT, through(("outreach", NATION), ("applicants", (3, 2, 1, 0, 0)))) == ()
    assert advice_on(TOOLKIT, through()) == ()


def test_each_drop_gives_its_own_reading_and_a_step_comes_before_the_whole_way() -> None:
    found_journey = through(("outreach", NATION), ("applicants", (430, 300, 270, 0, 0)), ("starts", FEWER))
    why = because(advice_on(TOOLKIT, found_journey))
    assert list(why) == ["drop-to-applicants", "drop-to-starts"]
    assert "from outreach to applicants" in why["drop-to-applicants"]
    assert "from applicants to starts" in why["drop-to-starts"]
    assert change_of(found_journey, "outreach", "starts").verdict == "drop"


def test_a_drop_over_the_whole_way_alone_says_from_where_to_where() -> None:
    found_journey = through(
        ("outreach", (61, 40, 65, 0, 0)), ("applicants", (70, 45, 50, 0, 0)), ("starts", (80, 50, 35, 0, 0))
    )
    verdicts = [one.verdict for one in found_journey.changes if one.group == "working_class"]
    assert verdicts == ["too few to tell", "too few to tell", "drop"]
    whole = change_of(found_journey, "outreach", "starts")
    assert because(advice_on(TOOLKIT, found_journey)) == {
        "drop-to-starts": "Working class: from outreach to starts the share falls by between "
        f"{-whole.high} and {-whole.low} points."
    }


several_stages = st.lists(st.tuples(*[st.one_of(st.integers(20, 90), st.integers(0, 400))] * 5), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(several_stages)
def test_a_journey_gives_the_readings_of_its_drops_and_no_others(stages: list[tuple[int, ...]]) -> None:
    found_journey = through(*zip(STAGES, stages, strict=False))
    drops = [one for one in found_journey.changes if (one.group, one.verdict) == ("working_class", "drop")]
    why = because(advice_on(TOOLKIT, found_journey))
    assert set(why) == {DROPS[stage] for stage in STAGES[1:] if stage in {one.later for one in drops}}
    for reading, text in why.items():
        [first, *_] = [one for one in drops if DROPS[one.later] == reading]  # type: ignore[index]
        assert text == (
            f"Working class: from {first.earlier} to {first.later} "
            f"the share falls by between {-first.high} and {-first.low} points."
        )
