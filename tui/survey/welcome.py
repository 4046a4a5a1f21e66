"""The welcome: who asks, why, and that it is up to the candidate."""

from textual.app import ComposeResult

from content.survey import Words, load_words
from storage.settings import Settings
from tui.survey.view import View
from tui.widgets.button import Button, label
from tui.widgets.reading import Passage, Reading
from tui.widgets.writing import Across, Text, name_of


class Welcome(View):
    """The first view. Its text scrolls where it must; its buttons never do."""

    def __init__(self, words: Words, settings: Settings) -> None:
        super().__init__(words, "welcome")
        self._settings = settings

    def compose(self) -> ComposeResult:
        """Heading and promises, a choice of colours and language, and three buttons."""
        yield Reading(id="promises")
        with Across(classes="buttons", id="choices"):
            yield Button("", "3", id="look")
            yield Button("", "4", id="language")
        with Across(classes="buttons"):
            yield Button("", "F2", id="staff", classes="quiet")
            yield Text(classes="gap")
            yield Button("", "2", id="decline")
            yield Button("", "1 ⏎", id="start", classes="main")

    def say_in(self, words: Words) -> None:
        """Say everything in this language."""
        super().say_in(words)
        button = words.button
        label(self, staff=button.staff, decline=button.decline, start=button.start, look=button.look)
        others = [code for code in self._settings.survey.languages if code != words.language]
        other = name_of(load_words(others[0]), rtl=words.direction == "rtl") if len(others) == 1 else button.language
        label(self, language=other)
        self.query_one("#language").display = bool(others)
        self.query_one("#look").display = not self.app.no_color
        self.query_one("#choices").display = bool(others) or not self.app.no_color
        organisation = self._settings.organisation
        heading, why, points, declining = words.promises(organisation.name, organisation.statement, self._settings.asks)
        self.query_one("#promises", Reading).set_passages(
            Passage(heading, "title", apart=True),
            Passage(why, apart=True),
            *(Passage(point, lead="• ", apart=point is points[-1]) for point in points),
            Passage(declining, "aside"),
        )
