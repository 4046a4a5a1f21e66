"""What is said of handing over and at the office: of none, of one and of many, in plain sentences."""

import datetime as dt

import msgspec
import pytest
from msgspec.structs import replace

from content.survey import QUESTION_SET
from storage.counts.findings import ScopeFinding, StageCounts
from storage.counts.journey import Journey, StageFinding
from storage.counts.questions import QuestionFindings
from storage.counts.shares import ChangeFinding, ShareFinding
from storage.crypto.keys import KioskPrivateKey
from storage.errors import ExportError
from storage.events import Event
from storage.exchange.handover import Handed, HandOver, HeldEvent
from storage.office.corrections import Correction
from storage.office.events import Kind, Labels
from storage.office.importing import Result
from storage.office.labels import OfficeEvent, Scope
from storage.office.laptops import Laptop
from storage.office.office import Brought
from storage.office.queries import scope_finding
from storage.report import sentences
from tui.office.report import folder_name
from tui.text import handover
from tui.text import office as words

EVENT = Event(
    name="Spring [b]Fair[/b]",
    date=dt.date(2026, 3, 2),
    place="Leeds",
    stage="outreach",
    question_set=QUESTION_SET,
    office_key_id=bytes(16),
)
LAPTOP = KioskPrivateKey(bytes(32)).public


def held(count: int, exported: int = 0, received: int = 0, deletion: str = "") -> HeldEvent:
    noted = HandOver(exported=exported, received=received, deletion=deletion)  # type: ignore[arg-type]
    return HeldEvent(EVENT, count, noted)


def handed(count: int) -> Handed:
    return Handed(EVENT, "fairstart-0.fairstart", b"", count)


def brought(count: int, new: int, unreadable: int = 0, problem: str = "") -> Result:
    return Result("a.fairstart", Brought(EVENT, LAPTOP, count, new, unreadable, b""), problem)


REFUSED = Result("b.fairstart", None, ExportError("This export is damaged.").sentence)


def one_of(count: int, **more: int | dt.date | None) -> OfficeEvent:
    described: dict[str, int | dt.date | None] = {
        "unreadable": 0,
        "waiting": 0,
        "kiosks": 1,
        "head_count": None,
        "level": None,
        **more,
    }
    return OfficeEvent(EVENT, count, **described)  # type: ignore[arg-type]


# Handing over


@pytest.mark.parametrize(
    ("counts", "said"),
    [([], "0 answers"), ([0], "0 answers"), ([1], "1 answer"), ([37], "37 answers"), ([36, 0, 2], "38 answers")],
)
def test_the_result_is_one_plain_sentence_of_all_events_together(counts: list[int], said: str) -> None:
    expected = f"{said} handed over to /media/stick, checked by reading the file back. Safe to repeat."
    assert handover.result([handed(count) for count in counts], "/media/stick") == expected


def test_several_events_have_a_line_each_and_one_has_none() -> None:
    next_step = "Next: take it to the office. Its receipt lets this laptop delete what it holds."
    assert list(handover.handed_over([handed(1)], "/media/stick")) == [
        handover.result([handed(1)], "/media/stick"),
        next_step,
    ]
    assert list(handover.handed_over([handed(1), handed(2)], "/media/stick")) == [
        "Spring [b]Fair[/b], 2 March 2026: 1 answer",
        "Spring [b]Fair[/b], 2 March 2026: 2 answers",
        "3 answers handed over to /media/stick, checked by reading the file back. Safe to repeat.",
        next_step,
    ]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (held(0), "nothing held"),
        (held(1), "1 response, held here only"),
        (held(37), "37 responses, held here only"),
        (held(37, exported=1), "1 of 37 responses handed over"),
        (held(37, exported=37), "37 responses, handed over, no receipt yet"),
        (held(37, exported=37, received=30), "37 responses, handed over, no receipt yet"),
        (held(1, exported=1, received=1), "1 response, received by the office: may be deleted here"),
        (held(0, exported=37, received=37, deletion="begun"), "not wholly deleted yet: take the receipt again"),
        (held(0, exported=37, received=37, deletion="done"), "received by the office, deleted here"),
    ],
)
def test_how_far_an_event_has_come_is_said_in_words(event: HeldEvent, said: str) -> None:
    assert handover.state(event) == said
    assert handover.current_state(event) == f"{said[0].upper()}{said[1:]}."


@pytest.mark.parametrize(("count", "said"), [(1, "1 response"), (2, "all 2 responses"), (37, "all 37 responses")])
def test_a_receipt_and_what_deleting_does_are_said_of_one_and_of_many(count: int, said: str) -> None:
    assert handover.received(held(count)) == f"“Spring [b]Fair[/b]”: the office has {said}, and has signed for it."
    question = handover.delete_question(held(count))
    assert question.startswith(f"Delete {said} of “Spring [b]Fair[/b]” from this laptop? ")
    assert question.endswith("It cannot be undone.")
    assert f"is deleted here: {said.removeprefix('all ')}." in handover.deleted(held(count))
    assert "disk encryption" in handover.deleted(held(count))


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (brought(1, 1), "a.fairstart: Spring [b]Fair[/b], 2 March 2026: 1 response, 1 new."),
        (brought(37, 0), "a.fairstart: Spring [b]Fair[/b], 2 March 2026: 37 responses, nothing new."),
        (
            brought(37, 7, 2),
            (
                "a.fairstart: Spring [b]Fair[/b], 2 March 2026: 37 responses, 7 new. 2 of them cannot be opened: kept, "
                "and in no count."
            ),
        ),
        (
            brought(37, 7, 0, "Its receipt could not be written."),
            "a.fairstart: Spring [b]Fair[/b], 2 March 2026: 37 responses, 7 new. Its receipt could not be written.",
        ),
        (REFUSED, "b.fairstart: not taken. This export is damaged."),
    ],
)
def test_what_became_of_a_file_is_said_in_a_line(result: Result, said: str) -> None:
    assert handover.brought(result) == said


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([brought(1, 1)], "1 file was brought in, 1 response new. Safe to repeat."),
        ([brought(3, 0), brought(3, 2)], "2 files were brought in, 2 responses new. Safe to repeat."),
        ([brought(3, 0), REFUSED], "1 file was brought in, 0 responses new. 1 file was not taken: see above."),
        ([REFUSED, REFUSED], "0 files were brought in, 0 responses new. 2 files were not taken: see above."),
    ],
)
def test_what_became_of_all_files_is_said_of_none_one_and_many(results: list[Result], said: str) -> None:
    assert handover.summary(results) == said


# The office


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (one_of(0), "0 responses · 1 laptop"),
        (one_of(1), "1 response · 1 laptop"),
        (one_of(37, kiosks=2, head_count=50, level=3), "37 responses · 2 laptops · 50 came · level 3"),
        (one_of(37, head_count=0), "37 responses · 1 laptop · 0 came? More have answered"),
        (one_of(37, unreadable=2), "37 responses · 1 laptop · 2 cannot be opened and are in no count"),
    ],
)
def test_an_event_is_one_line(one: OfficeEvent, said: str) -> None:
    assert words.event_facts(one) == said
    assert words.event_line(one) == f"Spring [b]Fair[/b], 2 March 2026, Leeds (outreach): {said}"


NOW = Labels.of(EVENT)


@pytest.mark.parametrize(
    ("kind", "after", "said"),
    [
        ("removed", NOW, "removed as a test"),
        ("merged", replace(NOW, name="Fair", stage="starts"), "one with “Fair”, 2 March 2026, Leeds"),
        ("corrected", replace(NOW, name="Fair"), "the name “Spring [b]Fair[/b]” is “Fair”"),
        (
            "corrected",
            replace(NOW, place="York", date=dt.date(2026, 3, 3), stage="starts"),
            "the place “Leeds” is “York”, the day is 3 March 2026, the stage is starts",
        ),
        ("corrected", replace(NOW, last_day=dt.date(2026, 3, 4)), "the day is 2 March 2026 to 4 March 2026"),
    ],
)
def test_a_correction_is_one_line(kind: Kind, after: Labels, said: str) -> None:
    one = Correction(1, kind, NOW, after, (EVENT.id,), can_be_undone=True)
    assert words.correction_line(one) == f"“Spring [b]Fair[/b]”, 2 March 2026, Leeds: {said}"


def test_what_goes_is_named_before_it_goes_and_whom_it_takes_out_of_the_counts() -> None:
    deleted = one_of(37, sealed=0, dropped=2, deleted_on=dt.date(2027, 3, 2))
    assert words.event_facts(deleted) == (
        "37 responses · 1 laptop · deleted 2 March 2027, the counts stay"
        " · 2 of them were in no group and are in no count"
    )
    said = words.deleting([one_of(37, sealed=37, waiting=4), one_of(1, sealed=1)])
    assert "2026 (37 responses), “Spring [b]Fair[/b]”, 2 March 2026 (1 response). 4 of these people are in no" in said
    assert "in no group" not in words.deleting([one_of(37, sealed=37)])
    assert "with 37 responses. Nothing is deleted" in words.removing(one_of(37), 0)
    assert "5 of them are in a group with people of other events" in words.removing(one_of(37), 5)
    many = words.due_line([one_of(1)] * 5, 12)
    assert many.startswith("Due to be deleted after 12 months: the answers of “Spring")
    assert many.endswith(" and 2 more.")
    assert words.due_line([one_of(1)], 1).startswith("Due to be deleted after 1 month: ")


def test_what_is_not_counted_anew_is_said_of_a_file() -> None:
    again = Brought(EVENT, LAPTOP, 37, 0, 0, b"", deleted=37, removed=True)
    assert handover.brought(Result("a.fairstart", again, "")).endswith(
        "37 responses, nothing new. 37 were held here and deleted since: not counted again. "
        "It was removed here as a test: kept aside, and in no count."
    )


def test_a_laptop_is_one_line_with_a_day_and_no_time() -> None:
    one = Laptop(LAPTOP, "", dt.date(2026, 3, 2), revoked=False, events=(EVENT.id,))
    said = f"No name · {LAPTOP.fingerprint} · accepted 2 March 2026 · Spring [b]Fair[/b]"
    assert words.laptop_line(one, [one_of(3)]) == said
    assert words.laptop_line(one, []).endswith("nothing brought in yet")


def scope(**chosen: str) -> Scope:
    return Scope.of(chosen)  # type: ignore[arg-type]


def test_a_scope_has_a_name_that_people_use_whatever_is_chosen_together() -> None:
    named = {
        scope(): "All together",
        scope(stage="outreach"): "Outreach",
        scope(level="3"): "Level 3",
        scope(place="leeds"): "leeds",
        scope(quarter="2026 Q1"): "2026 Q1",
        scope(event=EVENT.id.hex()): "Spring [b]Fair[/b], 2 March 2026",
        scope(quarter="2026 Q1", place="Leeds", level="3", stage="outreach"): "Outreach · Level 3 · Leeds · 2026 Q1",
    }
    assert {each: sentences.scope_name(scope_finding(each, [one_of(1)])) for each in named} == named


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ({}, "all"),
        ({"stage": "Outreach", "level": "3", "place": "Leeds", "quarter": "2026 Q4"}, "outreach-level-3-leeds-2026-q4"),
        ({"stage": "Make-up"}, "make-up"),
        ({"place": "../../etc/passwd"}, "etc-passwd"),
        ({"place": "C:\\Köln \x1b[31m/?*"}, "c-koln-31m"),
        ({"place": "Лидс"}, "place"),
        ({"event": "Open Day at the Riverside College of Further Education, 2 April 2026"}, "open-day-at-the-riversid"),
        ({"stage": "Functional skills", "place": "x" * 300, "event": "y" * 300}, f"functional-skills-{'x' * 24}-yyyyy"),
    ],
)
def test_a_reports_folder_is_called_after_what_it_is_about_in_a_name_that_every_disk_takes(
    chosen: dict[str, str], named: str
) -> None:
    day = dt.date(2026, 11, 23)
    assert folder_name(ScopeFinding(**chosen), "counts", day) == f"report-{named}-2026-11-23"
    assert folder_name(ScopeFinding(**chosen), "journey", day) == f"report-journey-{named}-2026-11-23"


def test_a_stage_that_has_no_counts_of_its_own_says_so_beside_the_others() -> None:
    question = QuestionFindings(
        id="occupation",
        text="Which?",
        people=None,
        groups=0,
        standard_deviation=0.0,
        off_by=0,
        categories=(),
        response_rate=None,
        context="",
    )
    stages = [StageCounts(stage=name, in_counts=0, questions=(question,)) for name in ("outreach", "completion")]
    assert list(sentences.stage_lines(stages)) == ["Outreach: no counts yet.", "Completion: no counts yet."]


# The journey


def group(share: int | None = 70, low: int | None = 60, high: int | None = 79, count: int = 72) -> ShareFinding:
    return ShareFinding(
        id="working_class",
        label="Working class",
        count=None if low is None else count,
        rounded=None if share is None else 70,
        share=share,
        low=low,
        high=high,
        benchmark=None if low is None else 39.0,
        verdict=None if low is None else "above",
    )


def stage(name: str, people: int | None = 100, waiting: int = 0, said: str = "") -> StageFinding:
    groups = (group(),) if people is not None else (group(None, None, None),)
    return StageFinding(stage=name, events=1, people=people, noise_groups=1, waiting=waiting, note=said, groups=groups)


def change(low: int, high: int, verdict: str) -> ChangeFinding:
    return ChangeFinding(
        group="working_class",
        label="Working class",
        earlier="outreach",
        later="applicants",
        low=low,
        high=high,
        verdict=verdict,
    )


def journey(*stages: StageFinding, changes: tuple[ChangeFinding, ...] = (), drops: bool = False) -> Journey:
    return Journey(
        format="fairstart journey 1",
        stages=stages,
        changes=changes,
        drop=changes[0] if drops else None,
        benchmark_source="A survey",
        benchmark_year=2021,
        benchmarks={"working_class": 39.0},
    )


def test_without_stages_the_journey_says_that_nothing_was_brought_in() -> None:
    assert list(words.journey_lines(journey())) == ["Nothing has been brought in yet."]


def test_a_drop_is_said_with_its_interval_and_that_it_is_no_proof() -> None:
    found = journey(stage("outreach"), stage("applicants", 90), changes=(change(-60, -30, "drop"),), drops=True)
    assert list(words.journey_lines(found)) == [
        "The three groups are by the job of the main household earner at about age 14.",
        "",
        "Outreach: 100 in the counts",
        "   Working class: about 70, 70%, 95% interval 60 to 79%, above 39%",
        "Applicants: 90 in the counts",
        "   Working class: about 70, 70%, 95% interval 60 to 79%, above 39%",
        "",
        "Counts are blurred on purpose. Shares and intervals allow for it.",
        "",
        "Working class, outreach to applicants: drop (–60 to –30 points)",
        sentences.change_note(found),
        "",
        (
            "The drop that these counts support: working class, from outreach to applicants, by 30 to 60 points. "
            "The data suggests this and does not prove it: other people were asked at each stage."
        ),
        "",
        "Benchmarks: working class 39% (A survey, 2021).",
    ]


def test_no_drop_is_claimed_where_the_counts_support_none() -> None:
    found = journey(
        stage("outreach"), stage("applicants"), changes=(change(-5, 9, "too few to tell"), change(0, 9, "rise"))
    )
    lines = list(words.journey_lines(found))
    assert "These counts support no drop from one stage to another." in lines
    assert "Working class, outreach to applicants: too few to tell (–5 to +9 points)" in lines
    assert "Working class, outreach to applicants: rise (0 to +9 points)" in lines
    assert sentences.change_note(found).startswith("2 changes were looked at")
    assert "The drop" not in " ".join(lines)


def test_a_stage_with_too_few_people_says_so_and_shows_no_share() -> None:
    assert words.stage_line(stage("outreach", None, 7, "nothing yet")) == "Outreach: nothing yet · 7 not in this table"
    assert words.stage_line(stage("outreach", 20, said="too few to tell")) == (
        "Outreach: 20 in the counts · too few to tell"
    )
    lines = list(words.journey_lines(journey(stage("outreach", None, 7, "nothing yet"))))
    assert not [line for line in lines if "95% interval" in line]
    assert sentences.change_note(journey(stage("outreach"))) == ""


def test_a_group_under_ten_has_its_interval_and_verdict_and_no_share() -> None:
    assert words.group_line(group(None, 45, 80, -3)) == "Working class: under 10, 95% interval 45 to 80%, above 39%"


def test_at_stages_where_groups_are_compared_with_each_other_no_benchmark_is_named() -> None:
    late = msgspec.structs.replace(group(), benchmark=None, verdict=None)
    assert words.group_line(late) == "Working class: about 70, 70%, 95% interval 60 to 79%"
    completion = msgspec.structs.replace(stage("completion"), groups=(late,))
    found = msgspec.structs.replace(journey(completion), benchmarks={})
    assert list(words.journey_lines(found))[-1] == sentences.COMPARABLE


def test_the_journey_as_text_says_whether_rates_are_comparable_at_late_stages() -> None:
    to_completion = msgspec.structs.replace(change(-5, 9, "no clear change"), later="completion")
    lines = list(words.journey_lines(journey(stage("outreach"), stage("completion"), changes=(to_completion,))))
    assert (
        "Completion, compared with outreach: rates look comparable (working class –5 to +9 points, no clear change)."
    ) in lines
