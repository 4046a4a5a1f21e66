"""What staff do with a laptop that is set up: ask in lines, counts, handing over, receipts, the passphrase, checks."""

import contextlib
import functools
import sys
import time
from typing import TYPE_CHECKING

import click

from storage.crypto.keys import KioskPrivateKey
from storage.data_folder import hold
from storage.errors import FairstartError, NotSetUpError
from storage.events import today
from storage.exchange.drives import expanded
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.state import is_set_up
from storage.text import counted
from tui.cli.debriefs import NOTHING_WRITTEN, Answers, said_now, say_debrief, say_how_to_read, with_answers
from tui.cli.kiosk import tell_of_copy
from tui.cli.options import (
    need_yes,
    new_passphrase,
    staff_key,
    staff_unlocked,
    with_folder_options,
    with_passphrase,
)
from tui.cli.output import confirmed, put_json, put_out, say, shown_progress
from tui.cli.running import CommandFailedError, Place
from tui.terminal.process import let_others_go_first

if TYPE_CHECKING:
    from storage.kiosk.outbox import ClosedOutbox


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
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
        tell_of_copy(at.data)
        outbox, site = Outbox(kiosk), Site.at(dest)
        with shown_progress("Handing over") as progress:
            handed = list(outbox.hand_over(key, site, progress))
        lost = outbox.lost()
    for line in handover_text.handed_over(handed, str(site)):
        say(line)
    say(f"This laptop's fingerprint: {kiosk.own.fingerprint}")
    if lost:
        raise CommandFailedError(f"Not every event was handed over. {lost[0].sentence}")


@click.command()
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
    tell_of_copy(at.data)
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


@click.command()
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


@click.command()
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


@click.command()
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
