"""Items are chosen by what is noted of them, and progress counts those that are relevant, and no others."""

from __future__ import annotations

import datetime as dt
import itertools
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.toolkit import AUDIENCES, Audience, Item, MustHave, load_toolkit
from storage.toolkit.checklist import BLANK, STATUSES, Record, Status
from storage.toolkit.progress import MUST_HAVES, Choice, Progress, owners

TOOLKIT = load_toolkit()
ALL = [item.id for item in TOOLKIT.actions]
CHAPTERS = [chapter.id for chapter in TOOLKIT.chapters]

RECORDS = {
    "F1": Record("done", "Ann", dt.date(2026, 11, 1)),
    "F6": Record("in progress", "ANN"),
    "F7": Record("done", "Straße"),
    "O1.1": Record("done", "ann"),
    "O1.2": Record("not relevant", "Bo", dt.date(2026, 11, 23)),
    "A1": Record("in progress", "Ann-Marie", dt.date(2026, 11, 24)),
    "A2": Record("not started", "", dt.date(2020, 1, 1), "a note alone"),
}


def chosen(choice: Choice) -> list[str]:
    return [item.id for item in choice.of(TOOLKIT, RECORDS)]


# A choice


def test_nothing_asked_for_chooses_everything_must_haves_first() -> None:
    assert chosen(Choice()) == ALL
    assert ALL[:23] == [*(f"F{number}" for number in range(1, 23)), "D1.1"]
    assert len(ALL) == len(set(ALL)) == 196


@pytest.mark.parametrize("place", range(len(CHAPTERS)), ids=CHAPTERS)
def test_a_chapter_chooses_its_items_in_order(place: int) -> None:
    found = chosen(Choice(chapter=CHAPTERS[place]))
    assert {name[0] for name in found} == {"DCOHPA"[place]}
    assert found == [name for name in ALL if name[0] == "DCOHPA"[place]]
    assert found


def test_the_chapters_and_the_must_haves_are_all_there_is() -> None:
    parts = [chosen(Choice(chapter=chapter)) for chapter in (MUST_HAVES, *CHAPTERS)]
    assert list(itertools.chain(*parts)) == ALL


@pytest.mark.parametrize(
    "choice",
    [Choice(must_haves=True), Choice(chapter=MUST_HAVES), Choice(chapter=MUST_HAVES, must_haves=True)],
)
def test_must_haves_without_a_chapter_are_all_of_them(choice: Choice) -> None:
    assert chosen(choice) == [f"F{number}" for number in range(1, 23)]


@pytest.mark.parametrize("chapter", [*CHAPTERS, "general"])
def test_must_haves_of_a_chapter_are_those_and_none_of_its_items(chapter: str) -> None:
    names = [step.id for step in TOOLKIT.must_haves if step.chapter == chapter]
    assert chosen(Choice(chapter=chapter, must_haves=True)) == names != []


def test_a_status_chooses_those_items_and_what_has_no_record_is_not_started() -> None:
    assert chosen(Choice(status="done")) == ["F1", "F7", "O1.1"]
    assert chosen(Choice(status="in progress")) == ["F6", "A1"]
    assert chosen(Choice(status="not relevant")) == ["O1.2"]
    others = {"F1", "F7", "O1.1", "F6", "A1", "O1.2"}
    assert chosen(Choice(status="not started")) == [name for name in ALL if name not in others]
    assert Choice(status="not started").of(TOOLKIT, {}) == TOOLKIT.actions


@pytest.mark.parametrize("typed", ["Ann", "ann", "ANN", "aNN"])
def test_an_owner_is_found_in_whatever_case_and_as_a_whole(typed: str) -> None:
    assert chosen(Choice(owner=typed)) == ["F1", "F6", "O1.1"]


def test_other_owners() -> None:
    assert chosen(Choice(owner="STRASSE")) == ["F7"]
    assert chosen(Choice(owner="bo")) == ["O1.2"]
    assert chosen(Choice(owner="An")) == []
    assert chosen(Choice(owner="nobody")) == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_audience_chooses_what_is_for_them(audience: Audience) -> None:
    found = chosen(Choice(audience=audience))
    assert found == [item.id for item in TOOLKIT.actions if audience in item.audience]
    assert found


def test_audiences_differ() -> None:
    assert chosen(Choice(audience="training provider", must_haves=True)) == [
        f"F{number}" for number in range(1, 23) if number not in {6, 8, 11, 20}
    ]
    assert "F20" not in chosen(Choice(audience="small"))
    assert "F20" in chosen(Choice(audience="large"))


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (dt.date(2019, 12, 31), []),
        (dt.date(2020, 1, 1), ["A2"]),
        (dt.date(2026, 11, 23), ["A2"]),
        (dt.date(2026, 11, 24), ["A1", "A2"]),
    ],
)
def test_due_by_a_day_is_what_is_open_and_has_a_review_date_until_then(by: dt.date, names: list[str]) -> None:
    assert chosen(Choice(due=by)) == names, "F1 is done, and O1.2 is not relevant"


choices = st.builds(
    Choice,
    chapter=st.sampled_from(["", MUST_HAVES, *CHAPTERS]),
    must_haves=st.booleans(),
    status=st.sampled_from([None, *STATUSES]),
    owner=st.sampled_from(["", "ann", "Bo", "x"]),
    audience=st.sampled_from([None, *AUDIENCES]),
    due=st.sampled_from([None, dt.date(2020, 1, 1), dt.date(2027, 1, 1)]),
)


@settings(max_examples=200)
@given(choices)
def test_filters_together_choose_what_each_alone_would(choice: Choice) -> None:
    alone = [
        chosen(Choice(chapter=choice.chapter, must_haves=choice.must_haves)),
        chosen(Choice(status=choice.status)),
        chosen(Choice(owner=choice.owner)),
        chosen(Choice(audience=choice.audience)),
        chosen(Choice(due=choice.due)),
    ]
    assert chosen(choice) == [name for name in ALL if all(name in one for one in alone)]


# Progress


def items(*names: str) -> list[Item | MustHave]:
    return [item for item in TOOLKIT.actions if item.id in names]


def test_progress_counts_what_is_done_in_progress_and_relevant() -> None:
    assert Progress.over(items("F1", "F6", "F7", "O1.1", "O1.2", "A1", "A2", "A3"), RECORDS) == (3, 2, 7)
    found = Progress.over(TOOLKIT.actions, RECORDS)
    assert (found.done, found.in_progress, found.of) == (3, 2, 195)


def test_where_nothing_is_relevant_progress_is_0_of_0() -> None:
    known = {item.id: Record("not relevant") for item in TOOLKIT.actions}
    assert Progress.over(TOOLKIT.actions, known) == (0, 0, 0)
    assert Progress.over((), {}) == (0, 0, 0)


def test_progress_is_counted_of_the_checks_of_a_way_too() -> None:
    checks = TOOLKIT.way("event").checks
    assert Progress.over(checks, {checks[0].id: Record("done")}) == (1, 0, len(checks))


@settings(max_examples=100)
@given(st.lists(st.sampled_from(STATUSES), max_size=30))
def test_progress_is_a_count_of_statuses(statuses: list[Status]) -> None:
    known = {item.id: Record(status) for item, status in zip(TOOLKIT.actions, statuses, strict=False)}
    done, in_progress, of = Progress.over(TOOLKIT.actions[: len(statuses)], known)
    assert (done, in_progress) == (statuses.count("done"), statuses.count("in progress"))
    assert of == sum(status != "not relevant" for status in statuses)
    assert done + in_progress <= of


# Owners


def test_owners_are_sorted_by_name_and_named_once() -> None:
    names = ["bo", "Ann", "Cy", "", "bo", "ÉMILE", "émile2", "Ann"]
    known = {item.id: Record(owner=name) for item, name in zip(TOOLKIT.actions, names, strict=False)}
    assert owners(known) == ["Ann", "bo", "Cy", "ÉMILE", "émile2"]
    assert owners({}) == []
    assert owners({"F1": BLANK}) == []


def test_owners_are_the_same_in_whatever_order_they_were_noted() -> None:
    names = [f"{letter}{number}" for letter in "bAcD" for number in range(9)]
    known = {name: Record(owner=name) for name in names}
    backwards = {name: known[name] for name in reversed(names)}
    assert owners(known) == owners(backwards) == sorted(names, key=str.lower)


def test_owners_that_differ_in_case_alone_stand_in_the_same_order_at_each_start() -> None:
    pairs = [name for letter in string.ascii_lowercase for name in (letter.upper(), letter)]
    assert owners({name: Record(owner=name) for name in reversed(pairs)}) == pairs
