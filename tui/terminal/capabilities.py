"""What can be told of the terminal, without Textual."""

import functools
import os
import shutil
import struct
import sys
import unicodedata
from collections.abc import Callable

WIDTH, HEIGHT = 60, 20
"""Cells that every screen is made to fit."""

MEDIUM_HEIGHT, TALL_HEIGHT = 24, 30
"""Rows from which screens are spaced more widely."""

WIDE = 100
"""Columns from which help stands beside a question."""

BIG_PRINT_WIDTH, BIG_PRINT_HEIGHT = 100, 30
"""The most cells at which a window that fills a laptop's screen is still large print. Of a screen 17 cm high, thirty
rows are 6 mm each, which is print of about 14 point; twenty-four are 7 mm, about 17 point."""

_CONSOLE_SIGNS = "☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼⌂"
"""What the font that is built into the Linux kernel has besides code page 437."""

_GIO_UNIMAP = 0x4B66
"""Asks a Linux console for the letters of its font: include/uapi/linux/kd.h."""

_INSTEAD = {
    "▸": "►>",
    "◂": "◄<",
    "▾": "▼v",
    "▼": "v",
    "●": "•*",
    "○": "oo",
    "◐": "~",
    "•": "*",
    "·": "-",
    "✓": "√+",
    "△": "^",
    "▲": "^",
    "◆": "♦*",
    "↗": "→>",
    "→": ">",
    "↑": "^",
    "↓": "v",
    "×": "x",
    "─": "-",
    "━": "═=",
    "┃": "║|",
    "┏": "╔+",
    "┓": "╗+",
    "┗": "╚+",
    "┛": "╝+",
    "┣": "╠+",
    "┫": "╣+",
    "┻": "╩+",
    "╹": "║|",
    "╻": "║|",
    "╸": "═=",
    "╺": " ",
    "│": "|",
    "├": "|",
    "┤": "|",
    "└": "`",
    "╭": "┌+",
    "╮": "┐+",
    "╰": "└+",
    "╯": "┘+",
    "█": "#",
    "▌": "#",
    "▏": "│|",
    "▒": "%",
    "░": ".",
    **dict.fromkeys("▁▂▃▄▅▆▇", "▄ "),
    "£": "L",
    "\u2018": "'",
    "“": '"',
    "”": '"',
    "’": "'",
    "…": ".",
    "–": "-",
    "—": "-",
    "�": "?",
}
"""Signs that take the place of others, the nearest first; the last is ASCII."""


def look_at_size(width: int, height: int) -> tuple[bool, str]:
    """Whether a terminal of this size is large enough, and a sentence about it and about big print."""
    if width < WIDTH or height < HEIGHT:
        return False, f"The window is {width}×{height}: make it at least {WIDTH}×{HEIGHT}, or the text smaller."
    if width > BIG_PRINT_WIDTH or height > BIG_PRINT_HEIGHT:
        return True, (
            f"The window is {width}×{height}, so its letters may be small: for big print, make the text larger until "
            "it is near 80×24 (Ctrl and + in most terminals)."
        )
    return True, f"The window is {width}×{height}, large enough."


def look_at_colours() -> tuple[bool, str]:
    """Whether the terminal says that it shows colours, and a sentence about it."""
    if not draws_screens():
        return False, f'TERM is "{os.environ.get("TERM", "")}": use another terminal, or "fairstart plain".'
    if is_console():
        return True, "The terminal shows black and white, and takes no mouse."
    return True, "The terminal shows colours."


def is_console() -> bool:
    """Whether this is the text console of Linux, without windows."""
    return os.environ.get("TERM") == "linux"


def draws_screens() -> bool:
    """Whether the terminal says that it can draw screens."""
    return os.name == "nt" or os.environ.get("TERM", "") not in {"", "dumb"}


def look_at_letters() -> tuple[bool, str]:
    """Whether Python writes UTF-8 here, and a sentence about it."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        return False, f"Text is written as {encoding or 'unknown'}: set the variable PYTHONUTF8=1, or LANG=C.UTF-8."
    return True, "Text is written as UTF-8."


def current_size() -> tuple[int, int]:
    """Columns and rows."""
    return shutil.get_terminal_size()


class Fallbacks(dict[int, str]):
    """For `str.translate`: the nearest letter or sign that a terminal can show in place of each that it cannot.

    One takes the place of one, and as many cells.
    """

    def __init__(self, shows: Callable[[str], bool]) -> None:
        """Make the table for a terminal that shows what `shows` says."""
        super().__init__()
        self._shows = shows

    def __missing__(self, code: int) -> str:
        """Find it, and remember it."""
        letter = chr(code)
        self[code] = letter if self._shows(letter) else self._instead_of(letter)
        return self[code]

    def _instead_of(self, letter: str) -> str:
        from rich.cells import get_character_cell_size  # most terminals never need it

        plain = unicodedata.normalize("NFKD", letter)[0]
        known = _INSTEAD.get(letter, "") + (plain if plain.isascii() else "")
        return next((other for other in known if self._shows(other)), "?") * get_character_cell_size(letter)


@functools.cache
def screen_fallbacks() -> Fallbacks | None:
    """What the terminal that screens are drawn on needs, if it cannot show everything."""
    return fallbacks(sys.__stderr__.encoding if sys.__stderr__ else None, 2)


def shown_key(key: str) -> str:
    """The name of a key, with a word for the sign of Enter where the terminal lacks it."""
    letters = screen_fallbacks()
    return key if letters is None or letters[ord("⏎")] == "⏎" else key.replace("⏎", "Enter")


def fallbacks(encoding: str | None, number: int) -> Fallbacks | None:
    """What a terminal needs that cannot show everything; None where it can.

    Args:
        encoding: what text is written as.
        number: the terminal's file descriptor.
    """
    if (encoding or "").lower().replace("-", "") != "utf8":
        return Fallbacks(lambda letter: _encodes(letter, encoding or "ascii"))
    if is_console():
        letters = console_letters(number) or frozenset(bytes(range(256)).decode("cp437") + _CONSOLE_SIGNS)
        return Fallbacks(lambda letter: letter in letters)
    return None


def console_letters(number: int) -> frozenset[str]:
    """What the font of a Linux console has; nothing where this is no such console."""
    if sys.platform != "linux":
        return frozenset()
    import array
    import fcntl

    most = 0xFFFF
    pairs = array.array("H", bytes(4 * most))  # a letter, and its place in the font
    asked = bytearray(struct.pack("HP", most, pairs.buffer_info()[0]))
    try:
        fcntl.ioctl(number, _GIO_UNIMAP, asked)
    except OSError:
        return frozenset()
    found, _ = struct.unpack("HP", asked)
    return frozenset(map(chr, pairs[: 2 * found : 2])) | frozenset(map(chr, range(32, 127)))


def _encodes(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
