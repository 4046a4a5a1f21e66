"""Which variants of a test run every time, and which only in long searches."""

from collections.abc import Iterable

import pytest


def usually(number: int, values: Iterable[object]) -> list[object]:
    """The values of a parameter, of which so many run every time."""
    return [
        value if place < number else pytest.param(value, marks=pytest.mark.long) for place, value in enumerate(values)
    ]


by_key_and_by_mouse = pytest.mark.parametrize(
    "by_mouse", [pytest.param(False, id="key", marks=pytest.mark.long), pytest.param(True, id="mouse")]
)
"""Most other tests use keys, so that every time the mouse is enough."""
