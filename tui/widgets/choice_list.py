"""A list of rows to choose among fields: the arrows lead into it and out of it."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import OptionList


class ChoiceList(OptionList):
    """Rows to choose. From the first one up, and from the last one down, lead out of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "up", show=False),
        Binding("down", "down", show=False),
    ]

    def action_up(self) -> None:
        """Go up a row; from the first, back to the field."""
        if self.highlighted:
            self.action_cursor_up()
        else:
            self.screen.focus_previous()

    def action_down(self) -> None:
        """Go down a row; from the last, on to the next thing."""
        if self.highlighted is not None and self.highlighted + 1 >= self.option_count:
            self.screen.focus_next()
        else:
            self.action_cursor_down()

    async def _on_click(self, event: events.Click) -> None:
        """Choose by mouse or touch; the second half of a double click would choose what the first has put there."""
        if event.chain == 1:
            await super()._on_click(event)
        event.prevent_default()
