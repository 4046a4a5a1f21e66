"""Counts as open data: one row for each scope, question and category, and CSVW metadata that describes them.

Nothing is worked out here but the codes that say why a cell is empty. They are those of the UK government's guidance on
symbols in tables: `c` confidential, `z` not applicable, and `low`, which rounds to 0 and is not 0.
CSVW is the W3C's *Model for Tabular Data and Metadata on the Web* (2015). FORMAT.md, section 20, describes the files.
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

from content.benchmarks import Interval, verdict
from content.survey import load_survey
from storage.cells import inert
from storage.events import day
from storage.findings import BenchmarkFinding, CategoryFinding, Findings, OfficeFindings, QuestionFindings
from storage.journey import QUESTION, GroupAtStage, Journey, StageFinding
from storage.sentences import ALL_TOGETHER

CONFIDENTIAL, NOT_APPLICABLE, LOW = "c", "z", "low"
CODES = {
    CONFIDENTIAL: "confidential: fewer than 10 people, or held back to protect a small number",
    NOT_APPLICABLE: "not applicable: only compared categories have an interval, and only some of these a benchmark",
    LOW: "low: more than 0, but it rounds to 0",
}
"""Why a cell is empty or says 0."""

_LIST = ";"
_SHARE = {"base": "integer", "minimum": 0, "maximum": 100}
_PER_CENT = {"base": "decimal", "minimum": 0, "maximum": 100}
_YEAR = {"base": "integer", "minimum": 1900, "maximum": 2200}
_VERDICT = {"base": "string", "format": "too few to tell|in line with|below|above"}


class Row(Struct, frozen=True, kw_only=True):
    """One category of one question in one scope. Shares and intervals are in whole per cent."""

    scope_kind: str
    scope: str
    question: str
    category: str
    label: str
    people: int | None
    count: int | None
    share: int | None
    compared: bool
    low: int | None
    high: int | None
    benchmarks: tuple[BenchmarkFinding, ...]

    @property
    def share_of(self) -> Literal["compared", "asked"]:
        """Whom the share is of: those in the compared categories, or everybody asked."""
        return "compared" if self.compared else "asked"

    @property
    def count_suppression(self) -> str:
        """Why there is no count."""
        return CONFIDENTIAL if self.count is None else ""

    @property
    def share_suppression(self) -> str:
        """Why there is no share, or a share of 0."""
        if self.share is None:
            return CONFIDENTIAL
        return LOW if self.share == 0 else ""

    @property
    def interval_suppression(self) -> str:
        """Why there is no interval."""
        if self.low is not None:
            return ""
        return CONFIDENTIAL if self.compared else NOT_APPLICABLE

    @property
    def benchmark_suppression(self) -> str:
        """Why there is no national benchmark."""
        return "" if self.national else NOT_APPLICABLE

    @property
    def national(self) -> BenchmarkFinding | None:
        """The national benchmark."""
        return next((mark for mark in self.benchmarks if not mark.own), None)

    @property
    def own(self) -> tuple[BenchmarkFinding, ...]:
        """The organisation's own benchmarks."""
        return tuple(mark for mark in self.benchmarks if mark.own)


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


def rows_of(found: Findings | OfficeFindings) -> tuple[Row, ...]:
    """The rows of the findings' own scope."""
    if isinstance(found, Findings):
        kind, name = "event", f"{found.event.name}, {day(dt.date.fromisoformat(found.event.date))}"
    else:
        kind, name = found.scope.kind, found.scope.value or ALL_TOGETHER
    return tuple(
        _row(kind, name, question, category) for question in found.questions for category in question.categories
    )


def stage_rows(journey: Journey) -> tuple[Row, ...]:
    """The rows of the journey's stages: the question that is followed, its compared categories."""
    return tuple(_row_at(stage, group, journey) for stage in journey.stages for group in stage.groups)


def _row(kind: str, name: str, question: QuestionFindings, category: CategoryFinding) -> Row:
    return Row(
        scope_kind=kind,
        scope=name,
        question=question.id,
        category=category.id,
        label=category.label,
        people=question.people,
        count=category.count,
        share=category.share,
        compared=category.compared,
        low=category.low,
        high=category.high,
        benchmarks=category.benchmarks,
    )


def _row_at(stage: StageFinding, group: GroupAtStage, journey: Journey) -> Row:
    national = journey.benchmarks.get(group.id)
    marks = []
    if national is not None and group.low is not None and group.high is not None:
        marks.append(
            BenchmarkFinding(
                share=national,
                source=journey.benchmark_source,
                year=journey.benchmark_year,
                own=False,
                verdict=verdict(Interval(group.low, group.high), national).value,
            )
        )
    return Row(
        scope_kind="stage",
        scope=stage.stage.capitalize(),
        question=QUESTION,
        category=group.id,
        label=group.label,
        people=stage.people,
        count=group.count,
        share=group.share,
        compared=True,
        low=group.low,
        high=group.high,
        benchmarks=tuple(marks),
    )


def to_csv(found: Findings | OfficeFindings) -> str:
    """The rows as RFC 4180's CSV with a header; no cell is one that a spreadsheet takes for a formula."""
    journey = found.journey if isinstance(found, OfficeFindings) else None
    rows = rows_of(found) + (stage_rows(journey) if journey else ())
    return _written([column.name for column in _COLUMNS], map(_cells, rows))


def _written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV; None is an empty cell."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(header)
    writer.writerows([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return sheet.getvalue()


def in_full(number: float) -> str:
    """A number with all its places and no exponent, as CSVW has decimals."""
    return f"{Decimal(repr(number)).normalize():f}"


def _cells(row: Row) -> tuple[object, ...]:
    national, own = row.national, row.own
    return (
        row.scope_kind,
        row.scope,
        row.question,
        row.category,
        row.people,
        row.count,
        row.count_suppression,
        row.share,
        row.share_of,
        row.share_suppression,
        row.low,
        row.high,
        row.interval_suppression,
        *((in_full(national.share), national.source, national.year) if national else (None, None, None)),
        row.benchmark_suppression,
        national.verdict if national else None,
        _LIST.join(in_full(mark.share) for mark in own),
        _LIST.join(mark.source.replace(_LIST, ",") for mark in own),
        _LIST.join(str(mark.year) for mark in own),
        _LIST.join(mark.verdict for mark in own),
    )


def to_metadata(values: Iterable[tuple[str, object]]) -> str:
    """What counts are about, as plain names and values."""
    return _written(("field", "value"), values)


def to_csvw(title: str, publisher: str, made: dt.date) -> str:
    """CSVW metadata of `counts.csv`.

    Args:
        title: what the counts are about.
        publisher: who publishes them.
        made: the day on which they were written.
    """
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": "counts.csv",
        "dc:title": title,
        **({"dc:publisher": publisher} if publisher else {}),
        "dc:issued": {"@value": made.isoformat(), "@type": "xsd:date"},
        "dc:description": (
            "Published counts of the four questions on social background, one row for each scope, question and "
            "category. Counts are rounded to the nearest 5. An empty cell has its reason in the suppression column "
            "beside it: " + "; ".join(f"{code}, {reason}" for code, reason in CODES.items()) + "."
        ),
        "dialect": {"header": True, "encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tableSchema": {
            "columns": [column.described() for column in _COLUMNS],
            "primaryKey": ["scope_kind", "scope", "question", "category"],
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _one_of(*words: str) -> dict[str, str]:
    return {"base": "string", "format": "|".join(words)}


def _categories() -> Iterator[str]:
    return (category.id for question in load_survey().questions for category in question.categories)


_COLUMNS = (
    _Column(
        "scope_kind",
        "What the counts are about.",
        _one_of("all", "stage", "level", "place", "quarter", "event"),
        required=True,
    ),
    _Column("scope", "Which one.", required=True),
    _Column(
        "question",
        "The question, as the question set calls it.",
        _one_of(*(question.id for question in load_survey().questions)),
        required=True,
    ),
    _Column(
        "category",
        "What answers are counted as.",
        _one_of(*dict.fromkeys(_categories())),
        required=True,
    ),
    _Column(
        "people",
        "How many in the counts were asked the question; empty where that is under 10.",
        {"base": "integer", "minimum": 10},
    ),
    _Column(
        "count",
        "How many gave an answer of this category, rounded to the nearest 5.",
        {"base": "integer", "minimum": 10},
    ),
    _Column("count_suppression", "Why there is no count.", _one_of(CONFIDENTIAL)),
    _Column("share", "The share in whole per cent, worked out from the rounded counts.", _SHARE),
    _Column(
        "share_of",
        "Whom the share is of: everybody in the compared categories of the question, or everybody asked.",
        _one_of("compared", "asked"),
        required=True,
    ),
    _Column("share_suppression", "Why there is no share, or why it is 0.", _one_of(CONFIDENTIAL, LOW)),
    _Column(
        "interval_low",
        "The lower end of the share's 95 % Wilson interval in whole per cent, over all that held-back counts can be.",
        _SHARE,
    ),
    _Column("interval_high", "The upper end of the same interval.", _SHARE),
    _Column("interval_suppression", "Why there is no interval.", _one_of(CONFIDENTIAL, NOT_APPLICABLE)),
    _Column("benchmark", "The national benchmark of the share in per cent.", _PER_CENT),
    _Column("benchmark_source", "Where the national benchmark comes from."),
    _Column("benchmark_year", "The year in which it was published.", _YEAR),
    _Column("benchmark_suppression", "Why there is no benchmark.", _one_of(NOT_APPLICABLE)),
    _Column("verdict", "How the share compares with the national benchmark.", _VERDICT),
    _Column("own_benchmark", "The organisation's own benchmarks in per cent.", _PER_CENT, several=True),
    _Column("own_benchmark_source", "Where they come from, in the same order.", several=True),
    _Column("own_benchmark_year", "Their years, in the same order.", _YEAR, several=True),
    _Column("own_verdict", "How the share compares with each, in the same order.", _VERDICT, several=True),
)
