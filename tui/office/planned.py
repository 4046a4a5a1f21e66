"""The events that are coming: their list, and the form on which one is typed once for every laptop."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.suggester import SuggestFromList
from textual.widgets import Input, Select, Static

from content.language import languages, load_words
from storage.errors import FairstartError, StoreError
from storage.events import STAGES, Event, NearMiss, near_misses, today
from storage.office.labels import LEVELS
from storage.office.office import Office
from storage.office.planned import (
    FIELDS,
    Field,
    PlannedEvent,
    PlanningError,
    coming_first,
    event_typed,
    still_coming,
    typed_of,
)
from storage.settings import SettingsFile
from storage.toolkit.checklist import Checklist, event_label
from tui.office.papers import PapersScreen
from tui.office.prepare import PrepareLaptops
from tui.office.sticks import Sticks
from tui.shared.confirm import Confirm
from tui.shared.list_screen import ListScreen
from tui.shared.steps import Step
from tui.text import office as words
from tui.text.stages import explained
from tui.widgets.button import Button
from tui.widgets.date_field import DateField, MonthGrid
from tui.widgets.field import Dropdown, TextField


class ComingEvents(ListScreen[PlannedEvent, None]):
    """A list of coming events above, buttons below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", show=False),
        Binding("p", "prepare", show=False),
        Binding("s", "sticks", show=False),
        Binding("e", "papers", show=False),
    ]
    TITLE_TEXT = "Coming events"
    LIST_ID = "planned"

    def __init__(self, office: Office, data: Path, settings_file: SettingsFile) -> None:
        """Show what an office plans.

        Args:
            office: whose plans they are.
            data: its data folder, where the toolkit keeps an event's ticks.
            settings_file: what laptops are prepared with.
        """
        super().__init__()
        self._office = office
        self._data = data
        self._settings_file = settings_file

    def buttons(self) -> ComposeResult:
        """What can be done."""
        yield Button("Add an event", "A", id="add", classes="main", action="add")
        yield Button("Prepare laptops", "P", id="prepare", action="prepare")
        yield Button("Sticks", "S", id="sticks", action="sticks")
        yield Button("Papers", "E", id="papers", action="papers")

    def read(self) -> Sequence[PlannedEvent]:
        """What is planned, what comes first above."""
        return coming_first(self._office.planned.all(), today())

    def line(self, row: PlannedEvent) -> Content:
        """What it is called, when and where it is, and what else is known."""
        title = Content.assemble((row.name, "bold"), f" · {words.planned_days(row)} · {row.place}")
        over = " · over" if row.ends < today() else ""
        return Content("\n").join([title, Content(words.planned_facts(row) + over)])

    def about(self) -> str:
        """What choosing one does."""
        return "Choose one to change it or to take it off the list."

    def nothing(self) -> tuple[str, str]:
        """That there is none, and what to do."""
        more = "Type each once here (A): the toolkit has a list for it then, and laptops can be prepared for it."
        return words.NOTHING_PLANNED, more

    @work
    async def action_add(self) -> None:
        """Plan another event."""
        await self._plan(None)

    def action_prepare(self) -> None:
        """Prepare laptops for a coming event."""
        try:
            self.app.push_screen(PrepareLaptops(self._office, self._data, self._settings_file))
        except FairstartError as error:
            self.say(error.sentence, problem=True)

    def action_sticks(self) -> None:
        """Show the sticks that were prepared."""
        self.app.push_screen(Sticks(self._office))

    def action_papers(self) -> None:
        """Make the papers of a coming event, or of the one in the settings."""
        self.app.push_screen(PapersScreen(still_coming(self.rows, today()), self._settings_file.settings))

    async def choose(self, row: PlannedEvent) -> None:
        """Change what was typed of one."""
        await self._plan(row)

    async def _plan(self, one: PlannedEvent | None) -> None:
        await self.app.push_screen_wait(PlanEvent(self._office, self._data, one))
        self.look_again()


class PlanEvent(Step):
    """All that is known of a coming event."""

    NEXT_LABEL = "Save"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "take", show=False)]

    def __init__(self, office: Office, data: Path, one: PlannedEvent | None) -> None:
        """Ask for an event; `one` is what is known of one that is changed."""
        super().__init__()
        self.TITLE_TEXT = "A coming event" if one is None else one.name
        self._office = office
        self._data = data
        self._one = one
        self._asked: list[NearMiss] = []
        """What was asked about: who goes on after that means what was typed."""

    def body(self) -> ComposeResult:
        """One labelled field below the other; beside the two days their month."""
        one = self._one
        was = typed_of(one) if one else dict.fromkeys(FIELDS, "") | {"stage": STAGES[0]}
        first = one.date if one else today()
        known: list[Event | PlannedEvent] = []
        with contextlib.suppress(FairstartError):  # nothing is suggested then; saving says why
            known = self._others()
        yield from _labelled("Name", "name", _completed(was["name"], [each.name for each in known]))
        yield Button("", "F3", id="take-name", classes="quiet take", action="take")
        yield from _labelled("Place", "place", _completed(was["place"], [each.place for each in known]))
        yield Button("", "F3", id="take-place", classes="quiet take", action="take")
        with Horizontal(id="days"):
            with Vertical():
                yield from _labelled("Day, such as 23/11/2026", "date", DateField(was["date"], today()))
                last = DateField(was["last_day"], first)
                yield from _labelled("Last day (if several)", "last_day", last)
            yield MonthGrid(first)
        stages = [(Content(explained(stage)), str(stage)) for stage in STAGES]
        stage: Dropdown[str] = Dropdown(stages, value=was["stage"], compact=True)
        yield from _labelled("Who will answer: the point of the apprenticeship journey", "stage", stage)
        level = TextField(was["level"], max_length=1)
        yield from _labelled(f"Apprenticeship level, {LEVELS[0]} to {LEVELS[-1]} (optional)", "level", level)
        expected = TextField(was["expected"], max_length=9)
        yield from _labelled("How many people you expect (optional)", "expected", expected)
        offered = ", ".join(f"{code} {load_words(code).name}" for code in languages())
        spoken = TextField(was["languages"])
        yield from _labelled(f"Languages if not as in the settings ({offered})", "languages", spoken)
        asked = TextField(was["feedback"], max_length=5)
        yield from _labelled("Feedback if not as in the settings (no, after, alone)", "feedback", asked)

    def _others(self) -> list[Event | PlannedEvent]:
        """Every event that the office knows but this one.

        Raises:
            StoreError: they cannot be read.
        """
        return [other for other in self._office.planned.known() if other != self._one]

    def extra_buttons(self) -> ComposeResult:
        """A way off the list: no key does it."""
        if self._one is not None:
            yield Button("Remove", id="remove", classes="quiet", action="remove")

    # The days.

    @on(Input.Changed, "DateField")
    def _show_day(self, changed: Input.Changed) -> None:
        """Say which day of the week it is, and show its month."""
        self._show(changed.input)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the month of the day that the cursor is in."""
        if isinstance(event.widget, DateField):
            self._show(event.widget)

    def _show(self, field: Input) -> None:
        if isinstance(field, DateField):
            date = field.date
            self.query_one(f"#{field.id}-weekday", Static).update(Content(f"{date:%A}" if date else ""))
            if field.id == "date":
                self.query_one("#last_day", DateField).first = date or today()
            if date and (field.has_focus or field.id == "date"):
                self.query_one(MonthGrid).show(date)

    @on(MonthGrid.Picked)
    def _pick(self, picked: MonthGrid.Picked) -> None:
        """A click in the month goes to the day that the cursor is in, else to the first."""
        field = self.focused if isinstance(self.focused, DateField) else self.query_one("#date", DateField)
        field.date = picked.date
        field.focus()

    # What is done.

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def finish(self) -> None:
        """Keep the event, or say what is wrong beside the field that it is in."""
        self._clear()
        fields = {name: self._typed_in(name) for name in FIELDS}
        try:
            event = event_typed(fields, today(), id_=self._one.id if self._one else "")
            self._ask_about_near_misses(event)
            self._office.planned.save(event)
        except PlanningError as error:
            self._show_mistake(error)
            return
        if self._one is not None:
            with contextlib.suppress(StoreError):  # the ticks stay where they are, under what it was called before
                _rename_ticks(self._data, self._one, event)
        self.dismiss(None)

    def _typed_in(self, name: Field) -> str:
        return str(self.query_one("#stage", Select).value) if name == "stage" else self.typed(name)

    def _ask_about_near_misses(self, event: PlannedEvent) -> None:
        """Ask about the first name that nobody has been asked about.

        Raises:
            PlanningError: there is one.
        """
        for miss in near_misses(event.name, event.place, self._others()):
            if miss not in self._asked:
                self._asked.append(miss)
                field: Field = "name" if miss.what == "event" else "place"
                take = self.query_one(f"#take-{field}", Button)
                take.label = f"Take “{miss.meant}”"
                take.add_class("-offered")
                raise PlanningError(field, f"{miss.question} F3 takes that name; go on to keep your own.")

    def _show_mistake(self, error: PlanningError) -> None:
        wrong = self.query_one(f"#wrong-{error.field}", Static)
        wrong.update(Content(error.sentence))
        wrong.add_class("-wrong")
        field = self.query_one(f"#{error.field}")
        field.focus(scroll_visible=False)
        for one in (wrong, field):  # the field last: both are in view unless what is wrong fills it
            self.call_after_refresh(one.scroll_visible, animate=False, immediate=True)

    def _clear(self) -> None:
        """Say nothing beside any field."""
        self.query(".wrong").remove_class("-wrong")
        self.query(".take").remove_class("-offered")

    def action_take(self) -> None:
        """Take the name that was asked about."""
        if self.query(".take.-offered"):
            miss = self._asked[-1]
            field = self.query_one("#name" if miss.what == "event" else "#place", Input)
            field.value = miss.meant
            field.focus()
            self._clear()

    @work
    async def action_remove(self) -> None:
        """Take the event off the list, once that is confirmed."""
        one = self._one
        if one is not None and await self.app.push_screen_wait(
            Confirm(
                f"Take “{one.name}” off the list?",
                f"{words.planned_line(one)}. Nothing that was brought in is touched, and the toolkit keeps its ticks.",
                "Take it off the list",
                lambda: self._office.planned.remove(one.id),
            )
        ):
            self.dismiss(None)


def _labelled(label: str, name: Field, field: Input | Select[str]) -> ComposeResult:
    """A field between what it is for and room for what is wrong with it."""
    field.id = name
    yield Static(Content(label), classes="label")
    with Horizontal(classes="typed"):
        yield field
        if isinstance(field, DateField):
            yield Static(id=f"{name}-weekday", classes="weekday aside")
    yield Static(id=f"wrong-{name}", classes="wrong")


def _completed(value: str, known: list[str]) -> TextField:
    """A field that goes on as a known name does."""
    return TextField(value, suggester=SuggestFromList(dict.fromkeys(known), case_sensitive=False))


def _rename_ticks(data: Path, before: PlannedEvent, after: PlannedEvent) -> None:
    """Let what was ticked for an event go on under what it is called now.

    Raises:
        StoreError: the checklist cannot be used.
    """
    labels = event_label(before.details), event_label(after.details)
    if labels[0] != labels[1]:
        with contextlib.closing(Checklist.open(data, create=False)) as checklist:
            checklist.rename_event(*labels)
