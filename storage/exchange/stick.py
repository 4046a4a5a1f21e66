"""What an office prepares for its laptops, in a folder on a stick, and what a laptop takes from there.

<stick>/Fairstart/kiosk.toml, office.pub     the first event, and the key that responses are sealed to
<stick>/Fairstart/events.json                every event that laptops are prepared for
<stick>/Fairstart/staff.pub                  what laptops seal their own keys to: made of the staff passphrase
<stick>/Fairstart/tokens/                    one for each laptop, by which the office knows it; gone once it is taken
<stick>/Fairstart/…                          start files, wheels and what `deploy` writes

Nothing on it opens anything. Only a token that no laptop has taken yet is worth something to whoever finds it, until
the office recalls it. FORMAT.md, section 22.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from storage.crypto.armour import armour, read_armoured
from storage.crypto.keys import TOKEN_SIZE, OfficePublicKey, StaffPublicKey
from storage.errors import StickError
from storage.exchange import coming
from storage.exchange.coming import ComingEvent, as_json, events_in
from storage.private_files import PRIVATE_FOLDER, erase, flush, flush_folder
from storage.settings import FILE_NAME, SettingsFile, find_settings

FOLDER = "Fairstart"
TOKENS = "tokens"

_LABEL = "FAIRSTART TOKEN 1"
_OPEN, _TAKEN = ".token", ".taken"
_CLAIM_SIZE = 8


def new_tokens(laptops: int) -> list[bytes]:
    """A token for each of so many laptops."""
    return [secrets.token_bytes(TOKEN_SIZE) for _ in range(laptops)]


def small_files(
    settings: SettingsFile,
    events: Sequence[ComingEvent],
    office: OfficePublicKey,
    staff: StaffPublicKey,
    tokens: list[bytes],
) -> dict[str, bytes]:
    """The files that a laptop is set up from, by their names in the folder.

    Args:
        settings: for all events; what they say of one is overwritten with the first of these.
        events: the next one first.
        office: the key that responses are sealed to.
        staff: what laptops seal their own keys to.
        tokens: one for each laptop.

    Raises:
        SettingsError: the settings and the first event do not go together.
    """
    return {
        FILE_NAME: events[0].settings(settings).text.encode(),
        coming.FILE_NAME: as_json(events),
        "office.pub": office.to_file(),
        "staff.pub": staff.to_file(),
        **{f"{TOKENS}/{number}{_OPEN}": armour(_LABEL, token) for number, token in enumerate(tokens, 1)},
    }


@contextlib.contextmanager
def new_folder(place: Path, noted: Callable[[], object]) -> Iterator[Path]:
    """Make the folder at a place: whoever asks fills it, and it is there whole or not at all.

    Args:
        place: a folder, such as a stick.
        noted: called when all is on the medium, right before the folder gets its name.

    Raises:
        StickError: there is one already, or it cannot be written.
    """
    final = place / FOLDER
    if final.exists():
        raise StickError(f"{final} is there already: delete it, or choose another place.")
    unfinished = place / f".{FOLDER}.{secrets.token_hex(4)}.new"
    try:
        place.mkdir(parents=True, exist_ok=True)
        for left in place.glob(f".{FOLDER}.*.new"):  # of a process that was killed
            shutil.rmtree(left)
        unfinished.mkdir(mode=PRIVATE_FOLDER)
        yield unfinished
        _flush_all(unfinished)
        noted()
        unfinished.rename(final)
        flush_folder(place)
    except OSError as error:
        raise StickError(
            f"Cannot write {final} ({error.strerror}): free some space there, or choose another place."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _flush_all(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            flush_folder(path)
        else:
            descriptor = os.open(path, os.O_RDWR)
            try:
                flush(descriptor)
            finally:
                os.close(descriptor)
    flush_folder(folder)


@dataclass(frozen=True)
class Stick:
    """What a laptop finds on a stick."""

    folder: Path
    settings: SettingsFile
    """With the first event, or the one that `of` was asked for."""
    office: OfficePublicKey
    staff: StaffPublicKey
    events: tuple[ComingEvent, ...]
    """Every one that it was prepared for, the next one first."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what was prepared in a folder, or on a stick that holds such a folder.

        Raises:
            StickError: there is none.
            KeyFileError, SettingsError: as their sentences say.
        """
        folder = next(
            (one for one in (path / FOLDER, path) if (one / TOKENS).is_dir() and (one / FILE_NAME).is_file()), None
        )
        if folder is None:
            raise StickError(f"{path} is no stick that an office has prepared: plug that in, and give its name.")
        settings = find_settings(folder / FILE_NAME, None, folder)
        now = settings.settings
        if now.missing:
            raise StickError(f"{folder / FILE_NAME} does not say which event it is: ask the office for another stick.")
        return cls(
            folder,
            settings,
            OfficePublicKey.from_file(folder / "office.pub"),
            StaffPublicKey.from_file(folder / "staff.pub"),
            tuple(events_in(folder))
            or (ComingEvent(event=now.event, languages=now.survey.languages, feedback=now.feedback.ask),),
        )

    def of(self, one: ComingEvent) -> Self:
        """The same stick, for setting a laptop up for this one of its events.

        Raises:
            SettingsError: the event and the settings do not go together.
        """
        return replace(self, settings=one.settings(self.settings))

    def need_token(self, claim: str) -> Path:
        """The token that the laptop with this claim has taken, else the next one that is free.

        Raises:
            StickError: every token is taken.
        """
        found = [*filter(Path.exists, [self._claimed(claim)]), *sorted((self.folder / TOKENS).glob(f"*{_OPEN}"))]
        if not found:
            raise StickError(
                "Every laptop that this stick was prepared for has been set up: ask the office for another stick."
            )
        return found[0]

    def take(self, claim: str) -> bytes:
        """Take one token for the laptop that made this claim; the same one again, where it was interrupted.

        Raises:
            StickError: every token is taken, or the stick cannot be written.
            KeyFileError: the token is damaged.
        """
        own = self._claimed(claim)
        try:
            self.need_token(claim).rename(own)
            flush_folder(own.parent)
        except OSError as error:
            raise StickError(
                f"Cannot write on the stick ({error.strerror}): take off its write protection, then try again."
            ) from error
        return read_armoured(own, _LABEL, TOKEN_SIZE)

    def clear(self, token: bytes) -> None:
        """Overwrite and remove a token that a laptop has taken, if it is still here.

        Raises:
            StickError: it cannot be removed.
        """
        content = armour(_LABEL, token)
        try:
            for path in (self.folder / TOKENS).glob(f"*{_TAKEN}"):
                found = path.read_bytes()
                if found == content or found.startswith(b"\0"):  # overwritten, and then interrupted
                    erase(path)
        except OSError as error:
            raise StickError(
                f"This laptop is set up, but its token is still on the stick ({error.strerror}): "
                "open the stick's start file once more."
            ) from error

    def _claimed(self, claim: str) -> Path:
        return self.folder / TOKENS / f"{claim}{_TAKEN}"


def new_claim() -> str:
    """What a laptop calls the token that it takes, so that it knows it again."""
    return secrets.token_hex(_CLAIM_SIZE)
