"""A noisy group as a fixed number of bytes, and sealed to the key of the kiosk that made it.

The noise is in the counts before this module sees them: who opens a sealed group, with the staff passphrase and every
file of the laptop, reads the noisy sum of ten people and nothing more exact. Layouts are in FORMAT.md, section 11.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from content.survey import load_survey
from storage.errors import NotSealedForThisKeyError
from storage.events import Event
from storage.keys import TallyPrivateKey, TallyPublicKey
from storage.noise import NoisyGroup
from storage.sealing import suite
from storage.tally import asked_mask

GROUP = 10
"""People in a kiosk's group."""
GROUP_RECORD_SIZE = 128
SEALED_GROUP_SIZE = 1120 + GROUP_RECORD_SIZE + 16
"""X-Wing encapsulation, record, Poly1305 tag: 1264 bytes."""

_RECORD_VERSION = 1
_MOST_CATEGORIES = 7
_HEAD = struct.Struct(">BBI")
_COUNTS = struct.Struct(f">{_MOST_CATEGORIES}i")
_INFO = b"fairstart sealed group 1\x00"


def pack_group(group: NoisyGroup) -> bytes:
    """The record: 128 bytes, whatever was counted."""
    counts = b""
    for question in load_survey().questions:
        numbers = group.counts.get(question.id, {})
        signed = [numbers.get(category.id, 0) for category in question.categories]
        counts += _COUNTS.pack(*signed, *[0] * (_MOST_CATEGORIES - len(signed)))
    return (_HEAD.pack(_RECORD_VERSION, asked_mask(group.asked), group.people) + counts).ljust(
        GROUP_RECORD_SIZE, b"\x00"
    )


def unpack_group(record: bytes) -> NoisyGroup:
    """Read a record back.

    Raises:
        ValueError: not a record of this version.
    """
    if len(record) != GROUP_RECORD_SIZE or record[0] != _RECORD_VERSION:
        raise ValueError("not a version 1 record")
    _, asked, people = _HEAD.unpack_from(record)
    counts: dict[str, Mapping[str, int]] = {}
    for place, question in enumerate(load_survey().questions):
        if asked >> place & 1:
            numbers = _COUNTS.unpack_from(record, _HEAD.size + place * _COUNTS.size)
            names = [category.id for category in question.categories]
            counts[question.id] = dict(zip(names, numbers, strict=False))
    group = NoisyGroup.read(people, counts)
    if pack_group(group) != record:
        raise ValueError("a count for a category that is not there")
    return group


@dataclass(frozen=True, slots=True, order=True)
class SealedGroup:
    """A noisy group that only the tally key opens: `SEALED_GROUP_SIZE` bytes."""

    sealed: bytes


def seal_group(group: NoisyGroup, key: TallyPublicKey, event: Event) -> SealedGroup:
    """Seal a group to a kiosk's tally key."""
    return SealedGroup(suite().encrypt(pack_group(group), key.kem, group_binding(key, event)))


class GroupOpener:
    """Opens many groups of one event: the key is worked out once."""

    def __init__(self, key: TallyPrivateKey, event: Event) -> None:
        self._kem = key.kem
        self._binding = group_binding(key.public, event)

    def open(self, sealed: SealedGroup) -> NoisyGroup:
        """Open one.

        Raises:
            NotSealedForThisKeyError: altered, or sealed under another key, event or question set.
        """
        from cryptography.exceptions import InvalidTag

        try:
            group = unpack_group(suite().decrypt(sealed.sealed, self._kem, self._binding))
            if group.people != GROUP:
                raise ValueError("a kiosk's group is ten people")
        except (InvalidTag, ValueError) as error:
            raise NotSealedForThisKeyError(
                "A part of this laptop's counts was altered, or belongs to another event: "
                "the counts leave it out, and the office counts everybody."
            ) from error
        return group


def group_binding(key: TallyPublicKey, event: Event) -> bytes:
    """HPKE `info`: 25 bytes of name and version, 16 of tally key id, 16 of event id, the question set in ASCII."""
    return _INFO + key.id + event.id + event.question_set.encode("ascii")
