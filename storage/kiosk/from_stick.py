"""Set-up from a stick that the office prepared: nothing is typed, and the laptop's own key is made here.

Interrupted anywhere, it can be run again. A laptop notes under which name it takes a token before it takes it, so that
it takes no second one.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from storage.crypto.sealing import require_sealing
from storage.errors import KeyFileError, StickError
from storage.events import day
from storage.exchange.coming import ComingEvent, events_in, keep_events, still_to_come
from storage.exchange.stick import Stick, new_claim
from storage.kiosk.key_files import new_key_files
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.register import KioskKeys, Register
from storage.kiosk.setup import self_test
from storage.kiosk.state import is_set_up
from storage.private_files import make_private_folder, read_at_most, write_private, write_private_files
from storage.settings import EventDetails, find_settings, write_settings

_CLAIM = ".claim"
"""Beside the keys; like all names there that begin with a dot, the next start removes it."""
_CLAIM_LIMIT = 64


def ways_to_set_up(stick: Stick, today: dt.date) -> list[Stick]:
    """The stick for each of its events that is still to come, the next one first; as it is where all are over.

    Raises:
        SettingsError: an event and the settings do not go together.
    """
    return [stick.of(one) for one in still_to_come(stick.events, today)] or [stick]


def check_stick(stick: Stick, data: Path, today: dt.date) -> None:
    """Return only if this laptop can be set up from it. Nothing is written.

    Raises:
        StickError: its event is over, or no token is left for this laptop.
        KeyFileError: this laptop belongs to another office.
        SealingUnavailableError: this computer cannot seal.
    """
    require_sealing()
    event = stick.settings.settings.event
    if event.ends is not None and event.ends < today:
        raise StickError(
            f"This stick is for “{event.name}”, which was over on {day(event.ends)}: "
            "ask the office for a new one, or put this computer's clock right."
        )
    if is_set_up(data):
        if KioskKeys.read(data / "kiosk").office != stick.office:
            raise KeyFileError(
                f"{data} belongs to another office than this stick: nothing was changed. "
                "Choose another folder with --data."
            )
    else:
        stick.need_token(_claim(data))


def is_done(stick: Stick, data: Path, path: Path) -> bool:
    """Whether this laptop is set up for the stick's event already, by the settings at this path.

    Raises:
        KeyFileError, SettingsError: as their sentences say.
    """
    if not (is_set_up(data) and path.exists()) or KioskKeys.read(data / "kiosk").office != stick.office:
        return False
    return find_settings(path, None, data).settings.event == stick.settings.settings.event


def set_up_from(stick: Stick, data: Path, path: Path) -> Iterator[str]:
    """Write settings and keys, open the kiosk and test it. Yields a sentence as each part is done.

    A laptop that has its keys keeps them, with their passphrase, and takes no token.

    Args:
        stick: after `check_stick`.
        data: the data folder.
        path: where the settings are written.

    Raises:
        FairstartError: a part failed.
    """
    settings = replace(stick.settings, path=path)
    new = not is_set_up(data)
    files = new_key_files(data, stick.staff, stick.office, _take(stick, data)) if new else []
    make_private_folder(data)
    write_settings(settings)
    keep_events(data, stick.events)
    yield "Settings taken from the stick."
    if new:
        write_private_files(files)
        yield "Keys made and saved."
    else:
        yield "This laptop keeps its keys and its staff passphrase."
    with contextlib.closing(Kiosk.open(data, settings.settings)) as kiosk:
        self_test(kiosk)
    yield "Self-test passed: a test record was sealed, stored, read back and removed."
    _clear(stick, data)


def come_again(stick: Stick, data: Path) -> None:
    """Do what is left on a laptop that is set up: its token goes off the stick, and it knows the stick's events.

    Raises:
        StickError: the token cannot be removed.
        StoreError: the events cannot be written, or the register cannot be read.
    """
    keep_events(data, stick.events)
    _clear(stick, data)


def next_events(data: Path, current: EventDetails, today: dt.date) -> list[ComingEvent]:
    """The events that this laptop was prepared for and that are still to come, but the current one.

    What cannot be read counts as none: then staff type the event.
    """
    try:
        return [one for one in still_to_come(events_in(data), today) if one.event != current]
    except StickError:
        return []


def _clear(stick: Stick, data: Path) -> None:
    token = Register.open(data / "kiosk").noted.token
    if token is not None:
        stick.clear(token)


def _take(stick: Stick, data: Path) -> bytes:
    claim = _claim(data) or new_claim()
    path = data / "kiosk" / _CLAIM
    make_private_folder(path.parent)
    write_private(path, claim.encode())
    try:
        return stick.take(claim)
    except StickError:
        path.unlink()
        with contextlib.suppress(OSError):
            path.parent.rmdir()
        raise


def _claim(data: Path) -> str:
    """The name under which this laptop has begun to take a token; empty where it has not."""
    try:
        claim = read_at_most(data / "kiosk" / _CLAIM, _CLAIM_LIMIT).decode("ascii")
    except (OSError, UnicodeDecodeError):
        return ""
    return claim if claim.isalnum() else ""
