"""The form on which those who ran an event write how it went: on its laptop, and at the office."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage.debrief import ABOUT, PROMPTS, QUESTIONS, TEXT_LIMIT, Debrief, DebriefError, debrief_typed
from tui.shared.form_screen import FieldError
from tui.shared.steps import Step
from tui.widgets.paragraph import Paragraph


class DebriefForm(Step):
    """Three questions, each with room for some lines."""

    FIRST_FIELD = "Paragraph"
    NEXT_LABEL = "Save"

    def __init__(self, name: str, before: Debrief | None, note: str = "") -> None:
        """Ask about an event.

        Args:
            name: what it is called.
            before: what was written of it, if anything was.
            note: what else is to be said above the questions.
        """
        super().__init__()
        self.TITLE_TEXT = f"How did it go? · {name}"
        self._before = before or Debrief()
        self._note = note

    def body(self) -> ComposeResult:
        """One field below the other; each may stay empty."""
        yield Static(Content(f"{ABOUT} {self._note}".strip()), classes="paragraph")
        texts = dict(self._before.answers)
        for number, prompt in enumerate(PROMPTS, 1):
            yield Static(Content(f"{number}. {QUESTIONS[prompt]}"), classes="label")
            yield Paragraph(texts.get(prompt, ""), id=prompt)
        yield Static(Content(f"Each has room for {TEXT_LIMIT} characters, and may stay empty."), classes="aside")

    def on_paragraph_submitted(self) -> None:
        """Enter goes on to the next field, and from the last saves."""
        self.action_enter()

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def finish(self) -> None:
        """Keep what was written, or say what is wrong and where."""
        try:
            said = debrief_typed({prompt: self.query_one(f"#{prompt}", Paragraph).text for prompt in PROMPTS})
        except DebriefError as error:
            raise FieldError(error.sentence, error.field) from error
        self.keep(said)
        self.dismiss(None)

    def keep(self, said: Debrief) -> None:
        """Keep it.

        Raises:
            FairstartError: it cannot be kept.
        """
        raise NotImplementedError
