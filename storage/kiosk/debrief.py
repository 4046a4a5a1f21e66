"""The debrief of an event on its laptop: what those who ran it wrote, to be changed until the event is deleted here.

<data>/kiosk/<event id>/debrief    sealed under a key that follows from the kiosk's seed, always of one size

The office key alone would not do: staff who come back to a word could not read what they wrote. With the kiosk's seed
it is the staff passphrase that opens it, and no file on the laptop does. FORMAT.md, section 26.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from storage.crypto.keys import KioskPrivateKey
from storage.debrief import RECORD_SIZE, WrittenDebrief
from storage.errors import StoreError
from storage.private_files import erase, read_at_most, write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

FILE_NAME = "debrief"
_NONCE_SIZE = 12
_TAG_SIZE = 16
_FILE_SIZE = _NONCE_SIZE + RECORD_SIZE + _TAG_SIZE


def read_debrief(folder: Path, key: KioskPrivateKey, event_id: bytes) -> WrittenDebrief | None:
    """What was written of an event; None where nothing was, or where it is damaged and can only be written anew.

    Raises:
        StoreError: it cannot be read.
    """
    from cryptography.exceptions import InvalidTag

    path = folder / FILE_NAME
    try:
        sealed = read_at_most(path, _FILE_SIZE)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"Cannot read {path} ({error.strerror}): try again.") from error
    try:
        return WrittenDebrief.from_record(
            _cipher(key, event_id).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], None)
        )
    except (InvalidTag, ValueError):
        return None


def write_debrief(folder: Path, key: KioskPrivateKey, event_id: bytes, debrief: WrittenDebrief) -> None:
    """Keep what was written of an event, in the place of what was there.

    Raises:
        StoreError: it cannot be written; what was there stays.
    """
    nonce = os.urandom(_NONCE_SIZE)
    write_private(folder / FILE_NAME, nonce + _cipher(key, event_id).encrypt(nonce, debrief.to_record(), None))


def erase_debrief(folder: Path) -> None:
    """Overwrite and remove it, if it is there.

    Raises:
        OSError: it is still there.
    """
    erase(folder / FILE_NAME)


def _cipher(key: KioskPrivateKey, event_id: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # a start does without

    return ChaCha20Poly1305(key.derive(b"fairstart kiosk debrief 1\x00" + event_id))
