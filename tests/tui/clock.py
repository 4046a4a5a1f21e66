"""Time that passes when a test says so."""

import functools

import pytest
from textual.message_pump import MessagePump

import tui.app
from tui.shared.idle import IdleClock
from tui.survey.idle import IdleWarning
from tui.survey.screen import SurveyScreen


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def seconds_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a test takes, what happens each second while a candidate is there happens when the test says so."""
    for screen in (SurveyScreen, IdleWarning):
        monkeypatch.setattr(screen, "set_interval", functools.partialmethod(MessagePump.set_interval, pause=True))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, seconds_stand_still: None) -> Clock:
    clock = Clock()
    monkeypatch.setattr(tui.app, "IdleClock", lambda: IdleClock(clock.monotonic))
    return clock
