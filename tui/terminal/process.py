"""What the process does with signals and with its own faults, whichever way the survey is asked."""

import contextlib
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

FAULT = (
    "Fairstart stopped because of a fault in the program. No answer was shown or written: "
    'start it again, and if it stops again run "fairstart doctor".'
)


def ignore_interrupts() -> None:
    """Make Ctrl+C and Ctrl+backslash do nothing, also before and after the screen is drawn."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name != "nt":
        signal.signal(signal.SIGQUIT, signal.SIG_IGN)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)


def let_others_go_first() -> None:
    """Have the system run this process when nobody else needs it: a kiosk may be asking somebody meanwhile."""
    if sys.platform != "win32":
        os.nice(10)


@contextlib.contextmanager
def on_termination(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` when the system ends the process or the terminal is closed, so that the terminal can be put right."""
    numbers = [signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])]
    before = [signal.signal(number, lambda *_: end()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler or signal.SIG_DFL)


def say_nothing_of_faults() -> None:
    """Silence every path by which Python prints or dumps the state of a failing program."""
    logging.disable()
    faulthandler.disable()
    sys.excepthook = _say_nothing
    threading.excepthook = _say_nothing
    sys.unraisablehook = _say_nothing
    if os.name != "nt":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say_nothing(*_what: object) -> None:
    return None
