"""Wrong passphrases are slowed down, over a restart too, and whatever stands where their number is kept."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.errors import StoreError, TooSoonError, WrongPassphraseError
from storage.wrong_tries import WrongTries, seconds_to_wait
from tests.storage.disk import failing, no_file_longer_than
from tests.waiting import WAIT

LONGEST = 60
has_pipes = pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among files, and lets few people link")


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opening(passphrase: str) -> str:
    if passphrase != "right":
        raise WrongPassphraseError("That passphrase is not right.")
    return "key"


def be_wrong(tries: WrongTries, times: int, clock: Clock) -> None:
    for _ in range(times):
        clock.now += tries.seconds_left
        with pytest.raises(WrongPassphraseError):
            tries.unlock(opening, "wrong")


def test_two_wrong_tries_are_free_and_then_the_wait_doubles_up_to_a_minute() -> None:
    assert [seconds_to_wait(tries) for tries in range(12)] == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert seconds_to_wait(10**9) == LONGEST


@pytest.mark.parametrize("wrong", range(12))
def test_a_restart_shortens_no_wait_and_the_right_passphrase_ends_it(wrong: int, tmp_path: Path, clock: Clock) -> None:
    be_wrong(WrongTries(tmp_path, clock), wrong, clock)
    clock.now = -(10.0**6)  # another process's clock begins anywhere
    again = WrongTries(tmp_path, clock)
    assert again.seconds_left == seconds_to_wait(wrong)
    clock.now += seconds_to_wait(wrong)
    assert again.unlock(opening, "right") == "key"
    assert WrongTries(tmp_path, clock).count == 0
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_that_comes_too_soon_is_not_tried_though_it_is_right(tmp_path: Path, clock: Clock) -> None:
    tries = WrongTries(tmp_path, clock)
    be_wrong(tries, 4, clock)
    clock.now += 3.9
    with pytest.raises(TooSoonError, match="wait 1 seconds"):
        tries.unlock(opening, "right")
    clock.now += 0.1
    assert tries.unlock(opening, "right") == "key"


def test_what_is_kept_is_one_digit_for_its_owner_alone_and_is_there_before_anybody_hears_that_it_was_wrong(
    tmp_path: Path, clock: Clock
) -> None:
    tries = WrongTries(tmp_path, clock)
    for digit in (*b"12345678", *b"88"):
        be_wrong(tries, 1, clock)
        (kept,) = tmp_path.iterdir()
        assert (kept.name, kept.read_bytes()) == ("wrong-tries", bytes([digit]))
        if os.name != "nt":  # which has no modes
            assert kept.stat().st_mode & 0o777 == 0o600


def test_only_a_wrong_passphrase_counts(tmp_path: Path) -> None:
    tries = WrongTries(tmp_path)
    with pytest.raises(StoreError):
        tries.unlock(failing(StoreError("The disk is full.")), "right")
    assert tries.count == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"9"),
        lambda path: path.write_bytes(b"0"),
        lambda path: path.write_bytes(b"12"),
        lambda path: path.write_bytes(os.urandom(1 << 16)),
        lambda path: path.mkdir(),
        pytest.param(lambda path: path.symlink_to("nowhere"), marks=has_pipes),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), marks=has_pipes),
        pytest.param(lambda path: os.mkfifo(path), marks=has_pipes),  # noqa: PLW0108 - Windows has none
    ],
    ids=["nothing", "nine", "nought", "two digits", "noise", "a folder", "a broken link", "a link to no end", "a pipe"],
)
def test_what_nobody_here_wrote_means_the_longest_wait_and_then_the_right_passphrase(
    make: Callable[[Path], object], tmp_path: Path, clock: Clock
) -> None:
    make(tmp_path / "wrong-tries")
    tries = WrongTries(tmp_path, clock)
    assert tries.seconds_left == LONGEST
    clock.now += LONGEST
    be_wrong(tries, 1, clock)
    assert tries.seconds_left == LONGEST
    clock.now += LONGEST
    assert tries.unlock(opening, "right") == "key"
    assert tries.seconds_left == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit to set")
def test_on_a_full_disk_it_counts_on_in_memory(tmp_path: Path, clock: Clock) -> None:
    tries = WrongTries(tmp_path, clock)
    with no_file_longer_than(0):
        be_wrong(tries, 3, clock)
    assert tries.seconds_left == 2
    assert list(tmp_path.iterdir()) == []
    clock.now += 2
    assert tries.unlock(opening, "right") == "key"


def test_however_many_ask_at_once_one_is_tried_at_a_time_and_the_rest_come_too_soon(
    tmp_path: Path, clock: Clock
) -> None:
    tries = WrongTries(tmp_path, clock)
    started = threading.Barrier(8)
    ended: list[type[Exception]] = []

    def ask() -> None:
        started.wait(WAIT)
        try:
            tries.unlock(opening, "wrong")
        except (WrongPassphraseError, TooSoonError) as error:
            ended.append(type(error))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [WrongPassphraseError] * 3 + [TooSoonError] * 5
