"""Tables that contain one another differ by nobody or by ten people: the attacker adds and subtracts any of them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from storage.disclosure import EVERYTHING, Group, Ledger, Scope

KEY = ("occupation",)
ALL = ("occupation", "school", "meals", "degree")

FAIR, VISIT = Scope("outreach", b"fair"), Scope("outreach", b"visit")
FIRST_DAY, SECOND_DAY = Scope("starts", b"first day"), Scope("starts", b"second day")
EVENTS = (FAIR, VISIT, FIRST_DAY, SECOND_DAY)
OUTREACH, STARTS = Scope("outreach"), Scope("starts")
SCOPES = (*EVENTS, OUTREACH, STARTS, EVERYTHING)


@dataclass(frozen=True)
class Arrival:
    """Some entries at one event, each for so many people."""

    event: Scope
    asked: tuple[str, ...]
    entries: int
    people: int = 1


@dataclass(frozen=True)
class Publication:
    scope: Scope


@dataclass(frozen=True)
class Restart:
    """The ledger is made anew from its groups; those who wait arrive once more, in any order."""

    backwards: bool


Step: TypeAlias = Arrival | Publication | Restart


@dataclass(frozen=True)
class Entered:
    """One entry, whose people can never be told apart."""

    event: Scope
    asked: tuple[str, ...]
    people: int


@dataclass(frozen=True)
class Table:
    """Who was in one published table of one question."""

    scope: Scope
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
                    self._publish(step.scope)
                case Restart():
                    self._restart(backwards=step.backwards)

    def people(self, entries: Iterable[int]) -> int:
        return sum(self.known[entry].people for entry in entries)

    def _arrive(self, step: Arrival) -> None:
        self.known.append(Entered(step.event, step.asked, step.people))
        for _ in range(2):
            self.ledger.arrive(step.event, step.asked, len(self.known) - 1, step.people)

    def _publish(self, scope: Scope) -> None:
        shown = self.ledger.publish(scope)
        if len(shown) != len(set(shown)):
            self.twice.append(shown)
        for question in ALL:
            asked = frozenset(entry for entry in shown if question in self.known[entry].asked)
            self.tables[question].append(Table(scope, asked))

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
            if less.scope.within(more.scope)
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
        """Earlier tables, and later ones of the same scope or a wider one that lack somebody."""
        return [
            (earlier, later)
            for tables in self.tables.values()
            for earlier, later in itertools.combinations(tables, 2)
            if earlier.scope.within(later.scope) and not earlier.entries <= later.entries
        ]

    def strangers(self) -> list[tuple[Table, int]]:
        """Entries in a table of a scope that they are not in."""
        return [
            (table, entry)
            for tables in self.tables.values()
            for table in tables
            for entry in table.entries
            if not self.known[entry].event.within(table.scope)
        ]

    @property
    def harmed(self) -> bool:
        return any((self.parted(), self.left_over(), self.vanished(), self.strangers(), self.twice))


ARRIVALS = [
    Arrival(event, asked, entries, people)
    for event, asked, (entries, people) in itertools.product(
        EVENTS,
        (ALL, KEY),
        [(1, 1), (2, 1), (3, 1), (5, 1), (9, 1), (10, 1), (13, 1), (2, 3), (1, 9), (1, 10), (1, 15)],
    )
]
PUBLICATIONS = [Publication(scope) for scope in SCOPES]
RESTARTS = [Restart(backwards) for backwards in (False, True)]


def sequences(restarts: Sequence[Step] = RESTARTS) -> st.SearchStrategy[list[Step]]:
    """Eight publications or more, with people arriving before and between them."""
    step = st.sampled_from([*ARRIVALS, *ARRIVALS, *PUBLICATIONS * 12, *[*restarts] * 6])
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


@settings(max_examples=250)
@given(sequences())
def test_nested_tables_differ_by_nobody_or_by_at_least_ten(steps: list[Step]) -> None:
    assert not attack(steps).parted()


@settings(max_examples=250)
@given(sequences())
def test_adding_and_subtracting_tables_never_leaves_fewer_than_ten(steps: list[Step]) -> None:
    assert not attack(steps).left_over()


@settings(max_examples=120)
@given(sequences())
def test_nobody_leaves_a_table_nor_enters_one_that_is_not_about_them(steps: list[Step]) -> None:
    attacker = attack(steps)
    assert not attacker.vanished()
    assert not attacker.strangers()
    assert not attacker.twice


@settings(max_examples=120)
@given(sequences())
def test_a_ledger_goes_on_from_its_groups_as_if_it_had_never_stopped(steps: list[Step]) -> None:
    going = attack([step for step in steps if not isinstance(step, Restart)])
    stopping = attack([between for step in steps for between in (step, Restart(backwards=False))])
    assert going.tables == stopping.tables
    assert going.ledger.groups == stopping.ledger.groups


@settings(max_examples=120)
@given(sequences())
def test_every_group_is_of_ten_or_more_who_were_asked_the_same_in_one_scope(steps: list[Step]) -> None:
    attacker = attack(steps)
    for group in attacker.ledger.groups:
        assert attacker.people(group.entries) >= 10
        assert len({attacker.known[entry].asked for entry in group.entries}) == 1
        assert all(attacker.known[entry].event.within(group.home) for entry in group.entries)
    entered = [entry for group in attacker.ledger.groups for entry in group.entries]
    assert len(entered) == len(set(entered))


@settings(max_examples=120)
@given(sequences(), st.sampled_from(SCOPES))
def test_after_a_table_at_most_nine_of_each_kind_wait_in_its_scope(steps: list[Step], scope: Scope) -> None:
    attacker = attack([*steps, Publication(scope)])
    entered = {entry for group in attacker.ledger.groups for entry in group.entries}
    for asked in (ALL, KEY):
        waiting = [
            entry
            for entry, one in enumerate(attacker.known)
            if entry not in entered and one.event.within(scope) and one.asked == asked
        ]
        assert attacker.people(waiting) < 10


# Controls: the attacker notices a ledger that does less


class AllAtOnce(Ledger[int]):
    """Everybody who came enters every table at once."""

    def publish(self, scope: Scope) -> tuple[int, ...]:
        for event, asked in list(self._waiting):
            if event.within(scope):
                self._groups.append(Group(event, tuple(self._waiting.pop((event, asked)).entries)))
        return super().publish(scope)


class HeldBackAlone(Ledger[int]):
    """A table stays as it stood until ten more could enter it, but each table by itself."""

    def __init__(self, groups: Iterable[Group[int]] = ()) -> None:
        super().__init__(groups)
        self._came: dict[int, tuple[Scope, int]] = {}
        self._last: dict[Scope, tuple[int, ...]] = defaultdict(tuple)

    def arrive(self, event: Scope, asked: tuple[str, ...], entry: int, people: int = 1) -> None:
        super().arrive(event, asked, entry, people)
        self._came[entry] = event, people

    def publish(self, scope: Scope) -> tuple[int, ...]:
        now = tuple(entry for entry, (event, _) in self._came.items() if event.within(scope))
        if sum(self._came[entry][1] for entry in set(now) - set(self._last[scope])) >= 10:
            self._last[scope] = now
        return self._last[scope]


class WhateverTheyWereAsked(Ledger[int]):
    """People who were asked different questions enter together."""

    def _enter(self, home: Scope) -> None:
        keys = [(event, asked) for event, asked in self._waiting if event.within(home)]
        if sum(self._waiting[key].people for key in keys) >= 10:
            self._groups.append(Group(home, tuple(entry for key in keys for entry in self._waiting.pop(key).entries)))


class EntriesCountedTwice(Ledger[int]):
    """Whoever arrives counts as two."""

    def arrive(self, event: Scope, asked: tuple[str, ...], entry: int, people: int = 1) -> None:
        super().arrive(event, asked, entry, people * 2)


UNSHRUNK = settings(max_examples=500, database=None, phases=[Phase.generate])


@pytest.mark.parametrize("control", [AllAtOnce, HeldBackAlone, WhateverTheyWereAsked, EntriesCountedTwice])
def test_the_attacker_catches_a_ledger_that_does_less(control: type[Ledger[int]]) -> None:
    def caught(steps: Sequence[Step]) -> bool:
        return bool(attack(steps, control).left_over())

    assert not attack(find(sequences(restarts=()), caught, settings=UNSHRUNK)).harmed


@pytest.mark.parametrize("control", [AllAtOnce, HeldBackAlone, WhateverTheyWereAsked, EntriesCountedTwice])
def test_the_attacker_catches_nested_tables_a_few_people_apart(control: type[Ledger[int]]) -> None:
    def caught(steps: Sequence[Step]) -> bool:
        return bool(attack(steps, control).parted())

    assert not attack(find(sequences(restarts=()), caught, settings=UNSHRUNK)).parted()


# By hand


def numbered(ledger: Ledger[str], event: Scope, names: str, asked: tuple[str, ...] = ALL) -> None:
    for name in names:
        ledger.arrive(event, asked, name)


def test_nine_people_wait_and_ten_enter() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, FAIR, "abcdefghi")
    assert ledger.publish(FAIR) == ()
    assert not ledger.groups
    numbered(ledger, FAIR, "j")
    assert ledger.publish(FAIR) == tuple("abcdefghij")
    assert ledger.groups == (Group(FAIR, tuple("abcdefghij")),)


def test_those_who_come_after_wait_for_ten_of_their_own() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, FAIR, "abcdefghijk")
    ledger.publish(FAIR)
    numbered(ledger, FAIR, "lmnopqrst")
    assert ledger.publish(FAIR) == tuple("abcdefghijk")
    numbered(ledger, FAIR, "u")
    assert ledger.publish(FAIR) == tuple("abcdefghijklmnopqrstu")


def test_those_who_wait_at_two_events_enter_together_in_the_table_of_their_stage_and_never_in_their_events() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, FAIR, "abcdef")
    numbered(ledger, VISIT, "ghij")
    assert ledger.publish(OUTREACH) == tuple("abcdefghij")
    numbered(ledger, FAIR, "klmn")
    assert ledger.publish(FAIR) == ()
    assert ledger.publish(VISIT) == ()
    numbered(ledger, FAIR, "opqrst")
    assert ledger.publish(FAIR) == tuple("klmnopqrst")
    assert ledger.publish(OUTREACH) == tuple("abcdefghijklmnopqrst")


def test_people_enter_in_the_narrowest_scope_where_they_are_ten() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, FAIR, "abcdefghij")
    numbered(ledger, VISIT, "klmno")
    numbered(ledger, FIRST_DAY, "pqrst")
    numbered(ledger, SECOND_DAY, "uvwxy")
    ledger.publish(EVERYTHING)
    assert [(group.home, "".join(group.entries)) for group in ledger.groups] == [
        (FAIR, "abcdefghij"),
        (STARTS, "pqrstuvwxy"),
    ]
    numbered(ledger, SECOND_DAY, "ABCDE")
    assert "".join(ledger.publish(EVERYTHING)) == "abcdefghijpqrstuvwxyklmnoABCDE"
    assert ledger.groups[-1].home == EVERYTHING
    assert ledger.publish(OUTREACH) == tuple("abcdefghij")


def test_people_who_were_asked_less_wait_for_others_who_were_asked_the_same() -> None:
    ledger: Ledger[str] = Ledger()
    numbered(ledger, FAIR, "abcdefghi")
    numbered(ledger, FAIR, "klmnopqrs", asked=KEY)
    assert ledger.publish(EVERYTHING) == ()
    numbered(ledger, VISIT, "t", asked=KEY)
    assert ledger.publish(EVERYTHING) == tuple("klmnopqrst")


def test_whoever_arrives_twice_counts_once() -> None:
    ledger: Ledger[str] = Ledger()
    for _ in range(3):
        numbered(ledger, FAIR, "abcdefghi")
    assert ledger.publish(FAIR) == ()
    numbered(ledger, FAIR, "j")
    for _ in range(2):
        numbered(ledger, FAIR, "abcdefghij")
        numbered(ledger, VISIT, "abcdefghij", asked=KEY)
        assert ledger.publish(EVERYTHING) == tuple("abcdefghij")


def test_whoever_entered_before_a_restart_counts_once() -> None:
    before: Ledger[str] = Ledger()
    numbered(before, FAIR, "abcdefghij")
    before.publish(FAIR)
    after = Ledger(before.groups)
    numbered(after, FAIR, "abcdefghij")
    assert after.publish(FAIR) == tuple("abcdefghij")
    assert after.groups == before.groups


@pytest.mark.parametrize("people", [10, 15])
def test_a_batch_enters_by_itself(people: int) -> None:
    ledger: Ledger[str] = Ledger()
    ledger.arrive(FAIR, ALL, "batch", people)
    assert ledger.publish(FAIR) == ("batch",)


def test_people_are_counted_and_not_entries() -> None:
    ledger: Ledger[str] = Ledger()
    ledger.arrive(FAIR, ALL, "four", 4)
    ledger.arrive(FAIR, ALL, "five", 5)
    assert ledger.publish(FAIR) == ()
    ledger.arrive(FAIR, ALL, "one")
    assert ledger.publish(FAIR) == ("four", "five", "one")


def test_a_table_is_of_its_own_event_and_stage() -> None:
    ledger: Ledger[str] = Ledger()
    for event, name in zip(EVENTS, "abcd", strict=True):
        ledger.arrive(event, ALL, name, 10)
    assert [ledger.publish(event) for event in EVENTS] == [("a",), ("b",), ("c",), ("d",)]
    assert ledger.publish(OUTREACH) == ("a", "b")
    assert ledger.publish(STARTS) == ("c", "d")
    assert ledger.publish(EVERYTHING) == ("a", "b", "c", "d")


def test_a_scope_is_within_its_stage_and_everything() -> None:
    within = {(narrow, wide) for narrow, wide in itertools.product(SCOPES, SCOPES) if narrow.within(wide)}
    assert within == {
        *((scope, scope) for scope in SCOPES),
        *((scope, EVERYTHING) for scope in SCOPES),
        (FAIR, OUTREACH),
        (VISIT, OUTREACH),
        (FIRST_DAY, STARTS),
        (SECOND_DAY, STARTS),
    }
