"""Reading aloud at the kiosk: who listens, a line that says so, and the one text that is being read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.message import Message
from textual.reactive import var

from content.language import Words
from tui.widgets.writing import Text

if TYPE_CHECKING:
    from tui.speech.programs import Speech


class Aloud(Text):
    """Shown while something is read, or cannot be. Any key or click hushes it."""

    listens = var(default=False)
    """Whether whoever is here has had something read aloud."""

    class Changed(Message):
        """Reading began or ended, or somebody listens now, or no more."""

    class Said(Message):
        """A text was read to its end, or could not be; `number` tells which."""

        def __init__(self, number: int, *, done: bool) -> None:
            super().__init__()
            self.number = number
            self.done = done

    def __init__(self) -> None:
        super().__init__(classes="banner")
        self.speech: Speech | None = None
        """What speaks, where the computer can and staff allow it."""
        self._touched = self._hushed = 0.0
        """When the last key or click came, and the last that hushed something."""
        self._read = 0
        self._reading = 0
        self._words: Words | None = None

    def on_mount(self) -> None:
        """Nothing is read yet."""
        self.display = self.visible = False

    def watch_listens(self) -> None:
        """Offer what who listens may want, or no more."""
        self.post_message(self.Changed())

    def on_unmount(self) -> None:
        """Nothing goes on speaking when the kiosk ends."""
        self.hush()

    @property
    def reading(self) -> bool:
        """Whether something is being read."""
        return self._reading != 0

    def label(self, words: Words) -> str:
        """What the button for it does now."""
        return words.button.stop_reading if self.reading else words.button.read_aloud

    def touched(self, time: float) -> None:
        """A key was pressed, or a button of the mouse: be silent.

        The same key comes here when it is pressed and again when it has its effect, after keys pressed before it.
        """
        self._touched = time
        if self.reading:
            self._hushed = time
        self.hush()

    def ask(self, texts: Iterable[str], words: Words) -> None:
        """Read these, and each new screen from now on; no more, where this very key has hushed it."""
        if self._touched == self._hushed:
            self.listens = False
        else:
            first = [] if self.listens else [words.speech.on]
            self.listens = True
            self.read([*texts, *first], words)

    def read_on(self, texts: Iterable[str], words: Words) -> None:
        """Read what is new to somebody who listens."""
        if self.listens:
            self.read(texts, words)

    def read(self, texts: Iterable[str], words: Words) -> None:
        """Read texts in the language of `words`, in place of what is being read."""
        if self.speech is None:
            return
        turn = self.speech.hush()
        self.display = True
        self._read += 1
        self._reading = self._read
        self._words = words
        self._say(words.speech.note)
        self._speak(self.speech, "\n\n".join(texts), words.language, turn, self._reading)

    def change_pace(self, step: int) -> None:
        """Speak slower or faster from now on, to who listens."""
        if self.speech and self.listens:
            self.speech.change_pace(step)

    def hush(self) -> None:
        """Be silent, and say no more of it."""
        if self.speech:
            self.speech.hush()
        self._reading = 0
        if self.visible:
            self._say("")

    def use(self, speech: "Speech | None") -> None:
        """Speak through this, or no more."""
        self._clear()
        self.speech = speech

    def forget(self) -> None:
        """Nobody listens any more; the next who does hears the usual speed."""
        self.listens = False
        if self.speech:
            self.speech.usual_pace()
        self._hushed = 0.0
        self._clear()

    def _clear(self) -> None:
        """Be silent, and take no more room. Until then nothing moves under a finger that hushes."""
        self.hush()
        self.display = False

    @work(thread=True)
    def _speak(self, speech: "Speech", text: str, language: str, turn: int, number: int) -> None:
        self.post_message(self.Said(number, done=speech.say(text, language, turn)))

    def on_aloud_said(self, message: Said) -> None:
        """Say that it is over, or why it was not to be."""
        message.stop()
        if message.number == self._reading and self._words:
            self._reading = 0
            self._say("" if message.done else self._words.speech.unavailable)

    def _say(self, note: str) -> None:
        self.visible = bool(note)
        self.update(Content(note))
        self.post_message(self.Changed())
