"""The welcome: who asks, why, and that it is up to the candidate."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from content.survey import Survey, Words
from storage.settings import Organisation
from tui.widgets.button import Button
from tui.widgets.reading import Passage, Reading


class Welcome(Vertical):
    """The first view. Its text scrolls where it must; its buttons never do."""

    def __init__(self, words: Words, organisation: Organisation, survey: Survey) -> None:
        super().__init__(id="welcome")
        self._words = words
        self._organisation = organisation
        self._survey = survey

    def compose(self) -> ComposeResult:
        """Heading, the promises, and three buttons."""
        words = self._words.welcome
        button = self._words.button
        only_key = len(self._survey.questions) == 1
        introduction = (words.who.format(organisation=self._organisation.name), words.why, self._organisation.statement)
        points = (
            words.voluntary,
            words.anonymous,
            words.no_decision,
            words.everyone,
            words.time_key if only_key else words.time_all,
        )
        yield Reading(
            Passage(words.heading, "title", apart=True),
            Passage(" ".join(introduction), apart=True),
            *(Passage(point, lead="• ", apart=point is points[-1]) for point in points),
            Passage(words.declining, "aside"),
            id="promises",
        )
        with Horizontal(classes="buttons"):
            yield Button(button.staff, "F2", id="staff", classes="quiet")
            yield Static(classes="gap")
            yield Button(button.decline, "2", id="decline")
            yield Button(button.start, "1 ⏎", id="start", classes="main")
