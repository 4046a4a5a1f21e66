"""Choosing a place: the drives that are plugged in, each a button, and a field for any folder, file or address."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from storage.exchange.drives import Drive, drives
from tui.widgets.button import Button
from tui.widgets.place_field import PlaceField

_LOOK_EVERY = 2.0
"""Seconds."""
_MOST = 6
_EXAMPLE = "/home/ann/exports or sftp://office.example/in"
_NO_DRIVE = "No drive is plugged in: plug one in and it appears here."


class PlaceChooser(Vertical):
    """Posts `Chosen` with a folder's path or an address."""

    class Chosen(Message):
        """Somebody chose a drive, or what is typed in the field."""

        def __init__(self, place: str) -> None:
            super().__init__()
            self.place = place

    def __init__(
        self,
        *,
        verb: str,
        typed: str = "",
        suffix: str | None = None,
        drives: tuple[Drive, ...] | None = None,
        example: str | None = _EXAMPLE,
    ) -> None:
        """Make one.

        Args:
            verb: what choosing does, such as “Hand over to”.
            typed: what stands in the field already.
            suffix: how the files end that are listed besides folders; None where it is folders alone.
            drives: in place of those that are plugged in.
            example: of what can be typed; None for drives alone, where anybody may stand, who is to look at no folder.
        """
        super().__init__()
        self._verb = verb
        self._drives = drives
        self._drives_alone = example is None
        self._field = PlaceField(typed, field_id="place", take=verb, suffix=suffix, placeholder=example or "")
        self._found: list[tuple[Drive, str]] | None = None

    def compose(self) -> ComposeResult:
        """A line or buttons for drives, and a field."""
        yield Static(Content(_NO_DRIVE), id="no-drive", classes="aside")
        for number in range(1, _MOST + 1):
            yield Button("", f"F{number + 4}", id=f"drive-{number}", classes="drive")
        if not self._drives_alone:
            yield Static(Content("Or choose below, type or paste a place; press Enter:"), classes="label")
            yield self._field

    def on_mount(self) -> None:
        """Look for drives now and every other second."""
        for button in self.query(".drive"):
            button.display = False
        self.set_interval(_LOOK_EVERY, self._look)
        self._look()

    @work
    async def _look(self) -> None:
        """Show the drives that are there now. A slow one keeps nobody waiting."""
        found = await asyncio.to_thread(_look_at_drives, self._drives)
        if found == self._found:
            return
        self._found = found
        self.query_one("#no-drive").display = not found
        for number in range(1, _MOST + 1):
            button = self.query_one(f"#drive-{number}", Button)
            button.display = number <= len(found)
            if button.display:
                button.label = f"{self._verb} {found[number - 1][1]}"

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self._field.typed

    @property
    def places(self) -> list[str]:
        """The drives that are plugged in."""
        return [str(drive.path) for drive, _ in self._found or []]

    def choose(self, number: int) -> None:
        """Choose a drive by its number, if there is one."""
        if self._found and number <= len(self._found):
            self.post_message(self.Chosen(str(self._found[number - 1][0].path)))

    @on(Button.Pressed, ".drive")
    def press_drive(self, event: Button.Pressed) -> None:
        """A drive's button chooses it."""
        event.stop()
        self.choose(int((event.button.id or "").removeprefix("drive-")))

    @on(PlaceField.Chosen)
    def choose_typed(self) -> None:
        """Choose what is typed."""
        self.post_message(self.Chosen(self.typed))


def _look_at_drives(offered: tuple[Drive, ...] | None) -> list[tuple[Drive, str]]:
    """The drives that are offered, or those that are plugged in, each with what to say of it."""
    return [(drive, _described(drive)) for drive in (drives() if offered is None else offered)[:_MOST]]


def _described(drive: Drive) -> str:
    free = drive.free
    room = "" if free is None else f" ({free // 10**9} GB free)" if free >= 10**9 else f" ({free // 10**6} MB free)"
    return drive.name + room
