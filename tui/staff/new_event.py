"""A new event on a laptop that is set up: new details, the same keys; earlier events stay as they are."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from storage.errors import FairstartError
from storage.settings import SettingsFile, filled_in, write_settings
from tui.shared.form import EventForm
from tui.widgets.button import Button


class NewEvent(Screen[bool], inherit_bindings=False):
    """Returns True once the new event's settings are saved."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("enter", "save", show=False),
        Binding("tab,down", "app.focus_next", show=False),
        Binding("shift+tab,up", "app.focus_previous", show=False),
    ]

    def __init__(self, current: SettingsFile) -> None:
        super().__init__()
        self._current = current

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
            yield Button("Cancel", "Esc", id="cancel", action="cancel")
            yield Static(classes="gap")
            yield Button("Start this event", "⏎", id="save", classes="main", action="save")

    def on_mount(self) -> None:
        """The event's name is what changes most."""
        self.query_one("#event").focus()

    def on_input_submitted(self) -> None:
        """Enter in any field saves."""
        self.action_save()

    def action_cancel(self) -> None:
        """Nothing changes."""
        self.dismiss(result=False)

    def action_save(self) -> None:
        """Save the settings, or say what is wrong with them."""
        try:
            write_settings(filled_in(self._current, *self.query_one(EventForm).read()))
        except FairstartError as error:
            self.query_one("#message", Static).update(Content(error.sentence))
        else:
            self.dismiss(result=True)
