"""The open data is valid, says why a count is not told, and opens as it is in what people open such files with."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storage
from storage.counts.disclosure import Counts
from storage.counts.findings import Findings, OfficeFindings, ScopeFinding, findings, office_findings
from storage.report.open_data import NOTES, to_csv, to_csvw, to_metadata
from tests.storage.counts.tables import CATEGORIES, Noisy, noisy_counts
from tests.storage.programs import converted
from tests.storage.report import samples
from tests.storage.report.samples import (
    FAIR,
    FIRST,
    HOSTILE,
    MADE,
    SAMPLES,
    Place,
    Told,
    counts,
    documents,
    files_of,
    hostile_files,
    own,
    thresholds,
    told,
)

Rows = list[dict[str, str]]
NUMBERS = (
    "level",
    "people",
    "count",
    "standard_deviation",
    "rounded",
    "share",
    "interval_low",
    "interval_high",
    "benchmark",
    "benchmark_year",
)
WORDS = ("scope", "question", "category", "share_of")
UTF_8 = "CSV:44,34,76"
"""LibreOffice's filter for commas, quotes and UTF-8; without it, it asks."""
FORMULA_SIGNS = "=+-@\t\r\n"


def parsed(text: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def rows(found: Findings | OfficeFindings) -> Rows:
    return parsed(to_csv(found))


def kiosk(noisy: Noisy, threshold: int = 10) -> Findings:
    """What one laptop says of the same tables."""
    tables = counts(noisy, threshold=threshold).tables
    return findings(Counts(FIRST, tables, threshold, 0, 0, 0, ended=True), (own(),))


def office(noisy: Noisy, threshold: int = 10) -> OfficeFindings:
    return office_findings(counts(noisy, threshold=threshold), ScopeFinding(stage="outreach"), (own(),))


def number(cell: str) -> float | None:
    return float(cell) if cell else None


def read(lines: Rows, chosen: str = "") -> dict[Place, Told]:
    """What the rows say, as `told` has it; `chosen` is the stage that the whole scope has."""
    return {
        (line["stage"].removeprefix(chosen), line["question"], line["category"]): (
            number(line["people"]),
            number(line["count"]),
            number(line["standard_deviation"]),
            number(line["rounded"]),
            number(line["share"]),
            number(line["interval_low"]),
            number(line["interval_high"]),
            number(line["benchmark"]),
            tuple(map(float, filter(None, line["own_benchmark"].split(";")))),
        )
        for line in lines
    }


# What is in it


@settings(max_examples=100)
@given(documents())
def test_there_is_a_row_for_each_scope_question_and_category_with_its_numbers(found: OfficeFindings) -> None:
    lines = rows(found)
    assert list(read(lines)) == list(told(found))
    assert read(lines) == told(found)
    assert len(lines) == len(told(found))


@settings(max_examples=100)
@given(documents())
def test_a_note_says_why_a_count_or_a_share_is_not_told_and_stands_nowhere_else(found: OfficeFindings) -> None:
    compared = {
        (question.id, category.id)
        for question in found.questions
        for category in question.categories
        if category.compared
    }
    for line in rows(found):
        assert (line["note"] == "too few asked") == (line["people"] == "") == (line["count"] == "")
        assert (line["standard_deviation"] == "") == (line["count"] == "")
        assert (line["note"] == "under 10") == (line["count"] != "" and line["rounded"] == "")
        assert (line["note"] == "") == (line["rounded"] != "") == (line["share"] != "")
        is_compared = (line["question"], line["category"]) in compared
        assert line["share_of"] == ("compared" if is_compared else "asked")
        assert (line["interval_low"] != "") == (line["interval_high"] != "") == (is_compared and line["count"] != "")
        assert (line["benchmark"] == "") == (line["benchmark_source"] == "") == (line["benchmark_year"] == "")
        assert (line["verdict"] == "") == (line["benchmark"] == "")
        assert not found.mixed or line["stage"] or line["benchmark"] == line["own_benchmark"] == ""


def test_counts_are_signed_and_have_their_noises_standard_deviation() -> None:
    lines = {(line["question"], line["category"]): line for line in rows(samples.small().found)}
    assert [lines["school", name]["count"] for name in CATEGORIES["school"]] == ["30", "8", "-2", "-1", "2"]
    assert {line["standard_deviation"] for line in lines.values()} == {"1.525", "1.419"}
    assert lines["degree", "no_parent"]["standard_deviation"] == "1.419"
    assert lines["school", "independent"]["rounded"] == lines["school", "independent"]["share"] == ""
    assert (lines["school", "independent"]["interval_low"], lines["school", "independent"]["verdict"]) == ("9", "above")


def test_a_share_stays_within_0_and_100_where_noise_does_not() -> None:
    [line] = [line for line in rows(samples.below_nought().found) if line["count"] == "12"]
    assert (line["people"], line["share"], line["share_of"]) == ("10", "100", "asked")


@settings(max_examples=60)
@given(noisy_counts(samples.number), thresholds)
def test_a_laptop_says_of_its_tables_what_the_office_says_of_them(noisy: Noisy, threshold: int) -> None:
    laptop, lines = rows(kiosk(noisy, threshold)), rows(office(noisy, threshold))
    name = "Riverside Jobs Fair, 3 October 2026"
    assert {(line["scope"], line["event"], line["stage"]) for line in laptop} == {(name, name, "")}
    for one, other in zip(laptop, lines, strict=True):
        assert {**one, "scope": "Outreach", "event": "", "stage": "outreach"} == other


def test_a_laptop_that_asks_the_key_question_alone_has_rows_of_it_alone() -> None:
    [table] = counts({"occupation": FAIR["occupation"]}).tables[:1]
    found = findings(Counts(FIRST, (table,), 10, 0, 0, 0, ended=True))
    assert [line["category"] for line in rows(found)] == list(CATEGORIES["occupation"])


@pytest.mark.parametrize("noisy", [{}, {"occupation": (2, 2, 2, 2, 1)}])
def test_where_nothing_can_be_told_there_is_no_number(noisy: Noisy) -> None:
    for line in rows(kiosk(noisy)):
        assert line["note"] == "too few asked"
        assert {line[name] for name in NUMBERS} == {""}


def test_each_stages_rows_follow_those_of_all_together_with_every_question() -> None:
    lines = rows(samples.everything().found)
    stages = [(name, name.lower()) for name in ("Outreach", "Applicants", "Starts") for _ in range(19)]
    assert [(line["scope"], line["stage"]) for line in lines] == [("All together", "")] * 19 + stages
    at = {(line["stage"], line["category"]): line for line in lines if line["question"] in {"occupation", "school"}}
    assert at["applicants", "working_class"]["verdict"] == "in line with"
    assert at["applicants", "working_class"]["own_verdict"] == "below"
    assert at["applicants", "independent"]["verdict"] == "above"
    assert at["starts", "intermediate"]["verdict"] == "too few to tell"


def test_a_row_has_all_that_is_chosen_in_columns_of_their_own() -> None:
    kinds = ("stage", "level", "place", "year", "quarter", "event")
    for name, scope, chosen in (
        (
            "one stage",
            "Outreach · Level 3 · Leeds Town Hall · 2026 Q4",
            ["outreach", "3", "Leeds Town Hall", "", "2026 Q4", ""],
        ),
        ("small", "Day one, 20 November 2026", ["", "", "", "", "", "Day one, 20 November 2026"]),
    ):
        for line in rows(SAMPLES[name]().found):
            assert (line["scope"], [line[kind] for kind in kinds]) == (scope, chosen)
    by_stage = {line["stage"]: (line["scope"], line["place"]) for line in rows(samples.eight_stages().found)}
    assert by_stage[""] == ("Leeds", "Leeds")
    assert by_stage["functional skills"] == ("Functional skills · Leeds", "Leeds")


def test_own_benchmarks_stand_side_by_side_in_one_row_each() -> None:
    found = office_findings(counts(FAIR), ScopeFinding(), (own(45.5, "Town; census"), own(20, "=Ours")))
    line = next(line for line in rows(found) if line["category"] == "working_class")
    assert line["own_benchmark"] == "45.5;20"
    assert line["own_benchmark_source"] == "Town, census;=Ours"
    assert line["own_benchmark_year"] == "2021;2021"
    assert line["own_verdict"] == "in line with;above"
    assert (line["benchmark"], line["benchmark_source"]) == ("39", found.benchmark_source)


@pytest.mark.parametrize("share", [100 / 3, 12.345678, 99.99999, 0.00001])
def test_a_benchmark_with_many_places_is_the_same_as_in_the_findings(tmp_path: Path, share: float) -> None:
    found = office_findings(counts(FAIR), ScopeFinding(), (own(share),))
    line = next(line for line in rows(found) if line["category"] == "working_class")
    assert float(line["own_benchmark"]) == share
    assert valid(tmp_path, to_csv(found), to_csvw("", "", MADE))


def test_csv_is_rfc_4180_with_the_columns_that_its_metadata_has() -> None:
    text = to_csv(samples.everything().found)
    described = json.loads(to_csvw("", "", MADE))["tableSchema"]["columns"]
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert lines[0] == [column["name"] for column in described]
    assert {len(line) for line in lines} == {len(described)}
    assert text.endswith("\r\n")
    assert text.replace("\r\n", "").isprintable()


# Valid


def lay(folder: Path, table: str, about: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(table, encoding="utf-8", newline="")
    (folder / "counts.csv-metadata.json").write_text(about, encoding="utf-8")
    return path


def valid(folder: Path, table: str, about: str) -> bool:
    """What the validator says. It collects warnings, and raises where a primary key comes twice."""
    from csvw import CSVW  # two seconds for every process that collects tests

    path = str(lay(folder, table, about))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            return bool(CSVW(path, validate=True).is_valid)
        except ValueError as error:
            if "duplicate primary key" in str(error):
                return False
            raise


def table_and_metadata(made: Mapping[str, bytes]) -> tuple[str, str]:
    return made["counts.csv"].decode(), made["counts.csv-metadata.json"].decode()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_table_is_valid_by_its_metadata(tmp_path: Path, name: str) -> None:
    assert valid(tmp_path, *table_and_metadata(files_of(name)))


@settings(max_examples=40)
@given(documents())
@pytest.mark.long
def test_every_table_is_valid_by_its_metadata(tmp_path_factory: pytest.TempPathFactory, found: OfficeFindings) -> None:
    assert valid(tmp_path_factory.mktemp("open"), to_csv(found), to_csvw("Counts", "", MADE))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.sampled
def test_a_table_with_hostile_names_is_valid_by_its_metadata(tmp_path: Path, text: str) -> None:
    assert valid(tmp_path, *table_and_metadata(hostile_files(text)))


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    "broken",
    [
        replaced("\r\nAll together,", "\r\n,"),
        replaced("Outreach,outreach,", "Outreach,elsewhere,"),
        replaced("Outreach,outreach,,", "Outreach,outreach,9,"),
        replaced("Outreach,outreach,,", "Outreach,outreach,three,"),
        replaced(",occupation,", ",pay,"),
        replaced(",occupation,", ",,"),
        replaced(",professional,", ",royal,"),
        replaced(",445,", ",many,"),
        replaced(",445,", ",9,"),
        replaced(",445,", ",44.5,"),
        replaced(",137,1.525,", ",13.7,1.525,"),
        replaced(",1.525,", ",-1.525,"),
        replaced(",1.525,", ",narrow,"),
        replaced(",135,,35,", ",5,,35,"),
        replaced(",135,,35,", ",-135,,35,"),
        replaced(",under 10,", ",hidden,"),
        replaced(",35,compared,", ",101,compared,"),
        replaced(",35,compared,", ",35,all,"),
        replaced(",35,compared,", ",35,,"),
        replaced(",29,42,37,", ",-1,42,37,"),
        replaced(",29,42,37,", ",29,420,37,"),
        replaced(",29,42,37,", ",29,42,137,"),
        replaced(",29,42,37,", ",29,42,some,"),
        replaced(",2021,", ",21,"),
        replaced(",in line with,", ",alike,"),
        replaced(",45,", ",45;145,"),
        replaced(",2021,in line with,", ",2021;soon,in line with,"),
        replaced(",2021,in line with,", ",2021,in line with;alike,"),
        replaced(",intermediate,", ",professional,"),
        replaced(",share,", ",part,"),
        replaced("\r\nApplicants,applicants,", "\r\nOutreach,applicants,"),
    ],
)
def test_the_validator_sees_what_is_wrong(tmp_path: Path, broken: Callable[[str], str]) -> None:
    table, about = table_and_metadata(files_of("everything"))
    assert valid(tmp_path, table, about)
    assert not valid(tmp_path, broken(table), about)


def test_the_metadata_says_what_the_table_is_whose_and_of_when() -> None:
    about: dict[str, Any] = json.loads(to_csvw("Counts of “all”", "Northfield Council", MADE))
    assert (about["dc:title"], about["dc:publisher"]) == ("Counts of “all”", "Northfield Council")
    assert about["dc:issued"] == {"@value": "2026-11-24", "@type": "xsd:date"}
    assert about["url"] == "counts.csv"
    assert about["tableSchema"]["primaryKey"] == ["scope", "question", "category"]
    for note, meaning in NOTES.items():
        assert f"“{note}”, {meaning}" in about["dc:description"]
    assert "dc:publisher" not in json.loads(to_csvw("Counts", "", MADE))


def test_the_metadata_has_what_an_analyst_can_cite_mechanism_epsilon_unit_and_composition() -> None:
    found = samples.one_stage().found
    about: dict[str, Any] = json.loads(files_of("one stage")["counts.csv-metadata.json"])
    said = {line["field"]: line["value"] for line in parsed(files_of("one stage")["metadata.csv"].decode())}
    for text in (about["dc:description"], said["noise"], json.loads(files_of("one stage")["counts.json"])["noise"]):
        assert found.noise in text
    for part in ("two-sided geometric", "ε = 2 ln 2", "Unit: ", "Composition: "):
        assert part in found.noise
    assert said["noise_mechanism"].startswith("two-sided geometric (p = 1/2)")
    assert float(said["noise_epsilon"]) == pytest.approx(2 * math.log(2), abs=1e-6)
    assert said["noise_unit"] == "one person’s answer to one question"
    assert said["noise_composition"].startswith("adds up: laptop and office")


def test_every_column_is_described_and_every_note_is_one_that_the_metadata_allows() -> None:
    columns = {column["name"]: column for column in json.loads(to_csvw("", "", MADE))["tableSchema"]["columns"]}
    assert all(column["dc:description"].endswith(".") for column in columns.values())
    assert columns["note"]["datatype"]["format"].split("|") == list(NOTES)


# Opened elsewhere


@pytest.mark.parametrize("name", SAMPLES)
def test_pandas_reads_numbers_as_numbers_and_words_as_words(tmp_path: Path, name: str) -> None:
    import pandas as pd  # slow, as above

    found = SAMPLES[name]().found
    frame = pd.read_csv(lay(tmp_path, to_csv(found), "{}"), dtype_backend="numpy_nullable")
    for column in NUMBERS:
        assert pd.api.types.is_numeric_dtype(frame[column]) or frame[column].isna().all()
    for column in WORDS:
        assert pd.api.types.is_string_dtype(frame[column])
    assert list(frame.columns) == list(rows(found)[0])
    assert len(frame) == len(told(found))
    for row, numbers in zip(frame.itertuples(), told(found).values(), strict=True):
        shown = (row.people, row[frame.columns.get_loc("count") + 1], row.standard_deviation, row.rounded, row.share)
        read_numbers = (*shown, row.interval_low, row.interval_high, row.benchmark)
        assert tuple(None if pd.isna(cell) else cell for cell in read_numbers) == numbers[:8]


@pytest.mark.long
def test_libreoffice_opens_both_files_with_the_same_cells(tmp_path: Path) -> None:
    paths = []
    for name in SAMPLES:
        for file in ("counts", "metadata"):
            paths.append(tmp_path / f"{name} {file}.csv")
            paths[-1].write_bytes(files_of(name)[f"{file}.csv"])
    converted(paths, "xlsx", tmp_path, read_as=UTF_8)
    for name, make in SAMPLES.items():
        assert_same_cells(cells_of(tmp_path / f"{name} counts.xlsx"), rows(make().found))
        header, *about = cells_of(tmp_path / f"{name} metadata.xlsx")
        lines = parsed(files_of(name)["metadata.csv"].decode())
        assert header == ["field", "value"]
        assert [row[0] for row in about] == [line["field"] for line in lines]
        said = {str(row[0]): row[1] for row in about}
        assert (said["held"], said["threshold"]) == (make().found.held, 10)


def cells_of(path: Path) -> list[list[object]]:
    book = openpyxl.load_workbook(path)
    sheet = [list(row) for row in book.worksheets[0].iter_rows()]
    book.close()
    assert all(cell.data_type != "f" and cell.hyperlink is None for row in sheet for cell in row)
    return [[cell.value for cell in row] for row in sheet]


def assert_same_cells(sheet: list[list[object]], lines: Rows) -> None:
    header, *body = sheet
    assert header == list(lines[0])
    for cells, line in zip(body, lines, strict=True):
        for column, cell in zip(map(str, header), cells, strict=True):
            if column in NUMBERS:
                assert cell == number(line[column])
            elif not column.startswith("own_"):
                assert str(cell or "") == line[column]


# Beside the table


@pytest.mark.parametrize("name", SAMPLES)
def test_metadata_csv_says_what_the_counts_are_about_and_has_the_response_rates(name: str) -> None:
    report = SAMPLES[name]()
    found = report.found
    lines = parsed(files_of(name)["metadata.csv"].decode())
    said = {line["field"]: line["value"] for line in lines}
    assert list(lines[0]) == ["field", "value"]
    assert len(said) == len(lines)
    for field, value in (
        ("made", "2026-11-24"),
        ("stage", found.scope.stage),
        ("level", found.scope.level),
        ("year", found.scope.year),
        ("quarter", found.scope.quarter),
        ("threshold", found.threshold),
        ("question_set", "smc-2021"),
        ("events", len(found.events)),
        ("first_day", min(event.date for event in found.events)),
        ("last_day", max(event.date for event in found.events)),
        ("held", found.held),
        ("in_counts", found.in_counts),
        ("waiting", found.waiting),
        ("dropped", found.dropped),
        ("elsewhere", found.elsewhere),
        ("unreadable", found.unreadable),
        ("head_count", found.head_count or ""),
        ("rounded_to", 5),
        ("benchmark_source", found.benchmark_source),
        ("benchmark_year", 2021),
    ):
        assert said[field] == str(value)
    assert said["title"].removeprefix("'") == report.title
    assert said["organisation"].removeprefix("'") == report.organisation.name
    for which, rate in [
        ("all", report.found.response_rate),
        *((question.id, question.response_rate) for question in report.found.questions),
    ]:
        cells = [said[f"response_rate_{which}_{part}"] for part in ("low", "high", "target", "verdict", "of")]
        if rate is None:
            assert set(cells) == {""}
        else:
            target = "" if rate.target is None else f"{rate.target:g}"
            assert cells == [str(rate.low), str(rate.high), target, rate.verdict or "", rate.of]


def test_a_value_that_is_none_is_an_empty_cell_and_a_formula_is_text() -> None:
    assert to_metadata([("a", None), ("b", "=1+1"), ("c", 0)]) == "field,value\r\na,\r\nb,'=1+1\r\nc,0\r\n"


# Hostile names


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    made = hostile_files(text)
    for file in ("counts.csv", "metadata.csv"):
        for line in parsed(made[file].decode()):
            for cell in line.values():
                assert not cell.startswith(tuple(FORMULA_SIGNS))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_stays_text(text: str) -> None:
    report = samples.hostile(text)
    mark = f"'{text}" if text[0] in FORMULA_SIGNS else text
    lines = rows(report.found)
    assert {line["scope"] for line in lines} == {mark}
    assert len(lines) == 19
    sources = next(line["own_benchmark_source"] for line in lines if line["category"] == "working_class")
    assert sources == f"{mark.replace(';', ',')};{text.replace(';', ',')},{text.replace(';', ',')}"
    named = {line["field"]: line["value"] for line in parsed(hostile_files(text)["metadata.csv"].decode())}
    assert (named["organisation"], named["statement"], named["scope"]) == (mark, mark, mark)
    assert json.loads(hostile_files(text)["counts.csv-metadata.json"])["dc:publisher"] == text


@given(st.text(min_size=1, max_size=40))
def test_any_text_comes_through_csv_whole(text: str) -> None:
    line = next(csv.reader(io.StringIO(to_metadata([("name", text)]).partition("\r\n")[2], newline=""), strict=True))
    assert line[1] in {text, f"'{text}"}
    assert not line[1].startswith(tuple(FORMULA_SIGNS))


# FORMAT.md


def test_format_lists_exactly_the_columns_of_counts_csv_in_their_order() -> None:
    text = Path(storage.__path__[0], "FORMAT.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text.partition("\n## 20. ")[2], flags=re.MULTILINE)[0]
    header = next(csv.reader(io.StringIO(to_csv(kiosk(FAIR)), newline="")))
    listed = [name for name in re.findall(r"`([a-z_]+)`", section) if name in header]
    assert list(dict.fromkeys(listed)) == header
