"""`fairstart toolkit`: its screens, and what it can do without them."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from storage.events import day, today
from storage.exchange.drives import expanded
from storage.private_files import read_at_most
from storage.text import counted, folded, meant_by, shortened
from storage.toolkit.checklist import BLANK, FIELDS, STATUSES, Checklist, Edit, advert_label, event_label, fitting
from tui.cli.options import need_yes, with_folder_options
from tui.cli.output import Marked, put_json, put_out, say
from tui.cli.running import CommandFailedError, Place
from tui.cli.toolkit_screens import run_toolkit

if TYPE_CHECKING:
    from content.toolkit import Entry, Item, MustHave, Toolkit
    from storage.report.action_plan import Format
    from storage.toolkit.checklist import Record
    from storage.toolkit.progress import Choice, Records

Word = TypeVar("Word", bound=str)

_WIDTH = 88
"""Columns of text that is meant for reading."""


@click.group(invoke_without_command=True)
@with_folder_options
@click.pass_context
def toolkit(context: click.Context, at: Place) -> None:
    """Guidance and a checklist, offline and without a passphrase. Alone: the toolkit's screens."""
    if context.invoked_subcommand is None:
        run_toolkit(at)


def _chosen(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose items; it gets them as `choice`."""

    @click.option(
        "--chapter", metavar="NAME", help="data, culture, outreach, hiring, progression, advocacy, must-haves."
    )
    @click.option("--status", metavar="STATUS", help="not-started, in-progress, done, not-relevant.")
    @click.option("--must-haves", is_flag=True, help="The must-haves alone.")
    @click.option("--owner", metavar="NAME", help="Items with this owner.")
    @click.option("--audience", metavar="WHO", help="employer, training-provider, small, large.")
    @click.option("--due", metavar="YYYY-MM-DD", help="Open items to review by this day.")
    @click.option("--overdue", is_flag=True, help="Open items with a review date that has passed.")
    @functools.wraps(command)
    def run(
        *,
        chapter: str | None,
        status: str | None,
        must_haves: bool,
        owner: str | None,
        audience: str | None,
        **entered: object,
    ) -> None:
        from content.toolkit import AUDIENCES, CHAPTERS
        from storage.toolkit.progress import MUST_HAVES, Choice

        choice = Choice(
            chapter=_one_of("--chapter", chapter, (*CHAPTERS, MUST_HAVES)) or "",
            status=_one_of("--status", status, STATUSES),
            must_haves=must_haves,
            owner=owner or "",
            audience=_one_of("--audience", audience, AUDIENCES),
            due=_last_day(entered.pop("due"), overdue=bool(entered.pop("overdue"))),
        )
        command(choice=choice, **entered)

    return run


def _last_day(due: object, *, overdue: bool) -> dt.date | None:
    """The last day of reviews that are asked for; None for any day, and for none.

    Raises:
        click.UsageError: what was typed is no day.
    """
    from storage.report.action_plan import as_day
    from storage.toolkit.checklist import as_date
    from storage.toolkit.progress import day_before

    try:
        last = as_date(as_day(str(due or "")))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    yesterday = day_before(today())
    return min(last or yesterday, yesterday) if overdue else last


def _one_of(option: str, entered: str | None, known: Iterable[Word]) -> Word | None:
    """The known word that somebody typed, with hyphens or spaces.

    Raises:
        click.UsageError: it is none of them.
    """
    if entered is None:
        return None
    words = {word: word.replace(" ", "-") for word in known}
    meant = [word for word in words if folded(word) == folded(entered)]
    if not meant:
        raise click.UsageError(f"{option} is one of {', '.join(words.values())}")
    return meant[0]


def _whose(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option that says which event's or advert's ticks are meant; it gets it as `whose`."""
    return click.option(
        "--for", "whose", metavar="NAME", help="Of a check: which event's or advert's tick, by its name."
    )(command)


@contextlib.contextmanager
def _opened(at: Place, *, create: bool = False) -> Iterator[Checklist]:
    """The checklist, for one command. Reading alone makes no file."""
    with contextlib.closing(Checklist.open(at.data, create=create)) as checklist:
        yield checklist


@toolkit.command()
@with_folder_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.argument("words", nargs=-1, required=True)
def search(at: Place, words: tuple[str, ...], *, as_json: bool) -> None:
    """Find words in items, notes, key terms and answers."""
    from content.toolkit import load_toolkit
    from storage.toolkit.search import Search
    from tui.text.toolkit import found_line, place_of

    known = load_toolkit()
    with _opened(at) as checklist, contextlib.closing(Search(known)) as index:
        found = index.find(" ".join(words), checklist)
    hits = found.hits
    if as_json:
        _put_json(
            [
                {
                    "id": hit.entry.id,
                    "title": hit.entry.title,
                    "in": place_of(known, hit.entry),
                    "where": hit.where,
                    "event": hit.event,
                    "found": "".join(piece for piece, _ in hit.found),
                }
                for hit in hits
            ]
        )
        return
    if not hits:
        raise CommandFailedError(found_line(found))
    say(found_line(found))
    for hit in hits:
        say(f"{hit.entry.id}  {hit.entry.title}")
        around = (Marked(piece) if marked else piece for piece, marked in hit.found)
        where = f"note, {hit.event}" if hit.event else hit.where
        say(f"    {place_of(known, hit.entry)}, {where}: ", *around)


@toolkit.command("list")
@with_folder_options
@_chosen
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
def list_items(at: Place, choice: Choice, *, as_json: bool) -> None:
    """List items with their status."""
    from content.toolkit import load_toolkit
    from storage.toolkit.progress import day_before, is_due

    known = load_toolkit()
    with _opened(at) as checklist:
        records = checklist.records()
    items = _items(choice, known, records)
    if not items:
        say(_nothing_like(choice, records), aside=True)
    if as_json:
        _put_json([{"id": item.id, "title": item.title, **_noted(records.get(item.id, BLANK))} for item in items])
        return
    for item in items:
        record = records.get(item.id, BLANK)
        review = f"review on {day(record.review)}" if record.review else ""
        late = "overdue" if is_due(record, day_before(today())) else ""
        more = ", ".join(part for part in (record.owner, late, review) if part)
        say(f"{item.id:<6}  {record.status:<12}  {item.title}{f'  ({more})' if more else ''}")


@toolkit.command()
@with_folder_options
@_whose
@click.option("--json", "as_json", is_flag=True, help="One JSON document, described in FORMAT.md.")
@click.argument("name", metavar="ID")
def show(at: Place, name: str, whose: str | None, *, as_json: bool) -> None:
    """Show all about one item, or anything else with an id."""
    from content.toolkit import Check, Item, MustHave, Resource, load_toolkit
    from tui.text import toolkit as words

    known = load_toolkit()
    entry = _entry(name)
    with _opened(at) as checklist:
        event = _occasion(at, checklist, entry, whose, create=False)
        records = checklist.records(event)
    record = records.get(entry.id, BLANK) if isinstance(entry, Item | MustHave | Check) else None
    if as_json:
        _put_json(
            {
                "id": entry.id,
                "kind": words.KINDS[type(entry)],
                "in": words.place_of(known, entry),
                "title": entry.title,
                "text": entry.text,
                "figures": entry.figures,
                "updates": [
                    {"since": one.since, "text": one.text, "source": one.source} for one in known.updates_of(entry)
                ],
                **({"publisher": entry.publisher, "address": entry.address} if isinstance(entry, Resource) else {}),
                "links": [one for one, _ in words.linked(known, entry)],
                "place": entry.place,
                **({"event": event, **_noted(record)} if record else {}),
            }
        )
        return
    for line in words.show_lines(known, entry, record, event):
        for part in textwrap.wrap(line, _WIDTH, subsequent_indent=" " * (len(line) - len(line.lstrip()))) or [""]:
            say(part)


@toolkit.command("set")
@with_folder_options
@_whose
@click.option("--owner", metavar="NAME", help="The owner.")
@click.option("--review", metavar="YYYY-MM-DD", help="The day to review it on.")
@click.option("--note", metavar="TEXT", help="Your own note.")
@click.argument("name", metavar="ID")
@click.argument("status")
def set_item(at: Place, name: str, status: str, whose: str | None, **noted: str | None) -> None:
    """Note how far you are with ID: not-started, in-progress, done or not-relevant.

    A check of the event's list is noted for the event in kiosk.toml, else for the one that --for names. A check of the
    advert's list is noted for the advert that --for names, which begins its list if it has none.
    """
    from content.toolkit import Check, Item, MustHave
    from storage.report.action_plan import as_day

    entry = _entry(name)
    if not isinstance(entry, Item | MustHave | Check):
        raise CommandFailedError(f'{entry.id} is for reading and has no status: see "fairstart toolkit list".')
    entered = {"status": _one_of("STATUS", status, STATUSES), **noted}
    try:
        entered["review"] = None if noted["review"] is None else as_day(noted["review"])
        wanted = {field: fitting(field, value) for field in FIELDS if (value := entered[field]) is not None}
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with _opened(at, create=True) as checklist:
        event = _occasion(at, checklist, entry, whose, create=True)
        record = checklist.records(event).get(entry.id, BLANK)
        checklist.save(*(Edit(entry.id, field, record.text(field), value, event) for field, value in wanted.items()))
        record = checklist.records(event).get(entry.id, BLANK)
    say(f"{entry.id} {entry.title}: {record.status}")


@toolkit.command()
@with_folder_options
@_chosen
@click.option("--format", "form", type=click.Choice(["md", "csv", "html"]), help="As FILE ends; else md.")
@click.option("--force", is_flag=True, help="Write over FILE if it is there.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def export(at: Place, choice: Choice, form: Format | None, file: Path | None, *, force: bool) -> None:
    """Write the action plan to FILE or standard output: Markdown, CSV or a page to print."""
    from content.toolkit import load_toolkit
    from storage.exchange.locations import Site
    from storage.report.action_plan import plan_of, written

    known = load_toolkit()
    with _opened(at) as checklist:
        records = checklist.records()
    items = _items(choice, known, records)
    ending = file.suffix.lstrip(".").lower() if file else ""
    text = written(
        plan_of(known, items, records, at.settings().settings.organisation.name),
        form or ("csv" if ending == "csv" else "html" if ending == "html" else "md"),
        today(),
    )
    if file is None:
        put_out(text)
        return
    file = expanded(file)
    if file.is_dir():
        raise CommandFailedError(f"{file} is a folder: name a file in it.")
    if file.exists() and not force:
        raise CommandFailedError(f"{file} is there already: choose another name, or write over it with --force.")
    Site.at(str(file.parent)).put(file.name, text.encode(), lambda _done, _of: None)
    number = counted(len(items), "item")
    say(f"{number} written to {file}.", aside=True)


@toolkit.command("import")
@with_folder_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("file", type=click.Path(path_type=Path))
def bring(at: Place, file: Path, *, yes: bool) -> None:
    """Read a CSV back that was exported here and edited in a spreadsheet; shows what will change."""
    from content.toolkit import load_toolkit
    from storage.report.action_plan import SIZE_LIMIT, read_back
    from tui.text.toolkit import change_line

    try:
        content = read_at_most(file, SIZE_LIMIT)
    except OSError as error:
        raise CommandFailedError(f"Cannot read {file} ({error.strerror}): check its name.") from error
    with _opened(at) as checklist:
        changes = read_back(content, load_toolkit(), checklist.records())
    for change in changes:
        say(change_line(change))
    if not changes:
        say("The file says what the checklist says: nothing to change.")
        return
    if not yes:
        need_yes(f"Make {counted(len(changes), 'change')}?")
    with _opened(at, create=True) as checklist:
        checklist.save(*(change.edit for change in changes))
    say(f"{counted(len(changes), 'change')} made.")


def _items(choice: Choice, known: Toolkit, records: Records) -> tuple[Item | MustHave, ...]:
    """The items that are chosen; of an owner whose name was written much like it, too."""
    from storage.toolkit.progress import owners

    meant = meant_by(choice.owner, owners(records)) if choice.owner else []
    return choice.of(known, records) or (
        msgspec.structs.replace(choice, owner=meant[0]).of(known, records) if len(meant) == 1 else ()
    )


def _nothing_like(choice: Choice, records: Records) -> str:
    """That nothing is chosen, and who there is where that may be the reason."""
    from storage.toolkit.progress import owners

    names = owners(records)
    if choice.owner and not meant_by(choice.owner, names):
        there = f"only {', '.join(names)}" if names else "nor has any other name been noted"
        return f"No item has the owner “{choice.owner}”, {there}."
    return "No items match: leave an option out."


def _entry(name: str) -> Entry:
    from content.toolkit import load_toolkit

    entry = load_toolkit().find(name)
    if entry is None:
        raise CommandFailedError(
            f'There is no “{shortened(name)}” in the toolkit: see "fairstart toolkit list" or search for it.'
        )
    return entry


def _occasion(at: Place, checklist: Checklist, entry: Entry, wanted: str | None, *, create: bool) -> str:
    """What a check's ticks are kept under: those of the event or the advert that is wanted, else of the usual one.

    Empty for everything that is no check. With `create`, an advert that has no list yet is one too.

    Raises:
        click.UsageError: an event or an advert is wanted of something else than a check.
        CommandFailedError: there is none of that name, or there are several.
    """
    from content.toolkit import load_toolkit
    from tui.toolkit.session import Session

    known = load_toolkit()
    way = next((way for way in known.ways if entry in way.checks), None)
    if wanted is None:
        return event_label(at.settings().settings.event) if way and way.per_event else ""
    if way is None:
        raise click.UsageError(f"--for goes with a check of an event or an advert, and {entry.id} is none")
    settings = at.settings().settings
    labels = [one.label for one in Session(known, checklist, settings, at.data).occasions(way.id) if one.label]
    if create and not way.per_event and (label := advert_label(wanted)):
        return next((one for one in labels if folded(one) == folded(label)), label)
    names = meant_by(wanted, [_name_of(label) for label in labels])
    found = meant_by(wanted, labels) or [label for label in labels if _name_of(label) in names]
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandFailedError(f"Several are called “{shortened(wanted)}”: give one in full, {', '.join(found)}.")
    there = f"only {', '.join(labels)}" if labels else "and no other"
    raise CommandFailedError(f"There is no list for “{shortened(wanted)}” here, {there}.")


def _name_of(label: str) -> str:
    """The name of an event, without its day and place; an advert's is all of it."""
    return label.partition(" · ")[0]


def _noted(record: Record) -> dict[str, object]:
    return {field: getattr(record, field) for field in FIELDS}


def _put_json(document: object) -> None:
    put_json(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")
