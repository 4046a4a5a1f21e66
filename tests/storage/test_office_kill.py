"""An import or a hand-over that is killed at any moment is completed by doing it again, and leaves nothing about.

Started as a program, this file is what gets killed: for each line "WHAT FOLDER" on standard input it forks a child that
does it, and says "started PID" and "ended STATUS".
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Self

import pytest

from storage.bringing import bring_all, find_exports
from storage.exports import EXPORT_SUFFIX, RECEIPT_SUFFIX, file_stem, open_export, write_receipt
from storage.files import make_private_folder
from storage.handover import read_hand_over
from storage.office import Office, Scope
from storage.transport import Site
from tests.storage.crashes import keeper_environment
from tests.storage.merging import (
    LAPTOPS,
    OFFICE,
    Content,
    Desk,
    Inline,
    content_of,
    event_of,
    export,
    hold_at_once,
    make_laptop,
    opened_laptop,
    sealed_for,
    settings_for,
)
from tests.storage.people import EVERYTHING, KEY_ONLY, people

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="what is killed is forked, to be killed many times")

SETTINGS = [settings_for(f"Event {number}", f"2026-11-{10 + number}") for number in range(3)]
EVENTS = [event_of(settings) for settings in SETTINGS]
STORE = {"office.db", "office.db-journal"}
KILLS = 5
SEEDS = [*range(5), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(5, 25))]


# What is killed


def bring_everything(folder: Path) -> None:
    """The office from its first start, with every export on a stick, up to the tables."""
    make_private_folder(folder / "data" / "office")
    office = Office.open(folder / "data", OFFICE)
    for laptop in LAPTOPS:
        office.accept(laptop.public)
    for result in bring_all(office, find_exports([str(folder / "stick")]), Inline(), lambda _done, _of: None):
        assert not result.problem
    office.counts(Scope(), 10)
    office.close()


def hand_everything_over(folder: Path) -> None:
    """Every event of a laptop, as the staff area does it."""
    stick = Site.at(str(folder / "stick"))
    with opened_laptop(folder / "laptop", SETTINGS[0]) as kiosk:
        for held in kiosk.events():
            handed = kiosk.export(LAPTOPS[0], held.event)
            stick.put(handed.name, handed.content, lambda _done, _of: None)
            kiosk.note_export(handed)


def serve() -> None:
    with tempfile.TemporaryDirectory() as folder:  # what is imported late is there before anybody forks
        stick = Path(folder) / "stick"
        stick.mkdir()
        Site.at(str(stick)).put("one.fairstart", export(EVENTS[0], sealed_for(EVENTS[0], people(1))), lambda *_: None)
        bring_everything(Path(folder))
    for line in sys.stdin:
        what, folder = line.split()
        child = os.fork()
        if child == 0:
            os.write(1, f"started {os.getpid()}\n".encode())
            (bring_everything if what == "bring" else hand_everything_over)(Path(folder))
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

    def run(self, what: str, folder: Path, kill_after: float | None = None) -> tuple[int, float]:
        """Do it; SIGKILL it after so many seconds. Its exit status, and how long it took."""
        self._asking.write(f"{what} {folder}\n".encode())
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
def whole(exports: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What an office holds that was never killed."""
    desk = Desk.at(tmp_path_factory.mktemp("whole"))
    for content in exports.values():
        desk.bring(content)
    desk.office.close()
    return content_of(desk.path)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_import_that_was_killed_is_completed_by_doing_it_again(
    seed: int, victim: Victim, start: Path, exports: dict[str, bytes], whole: Content
) -> None:
    opened = {name: open_export(content, OFFICE) for name, content in exports.items()}
    receipts = {name: write_receipt(one, OFFICE) for name, one in opened.items()}
    for folder in killed_runs(victim, "bring", start, seed):
        before = 0
        if (folder / "data" / "office" / "office.db").exists():
            office = Office.open(folder / "data", OFFICE)
            before = office.check()
            office.close()
            found = content_of(folder / "data" / "office" / "office.db")
            assert all(set(rows) <= set(whole[table]) for table, rows in found.items())
            kept = {id_ for _, id_, _, _ in found["response"]}
        for name, receipt in receipts.items():
            path = folder / "stick" / f"{name}{RECEIPT_SUFFIX}"
            if path.exists():
                assert path.read_bytes() == receipt
                assert {one.id for one in opened[name].sealed} <= kept, "what has a receipt is in the office"
        bring_everything(folder)
        desk = Desk(folder / "data", Office.open(folder / "data", OFFICE))
        assert content_of(desk.path) == whole
        assert before <= desk.office.check() == 50
        counts = desk.counts()
        assert (counts.held, counts.in_counts, counts.waiting, counts.unreadable) == (50, 50, 0, 0)
        assert sum(number for number, _ in desk.parcels().values()) == 50
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
def test_a_hand_over_that_was_killed_is_completed_by_doing_it_again(seed: int, victim: Victim, laptop: Path) -> None:
    names = {f"{file_stem(LAPTOPS[0].public, event)}{EXPORT_SUFFIX}": number for number, event in enumerate(EVENTS)}
    files = {path.relative_to(laptop) for path in (laptop / "laptop").rglob("*")}
    for folder in killed_runs(victim, "hand", laptop, seed):
        noted = [read_hand_over(folder / "laptop" / "kiosk" / event.folder_name).exported for event in EVENTS]
        for name, number in names.items():
            path = folder / "stick" / name
            responses = len(open_export(path.read_bytes(), OFFICE).sealed) if path.exists() else 0
            assert responses in ({2, 5} if number == 0 else {0, 5 + number}), "a file is whole: the old or the new one"
            assert noted[number] in {0, responses}, "what is noted is on the stick"
        hand_everything_over(folder)
        assert {path.name for path in (folder / "stick").iterdir()} == set(names)
        with opened_laptop(folder / "laptop", SETTINGS[0]) as kiosk:
            for held in kiosk.events():
                number = EVENTS.index(held.event)
                assert (held.held, held.noted.exported, held.state.name) == (5 + number, 5 + number, "EXPORTED")
                content = (folder / "stick" / f"{file_stem(LAPTOPS[0].public, held.event)}{EXPORT_SUFFIX}").read_bytes()
                assert list(open_export(content, OFFICE).sealed) == kiosk.sealed(held.event)
        new = {path.relative_to(folder) for path in (folder / "laptop").rglob("*")} - files
        assert {path.name for path in new} <= {"handover.json", "responses.db-journal", "batches.db-journal"}


if __name__ == "__main__":
    serve()
