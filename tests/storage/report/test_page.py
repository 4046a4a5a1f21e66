"""The page is read by everybody, on any screen and on paper; nothing in it runs and nothing is fetched."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from storage.report import sentences
from storage.report.report import Report
from tests.repeated import said_twice
from tests.storage import programs
from tests.storage.needs import ALL_PROGRAMS
from tests.storage.report import samples
from tests.storage.report.markup import Element, parsed
from tests.storage.report.samples import HOSTILE, SAMPLES, USUAL, files_of
from tests.storage.toolkit import browsing
from tests.storage.toolkit.browsing import (
    PHONE,
    SMALLEST,
    WIDE,
    Scheme,
    Window,
    boxes_of,
    on_paper,
    overlapping,
    read_off,
    window_of,
)

PAPER = 703
"""A4 in pixels of 1/96 inch, without the margins."""

browser, window = browsing.browser, browsing.window


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every sample's page."""
    made = tmp_path_factory.mktemp("pages")
    for name in SAMPLES:
        (made / f"{name}.html").write_bytes(files_of(name)["report.html"])
    (made / "scorecard.html").write_bytes(files_of("whole office")["scorecard.html"])
    return made


@functools.cache
def html(name: str) -> Element:
    return parsed(files_of(name)["report.html"].decode())


# Accessible


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("everything", PHONE, "light"),
        ("everything", WIDE, "dark"),
        ("hostile", PHONE, "dark"),
        ("whole office", PHONE, "light"),
        ("scorecard", PHONE, "dark"),
        *(
            pytest.param(name, width, scheme, marks=pytest.mark.long)
            for name, width, scheme in itertools.product((*SAMPLES, "scorecard"), (PHONE, WIDE), ("light", "dark"))
        ),
    ],
)
@pytest.mark.sampled
def test_axe_finds_nothing_that_shuts_somebody_out(
    window: Window, folder: Path, name: str, width: int, scheme: Scheme
) -> None:
    window.open(folder / f"{name}.html", width, scheme)
    wrong, passed = window.judged()
    assert wrong == []
    assert {"color-contrast", "image-alt", "document-title"} & passed


def test_axe_sees_what_is_wrong(window: Window, tmp_path: Path) -> None:
    page = files_of("small")["report.html"].decode()
    path = tmp_path / "wrong.html"
    path.write_text(page.replace('<html lang="en-GB">', "<html>").replace("--ink: #16202a", "--ink: #dddddd"), "utf-8")
    window.open(path)
    wrong, _ = window.judged()
    assert {name for name, _ in wrong} == {"html-has-lang", "color-contrast"}


@pytest.mark.parametrize("name", SAMPLES)
def test_headings_skip_no_level_and_there_is_one_of_the_first(name: str) -> None:
    levels = [int(one.name[1]) for one in html(name).all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_chart_has_a_title_and_its_numbers_in_words_and_no_other_drawing_is_read_out(name: str) -> None:
    document = html(name)
    for drawing in document.all("svg"):
        if drawing.attributes.get("role") == "img":
            title, words = (document.named(part) for part in drawing.attributes["aria-labelledby"].split())
            assert (title, words) == (drawing.one("title"), drawing.one("desc"))
            assert title.text
            row = r".+?: (under 10, |\d+% \()?(\d+ to )?\d+%.*?\. ?"
            assert re.fullmatch(f"({row})+", words.text), words.text
        else:
            assert drawing.attributes["aria-hidden"] == "true"
            assert not list(drawing.all("text"))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_table_has_a_caption_and_headers_that_say_what_they_head(name: str) -> None:
    for table in html(name).all("table"):
        assert table.one("caption").text
        assert [one.attributes["scope"] for one in table.one("thead").all("th")]
        assert {one.attributes["scope"] for one in table.one("thead").all("th")} == {"col"}
        for row in table.one("tbody").all("tr"):
            assert [one.attributes["scope"] for one in row.all("th")] == ["row"]
            assert len(list(row.all("th", "td"))) == len(list(table.one("thead").all("th")))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_anchor_and_every_label_leads_somewhere(name: str) -> None:
    document = html(name)
    names = [one.attributes["id"] for one in document.all() if "id" in one.attributes]
    assert len(names) == len(set(names))
    for one in document.all():
        assert set(one.attributes.get("aria-labelledby", "").split()) <= set(names)
        if "href" in one.attributes:
            assert one.attributes["href"].removeprefix("#") in names


def test_a_chart_marks_the_share_its_interval_and_the_national_figure_and_its_legend_says_which_is_which() -> None:
    document = html("one stage")
    [legend] = [one for one in document.all("p") if one.attributes.get("class") == "legend"]
    keys = [(next(span.one("svg").all()).attributes["class"], span.text) for span in legend.all("span")]
    assert [kind for kind, _ in keys] == ["share", "interval", "national", "own"]
    assert dict(keys)["share"] == "the share in these answers"
    assert dict(keys)["national"].startswith("the national figure (Social Mobility Commission")
    assert dict(keys)["own"] == "your own figure"
    [chart] = [one for one in document.all("svg") if one.attributes.get("aria-labelledby", "").startswith("chart-occ")]
    kinds = Counter(one.attributes.get("class") for one in chart.all("circle", "line"))
    assert (kinds["share"], kinds["interval"], kinds["national"], kinds["own"]) == (3, 9, 3, 1)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_with_charts_has_one_legend_of_what_is_drawn(name: str) -> None:
    document = html(name)
    drawn = {
        one.attributes["class"]
        for chart in document.all("svg")
        if chart.attributes.get("role") == "img"
        for one in chart.all("circle", "line")
    } - {"grid"}
    legends = [one for one in document.all("p") if one.attributes.get("class") == "legend"]
    assert len(legends) == bool(drawn)
    for legend in legends:
        keys = {next(span.one("svg").all()).attributes["class"] for span in legend.all("span")}
        assert keys == drawn | {"share", "interval"}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_chart_tells_the_share_and_leaves_its_interval_to_the_drawing_and_the_table(name: str) -> None:
    figures = [one.text for one in html(name).all("text") if one.attributes.get("class") == "figure"]
    assert [figure for figure in figures if not re.fullmatch(r"(\d+ to )?\d+%|under 10", figure)] == []


@pytest.mark.parametrize("name", ["everything", "eight stages"])
def test_where_the_three_groups_stand_without_their_question_it_is_said_what_they_are(name: str) -> None:
    [journey] = [one for one in html(name).all("section") if one.attributes["aria-labelledby"] == "journey"]
    assert sentences.GROUPS in journey.text


@pytest.mark.parametrize("name", SAMPLES)
def test_no_doubt_and_no_sentence_is_told_twice_on_a_page(name: str) -> None:
    paragraphs = html(name).one("body").all("p", "li", "td", "th", "dd", "caption", "h2", "h3")
    assert said_twice(one.text for one in paragraphs) == []


def test_along_the_journey_only_the_stages_that_are_compared_with_the_country_have_its_mark() -> None:
    charts = [
        one
        for one in html("eight stages").all("svg")
        if one.attributes.get("aria-labelledby", "").startswith("journey-")
    ]
    assert len(charts) == 3
    for chart in charts:
        marks = [
            float(one.attributes["y1"]) // 26 for one in chart.all("line") if one.attributes["class"] == "national"
        ]
        assert marks == [0, 1, 2, 3, 4]
        figures = [one.text for one in chart.all("text") if one.attributes.get("class") == "figure"]
        assert len(figures) == 8
        assert any(figure.endswith("%") for figure in figures)


def test_a_count_under_ten_has_an_interval_and_a_benchmark_in_its_chart_and_no_mark_of_a_share() -> None:
    [chart] = [
        one for one in html("small").all("svg") if one.attributes.get("aria-labelledby", "").startswith("chart-sch")
    ]
    assert [one.attributes["cx"] for one in chart.all("circle")] == ["79%"]
    assert "Independent school: under 10, 9 to 38%, above 7.5%." in chart.one("desc").text.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert len([one for one in chart.all("line") if one.attributes["class"] == "national"]) == 1


def test_the_page_says_its_language_and_its_title() -> None:
    document = html("everything")
    assert document.one("html").attributes["lang"] == "en-GB"
    assert document.one("head").one("title").text == document.one("h1").text == samples.everything().title


# Nothing runs, nothing is fetched


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_in_the_page_can_run_or_be_fetched(name: str) -> None:
    document = html(name)
    elements = list(document.all())
    assert {one.name for one in elements}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "base", "form", "input", "image", "use", "foreignobject"}
    )
    for one in elements:
        assert not [attribute for attribute in one.attributes if attribute.startswith("on")]
        assert {"src", "srcset", "action", "xlink:href", "style"}.isdisjoint(one.attributes)
        assert one.attributes.get("href", "#").startswith("#")
        assert not re.search(r"url\(|javascript:|@import", " ".join(one.attributes.values()))
    style = document.one("style").text
    assert not re.search(r"url\(|@import|@font-face|expression", style)
    policy = [one.attributes["content"] for one in document.all("meta") if "http-equiv" in one.attributes]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_browser_fetches_the_page_alone_and_has_nothing_to_say_of_it(window: Window, folder: Path, name: str) -> None:
    window.open(folder / f"{name}.html")
    assert window.did == [f"asked for {name.replace(' ', '%20')}.html"]
    assert window.page.evaluate("document.scripts.length + document.images.length") == 0


def test_without_scripts_the_page_says_the_same(browser: Browser, window: Window, folder: Path) -> None:
    plain_window = window_of(browser, scripts=False)
    for name in ("everything", "hostile"):
        for one in (window, plain_window):
            one.open(folder / f"{name}.html")
        said = plain_window.page.inner_text("body")
        assert said == window.page.inner_text("body")
        assert len(said) > 1000


# On any screen


def assert_fits(window: Window, path: Path, widths: Sequence[int]) -> None:
    window.open(path)
    for width in widths:
        window.page.set_viewport_size({"width": width, "height": 800})
        texts = window.texts()
        assert window.width <= width
        assert min(one["size"] for one in texts) >= SMALLEST
        for one in texts:
            for left, _top, right, _bottom in one["boxes"]:
                assert one["scrolls"] or 0 <= left <= right <= width, (width, one["text"])
        assert overlapping(boxes_of([one for one in texts if one["drawn"]], trimmed=0.15)) == [], width
        assert overlapping(boxes_of(texts, trimmed=0.25)) == [], width


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("widths", [(PHONE, 424, 704, WIDE), range(PHONE, 1000, 8)], ids=["some", "every"])
@pytest.mark.sampled
def test_on_screens_from_320_pixels_nothing_is_cut_off_or_covered_or_too_small(
    window: Window, folder: Path, widths: Sequence[int], name: str
) -> None:
    assert_fits(window, folder / f"{name}.html", widths)


def test_a_table_that_is_too_wide_for_a_phone_scrolls_by_itself_and_can_be_reached_by_keyboard(
    window: Window, folder: Path
) -> None:
    window.open(folder / "everything.html", PHONE)
    wide = window.page.locator(".wide")
    assert wide.evaluate("one => one.scrollWidth > one.clientWidth && getComputedStyle(one).overflowX === 'auto'")
    assert (wide.get_attribute("tabindex"), wide.get_attribute("role")) == ("0", "region")


def test_light_and_dark_are_as_the_reader_has_them(window: Window, folder: Path) -> None:
    colours = []
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        window.open(folder / "small.html", scheme=scheme)
        colours.append(window.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 253, 248)", "rgb(16, 23, 30)"]


LUMINANCE = """([selector, property]) => {
  const colour = one => {
    const parts = one.match(/[\\d.]+/g).slice(0, 3).map(Number).map(part => part / 255);
    const [r, g, b] = parts.map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = colour(getComputedStyle(document.body).backgroundColor);
  const ink = colour(getComputedStyle(document.querySelector(selector))[property]);
  const [dark, light] = [ink, paper].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_at_7_to_1_and_what_is_drawn_at_3_to_1(window: Window, folder: Path, scheme: Scheme) -> None:
    window.open(folder / "one stage.html", scheme=scheme)
    for selector, kind, least in (
        ("p", "color", 7),
        (".quiet", "color", 7),
        ("a", "color", 7),
        ("dt", "color", 7),
        (".rest td", "color", 7),
        ("svg text", "fill", 7),
        ("svg .scale", "fill", 7),
        (".share", "fill", 3),
        (".interval", "stroke", 3),
        (".national", "stroke", 3),
        (".own", "stroke", 3),
    ):
        assert window.page.evaluate(LUMINANCE, [selector, kind]) >= least, selector


# On paper


@pytest.mark.parametrize(
    ("name", "sides"),
    [
        *((name, 3 if name in {"everything", "eight stages"} else 2) for name in (*USUAL, "eight stages")),
        ("whole office", 4),
        ("scorecard", 1),
    ],
)
@pytest.mark.sampled
def test_printed_it_is_a4_and_nothing_is_cut(window: Window, folder: Path, name: str, sides: int) -> None:
    pdf, texts = on_paper(window, folder / f"{name}.html", PAPER)
    printed = read_off(pdf)
    assert len(pdf.pages) <= sides
    assert [text for text in texts if text not in printed] == []
    assert not Counter("".join(texts)) - Counter(printed)


def test_printed_hostile_names_are_a4_too(window: Window, folder: Path) -> None:
    pdf, texts = on_paper(window, folder / "hostile.html", PAPER)
    printed = read_off(pdf)
    assert [text for text in texts if text.isascii() and text not in printed] == []


def test_the_same_content_is_printed_whatever_the_reader_chose_for_the_screen(window: Window, folder: Path) -> None:
    window.open(folder / "everything.html", scheme="dark")
    window.page.emulate_media(media="print", color_scheme="dark")
    assert window.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert window.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


# Hostile names


def plain(text: str) -> str:
    return " ".join(text.split())


def harmless(name: str) -> set[str]:
    return {one.name for one in html(name).all()}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_text_wherever_it_stands(text: str) -> None:
    report: Report = samples.hostile(text)
    document = parsed(samples.hostile_files(text)["report.html"].decode())
    assert {one.name for one in document.all()} <= harmless("everything")
    assert len(list(document.all())) == len(list(parsed(samples.hostile_files("Leeds")["report.html"].decode()).all()))
    assert document.one("head").one("title").text == plain(report.title)
    assert document.one("h1").text == plain(f"Socio-economic background: {text}")
    assert document.one("blockquote").text == plain(text)
    assert document.one("header").text.startswith(plain(text))
    assert plain(f"{text}, 3 October 2026, {text} (outreach)") in [one.text for one in document.all("li")]
    cell = next(row for row in document.all("tr") if row.text.startswith("Working class"))
    assert plain(f"in line with 45% ({text}, 2021)") in cell.text


def test_a_browser_shows_hostile_names_as_text_and_runs_none(window: Window, folder: Path) -> None:
    window.open(folder / "hostile.html", PHONE)
    text = plain(window.page.evaluate("document.body.textContent"))
    assert window.did == ["asked for hostile.html"]
    assert set(window.page.evaluate("[...document.querySelectorAll('*')].map(one => one.localName)")) <= harmless(
        "everything"
    )
    assert window.page.evaluate("document.title") == plain(samples.all_hostile().title)
    for one in HOSTILE:
        assert plain(one) in text


def test_a_browser_finds_the_elements_that_our_parser_finds(window: Window, folder: Path) -> None:
    for name in ("everything", "hostile"):
        window.open(folder / f"{name}.html")
        found = window.page.evaluate("[...document.querySelectorAll('th, td')].map(one => one.textContent)")
        assert list(map(plain, found)) == [one.text for one in html(name).all("th", "td")]


# Where a program is missing


@pytest.mark.parametrize("need", [programs.need_chromium, programs.need_libreoffice])
def test_without_the_program_a_test_is_skipped_or_fails_where_all_are_installed(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    need: Callable[[], str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(ALL_PROGRAMS, raising=False)
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED"):
        need()
    monkeypatch.setenv("CI", "true")  # as every forge sets it, on systems that have few of these
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED"):
        need()
    monkeypatch.setenv(ALL_PROGRAMS, "1")
    with pytest.raises(pytest.fail.Exception, match="NOT TESTED"):
        need()
