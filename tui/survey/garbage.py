"""When Python collects garbage at the kiosk: all of it only while nobody is answering.

A full collection takes 10 to 50 ms and would hold up a key press now and then, and so would one of all that was made
since somebody began. Small ones, of what was made since the last, still happen: without them every key press grows
slower.
"""

import gc

from tui.terminal.lockdown import GONE_AFTER
from tui.terminal.memory import collect_as_usual

_SMALL_COLLECTIONS_ONLY = (20_000, 1_000_000, 1_000_000)
"""The collector's thresholds: the young generation by itself, the two older ones never."""

_COLLECTS_EVERY = 60
"""Seconds between collections while the kiosk waits for a candidate."""


class Garbage:
    """The collector while a kiosk runs, and as it was before."""

    def __init__(self) -> None:
        self._usual: tuple[int, int, int] | None = None
        self._seconds = _COLLECTS_EVERY

    def tune(self) -> None:
        """Let it pass over all there is now, and collect little by itself from here on."""
        collect_as_usual()
        self._usual = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(*_SMALL_COLLECTIONS_ONLY)

    def put_back(self) -> None:
        """Let it run as it did before."""
        if self._usual:
            gc.set_threshold(*self._usual)

    def second_passed(self, *, waiting: bool) -> bool:
        """Whether it is time to collect everything: now and then, if the kiosk is waiting for a candidate."""
        self._seconds -= 1
        due = waiting and self._seconds <= 0
        if due:
            self._seconds = _COLLECTS_EVERY
        return due

    def hasten(self) -> None:
        """Let that be as soon as what is being closed has gone."""
        self._seconds = GONE_AFTER
