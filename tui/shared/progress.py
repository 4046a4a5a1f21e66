"""How far long work has come, and how long it will still take, as far as that can honestly be said."""

import math
import time
from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import ProgressBar, Static

SHOWS_AFTER = 1.0
"""Seconds of work that pass without a progress bar."""
_GUESSES_AFTER = 4.0
"""Seconds of work before the rest of it is guessed: a drive that has only woken up tells nothing of its speed."""
_GUESSES_FROM = 0.05
"""The part of the work that has to be done before that."""
_STEPS = 1000
_MINUTE = 60


class TimeLeft:
    """Guesses how long work still takes by how long what is done of it took."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now; `clock` gives seconds that only ever grow."""
        self._clock = clock
        self._begun = clock()

    def after(self, part: float) -> str:
        """What to say once so much of the work is done; nothing where that would be a mere guess."""
        taken = self._clock() - self._begun
        if taken < _GUESSES_AFTER or not _GUESSES_FROM <= part < 1:
            return ""
        left = taken * (1 - part) / part
        if left > _MINUTE:
            return f"about {math.ceil(left / _MINUTE)} min left"
        return f"about {max(math.ceil(left / 10) * 10, 10)} s left"


class Progress(Horizontal):
    """A bar, out of sight until work has gone on for a while, and beside it how long it still takes."""

    def __init__(self) -> None:
        super().__init__(id="work")
        self._time_left = TimeLeft()
        self._at_work = False
        self._shows: Timer | None = None
        self.display = False

    def compose(self) -> ComposeResult:
        """The bar, and the time."""
        yield ProgressBar(total=_STEPS, show_eta=False)
        yield Static(id="time-left")

    def begin(self) -> None:
        """Work begins."""
        self._at_work = True
        self._time_left = TimeLeft()
        self.move(0)
        self._shows = self.set_timer(SHOWS_AFTER, self.show)

    def show(self) -> None:
        """Show it, if there still is work."""
        self.display = self._at_work

    def end(self) -> None:
        """Work is done, or has failed."""
        self._at_work = False
        if self._shows:
            self._shows.stop()
        self.show()

    def move(self, part: float) -> None:
        """So much of it is done."""
        for bar in self.query(ProgressBar):
            bar.update(progress=part * _STEPS)
            self.query_one("#time-left", Static).update(Content(self._time_left.after(part)))
