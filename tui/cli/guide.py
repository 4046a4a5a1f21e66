"""`fairstart guide`: the guide on screens, or a page of it as text."""

from __future__ import annotations

import sys

import click

from storage.text import folded, shortened
from tui.cli.options import somebody_is_there, with_folder_options
from tui.cli.output import say
from tui.cli.running import Place, run_locked
from tui.terminal.capabilities import draws_screens
from tui.text.guide import all_pages, printed


@click.command()
@with_folder_options
@click.option("--list", "listed", is_flag=True, help="List the pages.")
@click.argument("page", required=False)
def guide(at: Place, page: str | None, *, listed: bool) -> None:
    """Show the guide: in a terminal as screens, elsewhere PAGE as text. It needs no network."""
    pages = {known.name: known for known in all_pages()}
    if listed:
        for known in pages.values():
            say(f"{known.name:<15}{known.title}")
        return
    name = folded(page) if page else ""
    if name and name not in pages:
        raise click.UsageError(f"there is no page “{shortened(page or '')}”; there are {', '.join(pages)}")
    if somebody_is_there() and sys.stdout.isatty() and draws_screens():
        from tui.guide.app import GuideApp

        run_locked(GuideApp(at.settings().settings.kiosk.theme, pages.get(name)))
        return
    for line in printed(pages[name or "index"].text):
        say(line)
