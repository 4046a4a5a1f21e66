"""Counts and the journey of what is chosen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from storage.office.labels import OfficeEvent, Scope
from storage.office.office import Office
from storage.office.queries import findings_of, scope_finding
from storage.report.sentences import scope_name
from storage.settings import Settings
from tui.office.filters import Filter
from tui.office.journey import JourneyScreen
from tui.office.trend import TrendScreen
from tui.shared.counts import CountsScreen
from tui.text import office as words
from tui.widgets.button import Button


def counts_screen(office: Office, scope: Scope, covered: Sequence[OfficeEvent], settings: Settings) -> CountsScreen:
    """The counts of a scope, as a screen that opens them; the scope covers these events."""
    title = scope_name(scope_finding(scope, covered))
    return CountsScreen(title, words.WHY, lambda _progress: words.shown(findings_of(office, scope, settings)))


class Scopes(Filter):
    """Chooses a scope, shows its counts, its journey or its trend, and is there again afterwards."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "journey", show=False),
        Binding("f5", "trend", show=False),
    ]

    def __init__(self, office: Office, events: Sequence[OfficeEvent], settings: Settings) -> None:
        super().__init__(events, Scope(), "Counts: of what?")
        self._office = office
        self._settings = settings

    def ways_on(self) -> ComposeResult:
        """Three things can be seen of it."""
        yield Button("Counts", "⏎", id="show", classes="main", action="show")
        yield Button("Journey", "F4", id="journey", action="journey")
        yield Button("Over time", "F5", id="trend", action="trend")

    def action_show(self) -> None:
        """Show the counts."""
        covered = [one for one in self._events if self.scope.covers(one)]
        self.app.push_screen(counts_screen(self._office, self.scope, covered, self._settings))

    def action_journey(self) -> None:
        """Show the journey."""
        self.app.push_screen(JourneyScreen(self._office, self._events, self._settings, self.scope))

    def action_trend(self) -> None:
        """Show the same over time."""
        self.app.push_screen(TrendScreen(self._office, self._events, self._settings, self.scope))
