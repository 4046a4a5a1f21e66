"""Staff enter returned paper sheets: by digits or mouse, twice or looked through, and all are kept together or none."""

import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

import storage.kiosk.batch
from storage.crypto.sealing import Response
from storage.errors import StoreError
from storage.kiosk.batch import Batch
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.pool import Pool
from storage.private_files import write_private
from storage.settings import SettingsFile
from tests.content.reading import grade
from tests.tui.clock import Clock
from tests.tui.gate import Gate
from tests.tui.kiosks import Codes, Held, Start, answered
from tests.tui.pilot import LARGE, SMALL, AtKiosk, Person, Size, run
from tests.tui.pilot import alive as every_one_alive
from tests.tui.staff.unlocking import unlock
from tui.app import AUTO_LOCK_SECONDS
from tui.shared.confirm import Confirm
from tui.shared.progress import Progress
from tui.sheet import Sheet
from tui.staff.home import StaffHome
from tui.staff.paper_app import PaperApp
from tui.staff.paper_entry import PaperEntry, PaperIntro
from tui.survey.screen import SurveyScreen
from tui.text import paper
from tui.widgets.rows import Rows

pytestmark = pytest.mark.usefixtures("easy_unlock")
SHEETS: list[Codes] = [(1 + number % 9, 1 + number % 6, 1 + number % 5, 1 + number % 4) for number in range(10)]


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch, gate: Gate) -> Gate:
    """A disk that writes a batch once it is told to."""

    def write(path: Path, content: bytes) -> None:
        gate.hold()
        write_private(path, content)

    monkeypatch.setattr(storage.kiosk.batch, "write_private", write)
    return gate


async def begin(person: AtKiosk, how: str) -> None:
    """From the staff area to the first sheet."""
    await person.press("f")
    assert isinstance(person.app.screen, PaperIntro)
    await person.press(how)
    assert isinstance(person.app.screen, PaperEntry)


async def enter(person: AtKiosk, sheets: list[Codes]) -> int:
    """Enter sheets that are looked through; how many keys it took."""
    keys = [key for sheet in sheets for key in (*map(str, sheet), "enter")]
    await person.press(*keys)
    return len(keys)


async def keep(person: AtKiosk) -> None:
    """Keep all that were entered."""
    await person.press("f5")
    assert isinstance(person.app.screen, Confirm)
    await person.say_yes()


# Fast


@pytest.mark.long
async def test_ten_sheets_take_five_keys_each_with_the_look_at_them(as_staff: Start, held: Held) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "2")
        assert await enter(person, SHEETS) <= 5 * len(SHEETS)
        assert "10 sheets entered" in person.read()
        assert held() == []
        await keep(person)
        assert isinstance(person.app.screen, StaffHome)
        assert "10 paper sheets are kept with the other responses. Do not enter them again" in person.read()
        await person.until(lambda: "10 responses held" in person.read())
        assert (person.app.kiosk.check_groups(), person.app.kiosk.waiting) == (1, 0)
    assert sorted(held()) == sorted(SHEETS)


async def test_ten_sheets_entered_twice_take_eight_keys_each(as_staff: Start, held: Held) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "1")
        await person.press(*(str(code) for sheet in SHEETS for code in (*sheet, *sheet)))
        await keep(person)
    assert sorted(held()) == sorted(SHEETS)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["60x20", "120x40"])
@pytest.mark.sampled
async def test_sheets_can_be_entered_with_the_mouse_alone(
    as_staff: Start, size: Size, held: Held, kiosk: Kiosk
) -> None:
    answered(kiosk, [Response((1, 1, 1, 1))] * 9)
    async with as_staff(size) as person:
        await person.click_on("#from-paper")
        await person.click_on("#once")
        for said in ("Clerical", "outside the UK", "yes", paper.UNREADABLE):
            await click_row(person, said)
        await click_row(person, "Number 4: I attended")
        await click_row(person, "independent or fee-paying school")
        await person.click_on("#right")
        assert "1 sheet entered" in person.read()
        await click_row(person, "Clerical")
        await person.click_on("#back")
        await person.click_on("#finish")
        await person.click_on("#yes")
        assert isinstance(person.app.screen, StaffHome)
    assert max(held()) == (3, 2, 1, 4)


async def click_row(person: AtKiosk, said: str) -> None:
    """Click on the first line that says this."""
    y = next(y for y, line in enumerate(person.lines()) if said in line)
    await person.click(12, y)


async def test_a_double_click_answers_one_question(as_staff: Start) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "2")
        y = next(y for y, line in enumerate(person.lines()) if "Senior" in line)
        await person.tap(12, y)
        await person.tap(12, y)
        await person.pause()
        assert "question 2 of 4" in person.read()


# Right


async def test_where_two_entries_differ_the_question_and_both_numbers_are_shown_and_it_is_mended(
    as_staff: Start, held: Held, kiosk: Kiosk
) -> None:
    answered(kiosk, [Response((1, 1, 1, 1))] * 9)
    async with as_staff(SMALL) as person:
        await begin(person, "1")
        await person.press("6", "3", "3", "2")
        assert "question 1 of 4, second time" in person.read()
        await person.press("6", "4", "3", "2")
        assert "question 2 of 4" in person.read()
        assert "You typed 3 and then 4. Look at the sheet and type what it says." in person.read()
        await person.press("4")
        assert "1 sheet entered" in person.read()
        assert "You typed" not in person.read()
        await keep(person)
    assert (6, 4, 3, 2) in held()


@pytest.mark.parametrize("way", ["1", "2"])
async def test_what_was_typed_is_on_the_screen_only_while_it_is_looked_at(as_staff: Start, way: str) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, way)
        blank = person.lines()
        await person.press("6", "escape")
        assert person.lines() == blank, "nothing is marked as chosen"
        await person.press("6", "3", "3", "2")
        checking = way == "2"
        assert ("Number 6: Routine" in person.read()) == checking
        await person.press(*(["enter"] if checking else ["6", "3", "3", "2"]))
        assert "Number" not in person.read()
        (changed,) = [line for line in person.lines() if line not in blank]
        assert changed.rstrip().endswith("1 sheet entered")
        assert all("Number" not in str(row) for rows in person.app.screen.query(Rows) for row in rows._page.rows)


async def test_the_screen_asks_for_shuffled_sheets_and_says_who_should_not_enter_them_and_what_may_be_lost(
    as_staff: Start, kiosk: Kiosk
) -> None:
    answered(kiosk, [Response((1, 1, 1, 1))] * 3)
    async with as_staff(SMALL) as person:
        await person.press("f")
        said = await person.read_on(lambda: person.press("down"))
        for sentence in (
            "Shuffle all the sheets first",
            "Let nobody look on",
            "Whoever collected the sheets should not enter them.",
            "Type 0 where nothing is marked, several answers are, or you cannot read it",
            "Enter at least 7 sheets in one go, because 3 people wait to be counted with them.",
            "wiped, and those sheets must be entered again",
            "for 5 minutes",
            "large print",
        ):
            assert any(sentence in each for each in (said, " ".join(paper.introduction(3, 5)))), sentence
        assert "Shuffled: enter each twice" in person.read()


def test_what_staff_read_of_paper_sheets_is_plain() -> None:
    told = [paper.keeping(12), paper.kept(12, practice=False), paper.wiped(3), paper.leaving(3), paper.LINES]
    assert [said for said in (" ".join(paper.introduction(3, 5)), *told) if grade(said) > 8] == []


async def test_nothing_marked_is_kept_as_prefer_not_to_say(as_staff: Start, held: Held) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "2")
        await enter(person, [(0, 0, 0, 0)] * 10)
        await keep(person)
    assert held() == [(9, 6, 5, 4)] * 10


# Not yet


async def test_too_few_sheets_or_half_a_sheet_are_not_kept_and_stay_until_there_are_more(
    as_staff: Start, held: Held
) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "2")
        await enter(person, SHEETS[:9])
        await person.press("f5")
        assert "9 sheets are too few: enter at least 10 in one go, or collect more sheets first." in person.read()
        assert held() == []
        await enter(person, SHEETS[9:])
        await person.press("1", "f5")
        assert paper.FINISH_FIRST in person.read()
        await person.press("escape")
        await keep(person)
        assert isinstance(person.app.screen, StaffHome)
    assert len(held()) == 10


async def test_who_leaves_is_asked_and_told_how_many_sheets_must_be_entered_again(as_staff: Start, held: Held) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "2")
        await person.press("escape")
        assert isinstance(person.app.screen, StaffHome), "nothing would be lost"
        await person.press("f", "2")
        await enter(person, SHEETS[:2])
        await person.press("escape")
        assert "2 sheets that were entered are not kept yet." in person.read_unframed()
        await person.press("escape")
        assert isinstance(person.app.screen, PaperEntry)
        await person.press("escape")
        await person.say_yes()
        assert "2 paper sheets were entered and not kept. They are wiped, and must be entered again." in person.read()
    assert held() == []


async def test_a_forgotten_screen_locks_wipes_what_was_entered_and_staff_are_told_when_they_come_back(
    as_staff: Start, staff_passphrase: str, clock: Clock, held: Held
) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "2")
        await enter(person, SHEETS)
        await person.press("3")
        clock.now += AUTO_LOCK_SECONDS
        person.app.watch_idle()
        await person.settle()
        assert isinstance(person.app.screen, SurveyScreen)
        assert every_one_alive([Batch, Sheet, PaperEntry, PaperIntro]) == []
        await unlock(person, staff_passphrase)
        assert "10 paper sheets were entered and not kept. They are wiped, and must be entered again." in person.read()
        await person.press("l")
        await unlock(person, staff_passphrase)
        assert "wiped" not in person.read(), "once is enough"
    assert held() == []


async def test_sheets_that_are_being_kept_as_the_screen_locks_are_kept_and_staff_are_told_so(
    as_staff: Start, staff_passphrase: str, held: Held, slow_disk: Gate
) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "2")
        await enter(person, SHEETS)
        await person.begin("f5", "shift+tab", "enter")
        await person.until(slow_disk.reached.is_set)
        threading.Timer(0.1, slow_disk.open).start()
        person.app.lock()
        await person.settle()
        await unlock(person, staff_passphrase)
        assert "10 paper sheets are kept" in person.read()
    assert len(held()) == 10


@pytest.mark.parametrize("tries_again", [True, False])
@pytest.mark.sampled
async def test_where_the_disk_is_full_half_way_staff_read_that_the_sheets_are_kept_and_can_try_again_or_leave(
    as_staff: Start, held: Held, monkeypatch: pytest.MonkeyPatch, *, tries_again: bool
) -> None:
    def full(*_: object) -> None:
        raise StoreError("There is no room.")

    async with as_staff(SMALL) as person:
        await begin(person, "2")
        await enter(person, SHEETS)
        with monkeypatch.context() as patch:
            patch.setattr(Pool, "add", full)
            await keep(person)
        assert "The sheets are kept and need not be entered again" in person.read()
        await person.press("1")
        await click_row(person, "Clerical")
        assert "question 1 of 4" in person.read(), "no further sheet is taken"
        await person.press("f5" if tries_again else "escape")
        assert isinstance(person.app.screen, StaffHome)
        assert "10 paper sheets are kept" in person.read()
        person.app.kiosk.responses()
    assert sorted(held()) == sorted(SHEETS)


async def test_while_sheets_are_kept_it_says_so_shows_how_far_it_is_and_takes_no_key(
    as_staff: Start, slow_disk: Gate
) -> None:
    async with as_staff(SMALL) as person:
        await begin(person, "2")
        await enter(person, SHEETS)
        await person.begin("f5", "shift+tab", "enter")
        await person.until(slow_disk.reached.is_set)
        screen = person.app.screen
        assert isinstance(screen, PaperEntry)
        screen.query_one(Progress).show()
        await person.press("1", "escape", "f5")
        assert paper.KEEPING in person.read()
        assert "question 1 of 4" in person.read()
        assert person.seen(person.widget("#work"))
        slow_disk.open()
        await person.settle()
        assert "10 paper sheets are kept" in person.read()


async def test_an_event_that_has_ended_offers_no_sheets(as_staff: Start, kiosk: Kiosk) -> None:
    kiosk.end_event()
    async with as_staff(SMALL) as person:
        assert not person.widget("#from-paper").display
        await person.press("f")
        assert isinstance(person.app.screen, StaffHome)


async def test_in_practice_sheets_are_entered_and_staff_read_that_nothing_is_kept(as_staff: Start) -> None:
    async with as_staff(SMALL, practice=True) as person:
        await begin(person, "2")
        await enter(person, SHEETS)
        await keep(person)
        assert "10 paper sheets are entered. This was practice: nothing is kept." in person.read()


async def test_where_the_key_question_alone_is_asked_a_sheet_is_one_answer(as_staff: Start, held: Held) -> None:
    async with as_staff(SMALL, survey={"questions": "key"}) as person:
        await begin(person, "1")
        await person.press(*["4"] * 20)
        await keep(person)
    assert held() == [(4, 0, 0, 0)] * 10


# By themselves


@contextlib.asynccontextmanager
async def by_themselves(kiosk: Kiosk, settings_file: SettingsFile, batch: Batch) -> AsyncIterator[Person[PaperApp]]:
    async with run(PaperApp(kiosk, settings_file.settings, batch, idle_seconds=300), SMALL) as person:
        yield person


async def test_without_the_kiosk_it_ends_once_the_sheets_are_kept(
    kiosk: Kiosk, settings_file: SettingsFile, held: Held
) -> None:
    batch = Batch()
    async with by_themselves(kiosk, settings_file, batch) as person:
        await person.press("2", *(key for sheet in SHEETS for key in (*map(str, sheet), "enter")), "f5")
        await person.say_yes()
        await person.until(lambda: person.app._exit)
    assert (batch.kept, len(held())) == (10, 10)


Leaves = Callable[[Person[PaperApp]], Awaitable[None]]


async def forgets(person: Person[PaperApp]) -> None:
    person.app.idle._touched -= 300
    person.app.watch_idle()


async def leaves(person: Person[PaperApp]) -> None:
    await person.press("escape")
    await person.say_yes()


@pytest.mark.parametrize("goes", [forgets, leaves])
async def test_without_the_kiosk_it_ends_with_who_leaves_or_forgets_it_and_nothing_is_kept(
    kiosk: Kiosk, settings_file: SettingsFile, held: Held, goes: Leaves
) -> None:
    batch = Batch()
    async with by_themselves(kiosk, settings_file, batch) as person:
        await person.press("2", "1", "1", "1", "1", "enter")
        await goes(person)
        await person.until(lambda: person.app._exit)
    assert (held(), batch.wipe()) == ([], 1)


async def test_where_feedback_is_all_that_is_asked_no_sheets_are_taken_and_who_waits_is_told_at_the_end(
    start: Start, staff_passphrase: str
) -> None:
    async with start(feedback={"ask": "alone"}) as person:
        await person.press("1", *["2", "enter"] * 4, "enter", "enter")
        await unlock(person, staff_passphrase)
        assert not person.widget("#from-paper").display
        await person.press("f")
        assert isinstance(person.app.screen, StaffHome)
        await person.press("e")
        assert "1 response waits" in person.read()
