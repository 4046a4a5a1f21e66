"""Addresses: what is written before and after `://`, read by one rule for every protocol.

`protocol://user:password@host:port/folder`. The protocol may be in capitals. Everything else is percent-decoded once,
the user and the password too, and then means itself: `#`, `?`, `*` and `[` are letters of a name. No path, or `/`
alone, is the folder that one is in after logging in. What is written without `://` is a folder's name, as it stands.
"""

import re
import urllib.parse
from dataclasses import dataclass
from typing import Self

from storage.text import printable

_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%[^\]]+)?\]|[^\[\]:?#]*)(?::(\d{0,5}))?")
_PROTOCOL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, repr=False)
class Address:
    """An address, decoded."""

    user: str | None
    password: str | None
    host: str
    port: int | None
    path: str
    """Begins with a slash and does not end in one; empty where none is given."""

    @classmethod
    def of(cls, place: str) -> Self:
        """Read an address.

        Raises:
            ValueError: it is none.
        """
        protocol, _, rest = place.partition("://")
        authority, slash, path = rest.partition("/")
        login, given, server = authority.rpartition("@")
        user, with_password, password = login.partition(":")
        found = _SERVER.fullmatch(server)
        if not _PROTOCOL.fullmatch(protocol) or not found:
            raise ValueError("no address")
        address = cls(
            user=_decoded(user) if given else None,
            password=_decoded(password) if with_password else None,
            host=_decoded(found[1]).strip("[]"),
            port=int(found[2]) if found[2] else None,
            path=_decoded(slash + path).rstrip("/"),
        )
        if _STEERING.search(address.host + address.path):
            raise ValueError("a name that no folder has")
        return address


def shown(place: str) -> str:
    """A place as it may be shown: on one line, without a user's name, a password or a signed query."""
    place = printable(place)
    protocol, mark, rest = place.partition("://")
    if not mark:
        return place
    authority, slash, path = rest.partition("/")
    login, _, server = authority.rpartition("@")
    protocol = protocol.lower()
    if "@" in path or re.search(r"[?#\[]", login) or not (_PROTOCOL.fullmatch(protocol) and _SERVER.fullmatch(server)):
        return f"{protocol}://…"  # a password may have a slash in it
    query = re.search(r"[?#]", path)
    if query and ("=" in path[query.start() :] or protocol in {"http", "https"}):
        path = path[: query.start()]
    return f"{protocol}://{server}{slash}{path}"


def _decoded(text: str) -> str:
    return urllib.parse.unquote(text, errors="strict")
