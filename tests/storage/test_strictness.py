"""What FORMAT.md says is refused, is refused: each file has one form, so that two readers never differ."""

import base64
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto.armour import armour, unarmour
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.data_folder import hold
from storage.errors import ExportError, InUseError
from storage.events import parse_event, write_event
from storage.exchange import exports
from storage.exchange.exports import open_export, write_export
from storage.exchange.locations import Site
from storage.progress import unreported
from storage.settings import Settings
from tests.storage.disk import failing

LABEL = "FAIRSTART KIOSK PUBLIC KEY 1"


@given(st.binary(min_size=1, max_size=40))
def test_base64_has_one_form(payload: bytes) -> None:
    whole = armour(LABEL, payload)
    assert unarmour(whole, LABEL, len(payload)) == payload
    body = b"".join(whole.split(b"\n")[1:])
    spare = {0: b"", 1: b"QEIMUYcgkosw048", 2: b"QgwAEIMUYcko8"}[body.count(b"=")]
    last = len(body.rstrip(b"=")) - 1
    others = [body[:last] + bytes((letter,)) + body[last + 1 :] for letter in spare if letter != body[last]]
    others = [other for other in others if base64.b64decode(other) == base64.b64decode(body)]
    for other in (*others, body + b"=", body + b"====", body.rstrip(b"=") + b"!"):
        with pytest.raises(ValueError, match=r"."):
            unarmour(LABEL.encode() + b"\n" + other + b"\n", LABEL, len(payload))


@pytest.fixture
def described(settings: Settings) -> bytes:
    return write_event(settings.event_for(bytes(15) + b"\x01", "smc-2021"))


@pytest.mark.parametrize("key", ["name", "date", "place", "stage", "question_set", "office_key_id"])
def test_an_event_with_a_key_twice_is_refused_whichever_comes_last(key: str, described: bytes) -> None:
    value = json.loads(described)[key]
    for other in (value, "2026-01-01" if key == "date" else "outreach" if key == "stage" else value[:-4] + "AQ=="):
        twice = described.rstrip()[:-1] + f', "{key}": {json.dumps(other)}}}'.encode()
        with pytest.raises(ValueError, match=r"."):
            parse_event(twice)
    assert parse_event(described.replace(b"Leeds", b'Le: \\" {eds"'[:-1])).place == 'Le: " {eds'


@pytest.mark.parametrize(
    ("was", "now"),
    [(b"Leeds", b"\xed\xa0\x80"), (b"AQ==", b"AR==")],
)
def test_an_event_in_another_form_is_refused(was: bytes, now: bytes, described: bytes) -> None:
    parse_event(described)
    assert was in described
    with pytest.raises(ValueError, match=r"."):
        parse_event(described.replace(was, now, 1))


def test_an_export_that_is_larger_than_it_needs_to_be_is_refused(
    own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = settings.event_for(office.public.id, "smc-2021")
    open_export(write_export(own, office.public, event, []), office)
    monkeypatch.setattr(exports, "SMALLEST_EXPORT", 2 * exports.SMALLEST_EXPORT)
    larger = write_export(own, office.public, event, [])
    monkeypatch.undo()
    with pytest.raises(ExportError, match="cut short or damaged"):
        open_export(larger, office)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_what_is_put_somewhere_is_never_for_everybody_to_write(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Site.at(str(tmp_path)).put("file", b"content", unreported)
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o022 == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows locks in another way")
def test_a_lock_that_cannot_be_taken_is_told_with_its_true_reason_and_none_weaker_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(InUseError, match=r"lock \(Is a directory\)"), hold(tmp_path):
        pass
    (tmp_path / "lock").rmdir()

    monkeypatch.setattr("fcntl.flock", failing(OSError(38, "Function not implemented")))
    with pytest.raises(InUseError, match="Function not implemented"), hold(tmp_path):
        pass
    assert not list(recwarn)
