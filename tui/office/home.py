"""The office: the events that were brought in, and what to do next."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Digits, Static

from storage.errors import FairstartError, InUseError
from storage.events import today
from storage.office.copies import Original, reminder
from storage.office.labels import OfficeEvent, Scope
from storage.office.receipts_due import Owed
from storage.office.retention import due
from storage.office.store import Version
from storage.report.sentences import responses
from storage.settings import SettingsFile
from storage.text import counted
from tui.office.copies import Copies
from tui.office.corrections import CorrectionsScreen
from tui.office.event import EventScreen, KeyScreen, delete_question
from tui.office.event_table import EventTable, Filterable
from tui.office.import_screen import BringIn
from tui.office.journey import JourneyScreen
from tui.office.laptops import LaptopsScreen
from tui.office.log import LogScreen
from tui.office.manage import Manage, Task
from tui.office.planned import ComingEvents
from tui.office.prepare import PrepareLaptops
from tui.office.report import ReportScreen
from tui.office.scopes import Scopes
from tui.office.staff_passphrase import ReadRequest
from tui.office.targets import Targets
from tui.office.trend import TrendScreen
from tui.shared.button_row import ButtonRow
from tui.shared.frame import FramedScreen
from tui.shared.state import State
from tui.terminal.capabilities import WIDTH
from tui.text import office as words
from tui.toolkit.home import ToolkitHome
from tui.widgets.button import Button

_ABOUT_EVENTS = {"counts", "journey", "trend", "report", "filter", "sort"}
"""Actions that need events; the journey and the trend have their buttons beside the counts'."""
_LOOK_EVERY = 2.0
"""Seconds between two looks at what another one writes."""


class OfficeHome(FramedScreen[None]):
    """A list of events above, buttons below."""

    PLACE = "Office"
    HOME = True
    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "bring_in", show=False),
        Binding("c", "counts", show=False),
        Binding("j", "journey", show=False),
        Binding("o", "trend", show=False),
        Binding("g", "targets", show=False),
        Binding("r", "report", show=False),
        Binding("e", "planned", show=False),
        Binding("p", "prepare", show=False),
        Binding("m", "manage", show=False),
        Binding("d", "due", show=False),
        Binding("b", "copies", show=False),
        Binding("t", "toolkit", show=False),
        Binding("l", "lock", show=False),
        Binding("q", "quit", show=False),
        Binding("f,slash", "filter", show=False),
        Binding("s", "sort", show=False),
        Binding("escape", "show_all", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class CoordinatorsWanted(Message):
        """Somebody wants to change who opens the office."""

    class Leave(Message):
        """Somebody wants the office locked."""

    class LookForRoom(Message):
        """The office is read only: perhaps nobody else writes any more."""

    def __init__(self, original: Original, settings_file: SettingsFile) -> None:
        super().__init__()
        self._original = original
        self._office = original.office
        self._data = original.data
        self._settings_file = settings_file
        self._settings = settings_file.settings
        self._events: list[OfficeEvent] = []
        self._due: list[OfficeEvent] = []
        """Those whose answers are due to be deleted."""
        self._copy_due = ""
        """Why a copy should be made, where that is so."""
        self._receipts_due: list[Owed] = []
        self._shown: Version | None = None

    def compose(self) -> ComposeResult:
        """The events, what is due, and what can be done."""
        yield Static(id="total", classes="list-text")
        with Vertical(id="due-panel", classes="panel"):
            yield Static(id="notice")
        yield State("#desk", "#total")
        with Horizontal(id="desk"):
            with Vertical(id="listed"):
                yield Filterable(id="filter", placeholder="Part of a name, a place or a stage")
                yield EventTable(id="events")
            with VerticalScroll(id="chosen", classes="panel", can_focus=False):
                yield Digits(id="chosen-number")
                yield Static(id="chosen-event")
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield Button("Bring in", "I", id="bring-in", classes="main", action="bring_in")
            yield Button("Counts", "C", id="counts", action="counts")
            yield Button("Report", "R", id="report", action="report")
            yield Button("Targets", "G", id="targets", action="targets")
            yield Button("Coming events", "E", id="planned", action="planned")
            yield Button("Prepare laptops", "P", id="prepare", action="prepare")
            yield Button("Manage", "M", id="manage", action="manage")
            yield Button("Toolkit", "T", id="toolkit", action="toolkit")
            yield Button("Filter", "F", id="find", action="filter")
            yield Button("Back up", "B", id="copies", action="copies")
            yield Button("Delete what is due", "D", id="due", action="due")
            yield Button("Quit", "Q", id="quit", classes="out", action="quit")
            yield Button("Lock", "L", id="lock", classes="out", action="lock")

    def on_resize(self, event: events.Resize) -> None:
        """Say that the window is too small for more than two buttons beside each other."""
        self.set_class(event.size.width < WIDTH, "-slim")

    def on_mount(self) -> None:
        """Look at what there is, and whether it is sound."""
        self.query_one("#due-panel").border_title = "What is due"
        self.query_one("#listed").border_title = "Events"
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
            self.say(error.sentence, problem=True)

    def look_again(self) -> None:
        """Show what was brought in so far."""
        try:
            self._shown = self._office.version
            self._events = self._office.events()
            self._due = due(self._office.all_events(), self._settings.office.keep_months, today())
            self._copy_due = reminder(self._office.line, today(), self._settings.office.copy_days)
            self._receipts_due = self._office.receipts_due.all()
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        self._list()
        total = sum(one.responses for one in self._events)
        came = f"{responses(total)} from {counted(len(self._events), 'event')}."
        self.query_one("#total", Static).update(Content(f"{came} Choose one to say more of it, or to correct it."))
        if self._events:
            self.query_one(State).clear()
        else:
            self.query_one(State).say(words.NO_EVENTS, words.BEGIN)
        self.say("")
        self.query_one("#notice", Static).update(Content("\n".join(said := list(self._what_is_due()))))
        self.query_one("#due-panel").display = bool(said)
        for button in self.query(Button):
            button.display = bool(self._events) or button.action not in _ABOUT_EVENTS
        self.query_one("#due").display = bool(self._due)
        self.query_one("#copies").display = bool(self._copy_due)
        self.query_one(ButtonRow).on_resize()
        if self._events:
            self.query_one(EventTable).focus()
        else:
            self.query_one("#bring-in").focus()

    # The table.

    def _list(self) -> None:
        """List the events that have what was typed, and say more of the one that is chosen."""
        table = self.query_one(EventTable)
        table.list_events(self._events, self.query_one(Filterable).value)
        self._show_chosen()

    def _show_chosen(self) -> None:
        one = self.query_one(EventTable).chosen
        panel = self.query_one("#chosen")
        panel.border_title = "The chosen event" if one else "No such event"
        number = self.query_one("#chosen-number", Digits)
        number.set_class(one is not None, "-known")
        number.update(str(one.responses if one else 0))
        said = "\n".join(words.event_sheet(one)) if one else "Esc shows all events."
        self.query_one("#chosen-event", Static).update(Content(said))

    @on(EventTable.RowHighlighted)
    def _chosen(self) -> None:
        self._show_chosen()

    @on(Filterable.Changed)
    def _filtered(self) -> None:
        self._list()

    @on(Filterable.Submitted)
    def _filter_typed(self) -> None:
        """Go on to what was found; the field goes, and what it filters by stays."""
        self.query_one(Filterable).display = False
        self.query_one(EventTable).focus()

    def action_filter(self) -> None:
        """Type a part of what is looked for."""
        if self._events:
            field = self.query_one(Filterable)
            field.display = True
            field.focus()

    def action_show_all(self) -> None:
        """Show all events again."""
        field = self.query_one(Filterable)
        field.value = ""
        field.display = False
        self.query_one(EventTable).focus()

    def action_sort(self) -> None:
        """Order the events by the next column."""
        self.query_one(EventTable).sort_by_next()

    def _what_is_due(self) -> Iterator[str]:
        """Why nothing can be written; else what somebody should do soon, each with its key."""
        if self._office.refusal is not None:
            yield self._office.refusal.sentence
            return
        if self._due:
            yield f"{words.due_line(self._due, self._settings.office.keep_months)} (D)"
        if self._receipts_due:
            yield f"{words.receipts_due_line(self._receipts_due, self._events)} (I)"
        if self._copy_due:
            yield f"{self._copy_due}: back up. (B)"

    def _copies(self) -> Copies:
        return Copies(self._original, self._settings.office.copy_days)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Without events there is nothing to show of them."""
        now_and_then = {"due": self._due, "copies": self._copy_due}
        return bool(now_and_then.get(action, self._events or action not in _ABOUT_EVENTS))

    @on(EventTable.RowSelected)
    @work
    async def show_event(self) -> None:
        """More about one event; where that was a correction, say which."""
        one = self.query_one(EventTable).chosen
        if one is None:
            return
        screen = EventScreen(self._office, one, self._settings)
        await self.app.push_screen_wait(screen)
        self.look_again()
        if screen.corrected:
            self._say_last_correction()

    def _say_last_correction(self) -> None:
        try:
            made = self._office.corrections.all()
        except FairstartError as error:
            self.say(error.sentence, problem=True)
        else:
            self.say(f"{words.correction_line(made[0])}. It can be undone under Corrections.")

    @work
    async def action_bring_in(self) -> None:
        """Bring in what kiosks handed over."""
        await self.app.push_screen_wait(BringIn(self._office, self._settings))
        self.look_again()

    def action_counts(self) -> None:
        """Choose what counts are shown of."""
        self.app.push_screen(Scopes(self._office, self._events, self._settings))

    def action_journey(self) -> None:
        """Show the journey of all events."""
        self.app.push_screen(JourneyScreen(self._office, self._events, self._settings, Scope()))

    def action_trend(self) -> None:
        """Show all events over time."""
        self.app.push_screen(TrendScreen(self._office, self._events, self._settings, Scope()))

    def action_targets(self) -> None:
        """Show where the targets stand."""
        self.app.push_screen(Targets(self._office, self._data, self._settings))

    def action_report(self) -> None:
        """Write a report."""
        self.app.push_screen(ReportScreen(self._office, self._events, self._settings, self._data))

    def action_planned(self) -> None:
        """Show the events that are coming."""
        self.app.push_screen(ComingEvents(self._office, self._data, self._settings_file))

    def action_prepare(self) -> None:
        """Prepare laptops for a coming event."""
        try:
            self.app.push_screen(PrepareLaptops(self._office, self._data, self._settings_file))
        except FairstartError as error:
            self.say(error.sentence, problem=True)

    @work
    async def action_manage(self) -> None:
        """Show what can be looked after."""
        await self.app.push_screen_wait(Manage(list(self._tasks())))
        self.look_again()

    def _tasks(self) -> Iterator[Task]:
        office, data = self._office, self._data
        yield Task("copies", "b", "Back up", "a sealed copy of the office", self._copies)
        yield Task("laptops", "a", "Laptops", "which may hand over here", lambda: LaptopsScreen(office))
        about = "what was corrected, and undoing it"
        yield Task("corrections", "o", "Corrections", about, lambda: CorrectionsScreen(office))
        about = "a new one for a laptop that asks for it"
        yield Task("staff-passphrase", "p", "Staff passphrase", about, lambda: ReadRequest(office))
        about = "who opens the office, and the recovery code"
        yield Task("coordinators", "c", "Coordinators", about, self._ask_for_coordinators)
        yield Task("log", "v", "Event log", "who opened the office, and what was done", lambda: LogScreen(office))
        about = "its fingerprint, and a copy for laptops"
        yield Task("key", "k", "Office key", about, lambda: KeyScreen(office.public, data))

    @work
    async def action_copies(self) -> None:
        """Make a copy, of which this screen reminds."""
        await self.app.push_screen_wait(self._copies())
        self.look_again()

    @work
    async def action_due(self) -> None:
        """Delete the answers for which that is due, once that is confirmed."""
        try:
            question = await asyncio.to_thread(delete_question, self._office, self._due)
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        await self.app.push_screen_wait(question)
        self.look_again()

    def action_toolkit(self) -> None:
        """Open the toolkit."""
        self.app.push_screen(ToolkitHome(self._data, self._settings))

    def _ask_for_coordinators(self) -> None:
        """Show who opens the office; whoever is there has to know a passphrase."""
        self.post_message(self.CoordinatorsWanted())

    def action_lock(self) -> None:
        """Have the office locked."""
        self.post_message(self.Leave())

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()
