"""Whatever bytes come from the terminal, the next key is read."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from tests.tui.clock import Clock
from tests.tui.program import LEFT, Opens, Program, programs
from tui.terminal import input as terminal_input
from tui.terminal.input import EXPIRES, SteadyParser

F2 = "\x1bOQ"
HARMFUL = [
    "\x1b[:A",
    "\x1b[:u",
    "\x1b[101;1:3u",
    "\x1b[1114112u",
    "\x1b[48;24;80;0;0t\x1b[<0;5;5M\x1b[<0;5;5m",
    "\x1b[48;0;0;0;0t",
    "\x1b[48;99999999;99999999;1;1t",
    "\x1b[?2048;1$y\x1b[<0;5;5M",
    "\x1b[200~",
    "\x1b[200~abc",
    "\x1b[200~\x1b[200~",
    "\x1b[201~",
    "\x1b[O",
    "\x1b[5;5R",
    "\x1b[",
    "\x1b",
    "\x1b[<",
    "\x1b[M",
    "\x1bP",
    "\x1b]52;c;YQ==",
    "\x1b_",
    "\x9b",
]
"""What is typed, or pasted, that Textual's own parser stops at, waits for the end of, or believes."""
LETTERS = st.sampled_from([*"\x1b\x1b\x1b\x1b[[[;;:<>?0123456789~uMmRtOIABCDPSZ_\\ \x00\x07\x7f\x9bäé宽"])


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that a parser goes by."""
    made = Clock()
    monkeypatch.setattr("textual._parser.get_time", made.monotonic)
    monkeypatch.setattr(terminal_input, "time", made)
    return made


def after(typed: Sequence[str], passing: Clock) -> tuple[SteadyParser, list[Message]]:
    """A parser that was fed these pieces with pauses between, and all that it read."""
    parser = SteadyParser()
    read: list[Message] = []
    for piece in typed:
        read += parser.feed(piece)
        passing.now += EXPIRES / 8
        read += parser.tick()
    passing.now += EXPIRES
    for _ in range(2):
        read += parser.tick()
    return parser, read


@pytest.fixture
def opens(program: Opens, new_office: Path, tmp_path: Path) -> Iterator[Callable[[str], Program]]:
    """Opens one of the apps in a terminal of its own."""
    with programs(tmp_path) as own:

        def opened(command: str) -> Program:
            if command == "kiosk":
                return program()
            data = new_office if command == "office" else tmp_path / "new"
            return own(*([] if command == "set-up" else [command]), "--data", data)

        yield opened


def is_read(parser: SteadyParser) -> bool:
    """Whether F2, a letter, a click and a paste are what they are."""
    typed = list(parser.feed(f"{F2}q\x1b[<0;5;6M\x1b[200~a\nb\x1b[201~"))
    keys = [each.key for each in typed if isinstance(each, events.Key)]
    clicks = [(each.x, each.y) for each in typed if isinstance(each, events.MouseDown)]
    pasted = [each.text for each in typed if isinstance(each, events.Paste)]
    return (keys, clicks, pasted) == (["f2", "q"], [(4, 5)], ["a\nb"])


@pytest.mark.parametrize("typed", HARMFUL)
def test_after_what_stops_other_parsers_the_next_key_is_read(typed: str, passing: Clock) -> None:
    for pieces in ([typed], list(typed), [typed, typed]):
        parser, _ = after(pieces, passing)
        assert is_read(parser)


@given(st.lists(st.text(LETTERS, min_size=1, max_size=40), max_size=6))
def test_after_any_letters_in_any_pieces_the_next_key_is_read(pieces: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        passing = Clock()
        patch.setattr("textual._parser.get_time", passing.monotonic)
        patch.setattr(terminal_input, "time", passing)
        parser, read = after(pieces, passing)
        assert is_read(parser)
        assert not any(isinstance(each, events.Resize | events.AppBlur | events.CursorPosition) for each in read)


def test_a_paste_that_nobody_ends_is_over_soon_or_when_it_is_too_long(passing: Clock) -> None:
    parser = SteadyParser()
    assert list(parser.feed("\x1b[200~typed by hand")) == []
    passing.now += EXPIRES - 0.01
    assert list(parser.tick()) == []
    passing.now += 0.02
    assert [each.text for each in parser.tick() if isinstance(each, events.Paste)] == ["typed by hand"]
    assert is_read(parser)
    list(parser.feed("\x1b[200~a\x1b["))
    passing.now += EXPIRES
    assert [type(each) for each in parser.tick()] == [events.Paste]
    assert is_read(parser)
    pasted = [each for each in parser.feed("\x1b[200~" + "x" * 70_000) if isinstance(each, events.Paste)]
    assert len(pasted) == 1
    assert is_read(parser)


@pytest.mark.parametrize(
    "report", ["\x1b]11;rgb:1111/2222/3333\x1b\\", "\x1b]52;c;MTIz\x07", "\x1bP1+r5463=31\x1b\\", "\x1b[99X"]
)
@pytest.mark.parametrize("pieces", [1, 3])
def test_what_a_terminal_reports_is_taken_for_no_key(report: str, pieces: int, passing: Clock) -> None:
    parser, read = after(
        [report[start::1][: -(-len(report) // pieces)] for start in range(0, len(report), -(-len(report) // pieces))],
        passing,
    )
    assert read == []
    assert is_read(parser)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1b", ["escape"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1bx", ["alt+x"]),
        ("\x1b[A\x1bOB\x1b[1;5C\x1b[[B\x1b[15~\x1b[Z", ["up", "down", "ctrl+right", "f2", "f5", "shift+tab"]),
        ("\x1b[97;5u\x1b[57441u", ["ctrl+a", "left_shift"]),
        ("é宽\r\t\x7f", ["é", "宽", "enter", "tab", "backspace"]),
    ],
)
def test_keys_stay_what_they_are(typed: str, keys: list[str], passing: Clock) -> None:
    parser, read = after([typed], passing)
    assert [each.key for each in read if isinstance(each, events.Key)] == keys
    assert is_read(parser)


def test_the_driver_of_this_system_reads_with_it() -> None:
    terminal_input.use_steady_input()
    driver = importlib.import_module(
        "textual.drivers.win32" if sys.platform == "win32" else "textual.drivers.linux_driver"
    )
    assert driver.XTermParser is SteadyParser
    assert issubclass(SteadyParser, XTermParser)


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of its own needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("command", "first", "key", "answer"),
    [
        ("kiosk", "Hello.", F2, "Passphrase:"),
        ("office", "The office is locked", "u", "Your office passphrase:"),
        pytest.param("toolkit", "Choose where to begin", "s", "Search the toolkit", marks=pytest.mark.long),
        pytest.param("set-up", "first start on this laptop", "2", "Your organisation", marks=pytest.mark.long),
    ],
)
@pytest.mark.sampled
def test_no_app_stops_or_goes_deaf_in_a_real_terminal(
    opens: Callable[[str], Program], command: str, first: str, key: str, answer: str
) -> None:
    opened = opens(command)
    opened.shows(first)
    noise = "".join(Random(3).choices(["\x1b[", "\x1b]", *"[;:<>~\x9b"], k=1000))  # noqa: S311 - a cat on the keys
    for typed in (*HARMFUL, noise, "\x1b[:A", "\x1b[200~"):
        if typed == "\x1b" and command in {"office", "set-up"}:
            continue  # leaves them, from their first screen
        opened.type(typed)
        with contextlib.suppress(AssertionError):
            opened.wait_until(lambda: False, seconds=0.05)
    opened.shows(answer, key)
    assert opened.process.is_running()
    assert LEFT not in opened.written
