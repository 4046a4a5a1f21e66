"""The instrument: the questions a candidate answers, in their official wording.

It is data under test and never edited in code. `load_survey()` checks it as a whole, so a `Survey` in hand needs no
further checks: codes are 1 to n and categories exist.
"""

import functools
from collections.abc import Iterable
from pathlib import Path

import msgspec

from content.loading import Content, Text, load

__all__ = [
    "FOLDER",
    "KEY_QUESTION",
    "PREFER_NOT_TO_SAY",
    "QUESTION_SET",
    "Category",
    "Option",
    "Question",
    "Survey",
    "load_survey",
    "repeated",
]

QUESTION_SET = "smc-2021"
"""The question set that is asked unless another is named."""

KEY_QUESTION = "occupation"
"""The one question to ask where there is time for only one."""

PREFER_NOT_TO_SAY = "prefer_not_to_say"
"""The category of every unanswered or declined question."""

FOLDER = Path(__file__).with_suffix("")
"""Where the data files lie."""

MOST_OPTIONS = 9
"""One digit answers a question, and 0 goes on."""


class Category(Content, frozen=True, kw_only=True):
    """What a response is counted as in a table."""

    id: Text
    label: Text


class Option(Content, frozen=True, kw_only=True):
    """One answer on offer."""

    code: int
    """The digit that a candidate presses and the number that is sealed, from 1."""
    label: Text
    detail: str = ""
    """Official examples that explain the label; empty where there are none."""
    category: Text
    """The id of the category that this option is counted as."""


class Question(Content, frozen=True, kw_only=True):
    """One official question, with its answers in their official order."""

    id: Text
    text: Text
    categories: tuple[Category, ...]
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        """Refuse a question that could not be asked or counted."""
        codes = [option.code for option in self.options]
        if codes != list(range(1, len(codes) + 1)):
            raise ValueError(f"{self.id}: option codes must run 1, 2, 3, …, not {codes}")
        if len(codes) > MOST_OPTIONS:
            raise ValueError(f"{self.id}: at most {MOST_OPTIONS} options can be answered with one digit")

        categories = [category.id for category in self.categories]
        if twice := repeated(categories):
            raise ValueError(f"{self.id}: category {twice!r} is listed twice")
        counted = [option.category for option in self.options]
        if unknown := [category for category in counted if category not in categories]:
            raise ValueError(f"{self.id}: an option has the category {unknown[0]!r}, which is not listed")
        if unused := [category for category in categories if category not in counted]:
            raise ValueError(f"{self.id}: no option is counted as {unused[0]!r}")
        if counted.count(PREFER_NOT_TO_SAY) != 1 or counted[-1] != PREFER_NOT_TO_SAY:
            raise ValueError(f"{self.id}: the last option, and only the last, must be {PREFER_NOT_TO_SAY!r}")

    def option(self, code: int) -> Option:
        """Return the option with this code; ValueError if there is none."""
        if not 1 <= code <= len(self.options):
            raise ValueError(f"{self.id} has options 1 to {len(self.options)}, so not {code}")
        return self.options[code - 1]

    @property
    def words_id(self) -> str:
        """What language packs call it: its id, without the list of choices that it may be of."""
        return self.id.partition("-")[0]

    @property
    def declined(self) -> Option:
        """The option for those who prefer not to say."""
        return self.options[-1]

    def category_of(self, code: int) -> str:
        """Return the id of the category that the option with this code is counted as."""
        return self.option(code).category


class Survey(Content, frozen=True, kw_only=True):
    """A versioned set of questions, in the order they are asked."""

    question_set: Text
    source: Text
    language: Text
    """The code of the language that it was published in."""
    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        """Refuse a survey that asks nothing, or the same thing twice."""
        if not self.questions:
            raise ValueError("a survey needs at least one question")
        if twice := repeated([question.id for question in self.questions]):
            raise ValueError(f"question {twice!r} is listed twice")

    def question(self, id_: str) -> Question:
        """The question with this id; ValueError if there is none."""
        for question in self.questions:
            if question.id == id_:
                return question
        raise ValueError(f"there is no question {id_!r}")

    def only(self, ids: Iterable[str]) -> "Survey":
        """Return the survey cut down to these questions, still in the survey's order."""
        wanted = set(ids)
        if unknown := wanted - {question.id for question in self.questions}:
            raise ValueError(f"{self.question_set} has no question {min(unknown)!r}")
        return msgspec.structs.replace(
            self, questions=tuple(question for question in self.questions if question.id in wanted)
        )

    @property
    def key(self) -> "Survey":
        """The survey cut down to its key question."""
        return self.only([KEY_QUESTION])


@functools.cache
def load_survey(question_set: str = QUESTION_SET) -> "Survey":
    """Load a question set by name; ContentError if it is missing or malformed."""
    return load(FOLDER, question_set, Survey)


def repeated(names: list[str]) -> str | None:
    """The first name that is there twice; None where all differ."""
    return next((item for item in names if names.count(item) > 1), None)
