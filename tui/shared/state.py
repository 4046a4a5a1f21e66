"""What a screen says that has nothing to list or to draw: it is read, there is none, or it cannot be read."""

from textual.content import Content
from textual.widgets import Static


class State(Static):
    """Takes the place of other widgets of its screen, and gives it back. Out of sight until it has something to say."""

    def __init__(self, *instead_of: str) -> None:
        """Make one in the place of the widgets that these selectors find."""
        super().__init__(id="state")
        self._instead_of = instead_of
        self.display = False

    def say(self, what: str, more: str = "", *, problem: bool = False) -> None:
        """Say what is so, and what to do about it.

        Args:
            what: in a few words, or in a sentence.
            more: what follows from it.
            problem: whether something is wrong.
        """
        self.set_class(problem, "-problem")
        self.update(Content("\n\n").join([Content.styled(what, "bold"), *([Content(more)] if more else [])]))
        self._show(shown=True)

    def clear(self) -> None:
        """There is something to show."""
        self.update("")
        self._show(shown=False)

    def _show(self, *, shown: bool) -> None:
        self.display = shown
        for name in self._instead_of:
            self.screen.query_one(name).display = not shown
