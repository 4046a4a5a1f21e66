"""A terminal that is spoken to in lines: what is typed stays unseen, and nothing of what was said is left to be read.

What was said is kept from who comes next in each way that a terminal may know. The other screen, which most have, keeps
no lines that have scrolled away; where there is none, as on a Linux console, what is seen and what has scrolled away is
erased; and where a terminal does not say that it can do that, empty lines push it out. Screen readers and braille
displays take the other screen as they take the first. Through pipes nothing of this is done.
"""

import contextlib
import io
import os
import sys
import time
import unicodedata
from collections.abc import Iterator
from typing import TextIO

import click

from storage.text import BYTE_ORDER_MARK, cleaned, recognise
from tui.terminal.capabilities import draws_screens, fallbacks
from tui.terminal.process import on_termination

if sys.platform == "win32":
    import msvcrt
else:
    import curses
    import select
    import termios

_OTHER_SCREEN, _FIRST_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
_ERASE = "\x1b[H\x1b[2J\x1b[3J"
"""All that is seen, and all that has scrolled away: in this order, as some terminals keep what the first erases."""
_SCROLLBACK = 10_000
"""Lines, more than terminals keep by themselves: GNU screen 100, xterm 1,024, Windows 9,001."""
_TICK = 0.05
"""Seconds between two looks at the keyboard, under Windows."""


class Lines:
    """Lines that somebody types and reads, at a terminal or through pipes."""

    def __init__(self, source: TextIO, sink: TextIO) -> None:
        self._source = source
        self._sink = sink
        self.typed = source.isatty()
        """Whether somebody types them at a terminal."""
        self.shown = sink.isatty()
        """Whether a terminal shows what is said."""
        self.terminated = False
        """Whether the system ended the program, or the terminal was closed."""
        self._letters = fallbacks(getattr(sink, "encoding", None), sink.fileno()) if self.shown else None
        self._unread = ""
        self._recognised = False
        """Whether it is known how what comes through a pipe was written: not before something comes."""

    @property
    def stand(self) -> bool:
        """Whether what is said stands until it is wiped, before somebody who can be waited for."""
        return self.typed and self.shown

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Take the terminal; afterwards it is as it was, and shows nothing of what was said."""
        with contextlib.ExitStack() as closing:
            if self.typed:
                closing.enter_context(self._heeding_the_system())
                closing.enter_context(_unseen(self._source))
                self.forget_typed()
            if self.shown:
                closing.callback(self._leave)
                if _has_escapes():
                    self._send(_OTHER_SCREEN)
                self.wipe()
            yield

    def read(self, seconds: float | None = None) -> str | None:
        """One line with its end; an empty text where there are no more, None where nobody types for so long."""
        if self.terminated:
            return ""
        try:
            return self._typed_line(seconds) if self.typed else self._piped_line()
        except (OSError, ValueError):  # the terminal was closed, or sends what is not text
            self.terminated = self.typed
            return ""

    def _piped_line(self) -> str:
        if not self._recognised and isinstance(self._source, io.TextIOWrapper):
            recognise(self._source, errors="replace")
        self._recognised = True
        return self._source.readline().replace(BYTE_ORDER_MARK, "")

    def write(self, text: str) -> None:
        """Say this, with nothing that steers, and other letters for those that the terminal lacks."""
        text = cleaned(text)
        known = text if self._letters is None else "\n".join(line.translate(self._letters) for line in text.split("\n"))
        self._send(known)

    def wipe(self) -> None:
        """Leave nothing of what was said, neither on the screen nor above it."""
        if not self.shown:
            return
        if sys.platform == "win32":
            click.clear()
        else:
            if not _erases_scrollback(self._sink.fileno()):
                self._send("\n" * _SCROLLBACK)
            if draws_screens():
                self._send(_ERASE)

    def forget_typed(self) -> None:
        """Drop what was typed at a terminal too early: a doubled Enter, or keys that were meant for a screen."""
        self._unread = ""
        if not self.typed:
            return
        if sys.platform == "win32":
            while msvcrt.kbhit():
                msvcrt.getwch()
        else:
            with contextlib.suppress(termios.error):  # the terminal was closed
                termios.tcflush(self._source, termios.TCIFLUSH)

    def rows(self, text: str) -> int:
        """How many rows a line takes."""
        width = sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
        return max(1, -(-width // self._size.columns))

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self._size.lines

    @property
    def _size(self) -> os.terminal_size:
        try:
            columns, rows = os.get_terminal_size(self._sink.fileno())
        except OSError:  # the terminal was closed
            columns = rows = 0
        return os.terminal_size((columns or 80, rows or sys.maxsize))  # a line without a screen says nought

    def _send(self, text: str) -> None:
        self._sink.write(text)
        self._sink.flush()

    def _leave(self) -> None:
        with contextlib.suppress(OSError):  # the terminal was closed
            self.wipe()
            if _has_escapes():
                self._send(_FIRST_SCREEN)

    if sys.platform == "win32":

        @contextlib.contextmanager
        def _heeding_the_system(self) -> Iterator[None]:
            def end() -> None:
                self.terminated = True

            with on_termination(end):
                yield

        def _typed_line(self, seconds: float | None) -> str | None:
            end = None if seconds is None else time.monotonic() + seconds
            while not self.terminated:
                if msvcrt.kbhit():
                    letter = msvcrt.getwch()
                    if letter in "\r\n":
                        line, self._unread = self._unread, ""
                        return line + "\n"
                    if letter == "\x1a":  # Ctrl+Z, the end of the input there
                        return ""
                    if letter in "\x00\xe0":  # of a key without a letter, whose second half follows
                        msvcrt.getwch()
                    else:
                        self._unread = self._unread[:-1] if letter == "\b" else self._unread + letter
                elif end is not None and time.monotonic() >= end:
                    return None
                else:
                    time.sleep(_TICK)
            return ""

    else:

        @contextlib.contextmanager
        def _heeding_the_system(self) -> Iterator[None]:
            """Let the wait for a line end when the system ends the program, and nothing else be interrupted."""
            self._told, telling = os.pipe()

            def end() -> None:
                self.terminated = True
                os.write(telling, b"\n")

            try:
                with on_termination(end):
                    yield
            finally:
                os.close(self._told)
                os.close(telling)

        def _typed_line(self, seconds: float | None) -> str | None:
            end = None if seconds is None else time.monotonic() + seconds
            while "\n" not in self._unread:
                left = None if end is None else max(end - time.monotonic(), 0)
                ready, _, _ = select.select([self._source.fileno(), self._told], [], [], left)
                if not ready:
                    return None
                typed = b"" if self.terminated else os.read(self._source.fileno(), 1 << 12)
                if not typed:
                    return ""
                self._unread += typed.decode(self._source.encoding, "replace")
            line, _, self._unread = self._unread.partition("\n")
            return line + "\n"


def _has_escapes() -> bool:
    return sys.platform != "win32" and draws_screens()


if sys.platform == "win32":

    @contextlib.contextmanager
    def _unseen(_source: TextIO) -> Iterator[None]:
        """Nothing to do: keys are read one by one, and nobody shows them."""
        yield

else:

    @contextlib.contextmanager
    def _unseen(source: TextIO) -> Iterator[None]:
        """Keep what is typed out of sight, and let no key hold what is said (Ctrl+S)."""
        before = termios.tcgetattr(source)
        after = termios.tcgetattr(source)
        after[0] &= ~termios.IXON
        after[3] &= ~termios.ECHO
        termios.tcsetattr(source, termios.TCSADRAIN, after)
        try:
            yield
        finally:
            with contextlib.suppress(termios.error):  # the terminal was closed
                termios.tcsetattr(source, termios.TCSADRAIN, before)

    def _erases_scrollback(number: int) -> bool:
        """Whether a terminal says that it can erase what has scrolled away: E3 of terminfo."""
        try:
            curses.setupterm(fd=number)
        except curses.error:  # it is not known here
            return False
        return bool(curses.tigetstr("E3"))
