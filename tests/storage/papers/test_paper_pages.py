"""Papers as pages: read by everybody, printed on as many sides as promised; a name is text, whatever it is."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

import storage
from storage.papers.files import contents
from storage.papers.html import page
from storage.settings import Settings
from tests.storage.papers.filled import (
    EVERYTHING,
    HOSTILE,
    LONGEST,
    PATHS,
    RIGHT_TO_LEFT,
    USUAL,
    document,
    named,
    papers,
    written,
)
from tests.storage.report.markup import Element, parsed
from tests.storage.toolkit import browsing
from tests.storage.toolkit.browsing import A4, PHONE, SMALLEST, USUAL_WIDTH, Window
from tui.text.papers import drawings

browser, window = browsing.browser, browsing.window

EDITIONS = ("usual", "large")
PAGES = [f"{path}{edition}" for path in PATHS for edition in ("", "-large") if path != "staff/slip" or not edition]
FIRST = ["staff/coordinator-guide", "en/poster-large", "en/questions", "officer/dpia-large"]
"""Of each kind of block one: these are looked at every time."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("papers"), PAGES)


def html(path: str, settings: Settings = USUAL, edition: str = "usual") -> Element:
    return parsed(page(document(path, settings, edition), drawings()).decode())


def sides(window: Window, path: Path) -> PdfReader:
    window.open(path)
    window.page.emulate_media(media="null", color_scheme="light")
    return PdfReader(io.BytesIO(window.page.pdf(prefer_css_page_size=True)))


# Accessible


@pytest.mark.parametrize("name", [*FIRST, *(pytest.param(name, marks=pytest.mark.long) for name in PAGES)])
def test_axe_finds_nothing_that_shuts_somebody_out(window: Window, folder: Path, name: str) -> None:
    window.open(folder / f"{name}.html", PHONE)
    wrong, passed = window.judged()
    assert wrong == []
    assert "color-contrast" in passed


@pytest.mark.parametrize(("path", "edition"), list(itertools.product(PATHS, EDITIONS)))
def test_a_page_says_its_language_and_its_headings_skip_no_level(path: str, edition: str) -> None:
    if path == "staff/slip" and edition == "large":
        return  # everybody has the same
    root = html(path, edition=edition)
    assert root.one("html").attributes["lang"] == ("cy" if path.startswith("cy/") else "en")
    levels = [int(one.name[1]) for one in root.all("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_runs_nothing_and_fetches_nothing(path: str) -> None:
    root = html(path)
    assert not list(root.all("script", "link", "iframe", "object", "form"))
    for picture in root.all("img"):
        assert picture.attributes["src"].startswith("data:image/svg+xml;base64,")
        assert len(picture.attributes["alt"].split()) > 4
    assert "url(" not in root.one("style").text


def test_a_browser_fetches_a_guide_alone_and_shows_its_pictures(window: Window, folder: Path) -> None:
    window.open(folder / "staff" / "coordinator-guide.html")
    asked = [one for one in window.did if not one.startswith("asked for ") or "html" in one]
    assert asked == ["asked for coordinator-guide.html"]
    shown = window.page.evaluate("[...document.images].map(one => one.complete && one.naturalWidth > 0)")
    assert shown == [True] * 4


@pytest.mark.parametrize("name", FIRST)
def test_nothing_is_cut_off_on_a_telephone_or_too_small(window: Window, folder: Path, name: str) -> None:
    for width in (PHONE, USUAL_WIDTH):
        window.open(folder / f"{name}.html", width)
        assert window.width <= width
        assert min(one["size"] for one in window.texts()) >= SMALLEST


def test_a_name_without_a_space_breaks_rather_than_running_off(window: Window, tmp_path: Path) -> None:
    names = ["en/poster", "en/poster-large", "staff/slip", "officer/record"]
    written(tmp_path, names, named("W" * 60))
    for name in names:
        window.open(tmp_path / f"{name}.html", PHONE)
        assert window.width <= PHONE, name
        assert len(sides(window, tmp_path / f"{name}.html").pages) == 1 or name == "officer/record", name


# On paper


@pytest.mark.parametrize("settings", [USUAL, LONGEST, EVERYTHING], ids=["usual", "longest", "everything"])
@pytest.mark.sampled
def test_a_poster_is_one_side_the_staff_guide_two_and_the_coordinators_four(
    window: Window, tmp_path: Path, settings: Settings
) -> None:
    languages = settings.survey.languages
    promised = {
        **{f"{code}/poster": 1 for code in languages},
        **{f"{code}/poster-large": 1 for code in languages},
        "staff/slip": 1,
        "staff/staff-guide": 2,
        "staff/coordinator-guide": 4,
    }
    written(tmp_path, promised, settings)
    for name, most in promised.items():
        pdf = sides(window, tmp_path / f"{name}.html")
        assert len(pdf.pages) == most, name
        for side in pdf.pages:
            assert (float(side.mediabox.width), float(side.mediabox.height)) == pytest.approx(A4, abs=1)


@pytest.mark.parametrize("name", ["en/notice-large", "en/questions-large", "en/poster-large"])
def test_large_print_has_letters_of_18_points_or_more(window: Window, folder: Path, name: str) -> None:
    window.open(folder / f"{name}.html", USUAL_WIDTH)
    window.page.emulate_media(media="print")
    assert min(one["size"] for one in window.texts()) * 0.75 >= 18


@pytest.mark.parametrize("name", ["en/notice", "officer/dpia"])
@pytest.mark.sampled
def test_printed_nothing_is_cut(window: Window, folder: Path, name: str) -> None:
    pdf, texts = browsing.on_paper(window, folder / f"{name}.html", 673)
    printed = browsing.read_off(pdf)
    assert [text for text in texts if text not in printed] == []


def test_an_answer_slip_is_the_same_in_every_language_and_in_large_print() -> None:
    assert [one.stem for one in papers().made if one.name == "slip"] == ["slip"]
    words = html("staff/slip").one("main").text
    assert not set("".join(words.split())) - set("0123456789SpringJobsFair,NovembAnswerlip")


# Names


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", [HOSTILE, RIGHT_TO_LEFT])
def test_whatever_a_name_is_it_is_text_and_changes_no_other(path: str, name: str) -> None:
    usual, other = html(path, named("Leeds")), html(path, named(name))
    assert [one.name for one in other.all()] == [one.name for one in usual.all()]
    assert other.one("main").text == usual.one("main").text.replace("Leeds", name)


def test_a_name_from_right_to_left_turns_nothing_around_it(window: Window, tmp_path: Path) -> None:
    written(tmp_path, ["en/notice"], named(RIGHT_TO_LEFT))
    window.open(tmp_path / "en" / "notice.html")
    assert window.page.evaluate("getComputedStyle(document.querySelector('bdi')).unicodeBidi") == "isolate"
    assert html("en/notice", named(RIGHT_TO_LEFT)).one("html").attributes["dir"] == "ltr"


def test_a_language_from_right_to_left_is_laid_out_so(window: Window, tmp_path: Path) -> None:
    right = msgspec.structs.replace(document("en/questions"), direction="rtl")
    (tmp_path / "right.html").write_bytes(page(right, drawings()))
    window.open(tmp_path / "right.html")
    assert window.page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
    number, label = (
        window.page.evaluate(f"document.querySelector('.asked li span:nth-child({place})').getBoundingClientRect().x")
        for place in (1, 2)
    )
    assert number > label


def test_the_day_that_it_was_made_and_whose_it_is_stand_at_the_end() -> None:
    assert html("en/notice").one("footer").text == "Northfield Council, 30 November 2026"
    assert html("cy/notice").one("footer").text == "Northfield Council, 30/11/2026"


def test_each_paper_is_a_page_and_a_document_in_both_editions() -> None:
    small = msgspec.structs.replace(papers(), made=papers().made[-2:])
    assert [name for _, name, _ in contents(small, drawings())] == [
        "start-here-large.docx",
        "start-here-large.html",
        "start-here.docx",
        "start-here.html",
    ]
    specified = (Path(storage.__path__[0]) / "FORMAT.md").read_text("utf-8").partition("## 27. Papers")[2]
    names = re.findall(r"`([a-z-]+)`", specified.partition("\n## ")[0])
    assert {one.name for one in papers().made} == set(names) - {
        "en",
        "staff",
        "officer",
    }
    assert sorted(f"{one.folder}/{one.stem}".removeprefix("/") for one in papers().made) == sorted(PAGES)
