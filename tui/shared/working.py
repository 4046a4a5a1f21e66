"""A screen that works on something: in a thread, with a bar past one second and one result."""

from collections.abc import Callable
from typing import Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import ProgressBar, Static

from storage.errors import FairstartError

PROGRESS_SHOWS_AFTER = 1.0
"""Seconds of work that pass without a progress bar."""
_STEPS = 1000

Answer = TypeVar("Answer")


class WorkingScreen(Screen[Answer], Generic[Answer], inherit_bindings=False):
    """Composes `working` somewhere; calls `work_on`; `finished` gets what came of it."""

    class Progress(Message):
        """So much is done."""

        def __init__(self, part: float) -> None:
            super().__init__()
            self.part = part

    class Ended(Message):
        """The work came to an end."""

        def __init__(self, finish: Callable[[], None]) -> None:
            super().__init__()
            self.finish = finish

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

    def work_on(
        self, doing: str, act: Callable[[Callable[[float, float], None]], object], finished: Callable[[], None]
    ) -> None:
        """Do something in a thread, one thing at a time.

        Args:
            doing: what is said meanwhile.
            act: does it; it is told whom to tell how much is done, and of how much.
            finished: called here once it is done; not if it failed, which is said instead.
        """
        if self.at_work:
            return
        self.at_work = True
        self.say(doing)
        self.query_one(ProgressBar).update(progress=0)
        self.set_timer(PROGRESS_SHOWS_AFTER, self._show_progress)
        self._run(act, finished)

    @work(thread=True)
    def _run(self, act: Callable[[Callable[[float, float], None]], object], finished: Callable[[], None]) -> None:
        def tell(done: float, of: float) -> None:
            self.post_message(self.Progress(done / of if of else 1))

        try:
            act(tell)
        except FairstartError as error:
            sentence = error.sentence
            self.post_message(self.Ended(lambda: self.say(sentence, problem=True)))
        else:
            self.post_message(self.Ended(finished))

    def _show_progress(self) -> None:
        self.query_one("#progress").display = self.at_work

    def on_working_screen_progress(self, message: Progress) -> None:
        """Move the bar."""
        self.query_one(ProgressBar).update(progress=message.part * _STEPS)

    def on_working_screen_ended(self, message: Ended) -> None:
        """Go on."""
        self.at_work = False
        self.query_one("#progress").display = False
        message.finish()
