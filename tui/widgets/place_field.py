"""A field for a path, with what there is to choose from below it: drives, then folders, then the files that are wanted.

The field has the focus, and typing narrows the list. A row of the list fills the field, and the list shows what is
inside. So a path can be typed, pasted, or put together by arrow keys or mouse, and is always there to be read.

A folder is listed in a thread, and one that does not answer is given up.
"""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import PlaceError
from storage.exchange import folders
from storage.exchange.folders import Listing
from storage.text import counted
from tui.widgets.choice_list import ChoiceList
from tui.widgets.field import TextField

_MOST = 100
"""Rows that are shown: who looks for another types a part of its name."""
_UP = ".. (back, to the folder around it)"
_TOP = ".. (back, to drives and your own folders)"


class PlaceField(Vertical):
    """Posts `Chosen` when the row is pressed that takes what stands in the field."""

    class Chosen(Message):
        """Somebody has chosen what is typed."""

    def __init__(
        self, typed: str = "", *, field_id: str, take: str, suffix: str | None = None, placeholder: str = ""
    ) -> None:
        """Make one.

        Args:
            typed: what stands in it already.
            field_id: of the field itself.
            take: what choosing does, such as “Hand over to”.
            suffix: how the files end that are wanted besides folders; None where it is folders alone.
            placeholder: an example.
        """
        super().__init__()
        self._field = TextField(typed, id=field_id, placeholder=placeholder)
        self._take = take
        self._suffix = suffix
        self._looking = False
        self._acts: list[Callable[[], object]] = []
        """What each row does."""

    def compose(self) -> ComposeResult:
        """The field, the list, and a line for what is not in it."""
        yield self._field
        yield ChoiceList(id="places")
        yield Static(id="more", classes="aside")

    def on_mount(self) -> None:
        """Look at what there is."""
        self.look()

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self._field.value.strip()

    @on(Input.Changed)
    @work
    async def look(self) -> None:
        """Show what there is to choose from: one look at a time, the last at what is typed by then."""
        if self._looking:
            return
        self._looking = True
        seen = None
        listing, said = Listing(), ""
        while seen != self.typed:
            seen = self.typed
            try:
                listing, said = await asyncio.to_thread(folders.choices, seen, self._suffix), ""
            except PlaceError as error:
                listing, said = Listing(), error.sentence
        self._looking = False
        self._show(listing, said)

    def _show(self, listing: Listing, said: str) -> None:
        """Fill the list: what takes this place, the way back, and what is inside."""
        rows: list[tuple[str, Callable[[], object]]] = []
        if listing.here:
            what = "folder" if listing.here.is_folder else "file"
            rows.append((f"{self._take} this {what}", self._choose))
        if self.typed and "://" not in self.typed:
            up = _within(listing.above) if listing.above else ""
            rows.append((_UP if up else _TOP, partial(self._fill, up)))
        inside = [one for one in listing.entries if one.is_folder or one != listing.here]
        for one in inside[:_MOST]:
            label, path = (f"{one.name}/", _within(one.path)) if one.is_folder else (one.name, str(one.path))
            rows.append((label, partial(self._fill, path)))
        if len(inside) > _MOST:
            said = f"{counted(len(inside) - _MOST, 'more is', 'more are')} there: type a part of the name."
        self._acts = [act for _, act in rows]
        places = self.query_one(ChoiceList)
        places.clear_options()
        places.add_options(Option(Content(label)) for label, _ in rows)
        places.highlighted = (len(rows) - len(inside[:_MOST]) if inside else 0) if rows else None
        places.display = bool(rows)
        more = self.query_one("#more", Static)
        more.display = bool(said)
        more.update(Content(said))

    def _fill(self, typed: str) -> None:
        """Put something in the field, which shows what is inside."""
        self._field.value = typed
        self._field.cursor_position = len(typed)

    def _choose(self) -> None:
        self.post_message(self.Chosen())

    @on(OptionList.OptionSelected)
    def press_row(self, selected: OptionList.OptionSelected) -> None:
        """Do what a row says."""
        selected.stop()
        self._acts[selected.option_index]()


def _within(folder: Path) -> str:
    """How a folder is written whose inside is looked at: what is typed next is a part of a name there."""
    return f"{str(folder).removesuffix(os.sep)}{os.sep}"
