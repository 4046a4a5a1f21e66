"""Which event, or which advert, a list is gone through for: each has ticks of its own."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.toolkit.progress import Progress
from tui.shared.button_row import ButtonRow
from tui.text import toolkit as words
from tui.toolkit.browse import Browse
from tui.toolkit.next_advert import NextAdvert
from tui.toolkit.screen import ToolkitScreen
from tui.toolkit.session import Occasion, Session
from tui.widgets.button import Button


class Occasions(ToolkitScreen[None]):
    """Events, those that are coming first, or adverts, the latest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("a", "next_advert", show=False),
    ]

    def __init__(self, session: Session, way: str) -> None:
        """List what a way can be gone through for."""
        super().__init__()
        self._session = session
        self._way = session.toolkit.way(way)
        self._rows: list[Occasion | None] = []
        """What each row opens; None for a heading."""

    def compose(self) -> ComposeResult:
        """The list, the buttons."""
        yield Static(Content(self._way.title), classes="heading list-heading")
        yield Static(Content(words.WHICH_EVENT if self._way.per_event else words.WHICH_ADVERT), classes="list-text")
        yield OptionList(id="occasions")
        yield Static(id="message", classes="message")
        with ButtonRow():
            if not self._way.per_event:
                yield Button("Next advert", "A", id="next-advert", action="next_advert", classes="main")
            yield Button("Back", "Esc", id="back", classes="out", action="dismiss")

    async def on_screen_resume(self) -> None:
        """Show how far each is now."""
        try:
            found = await asyncio.to_thread(self._look)
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        listed = self.query_one(OptionList)
        before = listed.highlighted
        listed.clear_options()
        self._rows = []
        earlier = False
        for one, progress in found:
            if one.earlier and not earlier:
                earlier = True
                listed.add_option(Option(Content.styled("Earlier", "bold $primary"), disabled=True))
                self._rows.append(None)
            name = words.occasion_name(one.label, self._way)
            listed.add_option(Option(Content.assemble((name, "bold"), f"\n{words.progress(progress)}")))
            self._rows.append(one)
        listed.highlighted = (
            before
            if before is not None
            else next((number for number, row in enumerate(self._rows) if row is not None), None)
        )
        listed.focus()

    def _look(self) -> list[tuple[Occasion, Progress]]:
        occasions = self._session.occasions(self._way.id)
        return [(one, Progress.over(self._way.checks, self._session.checklist.records(one.label))) for one in occasions]

    @on(OptionList.OptionSelected, "#occasions")
    def _open(self, chosen: OptionList.OptionSelected) -> None:
        """Go through the list for one."""
        one = self._rows[chosen.option_index]
        if one is not None:
            self._show(one.label)

    def _show(self, label: str) -> None:
        self.app.push_screen(Browse(self._session, self._session.way(self._way.id, label)))

    @work
    async def action_next_advert(self) -> None:
        """Begin the list of another advert."""
        if not self._way.per_event:
            name = await self.app.push_screen_wait(NextAdvert(self._session, self._way.id))
            if name:
                self._show(name)
