"""The frame round the screens of staff, the office, the toolkit and set-up.

A bar above says where somebody is. The keys that act are the buttons below, and Ctrl+P finds them by their names, with
the search and the colours: but only over a home that has been opened, so never on the way to one, and never where a
candidate is. Screens that derive from `FramedScreen`, which the bases in this folder do, have all of it without asking.
"""

from collections.abc import Iterator
from typing import ClassVar, Generic, TypeVar

from rich.cells import cell_len, set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.shared.surroundings import FramedApp, Surroundings, Tick, locks_in

Answer = TypeVar("Answer")
_APART = " > "
_ROOMY = 80
"""Columns from which all facts have room in the bar."""


class FramedScreen(Screen[Answer], Generic[Answer], inherit_bindings=False):
    """A screen below the bar. The bar says its `PLACE`, or else its heading, which then stands there alone."""

    PLACE: ClassVar[str] = ""
    """What the bar calls it."""
    HOME: ClassVar[bool] = False
    """Whether who sees it has been let in: over it, and on it, there are the palette and the choice of colours."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "palette", show=False),
        Binding("f1", "keys", show=False),
    ]

    async def on_compose(self) -> None:
        """Put the bar above what the screen composes."""
        self.add_class("-framed")
        await self.mount(PlaceBar())

    @on(events.Mount)
    def _spare_heading(self) -> None:
        """Leave to the bar what it says."""
        heading = next(iter(self.query(".heading")), None)
        if isinstance(heading, Static) and self.place and str(heading.content) == self.place:
            heading.display = False

    @on(Tick)
    def _show_time(self) -> None:
        """Say anew how long it is until it locks."""
        for bar in self.query(PlaceBar):
            bar.show_facts()

    @property
    def place(self) -> str:
        """What the bar calls it."""
        if self.PLACE:
            return self.PLACE
        heading = next(iter(self.query(".heading").results(Static)), None)
        return str(heading.content) if heading else ""

    def say(self, text: str, *, problem: bool = False) -> None:
        """Put one line above the buttons: what has happened and what is next, or what is wrong."""
        message = self.query_one("#message", Static)
        message.set_class(problem, "-problem")
        message.update(Content(text))

    @property
    def opened_up(self) -> bool:
        """Whether somebody has been let in who may choose what to do by its name."""
        return any(isinstance(screen, FramedScreen) and screen.HOME for screen in self.app.screen_stack)

    def action_palette(self) -> None:
        """Find what can be done by its name."""
        if self.opened_up:
            from tui.shared.palette import palette  # few want it, and it takes time to load

            self.app.push_screen(palette())

    def action_keys(self) -> None:
        """Show the keys that act here."""
        from tui.shared.key_help import KeyHelp

        self.app.push_screen(KeyHelp(self))


class PlaceBar(Horizontal):
    """One line: the way from home to here at the left; the event, the computer and when it locks at the right."""

    def compose(self) -> ComposeResult:
        """The way, facts, and the way to the palette for the mouse."""
        yield Static(id="bar-place")
        yield Static(id="bar-practice")
        yield Static(id="bar-facts")
        yield _Opener(id="bar-palette")

    def on_mount(self) -> None:
        """Say it."""
        self._show()

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._show()

    def _show(self) -> None:
        self.query_one("#bar-practice").display = self._surroundings.practice
        self.query_one("#bar-practice", Static).update(Content("Practice"))
        opener = self.query_one("#bar-palette", Static)
        opener.display = isinstance(self.screen, FramedScreen) and self.screen.opened_up
        opener.update(Content("Find  Ctrl+P" if self.app.size.width >= _ROOMY else "Ctrl+P"))
        self.show_facts()

    def show_facts(self) -> None:
        """Say the facts, and the way in what is left of the line."""
        if not self.is_mounted:
            return
        facts = self.query_one("#bar-facts", Static)
        said = " · ".join(self._facts())
        if said != str(facts.content):
            facts.display = bool(said)
            facts.update(Content(said))
        beside = [
            part for part in self.query("#bar-practice, #bar-facts, #bar-palette").results(Static) if part.display
        ]
        room = self.app.size.width - sum(cell_len(str(part.content)) + 4 for part in beside) - 2
        way = _way(list(self._places()), room)
        place = self.query_one("#bar-place", Static)
        if way != str(place.content):
            place.update(Content(way))

    @property
    def _surroundings(self) -> Surroundings:
        return self.app.surroundings if isinstance(self.app, FramedApp) else Surroundings()

    def _facts(self) -> Iterator[str]:
        """Of these, a narrow window shows when it locks, and no more."""
        around = self._surroundings
        if self.app.size.width >= _ROOMY:
            yield from filter(None, (around.event, around.machine))
        if around.locks_in is not None:
            yield locks_in(around.locks_in)

    def _places(self) -> Iterator[str]:
        """From home to here; who has been let in comes from no other place."""
        stack = [screen for screen in self.app.screen_stack if isinstance(screen, FramedScreen)]
        stack = stack[: stack.index(self.screen) + 1] if self.screen in stack else []
        home = next((place for place, screen in enumerate(stack) if screen.HOME), 0)
        yield from filter(None, (screen.place for screen in stack[home:]))


class _Opener(Static):
    """Opens the palette by mouse."""

    def on_click(self, event: events.Click) -> None:
        """Open it; once, where somebody clicks twice."""
        if event.chain == 1:
            self.screen.call_later(self.app.run_action, "palette", self.screen)


def _way(places: list[str], room: int) -> str:
    """The way in so many cells: all of it, or its ends, or its end."""
    if not places:
        return ""
    *_, here = places
    ways = (_APART.join(places), _APART.join((places[0], "…", here)), here)
    return next((way for way in ways if cell_len(way) <= room), f"{set_cell_size(here, max(room - 1, 1)).rstrip()}…")
