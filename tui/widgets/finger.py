"""Scrolling by a finger: touch screens report it as a mouse that is pressed, moved and let go, never as a wheel."""

from typing import Self

from rich.color import Color
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

_SLIPS = 1
"""Cells that a hand may slip between pressing and letting go, and not mean to scroll."""


class _SteadyBar(ScrollBar):
    """Textual's scroll bar, drawn anew only where it would look different: else each key press waits for two."""

    def __init__(self, *, thickness: int) -> None:
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._drawn: tuple[object, ...] = ()
        self._strips: list[Strip] = []
        self._shown: tuple[object, ...] = ()
        self._filtered: list[Strip] = []

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw it again, if that shows."""
        if regions or layout or recompose or self._look() != self._drawn:
            super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw some lines, without what other widgets may have around them and this has not."""
        look, background, filters = self._look(), self.background_colors[1], self.get_line_filters()
        if look != self._drawn:
            size, virtual, window, position, colour, ground = look
            bar = self.renderer.render_bar(
                size, virtual, window, position, self.thickness, back_color=ground, bar_color=colour
            )
            style = Style.from_color(colour, ground)
            strips = {part: Strip([part], self.thickness).apply_style(style) for part in set(bar.segments)}
            self._drawn, self._strips = look, [strips[segment] for segment in bar.segments]
        if self._shown != (look, background, filters):
            lines = self._strips
            for line_filter in filters:
                lines = [line.apply_filter(line_filter, background) for line in lines]
            self._shown, self._filtered = (look, background, filters), lines
        return self._filtered[crop.y : crop.bottom]

    def _look(self) -> tuple[int, int, int, float, Color, Color]:
        """Its length, what is above and in the window, and its two colours."""
        if self.parent is None:
            raise RuntimeError("a scroll bar stands beside what it scrolls")
        styles = self.parent.styles
        colour, background = (
            (styles.scrollbar_color_active, styles.scrollbar_background_active)
            if self.grabbed
            else (styles.scrollbar_color_hover, styles.scrollbar_background_hover)
            if self.mouse_over
            else (styles.scrollbar_color, styles.scrollbar_background)
        )
        window = self.window_size if self.window_size < self.window_virtual_size else 0
        return (
            self.size.height,
            self.window_virtual_size,
            window,
            self.position,
            colour.rich_color,
            background.rich_color,
        )


class FingerScroll(ScrollView):
    """What is dragged up or down follows the finger. Whether something was dragged, `on_click` can tell."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._pressed: Offset | None = None
        """Where the mouse was pressed, until it is let go."""
        self._scrolled_from = 0
        self.dragged = False
        """Whether the mouse has moved since it was pressed."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Its scroll bar, made when it is first wanted."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = _SteadyBar(thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)  # noqa: SLF001 - as Textual's own property does
        return self._vertical_scrollbar

    def set_virtual_size(self, size: Size) -> None:
        """Say how much there is to scroll. Where that changes no other widget's place, nothing is laid out anew."""
        if self.styles.auto_dimensions:
            self.virtual_size = size
        elif size != self.virtual_size:
            self.set_reactive(FingerScroll.virtual_size, size)
            self._scroll_update(size)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember where the finger is put."""
        self._pressed = event.offset
        self._scrolled_from = self.scroll_offset.y
        self.dragged = False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the finger; a mouse with no button pressed has been let go elsewhere."""
        if not event.button:
            self._pressed = None
        elif self._pressed:
            moved = event.offset - self._pressed
            self.dragged = self.dragged or max(abs(moved.x), abs(moved.y)) > _SLIPS
            if self.dragged:
                self.scroll_to(y=self._scrolled_from - moved.y, animate=False)

    def on_mouse_up(self) -> None:
        """The finger has gone."""
        self._pressed = None
