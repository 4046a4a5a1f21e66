"""A passphrase is suggested, a weak one refused, and how it was typed does not matter."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xkcdpass import xkcd_password

from storage.crypto.keys import normalise_passphrase
from storage.crypto.passphrases import check_passphrase, suggest_passphrase
from storage.errors import WeakPassphraseError

STRONG = "violet anchor mustard kite plough"


def weak(typed: str, *known: str) -> None:
    with pytest.raises(WeakPassphraseError) as caught:
        check_passphrase(typed, known=known)
    assert len(typed) < 2 or typed not in caught.value.sentence


def test_a_suggestion_is_five_plain_words_and_passes_its_own_check() -> None:
    for _ in range(50):
        suggested = suggest_passphrase()
        words = suggested.split(" ")
        assert len(words) == 5
        assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
        assert check_passphrase(suggested, known=("Riverside Jobs Fair", "Leeds")) == suggested


def test_suggestions_are_drawn_from_the_whole_list_of_long_words(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_from: list[set[str]] = []
    draw = xkcd_password.generate_xkcdpassword

    def noticed(words: list[str], numwords: int) -> str:
        drawn_from.append(set(words))
        return str(draw(words, numwords=numwords))

    monkeypatch.setattr(xkcd_password, "generate_xkcdpassword", noticed)
    assert len({suggest_passphrase() for _ in range(50)}) == 50
    [words] = {frozenset(words) for words in drawn_from}
    assert len(words) == 7776 - len({"drop-down", "felt-tip", "t-shirt", "yo-yo"})
    assert isinstance(xkcd_password.rng(), random.SystemRandom)


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "x", "short", "kT9!q", "password", "letmein123", "qwertyuiop", "aaaaaaaaaaaaaaaa", "2026-11-23"),
        *("a" * 100, "a" * 10_000, "password " * 12, "12345678" * 30),
    ],
)
def test_short_and_common_ones_are_refused_and_long_ones_alike(typed: str) -> None:
    weak(typed)


@pytest.mark.parametrize(
    "typed",
    ["Riverside Jobs Fair", "riverside jobs fair", "Riverside Jobs Fair 2026", "RiversideLeeds1"],
)
def test_what_everyone_at_the_event_knows_is_refused(typed: str) -> None:
    weak(typed, "Riverside Jobs Fair", "Leeds")


def test_a_long_strong_one_is_taken_whole() -> None:
    long = " ".join([STRONG] * 5)
    assert check_passphrase(long) == long


def test_what_is_returned_is_what_will_be_used() -> None:
    assert check_passphrase(f"  {STRONG.replace(' ', chr(0xA0) + chr(0x3000))}\n") == STRONG


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("cafe\u0301 bar", "café bar"),
        ("ﬁve \uff22ridges", "five Bridges"),
        ("one\u00a0two\u2003three\tfour\r\nfive", "one two three four five"),
        ("  one  two ", "one two"),
        ("Capitals Count", "Capitals Count"),
    ],
)
def test_the_same_words_from_another_keyboard_are_the_same_passphrase(typed: str, used: str) -> None:
    assert normalise_passphrase(typed) == used


@given(st.text())
def test_making_a_passphrase_the_same_twice_changes_nothing_more(typed: str) -> None:
    once = normalise_passphrase(typed)
    assert normalise_passphrase(once) == once


def test_a_passphrase_that_cannot_be_encoded_is_refused() -> None:
    weak("\udcff" + STRONG)
