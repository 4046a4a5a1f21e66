"""The report: of what, and where to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Select, Static

from storage.errors import FairstartError
from storage.office import Office, Scope
from storage.places import own_folder
from storage.report.files import new_folder, save
from storage.report.report import Lead
from storage.sentences import ALL_TOGETHER
from storage.settings import Settings
from tui.office import words
from tui.office.look import report_of_scope
from tui.staff.choosing import PlaceScreen
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

Choice = tuple[Scope, Lead]


class ReportScreen(PlaceScreen):
    """Writes a report into a new folder."""

    CSS_PATH: ClassVar = "../staff/staff.tcss"

    def __init__(self, office: Office, settings: Settings) -> None:
        super().__init__()
        self._office = office
        self._settings = settings
        self._choices: list[tuple[str, Choice]] = []
        self._written = ""

    def compose(self) -> ComposeResult:
        """What it is about, places, a way back."""
        problem = self._find_choices()
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Write a report"), classes="heading")
            yield Static(Content("Of what?"), classes="label")
            yield Select(
                [(name, number) for number, (name, _) in enumerate(self._choices)], value=0, allow_blank=False, id="of"
            )
            yield Static(
                Content(
                    "A page to read and print, open data and a workbook, in a new folder. They hold published counts "
                    "only, so they may be passed on."
                ),
                classes="paragraph",
            )
            yield PlaceChooser(verb="Save on", typed=str(own_folder()))
        yield from self.working()
        with Horizontal(classes="buttons"):
            yield Button("Back", "Esc", id="back")
            yield Static(classes="gap")
            yield Button("Save in that folder", "⏎", id="save", classes="main")
        if problem:
            self.call_after_refresh(self.say, problem, problem=True)

    def _find_choices(self) -> str:
        """Find out what there is, and return what is wrong."""
        self._choices = [(ALL_TOGETHER, (Scope(), "counts"))]
        try:
            events = self._office.events()
            scopes = [scope for scope in self._office.scopes() if scope != Scope()]
        except FairstartError as error:
            return error.sentence
        if len({one.event.stage for one in events}) > 1:
            self._choices.append(("The journey", (Scope(), "journey")))
        self._choices += [(words.scope_label(scope, events), (scope, "counts")) for scope in scopes]
        return ""

    def on_mount(self) -> None:
        """Begin with what it is about."""
        self.query_one(Select).focus()

    def pressed(self) -> None:
        """The only button of its own."""
        self.query_one(PlaceChooser).choose_typed()

    def on_place_chooser_chosen(self, message: PlaceChooser.Chosen) -> None:
        """Write it there."""
        number = self.query_one(Select).value
        _, choice = self._choices[number if isinstance(number, int) else 0]
        self.work_on("Writing…", partial(self._write, message.place, choice), self._wrote)

    def _write(self, place: str, choice: Choice, tell: Callable[[float, float], None]) -> None:
        scope, lead = choice
        today = dt.datetime.now().astimezone().date()
        report = report_of_scope(self._office, scope, self._settings, lead, today)
        site = new_folder(place, f"report-{'journey' if lead == 'journey' else scope.kind}-{today.isoformat()}")
        save(report, site, tell)
        self._written = f"Written to {site}. Open report.html first."

    def _wrote(self) -> None:
        self.say(self._written)
