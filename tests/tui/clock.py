"""Time that passes when a test says so."""

import pytest

import tui.app
from tui.shared.idle import IdleClock


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(tui.app, "IdleClock", lambda: IdleClock(clock.monotonic))
    return clock
