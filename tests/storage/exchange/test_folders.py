"""What there is to choose from, once something is typed or pasted; and a drive that does not answer keeps nobody."""

import os
import shlex
import threading
import time
from pathlib import Path

import pytest

from storage.errors import PlaceError
from storage.exchange import drives, patience
from storage.exchange.drives import Drive, expanded
from storage.exchange.folders import Listing, choices
from storage.exchange.typed import meant
from tests.waiting import WAIT

posix = pytest.mark.skipif(os.name == "nt", reason="there a backslash parts folders")


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A drive with folders and files, on a computer whose owner has two folders."""
    home, folder = tmp_path / "home", tmp_path / "STICK"
    for path in (
        home / "Documents",
        home / "Music",
        folder / "Spring Fair" / "inner",
        folder / "autumn",
        folder / ".old",
    ):
        path.mkdir(parents=True)
    for name in ("office.pub", "notes.txt", "Zwölf.pub"):
        (folder / name).write_bytes(b"")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setattr(drives, "drives", lambda: [Drive(folder)])
    return folder


def names(listing: Listing) -> list[str]:
    return [one.name for one in listing.entries]


def test_at_first_there_are_drives_and_then_ones_own_folders(stick: Path) -> None:
    assert names(choices(" ", None)) == ["STICK", "home", "Documents"]


@pytest.mark.parametrize(
    ("suffix", "inside"),
    [(None, ["autumn", "Spring Fair"]), (".pub", ["autumn", "Spring Fair", "office.pub", "Zwölf.pub"])],
)
def test_a_folder_shows_its_folders_and_the_files_that_are_wanted(
    stick: Path, suffix: str | None, inside: list[str]
) -> None:
    for typed in (str(stick), f"{stick}{os.sep}", f"{stick}/autumn/..", f"'{stick}'", stick.as_uri()):
        listing = choices(typed, suffix)
        assert names(listing) == inside
        assert listing.here
        assert listing.here.path == stick
        assert listing.above is None, "above a drive are all places"
    assert choices(f"{stick}/autumn", suffix).above == stick


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("A", ["autumn", "Spring Fair"]),
        ("spring", ["Spring Fair"]),
        ("ZWOLF", ["Zwölf.pub"]),
        ("pub", ["office.pub", "Zwölf.pub"]),
        (".o", [".old"]),
        ("nothing", []),
    ],
)
def test_a_part_of_a_name_leaves_what_begins_with_it_and_then_what_holds_it(
    stick: Path, typed: str, left: list[str]
) -> None:
    listing = choices(f"{stick}/{typed}", ".pub")
    assert names(listing) == left
    assert listing.here is None


def test_a_file_that_is_wanted_is_there_to_be_taken_and_another_is_not(stick: Path) -> None:
    here = choices(str(stick / "office.pub"), ".pub").here
    assert here
    assert not here.is_folder
    assert choices(str(stick / "notes.txt"), ".pub") == Listing(above=stick)


def test_an_address_has_no_choices(stick: Path) -> None:
    for address in ("sftp://host/in", "'s3://bucket'", "smb://host/share/"):
        assert choices(address, None) == Listing()


@pytest.mark.parametrize("typed", ["{}/none/", "{}/none/more", "file://host/drop"])
def test_a_folder_that_is_not_there_is_said(stick: Path, typed: str) -> None:
    with pytest.raises(PlaceError, match=r"cannot be looked into|There is no folder|names no folder"):
        choices(typed.format(stick), None)


def test_a_folder_of_five_thousand_is_looked_through_in_no_time(tmp_path: Path) -> None:
    for number in range(5000):
        (tmp_path / f"{number}.pub").touch()
    began = time.process_time()
    assert len(choices(f"{tmp_path}/", ".pub").entries) == 5000
    assert len(choices(f"{tmp_path}/499", ".pub").entries) == 15
    assert time.process_time() - began < 1


def test_a_drive_that_does_not_answer_is_asked_once_and_the_others_go_on(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `stat` and `scandir` do on a network drive whose server has gone: they come back when it does."""
    server = threading.Event()
    asked: list[object] = []
    scandir = os.scandir

    def scan(path: Path) -> "os._ScandirIterator[str]":
        if path == stick / "autumn":
            asked.append(path)
            assert server.wait(WAIT)
        return scandir(path)

    monkeypatch.setattr(patience, "PATIENCE", 0.05)
    monkeypatch.setattr(os, "scandir", scan)
    for part in ("", "x", "x/y", "x/y/z"):
        with pytest.raises(PlaceError, match="does not answer"):
            choices(f"{stick}/autumn/{part}", None)
    assert len(asked) == 1
    assert names(choices(f"{stick}/", None)) == ["autumn", "Spring Fair"]
    server.set()
    end = time.monotonic() + WAIT
    while patience._silent:
        assert time.monotonic() < end
    assert choices(f"{stick}/autumn/", None).here


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "  {}\n",
        "\r\n{}\r\n",
        '"{}"',
        "'{}'",
        "“{}”",
        "\u2018{}\u2019",
        "<{}>",
        "file://{}",
        "file:{}",
        "'file://{}'",
        "FILE://localhost{}",
        "& '{}'",
    ],
)
def test_a_path_is_understood_in_whatever_form_it_is_pasted(stick: Path, written: str) -> None:
    for path in (stick / "Spring Fair", stick / "Spring Fair" / "not yet"):
        text = path.as_posix().replace(" ", "%20") if "file:" in written.lower() else str(path)
        assert expanded(meant(written.format(text))) == path


@posix
@pytest.mark.parametrize("name", ["Ann's (old) stick & more", 'say "cheese"', "a\\b", "  two  spaces", "$HOME", "%20"])
def test_what_a_terminal_makes_of_a_name_that_is_dropped_on_it_is_undone(stick: Path, name: str) -> None:
    path = stick / name
    path.mkdir()
    escaped = "".join(letter if letter.isalnum() or letter in "/._-%" else f"\\{letter}" for letter in str(path))
    for written in (shlex.quote(str(path)), f"'{stick}'/{shlex.quote(name)}", escaped, path.as_uri()):
        assert expanded(meant(written)) == path


@posix
def test_a_name_that_only_looks_quoted_is_meant_as_it_is_where_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, inner in (("'a'", "a"), ('"b"', "b"), ("c\\ d", "c d"), ("<e>", "e")):
        (tmp_path / inner).mkdir()
        assert meant(name) == inner
        (tmp_path / name).mkdir()
        assert meant(name) == name
    assert meant("two words") == "two words"
    assert meant("O'Neil") == "O'Neil"
