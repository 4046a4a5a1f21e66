"""Finding words in the toolkit and in an organisation's own notes: as they are typed, the best first.

SQLite's FTS5 finds them, without endings and accents, and the last word by its beginning. The toolkit is indexed in
memory; the notes are indexed in the checklist, where they change.
"""

from __future__ import annotations

import re
import unicodedata
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
_SHORTEST_STEM = 3
_LONGEST_ENDING = 7
_ENDINGS = (
    "able",
    "ably",
    "ability",
    "ibility",
    "ible",
    "ibly",
    "ality",
    "ally",
    "als",
    "ances",
    "ants",
    "ational",
    "ations",
    "atives",
    "edly",
    "ements",
    "ments",
    "ences",
    "ents",
    "ers",
    "ors",
    "fully",
    "fulness",
    "ically",
    "icate",
    "icity",
    "iers",
    "iest",
    "ings",
    "ingly",
    "ional",
    "ions",
    "isation",
    "isms",
    "ists",
    "ising",
    "ised",
    "ity",
    "ities",
    "iveness",
    "ively",
    "ivity",
    "ness",
    "ously",
    "ousness",
    "y",
)
"""Usual English endings, that the index leaves out."""


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

    def close(self) -> None:
        """Forget it."""
        self._database.close()

    def find(self, words: str, checklist: Checklist) -> list[Hit]:
        """Find all entries and notes that have every word, notes first; and above all, the entry of that id.

        Raises:
            StoreError: the checklist cannot be read.
        """
        query = as_query(words)
        if not query:
            return []
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


def as_query(words: str) -> str:
    """An FTS5 query for every word of what somebody types, the last by its beginning; empty for one letter."""
    typed = re.findall(r"\w+", unicodedata.normalize("NFC", words[:_MOST_LETTERS]))
    if len("".join(typed)) < _FEWEST_LETTERS:
        return ""
    last = typed[-1]
    begun = [last, last[:-1]] if last[-1] in "yY" and len(last) > _SHORTEST_STEM else [last]  # an ending in y becomes i
    either = " OR ".join([*(f'"{part}"*' for part in begun), *(f'"{stem}"' for stem in _stems(last))])
    return " AND ".join([*(f'"{word}"' for word in typed[:-1]), f"({either})"])


def _stems(word: str) -> list[str]:
    """What the index may hold of a word that is half typed: an ending that has begun is cut off there."""
    return [
        word[:cut]
        for cut in range(max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING), len(word))
        if any(ending.startswith(word[cut:].lower()) for ending in _ENDINGS)
    ]


def _words_of(entry: Entry) -> str:
    """All that is looked through below an entry's title."""
    return f"{entry.publisher}. {entry.text}" if isinstance(entry, Resource) else entry.text


def _pieces(found: str) -> tuple[tuple[str, bool], ...]:
    pieces = [cleaned(piece, keep="") for piece in re.split(f"{OPEN}([^{CLOSE}]*){CLOSE}", found)]
    return tuple((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)
