"""The recovery code: a random secret for a drawer, which opens `office.key` as a coordinator's passphrase does.

It is not the key. An office can have a new one, and then the old one opens that office's file no more. FORMAT.md,
section 7.
"""

import hashlib
import itertools
import os
import re
import textwrap
from collections.abc import Iterator

from storage.errors import KeyFileError

SECRET_SIZE = 17
"""136 random bits, which nobody guesses: unlike a passphrase it needs no stretching."""
GROUPS = 8

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_SIZE = 3
_GROUP = 4


def new_secret() -> bytes:
    """A new one, from the operating system's randomness."""
    return os.urandom(SECRET_SIZE)


def recovery_code(secret: bytes) -> tuple[str, ...]:
    """The secret as eight groups of four letters and digits (Crockford base 32), the last ones a check on typing."""
    whole = secret + _check(secret)
    number = int.from_bytes(whole, "big")
    length = GROUPS * _GROUP
    characters = "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(length)))
    return tuple(textwrap.wrap(characters, _GROUP))


def normalise_code(typed: str) -> str:
    """What Crockford base 32 reads alike: capitals, O as 0, I and L as 1, without spaces and hyphens."""
    joined = "".join(character for character in typed.upper() if character.isalnum())
    return joined.translate(str.maketrans("OIL", "011"))


def secret_of_code(typed: str) -> bytes:
    """The secret behind a recovery code, however it was spaced, in as many lines, and with a heading or numbers around.

    Raises:
        KeyFileError: a character is missing or wrong.
    """
    for characters in _codes_in(typed):
        values = [_ALPHABET.find(character) for character in characters]
        if len(values) == GROUPS * _GROUP and min(values) >= 0:
            number = 0
            for value in values:
                number = number << 5 | value
            whole = number.to_bytes(SECRET_SIZE + _CHECK_SIZE, "big")
            secret, check = whole[:SECRET_SIZE], whole[SECRET_SIZE:]
            if check == _check(secret):
                return secret
    raise KeyFileError(
        f"That is not a recovery code ({GROUPS} groups of {_GROUP}): look for one mistyped and try again."
    )


def _codes_in(typed: str) -> Iterator[str]:
    """What could be a code in a text; its check tells which one is.

    That is any words in a row which are as long together as a code is, any groups in a row, and groups in the order of
    the numbers before them, as the screen shows them in two columns.
    """
    words = re.findall(r"[^\W_]+", typed)
    groups = [word for word in words if len(word) == _GROUP]
    for pieces in (words, groups):
        ends = {end: place for place, end in enumerate(itertools.accumulate(map(len, pieces), initial=0))}
        for end, place in ends.items():
            start = ends.get(end - GROUPS * _GROUP)
            if start is not None:
                yield normalise_code("".join(pieces[start:place]))
    numbered = {int(one): two for one, two in itertools.pairwise(words) if one.isdecimal() and len(two) == _GROUP}
    if all(number in numbered for number in range(1, GROUPS + 1)):
        yield normalise_code("".join(numbered[number] for number in range(1, GROUPS + 1)))


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"fairstart recovery code 1\x00" + secret).digest()[:_CHECK_SIZE]
