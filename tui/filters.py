"""What is changed of each painted line for terminals that show less: signs they lack, and no colours at all."""

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tui.terminal import Fallbacks


class KnownLetters(LineFilter):
    """Puts letters and signs that the terminal has in place of those that it lacks, cell for cell."""

    def __init__(self, fallbacks: Fallbacks) -> None:
        super().__init__()
        self._fallbacks = fallbacks

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments, with letters that can be shown."""
        return [Segment(text.translate(self._fallbacks), style, control) for text, style, control in segments]


class ConsoleStyles(LineFilter):
    """Spares a Linux console bold and underlined letters where they would be hard to read.

    It shows bold as a brighter colour and underlined as cyan: on white, dark grey (3.2:1) and cyan (1.9:1).
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments, plain where they do not stand on black."""
        return [Segment(text, style and _plain_unless_on_black(style), control) for text, style, control in segments]


def _plain_unless_on_black(style: Style) -> Style:
    black = style.bgcolor is not None and not any(style.bgcolor.get_truecolor())
    return style if black else style + Style(bold=False, underline=False)


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
