"""Handing over: what has gone to the office, the export, its receipt, and deleting what the office has."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.errors import FairstartError, PlaceError, ReceiptError, StoppedError, StoreError
from storage.exchange.addresses import shown
from storage.exchange.drives import Drive, likely_places
from storage.exchange.handover import HeldEvent
from storage.exchange.locations import Site
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.practice import Practice
from storage.kiosk.sending import Sent, send
from storage.office_folder import existing_office, unlock_office
from storage.wrong_tries import WrongTries
from tui.shared.button_row import ButtonRow
from tui.shared.confirm import Confirm
from tui.shared.forgotten_office import ForgottenOffice
from tui.shared.place_screen import PlaceScreen
from tui.shared.unlock import Unlock
from tui.text import handover as words
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

Received = tuple[HeldEvent, bytes]
"""An event that the office has, and the receipt that says so."""


class HandOverScreen(PlaceScreen):
    """Send to the office's address, or hand over to a place; take the receipt, delete."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "receipt", show=False),
        Binding("f4", "bring", show=False),
    ]

    def __init__(
        self,
        kiosk: Kiosk,
        key: KioskPrivateKey,
        ended: Callable[[], object],
        address: str = "",
        practice: Practice | None = None,
    ) -> None:
        """Hand over what a kiosk holds.

        Args:
            kiosk: whose events.
            key: opens and signs.
            ended: called if the current event is deleted, and so ends.
            address: of the office, where there is one.
            practice: where this is one; whatever place is chosen, it all goes to its stick then.
        """
        super().__init__()
        self._practice = practice
        self._address = address
        self.at_once = False
        """Whether it begins by sending."""
        self._sending = False
        self._stopped = False
        """Whether staff have stopped the sending."""
        self._no_more_tries = threading.Event()
        self._kiosk = kiosk
        self._outbox = Outbox(kiosk)
        self._key = key
        self._ended = ended
        self._tries = WrongTries(kiosk.data / "office")

    def compose(self) -> ComposeResult:
        """How far each event has come, where to, and what is next."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Hand over to the office"), classes="heading")
            yield Static(Content("Looking…"), id="states", classes="paragraph")
            if self._practice:
                yield Static(Content(words.IN_PRACTICE), classes="paragraph")
            if self._address:
                yield Static(Content(f"Enter sends it to {shown(self._address)}."), classes="paragraph")
            yield PlaceChooser(verb="Hand over to", drives=self._drives)
        yield from self.working()
        with ButtonRow():
            if self._address:
                yield Button("Send", "⏎", id="send", classes="main", action="send")
            yield Button("Take a receipt", "F3", id="receipt", action="receipt")
            if self._is_office:
                yield Button("Bring into the office", "F4", id="bring", action="bring")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def on_mount(self) -> None:
        """Look at what there is, and perhaps send it."""
        self._begin()

    @work
    async def _begin(self) -> None:
        await self._show_states()
        if self.at_once:
            self.action_send()

    def on_unmount(self) -> None:
        """What is under way is ended and noted; nobody waits for a further try with the key in memory."""
        self._no_more_tries.set()

    @property
    def _drives(self) -> tuple[Drive, ...] | None:
        """The one drive of practice; None where the laptop's own are offered."""
        return (Drive(self._practice.stick),) if self._practice else None

    @property
    def _is_office(self) -> bool:
        try:
            return existing_office(self._kiosk.data) == self._kiosk.office
        except FairstartError:
            return False

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        await self._show_states()

    async def _show_states(self) -> None:
        """Show how far each event has come. Every page of every event's store is read."""
        try:
            events = await asyncio.to_thread(self._outbox.events)
        except FairstartError as error:
            self.query_one("#states", Static).update("")
            self.say(error.sentence, problem=True)
        else:
            self.query_one("#states", Static).update(Content("\n".join(map(words.event_line, events))))

    def choose_nothing(self) -> None:
        """Enter with nothing typed sends, where there is an address."""
        if self._address:
            self.action_send()
        else:
            super().choose_nothing()

    def action_back(self) -> None:
        """Back; while it sends, stop that."""
        if self._sending and not self._stopped:
            self._stopped = True
            self._no_more_tries.set()
            self.say("Stopping…")
        else:
            super().action_back()

    @work
    async def action_send(self) -> None:
        """Hand everything over to the office's address, and take the receipts that are there."""
        if self.at_work:
            return
        sent: Sent | None = None
        self._stopped = False
        self._no_more_tries.clear()
        self._sending = True
        with self.working_on(f"Sending to {shown(self._address)}… Esc stops it."):
            sent = await asyncio.to_thread(
                send, self._outbox, self._key, self._address, self._unless_stopped, self._wait
            )
            self.say(words.sent(sent), problem=bool(sent.problems))
        self._sending = False
        self._look()
        if sent is not None:
            over = [one for one in sent.received if self._kiosk.ended or one[0].event.about != self._kiosk.event]
            await self._offer_to_delete(over)

    def _unless_stopped(self, done: float, of: float) -> None:
        if self._stopped:
            raise _stopped()
        self.progress(done, of)

    def _wait(self, seconds: int, error: PlaceError) -> None:
        self.call_later(self.say, f"{words.trying_again(error, seconds)} Esc stops it.", problem=True)
        if self._no_more_tries.wait(seconds):
            raise _stopped()

    @on(PlaceChooser.Chosen)
    @work
    async def hand_over(self, chosen: PlaceChooser.Chosen) -> None:
        """Hand everything over to a place."""
        if not self.at_work:
            with self.working_on("Handing over…"):
                said, lost = await asyncio.to_thread(self._hand_over_to, chosen.place)
                self._look()
                after = [] if self._practice else [words.NEXT_STEP]
                self.say(" ".join((said, *after, *(error.sentence for error in lost))), problem=bool(lost))

    def _hand_over_to(self, place: str) -> tuple[str, list[StoreError]]:
        site = Site.at(str(self._practice.stick) if self._practice else place)
        handed = list(self._outbox.hand_over(self._key, site, self.progress))
        if self._practice:
            self._practice.receive(handed, site)
        return words.result(handed), self._outbox.lost()

    @work
    async def action_receipt(self) -> None:
        """Look for receipts where the export went: on the drives, in the place typed, in the usual folders."""
        if not self.at_work:
            chooser = self.query_one(PlaceChooser)
            places = [chooser.typed] if chooser.typed else [*chooser.places, *map(str, likely_places())]
            if self._practice:
                places = [str(self._practice.stick)]
            await self._offer_to_delete(
                await self._receive("Looking for receipts…", partial(self._take_receipts, places))
            )

    @work
    async def action_bring(self) -> None:
        """Where this laptop is the office too: export, import and receipt in one."""
        if self._is_office and not self.at_work:
            await self._offer_to_delete(await self._bring())

    async def _bring(self) -> list[Received]:
        """Ask for the office's key, which goes with this."""
        unlock = partial(unlock_office, self._kiosk.data)
        hint = "Your office passphrase:"
        key = await self.app.push_screen_wait(Unlock("Office", hint, unlock, self._tries, self._recover_office))
        return await self._receive("Bringing into the office…", partial(self._bring_own, key)) if key else []

    def _recover_office(self) -> None:
        """Offer what helps where the office passphrase was forgotten; with a new one it is all brought in."""

        def recovered(key: OfficePrivateKey) -> None:
            while self.app.screen is not self:
                self.app.pop_screen()
            self._bring_with(key)

        self.app.push_screen(ForgottenOffice(self._kiosk.data, self._tries, recovered))

    @work
    async def _bring_with(self, key: OfficePrivateKey) -> None:
        await self._offer_to_delete(await self._receive("Bringing into the office…", partial(self._bring_own, key)))

    async def _receive(self, doing: str, receive: Callable[[], list[Received]]) -> list[Received]:
        """Do what makes receipts, and say of which events; of none if it failed."""
        received: list[Received] = []
        with self.working_on(doing):
            received = await asyncio.to_thread(receive)
            self._look()
            self.say(" ".join(words.received(held) for held, _ in received))
        return received

    def _take_receipts(self, places: list[str]) -> list[Received]:
        """Take the first good receipt of each event. One that is not good is said only if there is no other."""
        received: list[Received] = []
        problem: FairstartError | None = None
        for done, place in enumerate(places):
            self.progress(done, len(places))
            try:
                taken, _ = self._outbox.take_receipts(self._key, Site.at(place))
            except (PlaceError, ReceiptError) as error:
                problem = error if isinstance(error, ReceiptError) else problem or error
                continue
            received += [one for one in taken if all(one[0].event != known.event for known, _ in received)]
        if not received:
            raise problem or PlaceError("No receipt was found: plug in the drive that came back from the office.")
        return received

    def _bring_own(self, key: OfficePrivateKey) -> list[Received]:
        from storage.office.decrypting import all_cores
        from storage.office.importing import bring_own  # what only the office needs, where it is needed
        from storage.office.office import Office

        office = Office.open(self._kiosk.data, key)
        try:
            with all_cores() as executor:
                brought = bring_own(self._outbox, self._key, office, executor, self.progress)
                return [(one.held, one.receipt) for one in brought]
        finally:
            office.close()

    async def _offer_to_delete(self, received: list[Received]) -> None:
        """Offer to delete what the office has, one event after the other."""
        for held, receipt in received:
            question = Confirm(
                f"Delete “{held.event.title}” from this laptop?",
                f"{words.what_goes(held)} {words.DELETING}",
                "Delete",
                partial(self._delete, held, receipt),
                word="delete",
            )
            if await self.app.push_screen_wait(question):
                self.say(words.deleted(held))
                self._look()

    def _delete(self, held: HeldEvent, receipt: bytes) -> None:
        self._outbox.delete(self._key, receipt)
        if held.event == self._kiosk.event:
            self._ended()


def _stopped() -> StoppedError:
    return StoppedError("Stopped. Nothing is lost: send again when you like.")
