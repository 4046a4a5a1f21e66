"""The survey in plain lines, as a command."""

import contextlib
import io
import sys

import click

from storage.data_folder import hold
from storage.kiosk.kiosk import Kiosk
from tui.cli.kiosk import tell_of_copy
from tui.cli.options import with_folder_options
from tui.cli.running import CommandFailedError, Place
from tui.terminal.memory import keep_others_out
from tui.terminal.process import ignore_interrupts, say_nothing_of_faults


@click.command()
@with_folder_options
def plain(at: Place) -> None:
    """Ask in plain numbered lines, for screen readers and pipes."""
    from tui.plain import PlainSurvey

    settings = at.settings().settings
    with hold(at.data), contextlib.closing(Kiosk.open(at.data, settings)) as kiosk:
        if kiosk.ended:
            raise CommandFailedError(f"“{kiosk.event.name}” has ended: start a new event in the staff area.")
        tell_of_copy(at.data)
        ignore_interrupts()
        say_nothing_of_faults()
        keep_others_out()
        for stream in (sys.stdin, sys.stdout):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a byte or letter that cannot be text here ends no survey
        PlainSurvey(kiosk, settings, sys.stdin, sys.stdout).run()
