"""What tests of screens and commands have: a usual computer, and the fixtures of the modules beside this one."""

import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.disk import HOME
from tests.tui.clock import clock, seconds_stand_still  # noqa: F401 - fixtures
from tests.tui.drives import drives, plugged_in, stick  # noqa: F401 - fixtures
from tests.tui.gate import gate  # noqa: F401 - fixtures
from tests.tui.interpreter import interpreter  # noqa: F401 - fixtures
from tests.tui.kiosks import (  # noqa: F401 - fixtures
    as_staff,
    easy_unlock,
    held,
    kiosk,
    kiosk_seed,
    office_key,
    office_pub,
    quickly,
    quickly_unlocked,
    set_up_folder,
    set_up_once,
    set_up_writes_nothing,
    settings_file,
    shipped_settings,
    staff_passphrase,
    start,
)
from tests.tui.offices import (  # noqa: F401 - fixtures
    at_door,
    handed_over,
    handed_over_once,
    in_office,
    new_office,
    offices_once,
    used_office,
    wide_office,
    wide_office_once,
    without_blur,
)
from tests.tui.program import program  # noqa: F401 - fixtures
from tests.tui.recorder import recorder  # noqa: F401 - fixtures
from tui.speech import programs as speech
from tui.speech import sound
from tui.terminal import capabilities as terminal


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, which is the working folder too."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv(HOME, str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.chdir(home)
    return home


@pytest.fixture(autouse=True)
def a_usual_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that shows all colours and letters, a loudspeaker, and a speech program that is never at its place."""
    for name, value in {"TERM": "xterm-256color", "COLORTERM": "truecolor"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal.screen_fallbacks.cache_clear()
    monkeypatch.setattr(speech, "find_program", lambda: speech.Program("espeak-ng", "/nowhere/espeak-ng"))
    monkeypatch.setattr(sound, "has_output", lambda: True)


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


@pytest.fixture
def without_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are looked at elsewhere, and take three seconds."""
    monkeypatch.setattr("storage.papers.docx.docx", lambda _document, _drawings: b"a document")
