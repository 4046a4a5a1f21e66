"""One question: its official words, its answers, and help beside or over them."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from content.survey import Words
from tui.interview import Interview
from tui.widgets.answers import Answers
from tui.widgets.button import Button
from tui.widgets.reading import Passage, Reading


class QuestionView(Vertical):
    """Shows whichever question the interview stands at; made once and refilled, so that going on is instant."""

    def __init__(self, words: Words) -> None:
        super().__init__(id="question")
        self._words = words
        self._said = ("", False)

    def compose(self) -> ComposeResult:
        """Question and answers on the left, help on the right, buttons below."""
        button = self._words.button
        with Vertical(id="asking"):
            yield Reading(id="guidance", always_apart=True)
            yield Static(id="official", classes="official")
            with Horizontal(id="note-line"):
                yield Static(id="note")
                yield Button(button.show_answers, "S", id="show-answer")
            yield Answers(self._words.question.more)
        with Horizontal(classes="buttons"):
            yield Button(button.back, "Esc", id="back")
            yield Button(button.help, "?", id="help")
            yield Button(button.stop, "X", id="stop", classes="quiet")
            yield Static(classes="gap")
            yield Button(button.next, "⏎", id="next", classes="main")

    @property
    def answers(self) -> Answers:
        """The answers on offer."""
        return self.query_one(Answers)

    def show(self, interview: Interview) -> None:
        """Put a question on the screen: nothing chosen is shown, and help is closed."""
        question = interview.question
        self.query_one("#official", Static).update(Content(question.text))
        self.query_one("#guidance", Reading).set_passages(*self._guidance(question.id))
        self.set_help(shown=False)
        self.answers.set_question(question)
        self.query_one("#show-answer").display = interview.answer_here is not None
        self.say(self._words.question.hint if interview.answer_here is None else self._words.question.kept)

    def show_chosen(self, code: int | None) -> None:
        """Draw the chosen answer, because the candidate has just chosen it or asked to see it."""
        self.answers.show_chosen(code)
        self.query_one("#show-answer").display = False
        self.say(self._words.question.hint)

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Put one line between question and answers."""
        if (text, urgent) != self._said:  # an update lays the whole screen out again
            self._said = (text, urgent)
            note = self.query_one("#note", Static)
            note.set_class(urgent, "urgent")
            note.update(Content(text))

    def set_help(self, *, shown: bool) -> None:
        """Open or close help on a narrow screen; on a wide one it is always beside the answers."""
        self.set_class(shown, "-helping")
        label = self._words.button.close_help if shown else self._words.button.help
        button = self.query_one("#help", Button)
        button.label = label

    @property
    def helping(self) -> bool:
        """Whether help lies over the answers."""
        return self.has_class("-helping") and not self.screen.has_class("-wide")

    def _guidance(self, question_id: str) -> list[Passage]:
        guidance = self._words.guidance
        notes = [(note.title, note.text) for note in guidance.notes(question_id)]
        notes.append((guidance.after_title, guidance.after))
        return [
            passage for title, text in notes for passage in (Passage(title, "title"), Passage(text, "text", apart=True))
        ]
