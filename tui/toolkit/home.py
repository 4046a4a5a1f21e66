"""The toolkit's first screen: ways in, chapters with their progress, and what there is to read."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.events import today
from storage.settings import Settings
from storage.text import counted
from tui.shared.button_row import ButtonRow
from tui.shared.state import State
from tui.terminal.capabilities import WIDE, WIDTH
from tui.toolkit.screen import ToolkitScreen
from tui.widgets.button import Button

if TYPE_CHECKING:
    from content.toolkit import Toolkit, Way
    from storage.report.advice import Advice
    from storage.toolkit.progress import Records
    from tui.toolkit.session import Occasion, Session, Shelf

_LOOK_EVERY = 1.0
"""Seconds between looks at whether another process has changed something."""
_INDEX_AFTER = 0.3
"""Seconds that the list has to be painted in before the index is made."""
_BAR = 12
"""Cells of a progress bar."""
_ROOMY = 72
"""Columns from which progress is written out in full."""
_SOON = 30
"""Days within which a review is shown as due."""
_TITLE = 28
"""Cells of a title in the list, at most."""

Counted = Callable[["Toolkit"], "Sequence[Advice]"]
"""What published counts support, out of a toolkit's readings."""


class MenuRow(NamedTuple):
    """One row of the list; a heading opens nothing."""

    title: str
    more: str = ""
    """What stands behind the title."""
    opens: Callable[[], Shelf] | None = None
    way: str = ""
    """The id of a way, where it is to be chosen first for what it is gone through."""


class ToolkitHome(ToolkitScreen[None]):
    """A list above, buttons below. It opens the checklist when it is shown and closes it when it goes."""

    PLACE = "Toolkit"
    HOME = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,s", "search", show=False),
        Binding("e", "save_plan", show=False),
        Binding("i", "bring_back", show=False),
        Binding("u", "undo", show=False),
        Binding("q", "leave", show=False),
        Binding("escape", "back", show=False),
        Binding("right", "across(1)", show=False),
        Binding("left", "across(-1)", show=False),
    ]

    def __init__(self, data: Path, settings: Settings, counted: Counted | None = None, *, last: str = "Back") -> None:
        """Show the toolkit.

        Args:
            data: the data folder that its checklist is in.
            settings: name the organisation and the event.
            counted: returns what published counts support, which is then shown first.
            last: names the button that leaves it.
        """
        super().__init__()
        self._counted = counted
        self._data = data
        self._settings = settings
        self._last = last
        self.searches = False
        """Whether it opens its search as soon as it can."""
        self._session: Session | None = None
        self._gone = False
        self._version = 0
        self._rows: dict[str, list[MenuRow]] = {}
        """By the ids of the lists: chapters are beside the rest where the window is wide, else in one list with it."""

    def compose(self) -> ComposeResult:
        """What can be chosen."""
        yield Static(
            Content("What helps people of every background into apprenticeships, and up. Choose where to begin."),
            classes="list-text",
        )
        yield State("#shelves")
        with Horizontal(id="shelves"):
            yield OptionList(id="toolkit")
            yield OptionList(id="chapters")
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield Button("Search", "S", id="search", action="search", classes="main")
            yield Button("Action plan", "E", id="export", action="save_plan")
            yield Button("Bring back", "I", id="import", action="bring_back")
            yield Button("Undo", "U", id="undo", action="undo")
            yield Button(self._last, "Q" if self._last == "Quit" else "Esc", id="last", classes="out", action="leave")

    # The session.

    def on_mount(self) -> None:
        """Open the toolkit, once this is painted."""
        self.query_one(State).say("Opening the toolkit…")
        self.call_after_refresh(self._open)
        self.set_interval(_LOOK_EVERY, self._look)

    @work(group="open")
    async def _open(self) -> None:
        try:
            session = await asyncio.to_thread(self._open_session)
        except FairstartError as error:
            self.query_one(State).say(error.sentence, problem=True)
            return
        self.query_one(State).clear()
        await self._show()
        self.set_timer(_INDEX_AFTER, self._index)
        self.query_one(OptionList).focus()
        if self.searches:
            self.action_search()
        if self._counted:
            self._browse(session, session.advice(self._counted(session.toolkit)))

    def _open_session(self) -> Session:
        """Open the checklist, in a thread; and close it there if somebody left, or the kiosk locked, meanwhile."""
        from tui.toolkit.session import Session  # what is slow to load comes after the first paint

        session = Session.open(self._data, self._settings)
        self._session = session
        if self._gone:
            session.close()
        return session

    @work(group="index")
    async def _index(self) -> None:
        """Make the index of the toolkit, so that the first letter typed finds at once."""
        if self._session:
            await asyncio.to_thread(self._session.find, "")

    async def on_unmount(self) -> None:
        """Let the checklist go."""
        self._gone = True
        if self._session:
            await asyncio.to_thread(self._session.close)

    # What is listed.

    def on_resize(self, event: events.Resize) -> None:
        """Say that the window is too small for more than two buttons beside each other."""
        self.set_class(event.size.width < WIDTH, "-slim")
        self._show_resized()

    @work(group="resize", exclusive=True)
    async def _show_resized(self) -> None:
        """Show as much of each row as there is room for now."""
        await self._show()

    async def on_screen_resume(self) -> None:
        """Show what was changed on other screens."""
        await self._show()

    async def _look(self) -> None:
        """Show what another process has changed."""
        session = self._session
        if session and self.is_current:
            try:
                version = await asyncio.to_thread(lambda: session.checklist.version)
            except FairstartError as error:
                self.say(error.sentence, problem=True)
                return
            if version != self._version:
                self._version = version
                await self._show()

    async def _show(self) -> None:
        session = self._session
        if session is None:
            return
        try:
            noted = await asyncio.to_thread(_look_at, session)
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        beside = self.app.size.width >= WIDE
        room = self.app.size.width // (2 if beside else 1)
        ways, chapters, to_read = _rows(session, noted, brief=room < _ROOMY)
        self._rows = {
            "toolkit": [*ways, *to_read] if beside else [*ways, *chapters, *to_read],
            "chapters": chapters if beside else [],
        }
        self.query_one("#chapters").display = beside
        for name, rows in self._rows.items():
            listed = self.query_one(f"#{name}", OptionList)
            before = listed.highlighted
            listed.set_options(map(_option, rows))
            if rows:
                listed.highlighted = min(before or 1, len(rows) - 1)
        self.query_one("#undo").display = session.checklist.can_undo
        self.query_one(ButtonRow).on_resize()

    # Where to.

    @on(OptionList.OptionSelected)
    def _open_row(self, chosen: OptionList.OptionSelected) -> None:
        """Open what was chosen."""
        row = self._rows[str(chosen.option_list.id)][chosen.option_index]
        if row.opens and self._session:
            self._browse(self._session, row.opens())
        elif row.way and self._session:
            from tui.toolkit.occasions import Occasions  # as all screens from here: after the first paint

            self.app.push_screen(Occasions(self._session, row.way))

    def _browse(self, session: Session, shelf: Shelf) -> None:
        from tui.toolkit.browse import Browse

        self.app.push_screen(Browse(session, shelf))

    def action_across(self, step: int) -> None:
        """Go to the list beside, where there is one."""
        self.query_one("#chapters" if step > 0 and self._rows.get("chapters") else "#toolkit").focus()

    def action_back(self) -> None:
        """Back, where there is somewhere to go: Esc once too often does not quit."""
        if self._last == "Back":
            self.action_leave()

    def action_leave(self) -> None:
        """Back, or out of the program."""
        if self._last == "Back":
            self.dismiss(None)
        else:
            self.app.exit()

    def action_search(self) -> None:
        """Find words."""
        from tui.toolkit.browse import Browse
        from tui.toolkit.find import Find

        if self._session:
            self.app.push_screen(Find(self._session, Browse.on_entry))

    def action_save_plan(self) -> None:
        """Print or save the action plan."""
        from storage.toolkit.progress import Choice
        from tui.toolkit.plan import SavePlan

        if session := self._session:
            self.app.push_screen(SavePlan(session, lambda records: session.chosen(Choice(), records)))

    def action_bring_back(self) -> None:
        """Bring an action plan back."""
        from tui.toolkit.plan import BringBack

        if self._session:
            self.app.push_screen(BringBack(self._session))

    @work(group="undo")
    async def action_undo(self) -> None:
        """Take the last change back."""
        from tui.text.toolkit import undone

        if self._session and self._session.checklist.can_undo:
            try:
                made = await asyncio.to_thread(self._session.checklist.undo)
            except FairstartError as error:
                self.say(error.sentence, problem=True)
            else:
                self.say(undone(made) if made else "")
            await self._show()


class _Noted(NamedTuple):
    """What the checklist says."""

    records: Records
    occasions: dict[str, list[Occasion]]
    """By way, what it can be gone through for."""
    of_occasions: dict[str, Records]
    """By label, where a way has but one."""


def _look_at(session: Session) -> _Noted:
    """Read it, in a thread.

    Raises:
        StoreError: it cannot be read.
    """
    records = session.checklist.records
    occasions = {way.id: session.occasions(way.id) for way in session.toolkit.ways}
    alone = {found[0].label for found in occasions.values() if len(found) == 1}
    return _Noted(records(), occasions, {label: records(label) for label in alone})


def _rows(session: Session, noted: _Noted, *, brief: bool) -> tuple[list[MenuRow], list[MenuRow], list[MenuRow]]:
    """Ways in, chapters, and what is to be read, each with how far it is; `brief` where there is little room."""
    from storage.toolkit.progress import MUST_HAVES, Choice, Progress
    from tui.text.toolkit import bar, progress

    def far(shelf: Shelf, records: Records) -> str:
        found = Progress.over(shelf.entries, records)
        return f"{bar(found, _BAR)} {f'{found.done} of {found.of}' if brief else progress(found)}"

    def chosen(title: str, choice: Choice) -> MenuRow:
        shelf = session.chosen(choice, noted.records)
        return MenuRow(title, far(shelf, noted.records), lambda: session.chosen(choice, {}))

    def way(known: Way) -> MenuRow:
        first, *more = noted.occasions[known.id]
        if more:
            return MenuRow(known.title, counted(1 + len(more), "event" if known.per_event else "advert"), way=known.id)
        shelf = session.way(known.id, first.label)
        return MenuRow(known.title, far(shelf, noted.of_occasions[first.label]), lambda: shelf)

    def to_read(shelf: Shelf) -> MenuRow:
        return MenuRow(shelf.title, opens=lambda: shelf)

    ways_in = [
        MenuRow("Ways in"),
        chosen("Start here: the must-haves", Choice(chapter=MUST_HAVES)),
        *map(way, session.toolkit.ways),
        MenuRow("What do my counts say?", opens=lambda: session.advice(None)),
    ]
    soon = Choice(due=today() + dt.timedelta(_SOON))
    if soon.of(session.toolkit, noted.records):
        ways_in.append(chosen("Due within 30 days", soon))
    chapters = [
        MenuRow("Chapters"),
        *(chosen(chapter.title, Choice(chapter=chapter.id)) for chapter in session.toolkit.chapters),
        chosen("Everything", Choice()),
    ]
    return ways_in, chapters, [MenuRow("To read"), *map(to_read, session.to_read())]


def _option(row: MenuRow) -> Option:
    """A row of a list; a heading cannot be chosen."""
    if row.opens is None and not row.way:
        return Option(Content.styled(row.title, "bold $primary"), disabled=True)
    gap = " " * max(_TITLE - len(row.title), 2) if row.more else ""
    return Option(Content(f"{row.title}{gap}{row.more}"))
