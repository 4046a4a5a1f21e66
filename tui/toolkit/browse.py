"""Reading an entry beside its list, and noting how far the organisation has come with it."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from content.toolkit import Entry
from storage.errors import FairstartError
from storage.toolkit.checklist import STATUSES
from tui.shared.button_row import ButtonRow
from tui.terminal.capabilities import WIDTH
from tui.text import toolkit as words
from tui.toolkit.autosave import Autosave
from tui.toolkit.entry import EntryView, SeeAlso, can_be_noted
from tui.toolkit.entry_list import EntryList
from tui.toolkit.filters import Filters
from tui.toolkit.find import Find
from tui.toolkit.next_advert import NextAdvert
from tui.toolkit.noted import Noted
from tui.toolkit.plan import SavePlan
from tui.toolkit.screen import ToolkitScreen
from tui.toolkit.session import Session, Shelf
from tui.widgets.button import Button

BESIDE = 80
"""Columns from which the entry stands beside its list; below, one of the two is shown."""
_LOOK_EVERY = 1.0
"""Seconds between looks at whether another process has changed something."""


class Browse(ToolkitScreen[None]):
    """A shelf's entries, and the one that is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        *(Binding(str(number + 1), f"status({number})", show=False) for number in range(len(STATUSES))),
        Binding("o", "go_to('owner')", show=False),
        Binding("d", "go_to('review')", show=False),
        Binding("n", "go_to('note')", show=False),
        Binding("l", "go_to('more')", show=False),
        Binding("u", "undo", show=False),
        Binding("f", "filter", show=False),
        Binding("slash,s", "search", show=False),
        Binding("e", "save_plan", show=False),
        Binding("a", "next_advert", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
    ]

    def __init__(self, session: Session, shelf: Shelf, at: str = "") -> None:
        """Show a shelf, beginning with the entry of the id `at`, or with the first."""
        super().__init__()
        self._session = session
        self._shelf = shelf
        self._at = at
        self._is_advert = bool(shelf.way) and not session.toolkit.way(shelf.way).per_event
        self._autosave = Autosave(session, shelf.event)

    @classmethod
    def on_entry(cls, session: Session, entry: Entry, event: str | None = None) -> Browse:
        """Show an entry, on its own shelf; of a check what is noted for an event or an advert, where that is given."""
        return cls(session, session.home_of(entry, {}, event), entry.id)

    @property
    def place(self) -> str:
        """What it shows entries of."""
        return self._shelf.title

    def compose(self) -> ComposeResult:
        """The list, the entry, the buttons."""
        yield Static(Content(self._shelf.title), id="shelf", classes="list-heading")
        yield Static(id="progress")
        with Horizontal(id="both"):
            yield EntryList()
            yield EntryView(self._session.toolkit, self._autosave)
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield Button("Search", "S", id="search", action="search")
            if self._shelf.choice is not None:
                yield Button("Filter", "F", id="filter", action="filter")
            if self._is_advert:
                yield Button("Next advert", "A", id="next-advert", action="next_advert")
            if self._shelf.choice is not None or self._shelf.way:
                yield Button("Save", "E", id="save-plan", action="save_plan")
            yield Button("Undo", "U", id="undo", action="undo")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    # What is shown.

    async def on_mount(self) -> None:
        """Fill the list."""
        self.on_resize()
        await self._load()
        self._fill()
        self.set_interval(_LOOK_EVERY, self._look)

    def on_resize(self) -> None:
        """Beside each other, or one at a time."""
        width = self.app.size.width
        self.set_class(width < WIDTH, "-slim")
        self.set_class(width < BESIDE, "-single")

    async def on_screen_resume(self) -> None:
        """Show what was changed on the screens above."""
        await self._load()
        self._show_records()
        self.query_one(Noted).show_record()

    async def _load(self) -> None:
        try:
            await self._autosave.load()
        except FairstartError as error:
            self.say(error.sentence, problem=True)

    async def _look(self) -> None:
        """Take over what another process has changed, but for what is being typed here."""
        try:
            changed = await self._autosave.look()
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        if changed:
            self._show_records()
            if self._session.typing is None:
                self.query_one(Noted).show_record()

    def _fill(self) -> None:
        """List the shelf anew."""
        listed, shown = self.query_one(EntryList), self.query_one(EntryView)
        shown.entry = None
        listed.fill(self._shelf, self._autosave.records, self._at)
        if not self._shelf.entries:
            shown.show_entry(None, self._shelf)
        self.set_class(bool(self._at) or not self._shelf.entries, "-reading")
        listed.focus()
        self._show_records()

    def _show_records(self) -> None:
        """Show how far everything is, in the list and above it."""
        self.query_one(EntryList).show_marks(self._autosave.records)
        noted = [entry for entry in self._shelf.entries if can_be_noted(entry)]
        line = words.progress_line(noted, self._autosave.records, self._shelf.choice)
        progress = self.query_one("#progress", Static)
        progress.display = bool(line)
        progress.update(Content(line))
        self.query_one("#undo").display = self._session.checklist.can_undo
        self.query_one(ButtonRow).on_resize()

    def on_noted_saved(self, message: Noted.Saved) -> None:
        """Show what was changed, wherever it is listed."""
        self._show_records()
        if message.sentence is not None:
            self.say(message.sentence)

    # Which entry.

    @on(OptionList.OptionHighlighted, "#entries")
    def _highlight(self, chosen: OptionList.OptionHighlighted) -> None:
        """Show the entry that the cursor is on."""
        entry = self.query_one(EntryList).rows[chosen.option_index]
        if entry is self.query_one(EntryView).entry:
            return
        if self._autosave.typing:
            self._move_to(entry)
        else:
            self.query_one(EntryView).show_entry(entry, self._shelf)

    @work(group="move", exclusive=True)
    async def _move_to(self, entry: Entry | None) -> None:
        """Save what is typed, then show another entry; stay where it cannot be saved."""
        shown = self.query_one(EntryView)
        if await self.query_one(Noted).keep():
            shown.show_entry(entry, self._shelf)
        elif shown.entry:
            self.query_one(EntryList).go_to(shown.entry)

    @on(OptionList.OptionSelected, "#entries")
    def _read(self) -> None:
        """Enter or a click on an entry goes to it."""
        self.add_class("-reading")
        entry = self.query_one(EntryView)
        entry.scroll_home(animate=False)
        entry.focus()

    def on_see_also_followed(self, message: SeeAlso.Followed) -> None:
        """Show the entry that a link leads to."""
        self._go_on(Browse.on_entry(self._session, message.entry))

    def action_scroll(self, lines: int) -> None:
        """Scroll the entry."""
        self.query_one(EntryView).scroll_relative(y=lines, animate=False)

    def action_go_to(self, name: Literal["owner", "review", "note", "more"]) -> None:
        """Put the cursor in a field, or on what an entry leads to."""
        more = self.query_one(SeeAlso)
        if self.query_one(Noted).entry or name == "more":
            self.add_class("-reading")
            if name == "more":
                more.focus()
                more.highlighted = 0 if more.option_count else None
            else:
                self.query_one(Noted).go_to(name)
            self.call_after_refresh(self.query_one(f"#{name}").scroll_visible, animate=False)

    # What is changed.

    def action_status(self, number: int) -> None:
        """Set the status of the entry."""
        self.query_one(Noted).change("status", STATUSES[number])

    @work
    async def action_undo(self) -> None:
        """Take the last change back."""
        self.query_one(Noted).report(await self._autosave.undo())

    @work
    async def action_next_advert(self) -> None:
        """Begin the list anew for another advert; this one's ticks stay with this one."""
        if self._is_advert and await self.query_one(Noted).keep():
            name = await self.app.push_screen_wait(NextAdvert(self._session, self._shelf.way))
            if name:
                self.app.switch_screen(Browse(self._session, self._session.way(self._shelf.way, name)))

    # Where else.

    @work(group="back", exclusive=True)
    async def action_back(self) -> None:
        """To the list where it is hidden, else to the screen before."""
        if not await self.query_one(Noted).leave():
            return
        if self.has_class("-single") and self.has_class("-reading") and not self._at:
            self.remove_class("-reading")
            self.query_one(EntryList).focus()
        else:
            self.dismiss(None)

    @work
    async def action_filter(self) -> None:
        """Choose what is listed."""
        if self._shelf.choice is None:
            return
        choice = await self.app.push_screen_wait(Filters(self._shelf.choice, self._autosave.records))
        if choice is not None:
            self._shelf = self._session.chosen(choice, self._autosave.records)
            self._at = ""
            self._fill()

    def action_search(self) -> None:
        """Find words."""
        self._go_on(Find(self._session, Browse.on_entry))

    def action_save_plan(self) -> None:
        """Print or save what is listed."""
        if self._shelf.choice is not None or self._shelf.way:
            self._go_on(SavePlan(self._session, lambda _: self._shelf))

    @work
    async def _go_on(self, screen: Screen[None]) -> None:
        """Show another screen, once what is typed is saved."""
        if await self.query_one(Noted).keep():
            self.app.push_screen(screen)
