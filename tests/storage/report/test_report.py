"""What a report says: of whom, why counts are blurred, what each stage supports, and where to look next."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from content.toolkit import load_toolkit
from storage.counts.findings import OfficeFindings, ScopeFinding, StageCounts, office_findings
from storage.counts.journey import WITHIN_THE_JOURNEY, Journey, journey
from storage.counts.questions import BenchmarkFinding
from storage.counts.rates import RateFinding
from storage.counts.shares import ChangeFinding
from storage.events import STAGES, Stage
from storage.report import sentences
from storage.report.files import contents
from storage.report.page import NOTHING_STANDS_OUT
from storage.report.report import LIMITS, Lead, Report, on_one_line, report_of
from storage.settings import Organisation, Settings
from tests.storage.counts.tables import Noisy
from tests.storage.report import samples
from tests.storage.report.markup import Element, parsed
from tests.storage.report.samples import FAIR, FEW, INTAKE, MADE, SAMPLES, counts, event, files_of, own

MIXED = ("everything", "eight stages", "whole office")
"""The samples of several stages."""


def facts(report: Report) -> dict[str, str]:
    return dict(report.facts)


def found_in(noisy: Noisy, **beside: Any) -> OfficeFindings:  # noqa: ANN401 - fields of all types
    return office_findings(dataclasses.replace(counts(noisy), **beside), ScopeFinding())


def page_of(name: str) -> Element:
    return parsed(files_of(name)["report.html"].decode())


def text_of(name: str) -> str:
    return plain(page_of(name).one("body").text)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


# Its beginning


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("everything", "Socio-economic background"),
        ("small", "Socio-economic background: Day one, 20 November 2026"),
        ("key alone", "Socio-economic background: Leeds Town Hall"),
        ("one stage", "Socio-economic background: Outreach · Level 3 · Leeds Town Hall · 2026 Q4"),
        ("eight stages", "Socio-economic background along the apprenticeship journey: Leeds"),
    ],
)
def test_a_title_says_what_it_is_about(name: str, title: str) -> None:
    assert SAMPLES[name]().title == title
    assert title in text_of(name)


def test_along_the_journey_of_all_events_the_title_names_no_scope() -> None:
    assert samples.everything("journey").title == "Socio-economic background along the apprenticeship journey"


def test_the_facts_are_those_of_the_findings() -> None:
    assert facts(samples.everything()) == {
        "Asked at": "3 events, 3 October 2026 to 20 November 2026",
        "Responses brought in": "672",
        "People in these counts": "665",
        "People who came": "1000",
        "Not in these counts": "7 wait until ten can enter together.",
        "Response rate of all questions": "62 to 64% of everybody who came. Target 70%: below target.",
    }


def test_what_is_not_known_is_left_out_of_the_facts_and_that_nobody_came_or_nothing_was_is_told() -> None:
    report = samples.report(found_in({}, waiting=0, held=7))
    assert set(facts(report)) == {"Asked at", "Responses brought in", "People in these counts"}
    assert facts(report)["Asked at"] == "1 event, 3 October 2026"
    assert facts(samples.report(found_in(FAIR, head_count=0)))["People who came"] == "0"
    assert facts(samples.report(found_in({}, events=())))["Asked at"] == "0 events, no day"


def test_events_are_named_up_to_eight_and_the_others_counted() -> None:
    assert samples.everything().events == (
        "Riverside Jobs Fair, 3 October 2026, Leeds Town Hall (outreach)",
        "Autumn intake, 20 October 2026, Bradford (applicants)",
        "Day one, 20 November 2026, Leeds (starts)",
    )
    assert samples.everything().more_events == 0
    many = samples.eight_stages()
    assert len(many.events) == 8
    assert many.more_events == 16
    assert "and 16 more, named in counts.json" in text_of("eight stages")
    assert "more, named in" not in text_of("everything")
    nine = samples.report(found_in(FAIR, events=tuple(event(f"Event {number}") for number in range(9))))
    assert nine.more_events == 1


@pytest.mark.parametrize("lead", ["counts", "journey"])
def test_it_begins_with_what_it_was_asked_for(lead: Lead) -> None:
    text = parsed(contents(samples.everything(lead))["report.html"].decode()).one("body").text
    first, second = text.index("What the answers say"), text.index("The journey")
    assert (first < second) == (lead == "counts")


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in MIXED])
def test_without_a_journey_none_is_spoken_of(name: str) -> None:
    assert "The journey" not in text_of(name)


def test_where_a_journey_was_asked_for_and_there_is_none_it_says_why() -> None:
    report = samples.report(found_in(FAIR), lead="journey")
    text = parsed(contents(report)["report.html"].decode()).one("body").text
    assert "A journey needs two stages or more" in text


def test_without_an_organisation_and_its_words_nothing_stands_in_their_place() -> None:
    report = samples.report(found_in(FAIR), Organisation())
    header = parsed(contents(report)["report.html"].decode()).one("header")
    assert header.text == "Socio-economic background 24 November 2026"


def test_the_organisations_own_notes_are_in_the_page_the_workbook_and_the_metadata() -> None:
    made = files_of("small")
    notes = samples.small().notes
    assert notes in text_of("small")
    assert f"notes,{notes}\r\n" in made["metadata.csv"].decode()
    book = load_workbook(io.BytesIO(made["counts.xlsx"]))
    assert notes in [row[1].value for row in book["Notes"].iter_rows(max_col=2)]


# Why counts are blurred


@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_says_why_counts_are_blurred_and_what_the_numbers_can_and_cannot_say(name: str) -> None:
    text = text_of(name)
    for passage in (*LIMITS, *SAMPLES[name]().why_blurred):
        assert on_one_line(passage) in text


@pytest.mark.parametrize("name", SAMPLES)
def test_how_much_counts_may_be_off_is_told_once_and_leads_to_why(name: str) -> None:
    found = SAMPLES[name]().found
    said = sentences.blurred(found.questions)
    assert bool(said) == any(question.people for question in found.questions)
    assert text_of(name).count("Counts are blurred on purpose") == bool(said)
    assert (f"{said} Why?" in text_of(name)) == bool(said)
    assert [one.text for one in page_of(name).all("a") if one.attributes["href"] == "#why-blurred"] == ["Why?"] * bool(
        said
    )


def test_how_much_counts_may_be_off_grows_with_the_groups_in_them() -> None:
    said = [
        sentences.blurred(office_findings(samples.counts_of(samples.groups_of(FAIR, groups)), ScopeFinding()).questions)
        for groups in (1, 4, 40)
    ]
    assert said == [f"Counts are blurred on purpose: each may be off by about {most}." for most in (3, 6, 19)]


def test_why_says_what_is_added_when_and_that_the_offices_counts_are_sharper() -> None:
    said = " ".join(map(on_one_line, samples.small().why_blurred))
    for part in (
        "Small random numbers were added once to each group of ten or more people",
        "they stay there for ever",
        "nobody’s answer can be read off any set of tables",
        "change fourfold at most",
        "never means none",
        "The office’s counts are sharper than a laptop’s",
    ):
        assert part in said


def test_the_threshold_that_is_told_is_the_one_that_was_used() -> None:
    report = samples.report(office_findings(counts(FAIR, threshold=25), ScopeFinding()))
    assert "No table is of fewer than 25 people." in on_one_line(report.why_blurred[1])
    few = samples.report(office_findings(counts({"occupation": FEW["occupation"]}, threshold=38), ScopeFinding()))
    assert (
        "Fewer than 38 people in these counts were asked this"
        in parsed(contents(few)["report.html"].decode()).one("body").text
    )


def test_a_count_under_ten_is_said_to_be_and_has_no_share_and_has_its_interval_and_verdict() -> None:
    [row] = [row for row in page_of("small").all("tr") if row.text.startswith("Independent school")]
    assert [plain(cell.text) for cell in row.all("td")] == ["under 10", "9 to 38%", "above 7.5%"]
    [row] = [row for row in page_of("small").all("tr") if row.text.startswith("School outside the UK")]
    assert [plain(cell.text) for cell in row.all("td")] == ["under 10", "not told", "none"]


def test_a_question_that_too_few_were_asked_has_neither_table_nor_chart() -> None:
    document = page_of("key alone")
    assert document.one("body").text.count("Fewer than 10 people in these counts were asked this") == 3
    assert len(list(document.all("table"))) == 1
    assert not list(page_of("nobody").all("svg", "table"))


# Several stages


@pytest.mark.parametrize("name", MIXED)
def test_of_several_stages_together_nothing_is_compared_with_a_benchmark(name: str) -> None:
    report = SAMPLES[name]()
    assert sentences.MIXED in text_of(name)
    assert report.found.mixed
    for question in report.found.questions:
        assert all(category.benchmarks == () for category in question.categories)
        [block] = [
            one
            for one in page_of(name).all("div")
            if one.attributes.get("class") == "question" and question.text in one.text
        ]
        for word in ("Benchmark", "in line with", "below", "above", "too few to tell"):
            assert word not in block.text.replace("below target", "")


@pytest.mark.parametrize("name", MIXED)
def test_each_of_several_stages_has_its_own_verdicts(name: str) -> None:
    found = SAMPLES[name]().found
    [wide] = [one for one in page_of(name).all("div") if one.attributes.get("class") == "wide"]
    columns = [cell.text for cell in wide.one("thead").all("th")][2:]
    assert columns == ["Professional", "Intermediate", "Working class", "Independent school"]
    for stage, row in zip(found.stages, wide.one("tbody").all("tr"), strict=True):
        named, _, *cells = (plain(cell.text) for cell in row.all("th", "td"))
        assert named == stage.stage.capitalize()
        told = [category for question in stage.questions[:2] for category in question.categories]
        for column, cell in zip(columns, cells, strict=True):
            [category] = [one for one in told if one.label == column]
            assert cell.startswith(f"{sentences.count(category)}: {sentences.share(category)}")
            assert [mark.verdict in cell for mark in category.benchmarks] == [True] * len(category.benchmarks)
            national = [mark for mark in category.benchmarks if not mark.own]
            assert bool(national) == (stage.stage not in WITHIN_THE_JOURNEY)


@pytest.mark.parametrize("name", MIXED)
def test_the_metadata_and_the_workbooks_notes_say_what_each_stage_supports(name: str) -> None:
    lines = SAMPLES[name]().beside_benchmarks
    assert lines == (sentences.MIXED, *sentences.stage_lines(SAMPLES[name]().found.stages))
    notes = [str(row[1].value) for row in load_workbook(io.BytesIO(files_of(name)["counts.xlsx"]))["Notes"].iter_rows()]
    for line in lines:
        assert line in notes
        assert line in files_of(name)["metadata.csv"].decode().replace('""', '"')


def test_of_one_stage_alone_nothing_stands_in_place_of_benchmarks() -> None:
    assert samples.one_stage().beside_benchmarks == ()
    assert sentences.MIXED not in text_of("one stage")
    assert sentences.COMPARABLE not in text_of("one stage")


def test_at_a_late_stage_alone_the_country_is_not_compared_with_and_that_is_said() -> None:
    assert sentences.COMPARABLE in text_of("completion")
    marks = [
        mark
        for question in samples.completion().found.questions
        for one in question.categories
        for mark in one.benchmarks
    ]
    assert [(mark.own, mark.share) for mark in marks] == [(True, 45)]
    assert "the national figure" not in text_of("completion")
    assert "the national figure" in text_of("one stage")
    assert not [one for one in page_of("completion").all("line") if one.attributes["class"] == "national"]


# Where to look next


def test_advice_is_that_of_the_findings_and_of_the_journey() -> None:
    report = samples.eight_stages()
    ids = [one.reading.id for one in report.advice]
    assert any("drop" in one.reading.shows for one in report.advice)
    assert len(ids) == len(set(ids))
    without = report_of(load_toolkit(), Settings(), replace(report.found, journey=None), lead="counts", made=MADE)
    assert len(without.advice) < len(report.advice)


@pytest.mark.parametrize("name", SAMPLES)
def test_all_that_advice_leads_to_is_named_once_with_its_title(name: str) -> None:
    report = SAMPLES[name]()
    toolkit = load_toolkit()
    links = [link for one in report.advice for link in one.reading.links]
    assert [one.id for one in report.named] == list(dict.fromkeys(links))
    for one in report.named:
        entry = toolkit.tips.get(one.id) or toolkit.entries[one.id]
        assert one.title == entry.title
    document = parsed(files_of(name)["report.html"].decode())
    assert ("Where to look next" in document.text) == bool(report.advice)
    assert [one.text for one in document.all("a") if one.text != "Why?"] == links


# Sentences


def test_a_count_and_a_share_are_told_as_far_as_they_can_be() -> None:
    occupation, few = samples.one_stage().found.questions[0], samples.small().found.questions
    told = [(sentences.count(one), sentences.share(one)) for one in occupation.categories]
    assert told[0] == ("about 135", "35% (29 to 42%)")
    assert told[3] == ("about 30", "7%")
    assert sentences.count(few[1].categories[1]) == "under 10"
    assert sentences.share(few[1].categories[1]) == "9 to 38%"
    assert sentences.share_or_reason(few[1].categories[1]) == "under 10, 9 to 38%"
    assert sentences.share_or_reason(occupation.categories[0]) == "35% (29 to 42%)"
    assert sentences.share(few[1].categories[2]) == ""


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ({}, ""),
        ({"waiting": 7}, "7 wait until ten can enter together."),
        ({"dropped": 2}, "2 were deleted before there were ten to enter together."),
        ({"elsewhere": 3}, "3 are counted in wider tables only, together with people of other events."),
        ({"unreadable": 2}, "2 cannot be opened."),
        ({"waiting": 1, "unreadable": 3}, "1 wait until ten can enter together. 3 cannot be opened."),
    ],
)
def test_what_is_lacking_is_told_with_its_reason(lacks: dict[str, int], said: str) -> None:
    found = found_in(FAIR, **{"waiting": 0, "elsewhere": 0, "unreadable": 0, **lacks})
    assert sentences.lacking(found) == said


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (
            RateFinding(low=59, high=62, target=70, verdict="below target", of="came"),
            "59 to 62% of everybody who came. Target 70%: below target.",
        ),
        (RateFinding(low=60, high=60, target=None, verdict=None), "60%"),
        (
            RateFinding(low=0, high=100, target=66.5, verdict="close to target"),
            "0 to 100%. Target 66.5%: close to target.",
        ),
    ],
)
def test_a_response_rate_is_told_with_whom_it_is_of_and_its_target(rate: RateFinding, said: str) -> None:
    assert sentences.rate(rate) == said


def test_a_benchmark_is_told_with_its_verdict_and_source() -> None:
    mark = BenchmarkFinding(share=7.5, source="Our town", year=2025, own=True, verdict="above")
    assert sentences.benchmark(mark) == "above 7.5%"
    assert sentences.benchmark(replace(mark, verdict="too few to tell")) == "too few to tell: 7.5%"
    assert sentences.source(mark) == "Our town, 2025"
    assert sentences.sourced(mark) == "above 7.5% (Our town, 2025)"
    assert sentences.sourced(replace(mark, own=False)) == "above 7.5%"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-12, 3, "–12 to +3 points"), (0, 7, "0 to +7 points"), (-9, -1, "–9 to –1 points"), (-4, 0, "–4 to 0 points")],
)
def test_a_change_is_told_with_its_signs(low: int, high: int, said: str) -> None:
    change = ChangeFinding(
        group="working_class",
        label="Working class",
        earlier="outreach",
        later="starts",
        low=low,
        high=high,
        verdict="x",
    )
    assert sentences.change_range(change) == said
    assert sentences.change_line(change) == f"Working class, outreach to starts: x ({said})"


def planted(*working_class: int, stages: tuple[Stage, ...] = STAGES) -> Journey:
    return journey(
        [
            (stage, counts({"occupation": (200, 200, part, 20, 20)}))
            for stage, part in zip(stages, working_class, strict=False)
        ]
    )


def test_a_drop_is_told_with_its_points_and_that_it_proves_nothing() -> None:
    found = planted(400, 100)
    assert found.drop is not None
    assert sentences.drop_line(found) == (
        "The drop that these counts support: working class, from outreach to applicants, by "
        f"{-found.drop.high} to {-found.drop.low} points. {sentences.SUGGESTS}"
    )
    assert 0 < -found.drop.high < -found.drop.low
    assert sentences.drop_line(planted(200, 200)) == "These counts support no drop from one stage to another."


LATE: tuple[Stage, ...] = ("starts", "functional skills", "completion")


@pytest.mark.parametrize(
    ("working_class", "verdict", "said"),
    [
        (900, "no clear change", "rates look comparable"),
        (500, "drop", "this suggests that rates differ"),
        (1120, "rise", "this suggests that rates differ"),
    ],
)
def test_a_late_stage_is_compared_with_the_stage_before_it_and_not_with_the_country(
    working_class: int, verdict: str, said: str
) -> None:
    found = journey(
        [
            (stage, counts({"occupation": (900, 900, part, 20, 20)}))
            for stage, part in zip(LATE, (900, 900, working_class), strict=True)
        ]
    )
    skills, completion = sentences.comparable_lines(found)
    steps = sentences.changes_at(found, found.stages[2])
    assert [(one.earlier, one.later, one.group) for one in steps] == [
        ("functional skills", "completion", group.id) for group in found.stages[0].groups
    ]
    told = "; ".join(f"{one.label.lower()} {sentences.change_range(one)}, {one.verdict}" for one in steps)
    assert completion == f"Completion, compared with functional skills: {said} ({told})."
    assert steps[2].verdict == verdict
    assert verdict != "rise" or {one.verdict for one in steps[:2]} == {"no clear change"}
    assert skills.startswith("Functional skills, compared with starts: rates look comparable (professional ")


def test_too_few_at_a_late_stage_do_not_tell_if_rates_differ() -> None:
    found = journey([("starts", counts(INTAKE)), ("completion", counts(FEW))])
    [line] = sentences.comparable_lines(found)
    assert ": too few to tell if rates differ (" in line


def test_a_late_stage_that_no_counts_come_before_has_nothing_beside_it() -> None:
    found = journey([("starts", counts({})), ("completion", counts(INTAKE)), ("progression", counts({}))])
    assert list(sentences.comparable_lines(found)) == ["Completion: no earlier stage has counts to compare it with."]
    assert list(sentences.comparable_lines(planted(200, 200))) == []


@pytest.mark.parametrize(
    ("stage", "noisy", "said"),
    [
        (
            "applicants",
            INTAKE,
            (
                "Applicants: professional 44% (34 to 55%), in line with 37%; intermediate 25% (17 to 35%), "
                "in line with 24%; working class 30% (22 to 40%), in line with 39%, below 45% (Our city, census, "
                "2021); independent school 21% (14 to 28%), above 7.5%."
            ),
        ),
        (
            "starts",
            FEW,
            (
                "Starts: professional 42% (22 to 66%), too few to tell: 37%; intermediate under 10, 6 to 45%, "
                "too few to tell: 24%; working class 36% (17 to 60%), too few to tell: 39%, too few to tell: 45% "
                "(Our city, census, 2021); independent school under 10, 9 to 38%, above 7.5%."
            ),
        ),
        ("levels", {}, "Levels: no counts yet."),
        (
            "completion",
            INTAKE,
            (
                "Completion: working class 30% (22 to 40%), below 45% (Our city, census, 2021); compared with other "
                "stages along the journey, not with the country."
            ),
        ),
    ],
)
def test_what_a_stage_supports_by_itself_is_one_line(stage: Stage, noisy: Noisy, said: str) -> None:
    found = samples.of_stages({"outreach": counts(FAIR), stage: counts(noisy, [event(stage=stage)])}, marks=[own()])
    assert list(sentences.stage_lines(found.stages))[1] == said


def test_a_stage_that_nothing_is_compared_with_has_no_line() -> None:
    question = replace(samples.one_stage().found.questions[2])
    assert list(sentences.stage_lines([StageCounts(stage="outreach", in_counts=445, questions=(question,))])) == []


def test_how_changes_were_judged_is_told_where_any_were() -> None:
    assert sentences.change_note(planted(400, 100, 100)).startswith("9 changes were looked at;")
    assert sentences.change_note(planted(400)) == ""


def test_the_journeys_benchmarks_are_told_with_their_source_and_the_stages_that_have_none() -> None:
    marks = (
        "Benchmarks: professional 37%, intermediate 24%, working class 39% "
        "(Social Mobility Commission, employers’ apprenticeship toolkit, 2021)."
    )
    assert sentences.benchmark_line(planted(200, 200)) == marks
    assert sentences.benchmark_line(planted(200, 200, stages=("starts", "completion"))) == (
        f"{marks} {sentences.COMPARABLE}"
    )
    assert sentences.benchmark_line(planted(200, 200, stages=("completion", "progression"))) == sentences.COMPARABLE


def test_on_the_page_changes_that_stand_out_are_told_once_or_that_none_does() -> None:
    assert NOTHING_STANDS_OUT in text_of("everything")
    followed = samples.eight_stages().found.journey
    assert followed is not None
    text = text_of("eight stages")
    assert NOTHING_STANDS_OUT not in text
    assert [line in text for line in sentences.comparable_lines(followed)] == [True] * 3
    late = [
        change
        for stage in followed.stages
        if stage.stage in WITHIN_THE_JOURNEY
        for change in sentences.changes_at(followed, stage)
    ]
    assert {change.verdict for change in followed.changes} >= {"drop", "no clear change"}
    for change in followed.changes:
        shown = sentences.change_line(change) in text
        assert shown == (change.verdict in {"drop", "rise"} and change not in late)


def test_where_only_a_late_stage_changes_the_page_does_not_say_that_nothing_does() -> None:
    stages: dict[Stage, Noisy] = {
        "starts": {"occupation": (900, 900, 900, 20, 20)},
        "completion": {"occupation": (900, 900, 500, 20, 20)},
    }
    found = samples.of_stages({stage: counts(one, [event(stage=stage)]) for stage, one in stages.items()})
    text = plain(parsed(contents(samples.report(found))["report.html"].decode()).one("body").text)
    assert "this suggests that rates differ" in text
    assert NOTHING_STANDS_OUT not in text
    assert found.journey is not None
    [drop] = [change for change in found.journey.changes if change.verdict == "drop"]
    assert f"{drop.label.lower()} {sentences.change_range(drop)}, drop" in text
    assert sentences.change_line(drop) not in text


def test_the_day_is_that_on_which_it_was_made() -> None:
    report = samples.report(found_in(FEW), made=dt.date(2027, 1, 2))
    assert "2 January 2027" in parsed(contents(report)["report.html"].decode()).one("header").text
