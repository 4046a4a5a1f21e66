"""The event that most tests are about."""

import datetime as dt

from msgspec.structs import replace

from storage.events import Event

_FAIR = Event(
    name="Riverside Jobs Fair",
    date=dt.date(2026, 11, 23),
    place="Leeds",
    stage="outreach",
    question_set="smc-2021",
    office_key_id=bytes(16),
)


def fair(office_key_id: bytes = bytes(16), **other: object) -> Event:
    """It, of an office with this key; some of it may be otherwise."""
    return replace(_FAIR, office_key_id=office_key_id, **other)
