"""Preparing laptops: for which events, with which staff passphrase, and onto which stick."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Select, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError, PlaceError, StickError, StoppedError
from storage.events import day, today
from storage.exchange.addresses import shown
from storage.exchange.coming import ComingEvent
from storage.exchange.drives import expanded
from storage.exchange.patience import answer_of
from storage.exchange.typed import meant
from storage.office.office import Office
from storage.office.planned import PlannedEvent, still_coming
from storage.settings import SettingsFile
from storage.text import counted
from tui.deploy.built import running_program
from tui.deploy.prepare import (
    BringPrograms,
    Prepared,
    copy_programs,
    events_for_laptops,
    fetch_programs,
    guessable,
    need_programs,
    new_staff_passphrase,
    prepare,
    settings_for_laptops,
)
from tui.shared.button_row import ButtonRow
from tui.shared.form_screen import FieldError, about
from tui.shared.place_screen import PlaceScreen
from tui.shared.place_step import PlaceStep
from tui.shared.steps import NewPassphrase, Step
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.choice_list import ChoiceList
from tui.widgets.chooser import PlaceChooser
from tui.widgets.field import Dropdown, TextField
from tui.widgets.place_field import PlaceField

MOST_LAPTOPS = 99
"""How many are set up from one stick, at most."""

Programs = Literal["fetch", "folder", "none"]
_PROGRAMS: dict[Programs, str] = {
    "fetch": "Yes, fetched now (needs a network)",
    "folder": "Yes, from a folder that has them",
    "none": "No, these laptops have Fairstart already",
}
_AS_IT_IS = "Yes, as it runs here (laptops need no Python)"
"""In place of fetching, where the program that runs was built."""


@dataclass
class Preparation:
    """What has been chosen so far. Lives in memory only, until the stick is written."""

    office: Office
    data: Path
    """The office's data folder."""
    current: SettingsFile
    """The settings that apply at the office."""
    settings: SettingsFile
    """Those for the laptops."""
    events: tuple[ComingEvent, ...] = ()
    laptops: int = 1
    bring_programs: BringPrograms | None = None
    passphrase: str = field(default="", repr=False)


class EventMarks(ChoiceList):
    """Events, of which Space or a click marks several. Enter goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", show=False),
        Binding("enter", "app.focus_next", show=False),
    ]

    def __init__(self, events: list[PlannedEvent]) -> None:
        """List events; the first is marked."""
        super().__init__(id="events")
        self._events = events
        self._marked = {0}
        self._show()
        self.highlighted = 0

    @property
    def marked(self) -> list[PlannedEvent]:
        """Those that are marked."""
        return [self._events[place] for place in sorted(self._marked)]

    @on(OptionList.OptionSelected)
    def mark(self, selected: OptionList.OptionSelected) -> None:
        """Mark one, or take its mark away."""
        selected.stop()
        self._marked ^= {selected.option_index}
        self._show()

    def _show(self) -> None:
        """Draw the rows, and leave the cursor where it is."""
        before = self.highlighted
        self.set_options(
            Option(Content(f"{'[✓]' if place in self._marked else '[ ]'} {_event_line(one)}"))
            for place, one in enumerate(self._events)
        )
        self.highlighted = before


class PrepareLaptops(Step):
    """For which events, for how many laptops, and with the programs or without."""

    TITLE_TEXT = "Prepare laptops: for which event"

    def __init__(self, office: Office, data: Path, current: SettingsFile) -> None:
        """Begin; raises StoreError where the coming events cannot be read."""
        super().__init__()
        self._plan = Preparation(office, data, current, current)
        self._coming = still_coming(office.planned.all(), today())

    def body(self) -> ComposeResult:
        """The events, and what else a stick depends on."""
        yield Static(
            Content("A stick is written here. On each laptop its start file does the rest, without a network."),
            classes="paragraph",
        )
        if len(self._coming) > 1:
            yield Static(Content("Events (Space or a click marks several)"), classes="label")
            yield EventMarks(self._coming)
        elif self._coming:
            yield Static(Content(_event_line(self._coming[0])), classes="title")
        else:
            yield Static(Content(f"{words.NOTHING_PLANNED} Go back, and add it under “Coming events”."))
        if not self._plan.current.settings.organisation.name.strip():
            yield Static(Content("Your organisation, as candidates know it"), classes="label")
            yield TextField(id="organisation")
        yield Static(Content("How many laptops are set up from this stick"), classes="label")
        yield TextField(id="laptops", placeholder="1", max_length=len(str(MOST_LAPTOPS)))
        yield Static(Content("Shall it bring Fairstart itself?"), classes="label")
        said = _PROGRAMS if running_program() is None else {**_PROGRAMS, "fetch": _AS_IT_IS}
        choices = [(Content(text), choice) for choice, text in said.items()]
        programs: Dropdown[Programs] = Dropdown(choices, value="fetch", id="programs", compact=True)
        yield programs

    def go_back(self) -> None:
        """Nothing was written."""
        self.dismiss(None)

    def finish(self) -> Step:
        """Take it over; go on to where the programs are, or to the passphrase."""
        plan = self._plan
        marks = self.query(EventMarks)
        chosen = marks.first().marked if marks else self._coming
        if not chosen:
            raise StickError(
                "Mark the event that it is for." if self._coming else f"{words.NOTHING_PLANNED} Add it first."
            )
        organisation = self.typed("organisation") if self.query("#organisation") else ""
        with about("organisation") if self.query("#organisation") else about("laptops"):
            plan.settings = settings_for_laptops(plan.current, organisation)
        plan.events = events_for_laptops(plan.settings, chosen, today())
        plan.laptops = self._laptops
        programs = self.query_one("#programs", Select).value
        plan.bring_programs = fetch_programs if programs == "fetch" else None
        return WheelsFolder(plan) if programs == "folder" else StaffPassphrase(plan)

    @property
    def _laptops(self) -> int:
        typed = self.typed("laptops").strip() or "1"
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= MOST_LAPTOPS):
            raise FieldError(f"How many laptops must be a whole number from 1 to {MOST_LAPTOPS}.", "laptops")
        return int(typed)


class WheelsFolder(PlaceStep):
    """The folder that has the programs."""

    TITLE_TEXT = "Prepare laptops: the programs"

    def __init__(self, plan: Preparation) -> None:
        super().__init__()
        self._plan = plan

    def body(self) -> ComposeResult:
        """One field."""
        yield Static(
            Content(
                "The folder with what was built of Fairstart, or with its wheels and those of all that it needs, "
                "such as “programs” or “wheels” on another stick."
            )
        )
        yield Static(Content("Folder"), classes="label")
        yield PlaceField(field_id="folder", take="Use")

    def look_at(self, typed: str) -> None:
        """Take the folder, if all programs are there."""
        folder = expanded(meant(typed))
        answer_of(folder, partial(need_programs, folder))
        self._plan.bring_programs = partial(copy_programs, folder)

    def go_on(self) -> None:
        """To the passphrase."""
        self.app.push_screen(StaffPassphrase(self._plan))


class StaffPassphrase(NewPassphrase):
    """The passphrase that will open the staff area of every laptop that is set up from the stick."""

    TITLE_TEXT = "Prepare laptops: the staff passphrase"
    EXPLANATION = (
        "One for all of these laptops. Staff type it to see how the event is going and to hand over. "
        "It opens no one’s answers."
    )

    def __init__(self, plan: Preparation) -> None:
        super().__init__(guessable(plan.settings, plan.events))
        self._plan = plan

    def action_next(self) -> None:
        """Look whether it is a good one and not the office's; go on, or say what is wrong with it."""
        self._look()

    @work(exclusive=True)
    async def _look(self) -> None:
        plan = self._plan
        try:
            typed = self.passphrase()
            with about("first"):
                plan.passphrase = await asyncio.to_thread(
                    new_staff_passphrase, typed, guessable(plan.settings, plan.events), plan.data
                )
        except FairstartError as error:
            self.say_wrong(error)
        else:
            self.say("")
            self.app.push_screen(WhereTo(plan))


class WhereTo(PlaceScreen):
    """Which stick, and what was written onto it."""

    def __init__(self, plan: Preparation) -> None:
        super().__init__()
        self._plan = plan
        self._stopped = False
        self._done = False
        """Whether the screen says what was written."""
        self._written = False
        """Whether there was a stick before this one."""

    def compose(self) -> ComposeResult:
        """The stick, then what is next."""
        first, *others = self._plan.events
        more = f" and {counted(len(others), 'event')} more" if others else ""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Prepare laptops: onto which stick"), classes="heading")
            yield Static(
                Content(f"For {counted(self._plan.laptops, 'laptop')}: “{first.event.name}”{more}."),
                classes="paragraph",
            )
            yield PlaceChooser(verb="Prepare", example="/home/ann/for-laptops")
            yield Static(id="results")
        yield from self.working()
        with ButtonRow():
            yield Button("Done", "⏎", id="done", classes="main", action="back")
            yield Button("Another stick", "F3", id="another", action="another")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "another", show=False)]

    def on_mount(self) -> None:
        """Nothing is written yet; called besides `PlaceScreen`'s own."""
        self._show_what_is_next()

    def _show_what_is_next(self) -> None:
        """Ask for a stick, or say what one holds."""
        for name, when in (("done", True), ("another", True), ("results", True), ("back", False)):
            self.query_one(f"#{name}").display = self._done is when
        chooser = self.query_one(PlaceChooser)
        chooser.display = not self._done
        (self.query_one("#done") if self._done else chooser.query_one("#place")).focus()

    def choose_nothing(self) -> None:
        """Enter with nothing typed."""
        self.say("Choose a stick by its key, or a folder below.", problem=True)

    def action_back(self) -> None:
        """Stop what is under way; else go back, and from a stick that is ready to where all began."""
        if self.at_work:
            self._stopped = True
            self.say("Stopping…")
        elif self._written:
            while isinstance(self.app.screen, WhereTo | StaffPassphrase | WheelsFolder | PrepareLaptops):
                self.app.pop_screen()
        else:
            self.dismiss(None)

    def action_another(self) -> None:
        """Prepare one more, with tokens of its own and the same passphrase."""
        if self._done:
            self._done = False
            self.say("")
            self._show_what_is_next()

    @on(PlaceChooser.Chosen)
    @work
    async def write(self, chosen: PlaceChooser.Chosen) -> None:
        """Write the stick, and say what is next."""
        if self.at_work or self._done:
            return
        self._stopped = False
        with self.working_on("Preparing… Esc stops it."):
            prepared = await asyncio.to_thread(self._write, chosen.place)
            self._done = self._written = True
            self._show(prepared)

    def _write(self, place: str) -> Prepared:
        plan = self._plan
        place = meant(place)
        if "://" in place:
            raise PlaceError(f"{shown(place)} is an address: laptops are set up from a stick or a folder. Choose one.")
        folder = expanded(place)
        if not answer_of(folder, folder.is_dir):
            raise PlaceError(f"There is no folder {shown(place)}: plug the stick in, or choose another place.")
        return prepare(
            plan.office,
            folder,
            settings=plan.settings,
            events=plan.events,
            passphrase=plan.passphrase,
            laptops=plan.laptops,
            bring_programs=plan.bring_programs,
            progress=self._unless_stopped,
        )

    def _unless_stopped(self, done: float, of: float) -> None:
        if self._stopped:
            raise StoppedError("Stopped. Nothing was written: choose a stick when you like.")
        self.progress(done, of)

    def _show(self, prepared: Prepared) -> None:
        lines = [
            *words.prepared(prepared.folder, self._plan.laptops, prepared.without),
            words.NEXT_LAPTOP,
            f"It is known here as {prepared.stick}. If it gets lost, recall it: Coming events, then Sticks.",
        ]
        self.query_one("#results", Static).update(Content("\n\n".join(lines)))
        self.say("The stick can be pulled out now.")
        self._show_what_is_next()


def _event_line(one: PlannedEvent) -> str:
    return f"{one.name}, {one.place}, {day(one.date)}"
