"""What is read aloud: what a screen says to everybody, the keys it takes, and the answer that the arrow keys stand at.

Nothing here can see what was answered, and the marked answer is said only until there is one.
"""

from collections.abc import Iterator

from content.language import Words
from content.survey import Option, Question, Survey
from storage.settings import Settings
from tui.interview import Step


def said_on_welcome(words: Words, settings: Settings, survey: Survey) -> Iterator[str]:
    """The welcome, and the keys that go on."""
    organisation = settings.organisation
    heading, why, points, declining = words.promises(organisation.name, organisation.statement, survey)
    yield from (heading, why, *points, declining, words.speech.welcome)
    if len(settings.survey.languages) > 1:
        yield words.speech.language


def said_of_question(words: Words, survey: Survey, position: int, marked: int | None) -> Iterator[str]:
    """A question with its options; first the option that is marked, by its code, for who has heard the others."""
    question = survey.questions[position]
    if marked is not None:
        option = question.option(marked)
        yield words.speech.marked.format(number=option.code, label=f"{option.label} {option.detail}".strip())
    yield words.question.progress.format(number=position + 1, total=len(survey.questions))
    yield question.text
    yield from map(said_of_option, question.options)
    yield from (words.question.hint, words.speech.question)


def said_of_option(option: Option) -> str:
    """An answer, with the number that chooses it."""
    return f"{option.code}: {option.label} {option.detail}".strip()


def said_in_help(words: Words, question: Question) -> Iterator[str]:
    """The help for a question."""
    for title, text in words.help_for(question):
        yield from (title, text)
    yield words.speech.help


def said_on_check(words: Words, survey: Survey) -> Iterator[str]:
    """The check, with its questions and without their answers."""
    yield from (words.check.heading, words.check.text)
    for number, question in enumerate(survey.questions, 1):
        yield f"{number}: {question.text}"
    yield words.speech.check


def said_at_end(words: Words, step: Step) -> Iterator[str]:
    """What stands alone. Whether somebody declined is not said: the end is the same for all."""
    match step:
        case Step.STOPPING:
            yield from (words.stopping.heading, words.stopping.text, words.speech.stopping)
        case Step.FAILED:
            yield from (words.failed.heading, words.failed.text, words.speech.failed)
        case Step.CLOSED:
            yield from (words.closed.heading, words.closed.text)
        case Step.OFFER:
            yield from (words.thanks.heading, words.thanks.text)
            yield from (words.feedback.offer, words.feedback.declining, words.feedback.speech)
        case Step.DECLINED | Step.THANKS:
            yield words.speech.thanks
        case Step.SENDING:
            yield words.saving.text
        case Step.WELCOME | Step.QUESTION | Step.CHECK:
            raise AssertionError(step)


def said_when_idle(words: Words, seconds: int) -> Iterator[str]:
    """The warning, for somebody who has listened so far."""
    yield from (words.idle.heading, words.idle.text.format(seconds=seconds))
