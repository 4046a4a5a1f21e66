"""More about one event; and the office key, for kiosks."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.crypto.keys import OfficePublicKey
from storage.errors import FairstartError, SettingsError
from storage.events import today
from storage.exchange.addresses import shown
from storage.exchange.locations import Site
from storage.office.labels import LEVELS, OfficeEvent, Scope
from storage.office.office import Office
from storage.settings import Settings
from storage.text import printable
from tui.office.corrections import CorrectEvent
from tui.office.debriefs import DebriefsScreen
from tui.office.scopes import counts_screen
from tui.shared.button_row import ButtonRow
from tui.shared.confirm import Confirm
from tui.shared.place_screen import PlaceScreen
from tui.shared.steps import Step
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser
from tui.widgets.field import TextField


class EventScreen(Step):
    """How many people came to an event, and which level it is about."""

    NEXT_LABEL = "Save"

    def __init__(self, office: Office, one: OfficeEvent, settings: Settings) -> None:
        super().__init__()
        self.TITLE_TEXT = one.event.name
        self._office = office
        self._one = one
        self._settings = settings
        self.corrected = False
        """Whether what it is called was corrected."""

    def body(self) -> ComposeResult:
        """Two fields, both optional."""
        event = self._one.event
        yield Static(Content(f"{words.event_days(self._one)} · {event.place} · {event.stage}"))
        yield Static(Content(words.event_facts(self._one)), classes="paragraph")
        yield Static(Content("How many people came (optional: response rates are then of them)"), classes="label")
        yield TextField(_number(self._one.head_count), id="head-count", max_length=7)
        yield Static(Content(f"Apprenticeship level, {LEVELS[0]} to {LEVELS[-1]} (optional)"), classes="label")
        yield TextField(_number(self._one.level), id="level", max_length=1)
        yield Button("How did it go?", "F7", id="debriefs", classes="quiet", action="debriefs")
        if self._one.all_sealed:
            yield Button("Delete its answers, and keep the counts", id="delete", classes="quiet", action="delete")

    def extra_buttons(self) -> ComposeResult:
        """The event's counts, and what it is called."""
        yield Button("Counts", "F4", id="counts", action="counts")
        yield Button("Correct", "F6", id="correct", action="correct")

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "counts", show=False),
        Binding("f6", "correct", show=False),
        Binding("f7", "debriefs", show=False),
    ]

    def action_counts(self) -> None:
        """Show this event's counts."""
        scope = Scope.of({"event": self._one.event.id.hex()})
        self.app.push_screen(counts_screen(self._office, scope, [self._one], self._settings))

    def action_debriefs(self) -> None:
        """Show what those who ran it wrote."""
        self.app.push_screen(DebriefsScreen(self._office, self._one))

    @work
    async def action_correct(self) -> None:
        """Correct what it is called; then there is nothing more to say of it here."""
        correcting = CorrectEvent(self._office, self._one)
        await self.app.push_screen_wait(correcting)
        self.corrected = correcting.corrected
        if self.corrected:
            self.dismiss(None)

    @work
    async def action_delete(self) -> None:
        """Delete its answers, once that is confirmed."""
        try:
            question = await asyncio.to_thread(delete_question, self._office, [self._one])
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        if await self.app.push_screen_wait(question):
            self.dismiss(None)

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def finish(self) -> None:
        """Save, or say what is wrong."""
        head_count, level = (_typed(self.typed(name), label) for name, label in _FIELDS)
        try:
            self._office.describe(self._one.event, head_count, level)
        except ValueError as error:
            raise SettingsError(f"{str(error).capitalize()}: correct the number.") from error
        self.dismiss(None)


def delete_question(office: Office, events: Sequence[OfficeEvent]) -> Confirm:
    """Asks whether the answers of these events are to be deleted, and names what goes.

    Raises:
        StoreError: the store cannot be read or written.
    """
    office.tables()  # whoever can be in a group is in one then
    ids = {one.ids for one in events}
    now = [one for one in office.all_events() if one.ids in ids]
    return Confirm(
        "Delete these answers?",
        words.deleting(now),
        "Delete them",
        lambda: office.delete_responses(now, today()),
        word="delete",
    )


_FIELDS = (("head-count", "How many people came"), ("level", "The level"))


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _typed(text: str, label: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(f"{label} must be a whole number, or empty.")
    return int(text)


class KeyScreen(PlaceScreen):
    """The office key's fingerprint, and its public half for kiosks."""

    CSS_PATH = "../shared/shared.tcss"

    def __init__(self, key: OfficePublicKey, data: Path) -> None:
        super().__init__()
        self._key = key
        self._file = data / "office" / "office.pub"

    def compose(self) -> ComposeResult:
        """What to compare, and where to put the file."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Office key"), classes="heading")
            yield Static(Content("Fingerprint, for comparing with what a kiosk shows:"))
            yield Static(Content(self._key.fingerprint), classes="code")
            yield Static(
                Content(f"Kiosks need the file office.pub. It opens nothing. It is here: {printable(str(self._file))}"),
                classes="paragraph",
            )
            yield PlaceChooser(verb="Copy to")
        yield from self.working()
        with ButtonRow():
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    @on(PlaceChooser.Chosen)
    @work
    async def copy(self, chosen: PlaceChooser.Chosen) -> None:
        """Copy the public half to a place."""
        if not self.at_work:
            with self.working_on("Copying…"):
                await asyncio.to_thread(self._copy_to, chosen.place)
                self.say(
                    f"office.pub is at {shown(chosen.place)}, checked by reading it back. Next: take it to each laptop."
                )

    def _copy_to(self, place: str) -> None:
        Site.at(place).put("office.pub", self._key.to_file(), self.progress)
