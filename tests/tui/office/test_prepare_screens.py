"""Preparing laptops on the office's screens: by key and by mouse, and in one sentence where it cannot be done."""

import contextlib
import datetime as dt
import shutil
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from storage.exchange.coming import events_in
from storage.exchange.stick import FOLDER, TOKENS, Stick
from storage.office.planned import PlannedEvent
from storage.progress import ProgressCallback
from tests.storage.disk import no_file_longer_than
from tests.tui.cli.commands import STRONG, contents
from tests.tui.gate import Gate
from tests.tui.offices import OFFICE_PASSPHRASE, Opens
from tests.tui.pilot import LARGE, SMALL, USUAL, AtOffice, Size
from tests.variants import by_key_and_by_mouse, usually
from tui.office import prepare as screens
from tui.office.home import OfficeHome
from tui.office.planned import ComingEvents
from tui.office.prepare import PrepareLaptops, StaffPassphrase, WheelsFolder, WhereTo
from tui.shared.confirm import Confirm

TODAY = dt.date(2035, 1, 4)
OLD, FAIR, EVENING = (
    PlannedEvent(name=name, place="Town Hall", date=date)
    for name, date in (
        ("Old Fair", dt.date(2035, 1, 3)),
        ("Spring [b]Fair[/b]", dt.date(2035, 3, 2)),
        ("Open Evening", dt.date(2035, 3, 9)),
    )
)

pytestmark = pytest.mark.usefixtures("quickly", "new_year", "plugged_in")


@pytest.fixture
def new_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "today", lambda: TODAY)


@pytest.fixture
def opens(in_office: Opens, new_office: Path) -> Opens:
    """Stands in an open office that plans these events."""
    return partial(in_office, new_office)


async def without_programs(person: AtOffice) -> None:
    """At the choice of programs: none, and on."""
    person.widget("#programs").focus()
    await person.press("space", "down", "down", "enter", "enter")


async def go_to_where(person: AtOffice, passphrase: str = STRONG) -> None:
    """From the office's home to the question for a stick; one event is coming."""
    await person.press("p")
    await without_programs(person)
    await person.press("f4")
    await person.enter(passphrase)


@pytest.mark.parametrize("size", [SMALL, USUAL, LARGE])
@pytest.mark.sampled
async def test_a_stick_is_prepared_for_two_events_by_key_alone(opens: Opens, stick: Path, size: Size) -> None:
    async with opens(OLD, EVENING, FAIR, size=size) as person:
        await person.press("e", "p")
        assert "[✓] Spring [b]Fair[/b], Town Hall, 2 March 2035 [ ] Open Evening" in person.read_unframed()
        assert "Old Fair" not in person.read()
        await person.press("up", "down", "space", "down", "5", "enter", *["down"] * 3, "enter", "enter")
        assert isinstance(person.app.screen, StaffPassphrase)
        await person.enter(STRONG)
        await person.enter(STRONG)
        await person.press("f5")
        assert "is ready for 5 laptops. On each, open its start file and say yes." in person.read_unframed()
        found = Stick.read(stick)
        assert [one.event for one in found.events] == [FAIR.details, EVENING.details]
        assert found.settings.settings.event == FAIR.details
        assert found.settings.settings.organisation.name == "Musterwerk"
        assert len(list((stick / FOLDER / TOKENS).iterdir())) == 5
        await person.press("enter")
        assert isinstance(person.app.screen, ComingEvents)


async def test_by_mouse_alone_and_then_another_stick_with_tokens_of_its_own(
    opens: Opens, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "fetch_programs", lambda _folder, _progress: ["Windows"])
    async with opens(FAIR, EVENING) as person:
        await person.click_on("#prepare")
        marks = person.widget("EventMarks").region
        for row in (0, 1):
            await person.click(marks.x + 5, marks.y + row)
        await person.click_on("#next")
        await person.click_on("#show")
        await person.write(STRONG)
        await person.click_on("#next")
        await person.click_on("#drive-1")
        assert "There are no programs for Windows" in person.read()
        assert [one.event for one in events_in(stick / FOLDER)] == [EVENING.details]
        taken = contents(stick / FOLDER / TOKENS)
        shutil.move(stick / FOLDER, tmp_path / "first")
        await person.click_on("#another")
        await person.click_on("#drive-1")
        assert contents(stick / FOLDER / TOKENS).values() != taken.values()
        await person.click_on("#done")
        assert isinstance(person.app.screen, OfficeHome)
        assert person.app.office
        assert len(person.app.office.sticks.all()) == 2


@pytest.mark.parametrize("why", usually(1, ["there already", "full", "pulled out", "address", "nothing"]))
async def test_a_stick_that_cannot_be_written_is_one_sentence_and_nothing_is_lost(
    opens: Opens, stick: Path, why: str
) -> None:
    async with opens(FAIR) as person:
        await go_to_where(person)
        said = {
            "there already": "is there already: delete it, or choose another place.",
            "full": "free some space there, or choose another place.",
            "pulled out": "plug the stick in, or choose another place.",
            "address": "is an address: laptops are set up from a stick or a folder.",
            "nothing": "Choose a stick by its key, or a folder below.",
        }[why]
        if why == "there already":
            (stick / FOLDER).mkdir()
        elif why == "pulled out":
            shutil.rmtree(stick)
        elif why == "address":
            await person.write("sftp://office.example/in")
        with no_file_longer_than(2000) if why == "full" else contextlib.nullcontext():
            await person.press("enter" if why in {"address", "nothing"} else "f5")
        assert said in person.read_in("#message")
        assert isinstance(person.app.screen, WhereTo)
        assert person.app.office
        assert person.app.office.sticks.all() == []
        if why != "pulled out":
            assert list(contents(stick)) == ([FOLDER] if why == "there already" else [])


async def test_esc_stops_what_takes_long_and_nothing_is_written(
    opens: Opens, stick: Path, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    def slowly(_folder: Path, progress: ProgressCallback) -> list[str]:
        gate.hold()
        progress(1, 2)
        raise AssertionError("was not stopped")

    monkeypatch.setattr(screens, "fetch_programs", slowly)
    async with opens(FAIR) as person:
        await person.press("p", "enter", "enter", "f4")
        await person.enter(STRONG)
        await person.begin("f5")
        await person.until(gate.reached.is_set)
        assert "Esc stops it" in person.read()
        await person.press("escape", "f5")
        gate.open()
        await person.settle()
        assert "Stopped. Nothing was written" in person.read_in("#message")
        assert contents(stick) == {}


async def test_what_is_wrong_is_said_where_it_was_typed(opens: Opens, stick: Path) -> None:
    async with opens(FAIR, EVENING, organisation={"name": ""}) as person:
        await person.press("p")
        await person.click_on("#next")
        assert "give the name of your organisation" in person.read()
        assert person.app.focused is person.widget("#organisation")
        await person.write("Northfield")
        for wrong in ("0", "x", "²"):
            await person.fill("#laptops", wrong)
            await person.click_on("#next")
            assert "a whole number from 1 to 99" in person.read()
            assert person.app.focused is person.widget("#laptops")
        await person.press("end", "ctrl+u", "2")
        person.widget("EventMarks").focus()
        await person.press("space")
        await person.click_on("#next")
        assert "Mark the event" in person.read_in("#message")
        person.widget("EventMarks").focus()
        await person.press("space")
        await without_programs(person)
        await person.press("f4")
        await person.enter(OFFICE_PASSPHRASE)
        assert person.read_in(".beside") == "This is the office passphrase: choose another one for the staff."
        assert isinstance(person.app.screen, StaffPassphrase)
        await person.press("end", "ctrl+u")
        await person.enter("Northfield Town Hall")
        assert isinstance(person.app.screen, StaffPassphrase)


async def test_programs_come_from_a_folder_that_has_every_one(opens: Opens, stick: Path, tmp_path: Path) -> None:
    async with opens(FAIR) as person:
        await person.press("p")
        person.widget("#programs").focus()
        await person.press("space", "down", "enter", "enter")
        assert isinstance(person.app.screen, WheelsFolder)
        await person.enter(str(tmp_path))
        assert "has no wheel of" in person.read()
        assert isinstance(person.app.screen, WheelsFolder)


async def test_without_a_planned_event_it_says_where_to_add_one(opens: Opens) -> None:
    async with opens(OLD) as person:
        await person.press("p")
        assert "No event is planned yet. Go back, and add it under “Coming events”." in person.read()
        await person.click_on("#next")
        assert isinstance(person.app.screen, PrepareLaptops)
        await person.press("escape")
        assert isinstance(person.app.screen, OfficeHome)


@by_key_and_by_mouse
async def test_a_stick_that_got_lost_is_recalled_once_that_is_confirmed(opens: Opens, *, by_mouse: bool) -> None:
    async with opens() as person:
        assert person.app.office
        known = person.app.office.sticks
        await person.press("e")
        await person.act(by_mouse, "s", "#sticks")
        assert "No stick has been prepared yet." in person.read()
        await person.press("escape")
        known.add([FAIR.details, EVENING.details], [bytes(32), bytes(range(32))])
        await person.press("s")
        assert "Spring [b]Fair[/b], Town Hall, 2 March 2035 and 1 more 0 of 2 laptops handed over" in person.read()
        for answer in (False, True):
            row = person.widget("OptionList").region
            await (person.click(row.x + 3, row.y) if by_mouse else person.press("enter"))
            await person.settle()
            assert isinstance(person.app.screen, Confirm)
            assert not known.all()[0].recalled
            await (person.say_yes(by_mouse=by_mouse) if answer else person.press("escape"))
        assert known.all()[0].recalled
        assert "handed over · recalled" in person.read()
        await person.press("enter")
        assert "It was recalled before" in person.read_in("#message")


async def test_what_was_typed_is_there_again_on_the_way_back(opens: Opens, stick: Path) -> None:
    async with opens(FAIR) as person:
        await go_to_where(person)
        await person.press("escape")
        assert person.app.screen.query_one("#first", Input).value == STRONG
        assert not person.app.screen.query(OptionList)
        assert STRONG not in person.read()
