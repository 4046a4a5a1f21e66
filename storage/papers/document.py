"""A paper as it is rendered: what both kinds of file are made from, so that they cannot say different things."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct

Edition = Literal["usual", "large"]
"""Large print has letters of 18 points or more."""

Layout = Literal["text", "guide", "poster", "slip"]
"""How it is laid out on paper: to read, to read with pictures on few sides, to hang up, to mark."""


_POINTS: dict[Layout, int] = {"text": 11, "guide": 10, "slip": 14}
_LARGE = 18
_CROWDED: dict[Edition, int] = {"usual": 900, "large": 760}
"""Letters on a poster."""
_WIDE = "MW"
"""Letters that count twice."""


class Run(Struct, frozen=True, kw_only=True):
    """Text that looks the same throughout."""

    text: str
    strong: bool = False
    typed: bool = False
    """Whether it is what somebody types."""
    foreign: bool = False
    """Whether it is a name from elsewhere, which may be written the other way round."""
    gap: bool = False
    """Whether it says what is missing here."""


Runs = tuple[Run, ...]


class Heading(Struct, frozen=True, kw_only=True):
    """A heading below the title."""

    level: Literal[2, 3]
    text: Runs


class Paragraph(Struct, frozen=True, kw_only=True):
    """A paragraph."""

    text: Runs


class Listing(Struct, frozen=True, kw_only=True):
    """A list."""

    items: tuple[Runs, ...]
    numbered: bool


class Table(Struct, frozen=True, kw_only=True):
    """A table; the first cell of each row heads it."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


class Decide(Struct, frozen=True, kw_only=True):
    """What the organisation has to decide."""

    label: str
    text: Runs


class Picture(Struct, frozen=True, kw_only=True):
    """A picture of a screen."""

    name: str
    shows: str
    """For who does not see it."""


class Commands(Struct, frozen=True, kw_only=True):
    """What is typed in a terminal, a line each."""

    lines: tuple[str, ...]


class Asked(Struct, frozen=True, kw_only=True):
    """A question with its answers, by their numbers."""

    number: int
    text: str
    answers: tuple[tuple[int, str, str], ...]
    """Number, label, and examples where there are any."""


class Slip(Struct, frozen=True, kw_only=True):
    """What is marked: for each question a row of boxes with numbers in them, and no word of what they mean."""

    heading: Runs
    boxes: tuple[int, ...]
    """For each question, how many."""


Block = Heading | Paragraph | Listing | Table | Decide | Picture | Commands | Asked | Slip


class Document(Struct, frozen=True, kw_only=True):
    """A paper that is filled in."""

    title: str
    organisation: str
    """Whose it is; empty where nobody has said."""
    language: str
    direction: Literal["ltr", "rtl"]
    edition: Edition
    layout: Layout
    made: dt.date
    blocks: tuple[Block, ...]

    @property
    def points(self) -> int:
        """The size of its letters on paper: a poster with much on it has smaller ones, so that it stays one side."""
        if self.layout == "poster":
            letters = sum(len(run.text) + sum(map(run.text.count, _WIDE)) for run in self.runs)
            crowded = letters > _CROWDED[self.edition]
            usual, large = (16, 18) if crowded else (19, 22)
        else:
            usual, large = _POINTS[self.layout], _LARGE
        return large if self.edition == "large" else usual

    @property
    def decisions(self) -> tuple[Decide, ...]:
        """What is left for the organisation to decide."""
        return tuple(block for block in self.blocks if isinstance(block, Decide))

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing, each once."""
        return tuple(dict.fromkeys(run.text for run in self.runs if run.gap))

    @property
    def runs(self) -> tuple[Run, ...]:
        """All its text but what is asked and drawn, in order."""
        return tuple(run for block in self.blocks for text in texts_of(block) for run in text)


def texts_of(block: Block) -> tuple[Runs, ...]:
    """The texts of a block, in order."""
    match block:
        case Heading() | Paragraph() | Decide():
            return (block.text,)
        case Listing():
            return block.items
        case Table():
            return (*block.head, *(cell for row in block.rows for cell in row))
        case Slip():
            return (block.heading,)
        case Picture() | Commands() | Asked():
            return ()


def plain(text: Runs) -> str:
    """The letters of a text."""
    return "".join(run.text for run in text)
