"""What can be told of the terminal, without Textual."""

import os
import shutil
import sys

WIDTH, HEIGHT = 60, 20
"""Cells that every screen is made to fit."""

MEDIUM_HEIGHT, TALL_HEIGHT = 24, 30
"""Rows from which screens are spaced more widely."""

WIDE = 100
"""Columns from which help stands beside a question."""


def look_at_size(width: int, height: int) -> tuple[bool, str]:
    """Whether a terminal of this size is large enough, and a sentence about it."""
    if width < WIDTH or height < HEIGHT:
        return False, f"The window is {width}×{height}: make it at least {WIDTH}×{HEIGHT}, or the text smaller."
    return True, f"The window is {width}×{height}, large enough."


def look_at_colours() -> tuple[bool, str]:
    """Whether the terminal says that it shows colours, and a sentence about it."""
    term = os.environ.get("TERM", "")
    if os.name != "nt" and term in {"", "dumb"}:
        return False, f'TERM is "{term}": use a terminal that shows colours, or "fairstart plain".'
    return True, "The terminal shows colours."


def look_at_letters() -> tuple[bool, str]:
    """Whether Python writes UTF-8 here, and a sentence about it."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        return False, f"Text is written as {encoding or 'unknown'}: set the variable PYTHONUTF8=1, or LANG=C.UTF-8."
    return True, "Text is written as UTF-8."


def current_size() -> tuple[int, int]:
    """Columns and rows."""
    return shutil.get_terminal_size()
