"""The staff area: behind a passphrase that is neither shown nor guessed at speed, and gone from memory once locked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.screen import Screen
from textual.widgets import Input, OptionList

from content.language import load_words
from storage.crypto.keys import KioskPrivateKey
from storage.crypto.sealing import Response
from storage.errors import StoreError
from storage.exchange.coming import FILE_NAME, ComingEvent, keep_events
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.practice import PRACTICE_PASSPHRASE
from storage.settings import SettingsFile, find_settings
from storage.wrong_tries import WrongTries, seconds_to_wait
from tests.tui.clock import Clock
from tests.tui.gate import Gate
from tests.tui.kiosks import KIOSK_TOML, Start, answered, changed
from tests.tui.pilot import LARGE, SMALL, AtKiosk
from tests.tui.staff.unlocking import alive, unlock
from tests.variants import by_key_and_by_mouse, usually
from tui.app import PRACTICE_SECONDS, Outcome
from tui.interview import Step
from tui.shared.confirm import Confirm
from tui.shared.counts import CountsScreen
from tui.shared.findings import WhyCounts
from tui.shared.idle import IdleClock
from tui.shared.unlock import Unlock
from tui.staff.hand_over import HandOverScreen
from tui.staff.home import StaffHome
from tui.staff.new_event import NewEvent
from tui.survey.screen import SurveyScreen

WELCOME = load_words().welcome.heading
WRONG = "not the passphrase at all"

SCREENS: dict[str, type[Screen[Any]]] = {
    "new-event": NewEvent,
    "counts": CountsScreen,
    "hand-over": HandOverScreen,
    "end-event": Confirm,
    "quit": Confirm,
}
"""What a button of the staff area opens."""

easily = pytest.mark.usefixtures("easy_unlock")


def is_in(person: AtKiosk) -> bool:
    return isinstance(person.app.screen, StaffHome)


def unlock_dialog(person: AtKiosk) -> Unlock[KioskPrivateKey]:
    screen = person.app.screen
    assert isinstance(screen, Unlock)
    return screen


# Unlocking


@pytest.mark.usefixtures("quickly_unlocked")
async def test_the_right_passphrase_opens_and_a_wrong_one_does_not(start: Start, staff_passphrase: str) -> None:
    """With the key file; most other tests do without. With Argon2id as well: `test_lockdown`, in a terminal."""
    async with start(SMALL) as person:
        await unlock(person, "")
        assert person.app.wrong_tries.count == 0, "an empty one is not tried"
        await person.enter(staff_passphrase + "s")
        assert isinstance(person.app.screen, Unlock)
        assert "That passphrase is not right" in person.read()
        assert person.app.wrong_tries.count == 1
        await person.enter(staff_passphrase)
        assert is_in(person)
        assert person.app.wrong_tries.count == 0


@easily
async def test_the_passphrase_can_be_entered_by_clicking(start: Start, staff_passphrase: str) -> None:
    async with start() as person:
        await person.click_on("#staff")
        await person.click_on("#passphrase")
        await person.write(staff_passphrase)
        await person.click_on("#unlock")
        assert is_in(person)


@pytest.mark.parametrize("how", ["escape", "mouse"])
async def test_staff_may_think_better_of_it(start: Start, how: str) -> None:
    async with start() as person:
        await person.press("f2")
        await person.write("half a")
        await (person.click_on("#cancel") if how == "mouse" else person.press("escape"))
        assert isinstance(person.app.screen, SurveyScreen)
        assert WELCOME in person.read()
        assert person.app.wrong_tries.count == 0


@easily
async def test_no_letter_of_the_passphrase_is_shown(start: Start, staff_passphrase: str) -> None:
    async with start() as person:
        await person.press("f2")
        await person.write(staff_passphrase)
        field = person.widget("#passphrase")
        assert isinstance(field, Input)
        assert field.value == staff_passphrase
        assert set(person.read_in("#passphrase")) <= {"•", " "}
        assert not any(word in person.read() for word in staff_passphrase.split())
        await person.press("enter")
        assert field.value == ""
        await person.settle()
        assert not any(word in person.read() for word in staff_passphrase.split())


async def test_while_the_passphrase_is_checked_it_says_so_and_takes_no_other(
    start: Start, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    tried: list[str] = []

    def unlock_slowly(_kiosk: Kiosk, passphrase: str) -> KioskPrivateKey:
        tried.append(passphrase)
        gate.hold()
        return KioskPrivateKey.generate()

    monkeypatch.setattr(Kiosk, "unlock", unlock_slowly)
    async with start() as person:
        await person.press("f2")
        await person.write("first")
        await person.begin("enter")
        await person.enter("second")
        await person.press("enter")
        await person.click_on("#unlock")
        assert person.read_in("#message") == "Checking…"
        gate.open()
        await person.settle()
        assert is_in(person)
        assert tried == ["first"]


@easily
async def test_wrong_tries_are_slowed_and_the_wait_is_said(start: Start, staff_passphrase: str) -> None:
    async with start() as person:
        clock = Clock()
        person.app.wrong_tries.clock = clock.monotonic
        await person.press("f2")
        for _ in range(3):
            await person.enter(WRONG)
        assert person.app.wrong_tries.count == 3
        assert WrongTries(person.app.kiosk.data / "kiosk").count == 3, "a restart begins with the same"
        dialog = unlock_dialog(person)
        for seconds in (2, 1):
            dialog._tick()
            await person.pause()
            assert person.read_in("#message").endswith(f"You can try again in {seconds} seconds.")
            clock.now += 1 if seconds == 2 else 0.9
        await person.enter(staff_passphrase)
        assert not is_in(person), "even the right passphrase has to wait"
        clock.now += 0.1
        dialog._tick()
        await person.pause()
        assert "You can try again now." in person.read()
        await person.press("enter")
        assert is_in(person)


@easily
async def test_who_was_wrong_before_a_restart_or_on_the_command_line_waits(
    as_staff: Start, set_up_folder: Path
) -> None:
    (set_up_folder / "kiosk" / "wrong-tries").write_bytes(b"5")
    async with as_staff() as person:
        assert not is_in(person)
        assert "That passphrase was not right. You can try again in" in person.read()
        clock = Clock()
        clock.now = person.app.wrong_tries.clock() + seconds_to_wait(5)
        person.app.wrong_tries.clock = clock.monotonic
        await person.press("enter")
        assert is_in(person)
    assert not (set_up_folder / "kiosk" / "wrong-tries").exists()


@easily
async def test_closing_the_dialog_gains_nothing(start: Start) -> None:
    async with start() as person:
        clock = Clock()
        person.app.wrong_tries.clock = clock.monotonic
        for tries in range(1, 6):
            await person.press("f2")
            dialog = unlock_dialog(person)
            assert dialog.seconds_left == seconds_to_wait(tries - 1)
            clock.now += dialog.seconds_left
            await person.enter(WRONG)
            assert person.app.wrong_tries.count == tries
            await person.press("escape")


@easily
async def test_a_damaged_key_file_is_no_wrong_try(
    start: Start, set_up_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the real unlocking: it stops before Argon2id
    async with start(SMALL) as person:
        key = set_up_folder / "kiosk" / "kiosk.key"
        key.write_bytes(key.read_bytes()[:-40])
        await unlock(person, WRONG)
        assert "is damaged" in person.read_in("#message")
        assert person.app.wrong_tries.count == 0


def _full(*_: object) -> None:
    raise StoreError("The disk is full.")


@pytest.mark.parametrize("step", [step for step in Step if step not in {Step.WELCOME, Step.CLOSED}])
@pytest.mark.sampled
async def test_the_staff_control_does_nothing_while_a_candidate_is_there(
    start: Start, step: Step, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    if step is Step.SENDING:
        monkeypatch.setattr(Kiosk, "keep", lambda _kiosk, _sealed: gate.hold())
    elif step is Step.FAILED:
        monkeypatch.setattr(Kiosk, "keep", _full)
    async with start(feedback={"ask": "after" if step is Step.OFFER else "no"}) as person:
        survey = person.app.survey
        if step is Step.QUESTION:
            await person.press("1")
        elif step is Step.CHECK:
            await person.press("1", *(key for _ in range(4) for key in ("1", "enter")))
        elif step is Step.STOPPING:
            await person.press("1", "1", "x")
        elif step is Step.DECLINED:
            await person.press("2")
        else:
            await person.press("1", *(key for _ in range(4) for key in ("1", "enter")))
            await (person.begin("enter") if step is Step.SENDING else person.press("enter"))
        assert survey.interview.step is step
        await person.press("f2")
        assert person.app.screen is survey
        assert not person.app.staff_open
        gate.open()
        await person.settle()


@easily
@by_key_and_by_mouse
async def test_the_staff_control_works_where_the_event_has_ended(
    start: Start, kiosk: Kiosk, staff_passphrase: str, *, by_mouse: bool
) -> None:
    kiosk.end_event()
    async with start(SMALL) as person:
        assert person.app.survey.interview.step is Step.CLOSED
        await (person.click_on("#staff-again") if by_mouse else person.press("f2"))
        await person.enter(staff_passphrase)
        assert is_in(person)
        assert "This event has ended: it takes no more answers." in person.read_in("#ended")


# The staff area


@easily
async def test_on_a_small_window_too_it_shows_the_event_the_count_and_that_the_store_is_sound(
    as_staff: Start, kiosk: Kiosk
) -> None:
    for _ in range(3):
        kiosk.keep(kiosk.seal(Response((1, 1, 1, 1))))
    async with as_staff() as person:
        read = await person.read_on(lambda: person.press("down"))
        for text in (
            "Riverside Jobs Fair",
            "Musterwerk · 23 November 2026 · Leeds · outreach",
            "3 responses held on this laptop",
            "The store is sound",
            kiosk.office.fingerprint,
        ):
            assert text in read
        assert "Other events" not in read
        await person.resize((60, 12))
        await person.press(*["up"] * 30)
        read = await person.read_on(lambda: person.press("down"))
        assert kiosk.office.fingerprint in read
        assert "The store is sound" in read


@easily
@pytest.mark.long
async def test_it_says_when_the_event_is_over(as_staff: Start) -> None:
    today = dt.datetime.now().astimezone().date()
    yesterday, tomorrow = (today + dt.timedelta(days=days) for days in (-1, 1))
    for first, last, over in (
        (today, None, False),
        (yesterday, None, True),
        (yesterday, today, False),
        (yesterday, tomorrow, False),
        (tomorrow, None, False),
    ):
        days = {"date": first.isoformat(), **({"last_day": last.isoformat()} if last else {})}
        async with as_staff(event=days) as person:
            assert ("Is it time for a new event?" in person.read_unframed()) == over


@easily
async def test_it_lists_the_other_events_that_are_held(
    as_staff: Start, set_up_folder: Path, settings_file: SettingsFile
) -> None:
    for name, date, held in (("Spring [b]Fair[/b]", "2026-03-01", 2), ("Summer Fair", "2026-06-01", 1)):
        earlier = changed(settings_file, event={"name": name, "date": date}).settings
        opened = Kiosk.open(set_up_folder, earlier)
        for _ in range(held):
            opened.keep(opened.seal(Response((1, 1, 1, 1))))
        opened.close()
    async with as_staff(LARGE) as person:
        assert "0 responses held on this laptop" in person.read()
        others = person.read_in("#others")
        assert others == (
            "Other events on this laptop: Summer Fair, 1 June 2026. 1 response, held here only "
            "Spring [b]Fair[/b], 1 March 2026. 2 responses, held here only"
        )


@easily
async def test_a_damaged_store_is_reported_and_staff_can_still_act(
    start: Start, kiosk: Kiosk, set_up_folder: Path, staff_passphrase: str
) -> None:
    async with start() as person:
        store = set_up_folder / "kiosk" / kiosk.event.folder_name / "responses.db"
        store.write_bytes(b"not a database at all" * 500)
        await unlock(person, staff_passphrase)
        assert "damaged" in person.read_in("#held")
        assert "The store is sound" not in person.read()
        assert person.widget("#held").has_class("urgent")
        await person.press("l")
        assert WELCOME in person.read()


@easily
@pytest.mark.parametrize("name", ["lock", "counts", "hand-over", "end-event", "practise", "new-event", "quit"])
@by_key_and_by_mouse
@pytest.mark.sampled
async def test_each_button_has_a_key(as_staff: Start, name: str, *, by_mouse: bool) -> None:
    async with as_staff(SMALL) as person:
        await (person.click_on(f"#{name}") if by_mouse else person.press(name[0]))
        if name == "lock":
            assert isinstance(person.app.screen, SurveyScreen)
        elif name in SCREENS:
            assert isinstance(person.app.screen, SCREENS[name])
        else:
            assert person.app.return_value is Outcome.PRACTISE


async def test_practice_says_its_passphrase_and_offers_no_practice_within(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Kiosk, "unlock", lambda _kiosk, _typed: KioskPrivateKey.generate())
    async with start(practice=True) as person:
        await person.press("f2")
        assert f"“{PRACTICE_PASSPHRASE}”" in person.read()
        await person.enter(PRACTICE_PASSPHRASE)
        assert load_words().practice.banner in person.read()
        await person.press("p")
        assert is_in(person)
        await person.press("q")
        await person.say_yes()
        assert person.app.return_value is Outcome.QUIT


@pytest.mark.parametrize("where", ["welcome", "question", "staff area"])
@pytest.mark.sampled
async def test_practice_that_is_forgotten_gives_way_to_the_kiosk_it_was_begun_from(
    start: Start, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(Kiosk, "unlock", lambda _kiosk, _typed: KioskPrivateKey.generate())
    for practice in (True, False):
        async with start(practice=practice) as person:
            clock = Clock()
            person.app.idle = IdleClock(clock.monotonic)
            person.app.untouched = IdleClock(clock.monotonic)
            match where:
                case "question":
                    await person.press("1")
                case "staff area":
                    await unlock(person, PRACTICE_PASSPHRASE)
            clock.now += PRACTICE_SECONDS - 1
            person.app.watch_idle()  # which wipes and locks, and begins anew for the next candidate
            await person.settle()
            assert not person.app._exit
            clock.now += 1
            person.app.watch_idle()
            await person.settle()
            assert person.app.return_value is (Outcome.QUIT if practice else None)


# A new event


@easily
@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.sampled
async def test_a_new_event_is_saved_with_every_note_kept(
    as_staff: Start, set_up_folder: Path, *, by_mouse: bool
) -> None:
    async with as_staff() as person:
        await person.press("n")
        assert "Responses of earlier events stay on this laptop" in person.read()
        await person.write("Winter [b]Fair[/b]")
        await (person.click_on("#save") if by_mouse else person.press(*["enter"] * 6))
        assert person.app.return_value is Outcome.NEW_EVENT
    saved = find_settings(set_up_folder / "kiosk.toml", set_up_folder, set_up_folder)
    today = dt.datetime.now().astimezone().date()
    event = saved.settings.event
    assert (event.name, event.date, event.place, event.stage) == ("Winter [b]Fair[/b]", today, "Leeds", "outreach")
    assert saved.settings.organisation.name == "Musterwerk"
    for note in ("# Written by Ada, for the autumn fair.", "# as on the banner"):
        assert note in KIOSK_TOML
        assert note in saved.text


@easily
@pytest.mark.long
async def test_a_new_event_with_a_mistake_says_what_and_saves_nothing(as_staff: Start, set_up_folder: Path) -> None:
    before = (set_up_folder / "kiosk.toml").read_bytes()
    async with as_staff(SMALL) as person:
        await person.press("n")
        await person.click_on("#save")
        assert "Please fill in the name of the event." in person.read()
        await person.write("Winter Fair")
        await person.press("tab", *["backspace"] * 10)
        await person.write("soon")
        await person.click_on("#save")
        assert "is no day" in person.read_in(".beside")
        assert isinstance(person.app.screen, NewEvent)
        await person.press("escape")
        assert "What you typed on this screen would be lost." in person.read_unframed()
        await person.press("enter")
        assert isinstance(person.app.screen, NewEvent)
        await person.press("escape")
        await person.say_yes()
        assert is_in(person)
    assert (set_up_folder / "kiosk.toml").read_bytes() == before


@easily
@pytest.mark.parametrize("by_mouse", [True, False], ids=["mouse", "key"])
@pytest.mark.sampled
async def test_a_new_event_that_the_office_has_prepared_is_begun_without_typing(
    as_staff: Start, set_up_folder: Path, settings_file: SettingsFile, *, by_mouse: bool
) -> None:
    current = msgspec.structs.replace(settings_file.settings.event, date=dt.date(2099, 2, 1))
    days = dt.date(2099, 3, 1), dt.date(2000, 1, 1)
    later, over = (
        msgspec.structs.replace(current, name=f"Fair [b]{one}[/b]", date=one, stage="starts") for one in days
    )
    events = [ComingEvent(event=one, languages=("cy", "en")) for one in (over, current, later)]
    keep_events(set_up_folder, events)
    async with as_staff(SMALL, event={"date": current.date}) as person:
        await person.press("n")
        assert "Prepared by the office (or type another below)" in person.read()
        assert person.app.screen.query_one("#coming", OptionList).option_count == 1
        rows = person.widget("#coming").region
        await (person.click(rows.x + 2, rows.y) if by_mouse else person.press("up", "enter"))
        await person.settle()
        assert person.app.screen.query_one("#event", Input).value == "Fair [b]2099-03-01[/b]"
        await (person.click_on("#save") if by_mouse else person.press("enter"))
        assert person.app.return_value is Outcome.NEW_EVENT
    saved = find_settings(None, None, set_up_folder)
    assert saved.settings.event == later
    assert saved.settings.survey.languages == ("cy", "en")
    assert "# as on the banner" in saved.text


@easily
@pytest.mark.parametrize("content", ["", "[", "[]"])
@pytest.mark.sampled
async def test_where_nothing_was_prepared_or_it_cannot_be_read_staff_type_the_event(
    as_staff: Start, set_up_folder: Path, content: str
) -> None:
    if content:
        (set_up_folder / FILE_NAME).write_text(content, "utf-8")
    async with as_staff(SMALL) as person:
        await person.press("n")
        assert isinstance(person.app.screen, NewEvent)
        assert not person.app.screen.query("#coming")


@easily
@pytest.mark.parametrize("taken", ["key", "mouse", None])
@pytest.mark.sampled
async def test_a_new_event_that_is_nearly_one_that_was_here_is_asked_about_and_that_name_is_one_press_away(
    as_staff: Start, set_up_folder: Path, taken: str | None
) -> None:
    async with as_staff(SMALL) as person:
        await person.press("n")
        await person.write("Riverside Job Fair")
        await person.click_on("#save")
        assert "Did you mean “Riverside Jobs Fair”?" in person.read_in(".beside")
        if taken:
            await person.act(taken == "mouse", "f3", "#take")
            assert "Did you mean" not in person.read()
        await person.click_on("#save")
        assert person.app.return_value is Outcome.NEW_EVENT
    saved = find_settings(set_up_folder / "kiosk.toml", set_up_folder, set_up_folder)
    assert saved.settings.event.name == ("Riverside Jobs Fair" if taken else "Riverside Job Fair")


# Locking


@pytest.mark.usefixtures("quickly_unlocked")
async def test_once_locked_nothing_of_staff_is_in_memory(as_staff: Start) -> None:
    async with as_staff() as person:
        assert alive()
        await person.press("l")
        assert alive() == []
        await unlock(person, WRONG)
        assert isinstance(person.app.screen, Unlock)


OPEN: Mapping[str, tuple[Sequence[str], type[Screen[Any]]]] = {
    "unlock": ("", Unlock),
    "home": ("", StaffHome),
    "leave for a new event": ("n", Confirm),
    "new event": (("n", "shift+tab", "enter"), NewEvent),
    "counts": ("c", CountsScreen),
    "why": ("c?", WhyCounts),
    "end event": ("e", Confirm),
    "hand over": ("h", HandOverScreen),
    "leave": ("q", Confirm),
}
"""What may be open, with the keys that open it in the staff area where an answer waits for the counts."""


@easily
@pytest.mark.parametrize("opened", usually(2, sorted(OPEN, key=lambda what: what not in {"unlock", "why"})))
async def test_nor_is_it_when_forgotten_screens_lock_by_themselves_and_no_worker_waits(
    start: Start, kiosk: Kiosk, staff_passphrase: str, opened: str
) -> None:
    keys, screen = OPEN[opened]
    async with start() as person:
        answered(kiosk, [Response((1, 1, 1, 1))] * 21)
        if opened == "unlock":
            await person.press("f2")
            await person.write("half a passphrase")
        else:
            await unlock(person, staff_passphrase)
            for key in keys:
                await person.press(key)
            assert any("KioskPrivateKey" in found for found in alive())
            assert any("Findings" in found for found in alive()) == (opened in {"counts", "why"})
        assert isinstance(person.app.screen, screen)
        person.app.lock()
        await person.settle()
        assert person.app.screen_stack == [person.app.survey]
        assert [worker for worker in person.app.workers if not worker.is_finished] == []
        assert WELCOME in person.read()
        await person.until(lambda: alive() == [])  # a closed screen is held by its timers until they are due
