"""Groups, and an office's counts of them, made of the noisy counts that a test names."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from content.survey import Survey, load_survey
from storage.counts.disclosure import GroupSum, OfficeCounts
from storage.counts.noise import NoisyGroup
from storage.counts.tally import Tally
from storage.events import Event

Noisy = Mapping[str, tuple[int, ...]]
"""Noisy counts by question, in the order of its categories."""

CATEGORIES = {
    question.id: tuple(category.id for category in question.categories) for question in load_survey().questions
}
QUESTIONS = list(CATEGORIES)


def named(counts: Mapping[str, Sequence[int]]) -> dict[str, dict[str, int]]:
    """Counts by question and category."""
    return {question: dict(zip(CATEGORIES[question], numbers, strict=True)) for question, numbers in counts.items()}


def tally(**counts: Sequence[int]) -> Tally:
    return Tally(named(counts))


def group_of(noisy: Mapping[str, Sequence[int]]) -> NoisyGroup:
    """One group whose noisy counts are these."""
    return NoisyGroup.read(sum(next(iter(noisy.values()))), named(noisy))


def office_counts(  # noqa: PLR0913 - each is one thing that an office may say
    groups: Sequence[NoisyGroup],
    events: Sequence[Event] = (),
    survey: Survey | None = None,
    *,
    threshold: int = 10,
    waiting: int = 0,
    elsewhere: int = 0,
    head_count: int | None = None,
) -> OfficeCounts:
    """As the office gives them, for these groups."""
    total, questions = GroupSum.of(groups), (survey or load_survey()).questions
    return OfficeCounts(
        events=tuple(events),
        tables=tuple(total.publish(question.id, threshold, survey or load_survey()) for question in questions),
        threshold=threshold,
        held=total.people + waiting + elsewhere,
        in_counts=total.people,
        elsewhere=elsewhere,
        waiting=waiting,
        unreadable=0,
        head_count=head_count,
        questions=questions if survey else (),
    )


def noisy_counts(number: st.SearchStrategy[int]) -> st.SearchStrategy[dict[str, tuple[int, ...]]]:
    """Counts of up to all four questions, but always of the first."""
    return st.fixed_dictionaries(
        {"occupation": st.tuples(*[number] * len(CATEGORIES["occupation"]))},
        optional={name: st.tuples(*[number] * len(CATEGORIES[name])) for name in ("school", "meals", "degree")},
    )
