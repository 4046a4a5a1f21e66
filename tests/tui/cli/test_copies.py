"""Copies of the office, two who open it and a second computer, by commands: what they print, return and leave."""

import shutil
from pathlib import Path

import pytest

from storage import computer
from storage.crypto.recovery_code import recovery_code
from storage.data_folder import hold
from tests.storage.disk import files_of
from tests.storage.exchange.servers import SshServer
from tests.tui.cli.commands import STRONG, AtOffice, Runs, is_one_sentence
from tests.tui.offices import RECOVERY_SECRET

pytestmark = pytest.mark.usefixtures("quickly", "easy_unlock")


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    folder = tmp_path / "DRIVE"
    folder.mkdir()
    return folder


@pytest.fixture(params=["a folder", "an address"])
def place(drive: Path, request: pytest.FixtureRequest) -> str:
    """Where copies go."""
    if request.param == "a folder":
        return str(drive)
    sftp: SshServer = request.getfixturevalue("sftp")
    return sftp.address(sftp.root / drive.parent.name)


@pytest.mark.sampled
def test_a_copy_goes_to_a_place_and_comes_back_on_an_empty_computer(place: str, used: AtOffice, tmp_path: Path) -> None:
    done = used.runs("backup", place).answer()
    name, _, rest = done.partition(" ")
    assert name.startswith("fairstart-20")
    assert rest.endswith("opened again and whole: 220 responses from 2 events.\n")
    assert "@" not in rest
    new = AtOffice(tmp_path / "new", used.ran)
    new.runs("restore", place, given=STRONG).refusal()
    assert not new.data.exists()
    done = new.runs("restore", place).answer()
    assert "220 responses from 2 events. The office is as it was then: bring in again what came since." in done
    assert new.says("events") == used.says("events")
    assert new.runs("counts", "--json").out == used.runs("counts", "--json").out


def test_who_has_the_recovery_code_brings_the_office_back_and_then_gives_a_new_passphrase(
    used: AtOffice, drive: Path, tmp_path: Path, ran: Runs
) -> None:
    assert used.runs("backup", drive).status == 0
    new = AtOffice(tmp_path / "new", ran)
    code = tmp_path / "code"
    code.write_text(" ".join(recovery_code(bytes(17))), "utf-8")
    other = new.runs("restore", drive, "--recovery-code-file", code)
    assert (other.status, is_one_sentence(other.err), new.data.exists()) == (1, True, False)
    code.write_text(" ".join(recovery_code(RECOVERY_SECRET)), "utf-8")
    done = new.runs("restore", drive, "--recovery-code-file", code)
    assert done.out.endswith('"fairstart office recover" gives a coordinator a new passphrase.\n')
    assert new.says("events") == used.says("events")


def test_an_older_copy_is_refused_and_asked_for_moves_what_is_here_aside(used: AtOffice, drive: Path) -> None:
    assert used.runs("backup", drive).status == 0
    older = used.says("events")
    fair = used.runs("events", older.split(" · id ")[1][:32], "--level", "3")
    assert fair.status == 0
    newer = used.says("events")
    assert newer != older
    refused = used.runs("restore", drive).refusal()
    assert refused.startswith("The office here has changed since this copy of ")
    assert "--set-aside goes back to it all the same, and moves what is here aside." in refused
    assert used.says("events") == newer
    moved = f"What was here is in {used.data / 'set-aside' / 'office-1'} now"
    assert moved in used.runs("restore", "--set-aside", drive).answer()
    assert used.says("events") == older


@pytest.mark.parametrize("what", ["none", "two", "junk", "foreign"])
def test_what_is_no_copy_is_one_sentence_and_changes_nothing(
    used: AtOffice, drive: Path, what: str, tmp_path: Path
) -> None:
    if what == "two":
        for _ in range(2):
            assert used.runs("backup", drive).status == 0
    elif what == "junk":
        (drive / "x.copy").write_bytes(b"junk")
    elif what == "foreign":
        other = AtOffice(tmp_path / "other", used.ran)
        assert other.runs("init", given=STRONG).status == 0
        assert other.runs("backup", drive, given=STRONG).status == 0
    before = files_of(used.data / "office")
    used.runs("restore", drive).refusal()
    assert files_of(used.data / "office") == before


def test_while_another_has_the_office_open_one_reads_and_is_told_so(
    used: AtOffice, tmp_path: Path, drive: Path
) -> None:
    was = {command: used.runs(*command).out for command in (("counts",), ("events",), ("sticks",))}
    with hold(used.data):
        before = files_of(used.data)
        for command, said in was.items():
            done = used.runs(*command)
            assert (done.status, done.out) == (0, said)
            assert done.err.startswith("This office is open elsewhere")
        assert used.runs("report", "--to", tmp_path / "report").status == 0
        for writing in (
            ["import", drive],
            ["sync", drive],
            ["backup", drive],
            ["restore", drive],
            ["go-on"],
            ["events", "Autumn Intake", "--level", "3"],
            ["sticks", "--recall", "x"],
        ):
            used.runs(*writing).refusal()
        assert files_of(used.data) == before


def test_on_another_computer_commands_read_and_write_only_after_go_on(
    used: AtOffice, handed_over: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computer, "_marks", lambda: {b"the first"})
    known = AtOffice(tmp_path / "first", used.ran)
    assert known.runs("init", given=STRONG).status == 0
    assert known.runs("events", given=STRONG).err == ""
    there = AtOffice(Path(shutil.copytree(known.data, tmp_path / "second")), used.ran)
    monkeypatch.setattr(computer, "_marks", lambda: {b"the second"})
    read = there.runs("events", given=STRONG)
    assert (read.status, read.err.startswith("This office was used on another computer")) == (0, True)
    refused = there.runs("import", handed_over, given=STRONG).refusal()
    assert '"fairstart office go-on" says that it is this one.' in refused
    for said in ("The office goes on on this computer.", "This computer is known to the office: nothing was changed."):
        done = there.runs("go-on", "--yes", given=STRONG)
        assert (done.status, done.out) == (0, f"{said}\n")
    assert there.runs("events", given=STRONG).err == ""
