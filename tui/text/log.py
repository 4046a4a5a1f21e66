"""The office's event log, in lines and as a table."""

import csv
import datetime as dt
import io
from collections.abc import Iterable

from storage.events import day
from storage.office.log import LogEntry
from storage.report.spreadsheet_safety import inert

NOBODY = "no coordinator"
"""Who it was, where no coordinator's passphrase had opened the office."""


def log_line(entry: LogEntry) -> str:
    """An entry in one line."""
    return " · ".join((when(entry), entry.who or NOBODY, entry.what, *_details(entry)))


def when(entry: LogEntry) -> str:
    """Day and time of an entry, in UTC."""
    at = dt.datetime.strptime(entry.at, "%Y-%m-%dT%H:%M%z")
    return f"{day(at.date())}, {at:%H:%M} UTC"


def details(entry: LogEntry) -> str:
    """What else is told of an entry."""
    return " · ".join(_details(entry))


def to_csv(entries: Iterable[LogEntry]) -> str:
    """A row for each entry, as FORMAT.md, section 23, describes it."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(["at", "who", "what", "details"])
    for one in entries:
        rows.writerow([one.at, inert(one.who), one.what, inert(details(one))])
    return file.getvalue()


def _details(entry: LogEntry) -> list[str]:
    return [f"{name}: {value}" for name, value in entry.details.items()]
