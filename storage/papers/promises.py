"""What PRIVACY.md promises, read from it: a paper repeats its sentences and has none of its own for them."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from msgspec import Struct

import storage

_PROMISE = re.compile(
    r"^- (?P<sentence>(?:(?!^- ).)*?)\s*\(test: (?P<path>[\w/]+\.py)::(?P<test>\w+)\)$", re.MULTILINE | re.DOTALL
)
_LIMIT = re.compile(r"^- \*\*(?P<title>.*?)\*\* (?P<text>.*?)(?=^- |\Z)", re.MULTILINE | re.DOTALL)
_LIMITS = "What this cannot promise"


class Promise(Struct, frozen=True, kw_only=True):
    """A sentence that a test holds."""

    sentence: str
    test: str
    """Where the test is: path and name."""


class Limit(Struct, frozen=True, kw_only=True):
    """Something that cannot be promised."""

    title: str
    text: str


@functools.cache
def promises() -> dict[str, Promise]:
    """Every promise, by the name of its test."""
    return {
        found["test"]: Promise(sentence=_line(found["sentence"]), test=f"{found['path']}::{found['test']}")
        for found in _PROMISE.finditer(_text())
    }


@functools.cache
def limits() -> tuple[Limit, ...]:
    """Everything that cannot be promised, in order."""
    section = re.search(rf"^## {_LIMITS}\n(.*?)(?=^## |\Z)", _text(), re.MULTILINE | re.DOTALL)
    return tuple(
        Limit(title=_line(found["title"]), text=_line(found["text"]))
        for found in _LIMIT.finditer(section[1] if section else "")
    )


def _line(text: str) -> str:
    return " ".join(text.replace("`", "").split())


@functools.cache
def _text() -> str:
    return (Path(storage.__path__[0]) / "PRIVACY.md").read_text("utf-8")
