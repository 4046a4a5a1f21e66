"""The guide as passages that a screen draws and a command prints: Markdown without its marks.

A table becomes a list: each row says its first cell, and below it what the other cells say. That can be read in sixty
columns and by a screen reader. Links are text; only an address that is not its own text is added.
"""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

import storage
from content.guide import Page, load_guide, page_of
from tui.text.passages import Passage

_WIDTH = 88
"""Columns of a page that is printed."""
_ELSEWHERE = ("http:", "https:", "mailto:")


def all_pages() -> tuple[Page, ...]:
    """The guide's pages, and the two that belong to what is kept."""
    folder = Path(storage.__file__).parent
    return (*load_guide(), page_of(folder / "PRIVACY.md", "privacy"), page_of(folder / "FORMAT.md", "format"))


def passages(markdown: str) -> list[Passage]:
    """What a page says, in order: headings, paragraphs, entries of lists, rows of tables, lines of code as asides."""
    return list(_Reader(MarkdownIt("commonmark").enable("table").parse(markdown)).passages())


def printed(markdown: str) -> Iterator[str]:
    """A page as lines of text, none of them much longer than 88 columns."""
    for passage in passages(markdown):
        if passage.kind == "title":
            yield from (passage.text, "-" * min(len(passage.text), _WIDTH))
        elif passage.kind == "aside":
            yield passage.lead + passage.text
        else:
            below = " " * len(passage.lead)
            yield from textwrap.wrap(
                passage.text,
                _WIDTH,
                initial_indent=passage.lead,
                subsequent_indent=below,
                break_long_words=False,
                break_on_hyphens=False,
            )
        if passage.apart:
            yield ""


class _Reader:
    """Goes through the tokens of a page once."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._numbers: list[int | None] = []
        """For each list that is open the number of its next entry; None where entries have none."""
        self._lead = ""
        """What stands before the next paragraph of a list's entry."""
        self._header: list[str] = []
        self._row: list[str] | None = None

    def passages(self) -> Iterator[Passage]:
        kind = "text"
        for token in self._tokens:
            if token.type == "heading_open":
                kind = "title"
            elif token.type == "inline":
                yield from self._said(_plain(token), kind)
                kind = "text"
            elif token.type in {"fence", "code_block"}:
                lines = token.content.rstrip("\n").split("\n")
                for number, line in enumerate(lines, 1):
                    indent = len(line) - len(line.lstrip())
                    yield Passage(line.lstrip(), "aside", " " * (4 + indent), apart=number == len(lines))
            elif token.type in {"bullet_list_open", "ordered_list_open"}:
                self._numbers.append(None if token.type.startswith("bullet") else int(token.attrGet("start") or 1))
            elif token.type == "list_item_open":
                self._begin_entry()
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                self._numbers.pop()
                self._lead = ""
            elif token.type == "tr_open":
                self._row = []
            elif token.type == "tr_close":
                yield from self._end_row()
            elif token.type == "table_close":
                self._header = []

    def _begin_entry(self) -> None:
        number = self._numbers[-1]
        mark = "• " if number is None else f"{number}. "
        if number is not None:
            self._numbers[-1] = number + 1
        self._lead = "  " * (len(self._numbers) - 1) + mark

    def _said(self, text: str, kind: str) -> Iterator[Passage]:
        if self._row is not None:
            self._row.append(text)
        else:
            yield Passage(text, kind, self._lead, apart=not self._numbers)
            self._lead = " " * len(self._lead)

    def _end_row(self) -> Iterator[Passage]:
        row, self._row = self._row or [], None
        if not self._header:
            self._header = row
            return
        bare = not any(letter.isalpha() for letter in row[0])  # a number says nothing without what it is a number of
        yield Passage(f"{self._header[0]}: {row[0]}" if bare else row[0], lead="▸ ", apart=False)
        told = [(name, cell) for name, cell in zip(self._header[1:], row[1:], strict=False) if cell]
        for number, (name, cell) in enumerate(told, 1):
            said = f"{name}: {cell}" if name and len(self._header) > len(("name", "meaning")) else cell
            yield Passage(said, "text", "    ", apart=number == len(told))


def _plain(inline: Token) -> str:
    """The text of a paragraph, without marks."""
    pieces: list[str] = []
    address, begun = "", 0
    for token in inline.children or []:
        if token.type == "image":
            pieces.append(f"[Picture: {token.content}]")
        elif token.type in {"softbreak", "hardbreak"}:
            pieces.append(" ")
        elif token.type == "link_open":
            address, begun = str(token.attrGet("href")), len(pieces)
        elif token.type == "link_close":
            if address.startswith(_ELSEWHERE) and address not in "".join(pieces[begun:]):
                pieces.append(f" ({address})")
        else:
            pieces.append(token.content)
    return "".join(pieces)
