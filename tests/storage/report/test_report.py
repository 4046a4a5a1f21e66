"""What a report says: of whom, how much was held back, and where to look next."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from content.toolkit import load_toolkit
from storage import sentences
from storage.cells import inert, restored
from storage.events import STAGES
from storage.findings import BenchmarkFinding, OfficeFindings, RateFinding, office_findings
from storage.journey import ChangeFinding, Journey, journey
from storage.report.files import contents
from storage.report.page import share_told
from storage.report.report import LIMITS, Lead, Report, on_one_line, report_of
from storage.settings import Organisation, Settings
from tests.storage.report import samples
from tests.storage.report.markup import parsed
from tests.storage.report.samples import BLANK, FAIR, FEW, INTAKE, MADE, SAMPLES, counts, event, files_of


def facts(report: Report) -> dict[str, str]:
    return dict(report.facts)


def found_in(exact: samples.Exact, **beside: Any) -> OfficeFindings:  # noqa: ANN401 - fields of all types
    return office_findings(dataclasses.replace(counts(exact), **beside), "all", "")


def text_of(name: str) -> str:
    return parsed(files_of(name)["report.html"].decode()).one("body").text.replace("\N{NO-BREAK SPACE}", " ")


# Its beginning


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("everything", "Social background"),
        ("small", "Social background: Day one, 20 November 2026"),
        ("key alone", "Social background: Leeds Town Hall"),
        ("eight stages", "Social background along the apprenticeship journey"),
    ],
)
def test_a_title_says_what_it_is_about(name: str, title: str) -> None:
    assert SAMPLES[name]().title == title
    assert title in text_of(name)


def test_of_all_together_it_says_so_where_a_scope_is_needed() -> None:
    assert samples.everything().scope == "All together"
    assert samples.small().scope == "Day one, 20 November 2026"


def test_the_facts_are_those_of_the_findings() -> None:
    assert facts(samples.everything()) == {
        "Asked at": "3 events, 3 October 2026 to 20 November 2026",
        "Responses brought in": "452",
        "People in these counts": "445",
        "People who came": "700",
        "Not in these counts": "7 wait until ten can enter together.",
        "Response rate of all questions": "59 to 62 % of everybody who came. Target 70 %: below target.",
    }


def test_what_is_not_known_is_left_out_of_the_facts() -> None:
    report = samples.report(found_in(BLANK, waiting=0, held=27))
    assert set(facts(report)) == {"Asked at", "Responses brought in", "People in these counts"}
    assert facts(report)["Asked at"] == "1 event, 3 October 2026"


def test_where_nobody_came_that_is_told() -> None:
    assert facts(samples.report(found_in(FAIR, head_count=0)))["People who came"] == "0"


def test_without_events_there_is_no_day() -> None:
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


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in {"everything", "eight stages"}])
def test_without_a_journey_none_is_spoken_of(name: str) -> None:
    assert "The journey" not in text_of(name)


def test_where_a_journey_was_asked_for_and_there_is_none_it_says_why() -> None:
    report = samples.report(office_findings(counts(FAIR), "all", ""), lead="journey")
    text = parsed(contents(report)["report.html"].decode()).one("body").text
    assert "A journey needs two stages or more" in text


def test_without_an_organisation_and_its_words_nothing_stands_in_their_place() -> None:
    report = samples.report(office_findings(counts(FAIR), "all", ""), Organisation())
    header = parsed(contents(report)["report.html"].decode()).one("header")
    assert header.text == "Social background 24 November 2026"


def test_the_organisations_own_notes_are_in_the_page_the_workbook_and_the_metadata() -> None:
    made = files_of("small")
    notes = samples.small().notes
    assert notes in text_of("small")
    assert f"notes,{notes}\r\n" in made["metadata.csv"].decode()
    book = load_workbook(io.BytesIO(made["counts.xlsx"]))
    assert notes in [row[1].value for row in book["Notes"].iter_rows(max_col=2)]


# What was held back


def test_what_is_held_back_is_named_by_its_question() -> None:
    told = samples.small().held_back[-1]
    for question in samples.small().found.questions:
        for category in question.categories:
            assert (category.count is None) <= (category.label.lower() in told.lower())
    assert "under 10 " in samples.small().held_back[0]


def test_counts_that_the_journey_holds_back_are_named_too() -> None:
    told = samples.everything().held_back[-1]
    assert "intermediate" in told.lower()
    assert "starts" in told.lower()
    assert "No count was held back" not in " ".join(samples.everything().held_back)


def test_where_no_count_is_held_back_it_says_so() -> None:
    followed = journey([("outreach", counts(FAIR)), ("applicants", counts(INTAKE))])
    found = replace(office_findings(counts(FAIR), "all", ""), journey=followed)
    assert samples.report(found).held_back[-1] == "No count was held back here."


def test_the_threshold_that_is_told_is_the_one_that_was_used() -> None:
    found = office_findings(counts(FAIR, threshold=25), "all", "")
    assert "under 25 " in samples.report(found).held_back[0]


def test_a_question_that_is_held_back_as_a_whole_says_so_and_has_no_chart() -> None:
    document = parsed(files_of("blank")["report.html"].decode())
    assert document.one("body").text.count("All counts are held back") == 4
    assert not [one for one in document.all("svg") if one.attributes.get("role") == "img"]
    assert {cell.text for row in document.all("tr") for cell in list(row.all("td"))[:1]} == {"held back"}


def test_a_question_that_fewer_than_ten_were_asked_has_no_table() -> None:
    document = parsed(files_of("key alone")["report.html"].decode())
    assert document.one("body").text.count("Fewer than 10 people in these counts were asked this") == 3
    assert len(list(document.all("table"))) == 1


@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_says_what_the_numbers_can_and_cannot_say(name: str) -> None:
    for limit in (*LIMITS, *SAMPLES[name]().held_back):
        assert on_one_line(limit) in text_of(name)


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
    assert [one.text for one in document.all("a")] == links


# Sentences


def test_a_share_is_told_as_far_as_it_can_be() -> None:
    occupation = samples.everything().found.questions[0]
    assert share_told(occupation.categories[0]) == "35 % (30 to 40 %)"
    assert share_told(occupation.categories[3]) == "7 %"
    assert share_told(samples.small().found.questions[0].categories[0]) == "26 to 77 %"
    assert share_told(samples.blank().found.questions[0].categories[0]) == "cannot be told"


@pytest.mark.parametrize(
    ("waiting", "elsewhere", "unreadable", "said"),
    [
        (0, 0, 0, ""),
        (7, 0, 0, "7 wait until ten can enter together."),
        (0, 3, 0, "3 are counted in wider tables only, together with people of other events."),
        (0, 0, 2, "2 cannot be opened."),
        (1, 0, 3, "1 wait until ten can enter together. 3 cannot be opened."),
    ],
)
def test_what_is_lacking_is_told_with_its_reason(waiting: int, elsewhere: int, unreadable: int, said: str) -> None:
    found = found_in(FAIR, waiting=waiting, elsewhere=elsewhere, unreadable=unreadable)
    assert sentences.lacking(found) == said


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (
            RateFinding(low=59, high=62, target=70, verdict="below target", of="came"),
            "59 to 62 % of everybody who came. Target 70 %: below target.",
        ),
        (RateFinding(low=60, high=60, target=None, verdict=None), "60 %"),
        (
            RateFinding(low=0, high=100, target=66.5, verdict="close to target"),
            "0 to 100 %. Target 66.5 %: close to target.",
        ),
    ],
)
def test_a_response_rate_is_told_with_whom_it_is_of_and_its_target(rate: RateFinding, said: str) -> None:
    assert sentences.rate(rate) == said


def test_a_benchmark_is_told_with_its_verdict_and_source() -> None:
    mark = BenchmarkFinding(share=7.5, source="Our town", year=2025, own=True, verdict="above")
    assert sentences.benchmark(mark) == "above 7.5 %"
    assert sentences.benchmark(replace(mark, verdict="too few to tell")) == "too few to tell: 7.5 %"
    assert sentences.source(mark) == "Our town, 2025"


def test_numbers_of_one_are_told_as_one() -> None:
    assert [sentences.responses(number) for number in (0, 1, 2)] == ["0 responses", "1 response", "2 responses"]
    assert [sentences.number_of_events(number) for number in (0, 1, 2)] == ["0 events", "1 event", "2 events"]


def test_how_much_chance_can_do_is_half_the_widest_interval_of_the_shares_that_are_told() -> None:
    occupation = samples.everything().found.questions[0]
    widest = max(one.high - one.low for one in occupation.categories if one.low is not None and one.high is not None)
    assert widest == 11
    assert "by about 6 points either way" in sentences.noise(occupation)
    assert sentences.noise(samples.small().found.questions[0]) == ""
    assert sentences.noise(samples.blank().found.questions[0]) == ""


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


def planted(*working_class: int) -> Journey:
    return journey(
        [
            (stage, counts({"occupation": (200, 200, part, 20, 20)}))
            for stage, part in zip(STAGES, working_class, strict=False)
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


def test_how_changes_were_judged_is_told_where_any_were() -> None:
    assert sentences.change_note(planted(400, 100, 100)).startswith("9 changes were looked at;")
    assert sentences.change_note(planted(400)) == ""


def test_the_journeys_benchmarks_are_told_with_their_source() -> None:
    assert sentences.benchmark_line(planted(200, 200)) == (
        "Benchmarks: professional 37 %, intermediate 24 %, working class 39 % "
        "(Social Mobility Commission, employers’ apprenticeship toolkit, 2021)."
    )


def test_on_the_page_changes_that_stand_out_are_listed_or_that_none_does() -> None:
    assert "No change from stage to stage stands out from chance" in text_of("everything")
    journey_told = samples.eight_stages().found.journey
    assert journey_told is not None
    text = text_of("eight stages")
    assert "stands out from chance" not in text
    for change in journey_told.changes:
        shown = sentences.change_line(change).replace(" %", "\N{NO-BREAK SPACE}%") in text
        assert shown == (change.verdict in {"drop", "rise"})


# Cells


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "＝1", "'=1", "''+1"])  # noqa: RUF001 - a wide one
def test_what_could_be_a_formula_is_made_text_and_comes_back(text: str) -> None:
    assert inert(text) == f"'{text}"
    assert restored(inert(text)) == text


@pytest.mark.parametrize("text", ["", "a=1", " =1", "1-2", "'quoted'", "Leeds", "<b>"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == restored(text) == text


def test_the_day_is_that_on_which_it_was_made() -> None:
    report = samples.report(office_findings(counts(FEW), "all", ""), made=dt.date(2027, 1, 2))
    assert "2 January 2027" in parsed(contents(report)["report.html"].decode()).one("header").text
