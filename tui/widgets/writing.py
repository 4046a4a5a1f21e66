"""Which way text is written. Screens of a language that is written from right to left have the class `-rtl`.

Most terminals paint letters from left to right in the order in which they get them, so lines are put into the order in
which they are seen, by the Unicode bidirectional algorithm (UAX #9), after they were wrapped.
"""

from rich.segment import Segment
from textual.containers import Horizontal
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from content.language import Words


def is_rtl(widget: Widget) -> bool:
    """Whether what a widget says is written from right to left."""
    return widget.screen.has_class("-rtl")


def as_seen(line: str) -> str:
    """One line of right-to-left text in the order and the shapes in which it is seen; it may take fewer cells."""
    import arabic_reshaper  # neither is wanted for languages that are written from left to right
    from bidi import get_display

    return str(get_display(arabic_reshaper.reshape(line), base_dir="R"))


def name_of(pack: Words, *, rtl: bool) -> str:
    """The name of a language, for a screen that is written from right to left or from left to right."""
    return as_seen(pack.name) if pack.direction == "rtl" and not rtl else pack.name


class Text(Static):
    """Text that is painted the way it is written. On a `-rtl` screen the style sheet puts it at the right."""

    def say(self, text: str) -> None:
        """Say something else. Only where that takes another room is the screen laid out anew."""
        content, (width, height) = Content(text), self.content_size
        lines = content.wrap(width) if width else []
        same = len(lines) == height and (not self.styles.is_auto_width or content.cell_length == width)
        self.update(content, layout=not same)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        strip = super().render_line(y)
        return _turned(strip) if is_rtl(self) and strip.text.strip() else strip


def _turned(strip: Strip) -> Strip:
    """A line of one style between spaces, as it is seen; spaces on the left take up what it became shorter by."""
    text = strip.text
    said = text.strip()
    after = len(text) - len(text.rstrip())
    style = next(segment.style for segment in strip if segment.text.strip())
    line = Segment(as_seen(said) + " " * after, style)
    return Strip([Segment(" " * (strip.cell_length - line.cell_length), style), line], strip.cell_length)


class Across(Horizontal):
    """Widgets beside each other in the order in which they are read: the first at the left or, in Arabic, the right."""

    def turn(self, *, rtl: bool) -> None:
        """Put them the way that a language reads."""
        if rtl is not self.has_class("-turned"):
            self.set_class(rtl, "-turned")
            order = list(self.children)
            self.sort_children(key=order.index, reverse=True)
