"""Sending: all that a laptop holds to the office's address, and the receipts that lie there taken, in one step.

What is sent each time is everything, in files of few sizes, whether or not anybody came since: so the place learns from
a sending that it took place, and no more. An event that went through is not sent again by a further try; one that was
interrupted is sent whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from storage.crypto.keys import KioskPrivateKey
from storage.errors import FairstartError, PlaceError
from storage.exchange.addresses import shown
from storage.exchange.handover import Handed, HeldEvent, State
from storage.exchange.locations import Site
from storage.kiosk.outbox import ClosedOutbox
from storage.progress import ProgressCallback

WAITS = (2, 8, 30)
"""Seconds before each further try."""
_STATES = {
    State.EMPTY: "empty",
    State.HELD: "held",
    State.PARTLY: "partly sent",
    State.EXPORTED: "sent",
    State.RECEIVED: "received",
    State.DELETING: "deleting",
    State.DELETED: "deleted",
}

PauseCallback = Callable[[int, PlaceError], None]
"""Called with so many seconds to wait before the next try, and why; may raise a `StoppedError`."""


@dataclass(frozen=True)
class Sent:
    """What became of a sending."""

    handed: list[Handed]
    received: list[tuple[HeldEvent, bytes]]
    """Events that the office has, with the receipts that say so."""
    problems: list[FairstartError]
    """Why an event could not be sent, or a receipt not be believed."""


def send(
    outbox: ClosedOutbox, key: KioskPrivateKey, place: str, progress: ProgressCallback, pause: PauseCallback
) -> Sent:
    """Hand every event over to a place and take the receipts there. Safe to repeat; interrupted, nothing is lost.

    Args:
        outbox: hands over.
        key: from its `unlock`.
        place: the office's address.
        progress: called with how far it has come; what it raises stops the sending.
        pause: waits.

    Raises:
        PlaceError: the place could not be used, however often it was tried; what was handed over before stays so.
        InUseError, ExportError, StoreError: as their sentences say.
    """
    handed: dict[bytes, Handed] = {}
    for wait in (*WAITS, 0):
        try:
            site = Site.at(place)
            for one in outbox.hand_over(key, site, progress, leaving_out=handed):
                handed[one.event.id] = one
            received, problems = outbox.look_for_receipts(key, site)
            break
        except PlaceError as error:
            if not wait:
                raise
            pause(wait, error)
    return Sent(list(handed.values()), received, [*outbox.lost(), *problems])


class _SentEvent(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    date: str
    place: str
    stage: str
    held: int
    sent: int
    received: int
    state: str
    may_be_deleted: bool


class _Report(msgspec.Struct, frozen=True, kw_only=True):
    address: str
    problems: list[str]
    events: list[_SentEvent]


def to_json(place: str, events: list[HeldEvent], problems: list[FairstartError]) -> str:
    """How far each event has come, as FORMAT.md, section 21, describes it."""
    told = [
        _SentEvent(
            id=one.event.id.hex(),
            name=one.event.title,
            date=one.event.date.isoformat(),
            place=one.event.place,
            stage=one.event.stage,
            held=one.held,
            sent=one.noted.exported,
            received=one.noted.received,
            state=_STATES[one.state],
            may_be_deleted=one.state is State.RECEIVED,
        )
        for one in events
    ]
    report = _Report(address=shown(place), problems=[error.sentence for error in problems], events=told)
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
