"""How wrong passphrases are slowed down: on every screen, on the command line, and over a restart.

<data>/kiosk/wrong-tries     how often the staff passphrase was wrong since it was last right
<data>/office/wrong-tries    the same of the office passphrase

What is kept is one digit. It says nothing of who tried, nor when: a wait begins anew with the process, and is measured
by a clock that nobody can set.
"""

import contextlib
import math
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from storage.errors import StoreError, TooSoonError, WrongPassphraseError
from storage.private_files import read_at_most, write_private

_FREE_TRIES = 2
_LONGEST_WAIT = 60
_MOST = 8
"""Tries that are counted: more make no wait longer."""
_COUNTS = {b"%d" % count: count for count in range(1, _MOST + 1)}
"""What is kept of a count."""

Key = TypeVar("Key")


def seconds_to_wait(wrong_tries: int) -> int:
    """How long the next try must wait: two are free, then 2, 4, 8 … up to 60 seconds."""
    extra = min(wrong_tries, _MOST) - _FREE_TRIES
    return min(2**extra, _LONGEST_WAIT) if extra > 0 else 0


class WrongTries:
    """How often one passphrase was wrong since it was last right. Any thread may call."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Go on from what is kept in the folder of a key. What cannot be read is taken for the longest wait.

        Args:
            folder: where the key file is that the passphrase opens.
            clock: what waits are measured by, in seconds.
        """
        self.clock = clock
        self._file = folder / "wrong-tries"
        self._trying = threading.Lock()
        self._set(self._kept())

    @property
    def seconds_left(self) -> int:
        """How long the next try must still wait."""
        return max(math.ceil(self._until - self.clock()), 0) if self.count else 0

    def unlock(self, open_key: Callable[[str], Key], passphrase: str) -> Key:
        """What `open_key` returns for a right passphrase. A wrong one is counted before anybody hears that it is.

        One is tried at a time, however many ask.

        Raises:
            TooSoonError: the last ones were wrong, and this one was not tried.
            FairstartError: what `open_key` raises; a WrongPassphraseError alone counts.
        """
        with self._trying:
            if self.seconds_left:
                raise TooSoonError(
                    f"The last passphrase was not right: wait {self.seconds_left} seconds, then try again."
                )
            try:
                key = open_key(passphrase)
            except WrongPassphraseError:
                self._keep(self.count + 1)
                raise
            self._keep(0)
            return key

    def _kept(self) -> int:
        try:
            is_file = stat.S_ISREG(self._file.lstat().st_mode)  # a pipe would never end
            digit = read_at_most(self._file, 1) if is_file else b""
        except FileNotFoundError:
            return 0
        except OSError:
            return _MOST
        return _COUNTS.get(digit, _MOST)

    def _keep(self, count: int) -> None:
        """Count on in memory where nothing can be written: who wants to export from a full disk must get in."""
        self._set(count)
        with contextlib.suppress(StoreError, OSError):
            if self.count:
                write_private(self._file, b"%d" % self.count)
            else:
                self._file.unlink(missing_ok=True)

    def _set(self, count: int) -> None:
        self.count = min(count, _MOST)
        self._until = self.clock() + seconds_to_wait(self.count)
