"""One session with the toolkit: its content, the open checklist, and what its screens show of them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from content.toolkit import Check, Entry, Item, MustHave, Toolkit, load_toolkit
from storage.errors import FairstartError, StoreError
from storage.events import today
from storage.office.planned import PlannedEvent, planned_in
from storage.report.action_plan import Plan, checklist_of, plan_of
from storage.report.advice import Advice
from storage.settings import Settings
from storage.toolkit.checklist import Checklist, Edit, event_label
from storage.toolkit.progress import MUST_HAVES, Choice, Records
from storage.toolkit.search import Found, Search

NO_EVENT = "kiosk.toml names no event yet; set-up does that. Until then this is the list of an event without a name."


@dataclass(frozen=True)
class Part:
    """Entries under one heading."""

    heading: str
    entries: tuple[Entry, ...]
    about: str = ""


@dataclass(frozen=True)
class Shelf:
    """What one screen lists."""

    title: str
    about: str
    parts: tuple[Part, ...]
    choice: Choice | None = None
    """What it was chosen by; None for what cannot be filtered."""
    event: str = ""
    """Whose ticks they are, for an event's own checks."""
    way: str = ""
    """The id of the way that it is, if it is one."""

    because: Mapping[str, str] = field(default_factory=dict)
    """What counts show, by the id of the reading that it supports."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, in order."""
        return tuple(entry for part in self.parts for entry in part.entries)


@dataclass(frozen=True)
class Occasion:
    """An event or an advert, which has ticks of its own."""

    label: str
    """What they are kept under; empty where it has no name."""
    earlier: bool = False
    """Whether it is over, or no longer planned."""


@dataclass
class Session:
    """Holds the checklist open; close it at the end."""

    toolkit: Toolkit
    checklist: Checklist
    settings: Settings
    data: Path
    """The data folder, where an office may keep the events that are coming."""
    typing: Edit | None = field(default=None)
    """What somebody is typing, and is not saved yet."""
    _search: Search | None = field(default=None)
    _current: dict[str, str] = field(default_factory=dict)
    """By way, the label of the occasion that stood first when they were last looked at."""
    _closed: bool = field(default=False)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, data: Path, settings: Settings) -> Session:
        """Load the content and open the checklist of a data folder.

        Raises:
            StoreError: the checklist cannot be used.
        """
        return cls(load_toolkit(), Checklist.open(data), settings, data)

    def close(self) -> None:
        """Save what is being typed, where that can be done, and close the checklist."""
        with contextlib.suppress(FairstartError):
            self.keep_typed()
        with self._one_at_a_time:
            self._closed = True
            self.checklist.close()
            if self._search:
                self._search.close()

    def keep_typed(self) -> tuple[Edit, ...]:
        """Save what is being typed.

        Raises:
            StoreError: it cannot be saved; it is not forgotten.
        """
        with self._one_at_a_time:
            edit = self.typing
            if edit is None:
                return ()
            made = self.checklist.typed(edit)
            if self.typing is edit:
                self.typing = None
            elif self.typing:  # more was typed meanwhile, on from this
                self.typing = self.typing._replace(before=edit.after)
            return made

    def find(self, words: str) -> Found:
        """Find words in the toolkit and the notes; nothing once the session is closed.

        Raises:
            StoreError: the checklist cannot be read.
        """
        with self._one_at_a_time:
            if self._closed:
                return Found([])
            self._search = self._search or Search(self.toolkit)
            return self._search.find(words, self.checklist)

    @property
    def event(self) -> str:
        """The event of kiosk.toml, as its own checks are kept under."""
        return event_label(self.settings.event)

    def chosen(self, choice: Choice, records: Records) -> Shelf:
        """The items that a choice chooses, under their tips."""
        kit = self.toolkit
        wanted = {item.id for item in choice.of(kit, records)}
        groups = [
            Part(f"Must-haves: {title}", tuple(item for item in kit.must_haves if item.chapter == name))
            for name, title in [*((chapter.id, chapter.title) for chapter in kit.chapters), ("general", "General")]
        ]
        for chapter in kit.chapters:
            groups += [Part(f"{tip.id} {tip.title}", tip.items, tip.about) for tip in chapter.tips]
            groups += [Part(chapter.title, chapter.items)] if chapter.items else []
        parts = [
            Part(group.heading, entries, group.about)
            for group in groups
            if (entries := tuple(entry for entry in group.entries if entry.id in wanted))
        ]
        title, about = "Everything", "All must-haves and all items of the six chapters."
        if choice.chapter == MUST_HAVES:
            title, about = "Start here: the must-haves", kit.first_steps
        elif choice.chapter:
            chapter = next(chapter for chapter in kit.chapters if chapter.id == choice.chapter)
            title, about = chapter.title, chapter.about
        return Shelf(title, about, tuple(parts), choice)

    def occasions(self, name: str) -> list[Occasion]:
        """What a way can be gone through for: events that are coming first, or adverts, the latest first.

        Raises:
            StoreError: the checklist cannot be read.
        """
        way = self.toolkit.way(name)
        noted = self.checklist.events(
            check.id for other in self.toolkit.ways if other.per_event == way.per_event for check in other.checks
        )
        found = [*self._events()] if way.per_event else []
        known = {one.label for one in found}
        found += [Occasion(label, way.per_event) for label in noted if label not in known]
        self._current[name] = found[0].label if found else ""
        return found or [Occasion("")]

    def _events(self) -> list[Occasion]:
        """The event of kiosk.toml and those that an office here plans: the next first, then those that are over."""
        planned: list[PlannedEvent] = []
        with contextlib.suppress(StoreError):  # the office says what is wrong with its own
            planned = planned_in(self.data)
        details = [one.details for one in planned]
        if self.event or not details:
            details.append(self.settings.event)
        now = today()
        dated = [(one.date or now, (one.ends or now) < now, event_label(one)) for one in details]
        coming = [Occasion(label) for _, over, label in sorted(dated) if not over]
        over = [Occasion(label, earlier=True) for _, over, label in sorted(dated, reverse=True) if over]
        return list({one.label: one for one in (*over[::-1], *coming[::-1])}.values())[::-1]

    def way(self, name: str, event: str) -> Shelf:
        """The checks of a way, for the event or the advert with that label."""
        way = self.toolkit.way(name)
        about = f"{event}. {way.about}" if event else f"{NO_EVENT} {way.about}" if way.per_event else way.about
        parts = tuple(Part(group.title, group.checks) for group in way.groups)
        return Shelf(f"{way.title}: {event}" if event else way.title, about, parts, event=event, way=name)

    def to_read(self) -> tuple[Shelf, ...]:
        """What is for reading alone."""
        kit = self.toolkit
        groups = dict.fromkeys(resource.group for resource in kit.resources)
        resources = tuple(
            Part(f"For {group}" if group.startswith(("emp", "par")) else group.capitalize(), entries)
            for group in groups
            if (entries := tuple(one for one in kit.resources if one.group == group))
        )
        return (
            Shelf("Why act", "What it brings, and what a strategy is made of.", (Part("", kit.reasons),)),
            Shelf("Key findings", "What the research behind the toolkit found.", (Part("", kit.findings),)),
            Shelf("Questions and answers", "About apprenticeships and social mobility.", (Part("", kit.answers),)),
            Shelf("Key terms", "Words that people use in different ways.", (Part("", kit.terms),)),
            Shelf(
                "Resources",
                "Look for them by name where no address stands: the source’s links did not last.",
                resources,
            ),
            Shelf("Case studies", "What three organisations did.", (Part("", kit.cases),)),
            Shelf("Examples", "Small ones, to borrow from.", (Part("", kit.examples),)),
        )

    def advice(self, supported: Sequence[Advice] | None) -> Shelf:
        """What counts suggest: what they support, or without counts how to see that."""
        if supported is None:
            about = NO_COUNTS
        else:
            about = _WITH_DEBRIEFS if any(one.reading.shows == "debrief" for one in supported) else _COUNTS_ALONE
            about = about if supported else NOTHING_SUPPORTED
        readings = tuple(one.reading for one in supported or ())
        because = {one.reading.id: one.said for one in supported or ()}
        return Shelf("What do my counts say?", about, (Part("", readings),), because=because)

    def home_of(self, entry: Entry, records: Records, event: str | None = None) -> Shelf:
        """The shelf that an entry stands on; a check's, for an event or an advert where that is given."""
        if isinstance(entry, MustHave):
            return self.chosen(Choice(chapter=MUST_HAVES), records)
        if isinstance(entry, Item):
            return self.chosen(Choice(chapter=self.toolkit.chapter_of[entry.id].id), records)
        if isinstance(entry, Check):
            way = next(way for way in self.toolkit.ways if entry in way.checks)
            usual = self._current.get(way.id, self.event if way.per_event else "")
            return self.way(way.id, usual if event is None else event)
        reading = [shelf for shelf in self.to_read() if entry in shelf.entries]
        return reading[0] if reading else Shelf("What counts can show", ANY_COUNTS, (Part("", self.toolkit.readings),))

    def plan(self, shelf: Shelf, records: Records) -> Plan:
        """A shelf to print or to take along."""
        if shelf.way:
            return checklist_of(self.toolkit.way(shelf.way), records, shelf.event)
        items = [entry for entry in shelf.entries if isinstance(entry, Item | MustHave)]
        return plan_of(self.toolkit, items, records, self.settings.organisation.name)


NO_COUNTS = (
    "No counts are open here, so nothing can be said about yours. Open Counts in the staff area or in the office, and "
    "choose “What next?”. It shows each finding that your own counts support, and what you could do. To read what "
    "counts can show at all, search for a word such as “benchmark”."
)
ANY_COUNTS = (
    "These are things that counts can show, and what each would suggest. None of them is said of your counts: for "
    "that, open Counts in the staff area or in the office, and choose “What next?”."
)
_COUNTS_ALONE = "What your published counts support, and nothing else."
_WITH_DEBRIEFS = "What your published counts support, and what those who ran events wrote, word for word."
NOTHING_SUPPORTED = (
    "Your published counts support none of these findings: they are in line with the benchmarks, or too few to tell. "
    "More answers tell more."
)
