"""Trend, targets, conversion and debrief: the same numbers in text, JSON, page, workbook and CSV, and on screens."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import openpyxl
import pytest
from msgspec.json import encode

from storage.counts.findings import to_json
from storage.counts.trend import RATE_LABEL, Trend
from storage.report import scorecard, sentences
from storage.report.debrief import debrief_answers, debrief_lines
from tests.storage.report.markup import Element, parsed
from tests.storage.report.samples import SAMPLES, files_of
from tui.office.trend import draw
from tui.text import office as words

WITH_TREND = ["everything", "completion", "whole office"]


def trend_of(name: str) -> Trend:
    found = SAMPLES[name]().found.trend
    assert found is not None
    return found


def rows_of(name: str, file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files_of(name)[file].decode(), newline=""), strict=True))


def sheet_of(name: str, sheet: str) -> list[dict[str, Any]]:
    found = openpyxl.load_workbook(io.BytesIO(files_of(name)["counts.xlsx"]))[sheet]
    [table] = found.tables.values()
    header, *rows = [[cell.value for cell in row] for row in found[table.ref]]
    return [dict(zip(header, row, strict=True)) for row in rows]


def as_json(found: object) -> object:
    return json.loads(encode(found))


def number(cell: object) -> float | None:
    return None if cell is None or cell == "" or str(cell).startswith("[") else float(str(cell))


Told = dict[tuple[str, str], tuple[float | None, ...]]
"""By period and label: people, the count as it is told, share, both ends of the interval, benchmark or target."""


def told(found: Trend) -> Told:
    rows: Told = {
        (one.period, name.label): (one.people, share.rounded, share.share, share.low, share.high, share.benchmark)
        for one in found.periods
        for name, share in zip(found.shares, one.shares, strict=True)
    }
    for one in found.periods:
        rate = one.response_rate
        ends = (rate.low, rate.high, rate.target) if rate else (None, None, None)
        rows[one.period, RATE_LABEL] = (one.people, None, None, *ends)
    return rows


@pytest.mark.parametrize("name", WITH_TREND)
def test_the_trend_is_the_same_in_json_the_table_and_the_workbook(name: str) -> None:
    found = trend_of(name)
    assert json.loads(to_json(found)) == as_json(found) == json.loads(files_of(name)["counts.json"])["trend"]
    columns = ("people", "rounded", "share", "interval_low", "interval_high", "benchmark")
    assert {
        (row["period"], row["label"]): tuple(number(row[column]) for column in columns)
        for row in rows_of(name, "trend.csv")
    } == told(found)
    in_sheet = ("People asked", "People, about", "Share (%)", "Interval low (%)", "Interval high (%)")
    assert {
        (row["Period"], row["What"]): tuple(number(row[column]) for column in (*in_sheet, "National benchmark (%)"))
        for row in sheet_of(name, "Trend")
    } == told(found)
    assert [
        (row["From"], row["To"], row["Group"], row["Change low (points)"], row["Change high (points)"], row["Verdict"])
        for row in sheet_of(name, "Trend changes")
        if not str(row["Verdict"]).startswith("[")
    ] == [(one.earlier, one.later, one.label, one.low, one.high, one.verdict) for one in found.changes]


@pytest.mark.parametrize("name", WITH_TREND)
def test_the_trend_is_the_same_as_text_on_the_screen_and_on_the_page(name: str) -> None:
    found = trend_of(name)
    lines = list(words.trend_lines(found))
    drawn = "\n".join("".join(piece.text for piece in line) for line in draw(found, 120, roomy=True))
    bars = _bars(parsed(files_of(name)["report.html"].decode()))
    for one in found.periods:
        for label, share in zip((each.label for each in found.shares), one.shares, strict=True):
            if share.low is None:
                continue
            expected = f"{label}: {sentences.count(share)}"
            expected += f", {share.share}%" if share.share is not None else ""
            assert any(
                line.strip().startswith(f"{expected}, 95% interval {share.low} to {share.high}%") for line in lines
            )
            figure = sentences.UNDER_TEN if share.share is None else f"{share.share}%"
            assert figure in drawn
            assert (one.period, figure, share.low, share.high) in bars
        if one.response_rate:
            said = sentences.rate_range(one.response_rate)
            assert any(RATE_LABEL in line and said in line for line in lines)
            assert said in drawn
            assert (one.period, said, one.response_rate.low, one.response_rate.high) in bars


def _bars(page: Element) -> set[tuple[str, str, int, int]]:
    """Of the charts over time: what stands at a row, its figure, and both ends of its interval."""
    found = set()
    for drawing in page.all("svg"):
        if not drawing.attributes.get("aria-labelledby", "").startswith("trend-"):
            continue
        texts = [one for one in drawing.all("text") if one.attributes.get("class") != "scale"]
        lines = [one for one in drawing.all("line") if one.attributes.get("class") == "interval"][::3]
        for place, line in enumerate(lines):
            label, figure = texts[2 * place : 2 * place + 2]
            low, high = (int(line.attributes[end].rstrip("%")) for end in ("x1", "x2"))
            found.add((label.text, figure.text, low, high))
    return found


def test_targets_and_conversion_are_the_same_in_every_format() -> None:
    card = SAMPLES["whole office"]().scorecard
    assert card is not None
    assert json.loads(files_of("whole office")["scorecard.json"]) == as_json(card)
    text = list(scorecard.lines(card))
    assert text[: len(card.targets)] == [scorecard.target_line(one) for one in card.targets]
    page = parsed(files_of("whole office")["scorecard.html"].decode())
    on_page = [[cell.text for cell in row.all("th", "td")] for row in page.one("tbody").all("tr")]
    assert on_page == [[scorecard.target_name(one), scorecard.target_now(one), one.state] for one in card.targets]
    assert [one.text for one in page.all("li")] == list(scorecard.conversion_lines(card.conversions))
    expected = [(one.value, one.now, one.low, one.high, one.people, one.distance, one.state) for one in card.targets]
    columns = ("value", "now", "low", "high", "people", "distance")
    table = rows_of("whole office", "targets.csv")
    assert [(*(number(row[column]) for column in columns), row["state"]) for row in table] == expected
    cells = ("Target", "Now", "Low", "High", "People asked", "To go")
    sheet = sheet_of("whole office", "Targets")
    assert [(*(number(row[column]) for column in cells), row["State"]) for row in sheet] == expected
    converted = [(one.label, one.per_hundred, one.low, one.high) for one in card.conversions]
    rows = rows_of("whole office", "conversions.csv")
    assert [(row["label"], *(number(row[key]) for key in ("per_hundred", "low", "high"))) for row in rows] == converted
    sheet = sheet_of("whole office", "Conversion")
    keys = ("For every hundred", "Low", "High")
    assert [(row["Group"], *(number(row[key]) for key in keys)) for row in sheet] == converted


def test_every_number_in_a_line_of_a_target_is_the_findings() -> None:
    card = SAMPLES["whole office"]().scorecard
    assert card is not None
    for one in card.targets:
        known = {one.value, one.now, one.low, one.high, one.distance}
        line = scorecard.target_line(one).replace(",", "")
        line = re.sub(r"\d+ (?:January|December) \d{4}", "", line)
        assert {float(found) for found in re.findall(r"\d+(?:\.\d+)?", line)} <= known


def test_a_debrief_is_the_same_in_every_format() -> None:
    found = SAMPLES["whole office"]().found
    assert json.loads(files_of("whole office")["counts.json"])["debriefs"] == as_json(found.debriefs)
    answers = [pair for one in found.debriefs for pair in debrief_answers(one)]
    assert len(answers) == 4
    assert [line.strip() for line in debrief_lines(found.debriefs) if line.startswith("   ")] == [
        " ".join(pair).strip() for pair in answers
    ]
    assert list(debrief_lines(found.debriefs)) == list(words.counts_lines(found))[-7:]
    page = parsed(files_of("whole office")["report.html"].decode())
    [section] = [one for one in page.all("section") if one.attributes.get("aria-labelledby") == "debriefs"]
    shown = [(row.one("dt").text, row.one("dd").text) for row in section.all("div")]
    assert shown == [(question, text.strip()) for question, text in answers]
    sheet = sheet_of("whole office", "Debrief")
    assert [(row["Question"], row["What they wrote"]) for row in sheet] == answers
    metadata = {row["field"]: row["value"].removeprefix("'") for row in rows_of("whole office", "metadata.csv")}
    values = [metadata[key] for key in metadata if re.fullmatch(r"debrief_\d_(worked|change|support)", key)]
    assert values == [text for _, text in answers]


def test_a_report_tells_nothing_of_what_staff_wrote_unless_that_is_asked_for() -> None:
    for name in ("everything", "one stage"):
        for file, content in files_of(name).items():
            assert b"those who ran" not in content, file
