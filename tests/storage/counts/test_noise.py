"""The sampler against its distribution, worked out in fractions; its coins; and what becomes a noisy group."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import math
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from random import Random

import pytest

from content.feedback import FEWEST_CHOICES, MOST_CHOICES, feedback_survey
from content.survey import load_survey
from storage.counts.noise import THRESHOLD, VARIANCE, Bits, NoisyGroup, keyed_coins, noise, off_by, system_coins
from storage.counts.tally import Tally
from tests.storage.counts.tables import CATEGORIES, tally
from tests.variants import usually

DRAWS = 50_000
FAIR, BROKEN = 0.001, 1e-9
"""A probability above the first is no surprise; one under the second is no chance."""

NORMALISERS = {4: Fraction(245, 27), 5: Fraction(1921, 81)}
"""Z, the sum of 2^-Σ|z| over all vectors that sum to nought."""
VARIANCES = {4: Fraction(296, 147), 5: Fraction(13408, 5763), 6: Fraction(4760, 1863), 7: Fraction(69808, 25581)}

KEY = bytes(range(32))
IDS = tuple(bytes([number]) * 16 for number in range(10))


def power_series(polynomial: Callable[[int], Fraction | int], degree: int, x: Fraction) -> Fraction:
    """The exact sum of p(m) x^m over m = 0, 1, 2, …: (1-x)^(d+1) times it is a polynomial of degree d at most."""
    coefficients = (
        sum((-1) ** back * math.comb(degree + 1, back) * polynomial(m - back) for back in range(m + 1))
        for m in range(degree + 1)
    )
    return sum((number * x**power for power, number in enumerate(coefficients)), Fraction(0)) / (1 - x) ** (degree + 1)


def sum_of(variables: int, total: int) -> Fraction:
    """The sum of 2^-Σ|z| over all vectors of so many whole numbers with this total: a coefficient of (Σ 2^-|z| x^z)^n.

    Σ 2^-|z| x^z = (3/4) / ((1 - x/2)(1 - 1/2x)), so both factors are geometric series and their powers binomial ones.
    """
    last = variables - 1
    paths = power_series(
        lambda m: math.comb(m + abs(total) + last, last) * math.comb(m + last, last), 2 * last, Fraction(1, 4)
    )
    return Fraction(3, 4) ** variables * Fraction(1, 2) ** abs(total) * paths


def fair_bits(seed: int) -> Iterator[int]:
    random = Random(seed)  # noqa: S311 - not a secret
    while True:
        yield from map(int, f"{random.getrandbits(1 << 16):0{1 << 16}b}")


def vectors(categories: int, size: int) -> Iterator[tuple[int, ...]]:
    """Every vector that sums to nought, with Σ|z| no more than this."""
    reach = range(-size // 2, size // 2 + 1)
    for first in itertools.product(reach, repeat=categories - 1):
        drawn = (*first, -sum(first))
        if sum(map(abs, drawn)) <= size:
            yield drawn


def p_value(drawn: Counter[tuple[int, ...]], categories: int) -> float:
    """Pearson's chi-square: a cell for each vector with Σ|z| up to 6, and one for all the others of each size to 14."""
    draws = drawn.total()
    of_each = {vector: Fraction(1, 2 ** sum(map(abs, vector))) for vector in vectors(categories, 14)}
    expected: defaultdict[object, Fraction] = defaultdict(Fraction)
    seen: Counter[object] = Counter()

    def cell(vector: tuple[int, ...]) -> object:
        size = sum(map(abs, vector))
        return vector if size <= 6 else min(size, 14)

    from scipy import special  # slow, for every process that collects tests

    for vector, weight in of_each.items():
        expected[cell(vector)] += weight / NORMALISERS[categories]
    expected[14] += 1 - sum(expected.values())
    for vector, times in drawn.items():
        seen[cell(vector)] += times
    assert set(seen) <= set(expected)
    assert min(expected.values()) * draws >= 5
    statistic = sum(
        (seen[each] - draws * float(share)) ** 2 / (draws * float(share)) for each, share in expected.items()
    )
    return float(special.chdtrc(len(expected) - 1, statistic))


def drawn_with(bits: Bits, categories: int, draws: int = DRAWS) -> Counter[tuple[int, ...]]:
    return Counter(noise(categories, bits) for _ in range(draws))


# The distribution


@pytest.mark.parametrize("categories", [4, 5])
def test_the_weights_of_all_vectors_add_up_to_the_fraction_that_is_documented(categories: int) -> None:
    assert sum_of(categories, 0) == NORMALISERS[categories]


@pytest.mark.parametrize("categories", [4, 5])
def test_a_plain_sum_of_weights_comes_as_close_as_what_it_leaves_out(categories: int) -> None:
    size = 24
    plain = sum((Fraction(1, 2 ** sum(map(abs, vector))) for vector in vectors(categories, size)), Fraction(0))
    left_out = NORMALISERS[categories] - plain
    vectors_of_a_size = (2 * size) ** categories  # far more than there are
    assert 0 < left_out < Fraction(vectors_of_a_size, 2**size)


@pytest.mark.parametrize("categories", [4, 5, 6, 7])
def test_the_variance_of_one_category_is_the_exact_fraction(categories: int) -> None:
    others = categories - 1

    def term(z: int) -> Fraction:
        """z² times what all vectors with z in the first place weigh, over 4^-z: a polynomial in z."""
        return Fraction(z) ** 2 * sum_of(others, z) * Fraction(2) ** z

    assert 2 * power_series(term, others + 1, Fraction(1, 4)) / sum_of(categories, 0) == VARIANCES[categories]
    assert VARIANCE[categories] == float(VARIANCES[categories])


def test_every_question_has_a_variance() -> None:
    lists = [tuple("abcde"[:number]) for number in range(FEWEST_CHOICES, MOST_CHOICES + 1)]
    surveys = [load_survey(), *map(feedback_survey, lists)]
    assert set(VARIANCE) == {len(question.categories) for survey in surveys for question in survey.questions}


@pytest.mark.parametrize("categories", [4, 5])
@pytest.mark.sampled
def test_the_sampler_draws_every_vector_as_often_as_it_should(categories: int) -> None:
    drawn = drawn_with(fair_bits(categories), categories)
    assert drawn.total() == DRAWS
    assert p_value(drawn, categories) > FAIR
    variance = sum(times * vector[place] ** 2 for vector, times in drawn.items() for place in range(categories))
    assert variance / DRAWS / categories == pytest.approx(float(VARIANCES[categories]), rel=0.02)


def test_about_one_try_in_ten_sums_to_nought() -> None:
    used = itertools.count()
    bits = (bit for bit, _ in zip(fair_bits(1), used, strict=False))
    drawn_with(bits, 5, 2000)
    a_try = 5 * 2 * 2  # five differences of two numbers, each of two coins on average
    assert next(used) / 2000 / a_try == pytest.approx(float(1 / (sum_of(5, 0) / 3**5)), rel=0.05)


def biased(bits: Bits) -> Bits:
    """Heads 52 times in 100."""
    random = Random(1)  # noqa: S311 - not a secret
    return (bit | (random.random() < 0.04) for bit in bits)


def stuck(bits: Bits) -> Bits:
    """One bit of each byte is always tails."""
    return (bit if place % 8 else 0 for place, bit in enumerate(bits))


def dead(_bits: Bits) -> Bits:
    """Always tails."""
    return itertools.repeat(0)


def sluggish(bits: Bits) -> Bits:
    """One coin in twenty shows what the one before showed."""
    random = Random(1)  # noqa: S311 - not a secret
    before = 0
    for bit in bits:
        before = before if random.random() < 0.05 else bit
        yield before


def doubled(bits: Bits) -> Bits:
    """Each coin counts twice."""
    return (bit for bit in bits for _ in range(2))


def periodic(bits: Bits) -> Bits:
    """The same 4096 coins again and again."""
    return itertools.cycle(list(itertools.islice(bits, 4096)))


@pytest.mark.parametrize("broken", [biased, stuck, dead, sluggish, doubled, periodic])
@pytest.mark.parametrize("categories", usually(1, [5, 4]))
@pytest.mark.sampled
def test_a_broken_coin_is_seen(broken: Callable[[Bits], Bits], categories: int) -> None:
    assert p_value(drawn_with(broken(fair_bits(categories)), categories, 20_000), categories) < BROKEN


# Coins


def bits_of(blocks: Iterable[bytes]) -> Iterator[int]:
    """Another way to read bytes as bits, the most significant first."""
    return (int(digit) for block in blocks for digit in f"{int.from_bytes(block, 'big'):0{8 * len(block)}b}")


def test_a_kiosks_coins_are_the_operating_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    given = [hashlib.sha256(bytes([number])).digest() for number in range(40)]
    waiting = iter(given)
    asked = []

    def urandom(size: int) -> bytes:
        asked.append(size)
        return next(waiting)

    monkeypatch.setattr(os, "urandom", urandom)
    coins = system_coins("occupation")
    assert list(itertools.islice(coins, 40 * 256)) == list(bits_of(given))
    assert asked == [32] * 40


def test_a_kiosks_coins_are_fair_and_never_the_same_again() -> None:
    first, second = (list(itertools.islice(system_coins("occupation"), 100_000)) for _ in range(2))
    assert first != second
    assert abs(sum(first) - 50_000) < 6 * math.sqrt(25_000)


def stream(key: bytes = KEY, ids: Sequence[bytes] = IDS, question: str = "occupation") -> list[int]:
    return list(itertools.islice(keyed_coins(key, ids)(question), 512))


def test_an_offices_coins_do_not_depend_on_the_order_of_people() -> None:
    shuffled = list(IDS)
    Random(1).shuffle(shuffled)  # noqa: S311 - not a secret
    assert stream(ids=shuffled) == stream(ids=IDS[::-1]) == stream()
    assert list(itertools.islice(keyed_coins(KEY, iter(IDS))("occupation"), 512)) == stream()


def test_an_offices_coins_differ_by_question_key_and_every_single_person() -> None:
    others = [stream(question="school"), stream(key=KEY[::-1])]
    for place in range(len(IDS)):
        others += [stream(ids=IDS[:place] + IDS[place + 1 :])]
        others += [stream(ids=(*IDS[:place], b"somebody else...", *IDS[place + 1 :]))]
    others += [stream(ids=(*IDS, b"one person more."))]
    for one, other in itertools.combinations([stream(), *others], 2):
        assert one != other
        assert 180 < sum(map(int.__eq__, one, other)) < 332  # half of 512, and six standard deviations


@pytest.mark.long
def test_an_offices_coins_are_fair() -> None:
    def of_group(number: int) -> tuple[int, ...]:
        ids = [number.to_bytes(8, "big") + person.to_bytes(8, "big") for person in range(10)]
        return noise(4, keyed_coins(KEY, ids)("degree"))

    assert p_value(Counter(map(of_group, range(DRAWS))), 4) > FAIR


# A noisy group


def test_a_group_has_its_noise_in_every_count_of_every_question() -> None:
    exact = tally(occupation=(10, 0, 3, 0, 1), degree=(0, 14, 0, 0))
    coins = keyed_coins(KEY, IDS)
    group = NoisyGroup.of(exact, coins)
    assert (group.people, group.asked) == (14, ("occupation", "degree"))
    for question, counts in exact.counts.items():
        noisy = group.counts[question]
        assert tuple(noisy) == CATEGORIES[question]
        drawn = noise(len(counts), coins(question))
        assert tuple(noisy[name] - counts[name] for name in counts) == drawn
        assert sum(noisy.values()) == 14


def test_a_count_of_nobody_can_be_carried_below_nought() -> None:
    exact = tally(degree=(10, 0, 0, 0))
    groups = [NoisyGroup.of(exact, keyed_coins(KEY, [bytes([number])])) for number in range(40)]
    assert min(min(group.counts["degree"].values()) for group in groups) < 0


@pytest.mark.parametrize(
    "exact",
    [
        tally(),
        tally(degree=(0, 0, 0, 0)),
        tally(degree=(3, 3, 3, 0)),
        tally(degree=(3, 3, 3, 1), school=(3, 3, 3, 1, 1)),
        tally(school=(3, 3, 3, 1, 0), degree=(3, 3, 3, 0)),
    ],
)
def test_fewer_than_ten_people_or_people_who_were_asked_different_things_are_no_group(exact: Tally) -> None:
    with pytest.raises(ValueError, match="ten or more people who were all asked the same"):
        NoisyGroup.of(exact, system_coins)


def test_ten_people_are_a_group() -> None:
    assert THRESHOLD == 10
    assert NoisyGroup.of(tally(degree=(3, 3, 3, 1)), system_coins).people == 10


@pytest.mark.parametrize(
    ("people", "counts"),
    [
        (9, {"degree": {"no_parent": 9}}),
        (10, {}),
        (10, {"degree": {"no_parent": 11, "a_parent": -2}}),
        (10, {"degree": {"no_parent": 10}, "school": {"state": 9}}),
    ],
)
def test_what_does_not_add_up_is_read_as_no_group(people: int, counts: dict[str, dict[str, int]]) -> None:
    with pytest.raises(ValueError, match="ten or more people"):
        NoisyGroup.read(people, counts)


def test_a_noisy_group_cannot_be_made_or_changed_by_hand() -> None:
    group = NoisyGroup.of(tally(degree=(3, 3, 3, 1)), system_coins)
    with pytest.raises(TypeError):
        NoisyGroup()
    with pytest.raises(TypeError):
        dataclasses.replace(group, people=12)
    with pytest.raises(dataclasses.FrozenInstanceError):
        group.people = 12  # type: ignore[misc]


@pytest.mark.parametrize(("variance", "z", "people"), [(0, 1.96, 0), (1, 1.96, 2), (4, 1.5, 3), (2.25, 2, 3)])
def test_how_far_a_count_may_be_off_is_rounded_up(variance: float, z: float, people: int) -> None:
    assert off_by(variance, z) == people
