"""A screen that works on something: in a thread, with a bar past one second and one result."""

import contextlib
from collections.abc import Iterator
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.widgets import Static

from storage.errors import FairstartError, TooLittleMemoryError
from tui.shared.frame import FramedScreen
from tui.shared.progress import Progress

Answer = TypeVar("Answer")


class WorkingScreen(FramedScreen[Answer], Generic[Answer]):
    """Composes `working` somewhere, and does one thing at a time within `working_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.at_work = False

    def working(self) -> ComposeResult:
        """The bar and the line for results."""
        yield Progress()
        yield Static(id="message", classes="message")

    @contextlib.contextmanager
    def working_on(self, doing: str) -> Iterator[None]:
        """Say what is done meanwhile, show how far it is, and say what went wrong, if something did.

        A task that is cancelled here leaves the screen as it is: the screen has gone.
        """
        self.at_work = True
        self.say(doing)
        self.query_one(Progress).begin()
        try:
            yield
        except FairstartError as error:
            self.say(error.sentence, problem=True)
        except MemoryError:
            self.say(TooLittleMemoryError().sentence, problem=True)
        self.at_work = False
        self.query_one(Progress).end()

    def progress(self, done: float, of: float) -> None:
        """Move the bar, from any thread."""
        self.call_later(self._move, done / of if of else 1)

    def _move(self, part: float) -> None:
        self.query_one(Progress).move(part)
