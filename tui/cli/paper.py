"""`fairstart paper`: staff enter returned paper sheets."""

import contextlib
import sys

import click

from storage.data_folder import hold
from storage.kiosk.batch import Batch
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings
from tui.cli.options import somebody_is_there, staff_key, with_folder_options, with_passphrase
from tui.cli.output import say
from tui.cli.running import CommandFailedError, Place, need_terminal, run_locked
from tui.terminal.memory import collect, keep_others_out
from tui.terminal.process import ignore_interrupts, say_nothing_of_faults
from tui.text import paper as words

_IDLE_SECONDS = 300
"""How long it stays open untouched, as the staff screens do."""


@click.command()
@with_folder_options
@with_passphrase
@click.option("--plain", is_flag=True, help="In plain lines, for screen readers.")
def paper(at: Place, passphrase_file: str | None, *, plain: bool) -> None:
    """Enter paper sheets that came back, all in one go.

    They are kept together at the end, or not at all. At a running kiosk use "From paper" in the staff area.
    """
    if not somebody_is_there():
        raise CommandFailedError(
            'Sheets are typed in at a terminal, so that no file holds them: open one, then use "fairstart paper".'
        )
    if not plain:
        need_terminal("screen for paper sheets", "fairstart paper --plain")
    settings = at.settings().settings
    batch = Batch()
    with hold(at.data), contextlib.closing(Kiosk.open(at.data, settings)) as kiosk:
        kiosk.need_event()
        if kiosk.asks_alone:
            raise CommandFailedError(
                "This event asks for feedback alone, which has no sheets: "
                "enter them at an event that asks the questions."
            )
        staff_key(kiosk, passphrase_file)
        try:
            (_enter_in_lines if plain else _enter_on_screens)(kiosk, settings, batch)
        finally:
            lost = batch.wipe()
            collect()
        waiting = kiosk.waiting
    if lost:
        raise CommandFailedError(words.wiped(lost))
    if batch.kept:
        say(words.kept(batch.kept, practice=False))
        if waiting:
            say(words.uncounted(waiting))


def _enter_on_screens(kiosk: Kiosk, settings: Settings, batch: Batch) -> None:
    from tui.staff.paper_app import PaperApp  # Textual, which lines do without

    run_locked(PaperApp(kiosk, settings, batch, idle_seconds=_IDLE_SECONDS))


def _enter_in_lines(kiosk: Kiosk, settings: Settings, batch: Batch) -> None:
    from tui.staff.paper_lines import PaperLines

    ignore_interrupts()
    say_nothing_of_faults()
    keep_others_out()
    PaperLines(kiosk, settings, batch, sys.stdin, sys.stdout, idle_seconds=_IDLE_SECONDS).run()
