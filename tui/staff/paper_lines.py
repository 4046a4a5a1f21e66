"""Entering paper sheets in plain lines, for screen readers and braille displays.

What is typed stays unseen. Several digits in a line are several answers, so a sheet of four questions is one line.
"""

import contextlib
from typing import TextIO

from content.language import load_words
from storage.errors import FairstartError
from storage.kiosk.batch import Batch, check_number
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings
from tui.sheet import NO_ANSWER, Sheet, Step
from tui.terminal.lines import Lines
from tui.text import paper


class _LeftError(Exception):
    """Somebody leaves, has gone, or there is no more input."""


class PaperLines:
    """Asks for sheet after sheet, until all are kept or somebody leaves. Whoever runs it wipes the batch."""

    def __init__(  # noqa: PLR0913 - two of them are where lines come from and go to
        self, kiosk: Kiosk, settings: Settings, batch: Batch, source: TextIO, sink: TextIO, *, idle_seconds: int
    ) -> None:
        self._kiosk = kiosk
        self._survey = load_words("en").asked(settings.asks)
        self._batch = batch
        self._lines = Lines(source, sink)
        self._idle_seconds = idle_seconds

    def run(self) -> None:
        """Ask, and leave nothing of it on the terminal."""
        with self._lines.opened(), contextlib.suppress(_LeftError):
            sheet = blank = Sheet(self._survey, twice=self._introduce())
            self._ask(sheet)
            while not self._batch.kept:
                sheet = self._next(sheet)
                if sheet.step is Step.DONE:
                    self._batch.add(sheet.response)
                    sheet = blank
                    self._lines.wipe()
                if not self._batch.kept:
                    self._ask(sheet)

    def _introduce(self) -> bool:
        """Say what to know first. Returns whether each sheet is entered twice."""
        self._say(paper.HEADING, *paper.introduction(self._kiosk.waiting, self._idle_seconds // 60), paper.LINES)
        while (typed := self._typed(paper.SHUFFLED_PROMPT)) not in {"1", "2"}:
            if typed == paper.LEAVE:
                raise _LeftError
        self._lines.wipe()
        return typed == "1"

    def _ask(self, sheet: Sheet) -> None:
        """Say where it stands, and what is asked."""
        self._say("", f"{paper.place(sheet, len(self._batch))}. {paper.entered(len(self._batch))}.")
        if sheet.step is Step.CHECK:
            self._say(*(f"{number}. {said}" for number, said in enumerate(paper.answers(sheet), 1)))
        else:
            self._say(sheet.question.text)
        self._say(paper.to_do(sheet))

    def _next(self, sheet: Sheet) -> Sheet:
        """The sheet after what is typed."""
        match self._typed(paper.PROMPT):
            case "b":
                return sheet.back()
            case "":
                return sheet.confirm()
            case "?":
                options = [f"{option.code}. {option.label}" for option in sheet.question.options]
                self._say(*([] if sheet.step is Step.CHECK else [*options, f"{NO_ANSWER}. {paper.UNREADABLE}"]))
            case paper.KEEP:
                self._keep(sheet)
            case paper.LEAVE:
                if not len(self._batch) or self._means(paper.leaving(len(self._batch)), paper.LEAVE):
                    raise _LeftError
            case typed:
                following = _answered(sheet, typed)
                if following is not None:
                    return following
                self._say(paper.NOT_TAKEN)
        return sheet

    def _keep(self, sheet: Sheet) -> None:
        """Have the pile counted, and keep all; or say what is still to do."""
        if not sheet.is_blank:
            self._say(paper.FINISH_FIRST)
            return
        try:
            check_number(len(self._batch), self._kiosk.waiting)
            if self._means(paper.keeping(len(self._batch)), paper.KEEP):
                self._say(paper.KEEPING)
                self._kiosk.keep_batch(self._batch)
        except FairstartError as error:
            self._say(error.sentence)

    def _means(self, about: str, word: str) -> bool:
        """Whether somebody types the same word once more, having heard what it does."""
        self._say(about)
        return self._typed(paper.once_more(word)) == word

    def _say(self, *lines: str) -> None:
        self._lines.write("".join(f"{line}\n" for line in lines))

    def _typed(self, prompt: str) -> str:
        """What is typed; nobody is waited for longer than screens stay open."""
        self._lines.write(prompt)
        line = self._lines.read(self._idle_seconds)
        if not line:
            raise _LeftError
        self._lines.write("\n")  # the Enter that ended the line was not shown
        return line.strip().lower()


def _answered(sheet: Sheet, typed: str) -> Sheet | None:
    """The sheet with these digits as its next answers; None where one of them is none."""
    step = sheet.step
    for digit in typed:
        if not (digit.isascii() and digit.isdecimal() and sheet.step is step):
            return None
        following = sheet.change(int(digit) - 1) if step is Step.CHECK else sheet.answer(int(digit))
        if following is sheet:
            return None
        sheet = following
    return sheet
