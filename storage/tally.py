"""Exact counts: of the people a running kiosk has not yet released, in memory, and of batches, sealed.

A running kiosk adds each response to `Pending`, which keeps sums over five people and no response. When twenty people
are pending, the older ten become a `Batch`: their sum, sealed to the kiosk's tally key and kept. So a batch is not made
by its own last person but ten people later, and nothing smaller than the sum of ten is ever written. Ending the event
releases ten or fifteen of those pending; at most nine never enter this kiosk's counts. The office counts everybody.

An exact tally is for `storage.disclosure` alone: what anyone is shown is a published table. Layouts are in FORMAT.md,
section 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from content.survey import load_survey
from storage.errors import NotSealedForThisKeyError
from storage.events import Event
from storage.keys import TallyPrivateKey, TallyPublicKey
from storage.sealing import NOT_ASKED, Response, suite

BATCH = 10
"""People in a batch."""
LAST_BATCHES = (10, 15)
"""Sizes that a batch may have: the search in tests/storage/attacker.py found both safe."""
RELEASE_AT = 20
"""People pending when the older ten are released."""

_FIVE = 5
_RECORD_VERSION = 1
_MOST_CATEGORIES = 7
BATCH_RECORD_SIZE = 32
SEALED_BATCH_SIZE = 1120 + BATCH_RECORD_SIZE + 16
"""X-Wing encapsulation, record, Poly1305 tag: 1168 bytes."""

_INFO = b"fairstart sealed batch 1\x00"

Counts = Mapping[str, int]
"""People by category."""


@dataclass(frozen=True)
class Tally:
    """Exact counts by question and category: every category of every question that was asked, and no other."""

    counts: Mapping[str, Counts]

    @classmethod
    def of(cls, response: Response) -> Tally:
        """The tally of one response."""
        counts: dict[str, Counts] = {}
        for question, code in zip(load_survey().questions, response.codes, strict=True):
            if code != NOT_ASKED:
                category = question.category_of(code)
                counts[question.id] = {known.id: int(known.id == category) for known in question.categories}
        return cls(counts)

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        """The sum of several; a question counts those who were asked it."""
        counts: dict[str, dict[str, int]] = {}
        for tally in tallies:
            for question, categories in tally.counts.items():
                sums = counts.setdefault(question, dict.fromkeys(categories, 0))
                for category, number in categories.items():
                    sums[category] += number
        return cls(counts)

    @classmethod
    def of_options(cls, chosen: Sequence[Mapping[int, int]]) -> Tally:
        """The tally of people who were all asked the same.

        Args:
            chosen: for each question of the set, in order, how many chose each option, by its code.
        """
        counts: dict[str, Counts] = {}
        for question, numbers in zip(load_survey().questions, chosen, strict=True):
            if set(numbers) != {NOT_ASKED}:
                sums = {category.id: 0 for category in question.categories}
                for code, number in numbers.items():
                    sums[question.category_of(code)] += number
                counts[question.id] = sums
        return cls(counts)

    def without(self, part: Tally) -> Tally:
        """What is left when some of these people are taken out.

        Raises:
            ValueError: they are not all among them.
        """
        counts: dict[str, Counts] = {}
        for question, categories in {**part.counts, **self.counts}.items():
            taken = part.counts.get(question, {})
            counts[question] = {name: number - taken.get(name, 0) for name, number in categories.items()}
            if question not in self.counts or min(counts[question].values()) < 0:
                raise ValueError("people are taken out who are not there")
        return Tally(counts)

    def pack(self) -> bytes:
        """116 bytes, whatever was counted: for each question whether it was asked, then seven counts of four bytes."""
        packed = b""
        for question in load_survey().questions:
            counts = self.counts.get(question.id)
            numbers = [counts[category.id] for category in question.categories] if counts else []
            packed += bytes([counts is not None])
            packed += b"".join(number.to_bytes(4, "big") for number in numbers).ljust(4 * _MOST_CATEGORIES, b"\x00")
        return packed

    @classmethod
    def unpack(cls, packed: bytes) -> Tally:
        """Read back what `pack` wrote."""
        counts: dict[str, Counts] = {}
        size = 1 + 4 * _MOST_CATEGORIES
        for place, question in enumerate(load_survey().questions):
            part = packed[place * size : (place + 1) * size]
            if part[0]:
                counts[question.id] = {
                    category.id: int.from_bytes(part[1 + 4 * at : 5 + 4 * at], "big")
                    for at, category in enumerate(question.categories)
                }
        return cls(counts)

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that were asked, in the order of the set."""
        return tuple(question.id for question in load_survey().questions if question.id in self.counts)

    def people(self, question: str) -> int:
        """How many were asked a question."""
        return sum(self.counts.get(question, MappingProxyType({})).values())


@dataclass(frozen=True)
class Batch:
    """The tally of ten or fifteen people who were all asked the same questions."""

    size: int
    tally: Tally

    def __post_init__(self) -> None:
        """Refuse a batch that is none; ValueError."""
        sums = {self.tally.people(question) for question in self.tally.counts}
        if self.size not in LAST_BATCHES or sums != {self.size}:
            raise ValueError("a batch is the tally of 10 or 15 people")

    def pack(self) -> bytes:
        """The record: 32 bytes, whatever was counted."""
        record = bytearray((_RECORD_VERSION, self.size))
        for question in load_survey().questions:
            counts = self.tally.counts.get(question.id, {})
            numbers = bytes(counts.get(category.id, 0) for category in question.categories)
            record += numbers.ljust(_MOST_CATEGORIES, b"\x00")
        return bytes(record).ljust(BATCH_RECORD_SIZE, b"\x00")

    @classmethod
    def unpack(cls, record: bytes) -> Batch:
        """Read a record back.

        Raises:
            ValueError: not a record of this version.
        """
        if len(record) != BATCH_RECORD_SIZE or record[0] != _RECORD_VERSION:
            raise ValueError("not a version 1 record")
        counts: dict[str, Counts] = {}
        for place, question in enumerate(load_survey().questions):
            start = 2 + place * _MOST_CATEGORIES
            numbers = record[start : start + _MOST_CATEGORIES]
            if any(numbers):
                counts[question.id] = {
                    category.id: number for category, number in zip(question.categories, numbers, strict=False)
                }
        batch = cls(record[1], Tally(counts))
        if batch.pack() != record:
            raise ValueError("a count for a category that is not there")
        return batch


@dataclass(frozen=True, slots=True, order=True)
class SealedBatch:
    """A batch that only the tally key opens: `SEALED_BATCH_SIZE` bytes."""

    sealed: bytes


def seal_batch(batch: Batch, key: TallyPublicKey, event: Event) -> SealedBatch:
    """Seal a batch to a kiosk's tally key."""
    return SealedBatch(suite().encrypt(batch.pack(), key.kem, batch_binding(key, event)))


class BatchOpener:
    """Opens many batches of one event: the key is worked out once."""

    def __init__(self, key: TallyPrivateKey, event: Event) -> None:
        self._kem = key.kem
        self._binding = batch_binding(key.public, event)

    def open(self, sealed: SealedBatch) -> Batch:
        """Open one.

        Raises:
            NotSealedForThisKeyError: altered, or sealed under another key, event or question set.
        """
        from cryptography.exceptions import InvalidTag

        try:
            return Batch.unpack(suite().decrypt(sealed.sealed, self._kem, self._binding))
        except (InvalidTag, ValueError) as error:
            raise NotSealedForThisKeyError(
                "A part of this laptop's counts was altered, or belongs to another event: "
                "the counts leave it out, and the office counts everybody."
            ) from error


def batch_binding(key: TallyPublicKey, event: Event) -> bytes:
    """HPKE `info`: 25 bytes of name and version, 16 of tally key id, 16 of event id, the question set in ASCII."""
    return _INFO + key.id + event.id + event.question_set.encode("ascii")


class Pending:
    """People whose answers are counted and not yet released: sums over five, oldest first, in memory only."""

    def __init__(self) -> None:
        self._fives: list[Tally] = []
        self._people = 0

    @property
    def people(self) -> int:
        """How many are pending."""
        return self._people

    def add(self, response: Response) -> None:
        """Count one more.

        Raises:
            ValueError: asked other questions than those before: their sum would be over fewer than ten.
        """
        one = Tally.of(response)
        if self._fives and self._fives[0].asked != one.asked:
            raise ValueError("one running kiosk asks everybody the same questions")
        if self._people % _FIVE:
            self._fives[-1] = Tally.total((self._fives[-1], one))
        else:
            self._fives.append(one)
        self._people += 1

    def due(self) -> Batch | None:
        """The oldest ten, once twenty are pending."""
        return self._oldest(BATCH) if self._people >= RELEASE_AT else None

    def last(self) -> Batch | None:
        """What ending the event releases next: ten while twenty are pending, then fifteen, ten or nothing."""
        if self._people >= RELEASE_AT:
            return self._oldest(BATCH)
        return next((self._oldest(size) for size in sorted(LAST_BATCHES, reverse=True) if size <= self._people), None)

    @property
    def left_at_end(self) -> int:
        """How many `last` would never release: at most nine."""
        over = BATCH + self._people % BATCH if self._people >= RELEASE_AT else self._people
        return over - max((size for size in (0, *LAST_BATCHES) if size <= over), default=0)

    def release(self, batch: Batch) -> None:
        """Forget the oldest people, because their batch is kept."""
        del self._fives[: batch.size // _FIVE]
        self._people -= batch.size

    def clear(self) -> None:
        """Forget everybody."""
        self._fives.clear()
        self._people = 0

    def _oldest(self, size: int) -> Batch:
        return Batch(size, Tally.total(self._fives[: size // _FIVE]))
