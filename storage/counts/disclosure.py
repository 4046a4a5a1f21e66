"""What may be shown: published tables, each a sum of whole noisy groups, made here and nowhere else.

There is no rule about tables. Noise went into each group once, before anything was shown (`storage.counts.noise`), and
every table, in any scope, at any time, in any report, is a sum of the same noisy groups. Whoever adds and subtracts
tables is left with noisy groups, which at most fourfold the odds between two answers of one person to one question.
What is computed from a table adds nothing to that: Dwork and Roth (2014), *The Algorithmic Foundations of Differential
Privacy*, proposition 2.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from content.survey import Question, Survey, load_survey
from storage.counts.intervals import NoisyShare
from storage.counts.noise import THRESHOLD, VARIANCE, NoisyGroup
from storage.events import Event

ROUNDED_TO = 5
LEAST_SHOWN = 10
"""A noisy count under this is told as “under 10”."""


@dataclass(frozen=True, init=False)
class PublishedTable:
    """The counts of one question that anyone may see. Only `GroupSum.publish` makes one."""

    question: str
    people: int | None
    """How many were asked, exactly; None where that is under the threshold, and then there are no counts."""
    groups: int
    """How many groups it is the sum of."""
    counts: Mapping[str, int]
    """By category, in the order of the question: signed noisy counts, which add up to `people`."""

    def __init__(self) -> None:
        raise TypeError("only storage.counts.disclosure.GroupSum.publish makes a published table")

    @property
    def variance(self) -> float:
        """Of the noise in each count."""
        return self.groups * VARIANCE[len(self.counts)] if self.counts else 0.0

    def share(self, category: str, compared: tuple[str, ...]) -> NoisyShare | None:
        """The share of a category among those compared; None where there are no counts."""
        return self.share_of((category,), compared)

    def share_of(self, together: tuple[str, ...], compared: tuple[str, ...]) -> NoisyShare | None:
        """The share of some categories together among those compared; None where there are no counts."""
        if not self.counts:
            return None
        part, total = (sum(map(self.counts.__getitem__, names)) for names in (together, compared))
        return NoisyShare(part, total, self.groups, len(self.counts), len(compared), len(together))


class GroupSum:
    """A sum of noisy groups, question by question. Groups are added; none is ever taken out."""

    def __init__(self) -> None:
        self.people = 0
        """How many are in it, whatever they were asked."""
        self._asked: dict[str, tuple[int, int]] = {}
        self._counts: dict[str, dict[str, int]] = {}

    @classmethod
    def of(cls, groups: Iterable[NoisyGroup]) -> GroupSum:
        """The sum of these."""
        total = cls()
        for group in groups:
            total.add(group)
        return total

    def add(self, group: NoisyGroup) -> None:
        """Add one more."""
        self.people += group.people
        for question, counts in group.counts.items():
            people, groups = self._asked.get(question, (0, 0))
            self._asked[question] = people + group.people, groups + 1
            sums = self._counts.setdefault(question, dict.fromkeys(counts, 0))
            for category, count in counts.items():
                sums[category] += count

    @property
    def asked(self) -> frozenset[str]:
        """The questions that anybody in it was asked."""
        return frozenset(self._asked)

    def publish(self, question: str, threshold: int = THRESHOLD, survey: Survey | None = None) -> PublishedTable:
        """The published table of one question; one that too few were asked has no counts.

        Args:
            question: its id.
            threshold: how many people must have been asked.
            survey: the set that it is in; the questions about background unless another is named.

        Raises:
            ValueError: a threshold under 10, or a question that is not in the set.
        """
        if threshold < THRESHOLD:
            raise ValueError(f"the threshold can be raised above {THRESHOLD}, not lowered")
        (survey or load_survey()).question(question)
        people, groups = self._asked.get(question, (0, 0))
        enough = people >= threshold
        table = object.__new__(PublishedTable)
        object.__setattr__(table, "question", question)
        object.__setattr__(table, "people", people if enough else None)
        object.__setattr__(table, "groups", groups if enough else 0)
        object.__setattr__(table, "counts", MappingProxyType(dict(self._counts[question]) if enough else {}))
        return table


def rounded(count: int) -> int | None:
    """A noisy count as people are told it: to the nearest 5 (12 gives 10 and 13 gives 15), None where under 10."""
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO if count >= LEAST_SHOWN else None


@dataclass(frozen=True)
class Counts:
    """The published tables of one event, and what they lack."""

    event: Event
    tables: tuple[PublishedTable, ...]
    threshold: int
    held: int
    in_counts: int
    waiting: int
    """Answered in front of this running kiosk, and not in a group yet."""
    ended: bool
    feedback: Counts | None = None
    """The same of what people think of the event, where they are asked."""

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
    """Responses in groups with people of other events, which only tables about all of these events count."""
    waiting: int
    """Responses that wait until there are ten to be a group."""
    unreadable: int
    head_count: int | None
    """How many people came, where somebody counted them at every one of these events."""
    uncounted: int = 0
    """At how many of these events nobody did, or fewer than have answered."""
    dropped: int = 0
    """Responses that were deleted, as is due, before there were ten to be a group."""
    questions: tuple[Question, ...] = ()
    """What the tables are of, in their order."""
