"""Keeping one response, beside one plain SQLite insert with `synchronous=FULL` on the same disk."""

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from storage.crypto.keys import OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import SEALED_SIZE, Response, SealedResponse, seal
from storage.events import Event
from storage.kiosk.pool import RESPONSES, Pool
from storage.settings import parse

_HELD = (1, 100, 500, 2000)
_RUNS = 25
_EVENT = '[organisation]\nname="N"\n[event]\nname="E"\ndate=2026-11-23\nplace="P"\n'


def submit() -> Iterator[str]:
    """Seal, store, wipe and fsync at growing pool sizes, each in turn with the plain insert."""
    office = OfficePrivateKey.generate().public
    event = parse(_EVENT, "kiosk.toml").event_for(office.id, "smc-2021")
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-", dir=Path.cwd()) as folder:
        for held in _HELD:
            pool = _filled(Path(folder) / f"pool-{held}.db", held)
            plain = _plain(Path(folder) / f"plain-{held}.db", held)
            ours, theirs = [], []
            for _ in range(_RUNS):
                ours.append(_time(partial(_submit, pool, office, event)))
                theirs.append(_time(partial(_insert, plain)))
            ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
            yield (
                f"submit with {held} held / plain insert: {statistics.median(ratios):.1f} "
                f"(from {min(ratios):.1f} to {max(ratios):.1f}); "
                f"{statistics.median(ours) * 1000:.1f} ms against {statistics.median(theirs) * 1000:.1f} ms"
            )


def _filled(path: Path, held: int) -> Pool[SealedResponse]:
    Pool.create(path, RESPONSES)
    connection = sqlite3.connect(path)
    with connection:
        rows = sorted(os.urandom(SEALED_SIZE) for _ in range(held))
        connection.executemany("INSERT INTO response VALUES (?)", ((row,) for row in rows))
    connection.close()
    pool = Pool(path, RESPONSES)
    pool.add(SealedResponse(os.urandom(SEALED_SIZE)))
    return pool


def _plain(path: Path, held: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE response (sealed BLOB NOT NULL)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO response VALUES (?)", ((os.urandom(SEALED_SIZE),) for _ in range(held)))
    connection.execute("COMMIT")
    return connection


def _submit(pool: Pool[SealedResponse], office: OfficePublicKey, event: Event) -> None:
    pool.add(seal(Response((1, 2, 3, 4)), office, event))


def _insert(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO response VALUES (?)", (os.urandom(SEALED_SIZE),))


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
