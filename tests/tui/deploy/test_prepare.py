"""Preparing a stick: whole or not at all, known to the office before it has its name; wheels; the start file."""

import contextlib
import datetime as dt
import hashlib
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from storage.crypto.keys import OfficePrivateKey
from storage.errors import SettingsError, StickError, WeakPassphraseError
from storage.exchange.coming import ComingEvent, events_in
from storage.exchange.stick import FOLDER, TOKENS
from storage.office.office import Office
from storage.office.planned import PlannedEvent
from storage.office_folder import unlock_office
from storage.private_files import read_at_most
from storage.settings import FILE_NAME, SettingsFile, parse
from tests.storage.disk import no_file_longer_than
from tests.tui.cli.commands import STRONG
from tests.tui.kiosks import KIOSK_TOML
from tests.tui.offices import OFFICE_PASSPHRASE
from tui.deploy import wheels
from tui.deploy.prepare import (
    Prepared,
    copy_programs,
    events_for_laptops,
    guessable,
    new_staff_passphrase,
    prepare,
    settings_for_laptops,
)
from tui.deploy.wheels import fetch_wheels, needed, wheels_in

pytestmark = pytest.mark.usefixtures("quickly")

SETTINGS = SettingsFile(parse(KIOSK_TOML, FILE_NAME), Path(FILE_NAME), KIOSK_TOML)
EVENT = SETTINGS.settings.event
DAY = dt.date(2026, 11, 23)
EVENTS = [ComingEvent(event=EVENT, languages=("en",))]


@pytest.fixture
def office(new_office: Path, office_key: OfficePrivateKey) -> Iterator[Office]:
    with contextlib.closing(Office.open(new_office, office_key)) as opened:
        yield opened


def prepared(office: Office, place: Path, wheels: Path | None = None, laptops: int = 2) -> Prepared:
    return prepare(
        office,
        place,
        settings=SETTINGS,
        events=EVENTS,
        passphrase=STRONG,
        laptops=laptops,
        bring_programs=partial(copy_programs, wheels) if wheels else None,
        progress=lambda _done, _of: None,
    )


def test_it_holds_all_that_a_laptop_needs(office: Office, tmp_path: Path) -> None:
    done = prepared(office, tmp_path / "new" / "STICK", laptops=3)
    assert done.folder == tmp_path / "new" / "STICK" / FOLDER
    assert [path.name for path in done.folder.parent.iterdir()] == [FOLDER]
    assert (done.folder / FILE_NAME).read_text("utf-8") == KIOSK_TOML
    assert events_in(done.folder) == EVENTS
    assert (done.folder / "office.pub").read_bytes() == office.public.to_file()
    assert len(list((done.folder / TOKENS).iterdir())) == 3
    for name in ("start.sh", "start.command", "deploy/linux/install.sh"):
        assert sys.platform == "win32" or (done.folder / name).stat().st_mode & stat.S_IXUSR
    assert (done.folder / "start.cmd").read_bytes().count(b"\r\n") > 20
    assert (done.folder / "deploy" / "guide.html").exists()
    assert not list(done.folder.rglob("*.new"))
    assert [one.id for one in office.sticks.all()] == [done.stick]


def test_a_folder_that_is_there_stays_as_it_is(office: Office, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    with pytest.raises(StickError, match=r"is there already: delete it, or choose another place\.$"):
        prepared(office, tmp_path)
    assert list((tmp_path / FOLDER).iterdir()) == []
    assert office.sticks.all() == []


def test_a_full_stick_keeps_nothing_and_the_office_notes_none(office: Office, tmp_path: Path) -> None:
    with no_file_longer_than(2000), pytest.raises(StickError, match="free some space there"):
        prepared(office, tmp_path / "STICK")
    assert list((tmp_path / "STICK").iterdir()) == []
    assert office.sticks.all() == []


def test_a_stick_that_is_pulled_out_at_the_end_is_recalled(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: Path, target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "rename", gone)
    with pytest.raises(StickError):
        prepared(office, tmp_path / "STICK")
    assert [one.recalled for one in office.sticks.all()] == [True]


def planned(name: str, *languages: str) -> PlannedEvent:
    return PlannedEvent(name=name, place="Leeds", date=DAY, languages=languages)


def test_laptops_get_the_settings_that_apply_here_with_who_asks_and_each_event_with_its_languages() -> None:
    assert settings_for_laptops(SETTINGS, "").text == KIOSK_TOML
    named = settings_for_laptops(SETTINGS, " Northfield  ")
    assert named.settings.organisation.name == "Northfield"
    assert "# as on the banner" in named.text
    events = events_for_laptops(named, [planned("B", "cy", "en"), planned("A")], DAY)
    assert [(one.event.name, one.languages) for one in events] == [("A", ("en",)), ("B", ("cy", "en"))]
    assert guessable(named, events) == ("Northfield", "A", "Leeds", "B")


def test_nobody_who_asks_a_name_that_cannot_be_used_and_an_event_that_is_over_are_refused() -> None:
    nobody = SettingsFile(parse("", FILE_NAME), Path(FILE_NAME), "")
    with pytest.raises(StickError, match="do not say who asks"):
        settings_for_laptops(nobody, " ")
    with pytest.raises(SettingsError, match=r"^What you typed: .* at most 60 characters"):
        settings_for_laptops(nobody, "x" * 61)
    with pytest.raises(StickError, match="“Fair” was over on 23 November 2026"):
        events_for_laptops(SETTINGS, [planned("Fair")], DAY + dt.timedelta(1))


def test_a_staff_passphrase_is_strong_and_not_the_offices(new_office: Path) -> None:
    known = guessable(SETTINGS, EVENTS)
    assert new_staff_passphrase(f" {STRONG}", known, new_office) == STRONG
    unlock_office(new_office, OFFICE_PASSPHRASE)
    with pytest.raises(WeakPassphraseError, match="office passphrase"):
        new_staff_passphrase(OFFICE_PASSPHRASE, known, new_office)
    with pytest.raises(WeakPassphraseError):
        new_staff_passphrase("Riverside Jobs Fair Leeds", known, new_office)


# Wheels


def empty_wheels(folder: Path) -> list[str]:
    folder.mkdir()
    names = ["fairstart", *needed()]
    for name in names:
        (folder / f"{name.replace('-', '_')}-1.0-py3-none-any.whl").write_bytes(name.encode())
    return names


def test_wheels_come_from_a_folder_that_has_every_one(office: Office, tmp_path: Path) -> None:
    names = empty_wheels(tmp_path / "wheels")
    assert {"fairstart", "textual", "paramiko", "cryptography", "cffi"} <= set(names)
    done = prepared(office, tmp_path / "STICK", tmp_path / "wheels")
    assert len(list((done.folder / "wheels").iterdir())) == len(names)


@pytest.mark.parametrize("missing", ["fairstart", "markdown-it-py"])
def test_a_missing_wheel_is_named_and_nothing_is_written(office: Office, tmp_path: Path, missing: str) -> None:
    empty_wheels(tmp_path / "wheels")
    (tmp_path / "wheels" / f"{missing.replace('-', '_')}-1.0-py3-none-any.whl").unlink()
    with pytest.raises(StickError, match=rf"has no wheel of {missing}: put it there, or have the programs fetched\.$"):
        prepared(office, tmp_path / "STICK", tmp_path / "wheels")
    assert list((tmp_path / "STICK").iterdir()) == []
    assert office.sticks.all() == []


def test_a_folder_without_wheels_names_one(tmp_path: Path) -> None:
    with pytest.raises(StickError, match="has no wheel of"):
        wheels_in(tmp_path / "nowhere")


@pytest.mark.parametrize("tampered", [False, True])
def test_what_is_fetched_is_what_was_locked_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, tampered: bool
) -> None:
    folder, lock = tmp_path / "wheels", tmp_path / "lock.txt"
    folder.mkdir()
    own, other = stand_in(tmp_path / "own"), stand_in(tmp_path / "index", "other")
    lock.write_text(f"other==1.0 --hash=sha256:{hashlib.sha256(other.read_bytes()).hexdigest()}\n", "ascii")
    if tampered:
        with zipfile.ZipFile(other, "a") as archive:
            archive.writestr("more.py", "")
    monkeypatch.setattr(wheels, "LOCKED", lock)
    monkeypatch.setattr(wheels, "_PYTHONS", ("3.11",))
    monkeypatch.setattr(wheels, "_PLATFORMS", {"Linux": ("manylinux_2_28_x86_64",)})
    monkeypatch.setattr(wheels, "_own_source", lambda: str(own))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(other.parent))
    if tampered:
        with pytest.raises(StickError, match="cannot be fetched"):
            fetch_wheels(folder, lambda _done, _of: None)
        assert not (folder / other.name).exists()
    else:
        assert fetch_wheels(folder, lambda _done, _of: None) == []
        assert {path.name for path in folder.iterdir()} == {own.name, other.name}


# The start file

STAND_IN = """\
import os, sys
def main():
    with open(os.environ["TOLD"], "a") as told:
        print(os.getcwd(), *sys.argv[1:], file=told)
    sys.exit(len(sys.argv) > 1 and os.environ.get("SAYS_NO") == "1")
"""


def stand_in(folder: Path, name: str = "fairstart") -> Path:
    """A wheel of a Fairstart that tells how it was called."""
    folder.mkdir(exist_ok=True)
    about = f"{name}-1.0.dist-info"
    files = {
        "stand_in.py": STAND_IN,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nProvides-Extra: sftp\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": "[console_scripts]\nfairstart = stand_in:main\n",
    }
    record = "".join(f"{each},,\n" for each in [*files, f"{about}/RECORD"])
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for each, content in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(each, content)
    return path


def starts(stick: Path, home: Path, *arguments: str | Path, path: str = "", **more: str) -> tuple[int, str, list[str]]:
    """How the start file ends, what it says, and how Fairstart was called."""
    home.mkdir(exist_ok=True)
    told = home / "told"
    told.write_text("")
    done = subprocess.run(
        ["/bin/sh", stick / "start.sh", *arguments],
        capture_output=True,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        env={
            "HOME": str(home),
            "PATH": path or f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "TOLD": str(told),
            "PIP_INDEX_URL": "http://127.0.0.1:9/",
            **more,
        },
    )
    return done.returncode, done.stdout + done.stderr, told.read_text().splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="for Linux and macOS")
def test_the_start_file_puts_fairstart_on_the_laptop_sets_it_up_and_starts_it(office: Office, tmp_path: Path) -> None:
    # Some seconds: pip makes the environment, as on a laptop.
    stick, home = prepared(office, tmp_path / "A STICK").folder, tmp_path / "home"
    stand_in(stick / "wheels")
    half_done = home / ".local" / "share" / "fairstart-program" / ".venv" / "half-done"
    half_done.mkdir(parents=True)
    called = [f"{home} setup --from {stick}", str(home)]
    status, said, told = starts(stick, home)
    assert (status, told) == (0, called), said
    assert "Putting Fairstart on this laptop" in said
    assert not half_done.exists()
    assert starts(stick, home) == (0, "", called)
    assert starts(stick, home, SAYS_NO="1") == (1, "Nothing was started.\n", called[:1])


@pytest.mark.skipif(sys.platform == "win32", reason="for Linux and macOS")
def test_the_start_file_says_what_is_missing(office: Office, tmp_path: Path) -> None:
    stick, home = prepared(office, tmp_path / "STICK").folder, tmp_path / "home"
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("dirname", "uname", "cat", "sh"):
        (bare / name).symlink_to(str(shutil.which(name)))
    status, said, told = starts(stick, home, path=str(bare))
    assert (status, told) == (1, [])
    assert said == "This laptop has no Fairstart, and this stick brings none: install it, then open this file again.\n"
    stand_in(stick / "wheels")
    assert starts(stick, home, path=str(bare))[1].startswith("This laptop has no Python 3.11 or newer: install it")


def test_the_start_files_name_every_sentence_alike(office: Office, tmp_path: Path) -> None:
    stick = prepared(office, tmp_path / "STICK").folder
    shell, windows = ((stick / name).read_text("utf-8") for name in ("start.sh", "start.cmd"))
    sentences = dict.fromkeys(re.findall(r'fail "(.*?)"', shell)[:-1])
    assert len(sentences) == 3
    assert all(sentence in windows for sentence in sentences)
    assert read_at_most(stick / "start.command", 1 << 16) == shell.encode()
