"""One entry: what it says, what is noted of it, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from content.toolkit import Check, Entry, Item, MustHave, Toolkit
from tui.text import toolkit as words
from tui.toolkit.autosave import Autosave
from tui.toolkit.noted import Noted
from tui.toolkit.session import Shelf


def can_be_noted(entry: Entry) -> bool:
    """Whether anything can be noted of an entry."""
    return isinstance(entry, Item | MustHave | Check)


class EntryView(VerticalScroll):
    """Shows an entry of a shelf."""

    def __init__(self, toolkit: Toolkit, autosave: Autosave) -> None:
        super().__init__(id="entry")
        self.entry: Entry | None = None
        self._toolkit = toolkit
        self._autosave = autosave

    def compose(self) -> ComposeResult:
        """The text, the fields, what it leads to."""
        yield Static(id="text")
        yield Noted(self._autosave)
        yield Static(Content("See also  L"), id="more-name", classes="field-name")
        yield SeeAlso(self._toolkit)

    def show_entry(self, entry: Entry | None, shelf: Shelf) -> None:
        """Show an entry of a shelf, or what the shelf says of itself where it has none."""
        self.entry = entry
        text = _nothing(shelf) if entry is None else Content.assemble(*_paragraphs(self._toolkit, shelf, entry))
        self.query_one("#text", Static).update(text)
        self.query_one(Noted).show_entry(entry if entry and can_be_noted(entry) else None)
        more = self.query_one(SeeAlso)
        more.show_entry(entry)
        self.query_one("#more-name").display = more.display
        self.scroll_home(animate=False)


class SeeAlso(OptionList):
    """The terms that an entry uses, which unfold, and the entries that it leads to."""

    class Followed(Message):
        """Somebody wants to see another entry."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, toolkit: Toolkit) -> None:
        super().__init__(id="more")
        self._toolkit = toolkit
        self._terms: list[Entry] = []
        self._links: list[Entry] = []
        self._unfolded: set[str] = set()

    def show_entry(self, entry: Entry | None) -> None:
        """Show the terms and the links of an entry; nothing at all where it has none."""
        kit = self._toolkit
        links = list(words.linked(kit, entry)) if entry else []
        self._terms = list(kit.explained(entry)) if entry else []
        self._links = [kit.tips[name].items[0] if name in kit.tips else kit.entries[name] for name, _ in links]
        self._unfolded = set()
        self.clear_options()
        self.add_options([Option(self._line(term)) for term in self._terms])
        self.add_options([Option(Content(f"→ {title}")) for _, title in links])
        self.display = self.option_count > 0

    def on_option_list_option_selected(self, chosen: OptionList.OptionSelected) -> None:
        """Unfold or fold a term in its place; follow a link."""
        chosen.stop()
        place = chosen.option_index
        if place < len(self._terms):
            self._unfolded ^= {self._terms[place].id}
            self.replace_option_prompt_at_index(place, self._line(self._terms[place]))
            self.call_after_refresh(self.scroll_visible, animate=False)
        else:
            self.post_message(self.Followed(self._links[place - len(self._terms)]))

    def _line(self, term: Entry) -> Content:
        """A key term, folded or with what it means."""
        if term.id in self._unfolded:
            return Content(f"▾ {term.title}: {term.text}")
        return Content(f"▸ What does “{term.title.lower()}” mean?")


def _nothing(shelf: Shelf) -> Content:
    """What is said in place of an entry."""
    reason = "No items match: press F to change the filter." if shelf.choice else ""
    return Content(f"{shelf.about}\n\n{reason}".rstrip())


def _paragraphs(toolkit: Toolkit, shelf: Shelf, entry: Entry) -> Iterator[str | tuple[str, str]]:
    """What an entry says, in pieces; the first of a shelf, and of a part, comes after what is said about these."""
    part = next(part for part in shelf.parts if entry in part.entries)
    if shelf.about and entry is shelf.entries[0]:
        yield from ((shelf.about, "$muted"), "\n\n")
    if part.about and entry is part.entries[0]:
        yield from ((part.about, "$muted"), "\n\n")
    yield from ((entry.title, "bold $primary"), "\n")
    yield (f"{entry.id} · {words.place_of(toolkit, entry)}", "$muted")
    yield from (f"\n{line}" for line in words.lead_lines(entry))
    if entry.id in shelf.because:
        yield from ("\n\n", (shelf.because[entry.id], "bold"))
    yield from ("\n\n", entry.text)
    if entry.figures:
        yield from ("\n\n", ("\n".join(words.figure_lines(entry)), "$muted"))
    if updates := "\n".join(words.update_lines(toolkit, entry)):
        yield from ("\n\n", updates)
    audience = words.audience(entry)
    last = f"For {audience}\n{words.source(entry)}" if audience else words.source(entry)
    yield from ("\n\n", (last, "$muted"))
