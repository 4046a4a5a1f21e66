"""Handing over: what has gone to the office, the export, its receipt, and deleting what the office has."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.data_folder import existing_office, unlock_office
from storage.errors import FairstartError, PlaceError, ReceiptError
from storage.events import day
from storage.exchange.drives import likely_places
from storage.exchange.handover import Handed, HeldEvent
from storage.exchange.locations import Site
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from tui.shared.confirm import Confirm
from tui.shared.unlock import Unlock
from tui.shared.working import WorkingScreen
from tui.shared.wrong_tries import WrongTries
from tui.text import handover as handing
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser


class HandOverScreen(WorkingScreen[None]):
    """Hand over, take the receipt, delete."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("r", "receipt", show=False),
        Binding("b", "bring", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        *(Binding(str(digit), f"drive({digit})", show=False) for digit in range(1, 7)),
    ]

    class Looked(Message):
        """How far each event has come, or what is wrong with the store."""

        def __init__(self, states: str, problem: str) -> None:
            super().__init__()
            self.states = states
            self.problem = problem

    def __init__(self, kiosk: Kiosk, key: KioskPrivateKey, ended: Callable[[], object]) -> None:
        """Hand over what `kiosk` holds; `ended` is called if the current event is deleted, and so ends."""
        super().__init__()
        self._kiosk = kiosk
        self._outbox = Outbox(kiosk)
        self._key = key
        self._ended = ended
        self._handed: list[Handed] = []
        self._taken: list[tuple[HeldEvent, bytes]] = []
        self._tries = WrongTries()

    def compose(self) -> ComposeResult:
        """How far each event has come, where to, and what is next."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Hand over to the office"), classes="heading")
            yield Static(Content("Looking…"), id="states", classes="paragraph")
            yield PlaceChooser(verb="Hand over to")
        yield from self.working()
        with Horizontal(classes="buttons"):
            yield Button("Back", "Esc", id="back")
            yield Static(classes="gap")
            if self._is_office:
                yield Button("Bring into the office", "B", id="bring")
            yield Button("Take a receipt", "R", id="receipt")

    def on_mount(self) -> None:
        """Look at what there is."""
        self._look()

    @property
    def _is_office(self) -> bool:
        try:
            return existing_office(self._kiosk.data) == self._kiosk.office
        except FairstartError:
            return False

    @work(thread=True, exclusive=True, group="look")
    def _look(self) -> None:
        """Every page of every event's store is read: not on the screen's own thread."""
        try:
            events = self._outbox.events()
        except FairstartError as error:
            self.post_message(self.Looked("", error.sentence))
        else:
            lines = [f"{one.event.name}, {day(one.event.date)}: {handing.state(one)}" for one in events]
            self.post_message(self.Looked("\n".join(lines), ""))

    def on_hand_over_screen_looked(self, message: Looked) -> None:
        """Show how far each event has come."""
        self.query_one("#states", Static).update(Content(message.states))
        if message.problem:
            self.say(message.problem, problem=True)

    def on_place_chooser_chosen(self, message: PlaceChooser.Chosen) -> None:
        """Hand everything over to that place."""
        self._start(message.place)

    def _start(self, place: str) -> None:
        self._handed = []
        self.work_on("Handing over…", partial(self._hand_over, place), self._handed_over)

    def _hand_over(self, place: str, tell: Callable[[float, float], None]) -> None:
        self._handed = list(self._outbox.hand_over(self._key, Site.at(place), tell))

    def _handed_over(self) -> None:
        self._look()
        self.say(handing.result(self._handed))

    def action_receipt(self) -> None:
        """Look for receipts where the export went: on the drives, in the place typed, in the usual folders."""
        chooser = self.query_one(PlaceChooser)
        places = [chooser.typed] if chooser.typed else [*chooser.places, *map(str, likely_places())]
        self._taken = []
        self.work_on("Looking for receipts…", partial(self._take, places), self._received)

    def _take(self, places: list[str], tell: Callable[[float, float], None]) -> None:
        """Take the first good receipt of each event. One that is not good is told only if there is no other."""
        problem: FairstartError | None = None
        for done, place in enumerate(places):
            tell(done, len(places))
            try:
                contents = self._outbox.receipts_at(Site.at(place))
            except (PlaceError, ReceiptError) as error:
                problem = error if isinstance(error, ReceiptError) else problem or error
                continue
            for content in contents:
                try:
                    held = self._outbox.take_receipt(self._key, content)
                except FairstartError as error:
                    problem = error
                    continue
                if all(held.event != taken.event for taken, _ in self._taken):
                    self._taken.append((held, content))
        if not self._taken:
            raise problem or PlaceError("No receipt was found: plug in the drive that came back from the office.")

    def action_bring(self) -> None:
        """Where this laptop is the office too: export, import and receipt in one."""
        if self._is_office and not self.at_work:
            unlock = partial(unlock_office, self._kiosk.data)
            self.app.push_screen(Unlock("Office", "The office passphrase:", unlock, self._tries), self._bring)

    def _bring(self, key: OfficePrivateKey | None) -> None:
        if key:
            self._taken = []
            self.work_on("Bringing into the office…", partial(self._bring_own, key), self._received)

    def _bring_own(self, key: OfficePrivateKey, tell: Callable[[float, float], None]) -> None:
        from storage.office.decrypting import all_cores
        from storage.office.importing import bring_own  # what only the office needs, where it is needed
        from storage.office.office import Office

        office = Office.open(self._kiosk.data, key)
        try:
            with all_cores() as executor:
                taken = list(bring_own(self._outbox, self._key, office, executor, tell))
        finally:
            office.close()
        self._taken = [(one.held, one.receipt) for one in taken]

    def _received(self) -> None:
        """Say so, and offer to delete, one event after the other."""
        self._look()
        self.say(" ".join(handing.received(held) for held, _ in self._taken))
        self._offer_next()

    def _offer_next(self) -> None:
        if self._taken:
            held, receipt = self._taken.pop(0)
            question = Confirm(
                f"Delete “{held.event.name}” from this laptop?",
                f"{handing.received(held)} {handing.DELETING}",
                "Delete",
                partial(self._delete, held, receipt),
            )
            self.app.push_screen(question, partial(self._after_offer, held))

    def _delete(self, held: HeldEvent, receipt: bytes) -> None:
        self._outbox.delete(self._key, receipt)
        if held.event == self._kiosk.event:
            self._ended()

    def _after_offer(self, held: HeldEvent, deleted: bool | None) -> None:  # noqa: FBT001 - Textual's signature
        if deleted:
            self.say(handing.deleted(held))
            self._look()
        self._offer_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        match event.button.id:
            case "back":
                self.action_back()
            case "bring":
                self.action_bring()
            case _:
                self.action_receipt()

    def action_drive(self, number: int) -> None:
        """A digit chooses the drive of that number."""
        self.query_one(PlaceChooser).choose(number)

    def action_back(self) -> None:
        """Back to the staff area, once the work is done."""
        if not self.at_work:
            self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll where it does not all fit."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
