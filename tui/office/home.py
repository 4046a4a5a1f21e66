"""The office: the events that were brought in, and what to do next."""

import asyncio
import contextlib
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError, InUseError
from storage.events import day, today
from storage.office.copies import Original, reminder
from storage.office.labels import OfficeEvent, Scope
from storage.office.store import Version
from storage.report.sentences import responses
from storage.settings import Settings
from storage.text import counted
from tui.office.copies import Copies
from tui.office.event import EventScreen, KeyScreen
from tui.office.import_screen import BringIn
from tui.office.journey import JourneyScreen
from tui.office.planned import ComingEvents
from tui.office.report import ReportScreen
from tui.office.scopes import Scopes
from tui.terminal.capabilities import WIDTH
from tui.text import office as words
from tui.toolkit.home import ToolkitHome
from tui.widgets.button import Button, ManyButtons

_LOOK_EVERY = 2.0
"""Seconds between two looks at what another one writes."""


class OfficeHome(Screen[None], inherit_bindings=False):
    """A list of events above, buttons below."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "bring_in", show=False),
        Binding("c", "counts", show=False),
        Binding("j", "journey", show=False),
        Binding("r", "report", show=False),
        Binding("e", "planned", show=False),
        Binding("k", "key", show=False),
        Binding("b", "copies", show=False),
        Binding("t", "toolkit", show=False),
        Binding("l", "lock", show=False),
        Binding("q", "quit", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class Leave(Message):
        """Somebody wants the office locked."""

    class LookForRoom(Message):
        """The office is read only: perhaps nobody else writes any more."""

    def __init__(self, original: Original, settings: Settings) -> None:
        super().__init__()
        self._original = original
        self._office = original.office
        self._data = original.data
        self._settings = settings
        self._events: list[OfficeEvent] = []
        self._shown: Version | None = None

    def compose(self) -> ComposeResult:
        """The events, and what can be done."""
        yield Static(Content("The office"), classes="heading list-heading")
        yield Static(id="total", classes="list-text")
        yield Static(id="notice", classes="list-text")
        yield OptionList(id="events")
        yield Static(id="message", classes="message")
        with ManyButtons(classes="buttons"):
            yield Button("Lock", "L", id="lock", action="lock")
            yield Button("Quit", "Q", id="quit", action="quit")
            yield Static(classes="gap")
            yield Button("Back up", "B", id="copies", action="copies")
            yield Button("Coming events", "E", id="planned", action="planned")
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
        if isinstance(self._office.refusal, InUseError):
            self.set_interval(_LOOK_EVERY, self._look_elsewhere)

    def _look_elsewhere(self) -> None:
        """Where another one writes: show what came in meanwhile, and see whether that is over."""
        with contextlib.suppress(FairstartError):  # the next look may do
            if self._office.version != self._shown:
                self.look_again()
        self.post_message(self.LookForRoom())

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
            self._shown = self._office.version
            self._events = self._office.events()
            notice = self.query_one("#notice", Static)
            notice.update(Content(said := self._notice()))
            notice.display = bool(said)
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

    def _notice(self) -> str:
        """Why nothing can be written, or that a copy is due; else nothing."""
        if self._office.refusal is not None:
            return self._office.refusal.sentence
        due = reminder(self._office.line, today(), self._settings.office.copy_days)
        return f"{due}: back up." if due else ""

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
        self.app.push_screen(ComingEvents(self._office, self._data))

    @work
    async def action_copies(self) -> None:
        """Make a copy of the office."""
        await self.app.push_screen_wait(Copies(self._original, self._settings.office.copy_days))
        self.look_again()

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
