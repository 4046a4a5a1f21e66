"""The real program in real terminals: what it writes there, where it puts the cursor, what it makes of the poorest.

tmux is a terminal that can be asked where its cursor is: a `Window` holds the program in one. What has to be seen byte
by byte is written to a `Program` of the lockdown's tests. A Linux console can be had by nobody who is not at one, so
what its kernel makes of colours, bold letters and cursors is worked out here, as drivers/tty/vt/vt.c does.
"""

import contextlib
import io
import os
import re
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.scrollbar import ScrollBarRender

from content.language import Words, load_words
from content.survey import load_survey
from storage.crypto.keys import OfficePrivateKey
from storage.data_folder import hold
from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile, find_settings
from tests.storage.needs import not_tested
from tests.tui.contrast import LINES, TEXT, Rgb, contrast
from tests.tui.kiosks import Codes, at_kiosk, opened_with
from tests.tui.letters import CODE_PAGE, lacking
from tests.tui.pilot import CRAMPED, LARGE, SMALL, USUAL, Size
from tests.tui.program import CLEARS_SOON, HASTY, Opens, Program
from tests.waiting import WAIT
from tui.app import KioskApp
from tui.terminal import capabilities as terminal
from tui.terminal.capabilities import (
    Fallbacks,
    console_letters,
    draws_screens,
    fallbacks,
    look_at_colours,
    look_at_letters,
    look_at_size,
    screen_fallbacks,
    shown_key,
)
from tui.terminal.lines import Lines

WORDS, WELSH = load_words(), load_words("cy")
CODES = (3, 1, 2, 1)
"""What everybody answers here."""
SPEAKS = (
    "from tui.speech import programs\n"
    "programs.find_program = lambda: programs.Program('espeak-ng', '/nowhere/espeak-ng')\n"
)
"""Whether or not this computer can speak, the button that offers it is there."""
UP, DOWN = "\x1b[A", "\x1b[B"
SHOWN, HIDDEN = b"\x1b[?25h", b"\x1b[?25l"
STEADY, AS_BEFORE = b"\x1b[4 q", b"\x1b[0 q"
CONSOLE_AS_BEFORE = b"\x1b[?0c"


class Window:
    """The program in a window of tmux, whose server is this window's own and is spoken to in control mode."""

    def __init__(self, folder: Path, term: str, size: Size, *arguments: str | Path) -> None:
        home = folder / "home"
        home.mkdir(exist_ok=True)
        self._sockets = tempfile.TemporaryDirectory(prefix="tmux-")  # a socket's name has a hundred letters at most
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        inside = {**kept, "TERM": term, "LANG": "C.UTF-8", "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        started = [sys.executable, "-c", f"{SPEAKS}from tui.cli.main import main\nmain()", *map(str, arguments)]
        start = ["env", "-i", *(f"{name}={value}" for name, value in inside.items()), *started]
        whole = f"{shlex.join(start)}; printf 'Ended: %d.' $?; read -r _"
        settings = ["-f", "/dev/null", "-C", "start-server", ";", "set", "-g", "status", "off", ";"]
        self._server = subprocess.Popen(
            ["tmux", *settings, "new-session", "-x", str(size[0]), "-y", str(size[1]), whole],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**kept, "LANG": "C.UTF-8", "HOME": str(home), "TMUX_TMPDIR": self._sockets.name},
        )
        self._unread = b""
        self._heard = 0
        self.written = b""
        """Everything that the program has written."""
        self._line_until(time.monotonic() + WAIT, b"%session-changed")
        self._shell = psutil.Process(int(self._told("#{pane_pid}")))

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names of them."""
        self._ask("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self._ask("send-keys", "-l", "--", text)

    def resize(self, size: Size) -> None:
        """Change the size of the window."""
        self._ask("resize-window", "-x", str(size[0]), "-y", str(size[1]))

    def lines(self) -> list[str]:
        """What the window shows."""
        return [line.rstrip() for line in self._ask("capture-pane", "-p")]

    def text(self) -> str:
        """The same as one line with single spaces."""
        return " ".join(" ".join(self.lines()).split())

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Where the cursor is, in columns and rows, if it is shown."""
        x, y, shown = map(int, self._told("#{cursor_x} #{cursor_y} #{cursor_flag}").split())
        return (x, y) if shown else None

    @property
    def status(self) -> int | None:
        """With what the program ended, if it has."""
        ended = re.search(r"Ended: (\d+)\.$", self.text())
        return int(ended[1]) if ended else None

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Look again each time the program has written something, until something has happened."""
        end = time.monotonic() + WAIT
        while True:
            heard = self._heard
            if happened():
                return
            assert time.monotonic() < end, "did not happen, cursor {}:\n{}".format(self.cursor, "\n".join(self.lines()))
            if heard == self._heard:
                self._line(min(end, time.monotonic() + 1))

    def shows(self, text: str) -> None:
        """Wait until the window shows a text."""
        self.wait_until(lambda: text in self.text())

    def has_cursor_on_mark(self, sign: str, number: int) -> None:
        """Wait until the row of this number is marked, and the cursor shown on its sign."""
        self.wait_until(lambda: self.cursor is not None and self.cursor == sign_of(self.lines(), sign, number))

    def shows_no_cursor(self) -> None:
        """Wait until there is no cursor to be seen."""
        self.wait_until(lambda: self.cursor is None)

    def end(self) -> int:
        """Tell the program to end, and give its exit status."""
        for child in self._shell.children():
            child.terminate()
        return self.ended()

    def ended(self) -> int:
        """Wait until the program has ended, and give its exit status."""
        self.wait_until(lambda: self.status is not None)
        return self.status or 0

    def give_up(self) -> None:
        """Make sure that nothing is left running."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in self._shell.children():
                child.kill()
        if self._server.returncode is None:
            self._server.communicate(b"kill-server\n", timeout=WAIT)
        self._sockets.cleanup()

    def _told(self, wanted: str) -> str:
        return self._ask("display-message", "-p", wanted)[0]

    def _ask(self, *command: str) -> list[str]:
        assert self._server.stdin
        self._server.stdin.write(shlex.join(command).replace("\n", " ").encode() + b"\n")
        self._server.stdin.flush()
        end = time.monotonic() + WAIT
        self._line_until(end, b"%begin")
        answer = []
        while not (line := self._line_until(end)).startswith((b"%end", b"%error")):
            answer.append(line.decode())
        assert line.startswith(b"%end"), (command, answer)
        return answer

    def _line_until(self, end: float, beginning: bytes = b"") -> bytes:
        while (line := self._line(end)) is None or not line.startswith(beginning):
            assert time.monotonic() < end, "tmux does not answer"
        return line

    def _line(self, end: float) -> bytes | None:
        """The next thing that tmux says, if it says anything by then."""
        assert self._server.stdout
        while b"\n" not in self._unread:
            if not select.select([self._server.stdout], [], [], max(end - time.monotonic(), 0))[0]:
                return None
            said = os.read(self._server.stdout.fileno(), 1 << 16)
            assert said, f"tmux has ended: {self._unread.decode(errors='replace')}"
            self._unread += said
        line, _, self._unread = self._unread.partition(b"\n")
        if line.startswith(b"%output "):
            self._heard += 1
            self.written += re.sub(rb"\\(\d{3})", lambda octal: bytes([int(octal[1], 8)]), line.split(b" ", 2)[2])
        return line


Windows = Callable[..., Window]


@pytest.fixture
def window(set_up_folder: Path, settings_file: SettingsFile, tmp_path: Path) -> Iterator[Windows]:
    """Opens a window of tmux with the kiosk in it, or another command."""
    opened: list[Window] = []

    def opens(term: str, size: Size = SMALL, *arguments: str) -> Window:
        if shutil.which("tmux") is None:
            not_tested("tmux is not there")
        opened.append(Window(tmp_path, term, size, *arguments, "--data", set_up_folder))
        return opened[-1]

    yield opens
    for each in opened:
        each.give_up()


@pytest.fixture
def held_then(
    set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey
) -> Callable[[], list[Codes]]:
    """Opens what is held, at the office, once the program has ended."""
    return lambda: opened_with(office_key, set_up_folder, settings_file)


class Screen(pyte.Screen):
    """Passes by how a Linux console is told what its cursor looks like, which pyte takes for a question."""

    def report_device_attributes(self, *given: object, **named: object) -> None:
        """Answer nothing."""


@pytest.fixture
def console(program: Opens) -> Opens:
    """Starts the kiosk, or another command, as `program` does, with a button that offers to speak."""

    def opened(*arguments: str | Path, first: str = SPEAKS, encoding: str = "utf-8", **more: str) -> Program:
        started = program(*arguments, first=first, **more)
        started._screen = Screen(80, 24)
        started._painter = pyte.ByteStream(started._screen)
        if encoding == "latin-1":
            started._painter.select_other_charset("@")
        return started

    return opened


@pytest.fixture
def in_welsh_first(settings_file: SettingsFile) -> None:
    settings_file.path.write_text(settings_file.text + '\n[survey]\nlanguages = ["cy", "en"]\n', "utf-8")


# What a terminal is told

SETTINGS = re.compile(rb"\x1b\[([\d;]*)m")


def drawn(written: bytes) -> set[tuple[int, ...]]:
    """Every setting of colours and attributes, as its numbers; what follows 38 or 48 goes with it as one number."""
    found = set()
    for given_numbers in SETTINGS.findall(written):
        numbers = re.sub(rb"\b([34]8);(?:5;\d+|2;\d+;\d+;\d+)", rb"\1", given_numbers)
        found.add(tuple(int(number or 0) for number in numbers.split(b";")))
    return found


def numbers_of(written: bytes) -> set[int]:
    """Every number among them."""
    return {number for numbers in drawn(written) for number in numbers}


COLOURS = {*range(30, 50), *range(90, 108)} - {39, 49}
BLACK_AND_WHITE, GREYS = {30, 40, 97, 107}, {37, 47, 90, 100}
"""What is painted on sixteen colours or fewer, and what becomes of it behind a dialog."""
BLINK = {5, 6}


def letters_of(written: bytes) -> set[str]:
    """Every letter that is painted."""
    text = re.sub(r"\x1b\][^\x07]*\x07|\x1b\[[?<>=]?[\d;]*[ $]?[a-zA-Z]", "", written.decode())
    return {letter for letter in text if letter >= " "}


def contrast_at_console(numbers: tuple[int, ...]) -> float:
    """The contrast of letters at a Linux console, which shows bold and bright ones alike, and underlined ones cyan."""
    front, back = 7, 0
    for number in numbers:
        colour = number - 60 if number >= 90 else number
        front = colour - 30 if 30 <= colour <= 37 else front
        back = colour - 40 if 40 <= colour <= 47 else back
    front = 6 if 4 in numbers else front
    if 7 in numbers:
        front, back = back, front
    bold = any(number == 1 or 90 <= number <= 97 for number in numbers)
    return contrast(console_colour(front, 85 if bold else 0), console_colour(back, 0))


def console_colour(number: int, more: int) -> Rgb:
    """One of a console's eight colours; `more` is how much brighter bold letters are."""
    red, green, blue = (170 * bool(number & bit) + more for bit in (1, 2, 4))
    return red, green, blue


def sign_of(lines: Iterable[str], signs: str, number: int) -> tuple[int, int] | None:
    """Where the sign of the marked row stands, if it is the row of this number."""
    for y, line in enumerate(lines):
        marked = re.match(rf"\s*([{signs}]) {number} ", line)
        if marked:
            return marked.start(1), y
    return None


BUTTONS = ["Counts"] + [
    text for text in (getattr(WORDS.button, name) for name in WORDS.button.__struct_fields__) if isinstance(text, str)
]


def moves_to_a_button(window: Window, before: tuple[int, int] | None) -> tuple[int, int]:
    """Wait until the cursor is shown elsewhere, at the beginning of what a button says."""
    found: list[tuple[int, int]] = []

    def moved() -> bool:
        at = window.cursor
        if at is None or at == before:
            return False
        said = window.lines()[at[1]][at[0] :]
        if said.startswith(tuple(BUTTONS)) or said == "R":  # alone in a narrow window
            found.append(at)
        return bool(found)

    window.wait_until(moved)
    return found[0]


# A whole interview by keys, in tmux


def _sizes(*, term: str) -> list[Any]:
    others = [USUAL, LARGE, CRAMPED]
    return [pytest.param(term, SMALL, id=f"{term}-60x20")] + [
        pytest.param(term, size, id=f"{term}-{size[0]}x{size[1]}", marks=pytest.mark.long) for size in others
    ]


@pytest.mark.parametrize(
    ("term", "size"), [*_sizes(term="tmux-256color"), *_sizes(term="xterm"), *_sizes(term="linux")]
)
@pytest.mark.sampled
def test_an_interview_by_keys_has_the_cursor_where_the_reader_is(
    term: str, size: Size, window: Windows, held_then: Callable[[], list[Codes]]
) -> None:
    kiosk = window(term, size)
    sign = "►" if term == "linux" else "▸"
    kiosk.shows("Hello.")
    kiosk.shows_no_cursor()
    kiosk.press("1")
    for number, code in enumerate(CODES, 1):
        kiosk.shows(f"Question {number} of 4")
        kiosk.shows_no_cursor()
        for row, key in ((1, "Down"), (2, "Down"), (1, "Up")):
            kiosk.press(key)
            kiosk.has_cursor_on_mark(sign, row)
        seen = kiosk.cursor
        for _ in range(2):
            kiosk.press("Tab")
            seen = moves_to_a_button(kiosk, seen)
        kiosk.press("Down")
        kiosk.has_cursor_on_mark(sign, 2)
        kiosk.press(str(code))
        kiosk.has_cursor_on_mark(sign, code)
        kiosk.press("Enter")
    kiosk.shows("Ready to send?")
    kiosk.shows_no_cursor()
    kiosk.press("End", "Enter")  # Enter alone would be a key that is held
    kiosk.shows("Thank you")
    kiosk.shows_no_cursor()
    kiosk.press("End", "Enter")
    kiosk.shows("Hello.")
    assert kiosk.end() == 0
    assert held_then() == [CODES]
    assert not BLINK & numbers_of(kiosk.written)
    if term == "tmux-256color":
        assert {38, 48} <= numbers_of(kiosk.written)
    else:
        assert numbers_of(kiosk.written) & COLOURS <= BLACK_AND_WHITE
        assert {30, 107} <= numbers_of(kiosk.written)
    assert term != "linux" or letters_of(kiosk.written) <= CODE_PAGE


@pytest.mark.long
def test_another_size_in_the_middle_of_a_question_keeps_the_answer(window: Windows) -> None:
    kiosk = window("tmux-256color", LARGE)
    kiosk.shows("Hello.")
    kiosk.press("1")
    kiosk.shows("Question 1 of 4")
    kiosk.press("3")
    kiosk.shows("▸ 3 ●")
    small = WORDS.small.text.partition(".")[0]
    assert small not in kiosk.text()
    for size in (CRAMPED, LARGE, CRAMPED):
        kiosk.resize(size)
        if size == CRAMPED:
            kiosk.shows(small)
        else:
            kiosk.wait_until(lambda: small not in kiosk.text())
        kiosk.has_cursor_on_mark("▸", 3)
        assert [line for line in kiosk.lines() if "●" in line] == [line for line in kiosk.lines() if "▸ 3 ●" in line]
    kiosk.press("Enter")
    kiosk.shows("Question 2 of 4")


@pytest.mark.parametrize("term", ["linux", pytest.param("xterm", marks=pytest.mark.long)])
@pytest.mark.long
def test_staff_unlock_by_keys(term: str, window: Windows, staff_passphrase: str) -> None:
    kiosk = window(term)
    kiosk.shows("Hello.")
    kiosk.press("F2")
    kiosk.shows("Passphrase:")
    kiosk.type(staff_passphrase)
    hidden = "•" * len(staff_passphrase)
    kiosk.shows(hidden)
    ((y, line),) = ((y, line) for y, line in enumerate(kiosk.lines()) if hidden in line)
    kiosk.wait_until(lambda: kiosk.cursor == (line.index(hidden) + len(hidden), y))
    assert staff_passphrase not in kiosk.text()
    kiosk.press("Enter")
    kiosk.shows("0 responses held on this laptop")
    kiosk.press("Tab")
    moves_to_a_button(kiosk, None)
    kiosk.press("l")
    kiosk.shows("Hello.")
    assert numbers_of(kiosk.written) & COLOURS <= BLACK_AND_WHITE | GREYS
    assert term != "linux" or letters_of(kiosk.written) <= CODE_PAGE


@pytest.mark.long
def test_a_terminal_that_draws_nothing_is_told_so_and_offered_plain_lines(
    window: Windows, held_then: Callable[[], list[Codes]]
) -> None:
    kiosk = window("dumb", USUAL)
    assert kiosk.ended() == 1
    assert kiosk.text().startswith('This terminal cannot draw screens: use another one, or "fairstart plain".')
    assert kiosk.written.count(b"\n") == 1
    assert b"\x1b" not in kiosk.written
    kiosk.give_up()
    plain = window("dumb", USUAL, "plain")
    plain.shows("Type 1 to start")
    for typed in (1, *CODES, 1):
        plain.press(str(typed), "Enter")
    plain.shows(WORDS.plain.thanks_prompt.format(seconds=30).strip())
    plain.press("Enter")
    plain.shows(WORDS.plain.next_person)
    plain.press("C-d")
    assert plain.ended() == 0
    assert b"\x1b" not in plain.written
    assert held_then() == [CODES]


# Colours and the cursor, byte by byte


def has_cursor_on_mark(kiosk: Program, sign: str, number: int) -> None:
    """Wait until the row of this number is marked, and the cursor shown on its sign."""
    cursor = kiosk._screen.cursor
    kiosk.wait_until(lambda: not cursor.hidden and (cursor.x, cursor.y) == sign_of(kiosk._screen.display, sign, number))


def answers_with_the_cursor(kiosk: Program, sign: str = "▸") -> None:
    """Go to the first question, mark a row, focus a button, choose, and mark another."""
    kiosk.start_survey()
    kiosk.type(DOWN)
    has_cursor_on_mark(kiosk, sign, 1)
    kiosk.type("\t")
    kiosk.wait_until(lambda: kiosk._screen.cursor.y in {0, 23})
    for key, number in ((UP, 1), ("3", 3), (DOWN, 4)):
        kiosk.type(key)
        has_cursor_on_mark(kiosk, sign, number)


@pytest.mark.long
def test_no_colour_means_none_at_all_and_what_is_chosen_shows_all_the_same(console: Opens) -> None:
    kiosk = console(NO_COLOR="1", COLORTERM="truecolor")
    kiosk.shows("Hello.")
    assert WORDS.button.look not in kiosk.text()  # there would be nothing to choose from
    answers_with_the_cursor(kiosk)
    display, cells = kiosk._screen.display, kiosk._screen.buffer
    (chosen,) = (y for y, line in enumerate(display) if " 3 ●" in line)
    (marked,) = (y for y, line in enumerate(display) if "▸ 4 ○" in line)
    assert cells[chosen][7].reverse
    assert cells[chosen][7].bold
    assert cells[marked][7].bold
    assert kiosk.terminate() == 0
    assert not numbers_of(kiosk.written) & COLOURS
    assert not numbers_of(kiosk.written) & BLINK
    assert {1, 4, 7} <= numbers_of(kiosk.written)


def each_time_shown(written: bytes) -> list[bytes]:
    """What was written each time the cursor was shown, up to when it was hidden."""
    return [each.partition(HIDDEN)[0] for each in written.split(SHOWN)[1:]]


@pytest.mark.long
def test_the_cursor_is_steady_whenever_it_is_shown_and_left_as_it_was(console: Opens) -> None:
    kiosk = console()
    answers_with_the_cursor(kiosk)
    assert kiosk.terminate() == 0
    while_running, _, afterwards = kiosk.written.rpartition(b"\x1b[?1049l")
    shown = each_time_shown(while_running)
    assert shown
    assert all(each.startswith(STEADY) for each in shown)
    assert set(re.findall(rb"\x1b\[\d* q", kiosk.written)) == {STEADY, AS_BEFORE}
    assert kiosk.written.rindex(AS_BEFORE) > kiosk.written.rindex(STEADY)
    assert SHOWN in afterwards
    assert not re.search(rb"\x1b\[\?[\d;]*c", kiosk.written)
    assert not numbers_of(kiosk.written) & BLINK


def test_a_linux_console_gets_its_own_cursor_and_gives_its_own_keys(console: Opens, staff_passphrase: str) -> None:
    kiosk = console(TERM="linux")
    answers_with_the_cursor(kiosk, "►")
    kiosk.type("\t\t")
    kiosk.wait_until(lambda: (kiosk._screen.cursor.x, kiosk._screen.cursor.y) == (2, 23))
    kiosk.type("\x1b\t")  # Shift and Tab
    kiosk.wait_until(lambda: kiosk._screen.cursor.y == 0)
    kiosk.type("x2")
    kiosk.shows("Hello.")
    kiosk.shows("Passphrase:", "\x1b[[B")  # F2
    kiosk.type(staff_passphrase + "\r")
    kiosk.shows("0 responses held")
    assert kiosk.terminate() == 0
    while_running, _, afterwards = kiosk.written.rpartition(b"\x1b[?1049l")
    assert all(re.match(rb"\x1b\[\?\d+;[\d;]+c", each) for each in each_time_shown(while_running))
    assert not re.search(rb"\x1b\[\d* q", kiosk.written)
    assert re.findall(rb"\x1b\[\?[\d;]*c", kiosk.written)[-1] == CONSOLE_AS_BEFORE
    assert SHOWN in afterwards
    assert letters_of(kiosk.written) <= CODE_PAGE


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.long
def test_everything_can_be_read_on_a_linux_console_the_cursor_is_seen_and_nothing_stays(
    theme: str, console: Opens, settings_file: SettingsFile
) -> None:
    """Before Linux 6.18 a console has no other screen: what a candidate or staff saw last must not stand there."""
    settings_file.path.write_text(settings_file.text + f'\n[kiosk]\ntheme = "{theme}"\n', "utf-8")
    kiosk = console(TERM="linux")
    answers_with_the_cursor(kiosk, "►")
    assert kiosk.terminate() == 0
    assert kiosk.text() == ""
    assert (kiosk._screen.cursor.x, kiosk._screen.cursor.y) == (0, 0)
    painted = [numbers for numbers in drawn(kiosk.written) if {*range(30, 38), *range(90, 98)} & set(numbers)]
    assert len(painted) > 3
    for numbers in painted:
        enough = LINES if 7 in numbers else TEXT  # of all that is painted, only scroll bars are turned round
        assert contrast_at_console(numbers) >= enough, numbers
    cursor = re.search(rb"\x1b\[\?(\d+);(\d+)(?:;(\d+))?c", kiosk.written)
    assert cursor
    shape, change, also = (int(number or 0) for number in cursor.groups())
    assert shape == 0x11  # the kernel's own, in other colours: the computer's would blink
    for attributes in (0x07, 0x0F, 0x70):  # white and bright white on black, black on white
        under = (attributes | also) ^ change
        assert under & 0x70 != attributes & 0x70, hex(attributes)
        assert under & 0x07 != under >> 4 & 0x07, hex(attributes)


# Terminals that write other letters than UTF-8's


def shows_lines(kiosk: Program, expected: list[str]) -> None:
    """Wait until the screen shows these lines; of one where Enter is spelt out, the words are elsewhere."""

    def alike() -> bool:
        pairs = zip(kiosk._screen.display, expected, strict=True)
        return all(shown.rstrip() == line or "Enter" in shown.split() for shown, line in pairs)

    kiosk.wait_until(alike)


async def first_screens(app: KioskApp) -> AsyncIterator[list[str]]:
    """What somebody sees who starts, marks and chooses, and opens help."""
    async with at_kiosk(app, USUAL) as person:
        for keys in ((), ("1",), ("down", "3", "down"), ("question_mark",)):
            await person.press(*keys)
            yield person.lines()


@pytest.mark.usefixtures("in_welsh_first")
@pytest.mark.parametrize("encoding", ["ascii", pytest.param("latin-1", marks=pytest.mark.long)])
@pytest.mark.long
async def test_a_terminal_that_lacks_letters_gets_others_in_the_same_places(
    encoding: str, console: Opens, set_up_folder: Path
) -> None:
    known = Fallbacks(lambda letter: terminal._encodes(letter, encoding))
    settings = find_settings(None, set_up_folder, set_up_folder)
    with hold(set_up_folder), contextlib.closing(Kiosk.open(set_up_folder, settings.settings)) as kept:
        seen = [lines async for lines in first_screens(KioskApp(lambda: kept, settings))]
    whole = [[line.translate(known).rstrip() for line in lines] for lines in seen]
    kiosk = console(encoding=encoding, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    for expected, keys in zip(whole, ("", "1", f"{DOWN}3{DOWN}", "?"), strict=True):
        kiosk.type(keys)
        shows_lines(kiosk, expected)
    assert not re.search(r"\\[uUx][0-9a-f]", kiosk.written.decode(encoding))
    assert kiosk.terminate() == 0


def test_welsh_keeps_its_letters_without_their_roofs() -> None:
    marked = sorted({letter for letter in str(WELSH) if not letter.isascii() and letter.isalpha()})
    assert "ŵ" in marked
    bare = "".join(unicodedata.normalize("NFD", letter)[0] for letter in marked)
    assert "".join(marked).translate(Fallbacks(str.isascii)) == bare


@pytest.mark.usefixtures("in_welsh_first")
@pytest.mark.parametrize("named", ["POSIX", pytest.param("en_GB.ISO-8859-1", marks=pytest.mark.long)])
@pytest.mark.long
def test_a_locale_without_these_letters_is_enough(named: str, console: Opens) -> None:
    kiosk = console(LC_ALL=named, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", encoding="latin-1")
    kiosk.shows("Helo.")
    kiosk.shows("Cwestiwn 1", "1")
    kiosk.shows("Nesaf Enter")
    assert kiosk.terminate() == 0
    assert not re.search(rb"\\[uUx][0-9a-f]", kiosk.written)
    assert not re.search(rb"\xe2[\x80-\xbf]", kiosk.written)  # of a sign in UTF-8


# Plain lines


@pytest.mark.parametrize("encoding", ["utf-8", pytest.param("latin-1", marks=pytest.mark.long)])
@pytest.mark.long
def test_plain_lines_speak_each_persons_language_and_the_usual_one_to_the_next(
    encoding: str, console: Opens, settings_file: SettingsFile, held_then: Callable[[], list[Codes]]
) -> None:
    text = settings_file.text + '\n[survey]\nlanguages = ["en", "cy"]\n[kiosk]\nidle_seconds = 31\n'
    settings_file.path.write_text(text, "utf-8")
    known = {} if encoding == "utf-8" else Fallbacks(lambda letter: terminal._encodes(letter, encoding))
    utf8 = "1" if encoding == "utf-8" else "0"
    person = console("plain", first=HASTY + CLEARS_SOON, encoding=encoding, PYTHONIOENCODING=encoding, PYTHONUTF8=utf8)

    def said() -> str:
        return person.written.decode(encoding, "replace").replace("\r\n", "\n")

    def says(wanted: str, times: int = 1) -> None:
        person.wait_until(lambda: said().count(wanted.translate(known)) >= times)

    answers = "".join(f"{code}\n" for code in (1, *CODES, 1))
    says(WORDS.plain.language.format(number=3, name="Cymraeg"))
    person.type("3\n" + answers)
    says(WELSH.plain.thanks_prompt.format(seconds=30))
    person.type("\n")
    says(WORDS.plain.welcome_prompt, 2)
    person.type(answers)
    says(WORDS.plain.thanks_prompt.format(seconds=30))
    person.type("\n3\n1\n6\n")
    warned = WELSH.plain.idle.format(seconds=0.3)
    says(warned)
    says(WELSH.plain.cleared)
    says(WORDS.welcome.heading, 4)
    person.type("\x04")
    assert person.end() == 0
    first, second, third, fourth = said().split(WORDS.welcome.heading + "\n")[1:]
    for spoken, number in ((first, 2), (third, 2), (second, 0), (fourth, 0)):
        assert spoken.count(WELSH.plain.how.translate(known)) == number // 2
    for words, spoken in ((WELSH, first), (WORDS, second)):
        for question in words.asked(settings_file.settings.asks).questions:
            assert spoken.count(f"\n{question.text}\n".translate(known)) == 1
    assert warned.translate(known) in third.splitlines()
    assert "{" not in warned
    assert fourth.rstrip().endswith(WORDS.plain.ended)
    assert "?" not in re.sub(r"\x1b\[\?|\b\?|\? ", "", said()) or encoding == "utf-8"
    assert not re.search(r"\\[ux][0-9a-f]", said())
    assert held_then() == [CODES, CODES]


ASKS_FOR_ANSWERS = "".join(f"{code}\n" for code in (1, *CODES, "s"))
ANSWER = load_survey().questions[0].option(CODES[0]).label
"""It stands on a line of its own where an answer is shown, and on offer is followed by more."""


def test_plain_lines_leave_nothing_above_the_screen_of_tmux(window: Windows) -> None:
    person = window("tmux-256color", USUAL, "plain")
    person.shows("Type 1 to start")

    def all_lines() -> list[str]:
        return [line.rstrip() for line in person._ask("capture-pane", "-p", "-S", "-")]

    for line in ASKS_FOR_ANSWERS.split():
        person.type(line)
        person.press("Enter")
    person.wait_until(lambda: ANSWER in all_lines())
    for word in "x2":
        person.type(word)
        person.press("Enter")
    person.shows(WORDS.plain.next_person)
    person.shows("Type 1 to start")
    assert all_lines()[:4] == ["", WORDS.plain.next_person, "", WORDS.welcome.heading]
    assert person.end() == 0
    assert [line for line in all_lines() if line] == [WORDS.plain.ended, "Ended: 0."]


@pytest.fixture
def in_xterm(tmp_path: Path) -> Iterator[Callable[[bytes], str]]:
    """What a real xterm has on its screen and above it, once it was written this."""
    try:
        server = subprocess.Popen(["Xvfb", "-displayfd", "1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        not_tested("Xvfb is not there")
    assert server.stdout
    display = f":{server.stdout.readline().decode().strip()}"
    written, printing, printed = (tmp_path / name for name in ("written", "printing", "printed"))

    def shows(text: bytes) -> str:
        written.write_bytes(text)
        prints = "\\033[?11i\\033[5n"  # all pages, and then its answer to whether it is well
        script = f"stty raw -echo; cat {written}; printf '{prints}'; dd bs=1 count=4 of=/dev/null"
        command = [
            "xterm",
            "-geometry",
            "80x24",
            "-xrm",
            f"XTerm*printerCommand: cat > {printing}; mv {printing} {printed}",
        ]
        try:
            subprocess.run(
                [*command, "-e", "sh", "-c", script],
                env={**os.environ, "DISPLAY": display},
                check=True,
                timeout=WAIT,
                stderr=subprocess.DEVNULL,
            )
        except FileNotFoundError:
            not_tested("xterm is not there")
        end = time.monotonic() + WAIT
        while not printed.exists():
            assert time.monotonic() < end
            time.sleep(0.01)
        pages = printed.read_text("utf-8")
        printed.unlink()
        return re.sub(r"\x1b(\[[\d;]*m|#\d)", "", pages).replace("\r", "")

    yield shows
    server.kill()
    server.communicate()


def asks_for_answers_and_stops(person: Program) -> int:
    """How much had been written when the answers were shown."""
    person.shows("Type 1 to start")
    person.type(ASKS_FOR_ANSWERS)
    person.wait_until(lambda: f"{ANSWER}\r\n".encode() in person.written)
    shown = len(person.written)
    person.type("x\n2\n")
    person.says(WORDS.plain.next_person)
    return shown


def test_plain_lines_leave_nothing_above_the_screen_of_xterm_with_and_without_its_other_screen(
    program: Opens, in_xterm: Callable[[bytes], str]
) -> None:
    person = program("plain")
    shown = asks_for_answers_and_stops(person)
    person.shows("Type 1 to start")
    for other_screen in (b"\x1b[?1049h", b""):
        before, after = (
            in_xterm(written.replace(b"\x1b[?1049h", other_screen))
            for written in (person.written[:shown], person.written)
        )
        assert f"\n{ANSWER}\n" in before
        assert after.split("\n")[1].strip() == WORDS.plain.next_person
        assert "Question" not in after
        assert ANSWER not in after


@pytest.mark.parametrize("term", ["linux", "screen", "dumb", pytest.param("no-such-terminal", marks=pytest.mark.long)])
@pytest.mark.sampled
def test_plain_lines_are_erased_or_pushed_out_where_there_is_no_other_screen(term: str, console: Opens) -> None:
    """A Linux console erases what is above its screen; GNU screen cannot, and of others nobody knows."""
    person = console("plain", TERM=term)
    shown = asks_for_answers_and_stops(person)
    after = person.written[shown:].partition(WORDS.plain.next_person.encode())[0]
    assert (b"\x1b[2J\x1b[3J" in after) is (term != "dumb")
    assert (after.count(b"\n") >= 10_000) is (term != "linux")
    assert b"\x1b" not in person.written or term != "dumb"


@pytest.mark.skipif(sys.platform == "win32", reason="of Linux's own console")
def test_plain_lines_stay_lines_on_a_console_whose_font_has_no_sign_for_a_new_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setattr(terminal, "console_letters", lambda _number: frozenset(map(chr, range(32, 127))))
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r+b", buffering=0) as raw, io.TextIOWrapper(raw, "utf-8", write_through=True) as end:
        lines = Lines(end, end)
        lines.wipe()
        lines.write("ŵy\nza\n")
    written = b""
    with contextlib.suppress(OSError):  # the end, once the other end is closed
        while True:
            written += os.read(ours, 100)
    os.close(ours)
    assert written == b"\x1b[H\x1b[2J\x1b[3Jwy\r\nza\r\n"


@pytest.mark.parametrize("words", [WORDS, WELSH], ids=["en", "cy"])
def test_the_warning_of_plain_lines_is_one_line_with_a_number_and_no_sign(words: Words) -> None:
    warned = words.plain.idle.format(seconds=30)
    assert "30" in warned
    assert re.fullmatch(r"[A-Z][\w’,.?\s]+\.", warned)


# What takes the place of what

LETTERS = st.characters(exclude_categories=["Cs", "Cc"])


@given(
    st.text(LETTERS),
    st.sets(st.characters(min_codepoint=32, max_codepoint=126)),
    st.sampled_from([frozenset(), CODE_PAGE]),
)
@example("Cafe\u0301 \u4e2d\u200b", set("Cafe"), frozenset())
def test_what_takes_the_place_of_a_letter_is_as_wide_and_can_be_shown(
    text: str, some: set[str], others: frozenset[str]
) -> None:
    letters = some | others
    known = Fallbacks(lambda letter: letter in letters)
    for letter in text:
        instead = letter.translate(known)
        assert set(instead) <= letters | {"?"}
        assert cell_len(instead) == cell_len(letter), (letter, instead)
        assert letter not in letters or instead == letter
        assert letter.translate(known) == instead


@pytest.mark.parametrize(
    ("encoding", "text", "becomes"),
    [
        ("ascii", "▸ ● ○ ✓ → “ŵy’r £5” …", "> * o + > \"wy'r"),
        ("latin-1", "▸ ● · é ŵ ’", "> * · é w '"),
        ("ISO-8859-15", "€ ·", "€ ·"),
        ("cp437", "▸ ● ░█", "> * ░█"),
        ("cp1252", "▸ • … ’", "> • … ’"),
        (None, "ê▾", "ev"),
        ("no such encoding", "ê▾", "??"),
    ],
)
def test_letters_that_text_cannot_be_written_in_have_others(encoding: str | None, text: str, becomes: str) -> None:
    known = fallbacks(encoding, 99)
    assert known is not None
    assert text.translate(known).startswith(becomes)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8", "UTF8"])
def test_a_terminal_that_writes_utf_8_needs_none(encoding: str) -> None:
    assert fallbacks(encoding, 99) is None


def test_a_console_that_is_not_asked_shows_code_page_437(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    known = fallbacks("utf-8", 99)
    assert known is not None
    assert "▸●○▾✓⏎ŵê·■".translate(known) == "►•○▼√?wê·■"


@pytest.mark.skipif(sys.platform == "win32", reason="of Linux's own console")
def test_what_is_no_console_has_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    controlling, controlled = os.openpty()
    try:
        assert console_letters(controlled) == frozenset()
        assert console_letters(controlling) == frozenset()
    finally:
        os.close(controlling)
        os.close(controlled)
    assert console_letters(controlled) == frozenset()
    monkeypatch.setattr(sys, "platform", "win32")
    assert console_letters(2) == frozenset()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such consoles")
def test_a_consoles_font_is_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes
    import fcntl
    import struct

    font = "ŵ▸é"

    def answered(_number: int, request: int, asked: bytearray) -> int:
        assert request == 0x4B66
        room, address = struct.unpack("HP", asked)
        assert room >= 512
        pairs = [value for place, letter in enumerate(font) for value in (ord(letter), place)]
        ctypes.memmove(address, struct.pack(f"{len(pairs)}H", *pairs), 2 * len(pairs))
        struct.pack_into("H", asked, 0, len(font))
        return 0

    monkeypatch.setattr(fcntl, "ioctl", answered)
    assert console_letters(2) == set(font) | set(map(chr, range(32, 127)))
    monkeypatch.setenv("TERM", "linux")
    known = fallbacks("utf-8", 2)
    assert known is not None
    assert "ŵ▸é●ô".translate(known) == "ŵ▸é*o"


def test_the_sign_of_enter_is_spelt_out_where_it_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_key("1 ⏎") == "1 ⏎"
    monkeypatch.setattr(sys, "__stderr__", SimpleNamespace(encoding="ascii"))
    screen_fallbacks.cache_clear()
    assert (shown_key("⏎"), shown_key("1 ⏎"), shown_key("Esc")) == ("Enter", "1 Enter", "Esc")
    monkeypatch.setattr(sys, "__stderr__", None)
    screen_fallbacks.cache_clear()
    assert shown_key("⏎") == "Enter"
    screen_fallbacks.cache_clear()


def test_a_window_is_too_small_or_fine_or_could_be_of_bigger_print() -> None:
    for width, height in ((59, 20), (60, 19), (1, 1)):
        assert look_at_size(width, height) == (
            False,
            f"The window is {width}×{height}: make it at least 60×20, or the text smaller.",
        )
    for width, height in ((60, 20), (80, 24), (100, 30)):
        assert look_at_size(width, height) == (True, f"The window is {width}×{height}, large enough.")
    for width, height in ((101, 30), (100, 31), (300, 80)):
        fine, said = look_at_size(width, height)
        assert fine
        assert said.startswith(f"The window is {width}×{height}, so its letters may be small: for big print, ")
        assert "80×24 (Ctrl and + in most terminals)." in said


@pytest.mark.parametrize(
    ("term", "fine", "said"),
    [
        ("xterm-256color", True, "The terminal shows colours."),
        ("linux", True, "The terminal shows black and white, and takes no mouse."),
        ("dumb", False, 'TERM is "dumb": use another terminal, or "fairstart plain".'),
        ("", False, 'TERM is "": use another terminal, or "fairstart plain".'),
        (None, False, 'TERM is "": use another terminal, or "fairstart plain".'),
    ],
)
def test_what_is_said_of_a_terminals_colours(
    term: str | None, *, fine: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "name", "posix")
    if term is None:
        monkeypatch.delenv("TERM")
    else:
        monkeypatch.setenv("TERM", term)
    assert look_at_colours() == (fine, said)
    assert draws_screens() is fine
    monkeypatch.setattr(os, "name", "nt")
    assert draws_screens()


def test_what_is_said_of_a_terminals_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, fine in (("utf-8", True), ("UTF8", True), ("latin-1", False), (None, False)):
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(encoding=encoding))
        letters_fine, said = look_at_letters()
        assert letters_fine is fine
        assert ("PYTHONUTF8=1" in said) is not fine


# Nothing of our own becomes a question mark


def test_every_letter_of_what_is_said_has_another_in_its_place() -> None:
    root = Path(terminal.__file__).parents[2]
    printed = root / "content" / "papers"
    files = [path for path in sorted((root / "content").rglob("*.toml")) if not path.is_relative_to(printed)]
    said = [path.read_text("utf-8") for path in files]
    assert len(said) > 5
    assert lacking(said) == {}
    assert lacking(ScrollBarRender.VERTICAL_BARS) == {}
