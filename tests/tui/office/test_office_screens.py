"""The office's screens: locked, then events, counts and the journey, and nothing in memory once locked."""

import contextlib
import csv
import datetime as dt
import re
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.message import Message
from textual.screen import Screen
from textual.widgets import DataTable, Input, OptionList, Select

import storage.office.groups
from storage.counts.disclosure import GroupSum, OfficeCounts, PublishedTable
from storage.counts.findings import OfficeFindings
from storage.counts.journey import Journey
from storage.counts.noise import NoisyGroup
from storage.crypto.keys import (
    SEED_SIZE,
    KioskPrivateKey,
    KioskPublicKey,
    OfficePrivateKey,
    OfficePublicKey,
)
from storage.crypto.recovery_code import secret_of_code
from storage.crypto.sealing import Response, seal
from storage.exchange.exports import write_export
from storage.exchange.locations import Found
from storage.exchange.receipts import RECEIPT_SUFFIX
from storage.office.coordinators import Coordinators
from storage.office.importing import find_exports
from storage.office.labels import OfficeEvent, Tables
from storage.office.log import EventLog, LogEntry
from storage.office.office import Office
from storage.office_folder import NewOffice, office_key_file, unlock_office
from storage.report.report import Report
from storage.report.sentences import MIXED
from storage.wrong_tries import seconds_to_wait
from tests.tui.cli.commands import contents
from tests.tui.clock import Clock
from tests.tui.drives import plug_in
from tests.tui.gate import Gate
from tests.tui.offices import (
    FAMILIAR,
    HOSTILE,
    OFFICE_PASSPHRASE,
    Laptop,
    Opens,
    code_shown,
    coins_of,
    go_in,
    office_of,
    people,
    type_groups,
)
from tests.tui.pilot import LARGE, SMALL, USUAL, AtOffice, Size, alive, at, unspaced
from tests.variants import by_key_and_by_mouse, usually
from tui.office import import_screen as bring_in
from tui.office.app import AUTO_LOCK_SECONDS
from tui.office.coordinators import CoordinatorsScreen
from tui.office.entrance import Entrance, OfficePassphrase, Ready
from tui.office.event import EventScreen, KeyScreen
from tui.office.filters import Filter, ScopeChooser
from tui.office.home import OfficeHome
from tui.office.import_screen import BringIn
from tui.office.journey import JourneyScreen
from tui.office.log import LogScreen
from tui.office.manage import Manage
from tui.office.report import ReportScreen
from tui.office.scopes import Scopes
from tui.office.trend import TrendScreen
from tui.shared.confirm import Confirm
from tui.shared.counts import CountsScreen
from tui.shared.findings import WhyCounts
from tui.shared.forgotten_office import ForgottenOffice
from tui.shared.idle import IdleClock
from tui.shared.steps import RecoveryCheck, RecoveryCode
from tui.shared.unlock import Unlock
from tui.text.handover import RECEIPTS_ARE_THERE
from tui.text.office import WHY
from tui.text.stages import explained
from tui.widgets.button import Button

pytestmark = pytest.mark.usefixtures("quickly")
in_every_size = pytest.mark.parametrize("size", usually(1, [SMALL, USUAL, LARGE]), ids=["60x20", "80x24", "120x40"])


async def bring(person: AtOffice, place: Path) -> None:
    """From the office, bring in what lies at a place."""
    await person.press("i")
    person.widget("#place").focus()
    await person.enter(str(place))


async def all_of(person: AtOffice) -> str:
    """All that the top screen has to say, scrolled through."""
    person.app.screen.set_focus(None)
    await person.press(*["pageup"] * 6)
    return await person.read_on(lambda: person.press("pagedown"))


def held_in(data: Path, key: OfficePrivateKey) -> dict[str, int]:
    """How many responses the office of a folder holds, by event."""
    with contextlib.closing(Office.open(data, key)) as office:
        return {one.event.name: one.responses for one in office.events()}


def receipts_in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{RECEIPT_SUFFIX}"))


# The entrance


@in_every_size
async def test_an_entrance_with_a_key_shows_its_fingerprint_and_leads_to_the_events_newest_first(
    at_door: Opens, used_office: Path, office_key: OfficePrivateKey, size: Size
) -> None:
    async with at_door(used_office, size) as person:
        assert office_key.public.fingerprint in person.read_unframed()
        assert "Make the office key" not in person.read()
        assert HOSTILE not in person.read()
        await person.press("1", "2")
        assert at(person, Entrance)
        await go_in(person)
        assert at(person, OfficeHome)
        said = person.read_unframed()
        assert "220 responses from 2 events." in said
        assert "Autumn Intake · 2 November 2026 · Leeds · applicants" in said
        assert HOSTILE not in said
        assert "100 responses · 1 laptop" in said
        await person.press("down")
        said = person.read_unframed()
        assert HOSTILE[:20] in said
        assert "120 responses · 1 laptop" in said


@in_every_size
async def test_an_entrance_without_a_key_offers_to_make_or_to_recover_one(
    at_door: Opens, tmp_path: Path, size: Size
) -> None:
    async with at_door(tmp_path / "none", size) as person:
        assert "This laptop holds no office key yet." in person.read()
        assert not person.widget("#unlock").display
        await person.press("u")
        assert at(person, Entrance)
        for key, kind in (("enter", OfficePassphrase), ("1", OfficePassphrase), ("2", ForgottenOffice)):
            await person.press(key)
            assert at(person, kind)
            await person.press("escape")
            assert at(person, Entrance)
        for name, kind in (("#make", OfficePassphrase), ("#recover", ForgottenOffice)):
            await person.click_on(name)
            assert at(person, kind)
            await person.click_on("#back")
            assert at(person, Entrance)
    assert not (tmp_path / "none").exists()


async def test_a_damaged_key_is_one_sentence_and_is_never_made_anew(at_door: Opens, used_office: Path) -> None:
    key = used_office / "office" / "office.key"
    key.write_bytes(key.read_bytes()[:-30])
    before = key.read_bytes()
    async with at_door(used_office) as person:
        assert "damaged" in person.read_in("#message")
        await person.press("1", "2", "enter")
        assert at(person, Entrance)
        await person.press("q")
        assert not person.app.fault
    assert key.read_bytes() == before


async def test_a_damaged_store_is_one_sentence_at_the_entrance(at_door: Opens, used_office: Path) -> None:
    (used_office / "office" / "office.db").write_bytes(b"not a database at all" * 500)
    async with at_door(used_office) as person:
        await go_in(person)
        assert at(person, Entrance)
        assert "damaged" in person.read_in("#message")


@by_key_and_by_mouse
async def test_a_key_is_made_with_its_code_shown_once_and_asked_for(
    at_door: Opens, tmp_path: Path, *, by_mouse: bool
) -> None:
    data = tmp_path / "new"
    async with at_door(data) as person:
        await person.act(by_mouse, "1", "#make")
        for name in ("first", "second"):
            if by_mouse:
                await person.click_on(f"#{name}")
            await person.write(OFFICE_PASSPHRASE)
            if not by_mouse:
                await person.press("enter")
        if by_mouse:
            await person.click_on("#next")
        assert at(person, RecoveryCode)
        assert not data.exists()
        paper = code_shown(person)
        assert sorted(paper) == list(range(1, 9))
        await person.act(by_mouse, "enter", "#next")
        assert at(person, RecoveryCheck)
        assert not any(group in person.read() for group in paper.values())
        if not by_mouse:
            await person.press("enter")  # on to the second field
        await person.act(by_mouse, "enter", "#next")
        assert "is not the same" in person.read_in(".beside")
        await type_groups(person, paper)
        await person.act(by_mouse, "enter", "#next")
        assert at(person, Ready)
        fingerprint = person.read_in(".code")
        assert not data.exists(), "nothing is written before the last step"
        await person.act(by_mouse, "enter", "#next")
        assert at(person, OfficeHome)
        assert "Nothing has been brought in yet." in person.read()
    key = unlock_office(data, OFFICE_PASSPHRASE)
    assert key.public.fingerprint == fingerprint
    code = secret_of_code(" ".join(paper[number] for number in range(1, 9)))
    assert office_key_file(data).open_with_code(code) == key
    assert key.coordinator == "Coordinator"


@pytest.mark.parametrize("weak", ["", "weak", "password1"])
@pytest.mark.sampled
async def test_a_weak_passphrase_makes_no_key(at_door: Opens, tmp_path: Path, weak: str) -> None:
    async with at_door(tmp_path / "new") as person:
        await person.press("1")
        for _ in range(2):
            await person.write(weak)
            await person.press("tab")
        await person.click_on("#next")
        assert at(person, OfficePassphrase)
        assert person.read_in(".beside")
    assert not (tmp_path / "new").exists()


async def test_a_wrong_passphrase_lets_nobody_in_and_is_slowed_however_often_it_is_closed(
    at_door: Opens, used_office: Path
) -> None:
    async with at_door(used_office) as person:
        clock = Clock()
        person.app._tries.clock = clock.monotonic
        for tries in range(1, 5):
            await person.press("enter")
            dialog = person.app.screen
            assert isinstance(dialog, Unlock)
            assert dialog.seconds_left == seconds_to_wait(tries - 1)
            if dialog.seconds_left:
                await person.enter(OFFICE_PASSPHRASE)
                assert at(person, Unlock), "even the right one has to wait"
                person.app.screen.query_one(Input).value = ""
            clock.now += dialog.seconds_left
            await person.enter("not the passphrase")
            assert at(person, Unlock)
            await person.press("escape")
            assert at(person, Entrance)


# The list of events


@pytest.mark.long
async def test_a_hostile_name_is_drawn_as_it_is_wherever_it_stands(
    in_office: Opens, used_office: Path, handed_over: Path
) -> None:
    async with in_office(used_office, size=LARGE) as person:
        assert HOSTILE[:20] in person.read_in("#events"), "there is no room for more"
        assert not [segment for line in person.painted() for segment in line if segment.style and segment.style.link]
        await person.press("down", "enter")
        assert HOSTILE in person.read_unframed()
        await person.press("f4")
        assert f"Counts · {HOSTILE}" in person.read_unframed()
        await person.press("escape", "escape", "c", *["tab"] * 5, "space")
        assert f"{HOSTILE}, 1 October" in person.read_unframed()
        await person.press("end", "enter")
        assert f"{HOSTILE}, 1 October 2026" in person.read_unframed()
        await person.press("escape")
        await bring(person, handed_over)
        assert at(person, Confirm)
        await person.press("escape")
        assert f"{HOSTILE}, 1 October 2026: 120 responses, nothing new." in person.read_unframed()
        assert not person.app._exit


@by_key_and_by_mouse
@in_every_size
async def test_by_keys_or_mouse_alone_every_screen_is_reached_and_left_and_the_passphrase_asked_for_once_a_session(
    at_door: Opens, used_office: Path, size: Size, *, by_mouse: bool
) -> None:
    async with at_door(used_office, size) as person:
        await person.act(by_mouse, "enter", "#unlock")
        await person.write(OFFICE_PASSPHRASE)
        await person.act(by_mouse, "enter", "#unlock")
        assert at(person, OfficeHome)
        ways: list[tuple[str, str, type[Screen[Any]]]] = [
            ("i", "#bring-in", BringIn),
            ("c", "#counts", Scopes),
            ("r", "#report", ReportScreen),
            ("m", "#manage", Manage),
        ]
        if not by_mouse:
            ways += [("j", "", JourneyScreen), ("o", "", TrendScreen)]
        for key, name, kind in ways:
            await person.act(by_mouse, key, name)
            assert at(person, kind)
            if kind is Scopes:
                await person.act(by_mouse, "enter", "#show")
                assert at(person, CountsScreen)
                await person.act(by_mouse, "escape", "#back")
                await person.act(by_mouse, "f4", "#journey")
                assert at(person, JourneyScreen)
                await person.act(by_mouse, "?", "#why")
                assert at(person, WhyCounts)
                await person.act(by_mouse, "escape", "#close")
                await person.act(by_mouse, "f", "#filter")
                assert at(person, Filter)
                await person.act(by_mouse, "escape", "#back")
                await person.act(by_mouse, "escape", "#back")
                await person.act(by_mouse, "f5", "#trend")
                assert at(person, TrendScreen)
                await person.act(by_mouse, "escape", "#back")
            await person.act(by_mouse, "escape", "#back")
            assert at(person, OfficeHome)
        if by_mouse:
            row = next(y for y, line in enumerate(person.lines()) if "Autumn Intake" in line)
            await person.click(8, row)
        else:
            await person.press("enter")
        assert at(person, EventScreen)
        await person.act(by_mouse, "f4", "#counts")
        assert at(person, CountsScreen)
        await person.act(by_mouse, "escape", "#back")
        await person.act(by_mouse, "escape", "#back")
        await person.act(by_mouse, "l", "#lock")
        assert at(person, Entrance)
        await person.act(by_mouse, "enter", "#unlock")
        assert at(person, Unlock)
        await person.act(by_mouse, "escape", "#cancel")
        await person.act(by_mouse, "q", "#quit")
        assert person.app._exit


@pytest.mark.parametrize("key", ["i", "c", "j", "r", "k", "enter", ""])
@pytest.mark.sampled
async def test_with_tab_every_button_and_field_is_reached(at_door: Opens, used_office: Path, key: str) -> None:
    async with at_door(used_office) as person:
        person.app.animation_level = "none"
        await go_in(person)
        if key:
            await person.press(key)
        await person.settle()
        wanted = {
            widget.id
            for kind in (Button, DataTable, Input, OptionList, Select)
            for widget in person.app.screen.query(kind)
            if widget.display and all(part.display for part in widget.ancestors if part.is_attached)
        }
        reached = set()
        for _ in range(2 * len(wanted)):
            await person.press("tab")
            await person.pilot.pause()  # what has the focus scrolls into view
            assert person.app.focused
            assert person.seen(person.app.focused), "what has the focus is seen"
            reached.add(person.app.focused.id)
        assert reached == wanted


# Bringing in


async def test_each_file_is_reported_a_damaged_one_is_passed_over_and_an_unknown_laptop_is_asked_about(
    in_office: Opens, used_office: Path, handed_over: Path, office_key: OfficePrivateKey
) -> None:
    async with in_office(used_office) as person:
        await bring(person, handed_over)
        assert at(person, Confirm)
        assert "A laptop that this office has not met" in person.read_unframed()
        assert "“Hull Fair”" in person.read_unframed()
        await person.press(*"yat")
        assert at(person, Confirm), "no letter accepts"
        await person.press("enter")
        assert at(person, BringIn)
        said = await all_of(person)
        assert "Autumn Intake, 2 November 2026: 100 responses, nothing new." in said
        assert "fairstart-damaged.fairstart: not taken. This export is damaged" in said
        assert "has not accepted yet" in said
        assert (
            person.read_in("#message") == "2 files were brought in, 0 responses new. 2 files were not taken: see above."
        )
        await person.press("escape")
        assert "220 responses from 2 events." in person.read()
    assert "Hull Fair" not in held_in(used_office, office_key)
    assert len(receipts_in(handed_over)) == 2


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.sampled
async def test_an_event_that_is_nearly_one_that_was_there_is_asked_about_once_and_can_be_called_so(
    in_office: Opens, used_office: Path, tmp_path: Path, office_key: OfficePrivateKey, *, taken: bool
) -> None:
    own = KioskPrivateKey.generate()
    opened = Office.open(used_office, office_key)
    opened.accept(own.public)
    meant = next(one.event for one in opened.events() if one.event.name == "Autumn Intake")
    opened.close()
    typed = msgspec.structs.replace(meant, name="Autum Intake")
    sealed = [seal(Response((1, 1, 1, 1)), office_key.public, typed)]
    (tmp_path / "near.fairstart").write_bytes(write_export(own, office_key.public, typed, sealed))
    async with in_office(used_office) as person:
        await bring(person, tmp_path)
        assert at(person, Confirm)
        assert "Did you mean “Autumn Intake”?" in person.read_unframed()
        await (person.click_on("#yes") if taken else person.press("escape"))
        assert at(person, BringIn)
        await person.press("escape")
        await bring(person, tmp_path)
        assert at(person, BringIn), "nobody is asked twice"
        await person.press("escape")
        assert ("Autum Intake" in person.read()) != taken


@pytest.mark.long
async def test_the_question_shows_the_unknown_laptops_own_fingerprint(
    in_office: Opens, new_office: Path, handed_over: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted: list[KioskPublicKey] = []
    accept = Office.accept

    def noted(office: Office, kiosk: KioskPublicKey) -> None:
        accepted.append(kiosk)
        accept(office, kiosk)

    monkeypatch.setattr(Office, "accept", noted)
    async with in_office(new_office) as person:
        await bring(person, handed_over)
        for number in (1, 2):  # two laptops, one question each
            assert at(person, Confirm)
            asked = person.read_unframed()
            await person.say_yes()
            assert len(accepted) == number
            assert accepted[-1].fingerprint in asked
        assert at(person, BringIn)
        await person.press("escape")
        assert "227 responses from 3 events." in person.read()


@pytest.mark.long
async def test_without_events_there_is_nothing_to_open_and_with_nothing_to_bring_in_one_sentence_says_so(
    in_office: Opens, new_office: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    async with in_office(new_office) as person:
        assert not person.widget("#counts").display
        await person.press("c", "j", "r")
        assert at(person, OfficeHome)
        for place, sentence in (("empty", "There is no export at"), ("nowhere", "There is nothing at")):
            await bring(person, tmp_path / place)
            assert person.read_in("#message").startswith(sentence)
            assert person.widget("#message").has_class("-problem")
            await person.press("escape")


@by_key_and_by_mouse
async def test_what_laptops_sent_to_the_offices_address_is_fetched_by_two_keys_and_again_adds_nothing(
    in_office: Opens, used_office: Path, handed_over: Path, office_key: OfficePrivateKey, *, by_mouse: bool
) -> None:
    (handed_over / "fairstart-damaged.fairstart").unlink()
    async with in_office(used_office, office={"address": str(handed_over)}) as person:
        await person.act(by_mouse, "i", "#bring-in")
        assert f"Enter fetches it from {handed_over}.".replace(" ", "") in person.read().replace(" ", "")
        await person.act(by_mouse, "enter", "#fetch")
        await person.say_yes(by_mouse=by_mouse)
        assert (
            person.read_in("#message")
            == f"3 files were brought in, 7 responses new. Safe to repeat. {RECEIPTS_ARE_THERE}"
        )
        written = [path.stat().st_mtime_ns for path in receipts_in(handed_over)]
        assert len(written) == 3
        await person.act(by_mouse, "enter", "#fetch")
        assert (
            person.read_in("#message")
            == f"3 files were brought in, 0 responses new. Safe to repeat. {RECEIPTS_ARE_THERE}"
        )
        assert [path.stat().st_mtime_ns for path in receipts_in(handed_over)] == written, "nothing is written again"
        await person.press("escape")
        assert "227 responses from 3 events." in person.read()
    assert held_in(used_office, office_key)["Hull Fair"] == 7


async def test_a_drive_brings_in_by_its_number(
    in_office: Opens, used_office: Path, handed_over: Path, office_key: OfficePrivateKey
) -> None:
    (handed_over / "fairstart-damaged.fairstart").unlink()
    plug_in(handed_over)
    async with in_office(used_office) as person:
        await person.press("i")
        assert "Bring in from DRIVE" in person.read()
        await person.press("f5")
        await person.say_yes()
        assert (
            person.read_in("#message")
            == f"3 files were brought in, 7 responses new. Safe to repeat. {RECEIPTS_ARE_THERE}"
        )
        assert not person.widget("#message").has_class("-problem")
        await person.press("f4")  # how many came to each that was brought in is not known yet
        while at(person, EventScreen):
            await person.enter("500")
            await person.press("enter")
        assert at(person, BringIn)
        assert not person.widget("#head-counts").display


# While it works


@pytest.mark.long
async def test_it_is_not_left_while_it_works_nor_locks_by_itself_and_does_so_afterwards(
    at_door: Opens, used_office: Path, handed_over: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def when_let(places: list[str]) -> list[Found]:
        gate.hold()
        return find_exports(places)

    monkeypatch.setattr(bring_in, "find_exports", when_let)
    async with at_door(used_office) as person:
        clock = Clock()
        person.app.idle = IdleClock(clock.monotonic)
        await go_in(person)
        await person.press("i")
        person.widget("#place").focus()
        await person.write(str(handed_over))
        await person.begin("enter")
        assert person.read_in("#message") == "Bringing in…"
        assert not person.widget("#work").display
        await person.press("escape")
        await person.click_on("#back")
        clock.now += AUTO_LOCK_SECONDS + 1
        person.app.watch_idle()
        assert at(person, BringIn)
        await person.until(lambda: bool(person.widget("#work").display))
        gate.open()
        await person.settle()
        assert at(person, Confirm)
        await person.press("escape", "escape")
        assert at(person, OfficeHome)
        clock.now += AUTO_LOCK_SECONDS - 1
        person.app.watch_idle()
        assert at(person, OfficeHome)
        clock.now += 1
        person.app.watch_idle()
        await person.pause()
        assert at(person, Entrance)


# Counts and the journey


async def choose(person: AtOffice, field: str, value: str, *, by_mouse: bool) -> None:
    """Choose a value in a field, by keys alone or by mouse alone."""
    if by_mouse:
        await person.click_on(field)
        row = next(y for y, line in enumerate(person.lines()) if re.search(rf"│ +{re.escape(value)} +│", line))
        await person.click(person.lines()[row].index(value), row)
    else:
        while person.app.focused != person.widget(field):
            await person.press("tab")
        await person.press("space", "home")
        overlay = person.app.focused
        assert isinstance(overlay, OptionList)
        while str(overlay.get_option_at_index(overlay.highlighted or 0).prompt) != value:
            before = overlay.highlighted
            await person.press("down")
            assert overlay.highlighted != before, f"{value} is not offered"
        await person.press("enter")
    await person.settle()


def offered(person: AtOffice) -> dict[str, list[str]]:
    """What can be chosen, by kind."""
    return {
        str(select.id).removeprefix("of-"): [str(prompt) for prompt, _ in select._options]
        for select in person.app.screen.query(Select)
        if select.id != "lead"
    }


@in_every_size
@by_key_and_by_mouse
@pytest.mark.sampled
async def test_several_things_are_chosen_together_and_what_would_leave_no_event_is_not_offered(
    in_office: Opens, wide_office: Path, size: Size, *, by_mouse: bool
) -> None:
    async with in_office(wide_office, size=size) as person:
        await person.act(by_mouse, "c", "#counts")
        everything = offered(person)
        assert everything == {
            "stage": ["any", explained("outreach"), explained("applicants"), explained("make-up")],
            "level": ["any", "2", "3"],
            "place": ["any", "Hull", "Leeds", "York"],
            "year": ["any", "2027", "2026"],
            "quarter": ["any", "2027 Q1", "2026 Q4"],
            "event": [
                *(
                    "any",
                    "Hull Intake, 11 January 2027",
                    "Small Fair, 1 December 2026",
                    "Leeds Intake, 2 November 2026",
                ),
                *("Hull Fair, 5 October 2026", "Leeds Fair, 1 October 2026"),
            ],
        }
        assert "5 events of 5" in person.read()
        await choose(person, "#of-place", "Hull", by_mouse=by_mouse)
        assert "2 events of 5" in person.read()
        assert offered(person)["stage"] == ["any", explained("outreach"), explained("make-up")]
        assert offered(person)["place"] == everything["place"]
        await choose(person, "#of-quarter", "2026 Q4", by_mouse=by_mouse)
        assert "1 event of 5" in person.read()
        assert offered(person)["stage"] == ["any", "Outreach: who comes to your event"]
        assert offered(person)["level"] == ["any", "2"]
        assert offered(person)["place"] == everything["place"]
        assert offered(person)["event"] == ["any", "Hull Fair, 5 October 2026"]
        await choose(person, "#of-place", "any", by_mouse=by_mouse)
        await choose(person, "#of-stage", explained("outreach"), by_mouse=by_mouse)
        assert "3 events of 5" in person.read()
        await person.act(by_mouse, "enter", "#show")
        assert at(person, CountsScreen)
        assert "Counts · Outreach · 2026 Q4" in person.read()
        assert "104 responses held · 100 in the counts" in person.read()
        await person.act(by_mouse, "escape", "#back")
        assert "3 events of 5" in person.read(), "what was chosen is chosen still"
        await person.act(by_mouse, "f3", "#everything")
        assert offered(person) == everything
        assert "5 events of 5" in person.read()


@by_key_and_by_mouse
@pytest.mark.long
async def test_the_journey_is_followed_within_what_is_chosen_from_either_screen_but_not_what_is_left_with_back(
    in_office: Opens, wide_office: Path, *, by_mouse: bool
) -> None:
    async with in_office(wide_office) as person:
        await person.act(by_mouse, "c", "#counts")
        await person.act(by_mouse, "f4", "#journey")
        assert "The journey · All together: 5 events" in person.read()
        whole = await all_of(person)
        assert re.search(r"Outreach: 100 in the counts(?: · too few to tell)? · 4 not in this table", whole)
        assert "Applicants: 50 in the counts" in whole
        for leave in (("escape", "#back"), ("enter", "#show")):
            assert "The journey · All together: 5 events" in person.read()
            await person.act(by_mouse, "f", "#filter")
            assert "5 events of 5" in person.read()
            await choose(person, "#of-place", "Hull", by_mouse=by_mouse)
            await person.act(by_mouse, *leave)
        await is_of_hull(person)
        await person.act(by_mouse, "escape", "#back")
        assert "5 events of 5" in person.read()
        await choose(person, "#of-place", "Hull", by_mouse=by_mouse)
        await person.act(by_mouse, "f4", "#journey")
        await is_of_hull(person)


async def is_of_hull(person: AtOffice) -> None:
    """See that this is the journey through the two events there."""
    assert at(person, JourneyScreen)
    assert "The journey · Hull: 2 events" in person.read()
    said = await all_of(person)
    assert "Outreach: 40 in the counts" in said
    assert "Make-up: 30 in the counts" in said
    assert "Applicants" not in said


async def test_typing_goes_to_what_is_typed_in_a_list_and_does_nothing_else(
    in_office: Opens, wide_office: Path
) -> None:
    async with in_office(wide_office) as person:
        await person.press("c", *["tab"] * 5, "space", *"hull fair", "enter")
        assert at(person, Scopes)
        assert "1 event of 5" in person.read()
        await person.press(*"csaj", "enter")
        assert "Counts · Hull Fair, 5 October 2026" in person.read()


async def test_counts_are_shown_and_explained_and_of_several_stages_each_speaks_for_itself_beside_no_benchmark(
    in_office: Opens, used_office: Path
) -> None:
    async with in_office(used_office, size=LARGE) as person:
        await person.press("c", "enter")
        assert "Counts · All together" in person.read()
        assert "220 responses held · 220 in the counts" in person.read()
        for number, compared in (("1", True), ("2", True), ("3", False)):
            await person.press(number)
            for how in ("chart", "text"):
                said = person.read()
                assert ("├" in said) == (how == "chart") != ("95% interval" in said)
                assert "▲" not in said
                assert "the national figure" not in said
                assert (MIXED in said) == compared
                assert ("Outreach: " in said) == ("Applicants: " in said) == compared
                await person.press("t")
        await person.press("?")
        why = await all_of(person)
        assert [heading for heading, _ in WHY if heading not in why] == []
        await person.press("escape", "1")
        assert re.search(r"Outreach: professional \d+% \(\d+ to \d+%\), below 37%", person.read())
        await person.press("escape", "space", "down", "enter", "enter")
        assert "Counts · Outreach" in person.read()
        assert "▲ below 37%" in person.read()
        assert MIXED not in person.read()


# Blur


SHOWN = (
    (),
    ("c", "enter"),
    ("c", "enter", "t"),
    ("c", "enter", "right"),
    ("c", "enter", "right", "t"),
    ("j",),
    ("j", "t"),
)


async def every_line(person: AtOffice) -> list[str]:
    """All that the office shows of its events, screen by screen."""
    await go_in(person)
    seen = []
    for keys in SHOWN:
        for key in keys:
            await person.press(key)
        seen += [*person.lines(), await all_of(person)]
        while not at(person, OfficeHome):
            await person.press("escape")
    return seen


@pytest.mark.long
async def test_other_people_in_equal_noisy_groups_give_the_same_screens_to_the_byte(
    at_door: Opens, new_office: Path, office_key: OfficePrivateKey, tmp_path: Path
) -> None:
    ones = [people(40, [6, 6, 1]), people(30, [1, 1, 3])]
    others = [[(8, 3, 3, 3)] * 40, [(6, 1, 1, 2)] * 30]
    seen = []
    for name, answers in (("one", ones), ("other", others)):
        (tmp_path / name).mkdir()
        data = office_of(tmp_path / name, new_office, office_key, answers)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(storage.office.groups, "keyed_coins", coins_of(data, office_key, answers, ones))
            async with at_door(data) as person:
                seen.append(await every_line(person))
    assert seen[0] == seen[1]


# The journey


async def test_the_journey_is_a_chart_and_sentences_with_the_drop_that_is_supported(
    in_office: Opens, used_office: Path
) -> None:
    async with in_office(used_office, size=LARGE) as person:
        await person.press("j")
        chart = await all_of(person)
        assert "Outreach: 120 in the counts" in chart
        assert "├" in chart
        assert "The drop that these counts support: working class, from outreach to applicants" in chart
        assert "The data suggests this and does not prove it" in chart
        await person.press("t")
        text = await all_of(person)
        assert "├" not in text
        assert "Working class, outreach to applicants: drop (–" in text
        assert "As a chart" in person.read_in("#text")


@pytest.mark.parametrize("by_mouse", usually(1, [False, True]), ids=str)
async def test_the_trend_is_a_chart_and_sentences_by_quarter_or_by_year(
    in_office: Opens, wide_office: Path, *, by_mouse: bool
) -> None:
    async with in_office(wide_office) as person:
        await person.act(by_mouse, "c", "#counts")
        await person.act(by_mouse, "f5", "#trend")
        assert "Over time · All together: 5 events" in person.read()
        chart = await all_of(person)
        for said in ("2026 Q4", "2027 Q1", "├", "Independent", "Response rate", "7 changes were looked at"):
            assert said in chart
        await person.act(by_mouse, "y", "#by")
        by_year = await all_of(person)
        assert "2026 " in by_year
        assert "Q4" not in by_year
        await person.act(by_mouse, "t", "#text")
        text = await all_of(person)
        assert "├" not in text
        assert re.search(r"2026: \d+ in the counts", text)
        assert "Response rate of those asked: " in text


@pytest.mark.parametrize("keys", [("c", "enter"), ("j",)], ids=["counts", "journey"])
@pytest.mark.sampled
async def test_counts_that_cannot_be_read_are_one_sentence_and_can_be_left(
    in_office: Opens, used_office: Path, keys: tuple[str, ...]
) -> None:
    async with in_office(used_office) as person:
        assert person.app.office
        person.app.office.close()
        await person.press(*keys)
        assert "damaged" in person.read() or "again" in person.read()
        await person.press(*["escape"] * len(keys))
        assert at(person, OfficeHome)


@pytest.mark.parametrize("what", ["journey", "counts", "check"])
@pytest.mark.sampled
async def test_locking_while_the_store_is_read_ends_nothing(
    at_door: Opens, used_office: Path, monkeypatch: pytest.MonkeyPatch, gate: Gate, what: str
) -> None:
    ended = threading.Event()
    name = "check" if what == "check" else "tables"
    really = getattr(Office, name)

    def when_let(office: Office, *arguments: object) -> object:
        gate.hold()
        try:
            return really(office, *arguments)
        finally:
            ended.set()

    monkeypatch.setattr(Office, name, when_let)
    async with at_door(used_office) as person:
        await person.press("enter")
        await person.write(OFFICE_PASSPHRASE)
        await person.begin("enter")
        await person.until(lambda: at(person, OfficeHome))
        if what != "check":
            await person.begin(*("j" if what == "journey" else ("c", "enter")))
        await person.until(gate.reached.is_set)
        person.app.lock()
        await person.pause()
        gate.open()
        await person.until(ended.is_set)
        await person.settle()
        assert not person.app.fault
        assert at(person, Entrance)


# One event, and the key


async def test_head_count_and_level_are_saved_and_shown(in_office: Opens, used_office: Path) -> None:
    async with in_office(used_office, size=USUAL) as person:
        await person.press("enter")
        assert "Autumn Intake" in person.read()
        await person.write(" 150 ")
        await person.press("tab")
        await person.enter("3")
        assert at(person, OfficeHome)
        assert "100 responses · 1 laptop · 150 came · level 3" in person.read()
        await person.press("enter")
        fields = person.app.screen.query(Input)
        assert [field.value for field in fields] == ["150", "3"]
        for field in fields:
            field.value = ""
        await person.click_on("#next")
        assert "came" not in person.read_unframed().replace("how many came", "")


@pytest.mark.parametrize(
    ("head_count", "level", "sentence"),
    [
        ("few", "", "How many people came must be a whole number, or empty."),
        ("-1", "", "How many people came must be a whole number, or empty."),
        ("1.5", "", "How many people came must be a whole number, or empty."),
        ("³", "", "How many people came must be a whole number, or empty."),
        ("99", "", "100 responses are held, so at least 100 people came: correct the number."),
        ("9999999", "", "No event has more than 1,000,000 people: correct the number."),
        ("", "x", "The level must be a whole number, or empty."),
        ("", "1", "A level is one of 2, 3, 4, 5, 6, 7: correct the number."),
        ("", "8", "A level is one of 2, 3, 4, 5, 6, 7: correct the number."),
    ],
)
@pytest.mark.sampled
async def test_nonsense_is_refused_in_one_sentence_and_esc_keeps_what_was(
    in_office: Opens, used_office: Path, head_count: str, level: str, sentence: str
) -> None:
    async with in_office(used_office) as person:
        await person.press("enter")
        await person.write(head_count)
        await person.press("tab")
        await person.enter(level)
        assert at(person, EventScreen)
        assert person.read_in("#message") == sentence
        await person.press("escape")
        await person.say_yes()
        assert at(person, OfficeHome)
        assert person.app.office
        assert [(one.head_count, one.level) for one in person.app.office.events()] == [(None, None)] * 2


@pytest.mark.long
async def test_a_head_count_that_more_have_answered_than_is_doubted_and_no_longer_used(
    at_door: Opens, new_office: Path, office_key: OfficePrivateKey, tmp_path: Path
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    laptop = Laptop(tmp_path / "laptop", office_key, FAMILIAR[:SEED_SIZE])

    def hands_over(count: int) -> None:
        laptop.hands_over(drive, people(count, [6, 1]), name="Spring Fair", date="2026-10-01", stage="outreach")

    async with at_door(new_office, USUAL) as person:
        hands_over(40)
        await go_in(person)
        await bring(person, drive)
        await person.say_yes()
        await person.press("escape", "enter")
        await person.enter("45")
        await person.press("enter")
        assert "40 responses · 1 laptop · 45 came" in person.read_unframed()
        await person.press("enter", "f4")
        assert "40 responses held · 40 in the counts · 45 people came" in person.read()
        assert "of everybody who came" in await all_of(person)
        await person.press("escape", "escape")

        hands_over(10)
        await bring(person, drive)
        await person.press("escape")
        doubt = "50 responses · 1 laptop · 45 came? More have answered"
        assert doubt in person.read()
        await person.press("enter")
        assert doubt in person.read()
        assert person.app.screen.query_one("#head-count", Input).value == "45"
        await person.press("enter", "enter")
        assert at(person, EventScreen)
        assert person.read_in("#message") == "50 responses are held, so at least 50 people came: correct the number."
        await person.press("f4")
        assert "50 responses held · 50 in the counts" in person.read()
        assert "people came" not in person.read()
        assert "of everybody who came" not in await all_of(person)
        await person.press("escape", "escape", "j")
        journey = await all_of(person)
        assert "Outreach: 50 in the counts" in journey
        assert "came" not in journey


async def test_office_pub_is_copied_to_a_drive_checked_and_a_full_one_is_reported(
    in_office: Opens, used_office: Path, tmp_path: Path, plugged_in: Path, office_key: OfficePrivateKey
) -> None:
    async with in_office(used_office) as person:
        await person.press("m", "k")
        assert office_key.public.fingerprint in person.read_unframed()
        await person.press("f5")
        assert "checked by reading it back. Next: take it" in person.read_in("#message")
        person.widget("#place").focus()
        await person.enter(str(tmp_path / "nowhere"))
        assert person.read_in("#message").startswith("There is no folder")
    assert OfficePublicKey.from_file(plugged_in / "office.pub") == office_key.public
    assert list(contents(plugged_in)) == ["office.pub"]


# The report


def written(folder: Path) -> dict[str, dict[str, str]]:
    """What the reports in a folder say of themselves."""
    return {
        path.name: dict(csv.reader((path / "metadata.csv").read_text("utf-8").splitlines()))
        for path in folder.iterdir()
    }


async def test_a_report_goes_into_a_new_folder_each_time(in_office: Opens, used_office: Path, plugged_in: Path) -> None:
    async with in_office(used_office) as person:
        await person.press("r")
        for _ in range(2):
            await person.press("f5")
        today = dt.datetime.now().astimezone().date().isoformat()
        named = f"report-all-{today}-2. Open report.html first."
        assert unspaced(named) in unspaced(person.read_in("#message"))
        assert not person.widget("#message").has_class("-problem")
    titles = {name: about["title"] for name, about in written(plugged_in).items()}
    assert titles == {f"report-all-{today}{more}": "Socio-economic background" for more in ("", "-2")}


@by_key_and_by_mouse
@pytest.mark.long
async def test_what_a_report_is_about_is_chosen_and_named_in_its_folder(
    in_office: Opens, wide_office: Path, tmp_path: Path, *, by_mouse: bool
) -> None:
    today = dt.datetime.now().astimezone().date().isoformat()
    (tmp_path / "here").mkdir()
    async with in_office(wide_office, size=LARGE) as person:
        await person.act(by_mouse, "r", "#report")
        await choose(person, "#of-place", "Hull", by_mouse=by_mouse)
        await choose(person, "#lead", "the journey", by_mouse=by_mouse)
        await person.fill("#place", str(tmp_path / "gone"))
        await person.act(by_mouse, "enter", "#save")
        assert person.widget("#message").has_class("-problem")
        await person.fill("#place", str(tmp_path / "here"))
        await person.act(by_mouse, "enter", "#save")
        await choose(person, "#of-stage", explained("make-up"), by_mouse=by_mouse)
        assert [str(prompt) for prompt, _ in person.app.screen.query_one("#lead", Select)._options] == ["the counts"]
        person.widget("#place").focus()
        await person.act(by_mouse, "enter", "#save")
    assert {name: about["held"] for name, about in written(tmp_path / "here").items()} == {
        f"report-journey-hull-{today}": "70",
        f"report-make-up-hull-{today}": "30",
    }


async def test_a_report_that_the_store_cannot_give_is_one_sentence(
    in_office: Opens, used_office: Path, plugged_in: Path
) -> None:
    async with in_office(used_office) as person:
        await person.press("r")
        assert person.app.office
        person.app.office.close()
        await person.press("f5")
        assert person.widget("#message").has_class("-problem")
        await person.press("escape")
        assert at(person, OfficeHome)
    assert contents(plugged_in) == {}


# Locking


OFFICE_ONLY = (
    *(Office, OfficeEvent, OfficeCounts, PublishedTable, OfficeFindings, Journey),
    *(Tables, NoisyGroup, GroupSum, Filter, ScopeChooser),
    *(OfficeHome, BringIn, Scopes, CountsScreen, WhyCounts, JourneyScreen, TrendScreen, EventScreen, KeyScreen),
    *(ReportScreen, Report, Coordinators, CoordinatorsScreen, EventLog, LogEntry, LogScreen, NewOffice),
    *(Unlock, Confirm, Ready, ForgottenOffice, RecoveryCode, RecoveryCheck, OfficePassphrase, Input),
)
"""What is there only while the office is open."""


@pytest.mark.parametrize("wanted", [Entrance.UnlockWanted, Entrance.RestoreWanted, Entrance.RecoveryWanted])
async def test_what_is_wanted_twice_at_once_is_asked_once(
    at_door: Opens, used_office: Path, wanted: type[Message]
) -> None:
    async with at_door(used_office) as person:
        for _ in range(2):
            person.app.screen.post_message(wanted())
        await person.settle()
        assert len(person.app.screen_stack) == 2
        await person.press("escape")
        assert at(person, Entrance)


LOOKED_AT = ((), ("c", "enter"), ("j",))
ALSO_LOOKED_AT = (("enter",), ("m", "k"), ("m", "v"), ("i",), ("r",), ("c", "f4"), ("j", "f"))


@pytest.mark.parametrize(
    ("how", "keys"),
    [
        ("by hand", ("c", "enter")),
        ("by itself", ("m", "c", "h", "a", "l", "f")),
        ("by itself", ("c", "enter", "?")),
        *(pytest.param("by hand", keys, marks=pytest.mark.long) for keys in LOOKED_AT if keys != ("c", "enter")),
        *(pytest.param("by itself", keys, marks=pytest.mark.long) for keys in LOOKED_AT),
        *(pytest.param("by hand", keys, marks=pytest.mark.long) for keys in ALSO_LOOKED_AT),
    ],
)
@pytest.mark.sampled
async def test_once_locked_neither_the_key_nor_any_count_is_in_memory(
    at_door: Opens, used_office: Path, office_key: OfficePrivateKey, how: str, keys: tuple[str, ...]
) -> None:
    before = {id(found) for found in alive((OfficePrivateKey, *OFFICE_ONLY))}  # what pytest shows of a test that failed

    def left() -> list[str]:
        found = [each for each in alive((OfficePrivateKey, *OFFICE_ONLY)) if each is not office_key]
        return [repr(each) for each in found if id(each) not in before]

    async with at_door(used_office) as person:
        clock = Clock()
        person.app.idle = IdleClock(clock.monotonic)
        await go_in(person)
        for key in keys:
            await person.press(key)
        assert any("OfficePrivateKey" in found for found in left())
        if how == "by itself":
            clock.now += AUTO_LOCK_SECONDS
            person.app.watch_idle()
        else:
            await person.press(*["escape"] * len(keys), "l")
        await person.settle()
        assert at(person, Entrance)
        assert person.app.office is None
        await person.until(lambda: left() == [])  # a closed screen is held by its timers until they are due


@pytest.mark.parametrize("steps", usually(1, [3, 2]))
@pytest.mark.long
async def test_a_key_that_was_not_made_after_all_is_not_in_memory_either(
    at_door: Opens, tmp_path: Path, steps: int
) -> None:
    others = {id(key) for key in alive((OfficePrivateKey, NewOffice))}  # of other tests' fixtures
    async with at_door(tmp_path / "none") as person:
        await person.press("1")
        for _ in range(2):
            await person.enter(OFFICE_PASSPHRASE)
        if steps > 2:
            await person.press("enter")
        assert [key for key in alive((OfficePrivateKey,)) if id(key) not in others]
        await person.press(*["escape"] * steps)
        await person.say_yes()
        assert at(person, Entrance)
        await person.settle()
        assert [key for key in alive((OfficePrivateKey, NewOffice)) if id(key) not in others] == []


async def test_a_lock_by_itself_waits_for_fifteen_minutes_without_a_touch(at_door: Opens, used_office: Path) -> None:
    assert AUTO_LOCK_SECONDS == 900
    async with at_door(used_office) as person:
        clock = Clock()
        person.app.idle = IdleClock(clock.monotonic)
        await go_in(person)
        clock.now += AUTO_LOCK_SECONDS - 5
        await person.press("down")
        person.app.watch_idle()
        clock.now += AUTO_LOCK_SECONDS - 5
        person.app.watch_idle()
        assert at(person, OfficeHome), "a key is a touch"
