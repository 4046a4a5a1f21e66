"""What is typed arrives in order, and in a field where there is one.

Textual hands a key to what has the focus when the key is read, and only then does the key travel: to its widget, up to
the app, to a binding, perhaps to another screen. Whoever types faster than that has the letters after a Tab in the
field before it. So here a key waits until the one before has been wherever it went.

And a letter that no field has taken goes into the screen's field, where it has one: no letter acts on a screen on which
somebody may be typing, however the focus was lost.
"""

import asyncio
import time
from collections import deque
from typing import Generic, TypeVar
from weakref import ref

from textual import events, on
from textual.app import App
from textual.message import Message
from textual.widget import Widget

_LOOK_EVERY = 0.05
"""Seconds between looks at a key that has not come through while others wait."""
_LONGEST = 1.0
"""Seconds that others wait for one: keys go on, whatever a screen is busy with."""
_ROUNDS = 3
"""A key’s way, that of what it sets going, such as a message from its field, and that of what follows from this."""

Result = TypeVar("Result")


class Passed(Message):
    """Travels behind a key: where this has been, the key and its effect have been before."""

    def __init__(self, place: Widget, turn: int) -> None:
        super().__init__()
        self._place = ref(place)  # a screen of staff does not stay in memory for it
        self.turn = turn
        self.since = time.monotonic()

    @property
    def place(self) -> Widget | None:
        """Where it set out, if that is still there to pass it on."""
        place = self._place()
        return place if place and place.is_attached and place.screen in place.app.screen_stack else None


class TypingApp(App[Result], Generic[Result], inherit_bindings=False):
    """Hands on one key at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._arrived: deque[events.Event] = deque()
        """What came while a key was on its way."""
        self._behind: Passed | None = None
        """What follows the key that is on its way."""

    async def on_event(self, event: events.Event) -> None:
        """Hand on what people do in the order in which they do it."""
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            self._arrived.append(event)
            if self._behind and self.screen_stack and not self._behind.place:
                self._follow(1)
            if self._behind is None:
                await self._hand_on()
            elif len(self._arrived) == 1:
                self.set_timer(_LOOK_EVERY, self._look)
        else:
            await super().on_event(event)

    async def _hand_on(self) -> None:
        """Hand on what has arrived, up to a key or a paste: the next waits for that."""
        self._behind = None
        while self._arrived and self._behind is None:
            event = self._arrived.popleft()
            if self.screen_stack:  # none while the app ends
                await super().on_event(event)
                if not isinstance(event, events.MouseEvent):
                    self._follow(1)

    def _follow(self, turn: int) -> None:
        """Send something behind a key."""
        place = self.focused or self.screen
        behind = Passed(place, turn)
        self._behind = behind if place.post_message(behind) else None

    @on(Passed)
    async def _has_passed(self, passed: Passed) -> None:
        """Follow the key on to where its effect has led; then the next one's turn has come."""
        await asyncio.sleep(0)  # a worker that was begun opens its screen now
        if passed is not self._behind:
            return
        self._behind = None
        if self.screen_stack:
            still_there = passed.place is (self.focused or self.screen)
            if not still_there or passed.turn < _ROUNDS:
                self._follow(passed.turn + 1 if still_there else 1)
        if self._behind is None:
            await self._hand_on()

    async def _look(self) -> None:
        """Wait no longer for a key whose widget has gone, or that takes too long."""
        behind = self._behind
        if behind and (not behind.place or time.monotonic() - behind.since > _LONGEST):
            await self._hand_on()
        if self._arrived:
            self.set_timer(_LOOK_EVERY, self._look)

    # Letters that no field has taken.

    def on_key(self, event: events.Key) -> None:
        """Put a letter in the field of a screen that has one; a space presses the button that has the focus."""
        if event.is_printable and not (event.key == "space" and self.focused):
            self._type(event, events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        """Put what is pasted there."""
        self._type(event, events.Paste(event.text))

    def _type(self, event: events.Event, again: events.Event) -> None:
        field = None if self.focused and _takes_letters(self.focused) else self._field
        if field is not None:
            event.prevent_default()
            field.focus(scroll_visible=True)
            field.post_message(again)

    @property
    def _field(self) -> Widget | None:
        """The field in which one would go on typing: the last before what has the focus, or the first."""
        chain = self.screen.focus_chain if self.screen_stack else []
        fields = list(filter(_takes_letters, chain))
        before = chain[: chain.index(self.focused)] if self.focused in chain else []
        return next((field for field in reversed(fields) if field in before), fields[0] if fields else None)


def _takes_letters(widget: Widget) -> bool:
    return widget.check_consume_key("a", "a")
