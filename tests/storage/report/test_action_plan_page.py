"""The action plan and the checks of a way, as pages: in a browser and on paper."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from content.toolkit import load_toolkit
from storage.report.action_plan import checklist_of, plan_of, written
from storage.toolkit.checklist import Record
from tests.storage.toolkit import browsing
from tests.storage.toolkit.browsing import PHONE, SMALLEST, WIDE, Scheme, Window, on_paper, read_off
from tests.variants import usually

browser, window = browsing.browser, browsing.window

TOOLKIT = load_toolkit()
PAPER_WIDTH = 672
"""A4 in pixels of 1/96 inch, without the margins."""
TODAY = dt.date(2026, 11, 24)
RECORDS = {
    "F1": Record(status="done", owner="Ada Lovelace", review=dt.date(2027, 1, 4), note="First line\nand a second."),
    "F2": Record(status="in progress", owner="<b>Ann</b>", note="W" * 200),
    "D1.1": Record(status="not relevant", note="=1+1"),
    "D1.3": Record(status="in progress", review=dt.date(2026, 11, 20)),
}
PLANS = {
    "everything": plan_of(TOOLKIT, TOOLKIT.actions, RECORDS, "Northfield Council"),
    "event": checklist_of(TOOLKIT.way("event"), {}, "Riverside Jobs Fair"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("plans")
    for name, plan in PLANS.items():
        (made / f"{name}.html").write_text(written(plan, "html", TODAY), "utf-8")
    return made


@pytest.mark.parametrize("name", usually(1, PLANS))
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), pytest.param(WIDE, "dark", marks=pytest.mark.long)])
@pytest.mark.long
def test_axe_finds_nothing_that_shuts_somebody_out(
    window: Window, folder: Path, name: str, width: int, scheme: Scheme
) -> None:
    window.open(folder / f"{name}.html", width, scheme)
    wrong, passed = window.judged()
    assert wrong == []
    assert {"color-contrast", "document-title"} <= passed


def test_what_is_overdue_stands_out(window: Window, folder: Path) -> None:
    window.open(folder / "everything.html")
    weights = window.page.eval_on_selector_all(
        "li p:nth-of-type(2)",
        "all => all.map(one => [one.textContent.includes('overdue'), getComputedStyle(one).fontWeight])",
    )
    assert {bool(late): weight for late, weight in weights} == {True: "600", False: "400"}


@pytest.mark.parametrize("name", PLANS)
def test_a_browser_fetches_the_page_alone_and_nothing_is_cut_off_or_too_small(
    window: Window, folder: Path, name: str
) -> None:
    window.open(folder / f"{name}.html", PHONE)
    assert window.did == [f"asked for {name}.html"]
    assert window.width <= PHONE
    for text in window.texts():
        assert text["size"] >= SMALLEST
        assert all(0 <= left <= right <= PHONE for left, _, right, _ in text["boxes"]), text["text"]


@pytest.mark.parametrize("name", PLANS)
def test_printed_it_is_a4_and_every_word_is_there(window: Window, folder: Path, name: str) -> None:
    pdf, texts = on_paper(window, folder / f"{name}.html", PAPER_WIDTH)
    printed = read_off(pdf)
    assert [text for text in texts if text.isascii() and text not in printed] == []
