"""The office at work: opening on one core and on all, a large import, looks at small and very large offices."""

import datetime as dt
import importlib
import multiprocessing
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from content.survey import QUESTION_SET
from storage.counts.journey import journey
from storage.counts.tally import Tally, asked_mask
from storage.crypto.hpke import suite
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import RECORD_SIZE, SEALED_SIZE, Response, SealedResponse, binding, seal
from storage.data_folder import NewOffice, make_office, unlock_office
from storage.events import STAGES, Event, write_event
from storage.exchange.exports import EXPORT_SUFFIX, file_stem, write_export
from storage.office.decrypting import CHUNK, Opened, all_cores, open_all, open_chunk
from storage.office.importing import bring_all, find_exports
from storage.office.labels import Scope
from storage.office.office import Office
from tests.storage.office.merging import every_scope

_PASSPHRASE = "a passphrase"
_RUNS = 9
_LOOKS = 3
_EVENTS = 10


def office(*, small: bool = False) -> Iterator[str]:
    """All of them, the import with a hundredth of the responses if `small`."""
    key = OfficePrivateKey.generate()
    event = _event(key, 0)
    sealed = _sealed_by_all(key, event, 2048 if small else 8192)
    yield from _one_core(key, event, sealed[: 4 * CHUNK])
    yield from _two_cores(key, event, sealed)
    yield from _peers(key, event, sealed[:512])
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-", dir=Path.cwd()) as folder:
        data = Path(folder) / "data"
        make_office(data, NewOffice(key, _PASSPHRASE))
        exports = Path(folder) / "exports"
        exports.mkdir()
        yield from _import(key, data, exports, files=20 if small else 200, each=50 if small else 500)
        yield from _second_look(data)


def _event(key: OfficePrivateKey, number: int) -> Event:
    return Event(
        name=f"Event {number}",
        date=dt.date(2026, 1 + number % 12, 23),
        place=("Leeds", "York", "Hull")[number % 3],
        stage=STAGES[number % 4],
        question_set=QUESTION_SET,
        office_key_id=key.public.id,
    )


def _people(count: int) -> list[Response]:
    """Some answers are given more often than others, as everywhere."""
    random = Random(count)  # noqa: S311 - not a secret
    first, second, third, fourth = (
        random.choices(range(1, last + 1), range(last, 0, -1), k=count) for last in (9, 6, 5, 4)
    )
    return [Response(codes) for codes in zip(first, second, third, fourth, strict=True)]


def _seal(seed: bytes, event: Event, count: int) -> list[SealedResponse]:
    public = OfficePrivateKey(seed).public
    return [seal(one, public, event) for one in _people(count)]


def _sealed_by_all(key: OfficePrivateKey, event: Event, count: int) -> list[SealedResponse]:
    with _processes() as executor:
        parts = executor.map(_seal, [key.seed] * 8, [event] * 8, [count // 8] * 8)
        return [one for part in parts for one in part]


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))


# One core, and all


def _one_core(key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse]) -> Iterator[str]:
    chunks = [b"".join(one.sealed for one in sealed[at : at + CHUNK]) for at in range(0, len(sealed), CHUNK)]
    ours, theirs = _in_turn(
        lambda: [open_chunk(key.opening, event, chunk) for chunk in chunks], partial(_bare, key, event, sealed)
    )
    yield (
        f"opening on one core / the same decrypts bare: {_speeds(ours, theirs)} of its speed (target 0.85); "
        f"{_per_second(ours, len(sealed))} against {_per_second(theirs, len(sealed))}"
    )


def _bare(key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse]) -> None:
    kem, info, hpke = key.kem, binding(event), suite()
    for one in sealed:
        hpke.decrypt(one.sealed, kem, info)


def _two_cores(key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse]) -> Iterator[str]:
    with all_cores() as every, ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as single:
        for executor in (every, single):
            _open(key, event, sealed, executor)  # the workers are started, and have imported what they need
        many, one = _in_turn(partial(_open, key, event, sealed, every), partial(_open, key, event, sealed, single))
    yield (
        f"opening on {os.cpu_count()} cores / on one: {_speeds(many, one)} times the speed (target 1.7 on two); "
        f"{_per_second(many, len(sealed))} against {_per_second(one, len(sealed))}"
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
    times = _in_turn(lambda: open_chunk(key.opening, event, chunk), *peers.values())
    for name, theirs in zip(peers, times[1:], strict=True):
        yield (
            f"opening on one core / {name}: {_speeds(times[0], theirs)} of its speed; "
            f"{_per_second(times[0], len(records))} against {_per_second(theirs, len(records))}"
        )


# A large import


def _import(key: OfficePrivateKey, data: Path, exports: Path, *, files: int, each: int) -> Iterator[str]:
    with _processes() as executor:
        tasks = [
            executor.submit(_write_export, key.seed, exports, event, kiosk, each)
            for event, kiosk in product(range(_EVENTS), range(files // _EVENTS))
        ]
        for task in tasks:
            task.result()
    asking, answering = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_bring, args=(key.seed, data, exports, answering))
    process.start()
    seconds, early, late, worker = asking.recv()
    process.join()
    yield (
        f"import of {files * each} responses from {files} files: {seconds:.1f} s, "
        f"{files * each / seconds:.0f} responses per second"
    )
    yield (
        f"peak memory after {files} files / after {files // 10}: {late / early:.2f} (target 1.1); "
        f"{late:.0f} MiB against {early:.0f} MiB; the largest worker {worker:.0f} MiB"
    )


def _write_export(seed: bytes, folder: Path, event_number: int, kiosk_number: int, each: int) -> None:
    office_key = OfficePrivateKey(seed)
    event, kiosk = _event(office_key, event_number), _kiosk(kiosk_number)
    content = write_export(kiosk, office_key.public, event, _seal(seed, event, each))
    (folder / f"{file_stem(kiosk.public, event)}{EXPORT_SUFFIX}").write_bytes(content)


def _kiosk(number: int) -> KioskPrivateKey:
    return KioskPrivateKey(number.to_bytes(32, "big"))


def _bring(seed: bytes, data: Path, exports: Path, answering: Any) -> None:  # noqa: ANN401 - a pipe's end has no public type
    """Runs in a process of its own, so that its peak is the import's."""
    opened = Office.open(data, OfficePrivateKey(seed))
    files = find_exports([str(exports)])
    for number in range(len(files) // _EVENTS):
        opened.accept(_kiosk(number).public)
    early = 0.0
    started = time.perf_counter()
    with all_cores() as executor:
        for number, result in enumerate(bring_all(opened, files, executor, lambda _done, _of: None), 1):
            if result.problem:
                raise RuntimeError(result.problem)
            early = _peak() if number == len(files) // 10 else early
        seconds = time.perf_counter() - started
        worker = max(executor.map(_peak_later, range(2 * (os.cpu_count() or 1))))
    opened.close()
    answering.send((seconds, early, _peak(), worker))


def _peak() -> float:
    """The most memory that this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # what `resource` says there is also of the process that started this one
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


def _peak_later(_number: int) -> float:
    return _peak()


# A second look


def _second_look(data: Path) -> Iterator[str]:
    key = unlock_office(data, _PASSPHRASE)
    _look(data, key, every=True)  # who enters the tables is noted
    first, every, argon = _in_turn(
        partial(_look, data, key, every=False),
        partial(_look, data, key, every=True),
        partial(unlock_office, data, _PASSPHRASE),
    )
    for what, times in (("the tables of all and of each stage", first), ("the tables of every scope", every)):
        ratios = [mine / other for mine, other in zip(times, argon, strict=True)]
        yield (
            f"a second look, {what} / one Argon2id: {_spread(ratios)}; {statistics.median(times):.3f} s "
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
    least, most = (looks.first / size for size, looks in ((sizes[0], medians[0]), (sizes[-1], medians[-1])))
    yield f"time per event at {sizes[-1]} / at {sizes[0]} events: {most / least:.2f} (target 1.5)"


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
                _event(key, number), place=f"Place {number // 5}", date=dt.date(2026, 1, 1) + dt.timedelta(number % 700)
            )
            write("INSERT INTO event (id, described) VALUES (?, ?)", [(event.id, write_event(event))])
            for laptop in range(4):
                everybody = _people(random.randint(3, 5))
                tally = Tally.total(map(Tally.of, everybody))
                asked = asked_mask(tally.asked)
                sealed = [SealedResponse(random.randbytes(SEALED_SIZE)) for _ in everybody]
                write("INSERT INTO handed VALUES (?, ?, ?)", [(event.id, _kiosk(laptop).public.id, len(sealed))])
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
    answering.send((first, time.perf_counter() - started, _peak()))


def _first_look(data: Path, key: OfficePrivateKey) -> None:
    opened = Office.open(data, key)
    tables = opened.tables()
    for scope in every_scope(opened):
        tables.counts(scope, 10)
    journey(tables.stages(Scope(), 10))
    opened.close()


# Figures


def _in_turn(*works: Callable[[], object]) -> list[list[float]]:
    """How long each took, in turn with the others."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(_RUNS):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return times


def _speeds(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return _spread([other / mine for mine, other in zip(ours, theirs, strict=True)])


def _spread(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"


def _per_second(times: Sequence[float], records: int) -> str:
    return f"{records / statistics.median(times):.0f} per second"
