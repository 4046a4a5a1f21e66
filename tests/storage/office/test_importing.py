"""Many files in one import: what they share is opened and counted once, and none holds up the others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import storage.office.decrypting
import storage.office.importing
from storage.crypto.keys import TOKEN_SIZE, KioskPrivateKey, OpeningKey
from storage.crypto.sealing import SEALED_SIZE
from storage.database import SMALL_PAGES
from storage.errors import StoreDamagedError, StoreError
from storage.events import Event
from storage.exchange.exports import write_export
from storage.office.decrypting import Opened
from storage.office.importing import Result, bring_all, find_exports
from storage.progress import unreported
from tests.storage.counts.people import people
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    Inline,
    event,
    export,
    read,
    sealed_for,
    settings_for,
    sums,
)

FAIR = event("Riverside Jobs Fair", "2026-11-23", "Leeds", "outreach")
START = event("First day", "2026-09-01", "York", "starts")


def results_of(desk: Desk, folder: Path, contents: Iterable[bytes]) -> Iterator[Result]:
    """Of an import from a stick with these exports on it."""
    for number, content in enumerate(contents):
        (folder / f"{number}.fairstart").write_bytes(content)
    return bring_all(desk.office, find_exports([str(folder)]), Inline(), unreported)


def test_a_store_that_fails_stops_the_import_and_keeps_what_came_before(
    desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.office.importing, "TOGETHER", 1)
    monkeypatch.setattr(storage.office.importing, "_RECEIPTS_AT_ONCE", 0)
    results = results_of(desk, stick, (export(FAIR, sealed_for(FAIR, people(12, number))) for number in range(3)))
    assert next(results).problem == ""
    desk.office._store.connection.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError):
        next(results)
    desk.office._store.connection.execute("PRAGMA query_only=OFF")
    assert [path.name for path in sorted(stick.glob("*.receipt"))] == ["0.receipt"]
    assert desk.counts().held == 12


def test_of_several_that_would_be_kept_together_one_that_cannot_be_kept_holds_up_none_before_it(
    desk: Desk, stick: Path
) -> None:
    desk.bring_people(START, people(4))
    desk.alter("UPDATE waiting SET tally = zeroblob(144)")
    contents = [
        export(one, sealed_for(one, people(12, number)), LAPTOPS[number])
        for number, one in enumerate([FAIR, FAIR, START, FAIR])
    ]
    with pytest.raises(StoreDamagedError):
        list(results_of(desk, stick, contents))
    assert [path.name for path in sorted(stick.glob("*.receipt"))] == ["0.receipt", "1.receipt"]
    held = read(desk.path, "SELECT count(*) FROM response WHERE event = ?", FAIR.id)
    assert held == [(24,)]


def test_what_several_files_of_one_import_have_in_common_is_opened_and_counted_once(
    desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    original = storage.office.decrypting.open_chunk

    def counted(key: OpeningKey, event: Event, sealed: bytes) -> Opened:
        opened.append(len(sealed) // SEALED_SIZE)
        return original(key, event, sealed)

    monkeypatch.setattr(storage.office.decrypting, "open_chunk", counted)
    everybody = sealed_for(FAIR, people(30))
    parts = (everybody[:12], everybody[8:20], everybody, everybody[:12])
    results = list(results_of(desk, stick, (export(FAIR, *given) for given in zip(parts, LAPTOPS, strict=True))))
    assert [one.brought.new for one in results if one.brought] == [12, 8, 10, 0]
    assert sum(opened) == 30
    assert sums(desk.counts()) == (30, 30, 0, 0, 0)


def test_what_a_refused_file_has_in_common_with_a_later_one_is_taken_from_that(desk: Desk, stick: Path) -> None:
    token, everybody = os.urandom(TOKEN_SIZE), sealed_for(FAIR, people(30))
    prepared = desk.office.sticks.add([settings_for().event], [token])
    stranger, other = (
        KioskPrivateKey(b"one laptop with the same token.."),
        KioskPrivateKey(b"another one with the same token."),
    )
    contents = [
        write_export(stranger, OFFICE.public, FAIR, everybody[:10], token),
        write_export(other, OFFICE.public, FAIR, everybody[5:20], token),
        write_export(LAPTOPS[0], OFFICE.public, FAIR, everybody),
    ]
    first, refused, last = results_of(desk, stick, contents)
    assert first.brought
    assert refused.unknown
    assert "token of another laptop" in refused.problem
    assert last.brought
    assert (first.brought.new, last.brought.new) == (10, 20)
    assert sums(desk.counts()) == (30, 30, 0, 0, 0)
    (found,) = desk.office.sticks.all()
    assert (found.id, found.used) == (prepared, 1)


def test_what_an_export_brings_is_written_to_few_pages_of_a_large_store(desk: Desk) -> None:
    for number in range(30):
        other = event(f"Event {number}", "2026-11-23", "Leeds", "outreach")
        desk.bring(export(other, sealed_for(other, people(40, number))))
    before = desk.path.read_bytes()
    sealed = sealed_for(FAIR, people(200))
    desk.bring(export(FAIR, sealed))
    after = desk.path.read_bytes()
    pages = range(0, len(before), SMALL_PAGES)
    changed = sum(before[at : at + SMALL_PAGES] != after[at : at + SMALL_PAGES] for at in pages)
    assert changed < len(sealed) / 4, "each on a page of its own would be as many as there are"
