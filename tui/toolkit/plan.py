"""Taking the action plan along, and bringing it back from a spreadsheet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Select, Static

from storage.events import today
from storage.exchange.drives import own_folder
from storage.exchange.locations import Site
from storage.report.action_plan import SIZE_LIMIT, Change, Format, read_back, written
from storage.text import counted
from storage.toolkit.progress import Records
from tui.shared.button_row import ButtonRow
from tui.shared.place_screen import PlaceScreen
from tui.text import toolkit as words
from tui.toolkit.session import Session, Shelf
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser
from tui.widgets.field import Dropdown

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
        """Save what `listed` makes of the records as they are now."""
        super().__init__()
        self._session = session
        self._listed = listed

    def compose(self) -> ComposeResult:
        """A format, places, a way back."""
        shelf = self._listed({})
        formats = [(label, form) for form, label in _FORMATS.items() if form != "csv" or not shelf.way]
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content(f"Print or save: {shelf.title}"), classes="heading")
            yield Static(Content("As what?"), classes="label")
            yield Dropdown(formats, value="html", id="format")
            yield Static(Content("Owners’ names and notes go with it."), classes="paragraph aside")
            yield PlaceChooser(verb="Save to", typed=str(own_folder()))
        yield from self.working()
        with ButtonRow():
            yield Button("Save in that folder", "⏎", id="save", action="choose_typed", classes="main")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    @work
    async def on_place_chooser_chosen(self, message: PlaceChooser.Chosen) -> None:
        """Write it there."""
        if not self.at_work:
            form = next(known for known in _FORMATS if known == self.query_one(Select).value)
            with self.working_on("Saving…"):
                self.say(await asyncio.to_thread(self._save, message.place, form))

    def _save(self, place: str, form: Format) -> str:
        """Write it at a place, under a name that is not taken there. Returns what is said of that."""
        session, day = self._session, today()
        shelf = self._listed(session.checklist.records())
        records = session.checklist.records(shelf.event)
        site = Site.at(place)
        taken = {PurePath(found.path).name for found in site.files(f".{form}")}
        stem = f"{shelf.way or _NAME}-{day.isoformat()}"
        names = [f"{stem}.{form}", *(f"{stem}-{number}.{form}" for number in range(2, len(taken) + 3))]
        name = next(name for name in names if name not in taken)
        site.put(name, written(session.plan(shelf, records), form, day).encode(), self.progress)
        return f"Saved as {name} in {site}."


class BringBack(PlaceScreen):
    """A CSV that colleagues have edited: what it would change, and then the change."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "make", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._changes: tuple[Change, ...] = ()

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
            yield PlaceChooser(verb="Look in", typed=str(own_folder()), suffix=".csv")
            yield Static(id="changes")
        yield from self.working()
        with ButtonRow():
            yield Button("Look in that place", "⏎", id="look", action="choose_typed", classes="main")
            yield Button("Make these changes", "F3", id="make", action="make", classes="main")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def on_mount(self) -> None:
        """Nothing to make yet."""
        self._show_changes(())

    @work
    async def on_place_chooser_chosen(self, message: PlaceChooser.Chosen) -> None:
        """Look at the newest file there, and say what it would change."""
        if self.at_work:
            return
        self._show_changes(())
        with self.working_on("Looking…"):
            newest, changes = await asyncio.to_thread(self._look, message.place)
            if changes:
                self._show_changes(changes)
                self.say(f"{newest} would make {counted(len(changes), 'change')}. Make them?")
                self.query_one("#make").focus()
            elif newest:
                self.say(f"{newest} says what the checklist says: nothing to change.")
            else:
                self.say("There is no CSV file there: choose another place.", problem=True)
        self.query_one(VerticalScroll).scroll_end(animate=False)

    def _look(self, place: str) -> tuple[str, tuple[Change, ...]]:
        """The newest table at a place, by its name, and what it would change; an empty name where there is none."""
        found = Site.at(place).files(".csv")
        ours = [one for one in found if one.file_name.startswith(_NAME)] or found
        if not ours:
            return "", ()
        newest = max(ours, key=lambda one: one.file_name)
        content = newest.read(SIZE_LIMIT)
        return newest.name, read_back(content, self._session.toolkit, self._session.checklist.records())

    def _show_changes(self, changes: tuple[Change, ...]) -> None:
        """List what would be changed, and show the button that is of use now."""
        self._changes = changes
        lines = [words.change_line(change) for change in changes[:_SHOWN]]
        if len(changes) > _SHOWN:
            lines.append(f"and {len(changes) - _SHOWN} more")
        self.query_one("#changes", Static).update(Content("\n".join(lines)))
        self.query_one("#make").display = bool(changes)
        self.query_one("#look").display = not changes

    @work
    async def action_make(self) -> None:
        """Make the changes that were shown."""
        changes = self._changes
        if changes and not self.at_work:
            with self.working_on("Changing…"):
                await asyncio.to_thread(self._session.checklist.save, *(change.edit for change in changes))
                self._show_changes(())
                self.say(f"{counted(len(changes), 'change')} made. Undo takes them back together.")
