"""Timers wait in the event loop and leave threads to work.

Under Windows each of Textual's timers waits in one of the threads that work is done in, for a finer beat. A laptop with
two processors has six, and a screen up to ten timers. Then no work is begun until one is due, and none is stopped
sooner, for that takes a thread too: a screen that closes stays, and keys wait behind it.
"""

import asyncio
import sys

from textual import timer


def use_timers_without_threads() -> None:
    """Have Textual's timers sleep as on other systems; Windows wakes them up to 16 ms late."""
    if sys.platform == "win32":
        vars(timer)["sleep"] = asyncio.sleep
