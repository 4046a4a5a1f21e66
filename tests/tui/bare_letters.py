"""What letters and digits do that somebody types without looking where: on every view, with nothing focused."""

import string
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

from textual.keys import key_to_character
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Select, TextArea

from tests.tui.pilot import Person
from tui.shared.confirm import Confirm
from tui.toolkit.browse import Browse

LETTERS = string.ascii_lowercase + string.digits


class BareLetters:
    """Looks at every view of a walk, and remembers which screens it has seen."""

    def __init__(self) -> None:
        self._seen: WeakSet[Screen[Any]] = WeakSet()
        self._typed: set[object] = set()

    async def faults(self, person: Person[Any], view: str) -> list[str]:
        """What is wrong with a view."""
        faults = list(self._on_opening(person))
        fields = type(person.app.screen), *(one.id for one in _texts(person))
        if fields[1:] and fields not in self._typed and not isinstance(person.app.screen, Browse):
            self._typed.add(fields)  # in that one a field goes with the focus
            faults += await _typed(person)
        return [f"{view}: {fault}" for fault in faults]

    def _on_opening(self, person: Person[Any]) -> Iterator[str]:
        """Where a screen has a field, a field has the cursor as it opens, and no letter is a key."""
        screen = person.app.screen
        if screen not in self._seen:
            self._seen.add(screen)
            fields = [one for one in screen.focus_chain if isinstance(one, Input | TextArea | Select)]
            if fields and screen.focused not in fields:
                yield f"opens with {screen.focused}, not with {fields[0]}"
            if fields or isinstance(screen, Confirm):
                yield from _bound(screen)


def _bound(screen: Screen[Any]) -> Iterator[str]:
    """Keys of a screen and its app that are a letter, a digit or a sign."""
    for node in (screen, screen.app):
        for key, bindings in node._bindings.key_to_bindings.items():
            if (key_to_character(key) or "\0").isprintable():
                yield f"{key} does {bindings[0].action}"


def _texts(person: Person[Any]) -> dict[Widget, str]:
    """What stands in the fields."""
    chain = person.app.screen.focus_chain
    return {
        one: one.value if isinstance(one, Input) else one.text for one in chain if isinstance(one, Input | TextArea)
    }


async def _typed(person: Person[Any]) -> list[str]:
    """Type with nothing focused, see that one field alone has changed, and put it back."""
    screen, focused, before = person.app.screen, person.app.focused, _texts(person)
    screen.set_focus(None)
    for one in before:
        if isinstance(one, Input):
            one.cursor_position = len(one.value)  # a click may have left it elsewhere
    await person.write(LETTERS)
    if person.app.screen is not screen:
        return [f"typing led to {person.app.screen}"]
    changed = {one: text for one, text in before.items() if _texts(person).get(one) != text}
    limited = all(isinstance(one, Input) and one.max_length for one in before)
    faults = [] if len(changed) == 1 or limited else [f"typing has changed {list(changed)}"]
    for one, text in changed.items():
        if isinstance(one, Input):
            faults += [] if limited or one.value.endswith(LETTERS) else [f"typing has left {one.value!r}"]
            one.value = text
        elif isinstance(one, TextArea):
            one.text = text
    screen.set_focus(focused)
    await person.pause()
    return faults
