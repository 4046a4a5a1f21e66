"""The office knows its laptops by name, and takes nothing more from one that it has revoked."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import create_autospec

import pytest

from storage.crypto.keys import ReplyPublicKey
from storage.events import today
from storage.exchange.exports import write_export
from storage.exchange.forgotten import Request
from storage.exchange.handover import Handed
from storage.office.importing import HandsOver, bring_all, bring_own, find_exports
from storage.office.laptops import NAME_LENGTH, LaptopError, RevokedLaptopError
from storage.progress import unreported
from storage.settings import EventDetails
from tests.storage.counts.people import people
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    Inline,
    event,
    export,
    is_told_as_damage,
    nothing_changes,
    read,
    sealed_for,
    sums,
)

FAIR = event("Spring Fair", "2026-03-02", "Town Hall", "outreach")
START = event("First day", "2026-09-01", "York", "starts")
LOST, OTHER = LAPTOPS[:2]


def test_a_laptop_is_known_by_its_fingerprint_its_name_its_events_and_the_day_it_was_accepted(desk: Desk) -> None:
    for one in (FAIR, START):
        desk.bring(export(one, sealed_for(one, people(2)), LOST))
    desk.office.laptops.rename(LOST.public, "  Blue   one ")
    desk.reopen()
    laptop = desk.office.laptops.known(LOST.public)
    assert laptop is not None
    assert (laptop.name, laptop.accepted, laptop.revoked) == ("Blue one", today(), False)
    assert laptop.events == tuple(sorted((FAIR.id, START.id)))
    assert read(desk.path, "SELECT DISTINCT accepted FROM kiosk") == [(today().isoformat(),)]  # a day and no time
    assert [one.kiosk.fingerprint for one in desk.office.laptops.all()] == sorted(
        one.public.fingerprint for one in LAPTOPS
    )


def test_a_name_that_is_too_long_or_another_laptops_is_refused_and_an_empty_one_takes_it_away(desk: Desk) -> None:
    laptops = desk.office.laptops
    laptops.rename(LOST.public, "Blue one")
    with pytest.raises(LaptopError, match="room for 40 characters"):
        laptops.rename(OTHER.public, "x" * (NAME_LENGTH + 1))
    with pytest.raises(LaptopError, match="Another laptop is called “blue ONE”"):
        laptops.rename(OTHER.public, "blue ONE")
    laptops.rename(LOST.public, "Blue one")
    laptops.rename(OTHER.public, "Red\x1b[2J\u202e one")
    assert max(one.name for one in laptops.all()) == "Red[2J one"
    for laptop in (LOST, OTHER):
        laptops.rename(laptop.public, "")
    assert {one.name for one in laptops.all()} == {""}


def test_a_revoked_laptop_brings_nothing_new_and_what_it_brought_stays(desk: Desk) -> None:
    first = sealed_for(FAIR, people(12))
    desk.bring(export(FAIR, first, LOST))
    tables = desk.everything()
    desk.office.laptops.rename(LOST.public, "Blue one")
    desk.office.laptops.revoke(LOST.public)
    desk.reopen()
    attempts = (
        export(FAIR, first, LOST),
        export(FAIR, [*first, *sealed_for(FAIR, people(20, 12))], LOST),
        export(START, sealed_for(START, people(20)), LOST),
    )
    with nothing_changes(desk):
        for content in attempts:
            with pytest.raises(RevokedLaptopError, match="revoked, “Blue one”, so nothing of it was taken") as caught:
                desk.bring(content)
            assert LOST.public.fingerprint in caught.value.sentence
    assert (desk.everything(), desk.office.check()) == (tables, 12)
    desk.office.laptops.revoke(LOST.public, revoked=False)
    assert desk.bring(attempts[1]).new == 20


def test_neither_accepting_it_again_nor_a_token_nor_being_kiosk_and_office_in_one_takes_a_revoked_laptop_back(
    desk: Desk,
) -> None:
    token = b"a token that no laptop has used!"
    desk.office.sticks.add([EventDetails(name="Spring Fair")], [token])
    desk.office.laptops.revoke(LOST.public)
    desk.office.accept(LOST.public)
    sealed = sealed_for(FAIR, people(3))

    own_laptop = create_autospec(HandsOver)
    own_laptop.to_hand_over.return_value = [(FAIR, sealed)]
    own_laptop.export.return_value = Handed(FAIR, "a name", export(FAIR, sealed, LOST), len(sealed))
    with nothing_changes(desk), pytest.raises(RevokedLaptopError):
        desk.bring(write_export(LOST, OFFICE.public, FAIR, sealed, token))
    assert desk.office.sticks.state(token) == "open"
    with pytest.raises(RevokedLaptopError):
        list(bring_own(own_laptop, LOST, desk.office, Inline(), unreported))
    own_laptop.note_export.assert_not_called()
    assert sums(desk.counts()) == (0, 0, 0, 0, 0)


def test_among_many_exports_that_of_a_revoked_laptop_is_refused_with_its_reason_and_has_no_receipt(
    desk: Desk, tmp_path: Path
) -> None:
    for laptop in (LOST, OTHER):
        name = f"{laptop.public.id.hex()[:8]}.fairstart"
        (tmp_path / name).write_bytes(export(FAIR, sealed_for(FAIR, people(12)), laptop))
    desk.office.laptops.revoke(LOST.public)
    results = list(bring_all(desk.office, find_exports([str(tmp_path)]), Inline(), unreported))
    (refused,) = (one for one in results if one.brought is None)
    assert LOST.public.id.hex()[:8] in refused.name
    assert refused.unknown is None
    assert "that this office has revoked" in refused.problem
    assert [path.stem for path in tmp_path.glob("*.receipt")] == [OTHER.public.id.hex()[:8]]
    assert desk.office.check() == 12


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE kiosk SET accepted = 'yesterday'",
        "UPDATE kiosk SET accepted = '2026-11-23T10:00:00'",
        "UPDATE kiosk SET revoked = 2",
        "UPDATE kiosk SET name = x'00'",
        "UPDATE kiosk SET name = 'a' || char(27) || '[2J'",
        "UPDATE kiosk SET id = zeroblob(16)",
    ],
)
def test_a_laptop_that_was_altered_is_told_as_damage(harm: str, desk: Desk) -> None:
    desk.alter("DELETE FROM kiosk WHERE rowid NOT IN (SELECT rowid FROM kiosk LIMIT 1)")
    desk.alter(harm)
    is_told_as_damage(desk, desk.office.laptops.all, desk.office.check)


def test_a_revoked_laptop_gets_no_new_staff_passphrase(desk: Desk) -> None:
    desk.office.accept(LOST.public)
    desk.office.laptops.revoke(LOST.public)
    asked = Request(ReplyPublicKey(bytes(1216)), LOST)
    with pytest.raises(LaptopError, match="was revoked"):
        desk.office.answer(asked, "quartz lemon harbour tin orbit")
