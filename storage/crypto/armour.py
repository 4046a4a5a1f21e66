"""The text around keys and receipts: a label, base64, and a checksum that finds accidents. FORMAT.md, section 3."""

import base64
import hashlib
import textwrap
from pathlib import Path

from storage.errors import KeyFileError
from storage.private_files import read_at_most
from storage.text import decoded

ARMOUR_LIMIT = 8192
"""Bytes of an armoured file, at most."""
_CHECKSUM_SIZE = 32


def digest(label: str, payload: bytes) -> bytes:
    """SHA-256 of a payload under its label: 32 bytes."""
    return hashlib.sha256(label.encode("ascii") + b"\x00" + payload).digest()


def armour(label: str, payload: bytes) -> bytes:
    """The content of a file that carries this payload."""
    body = base64.b64encode(payload + digest(label, payload)).decode("ascii")
    return "\n".join((label, *textwrap.wrap(body, 64), "")).encode("ascii")


def unarmour(content: bytes, label: str, *sizes: int) -> bytes:
    """The payload in the content of a file, which was read to one byte over `ARMOUR_LIMIT` at most.

    Raises:
        LookupError: it is no file of this kind at all.
        ValueError: it is one, and is damaged.
    """
    first, _, rest = decoded(content, "replace").lstrip().partition("\n")
    if len(content) > ARMOUR_LIMIT or " ".join(first.split()) != label:
        raise LookupError(f"not {label}")
    body = "".join(rest.split())
    whole = base64.b64decode(body, validate=True)
    if base64.b64encode(whole).decode("ascii") != body:
        raise ValueError("base64 has another form for these bytes")
    payload, checksum = whole[:-_CHECKSUM_SIZE], whole[-_CHECKSUM_SIZE:]
    if len(payload) not in sizes or checksum != digest(label, payload):
        raise ValueError("the checksum does not fit")
    return payload


def read_armoured(path: Path, label: str, *sizes: int) -> bytes:
    """The payload of a key file, which has one of these sizes.

    Raises:
        KeyFileError: missing, damaged, or another kind of file.
    """
    try:
        return unarmour(read_at_most(path, ARMOUR_LIMIT), label, *sizes)
    except OSError as error:
        raise KeyFileError(
            f"Cannot read the key file {path} ({error.strerror}): check that it is there, or copy it here again."
        ) from error
    except LookupError as error:
        raise KeyFileError(
            f"{path} is not {_kind(label, article=True)}: choose the right file, or ask the office for it again."
        ) from error
    except ValueError as error:
        raise damaged_file(path, label) from error


def damaged_file(path: Path, label: str) -> KeyFileError:
    """Build the error for a key file that is not as it was written."""
    return KeyFileError(f"The {_kind(label)} {path} is damaged: copy it here again from where it came from.")


def _kind(label: str, *, article: bool = False) -> str:
    kind = label.removeprefix("FAIRSTART ").removesuffix(" 1").lower() + " file"
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" if article else kind
