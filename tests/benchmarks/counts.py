"""Opening the counts of a kiosk with many groups, beside the bare cost of one Argon2id and of opening as many."""

import datetime as dt
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from storage.counts.findings import findings
from storage.counts.noise import NoisyGroup, system_coins
from storage.counts.tally import Tally
from storage.crypto.hpke import suite
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey, TallyPrivateKey
from storage.crypto.sealing import Response
from storage.events import Event
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.groups import SealedGroup, group_binding, seal_group
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.settings import EventDetails, Organisation, Settings

_GROUPS = 1000
_RUNS = 9
_PASSPHRASE = "a passphrase"


def counts() -> Iterator[str]:
    """Passphrase to findings, in turn with the bare cost."""
    settings = Settings(
        organisation=Organisation(name="Northfield Council"),
        event=EventDetails(name="Spring Jobs Fair", date=dt.date(2026, 11, 23), place="Town Hall"),
    )
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-") as folder:
        data = Path(folder) / "data"
        set_up(data, _PASSPHRASE, OfficePrivateKey.generate().public)
        kiosk = Kiosk.open(data, settings)
        key = kiosk.unlock(_PASSPHRASE).tally
        sealed = _fill(kiosk, key)
        ours, theirs = [], []
        for _ in range(_RUNS):
            ours.append(_time(partial(_open, kiosk)))
            theirs.append(_time(partial(_bare, data, key, kiosk.event, sealed)))
        kiosk.close()
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    yield (
        f"counts of {_GROUPS} groups / opening them bare and one Argon2id: {statistics.median(ratios):.2f} "
        f"(from {min(ratios):.2f} to {max(ratios):.2f}; target 1.5); "
        f"{statistics.median(ours) * 1000:.0f} ms against {statistics.median(theirs) * 1000:.0f} ms"
    )


def _fill(kiosk: Kiosk, key: TallyPrivateKey) -> list[SealedGroup]:
    tallies = [
        Tally.of(Response((1 + person % 9, 1 + person % 6, 1 + person % 5, 1 + person % 4))) for person in range(10)
    ]
    group = NoisyGroup.of(Tally.total(tallies), system_coins)
    sealed = sorted(seal_group(group, key.public, kiosk.event) for _ in range(_GROUPS))
    connection = sqlite3.connect(EventFolder.of(kiosk.data, kiosk.event.id).path / "groups.db")
    with connection:
        connection.executemany("INSERT INTO noisy_group VALUES (?)", ((one.sealed,) for one in sealed))
    connection.close()
    return sealed


def _open(kiosk: Kiosk) -> None:
    found = findings(kiosk.counts(kiosk.unlock(_PASSPHRASE).tally))
    if found.in_counts != 10 * _GROUPS:
        raise RuntimeError("not every group was counted")


def _bare(data: Path, key: TallyPrivateKey, event: Event, sealed: list[SealedGroup]) -> None:
    KioskPrivateKey.from_file(data / "kiosk" / "kiosk.key", _PASSPHRASE)
    private, binding = key.kem, group_binding(key.public, event)
    for one in sealed:
        suite().decrypt(one.sealed, private, binding)


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
