"""Choosing what counts are about."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.office import Office, Scope
from storage.sentences import number_of_events
from storage.settings import Settings
from tui.office import words
from tui.office.look import findings_of
from tui.staff.counts import CountsScreen
from tui.widgets.button import Button


def counts_screen(office: Office, scope: Scope, settings: Settings) -> CountsScreen:
    """The counts of a scope, as a screen that opens them."""
    title = words.scope_name(scope, office.events())
    return CountsScreen(title, words.WHY, lambda _tell: words.shown(findings_of(office, scope, settings)))


class Scopes(Screen[None], inherit_bindings=False):
    """All together, or by stage, level, place, quarter or event."""

    CSS_PATH = "../staff/staff.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, office: Office, settings: Settings) -> None:
        super().__init__()
        self._office = office
        self._settings = settings
        self._scopes: list[Scope] = []

    def compose(self) -> ComposeResult:
        """A list."""
        yield Static(Content("Counts: of what?"), classes="heading list-heading")
        yield OptionList(id="scopes")
        yield Static(id="message", classes="message")
        with Horizontal(classes="buttons"):
            yield Button("Back", "Esc", id="back")
            yield Static(classes="gap")
            yield Button("Show", "⏎", id="show", classes="main")

    def on_mount(self) -> None:
        """Fill the list."""
        listed = self.query_one(OptionList)
        try:
            events = self._office.events()
            self._scopes = self._office.scopes()
        except FairstartError as error:
            self.query_one("#message", Static).update(Content(error.sentence))
            return
        for scope in self._scopes:
            name = words.scope_name(scope, events)
            kind = "" if scope == Scope() else scope.kind.capitalize()
            covered = number_of_events(sum(scope.covers(one) for one in events))
            before = f"{kind:<9}" if kind else ""
            listed.add_option(Option(Content.assemble(before, (name, "bold"), f" · {covered}")))
        listed.highlighted = 0
        listed.focus()

    def on_option_list_option_selected(self, chosen: OptionList.OptionSelected) -> None:
        """Show the counts."""
        chosen.stop()
        self._show(chosen.option_index)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        highlighted = self.query_one(OptionList).highlighted
        if event.button.id == "back":
            self.action_back()
        elif highlighted is not None:
            self._show(highlighted)

    def _show(self, number: int) -> None:
        self.app.push_screen(counts_screen(self._office, self._scopes[number], self._settings))

    def action_back(self) -> None:
        """Back to the office."""
        self.dismiss(None)
