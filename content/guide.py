"""The guide: pages of Markdown about Fairstart, for those who run events, coordinators, analysts, IT and developers.

The same files are a site, the text of `fairstart guide`, and what the README leads to.
"""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["FOLDER", "PAGES", "Page", "load_guide", "page_of"]

FOLDER = Path(__file__).with_suffix("")
"""Where the pages lie."""

PAGES = (
    *("index", "events", "accessibility", "office", "toolkit", "numbers", "promises", "formats"),
    *("laptops", "updates", "cluster", "commands", "settings", "developers", "decisions", "releasing"),
)
"""Their names, in the order in which they are listed."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page."""

    name: str
    """What it is called by on the command line."""
    title: str
    """Its first heading."""
    text: str
    """All of it, as Markdown."""


def page_of(path: Path, name: str = "") -> Page:
    """A page as its file has it.

    Args:
        path: a Markdown file that begins with a heading.
        name: what it is called by, if not by its file's name.
    """
    text = path.read_text("utf-8")
    return Page(name or path.stem, text.partition("\n")[0].removeprefix("# "), text)


def load_guide() -> tuple[Page, ...]:
    """Every page, in order."""
    return tuple(page_of(FOLDER / f"{name}.md") for name in PAGES)
