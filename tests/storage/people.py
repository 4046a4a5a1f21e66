"""People who answer, for the tests of the counts."""

from collections.abc import Iterable
from random import Random

from content.survey import load_survey
from storage.sealing import Response
from storage.tally import Batch, Tally

EVERYTHING = (True, True, True, True)
KEY_ONLY = (True, False, False, False)


def people(count: int, seed: int = 0, asked: Iterable[bool] = EVERYTHING) -> list[Response]:
    """Random answers, the same on every run; sums of different people among them differ."""
    random = Random(seed)  # noqa: S311 - not a secret
    questions = load_survey().questions
    return [
        Response.of(
            {
                question.id: random.randint(1, len(question.options))
                for question, is_asked in zip(questions, asked, strict=True)
                if is_asked
            }
        )
        for _ in range(count)
    ]


def tally_of(responses: Iterable[Response]) -> Tally:
    return Tally.total(Tally.of(response) for response in responses)


def batch_of(responses: list[Response]) -> Batch:
    return Batch(len(responses), tally_of(responses))


def released_by(count: int) -> int:
    """How many of so many people a running kiosk has released."""
    return max(0, count // 10 - 1) * 10


def tens(responses: list[Response], count: int) -> list[Batch]:
    """The batches of the first so many of these people, oldest first."""
    return [batch_of(responses[start : start + 10]) for start in range(0, count, 10)]
