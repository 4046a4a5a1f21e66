"""Text from elsewhere is repeated and kept so that it steers no terminal."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.text import PRINTABLE, cleaned, counted, printable, shortened

STEERING = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Cc", "Zl", "Zp"}]
TURNING = [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]


@pytest.mark.parametrize("letter", STEERING + TURNING, ids=lambda letter: f"U+{ord(letter):04X}")
def test_no_letter_that_steers_or_turns_gets_through(letter: str) -> None:
    assert printable(f"a{letter}b") == "a�b"
    assert shortened(f"a{letter}b") == "a�b"
    assert letter not in cleaned(f"a{letter}b", keep="")
    assert re.search(PRINTABLE, f"a{letter}b") is None


@given(st.text())
def test_whatever_the_text_what_is_shown_is_one_line_that_steers_nothing(text: str) -> None:
    for shown in (printable(text), shortened(text), cleaned(text, keep="")):
        assert len(shown.splitlines()) <= 1
        assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cs", "Zl", "Zp"}
        assert not set(shown) & set(TURNING)
    assert len(shortened(text)) <= 31


@pytest.mark.parametrize("text", ["Ysgol Dŵr y Felin", "مدرسة النور", "क्‍ष", "👩‍🚀", "a\u00a0b", ""])
def test_ordinary_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert printable(text) == cleaned(text) == text


def test_a_number_of_things_is_said_as_people_say_it() -> None:
    assert [counted(number, "answer") for number in (0, 1, 2)] == ["0 answers", "1 answer", "2 answers"]
    assert [counted(number, "reply", "replies") for number in (1, 3)] == ["1 reply", "3 replies"]
