"""What a country's worth of events takes: an import of a million, a cluster, and what ten million would need.

The pieces are measured here, each beside the bare opens that it is a part of, and added up: responses are opened on
every core at once, while reading, keeping and receipts take one core's time beside it.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

from storage.crypto.keys import OfficePrivateKey
from storage.office.decrypting import PartOpener, all_cores, open_all
from storage.office.office import Office
from storage.office_folder import NewOffice, make_office, unlock_office
from storage.progress import unreported
from tests.benchmarks.imports import (
    Import,
    event_numbered,
    in_turn,
    per_second,
    seal_by_all,
    speeds,
    timed_import,
    write_exports,
)
from tests.storage.office.clusters import running_cluster

PASSPHRASE = "a passphrase"
_RESPONSES, _EXPORTS = 10_000_000, 100_000


# A million, for real


def million(*, small: bool = False) -> Iterator[str]:
    """A million responses from 2,000 exports; a hundredth of that if `small`."""
    files, each = (200, 50) if small else (2000, 500)
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-", dir=Path.cwd()) as folder:
        key = OfficePrivateKey.generate()
        data, exports = Path(folder) / "data", Path(folder) / "exports"
        make_office(data, NewOffice(key, PASSPHRASE))
        write_exports(key, exports, files, each)
        done = timed_import(key, data, exports)
        yield str(done)
        yield f"{done.memory}; {done.bytes_held / done.responses:.0f} bytes of disk per response"
        again = timed_import(key, data, exports)
        yield f"the same files again / the first time: {again.seconds / done.seconds:.2f}; {again.responses} new"
        yield from opened_beside_argon(key, data, done.responses)


def opened_beside_argon(key: OfficePrivateKey, data: Path, responses: int) -> Iterator[str]:
    """How long an office takes to open, with its list of events, beside the passphrase that opens its key."""
    Office.open(data, key).close()
    times = []
    for _ in range(5):
        started = time.perf_counter()
        opened = Office.open(data, key)
        events = len(opened.events())
        times.append(time.perf_counter() - started)
        opened.close()
    started = time.perf_counter()
    unlock_office(data, PASSPHRASE)
    argon = time.perf_counter() - started
    seconds = sorted(times)[len(times) // 2]
    yield (
        f"opening an office of {responses} responses and {events} events / one Argon2id: {seconds / argon:.2f}; "
        f"{seconds:.3f} s against {argon:.3f} s (target 1 s)"
    )


# Ten million, added up


def country(*, small: bool = False) -> Iterator[str]:
    """What ten million responses from 100,000 exports would take here, from pieces that are measured."""
    sizes = [(20, 50), (40, 50), (20, 100)] if small else [(100, 100), (200, 100), (100, 400)]
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-", dir=Path.cwd()) as folder:
        key = OfficePrivateKey.generate()
        measured = []
        for number, (files, each) in enumerate(sizes):
            data, exports = Path(folder) / f"data {number}", Path(folder) / f"exports {number}"
            make_office(data, NewOffice(key, PASSPHRASE))
            write_exports(key, exports, files, each)
            measured.append(timed_import(key, data, exports))
            yield f"  {measured[-1]}"
    yield from _added_up(measured)


def _added_up(measured: Sequence[Import]) -> Iterator[str]:
    """The model: what the office's own process does per file and per response, and opens on every core."""
    first, _, large = measured
    cores = os.cpu_count() or 1
    per_response = max(large.own_seconds / large.files - first.own_seconds / first.files, 0.0) / (
        large.responses / large.files - first.responses / first.files
    )
    per_file = max(first.own_seconds / first.files - per_response * first.responses / first.files, 0.0)
    opening = sum(one.opening for one in measured) / len(measured)
    own = _EXPORTS * per_file + _RESPONSES * per_response
    opens = _RESPONSES * opening
    hours = max((own + opens) / cores, own) / 3600
    disk = _RESPONSES * large.bytes_held / large.responses / (1 << 30)
    yield (
        f"{_RESPONSES} responses from {_EXPORTS} exports, added up: {hours:.2f} hours on {cores} cores; opening "
        f"{1e6 * opening:.0f} µs each, {3600 / opening / 1e6:.0f} million an hour on one core; the office's own "
        f"process {1e3 * per_file:.1f} ms a file and {1e6 * per_response:.0f} µs a response, {own / 3600:.2f} hours"
    )
    yield (
        f"  disk {disk:.0f} GiB, memory {large.late:.0f} MiB at all times; "
        f"the next limit: with more than {1 + opens / own:.0f} cores the office's own process"
    )


# A cluster


def cluster(*, small: bool = False) -> Iterator[str]:
    """The same responses opened by one worker of a cluster and by two, of one thread each, with TLS."""
    if importlib.util.find_spec("distributed") is None:
        yield 'a cluster: not measured; run "pip install fairstart[cluster]"'
        return
    from storage.office.cluster import Cluster

    key = OfficePrivateKey.generate()
    event = event_numbered(key, 0)
    sealed = seal_by_all(key, event, 2048 if small else 16384)
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-") as folder, contextlib.ExitStack() as stack:
        running = [stack.enter_context(running_cluster(Path(folder) / f"{number}", number)) for number in (1, 2)]
        sessions = []
        for one in running:
            with _certified(one.settings):
                sessions.append(stack.enter_context(Cluster.at(one.address, key)))
        here = stack.enter_context(all_cores())
        executors: list[Executor | PartOpener] = [*sessions, here]
        works = [partial(open_all, key, event, sealed, executor, unreported) for executor in executors]
        for work in works:
            work()  # the processes are started, and have imported what they need
        single, double, own = in_turn(*works)
    yield (
        f"opening by two workers of a cluster / by one: {speeds(double, single)} times the speed (target 1.7); "
        f"{per_second(double, len(sealed))} against {per_second(single, len(sealed))}"
    )
    yield f"opening by two workers of a cluster / by this computer's own processes: {speeds(double, own)} of its speed"


@contextlib.contextmanager
def _certified(settings: dict[str, str]) -> Iterator[None]:
    importlib.import_module("distributed")  # then its own settings are there
    dask: Any = importlib.import_module("dask")
    names = {f"distributed.comm.tls.{name.lower().replace('__', '.')}": to for name, to in settings.items()}
    with dask.config.set(names):
        yield
