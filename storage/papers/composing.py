"""A paper's text, filled in: what is a mark stays a mark, and what is filled in is text, whatever stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from content.papers import Block as Written
from content.papers import Item, Paper
from storage.papers.document import (
    Asked,
    Block,
    Commands,
    Decide,
    Document,
    Edition,
    Heading,
    Layout,
    Listing,
    Paragraph,
    Picture,
    Run,
    Runs,
    Slip,
    Table,
)
from storage.papers.facts import Facts, settings_rows
from storage.papers.promises import limits, promises

Makers = Mapping[str, Callable[[Facts], Iterator[Block]]]
"""What the program makes, by the name that a paper has for it."""

_MARK = re.compile(r"(\*\*|`)")
_FIELD = re.compile(r"\{([a-z_.]+)\}")
_EMPTY = "–"


def composed(
    paper: Paper, facts: Facts, layout: Layout, edition: Edition = "usual", more: Makers | None = None
) -> Document:
    """A paper as it is rendered.

    Args:
        paper: what it says.
        facts: what it is filled in with.
        layout: how it is laid out.
        edition: in which size of letters.
        more: what can be made besides what every paper can have.
    """
    return Document(
        title=paper.title,
        organisation=facts.text("organisation"),
        language=facts.words.language,
        direction=facts.words.direction,
        edition=edition,
        layout=layout,
        made=facts.made,
        blocks=tuple(_blocks(paper, facts, {**_MAKERS, **(more or {})})),
    )


def _blocks(paper: Paper, facts: Facts, makers: Makers) -> Iterator[Block]:
    for section in paper.sections:
        made = [block for written in section.blocks for block in _block(written, facts, makers)]
        if made and section.heading:
            yield Heading(level=2, text=filled(section.heading, facts))
        yield from made


def _block(written: Written, facts: Facts, makers: Makers) -> Iterator[Block]:
    """What a block becomes; nothing where none of it is said here."""
    items = [item for item in written.items if _is_said(item, facts)]
    if not items:
        return
    texts = tuple(filled(item.cells[0], facts) for item in items) if written.kind not in {"picture", "made"} else ()
    match written.kind:
        case "paragraph":
            yield Paragraph(text=texts[0])
        case "heading":
            yield Heading(level=3, text=texts[0])
        case "decide":
            yield from (Decide(label=facts.gaps.decide, text=text) for text in texts)
        case "bullets" | "numbers":
            yield Listing(items=texts, numbered=written.kind == "numbers")
        case "table":
            head, *rows = (tuple(filled(cell, facts) for cell in item.cells) for item in items)
            yield Table(head=head, rows=tuple(rows))
        case "picture":
            for item in items:
                name, _, shows = item.cells[0].partition(": ")
                yield Picture(name=name, shows=shows)
        case "command":
            yield Commands(lines=tuple(item.cells[0] for item in items))
        case "promise":
            yield Listing(items=tuple(_promised(item.cells[0]) for item in items), numbered=False)
        case "made":
            yield from makers[items[0].cells[0]](facts)


def _is_said(item: Item, facts: Facts) -> bool:
    return not item.when or facts.conditions[item.when] != item.unless


def filled(text: str, facts: Facts) -> Runs:
    """A line of a paper as runs. KeyError where it has a name in braces that stands for nothing."""
    runs: list[Run] = []
    strong = typed = False
    for part in _MARK.split(text):
        if part == "**":
            strong = not strong
        elif part == "`":
            typed = not typed
        else:
            runs += _filled(part, facts, strong=strong, typed=typed)
    return tuple(runs)


def _filled(text: str, facts: Facts, *, strong: bool, typed: bool) -> Iterator[Run]:
    """The same without marks: in what is filled in there are none."""
    for place, part in enumerate(_FIELD.split(text)):
        if place % 2 == 0:
            if part:
                yield Run(text=part, strong=strong, typed=typed)
            continue
        said = facts.text(part)
        if part.startswith("words."):  # of a language pack, which has names in braces too
            yield from _filled(said, facts, strong=strong, typed=typed)
        elif said:
            yield Run(text=said, strong=strong, typed=typed, foreign=facts.is_from_elsewhere(part))
        else:
            yield Run(text=facts.gap(part), strong=strong, gap=True)


def _promised(test: str) -> Runs:
    """A promise and its test; KeyError where PRIVACY.md has none by that test."""
    promise = promises()[test]
    return Run(text=f"“{promise.sentence}” "), Run(text=promise.test, typed=True)


def _plain(text: str) -> Runs:
    return (Run(text=text),)


def _questions(facts: Facts) -> Iterator[Block]:
    for number, question in enumerate(facts.words.asked(facts.settings.asks).questions, 1):
        yield Asked(
            number=number,
            text=question.text,
            answers=tuple((option.code, option.label, option.detail) for option in question.options),
        )


def _slip(facts: Facts) -> Iterator[Block]:
    heading = filled("{event}, {day}", facts)
    yield Slip(heading=heading, boxes=tuple(len(question.options) for question in facts.settings.asks.questions))


def _settings(facts: Facts) -> Iterator[Block]:
    rows = [
        (Run(text=key, typed=True), Run(text=value or _EMPTY, foreign=True))
        for key, value in settings_rows(facts.settings)
    ]
    yield Table(head=(_plain("Setting"), _plain("Value")), rows=tuple(((key,), (value,)) for key, value in rows))


def _limits(_facts: Facts) -> Iterator[Block]:
    yield Listing(
        items=tuple((Run(text=limit.title, strong=True), Run(text=f" {limit.text}")) for limit in limits()),
        numbered=False,
    )


def _promises(_facts: Facts) -> Iterator[Block]:
    yield Listing(items=tuple(_promised(test) for test in promises()), numbered=False)


_MAKERS: Makers = {
    "questions": _questions,
    "slip": _slip,
    "settings": _settings,
    "limits": _limits,
    "promises": _promises,
}
