"""What the bar above staff's, the office's and the toolkit's screens says of where they are. Loads no screen."""

import math
from typing import Generic

import msgspec
from textual.message import Message

from tui.terminal.lockdown import LockedApp, Result

_MINUTE = 60


class Tick(Message, bubble=False):
    """A second has passed."""


class Surroundings(msgspec.Struct, frozen=True):
    """What is the same on all screens of an app at a time."""

    event: str = ""
    """Whose event it is, at a kiosk."""
    machine: str = ""
    """The event laptop or the office."""
    locks_in: float | None = None
    """Seconds until it locks by itself, if nobody touches it; None where it does not."""
    practice: bool = False


class FramedApp(LockedApp[Result], Generic[Result]):
    """An app some of whose screens have the frame of `tui.shared.frame`."""

    @property
    def surroundings(self) -> Surroundings:
        """Where its screens are."""
        return Surroundings()

    def search_toolkit(self) -> None:
        """Open the toolkit's search over whatever is open."""

    def tick(self) -> None:
        """Say anew how long it is until it locks."""
        if self.screen_stack:
            self.screen.post_message(Tick())


def locks_in(seconds: float) -> str:
    """The same in words: whole minutes, and tens of seconds in the last."""
    if seconds > _MINUTE:
        return f"locks in {math.ceil(seconds / _MINUTE)} min"
    return f"locks in {max(math.ceil(seconds / 10) * 10, 10)} s"
