"""The files of a report, and how they get into a folder: each one whole, and none over another unasked."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from storage.counts.disclosure import ROUNDED_TO
from storage.counts.findings import to_json
from storage.counts.rates import RateFinding
from storage.errors import PlaceError
from storage.exchange.locations import Site
from storage.progress import ProgressCallback, part
from storage.report.debrief import debrief_name
from storage.report.more_data import CONVERSIONS, TARGETS, TREND, tables_of
from storage.report.open_data import in_full, rows_to_csv, to_csv, to_csvw, to_metadata
from storage.report.page import page
from storage.report.report import ASKED, LIMITS, Report, on_one_line
from storage.report.scorecard import scorecard_page
from storage.report.sentences import scope_name
from storage.report.workbook import workbook

NAMES = (
    "report.html",
    "counts.csv",
    "counts.csv-metadata.json",
    "metadata.csv",
    "counts.xlsx",
    "counts.json",
)
"""The files of every report."""
SCORECARD = "scorecard.html"
"""The page of an office's targets, where it has any."""
SLICES = "slices.csv"
"""The file of every slice, where somebody wants them all."""
_SOMETIMES = (SLICES, TREND, TARGETS, CONVERSIONS, SCORECARD)
"""Files that some reports have: one that stayed in the folder would have other numbers than the rest there."""
EPSILON = 2 * math.log(2)
"""Of all that one side ever shows: another answer changes the noise's sizes by two together, each a factor of two."""


def contents(report: Report) -> dict[str, bytes]:
    """Each file's content by its name. All are made from the same findings, so they carry the same numbers."""
    texts = {
        "counts.csv": to_csv(report.found),
        "counts.csv-metadata.json": to_csvw(report.title, report.organisation.name, report.made),
        "metadata.csv": to_metadata(_about(report)),
        "counts.json": to_json(report.found),
    }
    if report.slices:
        texts[SLICES] = rows_to_csv(report.slices)
        texts[f"{SLICES}-metadata.json"] = to_csvw(
            f"{report.title}: every slice", report.organisation.name, report.made, SLICES
        )
    for table in tables_of(report.found.trend, report.scorecard):
        texts[table.name] = table.to_csv()
        texts[f"{table.name}-metadata.json"] = table.to_csvw(report.organisation.name, report.made)
    if report.scorecard and report.scorecard.targets:
        texts[SCORECARD] = scorecard_page(report.scorecard, report.organisation)
        texts["scorecard.json"] = to_json(report.scorecard)
    found = {name: text.encode() for name, text in texts.items()} | {"counts.xlsx": workbook(report)}
    return found | {"report.html": page(report).encode()}  # last: where it is, the others are


def _about(report: Report) -> Iterator[tuple[str, object]]:
    """What `metadata.csv` says."""
    found = report.found
    yield "title", report.title
    yield "organisation", report.organisation.name
    yield "statement", report.organisation.statement
    yield "notes", report.notes
    yield "made", report.made.isoformat()
    yield "scope", scope_name(found.scope)
    yield from msgspec.structs.asdict(found.scope).items()
    yield "question_set", found.question_set
    yield "events", len(found.events)
    yield "first_day", min((event.date for event in found.events), default="")
    yield "last_day", max((event.date for event in found.events), default="")
    yield "held", found.held
    yield "in_counts", found.in_counts
    yield "waiting", found.waiting
    yield "dropped", found.dropped
    yield "elsewhere", found.elsewhere
    yield "unreadable", found.unreadable
    yield "head_count", found.head_count
    yield "events_without_head_count", found.uncounted
    yield "threshold", found.threshold
    yield "rounded_to", ROUNDED_TO
    yield "noise", found.noise
    yield "noise_mechanism", "two-sided geometric (p = 1/2) given a sum of nought, once for each group and question"
    yield "noise_epsilon", f"{EPSILON:.6f}"
    yield "noise_unit", "one person’s answer to one question"
    yield "noise_composition", "adds up: laptop and office, questions answered, times answered"
    yield "benchmark_source", found.benchmark_source
    yield "benchmark_year", found.benchmark_year
    rates = [("all", found.response_rate), *((question.id, question.response_rate) for question in found.questions)]
    if found.feedback:
        told = found.feedback
        yield "feedback_held", told.held
        yield "feedback_in_counts", told.in_counts
        rates += [("feedback", told.response_rate), *((one.id, one.response_rate) for one in told.questions)]
    for name, rate in rates:
        yield from _rate(f"response_rate_{name}", rate)
    for number, one in enumerate(found.debriefs, 1):
        yield f"debrief_{number}_of", debrief_name(one)
        yield from ((f"debrief_{number}_{prompt}", text) for prompt, text in one.answers)
    for number, text in enumerate((ASKED, *report.beside_benchmarks, *report.why_blurred, *LIMITS), 1):
        yield f"note_{number}", on_one_line(text)


def _rate(name: str, rate: RateFinding | None) -> Iterator[tuple[str, object]]:
    yield f"{name}_low", rate.low if rate else None
    yield f"{name}_high", rate.high if rate else None
    yield f"{name}_target", in_full(rate.target) if rate and rate.target is not None else None
    yield f"{name}_verdict", rate.verdict if rate else None
    yield f"{name}_of", rate.of if rate else None


def save(report: Report, site: Site, progress: ProgressCallback, *, over: bool = False) -> int:
    """Put a report where somebody wants it, and return how many files that were.

    Args:
        report: what is put there.
        site: the folder.
        progress: called with how much is done, and of how much.
        over: whether a report that is there may be replaced.

    Raises:
        PlaceError: it cannot be written, or there is a report already. Each file there is whole, an old or a new one.
    """
    files = contents(report)
    left = next((name for name in _SOMETIMES if name not in files and site.holds(name)), None)
    if left is not None:
        raise PlaceError(f"There is a {left} of another report in {site}: choose another folder.")
    if not over and any(map(site.holds, NAMES)):
        raise PlaceError(f"There is a report in {site} already: choose another folder, or write over it with --force.")
    for done, (name, content) in enumerate(files.items()):
        site.put(name, content, part(progress, done, len(files)))
    return len(files)


def new_folder(place: str, name: str) -> Site:
    """A folder of that name made at a place; with a number after it where there is one already.

    Raises:
        PlaceError: it cannot be made.
    """
    there = Site.at(place)
    number = 1
    while there.holds(called := name if number == 1 else f"{name}-{number}"):
        number += 1
    site = Site.at(f"{place.rstrip('/')}/{called}")
    site.make()
    return site
