"""The occasion that responses belong to."""

import base64
import datetime as dt
import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, Protocol, get_args

import msgspec

from content.feedback import LONGEST_CHOICE, MOST_CHOICES, feedback_survey
from content.survey import QUESTION_SET, Survey, load_survey
from storage.errors import StoreDamagedError
from storage.names import name_key, near_miss
from storage.private_files import read_at_most
from storage.text import PRINTABLE

Stage = Literal[
    "outreach", "applicants", "starts", "make-up", "levels", "functional skills", "completion", "progression"
]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""The points of the apprenticeship journey that a survey can be about, in their order."""

EVENT_LIMIT = 1 << 16
"""Bytes of an `event.json`, at most."""

EventText = Annotated[str, msgspec.Meta(max_length=240, pattern=PRINTABLE)]
Choice = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_CHOICE, pattern=PRINTABLE)]
_KeyId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]


def today() -> dt.date:
    """The day that this computer's clock says it is here."""
    return dt.datetime.now().astimezone().date()


def day(date: dt.date) -> str:
    """A date as people write it: 23 November 2026."""
    return f"{date.day} {date:%B %Y}"


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One occasion and what is asked there. Kiosks with the same office key and details hold parts of the same event.

    Where people are asked about the event itself, that is an event of its own beside it, with an id of its own:
    whatever is kept by event, from the pool to the receipt, keeps the two apart.
    """

    name: EventText
    date: dt.date
    place: EventText
    stage: Stage
    question_set: EventText
    office_key_id: _KeyId
    choices: Annotated[tuple[Choice, ...], msgspec.Meta(max_length=MOST_CHOICES)] = ()
    """Where it asks for feedback: the list that the last question is answered from, so that whoever has its codes has
    their names. It is part of the question set, and so of the id."""

    def __post_init__(self) -> None:
        """Refuse a list that is not the one of its question set.

        Raises:
            ValueError: so it is.
        """
        if self.choices and self.question_set != feedback_survey(self.choices).question_set:
            raise ValueError("the choices are not those of the question set")

    @property
    def survey(self) -> Survey:
        """What is asked there.

        Raises:
            ContentError: a question set that this Fairstart does not know.
        """
        return feedback_survey(self.choices) if self.choices else load_survey(self.question_set)

    @property
    def is_feedback(self) -> bool:
        """Whether people are asked about the event itself."""
        return bool(self.choices)

    @property
    def is_known(self) -> bool:
        """Whether this Fairstart knows what is asked there."""
        return self.is_feedback or self.question_set == QUESTION_SET

    @property
    def about(self) -> "Event":
        """The event that feedback is about; itself where it is none."""
        return msgspec.structs.replace(self, question_set=QUESTION_SET, choices=()) if self.is_feedback else self

    def asking(self, choices: tuple[str, ...]) -> "Event":
        """The same occasion, where people are asked what they think of it.

        Args:
            choices: what should be better, to choose from.
        """
        return msgspec.structs.replace(self, question_set=feedback_survey(choices).question_set, choices=choices)

    @property
    def title(self) -> str:
        """What it is called among others, its feedback told from it."""
        return f"{self.name} (feedback)" if self.is_feedback else self.name

    @property
    def id(self) -> bytes:
        """16 bytes computed from all the fields, so that laptops given the same settings agree without talking.

        Another spelling has another id, and the same `occasion`.
        """
        return _id(self)

    @property
    def occasion(self) -> tuple[object, ...]:
        """The same for events whose details are the same but for the spelling of names."""
        return (name_key(self.name), self.date, name_key(self.place), self.stage, self.question_set, self.office_key_id)

    @property
    def folder_name(self) -> str:
        """The event's folder under `<data>/kiosk/`: its id in 32 hexadecimal digits."""
        return self.id.hex()


@functools.lru_cache(maxsize=1 << 16)
def _id(event: Event) -> bytes:
    import hashlib  # a start paints first: 3 ms

    digest = hashlib.sha256(b"fairstart event 1\x00")
    texts = (event.name, event.date.isoformat(), event.place, event.stage, event.question_set)
    for field in (event.office_key_id, *(text.encode() for text in texts)):
        digest.update(len(field).to_bytes(2, "big") + field)
    return digest.digest()[:16]


class Named(Protocol):
    """Any event, however much is known of it."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def place(self) -> str:
        """Where it takes place."""


class NearMiss(msgspec.Struct, frozen=True):
    """A name that is nearly and not quite a known one."""

    what: Literal["event", "place"]
    typed: str
    meant: str

    @property
    def question(self) -> str:
        """Asks which of the two it is."""
        return f"“{self.typed}” is another {self.what} than “{self.meant}”. Did you mean “{self.meant}”?"


def near_misses(name: str, place: str, known: Iterable[Named]) -> Iterator[NearMiss]:
    """The name, and the place, of an event where it is nearly and not quite that of a known one."""
    events = list(known)
    names: tuple[tuple[Literal["event", "place"], str, list[str]], ...] = (
        ("event", name, [event.name for event in events]),
        ("place", place, [event.place for event in events]),
    )
    for what, typed, others in names:
        meant = near_miss(typed, others)
        if meant is not None:
            yield NearMiss(what, typed, meant)


def did_you_mean(name: str, place: str, known: Iterable[Event]) -> Iterator[str]:
    """A question for each near miss."""
    return (miss.question for miss in near_misses(name, place, known))


def write_event(event: Event) -> bytes:
    """The content of `event.json`."""
    return msgspec.json.format(msgspec.json.encode(event), indent=2) + b"\n"


def read_event(path: Path) -> Event:
    """Read `event.json`.

    Raises:
        StoreDamagedError: missing, damaged, or not of the folder it lies in.
    """
    try:
        content = read_at_most(path, EVENT_LIMIT)
        event = parse_event(content)
    except (OSError, ValueError) as error:
        raise _damaged(path) from error
    if len(content) > EVENT_LIMIT or event.folder_name != path.parent.name:
        raise _damaged(path)
    return event


def parse_event(content: bytes) -> Event:
    """The event in the content of an `event.json`.

    Raises:
        ValueError: it is not one.
    """
    event = msgspec.json.decode(content, type=Event)
    keys = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", content).count(b":")
    if keys != len(msgspec.to_builtins(event)) or base64.b64encode(event.office_key_id) not in content:
        raise ValueError("a key stands there twice, or the office key's id is not in its one form")
    return event


def _damaged(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} is missing or damaged and was left as it is: "
        'put a copy back, or run "fairstart doctor --set-aside" to keep it for the office and go on.'
    )
