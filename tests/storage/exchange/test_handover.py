"""What a laptop holds is deleted only once the office has all of it: then for good, wherever it is interrupted."""

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import private_files as files
from storage.crypto.hpke import suite
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response, SealedResponse
from storage.errors import EventEndedError, PlaceError, ReceiptError, StoreError
from storage.events import Event, write_event
from storage.exchange import handover
from storage.exchange.exports import file_stem, open_export, write_export
from storage.exchange.handover import Handed, HeldEvent, State, read_hand_over
from storage.exchange.locations import Site
from storage.exchange.receipts import write_receipt
from storage.kiosk.event_folder import HANDOVER_NAME
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.pool import Pool
from storage.kiosk.setup import self_test
from storage.progress import unreported
from storage.settings import Settings
from tests.storage.counts.people import people
from tests.storage.disk import HANDOVER_LOCK, failing, files_of, harmed_everywhere
from tests.storage.killed import killed_everywhere
from tests.storage.kiosk.crashes import journal_of
from tests.storage.office.merging import settings_for


def answer(kiosk: Kiosk, count: int, seed: int = 0) -> list[SealedResponse]:
    """So many people answer; what is kept of them."""
    kept = []
    for response in people(count, seed):
        sealed = kiosk.seal(response)
        kiosk.keep(sealed)
        kiosk.count(response)
        kept.append(sealed)
    return sorted(kept)


def received(handed: Handed, office: OfficePrivateKey) -> bytes:
    """The receipt that the office gives for what was handed over."""
    return write_receipt(open_export(handed.content, office), office)


def hand_over(kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, event: Event | None = None) -> bytes:
    """All the way to the office and back: the receipt for what is held now."""
    handed = Outbox(kiosk).export(own, event or kiosk.event, Outbox(kiosk).sealed(event or kiosk.event))
    Outbox(kiosk).note_export(handed)
    return received(handed, office)


def current(kiosk: Kiosk) -> HeldEvent:
    return Outbox(kiosk).events()[0]


def folder_of(kiosk: Kiosk, event: Event | None = None) -> Path:
    return kiosk.data / "kiosk" / (event or kiosk.event).folder_name


def nowhere(data: Path, sealed: list[SealedResponse]) -> bool:
    """Whether no part of these responses is left in any file."""
    parts = [one.sealed[start : start + 24] for one in sealed for start in (0, 500, 1120)]
    return not any(part in content for content in files_of(data).values() for part in parts)


# From one state to the next


def test_an_event_goes_from_empty_to_deleted_in_the_order_that_is_told(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    def state(held: int, exported: int, received: int) -> State:
        found = current(kiosk)
        assert found.event == kiosk.event
        assert (found.held, found.noted.exported, found.noted.received) == (held, exported, received)
        return found.state

    assert state(0, 0, 0) is State.EMPTY
    answer(kiosk, 3)
    assert state(3, 0, 0) is State.HELD
    handed = Outbox(kiosk).export(own, kiosk.event, Outbox(kiosk).sealed(kiosk.event))
    assert state(3, 0, 0) is State.HELD, "until it is where it should be"
    Outbox(kiosk).note_export(handed)
    assert state(3, 3, 0) is State.EXPORTED
    answer(kiosk, 1, seed=1)
    assert state(4, 3, 0) is State.PARTLY
    receipt = hand_over(kiosk, own, office)
    assert state(4, 4, 0) is State.EXPORTED
    assert Outbox(kiosk).take_receipt(own, receipt) == current(kiosk)
    assert state(4, 4, 4) is State.RECEIVED
    answer(kiosk, 1, seed=2)
    assert state(5, 4, 4) is State.PARTLY
    receipt = hand_over(kiosk, own, office)
    assert state(5, 5, 4) is State.EXPORTED
    assert Outbox(kiosk).take_receipt(own, receipt).state is State.RECEIVED
    assert Outbox(kiosk).delete(own, receipt) == kiosk.event
    assert state(0, 5, 5) is State.DELETED


def test_an_export_says_for_whom_it_is_and_how_many_it_has(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    kept = answer(kiosk, 4)
    handed = Outbox(kiosk).export(own, kiosk.event, Outbox(kiosk).sealed(kiosk.event))
    assert (handed.event, handed.responses) == (kiosk.event, 4)
    assert handed.name == Outbox(kiosk).export(own, kiosk.event, Outbox(kiosk).sealed(kiosk.event)).name
    assert handed.name.endswith(".fairstart")
    opened = open_export(handed.content, office)
    assert list(opened.sealed) == kept == Outbox(kiosk).sealed(kiosk.event)
    assert opened.kiosk == kiosk.own == own.public


def test_an_export_carries_responses_only_and_leaves_those_who_wait_waiting(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    kept = answer(kiosk, 34)
    groups = [group.sealed for group in kiosk._groups.rows()]
    assert len(groups) == 3
    content = Outbox(kiosk).export(own, kiosk.event, Outbox(kiosk).sealed(kiosk.event)).content
    plain = suite().decrypt(content[19:], office.kem, b"fairstart sealed export 1\0" + office.public.id)
    event = write_event(kiosk.event)
    end = 32 + 64 + 4 + len(event) + 32 + 4  # FORMAT.md, section 16: key, signature, event, secret, number
    assert plain[end - 4 :].rstrip(b"\0") == len(kept).to_bytes(4, "big") + b"".join(one.sealed for one in kept)
    assert not any(group[start : start + 24] in plain for group in groups for start in (0, 500, 1120))
    assert kiosk.waiting == 4
    answer(kiosk, 6, seed=1)
    assert kiosk.counts(own.tally).in_counts == 40


def test_the_next_start_removes_what_a_killed_process_left_of_a_note(kiosk: Kiosk, settings: Settings) -> None:
    answer(kiosk, 1)
    folder = folder_of(kiosk)
    kiosk.close()
    before = files_of(kiosk.data)
    for name in (HANDOVER_NAME, "ended"):
        (folder / f".{name}.0123abcd.new").write_bytes(b"half")
    (folder / ".responses.db.empty").write_bytes(b"half")
    (folder / ".groups.db.empty-journal").write_bytes(b"half")
    Kiosk.open(kiosk.data, settings).close()
    assert files_of(kiosk.data) == before


def test_handing_over_changes_nothing_but_the_note_and_the_same_receipt_again_nothing_at_all(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    answer(kiosk, 12)
    before = files_of(kiosk.data)
    handed = Outbox(kiosk).export(own, kiosk.event, Outbox(kiosk).sealed(kiosk.event))
    assert files_of(kiosk.data) == before
    note = f"kiosk/{kiosk.event.folder_name}/{HANDOVER_NAME}"
    Outbox(kiosk).note_export(handed)
    exported = files_of(kiosk.data)
    assert exported == before | {note: exported[note]} | HANDOVER_LOCK
    first = Outbox(kiosk).take_receipt(own, received(handed, office))
    taken = files_of(kiosk.data)
    assert taken == before | {note: taken[note]} | HANDOVER_LOCK
    assert Outbox(kiosk).take_receipt(own, received(handed, office)) == first
    assert files_of(kiosk.data) == taken


NO_DEBRIEF = b'"debrief":0,"debrief_exported":0,"debrief_received":0'


def test_the_note_holds_two_numbers_and_a_word_and_never_which_responses(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    path = folder_of(kiosk) / HANDOVER_NAME
    answer(kiosk, 5)
    receipt = hand_over(kiosk, own, office)
    assert path.read_bytes() == b'{"exported":5,"received":0,"deletion":"","files":[],%s}\n' % NO_DEBRIEF
    Outbox(kiosk).take_receipt(own, receipt)
    assert path.read_bytes() == b'{"exported":5,"received":5,"deletion":"","files":[],%s}\n' % NO_DEBRIEF
    Outbox(kiosk).delete(own, receipt)
    assert path.read_bytes() == b'{"exported":5,"received":5,"deletion":"done","files":[],%s}\n' % NO_DEBRIEF
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600


# A receipt that does not cover everything


@pytest.mark.parametrize("taken", [False, True])
def test_a_receipt_for_36_of_37_deletes_nothing_whatever_is_noted(
    kiosk: Kiosk,
    own: KioskPrivateKey,
    office: OfficePrivateKey,
    *,
    taken: bool,
) -> None:
    answer(kiosk, 36)
    receipt = hand_over(kiosk, own, office)
    if taken:
        Outbox(kiosk).take_receipt(own, receipt)
    answer(kiosk, 1, seed=1)
    assert current(kiosk).state is State.PARTLY
    for noted in (current(kiosk).noted, handover.HandOver(exported=99, received=99)):
        handover.write_hand_over(folder_of(kiosk) / HANDOVER_NAME, noted)
        before = files_of(kiosk.data)
        for use in (Outbox(kiosk).take_receipt, Outbox(kiosk).delete):
            with pytest.raises(ReceiptError, match=r"^This receipt does not cover every response held here, so nothi"):
                use(own, receipt)
        assert files_of(kiosk.data) == before
    assert not kiosk.ended
    assert kiosk.held() == 37


def test_a_receipt_for_an_event_that_is_not_here_and_one_of_the_same_event_at_another_laptop_are_refused(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, data: Path, tmp_path: Path
) -> None:
    answer(kiosk, 1)
    copy = Path(shutil.copytree(data, tmp_path / "other"))
    with contextlib.closing(Kiosk.open(copy, settings_for("Elsewhere"))) as other:
        elsewhere = hand_over(other, own, office)
    strange = received(Outbox(kiosk).export(KioskPrivateKey.generate(), kiosk.event, kiosk.responses()), office)
    before = files_of(kiosk.data)
    for receipt, why in ((elsewhere, "an event that this laptop does not hold"), (strange, "another laptop or event")):
        for use in (Outbox(kiosk).take_receipt, Outbox(kiosk).delete):
            with pytest.raises(ReceiptError, match=f"^This receipt is for {why}: "):
                use(own, receipt)
    assert files_of(kiosk.data) == before | HANDOVER_LOCK


# Other events than the current one


@pytest.fixture
def three_events(data: Path) -> dict[str, list[SealedResponse]]:
    """A laptop that was at three events; of each, what it holds."""
    kept = {}
    for place, (name, date) in enumerate([("First", "2026-01-10"), ("Second", "2026-03-10"), ("Third", "2026-02-10")]):
        kiosk = Kiosk.open(data, settings_for(name, date))
        kept[name] = answer(kiosk, 3 + place, seed=place)
        kiosk.close()
    return kept


def test_the_current_event_comes_first_and_the_others_follow_newest_first(
    data: Path, three_events: dict[str, list[SealedResponse]]
) -> None:
    kiosk = Kiosk.open(data, settings_for("First", "2026-01-10"))
    assert [held.event.name for held in Outbox(kiosk).events()] == ["First", "Second", "Third"]
    assert [held.held for held in Outbox(kiosk).events()] == [3, 4, 5]
    kiosk.close()
    kiosk = Kiosk.open(data, settings_for("New"))
    assert [held.event.name for held in Outbox(kiosk).events()] == ["New", "Second", "Third", "First"]
    for held in Outbox(kiosk).events()[1:]:
        assert Outbox(kiosk).sealed(held.event) == three_events[held.event.name]
    kiosk.close()


def test_another_event_is_handed_over_and_deleted_and_the_others_stay_as_they_are(
    data: Path, own: KioskPrivateKey, office: OfficePrivateKey, three_events: dict[str, list[SealedResponse]]
) -> None:
    kiosk = Kiosk.open(data, settings_for("First", "2026-01-10"))
    second = Outbox(kiosk).events()[1].event
    receipt = hand_over(kiosk, own, office, second)
    assert Outbox(kiosk).events()[1].state is State.EXPORTED
    assert Outbox(kiosk).take_receipt(own, receipt).event == second
    assert Outbox(kiosk).events()[1].state is State.RECEIVED
    of_it = (f"kiosk/{second.folder_name}/", "kiosk/register.json")
    before = {name: content for name, content in files_of(data).items() if not name.startswith(of_it)}
    assert Outbox(kiosk).delete(own, receipt) == second
    assert {name: content for name, content in files_of(data).items() if not name.startswith(of_it)} == before
    assert [held.state for held in Outbox(kiosk).events()] == [State.HELD, State.DELETED, State.HELD]
    assert nowhere(data, three_events["Second"])
    assert not nowhere(data, three_events["Third"])
    assert not kiosk.ended
    answer(kiosk, 1, seed=9)
    assert kiosk.held() == 4
    kiosk.close()
    kiosk = Kiosk.open(data, settings_for("Second", "2026-03-10"))
    assert kiosk.ended
    assert kiosk.held() == 0
    kiosk.close()


# Deleted


def test_handing_over_reads_each_events_responses_once(
    data: Path,
    own: KioskPrivateKey,
    three_events: dict[str, list[SealedResponse]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[Path] = []
    rows = Pool.rows

    def noticed(pool: Pool[SealedResponse]) -> list[SealedResponse]:
        read.append(pool._path)
        return rows(pool)

    monkeypatch.setattr(Pool, "rows", noticed)
    with contextlib.closing(Kiosk.open(data, settings_for("Winter"))) as kiosk:
        handed = list(Outbox(kiosk).hand_over(own, Site.at(str(tmp_path)), lambda _done, _of: None))
    assert {one.event.name: one.responses for one in handed} == {
        "Winter": 0,
        **{name: len(sealed) for name, sealed in three_events.items()},
    }
    assert len(read) == len(set(read)) == 4


def test_deletion_ends_the_event_and_leaves_nothing_to_do(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    answer(kiosk, 14)
    assert kiosk.waiting > 0
    sealed = kiosk.seal(Response((1, 1, 1, 1)))
    receipt = hand_over(kiosk, own, office)
    Outbox(kiosk).delete(own, receipt)
    assert kiosk.ended
    assert kiosk.held() == kiosk.waiting == 0
    before = files_of(kiosk.data)
    with pytest.raises(EventEndedError):
        kiosk.keep(sealed)
    for use in (Outbox(kiosk).take_receipt, Outbox(kiosk).delete):
        with pytest.raises(ReceiptError, match=r"^“Riverside Jobs Fair” was deleted here already: nothing is left"):
            use(own, receipt)
    handed = Outbox(kiosk).export(own, kiosk.event, Outbox(kiosk).sealed(kiosk.event))
    assert handed.responses == 0
    assert files_of(kiosk.data) == before
    Outbox(kiosk).note_export(handed)
    assert current(kiosk).state is State.DELETED


def test_deletion_leaves_no_sealed_byte_in_the_data_folder_and_an_empty_store_that_opens(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings
) -> None:
    kept = answer(kiosk, 32)
    groups = [group.sealed for group in kiosk._groups.rows()]
    assert len(groups) == 3
    assert not nowhere(kiosk.data, kept)
    receipt = hand_over(kiosk, own, office)
    Outbox(kiosk).take_receipt(own, receipt)
    Outbox(kiosk).delete(own, receipt)
    after = files_of(kiosk.data)
    assert nowhere(kiosk.data, kept)
    assert not any(
        group[start : start + 24] in content for group in groups for start in (0, 1120) for content in after.values()
    )
    assert kiosk.counts(own.tally).in_counts == 0
    kiosk.close()
    again = Kiosk.open(kiosk.data, settings)
    assert (again.check(), again.check_groups(), again.held(), again.waiting) == (0, 0, 0, 0)
    assert current(again).state is State.DELETED
    assert again.ended
    self_test(again)
    again.close()
    names = {path.name for path in folder_of(kiosk).iterdir()}
    stores = {"responses.db", "responses.db-journal", "groups.db", "groups.db-journal"}
    assert names - stores == {"event.json", "ended", HANDOVER_NAME}
    assert stores >= names & stores >= {"responses.db", "groups.db"}


def test_a_store_after_deletion_is_as_small_as_a_new_one_and_tells_not_how_many_there_were(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    before = {name: (folder_of(kiosk) / name).read_bytes() for name in ("responses.db", "groups.db")}
    answer(kiosk, 21)
    Outbox(kiosk).delete(own, hand_over(kiosk, own, office))
    assert {name: (folder_of(kiosk) / name).read_bytes() for name in before} == before


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed there")
def test_deletion_overwrites_what_it_removes(kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey) -> None:
    answer(kiosk, 60)
    folder = folder_of(kiosk)
    stores = [folder / "responses.db", folder / "groups.db"]
    links = []
    for path in [*stores, *map(journal_of, stores)]:
        assert path.exists()
        link = kiosk.data.parent / f"link-to-{path.name}"
        link.hardlink_to(path)
        links.append(link)
    sizes = [link.stat().st_size for link in links]
    assert sizes[0] > 1 << 16, "more than is overwritten at a time"
    Outbox(kiosk).delete(own, hand_over(kiosk, own, office))
    for link, size in zip(links, sizes, strict=True):
        assert link.stat().st_size == size
        assert not any(link.read_bytes())
        assert link.stat().st_nlink == 1, "the name in the folder is gone"


def test_an_event_without_responses_can_be_handed_over_and_deleted(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    receipt = hand_over(kiosk, own, office)
    assert Outbox(kiosk).take_receipt(own, receipt).state is State.EMPTY
    Outbox(kiosk).delete(own, receipt)
    assert current(kiosk).state is State.DELETED


def test_receipts_are_found_by_what_is_in_them_and_those_of_other_laptops_passed_over(
    kiosk: Kiosk, office: OfficePrivateKey, own: KioskPrivateKey, tmp_path: Path
) -> None:
    answer(kiosk, 2)
    ours = received(Outbox(kiosk).export(own, kiosk.event, Outbox(kiosk).sealed(kiosk.event)), office)
    other = KioskPrivateKey.generate()
    theirs = write_receipt(open_export(write_export(other, office.public, kiosk.event, []), office), office)
    stick = tmp_path / "stick"
    stick.mkdir()
    for name, content in {"a": theirs, "b": ours, "c": b"no receipt", "d": bytes(9000)}.items():
        (stick / f"{name}.receipt").write_bytes(content)
    assert Outbox(kiosk).receipts_at(Site.at(str(stick))) == [ours]
    (stick / "b.receipt").unlink()
    with pytest.raises(PlaceError, match="no receipt for this laptop"):
        Outbox(kiosk).receipts_at(Site.at(str(stick)))
    (stick / f"{file_stem(kiosk.own, kiosk.event)}.receipt").write_bytes(ours[:-9])
    with pytest.raises(ReceiptError, match="damaged"):
        Outbox(kiosk).receipts_at(Site.at(str(stick)))
    (stick / "anything").write_bytes(theirs)
    assert Outbox(kiosk).receipts_at(Site.at(str(stick / "anything"))) == [theirs]


# A note that is damaged


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 40,
        b"{",
        b"[]",
        b'{"exported": "3"}',
        b'{"exported": 3, "which": ["0123"]}',
        b'{"exported": 3, "deletion": "perhaps"}',
        b'{"exported": 3} and more',
        b"\xff\xfe",
        b'{"exported": ' + b"[" * 4000,
        b'{"exported": 1' + b"0" * 8000 + b"}",
        b" " * 100_000,
    ],
    ids=range(12),
)
def test_a_damaged_note_stops_no_handing_over_and_no_receipt_and_is_written_anew(
    content: bytes, kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings
) -> None:
    kept = answer(kiosk, 2)
    path = folder_of(kiosk) / HANDOVER_NAME
    path.write_bytes(content)
    kiosk.close()
    again = Kiosk.open(kiosk.data, settings)
    assert current(again).state is State.HELD
    assert path.read_bytes() == content, "looking leaves it as it is"
    stick = kiosk.data.parent
    (handed,) = Outbox(again).hand_over(own, Site.at(str(stick)), unreported)
    assert list(open_export((stick / handed.name).read_bytes(), office).sealed) == kept
    assert current(again).state is State.EXPORTED
    path.write_bytes(content)
    receipt = received(handed, office)
    assert Outbox(again).take_receipt(own, receipt).state is State.RECEIVED
    again.close()


# A disk that fails or is full


def harmed_runs(
    data: Path, use: Callable[[Outbox], object], code: int, *, for_good: bool = False
) -> Iterator[tuple[Path, Exception | None]]:
    """Each time from the same files, in a folder of their own; the kiosk is open before its disk is harmed."""

    def begin(number: int) -> Kiosk:
        return Kiosk.open(Path(shutil.copytree(data, data.with_name(str(number)))), settings_for("Fair"))

    def work(kiosk: Kiosk) -> None:
        with contextlib.closing(kiosk):
            use(Outbox(kiosk))

    for kiosk, error in harmed_everywhere(begin, work, code, for_good=for_good):
        yield kiosk.data, error


def filled(data: Path, own: KioskPrivateKey, office: OfficePrivateKey) -> tuple[list[SealedResponse], bytes]:
    kiosk = Kiosk.open(data, settings_for("Fair"))
    kept = answer(kiosk, 22)
    receipt = hand_over(kiosk, own, office)
    kiosk.close()
    return kept, receipt


def all_or_nothing_is_left(folder: Path, kept: list[SealedResponse], own: KioskPrivateKey, receipt: bytes) -> str:
    """At the next start, which finishes a deletion that had begun; then the event is deleted. How far that had come."""
    (note,) = folder.glob(f"kiosk/*/{HANDOVER_NAME}")
    deletion = read_hand_over(note).deletion
    with contextlib.closing(Kiosk.open(folder, settings_for("Fair"))) as again:
        if deletion:
            assert current(again).noted.deletion == "done"
            assert again.ended
            assert (again.held(), again.check(), again.check_groups()) == (0, 0, 0)
        else:
            assert Outbox(again).sealed(again.event) == kept
            assert again.check_groups() == 2
            assert current(again).state is State.EXPORTED
            Outbox(again).delete(own, receipt)
        assert current(again).state is State.DELETED
    assert nowhere(folder, kept)
    assert not list(folder.glob("kiosk/*/.*"))
    return deletion


@pytest.mark.skipif(sys.platform != "linux", reason="counts the calls that are made there")
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize(
    "code", [pytest.param(errno.ENOSPC, id="full"), pytest.param(errno.EIO, id="fails", marks=pytest.mark.long)]
)
@pytest.mark.sampled
def test_a_disk_that_fails_while_deleting_leaves_everything_or_the_next_start_finishes(
    code: int,
    for_good: bool,  # noqa: FBT001 - a parameter of the test
    data: Path,
    own: KioskPrivateKey,
    office: OfficePrivateKey,
) -> None:
    kept, receipt = filled(data, own, office)
    seen = set()
    for folder, error in harmed_runs(data, lambda outbox: outbox.delete(own, receipt), code, for_good=for_good):
        assert type(error) is StoreError or (error is None and not for_good), "it is told of in a sentence"
        begun = all_or_nothing_is_left(folder, kept, own, receipt)
        assert begun or error is not None
        seen.add(begun)
    assert seen >= {"", "begun"}


def test_a_deletion_that_is_killed_anywhere_keeps_everything_or_is_finished_by_the_next_start(
    data: Path, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    kept, receipt = filled(data, own, office)

    def begin(number: int) -> Path:
        return Path(shutil.copytree(data, data.with_name(str(number))))

    def work(folder: Path) -> None:
        with contextlib.closing(Kiosk.open(folder, settings_for("Fair"))) as kiosk:
            Outbox(kiosk).delete(own, receipt)

    seen = {all_or_nothing_is_left(folder, kept, own, receipt) for folder in killed_everywhere(begin, work)}
    assert seen >= {"", "begun"}


@pytest.mark.skipif(sys.platform != "linux", reason="counts the calls that are made there")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["full", "fails"])
def test_a_disk_that_fails_while_noting_a_receipt_loses_nothing(
    code: int, data: Path, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    kept, receipt = filled(data, own, office)
    for folder, error in harmed_runs(data, lambda outbox: outbox.take_receipt(own, receipt), code):
        assert isinstance(error, StoreError)
        again = Kiosk.open(folder, settings_for("Fair"))
        assert Outbox(again).sealed(again.event) == kept
        assert current(again).noted.received in {0, 22}
        assert Outbox(again).take_receipt(own, receipt).state is State.RECEIVED
        again.close()


def test_a_deletion_that_a_disk_stopped_is_not_called_one_and_can_simply_be_tried_again(
    kiosk: Kiosk, own: KioskPrivateKey, office: OfficePrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `Kiosk.delete` says: "it could not be done: try again"."""
    kept = answer(kiosk, 3)
    receipt = hand_over(kiosk, own, office)
    with monkeypatch.context() as patch:
        patch.setattr(files, "overwrite", failing(OSError(errno.EIO, "Input/output error")))
        with pytest.raises(StoreError, match="then try again"):
            Outbox(kiosk).delete(own, receipt)
    assert not nowhere(kiosk.data, kept)
    assert current(kiosk).state is not State.DELETED
    Outbox(kiosk).delete(own, receipt)
    assert nowhere(kiosk.data, kept)
