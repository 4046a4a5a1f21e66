"""The command line: finds the settings and the data folder, runs one thing, and turns failures into one sentence.

Exit status: 0 done, 1 could not, 2 wrong use. Headless commands never import Textual; the kiosk and
the toolkit start without Click.
"""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from content.loading import ContentError
from storage.errors import FairstartError, SettingsError, TooLittleMemoryError
from storage.exchange.drives import expanded
from storage.text import is_text
from tui.cli.running import CommandFailedError, Place
from tui.terminal.memory import collect_later
from tui.terminal.process import FAULT

_COMPLETES = "_FAIRSTART_COMPLETE"
"""Where a shell asks Click how a command goes on."""


@contextlib.contextmanager
def _plain_sentences() -> Iterator[None]:
    """Turn whatever goes wrong into one sentence on standard error and an exit status."""
    try:
        yield
    except (FairstartError, SettingsError, CommandFailedError, ContentError) as error:
        _fail(str(error), 1)
    except MemoryError:
        _fail(TooLittleMemoryError().sentence, 1)
    except (KeyboardInterrupt, BrokenPipeError):
        _fail("Stopped.", 1)
    except Exception as error:  # noqa: BLE001 - a traceback could show what was typed
        import click

        if isinstance(error, click.UsageError):
            _fail(f'{error.format_message().rstrip(".")}: see "fairstart --help".', 2)
        if isinstance(error, click.Abort):
            _fail("Stopped.", 1)
        if sys.platform == "win32" and isinstance(error, OSError) and error.errno == errno.EINVAL:
            _end_unheard()  # what Windows says of a pipe that nobody reads any more
        _fail(FAULT, 1)


def _end_unheard() -> NoReturn:
    """End without a word, and let what is not written yet go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    sys.exit(1)


def _fail(sentence: str, status: int) -> NoReturn:
    """End with a sentence."""
    from tui.cli.output import say

    with contextlib.suppress(OSError):
        say(sentence, aside=True)
    sys.exit(status)


def _screens_alone(arguments: Sequence[str]) -> tuple[Callable[[Place], None], Place] | None:
    """Which screens to run and where, if no more is asked for and these are plainly places; else Click reads them.

    To load Click and have it read them takes 9 ms.
    """
    places = list(arguments)
    if toolkit := "toolkit" in places[::2]:
        del places[2 * places[::2].index("toolkit")]
    given = dict(zip(places[::2], places[1::2], strict=False))
    plain = len(places) == 2 * len(given) and given.keys() <= {"--config", "--data"} and _COMPLETES not in os.environ
    if not plain or (given and sys.platform == "win32"):  # there names come in the place of `*`
        return None
    if not all(is_text(value) and not value.startswith("-") and os.access(value, os.R_OK) for value in given.values()):
        return None
    config, data = (Path(given[name]) if name in given else None for name in ("--config", "--data"))
    return (_run_toolkit if toolkit else _run_kiosk), Place.of(config, data)


def _run_kiosk(at: Place) -> None:
    from tui.cli.kiosk import run_kiosk

    run_kiosk(at)


def _run_toolkit(at: Place) -> None:
    from tui.cli.toolkit_screens import run_toolkit

    run_toolkit(at)


def _arguments() -> list[str]:
    """What was asked for. Under Windows no shell puts names in the place of patterns, nor a folder in that of `~`.

    Click would, and take `%` and the `~` of any name for more than they are, in what an event is called too.
    """
    if sys.platform != "win32":
        return sys.argv[1:]
    from glob import glob

    given = [str(expanded(one)) if one.startswith(("~/", "~\\")) else one for one in sys.argv[1:]]
    return [found for one in given for found in glob(one, recursive=True) or [one]]  # noqa: PTH207 - on any drive


def main() -> None:
    """Run the command named on the command line."""
    collect_later()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    with _plain_sentences():
        if alone := _screens_alone(sys.argv[1:]):
            run, at = alone
            at.need_data()
            run(at)
        else:
            from tui.cli.commands import fairstart

            fairstart.main(_arguments(), standalone_mode=False)
