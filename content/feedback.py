"""What people are asked about the event itself: four prompts, the last with choices that an organiser may write.

It is a question set like the other one, and what is kept and counted of it is kept and counted alike. The choices are a
part of the set: with other choices it has another name and its last question another id, so codes that stand for one
list are never read, nor summed, with another.
"""

import functools

import msgspec

from content.survey import PREFER_NOT_TO_SAY, Category, Option, Question, Survey, load_survey

__all__ = [
    "BETTER",
    "FEEDBACK_SET",
    "FEWEST_CHOICES",
    "LONGEST_CHOICE",
    "MOST_CHOICES",
    "NOTHING",
    "choices_of",
    "feedback_survey",
    "usual_choices",
]

FEEDBACK_SET = "feedback-1"
"""What the names of all these sets begin with, and the data file that they are made from."""

BETTER = "better"
"""The question that the choices are of, as language packs know it."""

NOTHING = "nothing"
"""The category of those who would change nothing."""

FEWEST_CHOICES, MOST_CHOICES = 2, 5
LONGEST_CHOICE = 44
"""Characters: a line of the smallest screen."""

_DOMAIN = b"fairstart feedback choices 1\x00"


def usual_choices() -> tuple[str, ...]:
    """What should be better, where the organiser has not written a list."""
    return choices_of(load_survey(FEEDBACK_SET))


def choices_of(survey: Survey) -> tuple[str, ...]:
    """The choices in a survey, in their order; none where it is no feedback."""
    own = (option for question in survey.questions if question.words_id == BETTER for option in question.options)
    return tuple(option.label for option in own if option.category not in {NOTHING, PREFER_NOT_TO_SAY})


@functools.lru_cache(maxsize=256)
def feedback_survey(choices: tuple[str, ...] = ()) -> Survey:
    """The question set with these choices; with the usual ones where there are none.

    Raises:
        ValueError: fewer or more than there may be, or one twice.
    """
    choices = choices or usual_choices()
    if not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES or len(set(choices)) < len(choices):
        raise ValueError(f"feedback has {FEWEST_CHOICES} to {MOST_CHOICES} choices, each once")
    digest = _digest(choices)
    survey = load_survey(FEEDBACK_SET)
    *scales, better = survey.questions
    return msgspec.structs.replace(
        survey, question_set=f"{FEEDBACK_SET}-{digest}", questions=(*scales, _with_choices(better, choices, digest))
    )


def _digest(choices: tuple[str, ...]) -> str:
    """What a list is known by: each text with its length before it, so that no two lists run into one."""
    parts = b"".join(len(text).to_bytes(2, "big") + text for text in (choice.encode() for choice in choices))
    import hashlib  # a start does without: 3 ms

    return hashlib.sha256(_DOMAIN + parts).hexdigest()[:16]


def _with_choices(better: Question, choices: tuple[str, ...], digest: str) -> Question:
    named = {f"choice_{number}": choice for number, choice in enumerate(choices, 1)}
    kept = [category for category in better.categories if category.id in {NOTHING, PREFER_NOT_TO_SAY}]
    labels = {option.category: option.label for option in better.options}
    categories = (*(Category(id=name, label=label) for name, label in named.items()), *kept)
    options = (
        Option(code=code, label=named.get(category.id) or labels[category.id], category=category.id)
        for code, category in enumerate(categories, 1)
    )
    return msgspec.structs.replace(better, id=f"{BETTER}-{digest[:8]}", categories=categories, options=tuple(options))
