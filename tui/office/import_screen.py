"""Bringing exports in: from a drive, a folder or an address, with a result for each file."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.errors import FairstartError
from storage.events import Event, NearMiss
from storage.exchange.addresses import shown
from storage.exchange.exports import EXPORT_SUFFIX
from storage.exchange.locations import Found
from storage.office.decrypting import all_cores
from storage.office.importing import Result, bring_all, find_exports, near_misses_in, without_head_count
from storage.office.labels import OfficeEvent
from storage.office.office import Office, UnknownKioskError
from storage.settings import Settings
from tui.office.event import EventScreen
from tui.shared.button_row import ButtonRow
from tui.shared.confirm import Confirm
from tui.shared.place_screen import PlaceScreen
from tui.text import handover as words
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser


class BringIn(PlaceScreen):
    """Where from, then what became of each file."""

    CSS_PATH = "../shared/shared.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f4", "head_counts", show=False)]

    def __init__(self, office: Office, settings: Settings) -> None:
        """Bring into an office; the settings may say where laptops send to."""
        super().__init__()
        self._office = office
        self._settings = settings
        self._address = settings.office.address
        self._results: dict[str, tuple[Found, Result]] = {}
        self._before: list[OfficeEvent] = []
        """The events that were there before."""

    def compose(self) -> ComposeResult:
        """Places, results, a way back."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Bring in what kiosks handed over"), classes="heading")
            if self._address:
                yield Static(Content(f"Enter fetches it from {shown(self._address)}."), classes="paragraph")
            yield PlaceChooser(verb="Bring in from", suffix=EXPORT_SUFFIX)
            yield Static(id="results")
        yield from self.working()
        with ButtonRow():
            if self._address:
                yield Button("Fetch", "⏎", id="fetch", classes="main", action="fetch")
            yield Button("How many came?", "F4", id="head-counts", action="head_counts")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def on_mount(self) -> None:
        """Nothing was brought in yet, so nothing is asked about it."""
        self.query_one("#head-counts").display = False

    def choose_nothing(self) -> None:
        """Enter with nothing typed fetches, where there is an address."""
        if self._address:
            self.action_fetch()
        else:
            super().choose_nothing()

    def action_fetch(self) -> None:
        """Bring in what laptops have sent."""
        self.post_message(PlaceChooser.Chosen(self._address))

    @on(PlaceChooser.Chosen)
    @work
    async def bring_in(self, chosen: PlaceChooser.Chosen) -> None:
        """Bring in everything at a place, and ask about each laptop that the office has not met."""
        if self.at_work:
            return
        self._results = {}
        self.query_one("#results", Static).update("")
        done = await self._bring(partial(self._find, chosen.place))
        while done and (unknown := self._first_unknown()):
            theirs = [
                found for found, one in self._results.values() if one.unknown and one.unknown.kiosk == unknown.kiosk
            ]
            if await self.app.push_screen_wait(self._question(unknown)):
                done = await self._bring(partial(list, theirs))
            else:
                for found in theirs:
                    refused = self._results[found.path][1]
                    self._results[found.path] = (found, Result(refused.name, None, refused.problem))
                self._show_results()
        for event, miss in list(near_misses_in([result for _, result in self._results.values()], self._before)):
            await self.app.push_screen_wait(self._near_miss(event, miss))
        self.query_one("#head-counts").display = bool(self._without_head_count())

    def _without_head_count(self) -> list[OfficeEvent]:
        """Of the events that were just brought in; none where the store cannot be read: the office says that itself."""
        with contextlib.suppress(FairstartError):
            return without_head_count([result for _, result in self._results.values()], self._office.events())
        return []

    @work
    async def action_head_counts(self) -> None:
        """Ask how many came to each event that was just brought in, if that is not known."""
        for one in self._without_head_count():
            await self.app.push_screen_wait(EventScreen(self._office, one, self._settings))
        self.query_one("#head-counts").display = bool(self._without_head_count())

    def _find(self, place: str) -> list[Found]:
        self._before = self._office.events()
        return find_exports([place])

    async def _bring(self, find: Callable[[], Sequence[Found]]) -> bool:
        """Bring these in, and show what became of each. Whether that was done."""
        with self.working_on("Bringing in…"):
            self._results |= await asyncio.to_thread(self._bring_all, find)
            self._show_results()
            return True
        return False

    def _bring_all(self, find: Callable[[], Sequence[Found]]) -> dict[str, tuple[Found, Result]]:
        exports = find()
        with all_cores() as executor:
            results = bring_all(self._office, exports, executor, self.progress)
            return {found.path: (found, result) for found, result in zip(exports, results, strict=True)}

    def _show_results(self) -> None:
        results = [result for _, result in self._results.values()]
        self.query_one("#results", Static).update(Content("\n".join(map(words.brought, results))))
        wrong = any(one.problem for one in results)
        after = [words.RECEIPTS_ARE_THERE] if results and not wrong else []
        self.say(" ".join((words.summary(results), *after)), problem=wrong)
        self.query_one(VerticalScroll).scroll_end(animate=False)

    def _first_unknown(self) -> UnknownKioskError | None:
        return next((one.unknown for _, one in self._results.values() if one.unknown), None)

    def _near_miss(self, event: Event, miss: NearMiss) -> Confirm:
        return Confirm(
            f"Did you mean “{miss.meant}”?",
            f"{miss.question} Then it is called so here from now on; events that are the same in all else are one.",
            f"Call it “{miss.meant}”",
            partial(self._office.corrections.call, event, miss),
        )

    def _question(self, unknown: UnknownKioskError) -> Confirm:
        return Confirm(
            "A laptop that this office has not met",
            f"It brings “{unknown.event.title}”{unknown.warning}. "
            "Its staff screen shows “This laptop’s fingerprint”. Is it this one?"
            f"\n\n{unknown.kiosk.fingerprint}\n\n"
            "Accept it only if every digit is the same. You are asked only once.",
            "They are the same: accept",
            partial(self._office.accept, unknown.kiosk),
        )
