"""Papers as they are written: marks are understood or refused, and every language has the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from content.language import languages
from content.loading import ContentError, load
from content.papers import (
    FOLDER,
    ORGANISATIONS,
    Block,
    CandidatesPapers,
    Item,
    Paper,
    blocks_of,
    candidates_languages,
    load_candidates_papers,
    load_paper,
)

LAW = re.compile(
    r"""[Aa]rticles?\ \d+(\(\d\))?(\ (to|and)\ \d+)*|\ \d+\(\d\)(\([a-z]\))?|section\ \d+A?|recital\ \d+
    |\d+\ (June|March|February|November)\ \d{4}|Act\ \d{4}|SI\ \d{4}/\d+
    |Commencement\ No\.\ \d+\ Regulations\ \d{4}
    |eur/\d+/\d+|ukpga/\d+/\d+|\b(November)\ 2026|within\ (30\ days|72\ hours)
    |age\ of\ 13|From\ 13\ on|under\ 1[68]|1[46]
    |RFC\ \d+|ML-KEM-768|X25519|SHA256|ChaCha20|Poly1305|Ed25519|Argon2id|Python\ 3\.11|A4|\d{4}\ \d{3}\ \d{4}
    |Step\ \d|steps?\ \d|\bR\d\b|F\d|--laptops\ 1|\bSI\b|\*\*\d\ |^\d+\.\ """,
    re.VERBOSE | re.MULTILINE,
)
"""Figures that are not the program's: of the law, of names, of numbered steps."""
PROGRAMS_FIGURES = re.compile(
    r"\d|\b(?:ten|twelve|fifteen|thirty|fourfold|sixteenfold|two minutes|half a minute)\b", re.IGNORECASE
)


def all_papers() -> list[tuple[str, Paper]]:
    found: list[tuple[str, Paper]] = [(name, load_paper(name)) for name in ORGANISATIONS]
    for code in candidates_languages():
        papers = load_candidates_papers(code)
        found += [(f"{code}: {kind}", getattr(papers, kind)) for kind in ("poster", "notice", "questions")]
    return found


def test_every_language_pack_has_papers_for_candidates() -> None:
    assert set(languages()) <= set(candidates_languages())
    for code in candidates_languages():
        assert load_candidates_papers(code).language == code


@pytest.mark.parametrize("code", [code for code in candidates_languages() if code != "en"])
@pytest.mark.parametrize("kind", ["poster", "notice", "questions"])
def test_a_translation_has_the_same_sections_blocks_conditions_and_values_as_the_english(code: str, kind: str) -> None:
    def frame(paper: Paper) -> list[object]:
        return [
            (section.id, bool(section.heading), [(block.kind, [(item.when, item.unless) for item in block.items])])
            for section in paper.sections
            for block in section.blocks
        ]

    english, other = (getattr(load_candidates_papers(each), kind) for each in ("en", code))
    assert frame(other) == frame(english)
    assert other.fields - {"date"} == english.fields - {"day"}
    assert other.title != english.title


@pytest.mark.parametrize(("name", "paper"), all_papers(), ids=[name for name, _ in all_papers()])
def test_no_paper_has_a_figure_of_its_own_that_program_or_setting_could_contradict(name: str, paper: Paper) -> None:
    for section in paper.sections:
        text = re.sub(r"\{[a-z_.]+\}|^@ \S+$", "", f"{section.heading}\n{section.text}", flags=re.MULTILINE)
        assert [line for line in LAW.sub("", text).splitlines() if PROGRAMS_FIGURES.search(line)] == []


def test_text_with_marks_is_taken_apart() -> None:
    text = """
A paragraph
  that goes on.

- one
- [if young] two

1. first
2. [if not young] second

| Head | Two |
| [if young] a | b |

? Decide this.

! office: The office

$ fairstart office
$ fairstart

@ test_it

% questions

# Between
"""
    assert [block.kind for block in blocks_of(text)] == [
        "paragraph", "bullets", "numbers", "table", "decide", "picture", "command", "promise", "made", "heading"
    ]  # fmt: skip
    paragraph, bullets, numbers, table, *_ = blocks_of(text)
    assert paragraph == Block(kind="paragraph", items=(Item(cells=("A paragraph that goes on.",)),))
    assert bullets.items == (Item(cells=("one",)), Item(cells=("two",), when="young"))
    assert numbers.items[1] == Item(cells=("second",), when="young", unless=True)
    assert table.items == (Item(cells=("Head", "Two")), Item(cells=("a", "b"), when="young"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- one\ntwo", "of another kind"),
        ("one\ntwo", "indent the lines"),
        ("| a | b |\n| c |", "rows of different lengths"),
        ("! office", "does not say what the picture shows"),
        ("[if Young] text", "a condition is written"),
        ("[if young] - text [if old] more", "a condition is written"),
    ],
)
def test_a_mark_that_is_not_understood_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        blocks_of(text)


def test_a_paper_that_cannot_be_read_is_refused_with_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    text = (FOLDER / "en.toml").read_text("utf-8")
    for name, changed in {
        "aa": text.replace("[gaps]", "[gapes]"),
        "ab": text.replace("- {words.welcome.voluntary}", "{words.welcome.voluntary}", 1),
    }.items():
        (folder / f"{name}.toml").write_text(changed, "utf-8")
        with pytest.raises(ContentError, match=f"content/papers/{name}.toml"):
            load(folder, name, CandidatesPapers)
