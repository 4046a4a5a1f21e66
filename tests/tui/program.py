"""The real program in a terminal of its own, of which every byte that it writes is kept."""

import contextlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pyte
import pytest

from storage.settings import SettingsFile
from tests.waiting import WAIT

if sys.platform != "win32":  # which has no such terminals
    import termios

    import pexpect

ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
"""Of the terminal's other screen."""

MODES = {"other screen": 1049, "mouse": 1000, "all motion": 1003, "pasting": 2004, "focus": 1004, "mouse places": 1006}
SECRET = "an-answer-that-nobody-may-see"
HURTFUL = f"def hurt(*given, **named):\n    answer = {SECRET!r}\n    raise RuntimeError(answer)\n"


class Program:
    """The program in a terminal of its own, with its own home, temporary and working folders."""

    def __init__(self, folder: Path, *arguments: str | Path, first: str = "", **more: str) -> None:
        """Start it. `first` is Python to run before it; `more` are environment variables."""
        if sys.platform == "win32":
            pytest.skip("Windows has no terminals that a test can open and read")
        self.home, self.temporary, self.working = (folder / name for name in ("home", "temporary", "working"))
        for own in (self.home, self.temporary, self.working):
            own.mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        environment = {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **more}
        environment |= {"HOME": str(self.home), "TMPDIR": str(self.temporary)}
        self.written = b""
        self._screen = pyte.Screen(80, 24)
        self._painter = pyte.ByteStream(self._screen)
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-P", "-c", f"{first}\nfrom tui.cli.main import main\nmain()", *map(str, arguments)],
            cwd=str(self.working),
            env=environment,
            dimensions=(24, 80),
        )
        self._child.delaybeforesend = None
        child: Any = self._child
        for waits in (child, child.ptyproc):  # each a tenth of a second
            waits.delayafterclose = waits.delayafterterminate = 0.01
        self.before = self.terminal()
        self.echoed = self.echoes()
        self.process = psutil.Process(self._child.pid)

    def terminal(self) -> list[Any]:
        """The terminal's settings, as the program has left them."""
        return termios.tcgetattr(self._child.child_fd)

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        return bool(self.terminal()[3] & termios.ECHO)

    def text(self) -> str:
        """What the screen shows, as one line with single spaces."""
        return " ".join(" ".join(self._screen.display).split())

    def type(self, keys: str | bytes) -> None:
        """Type, or have the terminal send, this."""
        self._child.send(keys)

    def wait_until(self, happened: Callable[[], bool], keys: str | bytes = b"", seconds: float = WAIT) -> None:
        """Read what the program writes until something has happened; until then type `keys` now and then."""
        end = time.monotonic() + seconds
        typed = 0.0
        while not happened():
            assert time.monotonic() < end, f"did not happen: {self.text()}"
            if keys and time.monotonic() - typed > 0.25:
                self.type(keys)
                typed = time.monotonic()
            assert self._read() or happened(), f"ended: {self.after()}"

    def shows(self, text: str, keys: str | bytes = b"") -> None:
        """Wait until the screen shows a text; until then type `keys` now and then."""
        self.wait_until(lambda: text in self.text(), keys)

    def says(self, text: str) -> None:
        """Wait until a text has been written that the screen may have scrolled away."""
        self.wait_until(lambda: text.encode() in self.written.replace(b"\r\n", b"\n"))

    def once_shown(self, text: str, keys: str) -> None:
        """Wait until the screen shows a text, and type then."""
        self.shows(text)
        self.type(keys)

    def once_said(self, text: str, keys: str) -> None:
        """Wait until a text has been written, and type then."""
        self.says(text)
        self.type(keys)

    def start_survey(self) -> None:
        """Wait for the first question. Enter starts, and on a question with nothing marked does no harm."""
        self.shows("Hello.")
        self.shows("Question 1", "\r")

    def end(self, seconds: float = WAIT) -> int:
        """Wait until the program ends; give its exit status, or minus the signal that ended it."""
        end = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < end, f"still runs: {self.text()}"
        self._child.wait()
        status = self._child.exitstatus
        return -int(self._child.signalstatus or 0) if status is None else int(status)

    def terminate(self) -> int:
        """Tell the program to end, as a system that shuts down does; give its exit status."""
        self.process.terminate()
        return self.end()

    def hang_up(self) -> None:
        """Close the terminal's window."""
        os.close(self._child.child_fd)
        self._child.closed, self._child.child_fd = True, -1

    def give_up(self) -> None:
        """Make sure that nothing is left running."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.process.kill()
        with contextlib.suppress(pexpect.ExceptionPexpect):
            self._child.wait()  # until it is gone, closing would take it for one that does not obey
        if self._child.child_fd >= 0:
            self._child.close(force=True)

    def after(self) -> str:
        """The text that was written once the terminal's own screen was back."""
        return re.sub(rb"\x1b\[[?<>\d;]*[a-zA-Z]|\x1b\]22;\w+\x07", b"", self.written.rpartition(LEFT)[2]).decode()

    def terminal_is_restored(self) -> bool:
        """Whether every mode that was set is off, the cursor is shown, and the settings are as they were."""
        off = all(
            self.written.rfind(b"\x1b[?%dl" % mode) > self.written.rfind(b"\x1b[?%dh" % mode) for mode in MODES.values()
        )
        shown = self.written.rfind(b"\x1b[?25h") > self.written.rfind(b"\x1b[?25l")
        keys = self.written.count(b"\x1b[<u") == len(re.findall(rb"\x1b\[>\d+u", self.written))
        return off and shown and keys and self.terminal() == self.before

    def _read(self) -> bool:
        """Read what has been written, waiting for it a little; whether there may be more."""
        try:
            written = self._child.read_nonblocking(1 << 16, timeout=0.1)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.written += written
        self._painter.feed(re.sub(rb"\x1b\[[<>=]\d*u|\x1b\[\?\d+\$p", b"", written))  # pyte would show these
        return True


Opens = Callable[..., Program]


@contextlib.contextmanager
def programs(folder: Path, *last: str | Path) -> Iterator[Opens]:
    """Starts commands, each with these last arguments, and ends them all."""
    started: list[Program] = []

    def opened(*arguments: str | Path, first: str = "", **more: str) -> Program:
        started.append(Program(folder, *arguments, *last, first=first, **more))
        return started[-1]

    yield opened
    for each in started:
        each.give_up()


@pytest.fixture
def program(set_up_folder: Path, settings_file: SettingsFile, tmp_path: Path) -> Iterator[Opens]:
    """Starts the kiosk on a folder that is set up, or another command."""
    with programs(tmp_path, "--data", set_up_folder) as opened:
        yield opened


HASTY = """
import tui.plain
read = tui.plain.Lines.read
tui.plain.Lines.read = lambda lines, seconds=None: read(lines, 0.3 if seconds == 31 else seconds)
"""
"""Nobody types for the 31 seconds of `idle_seconds` as soon as nobody types for 0.3."""

CLEARS_SOON = "tui.plain._WARNING_SECONDS = 0.3\n"

QUICKLY = """
import hashlib, storage.crypto.keys
def stretch(passphrase, salt):
    return hashlib.sha256(salt + storage.crypto.keys.normalise_passphrase(passphrase).encode()).digest()
storage.crypto.keys._stretch = stretch
"""
"""For a program of its own what the fixture `quickly` is for this one."""
