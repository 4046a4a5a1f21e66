"""Tables that contain one another differ by nobody or by ten people: the attacker adds and subtracts any of them.

A table is about a set of events: one, a stage's, those with a label, or all. Labels overlap one another and the stages.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from storage.disclosure import Group, Ledger

KEY = ("occupation",)
ALL = ("occupation", "school", "meals", "degree")

Events: TypeAlias = frozenset[bytes]

IDS = (b"fair", b"visit", b"first day", b"second day")
EVENTS = FAIR, VISIT, FIRST_DAY, SECOND_DAY = tuple(frozenset({event}) for event in IDS)
STAGES = OUTREACH, STARTS = FAIR | VISIT, FIRST_DAY | SECOND_DAY
EVERYTHING = OUTREACH | STARTS
LABELS = PLACE, QUARTER, YEAR, TERM = (
    VISIT | FIRST_DAY,
    FAIR | SECOND_DAY,
    EVERYTHING - SECOND_DAY,
    EVERYTHING - FAIR,
)
"""Sets of events across the stages. The year and the term share the place."""
SETS = (*EVENTS, *STAGES, *LABELS, EVERYTHING)


@dataclass(frozen=True)
class Arrival:
    """Some entries at one event, each for so many people."""

    event: bytes
    asked: tuple[str, ...]
    entries: int
    people: int = 1


@dataclass(frozen=True)
class Publication:
    events: Events
    first: tuple[Events, ...] = ()


@dataclass(frozen=True)
class Restart:
    """The ledger is made anew from its groups; those who wait arrive once more, in any order."""

    backwards: bool


Step: TypeAlias = Arrival | Publication | Restart


@dataclass(frozen=True)
class Entered:
    """One entry, whose people can never be told apart."""

    event: bytes
    asked: tuple[str, ...]
    people: int


@dataclass(frozen=True)
class Table:
    """Who was in one published table of one question."""

    events: Events
    entries: frozenset[int]


@dataclass
class Attacker:
    """Plays the steps, and remembers who was in which table."""

    ledger: Ledger[int]
    known: list[Entered] = field(default_factory=list)
    tables: dict[str, list[Table]] = field(default_factory=lambda: defaultdict(list))
    twice: list[tuple[int, ...]] = field(default_factory=list)
    """Publications that showed an entry more than once."""

    def play(self, steps: Sequence[Step]) -> None:
        for step in steps:
            match step:
                case Arrival():
                    for _ in range(step.entries):
                        self._arrive(step)
                case Publication():
                    self._publish(step)
                case Restart():
                    self._restart(backwards=step.backwards)

    def people(self, entries: Iterable[int]) -> int:
        return sum(self.known[entry].people for entry in entries)

    def _arrive(self, step: Arrival) -> None:
        self.known.append(Entered(step.event, step.asked, step.people))
        for _ in range(2):
            self.ledger.arrive(step.event, step.asked, len(self.known) - 1, step.people)

    def _publish(self, step: Publication) -> None:
        shown = self.ledger.publish(step.events, step.first)
        if len(shown) != len(set(shown)):
            self.twice.append(shown)
        for question in ALL:
            asked = frozenset(entry for entry in shown if question in self.known[entry].asked)
            self.tables[question].append(Table(step.events, asked))

    def _restart(self, *, backwards: bool) -> None:
        self.ledger = type(self.ledger)(self.ledger.groups)
        known = list(enumerate(self.known))
        for entry, one in reversed(known) if backwards else known:
            self.ledger.arrive(one.event, one.asked, entry, one.people)

    # What is held against the ledger

    def parted(self) -> list[tuple[Table, Table]]:
        """Nested tables that differ by one to nine people."""
        return [
            (less, more)
            for tables in self.tables.values()
            for less, more in itertools.permutations(tables, 2)
            if less.events <= more.events
            and less.entries <= more.entries
            and 0 < self.people(more.entries - less.entries) < 10
        ]

    def left_over(self) -> list[frozenset[int]]:
        """The smallest sets of people that adding and subtracting tables can single out, where they are under ten."""
        small = []
        for tables in self.tables.values():
            atoms: dict[tuple[bool, ...], set[int]] = defaultdict(set)
            for entry in frozenset[int]().union(*(table.entries for table in tables)):
                atoms[tuple(entry in table.entries for table in tables)].add(entry)
            small += [frozenset(atom) for atom in atoms.values() if self.people(atom) < 10]
        return small

    def vanished(self) -> list[tuple[Table, Table]]:
        """Earlier tables, and later ones about the same events or about more that lack somebody."""
        return [
            (earlier, later)
            for tables in self.tables.values()
            for earlier, later in itertools.combinations(tables, 2)
            if earlier.events <= later.events and not earlier.entries <= later.entries
        ]

    def strangers(self) -> list[tuple[Table, int]]:
        """Entries in a table about other events than theirs."""
        return [
            (table, entry)
            for tables in self.tables.values()
            for table in tables
            for entry in table.entries
            if self.known[entry].event not in table.events
        ]

    @property
    def harmed(self) -> bool:
        return any((self.parted(), self.left_over(), self.vanished(), self.strangers(), self.twice))


ARRIVALS = [
    Arrival(event, asked, entries, people)
    for event, asked, (entries, people) in itertools.product(
        IDS,
        (ALL, KEY),
        [(1, 1), (2, 1), (3, 1), (5, 1), (9, 1), (10, 1), (13, 1), (2, 3), (1, 9), (1, 10), (1, 15)],
    )
]
PUBLICATIONS = [
    Publication(events, first) for events, first in itertools.product(SETS, ((), STAGES, (TERM, PLACE, OUTREACH)))
]
RESTARTS = [Restart(backwards) for backwards in (False, True)]


def sequences(restarts: Sequence[Step] = RESTARTS) -> st.SearchStrategy[list[Step]]:
    """Eight publications or more, with people arriving before and between them."""
    step = st.sampled_from([*ARRIVALS, *ARRIVALS, *PUBLICATIONS * 3, *[*restarts] * 6])
    published = st.tuples(st.lists(st.sampled_from(ARRIVALS), max_size=2), st.sampled_from(PUBLICATIONS))
    return st.builds(
        lambda steps, last: [*steps, *(one for arrivals, publication in last for one in (*arrivals, publication))],
        st.lists(step, min_size=4, max_size=30),
        st.lists(published, min_size=8, max_size=8),
    )


def attack(steps: Sequence[Step], ledger: type[Ledger[int]] = Ledger) -> Attacker:
    attacker = Attacker(ledger())
    attacker.play(steps)
    return attacker


# The attacker


@settings(max_examples=250, deadline=None)
@given(sequences())
def test_nested_tables_differ_by_nobody_or_by_at_least_ten(steps: list[Step]) -> None:
    assert not attack(steps).parted()


@settings(max_examples=250, deadline=None)
@given(sequences())
def test_adding_and_subtracting_tables_never_leaves_fewer_than_ten(steps: list[Step]) -> None:
    assert not attack(steps).left_over()


@settings(max_examples=120, deadline=None)
@given(sequences())
def test_nobody_leaves_a_table_nor_enters_one_that_is_not_about_them(steps: list[Step]) -> None:
    attacker = attack(steps)
    assert not attacker.vanished()
    assert not attacker.strangers()
    assert not attacker.twice


def _together(attacker: Attacker) -> set[tuple[Events, frozenset[int]]]:
    return {(group.events, frozenset(group.entries)) for group in attacker.ledger.groups}


@settings(max_examples=120, deadline=None)
@given(sequences())
def test_a_ledger_goes_on_from_its_groups_as_if_it_had_never_stopped(steps: list[Step]) -> None:
    going = attack([step for step in steps if not isinstance(step, Restart)])
    stopping = attack([between for step in steps for between in (step, Restart(backwards=False))])
    assert going.tables == stopping.tables
    assert _together(going) == _together(stopping)


@settings(max_examples=120, deadline=None)
@given(sequences())
def test_every_group_is_of_ten_or_more_who_were_asked_the_same_and_names_exactly_their_events(
    steps: list[Step],
) -> None:
    attacker = attack(steps)
    for group in attacker.ledger.groups:
        assert attacker.people(group.entries) >= 10
        assert len({attacker.known[entry].asked for entry in group.entries}) == 1
        assert {attacker.known[entry].event for entry in group.entries} == group.events
    entered = [entry for group in attacker.ledger.groups for entry in group.entries]
    assert len(entered) == len(set(entered))


@settings(max_examples=120, deadline=None)
@given(sequences(), st.sampled_from(PUBLICATIONS))
def test_after_a_table_at_most_nine_of_each_kind_wait_in_its_events(steps: list[Step], last: Publication) -> None:
    attacker = attack([*steps, last])
    entered = {entry for group in attacker.ledger.groups for entry in group.entries}
    for asked in (ALL, KEY):
        waiting = [
            entry
            for entry, one in enumerate(attacker.known)
            if entry not in entered and one.event in last.events and one.asked == asked
        ]
        assert attacker.people(waiting) < 10


@settings(max_examples=120, deadline=None)
@given(sequences(), st.sampled_from(PUBLICATIONS))
def test_a_table_shows_every_group_whose_events_it_covers_and_no_part_of_another(
    steps: list[Step], last: Publication
) -> None:
    attacker = attack([*steps, last])
    shown = attacker.ledger.publish(last.events, last.first)
    for group in attacker.ledger.groups:
        came_to = {attacker.known[entry].event for entry in group.entries}
        assert set(group.entries) & set(shown) == (set(group.entries) if came_to <= last.events else set())


@settings(max_examples=120, deadline=None)
@given(sequences(), st.sampled_from(PUBLICATIONS))
def test_people_enter_with_no_more_events_than_they_need_to_be_ten(steps: list[Step], last: Publication) -> None:
    attacker = attack(steps)
    before = len(attacker.ledger.groups)
    attacker.play([last])
    narrower = [together for together in (*EVENTS, *last.first) if together <= last.events]
    for group in attacker.ledger.groups[before:]:
        assert group.events <= last.events
        for together in narrower:
            if group.events <= together:
                break
            assert attacker.people(one for one in group.entries if attacker.known[one].event in together) < 10


# Controls: the attacker notices a ledger that does less


class AllAtOnce(Ledger[int]):
    """Everybody who came enters every table at once."""

    def publish(self, events: Events, first: Iterable[Events] = ()) -> tuple[int, ...]:
        for event, asked in list(self._waiting):
            if event in events:
                entries = tuple(self._waiting.pop((event, asked)))
                self._groups.append(Group(frozenset({event}), entries))
        return super().publish(events, first)


class HeldBackAlone(Ledger[int]):
    """A table stays as it stood until ten more could enter it, but each table by itself."""

    def __init__(self, groups: Iterable[Group[int]] = ()) -> None:
        super().__init__(groups)
        self._came: dict[int, tuple[bytes, int]] = {}
        self._last: dict[Events, tuple[int, ...]] = defaultdict(tuple)

    def arrive(self, event: bytes, asked: tuple[str, ...], entry: int, people: int = 1) -> None:
        super().arrive(event, asked, entry, people)
        self._came[entry] = event, people

    def publish(self, events: Events, first: Iterable[Events] = ()) -> tuple[int, ...]:  # noqa: ARG002
        now = tuple(entry for entry, (event, _) in self._came.items() if event in events)
        if sum(self._came[entry][1] for entry in set(now) - set(self._last[events])) >= 10:
            self._last[events] = now
        return self._last[events]


class GroupsParted(Ledger[int]):
    """A table shows those of a group who came to its events, and leaves out the others."""

    def __init__(self, groups: Iterable[Group[int]] = ()) -> None:
        super().__init__(groups)
        self._came: dict[int, bytes] = {}

    def arrive(self, event: bytes, asked: tuple[str, ...], entry: int, people: int = 1) -> None:
        super().arrive(event, asked, entry, people)
        self._came[entry] = event

    def publish(self, events: Events, first: Iterable[Events] = ()) -> tuple[int, ...]:
        super().publish(events, first)
        return tuple(entry for group in self._groups for entry in group.entries if self._came[entry] in events)


class GroupsWithAnEventInCommon(Ledger[int]):
    """A table shows every group that came to one of its events, or more."""

    def publish(self, events: Events, first: Iterable[Events] = ()) -> tuple[int, ...]:
        super().publish(events, first)
        return tuple(entry for group in self._groups if group.events & events for entry in group.entries)


class WhateverTheyWereAsked(Ledger[int]):
    """People who were asked different questions enter together."""

    def _enter(self, together: Events) -> None:
        keys = [(event, asked) for event, asked in self._waiting if event in together]
        if sum(sum(self._waiting[key].values()) for key in keys) >= 10:
            entries = tuple(entry for key in keys for entry in self._waiting.pop(key))
            self._groups.append(Group(frozenset(event for event, _ in keys), entries))


class EntriesCountedTwice(Ledger[int]):
    """Whoever arrives counts as two."""

    def arrive(self, event: bytes, asked: tuple[str, ...], entry: int, people: int = 1) -> None:
        super().arrive(event, asked, entry, people * 2)


CONTROLS = (AllAtOnce, HeldBackAlone, GroupsParted, WhateverTheyWereAsked, EntriesCountedTwice)
UNSHRUNK = settings(max_examples=500, database=None, deadline=None, phases=[Phase.generate])


@pytest.mark.parametrize("control", CONTROLS)
def test_the_attacker_catches_a_ledger_that_does_less(control: type[Ledger[int]]) -> None:
    def caught(steps: Sequence[Step]) -> bool:
        return bool(attack(steps, control).left_over())

    assert not attack(find(sequences(restarts=()), caught, settings=UNSHRUNK)).harmed


@pytest.mark.parametrize("control", CONTROLS)
def test_the_attacker_catches_nested_tables_a_few_people_apart(control: type[Ledger[int]]) -> None:
    def caught(steps: Sequence[Step]) -> bool:
        return bool(attack(steps, control).parted())

    assert not attack(find(sequences(restarts=()), caught, settings=UNSHRUNK)).parted()


def test_the_attacker_catches_people_in_a_table_that_is_not_about_them() -> None:
    def caught(steps: Sequence[Step]) -> bool:
        return bool(attack(steps, GroupsWithAnEventInCommon).strangers())

    assert not attack(find(sequences(restarts=()), caught, settings=UNSHRUNK)).harmed


# By hand


def numbered(ledger: Ledger[str], event: bytes, names: str, asked: tuple[str, ...] = ALL) -> None:
    for name in names:
        ledger.arrive(event, asked, name)


def test_nine_people_wait_and_ten_enter() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcdefghi")
    assert ledger.publish(FAIR) == ()
    assert not ledger.groups
    numbered(ledger, b"fair", "j")
    assert ledger.publish(FAIR) == tuple("abcdefghij")
    assert ledger.groups == (Group(FAIR, tuple("abcdefghij")),)


def test_those_who_come_after_wait_for_ten_of_their_own() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcdefghijk")
    ledger.publish(FAIR)
    numbered(ledger, b"fair", "lmnopqrst")
    assert ledger.publish(FAIR) == tuple("abcdefghijk")
    numbered(ledger, b"fair", "u")
    assert ledger.publish(FAIR) == tuple("abcdefghijklmnopqrstu")


def test_those_who_wait_at_two_events_enter_together_in_the_table_of_their_stage_and_never_in_their_events() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcdef")
    numbered(ledger, b"visit", "ghij")
    assert ledger.publish(OUTREACH) == tuple("abcdefghij")
    numbered(ledger, b"fair", "klmn")
    assert ledger.publish(FAIR) == ()
    assert ledger.publish(VISIT) == ()
    numbered(ledger, b"fair", "opqrst")
    assert ledger.publish(FAIR) == tuple("klmnopqrst")
    assert ledger.publish(OUTREACH) == tuple("abcdefghijklmnopqrst")


def test_people_enter_with_their_event_else_their_stage_else_everybody() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcdefghij")
    numbered(ledger, b"visit", "klmno")
    numbered(ledger, b"first day", "pqrst")
    numbered(ledger, b"second day", "uvwxy")
    ledger.publish(EVERYTHING, STAGES)
    assert [(group.events, "".join(group.entries)) for group in ledger.groups] == [
        (FAIR, "abcdefghij"),
        (STARTS, "pqrstuvwxy"),
    ]
    numbered(ledger, b"second day", "ABCDE")
    assert "".join(ledger.publish(EVERYTHING, STAGES)) == "abcdefghijpqrstuvwxyklmnoABCDE"
    assert ledger.groups[-1].events == VISIT | SECOND_DAY
    assert ledger.publish(OUTREACH) == tuple("abcdefghij")


def test_without_stages_first_people_enter_with_everybody_who_waits_in_the_events_of_the_table() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcdefghij")
    numbered(ledger, b"visit", "klmno")
    numbered(ledger, b"first day", "pqrst")
    numbered(ledger, b"second day", "uvwxy")
    ledger.publish(EVERYTHING)
    assert ledger.groups == (Group(FAIR, tuple("abcdefghij")), Group(TERM, tuple("klmnopqrstuvwxy")))
    assert ledger.publish(TERM) == tuple("klmnopqrstuvwxy")
    assert ledger.publish(STARTS) == ()


@pytest.mark.parametrize(
    ("first", "entered", "waits"),
    [
        ((OUTREACH, PLACE), Group(OUTREACH, tuple("abcdefghij")), STARTS),
        ((PLACE, OUTREACH), Group(PLACE, tuple("fghijklmno")), QUARTER),
    ],
)
def test_the_sets_that_come_first_are_taken_in_their_order(
    first: tuple[Events, ...], entered: Group[str], waits: Events
) -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcde")
    numbered(ledger, b"visit", "fghij")
    numbered(ledger, b"first day", "klmno")
    assert ledger.publish(EVERYTHING, first) == entered.entries
    assert ledger.groups == (entered,)
    assert ledger.publish(waits) == ()
    numbered(ledger, b"second day", "pqrst")
    assert len(ledger.publish(waits)) == 10


def test_a_set_that_comes_first_is_ignored_where_the_table_does_not_cover_it() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcde")
    numbered(ledger, b"visit", "fghij")
    numbered(ledger, b"second day", "klmnopqrst")
    for table in (FAIR, VISIT, PLACE, FAIR | FIRST_DAY):
        assert ledger.publish(table, (*STAGES, QUARTER, EVERYTHING)) == ()
        assert not ledger.groups
    numbered(ledger, b"first day", "ABCDE")
    assert ledger.publish(PLACE, (*STAGES, EVERYTHING)) == tuple("fghijABCDE")
    assert ledger.groups == (Group(PLACE, tuple("fghijABCDE")),)
    assert ledger.publish(EVERYTHING - PLACE) == tuple("klmnopqrst")
    numbered(ledger, b"visit", "FGHIJ")
    numbered(ledger, b"first day", "KLMNO")
    numbered(ledger, b"second day", "PQRST")
    ledger.publish(TERM, [YEAR])
    assert ledger.groups[-1].events == TERM


def test_the_table_of_a_label_shows_only_groups_whose_events_all_carry_it() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"visit", "abcdefghij")
    numbered(ledger, b"first day", "klmnopqrst")
    ledger.publish(EVERYTHING)
    numbered(ledger, b"visit", "ABCDE")
    numbered(ledger, b"fair", "FGHIJ")
    ledger.publish(OUTREACH)
    numbered(ledger, b"first day", "KLMNOPQRS")
    numbered(ledger, b"second day", "T")
    ledger.publish(STARTS)
    assert [group.events for group in ledger.groups] == [VISIT, FIRST_DAY, OUTREACH, STARTS]
    assert ledger.publish(PLACE) == tuple("abcdefghijklmnopqrst")
    assert ledger.publish(QUARTER) == ()
    assert ledger.publish(YEAR) == tuple("abcdefghijklmnopqrstABCDEFGHIJ")
    assert ledger.publish(TERM) == tuple("abcdefghijklmnopqrstKLMNOPQRST")
    assert len(ledger.publish(EVERYTHING)) == 40


def test_small_events_with_a_label_enter_its_table_together_and_no_narrower_one() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"visit", "abcd")
    numbered(ledger, b"first day", "efghi")
    numbered(ledger, b"fair", "jklmnopqr")
    assert ledger.publish(PLACE, STAGES) == ()
    numbered(ledger, b"first day", "A")
    assert ledger.publish(PLACE, STAGES) == tuple("abcdefghiA")
    assert ledger.groups == (Group(PLACE, tuple("abcdefghiA")),)
    assert [ledger.publish(table) for table in (VISIT, FIRST_DAY, *STAGES, QUARTER)] == [()] * 5
    assert [ledger.publish(table) for table in (YEAR, TERM, EVERYTHING)] == [tuple("abcdefghiA")] * 3


@pytest.mark.parametrize("restarted", [False, True])
def test_a_label_that_moves_to_other_events_never_parts_a_group(*, restarted: bool) -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"visit", "abcdefghi")
    numbered(ledger, b"first day", "j")
    together = tuple("abcdefghij")
    assert ledger.publish(PLACE) == together
    if restarted:
        ledger = Ledger(ledger.groups)
    for others in (VISIT, FIRST_DAY, VISIT | FAIR, VISIT | SECOND_DAY, QUARTER, VISIT | QUARTER, STARTS):
        assert ledger.publish(others) == ()
        assert ledger.publish(others, (PLACE, VISIT)) == ()
    for wider in (PLACE, YEAR, TERM, EVERYTHING):
        assert ledger.publish(wider) == together
    numbered(ledger, b"visit", "klmnopqrst")
    assert ledger.publish(VISIT | SECOND_DAY) == tuple("klmnopqrst")
    assert ledger.publish(PLACE) == (*together, *"klmnopqrst")
    assert ledger.groups == (Group(PLACE, together), Group(VISIT, tuple("klmnopqrst")))


def test_a_table_about_no_events_shows_nobody() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcdefghij")
    assert ledger.publish(frozenset(), STAGES) == ()
    assert not ledger.groups


def test_people_who_were_asked_less_wait_for_others_who_were_asked_the_same() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, b"fair", "abcdefghi")
    numbered(ledger, b"fair", "klmnopqrs", asked=KEY)
    assert ledger.publish(EVERYTHING) == ()
    numbered(ledger, b"visit", "t", asked=KEY)
    assert ledger.publish(EVERYTHING) == tuple("klmnopqrst")


def test_whoever_arrives_twice_counts_once() -> None:
    ledger: Ledger[str] = Ledger()
    for _ in range(3):
        numbered(ledger, b"fair", "abcdefghi")
    assert ledger.publish(FAIR) == ()
    numbered(ledger, b"fair", "j")
    for _ in range(2):
        numbered(ledger, b"fair", "abcdefghij")
        numbered(ledger, b"visit", "abcdefghij", asked=KEY)
        assert ledger.publish(EVERYTHING) == tuple("abcdefghij")


def test_whoever_entered_before_a_restart_counts_once() -> None:
    before: Ledger[str] = Ledger()
    numbered(before, b"fair", "abcdefghij")
    before.publish(FAIR)
    after = Ledger(before.groups)
    numbered(after, b"fair", "abcdefghij")
    assert after.publish(FAIR) == tuple("abcdefghij")
    assert after.groups == before.groups


@pytest.mark.parametrize("people", [10, 15])
def test_a_batch_enters_by_itself(people: int) -> None:
    ledger: Ledger[str] = Ledger()
    ledger.arrive(b"fair", ALL, "batch", people)
    assert ledger.publish(FAIR) == ("batch",)


def test_ten_people_who_come_as_one_are_never_put_together_with_others() -> None:
    ledger: Ledger[str] = Ledger()
    ledger.arrive(b"fair", ALL, "four", 4)
    ledger.arrive(b"fair", ALL, "batch", 10)
    ledger.arrive(b"fair", ALL, "six", 6)
    assert ledger.publish(FAIR) == ("batch", "four", "six")
    assert [group.entries for group in ledger.groups] == [("batch",), ("four", "six")]


def test_people_are_counted_and_not_entries() -> None:
    ledger: Ledger[str] = Ledger()
    ledger.arrive(b"fair", ALL, "four", 4)
    ledger.arrive(b"fair", ALL, "five", 5)
    assert ledger.publish(FAIR) == ()
    ledger.arrive(b"fair", ALL, "one")
    assert ledger.publish(FAIR) == ("four", "five", "one")


def test_a_table_is_of_its_own_events() -> None:
    ledger: Ledger[str] = Ledger()
    for event, name in zip(IDS, "abcd", strict=True):
        ledger.arrive(event, ALL, name, 10)
    assert [ledger.publish(event) for event in EVENTS] == [("a",), ("b",), ("c",), ("d",)]
    assert ledger.publish(OUTREACH) == ("a", "b")
    assert ledger.publish(STARTS) == ("c", "d")
    assert ledger.publish(PLACE) == ("b", "c")
    assert ledger.publish(QUARTER) == ("a", "d")
    assert ledger.publish(YEAR) == ("a", "b", "c")
    assert ledger.publish(TERM) == ("b", "c", "d")
    assert ledger.publish(EVERYTHING) == ("a", "b", "c", "d")
