"""Bytes that are not as they were written."""


def altered(content: bytes, place: int = -1) -> bytes:
    """The same bytes, but for one bit of that at `place`: another byte there could by chance be the one that it was."""
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)
