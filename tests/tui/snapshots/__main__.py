"""Draws the survey, the counts chart and the toolkit in every size and look: `python -m tests.tui.snapshots`.

Look at what changed before keeping it: test_snapshots.py compares the files here with what the screens paint now.
"""

import asyncio
import datetime as dt
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path, PurePath
from typing import Any, ClassVar
from unittest import mock

from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

import tui
from content.survey import QUESTION_SET, load_survey
from storage.counts.disclosure import Counts, GroupSum
from storage.counts.findings import Findings, findings
from storage.counts.noise import NoisyGroup
from storage.events import Event
from storage.exchange import folders
from storage.exchange.folders import Entry, Listing
from storage.progress import ProgressCallback
from storage.report.advice import advice
from storage.settings import OwnBenchmark, parse
from storage.toolkit.checklist import BLANK, FIELDS, Edit, Record
from storage.toolkit.progress import Choice
from tests.tui.snapshots import survey
from tui.shared.counts import CountsScreen
from tui.terminal.lockdown import LockedApp
from tui.text.counts import WHY, Shown, shown
from tui.toolkit.browse import Browse
from tui.toolkit.filters import Filters
from tui.toolkit.find import Find
from tui.toolkit.home import ToolkitHome
from tui.toolkit.occasions import Occasions
from tui.toolkit.plan import BringBack, SavePlan
from tui.toolkit.session import Session
from tui.widgets import chooser

FOLDER = Path(__file__).parent
_STILL = 3
"""So many looks that find the same are taken for the end of it."""
SIZES = ((60, 20), (80, 24), (120, 40))
LOOKS = ("light", "dark", "no-colour")
TOOLKIT = ("home", "chapter", "item", "search", "filter", "save", "bring-back", "advice", "adverts")
"""What is drawn of the toolkit: in light in every size, and the item in dark."""
_ANSWERED = {
    "professional": 33,
    "intermediate": 21,
    "working_class": 26,
    "other_or_not_known": 14,
    "prefer_not_to_say": 6,
}
_OWN = OwnBenchmark(question="occupation", category="working_class", share=48.5, source="Our own census", year=2024)


_EVENT = Event(
    name="Spring Jobs Fair",
    date=dt.date(2026, 3, 2),
    place="Town Hall",
    stage="outreach",
    question_set=QUESTION_SET,
    office_key_id=bytes(16),
)
_ANNS = Path("/home/ann/Documents")
_THERE = Listing(
    Entry(_ANNS, is_folder=True),
    _ANNS.parent,
    (Entry(_ANNS / "Fairs", is_folder=True), Entry(_ANNS / "Letters", is_folder=True)),
)
"""What is in her folder."""
_SETTINGS = '[event]\nname = "Spring Jobs Fair"\ndate = "2026-03-02"\nplace = "Town Hall"\n'
_NOTED = {
    "D1.1": Record("done", "Ada", dt.date(2026, 5, 4), "In the form since March.\nAsk [Bo] about the second site."),
    "D1.2": Record("in progress", "Bo"),
    "D1.3": Record("not relevant"),
}


def _findings() -> Findings:
    """What is known of an event that never was."""
    people = [category for category, number in _ANSWERED.items() for _ in range(number)]
    tens = [Counter({**dict.fromkeys(_ANSWERED, 0), **Counter(people[place::10])}) for place in range(10)]
    total = GroupSum.of(NoisyGroup.read(10, {"occupation": ten}) for ten in tens)
    counted = Counts(
        event=_EVENT,
        tables=tuple(total.publish(question.id) for question in load_survey().questions),
        threshold=10,
        held=109,
        in_counts=100,
        waiting=3,
        ended=False,
    )
    return findings(counted, (_OWN,))


def _read(_tell: ProgressCallback) -> Shown:
    """What the counts screen shows of it."""
    return shown(_findings())


class _Shown(LockedApp[None]):
    """A screen over nothing."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = Path(tui.__file__).with_name("kiosk.tcss")

    def compose(self) -> ComposeResult:
        yield Static()


async def draw(size: tuple[int, int]) -> AsyncIterator[tuple[str, str]]:
    """Every snapshot of a size: its file name and its SVG."""
    for look in LOOKS:
        screen = CountsScreen(_EVENT.name, WHY, _read)
        yield _name("counts", size, look), await _draw(screen, size, look)
    for what in TOOLKIT:
        yield _name(f"toolkit-{what}", size, "light"), await _draw_toolkit(what, size, "light")
    if size == SIZES[0]:
        yield _name("toolkit-item", size, "dark"), await _draw_toolkit("item", size, "dark")


def _name(what: str, size: tuple[int, int], look: str) -> str:
    return f"{what}-{size[0]}x{size[1]}-{look}.svg"


async def _draw(screen: Screen[Any], size: tuple[int, int], look: str, *keys: str) -> str:
    """A screen as it is after these keys."""
    with mock.patch.dict(os.environ):
        os.environ.pop("NO_COLOR", None)
        os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor"})
        if look == "no-colour":
            os.environ["NO_COLOR"] = "1"
        app = _Shown("dark" if look == "dark" else "light")
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await app.push_screen(screen)
            await _still(app, pilot)  # a key that comes before the list that it moves in is for nobody
            for key in keys:
                await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause(0.05)
            return await _still(app, pilot)


async def _still(app: _Shown, pilot: Pilot[None]) -> str:
    """What it paints once no work is under way and that changes no more: what takes the place of something else is laid
    out in several steps."""
    looks: list[str] = []
    while len(looks) < _STILL or len(set(looks[-_STILL:])) > 1:
        await pilot.pause(0.02)
        await app.workers.wait_for_complete()
        looks.append(app.export_screenshot(title="Fairstart"))
    return looks[-1]


async def _draw_toolkit(what: str, size: tuple[int, int], look: str) -> str:
    """One of the toolkit's screens, with notes that somebody has made."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session.open(Path(folder), parse(_SETTINGS, "kiosk.toml"))
        edits = [
            Edit(name, field, BLANK.text(field), record.text(field))
            for name, record in _NOTED.items()
            for field in FIELDS
        ]
        edits += [Edit("H4.2.1", "status", "not started", "done", label) for label in ("", "Welding, level 2")]
        session.checklist.save(*(edit for edit in edits if edit.before != edit.after))
        records = session.checklist.records()
        screens: dict[str, tuple[Callable[[], Screen[Any]], tuple[str, ...]]] = {
            "home": (lambda: ToolkitHome(Path(folder), session.settings), ("down",)),
            "chapter": (lambda: Browse(session, session.chosen(Choice(chapter="data"), records)), ("down", "up")),
            "item": (lambda: Browse(session, session.chosen(Choice(chapter="data"), records), "D1.1"), ("n",)),
            "search": (lambda: Find(session, Browse.on_entry), tuple("travel")),
            "filter": (lambda: Filters(Choice(chapter="data"), records), ("tab",)),
            "save": (lambda: SavePlan(session, lambda _: session.chosen(Choice(chapter="data"), records)), ("tab",)),
            "bring-back": (lambda: BringBack(session), ("tab",)),
            "adverts": (lambda: Occasions(session, "advert"), ("down", "up")),
            "advice": (lambda: Browse(session, session.advice(advice(session.toolkit, _findings()))), ("down", "up")),
        }
        make, keys = screens[what]
        own = mock.patch("tui.toolkit.plan.own_folder", return_value=_ANNS)
        there = mock.patch.object(folders, "choices", return_value=_THERE)
        with own, there, mock.patch.object(chooser, "drives", list):
            picture = await _draw(make(), size, look, *keys)
        session.close()
    return picture


async def _save() -> None:
    for size in SIZES:
        async for name, picture in draw(size):
            (FOLDER / name).write_text(picture, "utf-8")
    for size in survey.SIZES:
        async for name, picture in survey.draw(size):
            (FOLDER / name).write_text(picture, "utf-8")


if __name__ == "__main__":
    asyncio.run(_save())
