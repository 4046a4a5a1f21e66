"""The workbook opens in what people have, holds the same numbers, and tells nothing about where it was made."""

from __future__ import annotations

import datetime as dt
import functools
import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from pypdf import PdfReader

from storage.counts.findings import OfficeFindings, ScopeFinding, office_findings
from storage.counts.questions import QuestionFindings
from storage.report import sentences
from storage.report.open_data import NOTES
from storage.report.report import LIMITS, Report
from storage.report.workbook import NONE, workbook
from tests.storage.programs import converted
from tests.storage.report import samples
from tests.storage.report.samples import HOSTILE, SAMPLES, USUAL, Place, Told, files_of, hostile_files, told

Sheet = Any
"""openpyxl has no types."""

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
WORDS = {f"[{word}]" for word in (*NOTES, NONE)}
LONG = {"Notes", "Stages", "Changes"}
"""Sheets that may print on several pages."""
THREE_GROUPS = ["Professional", "Intermediate", "Working class"]
FIRST_SHEETS = ["Cover", "Notes", "Events"]
QUESTION_SHEETS = ["Question 1", "Question 2", "Question 3", "Question 4"]


def asked_on(found: OfficeFindings) -> list[tuple[QuestionFindings, str]]:
    """Every question, and the sheet that it has."""
    thought = found.feedback.questions if found.feedback else ()
    sheets = [*QUESTION_SHEETS, *(f"Feedback {number}" for number in range(1, len(thought) + 1))]
    return list(zip((*found.questions, *thought), sheets, strict=True))


def opened(content: bytes) -> Sheet:
    return openpyxl.load_workbook(io.BytesIO(content))


@functools.cache
def book_of(name: str) -> Sheet:
    return opened(files_of(name)["counts.xlsx"])


def table_of(sheet: Sheet) -> tuple[list[str], list[list[Any]]]:
    """The header and the rows of a sheet's only table."""
    [table] = sheet.tables.values()
    header, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return header, rows


def parts(content: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# Its sheets


@pytest.mark.parametrize("name", SAMPLES)
def test_a_cover_comes_first_then_notes_and_events_then_a_sheet_for_each_question(name: str) -> None:
    report = SAMPLES[name]()
    stages = ["Stages", "Journey", "Changes"] if report.found.mixed else []
    over_time = ["Trend", "Trend changes"] if report.found.trend else []
    questions = [sheet for _, sheet in asked_on(report.found)]
    feedback = ["Feedback"] if report.found.feedback else []
    rest = ["Targets", "Conversion", "Debrief"] if name == "whole office" else []
    assert book_of(name).sheetnames == FIRST_SHEETS + questions + feedback + stages + over_time + rest


@pytest.mark.parametrize("name", SAMPLES)
def test_the_cover_says_what_it_is_and_leads_to_every_sheet(name: str) -> None:
    report = SAMPLES[name]()
    book = book_of(name)
    cover = book["Cover"]
    lines = [str(row[0].value) for row in cover.iter_rows()]
    assert lines[0] == report.title
    for text in (report.organisation.name, report.organisation.statement, "24 November 2026"):
        assert not text or text in lines
    for label, text in report.facts:
        assert f"{label}: {text}" in lines
    links = [cell.hyperlink.location for row in cover.iter_rows() for cell in row if cell.hyperlink]
    assert links == [f"'{sheet}'!A1" for sheet in book.sheetnames[1:]]
    for question, sheet in asked_on(report.found):
        assert f"{sheet}: {question.text}" in lines
        assert book[sheet]["A1"].value == f"{sheet}: {question.text}"


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sheet_but_the_cover_has_exactly_one_table_with_a_header(name: str) -> None:
    book = book_of(name)
    assert not book["Cover"].tables
    names = []
    for sheet in book.worksheets[1:]:
        [table] = sheet.tables.values()
        names.append(table.name)
        header, rows = table_of(sheet)
        assert table.headerRowCount != 0
        assert [column.name for column in table.tableColumns] == header
        assert len(set(header)) == len(header)
        assert all(header)
        assert rows
        left, top, right, bottom = range_boundaries(table.ref)
        assert (left, right, bottom - top) == (1, len(header), len(rows))
        assert sheet.max_row == bottom
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_cell_is_merged_and_none_in_a_table_is_empty(name: str) -> None:
    for sheet in book_of(name).worksheets:
        assert not sheet.merged_cells.ranges
        for table in sheet.tables.values():
            assert all(cell.value not in {None, ""} for row in sheet[table.ref] for cell in row)


def test_without_events_no_cell_of_their_table_is_empty() -> None:
    found = office_findings(samples.counts({}, ()), ScopeFinding())
    _, rows = table_of(opened(workbook(samples.report(found)))["Events"])
    assert all(cell for row in rows for cell in row)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sheet_is_set_to_print_on_one_a4_page_across(name: str) -> None:
    for sheet in book_of(name).worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1) == 1
        headers = [
            f"${range_boundaries(table.ref)[1]}:${range_boundaries(table.ref)[1]}" for table in sheet.tables.values()
        ]
        assert [sheet.print_title_rows or ""] == (headers or [""])


@pytest.mark.parametrize("name", SAMPLES)
def test_the_notes_explain_every_word_in_brackets_and_why_counts_are_blurred(name: str) -> None:
    _, rows = table_of(book_of(name)["Notes"])
    abouts, notes = [str(about) for about, _ in rows], [str(note) for _, note in rows]
    for word in WORDS:
        assert abouts.count(word) == 1
    found = SAMPLES[name]().found
    for text in (*SAMPLES[name]().why_blurred, *SAMPLES[name]().beside_benchmarks, found.noise, *LIMITS):
        assert " ".join(text.split()) in notes


@pytest.mark.parametrize("name", SAMPLES)
def test_every_event_is_named(name: str) -> None:
    header, rows = table_of(book_of(name)["Events"])
    assert header == ["Event", "Date", "Place", "Stage"]
    assert [[unescaped(cell) for cell in row] for row in rows] == [
        [unescaped(part) for part in (event.name, event.date, event.place, event.stage)]
        for event in SAMPLES[name]().found.events
    ]


def unescaped(cell: object) -> str:
    """XML has one kind of line break; openpyxl shows how the other was kept."""
    return str(cell).replace("_x000D_\n", "\n").replace("\r\n", "\n")


# Its numbers


def numbers_of(book: Sheet, report: Report) -> Iterator[tuple[Place, tuple[object, ...]]]:
    """What the sheets have of everybody together, and of each stage."""
    found = report.found
    questions = {question.id.capitalize(): question for question, _ in asked_on(found)}
    for question, name in asked_on(found):
        labels = {category.label: category.id for category in question.categories}
        for cells in cells_of(book[name]):
            yield ("", question.id, labels[cells["Counted as"]]), tuple(cells[column] for column in COLUMNS)
    for cells in cells_of(book["Stages"]) if found.mixed else ():
        question = questions[cells["Question"]]
        labels = {category.label: category.id for category in question.categories}
        place = cells["Stage"].lower(), question.id, labels[cells["Counted as"]]
        yield place, tuple(cells[column] for column in COLUMNS)


def cells_of(sheet: Sheet) -> list[dict[str, Any]]:
    """The rows of a sheet's table, by their headers."""
    header, rows = table_of(sheet)
    return [dict(zip(header, row, strict=True)) for row in rows]


COLUMNS = (
    "Count with noise",
    "Standard deviation of noise",
    "People, about",
    "Share (%)",
    "Interval low (%)",
    "Interval high (%)",
    "National benchmark (%)",
)


def as_cells(numbers: Told, *, compared: bool) -> tuple[object, ...]:
    """What stands there for the findings' numbers, words where there is none."""
    people, count, deviation, rounded, share, low, high, mark, _ = numbers
    if people is None:
        why = "[too few asked]"
        return (why, why, why, why, *[why if compared else "[none]"] * 2, "[none]")
    return (
        count,
        deviation,
        *("[under 10]" if number is None else number for number in (rounded, share)),
        *("[none]" if number is None else number for number in (low, high, mark)),
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sheets_have_the_findings_numbers_and_words_for_what_is_not_there(name: str) -> None:
    report = SAMPLES[name]()
    compared = {
        (question.id, category.id)
        for question, _ in asked_on(report.found)
        for category in question.categories
        if category.compared
    }
    shown = list(numbers_of(book_of(name), report))
    expected = {
        place: as_cells(numbers, compared=place[1:] in compared) for place, numbers in told(report.found).items()
    }
    assert dict(shown) == expected
    assert len(shown) == len(expected)


@pytest.mark.parametrize("name", ["everything", "eight stages"])
def test_the_sheet_of_the_journey_has_the_rows_that_the_sheet_of_stages_has(name: str) -> None:
    book = book_of(name)
    stages = {
        (row["Stage"], row["Counted as"]): row for row in cells_of(book["Stages"]) if row["Question"] == "Occupation"
    }
    followed = cells_of(book["Journey"])
    assert len(followed) == 3 * len(SAMPLES[name]().found.stages)
    for row in followed:
        for column in ("People asked", *COLUMNS, "Against the benchmark"):
            assert row[column] == stages[row["Stage"], row["Group"]][column]


@pytest.mark.parametrize("name", ["everything", "eight stages"])
def test_only_each_stage_by_itself_is_compared_with_benchmarks(name: str) -> None:
    book = book_of(name)
    for sheet in QUESTION_SHEETS:
        assert {row["Against the benchmark"] for row in cells_of(book[sheet])} == {"[none]"}
        assert {row["Own benchmarks"] for row in cells_of(book[sheet])} == {"[none]"}
        assert any(
            "no benchmark is put beside them all" in str(row[0].value) for row in book[sheet].iter_rows(max_row=9)
        )
    late = {"Functional skills", "Completion", "Progression"}
    for row in cells_of(book["Stages"]):
        if row["Counted as"] == "Professional":
            assert (row["Against the benchmark"] == "[none]") == (row["Stage"] in late)


def test_at_a_late_stage_alone_no_national_benchmark_stands_and_the_sheet_says_why() -> None:
    sheet = book_of("completion")["Question 1"]
    assert {row["Against the benchmark"] for row in cells_of(sheet)} == {"[none]"}
    assert [row["Own benchmarks"] for row in cells_of(sheet) if row["Counted as"] == "Working class"] == [
        "below 45% (Our city, census, 2021)"
    ]
    assert any("the aim is comparable rates" in str(row[0].value) for row in sheet.iter_rows(max_row=9))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_number_is_a_number_and_all_else_is_text(name: str) -> None:
    for sheet in book_of(name).worksheets[3:]:
        header, rows = table_of(sheet)
        for row in rows:
            for column, cell in zip(header, row, strict=True):
                of_words = column in {
                    "Counted as",
                    "Stage",
                    "Question",
                    "Group",
                    "Share is of",
                    "From",
                    "To",
                    "Verdict",
                    "Period",
                    "What",
                    *("Aim", "By", "State", "Event", "Day", "Whose", "What they wrote"),
                }
                assert isinstance(cell, str) if of_words else isinstance(cell, int | float | str)
                if not of_words and column not in {"Against the benchmark", "Own benchmarks"}:
                    assert isinstance(cell, int | float) or cell in WORDS


@pytest.mark.parametrize("name", SAMPLES)
def test_what_error_bars_are_drawn_from_reaches_from_the_share_to_the_ends_of_its_interval(name: str) -> None:
    for sheet in book_of(name).worksheets[3:]:
        header, rows = table_of(sheet)
        for row in rows if "Share (%)" in header else ():
            cells = dict(zip(header, row, strict=True))
            share, low, high, down, up = (
                cells[column]
                for column in (
                    "Share (%)",
                    "Interval low (%)",
                    "Interval high (%)",
                    "Points down to low",
                    "Points up to high",
                )
            )
            if isinstance(share, int) and isinstance(low, int):
                assert (share - down, share + up) == (low, high)
                assert down >= 0
                assert up >= 0
            else:
                assert down == up
                assert down in WORDS


@pytest.mark.parametrize("name", ["everything", "eight stages"])
def test_changes_and_people_of_the_journey_are_the_findings(name: str) -> None:
    journey = SAMPLES[name]().found.journey
    assert journey is not None
    book = book_of(name)
    _, rows = table_of(book["Changes"])
    assert [tuple(row) for row in rows] == [
        (change.earlier, change.later, change.label, change.low, change.high, change.verdict)
        for change in journey.changes
    ]
    header, rows = table_of(book["Journey"])
    people = {row[0]: row[header.index("People asked")] for row in rows}
    assert people == {stage.stage.capitalize(): stage.people or "[too few asked]" for stage in journey.stages}
    verdicts = {(row[0], row[1]): row[header.index("Against the benchmark")] for row in rows}
    assert verdicts["Outreach", "Working class"] == "in line with"


@pytest.mark.parametrize("name", SAMPLES)
def test_above_each_table_stands_how_many_were_asked_and_how_many_answered(name: str) -> None:
    book = book_of(name)
    for question, sheet in asked_on(SAMPLES[name]().found):
        lines = [str(row[0].value) for row in book[sheet].iter_rows(max_row=7)]
        people = "Fewer than 10" if question.people is None else question.people
        assert any(line.startswith(f"{people} people in these counts") for line in lines)
        blurred = f"each may be off by about {question.off_by}."
        assert any(blurred in line for line in lines) == (question.people is not None)
        assert any(line.startswith("Response rate:") for line in lines) == (question.response_rate is not None)


# Its charts


def charts(content: bytes) -> dict[str, tuple[str, ET.Element]]:
    """By sheet: the words for its chart, and the chart."""
    files = parts(content)
    found = {}
    for name, data in files.items():
        if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
            number = re.sub(r"\D", "", name)
            drawing = ET.fromstring(data)  # noqa: S314 - we wrote it
            [properties] = drawing.iter(f"{DRAWING}cNvPr")
            relation = files[f"xl/drawings/_rels/drawing{number}.xml.rels"].decode()
            [target] = re.findall(r"\.\./charts/(chart\d+\.xml)", relation)
            chart = ET.fromstring(files[f"xl/charts/{target}"])  # noqa: S314 - we wrote it
            [sheet] = {formula.partition("!")[0].strip("'") for formula in formulas(chart)}
            found[sheet] = properties.attrib["descr"], chart
    return found


def formulas(chart: ET.Element) -> list[str]:
    return [one.text or "" for one in chart.iter(f"{CHART}f")]


def values(book: Sheet, formula: str | None) -> list[Any]:
    sheet, _, cells = (formula or "").partition("!")
    left, top, right, bottom = range_boundaries(cells)
    rows = book[sheet.strip("'")].iter_rows(top, bottom, left, right, values_only=True)
    return [cell for row in rows for cell in row]


def formula_of(series: ET.Element, *path: str) -> str | None:
    return series.findtext("/".join([*(f"{CHART}{one}" for one in path), f".//{CHART}f"]))


@pytest.mark.parametrize("name", SAMPLES)
def test_each_question_whose_shares_are_known_has_a_chart_with_words_for_it(name: str) -> None:
    found = SAMPLES[name]().found
    told_in_words = {sheet: words for sheet, (words, _) in charts(files_of(name)["counts.xlsx"]).items()}
    expected = {
        sheet
        for question, sheet in asked_on(found)
        if any(category.compared and category.share is not None for category in question.categories)
    }
    over_time = (
        {"Trend"} if found.trend and all(one.shares[0].share is not None for one in found.trend.periods) else set()
    )
    assert set(told_in_words) == expected | ({"Journey"} if found.mixed else set()) | over_time
    for question, sheet in asked_on(found):
        for one in question.categories:
            if sheet in expected and one.compared:
                assert f"{one.label} {sentences.count(one)}, {sentences.share(one)}" in told_in_words[sheet]
        says = [str(row[0].value) for row in book_of(name)[sheet].iter_rows(max_row=3)]
        assert any("There is no chart" in line for line in says) == (sheet not in expected)


@pytest.mark.parametrize("name", SAMPLES)
def test_charts_are_drawn_from_the_cells_that_hold_their_numbers(name: str) -> None:
    book = book_of(name)
    for sheet, (_, chart) in charts(files_of(name)["counts.xlsx"]).items():
        header, rows = table_of(book[sheet])
        drawn = []
        marked = False
        for series in chart.iter(f"{CHART}ser"):
            cells = {
                "names": values(book, formula_of(series, "cat")),
                "shares": values(book, formula_of(series, "val")),
            }
            if series.find(f"{CHART}errBars") is None:
                marked = True
                marks = [row[header.index("National benchmark (%)")] for row in rows]
                assert cells["shares"] == marks[: len(cells["shares"])]
                shown = [row[header.index("Share (%)")] for row in rows]
                drawn_marks = [
                    isinstance(share, int) and mark != "[none]" for share, mark in zip(shown, marks, strict=True)
                ]
                assert drawn_marks.index(False) == len(cells["shares"]) == sum(drawn_marks)
                assert cells["names"] == [row[0] for row in rows][: len(cells["names"])]
                continue
            up = values(book, formula_of(series, "errBars", "plus"))
            down = values(book, formula_of(series, "errBars", "minus"))
            drawn += [
                {"Share (%)": share, "Points up to high": one_up, "Points down to low": one_down, header[0]: label}
                for share, one_up, one_down, label in zip(cells["shares"], up, down, cells["names"], strict=True)
            ]
        known = [
            {column: row[header.index(column)] for column in drawn[0]}
            for row in rows
            if isinstance(row[header.index("Share (%)")], int)
            and (row[1] in THREE_GROUPS if sheet == "Trend" else row[header.index("Share is of")] == "compared groups")
        ]
        assert drawn == known
        first_mark = rows[0][header.index("National benchmark (%)")] if sheet in QUESTION_SHEETS else "[none]"
        assert marked == isinstance(first_mark, float | int)


@pytest.mark.parametrize("name", ["everything", "eight stages"])
def test_the_journeys_chart_has_a_series_for_each_group(name: str) -> None:
    _, chart = charts(files_of(name)["counts.xlsx"])["Journey"]
    titles = ["".join(one.itertext()) for series in chart.iter(f"{CHART}ser") for one in series.iter(f"{CHART}tx")]
    assert titles == THREE_GROUPS


# Where it was made


@pytest.mark.parametrize("name", SAMPLES)
def test_it_says_its_title_its_maker_and_the_reports_day_and_nothing_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("USER", "kim-the-coordinator")
    monkeypatch.setenv("LOGNAME", "kim-the-coordinator")
    report = SAMPLES[name]()
    content = workbook(report)
    properties = opened(content).properties
    assert properties.title == report.title
    assert (properties.creator or "") == report.organisation.name
    assert (properties.lastModifiedBy or "") in {"", report.organisation.name}
    for moment in (properties.created, properties.modified):
        assert moment == dt.datetime(2026, 11, 24)  # noqa: DTZ001 - openpyxl leaves UTC out
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.comment == b""
        for one in archive.infolist():
            assert b"kim-the-coordinator" not in archive.read(one)
            assert one.filename.startswith(("[Content_Types]", "_rels/", "docProps/", "xl/"))
            assert "external" not in one.filename.lower()


def test_the_same_report_is_the_same_workbook_to_the_byte() -> None:
    assert workbook(samples.everything()) == workbook(samples.everything())


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_in_it_is_fetched_from_elsewhere(name: str) -> None:
    for file, data in parts(files_of(name)["counts.xlsx"]).items():
        assert b'TargetMode="External"' not in data, file
        assert b"<f>" not in data
        assert not file.endswith((".bin", "vbaProject", "connections.xml"))


# Opened elsewhere


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.long
@pytest.mark.parametrize("names", [["everything"], [*USUAL, "eight stages"]], ids=len)
def test_libreoffice_prints_every_sheet_with_all_that_it_says_and_most_on_one_page(
    tmp_path: Path, names: list[str]
) -> None:
    paths = []
    for name in names:
        paths.append(tmp_path / f"{name}.xlsx")
        paths[-1].write_bytes(files_of(name)["counts.xlsx"])
    for name, path in zip(names, converted(paths, "pdf", tmp_path), strict=True):
        pages = PdfReader(path).pages
        book = book_of(name)
        for sheet in pages:
            assert (float(sheet.mediabox.width), float(sheet.mediabox.height)) == pytest.approx((841.9, 595.3), abs=1)
        printed = [words(sheet.extract_text()) for sheet in pages]
        for sheet, following in itertools.pairwise((*book.worksheets, None)):
            on_these = printed.pop(0)
            heading = words(str(following["A1"].value)) if following else []
            while printed and (not following or printed[0][: len(heading)] != heading):
                assert sheet.title in LONG
                on_these += printed.pop(0)
            said = {word for row in sheet.iter_rows() for cell in row for word in words(str(cell.value or ""))}
            assert said <= set(on_these), (name, sheet.title)
        assert printed == []


# Hostile names


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.sampled
def test_a_hostile_name_is_text_in_its_cell(text: str) -> None:
    content = hostile_files(text)["counts.xlsx"]
    book = opened(content)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}
                assert cell.hyperlink is None or (sheet.title == "Cover" and cell.hyperlink.target is None)
                if cell.data_type == "s" and not cell.hyperlink and str(cell.value) not in WORDS:
                    assert cell.quotePrefix or sheet.title == "Cover" or cell.row < 9
    _, rows = table_of(book["Events"])
    assert [unescaped(cell) for cell in rows[0]] == [
        text.replace("\r\n", "\n"),
        "2026-10-03",
        text.replace("\r\n", "\n"),
        "outreach",
    ]
    assert rows[0][0] == rows[0][2]
    header, rows = table_of(book["Question 1"])
    marks = next(row[header.index("Own benchmarks")] for row in rows if row[0] == "Working class")
    assert f"in line with 45% ({text}, 2021)".replace("\r\n", "\n") in unescaped(marks)
    assert book["Cover"]["A2"].value is not None
    assert set(parts(content)) == set(parts(hostile_files("Leeds")["counts.xlsx"]))
