"""Cells of a table that people open in spreadsheets."""

import re
import unicodedata

_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet could take for the beginning of a formula, in wide letters too, after any apostrophes."""

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAYS = "mon|tue|wed|thu|fri|sat|sun"
_VALUE = re.compile(
    r"\s*(?:true|false|(?=\D*\d)(?:[\d\s.,:/%()+\-\u2013\u2212£$€¥]|e(?=[+-]?\d)|t(?=\d)|z\b|[ap]\.?m\b"
    rf"|\b(?:{_MONTHS}|{_DAYS})[a-z]*+)++)\s*",
    re.IGNORECASE,
)
"""A number, a share, a sum of money, a day, a time or a truth value, as far as spreadsheets take text for one."""


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def literal(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, or for a value that it writes differently: 007, 1/2, 3E5, 50%."""
    return f"'{text}" if _is_marked(text) else text


def restored(cell: str) -> str:
    """What stood there before `inert` or `literal`."""
    return cell[1:] if cell.startswith("'") and _is_marked(cell) else cell


def _is_marked(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text.lstrip("'"))
    return bool(_FORMULA.match(text) or _VALUE.fullmatch(plain))
