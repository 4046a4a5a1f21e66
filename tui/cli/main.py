"""The command line: finds the settings and the data folder, runs one thing, and turns failures into one sentence.

Exit status: 0 done, 1 could not, 2 wrong use. Headless commands never import Textual.
"""

import contextlib
import errno
import functools
import importlib
import io
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from content.language import load_words
from content.loading import ContentError
from storage.crypto.keys import KioskPrivateKey, KioskPublicKey, OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import require_sealing
from storage.data_folder import NewOffice, existing_office, hold
from storage.days import read_day
from storage.errors import FairstartError, NotSetUpError, SettingsError, TooLittleMemoryError
from storage.events import day, did_you_mean, today
from storage.exchange.drives import expanded
from storage.kiosk.key_files import is_set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.practice import Practice, practice_folder, practice_settings
from storage.names import evened
from storage.settings import (
    FILE_NAME,
    EventDetails,
    Organisation,
    Settings,
    SettingsFile,
    Survey,
    checked,
    find_settings,
)
from storage.text import counted, is_text, on_one_line, shortened
from tui.cli.debriefs import NOTHING_WRITTEN, Answers, said_now, say_debrief, say_how_to_read, with_answers
from tui.cli.options import (
    CommandFailedError,
    Place,
    collect_later,
    forget_last_app,
    need_terminal,
    need_yes,
    new_passphrase,
    nothing_changed,
    run_locked,
    said_yes,
    secret_in,
    staff_key,
    staff_unlocked,
    with_folder_options,
    with_passphrase,
)
from tui.cli.output import confirmed, put_json, put_out, say, show_code, shown_progress
from tui.terminal.memory import keep_others_out
from tui.terminal.process import FAULT, ignore_interrupts, let_others_go_first, say_nothing_of_faults

if TYPE_CHECKING:
    from storage.exchange.stick import Stick
    from storage.kiosk.outbox import ClosedOutbox
    from storage.kiosk.setup import SetupPlan
    from tui.app import Outcome

Options = Mapping[str, str | None]


_GROUPS = ("deploy", "guide", "office", "paper", "papers", "toolkit")
"""Commands that have a module of their own, which is called as they are."""


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

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those of this module and of the others, in alphabetical order."""
        return sorted([*super().list_commands(ctx), *_GROUPS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command; the kiosk starts a tenth sooner without the modules of the others."""
        if cmd_name not in _GROUPS:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(importlib.import_module(f"tui.cli.{cmd_name}"), cmd_name)
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
            following = _guided_setup(at, at.settings())
    if following:
        _kiosk(following)


@fairstart.command()
@with_folder_options
def plain(at: Place) -> None:
    """Ask in plain numbered lines, for screen readers and pipes."""
    from tui.plain import PlainSurvey

    settings = at.settings().settings
    with hold(at.data), contextlib.closing(Kiosk.open(at.data, settings)) as kiosk:
        if kiosk.ended:
            raise CommandFailedError(f"“{kiosk.event.name}” has ended: start a new event in the staff area.")
        _tell_of_copy(at.data)
        ignore_interrupts()
        say_nothing_of_faults()
        keep_others_out()
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
        key = staff_key(kiosk, passphrase_file).tally
        found = findings(kiosk.counts(key), settings.benchmarks)
    if as_json:
        put_json(to_json(found))
    elif as_csv:
        put_out(to_csv(found))
    else:
        for line in lines(found):
            say(line)


@fairstart.command()
@with_folder_options
@with_passphrase
@click.option("--yes", is_flag=True, help="Do not ask.")
def close(at: Place, passphrase_file: str | None, *, yes: bool) -> None:
    """End the event: this laptop takes no more answers for it.

    Those who wait for this laptop's counts, nine at most, stay out of them. The office counts everybody.
    """
    settings = at.settings().settings
    with hold(at.data), contextlib.closing(Kiosk.open(at.data, settings)) as kiosk:
        key = staff_key(kiosk, passphrase_file)
        name = kiosk.event.name
        if kiosk.ended:
            say(f"“{name}” has ended already.")
            return
        if not yes:
            need_yes(f"End “{name}”? This laptop will take no more answers for it. This cannot be undone.")
        kiosk.end_event()
    say(f"“{name}” has ended. Nothing was deleted.")
    say('How did it go? "fairstart debrief" asks those who ran it three questions for the office.')
    if "end" in settings.office.sync:
        from storage.kiosk.outbox import ClosedOutbox

        _send(ClosedOutbox.at(at.data, settings), key, settings.office.address)


@fairstart.command()
@with_folder_options
@with_passphrase
@with_answers
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
def debrief(at: Place, passphrase_file: str | None, *, answers: Answers, as_json: bool) -> None:
    """Write how the event went, once it has ended: asked one after the other, or by options.

    It goes to the office with the next hand-over. Without a terminal and options: what was written.
    """
    from storage.counts.findings import DebriefFinding, event_finding, to_json
    from storage.kiosk.outbox import Outbox

    with hold(at.data), contextlib.closing(Kiosk.open(at.data, at.settings().settings)) as kiosk:
        key = staff_key(kiosk, passphrase_file)
        outbox = Outbox(kiosk)
        outbox.require_end(kiosk.event)
        before = outbox.debrief(key, kiosk.event)
        said = None if as_json else said_now(answers, before.said if before else None)
        if said is not None:
            outbox.write_debrief(key, kiosk.event, said)
        written = outbox.debrief(key, kiosk.event)
    if written is None:
        say(NOTHING_WRITTEN)
        return
    texts = dict(written.said.answers)
    found = DebriefFinding(
        event=event_finding(kiosk.event),
        by="written on this laptop",
        worked=texts.get("worked", ""),
        change=texts.get("change", ""),
        support=texts.get("support", ""),
    )
    if as_json:
        put_json(to_json(found))
        return
    say_debrief(found, kiosk.event.name)
    say_how_to_read([found])
    if said is not None:
        say("It goes to the office with the next hand-over.")


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
        key = staff_key(kiosk, passphrase_file)
        _tell_of_copy(at.data)
        outbox, site = Outbox(kiosk), Site.at(dest)
        with shown_progress("Handing over") as progress:
            handed = list(outbox.hand_over(key, site, progress))
        lost = outbox.lost()
    for line in handover_text.handed_over(handed, str(site)):
        say(line)
    say(f"This laptop's fingerprint: {kiosk.own.fingerprint}")
    if lost:
        raise CommandFailedError(f"Not every event was handed over. {lost[0].sentence}")


@fairstart.command()
@with_folder_options
@with_passphrase
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
def sync(at: Place, passphrase_file: str | None, *, as_json: bool) -> None:
    """Send every event to the office's address, and take the receipts there.

    The address stands in the settings. This works while the kiosk runs, and deletes nothing.
    """
    from storage.kiosk.outbox import ClosedOutbox

    settings = at.settings().settings
    if not settings.office.address:
        raise CommandFailedError('There is no address to send to: write "office.address" into kiosk.toml.')
    let_others_go_first()
    outbox = ClosedOutbox.at(at.data, settings)
    key = staff_unlocked(at.data, passphrase_file, outbox.unlock)
    _tell_of_copy(at.data)
    _send(outbox, key, settings.office.address, as_json=as_json)


def _send(outbox: "ClosedOutbox", key: KioskPrivateKey, address: str, *, as_json: bool = False) -> None:
    """Send, say how far each event has come, and fail if anything that was asked for did not happen."""
    from storage.exchange.addresses import shown
    from storage.kiosk.sending import Sent, send, to_json
    from tui.text import handover as handover_text

    def wait(seconds: int, error: FairstartError) -> None:
        say(handover_text.trying_again(error, seconds), aside=True)
        time.sleep(seconds)

    sent: Sent | None = None
    try:
        with shown_progress("Sending") as progress:
            sent = send(outbox, key, address, progress, wait)
        problems = sent.problems
    except FairstartError as error:
        problems = [error]
    events = outbox.events()
    if as_json:
        put_json(to_json(address, events, problems))
    else:
        for held in events:
            say(handover_text.event_line(held))
        if sent is not None:
            say(handover_text.result(sent.handed, shown(address)))
    for problem in problems[1:]:
        say(problem.sentence, aside=True)
    if problems:
        raise problems[0]


@fairstart.command()
@with_folder_options
@with_passphrase
@click.option("--new-passphrase-file", metavar="FILE", help="Holds the new passphrase; - for standard input.")
@click.option("--forgotten", metavar="DIR", help="Writes a file there that asks the office for a new one.")
@click.option("--answer", metavar="FILE", help="What the office answered; the passphrase is the one that it tells you.")
def passphrase(
    at: Place,
    passphrase_file: str | None,
    *,
    new_passphrase_file: str | None,
    forgotten: str | None,
    answer: str | None,
) -> None:
    """Change the staff passphrase; or, if it was forgotten, ask the office for a new one and take its answer."""
    from storage.exchange.locations import Site
    from storage.kiosk.forgotten import ask_office, take_answer
    from storage.kiosk.key_files import change_passphrase
    from storage.progress import unreported

    if sum(option is not None for option in (new_passphrase_file, forgotten, answer)) > 1:
        raise click.UsageError("choose one of --new-passphrase-file, --forgotten and --answer")
    with hold(at.data):
        if not is_set_up(at.data):
            raise NotSetUpError(f'{at.data} is not set up yet: run "fairstart setup".')
        if forgotten is not None:
            asked = ask_office(at.data)
            Site.at(forgotten).put(asked.name, asked.content, unreported)
            say(f"Take {asked.name} to the office. It sees these digits, too: {asked.fingerprint}")
            say(
                'What it answers goes into "fairstart passphrase --answer FILE", with the passphrase that it tells you.'
            )
        elif answer is not None:
            staff_unlocked(at.data, passphrase_file, functools.partial(take_answer, at.data, expanded(answer)))
            say("The passphrase that the office gave opens this laptop now.")
        else:
            open_key = functools.partial(KioskPrivateKey.from_file, at.data / "kiosk" / "kiosk.key")
            key = staff_unlocked(at.data, passphrase_file, open_key)
            change_passphrase(at.data, key, new_passphrase("Staff", new_passphrase_file))
            say("The new passphrase opens this laptop now.")


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
        key = staff_key(kiosk, passphrase_file)
        outbox = Outbox(kiosk)
        received, problem = outbox.take_receipts(key, Site.at(file))
        for taken, content in received:
            say(handover_text.received(taken))
            if delete or (sys.stdin.isatty() and confirmed(handover_text.delete_question(taken))):
                outbox.delete(key, content)
                say(handover_text.deleted(taken))
            else:
                say("Nothing was deleted.")
    if problem:
        raise problem


@fairstart.command()
@with_folder_options
@click.option("--set-aside", "aside", is_flag=True, help="Move damaged events out of the way, for the office.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reach", is_flag=True, help="Go to the office's address too, which may take a minute.")
def doctor(at: Place, *, aside: bool, yes: bool, reach: bool) -> None:
    """Check this laptop and say what to fix."""
    if aside and reach:
        raise click.UsageError("choose --set-aside or --reach")
    if aside:
        _set_aside(at, yes=yes)
        return
    if yes:
        raise click.UsageError("--yes goes with --set-aside")
    from storage.doctor import Verdict, examine
    from tui.speech.sound import look_at_sound
    from tui.terminal import capabilities as terminal

    settings = at.settings()
    looks = [terminal.look_at_size(*terminal.current_size())] if sys.stdout.isatty() else []
    looks += [terminal.look_at_colours(), terminal.look_at_letters()]
    to_fix = 0
    for sound, sentence in looks:
        to_fix += not sound
        _report("ok" if sound else "fix", "Terminal", sentence)
    survey, reads_aloud = settings.settings.survey, settings.settings.kiosk.read_aloud
    heard = [look_at_sound(survey.languages[0])] if reads_aloud else []
    for finding in (*heard, *examine(at.data, settings.settings, today(), reach=reach)):
        to_fix += finding.verdict is Verdict.FIX
        _report(finding.verdict.value, finding.subject, finding.sentence)
    say(f"Settings: {settings.path}")
    say(f"Data: {at.data}")
    if to_fix:
        raise CommandFailedError(f"{counted(to_fix, 'thing')} to fix: see above.")
    say("Nothing to fix.")


def _set_aside(at: Place, *, yes: bool) -> None:
    from storage.kiosk.setting_aside import set_aside

    if not is_set_up(at.data):
        raise NotSetUpError(f'{at.data} is not set up yet: run "fairstart setup".')
    if not yes:
        need_yes("Go on without what is damaged or missing? What is left of it is moved aside, and nothing is deleted.")
    with hold(at.data):
        moved = set_aside(at.data)
    for place in moved:
        say(f"Moved to {place}. Keep it safe for the office.")
    say("What is left is sound.")


def _report(verdict: str, subject: str, sentence: str) -> None:
    say(f"{verdict:<12}{subject}: {sentence}")


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
            _ask_about_copy(at)
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
            say(f"Next time start with: fairstart --data {app.plan.data}", aside=True)
            return Place(at.config, app.plan.data)
        case SetupEnd.QUIT | None:
            return None


def _run_kiosk(data: Path, settings: SettingsFile, practice: Practice | None = None) -> "Outcome | None":
    """Run the kiosk until staff leave it for good. It stays open, with those who wait, whatever staff do meanwhile."""
    from tui.app import KioskApp, Outcome

    for language in settings.settings.survey.languages:
        load_words(language)  # a damaged pack is told now, and not to a candidate who chooses it
    reads_aloud: bool | None = settings.settings.kiosk.read_aloud
    sends_at_start = "start" in settings.settings.office.sync
    with contextlib.closing(Kiosk.open(data, settings.settings)) as kiosk:
        while True:
            app = KioskApp(kiosk, settings, practice=practice)
            app.reads_aloud, app.sends_at_start = reads_aloud, sends_at_start
            outcome = run_locked(app)
            settings, reads_aloud, sends_at_start = app.settings_file, app.reads_aloud, app.sends_at_start
            del app  # with what staff had open
            match outcome:
                case Outcome.PRACTISE:
                    _practise(settings)
                case Outcome.PLAIN:
                    _ask_one_in_lines(kiosk, settings.settings, practice=practice is not None)
                case Outcome.SETTINGS:
                    kiosk.go_by(settings.settings)  # and so does the next app
                case _:
                    return outcome


def _ask_one_in_lines(kiosk: Kiosk, settings: Settings, *, practice: bool) -> None:
    """Ask one candidate in plain lines, on the terminal that the kiosk has just left."""
    from tui.plain import PlainSurvey  # which most kiosks never need

    forget_last_app()
    survey = PlainSurvey(kiosk, settings, sys.stdin, sys.stderr, practice=practice)
    with contextlib.suppress(Exception):  # a fault ends these lines, which are wiped, and never the kiosk
        survey.run_once()
    if survey.terminated:
        sys.exit(0)


def _practise(settings: SettingsFile) -> None:
    need_terminal()
    from tui.app import Outcome

    with practice_folder() as practice:
        current = practice_settings(settings, today(), practice.data)
        while _run_kiosk(practice.data, current, practice) is Outcome.NEW_EVENT:
            current = find_settings(current.path, None, practice.data)


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


_COPIED = "This laptop's files were copied from another computer, so the office cannot tell the two apart"


def _tell_of_copy(data: Path) -> None:
    from storage.kiosk.renewal import is_copied

    if is_copied(data):
        say(f'{_COPIED}: run "fairstart setup --new-key" on this one.', aside=True)


def _ask_about_copy(at: Place) -> None:
    """Where this laptop's files were made on another computer: a new key, unless that one is no more."""
    from storage.kiosk.renewal import is_copied, renew_key, stay_here

    if not is_copied(at.data):
        return
    say(f"{_COPIED}.", aside=True)
    if confirmed("Is the other laptop used too? Then this one gets a new key"):
        key = staff_unlocked(at.data, None, functools.partial(renew_key, at.data))
        say(f"This laptop has a new key. Its fingerprint: {key.public.fingerprint}", aside=True)
    else:
        stay_here(at.data)


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
