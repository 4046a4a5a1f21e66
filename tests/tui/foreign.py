"""Names as somebody may give a file or a drive to steer the terminal of whoever looks at it."""

import sys
import unicodedata

import pytest
from hypothesis import strategies as st

from storage.text import is_text

NAMES = {
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "title": "\x1b]0;owned\x07",
    "line": "fairstart-1.fairstart: Spring Fair: 120 responses, 120 new.\nfairstart-2",
    "line of another kind": "a\x85b\u2028c\u2029d\x0be\x0cf",
    "column": "a\tb\rc\bd",
    "eight bits": "\x9b2J\x9d0;owned\x9c",
    "turned": "\u202etrats\u202c\u2066x\u2069\u200e\u200f\u061c",
    "unseen": "\u200b\ufeff\u2060\U000e0041",
    "bytes": "Pr\udcfcfung\udcff",
    "other bytes": "Pr\udce4fung\udcff",
    "markup": "[red]x[@click=app.quit]y {0} {name} $5 %s",
    "long": "x" * 200,
    "longer": "x" * 201,
}
"""By what they are made for. All of them are names on Linux."""

WORST = "".join(letters for what, letters in NAMES.items() if what not in {"long", "longer"} and is_text(letters))
"""All at once that a command takes: what is no text is refused by itself."""

names = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\n\r\x9b\x9d\u202e\u2028\udcff\udce4[]{}$\\"),
        st.characters(max_codepoint=0x9F),
    ),
    max_size=60,
)
"""Whatever else there may be."""

only_where_names_are_bytes = pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")


SEEN = "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Joiners, and Unicode's Prepended_Concatenation_Mark: they are part of what is read."""


def steers(text: str) -> bool:
    """Whether a terminal might obey some of this text, or cannot be given it."""
    return any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in text if letter not in SEEN)
