"""Text from elsewhere: what of it can be kept, and how a message can repeat it, without steering a terminal."""

from __future__ import annotations

import re
import unicodedata

PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*\Z"
"""A line that cannot steer the terminal it is shown on: no control characters, and none that turn the writing round."""

_REPEATED = 30
"""Letters of somebody's text that a message repeats, at most: enough to find it by."""
_JOINERS = "\u200c\u200d"
"""Letters of some scripts, and many pictures, need them."""
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of control, format and surrogate characters, and separators of lines and paragraphs."""


def _steers(letter: str) -> bool:
    return letter not in _JOINERS and unicodedata.category(letter) in _STEERING


def cleaned(text: str, *, keep: str = "\n") -> str:
    """Text to be kept: composed (NFC), without what steers but for `keep`; each end of a line is a newline."""
    plain = "".join(
        letter
        for letter in (re.sub(r"\r\n|[\r\v\f\u2028\u2029]", "\n", text) if "\n" in keep else re.sub(r"\s", " ", text))
        if letter in keep or not _steers(letter)
    )
    return unicodedata.normalize("NFC", plain)


def printable(text: str) -> str:
    """Text as a message repeats it, on one line: a `�` stands for whatever steers."""
    return text if text.isprintable() else "".join("�" if _steers(letter) else letter for letter in text)


def shortened(text: str) -> str:
    """The beginning of somebody's text as a message repeats it, on one line with single spaces."""
    shown = " ".join(printable(text).split())
    return shown if len(shown) <= _REPEATED else f"{shown[:_REPEATED]}…"


def counted(number: int, one: str, several: str = "") -> str:
    """So many of something: “1 answer”, “37 answers”; `several` where an s at the end is not enough."""
    return f"{number} {one if number == 1 else several or one + 's'}"
