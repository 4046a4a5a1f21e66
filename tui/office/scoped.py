"""What the journey and the trend have in common on the screen: a chart of some events, which can be chosen."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Generic

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from storage.office.labels import OfficeEvent, Scope
from storage.office.office import Office
from storage.office.queries import scope_finding
from storage.report import sentences
from storage.settings import Settings
from storage.text import counted
from tui.office.filters import Filter
from tui.shared.button_row import ButtonRow
from tui.shared.findings import FindingsScreen, Found
from tui.shared.state import State
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.chart import ChartLine, Drawing, Piece
from tui.widgets.pages import wrap


class _Lines(Drawing):
    """Lines that somebody else makes for its size."""

    def __init__(self) -> None:
        super().__init__()
        self._make: Callable[[int, int], list[ChartLine]] = lambda _width, _height: []

    def show(self, make: Callable[[int, int], list[ChartLine]]) -> None:
        """Show what is made of a width and a height, from the top."""
        self._make = make
        self.redraw()
        self.scroll_home(animate=False)

    def lines(self, width: int, height: int) -> list[ChartLine]:
        """All of it, in so many cells."""
        return self._make(width, height)


class ScopedFindings(FindingsScreen[Found], Generic[Found]):
    """A chart with sentences below it, or everything as sentences; F chooses of which events."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "filter", show=False)]
    NAME: ClassVar[str]
    """What its heading begins with."""

    @property
    def place(self) -> str:
        """What it shows; its heading says of which events."""
        return self.NAME

    def __init__(self, office: Office, events: Sequence[OfficeEvent], settings: Settings, scope: Scope) -> None:
        """Show what is found of the events that a scope covers.

        Args:
            office: its tables are read in a thread.
            events: all that it holds.
            settings: what its counts are compared with, and from how many people on.
            scope: can be changed here.
        """
        super().__init__(words.WHY)
        self.office = office
        self.settings = settings
        self.scope = scope
        self._events = events

    def compose(self) -> ComposeResult:
        """The chart, and the buttons."""
        yield Static(id="scope", classes="heading list-heading")
        yield State("_Lines")
        yield _Lines()
        with ButtonRow():
            yield Button("As text", "T", id="text", action="text")
            yield from self.more_buttons()
            yield Button("Filter", "F", id="filter", action="filter")
            yield Button("Why?", "?", id="why", action="why")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def more_buttons(self) -> ComposeResult:
        """What else can be done with it."""
        raise NotImplementedError

    def drawn(self, found: Found, width: int, *, roomy: bool) -> list[ChartLine]:
        """The chart in lines of at most `width` cells; none where there is nothing to draw. `roomy` parts them."""
        raise NotImplementedError

    def said(self, found: Found) -> Iterator[str]:
        """The sentences below the chart; one that is empty is left out."""
        raise NotImplementedError

    def text(self, found: Found) -> Iterator[str]:
        """All of it as sentences."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Open the counts."""
        self._show_scope()
        self.open()

    def _show_scope(self) -> None:
        covered = [one for one in self._events if self.scope.covers(one)]
        name = sentences.scope_name(scope_finding(self.scope, covered))
        title = f"{self.NAME} · {name}: {counted(len(covered), 'event')}"
        self.query_one("#scope", Static).update(Content(title))

    def draw(self, found: Found) -> None:
        """Show it."""
        self.query_one(_Lines).show(lambda width, height: self._lines(found, width, height))

    def _lines(self, found: Found, width: int, height: int) -> list[ChartLine]:
        drawn = self.drawn(found, width - 1, roomy=True)
        if self.as_text or not drawn:
            return [(Piece(text, "text"),) for line in self.text(found) for text in wrap(line, width - 1) or [""]]
        said = [text for sentence in self.said(found) if sentence for text in [*wrap(sentence, width - 1), ""]]
        if len(drawn) + 1 + len(said) > height:
            drawn = self.drawn(found, width - 1, roomy=False)
        return [*drawn, (), *((Piece(text, "muted"),) for text in said)]

    @work
    async def action_filter(self) -> None:
        """Choose of what."""
        scope = await self.app.push_screen_wait(Filter(self._events, self.scope, f"{self.NAME}: of what?"))
        if scope is not None:
            self.scope = scope
            self._show_scope()
            self.open()
