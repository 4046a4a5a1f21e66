"""FORMAT.md says enough: a reader written from it alone opens what Fairstart writes, and what it wrote long ago."""

import hashlib
import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag

import content.survey
import storage.folder
import storage.kiosk
from content.survey import load_survey
from storage import armour, database, exports, keys, sealing, tally
from storage.errors import ReceiptError
from storage.events import STAGES, Event, parse_event, write_event
from storage.exports import check_receipt, file_stem, open_export, read_receipt, write_export, write_receipt
from storage.folder import hold
from storage.keys import KioskPrivateKey, OfficePrivateKey, TallyPrivateKey, recovery_code
from storage.kiosk import Handed, Kiosk, NewOffice, set_up
from storage.office import Office
from storage.pool import BATCHES, RESPONSES, Kind
from storage.sealing import Response, SealedResponse, seal
from storage.settings import Settings, parse
from storage.tally import Batch, BatchOpener, SealedBatch, Tally, batch_binding, seal_batch

HERE = Path(__file__).parent
VECTORS = HERE / "vectors"
FORMAT = (Path(storage.__path__[0]) / "FORMAT.md").read_text("utf-8")
ANSWERS = [(1, 1, 1, 1), (9, 6, 5, 4), (5, 2, 1, 3), (5, 2, 1, 3), (3, 0, 0, 0)]
MANY = [(1 + place % 9, 1 + place % 6, 1 + place % 5, 1 + place % 4) for place in range(37)]
"""For the counts: batches of 10, 10 and, at the end, 15. Two are left over."""


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


@pytest.fixture
def quickly() -> None:
    """Not here: the reader has Argon2id of its own."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, passphrase: str) -> Path:
    """A laptop that is kiosk and office at once and holds `ANSWERS`."""
    data = tmp_path_factory.mktemp("kept") / "data"
    set_up(data, passphrase, NewOffice(OfficePrivateKey.generate(), passphrase))
    with hold(data):
        kiosk = Kiosk.open(data, _settings(EVENT))
        for answers in ANSWERS:
            kiosk.keep(kiosk.seal(Response(answers)))
        kiosk.close()
    return data


@pytest.fixture(scope="module")
def counted(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same laptop after another event, in which `MANY` answered all questions and then fifteen the key question."""
    data = Path(shutil.copytree(kept, tmp_path_factory.mktemp("counted") / "data"))
    with hold(data):
        for name, questions, everyone in (
            ("Long", "all", MANY),
            ("Short", "key", [(answers[0], 0, 0, 0) for answers in MANY[:15]]),
            ("Going on", "all", MANY[:20]),
        ):
            kiosk = Kiosk.open(data, _settings({**EVENT, "name": name}, questions))
            for answers in everyone:
                response = Response(answers)
                kiosk.keep(kiosk.seal(response))
                kiosk.count(response)
            if name != "Going on":
                kiosk.end_event()
                kiosk.note_export(Handed(kiosk.event, "", b"", kiosk.held()))
            kiosk.close()
        Office.open(data, OfficePrivateKey.generate()).close()
    return data


@pytest.fixture(scope="module")
def kiosk_seed(kept: Path, passphrase: str) -> bytes:
    seed: bytes = reader.unwrap((kept / "kiosk" / "kiosk.key").read_bytes(), reader.KIOSK_PRIVATE, passphrase)
    return seed


EVENT = {"name": "Ünï fair", "date": "2026-11-23", "place": "Łódź", "stage": "make-up"}


def _settings(event: dict[str, str], questions: str = "all") -> Settings:
    lines = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in event.items())
    return parse(
        f'[organisation]\nname = "Musterwerk"\n[event]\n{lines}\n[survey]\nquestions = "{questions}"\n', "kiosk.toml"
    )


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
    assert reader.tally_seed(kiosk.seed) == kiosk.tally.seed
    assert reader.XWing.of(kiosk.tally.seed).public == kiosk.tally.public.encoded
    for label, public in (
        (reader.OFFICE_PUBLIC, office.public),
        (reader.KIOSK_PUBLIC, kiosk.public),
        (reader.TALLY_PUBLIC, kiosk.tally.public),
    ):
        assert reader.unarmour(public.to_file(), label) == public.encoded
        assert reader.key_id(label, public.encoded) == public.id
    for label, named in ((reader.OFFICE_PUBLIC, office.public), (reader.KIOSK_PUBLIC, kiosk.public)):
        assert reader.fingerprint(label, named.encoded) == named.fingerprint


def test_a_recovery_code_gives_the_seed(office: OfficePrivateKey) -> None:
    assert reader.seed_of_recovery_code(" ".join(recovery_code(office.seed))) == office.seed


def test_a_data_folder_gives_back_exactly_its_responses(kept: Path, passphrase: str) -> None:
    seed = reader.unwrap((kept / "office" / "office.key").read_bytes(), reader.OFFICE_PRIVATE, passphrase)
    assert sorted(reader.responses(kept, seed)) == sorted(ANSWERS)


def test_on_a_laptop_that_is_both_the_kiosks_keys_are_not_the_offices(kept: Path, kiosk_seed: bytes) -> None:
    for seed in (kiosk_seed, reader.tally_seed(kiosk_seed)):
        with pytest.raises(InvalidTag):
            list(reader.responses(kept, seed))


def counts_by_hand(everyone: list[tuple[int, int, int, int]]) -> tuple[int, dict[str, dict[str, int]]]:
    """People, and how many gave each answer, with nothing of `storage.tally`."""
    counts = {}
    for place, question in enumerate(load_survey().questions):
        categories = [question.category_of(answers[place]) for answers in everyone if answers[place]]
        if categories:
            counts[question.id] = {known.id: categories.count(known.id) for known in question.categories}
    return len(everyone), counts


def test_a_data_folder_gives_back_exactly_its_batches(counted: Path, kiosk_seed: bytes) -> None:
    found = list(reader.batches(counted, reader.tally_seed(kiosk_seed)))
    short = [(answers[0], 0, 0, 0) for answers in MANY[:15]]
    expected = [counts_by_hand(part) for part in (MANY[:10], MANY[10:20], MANY[20:35], short, MANY[:10])]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert sorted(reader.ended(counted)) == ["Long", "Short"]


def test_neither_the_offices_key_nor_the_kiosks_signing_key_opens_a_batch(
    counted: Path, kiosk_seed: bytes, passphrase: str
) -> None:
    office_seed = reader.unwrap((counted / "office" / "office.key").read_bytes(), reader.OFFICE_PRIVATE, passphrase)
    rows = 0
    for folder, fields in reader.events(counted):
        for sealed in reader.pool(folder / "batches.db", "batch"):
            rows += 1
            for seed in (office_seed, kiosk_seed):
                with pytest.raises(InvalidTag):
                    reader.open_batch(sealed, seed, fields)
                with pytest.raises(ValueError, match="another kiosk's"):
                    list(reader.batches(counted, seed))
    assert rows == 5


def test_a_sealed_batch_opens(own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings) -> None:
    event = settings.event_for(office.public.id, "smc-2021")
    batch = Batch(15, Tally.total(Tally.of(Response(answers)) for answers in MANY[:15]))
    sealed = seal_batch(batch, own.tally.public, event).sealed
    fields = json.loads(write_event(event))
    assert reader.open_batch(sealed, own.tally.seed, fields) == counts_by_hand(MANY[:15])
    assert reader.batch_info(fields, own.tally.public.id) == batch_binding(own.tally.public, event)
    with pytest.raises(InvalidTag):
        reader.open_batch(sealed, own.tally.seed, {**fields, "place": "York"})


def test_no_file_of_a_data_folder_holds_the_record_of_a_batch(counted: Path) -> None:
    """Nor that of five people, had it one."""
    for path in (path for path in counted.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for size in (10, 15):
            for start in range(0, len(MANY) - size, 5):
                record = Batch(size, Tally.total(Tally.of(Response(one)) for one in MANY[start : start + size])).pack()
                assert record[1:9] not in content, path.name
        for start in range(0, len(MANY) - 5, 5):
            _, counts = counts_by_hand(MANY[start : start + 5])
            numbers = [bytes(part.values()) for part in counts.values()]
            assert b"".join(part.ljust(7, b"\0") for part in numbers) not in content, path.name
            assert b"".join(numbers) not in content, path.name


def test_the_counts_are_sealed_batches_in_their_own_order(counted: Path) -> None:
    paths = list(counted.glob("kiosk/*/batches.db"))
    assert len(paths) == 4
    for path in paths:
        rows = reader.pool(path, "batch")
        assert rows == sorted(rows)
        assert {len(row) for row in rows} <= {1168}
        assert not any(path.with_name("batches.db-journal").read_bytes())


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


@pytest.mark.parametrize("count", [0, 1, 5, 300])
def test_an_export_and_its_receipt_are_read_and_mean_the_same(
    count: int, own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings
) -> None:
    event = settings.event_for(office.public.id, "smc-2021")
    fields = json.loads(write_event(event))
    held = [seal(Response((1, 1, 1, 1)), office.public, event) for _ in range(count)]
    everyone = MANY[: count // 10 * 10][:20]
    released = [everyone[start : start + 10] for start in range(0, len(everyone), 10)]
    batches = {
        bytes([place]) * 16: Batch(10, Tally.total(Tally.of(Response(answers)) for answers in part))
        for place, part in enumerate(released)
    }
    content = write_export(own, office.public, event, held, batches)
    found, opened = reader.open_export(content, office.seed), open_export(content, office)
    assert found.kiosk_public == own.public.encoded == opened.kiosk.encoded
    assert found.fields == fields
    assert opened.event == event
    assert found.secret == reader.receipt_secret(own.seed, fields) == opened.secret
    assert opened.batches == batches
    assert found.batches == {(bytes([place]) * 16).hex(): counts_by_hand(part) for place, part in enumerate(released)}
    assert list(found.sealed) == sorted(one.sealed for one in held) == [one.sealed for one in opened.sealed]
    assert all(reader.open_response(sealed, office.seed, fields) == (1, 1, 1, 1) for sealed in found.sealed[:3])
    assert reader.hand_over_stem(own.public.id, fields) == file_stem(own.public, event)
    receipt = write_receipt(opened, office)
    public = office.public.encoded
    assert reader.receipt_covers(receipt, public, own.seed, fields, found.sealed)
    assert read_receipt(receipt).digest == reader.receipt_digest(found.secret, found.sealed)
    (other,) = [seal(Response((2, 2, 2, 2)), office.public, event)]
    for others in ([*held, other], held[:-1] or [other]):
        assert not reader.receipt_covers(receipt, public, own.seed, fields, [one.sealed for one in others])
        with pytest.raises(ReceiptError):
            check_receipt(read_receipt(receipt), own, office.public, event, others)
    stranger = OfficePrivateKey.generate()
    with pytest.raises(InvalidSignature):
        reader.receipt_covers(receipt, stranger.public.encoded, own.seed, fields, found.sealed)
    with pytest.raises(InvalidTag):
        reader.open_export(content, stranger.seed)


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


def test_the_vectors_of_the_tally_key_hold() -> None:
    tallies = vector("tally.json")
    seed, public = bytes.fromhex(tallies["seed"]), bytes.fromhex(tallies["public"])
    xwing = reader.XWing.of(seed)
    assert reader.tally_seed(bytes.fromhex(vector("kiosk.json")["seed"])) == seed
    assert xwing.mlkem.private_bytes_raw().hex() == tallies["mlkem_seed"]
    assert xwing.x25519.private_bytes_raw().hex() == tallies["x25519_private"]
    assert xwing.public == public
    assert reader.unarmour(tallies["tally.pub"].encode("ascii"), reader.TALLY_PUBLIC) == public
    assert reader.key_id(reader.TALLY_PUBLIC, public).hex() == tallies["id"]
    own = KioskPrivateKey(bytes.fromhex(vector("kiosk.json")["seed"])).tally
    assert (own.seed, own.public.encoded, own.public.id.hex()) == (seed, public, tallies["id"])
    assert own.public.to_file() == tallies["tally.pub"].encode("ascii")


def test_the_vectors_of_batches_hold(tmp_path: Path) -> None:
    tallies = vector("tally.json")
    seed, key_id = bytes.fromhex(tallies["seed"]), bytes.fromhex(tallies["id"])
    fields = {event["id"]: event["fields"] for event in vector("events.json")}
    own = TallyPrivateKey(seed)
    assert [(batch["people"], list(batch["counts"])) for batch in tallies["batches"]] == [
        (10, ["occupation", "school", "meals", "degree"]),
        (15, ["occupation"]),
    ]
    for batch in tallies["batches"]:
        event = fields[batch["event"]]
        sealed, info = bytes.fromhex(batch["sealed"]), bytes.fromhex(batch["info"])
        expected = batch["people"], batch["counts"]
        assert counts_by_hand([tuple(codes) for codes in batch["codes"]]) == expected
        assert info == reader.batch_info(event, key_id)
        record = reader.hpke_open(reader.XWing.of(seed), sealed, info)
        assert record.hex() == batch["record"]
        assert reader.counts_of(record) == reader.open_batch(sealed, seed, event) == expected
        opened = BatchOpener(own, msgspec.convert(event, Event)).open(SealedBatch(sealed))
        assert opened == Batch(batch["people"], Tally(batch["counts"]))
        assert opened == Batch(
            len(batch["codes"]), Tally.total(Tally.of(Response(tuple(codes))) for codes in batch["codes"])
        )
        assert opened.pack() == record
        assert batch_binding(own.public, msgspec.convert(event, Event)) == info


def test_the_vectors_of_exports_and_receipts_hold_for_both_readers() -> None:
    office = OfficePrivateKey(bytes.fromhex(vector("office.json")["seed"]))
    own = KioskPrivateKey(bytes.fromhex(vector("kiosk.json")["seed"]))
    fields = {event["id"]: event["fields"] for event in vector("events.json")}
    answers = {response["id"]: (response["sealed"], response["codes"]) for response in vector("responses.json")}
    assert [len(one["responses"]) for one in vector("exports.json")] == [0, 3]
    for one in vector("exports.json"):
        content, receipt = ((VECTORS / one[name]).read_bytes() for name in ("export", "receipt"))
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["size"], one["sha256"])
        assert hashlib.sha256(receipt).hexdigest() == one["receipt_sha256"]
        described = fields[one["event"]]
        sealed = sorted(bytes.fromhex(answers[each][0]) for each in one["responses"])

        batches = {number: tuple(batch) for number, batch in one["batches"].items()}
        found = reader.open_export(content, office.seed)
        assert found == reader.Export(
            bytes.fromhex(one["kiosk"]), described, bytes.fromhex(one["secret"]), batches, tuple(sealed)
        )
        assert [reader.response_id(each).hex() for each in found.sealed] == one["responses"]
        for each in found.sealed:
            codes = answers[reader.response_id(each).hex()][1]
            assert list(reader.open_response(each, office.seed, described)) == codes
        kiosk_id = reader.key_id(reader.KIOSK_PUBLIC, found.kiosk_public)
        assert reader.hand_over_stem(kiosk_id, described) == one["stem"]
        assert reader.receipt_secret(own.seed, described) == found.secret
        assert reader.receipt_digest(found.secret, sealed).hex() == one["digest"]
        assert reader.receipt_covers(receipt, reader.office_public(office.seed), own.seed, described, sealed)

        opened = open_export(content, office)
        assert (opened.kiosk, opened.event) == (own.public, msgspec.convert(described, Event))
        assert opened.event == parse_event(json.dumps(described).encode())
        assert opened.secret.hex() == one["secret"]
        assert {number.hex(): (batch.size, batch.tally.counts) for number, batch in opened.batches.items()} == batches
        assert [each.sealed for each in opened.sealed] == sealed
        assert file_stem(own.public, opened.event) == one["stem"]
        assert write_receipt(opened, office) == receipt
        taken = read_receipt(receipt)
        assert (taken.kiosk_id, taken.event_id.hex()) == (own.public.id, one["event"])
        assert (taken.digest.hex(), taken.signature.hex()) == (one["digest"], one["signature"])
        check_receipt(taken, own, office.public, opened.event, opened.sealed)


def test_the_data_folder_of_the_vectors_is_read(tmp_path: Path) -> None:
    data = Path(shutil.copytree(VECTORS / "data", tmp_path / "data"))
    seed = bytes.fromhex(vector("office.json")["seed"])
    assert sorted(reader.responses(data, seed)) == sorted(tuple(item["codes"]) for item in vector("responses.json"))


# FORMAT.md says what the code does


def section(number: int) -> str:
    return FORMAT.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def test_the_specification_names_every_label_suite_number_size_and_limit() -> None:
    for label in (keys.OFFICE_PUBLIC, keys.OFFICE_PRIVATE, keys.KIOSK_PUBLIC, keys.KIOSK_PRIVATE, keys.TALLY_PUBLIC):
        assert f"| `{label}` |" in FORMAT
    for value in (
        keys.ARGON2_MEMORY_KIB,
        armour.ARMOUR_LIMIT,
        keys.SEED_SIZE,
        keys._KEM_PUBLIC_SIZE,
        sealing.SEALED_SIZE,
        sealing.RECORD_SIZE,
        tally.BATCH_RECORD_SIZE,
        tally.SEALED_BATCH_SIZE,
    ):
        assert re.search(rf"\b({value}|{value:,})\b", FORMAT), value
    for number in (reader.KEM_XWING, reader.KDF_HKDF_SHA256, reader.AEAD_CHACHA20POLY1305):
        assert f"| 0x{number:04x} |" in FORMAT
    assert f"passes {keys.ARGON2_PASSES}, lanes {keys.ARGON2_LANES}" in FORMAT


def test_the_specification_gives_the_sizes_and_labels_of_exports_and_receipts() -> None:
    assert f"| an export | {exports.EXPORT_LIMIT:,} bytes; at least {exports.SMALLEST_EXPORT:,} |" in section(13)
    assert (reader.EXPORT_SIZES[0], reader.EXPORT_SIZES[-1]) == (exports.SMALLEST_EXPORT, exports.EXPORT_LIMIT)
    assert f"| a receipt | {armour.ARMOUR_LIMIT:,} bytes |" in section(13)
    for label in (exports._SIGNED, exports._INFO, exports._NAME, exports._RECEIPT_SIGNED):
        told = label.decode("ascii").replace("\0", "\\0")
        assert f'"{told}"' in section(16) + section(17)
    assert f"| a receipt | `{exports._RECEIPT}` |" in section(3)
    assert exports._RECEIPT == reader.RECEIPT
    assert f"The payload is {exports._RECEIPT_SIZE} bytes" in section(17)
    assert f"`fairstart-<16 hexadecimal digits>{exports.EXPORT_SUFFIX}`" in section(16)
    assert f"`{exports.RECEIPT_SUFFIX}` in place of `{exports.EXPORT_SUFFIX}`" in section(17)


def test_the_specification_names_every_pragma_with_its_value() -> None:
    table = dict(re.findall(r"^\| `([a-z_]+)` \| `([A-Z]+)` \|", FORMAT, re.MULTILINE))
    settings = {name: value for name, (value, _) in database.PRAGMAS.items()}
    assert table == {"fullfsync": "ON", **settings}


@pytest.mark.parametrize(("kind", "number"), [(RESPONSES, 10), (BATCHES, 11)])
def test_the_specification_gives_the_schema_and_row_size_of_each_pool(
    kind: Kind[SealedResponse] | Kind[SealedBatch], number: int
) -> None:
    ((_, _, sql),) = kind.schema
    assert "\n".join("    " + line for line in sql.splitlines()) in section(number)
    assert f"a blob of {kind.size} bytes" in section(number)


def test_the_specification_lays_out_the_record_of_a_batch_as_it_is() -> None:
    told, _, _ = section(11).partition("sealed batch")
    rows = [tuple(map(int, row)) for row in re.findall(r"^\| (\d+) \| (\d+) \|", told, re.MULTILINE)]
    assert rows == [(0, 1), (1, 1), (2, 7), (9, 7), (16, 7), (23, 7), (30, 2)]
    assert sum(size for _, size in rows) == tally.BATCH_RECORD_SIZE == 32
    assert [f"people in the batch: {least} or {most}" in told for least, most in [tally.LAST_BATCHES]] == [True]
    for place, question in enumerate(load_survey().questions):
        for number, category in enumerate(question.categories):
            counts = {known.id: 0 for known in question.categories} | {category.id: 10}
            record = Batch(10, Tally({question.id: counts})).pack()
            offset = rows[2 + place][0] + number
            assert record == bytes((1, 10)).ljust(offset, b"\0") + b"\x0a" + bytes(31 - offset)


def test_the_specification_lays_out_what_a_sealed_batch_is_bound_to_as_it_is(
    own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings
) -> None:
    _, _, told = section(11).partition("A **sealed batch**")
    rows = re.findall(r"^\| (\d+) \| (\d+|to the end) \| (.*) \|$", told, re.MULTILINE)
    assert [row[:2] for row in rows] == [("0", "25"), ("25", "16"), ("41", "16"), ("57", "to the end")]
    assert rows[0][2] == '`"fairstart sealed batch 1\\0"`'
    event = settings.event_for(office.public.id, "smc-2021")
    info = batch_binding(own.tally.public, event)
    assert info[:25] == b"fairstart sealed batch 1\0"
    assert (info[25:41], info[41:57], info[57:]) == (own.tally.public.id, event.id, b"smc-2021")
    assert f"{tally.SEALED_BATCH_SIZE} bytes: HPKE" in told
    assert f"`enc` (1120) and `ct` ({tally.BATCH_RECORD_SIZE} of record, 16 of tag)" in told
    assert 1120 + tally.BATCH_RECORD_SIZE + 16 == tally.SEALED_BATCH_SIZE


def test_the_specification_says_how_the_tally_key_follows_from_the_kiosks() -> None:
    assert '`HKDF(salt: none, IKM: the kiosk\'s seed, info: "fairstart kiosk tally 1", L: 32)`' in section(11)
    assert f"The payload of `tally.pub` is {keys._KEM_PUBLIC_SIZE} bytes" in section(11)
    assert f"ML-KEM-768 encapsulation key ({keys._MLKEM_PUBLIC_SIZE})" in section(11)


def test_no_question_has_more_categories_than_the_specification_leaves_room_for() -> None:
    ((most,),) = [re.findall(r"^\| categories of a question \| (\d+) \|$", section(13), re.MULTILINE)]
    assert int(most) == tally._MOST_CATEGORIES == 7
    folder = Path(content.survey.__file__).with_suffix("")
    sets = [path.stem for path in folder.glob("*.toml") if "question_set" in path.read_text("utf-8")]
    assert "smc-2021" in sets
    for name in sets:
        survey = load_survey(name)
        assert len(survey.questions) <= 4
        assert max(len(question.categories) for question in survey.questions) <= int(most)


def test_the_reader_knows_the_categories_of_the_question_set() -> None:
    assert list(reader.QUESTIONS.items()) == [
        (question.id, tuple(category.id for category in question.categories)) for question in load_survey().questions
    ]


def test_the_specification_lists_every_file_of_the_vectors() -> None:
    listed = re.findall(r"^\| `([^`]+?)/?` \|", section(14), re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in VECTORS.iterdir())


def test_the_specification_lists_the_fields_and_stages_of_an_event(kept: Path) -> None:
    (path,) = kept.glob("kiosk/*/event.json")
    assert re.findall(r"^\| `([a-z_]+)` \|", section(9), re.MULTILINE) == list(json.loads(path.read_text("utf-8")))
    (stages,) = re.findall(r"^\| `stage` \| (.*) \|$", section(9), re.MULTILINE)
    assert tuple(re.findall(r"`([^`]+)`", stages)) == STAGES


def test_the_specification_lists_every_file_of_a_data_folder(counted: Path) -> None:
    rows = re.findall(r"^\| (`.*?) \|", section(12), re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    written = {path.relative_to(counted).as_posix() for path in counted.rglob("*") if path.is_file()}
    named = {re.sub("/[0-9a-f]{32}/", "/<event id>/", path) for path in written}
    assert named <= listed
    assert listed - named == {"kiosk.toml", "checklist.db"}


def test_the_specification_gives_the_order_in_which_set_up_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(keys, "_wrap", lambda *_: b"")
    for module in (storage.kiosk, storage.folder):
        monkeypatch.setattr(module, "write_private", lambda path, _: written.append(str(path.relative_to(tmp_path))))
    set_up(tmp_path, "", NewOffice(OfficePrivateKey.generate(), ""))
    (told,) = re.findall(r"^Set-up writes (.*?), in that order", section(12), re.MULTILINE | re.DOTALL)
    assert re.findall(r"`([^`]+)`", told) == written
