"""A screen that works on a place: a drive by its key, or what is typed."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input

from tui.shared.working import WorkingScreen
from tui.widgets.chooser import PlaceChooser


class PlaceScreen(WorkingScreen[None]):
    """Composes a `PlaceChooser` in a `VerticalScroll`, and handles what it posts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("enter", "choose_typed", show=False),
        Binding("tab,down", "app.focus_next", show=False),
        Binding("shift+tab,up", "app.focus_previous", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        *(Binding(f"f{number + 4}", f"drive({number})", show=False) for number in range(1, 7)),
    ]

    def on_mount(self) -> None:
        """Put the cursor in the first field."""
        self.query("Input, Select").first().focus()

    def action_back(self) -> None:
        """Back, once the work is done."""
        if not self.at_work:
            self.dismiss(None)

    @on(Input.Submitted, "#place")
    def action_choose_typed(self) -> None:
        """Choose the place that is typed."""
        chooser = self.query_one(PlaceChooser)
        if chooser.typed:
            chooser.choose_typed()
        elif not self.at_work:
            self.choose_nothing()

    def choose_nothing(self) -> None:
        """Enter with nothing typed."""
        self.say("Choose a drive, or type a folder or an address.", problem=True)

    def action_drive(self, number: int) -> None:
        """Choose the drive of that number."""
        self.query_one(PlaceChooser).choose(number)

    def action_scroll(self, lines: int) -> None:
        """Scroll where it does not all fit."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
