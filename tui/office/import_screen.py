"""Bringing exports in: from a drive, a folder or an address, with a result for each file."""

from collections.abc import Callable, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.crypto.keys import KioskPublicKey
from storage.exchange.locations import Found
from storage.office.decrypting import all_cores
from storage.office.importing import Result, bring_all, find_exports
from storage.office.office import Office, UnknownKioskError
from tui.shared.confirm import Confirm
from tui.shared.place_screen import PlaceScreen
from tui.text import handover as handing
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser


class BringIn(PlaceScreen):
    """Where from, then what became of each file."""

    CSS_PATH = "../shared/shared.tcss"

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._results: dict[str, tuple[Found, Result]] = {}

    def compose(self) -> ComposeResult:
        """Places, results, a way back."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Bring in what kiosks handed over"), classes="heading")
            yield PlaceChooser(verb="Bring in from")
            yield Static(id="results")
        yield from self.working()
        with Horizontal(classes="buttons"):
            yield Button("Back", "Esc", id="back")

    def on_place_chooser_chosen(self, message: PlaceChooser.Chosen) -> None:
        """Bring in everything that is there."""
        if not self.at_work:
            self._results = {}
            self.query_one("#results", Static).update("")
            self.work_on("Bringing in…", partial(self._bring_from, message.place), self._brought)

    def _bring_from(self, place: str, tell: Callable[[float, float], None]) -> None:
        self._bring(find_exports([place]), tell)

    def _bring(self, exports: Sequence[Found], tell: Callable[[float, float], None]) -> None:
        with all_cores() as executor:
            for found, result in zip(exports, bring_all(self._office, exports, executor, tell), strict=True):
                self._results[found.path] = (found, result)

    def _brought(self) -> None:
        """Tell what became of each; then ask about laptops that the office has not met."""
        results = [result for _, result in self._results.values()]
        lines = [handing.brought(result) for result in results]
        self.query_one("#results", Static).update(Content("\n".join(lines)))
        self.say(handing.summary(results), problem=any(one.problem for one in results))
        self.query_one(VerticalScroll).scroll_end(animate=False)
        stranger = next((one.stranger for one in results if one.stranger), None)
        if stranger:
            self._ask(stranger)

    def _ask(self, stranger: UnknownKioskError) -> None:
        question = Confirm(
            "A laptop that this office has not met",
            f"It brings “{stranger.event.name}”. Its staff screen shows “This laptop’s fingerprint”. Is it this one?"
            f"\n\n{stranger.kiosk.fingerprint}\n\n"
            "Accept it only if every digit is the same. You are asked only once.",
            "They are the same: accept",
            partial(self._office.accept, stranger.kiosk),
        )
        self.app.push_screen(question, partial(self._answered, stranger.kiosk))

    def _answered(self, kiosk: KioskPublicKey, accepted: bool | None) -> None:  # noqa: FBT001 - Textual's signature
        theirs = [found for found, one in self._results.values() if one.stranger and one.stranger.kiosk == kiosk]
        if accepted:
            self.work_on("Bringing in…", partial(self._bring, theirs), self._brought)
        else:
            for found in theirs:
                result = self._results[found.path][1]
                self._results[found.path] = (found, Result(result.name, None, result.problem))
            self._brought()
