"""Debriefs at the office: brought in by any order of exports, changed, put back, removed, and told with their event."""

import datetime as dt
import itertools
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey
from storage.debrief import Debrief, WrittenDebrief
from storage.exchange.exports import write_export
from storage.office.copies import Original, SealedCopy, back_up, open_copy
from storage.office.debriefs import NoDebriefError, OfficeDebrief
from storage.office.labels import OfficeEvent, Scope
from storage.office.office import Brought
from storage.office.queries import findings_of
from storage.progress import unreported
from storage.settings import Settings
from tests.storage import independent_reader as reader
from tests.storage.counts.people import people
from tests.storage.office.merging import LAPTOPS, OFFICE, Desk, Inline, event, sealed_for

FIRST = WrittenDebrief.new(Debrief(worked="The quiz."))
SECOND = FIRST.saying(Debrief(worked="The quiz.", change="Start later."))
OTHER = WrittenDebrief.new(Debrief(support="A second table."))
SETTINGS = Settings()


def bring(desk: Desk, debrief: WrittenDebrief | None, laptop: KioskPrivateKey = LAPTOPS[0], name: str = "") -> Brought:
    at = event(name=name) if name else event()
    sealed = sealed_for(at, people(3))
    return desk.office.bring(write_export(laptop, OFFICE.public, at, sealed, debrief=debrief), Inline())


def the_event(desk: Desk) -> OfficeEvent:
    (one,) = desk.office.events()
    return one


def told(desk: Desk) -> list[tuple[str, str, str, str]]:
    found = findings_of(desk.office, Scope(), SETTINGS)
    return [(one.by, one.worked, one.change, one.support) for one in found.debriefs]


def the_debrief(desk: Desk) -> OfficeDebrief:
    (one,) = desk.office.debriefs.of([the_event(desk)])
    return one


def test_it_comes_with_its_event_and_is_told_beside_its_counts(desk: Desk) -> None:
    assert not bring(desk, None).debrief
    assert bring(desk, FIRST).debrief
    assert not bring(desk, FIRST).debrief
    assert told(desk) == [("written on a laptop", "The quiz.", "", "")]
    desk.office.laptops.rename(LAPTOPS[0].public, "Blue")
    assert told(desk) == [("written on “Blue”", "The quiz.", "", "")]


@pytest.mark.parametrize("order", list(itertools.permutations([FIRST, SECOND, None])))
def test_in_whatever_order_exports_come_the_newer_one_stays_and_none_takes_it_away(
    desk: Desk, order: tuple[WrittenDebrief | None, ...]
) -> None:
    for debrief in (*order, *order):
        bring(desk, debrief)
    assert told(desk) == [("written on a laptop", "The quiz.", "Start later.", "")]


def test_several_laptops_of_an_event_have_one_each(desk: Desk) -> None:
    bring(desk, FIRST)
    bring(desk, OTHER, LAPTOPS[1])
    assert {row[1:] for row in told(desk)} == {("The quiz.", "", ""), ("", "", "A second table.")}


def test_what_is_changed_at_the_office_stays_and_can_be_put_back(desk: Desk) -> None:
    bring(desk, FIRST)
    desk.office.debriefs.change(the_event(desk), the_debrief(desk), Debrief(worked="The quiz, said shorter."))
    changed = [("written on a laptop, changed at the office", "The quiz, said shorter.", "", "")]
    assert told(desk) == changed
    bring(desk, FIRST)
    desk.reopen()
    assert told(desk) == changed
    desk.office.debriefs.put_back(the_event(desk), the_debrief(desk))
    assert told(desk) == [("written on a laptop", "The quiz.", "", "")]


def test_where_the_laptop_wrote_anew_after_the_office_had_changed_it_both_are_told(desk: Desk) -> None:
    bring(desk, FIRST)
    desk.office.debriefs.change(the_event(desk), the_debrief(desk), Debrief(worked="Shorter."))
    bring(desk, SECOND)
    assert told(desk) == [
        ("written on a laptop", "The quiz.", "Start later.", ""),
        ("written on a laptop, changed at the office", "Shorter.", "", ""),
    ]


def test_one_is_written_at_the_office_changed_and_removed(desk: Desk) -> None:
    bring(desk, None)
    desk.office.debriefs.add(the_event(desk), Debrief(support="Money for buses."))
    desk.office.debriefs.change(the_event(desk), the_debrief(desk), Debrief(support="Money for two buses."))
    assert told(desk) == [("written at the office", "", "", "Money for two buses.")]
    before = the_debrief(desk)
    desk.office.debriefs.remove(the_event(desk), before)
    assert told(desk) == []
    with pytest.raises(NoDebriefError, match="removed this meanwhile"):
        desk.office.debriefs.change(the_event(desk), before, Debrief(worked="Too late."))


def test_one_that_was_removed_is_in_no_file_and_no_export_brings_it_back(desk: Desk) -> None:
    bring(desk, FIRST)
    desk.office.debriefs.change(the_event(desk), the_debrief(desk), Debrief(worked="Shorter."))
    sealed = list(desk.office._store.connection.execute("SELECT written, changed FROM debrief").fetchone())
    desk.office.debriefs.remove(the_event(desk), the_debrief(desk))
    for again in (FIRST, SECOND):
        assert not bring(desk, again).debrief
    assert told(desk) == []
    for path in desk.path.parent.iterdir():
        content = path.read_bytes()
        assert not any(one[place : place + 64] in content for one in sealed for place in range(0, len(one) - 64, 64))


def test_it_is_sealed_in_the_store_as_the_format_says(desk: Desk) -> None:
    bring(desk, FIRST)
    desk.office.debriefs.change(the_event(desk), the_debrief(desk), Debrief(worked="Shorter."))
    assert b"The quiz." not in desk.path.read_bytes()
    ((key, (written, changed)),) = reader.debriefs_at(desk.path.parents[1], OFFICE.seed).items()
    assert key == (event().id, FIRST.id)
    assert written == FIRST.to_record()
    assert changed is not None
    assert reader.debrief_of(changed) == (FIRST.id, 1, ("Shorter.", "", ""))


def test_it_stays_with_an_event_that_is_corrected_joined_with_another_or_taken_out_and_brought_back(desk: Desk) -> None:
    bring(desk, FIRST)
    bring(desk, OTHER, LAPTOPS[1], name="Riverside job fair")
    one, another = desk.office.events()
    desk.office.corrections.merge(one, another)
    merged = the_event(desk)
    assert len(told(desk)) == 2
    assert {found.event.name for found in findings_of(desk.office, Scope(), SETTINGS).debriefs} == {merged.event.name}
    desk.office.corrections.undo(desk.office.corrections.all()[0].number)
    assert [len(desk.office.debriefs.of([one])) for one in desk.office.events()] == [1, 1]
    desk.office.corrections.remove(desk.office.events()[0])
    assert len(told(desk)) == 1
    desk.office.corrections.undo(desk.office.corrections.all()[0].number)
    assert len(told(desk)) == 2


def test_it_stays_when_the_answers_are_deleted(desk: Desk) -> None:
    bring(desk, FIRST)
    desk.office.delete_responses(desk.office.events(), dt.date(2027, 12, 1))
    assert told(desk) == [("written on a laptop", "The quiz.", "", "")]
    desk.office.check()


def test_a_copy_of_the_office_has_it(desk: Desk, tmp_path: Path) -> None:
    bring(desk, FIRST)
    data = desk.path.parents[1]
    (data / "office" / "office.key").write_bytes(b"as it is")
    saved = back_up(Original(desk.office, data, ""), str(tmp_path), dt.date(2026, 12, 1), unreported)
    copy = SealedCopy.parse((tmp_path / saved.name).read_bytes())
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "office.db").write_bytes(open_copy(copy, OFFICE).files["office/office.db"])
    ((_, (written, _)),) = reader.debriefs_at(tmp_path, OFFICE.seed).items()
    assert written == FIRST.to_record()


def test_a_scope_tells_those_of_its_events_alone(desk: Desk) -> None:
    bring(desk, FIRST)
    bring(desk, OTHER, name="Another fair")
    for one in desk.office.events():
        found = findings_of(desk.office, Scope.of({"event": one.event.id.hex()}), SETTINGS)
        assert [debrief.event.name for debrief in found.debriefs] == [one.event.name]


def test_a_debrief_of_a_damaged_store_is_told_as_damage(desk: Desk) -> None:
    bring(desk, FIRST)
    with desk.office._store.writing() as write:
        write("UPDATE debrief SET event = ?", [(bytes(16),)])
    with pytest.raises(Exception, match="damaged"):
        desk.office.check()
