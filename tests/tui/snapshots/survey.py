"""Draws what candidates see, in every language, theme and size. Called by `python -m tests.tui.snapshots`.

Each of five views is drawn once in every theme and once in every size of every language, rather than all in all: what
a theme does to one view it does to the others.
"""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from unittest import mock

from storage.crypto import keys
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.data_folder import hold
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile, parse
from tests.tui.pilot import run
from tui.app import KioskApp
from tui.speech import programs as speech
from tui.terminal.themes import THEMES

SIZES = ((40, 12), (60, 20), (80, 24), (120, 40), (200, 60))
LANGUAGES = ("en", "cy")
VIEWS: dict[str, tuple[str, ...]] = {
    "welcome": (),
    "question": ("1", "2", "down"),
    "help": ("enter", "1", "enter", "question_mark"),
    "check": ("enter", *("1", "enter") * 4, "s"),
    "colours": ("3", "down"),
}
"""Views by the keys that lead to them."""
_SETTINGS = """
[organisation]
name = "Northfield Council"
[event]
name = "Spring Jobs Fair"
date = "2026-11-23"
place = "Town Hall"
[survey]
languages = ["LANGUAGE", "OTHER"]
"""


def chosen(size: tuple[int, int]) -> Iterator[tuple[str, str, str, str]]:
    """What is drawn in a size: file name, view, language and theme."""
    views = list(VIEWS)
    for row, language in enumerate(LANGUAGES):
        for column, theme in enumerate(THEMES):
            view = views[(SIZES.index(size) + column + 2 * row) % len(views)]
            yield f"survey-{view}-{size[0]}x{size[1]}-{theme}-{language}.svg", view, language, theme


async def draw(size: tuple[int, int]) -> AsyncIterator[tuple[str, str]]:
    """Every snapshot of a size: its file name and its SVG."""
    quickly = mock.patch.object(keys, "_stretch", lambda _passphrase, salt: hashlib.sha256(salt).digest())
    usual = mock.patch.dict(os.environ, {"TERM": "xterm-256color", "COLORTERM": "truecolor"})
    speaks = mock.patch.object(speech, "find_program", return_value=speech.Program("espeak-ng", "espeak-ng"))
    with quickly, usual, speaks, tempfile.TemporaryDirectory() as folder, hold(Path(folder)):
        os.environ.pop("NO_COLOR", None)
        with mock.patch.object(KioskPrivateKey, "generate", return_value=KioskPrivateKey(bytes(range(32)))):
            set_up(Path(folder), "any", OfficePrivateKey(bytes(range(32))).public)
        for language in LANGUAGES:
            async for picture in _draw(Path(folder), size, _settings(language)):
                yield picture


def _settings(language: str) -> SettingsFile:
    other = next(code for code in LANGUAGES if code != language)
    text = _SETTINGS.replace("LANGUAGE", language).replace("OTHER", other)
    return SettingsFile(parse(text, "kiosk.toml"), Path("kiosk.toml"), text)


async def _draw(data: Path, size: tuple[int, int], settings: SettingsFile) -> AsyncIterator[tuple[str, str]]:
    """What is drawn in one language, by one kiosk."""
    with closing(Kiosk.open(data, settings.settings)) as kiosk:
        app = KioskApp(lambda: kiosk, settings)
        async with run(app, size) as person:
            while not app.survey.query("#read.-offered"):
                await person.pause()
            for name, view, language, theme in chosen(size):
                if language == settings.settings.survey.languages[0]:
                    app.use_theme(theme)
                    await person.press(*VIEWS[view])
                    await person.settle()
                    yield name, app.export_screenshot(title="Fairstart")
                    app.lock()
                    app.survey.reset()
                    await person.pause()
