"""Exact counts: of the people a running kiosk has in no group yet, in memory, and of those who wait at the office.

A running kiosk adds each response to `Waiting`, which keeps one sum and no response: while one person waits, the sum is
that person's answers, and from the second on nobody's stand in it alone. When ten wait they leave it as a group,
with noise (`storage.counts.noise`): nobody's exact sum is ever written. A restart, or the end of an event, leaves at
most nine out of this kiosk's counts. The office counts everybody.

An exact tally is for `storage.counts.noise` alone: what anyone is shown is made of noisy groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from content.survey import Survey, load_survey
from storage.crypto.sealing import NOT_ASKED, Response

_MOST_CATEGORIES = 7

Counts = Mapping[str, int]
"""People by category."""


def asked_mask(asked: Iterable[str], survey: Survey | None = None) -> int:
    """Which questions of a set were asked, as a number: bit 0 for the first, and so on; 0 for none.

    Here and below the set is that of the four questions about background, unless another is named.
    """
    ids = set(asked)
    return sum((question.id in ids) << place for place, question in enumerate((survey or load_survey()).questions))


@dataclass(frozen=True)
class Tally:
    """Exact counts by question and category: every category of every question that was asked, and no other."""

    counts: Mapping[str, Counts]
    survey: Survey = field(default_factory=load_survey, repr=False)
    """The set that these questions are of."""

    @classmethod
    def of(cls, response: Response, survey: Survey | None = None) -> Tally:
        """The tally of one response."""
        survey = survey or load_survey()
        counts: dict[str, Counts] = {}
        for question, code in zip(survey.questions, response.codes, strict=True):
            if code != NOT_ASKED:
                category = question.category_of(code)
                counts[question.id] = {known.id: int(known.id == category) for known in question.categories}
        return cls(counts, survey)

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        """The sum of several of one set; a question counts those who were asked it.

        Raises:
            ValueError: of several sets.
        """
        counts: dict[str, dict[str, int]] = {}
        survey: Survey | None = None
        for tally in tallies:
            if survey is not None and tally.survey != survey:
                raise ValueError("tallies of different question sets are never summed")
            survey = tally.survey
            for question, categories in tally.counts.items():
                sums = counts.setdefault(question, dict.fromkeys(categories, 0))
                for category, number in categories.items():
                    sums[category] += number
        return cls(counts, survey or load_survey())

    @classmethod
    def of_options(cls, chosen: Sequence[Mapping[int, int]], survey: Survey | None = None) -> Tally:
        """The tally of people who were all asked the same.

        Args:
            chosen: for each question of the set, in order, how many chose each option, by its code.
            survey: the set.
        """
        survey = survey or load_survey()
        counts: dict[str, Counts] = {}
        for question, numbers in zip(survey.questions, chosen, strict=True):
            if set(numbers) != {NOT_ASKED}:
                sums = {category.id: 0 for category in question.categories}
                for code, number in numbers.items():
                    sums[question.category_of(code)] += number
                counts[question.id] = sums
        return cls(counts, survey)

    def pack(self) -> bytes:
        """116 bytes, whatever was counted: for each question whether it was asked, then seven counts of four bytes."""
        packed = b""
        for question in self.survey.questions:
            counts = self.counts.get(question.id)
            numbers = [counts[category.id] for category in question.categories] if counts else []
            packed += bytes([counts is not None])
            packed += b"".join(number.to_bytes(4, "big") for number in numbers).ljust(4 * _MOST_CATEGORIES, b"\x00")
        return packed

    @classmethod
    def unpack(cls, packed: bytes, survey: Survey | None = None) -> Tally:
        """Read back what `pack` wrote."""
        survey = survey or load_survey()
        counts: dict[str, Counts] = {}
        size = 1 + 4 * _MOST_CATEGORIES
        for place, question in enumerate(survey.questions):
            part = packed[place * size : (place + 1) * size]
            if part[0]:
                counts[question.id] = {
                    category.id: int.from_bytes(part[1 + 4 * at : 5 + 4 * at], "big")
                    for at, category in enumerate(question.categories)
                }
        return cls(counts, survey)

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that were asked, in the order of the set."""
        return tuple(question.id for question in self.survey.questions if question.id in self.counts)

    def people(self, question: str) -> int:
        """How many were asked a question."""
        return sum(self.counts.get(question, MappingProxyType({})).values())


class Waiting:
    """People whose answers are counted and who are in no group yet: one sum, in memory only. Of one, it is that one."""

    def __init__(self, survey: Survey | None = None) -> None:
        """Nobody waits yet; `survey` is what they will be asked."""
        self._survey = survey or load_survey()
        self._sum = Tally({}, self._survey)
        self._people = 0

    @property
    def people(self) -> int:
        """How many wait."""
        return self._people

    def add(self, response: Response) -> None:
        """Count one more.

        Raises:
            ValueError: asked other questions than those before: no group could be made of them.
        """
        one = Tally.of(response, self._survey)
        if self._people and self._sum.asked != one.asked:
            raise ValueError("one running kiosk asks everybody the same questions")
        self._sum = Tally.total((self._sum, one))
        self._people += 1

    def take(self) -> Tally:
        """The sum of everybody who waits; from now on nobody does."""
        taken = self._sum
        self.clear()
        return taken

    def clear(self) -> None:
        """Forget everybody."""
        self._sum = Tally({}, self._survey)
        self._people = 0
