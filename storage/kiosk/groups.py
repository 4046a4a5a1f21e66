"""A noisy group of ten people, sealed to the key of the kiosk that made it.

The noise is in the counts before this module sees them: who opens a sealed group, with the staff passphrase and every
file of the laptop, reads the noisy sum of ten people and nothing more exact. Layouts are in FORMAT.md, section 11.
"""

from __future__ import annotations

import msgspec

from storage.counts.noise import NoisyGroup
from storage.counts.record import GROUP_RECORD_SIZE, pack_group, unpack_group
from storage.crypto.hpke import suite
from storage.crypto.keys import TallyPrivateKey, TallyPublicKey
from storage.errors import NotSealedForThisKeyError
from storage.events import Event

GROUP = 10
"""People in a kiosk's group."""
SEALED_GROUP_SIZE = 1120 + GROUP_RECORD_SIZE + 16
"""X-Wing encapsulation, record, Poly1305 tag: 1264 bytes."""

_INFO = b"fairstart sealed group 1\x00"


class SealedGroup(msgspec.Struct, frozen=True, order=True):
    """A noisy group that only the tally key opens: `SEALED_GROUP_SIZE` bytes."""

    sealed: bytes


def seal_group(group: NoisyGroup, key: TallyPublicKey, event: Event) -> SealedGroup:
    """Seal a group to a kiosk's tally key."""
    return SealedGroup(suite().encrypt(pack_group(group, event.survey), key.kem, group_binding(key, event)))


class GroupOpener:
    """Opens many groups of one event: the key is worked out once."""

    def __init__(self, key: TallyPrivateKey, event: Event) -> None:
        self._kem = key.kem
        self._event = event
        self._binding = group_binding(key.public, event)

    def open(self, sealed: SealedGroup) -> NoisyGroup:
        """Open one.

        Raises:
            NotSealedForThisKeyError: altered, or sealed under another key, event or question set.
        """
        from cryptography.exceptions import InvalidTag

        try:
            group = unpack_group(suite().decrypt(sealed.sealed, self._kem, self._binding), self._event.survey)
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
