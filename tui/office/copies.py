"""Copies of the office: when the last was made, and making one."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.events import today
from storage.office.copies import Original, Saved, back_up
from storage.text import counted
from tui.shared.button_row import ButtonRow
from tui.shared.place_screen import PlaceScreen
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

_WHAT = (
    "One sealed file: what was brought in, groups, plans, the office key, the toolkit’s checklist and the settings. "
    "The passphrase opens it, and so does the recovery code. Keep it away from this computer."
)
_GOING_BACK = "To go back to a copy, lock the office: “Restore a copy” is there."


class Copies(PlaceScreen):
    """When the last copy was made, and a place for the next."""

    CSS_PATH = "../shared/shared.tcss"

    def __init__(self, original: Original, days: int) -> None:
        """Copy an office; `days` is how old the last copy may be before it reminds."""
        super().__init__()
        self._original = original
        self._days = days

    def compose(self) -> ComposeResult:
        """What a copy is, places, a way back."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Copies of the office"), classes="heading")
            yield Static(id="last")
            yield Static(Content(_WHAT), classes="paragraph")
            yield PlaceChooser(verb="Copy to")
            yield Static(Content(_GOING_BACK), classes="aside")
        yield from self.working()
        with ButtonRow():
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def on_mount(self) -> None:
        """Say when the last one was made; called besides what every such screen does then."""
        self._look()

    def _look(self) -> None:
        with self.working_on(""):
            last = words.last_copy(self._original.office.line)
            self.query_one("#last", Static).update(
                Content(f"{last} A reminder comes after {counted(self._days, 'day')}.")
            )

    @on(PlaceChooser.Chosen)
    @work
    async def back_up(self, chosen: PlaceChooser.Chosen) -> None:
        """Write a copy to a place."""
        if not self.at_work:
            saved: Saved | None = None
            with self.working_on("Copying…"):
                saved = await asyncio.to_thread(back_up, self._original, chosen.place, today(), self.progress)
            if saved is not None:
                self._look()
                self.say(words.saved_copy(saved))
