"""Noise once per group: the small random numbers that are part of every count, and the noisy group they make.

A group of ten or more people gets, for each question, one vector z of whole numbers, once and for ever. For a question
with C categories draw z_c = g - g', each of g and g' the number of heads before the first tail of a fair coin, and draw
all C anew until they sum to nought (about one try in ten does). So P(z) is proportional to 2^-Σ|z|: the two-sided
geometric mechanism of Ghosh, Roughgarden and Sundararajan (2009, *Universally utility-maximizing privacy mechanisms*),
conditioned on a sum of nought so that tables add up to the exact number of people.

If one person had given another answer to one question, one count would be one less and another one more, so Σ|z| would
change by at most two: whatever is computed from noisy groups is at most four times as likely under one answer as under
another (ε = 2 ln 2 for one person and question).

A kiosk takes its coins from the operating system. The office takes them from a key and the group's members, so that the
same people always get the same noise; FORMAT.md, section 18, and its golden vectors freeze how.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from storage.counts.tally import Tally

THRESHOLD = 10
"""The least number of people in a group, and in a table. For tables it can be raised, never lowered."""

VARIANCE: Mapping[int, float] = MappingProxyType({4: 296 / 147, 5: 13408 / 5763, 6: 4760 / 1863, 7: 69808 / 25581})
"""The variance of one category's noise in one group, by the number of categories: exact fractions."""

Bits = Iterator[int]
"""Fair coins: 1 is heads, 0 is tails."""
Coins = Callable[[str], Bits]
"""The coins of a group, by the id of the question that they are for."""

_DOMAIN = b"fairstart office noise 1\x00"
_BLOCK = 32


@dataclass(frozen=True, init=False)
class NoisyGroup:
    """Counts of one group with its noise: what tables are sums of. Only this module makes one."""

    people: int
    """How many, exactly: ten or more."""
    counts: Mapping[str, Mapping[str, int]]
    """By question and category: every category of every question asked. Signed; each question's add up to `people`."""

    def __init__(self) -> None:
        raise TypeError("only storage.counts.noise makes a noisy group")

    @classmethod
    def of(cls, tally: Tally, coins: Coins) -> NoisyGroup:
        """Add noise to the exact counts of a group.

        Args:
            tally: of ten or more people who were all asked the same.
            coins: a stream of fair bits for each question.

        Raises:
            ValueError: of fewer people, or of people who were not all asked the same.
        """
        noisy = {}
        for question, exact in tally.counts.items():
            drawn = noise(len(exact), coins(question))
            noisy[question] = {name: count + z for (name, count), z in zip(exact.items(), drawn, strict=True)}
        return cls.read(tally.people(next(iter(tally.counts), "")), noisy)

    @classmethod
    def read(cls, people: int, counts: Mapping[str, Mapping[str, int]]) -> NoisyGroup:
        """A noisy group that was kept.

        Raises:
            ValueError: it is none: fewer than ten people, nothing asked, or counts that do not add up to them.
        """
        if people < THRESHOLD or not counts or any(sum(each.values()) != people for each in counts.values()):
            raise ValueError("a group is ten or more people who were all asked the same")
        group = object.__new__(cls)
        object.__setattr__(group, "people", people)
        object.__setattr__(group, "counts", counts)
        return group

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that these people were asked."""
        return tuple(self.counts)


def noise(categories: int, bits: Bits) -> tuple[int, ...]:
    """Draw one vector that sums to nought, one whole number for each category, from fair bits."""
    while True:
        drawn = tuple(_heads(bits) - _heads(bits) for _ in range(categories))
        if not sum(drawn):
            return drawn


def _heads(bits: Bits) -> int:
    """How many heads come before the first tail."""
    heads = 0
    while next(bits):
        heads += 1
    return heads


def system_coins(_question: str) -> Bits:
    """Coins of the operating system's, for a kiosk's group: never the same again."""
    return _bits(os.urandom(_BLOCK) for _ in itertools.count())


def keyed_coins(key: bytes, response_ids: Iterable[bytes]) -> Coins:
    """Coins that the same people always get: from HMAC-SHA256 over version, question and who they are.

    Args:
        key: 32 bytes, derived from the office's seed.
        response_ids: of everybody in the group, 16 bytes each, in any order.
    """
    digest = hashlib.sha256(b"".join(sorted(response_ids))).digest()

    def coins(question: str) -> Bits:
        named = _DOMAIN + question.encode("ascii") + b"\x00" + digest
        return _bits(hmac.digest(key, named + block.to_bytes(4, "big"), "sha256") for block in itertools.count())

    return coins


def _bits(blocks: Iterable[bytes]) -> Bits:
    """The bits of blocks, the most significant of each byte first."""
    for block in blocks:
        for byte in block:
            for place in range(7, -1, -1):
                yield byte >> place & 1


def off_by(variance: float, z: float) -> int:
    """How far a count may be off, in people, rounded up: so many standard deviations of its noise."""
    return math.ceil(z * math.sqrt(variance))
