"""How long nobody has touched the screen, for locking what was forgotten."""

import time
from collections.abc import Callable

from textual import events

TOUCHES = (events.Key, events.MouseDown, events.MouseScrollUp, events.MouseScrollDown)
"""What somebody does who is there."""


class IdleClock:
    """Measures the time since the last touch."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now; `clock` gives seconds that only ever grow."""
        self._clock = clock
        self._touched = clock()

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = self._clock()

    @property
    def untouched(self) -> float:
        """Seconds since the last touch."""
        return self._clock() - self._touched
