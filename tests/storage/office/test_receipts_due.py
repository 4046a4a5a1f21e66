"""A receipt that could not be written is owed until it is; nothing is noted of any response."""

import json
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey
from storage.crypto.sealing import Response
from storage.errors import StoreError
from storage.exchange.locations import Site
from storage.office.importing import bring_all, find_exports
from storage.office.receipts_due import FILE_NAME, Owed, ReceiptsDue
from storage.progress import unreported
from tests.storage.office.merging import LAPTOPS, Desk, Inline, event, export, sealed_for

FAIR = event()


def exported(laptop: KioskPrivateKey) -> bytes:
    """An export of twelve people."""
    return export(FAIR, sealed_for(FAIR, [Response((1, 1, 1, 1))] * 12), laptop)


def bring(desk: Desk, place: Path, receipts: Path | None = None) -> list[str]:
    """Bring in all that lies at a place. Returns what was wrong with each."""
    site = Site.at(str(receipts)) if receipts else None
    return [one.problem for one in bring_all(desk.office, find_exports([str(place)]), Inline(), unreported, site)]


def test_a_receipt_that_cannot_be_written_is_owed_until_its_export_is_brought_in_again(
    desk: Desk, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for laptop in LAPTOPS[:2]:
        (stick / f"{laptop.public.id.hex()[:8]}.fairstart").write_bytes(exported(laptop))
    assert all("receipt could not be written" in one for one in bring(desk, stick, tmp_path / "nowhere"))
    noted = desk.path.parent / FILE_NAME
    both = sorted(Owed(FAIR.id, laptop.public.id) for laptop in LAPTOPS[:2])
    assert desk.office.receipts_due.all() == both
    assert len(noted.read_bytes()) < 120, "two pairs of ids, and nothing else"
    assert json.loads(noted.read_text()) == sorted(json.loads(noted.read_text())), "their order tells nothing"
    assert bring(desk, stick) == ["", ""]
    assert desk.office.receipts_due.all() == []
    assert not noted.exists()


def test_nothing_is_written_where_every_receipt_is(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "one.fairstart").write_bytes(exported(LAPTOPS[0]))
    assert bring(desk, tmp_path) == [""]
    assert not (desk.path.parent / FILE_NAME).exists()


@pytest.mark.parametrize("content", [b"", b"[[1, 2]]", b"x" * 40, b'[["AAAA", "AAAA"]]'])
def test_a_list_that_is_damaged_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreError, match="remove that file"):
        ReceiptsDue(tmp_path).all()
