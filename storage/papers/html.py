"""A paper as a page: to read, and to print on A4. It runs nothing and fetches nothing."""

from __future__ import annotations

from storage.events import day
from storage.papers.document import Document, Table, plain
from storage.papers.pictures import Drawings
from storage.report.templates import rendered


def page(document: Document, drawings: Drawings) -> bytes:
    """The page of a paper; KeyError where a picture is not there."""
    made = f"{document.made:%d/%m/%Y}" if document.language != "en" else day(document.made)
    return rendered(
        "paper.html",
        package=__package__,
        paper=document,
        made=made,
        label=_label,
        source=lambda name: drawings[name].source,
    ).encode()


def _label(table: Table) -> str:
    """What a table is called by who does not see it: the names of its columns."""
    return ", ".join(map(plain, table.head))
