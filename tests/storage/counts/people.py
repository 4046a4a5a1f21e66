"""People who answer, and groups of them whose noise is known, for the tests of the counts."""

from collections.abc import Iterable, Sequence
from random import Random

from content.survey import load_survey
from storage.counts.noise import Bits, Coins, NoisyGroup
from storage.counts.tally import Tally
from storage.crypto.sealing import Response
from storage.kiosk.groups import GROUP

EVERYTHING = (True, True, True, True)
KEY_ONLY = (True, False, False, False)

_NOISE = {4: (3, -1, -4, 2), 5: (4, 2, -1, -2, -3)}
"""By the number of categories. No count stays as it is."""


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


def coins_for(vector: Iterable[int]) -> Bits:
    """The coins that give this noise."""
    for number in vector:
        yield from (*[1] * max(number, 0), 0, *[1] * max(-number, 0), 0)


def known_coins(seed: int = 0) -> Coins:
    """Coins for one group after the other, in the same order on every run: each has other noise, in every count."""
    questions = {question.id: len(question.categories) for question in load_survey().questions}
    randoms = {question: Random(f"{seed} {question}") for question in questions}  # noqa: S311 - not a secret

    def coins(question: str) -> Bits:
        vector = _NOISE[questions[question]]
        return coins_for(randoms[question].sample(vector, len(vector)))

    return coins


def groups_of(*runs: Sequence[Response], seed: int = 0) -> list[NoisyGroup]:
    """What a laptop with `known_coins` makes of the people who came while it ran, of one run after the other."""
    coins = known_coins(seed)
    return [
        NoisyGroup.of(tally_of(run[end - GROUP : end]), coins)
        for run in runs
        for end in range(GROUP, len(run) + 1, GROUP)
    ]
