"""Papers that are filled in, for tests."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from pathlib import Path

from content.language import languages
from storage.papers.document import Document
from storage.papers.files import Papers, papers_of
from storage.papers.html import page
from storage.settings import (
    CountsShown,
    EventDetails,
    FeedbackAsked,
    KioskBehaviour,
    OfficeAddress,
    Organisation,
    OwnBenchmark,
    PapersWords,
    ReportWords,
    Settings,
    Survey,
)
from tui.text.papers import SCREENS, drawings

MADE = dt.date(2026, 11, 30)
HOSTILE = "<b>Fair</b> **strong** `typed` {organisation} &amp; | a | b |"
RIGHT_TO_LEFT = "معرض الوظائف"
LONG = "Northfield and District Hospitals Foundation Trust Board of Governors "

USUAL = Settings(
    organisation=Organisation(
        name="Northfield Council", statement="We want our apprenticeships to reach every part of town."
    ),
    event=EventDetails(name="Spring Jobs Fair", date=dt.date(2026, 11, 23), place="Town Hall"),
    survey=Survey(languages=tuple(sorted(languages(), key=lambda code: code != "en"))),
    papers=PapersWords(
        contact="Amira Khan, survey@northfield.example, 0113 496 0000", officer="Jo Bell, dpo@northfield.example"
    ),
)
EVERYTHING = Settings(
    organisation=USUAL.organisation,
    event=EventDetails(
        name="Autumn Fair",
        date=dt.date(2026, 9, 28),
        last_day=dt.date(2026, 9, 30),
        place="Guildhall",
        stage="applicants",
    ),
    survey=Survey(questions="key", check_answers=False, languages=("cy",)),
    feedback=FeedbackAsked(ask="after", better=("More chairs", "More tea")),
    counts=CountsShown(threshold=40),
    report=ReportWords(notes="Write to us."),
    papers=USUAL.papers,
    office=OfficeAddress(
        address="sftp://ann:hunter2@office.example/in", sync=("start", "end"), keep_months=1, copy_days=7
    ),
    kiosk=KioskBehaviour(idle_seconds=90, thanks_seconds=20, theme="dark", read_aloud=False),
    benchmarks=(
        OwnBenchmark(question="occupation", category="working_class", share=45, source="Our city, census", year=2021),
    ),
)
"""All that is not as in the other."""


def long(most: int) -> str:
    return (LONG * 5)[: most - 1] + "g"


LONGEST = Settings(
    organisation=Organisation(name=long(60), statement=long(240)),
    event=EventDetails(name=long(60), date=dt.date(2026, 9, 28), last_day=dt.date(2026, 9, 30), place=long(60)),
    survey=USUAL.survey,
    counts=CountsShown(threshold=40),
    papers=PapersWords(contact=long(120), officer=long(120)),
    office=OfficeAddress(address=f"sftp://office.example/{'x' * 60}", sync=("start", "end"), keep_months=24),
)


def named(name: str) -> Settings:
    """Settings in which everything that somebody may name is named so."""
    return Settings(
        organisation=Organisation(name=name, statement=name),
        event=EventDetails(name=name, date=dt.date(2026, 11, 23), place=name),
        survey=USUAL.survey,
        papers=PapersWords(contact=name, officer=name),
        report=ReportWords(notes=name),
    )


@functools.cache
def papers(settings: Settings = USUAL) -> Papers:
    return papers_of(settings, None, SCREENS, MADE)


def document(path: str, settings: Settings = USUAL, edition: str = "usual") -> Document:
    """One paper, by its folder and name: `en/poster`."""
    folder, _, name = path.rpartition("/")
    return next(
        one.document
        for one in papers(settings).made
        if (one.folder, one.name, one.document.edition) == (folder, name, edition)
    )


PATHS = [f"{one.folder}/{one.name}".removeprefix("/") for one in papers().made if one.document.edition == "usual"]


def written(folder: Path, names: Iterable[str], settings: Settings = USUAL) -> Path:
    """The pages of these papers, in a folder; `en/poster-large` is in large print."""
    for name in names:
        path = folder / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        edition = "large" if name.endswith("-large") else "usual"
        path.write_bytes(page(document(name.removesuffix("-large"), settings, edition), drawings()))
    return folder
