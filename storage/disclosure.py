"""What may be shown: published tables, made from exact tallies here and nowhere else.

A published table is a pure function of the exact counts of one question:

1. Counts under 10, zeros included, are suppressed.
2. What remains is rounded to the nearest 5.
3. Audit. Take every suppressed count for one under 10 and work out, from the total and the rounded counts, the least
   and the most that each can be (a rounded 15 is 13 to 17, a rounded 10 is 10 to 12). While one of them has fewer than
   five possible values, the smallest count still shown is suppressed too.
4. A threshold above 10 hides more of that same table. What it hides is decided from the rounded counts alone, so
   tables under several thresholds tell no more than the one under 10.

One table alone then leaves every count from 1 to 9 at least five possible values. Somebody who also remembers the table
before can still work out exactly about 1 small increment in 5,000, and 1 small count in 3,000 or fewer. An audit for
seven values would halve that for questions of four categories, and hold back whole tables: one in five of *degree* at
200 people, in simulated events. `python -m tests.storage.attacker` searches every tally and prints all these figures.

`Ledger` holds the rule for tables that contain one another, in time and from events to wider sets of them: they differ
by nobody or by at least ten people. People enter in groups of ten or more, and a group is never parted: whoever adds
and subtracts tables, in any way, is left with whole groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from content.benchmarks import Range
from content.survey import load_survey
from storage.events import Event
from storage.tally import Tally

THRESHOLD = 10
"""The least count that may be shown, and the least number of people in a group. It can be raised, never lowered."""
ROUNDED_TO = 5
POSSIBLE_VALUES = 5
"""How many values every suppressed count must be able to have."""

_REACH = ROUNDED_TO // 2
_LARGEST_SUPPRESSED = THRESHOLD - 1


@dataclass(frozen=True, init=False)
class PublishedTable:
    """The counts of one question that anyone may see. Only `publish` makes one."""

    question: str
    people: int | None
    """How many were asked, exactly; None where that is under 10."""
    counts: Mapping[str, int | None]
    """By category, in the order of the question: a rounded count, or None where it is suppressed."""

    def __init__(self) -> None:
        raise TypeError("only storage.disclosure.publish makes a published table")

    @property
    def blank(self) -> bool:
        """Whether every count is suppressed."""
        return all(count is None for count in self.counts.values())

    def range(self, category: str) -> Range:
        """What a category's exact count can be, as far as this table tells. True of every count behind it."""
        if self.people is None:
            return Range(0, _LARGEST_SUPPRESSED)
        shown = {name: shown_range(count) for name, count in self.counts.items() if count is not None}
        others = [name for name in self.counts if name != category]
        largest = min(
            (count.most for count in shown.values()), default=self.people
        )  # the smallest are suppressed first
        hidden = Range(0, max(largest, _LARGEST_SUPPRESSED))
        own = shown.get(category, hidden)
        rest = sum((shown.get(name, hidden) for name in others), Range(0, 0))
        return Range(max(own.least, self.people - rest.most), min(own.most, self.people - rest.least))

    def counted(self, category: str) -> Range:
        """A count as shares are worked out from it: as it is shown, or all that it can be where it is held back."""
        count = self.counts[category]
        return self.range(category) if count is None else Range(count, count)


def publish(tally: Tally, question: str, threshold: int = THRESHOLD) -> PublishedTable:
    """The published table of one question; a question that nobody was asked gives a table without people.

    Raises:
        ValueError: a threshold under 10, or a question that is not in the set.
    """
    if threshold < THRESHOLD:
        raise ValueError(f"the threshold can be raised above {THRESHOLD}, not lowered")
    categories = [
        category.id for asked in load_survey().questions if asked.id == question for category in asked.categories
    ]
    if not categories:
        raise ValueError(f"there is no question {question!r}")
    exact = tally.counts.get(question, {})
    people = sum(exact.values())
    shown = _audited([exact.get(category, 0) for category in categories], people)
    counts = {
        category: count if count is not None and shown_range(count).least >= threshold else None
        for category, count in zip(categories, shown, strict=True)
    }
    table = object.__new__(PublishedTable)
    object.__setattr__(table, "question", question)
    object.__setattr__(table, "people", people if people >= THRESHOLD else None)
    object.__setattr__(table, "counts", MappingProxyType(counts))
    return table


def rounded(count: int) -> int:
    """To the nearest 5: 12 gives 10 and 13 gives 15."""
    return (count + _REACH) // ROUNDED_TO * ROUNDED_TO


def shown_range(count: int) -> Range:
    """The exact counts that are shown as this one."""
    return Range(max(count - _REACH, THRESHOLD), count + _REACH)


def _audited(exact: list[int], people: int) -> list[int | None]:
    """Rules 1 to 3 on the counts of one question."""
    shown: list[int | None] = [rounded(count) if count >= THRESHOLD else None for count in exact]
    while any(count is not None for count in shown) and _fewest_values(shown, people) < POSSIBLE_VALUES:
        smallest = min(count for count in shown if count is not None)
        shown[shown.index(smallest)] = None
    return shown


def _fewest_values(shown: list[int | None], people: int) -> int:
    """How many values a suppressed count can have; all of them can have the same ones. No limit where none is."""
    ranges = [shown_range(count) for count in shown if count is not None]
    suppressed = len(shown) - len(ranges)
    if not suppressed:
        return POSSIBLE_VALUES
    told = sum(ranges, Range(0, 0))
    least = max(0, people - told.most - (suppressed - 1) * _LARGEST_SUPPRESSED)
    most = min(_LARGEST_SUPPRESSED, people - told.least)
    return most - least + 1


Entry = TypeVar("Entry")
"""What enters: a response's id at the office, a batch at a kiosk."""


@dataclass(frozen=True)
class Group(Generic[Entry]):
    """Ten people or more, asked the same questions, who enter tables together and are never parted."""

    events: frozenset[bytes]
    """The ids of the events they came to. Every table about all of these shows them, and no other."""
    entries: tuple[Entry, ...]


class Ledger(Generic[Entry]):
    """Who has entered which published tables. A table that would break the rule stays as it last stood.

    A table is about a set of events: one, those of a stage, those with a label, or all. Sets may overlap: whatever
    they are, each table is made of whole groups.
    """

    def __init__(self, groups: Iterable[Group[Entry]] = ()) -> None:
        """Go on from groups that were entered before."""
        self._groups = list(groups)
        self._known = {entry for group in self._groups for entry in group.entries}
        self._waiting: dict[tuple[bytes, tuple[str, ...]], dict[Entry, int]] = {}

    @property
    def groups(self) -> tuple[Group[Entry], ...]:
        """Every group, in the order in which they entered."""
        return tuple(self._groups)

    def arrive(self, event: bytes, asked: tuple[str, ...], entry: Entry, people: int = 1) -> None:
        """Let somebody wait for the tables; nothing happens if they came before.

        Args:
            event: the id of the event they came to.
            asked: the questions they were asked: only people who were asked the same share a group.
            entry: names them.
            people: how many they are.
        """
        if entry not in self._known:
            self._known.add(entry)
            self._waiting.setdefault((event, asked), {})[entry] = people

    def publish(self, events: frozenset[bytes], first: Iterable[frozenset[bytes]] = ()) -> tuple[Entry, ...]:
        """Everyone whom the table about these events shows now.

        An entry of ten people or more is a group of its own, because another table may show it alone. Those who are
        fewer enter where they can be ten: with others of their event; else with others of a set of events in `first`
        that this table covers, in that order; else with anybody who waits in this table's events.
        """
        for key in [key for key in self._waiting if key[0] in events]:
            waiting = self._waiting[key]
            for entry in [entry for entry, people in waiting.items() if people >= THRESHOLD]:
                del waiting[entry]
                self._groups.append(Group(frozenset({key[0]}), (entry,)))
            if not waiting:
                del self._waiting[key]
        alone = [frozenset({event}) for event, _ in self._waiting]
        for together in dict.fromkeys([*alone, *first, events]):
            if together <= events:
                self._enter(together)
        return tuple(entry for group in self._groups if group.events <= events for entry in group.entries)

    def _enter(self, together: frozenset[bytes]) -> None:
        """Make groups of those who wait in these events, where they are ten."""
        for asked in dict.fromkeys(asked for event, asked in self._waiting if event in together):
            keys = [(event, which) for event, which in self._waiting if which == asked and event in together]
            if sum(sum(self._waiting[key].values()) for key in keys) >= THRESHOLD:
                entries = tuple(entry for key in keys for entry in self._waiting.pop(key))
                self._groups.append(Group(frozenset(event for event, _ in keys), entries))


@dataclass(frozen=True)
class Counts:
    """The published tables of one event, and what they lack."""

    event: Event
    tables: tuple[PublishedTable, ...]
    threshold: int
    held: int
    in_counts: int
    waiting: int
    next_in: int
    ended: bool

    @property
    def left_out(self) -> int:
        """Held, neither in the counts nor waiting: given before a restart, or left over when the event was ended."""
        return max(self.held - self.in_counts - self.waiting, 0)


@dataclass(frozen=True)
class OfficeCounts:
    """The published tables about some of the office's events, and what they lack."""

    events: tuple[Event, ...]
    tables: tuple[PublishedTable, ...]
    threshold: int
    held: int
    in_counts: int
    elsewhere: int
    """Responses that are counted in wider tables only, with those of other events."""
    waiting: int
    """Responses that wait until there are ten to enter together."""
    unreadable: int
    head_count: int | None
    """How many people came, where somebody counted them at every one of these events."""
