"""Intervals of shares and rates that were worked out from noisy counts, and the words for what they show.

Pure functions of numbers. Counts are the signed noisy sums themselves, never what is printed; shares and intervals are
in per cent.

The interval of a share inverts the score test, as Wilson's does (E. B. Wilson, 1927, *Probable Inference*, JASA 22),
with the noise's variance beside chance's. Of M people in the k compared of C categories A are in one, both with the
noise of G groups, each of variance v for one category. The noise of one question sums to nought, so that of A and of M
have covariance G v (C-k)/(C-1), and M's has variance G v k(C-k)/(C-1). The share p may be any for which

    (A - pM)² ≤ z² [ M p(1-p) + G v (1 - (C-k)/(C-1) (2p - k p²)) ]

Where A is the sum of m of the k, its noise has variance G v m(C-m)/(C-1) and the covariance is m times as much, so in
the place of 1 stands m(C-m)/(C-1), and of 2p 2mp.

Where noise has carried A so far below nought, or above M, that no p from 0 to 1 fits, it is taken as nought, or as M.

Measured by `python -m tests.storage.counts.coverage` over 40 to 1,000 people, shares from 2 to 98% and 1 to 20 groups,
as printed, in whole per cent outwards: at least 94.7% at z = 1.96 and 97.6% at z = 2.394. Where all shares equal
their benchmarks, at most 5.0% of tables have a verdict of above or below.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from storage.counts.noise import VARIANCE, off_by

Z95 = 1.959963984540054
"""The normal quantile that leaves 2.5% on either side."""

WIDEST_TO_TELL = 25
"""Points. An interval wider than this that spans the benchmark says nothing about it: “too few to tell”."""


class Interval(NamedTuple):
    """From `low` to `high`, in per cent or points."""

    low: float
    high: float

    @property
    def outwards(self) -> tuple[int, int]:
        """In whole numbers, never narrower."""
        return math.floor(self.low), math.ceil(self.high)


def whole(per_cent: float) -> int:
    """A share in whole per cent as it is shown, halves up."""
    return math.floor(per_cent + 0.5)


WHOLE = Interval(0.0, 100.0)
"""Nothing is known of a share."""


@dataclass(frozen=True)
class NoisyShare:
    """What a share is worked out from: noisy counts, and how much noise is in them."""

    count: int
    """A: of one category; signed."""
    compared_count: int
    """M: of all compared categories, this one included; signed."""
    groups: int
    """G."""
    categories: int
    """C."""
    compared: int
    """k."""
    together: int = 1
    """m: how many of the compared categories A is the sum of."""

    @property
    def total(self) -> int:
        """M, at least 1."""
        return max(self.compared_count, 1)

    @property
    def per_cent(self) -> float:
        """The share itself, from 0 to 100."""
        return 100 * self._possible / self.total

    def interval(self, z: float) -> Interval:
        """The score interval; 0 to 100 where there are too few people for so much noise."""
        found = self._solved(self.count, z)
        if found is None or found.high < WHOLE.low or found.low > WHOLE.high:
            found = self._solved(self._possible, z) or WHOLE
        return Interval(max(found.low, WHOLE.low), min(found.high, WHOLE.high))

    @property
    def _possible(self) -> int:
        """The count, or the nearest that there can be."""
        return min(max(self.count, 0), self.total)

    def _solved(self, count: int, z: float) -> Interval | None:
        """The shares that fit a count, not all of them from 0 to 100; None where they are no interval."""
        total, own, squared = self.total, self.together * (self.categories - self.together), z**2
        noise = squared * (self.groups * VARIANCE[self.categories])
        outside = (self.categories - self.compared) / (self.categories - 1)
        a = total**2 + squared * total - noise * self.compared * outside
        b = -(2 * count * total + squared * total - noise * 2 * self.together * outside)
        c = count**2 - noise * (own / (self.categories - 1))
        inside = b**2 - 4 * a * c
        if a <= 0 or inside < 0:
            return None
        root = math.sqrt(inside)
        low, high = 100 * (-b - root) / (2 * a), 100 * (-b + root) / (2 * a)
        return Interval(low, high)


@dataclass(frozen=True)
class NoisyRate:
    """What a response rate over several questions is worked out from, where chance is to be allowed for.

    Somebody who declines one question often declines the next, so of answers to several questions no more is taken than
    what as many people tell who each answer all or none: the interval is Wilson's for them, widened by the noise.
    """

    people: int
    """How many were asked, at least 1."""
    answered: float
    """How many of them answered, a question with another; noisy."""
    variance: float
    """Of the noise in that."""

    @property
    def per_cent(self) -> float:
        """The rate itself, from 0 to 100."""
        return 100 * min(max(self.answered / self.people, 0.0), 1.0)

    def interval(self, z: float) -> Interval:
        """The score interval."""
        answered = self.people * self.per_cent / 100
        a = self.people**2 + z**2 * self.people
        b = -(2 * answered * self.people + z**2 * self.people)
        c = answered**2 - z**2 * self.variance
        root = math.sqrt(b**2 - 4 * a * c)
        low, high = (100 * (-b + sign * root) / (2 * a) for sign in (-1, 1))
        return Interval(max(low, WHOLE.low), min(high, WHOLE.high))


def quantile_for(comparisons: int) -> float:
    """The quantile for so many 95% intervals that all hold together 95 times in 100 (Bonferroni)."""
    from statistics import NormalDist  # 8 ms, and a kiosk never asks

    return NormalDist().inv_cdf(1 - 0.025 / max(comparisons, 1))


@functools.cache
def quantile_of(compared: int) -> float:
    """The quantile for a question's intervals: 2.394 where three shares are compared, 1.96 where one settles both."""
    return quantile_for(compared) if compared > 2 else Z95  # noqa: PLR2004 - two shares are one and the rest


def change(before: NoisyShare | NoisyRate, after: NoisyShare | NoisyRate, z: float) -> Interval:
    """The interval of a change in a share or rate, in points, between two groups of other people.

    Newcombe's hybrid (R. G. Newcombe, 1998, *Interval estimation for the difference between independent proportions*,
    Statistics in Medicine 17, method 10), with the intervals above in place of Wilson's.
    """
    earlier, later = before.per_cent, after.per_cent
    around, beyond = before.interval(z), after.interval(z)
    return Interval(
        later - earlier - math.hypot(later - beyond.low, around.high - earlier),
        later - earlier + math.hypot(beyond.high - later, earlier - around.low),
    )


def response_rate(people: int, declined: int, variances: Iterable[float], of: int, unknown: int = 0) -> Interval:
    """The least and the most that a response rate can be, 95 times in 100: one less the share who preferred not to say.

    Args:
        people: how many answered or declined, one for each question that they were asked.
        declined: of these, how many preferred not to say; noisy.
        variances: of the noise in `declined`, question by question.
        of: whom the rate is of, one for each question.
        unknown: how many of these may have answered or not.
    """
    reach = off_by(sum(variances), Z95)
    least, most = people - declined - reach, people - declined + reach + unknown
    return Interval(*(100 * min(max(answered, 0), of) / of for answered in (least, most)))


class Verdict(Enum):
    """How a share compares with a benchmark, in the words that people read."""

    TOO_FEW = "too few to tell"
    IN_LINE = "in line with"
    BELOW = "below"
    ABOVE = "above"


def verdict(interval: Interval, benchmark: float) -> Verdict:
    """Compare: outside the interval is above or below; inside a narrow one is in line; inside a wide one is unclear."""
    if interval.low > benchmark:
        return Verdict.ABOVE
    if interval.high < benchmark:
        return Verdict.BELOW
    return Verdict.TOO_FEW if interval.high - interval.low > WIDEST_TO_TELL else Verdict.IN_LINE


class ChangeVerdict(Enum):
    """How a share changed from one stage to the next, in the words that people read."""

    TOO_FEW = "too few to tell"
    NO_CLEAR_CHANGE = "no clear change"
    DROP = "drop"
    RISE = "rise"


def change_verdict(interval: Interval) -> ChangeVerdict:
    """Judge a change: it shows where the interval leaves out 0; a wide one with 0 inside is unclear."""
    if interval.high < 0:
        return ChangeVerdict.DROP
    if interval.low > 0:
        return ChangeVerdict.RISE
    wide = interval.high - interval.low > WIDEST_TO_TELL
    return ChangeVerdict.TOO_FEW if wide else ChangeVerdict.NO_CLEAR_CHANGE


class RateVerdict(Enum):
    """How a response rate compares with its target. It is of everyone who came, so chance plays no part."""

    REACHED = "target reached"
    MISSED = "below target"
    UNCLEAR = "close to target"


def rate_verdict(rate: Interval, target: float) -> RateVerdict:
    """Compare the response rate with its target."""
    if rate.low >= target:
        return RateVerdict.REACHED
    return RateVerdict.MISSED if rate.high < target else RateVerdict.UNCLEAR
