"""Putting files where people carry them, and getting them back: a folder, a drive, or any address that fsspec knows.

A file is written under another name, flushed, read back and compared, and only then given its name. What travels is
sealed and signed, so neither the place nor the way there has to be trusted.

`fsspec` and its drivers are imported when somebody hands something over, never at a kiosk's start.
"""

from __future__ import annotations

import contextlib
import os
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from storage.errors import PlaceError
from storage.files import flush, flush_folder

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

PIECE = 1 << 16
"""Bytes that are written or read between two reports of progress."""

_LOCAL = {"file", "local"}
_EXTRAS = {
    "s3": "s3",
    "s3a": "s3",
    "sftp": "sftp",
    "ssh": "sftp",
    "smb": "smb",
    "webdav": "webdav",
    "webdavs": "webdav",
}
"""The extra of ours that brings the driver of a protocol."""

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def shown(place: str) -> str:
    """A place as it may be shown: without a user's name, a password or a signed query."""
    parts = urllib.parse.urlsplit(place)
    if "://" not in place or not parts.netloc:
        return place
    return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


@dataclass(frozen=True)
class Found:
    """One file at a place."""

    site: Site
    path: str

    @property
    def name(self) -> str:
        """Its name without the folders."""
        return self.path.rstrip("/").rpartition("/")[2]

    def read(self, limit: int) -> bytes:
        """The content, if it has `limit` bytes at most. The size is looked at before anything is read.

        Raises:
            PlaceError: it is longer, or cannot be read.
        """
        return self.site.read(self.path, limit)


class Site:
    """A folder or address. Make it with `Site.at`."""

    def __init__(self, system: AbstractFileSystem, root: str, place: str, *, local: bool) -> None:
        self._system = system
        self._root = root.rstrip("/") or root
        self._place = shown(place)
        self._local = local

    @classmethod
    def at(cls, place: str) -> Site:
        """The site of a folder's path or a URL.

        Raises:
            PlaceError: its driver is missing, or it cannot be reached.
        """
        protocol = place.partition("://")[0].lower() if "://" in place else ""
        if protocol in {"", *_LOCAL}:
            from fsspec.implementations.local import LocalFileSystem

            path = Path(urllib.parse.unquote(place.partition("://")[2]) if protocol else place).expanduser().absolute()
            return cls(LocalFileSystem(), path.as_posix(), str(path), local=True)
        try:
            import fsspec

            system, root = fsspec.core.url_to_fs(place)
        except ImportError as error:
            extra = _EXTRAS.get(protocol)
            what = f'"pip install fairstart[{extra}]"' if extra else f"the driver that fsspec needs for {protocol}"
            raise PlaceError(f"{protocol}:// needs one more package: install {what}, then try again.") from error
        except ValueError as error:
            raise PlaceError(f"{shown(place)} is no address that can be used: check how it is written.") from error
        except Exception as error:  # noqa: BLE001 - each driver raises its own
            _cannot("reach", shown(place), error)
        return cls(system, root, place, local=False)

    def __str__(self) -> str:
        """The place as it may be shown."""
        return self._place

    def put(self, name: str, content: bytes, progress: Progress) -> None:
        """Write a file, read it back, and give it its name. What had that name before is replaced.

        Raises:
            PlaceError: it is not there under its name.
        """
        if self._local and not Path(self._root).is_dir():
            raise PlaceError(f"There is no folder {self._place}: plug the drive in, or choose another place.")
        temporary, final = f"{self._root}/.{name}.new", f"{self._root}/{name}"
        total = 2 * len(content)
        try:
            if not self._local:
                self._system.makedirs(self._root, exist_ok=True)
            try:
                self._write(temporary, content, lambda done: progress(done, total))
                self._compare(temporary, content, lambda done: progress(len(content) + done, total))
                self._rename(temporary, final)
            except BaseException:
                with contextlib.suppress(Exception):
                    self._system.rm_file(temporary)
                raise
        except PlaceError:
            raise
        except Exception as error:  # noqa: BLE001 - each driver raises its own
            _cannot("write to", self._place, error)

    def files(self, suffix: str) -> list[Found]:
        """Every file here that ends so, in the folder itself and one below; or the one file that this place is.

        Raises:
            PlaceError: it cannot be looked into, or is not there.
        """
        try:
            if self._system.isfile(self._root):
                return [Found(self, self._root)]
            if not self._system.isdir(self._root):
                raise PlaceError(f"There is nothing at {self._place}: check the name, or plug the drive in.")
            paths = self._system.find(self._root, maxdepth=2)
        except PlaceError:
            raise
        except Exception as error:  # noqa: BLE001 - each driver raises its own
            _cannot("look into", self._place, error)
        found = [Found(self, path) for path in sorted(map(str, paths))]
        return [one for one in found if one.name.endswith(suffix) and not one.name.startswith(".")]

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, as `Found.read` says."""
        try:
            if (self._system.size(path) or 0) <= limit:
                with self._system.open(path, "rb") as file:
                    content = bytes(file.read(limit + 1))
                if len(content) <= limit:
                    return content
        except Exception as error:  # noqa: BLE001 - each driver raises its own
            _cannot("read", f"{self._place}", error)
        raise PlaceError("This file is far too large: choose the file that Fairstart wrote.")

    def beside(self, path: str) -> Site:
        """The folder that a file lies in."""
        folder = path.rpartition("/")[0] or "/"
        return Site(self._system, folder, self._place, local=self._local)

    def _write(self, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        with self._system.open(path, "wb") as file:
            for start in range(0, len(content), PIECE):
                file.write(content[start : start + PIECE])
                progress(min(start + PIECE, len(content)))
            file.flush()
            if self._local:
                descriptor = file.fileno()
                flush(descriptor)
                if hasattr(os, "posix_fadvise"):
                    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)  # so that the drive itself is read

    def _compare(self, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        self._system.invalidate_cache()
        same = self._system.info(path).get("size") == len(content)
        with self._system.open(path, "rb") as file:
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                same = same and bytes(file.read(len(piece))) == piece
                progress(start + len(piece))
        if not same:
            raise PlaceError(
                f"What was written to {self._place} did not read back the same: use another drive or place."
            )

    def _rename(self, temporary: str, final: str) -> None:
        if self._local:
            Path(temporary).replace(final)
            flush_folder(Path(self._root))
            return
        try:
            self._system.mv(temporary, final)
        except FileExistsError:  # some servers replace nothing; the content is whole under the other name meanwhile
            self._system.rm_file(final)
            self._system.mv(temporary, final)


def _cannot(what: str, place: str, error: Exception) -> NoReturn:
    reason: Any = getattr(error, "strerror", None) or type(error).__name__
    raise PlaceError(
        f"Cannot {what} {place} ({reason}): check that it is there and has room, then try again."
    ) from error
