"""Runs a program in a pseudo-terminal and times what it paints."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


class Terminal:
    """One program under a pseudo-terminal of a given size."""

    def __init__(self, arguments: list[str], columns: int = 120, rows: int = 40, program: str = sys.executable) -> None:
        self.started = time.perf_counter()
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            os.chdir(REPOSITORY)
            os.environ["TERM"] = "xterm-256color"
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
            os.execv(program, [program, *arguments])  # noqa: S606 - our own program
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._seen = b""

    def wait_for(self, text: str, seconds: float = 20) -> float:
        """Read until `text` has been painted; return the time at which it was."""
        wanted = text.encode()
        end = time.perf_counter() + seconds
        while wanted not in self._seen:
            if not select.select([self._terminal], [], [], max(end - time.perf_counter(), 0))[0]:
                raise TimeoutError(f"{text!r} was not painted; the screen got {self._seen[-500:]!r}")
            self._seen += os.read(self._terminal, 1 << 16)
        return time.perf_counter()

    def settle(self, quiet: float = 0.15) -> None:
        """Read until nothing more is painted, and forget it."""
        while select.select([self._terminal], [], [], quiet)[0]:
            os.read(self._terminal, 1 << 16)
        self._seen = b""

    def press(self, key: str) -> float:
        """Send a key; return the time just before."""
        self._seen = b""
        now = time.perf_counter()
        os.write(self._terminal, key.encode())
        return now

    @property
    def peak_memory(self) -> float:
        """The most memory that the program has held so far, in MiB. What the system says of one that has ended counts
        this process in, which was copied for it."""
        status = Path(f"/proc/{self._process}/status").read_text("ascii", errors="replace")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024

    def end(self) -> None:
        """Kill the program."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)
