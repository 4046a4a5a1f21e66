"""Whatever is in a file that comes from elsewhere, its parser refuses it with its one plain error, quickly and small.

The files in `corpus/` were made by hand or found by `fuzz.py`; here they and mutations of them go to its targets.
"""

import io
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import events
from storage.crypto import armour
from storage.crypto.keys import KioskPublicKey, OfficePublicKey
from storage.crypto.sealing import SEALED_SIZE
from storage.errors import ExportError, KeyFileError, PlaceError, ReceiptError, SettingsError, StoreDamagedError
from storage.exchange import exports
from storage.exchange.exports import EXPORT_LIMIT, open_export
from storage.exchange.locations import Site
from storage.exchange.receipts import read_receipt
from storage.settings import find_settings
from tests.storage import fuzz
from tests.storage.disk import failing
from tests.storage.fuzz import CORPUS, EVENT, HELD, KIOSK, OFFICE, TARGETS, body_of, counted, sealed_export
from tests.storage.kiosk.crashes import keeper_environment


def corpus() -> Iterator[object]:
    for target in TARGETS:
        for path in sorted((CORPUS / target).iterdir()):
            yield pytest.param(target, path, id=f"{target}: {path.name}")


# The corpus


@pytest.mark.parametrize(("target", "path"), list(corpus()))
def test_no_file_of_the_corpus_gets_more_than_the_one_plain_error(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())


def test_every_target_has_a_corpus_and_all_of_it_is_small() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert len(files) <= 62
    assert sum(path.stat().st_size for path in files) < 300_000


@pytest.mark.parametrize(
    ("target", "parser"),
    [
        ("export", "open_export"),
        ("export-inside", "open_export"),
        ("receipt", "read_receipt"),
        ("key", "secret_of_code"),
        ("event", "parse_event"),
    ],
)
def test_a_target_notices_another_error_than_its_own(target: str, parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = {"export-inside": "two-responses", "key": "office-public", "export": "empty"}.get(target, "right")
    content = (CORPUS / target / sound).read_bytes()
    TARGETS[target](content)
    monkeypatch.setattr(fuzz, parser, failing(KeyError))
    with pytest.raises(KeyError):
        TARGETS[target](content)


def test_a_target_notices_a_sentence_that_would_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        error = ExportError("")
        error.sentence = "Look: \x1b[2J"  # which its making would have made safe
        raise error

    monkeypatch.setattr(fuzz, "open_export", fails)
    with pytest.raises(AssertionError, match="what cannot be printed"):
        TARGETS["export"](b"")


# Mutations

SEEDS = {target: [path.read_bytes() for path in sorted((CORPUS / target).iterdir())] for target in TARGETS}
AWKWARD = [
    b"\0",
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\x1b[2J",
    "\u202e".encode(),
    b"\\ud800",
    b"\\u0000",
    b'"',
    b"[" * 1200,
    b"9" * 400,
    b"=",
    b"\n",
    b"\r",
    b"NaN",
    b"1e999",
]


@st.composite
def mutated(draw: st.DrawFn, target: str) -> bytes:
    """A file of the corpus with a few pieces replaced, put in, left out or repeated."""
    content = draw(st.sampled_from(SEEDS[target]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        stop = draw(st.integers(start, min(len(content), start + 40)))
        other = draw(st.sampled_from(SEEDS[target]))
        place = draw(st.integers(0, len(other)))
        piece = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(AWKWARD),
                st.just(content[start:stop] * 2),
                st.just(other[place : place + 60]),
            )
        )
        content = content[:start] + piece + content[stop:]
    return content


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "settings"])
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
@pytest.mark.sampled
def test_no_mutation_gets_more_than_the_one_plain_error(target: str, data: st.DataObject) -> None:
    TARGETS[target](data.draw(mutated(target)))


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(content=mutated("settings").filter(lambda content: b"`$" not in content))
def test_no_mutated_settings_get_more_than_the_one_plain_error(content: bytes) -> None:
    TARGETS["settings"](content)


TEXT = st.one_of(
    st.text(max_size=12), st.sampled_from(["x" * 240, "x" * 241, "\x1b[2J", "\u202e", "\u2028", "é" * 240])
)
VALUES = st.recursive(
    st.one_of(TEXT, st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([EVENT.name, "2026-11-23"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=4,
)


@settings(max_examples=150)
@given(data=st.data())
def test_an_event_with_any_value_in_any_place_is_read_whole_or_refused(data: st.DataObject) -> None:
    """Built from JSON's own parts, which bytes at random seldom are; alone, and signed and sealed in an export."""
    fields = json.loads(events.write_event(EVENT))
    keys = st.one_of(st.sampled_from(sorted(fields)), TEXT)
    fields |= data.draw(st.dictionaries(keys, st.one_of(TEXT, VALUES), max_size=3))
    content = json.dumps(fields, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "replace")
    TARGETS["event"](content)
    TARGETS["export-inside"](b"\1" + content)


@settings(max_examples=60)
@given(junk=st.binary(max_size=200), before=st.integers(0, 128))
def test_a_receipt_of_any_payload_with_a_right_checksum_is_refused(junk: bytes, before: int) -> None:
    right = read_receipt((CORPUS / "receipt" / "right").read_bytes()[1:])
    payload = (right.kiosk_id + right.event_id + right.digest + right.signature)[:before] + junk
    TARGETS["receipt"](b"\1" + payload)


# Sizes are looked at before anything is read or made


@contextmanager
def at_most(megabytes: float) -> Iterator[None]:
    """Fails if more memory than that is taken, at any moment within. What is raised within is to be caught within."""
    tracemalloc.start()
    try:
        yield
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < megabytes * 1e6, f"{most / 1e6:.1f} MB were taken"


def body_claiming(*, event_length: int | None = None, rows: int | None = None) -> bytes:
    described = events.write_event(EVENT)
    length = len(described) if event_length is None else event_length
    number = len(HELD) if rows is None else rows
    return b"".join(
        (
            counted(length, described),
            bytes(32),
            counted(number, b"".join(one.sealed for one in HELD)),
        )
    )


BILLIONS = [
    body_claiming(rows=(1 << 32) - 1),
    body_claiming(rows=1 << 31),
    body_claiming(rows=EXPORT_LIMIT // SEALED_SIZE),
    body_claiming(event_length=(1 << 32) - 1),
    body_claiming(event_length=1 << 31),
]


@pytest.mark.parametrize("body", BILLIONS, ids=["rows", "half", "most", "event", "half of it"])
def test_an_export_that_claims_billions_takes_no_more_memory_than_its_own_size(body: bytes) -> None:
    content = sealed_export(body)
    with at_most(3 * len(content) / 1e6), pytest.raises(ExportError):
        open_export(content, OFFICE)
    with at_most(0.1), pytest.raises(ExportError):
        exports._read_body(body, 0)


def test_the_memory_check_notices_what_is_taken() -> None:
    with pytest.raises(AssertionError, match="MB were taken"), at_most(1):
        bytearray(2_000_000)


@pytest.fixture
def sparse(tmp_path: Path) -> Path:
    """A file of 200 MB that takes no room on the disk and begins like an export."""
    path = tmp_path / "fairstart-0123456789abcdef.fairstart"
    with path.open("wb") as file:
        file.write(b"fairstart export 1\n")
        file.truncate(200_000_000)
    return path


def test_a_file_of_200_megabytes_is_not_read_as_an_export(sparse: Path) -> None:
    (found,) = Site.at(str(sparse.parent)).files(".fairstart")
    with at_most(1), pytest.raises(PlaceError, match="far too large"):
        found.read(EXPORT_LIMIT)


def test_a_file_that_grows_after_its_size_was_looked_at_is_not_read_to_its_end(
    sparse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site.at(str(sparse.parent))
    (found,) = site.files(".fairstart")
    monkeypatch.setattr(type(site._system), "size", lambda *_: 100)
    with at_most(4), pytest.raises(PlaceError, match="far too large"):
        found.read(1_000_000)


def test_content_of_a_size_that_no_export_has_is_refused_without_a_copy(sparse: Path) -> None:
    content = sparse.read_bytes()
    with at_most(0.1), pytest.raises(ExportError):
        open_export(content, OFFICE)
    receipt = b"FAIRSTART RECEIPT 1\n".ljust(armour.ARMOUR_LIMIT + 1, b"A")  # as much as is read of one
    with at_most(0.1), pytest.raises(ReceiptError, match="not a receipt"):
        read_receipt(receipt)


READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "office.pub": (OfficePublicKey.from_file, KeyFileError),
    "kiosk.pub": (KioskPublicKey.from_file, KeyFileError),
    "event.json": (events.read_event, StoreDamagedError),
    "kiosk.toml": (lambda path: find_settings(path, path.parent, path.parent), SettingsError),
}


@pytest.mark.parametrize("name", READERS)
def test_a_file_of_200_megabytes_in_the_place_of_a_small_one_is_not_read(name: str, sparse: Path) -> None:
    read, error = READERS[name]
    path = sparse.rename(sparse.with_name(name))
    with at_most(1), pytest.raises(error):
        read(path)


def test_no_more_is_asked_of_a_file_than_one_byte_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(size)
            return bytes(size or 0)

    monkeypatch.setattr(Path, "open", lambda *_: Endless())
    with pytest.raises(KeyFileError):
        KioskPublicKey.from_file(Path("kiosk.pub"))
    assert asked == [armour.ARMOUR_LIMIT + 1]


# The harness


def test_the_harness_says_what_it_needs_where_atheris_is_missing(tmp_path: Path) -> None:
    (tmp_path / "atheris.py").write_text("raise ImportError", "ascii")
    environment = keeper_environment()
    root = str(Path(__file__).parents[2])
    environment["PYTHONPATH"] = os.pathsep.join((str(tmp_path), environment["PYTHONPATH"], root))
    told = subprocess.run(
        [sys.executable, "-m", "tests.storage.fuzz", "event", "--seconds", "1"],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert told.returncode == 1
    assert told.stderr.strip().endswith('run "pip install atheris", then try again.')
    assert "Traceback" not in told.stderr


def test_the_exports_that_are_fuzzed_are_ones_that_open() -> None:
    body = body_of(events.write_event(EVENT), b"".join(one.sealed for one in HELD))
    opened = open_export(sealed_export(body), OFFICE)
    assert (opened.kiosk, opened.event, list(opened.sealed)) == (KIOSK.public, EVENT, HELD)
