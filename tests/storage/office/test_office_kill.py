"""An import, a first look or a hand-over that is killed at any moment is completed by doing it again.

Nothing is left about, and the same people give the same numbers.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import storage.office.importing
from storage.exchange.exports import EXPORT_SUFFIX, file_stem, open_export
from storage.exchange.handover import read_hand_over
from storage.exchange.locations import Site
from storage.exchange.receipts import RECEIPT_SUFFIX, write_receipt
from storage.kiosk.event_folder import HANDOVER_NAME
from storage.kiosk.outbox import Outbox
from storage.office.events import covering
from storage.office.importing import bring_all, find_exports
from storage.office.labels import Scope
from storage.office.office import Office
from storage.private_files import make_private_folder
from storage.progress import unreported
from tests.storage.counts.people import EVERYTHING, KEY_ONLY, people
from tests.storage.disk import files_of
from tests.storage.killed import EachStatement, at_some_moments, killed_everywhere
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Content,
    Desk,
    Inline,
    Numbers,
    content_of,
    event_of,
    every_scope,
    export,
    hold_at_once,
    make_laptop,
    numbers_of,
    opened_laptop,
    read,
    recount,
    sealed_for,
    settings_for,
    sums,
)

SETTINGS = [settings_for(f"Event {number}", f"2026-11-{10 + number}") for number in range(3)]
EVENTS = [event_of(settings) for settings in SETTINGS]
DELETED_ON = dt.date(2028, 1, 1)
STORE = {"office.db", "office.db-journal"}
at_some_statements = pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.long)])


# What is killed


def bring_everything(folder: Path, *, watched: bool = False) -> None:
    """The office from its first start, with every export on a stick, up to the tables."""
    make_private_folder(folder / "data" / "office")
    office = Office.open(folder / "data", OFFICE)
    for laptop in LAPTOPS:
        office.accept(laptop.public)
    if watched:
        storage.office.importing.TOGETHER = 100  # so that there are several transactions, of several files
        vars(office._store)["connection"] = EachStatement(office._store.connection)
    for result in bring_all(office, find_exports([str(folder / "stick")]), Inline(), unreported):
        assert not result.problem
    office.counts(Scope(), 10)
    office.close()


def look(folder: Path) -> None:
    """Every table of an office, the groups made first."""
    with contextlib.closing(Office.open(folder / "data", OFFICE)) as office:
        vars(office._store)["connection"] = EachStatement(office._store.connection)
        for scope in every_scope(office):
            office.counts(scope, 10)


def put_right(folder: Path) -> None:
    """Two events said to be one, the other removed, all responses deleted."""
    with contextlib.closing(Office.open(folder / "data", OFFICE)) as office:
        vars(office._store)["connection"] = EachStatement(office._store.connection)
        first, second, third = (covering(office.all_events(), event.id) for event in EVENTS)
        if third.event == EVENTS[2]:
            office.corrections.merge(third, second)
        if not first.removed:
            office.corrections.remove(first)
        office.delete_responses(office.all_events(), DELETED_ON)


def hand_everything_over(folder: Path) -> None:
    """Every event of a laptop, as the staff area does it."""
    stick = Site.at(str(folder / "stick"))
    with opened_laptop(folder / "laptop", SETTINGS[0]) as kiosk:
        for held in Outbox(kiosk).events():
            handed = Outbox(kiosk).export(LAPTOPS[0], held.event, Outbox(kiosk).sealed(held.event))
            stick.put(handed.name, handed.content, unreported)
            Outbox(kiosk).note_export(handed)


def copies_of(start: Path) -> Callable[[int], Path]:
    return lambda number: Path(shutil.copytree(start, start.with_name(str(number))))


# An import


@pytest.fixture(scope="module")
def exports() -> dict[str, bytes]:
    """Of two events from two laptops each; they overlap, and an older one of each event is among them."""
    found = {}
    for number, event in enumerate(EVENTS[:2]):
        sealed = sealed_for(event, people(25, number, EVERYTHING if number else KEY_ONLY))
        for laptop, rows in ((LAPTOPS[0], sealed[:15]), (LAPTOPS[1], sealed[10:])):
            stem = file_stem(laptop.public, event)
            found[stem] = export(event, rows, laptop)
        found[f"old/{stem}"] = export(event, rows[:11], laptop)
    return found


@pytest.fixture
def start(memory_folder: Path, exports: dict[str, bytes]) -> Path:
    stick = memory_folder / "start" / "stick"
    (stick / "old").mkdir(parents=True)
    for name, content in exports.items():
        (stick / f"{name}{EXPORT_SUFFIX}").write_bytes(content)
    return stick.parent


@pytest.fixture(scope="module")
def whole(exports: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, Numbers]:
    """What an office holds that was never killed, and what it shows."""
    desk = Desk.at(tmp_path_factory.mktemp("whole"))
    for content in exports.values():
        desk.bring(content)
    numbers = numbers_of(desk.counts())
    desk.office.close()
    return content_of(desk.path), numbers


@at_some_statements
def test_an_import_that_was_killed_anywhere_is_completed_by_doing_it_again(
    every: int, start: Path, exports: dict[str, bytes], whole: tuple[Content, Numbers]
) -> None:
    runs = 0
    for folder in killed_everywhere(copies_of(start), functools.partial(bring_everything, watched=True), every):
        runs += 1
        is_completed_by_doing_it_again(folder, exports, whole)
        shutil.rmtree(folder)
    assert runs * every > 100, "it was killed in the midst of it"


def is_completed_by_doing_it_again(folder: Path, exports: dict[str, bytes], whole: tuple[Content, Numbers]) -> None:
    """What is there is right as far as it goes; and after once more it is all there is, once."""
    complete, counted = whole
    opened = {name: open_export(content, OFFICE) for name, content in exports.items()}
    receipts = {name: write_receipt(one, OFFICE) for name, one in opened.items()}
    before = 0
    if (folder / "data" / "office" / "office.db").exists():
        office = Office.open(folder / "data", OFFICE)
        before = office.check()
        office.close()
        found = content_of(folder / "data" / "office" / "office.db")
        assert all(set(rows) <= set(complete[table]) for table, rows in found.items())
        kept = {id_ for _, id_, _, _ in found["response"]}
    for name, receipt in receipts.items():
        path = folder / "stick" / f"{name}{RECEIPT_SUFFIX}"
        if path.exists():
            assert path.read_bytes() == receipt
            assert {one.id for one in opened[name].sealed} <= kept, "what has a receipt is in the office"
    bring_everything(folder)
    desk = Desk(folder / "data", Office.open(folder / "data", OFFICE))
    assert content_of(desk.path) == complete
    assert before <= desk.office.check() == 50
    assert sums(desk.counts()) == (50, 50, 0, 0, 0)
    assert numbers_of(desk.counts()) == counted
    desk.office.close()
    left = {path.relative_to(folder / "stick").as_posix() for path in (folder / "stick").rglob("*.*")}
    assert left == {name + suffix for name in exports for suffix in (EXPORT_SUFFIX, RECEIPT_SUFFIX)}
    assert all((folder / "stick" / (name + RECEIPT_SUFFIX)).read_bytes() == receipts[name] for name in exports)
    assert {path.name for path in desk.path.parent.iterdir()} == STORE


def test_an_office_that_was_killed_just_after_its_store_got_its_name_leaves_nothing_about(
    memory_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(self: Path, target: Path) -> Path:
        os.rename(self, target)  # noqa: PTH104 - the method is this one
        raise KeyboardInterrupt

    make_private_folder(memory_folder / "office")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", kill)
        with pytest.raises(KeyboardInterrupt):
            Office.open(memory_folder, OFFICE)
    Office.open(memory_folder, OFFICE).close()
    assert {path.name for path in (memory_folder / "office").iterdir()} <= STORE


# A first look


@dataclass(frozen=True)
class Filled:
    """An office at which nobody has looked, and what it must show."""

    folder: Path
    expected: dict[Scope, Numbers]

    def shows_the_same(self, folder: Path) -> None:
        """Whatever was done before, and again after a restart."""
        for _ in range(2):
            office = Office.open(folder / "data", OFFICE)
            assert {scope: numbers_of(office.counts(scope, 10)) for scope in self.expected} == self.expected
            assert office.check() == 58
            office.close()
        assert {path.name for path in (folder / "data" / "office").iterdir()} == STORE


@pytest.fixture
def filled(memory_folder: Path) -> Filled:
    """One event of two groups, two events that share one, and four people who wait."""
    folder = memory_folder / "filled"
    desk = Desk.at(folder / "data")
    every, key = desk.bring_people(EVENTS[0], people(25)), desk.bring_people(EVENTS[0], people(12, 1, KEY_ONLY))
    shared = desk.bring_people(EVENTS[1], people(9, 2)) + desk.bring_people(EVENTS[2], people(8, 3))
    desk.bring_people(EVENTS[2], people(4, 4, KEY_ONLY))
    desk.office.close()
    here = Scope.of({"event": EVENTS[0].id.hex()})
    return Filled(folder, {Scope(): recount([every, key, shared]), here: recount([every, key])})


@at_some_statements
def test_a_first_look_that_was_killed_anywhere_shows_the_same_when_it_is_done_again(every: int, filled: Filled) -> None:
    made = []
    for folder in killed_everywhere(copies_of(filled.folder), look, every):
        Office.open(folder / "data", OFFICE).close()  # takes back what was not finished
        ((groups,),) = read(folder / "data" / "office" / "office.db", "SELECT count(*) FROM noisy_group")
        made.append(groups)
        filled.shows_the_same(folder)
        shutil.rmtree(folder)
    assert len(made) * every > 50
    assert made == sorted(made)
    assert set(made) == {0, 3}, "all groups were made, or none"


# Corrections and a deletion


@pytest.mark.parametrize("every", [37, pytest.param(1, marks=pytest.mark.long)])
def test_corrections_and_a_deletion_that_were_killed_at_any_statement_are_completed_by_doing_them_again(
    every: int, filled: Filled
) -> None:
    look(filled.folder)
    path = filled.folder / "data" / "office" / "office.db"
    groups, sealed = (read(path, f"SELECT {what}") for what in ("* FROM noisy_group", "sealed FROM response"))
    seen = []
    for folder in killed_everywhere(copies_of(filled.folder), put_right, every):
        office = Office.open(folder / "data", OFFICE)  # takes back what was not finished
        held = office.check()
        seen.append((len(office.corrections.all()), held))
        assert held or not any(one[:64] in content for content in files_of(folder).values() for (one,) in sealed)
        office.close()
        put_right(folder)
        desk = Desk(folder / "data", Office.open(folder / "data", OFFICE))
        assert (desk.office.check(), len(desk.office.corrections.all())) == (0, 2)
        assert read(desk.path, "SELECT * FROM noisy_group") == groups
        assert sums(desk.counts()) == (21, 17, 0, 0, 0)
        desk.office.close()
        shutil.rmtree(folder)
    states = [(0, 58), (1, 58), (2, 58), (2, 0)]
    places = [states.index(one) for one in seen]
    assert places == sorted(places), "each was done whole, or not at all"
    assert every > 1 or {*seen} == {*states}


# A hand-over


@pytest.fixture
def laptop(memory_folder: Path) -> Path:
    """A laptop with people at three events, an empty stick, and an older export of one event on it."""
    folder = memory_folder / "laptop-start"
    (folder / "stick").mkdir(parents=True)
    data = make_laptop(folder / "laptop", LAPTOPS[0])
    for number, settings in enumerate(SETTINGS):
        with opened_laptop(data, settings) as kiosk:
            sealed = sealed_for(kiosk.event, people(5 + number, number))
            hold_at_once(kiosk, sealed)
            if number == 0:
                name = file_stem(LAPTOPS[0].public, kiosk.event) + EXPORT_SUFFIX
                (folder / "stick" / name).write_bytes(export(kiosk.event, sealed[:2]))
    return folder


@at_some_moments
def test_a_hand_over_that_was_killed_anywhere_is_completed_by_doing_it_again(every: int, laptop: Path) -> None:
    names = {f"{file_stem(LAPTOPS[0].public, event)}{EXPORT_SUFFIX}": number for number, event in enumerate(EVENTS)}
    files = {path.relative_to(laptop) for path in (laptop / "laptop").rglob("*")}
    for folder in killed_everywhere(copies_of(laptop), hand_everything_over, every):
        noted = [
            read_hand_over(folder / "laptop" / "kiosk" / event.folder_name / HANDOVER_NAME).exported for event in EVENTS
        ]
        for name, number in names.items():
            path = folder / "stick" / name
            responses = len(open_export(path.read_bytes(), OFFICE).sealed) if path.exists() else 0
            assert responses in ({2, 5} if number == 0 else {0, 5 + number}), "a file is whole: the old or the new one"
            assert noted[number] in {0, responses}, "what is noted is on the stick"
        hand_everything_over(folder)
        assert {path.name for path in (folder / "stick").iterdir()} == set(names)
        with opened_laptop(folder / "laptop", SETTINGS[0]) as kiosk:
            for held in Outbox(kiosk).events():
                number = EVENTS.index(held.event)
                assert (held.held, held.noted.exported, held.state.name) == (5 + number, 5 + number, "EXPORTED")
                content = (folder / "stick" / f"{file_stem(LAPTOPS[0].public, held.event)}{EXPORT_SUFFIX}").read_bytes()
                assert list(open_export(content, OFFICE).sealed) == Outbox(kiosk).sealed(held.event)
        new = {path.relative_to(folder) for path in (folder / "laptop").rglob("*")} - files
        made = {"handover.json", "handover.lock", "responses.db-journal", "groups.db-journal"}
        assert {path.name for path in new} <= made
