"""What feedback's findings say: shares of two answers together, their intervals, and changes that are none."""

import numpy as np
import pytest

from content.benchmarks import load_benchmarks
from content.feedback import FEEDBACK_SET, feedback_survey
from storage.counts.feedback import feedback_trend, office_feedback
from storage.counts.intervals import Z95, NoisyShare
from storage.counts.noise import NoisyGroup
from tests.storage.counts.coverage import _drawn
from tests.storage.counts.tables import office_counts

SURVEY = feedback_survey()
SHARES = (0.3, 0.25, 0.2, 0.1, 0.05, 0.1)
"""Made-up shares of the six answers to each of the first three."""
BETTER = (0.2, 0.2, 0.15, 0.15, 0.1, 0.1, 0.1)


def drawn_groups(random: np.random.Generator, people: int, number: int) -> list[NoisyGroup]:
    """As many groups, of people who all answer by the same shares."""
    exact = [
        random.multinomial(people, BETTER if len(question.categories) == 7 else SHARES, number)
        + _drawn(random, len(question.categories), 1, number)
        for question in SURVEY.questions
    ]
    return [
        NoisyGroup.read(
            people,
            {
                question.id: dict(zip((one.id for one in question.categories), map(int, exact[place][at]), strict=True))
                for place, question in enumerate(SURVEY.questions)
            },
        )
        for at in range(number)
    ]


def test_a_share_of_two_answers_together_has_the_noise_of_their_sum() -> None:
    random = np.random.default_rng(1)
    noise = _drawn(random, 6, 1, 60_000)
    of_two, of_all = noise[:, :2].sum(axis=1), noise[:, :5].sum(axis=1)
    v = 4760 / 1863
    assert of_two.var() == pytest.approx(v * 2 * 4 / 5, rel=0.04)
    assert np.mean(of_two * of_all) == pytest.approx(2 * v / 5, rel=0.1)


@pytest.mark.parametrize(("people", "groups"), [(40, 1), (40, 4), (200, 1), (200, 20)])
def test_its_interval_holds_the_share_95_times_in_100(people: int, groups: int) -> None:
    random = np.random.default_rng(people + groups)
    draws = 4000
    exact = random.multinomial(people, SHARES, draws) + _drawn(random, 6, groups, draws)
    truth = 100 * sum(SHARES[:2]) / sum(SHARES[:5])
    held = 0
    for counts in exact.tolist():
        low, high = NoisyShare(sum(counts[:2]), sum(counts[:5]), groups, 6, 5, 2).interval(Z95).outwards
        held += low <= truth <= high
    assert held / draws >= 0.945


@pytest.mark.parametrize("people", [30, 300])
def test_where_nothing_changes_at_most_5_trends_in_100_name_a_change(people: int) -> None:
    random = np.random.default_rng(people)
    trends, periods = 200, 4
    groups = drawn_groups(random, people, trends * periods)
    named = 0
    for at in range(0, len(groups), periods):
        quarters = enumerate(groups[at : at + periods], 1)
        told = [(f"2026 Q{n}", office_counts([one], survey=SURVEY)) for n, one in quarters]
        named += any(change.verdict in {"drop", "rise"} for change in feedback_trend("quarter", told).changes)
    assert named / trends <= 0.05


def test_shares_are_of_those_who_answered_and_too_few_are_told_nothing() -> None:
    answers = {
        question.id: dict.fromkeys((one.id for one in question.categories), 0) | {question.categories[0].id: 30}
        for question in SURVEY.questions
    }
    for counts in answers.values():
        counts["prefer_not_to_say"] = 10
    found = office_feedback(office_counts([NoisyGroup.read(40, answers)], survey=SURVEY))
    assert [one.share for one in found.together] == [100, 100, 100]
    assert {question.people for question in found.questions} == {40}
    assert found.response_rate is not None
    assert found.response_rate.low <= 75 <= found.response_rate.high
    nobody = office_feedback(office_counts([], survey=SURVEY))
    assert {question.people for question in nobody.questions} == {None}
    assert {one.low for one in nobody.together} == {None}
    assert nobody.response_rate is None


def test_every_answer_but_the_last_is_compared_and_the_best_two_are_together() -> None:
    known = load_benchmarks(FEEDBACK_SET)
    for question in SURVEY.questions:
        comparison = known.of_question(question)
        assert comparison.compared == tuple(one.id for one in question.categories)[:-1]
        assert comparison.together in {(), tuple(one.id for one in question.categories)[:2]}
