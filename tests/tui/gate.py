"""Work in a thread that goes on when a test says so."""

import threading
from collections.abc import Iterator

import pytest

from tests.waiting import WAIT


class Gate:
    """Holds up who comes to it, until a test lets them go on."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def hold(self) -> None:
        """Wait, in a thread, until it is opened."""
        self.reached.set()
        assert self.opened.wait(WAIT)

    def open(self) -> None:
        """Let whoever waits and whoever comes go on."""
        self.opened.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate that is shut, and open once a test is over."""
    made = Gate()
    yield made
    made.open()
