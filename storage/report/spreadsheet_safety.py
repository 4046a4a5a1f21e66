"""Cells of a table that people open in spreadsheets."""

import re

_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet could take for the beginning of a formula, in wide letters too, after any apostrophes."""


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """What stood there before `inert`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
