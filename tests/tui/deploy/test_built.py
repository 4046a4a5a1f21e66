"""A program that needs no Python: packed whole, brought on sticks, and as good as the one that it was made from."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from storage.errors import StickError
from tests.tui.cli.commands import STRONG, STRONGER
from tui.deploy import built
from tui.deploy.build import build
from tui.deploy.built import archive_name, archives_in, bring_built, folder_name, pack
from tui.deploy.files import SYSTEMS, menu_files, running_command, this_system
from tui.deploy.prepare import copy_programs, fetch_programs

VERSION = version("fairstart")
OTHERS = (f"fairstart-{VERSION}-windows-amd64.zip", f"fairstart-{VERSION}-macos-arm64.tar.gz")


def ignore(_done: float, _of: float) -> None:
    """Nobody looks at the progress."""


def a_program(folder: Path) -> Path:
    (folder / "_internal").mkdir(parents=True)
    (folder / "fairstart").write_bytes(b"#!/bin/sh\n")
    (folder / "fairstart").chmod(0o755)
    (folder / "_internal" / "Größe.txt").write_text("ö", "utf-8")
    return folder


def unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".gz":
        shutil.unpack_archive(archive, folder, filter="data")  # which is usual from Python 3.14 on
    else:
        shutil.unpack_archive(archive, folder)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder with what was built for other systems, and with things that are none of ours."""
    folder = tmp_path / "made"
    folder.mkdir()
    for name in (*OTHERS, "fairstart-0.0.9-windows-amd64.zip", "fairstart-9-solaris-sparc.tar.gz", "holiday.zip"):
        (folder / name).write_bytes(name.encode())
    return folder


@pytest.mark.parametrize("name", [f"fairstart-{VERSION}-linux-x86_64.tar.gz", f"fairstart-{VERSION}-windows-amd64.zip"])
def test_what_is_packed_is_one_folder_and_nobodys(name: str, tmp_path: Path) -> None:
    archive = tmp_path / name
    pack(a_program(tmp_path / "program"), archive)
    unpack(archive, tmp_path / "unpacked")
    (folder,) = (tmp_path / "unpacked").iterdir()
    assert folder.name == folder_name(name) == name.removesuffix(".zip").removesuffix(".tar.gz")
    assert (folder / "_internal" / "Größe.txt").read_text("utf-8") == "ö"
    if name.endswith(".gz"):
        assert os.access(folder / "fairstart", os.X_OK)
        with tarfile.open(archive) as packed:
            assert {(one.uid, one.gid, one.uname, one.gname) for one in packed} == {(0, 0, "", "")}
    else:
        assert zipfile.is_zipfile(archive)


def test_only_what_was_built_of_this_version_is_brought(made: Path, stick: Path) -> None:
    assert {system: [path.name for path in paths] for system, paths in archives_in(made).items()} == {
        "windows": [OTHERS[0]],
        "macos": [OTHERS[1]],
    }
    without = copy_programs(made, stick, ignore)
    assert without == ["Linux"]
    assert {path.name for path in (stick / "programs").iterdir()} == set(OTHERS)
    with pytest.raises(StickError, match="has no wheel of"):
        copy_programs(stick, stick, ignore)


def test_a_built_program_brings_itself_and_what_lies_beside_it(
    made: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = a_program(made / folder_name(archive_name())) / "fairstart"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    steps: list[tuple[float, float]] = []
    without = fetch_programs(stick, lambda done, of: steps.append((done, of)))
    there = {path.name for path in (stick / "programs").iterdir()}
    assert there == {archive_name(), *(name for name in OTHERS if this_system() not in name)}
    assert without == ([] if this_system() == "linux" else ["Linux"])
    assert steps == [(number, len(there)) for number in range(1, len(there) + 1)]
    assert running_command() == program
    (made / archive_name()).write_bytes(b"as it was downloaded")
    shutil.rmtree(stick / "programs")
    fetch_programs(stick, ignore)
    assert (stick / "programs" / archive_name()).read_bytes() == b"as it was downloaded"


def test_nothing_to_bring_is_every_system(tmp_path: Path, stick: Path) -> None:
    assert bring_built(tmp_path / "nowhere", stick, ignore) == ["Linux", "Windows", "macOS"]
    assert built.running_program() is None


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_system_has_a_file_for_its_menu(system: str) -> None:
    (file,) = menu_files(system)  # type: ignore[arg-type]
    assert (b"\r\n" in file.content) == (system == "windows") == (not file.is_program)


@pytest.mark.skipif(sys.platform != "linux", reason="for Linux")
def test_the_menu_starts_the_program_from_where_it_lies(tmp_path: Path) -> None:
    folder = a_program(tmp_path / "My programs é")
    (file,) = menu_files("linux")
    (folder / file.name).write_bytes(file.content)
    done = subprocess.run(
        ["/bin/sh", folder / file.name],
        check=True,
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout == "Fairstart is in the menu now.\n"
    menu = tmp_path / "home" / ".local" / "share" / "applications"
    entries = {path.name: path.read_text("utf-8") for path in menu.iterdir()}
    assert f'Exec="{folder}/fairstart"\n' in entries["fairstart.desktop"]
    assert f'Exec="{folder}/fairstart" office\n' in entries["fairstart-office.desktop"]
    if shutil.which("desktop-file-validate"):
        for name in entries:
            subprocess.run(["desktop-file-validate", menu / name], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="for Linux and macOS")
def test_the_start_file_needs_no_python_for_a_built_program(tmp_path: Path) -> None:
    stick, home, told = tmp_path / "A STICK", tmp_path / "home", tmp_path / "told"
    home.mkdir()
    program = tmp_path / "program"
    program.mkdir()
    (program / "fairstart").write_text(f'#!/bin/sh\necho "$PWD" "$@" >>"{told}"\n')
    (program / "fairstart").chmod(0o755)
    (stick / "programs").mkdir(parents=True)
    pack(program, stick / "programs" / archive_name())
    shell = Path(built.__file__).with_name("stick") / "start.sh"
    shutil.copyfile(shell, stick / "start.sh")

    def started() -> str:
        done = subprocess.run(
            ["/bin/sh", stick / "start.sh"],
            check=True,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        )
        return done.stdout

    assert started() == "Putting Fairstart on this laptop.\n"
    assert started() == ""
    assert told.read_text() == f"{home} setup --from {stick}\n{home}\n" * 2


@pytest.mark.long
@pytest.mark.skipif(importlib.util.find_spec("PyInstaller") is None, reason="PyInstaller is not installed")
def test_what_is_built_is_unpacked_elsewhere_set_up_answered_exported_and_reported(tmp_path: Path) -> None:
    # Minutes: PyInstaller, and the real Argon2id.
    archive = build(tmp_path / "made")
    unpack(archive, tmp_path / "an other place")
    program = tmp_path / "an other place" / folder_name(archive.name) / f"fairstart{sysconfig.get_config_var('EXE')}"
    shutil.rmtree(tmp_path / "made")
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "staff.txt").write_text(STRONG, "utf-8")
    (tmp_path / "office.txt").write_text(STRONGER, "utf-8")
    (tmp_path / "stick").mkdir()
    people = 300  # of whom one process opens 256
    there = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    if sys.platform == "win32":
        there = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def run(*words: str | Path, given: str = "") -> str:
        done = subprocess.run(
            [program, *words, "--data", home / "data"],
            check=False,
            capture_output=True,
            input=given,
            encoding="utf-8",
            cwd=home,
            env=there,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    event = ("--organisation", "Northfield", "--event", "Fair", "--date", "2026-11-23", "--place", "Leeds")
    keys = ("--passphrase-file", tmp_path / "staff.txt", "--office-passphrase-file", tmp_path / "office.txt")
    run("setup", *event, "--stage", "outreach", *keys)
    assert run("plain", given="1\n1\n1\n1\n1\n1\n" * people).count("Thank you. Your answers are locked") == people
    run("export", tmp_path / "stick", "--passphrase-file", tmp_path / "staff.txt")
    (export,) = (tmp_path / "stick").glob("*.fairstart")
    office = ("--passphrase-file", tmp_path / "office.txt")
    run("office", "import", *office, "--staff-passphrase-file", tmp_path / "staff.txt")
    run("office", "import", export, *office)
    assert f"{people} responses held" in run("office", "counts", *office)
    run("office", "report", "--to", tmp_path / "report", *office)
    assert list((tmp_path / "report").rglob("*.html"))
    assert "interview" in run("toolkit", "search", "interveiw").lower()
    if sys.platform == "win32":  # which has no terminal of a test's own
        return
    import pexpect

    kiosk = pexpect.spawn(str(program), ["--data", str(home / "data")], dimensions=(24, 80), cwd=str(home), timeout=30)
    kiosk.expect("No, thank you")
    kiosk.close(force=True)
