"""What those who ran an event wrote, at the office: read beside its numbers, written, changed, put back and removed."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import TextArea

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.debrief import Debrief, WrittenDebrief
from storage.exchange.exports import write_export
from storage.office.decrypting import all_cores
from storage.office.office import Office
from tests.tui.offices import FAMILIAR, Opens
from tests.tui.pilot import LARGE, SMALL, AtOffice, Size
from tests.variants import by_key_and_by_mouse, usually
from tui.office.debriefs import DebriefsScreen, OfficeDebriefForm
from tui.toolkit.browse import Browse

pytestmark = pytest.mark.usefixtures("quickly")


@pytest.fixture
def opens(in_office: Opens, used_office: Path) -> Opens:
    """Stands in an open office with two events."""
    return partial(in_office, used_office)


async def enter(person: AtOffice, *, by_mouse: bool = False) -> None:
    """From the office to the debriefs of the newest event."""
    await person.press("enter")
    await person.act(by_mouse, "f7", "#debriefs")
    assert isinstance(person.app.screen, DebriefsScreen)


@pytest.mark.parametrize("size", usually(1, [SMALL, LARGE]), ids=str)
@by_key_and_by_mouse
async def test_one_is_written_at_the_office_leads_to_the_toolkit_and_is_removed(
    opens: Opens, used_office: Path, office_key: OfficePrivateKey, size: Size, *, by_mouse: bool
) -> None:
    async with opens(size=size) as person:
        await enter(person, by_mouse=by_mouse)
        assert "Nobody has written how it went yet." in person.read()
        await person.act(by_mouse, "a", "#add")
        assert isinstance(person.app.screen, OfficeDebriefForm)
        person.widget("#support").focus()
        await person.write("A second table.")
        await person.act(by_mouse, "enter", "#next")
        read = " ".join(person.read().split())
        assert "100 responses" in read
        assert "Written at the office" in read
        assert "A second table." in read
        await person.act(by_mouse, "w", "#what-next")
        assert isinstance(person.app.screen, Browse)
        assert "what help it needs" in " ".join(person.read().split())
        while not isinstance(person.app.screen, DebriefsScreen):
            await person.press("escape")
        person.widget("#debriefs").focus()  # a click has left it at the button
        await person.press("enter")
        assert isinstance(person.app.screen, OfficeDebriefForm)
        await person.click_on("#remove")
        await person.say_yes(by_mouse=by_mouse)
        assert "Nobody has written how it went yet." in person.read()
    with contextlib.closing(Office.open(used_office, office_key)) as office:
        assert office.debriefs.all() == []


async def test_what_a_laptop_wrote_is_changed_here_and_put_back(
    opens: Opens, used_office: Path, office_key: OfficePrivateKey
) -> None:
    with contextlib.closing(Office.open(used_office, office_key)) as office, all_cores() as executor:
        (event,) = [one.event for one in office.events() if one.event.stage == "applicants"]
        debrief = WrittenDebrief.new(Debrief(worked="The quiz."))
        laptop = KioskPrivateKey(FAMILIAR[:32])
        office.bring(write_export(laptop, office_key.public, event, [], debrief=debrief), executor)
    async with opens() as person:
        await enter(person)
        assert "Written on a laptop" in person.read()
        await person.press("enter")
        field = person.widget("#worked")
        assert isinstance(field, TextArea)
        await person.write(" And the tea.")
        await person.click_on("#next")
        read = " ".join(person.read().split())
        assert "Written on a laptop, changed at the office" in read
        assert "The quiz. And the tea." in read
        await person.press("enter")
        await person.click_on("#put-back")
        await person.say_yes()
        assert "And the tea." not in person.read()
        assert "The quiz." in person.read()
