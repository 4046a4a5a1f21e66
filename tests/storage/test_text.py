"""Text from elsewhere is read however another system wrote it, and repeated and kept so that it steers no terminal."""

import contextlib
import io
import logging
import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import FairstartError, PlaceError
from storage.exchange import drivers, locations
from storage.text import (
    PRINTABLE,
    cleaned,
    counted,
    decoded,
    is_text,
    on_one_line,
    printable,
    recognise,
    shortened,
    shown_name,
)

STEERING = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Cc", "Zl", "Zp"}]
HALVES = ["\ud800", "\udc80", "\udfff"]
"""Of letters, and bytes that are no text."""
TURNING = [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]


@pytest.mark.parametrize("letter", STEERING + TURNING + HALVES, ids=lambda letter: f"U+{ord(letter):04X}")
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


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("fairstart-0123456789abcdef.fairstart", "fairstart-0123456789abcdef.fairstart"),
        ("\x1b]0;owned\x07.fairstart", "<1B>]0;owned<07>.fairstart"),
        ("a\nb\u202ec", "a<0A>b<202E>c"),
        ("Pr\udcfcfung", "Pr<FC>fung"),
        ("Prüfung  مدرسة 👩‍🚀", "Prüfung مدرسة 👩‍🚀"),
        ("x" * 100 + ".fairstart", f"{'x' * 24}…xxxxx.fairstart"),
    ],
)
def test_a_name_is_shown_on_one_line_with_a_code_for_what_steers_and_a_long_one_with_its_end(
    name: str, shown: str
) -> None:
    assert shown_name(name) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_no_name_and_no_sentence_of_an_error_steers_a_terminal(text: str) -> None:
    for shown in (shown_name(text), FairstartError(text).sentence, str(FairstartError(text))):
        assert len(shown.splitlines()) <= 1
        assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cs", "Zl", "Zp"}
        assert not set(shown) & set(TURNING)
    assert len(shown_name(text)) <= 40


def test_a_driver_says_nothing_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    """A server's greeting may be in a driver's warning, which Python prints where nobody takes it."""
    with contextlib.suppress(PlaceError):
        locations.Site.at("memory://anywhere")
    handlers = [one for one in logging.root.handlers if one is not drivers._QUIET]
    for one in handlers:  # those of pytest
        logging.root.removeHandler(one)
    try:
        logging.getLogger("some.driver").warning("\x1b]0;owned\x07")
    finally:
        for one in handlers:
            logging.root.addHandler(one)
    assert capfd.readouterr() == ("", "")


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]
texts = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff", include_characters="\n"))


@given(texts, st.sampled_from(ENCODINGS), st.sampled_from(["\n", "\r\n", "\r"]))
def test_text_is_the_same_in_whatever_encoding_and_with_whatever_line_ends_it_was_written(
    text: str, encoding: str, end: str
) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    content = mark + text.replace("\n", end).encode(encoding)
    assert decoded(content) == text
    with io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))) as stream:
        recognise(stream)
        assert stream.read() == text


@given(st.binary())
def test_whatever_the_bytes_they_are_text_or_refused(content: bytes) -> None:
    try:
        assert not decoded(content).startswith("\ufeff")
    except UnicodeDecodeError:
        assert decoded(content, "replace")


def test_a_stream_that_may_hold_anything_is_read_with_what_is_no_text_replaced() -> None:
    with io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"\xef\xbb\xbf1\n\xff\n"))) as stream:
        recognise(stream, errors="replace")
        assert stream.readlines() == ["1\n", "\ufffd\n"]


def test_what_was_pasted_is_one_line_whatever_its_lines() -> None:
    for pasted in ("a b", "a\nb", "\na\r\n\r\nb\r\n", "\ufeffa\rb", "a\u2028b\x85"):
        assert on_one_line(pasted) == "a b"
    assert on_one_line(" a ") == " a "
    assert on_one_line("\n") == ""


def test_what_the_system_could_not_decode_is_no_text() -> None:
    assert is_text("Łódź 🎪")
    assert not is_text(b"caf\xe9".decode("utf-8", "surrogateescape"))
