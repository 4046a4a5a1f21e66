"""What a console of Windows hands over: keys, arrow keys, a window that was resized, and halves of letters.

Only the console is a stand-in: what reads it is the thread that Textual's driver starts.
"""

import sys
import threading
from typing import Any

import pytest

if sys.platform != "win32":
    pytest.skip("other systems have no such consoles", allow_module_level=True)

from textual import events
from textual.drivers import win32

from tui.terminal.input import use_steady_input

KEY, RESIZED = 0x0001, 0x0004


def key(letter: str) -> win32.INPUT_RECORD:
    record = win32.INPUT_RECORD()
    record.EventType = KEY
    record.Event.KeyEvent.bKeyDown = True
    record.Event.KeyEvent.wVirtualKeyCode = 1
    record.Event.KeyEvent.uChar.UnicodeChar = letter
    return record


def resized(columns: int, rows: int) -> win32.INPUT_RECORD:
    record = win32.INPUT_RECORD()
    record.EventType = RESIZED
    record.Event.WindowBufferSizeEvent.dwSize.X = columns
    record.Event.WindowBufferSizeEvent.dwSize.Y = rows
    return record


class Console:
    """Hands over what it is given, one batch at a time, and ends the app after the last."""

    def __init__(self, batches: list[list[Any]], exit_event: threading.Event) -> None:
        self._batches = batches
        self._exit_event = exit_event

    def ReadConsoleInputW(self, _handle: object, into: Any, _most: int, count: Any) -> None:  # noqa: ANN401, N802 - as ctypes has it
        batch = self._batches.pop(0)
        for number, record in enumerate(batch):
            into._obj[number] = record
        count._obj.value = len(batch)
        if not self._batches:
            self._exit_event.set()


def heard(monkeypatch: pytest.MonkeyPatch, *batches: list[Any]) -> tuple[list[str], list[tuple[int, int]]]:
    """The keys and the sizes that an app hears of."""
    ends = threading.Event()
    keys: list[str] = []
    sizes: list[tuple[int, int]] = []

    def take(event: object) -> None:
        if isinstance(event, events.Key):
            keys.append(event.key)

    for name in ("XTermParser", "EventMonitor"):
        monkeypatch.setattr(win32, name, getattr(win32, name))  # as it was, afterwards
    use_steady_input()
    monkeypatch.setattr(win32, "KERNEL32", Console(list(batches), ends))
    monkeypatch.setattr(win32, "GetStdHandle", lambda _number: 0)
    monkeypatch.setattr(win32, "wait_for_handles", lambda _handles, _patience: 0)
    monkeypatch.setattr(win32.EventMonitor, "on_size_change", lambda _self, *size: sizes.append(size))
    app: Any = type("App", (), {"log": type("Log", (), {"error": staticmethod(lambda *_: None)})})
    loop: Any = None
    win32.EventMonitor(loop, app, ends, take).run()
    return keys, sizes


def test_arrow_keys_digits_and_enter_are_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, _ = heard(monkeypatch, [*map(key, "\x1b[B")], [*map(key, "\x1b[A")], [key("3"), key("\r")])
    assert keys == ["down", "up", "3", "enter"]


def test_a_window_that_is_resized_is_told_with_the_keys_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, sizes = heard(monkeypatch, [key("1"), resized(60, 20), resized(120, 40)], [key("2")])
    assert (keys, sizes) == (["1", "2"], [(120, 40)])


def test_half_a_letter_makes_nobody_deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, _ = heard(monkeypatch, [key("\ud83d")], [key("1")], [key("\udc4d")], [key("2")])
    assert keys == ["1", "2"]
