"""The fields that describe an event, and what staff read about a mistake in them."""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Select, Static

from storage.days import read_day
from storage.errors import SettingsError
from storage.events import STAGES, Event, NearMiss, day, near_misses, today
from storage.names import evened
from storage.settings import EventDetails, Organisation, Settings, Survey, checked
from tui.shared.form_screen import FieldError
from tui.text.stages import QUESTIONS, explained
from tui.widgets.button import Button
from tui.widgets.field import Dropdown, TextField


class EventForm(Vertical):
    """Organisation, event and questions, filled in with what is known."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "take", show=False)]

    def __init__(self, settings: Settings, *, fresh_event: bool) -> None:
        """Make the form; `fresh_event` leaves the event's name empty and dates it today."""
        super().__init__()
        self._settings = settings
        self._fresh = fresh_event
        self._asked: list[NearMiss] = []
        """What was asked about: who goes on after that means what was typed."""

    def compose(self) -> ComposeResult:
        """One labelled field below the other."""
        settings = self._settings
        event = settings.event
        date = today() if self._fresh or event.date is None else event.date
        yield from field("Your organisation, as candidates know it", "organisation", settings.organisation.name)
        yield from field(
            "Why you ask, in your own words (may stay empty)", "statement", settings.organisation.statement
        )
        yield from field("Name of the event", "event", "" if self._fresh else event.name)
        last = None if self._fresh else event.last_day
        yield from field("Date, as in 23/11/2026 or 23 Nov 2026", "date", day(date))
        yield from field("Last day, if there are several (may stay empty)", "last_day", day(last) if last else "")
        yield from field("Place", "place", event.place)
        take = Button("", "F3", id="take", classes="quiet")
        take.display = False
        yield take
        yield Static(Content("Who will answer: the point of the apprenticeship journey"), classes="label")
        stages = [(Content(explained(stage)), stage) for stage in STAGES]
        yield Dropdown(stages, value=event.stage, id="stage", compact=True)
        yield Static(Content("Questions"), classes="label")
        kinds = [(Content(words), questions) for questions, words in QUESTIONS.items()]
        yield Dropdown(kinds, value=settings.survey.questions, id="questions", compact=True)

    def read(self, known: Iterable[Event]) -> tuple[Organisation, EventDetails, Survey]:
        """What was filled in.

        Args:
            known: events whose names may be meant.

        Raises:
            FieldError: a field is empty or cannot be used, or, the first time, is nearly a name that is known.
        """
        fields = {name: self.query_one(f"#{name}", Input).value.strip() for name in _NAMES}
        for name, what in _NAMES.items():
            if not fields[name] and name not in _MAY_STAY_EMPTY:
                raise FieldError(f"Please fill in {what}.", name)
        settings = checked_fields(
            {
                "organisation": {"name": fields["organisation"], "statement": fields["statement"]},
                "event": {
                    "name": fields["event"],
                    "date": typed_day(fields["date"], "date"),
                    "last_day": typed_day(fields["last_day"], "last_day"),
                    "place": fields["place"],
                    "stage": self.query_one("#stage", Select).value,
                },
                "survey": {
                    **msgspec.structs.asdict(self._settings.survey),
                    "questions": self.query_one("#questions", Select).value,
                },
            },
        )
        self._ask_about(near_misses(evened(settings.event.name), evened(settings.event.place), known))
        return settings.organisation, settings.event, settings.survey

    def _ask_about(self, misses: Iterable[NearMiss]) -> None:
        """Ask about the first name that nobody has been asked about."""
        miss = next((one for one in misses if one not in self._asked), None)
        take = self.query_one("#take", Button)
        take.display = miss is not None
        if miss is not None:
            self._asked.append(miss)
            take.label = f"Take “{miss.meant}”"
            field = self.query_one(f"#{miss.what}")
            self.move_child(take, after=field)
            raise FieldError(f"{miss.question} F3 takes that name; go on to keep your own.", miss.what)

    @on(Button.Pressed, "#take")
    def action_take(self) -> None:
        """Take the name that was asked about."""
        take = self.query_one("#take", Button)
        if take.display:
            miss = self._asked[-1]
            self.query_one(f"#{miss.what}", Input).value = miss.meant
            self.query_one(f"#{miss.what}").focus()
            take.display = False
            self.query(".beside").remove()


_NAMES = {
    "organisation": "the organisation",
    "statement": "the statement",
    "event": "the name of the event",
    "date": "the date",
    "last_day": "the last day",
    "place": "the place",
}
_MAY_STAY_EMPTY = {"statement", "last_day"}


_FIELDS = {"organisation.name": "organisation", "organisation.statement": "statement", "event.name": "event"}
"""The fields of keys that have another name."""


def typed_day(text: str, field: str) -> dt.date | None:
    """The day that somebody has typed in a field, as people write it; None where it is empty.

    Raises:
        FieldError: it is no day.
    """
    try:
        return read_day(text) if text else None
    except ValueError as error:
        said = str(error)
        raise FieldError(f"{said[:1].upper()}{said[1:]}.", field) from error


def checked_fields(values: object) -> Settings:
    """Settings of what is typed in fields that have the names of keys.

    Raises:
        FieldError: one cannot be used.
        SettingsError: they cannot be used together.
    """
    try:
        return checked(values, "What you typed")
    except SettingsError as error:
        if not error.key:
            raise
        raise FieldError(error.sentence, _FIELDS.get(error.key, error.key.rpartition(".")[2])) from error


def field(label: str, name: str, value: str) -> ComposeResult:
    """A field below what it is called."""
    yield Static(Content(label), classes="label")
    yield TextField(value, id=name, compact=True)
