"""Practice: a kiosk that works and keeps nothing."""

import contextlib
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from storage.crypto.keys import OfficePrivateKey
from storage.data_folder import hold
from storage.errors import InUseError
from storage.kiosk.key_files import set_up
from storage.settings import OfficeAddress, SettingsFile

PRACTICE_PASSPHRASE = "practice"  # noqa: S105 - printed on the screen: it guards a folder that is thrown away
_PRACTICE_PREFIX = "fairstart-practice-"


@contextlib.contextmanager
def practice_folder() -> Iterator[Path]:
    """A set-up data folder that is gone afterwards: in memory where the system offers it, else a temporary folder.

    The private half of its office key is never written, so even a folder left by a power cut cannot be read; the next
    practice removes it.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made inside, mode 0700
    parent = memory if memory.is_dir() else Path(tempfile.gettempdir())
    for left in parent.glob(f"{_PRACTICE_PREFIX}*"):
        if not left.is_symlink() and (left / "lock").exists() and os.access(left, os.W_OK):
            with contextlib.suppress(InUseError), hold(left):
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PRACTICE_PREFIX, dir=parent, ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        with hold(data):
            set_up(data, PRACTICE_PASSPHRASE, OfficePrivateKey.generate().public)
            yield data


def practice_settings(current: SettingsFile, today: dt.date) -> SettingsFile:
    """The settings to practise with: what the organiser has filled in, stand-ins for the rest, nowhere to send to."""
    settings = current.settings
    organisation = replace(settings.organisation, name=settings.organisation.name.strip() or "Your organisation")
    event = replace(
        settings.event,
        name=settings.event.name.strip() or "Practice",
        date=settings.event.date or today,
        last_day=settings.event.last_day if settings.event.date else None,
        place=settings.event.place.strip() or "Here",
    )
    return SettingsFile(
        replace(settings, organisation=organisation, event=event, office=OfficeAddress()), current.path, current.text
    )
