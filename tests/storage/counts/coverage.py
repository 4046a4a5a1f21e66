"""How often what is printed is true: intervals, verdicts, response rates and journeys, worked out and not estimated.

`python -m tests.storage.counts.coverage` goes through tables of 40 to 1,000 people and prints

- the least coverage of the printed intervals, in whole per cent outwards, for shares from 2 to 98%;
- how many tables give a false verdict where every share equals its benchmark;
- how often a printed response rate, or “may be off by about”, leaves the truth out;
- how many journeys show a drop where no share changes from stage to stage;
- how many trends show a change where no share and no rate changes from period to period;
- how often the intervals of a conversion do not all hold, and how often those of two groups lie apart where all groups
  convert alike;
- how many targets are said to be reached that are just missed, or the other way round;
- how wide intervals are, for somebody who asks how many people it takes.

All but journeys, trends and conversions are exact: the distribution of chance (binomial) and of the noise of so many
groups is summed over every outcome, and each outcome goes through the code under test. The others are drawn, from a
fixed seed: they break a promise where they show more than `most_drawn`, as the luck of drawing has its share in them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import itertools
import math
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from content.benchmarks import load_benchmarks
from content.survey import PREFER_NOT_TO_SAY, load_survey
from storage.counts import conversion
from storage.counts.disclosure import OfficeCounts
from storage.counts.intervals import Z95, Interval, NoisyShare, Verdict, quantile_of, verdict
from storage.counts.journey import QUESTION, journey
from storage.counts.noise import THRESHOLD, VARIANCE, NoisyGroup, off_by
from storage.counts.targets import Target, judged
from storage.counts.trend import trend
from storage.events import STAGES, Stage
from storage.report.sentences import clear_changes
from tests.storage.counts.tables import office_counts

Numbers: TypeAlias = npt.NDArray[np.float64]
Whole: TypeAlias = npt.NDArray[np.int64]

FEWEST, MOST = 40, 1000
PEOPLE = (*range(FEWEST, 100, 4), *range(100, MOST + 1, 100))
COMPARED = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
"""How many of those asked are in the categories that shares are taken among."""
GROUPS = (1, 2, 3, 4, 5, 7, 10, 14, 20)
PROMISED = {2: 0.945, 3: 0.975}
"""The least coverage, by the number of compared categories."""
MOST_FALSE = 0.05
LUCK = 0.001
"""How often a promise that is just kept looks broken, as too many of those that were drawn are false."""
SHARES = range(2, 99)
"""Per cent."""

JOURNEYS = 20_000
EQUAL_SHARES = (0.33, 0.21, 0.34, 0.07, 0.05)
"""Made-up shares of the five categories, the same at every stage."""
TRENDS = 5_000
CONVERSIONS = 5_000
AIMED_AT = (5, 10, 25, 39, 50, 75, 90)
"""Per cent, of targets."""
DECLINE_ALL = 0.1
"""How many say nothing at all: their four answers go together, which is the hardest for the response rate."""

_BETWEEN = np.array([0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999])
_NEGLIGIBLE = 1e-11


@dataclass(frozen=True)
class Case:
    """A table's number of categories, of those compared, of people in these, and of groups."""

    categories: int
    compared: int
    people: int
    groups: int

    def __str__(self) -> str:
        return f"{self.people} people in {self.compared} of {self.categories} categories, {self.groups} groups"


class Least(NamedTuple):
    """The least coverage of a case, and the share that has it."""

    coverage: float
    share: float
    case: Case

    def __str__(self) -> str:
        return f"{100 * self.coverage:.2f}% at a share of {100 * self.share:.1f}%, {self.case}"


def kinds() -> list[tuple[int, int]]:
    """Every number of categories and of those compared that a question has."""
    known = load_benchmarks()
    return sorted(
        {(len(question.categories), len(known.of(question.id).compared)) for question in load_survey().questions}
    )


def _sum_of(variables: int, reach: int) -> Numbers:
    """What 2^-Σ|z| adds up to for each total of so many numbers, from -reach to reach."""
    one = 0.5 ** np.abs(np.arange(-reach, reach + 1))
    total = np.array([1.0])
    for _ in range(variables):
        total = np.convolve(total, one)
    middle = len(total) // 2
    found = np.zeros(2 * reach + 1)
    shown = min(middle, reach)
    found[reach - shown : reach + shown + 1] = total[middle - shown : middle + shown + 1]
    return found


@functools.cache
def noise_of(categories: int, compared: int, groups: int) -> Numbers:
    """The probability of the noise in a count and in the sum of those compared: [reach + z, reach + z of the sum]."""
    reach = 25 + math.ceil(8 * math.sqrt(1.5 * groups * VARIANCE[categories]))
    wide = 2 * reach
    z = np.arange(-reach, reach + 1)
    rest = z[None, :] - z[:, None]
    outside = _sum_of(categories - compared, wide)[wide - z]
    weights = _sum_of(1, wide)[wide + z][:, None] * _sum_of(compared - 1, wide)[wide + rest] * outside[None, :]
    transformed = np.fft.rfft2(np.fft.ifftshift(weights / weights.sum()))
    of_all = np.fft.fftshift(np.fft.irfft2(transformed**groups, s=weights.shape))
    return np.asarray(np.maximum(of_all, 0))


class Outcomes:
    """Everything that can be printed in a case, and how likely it is."""

    def __init__(self, case: Case) -> None:
        self.case = case
        noise = noise_of(case.categories, case.compared, case.groups)
        reach = len(noise) // 2
        likely = np.nonzero(noise.sum(axis=0) > _NEGLIGIBLE)[0]
        counts = range(-reach, case.people + reach + 1)
        z = quantile_of(case.compared)
        printed = [
            [
                NoisyShare(count, case.people + total - reach, case.groups, case.categories, case.compared)
                .interval(z)
                .outwards
                for total in likely.tolist()
            ]
            for count in counts
        ]
        self.low: Whole
        self.high: Whole
        self.low, self.high = np.moveaxis(np.array(printed, dtype=np.int64), -1, 0)
        self._size = 1 << (len(counts) - 1).bit_length()
        self._noise = np.conj(np.fft.rfft(noise[:, likely], self._size, axis=0))

    def mean(self, of: npt.NDArray[np.bool_] | Whole, shares: Iterable[float]) -> Numbers:
        """What something about each outcome is on average, where this is the true share.

        Args:
            of: for each noisy count and each noisy sum; an outcome that is too unlikely to be here counts as 0.
            shares: from 0 to 1.
        """
        from scipy.stats import binom  # a second for every process that collects tests

        transformed = np.fft.rfft(of.astype(np.float64), self._size, axis=0)
        by_count = np.fft.irfft((transformed * self._noise).sum(axis=1), self._size)[: self.case.people + 1]
        exact = np.arange(self.case.people + 1)
        chances = binom.pmf(exact[None, :], self.case.people, np.array(list(shares))[:, None])
        return np.asarray(chances @ by_count)

    @functools.cached_property
    def different(self) -> tuple[list[tuple[int, int]], Whole]:
        """The pairs of low and high that there are, and which of them each outcome has."""
        pairs, places = np.unique(self.low * 1000 + self.high, return_inverse=True)
        return [divmod(pair, 1000) for pair in pairs.tolist()], places.reshape(self.low.shape)

    def least_coverage(self) -> Least:
        """Between two whole per cents the same intervals hold the share, so a few places there show the least."""
        found: list[tuple[float, float]] = []
        for share in SHARES:
            here = [share / 100]
            found += zip(self.mean((self.low <= share) & (share <= self.high), here), here, strict=True)
            between = ((share + _BETWEEN) / 100).tolist()
            if share + 1 in SHARES:
                found += zip(self.mean((self.low <= share) & (share < self.high), between), between, strict=True)
        coverage, share_there = min(found)
        return Least(float(coverage), share_there, self.case)

    def false_verdicts(self, benchmark: float) -> float:
        """How often a share that equals its benchmark is said to be above or below it."""
        pairs, places = self.different
        false = np.array([verdict(Interval(*pair), benchmark) in {Verdict.ABOVE, Verdict.BELOW} for pair in pairs])
        return float(self.mean(false[places], [benchmark / 100])[0])

    def half_width(self, share: float) -> float:
        """Half of what is printed, on average, in points."""
        return float(self.mean(self.high - self.low, [share])[0]) / 2


class Asked(NamedTuple):
    """How many were asked, which part of them is in the categories compared, and how many groups they are."""

    people: int
    part: float
    groups: int

    def case(self, categories: int, compared: int) -> Case:
        """The table of one question."""
        return Case(categories, compared, round(self.part * self.people), self.groups)

    def __str__(self) -> str:
        return f"{self.people} people, {self.part:.0%} of them compared, {self.groups} groups"


def tables(people: Iterable[int] = PEOPLE) -> Iterator[Asked]:
    """Tables of so many people: of few groups as at the office, up to as many as at a laptop."""
    for asked in people:
        for groups in sorted({*GROUPS, asked // THRESHOLD}):
            if groups * THRESHOLD <= asked:
                for part in COMPARED:
                    yield Asked(asked, part, groups)


def least_coverages(people: Iterable[int] = PEOPLE) -> Iterator[Least]:
    """The least coverage of each kind of question."""
    asked = list(tables(people))
    for kind in kinds():
        yield min(Outcomes(case).least_coverage() for case in {one.case(*kind) for one in asked})


def false_verdicts(people: Iterable[int] = PEOPLE) -> Iterator[tuple[str, float, Asked]]:
    """For each question with benchmarks: how many tables have a false verdict, at most. Its rows are added up."""
    for question in load_survey().questions:
        comparison = load_benchmarks().of(question.id)
        found: list[tuple[float, Asked]] = []
        for asked in tables(people) if comparison.benchmarks else ():
            outcomes = Outcomes(asked.case(len(question.categories), len(comparison.compared)))
            found.append((sum(outcomes.false_verdicts(mark.share) for mark in comparison.benchmarks), asked))
        if found:
            yield (question.id, *max(found))


def missed(categories: Sequence[int], groups: int) -> float:
    """How often the noise in a sum of counts, one of each table, is more than “may be off by about” says."""
    total = np.array([1.0])
    for number in categories:
        total = np.convolve(total, noise_of(number, 2, groups).sum(axis=1))
    z = np.arange(len(total)) - len(total) // 2
    said = off_by(sum(groups * VARIANCE[number] for number in categories), Z95)
    return 1 - float(total[np.abs(z) <= said].sum())


def most_drawn(draws: int) -> float:
    """Which part of so many draws may be false, where one in twenty is."""
    from scipy.stats import binom  # a second for every process that collects tests

    return float(binom.ppf(1 - LUCK, draws, MOST_FALSE)) / draws


def false_drops(stages: Sequence[tuple[int, int]], journeys: int = JOURNEYS, seed: int = 1) -> float:
    """How many journeys show a drop where shares are equal.

    Args:
        stages: how many people were asked at each, and how many groups they are.
        journeys: how many to draw.
        seed: of the drawing.
    """
    random = np.random.default_rng(seed)
    question = next(question for question in load_survey().questions if question.id == QUESTION)
    names = [category.id for category in question.categories]
    drawn = [
        (random.multinomial(people, EQUAL_SHARES, journeys) + _drawn(random, len(names), groups, journeys)).tolist()
        for people, groups in stages
    ]
    groups_of = [groups for _, groups in stages]
    drops = 0
    for of_stages in zip(*drawn, strict=True):
        counts = [dict(zip(names, noisy, strict=True)) for noisy in of_stages]
        shown = [_counts({QUESTION: one}, groups) for one, groups in zip(counts, groups_of, strict=True)]
        drops += journey(list(zip(STAGES, shown, strict=False))).drop is not None
    return drops / journeys


def false_changes(periods: Sequence[tuple[int, int]], trends: int = TRENDS, seed: int = 1) -> float:
    """How many trends show a change where all is equal.

    Args:
        periods: how many people were asked in each, and how many groups they are.
        trends: how many to draw.
        seed: of the drawing.
    """
    random = np.random.default_rng(seed)
    drawn = [_answers(random, people, groups, trends) for people, groups in periods]
    named = [str(2000 + number) for number in range(len(periods))]
    clear = 0
    for number in range(trends):
        shown = [
            _counts({question: counts[number] for question, counts in of_period.items()}, groups)
            for of_period, (_, groups) in zip(drawn, periods, strict=True)
        ]
        clear += bool(clear_changes(trend("year", ["outreach"], list(zip(named, shown, strict=True)))))
    return clear / trends


class Conversions(NamedTuple):
    """Of so many conversions: how often not all of their intervals hold, and how often two of them lie apart."""

    missed: float
    apart: float


def conversions_of(
    earlier: tuple[int, int], later: float, conversions: int = CONVERSIONS, seed: int = 1
) -> Conversions:
    """How often what is said of a conversion is wrong, where every group converts alike.

    Args:
        earlier: how many people were asked, and how many groups they are.
        later: how many other people were asked later, of the same shares; or which part of the same people.
        conversions: how many to draw.
        seed: of the drawing.
    """
    random = np.random.default_rng(seed)
    question = next(question for question in load_survey().questions if question.id == QUESTION)
    names = [category.id for category in question.categories]
    people, groups = earlier
    before = random.multinomial(people, EQUAL_SHARES, conversions)
    after = (
        random.multinomial(later, EQUAL_SHARES, conversions)
        if isinstance(later, int)
        else random.binomial(before, later)
    )
    truth = 100 * (later / people if isinstance(later, int) else later)
    missed, apart = 0, 0
    noisy = [(counts + _drawn(random, len(names), groups, conversions)).tolist() for counts in (before, after)]
    for one, other in zip(*noisy, strict=True):
        stages: tuple[tuple[Stage, list[int]], ...] = (("outreach", one), ("applicants", other))
        tables_of = [
            (stage, _counts({QUESTION: dict(zip(names, counts, strict=True))}, groups))
            for stage, counts in stages
            if sum(counts) >= groups * THRESHOLD
        ]
        told = conversion.conversions(tables_of)
        ends = [(each.low, each.high) for each in told if each.low is not None and each.high is not None]
        missed += any(not low <= truth <= high for low, high in ends)
        apart += max((low for low, _ in ends), default=0) > min((high for _, high in ends), default=0)
    return Conversions(missed / conversions, apart / conversions)


def false_states(people: Iterable[int] = PEOPLE) -> Iterator[tuple[int, float, Asked]]:
    """For each number of compared categories: how often a target that the share just equals is reached, or not yet."""
    for categories, compared in kinds():
        found: list[tuple[float, Asked]] = []
        for asked in tables(people):
            outcomes = Outcomes(asked.case(categories, compared))
            found += ((_says(outcomes, share), asked) for share in AIMED_AT)
        yield (compared, *max(found))


def _says(outcomes: Outcomes, share: int) -> float:
    """How often a target is said to be reached by a share that just misses it, or missed by one that just reaches it.

    One of the two is true, so one alone can be false.
    """
    aimed = Target(id="0" * 16, kind="share", value=share, since=dt.date(2026, 1, 1))
    pairs, places = outcomes.different
    states = np.array([judged(aimed, None, low, high)[0] for low, high in pairs])
    says = ((states == state)[places] for state in ("reached", "not yet"))
    return max(float(outcomes.mean(one, [share / 100])[0]) for one in says)


def _answers(random: np.random.Generator, people: int, groups: int, trends: int) -> dict[str, list[dict[str, int]]]:
    """The noisy counts of each question, for each trend; who declines one question often declines all."""
    declined = random.binomial(people, DECLINE_ALL, trends)
    found = {}
    for question in load_survey().questions:
        names = [category.id for category in question.categories]
        shares = np.array([*(8.0, 5.0, 4.0, 2.0)[: len(names) - 1], 1.0])
        counts = random.multinomial(people - declined, shares / shares.sum())
        counts[:, names.index(PREFER_NOT_TO_SAY)] += declined
        noisy = (counts + _drawn(random, len(names), groups, trends)).tolist()
        found[question.id] = [dict(zip(names, one, strict=True)) for one in noisy]
    return found


def _drawn(random: np.random.Generator, categories: int, groups: int, journeys: int) -> Whole:
    """The noise of so many groups, added up, for each journey."""
    total = np.zeros((journeys, categories), dtype=np.int64)
    for _ in range(groups):
        size = (14 * journeys + 1000, categories)  # one in ten sums to nought
        tried = random.geometric(0.5, size) - random.geometric(0.5, size)
        total += tried[tried.sum(axis=1) == 0][:journeys]
    return total


def _counts(counts: dict[str, dict[str, int]], groups: int) -> OfficeCounts:
    """The tables of a stage or period whose noisy counts of each question add up to these."""
    few = {name: dict.fromkeys(one, 0) | {next(iter(one)): THRESHOLD} for name, one in counts.items()}
    first = {
        name: {category: count - (groups - 1) * few[name][category] for category, count in one.items()}
        for name, one in counts.items()
    }
    parts = [NoisyGroup.read(sum(next(iter(first.values())).values()), first)]
    parts += [NoisyGroup.read(THRESHOLD, few)] * (groups - 1)
    return office_counts(parts)


def journeys_to_try() -> Iterator[list[tuple[int, int]]]:
    """For each number of stages: few people, many, or both in turn; in one group, as at the office, or in tens."""
    for number in range(2, len(STAGES) + 1):
        for sizes in ((40,), (100,), (400,), (40, 400)):
            asked = list(itertools.islice(itertools.cycle(sizes), number))
            yield [(people, 1) for people in asked]
            yield [(people, people // THRESHOLD) for people in asked]


def widths(part: float = 0.9) -> Iterator[str]:
    """A table of half-widths, in points, where so many of those asked are in the categories compared."""
    yield "people asked │ 40% of three groups: office, laptop │ 7.5% independent school: office, laptop"
    for asked in (20, 40, 100, 200):
        cells = [
            f"± {Outcomes(Asked(asked, part, groups).case(5, compared)).half_width(share):.0f}"
            for compared, share in ((3, 0.4), (2, 0.075))
            for groups in (1, asked // THRESHOLD)
        ]
        yield f"{asked:12} │ {cells[0]:>22}, {cells[1]:>11} │ {cells[2]:>30}, {cells[3]:>11}"


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.storage.counts.coverage", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--most", type=int, default=MOST, metavar="PEOPLE", help=f"how many at most ({MOST:,})")
    parser.add_argument("--journeys", type=int, default=JOURNEYS, help=f"how many to draw each time ({JOURNEYS:,})")
    parser.add_argument("--trends", type=int, default=TRENDS, help=f"the same of trends ({TRENDS:,})")
    parser.add_argument("--conversions", type=int, default=CONVERSIONS, help=f"the same, conversions ({CONVERSIONS:,})")
    options = parser.parse_args(arguments)
    people = [number for number in PEOPLE if number <= options.most]
    started = time.perf_counter()
    kept = True

    def told(what: str, *, kept_here: bool) -> None:
        nonlocal kept
        kept &= kept_here
        print(f"{what}{'' if kept_here else '  BROKEN'}  ({time.perf_counter() - started:.0f} s)", flush=True)

    print("how wide an interval is, half of it, in points; nine in ten of those asked are compared")
    print(*widths(), sep="\n", flush=True)

    for least in least_coverages(people):
        told(f"least coverage: {least}", kept_here=least.coverage >= PROMISED[least.case.compared])

    for question_id, often, asked in false_verdicts(people):
        told(f"false verdicts about {question_id}: {often:.2%} at most, {asked}", kept_here=often <= MOST_FALSE)

    every = [len(question.categories) for question in load_survey().questions]
    for categories in ([4], [5], every):
        often, groups = max((missed(categories, number), number) for number in range(1, options.most // THRESHOLD + 1))
        told(
            f"further off than it is said to be, {len(categories)} questions: {often:.2%}, {groups} groups",
            kept_here=often <= MOST_FALSE,
        )

    for stages in journeys_to_try():
        if max(stages)[0] <= options.most:
            often = false_drops(stages, options.journeys)
            of_whom = ", ".join(f"{asked} in {groups}" for asked, groups in stages)
            told(
                f"false drops: {often:.2%} of journeys, people in groups: {of_whom}",
                kept_here=often <= most_drawn(options.journeys),
            )

    for number, groups, periods in itertools.product((20, 60, 400), (1, 2), (2, 4, 12)):
        often = false_changes([(number, groups)] * periods, options.trends)
        told(
            f"false changes: {often:.2%} of trends, {periods} periods of {number} people in {groups}",
            kept_here=often <= most_drawn(options.trends),
        )

    for number, groups in itertools.product((40, 100, 400), (1, 4)):
        for later in (number // 2, 2 * number, 0.3, 0.8):
            found = conversions_of((number, groups), later, options.conversions)
            of_whom = f"{number} people in {groups} groups, then {later}"
            told(
                f"conversions: {found.missed:.2%} miss the truth, {found.apart:.2%} tell groups apart, {of_whom}",
                kept_here=max(found) <= most_drawn(options.conversions),
            )

    for compared, often, asked in false_states(people):
        told(f"false targets: {often:.2%} of {compared} compared, {asked}", kept_here=often <= MOST_FALSE)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
