"""Our pages in a browser: on screens, on paper, and as axe-core judges them."""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, sync_playwright
from pypdf import PdfReader

from tests.storage import programs

PHONE, USUAL_WIDTH, WIDE = 320, 900, 1200
SMALLEST = 11
"""Pixels of the smallest letters on a screen."""
A4 = (595.3, 841.9)
"""Points."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
Scheme = Literal["light", "dark"]

TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].map(box => [box.left, box.top, box.right, box.bottom]);
    if (!node.data.trim() || !boxes.length || parent.closest('title, desc, style')) continue;
    found.push({
      text: node.data, boxes, drawn: Boolean(parent.closest('svg')),
      size: parseFloat(getComputedStyle(parent).fontSize), scrolls: Boolean(parent.closest('.wide')),
    });
  }
  return found;
}"""


@dataclass(frozen=True)
class Window:
    """A window of the browser, which one page after the other is opened in."""

    page: Page
    did: list[str] = field(default_factory=list)
    """What the page did since it was opened."""

    def open(self, path: Path, width: int = USUAL_WIDTH, scheme: Scheme = "light") -> None:
        self.did.clear()
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(media="screen", color_scheme=scheme)
        self.page.goto(path.as_uri())

    def texts(self) -> list[dict[str, Any]]:
        """Every text that is shown, with the boxes of its lines."""
        found: list[dict[str, Any]] = self.page.evaluate(TEXTS)
        return found

    def judged(self) -> tuple[list[tuple[str, str]], set[str]]:
        """What axe-core finds wrong, each rule with the first place; and the rules that were kept."""
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": list(RULES)}}).response
        wrong = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
        return wrong, {one["id"] for one in found["passes"]}

    @property
    def width(self) -> int:
        """Of all that can be scrolled to."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Started once: that takes longer than most tests."""
    program = programs.need_chromium()
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


def window_of(browser: Browser, *, scripts: bool) -> Window:
    window = Window(browser.new_context(java_script_enabled=scripts).new_page())

    def alerted(dialog: Dialog) -> None:
        window.did.append(f"alerted {dialog.message}")
        dialog.dismiss()

    window.page.on("dialog", alerted)
    window.page.on("console", lambda one: window.did.append(f"said {one.text}"))
    window.page.on("pageerror", lambda one: window.did.append(f"failed: {one}"))
    window.page.on("request", lambda one: window.did.append(f"asked for {one.url.rpartition('/')[2]}"))
    return window


@pytest.fixture(scope="module")
def window(browser: Browser) -> Window:
    return window_of(browser, scripts=True)


def overlapping(boxes: Sequence[tuple[str, list[float]]]) -> list[tuple[str, str]]:
    """Texts that cover each other, by more than a pixel each way."""
    found = []
    by_top = sorted(boxes, key=lambda one: one[1][1])
    for number, (one, (left, _top, right, bottom)) in enumerate(by_top, 1):
        for other, box in by_top[number:]:
            if box[1] >= bottom - 1:
                break
            if min(right, box[2]) - max(left, box[0]) > 1 and box[3] - box[1] > 1:
                found.append((one, other))
    return found


def boxes_of(texts: list[dict[str, Any]], *, trimmed: float) -> list[tuple[str, list[float]]]:
    """Each line's box; letters fill the middle of a drawn line's box, not all of it."""
    return [
        (one["text"], [left, top + trimmed * (bottom - top), right, bottom - trimmed * (bottom - top)])
        for one in texts
        for left, top, right, bottom in one["boxes"]
    ]


def squeezed(text: str) -> str:
    """Without spaces and ligatures."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def on_paper(window: Window, path: Path, width: int) -> tuple[PdfReader, list[str]]:
    """The page as it is printed on A4, with nothing cut off or covered, and every text that is shown then."""
    window.open(path, width)
    window.page.emulate_media(media="null", color_scheme="light")
    pdf = PdfReader(io.BytesIO(window.page.pdf(prefer_css_page_size=True)))
    window.page.emulate_media(media="print")
    texts = window.texts()
    assert window.width <= width
    assert overlapping(boxes_of(texts, trimmed=0.25)) == []
    for one in texts:
        assert max(box[2] for box in one["boxes"]) <= width + 1, one["text"]
        assert min(box[0] for box in one["boxes"]) >= 0, one["text"]
    for side in pdf.pages:
        assert (float(side.mediabox.width), float(side.mediabox.height)) == pytest.approx(A4, abs=1)
    return pdf, [squeezed(one["text"]) for one in texts]


def read_off(pdf: PdfReader) -> str:
    """All that can be read off the paper."""
    return squeezed("".join(side.extract_text() for side in pdf.pages))
