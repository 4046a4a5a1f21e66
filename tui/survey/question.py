"""One question: its official words, its answers, and help beside or over them."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical

from content.survey import Question
from tui.interview import Step
from tui.speech.spoken import said_in_help, said_of_option, said_of_question
from tui.survey.view import InterviewHolder, View
from tui.terminal.cursor import Spot
from tui.widgets.answers import Answers
from tui.widgets.button import Button
from tui.widgets.reading import Passage, Reading
from tui.widgets.writing import Across, Text

_PAINTED_BY_THEN = 0.02
"""Seconds until a question is on the screen: the thread that writes to the terminal waits for whatever works before."""


class QuestionView(View):
    """Shows whichever question the interview stands at; made once and refilled, so that going on is instant."""

    BEGINNING = "#official"
    SCROLLS = "#guidance"

    def __init__(self, survey: InterviewHolder) -> None:
        super().__init__(survey, "question")
        self._said = ("", False)

    def compose(self) -> ComposeResult:
        """Question and answers on the left, help on the right, buttons below."""
        with Vertical(id="asking"):
            yield Reading(id="guidance", always_apart=True)
            yield Text(id="official", classes="official")
            with Across(id="note-line"):
                yield Text(id="note")
                yield self.button("show-answer", "S", "show_answers")
            yield Answers()
        with Across(classes="buttons"):
            yield self.button("back", "Esc", "back")
            yield self.button("help", "?", "help")
            yield self.button("stop", "X", "stop", "quiet")
            yield Text(classes="gap")
            yield self.button("next", "⏎", "go_on", "main")

    def labels(self) -> dict[str, str]:
        """What its buttons say, while help is closed."""
        button = self.words.button
        return {
            "back": button.back,
            "help": button.help,
            "stop": button.stop,
            "next": button.next,
            "show-answer": button.show_answers,
        }

    def read_aloud(self) -> Iterable[str]:
        """The help, while it lies over the answers; else the question, and the answer that is marked."""
        interview = self.survey.interview
        if self.helping:
            return said_in_help(self.words, interview.question)
        marked = self.query_one(Answers).to_choose if interview.answer_here is None else None
        return said_of_question(self.words, interview.survey, interview.position, marked)

    def say_again(self) -> Iterable[str]:
        """The answer that is marked, whichever is chosen; the question, where none is."""
        marked = self.query_one(Answers).marked
        if self.helping or marked is None:
            return super().say_again()
        return [said_of_option(self.survey.interview.question.option(marked))]

    @property
    def spot(self) -> Spot | None:
        """On the marked answer; where there is none, at the beginning of what there is to read."""
        if self.helping:
            return Spot(self.query_one("#guidance").content_region.offset, acts=False)
        return self.query_one(Answers).spot or super().spot

    def show(self) -> None:
        """Put a question on the screen: nothing chosen is shown, and help is closed."""
        question, answered = self.survey.interview.question, self.survey.interview.answer_here is not None
        self.query_one("#official", Text).say(question.text)
        self.query_one("#guidance", Reading).turn_to(self._guidance(question))
        self._set_help(shown=False)
        self.query_one(Answers).set_question(question, self.words.question.more)
        self.query_one("#show-answer").display = answered
        self._say(self.words.question.kept if answered else self.words.question.hint)
        self.set_timer(_PAINTED_BY_THEN, self._prepare_next)

    def _prepare_next(self) -> None:
        """Paint the next question, unseen, while the candidate reads this one."""
        interview = self.survey.interview
        if interview.step is Step.QUESTION and interview.position + 1 < len(interview.survey.questions):
            following = interview.survey.questions[interview.position + 1]
            self.query_one(Answers).prepare(following, self.words.question.more)
            self.query_one("#guidance", Reading).paint_ahead(self._guidance(following))

    def forget(self) -> None:
        """Draw no answer as chosen."""
        answers = self.query_one(Answers)
        answers.show_chosen(None)
        answers.refresh()  # out of sight, it keeps the lines that it has painted until then

    def proceed(self) -> None:
        """Close help, choose what is marked, or go on."""
        if self.helping:
            self._set_help(shown=False)
        elif (marked := self.query_one(Answers).to_choose) is not None:
            self.choose(marked)
        else:
            self.go_on()

    def back(self) -> None:
        """Close help, or go back."""
        if self.helping:
            self._set_help(shown=False)
        else:
            super().back()

    def digit(self, digit: int) -> None:
        """Choose the answer of that number."""
        if not self.helping:
            self.choose(digit)

    def move(self, step: int) -> None:
        """Move the mark, and say to who listens where it stands; scroll the help while it lies over the answers."""
        if self.helping:
            super().move(step)
        else:
            self.query_one(Answers).move(step)
            self.survey.aloud.read_on(self.say_again(), self.words)

    def page(self, pages: int) -> None:
        """Scroll without choosing; on a wide screen, the help."""
        if self.helping or self.screen.has_class("-wide"):
            super().move(pages * 8)
        else:
            self.query_one(Answers).scroll_page(pages)

    def choose_marked(self) -> None:
        """Choose the marked answer."""
        marked = self.query_one(Answers).to_choose
        if marked is not None and not self.helping:
            self.choose(marked)

    def prefer_not_to_say(self) -> None:
        """Choose the answer that is the same on every question."""
        if not self.helping:
            self.choose(self.survey.interview.question.declined.code)

    def choose(self, code: int) -> None:
        """Take an answer, at once: a key pressed ahead must not find the screen half-way."""
        answered = self.survey.interview.answer(code)
        if answered is not self.survey.interview:
            self.survey.interview = answered
            self.survey.presses.forget()
            self._show_chosen(code)
            self.survey.aloud.read_on([self.words.plain.noted], self.words)

    def go_on(self) -> None:
        """Go on to what follows, or say what is missing."""
        if self.survey.interview.answer_here is None:
            self._say(self.words.question.choose_first, urgent=True)
            self.survey.aloud.read_on([self.words.question.choose_first], self.words)
        else:
            self.survey.show(self.survey.interview.next())

    def help(self) -> None:
        """Open or close help."""
        self._set_help(shown=not self.has_class("-helping"))
        if self.helping:
            self.survey.aloud.read_on(self.read_aloud(), self.words)

    def show_answers(self) -> None:
        """Show what was chosen here before."""
        if self.survey.interview.answer_here is not None:
            self._show_chosen(self.survey.interview.answer_here)

    @property
    def helping(self) -> bool:
        """Whether help lies over the answers; on a wide screen it is always beside them."""
        return self.has_class("-helping") and not self.screen.has_class("-wide")

    def _set_help(self, *, shown: bool) -> None:
        self.survey.presses.view_came()
        self.set_class(shown, "-helping")
        button = self.words.button
        self.query_one("#help", Button).label = button.close_help if shown else button.help

    def _show_chosen(self, code: int) -> None:
        """Draw the chosen answer, because the candidate has just chosen it or asked to see it."""
        self.query_one(Answers).show_chosen(code)
        self.query_one("#show-answer").display = False
        self._say(self.words.question.hint)
        self.set_timer(_PAINTED_BY_THEN, self._prepare_next)

    def _say(self, text: str, *, urgent: bool = False) -> None:
        """Put one line between question and answers."""
        if (text, urgent) != self._said:  # an update lays the whole screen out again
            self._said = (text, urgent)
            note = self.query_one("#note", Text)
            note.set_class(urgent, "urgent")
            note.say(text)

    def _guidance(self, question: Question) -> tuple[Passage, ...]:
        return tuple(
            passage
            for title, text in self.words.help_for(question)
            for passage in (Passage(title, "title"), Passage(text, "text", apart=True))
        )
