"""The command line: finds the settings and the data folder, runs one thing, and turns failures into one sentence.

Exit status: 0 done, 1 could not, 2 wrong use. Headless commands never import Textual.
"""

import contextlib
import errno
import importlib
import io
import os
import sys
from collections.abc import Iterator, Mapping

import click

from content.loading import ContentError
from storage.errors import FairstartError, SettingsError, TooLittleMemoryError
from storage.text import is_text, shortened
from tui.cli.options import (
    CommandFailedError,
    Place,
    with_folder_options,
)
from tui.cli.output import say
from tui.terminal.memory import collect_later
from tui.terminal.process import FAULT

_MODULES: Mapping[str, str] = {
    **dict.fromkeys(("close", "counts", "debrief", "doctor", "export", "passphrase", "receipt", "sync"), "staff"),
    "plain": "kiosk",
    **{name: name for name in ("deploy", "guide", "office", "paper", "papers", "setup", "toolkit")},
}
"""The module beside this one that each command is in. The kiosk starts a tenth sooner without those of the others."""


class _Commands(click.Group):
    """Every command. What is no text is refused here, before any of them has begun: it could be kept only in part."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look at all arguments, those of the commands below too."""
        for argument in args:
            if not is_text(argument):
                raise click.UsageError(
                    f"“{shortened(argument)}” has bytes that are no text here: type it again, or rename that file"
                )
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """All names, in alphabetical order."""
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - Click's signature
        """One command, which is loaded now."""
        if cmd_name not in _MODULES:
            return None
        command: click.Command = getattr(importlib.import_module(f"tui.cli.{_MODULES[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@with_folder_options
@click.option("--practice", is_flag=True, help="Everything works, nothing is kept.")
@click.version_option(package_name="fairstart")
@click.pass_context
def fairstart(context: click.Context, at: Place, *, practice: bool) -> None:
    """Ask about socio-economic background at job fairs and outreach events, privately.

    Without a command: the kiosk. The first run leads through set-up.
    """
    if context.invoked_subcommand is None:
        from tui.cli.kiosk import practise, run_kiosk

        if practice:
            practise(at.settings())
        else:
            run_kiosk(at)
    elif practice:
        raise click.UsageError('--practice goes with "fairstart" alone')


@contextlib.contextmanager
def _plain_sentences() -> Iterator[None]:
    """Turn whatever goes wrong into one sentence on standard error and an exit status."""
    try:
        yield
    except click.UsageError as error:
        _fail(f'{error.format_message().rstrip(".")}: see "fairstart --help".', 2)
    except (FairstartError, SettingsError, CommandFailedError, ContentError) as error:
        _fail(str(error), 1)
    except MemoryError:
        _fail(TooLittleMemoryError().sentence, 1)
    except (KeyboardInterrupt, click.Abort, BrokenPipeError):
        _fail("Stopped.", 1)
    except Exception as error:  # noqa: BLE001 - a traceback could show what was typed
        if sys.platform == "win32" and isinstance(error, OSError) and error.errno == errno.EINVAL:
            _end_unheard()  # what Windows says of a pipe that nobody reads any more
        _fail(FAULT, 1)


def _end_unheard() -> None:
    """End without a word, and let what is not written yet go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    sys.exit(1)


def _fail(sentence: str, status: int) -> None:
    """End with a sentence."""
    with contextlib.suppress(OSError):
        say(sentence, aside=True)
    sys.exit(status)


def main() -> None:
    """Run the command named on the command line."""
    collect_later()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    with _plain_sentences():
        fairstart.main(standalone_mode=False)
