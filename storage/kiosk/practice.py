"""Practice: a kiosk that works and keeps nothing."""

import contextlib
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from storage.crypto.keys import OfficePrivateKey
from storage.data_folder import hold
from storage.errors import InUseError
from storage.kiosk.key_files import set_up
from storage.progress import unreported
from storage.settings import FILE_NAME, OfficeAddress, SettingsFile, filled_in

if TYPE_CHECKING:
    from storage.exchange.handover import Handed
    from storage.exchange.locations import Site

PRACTICE_PASSPHRASE = "practice"  # noqa: S105 - printed on the screen: it guards a folder that is thrown away
_PRACTICE_PREFIX = "fairstart-practice-"


@dataclass(frozen=True)
class Practice:
    """Where somebody practises, and who stands in for the office."""

    data: Path
    office: OfficePrivateKey = field(repr=False)
    """Never on a disk."""

    @property
    def stick(self) -> Path:
        """The folder that stands in for a USB stick, and goes away with the rest."""
        return self.data / "Practice stick"

    def receive(self, handed: Iterable["Handed"], site: "Site") -> None:
        """Do what the office does with exports: put a receipt beside each.

        Raises:
            PlaceError: it cannot be written.
        """
        from storage.exchange.exports import EXPORT_SUFFIX, open_export  # a start does without: 5 ms
        from storage.exchange.receipts import RECEIPT_SUFFIX, write_receipt

        for one in handed:
            receipt = write_receipt(open_export(one.content, self.office), self.office)
            site.put(one.name.removesuffix(EXPORT_SUFFIX) + RECEIPT_SUFFIX, receipt, unreported)


@contextlib.contextmanager
def practice_folder() -> Iterator[Practice]:
    """A set-up data folder that is gone afterwards: in memory where the system offers it, else a temporary folder.

    The private half of its office key is never written, so even a folder left by a power cut cannot be read; the next
    practice removes it.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made inside, mode 0700
    parent = memory if memory.is_dir() else Path(tempfile.gettempdir())
    for left in parent.glob(f"{_PRACTICE_PREFIX}*"):
        if not left.is_symlink() and (left / "lock").exists() and os.access(left, os.W_OK):
            with contextlib.suppress(InUseError):
                with hold(left):
                    shutil.rmtree(left, ignore_errors=True)
                if os.name == "nt":  # which keeps a lock in its folder for as long as it is held
                    shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PRACTICE_PREFIX, dir=parent, ignore_cleanup_errors=True) as folder:
        practice = Practice(Path(folder), OfficePrivateKey.generate())
        with hold(practice.data):
            set_up(practice.data, PRACTICE_PASSPHRASE, practice.office.public)
            practice.stick.mkdir()
            yield practice


def practice_settings(current: SettingsFile, today: dt.date, data: Path) -> SettingsFile:
    """The settings to practise with: what the organiser has filled in, stand-ins for the rest, nowhere to send to.

    Their file is one in the folder of practice: what is changed there changes nothing else.
    """
    settings = current.settings
    organisation = replace(settings.organisation, name=settings.organisation.name.strip() or "Your organisation")
    event = replace(
        settings.event,
        name=settings.event.name.strip() or "Practice",
        date=settings.event.date or today,
        last_day=settings.event.last_day if settings.event.date else None,
        place=settings.event.place.strip() or "Here",
    )
    filled = filled_in(current, organisation, event, OfficeAddress())
    return SettingsFile(filled.settings, data / FILE_NAME, filled.text)
