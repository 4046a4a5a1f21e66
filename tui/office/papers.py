"""Papers: for which event, and where to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Select, Static

from storage.events import today
from storage.exchange.drives import own_folder
from storage.exchange.locations import Site
from storage.office.planned import PlannedEvent
from storage.papers.files import START, papers_of, save
from storage.report.files import new_folder
from storage.settings import Settings
from tui.shared.button_row import ButtonRow
from tui.shared.place_screen import PlaceScreen
from tui.text import papers as words
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser
from tui.widgets.field import Dropdown

FOLDER = "papers"


class PapersScreen(PlaceScreen):
    """Writes papers into a new folder."""

    CSS_PATH: ClassVar = "../shared/shared.tcss"

    def __init__(self, planned: Sequence[PlannedEvent], settings: Settings) -> None:
        """Make papers for one of these events, or for that of the settings."""
        super().__init__()
        self._planned = list(planned)
        self._settings = settings

    def compose(self) -> ComposeResult:
        """What they are for, places, a way back."""
        choices = [(one.name, str(place)) for place, one in enumerate(self._planned)]
        own = self._settings.event.name.strip()
        choices.append((f"{own} (in the settings)" if own else "No event: leave gaps", ""))
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Make papers: for which event?"), classes="heading")
            with Horizontal(classes="kind"):
                yield Static(Content("Event"), classes="kind-name")
                yield Dropdown(choices, id="event", value=choices[0][1])
            yield Static(Content(words.WHAT), classes="paragraph")
            yield PlaceChooser(verb="Save to", typed=str(own_folder()))
        yield from self.working()
        with ButtonRow():
            yield Button("Save in that folder", "⏎", id="save", classes="main", action="choose_typed")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    @on(PlaceChooser.Chosen)
    @work
    async def write_papers(self, chosen: PlaceChooser.Chosen) -> None:
        """Write them into a new folder at a place."""
        if not self.at_work:
            place = self.query_one("#event", Select).value
            event = self._planned[int(place)] if isinstance(place, str) and place else None
            with self.working_on("Writing…"):
                site, lacking = await asyncio.to_thread(self._write, chosen.place, event)
                self.say(" ".join((f"Written to {site}. Open {START}.html first.", *lacking)))

    def _write(self, place: str, event: PlannedEvent | None) -> tuple[Site, list[str]]:
        made = papers_of(self._settings, event, words.SCREENS, today())
        site = new_folder(place, FOLDER)
        save(made, words.drawings(), site, self.progress)
        return site, list(words.lacking(made))
