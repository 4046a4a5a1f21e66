"""Staff hand one person plain lines from the running kiosk, the real program at a terminal; it comes back by itself."""

import signal
from pathlib import Path

import psutil
import pytest

from content.language import load_words
from storage.crypto.keys import OfficePrivateKey
from storage.settings import SettingsFile
from tests.tui.kiosks import opened_with
from tests.tui.program import CLEARS_SOON, ENTERED, HASTY, LEFT, QUICKLY, Opens, Program

WORDS = load_words()
WIPED = b"\x1b[H\x1b[2J\x1b[3J"
THANKS_SOON = "import tui.plain\ntui.plain._THANKS_SECONDS = 0.3\n"
COUNTS_KEYS = """
import gc, tui.plain
def run_once(survey):
    keys = sum(type(each).__name__ == "KioskPrivateKey" for each in gc.get_objects())
    survey._lines.write(f"keys: {keys}.")
    once(survey)
once, tui.plain.PlainSurvey.run_once = tui.plain.PlainSurvey.run_once, run_once
"""
FAULTY = "from content.language import Guidance\nGuidance.notes = lambda *_: 1 / 0\n"
"""Whoever asks for help meets a fault."""

pytestmark = pytest.mark.usefixtures("quickly_unlocked")


class Staff:
    """Staff at the real kiosk."""

    def __init__(self, program: Opens, passphrase: str) -> None:
        self._program = program
        self._passphrase = passphrase

    def start(self, *arguments: str, first: str = "") -> Program:
        """Start the kiosk."""
        return self._program(*arguments, first=QUICKLY + first)

    def unlock(self, kiosk: Program, passphrase: str = "") -> None:
        """Open the staff area."""
        kiosk.once_shown("No, thank you", "\x1bOQ")
        kiosk.once_shown("Unlock", passphrase or self._passphrase)
        kiosk.type("\r")
        kiosk.shows("Plain lines")

    def hand_over(self, kiosk: Program) -> None:
        """Hand plain lines to the person who is there."""
        self.unlock(kiosk)
        kiosk.type("i")
        kiosk.shows(WORDS.plain.welcome_prompt.strip())


@pytest.fixture
def staff(program: Opens, staff_passphrase: str) -> Staff:
    return Staff(program, staff_passphrase)


def comes_back(kiosk: Program) -> None:
    """Wait for the kiosk, locked, and see that nothing of the lines is left."""
    kiosk.shows(WORDS.button.decline)
    assert "Plain lines" not in kiosk.text()
    lines = kiosk.written.rpartition(WORDS.plain.welcome_prompt.encode())[2]
    assert lines.index(WIPED + LEFT) < lines.index(ENTERED)


def test_whatever_ends_the_lines_the_kiosk_comes_back_and_counts_who_was_asked(
    staff: Staff, set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey
) -> None:
    settings_file.path.write_text(settings_file.text + "\n[kiosk]\nidle_seconds = 31\n", "utf-8")
    kiosk = staff.start(first=HASTY + CLEARS_SOON + THANKS_SOON + FAULTY)
    for typed in ("1\n?\n", "1\n6\n3\n3\n2\n1\n", "2\n", "1\n6\nx\nx\n", "1\n6\n\x04", ""):
        staff.hand_over(kiosk)
        kiosk.type(typed)
        comes_back(kiosk)
    assert b"ZeroDivisionError" not in kiosk.written
    staff.unlock(kiosk)
    kiosk.type("q")
    kiosk.shows("2 responses would stay out of this laptop’s counts")
    assert kiosk.terminate() == 0
    assert kiosk.terminal_is_restored()
    assert sorted(opened_with(office_key, set_up_folder, settings_file)) == [(6, 3, 3, 2), (9, 6, 5, 4)]


def test_no_key_leads_out_of_the_lines_and_no_staff_key_is_in_memory(staff: Staff) -> None:
    kiosk = staff.start(first=COUNTS_KEYS)
    staff.hand_over(kiosk)
    kiosk.once_said("keys: 0.", "\x03\x1a\x1c")
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        kiosk.process.send_signal(number)
    kiosk.type("1\n")
    kiosk.says("Question 1 of 4")
    assert kiosk.process.status() != psutil.STATUS_STOPPED


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.sampled
def test_being_told_to_end_in_the_lines_ends_the_program_and_leaves_nothing(name: str, staff: Staff) -> None:
    kiosk = staff.start()
    staff.hand_over(kiosk)
    kiosk.type("1\n")
    kiosk.says("Question 1 of 4")
    kiosk.process.send_signal(signal.Signals[name])
    assert kiosk.end() == 0
    assert kiosk.written.endswith(WIPED + LEFT)
    assert kiosk.terminal_is_restored()


@pytest.mark.long
def test_in_practice_the_lines_say_so_and_nothing_that_was_set_is_lost_after_them(staff: Staff) -> None:
    kiosk = staff.start("--practice")
    staff.unlock(kiosk, "practice")
    assert "Reading aloud is on" in kiosk.text()
    kiosk.type("r")
    kiosk.once_shown("Reading aloud is off.", "i")
    kiosk.once_said(f"{WORDS.practice.banner}\n{WORDS.welcome.heading}", "2\n")
    kiosk.once_said(WORDS.plain.declined_prompt.format(seconds=30), "\n")
    staff.unlock(kiosk, "practice")
    assert "Reading aloud is off." in kiosk.text()
    assert kiosk.terminate() == 0
