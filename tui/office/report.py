"""The report: of what, and where to."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Select, Static

from content.toolkit import load_toolkit
from storage.counts.findings import ScopeFinding
from storage.events import today
from storage.exchange.drives import own_folder
from storage.exchange.locations import Site
from storage.office.labels import OfficeEvent, Scope
from storage.office.office import Office
from storage.office.queries import findings_of, scorecard_of
from storage.report.files import new_folder, save
from storage.report.report import Lead, report_of
from storage.report.sentences import scope_name
from storage.settings import Settings
from storage.toolkit.progress import items_done
from tui.office.filters import ScopeChooser
from tui.shared.button_row import ButtonRow
from tui.shared.place_screen import PlaceScreen
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser
from tui.widgets.field import Dropdown

_LEADS: tuple[tuple[str, Lead], ...] = (("the counts", "counts"), ("the journey", "journey"))
_DEBRIEFS = (("left out", False), ("put in", True))
_LONGEST_PART = 24
_LONGEST = 48


class ReportScreen(PlaceScreen):
    """Writes a report into a new folder."""

    CSS_PATH: ClassVar = "../shared/shared.tcss"

    def __init__(self, office: Office, events: Sequence[OfficeEvent], settings: Settings, data: Path) -> None:
        """Write a report of some of these events; the checklist is in the data folder."""
        super().__init__()
        self._office = office
        self._data = data
        self._events = events
        self._settings = settings

    def compose(self) -> ComposeResult:
        """What it is about, places, a way back."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Write a report: of what?"), classes="heading")
            yield ScopeChooser(self._events, Scope())
            with Horizontal(classes="kind"):
                yield Static(Content("Begins with"), classes="kind-name")
                yield Dropdown(_LEADS, id="lead")
            with Horizontal(classes="kind"):
                yield Static(Content("Debriefs"), classes="kind-name")
                yield Dropdown(_DEBRIEFS, value=False, id="debriefs")
            yield Static(
                Content(
                    "A page to read and print, open data and a workbook, in a new folder. They hold published counts "
                    "only, so they may be passed on, unless you put in debriefs: what staff wrote."
                ),
                classes="paragraph",
            )
            yield PlaceChooser(verb="Save to", typed=str(own_folder()))
        yield from self.working()
        with ButtonRow():
            yield Button("Save in that folder", "⏎", id="save", classes="main", action="choose_typed")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def on_mount(self) -> None:
        """Begin with what it is about, as every such screen does with its first field."""
        self.offer_leads()

    @on(ScopeChooser.Changed)
    def offer_leads(self) -> None:
        """Offer the journey where there are stages to go through."""
        lead = self.query_one("#lead", Select)
        leads = _LEADS if self.query_one(ScopeChooser).stages > 1 else _LEADS[:1]
        before = lead.value
        lead.set_options(leads)
        lead.value = before if before in {one for _, one in leads} else leads[0][1]

    @on(PlaceChooser.Chosen)
    @work
    async def write_report(self, chosen: PlaceChooser.Chosen) -> None:
        """Write it into a new folder at a place."""
        if not self.at_work:
            lead: Lead = "journey" if self.query_one("#lead", Select).value == "journey" else "counts"
            scope = self.query_one(ScopeChooser).scope
            with self.working_on("Writing…"):
                debriefs = self.query_one("#debriefs", Select).value is True
                site = await asyncio.to_thread(self._write, chosen.place, scope, lead, with_debriefs=debriefs)
                self.say(f"Written to {site}. Open report.html first.")

    def _write(self, place: str, scope: Scope, lead: Lead, *, with_debriefs: bool) -> Site:
        made = today()
        report = report_of(
            load_toolkit(),
            self._settings,
            findings_of(self._office, scope, self._settings),
            lead=lead,
            made=made,
            scorecard=scorecard_of(self._office, self._settings, items_done(self._data), made),
            with_debriefs=with_debriefs,
        )
        self._office.note_report(scope_name(report.found.scope))
        site = new_folder(place, folder_name(report.found.scope, lead, report.made))
        save(report, site, self.progress)
        return site


def folder_name(scope: ScopeFinding, lead: Lead, today: dt.date) -> str:
    """What a report's folder is called: small letters, digits and hyphens alone, and no more than a line.

    A name that has none of these, in another alphabet say, gives way to what it is the name of.
    """
    parts = [_plain(value) or kind for kind, value in scope.parts.items()]
    named = "-".join(
        f"level-{part}" if kind == "level" else part for kind, part in zip(scope.parts, parts, strict=True)
    )
    about = named[:_LONGEST].strip("-") or "all"
    return f"report-{'journey-' if lead == 'journey' else ''}{about}-{today.isoformat()}"


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters)[:_LONGEST_PART].strip("-")
