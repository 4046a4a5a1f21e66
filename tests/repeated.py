"""Sentences that stand more than once on a screen or page, whatever their numbers: nobody reads a doubt ten times."""

import re
from collections import Counter
from collections.abc import Iterable

_LEAST_WORDS = 4
_HEDGE = re.compile(
    r"\b(?:may|might|perhaps|suggests?|prov\w+|blur\w*|chance|too few|estimate\w*|approximately|roughly|today’s)\b",
    re.IGNORECASE,
)


def said_twice(paragraphs: Iterable[str]) -> list[str]:
    """The sentences that some paragraphs have more than once: doubts with any numbers, and others without numbers."""
    counted = Counter(
        re.sub(r"\d+", "0", sentence)
        for paragraph in paragraphs
        for sentence in re.split(r"(?<=[.!?]) (?=[A-Z“])", " ".join(paragraph.split()))
        if re.search(r"[.!?]$", sentence) and len(sentence.split()) >= _LEAST_WORDS
        if _HEDGE.search(sentence) or not re.search(r"\d", sentence)
    )
    return [sentence for sentence, times in counted.items() if times > 1]
