"""The command line: finds the settings and the data folder, runs one thing, and turns failures into one sentence.

Exit status: 0 done, 1 could not, 2 wrong use. Headless commands never import Textual.
"""

import contextlib
import io
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from content.language import load_words
from content.loading import ContentError
from storage.crypto.keys import OfficePrivateKey, OfficePublicKey, recovery_code
from storage.crypto.sealing import require_sealing
from storage.data_folder import existing_office, hold
from storage.errors import FairstartError, SettingsError
from storage.events import today
from storage.kiosk.key_files import NewOffice, is_set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.practice import practice_folder, practice_settings
from storage.settings import EventDetails, Organisation, SettingsFile, Survey, checked
from storage.text import counted, printable
from tui.cli.deploy import deploy
from tui.cli.office import office
from tui.cli.options import (
    CommandFailedError,
    Place,
    ask_passphrase,
    need_terminal,
    need_yes,
    passphrase_in,
    put_out,
    run_locked,
    shown_progress,
    with_folder_options,
    with_passphrase,
)
from tui.cli.toolkit import toolkit
from tui.terminal.process import FAULT, ignore_interrupts, say_nothing_of_faults

if TYPE_CHECKING:
    from storage.kiosk.setup import SetupPlan
    from tui.app import Outcome

Options = Mapping[str, str | None]


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@with_folder_options
@click.option("--practice", is_flag=True, help="Everything works, nothing is kept.")
@click.version_option(package_name="fairstart")
@click.pass_context
def fairstart(context: click.Context, at: Place, *, practice: bool) -> None:
    """Ask about socio-economic background at job fairs and outreach events, privately.

    Without a command: the kiosk. The first run leads through set-up.
    """
    if context.invoked_subcommand is None:
        if practice:
            _practise(at.settings())
        else:
            _kiosk(at)
    elif practice:
        raise click.UsageError('--practice goes with "fairstart" alone')


@fairstart.command()
@with_folder_options
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
def setup(at: Place, **options: str | None) -> None:
    """Set this laptop up: guided, or by options."""
    with hold(at.data):
        if any(value is not None for value in options.values()):
            _setup_unasked(at, options)
        else:
            need_terminal()
            _guided_setup(at, at.settings())


@fairstart.command()
@with_folder_options
def plain(at: Place) -> None:
    """Ask in plain numbered lines, for screen readers and pipes."""
    from tui.plain import PlainSurvey

    settings = at.settings().settings
    with hold(at.data), contextlib.closing(Kiosk.open(at.data, settings)) as kiosk:
        if kiosk.ended:
            raise CommandFailedError(f"“{kiosk.event.name}” has ended: start a new event in the staff area.")
        ignore_interrupts()
        say_nothing_of_faults()
        for stream in (sys.stdin, sys.stdout):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a byte or letter that cannot be text here ends no survey
        PlainSurvey(kiosk, settings, sys.stdin, sys.stdout).run()


@fairstart.command()
@with_folder_options
@with_passphrase
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.option("--csv", "as_csv", is_flag=True, help="One row per category.")
def counts(at: Place, passphrase_file: str | None, *, as_json: bool, as_csv: bool) -> None:
    """Show the event's published counts."""
    from storage.counts.findings import findings, to_json
    from storage.report.open_data import to_csv
    from tui.text.counts import lines

    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv")
    settings = at.settings().settings
    with hold(at.data), contextlib.closing(Kiosk.open(at.data, settings)) as kiosk:
        key = kiosk.unlock(ask_passphrase("Staff", passphrase_file)).tally
        found = findings(kiosk.counts(key), settings.benchmarks)
    if as_json:
        text = to_json(found)
    elif as_csv:
        text = to_csv(found)
    else:
        text = "\n".join(lines(found)) + "\n"
    put_out(text)


@fairstart.command()
@with_folder_options
@with_passphrase
@click.option("--yes", is_flag=True, help="Do not ask.")
def close(at: Place, passphrase_file: str | None, *, yes: bool) -> None:
    """End the event: this laptop takes no more answers for it.

    Those who wait for this laptop's counts, nine at most, stay out of them. The office counts everybody.
    """
    with hold(at.data), contextlib.closing(Kiosk.open(at.data, at.settings().settings)) as kiosk:
        kiosk.unlock(ask_passphrase("Staff", passphrase_file))
        name = kiosk.event.name
        if kiosk.ended:
            click.echo(f"“{name}” has ended already.")
            return
        if not yes:
            need_yes(f"End “{name}”? This laptop will take no more answers for it. This cannot be undone.")
        kiosk.end_event()
    click.echo(f"“{name}” has ended. Nothing was deleted.")


@fairstart.command()
@with_folder_options
@with_passphrase
@click.argument("dest")
def export(at: Place, passphrase_file: str | None, dest: str) -> None:
    """Hand over every event's responses, sealed, to DEST.

    DEST is a folder, a drive, or an address such as sftp://host/folder or s3://bucket/folder.
    """
    from storage.exchange.locations import Site
    from storage.kiosk.outbox import Outbox
    from tui.text import handover as handover_text

    with hold(at.data), contextlib.closing(Kiosk.open(at.data, at.settings().settings)) as kiosk:
        key = kiosk.unlock(ask_passphrase("Staff", passphrase_file))
        with shown_progress("Handing over") as progress:
            handed = list(Outbox(kiosk).hand_over(key, Site.at(dest), progress))
    for line in handover_text.handed_over(handed):
        click.echo(line)


@fairstart.command()
@with_folder_options
@with_passphrase
@click.option("--delete", is_flag=True, help="Delete what the receipt covers, without asking.")
@click.argument("file")
def receipt(at: Place, passphrase_file: str | None, file: str, *, delete: bool) -> None:
    """Take the office's receipt, and offer to delete what it covers.

    FILE is the receipt, or the folder, drive or address where it lies.
    """
    from storage.exchange.locations import Site
    from storage.kiosk.outbox import Outbox
    from tui.text import handover as handover_text

    with hold(at.data), contextlib.closing(Kiosk.open(at.data, at.settings().settings)) as kiosk:
        key = kiosk.unlock(ask_passphrase("Staff", passphrase_file))
        outbox = Outbox(kiosk)
        for content in outbox.receipts_at(Site.at(file)):
            taken = outbox.take_receipt(key, content)
            click.echo(handover_text.received(taken))
            if delete or (sys.stdin.isatty() and click.confirm(handover_text.delete_question(taken))):
                outbox.delete(key, content)
                click.echo(handover_text.deleted(taken))
            else:
                click.echo("Nothing was deleted.")


@fairstart.command()
@with_folder_options
def doctor(at: Place) -> None:
    """Check this laptop and say what to mend."""
    from storage.doctor import Verdict, examine
    from tui.speech import programs as speech
    from tui.terminal import capabilities as terminal

    settings = at.settings()
    looks = [terminal.look_at_size(*terminal.current_size())] if sys.stdout.isatty() else []
    looks += [terminal.look_at_colours(), terminal.look_at_letters()]
    to_mend = 0
    for sound, sentence in looks:
        to_mend += not sound
        _report("ok" if sound else "mend", "Terminal", sentence)
    if settings.settings.kiosk.read_aloud:
        _report("ok", "Reading aloud", speech.look_at_program())
    for finding in examine(at.data, settings.settings, today()):
        to_mend += finding.verdict is Verdict.MEND
        _report(finding.verdict.value, finding.subject, finding.sentence)
    click.echo(f"Settings: {settings.path}\nData: {at.data}")
    if to_mend:
        raise CommandFailedError(f"{counted(to_mend, 'thing')} to mend: see above.")
    click.echo("Nothing to mend.")


fairstart.add_command(deploy)
fairstart.add_command(office)
fairstart.add_command(toolkit)


def _report(verdict: str, subject: str, sentence: str) -> None:
    click.echo(f"{verdict:<12}{subject}: {sentence}")


def _kiosk(at: Place) -> None:
    """Run set-up where it is needed, then the kiosk, until staff quit."""
    from tui.app import Outcome

    need_terminal()
    while True:
        with hold(at.data):
            settings = at.settings()
            if not is_set_up(at.data) or settings.settings.missing:
                following = _guided_setup(at, settings)
                if following is None:
                    return
                at = following
                continue
            if _run_kiosk(at.data, settings) is not Outcome.NEW_EVENT:
                return


def _guided_setup(at: Place, settings: SettingsFile) -> Place | None:
    """Where to go on after the set-up screens, or None to quit."""
    from tui.setup.setup import SetupApp, SetupEnd

    app = SetupApp(settings, at.data)
    match run_locked(app):
        case SetupEnd.DONE:
            return at
        case SetupEnd.PRACTISE:
            _practise(settings)
            return at
        case SetupEnd.OPEN:
            click.echo(f"Next time start with: fairstart --data {app.plan.data}", err=True)
            return Place(at.config, app.plan.data)
        case SetupEnd.QUIT | None:
            return None


def _run_kiosk(data: Path, settings: SettingsFile, *, practice: bool = False) -> "Outcome | None":
    """Run the kiosk until staff leave it for good. It stays open, with those who wait, while they practise."""
    from tui.app import KioskApp, Outcome

    for language in settings.settings.survey.languages:
        load_words(language)  # a damaged pack is told now, and not to a candidate who chooses it
    with contextlib.closing(Kiosk.open(data, settings.settings)) as kiosk:
        while (outcome := run_locked(KioskApp(kiosk, settings, practice=practice))) is Outcome.PRACTISE:
            _practise(settings)
        return outcome


def _practise(settings: SettingsFile) -> None:
    need_terminal()
    with practice_folder() as data:
        _run_kiosk(data, practice_settings(settings, today()), practice=True)


def _setup_unasked(at: Place, options: Options) -> None:
    from storage.kiosk.setup import SetupPlan, carry_out

    require_sealing()
    current = at.settings()
    plan = SetupPlan(at.data, current, details=_details(current, options))
    if not is_set_up(at.data):
        _choose_keys(plan, options)
    for sentence in carry_out(plan):
        click.echo(sentence)
    if isinstance(plan.office, NewOffice):
        click.echo("Recovery code of the office key. Write it on paper now; it is not shown again:")
        click.echo(" ".join(recovery_code(plan.office.key.seed)))
    click.echo('This laptop is set up. Start the kiosk with "fairstart".')


def _details(current: SettingsFile, options: Options) -> tuple[Organisation, EventDetails, Survey]:
    """The settings as they are, with what stands on the command line in their place."""
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
        if options[name] is not None:
            was[section][key] = options[name]
    settings = checked(was, "the command line")
    if settings.missing:
        names = {"organisation.name": "--organisation", "event.name": "--event", "event.date": "--date"}
        wanted = ", ".join(names.get(key, "--place") for key in settings.missing)
        raise click.UsageError(f"set-up also needs {wanted}")
    return settings.organisation, settings.event, settings.survey


def _choose_keys(plan: "SetupPlan", options: Options) -> None:
    from storage.crypto.passphrases import check_passphrase

    if options["passphrase_file"] is None:
        raise click.UsageError("set-up also needs --passphrase-file")
    plan.staff_passphrase = check_passphrase(passphrase_in(options["passphrase_file"]), known=plan.guessable)
    if options["office_key"] is not None:
        plan.office = OfficePublicKey.from_file(Path(options["office_key"]))
    elif (existing := existing_office(plan.data)) is not None:
        plan.office = existing
    elif options["office_passphrase_file"] is not None:
        passphrase = check_passphrase(passphrase_in(options["office_passphrase_file"]), known=plan.guessable)
        if passphrase == plan.staff_passphrase:
            raise CommandFailedError("The office passphrase is the staff passphrase: choose another one.")
        plan.office = NewOffice(OfficePrivateKey.generate(), passphrase)
    else:
        raise click.UsageError(
            "set-up also needs --office-key, or --office-passphrase-file to make this laptop the office"
        )


@contextlib.contextmanager
def _plain_sentences() -> Iterator[None]:
    """Turn whatever goes wrong into one sentence on standard error and an exit status."""
    try:
        yield
    except click.UsageError as error:
        _fail(f'{error.format_message().rstrip(".")}: see "fairstart --help".', 2)
    except (FairstartError, SettingsError, CommandFailedError, ContentError) as error:
        _fail(str(error), 1)
    except (KeyboardInterrupt, click.Abort, BrokenPipeError):
        _fail("Stopped.", 1)
    except Exception:  # noqa: BLE001 - a traceback could show what was typed
        _fail(FAULT, 1)


def _fail(sentence: str, status: int) -> None:
    """End with a sentence; what somebody typed into it cannot steer the terminal."""
    with contextlib.suppress(OSError):
        click.echo(printable(sentence), err=True)
    sys.exit(status)


def main() -> None:
    """Run the command named on the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    with _plain_sentences():
        fairstart.main(standalone_mode=False)
