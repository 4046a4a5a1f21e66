"""The office: the events that were brought in, and what to do next."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.events import day
from storage.office.labels import OfficeEvent, Scope
from storage.office.office import Office
from storage.report.sentences import responses
from storage.settings import SettingsFile
from storage.text import counted
from tui.office.event import EventScreen, KeyScreen
from tui.office.import_screen import BringIn
from tui.office.journey import JourneyScreen
from tui.office.planned import ComingEvents
from tui.office.prepare import PrepareLaptops
from tui.office.report import ReportScreen
from tui.office.scopes import Scopes
from tui.terminal.capabilities import WIDTH
from tui.text import office as words
from tui.toolkit.home import ToolkitHome
from tui.widgets.button import Button, ManyButtons


class OfficeHome(Screen[None], inherit_bindings=False):
    """A list of events above, buttons below."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "bring_in", show=False),
        Binding("c", "counts", show=False),
        Binding("j", "journey", show=False),
        Binding("r", "report", show=False),
        Binding("e", "planned", show=False),
        Binding("p", "prepare", show=False),
        Binding("k", "key", show=False),
        Binding("t", "toolkit", show=False),
        Binding("l", "lock", show=False),
        Binding("q", "quit", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class Leave(Message):
        """Somebody wants the office locked."""

    def __init__(self, office: Office, data: Path, settings_file: SettingsFile) -> None:
        super().__init__()
        self._office = office
        self._data = data
        self._settings_file = settings_file
        self._settings = settings_file.settings
        self._events: list[OfficeEvent] = []

    def compose(self) -> ComposeResult:
        """The events, and what can be done."""
        yield Static(Content("The office"), classes="heading list-heading")
        yield Static(id="total", classes="list-text")
        yield OptionList(id="events")
        yield Static(id="message", classes="message")
        with ManyButtons(classes="buttons"):
            yield Button("Lock", "L", id="lock", action="lock")
            yield Button("Quit", "Q", id="quit", action="quit")
            yield Static(classes="gap")
            yield Button("Coming events", "E", id="planned", action="planned")
            yield Button("Prepare laptops", "P", id="prepare", action="prepare")
            yield Button("Office key", "K", id="key", action="key")
            yield Button("Toolkit", "T", id="toolkit", action="toolkit")
            yield Button("Report", "R", id="report", action="report")
            yield Button("Journey", "J", id="journey", action="journey")
            yield Button("Counts", "C", id="counts", action="counts")
            yield Button("Bring in", "I", id="bring-in", classes="main", action="bring_in")

    def on_resize(self, event: events.Resize) -> None:
        """Say that the window is too small for more than two buttons beside each other."""
        self.set_class(event.size.width < WIDTH, "-slim")

    def on_mount(self) -> None:
        """Look at what there is, and whether it is sound."""
        self.look_again()
        self._check()

    @work
    async def _check(self) -> None:
        """Every page: part of a second where there are many responses."""
        try:
            await asyncio.to_thread(self._office.check)
        except FairstartError as error:
            self._say(error.sentence)

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(text))

    def look_again(self) -> None:
        """Show what was brought in so far."""
        try:
            self._events = self._office.events()
        except FairstartError as error:
            self._say(error.sentence)
            return
        listed = self.query_one(OptionList)
        before = listed.highlighted
        listed.clear_options()
        for one in self._events:
            event = one.event
            title = Content.assemble((event.name, "bold"), f" · {day(event.date)} · {event.place} · {event.stage}")
            listed.add_option(Option(Content("\n").join([title, Content(words.event_facts(one))])))
        total = sum(one.responses for one in self._events)
        came = f"{responses(total)} from {counted(len(self._events), 'event')}."
        self.query_one("#total", Static).update(
            Content(
                f"{came} Choose one to say how many came, or its level."
                if self._events
                else f"{words.NO_EVENTS} Give kiosks the office key, and bring in what they hand over."
            )
        )
        for name in ("counts", "journey", "report"):
            self.query_one(f"#{name}").display = bool(self._events)
        if self._events:
            listed.highlighted = min(before or 0, len(self._events) - 1)
            listed.focus()
        else:
            self.query_one("#bring-in").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Without events there is nothing to show of them."""
        return bool(self._events) or action not in {"counts", "journey", "report"}

    @on(OptionList.OptionSelected, "#events")
    @work
    async def show_event(self, chosen: OptionList.OptionSelected) -> None:
        """More about one event."""
        await self.app.push_screen_wait(EventScreen(self._office, self._events[chosen.option_index], self._settings))
        self.look_again()

    @work
    async def action_bring_in(self) -> None:
        """Bring in what kiosks handed over."""
        await self.app.push_screen_wait(BringIn(self._office, self._settings.office.address))
        self.look_again()

    def action_counts(self) -> None:
        """Choose what counts are shown of."""
        self.app.push_screen(Scopes(self._office, self._events, self._settings))

    def action_journey(self) -> None:
        """Show the journey of all events."""
        self.app.push_screen(JourneyScreen(self._office, self._events, self._settings, Scope()))

    def action_report(self) -> None:
        """Write a report."""
        self.app.push_screen(ReportScreen(self._office, self._events, self._settings))

    def action_planned(self) -> None:
        """Show the events that are coming."""
        self.app.push_screen(ComingEvents(self._office, self._data, self._settings_file))

    def action_prepare(self) -> None:
        """Prepare laptops for a coming event."""
        try:
            self.app.push_screen(PrepareLaptops(self._office, self._data, self._settings_file))
        except FairstartError as error:
            self._say(error.sentence)

    def action_toolkit(self) -> None:
        """Open the toolkit."""
        self.app.push_screen(ToolkitHome(self._data, self._settings))

    def action_key(self) -> None:
        """Show the office key's fingerprint, and copy its public half."""
        self.app.push_screen(KeyScreen(self._office.public, self._data))

    def action_lock(self) -> None:
        """Have the office locked."""
        self.post_message(self.Leave())

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()
