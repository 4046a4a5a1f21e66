"""A place as people type it, paste it, or drop it on a terminal: in quotes, with a shell's signs, as file://."""

import os
import re
import shlex
from collections.abc import Iterator

from storage.errors import PlaceError
from storage.exchange.addresses import shown
from storage.exchange.drives import expanded

_FILE_URL = re.compile(r"(?i)(file|local):/" if os.name == "posix" else r"(?i)(file|local):(/|\\|[a-z]:)")
_QUOTES = ('""', "''", "“”", "\u2018\u2019", "<>")


def meant(typed: str) -> str:
    """The path or the address that somebody means by what they typed, pasted or dropped.

    That is without quotes around it and signs of a shell in it, and a path for a file:// address. What is there under
    the very name that is typed is meant before all else.

    Raises:
        PlaceError: it is the file:// address of another computer, or is relative and the folder it begins in is gone.
    """
    text = typed.strip()
    may_be_there = os.name == "posix" or not _FILE_URL.match(text)  # Windows takes a drive's letter in it for the start
    if text and may_be_there and os.path.lexists(expanded(text)):
        return text
    for form in _forms(text):
        if _FILE_URL.match(form):
            return _local_path(form)
        if "://" in form or os.path.lexists(expanded(form)):
            return form
    return next(_forms(text))


def _forms(text: str) -> Iterator[str]:
    """What a text may stand for, the likeliest first; the last is the text itself."""
    bare = text.removeprefix("& ").strip()  # as PowerShell is given what is dropped on it
    if os.name == "posix" and ("\\" in bare or bare[:1] in {"'", '"'}):
        try:
            words = shlex.split(bare)
        except ValueError:  # a quote without its other half
            words = []
        if len(words) == 1:
            yield words[0]
    if len(bare) > 1 and bare[0] + bare[-1] in _QUOTES:
        yield bare[1:-1].strip()
    yield text


def _local_path(url: str) -> str:
    """The path in a file:// URL.

    Raises:
        PlaceError: it names another computer.
    """
    from urllib.request import url2pathname  # 50 ms to import, and wanted where such an address is pasted

    if os.name == "nt":
        url = re.sub(r"^\w+:(?=[A-Za-z]:)", "file:///", url.replace("\\", "/"))
    host, slash, path = re.sub(r"^\w+:/(?!/)", "file:///", url).partition("://")[2].partition("/")
    if host in {"", "localhost"}:
        return url2pathname(slash + path)
    if os.name == "nt" and "@" not in host:  # a share, or a drive's letter
        return url2pathname(f"//{host}{slash}{path}" if ":" not in host else host + slash + path)
    raise PlaceError(
        f"{shown(url)} names no folder of this computer: write file:/// and the folder, or the folder alone."
    )
