"""Language packs: every word a candidate reads around the official questions, and translations of these.

`load_words()` checks a pack as a whole, so `Words` in hand need no further checks: placeholders can be filled, texts
fit their places, and in any language but the instrument's own the instrument is there, option for option. Only wording
depends on the language. What is answered are codes of options, and those are the instrument's.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from content import survey as instrument
from content.feedback import BETTER, FEEDBACK_SET, NOTHING, choices_of, usual_choices
from content.loading import Content, ContentError, Text, load
from content.survey import PREFER_NOT_TO_SAY, Question, Survey, repeated

__all__ = [
    "PLACEHOLDERS",
    "LanguageWords",
    "LookWords",
    "Note",
    "Status",
    "Words",
    "cells",
    "languages",
    "languages_offered",
    "load_words",
]

PLACEHOLDERS = {
    "welcome.who": {"organisation"},
    "question.progress": {"number", "total"},
    "thanks.next": {"seconds"},
    "idle.text": {"seconds"},
    "speech.marked": {"number", "label"},
    "plain.language": {"number", "name"},
    "plain.not_a_choice": {"first", "last"},
    "plain.declined_prompt": {"seconds"},
    "plain.thanks_prompt": {"seconds"},
    "plain.idle": {"seconds"},
    "feedback.who": {"organisation"},
    "feedback.next": {"seconds"},
}
"""What `str.format` is given for each text of `Words`; a text that is not listed is shown as it stands."""

LONGEST = {
    "button": 22,
    "button.again": 12,
    "button.slower": 12,
    "button.faster": 12,
    "look": 28,
    "look.heading": 50,
    "look.returns": 56,
    "name": 22,
    "language_choice": 56,
    "practice.banner": 56,
    "question.hint": 56,
    "question.progress": 30,
    "small.text": 19,
    "speech.note": 58,
    "speech.unavailable": 58,
    "feedback": 260,
    "feedback.heading": 50,
    "welcome": 130,
    "welcome.heading": 50,
    "guidance.after_title": 40,
    "guidance.after": 240,
    "title": 44,
    "text": 260,
}
"""Terminal cells that a text of `Words` may take, by its key, its section, or the last part of its key in a note."""

STRETCH = 1.6
"""How much longer than the official wording a translation of it may be, from forty cells on."""

_WORDINGS = ("questions.", "feedback.questions.")
"""Where the keys begin whose texts are put beside a question set's own."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][A-Za-z]+)?")
"""A language's code, and so the name of its file: `cy`, `zh-Hant`."""

Status = Literal["original", "tested", "draft"]
"""What a language's wording of the instrument is worth: it is the instrument itself, it is a translation that was tried
out with people as the instrument was, or it is neither and results cannot be compared without saying so."""


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
    look: Text
    language: Text
    read_aloud: Text
    stop_reading: Text
    keep_going: Text
    again: Text
    slower: Text
    faster: Text
    """These three stand in one line."""


class LookWords(Content, frozen=True, kw_only=True):
    """The choice of colours."""

    heading: Text
    light: Text
    dark: Text
    strong_light: Text
    strong_dark: Text
    monochrome: Text
    returns: Text
    """That the next person starts with the usual look again."""


class LanguageWords(Content, frozen=True, kw_only=True):
    """The choice of a language, where there are three or more."""

    heading: Text
    returns: Text
    """That the next person starts with the usual language again."""


class SpeechWords(Content, frozen=True, kw_only=True):
    """Reading aloud: what is shown meanwhile, and what is said besides the texts of the screen."""

    note: Text
    unavailable: Text
    """Where the computer cannot speak this language."""
    marked: Text
    """The answer that the arrow keys stand at."""
    on: Text
    """Said the first time: from then on each new screen is read."""
    welcome: Text
    language: Text
    """Where there are others."""
    question: Text
    help: Text
    check: Text
    stopping: Text
    failed: Text
    """The keys of each of these."""
    thanks: Text
    """The same for who answered and who declined."""


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
    change: Text
    """How an answer is changed here, by keyboard and by mouse."""
    answered: Text
    hidden: Text
    not_said: Text


class StoppingWords(Content, frozen=True, kw_only=True):
    """Before the answers are cleared for somebody who stops."""

    heading: Text
    text: Text


class DeclinedWords(Content, frozen=True, kw_only=True):
    """After saying no, which is not kept yet: it thanks nobody and promises nothing that is not so."""

    heading: Text
    text: Text


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


class OptionWording(Content, frozen=True, kw_only=True):
    """An option put into another language."""

    code: int
    label: Text
    detail: str = ""


class QuestionWording(Content, frozen=True, kw_only=True):
    """A question put into another language."""

    id: Text
    text: Text
    options: tuple[OptionWording, ...]


class FeedbackWords(Content, frozen=True, kw_only=True):
    """Feedback on the event: what its first screen says where it is asked alone, and the offer after the questions."""

    heading: Text
    who: Text
    why: Text
    voluntary: Text
    anonymous: Text
    apart: Text
    """That nobody can lay it beside other answers."""
    time: Text
    offer: Text
    """What is offered after the thanks."""
    declining: Text
    next: Text
    """What becomes of the offer where nobody takes it."""
    thanks: Text
    speech: Text
    """The keys of the offer."""
    prompt: Text
    """The same in plain lines."""
    why_title: Text
    why_asked: Text
    """The help for each question."""
    questions: tuple[QuestionWording, ...] = ()
    """The questions in this language; empty in their own."""


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
    again: Text
    """How to be told something once more."""
    unseen: Text
    """Said only where the terminal can keep what is typed out of sight."""
    prompt: Text
    not_a_choice: Text
    welcome_prompt: Text
    language: Text
    """One for each other language."""
    check_prompt: Text
    stopping_prompt: Text
    failed_prompt: Text
    kept: Text
    noted: Text
    more_prompt: Text
    """Where the screen has no room for the rest."""
    declined_prompt: Text
    thanks_prompt: Text
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

    def said(self, question_id: str) -> tuple[tuple[str, str], ...]:
        """All the help for a question, as titles and texts; KeyError if there is none."""
        return (*((note.title, note.text) for note in self.notes(question_id)), (self.after_title, self.after))


class Words(Content, frozen=True, kw_only=True):
    """A language pack: everything that a candidate reads in one language."""

    language: Text
    """The language's code, which is also the name of its file."""
    name: Text
    """The language's name in that language."""
    direction: Literal["ltr", "rtl"] = "ltr"
    """Which way it is written: from left to right, or from right to left."""
    status: Status
    questions: tuple[QuestionWording, ...] = ()
    """The instrument in this language; empty in its own."""
    welcome: WelcomeWords
    button: ButtonWords
    look: LookWords
    language_choice: LanguageWords
    speech: SpeechWords
    question: QuestionWords
    check: CheckWords
    stopping: StoppingWords
    declined: DeclinedWords
    saving: SavingWords
    failed: FailedWords
    thanks: ThanksWords
    closed: ClosedWords
    idle: IdleWords
    small: SmallWords
    practice: PracticeWords
    plain: PlainWords
    feedback: FeedbackWords
    guidance: Guidance

    def __post_init__(self) -> None:
        """Refuse words that would surface in front of a candidate with a placeholder lost, or cut."""
        for key, text in _texts(msgspec.to_builtins(self)):
            if not text.isprintable() and any(unicodedata.category(letter) == "Cc" for letter in text):
                raise ValueError(f"{key}: has a control character, which could steer the terminal")
            expected = PLACEHOLDERS.get(key, set())
            found = _placeholders(key, text) if not key.startswith(_WORDINGS) else expected
            if found != expected:
                raise ValueError(f"{key}: has the placeholders {_braced(found)}, but needs {_braced(expected)}")
            longest = _longest(key)
            if longest is not None and 2 * len(text) > longest and cells(text) > longest:
                raise ValueError(f"{key}: takes {cells(text)} cells, and there is room for {longest}")

    def promises(self, organisation: str, statement: str, survey: Survey) -> tuple[str, str, tuple[str, ...], str]:
        """Return what the welcome says: a heading, why the organisation asks, its promises, and what declining does."""
        if choices_of(survey):
            own = self.feedback
            told = (own.voluntary, own.anonymous, self.welcome.no_decision, own.time)
            return own.heading, f"{own.who.format(organisation=organisation)} {own.why}", told, own.declining
        welcome = self.welcome
        introduction = (welcome.who.format(organisation=organisation), welcome.why, statement)
        points = (
            welcome.voluntary,
            welcome.anonymous,
            welcome.no_decision,
            welcome.everyone,
            welcome.time_key if len(survey.questions) == 1 else welcome.time_all,
        )
        return welcome.heading, " ".join(part for part in introduction if part), points, welcome.declining

    def help_for(self, question: Question) -> tuple[tuple[str, str], ...]:
        """Return all the help for a question, as titles and texts."""
        if question.words_id in _feedback_questions():
            own = self.feedback
            return ((own.why_title, own.why_asked), (self.guidance.after_title, f"{self.guidance.after} {own.apart}"))
        return self.guidance.said(question.id)

    def asked(self, survey: Survey) -> Survey:
        """Return the survey in this language: the same questions, options, codes and categories.

        Raises:
            ValueError: this language does not have all of it, word for word in its place.
        """
        if self.status == "original":
            if self.language != survey.language or self.questions or self.feedback.questions:
                raise ValueError(f"status: only the pack in {survey.language!r}, without questions, is the original")
            return survey
        wordings = {wording.id: wording for wording in (*self.questions, *self.feedback.questions)}
        own = choices_of(survey) != usual_choices()
        return msgspec.structs.replace(
            survey,
            questions=tuple(
                _worded(question, wordings.get(question.words_id), own=own and question.words_id == BETTER)
                for question in survey.questions
            ),
        )


@functools.cache
def _feedback_questions() -> frozenset[str]:
    """What the questions about the event are called in packs."""
    return frozenset(question.id for question in instrument.load_survey(FEEDBACK_SET).questions)


@functools.cache
def load_words(language: str = "en") -> Words:
    """Load the words of a language by its code; ContentError if they are missing, malformed or incomplete."""
    words = load(instrument.FOLDER, language, Words)
    try:
        if words.language != language:
            raise ValueError(f"language: must be {language!r}, as the file is called")
        _check_asked(words, instrument.QUESTION_SET, words.questions)
        if words.status != "original":  # the usual pack does without the other file
            _check_asked(words, FEEDBACK_SET, words.feedback.questions)
    except ValueError as error:
        raise ContentError(f"content/{instrument.FOLDER.name}/{language}.toml: {error}") from error
    return words


def _check_asked(words: Words, question_set: str, wordings: Iterable[QuestionWording]) -> None:
    survey = instrument.load_survey(question_set)
    if unknown := [wording.id for wording in wordings if wording.id not in {q.id for q in survey.questions}]:
        raise ValueError(f"questions: {survey.question_set} has no question {unknown[0]!r}")
    words.asked(survey)


def languages() -> tuple[str, ...]:
    """The codes of the languages there are packs for, in alphabetical order."""
    return tuple(sorted(path.stem for path in instrument.FOLDER.glob("*.toml") if _LANGUAGE.fullmatch(path.stem)))


def languages_offered(packs: Iterable[Words]) -> str:
    """The names of languages, in a row for staff to read; each draft is marked."""
    return ", ".join(pack.name + (" (a draft)" if pack.status == "draft" else "") for pack in packs)


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: two for wide letters, none for marks that sit on another."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(letter) in {"W", "F"} for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)


def _longest(key: str) -> int | None:
    """How many cells the text with this key may take, if that matters."""
    last = key.rpartition(".")[2] if ".notes." in key else key
    return LONGEST.get(last, LONGEST.get(key.partition(".")[0]))


def _worded(question: Question, wording: QuestionWording | None, *, own: bool = False) -> Question:
    """A question with its texts from a translation; ValueError where the two do not match.

    Where the choices are an organiser's own, they stay as they were written.
    """
    if wording is None:
        raise ValueError(f"questions: {question.id!r} is missing")
    if own:
        *_, nothing, declined = (option.label for option in wording.options)
        translated = {NOTHING: nothing, PREFER_NOT_TO_SAY: declined}
        written = (
            msgspec.structs.replace(option, label=translated.get(option.category, option.label))
            for option in question.options
        )
        return msgspec.structs.replace(question, text=wording.text, options=tuple(written))
    codes, wanted = [option.code for option in wording.options], [option.code for option in question.options]
    if codes != wanted:
        raise ValueError(f"questions: {question.id}: option codes must be {wanted}, not {codes}")
    if twice := repeated([option.label for option in wording.options]):
        raise ValueError(f"questions: {question.id}: two options are called {twice!r}")
    _check_length(question.id, question.text, wording.text)
    for official, option in zip(question.options, wording.options, strict=True):
        place = f"{question.id}, option {option.code}"
        if bool(official.detail) != bool(option.detail):
            raise ValueError(f"questions: {place}: a detail stands here if, and only if, the original has one")
        _check_length(place, official.label, option.label)
        _check_length(place, official.detail, option.detail)
    options = tuple(
        msgspec.structs.replace(official, label=option.label, detail=option.detail)
        for official, option in zip(question.options, wording.options, strict=True)
    )
    return msgspec.structs.replace(question, text=wording.text, options=options)


def _check_length(place: str, official: str, text: str) -> None:
    longest = int(max(cells(official), 40) * STRETCH)
    if cells(text) > longest:
        raise ValueError(f"questions: {place}: takes {cells(text)} cells, and there is room for {longest}")


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
    if "{" not in text and "}" not in text:
        return set()
    import string

    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from error


def _braced(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
