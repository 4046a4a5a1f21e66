"""A screen that works on something: in a thread, with a bar past one second and one result."""

import contextlib
from collections.abc import Iterator
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import ProgressBar, Static

from storage.errors import FairstartError, TooLittleMemoryError
from tui.shared.frame import FramedScreen

PROGRESS_SHOWS_AFTER = 1.0
"""Seconds of work that pass without a progress bar."""
_STEPS = 1000

Answer = TypeVar("Answer")


class WorkingScreen(FramedScreen[Answer], Generic[Answer]):
    """Composes `working` somewhere, and does one thing at a time within `working_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.at_work = False

    def working(self) -> ComposeResult:
        """The bar and the line for results."""
        yield ProgressBar(total=_STEPS, id="progress", show_eta=False)
        yield Static(id="message", classes="message")

    def on_mount(self) -> None:
        """No bar before there is work; called besides a screen's own `on_mount`."""
        self.query_one("#progress").display = False

    def say(self, text: str, *, problem: bool = False) -> None:
        """Put the result, or what is wrong, above the buttons."""
        message = self.query_one("#message", Static)
        message.set_class(problem, "-problem")
        message.update(Content(text))

    @contextlib.contextmanager
    def working_on(self, doing: str) -> Iterator[None]:
        """Say what is done meanwhile, show how far it is, and say what went wrong, if something did.

        A task that is cancelled here leaves the screen as it is: the screen has gone.
        """
        self.at_work = True
        self.say(doing)
        self.query_one(ProgressBar).update(progress=0)
        shows = self.set_timer(PROGRESS_SHOWS_AFTER, self._show_progress)
        try:
            yield
        except FairstartError as error:
            self.say(error.sentence, problem=True)
        except MemoryError:
            self.say(TooLittleMemoryError().sentence, problem=True)
        shows.stop()
        self.at_work = False
        self._show_progress()

    def progress(self, done: float, of: float) -> None:
        """Move the bar, from any thread."""
        self.call_later(self._move_bar, done / of if of else 1)

    def _move_bar(self, part: float) -> None:
        self.query_one(ProgressBar).update(progress=part * _STEPS)

    def _show_progress(self) -> None:
        self.query_one("#progress").display = self.at_work
