"""The survey as plain lines, for screen readers, braille displays, remote shells and pipes.

Append-only text: no colour, no cursor movement, nothing redrawn. On a terminal what is typed stays unseen, a screenful
waits until it is read, a forgotten interview is cleared like on the kiosk, and nothing of one candidate's is left for
the next, on the screen or above it.
"""

import contextlib
from typing import TextIO

from content.feedback import choices_of
from content.language import Words, load_words
from content.survey import Option
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings
from tui.interview import Interview, Step
from tui.submission import Submission
from tui.terminal.lines import Lines
from tui.terminal.memory import collect
from tui.text import times

_WARNING_SECONDS = times.WARNING_SECONDS
_THANKS_SECONDS = 30
"""How long a thank-you stands that nobody puts away. What is heard or felt takes longer than what is seen."""


class _Over(Exception):  # noqa: N818 - not an error: somebody's part is over
    pass


class _EndOfInput(_Over):
    pass


class _Forgotten(_Over):
    pass


class _Stopped(_Over):
    pass


class PlainSurvey:
    """Asks candidates in lines: one after the other, or one alone."""

    def __init__(
        self, kiosk: Kiosk, settings: Settings, source: TextIO, sink: TextIO, *, practice: bool = False
    ) -> None:
        self._kiosk = kiosk
        self._settings = settings
        self._practice = practice
        self._packs = [load_words(code) for code in settings.survey.languages]
        self._words = self._packs[0]
        self._lines = Lines(source, sink)
        self._somebody = False
        """Whether somebody is there who may have gone, so that silence is noticed."""
        self._page: tuple[str, ...] = ()
        """What is asked: the lines of a question, or of what stands in its place."""
        self._said: list[str] = []
        """The lines since something was typed."""
        self._rows = 0
        """Rows that they take."""
        self._ahead: str | None = None
        """What was typed where there was more to read: it is for the prompt that follows."""

    def run(self) -> None:
        """Ask one after the other until end of input. Answers given by then but not sent are dropped."""
        with self._lines.opened(), contextlib.suppress(_EndOfInput):
            while True:
                self._somebody = False
                forgotten = self._is_forgotten()
                self._lines.wipe()
                self._page, self._said, self._rows, self._ahead = (), [], 0, None
                self._say(self._words.plain.cleared if forgotten else "", self._words.plain.next_person, "")
                collect()
                self._words = self._packs[0]
        self._lines.write(self._words.plain.ended + "\n")

    def run_once(self) -> None:
        """Ask one candidate, who is there: on the welcome too, silence is noticed."""
        self._somebody = True
        with self._lines.opened(), contextlib.suppress(_EndOfInput):
            self._is_forgotten()

    @property
    def terminated(self) -> bool:
        """Whether the system ended the program, or the terminal was closed."""
        return self._lines.terminated

    def _is_forgotten(self) -> bool:
        """Ask one candidate. Returns whether they went away without a word."""
        try:
            self._interview()
        except _Stopped:
            return False
        except _Forgotten:
            return True
        return False

    def _interview(self) -> None:
        interview = self._begun()
        while interview.step is not Step.THANKS:
            match interview.step:
                case Step.WELCOME:
                    interview = self._welcome(interview)
                case Step.QUESTION:
                    self._somebody = True
                    interview = self._question(interview)
                case Step.CHECK:
                    interview = self._check(interview)
                case Step.STOPPING:
                    interview = self._stop(interview)
                case Step.DECLINED:
                    interview = self._declined(interview)
                case Step.SENDING:
                    interview = self._send(interview)
                    if interview.step is Step.WELCOME:
                        return
                case Step.OFFER:
                    interview = self._offer(interview)
                case Step.FAILED | Step.THANKS | Step.CLOSED:
                    raise AssertionError(interview.step)
        self._let_thanks_stand()

    def _begun(self) -> Interview:
        words, then = self._words, self._kiosk.asks_then
        return Interview(
            words.asked(self._kiosk.asks_alone or self._settings.asks),
            self._settings.survey.check_answers,
            then=words.asked(then) if then else None,
        )

    def _welcome(self, interview: Interview) -> Interview:
        others = self._greet(interview)
        while True:
            match self._ask(self._words.plain.welcome_prompt):
                case "1":
                    return interview.start()
                case "2":
                    return interview.decline()
                case "?":
                    self._say(self._words.plain.how, self._words.plain.again)
                    continue
                case typed if typed in others:
                    self._somebody = True
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
        self._show(
            *([self._words.practice.banner] if self._practice else []),
            *(heading, why, *points, declining, plain.how, plain.again),
            *([plain.unseen] if self._lines.typed else []),
            *(plain.language.format(number=number, name=pack.name) for number, pack in others.items()),
        )
        return others

    def _question(self, interview: Interview) -> Interview:
        question = interview.question
        words = self._words
        total = len(interview.survey.questions)
        options = {str(option.code): _option(option) for option in question.options}
        self._show(
            *("", words.question.progress.format(number=interview.position + 1, total=total), question.text),
            *options.values(),
            *([words.plain.kept] if interview.answer_here is not None else []),
        )
        while True:
            match self._ask(words.plain.prompt):
                case "?":
                    *notes, (after_title, after) = words.help_for(question)
                    self._say(*(f"{title}: {text}" for title, text in notes))
                    self._say(f"{after_title} {after}")
                case "b":
                    return interview.back()
                case "x":
                    return self._stopping(interview)
                case "s" if interview.answer_here is not None:
                    self._say(question.option(interview.answer_here).label)
                case "" if interview.answer_here is not None:
                    return interview.next()
                case "":
                    self._say(words.question.choose_first)
                case typed if typed in options:
                    self._say(words.plain.noted)
                    return interview.answer(int(typed)).next()
                case typed if typed.startswith("a") and typed[1:].lstrip() in options:
                    self._say(options[typed[1:].lstrip()])
                case _:
                    self._say(words.plain.not_a_choice.format(first=1, last=len(options)))

    def _check(self, interview: Interview) -> Interview:
        words = self._words
        self._show("", words.check.heading, words.check.text)
        while True:
            match self._ask(words.plain.check_prompt):
                case "1":
                    return interview.send()
                case "2" | "s":
                    for question in interview.survey.questions:
                        self._say(question.text, question.option(interview.answers[question.id]).label)
                case "b":
                    return interview.back()
                case "x":
                    return self._stopping(interview)
                case "?":
                    self._say(words.plain.how, words.plain.again)
                case _:
                    self._say(words.plain.not_a_choice.format(first=1, last=2))

    def _stopping(self, interview: Interview) -> Interview:
        """On the way to stop; without answers there is nothing to lose, and nothing to ask."""
        if not interview.answers:
            raise _Stopped
        return interview.stop()

    def _stop(self, interview: Interview) -> Interview:
        words = self._words
        self._show("", words.stopping.heading, words.stopping.text)
        while (typed := self._ask(words.plain.stopping_prompt)) not in {"1", "2"}:
            self._say(words.plain.not_a_choice.format(first=1, last=2))
        if typed == "2":
            raise _Stopped
        return interview.back()

    def _declined(self, interview: Interview) -> Interview:
        """Say that a no counts, and let it be taken back for a while; what comes through a pipe is final."""
        if not self._lines.stand:
            return interview.send()
        self._lines.forget_typed()  # Enter pressed twice would be the end of it
        self._show(f"{self._words.declined.heading}. {self._words.declined.text}")
        while True:
            self._lines.write(self._words.plain.declined_prompt.format(seconds=_THANKS_SECONDS))
            line = self._lines.read(_THANKS_SECONDS)
            if line == "":
                raise _EndOfInput
            self._lines.write("\n")
            typed = line.strip().lower() if line is not None else ""
            if typed == "b":
                return interview.back()
            if not self._repeats(typed):
                return interview.send()

    def _offer(self, interview: Interview) -> Interview:
        """Offer what may be asked besides; who says nothing for a while says no."""
        words = self._words
        self._show(words.feedback.offer, words.feedback.declining)
        while True:
            self._lines.write(words.feedback.prompt)
            line = self._lines.read(_THANKS_SECONDS if self._lines.stand else None)
            if line == "":
                raise _EndOfInput
            self._lines.write("\n")
            match line and line.strip().lower():
                case "1":
                    return interview.start()
                case "2" | "x" | "b" | None:
                    return interview.decline()
                case typed if not self._repeats(typed):
                    self._say(words.plain.not_a_choice.format(first=1, last=2))

    def _send(self, interview: Interview) -> Interview:
        """Keep what was answered, and say so. Returns where the interview stands then."""
        submission = Submission(self._kiosk.taking(interview.survey), interview.answers)
        while not submission.keep():
            self._show(f"{self._words.failed.heading}. {self._words.failed.text}")
            self._try_again()
        submission.count()
        if interview.declined and (self._lines.stand or interview.first):
            return interview.kept()  # it was said before it was done
        thanks = self._words.thanks
        text = self._words.feedback.thanks if choices_of(interview.survey) else thanks.text
        self._lines.forget_typed()  # Enter pressed twice would put it away
        self._show(f"{thanks.heading}. {thanks.declined_text if interview.declined else text}")
        return interview.kept()

    def _try_again(self) -> None:
        words = self._words.plain
        while (typed := self._ask(words.failed_prompt)) not in {"1", "2", "x"}:
            self._say(words.not_a_choice.format(first=1, last=2))
        if typed != "1":
            raise _Stopped

    def _let_thanks_stand(self) -> None:
        """Leave the thank-you until Enter, or for a while."""
        again = self._lines.stand
        while again:
            self._lines.write(self._words.plain.thanks_prompt.format(seconds=_THANKS_SECONDS))
            line = self._lines.read(_THANKS_SECONDS)
            if line == "":
                raise _EndOfInput
            self._lines.write("\n")
            again = line is not None and self._repeats(line.strip().lower())

    def _show(self, *lines: str) -> None:
        """Say what is asked, which can be heard again at any time."""
        self._page = lines
        self._say(*lines)

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._said.append(line)
            if self._lines.stand:
                self._make_room(self._lines.rows(line))
            self._lines.write(line + "\n")

    def _make_room(self, rows: int) -> None:
        """Before a line for which the screen has no room below what was not read yet, wait until that is read."""
        if self._rows and self._rows + rows > self._lines.height - 2 and self._ahead is None:  # a prompt has two rows
            line = self._line(self._words.plain.more_prompt)
            self._rows = 0
            if line.strip():
                self._ahead = line
        self._rows += rows

    def _ask(self, prompt: str) -> str:
        """What is typed, once that is not a wish to hear something again."""
        while True:
            line, self._ahead = self._ahead or self._line(prompt), None
            typed = line.strip().lower()
            if not self._repeats(typed):
                return typed

    def _repeats(self, typed: str) -> bool:
        """Say the last lines or the question again, if that is what was typed."""
        said, self._said, self._rows = self._said, [], 0
        match typed:
            case "a":
                self._say(*said)
            case "q":
                self._say(*self._page)
            case _:
                return False
        return True

    def _line(self, prompt: str) -> str:
        """The next line. Where somebody may have gone, silence is noticed."""
        self._lines.write(prompt)
        line = self._lines.read(self._settings.kiosk.idle_seconds if self._lines.typed and self._somebody else None)
        if line is None:
            self._lines.write(f"\n{self._words.plain.idle.format(seconds=_WARNING_SECONDS)}\n")
            line = self._lines.read(_WARNING_SECONDS)
            if line is None:
                raise _Forgotten
            if line:
                return self._line(prompt)
        if not line:
            raise _EndOfInput
        self._lines.write("\n")  # the Enter that ended the line was not shown
        return line


def _option(option: Option) -> str:
    return f"{option.code}. {option.label} {option.detail}".strip()
