"""Events that the office knows are coming, typed there once for every laptop and list that goes by them.

They lie in `office.db` beside what was brought in, readable, and are no part of any count. FORMAT.md, section 18.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from content.language import languages, load_words
from storage.database import open_to_read
from storage.days import read_day
from storage.errors import FairstartError, StoreError
from storage.events import STAGES, Event, Stage, day
from storage.names import evened, name_key
from storage.office.events import read_events
from storage.office.labels import LEVELS, MOST_PEOPLE
from storage.office.store import FILE_NAME as STORE_NAME
from storage.office.store import OfficeStore, row_number
from storage.settings import EventDetails, Feedback, Name, Word
from storage.text import cleaned, folded, shortened

_ID_SIZE = 8
_NAME_LENGTH = 60
_MOST_LANGUAGES = 8

_Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
_FilledName = Annotated[Name, Meta(min_length=1)]
_Level = Annotated[int, Meta(ge=LEVELS[0], le=LEVELS[-1])]
_Expected = Annotated[int, Meta(ge=1, le=MOST_PEOPLE)]


class PlannedEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event that is coming."""

    id: _Id = msgspec.field(default_factory=lambda: secrets.token_hex(_ID_SIZE))
    """Random: it stays when all the rest is corrected."""
    name: _FilledName
    place: _FilledName
    date: dt.date
    last_day: dt.date | None = None
    """Where it lasts several days."""
    stage: Stage = "outreach"
    level: _Level | None = None
    expected: _Expected | None = None
    """How many people may come; None where nobody has said."""
    languages: Annotated[tuple[Word, ...], Meta(max_length=_MOST_LANGUAGES)] = ()
    """Codes of language packs, the usual one first; empty where the settings say it."""
    feedback: Feedback | Literal[""] = ""
    """Whether people are asked what they think of it; empty where the settings say it."""

    @property
    def details(self) -> EventDetails:
        """As a laptop's settings have it."""
        return EventDetails(name=self.name, date=self.date, last_day=self.last_day, place=self.place, stage=self.stage)

    @property
    def ends(self) -> dt.date:
        """Its last day, or its only one."""
        return self.last_day or self.date

    @property
    def occasion(self) -> tuple[object, ...]:
        """The same for two that a laptop would take for one event, however their names are spelt."""
        return (name_key(self.name), self.date, name_key(self.place), self.stage)


Field = Literal["name", "place", "date", "last_day", "stage", "level", "expected", "languages", "feedback"]
FIELDS: tuple[Field, ...] = get_args(Field)


class PlanningError(FairstartError):
    """Something that was typed of an event cannot be used; nothing was kept."""

    def __init__(self, field: Field, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        """Where it was typed."""


def event_typed(typed: Mapping[Field, str], today: dt.date, *, id_: str = "") -> PlannedEvent:
    """The coming event that somebody typed.

    Args:
        typed: what stands in each field; empty where nothing does.
        today: it is not over before this day.
        id_: that of the event which is changed; empty for a new one.

    Raises:
        PlanningError: a field is empty or cannot be used.
    """
    name, place = typed_name("name", typed["name"]), typed_name("place", typed["place"])
    date = typed_day("date", typed["date"], today)
    last_day = typed_day("last_day", typed["last_day"], date) if typed["last_day"].strip() else None
    if last_day is not None and last_day < date:
        raise PlanningError("last_day", f"The last day is before the first, {day(date)}: correct one of them.")
    event = PlannedEvent(
        id=id_ or secrets.token_hex(_ID_SIZE),
        name=name,
        place=place,
        date=date,
        last_day=last_day if last_day != date else None,
        stage=typed_stage(typed["stage"]),
        level=_number("level", typed["level"], LEVELS[0], LEVELS[-1]),
        expected=_number("expected", typed["expected"], 1, MOST_PEOPLE),
        languages=_languages(typed["languages"]),
        feedback=_feedback(typed.get("feedback", "")),
    )
    if event.ends < today:
        raise PlanningError("date", f"{day(event.ends)} has passed: write a day that is coming.")
    return event


def typed_of(event: PlannedEvent) -> dict[Field, str]:
    """What somebody could have typed for it."""
    return {
        "name": event.name,
        "place": event.place,
        "date": day(event.date),
        "last_day": day(event.last_day) if event.last_day else "",
        "stage": event.stage,
        "level": str(event.level or ""),
        "expected": str(event.expected or ""),
        "languages": ", ".join(event.languages),
        "feedback": event.feedback,
    }


def typed_name(field: Literal["name", "place"], text: str) -> str:
    """The name of an event or a place that somebody typed, in its one spelling.

    Raises:
        PlanningError: it is empty or too long.
    """
    what = "name of the event" if field == "name" else "place"
    name = evened(cleaned(text, keep=""))
    if not name:
        raise PlanningError(field, f"Please fill in the {what}.")
    if len(name) > _NAME_LENGTH:
        raise PlanningError(field, f"The {what} has room for {_NAME_LENGTH} characters: shorten it.")
    return name


def typed_day(field: Literal["date", "last_day"], text: str, coming_from: dt.date | None) -> dt.date:
    """The day that somebody typed; where the year may be left out, the first such day from one on.

    Raises:
        PlanningError: it is empty, or no day.
    """
    if not text.strip():
        raise PlanningError(field, "Please fill in the date.")
    try:
        return read_day(text, coming_from=coming_from)
    except ValueError as error:
        raise PlanningError(field, f"{error}.") from error


def typed_stage(text: str) -> Stage:
    """The stage that somebody typed.

    Raises:
        PlanningError: it is none.
    """
    stage = next((stage for stage in STAGES if folded(stage) == folded(text)), None)
    if stage is None:
        raise PlanningError("stage", f"“{shortened(text)}” is no stage: choose one of {', '.join(STAGES)}.")
    return stage


def _number(field: Literal["level", "expected"], text: str, least: int, most: int) -> int | None:
    digits = re.sub(r"[\s,]", "", text)
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(most)) and least <= int(digits) <= most):
        what = "The level" if field == "level" else "How many people you expect"
        raise PlanningError(field, f"{what} must be a whole number from {least} to {most:,}, or empty.")
    return int(digits)


def _feedback(text: str) -> Feedback | Literal[""]:
    """Whether people are asked, as somebody typed it."""
    known = get_args(Feedback)
    if text.strip() and folded(text) not in known:
        words = f"{', '.join(known[:-1])} or {known[-1]}"
        said = f"“{shortened(text)}” says nothing of feedback: write {words}, or leave it empty."
        raise PlanningError("feedback", said)
    return next((word for word in known if word == folded(text)), "")


def _languages(text: str) -> tuple[str, ...]:
    """The codes of languages that are given by code or by name, each once."""
    codes = {folded(name): code for code in languages() for name in (load_words(code).name, code)}
    wanted = re.split(r"[\s,;]+", text.strip()) if text.strip() else []
    for word in wanted:
        if folded(word) not in codes:
            known = ", ".join(f"{code} ({load_words(code).name})" for code in languages())
            raise PlanningError("languages", f"There is no language “{shortened(word)}” here, only {known}.")
    chosen = tuple(dict.fromkeys(codes[folded(word)] for word in wanted))
    if len(chosen) > _MOST_LANGUAGES:
        raise PlanningError("languages", f"A laptop offers {_MOST_LANGUAGES} languages at most: leave some out.")
    return chosen


def coming_first(events: Iterable[PlannedEvent], today: dt.date) -> list[PlannedEvent]:
    """The next event first; after those that are coming, those that are over, the last first."""
    return sorted(
        events, key=lambda one: (one.ends < today, one.date.toordinal() * (-1 if one.ends < today else 1), one.name)
    )


def still_coming(events: Iterable[PlannedEvent], today: dt.date) -> list[PlannedEvent]:
    """Those that are not over, the next first."""
    return [one for one in coming_first(events, today) if one.ends >= today]


def planned_in(data: Path) -> list[PlannedEvent]:
    """The coming events of the office in a data folder, the next first; none where there is no office.

    It needs no passphrase and changes nothing, and an office may be at work there.

    Raises:
        StoreError: they cannot be read.
    """
    path = data / "office" / STORE_NAME
    if not path.exists():
        return []
    try:
        with contextlib.closing(open_to_read(path)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
            return PlannedEvents(OfficeStore(connection, path)).all() if "planned" in tables else []
    except sqlite3.Error as error:
        raise StoreError(f"Cannot read {path} ({error}): open the office once, then try again.") from error


class PlannedEvents:
    """The coming events in an office's store."""

    def __init__(self, store: OfficeStore) -> None:
        self._store = store

    def all(self) -> list[PlannedEvent]:
        """Every one, the next first.

        Raises:
            StoreError: the store cannot be read; StoreDamagedError where an event is not as it was written.
        """
        with self._store.reading() as read:
            rows = msgspec.convert(list(read("SELECT id, described FROM planned", ())), list[tuple[bytes, bytes]])
            events = [msgspec.json.decode(described, type=PlannedEvent) for _, described in rows]
            if [bytes.fromhex(one.id) for one in events] != [id_ for id_, _ in rows]:
                raise self._store.damaged
        return sorted(events, key=lambda one: (one.date, one.name, one.id))

    def save(self, event: PlannedEvent) -> None:
        """Keep one; one with its id is what was there before.

        Raises:
            PlanningError: it is planned already, under another id.
            StoreError: it cannot be written.
        """
        if any(one.occasion == event.occasion and one.id != event.id for one in self.all()):
            raise PlanningError(
                "name", f"“{event.name}” is planned for {day(event.date)} at that place already: change that one."
            )
        id_ = bytes.fromhex(event.id)
        with self._store.writing() as write:
            row = row_number(id_), id_, msgspec.json.encode(event)
            write("INSERT OR REPLACE INTO planned (rowid, id, described) VALUES (?, ?, ?)", [row])

    def remove(self, id_: str) -> None:
        """Forget one, if it is there.

        Raises:
            StoreError: it cannot be written.
        """
        with self._store.writing() as write:
            write("DELETE FROM planned WHERE id = ?", [(bytes.fromhex(id_),)])

    def known(self) -> list[Event | PlannedEvent]:
        """Every event that is planned or was brought in, as the office calls it.

        Raises:
            StoreError: the store cannot be read.
        """
        return [*self.all(), *(one.event for one in read_events(self._store) if not one.removed)]
