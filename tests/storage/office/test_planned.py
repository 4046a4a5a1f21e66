"""Coming events that an office keeps beside what was brought in."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from storage.errors import StoreError
from storage.exchange.coming import ComingEvent, as_json
from storage.office.planned import Field, PlannedEvent, PlanningError, event_typed, planned_in, typed_of
from storage.settings import SettingsFile, parse
from tests.storage.counts.people import people
from tests.storage.disk import files_of
from tests.storage.office.merging import Desk, change, event, is_told_as_damage, read

FAIR = PlannedEvent(name="Spring Jobs Fair", place="Town Hall", date=dt.date(2027, 3, 2))
OPEN_DAY = PlannedEvent(
    name="Open Day",
    place="Leeds",
    date=dt.date(2027, 2, 1),
    last_day=dt.date(2027, 2, 3),
    stage="applicants",
    level=3,
    expected=120,
    languages=("en", "cy"),
)


def test_what_is_planned_is_there_whole_after_a_restart_the_same_when_it_is_changed_and_gone_without_a_byte(
    desk: Desk,
) -> None:
    for one in (FAIR, OPEN_DAY):
        desk.office.planned.save(one)
    desk.reopen()
    assert desk.office.planned.all() == [OPEN_DAY, FAIR]
    later = msgspec.structs.replace(FAIR, date=dt.date(2027, 1, 2))
    desk.office.planned.save(later)
    assert desk.office.planned.all() == [later, OPEN_DAY]
    for _ in range(2):
        desk.office.planned.remove(FAIR.id)
    assert desk.office.planned.all() == [OPEN_DAY]
    desk.office.close()
    assert b"Spring Jobs Fair" not in desk.path.read_bytes()


def test_the_same_plans_lie_alike_in_whatever_order_they_came(memory_folder: Path) -> None:
    contents = []
    for number, order in enumerate([(FAIR, OPEN_DAY), (OPEN_DAY, FAIR)]):
        desk = Desk.at(memory_folder / str(number))
        for one in order:
            desk.office.planned.save(one)
        desk.office.close()
        contents.append(read(desk.path, "SELECT rowid, id, described FROM planned ORDER BY rowid"))
    assert contents[0] == contents[1]


def test_an_event_that_is_planned_already_is_not_planned_twice_however_it_is_spelt(desk: Desk) -> None:
    desk.office.planned.save(FAIR)
    twice = msgspec.structs.replace(
        OPEN_DAY, name="spring jobs-fair", place="TOWN HALL", date=FAIR.date, stage="outreach"
    )
    with pytest.raises(PlanningError, match="is planned for 2 March 2027 at that place already"):
        desk.office.planned.save(twice)
    assert desk.office.planned.all() == [FAIR]


def test_names_that_are_known_are_those_of_planned_and_brought_in_events_as_the_office_calls_them(desk: Desk) -> None:
    desk.office.planned.save(FAIR)
    for one in (event("Autumn Fair", place="Leeds"), event("Autum Fare", place="Leeds")):
        desk.bring_people(one, people(2))
    desk.office.corrections.merge(*sorted(desk.office.events(), key=lambda known: known.event.name))
    assert sorted((one.name, one.place) for one in desk.office.planned.known()) == [
        ("Autumn Fair", "Leeds"),
        ("Spring Jobs Fair", "Town Hall"),
    ]


def test_what_is_planned_is_read_without_the_key_while_the_office_is_open_and_nothing_is_changed(desk: Desk) -> None:
    desk.bring_people(event(), people(12))
    for one in (FAIR, OPEN_DAY):
        desk.office.planned.save(one)
    before = files_of(desk.data)
    assert planned_in(desk.data) == [OPEN_DAY, FAIR]
    assert files_of(desk.data) == before


def test_whatever_is_brought_in_and_counted_the_list_of_planned_events_stays_to_the_byte(desk: Desk) -> None:
    desk.office.planned.save(FAIR)
    before = read(desk.path, "SELECT rowid, * FROM planned")
    for number in (12, 4):
        desk.bring_people(event(FAIR.name, FAIR.date.isoformat(), FAIR.place), people(number, number))
        desk.everything()
    assert read(desk.path, "SELECT rowid, * FROM planned") == before
    assert before[0][2] == msgspec.json.encode(FAIR)


def test_where_there_is_no_office_or_one_from_before_nothing_is_planned(desk: Desk) -> None:
    assert planned_in(desk.data.parent / "nowhere") == []
    desk.office.close()
    change(desk.path, "DROP TABLE planned")
    assert planned_in(desk.data) == []


def test_what_cannot_be_read_without_the_key_is_told_in_one_sentence(desk: Desk) -> None:
    desk.office.close()
    desk.path.write_bytes(b"not a database at all" * 500)
    with pytest.raises(StoreError, match=r"office\.db"):
        planned_in(desk.data)


TODAY = dt.date(2027, 1, 4)
TYPED: dict[Field, str] = {
    "name": "  Open   Day ",
    "place": "Leeds\x1b",
    "date": "Mon 1 Feb",
    "last_day": "3/2/27",
    "stage": "Applicants",
    "level": "3",
    "expected": "1,200",
    "languages": "en, Cymraeg en",
}


def test_what_was_typed_is_taken_as_it_was_meant() -> None:
    wanted = msgspec.structs.replace(OPEN_DAY, expected=1200)
    assert event_typed(TYPED, TODAY, id_=OPEN_DAY.id) == wanted
    least = event_typed(TYPED | dict.fromkeys(("last_day", "level", "expected", "languages"), ""), TODAY)
    assert (least.last_day, least.level, least.expected, least.languages) == (None, None, None, ())
    assert least.id != event_typed(TYPED, TODAY).id


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", " \u200b ", "Please fill in the name of the event."),
        ("name", "x" * 61, "The name of the event has room for 60 characters: shorten it."),
        ("place", "", "Please fill in the place."),
        ("date", " ", "Please fill in the date."),
        ("date", "soon", "“soon” is no day; write it like 2026-11-23 or 23/11/2026."),
        ("date", "1 Feb 2028", "The last day is before the first, 1 February 2028: correct one of them."),
        ("last_day", "31/1/27", "The last day is before the first, 1 February 2027: correct one of them."),
        ("last_day", "31/2/27", "“31/2/27” is no day; write it like 2026-11-23 or 23/11/2026."),
        ("stage", "party", "“party” is no stage: choose one of outreach,"),
        ("level", "1", "The level must be a whole number from 2 to 7, or empty."),
        ("level", "three", "The level must be a whole number from 2 to 7, or empty."),
        ("expected", "0", "How many people you expect must be a whole number from 1 to 1,000,000, or empty."),
        ("expected", "9" * 5000, "How many people you expect must be a whole number from 1 to 1,000,000, or empty."),
        ("languages", "en xx", "There is no language “xx” here, only cy (Cymraeg), en (English)."),
    ],
)
def test_what_cannot_be_used_is_told_by_its_field_in_one_sentence(field: Field, text: str, sentence: str) -> None:
    with pytest.raises(PlanningError) as caught:
        event_typed(TYPED | {field: text}, TODAY)
    assert caught.value.sentence.startswith(sentence)
    assert caught.value.field in {field, "last_day"}


def test_an_event_that_is_over_is_none_that_is_coming() -> None:
    with pytest.raises(PlanningError, match="3 February 2027 has passed") as caught:
        event_typed(TYPED | {"date": "2027-02-01"}, dt.date(2027, 2, 4))
    assert caught.value.field == "date"
    assert event_typed(TYPED | {"date": "2027-02-01"}, dt.date(2027, 2, 3)).date == dt.date(2027, 2, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE planned SET described = '{}'",
        "UPDATE planned SET described = zeroblob(9)",
        "UPDATE planned SET described = CAST(replace(CAST(described AS TEXT), 'Hall', char(27)) AS BLOB)",
        "UPDATE planned SET described = CAST(replace(CAST(described AS TEXT), 'null', '9') AS BLOB)",
        "UPDATE planned SET id = zeroblob(8)",
        "UPDATE planned SET id = 'text'",
    ],
)
def test_a_planned_event_that_was_altered_is_told_as_damage(statement: str, desk: Desk) -> None:
    desk.office.planned.save(FAIR)
    desk.alter(statement)
    is_told_as_damage(desk, desk.office.planned.all, desk.office.check)


# Feedback


@pytest.mark.parametrize(("typed", "kept"), [("", ""), (" After ", "after"), ("ALONE", "alone"), ("no", "no")])
def test_whether_feedback_is_asked_is_typed_and_travels_to_laptops(typed: str, kept: str) -> None:
    event = event_typed({**TYPED, "feedback": typed}, TODAY)
    assert event.feedback == kept
    assert typed_of(event)["feedback"] == kept
    coming = ComingEvent(event=event.details, languages=("en",), feedback=event.feedback or "no")
    again = msgspec.json.decode(as_json([coming]), type=list[ComingEvent])
    assert again == [coming]
    text = "[feedback]\nask = 'after'\nbetter = ['A', 'B']\n"
    told = again[0].settings(SettingsFile(parse(text, "k"), Path("k"), text)).settings.feedback
    assert (told.ask, told.choices) == (kept or "no", ("A", "B"))
