"""Where staff have forgotten their passphrase: ask the office for a new one, and take what it answers.

<data>/kiosk/forgotten.key    opens the one answer that is waited for; gone once it came, or the passphrase was right

It is there in the open, and opens nothing but that answer, in which the laptop's key is still under the passphrase that
the office has told the staff. Whoever asks at an unattended laptop gets a file that only the office can read, and what
is waited for stays the same. An event goes on all the while.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from storage.crypto.keys import (
    KIOSK_PRIVATE,
    KioskPrivateKey,
    ReplyPrivateKey,
    bound_to,
    kiosk_key_file,
    seed_for_office,
    unwrap,
)
from storage.errors import KeyFileError
from storage.exchange.forgotten import REQUEST_SUFFIX, file_name, read_answer, write_request
from storage.kiosk.register import KioskKeys, Register
from storage.private_files import erase, write_private

_REPLY_KEY = "forgotten.key"


@dataclass(frozen=True)
class Asked:
    """A request for the office."""

    name: str
    content: bytes
    fingerprint: str
    """The office sees it too, and compares."""


def ask_office(data: Path) -> Asked:
    """Make the file that asks the office for a new staff passphrase. Asking again asks for the same answer.

    Raises:
        KeyFileError, StoreError: as their sentences say.
    """
    folder = data / "kiosk"
    keys = KioskKeys.read(folder)
    Register.open(folder).check(keys)
    reply = _waiting_for(folder)
    if reply is None:
        reply = ReplyPrivateKey.generate()
        write_private(folder / _REPLY_KEY, reply.to_file())
    content = write_request(reply.public, keys.own.id, seed_for_office(folder / "kiosk.key"), keys.office)
    return Asked(file_name(reply.public, REQUEST_SUFFIX), content, reply.public.fingerprint)


def take_answer(data: Path, answer: Path, passphrase: str) -> KioskPrivateKey:
    """Let the passphrase that the office gave open this laptop from now on. Takes about a second and 256 MiB.

    Interrupted anywhere, the old or the new passphrase holds, and the answer can be taken again until it is the new.

    Raises:
        WrongPassphraseError: it is not the passphrase of this answer.
        KeyFileError: it is no answer to what this laptop has asked.
        StoreError: it cannot be written.
    """
    keys, wrapped = _read(data, answer)
    key = KioskPrivateKey(unwrap(wrapped, passphrase, bound_to(KIOSK_PRIVATE, keys.own.id)))
    if key.public != keys.own:
        raise KeyFileError(f"{answer} holds the key of another laptop: ask the office again.")
    write_private(data / "kiosk" / "kiosk.key", kiosk_key_file(key.public, wrapped, key.for_office(keys.office)))
    expect_no_answer(data)
    return key


def check_answer(data: Path, answer: Path) -> None:
    """Return only if the office has answered here what this laptop has asked last.

    Raises:
        KeyFileError: it has not.
    """
    _read(data, answer)


def _read(data: Path, answer: Path) -> tuple[KioskKeys, bytes]:
    """The laptop's keys, and its seed as the answer's passphrase opens it."""
    folder = data / "kiosk"
    keys = KioskKeys.read(folder)
    Register.open(folder).check(keys)
    reply = _waiting_for(folder)
    if reply is None:
        raise KeyFileError(
            'This laptop waits for no answer: unlock it as usual, or press "Forgotten" to ask the office for one.'
        )
    return keys, read_answer(answer, reply, keys.own.id, keys.office)


def expect_no_answer(data: Path) -> None:
    """Wait for no answer any more: who knows the passphrase has not forgotten it. What cannot be erased waits on."""
    path = data / "kiosk" / _REPLY_KEY
    with contextlib.suppress(OSError):
        if path.exists():
            erase(path)


def _waiting_for(folder: Path) -> ReplyPrivateKey | None:
    """The key of the answer that is waited for. One that is damaged opens none: it gives way to a new one."""
    try:
        return ReplyPrivateKey.from_file(folder / _REPLY_KEY)
    except KeyFileError:
        return None
