"""An event is its details: the same ones give the same id on every laptop, and any other ones another."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import SettingsError, StoreDamagedError
from storage.events import STAGES, Event, read_event, write_event
from storage.settings import Settings, parse

VECTORS = Path(__file__).parent / "vectors"
EVENT = Event(
    name="Careers café",
    date=dt.date(2026, 11, 23),
    place="Łódź & Leeds",
    stage="functional skills",
    question_set="smc-2021",
    office_key_id=bytes(range(16)),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / EVENT.folder_name
    folder.mkdir()
    (folder / "event.json").write_bytes(write_event(EVENT))
    return folder / "event.json"


def altered(path: Path, **change: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), "utf-8")


def refused(path: Path) -> None:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreDamagedError) as caught:
        read_event(path)
    assert str(path) in caught.value.sentence
    assert (path.read_bytes() if path.is_file() else None) == before


# The id


def test_the_vectors_hold() -> None:
    for item in json.loads((VECTORS / "events.json").read_text("utf-8")):
        assert msgspec.convert(item["fields"], Event).id.hex() == item["id"]


def test_the_id_is_sixteen_bytes_and_names_the_folder() -> None:
    assert len(EVENT.id) == 16
    assert bytes.fromhex(EVENT.folder_name) == EVENT.id


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Careers cafe"},
        {"date": dt.date(2026, 11, 24)},
        {"place": "Leeds"},
        {"stage": "completion"},
        {"question_set": "smc-2022"},
        {"office_key_id": bytes(16)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_other_detail_gives_another_id(change: dict[str, Any]) -> None:
    assert msgspec.structs.replace(EVENT, **change).id != EVENT.id


def test_every_stage_gives_another_id() -> None:
    assert len({msgspec.structs.replace(EVENT, stage=stage).id for stage in STAGES}) == len(STAGES) == 8


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_letters_moved_from_one_detail_to_the_next_give_another_id(a: str, b: str, c: str, d: str) -> None:
    one = msgspec.structs.replace(EVENT, name=a, place=b)
    other = msgspec.structs.replace(EVENT, name=c, place=d)
    assert (one.id == other.id) == ((a, b) == (c, d))


def test_two_laptops_with_the_same_settings_and_office_agree() -> None:
    written = '[organisation]\nname = "Musterwerk"\n[event]\nname = "Fair"\ndate = "2026-11-23"\nplace = "Leeds"\n'
    otherwise = '[event]\nplace = " Leeds "\ndate = 2026-11-23\nname = " Fair "\n[organisation]\nname = "Its friends"\n'
    one, other = (parse(text, "kiosk.toml").event_for(bytes(16), "smc-2021") for text in (written, otherwise))
    assert one.id == other.id


def test_settings_that_name_no_event_say_what_is_missing() -> None:
    with pytest.raises(SettingsError, match=r"organisation\.name, event\.name, event\.date, event\.place"):
        Settings().event_for(bytes(16), "smc-2021")
    with pytest.raises(SettingsError, match=r"leave out event\.place:"):
        parse(
            '[organisation]\nname = "M"\n[event]\nname = "F"\ndate = "2026-11-23"\nplace = "  "\n', "kiosk.toml"
        ).event_for(bytes(16), "smc-2021")


# event.json


def test_an_event_comes_back_as_it_was_written(path: Path) -> None:
    assert read_event(path) == EVENT


def test_the_file_of_the_vectors_is_written_the_same_today() -> None:
    (path,) = VECTORS.glob("data/kiosk/*/event.json")
    assert write_event(read_event(path)) == path.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Another"},
        {"date": "2026-11-24"},
        {"place": "York"},
        {"stage": "outreach"},
        {"question_set": "smc-2022"},
        {"office_key_id": "AAAAAAAAAAAAAAAAAAAAAA=="},
        {"stage": "lunch"},
        {"date": "2026-02-30"},
        {"date": None},
        {"name": 7},
        {"office_key_id": "not base64!"},
        {"time": "10:00"},
    ],
    ids=str,
)
def test_an_altered_event_is_refused_and_left_as_it_is(path: Path, change: dict[str, object]) -> None:
    altered(path, **change)
    refused(path)


@pytest.mark.parametrize("key", ["name", "date", "place", "stage", "question_set", "office_key_id"])
def test_an_event_that_lacks_a_detail_is_refused(path: Path, key: str) -> None:
    fields = json.loads(path.read_text("utf-8"))
    del fields[key]
    path.write_text(json.dumps(fields), "utf-8")
    refused(path)


def test_a_truncated_event_is_refused_at_every_length(path: Path) -> None:
    content = path.read_bytes()
    for length in range(len(content) - 1):
        path.write_bytes(content[:length])
        refused(path)


def test_what_is_no_event_is_refused(path: Path) -> None:
    for content in (b"[]", b"null", b"\xff\xfe", b'{"name": "\xff"}', b"{}" * 40_000, b"[" * 60_000):
        path.write_bytes(content)
        refused(path)


def test_an_event_in_a_folder_of_another_name_is_refused(path: Path, tmp_path: Path) -> None:
    refused(path.parent.rename(tmp_path / ("0" * 32)) / "event.json")


def test_an_oversized_event_is_refused_without_reading_it_all(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" " * 65_536)
    refused(path)


def test_a_missing_event_is_refused(path: Path) -> None:
    path.unlink()
    refused(path)
