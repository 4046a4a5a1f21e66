"""The toolkit's first screen: ways in, chapters with their progress, and what there is to read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.settings import Settings
from tui.terminal.capabilities import WIDTH
from tui.toolkit.while_shown import while_shown
from tui.widgets.button import Button, ManyButtons

if TYPE_CHECKING:
    from content.toolkit import Toolkit
    from storage.report.advice import Advice
    from storage.toolkit.progress import Records
    from tui.toolkit.session import Session, Shelf

_LOOK_EVERY = 1.0
"""Seconds between looks at whether another process has changed something."""
_INDEX_AFTER = 0.3
"""Seconds that the list has to be painted in before the index is made."""
_BAR = 12
"""Cells of a progress bar."""
_ROOMY = 72
"""Columns from which progress is written out in full."""
_TITLE = 30
"""Cells of a title in the list, at most."""

Counted = Callable[["Toolkit"], "Sequence[Advice]"]
"""What published counts support, out of a toolkit's readings."""

Row = tuple[str, str, Callable[[], "Shelf"] | None]
"""A title, what stands behind it, and what it opens; a heading opens nothing."""


class ToolkitHome(Screen[None], inherit_bindings=False):
    """A list above, buttons below. It opens the checklist when it is shown and closes it when it goes."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,s", "press('search')", show=False),
        Binding("e", "press('export')", show=False),
        Binding("i", "press('import')", show=False),
        Binding("u", "press('undo')", show=False),
        Binding("q", "press('last')", show=False),
        Binding("escape", "back", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class Opened(Message):
        """The content is loaded and the checklist open."""

    class Failed(Message):
        """The checklist cannot be used."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

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
        self._session: Session | None = None
        self._version = 0
        self._rows: list[Row] = []

    def compose(self) -> ComposeResult:
        """What can be chosen."""
        yield Static(Content("The toolkit"), classes="heading list-heading")
        yield Static(
            Content("What helps people of every background into apprenticeships, and up. Choose where to begin."),
            classes="list-text",
        )
        yield OptionList(id="toolkit")
        yield Static(id="message", classes="message")
        with ManyButtons(classes="buttons"):
            yield Button(self._last, "Q" if self._last == "Quit" else "Esc", id="last")
            yield Static(classes="gap")
            yield Button("Undo", "U", id="undo")
            yield Button("Bring back", "I", id="import")
            yield Button("Action plan", "E", id="export")
            yield Button("Search", "S", id="search", classes="main")

    def on_resize(self, event: events.Resize) -> None:
        """Say that the window is too small for more than two buttons beside each other."""
        self.set_class(event.size.width < WIDTH, "-slim")
        if self._session:
            self.run_worker(self._show(), exclusive=True)

    def on_mount(self) -> None:
        """Open the toolkit, once this is painted."""
        self.call_after_refresh(self._open)
        self.set_interval(_LOOK_EVERY, self._notice)

    @work(thread=True, exclusive=True)
    def _open(self) -> None:
        from tui.toolkit.session import Session  # what is slow to load comes after the first paint

        try:
            session = Session.open(self._data, self._settings)
        except FairstartError as error:
            self.post_message(self.Failed(error.sentence))
        else:
            self._session = session
            if self.is_attached:
                self.post_message(self.Opened())
            else:  # somebody left, or the kiosk locked, meanwhile
                session.close()

    @work(thread=True)
    def _index(self) -> None:
        """Make the index of the toolkit, so that the first letter typed finds at once."""
        if self._session:
            self._session.find("")

    def on_toolkit_home_failed(self, message: Failed) -> None:
        """Say what is wrong."""
        self.say(message.sentence)

    @while_shown
    async def on_toolkit_home_opened(self) -> None:
        """Fill the list."""
        await self._show()
        self.set_timer(_INDEX_AFTER, self._index)
        self.query_one(OptionList).focus()
        if self._counted and self._session:
            self._browse(self._session, self._session.advice(self._counted(self._session.toolkit)))

    @while_shown
    async def on_screen_resume(self) -> None:
        """Show what was changed on other screens."""
        await self._show()

    async def on_unmount(self) -> None:
        """Let the checklist go."""
        if self._session:
            await asyncio.to_thread(self._session.close)

    @while_shown
    async def _notice(self) -> None:
        """Show what another process has changed."""
        if self._session and self.is_current:
            try:
                version = await asyncio.to_thread(lambda: self._session.checklist.version if self._session else 0)
            except FairstartError as error:
                self.say(error.sentence)
                return
            if version != self._version:
                self._version = version
                await self._show()

    @while_shown
    async def _show(self) -> None:
        session = self._session
        if session is None:
            return
        try:
            records = await asyncio.to_thread(session.checklist.records)
            of_event = await asyncio.to_thread(session.checklist.records, session.event)
        except FairstartError as error:
            self.say(error.sentence)
            return
        self._rows = _rows(session, records, of_event, brief=self.app.size.width < _ROOMY)
        listed = self.query_one(OptionList)
        before = listed.highlighted
        listed.clear_options()
        for title, more, opens in self._rows:
            if opens is None:
                listed.add_option(Option(Content.styled(title, "bold $primary"), disabled=True))
            else:
                gap = " " * max(_TITLE - len(title), 2) if more else ""
                listed.add_option(Option(Content(f"{title}{gap}{more}")))
        listed.highlighted = 1 if before is None else before
        self.query_one("#undo").display = session.checklist.can_undo
        self.query_one(ManyButtons).on_resize()

    def say(self, text: str) -> None:
        """Put one line above the buttons."""
        self.query_one("#message", Static).update(Content(text))

    def on_option_list_option_selected(self, chosen: OptionList.OptionSelected) -> None:
        """Open what was chosen."""
        chosen.stop()
        opens = self._rows[chosen.option_index][2]
        if opens and self._session:
            self._browse(self._session, opens())

    def _browse(self, session: Session, shelf: Shelf) -> None:
        from tui.toolkit.browse import Browse

        self.app.push_screen(Browse(session, shelf))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        self._go(event.button.id or "")

    def action_press(self, what: str) -> None:
        """A key presses the button of that name, if it is there."""
        if self.query_one(f"#{what}").display:
            self._go(what)

    def action_back(self) -> None:
        """Back, where there is somewhere to go: Esc once too often does not quit."""
        if self._last == "Back":
            self._go("last")

    def _go(self, what: str) -> None:
        session = self._session
        if what == "last":
            if self._last == "Back":
                self.dismiss(None)
            else:
                self.app.exit()
        elif session is not None:
            if what == "search":
                from tui.toolkit.find import Find

                self.app.push_screen(Find(session))
            elif what == "export":
                from storage.toolkit.progress import Choice
                from tui.toolkit.plan import SavePlan

                self.app.push_screen(SavePlan(session, lambda records: session.chosen(Choice(), records)))
            elif what == "import":
                from tui.toolkit.plan import BringBack

                self.app.push_screen(BringBack(session))
            else:
                self.run_worker(self._undo())

    @while_shown
    async def _undo(self) -> None:
        if self._session:
            try:
                made = await asyncio.to_thread(self._session.checklist.undo)
            except FairstartError as error:
                self.say(error.sentence)
            else:
                from tui.text.toolkit import undone

                self.say(undone(made) if made else "")
            await self._show()


def _rows(session: Session, records: Records, of_event: Records, *, brief: bool) -> list[Row]:
    """What can be chosen, each with how far it is; `brief` where there is little room."""
    from storage.toolkit.progress import MUST_HAVES, Choice, Progress
    from tui.text.toolkit import bar, progress

    def far(shelf: Shelf, records: Records) -> str:
        found = Progress.over(shelf.entries, records)
        return f"{bar(found, _BAR)} {f'{found.done} of {found.of}' if brief else progress(found)}"

    def chosen(title: str, choice: Choice) -> Row:
        shelf = session.chosen(choice, records)
        return title, far(shelf, records), lambda: session.chosen(choice, {})

    def way(name: str) -> Row:
        shelf = session.way(name)
        return shelf.title, far(shelf, of_event if shelf.event else records), lambda: session.way(name)

    return [
        ("Ways in", "", None),
        chosen("Start here: the must-haves", Choice(chapter=MUST_HAVES)),
        *(way(known.id) for known in session.toolkit.ways),
        ("What do my counts say?", "", lambda: session.advice(None)),
        ("Chapters", "", None),
        *(chosen(chapter.title, Choice(chapter=chapter.id)) for chapter in session.toolkit.chapters),
        chosen("Everything", Choice()),
        ("To read", "", None),
        *((shelf.title, "", lambda shelf=shelf: shelf) for shelf in session.to_read()),
    ]
