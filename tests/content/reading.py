"""How hard a text is to read: its Flesch-Kincaid grade, with textstat's syllables.

Grade 6 is read by most eleven-year-olds, grade 9 by most fourteen-year-olds.
"""

from __future__ import annotations

import functools
import re

import pyphen
import textstat

_HYPHENS = pyphen.Pyphen(lang="en_GB")

_WORD = re.compile(r"(?<!\d)(?:1[1-9]|20)(?=\d\d(?!\d))|[^\W_]+(?:['’][^\W_]+)*")
"""The first half of a year, or any word or number."""

SYLLABLES = {
    "adverts": 2,
    "bsc": 4,
    "bursary": 3,
    "carers": 2,
    "cymraeg": 2,
    "dpia": 4,
    "encrypts": 2,
    "hnd": 3,
    "ico": 3,
    "toolkit": 2,
}
"""Words that textstat's dictionary does not list: what hyphenation gets wrong, or candidates read."""


def words(text: str) -> list[str]:
    """The words of a text; a number is a word, and a year is two."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text: what ends in a full stop, a colon, a question or exclamation mark, or a line."""
    return [part for part in re.split(r"(?<=[.?!:;])[”’)]*\s+|\n+", text) if words(part)]


def is_known(word: str) -> bool:
    """Whether a word's syllables are looked up or counted in digits, not guessed from its hyphenation."""
    return _looked_up(word) is not None


def syllables(word: str) -> int:
    """The syllables of a word; a number has one for each digit."""
    known = _looked_up(word)
    if known is not None:
        return known
    return len(_HYPHENS.positions(word)) + 1


def grade(text: str) -> float:
    """The Flesch-Kincaid grade (Kincaid and others, 1975), from words per sentence and syllables per word."""
    read = words(text)
    return 0.39 * len(read) / len(sentences(text)) + 11.8 * sum(map(syllables, read)) / len(read) - 15.59


@functools.cache
def _looked_up(word: str) -> int | None:
    if word[0].isdigit():
        return sum(letter.isdigit() for letter in word)
    if word.lower() in SYLLABLES:
        return SYLLABLES[word.lower()]
    try:
        return int(textstat.syllable_count(word.replace("’", "'")))
    except KeyError:
        return None
