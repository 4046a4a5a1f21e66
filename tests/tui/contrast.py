"""Which colours meet on a screen, and how well they stand out from each other.

Screens are painted in a theme that tells which colours meet. Each such pair is then measured in every theme, as
terminals of 16 million, 256 and 16 colours show it, by the WCAG 2 formula:
https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from rich.color import Color as RichColor
from rich.color import ColorSystem, ColorType
from textual import events
from textual.color import Color
from textual.theme import Theme

import tui.terminal.themes
from tests.tui.pilot import Person
from tui.terminal.themes import FEW_COLOURS, LIGHT, THEMES
from tui.widgets.button import Button

TEXT, LINES = 7.0, 3.0
"""The least contrast of text, and of what is not text (WCAG 2.2, 1.4.6 and 1.4.11)."""

Rgb = tuple[int, int, int]


def luminance(colour: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


DRAWN = re.compile(r"[\u2500-\u259f\s]*")
"""Frames, rules and scroll bars."""

Pair = tuple[str, str, float]
"""The role of a text's colour, that of its background, and the least contrast of the two."""

ROLES = {
    "text": "foreground",
    "page": "background",
    "accent": "primary",
    "surface": "surface",
    **{name: name for name in LIGHT.variables if name not in {"marked-style", "button-style"}},
}
"""What colours are for, by the names of `tui.terminal.themes`, and where a theme of Textual has each."""


def role_of(theme: Theme, role: str) -> str:
    """The colour that a theme has for a role."""
    name = ROLES[role]
    return str(theme.variables[name] if name in theme.variables else getattr(theme, name))


PROBE_COLOURS = {role: f"#{10 + 9 * place:02X}{200 - 7 * place:02X}80" for place, role in enumerate(ROLES)}
PROBE = tui.terminal.themes._theme("light", PROBE_COLOURS, dark=False)
ROLE = {tuple(Color.parse(colour).rgb): role for role, colour in PROBE_COLOURS.items()}
"""Roles by the colours of a theme in which no two are alike."""


def painted_pairs(person: Person[Any]) -> Iterator[tuple[str, Rgb, Rgb]]:
    """Every text that is painted, with its colour and its background; of a dialog only, where one dims the rest."""
    dialog = person.app.screen.query(".dialog")
    left, top, width, height = dialog.first().region if dialog else person.app.screen.region
    for strip in person.app.screen._compositor.render_strips()[top : top + height]:
        for text, style, _control in strip.crop(left, left + width):
            if not text.strip():
                continue
            assert style is not None, text
            assert style.color is not None, text
            assert style.bgcolor is not None, text
            assert style.color.type is style.bgcolor.type is ColorType.TRUECOLOR
            assert not any((style.dim, style.blink, style.blink2)), text
            front: Rgb = style.color.get_truecolor()
            back: Rgb = style.bgcolor.get_truecolor()
            yield (text, back, front) if style.reverse else (text, front, back)


def pairs_on(person: Person[Any], view: str) -> set[Pair]:
    """Roles that meet on the screen; a colour that has none fails."""
    pairs = set()
    for text, front, back in painted_pairs(person):
        assert front in ROLE, f"{view}: {text!r} is painted in {front}, which is no colour of the themes"
        assert back in ROLE, f"{view}: {text!r} stands on {back}, which is no colour of the themes"
        pairs.add((ROLE[front], ROLE[back], LINES if DRAWN.fullmatch(text) else TEXT))
    return pairs


Shows = Callable[[str, bool], Rgb]
"""What a terminal makes of a colour, in front or behind."""


def as_it_is(colour: str, _behind: bool) -> Rgb:  # noqa: FBT001 - a `Shows`
    return Color.parse(colour).rgb


def of_256(colour: str, _behind: bool) -> Rgb:  # noqa: FBT001 - a `Shows`
    shown = RichColor.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    return shown.red, shown.green, shown.blue


def of_16(colour: str, _behind: bool) -> Rgb:  # noqa: FBT001 - a `Shows`
    """As xterm has them: black and white are what they are called."""
    number = RichColor.parse(colour).downgrade(ColorSystem.STANDARD).number
    return {0: (0, 0, 0), 15: (255, 255, 255)}[number or 0]


def on_a_console(colour: str, behind: bool) -> Rgb:  # noqa: FBT001 - a `Shows`
    """As the Linux console has them: behind letters there are eight colours, and white is a light grey."""
    return (170, 170, 170) if behind and of_16(colour, behind) == (255, 255, 255) else of_16(colour, behind)


LOOKS: list[tuple[str, Theme, Shows]] = [
    *((f"{name}, {shows.__name__}", theme, shows) for name, theme in THEMES.items() for shows in (as_it_is, of_256)),
    *(
        (f"{name}, {shows.__name__}", theme, shows)
        for name, theme in FEW_COLOURS.items()
        for shows in (of_16, on_a_console)
    ),
]


def too_faint(pairs: set[Pair]) -> list[str]:
    """What would be hard to read, in any theme on any kind of terminal."""
    assert len(pairs) > 5
    faint = []
    for look, theme, shows in LOOKS:
        for front, back, least in sorted(pairs):
            found = contrast(shows(role_of(theme, front), False), shows(role_of(theme, back), True))  # noqa: FBT003
            if found < least:
                faint.append(f"{look}: {front} on {back} {found:.2f}")
    return faint


async def touched(person: Person[Any], before: set[object]) -> AsyncIterator[str]:
    """Each button that looks like none before on such a screen, under the mouse, pressed by it, and with the focus."""
    focused = person.app.focused
    for button in person.app.screen.query(Button):
        seen = person.seen(button)
        look = type(person.app.screen), button.classes, button.background_colors
        if seen is None or look in before:
            continue
        before.add(look)
        await person.mouse(events.MouseMove, seen.x, seen.y)
        yield f"{button.id} under the mouse"
        await person.mouse(events.MouseDown, seen.x, seen.y)
        yield f"{button.id} held"
        await person.mouse(events.MouseMove, 0, 0)
        await person.mouse(events.MouseUp, 0, 0)
        button.focus()
        await person.pause()
        yield f"{button.id} with the focus"
    person.app.screen.set_focus(focused)
    await person.pause()
