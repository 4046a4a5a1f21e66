"""What the office's tests share: laptops whose keys cost no Argon2id, exports made by hand, what an office holds."""

import contextlib
import datetime as dt
import functools
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from content.survey import QUESTION_SET
from storage.armour import armour
from storage.disclosure import OfficeCounts
from storage.events import Event, Stage
from storage.exports import write_export
from storage.files import make_private_folder
from storage.keys import KIOSK_PRIVATE, KioskPrivateKey, OfficePrivateKey
from storage.kiosk import Kiosk
from storage.office import Brought, Office, Scope
from storage.sealing import Response, SealedResponse, seal
from storage.settings import EventDetails, Organisation, Settings
from storage.tally import Batch

OFFICE = OfficePrivateKey(b"the office of all these tests 00")
LAPTOPS = tuple(KioskPrivateKey(b"a laptop of these tests, nr.%4d" % number) for number in range(4))
KEPT_ALIKE = {
    "kiosk": "id, key",
    "event": "id, described, head_count, level",
    "handed": "event, kiosk, responses",
    "response": "event, id, sealed, opened",
}
"""What is the same in whatever order exports were brought in: all tables and columns but those of the parcels."""

NO_BATCHES: Mapping[bytes, Batch] = {}

_WRAPPED_SIZE = 92

Content = dict[str, list[tuple[object, ...]]]
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


class Inline(Executor):
    """Does everything at once, here."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        future: Future[Result] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)
        return future


def settings_for(
    name: str = "Riverside Jobs Fair", date: str = "2026-11-23", place: str = "Leeds", stage: Stage = "outreach"
) -> Settings:
    details = EventDetails(name=name, date=dt.date.fromisoformat(date), place=place, stage=stage)
    return Settings(organisation=Organisation(name="Musterwerk"), event=details)


@functools.cache
def event_of(settings: Settings, office: OfficePrivateKey = OFFICE) -> Event:
    return settings.event_for(office.public.id, QUESTION_SET)


def event(
    name: str = "Riverside Jobs Fair", date: str = "2026-11-23", place: str = "Leeds", stage: Stage = "outreach"
) -> Event:
    return event_of(settings_for(name, date, place, stage))


def sealed_for(event: Event, responses: Iterable[Response], office: OfficePrivateKey = OFFICE) -> list[SealedResponse]:
    public = office.public
    return [seal(one, public, event) for one in responses]


def export(
    event: Event,
    sealed: Sequence[SealedResponse],
    laptop: KioskPrivateKey = LAPTOPS[0],
    office: OfficePrivateKey = OFFICE,
    batches: Mapping[bytes, Batch] = NO_BATCHES,
) -> bytes:
    return write_export(laptop, office.public, event, sealed, batches)


def make_laptop(data: Path, key: KioskPrivateKey, office: OfficePrivateKey = OFFICE) -> Path:
    """A data folder as set-up leaves it. What is in `kiosk.key` opens with no passphrase."""
    kiosk = data / "kiosk"
    make_private_folder(kiosk)
    (kiosk / "office.pub").write_bytes(office.public.to_file())
    (kiosk / "kiosk.pub").write_bytes(key.public.to_file())
    (kiosk / "tally.pub").write_bytes(key.tally.public.to_file())
    (kiosk / "kiosk.key").write_bytes(armour(KIOSK_PRIVATE, bytes(_WRAPPED_SIZE)))
    return data


@contextlib.contextmanager
def opened_laptop(data: Path, settings: Settings) -> Iterator[Kiosk]:
    kiosk = Kiosk.open(data, settings)
    try:
        yield kiosk
    finally:
        kiosk.close()


def hold_at_once(kiosk: Kiosk, sealed: Iterable[SealedResponse]) -> None:
    """Keep responses of the current event in one go: the files are the same as after keeping each."""
    connection = kiosk._pool._open()
    rows = kiosk._pool._rows(connection)
    kiosk._pool._rewrite(connection, sorted({*rows, *(one.sealed for one in sealed)}))
    kiosk._pool.close()


@dataclass
class Desk:
    """An office at work: it has accepted these laptops."""

    data: Path
    office: Office

    @classmethod
    def at(cls, data: Path, laptops: Iterable[KioskPrivateKey] = LAPTOPS) -> "Desk":
        """Open the office of a folder."""
        make_private_folder(data / "office")
        office = Office.open(data, OFFICE)
        for laptop in laptops:
            office.accept(laptop.public)
        return cls(data, office)

    @property
    def path(self) -> Path:
        return self.data / "office" / "office.db"

    def reopen(self) -> None:
        self.office.close()
        self.office = Office.open(self.data, OFFICE)

    def bring(self, content: bytes) -> Brought:
        return self.office.bring(content, Inline())

    def bring_people(
        self, event: Event, responses: Iterable[Response], laptop: KioskPrivateKey = LAPTOPS[0]
    ) -> list[SealedResponse]:
        """Bring an export of these people and no others."""
        sealed = sealed_for(event, responses)
        self.bring(export(event, sealed, laptop))
        return sealed

    def counts(self, scope: Scope | None = None, threshold: int = 10) -> OfficeCounts:
        return self.office.counts(scope or Scope(), threshold)

    def parcels(self) -> dict[bytes, tuple[int, int | None]]:
        """How many people each parcel is of, and the group it is in, by where it comes from."""
        query = "SELECT source, people, together FROM parcel ORDER BY id"
        return {source: (people, together) for source, people, together in read(self.path, query)}

    def groups(self) -> dict[int, int]:
        """How many people are in each group of the published tables."""
        return dict(
            read(self.path, "SELECT together, sum(people) FROM parcel WHERE together NOT NULL GROUP BY together")
        )


def source_of(asked: Iterable[str], new: Iterable[SealedResponse]) -> bytes:
    """What names those of an export's new responses who were asked the same and are in no batch."""
    ids = b"".join(sorted(one.id for one in new))
    return hashlib.sha256(b"fairstart parcel 1\x00" + ",".join(asked).encode() + b"\x00" + ids).digest()


def by_event(one: Event) -> Scope:
    return Scope("event", one.id.hex())


def read(path: Path, query: str) -> list[Any]:
    """What another reader finds, without changing the file."""
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def content_of(path: Path) -> Content:
    """Everything that must not depend on the order of exports."""
    return {table: sorted(read(path, f"SELECT {names} FROM {table}")) for table, names in KEPT_ALIKE.items()}  # noqa: S608 - our names


def change(path: Path, statement: str, *values: object) -> None:
    """Alter a closed store behind the office's back."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def files_of(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
