"""Everything that commands write to a terminal: whatever a line repeats, it steers nothing and stays one line.

Lint lets no other module of ours print, or ask, with `click` or without (`banned-api` in pyproject.toml).
"""

import contextlib
import re
import sys
from collections.abc import Iterator

import click

from storage.progress import ProgressCallback
from storage.text import printable, steers


class Marked(str):
    """Part of a line that stands out on a terminal."""

    __slots__ = ()


def say(*pieces: str, aside: bool = False) -> None:
    """Print one line, made of these pieces; `aside` is what is not the result, and goes to standard error."""
    line = "".join(
        click.style(printable(piece), bold=True) if isinstance(piece, Marked) else printable(piece) for piece in pieces
    )
    click.echo(line, err=aside)


def confirmed(question: str) -> bool:
    """Whether somebody says yes."""
    return click.confirm(printable(question))


def asked(what: str) -> str:
    """What somebody types."""
    return str(click.prompt(printable(what), err=True))


def asked_or(what: str, usual: str) -> str:
    """The same; what is usual, where somebody types nothing."""
    return str(click.prompt(printable(what), default=printable(usual), show_default=bool(usual), err=True))


def asked_unseen(what: str) -> str:
    """What somebody types, which is not shown."""
    return str(click.prompt(printable(what), hide_input=True, err=True))


def show_code(secret: bytes) -> None:
    """Show the recovery code of this secret, once."""
    from storage.crypto.recovery_code import recovery_code

    say("Recovery code of the office key. Write it on paper now; it is not shown again:")
    say(" ".join(recovery_code(secret)))


@contextlib.contextmanager
def shown_progress(label: str) -> Iterator[ProgressCallback]:
    """A bar on standard error while something takes long, where somebody sees it."""
    steps = 1000
    with click.progressbar(length=steps, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: float, of: float) -> None:
            bar.update(max(int(steps * done / max(of, 1)) - bar.pos, 0))

        yield show


def put_out(text: str) -> None:
    """Write a file's text to standard output: as UTF-8 to the byte; to a terminal line by line, steering nothing."""
    if sys.stdout.isatty():
        for line in re.split("\r?\n", text.removeprefix("\ufeff").rstrip("\r\n")):
            say(line)
    else:
        sys.stdout.buffer.write(text.encode())


def put_json(text: str) -> None:
    r"""Write JSON to standard output. What steers stands in it as `\u` and its code: the same to any reader."""
    put_out("".join(_escaped(letter) if steers(letter) and letter != "\n" else letter for letter in text))


def _escaped(letter: str) -> str:
    return re.sub("....", r"\\u\g<0>", letter.encode("utf-16-be").hex())
