"""What the views of an interview have in common: they are made once, and say everything in another language at once."""

from textual.containers import Vertical

from content.language import Words
from tui.widgets.button import Button


class View(Vertical):
    """One view of the candidate's screen."""

    def __init__(self, words: Words, name: str) -> None:
        """Make it with this id, for the language of `words`."""
        super().__init__(id=name)
        self.words = words

    def labels(self) -> dict[str, str]:
        """What its buttons say, by their ids."""
        raise NotImplementedError

    def button(self, name: str, key: str, classes: str = "") -> Button:
        """One of its buttons."""
        return Button(self.labels()[name], key, id=name, classes=classes)

    def say_in(self, words: Words) -> None:
        """Say everything in this language. A view adds what it says besides its buttons."""
        self.words = words
        for name, text in self.labels().items():
            self.query_one(f"#{name}", Button).label = text
