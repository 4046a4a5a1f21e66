"""`fairstart setup`: guided, from a stick, or by options."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from storage.crypto.keys import KioskPublicKey, OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import require_sealing
from storage.data_folder import hold
from storage.days import read_day
from storage.events import day, did_you_mean, today
from storage.exchange.drives import expanded
from storage.kiosk.state import is_set_up
from storage.names import evened
from storage.office_folder import NewOffice, existing_office
from storage.settings import (
    FILE_NAME,
    EventDetails,
    Organisation,
    SettingsFile,
    Survey,
    checked,
)
from storage.text import on_one_line
from tui.cli.kiosk import guided_setup, run_kiosk
from tui.cli.options import nothing_changed, said_yes, secret_in, staff_unlocked, with_folder_options
from tui.cli.output import say, show_code
from tui.cli.running import CommandFailedError, Place, need_terminal

if TYPE_CHECKING:
    from storage.exchange.stick import Stick
    from storage.kiosk.setup import SetupPlan


Options = Mapping[str, str | None]


@click.command()
@with_folder_options
@click.option("--organisation", metavar="NAME", help="Who asks: the name candidates read first.")
@click.option("--statement", metavar="TEXT", default=None, help="Why you ask, in your own words.")
@click.option("--event", metavar="NAME", help="What the event is called.")
@click.option("--date", metavar="DAY", help="The day it takes place, or the first of several: 23/11/2026, 23 Nov 2026.")
@click.option("--last-day", metavar="DAY", help="The last day, where there are several.")
@click.option("--place", "where", metavar="NAME", help="Where it takes place.")
@click.option("--stage", metavar="STAGE", help="The point of the apprenticeship journey asked about.")
@click.option("--questions", metavar="all|key", help="All four questions, or the key question alone.")
@click.option("--office-key", metavar="FILE", help="The office's office.pub.")
@click.option("--passphrase-file", metavar="FILE", help="Holds the staff passphrase; - for standard input.")
@click.option(
    "--office-passphrase-file",
    metavar="FILE",
    help="Makes this laptop the office too; holds the passphrase for its key.",
)
@click.option("--from", "stick", metavar="STICK", help="A stick that the office has prepared; asks one question.")
@click.option("--yes", is_flag=True, help="With --from: do not ask.")
@click.option("--new-key", is_flag=True, help="A new key for a laptop that was copied from another.")
def setup(at: Place, *, stick: str | None, yes: bool, new_key: bool, **options: str | None) -> None:
    """Set this laptop up: guided, from a stick, or by options."""
    if stick is None and yes:
        raise click.UsageError("--yes goes with --from")
    following = None
    with hold(at.data):
        if stick is not None:
            if new_key or any(value is not None for value in options.values()):
                raise click.UsageError("--from goes with --yes alone")
            _set_up_from(at, Path(stick), yes=yes)
        elif new_key:
            _renew_key(at, options)
        elif any(value is not None for value in options.values()):
            _setup_unasked(at, options)
        else:
            need_terminal()
            following = guided_setup(at, at.settings())
    if following:
        run_kiosk(following)


_FOR_KEYS = ("office_key", "passphrase_file", "office_passphrase_file")
"""Options of set-up that are about keys."""


def _renew_key(at: Place, options: Options) -> None:
    from storage.kiosk.renewal import renew_key

    if not is_set_up(at.data):
        raise click.UsageError("--new-key is for a laptop that is set up")
    others = [name for name, value in options.items() if value is not None and name != "passphrase_file"]
    if others:
        raise click.UsageError("--new-key goes with --passphrase-file alone")
    key = staff_unlocked(at.data, options["passphrase_file"], functools.partial(renew_key, at.data))
    say(f"This laptop has a new key. Its fingerprint: {key.public.fingerprint}")


def _set_up_from(at: Place, path: Path, *, yes: bool) -> None:
    from storage.exchange.stick import Stick
    from storage.kiosk.from_stick import check_stick, come_again, is_done, set_up_from, ways_to_set_up

    target = at.config or at.data / FILE_NAME
    ways = ways_to_set_up(Stick.read(expanded(path)), today())
    for stick in ways:
        if is_done(stick, at.data, target):
            come_again(stick, at.data)
            say(f"This laptop is set up for “{stick.settings.settings.event.name}” already.")
            return
    check_stick(ways[0], at.data, today())
    stick = ways[0] if yes else _agreed(ways)
    for sentence in set_up_from(stick, at.data, target):
        say(sentence)
    say('This laptop is set up, and the stick can go. Start the kiosk with "fairstart".')


def _agreed(ways: "Sequence[Stick]") -> "Stick":
    """The way of setting up for the event that somebody says yes to.

    Raises:
        CommandFailedError: they say no to all.
    """
    for stick in ways:
        event = stick.settings.settings.event
        on = " to ".join(day(one) for one in (event.date, event.last_day) if one)
        if said_yes(f"Is this the “{event.name}”, {event.place}, {on}?"):
            return stick
    raise nothing_changed()


def _setup_unasked(at: Place, options: Options) -> None:
    from storage.kiosk.setup import SetupPlan, carry_out, known_events

    require_sealing()
    current = at.settings()
    plan = SetupPlan(at.data, current, details=_details(current, options))
    if not is_set_up(at.data):
        _choose_keys(plan, options)
    elif any(options[name] is not None for name in _FOR_KEYS):
        raise CommandFailedError(
            f"{at.data} is set up already and keeps its keys and passphrases: nothing was changed. "
            "Leave out the options about them, or choose another folder with --data."
        )
    if plan.details is not None:
        event = plan.details[1]
        for question in did_you_mean(evened(event.name), evened(event.place), known_events(at.data)):
            say(question, aside=True)
    for sentence in carry_out(plan):
        say(sentence)
    if isinstance(plan.office, NewOffice):
        show_code(plan.office.code)
    say(f"This laptop's fingerprint: {KioskPublicKey.from_file(at.data / 'kiosk' / 'kiosk.pub').fingerprint}")
    say('This laptop is set up. Start the kiosk with "fairstart".')


def _details(current: SettingsFile, options: Options) -> tuple[Organisation, EventDetails, Survey]:
    """The settings as they are, with what stands on the command line in their place."""
    was = msgspec.to_builtins(current.settings)
    if options["date"] is not None:
        was["event"]["last_day"] = None  # that was of another date
    for section, key, name in (
        ("organisation", "name", "organisation"),
        ("organisation", "statement", "statement"),
        ("event", "name", "event"),
        ("event", "date", "date"),
        ("event", "last_day", "last_day"),
        ("event", "place", "where"),
        ("event", "stage", "stage"),
        ("survey", "questions", "questions"),
    ):
        if (entered := options[name]) is not None:
            was[section][key] = _as_day(entered) if key in {"date", "last_day"} else on_one_line(entered)
    settings = checked(was, "the command line")
    if settings.missing:
        names = {"organisation.name": "--organisation", "event.name": "--event", "event.date": "--date"}
        wanted = ", ".join(names.get(key, "--place") for key in settings.missing)
        raise click.UsageError(f"set-up also needs {wanted}")
    return settings.organisation, settings.event, settings.survey


def _as_day(entered: str) -> str:
    """A day as people write it, as settings have it. What is no day stays as it is, to be refused with its key."""
    try:
        return read_day(entered).isoformat()
    except ValueError:
        return entered


def _choose_keys(plan: "SetupPlan", options: Options) -> None:
    from storage.crypto.passphrases import check_passphrase

    if options["passphrase_file"] is None:
        raise click.UsageError("set-up also needs --passphrase-file")
    if options["office_key"] is not None and options["office_passphrase_file"] is not None:
        raise click.UsageError("choose --office-key or --office-passphrase-file: it is another office, or this laptop")
    plan.staff_passphrase = check_passphrase(secret_in(options["passphrase_file"]), known=plan.guessable)
    if options["office_key"] is not None:
        plan.office = OfficePublicKey.from_file(Path(options["office_key"]))
    elif (existing := existing_office(plan.data)) is not None:
        if options["office_passphrase_file"] is not None:
            raise CommandFailedError(
                f"{plan.data} holds an office key already, with its own passphrase: leave out --office-passphrase-file."
            )
        plan.office = existing
    elif options["office_passphrase_file"] is not None:
        passphrase = check_passphrase(secret_in(options["office_passphrase_file"]), known=plan.guessable)
        if passphrase == plan.staff_passphrase:
            raise CommandFailedError("The office passphrase is the staff passphrase: choose another one.")
        plan.office = NewOffice(OfficePrivateKey.generate(), passphrase)
    else:
        raise click.UsageError(
            "set-up also needs --office-key, or --office-passphrase-file to make this laptop the office"
        )
