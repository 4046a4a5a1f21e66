"""Putting files where people carry them, and getting them back: a folder, a drive, or any address that fsspec knows.

A file is written under another name, flushed, read back and compared, and only then given its name. What travels is
sealed and signed, so neither the place nor the way there has to be trusted.

`fsspec` and its drivers are imported when somebody hands something over, never at a kiosk's start.
"""

from __future__ import annotations

import contextlib
import logging
import os
import urllib.parse
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import PlaceError
from storage.exchange.drives import expanded
from storage.private_files import flush, flush_folder
from storage.progress import ProgressCallback
from storage.text import printable, shortened, shown_name

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
_WEBDAV = {"webdav": "http", "webdavs": "https"}
"""What WebDAV travels over."""

PATIENCE = 10
"""Seconds that a server may be silent before it counts as out of reach."""

_REASON = 80
"""Letters of a driver's reason that are told, at most."""
_NOT_FOR_ALL_TO_WRITE = 0o7755
_MOST_BESIDE = 1000
"""Files of one name, each with a number after it."""
_LARGEST = 1 << 27
"""Bytes of the largest file that is written here."""

_QUIET = logging.NullHandler()
"""Keeps drivers' own words, and with them a server's, off the screen: errors are told in ours."""


def shown(place: str) -> str:
    """A place as it may be shown: on one line, without a user's name, a password or a signed query."""
    place = printable(place)
    protocol, mark, _rest = place.partition("://")
    if not mark:
        return place
    try:
        parts = urllib.parse.urlsplit(place)
        _ = parts.port
    except ValueError:
        return f"{protocol}://…"
    if parts.scheme != protocol.lower() or "@" in parts.path + parts.query + parts.fragment:
        return f"{protocol}://…"  # a password may have a slash in it
    return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


@dataclass(frozen=True)
class Found:
    """One file at a place."""

    site: Site
    path: str

    @property
    def identity(self) -> tuple[object, str]:
        """The same for the same file, however its place was given."""
        return self.site.identity, self.path.lstrip("/")  # some drivers leave the first slash out

    @property
    def name(self) -> str:
        """Its name without the folders, to be shown."""
        return shown_name(self.file_name)

    @property
    def file_name(self) -> str:
        """Its name without the folders, as it is."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def shown(self) -> str:
        """Where it is and what it is called, as it may be shown."""
        place = str(self.site)
        return place if place.endswith(f"/{printable(self.file_name)}") else f"{place.rstrip('/')}/{self.name}"

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

            written = _local_path(place) if protocol else place
            path = expanded(written)
            return cls(LocalFileSystem(), path.as_posix(), str(path), local=True)
        try:
            with _plainly("reach", shown(place), apart=(ImportError, ValueError)):
                system, root = _connect(place, protocol)
        except ImportError as error:
            extra = _EXTRAS.get(protocol)
            what = f'run "pip install fairstart[{extra}]"' if extra else "install the driver that fsspec names for it"
            raise PlaceError(f"{protocol}:// needs one more package: {what}, then try again.") from error
        except ValueError as error:
            raise PlaceError(f"{shown(place)} is no address that can be used: check how it is written.") from error
        return cls(system, root, place, local=False)

    def __str__(self) -> str:
        """The place as it may be shown."""
        return self._place

    @property
    def identity(self) -> object:
        """The same for every place on one computer."""
        return self._system

    @property
    def is_file(self) -> bool:
        """Whether it is one file and no folder.

        Raises:
            PlaceError: it cannot be looked at.
        """
        with _plainly("look into", self._place):
            kind = self._kind()
        return kind == "file"

    def make(self) -> None:
        """Make this folder in one that is there already; at an address `put` makes it.

        Raises:
            PlaceError: it cannot be made.
        """
        if self._local:
            with _plainly("write to", self._place):
                Path(self._root).mkdir(exist_ok=True)

    def put(self, name: str, content: bytes, progress: ProgressCallback) -> None:
        """Write a file, read it back, and give it its name. What had that name before is replaced.

        Raises:
            PlaceError: it is not there under its name.
        """
        temporary, final = f"{self._root}/.{name}.new", f"{self._root}/{name}"
        total = 2 * len(content)
        with _plainly("write to", self._place):
            if self._local:
                if not Path(self._root).is_dir():
                    raise PlaceError(f"There is no folder {self._place}: plug the drive in, or choose another place.")
                Path(temporary).unlink(missing_ok=True)  # what was left, or a link that somebody laid there
            elif self._root.startswith("/") and not self._system.exists(self._root):
                self._system.makedirs(self._root, exist_ok=True)  # a bucket is never made: its name was mistyped
            try:
                self._write(temporary, content, lambda done: progress(done, total))
                self._compare(temporary, content, lambda done: progress(len(content) + done, total))
                self._rename(temporary, final, content)
            except BaseException:
                with contextlib.suppress(Exception):
                    self._system.rm_file(temporary)
                raise

    def put_beside(
        self, name: str, content: bytes, progress: ProgressCallback, replaces: Callable[[bytes], bool]
    ) -> str:
        """Write a file as `put` does, and return what it is called.

        What has that name is replaced only if `replaces` says so of its content. Else the file gets a number: “-2”.

        Raises:
            PlaceError: it is not there under its name.
        """
        stem, _, suffix = name.rpartition(".")
        for number in range(1, _MOST_BESIDE):
            called = name if number == 1 else f"{stem}-{number}.{suffix}"
            if not self.holds(called) or self._is_replaceable(called, replaces):
                self.put(called, content, progress)
                return called
        raise PlaceError(f"{self._place} has too many files called {name}: choose another place, or make room there.")

    def _is_replaceable(self, name: str, replaces: Callable[[bytes], bool]) -> bool:
        try:
            return replaces(self.read(f"{self._root}/{name}", _LARGEST))
        except PlaceError:  # a folder, a file that may not be read, or one that is far too large
            return False

    def holds(self, name: str) -> bool:
        """Whether something of that name is here.

        Raises:
            PlaceError: it cannot be looked at.
        """
        with _plainly("look into", self._place):
            self._system.invalidate_cache()
            return bool(self._system.exists(f"{self._root}/{name}"))

    def files(self, suffix: str) -> list[Found]:
        """Every file here that ends so, in the folder itself and one below; or the one file that this place is.

        Raises:
            PlaceError: it cannot be looked into, or is not there.
        """
        with _plainly("look into", self._place):
            kind = self._kind()
            if kind == "file":
                return [Found(self, self._root)]
            if kind != "directory":
                raise PlaceError(f"There is nothing at {self._place}: check the name, or plug the drive in.")
            paths = self._list()
        found = [Found(self, path) for path in paths]
        found = [one for one in found if one.file_name.endswith(suffix) and not one.file_name.startswith(".")]
        return [one for one in found if not self._local or Path(one.path).is_file()]  # a pipe would never end

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, as `Found.read` says."""
        with _plainly("read", self._place):
            self._system.invalidate_cache()
            if (self._system.size(path) or 0) <= limit:
                with self._system.open(path, "rb") as file:
                    content = bytes(file.read(limit + 1))
                if len(content) <= limit:
                    return content
        raise PlaceError("This file is far too large: choose the file that Fairstart wrote.")

    def beside(self, path: str) -> Site:
        """The folder that a file lies in."""
        folder = path.rpartition("/")[0] or "/"
        return Site(self._system, folder, self._place, local=self._local)

    def _kind(self) -> str:
        """What is there: a file, a directory or something else; empty where there is nothing."""
        self._system.invalidate_cache()
        try:
            return str(self._system.info(self._root)["type"])
        except FileNotFoundError:
            return ""

    def _list(self) -> list[str]:
        """Every file in the folder and one below. A folder below that cannot be looked into has none."""
        entries = list(self._system.ls(self._root, detail=True))
        for folder in [entry["name"] for entry in entries if entry["type"] == "directory"]:
            with contextlib.suppress(PermissionError, FileNotFoundError):
                entries += self._system.ls(folder, detail=True)
        return sorted({str(entry["name"]) for entry in entries if entry["type"] != "directory"})

    def _write(self, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        with self._system.open(path, "xb" if self._local else "wb") as file:
            for start in range(0, len(content), PIECE):
                file.write(content[start : start + PIECE])
                progress(min(start + PIECE, len(content)))
            file.flush()
            if self._local:
                descriptor = file.fileno()
                if hasattr(os, "fchmod"):
                    with contextlib.suppress(OSError):  # a stick may have no modes
                        os.fchmod(descriptor, os.fstat(descriptor).st_mode & _NOT_FOR_ALL_TO_WRITE)
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

    def _rename(self, temporary: str, final: str, content: bytes) -> None:
        if self._local:
            Path(temporary).replace(final)
            flush_folder(Path(self._root))
            return
        try:
            self._system.mv(temporary, final)
        except Exception:  # noqa: BLE001 - some servers rename nothing, or replace nothing: there, it is written again
            self._write(final, content, lambda _done: None)
            self._compare(final, content, lambda _done: None)
            with contextlib.suppress(Exception):
                self._system.rm_file(temporary)


def _local_path(url: str) -> str:
    """The path in a file:// URL."""
    from urllib.request import url2pathname

    path = url.partition("://")[2]
    return url2pathname(path.removeprefix("localhost") if path.startswith("localhost/") else path)


def _connect(place: str, protocol: str) -> tuple[AbstractFileSystem, str]:
    """A driver that gives up on a server that is silent, and the path there. What the user's own settings say stays."""
    import fsspec

    logging.getLogger().addHandler(_QUIET)
    ssh = {"timeout": PATIENCE, "banner_timeout": PATIENCE, "auth_timeout": PATIENCE, "channel_timeout": PATIENCE}
    s3 = {"config_kwargs": {"connect_timeout": PATIENCE, "read_timeout": PATIENCE, "retries": {"max_attempts": 0}}}
    smb = {"timeout": PATIENCE, "register_session_retries": 1}
    if protocol in _WEBDAV:
        parts = urllib.parse.urlsplit(place)
        base = f"{_WEBDAV[protocol]}://{parts.netloc.rpartition('@')[2]}"
        own = {"base_url": base, "timeout": PATIENCE, **fsspec.config.conf.get("webdav", {})}
        if parts.username is not None:
            own["auth"] = urllib.parse.unquote(parts.username), urllib.parse.unquote(parts.password or "")
        system = fsspec.filesystem("webdav", skip_instance_cache=True, **own)
        weakref.finalize(system, system.client.http.close)
        return system, parts.path or "/"
    limits: dict[str, dict[str, Any]] = {"sftp": ssh, "ssh": ssh, "s3": s3, "s3a": s3, "smb": smb}
    own = fsspec.config.conf.get(protocol, {})
    options = {name: value for name, value in limits.get(protocol, {}).items() if name not in own}
    # a new connection each time: one that was kept may be dead
    system, root = fsspec.core.url_to_fs(place, skip_instance_cache=True, **options)
    if protocol in {"sftp", "ssh"}:
        system.ftp.get_channel().settimeout(PATIENCE)
    if protocol in {"s3", "s3a"}:
        from botocore.handlers import add_expect_header

        system.retries = 2
        system.connect()
        system.s3.meta.events.unregister("before-call.s3", add_expect_header)  # a silent server is awaited for ever
    return system, root


@contextlib.contextmanager
def _plainly(what: str, place: str, *, apart: tuple[type[Exception], ...] = (PlaceError,)) -> Iterator[None]:
    """Turn whatever a driver raises into one sentence, but for errors that are told otherwise."""
    try:
        yield
    except apart:
        raise
    except Exception as error:
        reason = shortened(str(getattr(error, "strerror", None) or type(error).__name__), _REASON)
        raise PlaceError(
            f"Cannot {what} {place} ({reason}): check that it is there and has room, then try again."
        ) from error
