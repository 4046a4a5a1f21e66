"""The warning before a forgotten screen is cleared."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from content.language import Words
from tui.survey.view import ForCandidates
from tui.terminal.cursor import Spot
from tui.text import times
from tui.widgets.button import Button
from tui.widgets.writing import Text

WARNING_SECONDS = times.WARNING_SECONDS
"""How long the warning stands before everything is wiped."""


class IdleWarning(ForCandidates, ModalScreen[bool], inherit_bindings=False):
    """Counts down; any key or click returns True, running out returns False."""

    AUTO_FOCUS = ""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._left = WARNING_SECONDS

    def compose(self) -> ComposeResult:
        """A small box in the middle."""
        with Vertical(classes="dialog"):
            yield Text(Content(self._words.idle.heading), id="idle-heading", classes="heading")
            yield Text(self._text(), id="countdown", classes="paragraph")
            yield Button(self._words.button.go_on, id="go-on", classes="main")

    def on_mount(self) -> None:
        """Start counting."""
        self.set_class(self._words.direction == "rtl", "-rtl")
        self.set_interval(1, self.count_down)

    def count_down(self) -> None:
        """One second less."""
        self._left -= 1
        if self._left <= 0:
            self.dismiss(result=False)
        else:
            self.query_one("#countdown", Text).update(self._text())

    @property
    def spot(self) -> Spot | None:
        """At its beginning."""
        return Spot(self.query_one("#idle-heading").content_region.offset, acts=False)

    def on_key(self, event: events.Key) -> None:
        """Go on; the key itself does nothing else."""
        event.stop()
        event.prevent_default()
        self.dismiss(result=True)

    def on_click(self, event: events.Click) -> None:
        """Go on, wherever the click fell."""
        event.stop()
        self.dismiss(result=True)

    def _text(self) -> Content:
        return Content(self._words.idle.text.format(seconds=self._left))
