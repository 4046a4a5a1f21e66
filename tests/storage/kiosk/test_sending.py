"""Sending to the office's address: beside a running kiosk, interrupted anywhere, and repeated."""

import contextlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import SealedResponse
from storage.data_folder import handing_over, hold
from storage.errors import InUseError, PlaceError, StoppedError, StoreError
from storage.exchange.exports import EXPORT_SUFFIX, SMALLEST_EXPORT, open_export
from storage.exchange.handover import State
from storage.exchange.locations import Site
from storage.exchange.receipts import RECEIPT_SUFFIX
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import ClosedOutbox, Outbox
from storage.kiosk.sending import WAITS, Sent, send
from storage.office.importing import Result, bring_all, find_exports
from storage.office.office import Office
from storage.progress import ProgressCallback, unreported
from storage.settings import Settings, find_settings
from tests.storage.counts.people import people
from tests.storage.disk import failing, files_of, no_file_longer_than
from tests.storage.exchange.servers import SshServer
from tests.storage.killed import at_some_moments, killed_everywhere, may_be_killed
from tests.storage.kiosk.crashes import interrupt, keeper_environment

SENDER = Path(__file__).with_name("sender.py")
KIOSK_TOML = '[organisation]\nname = "Musterwerk"\n[event]\nname = "{}"\ndate = "{}"\nplace = "Leeds"\n'


def no_further_try(_seconds: int, error: PlaceError) -> None:
    raise error


@dataclass(frozen=True)
class Laptop:
    """A laptop that was at two events, and the office that has accepted it."""

    data: Path
    own: KioskPrivateKey
    office: Office
    key: OfficePrivateKey

    @property
    def settings(self) -> Settings:
        return find_settings(None, None, self.data).settings

    def goes_to(self, name: str, date: str) -> None:
        (self.data / "kiosk.toml").write_text(KIOSK_TOML.format(name, date), "utf-8")

    def asks(self, count: int, seed: int) -> list[SealedResponse]:
        with contextlib.closing(Kiosk.open(self.data, self.settings)) as kiosk:
            kept = [kiosk.seal(one) for one in people(count, seed)]
            for sealed in kept:
                kiosk.keep(sealed)
            return kept

    def sends(self, place: str, pause: Callable[[int, PlaceError], None] = no_further_try) -> Sent:
        return send(ClosedOutbox.at(self.data, self.settings), self.own, place, unreported, pause)

    def states(self) -> list[State]:
        return [held.state for held in ClosedOutbox.at(self.data, self.settings).events()]

    def fetched(self, place: str) -> list[Result]:
        """What the office brings in from there."""
        with ThreadPoolExecutor(1) as executor:
            return list(bring_all(self.office, find_exports([place]), executor, unreported))

    def at_office(self) -> dict[str, int]:
        return {one.event.name: one.responses for one in self.office.events()}


@pytest.fixture
def laptop(data: Path, own: KioskPrivateKey, office: OfficePrivateKey, tmp_path: Path) -> Iterator[Laptop]:
    (tmp_path / "office-data" / "office").mkdir(parents=True)
    with contextlib.closing(Office.open(tmp_path / "office-data", office)) as store:
        store.accept(own.public)
        made = Laptop(data, own, store, office)
        for number, (name, date) in enumerate((("Autumn Fair", "2026-10-01"), ("Spring Fair", "2026-11-23"))):
            made.goes_to(name, date)
            made.asks(4 + number, number)
        yield made


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty folder, on a server or on this computer."""
    if request.param == "sftp":
        server: SshServer = request.getfixturevalue("sftp")
        return server.address(server.root / tmp_path.name)
    (tmp_path / "place").mkdir()
    return str(tmp_path / "place")


anywhere = pytest.mark.parametrize("place", ["folder", "sftp"], indirect=True)
a_folder = pytest.mark.parametrize("place", ["folder"], indirect=True)
a_server = pytest.mark.parametrize("place", ["sftp"], indirect=True)


def names(place: str) -> list[str]:
    """What ends as exports and receipts do there, without what comes before."""
    site = Site.at(place)
    return sorted(f".{one.file_name.rpartition('.')[2]}" for one in site.files(""))


@contextlib.contextmanager
def sender(laptop: Laptop, place: str) -> "Iterator[Callable[[], None]]":
    """Sends in a process of its own."""
    with subprocess.Popen(
        [sys.executable, SENDER, laptop.data, place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env=keeper_environment(),
    ) as process:
        assert process.stdin
        print(laptop.own.seed.hex(), file=process.stdin)

        def once() -> None:
            assert process.stdin
            assert process.stdout
            print(file=process.stdin)
            assert process.stdout.readline() == "sent\n"

        yield once
        process.stdin.close()


@anywhere
def test_all_is_sent_fetched_and_received_and_again_changes_nothing_and_nothing_is_there_twice(
    place: str, laptop: Laptop
) -> None:
    assert laptop.states() == [State.HELD] * 2
    for _ in range(2):
        sent = laptop.sends(place)
        assert [one.responses for one in sent.handed] == [5, 4]
        assert (sent.received, sent.problems) == ([], [])
        assert laptop.states() == [State.EXPORTED] * 2
    assert sorted(one.brought.new for one in laptop.fetched(place) if one.brought) == [4, 5]
    assert laptop.at_office() == {"Spring Fair": 5, "Autumn Fair": 4}
    assert {held.event.name for held, _ in laptop.sends(place).received} == {"Spring Fair", "Autumn Fair"}
    assert laptop.states() == [State.RECEIVED] * 2
    again = laptop.fetched(place)
    assert [(one.brought and one.brought.new, one.problem) for one in again] == [(0, ""), (0, "")]
    assert names(place) == [*[EXPORT_SUFFIX] * 2, *[RECEIPT_SUFFIX] * 2]


@a_folder
def test_people_who_come_after_the_receipt_are_no_problem_and_are_received_next(place: str, laptop: Laptop) -> None:
    laptop.sends(place)
    laptop.fetched(place)
    laptop.asks(3, seed=9)
    for state in (State.PARTLY, State.EXPORTED):
        assert laptop.states() == [state, State.RECEIVED if state is State.EXPORTED else State.EXPORTED]
        sent = laptop.sends(place)
        assert sent.problems == []
    laptop.fetched(place)
    assert laptop.sends(place).problems == []
    assert laptop.states() == [State.RECEIVED] * 2
    assert laptop.at_office()["Spring Fair"] == 8


@a_folder
def test_a_receipt_that_cannot_be_believed_is_told_and_all_else_is_done(place: str, laptop: Laptop) -> None:
    laptop.sends(place)
    laptop.fetched(place)
    for receipt in Path(place).glob(f"*{RECEIPT_SUFFIX}"):
        receipt.write_bytes(receipt.read_bytes()[:-9])
    sent = laptop.sends(place)
    assert ["damaged" in problem.sentence for problem in sent.problems] == [True]
    assert laptop.states() == [State.EXPORTED] * 2


@a_folder
def test_a_sending_looks_the_same_whether_or_not_anybody_came_since(place: str, laptop: Laptop) -> None:
    laptop.goes_to("Summer Fair", "2027-06-01")
    laptop.asks(0, 0)
    seen = []
    for count in (0, 0, 1, 40):
        laptop.asks(count, seed=count)
        before = files_of(Path(place))
        laptop.sends(place)
        after = files_of(Path(place))
        assert len(after) == 3
        assert all(before.get(name) != content for name, content in after.items()), "each is sealed and written anew"
        seen.append({name: len(content) for name, content in after.items()})
    assert [set(sizes.values()) for sizes in seen] == [{SMALLEST_EXPORT}] * 4
    assert all(sizes == seen[0] for sizes in seen)


def closed(data: Path) -> dict[str, bytes]:
    return {name: content for name, content in files_of(data).items() if name not in {"lock", "handover.lock"}}


@a_folder
def test_beside_a_kiosk_that_people_answer_at_every_export_is_whole_and_nothing_of_theirs_waits_or_is_lost(
    place: str, laptop: Laptop
) -> None:
    kept: list[SealedResponse] = []
    done = threading.Event()
    with hold(laptop.data), contextlib.closing(Kiosk.open(laptop.data, laptop.settings)) as kiosk:

        def ask() -> None:
            for response in people(60, seed=7):
                sealed = kiosk.seal(response)
                kiosk.keep(sealed)
                kept.append(sealed)
            done.set()

        asking = threading.Thread(target=ask)
        with sender(laptop, place) as once:
            asking.start()
            rounds = 0
            while not done.is_set() or rounds < 3:
                thanked = set(kept)
                once()
                exports = [open_export(path.read_bytes(), laptop.key) for path in Path(place).iterdir()]
                (current,) = [one for one in exports if one.event == kiosk.event]
                assert thanked <= set(current.sealed)
                rounds += 1
            asking.join()
            once()
        assert len(kept) == 60
        assert kiosk.check() == 65
        assert laptop.fetched(place)
        sent = send(Outbox(kiosk), laptop.own, place, unreported, no_further_try)
        assert len(sent.received) == 2
    assert laptop.at_office() == {"Spring Fair": 65, "Autumn Fair": 4}


@a_folder
def test_sending_from_outside_changes_nothing_that_is_kept_but_the_notes(place: str, laptop: Laptop) -> None:
    before = closed(laptop.data)
    laptop.sends(place)
    after = closed(laptop.data)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {Path(name).name for name in changed} == {"handover.json"}


@a_folder
@pytest.mark.long
def test_a_store_that_a_killed_kiosk_left_torn_is_told_and_left_for_the_next_start(place: str, laptop: Laptop) -> None:
    laptop.asks(60, seed=7)  # on more pages than one
    interrupt(max(laptop.data.glob("kiosk/*/responses.db"), key=lambda path: path.stat().st_size))
    before = closed(laptop.data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.kiosk.pool._BETWEEN_LOOKS", 0)
        try:
            said = [error.sentence for error in laptop.sends(place).problems]
        except StoreError as error:
            said = [error.sentence]
    assert ["was interrupted: start Fairstart on this laptop" in one for one in said] == [True]
    left = closed(laptop.data)
    assert {name: left[name] for name in before if not name.endswith("handover.json")} == before
    with contextlib.closing(Kiosk.open(laptop.data, laptop.settings)) as kiosk:
        Outbox(kiosk).events()  # as the staff area does
    assert len(laptop.sends(place).handed) == 2


@a_folder
def test_only_one_hands_over_at_a_time_and_the_other_is_told(place: str, laptop: Laptop) -> None:
    laptop.sends(place)
    receipts = [one.brought.receipt for one in laptop.fetched(place) if one.brought]
    with contextlib.closing(Kiosk.open(laptop.data, laptop.settings)) as kiosk:
        before = closed(laptop.data)
        with handing_over(laptop.data):
            for act in (
                lambda: laptop.sends(place),
                lambda: Outbox(kiosk).take_receipt(laptop.own, receipts[0]),
                lambda: Outbox(kiosk).delete(laptop.own, receipts[0]),
            ):
                with pytest.raises(InUseError, match="handing over already: wait until that is done, then try again"):
                    act()
        assert closed(laptop.data) == before


# Interrupted


@at_some_moments
def test_killed_at_any_moment_and_repeated_it_is_complete_and_nothing_is_there_twice(
    every: int, laptop: Laptop, tmp_path: Path
) -> None:
    def begin(number: int) -> Path:
        shutil.copytree(laptop.data, tmp_path / str(number) / "data")
        (tmp_path / str(number) / "place").mkdir()
        return tmp_path / str(number)

    def work(folder: Path) -> None:
        outbox = ClosedOutbox.at(folder / "data", laptop.settings)
        send(outbox, laptop.own, str(folder / "place"), may_be_killed, no_further_try)

    kept = {Path(name).name for name in closed(laptop.data)} | {"handover.json"}
    for folder in killed_everywhere(begin, work, every):
        copied, place = replace(laptop, data=folder / "data"), str(folder / "place")
        with contextlib.suppress(PlaceError):
            for export in find_exports([place]):
                assert open_export(export.read(1 << 20), laptop.key).sealed, "whole or not there"
        copied.sends(place)
        assert names(place) == [EXPORT_SUFFIX] * 2
        copied.fetched(place)
        assert len(copied.sends(place).received) == 2
        with contextlib.closing(Kiosk.open(copied.data, laptop.settings)):
            pass
        assert {Path(name).name for name in closed(copied.data)} == kept
    assert laptop.at_office() == {"Spring Fair": 5, "Autumn Fair": 4}


@a_server
@pytest.mark.long
def test_a_server_that_goes_midway_is_tried_again_later_each_time_and_only_with_what_is_left(
    place: str, laptop: Laptop, sftp: SshServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, written, waited = Site.put, list[str](), list[int]()

    def until_it_goes(site: Site, name: str, content: bytes, progress: ProgressCallback) -> None:
        if len(written) == 1 and not waited:
            sftp.drop_connections()
        put(site, name, content, progress)
        written.append(name)

    monkeypatch.setattr(Site, "put", until_it_goes)
    sent = laptop.sends(place, lambda seconds, _error: waited.append(seconds))
    assert waited == [2]
    assert len(written) == len(set(written)) == 2
    assert [one.responses for one in sent.handed] == [5, 4]
    assert names(place) == [EXPORT_SUFFIX] * 2


@a_server
def test_without_a_network_it_is_tried_four_times_more_and_more_seldom_then_told_and_all_is_kept(
    place: str, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = place.rpartition("@")[0] + "@127.0.0.1:1/place"
    waited = []
    with pytest.raises(PlaceError, match=r"^Cannot reach sftp://127\.0\.0\.1:1/place \("):
        laptop.sends(nowhere, lambda seconds, _error: waited.append(seconds))
    assert waited == [*WAITS]
    assert waited == sorted(set(waited))
    assert laptop.states() == [State.HELD] * 2


@a_folder
def test_a_place_that_is_full_is_told_and_a_sending_that_is_stopped_is_not_tried_again(
    place: str, laptop: Laptop
) -> None:
    with no_file_longer_than(SMALLEST_EXPORT // 2), pytest.raises(PlaceError, match="Cannot write to"):
        laptop.sends(place)
    assert names(place) == []

    outbox, stop = ClosedOutbox.at(laptop.data, laptop.settings), failing(StoppedError("Stopped."))
    with pytest.raises(StoppedError):
        send(outbox, laptop.own, place, stop, no_further_try)
    assert laptop.states() == [State.HELD] * 2
    assert list(Path(place).iterdir()) == []
    assert len(laptop.sends(place).handed) == 2
