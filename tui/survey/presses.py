"""Whether a press is meant for the view that is shown, or was made for the one before it.

A key that is held repeats, fingers press twice, and a double click is two clicks. So what brought a view does nothing
on it until it has been let alone for a moment, or something else was pressed. Other keys are never slowed: who types
ahead is not held up.
"""

from textual import events

_KEY_REPEATS = 0.8
"""Seconds: keyboards begin to repeat a key that is held after 0.25 to 0.66, and then are faster."""
_CLICK_REPEATS = 0.5
"""Seconds of a double click, as desktops have them; nobody reads a new view and clicks on it sooner."""
_CLICK = "click"

Press = tuple[str, float]
"""A key or the mouse, and when."""


class Presses:
    """The presses that matter: the last that came, the last that has its effect, and the one that brought the view."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Remember no press: it may have been an answer."""
        self._came: Press = ("", 0.0)
        self._acts: Press = ("", 0.0)
        self._brought: Press = ("", 0.0)

    def note(self, event: events.Event) -> None:
        """A key or the mouse was pressed. A key comes here when it is pressed, and forwarded when it has its effect."""
        press = (event.key if isinstance(event, events.Key) else _CLICK, event.time)
        if not event.is_forwarded:
            self._came = press
        if event.is_forwarded or press[0] == _CLICK:
            repeats = self._repeats(press)
            self._acts = press
            self._brought = press if repeats else ("", 0.0)

    def view_came(self) -> None:
        """What is pressed now has brought another view."""
        self._brought = self._acts

    def screen_came(self) -> None:
        """What was pressed last, on the screen that lay over this one, has brought this one back."""
        self._brought = self._came

    @property
    def spent(self) -> bool:
        """Whether what is pressed now has brought this view, or repeats what has."""
        return self._repeats(self._acts)

    def _repeats(self, press: Press) -> bool:
        what, when = press
        brought, then = self._brought
        return what == brought and when - then < (_CLICK_REPEATS if what == _CLICK else _KEY_REPEATS)
