"""A new event on a laptop that is set up: new details, the same keys; earlier events stay as they are."""

from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.events import Event, day
from storage.exchange.coming import ComingEvent
from storage.settings import SettingsFile, filled_in, write_settings
from tui.shared.button_row import ButtonRow
from tui.shared.form import EventForm
from tui.shared.form_screen import FormBody, FormScreen
from tui.widgets.button import Button
from tui.widgets.choice_list import ChoiceList


class NewEvent(FormScreen[bool]):
    """Returns True once the new event's settings are saved."""

    CSS_PATH = "../shared/shared.tcss"
    FIRST_FIELD = "#event"

    def __init__(self, current: SettingsFile, known: Sequence[Event] = (), coming: Sequence[ComingEvent] = ()) -> None:
        """Ask for an event.

        Args:
            current: the settings that it is written into.
            known: events whose names may be meant.
            coming: those that the office has prepared this laptop for, to be begun without typing.
        """
        super().__init__()
        self._current = current
        self._chosen = current
        self._known = known
        self._coming = coming
        if coming:
            self.FIRST_FIELD = "Input"  # right below them

    def compose(self) -> ComposeResult:
        """The form between a heading and two buttons."""
        with FormBody(classes="reading"):
            yield Static(Content("New event"), classes="heading")
            yield Static(
                Content("Responses of earlier events stay on this laptop, each with its own event."),
                classes="paragraph",
            )
            if self._coming:
                yield Static(Content("Prepared by the office (or type another below)"), classes="label")
                prepared = ChoiceList(*map(_row, self._coming), id="coming")
                prepared.highlighted = 0
                yield prepared
            yield EventForm(self._current.settings, fresh_event=True)
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield Button("Start this event", "⏎", id="save", classes="main", action="next")
            yield Button("Cancel", "Esc", id="cancel", classes="out", action="back")

    @on(ChoiceList.OptionSelected, "#coming")
    @work(exclusive=True)
    async def take(self, selected: ChoiceList.OptionSelected) -> None:
        """Fill the form in with an event that was prepared; the next Enter starts it."""
        try:
            self._chosen = self._coming[selected.option_index].settings(self._current)
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        self.say("")
        before = self.query_one(EventForm)
        await self.query_one(FormBody).mount(EventForm(self._chosen.settings, fresh_event=False), after=before)
        await before.remove()
        self.query_one("#save").focus()

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(result=False)

    def action_next(self) -> None:
        """Save the settings, or say what is wrong with them."""
        try:
            write_settings(filled_in(self._chosen, *self.query_one(EventForm).read(self._known)))
        except FairstartError as error:
            self.say_wrong(error)
        else:
            self.dismiss(result=True)


def _row(one: ComingEvent) -> Option:
    event = one.event
    days = " to ".join(day(each) for each in (event.date, event.last_day) if each)
    return Option(Content(f"{event.name}, {event.place}, {days}"))
