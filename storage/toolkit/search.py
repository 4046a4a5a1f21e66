"""Finding words in the toolkit and in an organisation's own notes: as they are typed, the best first.

SQLite's FTS5 finds them, without endings and accents, and the last word by its beginning. The toolkit is indexed in
memory; the notes are indexed in the checklist, where they change. Words that people type are looked for as the toolkit
says them, too. Where nothing has all the words, the unknown among them are taken for slips; where nothing has these
either, whatever has some of the known ones is found.
"""

from __future__ import annotations

import bisect
import difflib
import itertools
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
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
_SHORTEST_STEM = 2
"""Letters of a stem, at least: what is typed begins all stems of its words until it is longer."""
_LONGEST_PHRASE = 3
"""Words of a synonym, at most."""
_SYNONYM_BEGUN = 4
"""Letters from which a word that is half typed may become a synonym."""
_SLIP_IN = 4
"""Letters of a word from which it can be a slip; shorter ones are near too many words."""
_ALIKE = 0.8
"""How alike, from 0 to 1, a word with more than one slip must be."""


class Hit(NamedTuple):
    """One place where the words were found."""

    entry: Entry
    found: tuple[tuple[str, bool], ...]
    """The words around, in pieces; True for those that were looked for."""
    where: str
    """`title`, `text` or `note` (which an owner's name is a part of)."""
    event: str = ""
    """Which event the note is about, if it is about one."""


class Found(NamedTuple):
    """What was found, the best first."""

    hits: list[Hit]
    more: bool = False
    """Whether there are more than these."""
    instead: str = ""
    """The words that were looked for, where nothing has those that were typed: all of them, or one “or” another."""


class Search:
    """An index of one toolkit."""

    def __init__(self, toolkit: Toolkit) -> None:
        import sqlite_utils  # costs 75 ms: not before somebody searches

        self._toolkit = toolkit
        self._database = sqlite_utils.Database(open_ordinary(None), execute_plugins=False)
        table = self._database.table("entry")
        table.insert_all(
            (
                {"number": number, "id": entry.id, "title": entry.title, "text": _words_of(toolkit, entry)}
                for number, entry in enumerate(toolkit.entries.values())
            ),
            pk="number",
        )
        table.enable_fts(["title", "text"], tokenize=TOKENIZER)
        self._database.execute("INSERT INTO entry_fts(entry_fts, rank) VALUES ('rank', 'bm25(4.0, 1.0)')")
        self._means = {
            tuple(map(_singular, typed.split())): synonym.means
            for synonym in toolkit.search_words.synonyms
            for typed in synonym.typed
        }
        self._often = Counter(
            word
            for entry in toolkit.entries.values()
            for word in _words_in(f"{entry.title} {_words_of(toolkit, entry)}")
        )
        self._often.update(
            word for synonym in toolkit.search_words.synonyms for typed in synonym.typed for word in typed.split()
        )
        self._learned: tuple[Checklist, tuple[int, int]] | None = None
        """Whose words are known, and as of when."""
        self._vocabulary = frozenset(self._often)
        self._in_order = sorted(self._vocabulary)

    def close(self) -> None:
        """Forget it."""
        self._database.close()

    def find(self, words: str, checklist: Checklist) -> Found:
        """Find all entries and notes that have every word, notes first; and above all, the entry of that id.

        Raises:
            StoreError: the checklist cannot be read.
        """
        typed = as_words(words)
        if not typed:
            return Found([])
        self._learn(checklist)
        exact = self._toolkit.find(words)
        found = self._found(typed, checklist, exact)
        if found.hits:
            return found
        corrected = self._corrected(typed)
        if corrected != typed:
            found = self._found(corrected, checklist, None)
        if found.hits:
            return found._replace(instead=" ".join(corrected))
        known = self._known(typed) or self._known(corrected)
        if not known or len(typed) == 1:
            return found
        return self._found(known, checklist, None, " OR ")._replace(instead=" or ".join(known))

    def _learn(self, checklist: Checklist) -> None:
        """Take up the words of the notes as they are now: read anew only where something has changed."""
        stamp = checklist.stamp
        if self._learned is None or self._learned[0] is not checklist or self._learned[1] != stamp:
            self._vocabulary = frozenset(self._often).union(*map(_words_in, checklist.texts()))
            self._in_order = sorted(self._vocabulary)
            self._learned = checklist, stamp

    def _found(self, typed: list[str], checklist: Checklist, exact: Entry | None, joined: str = " AND ") -> Found:
        """What has every word, or any where they are joined so; first what has the last as a whole, too."""
        whole, begun = self._queries(typed, joined)
        either = f"({whole}) OR ({begun})"
        hits = [] if exact is None else [Hit(exact, ((exact.id, True),), "title")]
        notes = checklist.search(either, MOST + 1, first=whole)
        for noted in notes[:MOST]:
            entry = self._toolkit.entries.get(noted.id)
            if entry:
                hits.append(Hit(entry, _pieces(noted.found), "note", noted.event))
        rows = list(
            self._database.query(
                "SELECT entry.id, highlight(entry_fts, 0, ?, ?) AS title, snippet(entry_fts, 1, ?, ?, '…', 16) AS text "
                "FROM entry_fts JOIN entry ON entry.number = entry_fts.rowid WHERE entry_fts MATCH ? "
                "ORDER BY entry_fts.rowid NOT IN (SELECT rowid FROM entry_fts WHERE entry_fts MATCH ?), rank LIMIT ?",
                [OPEN, CLOSE, OPEN, CLOSE, either, whole, MOST + 1],
            )
        )
        for row in rows[:MOST]:
            entry = self._toolkit.entries[row["id"]]
            if entry is not exact:
                in_text = OPEN in row["text"]
                hits.append(Hit(entry, _pieces(row["text" if in_text else "title"]), "text" if in_text else "title"))
        return Found(hits, more=max(len(notes), len(rows)) > MOST)

    def _queries(self, words: list[str], joined: str) -> tuple[str, str]:
        """FTS5 queries for the words, joined: as whole words, and with the last by its beginning.

        The index holds stems, and a word that is half typed can be longer than the stem of what it becomes ("apprenti"
        than "apprent"). So all that it may become is looked for as well.
        """
        *before, last = words
        parts = self._parts(words)
        whole = joined.join(parts)
        begun = _folded(last)
        following = itertools.islice(self._in_order, bisect.bisect_left(self._in_order, begun), None)
        longer = itertools.takewhile(lambda word: len(begun) > _SHORTEST_STEM and word.startswith(begun), following)
        become = sorted(longer, key=len)
        meant = [
            phrase
            for typed, means in self._means.items()
            if len(begun) >= _SYNONYM_BEGUN and typed[0].startswith(begun) and len(typed) == 1
            for phrase in means
        ]
        either = " OR ".join([f'"{last}"*', *map(_quoted, [*become[:_MOST_COMPLETIONS], *meant])])
        return whole, joined.join([*(self._parts(before) if before else ()), f"({either})"])

    def _parts(self, words: Sequence[str]) -> list[str]:
        """What an entry must have for each word, or for words that mean something together; little ones pass."""
        parts: list[str] = []
        folded = list(map(_singular, words))
        here = 0
        while here < len(words):
            lengths = range(_LONGEST_PHRASE, 0, -1)
            length = next((n for n in lengths if tuple(folded[here : here + n]) in self._means), 1)
            together = words[here : here + length]
            means = self._means.get(tuple(folded[here : here + length]), ())
            if length > 1 or _folded(together[0]) not in self._toolkit.search_words.little:
                itself = " AND ".join(map(_quoted, together))
                parts.append(f"({' OR '.join([f'({itself})', *map(_quoted, means)])})")
            here += length
        return parts or list(map(_quoted, words))

    def _corrected(self, words: list[str]) -> list[str]:
        """The words, but for each that nothing has the nearest that something has, if one is near."""
        return [
            word if (folded := _folded(word)) in self._vocabulary else self._nearest(folded) or word for word in words
        ]

    def _known(self, words: list[str]) -> list[str]:
        """Those of the words that something has, without the little ones."""
        little = self._toolkit.search_words.little
        return [word for word in words if (folded := _folded(word)) in self._vocabulary and folded not in little]

    def _nearest(self, word: str) -> str:
        """The most usual word that is one slip away, or else the most alike; empty where none is."""
        if len(word) < _SLIP_IN:
            return ""
        one_slip = _slips(word) & self._vocabulary
        if one_slip:
            return min(one_slip, key=lambda near: (-self._often[near], near))
        return next(iter(difflib.get_close_matches(word, self._vocabulary, 1, _ALIKE)), "")


def as_words(typed: str) -> list[str]:
    """The words that somebody has typed so far; none for one letter."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", typed[:_MOST_LETTERS]))
    return words if len("".join(words)) >= _FEWEST_LETTERS else []


def _slips(word: str) -> set[str]:
    """What a word may have been meant as, with one letter left out, added, wrong, or two the other way round."""
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return {
        slip
        for left, right in halves
        for slip in (
            left + right[1:],
            left + right[1:2] + right[:1] + right[2:],
            *(left + letter + right[skipped:] for letter in string.ascii_lowercase for skipped in (0, 1)),
        )
    }


def _words_in(text: str) -> frozenset[str]:
    """Every word of a text, without accents and in small letters."""
    return frozenset(re.findall(r"\w+", _folded(text)))


def _folded(text: str) -> str:
    """Without accents and in small letters, as the index holds it."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).lower()


def _singular(word: str) -> str:
    """A word without the ending of a plural, and much the same for words that only look like one."""
    return re.sub("(?<!s)s$", "", re.sub("ies$", "y", _folded(word)))


def _quoted(phrase: str) -> str:
    """Words that stand beside each other, in an FTS5 query."""
    return f'"{phrase}"'


def _words_of(toolkit: Toolkit, entry: Entry) -> str:
    """All that is looked through below an entry's title."""
    texts = [entry.text, *(update.text for update in toolkit.updates_of(entry))]
    return " ".join([f"{entry.publisher}.", *texts] if isinstance(entry, Resource) else texts)


def _pieces(found: str) -> tuple[tuple[str, bool], ...]:
    pieces = [cleaned(piece, keep="") for piece in re.split(f"{OPEN}([^{CLOSE}]*){CLOSE}", found)]
    return tuple((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)
