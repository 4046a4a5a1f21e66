"""What the crash tests share: pools to harm, the process that is harmed, and what it said before it ended."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Self

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
