"""Papers as documents: they say what the pages say, and an office suite opens them."""

from __future__ import annotations

import io
from pathlib import Path

import docx as python_docx
import msgspec
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

import storage.papers.docx as written_by
from content.language import load_words
from storage.papers.document import Commands, Decide, Listing, Picture, plain, texts_of
from storage.settings import Settings
from tests.storage.papers.filled import HOSTILE, PATHS, RIGHT_TO_LEFT, USUAL, document, named
from tests.storage.programs import converted
from tui.text.papers import drawings


def opened(path: str, settings: Settings = USUAL, edition: str = "usual") -> python_docx.document.Document:
    return python_docx.Document(io.BytesIO(written_by.docx(document(path, settings, edition), drawings())))


def text_of(word: python_docx.document.Document) -> str:
    return "\n".join(
        "".join(part.text or "" for part in one.iter(qn("w:t"))) for one in word.element.body.iter(qn("w:p"))
    )


@pytest.mark.parametrize("path", PATHS)
def test_a_document_says_all_that_its_page_says(path: str) -> None:
    said = text_of(opened(path))
    for block in document(path).blocks:
        for text in texts_of(block):
            assert plain(text) in said.replace("[", "").replace("]", "")
        if isinstance(block, Decide):
            assert f"{block.label}: {plain(block.text)}" in said
        if isinstance(block, Commands):
            assert all(line in said for line in block.lines)


def test_the_large_edition_says_the_same_in_letters_of_18_points() -> None:
    for path in ("en/notice", "officer/dpia"):
        large = opened(path, edition="large")
        assert large.styles["Normal"].font.size.pt == 18
        for block in document(path, edition="large").blocks:
            for text in texts_of(block):
                assert plain(text) in text_of(large)
    assert opened("officer/dpia").tables
    assert all(len(table.columns) < 3 for table in opened("officer/dpia", edition="large").tables)


def test_what_is_to_be_decided_stands_in_a_frame_and_what_is_missing_on_a_colour() -> None:
    word = opened("en/notice", Settings())
    framed = [one.text for one in word.paragraphs if one._p.find(f".//{qn('w:pBdr')}") is not None]
    assert sum(text.startswith("To decide before this is used: ") for text in framed) == 2
    shaded = [run.text for one in word.paragraphs for run in one.runs if run._r.find(f".//{qn('w:shd')}") is not None]
    assert "[name of the organisation]" in shaded


def test_numbers_of_a_list_begin_with_one_again() -> None:
    lists = [block for block in document("staff/staff-guide").blocks if isinstance(block, Listing) and block.numbered]
    body = opened("staff/staff-guide").element.body
    used = [one.get(qn("w:val")) for one in body.iter(qn("w:numId"))]
    assert len(lists) == len(set(used)) == 2


def test_pictures_are_there_with_what_they_show() -> None:
    shown = [block for block in document("staff/coordinator-guide").blocks if isinstance(block, Picture)]
    drawn = [one._inline.docPr.get("descr") for one in opened("staff/coordinator-guide").inline_shapes]
    assert drawn == [one.shows for one in shown]


@pytest.mark.parametrize("name", [HOSTILE, RIGHT_TO_LEFT])
def test_whatever_a_name_is_it_is_text(name: str) -> None:
    for path in ("en/poster", "officer/record", "staff/slip"):
        assert text_of(opened(path, named(name))).replace("\u200e", "") == text_of(
            opened(path, named("Leeds"))
        ).replace("Leeds", name)
    word = opened("en/poster", named(name))
    turned = {run.text for one in word.paragraphs for run in one.runs if run.font.rtl}
    assert turned == ({name} if name == RIGHT_TO_LEFT else set())


def test_after_a_name_from_right_to_left_the_digits_of_a_day_are_not_read_as_part_of_it() -> None:
    said = text_of(opened("en/notice", named(RIGHT_TO_LEFT)))
    assert f"at {RIGHT_TO_LEFT}\u200e, {RIGHT_TO_LEFT}\u200e, 23 November 2026" in said
    assert "\u200e" not in text_of(opened("en/notice"))


def test_a_language_from_right_to_left_is_laid_out_so() -> None:
    right = msgspec.structs.replace(document("officer/record"), direction="rtl")
    word = python_docx.Document(io.BytesIO(written_by.docx(right, drawings())))
    assert all(one._p.find(f".//{qn('w:bidi')}") is not None for one in word.paragraphs if one.text)
    assert all(one._tbl.tblPr.find(qn("w:bidiVisual")) is not None for one in word.tables)


def test_a_document_knows_its_title_language_and_day_and_nobody_who_wrote_it() -> None:
    core = opened("cy/notice").core_properties
    assert core.title == document("cy/notice").title
    assert (core.language, core.author) == (load_words("cy").language, "Northfield Council")
    assert f"{core.created:%Y-%m-%d}" == "2026-11-30"
    assert core.last_modified_by == ""


def test_the_same_paper_gives_the_same_document() -> None:
    assert text_of(opened("en/poster")) == text_of(opened("en/poster"))


@pytest.mark.long
def test_an_office_suite_opens_them_and_prints_as_many_sides(tmp_path: Path) -> None:
    sides = {"en/poster": 1, "cy/poster": 1, "staff/slip": 1, "staff/staff-guide": 2, "staff/coordinator-guide": 4}
    others = ("en/notice", "en/questions", "officer/dpia", "officer/record", "officer/security", "start-here")
    files = {}
    for path in (*sides, *others):
        files[path] = tmp_path / f"{path.replace('/', '-')}.docx"
        files[path].write_bytes(written_by.docx(document(path), drawings()))
    for path, pdf in zip(files, converted(list(files.values()), "pdf", tmp_path), strict=True):
        printed = PdfReader(pdf)
        assert len(printed.pages) == sides.get(path, len(printed.pages)), path
        text = "".join("".join(side.extract_text().split()) for side in printed.pages)
        for block in document(path).blocks:
            for said in texts_of(block):
                words = plain(said).split()
                assert all(word in text for word in words), (path, plain(said))
