"""How hard a text is to read: its Flesch-Kincaid grade, with textstat's syllables.

Grade 6 is read by most eleven-year-olds, grade 9 by most fourteen-year-olds.
"""

from __future__ import annotations

import re

import pyphen
import textstat

_HYPHENS = pyphen.Pyphen(lang="en_GB")


def words(text: str) -> list[str]:
    """The words of a text; a number is a word."""
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text)


def sentences(text: str) -> list[str]:
    """The sentences of a text: what ends in a full stop, a colon, a question or exclamation mark, or a line."""
    return [part for part in re.split(r"(?<=[.?!:;])[”’)]*\s+|\n+", text) if words(part)]


def syllables(word: str) -> int:
    """The syllables of a word; a number has one for each digit."""
    if word[0].isdigit():
        return sum(letter.isdigit() for letter in word)
    try:
        return int(textstat.syllable_count(word.replace("’", "'")))
    except KeyError:  # textstat's dictionary does not list it
        return len(_HYPHENS.positions(word)) + 1


def grade(text: str) -> float:
    """The Flesch-Kincaid grade (Kincaid and others, 1975): 0.39 × words per sentence + 11.8 × syllables per word - 15.59."""
    read = words(text)
    return 0.39 * len(read) / len(sentences(text)) + 11.8 * sum(map(syllables, read)) / len(read) - 15.59
