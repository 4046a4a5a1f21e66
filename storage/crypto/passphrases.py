"""Suggesting a passphrase, and refusing a weak one."""

import re

from storage.crypto.keys import normalise_passphrase
from storage.errors import WeakPassphraseError
from storage.text import printable

WORDS = 5
"""Five words from the EFF's list of 7,776: 64 bits, against a second of work and 256 MiB for each guess."""
_SHORTEST = 10
_STRONG = 4
_JUDGED = 72
"""zxcvbn looks at no more than this many characters; a longer passphrase is judged by its beginning."""


def suggest_passphrase() -> str:
    """Five random words, drawn by the operating system's generator."""
    from xkcdpass.xkcd_password import generate_wordlist, generate_xkcdpassword  # only where a passphrase is chosen

    words = generate_wordlist("eff-long", min_length=3, valid_chars="[a-z]")
    return str(generate_xkcdpassword(words, numwords=WORDS))


def check_passphrase(typed: str, *, known: tuple[str, ...] = ()) -> str:
    """Return the passphrase as it will be used, if it is strong enough.

    Args:
        typed: what was entered; spacing is evened out.
        known: words that anyone at the event could guess, such as its name.

    Raises:
        WeakPassphraseError: too short or too easy to guess.
    """
    from zxcvbn import zxcvbn

    passphrase = normalise_passphrase(typed)
    if printable(passphrase) != passphrase:
        raise WeakPassphraseError("That passphrase has characters that no keyboard types: use ordinary letters.")
    judged = passphrase
    for word in sorted({word for text in known for word in (text, *text.split())}, key=len, reverse=True):
        judged = re.sub(re.escape(word), "", judged, flags=re.IGNORECASE) if word else judged
    if len(judged) < _SHORTEST or zxcvbn(judged[:_JUDGED])["score"] < _STRONG:
        raise WeakPassphraseError(
            "That passphrase is too easy to guess: use the suggested one, or four words that have nothing to do "
            "with each other."
        )
    return passphrase
