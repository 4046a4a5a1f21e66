"""Where staff have forgotten their passphrase: ask the office for a new one, take its answer, and change it later.

Whoever stands before an unattended laptop comes here too. So there is no place to type, only the drives that are
plugged in; what is written there only the office reads, and its answer opens nothing without the passphrase it tells.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.crypto.keys import KioskPrivateKey
from storage.errors import FairstartError, KeyFileError
from storage.exchange.addresses import shown
from storage.exchange.drives import files_ending
from storage.exchange.forgotten import ANSWER_SUFFIX
from storage.exchange.locations import Site
from storage.kiosk.forgotten import Asked, ask_office, check_answer, take_answer
from storage.kiosk.key_files import change_passphrase
from storage.kiosk.kiosk import Kiosk
from storage.wrong_tries import WrongTries
from tui.shared.button_row import ButtonRow
from tui.shared.steps import WrittenPassphrase
from tui.shared.unlock import Unlock
from tui.shared.working import WorkingScreen
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser


class ForgottenStaff(WorkingScreen[KioskPrivateKey | None]):
    """Returns the laptop's key once the office's answer and its passphrase are there, else None."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("f3", "answer", show=False),
        Binding("tab,down", "app.focus_next", show=False),
        Binding("shift+tab,up", "app.focus_previous", show=False),
        *(Binding(f"f{number + 4}", f"drive({number})", show=False) for number in range(1, 7)),
    ]

    def __init__(self, data: Path, tries: WrongTries) -> None:
        """Ask for the laptop of a data folder."""
        super().__init__()
        self._data = data
        self._tries = tries

    def compose(self) -> ComposeResult:
        """What to do, and the drives."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Forgotten staff passphrase"), classes="heading")
            yield Static(
                Content(
                    "The office can give this laptop a new one. Plug a stick in and press its button: a file goes onto "
                    "it that only the office can read. The event goes on meanwhile, and nothing is lost."
                ),
                classes="paragraph",
            )
            yield PlaceChooser(verb="Ask the office by", example=None)
            yield Static(Content("When the stick comes back, plug it in and take the answer."), classes="paragraph")
            yield Static(id="digits", classes="code")
        yield from self.working()
        with ButtonRow():
            yield Button("Take the answer", "F3", id="answer", classes="main", action="answer")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def on_mount(self) -> None:
        """No digits before something was asked; the base class's `on_mount` is called as well."""
        self.query_one("#digits").display = False
        self.query_one("#answer").focus()

    def action_back(self) -> None:
        """Back, once the work is done."""
        if not self.at_work:
            self.dismiss(None)

    def action_drive(self, number: int) -> None:
        """Choose the drive of that number."""
        self.query_one(PlaceChooser).choose(number)

    @on(PlaceChooser.Chosen)
    @work
    async def ask(self, chosen: PlaceChooser.Chosen) -> None:
        """Write what the office reads."""
        if not self.at_work:
            with self.working_on("Writing…"):
                asked = await asyncio.to_thread(self._ask, chosen.place)
                digits = self.query_one("#digits", Static)
                digits.update(Content(asked.fingerprint))
                digits.display = True
                self.say(
                    f"{asked.name} is on {shown(chosen.place)}. Take it to the office, which compares the digits above."
                )

    def _ask(self, place: str) -> Asked:
        asked = ask_office(self._data)
        Site.at(place).put(asked.name, asked.content, self.progress)
        return asked

    @work
    async def action_answer(self) -> None:
        """Look for the answer on the drives, and ask for the passphrase that goes with it."""
        if self.at_work:
            return
        found: list[Path] = []
        with self.working_on("Looking for the answer…"):
            found = await asyncio.to_thread(self._answers, self.query_one(PlaceChooser).places)
            self.say("")
        if found:
            hint = "The passphrase that the office gave you:"
            take = partial(take_answer, self._data, found[0])
            key = await self.app.push_screen_wait(Unlock("Staff", hint, take, self._tries))
            if key:
                self.dismiss(key)

    def _answers(self, places: list[str]) -> list[Path]:
        """The first answer on these drives to what was asked last."""
        problem: FairstartError | None = None
        for path in files_ending(ANSWER_SUFFIX, map(Path, places)):
            try:
                check_answer(self._data, path)
            except FairstartError as error:
                problem = error
            else:
                return [path]
        raise problem or KeyFileError("No answer was found: plug in the stick that came back from the office.")


class ChangeStaffPassphrase(WrittenPassphrase):
    """Another passphrase for the staff of this laptop."""

    TITLE_TEXT = "New staff passphrase"
    EXPLANATION = "It opens this laptop from now on, and the old one no more. Other laptops keep theirs."

    def __init__(
        self, kiosk: Kiosk, key: KioskPrivateKey, known: tuple[str, ...], changed: Callable[[], object]
    ) -> None:
        """Ask for one; `known` are words that it should not be made of; `changed` is called once it holds."""
        super().__init__(known)
        self._kiosk = kiosk
        self._key = key
        self._changed = changed

    def write(self, passphrase: str) -> Callable[[], object]:
        """Write it into this laptop's key; then go back."""
        change_passphrase(self._kiosk.data, self._key, passphrase)
        return self._go_on

    def _go_on(self) -> None:
        self.dismiss(None)
        self._changed()
