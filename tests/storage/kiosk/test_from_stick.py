"""Set-up from a stick: one token for each laptop, whenever it is interrupted; nothing is left where it is refused."""

import contextlib
import datetime as dt
import shutil
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey, StaffPublicKey
from storage.errors import KeyFileError, SettingsError, StickError, WrongPassphraseError
from storage.exchange.stick import FOLDER, Stick, new_folder, new_tokens, small_files
from storage.kiosk import from_stick
from storage.kiosk.from_stick import check_stick, clear_stick, is_done, set_up_from
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.register import Register
from storage.kiosk.renewal import renew_key
from storage.settings import FILE_NAME, SettingsFile, parse
from tests.storage.disk import files_of
from tests.storage.killed import killed_everywhere

DAY = dt.date(2026, 11, 23)
TOML = """\
# Ours.
[organisation]
name = "Northfield Council"
[event]
name = "Spring Jobs Fair"
date = 2026-11-23
place = "Town Hall"
"""


def prepared(place: Path, office: OfficePrivateKey, passphrase: str, laptops: int = 2, toml: str = TOML) -> list[bytes]:
    tokens = new_tokens(laptops)
    settings = SettingsFile(parse(toml, FILE_NAME), place / FILE_NAME, toml)
    with new_folder(place, lambda: None) as folder:
        for name, content in small_files(settings, office.public, StaffPublicKey.of(passphrase), tokens).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
    return tokens


def set_up_whole(place: Path, data: Path, today: dt.date = DAY) -> None:
    stick = Stick.read(place)
    if is_done(stick, data, data / FILE_NAME):
        clear_stick(stick, data)
        return
    check_stick(stick, data, today)
    list(set_up_from(stick, data, data / FILE_NAME))


def token_of(data: Path) -> bytes | None:
    return Register.open(data / "kiosk").noted.token


def names(place: Path) -> list[str]:
    return sorted(path.name for path in (place / FOLDER / "tokens").iterdir())


@pytest.fixture
def place(memory_folder: Path, office: OfficePrivateKey, passphrase: str) -> Path:
    prepared(memory_folder / "STICK", office, passphrase)
    return memory_folder / "STICK"


def test_a_laptop_is_set_up_with_its_own_key_the_settings_and_a_token_that_leaves_the_stick(
    tmp_path: Path, office: OfficePrivateKey, passphrase: str
) -> None:
    tokens = prepared(tmp_path / "STICK", office, passphrase)
    laptops = [tmp_path / "one", tmp_path / "two"]
    for data in laptops:
        set_up_whole(tmp_path / "STICK", data)
    assert {token_of(data) for data in laptops} == set(tokens)
    assert names(tmp_path / "STICK") == []
    keys = set()
    for data in laptops:
        assert (data / FILE_NAME).read_text("utf-8") == TOML
        with contextlib.closing(Kiosk.open(data, parse(TOML, FILE_NAME))) as kiosk:
            keys.add(kiosk.unlock(passphrase).seed)
            with pytest.raises(WrongPassphraseError):
                kiosk.unlock(passphrase.upper())
    assert len(keys) == 2
    with pytest.raises(StickError, match="ask the office for another stick"):
        check_stick(Stick.read(tmp_path / "STICK"), tmp_path / "three", DAY)
    assert not (tmp_path / "three").exists()


def test_nothing_on_a_stick_opens_a_laptops_key_or_holds_a_passphrase(
    place: Path, tmp_path: Path, office: OfficePrivateKey, passphrase: str, own: KioskPrivateKey
) -> None:
    shutil.copytree(place, tmp_path / "found")
    set_up_whole(place, tmp_path / "data")
    key = KioskPrivateKey.from_file(tmp_path / "data" / "kiosk" / "kiosk.key", passphrase)
    for content in files_of(tmp_path / "found").values():
        for secret in (key.seed, office.seed, passphrase.encode(), passphrase.partition(" ")[0].encode()):
            assert secret not in content
    for name in files_of(tmp_path / "found"):
        for word in (name, (tmp_path / "found" / name).read_text("utf-8")):
            with pytest.raises(WrongPassphraseError):
                KioskPrivateKey.from_file(tmp_path / "data" / "kiosk" / "kiosk.key", word)


def test_set_up_that_is_killed_anywhere_can_be_run_again_and_takes_one_token(
    place: Path, memory_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some seconds: a process for each of the changes, of which those of the self-test are left out.
    monkeypatch.setattr(from_stick, "self_test", lambda _kiosk: None)

    def begin(number: int) -> Path:
        return Path(shutil.copytree(place, memory_folder / str(number) / "STICK")).parent

    def work(folder: Path) -> None:
        set_up_whole(folder / "STICK", folder / "data")

    for folder in killed_everywhere(begin, work):
        meanwhile = Stick.read(folder / "STICK").take("another")
        work(folder)
        assert names(folder / "STICK") == ["another.taken"]
        assert token_of(folder / "data") not in {None, meanwhile}
        Kiosk.open(folder / "data", parse(TOML, FILE_NAME)).close()
        assert not list((folder / "data" / "kiosk").glob(".*"))


def test_set_up_from_the_stick_that_it_came_from_changes_nothing(place: Path, tmp_path: Path) -> None:
    set_up_whole(place, tmp_path / "data")
    before, left = files_of(tmp_path / "data"), names(place)
    set_up_whole(place, tmp_path / "data")
    assert (files_of(tmp_path / "data"), names(place)) == (before, left)


def test_a_laptop_takes_the_next_event_and_keeps_its_keys_and_passphrase(
    place: Path, tmp_path: Path, office: OfficePrivateKey, passphrase: str
) -> None:
    set_up_whole(place, tmp_path / "data")
    before = token_of(tmp_path / "data")
    key = (tmp_path / "data" / "kiosk" / "kiosk.key").read_bytes()
    prepared(tmp_path / "NEXT", office, "another passphrase", toml=TOML.replace("Spring", "Autumn"))
    set_up_whole(tmp_path / "NEXT", tmp_path / "data")
    assert (tmp_path / "data" / "kiosk" / "kiosk.key").read_bytes() == key
    assert token_of(tmp_path / "data") == before
    assert names(tmp_path / "NEXT") == ["1.token", "2.token"]
    assert "Autumn" in (tmp_path / "data" / FILE_NAME).read_text("utf-8")


def test_a_stick_of_an_event_that_is_over_is_refused(place: Path, tmp_path: Path) -> None:
    with pytest.raises(StickError, match=r"over on 23 November 2026.*clock right\.$"):
        set_up_whole(place, tmp_path / "data", DAY + dt.timedelta(1))
    assert not (tmp_path / "data").exists()
    assert names(place) == ["1.token", "2.token"]


def test_a_laptop_of_another_office_stays_as_it_is(place: Path, tmp_path: Path) -> None:
    set_up(tmp_path / "data", "any", OfficePrivateKey.generate().public)
    (tmp_path / "data" / FILE_NAME).write_text(TOML, "utf-8")
    before = files_of(tmp_path / "data")
    with pytest.raises(KeyFileError, match="another office"):
        set_up_whole(place, tmp_path / "data")
    assert files_of(tmp_path / "data") == before


def test_a_folder_that_is_no_stick_and_a_stick_without_an_event_are_refused(
    tmp_path: Path, office: OfficePrivateKey, passphrase: str
) -> None:
    with pytest.raises(StickError, match="no stick that an office has prepared"):
        Stick.read(tmp_path)
    prepared(tmp_path / "STICK", office, passphrase, toml='[organisation]\nname = "Northfield Council"\n')
    with pytest.raises(StickError, match="which event"):
        Stick.read(tmp_path / "STICK")
    (tmp_path / "STICK" / FOLDER / FILE_NAME).write_text("[event", "utf-8")
    with pytest.raises(SettingsError):
        Stick.read(tmp_path / "STICK")


def test_a_stick_that_cannot_be_written_is_refused_and_nothing_stays_on_the_laptop(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StickError, match="write protection"):
        set_up_whole(place, tmp_path / "data")
    assert files_of(tmp_path / "data") == {}


def test_a_new_key_for_a_copied_laptop_has_no_token(place: Path, tmp_path: Path, passphrase: str) -> None:
    set_up_whole(place, tmp_path / "data")
    renew_key(tmp_path / "data", passphrase)
    assert token_of(tmp_path / "data") is None
