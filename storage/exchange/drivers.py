"""What fsspec's drivers are told and asked so that an address means the same with each, and what their errors mean.

Each is given an address in its parts, decoded once. What the user's own settings for fsspec say stays.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import hashlib
import logging
import re
import socket
import threading
import urllib.parse
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import PlaceError
from storage.exchange.addresses import Address, shown
from storage.text import shortened

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

EXTRAS = {
    "s3": "s3",
    "s3a": "s3",
    "sftp": "sftp",
    "ssh": "sftp",
    "smb": "smb",
    "webdav": "webdav",
    "webdavs": "webdav",
}
"""The extra of ours that brings the driver of a protocol."""

_REASON = 80
"""Letters of a driver's reason that are told, at most."""
_QUIET = logging.NullHandler()
"""Keeps drivers' own words, and with them a server's, off the screen: errors are told in ours."""
_SHARES_LACK = '? * : < > | " \\'
"""Letters that no name on an SMB share has: what has one would be kept under another name, or nowhere."""
_NOT_ON_SHARES = re.compile(f"[{re.escape(_SHARES_LACK.replace(' ', ''))}]")
_KNOWN_HOSTS = Path("/etc/ssh/ssh_known_hosts")


def connect(protocol: str, address: Address, place: str, patience: float) -> tuple[AbstractFileSystem, str]:
    """A driver that gives up on a server that is silent for so many seconds, and the path there.

    It is a new connection each time: one that was kept may be dead.

    Raises:
        ImportError: the driver is not installed.
        ValueError: it is no address for this protocol.
        PlaceError: it cannot be used, for a reason of its own.
    """
    logging.getLogger().addHandler(_QUIET)
    match protocol:
        case "sftp" | "ssh":
            return _sftp(protocol, address, place, patience)
        case "s3" | "s3a":
            return _s3(protocol, address, patience)
        case "webdav" | "webdavs":
            return _webdav(protocol, address, patience)
        case "smb":
            return _smb(address, place, patience)
    return _other(protocol, address, place)


def driver_of(protocol: str) -> type[AbstractFileSystem]:
    """The class of a protocol's driver.

    Raises:
        ImportError: it is not installed.
        ValueError: no driver is known for it.
    """
    import fsspec

    driver: type[AbstractFileSystem] = fsspec.get_filesystem_class({"webdavs": "webdav"}.get(protocol, protocol))
    return driver


def _own(protocol: str, options: dict[str, Any]) -> dict[str, Any]:
    """Those options that the user's own settings do not set."""
    import fsspec

    return {name: value for name, value in options.items() if name not in fsspec.config.conf.get(protocol, {})}


def _sftp(protocol: str, address: Address, place: str, patience: float) -> tuple[AbstractFileSystem, str]:
    import paramiko
    from fsspec.implementations.sftp import SFTPFileSystem

    if not address.host:
        raise ValueError("no host")
    where = f"[{address.host}]:{address.port}" if address.port not in {None, 22} else address.host
    port = f"-p {address.port or 22} "

    class KnownHosts(paramiko.MissingHostKeyPolicy):
        """Takes no key that is not known, and says how to make it known."""

        def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
            del client, hostname
            digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
            raise PlaceError(
                f"Cannot reach {shown(place)} (its key is not known here, SHA256:{digest}): compare that with what "
                f'whoever runs it tells you, add it with "ssh-keyscan {port}{address.host} >> ~/.ssh/known_hosts", '
                "and try again."
            )

    class RoomySFTP(paramiko.SFTPClient):
        """Can ask how much room there is."""

        def room(self, folder: str) -> int:
            """Bytes that are free for this user. OpenSSH's servers say; another raises an error."""
            kind, reply = self._request(paramiko.sftp.CMD_EXTENDED, "statvfs@openssh.com", folder)
            if kind != paramiko.sftp.CMD_EXTENDED_REPLY:
                raise OSError(errno.ENOTSUP, "no answer")
            _, piece, _, _, free = (reply.get_int64() for _ in range(5))
            return int(piece * free)

    class CheckedSFTP(SFTPFileSystem):
        """Looks hosts up among those that this computer knows, which fsspec leaves out."""

        def _connect(self) -> None:
            self.client = paramiko.SSHClient()
            self.client.load_system_host_keys()
            with contextlib.suppress(OSError):
                self.client.load_system_host_keys(str(_KNOWN_HOSTS))
            self.client.set_missing_host_key_policy(self.host_key_policy)
            self.client.connect(self.host, **self.ssh_kwargs)
            self.ftp = RoomySFTP.from_transport(self.client.get_transport())

    options: dict[str, Any] = {
        "timeout": patience,
        "banner_timeout": patience,
        "auth_timeout": patience,
        "channel_timeout": patience,
        "host_key_policy": KnownHosts(),
    }
    given = {"port": address.port, "username": address.user, "password": address.password}
    try:
        system = CheckedSFTP(
            address.host,
            skip_instance_cache=True,
            **_own(protocol, options),
            **{name: value for name, value in given.items() if value is not None},
        )
    except paramiko.BadHostKeyException as error:
        raise PlaceError(
            f"Cannot reach {shown(place)} (it shows another key than is known here, and somebody may be in between): "
            f'ask whoever runs it, and if it is right, take the old one away with "ssh-keygen -R {where}".'
        ) from error
    system.ftp.get_channel().settimeout(patience)
    return system, address.path or str(system.ftp.normalize("."))


def _s3(protocol: str, address: Address, patience: float) -> tuple[AbstractFileSystem, str]:
    import fsspec
    from botocore.handlers import add_expect_header

    if not address.host or address.port or "?versionId=" in address.path:  # the driver would cut the name there
        raise ValueError("no bucket")
    limits = {"connect_timeout": patience, "read_timeout": patience, "retries": {"max_attempts": 0}}
    options = _own(protocol, {"config_kwargs": limits})
    if address.user is not None:
        options |= {"key": address.user, "secret": address.password or ""}
    system = fsspec.filesystem(protocol, skip_instance_cache=True, **options)
    system.retries = 2
    system.connect()
    system.s3.meta.events.unregister("before-call.s3", add_expect_header)  # a silent server is awaited for ever
    return system, address.host + address.path


def _webdav(protocol: str, address: Address, patience: float) -> tuple[AbstractFileSystem, str]:
    import fsspec
    from httpx import URL
    from webdav4.client import Client

    class EncodingClient(Client):
        """Names are encoded here, all of them: the driver leaves `%`, `?` and `#` as they are."""

        def join_url(self, path: str, *, add_trailing_slash: bool = False) -> URL:
            encoded = urllib.parse.quote("/" + path.strip("/") + "/" * add_trailing_slash)
            url: URL = self.base_url.copy_with(raw_path=encoded.encode("ascii"))
            return url

    if not address.host:
        raise ValueError("no host")
    host = f"[{address.host}]" if ":" in address.host else address.host
    base = f"{'http' if protocol == 'webdav' else 'https'}://{host}{f':{address.port}' if address.port else ''}"
    options = {"base_url": base, "timeout": patience, **fsspec.config.conf.get("webdav", {})}
    if address.user is not None:
        options["auth"] = address.user, address.password or ""
    client = EncodingClient(**options)
    system = fsspec.filesystem("webdav", skip_instance_cache=True, base_url=base, client=client)
    weakref.finalize(system, client.http.close)
    return system, address.path or "/"


def _smb(address: Address, place: str, patience: float) -> tuple[AbstractFileSystem, str]:
    if not address.host or not address.path:
        raise ValueError("no share")
    if found := _NOT_ON_SHARES.search(address.path):
        raise PlaceError(
            f"Cannot reach {shown(place)} (a name on an SMB share can have no {found[0]}): "
            f"choose a folder without any of {_SHARES_LACK} in its name."
        )
    connections: dict[str, Any] = {}
    driver = _smb_driver(connections)
    domain, given, user = (address.user or "").rpartition(";")
    options: dict[str, Any] = {"timeout": patience, "port": address.port}
    if address.user is not None:
        options |= {"username": f"{domain}\\{user}" if given else user, "password": address.password}
    try:
        system = driver(address.host, skip_instance_cache=True, **_own("smb", options))
    except ValueError as error:  # so it calls a computer that it cannot reach
        if isinstance(error.__cause__, OSError):
            raise OSError(error.__cause__.errno, error.__cause__.strerror) from error
        raise
    weakref.finalize(system, _close_all, connections).atexit = False
    return system, address.path


def _smb_driver(connections: dict[str, Any]) -> type[AbstractFileSystem]:
    """The driver, keeping its connections here: those that it shares would take any password once one was right."""
    import smbclient
    from fsspec.implementations.smb import SMBFileSystem

    class OwnSMB(SMBFileSystem):
        """Logs in anew wherever it is needed."""

        def _connect(self) -> None:
            self.login = {
                "username": self.username,
                "password": self.password,
                "encrypt": self.encrypt,
                "connection_timeout": self.timeout,
                "connection_cache": connections,
            }
            smbclient.register_session(self.host, port=self._port, **self.login)

        def at(self, path: str) -> str:
            return f"\\\\{self.host}{path}".replace("/", "\\")

        def info(self, path: str, **_options: object) -> object:
            return super().info(path, **self.login)

        def ls(self, path: str, **options: object) -> object:
            return super().ls(path, **options, **self.login)

        def makedirs(self, path: str, **options: object) -> None:
            smbclient.makedirs(self.at(path), port=self._port, **options, **self.login)

        def mv(self, path1: str, path2: str, **_options: object) -> None:
            smbclient.replace(self.at(path1), self.at(path2), port=self._port, **self.login)

        def _open(self, path: str, **options: object) -> object:
            return super()._open(path, **options, **self.login)

        def _rm(self, path: str) -> None:
            smbclient.remove(self.at(path), port=self._port, **self.login)

    return OwnSMB


def _close_all(connections: dict[str, Any]) -> None:
    """Close them without logging out. Both would wait, perhaps for ever, for a server that takes nothing any more."""
    for connection in connections.values():
        threading.Thread(target=connection.transport.close, daemon=True).start()


def _other(protocol: str, address: Address, place: str) -> tuple[AbstractFileSystem, str]:
    """Any other driver of fsspec's: where the path begins is for it to say."""
    import fsspec

    if protocol in {"http", "https"}:  # there, an address is a name
        system, root = fsspec.core.url_to_fs(protocol + place[len(protocol) :], skip_instance_cache=True)
        return system, root
    rest = place.partition("://")[2].replace("?", "%3F").replace("#", "%23")
    login = {}
    if address.user is not None and protocol not in {"abfs", "abfss"}:  # there, a container stands before the @
        login = {"username": address.user, "password": address.password}
        authority, slash, path = rest.partition("/")
        rest = authority.rpartition("@")[2] + slash + path
    system, root = fsspec.core.url_to_fs(f"{protocol}://{rest}", skip_instance_cache=True, **login)
    return system, urllib.parse.unquote(root)


def _is_for(system: AbstractFileSystem, protocol: str) -> bool:
    return protocol in ([system.protocol] if isinstance(system.protocol, str) else system.protocol)


def move(system: AbstractFileSystem, old: str, new: str) -> None:
    """Give a file another name, where there may be a file already. fsspec's own `mv` takes names for patterns."""
    if _is_for(system, "sftp") or _is_for(system, "smb"):
        system.mv(old, new)
    elif _is_for(system, "webdav"):
        system.client.move(old, new, overwrite=True)
    else:
        system.cp_file(old, new)
        system.rm_file(old)


class NoRoomError(Exception):
    """A server has too little room for a file, and did not say so."""


def has_room(system: AbstractFileSystem, folder: str, size: int) -> bool:
    """Whether a server has room for so many bytes, as far as it tells."""
    with contextlib.suppress(Exception):
        return not _is_for(system, "sftp") or bool(system.ftp.room(folder) >= size)
    return True


def let_go(system: AbstractFileSystem) -> None:
    """Drop a connection that a driver is stuck in, as far as it can be: nothing must wait for it at the end."""
    with contextlib.suppress(Exception):
        if _is_for(system, "sftp"):
            system.client.close()
        elif _is_for(system, "smb"):
            _close_all(system.login["connection_cache"])


# What errors mean

_REFUSED = {
    "AuthenticationException",
    "BadAuthenticationType",
    "LogonFailure",
    "SMBAuthenticationError",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "AuthorizationHeaderMalformed",
    "401",
}
_NO_LOGIN = {"NoCredentialsError", "PartialCredentialsError", "no login"}
_FULL = {
    "NoRoomError",
    "InsufficientStorage",
    "DiskFull",
    "QuotaExceeded",
    "XMinioStorageFull",
    "413",
    "507",
    "ENOSPC",
    "EDQUOT",
    "EFBIG",
}
_DENIED = {"AccessDenied", "PermissionError", "ForbiddenOperation", "403", "EACCES", "EPERM"}
_READ_ONLY = {"EROFS"}
_MISSING = {"NoSuchKey", "NoSuchBucket", "FileNotFoundError", "BadNetworkName", "ResourceNotFound", "404", "ENOENT"}
_SAYS_NO_MORE = {"failure", "500"}
"""WebDAV servers and some of SFTP that are full say no more than this, and so do some that fail otherwise."""
_UNKNOWN = {"gaierror"}
_SILENT = {
    "ConnectError",
    "ConnectTimeout",
    "ConnectTimeoutError",
    "ETIMEDOUT",
    "EndpointConnectionError",
    "NoValidConnectionsError",
    "ReadTimeout",
    "ReadTimeoutError",
    "SMBConnectionClosed",
    "SSHException",
    "TimeoutError",
}

_SAID = {
    "No authentication methods available": "no login",
    "No username or password was specified": "no login",
    "Failure": "failure",
}
"""What some errors are known by alone."""

_MEANINGS: tuple[tuple[set[str], str, str], ...] = (
    (
        _NO_LOGIN,
        "it asks who you are, and there is no key or password for it",
        "put a key for it where its driver looks, such as ~/.ssh or ~/.aws, or user:password@ into the address",
    ),
    (_REFUSED, "it refused the login", "check the user’s name and the password or key, then try again"),
    (_FULL, "it is full", "make room there, or use another place, then try again"),
    (_SAYS_NO_MORE, "it failed, as when it is full, and says no more", "make room there, or use another place"),
    (_READ_ONLY, "it cannot be written", "slide the switch of a card or stick, plug it in again, or use another one"),
    (_DENIED, "it does not let this user do that", "ask whoever runs it to allow it, or use another place"),
    (_MISSING, "there is nothing of that name", "check the name letter for letter, then try again"),
    (_UNKNOWN, "no computer of that name is known", "check how its name is written, and the network"),
    (_SILENT, "it does not answer", "check the network and that it is running, then try again"),
)


def explained(error: BaseException) -> tuple[str, str]:
    """Why a driver failed, and what to do about it."""
    marks = set(_marks(error))
    own = shortened(str(error.strerror), _REASON) if isinstance(error, OSError) and error.errno else ""
    for known, reason, advice in _MEANINGS:
        if marks & known:
            return own or reason, advice
    return own or type(error).__name__, "check that it is there and has room, then try again"


def _marks(error: BaseException | None) -> Iterator[str]:
    """The names of an error and of those that it came from: of their kinds, codes and numbers."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield from (kind.__name__ for kind in type(error).__mro__)
        if isinstance(error, OSError) and error.errno is not None and not isinstance(error, socket.gaierror):
            yield errno.errorcode.get(error.errno, "")
        yield from (mark for text, mark in _SAID.items() if text in str(error))
        response = getattr(error, "response", None)
        if isinstance(response, dict):
            yield str(response.get("Error", {}).get("Code"))
        yield str(getattr(error, "status_code", ""))
        error = error.__cause__ or error.__context__
