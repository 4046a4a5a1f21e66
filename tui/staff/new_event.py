"""A new event on a laptop that is set up: new details, the same keys; earlier events stay as they are."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.errors import FairstartError
from storage.events import Event
from storage.settings import SettingsFile, filled_in, write_settings
from tui.shared.form import EventForm
from tui.shared.form_screen import FormScreen
from tui.widgets.button import Button


class NewEvent(FormScreen[bool]):
    """Returns True once the new event's settings are saved."""

    CSS_PATH = "../shared/shared.tcss"
    FIRST_FIELD = "#event"

    def __init__(self, current: SettingsFile, known: Sequence[Event] = ()) -> None:
        """Ask for an event; `known` are those whose names may be meant."""
        super().__init__()
        self._current = current
        self._known = known

    def compose(self) -> ComposeResult:
        """The form between a heading and two buttons."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("New event"), classes="heading")
            yield Static(
                Content("Responses of earlier events stay on this laptop, each with its own event."),
                classes="paragraph",
            )
            yield EventForm(self._current.settings, fresh_event=True)
        yield Static(id="message", classes="message")
        with Horizontal(classes="buttons"):
            yield Button("Start this event", "⏎", id="save", classes="main", action="next")
            yield Static(classes="gap")
            yield Button("Cancel", "Esc", id="cancel", action="back")

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(result=False)

    def action_next(self) -> None:
        """Save the settings, or say what is wrong with them."""
        try:
            write_settings(filled_in(self._current, *self.query_one(EventForm).read(self._known)))
        except FairstartError as error:
            self.say_wrong(error)
        else:
            self.dismiss(result=True)
