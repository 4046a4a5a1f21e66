"""Refusing public keys that are no keys: points that are not on the curve, or that give everybody the same secret.

With such a point in a key file, anybody could open what is sealed to it, or sign for its owner. OpenSSL takes any 32
bytes. The curves are those of RFC 7748 and RFC 8032; FORMAT.md, section 4, says what is refused.
"""

import functools

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_COFACTOR_DOUBLINGS = 3
"""The eight points of small order become the neutral one when they are doubled three times."""


def is_x25519_key(encoded: bytes) -> bool:
    """Whether 32 bytes are a point of X25519 whose secrets are not the same for everybody."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(encoded))
    except ValueError:  # the secret is zero: the point is of small order
        return False
    return True


@functools.lru_cache(maxsize=4096)
def is_ed25519_key(encoded: bytes) -> bool:
    """Whether 32 bytes are a point of Ed25519 in its one canonical form, and not of small order."""
    y, odd = int.from_bytes(encoded, "little") & (1 << 255) - 1, encoded[31] >> 7
    if y >= _P:
        return False
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if x * x % _P != square or (x == 0 and odd):
        return False
    for _ in range(_COFACTOR_DOUBLINGS):
        x, y = _doubled(x, y)
    return (x, y) != (0, 1)


def _doubled(x: int, y: int) -> tuple[int, int]:
    product = _D * x * x * y * y % _P
    return 2 * x * y * pow(1 + product, -1, _P) % _P, (y * y + x * x) * pow(1 - product, -1, _P) % _P
