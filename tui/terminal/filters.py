"""What is changed of each painted line: what would steer the terminal, and what a terminal that shows less lacks."""

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from storage.text import steers
from tui.terminal.capabilities import Fallbacks


class SteersNothing(LineFilter):
    """Keeps out of every line whatever a terminal might obey, whoever drew it and wherever its text is from."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments, in as many cells: a `�` stands for what has a cell, and nothing for what has none."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment("".join(map(_harmless, text)), style, control) for text, style, control in segments]


def _harmless(letter: str) -> str:
    return "�" * get_character_cell_size(letter) if steers(letter) else letter


class KnownLetters(LineFilter):
    """Puts letters and signs that the terminal has in place of those that it lacks, cell for cell."""

    def __init__(self, fallbacks: Fallbacks) -> None:
        super().__init__()
        self._fallbacks = fallbacks

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments, with letters that can be shown."""
        return [Segment(text.translate(self._fallbacks), style, control) for text, style, control in segments]


class PlainOnWhite(LineFilter):
    """Spares terminals with few colours bold letters where they would be hard to read.

    Such terminals show bold as a brighter colour, which makes black letters on white grey: 3.2:1 on a Linux console.
    That one also shows underlined letters as cyan: 1.9:1 on white.
    """

    def __init__(self, *, underlines: bool) -> None:
        """Make one for a terminal that draws a line under letters, or one that does not."""
        super().__init__()
        self._plain = Style(bold=False) if underlines else Style(bold=False, underline=False)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments, plain where they do not stand on black."""
        return [Segment(text, style and self._plainer(style), control) for text, style, control in segments]

    def _plainer(self, style: Style) -> Style:
        on_black = style.bgcolor is not None and not any(style.bgcolor.get_truecolor())
        return style if on_black else style + self._plain


class Colourless(LineFilter):
    """Leaves the terminal's own two colours: what stands on another background than the page's is reversed.

    Textual answers NO_COLOR with shades of grey, which are colours to a terminal all the same: https://no-color.org
    """

    def __init__(self, page: str) -> None:
        """Make one for a page of this colour, as `#RRGGBB`."""
        super().__init__()
        self._page = tuple(Color.parse(page).rgb)
        self._known: dict[Style, Style] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments, told apart by attributes alone."""
        return [Segment(text, style and self._plain(style), control) for text, style, control in segments]

    def _plain(self, style: Style) -> Style:
        if style not in self._known:
            page = style.bgcolor is None or tuple(style.bgcolor.get_truecolor()) == self._page
            self._known[style] = Style(
                bold=style.bold, underline=style.underline, reverse=bool(style.reverse) is page or None
            )
        return self._known[style]
