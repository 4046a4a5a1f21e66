"""Putting files where people carry them, and getting them back: a folder, a drive, or any address that fsspec knows.

A file is written under another name, flushed, read back and compared, given its name, and read back under that. What
travels is sealed and signed, so neither the place nor the way there has to be trusted. A server that takes or gives
nothing for long is given up.

`fsspec` and its drivers are imported when somebody hands something over, never at a kiosk's start.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from storage.errors import PlaceError, StoppedError
from storage.exchange import drivers
from storage.exchange.addresses import Address, shown
from storage.exchange.drives import expanded
from storage.exchange.patience import answer_of
from storage.exchange.typed import meant
from storage.private_files import flush, flush_folder, replace_file
from storage.progress import ProgressCallback, unreported
from storage.text import printable, shown_name

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

Result = TypeVar("Result")

PIECE = 1 << 16
"""Bytes that are written or read between two reports of progress."""
PATIENCE = 10
"""Seconds that a server may be silent before it counts as out of reach."""
_TRIES = 6
"""How often a driver may be as patient within one thing that it does: it looks up, connects, and tries again."""
SLOWEST = 1 << 14
"""Bytes a second that a place takes or gives at the least: some drivers send a whole file at once."""

_NOT_FOR_ALL_TO_WRITE = 0o7755
_MOST_BESIDE = 1000
"""Files of one name, each with a number after it."""
_LARGEST = 1 << 30
"""Bytes of the largest file that is written here."""


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

    @property
    def address(self) -> tuple[str, str] | None:
        """The address of its site, which may have a password in it, and its path there; None in a folder."""
        return (self.site.given, self.path) if self.site.given else None

    def read(self, limit: int) -> bytes:
        """The content, if it has `limit` bytes at most. The size is looked at before anything is read.

        Raises:
            PlaceError: it is longer, or cannot be read.
        """
        return self.site.read(self.path, limit)


class Site:
    """A folder or address. Make it with `Site.at`."""

    def __init__(
        self, system: AbstractFileSystem, root: str, place: str, *, local: bool, turn: threading.Lock | None = None
    ) -> None:
        self.given = ""
        """The address that it was given by, with a password if that has one; empty where it is a folder."""
        self._system = system
        self._turn = turn or threading.Lock()
        """Held by whoever uses the driver: not every one does two things at a time."""
        self._root = root.rstrip("/") or root
        self._place = shown(place)
        self._local = local
        self._computer = () if local else (place.partition("/")[0].lower(), place.partition("://")[2].partition("/")[0])

    @classmethod
    def at(cls, place: str) -> Site:
        """The site of a folder's path, in any form that is pasted, or of a URL.

        Raises:
            PlaceError: its driver is missing, or it cannot be reached.
        """
        place = meant(place)
        protocol = place.partition("://")[0].lower() if "://" in place else ""
        if not protocol:
            from fsspec.implementations.local import LocalFileSystem

            path = expanded(place)
            return cls(LocalFileSystem(), path.as_posix(), str(path), local=True)
        try:
            with _plainly("reach", shown(place), apart=(PlaceError, ImportError, ValueError)):
                system, root = _within(_TRIES * PATIENCE, lambda _progress, _alive: _connect(place, protocol))
        except ImportError as error:
            raise _without_driver(protocol) from error
        except ValueError as error:
            raise _no_address(place) from error
        site = cls(system, root, place, local=False)
        site.given = place
        return site

    def __str__(self) -> str:
        """The place as it may be shown."""
        return self._place

    @property
    def identity(self) -> object:
        """The same for every place on one computer, of one user there."""
        return self._computer

    @property
    def is_file(self) -> bool:
        """Whether it is one file and no folder.

        Raises:
            PlaceError: it cannot be looked at.
        """
        return self._do("look into", lambda _progress, _alive: self._kind()) == "file"

    def make(self) -> None:
        """Make this folder in one that is there already; at an address `put` makes it.

        Raises:
            PlaceError: it cannot be made.
        """
        if self._local:
            with _plainly("write to", self._place):
                Path(self._root).mkdir(exist_ok=True)

    def put(self, name: str, content: bytes, progress: ProgressCallback) -> None:
        """Write a file, read it back, give it its name, and read it back again. What had that name before is replaced.

        Raises:
            PlaceError: it is not there under its name.
        """
        self._do("write to", functools.partial(self._put, name, content), progress, len(content))

    def put_beside(
        self, name: str, content: bytes, progress: ProgressCallback, replaces: Callable[[bytes], bool]
    ) -> str:
        """Write a file as `put` does, and return what it is called.

        What has that name is replaced only if `replaces` says so of its content. Else the file gets a number: “-2”.
        Where the very same content is there already, nothing is written.

        Raises:
            PlaceError: it is not there under its name.
        """
        stem, _, suffix = name.rpartition(".")
        for number in range(1, _MOST_BESIDE):
            called = name if number == 1 else f"{stem}-{number}.{suffix}"
            free = not self.holds(called)
            there = None if free else self._content(called)
            if there == content:
                return called
            if free or (there is not None and replaces(there)):
                self.put(called, content, progress)
                return called
        raise PlaceError(f"{self._place} has too many files called {name}: choose another place, or make room there.")

    def _content(self, name: str) -> bytes | None:
        try:
            return self.fetch(name, _LARGEST)
        except PlaceError:  # a folder, a file that may not be read, or one that is far too large
            return None

    def holds(self, name: str) -> bool:
        """Whether something of that name is here.

        Raises:
            PlaceError: it cannot be looked at.
        """
        return self._do("look into", lambda _progress, _alive: self._exists(f"{self._root}/{name}"))

    def files(self, suffix: str) -> list[Found]:
        """Every file here that ends so, in the folder itself and one below; or the one file that this place is.

        Raises:
            PlaceError: it cannot be looked into, or is not there.
        """
        return self._do("look into", lambda _progress, alive: self._files(suffix, alive))

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, as `Found.read` says."""
        return self._do("read", lambda _progress, alive: self._read(path, limit, alive), size=PIECE)

    def fetch(self, name: str, limit: int) -> bytes:
        """The content of the file of that name here, as `Found.read` says."""
        return self.read(f"{self._root}/{name}", limit)

    def below(self, name: str) -> Site:
        """The folder of that name here, whether it is there or not."""
        return Site(
            self._system,
            f"{self._root}/{name}",
            f"{self._place.rstrip('/')}/{name}",
            local=self._local,
            turn=self._turn,
        )

    def beside(self, path: str) -> Site:
        """The folder that a file lies in."""
        folder = path.rpartition("/")[0] or "/"
        return Site(self._system, folder, self._place, local=self._local, turn=self._turn)

    def _do(
        self,
        what: str,
        work: Callable[[ProgressCallback, ProgressCallback], Result],
        progress: ProgressCallback = unreported,
        size: int = 0,
    ) -> Result:
        """Do something with the place, within bounds if it is at an address.

        Args:
            what: for the sentence that says that it failed.
            work: is given what to call with progress, and what to call when there is none to tell but all is well.
            progress: called with progress.
            size: bytes that may travel between two such calls.

        Raises:
            PlaceError: it failed, or went on for too long.
        """
        with _plainly(what, self._place):
            if self._local:
                return work(progress, unreported)
            try:
                with self._turn:
                    return _within(_TRIES * PATIENCE + size / SLOWEST, work, progress)
            except TimeoutError:
                threading.Thread(target=drivers.let_go, args=[self._system], daemon=True).start()
                raise

    def _put(self, name: str, content: bytes, progress: ProgressCallback, alive: ProgressCallback) -> None:
        temporary, final = f"{self._root}/.{name}.new", f"{self._root}/{name}"
        total = 2 * len(content)
        if self._local:
            if not Path(self._root).is_dir():
                raise PlaceError(f"There is no folder {self._place}: plug the drive in, or choose another place.")
            Path(temporary).unlink(missing_ok=True)  # what was left, or a link that somebody laid there
        elif self._root.startswith("/") and not self._exists(self._root):
            self._system.makedirs(self._root, exist_ok=True)  # a bucket is never made: its name was mistyped
        try:
            self._write(temporary, content, lambda done: progress(done, total))
            self._compare(temporary, content, lambda done: alive(done, total))
            try:
                self._rename(temporary, final)
                self._compare(final, content, lambda done: progress(len(content) + done, total))
            except Exception:
                if self._local:
                    raise
                alive(total, total)
                # some servers rename nothing, or replace nothing, or misread the new name: there, it is written again
                self._write(final, content, lambda done: alive(done, total))
                self._compare(final, content, lambda done: alive(done, total))
                with contextlib.suppress(Exception):
                    self._system.rm_file(temporary)
        except BaseException as error:
            with contextlib.suppress(Exception):
                alive(0, total)  # or else leave it
                self._system.rm_file(temporary)
            if isinstance(error, OSError) and not drivers.has_room(self._system, self._root, len(content)):
                raise drivers.NoRoomError from error
            raise

    def _files(self, suffix: str, alive: ProgressCallback) -> list[Found]:
        kind = self._kind()
        if kind == "file":
            return [Found(self, self._root)]
        if kind != "directory":
            raise PlaceError(f"There is nothing at {self._place}: check the name, or plug the drive in.")
        found = [Found(self, path) for path in self._list(alive)]
        found = [one for one in found if one.file_name.endswith(suffix) and not one.file_name.startswith(".")]
        return [one for one in found if not self._local or Path(one.path).is_file()]  # a pipe would never end

    def _read(self, path: str, limit: int, alive: ProgressCallback) -> bytes:
        self._system.invalidate_cache()
        if (self._system.size(path) or 0) <= limit:
            content = bytearray()
            with self._system.open(path, "rb") as file:
                while len(content) <= limit and (piece := file.read(min(PIECE, limit + 1 - len(content)))):
                    content += piece
                    alive(len(content), limit)
            if len(content) <= limit:
                return bytes(content)
        raise PlaceError("This file is far too large: choose the file that Fairstart wrote.")

    def _exists(self, path: str) -> bool:
        self._system.invalidate_cache()
        return bool(self._system.exists(path))

    def _kind(self) -> str:
        """What is there: a file, a directory or something else; empty where there is nothing."""
        self._system.invalidate_cache()
        try:
            return str(self._system.info(self._root)["type"])
        except OSError as error:
            if isinstance(error, FileNotFoundError) or error.errno == errno.ENOENT:
                return ""
            raise

    def _list(self, alive: ProgressCallback) -> list[str]:
        """Every file in the folder and one below. A folder below that cannot be looked into has none."""
        entries = list(self._system.ls(self._root, detail=True))
        for folder in [entry["name"] for entry in entries if entry["type"] == "directory"]:
            with contextlib.suppress(PermissionError, FileNotFoundError):
                entries += self._system.ls(folder, detail=True)
            alive(0, 0)
        return sorted({str(entry["name"]) for entry in entries if entry["type"] != "directory"})

    def _write(self, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        file = self._system.open(path, "xb" if self._local else "wb")
        try:
            with file:
                for start in range(0, len(content), PIECE):
                    file.write(content[start : start + PIECE])
                    progress(min(start + PIECE, len(content)))
                file.flush()
                if self._local:
                    _settle(file.fileno())
        except BaseException:
            if hasattr(file, "discard"):  # WebDAV's would be sent once more when it is forgotten
                with contextlib.suppress(Exception):
                    file.discard()
            raise

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
            replace_file(Path(temporary), Path(final))
            flush_folder(Path(self._root))
        else:
            drivers.move(self._system, temporary, final)


def look_at(place: str, *, reach: bool) -> None:
    """Return only if a place can be used: quickly, without going there, or where `reach` says so with a log-in.

    Raises:
        PlaceError: it is no address, its driver is missing, its folder is not there, or it cannot be reached.
    """
    place = meant(place)
    protocol = place.partition("://")[0].lower() if "://" in place else ""
    if not protocol:
        folder = expanded(place)
        if not answer_of(folder, folder.is_dir):
            raise PlaceError(f"There is no folder {shown(place)}: plug the drive in, or choose another place.")
        return
    try:
        Address.of(place)
        drivers.driver_of(protocol)
    except ImportError as error:
        raise _without_driver(protocol) from error
    except ValueError as error:
        raise _no_address(place) from error
    if reach:
        _ = Site.at(place).is_file  # some drivers go there only when they are asked something


def _without_driver(protocol: str) -> PlaceError:
    extra = drivers.EXTRAS.get(protocol)
    what = f'run "pip install fairstart[{extra}]"' if extra else "install the driver that fsspec names for it"
    return PlaceError(f"{protocol}:// needs one more package: {what}, then try again.")


def _no_address(place: str) -> PlaceError:
    return PlaceError(f"{shown(place)} is no address that can be used: check how it is written.")


def _settle(descriptor: int) -> None:
    """Have a file that was written on the drive itself, for nobody else to write to, and read from there."""
    if hasattr(os, "fchmod"):
        with contextlib.suppress(OSError):  # a stick may have no modes
            os.fchmod(descriptor, os.fstat(descriptor).st_mode & _NOT_FOR_ALL_TO_WRITE)
    flush(descriptor)
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _connect(place: str, protocol: str) -> tuple[AbstractFileSystem, str]:
    """The driver of a protocol, and the path there."""
    return drivers.connect(protocol, Address.of(place), place, PATIENCE)


def _within(
    seconds: float,
    work: Callable[[ProgressCallback, ProgressCallback], Result],
    progress: ProgressCallback = unreported,
) -> Result:
    """What some work gives, done in a thread of its own: drivers wait for ever for a server that takes nothing more.

    Args:
        seconds: that it may take from one of its calls to the next.
        work: as in `Site._do`; its next call after that raises.
        progress: called from here, so that whoever waits may stop by an error.

    Raises:
        TimeoutError: it took longer; what it is at is left alone.
    """
    calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
    results: list[Result] = []
    errors: list[BaseException] = []
    given_up = threading.Event()

    def call(callback: ProgressCallback, done: float, of: float) -> None:
        if given_up.is_set():
            raise TimeoutError(errno.ETIMEDOUT, "given up")
        calls.put(functools.partial(callback, done, of))

    def run() -> None:
        try:
            results.append(work(functools.partial(call, progress), functools.partial(call, unreported)))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            errors.append(error)
        calls.put(None)

    threading.Thread(target=run, daemon=True).start()
    try:
        while (told := calls.get(timeout=seconds)) is not None:
            told()
    except queue.Empty:
        raise TimeoutError(errno.ETIMEDOUT, f"nothing for {seconds:.0f} seconds") from None
    finally:
        given_up.set()
    if errors:
        raise errors[0]
    return results[0]


@contextlib.contextmanager
def _plainly(
    what: str, place: str, *, apart: tuple[type[Exception], ...] = (PlaceError, StoppedError)
) -> Iterator[None]:
    """Turn whatever a driver raises into one sentence, but for errors that are told otherwise."""
    try:
        yield
    except apart:
        raise
    except Exception as error:
        reason, advice = drivers.explained(error)
        raise PlaceError(f"Cannot {what} {place} ({reason}): {advice}.") from error
