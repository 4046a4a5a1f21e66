"""What the views of an interview have in common: each is made once, shows its part, and does what keys do there."""

from collections.abc import Iterable
from typing import ClassVar, Protocol

from textual import events
from textual.containers import Vertical

from content.language import Words
from tui.interview import Interview
from tui.survey.aloud import Aloud
from tui.survey.presses import Presses
from tui.terminal.cursor import Spot
from tui.widgets.button import Button


class InterviewHolder(Protocol):
    """The candidate's screen, as its views know it. All that it does is done at once: keys may come ahead of it."""

    interview: Interview
    words: Words
    aloud: Aloud
    presses: Presses
    choosing: bool
    """Whether a choice is about to lie over the screen: keys that come before it does are not for here."""

    def show(self, interview: Interview) -> None:
        """Show where the interview now stands."""

    def reset(self) -> None:
        """Forget everything typed and welcome the next candidate."""

    def speak(self, words: Words) -> None:
        """Say everything in another language."""


class ForCandidates:
    """What a screen is that lies over the candidate's and is for candidates too."""


_MOST_COLUMNS = 84
"""Of what is read, with its padding."""


class View(Vertical):
    """One view of the candidate's screen. A key that means nothing on a view does nothing."""

    BEGINNING: ClassVar[str]
    """What it begins with, as a selector."""
    SCROLLS: ClassVar[str]
    """What scrolls where it does not fit, as a selector."""

    def __init__(self, survey: InterviewHolder, name: str) -> None:
        """Make it with this id, in the language of `survey`."""
        super().__init__(id=name)
        self.survey = survey

    # What it says

    def on_mount(self) -> None:
        """Have what is read stand where it shall from the first paint on."""
        self._centre(self.app.size.width)

    def on_resize(self, event: events.Resize) -> None:
        """Have it stand in the middle of a wider window too."""
        self._centre(event.size.width)

    def _centre(self, width: int) -> None:
        """Lines of a length that is read with ease, with the same room at both sides."""
        side = max((width - _MOST_COLUMNS) // 2, 0)
        for reading in self.query("#promises, .reading"):
            if reading.styles.margin.left != side:
                reading.styles.margin = (0, side)

    @property
    def words(self) -> Words:
        """Everything that is said in the language of who is here."""
        return self.survey.words

    def labels(self) -> dict[str, str]:
        """What its buttons say, by their ids."""
        raise NotImplementedError

    def button(self, name: str, key: str, action: str, classes: str = "") -> Button:
        """One of its buttons, which does what `key` does, an action of the screen."""
        return Button(self.labels()[name], key, id=name, classes=classes, action=f"press({action!r})")

    def translate(self) -> None:
        """Say everything in the language that is now spoken. A view adds what it says besides its buttons."""
        for name, text in self.labels().items():
            self.query_one(f"#{name}", Button).label = text

    def read_aloud(self) -> Iterable[str]:
        """What is said to who listens."""
        raise NotImplementedError

    @property
    def spot(self) -> Spot | None:
        """Where somebody reads: at the beginning."""
        return Spot(self.query_one(self.BEGINNING).content_region.offset, acts=False)

    # What it shows

    def show(self) -> None:
        """Show where the interview now stands."""

    def forget(self) -> None:
        """Leave nothing of an interview: the view may be out of sight."""

    # What keys do

    def proceed(self) -> None:
        """Enter: the natural next thing."""

    def back(self) -> None:
        """Escape: go back."""
        self.survey.show(self.survey.interview.back())

    def digit(self, digit: int) -> None:
        """A digit: an answer, a question to change, or one of the buttons."""

    def move(self, step: int) -> None:
        """Up and down: scroll."""
        self.query_one(self.SCROLLS).scroll_relative(y=step, animate=False)

    def page(self, pages: int) -> None:
        """Page up and down: scroll further."""
        self.screen.set_focus(None)
        self.move(pages * 5)

    def choose(self, code: int) -> None:
        """Take an answer that was clicked."""

    def choose_marked(self) -> None:
        """Space: choose what is marked."""

    def go_on(self) -> None:
        """Go on from an answered question."""

    def help(self) -> None:
        """Open or close help."""

    def prefer_not_to_say(self) -> None:
        """Answer a question by not answering it."""

    def say_again(self) -> Iterable[str]:
        """What is said once more to who listens."""
        return self.read_aloud()

    def show_answers(self) -> None:
        """Show what was chosen, because the candidate asks."""

    def touched(self) -> None:
        """A key was pressed, or a button of the mouse."""

    def count_down(self) -> None:
        """A second passed on a view that goes by itself."""
