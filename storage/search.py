"""Finding words in the toolkit and in an organisation's own notes: as they are typed, the best first.

SQLite's FTS5 finds them, without endings and accents, and the last word by its beginning. The toolkit is indexed in
memory; the notes are indexed in the checklist, where they change.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from content.toolkit import Entry, Toolkit
from storage.checklist import CLOSE, OPEN, TOKENIZER, Checklist
from storage.database import open_ordinary

MOST = 60
"""Results, at most, of each kind."""


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
                {"number": number, "id": entry.id, "title": entry.title, "text": entry.text}
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
    """An FTS5 query for every word of what somebody types, the last by its beginning; empty if there is no word."""
    typed = re.findall(r"\w+", words)
    return " ".join([*(f'"{word}"' for word in typed[:-1]), *(f'"{word}"*' for word in typed[-1:])])


def _pieces(found: str) -> tuple[tuple[str, bool], ...]:
    pieces = re.split(f"{OPEN}([^{CLOSE}]*){CLOSE}", found)
    return tuple((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)
