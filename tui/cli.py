"""The command line: finds the settings and the data folder, runs one thing, and turns failures into one sentence.

Exit status: 0 done, 1 could not, 2 wrong use. Headless commands never import Textual.
"""

import contextlib
import datetime as dt
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from platformdirs import user_data_path

from storage.errors import FairstartError, SettingsError
from storage.files import read_at_most
from storage.folder import existing_office, hold
from storage.kiosk import Kiosk, NewOffice, is_set_up, practice_folder, practice_settings
from storage.settings import EventDetails, Organisation, SettingsFile, Survey, find_settings
from tui.process import FAULT, ignore_interrupts, say_nothing_of_faults

if TYPE_CHECKING:
    from storage.setup import SetupPlan
    from tui.app import Outcome
    from tui.lockdown import LockedApp

_PASSPHRASE_LIMIT = 4096


class CommandFailedError(Exception):
    """A command that could not do its work; its sentence goes to standard error."""


@dataclass(frozen=True)
class Place:
    """Where settings and data are."""

    config: Path | None
    data: Path

    def settings(self) -> SettingsFile:
        """The settings that apply here.

        Raises:
            SettingsError: they cannot be used.
        """
        return find_settings(self.config, Path.cwd(), self.data)


Given = Mapping[str, str | None]
Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., object])


def _placed(command: Command) -> Command:
    """Give a command --config and --data, which may also stand before its name."""
    command = click.option(
        "--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings to use instead of kiosk.toml."
    )(command)
    return click.option(
        "--data", type=click.Path(path_type=Path), metavar="DIR", help="Folder that holds keys and responses."
    )(command)


def _place(config: Path | None, data: Path | None) -> Place:
    before: dict[str, Path | None] = click.get_current_context().find_root().params
    config = config or before.get("config")
    data = data or before.get("data") or user_data_path("fairstart", appauthor=False)
    return Place(config, data.expanduser().absolute())


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@_placed
@click.option("--practice", is_flag=True, help="Everything works, nothing is kept.")
@click.version_option(package_name="fairstart")
@click.pass_context
def fairstart(context: click.Context, config: Path | None, data: Path | None, *, practice: bool) -> None:
    """Ask about social background at job fairs and outreach events, privately.

    Without a command: the kiosk. The first run leads through set-up.
    """
    if context.invoked_subcommand is None:
        place = _place(config, data)
        if practice:
            _practise(place.settings())
        else:
            _kiosk(place)
    elif practice:
        raise click.UsageError('--practice goes with "fairstart" alone')


@fairstart.command()
@_placed
@click.option("--organisation", metavar="NAME", help="Who asks: the name candidates read first.")
@click.option("--statement", metavar="TEXT", default=None, help="Why you ask, in your own words.")
@click.option("--event", metavar="NAME", help="What the event is called.")
@click.option("--date", metavar="YYYY-MM-DD", help="The day it takes place.")
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
def setup(config: Path | None, data: Path | None, **given: str | None) -> None:
    """Set this laptop up: guided, or by options."""
    place = _place(config, data)
    with hold(place.data):
        if any(value is not None for value in given.values()):
            _setup_unasked(place, given)
        else:
            _need_terminal()
            _guided_setup(place, place.settings())


@fairstart.command()
@_placed
def plain(config: Path | None, data: Path | None) -> None:
    """Ask in plain numbered lines, for screen readers and pipes."""
    from content.survey import load_words
    from tui.plain import PlainSurvey

    place = _place(config, data)
    settings = place.settings().settings
    with hold(place.data), contextlib.closing(Kiosk.open(place.data, settings)) as kiosk:
        if kiosk.ended:
            raise CommandFailedError(f"“{kiosk.event.name}” has ended: start a new event in the staff area.")
        ignore_interrupts()
        say_nothing_of_faults()
        for stream in (sys.stdin, sys.stdout):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a byte or letter that cannot be text here ends no survey
        PlainSurvey(kiosk, settings, load_words(), sys.stdin, sys.stdout).run()


@fairstart.command()
@_placed
@click.option("--passphrase-file", metavar="FILE", help="Holds the staff passphrase; - for standard input.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.option("--csv", "as_csv", is_flag=True, help="One row per category.")
def counts(config: Path | None, data: Path | None, passphrase_file: str | None, *, as_json: bool, as_csv: bool) -> None:
    """Show the event's published counts."""
    from storage.findings import findings, to_csv, to_json
    from tui.counts import lines

    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv")
    place = _place(config, data)
    settings = place.settings().settings
    with hold(place.data), contextlib.closing(Kiosk.open(place.data, settings)) as kiosk:
        key = kiosk.unlock(_staff_passphrase(passphrase_file)).tally
        found = findings(kiosk.counts(key), settings.benchmarks)
    if as_json:
        text = to_json(found)
    elif as_csv:
        text = to_csv(found)
    else:
        text = "\n".join(lines(found)) + "\n"
    sys.stdout.buffer.write(text.encode())


@fairstart.command()
@_placed
@click.option("--passphrase-file", metavar="FILE", help="Holds the staff passphrase; - for standard input.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def close(config: Path | None, data: Path | None, passphrase_file: str | None, *, yes: bool) -> None:
    """End the event: this laptop takes no more answers for it.

    Answers that wait for the counts are those of a running kiosk: end the event there, and up to fifteen more enter.
    """
    place = _place(config, data)
    with hold(place.data), contextlib.closing(Kiosk.open(place.data, place.settings().settings)) as kiosk:
        kiosk.unlock(_staff_passphrase(passphrase_file))
        name = kiosk.event.name
        if kiosk.ended:
            click.echo(f"“{name}” has ended already.")
            return
        if not yes:
            _need_yes(f"End “{name}”? This laptop will take no more answers for it. This cannot be undone.")
        kiosk.end_event()
    click.echo(f"“{name}” has ended. Nothing was deleted.")


def _need_yes(question: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("without a terminal to ask on, this needs --yes")
    if not click.confirm(question):
        raise CommandFailedError("Nothing was changed.")


def _staff_passphrase(file: str | None) -> str:
    """The staff passphrase, from a file or asked for."""
    if file is not None:
        return _passphrase(file)
    if not sys.stdin.isatty():
        raise click.UsageError("without a terminal to ask on, this needs --passphrase-file")
    return str(click.prompt("Staff passphrase", hide_input=True, err=True))


@fairstart.command()
@_placed
def doctor(config: Path | None, data: Path | None) -> None:
    """Check this laptop and say what to mend."""
    from storage.doctor import Verdict, examine
    from tui import terminal

    place = _place(config, data)
    settings = place.settings()
    looks = [terminal.look_at_size(*terminal.current_size())] if sys.stdout.isatty() else []
    looks += [terminal.look_at_colours(), terminal.look_at_letters()]
    to_mend = 0
    for sound, sentence in looks:
        to_mend += not sound
        _report("ok" if sound else "mend", "Terminal", sentence)
    today = dt.datetime.now().astimezone().date()
    for finding in examine(place.data, settings.settings, today):
        to_mend += finding.verdict is Verdict.MEND
        _report(finding.verdict.value, finding.subject, finding.sentence)
    click.echo(f"Settings: {settings.path}\nData: {place.data}")
    if to_mend:
        raise CommandFailedError(f"{to_mend} {'thing' if to_mend == 1 else 'things'} to mend: see above.")
    click.echo("Nothing to mend.")


def _report(verdict: str, subject: str, sentence: str) -> None:
    click.echo(f"{verdict:<12}{subject}: {sentence}")


def _kiosk(place: Place) -> None:
    """Run set-up where it is needed, then the kiosk, until staff quit."""
    from tui.app import Outcome

    _need_terminal()
    while True:
        with hold(place.data):
            settings = place.settings()
            if not is_set_up(place.data) or settings.settings.missing:
                following = _guided_setup(place, settings)
                if following is None:
                    return
                place = following
                continue
            if _run_kiosk(place.data, settings) is not Outcome.NEW_EVENT:
                return


def _guided_setup(place: Place, settings: SettingsFile) -> Place | None:
    """Where to go on after the set-up screens, or None to quit."""
    from tui.staff.setup import SetupApp, SetupEnd

    app = SetupApp(settings, place.data)
    match _run(app):
        case SetupEnd.DONE:
            return place
        case SetupEnd.PRACTISE:
            _practise(settings)
            return place
        case SetupEnd.OPEN:
            click.echo(f"Next time start with: fairstart --data {app.plan.data}", err=True)
            return Place(place.config, app.plan.data)
        case _:
            return None


def _run_kiosk(data: Path, settings: SettingsFile, *, practice: bool = False) -> "Outcome | None":
    """Run the kiosk until staff leave it for good. It stays open, with its pending counts, while they practise."""
    from tui.app import KioskApp, Outcome

    with contextlib.closing(Kiosk.open(data, settings.settings)) as kiosk:
        while (outcome := _run(KioskApp(kiosk, settings, practice=practice))) is Outcome.PRACTISE:
            _practise(settings)
        return outcome


def _practise(settings: SettingsFile) -> None:
    _need_terminal()
    today = dt.datetime.now().astimezone().date()
    with practice_folder() as data:
        _run_kiosk(data, practice_settings(settings, today), practice=True)


def _run(app: "LockedApp[Result]") -> Result | None:
    """Run a locked app to its end."""
    ignore_interrupts()
    say_nothing_of_faults()
    result = app.run()
    if app.fault:
        raise CommandFailedError(FAULT)
    if app.ended:
        sys.exit(0)
    return result


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandFailedError('The kiosk needs a terminal window: open one, or use "fairstart plain".')


def _setup_unasked(place: Place, given: Given) -> None:
    from storage.keys import recovery_code
    from storage.sealing import require_sealing
    from storage.setup import SetupPlan, carry_out

    require_sealing()
    current = place.settings()
    plan = SetupPlan(place.data, current, details=_details(current, given))
    if not is_set_up(place.data):
        _choose_keys(plan, given)
    for sentence in carry_out(plan):
        click.echo(sentence)
    if isinstance(plan.office, NewOffice):
        click.echo("Recovery code of the office key. Write it on paper now; it is not shown again:")
        click.echo(" ".join(recovery_code(plan.office.key.seed)))
    click.echo('This laptop is set up. Start the kiosk with "fairstart".')


def _details(current: SettingsFile, given: Given) -> tuple[Organisation, EventDetails, Survey]:
    """The settings as they are, with what was given on the command line in their place."""
    import msgspec

    from storage.settings import checked

    was = msgspec.to_builtins(current.settings)
    for section, key, name in (
        ("organisation", "name", "organisation"),
        ("organisation", "statement", "statement"),
        ("event", "name", "event"),
        ("event", "date", "date"),
        ("event", "place", "where"),
        ("event", "stage", "stage"),
        ("survey", "questions", "questions"),
    ):
        if given[name] is not None:
            was[section][key] = given[name]
    settings = checked(was, "the command line")
    if settings.missing:
        options = {"organisation.name": "--organisation", "event.name": "--event", "event.date": "--date"}
        wanted = ", ".join(options.get(key, "--place") for key in settings.missing)
        raise click.UsageError(f"set-up also needs {wanted}")
    return settings.organisation, settings.event, settings.survey


def _choose_keys(plan: "SetupPlan", given: Given) -> None:
    from storage.keys import OfficePrivateKey, OfficePublicKey
    from storage.passphrases import check_passphrase

    if given["passphrase_file"] is None:
        raise click.UsageError("set-up also needs --passphrase-file")
    plan.staff_passphrase = check_passphrase(_passphrase(given["passphrase_file"]), known=plan.guessable)
    if given["office_key"] is not None:
        plan.office = OfficePublicKey.from_file(Path(given["office_key"]))
    elif (existing := existing_office(plan.data)) is not None:
        plan.office = existing
    elif given["office_passphrase_file"] is not None:
        passphrase = check_passphrase(_passphrase(given["office_passphrase_file"]), known=plan.guessable)
        if passphrase == plan.staff_passphrase:
            raise CommandFailedError("The office passphrase is the staff passphrase: choose another one.")
        plan.office = NewOffice(OfficePrivateKey.generate(), passphrase)
    else:
        raise click.UsageError(
            "set-up also needs --office-key, or --office-passphrase-file to make this laptop the office"
        )


def _passphrase(name: str) -> str:
    """The first line of a file, or of standard input for `-`."""
    try:
        text = sys.stdin.readline() if name == "-" else read_at_most(Path(name), _PASSPHRASE_LIMIT).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailedError(f"Cannot read a passphrase from {name}: check the file.") from error
    return text.splitlines()[0] if text else ""


@contextlib.contextmanager
def _plain_sentences() -> Iterator[None]:
    """Turn whatever goes wrong into one sentence on standard error and an exit status."""
    try:
        yield
    except click.UsageError as error:
        _fail(f'{error.format_message().rstrip(".")}: see "fairstart --help".', 2)
    except (FairstartError, SettingsError, CommandFailedError) as error:
        _fail(str(error), 1)
    except (KeyboardInterrupt, click.Abort, BrokenPipeError):
        _fail("Stopped.", 1)
    except Exception:  # noqa: BLE001 - a traceback could show what was typed
        _fail(FAULT, 1)


def _fail(sentence: str, status: int) -> None:
    with contextlib.suppress(OSError):
        click.echo(sentence, err=True)
    sys.exit(status)


def main() -> None:
    """Run the command named on the command line."""
    with _plain_sentences():
        fairstart.main(standalone_mode=False)
