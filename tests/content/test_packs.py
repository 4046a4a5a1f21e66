"""Every language pack is whole, fits its places, and asks the instrument's own questions with the instrument's codes.

What holds for all packs is tested for all; `test_words` measures how hard the English one is to read.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from content import language, survey
from content.language import LONGEST, Words, cells, languages, load_words
from content.loading import ContentError
from content.survey import load_survey
from tests.content.texts import flat

SURVEY = load_survey()
Data = dict[str, Any]

in_every_language = pytest.mark.parametrize("words", [load_words(code) for code in languages()], ids=languages())
in_every_translation = pytest.mark.parametrize(
    "words", [load_words(code) for code in languages() if code != SURVEY.language], ids=lambda words: words.language
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packs of the test's own, with those that there are."""
    copied = tmp_path / "survey"
    copied.mkdir()
    for path in survey.FOLDER.glob("*.toml"):
        (copied / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(survey, "FOLDER", copied)
    monkeypatch.setattr(language, "load_words", load_words.__wrapped__)
    monkeypatch.setattr(survey, "load_survey", load_survey.__wrapped__)
    return copied


def refusal(folder: Path, old: str, new: str) -> str:
    """How the Welsh pack is refused once this is changed in it."""
    text = (folder / "cy.toml").read_text("utf-8")
    assert old in text
    (folder / "cy.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ContentError) as refused:
        language.load_words("cy")
    return str(refused.value)


def texts_of(words: Words) -> list[tuple[str, str]]:
    """Every text of a pack, and the instrument in its language, by key."""
    return [*flat(msgspec.to_builtins(words)), *flat(msgspec.to_builtins(words.asked(SURVEY)), "asked")]


# What is true of each


def test_there_are_english_and_welsh() -> None:
    assert set(languages()) >= {"en", "cy"}


@in_every_language
def test_a_pack_says_which_language_it_is_in_and_what_it_is_worth(words: Words) -> None:
    assert words.name
    assert (words.status == "original") == (words.language == SURVEY.language)


def test_welsh_is_a_draft_until_it_was_tried_out_with_people() -> None:
    assert load_words("cy").status == "draft"
    assert load_words("cy").name == "Cymraeg"


@in_every_language
def test_questions_options_codes_and_categories_are_the_instruments_in_every_language(words: Words) -> None:
    for official, asked in zip(SURVEY.questions, words.asked(SURVEY).questions, strict=True):
        assert (asked.id, asked.categories) == (official.id, official.categories)
        assert [(option.code, option.category) for option in asked.options] == [
            (option.code, option.category) for option in official.options
        ]
    assert [question.id for question in words.asked(SURVEY.key).questions] == ["occupation"]


@in_every_translation
def test_every_question_and_answer_is_put_into_the_language(words: Words) -> None:
    for official, asked in zip(SURVEY.questions, words.asked(SURVEY).questions, strict=True):
        assert asked.text != official.text
        for theirs, ours in zip(official.options, asked.options, strict=True):
            assert ours.label != theirs.label
            assert bool(ours.detail) == bool(theirs.detail)


@in_every_translation
def test_nothing_is_left_in_english(words: Words) -> None:
    english = dict(flat(msgspec.to_builtins(load_words("en"))))
    same = {key for key, text in flat(msgspec.to_builtins(words)) if len(text.split()) > 1 and text == english.get(key)}
    assert same == set()


@in_every_translation
def test_the_help_has_a_note_for_each_of_the_english_ones(words: Words) -> None:
    for question in SURVEY.questions:
        english, notes = (pack.guidance.notes(question.id) for pack in (load_words("en"), words))
        assert len(notes) == len(english)
        assert len({note.title for note in notes}) == len(notes)


@in_every_language
def test_what_is_quoted_is_called_as_it_is_labelled(words: Words) -> None:
    buttons = [text for _, text in flat(msgspec.to_builtins(words.button))]
    questions = words.asked(SURVEY).questions
    for key, text in flat(msgspec.to_builtins(words)):
        asked = [question for question in questions if question.id in key.split(".")] or questions
        labels = [option.label for question in asked for option in question.options]
        for quoted in re.findall(r"“(.*?)”", text):
            starts = any(re.match(rf"{re.escape(quoted)}(?!\w)", label) for label in labels)
            assert starts or quoted in buttons, f"{key}: “{quoted}”"


@in_every_language
def test_texts_are_tidy(words: Words) -> None:
    for key, text in texts_of(words):
        assert not set("\"'\t\n") & set(text), key
        assert "  " not in text, key
        assert text == text.strip() + (" " if key.endswith("prompt") else ""), key
        assert key.startswith("asked") or "[" not in text, key


@in_every_language
def test_every_text_is_as_short_as_its_place(words: Words) -> None:
    assert max(cells(text) for _, text in flat(msgspec.to_builtins(words.button))) <= LONGEST["button"]
    for question in SURVEY.questions:
        for note in words.guidance.notes(question.id):
            assert cells(note.title) <= LONGEST["title"]
            assert cells(note.text) <= LONGEST["text"], note.title


# What is refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "meals"', 'id = "meal"', "has no question 'meal'"),
        ("code = 3\n", "code = 4\n", "occupation: option codes must be [1, 2, 3, 4, 5, 6, 7, 8, 9], not [1, 2, 4, 4,"),
        ('status = "draft"', 'status = "final"', "Invalid enum value 'final'"),
        ('status = "draft"', 'status = "original"', "only the pack in 'en', without questions, is the original"),
        ('status = "draft"', "", "missing required field `status`"),
        ('language = "cy"', 'language = "gd"', "must be 'cy', as the file is called"),
        ('start = "Dechrau"', "", "missing required field `start`"),
        ('start = "Dechrau"', f'start = "{"W" * 23}"', "button.start: takes 23 cells, and there is room for 22"),
        ('start = "Dechrau"', f'start = "{"開" * 12}"', "button.start: takes 24 cells, and there is room for 22"),
        ('name = "Cymraeg"', 'name = "Cym\\u001b]0;raeg"', "name: has a control character"),
        ('name = "Cymraeg"', f'name = "{"W" * 23}"', "name: takes 23 cells, and there is room for 22"),
        ('label = "oeddwn"', 'label = "nac oeddwn"', "meals: two options are called 'nac oeddwn'"),
        ('start = "Dechrau"', 'start = "Dechrau {now}"', "button.start: has the placeholders {now}, but needs none"),
    ],
)
def test_a_pack_that_is_not_whole_or_does_not_fit_is_refused_with_the_place(
    old: str, new: str, said: str, folder: Path
) -> None:
    refused = refusal(folder, old, new)
    assert refused.startswith("content/survey/cy.toml: ")
    assert said in refused


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("[[questions]]", "questions: 'degree' is missing"),
        ("[[questions.options]]", "degree: option codes must be [1, 2, 3, 4], not [1, 2, 3]"),
    ],
)
def test_a_pack_without_one_of_the_questions_or_options_is_refused(last: str, said: str, folder: Path) -> None:
    text = (folder / "cy.toml").read_text("utf-8")
    assert said in refusal(folder, text[text.rindex(last) :], "")


@pytest.mark.parametrize(("code", "detail"), [(1, ""), (9, "e.e. neb")])
def test_examples_stand_where_the_original_has_them_and_nowhere_else(code: int, detail: str, folder: Path) -> None:
    data = tomllib.loads((folder / "cy.toml").read_text("utf-8"))
    data["questions"][0]["options"][code - 1]["detail"] = detail
    words = msgspec.convert(data, Words)
    with pytest.raises(ValueError, match=rf"occupation, option {code}: a detail stands here if, and only if"):
        words.asked(SURVEY)


@pytest.mark.parametrize("part", ["text", "label", "detail"])
def test_a_translation_much_longer_than_the_original_is_refused(part: str, folder: Path) -> None:
    data = tomllib.loads((folder / "cy.toml").read_text("utf-8"))
    question = data["questions"][0]
    (question if part == "text" else question["options"][0])[part] = "gair " * 80
    words = msgspec.convert(data, Words)
    with pytest.raises(ValueError, match=r"occupation.*: takes 400 cells, and there is room for \d+"):
        words.asked(SURVEY)


def test_questions_in_the_instruments_own_language_are_refused(folder: Path) -> None:
    welsh = (folder / "cy.toml").read_text("utf-8")
    english = (folder / "en.toml").read_text("utf-8")
    (folder / "en.toml").write_text(english + "\n" + welsh[welsh.index("[[questions]]") :], "utf-8")
    with pytest.raises(ContentError, match="without questions, is the original"):
        language.load_words("en")


# Which there are


def test_a_file_is_a_pack_if_it_is_called_by_a_language(folder: Path) -> None:
    for name in ("gd", "zh-Hant", "haw", "notes", "smc-2030", "Cy", "cy-old"):
        (folder / f"{name}.toml").write_text("", "utf-8")
    assert language.languages() == ("cy", "en", "gd", "haw", "zh-Hant")


@pytest.mark.parametrize(
    ("text", "wanted"), [("", 0), ("abc", 3), ("ŵyn", 3), ("開始", 4), ("e\u0301", 1), ("שלום", 4)]
)
def test_cells_are_counted_as_a_terminal_does(text: str, wanted: int) -> None:
    assert cells(text) == wanted
