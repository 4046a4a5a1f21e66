"""How far long work has come."""

from collections.abc import Callable

ProgressCallback = Callable[[float, float], None]
"""Called with how much is done, and of how much."""


def unreported(_done: float, _of: float) -> None:
    """Nobody wants to know."""


def part(progress: ProgressCallback, done: int, parts: int) -> ProgressCallback:
    """The callback for one part of the work, after so many of all its `parts`."""
    return lambda inside, of: progress(done + inside / max(of, 1), parts)
