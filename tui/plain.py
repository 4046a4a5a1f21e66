"""The survey as plain lines, for screen readers, braille displays, remote shells and pipes.

Append-only text: no colour, no cursor movement, nothing redrawn. On a terminal what is typed stays unseen, a forgotten
interview is cleared like on the kiosk, and a screenful of empty lines parts one candidate from the next.
"""

import contextlib
import io
import queue
import shutil
import sys
import threading
from collections.abc import Iterator
from typing import NoReturn, TextIO

from content.language import Words, load_words
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings
from storage.text import BYTE_ORDER_MARK, recognise
from tui.interview import Interview, Step
from tui.submission import Submission
from tui.terminal.capabilities import fallbacks
from tui.terminal.process import on_termination

_WARNING_SECONDS = 30


class _EndOfInput(Exception):  # noqa: N818 - not an error: the survey is over
    pass


class _Forgotten(Exception):  # noqa: N818 - not an error: nobody is there
    pass


class PlainSurvey:
    """Asks one candidate after the other until the input ends."""

    def __init__(self, kiosk: Kiosk, settings: Settings, source: TextIO, sink: TextIO) -> None:
        self._kiosk = kiosk
        self._settings = settings
        self._packs = [load_words(code) for code in settings.survey.languages]
        self._words = self._packs[0]
        self._source = source
        self._sink = sink
        self._terminal = source.isatty()
        self._letters = fallbacks(getattr(sink, "encoding", None), sink.fileno()) if sink.isatty() else None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run(self) -> None:
        """Ask until end of input. Answers given by then but not sent are dropped."""
        threading.Thread(target=self._read, daemon=True).start()
        if self._terminal:
            on_termination(lambda: self._lines.put(""))
        with unseen(self._source) if self._terminal else contextlib.nullcontext(), contextlib.suppress(_EndOfInput):
            while True:
                try:
                    self._one_candidate()
                except _Forgotten:
                    self._say(self._words.plain.cleared)
                self._part()
                self._words = self._packs[0]
        self._say(self._words.plain.ended)

    def _one_candidate(self) -> None:
        interview = self._begun()
        while interview.step is not Step.THANKS:
            match interview.step:
                case Step.WELCOME:
                    interview = self._welcome(interview)
                case Step.QUESTION:
                    interview = self._question(interview)
                case Step.CHECK:
                    interview = self._check(interview)
                case Step.SENDING:
                    interview = self._send(interview)
                case Step.FAILED | Step.THANKS | Step.CLOSED:
                    raise AssertionError(interview.step)
            if interview.step is Step.WELCOME:  # answers that were asked for stay in view until `_part` moves them away
                return

    def _begun(self) -> Interview:
        return Interview(self._words.asked(self._settings.asks), self._settings.survey.check_answers)

    def _welcome(self, interview: Interview) -> Interview:
        others = self._greet(interview)
        while True:
            match self._ask(self._words.plain.welcome_prompt, under_way=self._words is not self._packs[0]):
                case "1":
                    return interview.start()
                case "2":
                    return interview.decline()
                case "?":
                    self._say(self._words.plain.how)
                    continue
                case typed if typed in others:
                    self._words = others[typed]
                    interview = self._begun()
                    others = self._greet(interview)
                    continue
            self._say(self._words.plain.not_a_choice.format(first=1, last=2 + len(others)))

    def _greet(self, interview: Interview) -> dict[str, Words]:
        """Say the welcome. Returns the other languages by the numbers that were offered for them."""
        organisation = self._settings.organisation
        heading, why, points, declining = self._words.promises(
            organisation.name, organisation.statement, interview.survey
        )
        plain = self._words.plain
        packs = [pack for pack in self._packs if pack is not self._words]
        others = {str(number): pack for number, pack in enumerate(packs, 3)}
        self._say(heading, why, *points, declining, plain.how, plain.unseen if self._terminal else "")
        self._say(*(plain.language.format(number=number, name=pack.name) for number, pack in others.items()))
        return others

    def _question(self, interview: Interview) -> Interview:
        question = interview.question
        words = self._words
        total = len(interview.survey.questions)
        self._say("", words.question.progress.format(number=interview.position + 1, total=total), question.text)
        for option in question.options:
            self._say(f"{option.code}. {option.label} {option.detail}".strip())
        if interview.answer_here is not None:
            self._say(self._words.plain.kept)
        while True:
            match self._ask(words.plain.prompt):
                case "?":
                    notes = words.guidance.notes(question.id)
                    self._say(*(f"{note.title}: {note.text}" for note in notes))
                    self._say(f"{words.guidance.after_title} {words.guidance.after}")
                case "b":
                    return interview.back()
                case "x":
                    return interview.reset()
                case "s" if interview.answer_here is not None:
                    self._say(question.option(interview.answer_here).label)
                case "" if interview.answer_here is not None:
                    return interview.next()
                case "":
                    self._say(words.question.choose_first)
                case typed:
                    one_digit = len(typed) == 1 and typed.isascii() and typed.isdecimal()
                    answered = interview.answer(int(typed)) if one_digit else interview
                    if answered is not interview:
                        self._say(words.plain.noted)
                        return answered.next()
                    self._say(words.plain.not_a_choice.format(first=1, last=len(question.options)))

    def _check(self, interview: Interview) -> Interview:
        words = self._words
        self._say("", words.check.heading, words.check.text)
        while True:
            match self._ask(words.plain.check_prompt):
                case "1":
                    return interview.send()
                case "2" | "s":
                    for question in interview.survey.questions:
                        self._say(question.text, question.option(interview.answers[question.id]).label)
                    continue
                case "b":
                    return interview.back()
                case "x":
                    return interview.reset()
                case "?":
                    self._say(words.plain.how)
                    continue
            self._say(words.plain.not_a_choice.format(first=1, last=2))

    def _send(self, interview: Interview) -> Interview:
        submission = Submission(self._kiosk, interview.answers)
        while not submission.keep():
            self._say(f"{self._words.failed.heading}. {self._words.failed.text}")
            if not self._try_again():
                return interview.reset()
        try:
            submission.count()
        finally:
            thanks = self._words.thanks
            self._say(f"{thanks.heading}. {thanks.declined_text if interview.declined else thanks.text}")
        return interview.kept()

    def _try_again(self) -> bool:
        words = self._words.plain
        while (typed := self._ask(words.failed_prompt)) not in {"1", "2", "x"}:
            self._say(words.not_a_choice.format(first=1, last=2))
        return typed == "1"

    def _part(self) -> None:
        if self._terminal:
            self._say("\n" * shutil.get_terminal_size().lines)
        self._say("", self._words.plain.next_person, "")

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._write(line + "\n")

    def _ask(self, prompt: str, *, under_way: bool = True) -> str:
        """One typed line, in lower case without spaces around it."""
        self._write(prompt)
        idle = self._settings.kiosk.idle_seconds if self._terminal and under_way else None
        try:
            line = self._lines.get(timeout=idle)
        except queue.Empty:
            self._say("", self._words.plain.idle.format(seconds=_WARNING_SECONDS))
            try:
                line = self._lines.get(timeout=_WARNING_SECONDS)
            except queue.Empty:
                raise _Forgotten from None
            return self._ask(prompt) if line else self._end()
        self._say("")  # the Enter that ended the line was not shown
        return line.replace(BYTE_ORDER_MARK, "").strip().lower() if line else self._end()

    def _write(self, text: str) -> None:
        self._sink.write(text if self._letters is None else text.translate(self._letters))
        self._sink.flush()

    def _end(self) -> NoReturn:
        raise _EndOfInput

    def _read(self) -> None:
        line = "start"
        try:
            if isinstance(self._source, io.TextIOWrapper) and not self._terminal:
                recognise(self._source, errors="replace")
            while line:
                line = self._source.readline()
                self._lines.put(line)
        except (OSError, ValueError):  # the terminal was closed, or sends what is not text
            self._lines.put("")


@contextlib.contextmanager
def unseen(source: TextIO) -> Iterator[None]:
    """Keep what is typed on a terminal out of sight. Windows consoles show it: there is no such switch for pipes."""
    if sys.platform == "win32":
        yield
        return
    import termios

    before = termios.tcgetattr(source)
    after = termios.tcgetattr(source)
    after[3] &= ~termios.ECHO
    termios.tcsetattr(source, termios.TCSADRAIN, after)
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):  # the terminal was closed
            termios.tcsetattr(source, termios.TCSADRAIN, before)
