"""The exhaustive attacker: what published tables give away to somebody who knows the rule and the exact head-count.

`python -m tests.storage.attacker [--categories 3|4|5] [--most TOTAL]` goes through every tally with so many categories
and prints what can be worked out, under the rule of `storage.disclosure` and (with 3) under three weaker ones, from

- one table, together with the exact total;
- two successive tables: of A, and of A with a batch of 10 or 15 people added, for every total of A in steps of 5.

A cell is one category of one tally, or of one increment. All tallies that give the same tables are alike to the
attacker, so a cell's possible values are those which it has among them. One possible value: the cell is pinned.

With 3 it also prints the price: how much of simulated events is shown. Their shares are assumed, not measured.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from storage import disclosure
from storage.disclosure import ROUNDED_TO, THRESHOLD, _audited, rounded
from storage.tally import LAST_BATCHES

Numbers: TypeAlias = npt.NDArray[np.int64]
Table: TypeAlias = tuple[int | None, ...]
Rule: TypeAlias = Callable[[Sequence[int]], Table]
"""Makes the table of one tally."""

FEWEST_POSSIBLE = 5
"""How many values a small cell must be able to have, as far as one table tells."""
RAREST = 2000
"""What two tables together give away may befall at most one cell in so many."""
SMALL = range(1, 10)
MIDDLING = range(11, 20)
MOST = {3: 60, 4: 60, 5: 40}
"""How far to go, by the number of categories, unless told."""

SIMULATED = 2000
ASSUMED = {
    "occupation": (0.33, 0.21, 0.34, 0.07, 0.05),
    "school": (0.80, 0.06, 0.06, 0.03, 0.05),
    "meals": (0.25, 0.45, 0.15, 0.10, 0.05),
    "degree": (0.50, 0.35, 0.10, 0.05),
}
"""Made-up shares of each question's categories, in their order."""

_AT_ONCE = 1 << 21


def published(exact: Sequence[int]) -> Table:
    """The rule under test."""
    return tuple(_audited(list(exact), sum(exact)))


def audited_for_seven(exact: Sequence[int]) -> Table:
    """For comparison: the audit goes on until every suppressed count can have seven values."""
    with patch.object(disclosure, "POSSIBLE_VALUES", 7):
        return published(exact)


def suppressed_only(exact: Sequence[int]) -> Table:
    """The first control: counts under 10 are suppressed, and everything else is exact."""
    return tuple(count if count >= THRESHOLD else None for count in exact)


def suppressed_and_rounded(exact: Sequence[int]) -> Table:
    """The second control: as published, without the audit."""
    return tuple(rounded(count) if count >= THRESHOLD else None for count in exact)


CONTROLS: dict[str, Rule] = {
    "for comparison: an audit for seven possible values": audited_for_seven,
    "control: counts under 10 suppressed, nothing else": suppressed_only,
    "control: counts under 10 suppressed, the rest rounded to 5, no audit": suppressed_and_rounded,
}
"""Their tables are so many that they are attacked with 3 categories alone."""


@dataclass(frozen=True)
class Cells:
    """How many cells there are, and how many of them give too much away."""

    number: int = 0
    few: int = 0
    """With fewer than five possible values."""
    pinned: int = 0
    """With exactly one."""

    def __add__(self, other: Cells) -> Cells:
        return Cells(self.number + other.number, self.few + other.few, self.pinned + other.pinned)

    @property
    def rarely_pinned(self) -> bool:
        """Whether at most one in 2,000 is pinned."""
        return self.pinned * RAREST <= self.number

    def __str__(self) -> str:
        few = f"{self.few:,} with fewer than {FEWEST_POSSIBLE} possible values ({_one_in(self.few, self.number)})"
        return f"{self.number:,} cells, {few}, {self.pinned:,} pinned ({_one_in(self.pinned, self.number)})"


def _one_in(part: int, whole: int) -> str:
    return f"1 in {whole / part:,.0f}" if part else "none"


@dataclass(frozen=True)
class OneTable:
    """What one table gives away."""

    small: Cells = Cells()
    middling: Cells = Cells()

    def __add__(self, other: OneTable) -> OneTable:
        return OneTable(self.small + other.small, self.middling + other.middling)


@dataclass(frozen=True)
class TwoTables:
    """What two successive tables give away together."""

    increments: Cells = Cells()
    """Of 1 to 9 people in a category."""
    unanimous: Cells = Cells()
    """Of the whole batch in one category."""
    small: Cells = Cells()
    middling: Cells = Cells()

    def __add__(self, other: TwoTables) -> TwoTables:
        return TwoTables(
            self.increments + other.increments,
            self.unanimous + other.unanimous,
            self.small + other.small,
            self.middling + other.middling,
        )


@dataclass(frozen=True)
class Figures:
    """All that the attacker finds out about one rule."""

    one: OneTable
    two: dict[int, TwoTables]
    """By the size of the batch."""

    @property
    def passed(self) -> bool:
        """Whether the rule gives away little enough."""
        return not self.one.small.few and all(
            two.increments.rarely_pinned and two.unanimous.rarely_pinned for two in self.two.values()
        )

    def lines(self) -> Iterator[str]:
        """In words."""
        yield "  one table and the exact total"
        yield f"    counts of 1 to 9: {self.one.small}"
        yield f"    for the record, counts of 11 to 19: {self.one.middling}"
        for batch, two in self.two.items():
            yield f"  two tables, {batch} people apart"
            yield f"    increments of 1 to 9: {two.increments}"
            yield f"    all {batch} in one category: {two.unanimous}"
            yield f"    for the record, counts of 1 to 9 in either: {two.small}"
            yield f"    for the record, counts of 11 to 19 in either: {two.middling}"
        yield f"  {'PASSES' if self.passed else 'FAILS'}"


def tallies(categories: int, people: int) -> Numbers:
    """Every way to spread so many people over so many categories: one row each."""
    bars = np.array(list(itertools.combinations(range(people + categories - 1), categories - 1)), dtype=np.int64)
    first = np.full((len(bars), 1), -1, dtype=np.int64)
    last = np.full((len(bars), 1), people + categories - 1, dtype=np.int64)
    edges = np.hstack((first, bars, last))
    return edges[:, 1:] - edges[:, :-1] - 1


@dataclass(frozen=True)
class Known:
    """Every tally of one total, and the number of the table that each is shown as."""

    counts: Numbers
    tables: Numbers
    different: int
    """Tables."""

    @classmethod
    def of(cls, rule: Rule, categories: int, people: int) -> Known:
        """Make every table of one total."""
        counts = tallies(categories, people)
        numbers: dict[Table, int] = {}
        tables = [numbers.setdefault(rule(exact), len(numbers)) for exact in counts.tolist()]
        return cls(counts, np.array(tables, dtype=np.int64), len(numbers))


class Seen:
    """How often each value of a cell goes with each thing that an attacker may see."""

    def __init__(self, different: int, largest: int) -> None:
        self._width = largest + 1
        self._often = np.zeros(different * self._width, dtype=np.int64)

    def add(self, sights: Numbers, values: Numbers) -> None:
        """Count cells: what is seen, and the value behind it."""
        self._often += np.bincount(sights * self._width + values, minlength=len(self._often))

    def cells(self, values: range) -> Cells:
        """Judge those cells that have one of these values."""
        often = self._often.reshape(-1, self._width)
        possible = (often > 0).sum(axis=1)
        concerned = often[:, values.start : values.stop].sum(axis=1)
        return Cells(
            number=int(concerned.sum()),
            few=int(concerned[possible < FEWEST_POSSIBLE].sum()),
            pinned=int(concerned[possible == 1].sum()),
        )


def one_table(known: Known) -> OneTable:
    """Attack each table of one total by itself."""
    found = OneTable()
    for cell in known.counts.T:
        seen = Seen(known.different, int(known.counts.max()))
        seen.add(known.tables, cell)
        found += OneTable(seen.cells(SMALL), seen.cells(MIDDLING))
    return found


def two_tables(before: Known, after: Known, batch: int) -> TwoTables:
    """Attack each pair of tables of two totals, one batch apart."""
    categories = before.counts.shape[1]
    largest = int(after.counts.max())
    places = (largest + 1) ** np.arange(categories, dtype=np.int64)[:-1]
    table_at = np.zeros((largest + 1) ** (categories - 1), dtype=np.int64)
    table_at[after.counts[:, :-1] @ places] = after.tables
    added = tallies(categories, batch)
    added_places = added[:, :-1] @ places
    before_places = before.counts[:, :-1] @ places

    def seen_together(part: slice) -> Numbers:
        later = table_at[before_places[part, None] + added_places[None, :]]
        return (before.tables[part, None] * after.different + later).ravel()

    rows = max(_AT_ONCE // len(added), 1)
    parts = [slice(start, start + rows) for start in range(0, len(before.counts), rows)]
    occurs = np.zeros(before.different * after.different, dtype=bool)
    for part in parts:
        occurs[seen_together(part)] = True
    number_of = np.cumsum(occurs) - 1
    different = int(number_of[-1]) + 1

    increments = [Seen(different, batch) for _ in range(categories)]
    counts_before = [Seen(different, largest) for _ in range(categories)]
    counts_after = [Seen(different, largest) for _ in range(categories)]
    for part in parts:
        sights = number_of[seen_together(part)]
        for category in range(categories):
            old = np.repeat(before.counts[part, category], len(added))
            new = np.tile(added[:, category], len(before.counts[part]))
            increments[category].add(sights, new)
            counts_before[category].add(sights, old)
            counts_after[category].add(sights, old + new)

    unanimous = range(batch, batch + 1)
    return TwoTables(
        increments=sum((seen.cells(SMALL) for seen in increments), Cells()),
        unanimous=sum((seen.cells(unanimous) for seen in increments), Cells()),
        small=sum((seen.cells(SMALL) for seen in (*counts_before, *counts_after)), Cells()),
        middling=sum((seen.cells(MIDDLING) for seen in (*counts_before, *counts_after)), Cells()),
    )


def attack(rule: Rule, categories: int, most: int, batches: Sequence[int] = LAST_BATCHES) -> Figures:
    """Try every tally with so many categories, from 10 people up to the most."""
    known = {people: Known.of(rule, categories, people) for people in range(THRESHOLD, most + 1)}
    return Figures(
        one=sum((one_table(of_total) for of_total in known.values()), OneTable()),
        two={
            batch: sum(
                (
                    two_tables(known[people], known[people + batch], batch)
                    for people in range(THRESHOLD, most + 1 - batch, ROUNDED_TO)
                ),
                TwoTables(),
            )
            for batch in batches
        },
    )


def price() -> Iterator[str]:
    """How much is shown of simulated events, by the published rule and by an audit for seven."""
    random = np.random.default_rng(1)
    for question, shares in ASSUMED.items():
        for people in (100, 200):
            events = random.multinomial(people, shares, SIMULATED).tolist()
            whole = sum(count >= THRESHOLD for event in events for count in event)
            for name, rule in {"published": published, "an audit for seven": audited_for_seven}.items():
                made = [rule(event) for event in events]
                shown = sum(count is not None for table in made for count in table)
                blank = sum(not any(table) for table in made)
                yield (
                    f"  {question}, {people} people, {name}: {shown:,} of {whole:,} counts of 10 or more shown; "
                    f"{blank} of {SIMULATED:,} tables wholly held back"
                )


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 1 if the published table fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.storage.attacker", description=__doc__.splitlines()[0])
    parser.add_argument("--categories", type=int, choices=sorted(MOST), default=min(MOST))
    parser.add_argument("--most", type=int, metavar="TOTAL", help="how many people at most (60; 40 with 5 categories)")
    options = parser.parse_args(arguments)
    most = options.most or MOST[options.categories]
    print(f"Every tally with {options.categories} categories, from {THRESHOLD} to {most} people.", flush=True)
    controls = CONTROLS if options.categories == min(MOST) else {}
    if controls:
        print("\nthe price, in simulated events", *price(), sep="\n", flush=True)
    passed = []
    for name, rule in {"the published table": published, **controls}.items():
        started = time.perf_counter()
        figures = attack(rule, options.categories, most)
        print(f"\n{name} ({time.perf_counter() - started:.1f} s)", *figures.lines(), sep="\n", flush=True)
        passed.append(figures.passed)
    return 0 if passed[0] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
