"""Copies of the office: one sealed file that holds all it takes to come back after a lost computer.

A copy is sealed under a key that only the office's own seed gives: nobody else reads one, and nobody else makes one.
The key file stands before what is sealed, wrapped as it is, so that a coordinator's passphrase opens the copy on an
empty computer; the recovery code does so too. In it are the store, whatever else is in the office's folder, the
toolkit's checklist and the settings. Nothing of a kiosk is: two states of its store show which response came between.
FORMAT.md, section 25.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import sqlite3
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from storage.crypto.keys import KEY_ID_SIZE, OfficePrivateKey, OfficePublicKey
from storage.crypto.office_key import OfficeKeyFile
from storage.crypto.recovery_code import secret_of_code
from storage.data_folder import RESTORED, UNFINISHED, finish_restoring
from storage.database import as_bytes, open_bytes, open_to_read
from storage.errors import CopyError, KeyFileError, OlderCopyError, StoreDamagedError, StoreError
from storage.events import day
from storage.exchange.locations import Found, Site
from storage.office.office import Office
from storage.office.store import FILE_NAME, Line, OfficeStore
from storage.office_folder import existing_office, office_key_file
from storage.private_files import flush_folder, make_private_folder, read_at_most, remove_folder, write_private
from storage.progress import ProgressCallback, part, unreported
from storage.text import counted
from storage.toolkit import checklist

COPY_SUFFIX = ".copy"
SMALLEST_COPY = 1 << 20
"""Bytes: room for a few hundred responses. A larger copy has twice the size, or four times, and so on."""
COPY_LIMIT = 1 << 30

_KIND = b"fairstart copy "
_HEADER = _KIND + b"1\n"
_SALT_SIZE = 32
_LENGTH_SIZE = 4
_NONCE = bytes(12)
"""Each copy has a key of its own."""
_TAG_SIZE = 16
_KEY_FILE_LIMIT = 1 << 16
_SETTINGS = "kiosk.toml"
_STORE = f"office/{FILE_NAME}"
_LEFT_OUT = {FILE_NAME, "office.pub", "office.key", "wrong-tries"}
"""Of the office's folder: what the copy has in another way, or what only the computer is about."""
_FILE_LIMIT = 1 << 26

_NAME = re.compile(r"office/[a-z0-9][a-z0-9._-]{0,63}|checklist\.db|kiosk\.toml")


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(pattern=f"^({_NAME.pattern})$")]
    size: Annotated[int, msgspec.Meta(ge=0, le=COPY_LIMIT)]


class _Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    made: dt.date
    files: list[_Part]


@dataclass(frozen=True)
class SealedCopy:
    """A copy before it is open."""

    office_id: bytes
    """Of which office key."""
    key_file: bytes
    """The content of `office.key`, as it was on that day."""
    bound: bytes
    salt: bytes
    sealed: bytes

    @classmethod
    def parse(cls, content: bytes) -> SealedCopy:
        """Take a copy apart.

        Raises:
            CopyError: it is none, is cut short, or was written by a newer Fairstart.
        """
        if not content.startswith(_KIND):
            raise CopyError(f"This is not a copy of an office: choose a file that ends in {COPY_SUFFIX}.")
        if not content.startswith(_HEADER):
            raise CopyError("This copy was written by a newer Fairstart: install the newest version.")
        size = len(content)
        if size < SMALLEST_COPY or size > COPY_LIMIT or size & (size - 1):
            raise _damaged()
        salt = len(_HEADER) + KEY_ID_SIZE
        length = salt + _SALT_SIZE
        start = length + _LENGTH_SIZE
        end = start + int.from_bytes(content[length:start], "big")
        if end > start + _KEY_FILE_LIMIT:
            raise _damaged()
        return cls(content[len(_HEADER) : salt], content[start:end], content[:end], content[salt:length], content[end:])


@dataclass(frozen=True)
class OpenedCopy:
    """A copy whose store is open and sound."""

    key: OfficePrivateKey
    key_file: bytes
    made: dt.date
    line: Line
    responses: int
    events: int
    files: Mapping[str, bytes]
    """By name; the store is as it is to be put back."""


@dataclass(frozen=True)
class Original:
    """What a copy is made of."""

    office: Office
    """An open one, which may be written to."""
    data: Path
    """Its data folder."""
    settings: str = ""
    """The text of the settings, where they are not those that Fairstart comes with."""


@dataclass(frozen=True)
class Saved:
    """What became of making a copy."""

    name: str
    place: str
    """Where it is, to be shown."""
    responses: int
    events: int


@dataclass(frozen=True)
class Restored:
    """What became of putting a copy back."""

    aside: Path | None
    """Where the office that was here is now, if there was one."""
    stayed: tuple[str, ...]
    """Files beside the office that were here already and were left as they are."""


def reminder(line: Line, today: dt.date, days: int) -> str:
    """Why a copy should be made now, where the last is older than so many days; empty where none need be."""
    if not line.has_changed:
        return ""
    if line.copied is None:
        return "No copy of the office has been made yet"
    if (today - line.copied).days > days:
        return f"The last copy of the office is of {day(line.copied)}, and something has changed since"
    return ""


# Making one


def back_up(original: Original, place: str, today: dt.date, progress: ProgressCallback = unreported) -> Saved:
    """Write a copy to a place, read it back, open it, and note that there is one.

    Args:
        original: what it is made of.
        place: a folder, or any address.
        today: gives the file its name.
        progress: called with how far it has come.

    Raises:
        InUseError, OtherComputerError: nothing may be written here, so it could not be noted.
        CopyError: what was written does not open, or there is more than one copy can hold.
        PlaceError: the place cannot be reached or written. A file that is there is never replaced.
        StoreError, KeyFileError: the office cannot be read, or that there is a copy cannot be noted.
    """
    office = original.office
    if office.refusal is not None:
        raise office.refusal
    site = Site.at(place)
    files = _files_of(original, part(progress, 0, 3))
    key_file = _read(original.data / "office" / "office.key")
    content = write_copy(office.key, key_file, today, files)
    name = site.put_beside(
        f"fairstart-{today.isoformat()}{COPY_SUFFIX}", content, part(progress, 1, 3), lambda _there: False
    )
    opened = open_copy(SealedCopy.parse(site.fetch(name, COPY_LIMIT)), office.key)
    progress(3, 3)
    office.note("backed up", {"copy": name})
    office.note_copied(today, opened.line.generation)
    return Saved(name, str(site), opened.responses, opened.events)


def write_copy(key: OfficePrivateKey, key_file: bytes, made: dt.date, files: Mapping[str, bytes]) -> bytes:
    """The content of a copy: sealed anew each time, its size one of few.

    Raises:
        CopyError: more than a copy has room for.
    """
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    described = _Described(made, [_Part(name, len(content)) for name, content in sorted(files.items())])
    index = msgspec.json.encode(described)
    plain = b"".join((_u32(len(index)), index, *(content for _, content in sorted(files.items()))))
    salt = os.urandom(_SALT_SIZE)
    bound = b"".join((_HEADER, key.public.id, salt, _u32(len(key_file)), key_file))
    size = SMALLEST_COPY
    while size < len(bound) + len(plain) + _TAG_SIZE:
        size *= 2
    if size > COPY_LIMIT:
        raise CopyError("This office holds more than one copy can hold: copy its data folder as a whole.")
    padded = plain.ljust(size - len(bound) - _TAG_SIZE, b"\x00")
    return bound + ChaCha20Poly1305(_copy_key(key, salt)).encrypt(_NONCE, padded, bound)


def _files_of(original: Original, progress: ProgressCallback) -> dict[str, bytes]:
    data = original.data
    files = {_STORE: original.office.content(progress)}
    beside = [path for path in (data / "office").iterdir() if path.name not in _LEFT_OUT]
    for path in (*beside, data / checklist.FILE_NAME):
        name = path.relative_to(data).as_posix()
        if _NAME.fullmatch(name) and not name.endswith("-journal") and path.is_file():
            files[name] = _database(path) if path.suffix == ".db" else _read(path)
    if original.settings:
        files[_SETTINGS] = original.settings.encode()
    return files


def _database(path: Path) -> bytes:
    try:
        with contextlib.closing(open_to_read(path)) as connection:
            return as_bytes(connection)
    except sqlite3.Error as error:
        raise StoreError(f"Cannot read {path} ({error}): put a copy in its place, or move it away.") from error


def _read(path: Path) -> bytes:
    try:
        content = read_at_most(path, _FILE_LIMIT)
    except OSError as error:
        raise StoreError(f"Cannot read {path} ({error.strerror}): try again.") from error
    if len(content) > _FILE_LIMIT:
        raise StoreError(f"{path} is far too large: move it out of the office's folder.")
    return content


# Opening one


def find_copy(place: str) -> Found:
    """The copy that a file's path or address names, or the only one in a folder.

    Raises:
        PlaceError: it cannot be reached.
        CopyError: there is none, or there are several.
    """
    site = Site.at(place)
    found = site.files(COPY_SUFFIX)
    if not found:
        raise CopyError(f"There is no copy at {site}: look for files that end in {COPY_SUFFIX}.")
    if len(found) > 1:
        raise CopyError(f"There are {len(found)} copies at {site}: name one, such as {found[-1].name}.")
    return found[0]


def unlock_copy(data: Path, copy: SealedCopy, passphrase: str) -> OfficePrivateKey:
    """The key that opens a copy. Takes about a second and 256 MiB.

    Where its office is here, only a passphrase of today's opens it; on an empty computer one of the copy's own day.

    Raises:
        WrongPassphraseError: it does not.
        CopyError: the copy is of another office than the one here.
        KeyFileError: its key file is damaged.
    """
    return _key_file(data, copy).open(passphrase)


def unlock_copy_with_code(data: Path, copy: SealedCopy, typed: str) -> OfficePrivateKey:
    """The same with the recovery code: of today, where its office is here, or of the copy's own day.

    Raises:
        RecoveryCodeError: it is no recovery code.
        WrongPassphraseError: it does not open it.
        CopyError: the copy is of another office than the one here.
        KeyFileError: its key file is damaged.
    """
    return _key_file(data, copy).open_with_code(secret_of_code(typed))


def _key_file(data: Path, copy: SealedCopy) -> OfficeKeyFile:
    if _is_here(data, copy.office_id):
        return office_key_file(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "office.key"
        write_private(path, copy.key_file)
        return OfficeKeyFile.from_file(path)


def _is_here(data: Path, office_id: bytes) -> bool:
    """Whether that office's own key is in the data folder.

    Raises:
        CopyError: another one's is.
    """
    try:
        here = existing_office(data)
    except KeyFileError:
        return False
    if here is not None and here.id != office_id:
        raise CopyError("This copy is of another office than the one here: choose another copy, or data folder.")
    return here is not None


def open_copy(copy: SealedCopy, key: OfficePrivateKey) -> OpenedCopy:
    """Open a copy and check every page, response and group in it.

    Raises:
        CopyError: it is damaged, or of another office.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    if copy.office_id != key.public.id:
        raise CopyError("This copy is of another office: choose one of your own.")
    try:
        plain = ChaCha20Poly1305(_copy_key(key, copy.salt)).decrypt(_NONCE, copy.sealed, copy.bound)
        made, files = _read_files(plain)
        with contextlib.closing(open_bytes(files[_STORE])) as connection:
            store = OfficeStore(connection, Path(FILE_NAME))
            office = Office(Path(), store, key)
            responses, events, line = office.check(), len(office.events()), store.line()
            if line.office != key.public.id:
                raise _damaged()
            office.note("restored", {"copy of": made.isoformat()})
            store.mark_restored(made)
            restored = {**files, _STORE: connection.serialize()}
    except (InvalidTag, ValueError, KeyError, sqlite3.Error, StoreError) as error:
        raise _damaged() from error
    return OpenedCopy(key, copy.key_file, made, line, responses, events, restored)


def _read_files(plain: bytes) -> tuple[dt.date, dict[str, bytes]]:
    """The day and the files; ValueError where they are not as they were written."""
    start = _LENGTH_SIZE + int.from_bytes(plain[:_LENGTH_SIZE], "big")
    described = msgspec.json.decode(plain[_LENGTH_SIZE:start], type=_Described)
    files = {}
    for one in described.files:
        files[one.name] = plain[start : start + one.size]
        start += one.size
    if start > len(plain) or plain.count(b"\x00", start) != len(plain) - start or len(files) != len(described.files):
        raise ValueError("not as it was written")
    return described.made, files


# Putting one back


def restore(data: Path, copy: OpenedCopy, *, older: bool = False, progress: ProgressCallback = unreported) -> Restored:
    """Put a copy in the place of what is in a data folder, inside `hold`. Nothing that is there is deleted.

    What is there is moved aside once the copy is on the disk, whole and checked. A process that is killed leaves the
    one or the other, or what the next `hold` puts in place. The key file that is here stays, or that of the copy comes
    back.

    Args:
        data: the data folder, which need not exist.
        copy: an open one.
        older: whether the office here may hold something that the copy lacks.
        progress: called with how far it has come.

    Raises:
        OlderCopyError: it does, and it may not.
        CopyError: the office here is another one.
        StoreError: something cannot be written or moved; nothing is lost.
    """
    is_here = _is_here(data, copy.key.public.id)
    if not older and (newer := what_is_newer(data, copy)):
        raise OlderCopyError(newer)
    kept = _read(data / "office" / "office.key") if is_here else copy.key_file
    unfinished = data / UNFINISHED
    remove_folder(unfinished)
    remove_folder(data / RESTORED)
    make_private_folder(unfinished)
    for done, (name, content) in enumerate(sorted(copy.files.items())):
        progress(done, len(copy.files))
        if name.startswith("office/"):
            write_private(unfinished / name.removeprefix("office/"), content)
    write_private(unfinished / "office.key", kept)
    write_private(unfinished / "office.pub", copy.key.public.to_file())
    _check(unfinished, copy)
    stayed = []
    for name in (checklist.FILE_NAME, _SETTINGS):
        if name in copy.files and (data / name).exists():
            stayed.append(name)
        elif name in copy.files:
            write_private(unfinished / name, copy.files[name])
            _move(unfinished / name, data / name)
    _move(unfinished, data / RESTORED)
    aside = finish_restoring(data)
    progress(1, 1)
    return Restored(aside, tuple(stayed))


def _move(path: Path, to: Path) -> None:
    try:
        path.rename(to)
        flush_folder(to.parent)
    except OSError as error:
        raise StoreError(f"Cannot move {path} ({error.strerror}): close what uses it, then try again.") from error


def _check(folder: Path, copy: OpenedCopy) -> None:
    """See that what was put on the disk is what the copy holds."""
    key = OfficePublicKey.from_file(folder / "office.pub")
    with contextlib.closing(OfficeStore.open(folder / FILE_NAME, key)) as store:
        if Office(folder, store, copy.key).check() != copy.responses or store.line().generation != copy.line.generation:
            raise StoreError(f"What was written to {folder} did not read back the same: use another disk.")


def what_is_newer(data: Path, copy: OpenedCopy) -> str:
    """What the office here holds that the copy lacks, as far as that can be read, in a sentence; empty for nothing.

    Raises:
        StoreError: the office here is not damaged, and cannot be read all the same.
    """
    path = data / "office" / FILE_NAME
    if not path.exists():
        return ""
    try:
        with contextlib.closing(OfficeStore.open(path, copy.key.public)) as store:
            here, held = store.line(), sum(one.responses for one in Office(data, store, copy.key).events())
    except StoreDamagedError:
        return ""
    if here.generation == 0 or (here.id == copy.line.id and here.generation <= copy.line.generation):
        return ""
    if here.id == copy.line.id:
        came = held - copy.responses
        since = f": {counted(came, 'response')} came in" if came > 0 else ""
        return f"The office here has changed since this copy of {day(copy.made)} was made{since}."
    return (
        f"The office here and this copy of {day(copy.made)} have gone on apart: "
        f"{counted(held, 'response')} here, {copy.responses} in the copy."
    )


def _copy_key(key: OfficePrivateKey, salt: bytes) -> bytes:
    return key.derive(b"fairstart office copy 1\x00" + salt)


def _damaged() -> CopyError:
    return CopyError("This copy is cut short or damaged: choose another one.")


def _u32(number: int) -> bytes:
    return number.to_bytes(_LENGTH_SIZE, "big")
