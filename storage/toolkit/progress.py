"""Which items are chosen, and how far an organisation has come with them."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from content.toolkit import Audience, Entry, Item, MustHave, Toolkit, load_toolkit
from storage.toolkit.checklist import BLANK, Checklist, Record, Status

MUST_HAVES = "must-haves"
"""Names the must-haves where a chapter can be named."""

Records = Mapping[str, Record]


class Choice(Struct, frozen=True, kw_only=True):
    """Which items; what is left empty chooses all."""

    chapter: str = ""
    """A chapter's id, or `MUST_HAVES`; of an unknown one there are no items."""
    must_haves: bool = False
    """The must-haves alone: those of the chapter, where one is named."""
    status: Status | None = None
    owner: str = ""
    audience: Audience | None = None
    due: dt.date | None = None
    """What is open and to be reviewed by this day."""

    def of(self, toolkit: Toolkit, records: Records) -> tuple[Item | MustHave, ...]:
        """The items that it chooses, in order."""
        return tuple(
            item
            for item in self._within(toolkit)
            if self.status in {None, records.get(item.id, BLANK).status}
            and (not self.owner or records.get(item.id, BLANK).owner.casefold() == self.owner.casefold())
            and (self.audience is None or self.audience in item.audience)
            and (self.due is None or is_due(records.get(item.id, BLANK), self.due))
        )

    def _within(self, toolkit: Toolkit) -> tuple[Item | MustHave, ...]:
        if self.chapter == MUST_HAVES or (self.must_haves and not self.chapter):
            return toolkit.must_haves
        if self.must_haves:
            return tuple(item for item in toolkit.must_haves if item.chapter == self.chapter)
        if self.chapter:
            return tuple(item for one in toolkit.chapters if one.id == self.chapter for item in one.all_items)
        return toolkit.actions


class Progress(NamedTuple):
    """How many of some items are done. Those that are not relevant are left out."""

    done: int
    in_progress: int
    of: int

    @classmethod
    def over(cls, items: Iterable[Entry], records: Records) -> Progress:
        """Count some items."""
        stated = [records.get(item.id, BLANK).status for item in items]
        return cls(stated.count("done"), stated.count("in progress"), len(stated) - stated.count("not relevant"))


def items_done(data: Path) -> int:
    """How many of the toolkit's items are done, by the checklist in a data folder; none where there is no checklist.

    Raises:
        StoreError: it cannot be read.
    """
    with contextlib.closing(Checklist.open(data, create=False)) as checklist:
        return Progress.over(load_toolkit().actions, checklist.records()).done


def is_due(record: Record, by: dt.date) -> bool:
    """Whether something is to be reviewed by a day. What is done or not relevant is not."""
    return record.review is not None and record.review <= by and record.status in {"not started", "in progress"}


def day_before(day: dt.date) -> dt.date:
    """The last day of which all that is due is overdue on this one."""
    return day - dt.timedelta(days=1)


def owners(records: Records) -> list[str]:
    """Every owner, by name."""
    return sorted(
        {record.owner for record in records.values() if record.owner}, key=lambda name: (name.casefold(), name)
    )
