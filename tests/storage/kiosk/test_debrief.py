"""The debrief on a laptop: who can read it, when it can be changed, how it is handed over, and when it goes."""

import contextlib
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.data_folder import hold
from storage.debrief import Debrief
from storage.errors import EventEndedError, StaleReceiptError
from storage.events import write_event
from storage.exchange.exports import open_export
from storage.exchange.handover import State, read_hand_over
from storage.exchange.locations import Site
from storage.exchange.receipts import write_receipt
from storage.kiosk import debrief as debrief_file
from storage.kiosk.event_folder import HANDOVER_NAME, EventFolder
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.renewal import renew_key
from storage.progress import unreported
from storage.settings import Settings
from tests.damage import altered
from tests.storage import independent_reader as reader
from tests.storage.counts.people import people

SAID = Debrief(worked="The quiz at the door brought people in.", change="Start later.", support="A second laptop.")
AGAIN = Debrief(worked="The quiz.", support="Two more laptops.")


@pytest.fixture
def ended(kiosk: Kiosk) -> Kiosk:
    for response in people(3):
        kiosk.keep(kiosk.seal(response))
    kiosk.end_event()
    return kiosk


def state(kiosk: Kiosk) -> State:
    return Outbox(kiosk).events()[0].state


def handed(kiosk: Kiosk, own: KioskPrivateKey, tmp_path: Path) -> bytes:
    stick = tmp_path / "stick"
    stick.mkdir(exist_ok=True)
    (one,) = Outbox(kiosk).hand_over(own, Site.at(str(stick)), unreported)
    return one.content


def receipt_for(content: bytes, office: OfficePrivateKey) -> bytes:
    return write_receipt(open_export(content, office), office)


def test_it_is_asked_for_once_the_event_has_ended(kiosk: Kiosk, own: KioskPrivateKey) -> None:
    with pytest.raises(EventEndedError, match="goes on: end it first"):
        Outbox(kiosk).write_debrief(own, kiosk.event, SAID)
    assert Outbox(kiosk).debrief(own, kiosk.event) is None
    kiosk.end_event()
    Outbox(kiosk).write_debrief(own, kiosk.event, SAID)
    written = Outbox(kiosk).debrief(own, kiosk.event)
    assert written is not None
    assert (written.said, written.revision) == (SAID, 1)


def test_no_file_of_a_laptop_tells_what_staff_wrote_but_with_their_passphrase(
    ended: Kiosk, own: KioskPrivateKey, data: Path
) -> None:
    before = {path for path in data.rglob("*") if path.is_file()}
    Outbox(ended).write_debrief(own, ended.event, SAID)
    after = {path for path in data.rglob("*") if path.is_file()}
    path = EventFolder.of(data, ended.event.id).path / debrief_file.FILE_NAME
    assert {one for one in after - before if one.name != "handover.json"} - {data / "handover.lock"} == {path}
    everything = b"".join(one.read_bytes() for one in after)
    for text in (SAID.worked, SAID.change, SAID.support):
        assert text.encode() not in everything
    other = KioskPrivateKey.generate()
    assert debrief_file.read_debrief(path.parent, other, ended.event.id) is None
    record = reader.open_debrief(path.read_bytes(), own.seed, reader.event_of(write_event(ended.event)))
    assert reader.debrief_of(record)[2] == (SAID.worked, SAID.change, SAID.support)


def test_whatever_staff_write_the_file_has_one_size(ended: Kiosk, own: KioskPrivateKey, data: Path) -> None:
    path = EventFolder.of(data, ended.event.id).path / debrief_file.FILE_NAME
    sizes = set()
    for said in (SAID, Debrief(change="x"), Debrief(**dict.fromkeys(("worked", "change", "support"), "y" * 500))):
        Outbox(ended).write_debrief(own, ended.event, said)
        sizes.add(path.stat().st_size)
    assert sizes == {6172}


def test_it_can_be_changed_and_the_same_again_is_no_change(ended: Kiosk, own: KioskPrivateKey) -> None:
    for said, revision in ((SAID, 1), (SAID, 1), (AGAIN, 2)):
        Outbox(ended).write_debrief(own, ended.event, said)
        written = Outbox(ended).debrief(own, ended.event)
        assert written is not None
        assert (written.said, written.revision) == (said, revision)


def test_an_export_carries_it_beside_the_responses_and_the_file_looks_as_before(
    ended: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, tmp_path: Path
) -> None:
    without = handed(ended, own, tmp_path)
    Outbox(ended).write_debrief(own, ended.event, SAID)
    content = handed(ended, own, tmp_path)
    opened = open_export(content, office)
    assert opened.debrief == Outbox(ended).debrief(own, ended.event)
    assert list(opened.sealed) == ended.responses()
    assert len(content) == len(without)
    assert content[:19] == without[:19]
    found = reader.open_export(content, office.seed)
    assert reader.debrief_of(found.debrief)[2] == (SAID.worked, SAID.change, SAID.support)
    assert not reader.open_export(without, office.seed).debrief


def test_a_receipt_from_before_it_was_written_deletes_nothing(
    ended: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, tmp_path: Path
) -> None:
    early = receipt_for(handed(ended, own, tmp_path), office)
    Outbox(ended).take_receipt(own, early)
    assert state(ended) is State.RECEIVED
    Outbox(ended).write_debrief(own, ended.event, SAID)
    assert state(ended) is State.PARTLY
    with pytest.raises(StaleReceiptError, match="from before somebody wrote how it went, so nothing was deleted"):
        Outbox(ended).delete(own, early)
    content = handed(ended, own, tmp_path)
    assert state(ended) is State.EXPORTED
    receipt = receipt_for(content, office)
    record = reader.open_export(content, office.seed).debrief
    fields = reader.event_of(write_event(ended.event))
    held = [one.sealed for one in ended.responses()]
    public = office.public.encoded
    assert reader.receipt_covers(receipt, public, own.seed, fields, held, debrief=record)
    assert not reader.receipt_covers(receipt, public, own.seed, fields, held)
    Outbox(ended).take_receipt(own, receipt)
    assert state(ended) is State.RECEIVED
    Outbox(ended).write_debrief(own, ended.event, AGAIN)
    with pytest.raises(StaleReceiptError, match="does not cover every response held here"):
        Outbox(ended).delete(own, receipt)


def test_it_goes_with_the_event_and_then_belongs_to_the_office(
    ended: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, tmp_path: Path, data: Path
) -> None:
    Outbox(ended).write_debrief(own, ended.event, SAID)
    Outbox(ended).delete(own, receipt_for(handed(ended, own, tmp_path), office))
    folder = EventFolder.of(data, ended.event.id).path
    assert not (folder / debrief_file.FILE_NAME).exists()
    assert read_hand_over(folder / HANDOVER_NAME).deletion == "done"
    with pytest.raises(EventEndedError, match="was deleted here: write how it went at the office"):
        Outbox(ended).write_debrief(own, ended.event, SAID)


def test_an_event_at_which_nobody_answered_hands_it_over_too(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, tmp_path: Path
) -> None:
    kiosk.end_event()
    Outbox(kiosk).write_debrief(own, kiosk.event, SAID)
    assert state(kiosk) is State.HELD
    content = handed(kiosk, own, tmp_path)
    assert state(kiosk) is State.EXPORTED
    Outbox(kiosk).take_receipt(own, receipt_for(content, office))
    assert state(kiosk) is State.RECEIVED


def test_a_damaged_one_holds_nothing_up_and_can_be_written_anew(
    ended: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, tmp_path: Path, data: Path
) -> None:
    Outbox(ended).write_debrief(own, ended.event, SAID)
    path = EventFolder.of(data, ended.event.id).path / debrief_file.FILE_NAME
    path.write_bytes(altered(path.read_bytes()))
    assert Outbox(ended).debrief(own, ended.event) is None
    assert len(open_export(handed(ended, own, tmp_path), office).sealed) == 3
    Outbox(ended).write_debrief(own, ended.event, AGAIN)
    written = Outbox(ended).debrief(own, ended.event)
    assert written is not None
    assert written.said == AGAIN


def test_a_laptop_with_a_new_key_still_has_it(
    data: Path, settings: Settings, own: KioskPrivateKey, passphrase: str
) -> None:
    with hold(data):
        with contextlib.closing(Kiosk.open(data, settings)) as kiosk:
            kiosk.end_event()
            Outbox(kiosk).write_debrief(own, kiosk.event, SAID)
            before = Outbox(kiosk).debrief(own, kiosk.event)
        new = renew_key(data, passphrase)
        with contextlib.closing(Kiosk.open(data, settings)) as kiosk:
            assert Outbox(kiosk).debrief(new, kiosk.event) == before
            assert Outbox(kiosk).debrief(own, kiosk.event) is None
