"""A screen that works on a place: a drive by its number, or what is typed."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from tui.shared.working import WorkingScreen
from tui.widgets.chooser import PlaceChooser


class PlaceScreen(WorkingScreen[None]):
    """Composes a `PlaceChooser` in a `VerticalScroll`, and handles what it posts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        *(Binding(str(digit), f"drive({digit})", show=False) for digit in range(1, 7)),
    ]

    def action_back(self) -> None:
        """Back, once the work is done."""
        if not self.at_work:
            self.dismiss(None)

    def action_choose_typed(self) -> None:
        """Choose the place that is typed, as Enter in its field does."""
        self.query_one(PlaceChooser).choose_typed()

    def action_drive(self, number: int) -> None:
        """A digit chooses the drive of that number."""
        self.query_one(PlaceChooser).choose(number)

    def action_scroll(self, lines: int) -> None:
        """Scroll where it does not all fit."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
