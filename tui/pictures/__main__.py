"""Draws the pictures of the README, the guide and the papers from the running app: `python -m tui.pictures`.

Not part of the installed package; the pictures are, for papers show some. Everything in them is fixed, so a picture
changes only when a screen does; a test compares them with the app. Chromium draws those of papers in pixels as well.
One of them moves: a candidate's way through the survey, and the staff area after it.
`python -m tui.pictures FOLDER` draws the others in all sizes and all colours into that folder, on one page for each
colours.
"""

import asyncio
import datetime as dt
import hashlib
import itertools
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any
from unittest import mock

from textual.pilot import Pilot
from textual.widgets import DataTable, OptionList

from content.survey import QUESTION_SET
from content.toolkit import load_toolkit
from storage.counts.noise import Bits, keyed_coins
from storage.crypto import keys
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response, seal
from storage.data_folder import hold
from storage.events import Event, Stage
from storage.exchange.exports import write_export
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.office.office import Office
from storage.office_folder import NewOffice, make_office
from storage.papers.pictures import Drawing
from storage.settings import (
    FILE_NAME,
    EventDetails,
    Organisation,
    SettingsFile,
    Survey,
    filled_in,
    parse,
    shipped_default,
)
from storage.toolkit.checklist import Checklist, Edit, Status
from tui.app import KioskApp, Outcome
from tui.interview import Step
from tui.office.app import OfficeApp
from tui.setup.setup import SetupApp
from tui.shared.findings import FindingsScreen
from tui.speech import programs as speech
from tui.speech import sound
from tui.staff.home import StaffHome
from tui.survey import presses
from tui.survey.ending import Ending
from tui.terminal.lockdown import LockedApp
from tui.terminal.themes import THEMES
from tui.text.papers import shown
from tui.toolkit.app import ToolkitApp
from tui.toolkit.browse import Browse

FOLDER = Path(__file__).parent
PIXELS = FOLDER / "drawn.sha256"
"""Which pictures those in pixels were drawn of."""
_DAY = dt.date(2026, 11, 23)
_HELD = 176
_OFFICE = OfficePrivateKey(bytes(range(32)))
_JOURNEY: tuple[tuple[Stage, int, tuple[int, int, int]], ...] = (
    ("outreach", 3, (50, 50, 100)),
    ("applicants", 5, (60, 55, 85)),
    ("starts", 8, (55, 40, 55)),
    ("completion", 11, (50, 20, 15)),
)
"""Stages, months, and how many of each group came. Made up."""
_SECONDS = 2
"""That each frame of the picture that moves is seen."""
_FONTS = re.compile(r"@font-face {.*?}\s*", re.DOTALL)
"""What a picture loads from elsewhere, which one that moves would do for each frame."""
_STILL = 4
"""So many looks that find the same are taken for the end of it."""
_PASSPHRASE = "a passphrase for the pictures"  # noqa: S105 - of a folder that lasts for one drawing


async def draw(theme: str = "", size: tuple[int, int] | None = None) -> AsyncIterator[tuple[str, str]]:
    """Every picture: its file name and its SVG.

    Args:
        theme: the colours, by the word that kiosk.toml uses; empty for those in the README.
        size: columns and rows; None for those in the README.
    """
    program = speech.Program("espeak-ng", "espeak-ng")  # never started
    groups = itertools.count()

    def coins(question: str) -> Bits:
        return keyed_coins(bytes(32), [next(groups).to_bytes(16, "big")])(question)

    usual = (
        mock.patch.dict(os.environ, {"TERM": "xterm-256color", "COLORTERM": "truecolor"}),
        mock.patch.object(speech, "find_program", return_value=program),
        mock.patch.object(sound, "has_output", return_value=True),
        mock.patch.object(keys, "_stretch", lambda _passphrase, salt: hashlib.sha256(salt).digest()),  # takes 0.6 s
        mock.patch("storage.kiosk.counting.system_coins", coins),
        mock.patch("storage.office.groups.keyed_coins", return_value=coins),
        mock.patch("tui.office.home.today", return_value=dt.date(2026, 12, 1)),
    )
    with ExitStack() as stack:
        for each in usual:
            stack.enter_context(each)
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fairstart-pictures-")))
        stack.enter_context(hold(data))
        first = SetupApp(_settings(data, theme or "light"), data)
        async with first.run_test(size=size or (80, 24)) as pilot:
            await _until(pilot, lambda: True)
            yield "set-up.svg", first.export_screenshot(title="Fairstart")
        with mock.patch.object(KioskPrivateKey, "generate", return_value=KioskPrivateKey(bytes(range(32, 64)))):
            set_up(data, _PASSPHRASE, _OFFICE.public)
        light = theme or "light"
        for pictures in (
            _candidate(data, light, size or (80, 24)),
            _question(data, light, size or (120, 40)),
            *(() if theme else (_question(data, "dark", size or (60, 20)),)),
            _staff(data, light, size or (120, 40)),
            _office(data, light, size or (120, 34)),
            _toolkit(data, light, size or (120, 34)),
        ):
            async for picture in pictures:
                yield picture
        if not theme and size is None:
            yield "demo.svg", await _demo(data, light)


async def _candidate(data: Path, theme: str, size: tuple[int, int]) -> AsyncIterator[tuple[str, str]]:
    async with _kiosk(data, theme, size) as (app, pilot):
        await _offered(app, pilot)
        yield "welcome.svg", app.export_screenshot(title="Fairstart")
        await pilot.press("1")
        for digit in ("3", "1", "2", "1"):
            await pilot.press(digit, "enter")
        await pilot.pause()
        yield "check.svg", app.export_screenshot(title="Fairstart")


async def _until(pilot: Pilot[Any], shown: Callable[[], bool]) -> None:
    """Wait for what a thread brings, and for what follows from it: until nothing changes any more."""
    still = 0
    while still < _STILL:
        before = pilot.app.export_screenshot()
        await pilot.pause(0.05)
        still = still + 1 if shown() and pilot.app.export_screenshot() == before else 0


async def _offered(app: KioskApp, pilot: Pilot[Outcome]) -> None:
    """Wait until all is there that a candidate is offered."""
    await _until(pilot, lambda: bool(app.survey.query("#read.-offered")))


async def _question(data: Path, theme: str, size: tuple[int, int]) -> AsyncIterator[tuple[str, str]]:
    async with _kiosk(data, theme, size) as (app, pilot):
        await _offered(app, pilot)
        await pilot.press("1", "5")
        await pilot.pause()
        yield f"question-{theme}.svg", app.export_screenshot(title="Fairstart")


async def _demo(data: Path, theme: str) -> str:
    """A candidate's way through the survey, and the staff area after it, in one picture that moves."""
    frames = []
    with (
        mock.patch.object(Ending, "count_down"),  # no second less of what is counted down
        mock.patch.object(presses, "_KEY_REPEATS", 0),  # nobody holds a key
    ):
        async with _kiosk(data, theme, (80, 24)) as (app, pilot):
            await _offered(app, pilot)
            frames.append(app.export_screenshot(title="Fairstart"))
            for key in ("1", "3", "enter", "1", "enter", "2", "enter", "1", "enter", "enter"):
                await pilot.press(key)
                await _until(pilot, lambda: app.survey.interview.step is not Step.SENDING)
                frames.append(app.export_screenshot(title="Fairstart"))
            key_of_staff = app.kiosk.unlock(_PASSPHRASE)
            home = StaffHome(app.kiosk, key_of_staff, app.settings, _DAY, practice=False)
            await app.push_screen(home)
            await _until(pilot, lambda: home.current is not None)
            frames.append(app.export_screenshot(title="Fairstart"))
            await pilot.press("c")
            await _until(pilot, lambda: _found(app))
            frames.append(app.export_screenshot(title="Fairstart"))
    return _moving(frames)


def _moving(frames: Sequence[str]) -> str:
    """One picture that shows these one after the other, for ever; who wants nothing to move sees the first."""
    opening, _, _ = frames[0].partition(">")
    inner = [_FONTS.sub("", frame[frame.index(">") + 1 : frame.rindex("</svg>")]) for frame in frames]
    style = f"""<style>
.frame {{ visibility: hidden; animation: seen {_SECONDS * len(frames)}s step-end infinite; }}
@keyframes seen {{ 0% {{ visibility: visible; }} {100 / len(frames):.4f}% {{ visibility: hidden; }} }}
@media (prefers-reduced-motion: reduce) {{
.frame {{ animation: none; }}
.frame:first-of-type {{ visibility: visible; }}
}}
</style>"""
    groups = [
        f'<g class="frame" style="animation-delay: {_SECONDS * place}s">{one}</g>' for place, one in enumerate(inner)
    ]
    return "\n".join((f"{opening}>", style, *groups, "</svg>\n"))


async def _staff(data: Path, theme: str, size: tuple[int, int]) -> AsyncIterator[tuple[str, str]]:
    async with _kiosk(data, theme, size) as (app, pilot):
        key = app.kiosk.unlock(_PASSPHRASE)
        for person in range(_HELD):
            response = Response((1 + person % 8, 1 + person % 11 // 10, 1 + person % 3, 1 + person % 5 // 3))
            app.kiosk.keep(app.kiosk.seal(response))
            app.kiosk.count(response)
        home = StaffHome(app.kiosk, key, app.settings, _DAY, practice=False)
        home.reads_aloud = True
        await app.push_screen(home)
        await _until(pilot, lambda: home.current is not None)
        yield "staff.svg", app.export_screenshot(title="Fairstart")
        await pilot.press("c")
        await _until(pilot, lambda: _found(app))
        yield "counts.svg", app.export_screenshot(title="Fairstart")


async def _office(data: Path, theme: str, size: tuple[int, int]) -> AsyncIterator[tuple[str, str]]:
    make_office(data, NewOffice(_OFFICE, _PASSPHRASE))
    app = OfficeApp(data, SettingsFile(parse(own := f'[kiosk]\ntheme = "{theme}"\n', FILE_NAME), data / FILE_NAME, own))
    kiosk = KioskPrivateKey(bytes(range(64, 96)))
    with closing(Office.open(data, _OFFICE)) as office, ThreadPoolExecutor(1) as executor:
        office.accept(kiosk.public)
        for stage, month, groups in _JOURNEY:
            event = Event(
                name=f"{stage.capitalize()} survey",
                date=dt.date(2026, month, 2),
                place="Town Hall",
                stage=stage,
                question_set=QUESTION_SET,
                office_key_id=_OFFICE.public.id,
            )
            people = [Response((2 * group + 1, 1, 1, 1)) for group, came in enumerate(groups) for _ in range(came)]
            sealed = [seal(response, _OFFICE.public, event) for response in people]
            office.bring(write_export(kiosk, _OFFICE.public, event, sealed), executor)
    async with app.run_test(size=size) as pilot:
        app.open_office(_OFFICE)
        await _until(pilot, lambda: _listed(app))
        yield "office.svg", app.export_screenshot(title="Fairstart")
        await pilot.press("j")
        await _until(pilot, lambda: _found(app))
        yield "journey.svg", app.export_screenshot(title="Fairstart")


async def _toolkit(data: Path, theme: str, size: tuple[int, int]) -> AsyncIterator[tuple[str, str]]:
    statuses: tuple[Status, ...] = ("done", "in progress", "done", "not relevant")
    note = "The statement is written. The chief executive reads it out in January."
    with closing(Checklist.open(data)) as checklist:
        for number, item in enumerate(load_toolkit().actions[:60]):
            checklist.save(Edit(item.id, "status", "not started", statuses[number % 7 % 4]))
        checklist.save(
            Edit("D2.1", "owner", "", "Amira Khan"),
            Edit("D2.1", "review", "", "2027-01-15"),
            Edit("D2.1", "note", "", note),
        )
    app = ToolkitApp(data, _settings(data, theme).settings)
    async with app.run_test(size=size) as pilot:
        await _until(pilot, lambda: _listed(app))
        yield "toolkit.svg", app.export_screenshot(title="Fairstart")
        await pilot.press("s", *"D2.1")
        await _until(pilot, lambda: _listed(app))
        await pilot.press("enter")
        await _until(pilot, lambda: isinstance(app.screen, Browse) and _listed(app))
        yield "toolkit-item.svg", app.export_screenshot(title="Fairstart")


def _found(app: LockedApp[Any]) -> bool:
    """Whether the counts or the journey that it shows are opened."""
    return isinstance(app.screen, FindingsScreen) and app.screen.found is not None


def _listed(app: LockedApp[Any]) -> bool:
    """Whether there is something in the first list that it shows."""
    lists = app.screen.query(OptionList)
    tables = app.screen.query(DataTable)
    return bool(lists and lists.first().option_count) or bool(tables and tables.first().row_count)


@asynccontextmanager
async def _kiosk(data: Path, theme: str, size: tuple[int, int]) -> AsyncIterator[tuple[KioskApp, Pilot[Outcome]]]:
    settings = _settings(data, theme)
    with closing(Kiosk.open(data, settings.settings)) as kiosk:
        app = KioskApp(lambda: kiosk, settings)
        async with app.run_test(size=size) as pilot:
            yield app, pilot


def _settings(data: Path, theme: str) -> SettingsFile:
    text = shipped_default().read_text("utf-8").replace('theme = "light"', f'theme = "{theme}"')
    return filled_in(
        SettingsFile(parse(text, "kiosk.toml"), data / "kiosk.toml", text),
        Organisation(name="Northfield Council", statement="We want our apprenticeships to reach every part of town."),
        EventDetails(name="Spring Jobs Fair", date=_DAY, place="Town Hall"),
        Survey(),
    )


async def _save() -> None:
    async for name, picture in draw():
        (FOLDER / name).write_text(picture, "utf-8")


def _save_in_pixels() -> None:
    """Draw again, as PNG, those of papers that are not as they were when that was done last.

    What of they were drawn is noted, as `sha256sum` writes it, for pixels may differ from computer to computer.
    """
    import shutil

    from playwright.sync_api import sync_playwright  # with a browser: whoever changes no screen of theirs needs neither

    known = PIXELS.read_text("utf-8").splitlines() if PIXELS.exists() else []
    now = {name: f"{hashlib.sha256((FOLDER / f'{name}.svg').read_bytes()).hexdigest()}  {name}.svg" for name in shown()}
    changed = [name for name, line in now.items() if line not in known]
    if not changed:
        return
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=browser, args=arguments).new_page()
        for name in changed:
            source = Drawing(svg=(FOLDER / f"{name}.svg").read_bytes(), png=b"").source
            page.set_content(
                f'<style>body {{ margin: 0 }} img {{ display: block; width: 960px }}</style><img src="{source}">'
            )
            page.locator("img").screenshot(path=FOLDER / f"{name}.png")
    PIXELS.write_text("\n".join(now.values()) + "\n", "utf-8")


SIZES = ((60, 20), (80, 24), (120, 40), (200, 50))
"""Of the contact sheet."""


async def _save_sheet(folder: Path) -> None:
    """A page for each colours, with every picture in every size."""
    for theme in THEMES:
        shown: dict[str, list[str]] = {}
        for width, height in SIZES:
            async for name, picture in draw(theme, (width, height)):
                file = f"{Path(name).stem}-{width}x{height}-{theme}.svg"
                (folder / file).write_text(picture, "utf-8")
                shown.setdefault(Path(name).stem, []).append(f'<img src="{file}" width="24%" alt="{file}">')
        rows = "".join(f"<h2>{name}</h2><div>{''.join(images)}</div>" for name, images in shown.items())
        page = f"<!doctype html><meta charset='utf-8'><title>{theme}</title><h1>{theme}</h1>{rows}"
        (folder / f"{theme}.html").write_text(page, "utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        sheet = Path(sys.argv[1])
        sheet.mkdir(parents=True, exist_ok=True)
        asyncio.run(_save_sheet(sheet))
    else:
        asyncio.run(_save())
        _save_in_pixels()
