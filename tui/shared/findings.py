"""What screens that show published counts have in common: a chart or text, why there is blur, and a way on."""

import asyncio
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from storage.errors import FairstartError
from tui.shared.button_row import ButtonRow
from tui.shared.frame import FramedScreen
from tui.shared.progress import Progress
from tui.shared.state import State
from tui.widgets.button import Button
from tui.widgets.chart import Drawing
from tui.widgets.reading import Passage, Reading

Why = tuple[tuple[str, str], ...]
"""Headings and what they say of blur."""
Found = TypeVar("Found")


class FindingsScreen(FramedScreen[None], Generic[Found]):
    """Composes a `State`, a `Drawing`, and a `ButtonRow` with one called `text`; `open` shows what `read` finds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("t", "text", show=False),
        Binding("w", "what_next", show=False),
        Binding("question_mark,h,f1", "why", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, why: Why) -> None:
        super().__init__()
        self._why = why
        self.found: Found | None = None
        self.as_text = False

    @work(exclusive=True, group="open")
    async def open(self) -> None:
        """Show what there is. It is read in a thread: there may be thousands of groups."""
        state = self.query_one(State)
        if self.found is None:
            state.say("Opening the counts…")
        try:
            self.found = await asyncio.to_thread(self.read)
        except FairstartError as error:
            state.say(error.sentence, problem=True)
        else:
            state.clear()
            self.opened(self.found)
        for progress in self.query(Progress):
            progress.end()

    def read(self) -> Found:
        """Returns what is found, in a thread.

        Raises:
            FairstartError: it cannot be read.
        """
        raise NotImplementedError

    def opened(self, found: Found) -> None:
        """Show what was read, for the first time."""
        self.draw(found)

    def draw(self, found: Found) -> None:
        """Show it as a chart, or `as_text`."""
        raise NotImplementedError

    def what_next(self, found: Found) -> None:
        """Ask for the tips that address it."""
        raise NotImplementedError

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)

    def action_text(self) -> None:
        """The same as sentences, or the chart again."""
        self.as_text = not self.as_text
        self.query_one("#text", Button).label = "As a chart" if self.as_text else "As text"
        self.query_one(ButtonRow).on_resize()
        if self.found is not None:
            self.draw(self.found)

    def action_what_next(self) -> None:
        """Go to the tips that address what is shown."""
        if self.found is not None:
            self.what_next(self.found)

    def action_why(self) -> None:
        """Explain blur."""
        self.app.push_screen(WhyCounts(self._why))

    def action_scroll(self, lines: int) -> None:
        """Scroll where the chart does not all fit."""
        self.query_one(Drawing).scroll_relative(y=lines, animate=False)


class WhyCounts(ModalScreen[None], inherit_bindings=False):
    """Why counts are blurred, and how to read them."""

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,enter,h,f1", "close", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("tab", "app.focus_next", show=False),
    ]

    def __init__(self, why: Why) -> None:
        super().__init__()
        self._why = why

    def compose(self) -> ComposeResult:
        """Headings and what they say."""
        passages = []
        for heading, text in self._why:
            passages += [Passage(heading, "title"), Passage(text, apart=True)]
        yield Reading(*passages, id="why-reading", always_apart=True)
        with ButtonRow():
            yield Button("Close", "Esc", id="close", classes="main out", action="close")

    def action_close(self) -> None:
        """Back to the counts."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll where it does not all fit."""
        self.query_one(Reading).scroll_relative(y=lines, animate=False)
