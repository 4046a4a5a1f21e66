"""The events that a stick brings to laptops: set-up takes one of them, and staff begin the next without typing it.

FORMAT.md, section 22. What stands in them is on every invitation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from storage.errors import StickError
from storage.private_files import read_at_most, write_private
from storage.settings import EventDetails, Feedback, Languages, SettingsFile, filled_in

FILE_NAME = "events.json"
_LIMIT = 1 << 20


class ComingEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An event that a laptop may be used at, and what is asked there."""

    event: EventDetails
    languages: Languages
    feedback: Feedback = "no"
    """Whether people are asked what they think of it."""

    def settings(self, current: SettingsFile) -> SettingsFile:
        """These settings, with this event in them.

        Raises:
            SettingsError: they do not go together.
        """
        survey = replace(current.settings.survey, languages=self.languages)
        return filled_in(current, self.event, survey, replace(current.settings.feedback, ask=self.feedback))

    def is_over(self, today: dt.date) -> bool:
        """Whether its last day has passed."""
        return self.event.ends is not None and self.event.ends < today


def as_json(events: Sequence[ComingEvent]) -> bytes:
    """The content of the file."""
    return msgspec.json.encode(events)


def events_in(folder: Path) -> list[ComingEvent]:
    """The events in a folder's file, the next one first; none where there is no such file.

    Raises:
        StickError: it cannot be read.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return []
    try:
        events = msgspec.json.decode(read_at_most(path, _LIMIT), type=list[ComingEvent])
    except (OSError, msgspec.DecodeError) as error:
        raise _damaged(path) from error
    if not all(one.event.name and one.event.date and one.event.place for one in events):
        raise _damaged(path)
    return sorted(events, key=lambda one: (one.event.date or dt.date.max, one.event.name))


def _damaged(path: Path) -> StickError:
    return StickError(f"{path} cannot be read: ask the office for another stick.")


def keep_events(folder: Path, events: Sequence[ComingEvent]) -> None:
    """Write the file, unless it says the same already.

    Raises:
        StoreError: it cannot be written.
    """
    content = as_json(events)
    path = folder / FILE_NAME
    if not (path.exists() and path.read_bytes() == content):
        write_private(path, content)


def still_to_come(events: Iterable[ComingEvent], today: dt.date) -> list[ComingEvent]:
    """Those that are not over."""
    return [one for one in events if not one.is_over(today)]
