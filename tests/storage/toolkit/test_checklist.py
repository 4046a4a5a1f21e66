"""The checklist keeps every change, beside other processes, through crashes, full disks and what other programs do."""

import contextlib
import datetime as dt
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

import storage.database
from storage.errors import ChangedElsewhereError, StoreDamagedError, StoreError
from storage.toolkit.checklist import (
    BLANK,
    FIELDS,
    FILE_NAME,
    NOTE_LENGTH,
    OWNER_LENGTH,
    STATUSES,
    Checklist,
    Edit,
    Field,
    Record,
    _migrations,
)
from tests.storage.disk import files_of, no_file_longer_than
from tests.storage.kiosk.crashes import keeper_environment, why_not_strace

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the worker forks, to be killed many times")
needs_modes = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
not_as_root = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")

TODAY = dt.date(2026, 11, 23)
NASTY = "a\x1b[31mb\x00c\x07d\u202ee\u2066f\u2069g\x9bh\u200fi\x7f"
PLAIN = "a[31mbcdefghi"
FAMILY = "👩🏽\u200d💻 👨\u200d👩\u200d👧 ❤️"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def checklist(folder: Path) -> Iterator[Checklist]:
    opened = Checklist.open(folder)
    yield opened
    opened.close()


@pytest.fixture
def other(folder: Path, checklist: Checklist) -> Iterator[Checklist]:
    """What another process would have open."""
    opened = Checklist.open(folder)
    yield opened
    opened.close()


@contextlib.contextmanager
def by_another_program(folder: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        yield connection
        connection.commit()


def note(name: str, before: str, after: str, event: str = "") -> Edit:
    return Edit(name, "note", before, after, event)


def kept(folder: Path, event: str = "") -> dict[str, Record]:
    with contextlib.closing(Checklist.open(folder)) as opened:
        assert opened.check()
        return opened.records(event)


def index_agrees(folder: Path) -> bool:
    """Whether the search index holds what the notes and owners say, and nothing else."""
    with by_another_program(folder) as connection:
        try:
            connection.execute("INSERT INTO record_fts (record_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError:
            return False
        return True


# What is kept, and where


def test_every_field_is_kept_for_the_organisation_and_for_each_event_apart(folder: Path, checklist: Checklist) -> None:
    checklist.save(
        Edit("D1.1", "status", "not started", "in progress"),
        Edit("D1.1", "owner", "", "Zoë"),
        Edit("D1.1", "review", "", "2026-11-23"),
        note("D1.1", "", "first\nsecond"),
        note("D1.1", "", "there", event="Leeds"),
    )
    for records in (checklist.records, lambda event="": kept(folder, event)):
        assert records() == {"D1.1": Record("in progress", "Zoë", TODAY, "first\nsecond")}
        assert records("Leeds") == {"D1.1": Record(note="there")}
        assert records("York") == {}


def test_a_saved_change_is_there_at_once_for_others_and_shows_in_their_version(
    folder: Path, checklist: Checklist, other: Checklist
) -> None:
    before, mine = other.version, checklist.version
    checklist.save(note("D1.1", "", "hello"))
    assert other.records()["D1.1"].note == "hello"
    assert other.version != before
    assert checklist.version == mine
    assert [noted.id for noted in other.search("hello", 5)] == ["D1.1"]


def test_any_program_for_sqlite_reads_the_file(folder: Path, checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", "hello"), Edit("D1.1", "status", "not started", "done"))
    with by_another_program(folder) as connection:
        rows = connection.execute("SELECT event, id, status, owner, review, note FROM record").fetchall()
    assert rows == [("", "D1.1", "done", "", "", "hello")]
    database = sqlite_utils.Database(folder / FILE_NAME)
    assert [row["id"] for row in database.table("record").search("hello")] == ["D1.1"]
    assert next(iter(database.table("record").rows))["status"] == "done"
    database.close()


@needs_modes
def test_the_file_and_the_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    usual = os.umask(0)
    try:
        Checklist.open(tmp_path / "a" / "b").close()
    finally:
        os.umask(usual)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b", f"a/b/{FILE_NAME}")]
    assert modes == [0o700, 0o700, 0o600]


def test_without_create_nothing_is_made_and_an_empty_checklist_stands_in(folder: Path) -> None:
    opened = Checklist.open(folder, create=False)
    assert opened.records() == {}
    assert opened.search("word", 5) == []
    opened.close()
    assert not folder.exists()
    folder.mkdir()
    Checklist.open(folder, create=False).close()
    assert list(folder.iterdir()) == []


def test_without_create_a_file_that_is_there_is_opened(folder: Path, checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", "hello"))
    opened = Checklist.open(folder, create=False)
    assert opened.records() == checklist.records()
    opened.close()


# Several at once


def test_of_two_who_edit_one_note_from_the_same_text_both_texts_are_kept(
    checklist: Checklist, other: Checklist
) -> None:
    checklist.save(note("D1.1", "", "base"))
    checklist.save(note("D1.1", "base", "base, mine"))
    (made,) = other.save(note("D1.1", "base", "base, theirs"))
    assert made.after == checklist.records()["D1.1"].note
    assert "base, mine" in made.after
    assert "theirs" in made.after
    (rewritten,) = other.save(note("D1.1", "base", "rewritten"))
    assert all(text in rewritten.after for text in ("base, mine", "theirs", "rewritten"))
    checklist.save(note("D1.1", rewritten.after, ""))
    (alone,) = other.save(note("D1.1", rewritten.after, f"{rewritten.after} more"))
    assert alone.after == "more", "what one has cleared is gone, what the other added stays"


@pytest.mark.parametrize(
    ("field", "mine", "theirs"),
    [
        ("status", "done", "in progress"),
        ("owner", "Ann", "Bob"),
        ("review", "2026-01-01", "2027-01-01"),
    ],
)
def test_another_field_changed_meanwhile_is_refused_the_first_stays_and_nothing_else_of_the_save_is_made(
    field: Field, mine: str, theirs: str, checklist: Checklist, other: Checklist
) -> None:
    before = BLANK.text(field)
    checklist.save(Edit("D1.1", field, before, mine))
    left = checklist.records()
    with pytest.raises(ChangedElsewhereError) as caught:
        other.save(note("D1.2", "", "x"), Edit("D1.1", field, before, theirs), note("D1.3", "", "y"))
    assert mine in caught.value.sentence
    assert caught.value.sentence.startswith("D1.1: ")
    assert checklist.records() == other.records() == left
    assert not other.can_undo


def test_who_saves_what_already_stands_there_changes_nothing(checklist: Checklist, other: Checklist) -> None:
    checklist.save(Edit("D1.1", "status", "not started", "done"))
    assert other.save(Edit("D1.1", "status", "not started", "done")) == ()
    assert not other.can_undo


WORKER = """
import json, os, sys
from pathlib import Path
import sqlite_utils
from storage.toolkit.checklist import BLANK, Checklist, Edit
from storage.errors import ChangedElsewhereError

def say(*words):
    os.write(1, (json.dumps(words) + "\\n").encode())  # at once: a killed process loses what it buffers

def work(folder, edits):
    checklist, last = Checklist.open(Path(folder)), {}
    for id, field, before, after in edits:
        if before is None:  # adds a line to what it last saw
            before = last.get(id, "")
            after = f"{before}\\n{after}" if before else after
        say("offered", id, after)
        try:
            for made in checklist.save(Edit(id, field, before, after)):
                last[id] = made.after
            say("saved", id, after)
        except ChangedElsewhereError:
            say("refused", id, after)

say("ready")
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        say("started", os.getpid())
        try:
            work(*json.loads(line))
        except BaseException as error:
            say("failed", repr(error))
        os._exit(0)
    say("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
"""A process that makes the edits of each line in a child of its own, and says what happened as it happens."""

Worker = subprocess.Popen[str]


@contextlib.contextmanager
def workers(count: int) -> Iterator[list[Worker]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=keeper_environment(),
        )
        for _ in range(count)
    ]
    try:
        for worker in started:
            assert said(worker) == ["ready"]
        yield started
    finally:
        for worker in started:
            worker.communicate()


def ask(worker: Worker, folder: Path, edits: Sequence[Sequence[str | None]]) -> None:
    assert worker.stdin is not None
    worker.stdin.write(json.dumps([str(folder), edits]) + "\n")
    worker.stdin.flush()


def said(worker: Worker) -> list[Any]:
    assert worker.stdout is not None
    return list(json.loads(worker.stdout.readline()))


def account(worker: Worker) -> list[list[Any]]:
    """What it says until its child has ended."""
    told: list[list[Any]] = []
    while not told or told[-1][0] != "ended":
        told.append(said(worker))
    return told


def at_once(both: list[Worker], folder: Path, *edits: Sequence[Sequence[str | None]]) -> list[list[str]]:
    """Each worker makes its edits, beside the other; the first word that each said of every edit."""
    for worker, its in zip(both, edits, strict=True):
        ask(worker, folder, its)
    accounts = [account(worker) for worker in both]
    assert [told for one in accounts for told in one if told[0] == "failed"] == []
    return [[told[0] for told in one if told[0] in {"saved", "refused"}] for one in accounts]


@needs_fork
def test_two_processes_that_save_at_once_lose_no_edit(memory_folder: Path) -> None:
    folder = memory_folder / "data"
    with workers(2) as both:
        done = at_once(both, folder, *([(f"{who}-{n}", "note", "", f"{who}{n}") for n in range(100)] for who in "ab"))
        assert done == [["saved"] * 100] * 2
        done = at_once(
            both,
            folder,
            [("D1.1", "owner", f"Ann {n}" if n else "", f"Ann {n + 1}") for n in range(100)],
            [("D1.1", "note", f"text {n}" if n else "", f"text {n + 1}") for n in range(100)],
        )
        assert done == [["saved"] * 100] * 2
        done = at_once(both, folder, *([("D1.2", "note", None, f"{who}{n}.") for n in range(100)] for who in "ab"))
        assert done == [["saved"] * 100] * 2
    records = kept(folder)
    assert {f"{who}-{n}": Record(note=f"{who}{n}") for who in "ab" for n in range(100)}.items() <= records.items()
    assert records["D1.1"] == Record(owner="Ann 100", note="text 100")
    assert sorted(records["D1.2"].note.split("\n")) == sorted(f"{who}{n}." for who in "ab" for n in range(100))
    assert index_agrees(folder)


@needs_fork
@pytest.mark.long
def test_of_two_processes_that_set_the_same_status_at_once_one_is_refused_each_time(memory_folder: Path) -> None:
    folder = memory_folder / "data"
    with workers(2) as both:
        first, second = at_once(
            both,
            folder,
            *([(f"i{n}", "status", "not started", status) for n in range(100)] for status in ("done", "in progress")),
        )
    records = kept(folder)
    assert len(records) == 100
    for number, words in enumerate(zip(first, second, strict=True)):
        assert sorted(words) == ["refused", "saved"]
        assert records[f"i{number}"].status == ("done" if words[0] == "saved" else "in progress")


@needs_fork
@pytest.mark.long
def test_two_processes_that_open_a_new_folder_at_the_same_moment_both_work(memory_folder: Path) -> None:
    with workers(2) as both:
        for number in range(8):
            folder = memory_folder / str(number)
            done = at_once(both, folder, *([(who, "note", "", "x")] for who in "ab"))
            assert done == [["saved"], ["saved"]]
            assert kept(folder).keys() == {"a", "b"}


# Killed


@needs_fork
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 40))])
@pytest.mark.sampled
def test_a_process_killed_at_random_moments_keeps_every_change_that_it_reported(seed: int, memory_folder: Path) -> None:
    random = Random(seed)  # noqa: S311 - chooses moments
    folder = memory_folder / "data"
    held: dict[str, str] = {}
    amid = saved = 0
    with workers(1) as (worker,):
        for run in range(5):
            edits, before = [], dict(held)
            for number in range(2000):
                name, after = f"i{number % 4}", f"{run}-{number}" + " word" * random.randrange(200)
                edits.append((name, "note", before.get(name, ""), after))
                before[name] = after
            ask(worker, folder, edits)
            word, process = said(worker)
            assert word == "started"
            told = [said(worker) for _ in range(random.randrange(80))]
            time.sleep(random.uniform(0, 0.04))
            os.kill(process, signal.SIGKILL)
            told += account(worker)
            end = told.pop()
            assert end == ["ended", -signal.SIGKILL]
            assert {words[0] for words in told} <= {"offered", "saved"}
            amid += (folder / f"{FILE_NAME}-journal").exists()
            saved += sum(words[0] == "saved" for words in told)
            sure = held | {name: text for what, name, text in told if what == "saved"}
            perhaps = sure | {name: text for what, name, text in told[-1:]}
            held = {name: record.note for name, record in kept(folder).items()}
            assert held in (sure, perhaps)
            assert index_agrees(folder)
    print(f"{amid} of 5 kills fell amid a change; {saved} changes were reported")
    assert saved


@needs_fork
def test_a_process_killed_while_it_makes_a_new_file_leaves_one_that_opens(memory_folder: Path) -> None:
    random = Random(0)  # noqa: S311 - chooses moments
    with workers(1) as (worker,):
        for run in range(12):
            folder = memory_folder / str(run)
            ask(worker, folder, [])
            process = said(worker)[1]
            time.sleep(random.uniform(0, 0.03))
            with contextlib.suppress(ProcessLookupError):  # it was quick
                os.kill(process, signal.SIGKILL)
            account(worker)
            assert kept(folder) == {}
            assert index_agrees(folder)


@pytest.mark.skipif(bool(why_not_strace()), reason=why_not_strace())
def test_the_removal_of_the_journal_is_on_the_disk_when_a_change_is_reported(folder: Path, tmp_path: Path) -> None:
    Checklist.open(folder).close()
    code = (
        "import sys; from pathlib import Path; from storage.toolkit.checklist import Checklist, Edit; "
        "Checklist.open(Path(sys.argv[1])).save(Edit('D1.1', 'note', '', 'x'))"
    )
    calls = "trace=fsync,fdatasync,/^unlink,ftruncate,pwrite64"
    command: list[str | Path] = ["strace", "-qq", "-f", "-o", tmp_path / "log", "-e", calls]
    for watched in (folder, folder / FILE_NAME, folder / f"{FILE_NAME}-journal"):
        command += ["-P", watched]
    subprocess.run([*command, sys.executable, "-c", code, folder], env=keeper_environment(), check=True)
    last = [line for line in (tmp_path / "log").read_text().splitlines() if "(" in line][-1]
    assert "sync(" in last


# Other versions


def older(folder: Path) -> None:
    """A file as the first version left it."""
    folder.mkdir(parents=True)
    database = sqlite_utils.Database(folder / FILE_NAME)
    _migrations().apply(database, stop_before="search")
    database.table("record").insert_all(
        {"id": f"D1.{n}", "event": "Leeds" if n > 2 else "", "owner": f"Owner{n}", "note": f"remember giraffe{n}"}
        for n in range(1, 5)
    )
    database.close()


def test_a_file_of_an_older_version_keeps_all_and_is_found_by_search(folder: Path) -> None:
    older(folder)
    for _ in range(2):
        opened = Checklist.open(folder)
        assert opened.records() == {f"D1.{n}": Record(owner=f"Owner{n}", note=f"remember giraffe{n}") for n in (1, 2)}
        assert opened.records("Leeds").keys() == {"D1.3", "D1.4"}
        assert {noted.id for noted in opened.search("remember", 9)} == {"D1.1", "D1.2", "D1.3", "D1.4"}
        assert [noted.id for noted in opened.search("owner2", 9)] == ["D1.2"]
        opened.close()
    with contextlib.closing(Checklist.open(folder)) as opened:
        opened.save(note("D1.1", "remember giraffe1", "okapi"))
        assert [noted.id for noted in opened.search("okapi", 9)] == ["D1.1"]
        assert opened.search("giraffe1", 9) == []


def test_a_file_of_a_newer_version_is_refused_and_not_touched(folder: Path, checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", "hello"))
    with by_another_program(folder) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'later', '2030')",
            ["fairstart checklist"],
        )
    before = (folder / FILE_NAME).read_bytes()
    for create in (True, False):
        with pytest.raises(StoreError, match="newer Fairstart") as caught:
            Checklist.open(folder, create=create)
        assert not isinstance(caught.value, StoreDamagedError)
        assert str(folder / FILE_NAME) in caught.value.sentence
    assert (folder / FILE_NAME).read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_what_other_programs_noted_of_their_own_migrations_is_no_matter(folder: Path, checklist: Checklist) -> None:
    with by_another_program(folder) as connection:
        connection.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('theirs', 'unknown')")
    assert kept(folder) == {}


# Damage


def filled(folder: Path) -> dict[str, Record]:
    with contextlib.closing(Checklist.open(folder)) as opened:
        random = Random(1)  # noqa: S311 - the same words each time
        opened.save(*(note(f"i{n}", "", f"needle {random.randbytes(150).hex()} {n}") for n in range(40)))
        return opened.records()


def what_opening_says(folder: Path, right: dict[str, Record]) -> str:
    """The sentence with which it is refused to open or read; empty if everything in it is right."""
    try:
        opened = Checklist.open(folder)
    except StoreError as error:
        return error.sentence
    try:
        opened.search("needle", 100)
        assert opened.records() == right
    except StoreError as error:
        return error.sentence
    finally:
        opened.close()
    return ""


@pytest.mark.parametrize(
    "change",
    [
        lambda old: Random(0).randbytes(len(old)),  # noqa: S311 - the same each time
        lambda _: b"Dear reader, this is no database.\n" * 300,
        lambda _: b"short",
        lambda old: bytes(len(old)),
        lambda old: old[: len(old) // 2],
        lambda old: old[:5000],
        lambda old: old[:4096],
        lambda old: old[:-4096],
        lambda old: old[:100],
        lambda old: bytes(100) + old[100:],
    ],
    ids=["random", "text", "short", "zeros", "half", "5000", "a page", "last page off", "header alone", "no header"],
)
def test_a_damaged_file_is_told_and_left_as_it_is(change: Callable[[bytes], bytes], folder: Path) -> None:
    right = filled(folder)
    path = folder / FILE_NAME
    path.write_bytes(change(path.read_bytes()))
    before = path.read_bytes()
    sentence = what_opening_says(folder, right)
    assert "is damaged and was left as it is" in sentence
    assert str(path) in sentence
    assert path.read_bytes() == before


def test_a_page_of_zeros_anywhere_is_told_or_hides_nothing(folder: Path) -> None:
    right = filled(folder)
    path = folder / FILE_NAME
    sound = path.read_bytes()
    told = 0
    for at in range(0, len(sound), 4096):
        path.write_bytes(sound[:at] + bytes(4096) + sound[at + 4096 :])
        before = path.read_bytes()
        told += bool(what_opening_says(folder, right))
        assert path.read_bytes() == before
    assert told > 5
    path.write_bytes(sound)
    assert what_opening_says(folder, right) == ""


def test_a_folder_in_its_place_is_told(folder: Path) -> None:
    (folder / FILE_NAME).mkdir(parents=True)
    with pytest.raises(StoreError, match="Cannot use") as caught:
        Checklist.open(folder)
    assert str(folder / FILE_NAME) in caught.value.sentence


@not_as_root
@needs_modes
def test_a_folder_or_file_that_may_not_be_written_is_told(folder: Path, tmp_path: Path) -> None:
    right = filled(folder)
    folder.chmod(0o500)
    (folder / FILE_NAME).chmod(0o400)
    try:
        with contextlib.closing(Checklist.open(folder)) as opened:
            assert opened.records() == right
            with pytest.raises(StoreError, match="Cannot use"):
                opened.save(note("new", "", "x"))
            assert opened.records() == right
        with pytest.raises(StoreError, match="Cannot write"):
            Checklist.open(folder / "below")
    finally:
        folder.chmod(0o700)


@needs_fork
def test_on_a_full_disk_a_change_is_refused_whole_and_can_be_made_when_there_is_room(memory_folder: Path) -> None:
    folder = memory_folder / "data"
    right = filled(folder)
    with contextlib.closing(Checklist.open(folder)) as opened:
        refused = 0
        size = (folder / FILE_NAME).stat().st_size
        edits = [note("i1", right["i1"].note, "short"), *(note(f"new{n}", "", "long," * 700) for n in range(3))]
        for limit in range(0, size + 8192, 2048):
            with no_file_longer_than(limit), contextlib.suppress(StoreError):
                opened.save(*edits)
                break
            refused += 1
            assert opened.records() == right
            assert opened.check()
            assert not opened.can_undo
        assert refused >= size // 2048 - 1
        opened.save(*edits)
    assert kept(folder) == right | {"i1": Record(note="short")} | {
        f"new{n}": Record(note="long," * 700) for n in range(3)
    }


@needs_fork
def test_a_new_file_on_a_full_disk_is_told_and_can_be_made_when_there_is_room(memory_folder: Path) -> None:
    folder = memory_folder / "data"
    for limit in (0, 4096, 8192, 20000):
        with no_file_longer_than(limit), pytest.raises(StoreError, match="check free space"):
            Checklist.open(folder)
    assert kept(folder) == {}


# Other programs


def test_a_file_that_another_program_holds_too_long_is_told(
    folder: Path, checklist: Checklist, monkeypatch: pytest.MonkeyPatch
) -> None:
    checklist.save(note("D1.1", "", "hello"))
    monkeypatch.setattr(storage.database, "_PATIENCE", 0.05)
    with contextlib.closing(Checklist.open(folder)) as opened:
        with by_another_program(folder) as connection:
            connection.execute("BEGIN IMMEDIATE")
            assert opened.records()["D1.1"].note == "hello"
            with pytest.raises(StoreError, match="Another program is busy") as caught:
                opened.save(note("D1.2", "", "x"))
            assert str(folder / FILE_NAME) in caught.value.sentence
            connection.rollback()
            connection.execute("BEGIN EXCLUSIVE")
            actions: list[Callable[[], object]] = [opened.records, opened.check, lambda: opened.search("hello", 9)]
            actions.append(lambda: Checklist.open(folder))
            for action in actions:
                with pytest.raises(StoreError, match="Another program is busy"):
                    action()
        assert opened.records() == {"D1.1": Record(note="hello")}
        opened.save(note("D1.2", "", "x"))
    assert kept(folder).keys() == {"D1.1", "D1.2"}


def test_a_program_that_is_done_soon_is_waited_for(folder: Path, checklist: Checklist) -> None:
    with by_another_program(folder) as connection:
        connection.execute("BEGIN IMMEDIATE")
        code = "import sys; from pathlib import Path; from storage.toolkit.checklist import Checklist, Edit; "
        code += "Checklist.open(Path(sys.argv[1])).save(Edit('D1.1', 'note', '', 'x')); print('saved')"
        waiting = subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True, env=keeper_environment()
        )
        time.sleep(0.6)
        assert waiting.poll() is None
        connection.rollback()
    assert waiting.communicate()[0] == "saved\n"
    assert checklist.records().keys() == {"D1.1"}


def test_search_is_right_after_another_program_changed_deleted_and_vacuumed(folder: Path, checklist: Checklist) -> None:
    checklist.save(*(note(f"i{n}", "", f"number{n} needle") for n in range(30)))
    with by_another_program(folder) as connection:
        connection.execute("DELETE FROM record WHERE id IN ('i0', 'i1', 'i2', 'i7', 'i20')")
        connection.execute("UPDATE record SET note = 'okapi' WHERE id = 'i5'")
        connection.commit()
        connection.execute("VACUUM")
    for opened in (checklist, Checklist.open(folder)):
        assert len(opened.search("needle", 99)) == 24
        assert opened.search("number7", 9) == []
        assert opened.search("number5", 9) == []
        assert [noted.id for noted in opened.search("number29", 9)] == ["i29"]
        assert [noted.id for noted in opened.search("okapi", 9)] == ["i5"]
    opened.close()
    checklist.save(note("i9", "number9 needle", "zebra"))
    assert [noted.id for noted in checklist.search("zebra", 9)] == ["i9"]
    assert index_agrees(folder)


def test_a_file_that_another_program_set_to_write_ahead_works_as_before(folder: Path, checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", "hello"))
    checklist.close()
    with by_another_program(folder) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    with contextlib.closing(Checklist.open(folder)) as opened:
        opened.save(note("D1.1", "hello", "bye"))
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600} or os.name == "nt"
    assert kept(folder) == {"D1.1": Record(note="bye")}


# Undo


def test_undo_takes_a_save_of_several_changes_back_as_one(checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", "one"))
    before = checklist.records()
    checklist.save(
        Edit("D1.1", "status", "not started", "done"),
        Edit("D1.2", "owner", "", "Ann"),
        note("D1.1", "one", "two"),
        note("D1.1", "two", "three"),
        note("D1.3", "", "there", event="Leeds"),
    )
    assert checklist.records()["D1.1"] == Record("done", note="three")
    back = checklist.undo()
    assert len(back) == 5
    assert back[-1] == Edit("D1.1", "status", "done", "not started")
    assert {name: record for name, record in checklist.records().items() if record != BLANK} == before
    assert checklist.records("Leeds") == {"D1.3": BLANK}
    assert checklist.undo() == (note("D1.1", "one", ""),)
    assert checklist.undo() == ()
    assert not checklist.can_undo


def test_undo_with_nothing_done_here_changes_nothing(checklist: Checklist, other: Checklist) -> None:
    other.save(note("D1.1", "", "theirs"))
    assert not checklist.can_undo
    assert checklist.undo() == ()
    assert checklist.records()["D1.1"].note == "theirs"


def test_what_is_typed_in_two_places_is_undone_apart(checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", "a", event="Leeds"), note("D1.2", "", "a"), Edit("D1.1", "owner", "", "a"))
    typed = [
        note("D1.1", "", "a"),
        note("D1.1", "a", "aa", event="Leeds"),
        Edit("D1.1", "owner", "a", "aa"),
        note("D1.2", "a", "ab"),
        note("D1.2", "ab", "abc"),
    ]
    for edit in typed:
        checklist.typed(edit)
    assert checklist.undo() == (note("D1.2", "abc", "a"),)
    assert checklist.undo() == (Edit("D1.1", "owner", "aa", "a"),)
    assert checklist.undo() == (note("D1.1", "aa", "a", event="Leeds"),)
    assert checklist.undo() == (note("D1.1", "a", ""),)
    assert len(checklist.undo()) == 3
    assert not checklist.can_undo


@pytest.mark.parametrize("field", FIELDS)
def test_undo_of_what_another_process_changed_again_is_refused_and_theirs_stays(
    field: Field, checklist: Checklist, other: Checklist
) -> None:
    texts: dict[Field, tuple[str, str, str]] = {
        "status": ("not started", "in progress", "done"),
        "owner": ("", "Ann", "Bob"),
        "review": ("", "2026-01-01", "2027-01-01"),
        "note": ("", "mine", "theirs"),
    }
    first, mine, theirs = texts[field]
    checklist.save(Edit("D1.2", "owner", "", "Cy"), Edit("D1.1", field, first, mine))
    other.save(Edit("D1.1", field, mine, theirs))
    left = other.records()
    with pytest.raises(ChangedElsewhereError):
        checklist.undo()
    assert checklist.records() == other.records() == left
    assert left["D1.1"].text(field) == theirs


def test_undo_of_a_note_that_was_put_together_leaves_theirs(checklist: Checklist, other: Checklist) -> None:
    other.save(note("D1.1", "", "theirs"))
    checklist.save(note("D1.1", "", "mine"))
    checklist.undo()
    assert checklist.records()["D1.1"].note == "theirs"


def test_undo_of_what_was_typed_around_anothers_change_leaves_theirs(checklist: Checklist, other: Checklist) -> None:
    checklist.typed(note("D1.1", "", "a"))
    other.save(note("D1.1", "a", "a, theirs"))
    checklist.typed(note("D1.1", "a", "a, mine"))
    with contextlib.suppress(ChangedElsewhereError):
        checklist.undo()
    assert "theirs" in checklist.records()["D1.1"].note


def test_an_undo_that_could_not_be_written_can_be_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database, "_PATIENCE", 0.02)
    with contextlib.closing(Checklist.open(folder)) as opened:
        opened.save(note("D1.1", "", "one"))
        opened.save(note("D1.1", "one", "two"))
        with by_another_program(folder) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="busy"):
                opened.undo()
        opened.undo()
        assert opened.records()["D1.1"].note == "one"


def test_what_another_program_wrote_too_long_comes_back_by_undo_or_is_refused(
    folder: Path, checklist: Checklist
) -> None:
    with by_another_program(folder) as connection:
        connection.execute("INSERT INTO record (id, note) VALUES ('D1.1', ?)", ["long" * NOTE_LENGTH])
    checklist.save(note("D1.1", "long" * NOTE_LENGTH, "short"))
    with contextlib.suppress(StoreError):
        checklist.undo()
    assert checklist.records()["D1.1"].note in {"short", "long" * NOTE_LENGTH}


def test_a_note_of_which_a_mark_was_taken_out_can_be_undone(checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", "e\u200b\u0301"))
    checklist.undo()
    assert checklist.records()["D1.1"].note == ""


changes = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["save", "typed"]),
            st.sampled_from(["D1.1", "D1.2"]),
            st.sampled_from(
                [
                    *(("status", status) for status in STATUSES),
                    *(("owner", owner) for owner in ("", "Ann", "Zoë B")),
                    *(("review", day) for day in ("", "2026-11-23")),
                    *(("note", text) for text in ("", "a", "a b", "c\nd", FAMILY)),
                ]
            ),
        ),
        st.just(("undo",)),
    ),
    max_size=25,
)


@settings(max_examples=50)
@given(changes)
def test_any_changes_and_undoings_give_what_a_simple_account_of_them_gives(steps: list[Any]) -> None:
    nothing = {"status": "not started", "owner": "", "review": "", "note": ""}
    now: dict[tuple[str, Field], str] = {}
    done: list[tuple[tuple[str, Field], str]] = []  # where, and what stood there before
    with contextlib.closing(Checklist.open(Path("nowhere"), create=False)) as checklist:
        for step in steps:
            if step == ("undo",):
                if done:
                    place, before = done.pop()
                    now[place] = before
                checklist.undo()
            else:
                how, name, (field, after) = step
                place = (name, field)
                before = now.get(place, nothing[field])
                made = getattr(checklist, how)(Edit(name, field, before, after))
                assert made == ((Edit(name, field, before, after),) if before != after else ())
                now[place] = after
                if made and not (how == "typed" and done and done[-1][0] == place):
                    done.append((place, before))
            records = checklist.records()
            for (name, field), text in now.items():
                assert records.get(name, BLANK).text(field) == text
            assert checklist.can_undo == bool(done)


# What may be kept, and what comes out


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("status", "finished"),
        ("status", ""),
        ("status", "Done"),
        ("owner", "x" * (OWNER_LENGTH + 1)),
        ("note", "x" * (NOTE_LENGTH + 1)),
        ("review", "2026-02-30"),
        ("review", "soon"),
        ("review", "23.11.2026"),
    ],
)
def test_what_is_too_long_or_no_value_is_refused_and_changes_nothing(
    field: Field, text: str, checklist: Checklist
) -> None:
    with pytest.raises(ValueError, match=r"."):
        checklist.save(note("D1.2", "", "x"), Edit("D1.1", field, BLANK.text(field), text))
    assert checklist.records() == {}
    assert not checklist.can_undo
    checklist.save(Edit("D1.1", "owner", "", "x" * OWNER_LENGTH), note("D1.1", "", "x" * NOTE_LENGTH))


def test_what_could_steer_a_terminal_is_left_out_when_it_is_typed(folder: Path, checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", f"{NASTY}\r\nnext"), Edit("D1.1", "owner", "", f"  {NASTY} \n B"))
    assert checklist.records()["D1.1"] == Record(owner=f"{PLAIN} B", note=f"{PLAIN}\nnext")
    with by_another_program(folder) as connection:
        assert connection.execute("SELECT note FROM record").fetchone() == (f"{PLAIN}\nnext",)


def test_what_another_program_wrote_to_steer_a_terminal_comes_out_nowhere(folder: Path, checklist: Checklist) -> None:
    nasty = NASTY.replace("\x00", "")  # SQLite itself leaves out what follows it
    with by_another_program(folder) as connection:
        connection.execute("INSERT INTO record (id, owner, note) VALUES ('D1.1', ?, ?)", [NASTY, f"{nasty} giraffe"])
    assert checklist.records()["D1.1"] == Record(owner=PLAIN, note=f"{PLAIN} giraffe")
    (noted,) = checklist.search("giraffe", 9)
    assert noted.found == f"{PLAIN} \x02giraffe\x03"
    checklist.save(note("D1.1", f"{PLAIN} giraffe", "clean"))
    assert checklist.records()["D1.1"].note == "clean"


def test_pictures_of_several_letters_stay_whole(folder: Path, checklist: Checklist) -> None:
    checklist.save(note("D1.1", "", FAMILY), Edit("D1.1", "owner", "", FAMILY))
    assert kept(folder) == {"D1.1": Record(owner=FAMILY, note=FAMILY)}


def test_an_impossible_date_of_another_program_counts_as_none(folder: Path, checklist: Checklist) -> None:
    with by_another_program(folder) as connection:
        connection.execute("INSERT INTO record (id, review, note) VALUES ('D1.1', '2026-99-99', 'x')")
    assert checklist.records() == {"D1.1": Record(note="x")}
    checklist.save(Edit("D1.1", "review", "", "2026-11-23"))
    assert checklist.records()["D1.1"].review == TODAY


@pytest.mark.parametrize("status", ["finished", "\x1b[2Jdone", ""])
def test_an_impossible_status_of_another_program_comes_out_as_a_possible_one(
    status: str, folder: Path, checklist: Checklist
) -> None:
    with by_another_program(folder) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("INSERT INTO record (id, status, note) VALUES ('D1.1', ?, 'x')", [status])
    record = checklist.records()["D1.1"]
    assert record.note == "x"
    assert record.status in STATUSES
    checklist.save(Edit("D1.1", "status", record.status, "done"))
    checklist.undo()


@pytest.mark.parametrize("column", ["owner", "review", "note"])
def test_bytes_that_another_program_wrote_for_a_text_break_nothing(
    column: str, folder: Path, checklist: Checklist
) -> None:
    checklist.save(note("D1.2", "", "fine"))
    with by_another_program(folder) as connection:
        connection.execute(f"INSERT INTO record (id, {column}) VALUES ('D1.1', ?)", [b"\xffA"])  # noqa: S608
    assert checklist.records()["D1.2"].note == "fine"


def test_what_steers_a_terminal_in_an_id_comes_out_nowhere(folder: Path, checklist: Checklist) -> None:
    with by_another_program(folder) as connection:
        connection.execute("INSERT INTO record (id, note) VALUES (?, 'giraffe')", [f"D1{NASTY}"])
    names = [*checklist.records(), *(noted.id for noted in checklist.search("giraffe", 9))]
    assert not any(letter in name for name in names for letter in "\x1b\x00\u202e")


def test_working_with_the_checklist_leaves_a_kiosks_files_as_they_are(data: Path) -> None:
    work = (
        "import sys, pathlib\n"
        "opened = []\n"
        "kinds = {'open', 'sqlite3.connect'}\n"
        "sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event in kinds else None)\n"
        "from storage.toolkit.checklist import Checklist, Edit\n"
        "checklist = Checklist.open(pathlib.Path(sys.argv[1]))\n"
        "checklist.save(Edit('D1.1', 'note', '', 'giraffe'))\n"
        "checklist.search('giraffe', 9), checklist.records(), checklist.undo(), checklist.close()\n"
        "print(*[path for path in opened if path.startswith(sys.argv[1])], sep='\\n')"
    )
    before = files_of(data)
    done = subprocess.run([sys.executable, "-c", work, str(data)], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {str(data / FILE_NAME)}
    after = files_of(data)
    assert after.pop(FILE_NAME)
    assert after == before
