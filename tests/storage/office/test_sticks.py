"""Tokens of sticks: the office accepts one laptop with each, by an export that it takes, and nobody else."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey
from storage.crypto.sealing import SealedResponse
from storage.errors import ExportError
from storage.exchange.exports import write_export
from storage.exchange.stick import FOLDER, new_folder, new_tokens
from storage.office.office import Brought, UnknownKioskError
from storage.settings import EventDetails
from tests.storage.counts.people import people
from tests.storage.killed import killed_everywhere
from tests.storage.kiosk.crashes import random_responses
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    Inline,
    event,
    is_told_as_damage,
    sealed_for,
    settings_for,
)

FAIR = settings_for().event


@pytest.fixture
def desk(memory_folder: Path) -> Iterator[Desk]:
    opened = Desk.at(memory_folder / "data", [])
    with contextlib.closing(opened):
        yield opened


def bring(
    desk: Desk, laptop: KioskPrivateKey, token: bytes = b"", sealed: list[SealedResponse] | None = None
) -> Brought:
    return desk.office.bring(write_export(laptop, OFFICE.public, event(), sealed or [], token), Inline())


def refused(desk: Desk, laptop: KioskPrivateKey, token: bytes = b"") -> str:
    with pytest.raises(UnknownKioskError) as caught:
        bring(desk, laptop, token)
    assert laptop.public.fingerprint in caught.value.sentence
    assert desk.office.laptops.known(laptop.public) is None
    return caught.value.sentence


def test_each_token_lets_one_laptop_in_and_it_stays_known(desk: Desk) -> None:
    tokens = new_tokens(2)
    stick = desk.office.sticks.add([FAIR], tokens)
    for laptop, token in zip(LAPTOPS, tokens, strict=False):
        bring(desk, laptop, token)
    desk.reopen()
    for laptop, token in zip(LAPTOPS, tokens, strict=False):
        bring(desk, laptop, token)
        bring(desk, laptop)
    (found,) = desk.office.sticks.all()
    assert (found.id, found.events, found.recalled, found.laptops, found.used) == (stick, (FAIR,), False, 2, 2)
    desk.office.check()


def test_a_stick_for_several_events_says_which(desk: Desk) -> None:
    desk.office.sticks.add([FAIR, EventDetails(name="Next")], new_tokens(1))
    (found,) = desk.office.sticks.all()
    assert [one.name for one in found.events] == [FAIR.name, "Next"]


def test_a_token_that_was_used_or_recalled_lets_no_other_laptop_in(desk: Desk) -> None:
    used, left = new_tokens(2)
    stick = desk.office.sticks.add([FAIR], [used, left])
    bring(desk, LAPTOPS[0], used)
    assert "with the token of another laptop" in refused(desk, LAPTOPS[1], used)
    desk.office.sticks.recall(stick)
    assert "with a token that was recalled" in refused(desk, LAPTOPS[1], left)
    assert "token" not in refused(desk, LAPTOPS[1])
    assert "token" not in refused(desk, LAPTOPS[1], new_tokens(1)[0])
    bring(desk, LAPTOPS[0], used)  # which was let in before
    desk.office.accept(LAPTOPS[1].public)  # by eye
    bring(desk, LAPTOPS[1], left)


def test_an_export_that_is_refused_uses_no_token(desk: Desk) -> None:
    (token,) = new_tokens(1)
    desk.office.sticks.add([FAIR], [token])
    with pytest.raises(ExportError, match="No response in this export opens"):
        bring(desk, LAPTOPS[0], token, random_responses(3))
    assert desk.office.laptops.all() == []
    bring(desk, LAPTOPS[1], token, sealed_for(event(), people(3)))
    assert [one.kiosk for one in desk.office.laptops.all()] == [LAPTOPS[1].public]


def test_a_stick_killed_anywhere_is_there_whole_and_its_tokens_known_or_it_is_not_there(memory_folder: Path) -> None:
    def begin(number: int) -> Path:
        folder = memory_folder / str(number)
        Desk.at(folder, []).office.close()
        return folder

    def work(folder: Path) -> None:
        opened, tokens = Desk.at(folder, []), new_tokens(1)

        def noted() -> None:
            (folder / "note").touch()
            opened.office.sticks.add([FAIR], tokens)

        with contextlib.closing(opened.office), new_folder(folder / "STICK", noted) as stick:
            (stick / "deploy").mkdir()
            (stick / "deploy" / "token").write_bytes(tokens[0])

    for folder in killed_everywhere(begin, work):
        final = folder / "STICK" / FOLDER
        if not final.exists():
            work(folder)
        assert [path.name for path in (folder / "STICK").iterdir()] == [FOLDER]
        with contextlib.closing(Desk.at(folder, []).office) as office:
            assert office.sticks.state((final / "deploy" / "token").read_bytes()) == "open"


def test_no_token_can_be_read_from_the_offices_files(desk: Desk) -> None:
    tokens = new_tokens(3)
    desk.office.sticks.add([FAIR], tokens)
    bring(desk, LAPTOPS[0], tokens[0])
    desk.office.close()
    for path in desk.path.parent.iterdir():
        assert not [token for token in tokens if token in path.read_bytes()]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE stick SET recalled = 2",
        "UPDATE stick SET event = '{}x'",
        "UPDATE stick SET event = '[]'",
        "UPDATE token SET digest = x'00'",
        "UPDATE token SET kiosk = x'00'",
        "DELETE FROM stick",
    ],
)
def test_a_stick_that_is_not_as_it_was_noted_is_told(desk: Desk, sql: str) -> None:
    desk.office.sticks.add([EventDetails(name="Fair")], new_tokens(1))
    desk.alter(sql)
    is_told_as_damage(desk, desk.office.check)
