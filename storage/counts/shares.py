"""A share as it is shown, and how it changed: what the journey and the trend are made of.

A change is named only where chance and noise are an unlikely reason for it, even though several changes were looked at:
its interval is widened for the number of them (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from content.survey import load_survey
from storage.counts.disclosure import PublishedTable, rounded
from storage.counts.intervals import (
    Interval,
    NoisyRate,
    NoisyShare,
    change,
    change_verdict,
    quantile_of,
    verdict,
    whole,
)


class Part(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A part of the document, which has numbers, texts and other parts: nothing that the garbage collector must walk.

    Of 14,000 different tables it walked millions again and again: a third of all the time that these took.
    """


class ShareFinding(Part, frozen=True):
    """The share of one category among some people."""

    id: str
    label: str
    count: int | None
    """With its noise, signed; None where too few were asked for a table."""
    rounded: int | None
    """The same as people are told it: to the nearest 5; None where it is under 10."""
    share: int | None
    """In per cent of those compared; None where `rounded` is."""
    low: int | None
    high: int | None
    """The interval of the share, in per cent."""
    benchmark: float | None
    """Its share in the country, in per cent; None where it is not compared with it."""
    verdict: str | None
    """How the share compares with that."""


class ChangeFinding(Part, frozen=True):
    """How one share changed from something earlier to something later, such as two stages or quarters, in points."""

    group: str
    """The category."""
    label: str
    earlier: str
    later: str
    low: int
    high: int
    """The interval of the change, widened for the number of changes looked at."""
    verdict: str


def share_finding(
    category: str, table: PublishedTable, compared: tuple[str, ...], benchmark: float | None
) -> ShareFinding:
    """What is shown of a share.

    Args:
        category: whose share.
        table: of the question.
        compared: the categories that it is a share of.
        benchmark: what it is compared with, in per cent.
    """
    count = table.counts.get(category)
    shown = None if count is None else rounded(count)
    share = table.share(category, compared)
    interval = Interval(*share.interval(quantile_of(share.compared)).outwards) if share else None
    return ShareFinding(
        id=category,
        label=category_label(table.question, category),
        count=count,
        rounded=shown,
        share=whole(share.per_cent) if share and shown is not None else None,
        low=int(interval.low) if interval else None,
        high=int(interval.high) if interval else None,
        benchmark=benchmark if interval else None,
        verdict=verdict(interval, benchmark).value if interval and benchmark is not None else None,
    )


def change_finding(
    named: tuple[str, str],
    earlier: tuple[str, NoisyShare | NoisyRate],
    later: tuple[str, NoisyShare | NoisyRate],
    z: float,
) -> ChangeFinding:
    """What is shown of a change.

    Args:
        named: the category, and what it is called.
        earlier: when, and the share then.
        later: the same.
        z: the quantile for all changes that are looked at.
    """
    interval = Interval(*change(earlier[1], later[1], z).outwards)
    return ChangeFinding(
        group=named[0],
        label=named[1],
        earlier=earlier[0],
        later=later[0],
        low=int(interval.low),
        high=int(interval.high),
        verdict=change_verdict(interval).value,
    )


def category_label(question: str, category: str) -> str:
    """What a category of a question is called."""
    asked = next(known for known in load_survey().questions if known.id == question)
    return next(known.label for known in asked.categories if known.id == category)


def widest(shares: Iterable[ShareFinding]) -> int:
    """The width of the widest interval, in points; 0 where there is none."""
    return max((one.high - one.low for one in shares if one.low is not None and one.high is not None), default=0)


def narrowest(shares: Iterable[ShareFinding]) -> int:
    """The width of the narrowest interval, in points; 0 where there is none."""
    return min((one.high - one.low for one in shares if one.low is not None and one.high is not None), default=0)
