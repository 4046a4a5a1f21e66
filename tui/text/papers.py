"""What papers say and show of the screens, from the screens."""

from collections.abc import Iterator
from pathlib import Path

from content.papers import ORGANISATIONS, load_paper
from storage.office.planned import PlannedEvent
from storage.papers.facts import Screens
from storage.papers.files import Papers
from storage.papers.pictures import Drawing, Drawings
from storage.settings import Settings
from tui.text import handover
from tui.text.times import OFFICE_LOCK_SECONDS, STAFF_LOCK_SECONDS, WARNING_SECONDS

WHAT = (
    "Poster, privacy notice and the survey on paper, guides, and drafts for your data protection officer, in a new "
    "folder: each to print and to change, also in large print."
)
SCREENS = Screens(
    warning_seconds=WARNING_SECONDS,
    staff_lock_seconds=STAFF_LOCK_SECONDS,
    office_lock_seconds=OFFICE_LOCK_SECONDS,
    said={"after_export": handover.NEXT_STEP, "deleting": handover.DELETING},
)

_PICTURES = Path(__file__).parents[1] / "pictures"


def shown() -> tuple[str, ...]:
    """The names of the pictures that papers show."""
    blocks = [block for name in ORGANISATIONS for section in load_paper(name).sections for block in section.blocks]
    return tuple(item.cells[0].partition(":")[0] for block in blocks if block.kind == "picture" for item in block.items)


def drawings() -> Drawings:
    """The pictures that papers show, as they were drawn of the running app."""
    return {
        name: Drawing(svg=(_PICTURES / f"{name}.svg").read_bytes(), png=(_PICTURES / f"{name}.png").read_bytes())
        for name in shown()
    }


def about_event(settings: Settings, planned: PlannedEvent | None) -> str:
    """Which event papers are for."""
    name = planned.name if planned else settings.event.name.strip()
    if not name:
        return "No event is planned and the settings name none: the papers leave a gap for it."
    return f"These papers are for “{name}”."


def lacking(papers: Papers) -> Iterator[str]:
    """Which languages there are no candidates' papers in."""
    if papers.lacking:
        yield f"There are no papers for candidates in {', '.join(papers.lacking)} yet: translate those in English."
