"""Counts as open data: one row for each scope, question and category, and CSVW metadata that describes them.

Nothing is worked out here: every number is one of the findings'. CSVW is the W3C's *Model for Tabular Data and Metadata
on the Web* (2015). FORMAT.md, section 20, describes the files.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from content.feedback import BETTER, FEEDBACK_SET
from content.survey import load_survey
from storage.counts.disclosure import LEAST_SHOWN
from storage.counts.findings import NOISE, Findings, OfficeFindings, ScopeFinding
from storage.counts.intervals import Verdict
from storage.counts.noise import THRESHOLD
from storage.counts.questions import BenchmarkFinding, CategoryFinding, QuestionFindings
from storage.events import STAGES, day
from storage.report.sentences import UNDER_TEN, scope_name
from storage.report.spreadsheet_safety import inert

TOO_FEW_ASKED = "too few asked"
NOTES = {
    UNDER_TEN: "with its noise the count is under 10, which never means none; there is no share",
    TOO_FEW_ASKED: f"fewer people were asked than a table needs: {THRESHOLD}, or more where the office chose so",
}
"""Why a count and a share are not told."""

_LIST = ";"
_SHARE = {"base": "integer", "minimum": 0, "maximum": 100}
_PER_CENT = {"base": "decimal", "minimum": 0, "maximum": 100}
_YEAR = {"base": "integer", "minimum": 1900, "maximum": 2200}


class DataRow(Struct, frozen=True, kw_only=True):
    """One category of one question in one scope."""

    scope: ScopeFinding
    question: QuestionFindings
    category: CategoryFinding

    @property
    def note(self) -> str:
        """Why the count or the share is not told; empty where both are."""
        if self.question.people is None:
            return TOO_FEW_ASKED
        return UNDER_TEN if self.category.rounded is None else ""

    @property
    def share_of(self) -> Literal["compared", "asked"]:
        """Whom the share is of: those in the compared categories, or everybody asked."""
        return "compared" if self.category.compared else "asked"

    @property
    def national(self) -> BenchmarkFinding | None:
        """The national benchmark."""
        return next((mark for mark in self.category.benchmarks if not mark.own), None)

    @property
    def own(self) -> tuple[BenchmarkFinding, ...]:
        """The organisation's own benchmarks."""
        return tuple(mark for mark in self.category.benchmarks if mark.own)


class _Column(Struct, frozen=True):
    """A column of `counts.csv`."""

    name: str
    about: str
    datatype: object = "string"
    required: bool = False
    several: bool = False
    """Whether a cell can hold several values."""

    def described(self) -> dict[str, object]:
        """As CSVW has it."""
        return {
            "name": self.name,
            "titles": self.name,
            "dc:description": self.about,
            "datatype": self.datatype,
            **({"required": True} if self.required else {}),
            **({"separator": _LIST} if self.several else {}),
        }


def rows_of(found: Findings | OfficeFindings) -> tuple[DataRow, ...]:
    """The rows of the findings' own scope."""
    return tuple(_rows(_scope_of(found), found.questions))


def feedback_rows(found: Findings | OfficeFindings) -> tuple[DataRow, ...]:
    """The rows of what people think of the events; none where nobody was asked."""
    return tuple(_rows(_scope_of(found), found.feedback.questions)) if found.feedback else ()


def _scope_of(found: Findings | OfficeFindings) -> ScopeFinding:
    if isinstance(found, OfficeFindings):
        return found.scope
    return ScopeFinding(event=f"{found.event.name}, {day(dt.date.fromisoformat(found.event.date))}")


def stage_rows(found: OfficeFindings) -> tuple[DataRow, ...]:
    """The rows of each stage, where the events are of several."""
    return tuple(row for one in found.stages for row in _rows(replace(found.scope, stage=one.stage), one.questions))


def slice_rows(slices: Iterable[tuple[ScopeFinding, tuple[QuestionFindings, ...]]]) -> tuple[DataRow, ...]:
    """The rows of scopes, each with what it supports."""
    return tuple(row for scope, questions in slices for row in _rows(scope, questions))


def _rows(scope: ScopeFinding, questions: Iterable[QuestionFindings]) -> Iterator[DataRow]:
    for question in questions:
        for category in question.categories:
            yield DataRow(scope=scope, question=question, category=category)


def to_csv(found: Findings | OfficeFindings) -> str:
    """The rows as RFC 4180's CSV with a header; no cell is one that a spreadsheet takes for a formula."""
    stages = stage_rows(found) if isinstance(found, OfficeFindings) else ()
    return rows_to_csv(rows_of(found) + stages + feedback_rows(found))


def rows_to_csv(rows: Iterable[DataRow]) -> str:
    """The same of any rows."""
    return written([column.name for column in _COLUMNS], map(_cells, rows))


def written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as RFC 4180's CSV; None is an empty cell, and no cell is one that a spreadsheet takes for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(header)
    writer.writerows([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return sheet.getvalue()


def in_full(number: float) -> str:
    """A number with all its places and no exponent, as CSVW has decimals."""
    return f"{Decimal(repr(number)).normalize():f}"


def _cells(row: DataRow) -> tuple[object, ...]:
    scope, question, category, national, own = row.scope, row.question, row.category, row.national, row.own
    return (
        scope_name(scope),
        scope.stage,
        scope.level,
        scope.place,
        scope.year,
        scope.quarter,
        scope.event,
        question.id,
        category.id,
        question.people,
        category.count,
        None if category.count is None else in_full(question.standard_deviation),
        category.rounded,
        row.note,
        category.share,
        row.share_of,
        category.low,
        category.high,
        *((in_full(national.share), national.source, national.year) if national else (None, None, None)),
        national.verdict if national else None,
        _LIST.join(in_full(mark.share) for mark in own),
        _LIST.join(mark.source.replace(_LIST, ",") for mark in own),
        _LIST.join(str(mark.year) for mark in own),
        _LIST.join(mark.verdict for mark in own),
        category.label,
    )


def to_metadata(values: Iterable[tuple[str, object]]) -> str:
    """What counts are about, as plain names and values."""
    return written(("field", "value"), values)


def to_csvw(title: str, publisher: str, made: dt.date, name: str = "counts.csv") -> str:
    """CSVW metadata of rows as CSV.

    Args:
        title: what the counts are about.
        publisher: who publishes them.
        made: the day on which they were written.
        name: of the file.
    """
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": name,
        "dc:title": title,
        **({"dc:publisher": publisher} if publisher else {}),
        "dc:issued": {"@value": made.isoformat(), "@type": "xsd:date"},
        "dc:description": (
            "Published counts of the four questions on socio-economic background, and of what people thought of the "
            f"event where they were asked, one row for each scope, question and category. {NOISE} Shares, intervals "
            "and verdicts are worked out from the counts with their noise, before rounding. Notes: "
            + "; ".join(f"“{note}”, {meaning}" for note, meaning in NOTES.items())
            + "."
        ),
        "dialect": {"header": True, "encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tableSchema": {
            "columns": [column.described() for column in _COLUMNS],
            "primaryKey": ["scope", "question", "category"],
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _one_of(words: Iterable[str]) -> dict[str, str]:
    return {"base": "string", "format": "|".join(words)}


def _categories() -> Iterator[str]:
    surveys = load_survey(), load_survey(FEEDBACK_SET)
    return (category.id for survey in surveys for question in survey.questions for category in question.categories)


def _questions() -> Iterator[str]:
    """Patterns of the questions' ids: that about what should be better has one for each list."""
    yield from (question.id for question in load_survey().questions)
    for question in load_survey(FEEDBACK_SET).questions:
        yield f"{question.id}-[0-9a-f]{{8}}" if question.id == BETTER else question.id


_VERDICT = _one_of(verdict.value for verdict in Verdict)
_COLUMNS = (
    _Column("scope", "What the counts are about: everything that is chosen, in words.", required=True),
    _Column("stage", "The stage of the events, where one is chosen.", _one_of(STAGES)),
    _Column(
        "level", "Their apprenticeship level, where one is chosen.", {"base": "integer", "minimum": 2, "maximum": 7}
    ),
    _Column("place", "Their place, where one is chosen."),
    _Column("year", "The year of their dates, where one is chosen.", _YEAR),
    _Column("quarter", "The calendar quarter of their dates, where one is chosen."),
    _Column("event", "The name and day of the event, where one is chosen."),
    _Column(
        "question",
        "The question, as the question set calls it.",
        _one_of(_questions()),
        required=True,
    ),
    _Column("category", "What answers are counted as.", _one_of(dict.fromkeys(_categories())), required=True),
    _Column(
        "people",
        "How many in the counts were asked the question, exactly; empty where too few were.",
        {"base": "integer", "minimum": THRESHOLD},
    ),
    _Column(
        "count",
        "How many gave an answer of this category, with noise and so perhaps below 0; empty where too few were asked.",
        "integer",
    ),
    _Column(
        "standard_deviation",
        "The standard deviation of the noise in the count, in people.",
        {"base": "decimal", "minimum": 0},
    ),
    _Column(
        "rounded",
        "The count as people are told it: to the nearest 5; empty where it is under 10.",
        {"base": "integer", "minimum": LEAST_SHOWN},
    ),
    _Column("note", "Why the count or the share is not told.", _one_of(NOTES)),
    _Column("share", "The share in whole per cent; empty where the count is under 10.", _SHARE),
    _Column(
        "share_of",
        "Whom the share is of: everybody in the compared categories of the question, or everybody asked.",
        _one_of(("compared", "asked")),
        required=True,
    ),
    _Column(
        "interval_low",
        "The lower end of the share's interval in whole per cent, of a compared category. It allows for chance and for "
        "noise; all intervals of a question hold together 95 times in 100.",
        _SHARE,
    ),
    _Column("interval_high", "The upper end of the same interval.", _SHARE),
    _Column(
        "benchmark",
        "The national benchmark of the share in per cent; empty where there is none, or for people of several stages.",
        _PER_CENT,
    ),
    _Column("benchmark_source", "Where the national benchmark comes from."),
    _Column("benchmark_year", "The year in which it was published.", _YEAR),
    _Column("verdict", "How the interval compares with the national benchmark.", _VERDICT),
    _Column("own_benchmark", "The organisation's own benchmarks in per cent.", _PER_CENT, several=True),
    _Column("own_benchmark_source", "Where they come from, in the same order.", several=True),
    _Column("own_benchmark_year", "Their years, in the same order.", _YEAR, several=True),
    _Column("own_verdict", "How the interval compares with each, in the same order.", _VERDICT, several=True),
    _Column("label", "What the category is called. Choices of feedback have no other name.", required=True),
)
