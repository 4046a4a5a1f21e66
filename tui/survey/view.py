"""What the views of an interview have in common: they are made once, and say everything in another language at once."""

from textual.containers import Vertical

from content.survey import Words


class View(Vertical):
    """One view of the candidate's screen."""

    def __init__(self, words: Words, name: str) -> None:
        """Make it with this id, for the language of `words`."""
        super().__init__(id=name)
        self._words = words

    def on_mount(self) -> None:
        """Say it in the language it was made for."""
        self.say_in(self._words)

    def say_in(self, words: Words) -> None:
        """Say everything in this language. A view adds what it says."""
        self._words = words
