"""From the office to laptops by stick and back, as the commands do it; what each says where it cannot."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.exchange.stick import FOLDER
from storage.text import counted
from tests.storage.exchange.servers import SshServer
from tests.tui.cli.commands import RUN, STRONG, Opens, Runs, contents, is_one_sentence
from tests.tui.offices import OFFICE_PASSPHRASE
from tests.tui.program import QUICKLY, Program

pytestmark = pytest.mark.usefixtures("quickly")

Office = Callable[..., str]
PLANNED = ("plan", "add", "Spring Jobs Fair", "--place", "Town Hall", "--date", "2035-11-23")
PREPARE = ("prepare", "--organisation", "Northfield Council", "--no-wheels", "--staff-passphrase-file")


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    path = tmp_path / "staff.txt"
    path.write_text(STRONG, "utf-8")
    return path


@pytest.fixture
def office(run: Runs, new_office: Path) -> Office:
    """Runs a command of the office in a process of its own, and gives what it printed."""

    def ran(*arguments: str | Path, status: int = 0) -> str:
        locked = [] if arguments[0] == "plan" else ["--passphrase-file", "-"]
        done = run(
            "office", *arguments, *locked, "--data", new_office, given=f"{OFFICE_PASSPHRASE}\n", code=QUICKLY + RUN
        )
        assert done.status == status, done.err
        assert status == 0 or is_one_sentence(done.err)
        return done.out + done.err

    ran(*PLANNED)
    return ran


@pytest.mark.long
def test_from_the_office_to_two_laptops_and_back_by_stick(
    office: Office, run: Runs, program: Opens, tmp_path: Path, staff: Path
) -> None:
    stick, drive = tmp_path / "STICK", tmp_path / "DRIVE"
    drive.mkdir()
    told = office(*PREPARE, staff, "--laptops", "2", stick)
    assert f"{stick / FOLDER} is ready for 2 laptops." in told
    shutil.copytree(stick, tmp_path / "COPY")

    first = program("setup", "--from", stick, "--data", tmp_path / "1")
    first.once_said("Is this the “Spring Jobs Fair”, Town Hall, 23 November 2035?", "y\r")
    assert first.end() == 0
    assert b"the stick can go" in first.written
    assert run("setup", "--from", stick, "--yes", "--data", tmp_path / "2").status == 0

    def hand_over(laptop: Path) -> None:
        asked = run("plain", "--data", laptop, given="1\n6\n3\n3\n2\n1\n")
        assert asked.status == 0, asked.err
        done = run("export", drive, "--passphrase-file", staff, "--data", laptop, code=QUICKLY + RUN)
        assert done.status == 0, done.err

    for number in "12":
        hand_over(tmp_path / number)
    assert "2 files were brought in, 2 responses new." in office("import", drive)
    assert "2 of 2 laptops handed over" in office("sticks")
    for number in "12":
        options = ["--delete", "--passphrase-file", staff, "--data", tmp_path / number]
        done = run("receipt", drive, *options, code=QUICKLY + RUN)
        assert "is deleted here" in done.out, done.err

    assert run("setup", "--from", tmp_path / "COPY", "--yes", "--data", tmp_path / "3").status == 0
    hand_over(tmp_path / "3")
    refused = office("import", drive, status=1)
    assert (
        "with the token of another laptop: its stick was copied, or its files were. Compare its fingerprint" in refused
    )


NO_NETWORK = """
import socket
def refuse(*_):
    raise OSError("no network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


def answer(kiosk: Program, number: int) -> None:
    """Answer the four questions, each in one of two ways, and wait to be thanked. No key is pressed twice in a row."""
    kiosk.once_shown("Hello.", "1")
    kiosk.shows("Question 1")
    for question in range(1, 5):
        code = 2 + (number >> question - 1) % 2
        kiosk.type(str(code))
        kiosk.once_shown(f"{code} ●", "\r")
        kiosk.shows(f"Question {question + 1}" if question < 4 else "Ready to send?")
    kiosk.type("s")
    kiosk.once_shown("You answered", "\r")
    kiosk.once_shown("Thank you", " \r")


@pytest.mark.parametrize(("people", "times"), [(2, 1), pytest.param(45, 2, marks=pytest.mark.long)])
def test_the_whole_tour_from_the_office_by_a_stick_and_a_server_until_it_is_deleted(  # noqa: PLR0913, PLR0917 - fixtures
    office: Office, run: Runs, program: Opens, ssh: SshServer, tmp_path: Path, staff: Path, people: int, times: int
) -> None:
    shutil.copytree(ssh.home / ".ssh", tmp_path / "home" / ".ssh", dirs_exist_ok=True)
    address = ssh.address(ssh.root / tmp_path.name)
    settings, stick, data = tmp_path / "office.toml", tmp_path / "STICK", tmp_path / "laptop"
    settings.write_text(f'[office]\naddress = "{address}"\n', "utf-8")
    locked = "--passphrase-file", staff, "--data", data

    def laptop(command: str, *arguments: str | Path) -> str:
        done = run(command, *arguments, *locked, code=QUICKLY + RUN)
        assert done.status == 0, done.err
        return done.out

    office(*PREPARE, staff, "--config", settings, stick)
    set_up = program("setup", "--from", stick, "--data", data, first=NO_NETWORK)
    set_up.says("23 November 2035?")
    keys = "y\r"
    assert len(keys) < 12
    set_up.type(keys)
    assert set_up.end() == 0
    shutil.rmtree(stick)

    kiosk = program("--data", data)
    for number in range(people):
        answer(kiosk, number)
    fair = f"Spring Jobs Fair, 23 November 2035: {counted(people, 'response')}, "
    shown = f"sftp://{address.rpartition('@')[2]}"
    for _ in range(times):
        assert laptop("sync").splitlines() == [
            f"{fair}handed over, no receipt yet",
            f"{people} answers handed over to {shown}, checked by reading the file back. Safe to repeat.",
        ]
    assert f"1 file was brought in, {people} responses new." in office("sync", address)
    for _ in range(times - 1):
        assert "Nothing new: everything there was brought in before." in office("sync", address)
    assert "1 of 1 laptop handed over" in office("sticks")
    assert laptop("sync").splitlines()[0] == f"{fair}received by the office: may be deleted here"
    assert kiosk.terminate() == 0
    assert "is deleted here" in laptop("receipt", address, "--delete")
    for _ in range(times - 1):
        assert laptop("sync").splitlines()[0].endswith("received by the office, deleted here")


def test_a_recalled_stick_lets_no_laptop_in_until_its_fingerprint_is_accepted(
    office: Office, run: Runs, tmp_path: Path, staff: Path
) -> None:
    told = office(*PREPARE, staff, tmp_path / "STICK")
    stick = told.rpartition("--recall ")[2].partition('"')[0]
    assert "0 of 1 laptop handed over · recalled" in office("sticks", "--recall", stick.upper())
    assert run("setup", "--from", tmp_path / "STICK", "--yes", "--data", tmp_path / "1").status == 0
    (tmp_path / "DRIVE").mkdir()
    options = ["--passphrase-file", staff, "--data", tmp_path / "1"]
    exported = run("export", tmp_path / "DRIVE", *options, code=QUICKLY + RUN)
    assert "with a token that was recalled" in office("import", tmp_path / "DRIVE", status=1)
    fingerprint = exported.out.rpartition("fingerprint: ")[2].strip()
    assert "1 file was brought in" in office("import", tmp_path / "DRIVE", "--accept", fingerprint)


@pytest.mark.long
def test_no_changes_nothing(office: Office, program: Opens, tmp_path: Path, staff: Path) -> None:
    office(*PREPARE, staff, tmp_path / "STICK")
    before = contents(tmp_path / "STICK")
    asked = program("setup", "--from", tmp_path / "STICK", "--data", tmp_path / "data")
    asked.once_said("23 November 2035?", "n\r")
    assert asked.end() == 1
    assert b"Nothing was changed." in asked.written
    assert not (tmp_path / "data").exists()
    assert contents(tmp_path / "STICK") == before


def test_the_staff_passphrase_is_typed_twice_at_the_office(
    office: Office, program: Opens, new_office: Path, tmp_path: Path
) -> None:
    (tmp_path / "office.txt").write_text(OFFICE_PASSPHRASE, "utf-8")
    options = ["--passphrase-file", tmp_path / "office.txt", "--data", new_office]
    typed = program("office", *PREPARE[:-1], tmp_path / "STICK", *options, first=QUICKLY)
    typed.says("A staff passphrase that is hard to guess: ")
    for asked, text in (("New staff passphrase: ", STRONG), ("The same staff passphrase: ", f"{STRONG}s")):
        typed.once_said(asked, f"{text}\r")
    assert typed.end() == 1
    assert b"The two staff passphrases differ" in typed.written
    assert not (tmp_path / "STICK").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["office", "prepare", "STICK", "--wheels", "x", "--no-wheels"], "choose --wheels or --no-wheels"),
        (["setup", "--yes"], "--yes goes with --from"),
        (["setup", "--from", "STICK", "--date", "2035-11-23"], "--from goes with --yes alone"),
        (["setup", "--from", "nowhere", "--yes"], "nowhere is no stick that an office has prepared"),
        (["office", "prepare", "STICK", "--passphrase-file", "-"], "holds no office key"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(ran: Runs, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = ran(*arguments, "--data", tmp_path / "data")
    assert done.status
    assert said in done.err
    assert is_one_sentence(done.err)
    assert not (tmp_path / "data").exists()


@pytest.mark.long
def test_without_a_planned_event_it_says_what_to_do_and_a_laptop_takes_one_of_several(
    office: Office, program: Opens, tmp_path: Path, staff: Path
) -> None:
    office("plan", "add", "Open Day", "--place", "Leeds", "--date", "2035-11-24")
    prepare = (*PREPARE, staff, tmp_path / "STICK")
    assert "each with --event: Spring Jobs Fair and Open Day." in office(*prepare, status=1)
    assert "No event “Closed Day” is planned" in office(*prepare, "--event", "Closed Day", status=1)
    assert "is ready for 1 laptop." in office(*prepare, "--event", "open day", "--event", "Spring Jobs Fair")
    assert "Spring Jobs Fair, Town Hall, 23 November 2035 and 1 more · 0 of 1 laptop" in office("sticks")
    again = program("setup", "--from", tmp_path / "STICK", "--data", tmp_path / "laptop")
    again.once_said("Is this the “Spring Jobs Fair”, Town Hall, 23 November 2035?", "n\r")
    again.once_said("Is this the “Open Day”, Leeds, 24 November 2035?", "y\r")
    assert again.end() == 0
    assert "is there already" in office(*prepare, "--event", "open day", status=1)
    for name in ("Open Day", "Spring Jobs Fair"):
        office("plan", "remove", "--yes", name)
    assert 'Add one with "fairstart office plan add".' in office(*prepare, status=1)
    assert "There is no stick “x”" in office("sticks", "--recall", "x", status=1)
