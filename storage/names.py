"""What events and places are called: one spelling of what looks the same, and what is the same, or nearly.

Two laptops that were given the same details must name the same event. So what nobody sees is dropped, and letters that
keyboards and word processors put for one another become one. What still differs in case, apostrophes, dashes and spaces
alone is the same name in another spelling; what differs by little else is asked about.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

_SAME = {
    ord(letter): plain
    for letters, plain in (
        ("\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02bd\u0060\u00b4\u2032\uff07", "'"),
        ("\u201c\u201d\u201e\u201f\u2033\uff02", '"'),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    )
    for letter in letters
}
_UNSEEN = frozenset(
    chr(letter)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for letter in range(first, last + 1)
)
"""What Unicode calls ignorable by default, beside the characters of format."""
_JOINERS = "\u200c\u200d"
_FIRST_JOINED = "\u0300"
"""Scripts that have joiners come after the Latin letters."""
_NEAR = 0.8
"""How alike two names are, from 0 to 1, to be asked about."""


def evened(text: str) -> str:
    """A name in its one spelling: composed (NFC), single spaces, plain apostrophes and hyphens, nothing unseen."""
    if not text.isascii():
        seen = "".join(
            letter
            for place, letter in enumerate(text)
            if _joins(text, place) or not (letter in _UNSEEN or unicodedata.category(letter) == "Cf")
        )
        text = unicodedata.normalize("NFC", seen)
    return " ".join(text.translate(_SAME).split())


def _joins(text: str, place: int) -> bool:
    """Whether there is a joiner where it does something: between letters of scripts that have them."""
    around = (text[place - 1 : place], text[place + 1 : place + 2])
    return text[place] in _JOINERS and all(letter >= _FIRST_JOINED for letter in around)


def name_key(name: str) -> str:
    """A name without what people write now one way and now another: case, apostrophes, and dashes and spaces in it.

    Between two digits something stays: 1-2 is not 12.
    """
    small = unicodedata.normalize("NFC", evened(name).casefold()).replace("'", "")
    return re.sub(r"(?<!\d)[ -]+|[ -]+(?!\d)", "", re.sub(r"[ -]+", " ", small))


def near_miss(name: str, known: Iterable[str]) -> str | None:
    """The one of these names that may have been meant, where `name` is none of them."""
    names = list(known)
    if name_key(name) in map(name_key, names):
        return None
    by_likeness = {_likeness(one): one for one in names if _numbers(one) == _numbers(name)}
    near = difflib.get_close_matches(_likeness(name), by_likeness, n=1, cutoff=_NEAR)
    return by_likeness[near[0]] if near else None


def _likeness(name: str) -> str:
    """What is left of a name without case, accents and signs."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _numbers(name: str) -> list[str]:
    """A fair of 2025 is not meant to be that of 2026."""
    return re.findall(r"\d+", name)
