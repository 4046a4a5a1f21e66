"""An import, a first look or a hand-over that is killed at any moment is completed by doing it again.

Nothing is left about, and the same people give the same numbers. Started as a program, this file is what gets killed:
for each line "WHAT FOLDER STEP" on standard input it forks a child that does it, and says "started PID" and "ended
STATUS". A child that looks at the tables kills itself at a step: before or after one of its SQL statements.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Self

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
from tests.storage.counts.people import EVERYTHING, KEY_ONLY, people
from tests.storage.disk import files_of
from tests.storage.kiosk.crashes import keeper_environment
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
from tests.variants import usually

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="what is killed is forked, to be killed many times")

SETTINGS = [settings_for(f"Event {number}", f"2026-11-{10 + number}") for number in range(3)]
EVENTS = [event_of(settings) for settings in SETTINGS]
DELETED_ON = dt.date(2028, 1, 1)
STORE = {"office.db", "office.db-journal"}
KILLS = 5
NEVER = 1 << 30
SEEDS = usually(2, range(25))


# What is killed


def bring_everything(folder: Path, step: int = NEVER) -> None:
    """The office from its first start, with every export on a stick, up to the tables; the import killed at a step."""
    make_private_folder(folder / "data" / "office")
    office = Office.open(folder / "data", OFFICE)
    for laptop in LAPTOPS:
        office.accept(laptop.public)
    if step != NEVER:
        storage.office.importing.TOGETHER = 100  # so that there are several transactions, of several files
        vars(office._store)["connection"] = DiesAtStep(office._store.connection, step)
    for result in bring_all(office, find_exports([str(folder / "stick")]), Inline(), lambda _done, _of: None):
        assert not result.problem
    office.counts(Scope(), 10)
    office.close()


class DiesAtStep:
    """A connection whose process is killed before a statement, if the step is even, or after one."""

    def __init__(self, whole: sqlite3.Connection, step: int) -> None:
        self._whole = whole
        self._left = step
        whole.execute("PRAGMA cache_size=1")  # pages reach the disk before COMMIT

    def __getattr__(self, name: str) -> Callable[..., object]:
        def run(*given: object) -> object:
            self._step()
            result = getattr(self._whole, name)(*given)
            self._step()
            return result

        return run

    def _step(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


def look(folder: Path, step: int) -> None:
    """Every table of an office, the groups made first; killed at a step, if that is not past the last."""
    office = Office.open(folder / "data", OFFICE)
    vars(office._store)["connection"] = DiesAtStep(office._store.connection, step)
    for scope in every_scope(office):
        office.counts(scope, 10)
    office.close()


def put_right(folder: Path, step: int) -> None:
    """Two events said to be one, the other removed, all responses deleted; killed at a step, as `look` is."""
    office = Office.open(folder / "data", OFFICE)
    vars(office._store)["connection"] = DiesAtStep(office._store.connection, step)
    first, second, third = (covering(office.all_events(), event.id) for event in EVENTS)
    if third.event == EVENTS[2]:
        office.corrections.merge(third, second)
    if not first.removed:
        office.corrections.remove(first)
    office.delete_responses(office.all_events(), DELETED_ON)
    office.close()


def hand_everything_over(folder: Path, _step: int) -> None:
    """Every event of a laptop, as the staff area does it."""
    stick = Site.at(str(folder / "stick"))
    with opened_laptop(folder / "laptop", SETTINGS[0]) as kiosk:
        for held in Outbox(kiosk).events():
            handed = Outbox(kiosk).export(LAPTOPS[0], held.event, Outbox(kiosk).sealed(held.event))
            stick.put(handed.name, handed.content, lambda _done, _of: None)
            Outbox(kiosk).note_export(handed)


def serve() -> None:
    with tempfile.TemporaryDirectory() as folder:  # what is imported late is there before anybody forks
        stick = Path(folder) / "stick"
        stick.mkdir()
        Site.at(str(stick)).put("one.fairstart", export(EVENTS[0], sealed_for(EVENTS[0], people(1))), lambda *_: None)
        bring_everything(Path(folder))
    acts: dict[str, Callable[[Path, int], None]] = {
        "bring": bring_everything,
        "look": look,
        "right": put_right,
        "hand": hand_everything_over,
    }
    for line in sys.stdin:
        what, folder, step = line.split()
        child = os.fork()
        if child == 0:
            os.write(1, f"started {os.getpid()}\n".encode())
            acts[what](Path(folder), int(step))
            os._exit(0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n".encode())


class Victim:
    """This file, running."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=keeper_environment()
        )
        assert self._process.stdin
        assert self._process.stdout
        self._asking, self._answering = self._process.stdin, self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, what: str, folder: Path, kill_after: float | None = None, step: int = NEVER) -> tuple[int, float]:
        """Do it; SIGKILL it after so many seconds, or at a step. Its exit status, and how long it took."""
        self._asking.write(f"{what} {folder} {step}\n".encode())
        self._asking.flush()
        word, child = self._heard()
        started = time.perf_counter()
        assert word == "started"
        if kill_after is not None and not select.select([self._answering], [], [], kill_after)[0]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        word, status = self._heard()
        assert word == "ended"
        assert status in {0, -9}, "it ended by itself, in an error"
        return status, time.perf_counter() - started

    def _heard(self) -> tuple[str, int]:
        line = b""
        while not line.endswith(b"\n"):
            more = os.read(self._answering.fileno(), 1)
            assert more, "the victim itself ended"
            line += more
        word, number = line.split()
        return word.decode(), int(number)


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    with Victim() as running:
        yield running


def killed_runs(victim: Victim, what: str, start: Path, seed: int) -> Iterator[Path]:
    """Copies of a folder in which it was being done when a random moment came."""
    random = Random(seed)  # noqa: S311 - chooses moments
    status, usual = victim.run(what, Path(shutil.copytree(start, start.with_name(f"{start.name}-whole"))))
    assert status == 0
    kills = 0
    for run in range(20 * KILLS):
        folder = Path(shutil.copytree(start, start.with_name(f"{start.name}-{run}")))
        status, _ = victim.run(what, folder, random.uniform(0, usual))
        if status:
            kills += 1
            yield folder
        shutil.rmtree(folder)
        if kills == KILLS:
            return
    pytest.fail("it was hardly ever killed in time")


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


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.sampled
def test_an_import_that_was_killed_is_completed_by_doing_it_again(
    seed: int, victim: Victim, start: Path, exports: dict[str, bytes], whole: tuple[Content, Numbers]
) -> None:
    for folder in killed_runs(victim, "bring", start, seed):
        is_completed_by_doing_it_again(folder, exports, whole)


@pytest.mark.parametrize("first", usually(1, range(12)))
@pytest.mark.sampled
def test_an_import_that_was_killed_at_any_step_of_its_store_is_completed_by_doing_it_again(
    first: int, victim: Victim, start: Path, exports: dict[str, bytes], whole: tuple[Content, Numbers]
) -> None:
    for step in itertools.count(first, 12):
        folder = Path(shutil.copytree(start, start.with_name(f"step-{step}")))
        status, _ = victim.run("bring", folder, step=step)
        is_completed_by_doing_it_again(folder, exports, whole)
        shutil.rmtree(folder)
        if status == 0:
            break
    assert step > 100, "it was killed in the midst of it"


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

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.folder, self.folder.with_name(name)))

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


@pytest.mark.parametrize("stride", [11, pytest.param(1, marks=pytest.mark.long)])
def test_a_first_look_that_was_killed_before_or_after_any_statement_shows_the_same_when_it_is_done_again(
    stride: int, victim: Victim, filled: Filled
) -> None:
    made = []
    for step in itertools.count(0, stride):
        folder = filled.copy(str(step))
        status, _ = victim.run("look", folder, step=step)
        Office.open(folder / "data", OFFICE).close()  # takes back what was not finished
        ((groups,),) = read(folder / "data" / "office" / "office.db", "SELECT count(*) FROM noisy_group")
        made.append(groups)
        filled.shows_the_same(folder)
        shutil.rmtree(folder)
        if status == 0:
            break
    assert step > 50
    assert made == sorted(made)
    assert set(made) == {0, 3}, "all groups were made, or none"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.sampled
def test_a_first_look_that_was_killed_at_any_moment_shows_the_same_when_it_is_done_again(
    seed: int, victim: Victim, filled: Filled
) -> None:
    for folder in killed_runs(victim, "look", filled.folder, seed):
        filled.shows_the_same(folder)


# Corrections and a deletion


@pytest.mark.parametrize("stride", [37, pytest.param(1, marks=pytest.mark.long)])
def test_corrections_and_a_deletion_that_were_killed_at_any_statement_are_completed_by_doing_them_again(
    stride: int, victim: Victim, filled: Filled
) -> None:
    look(filled.folder, NEVER)
    path = filled.folder / "data" / "office" / "office.db"
    groups, sealed = (read(path, f"SELECT {what}") for what in ("* FROM noisy_group", "sealed FROM response"))
    seen = []
    for step in itertools.count(0, stride):
        folder = filled.copy(str(step))
        status, _ = victim.run("right", folder, step=step)
        office = Office.open(folder / "data", OFFICE)  # takes back what was not finished
        held = office.check()
        seen.append((len(office.corrections.all()), held))
        assert held or not any(one[:64] in content for content in files_of(folder).values() for (one,) in sealed)
        office.close()
        put_right(folder, NEVER)
        desk = Desk(folder / "data", Office.open(folder / "data", OFFICE))
        assert (desk.office.check(), len(desk.office.corrections.all())) == (0, 2)
        assert read(desk.path, "SELECT * FROM noisy_group") == groups
        assert sums(desk.counts()) == (21, 17, 0, 0, 0)
        desk.office.close()
        shutil.rmtree(folder)
        if status == 0:
            break
    states = [(0, 58), (1, 58), (2, 58), (2, 0)]
    places = [states.index(one) for one in seen]
    assert places == sorted(places), "each was done whole, or not at all"
    assert stride > 1 or {*seen} == {*states}


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


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.sampled
def test_a_hand_over_that_was_killed_is_completed_by_doing_it_again(seed: int, victim: Victim, laptop: Path) -> None:
    names = {f"{file_stem(LAPTOPS[0].public, event)}{EXPORT_SUFFIX}": number for number, event in enumerate(EVENTS)}
    files = {path.relative_to(laptop) for path in (laptop / "laptop").rglob("*")}
    for folder in killed_runs(victim, "hand", laptop, seed):
        noted = [
            read_hand_over(folder / "laptop" / "kiosk" / event.folder_name / HANDOVER_NAME).exported for event in EVENTS
        ]
        for name, number in names.items():
            path = folder / "stick" / name
            responses = len(open_export(path.read_bytes(), OFFICE).sealed) if path.exists() else 0
            assert responses in ({2, 5} if number == 0 else {0, 5 + number}), "a file is whole: the old or the new one"
            assert noted[number] in {0, responses}, "what is noted is on the stick"
        hand_everything_over(folder, NEVER)
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


if __name__ == "__main__":
    serve()
