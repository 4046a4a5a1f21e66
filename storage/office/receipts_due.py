"""Receipts that the office still owes: an export was taken, but its receipt could not be written beside it.

Until that export is brought in again, its laptop does not know that the office has it, and deletes nothing. Noted is
which laptop's export of which event it was, which the store knows of every export: nothing about responses, no time.

<data>/office/receipts-due.json     those pairs, ascending; no file where none is owed
"""

from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from storage.errors import StoreError
from storage.private_files import read_at_most, write_private

FILE_NAME = "receipts-due.json"
_FILE_LIMIT = 1 << 20
_Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]


class Owed(NamedTuple):
    """One receipt that is owed."""

    event: _Id
    """The event's id."""
    kiosk: _Id
    """The id of the laptop's key."""


class ReceiptsDue:
    """What is noted of one office. Only who may write in its store notes something here."""

    def __init__(self, folder: Path) -> None:
        """Look after the receipts of the office in this folder."""
        self._path = folder / FILE_NAME

    def all(self) -> list[Owed]:
        """Every receipt that is owed.

        Raises:
            StoreError: the file cannot be read.
        """
        try:
            return msgspec.json.decode(read_at_most(self._path, _FILE_LIMIT), type=list[Owed])
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError) as error:
            raise StoreError(
                f"Cannot read {self._path} ({error}): remove that file. Only a list of receipts that are owed is lost."
            ) from error

    def note(self, event: bytes, kiosk: bytes, *, owed: bool) -> None:
        """Note that a receipt is owed, or that it is there now.

        Raises:
            StoreError: it cannot be noted.
        """
        before = set(self.all())
        after = before | {Owed(event, kiosk)} if owed else before - {Owed(event, kiosk)}
        if after == before:
            return
        if after:
            write_private(self._path, msgspec.json.encode(sorted(after)) + b"\n")
        else:
            self._path.unlink(missing_ok=True)
