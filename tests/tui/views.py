"""Every view of every app: walks that go to one after the other, and name each."""

import datetime as dt
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from storage.counts.disclosure import Counts
from storage.crypto.keys import KioskPrivateKey, TallyPrivateKey
from storage.crypto.recovery_code import recovery_code
from storage.crypto.sealing import Response
from storage.errors import PlaceError, StoreError
from storage.exchange.coming import ComingEvent, keep_events
from storage.exchange.handover import Handed
from storage.exchange.locations import Site
from storage.kiosk.outbox import Outbox
from storage.office.corrections import labels_of
from storage.office_folder import NewOffice
from storage.progress import ProgressCallback, unreported
from storage.settings import OfficeAddress
from tests.tui.drives import DRIVES, look_for_drives, plug_in, pull_out
from tests.tui.kiosks import answered
from tests.tui.offices import RECOVERY_SECRET, code_shown, type_groups
from tests.tui.pilot import AtKiosk, AtOffice, Person
from tests.waiting import WAIT
from tui.guide.app import GuideApp
from tui.interview import Step
from tui.setup.setup import Finish, SetupApp
from tui.shared.counts import CountsScreen
from tui.shared.progress import Progress
from tui.shared.steps import RecoveryCheck
from tui.staff.hand_over import HandOverScreen
from tui.staff.home import StaffHome
from tui.survey.idle import IdleWarning
from tui.terminal.capabilities import WIDE
from tui.toolkit.browse import BESIDE, Browse
from tui.toolkit.home import ToolkitHome
from tui.widgets.choice_list import ChoiceList


async def in_turn(*walks: AsyncIterator[str]) -> AsyncIterator[str]:
    """One walk after the other."""
    for walk in walks:
        async for view in walk:
            yield view


async def every_kiosk_view(person: AtKiosk, staff_passphrase: str) -> AsyncIterator[str]:
    """Go through every view of the kiosk, as a candidate and as staff, and name each. Wants `easy_unlock`."""
    async for view in in_turn(every_candidates_view(person), every_staff_view(person, staff_passphrase)):
        yield view


async def every_candidates_view(person: AtKiosk) -> AsyncIterator[str]:
    """Go through every view of a candidate and back to the welcome, and name each."""
    survey = person.app.survey
    yield "welcome"
    await person.press("1")
    for question in survey.interview.survey.questions:
        yield f"{question.id}, untouched"
        await person.press("enter")
        yield f"{question.id}, with a reminder"
        await person.press("1", "down")
        yield f"{question.id}, chosen and marked"
        await person.press("question_mark")
        yield f"{question.id}, with help"
        await person.press("question_mark", "1", "enter")
    yield "check"
    await person.press("s")
    yield "check, with answers"
    await person.press("1")
    yield "an answer to change, hidden"
    await person.press("s")
    yield "an answer to change, shown"
    person.app.push_screen(IdleWarning(survey.words))
    await person.pause()
    yield "idle warning"
    await person.press("space", "escape", "x")
    yield "ending, stopping"
    await person.press("1")
    survey.show(replace(survey.interview, step=Step.FAILED))
    await person.settle()
    yield "ending, failed"
    disk = threading.Event()
    keep = person.app.kiosk.keep
    person.app.kiosk.keep = lambda sealed: keep(sealed) if disk.wait(WAIT) else None  # type: ignore[method-assign]
    try:
        survey.show(survey.interview.try_again())
        survey._show_saving()
        await person.pause()
        yield "ending, sending"
    finally:
        disk.set()
        person.app.kiosk.keep = keep  # type: ignore[method-assign]
    await person.settle()
    yield "ending, thanks"
    await person.press("enter", "2")
    yield "ending, declined"
    await person.press("escape", "1", "r", "down")
    yield "occupation, listening"
    await person.press("escape")
    survey.as_usual()
    await person.settle()


async def every_view_of_feedback(person: AtKiosk) -> AsyncIterator[str]:
    """Go through every view of the feedback that is offered after the questions, and name each."""
    survey = person.app.survey
    await person.press("1", *["1", "enter"] * len(survey.interview.survey.questions), "enter")
    yield "ending, offer"
    await person.press("1")
    for question in survey.interview.survey.questions:
        yield f"feedback, {question.id}"
        await person.press("question_mark")
        yield f"feedback, {question.id}, with help"
        await person.press("question_mark", "1", "enter")
    yield "feedback, check"
    await person.press("enter")
    yield "feedback, thanks"
    await person.press("enter")


async def every_staff_view(person: AtKiosk, staff_passphrase: str) -> AsyncIterator[str]:
    """Go from the welcome through every view of staff, to the end of the event, and name each."""
    await person.press("f2")
    yield "unlock"
    await person.write("wrong")
    yield "unlock, with something typed"
    await person.press("enter")
    yield "unlock, refused"
    async for view in every_view_of_a_passphrase(person, staff_passphrase):
        yield view
    await person.enter(staff_passphrase)
    yield "staff area"
    async for view in every_view_over_a_home(person):
        yield f"staff area, {view}"
    if not person.app.practice:
        async for view in every_view_of_a_new_event(person):
            yield view
    await person.press("g")
    yield "settings"
    await person.click_on("#save")
    yield "settings, saved"
    await person.press("g")
    person.widget("#idle_seconds").focus()
    await person.press("end", "ctrl+u")
    await person.click_on("#save")
    yield "settings, with a mistake"
    await person.press("escape", "shift+tab", "enter")
    person.app.changed = False  # else the walk would end at the next lock
    async for view in in_turn(every_paper_view(person), every_counts_view(person)):
        yield view
    if person.app.practice:
        await person.press("h")
        yield "hand over, in practice"
        await person.press("f5")
        yield "hand over, in practice, done"
        await person.press("escape")
    else:
        async for view in every_hand_over_view(person):
            yield view
    async for view in every_ending_view(person):
        yield view


async def every_view_over_a_home(person: Person[Any]) -> AsyncIterator[str]:
    """Go from the first screen of who has been let in through what lies over all their screens, and back."""
    await person.press("ctrl+p")
    yield "commands"
    await person.write("colours")
    yield "commands, found"
    await person.write("zzz")
    await person.until(lambda: "No matches" in person.read())
    yield "commands, none found"
    await person.press("escape", "f1")
    yield "keys"
    await person.press("escape")


async def every_view_of_a_passphrase(person: AtKiosk, staff_passphrase: str) -> AsyncIterator[str]:
    """Go from where staff unlock through forgetting and changing their passphrase, and back; not in practice."""
    if person.app.practice:
        return
    await person.press("f3")
    yield "forgotten"
    plug_in(*DRIVES)
    await look_for_drives(person)
    yield "forgotten, with drives"
    await person.press("f3")
    yield "forgotten, no answer"
    pull_out()
    await person.press("escape", "f2")
    await person.enter(staff_passphrase)
    await person.press("a")
    yield "passphrase as it is"
    await person.enter(staff_passphrase)
    yield "new staff passphrase"
    await person.press("escape", "l", "f2")


async def every_view_of_a_new_event(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area to a new event, typed and then one that the office has prepared, and back."""
    await person.press("n")
    yield "leave for a new event"
    await person.press("shift+tab", "enter")
    yield "new event"
    await person.click_on("#save")
    yield "new event, with a mistake"
    await person.press("tab", "tab", "tab", "tab")
    yield "new event, at the stage"
    await person.press("space", "down")
    yield "new event, choosing the stage"
    while not isinstance(person.app.screen, StaffHome):
        await person.press("escape")
    event = msgspec.structs.replace(person.app.settings.event, name="Spring Jobs Fair", date=dt.date(2099, 3, 1))
    keep_events(person.app.kiosk.data, [ComingEvent(event=event, languages=("en",))])
    await person.press("n", "shift+tab", "enter")
    yield "new event, prepared"
    await person.press("up", "enter")
    yield "new event, chosen"
    await person.press("escape", "shift+tab", "enter")
    keep_events(person.app.kiosk.data, [])


async def every_ending_view(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area through every view of leaving and of ending the event, and lock."""
    await person.press("e")
    yield "end event"
    await person.enter("not yet")
    yield "end event, not meant"
    person.app.kiosk.end_event = refuse  # type: ignore[method-assign]
    await person.press("tab", "enter")
    yield "end event, refused"
    del person.app.kiosk.end_event
    await person.press("escape", "q")
    yield "quit"
    await person.press("escape", "e")
    await person.enter("end")
    yield "staff area, ended"
    await person.press("c")
    yield "counts, ended"
    await person.press("escape")
    async for view in every_view_of_a_debrief(person):
        yield view
    await person.press("l")
    yield "ending, closed"


async def every_paper_view(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area through every view of entering paper sheets and back, keeping none, and name each."""
    await person.press("f")
    yield "paper sheets"
    await person.press("1")
    for question in person.app.survey.interview.survey.questions:
        yield f"a sheet, {question.id}"
        await person.press("1")
    yield "a sheet, second time"
    await person.press("2", "1", "1", "1")
    yield "a sheet, two entries that differ"
    await person.press("1", "f5")
    yield "a sheet, too few of them"
    await person.press("1", "f5")
    yield "a sheet, in the middle"
    await person.press("escape", "escape")
    yield "leave sheets"
    await person.say_yes()
    yield "staff area, sheets wiped"
    await person.press("f", "2", "3", "3", "3", "2")
    yield "a sheet, looked through"
    await person.press("2")
    yield "a sheet, changing"
    await person.press("1", *["enter", "1", "1", "1", "1"] * 9, "enter", "f5")
    yield "keep sheets"
    await person.press("escape", "escape")
    await person.say_yes()


async def every_view_of_a_debrief(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area of an event that has ended through writing how it went, and back."""
    await person.press("d")
    yield "debrief"
    await person.press("enter", "enter", "enter")
    yield "debrief, with a mistake"
    await person.enter("The quiz at the door: people stayed to see how they had done, and brought their friends.")
    await person.press("enter", "enter")
    yield "staff area, with a debrief"
    await person.press("d")
    await person.write("x")
    await person.press("escape")
    yield "debrief, lose what was typed"
    await person.press("shift+tab", "enter")


async def every_counts_view(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area through every view of the counts and back, and name each: without answers and with."""
    kiosk = person.app.kiosk
    opening = threading.Event()
    counts = kiosk.counts

    def slowly(key: TallyPrivateKey, progress: ProgressCallback = unreported) -> Counts:
        progress(3, 12)
        assert opening.wait(WAIT)
        return counts(key, progress)

    kiosk.counts = slowly  # type: ignore[method-assign]
    try:
        await person.begin("c")
        await person.until(lambda: isinstance(person.app.screen, CountsScreen))
        person.app.screen.query_one(Progress).show()
        await person.pause()
        yield "counts, opening"
    finally:
        opening.set()
        kiosk.counts = counts  # type: ignore[method-assign]
    await person.settle()
    yield "counts, none yet"
    await person.press("escape")
    few = [Response((1 + place % 9, 1 + place % 6, 1 + place % 5, 1 + place % 4)) for place in range(10)]
    many = [Response((1 + place % 7, 1 + place % 2, 1 + place % 2, 1 + place % 2)) for place in range(150)]
    for upto, name in ((few, "counts, of ten people"), (many, "counts")):
        answered(kiosk, upto)
        await person.press("c")
        yield name
        await person.press("t")
        for number, question in enumerate(person.app.survey.interview.survey.questions, 1):
            await person.press(str(number))
            yield f"{name}, {question.id} as text"
            await person.press("t")
            yield f"{name}, {question.id} as a chart"
            await person.press("t")
        await person.press("escape")
    await person.press("c", "?")
    yield "why"
    await person.press("escape", "escape")


async def every_hand_over_view(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area through every view of handing over and back, and name each."""
    kiosk = person.app.kiosk
    writing = threading.Event()

    def slowly(_outbox: Outbox, _key: KioskPrivateKey, _site: Site, progress: ProgressCallback) -> Iterator[Handed]:
        progress(0.5, 1)
        assert writing.wait(WAIT)
        yield Handed(kiosk.event, "fairstart-0.fairstart", b"", 37)

    def refused(_outbox: Outbox, _key: KioskPrivateKey, site: Site, _progress: object) -> Iterator[Handed]:
        raise PlaceError(f"There is no folder {site}: plug the drive in, or choose another place.")

    await person.press("h")
    yield "hand over"
    plug_in(*DRIVES)
    await look_for_drives(person)
    yield "hand over, with drives"
    await person.write("/")
    yield "hand over, choosing a folder"
    await person.press("backspace")
    really = Outbox.hand_over
    Outbox.hand_over = slowly  # type: ignore[method-assign, assignment]
    try:
        await person.begin("f5")
        handing_over = person.app.screen
        assert isinstance(handing_over, HandOverScreen)
        handing_over.query_one(Progress).show()
        await person.pause()
        yield "hand over, at work"
    finally:
        writing.set()
    await person.settle()
    yield "hand over, done"
    Outbox.hand_over = refused  # type: ignore[method-assign, assignment]
    await person.press("f6")
    Outbox.hand_over = really  # type: ignore[method-assign]
    yield "hand over, refused"
    await person.press("f3")
    yield "hand over, no receipt"
    handing_over.run_worker(handing_over._offer_to_delete([(Outbox(kiosk).events()[0], b"")]))
    await person.pause()
    yield "delete what was received"
    await person.press("escape", "escape")
    async for view in hand_over_to_an_address(person):
        yield view


async def hand_over_to_an_address(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area to handing over where the settings name the office's address, and back."""
    settings = person.app.settings
    person.app.settings = msgspec.structs.replace(
        settings, office=OfficeAddress(address="sftp://ann@office.example/in")
    )
    await person.press("h")
    yield "hand over, with the office's address"
    await person.press("escape")
    person.app.settings = settings


async def every_office_view(person: AtOffice, passphrase: str, drive: Path) -> AsyncIterator[str]:
    """Go from the locked door through every view of an office with events, and back; on the drive lie exports."""
    yield "door"
    await person.press("enter")
    yield "office unlock"
    await person.enter("wrong")
    yield "office unlock, refused"
    await person.enter(passphrase)
    yield "office"
    async for view in every_view_over_a_home(person):
        yield f"office, {view}"
    await person.press("i")
    yield "bring in"
    plug_in(*DRIVES)
    await look_for_drives(person)
    yield "bring in, with drives"
    await person.enter(str(drive))
    yield "a laptop not met"
    await person.press("shift+tab", "enter")
    yield "bring in, done"
    await person.press("f6")
    yield "bring in, nothing there"
    await person.press("escape")
    async for view in in_turn(
        every_look_of_the_office(person),
        every_view_of_coming_events(person),
        every_view_of_coordinators(person, passphrase),
    ):
        yield view
    await person.press("enter")
    yield "one event"
    await person.enter("few")
    await person.press("enter")
    yield "one event, refused"
    await person.press("escape")
    yield "go back, and lose what was typed"
    await person.press("shift+tab", "enter")
    async for view in in_turn(
        every_view_of_debriefs(person),
        every_view_of_corrections(person),
        every_view_of_managing(person, passphrase, drive),
    ):
        yield view


async def every_view_of_debriefs(person: AtOffice) -> AsyncIterator[str]:
    """Go from the office through what those who ran an event wrote, and back; nothing is left of it."""
    await person.press("enter", "f7")
    yield "debriefs, none"
    await person.press("a")
    yield "debrief, at the office"
    await person.write("The quiz.")
    await person.click_on("#next")
    yield "debriefs"
    await person.press("enter")
    yield "debrief, to change"
    await person.click_on("#remove")
    yield "debrief, removed for good"
    await person.press("shift+tab", "enter", "escape", "escape")


async def every_view_of_managing(person: AtOffice, passphrase: str, drive: Path) -> AsyncIterator[str]:
    """Go from the office through what is looked after now and then, and back."""
    await person.press("m")
    yield "manage"
    await person.press("k")
    yield "office key, to give out"
    await person.enter(str(drive))
    yield "office key, copied"
    await person.press("escape")
    async for view in every_view_of_copies(person, passphrase, drive):
        yield view


async def every_view_of_copies(person: AtOffice, passphrase: str, drive: Path) -> AsyncIterator[str]:
    """Go from what is looked after through making a copy on the drive, and out to the last question of restoring it."""
    await person.press("b")
    yield "copies"
    await person.enter(str(drive))
    yield "copies, one made"
    await person.press("escape", "escape", "l")
    yield "door, locked"
    await person.press("r")
    yield "restore a copy"
    await person.enter(str(drive))
    yield "restore a copy, its passphrase"
    await person.enter(passphrase)
    yield "restore a copy, asked"
    await person.press("escape", "escape")


async def every_look_of_the_office(person: AtOffice) -> AsyncIterator[str]:
    """Go from the office through what it shows of its events, and back."""
    await person.press("c")
    yield "scopes"
    await person.press("space")
    yield "scopes, choosing a stage"
    await person.press("escape", "enter")
    yield "office counts"
    await person.press("t")
    yield "office counts, as text"
    await person.press("?")
    yield "why, at the office"
    await person.press("escape", "escape", "escape", "j")
    yield "journey"
    await person.press("t")
    yield "journey, as text"
    await person.press("f")
    yield "journey, of what"
    await person.press("escape", "escape", "o")
    yield "trend, nothing to compare"
    await person.press("escape")
    async for view in in_turn(every_view_over_time(person), every_view_of_targets(person)):
        yield view
    await person.press("r")
    yield "report"
    await person.press("f6")
    yield "report, nowhere to write"
    await person.press("escape")


async def every_view_over_time(person: AtOffice) -> AsyncIterator[str]:
    """Go from the office through the trend of events that lie in several quarters, and back; they do no more then."""
    assert person.app.office
    corrections = person.app.office.corrections
    later = next(one for one in person.app.office.events() if one.event.stage == "applicants")
    corrections.correct(later, msgspec.structs.replace(labels_of(later), date=dt.date(2027, 5, 2)))
    await person.press("o")
    yield "trend"
    await person.press("t")
    yield "trend, as text"
    await person.press("y")
    yield "trend, by year"
    await person.press("escape")
    corrections.undo(corrections.all()[0].number)


async def every_view_of_targets(person: AtOffice) -> AsyncIterator[str]:
    """Go from the office through its targets, and back; none is left."""
    await person.press("g")
    yield "targets, none"
    await person.press("a")
    yield "target"
    await person.click_on("#next")
    yield "target, with a mistake"
    await person.write("39%")
    await person.click_on("#next")
    yield "targets"
    await person.press("enter")
    yield "target, to change"
    await person.click_on("#remove")
    yield "target, off the list"
    await person.press("shift+tab", "enter", "escape")


async def every_view_of_corrections(person: AtOffice) -> AsyncIterator[str]:
    """Go from the office through laptops, corrections and deletion, and back; nothing is changed that is not undone."""
    await person.press("enter")
    person.widget("#delete").focus()
    await person.press("enter")
    yield "delete answers"
    await person.press("escape", "f6")
    yield "correct an event"
    await person.press("shift+tab", "shift+tab", "shift+tab", "enter")
    yield "remove an event"
    await person.press("escape", "shift+tab", "enter")
    yield "one with which"
    await person.press("enter")
    yield "one with another"
    await person.press("shift+tab", "enter")
    yield "office, after a correction"
    await person.press("m", "o")
    yield "corrections"
    await person.press("enter")
    yield "undo a correction"
    await person.press("shift+tab", "enter")
    yield "corrections, none"
    await person.press("escape", "a")
    yield "laptops"
    await person.press("enter")
    yield "a laptop"
    await person.click_on("#revoke")
    yield "revoke a laptop"
    await person.press("escape", "escape", "escape", "escape")


async def every_view_of_coming_events(person: AtOffice) -> AsyncIterator[str]:
    """Go from the office through every view of the events that are coming, and back; none is left."""
    await person.press("e")
    yield "coming events, none"
    await person.press("a")
    yield "a coming event"
    await person.press("tab", "tab", "down", "tab", "pageup")
    yield "a coming event, with days"
    await person.click_on("#next")
    yield "a coming event, with a mistake"
    await person.write("Autum Intake")
    await person.press("tab")
    await person.write("L")
    yield "a coming event, with a place suggested"
    await person.press("right", "tab", "down", "tab", "end", "ctrl+u")
    await person.click_on("#next")
    yield "a coming event, with a near miss"
    await person.click_on("#next")
    yield "coming events"
    async for view in every_view_of_preparing(person):
        yield view
    await person.press("e")
    yield "papers"
    await person.press("space")
    yield "papers, choosing the event"
    await person.press("escape", "escape", "enter")
    yield "a coming event, to change"
    await person.click_on("#remove")
    yield "take a coming event off the list"
    await person.press("shift+tab", "enter", "escape")


async def every_view_of_preparing(person: AtOffice) -> AsyncIterator[str]:
    """Go from the coming events through every view of preparing laptops, and back."""
    assert person.app.office
    (one,) = person.app.office.planned.all()
    person.app.office.planned.save(msgspec.structs.replace(one, id="0" * 16, name="A second event"))
    await person.press("p")
    yield "prepare laptops"
    await person.press("0")
    await person.click_on("#next")
    yield "prepare laptops, with a mistake"
    await person.press("backspace", "enter", "space")
    yield "prepare laptops, choosing the programs"
    await person.press("down", "enter", "enter")
    yield "prepare laptops, a folder of programs"
    await person.press("escape", "space", "down", "enter", "enter")
    yield "prepare laptops, the passphrase"
    await person.press("f4")
    await person.enter("violet anchor mustard kite plough")
    yield "prepare laptops, onto which stick"
    await person.press("enter")
    yield "prepare laptops, no stick"
    await person.enter(str(person.app.data))
    yield "prepare laptops, done"
    await person.press("enter", "s")
    yield "sticks"
    await person.press("enter")
    yield "recall a stick"
    await person.press("shift+tab", "enter")
    yield "sticks, one recalled"
    await person.press("escape")
    person.app.office.planned.remove("0" * 16)


async def every_toolkit_view(person: Person[Any], folder: Path) -> AsyncIterator[str]:  # noqa: PLR0915 - view by view
    """Go from the toolkit's first screen through every view and back; the folder is an empty one to save in."""
    person.app.animation_level = "none"
    await person.settle()
    yield "toolkit"
    async for view in every_view_over_a_home(person):
        yield f"toolkit, {view}"

    async def place(name: Path) -> None:
        await person.fill("#place", str(name))
        await person.press("enter")

    async def home() -> None:
        while not isinstance(person.app.screen, ToolkitHome):
            await person.press("escape")
        person.widget("#toolkit").focus()

    chapters_beside = person.app.size.width >= WIDE
    await person.press(*(["right"] if chapters_beside else ["down"] * 5), "enter")
    yield "a chapter"
    await person.press("enter")
    yield "an item"
    await person.press("3", "l", "home", "enter")
    yield "an item, with a term unfolded"
    await person.press("o")
    await person.enter("Ada Lovelace")
    await person.enter("soon")
    yield "an item, with a mistake"
    await person.fill("#review", "23/11/2026")
    await person.press("enter")
    await person.write("Ask Bo, who knows the school.")
    yield "an item, with notes"
    await person.press("tab")
    person.app.screen.query_one("#entries" if person.app.size.width >= BESIDE else "#entry").focus()
    await person.press("u", "u", "u", "3", "escape")
    if not isinstance(person.app.screen, Browse):
        await person.press("enter")
    await person.press("f")
    yield "filter"
    await person.press("tab", "space")
    yield "filter, choosing a status"
    await person.press("down", "down", "enter", "enter")
    yield "a chapter, with nothing chosen"
    await home()
    await person.press("s")
    yield "search"
    await person.write("travel")
    yield "search, found"
    await person.write("q")
    yield "search, nothing found"
    await person.press("escape", "e")
    yield "save"
    await person.press("space", "down", "enter")
    await place(folder)
    yield "save, done"
    await person.press("escape", "i")
    yield "bring back"
    await place(folder / "none")
    yield "bring back, refused"
    saved = next(folder.glob("*.csv"))  # noqa: ASYNC240 - a test may wait
    saved.write_text(saved.read_text("utf-8-sig").replace('"not started"', '"in progress"'), "utf-8")
    await place(folder)
    yield "bring back, with changes"
    await person.press("f3")
    yield "bring back, done"
    await person.press("escape", "u")
    yield "toolkit, undone"
    await person.press("home", "down", "enter", "enter")
    yield "a check for the event"
    await home()
    await person.press("down", "down", "enter", "3", "a")
    yield "the next advert"
    await person.press("enter")
    yield "the next advert, without a name"
    await person.enter("Welding, level 2")
    yield "the next advert's list"
    await person.press("3", "escape", "enter")
    yield "adverts"
    await person.press("escape", "down", "enter", "enter")
    yield "what counts say"
    await home()
    await person.press("end", "enter", "enter")
    yield "an example"


async def every_view_of_coordinators(person: AtOffice, passphrase: str) -> AsyncIterator[str]:
    """Go from the office through what is about its keys and its log, and back; nothing is changed."""
    await person.press("m", "c")
    yield "coordinators, asked"
    await person.press("f3")
    yield "forgotten office passphrase"
    await person.press("enter")
    yield "forgotten office passphrase, no code"
    person.widget("#code").focus()
    await person.enter("-".join(recovery_code(RECOVERY_SECRET)))
    yield "whose passphrase"
    await person.press("enter")
    yield "new office passphrase, recovered"
    await person.press("escape", "escape", "escape", "shift+tab", "enter", "c")
    await person.enter(passphrase)
    yield "coordinators"
    await person.press("a")
    yield "add a coordinator"
    await person.enter("Ben")
    yield "passphrase of a coordinator"
    await person.press("escape", "escape", "shift+tab", "enter", "enter")
    yield "one coordinator"
    await person.click_on("#remove")
    yield "remove a coordinator"
    await person.press("escape", "escape", "r")
    yield "new recovery code, for an office"
    await person.press("escape", "escape", "v")
    yield "event log"
    await person.press("s")
    yield "event log, saved as a table"
    await person.press("escape", "escape", "p")
    yield "staff passphrase"
    await person.press("enter")
    yield "staff passphrase, refused"
    await person.press("escape", "escape")


async def every_first_office_view(person: AtOffice, passphrase: str) -> AsyncIterator[str]:
    """Go through making an office key and through recovering one, up to where either would be written."""
    yield "door without a key"
    await person.press("2")
    yield "recover"
    await person.press("enter", "enter")
    yield "recover, refused"
    await person.press("escape", "3")
    yield "restore a copy, first"
    await person.press("f3")
    yield "restore a copy, its code"
    await person.press("escape", "1")
    yield "new office passphrase"
    for _ in range(2):
        await person.enter(passphrase)
    yield "new recovery code"
    groups = code_shown(person)
    await person.press("enter")
    yield "new recovery code, asked for"
    await person.click_on("#next")
    yield "new recovery code, refused"
    await type_groups(person, groups)
    await person.press("enter")
    yield "ready to make the key"


async def every_setup_view(person: Person[SetupApp], passphrase: str, office_pub: Path) -> AsyncIterator[str]:
    """Go through every step of set-up and name each. Wants `setup.carry_out` replaced."""

    async def twice(typed: str) -> None:
        for _ in range(2):
            await person.enter(typed)

    yield "beginning"
    await person.press("3")
    yield "open what exists"
    await person.press("enter")
    yield "open what exists, with a mistake"
    await person.press("escape", "2")
    yield "details"
    await person.click_on("#next")
    yield "details, with a mistake"
    for text in ("Musterwerk", "Because we want to know.", "Riverside Jobs Fair", "", "", "Leeds"):
        await person.write(text)
        await person.press("tab")
    yield "details, filled in"
    await person.click_on("#next")
    yield "staff passphrase"
    await twice("weak")
    yield "staff passphrase, refused"
    await person.press("escape")
    yield "go back, and lose what was typed"
    await person.press("shift+tab", "enter")
    await person.click_on("#next")
    await person.press("f4")
    await person.write(passphrase)
    yield "staff passphrase, seen"
    await person.press("enter")
    async for view in every_view_of_keys(person, passphrase, office_pub):
        yield view
    await person.press("enter")
    yield "finish, done"


async def every_view_of_keys(person: Person[SetupApp], passphrase: str, office_pub: Path) -> AsyncIterator[str]:
    """Go from the office key through every view of it, up to the last step."""
    yield "office key"
    await person.write(f"{office_pub.parent}/")
    places = person.app.screen.query_one(ChoiceList)
    await person.until(lambda: any(office_pub.name in str(one.prompt) for one in places.options))
    yield "office key, choosing it"
    await person.press("down", "enter")
    await person.until(lambda: any("this file" in str(one.prompt) for one in places.options))
    await person.press("enter")
    await person.until(lambda: isinstance(person.app.screen, Finish))
    yield "finish, with a fingerprint"
    await person.press("escape")
    await person.click_on("#here")
    yield "office passphrase"
    for _ in range(2):
        await person.enter(passphrase[::-1])
    yield "recovery code"
    await person.press("enter")
    yield "recovery check"
    await person.click_on("#next")
    yield "recovery check, refused"
    step = person.app.screen
    assert isinstance(step, RecoveryCheck)
    office = person.app.plan.office
    groups = recovery_code(office.code) if isinstance(office, NewOffice) else ()
    for place in step._asked:
        await person.write(groups[place])
        await person.press("tab")
    await person.click_on("#next")
    yield "finish"


def refuse() -> None:
    """What ending an event does when the disk is full."""
    raise StoreError("This could not be kept on this laptop: check that its disk has free space, then try again.")


async def every_guide_view(person: Person[GuideApp]) -> AsyncIterator[str]:
    """Go from the list of pages through one of each kind and back, and name each."""
    yield "guide"
    for place, name in ((1, "guide page"), (9, "guide page of tables"), (15, "guide page about privacy")):
        await person.press("home", *["down"] * place, "enter")
        yield name
        await person.press("end")
        yield f"{name}, at the end"
        await person.press("escape")
