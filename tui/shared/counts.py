"""The counts: how the event is going against its benchmarks, as far as anyone may see it."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import ProgressBar, Static

from storage.counts.findings import Findings, OfficeFindings, QuestionFindings
from storage.errors import FairstartError
from storage.progress import ProgressCallback
from storage.report import sentences
from tui.shared.working import PROGRESS_SHOWS_AFTER
from tui.text import counts
from tui.text.counts import Shown
from tui.widgets.button import Button, ManyButtons
from tui.widgets.chart import Chart, legend
from tui.widgets.reading import Passage, Reading


class CountsScreen(Screen[None], inherit_bindings=False):
    """One question at a time, as a chart or as text."""

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("right,enter,n", "turn(1)", show=False),
        Binding("left,p", "turn(-1)", show=False),
        Binding("t", "text", show=False),
        Binding("w", "what_next", show=False),
        Binding("question_mark,h,f1", "why", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        *(Binding(str(digit), f"question({digit})", show=False) for digit in range(1, 5)),
    ]

    class Progress(Message):
        """Some of it is open."""

        def __init__(self, done: float, total: float) -> None:
            super().__init__()
            self.done = done
            self.total = total

    class Opened(Message):
        """The published tables are there."""

        def __init__(self, shown: Shown) -> None:
            super().__init__()
            self.shown = shown

    class Failed(Message):
        """The counts could not be opened."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    class WhatNext(Message):
        """Somebody asks what to do about these counts."""

        def __init__(self, found: Findings | OfficeFindings) -> None:
            super().__init__()
            self.found = found

    def __init__(self, title: str, why: tuple[tuple[str, str], ...], read: Callable[[ProgressCallback], Shown]) -> None:
        """Show counts.

        Args:
            title: what they are of.
            why: headings and what they say of blur.
            read: answers the counts; it is told whom to tell how far it has come.
        """
        super().__init__()
        self._why = why
        self._title = title
        self._read = read
        self._found: Shown | None = None
        self._opening = True
        self._position = 0
        self._as_text = False

    def compose(self) -> ComposeResult:
        """What it is about, how many, the chart, and the buttons."""
        with Horizontal(id="counts-top"):
            yield Static(Content(f"Counts · {self._title}"), id="counts-event")
            yield Static(id="counts-place")
        yield Static(Content("Opening the counts…"), id="counts-state")
        yield Static(id="counts-lacking")
        yield ProgressBar(id="counts-progress", show_eta=False)
        yield Static(id="counts-question")
        yield Chart()
        with ManyButtons(classes="buttons"):
            yield Button("Back", "Esc", id="back")
            yield Static(classes="gap")
            yield Button("Why?", "?", id="why")
            yield Button("As text", "T", id="text")
            yield Button("What next?", "W", id="what-next")
            yield Button("Next question", "→", id="next", classes="main")

    def on_mount(self) -> None:
        """Open the counts, in a thread: there may be thousands of groups."""
        for name in ("counts-progress", "counts-lacking", "counts-question"):
            self.query_one(f"#{name}").display = False
        self.set_timer(PROGRESS_SHOWS_AFTER, self._show_progress)
        self._open()

    @work(thread=True, exclusive=True)
    def _open(self) -> None:
        try:
            self.post_message(self.Opened(self._read(self._tell)))
        except FairstartError as error:
            self.post_message(self.Failed(error.sentence))

    def _tell(self, done: float, total: float) -> None:
        self.post_message(self.Progress(done, total))

    def _show_progress(self) -> None:
        self.query_one("#counts-progress").display = self._opening

    def on_counts_screen_progress(self, message: Progress) -> None:
        """Move the bar."""
        self.query_one(ProgressBar).update(total=message.total, progress=message.done)

    def on_counts_screen_failed(self, message: Failed) -> None:
        """Say what is wrong and what to do."""
        self._opening = False
        self.query_one("#counts-progress").display = False
        self.query_one("#counts-state", Static).update(Content(message.sentence))

    def on_counts_screen_opened(self, message: Opened) -> None:
        """Show the first question."""
        self._found = message.shown
        self._opening = False
        self.query_one("#counts-progress").display = False
        self.query_one("#counts-state", Static).update(Content(message.shown.state))
        lacking = message.shown.lacking
        self.query_one("#counts-lacking").display = bool(lacking)
        self.query_one("#counts-lacking", Static).update(Content(lacking))
        self._show()

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        question = found.questions[self._position]
        total = len(found.questions)
        place = f"◂ {self._position + 1} of {total} ▸" if total > 1 else ""
        self.query_one("#counts-place", Static).update(Content(place))
        self.query_one("#next").display = total > 1
        asked = self.query_one("#counts-question", Static)
        asked.display = True
        asked.update(Content(question.text))
        below = tuple(filter(None, _below(found, question)))
        said = tuple(filter(None, (sentences.blurred((question,)), *counts.question_lines(question, found))))
        self.query_one(Chart).show(question, below, said, as_text=self._as_text)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        match event.button.id:
            case "back":
                self.action_back()
            case "why":
                self.action_why()
            case "text":
                self.action_text()
            case "what-next":
                self.action_what_next()
            case _:
                self.action_turn(1)

    def action_back(self) -> None:
        """Back to the staff area."""
        self.dismiss(None)

    def action_turn(self, step: int) -> None:
        """Go to the next question or the one before, round and round."""
        if self._found:
            self._position = (self._position + step) % len(self._found.questions)
            self._show()

    def action_question(self, number: int) -> None:
        """Go to a question by its number."""
        if self._found and number <= len(self._found.questions):
            self._position = number - 1
            self._show()

    def action_text(self) -> None:
        """The same as sentences, or the chart again."""
        self._as_text = not self._as_text
        self.query_one("#text", Button).label = "As a chart" if self._as_text else "As text"
        self.query_one(ManyButtons).on_resize()
        self._show()

    def action_what_next(self) -> None:
        """Go to the tips that address what the counts show."""
        if self._found:
            self.post_message(self.WhatNext(self._found.found))

    def action_why(self) -> None:
        """Explain blur."""
        self.app.push_screen(WhyCounts(self._why))

    def action_scroll(self, lines: int) -> None:
        """Scroll where the chart does not all fit."""
        self.query_one(Chart).scroll_relative(y=lines, animate=False)


def _below(found: Shown, question: QuestionFindings) -> Iterator[str]:
    """The sentences under a chart; some are empty."""
    yield sentences.blurred((question,))
    yield legend(question)
    yield from counts.beside_benchmarks(question, found.found)
    if question.response_rate:
        yield f"Response rate: {sentences.rate(question.response_rate)}"
    yield sentences.chance(question)
    if question.context:
        yield f"For context only: {question.context}"
    if found.response_rate:
        yield f"All questions together, response rate: {sentences.rate(found.response_rate)}"


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

    def __init__(self, why: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._why = why

    def compose(self) -> ComposeResult:
        """Headings and what they say."""
        passages = []
        for heading, text in self._why:
            passages += [Passage(heading, "title"), Passage(text, apart=True)]
        yield Reading(*passages, id="why-reading", always_apart=True)
        with Horizontal(classes="buttons"):
            yield Static(classes="gap")
            yield Button("Close", "Esc", id="close", classes="main")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        self.action_close()

    def action_close(self) -> None:
        """Back to the counts."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll where it does not all fit."""
        self.query_one(Reading).scroll_relative(y=lines, animate=False)
