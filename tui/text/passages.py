"""Passages to read: what a screen draws line by line, and a command prints."""

import msgspec


class Passage(msgspec.Struct, frozen=True):
    """One paragraph or heading."""

    text: str
    kind: str = "text"
    """`text`, `title` or `aside`."""
    lead: str = ""
    """What stands before its first line; the others stand below its text."""
    apart: bool = False
    """Whether an empty line parts it from the next, where there is room."""
