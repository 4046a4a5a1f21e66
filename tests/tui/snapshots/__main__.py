"""Draws the counts chart of one fixed event in every size and look: `python -m tests.tui.snapshots`.

Look at what changed before keeping it: test_snapshots.py compares the files here with what the screen paints now.
"""

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path, PurePath
from typing import ClassVar
from unittest import mock

from textual.app import ComposeResult
from textual.widgets import Static

import tui
from content.survey import QUESTION_SET, load_survey
from storage.disclosure import Counts, publish
from storage.events import Event
from storage.findings import findings
from storage.settings import OwnBenchmark
from storage.tally import Tally
from tui.counts import WHY, Shown, shown
from tui.lockdown import LockedApp
from tui.staff.counts import CountsScreen

FOLDER = Path(__file__).parent
SIZES = ((60, 20), (80, 24), (120, 40))
LOOKS = ("light", "dark", "no-colour")
_ANSWERED = {"professional": 33, "intermediate": 21, "working_class": 26, "other_or_not_known": 14}
_OWN = OwnBenchmark(question="occupation", category="working_class", share=48.5, source="Our own census", year=2024)


_EVENT = Event(
    name="Spring Jobs Fair",
    date=dt.date(2026, 3, 2),
    place="Town Hall",
    stage="outreach",
    question_set=QUESTION_SET,
    office_key_id=bytes(16),
)


def _read(_tell: Callable[[int, int], None]) -> Shown:
    """What the counts screen shows, of an event that never was."""
    tally = Tally({"occupation": {**_ANSWERED, "prefer_not_to_say": 6}})
    counted = Counts(
        event=_EVENT,
        tables=tuple(publish(tally, question.id) for question in load_survey().questions),
        threshold=10,
        held=123,
        in_counts=100,
        waiting=14,
        next_in=6,
        ended=False,
    )
    return shown(findings(counted, (_OWN,)))


class _Shown(LockedApp[None]):
    """The counts screen over nothing."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = Path(tui.__file__).with_name("kiosk.tcss")

    def compose(self) -> ComposeResult:
        yield Static()


async def draw() -> AsyncIterator[tuple[str, str]]:
    """Every snapshot: its file name and its SVG."""
    for look in LOOKS:
        with mock.patch.dict(os.environ):
            os.environ.pop("NO_COLOR", None)
            if look == "no-colour":
                os.environ["NO_COLOR"] = "1"
            for width, height in SIZES:
                app = _Shown("dark" if look == "dark" else "light")
                async with app.run_test(size=(width, height)) as pilot:
                    screen = CountsScreen(_EVENT.name, WHY, _read)
                    await app.push_screen(screen)
                    await app.workers.wait_for_complete()
                    await pilot.pause()
                    yield f"counts-{width}x{height}-{look}.svg", app.export_screenshot(title="Fairstart")


async def _save() -> None:
    async for name, picture in draw():
        (FOLDER / name).write_text(picture, "utf-8")


if __name__ == "__main__":
    asyncio.run(_save())
