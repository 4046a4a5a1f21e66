"""All papers of one survey, and how they get into a folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from msgspec import Struct

import content.papers
from content.language import load_words
from content.papers import (
    ORGANISATIONS,
    CandidatesPapers,
    Paper,
    load_candidates_papers,
    load_paper,
)
from storage.errors import FairstartError, PlaceError
from storage.exchange.locations import Site
from storage.office.planned import PlannedEvent
from storage.papers.composing import composed, filled
from storage.papers.document import Block, Document, Edition, Heading, Layout, Listing, Paragraph, Run, Runs, plain
from storage.papers.facts import Facts, Screens, facts_of, settings_with
from storage.papers.html import page
from storage.papers.pictures import Drawings
from storage.progress import ProgressCallback, part
from storage.settings import Settings

START = "start-here"
"""The paper that says what the others are; the page of it is written last."""

_ENGLISH = "en"
_FOLDERS = {"staff-guide": "staff", "coordinator-guide": "staff", "slip": "staff", "schools": "staff", "start": ""}
"""In which folder a paper of the organisation is, if not with those for the officer."""
_OFFICER = "officer"
_LAYOUTS: dict[str, Layout] = {
    "poster": "poster",
    "slip": "slip",
    "staff-guide": "guide",
    "coordinator-guide": "guide",
}
_EDITIONS: tuple[Edition, ...] = get_args(Edition)


class NoPapersError(FairstartError):
    """There are no papers for such an event."""


class Made(Struct, frozen=True, kw_only=True):
    """A paper that is filled in, in one edition."""

    folder: str
    """Empty for the folder itself."""
    name: str
    about: str
    document: Document

    @property
    def stem(self) -> str:
        """What its files are called."""
        return self.name if self.document.edition == "usual" else f"{self.name}-{self.document.edition}"


class Papers(Struct, frozen=True, kw_only=True):
    """All papers of one survey."""

    made: tuple[Made, ...]
    """The last is what to read first."""
    lacking: tuple[str, ...]
    """Names of the languages on offer that there are no candidates' papers in."""


def papers_of(settings: Settings, event: PlannedEvent | None, screens: Screens, made: dt.date) -> Papers:
    """Every paper, filled in, in each edition.

    Args:
        settings: those that apply.
        event: the planned event that they are for; None for the event of the settings, if there is one.
        screens: what papers say of them.
        made: the day that they are made.

    Raises:
        NoPapersError: the event asks for feedback alone.
    """
    settings = settings_with(settings, event)
    if settings.feedback.ask == "alone":
        raise NoPapersError(
            "These papers are about the questions on background, and this event asks for feedback alone: "
            "choose another event, or ask for feedback after the questions."
        )
    expected = event.expected if event else None
    written = content.papers.candidates_languages()
    offered = [code for code in settings.survey.languages if code in written]
    lacking = tuple(load_words(code).name for code in settings.survey.languages if code not in written)
    english = facts_of(settings, _ENGLISH, screens, made, expected=expected)
    papers = [
        *(one for code in offered for one in _candidates(facts_of(settings, code, screens, made, expected=expected))),
        *(
            _made(name, load_paper(name), english, _FOLDERS.get(name, _OFFICER), edition)
            for name in ORGANISATIONS
            if name != "start"
            for edition in _EDITIONS
            if name != "slip" or edition == "usual"
        ),
    ]
    usual = [one for one in papers if one.document.edition == "usual"]
    start = load_paper("start")
    makers = {"papers": lambda _facts: _listed(usual), "decisions": lambda _facts: _decisions(usual)}
    first = [
        Made(folder="", name=START, about=start.about, document=composed(start, english, "text", edition, makers))
        for edition in reversed(_EDITIONS)
    ]
    return Papers(made=(*papers, *first), lacking=lacking)


def _candidates(facts: Facts) -> Iterator[Made]:
    papers: CandidatesPapers = load_candidates_papers(facts.words.language)
    for name, paper in (("poster", papers.poster), ("notice", papers.notice), ("questions", papers.questions)):
        for edition in _EDITIONS:
            yield _made(name, paper, facts, facts.words.language, edition)


def _made(name: str, paper: Paper, facts: Facts, folder: str, edition: Edition) -> Made:
    document = composed(paper, facts, _LAYOUTS.get(name, "text"), edition)
    return Made(folder=folder, name=name, about=plain(filled(paper.about, facts)), document=document)


def _listed(papers: Sequence[Made]) -> Iterator[Block]:
    """What there is, by folder."""
    for folder in dict.fromkeys(one.folder for one in papers):
        yield Heading(level=3, text=_typed(folder))
        yield Listing(
            items=tuple((*_typed(one.name), Run(text=f": {one.about}")) for one in papers if one.folder == folder),
            numbered=False,
        )


def _decisions(papers: Sequence[Made]) -> Iterator[Block]:
    """What is left to decide or to fill in, by paper."""
    for one in papers:
        left: list[Runs] = [block.text for block in one.document.decisions]
        left += [(Run(text=gap, gap=True),) for gap in one.document.gaps]
        if left:
            yield Paragraph(text=(*_typed(f"{one.folder}/{one.name}"), Run(text=f" {one.document.title}")))
            yield Listing(items=tuple(left), numbered=False)


def _typed(text: str) -> Runs:
    return (Run(text=text, typed=True),)


def contents(papers: Papers, drawings: Drawings) -> Iterator[tuple[str, str, bytes]]:
    """Each file: its folder, its name, what is in it."""
    from storage.papers.docx import docx  # takes 0.2 s, and who asks what papers there are needs none of it

    for one in papers.made:
        yield one.folder, f"{one.stem}.docx", docx(one.document, drawings)
        yield one.folder, f"{one.stem}.html", page(one.document, drawings)


def save(papers: Papers, drawings: Drawings, site: Site, progress: ProgressCallback, *, over: bool = False) -> None:
    """Put all papers in a folder.

    Args:
        papers: what is put there.
        drawings: the pictures in them.
        site: the folder.
        progress: called with how much is done, and of how much.
        over: whether papers that are there may be replaced.

    Raises:
        PlaceError: it cannot be written, or there are papers already.
    """
    site.make()
    if not over and site.holds(f"{START}.html"):
        raise PlaceError(f"There are papers in {site} already: choose another folder, or write over them with --force.")
    folders: Mapping[str, Site] = {
        folder: site.below(folder) if folder else site for folder in dict.fromkeys(one.folder for one in papers.made)
    }
    for below in folders.values():
        below.make()
    total = 2 * len(papers.made)
    for done, (folder, name, written) in enumerate(contents(papers, drawings)):
        folders[folder].put(name, written, part(progress, done, total))
