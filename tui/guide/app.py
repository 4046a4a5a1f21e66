"""The guide on its own: a list of pages, and each page to read. Nothing in it can be changed or followed elsewhere."""

from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from content.guide import Page
from tui.shared.button_row import ButtonRow
from tui.terminal.lockdown import LockedApp
from tui.text.guide import all_pages, passages
from tui.widgets.button import Button
from tui.widgets.reading import Reading


class GuideApp(LockedApp[None]):
    """The guide's screens."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../kiosk.tcss", "../shared/shared.tcss"]

    def __init__(self, theme: str, page: Page | None = None) -> None:
        """Show the guide, open at a page if one is given."""
        super().__init__(theme)
        self._page = page

    def get_default_screen(self) -> "GuideHome":
        """The list of pages."""
        return GuideHome()

    def on_ready(self) -> None:
        """Open the page that was asked for."""
        if self._page:
            self.push_screen(GuidePage(self._page))


class GuideHome(Screen[None], inherit_bindings=False):
    """Which pages there are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "leave", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._pages = all_pages()

    def compose(self) -> ComposeResult:
        """The list."""
        yield Static(Content("The guide"), classes="heading list-heading")
        yield Static(Content("Choose what to read. It is all on this computer."), classes="list-text")
        yield OptionList(*(Content(page.title) for page in self._pages), id="pages")
        with ButtonRow():
            yield Button("Quit", "Q", id="quit", classes="out", action="leave")

    def on_mount(self) -> None:
        """Begin at the first."""
        pages = self.query_one(OptionList)
        pages.highlighted = 0
        pages.focus()

    @on(OptionList.OptionSelected)
    def _open(self, chosen: OptionList.OptionSelected) -> None:
        self.app.push_screen(GuidePage(self._pages[chosen.option_index]))

    def action_leave(self) -> None:
        """Out of the program."""
        self.app.exit()


class GuidePage(Screen[None], inherit_bindings=False):
    """One page, which scrolls; its headings are steps through it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("pagedown,space", "leaf(1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("n", "heading(1)", show=False),
        Binding("p", "heading(-1)", show=False),
        Binding("escape", "back", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def compose(self) -> ComposeResult:
        """The page, and ways through it."""
        yield Reading(*passages(self._page.text), id="page", always_apart=True)
        with ButtonRow():
            yield Button("Back", "Esc", id="back", classes="out", action="back")
            yield Button("Previous part", "P", id="previous", action="heading(-1)")
            yield Button("Next part", "N", id="next", classes="main", action="heading(1)")

    @property
    def _reading(self) -> Reading:
        return self.query_one(Reading)

    def action_back(self) -> None:
        """To the list."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Up or down by lines."""
        self._reading.scroll_relative(y=lines, animate=False)

    def action_leaf(self, direction: int) -> None:
        """Up or down by what is in view, with a line of it kept."""
        self.action_scroll(direction * max(self._reading.size.height - 1, 1))

    def action_edge(self, direction: int) -> None:
        """To the beginning or the end."""
        if direction < 0:
            self._reading.scroll_home(animate=False)
        else:
            self._reading.scroll_end(animate=False)

    def action_heading(self, direction: int) -> None:
        """To the next heading, or the one before."""
        here = round(self._reading.scroll_offset.y)
        titles = [place for place in self._reading.titles if (place - here) * direction > 0]
        if titles:
            self._reading.scroll_to(y=min(titles) if direction > 0 else max(titles), animate=False)
