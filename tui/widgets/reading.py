"""Paragraphs and points to read, as one widget: a widget a line would slow every start of the kiosk."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui.terminal import MEDIUM_HEIGHT, TALL_HEIGHT
from tui.widgets.rows import wrap


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph: its style, what stands before it, and whether a medium screen parts it from the next."""

    text: str
    style: str = ""
    lead: str = ""
    apart: bool = False


class Reading(Widget):
    """Passages below each other, wrapped under their own first word."""

    DEFAULT_CSS = "Reading { height: auto; }"

    def __init__(self, *passages: Passage) -> None:
        super().__init__()
        self._passages = passages

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """How many lines the passages take at this width."""
        return len(self._lines(width, viewport.height))

    def render(self) -> Content:
        """The lines."""
        return Content("\n").join(self._lines(self.size.width, self.app.size.height))

    def _lines(self, width: int, height: int) -> list[Content]:
        lines: list[Content] = []
        for passage in self._passages:
            lead, room = passage.lead, max(width - cell_len(passage.lead), 8)
            for text in wrap(passage.text, room):
                lines.append(Content.assemble((lead, "$primary"), (text, passage.style)))
                lead = " " * cell_len(passage.lead)
            if (passage.apart and height >= MEDIUM_HEIGHT) or height >= TALL_HEIGHT:
                lines.append(Content(""))
        return lines[:-1] if lines and not lines[-1].plain else lines
