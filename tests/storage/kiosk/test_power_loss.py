"""A power cut loses no response that was thanked for, whatever the disk had and had not written by then.

A child that recovers a pool and adds responses to it is recorded once with strace, which gives every write and flush in
order. From the record this builds what may be found on the disk after a power cut at any of its calls, puts it in a
folder, and has the next kiosk check it. What a disk may do here is more than most do:

- A file that was flushed (fsync, fdatasync) holds what it held then, at the length it had then.
- Each 512-byte sector written since then holds, for itself, any of the contents that it has had since: so writes are
  lost, reordered and torn in any combination. One sector is never torn.
- The file's length is any that it has had since. Where no write reached, it reads as zeros or as anything at all.
- A flush that fails loses what it was to write, as on Linux: it may never reach the disk, though a later flush
  succeeds, until it is written again.
- A name made or removed since its folder was flushed is there or not, each name for itself. Flushing a file does not
  make its name certain.

The names of the pool and its journal are certain from the start: set-up flushes an event's folder before it is used.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from storage.crypto.sealing import SealedResponse
from storage.errors import StoreError
from storage.kiosk.pool import RESPONSES, TRIED, Pool
from tests.storage.kiosk.crashes import (
    KEEPER,
    Account,
    interrupt,
    journal_of,
    keeper_environment,
    make_pool,
    random_responses,
    why_not_strace,
)
from tests.variants import usually

pytestmark = pytest.mark.skipif(bool(why_not_strace()), reason=why_not_strace())

T = TypeVar("T")

SECTOR = 512
HASTE = (0.0, 0.1, 0.9, 1.0)
"""How much of what was waiting a disk had written: nothing, some of it, nearly all, all."""

HARMLESS = ("execve", "fchown", "fcntl", "fstat", "ioctl", "lstat", "newfstatat", "pread64", "read", "readlink", "stat")
CALL = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)")

AS_IT_IS: tuple[str, ...] = ()
NEVER_FLUSHED = ("synchronous=OFF=0",)
JOURNAL_REMOVED = ("journal_mode=DELETE=delete",)


# The disk


def choose(options: Sequence[T], haste: float, random: Random) -> T:
    """One of the states that something has had since it was flushed."""
    if random.random() < haste:
        return options[-1]
    return random.choice(options) if haste else options[0]


@dataclass(eq=False)
class File:
    """A file, by every content it has had since it was flushed, oldest first."""

    versions: list[bytes]
    _written: set[int] = field(default_factory=set)
    """Sectors that were written since the last flush."""
    _unsure: dict[int, set[bytes]] = field(default_factory=dict)
    """What may be in a sector whose flush failed, until it is written and flushed again."""

    def write(self, offset: int, data: bytes) -> None:
        before = self.versions[-1].ljust(offset, b"\x00")
        self.versions.append(before[:offset] + data + before[offset + len(data) :])
        self._written |= set(range(offset // SECTOR, -(-(offset + len(data)) // SECTOR)))

    def truncate(self, length: int) -> None:
        self.versions.append(self.versions[-1][:length].ljust(length, b"\x00"))

    def flush(self, *, fails: bool) -> None:
        for sector in self._written:
            if fails:
                held = (self._sector(version, sector) for version in self.versions)
                self._unsure.setdefault(sector, set()).update(held)
            else:
                self._unsure.pop(sector, None)
        del self.versions[:-1]
        self._written = set()

    @staticmethod
    def _sector(version: bytes, sector: int) -> bytes:
        return version[sector * SECTOR : (sector + 1) * SECTOR].ljust(SECTOR, b"\x00")

    def after_power_loss(self, random: Random) -> bytes:
        haste = random.choice(HASTE)
        flushed = len(self.versions[0])
        length = choose([len(version) for version in self.versions], haste, random)
        sectors = []
        for start in range(0, length, SECTOR):
            sector = start // SECTOR
            held = sorted(self._unsure.get(sector, ()))
            random.shuffle(held)
            held += [self._sector(version, sector) for version in self.versions]
            if start >= flushed:
                held[0] = random.choice((bytes(SECTOR), random.randbytes(SECTOR)))
            sectors.append(choose(held, haste, random))
        return b"".join(sectors)[:length]


@dataclass(eq=False)
class Disk:
    """A folder, by every file that each name has stood for since the folder was flushed, oldest first."""

    names: dict[str, list[File | None]]
    """The names are whole paths in hexadecimal digits, as they stand in the record."""
    _open: dict[str, File] = field(default_factory=dict)
    _positions: dict[str, int] = field(default_factory=dict)

    def follow(self, call: str, arguments: Sequence[str], result: int) -> bool:
        """Do what a recorded system call did. Whether it changed what may be found after a power cut."""
        handle = arguments[0].split("<")[0]
        match call:
            case "fsync" | "fdatasync" if handle in self._open:
                self._open[handle].flush(fails=result < 0)
            case _ if result < 0 or call in HARMLESS:
                return False
            case "openat":
                return self._follow_openat(arguments[1].strip('"'), arguments[2], str(result))
            case "close":
                self._open.pop(handle, None)
                return False
            case "lseek":
                self._positions[handle] = result
                return False
            case "pwrite64":
                self._open[handle].write(int(arguments[3]), bytes.fromhex(arguments[1].strip('"'))[:result])
            case "write":
                self._open[handle].write(self._positions[handle], bytes.fromhex(arguments[1].strip('"'))[:result])
                self._positions[handle] += result
            case "ftruncate":
                self._open[handle].truncate(int(arguments[1]))
            case "fsync" | "fdatasync":  # of the folder
                for files in self.names.values():
                    del files[:-1]
            case "unlink":
                self.names[arguments[0].strip('"')].append(None)
            case _:
                pytest.fail(f"this disk does not know what {call} does")
        return True

    def after_power_loss(self, random: Random) -> dict[str, bytes]:
        found = {}
        for name, files in self.names.items():
            file = choose(files, random.choice(HASTE), random)
            if file is not None:
                found[Path(bytes.fromhex(name).decode()).name] = file.after_power_loss(random)
        return found

    def _follow_openat(self, name: str, flags: str, handle: str) -> bool:
        if name not in self.names:
            return False  # the folder, to be flushed
        assert "O_TRUNC" not in flags
        assert "O_APPEND" not in flags
        file = self.names[name][-1]
        created = file is None
        if file is None:
            file = File([b""])
            self.names[name].append(file)
        self._open[handle] = file
        self._positions[handle] = 0
        return created


# The record and the search


def hexadecimal(path: Path) -> str:
    return str(path).encode().hex()


def record(path: Path, additions: int, pragmas: Sequence[str], failing: int) -> list[str]:
    """The system calls of a child that checks a pool and adds responses to it; what it says is among them.

    The flush of that number fails, counted from 1; none does for 0.
    """
    log = path.parent.with_name("log")
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1000000", "-e", "trace=%file,%desc", "-o"]
    if failing:
        strace[-1:-1] = ["-e", f"inject=fsync,fdatasync:error=EIO:when={failing}"]
    with path.parent.with_name("said").open("wb") as said:
        subprocess.run(
            [*strace, log, sys.executable, KEEPER, path, path.parent.with_name("scratch"), *pragmas],
            input=f"2 {additions} 0\n".encode(),
            stdout=said,
            env=keeper_environment(),
            check=True,
        )
    return log.read_text("ascii").replace("\\x", "").splitlines()


@dataclass
class Findings:
    """What a search found."""

    states: int = 0
    """How many different states were looked at."""
    lost: list[str] = field(default_factory=list)
    """Those in which a response that was thanked for is missing, or the pool is refused."""
    failed: int = 0
    """How many things had to be tried again."""
    astray: list[str] = field(default_factory=list)
    """Those with a response that nobody was adding, or a journal that is not blank after a thank-you or a check."""


def search(folder: Path, pragmas: Sequence[str], *, additions: int, per_call: int, failing: int = 0) -> Findings:
    """Cut the power `per_call` times after each call with which a pool is recovered and added to."""
    before = random_responses(8, seed=1)
    path = make_pool(folder / "pool", before)
    interrupt(path)
    disk = Disk({hexadecimal(file): [File([file.read_bytes()])] for file in (path, journal_of(path))})
    (folder / "found").mkdir()
    random = Random(additions)  # noqa: S311 - the same states on every run
    told = Account()
    seen: set[bytes] = set()
    findings = Findings()
    for line in record(path, additions, pragmas, failing):
        parts = CALL.match(line)
        if parts is None:
            continue
        call, arguments, result = parts[1], parts[2].split(", "), int(parts[3])
        thanks = False
        if call == "write" and hexadecimal(folder / "said") in arguments[0]:
            said = bytes.fromhex(arguments[1].strip('"')).decode()
            told.add(said)
            thanks = said == "thanked\n"
        elif hexadecimal(path.parent) not in line or hexadecimal(Path(TRIED)) in line:
            continue  # not of the pool: what a journal is tried on is no part of what is found
        elif not disk.follow(call, arguments, result):
            continue
        for _ in range(per_call):
            state = disk.after_power_loss(random)
            key = sha256(repr((len(told.thanked), state)).encode()).digest()
            if key not in seen:
                seen.add(key)
                examine(folder / "found", state, {*before, *told.thanked}, told, findings)
                if thanks and any(state.get("responses.db-journal", b"")):
                    findings.astray.append(f"state {findings.states}: a thank-you before the journal was surely blank")
    findings.failed = told.refusals
    assert told.offered == random_responses(additions, seed=2)
    assert told.thanked == told.offered or (failing and told.refusals > 1), "strace has one flush of each kind fail"
    return findings


def examine(
    folder: Path, state: dict[str, bytes], sure: set[SealedResponse], told: Account, findings: Findings
) -> None:
    """Let the next kiosk have what is on the disk."""
    for file in folder.iterdir():
        file.unlink()
    for name, content in state.items():
        (folder / name).write_bytes(content)
    findings.states += 1
    case = f"state {findings.states}, {len(told.thanked)} of {len(told.offered)} thanked for"
    pool = Pool(folder / "responses.db", RESPONSES)
    try:
        pool.check()
        found = set(pool.rows())
    except StoreError as error:
        findings.lost.append(f"{case}: {error}")
        return
    finally:
        pool.close()
    if sure - found:
        findings.lost.append(f"{case}: {len(sure - found)} of {len(sure)} missing")
    journal = journal_of(folder / "responses.db")
    if found - sure - set(told.offered) or (journal.exists() and any(journal.read_bytes())):
        findings.astray.append(case)


# What it finds


@pytest.mark.parametrize(
    ("additions", "per_call", "least"), [(16, 4, 400), pytest.param(40, 40, 9_000, marks=pytest.mark.long)]
)
def test_no_power_cut_loses_a_response_that_was_thanked_for(
    additions: int, per_call: int, least: int, memory_folder: Path
) -> None:
    findings = search(memory_folder, AS_IT_IS, additions=additions, per_call=per_call)
    print(f"{findings.states} states, {len(findings.lost)} with a loss")
    assert findings.states >= least
    assert not findings.lost
    assert not findings.astray


ONE_ADDITION = 10
"""Flushes that recovering and one addition take, at least."""


@pytest.mark.parametrize("failing", usually(4, range(1, 5 * ONE_ADDITION)))
@pytest.mark.sampled
def test_no_power_cut_after_a_flush_that_failed_loses_a_response_that_was_thanked_for(
    failing: int, memory_folder: Path
) -> None:
    findings = search(
        memory_folder, AS_IT_IS, additions=3 if failing <= ONE_ADDITION else 8, per_call=6, failing=failing
    )
    print(f"flush {failing} failed: {findings.states} states, {findings.failed} tries failed")
    assert not findings.lost
    assert not findings.astray


@pytest.mark.parametrize("pragmas", [NEVER_FLUSHED, JOURNAL_REMOVED], ids=["never flushed", "journal removed"])
@pytest.mark.sampled
@pytest.mark.long
def test_the_same_search_finds_losses_where_less_is_flushed(pragmas: tuple[str, ...], memory_folder: Path) -> None:
    findings = search(memory_folder, pragmas, additions=14, per_call=1)
    print(f"{findings.states} states, {len(findings.lost)} with a loss")
    assert findings.lost
