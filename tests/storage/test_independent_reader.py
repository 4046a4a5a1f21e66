"""FORMAT.md says enough: a reader written from it alone opens what Fairstart writes, and what it wrote long ago."""

import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

import storage
from storage import database, keys, sealing
from storage.events import STAGES, write_event
from storage.keys import KioskPrivateKey, OfficePrivateKey, recovery_code
from storage.kiosk import Kiosk, NewOffice, hold, set_up
from storage.pool import RESPONSES
from storage.sealing import Response, seal
from storage.settings import Settings

HERE = Path(__file__).parent
VECTORS = HERE / "vectors"
FORMAT = (Path(storage.__path__[0]) / "FORMAT.md").read_text("utf-8")
ANSWERS = [(1, 1, 1, 1), (9, 6, 5, 4), (5, 2, 1, 3), (5, 2, 1, 3), (3, 0, 0, 0)]


def load_reader() -> ModuleType:
    """The reader is a program of its own, so it is loaded by its path rather than as a part of a package."""
    spec = importlib.util.spec_from_file_location("independent_reader", HERE / "independent_reader.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reader = load_reader()


def vector(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((VECTORS / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, passphrase: str) -> Path:
    """A laptop that is kiosk and office at once and holds `ANSWERS`."""
    data = tmp_path_factory.mktemp("kept") / "data"
    set_up(data, passphrase, NewOffice(OfficePrivateKey.generate(), passphrase))
    event = {"name": "Ünï fair", "date": "2026-11-23", "place": "Łódź", "stage": "make-up"}
    with hold(data):
        kiosk = Kiosk.open(data, _settings(event))
        for answers in ANSWERS:
            kiosk.keep(kiosk.seal(Response(answers)))
        kiosk.close()
    return data


def _settings(event: dict[str, str]) -> Settings:
    from storage.settings import parse

    lines = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in event.items())
    return parse(f'[organisation]\nname = "Musterwerk"\n[event]\n{lines}\n', "kiosk.toml")


# The two share nothing


def test_the_reader_uses_neither_the_librarys_hpke_nor_fairstart() -> None:
    imported = re.findall(r"^(?:import|from) (\S+)", (HERE / "independent_reader.py").read_text("utf-8"), re.MULTILINE)
    assert not [name for name in imported if name.startswith(("storage", "content", "tui")) or name.endswith("hpke")]


# What this version writes


def test_a_sealed_response_opens(office: OfficePrivateKey, settings: Settings) -> None:
    event = settings.event_for(office.public.id, "smc-2021")
    sealed = seal(Response((4, 3, 2, 1)), office.public, event)
    fields = json.loads(write_event(event))
    assert reader.open_response(sealed.sealed, office.seed, fields) == (4, 3, 2, 1)
    assert reader.response_id(sealed.sealed) == sealed.id
    assert reader.event_id(fields) == event.id
    assert reader.response_info(fields) == sealing.binding(event)
    with pytest.raises(InvalidTag):
        reader.open_response(sealed.sealed, office.seed, {**fields, "place": "York"})


def test_keys_ids_and_fingerprints_agree() -> None:
    office, kiosk = OfficePrivateKey.generate(), KioskPrivateKey.generate()
    assert reader.office_public(office.seed) == office.public.encoded
    assert reader.kiosk_public(kiosk.seed) == kiosk.public.encoded
    for label, public in ((reader.OFFICE_PUBLIC, office.public), (reader.KIOSK_PUBLIC, kiosk.public)):
        assert reader.unarmour(public.to_file(), label) == public.encoded
        assert reader.key_id(label, public.encoded) == public.id
        assert reader.fingerprint(label, public.encoded) == public.fingerprint


def test_a_recovery_code_gives_the_seed(office: OfficePrivateKey) -> None:
    assert reader.seed_of_recovery_code(" ".join(recovery_code(office.seed))) == office.seed


def test_a_data_folder_gives_back_exactly_its_responses(kept: Path, passphrase: str) -> None:
    seed = reader.unwrap((kept / "office" / "office.key").read_bytes(), reader.OFFICE_PRIVATE, passphrase)
    assert sorted(reader.responses(kept, seed)) == sorted(ANSWERS)


def test_on_a_laptop_that_is_both_the_kiosks_key_is_not_the_offices(kept: Path, passphrase: str) -> None:
    seed = reader.unwrap((kept / "kiosk" / "kiosk.key").read_bytes(), reader.KIOSK_PRIVATE, passphrase)
    with pytest.raises(InvalidTag):
        list(reader.responses(kept, seed))


def test_no_file_of_a_data_folder_holds_a_record(kept: Path) -> None:
    files = [path for path in kept.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"responses.db", "responses.db-journal", "kiosk.key", "event.json"}
    for path in files:
        content = path.read_bytes()
        for answers in ANSWERS:
            record = Response(answers).pack()
            assert record not in content, path.name
            assert record[:5] not in content, path.name


def test_the_pool_holds_sealed_responses_in_their_own_order(kept: Path) -> None:
    (path,) = kept.glob("kiosk/*/responses.db")
    rows = reader.pool(path)
    assert rows == sorted(rows)
    assert [len(row) for row in rows] == [1152] * len(ANSWERS)
    assert not any(path.with_name("responses.db-journal").read_bytes())


# What Fairstart 0.1.0 wrote


def test_the_vectors_of_the_office_key_hold() -> None:
    office = vector("office.json")
    seed, public = bytes.fromhex(office["seed"]), bytes.fromhex(office["public"])
    content = (VECTORS / "data" / "office" / "office.key").read_bytes()
    xwing = reader.XWing.of(seed)
    assert reader.unwrap(content, reader.OFFICE_PRIVATE, office["passphrase"]) == seed
    assert reader.seed_of_recovery_code(office["recovery_code"]) == seed
    assert xwing.mlkem.private_bytes_raw().hex() == office["mlkem_seed"]
    assert xwing.x25519.private_bytes_raw().hex() == office["x25519_private"]
    assert reader.office_public(seed) == public
    receipts = reader.ed25519_of(seed, b"fairstart office receipts 1")
    assert receipts.private_bytes_raw().hex() == office["receipts_private"]
    for folder in ("office", "kiosk"):
        assert reader.unarmour((VECTORS / "data" / folder / "office.pub").read_bytes(), reader.OFFICE_PUBLIC) == public
    assert reader.key_id(reader.OFFICE_PUBLIC, public).hex() == office["id"]
    assert reader.fingerprint(reader.OFFICE_PUBLIC, public) == office["fingerprint"]


def test_the_vectors_of_the_kiosk_key_hold() -> None:
    kiosk = vector("kiosk.json")
    seed, public = bytes.fromhex(kiosk["seed"]), bytes.fromhex(kiosk["public"])
    folder = VECTORS / "data" / "kiosk"
    assert reader.unwrap((folder / "kiosk.key").read_bytes(), reader.KIOSK_PRIVATE, kiosk["passphrase"]) == seed
    assert reader.kiosk_public(seed) == public
    assert reader.unarmour((folder / "kiosk.pub").read_bytes(), reader.KIOSK_PUBLIC) == public
    assert reader.key_id(reader.KIOSK_PUBLIC, public).hex() == kiosk["id"]
    assert reader.fingerprint(reader.KIOSK_PUBLIC, public) == kiosk["fingerprint"]


def test_the_vectors_of_events_and_responses_hold() -> None:
    events = vector("events.json")
    for event in events:
        assert reader.event_id(event["fields"]).hex() == event["id"]
    seed = bytes.fromhex(vector("office.json")["seed"])
    for response in vector("responses.json"):
        sealed, info = bytes.fromhex(response["sealed"]), bytes.fromhex(response["info"])
        record = reader.hpke_open(reader.XWing.of(seed), sealed, info)
        assert info == reader.response_info(events[0]["fields"])
        assert record.hex() == response["record"]
        assert list(reader.codes_of(record)) == response["codes"]
        assert reader.response_id(sealed).hex() == response["id"]


def test_the_data_folder_of_the_vectors_is_read(tmp_path: Path) -> None:
    data = Path(shutil.copytree(VECTORS / "data", tmp_path / "data"))
    seed = bytes.fromhex(vector("office.json")["seed"])
    assert sorted(reader.responses(data, seed)) == sorted(tuple(item["codes"]) for item in vector("responses.json"))


# FORMAT.md says what the code does


def test_the_specification_names_every_label_suite_number_size_and_limit() -> None:
    for label in (keys.OFFICE_PUBLIC, keys.OFFICE_PRIVATE, keys.KIOSK_PUBLIC, keys.KIOSK_PRIVATE):
        assert f"| `{label}` |" in FORMAT
    for value in (keys.ARGON2_MEMORY_KIB, keys._FILE_LIMIT, keys.SEED_SIZE, sealing.SEALED_SIZE, sealing.RECORD_SIZE):
        assert re.search(rf"\b({value}|{value:,})\b", FORMAT), value
    for number in (reader.KEM_XWING, reader.KDF_HKDF_SHA256, reader.AEAD_CHACHA20POLY1305):
        assert f"| 0x{number:04x} |" in FORMAT
    assert f"passes {keys.ARGON2_PASSES}, lanes {keys.ARGON2_LANES}" in FORMAT


def test_the_specification_names_every_pragma_with_its_value() -> None:
    table = dict(re.findall(r"^\| `([a-z_]+)` \| `([A-Z]+)` \|", FORMAT, re.MULTILINE))
    settings = {name: value for name, (value, _) in database.PRAGMAS.items()}
    assert table == {"fullfsync": "ON", **settings}


def test_the_specification_gives_the_schema_of_the_pool() -> None:
    ((_, _, sql),) = RESPONSES.schema
    assert "\n".join("    " + line for line in sql.splitlines()) in FORMAT


def test_the_specification_lists_the_fields_and_stages_of_an_event(kept: Path) -> None:
    (path,) = kept.glob("kiosk/*/event.json")
    section = FORMAT.partition("## 9.")[2].partition("## 10.")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE) == list(json.loads(path.read_text("utf-8")))
    (stages,) = re.findall(r"^\| `stage` \| (.*) \|$", section, re.MULTILINE)
    assert tuple(re.findall(r"`([^`]+)`", stages)) == STAGES


def test_the_specification_lists_every_file_of_a_data_folder(kept: Path) -> None:
    section = FORMAT.partition("## 11.")[2].partition("## 12.")[0]
    (event,) = (path.parent.name for path in kept.glob("kiosk/*/event.json"))
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    written = {path.relative_to(kept).as_posix().replace(event, "<event id>") for path in kept.rglob("*.*")}
    assert written <= listed
    assert listed - written == {"kiosk.toml", "lock"}
