"""Papers: what is printed or handed on around the survey, as text with a few marks, and the typed models of it.

A paper is data, so that it can be read, corrected and translated without reading Python. Its text holds no figure of
its own: `{names in braces}` are filled in from the settings and from what the program is made of (`storage.papers`), so
that what a paper says cannot drift from what is so. A mark that is not known is refused as the file is loaded.

Blocks are parted by empty lines; a line that goes on is indented by two spaces. What begins with

    - or 1.   is a list                      ?   is for the organisation to decide, and printed so
    |         is a table, its head first     !   is a picture: its name, a colon, what it shows
    $         is a command                   @   is a promise of PRIVACY.md, by the name of its test
    #         is a heading in between        %   is made by the program: its name

and anything else is a paragraph. After the mark may stand `[if name]` or `[if not name]`. In the text `**` stands
around what is strong, and a back quote around what is typed.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Literal, get_args

import msgspec

from content.loading import Content, Text, load

__all__ = [
    "FOLDER",
    "ORGANISATIONS",
    "Block",
    "CandidatesPapers",
    "Gaps",
    "Item",
    "Kind",
    "OrganisationsPaper",
    "Paper",
    "Reader",
    "Section",
    "candidates_languages",
    "load_candidates_papers",
    "load_paper",
]

FOLDER = Path(__file__).with_suffix("")
"""Where the data files lie."""

OrganisationsPaper = Literal[
    "start", "staff-guide", "coordinator-guide", "slip", "schools", "dpia", "record", "security"
]
"""A paper for those who run the survey or answer for it, named as its file. These are in English."""
ORGANISATIONS: tuple[OrganisationsPaper, ...] = get_args(OrganisationsPaper)

Reader = Literal["candidate", "staff", "officer"]
"""Whom a paper is for: how easy it must be to read depends on it."""

Kind = Literal["paragraph", "bullets", "numbers", "table", "heading", "decide", "picture", "command", "promise", "made"]
_MARKS: dict[str, Kind] = {
    "-": "bullets",
    "|": "table",
    "#": "heading",
    "?": "decide",
    "!": "picture",
    "$": "command",
    "@": "promise",
    "%": "made",
}
_NUMBER = re.compile(r"\d+\. ")
_CONDITION = re.compile(r"\[if (not )?([a-z_]+)\] ")
_FIELD = re.compile(r"\{([a-z_.]+)\}")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A list's item, a table's row, or all of another block."""

    cells: tuple[str, ...]
    """Several in a row of a table, else one."""
    when: str = ""
    """The condition that it is said under; empty where it always is."""
    unless: bool = False
    """Whether it is said where the condition does not hold."""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a section."""

    kind: Kind
    items: tuple[Item, ...]


class Section(Content, frozen=True, kw_only=True):
    """A heading and what stands below it."""

    heading: str = ""
    """Empty where it has none of its own."""
    id: str = ""
    """What other papers name it by."""
    text: Text
    """With marks."""

    def __post_init__(self) -> None:
        """Refuse marks that are not known."""
        blocks_of(self.text)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its text, taken apart."""
        return blocks_of(self.text)


class Paper(Content, frozen=True, kw_only=True):
    """One paper in one language."""

    title: Text
    about: Text
    """What it is for, in a sentence."""
    reader: Reader
    sections: tuple[Section, ...]

    @property
    def fields(self) -> set[str]:
        """The names in braces."""
        return {name for section in self.sections for name in _FIELD.findall(f"{section.heading} {section.text}")}

    @property
    def conditions(self) -> set[str]:
        """What it asks for with `[if …]`."""
        return {item.when for section in self.sections for block in section.blocks for item in block.items} - {""}


class Gaps(Content, frozen=True, kw_only=True):
    """What is printed where something is not known yet."""

    decide: Text
    """Before what is for the organisation to decide."""
    organisation: Text
    event: Text
    day: Text
    place: Text
    contact: Text
    officer: Text


class CandidatesPapers(Content, frozen=True, kw_only=True):
    """What candidates read on paper, in one language. The questions are the language pack's."""

    language: Text
    gaps: Gaps
    poster: Paper
    notice: Paper
    questions: Paper


@functools.cache
def load_paper(name: OrganisationsPaper) -> Paper:
    """Load a paper; ContentError if it is missing or malformed."""
    return load(FOLDER, name, Paper)


@functools.cache
def load_candidates_papers(language: str) -> CandidatesPapers:
    """Load candidates' papers in a language by its code; ContentError if they are missing or malformed."""
    return load(FOLDER, language, CandidatesPapers)


def candidates_languages() -> tuple[str, ...]:
    """The codes of the languages that there are candidates' papers in, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in ORGANISATIONS))


@functools.cache
def blocks_of(text: str) -> tuple[Block, ...]:
    """Take text with marks apart; ValueError where a mark is not as it should be."""
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        items = [_item(line) for line in re.sub(r"\n {2,}", " ", part).split("\n")]
        kinds = {kind for kind, _ in items}
        if len(kinds) > 1:
            raise ValueError(f"{part[:40]!r}: stands in one block with something of another kind")
        kind = kinds.pop()
        if kind == "paragraph" and len(items) > 1:
            raise ValueError(f"{part[:40]!r}: indent the lines that go on")
        if kind == "table" and len({len(item.cells) for _, item in items}) > 1:
            raise ValueError(f"{part[:40]!r}: has rows of different lengths")
        if kind == "picture" and ": " not in items[0][1].cells[0]:
            raise ValueError(f"{part[:40]!r}: does not say what the picture shows")
        blocks.append(Block(kind=kind, items=tuple(item for _, item in items)))
    return tuple(blocks)


def _item(line: str) -> tuple[Kind, Item]:
    mark, _, rest = line.partition(" ")
    kind: Kind = "numbers" if _NUMBER.match(line) else _MARKS.get(mark, "paragraph")
    said = line if kind == "paragraph" else rest
    condition = _CONDITION.match(said)
    unless, when = (bool(condition[1]), condition[2]) if condition else (False, "")
    said = said[condition.end() :] if condition else said
    if "[if" in said:
        raise ValueError(f"{line[:40]!r}: a condition is written [if name] or [if not name], after the mark")
    cells = tuple(cell.strip() for cell in said.rstrip("| ").split(" | ")) if kind == "table" else (said,)
    return kind, Item(cells=cells, when=when, unless=unless)
