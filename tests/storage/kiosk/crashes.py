"""What the crash tests share: pools to harm, the process that is harmed, and what it said before it ended."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Self

import pytest

import storage
from storage.crypto.sealing import SEALED_SIZE, SealedResponse
from storage.database import open_database
from storage.kiosk.pool import RESPONSES, Pool

KEEPER = Path(__file__).with_name("keeper.py")


def journal_of(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def random_responses(count: int, seed: int = 0) -> list[SealedResponse]:
    """Bytes as long and as patternless as sealed responses, the same on every run."""
    random = Random(seed)  # noqa: S311 - not a secret
    return [SealedResponse(random.randbytes(SEALED_SIZE)) for _ in range(count)]


def make_pool(folder: Path, responses: Sequence[SealedResponse] = ()) -> Path:
    """A new pool in a folder of its own, filled in this order and closed."""
    folder.mkdir()
    path = folder / "responses.db"
    Pool.create(path, RESPONSES)
    pool = Pool(path, RESPONSES)
    for sealed in responses:
        pool.add(sealed)
    pool.close()
    return path


def contents(path: Path) -> tuple[bytes, bytes]:
    """The bytes of a pool and of its journal."""
    return path.read_bytes(), journal_of(path).read_bytes()


def put_back(path: Path, files: tuple[bytes, bytes]) -> None:
    """Make a closed pool and its journal what they were."""
    for file, content in zip((path, journal_of(path)), files, strict=True):
        file.write_bytes(content)


def interrupt(path: Path) -> None:
    """Leave a pool as a process that was killed half-way through adding one response may: torn, its journal hot."""
    connection = open_database(path)
    connection.execute("PRAGMA cache_size=1")  # pages reach the disk before COMMIT
    rows = connection.execute("SELECT sealed FROM response").fetchall()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM response")
    connection.executemany("INSERT INTO response VALUES (?)", sorted([*rows, (bytes(SEALED_SIZE),)]))
    half_way = contents(path)
    connection.execute("ROLLBACK")
    connection.close()
    put_back(path, half_way)


@cache
def why_not_strace() -> str:
    """Why system calls cannot be watched here; empty if they can."""
    if shutil.which("strace") is None:
        return "strace is not installed, so system calls cannot be watched or made to fail"
    command = ["strace", "--seccomp-bpf", "-f", "-e", "trace=chdir", "true"]
    tried = subprocess.run(command, check=False, capture_output=True, text=True)
    return f"strace does not work here: {tried.stderr.strip()}" if tried.returncode else ""


needs_strace = pytest.mark.skipif(bool(why_not_strace()), reason=why_not_strace())
HARMED_CALL = 150
"""More than any run makes of one kind; see keeper.py."""
KILLED = f"signal=KILL:when={HARMED_CALL}"
FAILS_ONCE = f"error=EIO:when={HARMED_CALL}"
FULL_ONCE = f"error=ENOSPC:when={HARMED_CALL}"
FULL_FROM_THEN_ON = f"error=ENOSPC:when={HARMED_CALL}+"


def keeper_environment() -> dict[str, str]:
    """Lets the keeper import the packages under test, wherever pytest found them."""
    paths = (str(Path(storage.__path__[0]).parent), os.environ["PYTHONPATH"])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@dataclass
class Account:
    """What one child of the keeper said, in its order."""

    offered: list[SealedResponse] = field(default_factory=list)
    thanked: list[SealedResponse] = field(default_factory=list)
    refusals: int = 0
    status: int = 0
    closed: bool = False

    def add(self, line: str) -> None:
        match line.split():
            case ["offered", sealed]:
                self.offered.append(SealedResponse(bytes.fromhex(sealed)))
            case ["thanked"]:
                self.thanked.append(self.offered[-1])
            case ["refused"]:
                self.refusals += 1
            case ["closed"]:
                self.closed = True
            case ["ended", status]:
                self.status = int(status)


class Keeper:
    """A running keeper.py, by itself or under strace."""

    def __init__(self, path: Path, under: Sequence[str | Path] = ()) -> None:
        self._process = subprocess.Popen(
            [*under, sys.executable, KEEPER, path, path.parent.with_name("scratch")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=keeper_environment(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(
        self, seed: int, count: int, calls: int = 0, before: int | None = None, *, kill_after: float | None = None
    ) -> Account:
        """Have one child add `count` responses; SIGKILL it after so many seconds. `before` is for a whole kiosk."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seed} {count} {calls} {'' if before is None else before}\n".encode())
        self._process.stdin.flush()
        account = Account()
        for line in self._lines(kill_after):
            account.add(line)
        return account

    def _lines(self, kill_after: float | None) -> Iterator[str]:
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        heard, child = b"", 0
        moment: float | None = None
        while True:
            left = None if moment is None else max(0.0, moment - time.perf_counter())
            if not select.select([output], [], [], left)[0]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                moment = None
                continue
            more = os.read(output, 1 << 16)
            assert more, "the keeper itself ended"
            *lines, heard = (heard + more).split(b"\n")
            for line in map(bytes.decode, lines):
                if line.startswith("started"):
                    child = int(line.split()[1])
                    moment = None if kill_after is None else time.perf_counter() + kill_after
                yield line
                if line.startswith("ended"):
                    return


def harmed_everywhere(  # noqa: PLR0913 - what the keeper is told, each by its name
    path: Path,
    watched: Sequence[Path],
    call: str,
    fault: str,
    begin: Callable[[], object],
    *,
    seed: int,
    count: int,
    before: int | None = None,
) -> Iterator[Account]:
    """Have the keeper add `count` responses, each time with the next call of this kind on what is watched harmed.

    It begins anew each time, up to the first run that makes too few such calls to be harmed.
    """
    scratch = path.parent.with_name("scratch")
    log = scratch.with_name("log")
    strace: list[str | Path] = ["strace", "-f", "-qq", "-o", log, "-e", f"trace={call}", "-e", f"inject={call}:{fault}"]
    strace += [word for place in (*watched, scratch, scratch.with_name("missing")) for word in ("-P", place)]
    if fault != KILLED:
        strace.append("--seccomp-bpf")  # twice as fast, but a signal is not delivered
    with Keeper(path, under=strace) as keeper:
        injected = 0
        for number in range(1, HARMED_CALL + 1):
            begin()
            told = keeper.run(seed, count, HARMED_CALL - number, before)
            now = log.read_text().count("(INJECTED)")
            if told.status != -9 and now == injected:
                assert (told.status, len(told.offered), len(told.thanked)) == (0, count, count)
                assert told.closed == (before is not None)
                return
            injected = now
            yield told
    pytest.fail("the keeper makes more calls than can be told apart")
