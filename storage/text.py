"""Text from elsewhere: how it is read, what of it can be kept, and how it is shown, without steering a terminal.

Other systems write UTF-8 with a mark in front, or UTF-16, and end lines in their own ways. Whatever reads a file or a
pipe, or what was pasted, comes by here, so that all of it is taken alike.

Names of files and drives, what a driver says, what somebody typed: all of it passes here before anybody reads it.
Commands print through `tui.cli.output`, screens paint through `tui.terminal.filters`, and an error makes its sentence
safe by itself; so a name that somebody forgot to bring here still steers nothing. It is brought here because it would
look like two lines, or vanish.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Sequence

PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*\Z"
"""A line that cannot steer the terminal it is shown on: no control characters, and none that turn the writing round.

Nor half a letter, as the system hands on what it cannot read as text: it could not be written to a file.
"""

_REPEATED = 30
"""Letters of somebody's text that a message repeats, at most: enough to find it by."""
_NAME_BEGINS, _NAME_ENDS = 24, 15
"""Letters of a file's or drive's name that are shown, at most: room for an export's own, and for how others end."""
_SHOWN_FORMATS = "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Format characters that are part of what is read: joiners, which some scripts and many pictures need, and signs."""
_BYTES = range(0xDC80, 0xDD00)
"""Where Python keeps the bytes of a name that are no UTF-8 (PEP 383)."""
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of control, format and surrogate characters, and separators of lines and paragraphs."""


def steers(letter: str) -> bool:
    """Whether a terminal might obey this letter, or show nothing where it stands."""
    return letter not in _SHOWN_FORMATS and unicodedata.category(letter) in _STEERING


BYTE_ORDER_MARK = "\ufeff"
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(beginning: bytes) -> str:
    """The encoding of text that begins with these two bytes or more: UTF-16 where its mark says so, else UTF-8."""
    return "utf-16" if beginning.startswith(_UTF_16_MARKS) else "utf-8-sig"


def decoded(content: bytes, errors: str = "strict") -> str:
    """The text of a file as any system writes it, without marks in front; each end of a line is a newline.

    Raises:
        UnicodeDecodeError: it is no text.
    """
    text = content.decode(encoding_of(content), errors).lstrip(BYTE_ORDER_MARK)
    return re.sub(r"\r\n?", "\n", text)


def recognise(stream: io.TextIOWrapper, errors: str = "strict") -> None:
    """Let a stream that nobody has read from yet be read as `decoded` reads a file. Waits for its first bytes."""
    beginning = stream.buffer.peek(2) if isinstance(stream.buffer, io.BufferedReader) else b""
    stream.reconfigure(encoding=encoding_of(beginning), errors=errors)


def is_text(argument: str) -> bool:
    """Whether all of it was text: what the system could not decode comes as surrogates, which nothing can keep."""
    return not any("\ud800" <= letter <= "\udfff" for letter in argument)


def on_one_line(text: str) -> str:
    """What somebody pasted, as one line: its lines after one another with a space between, without marks."""
    return " ".join(line for line in text.replace(BYTE_ORDER_MARK, "").splitlines() if line.strip())


def folded(text: str) -> str:
    """The letters and digits of a text: the same for two that differ in capitals, accents, spaces and signs alone."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text).casefold() if letter.isalnum())


def meant_by(wanted: str, known: Sequence[str]) -> list[str]:
    """Those of the known names that somebody means: the one written so, else those alike, else those with it in."""
    if wanted in known:
        return [wanted]
    letters = folded(wanted)
    return [one for one in known if folded(one) == letters] or [one for one in known if letters in folded(one)]


def cleaned(text: str, *, keep: str = "\n") -> str:
    """Text to be kept: composed (NFC), without what steers but for `keep`; each end of a line is a newline."""
    if text.isascii() and text.isprintable():
        return text
    plain = re.sub(r"\r\n|[\r\v\f\u2028\u2029]", "\n", text) if "\n" in keep else re.sub(r"\s", " ", text)
    for letter in set(plain):
        if not letter.isprintable() and letter not in keep and steers(letter):
            plain = plain.replace(letter, "")
    return unicodedata.normalize("NFC", plain)


def printable(text: str) -> str:
    """Text as a message repeats it, on one line: a `�` stands for whatever steers."""
    return text if text.isprintable() else "".join("�" if steers(letter) else letter for letter in text)


def shortened(text: str, most: int = _REPEATED) -> str:
    """The beginning of somebody's text as a message repeats it, on one line with single spaces."""
    shown = " ".join(printable(text).split())
    return shown if len(shown) <= most else f"{shown[:most]}…"


def shown_name(name: str) -> str:
    """The name of a file or a drive as it is shown: on one line, and told apart from others like it.

    What steers is given by its code, as `<1B>`, and what the system could not read as text by its byte, as `<FC>`. Of a
    long name the beginning and the end are shown.
    """
    plain = name if name.isprintable() else "".join(_code(letter) if steers(letter) else letter for letter in name)
    shown = " ".join(plain.split())
    if len(shown) <= _NAME_BEGINS + 1 + _NAME_ENDS:
        return shown
    return f"{shown[:_NAME_BEGINS]}…{shown[-_NAME_ENDS:]}"


def _code(letter: str) -> str:
    number = ord(letter)
    return f"<{number - 0xDC00 if number in _BYTES else number:02X}>"


def counted(number: int, one: str, several: str = "") -> str:
    """So many of something: “1 answer”, “37 answers”; `several` where an s at the end is not enough."""
    return f"{number} {one if number == 1 else several or one + 's'}"
