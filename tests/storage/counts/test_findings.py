"""What is said follows from noisy groups and numbers of people alone, and is the same wherever it is said."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storage
from content.benchmarks import load_benchmarks
from storage.counts.disclosure import Counts, GroupSum, OfficeCounts
from storage.counts.findings import Findings, OfficeFindings, ScopeFinding, findings, office_findings, to_json
from storage.counts.intervals import Interval, RateVerdict, Verdict, quantile_of, verdict
from storage.counts.journey import WITHIN_THE_JOURNEY, journey
from storage.counts.questions import CategoryFinding, QuestionFindings
from storage.counts.rates import RateFinding
from storage.events import Event, Stage
from storage.report import sentences
from storage.settings import OwnBenchmark
from tests.storage.counts.tables import QUESTIONS, Noisy, group_of, noisy_counts, office_counts
from tests.storage.fairs import fair

Json = dict[str, Any]

EVENT = fair()
STARTERS = msgspec.structs.replace(EVENT, name="Starters", stage="starts")
PLENTY: Noisy = {
    "occupation": (37, 24, 39, 12, 13),
    "school": (90, 11, 12, 0, 12),
    "meals": (30, 70, 5, 8, 12),
    "degree": (62, 30, 13, 20),
}


def counts(*groups: Noisy, threshold: int = 10, event: Event = EVENT, waiting: int = 4, ended: bool = False) -> Counts:
    """As a kiosk gives them, of these groups."""
    total = GroupSum.of(map(group_of, groups))
    asked = [name for name in QUESTIONS if not groups or name in total.asked]
    return Counts(
        event=event,
        tables=tuple(total.publish(name, threshold) for name in asked),
        threshold=threshold,
        held=total.people + 7,
        in_counts=total.people,
        waiting=waiting,
        ended=ended,
    )


def found(*groups: Noisy, threshold: int = 10, own: Sequence[OwnBenchmark] = (), event: Event = EVENT) -> Findings:
    return findings(counts(*groups, threshold=threshold, event=event), own)


def of_office(
    *groups: Noisy,
    threshold: int = 10,
    head_count: int | None = None,
    outside: int = 0,
    events: tuple[Event, ...] = (EVENT,),
) -> OfficeCounts:
    """As the office gives them, of these groups; those outside wait, or are in groups with people of other events."""
    return office_counts(
        [group_of(one) for one in groups],
        events,
        threshold=threshold,
        waiting=outside - outside // 2,
        elsewhere=outside // 2,
        head_count=head_count,
    )


def office_found(
    *groups: Noisy, head_count: int | None = None, outside: int = 0, own: Sequence[OwnBenchmark] = ()
) -> OfficeFindings:
    return office_findings(
        of_office(*groups, head_count=head_count, outside=outside), ScopeFinding(stage="outreach"), own
    )


def question(document: Findings | OfficeFindings, name: str = "occupation") -> QuestionFindings:
    return next(one for one in document.questions if one.id == name)


def category(document: Findings | OfficeFindings, name: str, of: str = "occupation") -> CategoryFinding:
    return next(one for one in question(document, of).categories if one.id == name)


def rate_of(document: Findings | OfficeFindings, name: str) -> RateFinding:
    rate = question(document, name).response_rate
    assert rate is not None
    return rate


def own(
    share: float = 50, source: str = "Our own", of: tuple[str, str] = ("occupation", "working_class")
) -> OwnBenchmark:
    return OwnBenchmark(question=of[0], category=of[1], share=share, source=source, year=2025)


def busy_days() -> st.SearchStrategy[Noisy]:
    """One group of ten people to a busy day's, with any noise, asked any questions but always the first."""

    def evened(numbers: Mapping[str, tuple[int, ...]]) -> Noisy:
        people = max(10, *(sum(one) for one in numbers.values()))
        return {name: (one[0] + people - sum(one), *one[1:]) for name, one in numbers.items()}

    return noisy_counts(st.one_of(st.integers(-6, 14), st.integers(0, 60), st.integers(0, 900))).map(evened)


# Examples to check by hand


def test_shares_intervals_and_verdicts_can_be_checked_by_hand() -> None:
    occupation = question(found(PLENTY))
    told = (occupation.people, occupation.groups, occupation.standard_deviation, occupation.off_by)
    assert told == (125, 1, 1.525, 3)
    assert question(found(*[{"occupation": (4, 2, 3, 1, 0)}] * 10)).off_by == 10
    assert [
        (one.id, one.count, one.rounded, one.compared, one.share, one.low, one.high) for one in occupation.categories
    ] == [
        ("professional", 37, 35, True, 37, 25, 50),
        ("intermediate", 24, 25, True, 24, 14, 36),
        ("working_class", 39, 40, True, 39, 27, 52),
        ("other_or_not_known", 12, 10, False, 10, None, None),
        ("prefer_not_to_say", 13, 15, False, 10, None, None),
    ]
    assert [[(mark.share, mark.verdict, mark.own) for mark in one.benchmarks] for one in occupation.categories] == [
        [(37, "in line with", False)],
        [(24, "in line with", False)],
        [(39, "in line with", False)],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("of", "name", "interval"),
    [("school", "independent", (5, 19)), ("meals", "eligible", (21, 40)), ("degree", "no_parent", (56, 77))],
)
def test_two_shares_have_the_interval_of_one(of: str, name: str, interval: tuple[int, int]) -> None:
    row = category(found(PLENTY), name, of)  # z = 1.96; 2.394 would give 4 to 22% of independent schools
    assert (row.low, row.high) == interval


def test_shares_are_worked_out_from_signed_counts_and_not_from_rounded_ones() -> None:
    document = found({"occupation": (12, 12, 12, 12, 12)})  # each told as about 10; of 36 in the three groups
    assert [category(document, name).share for name in ("professional", "other_or_not_known")] == [33, 20]
    assert category(document, "professional").rounded == 10


def test_a_count_under_ten_has_no_share_but_an_interval_and_a_verdict() -> None:
    document = found({"occupation": (80, 9, 71, 20, 20)})
    few = category(document, "intermediate")
    assert (few.count, few.rounded, few.share, few.low, few.high) == (9, None, None, 2, 13)
    assert [mark.verdict for mark in few.benchmarks] == ["below"]
    assert sentences.count(few) == "under 10"
    assert sentences.share_or_reason(few) == "under 10, 2 to 13%"


def test_no_share_is_over_100_per_cent_whatever_the_noise() -> None:
    document = found({"occupation": (14, -3, -1, 12, -12)})
    assert category(document, "professional").share == 100
    assert category(document, "other_or_not_known").share == 100
    declined = found({"occupation": (0, 0, 0, -2, 12)})
    assert category(declined, "prefer_not_to_say").share == 100


def test_half_a_per_cent_is_rounded_up() -> None:
    assert category(found({"occupation": (25, 75, 100, 0, 0)}), "professional").share == 13


# Whatever the numbers


@settings(max_examples=150)
@given(st.lists(busy_days(), min_size=1, max_size=4), st.sampled_from([10, 10, 25]))
def test_every_number_follows_from_signed_sums_groups_and_people(groups: list[Noisy], threshold: int) -> None:
    document = found(*groups, threshold=threshold)
    total = GroupSum.of(map(group_of, groups))
    for part in document.questions:
        table = total.publish(part.id, threshold)
        assert (part.people, part.groups) == (table.people, table.groups)
        compared = load_benchmarks().of(part.id).compared
        for row in part.categories:
            assert row.count == table.counts.get(row.id)
            assert row.rounded == (None if row.count is None or row.count < 10 else (row.count + 2) // 5 * 5)
            assert (row.share is None) is (row.rounded is None)
            share = table.share(row.id, compared) if row.compared else None
            interval = share.interval(quantile_of(len(compared))).outwards if share else (None, None)
            assert (row.low, row.high) == interval
            if row.share is not None and row.low is not None and row.high is not None:
                assert row.low <= row.share <= row.high
            for mark in row.benchmarks:
                assert row.low is not None
                assert row.high is not None
                assert mark.verdict == verdict(Interval(row.low, row.high), mark.share).value


# Too few


@pytest.mark.parametrize(("people", "threshold", "told"), [(19, 20, False), (20, 20, True), (10, 10, True)])
def test_under_the_threshold_nothing_is_told_of_a_question(people: int, threshold: int, *, told: bool) -> None:
    part = question(found({"occupation": (people, 0, 0, 0, 0)}, threshold=threshold))
    assert (part.people is not None) is told
    assert all((row.count is not None) is told for row in part.categories)
    if not told:
        assert (part.groups, part.standard_deviation, part.off_by, part.response_rate) == (0, 0, 0, None)
        assert all((row.share, row.low, row.high, row.benchmarks) == (None, None, None, ()) for row in part.categories)


def test_before_anybody_is_in_a_group_there_is_nothing_to_tell() -> None:
    document = found()
    assert [part.id for part in document.questions] == QUESTIONS
    assert all(part.people is None for part in document.questions)
    assert document.response_rate is None


def test_where_only_the_key_question_is_asked_only_it_is_told() -> None:
    document = found({"occupation": PLENTY["occupation"]})
    assert [part.id for part in document.questions] == ["occupation"]
    assert document.response_rate is None


# Response rates


def test_a_response_rate_is_as_unsure_as_the_noise_in_those_who_declined() -> None:
    rate = rate_of(found(PLENTY), "occupation")
    assert (rate.low, rate.high, rate.target, rate.verdict, rate.of) == (87, 92, 66, "target reached", "asked")


def test_the_response_rate_of_all_questions_adds_up_their_noise() -> None:
    rate = found(PLENTY).response_rate
    assert rate is not None  # 443 of 500 answered, give or take 6: 1.96 √(3 v5 + v4) is 5.9
    assert (rate.low, rate.high, rate.target, rate.verdict) == (87, 90, 70, "target reached")


@pytest.mark.parametrize(
    ("declined", "said"),
    [(31, "target reached"), (34, "close to target"), (37, "close to target"), (38, "below target")],
)
def test_a_response_rate_is_judged_by_what_it_can_be(declined: int, said: str) -> None:
    rate = rate_of(found({"occupation": (100 - declined, 0, 0, 0, declined)}), "occupation")
    assert rate.verdict == said


def test_a_response_rate_is_judged_as_it_is_printed() -> None:
    rate = rate_of(found({"occupation": (79, 0, 0, 0, 46)}), "occupation")  # up to 65.6%
    assert (rate.low, rate.high, rate.target, rate.verdict) == (60, 66, 66, "close to target")


def test_only_the_question_with_a_target_is_judged() -> None:
    assert [rate_of(found(PLENTY), name).verdict is not None for name in QUESTIONS] == [True, False, False, False]


def test_a_response_rate_of_everybody_who_came_counts_those_outside_as_unknown() -> None:
    document = office_found(PLENTY, head_count=200, outside=5)
    rate = rate_of(document, "occupation")  # 112 answered, give or take 3; 5 may have; 200 came
    assert (rate.low, rate.high, rate.of, rate.verdict) == (54, 60, "came", "below target")
    without = rate_of(office_found(PLENTY, outside=5), "occupation")
    assert (without.low, without.high, without.of) == (87, 92, "asked")


def test_the_response_rate_of_all_questions_is_of_everybody_who_came_to_each() -> None:
    rate = office_found(PLENTY, head_count=200, outside=5).response_rate
    assert rate is not None  # 443 answered, give or take 6; 4 times 5 may have; 4 times 200 came
    assert (rate.low, rate.high, rate.of, rate.verdict) == (54, 59, "came", "below target")


def test_a_number_who_came_that_is_under_those_held_is_not_believed() -> None:
    assert rate_of(office_found(PLENTY, head_count=130, outside=5), "occupation").of == "came"
    assert rate_of(office_found(PLENTY, head_count=129, outside=5), "occupation").of == "asked"


def test_a_question_that_not_everybody_was_asked_has_its_rate_of_those_asked() -> None:
    key_only = {"occupation": (10, 5, 10, 0, 0)}
    document = office_found(PLENTY, key_only, head_count=200)
    assert (rate_of(document, "occupation").of, rate_of(document, "school").of) == ("came", "asked")


# What is compared with what


def test_an_organisations_own_benchmark_comes_after_the_national_one_and_is_of_one_question_alone() -> None:
    document = found(PLENTY, own=(own(60),))
    assert [(mark.share, mark.own, mark.verdict) for mark in category(document, "working_class").benchmarks] == [
        (39, False, "in line with"),
        (60, True, "below"),
    ]
    assert [mark.own for part in document.questions for row in part.categories for mark in row.benchmarks].count(
        True
    ) == 1
    national, ours = category(document, "working_class").benchmarks
    assert (national.source, national.year) == (load_benchmarks().source, 2021)
    assert (ours.source, ours.year) == ("Our own", 2025)


@pytest.mark.parametrize("stage", sorted(WITHIN_THE_JOURNEY))
def test_at_late_stages_no_national_benchmark_is_drawn_and_ones_own_is(stage: Stage) -> None:
    event = msgspec.structs.replace(EVENT, stage=stage)
    document = found(PLENTY, own=(own(60),), event=event)
    marks = [mark for part in document.questions for row in part.categories for mark in row.benchmarks]
    assert [(mark.share, mark.own) for mark in marks] == [(60, True)]


def test_people_of_several_stages_are_compared_with_nothing_and_each_stage_speaks_for_itself() -> None:
    few = {"occupation": (200, 60, 40, 0, 0)}
    document = office_findings(
        of_office(PLENTY, few, events=(EVENT, STARTERS)),
        ScopeFinding(),
        (own(60),),
        [("outreach", of_office(PLENTY)), ("starts", of_office(few, events=(STARTERS,)))],
    )
    assert document.mixed
    assert not [mark for part in document.questions for row in part.categories for mark in row.benchmarks]
    assert [stage.stage for stage in document.stages] == ["outreach", "starts"]
    working_class = [stage.questions[0].categories[2] for stage in document.stages]
    assert [[mark.verdict for mark in row.benchmarks] for row in working_class] == [
        ["in line with", "below"],
        ["below", "below"],
    ]
    lines = list(sentences.stage_lines(document.stages))
    assert [line.partition(":")[0] for line in lines] == ["Outreach", "Starts"]
    assert "working class 39% (27 to 52%), in line with 39%" in lines[0]


def test_each_of_several_stages_has_its_own_number_of_people_who_came() -> None:
    starts = of_office(PLENTY, events=(STARTERS,), head_count=200, outside=5)
    document = office_findings(
        of_office(PLENTY, PLENTY, events=(EVENT, STARTERS), outside=5),
        ScopeFinding(),
        (),
        [("outreach", of_office(PLENTY)), ("starts", starts)],
    )
    rates = [stage.questions[0].response_rate for stage in document.stages]
    assert [(rate.of, rate.low, rate.high) for rate in rates if rate] == [("asked", 87, 92), ("came", 54, 60)]
    assert [stage.in_counts for stage in document.stages] == [125, 125]
    assert rate_of(document, "occupation").of == "asked"


def test_a_late_stage_among_several_is_said_to_be_compared_along_the_journey() -> None:
    later = msgspec.structs.replace(EVENT, stage="completion")
    document = office_findings(
        of_office(PLENTY, PLENTY, events=(EVENT, later)),
        ScopeFinding(),
        (),
        [("outreach", of_office(PLENTY)), ("completion", of_office(PLENTY, events=(later,)))],
    )
    assert list(sentences.stage_lines(document.stages))[1] == (
        "Completion: compared with other stages along the journey, not with the country."
    )


def test_one_stage_is_not_mixed() -> None:
    assert not office_found(PLENTY).mixed
    assert [mark.verdict for mark in category(office_found(PLENTY), "professional").benchmarks] == ["in line with"]


def test_context_is_told_for_meals_and_degree_alone_and_is_never_a_benchmark() -> None:
    document = found(PLENTY)
    assert [bool(one.context) for one in document.questions] == [False, False, True, True]
    for name in ("meals", "degree"):
        assert all(row.benchmarks == () for row in question(document, name).categories)


# Words and numbers around the tables


def test_a_kiosk_tells_how_many_it_holds_and_where_they_are() -> None:
    document = findings(counts(PLENTY, threshold=20, waiting=4, ended=True))
    told = (document.held, document.in_counts, document.waiting, document.left_out)
    assert told == (132, 125, 4, 3)
    assert (document.threshold, document.ended) == (20, True)
    assert not found(PLENTY).ended


def test_an_office_tells_how_many_it_holds_and_where_they_are() -> None:
    told = msgspec.structs.asdict(office_findings(of_office(PLENTY, threshold=20, outside=11), ScopeFinding()))
    numbers = ("held", "in_counts", "elsewhere", "waiting", "unreadable", "head_count", "threshold")
    assert [told[name] for name in numbers] == [136, 125, 5, 6, 0, None, 20]
    some = office_findings(replace(of_office(PLENTY, events=(EVENT, STARTERS)), uncounted=1), ScopeFinding())
    assert sentences.uncounted(some) == (
        "How many came is not known for 1 of 2 events, so response rates are of those asked."
    )
    assert sentences.uncounted(office_findings(replace(of_office(PLENTY), uncounted=1), ScopeFinding())) == ""
    unreadable = replace(of_office(PLENTY, head_count=200), unreadable=2)
    document = office_findings(unreadable, ScopeFinding())
    assert (document.unreadable, document.head_count) == (2, 200)
    assert sentences.lacking(document) == "2 cannot be opened."


def test_an_office_works_the_journey_out_where_there_are_several_stages() -> None:
    stages: list[tuple[Stage, OfficeCounts]] = [
        ("outreach", of_office(PLENTY)),
        ("starts", of_office(PLENTY, events=(STARTERS,))),
    ]
    whole = of_office(PLENTY, PLENTY, events=(EVENT, STARTERS))
    assert office_findings(whole, ScopeFinding(), stages=stages).journey == journey(stages)
    assert office_found(PLENTY).journey is None


@pytest.mark.parametrize(
    ("waiting", "more", "left_out"), [(0, 10, 7), (1, 9, 6), (4, 6, 3), (7, 3, 0), (9, 1, 0), (12, 8, 0)]
)
def test_a_kiosk_tells_how_many_more_make_the_next_ten_and_how_many_are_left_out(
    waiting: int, more: int, left_out: int
) -> None:
    document = findings(counts(PLENTY, waiting=waiting))
    assert (document.next_in, document.left_out) == (more, left_out)
    assert findings(counts(PLENTY, waiting=waiting, ended=True)).next_in == 0


def test_the_noise_is_described_so_that_it_can_be_cited() -> None:
    for document in (found(PLENTY), office_found(PLENTY)):
        for word in ("geometric", "2^-", "ε = 2 ln 2", "Unit:", "Composition:", "4 ln 2", "`standard_deviation`"):
            assert word in document.noise


def test_what_is_blurred_and_what_chance_does_is_said_in_a_line() -> None:
    document = found(PLENTY)
    assert sentences.blurred(document.questions) == "Counts are blurred on purpose: each may be off by about 3."
    assert sentences.blurred(found().questions) == sentences.blurred(()) == ""
    assert sentences.chance([question(document)]) == (
        "With this many answers, chance and blur move a share by about 13 points either way."
    )
    assert sentences.chance([question(found({"occupation": (9, 9, 9, 1, 1)}))]) == ""


def test_a_scope_is_named_by_all_that_is_chosen() -> None:
    assert sentences.scope_name(ScopeFinding()) == "All together"
    chosen = ScopeFinding(stage="outreach", level="3", place="Leeds", quarter="2026 Q4")
    assert sentences.scope_name(chosen) == "Outreach · Level 3 · Leeds · 2026 Q4"


# JSON


@settings(max_examples=60)
@given(busy_days(), st.integers(0, 30))
def test_both_documents_can_be_read_back_as_they_are(noisy: Noisy, outside: int) -> None:
    kiosk, office = found(noisy, own=(own(),)), office_found(noisy, outside=outside, own=(own(),))
    assert msgspec.json.decode(to_json(kiosk), type=Findings) == kiosk
    assert msgspec.json.decode(to_json(office), type=OfficeFindings) == office


def test_json_is_indented_and_ends_in_a_line_feed() -> None:
    text = to_json(found(PLENTY))
    assert text.startswith('{\n  "format": "fairstart counts 1",\n')
    assert text.endswith("}\n")
    assert "employers’" in text


HOSTILE = ("=1+1", "</script>", '"; DROP TABLE', "[bold]markup[/]")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_an_event_stays_text_in_json(name: str) -> None:
    hostile = msgspec.structs.replace(EVENT, name=name, place=name)
    document = office_findings(of_office(PLENTY, events=(hostile,)), ScopeFinding(event=name), (own(source=name),))
    read = json.loads(to_json(document))
    assert read["events"] == [{"name": name, "date": "2026-11-23", "place": name, "stage": "outreach"}]
    assert read["scope"]["event"] == name


# FORMAT.md, section 15


@pytest.fixture(scope="module")
def section() -> str:
    text = Path(storage.__path__[0], "FORMAT.md").read_text(encoding="utf-8")
    return re.split(r"^## ", text.partition("\n## 15. ")[2], flags=re.MULTILINE)[0]


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def listed(section: str) -> dict[str, dict[str, str]]:
    """What the tables list: the keys of each document and of its parts."""
    kinds = ("document", "question", "category", "feedback", "office", "journey", "trend")
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


def test_format_names_the_documents_as_they_do_and_the_keys_of_a_scope(section: str, written: Json) -> None:
    assert names(listed(section)["document"]["format"]) == [written["format"]]
    assert names(listed(section)["document"]["question_set"]) == [written["question_set"]]
    document: Json = json.loads(to_json(office_found(PLENTY)))
    assert names(listed(section)["office"]["scope"]) == list(document["scope"])
