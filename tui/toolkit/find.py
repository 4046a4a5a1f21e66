"""Finding words as they are typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from content.toolkit import Entry
from storage.errors import FairstartError
from storage.toolkit.search import Hit, as_words
from tui.shared.button_row import ButtonRow
from tui.shared.state import State
from tui.text import toolkit as words
from tui.toolkit.screen import ToolkitScreen
from tui.toolkit.session import Session
from tui.widgets.button import Button
from tui.widgets.field import TextField

_EXPLANATION = "Type a word or the beginning of one, or an item’s id such as D1.2. Notes and owners are searched too."


class Find(ToolkitScreen[None]):
    """A field above, what was found below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("down", "into", show=False),
    ]

    def __init__(self, session: Session, screen_on: Callable[[Session, Entry, str | None], Screen[None]]) -> None:
        """Search a session's toolkit and notes.

        Args:
            session: what is searched.
            screen_on: makes the screen that shows an entry, for the event or the advert whose note was found.
        """
        super().__init__()
        self._session = session
        self._screen_on = screen_on
        self._hits: list[Hit] = []

    def compose(self) -> ComposeResult:
        """The field, the results, a way back."""
        yield Static(Content("Search the toolkit"), classes="heading list-heading")
        yield TextField(id="words", placeholder="travel costs")
        yield Static(id="message", classes="list-text")
        yield State("#hits", "#message")
        yield OptionList(id="hits")
        with ButtonRow():
            yield Button("Open", "⏎", id="open", action="open", classes="main")
            yield Button("Back", "Esc", id="back", classes="out", action="dismiss")

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one(State).say(_EXPLANATION)
        self.query_one(Input).focus()

    @on(Input.Changed, "#words")
    @work(exclusive=True)
    async def _find(self, changed: Input.Changed) -> None:
        """Find what is typed so far, unless more is typed meanwhile."""
        try:
            found = await asyncio.to_thread(self._session.find, changed.value)
        except FairstartError as error:
            self._hits = []
            self.query_one(State).say(error.sentence, problem=True)
        else:
            self._hits = found.hits
            sentence = words.found_line(found) if as_words(changed.value) else _EXPLANATION
            if self._hits:
                self.query_one(State).clear()
                self.say(sentence)
            else:
                self.query_one(State).say(sentence)
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([Option(self._lines(hit)) for hit in self._hits])
        if self._hits:
            listed.highlighted = 0

    def _lines(self, hit: Hit) -> Content:
        """A hit in the list: its title, where it stands, and the words around."""
        marked = Content.assemble(*((piece, "bold underline" if wanted else "") for piece, wanted in hit.found))
        in_title = hit.where == "title"
        title = marked if in_title and marked.plain == hit.entry.title else Content(hit.entry.title)
        place = f"\n  {hit.entry.id} · {words.place_of(self._session.toolkit, hit.entry)}"
        below = "" if in_title else Content.assemble(f" · {hit.event or hit.where}: ", marked)
        return Content.assemble(title.stylize("bold"), place, below)

    @on(Input.Submitted, "#words")
    def _open_first(self) -> None:
        """Enter opens the first."""
        self._open(0)

    @on(OptionList.OptionSelected, "#hits")
    def _open_chosen(self, chosen: OptionList.OptionSelected) -> None:
        self._open(chosen.option_index)

    def action_open(self) -> None:
        """Open what the cursor is on."""
        self._open(self.query_one(OptionList).highlighted or 0)

    def action_into(self) -> None:
        """Down from the field goes into the results."""
        self.query_one(OptionList).focus()

    def _open(self, number: int) -> None:
        if number < len(self._hits):
            hit = self._hits[number]
            self.app.push_screen(self._screen_on(self._session, hit.entry, hit.event if hit.where == "note" else None))
