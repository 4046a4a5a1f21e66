"""How the toolkit's entries read, in lines: for its commands, and for its screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from content.toolkit import (
    Answer,
    Case,
    Check,
    Entry,
    Example,
    Item,
    KeyFinding,
    MustHave,
    Reading,
    Reason,
    Resource,
    Term,
    Toolkit,
    Way,
)
from storage.events import day
from storage.report.action_plan import Change
from storage.toolkit.checklist import STATUS_WORDS, Edit, Field, Record, Status
from storage.toolkit.progress import Choice, Progress, Records
from storage.toolkit.search import Found

KINDS: dict[type[Entry], str] = {
    Item: "item",
    MustHave: "must-have",
    Term: "key term",
    Reason: "why act",
    KeyFinding: "key finding",
    Answer: "question and answer",
    Resource: "resource",
    Case: "case study",
    Example: "example",
    Check: "check",
    Reading: "what counts suggest",
}

MARKS: dict[Status, str] = {"not started": "○", "in progress": "◐", "done": "●", "not relevant": "–"}
"""What stands before an item, so that no colour is needed."""

SIZES = {"small": "fewer than 250 people", "large": "250 people or more"}
"""What “small” and “large” mean of an employer: the source has another meaning of small, fewer than 10 people."""

PROVES_NOTHING = "Counts suggest where to look. They do not prove why."

_QUOTED = 60
"""Letters of a note that a preview quotes, at most: enough to know it by."""
_NAMED = 3
"""Changes that are named one by one, at most."""
_BAR = 20
"""Cells of a bar above a list."""

FIELD_WORDS: dict[Field, str] = {"status": "status", "owner": "owner", "review": "review date", "note": "note"}


def place_of(toolkit: Toolkit, entry: Entry) -> str:
    """Where in the toolkit an entry stands: “Data, tip 1”."""
    if isinstance(entry, MustHave):
        titles = {chapter.id: chapter.title for chapter in toolkit.chapters}
        return f"Must-haves, {titles.get(entry.chapter, 'General').lower()}"
    if isinstance(entry, Check):
        way = next(way for way in toolkit.ways if entry in way.checks)
        return way.title
    if isinstance(entry, Item):
        chapter = toolkit.chapter_of[entry.id]
        tips = [number for number, tip in enumerate(chapter.tips, 1) if entry in tip.items]
        return f"{chapter.title}, tip {tips[0]}" if tips else chapter.title
    name = KINDS[type(entry)]
    return name[:1].upper() + name[1:]


def lead_lines(entry: Entry) -> Iterator[str]:
    """Who made a resource and when, and where it is; and what a reading is worth."""
    if isinstance(entry, Reading):
        yield PROVES_NOTHING
    if isinstance(entry, Resource):
        yield f"{entry.publisher}, {entry.year}" if entry.year else entry.publisher
        if entry.seen:
            yield f"{entry.address} (seen in a public copy on {day(entry.seen)})"


def figure_lines(entry: Entry) -> Iterator[str]:
    """Each figure with its year and source."""
    for figure in entry.figures:
        yield f"{figure.value}: {figure.about} ({figure.source}, {figure.year})"


def update_lines(toolkit: Toolkit, entry: Entry) -> Iterator[str]:
    """What has changed since the source was written, each with its date and source."""
    for update in toolkit.updates_of(entry):
        yield f"Since {update.since}: {update.text} ({update.source})"


def audience(entry: Entry) -> str:
    """Whom it is for."""
    if not isinstance(entry, Item | MustHave):
        return ""
    kinds = [f"{one}s" for one in entry.audience if one in {"employer", "training provider"}]
    sizes = [words for one, words in SIZES.items() if one in entry.audience]
    return " and ".join(kinds) + (f" ({sizes[0]})" if len(sizes) == 1 else "")


def source(entry: Entry) -> str:
    """Where in the source its advice is found."""
    return f"In the source toolkit near the words “{entry.place}”"


def linked(toolkit: Toolkit, entry: Entry) -> Iterator[tuple[str, str]]:
    """The id and title of all that it leads to, but the terms that are explained with it."""
    names = list(entry.links)
    if isinstance(entry, Item) and entry.must_have:
        names.insert(0, entry.must_have)
    if isinstance(entry, Check):
        names.insert(0, entry.item)
    explained = {term.id for term in toolkit.explained(entry)}
    for name in dict.fromkeys(one for one in names if one not in explained):
        yield name, toolkit.tips[name].title if name in toolkit.tips else toolkit.entries[name].title


def progress(found: Progress) -> str:
    """How far some items are, in words."""
    if not found.of:
        return "none relevant"
    line = f"{found.done} of {found.of} done"
    return f"{line}, {found.in_progress} in progress" if found.in_progress else line


def bar(found: Progress, width: int) -> str:
    """How far, as a bar of that many cells: done, then in progress, then the rest."""
    if not found.of:
        return "·" * width
    done = found.done * width // found.of
    begun = (found.done + found.in_progress) * width // found.of - done
    return "█" * done + "▒" * begun + "░" * (width - done - begun)


def progress_line(entries: Sequence[Entry], records: Records, choice: Choice | None) -> str:
    """How far some entries are, and what they were chosen by; nothing where nothing can be noted."""
    chosen = _filter(choice) if choice else ""
    if not entries:
        return chosen
    found = Progress.over(entries, records)
    line = f"{bar(found, _BAR)} {progress(found)}"
    return f"{line}  ({chosen})" if chosen else line


def _filter(choice: Choice) -> str:
    """What is left out, in words."""
    parts = [
        "must-haves" if choice.must_haves else "",
        STATUS_WORDS[choice.status].lower() if choice.status else "",
        choice.owner,
        f"for {choice.audience}" if choice.audience else "",
        f"due by {day(choice.due)}" if choice.due else "",
    ]
    return "filter: " + ", ".join(part for part in parts if part) if any(parts) else ""


def noted(record: Record) -> Iterator[str]:
    """What is noted of an item, in lines."""
    yield STATUS_WORDS[record.status]
    if record.owner:
        yield f"Owner: {record.owner}"
    if record.review:
        yield f"Review on {day(record.review)}"
    if record.note:
        yield "Note:"
        yield from (f"  {line}" for line in record.note.splitlines())


def show_lines(toolkit: Toolkit, entry: Entry, record: Record | None, event: str) -> Iterator[str]:
    """All about one entry; `event` is whose record it is, if it is an event's."""
    yield f"{entry.id} · {place_of(toolkit, entry)}"
    yield entry.title
    yield from lead_lines(entry)
    yield ""
    yield entry.text
    for lines in (list(figure_lines(entry)), list(update_lines(toolkit, entry))):
        if lines:
            yield ""
            yield from lines
    if record is not None:
        yield ""
        if event:
            yield f"For {event}:"
        yield from noted(record)
    explained = toolkit.explained(entry)
    if explained:
        yield ""
        yield from (f"{term.title}: {term.text}" for term in explained)
    links = list(linked(toolkit, entry))
    if links:
        yield ""
        yield "See also:"
        yield from (f"  {name}  {title}" for name, title in links)
    yield ""
    if audience(entry):
        yield f"For {audience(entry)}"
    yield source(entry)


def found_line(found: Found) -> str:
    """How much was found, and for what where that is not what was typed."""
    if not found.hits:
        return "Nothing has all these words: try fewer, or only the beginning of one."
    number = f"The best {len(found.hits)} of many" if found.more else f"{len(found.hits)} found"
    if found.instead:
        return f"Nothing has all these words. {number} for “{found.instead}”."
    return f"{number}: more words find fewer." if found.more else f"{number}."


def undone(edits: Sequence[Edit]) -> str:
    """What was taken back."""
    if len(edits) > _NAMED:
        return f"Undone: {len(edits)} changes."
    return f"Undone: {', '.join(f'{edit.id} {FIELD_WORDS[edit.field]}' for edit in edits)}."


def change_line(change: Change) -> str:
    """One change that a file would make: “D1.1 status: not started → done”."""
    edit = change.edit
    before, after = (_shown(value, review=edit.field == "review") for value in (edit.before, edit.after))
    return f"{edit.id} {FIELD_WORDS[edit.field]}: {before} → {after}"


def _shown(value: str, *, review: bool) -> str:
    if not value:
        return "nothing"
    if review:
        return day(dt.date.fromisoformat(value))
    line = " / ".join(value.splitlines())
    return f"“{line[:_QUOTED]}…”" if len(line) > _QUOTED else f"“{line}”"


WHICH_EVENT = "Which event is it? Each has ticks of its own."
WHICH_ADVERT = "Which advert is it? Each has ticks of its own."


def occasion_name(label: str, way: Way) -> str:
    """An event or an advert, by what its ticks are kept under."""
    return label or ("An event without a name" if way.per_event else "An advert without a name")
