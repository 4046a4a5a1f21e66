"""The welcome: who asks, why, and that it is up to the candidate."""

from textual.app import ComposeResult

from content.language import Words, load_words
from storage.settings import Settings
from tui.survey.view import View
from tui.widgets.reading import Passage, Reading
from tui.widgets.writing import Across, Text, name_of


class Welcome(View):
    """The first view. Its text scrolls where it must; its buttons never do."""

    def __init__(self, words: Words, settings: Settings) -> None:
        super().__init__(words, "welcome")
        self._settings = settings

    def compose(self) -> ComposeResult:
        """Heading and promises, a choice of colours and language, and three buttons."""
        yield Reading(*self._promises(), id="promises")
        look, language = self.button("look", "3", "once"), self.button("language", "4", "once")
        look.display = not self.app.no_color
        language.display = bool(self._others)
        choices = Across(look, language, id="choices", classes="buttons")
        choices.display = look.display or language.display
        yield choices
        with Across(classes="buttons"):
            yield self.button("staff", "F2", "quiet")
            yield Text(classes="gap")
            yield self.button("decline", "2")
            yield self.button("start", "1 ⏎", "main")

    def labels(self) -> dict[str, str]:
        """What its buttons say."""
        button, others = self.words.button, self._others
        rtl = self.words.direction == "rtl"
        return {
            "staff": button.staff,
            "decline": button.decline,
            "start": button.start,
            "look": button.look,
            "language": name_of(load_words(others[0]), rtl=rtl) if len(others) == 1 else button.language,
        }

    def say_in(self, words: Words) -> None:
        """Say everything in this language."""
        super().say_in(words)
        self.query_one("#promises", Reading).set_passages(*self._promises())

    @property
    def _others(self) -> list[str]:
        """The codes of the languages to change to."""
        return [code for code in self._settings.survey.languages if code != self.words.language]

    def _promises(self) -> list[Passage]:
        organisation = self._settings.organisation
        heading, why, points, declining = self.words.promises(
            organisation.name, organisation.statement, self._settings.asks
        )
        return [
            Passage(heading, "title", apart=True),
            Passage(why, apart=True),
            *(Passage(point, lead="• ", apart=point is points[-1]) for point in points),
            Passage(declining, "aside"),
        ]
