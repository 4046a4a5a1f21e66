"""The toolkit's screens: by key and by mouse; what is noted is kept as it is typed, and nobody writes over another."""

from __future__ import annotations

import contextlib
import datetime as dt
import html
import re
import sqlite3
from pathlib import Path
from typing import NamedTuple

import pytest
from textual.widgets import OptionList, Select, TextArea

from storage.counts.findings import OfficeFindings, findings
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response
from storage.errors import StoreError
from storage.events import day, today
from storage.kiosk.kiosk import Kiosk
from storage.office.planned import PlannedEvent, PlannedEvents
from storage.office.store import FILE_NAME as STORE
from storage.office.store import OfficeStore
from storage.report.advice import advice, all_advice
from storage.toolkit.checklist import FILE_NAME, NOTE_LENGTH, Checklist, Edit, Field, Record, event_label
from storage.toolkit.progress import Choice
from storage.toolkit.search import MOST
from tests.tui.drives import plug_in
from tests.tui.gate import Gate
from tests.tui.kiosks import KIOSK_TOML, Start, answered
from tests.tui.offices import HOSTILE
from tests.tui.offices import Opens as InOffice
from tests.tui.pilot import LARGE, SMALL, Size, at, run
from tests.tui.toolkit.steps import (
    KIT,
    Opens,
    choose,
    chosen_status,
    click_row,
    edit_csv,
    field,
    find,
    kept,
    lead,
    message,
    paste,
    select,
    settings,
    shown_in,
    the_entries,
    the_entry,
    the_line,
    to_place,
    wheel_to,
)
from tests.variants import by_key_and_by_mouse, usually
from tui.app import AUTO_LOCK_SECONDS
from tui.office.entrance import Entrance
from tui.office.home import OfficeHome
from tui.office.journey import JourneyScreen
from tui.shared.counts import CountsScreen
from tui.staff.home import StaffHome
from tui.survey.screen import SurveyScreen
from tui.text.toolkit import linked
from tui.toolkit.app import ToolkitApp
from tui.toolkit.browse import Browse
from tui.toolkit.filters import Filters
from tui.toolkit.find import Find
from tui.toolkit.home import ToolkitHome
from tui.toolkit.occasions import Occasions
from tui.toolkit.plan import BringBack, SavePlan
from tui.widgets.button import Button

one_at_a_time_and_beside = pytest.mark.parametrize(
    "size", [pytest.param(SMALL, id="60x20"), pytest.param(LARGE, id="120x40", marks=pytest.mark.long)]
)
KEYS: dict[Field, str] = {"owner": "o", "review": "d", "note": "n"}
DISK_FULL = "The disk is full: free some of it, then try again."


# What is noted is kept


async def test_keys_one_to_four_set_the_status_and_the_mark_and_the_bar_follow(opens: Opens, data: Path) -> None:
    title = KIT.entries["D1.1"].title
    async with opens(LARGE) as person:
        await choose(person, "Data")
        assert "0 of 21 done" in person.read_in("#progress")
        for key, mark, said, status in (
            ("2", "◐", "0 of 21 done, 1 in progress", "in progress"),
            ("3", "●", "1 of 21 done", "done"),
            ("4", "–", "0 of 20 done", "not relevant"),
            ("1", "○", "0 of 21 done", "not started"),
            ("3", "●", "1 of 21 done", "done"),
        ):
            await person.press(key)
            assert the_line(person, title) == f"{mark} {title}"
            assert f"{mark} {title[:20]}" in person.read_in("#entries")
            assert person.read_in("#progress").endswith(said)
            assert [label.split(" ", 1)[1].casefold() for label in chosen_status(person)] == [status]
            assert kept(data)["D1.1"].status == status
        await person.press(*["down", "3"] * 3)
        assert person.read_in("#progress").startswith("█" * 3 + "░" * 17), "4 of 21, of 20 cells"
        await person.press("escape")
        assert "Data ██░░░░░░░░░░ 4 of 21" in person.read()


@pytest.mark.long
async def test_the_note_and_owner_are_saved_half_a_second_after_typing_without_leaving_the_field(
    opens: Opens, data: Path
) -> None:
    async with opens(SMALL) as person:
        await find(person, "D1.1")
        for key, text, value in (("n", "Ask Bo", lambda: kept(data)["D1.1"].note), ("o", "Ada L", None)):
            await field(person, key, text)
            read = value or (lambda: kept(data)["D1.1"].owner)
            await person.until(lambda read=read, text=text: "D1.1" in kept(data) and read() == text)  # type: ignore[misc]
            assert person.app.focused is person.widget("#note" if key == "n" else "#owner")
            await person.press("tab")
        assert kept(data) == {"D1.1": Record(note="Ask Bo", owner="Ada L")}


@pytest.mark.usefixtures("at_leisure")
@pytest.mark.parametrize("leaving", ["tab", "escape", "end", "click"])
@pytest.mark.sampled
async def test_what_is_typed_is_saved_on_leaving_the_field_and_the_screen_and_is_there_again(
    opens: Opens, data: Path, leaving: str
) -> None:
    note = "First line.\n  second: half a wo"
    async with opens(SMALL) as person:
        await find(person, "D1.2")
        await field(person, "o", "Bo Ek")
        await person.press("tab", "tab")
        await person.enter("First line.")
        await person.write("  second: half a wo")
        assert kept(data)["D1.2"] == Record(owner="Bo Ek")
        if leaving == "end":
            person.app.end()
        elif leaving == "click":
            await person.click_on("#review")
        else:
            await person.press(leaving)
        await person.settle()
        if leaving != "end":
            assert kept(data)["D1.2"] == Record(owner="Bo Ek", note=note)
    assert kept(data) == {"D1.2": Record(owner="Bo Ek", note=note)}
    async with opens(SMALL) as person:
        await find(person, "D1.2")
        assert shown_in(person, "note") == note
        assert shown_in(person, "owner") == "Bo Ek"
        await person.press("n")
        await person.until(lambda: person.seen(person.widget("#note")) is not None)
        assert "second: half a wo" in person.read_in("#note")


# Two at once


class AtOnce(NamedTuple):
    """What two people write into one field at once."""

    field: Field
    mine: str
    theirs: str
    comes_of_it: str
    said: str = ""


@pytest.mark.long
async def test_what_a_colleague_changes_is_shown_within_two_seconds(opens: Opens, colleague: Checklist) -> None:
    async with opens(LARGE) as person:
        await choose(person, "Data")
        colleague.save(
            Edit("D1.1", "status", "not started", "done"),
            Edit("D1.1", "owner", "", "Cem"),
            Edit("D1.1", "review", "", "2026-12-01"),
            Edit("D1.1", "note", "", "From next door."),
            Edit("D1.2", "status", "not started", "in progress"),
        )
        await person.until(lambda: "From next door." in person.read())
        assert "● Done" in person.read()
        assert "1 of 21 done, 1 in progress" in person.read()
        assert (shown_in(person, "owner"), shown_in(person, "review")) == ("Cem", "2026-12-01")
        assert the_line(person, KIT.entries["D1.2"].title).startswith("◐")
        await person.press("escape")
        colleague.save(Edit("D1.3", "status", "not started", "done"))
        await person.until(lambda: re.search("Data █+░+ 2 of 21", person.read_unframed()) is not None)


@pytest.mark.usefixtures("at_leisure")
@pytest.mark.parametrize("seen_meanwhile", usually(1, [True, False]))
@pytest.mark.parametrize(
    "case",
    [
        AtOnce("owner", "23/11/2026", "", "23/11/2026"),
        AtOnce("review", "23/11/2026", "", "2026-11-23"),
        AtOnce("note", "23/11/2026", "", "23/11/2026"),
        AtOnce("owner", "Me", "Cem", "Cem", "the owner was changed elsewhere meanwhile, to “Cem”"),
        AtOnce("note", "My half", "Their half", "Their half\nMy half", "both texts are kept"),
    ],
)
@pytest.mark.sampled
async def test_what_a_colleague_changes_is_not_shown_over_what_is_being_typed_and_of_two_texts_neither_is_lost(
    opens: Opens, colleague: Checklist, data: Path, case: AtOnce, *, seen_meanwhile: bool
) -> None:
    name, mine, theirs, comes_of_it, said = case
    async with opens(SMALL) as person:
        screen = await find(person, "D1.1")
        await field(person, KEYS[name], mine[:2])
        colleague.save(Edit("D1.1", "status", "not started", "done"), Edit("D1.1", name, "", theirs))
        if seen_meanwhile:
            await screen._look()
            await person.settle()
            assert the_line(person, KIT.entries["D1.1"].title).startswith("●")
        assert shown_in(person, name) == mine[:2]
        await person.write(mine[2:])
        assert shown_in(person, name) == mine
        await person.press("tab")
        assert chosen_status(person) == ["● Done"], "what waited is shown once nothing is being typed"
        assert (kept(data)["D1.1"].status, kept(data)["D1.1"].text(name)) == ("done", comes_of_it)
        assert shown_in(person, name) == comes_of_it
        assert said in person.read_in("#message") if said else message(person) == ""


# The whole journey


@pytest.mark.parametrize(
    ("size", "by_mouse"),
    [
        pytest.param(SMALL, False, id="60x20-key", marks=pytest.mark.long),
        pytest.param(LARGE, True, id="120x40-mouse"),
        pytest.param(SMALL, True, id="60x20-mouse", marks=pytest.mark.long),
        pytest.param(LARGE, False, id="120x40-key", marks=pytest.mark.long),
    ],
)
@pytest.mark.long
async def test_the_whole_way_from_the_first_screen_to_the_plan_and_back(  # noqa: PLR0915 - one long way
    opens: Opens,
    data: Path,
    tmp_path: Path,
    size: Size,
    by_mouse: bool,  # noqa: FBT001 - a parameter
) -> None:
    drive = tmp_path / "STICK"
    drive.mkdir()
    if by_mouse:
        plug_in(drive)
    title = KIT.entries["O1.2"].title
    async with opens(size) as person:
        # A chapter, and the second of its items.
        await choose(person, "Outreach", by_mouse=by_mouse)
        assert at(person, Browse)
        assert (person.seen(person.widget("#entry")) is None) == (size == SMALL)
        await choose(person, title, by_mouse=by_mouse)
        assert KIT.entries["O1.2"].text[:30] in person.read_in("#entry")
        assert (person.seen(person.widget("#entries")) is None) == (size == SMALL)
        # What is noted of it.
        if by_mouse:
            await wheel_to(person, "#status")
        await person.act(by_mouse, "3", "#status-3")
        for key, name, text in (("o", "#owner", "Ada"), ("d", "#review", "23/11/2026"), ("n", "#note", "Ring *Bo*")):
            if by_mouse:
                shown = f"#change-{name[1:]}" if person.widget("#values").display else name
                await wheel_to(person, shown)
                await person.click_on(shown)
                await person.write(text)
            else:
                await field(person, key, text)
                await person.press("tab" if key != "n" else "shift+tab")
                person.app.screen.set_focus(None)
        await person.act(by_mouse, "escape", "#back")
        if size == LARGE:
            await choose(person, "Outreach", by_mouse=by_mouse)
        assert kept(data) == {"O1.2": Record("done", "Ada", dt.date(2026, 11, 23), "Ring *Bo*")}
        assert f"● {title[:20]}" in person.read_in("#entries")
        assert "1 of 32 done" in person.read_in("#progress")
        # Only what is done.
        await person.act(by_mouse, "f", "#filter")
        assert at(person, Filters)
        await select(person, "#status", 3, by_mouse=by_mouse)
        await person.act(by_mouse, "enter", "#show")
        assert "filter: done" in person.read_in("#progress")
        assert [entry.id for entry in the_entries(person)] == ["O1.2"]
        # Searched, opened, and on by a link.
        await person.act(by_mouse, "s", "#search")
        assert at(person, Find)
        await person.write("key question")
        assert "found" in message(person)
        await person.act(by_mouse, "enter", "#open")
        assert at(person, Browse)
        opened = the_entry(person)
        names = [name for name, _ in linked(KIT, opened)]
        row = len(KIT.explained(opened))
        await lead(person, row, by_mouse=by_mouse)
        tip = KIT.tips.get(names[0])
        assert the_entry(person) is (tip.items[0] if tip else KIT.entries[names[0]])
        while not at(person, ToolkitHome):
            await person.act(by_mouse, "escape", "#back")
        # Taken along, in each form.
        for number, form in enumerate(("html", "csv", "md")):
            await person.act(by_mouse, "e", "#export")
            assert at(person, SavePlan)
            await select(person, "#format", number, by_mouse=by_mouse)
            await to_place(person, drive, by_mouse=by_mouse)
            saved = next(drive.glob(f"*.{form}"))
            assert f"Saved as {saved.name} in {drive}." in person.app.screen.query_one("#message").render().__str__()
            assert title in html.unescape(saved.read_text("utf-8-sig"))
            await person.act(by_mouse, "escape", "#back")
        # Brought back as a colleague has changed it.
        edit_csv(next(drive.glob("*.csv")), "D1.1", status="in progress", note="From the sheet")
        await person.act(by_mouse, "i", "#import")
        assert at(person, BringBack)
        await to_place(person, drive, by_mouse=by_mouse)
        preview = str(person.widget("#changes").render())
        assert preview == ("D1.1 status: “not started” → “in progress”\nD1.1 note: nothing → “From the sheet”")
        assert "would make 2 changes. Make them?" in person.read()
        assert "D1.1" not in kept(data)
        await person.act(by_mouse, "f3", "#make")
        assert "2 changes made" in person.read()
        assert kept(data)["D1.1"] == Record("in progress", note="From the sheet")
        await person.act(by_mouse, "escape", "#back")
        await person.act(by_mouse, "u", "#undo")
        assert message(person).startswith("Undone: D1.1")
        assert kept(data)["D1.1"] == Record()
        assert kept(data)["O1.2"].status == "done"
        await person.press("escape", "escape")
        assert at(person, ToolkitHome), "Esc once too often does not quit"
        assert not person.app._exit
        await person.act(by_mouse, "q", "#last")
        assert person.app._exit


# When it cannot be saved


@pytest.mark.usefixtures("at_leisure")
@one_at_a_time_and_beside
@pytest.mark.parametrize("name", ["note", "owner"])
@pytest.mark.sampled
async def test_what_cannot_be_saved_stays_on_the_screen_with_a_sentence_until_a_second_escape(
    opens: Opens, data: Path, monkeypatch: pytest.MonkeyPatch, size: Size, name: Field
) -> None:
    async with opens(size) as person:
        await find(person, "D1.1")

        with monkeypatch.context() as broken:
            broken.setattr(Checklist, "_write", refuse)
            await field(person, KEYS[name], "Precious")
            await person.press("tab")
            assert message(person) == DISK_FULL
            assert shown_in(person, name) == "Precious"
            await person.press("escape")
            assert at(person, Browse)
            assert shown_in(person, name) == "Precious"
            assert person.read_in("#message") == DISK_FULL
        person.widget(f"#{name}").focus()
        await person.press("tab")
        assert kept(data)["D1.1"].text(name) == "Precious"
        assert message(person) == "", "what went well in the end is no problem any more"
        with monkeypatch.context() as broken:
            broken.setattr(Checklist, "_write", refuse)
            person.widget(f"#{name}").focus()
            await person.press("end")
            await person.write(" and more")
            await person.press("escape")
            assert at(person, Browse), "a new problem, a new warning"
            await person.press("escape")
            assert at(person, Find)
        assert kept(data)["D1.1"].text(name) == "Precious"


def refuse(*_given: object, **_named: object) -> tuple[Edit, ...]:
    raise StoreError(DISK_FULL)


@pytest.mark.usefixtures("at_leisure")
async def test_going_on_to_another_entry_does_not_lose_what_could_not_be_saved(
    opens: Opens, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opens(LARGE) as person:
        await choose(person, "Data")
        await field(person, "n", "Precious")
        with monkeypatch.context() as broken:
            broken.setattr(Checklist, "_write", refuse)
            await person.press("shift+tab")
            person.widget("#entries").focus()
            await person.press("down")
            assert person.read_in("#message") == DISK_FULL
            assert "Precious" in person.read()
        person.widget("#entries").focus()
        await person.press("down")
        assert kept(data)["D1.1"].note == "Precious"


# Dates


@pytest.mark.usefixtures("at_leisure")
async def test_a_date_that_is_none_is_told_and_not_saved_and_one_as_people_write_it_is_taken(
    opens: Opens, data: Path
) -> None:
    async with opens(SMALL) as person:
        await find(person, "D1.1")
        for wrong in ("soon", "31/02/2026", "[/red]"):
            await field(person, "d", wrong)
            await person.press("enter")
            assert message(person) == f"“{wrong}” is no day; write it like 2026-11-23 or 23/11/2026."
            assert "D1.1" not in kept(data)
            assert at(person, Browse)
            person.widget("#review").focus()
            await person.press("end", "ctrl+u")
            person.app.screen.set_focus(None)
            await person.settle()
        await field(person, "d", "23/11/2026")
        await person.press("enter")
        assert message(person) == ""
        assert kept(data)["D1.1"].review == dt.date(2026, 11, 23)
        assert shown_in(person, "review") == "2026-11-23"
        person.widget("#review").focus()
        await person.press("end", "ctrl+u", "tab")
        assert kept(data)["D1.1"].review is None


@pytest.mark.usefixtures("at_leisure")
async def test_a_date_is_saved_for_its_own_entry_when_another_is_clicked(opens: Opens, data: Path) -> None:
    async with opens(LARGE) as person:
        await choose(person, "Data")
        await field(person, "d", "1/12/2026")
        await click_row(person, person.app.screen.query_one("#entries", OptionList), 3)
        assert the_entry(person).id == "D1.3"
        assert shown_in(person, "review") == ""
        assert {name: record.review for name, record in kept(data).items()} == {"D1.1": dt.date(2026, 12, 1)}


# Undo


@pytest.mark.usefixtures("at_leisure")
async def test_undo_takes_the_last_thing_back_and_then_the_one_before(opens: Opens, data: Path) -> None:
    async with opens(SMALL) as person:
        await choose(person, "Data")
        assert not person.widget("#undo").display
        await person.press("u")
        assert message(person) == "Nothing to undo."
        await person.press("2", "3", "down", "4")
        await field(person, "n", "One thought")
        await person.press("tab", "escape", "escape")
        shown = [button for button in person.app.screen.query(Button) if button.display]
        assert "undo" in {button.id for button in shown}
        assert all(person.seen(button) == button.region for button in shown), "all find room"
        await choose(person, "Data")
        await person.press("down")
        person.app.screen.set_focus(None)
        await person.press("u")
        assert (message(person), shown_in(person, "note")) == ("Undone: D1.2 note.", "")
        await person.click_on("#undo")
        assert message(person) == "Undone: D1.2 status."
        assert chosen_status(person) == ["● Not started"]
        await person.press("u")
        assert the_line(person, KIT.entries["D1.1"].title).startswith("◐")
        await person.press("u", "u")
        assert message(person) == "Nothing to undo."
        assert set(kept(data).values()) == {Record()}


# Filters


@pytest.fixture
def noted(data: Path) -> None:
    """A checklist that somebody has begun."""
    with contextlib.closing(Checklist.open(data)) as checklist:
        checklist.save(
            Edit("H1.1", "status", "not started", "done"),
            Edit("H1.1", "owner", "", "Ada"),
            Edit("H1.2", "status", "not started", "in progress"),
            Edit("H1.2", "owner", "", "[/Bo] $5"),
            Edit("H1.3", "review", "", (today() - dt.timedelta(days=1)).isoformat()),
            Edit("H1.4", "review", "", today().isoformat()),
            Edit("F11", "owner", "", "Ada"),
            Edit("F12", "status", "not started", "done"),
        )


@pytest.mark.usefixtures("noted", "at_leisure")
@pytest.mark.long
async def test_each_filter_chooses_and_all_of_them_together(opens: Opens) -> None:
    records = {"H1.1": Record("done", "Ada"), "H1.2": Record("in progress", "[/Bo] $5")}
    records |= {"F11": Record(owner="Ada"), "F12": Record("done")}
    yesterday, soon = today() - dt.timedelta(days=1), today() + dt.timedelta(days=30)
    records |= {"H1.3": Record(review=yesterday), "H1.4": Record(review=today())}
    async with opens(SMALL) as person:
        await choose(person, "Hiring")
        everything = the_entries(person)
        for choice, said in (
            (Choice(chapter="hiring", must_haves=True), "must-haves"),
            (Choice(chapter="hiring", status="in progress"), "in progress"),
            (Choice(chapter="hiring", owner="Ada"), "Ada"),
            (Choice(chapter="hiring", owner="[/Bo] $5"), "[/Bo] $5"),
            (Choice(chapter="hiring", audience="training provider"), "for training provider"),
            (Choice(chapter="hiring", due=yesterday), f"due by {day(yesterday)}"),
            (Choice(chapter="hiring", due=soon), f"due by {day(soon)}"),
            (
                Choice(chapter="hiring", must_haves=True, status="not started", owner="Ada", audience="small"),
                "must-haves, not started, Ada, for small",
            ),
        ):
            await person.press("f")
            for name, value in (
                ("must-haves", "yes" if choice.must_haves else ""),
                ("status", choice.status or ""),
                ("owner", choice.owner),
                ("audience", choice.audience or ""),
                ("due", choice.due.isoformat() if choice.due else ""),
            ):
                person.app.screen.query_one(f"#{name}", Select).value = value
            await person.press("enter")
            wanted = choice.of(KIT, records)
            assert 0 < len(wanted) < 47
            assert the_entries(person) == list(wanted)
            assert f"filter: {said}" in person.read_in("#progress")
        await person.press("f", "escape")
        assert the_entries(person) == list(wanted), "left as it was"
        await person.press("f", "f3")
        assert the_entries(person) == list(everything)
        assert "filter" not in person.read_in("#progress")


@pytest.mark.usefixtures("noted", "at_leisure")
@one_at_a_time_and_beside
@pytest.mark.long
async def test_a_filter_that_chooses_nothing_says_so(opens: Opens, size: Size) -> None:
    async with opens(size) as person:
        await choose(person, "Culture")
        await person.press("f")
        await select(person, "#status", 3, by_mouse=False)
        await person.press("enter")
        assert the_entries(person) == []
        assert "No items match: press F to change the filter." in person.read()
        await person.press("1", "o", "n", "l", "enter", "u", "f", "f3")
        assert len(the_entries(person)) == 30


# Search


@pytest.mark.usefixtures("at_leisure")
@pytest.mark.long
async def test_it_finds_with_every_letter_and_shows_where(opens: Opens, data: Path) -> None:
    with contextlib.closing(Checklist.open(data)) as checklist:
        checklist.save(Edit("C1.1", "note", "", "Ask Zephyrine about lunch"), Edit("C1.2", "owner", "", "Xanthippe"))
        label = event_label(settings().event)
        checklist.save(Edit("O1.11.1", "note", "", "Xylophone in the hall", label))
    async with opens(SMALL) as person:
        await person.press("slash")
        listed = person.app.screen.query_one(OptionList)
        before = -1
        for letters in ("tr", "avel", " co"):
            await person.write(letters)
            found = listed.option_count
            assert found != before
            assert message(person) == (
                f"{found} found." if found < MOST else f"The best {MOST} of many: more words find fewer."
            )
            before = found
        assert "Find ways to pay for travel, childcare and other costs" in person.read()
        assert "F14 · Must-haves, hiring · text:" in person.read()
        await person.write("q")
        assert "Nothing has all these words" in message(person)
        await person.fill("#words", "chidcare")
        assert message(person) == "Nothing has all these words. 6 found for “childcare”."
        for words, name, where in (
            ("zeph", "C1.1", "· note: Ask Zephyrine about lunch"),
            ("xanth", "C1.2", "· note: Xanthippe"),
            ("xyl", "O1.11.1", f"· {label}: Xylophone in the hall"),
            ("d1.2", "D1.2", "D1.2 · Data, tip 1"),
        ):
            await person.fill("#words", words)
            assert where in person.read(), words
            await person.press("enter")
            assert the_entry(person).id == name
            await person.press("escape")
            assert at(person, Find)
            assert shown_in(person, "words") == words, "as it was left"
        await person.fill("#words", "apprent")
        third = str(listed.get_option_at_index(2).prompt).splitlines()[0]
        await person.press("down", "down", "down", "enter")
        assert the_entry(person).title == third
        await person.press("escape", "escape")
        assert at(person, ToolkitHome)


@pytest.mark.usefixtures("at_leisure")
@pytest.mark.long
async def test_hostile_words_find_nothing_and_break_nothing(opens: Opens) -> None:
    async with opens(SMALL) as person:
        await person.press("s")
        plain = ('" OR 1=1 --', "NEAR(a b)", "title:*", "[/]", "(((", "*", "'", "^", "\u202eabc", "é" * 300, "a" * 5000)
        for words in (HOSTILE, *plain):
            await person.press("end", "ctrl+u")
            await paste(person, words)
            assert at(person, Find)
            assert person.seen(person.widget("#message")) or person.read_in("#state")
            await person.press("enter")
            if not at(person, Find):
                await person.press("escape")


# Terms and links


@pytest.mark.usefixtures("at_leisure")
@by_key_and_by_mouse
@pytest.mark.long
async def test_a_term_unfolds_in_its_place_and_folds_and_links_lead_there_and_back(
    opens: Opens, *, by_mouse: bool
) -> None:
    term = KIT.entries["socio-economic-background"]
    async with opens(SMALL) as person:
        await choose(person, "Data")
        await person.press("enter")
        more = person.app.screen.query_one("#more", OptionList)
        folded = str(more.get_option_at_index(0).prompt)
        assert folded == "▸ What does “socio-economic background” mean?"
        await lead(person, 0, by_mouse=by_mouse)
        assert term.text[:40] in str(more.get_option_at_index(0).prompt)
        assert term.text.split()[-1] in person.read_in("#more")
        assert the_entry(person).id == "D1.1"
        await lead(person, 0, by_mouse=by_mouse)
        assert str(more.get_option_at_index(0).prompt) == folded
        leads = [name for name, _ in linked(KIT, KIT.entries["D1.1"])]
        assert leads == ["F1", "D1.2", "D1.3", "D1.5"]
        for row, name in enumerate(leads, 1):
            await lead(person, row, by_mouse=by_mouse)
            assert the_entry(person).id == name
            assert KIT.entries[name].title in person.read()
            await person.act(by_mouse, "escape", "#back")
            assert the_entry(person).id == "D1.1"
            assert more.highlighted == row, "in the same place"
            assert person.seen(more)


# Ticks of an event, and of an advert


@pytest.mark.usefixtures("at_leisure")
@pytest.mark.long
async def test_an_events_ticks_belong_to_the_event_of_the_settings_and_those_of_earlier_ones_are_found(
    opens: Opens, data: Path
) -> None:
    first, second = KIOSK_TOML, KIOSK_TOML.replace("Riverside Jobs Fair", "Hull [b]Fair[/b]")
    for text, done in ((first, 1), (second, 2), (first, 3)):
        label = event_label(settings(text).event)
        async with opens(LARGE, text) as person:
            await choose(person, "I have an event")
            if text != first or done > 1:
                assert "Which event is it?" in person.read()
                await choose(person, label)
            assert label in person.read_in("#entry")
            assert f"{1 if done == 3 else 0} of 17 done" in person.read_in("#progress")
            await person.press(*["3", "down"] * done, "escape")
            assert f" {done} of 17 " in person.read_unframed()
    assert {
        event: len(kept(data, event))
        for event in ("", *(event_label(settings(text).event) for text in (first, second)))
    } == {"": 0, event_label(settings(first).event): 3, event_label(settings(second).event): 2}
    async with opens(LARGE, KIOSK_TOML.replace('"Riverside Jobs Fair"', '""')) as person:
        await choose(person, "After the event")
        await choose(person, "An event without a name")
        assert "kiosk.toml names no event yet" in person.read_in("#entry")
        await person.press("3")
    assert [record.status for record in kept(data).values()] == ["done"]


def plan(data: Path, *events: PlannedEvent) -> None:
    """Have an office in a data folder plan these events."""
    (data / "office").mkdir(exist_ok=True)
    with contextlib.closing(OfficeStore.open(data / "office" / STORE, OfficePrivateKey(bytes(32)).public)) as store:
        for one in events:
            PlannedEvents(store).save(one)


COMING = PlannedEvent(name="Open [b]Day[/b]", place="York", date=dt.date(2099, 3, 2))
SOONER = PlannedEvent(name="Spring Fair", place="Hull", date=dt.date(2098, 3, 2), last_day=dt.date(2098, 3, 4))
OVER = PlannedEvent(name="Old Fair", place="Hull", date=dt.date(2020, 3, 2))


@pytest.mark.usefixtures("at_leisure")
@by_key_and_by_mouse
async def test_the_events_that_an_office_here_plans_are_offered_each_with_its_own_ticks(
    opens: Opens, data: Path, *, by_mouse: bool
) -> None:
    plan(data, COMING, SOONER, OVER)
    async with opens(SMALL, KIOSK_TOML.replace('"Riverside Jobs Fair"', '""')) as person:
        assert "3 events" in person.read()
        await choose(person, "I have an event", by_mouse=by_mouse)
        listed = person.read()
        places = [listed.index(each) for each in ("Spring Fair", "Open [b]Day[/b] · 2099-03-02", "Earlier", "Old Fair")]
        assert places == sorted(places)
        await choose(person, "Open", by_mouse=by_mouse)
        await person.press("3", "escape")
        assert at(person, Occasions)
        assert "1 of 17 done" in person.read()
        await person.act(by_mouse, "escape", "#back")
        await choose(person, "After the event")
        await choose(person, "Open")
        await person.press("3")
    assert set(kept(data, event_label(COMING.details))) == {KIT.way(way).checks[0].id for way in ("event", "after")}


@pytest.mark.usefixtures("at_leisure")
async def test_an_office_whose_plans_cannot_be_read_takes_nothing_from_the_toolkit(opens: Opens, data: Path) -> None:
    plan(data, COMING)
    (data / "office" / STORE).write_bytes(b"not a database at all" * 500)
    async with opens(LARGE) as person:
        await choose(person, "I have an event")
        assert event_label(settings().event) in person.read_in("#entry")


@pytest.mark.usefixtures("at_leisure")
@by_key_and_by_mouse
@pytest.mark.long
async def test_the_next_advert_begins_clean_and_the_last_one_keeps_its_ticks(
    opens: Opens, data: Path, *, by_mouse: bool
) -> None:
    async with opens(SMALL) as person:
        await choose(person, "I am writing an advert")
        await person.press("3", "down", "2")
        await field(person, "n", "Wages?")
        await person.press("escape")
        await person.act(by_mouse, "a", "#next-advert")
        await person.act(by_mouse, "enter", "#begin")
        assert "Please type a name." in message(person)
        await person.write("Welding,\u200b level 2")
        await person.act(by_mouse, "enter", "#begin")
        assert "0 of 9 done" in person.read_in("#progress")
        await person.press("3", "3", "down", "down", "3", "escape")
        assert "2 adverts" in person.read()
        await choose(person, "I am writing an advert")
        listed = person.read()
        assert listed.index("Welding, level 2") < listed.index("An advert without a name")
        await person.act(by_mouse, "a", "#next-advert")
        await person.write("welding,  LEVEL 2")
        await person.act(by_mouse, "enter", "#begin")
        assert "There is a list for “welding, LEVEL 2” already" in message(person)
        await person.act(by_mouse, "escape", "#back")
        await choose(person, "An advert without a name")
        assert "1 of 9 done, 1 in progress" in person.read_in("#progress")
        await person.press("e")
        assert "Print or save: I am writing an advert" in person.read()
    assert kept(data) == {"H4.2.1": Record("done"), "H4.3.1": Record("in progress", note="Wages?")}
    assert len(kept(data, "Welding, level 2")) == 2


@pytest.mark.usefixtures("at_leisure")
async def test_a_note_that_is_found_is_shown_for_the_event_or_the_advert_that_it_is_about(
    opens: Opens, colleague: Checklist
) -> None:
    for label in ("", "Welding"):
        colleague.save(Edit("H4.2.1", "note", "", f"Xylophone {label}", label))
    async with opens(LARGE) as person:
        for row, label in enumerate(("", "Welding")):
            await person.press("s")
            await person.write("xylophone")
            hits = person.app.screen.query_one(OptionList)
            place = next(
                number
                for number in range(hits.option_count)
                if ("Welding" in str(hits.get_option_at_index(number).prompt)) == bool(label)
            )
            await person.press("down", *["down"] * place, "enter")
            assert person.read_in("#note, #written").strip() == f"Xylophone {label}".strip(), row
            await person.press("escape", "escape")


# What do my counts say?


async def test_without_counts_nothing_is_said_of_them_and_what_counts_can_show_is_found(opens: Opens) -> None:
    async with opens(LARGE) as person:
        await choose(person, "What do my counts say?")
        assert the_entries(person) == []
        assert "nothing can be said about yours" in person.read_in("#entry")
        assert "What next?" in person.read_in("#entry")
        assert not person.widget("#noted").display
        await person.press("3", "o", "n", "d", "s")
        await person.enter("few-at-outreach")
        assert the_entries(person) == list(KIT.readings)
        assert "None of them is said of your counts" in person.read_in("#entry")
        await lead(person, 0, by_mouse=False)
        assert the_entry(person) is KIT.tips["O1"].items[0]


@pytest.mark.usefixtures("easy_unlock", "at_leisure")
@pytest.mark.long
async def test_from_the_kiosks_counts_it_shows_what_they_support_and_nothing_else(
    as_staff: Start, kiosk: Kiosk, kiosk_seed: bytes
) -> None:
    professional = [
        Response((6 if place % 10 == 0 else 1 + place % 2, 1 + place % 2, 1 + place % 2, 1 + place % 2))
        for place in range(120)
    ]
    async with as_staff(LARGE) as person:
        await person.press("c", "w")
        assert the_entries(person) == []
        assert "support none of these findings" in person.read() or "too few" in person.read()
        await person.press("escape", "escape", "escape")
        answered(kiosk, professional)
        await person.press("c")
        await person.click_on("#what-next")
        counts = kiosk.counts(KioskPrivateKey(kiosk_seed).tally)
        wanted = advice(KIT, findings(counts, ()))
        assert [one.reading.id for one in wanted][:2] == ["few-at-outreach", "more-professional"]
        assert the_entries(person) == [one.reading for one in wanted]
        assert len(wanted) < len(KIT.readings)
        for one in wanted:
            text = str(person.widget("#text").render())
            assert one.because in text
            assert text.count("They do not prove why.") == 1
            assert re.search(r"\d+%", one.because)
            await person.press("down")
        await lead(person, 0, by_mouse=False)
        assert at(person, Browse)
        assert the_entry(person).id.split(".")[0] in KIT.tips
        await person.press("escape", "escape")
        assert at(person, ToolkitHome)
        await person.press("escape")
        assert at(person, CountsScreen)


@pytest.mark.usefixtures("quickly", "at_leisure")
@pytest.mark.long
async def test_from_the_offices_counts_and_journey_it_shows_what_they_support(
    in_office: InOffice, used_office: Path
) -> None:
    async with in_office(used_office, size=LARGE) as person:
        person.app.animation_level = "none"
        await person.press("j", "w")
        found = the_entries(person)
        assert [entry.id for entry in found] == ["drop-to-applicants"]
        assert "from outreach to applicants the share falls by between" in person.read_in("#entry")
        await lead(person, 0, by_mouse=False)
        assert the_entry(person) is KIT.tips["H4"].items[0]
        await person.press("escape", "escape", "escape")
        assert at(person, JourneyScreen)
        await person.press("escape", "c", "enter")
        counting = person.app.screen
        assert isinstance(counting, CountsScreen)
        assert counting.found
        assert isinstance(counting.found.found, OfficeFindings)
        wanted = [one.reading for one in all_advice(KIT, counting.found.found, None)]
        assert {one.shows for one in wanted} > {"drop"}
        await person.press("w")
        assert the_entries(person) == wanted
        await person.press("escape", "escape")
        assert at(person, CountsScreen)


# Ways to it, and locks


@pytest.mark.usefixtures("easy_unlock", "at_leisure")
@by_key_and_by_mouse
@pytest.mark.long
async def test_from_the_staff_area_it_opens_goes_back_and_when_staff_forget_it_keeps_what_was_typed(
    as_staff: Start, kiosk: Kiosk, *, by_mouse: bool
) -> None:
    async with as_staff(SMALL) as person:
        person.app.animation_level = "none"
        await person.act(by_mouse, "t", "#toolkit")
        assert at(person, ToolkitHome)
        await person.act(by_mouse, "escape", "#last")
        assert at(person, StaffHome)
        await person.act(by_mouse, "t", "#toolkit")
        await find(person, "D1.1")
        await field(person, "n", "Half a wo")
        person.app.idle._touched -= AUTO_LOCK_SECONDS
        person.app.watch_idle()
        await person.settle()
        assert len(person.app.screen_stack) == 1
        assert at(person, SurveyScreen)
        await person.until(lambda: "D1.1" in kept(kiosk.data))
        assert kept(kiosk.data)["D1.1"].note == "Half a wo"
        await person.press("u", "t", "escape", "n")
        assert at(person, SurveyScreen)


@pytest.mark.usefixtures("quickly", "at_leisure")
@pytest.mark.long
async def test_from_the_office_it_opens_and_a_lock_keeps_what_was_typed(in_office: InOffice, used_office: Path) -> None:
    async with in_office(used_office) as person:
        person.app.animation_level = "none"
        await person.press("t", "escape")
        assert at(person, OfficeHome)
        await person.press("t")
        await find(person, "D1.1")
        await field(person, "o", "Ad")
        person.app.lock()
        await person.settle()
        assert at(person, Entrance)
        await person.until(lambda: "D1.1" in kept(used_office))
        assert kept(used_office)["D1.1"].owner == "Ad"


async def test_leaving_before_the_checklist_is_open_closes_it_all_the_same(
    data: Path, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    closed: list[Checklist] = []
    open_now, close = Checklist.open, Checklist.close

    def closes(checklist: Checklist) -> None:
        closed.append(checklist)
        close(checklist)

    def slowly(folder: Path) -> Checklist:
        gate.hold()
        return open_now(folder)

    monkeypatch.setattr(Checklist, "open", slowly)
    monkeypatch.setattr(Checklist, "close", closes)
    async with run(ToolkitApp(data, settings()), SMALL) as person:
        person.app.push_screen(ToolkitHome(data, settings()))
        await person.pause()
        await person.begin("escape")
        assert len(person.app.screen_stack) == 1
        gate.open()
        await person.until(lambda: len(closed) == 1)
        await person.settle()
    assert len(closed) == 2


@pytest.mark.usefixtures("easy_unlock")
async def test_no_key_of_a_candidate_opens_the_toolkit(start: Start) -> None:
    keys = [chr(code) for code in range(32, 127) if chr(code) != "1"]
    keys += ["tab", "shift+tab", "enter", "escape", "pagedown", *(f"f{number}" for number in range(1, 13))]
    async with start(SMALL) as person:
        for key in keys:
            await person.hurry(key)
            assert not {type(screen) for screen in person.app.screen_stack} & {ToolkitHome, Browse, Find, StaffHome}
            while len(person.app.screen_stack) > 1:
                await person.press("escape")
        await person.press("1", "t", "s", "u", "slash")
        assert [type(screen) for screen in person.app.screen_stack] == [SurveyScreen]


# Broken, hostile, and nowhere else


@pytest.mark.parametrize("broken", ["damaged", "newer", "unwritable"])
async def test_a_checklist_that_cannot_be_used_is_one_sentence_and_nothing_does_harm(
    data: Path, broken: str, tmp_path: Path
) -> None:
    path, folder = data / FILE_NAME, data
    if broken == "damaged":
        path.write_bytes(b"not a database at all" * 500)
    elif broken == "newer":
        Checklist.open(data).close()
        with contextlib.closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE _sqlite_migrations SET name = 'from_the_future' WHERE name = 'search'")
    else:
        folder = tmp_path / "file" / "data"
        folder.parent.write_text("no folder", "utf-8")
    before = path.read_bytes() if path.exists() else b""
    async with run(ToolkitApp(folder, settings()), SMALL) as person:
        await person.settle()
        said = person.read_in("#state")
        assert {
            "damaged": "is damaged and was left as it is",
            "newer": "made by a newer",
            "unwritable": "Cannot write",
        }[broken] in said
        assert said.endswith(".")
        await person.press("s", "e", "i", "u", "enter", "down", "enter", "escape")
        for name in ("#search", "#export", "#import"):
            await person.click_on(name)
        assert at(person, ToolkitHome)
        assert person.read_in("#state") == said
        await person.press("q")
        assert person.app._exit
    assert (path.read_bytes() if path.exists() else b"") == before


LONG = "Donaudampfschifffahrtsgesellschaft" * 20


@pytest.mark.usefixtures("at_leisure")
@one_at_a_time_and_beside
@pytest.mark.long
async def test_markup_control_characters_and_long_words_break_no_screen(
    opens: Opens, data: Path, tmp_path: Path, size: Size
) -> None:
    with contextlib.closing(Checklist.open(data)) as checklist:
        checklist.save(
            Edit("D1.1", "note", "", f"{HOSTILE}\n{LONG} [/]"),
            Edit("D1.1", "owner", "", "[/x] [@click=app.quit]y"),
            Edit("D1.2", "owner", "", LONG[:60]),
        )
    with contextlib.closing(sqlite3.connect(data / FILE_NAME)) as database, database:
        database.execute("UPDATE record SET owner = owner || ?", ["\x1b[31m\x07\u202e"])  # as no program of ours would
    async with opens(size) as person:
        await choose(person, "Data")
        await person.press("enter", "n")
        assert "[red]Day[/]" in shown_in(person, "note")
        assert "\x1b" not in person.read()
        note_field = person.app.screen.query_one("#note", TextArea)
        note_field.move_cursor(note_field.document.end)
        for text in ("\x1b[2J\x00\u202eabc", "e\u0301", "[/]\r\nnext", LONG):
            await paste(person, text)
        await person.press("escape")
        note = kept(data)["D1.1"].note
        assert note.endswith(f"[/]\nnext{LONG}")
        assert "[2Jabcé" in note
        assert not {"\x1b", "\x00", "\u202e"} & set(note)
        assert "Somebody else" not in person.read(), "nobody else did"
        if size == LARGE:
            await choose(person, "Data")
        await person.press("f")
        await select(person, "#owner", 1, by_mouse=False)
        await person.press("enter")
        assert "[/x] [@click=app.quit]y" in person.read_in("#progress")
        assert [entry.id for entry in the_entries(person)] == ["D1.1"]
        await person.press("s")
        await person.write("donaudampf")
        assert at(person, Find)
        assert "[/]" in person.read()
        await person.press("escape", "e")
        await to_place(person, tmp_path, by_mouse=False)
        assert "Saved as" in message(person)


@pytest.mark.usefixtures("at_leisure")
async def test_what_is_too_long_is_told_and_ends_nothing(opens: Opens, data: Path) -> None:
    growing = "\u0958"  # two characters once it is composed
    async with opens(SMALL) as person:
        await find(person, "D1.1")
        await person.press("n")
        await paste(person, "a" * (NOTE_LENGTH + 1))
        assert "has room for 4,000 characters" in person.read_in("#message")
        await person.press("backspace", "tab")
        assert kept(data)["D1.1"].note == "a" * NOTE_LENGTH
        await person.press("o")
        await paste(person, growing * 60)
        assert "has room for 60 characters" in person.read_in("#message")
        await person.press("escape", "escape")
        assert "D1.1" in kept(data)
        assert kept(data)["D1.1"].owner == ""
