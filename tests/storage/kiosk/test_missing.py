"""What set-up and events have made and is missing, short or another's: told, nothing made in its place unasked."""

import contextlib
import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.data_folder import hold
from storage.doctor import Verdict, examine
from storage.errors import EventEndedError, FairstartError, StoreDamagedError
from storage.exchange.exports import open_export
from storage.exchange.locations import Site
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.register import Register
from storage.kiosk.setting_aside import set_aside
from storage.progress import unreported
from storage.settings import EventDetails, Settings
from tests.storage.counts.people import people
from tests.storage.disk import files_of

TODAY = dt.date(2026, 11, 23)
PEOPLE = 24


def answer(kiosk: Kiosk, count: int, seed: int = 0) -> None:
    for response in people(count, seed):
        kiosk.keep(kiosk.seal(response))
        kiosk.count(response)


@pytest.fixture
def earlier(settings: Settings) -> Settings:
    """Of an event before the current one."""
    return replace(settings, event=EventDetails(name="Spring Fair", date=dt.date(2026, 3, 2), place="York"))


@pytest.fixture
def event(data: Path, settings: Settings, earlier: Settings) -> Path:
    """The folder of the current event, which has two groups and four who wait; there was another event before."""
    with closing(Kiosk.open(data, earlier)) as kiosk:
        answer(kiosk, 11, seed=1)
    with closing(Kiosk.open(data, settings)) as kiosk:
        answer(kiosk, PEOPLE)
        return data / "kiosk" / kiosk.event.folder_name


def complaints(data: Path, settings: Settings) -> list[str]:
    return [
        finding.sentence
        for finding in examine(data, settings, TODAY)
        if finding.verdict is Verdict.FIX and finding.subject not in {"Swap", "Disk encryption", "Disk space"}
    ]


def without_last_rows(path: Path, table: str) -> None:
    """As an old copy that was put back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute(f"DELETE FROM {table} WHERE rowid > 1")  # noqa: S608 - our name


LOST: dict[str, Callable[[Path], object]] = {
    "the event's folder": shutil.rmtree,
    "the pool": lambda event: (event / "responses.db").unlink(),
    "most of the pool": lambda event: without_last_rows(event / "responses.db", "response"),
    "event.json": lambda event: (event / "event.json").unlink(),
    "the register": lambda event: (event.parent / "register.json").unlink(),
    "what the register says": lambda event: (event.parent / "register.json").write_bytes(b"{}"),
}


@pytest.mark.parametrize("lost", LOST)
def test_what_is_lost_is_told_in_a_sentence_before_anything_is_made_or_written(
    lost: str, event: Path, data: Path, settings: Settings
) -> None:
    LOST[lost](event)
    before = files_of(data)
    with pytest.raises(StoreDamagedError) as caught:
        Kiosk.open(data, settings)
    assert str(data) in caught.value.sentence
    assert "--set-aside" in caught.value.sentence
    assert files_of(data) == before
    assert caught.value.sentence in complaints(data, settings)


@pytest.mark.parametrize("lost", LOST)
def test_what_is_lost_is_set_aside_only_when_staff_say_so_and_the_kiosk_goes_on(
    lost: str, event: Path, data: Path, settings: Settings
) -> None:
    with contextlib.suppress(FileNotFoundError):
        pool = (event / "responses.db").read_bytes()
    LOST[lost](event)
    left = files_of(event) if event.exists() else {}
    moved = set_aside(data)
    if "register" in lost:
        assert moved == []
        assert (event / "responses.db").read_bytes() == pool
    elif left:
        (place,) = moved
        assert place.parent == data / "set-aside"
        assert {name: content for name, content in files_of(place).items() if name in left} == left
    with closing(Kiosk.open(data, settings)) as kiosk:
        assert kiosk.held() == (PEOPLE if "register" in lost else 0)
        assert [held.held for held in Outbox(kiosk).events()[1:]] == [11]
    assert complaints(data, settings) == []


def test_groups_that_are_lost_stop_no_answer_and_counts_say_so_rather_than_shrink(
    event: Path, data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    whole = (event / "groups.db").read_bytes()
    without_last_rows(event / "groups.db", "noisy_group")
    for _ in range(2):
        with closing(Kiosk.open(data, settings)) as kiosk:
            answer(kiosk, 1, seed=5)
            with pytest.raises(StoreDamagedError, match=r"groups\.db holds less than it did") as caught:
                kiosk.counts(own.tally)
        assert caught.value.sentence in complaints(data, settings)
    (event / "groups.db").write_bytes(whole)
    with closing(Kiosk.open(data, settings)) as kiosk:
        assert kiosk.counts(own.tally).in_counts == 20


@pytest.mark.parametrize("name", ["ended", "register.json"])
def test_an_event_that_has_ended_takes_no_answer_though_one_of_two_notes_is_gone(
    name: str, event: Path, data: Path, settings: Settings
) -> None:
    with closing(Kiosk.open(data, settings)) as kiosk:
        kiosk.end_event()
    if name == "ended":
        (event / name).unlink()
    else:
        (event.parent / name).unlink()
        set_aside(data)
    with closing(Kiosk.open(data, settings)) as kiosk:
        assert kiosk.ended
        with pytest.raises(EventEndedError):
            kiosk.keep(kiosk.seal(people(1)[0]))
    named = [sentence for sentence in complaints(data, settings) if "ended is missing" in sentence]
    assert len(named) == (name == "ended")


def test_another_event_that_is_lost_stops_neither_the_kiosk_nor_handing_over_the_rest(
    event: Path,
    data: Path,
    settings: Settings,
    own: KioskPrivateKey,
    office: OfficePrivateKey,
) -> None:
    (other,) = (path.parent for path in data.glob("kiosk/*/event.json") if path.parent != event)
    stick = data.with_name("stick")
    stick.mkdir()
    for lose in (lambda: (other / "responses.db").write_bytes(b""), lambda: shutil.rmtree(other)):
        lose()
        with closing(Kiosk.open(data, settings)) as kiosk:
            (handed,) = Outbox(kiosk).hand_over(own, Site.at(str(stick)), unreported)
            assert len(open_export((stick / handed.name).read_bytes(), office).sealed) == PEOPLE
            (lost,) = Outbox(kiosk).lost()
            assert str(other) in lost.sentence
        assert lost.sentence in complaints(data, settings)


KEYS = ("office.pub", "kiosk.pub", "kiosk.key", "tally.pub")


@pytest.mark.parametrize("name", KEYS)
def test_a_key_file_of_another_set_up_is_refused_before_anything_is_sealed(
    name: str, event: Path, data: Path, settings: Settings, passphrase: str
) -> None:
    other, office = KioskPrivateKey.generate(), OfficePrivateKey.generate()
    content = {
        "office.pub": office.public.to_file,
        "kiosk.pub": other.public.to_file,
        "kiosk.key": lambda: other.to_file(passphrase, office.public),
        "tally.pub": other.tally.public.to_file,
    }[name]()
    (event.parent / name).write_bytes(content)
    before = files_of(data)
    with pytest.raises(FairstartError, match=rf"kiosk.{name} is not the file that set-up wrote") as caught:
        Kiosk.open(data, settings)
    assert files_of(data) == before, "nor is there an event of the other office"
    assert caught.value.sentence in complaints(data, settings)


def test_the_register_tells_nothing_that_follows_from_an_answer(data: Path, settings: Settings, tmp_path: Path) -> None:
    copies = [data, Path(shutil.copytree(data, tmp_path / "other"))]
    for copy, seed in zip(copies, (1, 2), strict=True):
        with hold(copy), closing(Kiosk.open(copy, settings)) as kiosk:
            answer(kiosk, 20, seed)
    one, other = ((copy / "kiosk" / "register.json").read_bytes() for copy in copies)
    assert one == other
    assert Register.open(data / "kiosk").noted.events[kiosk.event.folder_name].groups == 2
