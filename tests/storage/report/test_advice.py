"""The counts are said to suggest something only where published tables support it, and with their very numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from content.survey import load_survey
from content.toolkit import load_toolkit
from storage.counts.disclosure import Counts, GroupSum, OfficeCounts, PublishedTable
from storage.counts.feedback import FeedbackFindings, TogetherFinding
from storage.counts.findings import (
    DebriefFinding,
    Findings,
    OfficeFindings,
    ScopeFinding,
    event_finding,
    findings,
    office_findings,
)
from storage.counts.journey import WITHIN_THE_JOURNEY, Journey, journey
from storage.counts.noise import NoisyGroup
from storage.counts.questions import CategoryFinding
from storage.counts.rates import RateFinding
from storage.counts.scorecard import Scorecard
from storage.counts.shares import ChangeFinding
from storage.counts.targets import State, TargetFinding
from storage.counts.trend import trend
from storage.events import STAGES, Event, Stage
from storage.report.advice import (
    Advice,
    advice,
    advice_on,
    advice_on_feedback,
    advice_on_targets,
    advice_over_time,
    all_advice,
)
from storage.settings import OwnBenchmark
from tests.storage.counts.tables import CATEGORIES, Noisy, group_of
from tests.storage.report import samples

TOOLKIT = load_toolkit()
SOURCE = "Social Mobility Commission, employers’ apprenticeship toolkit, 2021"
KEY_QUESTION = next(question.text for question in load_survey().questions if question.id == "occupation")

IN_LINE: Noisy = {"occupation": (37, 24, 39, 12, 13)}
FEW: Noisy = {"occupation": (37, 48, 15, 12, 13)}
"""Few from working class backgrounds, and no more than elsewhere from professional ones."""
MANY: Noisy = {"occupation": (30, 15, 55, 12, 13)}
SILENT: Noisy = {"occupation": (23, 15, 24, 3, 60)}
"""As the country, of those who answer."""
UNEVEN: Noisy = {"occupation": (60, 25, 15, 12, 13), "school": (70, 30, 11, 0, 14)}
"""Few from working class backgrounds, and many from professional ones and independent schools."""

BELOW: dict[str, str] = {
    "outreach": "few-at-outreach",
    "applicants": "few-applicants",
    "starts": "few-starts",
    "make-up": "few-in-make-up",
    "levels": "few-at-level",
}
DROPS: dict[str, str] = {stage: f"drop-to-{stage.replace(' ', '-')}" for stage in STAGES[1:]}
LATE = [stage for stage in STAGES if stage in WITHIN_THE_JOURNEY]


def event(stage: Stage = "outreach") -> Event:
    return samples.event(stage=stage)


def groups_of(question: str, numbers: tuple[int, ...], groups: int) -> list[NoisyGroup]:
    """So many groups, of these counts in all; none of fewer than ten people."""
    if sum(numbers) < 10:
        return []
    ten = (10, *[0] * (len(numbers) - 1))
    rest = (numbers[0] - 10 * (groups - 1), *numbers[1:])
    return [group_of({question: counts}) for counts in (rest, *[ten] * (groups - 1))]


def tables(noisy: Noisy, questions: Mapping[str, object], groups: int) -> tuple[PublishedTable, ...]:
    total = GroupSum.of(group for name, numbers in noisy.items() for group in groups_of(name, numbers, groups))
    return tuple(total.publish(name) for name in questions)


def found(noisy: Noisy, stage: Stage = "outreach", own: tuple[OwnBenchmark, ...] = (), groups: int = 1) -> Findings:
    """As a kiosk gives them, for counts that are sums of so many groups."""
    people = max(map(sum, noisy.values()))
    return findings(Counts(event(stage), tables(noisy, noisy, groups), 10, people, people, 0, ended=False), own)


def office(noisy: Noisy, *stages: Stage, head_count: int | None = None) -> OfficeCounts:
    """As the office gives them, for events of these stages."""
    people = max(map(sum, noisy.values()), default=0)
    published = tables(noisy, CATEGORIES, 1)
    return OfficeCounts(tuple(map(event, stages)), published, 10, people, people, 0, 0, 0, head_count)


def office_found(noisy: Noisy, *stages: Stage, own: tuple[OwnBenchmark, ...] = ()) -> OfficeFindings:
    return office_findings(office(noisy, *stages), ScopeFinding(), own)


def mixed(*stages: tuple[Stage, Noisy], own: tuple[OwnBenchmark, ...] = ()) -> OfficeFindings:
    """As the office gives them of everybody at several stages."""
    asked = list(dict.fromkeys(name for _, noisy in stages for name in noisy))
    whole = {
        name: tuple(map(sum, zip(*(noisy[name] for _, noisy in stages if name in noisy), strict=True)))
        for name in asked
    }
    parts = [(stage, office(noisy, stage)) for stage, noisy in stages]
    return office_findings(office(whole, *(stage for stage, _ in stages)), ScopeFinding(), own, parts)


def own(
    share: float, of: tuple[str, str] = ("occupation", "working_class"), source: str = "Leeds City Council"
) -> OwnBenchmark:
    return OwnBenchmark(question=of[0], category=of[1], share=share, source=source, year=2024)


def said(document: Findings | OfficeFindings) -> dict[str, str]:
    """Why, by the id of the reading."""
    return because(advice(TOOLKIT, document))


def because(given_advice: tuple[Advice, ...]) -> dict[str, str]:
    """The same; each reading is there once, in the toolkit's order."""
    why = {one.reading.id: one.because for one in given_advice}
    assert len(why) == len(given_advice)
    assert [one.reading for one in given_advice] == [one for one in TOOLKIT.readings if one.id in why]
    return why


def row(document: Findings | OfficeFindings, name: str, of: str) -> CategoryFinding:
    question = next(one for one in document.questions if one.id == name)
    return next(one for one in question.categories if one.id == of)


def rate_of(document: Findings | OfficeFindings) -> RateFinding:
    """The response rate of the first question."""
    rate = document.questions[0].response_rate
    assert rate is not None
    return rate


# Shares


def test_few_from_working_class_backgrounds_at_an_outreach_event_give_that_reading_and_no_other() -> None:
    assert said(found(FEW)) == {
        "few-at-outreach": f"Working class: 15%, between 7% and 27%; below the benchmark of 39% ({SOURCE})."
    }


@pytest.mark.parametrize("stage", BELOW)
def test_the_stage_decides_what_a_low_share_suggests(stage: Stage) -> None:
    assert list(said(found(FEW, stage))) == [BELOW[stage]]
    assert said(office_found(FEW, stage)) == said(found(FEW, stage))
    assert said(office_found(FEW, stage, stage)) == said(found(FEW, stage))


def test_too_few_to_tell_and_too_few_for_a_table_give_nothing() -> None:
    few = found({"occupation": (11, 10, 10, 0, 0)})
    assert [mark.verdict for mark in row(few, "occupation", "working_class").benchmarks] == ["too few to tell"]
    assert said(few) == {}
    assert said(found({"occupation": (5, 0, 0, 0, 0)})) == {}
    assert said(office_found({}, "outreach")) == {}
    assert said(office_found({})) == {}


@pytest.mark.parametrize("count", [9, 4, 0, -2])
def test_a_count_under_ten_has_no_share_and_may_have_a_verdict(count: int) -> None:
    document = found({"occupation": (90, 80, count, 20, 20)})
    few = row(document, "occupation", "working_class")
    assert (few.rounded, few.share) == (None, None)
    assert said(document)["few-at-outreach"] == (
        f"Working class: between {few.low}% and {few.high}%; below the benchmark of 39% ({SOURCE})."
    )


def test_readings_come_in_the_toolkits_order() -> None:
    document = found({"school": (70, 30, 11, 0, 89), "occupation": (60, 15, 15, 10, 100)}, "starts")
    assert list(said(document)) == ["few-starts", "more-professional", "more-independent", "few-answer"]


# The organisation's own benchmarks


def test_an_own_benchmark_alone_supports_a_reading_and_is_named() -> None:
    assert said(found(IN_LINE, own=(own(62.5),))) == {
        "few-at-outreach": "Working class: 39%, between 27% and 52%; "
        "below the benchmark of 62.5% (Leeds City Council, 2024)."
    }
    assert list(said(found(IN_LINE, own=(own(20),)))) == ["more-working-class"]


def test_an_own_benchmark_of_another_category_or_in_line_supports_nothing() -> None:
    assert said(found(IN_LINE, own=(own(40), own(62.5, ("occupation", "professional"))))) == {}


def test_the_offices_own_benchmarks_count_too() -> None:
    assert list(said(office_found(IN_LINE, "starts", own=(own(62.5),)))) == ["few-starts"]


# Events of several stages


def test_each_of_several_stages_speaks_for_itself_and_says_which_it_is() -> None:
    assert said(mixed(("outreach", FEW), ("applicants", IN_LINE))) == {
        "few-at-outreach": f"At outreach: {said(found(FEW))['few-at-outreach']}"
    }
    assert said(mixed(("outreach", IN_LINE), ("applicants", FEW))) == {
        "few-applicants": f"At applicants: {said(found(FEW))['few-at-outreach']}"
    }


def test_a_mixture_that_is_in_line_hides_no_stage() -> None:
    document = mixed(("outreach", FEW), ("starts", {"occupation": (37, 0, 63, 12, 13)}))
    assert row(document, "occupation", "working_class").share == 39
    why = said(document)
    assert list(why) == ["few-at-outreach", "more-working-class"]
    assert why["few-at-outreach"].startswith("At outreach: Working class: 15%, ")
    assert why["more-working-class"].startswith("At starts: Working class: 63%, ")


def test_a_mixture_that_is_below_says_nothing_where_no_stage_does() -> None:
    small: Noisy = {"occupation": (12, 12, 7, 0, 0)}
    stages = tuple((stage, small) for stage in STAGES[:5])
    mixture: Noisy = {"occupation": (60, 60, 35, 0, 0)}
    assert list(said(office_found(mixture, "outreach"))) == ["few-at-outreach"]
    assert said(mixed(*stages)) == {}


def test_a_reading_that_several_stages_support_is_given_once_with_each_of_them_in_turn() -> None:
    why = said(mixed(("outreach", UNEVEN), ("starts", UNEVEN)))
    assert list(why) == ["few-at-outreach", "few-starts", "more-professional", "more-independent"]
    professional = said(found(UNEVEN))["more-professional"]
    assert why["more-professional"] == f"At outreach: {professional} At starts: {professional}"


def test_a_late_stage_among_several_says_nothing_of_the_country() -> None:
    assert list(said(mixed(("outreach", FEW), ("completion", FEW)))) == ["few-at-outreach"]
    assert said(mixed(("functional skills", UNEVEN), ("progression", MANY))) == {}


def test_ones_own_benchmark_is_compared_with_each_stage_too() -> None:
    why = said(mixed(("outreach", IN_LINE), ("starts", IN_LINE), own=(own(62.5),)))
    assert list(why) == ["few-at-outreach", "few-starts"]
    assert why["few-starts"].startswith("At starts: Working class: 39%, ")
    assert why["few-starts"].endswith("below the benchmark of 62.5% (Leeds City Council, 2024).")


# Response rates


def test_a_response_rate_below_its_target_gives_its_reading_with_its_numbers() -> None:
    """Of 125 people 60 did not say, give or take 3 for the noise of one group: 62 to 68 of 125 answered."""
    rate = rate_of(found(SILENT))
    assert (rate.low, rate.high, rate.target) == (49, 55, 66)
    assert said(found(SILENT)) == {"few-answer": f"“{KEY_QUESTION}”: between 49% and 55% answered; the target is 66%."}


def test_where_nobody_seems_to_have_answered_one_number_is_told() -> None:
    document = found({"occupation": (0, -2, -1, -1, 129)})
    assert said(document)["few-answer"] == f"“{KEY_QUESTION}”: 0% answered; the target is 66%."


def test_the_response_rate_of_all_questions_together_counts_too() -> None:
    document = found({**IN_LINE, "meals": (10, 11, 0, 0, 104), "degree": (10, 11, 0, 104)})
    assert rate_of(document).verdict == "target reached"
    overall = document.response_rate
    assert overall is not None
    assert said(document) == {
        "few-answer": f"All questions: between {overall.low}% and {overall.high}% answered; the target is 70%."
    }


def test_a_question_without_a_target_is_not_said_to_miss_it() -> None:
    document = found({"school": (20, 0, 0, 0, 105)})
    assert rate_of(document).verdict is None
    assert said(document) == {}


def test_where_a_question_and_all_of_them_miss_their_targets_the_question_is_named_once() -> None:
    document = found({**SILENT, "meals": (10, 11, 0, 0, 104)})
    assert document.response_rate is not None
    assert document.response_rate.verdict == "below target"
    assert said(document) == said(found(SILENT))


def test_few_answers_at_several_stages_are_read_of_everybody_together() -> None:
    assert said(mixed(("outreach", SILENT), ("starts", SILENT))) == {
        "few-answer": f"“{KEY_QUESTION}”: between 50% and 54% answered; the target is 66%."
    }


def test_where_all_who_came_were_counted_few_answers_are_of_them() -> None:
    for came, why in ((130, []), (220, ["few-answer"])):
        document = office_findings(office(IN_LINE, "outreach", head_count=came), ScopeFinding())
        assert rate_of(document).of == "came"
        assert list(said(document)) == why


# Whatever the counts


number = st.one_of(st.integers(-4, 14), st.integers(0, 60), st.integers(0, 400))
noisy_counts = st.fixed_dictionaries(
    {"occupation": st.tuples(*[number] * 5)}, optional={"school": st.tuples(*[number] * 5)}
)


@settings(max_examples=100)
@given(noisy_counts, st.sampled_from(STAGES), st.lists(st.integers(1, 99), max_size=2), st.integers(1, 20))
def test_a_reading_is_given_exactly_where_its_verdict_is_and_with_its_numbers(
    noisy: Noisy, stage: Stage, shares: list[int], groups: int
) -> None:
    groups = min(groups, *(max(sum(numbers) // 10, 1) for numbers in noisy.values()))
    document = found(noisy, stage, tuple(own(share, source=f"No {share}") for share in shares), groups)
    why = said(document)
    wanted = {
        "more-professional": ("occupation", "professional", "above"),
        "more-working-class": ("occupation", "working_class", "above"),
        "more-independent": ("school", "independent", "above"),
    }
    if stage in BELOW:
        wanted[BELOW[stage]] = ("occupation", "working_class", "below")
    assert set(why) <= {*wanted, "few-answer"}
    for reading, (question, category, verdict) in wanted.items():
        if question not in noisy:
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
        assert re.findall(r"(\d+)%", why["few-answer"]) == [
            *dict.fromkeys([str(missed[0].low), str(missed[0].high)]),
            f"{missed[0].target:g}",
        ]


# The journey


NATION = (370, 240, 390, 80, 120)
FEWER = (500, 320, 180, 80, 120)


def through(*stages: tuple[Stage, tuple[int, ...]]) -> Journey:
    return journey([(stage, office({"occupation": noisy}, stage)) for stage, noisy in stages])


def change_of(found_journey: Journey, earlier: Stage, later: Stage, group: str = "working_class") -> ChangeFinding:
    return next(one for one in found_journey.changes if (one.group, one.earlier, one.later) == (group, earlier, later))


def test_a_drop_gives_the_reading_of_the_later_stage_with_its_numbers() -> None:
    found_journey = through(("outreach", NATION), ("applicants", FEWER))
    drop = change_of(found_journey, "outreach", "applicants")
    assert (drop.low, drop.high, drop.verdict) == (-26, -16, "drop")  # 39% of 1,000 to 18% of 1,000, z 2.39
    assert because(advice_on(TOOLKIT, found_journey)) == {
        "drop-to-applicants": "Working class: from outreach to applicants the share falls by between 16 and 26 points."
    }


@pytest.mark.parametrize("later", STAGES[1:])
def test_the_later_stage_decides_what_a_drop_suggests(later: Stage) -> None:
    why = because(advice_on(TOOLKIT, through(("outreach", NATION), (later, FEWER))))
    assert list(why) == [DROPS[later]]
    assert f"from outreach to {later} the share falls by between 16 and 26 points." in why[DROPS[later]]


def test_late_stages_are_compared_with_each_other() -> None:
    why = because(advice_on(TOOLKIT, through(("functional skills", NATION), ("completion", FEWER))))
    assert list(why) == ["drop-to-completion"]
    assert "from functional skills to completion" in why["drop-to-completion"]


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
    assert verdicts[-1] == "drop"
    assert "drop" not in verdicts[:-1]
    whole = change_of(found_journey, "outreach", "starts")
    assert because(advice_on(TOOLKIT, found_journey)) == {
        "drop-to-starts": "Working class: from outreach to starts the share falls by between "
        f"{-whole.high} and {-whole.low} points."
    }


several_stages = st.lists(st.tuples(*[st.one_of(st.integers(20, 90), st.integers(0, 400))] * 5), min_size=1, max_size=4)


@settings(max_examples=100)
@given(several_stages)
def test_a_journey_gives_the_readings_of_its_drops_and_no_others(stages: list[tuple[int, ...]]) -> None:
    found_journey = through(*zip(STAGES, stages, strict=False))
    drops = [one for one in found_journey.changes if (one.group, one.verdict) == ("working_class", "drop")]
    why = because(advice_on(TOOLKIT, found_journey))
    assert set(why) == {DROPS[one.later] for one in drops}
    for reading, text in why.items():
        first = next(one for one in drops if DROPS[one.later] == reading)
        assert text == (
            f"Working class: from {first.earlier} to {first.later} "
            f"the share falls by between {-first.high} and {-first.low} points."
        )


# Over time, and targets


def test_a_share_and_a_response_rate_that_fall_over_time_have_their_readings_and_nothing_else_has() -> None:
    def at(*quarters: Noisy) -> list[str]:
        over_time = trend("quarter", ["outreach"], [(f"2026 Q{n}", office(one)) for n, one in enumerate(quarters, 1)])
        return [f"{one.reading.id}: {one.because}" for one in advice_over_time(TOOLKIT, over_time)]

    many, few = {"occupation": (300, 200, 500, 0, 0)}, {"occupation": (500, 300, 200, 0, 0)}
    silent = {"occupation": (120, 80, 200, 0, 600)}
    [falls] = at(many, few)
    assert re.fullmatch(
        r"falls-over-time: Working class: from 2026 Q1 to 2026 Q2 it falls by between \d+ and \d+ points\.", falls
    )
    [fewer] = at(many, silent)
    assert fewer.startswith(
        "fewer-answer-over-time: Response rate of those asked: from 2026 Q1 to 2026 Q2 it falls by "
    )
    assert at(few, few) == at(few) == []


def test_targets_that_are_missed_have_one_reading_together_and_others_none() -> None:
    def of(*states: State) -> list[str]:
        targets = tuple(
            TargetFinding(
                id="00" * 8,
                kind="items",
                what="Checklist items done",
                stage="",
                at_most=False,
                value=40,
                by=None,
                now=30,
                low=None,
                high=None,
                people=None,
                distance=10,
                state=state,
            )
            for state in states
        )
        card = Scorecard(format="", as_of="2027-01-01", targets=targets, conversions=())
        return [f"{one.reading.id}: {one.because}" for one in advice_on_targets(TOOLKIT, card)]

    assert of("reached", "not yet", "on course") == ["target-not-yet: Checklist items done: at least 40: 30, 10 to go."]
    assert of("reached", "too few to tell") == []


# What people and staff say


@pytest.mark.parametrize("question", ["helped", "recommend", "included"])
def test_feedback_has_its_reading_only_where_surely_fewer_than_half_say_yes(question: str) -> None:
    thought = samples.feedback().found.feedback
    assert thought is not None
    people = next(one.people for one in thought.questions if one.id == question)

    def of(low: int | None, high: int | None, *, thought: FeedbackFindings = thought) -> list[str]:
        shares = tuple(
            TogetherFinding(question=one, label="It helped", rounded=None, share=None, low=low, high=high)
            if one == question
            else TogetherFinding(question=one, label="Something else", rounded=None, share=None, low=60, high=90)
            for one in ("helped", "recommend", "included")
        )
        found = replace(thought, together=shares)
        return [f"{one.reading.id}: {one.said}" for one in advice_on_feedback(TOOLKIT, found)]

    because = "It helped: between 20% and 49% of those who answered, fewer than half."
    assert of(20, 49) == [f"feedback-{question}: {because} (Feedback: {people} people asked.)"]
    assert of(None, None) == []
    assert of(20, 50) == of(60, 90) == of(0, 100) == []


def debriefed(*texts: tuple[str, str, str]) -> tuple[DebriefFinding, ...]:
    return tuple(
        DebriefFinding(event=event_finding(event()), by="written on “Blue”", worked=one, change=two, support=three)
        for one, two, three in texts
    )


def test_what_staff_wrote_leads_to_the_items_that_answer_its_question_in_their_own_words() -> None:
    document = office_findings(
        office(IN_LINE, "outreach"), ScopeFinding(), debriefs=debriefed(("The quiz.", "", "Buses."), ("Tea.", "", ""))
    )
    given_advice = advice(TOOLKIT, document)
    assert because(given_advice) == {
        "debrief-worked": "Riverside Jobs Fair: “The quiz.” Riverside Jobs Fair: “Tea.”",
        "debrief-support": "Riverside Jobs Fair: “Buses.”",
    }
    assert {one.basis for one in given_advice} == {"Riverside Jobs Fair: written on “Blue”."}
    assert "O3.10" in given_advice[1].reading.links


# What each is read from


def test_each_sentence_says_which_table_it_is_read_from_and_how_many_people_were_asked() -> None:
    def bases(given_advice: tuple[Advice, ...]) -> list[str]:
        return [one.basis for one in given_advice]

    assert bases(advice(TOOLKIT, found(FEW))) == ["Question 1: 125 people asked."]
    assert bases(advice(TOOLKIT, mixed(("outreach", FEW), ("applicants", IN_LINE)))) == [
        "At outreach: Question 1: 125 people asked."
    ]
    assert bases(advice(TOOLKIT, found(SILENT))) == ["Question 1: 125 people asked."]
    came = office_findings(office(SILENT, "outreach", head_count=200), ScopeFinding())
    assert bases(advice(TOOLKIT, came)) == ["Question 1: 200 people who came."]
    few, many = {"occupation": (500, 300, 200, 0, 0)}, {"occupation": (300, 200, 500, 0, 0)}
    drop = journey([("outreach", office(many, "outreach")), ("applicants", office(few, "applicants"))])
    assert bases(advice_on(TOOLKIT, drop)) == [
        "The journey: 1000 people asked (outreach), 1000 people asked (applicants)."
    ]
    fall = trend("year", ["outreach"], [("2025", office(many, "outreach")), ("2026", office(few, "outreach"))])
    assert bases(advice_over_time(TOOLKIT, fall)) == [
        "Over time, by year: 1000 people asked (2025), 1000 people asked (2026)."
    ]


def test_all_that_counts_say_is_of_stages_the_journey_the_trend_targets_and_the_debrief_together() -> None:
    report = samples.whole_office()
    assert report.scorecard is not None
    everything = all_advice(TOOLKIT, report.found, report.scorecard)
    assert everything == report.advice
    kinds = {one.reading.shows for one in everything}
    assert {"share", "drop", "target", "debrief"} <= kinds
    assert "target" not in {one.reading.shows for one in all_advice(TOOLKIT, report.found, None)}
    assert all(one.basis for one in everything)
