"""The debrief: what those who ran an event write afterwards, in answer to three questions of the toolkit.

It is the staff's own text about the event, and says so where it is typed: nobody is to be named in it, and nothing is
told of single candidates. It goes with the event to the office. The record is in FORMAT.md, section 26.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self, get_args

import msgspec

from storage.errors import FairstartError
from storage.text import PRINTABLE, cleaned, on_one_line

Prompt = Literal["worked", "change", "support"]
PROMPTS: tuple[Prompt, ...] = get_args(Prompt)
TEXT_LIMIT = 500
"""Characters of an answer, at most."""
RECORD_SIZE = 6144
"""Bytes: three answers of that many letters of four bytes, and zeros."""

QUESTIONS: Mapping[Prompt, str] = {
    "worked": "What worked well, and what could you do more of?",
    "change": "What should be changed or done better next time?",
    "support": "What help would you need to run another one?",
}
ABOUT = (
    "For those who ran it. Name nobody, and write nothing about single people whom you met: the office reads this "
    "beside the event’s counts."
)

_VERSION = 1
_ID_SIZE = 8
_REVISION_SIZE = 4
_LENGTH_SIZE = 2
_LAST_REVISION = (1 << 8 * _REVISION_SIZE) - 1
_Text = Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT, pattern=PRINTABLE)]


class DebriefError(FairstartError):
    """What was typed cannot be kept; nothing was changed."""

    def __init__(self, field: Prompt, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        """Where it was typed."""


class Debrief(msgspec.Struct, frozen=True, kw_only=True):
    """Three answers, of which some may be empty."""

    worked: _Text = ""
    change: _Text = ""
    support: _Text = ""

    @property
    def answers(self) -> Iterator[tuple[Prompt, str]]:
        """Those that are not empty, in the order of the questions."""
        texts: tuple[tuple[Prompt, str], ...] = (
            ("worked", self.worked),
            ("change", self.change),
            ("support", self.support),
        )
        yield from ((prompt, text) for prompt, text in texts if text)


class WrittenDebrief(msgspec.Struct, frozen=True, kw_only=True):
    """A debrief, which one it is, and how often it was written."""

    id: bytes
    """Drawn when it was first written: the same on its laptop and at the office, however often it is changed."""
    revision: int
    """1 at first, and one more each time it is written: of two with one id, the one with more is newer."""
    said: Debrief

    @classmethod
    def new(cls, said: Debrief) -> Self:
        """One that is written for the first time."""
        return cls(id=secrets.token_bytes(_ID_SIZE), revision=1, said=said)

    def saying(self, said: Debrief) -> Self:
        """The next revision of it."""
        return type(self)(id=self.id, revision=min(self.revision + 1, _LAST_REVISION), said=said)

    def to_record(self) -> bytes:
        """Its record: always `RECORD_SIZE` bytes, and the same ones."""
        texts = [text.encode() for text in (self.said.worked, self.said.change, self.said.support)]
        counted = (len(text).to_bytes(_LENGTH_SIZE, "big") + text for text in texts)
        head = bytes([_VERSION]) + self.id + self.revision.to_bytes(_REVISION_SIZE, "big")
        return (head + b"".join(counted)).ljust(RECORD_SIZE, b"\0")

    @classmethod
    def from_record(cls, record: bytes) -> Self:
        """Read a record.

        Raises:
            ValueError: it is none.
        """
        place = 1 + _ID_SIZE + _REVISION_SIZE
        id_, revision = record[1 : 1 + _ID_SIZE], int.from_bytes(record[1 + _ID_SIZE : place], "big")
        if len(record) != RECORD_SIZE or record[0] != _VERSION or not revision:
            raise ValueError("not a record of a debrief")
        texts = []
        for _ in PROMPTS:
            start = place + _LENGTH_SIZE
            place = start + int.from_bytes(record[place:start], "big")
            texts.append(record[start:place].decode())
        said = msgspec.convert(dict(zip(PROMPTS, texts, strict=True)), Debrief)
        if any(record[place:]) or place > RECORD_SIZE or not any(texts):
            raise ValueError("not a record of a debrief")
        return cls(id=id_, revision=revision, said=said)


def debrief_typed(typed: Mapping[Prompt, str]) -> Debrief:
    """What somebody typed, each answer on one line.

    Raises:
        DebriefError: an answer is too long, or all are empty.
    """
    texts = {prompt: " ".join(cleaned(on_one_line(typed[prompt]), keep="").split()) for prompt in PROMPTS}
    for prompt, text in texts.items():
        if len(text) > TEXT_LIMIT:
            raise DebriefError(
                prompt, f"There is room for {TEXT_LIMIT} characters, and this has {len(text)}: shorten it."
            )
    if not any(texts.values()):
        raise DebriefError("worked", "Answer one of the three at least, or go back.")
    return Debrief(**texts)
