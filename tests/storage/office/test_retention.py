"""Responses are deleted when that is due, and nothing of them stays on the disk; every number stays as published.

And an export that has them still counts nobody twice.
"""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

import storage.office.store
from storage.counts.findings import to_json
from storage.crypto.sealing import SEALED_SIZE
from storage.errors import ExportError, StoreError
from storage.exchange.exports import open_export
from storage.exchange.receipts import write_receipt
from storage.office.corrections import labels_of
from storage.office.events import covering
from storage.office.labels import Scope
from storage.office.queries import findings_of
from storage.office.retention import due, due_on
from storage.settings import Settings, parse, shipped_default
from tests.storage.counts.people import people
from tests.storage.disk import failing, files_of
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    by,
    by_event,
    event,
    export,
    failing_at_each_statement,
    is_told_as_damage,
    numbers_of,
    read,
    sealed_for,
    sums,
)

FAIR = event("Spring Fair", "2026-03-02", "Town Hall", "outreach")
START = event("First day", "2026-09-01", "York", "starts")
DAY = dt.date(2027, 3, 2)


def delete(desk: Desk, *events: object) -> None:
    known = desk.office.all_events()
    desk.office.delete_responses([one for one in known if one.event in events], DAY)


def published(desk: Desk) -> str:
    """Everything that a report says of all events."""
    return to_json(findings_of(desk.office, Scope(), Settings()))


def test_as_shipped_responses_are_due_twelve_months_after_the_last_day(desk: Desk) -> None:
    desk.bring_people(FAIR, people(3))
    shipped = Settings().office.keep_months
    assert shipped == parse(shipped_default().read_text("utf-8"), "kiosk.toml").office.keep_months == 12
    assert due(desk.office.all_events(), shipped, DAY - dt.timedelta(1)) == []
    assert [one.event for one in due(desk.office.all_events(), shipped, DAY)] == [FAIR]


def test_responses_are_due_so_many_months_after_the_last_day(desk: Desk) -> None:
    desk.bring_people(FAIR, people(3))
    (one,) = desk.office.events()
    assert (due_on(one, 12), due_on(one, 1), due_on(one, 10)) == (DAY, dt.date(2026, 4, 2), dt.date(2027, 1, 2))
    assert due([one], 12, DAY) == [one]
    assert due([one], 12, DAY - dt.timedelta(1)) == []
    desk.office.corrections.correct(one, replace(labels_of(one), last_day=dt.date(2026, 3, 31)))
    (one,) = desk.office.events()
    assert (due_on(one, 1), due_on(one, 11)) == (dt.date(2026, 4, 30), dt.date(2027, 2, 28))
    assert due([one], 12, DAY) == []


def test_an_event_at_the_end_of_the_calendar_is_never_due_and_stops_nothing(desk: Desk) -> None:
    desk.bring_people(event("Far", "9999-12-30", "York", "starts"), people(3))
    assert due(desk.office.all_events(), 12, DAY) == []


def test_what_is_due_is_told_until_it_is_deleted(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(START, people(12))
    assert [one.event for one in due(desk.office.all_events(), 12, DAY)] == [FAIR]
    delete(desk, FAIR)
    assert due(desk.office.all_events(), 12, DAY) == []
    assert [one.event for one in due(desk.office.all_events(), 1, DAY)] == [START]


def test_every_number_stays_as_it_was_published_and_so_does_every_choice(desk: Desk) -> None:
    desk.bring_people(FAIR, people(34))
    desk.bring_people(START, people(27, 7))
    desk.office.describe(FAIR, 40, 3)
    report, tables = published(desk), desk.everything()
    groups = read(desk.path, "SELECT * FROM noisy_group")
    delete(desk, FAIR)
    desk.reopen()
    assert (published(desk), desk.everything()) == (report, tables)
    assert read(desk.path, "SELECT * FROM noisy_group") == groups
    assert read(desk.path, "SELECT DISTINCT event FROM response") == [(START.id,)]
    one = covering(desk.office.events(), FAIR.id)
    assert (one.responses, one.sealed, one.dropped, one.deleted_on) == (34, 0, 0, DAY)
    assert desk.office.check() == 27
    events = desk.office.events()
    desk.office.corrections.merge(covering(events, FAIR.id), covering(events, START.id))
    assert sums(desk.counts()) == (61, 61, 0, 0, 0)
    desk.office.corrections.undo(1)
    delete(desk, START)
    assert (published(desk), desk.office.check()) == (report, 0)


def test_those_who_wait_and_are_ten_are_a_group_before_and_fewer_are_dropped_and_told(desk: Desk) -> None:
    desk.bring_people(FAIR, people(11))
    desk.office.tables()
    desk.bring_people(FAIR, people(4, 11))
    desk.bring_people(START, people(12, 20))
    delete(desk, FAIR, START)
    counts = desk.counts()
    assert (sums(counts), counts.dropped) == ((27, 23, 0, 0, 0), 4)
    assert (desk.waiting(), desk.groups()) == ({}, {})
    assert covering(desk.office.events(), FAIR.id).dropped == 4
    assert numbers_of(desk.counts(by_event(FAIR)))[0][1] == 11


def test_a_group_with_people_of_another_event_stays_whole_when_one_of_them_is_deleted(desk: Desk) -> None:
    desk.bring_people(FAIR, people(6))
    desk.bring_people(START, people(7, 6))
    before = desk.everything()
    delete(desk, FAIR)
    assert desk.everything() == before
    assert sums(desk.counts(by_event(START))) == (7, 0, 7, 0, 0)
    delete(desk, START)
    assert desk.everything() == before


def test_an_export_that_has_them_still_counts_nobody_twice_and_brings_none_back(desk: Desk) -> None:
    sealed = [one for one, _ in desk.bring_people(FAIR, people(16))]
    content = export(FAIR, sealed)
    before = published(desk)
    delete(desk, FAIR)
    brought = desk.bring(content)
    assert (brought.responses, brought.new, brought.deleted, brought.unreadable) == (16, 0, 16, 0)
    assert brought.receipt == write_receipt(open_export(content, OFFICE), OFFICE)  # so the laptop can delete them too
    assert (published(desk), desk.office.check()) == (before, 0)
    late = sealed_for(FAIR, people(12, 16))
    more = desk.bring(export(FAIR, [*sealed[:5], *late], LAPTOPS[1]))
    assert (more.new, more.deleted) == (12, 5)
    assert sums(desk.counts()) == (28, 28, 0, 0, 0)
    assert set(desk.groups()) == {2}
    delete(desk, FAIR)
    assert desk.bring(export(FAIR, [*sealed, *late])).new == 0
    assert sums(desk.counts()) == (28, 28, 0, 0, 0)


def test_responses_that_do_not_open_are_deleted_and_recognised_like_the_rest(desk: Desk) -> None:
    sealed = [*sealed_for(FAIR, people(12)), *sealed_for(START, people(2))]
    assert desk.bring(export(FAIR, sealed)).unreadable == 2
    before = published(desk)
    delete(desk, FAIR)
    assert (published(desk), desk.bring(export(FAIR, sealed)).new) == (before, 0)
    with pytest.raises(ExportError, match="No response in this export opens"):
        desk.bring(export(START, sealed_for(FAIR, people(2))))


def test_after_a_deletion_nothing_of_a_response_is_in_any_file_and_no_digest_follows_from_it(desk: Desk) -> None:
    gone = [one for one, _ in desk.bring_people(FAIR, people(40))]
    desk.bring_people(START, people(40, 40))
    gone += [one for one, _ in desk.bring_people(FAIR, people(31, 80), LAPTOPS[1])]
    desk.counts()
    gone += [one for one, _ in desk.bring_people(FAIR, people(9, 200))]
    delete(desk, FAIR)
    left = b"".join(files_of(desk.data).values())
    for one in gone:
        assert one.id not in left
        assert not [at for at in range(0, len(one.sealed), 192) if one.sealed[at : at + 32] in left]
    assert not any((desk.path.parent / "office.db-journal").read_bytes())
    digests = {digest for (digest,) in read(desk.path, "SELECT digest FROM deleted")}
    assert len(digests) == 80
    assert not digests & {one.id for one in gone}
    desk.bring_people(START, people(3, 500))  # the journal goes on as before
    assert desk.office.check() == 43


def test_no_part_of_the_journal_is_given_back_to_the_disk_before_it_is_overwritten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.office.store, "_JOURNAL_KEPT", 4096)
    desk.reopen()
    gone = desk.bring_people(FAIR, people(40))
    delete(desk, FAIR)
    journal = (desk.path.parent / "office.db-journal").read_bytes()
    assert len(journal) > len(gone) * SEALED_SIZE
    assert not any(journal)


def test_a_removed_event_is_due_and_deleted_like_any_other(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.counts()
    desk.office.corrections.remove(covering(desk.office.events(), FAIR.id))
    assert [one.event for one in due(desk.office.all_events(), 12, DAY)] == [FAIR]
    delete(desk, FAIR)
    assert desk.office.check() == 0
    desk.office.corrections.undo(1)
    assert sums(desk.counts(by("place", "Town Hall"))) == (12, 12, 0, 0, 0)


def test_a_deletion_that_fails_at_any_statement_deletes_all_or_nothing(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.counts()
    before = read(desk.path, "SELECT * FROM response")
    for _ in failing_at_each_statement(desk, lambda: delete(desk, FAIR)):
        assert read(desk.path, "SELECT * FROM response") == before
        assert sums(desk.counts()) == (12, 12, 0, 0, 0)
    assert sums(desk.counts()) == (12, 12, 0, 0, 0)


def test_where_the_journal_cannot_be_overwritten_that_is_told_and_the_next_opening_does_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [one for one, _ in desk.bring_people(FAIR, people(12))]

    with monkeypatch.context() as patch:
        patch.setattr(storage.office.store, "wipe_journal", failing(OSError("the stick is full")))
        with pytest.raises(StoreError, match="All of it is deleted, but"):
            delete(desk, FAIR)
    assert covering(desk.office.events(), FAIR.id).sealed == 0
    desk.reopen()
    assert not any(one.sealed[:64] in content for content in files_of(desk.data).values() for one in gone)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM deleted WHERE rowid IN (SELECT rowid FROM deleted LIMIT 1)",
        "UPDATE retained SET dropped = dropped + 1",
        "UPDATE retained SET day = 'some day'",
        "UPDATE retained SET unreadable = -1",
        "UPDATE member SET people = people + 1",
        "DELETE FROM retained",
        "UPDATE deleted SET event = zeroblob(16)",
    ],
)
def test_what_is_kept_of_a_deletion_and_was_altered_is_told_as_damage(harm: str, desk: Desk) -> None:
    desk.bring_people(FAIR, people(14))
    delete(desk, FAIR)
    desk.alter(harm)
    is_told_as_damage(desk, desk.office.events, desk.office.check, desk.counts)
