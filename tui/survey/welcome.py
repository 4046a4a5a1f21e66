"""The welcome: who asks, why, and that it is up to the candidate."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from content.survey import Survey, Words
from storage.settings import Organisation


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
        introduction = [words.who.format(organisation=self._organisation.name), words.why]
        if self._organisation.statement:
            introduction.append(self._organisation.statement)
        points = [
            words.voluntary,
            words.anonymous,
            words.no_decision,
            words.everyone,
            words.time_key if only_key else words.time_all,
        ]
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content(words.heading), classes="heading")
            yield Static(Content(" ".join(introduction)), classes="paragraph")
            for point in points:
                with Horizontal(classes="point"):
                    yield Static(Content("•"), classes="bullet")
                    yield Static(Content(point))
            yield Static(Content(words.declining), classes="paragraph aside")
        with Horizontal(classes="buttons"):
            yield Button(Content(button.staff + "  F2"), id="staff", classes="quiet")
            yield Static(classes="gap")
            yield Button(Content(button.decline + "  2"), id="decline")
            yield Button(Content(button.start + "  1 ⏎"), id="start", classes="main")
