"""What the office's tests share: laptops whose keys cost no Argon2id, exports made by hand, what an office holds.

And a recount of its tables from people who are known one by one, by code that shares nothing with the product's but
the question set: noise as FORMAT.md, section 18, has it.
"""

import contextlib
import datetime as dt
import functools
import hashlib
import hmac
import itertools
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from content.survey import QUESTION_SET, load_survey
from storage.counts.disclosure import OfficeCounts
from storage.crypto.armour import armour
from storage.crypto.keys import KIOSK_PRIVATE, KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response, SealedResponse, seal
from storage.errors import StoreDamagedError, StoreError
from storage.events import Event, Stage
from storage.exchange.exports import write_export
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.register import FILE_NAME as REGISTER
from storage.kiosk.register import Noted
from storage.office.labels import Kind, Scope, ordered_labels
from storage.office.office import Brought, Office
from storage.private_files import make_private_folder
from storage.settings import EventDetails, Organisation, Settings
from tests.storage.disk import files_of

OFFICE = OfficePrivateKey(b"the office of all these tests 00")
LAPTOPS = tuple(KioskPrivateKey(b"a laptop of these tests, nr.%4d" % number) for number in range(4))
KEPT_ALIKE = {
    "kiosk": "id, key",
    "event": "id, described, head_count, level",
    "handed": "event, kiosk, responses",
    "response": "event, id, sealed, asked",
    "correction": "number, event, kind, labels",
}
"""What is the same in whatever order exports were brought in: all tables and columns but those of the groups."""

_WRAPPED_SIZE = 1260

Content = dict[str, list[tuple[object, ...]]]
Person = tuple[SealedResponse, Response]
Numbers = list[tuple[str, int | None, int, dict[str, int]]]
"""Of each question: its id, how many were asked, of how many groups they are, and the noisy counts."""
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
) -> bytes:
    return write_export(laptop, office.public, event, sealed)


def make_laptop(data: Path, key: KioskPrivateKey, office: OfficePrivateKey = OFFICE) -> Path:
    """A data folder as set-up leaves it. What is in `kiosk.key` opens with no passphrase."""
    kiosk = data / "kiosk"
    make_private_folder(kiosk)
    (kiosk / "office.pub").write_bytes(office.public.to_file())
    (kiosk / "kiosk.pub").write_bytes(key.public.to_file())
    (kiosk / "tally.pub").write_bytes(key.tally.public.to_file())
    noted = Noted.of(office.public, key.public, key.tally.public, ())
    (kiosk / REGISTER).write_bytes(noted.to_file())
    (kiosk / "kiosk.key").write_bytes(armour(KIOSK_PRIVATE, key.public.id.ljust(_WRAPPED_SIZE, b"\0")))
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

    def close(self) -> None:
        """Close its office, whichever that is by now."""
        self.office.close()

    def reopen(self) -> None:
        self.close()
        self.office = Office.open(self.data, OFFICE)

    def alter(self, statement: str, *values: object) -> None:
        """Change its store behind its back, while it is closed."""
        self.close()
        change(self.path, statement, *values)
        self.reopen()

    def bring(self, content: bytes) -> Brought:
        return self.office.bring(content, Inline())

    def bring_people(
        self, event: Event, responses: Sequence[Response], laptop: KioskPrivateKey = LAPTOPS[0]
    ) -> list[Person]:
        """Bring an export of these people and no others."""
        sealed = sealed_for(event, responses)
        self.bring(export(event, sealed, laptop))
        return list(zip(sealed, responses, strict=True))

    def counts(self, scope: Scope | None = None, threshold: int = 10) -> OfficeCounts:
        return self.office.counts(scope or Scope(), threshold)

    def everything(self) -> dict[Scope, OfficeCounts]:
        """The tables of every scope of one label."""
        return {scope: self.counts(scope) for scope in every_scope(self.office)}

    def waiting(self) -> dict[tuple[bytes, int], int]:
        """How many wait, by event and by which questions they were asked."""
        return {
            (event, asked): people
            for event, asked, people in read(self.path, "SELECT event, asked, people FROM waiting")
        }

    def groups(self) -> dict[int, frozenset[bytes]]:
        """The ids of the responses in each group."""
        found: dict[int, set[bytes]] = {}
        for number, id_ in read(self.path, "SELECT together, id FROM response WHERE together NOT NULL"):
            found.setdefault(number, set()).add(id_)
        return {number: frozenset(ids) for number, ids in found.items()}


class FailsOnce:
    """The connection of a store, but for one of its statements."""

    def __init__(self, whole: sqlite3.Connection, number: int) -> None:
        self._whole = whole
        self._left = number

    def __getattr__(self, name: str) -> object:
        def run(sql: str, *values: object) -> object:
            self._left -= 1
            if self._left == 0:
                raise sqlite3.OperationalError("disk I/O error")
            return getattr(self._whole, name)(sql, *values)

        return run


def failing_at_each_statement(desk: Desk, act: Callable[[], object]) -> Iterator[None]:
    """Do it again and again, each time with one statement more before one fails, until it is done."""
    whole = desk.office._store.connection
    for number in itertools.count(1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(desk.office._store, "connection", FailsOnce(whole, number))
            try:
                act()
            except StoreError:
                pass
            else:
                break
        yield
    assert number > 8


def is_told_as_damage(desk: Desk, *looks: Callable[[], object]) -> None:
    """By whatever looks at it, and no byte changes."""
    with nothing_changes(desk):
        for look in looks:
            with pytest.raises(StoreDamagedError):
                look()


@contextlib.contextmanager
def nothing_changes(desk: Desk) -> Iterator[None]:
    """Not one byte of the office's folder."""
    before = files_of(desk.data)
    yield
    assert files_of(desk.data) == before


def noise_by_the_book(
    question: str, categories: int, ids: Iterable[bytes], office: OfficePrivateKey = OFFICE
) -> list[int]:
    """The noise of a group in one question, worked out anew."""
    key = HKDF(SHA256(), 32, salt=None, info=b"fairstart office noise 1").derive(office.seed)
    message = b"fairstart office noise 1\0" + question.encode() + b"\0" + hashlib.sha256(b"".join(sorted(ids))).digest()
    blocks = (hmac.new(key, message + number.to_bytes(4, "big"), "sha256").digest() for number in range(1 << 32))
    coins = (bit == "1" for block in blocks for byte in block for bit in f"{byte:08b}")

    def heads() -> int:
        found = 0
        while next(coins):
            found += 1
        return found

    while sum(drawn := [heads() - heads() for _ in range(categories)]):
        pass
    return drawn


def recount(groups: Iterable[Sequence[Person]], threshold: int = 10) -> Numbers:
    """What the tables of these groups must say."""
    found: Numbers = []
    counted = list(groups)
    for place, question in enumerate(load_survey().questions):
        names = [category.id for category in question.categories]
        asked = [group for group in counted if group[0][1].codes[place]]
        people = sum(map(len, asked))
        counts = dict.fromkeys(names, 0)
        for group in asked:
            for _, response in group:
                counts[question.category_of(response.codes[place])] += 1
            drawn = noise_by_the_book(question.id, len(names), (sealed.id for sealed, _ in group))
            for name, number in zip(names, drawn, strict=True):
                counts[name] += number
        found.append((question.id, people, len(asked), counts) if people >= threshold else (question.id, None, 0, {}))
    return found


def numbers_of(counts: OfficeCounts) -> Numbers:
    """What its tables say."""
    return [(table.question, table.people, table.groups, dict(table.counts)) for table in counts.tables]


def sums(counts: OfficeCounts) -> tuple[int, int, int, int, int]:
    """How many are held, in the tables, in groups with others, waiting, and unreadable."""
    return counts.held, counts.in_counts, counts.elsewhere, counts.waiting, counts.unreadable


def by_event(one: Event) -> Scope:
    return Scope.of({"event": one.id.hex()})


def by(kind: Kind, value: str) -> Scope:
    """The scope of one label."""
    return Scope.of({kind: value})


def read(path: Path, query: str, *values: object) -> list[Any]:
    """What another reader finds, without changing the file."""
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(query, values).fetchall()


def content_of(path: Path) -> Content:
    """Everything that must not depend on the order of exports, in the order of its rows, which must not either."""
    return {table: read(path, f"SELECT {names} FROM {table} ORDER BY rowid") for table, names in KEPT_ALIKE.items()}  # noqa: S608 - our names


def change(path: Path, statement: str, *values: object) -> None:
    """Alter a closed store behind the office's back."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def every_scope(office: Office) -> list[Scope]:
    """All events, then those of each single label."""
    return [Scope(), *(Scope(frozenset((label,))) for label in ordered_labels(office.events()))]


def play(machine: Callable[[], RuleBasedStateMachine], examples: int, steps: int) -> None:
    """Run a machine of rules in so many ways."""
    rules = settings(
        max_examples=examples,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(cast("type[RuleBasedStateMachine]", machine), settings=rules)
