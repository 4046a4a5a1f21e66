"""What comes in from the terminal: keys, clicks and pasted text, whatever bytes a keyboard or a paste sends.

Textual's parser stops at some of them: it raises at a key that its patterns let through and its numbers do not
(`ESC [ : A`), it waits for ever for the end of a paste that somebody has begun by hand, and it believes a size that is
typed (`ESC [ 48 ; …`). Then a kiosk ends, or is deaf. And what it does not know it takes for keys, so that a terminal's
report could answer a question. This one drops what cannot be read, lets nothing unfinished last, and lets through only
what a person does. The drivers make their parser themselves, from a name in their module, so `use_steady_input` puts
this one there.
"""

from __future__ import annotations

import importlib
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator

from textual import constants, events, messages
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

from tui.terminal.memory import overwrite_thread_cache

EXPIRES = 0.2
"""Seconds without a letter after which a paste or a control string is over: a terminal sends it in one go, and whoever
finds the kiosk deaf presses key after key."""
_LONGEST_PASTE = 1 << 16
_LONGEST_STRING = 1 << 12
"""Letters, at most."""
_LET_THROUGH = (events.Key, events.MouseEvent, events.Paste, messages.TerminalSupportsSynchronizedOutput)
"""What people do, and what makes painting steadier. Not a window's size, which the system tells; not focus."""

_ESC, _BEL, _STRING_END = "\x1b", "\x07", "\x1b\\"
_COMPLETE = re.compile(r"\x1b\[(?!\[\Z|M\Z)[0-?]*[ -/]*[@-~]|\x1bO[0-?]*[@-~]")
"""A control sequence to its last letter (ECMA-48, 5.4), but for the beginnings of longer ones that terminals send."""
_NOT_TYPED = 3
"""Letters of a sequence that no person types as fast: what is not finished is dropped, and not taken for keys."""
_OPENS_STRING = frozenset("]P_^X")
"""After `ESC`: a control string follows (ECMA-48, 5.6), up to `BEL` or `ESC \\`."""


class SteadyParser(XTermParser):
    """A parser that goes on whatever it is fed."""

    def __init__(self, debug: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - Textual's signature; no log of keys
        self._sequence = ""
        """Of a control sequence, what has come so far."""
        self._recent = ""
        self._in_paste = self._in_string = 0
        """Letters since one of these began; 0 where there is none."""
        self._many = False
        """Whether several letters came at once, which may be a passphrase, and lie about where they were read into."""
        self._last = 0.0
        super().__init__()

    def feed(self, data: str) -> Iterable[Message]:
        """Read what was typed, letter by letter: what one of them breaks is dropped. Nothing at all is the end."""
        if not data:
            yield from super().feed(data)
        if self._in_paste or self._in_string:
            yield from self.tick()
        self._many = self._many or (len(data) > 1 and (data[0] != _ESC or BRACKETED_PASTE_START in data))
        for letter in data:
            self._last = time.monotonic()
            self._recent = (self._recent + letter)[-len(BRACKETED_PASTE_START) :]
            if self._in_paste:
                yield from self._read_paste(letter)
            elif self._in_string:
                self._skip_string(letter)
            else:
                yield from self._read_typed(letter)

    def tick(self) -> Iterable[Message]:
        """End what has been waited for long enough."""
        quiet = time.monotonic() - self._last
        if self._in_paste:
            if quiet >= EXPIRES:
                yield from self._end_paste()
        elif self._in_string:
            if quiet >= EXPIRES:
                self._in_string = 0
        elif len(self._sequence) < _NOT_TYPED:
            yield from self._guarded(super().tick)
            self._note_sequence("")
        elif quiet >= constants.ESCAPE_DELAY:
            self._begin_anew()
        if self._many and quiet >= EXPIRES:
            self._many = False
            overwrite_thread_cache()

    def _read_typed(self, letter: str) -> Iterator[Message]:
        """A letter that is a key, or part of a control sequence."""
        if self._sequence == _ESC and letter in _OPENS_STRING:
            self._begin_anew()
            self._in_string = 1
            return
        if letter == _ESC and self._sequence not in {"", _ESC}:
            self._begin_anew()
        yield from self._guarded(lambda: XTermParser.feed(self, letter))
        self._note_sequence(letter)
        if self._recent == BRACKETED_PASTE_START:
            self._in_paste = 1
        elif _COMPLETE.fullmatch(self._sequence):
            self._begin_anew()  # complete, and not known

    def _read_paste(self, letter: str) -> Iterator[Message]:
        """A letter of pasted text, or of its end."""
        self._in_paste += 1
        yield from self._guarded(lambda: XTermParser.feed(self, letter), events.Paste)
        if self._recent == BRACKETED_PASTE_END:
            self._in_paste = 0
        elif self._in_paste > _LONGEST_PASTE:
            yield from self._end_paste()

    def _end_paste(self) -> Iterator[Message]:
        """Take what was pasted so far for all of it."""
        self._in_paste = 0
        yield from self._guarded(lambda: XTermParser.feed(self, BRACKETED_PASTE_END), events.Paste)

    def _skip_string(self, letter: str) -> None:
        """A letter of a control string, which nobody types."""
        self._in_string += 1
        if letter == _BEL or self._recent.endswith(_STRING_END) or self._in_string > _LONGEST_STRING:
            self._in_string = 0

    def _note_sequence(self, letter: str) -> None:
        """Keep what has come of a control sequence for as long as Textual waits for more of it."""
        waits = self._awaiting.timeout is not None
        self._sequence = "" if not waits else _ESC if letter == _ESC else self._sequence + letter

    def _guarded(self, read: Callable[[], Iterable[Message]], *kinds: type[Message]) -> Iterator[Message]:
        """What is read, of these kinds or of those that are let through; after a fault, begin anew."""
        try:
            for message in read():
                if isinstance(message, kinds or _LET_THROUGH):
                    yield message
        except Exception:  # noqa: BLE001 - whatever it is, the next key must be read
            self._in_paste = 0
            self._begin_anew()
        self.mouse_pixels = False  # a size that is typed turns them on, and then divides by it

    def _begin_anew(self) -> None:
        """Drop what has come of a sequence."""
        self._sequence = ""
        self._tokens.clear()
        self._timeout_time = None
        self._gen = self.parse(self._tokens.append)
        self._awaiting = next(self._gen)


if sys.platform == "win32":
    from textual.drivers import win32

    _AGAIN_AFTER = 0.05
    """Seconds."""
    _PlainMonitor = win32.EventMonitor

    class SteadyMonitor(_PlainMonitor):
        """Textual's ends for good at the first half of a letter, such as a console hands over of a pasted emoji."""

        def run(self) -> None:
            """Read keys until the app ends."""
            while not self.exit_event.is_set():
                super().run()
                self.exit_event.wait(_AGAIN_AFTER)


def use_steady_input() -> None:
    """Have Textual's driver for this system read with `SteadyParser`, and go on whatever a console hands over."""
    module = "textual.drivers.win32" if sys.platform == "win32" else "textual.drivers.linux_driver"
    vars(importlib.import_module(module))["XTermParser"] = SteadyParser
    if sys.platform == "win32":
        vars(win32)["EventMonitor"] = SteadyMonitor
