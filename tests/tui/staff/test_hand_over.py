"""Handing over from the staff area: by keys or by mouse to a drive, its receipt, and deleting what the office has."""

import contextlib
import datetime as dt
import errno
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response
from storage.errors import StoreError
from storage.exchange.exports import EXPORT_SUFFIX, open_export
from storage.exchange.handover import Handed, HeldEvent, State
from storage.exchange.locations import Site
from storage.exchange.receipts import RECEIPT_SUFFIX
from storage.kiosk import sending
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.practice import Practice, practice_settings
from storage.office.decrypting import all_cores
from storage.office.importing import bring_all, find_exports
from storage.office.office import Office
from storage.office_folder import NewOffice, make_office
from storage.progress import ProgressCallback
from storage.settings import OfficeAddress, SettingsFile
from tests.damage import altered
from tests.tui.clock import Clock
from tests.tui.drives import Drives, look_for_drives, plug_in
from tests.tui.kiosks import Held, Start, answered, changed
from tests.tui.offices import OFFICE_PASSPHRASE
from tests.tui.pilot import LARGE, SMALL, AtKiosk, Size, alive, run, unspaced
from tests.tui.staff.unlocking import unlock
from tests.variants import by_key_and_by_mouse, usually
from tests.waiting import WAIT
from tui.app import AUTO_LOCK_SECONDS, KioskApp
from tui.interview import Step
from tui.shared.confirm import Confirm
from tui.shared.progress import Progress
from tui.shared.unlock import Unlock
from tui.staff.hand_over import HandOverScreen
from tui.staff.home import StaffHome
from tui.text.handover import NEXT_STEP

CHECKED = "37 answers handed over, checked by reading the file back. Safe to repeat."
RESULT = f"{CHECKED} {NEXT_STEP}"
NO_DRIVE = "No drive is plugged in: plug one in and it appears here."
ONE = Response((1, 1, 1, 1))

pytestmark = pytest.mark.usefixtures("easy_unlock", "quickly", "at_home")
small_and_large = pytest.mark.parametrize(
    "size", [pytest.param(SMALL, id="60x20"), pytest.param(LARGE, id="120x40", marks=pytest.mark.long)]
)


def hold_people(kiosk: Kiosk, count: int) -> None:
    """Have this many responses in the pool, none of which waits for the counts."""
    sealed = [kiosk.seal(ONE).sealed for _ in range(count)]
    kiosk._pool._rewrite(kiosk._pool._open(), sorted(sealed))


@pytest.fixture
def own_office(kiosk: Kiosk, office_key: OfficePrivateKey, quickly: None) -> Path:
    """The kiosk's data folder, where this laptop is the office too."""
    make_office(kiosk.data, NewOffice(office_key, OFFICE_PASSPHRASE))
    return kiosk.data


@dataclass(frozen=True)
class Scene:
    """A kiosk at which 37 people answered, and who is around it."""

    start: Start
    kiosk: Kiosk
    held: Held
    stick: Path
    passphrase: str
    office_key: OfficePrivateKey
    elsewhere: Path
    seed: bytes

    @contextlib.asynccontextmanager
    async def opened(self, size: Size = SMALL, **changes: Mapping[str, object]) -> AsyncIterator[AtKiosk]:
        """Stand at the screen for handing over."""
        async with self.start(size, practice=False, **changes) as person:
            await opens(person, self.passphrase)
            yield person

    @contextlib.asynccontextmanager
    async def with_stick(self, size: Size = SMALL) -> AsyncIterator[AtKiosk]:
        """Stand there with the stick plugged in."""
        plug_in(self.stick)
        async with self.opened(size) as person:
            yield person

    def answer(self) -> None:
        """Have the office bring in all that lies on the stick, and write its receipts beside it."""
        (self.elsewhere / "office").mkdir(parents=True, exist_ok=True)
        with contextlib.closing(Office.open(self.elsewhere, self.office_key)) as office, all_cores() as executor:
            office.accept(KioskPrivateKey(self.seed).public)
            results = list(bring_all(office, find_exports([str(self.stick)]), executor, lambda _done, _of: None))
        assert all(result.brought and not result.problem for result in results)


@pytest.fixture
def scene(  # noqa: PLR0913 - all that the tests of one screen want
    start: Start,
    kiosk: Kiosk,
    held: Held,
    stick: Path,
    *,
    staff_passphrase: str,
    office_key: OfficePrivateKey,
    tmp_path: Path,
    kiosk_seed: bytes,
) -> Scene:
    hold_people(kiosk, 37)
    return Scene(start, kiosk, held, stick, staff_passphrase, office_key, tmp_path / "the-office", kiosk_seed)


async def opens(person: AtKiosk, staff_passphrase: str) -> HandOverScreen:
    """From the welcome to the screen for handing over."""
    await unlock(person, staff_passphrase)
    await person.press("h")
    return screen_of(person)


def screen_of(person: AtKiosk) -> HandOverScreen:
    screen = person.app.screen
    assert isinstance(screen, HandOverScreen)
    return screen


def said(person: AtKiosk) -> str:
    """The one line for results."""
    screen_of(person)
    return person.read_in("#message")


async def press_or_click(person: AtKiosk, by_mouse: bool, key: str, name: str) -> None:  # noqa: FBT001 - a parameter
    if by_mouse:
        await scroll_to(person, name)
        await person.click_on(name)
    else:
        await person.press(key)


async def scroll_to(person: AtKiosk, name: str) -> None:
    """Turn the wheel until a widget can be seen whole."""
    for _ in range(40):
        target = person.widget(name)
        seen = person.seen(target)
        if seen and seen.height == target.region.height:
            return
        await person.wheel(5, 5)
    raise AssertionError(f"{name} cannot be scrolled to")


async def type_place(person: AtKiosk, place: object) -> None:
    """Write a place into the field, and press Enter."""
    person.widget("#place").focus()
    await person.enter(str(place))


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def receipt_in(folder: Path) -> Path:
    """The one receipt that lies there."""
    (found,) = folder.glob(f"*{RECEIPT_SUFFIX}")
    return found


def exports_in(folder: Path) -> list[Path]:
    """The exports at a place, where nothing else but receipts may be."""
    found = files_in(folder)
    assert {path.suffix for path in found} <= {EXPORT_SUFFIX, RECEIPT_SUFFIX}
    return [path for path in found if path.suffix == EXPORT_SUFFIX]


class Slow:
    """Handing over that is written when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.times = 0
        put = Site.put

        def when_let(site: Site, name: str, content: bytes, progress: ProgressCallback) -> None:
            self.times += 1
            progress(1, 4)
            self.begun.set()
            assert self.go_on.wait(WAIT)
            put(site, name, content, progress)

        monkeypatch.setattr(Site, "put", when_let)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow(monkeypatch)
    yield made
    made.go_on.set()


# The drive


@by_key_and_by_mouse
@small_and_large
async def test_a_drive_that_is_plugged_in_is_a_button_and_what_it_gets_is_said_in_one_plain_sentence(
    scene: Scene, size: Size, *, by_mouse: bool
) -> None:
    before = scene.held()
    async with scene.with_stick(size) as person:
        assert "STICK" in str(person.widget("#drive-1").render())
        assert "free" in str(person.widget("#drive-1").render())
        assert NO_DRIVE not in person.read()
        await press_or_click(person, by_mouse, "f5", "#drive-1")
        assert said(person) == RESULT
        assert not person.widget("#message").has_class("-problem")
        assert not person.widget("#work").display
        assert "Riverside Jobs Fair, 23 November 2026: 37 responses, handed over, no receipt yet" in person.read_in(
            "#states"
        )
        await press_or_click(person, by_mouse, "escape", "#back")
        assert isinstance(person.app.screen, StaffHome)
    (export,) = exports_in(scene.stick)
    assert len(open_export(export.read_bytes(), scene.office_key).sealed) == 37
    assert scene.held() == before, "nothing left the laptop"


@by_key_and_by_mouse
async def test_with_the_keyboard_alone_or_the_mouse_alone_every_control_is_reached(
    scene: Scene, own_office: Path, *, by_mouse: bool
) -> None:
    plug_in(scene.stick)
    controls = ["drive-1", "place", "places", "back", "bring", "receipt"]
    async with scene.opened() as person:
        if by_mouse:
            for name in controls:
                await scroll_to(person, f"#{name}")
                seen = person.seen(person.widget(f"#{name}"))
                assert seen
                under, _ = person.app.get_widget_at(seen.x + seen.width // 2, seen.y)
                assert person.widget(f"#{name}") in under.ancestors_with_self
        else:
            reached = []
            for _ in controls:
                await person.press("tab")
                assert person.app.focused
                reached.append(person.app.focused.id)
                assert person.seen(person.app.focused), "what has the focus is seen"
            assert sorted(map(str, reached)) == sorted(controls)


@pytest.mark.long
async def test_no_drive_is_said_and_one_that_is_plugged_in_later_appears_by_itself(
    scene: Scene, drives: Drives
) -> None:
    async with scene.opened() as person:
        assert NO_DRIVE in person.read()
        assert not person.widget("#drive-1").display
        await person.press("f5", "f10")
        assert said(person) == ""
        plug_in(scene.stick)
        await person.until(lambda: person.widget("#drive-1").display)
        await person.pause()
        assert "Hand over to STICK" in str(person.widget("#drive-1").render())
        assert NO_DRIVE not in person.read()
        drives.found.clear()
        await look_for_drives(person)
        assert not person.widget("#drive-1").display
        assert NO_DRIVE in person.read()
        await person.press("f5")
        assert said(person) == ""
    assert files_in(scene.stick) == []


@pytest.mark.long
async def test_each_of_several_drives_has_its_number(scene: Scene, tmp_path: Path) -> None:
    sticks = [tmp_path / f"S{number}" for number in range(1, 9)]
    for each in sticks:
        each.mkdir()
    plug_in(*sticks)
    async with scene.opened(LARGE) as person:
        await person.press("f10")
        assert said(person) == RESULT
        await person.press("f11", "f12")
    assert [bool(exports_in(each)) for each in sticks] == [False] * 5 + [True] + [False] * 2


@small_and_large
@pytest.mark.long
async def test_a_folder_can_be_typed_where_keys_do_nothing_else_and_an_empty_field_hands_nothing_over(
    scene: Scene, tmp_path: Path, size: Size
) -> None:
    folder = tmp_path / "b1r2 exports"
    folder.mkdir()
    async with scene.opened(size) as person:
        await type_place(person, "   ")
        assert said(person) == "Choose a drive, or type a folder or an address."
        await person.press("ctrl+u")
        await type_place(person, f" {folder} ")
        assert said(person) == RESULT
    assert len(exports_in(folder)) == 1


async def test_handing_over_again_replaces_the_file_and_other_events_go_too_with_the_sum_said(
    scene: Scene, settings_file: SettingsFile
) -> None:
    async with scene.with_stick() as person:
        for _ in range(2):
            await person.press("f5")
            assert said(person) == RESULT
        hold_people(scene.kiosk, 38)
        await person.press("f5")
        assert said(person) == RESULT.replace("37", "38")
        (export,) = exports_in(scene.stick)
        assert len(open_export(export.read_bytes(), scene.office_key).sealed) == 38
        earlier = changed(settings_file, event={"name": "Spring [b]Fair[/b]", "date": "2026-03-01"}).settings
        with contextlib.closing(Kiosk.open(scene.kiosk.data, earlier)) as other:
            hold_people(other, 5)
        await person.press("escape", "h")
        assert "Spring [b]Fair[/b], 1 March 2026: 5 responses, held here only" in person.read_in("#states")
        await person.press("f5")
        assert said(person) == RESULT.replace("37", "43")
    assert len(exports_in(scene.stick)) == 2


async def test_who_waits_for_the_counts_is_handed_over_and_goes_on_waiting(
    start: Start, kiosk: Kiosk, stick: Path, staff_passphrase: str
) -> None:
    answered(kiosk, [ONE] * 13)
    plug_in(stick)
    async with start(SMALL) as person:
        await opens(person, staff_passphrase)
        await person.press("f5")
        assert said(person) == RESULT.replace("37", "13")
        assert kiosk.waiting == 3
    assert len(exports_in(stick)) == 1
    answered(kiosk, [ONE] * 7)
    assert kiosk.counts(kiosk.unlock(staff_passphrase).tally).in_counts == 20


# At work


@pytest.mark.long
async def test_a_bar_shows_only_past_one_second_and_back_does_nothing_meanwhile(scene: Scene, slow: Slow) -> None:
    plug_in(scene.stick)
    async with scene.start(SMALL) as person:
        screen = await opens(person, scene.passphrase)
        begun = time.monotonic()
        await person.begin("f5")
        assert said(person) == "Handing over…"
        bar = person.widget("#work")
        assert not bar.display
        await person.press("escape", "f5", "f3", "f4")
        await person.click_on("#back")
        assert person.app.screen is screen
        await person.until(lambda: bool(bar.display))
        assert time.monotonic() - begun >= 0.95
        await person.pause()
        await person.until(lambda: "25%" in person.read_in("#work"))
        slow.go_on.set()
        await person.settle()
        assert not bar.display
        assert said(person) == RESULT
        assert slow.times == 1
        screen.query_one(Progress).show()  # as its timer does, where the work was shorter than the timer
        assert not bar.display
        await person.press("escape")
        assert isinstance(person.app.screen, StaffHome)


async def test_work_that_a_lock_by_itself_overtakes_is_done_and_noted(scene: Scene, slow: Slow) -> None:
    async with scene.with_stick() as person:
        await person.begin("f5")
        await person.until(slow.begun.is_set)
        person.app.idle._touched -= AUTO_LOCK_SECONDS
        person.app.watch_idle()
        await person.pause()
        locked = person.app.screen is person.app.survey
        slow.go_on.set()
        await person.settle()
        await person.until(lambda: Outbox(scene.kiosk).events()[0].state is State.EXPORTED)
        if locked:
            await person.press("1")
            assert person.app.survey.interview.step is Step.QUESTION
    assert len(exports_in(scene.stick)) == 1
    assert len(scene.held()) == 37


async def test_the_screen_can_be_left_and_come_back_to_and_home_tells_how_far_it_came(scene: Scene) -> None:
    async with scene.with_stick() as person:
        for _ in range(2):
            await person.press("escape")
            assert "37 responses, held here only." in person.read_in("#hand-over-state")
            await person.press("h")
        await person.press("f5", "escape")
        assert "37 responses, handed over, no receipt yet." in person.read_in("#hand-over-state")
        await person.press("h")
        assert said(person) == ""
        assert "handed over, no receipt yet" in person.read_in("#states")


async def test_home_tells_when_only_part_was_handed_over_and_when_nothing_is_held(
    start: Start, kiosk: Kiosk, staff_passphrase: str
) -> None:
    async with start() as person:
        await opens(person, staff_passphrase)
        assert person.read_in("#states").endswith(": nothing held")
        hold_people(kiosk, 37)
        Outbox(kiosk).note_export(Handed(kiosk.event, "", b"", 30))
        await person.press("escape")
        assert person.read_in("#hand-over-state") == "30 of 37 responses handed over."


# What can go wrong


def no_drive(stick: Path, _patch: pytest.MonkeyPatch) -> None:
    stick.rmdir()


def plug_back_in(stick: Path) -> None:
    stick.mkdir(exist_ok=True)


def full(_stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_site: Site, _path: str, _content: bytes, _progress: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Site, "_write", refuse)


def false(_stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Site._write

    def spoil(site: Site, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        write(site, path, altered(content), progress)

    monkeypatch.setattr(Site, "_write", spoil)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (no_drive, "There is no folder {}: plug the drive in, or choose another place."),
        (full, "Cannot write to {} (No space left on device): make room there, or use another place, then try again."),
        (false, "What was written to {} did not read back the same: use another drive or place."),
    ],
    ids=["no drive", "full", "false"],
)
@pytest.mark.sampled
async def test_a_drive_that_is_gone_full_or_false_is_one_sentence_and_nothing_is_lost(
    scene: Scene, harm: Callable[[Path, pytest.MonkeyPatch], None], sentence: str
) -> None:
    async with scene.with_stick() as person:
        with pytest.MonkeyPatch.context() as patch:
            harm(scene.stick, patch)
            await person.press("f5")
        place = str(scene.stick)
        assert unspaced(said(person)) == unspaced(sentence.format(place))
        assert person.widget("#message").has_class("-problem")
        assert "held here only" in person.read_in("#states")
        plug_back_in(scene.stick)
        assert files_in(scene.stick) == [], "nothing half-written stays"
        await person.press("f5")
        assert said(person) == RESULT
        assert not person.widget("#message").has_class("-problem")
    assert len(scene.held()) == 37


@pytest.mark.parametrize("spoilt", ["before", "after"])
@pytest.mark.sampled
async def test_a_damaged_store_is_one_sentence_and_no_export_is_written(scene: Scene, spoilt: str) -> None:
    store = scene.kiosk.data / "kiosk" / scene.kiosk.event.folder_name / "responses.db"
    damaged = b"not a database at all" * 500
    plug_in(scene.stick)
    async with scene.start(SMALL) as person:
        if spoilt == "before":
            store.write_bytes(damaged)
        await opens(person, scene.passphrase)
        store.write_bytes(damaged)
        await person.press("f5")
        assert "damaged" in said(person)
        assert said(person).count(". ") == 0
        await person.press("f3")
        assert said(person).endswith(".")
        await person.press("escape")
        assert isinstance(person.app.screen, StaffHome)
    assert exports_in(scene.stick) == []
    assert store.read_bytes() == damaged


# The office's address

FAIR = "Riverside Jobs Fair, 23 November 2026: 37 responses, "
TO_FETCH = "No receipt for all of it is there yet: send again once the office has fetched it."


@by_key_and_by_mouse
async def test_from_the_staff_area_two_keys_or_clicks_send_all_take_the_receipts_and_say_how_far_each_event_is(
    scene: Scene, *, by_mouse: bool
) -> None:
    async with scene.start(SMALL, office={"address": str(scene.stick)}) as person:
        await unlock(person, scene.passphrase)
        pressed = 0

        async def do(key: str, name: str) -> None:
            nonlocal pressed
            pressed += 1
            await press_or_click(person, by_mouse, key, name)

        await do("h", "#hand-over")
        await do("enter", "#send")
        assert pressed < 5
        assert said(person) == f"{CHECKED} {TO_FETCH}"
        assert person.read_in("#states") == f"{FAIR}handed over, no receipt yet"
        assert len(exports_in(scene.stick)) == 1
        scene.answer()
        await do("enter", "#send")
        assert pressed < 5
        assert "the office has all 37 responses, and has signed for it." in said(person)
        assert person.read_in("#states") == f"{FAIR}received by the office: may be deleted here"
        assert isinstance(person.app.screen, HandOverScreen), "an event that goes on is not offered to be deleted"
    assert len(exports_in(scene.stick)) == 1
    assert len(scene.held()) == 37


async def test_what_is_typed_is_handed_over_to_and_an_empty_field_sends(scene: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    async with scene.opened(office={"address": str(scene.stick)}) as person:
        await type_place(person, folder)
        assert (len(files_in(folder)), len(files_in(scene.stick))) == (1, 0)
        await person.press("ctrl+u", "enter")
        assert (len(files_in(folder)), len(files_in(scene.stick))) == (1, 1)


@pytest.mark.parametrize("times", [[], ["end"]])
async def test_as_the_event_ends_it_is_sent_by_itself_if_the_settings_say_so_and_then_may_be_deleted(
    scene: Scene, times: list[str]
) -> None:
    async with scene.start(SMALL, office={"address": str(scene.stick), "sync": times}) as person:
        await unlock(person, scene.passphrase)
        await person.press("e")
        await person.say_yes("end")
        assert bool(files_in(scene.stick)) is bool(times)
        if not times:
            assert isinstance(person.app.screen, StaffHome)
            return
        assert said(person).endswith(TO_FETCH)
        scene.answer()
        await person.press("enter")
        assert "Delete “Riverside Jobs Fair” from this laptop?" in person.read_unframed()
        await person.press("escape", "escape")
        assert isinstance(person.app.screen, StaffHome)
        assert "received by the office: may be deleted here" in person.read_in("#hand-over-state")


async def test_at_the_start_it_is_sent_as_staff_first_unlock_it_and_not_again(scene: Scene) -> None:
    async with scene.start(SMALL, office={"address": str(scene.stick), "sync": ["start"]}) as person:
        await person.press("1")
        assert files_in(scene.stick) == [], "nobody has unlocked the key that signs it"
        person.app.survey.reset()
        await person.pause()
        await unlock(person, scene.passphrase)
        assert said(person).endswith(TO_FETCH)
        (export,) = exports_in(scene.stick)
        export.unlink()
        await person.press("escape", "l")
        await unlock(person, scene.passphrase)
        assert isinstance(person.app.screen, StaffHome)
    assert files_in(scene.stick) == []


async def test_a_place_that_cannot_be_reached_is_named_with_why_and_tried_again_until_esc_stops_it_and_all_is_kept(
    scene: Scene,
) -> None:
    why = f"There is no folder {scene.stick}: plug the drive in, or choose another place."
    scene.stick.rmdir()
    async with scene.opened(LARGE, office={"address": str(scene.stick)}) as person:
        await person.begin("enter")
        await person.until(lambda: "Trying again" in said(person))
        assert unspaced(said(person)) == unspaced(f"{why} Trying again in 2 seconds. Esc stops it.")
        await person.press("escape")
        await person.settle()
        assert said(person) == "Stopped. Nothing is lost: send again when you like."
        assert person.read_in("#states") == f"{FAIR}held here only"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sending, "WAITS", (0, 0))
            await person.press("enter")
        assert unspaced(said(person)) == unspaced(why)
        assert person.widget("#message").has_class("-problem")
        plug_back_in(scene.stick)
        await person.press("enter")
        assert said(person).endswith(TO_FETCH)
        await person.press("escape")
        assert isinstance(person.app.screen, StaffHome)
    assert len(exports_in(scene.stick)) == 1


async def test_a_sending_that_is_stopped_midway_leaves_nothing_half_written(scene: Scene, slow: Slow) -> None:
    async with scene.opened(office={"address": str(scene.stick)}) as person:
        await person.begin("enter")
        await person.until(slow.begun.is_set)
        await person.press("escape")
        assert said(person) == "Stopping…"
        slow.go_on.set()
        await person.settle()
        assert said(person) == "Stopped. Nothing is lost: send again when you like."
        assert files_in(scene.stick) == []
        assert person.read_in("#states") == f"{FAIR}held here only"


async def test_a_lock_during_a_sending_ends_what_is_under_way_and_nobody_waits_with_the_key_for_another_try(
    scene: Scene, slow: Slow
) -> None:
    async with scene.opened(office={"address": str(scene.stick)}) as person:
        await person.begin("enter")
        await person.until(slow.begun.is_set)
        person.app.lock()
        await person.begin("1")
        assert person.app.survey.interview.step is Step.QUESTION
        scene.stick.rmdir()
        slow.go_on.set()
        await person.settle()
        assert slow.times == 1
        await person.until(lambda: not alive([KioskPrivateKey]))
    assert Outbox(scene.kiosk).events()[0].state is State.HELD


def test_in_practice_there_is_nowhere_to_send_to(settings_file: SettingsFile, tmp_path: Path) -> None:
    real = changed(settings_file, office={"address": "sftp://office.example/in", "sync": ["end", "start"]})
    assert practice_settings(real, dt.date(2026, 11, 23), tmp_path).settings.office == OfficeAddress()


# The receipt


async def hands_over(person: AtKiosk, scene: Scene) -> None:
    """Hand over, have the office answer, and come back."""
    await person.press("f5")
    scene.answer()


@by_key_and_by_mouse
@small_and_large
async def test_with_a_receipt_on_the_drive_only_its_word_or_its_button_deletes_and_ends_the_event(
    scene: Scene, size: Size, *, by_mouse: bool
) -> None:
    async with scene.with_stick(size) as person:
        await hands_over(person, scene)
        await press_or_click(person, by_mouse, "f3", "#receipt")
        assert isinstance(person.app.screen, Confirm)
        for text in (
            *("Delete “Riverside Jobs Fair” from this laptop?", "This ends the event here", "It cannot be undone."),
            "23 November 2026, Leeds: 37 responses. The office has them: receipt of 37 responses.",
        ):
            assert text in person.read_unframed()
        await press_or_click(person, by_mouse, "escape", "#cancel")
        assert said(person) == "“Riverside Jobs Fair”: the office has all 37 responses, and has signed for it."
        assert "37 responses, received by the office" in person.read_in("#states")
        await person.press("escape")
        assert person.read_in("#hand-over-state") == "37 responses, received by the office: may be deleted here."
        assert not scene.kiosk.ended
        assert len(scene.held()) == 37

        await person.press("h")
        await press_or_click(person, by_mouse, "f3", "#receipt")
        await person.say_yes("delete", by_mouse=by_mouse)
        assert said(person).startswith("“Riverside Jobs Fair” is deleted here: 37 responses.")
        assert "only disk encryption keeps that unreadable" in said(person)
        assert "received by the office, deleted here" in person.read_in("#states")
        assert scene.held() == []
        assert Outbox(scene.kiosk).events()[0].state is State.DELETED

        await press_or_click(person, by_mouse, "f3", "#receipt")
        assert "was deleted here already: nothing is left to do." in said(person)
        before = exports_in(scene.stick)[0].read_bytes()
        await press_or_click(person, by_mouse, "f5", "#drive-1")
        assert "37" not in said(person)
        assert exports_in(scene.stick)[0].read_bytes() == before, "what the office may still need is not overwritten"

        await press_or_click(person, by_mouse, "escape", "#back")
        assert scene.kiosk.ended
        assert "0 responses held on this laptop" in person.read()
        assert person.read_in("#hand-over-state") == "Received by the office, deleted here."
        assert "This event has ended: it takes no more answers." in person.read_in("#ended")
        assert not person.widget("#end-event").display
        await person.press("l")
        assert person.app.survey.interview.step is Step.CLOSED
        await person.press("1")
        assert person.app.survey.interview.step is Step.CLOSED


async def test_letters_typed_with_nothing_focused_are_a_place_and_in_the_question_only_the_whole_word_deletes(
    scene: Scene,
) -> None:
    async with scene.with_stick() as person:
        await hands_over(person, scene)
        person.app.screen.set_focus(None)
        await person.hurry(*"/srv/my-stick ry1")
        assert person.read_in("#place") == "/srv/my-stick ry1"
        await person.press("ctrl+u")
        for typed in (*"yrd", "delet", "delete it", "x", " "):
            await person.press("f3")
            await person.hurry(*typed, "enter", "enter")
            await person.settle()
            assert "Nothing was done. Type delete, or press Esc" in person.read_unframed()
            await person.press("escape")
            assert len(scene.held()) == 37
        assert not scene.kiosk.ended


@pytest.mark.parametrize("missing", usually(2, ["one more answered", "damaged", "another laptop's", "none"]))
async def test_a_receipt_that_is_not_good_for_all_that_is_held_deletes_nothing(scene: Scene, missing: str) -> None:
    sentence = {
        "one more answered": "This receipt does not cover every response held here, so nothing was deleted: hand over "
        "again.",
        "another laptop's": "This receipt is for another laptop or event: take it to the laptop it was made for.",
        "damaged": "This receipt is damaged: ask the office for it again.",
        "none": "There is no receipt for this laptop at",
    }[missing]
    async with scene.with_stick() as person:
        await hands_over(person, scene)
        receipt = receipt_in(scene.stick)
        if missing == "one more answered":
            scene.kiosk.keep(scene.kiosk.seal(ONE))
        elif missing == "another laptop's":
            screen_of(person)._key = KioskPrivateKey(bytes(32))
        elif missing == "damaged":
            receipt.write_bytes(receipt.read_bytes()[:-30])
        else:
            receipt.unlink()
        kept = len(scene.held())
        if missing == "damaged":
            person.widget("#place").focus()
            await person.write(str(receipt))
            await person.click_on("#receipt")
        else:
            await person.press("f3")
        await person.settle()
        assert said(person).startswith(sentence)
        assert person.widget("#message").has_class("-problem")
        assert not scene.kiosk.ended
    assert len(scene.held()) == kept


async def test_receipts_are_looked_for_in_the_typed_place_else_on_drives_and_in_the_usual_folders(
    scene: Scene, tmp_path: Path, at_home: Path, drives: Drives
) -> None:
    async with scene.with_stick() as person:
        await hands_over(person, scene)
        receipt = receipt_in(scene.stick)
        drives.found.clear()
        await look_for_drives(person)
        downloads = at_home / "Downloads"
        downloads.mkdir()
        receipt.rename(downloads / receipt.name)
        await person.press("f3")
        assert isinstance(person.app.screen, Confirm), "found in Downloads"
        await person.press("escape")
        (tmp_path / "empty").mkdir()
        person.widget("#place").focus()
        await person.write(str(tmp_path / "empty"))
        await person.press("tab")
        await person.click_on("#receipt")
        assert said(person).startswith("There is no receipt for this laptop at")


# A laptop that is the office too


@by_key_and_by_mouse
@small_and_large
async def test_a_laptop_that_is_the_office_too_brings_its_own_in_and_offers_to_delete(
    scene: Scene, own_office: Path, size: Size, *, by_mouse: bool
) -> None:
    async with scene.opened(size) as person:
        await press_or_click(person, by_mouse, "f4", "#bring")
        assert isinstance(person.app.screen, Unlock)
        await person.write(OFFICE_PASSPHRASE)
        await press_or_click(person, by_mouse, "enter", "#unlock")
        assert isinstance(person.app.screen, Confirm)
        await person.say_yes("delete", by_mouse=by_mouse)
        assert said(person).startswith("“Riverside Jobs Fair” is deleted here: 37 responses.")
    assert scene.held() == []
    with contextlib.closing(Office.open(own_office, scene.office_key)) as office:
        assert [one.responses for one in office.events()] == [37]


async def test_a_wrong_office_passphrase_brings_nothing_in_and_is_slowed(scene: Scene, own_office: Path) -> None:
    async with scene.start(SMALL) as person:
        screen = await opens(person, scene.passphrase)
        screen._tries.clock = Clock().monotonic
        for tries in (1, 2, 3):
            await person.press("f4")
            dialog = person.app.screen
            assert isinstance(dialog, Unlock)
            await person.enter(scene.passphrase)
            assert isinstance(person.app.screen, Unlock)
            assert bool(dialog.seconds_left) == (tries == 3)
            if tries == 3:
                assert "You can try again in 2 seconds." in person.read_unframed()
                await person.enter(OFFICE_PASSPHRASE)
                assert isinstance(person.app.screen, Unlock), "even the right one has to wait"
            await person.press("escape")
            screen_of(person)
        assert "held here only" in person.read_in("#states")
    assert not (own_office / "office" / "office.db").exists()


@pytest.mark.parametrize("what", ["none", "another", "damaged"])
@pytest.mark.sampled
async def test_bringing_in_is_offered_only_where_this_laptop_holds_its_own_offices_key(scene: Scene, what: str) -> None:
    if what != "none":
        make_office(scene.kiosk.data, NewOffice(OfficePrivateKey.generate(), OFFICE_PASSPHRASE))
    if what == "damaged":
        (scene.kiosk.data / "office" / "office.key").write_bytes(b"junk")
    async with scene.start(SMALL) as person:
        screen = await opens(person, scene.passphrase)
        assert "Bring into the office" not in person.read()
        await person.press("f4")
        assert person.app.screen is screen


async def test_where_the_offices_store_is_damaged_it_is_said_and_nothing_is_deleted(
    scene: Scene, own_office: Path
) -> None:
    (own_office / "office" / "office.db").write_bytes(b"not a database at all" * 500)
    async with scene.opened() as person:
        await person.press("f4")
        await person.enter(OFFICE_PASSPHRASE)
        assert "damaged" in said(person)
        assert person.widget("#message").has_class("-problem")
    assert len(scene.held()) == 37


async def test_a_deletion_that_fails_is_said_and_can_be_tried_again(scene: Scene, own_office: Path) -> None:
    refusal = "Cannot delete responses.db (Input/output error): close other programs that use it, then try again."

    def refuse(_outbox: Outbox, _key: KioskPrivateKey, _receipt: bytes) -> None:
        raise StoreError(refusal)

    async with scene.opened() as person:
        await person.press("f4")
        await person.enter(OFFICE_PASSPHRASE)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Outbox, "delete", refuse)
            await person.click_on("#yes")
        assert person.read_in("#message") == refusal
        assert isinstance(person.app.screen, Confirm)
        assert len(scene.held()) == 37
        await person.say_yes("delete")
        assert "is deleted here" in said(person)
    assert scene.held() == []


# Locking


@pytest.mark.parametrize("at", usually(1, ["work", "the screen", "the office passphrase", "the question"]))
async def test_once_locked_neither_the_kiosks_key_nor_the_offices_is_in_memory(
    scene: Scene, own_office: Path, slow: Slow, at: str
) -> None:
    def keys() -> list[object]:
        return [key for key in alive((KioskPrivateKey, OfficePrivateKey)) if key is not scene.office_key]

    async with scene.with_stick() as person:
        if at == "work":
            await person.begin("f5")
            await person.until(slow.begun.is_set)
        elif at != "the screen":
            await person.press("f4")
            await person.write(OFFICE_PASSPHRASE)
            if at == "the question":
                await person.press("enter")
                assert isinstance(person.app.screen, Confirm)
        assert keys()
        person.app.lock()
        slow.go_on.set()
        await person.settle()
        assert person.app.screen is person.app.survey
        kinds = (HandOverScreen, StaffHome, Unlock, Confirm, Handed, Office, HeldEvent)
        await person.until(lambda: not keys() and not alive(kinds))
    assert len(scene.kiosk.responses()) == 37


@by_key_and_by_mouse
async def test_practice_hands_over_takes_its_receipt_and_deletes_and_no_drive_gets_anything(
    scene: Scene, settings_file: SettingsFile, *, by_mouse: bool
) -> None:
    plug_in(scene.stick)
    practice = Practice(scene.kiosk.data, scene.office_key)
    practice.stick.mkdir()
    async with run(KioskApp(lambda: scene.kiosk, settings_file, practice=practice), SMALL) as person:
        await opens(person, scene.passphrase)
        assert "Hand over to Practice stick" in str(person.widget("#drive-1").render())
        await person.write(f"{scene.stick}")
        await press_or_click(person, by_mouse, "enter" if not by_mouse else "f5", "#drive-1")
        assert said(person) == CHECKED
        await press_or_click(person, by_mouse, "f3", "#receipt")
        assert isinstance(person.app.screen, Confirm)
        await person.say_yes("delete", by_mouse=by_mouse)
        assert "is deleted here: 37 responses." in said(person)
    assert files_in(scene.stick) == []
    assert exports_in(practice.stick)
