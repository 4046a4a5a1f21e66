"""Who becomes a group at the office: those who wait at one event where they are ten, else with others who wait.

It looks at how many wait where and at nothing that they answered, and it looks at all events at once, so that it does
not depend on which table somebody asks for first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from storage.counts.noise import THRESHOLD
from storage.events import Stage


@dataclass(frozen=True)
class Waiting:
    """People of one event who were asked the same and are in no group yet."""

    event: bytes
    """The event's id."""
    stage: Stage
    asked: int
    """Which questions they were asked, as `storage.counts.tally.asked_mask` has it."""
    people: int
    occasion: bytes = b""
    """The id of the event in one of its spellings, the same in all; empty where it has but one."""
    question_set: str = ""
    """The name of the set that these questions are of: people of different sets never enter a group together."""

    @property
    def were_asked(self) -> Hashable:
        """The same for people who were asked the same."""
        return self.question_set, self.asked


def plan_groups(waiting: Sequence[Waiting]) -> list[tuple[Waiting, ...]]:
    """The groups to be made now, each of ten people or more: of one event; else of one stage; else of all events."""
    made: list[tuple[Waiting, ...]] = []
    left = sorted(waiting, key=lambda one: (one.event, one.asked))
    together: tuple[Callable[[Waiting], Hashable], ...] = (
        lambda one: (one.occasion or one.event, one.were_asked),
        lambda one: (one.stage, one.were_asked),
        lambda one: one.were_asked,
    )
    for which in together:
        parts: dict[Hashable, list[Waiting]] = {}
        for one in left:
            parts.setdefault(which(one), []).append(one)
        enough = [tuple(part) for part in parts.values() if sum(one.people for one in part) >= THRESHOLD]
        made += enough
        entered = {one for part in enough for one in part}
        left = [one for one in left if one not in entered]
    return made
