"""Coming events that an office keeps beside what was brought in."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from storage.errors import StoreDamagedError
from storage.office.planned import PlannedEvent
from tests.storage.counts.people import people
from tests.storage.office.merging import Desk, change, event, read

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


@pytest.fixture
def desk(memory_folder: Path) -> Iterator[Desk]:
    opened = Desk.at(memory_folder / "data")
    with contextlib.closing(opened.office):
        yield opened


def test_what_is_planned_is_there_whole_after_a_restart_the_next_event_first(desk: Desk) -> None:
    for one in (FAIR, OPEN_DAY):
        desk.office.planned.save(one)
    desk.reopen()
    assert desk.office.planned.all() == [OPEN_DAY, FAIR]


def test_an_event_that_is_changed_stays_the_same_event_and_one_that_is_removed_leaves_no_byte(desk: Desk) -> None:
    for one in (FAIR, OPEN_DAY):
        desk.office.planned.save(one)
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


def test_a_store_from_before_events_were_planned_is_read_and_can_take_them(desk: Desk) -> None:
    desk.bring_people(event(), people(12))
    desk.office.close()
    change(desk.path, "DROP TABLE planned")
    desk.reopen()
    assert desk.office.planned.all() == []
    desk.office.planned.save(FAIR)
    assert (desk.office.planned.all(), desk.office.check()) == ([FAIR], 12)


def test_names_that_are_known_are_those_of_planned_and_brought_in_events_as_the_office_calls_them(desk: Desk) -> None:
    desk.office.planned.save(FAIR)
    for one in (event("Autumn Fair", place="Leeds"), event("Autum Fare", place="Leeds")):
        desk.bring_people(one, people(2))
    desk.office.call(one, "event", "Autumn Fair")
    assert sorted(desk.office.planned.known_names()) == [
        ("Autumn Fair", "Leeds"),
        ("Autumn Fair", "Leeds"),
        ("Spring Jobs Fair", "Town Hall"),
    ]


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
    desk.office.close()
    change(desk.path, statement)
    desk.reopen()
    for act in (desk.office.planned.all, desk.office.check):
        with pytest.raises(StoreDamagedError):
            act()
