"""The events that are coming: typed once at the office, by key and by mouse, and nothing of them goes by accident."""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Input

from storage.errors import StoreError
from storage.office.planned import Field, PlannedEvent, PlannedEvents, planned_in
from storage.toolkit.checklist import Checklist, Edit, Record, event_label
from tests.tui.offices import Opens
from tests.tui.pilot import LARGE, SMALL, USUAL, AtOffice, Size
from tests.variants import by_key_and_by_mouse
from tui.office import planned as screens
from tui.office.home import OfficeHome
from tui.office.planned import ComingEvents, PlanEvent
from tui.shared.confirm import Confirm

TODAY = dt.date(2027, 1, 4)
FAIR = PlannedEvent(
    name="Spring [b]Fair[/b]",
    place="Town Hall",
    date=dt.date(2027, 3, 2),
    last_day=dt.date(2027, 3, 4),
    stage="applicants",
    level=3,
    expected=120,
    languages=("cy", "en"),
)

pytestmark = pytest.mark.usefixtures("quickly", "new_year")


@pytest.fixture
def new_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the first Monday of 2027."""
    monkeypatch.setattr(screens, "today", lambda: TODAY)


@pytest.fixture
def opens(in_office: Opens, used_office: Path) -> Opens:
    """Stands at the list of an office that plans these events."""

    @contextlib.asynccontextmanager
    async def opened(*events: PlannedEvent, size: Size = SMALL) -> AsyncIterator[AtOffice]:
        async with in_office(used_office, *events, size=size) as person:
            await person.press("e")
            yield person

    return opened


def stands_in(person: AtOffice, name: str) -> str:
    return person.app.screen.query_one(name, Input).value


@pytest.mark.parametrize("size", [SMALL, pytest.param(USUAL, marks=pytest.mark.long), LARGE])
@pytest.mark.sampled
async def test_an_event_is_planned_by_key_alone_and_changed_and_stays_the_same_event(
    opens: Opens, used_office: Path, size: Size
) -> None:
    async with opens(size=size) as person:
        assert "No event is planned yet." in person.read()
        await person.press("a")
        for typed in ("Spring [b]Fair[/b]", "Town Hall", "2 mar", "4/3/27"):
            await person.enter(typed)
        await person.press("space", "down", "enter", "enter")
        for typed in ("3", "120", "cy, English"):
            await person.enter(typed)
        await person.press("enter")  # past feedback
        assert isinstance(person.app.screen, ComingEvents)
        (planned,) = planned_in(used_office)
        assert planned == msgspec.structs.replace(FAIR, id=planned.id)
        assert "Spring [b]Fair[/b] · 2 March 2027 to 4 March 2027 · Town Hall" in person.read()
        assert "applicants · level 3 · 120 people expected · cy, en" in person.read()
        await person.press("enter")
        await person.fill("#place", "Leeds")
        await person.click_on("#next")
        assert planned_in(used_office) == [msgspec.structs.replace(planned, place="Leeds")]
        await person.press("escape")
        assert isinstance(person.app.screen, OfficeHome)


async def test_the_arrows_go_to_another_day_and_another_month_and_the_weekday_is_said(opens: Opens) -> None:
    async with opens() as person:
        await person.press("a")
        person.widget("#date").focus()
        for keys, day, weekday in (
            (["down"], "4 January 2027", "Monday"),
            (["down"], "5 January 2027", "Tuesday"),
            (["up", "up"], "3 January 2027", "Sunday"),
            (["pagedown", "pagedown"], "3 March 2027", "Wednesday"),
            (["pageup", "up", "up", "up"], "31 January 2027", "Sunday"),
            (["pagedown"], "28 February 2027", "Sunday"),
        ):
            await person.press(*keys)
            assert stands_in(person, "#date") == day
            assert person.read_in("#date-weekday") == weekday
            month = day.partition(" ")[2]
            assert month in person.read_in("MonthGrid")
            assert f"▸{day.partition(' ')[0]:>2}" in person.read_in("MonthGrid")
        await person.press("tab", "down")
        assert stands_in(person, "#last_day") == "28 February 2027", "it begins at the first day"
        await person.press("down")
        assert person.read_in("#last_day-weekday") == "Monday"
        await person.fill("#date", "soon")
        assert person.seen(person.widget("#date-weekday"))
        assert person.read_in("#date-weekday") == ""
        await person.press("pagedown")
        assert stands_in(person, "#date") == "4 January 2027"


async def test_days_are_picked_in_the_month_by_mouse_for_the_field_that_the_cursor_is_in(opens: Opens) -> None:
    async with opens(FAIR) as person:
        await person.press("enter")
        grid = person.widget("MonthGrid").region

        async def click_at(x: int, y: int) -> None:
            await person.click(grid.x + x, grid.y + y)

        await click_at(20, 0)
        assert stands_in(person, "#date") == "2 April 2027"
        await click_at(0, 0)
        await click_at(1, 2)
        assert stands_in(person, "#date") == "1 March 2027"
        await person.click_on("#last_day")
        await click_at(19, 6)
        assert (stands_in(person, "#date"), stands_in(person, "#last_day")) == ("1 March 2027", "4 March 2027")
        await click_at(19, 3)
        assert stands_in(person, "#last_day") == "14 March 2027"
        assert "▸14" in person.read_in("MonthGrid")
        assert person.app.focused is person.widget("#last_day")


WRONG: tuple[tuple[Field, str, str], ...] = (
    ("languages", "xx", "There is no language “xx” here, only cy (Cymraeg), en (English)."),
    ("name", " ", "Please fill in the name of the event."),
    ("place", "", "Please fill in the place."),
    ("date", "31 Feb", "“31 Feb” is no day"),
    ("date", "5 March 2027", "The last day is before the first, 5 March 2027"),
    ("last_day", "1 March 2027", "The last day is before the first, 2 March 2027"),
    ("level", "9", "The level must be"),
    ("expected", "many", "How many people you expect must be"),
)


@pytest.mark.long
async def test_what_is_wrong_is_said_beside_its_field_with_the_cursor_in_it(opens: Opens, used_office: Path) -> None:
    async with opens(FAIR) as person:
        await person.press("enter")
        for field, text, told in WRONG:
            before = stands_in(person, f"#{field}")
            await person.fill(f"#{field}", text)
            await person.click_on("#next")
            assert isinstance(person.app.screen, PlanEvent)
            wrong = "last_day" if told.startswith("The last day") else field
            assert told in person.read_in(f"#wrong-{wrong}")
            assert person.app.focused is person.widget(f"#{wrong}")
            assert person.seen(person.widget(f"#{wrong}"))
            assert len(person.app.screen.query(".wrong.-wrong")) == 1
            await person.fill(f"#{field}", before)
        await person.fill("#date", "3 Jan 2027")
        await person.fill("#last_day", "")
        await person.click_on("#next")
        assert "3 January 2027 has passed" in person.read_in("#wrong-date")
        assert planned_in(used_office) == [FAIR]


async def test_names_and_places_go_on_as_those_that_are_known(opens: Opens) -> None:
    async with opens(FAIR) as person:
        await person.press("a")
        for typed, known in (("autumn", "Autumn Intake"), ("tow", "Town Hall")):
            await person.write(typed)
            await person.press("right", "enter")
            assert known in person.read()


@pytest.mark.parametrize("way", ["key", "mouse", "keep"])
@pytest.mark.sampled
async def test_a_name_that_is_nearly_one_that_is_known_is_asked_about_once(
    opens: Opens, used_office: Path, way: str
) -> None:
    async with opens(FAIR) as person:
        await person.press("a")
        for typed in ("Autum Intake", "Town Hall", "1 May"):
            await person.enter(typed)
        await person.click_on("#next")
        assert "Did you mean “Autumn Intake”?" in person.read_in("#wrong-name")
        assert person.app.focused is person.widget("#name")
        if way == "key":
            await person.press("f3")
        elif way == "mouse":
            await person.click_on("#take-name")
        if way != "keep":
            assert stands_in(person, "#name") == "Autumn Intake"
            assert not person.app.screen.query(".wrong.-wrong, .take.-offered")
        await person.click_on("#next")
        assert {one.name for one in planned_in(used_office)} == {
            FAIR.name,
            "Autum Intake" if way == "keep" else "Autumn Intake",
        }


async def test_an_event_that_is_there_already_is_told_beside_its_name(opens: Opens, used_office: Path) -> None:
    async with opens(FAIR) as person:
        await person.press("a")
        for typed in ("spring [b]fair[/b]", "town hall", "2 March"):
            await person.enter(typed)
        person.widget("#stage").focus()
        await person.press("space", "down", "enter")
        await person.click_on("#next")
        assert "is planned for 2 March 2027 at that place already" in person.read_in("#wrong-name")
        assert planned_in(used_office) == [FAIR]


@by_key_and_by_mouse
async def test_an_event_goes_off_the_list_only_where_somebody_goes_to_the_button_and_says_yes(
    opens: Opens, used_office: Path, *, by_mouse: bool
) -> None:
    async with opens(FAIR) as person:
        await person.press("delete", "backspace", "r", "enter")
        for answer in (False, True):
            if by_mouse:
                await person.click_on("#remove")
            else:
                person.widget("#languages").focus()
                await person.pause()
                while person.app.focused is not person.widget("#remove"):
                    await person.press("tab")
                await person.press("enter")
            assert isinstance(person.app.screen, Confirm)
            assert planned_in(used_office) == [FAIR]
            await (person.say_yes(by_mouse=by_mouse) if answer else person.press("escape"))
        assert isinstance(person.app.screen, ComingEvents)
        assert planned_in(used_office) == []


async def test_those_that_are_over_stand_last_and_say_so(opens: Opens) -> None:
    over = msgspec.structs.replace(FAIR, id="0" * 16, name="Old", date=dt.date(2026, 12, 1), last_day=None)
    async with opens(FAIR, over) as person:
        read = person.read()
        assert read.index("Spring") < read.index("Old")
        assert read.count(" · over") == 1


@pytest.mark.parametrize("taken", [False, True])
async def test_what_the_toolkit_noted_for_an_event_goes_on_when_it_is_called_otherwise(
    opens: Opens, used_office: Path, *, taken: bool
) -> None:
    before, after = (event_label(one.details) for one in (FAIR, msgspec.structs.replace(FAIR, place="Leeds")))
    with contextlib.closing(Checklist.open(used_office)) as checklist:
        checklist.save(Edit("O1.11.1", "status", "not started", "done", before))
        if taken:
            checklist.save(Edit("O1.11.2", "status", "not started", "done", after))
        async with opens(FAIR) as person:
            await person.press("enter")
            await person.fill("#place", "Leeds")
            await person.click_on("#next")
        kept = [checklist.records(label) for label in (before, after)]
    done = Record("done")
    assert kept == ([{"O1.11.1": done}, {"O1.11.2": done}] if taken else [{}, {"O1.11.1": done}])


async def test_what_the_disk_refuses_is_told_and_nothing_that_was_typed_is_lost(
    opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The disk is full: free some of it, then try again.")

    async with opens(FAIR) as person:
        await person.press("enter")
        await person.fill("#place", "Leeds")
        monkeypatch.setattr(PlannedEvents, "save", refuse)
        await person.click_on("#next")
        assert "The disk is full" in person.read_in("#message")
        assert stands_in(person, "#place") == "Leeds"
        monkeypatch.setattr(PlannedEvents, "all", refuse)
        await person.press("escape")
        await person.say_yes()
        assert "The disk is full" in person.read_in("#message")
        await person.press("a")
        assert isinstance(person.app.screen, PlanEvent)
