"""The same words typed on two laptops name the same event, and words that are nearly the same are asked about."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.events import did_you_mean
from storage.names import evened, name_key, near_miss
from storage.settings import EventDetails, Organisation, Settings

OFFICE = bytes(16)


def occasion(name: str) -> tuple[object, ...]:
    details = EventDetails(name=name, date=dt.date(2026, 11, 23), place="Leeds")
    return Settings(organisation=Organisation(name="M"), event=details).event_for(OFFICE, "smc-2021").occasion


def event_id(name: str, place: str = "Leeds") -> bytes:
    details = EventDetails(name=name, date=dt.date(2026, 11, 23), place=place)
    return Settings(organisation=Organisation(name="M"), event=details).event_for(OFFICE, "smc-2021").id


@pytest.mark.parametrize(
    "typed",
    [
        "St\u00a0John's Fair - Spring",
        "St  John\u2019s Fair \u2013 Spring ",
        "\ufeffSt John\u02bcs Fair \u2014 Spring",
        "St Jo\u00adhn\u2018s Fa\u200bir \u2212 Spr\u2060ing",
        "St\u3000John`s Fair \u2010 Spring\ufe0f",
        "St John's\u2003Fair\u2028- Spring",
        "St J\u200co\u200dhn's Fair - Spring\u202c",
        "St John's Fair - Spr\U000e0069ing",
    ],
)
def test_what_looks_the_same_is_the_same_event_and_the_same_place(typed: str) -> None:
    plain = "St John's Fair - Spring"
    assert event_id(typed) == event_id(plain)
    assert event_id("Fair", typed) == event_id("Fair", plain)


@pytest.mark.parametrize(("one", "other"), [("Fair 1", "Fair 2"), ("Leeds", "Luton"), ("caf\u00e9", "cafe")])
def test_what_looks_different_is_not(one: str, other: str) -> None:
    assert event_id(one) != event_id(other)


@pytest.mark.parametrize("typed", ["st john's fair", "St Johns Fair", "ST-JOHN\u2019S FAIR", "StJohn's - fair"])
def test_another_spelling_is_the_same_occasion(typed: str) -> None:
    plain, other = (occasion(name) for name in ("St John's Fair", typed))
    assert plain == other
    assert near_miss(typed, ["St John's Fair"]) is None


@pytest.mark.parametrize(("one", "other"), [("Hall 1-2", "Hall 12"), ("Fair 1", "Fair 2"), ("caf\u00e9", "cafe")])
def test_other_numbers_and_letters_are_another_occasion(one: str, other: str) -> None:
    assert occasion(one) != occasion(other)


@given(st.text(max_size=30))
def test_however_a_name_is_spelt_it_has_one_key(text: str) -> None:
    assert name_key(text) == name_key(name_key(text)) == name_key(f" {evened(text)}\u2019 ")


def test_a_joiner_stays_where_a_script_needs_it() -> None:
    word = "\u0645\u06cc\u200c\u0634\u0648\u062f"
    assert evened(word) == word


@given(st.text(max_size=60))
def test_one_spelling_has_nothing_left_to_even_out(text: str) -> None:
    once = evened(text)
    assert evened(once) == once
    assert once == once.strip()


@given(st.text(max_size=30), st.sampled_from("\u00ad\u200b\u2060\ufeff\u2063\u180e\ufe0e\u3164"), st.integers(0, 30))
def test_a_letter_that_nobody_sees_changes_no_name(text: str, unseen: str, place: int) -> None:
    assert evened(text[:place] + unseen + text[place:]) == evened(text[:place] + text[place:])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("town hal", "Town Hall"),
        ("TownHal", "Town Hall"),
        ("Town Hal", "Town Hall"),
        ("Town-Hall!", "Town Hall"),
        ("Town Hall", None),
        ("Library", None),
        ("Fair 2025", None),
        ("fairs 2026", "Fair 2026"),
    ],
)
def test_a_near_miss_is_named_and_another_number_is_none(typed: str, meant: str | None) -> None:
    assert near_miss(typed, ["Town Hall", "Fair 2026"]) == meant


def test_the_question_names_both() -> None:
    details = EventDetails(name="Spring Fair", date=dt.date(2026, 3, 2), place="Town Hall")
    known = Settings(organisation=Organisation(name="M"), event=details).event_for(OFFICE, "smc-2021")
    assert list(did_you_mean("Spring Fair", "Town hal", [known])) == [
        "“Town hal” is another place than “Town Hall”. Did you mean “Town Hall”?"
    ]
    assert list(did_you_mean("spring-fair", "TOWN HALL", [known])) == []
