"""Where on a screen somebody reads. The terminal's own cursor goes there: magnifiers and braille displays follow it."""

from typing import Protocol, runtime_checkable

import msgspec
from textual.geometry import Offset
from textual.screen import Screen


class Spot(msgspec.Struct, frozen=True):
    """Where on the screen somebody reads."""

    at: Offset
    acts: bool = True
    """Whether keys act on what stands there; if so the cursor is shown, else it only lies there."""


@runtime_checkable
class Pointing(Protocol):
    """A screen or a widget that knows where in it the reader is."""

    @property
    def spot(self) -> Spot | None:
        """The place, or None where it is nowhere in view."""


def spot_on(screen: Screen[object]) -> Spot | None:
    """Where on a screen the reader is: in the field that is typed in, on what has the focus, or where it says."""
    focused = screen.focused
    if focused is None:
        return screen.spot if isinstance(screen, Pointing) else _heading(screen)
    if isinstance(focused, Pointing):
        return focused.spot
    typing = getattr(focused, "cursor_screen_offset", None)  # of Textual's fields
    if not isinstance(typing, Offset):
        return Spot(focused.content_region.offset)
    at_end = getattr(focused, "cursor_at_end", False)  # where Textual's field of one line says one cell too far
    return Spot(typing - Offset(1, 0) if at_end else typing)


def _heading(screen: Screen[object]) -> Spot | None:
    """Where a screen begins that does not say where it is read."""
    heading = next((heading for heading in screen.query(".heading, #bar-place") if heading.display), None)
    return Spot(heading.content_region.offset, acts=False) if heading else None
