"""What those who ran events wrote, in lines: for commands, screens and reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from storage.counts.findings import DebriefFinding
from storage.debrief import QUESTIONS
from storage.events import day

HEADING = "What those who ran it wrote"
OWN_WORDS = "These are the team’s own words. They are not counts, and nothing in them comes from an answer."


def debrief_name(found: DebriefFinding) -> str:
    """Whose it is: “Riverside fair, 23 November 2026, written on “Blue””."""
    return f"{found.event.name}, {day(dt.date.fromisoformat(found.event.date))}, {found.by}"


def debrief_answers(found: DebriefFinding) -> list[tuple[str, str]]:
    """Each question that was answered, and what was written."""
    return [(QUESTIONS[prompt], text) for prompt, text in found.answers]


def debrief_lines(found: Iterable[DebriefFinding]) -> Iterator[str]:
    """All of it as plain lines; none where nothing was written."""
    for number, one in enumerate(found):
        if not number:
            yield f"{HEADING}:"
        yield f"{debrief_name(one)}:"
        yield from (f"   {question} {text}" for question, text in debrief_answers(one))
