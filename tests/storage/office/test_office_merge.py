"""Whatever order laptops and an office do their parts in, every response is counted once and none is lost.

A machine plays any interleaving of answers, exports (old ones too), imports, looks at tables, receipts, deletions and
restarts, with real sealing, beside a model of plain sets.
"""

from __future__ import annotations

import functools
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from storage.crypto.sealing import Response, SealedResponse, seal
from storage.errors import EventEndedError, ReceiptError
from storage.kiosk.outbox import Outbox
from storage.office.labels import Scope
from storage.settings import Settings
from tests.storage.counts.people import EVERYTHING, KEY_ONLY, people
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    content_of,
    event_of,
    every_scope,
    export,
    hold_at_once,
    make_laptop,
    numbers_of,
    opened_laptop,
    play,
    recount,
    settings_for,
    sums,
)

Asked = tuple[bool, bool, bool, bool]
USED = LAPTOPS[:3]
STOCK = 80


@dataclass(frozen=True)
class Occasion:
    """An event as the test knows it."""

    settings: Settings
    quarter: str

    @functools.cached_property
    def id(self) -> bytes:
        return event_of(self.settings).id


OCCASIONS = (
    Occasion(settings_for("Fair", "2026-10-01", "Leeds", "outreach"), "2026 Q4"),
    Occasion(settings_for("Visit", "2026-12-31", "Leeds", "outreach"), "2026 Q4"),
    Occasion(settings_for("First day", "2027-01-01", "York", "starts"), "2027 Q1"),
    Occasion(settings_for("Second day", "2026-11-11", "Leeds", "starts"), "2026 Q4"),
)
PLACES = range(len(OCCASIONS))

Held = tuple[int, int]
"""A laptop and an event, by number."""


@dataclass(frozen=True)
class Person:
    """Somebody who answered, or a row that does not open."""

    sealed: SealedResponse
    event: int
    response: Response | None


@dataclass(frozen=True)
class Sent:
    """An export that was made."""

    laptop: int
    event: int
    people: frozenset[Person]
    content: bytes


@functools.cache
def stock(event: int, asked: Asked) -> tuple[Person, ...]:
    """People who may answer at an event, sealed once for all examples."""
    ours = event_of(OCCASIONS[event].settings)
    answers = people(STOCK, seed=event, asked=asked)
    return tuple(Person(seal(one, OFFICE.public, ours), event, one) for one in answers)


@functools.cache
def strangers(event: int) -> tuple[Person, ...]:
    """Rows that are sealed for another event than the one they are handed over with."""
    other = event_of(OCCASIONS[event - 1].settings)
    return tuple(Person(seal(one, OFFICE.public, other), event, None) for one in people(6))


class Merging(RuleBasedStateMachine):
    """Laptops and their office, beside what they should hold."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.desk = Desk.at(self.folder / "office", USED)
        self.laptops = [make_laptop(self.folder / f"laptop-{place}", key) for place, key in enumerate(USED)]
        self.left = {(event, asked): list(stock(event, asked)) for event in PLACES for asked in (EVERYTHING, KEY_ONLY)}
        self.foreign = {event: list(strangers(event)) for event in PLACES}
        self.held: dict[Held, set[Person]] = {}
        self.deleted: set[Held] = set()
        self.gone: set[Person] = set()
        self.sent: list[Sent] = []
        self.receipts: dict[tuple[int, int, frozenset[Person]], bytes] = {}
        self.arrived: set[Person] = set()
        self.known: set[int] = set()
        """Events that the office has heard of."""
        self.levels: dict[int, int] = {}
        self.groups: dict[int, frozenset[bytes]] = {}
        """The ids of the responses in each."""

    # What people do

    @rule(
        laptop=st.sampled_from(range(len(USED))),
        event=st.sampled_from(PLACES),
        asked=st.sampled_from([EVERYTHING, KEY_ONLY]),
        count=st.sampled_from([0, 1, 2, 3, 7, 10, 13, 24, 24, 31]),
    )
    def answer(self, laptop: int, event: int, asked: Asked, count: int) -> None:
        left = self.left[event, asked]
        coming = [left.pop() for _ in range(min(count, len(left)))]
        with opened_laptop(self.laptops[laptop], OCCASIONS[event].settings) as kiosk:
            if (laptop, event) in self.deleted:
                for one in coming[:1]:
                    with pytest.raises(EventEndedError):
                        kiosk.keep(one.sealed)
                return
            hold_at_once(kiosk, (one.sealed for one in coming))
        self.held.setdefault((laptop, event), set()).update(coming)

    @rule(laptop=st.sampled_from(range(len(USED))), event=st.sampled_from(PLACES))
    def keep_what_was_sealed_for_another_event(self, laptop: int, event: int) -> None:
        held = self.held.get((laptop, event), set())
        if any(one.response for one in held) and self.foreign[event]:
            stranger = self.foreign[event].pop()
            with opened_laptop(self.laptops[laptop], OCCASIONS[event].settings) as kiosk:
                hold_at_once(kiosk, [stranger.sealed])
            held.add(stranger)

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 100))
    def hand_over(self, which: int) -> None:
        (laptop, event), held = sorted(self.held.items())[which % len(self.held)]
        other = OCCASIONS[which % len(OCCASIONS)].settings
        with opened_laptop(self.laptops[laptop], other) as kiosk:
            self.held.setdefault((laptop, which % len(OCCASIONS)), set())
            outbox, sent = Outbox(kiosk), event_of(OCCASIONS[event].settings)
            handed = outbox.export(USED[laptop], sent, outbox.sealed(sent))
            outbox.note_export(handed)
        assert handed.responses == len(held)
        self.sent.append(Sent(laptop, event, frozenset(held), handed.content))

    @precondition(lambda self: self.receipts)
    @rule(
        turned=st.sampled_from([0, 0, 0, 1]), which=st.integers(0, 100), deletes=st.sampled_from([False, False, True])
    )
    def bring_back_a_receipt(self, turned: int, which: int, *, deletes: bool) -> None:
        (owner, event, covered), receipt = list(self.receipts.items())[which % len(self.receipts)]
        laptop = (owner + turned) % len(USED)
        held = self.held.get((laptop, event), set())
        good = laptop == owner and frozenset(held) == covered and (laptop, event) not in self.deleted
        before = {place: set(here) for place, here in self.held.items()}
        with opened_laptop(self.laptops[laptop], OCCASIONS[which % len(OCCASIONS)].settings) as kiosk:
            before.setdefault((laptop, which % len(OCCASIONS)), set())
            self.held = before
            act = Outbox(kiosk).delete if deletes else Outbox(kiosk).take_receipt
            if not good:
                with pytest.raises(ReceiptError):
                    act(USED[laptop], receipt)
            else:
                act(USED[laptop], receipt)
                if deletes:
                    self.gone |= self.held[laptop, event]
                    self.held[laptop, event] = set()
                    self.deleted.add((laptop, event))
        self._laptop_holds_what_it_should(laptop)

    # What the office does

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 100))
    def bring(self, which: int) -> None:
        self._bring(self.sent[which % len(self.sent)])

    @rule(which=st.integers(0, 100))
    def look(self, which: int) -> None:
        scopes = [
            *every_scope(self.desk.office),
            Scope.of({"stage": "outreach", "quarter": "2026 Q4", "place": "Leeds"}),
        ]
        self._look(scopes[which % len(scopes)])

    @precondition(lambda self: self.known)
    @rule(which=st.integers(0, 100), level=st.sampled_from([None, 2, 3]))
    def describe(self, which: int, level: int | None) -> None:
        event = sorted(self.known)[which % len(self.known)]
        self.desk.office.describe(event_of(OCCASIONS[event].settings), None, level)
        self.levels.pop(event, None)
        if level:
            self.levels[event] = level

    @rule()
    def close_and_open(self) -> None:
        self.desk.reopen()

    # What must hold

    def _bring(self, sent: Sent) -> None:
        fresh = sent.people - self.arrived
        brought = self.desk.bring(sent.content)
        assert (brought.responses, brought.new) == (len(sent.people), len(fresh))
        assert brought.unreadable == sum(one.response is None for one in fresh)
        covered = sent.laptop, sent.event, sent.people
        assert self.receipts.setdefault(covered, brought.receipt) == brought.receipt
        self.arrived |= fresh
        self.known.add(sent.event)
        held = {(id_, sealed) for _, id_, sealed, _ in content_of(self.desk.path)["response"]}
        assert held == {(one.sealed.id, one.sealed.sealed) for one in self.arrived}
        assert self.gone <= self.arrived, "a laptop deletes only what the office has"

    def _look(self, scope: Scope) -> None:
        counts = self.desk.counts(scope)
        covered = [place for place in self.known if scope.labels <= self._labels(place)]
        here = {one for one in self.arrived if one.event in covered}
        groups = self._groups()
        inside = [group for group in groups if {one.event for one in group} <= set(covered)]
        members = {one for group in inside for one in group}
        elsewhere = {one for group in groups for one in group} & here - members
        unreadable = {one for one in here if one.response is None}
        waiting = here - members - elsewhere - unreadable
        assert {one.id for one in counts.events} == {OCCASIONS[place].id for place in covered}
        assert sums(counts) == tuple(map(len, (here, members, elsewhere, waiting, unreadable)))
        for asked in (EVERYTHING, KEY_ONLY):
            assert sum(one in stock(one.event, asked) for one in waiting) < 10, "ten who wait become a group"
        assert numbers_of(counts) == recount(
            [(one.sealed, one.response) for one in group if one.response] for group in inside
        )

    def _labels(self, place: int) -> set[tuple[str, str]]:
        occasion = OCCASIONS[place]
        details = occasion.settings.event
        level = {("level", str(self.levels[place]))} if place in self.levels else set()
        always = {("stage", details.stage), ("place", details.place)}
        always |= {("year", occasion.quarter[:4]), ("quarter", occasion.quarter)}
        return {*always, *level, ("event", occasion.id.hex())}

    def _groups(self) -> list[list[Person]]:
        """Who is in each; none has changed."""
        now = self.desk.groups()
        assert {number: now[number] for number in self.groups} == self.groups, "a group never changes"
        self.groups = now
        who = {one.sealed.id: one for one in self.arrived}
        groups = [[who[id_] for id_ in ids] for ids in now.values()]
        for group in groups:
            assert len(group) >= 10
            assert len({one.response and tuple(map(bool, one.response.codes)) for one in group}) == 1
            assert all(one.response for one in group)
        return groups

    def _laptop_holds_what_it_should(self, laptop: int) -> None:
        with opened_laptop(self.laptops[laptop], OCCASIONS[0].settings) as kiosk:
            self.held.setdefault((laptop, 0), set())
            found = {held.event.id: set(Outbox(kiosk).sealed(held.event)) for held in Outbox(kiosk).events()}
        ours = {place: people for (who, place), people in self.held.items() if who == laptop}
        assert found == {OCCASIONS[place].id: {one.sealed for one in people} for place, people in ours.items()}

    def teardown(self) -> None:
        """Whatever happened: once all is handed over, the office has everybody, whatever came before."""
        for laptop in range(len(USED)):
            self._laptop_holds_what_it_should(laptop)
        for (laptop, event), held in self.held.items():
            with opened_laptop(self.laptops[laptop], OCCASIONS[event].settings) as kiosk:
                handed = Outbox(kiosk).export(USED[laptop], kiosk.event, kiosk.responses())
            self.sent.append(Sent(laptop, event, frozenset(held), handed.content))
        for sent in self.sent:
            self._bring(sent)
        assert self.arrived == set().union(self.gone, *self.held.values(), *(sent.people for sent in self.sent))
        for scope in every_scope(self.desk.office):
            self._look(scope)
        for place in self.levels:
            self.desk.office.describe(event_of(OCCASIONS[place].settings), None, None)
        self.desk.office.close()


@pytest.mark.parametrize(("examples", "steps"), [(4, 25), pytest.param(1000, 60, marks=pytest.mark.long)])
def test_whatever_laptops_and_office_do_in_whatever_order_nobody_is_lost_or_counted_twice(
    examples: int, steps: int, memory_folder: Path
) -> None:
    play(lambda: Merging(memory_folder), examples, steps)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.sampled
def test_any_order_and_repetition_of_overlapping_exports_gives_the_same_content_and_receipts(
    seed: int, memory_folder: Path
) -> None:
    random = Random(seed)  # noqa: S311 - orders
    sent = []
    for event in PLACES:
        anybody = [*stock(event, EVERYTHING), *stock(event, KEY_ONLY), *strangers(event)]
        ours = event_of(OCCASIONS[event].settings)
        for laptop in USED:
            rows = [one.sealed for one in random.sample(anybody, 40)]
            sent += [export(ours, rows[:count], laptop) for count in (0, 20, 40)]
    contents, receipts = [], []
    for run in range(3):
        desk = Desk.at(memory_folder / str(run), random.sample(USED, 3))
        given: dict[bytes, set[bytes]] = defaultdict(set)
        for content in random.sample(sent, len(sent)) + random.choices(sent, k=5):
            given[content].add(desk.bring(content).receipt)
        desk.office.close()
        contents.append(content_of(desk.path))
        receipts.append(given)
    assert contents[0] == contents[1] == contents[2]
    assert receipts[0] == receipts[1] == receipts[2]
    assert all(len(found) == 1 for found in receipts[0].values())
