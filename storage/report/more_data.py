"""Open data beside the counts: the trend, the targets and the conversion, each a table with what its columns hold."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from storage.counts.conversion import ConversionFinding
from storage.counts.scorecard import Scorecard
from storage.counts.targets import TargetFinding
from storage.counts.trend import RATE, RATE_LABEL, Trend
from storage.report.open_data import in_full, written

TREND, TARGETS, CONVERSIONS = "trend.csv", "targets.csv", "conversions.csv"

_PER_CENT = {"base": "integer", "minimum": 0, "maximum": 100}
_COUNT = {"base": "integer", "minimum": 0}
_Type = str | dict[str, object]


class Table(Struct, frozen=True, kw_only=True):
    """One table."""

    name: str
    """Of its file."""
    about: str
    columns: tuple[tuple[str, str, _Type], ...]
    """What each is called, what it holds, and its data type as CSVW has it."""
    rows: tuple[tuple[object, ...], ...]

    def to_csv(self) -> str:
        """The table in RFC 4180's form, with a header."""
        return written([name for name, _, _ in self.columns], self.rows)

    def to_csvw(self, publisher: str, made: dt.date) -> str:
        """What its columns hold, as CSVW has it.

        Args:
            publisher: who publishes it.
            made: the day on which it was written.
        """
        columns = [
            {"name": name, "titles": name, "dc:description": about, "datatype": datatype}
            for name, about, datatype in self.columns
        ]
        document = {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": self.name,
            "dc:title": self.about,
            **({"dc:publisher": publisher} if publisher else {}),
            "dc:issued": {"@value": made.isoformat(), "@type": "xsd:date"},
            "dialect": {"header": True, "encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
            "tableSchema": {"columns": columns},
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def trend_table(found: Trend) -> Table:
    """Shares and the response rate, a row for each in each period."""
    return Table(
        name=TREND,
        about=f"Shares and the response rate, by {found.by}",
        columns=(
            ("period", "The year, or year and quarter.", "string"),
            ("question", "The question of the share; empty for the response rate.", "string"),
            ("category", "The category of the share, or response_rate.", "string"),
            ("label", "What it is called.", "string"),
            ("people", "How many in the counts, exactly; empty where too few.", _COUNT),
            ("count", "How many gave an answer of this category, with noise.", "integer"),
            ("rounded", "The count to the nearest 5; empty where it is under 10.", _COUNT),
            ("share", "The share in whole per cent; empty where the count is under 10.", _PER_CENT),
            ("interval_low", "The lower end of the interval, or of the rate's range, in whole per cent.", _PER_CENT),
            ("interval_high", "The upper end of the same.", _PER_CENT),
            ("benchmark", "The share's national benchmark, or the rate's target, in per cent.", "decimal"),
            ("verdict", "How it compares with that.", "string"),
        ),
        rows=tuple(_trend_rows(found)),
    )


def _trend_rows(found: Trend) -> Iterator[tuple[object, ...]]:
    for number, name in enumerate(found.shares):
        for period in found.periods:
            one = period.shares[number]
            told = one.count, one.rounded, one.share, one.low, one.high
            yield (
                period.period,
                name.question,
                name.id,
                name.label,
                period.people,
                *told,
                _full(one.benchmark),
                one.verdict,
            )
    for period in found.periods:
        rate = period.response_rate
        told_of_rate = (rate.low, rate.high, _full(rate.target), rate.verdict) if rate else (None,) * 4
        yield period.period, "", RATE, RATE_LABEL, period.people, None, None, None, *told_of_rate


def scorecard_tables(found: Scorecard) -> tuple[Table, ...]:
    """Where every target stands; and each group's conversion, where there is one."""
    targets = Table(
        name=TARGETS,
        about=f"Targets, as of {found.as_of}",
        columns=(
            ("what", "What is to be reached.", "string"),
            ("stage", "At which stage; empty for all.", "string"),
            ("kind", "A share, the response rate, people who answered, or items of the checklist.", "string"),
            ("at_most", "Whether it is to be no more than that.", "boolean"),
            ("value", "The target, in per cent or a number.", "decimal"),
            ("by", "The day by which it is to be reached.", "date"),
            ("now", "A share in whole per cent, or a number.", _COUNT),
            ("low", "The lower end of the interval or range, in whole per cent.", _PER_CENT),
            ("high", "The upper end of the same.", _PER_CENT),
            ("people", "How many were asked of whom a share or rate is.", _COUNT),
            ("distance", "How far it is to the target, in points or as a number.", "decimal"),
            ("state", "reached, on course, not yet, or too few to tell.", "string"),
        ),
        rows=tuple(map(_target_row, found.targets)),
    )
    conversion = Table(
        name=CONVERSIONS,
        about="How many of a group were asked at a stage for every hundred asked at the one before",
        columns=(
            ("group", "The category.", "string"),
            ("label", "What it is called.", "string"),
            ("earlier", "The stage before.", "string"),
            ("later", "The stage.", "string"),
            ("per_hundred", "For every hundred; empty where too few were asked to tell.", _COUNT),
            ("low", "The lower end of its interval.", _COUNT),
            ("high", "The upper end of the same.", _COUNT),
        ),
        rows=tuple(map(_conversion_row, found.conversions)),
    )
    return (targets, conversion) if found.conversions else (targets,)


def _target_row(one: TargetFinding) -> tuple[object, ...]:
    aimed = one.what, one.stage, one.kind, str(one.at_most).lower(), in_full(one.value), one.by
    return *aimed, one.now, one.low, one.high, one.people, _full(one.distance), one.state


def _conversion_row(one: ConversionFinding) -> tuple[object, ...]:
    return structs.astuple(one)


def _full(number: float | None) -> str | None:
    return None if number is None else in_full(number)


def tables_of(trend: Trend | None, scorecard: Scorecard | None) -> Sequence[Table]:
    """All of these that a report has."""
    over_time = (trend_table(trend),) if trend else ()
    return (*over_time, *(scorecard_tables(scorecard) if scorecard and scorecard.targets else ()))
