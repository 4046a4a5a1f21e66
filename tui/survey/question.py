"""One question: its official words, its answers, and help beside or over them."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from content.language import Words
from tui.interview import Interview
from tui.survey.view import View
from tui.widgets.answers import Answers
from tui.widgets.button import Button
from tui.widgets.reading import Passage, Reading
from tui.widgets.writing import Across, Text


class QuestionView(View):
    """Shows whichever question the interview stands at; made once and refilled, so that going on is instant."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, "question")
        self._said = ("", False)

    def compose(self) -> ComposeResult:
        """Question and answers on the left, help on the right, buttons below."""
        with Vertical(id="asking"):
            yield Reading(id="guidance", always_apart=True)
            yield Text(id="official", classes="official")
            with Across(id="note-line"):
                yield Text(id="note")
                yield self.button("show-answer", "S")
            yield Answers()
        with Across(classes="buttons"):
            yield self.button("back", "Esc")
            yield self.button("help", "?")
            yield self.button("stop", "X", "quiet")
            yield Text(classes="gap")
            yield self.button("next", "⏎", "main")

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

    @property
    def answers(self) -> Answers:
        """The answers on offer."""
        return self.query_one(Answers)

    def show(self, interview: Interview) -> None:
        """Put a question on the screen: nothing chosen is shown, and help is closed."""
        question = interview.question
        self.query_one("#official", Text).update(Content(question.text))
        self.query_one("#guidance", Reading).set_passages(*self._guidance(question.id))
        self.set_help(shown=False)
        self.answers.set_question(question, self.words.question.more)
        self.query_one("#show-answer").display = interview.answer_here is not None
        self.say(self.words.question.hint if interview.answer_here is None else self.words.question.kept)

    def show_chosen(self, code: int | None) -> None:
        """Draw the chosen answer, because the candidate has just chosen it or asked to see it."""
        self.answers.show_chosen(code)
        self.query_one("#show-answer").display = False
        self.say(self.words.question.hint)

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Put one line between question and answers."""
        if (text, urgent) != self._said:  # an update lays the whole screen out again
            self._said = (text, urgent)
            note = self.query_one("#note", Text)
            note.set_class(urgent, "urgent")
            note.update(Content(text))

    def set_help(self, *, shown: bool) -> None:
        """Open or close help on a narrow screen; on a wide one it is always beside the answers."""
        self.set_class(shown, "-helping")
        button = self.words.button
        self.query_one("#help", Button).label = button.close_help if shown else button.help

    @property
    def helping(self) -> bool:
        """Whether help lies over the answers."""
        return self.has_class("-helping") and not self.screen.has_class("-wide")

    def _guidance(self, question_id: str) -> list[Passage]:
        return [
            passage
            for title, text in self.words.guidance.said(question_id)
            for passage in (Passage(title, "title"), Passage(text, "text", apart=True))
        ]
