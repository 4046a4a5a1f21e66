"""The welcome: who asks, why, and that it is up to the candidate."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.message import Message

from content.language import load_words
from storage.settings import Settings
from tui.interview import Step
from tui.survey.view import InterviewHolder, View
from tui.widgets.reading import Passage, Reading
from tui.widgets.writing import Across, Text, name_of


class Welcome(View):
    """The first view. Its text scrolls where it must; its buttons never do."""

    BEGINNING = SCROLLS = "#promises"

    class LookWanted(Message):
        """Someone wants other colours."""

    class LanguageWanted(Message):
        """Someone wants another language, of three or more."""

    def __init__(self, survey: InterviewHolder, settings: Settings) -> None:
        super().__init__(survey, "welcome")
        self._settings = settings

    def compose(self) -> ComposeResult:
        """Heading and promises, a choice of colours and language, and three buttons."""
        yield Reading(*self._promises(), id="promises")
        look = self.button("look", "3", "digit(3)", "once")
        language = self.button("language", "4", "digit(4)", "once")
        look.display = not self.app.no_color
        language.display = bool(self._others)
        choices = Across(look, language, id="choices", classes="buttons")
        choices.display = look.display or language.display
        yield choices
        with Across(classes="buttons"):
            yield self.button("staff", "F2", "staff", "quiet")
            yield Text(classes="gap")
            yield self.button("decline", "2", "digit(2)")
            yield self.button("start", "1 ⏎", "proceed", "main")

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

    def translate(self) -> None:
        """Say everything in the language that is now spoken."""
        super().translate()
        self.query_one("#promises", Reading).turn_to(self._promises())

    def read_aloud(self) -> Iterable[str]:
        """The welcome, and the keys that go on."""
        from tui.speech.spoken import said_on_welcome  # who listens asks for it

        return said_on_welcome(self.words, self._settings, self.survey.interview.survey)

    def forget(self) -> None:
        """Begin at its top, wherever somebody has scrolled to."""
        self.query_one("#promises").scroll_home(animate=False)

    def proceed(self) -> None:
        """Begin."""
        self.survey.show(self.survey.interview.start())

    def digit(self, digit: int) -> None:
        """Begin, decline, or choose colours or a language."""
        if self.survey.interview.step is not Step.WELCOME:  # the event ended before the view that says so was there
            return
        match digit:
            case 1:
                self.proceed()
            case 2:
                self.survey.show(self.survey.interview.decline())
            case 3 if not self.app.no_color:
                self._offer(self.LookWanted())
            case 4:
                self._other_language()

    def _other_language(self) -> None:
        """The other of two; the choice of several."""
        if len(self._others) == 1:
            self.survey.speak(load_words(self._others[0]))
        elif self._others:
            self._offer(self.LanguageWanted())

    def _offer(self, wanted: Message) -> None:
        """Ask for a choice, as the screen: what a view posts while its screen acts goes no further than the screen."""
        self.survey.choosing = True
        self.screen.post_message(wanted)

    @property
    def _others(self) -> list[str]:
        """The codes of the languages to change to."""
        return [code for code in self._settings.survey.languages if code != self.words.language]

    def _promises(self) -> tuple[Passage, ...]:
        organisation = self._settings.organisation
        heading, why, points, declining = self.words.promises(
            organisation.name, organisation.statement, self.survey.interview.survey
        )
        return (
            Passage(heading, "title", apart=True),
            Passage(why, apart=True),
            *(Passage(point, lead="• ", apart=point is points[-1]) for point in points),
            Passage(declining, "aside"),
        )
