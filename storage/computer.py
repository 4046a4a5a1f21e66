"""Telling one computer from another: for laptops that were copied from one disk after set-up, and for the office.

Two such laptops have one key, so the office takes them for one. Two computers with one office's store each make groups
of their own. Each computer has marks that a copied disk does not
take along: the addresses of its wireless cards and the serial numbers of its disks. Where none can be read, what the
system calls the computer stands in; a careful copy changes that too.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from storage.crypto.keys import KEY_ID_SIZE, KioskPublicKey, OfficePublicKey

_HARDWARE = (
    "sys/class/ieee80211/*/macaddress",
    "sys/class/nvme/*/serial",
    "sys/block/mmcblk*/device/cid",
)
_SYSTEM = ("etc/machine-id", "var/lib/dbus/machine-id")
_ROOT = Path("/")


def marks_of_computer(key: KioskPublicKey | OfficePublicKey) -> tuple[bytes, ...]:
    """What tells this computer from others, ascending: 16 bytes each, which say nothing without this key."""
    digests = (hashlib.sha256(b"fairstart computer 1\x00" + key.id + mark) for mark in _marks())
    return tuple(sorted(digest.digest()[:KEY_ID_SIZE] for digest in digests))


def is_other_computer(noted: tuple[bytes, ...], found: tuple[bytes, ...]) -> bool:
    """Whether not one mark that was noted is found. A new card or a new disk alone does not make another computer."""
    return bool(noted) and bool(found) and set(noted).isdisjoint(found)


def _marks() -> set[bytes]:
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _macos()
    return _read(_HARDWARE) or _read(_SYSTEM)


def _read(patterns: tuple[str, ...]) -> set[bytes]:
    found = set()
    for path in (path for pattern in patterns for path in _ROOT.glob(pattern)):
        try:
            found.add(path.read_bytes().strip())
        except OSError:
            continue
    return found - {b""}


def _windows() -> set[bytes]:
    if sys.platform != "win32":
        return set()
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return {str(winreg.QueryValueEx(key, "MachineGuid")[0]).encode()}
    except OSError:
        return set()


def _macos() -> set[bytes]:
    import ctypes  # 3 ms, and only here

    identity = (ctypes.c_ubyte * 16)()
    patience = (ctypes.c_long * 2)(1, 0)
    failed = ctypes.CDLL(None).gethostuuid(identity, patience)
    return set() if failed else {bytes(identity)}
