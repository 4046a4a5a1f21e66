"""The toolkit: chapters, tips and items, and what belongs to them, in our own words.

What it advises comes from the Social Mobility Commission's *Apprenticeships that work for all: employers' toolkit*
(2021). Every entry says where in that toolkit its advice is found (`place`), and every figure that it names
says of what year it is and who published it. Two case studies of the source, a chart and all its links did not come
down to us whole; they are left out rather than made up.

An entry of any kind has one id, and ids are unique over the whole toolkit, so a link is an id and nothing more.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from content.loading import Content, Text, load

FOLDER = Path(__file__).with_suffix("")
"""Where the data files lie."""

CHAPTERS = ("data", "culture", "outreach", "hiring", "progression", "advocacy")
"""The chapters in their order: each is a file."""

Audience = Literal["employer", "training provider", "small", "large"]
"""Whom an item is for; *small* and *large* are employers of fewer than, and at least, 250 people."""
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

Audiences = Literal[
    "employers and providers", "apprentice networks", "parents, carers and teachers", "intersectionality"
]
"""What a resource is for."""

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9.-]{0,39}\Z")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Imperative = Annotated[str, msgspec.Meta(min_length=1, max_length=90)]


class Figure(Content, frozen=True, kw_only=True):
    """One number that a text names."""

    value: Text
    """As the text writes it: “66%”."""
    about: Text
    """What it measures."""
    year: Text
    """Of what year it is: “2017/18”; where the source does not say, the year it was published."""
    source: Text


class Update(Content, frozen=True, kw_only=True):
    """What has changed since the source was written: told beside entries, whose own texts stay those of the source."""

    since: Text
    """The month or the year: “August 2022”."""
    text: Text
    entries: tuple[str, ...]
    """The ids of the entries that it stands beside."""
    source: Text


class Entry(Content, frozen=True, kw_only=True):
    """Anything that can be read, found and linked to."""

    id: Id
    title: Title
    text: Text
    place: Text
    """Where in the source: a few of its own words by which to find the spot."""
    links: tuple[str, ...] = ()
    """Ids of other entries."""
    figures: tuple[Figure, ...] = ()


class Item(Entry, frozen=True, kw_only=True):
    """One thing to do, with how and why."""

    title: Imperative
    audience: tuple[Audience, ...]
    must_have: str = ""
    """The id of the must-have that it carries out, or nothing."""


class MustHave(Entry, frozen=True, kw_only=True):
    """One of the first things to do; its links are the items that carry it out."""

    title: Imperative
    audience: tuple[Audience, ...]
    chapter: str
    """A chapter's id, or “general”."""


class Tip(Content, frozen=True, kw_only=True):
    """A part of a chapter."""

    id: Id
    title: Title
    about: Text
    items: tuple[Item, ...]


class Chapter(Content, frozen=True, kw_only=True):
    """One point of the apprenticeship journey. Its items stand under tips, or straight under the chapter."""

    id: Id
    title: Title
    about: Text
    tips: tuple[Tip, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def all_items(self) -> tuple[Item, ...]:
        """Its items, in order."""
        return (*(item for tip in self.tips for item in tip.items), *self.items)


class Term(Entry, frozen=True, kw_only=True):
    """A key term and its meaning."""

    forms: tuple[Text, ...]
    """How texts write it, in lower case: what is marked as this term."""

    def is_in(self, text: str) -> bool:
        """Whether a text uses the term."""
        forms = "|".join(map(re.escape, self.forms))
        return re.search(rf"\b(?:{forms})\b", text, re.IGNORECASE) is not None


class Reason(Entry, frozen=True, kw_only=True):
    """Why to act, what a strategy is made of, and what the source’s first pages tell."""


class KeyFinding(Entry, frozen=True, kw_only=True):
    """One of the six findings of the research behind the toolkit."""


class Answer(Entry, frozen=True, kw_only=True):
    """A question about apprenticeships and social mobility (`title`) and its answer."""


class Resource(Entry, frozen=True, kw_only=True):
    """A guide, service or network, by name and publisher. The source's links did not last, and none is made up."""

    publisher: Text
    year: str = ""
    address: str = ""
    """Where it is on the web, for those of whose address we are sure."""
    seen: dt.date | None = None
    """On which day the address was seen in a public copy."""
    group: Audiences


class Case(Entry, frozen=True, kw_only=True):
    """What one organisation did."""


class Example(Entry, frozen=True, kw_only=True):
    """A small worked example."""


class Check(Entry, frozen=True, kw_only=True):
    """One question to go through before, or something to ask after, an occasion."""

    item: str
    """The id of the item that it is a part of."""


class Group(Content, frozen=True, kw_only=True):
    """Checks under one heading."""

    title: Title
    checks: tuple[Check, ...]


class Way(Content, frozen=True, kw_only=True):
    """A list of checks for one occasion."""

    id: Id
    title: Title
    about: Text
    per_event: bool
    """Whether each event has its own ticks."""
    groups: tuple[Group, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Its checks, in order."""
        return tuple(check for group in self.groups for check in group.checks)


class Reading(Entry, frozen=True, kw_only=True):
    """What one thing that the counts can show suggests; its links are the tips and items that address it."""

    shows: Literal["share", "response rate", "drop", "fall", "target", "feedback", "debrief"]
    """A share beside its benchmark, a response rate beside its target, a drop from a stage to a later one, a share or,
    without a category, the response rate that falls over time, a target of the organisation's own, a question of
    feedback to which few say yes, or one that those who ran an event have answered, which is the category."""
    question: str = ""
    category: str = ""
    verdict: Literal["below", "above", ""] = ""
    stages: tuple[str, ...] = ()
    """At which stages, for a drop the later one; at any where it is empty."""


class Synonym(Content, frozen=True, kw_only=True):
    """Words that people look for, and how the toolkit says it."""

    typed: tuple[Text, ...]
    """In lower case; one of singular and plural stands for both."""
    means: tuple[Text, ...]
    """Words or phrases of entries; each finds by itself."""


class SearchWords(Content, frozen=True, kw_only=True):
    """What search makes of words that are typed."""

    little: tuple[Text, ...] = ()
    """Words that need not be there, beside others."""
    synonyms: tuple[Synonym, ...] = ()


class _MustHaves(Content, frozen=True):
    about: Text
    items: tuple[MustHave, ...]


class _Updates(Content, frozen=True):
    updates: tuple[Update, ...]


class _Terms(Content, frozen=True):
    terms: tuple[Term, ...]


class _Reasons(Content, frozen=True):
    reasons: tuple[Reason, ...]


class _KeyFindings(Content, frozen=True):
    findings: tuple[KeyFinding, ...]


class _Answers(Content, frozen=True):
    answers: tuple[Answer, ...]


class _Resources(Content, frozen=True):
    resources: tuple[Resource, ...]


class _Cases(Content, frozen=True):
    cases: tuple[Case, ...]


class _Examples(Content, frozen=True):
    examples: tuple[Example, ...]


class _Ways(Content, frozen=True):
    ways: tuple[Way, ...]


class _Readings(Content, frozen=True):
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Toolkit:
    """All of it."""

    chapters: tuple[Chapter, ...]
    first_steps: str
    """What the must-haves are."""
    must_haves: tuple[MustHave, ...]
    terms: tuple[Term, ...]
    reasons: tuple[Reason, ...]
    findings: tuple[KeyFinding, ...]
    answers: tuple[Answer, ...]
    resources: tuple[Resource, ...]
    cases: tuple[Case, ...]
    examples: tuple[Example, ...]
    ways: tuple[Way, ...]
    readings: tuple[Reading, ...]
    updates: tuple[Update, ...]
    search_words: SearchWords

    @functools.cached_property
    def items(self) -> tuple[Item, ...]:
        """The items of all chapters, in order."""
        return tuple(item for chapter in self.chapters for item in chapter.all_items)

    @property
    def actions(self) -> tuple[Item | MustHave, ...]:
        """All that can be done: the must-haves, then the items."""
        return (*self.must_haves, *self.items)

    @functools.cached_property
    def entries(self) -> dict[str, Entry]:
        """Everything that can be read, by its id."""
        checks = (check for way in self.ways for check in way.checks)
        return {
            entry.id: entry
            for part in (
                self.actions,
                self.terms,
                self.reasons,
                self.findings,
                self.answers,
                self.resources,
                self.cases,
                self.examples,
                checks,
                self.readings,
            )
            for entry in part
        }

    @functools.cached_property
    def tips(self) -> dict[str, Tip]:
        """The tips, by their id."""
        return {tip.id: tip for chapter in self.chapters for tip in chapter.tips}

    @functools.cached_property
    def chapter_of(self) -> dict[str, Chapter]:
        """The chapter of each item and tip, by the id of these."""
        tips = {tip.id: chapter for chapter in self.chapters for tip in chapter.tips}
        return tips | {item.id: chapter for chapter in self.chapters for item in chapter.all_items}

    def way(self, name: str) -> Way:
        """The way of that id; KeyError if there is none."""
        return {way.id: way for way in self.ways}[name]

    def find(self, name: str) -> Entry | None:
        """The entry of an id that somebody typed, in whatever case; None if there is none."""
        return {entry.id.lower(): entry for entry in self.entries.values()}.get(name.strip().lower())

    def updates_of(self, entry: Entry) -> tuple[Update, ...]:
        """What has changed about an entry since the source was written."""
        return tuple(update for update in self.updates if entry.id in update.entries)

    def explained(self, entry: Entry) -> tuple[Term, ...]:
        """The key terms that an entry uses or names."""
        text = f"{entry.title} {entry.text}"
        return tuple(term for term in self.terms if term is not entry and (term.id in entry.links or term.is_in(text)))


@functools.cache
def load_toolkit() -> Toolkit:
    """Load the toolkit; ContentError if a file is missing or malformed."""
    first_steps = load(FOLDER, "must-haves", _MustHaves)
    return Toolkit(
        chapters=tuple(load(FOLDER, name, Chapter) for name in CHAPTERS),
        first_steps=first_steps.about,
        must_haves=first_steps.items,
        terms=load(FOLDER, "terms", _Terms).terms,
        reasons=load(FOLDER, "reasons", _Reasons).reasons,
        findings=load(FOLDER, "findings", _KeyFindings).findings,
        answers=load(FOLDER, "answers", _Answers).answers,
        resources=load(FOLDER, "resources", _Resources).resources,
        cases=load(FOLDER, "cases", _Cases).cases,
        examples=load(FOLDER, "examples", _Examples).examples,
        ways=load(FOLDER, "ways", _Ways).ways,
        readings=load(FOLDER, "readings", _Readings).readings,
        updates=load(FOLDER, "updates", _Updates).updates,
        search_words=load(FOLDER, "search-words", SearchWords),
    )
