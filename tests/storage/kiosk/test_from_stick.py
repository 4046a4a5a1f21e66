"""Set-up from a stick: one token for each laptop, whenever it is interrupted; nothing is left where it is refused."""

import contextlib
import datetime as dt
import shutil
from pathlib import Path

import msgspec
import pytest

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey, StaffPublicKey
from storage.errors import KeyFileError, SettingsError, StickError, WrongPassphraseError
from storage.exchange.coming import FILE_NAME as EVENTS
from storage.exchange.coming import ComingEvent, events_in
from storage.exchange.stick import FOLDER, Stick, new_folder, new_tokens, small_files
from storage.kiosk import from_stick
from storage.kiosk.from_stick import check_stick, come_again, is_done, set_up_from, ways_to_set_up
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.register import Register
from storage.kiosk.renewal import renew_key
from storage.settings import FILE_NAME, EventDetails, SettingsFile, parse
from tests.storage.disk import failing, files_of
from tests.storage.killed import at_some_moments, killed_everywhere

DAY, WEEK = dt.date(2026, 11, 23), dt.timedelta(7)
TOML = """\
# Ours.
[organisation]
name = "Northfield Council"
[event]
name = "Spring Jobs Fair"
date = 2026-11-23
place = "Town Hall"
"""


def prepared(
    place: Path, office: OfficePrivateKey, passphrase: str, *later: EventDetails, laptops: int = 2, toml: str = TOML
) -> list[bytes]:
    tokens = new_tokens(laptops)
    settings = SettingsFile(parse(toml, FILE_NAME), place / FILE_NAME, toml)
    events = [ComingEvent(event=each, languages=("en",)) for each in (settings.settings.event, *later)]
    with new_folder(place, lambda: None) as folder:
        for name, content in small_files(
            settings, events, office.public, StaffPublicKey.of(passphrase), tokens
        ).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
    return tokens


def set_up_whole(place: Path, data: Path, today: dt.date = DAY) -> None:
    """As the command does, where somebody says yes to the first question."""
    ways = ways_to_set_up(Stick.read(place), today)
    for stick in ways:
        if is_done(stick, data, data / FILE_NAME):
            come_again(stick, data)
            return
    check_stick(ways[0], data, today)
    list(set_up_from(ways[0], data, data / FILE_NAME))


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


@at_some_moments
def test_set_up_that_is_killed_anywhere_can_be_run_again_and_takes_one_token(
    place: Path, memory_folder: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    # A process for each of the changes, of which those of the self-test are left out.
    monkeypatch.setattr(from_stick, "self_test", lambda _kiosk: None)

    def begin(number: int) -> Path:
        return Path(shutil.copytree(place, memory_folder / str(number) / "STICK")).parent

    def work(folder: Path) -> None:
        set_up_whole(folder / "STICK", folder / "data")

    for folder in killed_everywhere(begin, work, every):
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


def test_a_stick_of_several_events_sets_up_for_the_next_and_the_laptop_knows_the_others(
    tmp_path: Path, office: OfficePrivateKey, passphrase: str
) -> None:
    first = parse(TOML, FILE_NAME).event
    later = [msgspec.structs.replace(first, name=name, date=day) for name, day in (("C", DAY + WEEK), ("B", DAY))]
    prepared(tmp_path / "STICK", office, passphrase, *later)
    data = tmp_path / "data"

    def event_of_the_laptop(today: dt.date) -> str:
        set_up_whole(tmp_path / "STICK", data, today)
        return parse((data / FILE_NAME).read_text("utf-8"), FILE_NAME).event.name

    assert event_of_the_laptop(DAY) == "B", "of two on a day the one whose name sorts first"
    assert [one.event.name for one in events_in(data)] == ["B", "Spring Jobs Fair", "C"]
    assert event_of_the_laptop(DAY + WEEK) == "C", "the stick comes once more"
    (data / EVENTS).unlink()
    assert event_of_the_laptop(DAY) == "C", "an event of the stick's that is still to come stays"
    assert len(events_in(data)) == 3
    with pytest.raises(StickError, match="was over on 23 November 2026"):
        set_up_whole(tmp_path / "STICK", tmp_path / "other", DAY + 2 * WEEK)


@pytest.mark.parametrize("content", ["[", "[{}]", '[{"event": {"name": "Fair"}, "languages": ["en"]}]'])
def test_events_that_cannot_be_read_are_told_in_a_sentence(place: Path, content: str) -> None:
    (place / FOLDER / EVENTS).write_text(content, "utf-8")
    with pytest.raises(StickError, match=r"events\.json cannot be read: ask the office for another stick\.$"):
        Stick.read(place)


def test_a_stick_that_names_no_events_but_the_one_in_its_settings_is_for_that_one(place: Path, tmp_path: Path) -> None:
    (place / FOLDER / EVENTS).unlink()
    set_up_whole(place, tmp_path / "data")
    assert [one.event.name for one in events_in(tmp_path / "data")] == ["Spring Jobs Fair"]


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
    monkeypatch.setattr(Path, "rename", failing(PermissionError(30, "Read-only file system")))
    with pytest.raises(StickError, match="write protection"):
        set_up_whole(place, tmp_path / "data")
    assert files_of(tmp_path / "data") == {}


def test_a_new_key_for_a_copied_laptop_has_no_token(place: Path, tmp_path: Path, passphrase: str) -> None:
    set_up_whole(place, tmp_path / "data")
    renew_key(tmp_path / "data", passphrase)
    assert token_of(tmp_path / "data") is None
