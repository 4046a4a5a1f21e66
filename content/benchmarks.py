"""What counts are compared with: dated benchmarks and targets, each with its source, as data files have them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

import msgspec

from content.loading import Content, Text, load
from content.survey import QUESTION_SET, Question, load_survey

__all__ = ["Benchmark", "Benchmarks", "Comparison", "Share", "load_benchmarks"]

FOLDER = Path(__file__).with_suffix("")
"""Where the data files lie."""

Share = Annotated[float, msgspec.Meta(ge=0, le=100)]


class Benchmark(Content, frozen=True, kw_only=True):
    """A published share of one category among those compared."""

    category: Text
    share: Share


class Comparison(Content, frozen=True, kw_only=True):
    """What one question is compared with."""

    id: Text
    compared: tuple[str, ...]
    """The categories that shares are taken among."""
    together: tuple[str, ...] = ()
    """Those of them that one share follows over time, where several do."""
    label: str = ""
    """What that share is called."""
    benchmarks: tuple[Benchmark, ...] = ()
    response_rate: Share | None = None
    """The target in per cent, where the source gives one for this question."""
    context: str = ""
    """A figure about other people than those who answer: told, never drawn as a target."""


class Benchmarks(Content, frozen=True, kw_only=True):
    """All that the counts of one question set are compared with."""

    question_set: Text
    source: Text
    year: int
    response_rate: Share | None = None
    """The target in per cent for the set as a whole, where the source gives one."""
    questions: tuple[Comparison, ...]

    def __post_init__(self) -> None:
        """Refuse a comparison with something that is not asked."""
        asked = {question.id: question for question in load_survey(self.question_set).questions}
        if sorted(part.id for part in self.questions) != sorted(asked):
            raise ValueError(f"{self.question_set}: needs one comparison for each of {', '.join(asked)}")
        for part in self.questions:
            known = {category.id for category in asked[part.id].categories}
            for name in (*part.compared, *part.together):
                if name not in known:
                    raise ValueError(f"{part.id}: there is no category {name!r}")
            for benchmark in part.benchmarks:
                if benchmark.category not in part.compared:
                    raise ValueError(f"{part.id}: {benchmark.category!r} has a benchmark and is not compared")

    def of(self, question_id: str) -> Comparison:
        """The comparison of one question; KeyError if it is not in the set."""
        return {part.id: part for part in self.questions}[question_id]

    def of_question(self, question: Question) -> Comparison:
        """The same for a question in hand, which may have fewer categories; KeyError if it is not in the set."""
        known = {category.id for category in question.categories}
        part = self.of(question.words_id)
        if known.issuperset(part.compared):
            return part
        return msgspec.structs.replace(part, compared=tuple(name for name in part.compared if name in known))


@functools.cache
def load_benchmarks(question_set: str = QUESTION_SET) -> Benchmarks:
    """Load the benchmarks of a question set; ContentError if they are missing or malformed."""
    return load(FOLDER, question_set, Benchmarks)
