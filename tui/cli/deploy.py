"""`fairstart deploy`: writes what makes an event laptop a kiosk that starts by itself."""

from __future__ import annotations

from pathlib import Path

import click

from storage.exchange.drives import expanded
from tui.cli.output import say
from tui.cli.running import CommandFailedError
from tui.deploy.files import GUIDE, STARTS, SYSTEMS, System, files_for, guide, running_command, this_system


@click.command()
@click.option("--for", "wanted", type=click.Choice(SYSTEMS), multiple=True, help="Only this system; can be repeated.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def deploy(folder: Path, wanted: tuple[System, ...], *, force: bool) -> None:
    """Write into DIR what makes an event laptop a kiosk that starts by itself.

    A folder for each system, ready to use, and a page to print that says what to do with it.
    """
    folder = expanded(folder)
    chosen = [system for system in SYSTEMS if system in (wanted or SYSTEMS)]
    try:
        for system in chosen:
            if not force and _holds_something(folder / system):
                raise CommandFailedError(
                    f"{folder / system} is not empty: choose another folder, or write over it with --force."
                )
        if not force and (folder / GUIDE).exists() and not any((folder / system).is_dir() for system in SYSTEMS):
            raise CommandFailedError(
                f"{folder / GUIDE} is there already: choose another folder, or write over it with --force."
            )
        for system in chosen:
            _write(folder / system, system)
        (folder / GUIDE).write_bytes(guide(system for system in SYSTEMS if (folder / system).is_dir()))
    except OSError as error:
        raise CommandFailedError(f"Cannot write into {folder} ({error.strerror}): choose another folder.") from error
    for system in chosen:
        say(f"{system}: {folder / system}")
    for system in chosen:
        if _command(system) is None:
            say(f"For {system}, say at the top of {STARTS[system]} where Fairstart is on that laptop.")
    say(f"Now read {folder / GUIDE}: it says what to do, and prints to one sheet.")


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _command(system: System) -> Path | None:
    """The path of this very Fairstart, if it is for the system that runs here."""
    return running_command() if system == this_system() else None


def _write(folder: Path, system: System) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files_for(system, _command(system)):
        path = folder / file.name
        path.write_bytes(file.content)
        if file.is_program:
            path.chmod(0o755)
