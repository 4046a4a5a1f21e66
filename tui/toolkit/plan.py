"""Taking the action plan along, and bringing it back from a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Select, Static

from storage.exchange.drives import own_folder
from storage.exchange.locations import Site
from storage.report.action_plan import SIZE_LIMIT, Change, Format, read_back, written
from storage.toolkit.progress import Records
from tui.shared.place_screen import PlaceScreen
from tui.text import toolkit as words
from tui.toolkit.session import Session, Shelf
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

_FORMATS: dict[Format, str] = {
    "html": "A page to print (opens in any browser)",
    "csv": "A spreadsheet (CSV, can be brought back)",
    "md": "Plain text with marks (Markdown)",
}
_NAME = "action-plan"
_SHOWN = 200
"""Changes that are listed before they are made, at most."""


class SavePlan(PlaceScreen):
    """What kind of file, and where to."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]

    def __init__(self, session: Session, listed: Callable[[Records], Shelf]) -> None:
        """Save what `listed` gives for the records as they are now."""
        super().__init__()
        self._session = session
        self._listed = listed
        self._written = ""

    def compose(self) -> ComposeResult:
        """A format, places, a way back."""
        shelf = self._listed({})
        formats = [(label, form) for form, label in _FORMATS.items() if form != "csv" or not shelf.way]
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content(f"Print or save: {shelf.title}"), classes="heading")
            yield Static(Content("As what?"), classes="label")
            yield Select(formats, value="html", allow_blank=False, id="format")
            yield Static(Content("Owners’ names and notes go with it."), classes="paragraph aside")
            yield PlaceChooser(verb="Save on", typed=str(own_folder()))
        yield from self.working()
        with Horizontal(classes="buttons"):
            yield Button("Back", "Esc", id="back", action="back")
            yield Static(classes="gap")
            yield Button("Save in that folder", "⏎", id="save", action="save", classes="main")

    def on_mount(self) -> None:
        """Begin with the format."""
        self.query_one(Select).focus()

    def action_save(self) -> None:
        """Save in the folder that is typed."""
        self.query_one(PlaceChooser).choose_typed()

    def on_place_chooser_chosen(self, message: PlaceChooser.Chosen) -> None:
        """Write it there."""
        form = next(known for known in _FORMATS if known == self.query_one(Select).value)
        self.work_on("Saving…", partial(self._save, message.place, form), self._saved)

    def _save(self, place: str, form: Format, progress: Callable[[float, float], None]) -> None:
        session, today = self._session, self._session.today
        shelf = self._listed(session.checklist.records())
        records = session.checklist.records(shelf.event)
        site = Site.at(place)
        taken = {PurePath(found.path).name for found in site.files(f".{form}")}
        stem = f"{shelf.way or _NAME}-{today.isoformat()}"
        names = [f"{stem}.{form}", *(f"{stem}-{number}.{form}" for number in range(2, len(taken) + 3))]
        name = next(name for name in names if name not in taken)
        site.put(name, written(session.plan(shelf, records), form, today).encode(), progress)
        self._written = f"Saved as {name} in {site}."

    def _saved(self) -> None:
        self.say(self._written)


class BringBack(PlaceScreen):
    """A CSV that colleagues have edited: what it would change, and then the change."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "make", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._changes: tuple[Change, ...] = ()
        self._file = ""

    def compose(self) -> ComposeResult:
        """Places, the preview, buttons."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Bring an action plan back"), classes="heading")
            yield Static(
                Content(
                    "Save the action plan as a spreadsheet, let colleagues fill it in, and choose the file here, or "
                    "the folder or drive that it is in. You see what will change before it does."
                ),
                classes="paragraph",
            )
            yield PlaceChooser(verb="Look on", typed=str(own_folder()))
            yield Static(id="changes")
        yield from self.working()
        with Horizontal(classes="buttons"):
            yield Button("Back", "Esc", id="back", action="back")
            yield Static(classes="gap")
            yield Button("Look in that place", "⏎", id="look", action="look", classes="main")
            yield Button("Make these changes", "Y", id="make", action="make", classes="main")

    def on_mount(self) -> None:
        """Nothing to make yet."""
        self._offer()
        self.query_one(Input).focus()

    def _offer(self) -> None:
        """Show the button that is of use now."""
        self.query_one("#make").display = bool(self._changes)
        self.query_one("#look").display = not self._changes

    def on_place_chooser_chosen(self, message: PlaceChooser.Chosen) -> None:
        """Look at the file."""
        self._changes = ()
        self.query_one("#changes", Static).update("")
        self._offer()
        self.work_on("Looking…", partial(self._look, message.place), self._looked)

    def _look(self, place: str, _progress: Callable[[float, float], None]) -> None:
        found = Site.at(place).files(".csv")
        ours = [one for one in found if one.name.startswith(_NAME)] or found
        if not ours:
            self._file = ""
            return
        newest = max(ours, key=lambda one: one.name)
        self._file = newest.name
        content = newest.read(SIZE_LIMIT)
        self._changes = read_back(content, self._session.toolkit, self._session.checklist.records())

    def _looked(self) -> None:
        if not self._file:
            self.say("There is no CSV file there: choose another place.", problem=True)
            return
        lines = [words.change_line(change) for change in self._changes[:_SHOWN]]
        if len(self._changes) > _SHOWN:
            lines.append(f"and {len(self._changes) - _SHOWN} more")
        self.query_one("#changes", Static).update(Content("\n".join(lines)))
        self._offer()
        number = len(self._changes)
        if number:
            self.say(f"{self._file} would make {number} {'change' if number == 1 else 'changes'}. Make them?")
            self.query_one("#make").focus()
        else:
            self.say(f"{self._file} says what the checklist says: nothing to change.")
        self.query_one(VerticalScroll).scroll_end(animate=False)

    def action_look(self) -> None:
        """Look in the place that is typed."""
        self.query_one(PlaceChooser).choose_typed()

    def action_make(self) -> None:
        """Make the changes that were shown."""
        if self._changes:
            self.work_on("Changing…", self._make, self._made)

    def _make(self, _progress: Callable[[float, float], None]) -> None:
        self._session.checklist.save(*(change.edit for change in self._changes))

    def _made(self) -> None:
        number = len(self._changes)
        self._changes = ()
        self._offer()
        self.query_one("#changes", Static).update("")
        self.say(f"{number} {'change' if number == 1 else 'changes'} made. Undo takes them back together.")
