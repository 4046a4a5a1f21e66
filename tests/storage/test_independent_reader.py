"""FORMAT.md says enough: a reader written from it alone opens what Fairstart writes, and what it wrote long ago."""

import datetime as dt
import functools
import hashlib
import importlib.util
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

import content.survey
from content.survey import load_survey
from storage import database, private_files
from storage.counts import noise as noise_module
from storage.counts import record as record_module
from storage.counts.noise import NoisyGroup, keyed_coins, noise
from storage.counts.record import pack_group
from storage.crypto import armour, keys, sealing
from storage.crypto.hpke import suite
from storage.crypto.keys import (
    KioskPrivateKey,
    KioskPublicKey,
    OfficePrivateKey,
    OfficePublicKey,
    StaffPublicKey,
    TallyPrivateKey,
)
from storage.crypto.office_key import OfficeKeyFile
from storage.crypto.recovery_code import recovery_code
from storage.crypto.sealing import Response, ResponseOpener, SealedResponse, seal
from storage.data_folder import hold
from storage.errors import ExportError, ReceiptError, StoreDamagedError, StoreError
from storage.events import STAGES, Event, parse_event, write_event
from storage.exchange import coming, exports, receipts
from storage.exchange.exports import file_stem, open_export, write_export
from storage.exchange.handover import Handed, sound_hand_over
from storage.exchange.receipts import check_receipt, read_receipt, write_receipt
from storage.kiosk import groups
from storage.kiosk.batch import Batch
from storage.kiosk.debrief import read_debrief
from storage.kiosk.groups import GroupOpener, SealedGroup, group_binding, seal_group
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.pool import GROUPS, RESPONSES, Kind, Pool
from storage.office import store
from storage.office.copies import Original, back_up
from storage.office.decrypting import all_cores
from storage.office.labels import Scope
from storage.office.office import Office
from storage.office_folder import NewOffice, make_office
from storage.settings import Settings, parse
from tests.storage.counts.people import groups_of, known_coins

HERE = Path(__file__).parent
VECTORS = HERE / "vectors"
FORMAT = Path(database.__file__).with_name("FORMAT.md").read_text("utf-8")
ANSWERS = [(1, 1, 1, 1), (9, 6, 5, 4), (5, 2, 1, 3), (5, 2, 1, 3), (3, 0, 0, 0)]
MANY = [(1 + place % 9, 1 + place % 6, 1 + place % 5, 1 + place % 4) for place in range(37)]
"""For the counts: three groups. Seven are left over."""
SHORT = [(answers[0], 0, 0, 0) for answers in MANY[:15]]


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


@pytest.fixture(scope="module", autouse=True)
def stretching_once() -> Iterator[None]:
    """Both work each key out once: it takes half a second, and a passphrase opens the same files again and again."""
    with (
        mock.patch.object(keys, "_stretch", functools.cache(keys._stretch)),
        mock.patch.object(reader, "stretch", functools.cache(reader.stretch)),
    ):
        yield


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
    """The same laptop after other events, where `MANY` answered all questions and `SHORT` the key question alone."""
    data = Path(shutil.copytree(kept, tmp_path_factory.mktemp("counted") / "data"))
    with hold(data), mock.patch("storage.kiosk.counting.system_coins", known_coins()):
        for name, questions, everyone in (
            ("Long", "all", MANY),
            ("Short", "key", SHORT),
            ("Going on", "all", MANY[:20]),
        ):
            kiosk = Kiosk.open(data, _settings({**EVENT, "name": name}, questions))
            for answers in everyone:
                response = Response(answers)
                kiosk.keep(kiosk.seal(response))
                kiosk.count(response)
            if name != "Going on":
                kiosk.end_event()
                Outbox(kiosk).note_export(Handed(kiosk.event, "", b"", kiosk.held()))
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


SECRET = bytes(range(17))


def test_a_recovery_code_gives_its_secret() -> None:
    assert reader.secret_of_recovery_code(" ".join(recovery_code(SECRET))) == SECRET


@pytest.mark.long
def test_the_reader_opens_an_offices_key_with_every_coordinators_passphrase_and_the_code() -> None:
    office = vector("office.json")
    payload = reader.unarmour((VECTORS / "data" / "office" / "office.key").read_bytes(), reader.OFFICE_PRIVATE)
    seed = bytes.fromhex(office["seed"])
    for name, passphrase in office["coordinators"].items():
        assert reader.open_office(payload, passphrase) == (seed, name)
    assert reader.open_office(payload, None, bytes.fromhex(office["recovery_secret"])) == (seed, "")
    with pytest.raises(InvalidTag):
        reader.open_office(payload, None, SECRET)
    exchanged = payload.replace(b"Ben", b"Eve")
    with pytest.raises(ValueError, match="without the key"):
        reader.open_office(exchanged, office["passphrase"])


def test_a_data_folder_gives_back_exactly_its_responses(kept: Path, passphrase: str) -> None:
    seed = reader.unwrap((kept / "office" / "office.key").read_bytes(), reader.OFFICE_PRIVATE, passphrase)
    assert sorted(reader.responses(kept, seed)) == sorted(ANSWERS)


@pytest.mark.parametrize("added", [0, 4])
def test_responses_from_paper_that_are_not_all_in_the_pool_yet_are_given_back_once(
    kept: Path, passphrase: str, tmp_path: Path, added: int
) -> None:
    data = Path(shutil.copytree(kept, tmp_path / "data"))
    kiosk, batch = Kiosk.open(data, _settings(EVENT)), Batch()
    for answers in MANY[:10]:
        batch.add(Response(answers))
    add, left = Pool.add, added

    def until_it_is_full(pool: Pool[SealedResponse], row: SealedResponse) -> None:
        nonlocal left
        if not left:
            raise StoreError("There is no room.")
        left -= 1
        add(pool, row)

    with mock.patch.object(Pool, "add", until_it_is_full), pytest.raises(StoreError):
        kiosk.keep_batch(batch)
    kiosk.close()
    seed = reader.unwrap((data / "office" / "office.key").read_bytes(), reader.OFFICE_PRIVATE, passphrase)
    assert sorted(reader.responses(data, seed)) == sorted(ANSWERS + MANY[:10])


def test_on_a_laptop_that_is_both_the_kiosks_keys_are_not_the_offices(kept: Path, kiosk_seed: bytes) -> None:
    for seed in (kiosk_seed, reader.tally_seed(kiosk_seed)):
        with pytest.raises(InvalidTag):
            list(reader.responses(kept, seed))


def counts_by_hand(everyone: list[tuple[int, int, int, int]]) -> tuple[int, dict[str, dict[str, int]]]:
    """People, and how many gave each answer, with nothing of `storage.counts.tally`."""
    counts = {}
    for place, question in enumerate(load_survey().questions):
        categories = [question.category_of(answers[place]) for answers in everyone if answers[place]]
        if categories:
            counts[question.id] = {known.id: categories.count(known.id) for known in question.categories}
    return len(everyone), counts


def responses_of(everyone: list[tuple[int, int, int, int]]) -> list[Response]:
    return [Response(answers) for answers in everyone]


def told(group: NoisyGroup) -> tuple[int, dict[str, dict[str, int]]]:
    return group.people, {question: dict(counts) for question, counts in group.counts.items()}


def test_a_data_folder_gives_back_exactly_its_groups(counted: Path, kiosk_seed: bytes) -> None:
    found = list(reader.groups(counted, reader.tally_seed(kiosk_seed)))
    expected = groups_of(*map(responses_of, (MANY, SHORT, MANY[:20])))
    assert len(expected) == 6
    assert sorted(found, key=repr) == sorted(map(told, expected), key=repr)
    assert sorted(reader.ended(counted)) == ["Long", "Short"]


def test_a_sealed_group_opens(own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings) -> None:
    event = settings.event_for(office.public.id, "smc-2021")
    (group,) = groups_of(responses_of(MANY[:10]))
    sealed = seal_group(group, own.tally.public, event).sealed
    fields = json.loads(write_event(event))
    assert reader.open_group(sealed, own.tally.seed, fields) == told(group)
    assert reader.group_info(fields, own.tally.public.id) == group_binding(own.tally.public, event)
    with pytest.raises(InvalidTag):
        reader.open_group(sealed, own.tally.seed, {**fields, "place": "York"})


def test_no_file_of_a_data_folder_holds_a_record(kept: Path) -> None:
    files = [path for path in kept.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"responses.db", "responses.db-journal", "kiosk.key", "event.json"}
    for path in files:
        content = path.read_bytes()
        for answers in ANSWERS:
            record = Response(answers).pack()
            assert record not in content, path.name
            assert record[:5] not in content, path.name


@pytest.mark.parametrize(("name", "table", "size"), [("responses", "response", 1152), ("groups", "noisy_group", 1264)])
def test_pools_hold_sealed_rows_in_the_order_of_their_bytes(name: str, table: str, size: int, counted: Path) -> None:
    paths = list(counted.glob(f"kiosk/*/{name}.db"))
    assert len(paths) == 4
    for path in paths:
        with closing(sqlite3.connect(path)) as connection:
            rows = [row for (row,) in connection.execute(f"SELECT sealed FROM {table} ORDER BY rowid")]  # noqa: S608 - our names
        assert rows == sorted(rows) == reader.pool(path, table)
        assert {len(row) for row in rows} <= {size}
        assert not any(path.with_name(f"{path.name}-journal").read_bytes())


@pytest.mark.parametrize("count", [0, 1, 5, 300])
def test_an_export_and_its_receipt_are_read_and_mean_the_same(
    count: int, own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings
) -> None:
    event = settings.event_for(office.public.id, "smc-2021")
    fields = json.loads(write_event(event))
    held = [seal(Response((1, 1, 1, 1)), office.public, event) for _ in range(count)]
    content = write_export(own, office.public, event, held)
    found, opened = reader.open_export(content, office.seed), open_export(content, office)
    assert found.kiosk_public == own.public.encoded == opened.kiosk.encoded
    assert found.fields == fields
    assert opened.event == event
    assert found.secret == reader.receipt_secret(own.seed, fields) == opened.secret
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


@pytest.fixture(scope="module")
def office_data(office: OfficePrivateKey, own: KioskPrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that has looked at its tables twice: groups of one event and of several; two wait, and then six."""
    data = tmp_path_factory.mktemp("office")
    (data / "office").mkdir()
    opened = Office.open(data, office)
    opened.accept(own.public)
    with all_cores() as executor:
        for name, everyone in (
            ("A", MANY[:13]),
            ("B", MANY[13:17]),
            ("C", MANY[17:23]),
            ("D", SHORT[:11]),
            ("E", SHORT[11:13]),
            ("A", MANY[23:27]),
        ):
            event = _settings({**EVENT, "name": name}).event_for(office.public.id, "smc-2021")
            sealed = [seal(response, office.public, event) for response in responses_of(everyone)]
            opened.bring(write_export(own, office.public, event, sealed), executor)
            if name in "CE":
                opened.counts(Scope(), 10)
    opened.close()
    return data


def test_the_offices_groups_are_their_responses_and_noise_that_can_be_worked_out_again(
    office_data: Path, office: OfficePrivateKey
) -> None:
    store = reader.office_store(office_data / "office" / "office.db", office.seed)
    assert sorted(group.people for group in store.groups) == [10, 11, 13]
    key = reader.noise_key(office.seed)
    for group in store.groups:
        assert group.people == len(group.response_ids)
        assert list(group.counts) == list(group.exact)
        for question, counts in group.counts.items():
            drawn = reader.keyed_noise(key, question, group.response_ids)
            exact = group.exact[question].values()
            assert list(counts.values()) == [count + z for count, z in zip(exact, drawn, strict=True)]
    assert any(group.counts != group.exact for group in store.groups)
    assert sorted(part.people for part in store.waiting) == [2, 4]
    assert all(part.counts == part.exact and part.people == len(part.response_ids) for part in store.waiting)


def test_the_offices_tables_are_the_sums_of_its_groups(office_data: Path, office: OfficePrivateKey) -> None:
    groups = reader.office_store(office_data / "office" / "office.db", office.seed).groups
    opened = Office.open(office_data, office)
    for table in opened.counts(Scope(), 10).tables:
        parts = [group.counts[table.question] for group in groups if table.question in group.counts]
        assert dict(table.counts) == {name: sum(part[name] for part in parts) for name in table.counts}
        assert table.groups == len(parts)
    opened.close()


def test_what_is_left_of_deleted_responses_are_their_groups_and_digests_that_can_be_worked_out_again(
    office_data: Path, office: OfficePrivateKey, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(office_data, tmp_path / "data"))
    path = data / "office" / "office.db"
    before = reader.office_store(path, office.seed)
    with closing(sqlite3.connect(path)) as connection:
        rows = set(connection.execute("SELECT event, id FROM response"))
    opened = Office.open(data, office)
    meant = [one for one in opened.events() if one.event.name in "AB"]
    opened.delete_responses(meant, dt.date(2027, 11, 23))
    opened.close()
    after = reader.office_store(path, office.seed)
    assert [(group.people, group.counts) for group in after.groups] == [
        (group.people, group.counts) for group in before.groups
    ]
    ids = {id_ for one in meant for id_ in one.ids}
    gone = {(event, id_) for event, id_ in rows if event in ids}
    assert after.deleted == {(event, reader.deleted_digest(office.seed, event, id_)) for event, id_ in gone}
    assert len(gone) == 21


def test_a_copy_of_an_office_gives_back_its_files(office_data: Path, office: OfficePrivateKey, tmp_path: Path) -> None:
    data = Path(shutil.copytree(office_data, tmp_path / "data"))
    make_office(data, NewOffice(office, "any"))
    (tmp_path / "there").mkdir()
    with closing(Office.open(data, office)) as opened:
        saved = back_up(Original(opened, data, "# ours"), str(tmp_path / "there"), dt.date(2026, 11, 30))
        store = opened.content()
    content = (tmp_path / "there" / saved.name).read_bytes()
    made, files = reader.office_copy(content, office.seed)
    assert made == "2026-11-30"
    assert files.keys() == {"office/office.db", "kiosk.toml"}
    assert files["kiosk.toml"] == b"# ours"
    (tmp_path / "store").write_bytes(files["office/office.db"])
    (tmp_path / "now").write_bytes(store)
    found, now = (reader.office_store(tmp_path / name, office.seed) for name in ("store", "now"))
    assert found == now
    for seed in (bytes(32), office.seed[::-1]):
        with pytest.raises(ValueError, match="another office"):
            reader.office_copy(content, seed)


def test_another_offices_key_opens_nothing_of_an_offices_store(office_data: Path, office: OfficePrivateKey) -> None:
    for seed in (bytes(32), OfficePrivateKey.generate().seed, reader.noise_key(office.seed)):
        with pytest.raises(InvalidTag):
            reader.office_store(office_data / "office" / "office.db", seed)


# What both readers refuse


def sealed_record(record: bytes, office: OfficePrivateKey, event: Event) -> bytes:
    return suite().encrypt(record, office.public.kem, sealing.binding(event))


def sealed_with_a_share_of_zeros(office: OfficePrivateKey, event: Event) -> bytes:
    """A response that opens for a reader who takes an X25519 secret of zeros, as all of its kind would for anybody."""
    xwing, info = reader.XWing.of(office.seed), sealing.binding(event)
    ss_mlkem, ct_mlkem = xwing.mlkem.public_key().encapsulate()
    share = bytes(32)
    x25519 = xwing.x25519.public_key().public_bytes_raw()
    shared = hashlib.sha3_256(ss_mlkem + bytes(32) + share + x25519 + bytes.fromhex("5c2e2f2f5e5c")).digest()
    context = (
        b"\0" + reader.labelled_extract(b"", b"psk_id_hash", b"") + reader.labelled_extract(b"", b"info_hash", info)
    )
    secret = reader.labelled_extract(shared, b"secret", b"")
    key, nonce = (
        reader.labelled_expand(secret, label, context, length) for label, length in ((b"key", 32), (b"base_nonce", 12))
    )
    return bytes(ct_mlkem + share + ChaCha20Poly1305(key).encrypt(nonce, Response((1, 1, 1, 1)).pack(), b""))


@pytest.mark.parametrize(
    "record",
    [
        bytes.fromhex("01") + bytes(15),
        bytes.fromhex("020101010100") + bytes(10),
        bytes.fromhex("010a01010100") + bytes(10),
        bytes.fromhex("010107010100") + bytes(10),
        bytes.fromhex("010101060100") + bytes(10),
        bytes.fromhex("010101010500") + bytes(10),
        bytes.fromhex("010101010101") + bytes(10),
        None,
    ],
)
def test_both_leave_out_what_is_no_response_and_refuse_an_export_of_nothing_else(
    record: bytes | None, own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings, tmp_path: Path
) -> None:
    event = settings.event_for(office.public.id, "smc-2021")
    fields = json.loads(write_event(event))
    good = seal(Response((1, 1, 1, 1)), office.public, event)
    spoilt = sealed_with_a_share_of_zeros(office, event) if record is None else sealed_record(record, office, event)
    with pytest.raises((InvalidTag, ValueError)):
        reader.open_response(spoilt, office.seed, fields)
    (tmp_path / "office").mkdir()
    opened = Office.open(tmp_path, office)
    opened.accept(own.public)
    with all_cores() as executor:
        alone, both = (
            write_export(own, office.public, event, rows)
            for rows in ([SealedResponse(spoilt)], [SealedResponse(spoilt), good])
        )
        with pytest.raises(ExportError, match="No response in this export opens"):
            opened.bring(alone, executor)
        brought = opened.bring(both, executor)
    opened.close()
    assert (brought.new, brought.unreadable) == (2, 1)
    with pytest.raises(ValueError, match="nothing in it opens"):
        reader.answers_in(reader.open_export(alone, office.seed), office.seed)
    assert reader.answers_in(reader.open_export(both, office.seed), office.seed) == [(1, 1, 1, 1)]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("2026-11-23", "2026-11-3"),
        ("2026-11-23", "2026-11-31"),
        ("2026-11-23", "20261123"),
        ("2026-11-23", "0000-01-01"),
        ("2026-11-23", "2026-11-23T00:00:00"),
        ("Leeds", "\\ud800"),
        ("Leeds", "L" * 241),
        ("Leeds", "\\u0007"),
        ("outreach", "lunch"),
        ('"Leeds"', "1"),
        ('"place"', '"where"'),
        ('"place"', '"more": "", "place"'),
        ('"place"', '"place": "York", "place"'),
        ("==", ""),
        ("==", "="),
        ("{", "\ufeff{"),
        ("{", "[{"),
    ],
)
def test_both_refuse_an_event_in_another_form(was: str, now: str, office: OfficePrivateKey, settings: Settings) -> None:
    content = write_event(settings.event_for(office.public.id, "smc-2021")).decode("utf-8")
    assert reader.event_of(content.encode()) == json.loads(content)
    assert was in content
    spoilt = content.replace(was, now, 1).encode("utf-8")
    for read in (reader.event_of, parse_event):
        with pytest.raises(ValueError, match=r"."):
            read(spoilt)
    longest = content.replace("Leeds", "\U0001f468" * 240, 1).encode("utf-8")
    assert reader.event_of(longest)["place"] == parse_event(longest).place


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(("encoding", "ends"), [("utf-8", "\n"), ("utf-8", "\r\n\u00a0"), ("utf-16-le", "\r\n")])
def test_both_take_a_key_file_as_editors_leave_it_and_base64_in_one_form_alone(
    mark: str, encoding: str, ends: str, own: KioskPrivateKey
) -> None:
    text = own.public.to_file().decode("ascii")
    for read in (reader.unarmour, lambda content, label: armour.unarmour(content, label, 32)):
        if mark or encoding == "utf-8":
            assert read((mark + text.replace("\n", ends)).encode(encoding), reader.KIOSK_PUBLIC) == own.public.encoded
        body = text.rstrip("\n")
        for other in (f"{body}=", f"{body}!", body[:-1], f"{body}\n====", text + " " * 8192):
            with pytest.raises((ValueError, LookupError)):
                read(other.encode(encoding), reader.KIOSK_PUBLIC)


@pytest.mark.parametrize(
    "noted",
    [
        *({"exported": 3, "received": 4}, {"exported": -1}, {"received": -1}, {"deletion": "soon"}, {"more": 1}, [], 7),
        *({"files": ["AAAA"]}, {"files": [f"{'A' * 22}=="] * 65}),
    ],
)
def test_both_count_a_damaged_note_of_a_hand_over_as_none(noted: object, tmp_path: Path) -> None:
    content = json.dumps(noted).encode()
    (tmp_path / "note").write_bytes(content)
    assert sound_hand_over(tmp_path / "note") is None
    assert reader.hand_over_note(content) == reader.hand_over_note(b"{}")
    assert reader.hand_over_note(b'{"exported": 4, "received": 3}')["received"] == 3


@pytest.mark.parametrize(
    "typed", ["UPDATE event SET head_count = -1", "UPDATE event SET level = 9", "UPDATE event SET level = 1"]
)
def test_both_refuse_an_office_where_people_under_nought_came_or_no_such_level_is_noted(
    typed: str, office_data: Path, office: OfficePrivateKey, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(office_data, tmp_path / "data"))
    path = data / "office" / "office.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(typed)
    with pytest.raises(ValueError, match="no level"):
        reader.office_store(path, office.seed)
    opened = Office.open(data, office)
    with pytest.raises(StoreDamagedError):
        opened.events()
    opened.close()


def test_both_count_a_row_that_is_there_twice_once(kept: Path, settings: Settings, tmp_path: Path) -> None:
    data = Path(shutil.copytree(kept, tmp_path / "data"))
    (path,) = data.glob("kiosk/*/responses.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO response SELECT sealed FROM response WHERE rowid = 1")
    assert len(reader.pool(path)) == len(ANSWERS)
    with closing(Pool(path, RESPONSES)) as pool:
        assert len(pool.rows()) == pool.count() == len(ANSWERS)


# What Fairstart 0.1.0 wrote


def test_the_vectors_of_the_office_key_hold_for_both_readers() -> None:
    office = vector("office.json")
    seed, public = bytes.fromhex(office["seed"]), bytes.fromhex(office["public"])
    file, public_file = (VECTORS / "data" / "office" / name for name in ("office.key", "office.pub"))
    xwing = reader.XWing.of(seed)
    assert reader.unwrap(file.read_bytes(), reader.OFFICE_PRIVATE, office["passphrase"]) == seed
    assert reader.secret_of_recovery_code(office["recovery_code"]).hex() == office["recovery_secret"]
    assert xwing.mlkem.private_bytes_raw().hex() == office["mlkem_seed"]
    assert xwing.x25519.private_bytes_raw().hex() == office["x25519_private"]
    assert reader.office_public(seed) == public
    receipts = reader.ed25519_of(seed, b"fairstart office receipts 1")
    assert receipts.private_bytes_raw().hex() == office["receipts_private"]
    for folder in ("office", "kiosk"):
        assert reader.unarmour((VECTORS / "data" / folder / "office.pub").read_bytes(), reader.OFFICE_PUBLIC) == public
    assert reader.key_id(reader.OFFICE_PUBLIC, public).hex() == office["id"]
    assert reader.fingerprint(reader.OFFICE_PUBLIC, public) == office["fingerprint"]

    key = OfficePrivateKey(seed)
    named = key.public
    assert (named.encoded, named.id.hex(), named.fingerprint) == (public, office["id"], office["fingerprint"])
    assert key.receipts.private_bytes_raw() == receipts.private_bytes_raw()
    assert (OfficePublicKey.from_file(public_file), named.to_file()) == (named, public_file.read_bytes())
    opened = OfficeKeyFile.from_file(file).open(office["passphrase"])
    assert (opened, opened.coordinator) == (key, "Zoë Ada")


def test_the_vectors_of_the_kiosk_key_hold_for_both_readers_with_a_passphrase_typed_on_another_keyboard() -> None:
    kiosk = vector("kiosk.json")
    seed, public = bytes.fromhex(kiosk["seed"]), bytes.fromhex(kiosk["public"])
    file, public_file = (VECTORS / "data" / "kiosk" / name for name in ("kiosk.key", "kiosk.pub"))
    assert reader.unwrap(file.read_bytes(), reader.KIOSK_PRIVATE, kiosk["passphrase"]) == seed
    assert reader.kiosk_public(seed) == public
    assert reader.unarmour(public_file.read_bytes(), reader.KIOSK_PUBLIC) == public
    assert reader.key_id(reader.KIOSK_PUBLIC, public).hex() == kiosk["id"]
    assert reader.fingerprint(reader.KIOSK_PUBLIC, public) == kiosk["fingerprint"]

    key = KioskPrivateKey(seed)
    named = key.public
    assert (named.encoded, named.id.hex(), named.fingerprint) == (public, kiosk["id"], kiosk["fingerprint"])
    assert key.signing.private_bytes_raw().hex() == kiosk["signing_private"]
    assert (KioskPublicKey.from_file(public_file), named.to_file()) == (named, public_file.read_bytes())
    normalised = keys.normalise_passphrase(kiosk["passphrase"])
    assert normalised == kiosk["passphrase_normalised"] != kiosk["passphrase"]
    assert KioskPrivateKey.from_file(file, normalised) == key


def test_the_vectors_of_events_and_responses_hold_for_both_readers() -> None:
    events = vector("events.json")
    for event in events:
        assert reader.event_id(event["fields"]).hex() == event["id"]
    office, fields = OfficePrivateKey(bytes.fromhex(vector("office.json")["seed"])), events[0]["fields"]
    opener = ResponseOpener(office, msgspec.convert(fields, Event))
    for item in vector("responses.json"):
        sealed, info = bytes.fromhex(item["sealed"]), bytes.fromhex(item["info"])
        record = reader.hpke_open(reader.XWing.of(office.seed), sealed, info)
        assert info == reader.response_info(fields) == sealing.binding(msgspec.convert(fields, Event))
        assert record.hex() == item["record"]
        assert list(reader.codes_of(record)) == item["codes"]
        assert reader.response_id(sealed).hex() == SealedResponse(sealed).id.hex() == item["id"]
        response = Response(tuple(item["codes"]))
        assert (opener.open(sealed), response.pack()) == (response, record)


def test_the_vector_of_a_debrief_holds_for_both_readers(tmp_path: Path) -> None:
    found, seed = vector("debrief.json"), bytes.fromhex(vector("kiosk.json")["seed"])
    fields = vector("events.json")[0]["fields"]
    record, sealed = bytes.fromhex(found["record"]), bytes.fromhex(found["file"])
    assert reader.event_id(fields).hex() == found["event"]
    assert reader.open_debrief(sealed, seed, fields) == record
    answers = found["worked"], found["change"], found["support"]
    assert reader.debrief_of(record) == (bytes.fromhex(found["id"]), found["revision"], answers)
    secret = bytes.fromhex(vector("exports.json")[0]["secret"])
    assert reader.receipt_digest(secret, [], record).hex() == found["digest"]
    (tmp_path / "debrief").write_bytes(sealed)
    written = read_debrief(tmp_path, KioskPrivateKey(seed), bytes.fromhex(found["event"]))
    assert written is not None
    assert written.to_record() == record
    assert (written.said.worked, written.said.change, written.said.support) == answers


def test_the_vectors_of_the_tally_key_hold() -> None:
    counts = vector("groups.json")
    seed, public = bytes.fromhex(counts["seed"]), bytes.fromhex(counts["public"])
    xwing = reader.XWing.of(seed)
    assert reader.tally_seed(bytes.fromhex(vector("kiosk.json")["seed"])) == seed
    assert xwing.mlkem.private_bytes_raw().hex() == counts["mlkem_seed"]
    assert xwing.x25519.private_bytes_raw().hex() == counts["x25519_private"]
    assert xwing.public == public
    assert reader.unarmour(counts["tally.pub"].encode("ascii"), reader.TALLY_PUBLIC) == public
    assert reader.key_id(reader.TALLY_PUBLIC, public).hex() == counts["id"]
    own = KioskPrivateKey(bytes.fromhex(vector("kiosk.json")["seed"])).tally
    assert (own.seed, own.public.encoded, own.public.id.hex()) == (seed, public, counts["id"])
    assert own.public.to_file() == counts["tally.pub"].encode("ascii")


def test_the_vectors_of_groups_hold() -> None:
    vectors = vector("groups.json")
    seed, key_id = bytes.fromhex(vectors["seed"]), bytes.fromhex(vectors["id"])
    fields = {event["id"]: event["fields"] for event in vector("events.json")}
    own = TallyPrivateKey(seed)
    assert [list(group["counts"]) for group in vectors["groups"]] == [list(reader.QUESTIONS), ["occupation"]]
    for group in vectors["groups"]:
        event = msgspec.convert(fields[group["event"]], Event)
        sealed, info = bytes.fromhex(group["sealed"]), bytes.fromhex(group["info"])
        people, exact = counts_by_hand([tuple(codes) for codes in group["codes"]])
        assert people == group["people"] == 10
        noisy = {
            question: {
                name: count + z for (name, count), z in zip(counts.items(), group["noise"][question], strict=True)
            }
            for question, counts in exact.items()
        }
        assert noisy == group["counts"]
        assert all(sum(z) == 0 and any(z) for z in group["noise"].values())
        assert info == reader.group_info(fields[group["event"]], key_id) == group_binding(own.public, event)
        record = reader.hpke_open(reader.XWing.of(seed), sealed, info)
        assert record.hex() == group["record"]
        assert reader.counts_of(record) == reader.open_group(sealed, seed, fields[group["event"]]) == (people, noisy)
        opened = GroupOpener(own, event).open(SealedGroup(sealed))
        assert told(opened) == (people, noisy)
        assert pack_group(opened) == record


@pytest.mark.parametrize("place", range(6))
def test_the_vectors_of_the_offices_noise_hold_for_both_readers(place: int) -> None:
    vectors = vector("noise.json")
    assert len(vectors["groups"]) == 6
    assert vectors["seed"] == vector("office.json")["seed"]
    office, key = OfficePrivateKey(bytes.fromhex(vectors["seed"])), bytes.fromhex(vectors["key"])
    assert reader.noise_key(office.seed) == office.derive(b"fairstart office noise 1") == key
    group = vectors["groups"][place]
    ids = [bytes.fromhex(id_) for id_ in group["responses"]]
    digest = bytes.fromhex(group["digest"])
    assert reader.members_digest(reversed(ids)) == digest
    assert list(group["noise"]) == list(reader.QUESTIONS)
    for question, expected in group["noise"].items():
        assert reader.noise_block(key, question, digest, 0).hex() == group["first_blocks"][question]
        assert reader.keyed_noise(key, question, ids) == expected
        assert list(noise(len(expected), keyed_coins(key, ids)(question))) == expected


def test_the_vectors_of_exports_and_receipts_hold_for_both_readers() -> None:
    office = OfficePrivateKey(bytes.fromhex(vector("office.json")["seed"]))
    own = KioskPrivateKey(bytes.fromhex(vector("kiosk.json")["seed"]))
    fields = {event["id"]: event["fields"] for event in vector("events.json")}
    answers = {response["id"]: (response["sealed"], response["codes"]) for response in vector("responses.json")}
    assert [len(one["responses"]) for one in vector("exports.json")] == [0, 12]
    for one in vector("exports.json"):
        content, receipt = ((VECTORS / one[name]).read_bytes() for name in ("export", "receipt"))
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["size"], one["sha256"])
        assert hashlib.sha256(receipt).hexdigest() == one["receipt_sha256"]
        described = fields[one["event"]]
        sealed = sorted(bytes.fromhex(answers[each][0]) for each in one["responses"])

        found = reader.open_export(content, office.seed)
        assert found == reader.Export(
            bytes.fromhex(one["kiosk"]), described, bytes.fromhex(one["secret"]), tuple(sealed)
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
    first, _ = vector("groups.json")["groups"]
    found = list(reader.groups(data, bytes.fromhex(vector("groups.json")["seed"])))
    assert found == [(10, first["counts"])]
    assert first["codes"] == [item["codes"] for item in vector("responses.json")[:10]]


# What a laptop has that was set up from a stick


@pytest.mark.long
def test_the_reader_opens_a_key_that_was_sealed_to_the_staff_key_of_a_stick(passphrase: str) -> None:
    key = KioskPrivateKey.generate()
    content = key.to_file(StaffPublicKey.of(passphrase), OfficePrivateKey(bytes(32)).public)
    assert reader.unwrap(content, reader.KIOSK_PRIVATE, passphrase) == key.seed
    with pytest.raises(InvalidTag):
        reader.unwrap(content, reader.KIOSK_PRIVATE, f"{passphrase}s")


@pytest.mark.parametrize("token", [b"", bytes(range(32)), b"\1".ljust(32, b"\0")])
def test_the_reader_finds_the_token_of_an_export(token: bytes, office: OfficePrivateKey) -> None:
    event = _settings(EVENT).event_for(office.public.id, "smc-2021")
    content = write_export(KioskPrivateKey.generate(), office.public, event, [], token)
    assert reader.open_export(content, office.seed).token == token


# FORMAT.md says what the code does


def section(number: int) -> str:
    return FORMAT.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def test_the_specification_names_every_label_suite_number_size_and_limit() -> None:
    for label in (
        keys.OFFICE_PUBLIC,
        keys.OFFICE_PRIVATE,
        keys.KIOSK_PUBLIC,
        keys.KIOSK_PRIVATE,
        keys.TALLY_PUBLIC,
        keys.STAFF_PUBLIC,
    ):
        assert f"| `{label}` |" in FORMAT
    for value in (
        keys.ARGON2_MEMORY_KIB,
        armour.ARMOUR_LIMIT,
        keys.SEED_SIZE,
        keys.KEM_PUBLIC_SIZE,
        sealing.SEALED_SIZE,
        sealing.RECORD_SIZE,
        record_module.GROUP_RECORD_SIZE,
        groups.SEALED_GROUP_SIZE,
    ):
        assert re.search(rf"\b({value}|{value:,})\b", FORMAT), value
    for number in (reader.KEM_XWING, reader.KDF_HKDF_SHA256, reader.AEAD_CHACHA20POLY1305):
        assert f"| 0x{number:04x} |" in FORMAT
    assert f"passes {keys.ARGON2_PASSES}, lanes {keys.ARGON2_LANES}" in FORMAT


def test_the_specification_gives_the_sizes_and_labels_of_exports_and_receipts() -> None:
    assert f"| an export | {exports.EXPORT_LIMIT:,} bytes; at least {exports.SMALLEST_EXPORT:,} |" in section(13)
    assert (reader.EXPORT_SIZES[0], reader.EXPORT_SIZES[-1]) == (exports.SMALLEST_EXPORT, exports.EXPORT_LIMIT)
    assert f"| a receipt | {armour.ARMOUR_LIMIT:,} bytes |" in section(13)
    assert f"| `{coming.FILE_NAME}` | {coming._LIMIT:,} bytes |" in section(13)
    for label in (exports._SIGNED, exports._INFO, exports._NAME, receipts._RECEIPT_SIGNED):
        told = label.decode("ascii").replace("\0", "\\0")
        assert f'"{told}"' in section(16) + section(17)
    assert f"| a receipt | `{receipts._RECEIPT}` |" in section(3)
    assert receipts._RECEIPT == reader.RECEIPT
    assert f"The payload is {receipts._RECEIPT_SIZE} bytes" in section(17)
    assert f"`fairstart-<16 hexadecimal digits>{exports.EXPORT_SUFFIX}`" in section(16)
    assert f"`{receipts.RECEIPT_SUFFIX}` in place of `{exports.EXPORT_SUFFIX}`" in section(17)


def test_the_specification_names_every_pragma_with_its_value() -> None:
    table = dict(re.findall(r"^\| `([a-z_]+)` \| `([A-Z]+|-\d+)` \|", FORMAT, re.MULTILINE))
    settings = {name: value for name, (value, _) in database.PRAGMAS.items()}
    assert table == {"fullfsync": "ON", **settings}


@pytest.mark.parametrize(("kind", "number"), [(RESPONSES, 10), (GROUPS, 11)])
def test_the_specification_gives_the_schema_and_row_size_of_each_pool(
    kind: Kind[SealedResponse] | Kind[SealedGroup], number: int
) -> None:
    ((_, _, sql),) = kind.schema
    assert "\n".join("    " + line for line in sql.splitlines()) in section(number)
    assert f"a blob of {kind.size} bytes" in section(number)


def test_the_specification_lays_out_the_record_of_a_group_as_it_is() -> None:
    part, _, _ = section(11).partition("A **sealed group**")
    rows = [tuple(map(int, row)) for row in re.findall(r"^\| (\d+) \| (\d+) \|", part, re.MULTILINE)]
    assert rows == [(0, 1), (1, 1), (2, 4), (6, 28), (34, 28), (62, 28), (90, 28), (118, 10)]
    assert sum(size for _, size in rows) == record_module.GROUP_RECORD_SIZE == 128
    for place, question in enumerate(load_survey().questions):
        for number, category in enumerate(question.categories):
            counts = {known.id: 0 for known in question.categories} | {category.id: 12}
            other = question.categories[number - 1].id
            record = pack_group(NoisyGroup.read(10, {question.id: counts | {other: -2}}))
            offset = rows[3 + place][0] + 4 * number
            assert record[:6] == bytes((1, 1 << place, 0, 0, 0, 10))
            assert record[offset : offset + 4] == bytes((0, 0, 0, 12))
            assert record.count(b"\xff\xff\xff\xfe") == 1
            assert len(record[6:].strip(b"\0").replace(b"\0", b"")) == 5


def test_the_specification_lays_out_what_a_sealed_group_is_bound_to_as_it_is(
    own: KioskPrivateKey, office: OfficePrivateKey, settings: Settings
) -> None:
    _, _, part = section(11).partition("A **sealed group**")
    rows = re.findall(r"^\| (\d+) \| (\d+|to the end) \| (.*) \|$", part, re.MULTILINE)
    assert [row[:2] for row in rows] == [("0", "25"), ("25", "16"), ("41", "16"), ("57", "to the end")]
    assert rows[0][2] == '`"fairstart sealed group 1\\0"`'
    event = settings.event_for(office.public.id, "smc-2021")
    info = group_binding(own.tally.public, event)
    assert info[:25] == b"fairstart sealed group 1\0"
    assert (info[25:41], info[41:57], info[57:]) == (own.tally.public.id, event.id, b"smc-2021")
    assert f"{groups.SEALED_GROUP_SIZE} bytes: HPKE" in part
    assert f"`enc` (1120) and `ct` ({record_module.GROUP_RECORD_SIZE} of record, 16 of tag)" in part
    assert 1120 + record_module.GROUP_RECORD_SIZE + 16 == groups.SEALED_GROUP_SIZE


def test_the_specification_lists_every_table_and_column_of_an_offices_store() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (`.*?`) \|", section(18), re.MULTILINE)
    listed = {table: re.findall(r"`([a-z_]+)`", columns) for table, columns in rows}
    assert listed == {table: list(columns) for table, columns in store.TABLES.items()}
    assert f"`user_version` {store.VERSION}" in section(18)


def test_the_specification_names_every_label_of_the_offices_keys_and_noise() -> None:
    for label in ("fairstart office tallies 1", "fairstart office noise 1", "fairstart office noise 1\\0"):
        assert f'"{label}"' in section(18)
    assert noise_module._DOMAIN == b"fairstart office noise 1\0"


def test_the_specification_says_how_the_tally_key_follows_from_the_kiosks() -> None:
    assert '`HKDF(salt: none, IKM: the kiosk\'s seed, info: "fairstart kiosk tally 1", L: 32)`' in section(11)
    assert f"The payload of `tally.pub` is {keys.KEM_PUBLIC_SIZE} bytes" in section(11)
    assert f"ML-KEM-768 encapsulation key ({keys._MLKEM_PUBLIC_SIZE})" in section(11)


def test_no_question_has_more_categories_than_the_specification_leaves_room_for() -> None:
    ((most,),) = [re.findall(r"^\| categories of a question \| (\d+) \|$", section(13), re.MULTILINE)]
    assert int(most) == record_module._MOST_CATEGORIES == 7
    folder = Path(content.survey.__file__).with_suffix("")
    sets = [path.stem for path in folder.glob("*.toml") if "question_set" in path.read_text("utf-8")]
    assert "smc-2021" in sets
    for name in sets:
        survey = load_survey(name)
        assert len(survey.questions) <= 4
        assert max(len(question.categories) for question in survey.questions) <= int(most)


def test_the_reader_knows_the_categories_of_the_question_set() -> None:
    assert list(reader.QUESTIONS) == [question.id for question in load_survey().questions]
    for question in load_survey().questions:
        assert list(reader.QUESTIONS[question.id].items()) == [
            (category.id, tuple(option.code for option in question.options if option.category == category.id))
            for category in question.categories
        ]


def test_the_specification_lists_every_file_of_the_vectors() -> None:
    listed = re.findall(r"^\| `([^`]+?)/?` \|", section(14), re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in VECTORS.iterdir())


def test_the_specification_lists_the_fields_and_stages_of_an_event(kept: Path) -> None:
    (path,) = kept.glob("kiosk/*/event.json")
    always = list(json.loads(path.read_text("utf-8")))
    assert re.findall(r"^\| `([a-z_]+)` \|", section(9), re.MULTILINE) == [*always, "choices"]
    (stages,) = re.findall(r"^\| `stage` \| (.*) \|$", section(9), re.MULTILINE)
    assert tuple(re.findall(r"`([^`]+)`", stages)) == STAGES


def test_the_specification_lists_every_file_of_a_data_folder(counted: Path) -> None:
    rows = re.findall(r"^\| (`.*?) \|", section(12), re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    written = {path.relative_to(counted).as_posix() for path in counted.rglob("*") if path.is_file()}
    named = {re.sub("/[0-9a-f]{32}/", "/<event id>/", path) for path in written}
    assert named <= listed
    locks = {"lock", "handover.lock"} if os.name == "nt" else set()  # which go with whoever held them there
    assert listed - named == locks | {
        "kiosk.toml",
        "events.json",
        "checklist.db",
        "kiosk/forgotten.key",
        "kiosk/<event id>/debrief",
        "kiosk/wrong-tries",
        "kiosk/<event id>/batch",
        "office/wrong-tries",
        "office/receipts-due.json",
    }


def test_the_specification_gives_the_order_in_which_set_up_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def noted(path: Path, _content: bytes) -> None:
        written.append(path.relative_to(tmp_path).as_posix())

    monkeypatch.setattr(private_files, "write_private", noted)
    set_up(tmp_path, "", NewOffice(OfficePrivateKey.generate(), ""))
    (told,) = re.findall(r"^Set-up writes (.*?), in that order", section(12), re.MULTILINE | re.DOTALL)
    assert re.findall(r"`([^`]+)`", told) == written
