"""What is wrong at an event is put right at the office, laptops are revoked, answers deleted: all of it on purpose."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Input

import tui.office.home
from storage.crypto.keys import KioskPrivateKey
from storage.errors import StoreError
from storage.office.corrections import Corrections
from storage.office.laptops import Laptops
from storage.office.office import Office
from tests.tui.offices import FAMILIAR, Opens
from tests.tui.pilot import LARGE, SMALL, USUAL, AtOffice, Size, at
from tests.variants import by_key_and_by_mouse
from tui.office.corrections import CorrectEvent, CorrectionsScreen, OneWith
from tui.office.event import EventScreen
from tui.office.event_table import EventTable
from tui.office.home import OfficeHome
from tui.office.laptops import LaptopScreen, LaptopsScreen
from tui.shared.confirm import Confirm

LAPTOP = KioskPrivateKey(FAMILIAR[:32]).public

pytestmark = pytest.mark.usefixtures("quickly")
in_every_size = pytest.mark.parametrize("size", [SMALL, pytest.param(USUAL, marks=pytest.mark.long), LARGE])


@pytest.fixture
def opens(in_office: Opens, used_office: Path) -> Opens:
    """Stands in an open office with two events of one laptop: Autumn Intake first."""
    return partial(in_office, used_office)


def office_of(person: AtOffice) -> Office:
    assert person.app.office
    return person.app.office


async def reach(person: AtOffice, button: str, *, by_mouse: bool) -> None:
    """Press a button that no key presses: with the mouse, or by reaching it."""
    if by_mouse:
        person.widget(button).scroll_visible(animate=False)
        await person.settle()
        await person.click_on(button)
    else:
        for _ in range(20):
            if person.app.focused is person.widget(button):
                break
            await person.press("tab")
        await person.press("enter")
    await person.settle()


@by_key_and_by_mouse
@in_every_size
@pytest.mark.sampled
async def test_an_event_is_called_otherwise_and_that_is_undone(opens: Opens, size: Size, *, by_mouse: bool) -> None:
    async with opens(size=size) as person:
        await person.press("enter")
        await person.act(by_mouse, "f6", "#correct")
        assert at(person, CorrectEvent)
        assert person.app.screen.query_one("#name", Input).has_focus
        await person.fill("#name", "Winter Intake")
        await person.fill("#last_day", "soon")
        await person.click_on("#next")
        assert "is no day" in person.read()
        await person.fill("#last_day", "4 Nov 2026")
        await person.click_on("#next")
        assert at(person, OfficeHome)
        assert "Winter Intake" in person.read_in("#events")
        assert "the name “Autumn Intake” is “Winter Intake”" in person.read()
        await person.act(by_mouse, "m", "#manage")
        await person.act(by_mouse, "o", "#corrections")
        assert at(person, CorrectionsScreen)
        await person.press("enter")
        assert at(person, Confirm)
        await person.press("enter")
        assert len(office_of(person).corrections.all()) == 1, "Enter pressed once too often undoes nothing"
        await person.press("enter")
        await reach(person, "#yes", by_mouse=by_mouse)
        assert at(person, CorrectionsScreen)
        assert "Nothing was corrected." in person.read()
        for _ in ("corrections", "manage"):
            await person.act(by_mouse, "escape", "#back")
        assert "Autumn Intake" in person.read_in("#events")


@by_key_and_by_mouse
async def test_two_events_are_said_to_be_one_and_a_test_is_removed_by_a_typed_word(
    opens: Opens, *, by_mouse: bool
) -> None:
    async with opens() as person:
        await person.press("enter", "f6")
        await reach(person, "#merge", by_mouse=by_mouse)
        assert at(person, OneWith)
        await person.act(by_mouse, "escape", "#back")
        assert at(person, CorrectEvent)
        await reach(person, "#merge", by_mouse=by_mouse)
        await person.press("enter")
        assert at(person, Confirm)
        await reach(person, "#yes", by_mouse=by_mouse)
        assert at(person, OfficeHome)
        (one,) = office_of(person).events()
        assert (one.responses, one.event.stage) == (220, "outreach")
        assert "one with" in person.read()
        await person.press("enter", "f6")
        await reach(person, "#merge", by_mouse=by_mouse)
        assert "There is no other event" in person.read()
        await reach(person, "#remove", by_mouse=by_mouse)
        assert at(person, Confirm)
        await person.enter("yes")
        assert len(office_of(person).events()) == 1
        await person.press("end", "ctrl+u")
        await person.enter("remove")
        assert at(person, OfficeHome)
        assert office_of(person).events() == []
        assert [one.kind for one in office_of(person).corrections.all()] == ["removed", "merged"]


@by_key_and_by_mouse
async def test_a_laptop_is_named_revoked_and_taken_back(opens: Opens, *, by_mouse: bool) -> None:
    async with opens() as person:
        await person.act(by_mouse, "m", "#manage")
        await person.act(by_mouse, "a", "#laptops")
        assert at(person, LaptopsScreen)
        assert LAPTOP.fingerprint in person.read().replace("\n", " ")
        await person.press("enter")
        assert at(person, LaptopScreen)
        await person.write("Blue one")
        await person.act(by_mouse, "enter", "#next")
        assert "Blue one" in person.read()
        for button, revoked in (("#revoke", True), ("#restore", False)):
            await person.press("enter")
            await reach(person, button, by_mouse=by_mouse)
            assert at(person, Confirm)
            await person.press("enter")
            assert at(person, LaptopScreen), "Enter pressed once too often changes nothing"
            await reach(person, button, by_mouse=by_mouse)
            await reach(person, "#yes", by_mouse=by_mouse)
            assert at(person, LaptopsScreen)
            laptop = office_of(person).laptops.known(LAPTOP)
            assert laptop is not None
            assert (laptop.name, laptop.revoked) == ("Blue one", revoked)
            assert ("nothing more is taken from it" in person.read()) == revoked
        for _ in ("laptops", "manage"):
            await person.act(by_mouse, "escape", "#back")
        assert at(person, OfficeHome)


async def test_an_export_of_a_revoked_laptop_is_refused_on_the_screen_with_its_reason(
    opens: Opens, handed_over: Path
) -> None:
    async with opens(size=LARGE) as person:
        office_of(person).laptops.revoke(LAPTOP)
        await person.press("i")
        await person.enter(str(handed_over))
        while at(person, Confirm):  # the laptop that nobody has met
            await person.press("escape")
        assert "a laptop that this office has revoked, so nothing of it was taken" in " ".join(
            person.read_in("#results").split()
        )
        assert sum(one.responses for one in office_of(person).events()) == 220


@by_key_and_by_mouse
async def test_answers_of_one_event_are_deleted_by_a_typed_word_and_its_counts_stay(
    opens: Opens, *, by_mouse: bool
) -> None:
    async with opens(size=LARGE) as person:
        before = office_of(person).tables()
        await person.press("enter")
        await reach(person, "#delete", by_mouse=by_mouse)
        assert "Counts, journey and reports stay as they are" in " ".join(person.read_unframed().split())
        await person.press("escape")
        assert at(person, EventScreen)
        await reach(person, "#delete", by_mouse=by_mouse)
        await person.enter("delete")
        assert at(person, OfficeHome)
        assert "100 responses · 1 laptop · deleted " in person.read()
        assert office_of(person).check() == 120
        for scope in before._sums:
            assert office_of(person).counts(scope, 10).tables == before.counts(scope, 10).tables
        await person.press("enter")
        assert not person.app.screen.query("#delete")


@by_key_and_by_mouse
async def test_what_is_due_is_said_on_the_first_screen_and_deleted_by_a_typed_word(
    opens: Opens, monkeypatch: pytest.MonkeyPatch, *, by_mouse: bool
) -> None:
    async with opens() as person:
        assert not person.widget("#due").display
        await person.press("d")
        assert at(person, OfficeHome)
        monkeypatch.setattr(tui.office.home, "today", lambda: dt.date(2027, 10, 2))
        await person.press("e", "escape", "m", "k", "escape", "a", "escape", "escape")
        assert "Due to be deleted after 12 months" in person.read()
        assert "back up" in person.read()
        room = person.seen(person.widget("#events"))
        assert room
        assert room.height >= 3, "with all that is said and offered, two events are in view, below their heading"
        await person.act(by_mouse, "d", "#due")
        assert at(person, Confirm)
        await person.enter("delete")
        assert at(person, OfficeHome)
        assert not person.widget("#due").display
        assert "Due to be" not in person.read()
        assert [one.sealed for one in office_of(person).events()] == [100, 0]
        assert isinstance(person.app.focused, EventTable)


async def test_what_the_store_cannot_do_is_one_sentence_on_each_screen(
    opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("The disk is full: free some space.")

    async with opens() as person:
        monkeypatch.setattr(Laptops, "all", fail)
        await person.press("m", "a")
        assert "The disk is full" in person.read()
        await person.press("escape", "escape")
        monkeypatch.setattr(Office, "tables", fail)
        await person.press("enter")
        await reach(person, "#delete", by_mouse=False)
        assert at(person, EventScreen)
        assert "The disk is full" in person.read()
        for name in ("all", "correct", "counted_with_others"):
            monkeypatch.setattr(Corrections, name, fail)
        await person.press("f6")
        await person.fill("#name", "Another")
        await person.click_on("#next")
        assert at(person, CorrectEvent)
        assert "The disk is full" in person.read()
        await reach(person, "#remove", by_mouse=False)
        assert at(person, CorrectEvent)
        await person.press("escape")
        await reach(person, "#yes", by_mouse=False)
        await person.press("escape", "m", "o")
        assert at(person, CorrectionsScreen)
        assert "The disk is full" in person.read()
