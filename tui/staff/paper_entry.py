"""Entering returned paper sheets: what to know first, then sheet after sheet by digits or mouse, then all are kept.

What was typed is on the screen only where it is to be looked at: when a sheet is checked, or where two entries differ.
"""

import asyncio
from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from content.language import load_words
from content.survey import Survey
from storage.errors import FairstartError
from storage.kiosk.batch import Batch, check_number
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings
from tui.shared.button_row import ButtonRow
from tui.shared.confirm import Confirm
from tui.shared.working import WorkingScreen
from tui.sheet import NO_ANSWER, Sheet, Step
from tui.terminal.lockdown import LockedApp
from tui.text import paper
from tui.widgets.button import Button
from tui.widgets.reading import Passage, Reading
from tui.widgets.rows import ChoiceRow, Rows

Result = TypeVar("Result")


async def enter_sheets(
    app: LockedApp[Result], kiosk: Kiosk, settings: Settings, batch: Batch, *, idle_seconds: int
) -> None:
    """Have somebody enter sheets, until they are kept or left. Whoever calls wipes what is left in the batch.

    Args:
        app: on whose screen.
        kiosk: which keeps them.
        settings: that it goes by.
        batch: what is entered.
        idle_seconds: how long screens stay open untouched, for saying so.
    """
    twice = await app.push_screen_wait(PaperIntro(kiosk, idle_seconds))
    if twice is not None:
        survey = load_words("en").asked(settings.asks)
        await app.push_screen_wait(PaperEntry(kiosk, survey, batch, twice=twice))


class PaperIntro(Screen[bool | None], inherit_bindings=False):
    """Returns whether each sheet is entered twice, or None to go back; asks for the sheets to be shuffled before."""

    CSS_PATH = "paper_entry.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("1", "begin(True)", show=False),
        Binding("2", "begin(False)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, kiosk: Kiosk, idle_seconds: int) -> None:
        super().__init__()
        self._said = paper.introduction(kiosk.waiting, idle_seconds // 60)

    def compose(self) -> ComposeResult:
        """What to know and to do before, and the two ways to begin."""
        yield Reading(
            Passage(paper.HEADING, "title", apart=True),
            *(Passage(said, lead="· ", apart=True) for said in self._said),
            id="paper-intro",
        )
        with ButtonRow():
            yield Button("Shuffled: enter each twice", "1", id="twice", action="begin(True)")
            yield Button("Shuffled: check each", "2", id="once", action="begin(False)")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def action_begin(self, twice: bool) -> None:  # noqa: FBT001 - Textual passes it by place
        """The sheets are shuffled."""
        self.dismiss(twice)

    def action_back(self) -> None:
        """Enter none."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll where it does not all fit."""
        self.query_one(Reading).scroll_relative(y=lines, animate=False)


class _Rows(Rows):
    """Rows of which a double click is one click: the second would answer the question that follows."""

    def __init__(self, *, pin_last: bool = False, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(pin_last=pin_last)
        self.id = id

    def on_click(self, event: events.Click) -> None:
        """Pass over the second click."""
        if event.chain > 1:
            event.stop()
            event.prevent_default()


class PaperEntry(WorkingScreen[None]):
    """Sheet after sheet, until all are kept or somebody leaves."""

    CSS_PATH = "paper_entry.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,minus", "back", show=False),
        Binding("enter,plus", "confirm", show=False),
        Binding("f5", "finish", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(10)),
    ]

    def __init__(self, kiosk: Kiosk, survey: Survey, batch: Batch, *, twice: bool) -> None:
        super().__init__()
        self._kiosk = kiosk
        self._batch = batch
        self._blank = self._sheet = Sheet(survey, twice)

    def compose(self) -> ComposeResult:
        """Where it stands, the question, its answers, and buttons."""
        with Horizontal(id="paper-top"):
            yield Static(id="paper-place")
            yield Static(id="paper-entered")
        yield Static(id="paper-question")
        yield Static(id="paper-to-do")
        yield _Rows(pin_last=True, id="paper-answers")
        yield _Rows(id="paper-check")
        yield from self.working()
        with ButtonRow():
            yield Button("All entered", "F5", id="finish", action="finish")
            yield Button("Right, next sheet", "⏎", id="right", classes="main", action="confirm")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def on_mount(self) -> None:
        """Ask the first question."""
        self._show(self._blank)

    def on_rows_clicked(self, message: Rows.Clicked) -> None:
        """An answer, or on the check the question to change."""
        if self.check_action("digit", ()):
            self.action_digit(message.number)

    def action_digit(self, digit: int) -> None:
        """Take an answer, or on the check ask that question anew."""
        sheet = self._sheet
        self._show(sheet.change(digit - 1) if sheet.step is Step.CHECK else sheet.answer(digit))

    def action_confirm(self) -> None:
        """The sheet was entered as it is."""
        self._show(self._sheet.confirm())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Pass over what is pressed while all are being kept; where that was held up, over further answers too."""
        return not self.at_work and not (self._batch.kept and action in {"digit", "confirm"})

    @work
    async def action_back(self) -> None:
        """Take the last answer back; before the first one leave, and ask if anything would be lost."""
        if not self._sheet.is_blank:
            self._show(self._sheet.back())
            return
        would_lose = len(self._batch) and not self._batch.kept
        question = Confirm("Leave?", paper.leaving(len(self._batch)), "Leave and lose them")
        if not would_lose or await self.app.push_screen_wait(question):
            self.dismiss(None)

    @work
    async def action_finish(self) -> None:
        """Have the pile counted, and keep all; or say what is still to do, or what went wrong."""
        sheets = len(self._batch)
        if not self._sheet.is_blank:
            self.say(paper.FINISH_FIRST, problem=True)
            return
        if not self._batch.kept:
            try:
                check_number(sheets, self._kiosk.waiting)
            except FairstartError as error:
                self.say(error.sentence, problem=True)
                return
            if not await self.app.push_screen_wait(Confirm("Keep all?", paper.keeping(sheets), f"Keep all {sheets}")):
                return
        with self.working_on(paper.KEEPING):
            await asyncio.to_thread(self._kiosk.keep_batch, self._batch, self.progress)
        if not len(self._batch):
            self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll where not all answers are in view."""
        for rows in self.query(_Rows):
            rows.scroll_relative(y=lines, animate=False)

    def _show(self, sheet: Sheet) -> None:
        """Show where the sheet now stands; a sheet that is done goes to the others, and the next one begins."""
        if sheet.step is Step.DONE:
            self._batch.add(sheet.response)
            sheet = self._blank
        self._sheet = sheet
        checking = sheet.step is Step.CHECK
        self.query_one("#paper-place", Static).update(Content(paper.place(sheet, len(self._batch))))
        self.query_one("#paper-entered", Static).update(Content(paper.entered(len(self._batch))))
        question = self.query_one("#paper-question", Static)
        question.display = not checking
        question.update(Content(sheet.question.text))
        self.query_one("#right").display = checking
        self.query_one("#finish").display = not checking
        self.say(paper.to_do(sheet), problem=sheet.step is Step.DIFFERENT)
        options = [ChoiceRow(option.code, option.label) for option in sheet.question.options]
        self._fill("#paper-answers", [] if checking else [*options, ChoiceRow(NO_ANSWER, paper.UNREADABLE)])
        entered = paper.answers(sheet) if checking else []
        self._fill("#paper-check", [ChoiceRow(number, said) for number, said in enumerate(entered, 1)])

    def _fill(self, name: str, rows: Sequence[ChoiceRow]) -> None:
        """Show these rows, or none, and keep nothing of what was painted there before."""
        shown = self.query_one(name, _Rows)
        shown.display = bool(rows)
        shown.set_rows(tuple(rows))
        shown.refresh()

    def say(self, text: str, *, problem: bool = False) -> None:
        """Put one line between question and answers."""
        to_do = self.query_one("#paper-to-do", Static)
        to_do.set_class(problem, "urgent")
        to_do.update(Content(text))
