"""The questions a candidate answers, and every other word a candidate reads.

`load_survey()` gives the instrument: official wording, which is data under test and never edited in code.
`load_words()` gives our own words around it, one file per language. Both are checked as a whole when they load, so a
`Survey` or `Words` in hand needs no further checks: codes are 1 to n, categories exist, placeholders can be filled.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from content.files import Content, ContentError, Text, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "KEY_QUESTION",
    "PLACEHOLDERS",
    "PREFER_NOT_TO_SAY",
    "QUESTION_SET",
    "Category",
    "ContentError",
    "Note",
    "Option",
    "Question",
    "Survey",
    "Words",
    "load_survey",
    "load_words",
]

QUESTION_SET = "smc-2021"
"""The question set that is asked unless another is named."""

KEY_QUESTION = "occupation"
"""The one question to ask where there is time for only one."""

PREFER_NOT_TO_SAY = "prefer_not_to_say"
"""The category of every unanswered or declined question."""

PLACEHOLDERS = {
    "welcome.who": {"organisation"},
    "question.progress": {"number", "total"},
    "thanks.next": {"seconds"},
    "idle.text": {"seconds"},
    "plain.not_a_choice": {"first", "last"},
    "plain.idle": {"seconds"},
}
"""What `str.format` is given for each text of `Words`; a text that is not listed is shown as it stands."""

FOLDER = Path(__file__).with_suffix("")
"""Where the data files lie."""

MOST_OPTIONS = 9
"""One digit answers a question, and 0 is not offered."""


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
        if repeated := _repeated(categories):
            raise ValueError(f"{self.id}: category {repeated!r} is listed twice")
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
    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        """Refuse a survey that asks nothing, or the same thing twice."""
        if not self.questions:
            raise ValueError("a survey needs at least one question")
        if repeated := _repeated([question.id for question in self.questions]):
            raise ValueError(f"question {repeated!r} is listed twice")

    def only(self, ids: Iterable[str]) -> Survey:
        """Return the survey cut down to these questions, still in the survey's order."""
        wanted = set(ids)
        if unknown := wanted - {question.id for question in self.questions}:
            raise ValueError(f"{self.question_set} has no question {min(unknown)!r}")
        return msgspec.structs.replace(
            self, questions=tuple(question for question in self.questions if question.id in wanted)
        )

    @property
    def key(self) -> Survey:
        """The survey cut down to its key question."""
        return self.only([KEY_QUESTION])


class WelcomeWords(Content, frozen=True, kw_only=True):
    """The first screen: all that someone needs to decide whether to take part."""

    heading: Text
    who: Text
    why: Text
    voluntary: Text
    anonymous: Text
    no_decision: Text
    everyone: Text
    time_all: Text
    """Shown when the whole survey is asked."""
    time_key: Text
    """Shown instead when only the key question is asked."""
    declining: Text


class ButtonWords(Content, frozen=True, kw_only=True):
    """Labels of buttons."""

    start: Text
    decline: Text
    back: Text
    next: Text
    help: Text
    close_help: Text
    send: Text
    show_answers: Text
    hide_answers: Text
    stop: Text
    try_again: Text
    leave: Text
    staff: Text
    go_on: Text


class QuestionWords(Content, frozen=True, kw_only=True):
    """What stands around each question."""

    progress: Text
    hint: Text
    choose_first: Text
    """For someone who goes on with nothing chosen."""
    kept: Text
    """For someone who comes back to a question they have answered."""
    more: Text
    """Where the answers do not all fit."""


class CheckWords(Content, frozen=True, kw_only=True):
    """The check before sending."""

    heading: Text
    text: Text
    answered: Text
    hidden: Text
    not_said: Text


class SavingWords(Content, frozen=True, kw_only=True):
    """While a response is sealed and saved."""

    text: Text


class FailedWords(Content, frozen=True, kw_only=True):
    """When a response could not be saved."""

    heading: Text
    text: Text


class ThanksWords(Content, frozen=True, kw_only=True):
    """After sending or declining."""

    heading: Text
    text: Text
    declined_text: Text
    next: Text


class ClosedWords(Content, frozen=True, kw_only=True):
    """Once staff have ended the event."""

    heading: Text
    text: Text


class IdleWords(Content, frozen=True, kw_only=True):
    """The warning before a forgotten screen is cleared."""

    heading: Text
    text: Text


class SmallWords(Content, frozen=True, kw_only=True):
    """For a window smaller than the screens are made for."""

    text: Text


class PracticeWords(Content, frozen=True, kw_only=True):
    """For practice, where nothing is kept."""

    banner: Text


class PlainWords(Content, frozen=True, kw_only=True):
    """Lines and prompts of the survey without screens."""

    how: Text
    unseen: Text
    """Said only where the terminal can keep what is typed out of sight."""
    prompt: Text
    not_a_choice: Text
    welcome_prompt: Text
    check_prompt: Text
    failed_prompt: Text
    kept: Text
    noted: Text
    next_person: Text
    idle: Text
    cleared: Text
    ended: Text


class Note(Content, frozen=True, kw_only=True):
    """Help with one thing that someone may wonder about."""

    title: Text
    text: Text


class QuestionNotes(Content, frozen=True, kw_only=True):
    """The help for one question."""

    notes: tuple[Note, ...]


class Guidance(Content, frozen=True, kw_only=True):
    """Help: what is the same for every question, and the notes for each."""

    after_title: Text
    after: Text
    """What happens to an answer."""
    occupation: QuestionNotes
    school: QuestionNotes
    meals: QuestionNotes
    degree: QuestionNotes

    def notes(self, question_id: str) -> tuple[Note, ...]:
        """Return the notes for a question, why it is asked first; KeyError if there are none."""
        return {
            "occupation": self.occupation,
            "school": self.school,
            "meals": self.meals,
            "degree": self.degree,
        }[question_id].notes


class Words(Content, frozen=True, kw_only=True):
    """Everything that a candidate reads in one language, apart from the instrument."""

    language: Text
    """The language's code, which is also the name of its file."""
    name: Text
    """The language's name in that language."""
    welcome: WelcomeWords
    button: ButtonWords
    question: QuestionWords
    check: CheckWords
    saving: SavingWords
    failed: FailedWords
    thanks: ThanksWords
    closed: ClosedWords
    idle: IdleWords
    small: SmallWords
    practice: PracticeWords
    plain: PlainWords
    guidance: Guidance

    def __post_init__(self) -> None:
        """Refuse words with a placeholder lost or misspelt: it would surface in front of a candidate."""
        for key, text in _texts(msgspec.to_builtins(self)):
            expected = PLACEHOLDERS.get(key, set())
            found = _placeholders(key, text)
            if found != expected:
                raise ValueError(f"{key}: has the placeholders {_braced(found)}, but needs {_braced(expected)}")


@functools.cache
def load_survey(question_set: str = QUESTION_SET) -> Survey:
    """Load a question set by name; ContentError if it is missing or malformed."""
    return load(FOLDER, question_set, Survey)


@functools.cache
def load_words(language: str = "en") -> Words:
    """Load the words of a language by its code; ContentError if they are missing or malformed."""
    return load(FOLDER, language, Words)


def _repeated(ids: list[str]) -> str | None:
    return next((item for item in ids if ids.count(item) > 1), None)


def _texts(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of a data file under its dotted key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(part, f"{key}.{name}" if key else name)
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            yield from _texts(part, f"{key}.{place}")


def _placeholders(key: str, text: str) -> set[str]:
    import string

    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from error


def _braced(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
