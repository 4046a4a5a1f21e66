"""Asking the file system without waiting for ever: a network drive whose server has gone answers nobody.

What asks waits in a thread of its own that is left alone when it takes too long. Until it comes back nothing else asks
there, so however often somebody tries, one thread waits for each such place.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from storage.errors import PlaceError
from storage.text import shown_name

Result = TypeVar("Result")

PATIENCE = 3.0
"""Seconds."""

_silent: set[Path] = set()
"""What has been asked and has not answered yet."""


def answer_of(path: Path, ask: Callable[[], Result]) -> Result:
    """What asking something of a path gives.

    Raises:
        PlaceError: it did not answer in time, or it, or a folder that it is in, has not answered before.
        Exception: whatever `ask` raises.
    """
    silent = PlaceError(f"“{shown_name(path.name or str(path))}” does not answer: choose another place, or wait.")
    if any(path.is_relative_to(one) for one in tuple(_silent)):
        raise silent
    results: list[Result] = []
    errors: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            results.append(ask())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            errors.append(error)
        done.set()
        _silent.discard(path)

    threading.Thread(target=run, daemon=True).start()
    if not done.wait(PATIENCE):
        _silent.add(path)
        if not done.is_set():
            raise silent
        _silent.discard(path)
    if errors:
        raise errors[0]
    return results[0]
