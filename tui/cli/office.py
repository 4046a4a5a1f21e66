"""`fairstart office`: its screens, and what it can do without them."""

import contextlib
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import click
import msgspec
from msgspec.structs import replace

from storage.crypto.office_key import FIRST
from storage.data_folder import hold
from storage.errors import NotSetUpError, OlderCopyError
from storage.events import today
from storage.office_folder import NewOffice, existing_office, make_office
from storage.text import counted, folded, meant_by, shortened
from tui.cli.debriefs import NOTHING_WRITTEN, Answers, said_now, say_debrief, say_how_to_read, with_answers
from tui.cli.office_keys import coordinators, passphrase, recover, recovery, staff_passphrase
from tui.cli.options import (
    ask_passphrase,
    held_or_read,
    need_yes,
    new_passphrase,
    office_key,
    office_unlocked,
    secret_in,
    somebody_is_there,
    staff_key,
    unlocked_after_wait,
    with_folder_options,
    with_passphrase,
)
from tui.cli.options import opened_office as _opened
from tui.cli.output import confirmed, put_json, put_out, say, show_code, shown_progress
from tui.cli.running import CommandFailedError, Place, need_terminal, run_locked

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from storage.counts.trend import By
    from storage.events import NearMiss
    from storage.exchange.locations import Found, Site
    from storage.office.corrections import Field as CorrectedField
    from storage.office.debriefs import OfficeDebrief
    from storage.office.decrypting import PartOpener
    from storage.office.importing import Result
    from storage.office.labels import Kind, OfficeEvent, Scope
    from storage.office.laptops import Laptop
    from storage.office.office import Office
    from storage.office.planned import Field, PlannedEvent, PlannedEvents


@click.group(invoke_without_command=True)
@with_folder_options
@click.pass_context
def office(context: click.Context, at: Place) -> None:
    """Bring exports in, and see counts and the journey. Alone: the office's screens."""
    if context.invoked_subcommand is None:
        from tui.office.app import OfficeApp

        need_terminal()
        with held_or_read(at.data, reads=True) as holder:
            run_locked(OfficeApp(at.data, at.settings(), holder))


for _command in (coordinators, passphrase, recover, recovery, staff_passphrase):
    office.add_command(_command)


@office.command()
@with_folder_options
@with_passphrase
@click.option("--name", metavar="NAME", default=FIRST, show_default=True, help="Yours, for the list of coordinators.")
def init(at: Place, passphrase_file: str | None, name: str) -> None:
    """Make the office key. "fairstart office recover" brings one back."""
    from storage.crypto.keys import OfficePrivateKey
    from storage.crypto.sealing import require_sealing

    require_sealing()
    with hold(at.data):
        new = NewOffice(
            OfficePrivateKey.generate(), new_passphrase("Office", passphrase_file, "--passphrase-file"), name
        )
        make_office(at.data, new)
    show_code(new.code)
    say(f"Fingerprint: {new.key.public.fingerprint}")
    say(f"Give kiosks this file: {at.data / 'office' / 'office.pub'}")


@office.command("go-on")
@with_folder_options
@with_passphrase
@click.option("--yes", is_flag=True, help="Do not ask.")
def go_on(at: Place, passphrase_file: str | None, *, yes: bool) -> None:
    """Say that the office goes on on this computer, after it was used on another."""
    from storage.office.office import Office

    with hold(at.data):
        key = office_key(at.data, passphrase_file)
        with contextlib.closing(Office.open(at.data, key)) as opened:
            if opened.refusal is None:
                say("This computer is known to the office: nothing was changed.")
                return
            if not yes:
                need_yes("Is the office on the other computer used no more, or do both open one and the same folder?")
            opened.go_on_here()
    say("The office goes on on this computer.")


@office.command()
@with_folder_options
@with_passphrase
@click.argument("place", metavar="DEST")
def backup(at: Place, passphrase_file: str | None, place: str) -> None:
    """Write a copy of the office to a folder, a drive or an address, and open it to see that it is whole.

    It is sealed: its passphrase or the recovery code opens it. No file is replaced.
    """
    from storage.office.copies import Original, back_up
    from tui.text import office as words

    settings = at.settings()
    with _opened(at, passphrase_file) as opened, shown_progress("Copying") as progress:
        saved = back_up(Original(opened, at.data, settings.own_text), place, today(), progress)
    say(words.saved_copy(saved))


@office.command()
@with_folder_options
@with_passphrase
@click.option("--recovery-code-file", metavar="FILE", help="Opens it by the recovery code, in place of the passphrase.")
@click.option("--set-aside", "older", is_flag=True, help="Goes back to an older copy; what is here is moved aside.")
@click.argument("file", metavar="FILE")
def restore(at: Place, passphrase_file: str | None, recovery_code_file: str | None, *, older: bool, file: str) -> None:
    """Put the office back from a copy: a file, or the only one in a folder, on a drive or at an address.

    What is here is moved aside once the copy is on the disk and checked.
    """
    from storage.office.copies import (
        COPY_LIMIT,
        SealedCopy,
        find_copy,
        open_copy,
        unlock_copy,
        unlock_copy_with_code,
    )
    from storage.office.copies import restore as put_back
    from storage.wrong_tries import WrongTries
    from tui.text import office as words

    copy = SealedCopy.parse(find_copy(file).read(COPY_LIMIT))
    with hold(at.data):
        if recovery_code_file is not None:
            code = functools.partial(unlock_copy_with_code, at.data, copy)
            typed = secret_in(recovery_code_file, "recovery code")
            key = unlocked_after_wait(WrongTries(at.data / "office"), code, typed)
        else:
            key = office_unlocked(at.data, passphrase_file, functools.partial(unlock_copy, at.data, copy))
        opened = open_copy(copy, key)
        try:
            with shown_progress("Putting back") as progress:
                done = put_back(at.data, opened, older=older, progress=progress)
        except OlderCopyError as error:
            raise CommandFailedError(
                f"{error.sentence} --set-aside goes back to it all the same, and moves what is here aside."
            ) from error
    say(words.restored_copy(opened))
    for line in words.beside_restored(done):
        say(line)
    if recovery_code_file is not None:
        say('"fairstart office recover" gives a coordinator a new passphrase.')


@office.command("import")
@with_folder_options
@with_passphrase
@click.option("--receipts", metavar="DIR", help="Where receipts go; beside the exports as it comes.")
@click.option("--accept", metavar="FINGERPRINT", multiple=True, help="Accept the laptop with this fingerprint.")
@click.option("--staff-passphrase-file", metavar="FILE", help="Without PLACE: holds this laptop's staff passphrase.")
@click.option("--cluster", metavar="ADDRESS", help="Responses are opened by the workers of this Dask scheduler.")
@click.argument("places", metavar="[PLACE]...", nargs=-1)
def bring(  # noqa: PLR0913 - one argument for each option
    at: Place,
    passphrase_file: str | None,
    *,
    staff_passphrase_file: str | None,
    receipts: str | None,
    accept: tuple[str, ...],
    cluster: str | None,
    places: tuple[str, ...],
) -> None:
    """Bring exports in from files, folders, drives or addresses.

    Without PLACE: what this laptop itself holds, in one step.
    """
    from storage.exchange.locations import Site
    from storage.office.importing import find_exports, without_head_count
    from tui.text import handover as handover_text

    if not places:
        if receipts is not None or accept or cluster is not None:
            raise click.UsageError("--receipts, --accept and --cluster need PLACE")
        _bring_own(at, passphrase_file, staff_passphrase_file)
        return
    if staff_passphrase_file is not None:
        raise click.UsageError("--staff-passphrase-file goes without PLACE")
    with _opened(at, passphrase_file) as opened:
        exports, to = find_exports(places), Site.at(receipts) if receipts else None
        with _openers(opened, cluster) as executor:
            results, unanswered = _take(opened, exports, accept, to, executor, asks=somebody_is_there())
        uncounted = without_head_count(results, opened.events()) if somebody_is_there() else []
    for result in results:
        say(handover_text.brought(result, with_place=True))
    say(handover_text.summary(results))
    for one in uncounted:
        id_ = one.event.id.hex()
        say(f'How many came to “{one.event.name}”? "fairstart office events {id_} --head-count NUMBER" notes it.')
    _tell_what_is_left(results, unanswered, "try again with --receipts DIR")


@office.command()
@with_folder_options
@with_passphrase
@click.option("--accept", metavar="FINGERPRINT", multiple=True, help="Accept the laptop with this fingerprint.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.argument("address", metavar="[ADDRESS]", required=False)
def sync(
    at: Place, passphrase_file: str | None, *, accept: tuple[str, ...], as_json: bool, address: str | None
) -> None:
    """Fetch what laptops have sent to ADDRESS, and leave receipts there.

    Without ADDRESS: the one in the settings. Nothing there yet is no failure, and again changes nothing.
    """
    from storage.errors import NothingThereError
    from storage.office.importing import find_exports, to_json
    from tui.text import handover as handover_text

    place = address or at.settings().settings.office.address
    if not place:
        raise CommandFailedError(
            'There is no address to fetch from: give it, or write "office.address" into kiosk.toml.'
        )
    with _opened(at, passphrase_file) as opened:
        try:
            exports = find_exports([place])
        except NothingThereError:
            exports = []
        asks = somebody_is_there() and not as_json
        with _openers(opened, None) as executor:
            results, unanswered = _take(opened, exports, accept, None, executor, asks=asks)
    if as_json:
        put_json(to_json(place, results))
    else:
        for result in results:
            say(handover_text.brought(result, with_place=True))
        say(handover_text.fetched(results, place))
    _tell_what_is_left(results, unanswered, "try again")


def _take(  # noqa: PLR0913 - as _bring
    opened: "Office",
    exports: "Sequence[Found]",
    accept: tuple[str, ...],
    receipts: "Site | None",
    executor: "Executor | PartOpener",
    *,
    asks: bool,
) -> "tuple[list[Result], list[NearMiss]]":
    """Bring these in; return what became of each, and the questions about names that nobody was there to answer."""
    from storage.office.importing import near_misses_in

    before = opened.events()
    results = _bring(opened, exports, accept, receipts, executor, asks=asks)
    misses = list(near_misses_in(results, before))
    if not asks:
        return results, [miss for _, miss in misses]
    for event, miss in misses:
        if confirmed(f"{miss.question} Then it is called so here"):
            opened.corrections.call(event, miss)
    return results, []


def _tell_what_is_left(results: "Sequence[Result]", unanswered: "Sequence[NearMiss]", next_step: str) -> None:
    """Say which names may be meant, and fail if anything was not taken or has no receipt."""
    for miss in unanswered:
        say(miss.question, aside=True)
    if any(result.brought is None for result in results):
        unknown = any(result.unknown for result in results)
        accepting = ", and --accept FINGERPRINT accepts a laptop" if unknown else ""
        raise CommandFailedError(f"Not every file was brought in: what was taken is kept{accepting}.")
    if any(result.problem for result in results):
        raise CommandFailedError(f"All is brought in, but not every receipt was written: {next_step}.")


def _openers(opened: "Office", cluster: str | None) -> "contextlib.AbstractContextManager[Executor | PartOpener]":
    """What opens responses: the workers of a cluster, or processes of this computer."""
    if cluster is not None:
        from storage.office.cluster import Cluster

        return Cluster.at(cluster, opened.key)
    from storage.office.decrypting import all_cores

    return all_cores()


def _bring(  # noqa: PLR0913 - one argument for each option
    opened: "Office",
    exports: "Sequence[Found]",
    accept: tuple[str, ...],
    receipts: "Site | None",
    executor: "Executor | PartOpener",
    *,
    asks: bool,
) -> "list[Result]":
    """Bring them in; and those of a laptop that is now accepted, once more."""
    from storage.office.importing import bring_all

    with shown_progress("Bringing in") as progress:
        results = list(bring_all(opened, exports, executor, progress, receipts))
    unknown_kiosks = {one.unknown.kiosk: one.unknown.sentence for one in results if one.unknown}
    accepted = [
        kiosk for kiosk, sentence in unknown_kiosks.items() if _accepted(sentence, kiosk.fingerprint, accept, asks=asks)
    ]
    for kiosk in accepted:
        opened.accept(kiosk)
    again = [number for number, one in enumerate(results) if one.unknown and one.unknown.kiosk in accepted]
    if again:
        with shown_progress("Bringing in") as progress:
            more = list(bring_all(opened, [exports[number] for number in again], executor, progress, receipts))
        for number, result in zip(again, more, strict=True):
            results[number] = result
    return results


def _accepted(sentence: str, fingerprint: str, accept: tuple[str, ...], *, asks: bool) -> bool:
    """Whether somebody accepts this laptop, by option or asked."""
    if "".join(fingerprint.split()) in {"".join(each.split()) for each in accept}:
        return True
    if not asks:
        return False
    say(sentence)
    return confirmed("Is this the fingerprint on that laptop's staff screen? Then accept it")


def _bring_own(at: Place, passphrase_file: str | None, staff_passphrase_file: str | None) -> None:
    from storage.kiosk.kiosk import Kiosk
    from storage.kiosk.outbox import Outbox
    from storage.office.decrypting import all_cores
    from storage.office.importing import bring_own
    from tui.text import handover as handover_text

    with (
        _opened(at, passphrase_file) as opened,
        contextlib.closing(Kiosk.open(at.data, at.settings().settings)) as kiosk,
    ):
        key = staff_key(kiosk, staff_passphrase_file, "--staff-passphrase-file")
        with all_cores() as executor, shown_progress("Bringing in") as progress:
            for taken in bring_own(Outbox(kiosk), key, opened, executor, progress):
                say(handover_text.received(taken.held))


def _with_scope(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose a scope, which go together; it gets those that are used as `chosen`."""

    @click.option("--stage", metavar="STAGE", help="Events of a stage.")
    @click.option("--level", metavar="NUMBER", help="Events of an apprenticeship level.")
    @click.option("--place", metavar="NAME", help="Events at a place.")
    @click.option("--year", metavar="YEAR", help="Events of a year.")
    @click.option("--quarter", metavar="QUARTER", help="Events of a quarter, such as 2026Q4.")
    @click.option("--event", metavar="NAME", help="One event, by its name or id.")
    @click.option("--journey", is_flag=True, help="The three groups, stage by stage.")
    @functools.wraps(command)
    def run(**entered: object) -> None:
        options: dict[Kind, object] = {kind: entered.pop(kind) for kind in _CHOSEN}
        command(chosen={kind: str(value) for kind, value in options.items() if value is not None}, **entered)

    return run


_CHOSEN: "tuple[Kind, ...]" = ("stage", "level", "place", "year", "quarter", "event")
NOTHING_BROUGHT_IN = 'Nothing has been brought in yet: begin with "fairstart office import".'
_NAMED = 8
"""Choices that a sentence names, at most."""


@office.command()
@with_folder_options
@with_passphrase
@_with_scope
@click.option("--trend", type=click.Choice(["quarter", "year"]), help="Shares and response rate over time.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.option("--csv", "as_csv", is_flag=True, help="One row per category.")
def counts(  # noqa: PLR0913 - one argument for each option
    at: Place,
    passphrase_file: str | None,
    *,
    chosen: "dict[Kind, str]",
    journey: bool,
    trend: "By | None",
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show published counts: of all events together, or of those for which all options hold."""
    from storage.counts.findings import to_json
    from storage.office.queries import findings_of, journey_of, trend_of
    from storage.report.open_data import to_csv
    from tui.text import office as words

    if as_csv and (as_json or journey or trend):
        raise click.UsageError("choose --json or --csv; the journey and the trend have --json")
    if journey and trend:
        raise click.UsageError("choose --journey or --trend")
    settings = at.settings().settings
    with _opened(at, passphrase_file, reads=True) as opened:
        scope = _scope(opened.events(), chosen)
        if journey:
            followed = journey_of(opened, scope, settings)
            if as_json:
                put_json(to_json(followed))
            else:
                _say_all(words.journey_lines(followed))
            return
        if trend:
            over_time = trend_of(opened, scope, settings, trend)
            if as_json:
                put_json(to_json(over_time))
            else:
                _say_all(words.trend_lines(over_time))
            return
        found = findings_of(opened, scope, settings)
    if as_json:
        put_json(to_json(found))
    elif as_csv:
        put_out(to_csv(found))
    else:
        _say_all(words.counts_lines(found))


@office.command()
@with_folder_options
@with_passphrase
@click.option("--head-count", type=click.IntRange(min=0), metavar="NUMBER", help="How many people came to EVENT.")
@click.option("--level", type=click.IntRange(2, 7), metavar="2-7", help="The apprenticeship level EVENT is about.")
@click.argument("event", metavar="[EVENT]", required=False)
def events(
    at: Place, passphrase_file: str | None, event: str | None, head_count: int | None, level: int | None
) -> None:
    """List the events that were brought in; or say more about EVENT, by its name or id."""
    from tui.text import office as words

    if event is None and (head_count, level) != (None, None):
        raise click.UsageError("--head-count and --level need EVENT")
    with _opened(at, passphrase_file, reads=head_count is None and level is None) as opened:
        meant = None if event is None else _event(opened.events(), event)
        if meant is not None:
            try:
                opened.describe(
                    meant.event,
                    meant.head_count if head_count is None else head_count,
                    meant.level if level is None else level,
                )
            except ValueError as error:
                raise CommandFailedError(f"“{meant.event.name}”: {error}. Nothing was changed.") from error
        listed = opened.events()
        for one in listed:
            if meant is None or one.event == meant.event:
                say(f"{words.event_line(one)} · id {one.event.id.hex()}")
        if not listed:
            say(words.NO_EVENTS)


@office.command()
@with_folder_options
@with_passphrase
@with_answers
@click.option("--id", "id_", metavar="ID", help="Which one is changed, of those that are listed.")
@click.option("--put-back", is_flag=True, help="With --id: as its laptop wrote it.")
@click.option("--remove", is_flag=True, help="With --id: forgets it, for good.")
@click.option("--yes", is_flag=True, help="With --put-back or --remove: do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.argument("event", metavar="[EVENT]", required=False)
def debrief(  # noqa: PLR0913 - one argument for each option
    at: Place,
    passphrase_file: str | None,
    *,
    answers: Answers,
    id_: str | None,
    put_back: bool,
    remove: bool,
    yes: bool,
    as_json: bool,
    event: str | None,
) -> None:
    """Show what those who ran events wrote; with the options for answers, write one of EVENT, or change one."""
    given = any(answer is not None for answer in answers.values())
    if put_back + remove + given + as_json > 1:
        raise click.UsageError("choose one of --put-back, --remove, --json and the answers")
    if given and (event is None) == (id_ is None):
        raise click.UsageError("an answer needs EVENT, to write another one, or --id, to change one")
    if (put_back or remove) and id_ is None:
        raise click.UsageError("--put-back and --remove need --id")
    with _opened(at, passphrase_file, reads=not (given or put_back or remove)) as opened:
        events = opened.events()
        meant = events if event is None else [_event(events, event)]
        if id_ is not None:
            one = _debrief(opened, id_)
            if put_back and one.changed is None:
                raise CommandFailedError("Nothing of it was changed here, so there is nothing to put back.")
            if (put_back or remove) and not yes:
                need_yes(_PUT_BACK if put_back else _REMOVE)
            meant = [next(about for about in events if one.event in about.ids)]
            _change_debrief(opened, meant[0], one, answers, put_back=put_back, remove=remove)
        elif given and (said := said_now(answers, None)):
            opened.debriefs.add(meant[0], said)
        _show_debriefs(opened, meant, as_json=as_json)


def _debrief(opened: "Office", wanted: str) -> "OfficeDebrief":
    found = [one for one in opened.debriefs.of(opened.events()) if one.id.hex().startswith(wanted.lower())]
    if len(found) != 1 or not wanted:
        raise CommandFailedError(f"No debrief has the id “{shortened(wanted)}”: “fairstart office debrief” lists them.")
    return found[0]


def _change_debrief(  # noqa: PLR0913 - one argument for each option
    opened: "Office", about: "OfficeEvent", one: "OfficeDebrief", answers: Answers, *, put_back: bool, remove: bool
) -> None:
    if put_back:
        opened.debriefs.put_back(about, one)
    elif remove:
        opened.debriefs.remove(about, one)
    elif said := said_now(answers, one.said):
        opened.debriefs.change(about, one, said)


_PUT_BACK = "Put back what the laptop wrote? What was changed here goes, for good."
_REMOVE = "Remove it for good? No laptop's hand-over brings it back."


def _show_debriefs(opened: "Office", events: "Sequence[OfficeEvent]", *, as_json: bool) -> None:
    from storage.counts.findings import to_json_of
    from storage.office.queries import debriefs_of, told_of
    from storage.report.debrief import debrief_name

    found = debriefs_of(opened, events)
    if as_json:
        put_json(to_json_of(found))
        return
    for one in events:
        for kept in opened.debriefs.of([one]):
            for told in told_of(opened, one, kept):
                say_debrief(told, f"{debrief_name(told)} · id {kept.id.hex()}")
    if found:
        say_how_to_read(found)
    else:
        say(NOTHING_WRITTEN)


@office.command()
@with_folder_options
@with_passphrase
@_with_scope
@click.option("--to", metavar="DIR", required=True, help="The folder, drive or address that it is written to.")
@click.option("--everything", is_flag=True, help="With every slice that has counts, as one table and in the workbook.")
@click.option("--debriefs", is_flag=True, help="With what those who ran the events wrote.")
@click.option("--force", is_flag=True, help="Write over a report that is there.")
def report(  # noqa: PLR0913 - one argument for each option
    at: Place,
    passphrase_file: str | None,
    *,
    chosen: "dict[Kind, str]",
    journey: bool,
    to: str,
    everything: bool,
    debriefs: bool,
    force: bool,
) -> None:
    """Write a report to DIR: a page to print, open data, a workbook.

    Of all events together, or of those for which all options hold.
    """
    from content.toolkit import load_toolkit
    from storage.exchange.locations import Site
    from storage.office.queries import findings_of, scorecard_of, slices_of
    from storage.report.files import save
    from storage.report.open_data import slice_rows
    from storage.report.report import report_of
    from storage.report.sentences import scope_name
    from storage.toolkit.progress import items_done

    settings = at.settings().settings
    with _opened(at, passphrase_file, reads=True) as opened:
        events = opened.events()
        if not events:
            raise CommandFailedError(NOTHING_BROUGHT_IN)
        scope = _scope(events, chosen)
        if journey and len({one.event.stage for one in events if scope.covers(one)}) == 1:
            raise CommandFailedError("A journey needs events of two stages or more, and these are of one.")
        with shown_progress("Counting") as progress:
            slices = slice_rows(slices_of(opened, settings, progress)) if everything else ()
        scorecard = scorecard_of(opened, settings, items_done(at.data), today())
        made = report_of(
            load_toolkit(),
            settings,
            findings_of(opened, scope, settings),
            lead="journey" if journey else "counts",
            made=today(),
            scorecard=scorecard,
            with_debriefs=debriefs,
        )
        opened.note_report(scope_name(made.found.scope))
    site = Site.at(to)
    site.make()
    with shown_progress("Writing") as progress:
        written = save(replace(made, slices=slices), site, progress, over=force)
    hold_what = "published counts, and what staff wrote" if made.found.debriefs else "published counts only"
    say(f"{written} files written to {site}. Open report.html first. They hold {hold_what}.")


@office.group(invoke_without_command=True)
@with_folder_options
@with_passphrase
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.pass_context
def targets(context: click.Context, at: Place, passphrase_file: str | None, *, as_json: bool) -> None:
    """Show where every target stands, and the conversion from stage to stage; the commands below it change targets."""
    from storage.counts.findings import to_json
    from storage.office.queries import scorecard_of
    from storage.report.scorecard import lines
    from storage.toolkit.progress import items_done

    if context.invoked_subcommand is not None:
        return
    with _opened(at, passphrase_file) as opened:
        found = scorecard_of(opened, at.settings().settings, items_done(at.data), today())
    if as_json:
        put_json(to_json(found))
    else:
        _say_all(lines(found))


@targets.command("set")
@with_folder_options
@with_passphrase
@click.option("--of", "category", metavar="NAME", default="", help="Of a share: of which category.")
@click.option("--stage", metavar="STAGE", default="", help="At which stage; else at all of them together.")
@click.option("--by", metavar="DAY", default="", help="The day by which it is to be reached.")
@click.argument("kind")
@click.argument("value")
def set_target(at: Place, passphrase_file: str | None, **typed: str) -> None:
    """Set a target. KIND is share, "response rate", people or items; VALUE 39%, "at most 10%", or a number."""
    from storage.counts.targets import target_finding
    from storage.office.labels import Scope
    from storage.office.targets import FIELDS, target_typed
    from storage.report.scorecard import target_line
    from storage.toolkit.progress import items_done

    target = target_typed({name: typed[name] for name in FIELDS}, today())
    with _opened(at, passphrase_file) as opened:
        opened.targets.save(target)
        scope = Scope().having("stage", target.stage) if target.stage else Scope()
        counted_so_far = opened.counts(scope, at.settings().settings.counts.threshold)
        say(f"{target_line(target_finding(target, counted_so_far, items_done(at.data), today()))} · id {target.id}")


@targets.command("remove")
@with_folder_options
@with_passphrase
@click.argument("target", metavar="ID")
def remove_target(at: Place, passphrase_file: str | None, target: str) -> None:
    """Take the target with this id off the list."""
    with _opened(at, passphrase_file) as opened:
        if folded(target) not in {one.id for one in opened.targets.all()}:
            raise CommandFailedError(
                f'There is no target “{shortened(target)}”: "fairstart office targets --json" lists them.'
            )
        opened.targets.remove(folded(target))
    say("It is off the list.")


@office.group(invoke_without_command=True)
@with_folder_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.pass_context
def plan(context: click.Context, at: Place, *, as_json: bool) -> None:
    """List the events that are coming; the commands below it change the list. No passphrase is needed."""
    from storage.office.planned import planned_in
    from tui.text import office as words

    if context.invoked_subcommand is not None:
        return
    coming = planned_in(at.data)
    if as_json:
        put_json(msgspec.json.format(msgspec.json.encode(coming), indent=2).decode() + "\n")
        return
    if not coming:
        say(f'{words.NOTHING_PLANNED} Add one with "fairstart office plan add".', aside=True)
    for one in coming:
        say(f"{words.planned_line(one)} · id {one.id}")


@plan.command()
@with_folder_options
@click.option("--place", "where", metavar="NAME", required=True, help="Where it takes place.")
@click.option("--date", metavar="DAY", required=True, help="Its day or its first, such as 23/11/2026 or 23 Nov 2026.")
@click.option("--last-day", metavar="DAY", default="", help="The last day, where there are several.")
@click.option(
    "--stage", metavar="STAGE", default="outreach", help="The point of the apprenticeship journey asked about."
)
@click.option("--level", metavar="2-7", default="", help="The apprenticeship level it is about.")
@click.option("--expected", metavar="NUMBER", default="", help="How many people may come.")
@click.option("--languages", metavar="CODES", default="", help="The usual one first: en,cy; else as in the settings.")
@click.option("--feedback", metavar="WHEN", default="", help="no, after or alone; else as in the settings.")
@click.argument("name")
def add(at: Place, name: str, where: str, **typed: str) -> None:
    """Plan an event called NAME."""
    from storage.events import near_misses
    from storage.office.planned import event_typed
    from tui.text import office as words

    fields: dict[Field, str] = {"name": name, "place": where}
    others: tuple[Field, ...] = ("date", "last_day", "stage", "level", "expected", "languages", "feedback")
    fields |= {field: typed[field] for field in others}
    event = event_typed(fields, today())
    with _planned(at) as planned:
        for miss in near_misses(event.name, event.place, planned.known()):
            if not somebody_is_there():
                say(miss.question, aside=True)
            elif confirmed(f"{miss.question} Then it is called so"):
                event = replace(event, **{"name" if miss.what == "event" else "place": miss.meant})
        planned.save(event)
    say(f"Planned: {words.planned_line(event)} · id {event.id}")


@plan.command()
@with_folder_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("event", metavar="EVENT")
def remove(at: Place, event: str, *, yes: bool) -> None:
    """Take EVENT, by its name or id, off the list."""
    from tui.text import office as words

    with _planned(at) as planned:
        meant = planned_called(planned.all(), event)
        if not yes:
            need_yes(f"Take {words.planned_line(meant)} off the list?")
        planned.remove(meant.id)
    say(f"“{meant.name}” is off the list.")


@contextlib.contextmanager
def _planned(at: Place) -> "Iterator[PlannedEvents]":
    """The list of coming events, to change it."""
    from storage.office.planned import PlannedEvents
    from storage.office.store import FILE_NAME, OfficeStore

    with hold(at.data):
        if (key := existing_office(at.data)) is None:
            raise NotSetUpError(f'{at.data} holds no office key: run "fairstart office init" first.')
        with contextlib.closing(OfficeStore.open(at.data / "office" / FILE_NAME, key)) as store:
            yield PlannedEvents(store)


def planned_called(known: "Sequence[PlannedEvent]", wanted: str) -> "PlannedEvent":
    """The planned event of that name or id."""
    names = meant_by(wanted, [one.name for one in known])
    found = [one for one in known if folded(wanted) == one.id] or [one for one in known if one.name in names]
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise CommandFailedError(f"Several events are called “{shortened(wanted)}”: give the id of one, {ids}.")
    if not found:
        there = f"only {_some([one.name for one in known])}" if known else "and no other"
        raise CommandFailedError(f"No event “{shortened(wanted)}” is planned, {there}.")
    return found[0]


@office.command()
@with_folder_options
@with_passphrase
@click.option(
    "--event",
    "wanted",
    metavar="EVENT",
    multiple=True,
    help="A planned event, by its name or id; can be repeated. Not needed where one is to come.",
)
@click.option("--organisation", metavar="NAME", help="Who asks, where the settings do not say it.")
@click.option(
    "--laptops", type=click.IntRange(1, 99), default=1, show_default=True, help="How many are set up from it."
)
@click.option("--staff-passphrase-file", metavar="FILE", help="Holds the new staff passphrase; - for standard input.")
@click.option("--wheels", metavar="DIR", help="Takes the programs from this folder; else they are fetched.")
@click.option("--no-wheels", is_flag=True, help="Without programs: for laptops that have Fairstart already.")
@click.argument("folder", metavar="DIR")
def prepare(  # noqa: PLR0913 - one argument for each option
    at: Place,
    passphrase_file: str | None,
    *,
    staff_passphrase_file: str | None,
    laptops: int,
    wheels: str | None,
    no_wheels: bool,
    wanted: tuple[str, ...],
    organisation: str | None,
    folder: str,
) -> None:
    """Write onto a stick all that laptops need for planned events.

    DIR is the stick, or a folder to be copied onto one. The settings are those that apply here, with the event's. A
    laptop is set up for the next of the events; staff begin the others there without typing them.
    """
    from storage.exchange.drives import expanded
    from tui.deploy.prepare import (
        copy_programs,
        events_for_laptops,
        fetch_programs,
        guessable,
        new_staff_passphrase,
        settings_for_laptops,
    )
    from tui.deploy.prepare import prepare as prepare_stick
    from tui.text import office as words

    if wheels is not None and no_wheels:
        raise click.UsageError("choose --wheels or --no-wheels")
    current = at.settings()
    with _opened(at, passphrase_file) as opened:
        if not (organisation or current.settings.organisation.name):
            raise click.UsageError("the settings do not say who asks: this also needs --organisation")
        settings = settings_for_laptops(current, organisation or "")
        events = events_for_laptops(settings, _to_prepare(opened, wanted), today())
        typed = _new_staff_passphrase(staff_passphrase_file)
        passphrase = new_staff_passphrase(typed, guessable(settings, events), at.data)
        bring = functools.partial(copy_programs, expanded(wheels)) if wheels is not None else fetch_programs
        with shown_progress("Preparing") as progress:
            done = prepare_stick(
                opened,
                expanded(folder),
                settings=settings,
                events=events,
                passphrase=passphrase,
                laptops=laptops,
                bring_programs=None if no_wheels else bring,
                progress=progress,
            )
    for sentence in words.prepared(done.folder, laptops, done.without):
        say(sentence)
    say(f'If it gets lost, run "fairstart office sticks --recall {done.stick}".')


def _new_staff_passphrase(file: str | None) -> str:
    """The staff passphrase: in a file, or typed twice."""
    from storage.crypto.passphrases import suggest_passphrase

    if file is not None:
        return secret_in(file)
    say(f"A staff passphrase that is hard to guess: {suggest_passphrase()}", aside=True)
    typed = ask_passphrase("New staff", None, "--staff-passphrase-file")
    if ask_passphrase("The same staff", None, "--staff-passphrase-file") != typed:
        raise CommandFailedError("The two staff passphrases differ: nothing was written. Start again.")
    return typed


def _to_prepare(opened: "Office", wanted: tuple[str, ...]) -> "list[PlannedEvent]":
    """The planned events that are meant; where none is named, the only one that is still to come."""
    from storage.office.planned import still_coming
    from tui.text import office as words

    if wanted:
        known = opened.planned.all()
        return list({one.id: one for one in (planned_called(known, each) for each in wanted)}.values())
    coming = still_coming(opened.planned.all(), today())
    if not coming:
        raise CommandFailedError(f'{words.NOTHING_PLANNED} Add one with "fairstart office plan add".')
    if len(coming) > 1:
        raise CommandFailedError(
            f"Several events are planned: name those that are meant, each with --event: "
            f"{_some([one.name for one in coming])}."
        )
    return coming


@office.command()
@with_folder_options
@with_passphrase
@click.option("--recall", metavar="ID", help="Lets no more laptops in with this stick.")
def sticks(at: Place, passphrase_file: str | None, recall: str | None) -> None:
    """List the sticks that were prepared, or recall one that got lost."""
    from tui.text import office as words

    with _opened(at, passphrase_file, reads=recall is None) as opened:
        known = opened.sticks.all()
        if recall is not None:
            if folded(recall) not in {one.id for one in known}:
                raise CommandFailedError(
                    f'There is no stick “{shortened(recall)}”: "fairstart office sticks" lists them.'
                )
            opened.sticks.recall(folded(recall))
            known = [one for one in opened.sticks.all() if one.id == folded(recall)]
    for one in known:
        say(f"{one.id} · {words.stick_line(one)} · {words.stick_state(one)}")
    if not known:
        say(f'{words.NO_STICK} "fairstart office prepare DIR" does it.')


@office.command()
@with_folder_options
@with_passphrase
@click.option("--name", metavar="NAME", help="Calls LAPTOP so; '' takes its name away.")
@click.option("--revoke", is_flag=True, help="Takes nothing more from LAPTOP.")
@click.option("--restore", is_flag=True, help="Takes exports from LAPTOP again.")
@click.argument("laptop", metavar="[LAPTOP]", required=False)
def laptops(  # noqa: PLR0913 - one argument for each option
    at: Place, passphrase_file: str | None, laptop: str | None, name: str | None, *, revoke: bool, restore: bool
) -> None:
    """List the laptops that were accepted; or rename or revoke LAPTOP, by its name or fingerprint."""
    from tui.text import office as words

    if laptop is None and (name is not None or revoke or restore):
        raise click.UsageError("--name, --revoke and --restore need LAPTOP")
    if revoke and restore:
        raise click.UsageError("choose --revoke or --restore")
    with _opened(at, passphrase_file) as opened:
        meant = None if laptop is None else _laptop(opened.laptops.all(), laptop).kiosk
        if meant is not None and name is not None:
            opened.laptops.rename(meant, name)
        if meant is not None and (revoke or restore):
            opened.laptops.revoke(meant, revoked=revoke)
        known, events = opened.laptops.all(), opened.events()
    for one in known:
        if meant is None or one.kiosk == meant:
            say(words.laptop_line(one, events))
    if not known:
        say(words.NO_LAPTOPS, aside=True)


def _laptop(known: "Sequence[Laptop]", wanted: str) -> "Laptop":
    """The laptop of that fingerprint or name."""
    digits = "".join(wanted.split())
    found = [
        one for one in known if "".join(one.kiosk.fingerprint.split()) == digits or folded(one.name) == folded(wanted)
    ]
    if not digits or not found:
        raise CommandFailedError(f'There is no laptop “{shortened(wanted)}”: "fairstart office laptops" lists them.')
    return found[0]


@office.command()
@with_folder_options
@with_passphrase
@click.option("--name", metavar="NAME", help="What EVENT is called.")
@click.option("--place", "where", metavar="NAME", help="Where it took place.")
@click.option("--date", metavar="DAY", help="Its day or its first.")
@click.option("--last-day", metavar="DAY", help="The last day, where there are several; '' where there is one.")
@click.option("--stage", metavar="STAGE", help="The point of the apprenticeship journey asked about.")
@click.option("--same-as", metavar="EVENT", help="It is one with this event.")
@click.option("--remove", is_flag=True, help="It was a mere test: it leaves every list and table.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("event", metavar="EVENT")
def correct(  # noqa: PLR0913 - one argument for each option
    at: Place,
    passphrase_file: str | None,
    event: str,
    where: str | None,
    same_as: str | None,
    *,
    remove: bool,
    yes: bool,
    **typed: str | None,
) -> None:
    """Correct what EVENT, by its name or id, is called. "fairstart office corrections" undoes it."""
    from storage.office.corrections import labels_of, labels_typed
    from storage.office.corrections import typed_of as now
    from tui.text import office as words

    entered: dict[CorrectedField, str | None] = {"name": typed["name"], "place": where}
    entered |= {field: typed[field] for field in ("date", "last_day", "stage")}
    given = {field: text for field, text in entered.items() if text is not None}
    if sum((bool(given), same_as is not None, remove)) != 1:
        raise click.UsageError("say what is wrong, or --same-as, or --remove")
    with _opened(at, passphrase_file) as opened:
        known, before = opened.events(), len(opened.corrections.all())
        one = _event(known, event)
        if remove:
            if not yes:
                need_yes(f"{words.removing(one, opened.corrections.counted_with_others(one))} Remove it?")
            opened.corrections.remove(one)
        elif same_as is not None:
            opened.corrections.merge(one, _event(known, same_as))
        else:
            opened.corrections.correct(one, labels_typed(now(one) | given, labels_of(one)))
        made = opened.corrections.all()
    if len(made) == before:
        say(f"“{one.event.name}” is called so already: nothing was changed.")
        return
    say(f"{words.correction_line(made[0])}. To undo it: fairstart office corrections --undo {made[0].number}")


@office.command()
@with_folder_options
@with_passphrase
@click.option("--undo", type=click.IntRange(min=1), metavar="NUMBER", help="Undoes the correction of this number.")
def corrections(at: Place, passphrase_file: str | None, undo: int | None) -> None:
    """List what was corrected, the last first; or undo one."""
    from tui.text import office as words

    with _opened(at, passphrase_file) as opened:
        made = opened.corrections.all()
        if undo is not None:
            opened.corrections.undo(undo)
            said = next(words.correction_line(one) for one in made if one.number == undo)
            say(f"Undone: {said}")
            return
    for one in made:
        say(f"{one.number} · {words.correction_line(one)}")
    if not made:
        say(words.NOTHING_CORRECTED, aside=True)


@office.command("delete-responses")
@with_folder_options
@with_passphrase
@click.option("--due", is_flag=True, help="Those of every event for which that is due.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("event", metavar="[EVENT]", required=False)
def delete_responses(at: Place, passphrase_file: str | None, event: str | None, *, due: bool, yes: bool) -> None:
    """Delete the sealed responses of EVENT, by its name or id, or all that are due. The counts stay.

    Without either: say for which events that is due.
    """
    from storage.office.retention import due as due_now
    from tui.text import office as words

    if due and event is not None:
        raise click.UsageError("choose EVENT or --due")
    keep_months = at.settings().settings.office.keep_months
    with _opened(at, passphrase_file) as opened:
        if event is not None or due:
            opened.tables()  # whoever can be in a group is in one then
        meant = due_now(opened.all_events(), keep_months, today())
        if event is not None:
            meant = [_event(opened.all_events(), event)]
            if not meant[0].all_sealed:
                raise CommandFailedError(f"Nothing is left to delete: no response of “{meant[0].event.name}” is held.")
        if not meant:
            say(words.NOTHING_DUE)
        elif event is None and not due:
            say(f'{words.due_line(meant, keep_months)} "fairstart office delete-responses --due" deletes them.')
        else:
            if not yes:
                need_yes(f"{words.deleting(meant)} Delete them?")
            opened.delete_responses(meant, today())
            say(f"Deleted: {counted(sum(one.all_sealed for one in meant), 'response')}. The counts stay as they are.")


@office.command("log")
@with_folder_options
@with_passphrase
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.option("--csv", "as_csv", is_flag=True, help="One row per entry.")
def show_log(at: Place, passphrase_file: str | None, *, as_json: bool, as_csv: bool) -> None:
    """Show who opened the office, and what was brought in, changed or deleted. Nothing about candidates is in it."""
    from storage.office.log import to_json
    from tui.text import log as words

    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv")
    with _opened(at, passphrase_file) as opened:
        entries = opened.log.entries()
    if as_json:
        put_json(to_json(entries))
    elif as_csv:
        put_out(words.to_csv(entries))
    else:
        _say_all(map(words.log_line, entries))


def _event(known: "Sequence[OfficeEvent]", wanted: str) -> "OfficeEvent":
    """The event of that name or id."""
    return _only(_called(known, wanted), known, wanted)


def _called(known: "Sequence[OfficeEvent]", wanted: str) -> "list[OfficeEvent]":
    """The events of that id or name, or of a name that is meant by it."""
    names = meant_by(wanted, [one.event.name for one in known])
    return [one for one in known if folded(wanted) in {id_.hex() for id_ in (one.event.id, *one.ids)}] or [
        one for one in known if one.event.name in names
    ]


def _only(found: "Sequence[OfficeEvent]", known: "Sequence[OfficeEvent]", wanted: str) -> "OfficeEvent":
    if len(found) > 1:
        ids = ", ".join(one.event.id.hex() for one in found)
        raise CommandFailedError(f"Several events are called “{shortened(wanted)}”: give the id of one, {ids}.")
    if not known:
        raise CommandFailedError(NOTHING_BROUGHT_IN)
    if not found:
        raise CommandFailedError(
            f"There is no event “{shortened(wanted)}”, only {_some([one.event.name for one in known])}."
        )
    return found[0]


def _scope(known: "Sequence[OfficeEvent]", chosen: "dict[Kind, str]") -> "Scope":
    """The scope that options name; it covers an event, unless there is none at all."""
    from storage.office.labels import Scope

    if chosen and not known:
        raise CommandFailedError(NOTHING_BROUGHT_IN)
    labels: dict[Kind, str] = {kind: _value(known, kind, wanted) for kind, wanted in chosen.items() if kind != "event"}
    if "event" in chosen:
        called = _called(known, chosen["event"])
        rest = [one for one in called if Scope.of(labels).covers(one)]
        labels["event"] = _only(rest or called, known, chosen["event"]).event.id.hex()
    scope = Scope.of(labels)
    if chosen and not any(scope.covers(one) for one in known):
        entered = ", ".join(f'--{kind} "{shortened(wanted)}"' for kind, wanted in chosen.items())
        raise CommandFailedError(f"No event has all of these: {entered}. Leave one of them out.")
    return scope


def _value(known: "Sequence[OfficeEvent]", kind: "Kind", wanted: str) -> str:
    """The stage, level, place or quarter that is meant, among those that there are."""
    from storage.events import STAGES

    values = {label.value for one in known for label in one.labels if label.kind == kind}
    there = [stage for stage in STAGES if stage in values] if kind == "stage" else sorted(values)
    numbers = sorted(re.findall(r"\d+", wanted))
    meant = (
        meant_by(wanted, there)
        or [value for value in there if folded(wanted) == folded(f"{kind} {value}")]
        or [value for value in there if kind == "quarter" and numbers == sorted(re.findall(r"\d+", value))]
    )
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise CommandFailedError(f"“{shortened(wanted)}” could be {_some(meant)}: give it letter for letter.")
    if not there:
        raise CommandFailedError(f"No event has a {kind} yet: leave --{kind} out.")
    raise CommandFailedError(f"No event has the {kind} “{shortened(wanted)}”, only {_some(there)}.")


def _some(names: "Sequence[str]") -> str:
    """The first of these names."""
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    *first, last = [*names[:_NAMED], *more]
    return f"{', '.join(first)} and {last}" if first else last


def _say_all(lines: Iterator[str]) -> None:
    for line in lines:
        say(line)
