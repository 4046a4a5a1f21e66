"""Exports and receipts travel through folders, drives and addresses: whole or not at all, and safe to repeat."""

import contextlib
import errno
import functools
import gc
import itertools
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fsspec import AbstractFileSystem

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey, OfficePublicKey
from storage.errors import PlaceError
from storage.exchange import drivers
from storage.exchange import locations as transport
from storage.exchange.addresses import shown
from storage.exchange.exports import EXPORT_LIMIT, EXPORT_SUFFIX, write_export
from storage.exchange.handover import State
from storage.exchange.locations import PIECE, Found, Site
from storage.exchange.receipts import RECEIPT_SUFFIX
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.office.importing import Result, bring_all, find_exports
from storage.office.office import Office
from storage.settings import Settings
from tests.damage import altered
from tests.storage.counts.people import people
from tests.storage.disk import HOME, failing
from tests.storage.exchange.servers import (
    S3_ENVIRONMENT,
    SmbServer,
    SshServer,
    mute_server,
    s3_server,
    smb_server,
    unroutable,
    webdav_server,
)
from tests.storage.killed import killed_everywhere, may_be_killed
from tests.waiting import WAIT

ROOT = Path(__file__).parents[3]
NAME = f"fairstart-0123456789abcdef{EXPORT_SUFFIX}"
OLD, NEW = b"old" * 100_000, b"new" * 120_000
PLAIN = re.compile(r"[^\n]{20,600}: [^\n]{10,160}\.")
"""A sentence that says what is wrong and, after a colon, what to do."""


def ignore(_done: float, _of: float) -> None:
    pass


def problem_of(action: Callable[[], object]) -> str:
    with pytest.raises(PlaceError) as caught:
        action()
    assert PLAIN.fullmatch(caught.value.sentence)
    return caught.value.sentence


def put_at(place: str) -> None:
    Site.at(place).put(NAME, NEW, ignore)


def look_at(place: str) -> list[Found]:
    return Site.at(place).files("")


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@dataclass(frozen=True)
class Both:
    """A kiosk that holds three responses, and the office that it belongs to, which has accepted it."""

    kiosk: Kiosk
    own: KioskPrivateKey
    office: Office
    executor: Executor

    def export(self) -> bytes:
        return (
            Outbox(self.kiosk).export(self.own, self.kiosk.event, Outbox(self.kiosk).sealed(self.kiosk.event)).content
        )

    def foreign_export(self, key: KioskPrivateKey, office: OfficePublicKey) -> bytes:
        return write_export(key, office, self.kiosk.event, [self.kiosk.seal(one) for one in people(2)])

    def bring(self, *places: Path | str, receipts: Site | None = None) -> list[Result]:
        exports = find_exports([str(place) for place in places])
        return list(bring_all(self.office, exports, self.executor, ignore, receipts))

    def responses(self) -> list[int]:
        return [event.responses for event in self.office.events()]


@pytest.fixture(scope="session")
def smb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmbServer]:
    with smb_server(tmp_path_factory.mktemp("smb")) as server:
        yield server


@pytest.fixture(scope="session")
def s3_at() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(scope="session")
def webdav_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with webdav_server(tmp_path_factory.mktemp("webdav")) as address:
        yield address


WEBDAV_LOGIN = ("ann@x y", "p/w:d#?%41")


@pytest.fixture(scope="session")
def locked_webdav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that asks who one is."""
    with webdav_server(tmp_path_factory.mktemp("webdav"), login=WEBDAV_LOGIN) as address:
        yield address


@dataclass(frozen=True)
class Bucket:
    server: str
    name: str

    @property
    def address(self) -> str:
        return f"s3://{self.name}/leeds"

    def request(self, method: str, path: str = "", content: bytes | None = None) -> bytes:
        """What another computer does to it."""
        url = f"{self.server}/{self.name}{path}"
        kind = {"Content-Type": "application/octet-stream", "Authorization": "AWS test:test"}
        asked = urllib.request.Request(url, content, kind, method=method)  # noqa: S310 - our own server
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - our own server
            return bytes(answer.read())

    def keys(self) -> list[str]:
        return re.findall("<Key>(.*?)</Key>", self.request("GET").decode())


@pytest.fixture
def bucket(s3_at: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bucket:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in S3_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_at)
    monkeypatch.setenv(HOME, str(tmp_path))
    made = Bucket(s3_at, f"bucket-{uuid.uuid4().hex}")
    made.request("PUT")
    return made


@pytest.fixture
def both(
    data: Path, settings: Settings, tmp_path: Path, own: KioskPrivateKey, office: OfficePrivateKey
) -> Iterator[Both]:
    (tmp_path / "office-data" / "office").mkdir(parents=True)
    with (
        contextlib.closing(Kiosk.open(data, settings)) as kiosk,
        contextlib.closing(Office.open(tmp_path / "office-data", office)) as store,
        ThreadPoolExecutor(1) as executor,
    ):
        for response in people(3):
            kiosk.keep(kiosk.seal(response))
        store.accept(own.public)
        yield Both(kiosk, own, store, executor)


@pytest.fixture
def place(request: pytest.FixtureRequest, stick: Path) -> str:
    """The address of an empty place of the kind that the test is run for."""
    if request.param == "file":
        return stick.as_uri()
    if request.param == "sftp":
        server: SshServer = request.getfixturevalue("sftp")
        return server.address(server.root / uuid.uuid4().hex)
    if request.param == "smb":
        samba: SmbServer = request.getfixturevalue("smb")
        return samba.address(f"/{uuid.uuid4().hex}")
    if request.param == "webdav":
        return f"webdav://{request.getfixturevalue('webdav_at')}/{uuid.uuid4().hex}"
    if request.param == "s3":
        bucket: Bucket = request.getfixturevalue("bucket")
        return bucket.address
    return str(stick)


everywhere = pytest.mark.parametrize("place", ["folder", "file", "sftp", "smb", "s3", "webdav"], indirect=True)
remote = pytest.mark.parametrize("place", ["sftp", "smb", "s3", "webdav"], indirect=True)


# There and back


@everywhere
@pytest.mark.sampled
def test_an_export_goes_to_the_office_and_its_receipt_comes_back_twice_over(place: str, both: Both) -> None:
    kiosk = both.kiosk
    for more in (0, 1):
        for response in people(more, seed=9):
            kiosk.keep(kiosk.seal(response))
        handed = Outbox(kiosk).export(both.own, kiosk.event, kiosk.responses())
        Site.at(place).put(handed.name, handed.content, ignore)
        Outbox(kiosk).note_export(handed)

        (result,) = both.bring(place)
        assert (result.name.rpartition("/")[2], result.problem) == (handed.name, "")
        assert result.brought
        assert (result.brought.responses, result.brought.new) == (3 + more, 1 if more else 3)

        stem = handed.name.removesuffix(EXPORT_SUFFIX)
        names = sorted(found.name for found in Site.at(place).files(RECEIPT_SUFFIX))
        assert names == [f"{stem}-2{RECEIPT_SUFFIX}", f"{stem}{RECEIPT_SUFFIX}"][1 - more :], "none is replaced"
        ((held, _),), problem = Outbox(kiosk).take_receipts(both.own, Site.at(place))
        assert (held.state, problem) == (State.RECEIVED, None)
    assert both.responses() == [4]


@everywhere
@pytest.mark.sampled
def test_what_is_put_again_is_replaced_and_nothing_else_is_left(place: str) -> None:
    for content in (OLD, NEW, NEW):
        Site.at(place).put(NAME, content, ignore)
        office = Site.at(place)
        assert [found.read(EXPORT_LIMIT) for found in office.files("")] == [content]
        assert len(office._system.ls(office._root)) == 1, "not even a hidden one"


@pytest.mark.parametrize("place", ["sftp", "folder", "file", "smb", "s3", "webdav"], indirect=True)
@pytest.mark.sampled
def test_progress_rises_to_its_total_and_never_falls(place: str) -> None:
    told: list[tuple[float, float]] = []
    Site.at(place).put(NAME, bytes(3 * PIECE + 1), lambda done, of: told.append((done, of)))
    total = 2 * (3 * PIECE + 1)
    assert {of for _, of in told} == {total}
    done = [done for done, _ in told]
    assert done == sorted(done)
    assert len(done) == 8
    assert (0 < done[0] <= PIECE, done[-1]) == (True, total)


def test_receipts_go_to_another_folder_where_one_is_given(tmp_path: Path, stick: Path, both: Both) -> None:
    receipts = tmp_path / "receipts"
    receipts.mkdir()
    (stick / NAME).write_bytes(both.export())
    (result,) = both.bring(stick, receipts=Site.at(str(receipts)))
    assert not result.problem
    assert (names(stick), names(receipts)) == ([NAME], [NAME.replace(EXPORT_SUFFIX, RECEIPT_SUFFIX)])
    assert (
        Outbox(both.kiosk).take_receipt(both.own, (receipts / names(receipts)[0]).read_bytes()).state is State.RECEIVED
    )


def test_a_receipt_lies_beside_its_export_one_folder_below(stick: Path, both: Both) -> None:
    (stick / "leeds").mkdir()
    (stick / "leeds" / NAME).write_bytes(both.export())
    (result,) = both.bring(stick)
    assert not result.problem
    assert names(stick / "leeds") == [NAME, NAME.replace(EXPORT_SUFFIX, RECEIPT_SUFFIX)]


# Several, some of them bad


@pytest.fixture
def mixed(stick: Path, both: Both) -> dict[str, str | None]:
    """Two good exports among bad ones: names, and what is said of each."""
    good = both.export()
    for name, content in {
        "a-damaged": altered(good),
        "b-cut": good[: len(good) // 2],
        "c-foreign": both.foreign_export(both.own, OfficePrivateKey.generate().public),
        "d-good": good,
        "e-no-export": b"%PDF-1.7",
        "f-stranger": both.foreign_export(KioskPrivateKey.generate(), both.office.public),
        "g-empty": b"",
        "i-good-again": good,
    }.items():
        (stick / f"{name}{EXPORT_SUFFIX}").write_bytes(content)
    with (stick / f"h-huge{EXPORT_SUFFIX}").open("wb") as file:
        file.truncate(200 << 20)
    return {
        "a-damaged": "damaged",
        "b-cut": "cut short",
        "c-foreign": "another office",
        "d-good": None,
        "e-no-export": "not an export",
        "f-stranger": "has not accepted",
        "g-empty": "not an export",
        "h-huge": "far too large",
        "i-good-again": None,
    }


def test_each_file_is_told_of_for_itself_and_the_others_go_on(
    stick: Path, mixed: dict[str, str | None], both: Both
) -> None:
    told: list[float] = []
    exports = find_exports([str(stick)])
    results = list(bring_all(both.office, exports, both.executor, lambda done, _of: told.append(done)))
    assert [Path(result.name).name.removesuffix(EXPORT_SUFFIX) for result in results] == list(mixed)
    for result, said in zip(results, mixed.values(), strict=True):
        receipt = (stick / result.name).with_suffix(RECEIPT_SUFFIX)
        if said is None:
            assert result.problem == ""
            assert result.brought
            assert receipt.read_bytes() == result.brought.receipt
        else:
            assert result.brought is None
            assert said in result.problem
            assert not receipt.exists()
    (stranger,) = (result.unknown for result in results if result.unknown)
    assert [result.unknown for result in results] == [stranger if name == "f-stranger" else None for name in mixed]
    assert both.responses() == [3]
    assert told == sorted(told)
    assert told[-1] == len(mixed)
    assert stranger.kiosk.fingerprint in results[5].problem
    both.office.accept(stranger.kiosk)
    (taken,) = both.bring(stick / results[5].name)
    assert taken.brought


def test_a_file_that_is_gone_by_its_turn_is_told_and_the_others_go_on(stick: Path, both: Both) -> None:
    (stick / f"a{EXPORT_SUFFIX}").write_bytes(b"")
    (stick / f"b{EXPORT_SUFFIX}").write_bytes(both.export())
    exports = find_exports([str(stick)])
    (stick / f"a{EXPORT_SUFFIX}").unlink()
    gone, taken = bring_all(both.office, exports, both.executor, ignore)
    missing = "(File not found|cannot find)" if os.name == "nt" else "No such file"
    assert re.search(missing, gone.problem)
    assert taken.brought


@pytest.mark.parametrize("missing", [False, True])
def test_an_export_is_brought_although_its_receipt_cannot_be_written_and_that_is_said(
    tmp_path: Path,
    stick: Path,
    both: Both,
    monkeypatch: pytest.MonkeyPatch,
    *,
    missing: bool,
) -> None:
    (stick / NAME).write_bytes(both.export())
    receipts = Site.at(str(tmp_path / "unplugged" if missing else stick))
    if not missing:
        monkeypatch.setattr(Site, "_write", failing(OSError(errno.EROFS, "Read-only file system")))
    (result,) = both.bring(stick, receipts=receipts)
    assert result.brought
    assert result.problem.startswith("Its receipt could not be written. ")
    assert ("There is no folder" if missing else "Cannot write to ") in result.problem
    assert missing or "Read-only file system" in result.problem
    assert not (tmp_path / "unplugged").exists()
    assert both.responses() == [3]


# Whole or not at all


@pytest.mark.parametrize(
    ("place", "change"),
    [
        *((place, altered) for place in ("folder", "file", "sftp", "smb", "s3", "webdav")),
        ("folder", lambda content: content[:-1]),
        ("folder", lambda content: content + b"!"),
    ],
    indirect=["place"],
)
@pytest.mark.sampled
def test_what_reads_back_differently_is_refused_and_the_old_file_stays(
    place: str, change: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    Site.at(place).put(NAME, OLD, ignore)
    write = Site._write
    monkeypatch.setattr(
        Site, "_write", lambda self, path, content, progress: write(self, path, change(content), progress)
    )
    assert "did not read back the same" in problem_of(lambda: Site.at(place).put(NAME, NEW, ignore))
    assert [found.read(EXPORT_LIMIT) for found in Site.at(place).files("")] == [OLD]


@remote
@pytest.mark.sampled
def test_what_reads_back_differently_under_its_own_name_is_written_again_and_then_no_success(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = Site._write, []

    def spoil(system: AbstractFileSystem, old: str, new: str) -> None:
        system.rm_file(old)
        with system.open(new, "wb") as file:
            file.write(altered(NEW))

    def write_well(site: Site, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        written.append(path.rpartition("/")[2])
        write(site, path, content, progress)

    monkeypatch.setattr(drivers, "move", spoil)
    monkeypatch.setattr(Site, "_write", write_well)
    Site.at(place).put(NAME, NEW, ignore)
    assert written == [f".{NAME}.new", NAME]
    assert [found.read(EXPORT_LIMIT) for found in Site.at(place).files("")] == [NEW]

    def write_badly(site: Site, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        write(site, path, content if path.endswith(".new") else altered(content), progress)

    monkeypatch.setattr(Site, "_write", write_badly)
    assert "did not read back the same" in problem_of(lambda: Site.at(place).put(NAME, NEW, ignore))


@pytest.mark.parametrize("kind", ["sftp", "smb"])
@pytest.mark.sampled
def test_a_server_that_is_full_is_told_as_such(kind: str, request: pytest.FixtureRequest) -> None:
    server: SshServer | SmbServer = request.getfixturevalue(kind)
    full = server.root / "full"
    full.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full], check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small drive")
    place = server.address("/full" if isinstance(server, SmbServer) else str(full))
    try:
        said = problem_of(lambda: Site.at(place).put(NAME, NEW, ignore))
        assert "(it is full): make room there, or use another place" in said, said
        assert names(full) == []
    finally:
        subprocess.run(["umount", "-l", full], check=True)
        full.rmdir()


def test_a_webdav_server_that_is_full_is_told_as_such() -> None:
    from webdav4.client import InsufficientStorage

    assert drivers.explained(InsufficientStorage("x"))[0] == "it is full"


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "make room there, or use another place"),
        (errno.EIO, "check that it is there and has room"),
        (errno.EROFS, "slide the switch of a card or stick, plug it in again, or use another one"),
    ],
)
def test_a_drive_that_fails_while_it_is_written_is_told_and_the_old_file_stays(
    stick: Path, number: int, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site.at(str(stick)).put(NAME, OLD, ignore)
    monkeypatch.setattr(transport, "flush", failing(OSError(number, os.strerror(number))))
    assert f"({os.strerror(number)}): {advice}" in problem_of(lambda: Site.at(str(stick)).put(NAME, NEW, ignore))
    assert names(stick) == [NAME]
    assert (stick / NAME).read_bytes() == OLD


def test_a_kiosk_that_is_killed_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    def begin(number: int) -> Path:
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / NAME).write_bytes(OLD)
        return folder

    found = set()
    for folder in killed_everywhere(begin, lambda folder: Site.at(str(folder)).put(NAME, NEW, may_be_killed)):
        found.add((folder / NAME).read_bytes())
        assert [name for name in names(folder) if not name.startswith(".")] == [NAME]
        assert [export.name for export in find_exports([str(folder)])] == [NAME]
        Site.at(str(folder)).put(NAME, NEW, ignore)
        assert names(folder) == [NAME]
        assert (folder / NAME).read_bytes() == NEW
    assert found == {OLD, NEW}


@pytest.mark.skipif(os.name == "nt", reason="Windows replaces nothing while somebody reads it")
def test_somebody_who_reads_meanwhile_never_sees_half_a_file(stick: Path) -> None:
    Site.at(str(stick)).put(NAME, OLD, ignore)
    done, seen, rounds = threading.Event(), set(), itertools.count()

    def read() -> None:
        while not done.is_set():
            seen.add((stick / NAME).read_bytes())
            next(rounds)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(60):
            Site.at(str(stick)).put(NAME, OLD if number % 2 else NEW, ignore)
    finally:
        done.set()
        reader.join()
    assert next(rounds) > 1
    assert seen <= {OLD, NEW}


def test_a_link_laid_where_a_file_is_first_written_is_not_followed(tmp_path: Path, stick: Path) -> None:
    victim = tmp_path / "diary.txt"
    victim.write_text("dear diary", "utf-8")
    (stick / f".{NAME}.new").symlink_to(victim)
    Site.at(str(stick)).put(NAME, NEW, ignore)
    assert victim.read_text("utf-8") == "dear diary"
    assert names(stick) == [NAME]
    assert not (stick / NAME).is_symlink()


@remote
@pytest.mark.sampled
def test_a_server_that_renames_nothing_still_gets_the_whole_file_and_nothing_is_left(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site.at(place).put(NAME, OLD, ignore)
    connect = transport._connect

    def without_rename(at: str, protocol: str) -> tuple[Any, str]:
        system, root = connect(at, protocol)
        system.mv = failing(OSError("Operation unsupported"))
        return system, root

    with monkeypatch.context() as only:
        only.setattr(transport, "_connect", without_rename)
        Site.at(place).put(NAME, NEW, ignore)
    site = Site.at(place)
    assert [found.read(EXPORT_LIMIT) for found in site.files("")] == [NEW]
    assert len(site._system.ls(site._root)) == 1


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o277])
def test_a_file_is_put_whatever_the_mask_of_the_process_and_the_mode_of_the_old_one(stick: Path, mask: int) -> None:
    (stick / NAME).write_bytes(OLD)
    (stick / NAME).chmod(0o400)
    usual = os.umask(mask)
    try:
        Site.at(str(stick)).put(NAME, NEW, ignore)
    finally:
        os.umask(usual)
    (stick / NAME).chmod(0o600)
    assert (stick / NAME).read_bytes() == NEW


# Places


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "STICK"
    assert "There is no folder" in problem_of(lambda: Site.at(str(missing)).put(NAME, NEW, ignore))
    assert "There is nothing at" in problem_of(lambda: Site.at(str(missing)).files(""))
    assert not missing.exists()


def test_nothing_is_put_into_a_file(stick: Path) -> None:
    (stick / "notes.txt").write_text("notes", "utf-8")
    for place in (stick / "notes.txt", stick / "notes.txt" / "below"):
        assert "There is no folder" in problem_of(functools.partial(put_at, str(place)))
    assert names(stick) == ["notes.txt"]


def test_a_name_that_no_folder_can_have_is_told(tmp_path: Path) -> None:
    assert problem_of(lambda: Site.at(str(tmp_path / ("x" * 300))).put(NAME, NEW, ignore))
    assert problem_of(lambda: Site.at(str(tmp_path / ("x" * 300))).files(""))
    assert problem_of(lambda: Site.at(str(tmp_path / "a\0b")).files(""))


def test_a_place_that_is_one_file_is_that_file_whatever_it_is_called(stick: Path) -> None:
    (stick / "renamed.bin").write_bytes(NEW)
    site = Site.at(str(stick / "renamed.bin"))
    assert site.is_file
    assert not Site.at(str(stick)).is_file
    assert [found.read(EXPORT_LIMIT) for found in site.files(EXPORT_SUFFIX)] == [NEW]


@pytest.mark.parametrize(
    "name",
    [
        "My stick",
        "a#b",
        "what?",
        "100%",
        "50%20off",
        "Größe ✓",
        "~fairstart",
        "C:\\Exports",
        "a&b;c",
        "[x]*",
        "a@b",
        "'\"",
    ],
)
@pytest.mark.parametrize("as_address", [False, True])
def test_folders_with_odd_names_are_taken_as_they_are_called(
    tmp_path: Path, name: str, *, as_address: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "nt" and set(name) & set('?*:"'):
        pytest.skip("Windows has no such names")
    folder = tmp_path / name
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    place = folder.as_uri() if as_address else name
    site = Site.at(place)
    assert str(site) == str(folder)
    site.put(NAME, NEW, ignore)
    assert names(tmp_path) == [f"{name}/{NAME}"]
    assert [found.read(EXPORT_LIMIT) for found in find_exports([place])] == [NEW]


def test_a_tilde_means_home_and_localhost_means_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    (tmp_path / "drop").mkdir()
    assert str(Site.at("~/drop")) == str(tmp_path / "drop")
    assert str(Site.at(f"file://localhost{tmp_path}/drop")) == str(tmp_path / "drop")


def test_exports_are_found_in_a_folder_and_one_below_each_once(stick: Path) -> None:
    for name in ("a", "leeds/b", "leeds/deep/c", ".hidden", "leeds/._b"):
        path = stick / f"{name}{EXPORT_SUFFIX}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (stick / f"folder{EXPORT_SUFFIX}").mkdir()
    (stick / "letter.txt").write_bytes(b"")
    same = [str(stick), f"{stick}/", stick.as_uri(), str(stick / "leeds"), str(stick / f"a{EXPORT_SUFFIX}")]
    for places in ([str(stick)], same, [*reversed(same)]):
        found = find_exports(places)
        assert sorted(one.name for one in found) == [f"{name}{EXPORT_SUFFIX}" for name in ("a", "b", "c")[: len(found)]]
        assert len(found) == (2 if len(places) == 1 else 3)


@remote
@pytest.mark.sampled
def test_folders_on_a_server_are_made_and_exports_found_one_below_each_once(place: str) -> None:
    Site.at(f"{place}/leeds").put(f"b{EXPORT_SUFFIX}", b"b", ignore)
    Site.at(place).put(f"a{EXPORT_SUFFIX}", b"a", ignore)
    found = find_exports([place, f"{place}/", f"{place}/leeds", f"{place}/a{EXPORT_SUFFIX}"])
    assert sorted((one.name, one.read(9)) for one in found) == [
        (f"a{EXPORT_SUFFIX}", b"a"),
        (f"b{EXPORT_SUFFIX}", b"b"),
    ]


def test_places_without_an_export_are_named(stick: Path, tmp_path: Path) -> None:
    said = problem_of(lambda: find_exports([str(stick), stick.as_uri()]))
    assert str(stick) in said
    assert EXPORT_SUFFIX in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among files")
def test_a_pipe_on_a_drive_is_passed_over_and_not_waited_for(stick: Path) -> None:
    os.mkfifo(stick / f"pipe{EXPORT_SUFFIX}")
    (stick / f"zero{EXPORT_SUFFIX}").symlink_to("/dev/zero")
    (stick / f"lost{EXPORT_SUFFIX}").symlink_to("nowhere")
    (stick / NAME).write_bytes(b"x")
    assert [found.name for found in find_exports([str(stick)])] == [NAME]
    assert "There is nothing at" in problem_of(lambda: Site.at(str(stick / f"pipe{EXPORT_SUFFIX}")).files(""))


def test_a_file_that_grows_after_its_size_was_looked_at_is_refused(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / NAME).write_bytes(bytes(101))
    (found,) = find_exports([str(stick)])
    monkeypatch.setattr(found.site._system, "size", lambda _path: 100)
    assert "far too large" in problem_of(lambda: found.read(100))
    assert found.read(101) == bytes(101)


def test_a_folder_below_that_may_not_be_looked_into_is_passed_over(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / NAME).write_bytes(b"x")
    (stick / "lost+found").mkdir()
    site = Site.at(str(stick))
    ls = site._system.ls

    def denied(path: str, *, detail: bool) -> object:
        if path.endswith("lost+found"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return ls(path, detail=detail)

    monkeypatch.setattr(site._system, "ls", denied)
    assert [found.name for found in site.files(EXPORT_SUFFIX)] == [NAME]


# Addresses


@pytest.mark.parametrize("place", ["sftp", "smb", "s3", "webdav", "file"], indirect=True)
@pytest.mark.sampled
def test_what_is_put_at_an_address_is_under_that_very_name_and_no_other(
    place: str, request: pytest.FixtureRequest
) -> None:
    names = ["ab", "a#b?[x]*", "50%20off", "100% Größe ✓", "{a,b};c=d&~", "*"]  # the first is what patterns would take
    if place.startswith("smb:"):
        names = [name.translate({ord(sign): "+" for sign in "?*"}) for name in names]  # no share can have these
    for number, name in enumerate(names):
        if place.startswith("file:"):
            (request.getfixturevalue("stick") / name).mkdir()
        asked = urllib.parse.quote(name) if "%" in name or number % 2 else name  # encoded or not
        Site.at(f"{place}/{asked}").put(NAME, name.encode(), ignore)
    found = Site.at(place).files(EXPORT_SUFFIX)
    assert {(*one.path.split("/")[-2:], one.read(99)) for one in found} == {(n, NAME, n.encode()) for n in names}


@pytest.mark.long
def test_what_is_put_is_on_the_servers_disk_under_its_name(bucket: Bucket, sftp: SshServer, smb: SmbServer) -> None:
    Site.at(f"{sftp.address(sftp.root)}/q%3F").put(NAME, NEW, ignore)
    assert (sftp.root / "q?" / NAME).read_bytes() == NEW
    Site.at(smb.address("/50%2525#")).put(NAME, NEW, ignore)
    assert (smb.root / "50%25#" / NAME).read_bytes() == NEW
    Site.at(f"s3://{bucket.name}/q?").put(NAME, NEW, ignore)
    assert bucket.keys() == [f"q?/{NAME}"]


@pytest.mark.parametrize("letter", '?*:<>|"\\')
def test_a_name_that_a_share_cannot_have_is_refused_before_anybody_is_called(letter: str) -> None:
    said = problem_of(lambda: Site.at(f"smb://ann:{SECRET}@127.0.0.1:1/share/what{urllib.parse.quote(letter)}"))
    assert f"(a name on an SMB share can have no {letter}): choose a folder without any of" in said
    assert SECRET not in said


def test_users_and_passwords_are_decoded_once(locked_webdav: str, smb: SmbServer) -> None:
    user, password = (urllib.parse.quote(part, safe="") for part in WEBDAV_LOGIN)
    Site.at(f"webdav://{user}:{password}@{locked_webdav}/x").put(NAME, NEW, ignore)
    assert "%25" in smb.address()
    assert Site.at(smb.address()).files("nothing") == []


def test_a_protocol_may_be_in_capitals(
    bucket: Bucket, sftp: SshServer, smb: SmbServer, webdav_at: str, stick: Path
) -> None:
    for place in (
        sftp.address(sftp.root),
        smb.address(),
        f"s3://{bucket.name}",
        f"webdav://{webdav_at}",
        stick.as_uri(),
    ):
        protocol, _, rest = place.partition("://")
        assert str(Site.at(f"{protocol.upper()}://{rest}")) == str(Site.at(place))


@pytest.mark.long
def test_no_path_is_the_folder_that_one_is_in_after_logging_in(sftp: SshServer, webdav_at: str) -> None:
    login = subprocess.run(
        [
            *("sftp", "-q", "-b", "-", "-o", f"UserKnownHostsFile={sftp.known_hosts}"),
            *("-i", sftp.home / ".ssh" / "id_ed25519", sftp.address()),
        ],
        input=b"pwd",
        check=True,
        capture_output=True,
    )
    for place in (sftp.address(), f"{sftp.address()}/"):
        assert f"directory: {Site.at(place)._root}" in login.stdout.decode()
    Site.at(f"webdav://{webdav_at}").put(NAME, NEW, ignore)
    assert NAME in [found.name for found in Site.at(f"webdav://{webdav_at}/").files("")]


@pytest.mark.parametrize("place", ["file://ann:Passw0rt@host/drop", "file://host/drop", "FILE://ann:Passw0rt@host"])
def test_an_address_of_another_computers_folder_is_refused(place: str) -> None:
    if os.name == "nt" and "@" not in place:
        pytest.skip("a share there")
    said = problem_of(lambda: Site.at(place))
    assert "names no folder of this computer: write file:/// and the folder" in said
    assert SECRET not in said


def test_a_share_or_a_bucket_that_is_not_named_is_told(smb: SmbServer) -> None:
    for place in (
        smb.address().removesuffix("/share"),
        "s3:///x",
        "s3://bucket/a?versionId=b",
        "sftp:///x",
        "webdav://",
    ):
        assert "is no address that can be used" in problem_of(functools.partial(Site.at, place))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("gopher://x/y", "gopher://x/y is no address"),
        *((wrong, "") for wrong in ("sftp://[host/x", "sftp://host:port/x", "s3://")),
    ],
)
def test_an_address_of_an_unknown_kind_or_written_wrongly_is_told(place: str, said: str) -> None:
    assert said in problem_of(lambda: Site.at(place).files(""))


@pytest.mark.parametrize(
    ("place", "module", "said"),
    [
        ("sftp://host/x", "paramiko", 'run "pip install fairstart[sftp]"'),
        ("ssh://host/x", "paramiko", 'run "pip install fairstart[sftp]"'),
        ("s3://bucket/x", "s3fs", 'run "pip install fairstart[s3]"'),
        ("smb://host/share", "smbprotocol", 'run "pip install fairstart[smb]"'),
        ("webdav://host/x", "webdav4", 'run "pip install fairstart[webdav]"'),
        ("abfs://container/x", "adlfs", "install the driver that fsspec names for it"),
    ],
)
def test_a_missing_driver_is_told_with_what_brings_it(
    place: str, module: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fsspec.registry import _registry, known_implementations

    class Blocked:
        def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
            if name.partition(".")[0] == module:
                raise ModuleNotFoundError(name)

    protocol = place.partition(":")[0]
    loaded = {name for name in sys.modules if name.partition(".")[0] == module}
    loaded.add(known_implementations[protocol]["class"].rpartition(".")[0])
    for name in loaded:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Blocked(), *sys.meta_path])
    monkeypatch.delitem(_registry, protocol, raising=False)
    assert problem_of(lambda: Site.at(place)) == f"{protocol}:// needs one more package: {said}, then try again."


SECRET = "Passw0rt"


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        (f"sftp://ann:{SECRET}@host:22/drop", "sftp://host:22/drop"),
        (f"sftp://{SECRET}@host/drop", "sftp://host/drop"),
        (f"sftp://ann:x@{SECRET}@host/drop", "sftp://host/drop"),
        (f"s3://bucket/x?signature={SECRET}", "s3://bucket/x"),
        (f"https://host/x?sig={SECRET}#{SECRET}", "https://host/x"),
        (f"smb://work;ann:{SECRET}@host/share", "smb://host/share"),
        (f"sftp://ann:{SECRET}/x@host/drop", "sftp://…"),
        (f"sftp://ann:1/{SECRET}@host/drop", "sftp://…"),
        (f"sftp://ann:1?{SECRET}@host/drop", "sftp://…"),
        (f"sftp://ann:1#{SECRET}@host/drop", "sftp://…"),
        (f"sftp://ann:[{SECRET}@host/drop", "sftp://…"),
        (f"simplecache::sftp://ann:{SECRET}@host/x", "simplecache::sftp://…"),
        ("/media/ann/a@b?c#d", "/media/ann/a@b?c#d"),
    ],
)
def test_a_user_a_password_and_a_query_are_never_shown(place: str, seen: str) -> None:
    assert shown(place) == seen
    assert SECRET not in shown(place)


def test_a_password_and_a_query_are_in_no_error_and_no_result(
    sftp: SshServer, both: Both, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = sftp.root / uuid.uuid4().hex
    folder.mkdir()
    place = sftp.address(folder).replace("@", f":{SECRET}@")  # the server takes the key
    site = Site.at(place)
    site.put(NAME, b"no export", ignore)
    said = [str(site), repr(site), *map(repr, both.bring(place))]
    said.append(problem_of(lambda: find_exports([f"{place}/missing"])))
    said.append(problem_of(lambda: site.read("missing", 9)))
    monkeypatch.setenv(HOME, str(tmp_path))  # without the key
    said.append(problem_of(lambda: Site.at(place)))
    said.append(problem_of(lambda: Site.at(f"{place}?token={SECRET}")))
    said.append(problem_of(lambda: Site.at(place.replace("sftp:", "gopher:"))))
    assert not [one for one in said if SECRET in one]


def elapsed(action: Callable[[], object]) -> tuple[str, float]:
    start = time.monotonic()
    said = problem_of(action)
    return said, time.monotonic() - start


def use_s3(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in S3_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "PATIENCE", 0.3)


@pytest.mark.parametrize("ill", [mute_server, pytest.param(unroutable, marks=pytest.mark.long)])
@pytest.mark.long
def test_a_server_that_never_answers_is_given_up_soon(
    ill: Callable[[], contextlib.AbstractContextManager[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "PATIENCE", 0.05)  # no server here that answers
    with ill() as port:
        use_s3(port, monkeypatch)
        for action in (
            lambda: Site.at(f"sftp://ann:x@127.0.0.1:{port}/drop"),
            lambda: Site.at("s3://bucket/x").files(""),
            lambda: Site.at("s3://bucket/x").put(NAME, b"x", ignore),
            lambda: Site.at("s3://bucket/x").read("bucket/x/y", 9),
        ):
            said, seconds = elapsed(action)
            assert said.startswith("Cannot ")
            assert seconds < 12


def test_a_driver_prints_nothing_of_its_own() -> None:
    code = (
        "import sys; from storage.exchange import locations as transport\ntransport.PATIENCE = 0.3\n"
        "try: transport.Site.at(sys.argv[1])\nexcept transport.PlaceError: print('told')"
    )
    with mute_server() as port:
        command = [sys.executable, "-c", code, f"sftp://ann:x@127.0.0.1:{port}/drop"]
        done = subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT)
    assert (done.stdout, done.stderr) == ("told\n", "")


def test_the_patience_with_a_server_is_a_matter_of_seconds() -> None:
    assert 5 <= transport.PATIENCE <= 15


@pytest.mark.long
def test_a_server_that_falls_silent_midway_is_given_up_soon(sftp: SshServer, impatient: None) -> None:
    folder = sftp.root / uuid.uuid4().hex
    site = Site.at(sftp.address(folder))
    site.put(NAME, NEW, ignore)
    (found,) = site.files("")
    with sftp.frozen():
        for action in (lambda: found.read(EXPORT_LIMIT), lambda: site.put(NAME, OLD, ignore)):
            said, seconds = elapsed(action)
            assert said.startswith("Cannot ")
            assert seconds < 12
    assert Site.at(sftp.address(folder)).files("")[0].read(EXPORT_LIMIT) == NEW


BIG = bytes(16 << 20)
"""More than lies about on the way to a server that takes nothing."""


@pytest.mark.filterwarnings("ignore:unclosed SMB handle:ResourceWarning")  # it is left to the server to close it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ["sftp", "smb"])
@pytest.mark.sampled
def test_an_upload_that_comes_to_a_halt_is_given_up(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    server: SshServer | SmbServer = request.getfixturevalue(kind)
    folder = uuid.uuid4().hex
    place = server.address(f"/{folder}") if isinstance(server, SmbServer) else server.address(server.root / folder)
    site = Site.at(place)
    site.put(NAME, OLD, ignore)
    with server.frozen(), monkeypatch.context() as impatient:
        impatient.setattr(transport, "PATIENCE", 0.3)
        impatient.setattr(transport, "SLOWEST", 1 << 24)
        said, seconds = elapsed(functools.partial(site.put, NAME, BIG, ignore))
    assert said.startswith("Cannot write to ")
    assert said.endswith(": check the network and that it is running, then try again.")
    assert seconds < 30
    assert Site.at(place).files("")[0].read(EXPORT_LIMIT) == OLD
    gc.collect()  # what was left is told here


@pytest.mark.long
def test_an_upload_to_a_bucket_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "PATIENCE", 0.3)
    monkeypatch.setattr(transport, "SLOWEST", 1 << 24)
    with mute_server() as port:
        use_s3(port, monkeypatch)
        said, seconds = elapsed(lambda: Site.at("s3://bucket/x").put(NAME, BIG, ignore))
    assert said.endswith(": check the network and that it is running, then try again.")
    assert seconds < 30


@pytest.mark.long
def test_a_program_that_gave_a_server_up_can_end(smb: SmbServer) -> None:
    code = (
        "import sys; from storage.exchange import locations as transport\n"
        "site = transport.Site.at(sys.argv[1])\nprint(flush=True)\ninput()\n"
        "transport.PATIENCE, transport.SLOWEST = 0.3, 1 << 24\n"
        "try: site.put('x', bytes(1 << 20), lambda done, of: None)\nexcept transport.PlaceError: print('told')"
    )
    command = [sys.executable, "-c", code, smb.address()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline() == b"\n"
        with smb.frozen():
            assert process.communicate(b"\n", timeout=WAIT)[0] == b"told\n"
    assert process.returncode == 0


@pytest.mark.parametrize(
    "place", ["sftp://ann:x@127.0.0.1:{port}/drop", "s3://bucket/x", "smb://ann:x@127.0.0.1:{port}/share"]
)
def test_a_port_where_nobody_listens_is_told(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        use_s3(port, monkeypatch)
        assert "Cannot " in problem_of(lambda: Site.at(place.format(port=port)).files(""))


def test_a_host_that_does_not_exist_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    error = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    monkeypatch.setattr(socket, "getaddrinfo", failing(error))
    assert "Name or service not known" in problem_of(lambda: Site.at("sftp://ann@nohost.invalid/x"))
    assert "Name or service not known" in problem_of(lambda: Site.at("smb://ann:x@nohost.invalid/share"))


REFUSED = ": check the user’s name and the password or key, then try again."
NO_LOGIN = ": put a key for it where its driver looks, such as ~/.ssh or ~/.aws, or user:password@ into the address."


@pytest.mark.long
def test_a_login_that_is_refused_is_told_as_such_everywhere(
    sftp: SshServer, smb: SmbServer, bucket: Bucket, locked_webdav: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (
        smb.address(password=SECRET),
        f"webdav://ann:{SECRET}@{locked_webdav}/x",
        f"webdav://{locked_webdav}/x",
    ):
        said = problem_of(functools.partial(put_at, place))
        assert said.endswith(f"(it refused the login){REFUSED}"), said
    monkeypatch.setattr("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", 0.0)
    for place in (bucket.address, bucket.address.replace("s3://", f"s3://ann:{SECRET}@")):
        said = problem_of(functools.partial(look_at, place))
        assert said.startswith(f"Cannot look into s3://{bucket.name}/leeds (")
        said = problem_of(functools.partial(put_at, place))
        assert said.startswith(f"Cannot write to s3://{bucket.name}/leeds (")
        assert said.endswith(f"(it refused the login){REFUSED}"), said


def test_a_login_that_is_missing_is_told_with_where_to_put_it(
    smb: SmbServer, sftp: SshServer, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in S3_ENVIRONMENT:
        if "KEY" in name:
            monkeypatch.delenv(name)
    assert problem_of(lambda: Site.at(bucket.address).files("")).endswith(NO_LOGIN)
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_bytes(sftp.known_hosts.read_bytes())  # and no key
    assert problem_of(lambda: Site.at(sftp.address())).endswith(NO_LOGIN)
    assert problem_of(lambda: Site.at(f"smb://localhost:{smb.port}/share").files("")).endswith(NO_LOGIN)


@pytest.fixture
def unknown(sftp: SshServer) -> Iterator[SshServer]:
    """That server, of which the user knows nothing, or nothing more."""
    known = sftp.known_hosts.read_bytes()
    sftp.known_hosts.unlink()
    yield sftp
    sftp.known_hosts.write_bytes(known)


def test_a_server_that_is_not_known_is_not_talked_to_and_how_to_make_it_known_is_told(unknown: SshServer) -> None:
    said = problem_of(lambda: Site.at(unknown.address()))
    [command] = re.findall(f'"(ssh-keyscan -p {unknown.port} 127.0.0.1) >> ~/.ssh/known_hosts"', said)
    scanned = subprocess.run(command.split(), check=True, capture_output=True)
    shown_by = subprocess.run(["ssh-keygen", "-l", "-f", "-"], input=scanned.stdout, check=True, capture_output=True)
    [digest] = re.findall("SHA256:[A-Za-z0-9+/]{43}", said)
    assert digest in shown_by.stdout.decode()
    unknown.known_hosts.write_bytes(scanned.stdout)
    assert Site.at(unknown.address(unknown.root)).files("nothing") == []


def test_a_server_whose_key_is_another_than_the_one_known_is_not_talked_to(unknown: SshServer) -> None:
    unknown.make_known((unknown.home / ".ssh" / "id_ed25519.pub").read_text("utf-8"))
    said = problem_of(lambda: Site.at(unknown.address()))
    assert "it shows another key than is known here" in said
    [command] = re.findall('"(ssh-keygen -R [^"]*)"', said)
    subprocess.run([*command.split(), "-f", unknown.known_hosts], check=True, capture_output=True)
    assert unknown.known_hosts.read_bytes() == b""


@pytest.mark.long
def test_a_bucket_that_does_not_exist_is_told_and_not_made(bucket: Bucket) -> None:
    other = Bucket(bucket.server, f"{bucket.name}-typo")
    for place in (other.address, f"s3://{other.name}"):
        assert problem_of(functools.partial(put_at, place))
        assert problem_of(functools.partial(find_exports, [place]))
    with pytest.raises(urllib.error.HTTPError):
        other.request("GET")


@pytest.mark.long
def test_a_connection_that_was_dropped_is_made_anew_next_time(sftp: SshServer) -> None:
    place = sftp.address(sftp.root / uuid.uuid4().hex)
    site = Site.at(place)
    site.put(NAME, OLD, ignore)
    sftp.drop_connections()
    assert "Cannot write to" in problem_of(lambda: site.put(NAME, NEW, ignore))
    Site.at(place).put(NAME, NEW, ignore)


def test_what_another_computer_put_into_a_bucket_is_seen_at_once(bucket: Bucket) -> None:
    site = Site.at(f"s3://{bucket.name}")
    bucket.request("PUT", f"/a{EXPORT_SUFFIX}", b"a")
    assert [(found.name, found.read(9)) for found in site.files(EXPORT_SUFFIX)] == [(f"a{EXPORT_SUFFIX}", b"a")]
    bucket.request("PUT", f"/a{EXPORT_SUFFIX}", b"longer")
    assert [found.name for found in site.files(EXPORT_SUFFIX)] == [f"a{EXPORT_SUFFIX}"]
    bucket.request("PUT", f"/b{EXPORT_SUFFIX}", b"b")
    assert [found.read(9) for found in site.files(EXPORT_SUFFIX)] == [b"longer", b"b"]


def test_what_the_users_own_settings_say_of_a_driver_stays(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec.config

    monkeypatch.setitem(fsspec.config.conf, "s3", {"config_kwargs": {"read_timeout": 7}})
    assert Site.at(bucket.address)._system.config_kwargs == {"read_timeout": 7}


def test_no_driver_is_loaded_before_a_place_is_used() -> None:
    code = "import sys, storage.exchange.locations, storage.office.importing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT)
    assert not {"fsspec", "paramiko", "s3fs", "boto3", "http"} & set(done.stdout.split())
    code = "import sys; from storage.exchange.locations import Site; Site.at('/').files('x'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT)
    assert not {"paramiko", "s3fs", "boto3"} & set(done.stdout.split())
