"""Private files: readable by their owner alone, replaced whole, on the disk before the call returns.

Modes say who may read them, and under Windows, which has none, an access control list.
"""

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from storage.errors import StoreError

if sys.platform == "win32":
    from storage.windows_permissions import make_private

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
_TRIES, _BETWEEN_TRIES = 50, 0.02
"""Times, and seconds."""
_ZEROS = bytes(1 << 16)


def flush(descriptor: int) -> None:
    """Return once the file's bytes are on the medium (on macOS, fsync alone stops at the drive's cache)."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable. Windows has no such call and keeps them in its own journal."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)


_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602
_NO_COPY_ON_WRITE = 0x00800000
"""FS_IOC_GETFLAGS, FS_IOC_SETFLAGS and FS_NOCOW_FL of Linux."""


def is_overwritten_in_place(folder: Path) -> bool:
    """Whether Btrfs was told to write what is made in a folder over itself, and not to a new place each time."""
    return bool(_flags(folder) & _NO_COPY_ON_WRITE)


def overwrite_in_place(folder: Path) -> None:
    """Tell a file system that can be told so. Others refuse, and nothing changes."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                flags = (_flags(folder) | _NO_COPY_ON_WRITE).to_bytes(8, sys.byteorder)
                fcntl.ioctl(descriptor, _SET_FLAGS, flags)
            finally:
                os.close(descriptor)


def _flags(folder: Path) -> int:
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                return int.from_bytes(fcntl.ioctl(descriptor, _FLAGS, bytes(8))[:4], sys.byteorder)
            finally:
                os.close(descriptor)
    return 0


def create_private(path: Path) -> int:
    """Create a file, mode 0600, and open it to be written and read.

    Returns:
        Its descriptor, for the caller to close.

    Raises:
        OSError: there is one already, or it cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    if sys.platform == "win32":
        try:
            make_private(path)
        except BaseException:
            os.close(descriptor)
            path.unlink()
            raise
    return descriptor


def make_private_folder(folder: Path) -> None:
    """Create the folder and any missing parents, mode 0700, durable by name. An existing folder is left as it is.

    Raises:
        StoreError: the place cannot be written.
    """
    try:
        missing = [place for place in (folder, *folder.parents) if not place.exists()]
        for place in reversed(missing):
            place.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            if sys.platform == "win32":
                make_private(place)
            overwrite_in_place(place)
            flush_folder(place.parent)
    except OSError as error:
        raise StoreError(_cannot_write(folder, error)) from error


def write_private(path: Path, content: bytes) -> None:
    """Put `content` at `path`, mode 0600: all of it, or what was there before.

    Raises:
        StoreError: it may not be there; the file is whole, the old one or the new one.
    """
    import secrets  # a start paints before it writes: 3 ms

    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        descriptor = create_private(temporary)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                flush(file.fileno())
            replace_file(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        flush_folder(path.parent)
    except OSError as error:
        raise StoreError(_cannot_write(path, error)) from error


def replace_file(path: Path, final: Path) -> None:
    """Give a file another's name, and so put it in its place.

    Under Windows nothing is replaced while another program reads it, as those that look for viruses do: it is tried
    again for a second.

    Raises:
        OSError: it could not be done; both are as they were.
    """
    for _ in range(_TRIES if os.name == "nt" else 0):
        with contextlib.suppress(PermissionError):
            path.replace(final)
            return
        time.sleep(_BETWEEN_TRIES)
    path.replace(final)


def write_private_files(files: Iterable[tuple[Path, bytes]]) -> None:
    """Write one after the other as `write_private` does, with the folders that they are in.

    Raises:
        StoreError: one may not be there; those before it are.
    """
    for path, content in files:
        make_private_folder(path.parent)
        write_private(path, content)


def move_aside(folder: Path, to: Path) -> Path:
    """Move a folder whole into another, under a name with a number, and return where it is now.

    Raises:
        StoreError: it is where it was.
    """
    make_private_folder(to)
    number = 1
    while (place := to / f"{folder.name}-{number}").exists():
        number += 1
    try:
        folder.rename(place)
        flush_folder(to)
        flush_folder(folder.parent)
    except OSError as error:
        raise StoreError(f"Cannot move {folder} ({error.strerror}): close what uses it, then try again.") from error
    return place


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that is in it, which nobody needs; nothing happens where there is none.

    Raises:
        StoreError: some of it is still there.
    """
    try:
        if folder.exists():
            shutil.rmtree(folder)
            flush_folder(folder.parent)
    except OSError as error:
        raise StoreError(f"Cannot remove {folder} ({error.strerror}): close what uses it, then try again.") from error


def erase(path: Path) -> None:
    """Overwrite a file with zeros and remove it. A disk that writes elsewhere, as SSDs do, may still remember it.

    Raises:
        OSError: it is still there.
    """
    overwrite(path)
    path.unlink(missing_ok=True)
    flush_folder(path.parent)


def overwrite(path: Path, most: int = sys.maxsize) -> None:
    """Write zeros over a whole file, or over this `most` bytes of it, in place, and flush it; nothing if it is missing.

    Raises:
        OSError: it could not be overwritten.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        return
    try:
        remaining = min(most, os.fstat(descriptor).st_size)
        while remaining:
            remaining -= os.write(descriptor, _ZEROS[:remaining])
        flush(descriptor)
    finally:
        os.close(descriptor)


def read_at_most(path: Path, limit: int) -> bytes:
    """Read a file that others may have written. At most `limit` bytes, plus one that shows it was longer."""
    with path.open("rb") as file:
        return file.read(limit + 1)


def _cannot_write(path: Path, error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return f"Cannot write {path} ({reason}): free some space or choose another place with --data, then try again."
