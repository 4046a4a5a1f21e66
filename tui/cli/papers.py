"""`fairstart papers`: notices, posters, guides and drafts, filled in from the settings and the planned event."""

from __future__ import annotations

import click

from storage.events import today
from storage.exchange.locations import Site
from storage.office.planned import PlannedEvent, planned_in, still_coming
from storage.papers.files import START, papers_of, save
from storage.settings import Settings
from tui.cli.office import planned_called
from tui.cli.options import with_folder_options
from tui.cli.output import say, shown_progress
from tui.cli.running import Place
from tui.text.papers import SCREENS, about_event, drawings, lacking


@click.command()
@with_folder_options
@click.option("--event", metavar="EVENT", help="A planned event, by its name or id; else the settings', or the next.")
@click.option("--force", is_flag=True, help="Write over papers that are there.")
@click.argument("folder", metavar="DIR")
def papers(at: Place, event: str | None, *, folder: str, force: bool) -> None:
    """Write all papers into DIR: poster, privacy notice, survey on paper, guides, and drafts for your officer.

    They are filled in from the settings and from a planned event; each is a page to print and a document to change, in
    the usual size and in large print.
    """
    settings = at.settings().settings
    planned = planned_in(at.data)
    meant = planned_called(planned, event) if event is not None else _event_of(settings, planned)
    made = papers_of(settings, meant, SCREENS, today())
    site = Site.at(folder)
    with shown_progress("Writing") as progress:
        save(made, drawings(), site, progress, over=force)
    say(about_event(settings, meant))
    for sentence in lacking(made):
        say(sentence)
    say(f"Written to {site}. Read {START}.html first: it says what is left to decide.")


def _event_of(settings: Settings, planned: list[PlannedEvent]) -> PlannedEvent | None:
    """The next planned event, where the settings name none."""
    return None if settings.event.name.strip() else next(iter(still_coming(planned, today())), None)
