"""Response rates as they are shown: of those asked, or of everybody who came where that was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from content.survey import PREFER_NOT_TO_SAY
from storage.counts.disclosure import OfficeCounts, PublishedTable
from storage.counts.intervals import Interval, rate_verdict, response_rate
from storage.counts.shares import Part


class RateFinding(Part, frozen=True):
    """A response rate, in per cent; from `low` to `high` because the counts it comes from are noisy."""

    low: int
    high: int
    target: float | None
    verdict: str | None
    of: str = "asked"
    """Of whom: `asked`, or `came` where somebody counted all who came."""


@dataclass(frozen=True)
class Came:
    """Whom response rates are about: those asked, or everybody who came where that was counted."""

    held: int = 0
    in_counts: int = 0
    head_count: int | None = None

    @classmethod
    def to(cls, counts: OfficeCounts) -> Self:
        """Who came to the events that some tables are about."""
        return cls(counts.held, counts.in_counts, counts.head_count)


def declined(tables: Sequence[PublishedTable]) -> int:
    """How many preferred not to say, over all of these questions; noisy."""
    return sum(table.counts[PREFER_NOT_TO_SAY] for table in tables)


def asked(tables: Sequence[PublishedTable]) -> int:
    """How many were asked, over all of these questions."""
    return sum(table.people or 0 for table in tables)


def rate_finding(tables: Sequence[PublishedTable], target: float | None, came: Came) -> RateFinding:
    """Of those asked; of everybody who came, where that was counted and all of them were asked all of it."""
    people = asked(tables)
    of_all = came.held <= (came.head_count or 0) and people == len(tables) * came.in_counts
    whole, unknown = people, 0
    if came.head_count and of_all:
        whole, unknown = len(tables) * came.head_count, len(tables) * (came.held - came.in_counts)
    low, high = response_rate(people, declined(tables), [table.variance for table in tables], whole, unknown).outwards
    return RateFinding(
        low=low,
        high=high,
        target=target,
        verdict=rate_verdict(Interval(low, high), target).value if target is not None else None,
        of="came" if came.head_count and of_all else "asked",
    )
