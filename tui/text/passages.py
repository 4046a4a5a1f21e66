"""Passages to read: what a screen draws line by line, and a command prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph or heading."""

    text: str
    kind: str = "text"
    """`text`, `title` or `aside`."""
    lead: str = ""
    """What stands before its first line; the others stand below its text."""
    apart: bool = False
    """Whether an empty line parts it from the next, where there is room."""
