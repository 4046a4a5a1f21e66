"""Going back to a copy of the office: which one, what opens it, and a last look before it takes the office's place."""

import asyncio
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage.crypto.keys import OfficePrivateKey
from storage.office.copies import (
    COPY_LIMIT,
    COPY_SUFFIX,
    OpenedCopy,
    Restored,
    SealedCopy,
    find_copy,
    open_copy,
    restore,
    unlock_copy,
    unlock_copy_with_code,
    what_is_newer,
)
from storage.wrong_tries import WrongTries
from tui.shared.button_row import ButtonRow
from tui.shared.confirm import Confirm
from tui.shared.place_screen import PlaceScreen
from tui.shared.unlock import Unlock
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

_ASIDE = "What is here is moved aside, not deleted."
_CHOOSE = "Now choose the copy: its recovery code is asked for then."


class RestoreCopy(PlaceScreen):
    """Puts a copy in the place of what is here."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "by_code", show=False)]

    def __init__(self, data: Path, tries: WrongTries) -> None:
        """Restore into a data folder that this process keeps; `tries` slows wrong passphrases."""
        super().__init__()
        self._data = data
        self._tries = tries
        self._by_code = False
        """Whether the recovery code is asked for in place of a passphrase."""

    def compose(self) -> ComposeResult:
        """Places, the other way to open it, a way back."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content("Restore a copy of the office"), classes="heading")
            yield Static(
                Content("Its passphrase opens it: of today, where this office is here; else of the day of the copy."),
                classes="paragraph",
            )
            yield PlaceChooser(verb="Restore from", suffix=COPY_SUFFIX)
        yield from self.working()
        with ButtonRow():
            yield Button("Use the recovery code", "F3", id="by-code", action="by_code")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def action_by_code(self) -> None:
        """Ask for the recovery code in place of a passphrase, once the copy is chosen."""
        if not self.at_work:
            self._by_code = True
            self.say(_CHOOSE)

    @on(PlaceChooser.Chosen)
    @work
    async def restore(self, chosen: PlaceChooser.Chosen) -> None:
        """Read the copy that is chosen, open it, and put it back once that is confirmed."""
        if self.at_work:
            return
        copy: SealedCopy | None = None
        with self.working_on("Reading the copy…"):
            copy = await asyncio.to_thread(_read, chosen.place)
            self.say("")
        if copy is None:
            return
        key = await self.app.push_screen_wait(self._asked(copy))
        if key is None:
            return
        opened: OpenedCopy | None = None
        newer = ""
        with self.working_on("Checking the copy…"):
            opened = await asyncio.to_thread(open_copy, copy, key)
            newer = await asyncio.to_thread(what_is_newer, self._data, opened)
            self.say("")
        if opened is not None:
            await self._put_back(opened, newer)

    def _asked(self, copy: SealedCopy) -> Unlock[OfficePrivateKey]:
        if self._by_code:
            by_code = partial(unlock_copy_with_code, self._data, copy)
            return Unlock("Office", "The recovery code, eight groups:", by_code, self._tries)
        unlock = partial(unlock_copy, self._data, copy)
        return Unlock("Office", "The office passphrase:", unlock, self._tries, self.action_by_code)

    async def _put_back(self, copy: OpenedCopy, newer: str) -> None:
        done: list[Restored] = []

        def act() -> None:
            done.append(restore(self._data, copy, older=bool(newer), progress=self.progress))

        about = [words.copied(copy), newer, _ASIDE if (self._data / "office").exists() else ""]
        heading = "Go back to an older office?" if newer else "Put the office back?"
        if await self.app.push_screen_wait(Confirm(heading, " ".join(filter(None, about)), "Put it back", act)):
            next_step = words.THEN_FORGOTTEN if self._by_code else ""
            said = (words.restored_copy(copy), *words.beside_restored(done[0]), next_step)
            self.say(" ".join(filter(None, said)))
            self._by_code = False


def _read(place: str) -> SealedCopy:
    return SealedCopy.parse(find_copy(place).read(COPY_LIMIT))
