"""The report as a workbook: a cover sheet, notes, and a sheet for each question with its table and a chart.

It follows the guidance of the UK government's Analysis Function on releasing statistics in spreadsheets: one marked
table to a sheet, headers in one row, no merged or empty cells, words in square brackets where there is no number, and
words for charts.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from storage.counts.feedback import FeedbackFindings, TogetherFinding
from storage.counts.findings import DebriefFinding, ScopeFinding
from storage.counts.journey import QUESTION, Journey
from storage.counts.questions import CategoryFinding, QuestionFindings
from storage.counts.rates import RateFinding
from storage.counts.scorecard import Scorecard
from storage.counts.shares import ShareFinding
from storage.counts.trend import RATE_LABEL, Trend
from storage.events import day
from storage.report import feedback, sentences
from storage.report.debrief import HEADING, OWN_WORDS, debrief_answers
from storage.report.open_data import NOTES, TOO_FEW_ASKED, DataRow, feedback_rows, rows_of, stage_rows
from storage.report.report import ASKED, LIMITS, Report, on_one_line
from storage.report.scorecard import ASKED_AT_EACH, JUDGED

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_A4 = 9
"""Excel's number for it."""
_LINE = 15
"""Points."""
_PAGE = 100
"""Letters across a sheet of text."""
_CHART_SIZE = (760, 380)
"""Pixels."""
_BAR, _MARK, _HEADER, _RULE = "#5B8EC4", "#8A1020", "#E6EDF3", "#75838F"
_GROUP_COLOURS = ("#0B3B60", "#5B8EC4", "#C98A1B")
_ONE_TABLE = "This sheet has one table."
_NO_CHART = "There is no chart, because no share can be told."
_MIXED = "These people were asked at several stages, so no benchmark is put beside them all. Sheet Stages has each."
NONE = "none"
"""Stands where nothing applies: only compared categories have intervals, and only some of these benchmarks."""
_COLUMNS = (
    "Count with noise",
    "Standard deviation of noise",
    "People, about",
    "Share (%)",
    "Interval low (%)",
    "Interval high (%)",
    "Points down to low",
    "Points up to high",
    "National benchmark (%)",
    "Against the benchmark",
    "Share is of",
)
_WIDTHS = (12, 14, 14, 14, 12, 12, 12, 12, 14, 18, 18)
_OF_ROWS = ("Question", "Counted as", "People asked", *_COLUMNS, "Own benchmarks")
_WIDTHS_OF_ROWS = (14, 22, 14, *_WIDTHS, 40)
_MOST_ROWS = 1_000_000
"""Of a sheet, with room for what stands above."""
_SHARE = 4
"""The column of shares in the table of a question."""
_DOWN, _UP, _BENCHMARK = 3, 4, 5
"""How many columns after the share: what error bars are drawn from, and the national benchmark."""
ANY = "any"
"""Stands where nothing is chosen."""
_CODES = {f"[{word}]" for word in (*NOTES, NONE, ANY)}

Cell = str | int | float
_Share = CategoryFinding | ShareFinding


def workbook(report: Report) -> bytes:
    """The workbook's content."""
    import xlsxwriter  # only a report needs it

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties(
        {
            "title": report.title,
            "author": report.organisation.name,
            "created": dt.datetime.combine(report.made, dt.time(), dt.UTC),
        }
    )
    _Writer(book, report).write()
    book.close()
    return content.getvalue()


class _Writer:
    """Writes sheet after sheet."""

    def __init__(self, book: Workbook, report: Report) -> None:
        self._book = book
        self._report = report
        # a cell that is edited later must not turn into a formula either
        plain = {"valign": "top", "quote_prefix": True}
        self._heading = book.add_format({**plain, "bold": True, "font_size": 16})
        self._text = book.add_format(plain)
        self._wrapped = book.add_format({**plain, "text_wrap": True})
        self._header = book.add_format(
            {**plain, "text_wrap": True, "bold": True, "bg_color": _HEADER, "border": 1, "border_color": _RULE}
        )
        self._number = book.add_format({"valign": "top", "align": "right", "indent": 1})
        self._link = book.add_format({"font_color": "#0B3B60", "underline": 1})

    def write(self) -> None:
        """All of it."""
        report = self._report
        asked = [(f"Question {number}", question) for number, question in enumerate(report.found.questions, 1)]
        by_stage = stage_rows(report.found)
        self._cover(self._sheets(asked, by_stage=bool(by_stage)))
        self._notes()
        self._events()
        rows = rows_of(report.found)
        for name, question in asked:
            self._question(name, question, _drawn_first(row for row in rows if row.question == question))
        if report.found.feedback:
            self._feedback(report.found.feedback)
        if by_stage:
            self._stages(by_stage)
        if report.found.journey:
            self._journey(report.found.journey, by_stage)
            self._changes("Changes", "Changes from stage to stage", report.found.journey)
        if report.found.trend:
            self._trend(report.found.trend)
            self._changes("Trend changes", f"Changes by {report.found.trend.by}", report.found.trend)
        if report.scorecard and report.scorecard.targets:
            self._targets(report.scorecard)
        if report.found.debriefs:
            self._debriefs(report.found.debriefs)
        if report.slices:
            self._slices(report.slices)

    def _sheets(self, asked: Sequence[tuple[str, QuestionFindings]], *, by_stage: bool) -> dict[str, str]:
        """Every sheet after the cover, and what is on it."""
        found, scorecard = self._report.found, self._report.scorecard
        targets = scorecard is not None and bool(scorecard.targets)
        there = {
            "Notes": ("what the numbers mean, and why counts are blurred", True),
            "Events": ("which events they are of", True),
            **{name: (question.text, True) for name, question in asked},
            **{name: (about, True) for name, about in _feedback_sheets(found.feedback).items()},
            "Stages": ("the answers at each stage by itself", by_stage),
            "Journey": ("the three groups at each stage", found.journey is not None),
            "Changes": ("how their shares change from stage to stage", found.journey is not None),
            "Trend": ("shares and the response rate over time", found.trend is not None),
            "Trend changes": ("how they change over time", found.trend is not None),
            "Targets": ("where every target stands", targets),
            "Conversion": (
                "how many of a group were asked at a stage for every hundred at the one before",
                targets and scorecard is not None and bool(scorecard.conversions),
            ),
            "Debrief": ("what those who ran the events wrote", bool(found.debriefs)),
            "Slices": (
                "every choice of stage, level, place, year, quarter or event that has counts",
                bool(self._report.slices),
            ),
        }
        return {name: about for name, (about, is_there) in there.items() if is_there}

    def _sheet(
        self, name: str, heading: str, lines: Sequence[str], form: Format | None = None
    ) -> tuple[Worksheet, int]:
        """A sheet that begins with these words, and the row after them."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, heading, self._heading)
        sheet.set_row(0, 2 * _LINE)
        for row, line in enumerate(lines, 1):
            sheet.write_string(row, 0, line, form or self._text)
            if form:
                sheet.set_row(row, _height([line], [_PAGE]))
        return sheet, len(lines) + 1

    def _table(
        self, sheet: Worksheet, top: int, columns: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[int]
    ) -> None:
        """A marked table; it has a row at least."""
        name = sheet.get_name().replace(" ", "_").lower()
        sheet.set_row(top, 2 * _LINE)
        sheet.repeat_rows(top)
        for row, cells in enumerate(rows, top + 1):
            sheet.set_row(row, _height(cells, widths))
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell, self._number if cell in _CODES else self._wrapped)
                else:
                    sheet.write_number(row, column, cell, self._number)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.add_table(
            top,
            0,
            top + len(rows),
            len(columns) - 1,
            {
                "name": f"table_{name}",
                "autofilter": False,
                "style": "Table Style Light 1",
                "banded_rows": False,
                "columns": [{"header": column, "header_format": self._header} for column in columns],
                "description": f"{sheet.get_name()}: {', '.join(columns)}",
            },
        )

    def _cover(self, sheets: Mapping[str, str]) -> None:
        report = self._report
        own = report.organisation
        lines = [line for line in (own.name, own.statement, day(report.made)) if line]
        lines += [f"{label}: {text}" for label, text in report.facts]
        lines += [on_one_line(ASKED), "In this workbook:"]
        sheet, top = self._sheet("Cover", report.title, lines, self._wrapped)
        for row, (name, what) in enumerate(sheets.items(), top):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self._link, f"{name}: {what}")
        sheet.set_column(0, 0, _PAGE)

    def _notes(self) -> None:
        own = self._report.notes
        notes = [
            *([("From those who publish this", own)] if own else []),
            *((f"[{note}]", f"{meaning[0].upper()}{meaning[1:]}.") for note, meaning in NOTES.items()),
            (f"[{NONE}]", "Only compared categories have an interval, and only some of these a benchmark."),
            *(("Beside benchmarks", text) for text in self._report.beside_benchmarks),
            *(("Why counts are blurred", on_one_line(text)) for text in self._report.why_blurred),
            ("For analysts", self._report.found.noise),
            *(("What the numbers can and cannot say", on_one_line(text)) for text in LIMITS),
        ]
        sheet, top = self._sheet("Notes", "Notes", [_ONE_TABLE])
        self._table(sheet, top, ("About", "Note"), notes, (26, _PAGE))

    def _events(self) -> None:
        events = self._report.found.events
        sheet, top = self._sheet("Events", "Events", [_ONE_TABLE])
        rows = [(event.name, event.date, event.place, event.stage) for event in events] or [("none",) * 4]
        self._table(sheet, top, ("Event", "Date", "Place", "Stage"), rows, (50, 14, 40, 20))

    def _question(self, name: str, question: QuestionFindings, rows: Sequence[DataRow]) -> None:
        found = self._report.found
        known = _known(rows)
        people = f"Fewer than {found.threshold}" if question.people is None else str(question.people)
        lines = [
            f"{_ONE_TABLE[:-1]}, and one chart below it." if known else f"{_ONE_TABLE} {_NO_CHART}",
            f"{people} people in these counts were asked this.",
            sentences.blurred([question]),
            f"Response rate: {sentences.rate(question.response_rate)}" if question.response_rate else "",
            sentences.chance([question]),
            f"For context only: {question.context}" if question.context else "",
            self._beside(),
        ]
        sheet, top = self._sheet(name, f"{name}: {question.text}", [line for line in lines if line])
        self._table(
            sheet,
            top,
            ("Counted as", *_COLUMNS, "Own benchmarks"),
            [(row.category.label, *_cells(row), _own(row)) for row in rows],
            (26, *_WIDTHS, 40),
        )
        if known:
            chart = self._chart(f"{name}: shares with 95% intervals", "Counted as")
            self._series(chart, (name, top + 1, _SHARE), known, ("Share", _BAR))
            marks = [row for row in known if row.national]
            if marks:
                self._mark(chart, name, top + 1, len(marks))
            self._insert(
                sheet, top + len(rows) + 2, chart, [(row.category.label, row.category) for row in _compared(rows)]
            )

    def _feedback(self, found: FeedbackFindings) -> None:
        """A sheet for each question, and one of shares of answers together: of all events, and by quarter or year."""
        rows_of_all = feedback_rows(self._report.found)
        for number, question in enumerate(found.questions, 1):
            rows = _drawn_first(row for row in rows_of_all if row.question == question)
            self._question(f"Feedback {number}", question, rows)
        lines = [_ONE_TABLE, feedback.state(found), on_one_line(feedback.APART)]
        if found.response_rate:
            lines.append(f"Response rate of all four: {sentences.rate(found.response_rate)}")
        if found.trend:
            lines += feedback.change_lines(found.trend)
        periods = [(one.period, one.shares) for one in found.trend.periods] if found.trend else []
        told = [
            (period, share.label, *_together_cells(share))
            for period, shares in [("all", found.together), *periods]
            for share in shares
        ]
        sheet, top = self._sheet("Feedback", feedback.HEADING, lines)
        header = ("Period", "What", "People, about", "Share together (%)", "Interval low (%)", "Interval high (%)")
        self._table(sheet, top, header, told, (12, 44, 14, 12, 14, 14))

    def _beside(self) -> str:
        """Where the benchmarks are from, or why there are none."""
        found = self._report.found
        if found.mixed:
            return _MIXED
        marks = f"Benchmarks: {found.benchmark_source}, {found.benchmark_year}."
        return next(iter(self._report.beside_benchmarks), marks)

    def _stages(self, rows: Sequence[DataRow]) -> None:
        lines = [_ONE_TABLE, sentences.COMPARABLE]
        sheet, top = self._sheet("Stages", "Stages: each by itself", lines)
        self._table(
            sheet,
            top,
            ("Stage", *_OF_ROWS),
            [(row.scope.stage.capitalize(), *_described(row)) for row in rows],
            (18, *_WIDTHS_OF_ROWS),
        )

    def _slices(self, rows: Sequence[DataRow]) -> None:
        if len(rows) > _MOST_ROWS:
            self._sheet("Slices", "Slices", [f"{len(rows):,} rows are more than a sheet takes: open slices.csv."])
            return
        sheet, top = self._sheet("Slices", "Slices: every choice that has counts", [_ONE_TABLE, sentences.COMPARABLE])
        self._table(
            sheet,
            top,
            ("What", *(kind.capitalize() for kind in ScopeFinding.__struct_fields__), *_OF_ROWS),
            [
                (
                    sentences.scope_name(row.scope),
                    *(value or _word(ANY) for value in structs.asdict(row.scope).values()),
                    *_described(row),
                )
                for row in rows
            ],
            (40, 18, 8, 22, 8, 12, 30, *_WIDTHS_OF_ROWS),
        )

    def _journey(self, journey: Journey, by_stage: Sequence[DataRow]) -> None:
        groups = journey.stages[0].groups
        rows_of_groups = [
            _drawn_first(row for row in by_stage if (row.question.id, row.category.id) == (QUESTION, group.id))
            for group in groups
        ]
        known = [_known(rows) for rows in rows_of_groups]
        drawn = all(known)
        lines = [
            f"{_ONE_TABLE[:-1]}, and one chart below it." if drawn else f"{_ONE_TABLE} {_NO_CHART}",
            sentences.GROUPS,
            sentences.drop_line(journey),
            *sentences.comparable_lines(journey),
            sentences.benchmark_line(journey),
        ]
        sheet, top = self._sheet("Journey", "Journey: the three groups at each stage", lines)
        rows = [row for of_group in rows_of_groups for row in of_group]
        self._table(
            sheet,
            top,
            ("Stage", "Group", "People asked", *_COLUMNS),
            [(row.scope.stage.capitalize(), row.category.label, _asked(row), *_cells(row)) for row in rows],
            (18, 18, 14, *_WIDTHS),
        )
        if drawn:
            chart = self._chart("The three groups: shares with 95% intervals", "Stage")
            first = top + 1
            for of_group, shown, colour in zip(rows_of_groups, known, _GROUP_COLOURS, strict=True):
                self._series(chart, ("Journey", first, _SHARE + 2), shown, (shown[0].category.label, colour))
                first += len(of_group)
            plotted = [(f"{row.category.label}, {row.scope.stage.capitalize()}", row.category) for row in rows]
            self._insert(sheet, top + len(rows) + 2, chart, plotted)

    def _changes(self, name: str, heading: str, found: Journey | Trend) -> None:
        rows = [
            (change.earlier, change.later, change.label, change.low, change.high, change.verdict)
            for change in found.changes
        ]
        sheet, top = self._sheet(name, heading, [_ONE_TABLE, sentences.change_note(found)])
        columns = ("From", "To", "Group", "Change low (points)", "Change high (points)", "Verdict")
        self._table(sheet, top, columns, rows or [(NONE, *[_word(NONE)] * 5)], (18, 18, 18, 14, 14, 24))

    def _trend(self, found: Trend) -> None:
        rows = [
            (one.period, name.label, _or_word(one.people, TOO_FEW_ASKED), *_share_cells(one.shares[number]))
            for number, name in enumerate(found.shares)
            for one in found.periods
        ]
        rows += [
            (one.period, RATE_LABEL, _or_word(one.people, TOO_FEW_ASKED), *_rate_cells(one.response_rate))
            for one in found.periods
        ]
        groups = [number for number, name in enumerate(found.shares) if name.question == QUESTION]
        drawn = all(one.shares[number].share is not None for one in found.periods for number in groups)
        lines = [f"{_ONE_TABLE[:-1]}, and one chart below it." if drawn else f"{_ONE_TABLE} {_NO_CHART}"]
        sheet, top = self._sheet("Trend", f"Over time, by {found.by}", [*lines, *sentences.trend_lines(found)])
        columns = ("Period", "What", "People asked", *_COLUMNS[2:-1])
        self._table(sheet, top, columns, rows, (12, 18, 14, *_WIDTHS[2:-1]))
        if drawn:
            chart = self._chart("The three groups: shares with 95% intervals", found.by.capitalize())
            for number, colour in zip(groups, _GROUP_COLOURS, strict=True):
                first = top + 1 + number * len(found.periods)
                self._series(chart, ("Trend", first, _SHARE), found.periods, (found.shares[number].label, colour))
            plotted = [
                (f"{found.shares[number].label}, {one.period}", one.shares[number])
                for number in groups
                for one in found.periods
            ]
            self._insert(sheet, top + len(rows) + 2, chart, plotted)

    def _targets(self, found: Scorecard) -> None:
        rows = [
            (
                one.what,
                one.stage or _word(ANY),
                "at most" if one.at_most else "at least",
                one.value,
                one.by or _word(NONE),
                *(_or_word(number, NONE) for number in (one.now, one.low, one.high, one.people, one.distance)),
                one.state,
            )
            for one in found.targets
        ]
        sheet, top = self._sheet("Targets", f"Targets, as of {found.as_of}", [_ONE_TABLE, JUDGED])
        columns = ("What", "Stage", "Aim", "Target", "By", "Now", "Low", "High", "People asked", "To go", "State")
        self._table(sheet, top, columns, rows, (28, 18, 10, 10, 14, 10, 10, 10, 12, 10, 18))
        if not found.conversions:
            return
        told = [
            (
                one.label,
                one.earlier,
                one.later,
                *(_or_word(n, TOO_FEW_ASKED) for n in (one.per_hundred, one.low, one.high)),
            )
            for one in found.conversions
        ]
        sheet, top = self._sheet("Conversion", "For every hundred people asked before", [_ONE_TABLE, ASKED_AT_EACH])
        ends = ("Group", "From", "To", "For every hundred", "Low", "High")
        self._table(sheet, top, ends, told, (18, 18, 18, 14, 14, 14))

    def _debriefs(self, found: Sequence[DebriefFinding]) -> None:
        rows = [
            (one.event.name, one.event.date, one.by, question, text)
            for one in found
            for question, text in debrief_answers(one)
        ]
        sheet, top = self._sheet("Debrief", HEADING, [_ONE_TABLE, OWN_WORDS])
        self._table(sheet, top, ("Event", "Day", "Whose", "Question", "What they wrote"), rows, (24, 14, 24, 34, 60))

    def _chart(self, title: str, across: str) -> Chart:
        chart = self._book.add_chart({"type": "column"})
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_x_axis({"name": across})
        chart.set_y_axis({"name": "Share (%)", "min": 0, "max": 100})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": _CHART_SIZE[0], "height": _CHART_SIZE[1]})
        return chart

    def _series(
        self, chart: Chart, place: tuple[str, int, int], rows: Sequence[object], named: tuple[str, str]
    ) -> None:
        """A column for each row, with its interval; `place` is a sheet, the first row, and the column of shares."""
        from xlsxwriter.utility import xl_range_formula

        sheet, first, share = place
        last = first + len(rows) - 1
        name, colour = named
        chart.add_series(
            {
                "name": name,
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, share, last, share],
                "fill": {"color": colour},
                "gap": 80,
                "y_error_bars": {
                    "type": "custom",
                    "plus_values": xl_range_formula(sheet, first, share + _UP, last, share + _UP),
                    "minus_values": xl_range_formula(sheet, first, share + _DOWN, last, share + _DOWN),
                    "line": {"color": "#16202A", "width": 1.5},
                },
            }
        )

    def _mark(self, chart: Chart, sheet: str, first: int, number: int) -> None:
        """The national benchmarks of the first rows, as marks over the columns."""
        last = first + number - 1
        line = self._book.add_chart({"type": "line"})
        line.add_series(
            {
                "name": "National benchmark",
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, _SHARE + _BENCHMARK, last, _SHARE + _BENCHMARK],
                "line": {"none": True},
                "marker": {"type": "diamond", "size": 7, "fill": {"color": _MARK}, "border": {"color": "#FFFFFF"}},
            }
        )
        chart.combine(line)

    def _insert(self, sheet: Worksheet, row: int, chart: Chart, plotted: Iterable[tuple[str, _Share]]) -> None:
        words = "; ".join(
            f"{name} {sentences.count(share)}, {sentences.share(share)}"
            for name, share in plotted
            if share.low is not None
        )
        sheet.insert_chart(row, 0, chart, {"description": f"Chart of the table above. {words}."})


def _drawn_first(rows: Iterable[DataRow]) -> list[DataRow]:
    """What a chart shows comes first, and of that what has a benchmark: it would draw a mark at 0 for any word."""
    return sorted(rows, key=lambda row: (not row.category.compared, row.category.share is None, row.national is None))


def _compared(rows: Iterable[DataRow]) -> list[DataRow]:
    return [row for row in rows if row.category.compared]


def _known(rows: Iterable[DataRow]) -> list[DataRow]:
    """The rows that a chart shows."""
    return [row for row in _compared(rows) if row.category.share is not None]


def _described(row: DataRow) -> tuple[Cell, ...]:
    """A row as `_OF_ROWS` has it."""
    return row.question.id.capitalize(), row.category.label, _asked(row), *_cells(row), _own(row)


def _cells(row: DataRow) -> tuple[Cell, ...]:
    category, national = row.category, row.national
    no_interval = row.note if category.compared and row.note == TOO_FEW_ASKED else NONE
    return (
        _or_word(category.count, row.note),
        _or_word(None if category.count is None else row.question.standard_deviation, row.note),
        _or_word(category.rounded, row.note),
        _or_word(category.share, row.note),
        _or_word(category.low, no_interval),
        _or_word(category.high, no_interval),
        *_reach(category, row.note),
        national.share if national else _word(NONE),
        national.verdict if national else _word(NONE),
        "everybody asked" if row.share_of == "asked" else "compared groups",
    )


def _asked(row: DataRow) -> Cell:
    return _or_word(row.question.people, row.note)


def _feedback_sheets(found: FeedbackFindings | None) -> dict[str, str]:
    """The sheets of feedback, and what each is."""
    if found is None:
        return {}
    questions = {f"Feedback {number}": question.text for number, question in enumerate(found.questions, 1)}
    return questions | {"Feedback": "what people thought of the events in short, and over time"}


def _together_cells(share: TogetherFinding) -> tuple[Cell, ...]:
    """How many, the share and its interval, or why not."""
    why = TOO_FEW_ASKED if share.low is None else sentences.UNDER_TEN
    return tuple(_or_word(number, why) for number in (share.rounded, share.share, share.low, share.high))


def _or_word(number: float | None, why: str) -> Cell:
    """The number, or why there is none."""
    return _word(why) if number is None else number


def _word(word: str) -> str:
    return f"[{word}]"


def _reach(found: _Share, why: str) -> tuple[Cell, Cell]:
    """How far the interval reaches down and up from the share."""
    if found.share is None or found.low is None or found.high is None:
        word = _word(why or NONE)
        return word, word
    return found.share - found.low, found.high - found.share


def _share_cells(found: ShareFinding) -> tuple[Cell, ...]:
    """A share from the count on, as `_COLUMNS` has it."""
    why = TOO_FEW_ASKED if found.count is None else sentences.UNDER_TEN
    return (
        _or_word(found.rounded, why),
        _or_word(found.share, why),
        _or_word(found.low, why),
        _or_word(found.high, why),
        *_reach(found, why),
        _or_word(found.benchmark, NONE),
        found.verdict or _word(NONE),
    )


def _rate_cells(found: RateFinding | None) -> tuple[Cell, ...]:
    """The same of a response rate: its range, and its target in place of a benchmark."""
    if found is None:
        return (_word(TOO_FEW_ASKED),) * 8
    range_and_target = found.low, found.high, _word(NONE), _word(NONE), _or_word(found.target, NONE)
    return _word(NONE), _word(NONE), *range_and_target, found.verdict or _word(NONE)


def _height(cells: Sequence[Cell], widths: Sequence[int]) -> int:
    """How high a row must be for its longest text, in points. LibreOffice does not work it out."""
    return _LINE * max(-(-len(str(cell)) // (width - 2)) for cell, width in zip(cells, widths, strict=True))


def _own(row: DataRow) -> str:
    return "; ".join(map(sentences.sourced, row.own)) or _word(NONE)
