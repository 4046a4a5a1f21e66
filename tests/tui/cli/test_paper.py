"""`fairstart paper`: at a terminal, behind the staff passphrase, and never beside a kiosk that runs."""

import sys
from pathlib import Path

import pytest

from storage.crypto.keys import OfficePrivateKey
from storage.data_folder import hold
from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile
from tests.tui.cli.commands import Runs
from tests.tui.kiosks import opened_with
from tests.tui.program import QUICKLY

if sys.platform == "win32":
    pytest.skip("Windows has no such terminals", allow_module_level=True)

from tests.tui.program import LEFT, Opens, Program, program

__all__ = ["program"]
"""A fixture that starts commands on a folder that is set up."""

pytestmark = pytest.mark.usefixtures("quickly_unlocked")
SAID_TWICE = "".join(["6332\r"] * 2)


@pytest.fixture
def begin(program: Opens, staff_passphrase: str) -> Opens:
    """Starts the command, and types the passphrase."""

    def started(*arguments: str, first: str = "") -> Program:
        command = program("paper", *arguments, first=QUICKLY + first)
        command.once_shown("Staff passphrase", f"{staff_passphrase}\r")
        return command

    return started


def test_on_its_own_screen_sheets_are_kept_and_who_is_not_counted_is_told(
    begin: Opens, set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey
) -> None:
    command = begin()
    command.shows("Shuffled: enter each twice", "")
    command.type("1")
    command.once_shown("question 1 of 4, first time", "63326332" * 12)
    command.once_shown("12 sheets entered", "\x1b[15~")
    command.once_shown("Keep all 12", "\x1b[Z")
    command.type("\r")
    assert command.end() == 0
    assert "12 paper sheets are kept with the other responses." in command.after()
    assert "2 of them are too few for a group of ten" in command.after()
    assert command.terminal_is_restored()
    assert opened_with(office_key, set_up_folder, settings_file) == [(6, 3, 3, 2)] * 12


def test_in_plain_lines_sheets_are_kept_and_nothing_of_them_stays_on_the_terminal(
    begin: Opens, set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey
) -> None:
    command = begin("--plain")
    command.once_said("Are they shuffled?", "2\r")
    for number in range(10):
        command.once_said(f"{number} sheet{'s' * (number != 1)} entered.", "6332\r")
        command.once_said(f"Sheet {number + 1}, look it through", "\r")
    command.once_said("10 sheets entered.", "keep\r")
    command.once_said("Type keep once more", "keep\r")
    assert command.end() == 0
    assert "10 paper sheets are kept with the other responses." in command.text()
    assert "Number 6" not in command.text()
    assert b"6332" not in command.written, "it is typed unseen"
    assert command.terminal() == command.before
    assert opened_with(office_key, set_up_folder, settings_file) == [(6, 3, 3, 2)] * 10


def test_forgotten_in_plain_lines_it_ends_and_says_how_many_must_be_entered_again(
    begin: Opens, set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey
) -> None:
    command = begin("--plain", first="import tui.cli.paper\ntui.cli.paper._IDLE_SECONDS = 1\n")
    command.once_said("Are they shuffled?", "1\r" + SAID_TWICE)
    assert command.end() == 1
    assert "1 paper sheet was entered and not kept. It is wiped, and must be entered again." in command.after()
    assert opened_with(office_key, set_up_folder, settings_file) == []


@pytest.mark.parametrize("arguments", [(), ("--plain",)])
@pytest.mark.sampled
def test_told_to_end_it_keeps_nothing(
    arguments: tuple[str, ...],
    begin: Opens,
    set_up_folder: Path,
    settings_file: SettingsFile,
    office_key: OfficePrivateKey,
) -> None:
    command = begin(*arguments)
    command.once_shown("huffled", "1" + ("\r" + SAID_TWICE if arguments else "63326332"))
    command.says("Sheet 2")
    command.terminate()
    assert command.written.count(LEFT) >= 1
    assert opened_with(office_key, set_up_folder, settings_file) == []


def test_without_a_terminal_it_takes_nothing_so_that_no_file_need_hold_answers(
    run: Runs, set_up_folder: Path, settings_file: SettingsFile
) -> None:
    for arguments in ([], ["--plain"]):
        done = run("paper", *arguments, "--data", set_up_folder, given="6332\n").refusal()
        assert "typed in at a terminal, so that no file holds them" in done


def test_while_the_kiosk_runs_it_is_refused(program: Opens, set_up_folder: Path, settings_file: SettingsFile) -> None:
    with hold(set_up_folder):
        command = program("paper", first=QUICKLY)
        assert command.end() == 1
    assert "another" in command.text().lower()
    assert "passphrase" not in command.text().lower()


def test_an_event_that_has_ended_is_refused(program: Opens, set_up_folder: Path, settings_file: SettingsFile) -> None:
    kiosk = Kiosk.open(set_up_folder, settings_file.settings)
    kiosk.end_event()
    kiosk.close()
    command = program("paper", first=QUICKLY)
    assert command.end() == 1
    assert "This event has ended: start a new event in the staff area." in command.text()


def test_an_event_that_asks_for_feedback_alone_has_no_sheets(
    program: Opens, set_up_folder: Path, settings_file: SettingsFile
) -> None:
    settings_file.path.write_text(settings_file.text + '\n[feedback]\nask = "alone"\n', "utf-8")
    command = program("paper", first=QUICKLY)
    assert command.end() == 1
    assert "This event asks for feedback alone, which has no sheets" in " ".join(command.text().split())
