"""Responses from paper come into the pool together, all of them or none, and nothing tells where they came from."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

import storage.kiosk.batch
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import SEALED_SIZE, Response, ResponseOpener, SealedResponse
from storage.errors import EventEndedError, StoreDamagedError, StoreError
from storage.exchange.locations import Site
from storage.kiosk.batch import BATCH_NAME, Batch, TooFewSheetsError, least_sheets
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.pool import RESPONSES, Pool
from storage.kiosk.setting_aside import set_aside
from storage.private_files import write_private
from storage.progress import unreported
from storage.settings import Settings
from tests.storage.counts.people import people
from tests.storage.disk import failing, files_of
from tests.storage.kiosk.crashes import contents, make_pool, random_responses


def entered(count: int, seed: int = 0) -> Batch:
    """A batch of made-up sheets."""
    batch = Batch()
    for response in people(count, seed):
        batch.add(response)
    return batch


def codes_held(kiosk: Kiosk, office: OfficePrivateKey) -> list[tuple[int, int, int, int]]:
    """Every response that is held, opened at the office."""
    opener = ResponseOpener(office, kiosk.event)
    return sorted(opener.open(sealed.sealed).codes for sealed in kiosk.responses())


def codes_of(count: int, seed: int = 0) -> list[tuple[int, int, int, int]]:
    return sorted(response.codes for response in people(count, seed))


def sealing(rows: list[SealedResponse]) -> Callable[[Response], SealedResponse]:
    """Gives these, one after the other."""
    left = iter(rows)
    return lambda _response: next(left)


full = failing(StoreError("There is no room."))


def batch_of(kiosk: Kiosk) -> Path:
    return kiosk.data / "kiosk" / kiosk.event.folder_name / BATCH_NAME


# Like every other response


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(8, 100))])
def test_after_a_batch_the_files_are_those_of_the_same_responses_given_one_by_one_in_any_order(
    memory_folder: Path, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - the same orders on every run
    earlier, later = random_responses(random.randint(0, 12)), random_responses(random.randint(1, 40), seed=1)
    path = make_pool(memory_folder / "paper", earlier)
    pool = Pool(path, RESPONSES)
    entered(len(later)).keep(sealing(later), path.parent, pool, lambda _response: None)
    pool.close()
    one_by_one = [*earlier, *later]
    random.shuffle(one_by_one)
    assert contents(path) == contents(make_pool(memory_folder / "kiosk", one_by_one))
    assert sorted(file.name for file in path.parent.iterdir()) == ["responses.db", "responses.db-journal"]


def test_what_is_written_and_who_is_grouped_with_whom_does_not_follow_the_order_of_entering(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    counted: list[Response] = []
    monkeypatch.setattr(kiosk, "count", counted.append)

    def write(path: Path, content: bytes) -> None:
        written.append(content)
        write_private(path, content)

    monkeypatch.setattr(storage.kiosk.batch, "write_private", write)
    sheets = people(60)
    kiosk.keep_batch(entered(60))
    rows = [written[0][at : at + SEALED_SIZE] for at in range(0, len(written[0]), SEALED_SIZE)]
    assert rows == sorted(rows)
    assert len(rows) == 60
    assert sorted(counted, key=lambda one: one.codes) == sorted(sheets, key=lambda one: one.codes)
    same = sum(first == second for first, second in zip(counted, sheets, strict=True))
    assert same < 30


def test_sheets_are_sealed_held_and_grouped_in_tens_like_all_other_responses(
    kiosk: Kiosk, office: OfficePrivateKey
) -> None:
    for response in people(4, seed=7):
        kiosk.keep(kiosk.seal(response))
        kiosk.count(response)
    batch = entered(23)
    kiosk.keep_batch(batch)
    assert codes_held(kiosk, office) == sorted(codes_of(4, seed=7) + codes_of(23))
    assert (kiosk.check_groups(), kiosk.waiting) == (2, 7)
    assert (batch.kept, len(batch), batch.wipe()) == (23, 0, 0)


# Nothing before, all or nothing then


def test_until_a_batch_is_kept_no_file_changes_and_wiping_it_says_how_many_must_be_entered_again(
    kiosk: Kiosk, data: Path
) -> None:
    before = files_of(data)
    batch = entered(12)
    assert batch.wipe() == 12
    assert (len(batch), batch.kept, batch.wipe()) == (0, 0, 0)
    assert files_of(data) == before


@pytest.mark.parametrize(("waiting", "sheets", "accepted"), [(0, 9, 0), (0, 10, 1), (4, 5, 0), (4, 6, 1), (9, 1, 1)])
def test_a_batch_is_taken_only_if_it_makes_ten_together_with_those_who_wait(
    waiting: int, sheets: int, accepted: int, kiosk: Kiosk, data: Path
) -> None:
    for response in people(waiting, seed=3):
        kiosk.keep(kiosk.seal(response))
        kiosk.count(response)
    before = files_of(data)
    batch = entered(sheets)
    if accepted:
        kiosk.keep_batch(batch)
        assert kiosk.held() == waiting + sheets
        return
    with pytest.raises(TooFewSheetsError, match=f"at least {least_sheets(waiting)} in one go, or collect more"):
        kiosk.keep_batch(batch)
    assert files_of(data) == before
    assert batch.wipe() == sheets


def test_an_event_that_has_ended_takes_no_sheets(kiosk: Kiosk, data: Path) -> None:
    kiosk.end_event()
    before = files_of(data)
    batch = entered(10)
    with pytest.raises(EventEndedError):
        kiosk.keep_batch(batch)
    assert files_of(data) == before
    assert batch.wipe() == 10


@pytest.mark.parametrize("added", range(11))
def test_interrupted_anywhere_a_batch_is_whole_at_the_next_start(
    added: int, data: Path, settings: Settings, office: OfficePrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk, batch, adds = Kiosk.open(data, settings), entered(10), 0
    add = Pool.add

    def interrupted(pool: Pool[SealedResponse], row: SealedResponse) -> None:
        nonlocal adds
        if adds == added:
            raise KeyboardInterrupt
        adds += 1
        add(pool, row)

    with monkeypatch.context() as patch:
        patch.setattr(Pool, "add", interrupted)
        patch.setattr(storage.kiosk.batch, "erase", failing(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            kiosk.keep_batch(batch)
    assert batch.wipe() == 0, "they are kept"
    kiosk.close()
    again = Kiosk.open(data, settings)
    assert not batch_of(again).exists()
    assert again.held() == 10
    assert codes_held(again, office) == codes_of(10)
    again.close()


def test_a_batch_that_cannot_be_written_is_not_kept_at_all(
    kiosk: Kiosk, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(data)
    batch = entered(10)
    with monkeypatch.context() as patch:
        patch.setattr(storage.kiosk.batch, "write_private", full)
        with pytest.raises(StoreError, match="no room"):
            kiosk.keep_batch(batch)
    assert (files_of(data), batch.kept) == (before, 0)
    kiosk.keep_batch(batch)
    assert (kiosk.held(), kiosk.check_groups()) == (10, 1)


def test_a_second_try_keeps_and_counts_nobody_twice(
    kiosk: Kiosk, office: OfficePrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = entered(13)
    with monkeypatch.context() as patch:
        patch.setattr(Pool, "add", full)
        for _ in range(2):
            with pytest.raises(StoreError, match="need not be entered again"):
                kiosk.keep_batch(batch)
    assert (kiosk.held(), kiosk.check_groups(), kiosk.waiting) == (0, 0, 0)
    kiosk.keep_batch(batch)
    assert codes_held(kiosk, office) == codes_of(13)
    assert (kiosk.check_groups(), kiosk.waiting) == (1, 3)


def test_what_a_full_disk_has_held_up_goes_along_when_the_event_is_handed_over(
    kiosk: Kiosk, own: KioskPrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Pool, "add", full)
        with pytest.raises(StoreError, match="need not be entered again"):
            kiosk.keep_batch(entered(10))
    assert not kiosk.is_untouched
    assert [one.responses for one in Outbox(kiosk).hand_over(own, Site.at(str(tmp_path)), unreported)] == [10]


# What a killed process leaves


def test_sealed_sheets_that_were_half_written_are_overwritten_and_removed(
    kiosk: Kiosk, data: Path, settings: Settings
) -> None:
    kiosk.close()
    left = batch_of(kiosk).with_name(f".{BATCH_NAME}.01234567.new")
    left.write_bytes(b"sealed" * 300)
    other = left.with_name("another name of it")
    other.hardlink_to(left)
    Kiosk.open(data, settings).close()
    assert not left.exists()
    assert not any(other.read_bytes())


def test_a_damaged_batch_is_told_left_as_it_is_and_can_be_set_aside(
    kiosk: Kiosk, data: Path, settings: Settings
) -> None:
    kiosk.close()
    batch_of(kiosk).write_bytes(bytes(SEALED_SIZE + 1))
    again = Kiosk.open(data, settings)
    with pytest.raises(StoreDamagedError, match=f"{BATCH_NAME} is damaged"):
        again.responses()
    again.close()
    assert batch_of(kiosk).stat().st_size == SEALED_SIZE + 1
    (moved,) = set_aside(data)
    assert (moved / BATCH_NAME).exists()
