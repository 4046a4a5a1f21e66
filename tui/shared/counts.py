"""The counts: how the event is going against its benchmarks, as far as anyone may see it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from storage.counts.findings import Findings, OfficeFindings
from storage.counts.questions import QuestionFindings
from storage.progress import ProgressCallback
from storage.report import feedback, sentences
from tui.shared.button_row import ButtonRow
from tui.shared.findings import FindingsScreen, Why
from tui.shared.progress import Progress
from tui.shared.state import State
from tui.text import counts
from tui.text.counts import Shown
from tui.widgets.button import Button
from tui.widgets.chart import Chart, Mark, legend

_MANY = 4
"""Charts that are shown beside each other."""
_MANY_WIDTH, _MANY_HEIGHT = 160, 45
"""Cells from which they have room."""


class CountsScreen(FindingsScreen[Shown]):
    """One question at a time, as a chart or as text."""

    PLACE = "Counts"
    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,enter,n", "turn(1)", show=False),
        Binding("left,p", "turn(-1)", show=False),
        *(Binding(str(digit), f"question({digit})", show=False) for digit in range(1, 10)),
    ]

    class WhatNext(Message):
        """Somebody asks what to do about these counts."""

        def __init__(self, found: Findings | OfficeFindings) -> None:
            super().__init__()
            self.found = found

    def __init__(self, title: str, why: Why, read: Callable[[ProgressCallback], Shown]) -> None:
        """Show counts.

        Args:
            title: what they are of.
            why: headings and what they say of blur.
            read: returns the counts; it calls what it gets with its progress.
        """
        super().__init__(why)
        self._title = title
        self._read = read
        self._position = 0

    def compose(self) -> ComposeResult:
        """What it is about, how many, the chart, and the buttons."""
        with Horizontal(id="counts-top"):
            yield Static(Content(f"Counts · {self._title}"), id="counts-event")
            yield Static(id="counts-place")
        yield Static(id="counts-state")
        yield Static(id="counts-lacking")
        yield Static(id="counts-question")
        yield State("CountsScreen > Chart")
        yield Chart()
        yield Multiples(id="multiples")
        yield Progress()
        with ButtonRow():
            yield Button("Back", "Esc", id="back", classes="out", action="back")
            yield Button("Next question", "→", id="next", classes="main", action="turn(1)")
            yield Button("As text", "T", id="text", action="text")
            yield Button("What next?", "W", id="what-next", action="what_next")
            yield Button("Why?", "?", id="why", action="why")

    def on_mount(self) -> None:
        """Open the counts; a bar shows only where that takes long."""
        for name in ("counts-state", "counts-lacking", "counts-question", "multiples"):
            self.query_one(f"#{name}").display = False
        self.query_one(Progress).begin()
        self.open()

    def read(self) -> Shown:
        """The counts, opened."""
        return self._read(self._progress)

    def _progress(self, done: float, of: float) -> None:
        self.call_later(self._move, done / of if of else 1)

    def _move(self, part: float) -> None:
        self.query_one(Progress).move(part)

    def opened(self, found: Shown) -> None:
        """Show the first question."""
        super().opened(found)
        self.query_one("#counts-state").display = True
        self.query_one("#counts-state", Static).update(Content(found.state))
        self.query_one("#counts-lacking").display = bool(found.lacking)
        self.query_one("#counts-lacking", Static).update(Content(found.lacking))

    def draw(self, found: Shown) -> None:
        """Show the question that it is at."""
        multiples = self.query_one(Multiples)
        all_at_once = self._all_at_once(found)
        self.query_one(Chart).display = not all_at_once
        multiples.display = all_at_once
        for name in ("counts-place", "counts-question", "next"):
            self.query_one(f"#{name}").display = not all_at_once
        if all_at_once:
            multiples.show(found)
            return
        questions = found.all_questions
        question = questions[self._position]
        total = len(questions)
        place = f"◂ {self._position + 1} of {total} ▸" if total > 1 else ""
        self.query_one("#counts-place", Static).update(Content(place))
        self.query_one("#next").display = total > 1
        asked = self.query_one("#counts-question", Static)
        asked.display = True
        asked.update(Content(question.text))
        below = tuple(filter(None, _below(found, question)))
        told = (sentences.blurred((question,)), *counts.question_lines(question, found), sentences.chance((question,)))
        said = tuple(filter(None, told))
        self.query_one(Chart).show(question, legend(question), below, said, as_text=self.as_text)

    def _all_at_once(self, found: Shown) -> bool:
        """Whether all questions have room beside each other, as charts."""
        width, height = self.app.size
        few = 1 < len(found.questions) == len(found.all_questions)
        return not self.as_text and few and width >= _MANY_WIDTH and height >= _MANY_HEIGHT

    def on_resize(self) -> None:
        """Show all questions, or one of them, as there is room."""
        if self.found:
            self.draw(self.found)

    def action_turn(self, step: int) -> None:
        """Go to the next question or the one before, round and round."""
        if self.found:
            self._position = (self._position + step) % len(self.found.all_questions)
            self.draw(self.found)

    def action_question(self, number: int) -> None:
        """Go to a question by its number."""
        if self.found and number <= len(self.found.all_questions):
            self._position = number - 1
            self.draw(self.found)

    def what_next(self, found: Shown) -> None:
        """Ask for the tips that address what the counts show."""
        self.post_message(self.WhatNext(found.found))


class Legend(Static):
    """What the marks in all charts beside each other are, and what is to be said of them all."""

    def show(self, marks: Sequence[Mark], more: str) -> None:
        """Say it, a line for each mark."""
        wide = max((len(mark) for mark, _ in marks), default=0) + 1
        lines = [Content.assemble((mark.ljust(wide), "bold"), what) for mark, what in marks]
        self.update(Content("\n").join([*lines, Content(more)]))


class Multiples(Vertical):
    """All questions beside each other, drawn alike, and what their marks are."""

    def compose(self) -> ComposeResult:
        """A chart for each question that there can be."""
        with Grid():
            for _ in range(_MANY):
                yield Chart(roomy=False)  # each alike, however much is said below it
        yield Legend()

    def show(self, found: Shown) -> None:
        """Show them."""
        questions = found.questions
        below = [tuple(filter(None, _of_one(found, question))) for question in questions]
        often = Counter(sentence for one in below for sentence in one)
        for place, chart in enumerate(self.query(Chart)):
            chart.display = place < len(questions)
            if chart.display:
                question = questions[place]
                chart.border_title = Content(f"{place + 1}  {question.text}").markup
                said = tuple(filter(None, counts.question_lines(question, found)))
                alone = tuple(sentence for sentence in below[place] if often[sentence] == 1)
                chart.show(question, (), alone, said, as_text=False)
        of_all = [sentence for sentence, times in often.items() if times > 1]
        of_all += [sentences.blurred(questions), sentences.chance(questions), *_of_all(found)]
        self.query_one(Legend).show(legend(*questions), " ".join(filter(None, of_all)))


def _below(found: Shown, question: QuestionFindings) -> Iterator[str]:
    """The sentences under a chart that is shown alone; some are empty."""
    yield sentences.blurred((question,))
    yield from counts.beside_benchmarks(question, found.found)
    if question.response_rate:
        yield f"Response rate: {sentences.rate(question.response_rate)}"
    yield sentences.chance((question,))
    if question.context:
        yield f"For context only: {question.context}"
    if found.feedback and found.is_feedback(question):
        yield f"{feedback.HEADING}: {feedback.state(found.feedback)}"
        yield from (feedback.together_line(one) for one in found.feedback.together if one.question == question.id)
        if found.feedback.response_rate:
            yield f"All four together, response rate: {sentences.rate(found.feedback.response_rate)}"
    else:
        yield from _of_all(found)


def _of_one(found: Shown, question: QuestionFindings) -> Iterator[str]:
    """The sentences under one of several charts; what is drawn, and what is said of all of them, is left out."""
    yield from counts.beside_benchmarks(question, found.found)
    if question.context:
        yield f"For context only: {question.context}"


def _of_all(found: Shown) -> Iterator[str]:
    """What is said of all questions together."""
    if found.response_rate:
        yield f"All questions together, response rate: {sentences.rate(found.response_rate)}"
