"""Languages that do not exist, to see that screens hold: one written from right to left, and one in wide letters.

They are the English pack and the instrument letter for letter, so they have every text, about as long.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tomlkit

from content import survey
from content.feedback import FEEDBACK_SET
from content.language import load_words
from content.survey import Survey, load_survey

HEBREW = dict(zip("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתאבגד", strict=True))


def from_right_to_left(text: str) -> str:
    """The text in Hebrew letters; numbers and names that are filled in stay as they are."""
    return re.sub(r"\{\w+\}|.", lambda found: HEBREW.get(found[0].lower(), found[0]), text)


def in_wide_letters(text: str) -> str:
    """Each word in half as many letters of two cells each."""
    return re.sub(r"\{\w+\}|[a-z]+", lambda found: _wide(found[0]), text, flags=re.IGNORECASE)


def _wide(word: str) -> str:
    letter = chr(0x4E00 + sum(map(ord, word.lower())) % 5000)
    return word if word.startswith("{") else letter * max(len(word) // 2, 1)


MADE_UP = {"he": ("rtl", from_right_to_left), "ja": ("ltr", in_wide_letters)}


def make_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have packs for these languages beside those that there are."""
    packs = folder / "survey"
    packs.mkdir()
    for path in survey.FOLDER.glob("*.toml"):
        (packs / path.name).write_bytes(path.read_bytes())
    for code, (direction, put) in MADE_UP.items():
        pack = _put(msgspec.to_builtins(load_words()), put)
        pack |= {"language": code, "name": put("Language"), "status": "draft", "direction": direction}
        pack["questions"] = _questions(load_survey(), put)
        pack["feedback"]["questions"] = _questions(load_survey(FEEDBACK_SET), put)
        (packs / f"{code}.toml").write_text(tomlkit.dumps(pack), "utf-8")
    monkeypatch.setattr(survey, "FOLDER", packs)


def _questions(asked: Survey, put: Callable[[str], str]) -> list[dict[str, Any]]:
    return [
        {
            "id": question.id,
            "text": put(question.text),
            "options": [
                {"code": option.code, "label": put(option.label), "detail": put(option.detail)}
                for option in question.options
            ],
        }
        for question in asked.questions
    ]


def _put(value: Any, put: Any) -> Any:  # noqa: ANN401 - whatever a data file holds
    if isinstance(value, str):
        return put(value)
    if isinstance(value, dict):
        return {key: _put(part, put) for key, part in value.items()}
    return [_put(part, put) for part in value]
