"""Pages of lines, one shown at a time. The next one is painted ahead, unseen, while somebody reads this one."""

from typing import Generic, Protocol, TypeVar

import msgspec
from textual._styles_cache import StylesCache
from textual.content import Content
from textual.geometry import Size

from tui.widgets.finger import FingerScroll


def wrap(text: str, width: int) -> list[str]:
    """Break text into lines of at most `width` cells, between words where possible; loses nothing but spaces."""
    lines = Content(" ".join(text.split())).wrap(max(width, 2))
    return [line for each in lines if (line := each.plain.strip())]


class _Page(Protocol):
    @property
    def height(self) -> int:
        """How many lines it has."""


Contents = TypeVar("Contents")
Page = TypeVar("Page", bound=_Page)


class _Ahead(msgspec.Struct, Generic[Contents, Page], frozen=True):
    """A page that was painted ahead, and what it was painted for."""

    contents: Contents
    size: Size
    page: Page
    painted: StylesCache


class Pages(FingerScroll, Generic[Contents, Page]):
    """Shows a page of lines, which scrolls where it does not fit."""

    _page: Page
    """What is shown."""
    _ahead: _Ahead[Contents, Page] | None = None

    def lay_out(self, contents: Contents) -> Page:
        """These contents as lines for the room that there is now."""
        raise NotImplementedError

    def turn_to(self, contents: Contents) -> None:
        """Show these contents, from their top."""
        ahead, self._ahead = self._ahead, None
        if ahead and (ahead.contents, ahead.size) != (contents, self.outer_size):
            ahead = None
        self._open(ahead.page if ahead else self.lay_out(contents))
        self.scroll_home(animate=False)
        if ahead:
            self._styles_cache = ahead.painted

    def paint_ahead(self, contents: Contents) -> None:
        """Paint what is likely to be shown next, while nobody waits; not where this one is out of sight or scrolled."""
        size = self.outer_size
        ready = self._ahead and (self._ahead.contents, self._ahead.size) == (contents, size)
        if ready or self.scroll_offset.y or self.region.size != size:
            return
        shown = self._page, self._styles_cache
        self._ahead = ahead = _Ahead(contents, size, self.lay_out(contents), StylesCache())
        self._page, self._styles_cache = ahead.page, ahead.painted
        self.render_lines(size.region)
        self._page, self._styles_cache = shown

    def notify_style_update(self) -> None:
        """What was painted ahead may look different now."""
        self._ahead = None
        super().notify_style_update()

    def _open(self, page: Page) -> None:
        self._page = page
        self.set_virtual_size(Size(self.scrollable_content_region.width, page.height))
        self.refresh()
