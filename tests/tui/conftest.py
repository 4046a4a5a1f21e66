"""A kiosk to stand in front of: the real app on a real data folder, with the real crypto.

`start` opens the kiosk in a window of any size and gives a `Person` who presses keys, clicks places and reads what is
painted. Argon2id takes its time, so a data folder is set up once, and each test gets a copy.
"""

import asyncio
import contextlib
import ctypes
import gc
import hashlib
import heapq
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, ParamSpec, Protocol, TypeVar
from unittest import mock

import pytest
import tomlkit
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.worker import WorkerCancelled

import storage.kiosk.kiosk
import storage.office.office
from storage.counts.disclosure import Counts
from storage.counts.noise import Bits, Coins
from storage.counts.tally import Tally
from storage.crypto import keys
from storage.crypto.keys import SEED_SIZE, KioskPrivateKey, OfficePrivateKey, TallyPrivateKey, recovery_code
from storage.crypto.sealing import Response, ResponseOpener
from storage.data_folder import hold, make_office
from storage.errors import PlaceError, StoreError, WrongPassphraseError
from storage.events import Stage
from storage.exchange import drives as places
from storage.exchange.drives import Drive
from storage.exchange.handover import Handed
from storage.exchange.locations import Site
from storage.kiosk.kiosk import Kiosk, NewOffice, set_up
from storage.office.decrypting import all_cores
from storage.office.importing import bring_all, find_exports
from storage.office.office import Office
from storage.settings import SettingsFile, find_settings, parse
from tui.app import KioskApp
from tui.interview import Step
from tui.office.app import OfficeApp
from tui.setup import setup
from tui.setup.setup import SetupApp
from tui.shared.counts import CountsScreen
from tui.shared.steps import RecoveryCheck
from tui.speech import programs as speech
from tui.staff.hand_over import HandOverScreen
from tui.staff.home import StaffHome
from tui.survey.idle import IdleWarning
from tui.terminal import capabilities as terminal
from tui.terminal.lockdown import LockedApp
from tui.toolkit.app import ToolkitApp
from tui.toolkit.browse import BESIDE, Browse
from tui.toolkit.home import ToolkitHome
from tui.widgets import chooser
from tui.widgets.chooser import PlaceChooser

Size = tuple[int, int]
SMALL, USUAL, LARGE, HUGE = (60, 20), (80, 24), (120, 40), (200, 60)
"""Windows the screens are made for."""
CRAMPED = (40, 12)
"""Smaller than they are made for: here they scroll."""

KIOSK_TOML = """\
# Written by Ada, for the autumn fair.

[organisation]
name = "Musterwerk"  # as on the banner

[event]
name = "Riverside Jobs Fair"
date = "2026-11-23"
place = "Leeds"
"""

_KEYS = {
    " ": ("space", " "),
    "space": ("space", " "),
    "?": ("question_mark", "?"),
    ".": ("full_stop", "."),
    "+": ("plus", "+"),
    "-": ("minus", "-"),
    "*": ("asterisk", "*"),
    "/": ("slash", "/"),
}
"""Keys that Textual calls by another name than their character."""

AnApp = TypeVar("AnApp", bound=LockedApp[Any])
Given = ParamSpec("Given")
Result = TypeVar("Result")


class Person(Generic[AnApp]):
    """Someone in front of the screen. Keys and clicks enter where a terminal's do; reading is of painted cells."""

    def __init__(self, app: AnApp, pilot: Pilot[Any], messages: "Messages", threads: "Threads") -> None:
        self.app = app
        self.pilot = pilot
        self._messages = messages
        self._threads = threads

    # Doing

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once the one before has had its effect."""
        for key in keys:
            await self.hurry(key)

    async def hurry(self, *keys: str) -> None:
        """Press keys faster than the screen can follow."""
        assert self.app._driver is not None
        for key in keys:
            name, character = _KEYS.get(key, (key, key if len(key) == 1 else None))
            self.app._driver.send_message(events.Key(name, character))
        await self.pause()

    async def write(self, text: str) -> None:
        """Type into the field that has the cursor."""
        await self.hurry(*text)

    async def click(self, x: int, y: int) -> None:
        """Press and release the mouse at one place, as a terminal reports it."""
        await self.tap(x, y)
        await self.pause()

    async def tap(self, x: int, y: int) -> None:
        """Click without waiting for what follows."""
        for kind in (events.MouseMove, events.MouseDown, events.MouseUp):
            await self.mouse(kind, x, y)

    async def wheel(self, x: int, y: int, *, down: bool = True) -> None:
        """Turn the wheel one notch over one place."""
        await self.mouse(events.MouseScrollDown if down else events.MouseScrollUp, x, y)
        await self.pause()

    async def click_on(self, name: str) -> None:
        """Click in the middle of what is seen of a widget, which must lie open to the mouse there."""
        target = self.widget(name)
        seen = self.seen(target)
        assert seen, f"{name} cannot be seen"
        x, y = seen.x + seen.width // 2, seen.y + seen.height // 2
        under, _ = self.app.get_widget_at(x, y)
        assert target in under.ancestors_with_self, f"{under} lies over {name}"
        await self.click(x, y)

    async def mouse(self, kind: type[events.MouseEvent], x: int, y: int) -> None:
        """Let the terminal report one thing about the mouse."""
        assert self.app._driver is not None
        button = 0 if kind is events.MouseMove else 1
        self.app._driver.send_message(kind(None, x, y, 0, 0, button, shift=False, meta=False, ctrl=False))
        await self.pause()

    async def settle(self) -> None:
        """Wait for work in threads, and for what follows from it."""
        while True:
            while busy := [worker for worker in self.app.workers if worker._thread_worker and not worker.is_finished]:
                with contextlib.suppress(WorkerCancelled):  # its screen went as soon as it had its answer
                    await self.app.workers.wait_for_complete(busy)
                await self.pause()
            await self.pause()
            if not self._threads.busy:
                return
            await asyncio.sleep(0.001)

    async def pause(self) -> None:
        """Wait until every message has been dealt with, and all that followed from it."""
        quiet = 0
        while quiet < 2 and not self.app._exit:
            before = self._messages.count
            for _ in range(12):  # a message takes two or three turns of the loop from widget to widget
                await asyncio.sleep(0)
            self.app.screen._on_timer_update()  # layout and painting, which otherwise happen sixty times a second
            quiet = quiet + 1 if self._messages.count == before else 0
        if self.app._exit:
            await self.pilot._wait_for_screen()

    async def resize(self, size: Size) -> None:
        """Change the size of the window."""
        await self.pilot.resize_terminal(*size)
        await self.pause()

    # Looking

    def painted(self) -> list[list[Segment]]:
        """What is painted, line by line, with its styles."""
        return [list(strip) for strip in self.app.screen._compositor.render_strips()]

    def lines(self) -> list[str]:
        """The text that is painted, line by line."""
        return ["".join(segment.text for segment in line).rstrip() for line in self.painted()]

    def read(self) -> str:
        """All the text that is painted, as one line with single spaces, for finding sentences that wrap."""
        return " ".join(" ".join(self.lines()).split())

    def read_in(self, name: str) -> str:
        """The text that is painted where a widget is seen, with single spaces."""
        seen = self.seen(self.widget(name))
        assert seen, f"{name} cannot be seen"
        strips = self.app.screen._compositor.render_strips()[seen.y : seen.bottom]
        return " ".join(" ".join(strip.crop(seen.x, seen.right).text for strip in strips).split())

    async def read_on(self, further: Callable[[], Awaitable[None]]) -> str:
        """All the text that is painted until going further shows nothing new."""
        seen = [self.read()]
        for _ in range(200):
            await further()
            if self.read() == seen[-1]:
                return " ".join(seen)
            seen.append(self.read())
        raise AssertionError("it never ends")

    def widget(self, name: str) -> Widget:
        """The widget of the top screen that a selector names."""
        return self.app.screen.query_one(name)

    def seen(self, widget: Widget) -> Region | None:
        """The part of a widget that is inside the window and every box that holds it."""
        if not widget.is_attached or not all(part.display for part in widget.ancestors_with_self if part.is_attached):
            return None
        placed = self.app.screen._compositor.visible_widgets.get(widget)
        seen = placed[0].intersection(placed[1]).intersection(self.app.screen.region) if placed else None
        return seen or None


class Messages:
    """Counts what an app's widgets say to one another, to tell when all is quiet."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, message: Message) -> None:
        if not isinstance(message, events.Callback | events.Timer):  # waiting itself makes callbacks
            self.count += 1


class Threads:
    """Counts what is under way in `asyncio.to_thread`, in whose place it stands."""

    def __init__(self) -> None:
        self.busy = 0
        self._given = asyncio.to_thread

    async def __call__(self, work: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        self.busy += 1
        try:
            return await self._given(work, *args, **kwargs)
        finally:
            self.busy -= 1


AtKiosk = Person[KioskApp]
AtOffice = Person[OfficeApp]
AtToolkit = Person[ToolkitApp]


class Drives:
    """The drives of a computer that has none until one is plugged in."""

    def __init__(self) -> None:
        self.found: list[Drive] = []

    def __call__(self) -> list[Drive]:
        return list(self.found)


def plug_in(*paths: Path) -> None:
    """Plug drives in, with whatever is on them."""
    assert isinstance(places.drives, Drives)
    places.drives.found += map(Drive, paths)


class Start(Protocol):
    """Opens the kiosk; sections of kiosk.toml can be changed by name: `start(survey={"questions": "key"})`."""

    def __call__(
        self, size: Size = ..., *, practice: bool = ..., **changes: Mapping[str, object]
    ) -> AbstractAsyncContextManager[AtKiosk]: ...


class Held(Protocol):
    """Opens every response that is held, with the office's private key."""

    def __call__(self) -> list[tuple[int, int, int, int]]: ...


def changed(file: SettingsFile, **changes: Mapping[str, object]) -> SettingsFile:
    """The settings file with some keys changed."""
    document = tomlkit.parse(file.text)
    for section, values in changes.items():
        document.setdefault(section, tomlkit.table()).update(values)
    text = document.as_string()
    return SettingsFile(parse(text, str(file.path)), file.path, text)


@contextlib.asynccontextmanager
async def run(app: AnApp, size: Size) -> AsyncIterator[Person[AnApp]]:
    """Run any of our apps in a window of this size, and see that no fault ended it."""
    messages, threads = Messages(), Threads()
    with mock.patch.object(asyncio, "to_thread", threads):
        async with app.run_test(size=size, message_hook=messages) as pilot:
            person = Person(app, pilot, messages, threads)
            await person.pause()
            yield person
            assert not app.fault


async def every_kiosk_view(person: AtKiosk, staff_passphrase: str) -> AsyncIterator[str]:
    """Go through every view of the kiosk, as a candidate and as staff, and name each. Wants `easy_unlock`."""
    for views in (every_candidates_view(person), every_staff_view(person, staff_passphrase)):
        async for view in views:
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
    await person.press("space", "escape")
    survey.show(replace(survey.interview, step=Step.FAILED))
    await person.settle()
    yield "ending, failed"
    disk = threading.Event()
    keep = person.app.kiosk.keep
    person.app.kiosk.keep = lambda sealed: keep(sealed) if disk.wait(30) else None  # type: ignore[method-assign]
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
    await person.press("enter")


async def every_staff_view(person: AtKiosk, staff_passphrase: str) -> AsyncIterator[str]:
    """Go from the welcome through every view of staff, to the end of the event, and name each."""
    await person.press("f2")
    yield "unlock"
    await person.write("wrong")
    yield "unlock, with something typed"
    await person.press("enter")
    await person.settle()
    yield "unlock, refused"
    await person.write(staff_passphrase)
    await person.press("enter")
    await person.settle()
    yield "staff area"
    await person.press("n")
    yield "new event"
    await person.press("enter")
    yield "new event, with a mistake"
    await person.press("tab", "tab", "tab")
    yield "new event, at the stage"
    await person.press("enter", "down")
    yield "new event, choosing the stage"
    while not isinstance(person.app.screen, StaffHome):
        await person.press("escape")
        await person.settle()
    async for view in every_counts_view(person):
        yield view
    if not person.app.practice:
        async for view in every_hand_over_view(person):
            yield view
    await person.press("e")
    yield "end event"
    person.app.kiosk.end_event = refuse  # type: ignore[method-assign]
    await person.press("y")
    await person.settle()
    yield "end event, refused"
    del person.app.kiosk.end_event
    await person.press("escape")
    if not person.app.practice:
        await person.press("q")
        yield "quit with answers waiting"
        await person.press("escape")
    await person.press("e", "y")
    await person.settle()
    yield "staff area, ended"
    await person.press("c")
    await person.settle()
    yield "counts, ended"
    await person.press("escape", "l")
    yield "ending, closed"


def refuse() -> None:
    """What ending an event does when the disk is full."""
    raise StoreError("This could not be kept on this laptop: check that its disk has free space, then try again.")


async def every_counts_view(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area through every view of the counts and back, and name each: without answers and with."""
    kiosk = person.app.kiosk
    opening = threading.Event()
    counts = kiosk.counts

    def slowly(key: TallyPrivateKey, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Counts:
        progress(3, 12)
        assert opening.wait(30)
        return counts(key, progress)

    kiosk.counts = slowly  # type: ignore[method-assign]
    try:
        await person.press("c")
        for _ in range(100):
            counting = person.app.screen
            if isinstance(counting, CountsScreen):
                break
            await person.pause()
        assert isinstance(counting, CountsScreen)
        counting._show_progress()
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
        await person.settle()
        yield name
        await person.press("t")
        for number, question in enumerate(person.app.survey.interview.survey.questions, 1):
            await person.press(str(number))
            yield f"{name}, {question.id} as text"
            await person.press("t")
            yield f"{name}, {question.id} as a chart"
            await person.press("t")
        await person.press("escape")
    await person.press("c")
    await person.settle()
    await person.press("?")
    yield "why"
    await person.press("escape", "escape")


DRIVES = (Path("/media/ann/STICK"), Path("/media/ann/INTENSO-64-OF-THE-OUTREACH-TEAM"))
"""That look as drives do, and are pulled out again before anything is written to them."""


async def look_for_drives(person: Person[Any]) -> None:
    """What the screen does every other second."""
    person.app.screen.query_one(PlaceChooser)._look()
    await person.settle()


async def every_hand_over_view(person: AtKiosk) -> AsyncIterator[str]:
    """Go from the staff area through every view of handing over and back, and name each."""
    kiosk = person.app.kiosk
    writing = threading.Event()

    def slowly(_key: KioskPrivateKey, _site: Site, progress: Callable[[float, int], None]) -> Iterator[Handed]:
        progress(0.5, 1)
        assert writing.wait(30)
        yield Handed(kiosk.event, "fairstart-0.fairstart", b"", 37)

    def refused(_key: KioskPrivateKey, site: Site, _progress: object) -> Iterator[Handed]:
        raise PlaceError(f"There is no folder {site}: plug the drive in, or choose another place.")

    await person.press("h")
    await person.settle()
    yield "hand over"
    plug_in(*DRIVES)
    await look_for_drives(person)
    yield "hand over, with drives"
    kiosk.hand_over = slowly  # type: ignore[method-assign, assignment]
    try:
        await person.press("1")
        handing_over = person.app.screen
        assert isinstance(handing_over, HandOverScreen)
        handing_over._show_progress()
        await person.pause()
        yield "hand over, at work"
    finally:
        writing.set()
    await person.settle()
    yield "hand over, done"
    kiosk.hand_over = refused  # type: ignore[method-assign, assignment]
    await person.press("2")
    await person.settle()
    del kiosk.hand_over
    yield "hand over, refused"
    await person.press("r")
    await person.settle()
    yield "hand over, no receipt"
    handing_over.run_worker(handing_over._offer_to_delete([(kiosk.events()[0], b"")]))
    await person.pause()
    yield "delete what was received"
    await person.press("escape", "escape")


async def every_office_view(person: AtOffice, passphrase: str, drive: Path) -> AsyncIterator[str]:
    """Go from the locked door through every view of an office with events, and back; on the drive lie exports."""
    yield "door"
    await person.press("enter")
    yield "office unlock"
    await person.write("wrong")
    await person.press("enter")
    await person.settle()
    yield "office unlock, refused"
    await person.write(passphrase)
    await person.press("enter")
    await person.settle()
    yield "office"
    await person.press("i")
    await person.settle()
    yield "bring in"
    plug_in(*DRIVES)
    await look_for_drives(person)
    yield "bring in, with drives"
    person.widget("#place").focus()
    await person.write(str(drive))
    await person.press("enter")
    await person.settle()
    yield "a laptop not met"
    await person.press("y")
    await person.settle()
    yield "bring in, done"
    person.app.screen.set_focus(None)
    await person.press("2")
    await person.settle()
    yield "bring in, nothing there"
    await person.press("escape")
    async for view in every_look_of_the_office(person):
        yield view
    await person.press("enter")
    yield "one event"
    await person.write("few")
    await person.press("enter")
    yield "one event, refused"
    await person.press("escape", "k")
    await person.settle()
    yield "office key, to give out"
    person.widget("#place").focus()
    await person.write(str(drive))
    await person.press("enter")
    await person.settle()
    yield "office key, copied"
    await person.press("escape", "l")
    yield "door, locked"


async def every_look_of_the_office(person: AtOffice) -> AsyncIterator[str]:
    """Go from the office through what it shows of its events, and back."""
    await person.press("c")
    yield "scopes"
    await person.press("enter")
    yield "scopes, choosing a stage"
    await person.press("escape", "c")
    await person.settle()
    yield "office counts"
    await person.press("t")
    yield "office counts, as text"
    await person.press("?")
    yield "why, at the office"
    await person.press("escape", "escape", "escape", "j")
    await person.settle()
    yield "journey"
    await person.press("t")
    yield "journey, as text"
    await person.press("f")
    yield "journey, of what"
    await person.press("escape", "escape", "r")
    await person.settle()
    yield "report"
    person.app.screen.set_focus(None)
    await person.press("2")
    await person.settle()
    yield "report, nowhere to write"
    await person.press("escape")


async def every_toolkit_view(person: Person[Any], folder: Path) -> AsyncIterator[str]:  # noqa: PLR0915 - view by view
    """Go from the toolkit's first screen through every view and back; the folder is an empty one to save in."""
    person.app.animation_level = "none"
    await person.settle()
    yield "toolkit"

    async def press(*keys: str) -> None:
        for key in keys:
            await person.press(key)
            await person.settle()

    async def place(name: Path) -> None:
        person.widget("#place").focus()
        await press("end", "ctrl+u")
        await person.write(str(name))
        await press("enter")

    await press("down", "down", "down", "down", "down", "enter")
    yield "a chapter"
    await press("enter")
    yield "an item"
    await press("3", "l", "home", "enter")
    yield "an item, with a term unfolded"
    await press("o")
    await person.write("Ada Lovelace")
    await press("enter")
    await person.write("soon")
    await press("enter")
    yield "an item, with a mistake"
    person.widget("#review").focus()
    await press("end", "ctrl+u")
    await person.write("23/11/2026")
    await press("enter")
    await person.write("Ask Bo, who knows the school.")
    yield "an item, with notes"
    await press("tab")
    person.app.screen.query_one("#entries" if person.app.size.width >= BESIDE else "#entry").focus()
    await press("u", "u", "u", "3", "escape")
    if not isinstance(person.app.screen, Browse):
        await press("enter")
    await press("f")
    yield "filter"
    await press("tab", "enter")
    yield "filter, choosing a status"
    await press("down", "down", "enter", "s")
    yield "a chapter, with nothing chosen"
    while not isinstance(person.app.screen, ToolkitHome):
        await press("escape")
    await press("s")
    yield "search"
    await person.write("travel")
    await person.settle()
    yield "search, found"
    await person.write("q")
    await person.settle()
    yield "search, nothing found"
    await press("escape", "e")
    yield "save"
    await press("enter", "down", "enter")
    await place(folder)
    yield "save, done"
    await press("escape", "i")
    yield "bring back"
    await place(folder / "none")
    yield "bring back, refused"
    saved = next(folder.glob("*.csv"))  # noqa: ASYNC240 - a test may wait
    saved.write_text(saved.read_text("utf-8-sig").replace('"not started"', '"in progress"'), "utf-8")
    await place(folder)
    yield "bring back, with changes"
    await press("y")
    yield "bring back, done"
    await press("escape", "u")
    yield "toolkit, undone"
    await press("home", "down", "enter", "enter")
    yield "a check for the event"
    while not isinstance(person.app.screen, ToolkitHome):
        await press("escape")
    await press("down", "down", "enter", "3", "c")
    yield "the advert, cleared"
    await press("escape", "down", "enter", "enter")
    yield "what counts say"
    while not isinstance(person.app.screen, ToolkitHome):
        await press("escape")
    await press("end", "enter", "enter")
    yield "an example"


async def every_first_office_view(person: AtOffice, passphrase: str) -> AsyncIterator[str]:
    """Go through making an office key and through recovering one, up to where either would be written."""
    yield "door without a key"
    await person.press("2")
    yield "recover"
    await person.press("enter")
    yield "recover, refused"
    await person.press("escape", "1")
    yield "new office passphrase"
    for _ in range(2):
        await person.write(passphrase)
        await person.press("enter")
    yield "new recovery code"
    groups = code_shown(person)
    await person.press("enter")
    yield "new recovery code, asked for"
    await person.press("enter")
    yield "new recovery code, refused"
    await type_groups(person, groups)
    await person.press("enter")
    yield "ready to make the key"


def code_shown(person: Person[Any]) -> dict[int, str]:
    """The recovery code as somebody would copy it down: its groups by their numbers."""
    words = person.read_in("#code").split()
    return {int(number): group for number, group in zip(words[::2], words[1::2], strict=True)}


async def type_groups(person: Person[Any], groups: Mapping[int, str]) -> None:
    """Type what the check of a recovery code asks for."""
    step = person.app.screen
    assert isinstance(step, RecoveryCheck)
    for place in step._asked:
        person.widget(f"#group-{place}").focus()
        await person.write(groups[place + 1])


def alive(kinds: Sequence[type]) -> list[object]:
    """Objects of these types that still exist anywhere in the process, a second from now."""
    loop: Any = asyncio.get_running_loop()  # it holds a cancelled timer, with its widget, until the timer is due
    loop._scheduled[:] = [timer for timer in loop._scheduled if not timer.cancelled()]
    heapq.heapify(loop._scheduled)
    gc.collect()
    wanted = frozenset(kinds)  # of a million objects, each is asked
    return [found for found in gc.get_objects() if type(found) in wanted]


def tally_of(responses: Iterable[Response]) -> Tally:
    """The exact counts of these."""
    return Tally.total(map(Tally.of, responses))


def coins_towards(groups: Iterable[tuple[Tally, Tally]]) -> Coins:
    """Coins that blur one group after the other, each given by its exact counts, to the counts that are wanted."""
    drawn: dict[str, list[list[int]]] = {}
    for exact, wanted in groups:
        for question, counts in exact.counts.items():
            noise = [wanted.counts[question][category] - count for category, count in counts.items()]
            drawn.setdefault(question, []).append(noise)
    left = {question: iter(noises) for question, noises in drawn.items()}

    def coins(question: str) -> Bits:
        for number in next(left[question]):
            yield from (*[1] * max(number, 0), 0, *[1] * max(-number, 0), 0)

    return coins


@pytest.fixture
def without_blur(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coins that always come down tails, so that noise is nought: for tests that say which numbers are shown."""
    monkeypatch.setattr(storage.kiosk.kiosk, "system_coins", lambda _question: itertools.repeat(0))
    monkeypatch.setattr(storage.office.office, "keyed_coins", lambda _key, _ids: lambda _question: itertools.repeat(0))


def answered(kiosk: Kiosk, responses: Iterable[Response]) -> None:
    """Keep and count these, as the survey does."""
    for response in responses:
        kiosk.keep(kiosk.seal(response))
        kiosk.count(response)


async def every_setup_view(person: Person[SetupApp], passphrase: str, office_pub: Path) -> AsyncIterator[str]:
    """Go through every step of set-up and name each. Wants `setup.carry_out` replaced."""

    async def twice(typed: str) -> None:
        for _ in range(2):
            await person.write(typed)
            await person.press("enter")

    yield "beginning"
    await person.press("3")
    yield "open what exists"
    await person.press("enter")
    yield "open what exists, with a mistake"
    await person.press("escape", "2")
    yield "details"
    await person.press("enter")
    yield "details, with a mistake"
    for text in ("Musterwerk", "Because we want to know.", "Riverside Jobs Fair", "", "Leeds"):
        await person.write(text)
        await person.press("tab")
    yield "details, filled in"
    await person.press("shift+tab", "enter")
    yield "staff passphrase"
    await twice("weak")
    yield "staff passphrase, refused"
    await person.press("escape")
    await person.press("enter")
    await twice(passphrase)
    yield "office key"
    await person.write(str(office_pub))
    await person.press("enter")
    yield "finish, with a fingerprint"
    await person.press("escape")
    await person.click_on("#here")
    yield "office passphrase"
    await twice(passphrase[::-1])
    yield "recovery code"
    await person.press("enter")
    yield "recovery check"
    await person.press("enter")
    yield "recovery check, refused"
    step = person.app.screen
    assert isinstance(step, RecoveryCheck)
    office = person.app.plan.office
    groups = recovery_code(office.key.seed) if isinstance(office, NewOffice) else ()
    for place in step._asked:
        await person.write(groups[place])
        await person.press("tab")
    await person.click_on("#next")
    yield "finish"
    await person.press("enter")
    await person.settle()
    yield "finish, done"


INTERPRETER = """
import json, os, sys
import tui.cli.main
answers = os.dup(1)
request = b""
while piece := os.read(0, 1 << 16):
    request += piece
    if request.endswith(b"\\n"):
        if not (child := os.fork()):
            break
        os.write(answers, b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        request = b""
else:
    os._exit(0)
code, arguments, folder, streams, environment = json.loads(request)
for number, stream in enumerate(streams):
    os.dup2(os.open(stream, os.O_RDWR), number)
os.chdir(folder)
os.environ.update(environment)
sys.argv[1:] = arguments
exec(code)
"""
"""Python as a command finds it once `tui.cli.main` is imported. Each request is a process that goes on there."""


def lose_root() -> None:
    """Let file permissions hold for root too, by giving up CAP_DAC_OVERRIDE for the program about to start."""
    if sys.platform == "linux" and os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


class Interpreter:
    """Runs code without a terminal, each time in a new process, of which starting Python and importing are done."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def __call__(
        self, code: str, arguments: Sequence[str], folder: Path, given: str, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run it in the folder `working` of this one, and give what it said; its streams are files beside."""
        streams = [folder / name for name in ("stdin", "stdout", "stderr")]
        for stream, content in zip(streams, (given, "", ""), strict=True):
            stream.write_text(content, "utf-8")
        request = [code, arguments, str(folder / "working"), list(map(str, streams)), environment]
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], 60)[0]:
            self._process.kill()  # its answer is for nobody else
        answer = self._process.stdout.readline()
        assert answer, f"it did not end, or could not begin: {arguments}"
        status = int(answer)
        said = [stream.read_text("utf-8") for stream in streams[1:]]
        for stream in streams:
            stream.unlink()
        return subprocess.CompletedProcess(arguments, status, *said)


@pytest.fixture(scope="session")
def interpreter() -> Iterator[Interpreter]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "-c", INTERPRETER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**kept, "LANG": "C.UTF-8", "TERM": "xterm"},
        preexec_fn=lose_root,  # noqa: PLW1509 - no thread runs yet, or none that matters
    ) as process:
        yield Interpreter(process)
        assert process.stdin
        process.stdin.close()


@pytest.fixture(scope="session")
def staff_passphrase() -> str:
    return "violet anchor mustard kite plough"


@pytest.fixture(scope="session")
def office_key() -> OfficePrivateKey:
    return OfficePrivateKey.generate()


@pytest.fixture(scope="session")
def kiosk_seed() -> bytes:
    """What the kiosk's own key is made of. No test holds the key itself, so one that is alive was left by the app."""
    return bytes(range(SEED_SIZE))


@pytest.fixture(scope="session")
def set_up_once(
    tmp_path_factory: pytest.TempPathFactory, office_key: OfficePrivateKey, staff_passphrase: str, kiosk_seed: bytes
) -> Path:
    """A data folder that went through set-up, never to be changed."""
    data = tmp_path_factory.mktemp("set-up") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KioskPrivateKey, "generate", lambda: KioskPrivateKey(kiosk_seed))
        set_up(data, staff_passphrase, office_key.public)
    return data


@pytest.fixture
def set_up_folder(set_up_once: Path, tmp_path: Path) -> Path:
    """A set-up data folder of this test's own."""
    return Path(shutil.copytree(set_up_once, tmp_path / "data"))


@pytest.fixture
def settings_file(set_up_folder: Path) -> SettingsFile:
    """A filled-in kiosk.toml, with an organiser's notes, in the data folder."""
    path = set_up_folder / "kiosk.toml"
    path.write_text(KIOSK_TOML, "utf-8")
    return SettingsFile(parse(KIOSK_TOML, str(path)), path, KIOSK_TOML)


@pytest.fixture
def shipped_settings(tmp_path: Path) -> SettingsFile:
    """The settings of a laptop that nobody has set up."""
    return find_settings(None, tmp_path, tmp_path / "data")


@pytest.fixture
def kiosk(set_up_folder: Path, settings_file: SettingsFile) -> Iterator[Kiosk]:
    """The opened data folder."""
    with hold(set_up_folder), contextlib.closing(Kiosk.open(set_up_folder, settings_file.settings)) as opened:
        yield opened


@pytest.fixture
def start(kiosk: Kiosk, settings_file: SettingsFile) -> Start:
    @contextlib.asynccontextmanager
    async def started(
        size: Size = USUAL, *, practice: bool = False, **changes: Mapping[str, object]
    ) -> AsyncIterator[AtKiosk]:
        settings = changed(settings_file, **changes)
        with contextlib.ExitStack() as closing:
            opened = kiosk
            if "event" in changes:
                opened = closing.enter_context(contextlib.closing(Kiosk.open(kiosk.data, settings.settings)))
            async with run(KioskApp(opened, settings, practice=practice), size) as person:
                while not (person.app.survey._ready or person.app.fault):
                    await person.pause()
                yield person

    return started


@pytest.fixture
def held(kiosk: Kiosk, office_key: OfficePrivateKey) -> Held:
    def opened() -> list[tuple[int, int, int, int]]:
        responses: list[Response] = [
            ResponseOpener(office_key, kiosk.event).open(sealed.sealed) for sealed in kiosk._pool.rows()
        ]
        return [response.codes for response in responses]

    return opened


@pytest.fixture
def easy_unlock(monkeypatch: pytest.MonkeyPatch, staff_passphrase: str, kiosk_seed: bytes) -> None:
    """The staff passphrase without Argon2id, where a test is about something else."""

    def unlock(_kiosk: Kiosk, passphrase: str) -> KioskPrivateKey:
        if passphrase != staff_passphrase:
            raise WrongPassphraseError("That passphrase is not right.")
        return KioskPrivateKey(kiosk_seed)

    monkeypatch.setattr(Kiosk, "unlock", unlock)


@pytest.fixture
def quickly_unlocked(quickly: None, set_up_folder: Path, staff_passphrase: str, kiosk_seed: bytes) -> None:
    """The staff passphrase unlocks the kiosk's own key file, with a hash in Argon2id's place."""
    (set_up_folder / "kiosk" / "kiosk.key").write_bytes(KioskPrivateKey(kiosk_seed).to_file(staff_passphrase))


@pytest.fixture
def set_up_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set-up without its last act and without looking around, where a test is about its screens."""
    monkeypatch.setattr(setup, "carry_out", lambda _plan: iter(["Keys made and saved."]))
    monkeypatch.setattr(setup, "find_files", lambda _pattern: [])


@pytest.fixture
def office_pub(tmp_path: Path, office_key: OfficePrivateKey) -> Path:
    """The file that the office handed over."""
    path = tmp_path / "stick" / "office.pub"
    path.parent.mkdir()
    path.write_bytes(office_key.public.to_file())
    return path


@pytest.fixture(autouse=True)
def drives(monkeypatch: pytest.MonkeyPatch) -> Drives:
    """Whatever is plugged into the computer that tests this is left alone."""
    found = Drives()
    monkeypatch.setattr(places, "drives", found)
    monkeypatch.setattr(chooser, "drives", found)
    return found


OFFICE_PASSPHRASE = "quartz lemon harbour tin orbit"
HOSTILE = "Open [red]Day[/] [@click=app.quit]x[/] $5 \\x1b[31m"
"""The name of an event, with all that Textual or a terminal might obey."""


def _stretch_quickly(passphrase: str, salt: bytes) -> bytes:
    return hashlib.sha256(salt + keys.normalise_passphrase(passphrase).encode()).digest()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key files as they are, with a hash in Argon2id's place."""
    monkeypatch.setattr(keys, "_stretch", _stretch_quickly)


class Laptop:
    """A kiosk that has been somewhere and has handed over. Wants `quickly`, or the same."""

    def __init__(self, data: Path, office: OfficePrivateKey, seed: bytes) -> None:
        self.data = data
        self._seed = seed
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(KioskPrivateKey, "generate", lambda: KioskPrivateKey(seed))
            set_up(data, "any", office.public)

    @property
    def fingerprint(self) -> str:
        return KioskPrivateKey(self._seed).public.fingerprint

    def hands_over(self, drive: Path, codes: Sequence[tuple[int, int, int, int]], **event: object) -> None:
        """Hold these responses of one event, and export everything that is held."""
        file = SettingsFile(parse(KIOSK_TOML, "kiosk.toml"), self.data / "kiosk.toml", KIOSK_TOML)
        with contextlib.closing(Kiosk.open(self.data, changed(file, event=event).settings)) as kiosk:
            sealed = [kiosk.seal(Response(each)).sealed for each in codes]
            kiosk._pool._rewrite(kiosk._pool._open(), sorted(sealed))
            list(kiosk.hand_over(KioskPrivateKey(self._seed), Site.at(str(drive)), lambda _done, _of: None))


def people(count: int, occupations: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """So many, who answer the first question in turn with these."""
    return [
        (occupations[place % len(occupations)], 1 + place % 2, 1 + place % 3, 1 + place % 2) for place in range(count)
    ]


FAMILIAR, STRANGE = b"a laptop that the office has met!", b"a laptop it has never heard of..!"


@pytest.fixture(scope="session")
def handed_over_once(tmp_path_factory: pytest.TempPathFactory, office_key: OfficePrivateKey) -> Path:
    """A drive with the exports of two laptops, and one that is damaged: never to be changed."""
    folder = tmp_path_factory.mktemp("handed-over")
    drive = folder / "drive"
    drive.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_stretch", _stretch_quickly)
        familiar = Laptop(folder / "familiar", office_key, FAMILIAR[:SEED_SIZE])
        familiar.hands_over(drive, people(120, [6, 6, 6, 1, 7]), name=HOSTILE, date="2026-10-01", stage="outreach")
        familiar.hands_over(
            drive, people(100, [1, 1, 1, 1, 6]), name="Autumn Intake", date="2026-11-02", stage="applicants"
        )
        strange = Laptop(folder / "strange", office_key, STRANGE[:SEED_SIZE])
        strange.hands_over(drive, people(7, [3]), name="Hull Fair", date="2026-11-20", place="Hull")
    whole = min(drive.iterdir())
    (drive / "fairstart-damaged.fairstart").write_bytes(whole.read_bytes()[:-1] + b"?")
    return drive


@pytest.fixture
def handed_over(handed_over_once: Path, tmp_path: Path) -> Path:
    """That drive, of this test's own."""
    return Path(shutil.copytree(handed_over_once, tmp_path / "DRIVE"))


@pytest.fixture(scope="session")
def offices_once(
    tmp_path_factory: pytest.TempPathFactory, office_key: OfficePrivateKey, handed_over_once: Path
) -> tuple[Path, Path]:
    """Data folders of an office without events, and of one that has brought in what a familiar laptop handed over."""
    folder = tmp_path_factory.mktemp("offices")
    drive = Path(shutil.copytree(handed_over_once, folder / "drive"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_stretch", _stretch_quickly)
        make_office(folder / "new", office_key, OFFICE_PASSPHRASE)
    shutil.copytree(folder / "new", folder / "used")
    with contextlib.closing(Office.open(folder / "used", office_key)) as office, all_cores() as executor:
        office.accept(KioskPrivateKey(FAMILIAR[:SEED_SIZE]).public)
        brought = bring_all(office, find_exports([str(drive)]), executor, lambda _done, _of: None)
        assert sum(one.brought is not None for one in brought) == 2
    return folder / "new", folder / "used"


STAGES: tuple[Stage, ...] = ("outreach", "applicants")
Codes = tuple[int, int, int, int]


def office_of(folder: Path, empty: Path, key: OfficePrivateKey, answers: Sequence[Sequence[Codes]]) -> Path:
    """The data folder of an office at whose events these people answered; no table was made yet."""
    data = Path(shutil.copytree(empty, folder / "data"))
    (folder / "drive").mkdir()
    laptop = Laptop(folder / "laptop", key, FAMILIAR[:SEED_SIZE])
    for stage, codes in zip(STAGES, answers, strict=True):
        laptop.hands_over(folder / "drive", codes, name=f"{stage} day", date="2026-10-01", stage=stage)
    with contextlib.closing(Office.open(data, key)) as office, all_cores() as executor:
        office.accept(KioskPrivateKey(FAMILIAR[:SEED_SIZE]).public)
        list(bring_all(office, find_exports([str(folder / "drive")]), executor, lambda _done, _of: None))
    return data


def coins_of(
    data: Path, key: OfficePrivateKey, answers: Sequence[Sequence[Codes]], wanted: Sequence[Sequence[Codes]]
) -> Callable[[bytes, object], Coins]:
    """What blurs the groups of that office to the counts of other people."""
    with contextlib.closing(Office.open(data, key)) as office:
        events = sorted(office.events(), key=lambda one: one.event.id)  # as groups are made
    places = [STAGES.index(one.event.stage) for one in events]
    tallies = [[tally_of(map(Response, codes)) for codes in each] for each in (answers, wanted)]
    coins = coins_towards([(tallies[0][place], tallies[1][place]) for place in places])
    return lambda _key, _ids: coins


@pytest.fixture(scope="session")
def wide_office_once(
    tmp_path_factory: pytest.TempPathFactory, office_key: OfficePrivateKey, offices_once: tuple[Path, Path]
) -> Path:
    """The data folder of an office with events of several stages, levels, places and quarters."""
    folder = tmp_path_factory.mktemp("wide-office")
    drive = folder / "drive"
    drive.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_stretch", _stretch_quickly)
        laptop = Laptop(folder / "laptop", office_key, FAMILIAR[:SEED_SIZE])
        for name, date, place, stage, count in (
            ("Leeds Fair", "2026-10-01", "Leeds", "outreach", 60),
            ("Leeds Intake", "2026-11-02", "Leeds", "applicants", 50),
            ("Hull Fair", "2026-10-05", "Hull", "outreach", 40),
            ("Hull Intake", "2027-01-11", "Hull", "make-up", 30),
            ("Small Fair", "2026-12-01", "York", "outreach", 4),
        ):
            occupations = [6, 6, 1, 3] if stage == "outreach" else [1, 1, 1, 6]
            laptop.hands_over(drive, people(count, occupations), name=name, date=date, place=place, stage=stage)
    data = Path(shutil.copytree(offices_once[0], folder / "data"))
    with contextlib.closing(Office.open(data, office_key)) as office, all_cores() as executor:
        office.accept(KioskPrivateKey(FAMILIAR[:SEED_SIZE]).public)
        brought = bring_all(office, find_exports([str(drive)]), executor, lambda _done, _of: None)
        assert all(one.brought for one in brought)
        for one in office.events():
            if one.event.name in {"Hull Fair", "Hull Intake", "Leeds Intake"}:
                office.describe(one.event, None, 2 if one.event.name == "Hull Fair" else 3)
    return data


@pytest.fixture
def wide_office(wide_office_once: Path, tmp_path: Path) -> Path:
    """That data folder, of this test's own. Wants `quickly`."""
    return Path(shutil.copytree(wide_office_once, tmp_path / "wide-office"))


@pytest.fixture
def new_office(offices_once: tuple[Path, Path], tmp_path: Path) -> Path:
    """The data folder of an office that nothing was brought into. Wants `quickly`."""
    return Path(shutil.copytree(offices_once[0], tmp_path / "office"))


@pytest.fixture
def used_office(offices_once: tuple[Path, Path], tmp_path: Path) -> Path:
    """The data folder of an office with two events. Wants `quickly`."""
    return Path(shutil.copytree(offices_once[1], tmp_path / "office"))


@pytest.fixture(autouse=True)
def a_usual_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that shows all colours and letters, and a speech program that is never found at its place."""
    for name, value in {"TERM": "xterm-256color", "COLORTERM": "truecolor"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal.screen_fallbacks.cache_clear()
    monkeypatch.setattr(speech, "find_program", lambda: speech.Program("espeak-ng", "/nowhere/espeak-ng"))


@pytest.fixture(scope="session", autouse=True)
def collecting_seldom() -> Iterator[None]:
    """Garbage is looked for a thirtieth as often: tests that ask what is left in memory collect it themselves."""
    usual = gc.get_threshold()
    gc.set_threshold(20_000, *usual[1:])
    yield
    gc.set_threshold(*usual)


@pytest.fixture(autouse=True)
def suspending_as_before() -> Iterator[None]:
    """The app ignores Ctrl+Z for good; the process that tests it should not."""
    before = signal.getsignal(signal.SIGTSTP) if hasattr(signal, "SIGTSTP") else None
    yield
    if before is not None:
        signal.signal(signal.SIGTSTP, before)
