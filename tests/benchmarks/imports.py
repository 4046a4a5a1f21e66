"""A large import, beside the bare opens that it cannot do without; and what benchmarks of the office bring in."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from content.survey import QUESTION_SET
from storage.crypto.hpke import suite
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response, SealedResponse, binding, seal
from storage.events import STAGES, Event
from storage.exchange.exports import EXPORT_SUFFIX, file_stem, open_export, write_export
from storage.office.decrypting import all_cores
from storage.office.importing import bring_all, find_exports
from storage.office.office import Office
from storage.progress import unreported

_LAPTOPS = 4
"""At each event."""
_BARE_FILES = 20
_EARLY = 3
"""After this part of the files memory is looked at first."""
_RUNS = 9


def event_numbered(key: OfficePrivateKey, number: int) -> Event:
    return Event(
        name=f"Event {number}",
        date=dt.date(2026, 1 + number % 12, 23),
        place=("Leeds", "York", "Hull")[number % 3],
        stage=STAGES[number % 4],
        question_set=QUESTION_SET,
        office_key_id=key.public.id,
    )


def people_of(count: int) -> list[Response]:
    """Some answers are given more often than others, as everywhere."""
    random = Random(count)  # noqa: S311 - not a secret
    first, second, third, fourth = (
        random.choices(range(1, last + 1), range(last, 0, -1), k=count) for last in (9, 6, 5, 4)
    )
    return [Response(codes) for codes in zip(first, second, third, fourth, strict=True)]


def seal_some(seed: bytes, event: Event, count: int) -> list[SealedResponse]:
    public = OfficePrivateKey(seed).public
    return [seal(one, public, event) for one in people_of(count)]


def processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))


def bare(key: OfficePrivateKey, event: Event, sealed: Sequence[SealedResponse]) -> None:
    kem, info, hpke = key.kem, binding(event), suite()
    for one in sealed:
        hpke.decrypt(one.sealed, kem, info)


def write_one_export(seed: bytes, folder: Path, event_number: int, kiosk_number: int, each: int) -> None:
    office_key = OfficePrivateKey(seed)
    event, kiosk = event_numbered(office_key, event_number), kiosk_numbered(kiosk_number)
    content = write_export(kiosk, office_key.public, event, seal_some(seed, event, each))
    (folder / f"{file_stem(kiosk.public, event)}{EXPORT_SUFFIX}").write_bytes(content)


def kiosk_numbered(number: int) -> KioskPrivateKey:
    return KioskPrivateKey(number.to_bytes(32, "big"))


def peak() -> float:
    """The most memory that this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # what `resource` says there is also of the process that started this one
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


@dataclass(frozen=True)
class Import:
    """What one import cost."""

    responses: int
    files: int
    seconds: float
    bare_seconds: float
    """Of the same opens and nothing else, on as many cores, in the same run."""
    opening: float
    """Seconds of one core's time that one bare open takes."""
    own_seconds: float
    """Of processor time of the office's own process."""
    early: float
    """Peak memory after a part of the files, in MiB: by then as many wait to be kept as ever do."""
    late: float
    bytes_held: int

    @property
    def ratio(self) -> float:
        """Its speed beside that of the bare opens."""
        return self.bare_seconds / self.seconds

    @property
    def memory(self) -> str:
        """The line about memory."""
        return (
            f"peak memory after {self.files} files / after {self.files // _EARLY}: {self.late / self.early:.2f} "
            f"(target 1.1); {self.late:.0f} MiB against {self.early:.0f} MiB"
        )

    def __str__(self) -> str:
        """The line that is printed."""
        return (
            f"import of {self.responses} responses from {self.files} files / a bare loop of the same opens on "
            f"{os.cpu_count()} cores: {self.ratio:.2f} of its speed (target 0.8); {self.seconds:.1f} s against "
            f"{self.bare_seconds:.1f} s, {self.responses / self.seconds:.0f} per second"
        )


def write_exports(key: OfficePrivateKey, folder: Path, files: int, each: int) -> None:
    """Exports of the laptops of as many events as that takes."""
    folder.mkdir()
    with processes() as executor:
        tasks = [
            executor.submit(write_one_export, key.seed, folder, event, kiosk, each)
            for event, kiosk in product(range(files // _LAPTOPS), range(_LAPTOPS))
        ]
        for task in tasks:
            task.result()


def timed_import(key: OfficePrivateKey, data: Path, exports: Path) -> Import:
    """Bring everything in, in a process of its own, with the bare opens of some of it before and after."""
    before = _bare(key, exports)
    asking, answering = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_bring, args=(key.seed, data, exports, answering))
    process.start()
    responses, files, seconds, own, early, late = asking.recv()
    process.join()
    wall, single = ((one + other) / 2 for one, other in zip(before, _bare(key, exports), strict=True))
    held = (data / "office" / "office.db").stat().st_size
    return Import(responses, files, seconds, wall * (responses or 1), single, own, early, late, held)


def _bare(key: OfficePrivateKey, exports: Path) -> tuple[float, float]:
    """What one bare open takes where every core does nothing else, and how much of one core's time; in seconds."""
    cores, some = os.cpu_count() or 1, sorted(exports.glob(f"*{EXPORT_SUFFIX}"))[:_BARE_FILES]
    with processes() as executor:
        opened = list(executor.map(_open_bare, [key.seed] * cores, [some[number::cores] for number in range(cores)]))
    done = sum(number for number, _, _ in opened)
    return max(wall for _, wall, _ in opened) / done, sum(processor for _, _, processor in opened) / done


def _open_bare(seed: bytes, files: Sequence[Path]) -> tuple[int, float, float]:
    """Runs in a process: the bare opens of what is in some files, without reading them."""
    key = OfficePrivateKey(seed)
    exports = [open_export(path.read_bytes(), key) for path in files]
    began, started = time.process_time(), time.perf_counter()
    for export in exports:
        bare(key, export.event, export.sealed)
    done = sum(len(export.sealed) for export in exports)
    return done, time.perf_counter() - started, time.process_time() - began


def _bring(seed: bytes, data: Path, exports: Path, answering: Any) -> None:  # noqa: ANN401 - a pipe's end has no public type
    """Runs in a process of its own, so that its peak is the import's."""
    opened = Office.open(data, OfficePrivateKey(seed))
    files = find_exports([str(exports)])
    for number in range(_LAPTOPS):
        opened.accept(kiosk_numbered(number).public)
    early, responses = 0.0, 0
    started, began = time.perf_counter(), time.process_time()
    with all_cores() as executor:
        for number, result in enumerate(bring_all(opened, files, executor, unreported), 1):
            if not result.brought or result.problem:
                raise RuntimeError(result.problem)
            responses += result.brought.new
            early = peak() if number == len(files) // _EARLY else early
        seconds, own = time.perf_counter() - started, time.process_time() - began
    opened.close()
    answering.send((responses, len(files), seconds, own, early, peak()))


def seal_by_all(key: OfficePrivateKey, event: Event, count: int) -> list[SealedResponse]:
    with processes() as executor:
        parts = executor.map(seal_some, [key.seed] * 8, [event] * 8, [count // 8] * 8)
        return [one for part in parts for one in part]


# Figures


def in_turn(*works: Callable[[], object]) -> list[list[float]]:
    """How long each took, in turn with the others."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(_RUNS):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return times


def speeds(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return spread([other / mine for mine, other in zip(ours, theirs, strict=True)])


def spread(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"


def per_second(times: Sequence[float], records: int) -> str:
    return f"{records / statistics.median(times):.0f} per second"
