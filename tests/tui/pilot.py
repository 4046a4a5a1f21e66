"""Someone in front of a screen of ours: `run` gives a `Person` who presses keys, clicks and reads what is painted."""

import asyncio
import contextlib
import datetime as dt
import gc
import heapq
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Generic, ParamSpec, TypeVar
from unittest import mock

from rich.segment import Segment
from textual import events
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker, WorkerCancelled

from tests.waiting import WAIT
from tui.app import KioskApp
from tui.office.app import OfficeApp
from tui.terminal.lockdown import LockedApp
from tui.toolkit.app import ToolkitApp

Size = tuple[int, int]


TODAY = dt.date(2026, 12, 1)
"""The day at the office: no answers of these tests' events are due to be deleted."""
SMALL, USUAL, LARGE, HUGE = (60, 20), (80, 24), (120, 40), (200, 60)
"""Windows the screens are made for."""


CRAMPED = (40, 12)
"""Smaller than they are made for: here they scroll."""


PATIENCE, HASTE = 1.0, 0.03
"""Seconds between two presses of somebody who looks at the screen, and of a key that is held."""


_KEYS = {
    " ": ("space", " "),
    "space": ("space", " "),
    "?": ("question_mark", "?"),
    ".": ("full_stop", "."),
    "+": ("plus", "+"),
    "-": ("minus", "-"),
    "*": ("asterisk", "*"),
    "/": ("slash", "/"),
    ",": ("comma", ","),
    "<": ("less_than_sign", "<"),
    ">": ("greater_than_sign", ">"),
}
"""Keys that Textual calls by another name than their character."""


AnApp = TypeVar("AnApp", bound=LockedApp[Any])


Given = ParamSpec("Given")


Result = TypeVar("Result")


_REFRESH = Screen._compositor_refresh


_PARSE = Stylesheet._parse_rules


_PARSED: dict[object, list[RuleSet]] = {}
"""Rules by their text, and by all that they depend on: each app would parse the same hundred style sheets."""


class Person(Generic[AnApp]):
    """Someone in front of the screen. Keys and clicks enter where a terminal's do; reading is of painted cells."""

    def __init__(self, app: AnApp, pilot: Pilot[Any], messages: "Messages", threads: "Threads") -> None:
        self.app = app
        self.pilot = pilot
        self._messages = messages
        self._threads = threads
        self._now = time.monotonic()
        """When they do what they do: nothing depends on how fast the test runs."""

    # Doing

    def let_pass(self, seconds: float) -> None:
        """Do the next thing only after so many seconds."""
        self._now += seconds

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once all is done that the one before began."""
        for key in keys:
            async with self._done():
                await self.begin(key)
        async with self._done():
            await self._see()

    async def begin(self, *keys: str) -> None:
        """Press keys, each once the one before was let go, whatever threads have begun to do."""
        for key in keys:
            self.let_pass(PATIENCE)
            await self.hurry(key)

    async def hurry(self, *keys: str) -> None:
        """Press keys faster than the screen can follow, as a key repeats that is held."""
        for key in keys:
            name, character = _KEYS.get(key, (key, key if len(key) == 1 else None))
            self._send(events.Key(name, character))
        await self.pause()

    def _send(self, event: events.Event) -> None:
        assert self.app._driver is not None
        self.let_pass(HASTE)
        event.time = self._now
        self.app._driver.send_message(event)

    @contextlib.asynccontextmanager
    async def _done(self) -> AsyncIterator[None]:
        """Wait for all that is begun in here."""
        threads, workers = self._threads.begun, set(self.app.workers)
        yield
        if self._threads.begun > threads or not workers.issuperset(self._working()):
            await self.settle()

    async def _see(self) -> None:
        """Wait until a screen that has just been opened is painted."""
        for _ in range(2):
            await self.pause()

    async def write(self, text: str) -> None:
        """Type into the field that has the cursor."""
        async with self._done():
            await self.hurry(*text)

    async def enter(self, text: str) -> None:
        """Type into the field that has the cursor, and press Enter."""
        await self.write(text)
        await self.press("enter")

    async def fill(self, name: str, text: str) -> None:
        """Put the cursor into a field, and type this in place of what stands there."""
        self.widget(name).focus()
        await self.press("end", "ctrl+u")
        await self.write(text)

    async def click(self, x: int, y: int) -> None:
        """Press and release the mouse at one place, as a terminal reports it, and wait for all that it does."""
        async with self._done():
            self.let_pass(PATIENCE)
            await self.tap(x, y)
        async with self._done():
            await self._see()

    async def tap(self, x: int, y: int) -> None:
        """Click without waiting for what follows, as in a double click."""
        for kind in (events.MouseMove, events.MouseDown, events.MouseUp):
            await self.mouse(kind, x, y)

    async def drag(self, *places: tuple[int, int]) -> None:
        """Press the mouse, or put a finger, at the first of these places, and let go at the last."""
        self.let_pass(PATIENCE)
        await self.mouse(events.MouseDown, *places[0])
        for x, y in places[1:]:
            await self.mouse(events.MouseMove, x, y, button=1)
        await self.mouse(events.MouseUp, *places[-1])

    async def act(self, by_mouse: bool, key: str, name: str) -> None:  # noqa: FBT001 - a parameter of most tests
        """Do one thing by its button or by its key, and wait for all that it does."""
        await (self.click_on(name) if by_mouse else self.press(key))

    async def say_yes(self, word: str = "", *, by_mouse: bool = False) -> None:
        """Say yes to what a dialog asks: by its word where it has one, or by going to its button."""
        if by_mouse:
            await self.click_on("#yes")
        elif word:
            await self.enter(word)
        else:
            await self.press("shift+tab", "enter")

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

    async def mouse(self, kind: type[events.MouseEvent], x: int, y: int, button: int | None = None) -> None:
        """Let the terminal report one thing about the mouse; it is moved with no button pressed unless one is given."""
        self.painted()  # who points at something sees it
        if button is None:
            button = 0 if kind is events.MouseMove else 1
        self._send(kind(None, x, y, 0, 0, button, shift=False, meta=False, ctrl=False))
        await self.pause()

    async def settle(self) -> None:
        """Wait for work in threads, and for what follows from it."""
        while True:
            while busy := self._working():
                with contextlib.suppress(WorkerCancelled):  # its screen went as soon as it had its answer
                    await self.app.workers.wait_for_complete(busy)
                await self.pause()
            await self.pause()
            if self._all_done():
                await self.pause()  # what a thread has just brought back is painted, and may begin something
                if self._all_done():
                    return
            await asyncio.sleep(0.001)

    def _all_done(self) -> bool:
        return not self._threads.busy and not self._working()

    def _working(self) -> list[Worker[object]]:
        return [worker for worker in self.app.workers if worker._thread_worker and not worker.is_finished]

    async def pause(self) -> None:
        """Wait until every message has been dealt with, and all that followed from it."""
        quiet = 0
        while quiet < 2 and not self.app._exit:
            before = self._messages.count
            for _ in range(12):  # a message takes two or three turns of the loop from widget to widget
                await asyncio.sleep(0)
            if self._messages.count == before:
                self.app.screen._on_timer_update()  # layout and painting, which otherwise happen 240 times a second
                quiet += 1
            else:
                quiet = 0
        if self.app._exit:
            await self.pilot._wait_for_screen()

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that a thread or a timer does."""
        end = time.monotonic() + WAIT
        while not happened():
            await self.pause()
            assert time.monotonic() < end, self.read()

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

    def read_unframed(self) -> str:
        """The same without the frame of a dialog, on which words would break."""
        return " ".join(self.read().replace("│", " ").split())

    def read_in(self, name: str) -> str:
        """The text that is painted where a widget is seen, with single spaces."""
        seen = self.seen(self.widget(name))
        assert seen, f"{name} cannot be seen"
        strips = self.app.screen._compositor.render_strips()[seen.y : seen.bottom]
        return " ".join(" ".join(strip.crop(seen.x, seen.right).text for strip in strips).split())

    async def read_below(self, name: str) -> str:
        """The text of a widget, going down until all of it is seen."""
        for _ in range(200):
            if self.seen(self.widget(name)) == self.widget(name).region:
                return self.read_in(name)
            await self.press("down")
        raise AssertionError(f"{name} cannot be seen")

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
    """Counts what was begun and is under way in `asyncio.to_thread`, in whose place it stands."""

    def __init__(self) -> None:
        self.begun = self.busy = 0
        self._given = asyncio.to_thread

    async def __call__(self, work: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        self.begun += 1
        self.busy += 1
        try:
            return await self._given(work, *args, **kwargs)
        finally:
            self.busy -= 1


AtKiosk = Person[KioskApp]


AtOffice = Person[OfficeApp]


AtToolkit = Person[ToolkitApp]


def _paint_when_read(screen: Screen[object]) -> None:
    """What a screen does once it is laid out, but for painting: reading paints all of it, and nobody looks before."""
    app = screen.app
    if screen is app.screen:
        app._display(screen, None)
        screen._compositor._dirty_regions.clear()
        screen._dirty_widgets.clear()
        app._update_mouse_over(screen)
    else:
        _REFRESH(screen)


def _parse_once(sheet: Stylesheet, *what: object, **more: object) -> list[RuleSet]:
    """What a style sheet does with a text that none has parsed with these colours before."""
    key = (what, *more.values(), *sheet._variables.items())
    if key not in _PARSED:
        _PARSED[key] = _PARSE(sheet, *what, **more)  # type: ignore[arg-type]
    return _PARSED[key]


@contextlib.asynccontextmanager
async def run(app: AnApp, size: Size) -> AsyncIterator[Person[AnApp]]:
    """Run any of our apps in a window of this size, and see that no fault ended it."""
    messages, threads = Messages(), Threads()
    with (
        mock.patch.object(asyncio, "to_thread", threads),
        mock.patch("textual.screen.UPDATE_PERIOD", 1),
        mock.patch("tui.office.home.today", return_value=TODAY),
        mock.patch.object(Screen, "_compositor_refresh", _paint_when_read),
        mock.patch.object(Stylesheet, "_parse_rules", _parse_once),
    ):
        async with app.run_test(size=size, message_hook=messages) as pilot:
            person = Person(app, pilot, messages, threads)
            await person.pause()
            yield person
            assert not app.fault


def at(person: Person[Any], kind: type[Screen[Any]]) -> bool:
    """Whether somebody is at a screen of this kind."""
    return isinstance(person.app.screen, kind)


def alive(kinds: Sequence[type]) -> list[object]:
    """Objects of these types that still exist anywhere in the process, a second from now."""
    loop: Any = asyncio.get_running_loop()  # it holds a cancelled timer, with its widget, until the timer is due
    loop._scheduled[:] = [timer for timer in loop._scheduled if not timer.cancelled()]
    heapq.heapify(loop._scheduled)
    gc.collect()
    wanted = frozenset(kinds)  # of a million objects, each is asked
    return [found for found in gc.get_objects() if type(found) in wanted]


def unspaced(text: str) -> str:
    """Text without what tells where its lines were broken: a long path breaks anywhere."""
    return "".join(text.split())
