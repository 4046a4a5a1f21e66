"""Finding words in the toolkit and in an organisation's own notes: as they are typed, the best first.

SQLite's FTS5 finds them, without endings and accents, and the last word by its beginning. The toolkit is indexed in
memory; the notes are indexed in the checklist, where they change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from content.toolkit import Entry, Resource, Toolkit
from storage.database import open_ordinary
from storage.text import cleaned
from storage.toolkit.checklist import CLOSE, OPEN, TOKENIZER, Checklist

MOST = 20
"""Results, at most, of each kind."""
_MOST_LETTERS = 120
"""Letters of what is typed that are looked for, at most: FTS5's time grows with the square of the number of words."""
_FEWEST_LETTERS = 2
_MOST_COMPLETIONS = 64
"""Words that one may become as it is typed on, at most: the shortest, of which the others have the same beginning."""


class Hit(NamedTuple):
    """One place where the words were found."""

    entry: Entry
    found: tuple[tuple[str, bool], ...]
    """The words around, in pieces; True for those that were looked for."""
    where: str
    """`title`, `text` or `note` (which an owner's name is a part of)."""
    event: str = ""
    """Which event the note is about, if it is about one."""


class Search:
    """An index of one toolkit."""

    def __init__(self, toolkit: Toolkit) -> None:
        import sqlite_utils  # costs 75 ms: not before somebody searches

        self._toolkit = toolkit
        self._database = sqlite_utils.Database(open_ordinary(None), execute_plugins=False)
        table = self._database.table("entry")
        table.insert_all(
            (
                {"number": number, "id": entry.id, "title": entry.title, "text": _words_of(entry)}
                for number, entry in enumerate(toolkit.entries.values())
            ),
            pk="number",
        )
        table.enable_fts(["title", "text"], tokenize=TOKENIZER)
        self._database.execute("INSERT INTO entry_fts(entry_fts, rank) VALUES ('rank', 'bm25(4.0, 1.0)')")
        self._vocabulary = _vocabulary(f"{entry.title} {_words_of(entry)}" for entry in toolkit.entries.values())

    def close(self) -> None:
        """Forget it."""
        self._database.close()

    def find(self, words: str, checklist: Checklist) -> list[Hit]:
        """Find all entries and notes that have every word, notes first; and above all, the entry of that id.

        Raises:
            StoreError: the checklist cannot be read.
        """
        typed = as_words(words)
        if not typed:
            return []
        query = _as_query(typed, self._vocabulary | _vocabulary(checklist.texts()))
        exact = self._toolkit.find(words)
        hits = [] if exact is None else [Hit(exact, ((exact.id, True),), "title")]
        for noted in checklist.search(query, MOST):
            entry = self._toolkit.entries.get(noted.id)
            if entry:
                hits.append(Hit(entry, _pieces(noted.found), "note", noted.event))
        rows = self._database.query(
            "SELECT entry.id, highlight(entry_fts, 0, ?, ?) AS title, snippet(entry_fts, 1, ?, ?, '…', 16) AS text "
            "FROM entry_fts JOIN entry ON entry.number = entry_fts.rowid WHERE entry_fts MATCH ? ORDER BY rank LIMIT ?",
            [OPEN, CLOSE, OPEN, CLOSE, query, MOST],
        )
        for row in rows:
            entry = self._toolkit.entries[row["id"]]
            if entry is not exact:
                in_text = OPEN in row["text"]
                hits.append(Hit(entry, _pieces(row["text" if in_text else "title"]), "text" if in_text else "title"))
        return hits


def as_words(typed: str) -> list[str]:
    """The words that somebody has typed so far; none for one letter."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", typed[:_MOST_LETTERS]))
    return words if len("".join(words)) >= _FEWEST_LETTERS else []


def _as_query(words: list[str], vocabulary: frozenset[str]) -> str:
    """An FTS5 query for every word, the last by its beginning.

    The index holds stems, and a word that is half typed can be longer than the stem of what it becomes ("apprenti" than
    "apprent"). So all that it may become is looked for as well.
    """
    *whole, last = words
    begun = _folded(last)
    completions = sorted((word for word in vocabulary if word.startswith(begun)), key=lambda word: (len(word), word))
    either = " OR ".join([f'"{last}"*', *(f'"{word}"' for word in completions[:_MOST_COMPLETIONS])])
    return " AND ".join([*(f'"{word}"' for word in whole), f"({either})"])


def _vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Every word of these texts, without accents and in small letters."""
    return frozenset(word for text in texts for word in re.findall(r"\w+", _folded(text)))


def _folded(text: str) -> str:
    """Without accents and in small letters, as the index holds it."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).lower()


def _words_of(entry: Entry) -> str:
    """All that is looked through below an entry's title."""
    return f"{entry.publisher}. {entry.text}" if isinstance(entry, Resource) else entry.text


def _pieces(found: str) -> tuple[tuple[str, bool], ...]:
    pieces = [cleaned(piece, keep="") for piece in re.split(f"{OPEN}([^{CLOSE}]*){CLOSE}", found)]
    return tuple((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)
