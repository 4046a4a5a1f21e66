"""How wrong passphrases are slowed down."""

import time
from collections.abc import Callable
from dataclasses import dataclass

_FREE_TRIES = 2
_LONGEST_WAIT = 60


@dataclass
class WrongTries:
    """How often the passphrase was wrong since it was last right. Outlives the dialog: closing it gains nothing."""

    count: int = 0
    clock: Callable[[], float] = time.monotonic
    """What the wait for the next try is measured by, in seconds."""


def seconds_to_wait(wrong_tries: int) -> int:
    """How long the next try must wait: two are free, then 2, 4, 8 … up to 60 seconds."""
    extra = wrong_tries - _FREE_TRIES
    return min(2**extra, _LONGEST_WAIT) if extra > 0 else 0
