"""The action plan: chosen items as Markdown, CSV and a page to print; and the CSV read back.

The CSV is meant for spreadsheets, so a cell that one could take for a formula, or somebody's words that it would take
for a number or a day and write differently, get an apostrophe before them, which is taken away when they come back.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import functools
import io
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from content.toolkit import Check, Item, MustHave, Resource, Toolkit, Way
from storage.days import read_day
from storage.errors import PlanError
from storage.events import day
from storage.report.spreadsheet_safety import inert, literal, restored
from storage.report.templates import rendered
from storage.text import decoded, encoding_of, shortened
from storage.toolkit.checklist import BLANK, STATUSES, Edit, Field, Record, fitting, status_meant
from storage.toolkit.progress import Progress, Records, day_before, is_due

Format = Literal["md", "csv", "html"]
"""Named as its file ends."""

SIZE_LIMIT = 1 << 22
"""Bytes of a CSV, at most."""
_ROW_LIMIT = 10_000
_TOO_LONG = "This file is far too long to be an action plan: choose another. Nothing was changed."
_SOON = dt.timedelta(days=30)
"""How far ahead a plan says what is due."""
_PROBLEMS_SHOWN = 5
"""Problems that are shown, at most."""

_COLUMNS = ("id", "chapter", "tip", "item", "status", "owner", "review_date", "note")
_CHANGED: dict[str, Field] = {"status": "status", "owner": "owner", "review_date": "review", "note": "note"}
"""Which columns are read back."""


class PlanRow(Struct, frozen=True, kw_only=True):
    """One item, and what is noted of it."""

    entry: Item | MustHave | Check
    record: Record
    resources: tuple[Resource, ...] = ()
    """What the item leads to outside."""


class Part(Struct, frozen=True, kw_only=True):
    """Rows under one heading."""

    chapter: str
    tip: str
    """Empty where the chapter has no tips."""
    rows: tuple[PlanRow, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """What is exported."""

    title: str
    about: str
    explained: bool
    """Whether each row says how."""
    parts: tuple[Part, ...]

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        """All its rows, in order."""
        return tuple(row for part in self.parts for row in part.rows)


def plan_of(toolkit: Toolkit, items: Sequence[Item | MustHave], records: Records, organisation: str) -> Plan:
    """The action plan of some items."""
    titles = {chapter.id: chapter.title for chapter in toolkit.chapters}
    places: dict[str, tuple[str, str]] = {
        item.id: (f"Must-haves: {titles.get(item.chapter, 'General')}", "") for item in toolkit.must_haves
    }
    for chapter in toolkit.chapters:
        places |= {item.id: (chapter.title, "") for item in chapter.items}
        places |= {item.id: (chapter.title, f"{tip.id} {tip.title}") for tip in chapter.tips for item in tip.items}
    done = Progress.over(items, records)
    return Plan(
        title=f"Action plan of {organisation}" if organisation else "Action plan",
        about=f"{done.done} of {done.of} done, {done.in_progress} in progress.",
        explained=False,
        parts=tuple(
            Part(
                chapter=place[0],
                tip=place[1],
                rows=tuple(
                    PlanRow(
                        entry=item,
                        record=records.get(item.id, BLANK),
                        resources=tuple(one for one in toolkit.resources if one.id in item.links),
                    )
                    for item in items
                    if places[item.id] == place
                ),
            )
            for place in dict.fromkeys(places[item.id] for item in items)
        ),
    )


def checklist_of(way: Way, records: Records, event: str) -> Plan:
    """The checks of a way, to print."""
    return Plan(
        title=f"{way.title}: {event}" if event else way.title,
        about=way.about,
        explained=True,
        parts=tuple(
            Part(
                chapter=group.title,
                tip="",
                rows=tuple(PlanRow(entry=check, record=records.get(check.id, BLANK)) for check in group.checks),
            )
            for group in way.groups
        ),
    )


def written(plan: Plan, form: Format, today: dt.date) -> str:
    """The plan as the text of a file."""
    match form:
        case "csv":
            return _as_csv(plan)
        case "md":
            return _as_markdown(plan, today)
        case "html":
            chapters = {part.chapter: _heading(plan, part.chapter, today) for part in plan.parts}
            facts_now = functools.partial(facts, today=today)
            due = _due(plan.rows, today)
            return rendered(
                "plan.html",
                plan=plan,
                today=day(today),
                facts=facts_now,
                late=functools.partial(is_due, by=day_before(today)),
                chapters=chapters,
                due=due,
                line=resource_line,
            )


def _as_csv(plan: Plan) -> str:
    sheet = io.StringIO()
    sheet.write("\ufeff")  # tells spreadsheets that it is UTF-8
    writer = csv.writer(sheet, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for part in plan.parts:
        for row in part.rows:
            record = row.record
            told = map(inert, [row.entry.id, part.chapter, part.tip, row.entry.title, record.status])
            writer.writerow([*told, literal(record.owner), record.text("review"), literal(record.note)])
    return sheet.getvalue()


def _as_markdown(plan: Plan, today: dt.date) -> str:
    due = _due(plan.rows, today)
    lines = [f"# {_escaped(plan.title)}", "", f"{_escaped(plan.about)} {f'{due}. ' if due else ''}{day(today)}."]
    chapter = ""
    for part in plan.parts:
        if part.chapter != chapter:
            chapter = part.chapter
            lines += ["", f"## {_escaped(_heading(plan, chapter, today))}"]
        lines += ["", *([f"### {_escaped(part.tip)}", ""] if part.tip else [])]
        for row in part.rows:
            record = row.record
            done = "x" if record.status == "done" else " "
            lines.append(f"- [{done}] **{_escaped(row.entry.id)}** {_escaped(row.entry.title)}  ")
            if plan.explained:
                lines.append(f"  {_escaped(row.entry.text)}  ")
            lines.append(f"  {_escaped(facts(record, today))}  ")
            lines += [f"  {_escaped(resource_line(resource))}  " for resource in row.resources]
            lines += [f"  > {_escaped(line)}".rstrip() + "  " for line in record.note.splitlines()]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Text in which Markdown sees no markup."""
    plain = re.sub(r"([\\`*_{}\[\]<>#|~!&$])", r"\\\1", text.strip())
    return re.sub(r"^(\d*)([-+=.):])", r"\1\\\2", plain)  # what would begin a list or a heading


def resource_line(resource: Resource) -> str:
    """What a resource is called, whose it is, and where."""
    address = f", {resource.address} (seen on {day(resource.seen)})" if resource.seen else ""
    return f"Resource: {resource.title}, {resource.publisher}{address}"


def _heading(plan: Plan, chapter: str, today: dt.date) -> str:
    """A chapter's heading, with what is due in it."""
    due = _due([row for part in plan.parts if part.chapter == chapter for row in part.rows], today)
    return f"{chapter} ({due})" if due else chapter


def _due(rows: Sequence[PlanRow], today: dt.date) -> str:
    """How much is overdue, and how much will be due soon; nothing where nothing is."""
    overdue, soon = (sum(is_due(row.record, by) for row in rows) for by in (day_before(today), today + _SOON))
    parts = [
        f"{overdue} overdue" if overdue else "",
        f"{soon - overdue} due by {day(today + _SOON)}" if soon > overdue else "",
    ]
    return ", ".join(part for part in parts if part)


def facts(record: Record, today: dt.date) -> str:
    """Status, owner and review date in one line."""
    parts = [record.status.capitalize()]
    if record.owner:
        parts.append(record.owner)
    if record.review:
        overdue = "overdue: " if is_due(record, day_before(today)) else ""
        parts.append(f"{overdue}review on {day(record.review)}")
    return " · ".join(parts)


class Change(Struct, frozen=True, kw_only=True):
    """What a CSV would change."""

    item: Item | MustHave
    edit: Edit


def read_back(content: bytes, toolkit: Toolkit, records: Records) -> tuple[Change, ...]:
    """What a CSV would change; nothing is changed yet.

    It needs the column `id` and one or more of `status`, `owner`, `review_date` and `note`; other columns are passed
    over. Commas, semicolons or tabs part the cells.

    Raises:
        PlanError: naming the lines that cannot be read.
    """
    table = _table(content)
    header = [name.strip().casefold().replace(" ", "_") for name in table[0][1]]
    if "id" not in header or not set(header) & set(_CHANGED):
        raise PlanError(
            "This is not an action plan: its first line must name the columns, id and one or more of "
            f"{', '.join(_CHANGED)}. Nothing was changed."
        )
    columns = {name: place for place, name in enumerate(header) if name in {"id", *_CHANGED}}
    if sum(name in columns for name in header) > len(columns):
        raise PlanError("The first line names a column twice: fix it and bring the file in again. Nothing was changed.")
    known = {item.id.casefold(): item for item in toolkit.actions}
    changes: list[Change] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for line, cells in table[1:]:
        entered = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
        name = entered["id"].strip()
        item = known.get(name.casefold())
        if any(cell.strip() for cell in cells[len(header) :]):
            problems.append(f"line {line} has more cells than the first line")
        elif item is None:
            problems.append(f"line {line}: there is no item “{shortened(name)}”")
        elif item.id in seen:
            problems.append(f"line {line}: {item.id} stands in line {seen[item.id]} already")
        else:
            seen[item.id] = line
            try:
                changes += _changes(item, entered, records.get(item.id, BLANK))
            except ValueError as error:
                problems.append(f"line {line}: {error}")
    if problems:
        more = f"; and {len(problems) - _PROBLEMS_SHOWN} more" if len(problems) > _PROBLEMS_SHOWN else ""
        shown = "; ".join(problems[:_PROBLEMS_SHOWN]) + more
        raise PlanError(f"{shown[:1].upper()}{shown[1:]}. Fix the file and bring it in again: nothing was changed.")
    return tuple(changes)


def _changes(item: Item | MustHave, entered: Mapping[str, str], record: Record) -> list[Change]:
    """What one row would change.

    Raises:
        ValueError: a cell is no value of its column.
    """
    edits = [
        Edit(item.id, field, record.text(field), _value(field, restored(entered[column])))
        for column, field in _CHANGED.items()
        if column in entered
    ]
    return [Change(item=item, edit=edit) for edit in edits if edit.before != edit.after]


def _table(content: bytes) -> list[tuple[int, list[str]]]:
    """The rows that hold something, each with the line that it begins in.

    Raises:
        PlanError: it is no table.
    """
    if len(content) > SIZE_LIMIT:
        raise PlanError(_TOO_LONG)
    text = _text(content)
    skipped = 0
    named = re.match(r"sep=.(?:\r\n|\r|\n|\Z)", text)  # Excel's own way to say what parts the cells
    if named:
        text, skipped = text[named.end() :], 1
    first = re.sub('"[^"]*"', "", next((line for line in re.split("[\r\n]+", text) if line.strip()), ""))
    parting = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parting, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1 + skipped
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise PlanError(
            f"Line {line} cannot be read as a table: fix the quotation marks there and bring it in again. "
            "Nothing was changed."
        ) from error
    if len(rows) > _ROW_LIMIT:
        raise PlanError(_TOO_LONG)
    if not rows:
        raise PlanError("This file is empty: export the plan again. Nothing was changed.")
    return rows


def _text(content: bytes) -> str:
    """UTF-8, UTF-16, or what an English Windows writes.

    Raises:
        PlanError: it is none of these.
    """
    try:
        return decoded(content)
    except UnicodeDecodeError as error:
        if encoding_of(content) == "utf-8-sig":
            with contextlib.suppress(UnicodeDecodeError):
                return content.decode("cp1252")
        raise PlanError("This file is no plain text: save it as “CSV UTF-8”. Nothing was changed.") from error


def _value(field: Field, cell: str) -> str:
    """A cell as it is kept.

    Raises:
        ValueError: it is no value of that field.
    """
    match field:
        case "status":
            status = status_meant(cell) if cell.strip() else BLANK.status
            if status is None:
                raise ValueError(f"“{shortened(cell)}” is no status; use {', '.join(STATUSES)}")
            return status
        case "review":
            return fitting("review", as_day(cell.strip()))
        case "owner" | "note":
            return fitting(field, cell.strip())


def as_day(cell: str) -> str:
    """A day as people and spreadsheets write it, as it is kept: year first with hyphens. Nothing stays nothing.

    Raises:
        ValueError: there is no such day.
    """
    return read_day(cell).isoformat() if cell else ""
