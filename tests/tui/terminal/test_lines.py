"""Lines under Windows, whose consoles are read key by key; no such console is here, so a keyboard stands in for it."""

import importlib.util
import io
import sys
from types import ModuleType, SimpleNamespace

import click
import pytest

from tui.terminal import lines


class Console(io.StringIO):
    """A window of Windows."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True

    def fileno(self) -> int:
        """Say one that has no size."""
        return 99


class Keyboard:
    """What Python's msvcrt knows of a keyboard."""

    def __init__(self) -> None:
        self.typed: list[str] = []

    def kbhit(self) -> bool:
        """Whether a key waits."""
        return bool(self.typed)

    def getwch(self) -> str:
        """The next key, which no console shows."""
        return self.typed.pop(0)


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    made = Keyboard()
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(kbhit=made.kbhit, getwch=made.getwch))
    monkeypatch.setattr(sys, "platform", "win32")
    return made


@pytest.fixture
def under_windows(keyboard: Keyboard) -> ModuleType:
    """The module as Windows has it."""
    spec = importlib.util.spec_from_file_location("lines_of_windows", lines.__file__)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_under_windows_keys_make_lines_and_what_was_said_is_cleared(
    under_windows: ModuleType, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared: list[None] = []
    monkeypatch.setattr(click, "clear", lambda: cleared.append(None))
    console = Console()
    opened = under_windows.Lines(console, console)
    keyboard.typed[:] = "too early\r"
    with opened.opened():
        assert opened.stand
        assert opened.read(0) is None, "what was typed before is dropped"
        keyboard.typed[:] = ["\xe0", "H", *"17\b", "\x00", ";", *" \r", *"wait"]
        assert opened.read(0) == "1 \n", "without the arrow, the function key and what was rubbed out"
        assert opened.read(0) is None
        keyboard.typed[:] = "ed\n\x1a"
        assert opened.read(0) == "waited\n"
        assert opened.read() == "", "Ctrl+Z"
        opened.write("Thank you.\n")
    assert console.getvalue() == "Thank you.\n", "no escape sequences"
    assert len(cleared) == 2
