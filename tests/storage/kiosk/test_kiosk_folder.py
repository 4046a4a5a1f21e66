"""The data folder: set up once, held by one process, damaged never silently, and opened by no key that it holds."""

import base64
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from storage import private_files as files
from storage.crypto import armour, keys
from storage.crypto.keys import KioskPrivateKey, KioskPublicKey, OfficePrivateKey, OfficePublicKey, TallyPublicKey
from storage.crypto.sealing import Response, ResponseOpener
from storage.data_folder import hold
from storage.database import LARGE_PAGES
from storage.errors import (
    InUseError,
    KeyFileError,
    NotSealedForThisKeyError,
    NotSetUpError,
    SettingsError,
    StoreDamagedError,
    StoreError,
    WrongPassphraseError,
)
from storage.events import Event
from storage.kiosk import key_files, practice
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.pool import RESPONSES, Pool
from storage.kiosk.practice import practice_folder
from storage.kiosk.register import KioskKeys
from storage.kiosk.setup import self_test
from storage.kiosk.state import is_set_up
from storage.office_folder import NewOffice, existing_office
from storage.settings import Settings, parse
from tests.storage.disk import failing, files_of
from tests.storage.office.merging import settings_for

VECTORS = Path(__file__).parents[1] / "vectors"


def pool_of(data: Path) -> Path:
    (path,) = data.glob("kiosk/*/responses.db")
    return path


@pytest.fixture
def with_responses(data: Path, settings: Settings) -> Path:
    """A data folder that holds three responses and is closed."""
    held = Kiosk.open(data, settings)
    for answer in (1, 2, 3):
        held.keep(held.seal(Response((answer, 1, 1, 1))))
    held.close()
    return data


# One process at a time


def test_a_second_holder_in_the_same_process_is_refused(data: Path) -> None:
    with hold(data), pytest.raises(InUseError, match="already running") as caught, hold(data):
        pass
    assert str(data) in caught.value.sentence
    with hold(data):
        pass


def test_a_second_holder_in_another_process_is_refused_until_the_first_has_ended(data: Path) -> None:
    program = (
        "import sys, pathlib, storage.data_folder\n"
        "with storage.data_folder.hold(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    root = Path(key_files.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(InUseError), hold(data):
            pass
        other.kill()  # the system lets go of the lock of a process that ended in whatever way
        other.wait()
        with hold(data):
            pass


def test_a_place_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="--data"), hold(tmp_path / "file" / "data"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="there the lock is made in another way")
def test_a_folder_that_cannot_be_written_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing(PermissionError(13, "Permission denied")))
        with pytest.raises(InUseError, match="check that you may write there"), hold(data):
            pass


@pytest.mark.skipif(sys.platform != "win32", reason="other systems take longer paths")
def test_a_folder_whose_path_is_too_long_is_refused_and_not_made(tmp_path: Path) -> None:
    data = tmp_path / ("n" * 140)
    with pytest.raises(StoreError, match="too long for Windows"), hold(data):
        pass
    assert not data.exists()


# Set-up


def test_what_is_not_set_up_says_so(tmp_path: Path, settings: Settings) -> None:
    assert not is_set_up(tmp_path)
    assert not is_set_up(tmp_path / "nowhere")
    with pytest.raises(NotSetUpError, match="fairstart setup"):
        Kiosk.open(tmp_path, settings)
    assert not files_of(tmp_path)


def test_set_up_writes_the_public_office_key_and_the_kiosks_own_and_no_other(
    data: Path, office: OfficePrivateKey, own: KioskPrivateKey
) -> None:
    assert set(files_of(data)) == {
        f"kiosk/{name}" for name in ("office.pub", "kiosk.pub", "tally.pub", "register.json", "kiosk.key")
    }
    assert OfficePublicKey.from_file(data / "kiosk" / "office.pub") == office.public
    assert KioskPublicKey.from_file(data / "kiosk" / "kiosk.pub") == own.public
    assert TallyPublicKey.from_file(data / "kiosk" / "tally.pub") == own.tally.public


def test_set_up_a_second_time_changes_nothing(data: Path, passphrase: str, office: OfficePrivateKey) -> None:
    before = files_of(data)
    with pytest.raises(KeyFileError, match="set up already"):
        set_up(data, passphrase, office.public)
    with pytest.raises(KeyFileError, match="set up already"):
        set_up(data, passphrase, NewOffice(OfficePrivateKey.generate(), passphrase))
    assert files_of(data) == before


@pytest.fixture
def same_kiosk_key(monkeypatch: pytest.MonkeyPatch) -> OfficePrivateKey:
    """Every new kiosk key is the same."""
    own = KioskPrivateKey.generate()
    monkeypatch.setattr(KioskPrivateKey, "generate", lambda: own)
    return OfficePrivateKey.generate()


def test_set_up_interrupted_anywhere_can_be_run_again_and_never_replaces_an_office_key(
    tmp_path: Path,
    settings: Settings,
    passphrase: str,
    same_kiosk_key: OfficePrivateKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = same_kiosk_key
    write = files.write_private
    written: list[str] = []
    for stop in range(8):
        data = tmp_path / str(stop)
        written.clear()

        def interrupted(path: Path, content: bytes, stop: int = stop, data: Path = data) -> None:
            if len(written) == stop:
                raise StoreError("The disk is full.")
            write(path, content)
            written.append(path.relative_to(data).as_posix())
            assert is_set_up(data) == (len(written) == 7), "it is set up once the last file is there, and no sooner"

        monkeypatch.setattr(files, "write_private", interrupted)
        if stop < 7:
            with pytest.raises(StoreError, match="full"):
                set_up(data, passphrase, NewOffice(first, passphrase))
            assert not is_set_up(data)
        else:
            set_up(data, passphrase, NewOffice(first, passphrase))
            assert written == [
                "office/office.pub",
                "office/office.key",
                "kiosk/office.pub",
                "kiosk/kiosk.pub",
                "kiosk/tally.pub",
                "kiosk/register.json",
                "kiosk/kiosk.key",
            ]
        monkeypatch.setattr(files, "write_private", write)

        before = files_of(data)
        there = existing_office(data)
        assert there == (first.public if stop >= 2 else None)
        second = NewOffice(OfficePrivateKey.generate(), passphrase)
        if stop >= 2:
            with pytest.raises(KeyFileError):
                set_up(data, passphrase, second)
            assert files_of(data) == before
        if stop < 7:
            set_up(data, passphrase, there if there and stop % 2 else NewOffice(first, passphrase))
        assert existing_office(data) == first.public
        assert OfficePublicKey.from_file(data / "kiosk" / "office.pub") == first.public
        Kiosk.open(data, settings).close()


def test_a_damaged_office_key_is_not_replaced(tmp_path: Path, passphrase: str) -> None:
    shutil.copytree(VECTORS / "data" / "office", tmp_path / "office")
    (tmp_path / "office" / "office.key").write_bytes(b"FAIRSTART OFFICE KEY 1\n")
    with pytest.raises(KeyFileError, match="damaged"):
        set_up(tmp_path, passphrase, NewOffice(OfficePrivateKey.generate(), passphrase))
    assert (tmp_path / "office" / "office.key").read_bytes() == b"FAIRSTART OFFICE KEY 1\n"


def test_set_up_where_the_folder_cannot_be_made_is_refused(
    tmp_path: Path, passphrase: str, office: OfficePrivateKey
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError):
        set_up(tmp_path / "file" / "data", passphrase, office.public)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_everything_in_a_data_folder_is_for_its_owner_alone(kiosk: Kiosk) -> None:
    kiosk.keep(kiosk.seal(Response((1, 1, 1, 1))))
    places = [kiosk.data, *kiosk.data.rglob("*")]
    assert {"lock", "responses.db", "responses.db-journal", "event.json"} <= {place.name for place in places}
    assert not [place for place in places if place.stat().st_mode & 0o077]


# Opening


def test_opening_makes_the_events_folder_whole_and_finds_it_again(data: Path, settings: Settings) -> None:
    for _ in range(2):
        held = Kiosk.open(data, settings)
        assert held.held() == held.check() == 0
        held.close()
    (folder,) = (path for path in (data / "kiosk").iterdir() if path.is_dir())
    assert folder.name == held.event.folder_name
    assert {path.name for path in folder.iterdir()} == {
        "event.json",
        "responses.db",
        "responses.db-journal",
        "groups.db",
        "groups.db-journal",
    }


def test_an_event_typed_in_another_spelling_is_the_one_that_is_there_as_it_was_spelt_first(data: Path) -> None:
    for name, place in (("St John's Fair", "Town Hall"), ("st johns fair", "TOWN-HALL"), ("Spring Fair", "Town Hall")):
        with closing(Kiosk.open(data, settings_for(name, place=place))) as kiosk:
            kiosk.keep(kiosk.seal(Response((1, 1, 1, 1))))
            held = {one.event.name: (one.event.place, one.held) for one in Outbox(kiosk).events()}
    assert held == {"St John's Fair": ("Town Hall", 2), "Spring Fair": ("Town Hall", 1)}


def test_settings_without_an_event_are_refused_before_anything_is_made(data: Path) -> None:
    before = files_of(data)
    with pytest.raises(SettingsError):
        Kiosk.open(data, Settings())
    assert files_of(data) == before


def test_a_folder_of_fairstart_0_1_0_is_still_read(tmp_path: Path) -> None:
    data = Path(shutil.copytree(VECTORS / "data", tmp_path / "data"))
    fields = json.loads((VECTORS / "events.json").read_text("utf-8"))[0]["fields"]
    office = OfficePrivateKey(bytes.fromhex(json.loads((VECTORS / "office.json").read_text("utf-8"))["seed"]))
    event = msgspec.convert(fields, Event)
    named = "\n".join(
        f"{key} = {json.dumps(fields[key], ensure_ascii=False)}" for key in ("name", "date", "place", "stage")
    )
    held = Kiosk.open(data, parse(f'[organisation]\nname = "M"\n[event]\n{named}\n', "kiosk.toml"))
    assert held.event == event
    assert held.held() == held.check() == 12
    key = KioskPrivateKey(bytes.fromhex(json.loads((VECTORS / "kiosk.json").read_text("utf-8"))["seed"]))
    group, _ = json.loads((VECTORS / "groups.json").read_text("utf-8"))["groups"]
    counts = held.counts(key.tally)
    assert (counts.in_counts, counts.left_out) == (10, 2)
    assert {table.question: table.counts for table in counts.tables} == group["counts"]
    held.close()
    pool = Pool(pool_of(data), RESPONSES)
    opened = {ResponseOpener(office, event).open(sealed.sealed).codes for sealed in pool.rows()}
    pool.close()
    assert opened == {tuple(item["codes"]) for item in json.loads((VECTORS / "responses.json").read_text("utf-8"))}


def test_what_others_keep_beside_the_files_is_not_swept(data: Path, settings: Settings) -> None:
    """An editor's swap file holds an organiser's unsaved work."""
    (data / "office").mkdir()
    others = [data / ".kiosk.toml.swp", data / "office" / ".notes"]
    for other in others:
        other.write_text("mine", "utf-8")
    Kiosk.open(data, settings).close()
    assert all(other.read_text("utf-8") == "mine" for other in others)


def test_what_killed_processes_left_is_swept_at_opening(data: Path, settings: Settings) -> None:
    left = data / "kiosk"
    (left / ".kiosk.pub.0a1b2c3d.new").write_bytes(b"half a f")
    (left / f".{'0' * 32}.new").mkdir()
    (left / f".{'0' * 32}.new" / "event.json").write_bytes(b"{")
    (left / f".{'0' * 32}.new" / "groups.db").write_bytes(b"half a d")
    (left / ".self-test-x").mkdir()
    Pool.create(left / ".self-test-x" / "responses.db", RESPONSES)
    (data / "office").mkdir()
    elsewhere = [
        data / f"{name}.0a1b2c3d.new"
        for name in (".kiosk.toml", ".events.json", "office/.office.key", "office/.wrong-tries")
    ]
    for half in elsewhere:
        half.write_bytes(b"half a f")
    held = Kiosk.open(data, settings)
    held.close()
    assert not any(half.exists() for half in elsewhere)
    assert sorted(path.name for path in left.iterdir()) == sorted(
        ["kiosk.key", "kiosk.pub", "office.pub", "register.json", "tally.pub", held.event.folder_name]
    )


@pytest.mark.parametrize("name", ["kiosk.pub", "office.pub"])  # tally.pub is made again at the next unlocking
def test_a_missing_key_file_is_reported_and_nothing_is_made_up(data: Path, settings: Settings, name: str) -> None:
    (data / "kiosk" / name).unlink()
    before = files_of(data)
    with pytest.raises(KeyFileError, match=name):
        Kiosk.open(data, settings)
    assert files_of(data) == before


# Damage

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "half a page": lambda content: content[:2048],
    "emptied beside its journal": lambda _: b"",
    "one page of several": lambda content: content[:LARGE_PAGES],
    "cut within its last page": lambda content: content[:-100],
    "cut by a page": lambda content: content[:-LARGE_PAGES],
    "no database": lambda _: b"not a database, but a text of some length" * 200,
    "header overwritten": lambda content: bytes(16) + content[16:],
    "list of free pages invented": lambda content: content[:35] + b"\x02" + content[36:],
    "schema overwritten": lambda content: content.replace(b"BLOB NOT NULL", b"TEXT NOT NULL"),
    "page of rows overwritten": lambda content: (
        content[:LARGE_PAGES] + b"\xa5" * LARGE_PAGES + content[2 * LARGE_PAGES :]
    ),
    "schema of no text, at a word of SQL": lambda content: content.replace(b"TABLE", b"\xffABLE"),
    "schema of no text, at a name": lambda content: content.replace(b"sealed", b"\xffealed"),
    "schema of no text, at what is required": lambda content: content.replace(b"NULL", b"\xffULL"),
    "row shortened": lambda content: content.replace(b"\x03\x92\x0c", b"\x03\x92\x0a", 1),
}


def refused_untouched(data: Path, settings: Settings) -> None:
    before = files_of(data)
    with pytest.raises(StoreDamagedError) as caught:
        Kiosk.open(data, settings).close()
    assert str(data) in caught.value.sentence
    after = files_of(data)
    changed = [name for name in before if after[name] != before[name]]
    assert not changed
    assert set(after) == set(before)


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_a_damaged_pool_is_reported_and_left_as_it_is(with_responses: Path, settings: Settings, damage: str) -> None:
    path = pool_of(with_responses)
    whole = path.read_bytes()
    path.write_bytes(DAMAGE[damage](whole))
    assert path.read_bytes() != whole
    refused_untouched(with_responses, settings)


def test_an_emptied_pool_is_reported_and_left_as_it_is(with_responses: Path, settings: Settings) -> None:
    path = pool_of(with_responses)
    path.write_bytes(b"")
    path.with_name("responses.db-journal").unlink()
    refused_untouched(with_responses, settings)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE other (x)",
        "CREATE INDEX other ON response (sealed)",
        "CREATE VIEW other AS SELECT sealed FROM response",
        "CREATE TRIGGER other AFTER INSERT ON response BEGIN DELETE FROM response; END",
        "ALTER TABLE response ADD COLUMN kept_at TEXT",
        "DROP TABLE response",
        "ALTER TABLE response RENAME TO other",
        "INSERT INTO response VALUES (zeroblob(1151))",
        "INSERT INTO response VALUES (zeroblob(1153))",
        "INSERT INTO response VALUES ('text')",
        "INSERT INTO response VALUES (CAST(x'ff' AS TEXT))",
    ],
)
def test_a_pool_that_another_program_changed_is_reported_and_left_as_it_is(
    with_responses: Path, settings: Settings, statement: str
) -> None:
    with closing(sqlite3.connect(pool_of(with_responses), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=PERSIST")
        connection.execute(statement)
    journal = pool_of(with_responses).with_name("responses.db-journal")
    journal.write_bytes(bytes(journal.stat().st_size))
    refused_untouched(with_responses, settings)


def test_a_missing_pool_is_not_replaced_by_an_empty_one(with_responses: Path, settings: Settings) -> None:
    pool_of(with_responses).unlink()
    refused_untouched(with_responses, settings)


def test_a_missing_or_altered_event_file_is_reported_and_left_as_it_is(
    with_responses: Path, settings: Settings
) -> None:
    path = pool_of(with_responses).with_name("event.json")
    path.write_bytes(path.read_bytes().replace(b"Leeds", b"Luton"))
    refused_untouched(with_responses, settings)
    path.unlink()
    refused_untouched(with_responses, settings)


# Responses


def test_a_response_that_cannot_be_kept_is_not_counted_and_can_be_kept_again(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = kiosk.seal(Response((1, 2, 3, 4)))

    with monkeypatch.context() as patch:
        patch.setattr(Pool, "_rewrite", failing(sqlite3.OperationalError("database or disk is full")))
        with pytest.raises(StoreError, match="could not be kept"):
            kiosk.keep(sealed)
    assert kiosk.held() == 0
    kiosk.keep(sealed)
    assert kiosk.held() == 1


def test_the_self_test_leaves_nothing_behind(kiosk: Kiosk) -> None:
    kiosk.keep(kiosk.seal(Response((1, 2, 3, 4))))
    before = files_of(kiosk.data)
    self_test(kiosk)
    assert files_of(kiosk.data) == before


@pytest.mark.parametrize("step", ["add", "remove"])
def test_the_self_test_tells_when_a_record_does_not_come_back_or_does_not_go(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = files_of(kiosk.data)
    monkeypatch.setattr(Pool, step, lambda *_: None)
    with pytest.raises(StoreDamagedError, match="did not come back"):
        self_test(kiosk)
    assert files_of(kiosk.data) == before


def test_other_events_are_listed_newest_first_with_what_they_hold(data: Path) -> None:
    days = {"2026-11-21": 2, "2026-12-01": 0, "2025-12-31": 1, "2026-11-23": 3}
    for day, number in days.items():
        held = Kiosk.open(data, settings_for("Fair", day))
        for _ in range(number):
            held.keep(held.seal(Response((1, 1, 1, 1))))
        listed = [(other.event.date.isoformat(), other.held) for other in Outbox(held).events()[1:]]
        held.close()
    assert listed == [("2026-12-01", 0), ("2026-11-21", 2), ("2025-12-31", 1)]


# What opens what


def test_the_staff_passphrase_unlocks_the_kiosks_own_key_and_no_other_passphrase_does(
    kiosk: Kiosk, passphrase: str
) -> None:
    assert kiosk.unlock(passphrase).public == kiosk.own
    with pytest.raises(WrongPassphraseError):
        kiosk.unlock(passphrase[:-1])


def test_key_files_that_do_not_belong_together_are_reported(kiosk: Kiosk, settings: Settings, passphrase: str) -> None:
    (kiosk.data / "kiosk" / "kiosk.pub").write_bytes(KioskPrivateKey.generate().public.to_file())
    strange = KioskKeys(kiosk.office, KioskPrivateKey.generate().public, None, b"")
    again = Kiosk(kiosk.data, strange, kiosk.register, settings)
    with pytest.raises(KeyFileError, match="do not belong together"):
        again.unlock(passphrase)


def test_no_key_on_a_kiosk_opens_a_response_even_with_the_staff_passphrase(
    with_responses: Path, settings: Settings, passphrase: str, office: OfficePrivateKey
) -> None:
    """Every 32 bytes found in or derived from the kiosk's files are tried as an office's seed."""
    folder = with_responses / "kiosk"
    event = settings.event_for(office.public.id, "smc-2021")
    pool = Pool(pool_of(with_responses), RESPONSES)
    sealed = pool.rows()[0]
    pool.close()
    assert ResponseOpener(office, event).open(sealed.sealed).codes[1:] == (1, 1, 1), "the office's own key does"

    material = [path.read_bytes() for path in (*folder.glob("*.*"), *folder.glob("*/event.json"))]
    material += [
        base64.b64decode(b"".join(text.split(b"\n")[1:])) for text in material if text.startswith(b"FAIRSTART")
    ]
    own = KioskPrivateKey.from_file(folder / "kiosk.key", passphrase)
    wrapped = armour.read_armoured(folder / "kiosk.key", keys.KIOSK_PRIVATE, keys._WRAPPED_SIZE)
    material += [own.seed, own.signing.private_bytes_raw(), own.tally.seed, keys._stretch(passphrase, wrapped[16:32])]
    for label in (b"fairstart office receipts 1", b"fairstart kiosk signing 1"):
        material.append(keys._derive_ed25519(own.seed, label).private_bytes_raw())

    seeds = {content[start : start + 32] for content in material for start in range(len(content) - 31)}
    assert own.seed in seeds
    assert len(seeds) > 3000
    for seed in seeds:
        with pytest.raises(NotSealedForThisKeyError) as caught:
            ResponseOpener(OfficePrivateKey(seed), event).open(sealed.sealed)
        assert isinstance(caught.value.__cause__, InvalidTag)


# Practice


def test_practice_leaves_nothing_removes_what_a_power_cut_left_and_spares_one_that_is_running(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice, "Path", lambda place: tmp_path if place == "/dev/shm" else Path(place))  # noqa: S108
    left, running = tmp_path / "fairstart-practice-left", tmp_path / "fairstart-practice-running"
    (left / "kiosk").mkdir(parents=True)
    (left / "lock").touch()  # which only a practice that had begun leaves
    with hold(running):
        with practice_folder() as practising:
            data = practising.data
            assert data.parent == tmp_path
            assert not left.exists()
            held = Kiosk.open(data, settings)
            held.keep(held.seal(Response((1, 2, 3, 4))))
            held.close()
            assert not list(data.rglob("office.key"))
            with pytest.raises(InUseError), hold(data):
                pass
        assert list(tmp_path.iterdir()) == [running]
