"""All files of a report carry the same numbers, those of the published tables and no others. Each is put whole."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from storage.errors import PlaceError
from storage.files import flush
from storage.findings import OfficeFindings, to_json
from storage.report import files
from storage.report.files import NAMES, contents, save
from storage.report.open_data import to_csv
from storage.report.page import page
from storage.transport import Site
from tests.storage.report import samples
from tests.storage.report.markup import Element, parsed
from tests.storage.report.samples import SAMPLES, Place, Told, documents, files_of, told

NUMBER = r"(\d+(?:\.\d+)?)"


# The same numbers


def whole(text: str) -> float | None:
    return float(text) if text else None


def told_by_csv(text: str) -> dict[Place, Told]:
    return {
        (line["scope_kind"], line["scope"].removeprefix("'"), line["question"], line["category"]): (
            whole(line["people"]),
            whole(line["count"]),
            whole(line["share"]),
            whole(line["interval_low"]),
            whole(line["interval_high"]),
            whole(line["benchmark"]),
            tuple(float(mark) for mark in line["own_benchmark"].split(";") if mark),
        )
        for line in csv.DictReader(io.StringIO(text, newline=""), strict=True)
    }


def told_by_json(text: str) -> dict[Place, Told]:
    document: dict[str, Any] = json.loads(text)
    scope = document["scope"]
    rows: dict[Place, Told] = {}
    for question in document["questions"]:
        for one in question["categories"]:
            national = [mark["share"] for mark in one["benchmarks"] if not mark["own"]]
            rows[scope["kind"], scope["value"] or "All together", question["id"], one["id"]] = (
                question["people"],
                one["count"],
                one["share"],
                one["low"],
                one["high"],
                national[0] if national else None,
                tuple(mark["share"] for mark in one["benchmarks"] if mark["own"]),
            )
    journey = document["journey"] or {"stages": []}
    for stage in journey["stages"]:
        for one in stage["groups"]:
            rows["stage", stage["stage"].capitalize(), "occupation", one["id"]] = (
                stage["people"],
                one["count"],
                one["share"],
                one["low"],
                one["high"],
                None if one["low"] is None else journey["benchmarks"][one["id"]],
                (),
            )
    return rows


def share_and_interval(text: str) -> tuple[float | None, float | None, float | None]:
    """Of “35 % (30 to 40 %)”, “30 to 40 %”, “7 % of all asked”, “cannot be told”."""
    if text == "cannot be told":
        return None, None, None
    found = re.fullmatch(rf"(?:{NUMBER} % \()?{NUMBER} to {NUMBER} %\)?|{NUMBER} % of all asked|{NUMBER} %", text)
    assert found, text
    share, low, high, *alone = (None if one is None else float(one) for one in found.groups())
    return (share if share is not None else alone[0] if alone[0] is not None else alone[1]), low, high


def told_by_page(text: str, found: OfficeFindings) -> dict[Place, Told]:
    """What the page's tables say; of a question that under ten were asked it has none."""
    document = parsed(text)
    rows: dict[Place, Told] = {}
    asked = [question for question in found.questions if question.people is not None]
    blocks = [one for one in document.all("div") if one.attributes.get("class") == "question"]
    scope = found.scope.value or "All together"
    for question, block in zip(found.questions, blocks, strict=True):
        if question not in asked:
            assert not list(block.all("table"))
            assert "Fewer than 10 people" in block.text
            continue
        asked_of = re.search(r"(\d+) people in these counts", block.text)
        assert asked_of
        people = float(asked_of[1])
        for category, row in zip(question.categories, block.one("tbody").all("tr"), strict=True):
            label, count, share, marks = (cell.text for cell in row.all("th", "td"))
            assert label == category.label
            found_marks = re.findall(rf"{NUMBER} %( \()?", marks)
            national = [float(mark) for mark, source in found_marks if not source]
            assert len(national) <= 1
            rows[found.scope.kind, scope, question.id, category.id] = (
                people,
                None if count == "held back" else float(count),
                *share_and_interval(share),
                national[0] if national else None,
                tuple(float(mark) for mark, source in found_marks if source),
            )
    return rows | dict(told_by_pages_journey(document, found))


def told_by_pages_journey(document: Element, found: OfficeFindings) -> Iterator[tuple[Place, Told]]:
    if found.journey is None:
        assert not [one for one in document.all("table") if "stage" in one.one("caption").text]
        return
    [wide] = [one for one in document.all("div") if one.attributes.get("class") == "wide"]
    for stage, row in zip(found.journey.stages, wide.one("tbody").all("tr"), strict=True):
        name, people, *cells = (cell.text for cell in row.all("th", "td"))
        for group, cell in zip(stage.groups, cells, strict=True):
            share, _, count = cell.partition("; ")
            low = share_and_interval(share)[1]
            yield (
                ("stage", name, "occupation", group.id),
                (
                    None if people == "fewer than 10" else float(people),
                    None if count == "held back" else float(count.removeprefix("about ")),
                    *share_and_interval(share),
                    None if low is None else found.journey.benchmarks[group.id],
                    (),
                ),
            )


def without_people(rows: dict[Place, Told], found: OfficeFindings) -> dict[Place, Told]:
    """Those of questions that ten or more were asked, and of stages."""
    asked = {question.id for question in found.questions if question.people is not None}
    return {place: row for place, row in rows.items() if place[0] == "stage" or place[2] in asked}


@settings(max_examples=25, deadline=None)
@given(documents())
def test_the_page_the_table_and_the_document_say_the_same(found: OfficeFindings) -> None:
    expected = told(found)
    assert told_by_csv(to_csv(found)) == expected
    assert told_by_json(to_json(found)) == expected
    assert told_by_page(page(samples.report(found)), found) == without_people(expected, found)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "hostile"])
def test_every_file_of_a_report_says_the_same(name: str) -> None:
    found = SAMPLES[name]().found
    made = files_of(name)
    expected = told(found)
    assert told_by_csv(made["counts.csv"].decode()) == expected
    assert told_by_json(made["counts.json"].decode()) == expected
    assert told_by_page(made["report.html"].decode(), found) == without_people(expected, found)


@settings(max_examples=25, deadline=None)
@given(documents())
def test_the_pages_charts_are_drawn_to_the_numbers_of_its_tables(found: OfficeFindings) -> None:
    document = parsed(page(samples.report(found)))
    expected = told(found)
    for question in found.questions:
        bars = [one for one in question.categories if one.compared and one.low is not None]
        drawings = [
            one
            for one in document.all("svg")
            if one.attributes.get("aria-labelledby", "").startswith(f"chart-{question.id}-")
        ]
        assert len(drawings) == bool(bars)
        for drawing in drawings:
            assert drawn(drawing) == [
                drawable(expected[found.scope.kind, "All together", question.id, one.id]) for one in bars
            ]
    if found.journey:
        drawings = [
            one for one in document.all("svg") if one.attributes.get("aria-labelledby", "").startswith("journey-")
        ]
        by_group: dict[str, list[Any]] = {}
        for (kind, _, _, group), row in expected.items():
            if kind == "stage" and row[3] is not None:
                by_group.setdefault(group, []).append(drawable(row))
        assert [drawn(drawing) for drawing in drawings] == list(by_group.values())


def drawable(row: Told) -> tuple[float | None, float, float, list[float], list[float]]:
    _, _, share, low, high, national, own = row
    assert low is not None
    assert high is not None
    return share, low, high, [] if national is None else [national], list(own)


def drawn(drawing: Element) -> list[tuple[float | None, float, float, list[float], list[float]]]:
    """The bars of a chart, each from the elements at its height."""
    found = []
    shapes = [
        one for one in drawing.all("rect", "line", "text") if one.attributes.get("class") not in {"grid", "scale"}
    ]
    rows: dict[int, list[Element]] = {}
    for one in shapes:
        height = float(one.attributes.get("y1") or one.attributes["y"])
        rows.setdefault(int(height // 34), []).append(one)
    for _, row in sorted(rows.items()):

        def ends(kind: str, row: list[Element] = row) -> list[tuple[float, float]]:
            lines = [one for one in row if one.attributes.get("class") == kind and one.name == "line"]
            return [(per_cent(one, "x1"), per_cent(one, "x2")) for one in lines]

        share = [per_cent(one, "width") for one in row if one.name == "rect"]
        assert all(one.attributes["x"] == "0" for one in row if one.name == "rect")
        (low, high), *caps = ends("interval")
        assert caps == [(low, low), (high, high)]
        for kind in ("national", "own"):
            assert all(left == right for left, right in ends(kind))
        found.append(
            (
                share[0] if share else None,
                low,
                high,
                [one for one, _ in ends("national")],
                [one for one, _ in ends("own")],
            )
        )
    return found


def per_cent(element: Element, name: str) -> float:
    value = element.attributes[name]
    assert value.endswith("%")
    return float(value.removesuffix("%"))


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "hostile"])
def test_no_table_of_the_page_has_a_number_that_the_findings_have_not(name: str) -> None:
    report = SAMPLES[name]()
    known = {f"{one:g}" for row in told(report.found).values() for one in (*row[:6], *row[6]) if one is not None}
    known |= {"95", "2021", "1", "2", "3", "4"}
    shown = {
        one
        for table in parsed(files_of(name)["report.html"].decode()).all("table")
        for cell in table.all("caption", "th", "td")
        for one in re.findall(r"\d+(?:\.\d+)?", cell.text)
    }
    assert shown <= known


@pytest.mark.parametrize("name", SAMPLES)
def test_the_document_is_the_offices_own(name: str) -> None:
    content = files_of(name)["counts.json"]
    assert msgspec.json.decode(content, type=OfficeFindings) == SAMPLES[name]().found
    assert content.endswith(b"}\n")


def test_a_report_has_six_files_and_is_the_same_when_it_is_made_again() -> None:
    assert set(contents(samples.everything())) == set(NAMES)
    assert len(NAMES) == 6
    assert contents(samples.everything()) == contents(samples.everything())


# Put into a folder


def quiet(done: float, of: float) -> None:
    """Progress that nobody looks at."""


def there(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_page_is_put_last_so_that_where_it_is_the_others_are() -> None:
    assert list(files_of("small"))[-1] == "report.html"


def test_all_six_files_are_put_into_the_folder_and_nothing_else(tmp_path: Path) -> None:
    save(samples.small(), Site.at(str(tmp_path)), quiet)
    assert there(tmp_path) == files_of("small")


def test_what_else_is_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "minutes.txt").write_bytes(b"ours")
    save(samples.small(), Site.at(str(tmp_path)), quiet)
    assert there(tmp_path) == {**files_of("small"), "minutes.txt": b"ours"}


@pytest.mark.parametrize("name", NAMES)
def test_over_a_report_that_is_there_nothing_is_put_unasked(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(PlaceError) as refused:
        save(samples.small(), Site.at(str(tmp_path)), quiet)
    assert re.fullmatch(r"There is a report in [^ ]+ already: choose another folder[^.]*\.", refused.value.sentence)
    assert str(tmp_path) in refused.value.sentence
    assert there(tmp_path) == {name: b"old"}


def test_a_report_that_is_there_is_replaced_where_that_is_asked_for(tmp_path: Path) -> None:
    save(samples.everything(), Site.at(str(tmp_path)), quiet)
    save(samples.small(), Site.at(str(tmp_path)), quiet, over=True)
    assert there(tmp_path) == files_of("small")


@pytest.mark.parametrize("fails", [0, 1, 5])
def test_where_writing_fails_midway_each_file_is_whole_old_or_new(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fails: int
) -> None:
    old, new = files_of("everything"), files_of("small")
    site = Site.at(str(tmp_path))
    save(samples.everything(), site, quiet)
    written = iter(range(len(NAMES)))

    def full(descriptor: int) -> None:
        flush(descriptor)
        if next(written) == fails:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.transport.flush", full)
    with pytest.raises(PlaceError, match="No space left"):
        save(samples.small(), site, quiet, over=True)
    after = there(tmp_path)
    assert set(after) == set(NAMES)
    assert sum(after[name] == new[name] for name in NAMES) == fails
    for name in NAMES:
        assert after[name] in {old[name], new[name]}


def test_where_a_file_cannot_be_made_nothing_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(_report: object) -> bytes:
        raise RuntimeError("broken")

    save(samples.everything(), Site.at(str(tmp_path)), quiet)
    before = there(tmp_path)
    monkeypatch.setattr(files, "workbook", broken)
    with pytest.raises(RuntimeError, match="broken"):
        save(samples.small(), Site.at(str(tmp_path)), quiet, over=True)
    assert there(tmp_path) == before


def test_how_far_it_has_come_is_told_and_only_grows_to_the_end(tmp_path: Path) -> None:
    told_so_far: list[tuple[float, float]] = []
    save(samples.small(), Site.at(str(tmp_path)), lambda done, of: told_so_far.append((done, of)))
    assert {of for _, of in told_so_far} == {6}
    steps = [done for done, _ in told_so_far]
    assert steps == sorted(steps)
    assert 0 < steps[0] < 1
    assert steps[-1] == 6


def test_a_folder_is_made_in_one_that_is_there_and_may_be_there_already(tmp_path: Path) -> None:
    site = Site.at(str(tmp_path / "report"))
    site.make()
    site.make()
    assert (tmp_path / "report").is_dir()
    save(samples.small(), site, quiet)
    assert set(there(tmp_path / "report")) == set(NAMES)


def test_a_folder_is_not_made_in_one_that_is_not_there_or_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"ours")
    for place in (tmp_path / "missing" / "report", tmp_path / "taken"):
        with pytest.raises(PlaceError, match="Cannot write to") as refused:
            Site.at(str(place)).make()
        assert refused.value.sentence.endswith(".")
    assert there(tmp_path) == {"taken": b"ours"}


def test_without_the_folder_nothing_is_put(tmp_path: Path) -> None:
    with pytest.raises(PlaceError):
        save(samples.small(), Site.at(str(tmp_path / "missing")), quiet)
    assert not list(tmp_path.iterdir())


def test_a_site_says_whether_it_holds_a_name(tmp_path: Path) -> None:
    site = Site.at(str(tmp_path))
    assert not site.holds("report.html")
    (tmp_path / "report.html").write_bytes(b"")
    assert site.holds("report.html")
    assert not site.holds("counts.csv")
    (tmp_path / "counts.csv").mkdir()
    assert site.holds("counts.csv")
    assert not Site.at(str(tmp_path / "missing")).holds("report.html")


def test_an_address_holds_and_makes_as_a_folder_does() -> None:
    site = Site.at(f"memory://reports-{os.getpid()}")
    site.make()
    assert not site.holds("report.html")
    save(samples.small(), site, quiet)
    assert site.holds("report.html")
    with pytest.raises(PlaceError, match="There is a report"):
        save(samples.small(), site, quiet)
