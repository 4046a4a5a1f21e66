"""The office at work: opening on one core and on all, a large import, looks at small and very large offices."""

import datetime as dt
import importlib
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from content.toolkit import load_toolkit
from storage.counts.journey import journey
from storage.counts.tally import Tally, asked_mask
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import RECORD_SIZE, SEALED_SIZE, SealedResponse
from storage.events import Event, write_event
from storage.exchange.locations import Site
from storage.office.decrypting import CHUNK, Opened, all_cores, open_all, open_chunk
from storage.office.labels import Scope
from storage.office.office import Office
from storage.office.queries import findings_of, slices_of, trend_of
from storage.office_folder import NewOffice, make_office, unlock_office
from storage.progress import unreported
from storage.report.files import save
from storage.report.report import report_of
from storage.settings import Organisation, Settings
from tests.benchmarks.imports import (
    bare,
    event_numbered,
    in_turn,
    kiosk_numbered,
    peak,
    people_of,
    per_second,
    seal_by_all,
    speeds,
    spread,
    timed_import,
    write_exports,
)
from tests.storage.office.merging import every_scope

_PASSPHRASE = "a passphrase"
_LOOKS = 3


def office(*, small: bool = False) -> Iterator[str]:
    """All of them, the import with a hundredth of the responses if `small`."""
    key = OfficePrivateKey.generate()
    event = event_numbered(key, 0)
    sealed = seal_by_all(key, event, 2048 if small else 8192)
    yield from _one_core(key, event, sealed[: 4 * CHUNK])
    yield from _two_cores(key, event, sealed)
    yield from _peers(key, event, sealed[:512])
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-", dir=Path.cwd()) as folder:
        data = Path(folder) / "data"
        make_office(data, NewOffice(key, _PASSPHRASE))
        exports = Path(folder) / "exports"
        write_exports(key, exports, files=20 if small else 200, each=50 if small else 500)
        done = timed_import(key, data, exports)
        yield str(done)
        yield done.memory
        yield from _second_look(data)


# One core, and all


def _one_core(key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse]) -> Iterator[str]:
    chunks = [b"".join(one.sealed for one in sealed[at : at + CHUNK]) for at in range(0, len(sealed), CHUNK)]
    ours, theirs = in_turn(
        lambda: [open_chunk(key.opening, event, chunk) for chunk in chunks], partial(bare, key, event, sealed)
    )
    yield (
        f"opening on one core / the same decrypts bare: {speeds(ours, theirs)} of its speed (target 0.85); "
        f"{per_second(ours, len(sealed))} against {per_second(theirs, len(sealed))}"
    )


def _two_cores(key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse]) -> Iterator[str]:
    with all_cores() as every, ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as single:
        for executor in (every, single):
            _open(key, event, sealed, executor)  # the workers are started, and have imported what they need
        many, one = in_turn(partial(_open, key, event, sealed, every), partial(_open, key, event, sealed, single))
    yield (
        f"opening on {os.cpu_count()} cores / on one: {speeds(many, one)} times the speed (target 1.7 on two); "
        f"{per_second(many, len(sealed))} against {per_second(one, len(sealed))}"
    )


def _open(key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse], executor: Executor) -> Opened:
    return open_all(key, event, sealed, executor, lambda _done, _of: None)


def _peers(key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse]) -> Iterator[str]:
    """Others that open as many records of the same size; none of them withstands a quantum computer."""
    records = [bytes(RECORD_SIZE)] * len(sealed)
    peers: dict[str, Callable[[], object]] = {}
    try:
        pyrage, x25519 = importlib.import_module("pyrage"), importlib.import_module("pyrage.x25519")
        identity: Any = x25519.Identity.generate()
        aged = [pyrage.encrypt(one, [identity.to_public()]) for one in records]
        peers["age (pyrage, X25519)"] = lambda: [pyrage.decrypt(one, [identity]) for one in aged]
    except ImportError:
        yield "  install pyrage to see age beside it"
    try:
        public: Any = importlib.import_module("nacl.public")
        private = public.PrivateKey.generate()
        box = public.SealedBox(private)
        boxed = [public.SealedBox(private.public_key).encrypt(one) for one in records]
        peers["SealedBox (PyNaCl)"] = lambda: [box.decrypt(one) for one in boxed]
    except ImportError:
        yield "  install pynacl to see SealedBox beside it"
    chunk = b"".join(one.sealed for one in sealed)
    times = in_turn(lambda: open_chunk(key.opening, event, chunk), *peers.values())
    for name, theirs in zip(peers, times[1:], strict=True):
        yield (
            f"opening on one core / {name}: {speeds(times[0], theirs)} of its speed; "
            f"{per_second(times[0], len(records))} against {per_second(theirs, len(records))}"
        )


# A second look


def _second_look(data: Path) -> Iterator[str]:
    key = unlock_office(data, _PASSPHRASE)
    _look(data, key, every=True)  # who enters the tables is noted
    first, every, argon = in_turn(
        partial(_look, data, key, every=False),
        partial(_look, data, key, every=True),
        partial(unlock_office, data, _PASSPHRASE),
    )
    for what, times in (("the tables of all and of each stage", first), ("the tables of every scope", every)):
        ratios = [mine / other for mine, other in zip(times, argon, strict=True)]
        yield (
            f"a second look, {what} / one Argon2id: {spread(ratios)}; {statistics.median(times):.3f} s "
            f"against {statistics.median(argon):.3f} s (target 0.3 s)"
        )


def _look(data: Path, key: OfficePrivateKey, *, every: bool) -> None:
    opened = Office.open(data, key)
    scopes = every_scope(opened)
    for scope in scopes if every else [scope for scope in scopes if scope == Scope() or scope.value("stage")]:
        counts = opened.counts(scope, 10)
        if scope == Scope() and counts.in_counts != counts.held:
            raise RuntimeError("not everybody was counted")
    opened.close()


# Very many events


@dataclass(frozen=True)
class _Looks:
    """What looks at one office cost, in seconds and MiB."""

    first: float
    """Groups, the tables of all scopes, and the journey, where nobody had looked before."""
    single: float
    """One table, in an office that was opened anew."""
    everything: float
    """The tables of all slices, every trend, and a report that is written, in an office that was opened anew."""
    memory: float


def scale(*, small: bool = False) -> Iterator[str]:
    """Looks at offices of 250 to 10,000 events, of a tenth if `small`."""
    sizes = [size // 10 if small else size for size in (250, 1_000, 4_000, 10_000)]
    medians = [_looks(size) for size in sizes]
    for size, looks in zip(sizes, medians, strict=True):
        yield (
            f"{size} events, 4 imports each, a first look: {looks.first:.3f} s, "
            f"{1000 * looks.first / size:.2f} ms per event; peak memory {looks.memory:.0f} MiB"
        )
        yield f"  a single table later / the first look: {looks.single / looks.first:.3f} (target 0.2)"
        yield (
            f"  all slices, trends and a report: {looks.everything:.3f} s, "
            f"{1000 * looks.everything / size:.2f} ms per event"
        )
    least, most = (looks.first / size for size, looks in ((sizes[0], medians[0]), (sizes[-1], medians[-1])))
    yield f"time per event at {sizes[-1]} / at {sizes[0]} events: {most / least:.2f} (target 1.5)"
    few, many = (looks.everything / size for size, looks in ((sizes[0], medians[0]), (sizes[-1], medians[-1])))
    yield (
        f"all slices, trends and a report, time per event at {sizes[-1]} / at {sizes[0]} events: {many / few:.2f} "
        f"(target 1.5); {medians[-1].everything:.1f} s at {sizes[-1]} (target 10 s)"
    )


def _looks(events: int) -> _Looks:
    key = OfficePrivateKey.generate()
    found = []
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-", dir=Path.cwd()) as folder:
        filled = Path(folder) / "filled"
        little = Path(folder) / "little"
        _fill(filled, key, events)
        _fill(little, key, 5)
        for run in range(_LOOKS):
            data = Path(shutil.copytree(filled, Path(folder) / f"filled {run}"))
            other = Path(shutil.copytree(little, Path(folder) / f"little {run}"))
            asking, answering = multiprocessing.get_context("spawn").Pipe()
            process = multiprocessing.get_context("spawn").Process(
                target=_measure, args=(key.seed, other, data, answering)
            )
            process.start()
            found.append(asking.recv())
            process.join()
            shutil.rmtree(data)
    return _Looks(*(statistics.median(values) for values in zip(*found, strict=True)))


def _fill(data: Path, key: OfficePrivateKey, events: int) -> None:
    """Write what imports leave, in one transaction; nobody looks at the sealed forms, so they are random bytes."""
    random = Random(events)  # noqa: S311 - not a secret
    (data / "office").mkdir(parents=True)
    office = Office.open(data, key)
    with office._store.writing() as write:
        for number in range(events):
            event = msgspec.structs.replace(
                event_numbered(key, number),
                place=f"Place {number // 5}",
                date=dt.date(2026, 1, 1) + dt.timedelta(number % 700),
            )
            write("INSERT INTO event (id, described) VALUES (?, ?)", [(event.id, write_event(event))])
            for laptop in range(4):
                everybody = people_of(random.randint(3, 5))
                tally = Tally.total(map(Tally.of, everybody))
                asked = asked_mask(tally.asked)
                sealed = [SealedResponse(random.randbytes(SEALED_SIZE)) for _ in everybody]
                write(
                    "INSERT INTO handed VALUES (?, ?, ?)", [(event.id, kiosk_numbered(laptop).public.id, len(sealed))]
                )
                rows = [(event.id, one.id, one.sealed, asked) for one in sealed]
                write("INSERT INTO response (event, id, sealed, asked) VALUES (?, ?, ?, ?)", rows)
                office._groups.let_wait(write, event.id, asked, tally)
    office.close()


def _measure(seed: bytes, little: Path, data: Path, answering: Any) -> None:  # noqa: ANN401 - a pipe's end has no public type
    """Runs in a process of its own, so that its peak is that of the looks."""
    _first_look(little, OfficePrivateKey(seed))  # what is imported and loaded late is there
    started = time.perf_counter()
    _first_look(data, OfficePrivateKey(seed))
    first = time.perf_counter() - started
    started = time.perf_counter()
    opened = Office.open(data, OfficePrivateKey(seed))
    opened.counts(Scope.of({"stage": "outreach"}), 10)
    opened.close()
    single = time.perf_counter() - started
    _everything(little, OfficePrivateKey(seed))
    started = time.perf_counter()
    _everything(data, OfficePrivateKey(seed))
    answering.send((first, single, time.perf_counter() - started, peak()))


def _everything(data: Path, key: OfficePrivateKey) -> None:
    settings = Settings(organisation=Organisation(name="Musterwerk"))
    opened = Office.open(data, key)
    if len(slices_of(opened, settings, unreported)) < len(opened.events()) / 2:
        raise RuntimeError("hardly any event has counts")
    for by in ("quarter", "year"):
        trend_of(opened, Scope(), settings, by)
    made = report_of(
        load_toolkit(), settings, findings_of(opened, Scope(), settings), lead="counts", made=dt.date(2027, 1, 1)
    )
    (data / "report").mkdir(exist_ok=True)
    save(made, Site.at(str(data / "report")), unreported, over=True)
    opened.close()


def _first_look(data: Path, key: OfficePrivateKey) -> None:
    opened = Office.open(data, key)
    tables = opened.tables()
    for scope in every_scope(opened):
        tables.counts(scope, 10)
    journey(tables.stages(Scope(), 10))
    opened.close()
