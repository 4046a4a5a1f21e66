"""The sound test: something is read aloud, and whoever stands there says whether they heard it."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from content.language import Words
from tui.shared.button_row import ButtonRow
from tui.speech import programs
from tui.speech.sound import NO_PROGRAM, cannot_speak
from tui.widgets.button import Button

_UNHEARD = (
    "Then candidates hear nothing. Turn the sound up, plug in headphones or loudspeakers, or choose another sound "
    "output, and play it again. If nothing helps, turn reading aloud off."
)


class SoundTest(ModalScreen[bool | None], inherit_bindings=False):
    """Returns whether it was heard; None where nobody said."""

    CSS_PATH = "shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("y", "heard", show=False),
        Binding("n", "unheard", show=False),
        Binding("a", "play", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, words: Words) -> None:
        """Test with the voice that reads these words."""
        super().__init__()
        self._words = words
        self._program = programs.find_program()
        self._speech = programs.Speech(self._program) if self._program else None
        self._heard: bool | None = None
        self._played = False

    def compose(self) -> ComposeResult:
        """What happens, and the buttons."""
        with Vertical(classes="dialog"):
            yield Static(Content("Sound test"), classes="heading")
            yield Static(id="said", classes="paragraph")
            with ButtonRow():
                yield Button("Yes", "Y", id="heard", classes="main", action="heard")
                yield Button("No", "N", id="unheard", action="unheard")
                yield Button("Play again", "A", id="again", action="play")
                yield Button("Close", "Esc", id="close", classes="out", action="close")

    def on_mount(self) -> None:
        """Play it at once."""
        self.action_play()

    def on_unmount(self) -> None:
        """Be silent when it closes."""
        if self._speech:
            self._speech.hush()

    @work(exclusive=True)
    async def action_play(self) -> None:
        """Read the first words of the survey, and ask whether they were heard, if they could be."""
        if self._program is None or self._speech is None:
            self._show(f"Nothing was played. {NO_PROGRAM}", asks=False)
            return
        text = self._words.welcome.heading
        self._show(f"Playing “{text}”", asks=False)
        could = await asyncio.to_thread(self._speech.say, text, self._words.language, self._speech.hush())
        if could:
            self._show(f"“{text}” was played, through {self._program.kind}. Did you hear it?", asks=True)
        else:
            self._heard = False
            self._show(f"Nothing was played. {cannot_speak(self._program)}", asks=False)

    def action_heard(self) -> None:
        """It was heard."""
        if self._played:
            self.dismiss(result=True)

    def action_unheard(self) -> None:
        """It was not: say what to do."""
        if self._played:
            self._heard = False
            self._show(_UNHEARD, asks=False)

    def action_close(self) -> None:
        """Say no more than is known."""
        self.dismiss(self._heard)

    def _show(self, text: str, *, asks: bool) -> None:
        self._played = asks
        self.query_one("#said", Static).update(Content(text))
        for name in ("#heard", "#unheard"):
            self.query_one(name).display = asks
