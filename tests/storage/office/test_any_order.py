"""In any order of imports, corrections, deletions, copies and looks, no group changes and everybody is counted once.

A machine does to an office what people may do in years, beside a model of plain sets: who was brought in, who is in
which group, what each event is called, and whose responses were deleted.
"""

from __future__ import annotations

import datetime as dt
import functools
import tempfile
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from storage.data_folder import hold
from storage.events import STAGES
from storage.office.copies import Original, SealedCopy, back_up, open_copy, restore
from storage.office.corrections import CorrectionError, labels_of
from storage.office.events import covering
from storage.office.labels import OfficeEvent
from storage.office.laptops import RevokedLaptopError
from storage.office_folder import NewOffice, make_office
from tests.storage.counts.people import EVERYTHING, KEY_ONLY, people
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    Person,
    event,
    every_scope,
    export,
    numbers_of,
    play,
    read,
    recount,
    sealed_for,
)

EVENTS = (
    event("Fair", "2026-10-01", "Leeds", "outreach"),
    event("Fayre", "2026-10-01", "Leeds", "outreach"),
    event("Visit", "2026-12-31", "York", "outreach"),
    event("First day", "2027-01-01", "Leeds", "starts"),
)
PLACES = range(len(EVENTS))
DAY = dt.date(2028, 1, 1)
Model = tuple[
    dict[int, set[int]],
    dict[int, set[int]],
    dict[int, int],
    dict[int, list[tuple[int, int]]],
    dict[int, tuple[object, ...]],
    bool,
]
"""What an office holds, as `Years` has it."""
LOST = 1
"""The laptop that is revoked and taken back."""


@functools.cache
def stock(place: int) -> tuple[Person, ...]:
    """People of an event, sealed once for all examples; every fourth was asked the key question alone."""
    answers = [
        one for asked in (EVERYTHING, KEY_ONLY) for one in people(45 if asked == EVERYTHING else 15, place, asked)
    ]
    return tuple(zip(sealed_for(EVENTS[place], answers), answers, strict=True))


class Years(RuleBasedStateMachine):
    """An office, beside what it should hold."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.stick = Path(tempfile.mkdtemp(dir=folder))
        self.desk = Desk.at(self.stick / "data", LAPTOPS[:2])
        self.arrived: dict[int, set[int]] = {place: set() for place in PLACES}
        self.deleted: dict[int, set[int]] = {place: set() for place in PLACES}
        self.dropped: dict[int, int] = dict.fromkeys(PLACES, 0)
        self.groups: dict[int, list[tuple[int, int]]] = {}
        """Who is in each, by event and number."""
        self.records: dict[int, tuple[object, ...]] = {}
        self.revoked = False
        make_office(self.desk.data, NewOffice(OFFICE, "any"))
        self.copies: list[tuple[Path, Model]] = []

    def teardown(self) -> None:
        self.desk.office.close()

    @property
    def removed(self) -> set[int]:
        gone = {id_ for one in self.desk.office.all_events() if one.removed for id_ in one.ids}
        return {place for place in PLACES if EVENTS[place].id in gone}

    def listed(self) -> list[OfficeEvent]:
        return self.desk.office.events()

    # What people do

    @rule(
        place=st.sampled_from(PLACES),
        first=st.integers(0, 55),
        count=st.sampled_from([1, 3, 4, 9, 12, 30]),
        laptop=st.sampled_from([0, 0, LOST]),
    )
    def bring(self, place: int, first: int, count: int, laptop: int) -> None:
        numbers = range(first, min(first + count, len(stock(place))))
        content = export(EVENTS[place], [stock(place)[number][0] for number in numbers], LAPTOPS[laptop])
        if laptop == LOST and self.revoked:
            with pytest.raises(RevokedLaptopError):
                self.desk.bring(content)
            return
        known = self.arrived[place] & {*numbers}
        brought = self.desk.bring(content)
        assert (brought.new, brought.deleted) == (len(numbers) - len(known), len(known & self.deleted[place]))
        assert brought.removed == (place in self.removed)
        self.arrived[place] |= {*numbers}

    @rule()
    def revoke(self) -> None:
        self.revoked = not self.revoked
        self.desk.office.laptops.revoke(LAPTOPS[LOST].public, revoked=self.revoked)

    @precondition(lambda self: self.listed())
    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.listed()))
        labels = replace(
            labels_of(one),
            name=data.draw(st.sampled_from(["Fair", "fair", "Visit", "Open Day"])),
            place=data.draw(st.sampled_from(["Leeds", "York"])),
            stage=data.draw(st.sampled_from(STAGES[:2])),
            date=data.draw(st.sampled_from([EVENTS[0].date, EVENTS[3].date])),
        )
        self.desk.office.corrections.correct(one, labels)
        assert covering(self.listed(), one.ids[0]).event.occasion == labels.on(one.event).occasion

    @precondition(lambda self: len(self.listed()) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        one, other = data.draw(st.permutations(self.listed()))[:2]
        self.desk.office.corrections.merge(one, other)
        assert {*one.ids, *other.ids} <= {*covering(self.listed(), one.ids[0]).ids}

    @precondition(lambda self: self.listed())
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.listed()))
        self.desk.office.corrections.remove(one)
        assert not any(one.ids[0] in left.ids for left in self.listed())

    @precondition(lambda self: self.desk.office.corrections.all())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        corrections = self.desk.office.corrections
        meant = data.draw(st.sampled_from(corrections.all()))
        if not meant.can_be_undone:
            with pytest.raises(CorrectionError):
                corrections.undo(meant.number)
            return
        corrections.undo(meant.number)
        assert meant.number not in {one.number for one in corrections.all()}

    @rule()
    def look(self) -> None:
        self.desk.office.tables()
        self._learn_groups()

    @precondition(lambda self: self.desk.office.all_events())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.desk.office.all_events()))
        self.look()
        self.desk.office.delete_responses([one], DAY)
        grouped = {person for members in self.groups.values() for person in members}
        for place in PLACES:
            if EVENTS[place].id in one.ids:
                new = self.arrived[place] - self.deleted[place]
                self.dropped[place] += sum((place, number) not in grouped for number in new)
                self.deleted[place] |= new

    @rule()
    def reopen(self) -> None:
        self.desk.reopen()

    @rule()
    def back_up(self) -> None:
        self._learn_groups()
        saved = back_up(Original(self.desk.office, self.desk.data), str(self.stick), DAY)
        self.copies.append((self.stick / saved.name, deepcopy(self._model)))

    @precondition(lambda self: self.copies)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """All is as it was, to the last group and its noise."""
        path, model = data.draw(st.sampled_from(self.copies))
        copy = open_copy(SealedCopy.parse(path.read_bytes()), OFFICE)
        self.desk.office.close()
        with hold(self.desk.data):
            restore(self.desk.data, copy, older=True)
        self.desk.reopen()
        self._model = deepcopy(model)

    @property
    def _model(self) -> Model:
        return self.arrived, self.deleted, self.dropped, self.groups, self.records, self.revoked

    @_model.setter
    def _model(self, model: Model) -> None:
        self.arrived, self.deleted, self.dropped, self.groups, self.records, self.revoked = model

    # What must hold

    def _learn_groups(self) -> None:
        """Who is in the groups that are new: nobody who was in one before, nobody who was deleted."""
        numbers = {
            stock(place)[number][0].id: (place, number) for place in PLACES for number in range(len(stock(place)))
        }
        before = {person for members in self.groups.values() for person in members}
        for number, ids in self.desk.groups().items():
            members = [numbers[id_] for id_ in ids]
            if number in self.groups:
                assert {*members} <= {*self.groups[number]}
                continue
            assert not {*members} & before
            assert all(one not in self.deleted[place] for place, one in members)
            self.groups[number] = members

    @invariant()
    def no_group_has_changed(self) -> None:
        self._learn_groups()
        rows = read(self.desk.path, "SELECT number, people, counts FROM noisy_group")
        found = {row[0]: row for row in rows}
        assert all(found[number] == record for number, record in self.records.items())
        self.records = found
        assert found.keys() == self.groups.keys()

    @invariant()
    def nobody_is_lost_or_held_twice(self) -> None:
        held = sum(len(self.arrived[place] - self.deleted[place]) for place in PLACES)
        assert self.desk.office.check() == held
        for one in self.desk.office.all_events():
            covered = [place for place in PLACES if EVENTS[place].id in one.ids]
            assert one.responses == sum(len(self.arrived[place]) for place in covered)
            assert one.dropped == sum(self.dropped[place] for place in covered)

    @precondition(lambda self: self.groups)
    @rule()
    def every_table_is_the_sum_of_its_groups(self) -> None:
        self.look()
        removed, office = self.removed, self.desk.office
        owners = {id_: one for one in office.all_events() for id_ in one.ids}
        for scope in every_scope(office):
            covered = [
                self._people(members)
                for members in self.groups.values()
                if not {place for place, _ in members} <= removed
                and all(scope.labels <= owners[EVENTS[place].id].labels for place, _ in members)
            ]
            counts = self.desk.counts(scope)
            assert numbers_of(counts) == recount(_alike(covered))
            assert counts.elsewhere >= 0
            assert counts.held == counts.in_counts + counts.elsewhere + counts.waiting + counts.dropped

    def _people(self, members: Sequence[tuple[int, int]]) -> list[Person]:
        return [stock(place)[number] for place, number in members]


def _alike(groups: Sequence[Sequence[Person]]) -> list[list[Person]]:
    """These groups, in which all were asked the same."""
    assert all(len({tuple(map(bool, response.codes)) for _, response in group}) == 1 for group in groups)
    return [list(group) for group in groups]


@pytest.mark.parametrize(("examples", "steps"), [(3, 20), pytest.param(250, 50, marks=pytest.mark.long)])
def test_in_any_order_no_group_changes_and_everybody_is_counted_once(
    examples: int, steps: int, memory_folder: Path
) -> None:
    play(lambda: Years(memory_folder), examples, steps)
