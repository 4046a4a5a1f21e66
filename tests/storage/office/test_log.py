"""The event log: what happened is noted with it, and whoever lacks the key neither adds, changes nor cuts."""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import Response
from storage.errors import StoreDamagedError, StoreError
from storage.exchange.stick import new_tokens
from storage.office.corrections import labels_of
from storage.office.labels import Scope
from storage.office.log import Kind, LogEntry, to_json
from storage.office.office import Office
from storage.settings import EventDetails
from tests.storage.counts.people import people
from tests.storage.disk import failing
from tests.storage.office.merging import LAPTOPS, OFFICE, Desk, change, event, export, read, sealed_for

ADA = OfficePrivateKey(OFFICE.seed, coordinator="Ada")


@pytest.fixture
def desk(memory_folder: Path) -> Iterator[Desk]:
    opened = Desk.at(memory_folder / "data", [])
    with contextlib.closing(opened):
        yield opened


def whats(entries: list[LogEntry]) -> list[str]:
    return [one.what for one in entries]


def test_what_happens_at_an_office_is_noted_once_with_who_had_it_open(desk: Desk) -> None:
    desk.office.close()
    desk.office = Office.open(desk.data, ADA)
    desk.office.accept(LAPTOPS[0].public)
    content = export(event(), sealed_for(event(), people(12)))
    for _ in range(2):
        desk.bring(content)
    desk.office.describe(event(), 40, None)
    one = desk.office.events()[0]
    desk.office.corrections.correct(one, replace(labels_of(one), place="York"))
    desk.office.corrections.undo(1)
    stick = desk.office.sticks.add([EventDetails(name="Fair")], new_tokens(2))
    desk.office.sticks.recall(stick)
    laptop = LAPTOPS[0].public.fingerprint
    entries = desk.office.log.entries()
    assert {one.who for one in entries} == {"Ada"}
    assert [(one.what, one.details) for one in entries] == [
        ("opened", {}),
        ("laptop accepted", {"laptop": laptop}),
        ("brought in", {"event": "Riverside Jobs Fair", "laptop": laptop, "responses": 12, "new": 12}),
        ("corrected", {"event": "Riverside Jobs Fair", "came": 40}),
        ("corrected", {"correction": 1, "event": "Riverside Jobs Fair", "is now": "Riverside Jobs Fair"}),
        ("undone", {"correction": 1, "event": "Riverside Jobs Fair"}),
        ("stick prepared", {"event": "Fair", "stick": stick, "laptops": 2}),
        ("stick recalled", {"stick": stick}),
    ]
    assert json.loads(to_json(entries))[0] == {"at": entries[0].at, "who": "Ada", "what": "opened", "details": {}}
    assert desk.office.check() == 12


def test_what_could_not_be_written_is_not_noted_and_what_cannot_be_noted_is_not_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = SimpleNamespace(note=failing(sqlite3.OperationalError("database or disk is full")))
    for part in (desk.office.laptops, desk.office.sticks):
        monkeypatch.setattr(part, "_log", broken)
    for act in (
        lambda: desk.office.accept(LAPTOPS[0].public),
        lambda: desk.office.sticks.add([EventDetails(name="Fair")], new_tokens(1)),
    ):
        with pytest.raises(StoreError, match="Cannot write"):
            act()
    desk.reopen()
    assert (desk.office.laptops.all(), desk.office.sticks.all(), desk.office.log.entries()) == ([], [], [])


def test_the_log_is_the_same_whatever_anybody_answered(memory_folder: Path) -> None:
    logs = []
    for number, answers in enumerate((people(12), [Response((9, 6, 5, 4))] * 12)):
        with contextlib.closing(Desk.at(memory_folder / str(number), LAPTOPS[:1]).office) as office:
            Desk(memory_folder / str(number), office).bring_people(event(), answers)
            office.counts(Scope(), 10)
            logs.append([(one.who, one.what, one.details) for one in office.log.entries()])
    assert logs[0] == logs[1]
    assert len(logs[0]) == 2


FORGERIES = {
    "the last one is cut off": "DELETE FROM log WHERE number = 4",
    "all are gone, and the end with them": "DELETE FROM log; DELETE FROM log_end",
    "one is taken out": "DELETE FROM log WHERE number = 2",
    "one is taken out and the others moved up": "DELETE FROM log WHERE number = 2; "
    "UPDATE log SET number = number - 1 WHERE number > 2",
    "two change places": "UPDATE log SET number = 9 WHERE number = 1; UPDATE log SET number = 1 WHERE number = 2; "
    "UPDATE log SET number = 2 WHERE number = 9",
    "one tells another story": "UPDATE log SET entry = CAST(replace(entry, 'opened', 'deleted') AS BLOB) "
    "WHERE number = 2",
    "one is there twice": "INSERT INTO log SELECT 5, entry, mac FROM log WHERE number = 4",
    "another end": "UPDATE log_end SET entries = 3",
    "an end before the beginning": "UPDATE log_end SET entries = -1",
    "a number before the beginning": "UPDATE log SET number = -1 WHERE number = 2",
    "no end": "DELETE FROM log_end",
    "cut, with an end of its own": "DELETE FROM log WHERE number = 4; UPDATE log_end SET entries = 3, "
    "mac = (SELECT mac FROM log WHERE number = 3)",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=list(FORGERIES))
def test_whoever_lacks_the_key_cannot_change_it_unseen(desk: Desk, forgery: str) -> None:
    desk.office.accept(LAPTOPS[0].public)
    for _ in range(3):
        desk.office.note("opened")
    assert len(desk.office.log.entries()) == 4
    desk.office.close()
    for statement in forgery.split("; "):
        change(desk.path, statement)
    desk.reopen()
    with pytest.raises(StoreDamagedError, match="event log does not fit its key"):
        desk.office.check()
    if forgery == FORGERIES["all are gone, and the end with them"]:
        with pytest.raises(StoreDamagedError, match="event log does not fit its key"):
            Office.open(desk.data, ADA)


@pytest.mark.parametrize("number", [2, 3])
def test_an_entry_of_an_old_copy_that_went_on_in_another_way_does_not_fit_in(
    desk: Desk, tmp_path: Path, number: int
) -> None:
    desk.office.note("opened")
    desk.office.close()
    copy = Path(shutil.copytree(desk.data, tmp_path / "copy"))
    histories: list[tuple[Path, Kind]] = [(desk.data, "deleted"), (copy, "opened")]
    for data, what in histories:
        with contextlib.closing(Office.open(data, OFFICE)) as office:
            office.note(what)
            office.note(what)
    ((entry, mac),) = read(copy / "office" / "office.db", "SELECT entry, mac FROM log WHERE number = ?", number)
    change(desk.path, "UPDATE log SET entry = ?, mac = ? WHERE number = ?", entry, mac, number)
    desk.reopen()
    with pytest.raises(StoreDamagedError, match="event log does not fit its key"):
        desk.office.check()


def test_nothing_is_added_to_a_log_whose_end_was_cut_off(desk: Desk) -> None:
    for _ in range(3):
        desk.office.note("opened")
    desk.office.close()
    change(desk.path, "DELETE FROM log WHERE number = 3")
    with pytest.raises(StoreDamagedError, match="event log does not fit its key"):
        Office.open(desk.data, ADA)
    assert len(read(desk.path, "SELECT 1 FROM log")) == 2


def test_another_key_writes_no_entry(desk: Desk) -> None:
    desk.office.note("opened")
    desk.office.close()
    with pytest.raises(StoreError, match="does not belong to the office key"):
        Office.open(desk.data, OfficePrivateKey(bytes(32), coordinator="Eve"))
