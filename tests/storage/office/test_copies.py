"""Copies of the office: nobody else reads or makes one, the same comes back, and what is here is never lost for it."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from storage import computer, private_files
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.recovery_code import new_secret, recovery_code
from storage.crypto.sealing import RECORD_SIZE
from storage.data_folder import Holder, hold
from storage.database import open_bytes
from storage.errors import (
    CopyError,
    FairstartError,
    InUseError,
    OlderCopyError,
    OtherComputerError,
    PlaceError,
    StoreDamagedError,
    StoreError,
    WrongPassphraseError,
)
from storage.exchange.locations import Site
from storage.office import copies, groups, planning
from storage.office.copies import (
    COPY_SUFFIX,
    SMALLEST_COPY,
    OpenedCopy,
    Original,
    Restored,
    SealedCopy,
    back_up,
    find_copy,
    open_copy,
    restore,
    unlock_copy,
    unlock_copy_with_code,
    write_copy,
)
from storage.office.labels import Scope
from storage.office.office import Office
from storage.office_folder import NewOffice, make_office, unlock_office
from storage.toolkit.checklist import FILE_NAME as CHECKLIST
from storage.toolkit.checklist import Checklist, Edit
from tests.damage import altered
from tests.storage.counts.people import people
from tests.storage.disk import files_of, harmed_everywhere
from tests.storage.killed import at_some_moments, killed_everywhere
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    Inline,
    Numbers,
    content_of,
    event,
    every_scope,
    export,
    make_laptop,
    numbers_of,
    sealed_for,
)

CODE = new_secret()
PASSPHRASE, LATER = "quartz lemon harbour tin orbit", "saddle copper meadow violin frost"
TODAY = dt.date(2026, 11, 30)
FAIR, SHOW = event(), event("Hull Show", "2026-12-01", "Hull")
EXPORTS = [export(one, sealed_for(one, people(count, count))) for one, count in ((FAIR, 25), (SHOW, 12), (FAIR, 14))]
SETTINGS = '[organisation]\nname = "Musterwerk"\n'


def open_desk(data: Path) -> Desk:
    """An office that has its key file."""
    if not (data / "office" / "office.key").exists():
        make_office(data, NewOffice(OFFICE, PASSPHRASE, code=CODE))
    return Desk.at(data)


@pytest.fixture
def desk(memory_folder: Path) -> Iterator[Desk]:
    """Two events: one of a group, and one of which nobody has looked at."""
    opened = open_desk(memory_folder / "data")
    opened.bring(EXPORTS[0])
    opened.counts()
    opened.bring(EXPORTS[1])
    with contextlib.closing(opened):
        yield opened


@pytest.fixture
def drive(memory_folder: Path) -> Path:
    folder = memory_folder / "DRIVE"
    folder.mkdir()
    return folder


def copy_of(desk: Desk, drive: Path) -> Path:
    """A copy on a drive."""
    return drive / back_up(Original(desk.office, desk.data, SETTINGS), str(drive), TODAY).name


def opened(path: Path) -> OpenedCopy:
    return open_copy(SealedCopy.parse(path.read_bytes()), OFFICE)


def put_back(path: Path, data: Path, *, older: bool = False) -> Restored:
    with hold(data):
        return restore(data, opened(path), older=older)


def everything(data: Path) -> dict[Scope, Numbers]:
    with contextlib.closing(Office.open(data, OFFICE)) as office:
        return {scope: numbers_of(office.counts(scope, 10)) for scope in every_scope(office)}


# What comes back


@pytest.mark.parametrize("with_code", [False, True])
def test_on_an_empty_computer_a_copy_brings_back_the_same_responses_groups_and_numbers(
    desk: Desk, drive: Path, memory_folder: Path, *, with_code: bool
) -> None:
    with contextlib.closing(Checklist.open(desk.data)) as checklist:
        checklist.save(Edit("1.1.1", "owner", "", "Ann"))
    path = copy_of(desk, drive)
    held, was = content_of(desk.path), desk.office.check()
    groups, numbers = desk.groups(), everything(desk.data)
    new = memory_folder / "new" / "data"
    copy = SealedCopy.parse(path.read_bytes())
    with pytest.raises(WrongPassphraseError):
        unlock_copy(new, copy, LATER)
    with pytest.raises(WrongPassphraseError):
        unlock_copy_with_code(new, copy, " ".join(recovery_code(new_secret())))
    typed = " ".join(recovery_code(CODE))
    key = unlock_copy_with_code(new, copy, typed) if with_code else unlock_copy(new, copy, PASSPHRASE)
    with hold(new):
        done = restore(new, open_copy(copy, key))
    assert (done.aside, done.stayed) == (None, ())
    back = Desk(new, Office.open(new, unlock_office(new, PASSPHRASE)))
    assert (content_of(back.path), back.office.check(), back.groups()) == (held, was, groups)
    assert everything(new) == numbers
    assert back.office.planned.all() == desk.office.planned.all()
    back.office.close()
    with contextlib.closing(Checklist.open(new)) as checklist:
        assert checklist.records()["1.1.1"].owner == "Ann"
    assert (new / "kiosk.toml").read_text("utf-8") == SETTINGS
    assert {name.partition("/")[0] for name in files_of(new)} - {"lock"} == {"office", "checklist.db", "kiosk.toml"}


def test_what_is_brought_in_again_after_an_older_copy_makes_the_same_groups_with_the_same_numbers(
    desk: Desk, drive: Path
) -> None:
    path = copy_of(desk, drive)
    desk.counts()
    desk.bring(EXPORTS[2])
    numbers, groups = everything(desk.data), desk.groups()
    desk.office.close()
    assert put_back(path, desk.data, older=True).aside == desk.data / "set-aside" / "office-1"
    desk.reopen()
    desk.counts()
    desk.bring(EXPORTS[2])
    assert everything(desk.data) == numbers
    assert desk.groups() == groups


def test_a_copy_that_was_put_back_can_be_copied_and_put_back_again(desk: Desk, drive: Path) -> None:
    path = copy_of(desk, drive)
    desk.office.close()
    for _ in range(2):
        put_back(path, desk.data)
    desk.reopen()
    assert not desk.office.line.has_changed
    assert desk.office.line.copied == TODAY
    put_back(copy_of(desk, drive), desk.data)


# Nobody else reads or makes one


def test_a_copy_is_sealed_and_tells_neither_what_it_holds_nor_how_much(
    desk: Desk, drive: Path, memory_folder: Path
) -> None:
    empty = open_desk(memory_folder / "empty")
    path, other, blank = copy_of(desk, drive), copy_of(desk, drive), copy_of(empty, drive)
    empty.office.close()
    assert [one.name for one in (path, other, blank)] == [
        f"fairstart-2026-11-30{tail}{COPY_SUFFIX}" for tail in ("", "-2", "-3")
    ]
    assert {one.stat().st_size for one in (path, other, blank)} == {SMALLEST_COPY}
    content = path.read_bytes()
    bound = SealedCopy.parse(content).bound
    key_file = (desk.data / "office" / "office.key").read_bytes()
    salt = SealedCopy.parse(content).salt
    assert bound == b"fairstart copy 1\n" + OFFICE.public.id + salt + len(key_file).to_bytes(4, "big") + key_file
    sealed = content[len(bound) :]
    for told in (b"SQLite", b"Riverside", b"Musterwerk", OFFICE.seed, *(one.public.encoded for one in LAPTOPS)):
        assert told not in sealed
    pieces = [
        {one[at : at + RECORD_SIZE] for at in range(len(bound), len(one), RECORD_SIZE)}
        for one in (content, other.read_bytes())
    ]
    assert not pieces[0] & pieces[1], "two copies of the same have nothing in common"


def test_nothing_of_a_kiosk_is_in_a_copy(desk: Desk, drive: Path) -> None:
    make_laptop(desk.data, LAPTOPS[0])
    names = opened(copy_of(desk, drive)).files
    assert set(names) == {"office/office.db", "kiosk.toml"}


def test_a_copy_that_was_changed_cut_or_made_by_another_is_refused_in_a_sentence(desk: Desk, drive: Path) -> None:
    path = copy_of(desk, drive)
    content = path.read_bytes()
    bound = len(SealedCopy.parse(content).bound)
    places = [*range(0, bound, 41), bound - 1, bound, bound + 999, len(content) - 17, len(content) - 1]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(CopyError, match=r"^[^\n]+: [^\n]+\.$"):
            open_copy(SealedCopy.parse(bytes(changed)), OFFICE)
    for size in (0, 5, len(content) // 2, len(content) - 1, 2 * len(content)):
        with pytest.raises(CopyError, match="This"):
            open_copy(SealedCopy.parse(content.ljust(size, b"\0")[:size]), OFFICE)
    with pytest.raises(CopyError, match="newer Fairstart"):
        SealedCopy.parse(content.replace(b"copy 1", b"copy 2", 1))
    with pytest.raises(CopyError, match="another office"):
        open_copy(SealedCopy.parse(content), OfficePrivateKey(bytes(32)))
    forged = write_copy(OfficePrivateKey(bytes(32)), b"", TODAY, {})
    named = forged.replace(OfficePrivateKey(bytes(32)).public.id, OFFICE.public.id, 1)
    with pytest.raises(CopyError, match="damaged"):
        open_copy(SealedCopy.parse(named), OFFICE)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"office/office.db": b"SQLite format 3\0"},
        {"office/../kiosk/kiosk.key": b""},
        {"/etc/passwd": b""},
        {"kiosk/kiosk.key": b""},
        {"office/.office.new": b""},
    ],
)
def test_of_what_is_sealed_as_it_should_be_only_an_offices_own_files_are_taken(files: dict[str, bytes]) -> None:
    with pytest.raises(CopyError, match="damaged"):
        open_copy(SealedCopy.parse(write_copy(OFFICE, b"", TODAY, files)), OFFICE)


def test_a_store_of_another_office_is_no_part_of_a_copy_and_nothing_stands_after_the_files(
    desk: Desk, drive: Path
) -> None:
    files = opened(copy_of(desk, drive)).files
    with contextlib.closing(open_bytes(files["office/office.db"])) as connection:
        connection.execute("UPDATE line SET office = zeroblob(16)")
        foreign = {"office/office.db": connection.serialize()}
    with pytest.raises(CopyError, match="damaged"):
        open_copy(SealedCopy.parse(write_copy(OFFICE, b"", TODAY, foreign)), OFFICE)
    listed = b'{"made":"2026-11-30","files":[{"name":"kiosk.toml","size":2}]}'
    whole = len(listed).to_bytes(4, "big") + listed + b"ab"
    assert copies._read_files(whole + bytes(9)) == (TODAY, {"kiosk.toml": b"ab"})
    for wrong in (whole[:-1], whole + b"\0x", whole.replace(b"2}", b"2,}"), whole.replace(b"2}]", b"2}]]")):
        with pytest.raises(ValueError, match=r"."):
            copies._read_files(wrong)


def test_a_store_that_was_damaged_is_not_copied_as_if_it_were_sound(desk: Desk, drive: Path) -> None:
    desk.alter("UPDATE response SET sealed = zeroblob(1152)")
    with pytest.raises(CopyError, match="damaged"):
        copy_of(desk, drive)
    assert desk.office.line.copied is None


def test_who_has_an_old_copy_and_a_passphrase_of_that_day_gets_into_no_office_that_has_another(
    desk: Desk, drive: Path
) -> None:
    path = copy_of(desk, drive)
    before = path.read_bytes()
    desk.office.close()
    (desk.data / "office" / "office.key").unlink()
    make_office(desk.data, NewOffice(OFFICE, LATER))
    copy = SealedCopy.parse(before)
    with pytest.raises(WrongPassphraseError):
        unlock_copy(desk.data, copy, PASSPHRASE)
    unlock_copy(desk.data, copy, LATER)
    put_back(path, desk.data)
    with pytest.raises(WrongPassphraseError):
        unlock_office(desk.data, PASSPHRASE)
    assert unlock_office(desk.data, LATER) == OFFICE
    desk.reopen()
    desk.bring(EXPORTS[2])
    sealed = [one.sealed for one in sealed_for(FAIR, people(1))]
    assert path.read_bytes() == before, "an old copy never changes"
    assert not any(one in before for one in sealed)


def test_a_copy_of_another_office_changes_nothing(desk: Desk, drive: Path, memory_folder: Path) -> None:
    path = copy_of(desk, drive)
    other = memory_folder / "other"
    make_office(other, NewOffice(OfficePrivateKey(bytes(32)), LATER))
    before = files_of(other)
    with pytest.raises(CopyError, match="another office than the one here"):
        put_back(path, other)
    with pytest.raises(CopyError, match="another office than the one here"):
        unlock_copy(other, SealedCopy.parse(path.read_bytes()), PASSPHRASE)
    assert {name: content for name, content in files_of(other).items() if name != "lock"} == before


# What is here is not lost


def test_an_older_copy_takes_no_newer_offices_place_unasked_and_then_the_newer_is_moved_aside_whole(
    desk: Desk, drive: Path
) -> None:
    path = copy_of(desk, drive)
    put_back(path, desk.data)
    desk.reopen()
    desk.bring(EXPORTS[2])
    held = content_of(desk.path)
    desk.office.close()
    with pytest.raises(OlderCopyError, match="gone on apart: 51 responses here, 37 in the copy"):
        put_back(path, desk.data)
    assert content_of(desk.path) == held
    desk.office.close()
    done = put_back(path, desk.data, older=True)
    assert done.aside is not None
    assert content_of(done.aside / "office.db") == held
    with contextlib.closing(Office.open(desk.data, OFFICE)) as office:
        assert office.check() == 37


def test_what_came_since_a_copy_is_told(desk: Desk, drive: Path) -> None:
    path = copy_of(desk, drive)
    desk.bring(EXPORTS[2])
    desk.office.close()
    with pytest.raises(OlderCopyError, match="changed since this copy of 30 November 2026 was made: 14 responses came"):
        put_back(path, desk.data)


def test_a_copy_of_what_went_on_elsewhere_takes_no_offices_place_unasked(
    desk: Desk, drive: Path, memory_folder: Path
) -> None:
    elsewhere = memory_folder / "elsewhere"
    put_back(copy_of(desk, drive), elsewhere)
    there = Desk(elsewhere, Office.open(elsewhere, OFFICE))
    there.bring(EXPORTS[2])
    for _ in range(5):
        there.office.describe(FAIR, 60, 3)
    path = copy_of(there, drive)
    there.office.close()
    desk.bring(EXPORTS[2])
    desk.office.close()
    with pytest.raises(OlderCopyError, match="gone on apart"):
        put_back(path, desk.data)


def test_a_damaged_office_is_moved_aside_and_an_empty_one_too(desk: Desk, drive: Path, memory_folder: Path) -> None:
    path = copy_of(desk, drive)
    desk.office.close()
    desk.path.write_bytes(b"not a database at all" * 500)
    done = put_back(path, desk.data)
    assert done.aside is not None
    assert (done.aside / "office.db").read_bytes() == b"not a database at all" * 500
    empty = memory_folder / "empty"
    make_office(empty, NewOffice(OFFICE, LATER))
    Office.open(empty, OFFICE).close()
    put_back(path, empty)
    for data, passphrase in ((desk.data, PASSPHRASE), (empty, LATER)):
        with contextlib.closing(Office.open(data, unlock_office(data, passphrase))) as office:
            assert office.check() == 37


def test_a_checklist_and_settings_that_are_here_stay(desk: Desk, drive: Path) -> None:
    Checklist.open(desk.data).close()
    path = copy_of(desk, drive)
    (desk.data / "kiosk.toml").write_text("here", "utf-8")
    before = (desk.data / CHECKLIST).read_bytes()
    assert put_back(path, desk.data).stayed == (CHECKLIST, "kiosk.toml")
    assert (desk.data / "kiosk.toml").read_text("utf-8") == "here"
    assert (desk.data / CHECKLIST).read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_what_was_put_back_is_for_its_owner_alone(desk: Desk, drive: Path, memory_folder: Path) -> None:
    data = memory_folder / "new"
    put_back(copy_of(desk, drive), data)
    assert not [path for path in (data, *data.rglob("*")) if stat.S_IMODE(path.stat().st_mode) & 0o077]


# Where it goes wrong


def test_a_copy_replaces_no_file_and_a_place_that_takes_nothing_is_told(desk: Desk, drive: Path) -> None:
    other = drive / f"fairstart-2026-11-30{COPY_SUFFIX}"
    other.write_bytes(b"somebody's")
    assert copy_of(desk, drive).name == f"fairstart-2026-11-30-2{COPY_SUFFIX}"
    assert other.read_bytes() == b"somebody's"
    with pytest.raises(PlaceError, match="There is no folder"):
        copy_of(desk, drive / "nowhere")
    with pytest.raises(CopyError, match="There are 2 copies"):
        find_copy(str(drive))
    with pytest.raises(CopyError, match="There is no copy"):
        find_copy(str(desk.data))
    assert find_copy(str(other)).name == other.name


def test_a_copy_that_does_not_open_where_it_was_written_is_not_noted(
    desk: Desk, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Site.fetch
    monkeypatch.setattr(Site, "fetch", lambda site, name, limit: altered(fetch(site, name, limit)))
    with pytest.raises(CopyError, match="damaged"):
        copy_of(desk, drive)
    assert desk.office.line.copied is None


def test_what_a_disk_does_not_keep_as_it_was_written_takes_no_offices_place(
    desk: Desk, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copy_of(desk, drive)
    held = content_of(desk.path)
    desk.office.close()
    write = private_files.write_private
    monkeypatch.setattr(copies, "write_private", lambda path, content: write(path, content.replace(b"\1", b"\2")))
    with pytest.raises(FairstartError):
        put_back(path, desk.data)
    assert content_of(desk.path) == held
    assert not (desk.data / "set-aside").exists()


def test_making_a_copy_that_is_killed_anywhere_loses_nothing_and_can_be_done_again(memory_folder: Path) -> None:
    def begin(number: int) -> Path:
        folder = memory_folder / str(number)
        desk = open_desk(folder / "data")
        desk.bring(EXPORTS[1])
        desk.office.close()
        (folder / "DRIVE").mkdir()
        return folder

    def work(folder: Path) -> None:
        with contextlib.closing(open_desk(folder / "data")) as desk:
            copy_of(desk, folder / "DRIVE")

    for folder in killed_everywhere(begin, work):
        whole = list((folder / "DRIVE").glob(f"*{COPY_SUFFIX}"))
        assert all(opened(path).responses == 12 for path in whole)
        work(folder)
        found = [path.name for path in sorted((folder / "DRIVE").iterdir()) if not path.name.startswith(".")]
        assert len(found) == len(whole) + 1
        shutil.rmtree(folder)


def left_behind(data: Path) -> set[str]:
    return {path.name for path in data.iterdir()} - {"office", "set-aside", "lock", "kiosk.toml"}


@at_some_moments
def test_putting_back_that_is_killed_anywhere_leaves_the_old_or_the_new_and_can_be_done_again(
    desk: Desk, drive: Path, memory_folder: Path, every: int
) -> None:
    path = copy_of(desk, drive)
    desk.bring(EXPORTS[2])
    newer = content_of(desk.path)
    desk.office.close()

    def begin(number: int) -> Path:
        return Path(shutil.copytree(desk.data, memory_folder / str(number)))

    def work(data: Path) -> None:
        put_back(path, data, older=True)

    seen = set()
    for data in killed_everywhere(begin, work, every):
        with hold(data), contextlib.closing(Office.open(data, unlock_office(data, PASSPHRASE))) as office:
            seen.add(office.check())
        assert not left_behind(data)
        for aside in data.glob("set-aside/office-1"):
            assert content_of(aside / "office.db") == newer
        work(data)
        with contextlib.closing(Office.open(data, OFFICE)) as office:
            assert office.check() == 37
        shutil.rmtree(data)
    assert seen == {51, 37}


def test_putting_back_of_which_any_flush_or_move_fails_leaves_an_office_that_opens(
    desk: Desk, drive: Path, memory_folder: Path
) -> None:
    path = copy_of(desk, drive)
    desk.bring(EXPORTS[2])
    desk.office.close()
    copy = opened(path)

    def begin(number: int) -> Path:
        return Path(shutil.copytree(desk.data, memory_folder / f"fails-{number}"))

    def work(data: Path) -> None:
        with hold(data):
            restore(data, copy, older=True)

    for data, _ in harmed_everywhere(begin, work, errno.ENOSPC):
        with hold(data), contextlib.closing(Office.open(data, OFFICE)) as office:
            assert office.check() in {51, 37}
        assert not left_behind(data)
        shutil.rmtree(data)


# Two at once, and two computers


@pytest.mark.skipif(not hasattr(os, "fork"), reason="another process is forked")
def test_of_two_processes_one_writes_and_the_other_reads_and_nothing_is_lost(desk: Desk) -> None:
    desk.office.close()
    told, tells = os.pipe()
    asks, asked = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with hold(desk.data):
                desk.reopen()
                os.write(tells, b"1")
                for content in EXPORTS[2:]:
                    os.read(asks, 1)
                    desk.bring(content)
                    desk.counts()
                    os.write(tells, b"2")
                os.read(asks, 1)
            status = 0
        finally:
            os._exit(status)
    os.read(told, 1)
    holder = Holder(desk.data)
    with pytest.raises(InUseError, match="already running"):
        holder.take()
    assert not holder.has_it
    with contextlib.closing(Office.open(desk.data, OFFICE, may_write=False)) as reader:
        assert sum(one.responses for one in reader.events()) == 37
        shown, version = numbers_of(reader.counts(Scope(), 10)), reader.version
        assert shown[0][1] == 25, "whom nobody has put into a group yet waits"
        refused: list[Callable[[], object]] = [
            lambda: reader.bring(EXPORTS[2], Inline()),
            lambda: reader.describe(FAIR, 60, 3),
            lambda: reader.accept(LAPTOPS[0].public),
            reader.go_on_here,
            lambda: back_up(Original(reader, desk.data), str(desk.data), TODAY),
        ]
        for write in refused:
            with pytest.raises(InUseError, match=r"open elsewhere.*you can read"):
                write()
        assert reader.version == version
        os.write(asked, b"1")
        os.read(told, 1)
        assert reader.version != version, "the screen can tell that something came in"
        assert sum(one.responses for one in reader.events()) == 51
        assert numbers_of(reader.counts(Scope(), 10))[0][1] == 51
        assert reader.check() == 51
    os.write(asked, b"1")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for end in (told, tells, asks, asked):
        os.close(end)
    holder.take()
    holder.let_go()
    desk.reopen()
    assert desk.office.refusal is None
    desk.bring(EXPORTS[2])
    assert desk.office.check() == 51


def test_who_reads_sees_one_moment_and_who_writes_meanwhile_is_told_to_wait(desk: Desk) -> None:
    desk.office._store.connection.execute("PRAGMA busy_timeout=1")
    with contextlib.closing(Office.open(desk.data, OFFICE, may_write=False)) as reader:
        with reader._store.reading() as read:
            list(read("SELECT id FROM event", ()))
            with pytest.raises(StoreError, match="wait until nobody reads it"):
                desk.office.describe(FAIR, 60, 3)
        desk.office.describe(FAIR, 60, 3)
        assert {one.level for one in reader.events()} == {3, None}


def test_somebody_who_reads_needs_a_store_and_leaves_every_byte(desk: Desk, memory_folder: Path) -> None:
    desk.office.close()
    before = files_of(desk.data)
    with contextlib.closing(Office.open(desk.data, OFFICE, may_write=False)) as reader:
        reader.check()
        reader.counts(Scope(), 10)
    assert files_of(desk.data) == before
    (memory_folder / "none" / "office").mkdir(parents=True)
    with pytest.raises(StoreError, match="not there yet"):
        Office.open(memory_folder / "none", OFFICE, may_write=False)
    desk.path.write_bytes(b"not a database at all" * 500)
    with pytest.raises(StoreDamagedError):
        Office.open(desk.data, OFFICE, may_write=False)


def move_to_computer(monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    monkeypatch.setattr(computer, "_marks", lambda: {name})


def test_on_another_computer_nothing_is_written_until_somebody_says_that_it_goes_on_there(
    memory_folder: Path, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_to_computer(monkeypatch, b"the first")
    desk = open_desk(memory_folder / "data")
    desk.bring(EXPORTS[0])
    path = copy_of(desk, drive)
    line = desk.office.line
    desk.office.close()
    second = memory_folder / "second"
    put_back(path, second)
    desk.reopen()
    assert desk.office.refusal is None, "where it was"
    desk.office.close()
    move_to_computer(monkeypatch, b"the second")
    for data in (second, Path(shutil.copytree(desk.data, memory_folder / "by hand"))):
        there = Desk(data, Office.open(data, OFFICE))
        with pytest.raises(OtherComputerError, match=r"used on another computer.*say which one goes on"):
            there.bring(EXPORTS[1])
        assert there.office.check() == 25
        assert there.counts().in_counts == 0, "no group is made before"
        there.office.go_on_here()
        there.bring(EXPORTS[1])
        there.reopen()
        assert there.office.refusal is None, "asked once"
        assert there.office.line.id != line.id
        assert there.counts().in_counts == 37
        there.office.close()


def test_computers_that_share_a_drive_are_asked_once_each(memory_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (b"the first", b"the second", b"the first", b"the second"):
        move_to_computer(monkeypatch, name)
        desk = Desk(memory_folder, Office.open(open_folder(memory_folder), OFFICE))
        if desk.office.refusal is not None:
            desk.office.go_on_here()
        desk.office.close()
    move_to_computer(monkeypatch, b"the first")
    with contextlib.closing(Office.open(memory_folder, OFFICE)) as office:
        assert office.refusal is None
        assert office.line.generation == 1


def open_folder(data: Path) -> Path:
    (data / "office").mkdir(exist_ok=True)
    return data


def test_what_changes_nothing_makes_no_copy_older(desk: Desk, drive: Path) -> None:
    assert desk.office.line.has_changed
    copy_of(desk, drive)
    line = desk.office.line
    assert (line.has_changed, line.copied) == (False, TODAY)
    desk.bring(EXPORTS[1])
    desk.office.accept(LAPTOPS[0].public)
    assert desk.office.line == line
    desk.bring(EXPORTS[2])
    assert desk.office.line == msgspec.structs.replace(line, generation=line.generation + 1)


def test_two_who_write_at_once_because_a_drive_passes_no_locks_on_make_no_group_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planning.plan_groups

    def plan_while_another_looks(waiting: Sequence[planning.Waiting]) -> list[tuple[planning.Waiting, ...]]:
        monkeypatch.setattr(groups, "plan_groups", plan)
        with contextlib.closing(Office.open(desk.data, OFFICE)) as other:
            other.counts(Scope(), 10)
        return plan(waiting)

    monkeypatch.setattr(groups, "plan_groups", plan_while_another_looks)
    with pytest.raises(StoreError, match="Somebody else changed the office meanwhile: try again"):
        desk.counts()
    assert desk.counts().in_counts == desk.office.check() == 37
    assert sorted(desk.groups()) == [1, 2]
