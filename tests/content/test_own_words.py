"""What is said is said in our own words: no eight words in a row are those of the source.

`eight-words.sha256` has the first five bytes of the SHA-256 of every eight words that stand beside each other in the
source's text, sorted; none of the text can be read from it. It was made once, with `eights` below, from the text as it
was scanned, and again with the words joined that a line's end had parted.
"""

from __future__ import annotations

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from content import benchmarks, toolkit
from content.survey import FOLDER as SURVEY
from content.survey import QUESTION_SET, load_survey
from content.toolkit import load_toolkit
from storage import report
from tests.content.texts import flat
from tui import text

LENGTH, BYTES = 8, 5
_HASHED = (Path(__file__).parent / "eight-words.sha256").read_bytes()
SOURCE = {_HASHED[place : place + BYTES] for place in range(0, len(_HASHED), BYTES)}

QUOTED = ("place", "source", "publisher", "id", "links", "entries")
"""Keys of what is quoted, named or not read."""


def eights(said: str) -> Iterator[str]:
    """Every eight words that stand beside each other, in small letters and without marks."""
    words = re.findall(r"[^\W_]+", said.lower().replace("’", "").replace("'", ""))
    return (" ".join(words[place : place + LENGTH]) for place in range(len(words) - LENGTH + 1))


def shared(said: str) -> list[str]:
    """The eights of a text that the source has too."""
    return [eight for eight in eights(said) if hashlib.sha256(eight.encode()).digest()[:BYTES] in SOURCE]


def texts_of(file: Path) -> dict[str, str]:
    """Every text of a data file, by its key."""
    return dict(flat(tomllib.loads(file.read_text(encoding="utf-8"))))


def sentences_of(file: Path) -> dict[str, str]:
    """Every text of a module, by its line."""
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {str(one.lineno): one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def is_quoted(eight: str) -> bool:
    """Whether an eight is of a question's official wording, or of the title of a guide."""
    return eight in {
        *(part for question in load_survey().questions for part in eights(question.text)),
        *(part for resource in load_toolkit().resources for part in eights(resource.title)),
    }


FILES = [
    *sorted(toolkit.FOLDER.glob("*.toml")),
    *sorted(benchmarks.FOLDER.glob("*.toml")),
    *sorted(file for file in SURVEY.glob("*.toml") if file.stem != QUESTION_SET),
]
MODULES = [*sorted(Path(report.__file__).parent.rglob("*.py")), *sorted(Path(text.__file__).parent.glob("*.py"))]
PAGES = sorted(Path(report.__file__).parent.rglob("*.html"))


def test_the_official_wording_is_found_in_the_source_so_that_anything_copied_would_be() -> None:
    found = {question.id: shared(question.text) for question in load_survey().questions}
    assert {name: len(eights) for name, eights in found.items() if len(eights) < 8} == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_eight_words_of_a_data_file_are_the_sources(file: Path) -> None:
    ours = {key: said for key, said in texts_of(file).items() if key.split(".")[-1] not in QUOTED}
    copied = {key: [eight for eight in shared(said) if not is_quoted(eight)] for key, said in ours.items()}
    assert {key: eights for key, eights in copied.items() if eights} == {}


@pytest.mark.parametrize("file", MODULES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_no_eight_words_of_a_sentence_in_the_code_are_the_sources(file: Path) -> None:
    assert {line: eights for line, said in sentences_of(file).items() if (eights := shared(said))} == {}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_no_eight_words_of_a_page_are_the_sources(file: Path) -> None:
    assert shared(re.sub(r"<[^>]*>|\{[{%].*?[}%]\}", " ", file.read_text(encoding="utf-8"))) == []
