"""All files of a report carry the same numbers, those of the published tables and no others. Each is put whole."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from storage.counts.findings import OfficeFindings, to_json
from storage.errors import PlaceError
from storage.exchange.locations import Site
from storage.private_files import flush
from storage.report import files
from storage.report.files import NAMES, contents, save
from storage.report.open_data import to_csv
from storage.report.page import page
from tests.storage.disk import failing
from tests.storage.report import samples
from tests.storage.report.markup import Element, parsed
from tests.storage.report.samples import SAMPLES, Place, Told, documents, files_of, told

NUMBER = r"(\d+(?:\.\d+)?)"


# The same numbers


def told_by_json(text: str) -> dict[Place, Told]:
    document: dict[str, Any] = json.loads(text)
    rows: dict[Place, Told] = {}
    parts = {"stage": "", "questions": document["questions"]}, *document["stages"], document["feedback"]
    for part in filter(None, parts):
        for question in part["questions"]:
            for one in question["categories"]:
                national = [mark["share"] for mark in one["benchmarks"] if not mark["own"]]
                rows[part.get("stage", ""), question["id"], one["id"]] = (
                    question["people"],
                    one["count"],
                    None if one["count"] is None else question["standard_deviation"],
                    one["rounded"],
                    one["share"],
                    one["low"],
                    one["high"],
                    national[0] if national else None,
                    tuple(mark["share"] for mark in one["benchmarks"] if mark["own"]),
                )
    for stage in (document["journey"] or {"stages": []})["stages"]:
        for one in stage["groups"]:
            row = rows[stage["stage"], "occupation", one["id"]]
            names = ("count", "rounded", "share", "low", "high", "benchmark")
            assert (stage["people"], *(one[name] for name in names)) == (*row[:2], *row[3:8])
    return rows


Shown = tuple[float | None, float | None, float | None, float | None, float | None, float | None, tuple[float, ...]]
"""What a page tells of a row: people, the count as it is told, share, both ends of the interval, benchmarks."""


def shown(row: Told) -> Shown:
    people, _, _, rounded, share, low, high, national, own = row
    return people, rounded, share, low, high, national, own


def share_and_interval(text: str) -> tuple[float | None, float | None, float | None]:
    """Of “35% (30 to 40%)”, “30 to 40%”, “7% of all asked”, “not told”."""
    if text == "not told":
        return None, None, None
    found = re.fullmatch(rf"(?:{NUMBER}% \()?{NUMBER} to {NUMBER}%\)?|{NUMBER}% of all asked", text)
    assert found, text
    share, low, high, of_all = (None if one is None else float(one) for one in found.groups())
    return (share if share is not None else of_all), low, high


def count_told(text: str) -> float | None:
    """Of “about 45” or “under 10”."""
    return None if text == "under 10" else float(text.removeprefix("about "))


def marks_told(text: str) -> tuple[float | None, tuple[float, ...]]:
    """The national benchmark and the organisation's own, which have their source."""
    found = re.findall(rf"{NUMBER}%( \()?", text)
    national = [float(mark) for mark, source in found if not source]
    assert len(national) <= 1
    return (national[0] if national else None), tuple(float(mark) for mark, source in found if source)


def told_by_page(text: str, found: OfficeFindings) -> dict[Place, Shown]:
    """What the page's tables say; of a question that too few were asked it has none."""
    document = parsed(text)
    rows: dict[Place, Shown] = {}
    blocks = [one for one in document.all("div") if one.attributes.get("class") == "question"]
    thought = found.feedback.questions if found.feedback else ()
    for question, block in zip((*found.questions, *thought), blocks, strict=True):
        if question.people is None:
            assert not list(block.all("table"))
            assert f"Fewer than {found.threshold} people" in block.text
            continue
        asked_of = re.search(r"(\d+) people in these counts", block.text)
        assert asked_of
        for category, row in zip(question.categories, block.one("tbody").all("tr"), strict=True):
            label, count, share, *marks = (cell.text for cell in row.all("th", "td"))
            assert label == category.label
            assert len(marks) == (not found.mixed and question not in thought)
            rows["", question.id, category.id] = (
                float(asked_of[1]),
                count_told(count),
                *share_and_interval(share),
                *marks_told("".join(marks)),
            )
    return rows | dict(told_by_pages_stages(document, found))


def told_by_pages_stages(document: Element, found: OfficeFindings) -> Iterator[tuple[Place, Shown]]:
    if not found.mixed:
        assert not [one for one in document.all("table") if "stage" in one.one("caption").text]
        return
    [wide] = [one for one in document.all("div") if one.attributes.get("class") == "wide"]
    columns = [cell.text for cell in wide.one("thead").all("th")][2:]
    for stage, row in zip(found.stages, wide.one("tbody").all("tr"), strict=True):
        name, people, *cells = (cell.text for cell in row.all("th", "td"))
        assert name == stage.stage.capitalize()
        key_question = stage.questions[0].people
        assert people == (f"fewer than {found.threshold}" if key_question is None else str(key_question))
        by_label = {category.label: (one, category) for one in stage.questions for category in one.categories}
        for column, cell in zip(columns, cells, strict=True):
            question, category = by_label[column]
            if cell == "none told":
                assert question.people is None
                continue
            told_cell = re.fullmatch(rf"(about \d+|under 10): ((?:{NUMBER}% \()?\d+ to \d+%\)?)(?:, (.*))?", cell)
            assert told_cell, cell
            yield (
                (stage.stage, question.id, category.id),
                (
                    None if question.people is None else float(question.people),
                    count_told(told_cell[1]),
                    *share_and_interval(told_cell[2]),
                    *marks_told(told_cell[4] or ""),
                ),
            )


def on_the_page(found: OfficeFindings) -> dict[Place, Shown]:
    """Of everybody together all that has a table; of each stage the groups and whatever has a benchmark somewhere."""
    rows = told(found)
    with_marks = {(question, category) for (stage, question, category), row in rows.items() if row[7:] != (None, ())}
    followed = {("occupation", group) for group in ("professional", "intermediate", "working_class")}
    return {
        place: shown(row)
        for place, row in rows.items()
        if row[0] is not None and (not place[0] or place[1:] in followed | with_marks)
    }


@settings(max_examples=25)
@given(documents())
def test_the_page_and_the_document_say_the_same(found: OfficeFindings) -> None:
    expected = told(found)
    assert told_by_json(to_json(found)) == expected
    assert told_by_page(page(samples.report(found)), found) == on_the_page(found)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "hostile"])
def test_every_file_of_a_report_says_the_same(name: str) -> None:
    found = SAMPLES[name]().found
    made = files_of(name)
    expected = told(found)
    assert made["counts.csv"].decode() == to_csv(found)
    assert told_by_json(made["counts.json"].decode()) == expected
    assert told_by_page(made["report.html"].decode(), found) == on_the_page(found)


@settings(max_examples=25)
@given(documents())
@pytest.mark.long
def test_the_pages_charts_are_drawn_to_the_numbers_of_its_tables(found: OfficeFindings) -> None:
    document = parsed(page(samples.report(found)))
    expected = told(found)
    for question in found.questions:
        bars = [] if found.mixed else [one for one in question.categories if one.low is not None]
        drawings = drawings_of(document, f"chart-{question.id}-")
        assert len(drawings) == bool(bars)
        for drawing in drawings:
            assert drawn(drawing, 34) == [drawable(expected["", question.id, one.id]) for one in bars]
    by_group: dict[str, list[Any]] = {}
    for (stage, question_id, group), row in expected.items():
        if stage and question_id == "occupation" and row[5] is not None:
            by_group.setdefault(group, []).append(drawable((*row[:8], ())))
    assert [drawn(drawing, 26) for drawing in drawings_of(document, "journey-")] == list(by_group.values())


def drawings_of(document: Element, named: str) -> list[Element]:
    return [one for one in document.all("svg") if one.attributes.get("aria-labelledby", "").startswith(named)]


Drawn = tuple[float | None, float, float, list[float], list[float]]


def drawable(row: Told) -> Drawn:
    share, low, high, national, own = row[4:]
    assert low is not None
    assert high is not None
    return share, low, high, [] if national is None else [national], list(own)


def drawn(drawing: Element, pitch: int) -> list[Drawn]:
    """The rows of a chart, `pitch` apart, each from the elements at its height."""
    found = []
    shapes = [
        one for one in drawing.all("circle", "line", "text") if one.attributes.get("class") not in {"grid", "scale"}
    ]
    rows: dict[int, list[Element]] = {}
    for one in shapes:
        height = next(float(one.attributes[name]) for name in ("y1", "y", "cy") if name in one.attributes)
        rows.setdefault(int(height // pitch), []).append(one)
    for _, row in sorted(rows.items()):

        def ends(kind: str, row: list[Element] = row) -> list[tuple[float, float]]:
            lines = [one for one in row if one.attributes.get("class") == kind and one.name == "line"]
            return [(per_cent(one, "x1"), per_cent(one, "x2")) for one in lines]

        share = [per_cent(one, "cx") for one in row if one.name == "circle"]
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
    known = {
        f"{one:g}" for row in told(report.found).values() for one in (row[0], *row[3:8], *row[8]) if one is not None
    }
    known |= {"95", "2021", "1", "2", "3", "4", "10"}
    written = {
        one
        for table in parsed(files_of(name)["report.html"].decode()).all("table")
        for cell in table.all("caption", "th", "td")
        for one in re.findall(r"\d+(?:\.\d+)?", cell.text)
    }
    assert written <= known


@pytest.mark.parametrize("name", SAMPLES)
def test_the_document_is_the_offices_own(name: str) -> None:
    content = files_of(name)["counts.json"]
    assert msgspec.json.decode(content, type=OfficeFindings) == SAMPLES[name]().found
    assert content.endswith(b"}\n")


def test_a_report_has_six_files_and_is_the_same_when_it_is_made_again() -> None:
    assert set(contents(samples.one_stage())) == set(NAMES)
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
    save(samples.one_stage(), Site.at(str(tmp_path)), quiet)
    save(samples.small(), Site.at(str(tmp_path)), quiet, over=True)
    assert there(tmp_path) == files_of("small")


def test_no_file_of_another_report_stays_beside_one_that_lacks_it(tmp_path: Path) -> None:
    save(samples.whole_office(), Site.at(str(tmp_path)), quiet)
    before = there(tmp_path)
    assert set(before) == set(files_of("whole office")) > set(NAMES)
    with pytest.raises(PlaceError, match=r"There is a trend.csv of another report in [^ ]+: choose another folder\."):
        save(samples.small(), Site.at(str(tmp_path)), quiet, over=True)
    assert there(tmp_path) == before
    save(samples.whole_office(), Site.at(str(tmp_path)), quiet, over=True)
    assert there(tmp_path) == before


@pytest.mark.parametrize("fails", [0, 1, 5])
def test_where_writing_fails_midway_each_file_is_whole_old_or_new(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fails: int
) -> None:
    old, new = files_of("one stage"), files_of("small")
    site = Site.at(str(tmp_path))
    save(samples.one_stage(), site, quiet)
    written = iter(range(len(NAMES)))

    def full(descriptor: int) -> None:
        flush(descriptor)
        if next(written) == fails:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.exchange.locations.flush", full)
    with pytest.raises(PlaceError, match="No space left"):
        save(samples.small(), site, quiet, over=True)
    after = there(tmp_path)
    assert set(after) == set(NAMES)
    assert sum(after[name] == new[name] for name in NAMES) == fails
    for name in NAMES:
        assert after[name] in {old[name], new[name]}


def test_where_a_file_cannot_be_made_nothing_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    save(samples.everything(), Site.at(str(tmp_path)), quiet)
    before = there(tmp_path)
    monkeypatch.setattr(files, "workbook", failing(RuntimeError("broken")))
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
