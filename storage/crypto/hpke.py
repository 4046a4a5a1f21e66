"""The HPKE suite (RFC 9180) that everything here is sealed with. FORMAT.md, section 2."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite


@functools.cache
def suite() -> Suite:
    """The suite. Made when first asked for: a kiosk's start does without `cryptography`, which takes 20 ms."""
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
