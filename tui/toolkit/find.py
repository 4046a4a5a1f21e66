"""Finding words as they are typed."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.toolkit.search import MOST, Hit, as_query
from tui.text import toolkit as words
from tui.toolkit.browse import Browse
from tui.toolkit.session import Session
from tui.widgets.button import Button
from tui.widgets.field import TextField

_EXPLANATION = "Type a word or the beginning of one, or an item’s id such as D1.2. Notes and owners are searched too."


class Find(Screen[None], inherit_bindings=False):
    """A field above, what was found below."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("down", "into", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class Found(Message):
        """What was found."""

        def __init__(self, typed: str, hits: list[Hit], problem: str) -> None:
            super().__init__()
            self.typed = typed
            self.hits = hits
            self.problem = problem

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._hits: list[Hit] = []

    def compose(self) -> ComposeResult:
        """The field, the results, a way back."""
        yield Static(Content("Search the toolkit"), classes="heading list-heading")
        yield TextField(id="words", placeholder="travel costs")
        yield Static(Content(_EXPLANATION), id="message", classes="list-text")
        yield OptionList(id="hits")
        with Horizontal(classes="buttons"):
            yield Button("Back", "Esc", id="back")
            yield Static(classes="gap")
            yield Button("Open", "⏎", id="open", classes="main")

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one(Input).focus()

    def on_input_changed(self, changed: Input.Changed) -> None:
        """Find what is typed so far."""
        changed.stop()
        self._find(changed.value)

    @work(thread=True, exclusive=True)
    def _find(self, typed: str) -> None:
        try:
            hits, problem = self._session.find(typed), ""
        except FairstartError as error:
            hits, problem = [], error.sentence
        self.post_message(self.Found(typed, hits, problem))

    def on_find_found(self, found: Found) -> None:
        """List it, unless more was typed meanwhile."""
        typed = self.query_one(Input).value
        if found.typed != typed:
            return
        self._hits = found.hits
        listed = self.query_one(OptionList)
        listed.clear_options()
        for hit in self._hits:
            marked = Content.assemble(*((piece, "bold underline" if wanted else "") for piece, wanted in hit.found))
            in_title = hit.where == "title"
            title = marked if in_title and marked.plain == hit.entry.title else Content(hit.entry.title)
            title = title.stylize("bold")
            place = f"\n  {hit.entry.id} · {words.place_of(self._session.toolkit, hit.entry)}"
            below = "" if in_title else Content.assemble(f" · {hit.event or hit.where}: ", marked)
            listed.add_option(Option(Content.assemble(title, place, below)))
        number = len(self._hits)
        said = "Nothing has all these words: try fewer, or only the beginning of one."
        if number:
            said = f"{number} found." if number < MOST else f"The best {number}: more words find fewer."
            listed.highlighted = 0
        self.query_one("#message", Static).update(Content(found.problem or (said if as_query(typed) else _EXPLANATION)))

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Enter opens the first."""
        submitted.stop()
        self._open(0)

    def on_option_list_option_selected(self, chosen: OptionList.OptionSelected) -> None:
        """Open what was chosen."""
        chosen.stop()
        self._open(chosen.option_index)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        if event.button.id == "back":
            self.dismiss(None)
        else:
            self._open(self.query_one(OptionList).highlighted or 0)

    def action_into(self) -> None:
        """Down from the field goes into the results."""
        self.query_one(OptionList).focus()

    def _open(self, number: int) -> None:
        if number < len(self._hits):
            entry = self._hits[number].entry
            self.app.push_screen(Browse(self._session, self._session.home_of(entry, {}), entry.id))
