"""Letters that the poorest terminals lack, and what is shown in their place."""

import unicodedata
from collections.abc import Iterable

from tui.terminal import capabilities as terminal
from tui.terminal.capabilities import Fallbacks

CODE_PAGE = frozenset(bytes(range(256)).decode("cp437") + terminal._CONSOLE_SIGNS)


def lacking(text: Iterable[str]) -> dict[str, str]:
    """Letters, by their names, that a terminal would show as a question mark: with ASCII alone, or a console's font."""
    poorest = (Fallbacks(str.isascii), Fallbacks(lambda letter: letter in CODE_PAGE))
    return {
        letter: unicodedata.name(letter, hex(ord(letter)))
        for letter in sorted(set().union(*text))
        if letter != "�" and any("?" in letter.translate(known) for known in poorest) and letter != "?"
    }
