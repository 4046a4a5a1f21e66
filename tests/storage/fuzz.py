"""Coverage-guided fuzzing of everything that reads a file somebody else may have written.

    python -m tests.storage.fuzz [export|export-inside|receipt|key|settings|event] --seconds N

Each target takes any bytes. Only the one plain error of its parser may leave it, its sentence one printable line.
`test_parsers.py` gives the files in `corpus/` and mutations of them to the same targets. Fuzzing needs atheris, which
is no dependency of Fairstart's: pip install atheris.
"""

import argparse
import importlib
import sys
import tempfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from storage import settings
from storage.crypto.armour import ARMOUR_LIMIT, armour
from storage.crypto.hpke import suite
from storage.crypto.keys import (
    KIOSK_PRIVATE,
    KIOSK_PUBLIC,
    OFFICE_PRIVATE,
    OFFICE_PUBLIC,
    TALLY_PUBLIC,
    KioskPrivateKey,
    KioskPublicKey,
    OfficePrivateKey,
    OfficePublicKey,
    TallyPublicKey,
    kiosk_key_id,
)
from storage.crypto.office_key import OfficeKeyFile
from storage.crypto.recovery_code import secret_of_code
from storage.crypto.sealing import SEALED_SIZE, SealedResponse
from storage.errors import ExportError, FairstartError, KeyFileError, ReceiptError, SettingsError
from storage.events import EVENT_LIMIT, parse_event, write_event
from storage.exchange import exports, receipts
from storage.exchange.exports import open_export
from storage.exchange.receipts import check_receipt, read_receipt
from tests.storage.fairs import fair

CORPUS = Path(__file__).with_name("corpus")
OFFICE = OfficePrivateKey(bytes(range(32)))
KIOSK = KioskPrivateKey(bytes(range(32, 64)))
EVENT = fair(OFFICE.public.id, name="Fair")
HELD = [SealedResponse(bytes([number]) * SEALED_SIZE) for number in range(2)]

_INSTRUMENTED = ["storage", "content", "tomllib", "base64", "tests.storage.fuzz"]
_HEADER = b"fairstart export 1\n"
_RAW, _MADE, _SIGNED = range(3)
_SECONDS_FOR_ONE = 10
_MEGABYTES = 1024


def check_sentence(error: FairstartError) -> None:
    """What is shown cannot steer a terminal."""
    assert error.sentence.isprintable(), "a sentence holds what cannot be printed"


def sealed_export(body: bytes, end: int | None = None) -> bytes:
    """An export, sealed and signed as it should be, of a body that need not be as it should be."""
    signed = b"fairstart export 1\0" + OFFICE.public.id + body[:end]
    plain = KIOSK.public.encoded + KIOSK.signing.sign(signed) + body
    size = exports.SMALLEST_EXPORT
    header = len(_HEADER) + 1120 + 16
    while size < header + len(plain):
        size *= 2
    return _HEADER + suite().encrypt(
        plain.ljust(size - header, b"\0"), _office_kem(), b"fairstart sealed export 1\0" + OFFICE.public.id
    )


@cache
def _office_kem() -> Any:  # noqa: ANN401 - a key of the library's
    return OFFICE.public.kem


def counted(number: int, rows: bytes) -> bytes:
    """Rows after their number."""
    return number.to_bytes(4, "big") + rows


def body_of(described: bytes, rows: bytes = b"") -> bytes:
    """A body that is right in all but what it says of the event."""
    return b"".join(
        (
            counted(len(described), described),
            bytes(32),
            counted(len(rows) // SEALED_SIZE, rows),
        )
    )


def _open(content: bytes) -> None:
    try:
        opened = open_export(content, OFFICE)
    except ExportError as error:
        check_sentence(error)
    else:
        assert opened.event.office_key_id == OFFICE.public.id
        assert list(opened.sealed) == sorted(set(opened.sealed))
        assert read_receipt(receipts.write_receipt(opened, OFFICE)).event_id == opened.event.id


def fuzz_export(data: bytes) -> None:
    """The outside of an export: as it is, and with the right first line and a size that is looked into."""
    _open(data)
    _open((_HEADER + data.removeprefix(_HEADER)).ljust(exports.SMALLEST_EXPORT, b"\0"))


def fuzz_export_inside(data: bytes) -> None:
    """The inside of an export, right up to what was mutated: its body, or the event in it."""
    kind, rest = data[0] % 2 if data else 0, data[1:]
    body = rest if kind == _RAW else body_of(rest, b"".join(one.sealed for one in HELD))
    try:
        end = exports._read_body(body, 0).end
    except ExportError as error:
        check_sentence(error)
        if (
            zlib.crc32(body) % 16
        ):  # sealing takes a thousand times as long as reading, and what is refused is refused again
            return
        end = len(body)
    _open(sealed_export(body, end))


def fuzz_receipt(data: bytes) -> None:
    """A receipt: the file, its payload, or what the office has signed."""
    kind, content = data[0] % 3 if data else 0, data[1:]
    if kind == _MADE:
        content = armour("FAIRSTART RECEIPT 1", content)
    elif kind == _SIGNED:
        signed = content.ljust(64, b"\0")[:64]
        signature = OFFICE.receipts.sign(b"fairstart receipt 1\0" + OFFICE.public.id + signed)
        content = armour("FAIRSTART RECEIPT 1", signed + signature)
    try:
        check_receipt(read_receipt(content), KIOSK, OFFICE.public, EVENT, HELD)
    except ReceiptError as error:
        check_sentence(error)
    else:
        assert kind == _SIGNED or b"FAIRSTART RECEIPT 1" in content


_KEYS: list[tuple[str, Callable[[Path], object]]] = [
    (OFFICE_PUBLIC, OfficePublicKey.from_file),
    (KIOSK_PUBLIC, KioskPublicKey.from_file),
    (TALLY_PUBLIC, TallyPublicKey.from_file),
    (OFFICE_PRIVATE, OfficeKeyFile.from_file),
    (KIOSK_PRIVATE, kiosk_key_id),
]


@cache
def _scratch() -> Path:
    folder = Path("/dev/shm")  # noqa: S108 - a file of our own is made inside, mode 0600
    with tempfile.NamedTemporaryFile(
        dir=folder if folder.is_dir() else None, prefix="fairstart-fuzz-", delete=False
    ) as file:
        return Path(file.name)


def fuzz_key(data: bytes) -> None:
    """A key file or its payload, and a recovery code."""
    kind, content = data[0] if data else 0, data[1:]
    label, read = _KEYS[kind % len(_KEYS)]
    path = _scratch()
    path.write_bytes(content if kind < 128 else armour(label, content))
    tries: tuple[Callable[[], object], ...] = (
        lambda: read(path),
        lambda: secret_of_code(content.decode("utf-8", "replace")),
    )
    for attempt in tries:
        try:
            attempt()
        except KeyFileError as error:
            check_sentence(error)
    path.unlink()
    _scratch.cache_clear()


def fuzz_settings(data: bytes) -> None:
    """A kiosk.toml."""
    try:
        found = settings.parse(data.decode("utf-8", "replace"), "kiosk.toml")
    except SettingsError as error:
        check_sentence(error)
        return
    try:
        event = found.event_for(OFFICE.public.id, "smc-2021")
    except SettingsError as error:
        check_sentence(error)
    else:
        assert parse_event(write_event(event)) == event


def fuzz_event(data: bytes) -> None:
    """An event.json."""
    try:
        event = parse_event(data)
    except ValueError:
        return
    written = write_event(event)
    assert parse_event(written) == event
    assert len(event.id) == 16
    assert len(written) <= EVENT_LIMIT
    for text in (event.name, event.place, event.question_set):
        assert len(text) <= 240
        assert "\x1b" not in text


TARGETS: dict[str, Callable[[bytes], None]] = {
    "export": fuzz_export,
    "export-inside": fuzz_export_inside,
    "receipt": fuzz_receipt,
    "key": fuzz_key,
    "settings": fuzz_settings,
    "event": fuzz_event,
}
LONGEST = {"export": 4096, "export-inside": 8192, "receipt": 1024, "key": ARMOUR_LIMIT + 2, "settings": 4096}


def main() -> None:
    """Fuzz one target for so many seconds, starting from its corpus."""
    parser = argparse.ArgumentParser(prog="python -m tests.storage.fuzz", description="Fuzz one parser.")
    parser.add_argument("target", choices=TARGETS, nargs="?", default="export-inside")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--found", type=Path, help="folder for what is found; a new temporary one if left out")
    asked = parser.parse_args()
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        sys.exit('Fuzzing needs atheris, which Fairstart itself does not: run "pip install atheris", then try again.')
    for name in [name for name in sys.modules if name.partition(".")[0] in _INSTRUMENTED]:
        del sys.modules[name]
    with atheris.instrument_imports(include=_INSTRUMENTED):
        again = importlib.import_module("tests.storage.fuzz")  # this module, whose imports are now watched
    found = asked.found or Path(tempfile.mkdtemp(prefix=f"fairstart-fuzz-{asked.target}-"))
    found.mkdir(parents=True, exist_ok=True)
    seeds = CORPUS / asked.target
    print(f"{asked.target}: what is found goes to {found}", flush=True)
    options = {
        "max_total_time": asked.seconds,
        "max_len": LONGEST.get(asked.target, 2048),
        "timeout": _SECONDS_FOR_ONE,
        "rss_limit_mb": _MEGABYTES,
        "print_final_stats": 1,
        "artifact_prefix": f"{found}/crash-",
    }
    folders = [str(folder) for folder in (found, seeds) if folder.is_dir()]
    atheris.Setup(
        [sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), *folders], again.TARGETS[asked.target]
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
