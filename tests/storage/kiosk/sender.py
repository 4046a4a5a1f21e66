"""The process that sends beside a running kiosk, and is harmed.

    python sender.py DATA PLACE

The first line on standard input is the kiosk key's seed. For each further line, a number, a forked child sends once; it
kills itself after so many lines of Python of ours, or never if the number is 0. One line goes to standard output then:

    ended STATUS LINES

where LINES is how many lines it ran, if it came to its end.
"""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from storage.crypto.keys import KioskPrivateKey
from storage.errors import PlaceError
from storage.kiosk.outbox import ClosedOutbox
from storage.kiosk.sending import send
from storage.progress import unreported
from storage.settings import find_settings

OURS = str(Path(__file__).parents[3] / "storage")


class Fate:
    """Counts lines, and kills at the last."""

    def __init__(self, last: int) -> None:
        self.lines = 0
        self._last = last

    def __call__(self, frame: FrameType, event: str, _argument: object) -> "Fate | None":
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def fail(_seconds: int, error: PlaceError) -> None:
    raise error


def main(data: Path, place: str) -> None:
    key = KioskPrivateKey(bytes.fromhex(sys.stdin.readline()))
    settings = find_settings(None, None, data).settings
    for line in sys.stdin:
        if sys.platform == "win32":  # where nothing forks, and nothing is killed
            send(ClosedOutbox.at(data, settings), key, place, unreported, fail)
            os.write(1, b"ended 0 0\n")
            continue
        receiving, giving = os.pipe()
        if (child := os.fork()) == 0:
            fate = Fate(int(line))
            sys.settrace(fate)
            send(ClosedOutbox.at(data, settings), key, place, unreported, fail)
            sys.settrace(None)
            os.write(giving, b"%d" % fate.lines)
            os._exit(0)
        os.close(giving)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(1, f"ended {status} {os.read(receiving, 20).decode()}\n".encode())
        os.close(receiving)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
