"""A data file that could not be asked, counted or shown is refused when it loads, with the place and the reason."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest

from content import survey
from content.language import Words, load_words
from content.loading import ContentError
from content.survey import Question, Survey, load_survey

Data = dict[str, Any]


def data_of(name: str) -> Data:
    return tomllib.loads(resources.files("content").joinpath(f"survey/{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture
def instrument() -> Data:
    return data_of("smc-2021")


@pytest.fixture
def words() -> Data:
    return data_of("en")


def refusal(data: Data, kind: type[Survey | Words]) -> str:
    """The message with which a changed data file is refused."""
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(data, kind)
    return str(refused.value)


def question(categories: list[str], options: list[tuple[int, str]]) -> Question:
    return msgspec.convert(
        {
            "id": "colour",
            "text": "Which colour?",
            "categories": [{"id": category, "label": category} for category in categories],
            "options": [{"code": code, "label": f"answer {code}", "category": category} for code, category in options],
        },
        Question,
    )


# A question that could not be asked or counted


def test_a_sound_question_is_accepted() -> None:
    assert question(["red", "prefer_not_to_say"], [(1, "red"), (2, "prefer_not_to_say")]).id == "colour"


@pytest.mark.parametrize("codes", [(0, 1), (1, 3), (2, 1), (1, 1)])
def test_codes_that_do_not_count_up_from_one_are_refused(codes: tuple[int, int]) -> None:
    with pytest.raises(msgspec.ValidationError, match="must run 1, 2, 3"):
        question(["red", "prefer_not_to_say"], list(zip(codes, ["red", "prefer_not_to_say"], strict=True)))


def test_nine_options_are_accepted_and_ten_refused_because_one_digit_answers() -> None:
    options = [(code, "red") for code in range(1, 10)]
    assert question(["red", "prefer_not_to_say"], [*options[:-1], (9, "prefer_not_to_say")]).declined.code == 9
    with pytest.raises(msgspec.ValidationError, match="at most 9"):
        question(["red", "prefer_not_to_say"], [*options, (10, "prefer_not_to_say")])


@pytest.mark.parametrize(
    ("listed", "counted", "said"),
    [
        (["red"], ["blue", "red"], "'blue', which is not listed"),
        (["red", "blue"], ["red"], "no option is counted as 'blue'"),
        (["red", "red"], ["red"], "'red' is listed twice"),
    ],
)
def test_categories_that_are_not_those_of_the_options_are_refused(
    listed: list[str], counted: list[str], said: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=said):
        question([*listed, "prefer_not_to_say"], list(enumerate([*counted, "prefer_not_to_say"], start=1)))


@pytest.mark.parametrize(
    "order", [[], ["red"], ["prefer_not_to_say", "red"], ["prefer_not_to_say", "red", "prefer_not_to_say"]]
)
def test_a_question_that_does_not_end_with_its_only_way_to_decline_is_refused(order: list[str]) -> None:
    with pytest.raises(msgspec.ValidationError, match="the last option, and only the last"):
        question(sorted(set(order)), list(enumerate(order, start=1)))


# A survey that could not be told apart


def test_a_question_asked_twice_is_refused(instrument: Data) -> None:
    instrument["questions"].append(instrument["questions"][0])
    assert "question 'occupation' is listed twice" in refusal(instrument, Survey)


def test_a_survey_without_questions_is_refused(instrument: Data) -> None:
    instrument["questions"] = []
    assert "at least one question" in refusal(instrument, Survey)


def test_a_misspelt_key_is_refused_with_its_place(instrument: Data) -> None:
    instrument["questions"][1]["options"][0]["lable"] = "x"
    message = refusal(instrument, Survey)
    assert "`lable`" in message
    assert "questions[" in message


def test_an_empty_label_is_refused(instrument: Data) -> None:
    instrument["questions"][0]["options"][0]["label"] = ""
    assert "label" in refusal(instrument, Survey)


# Finding answers


def test_an_option_is_found_by_the_digit_pressed() -> None:
    meals = load_survey().questions[2]
    assert [meals.option(code).label for code in (1, 2)] == ["yes", "no"]
    assert meals.category_of(5) == "prefer_not_to_say"


@pytest.mark.parametrize("code", [-1, 0, 6])
def test_a_digit_that_is_no_answer_finds_nothing(code: int) -> None:
    with pytest.raises(ValueError, match="options 1 to 5"):
        load_survey().questions[2].option(code)


def test_a_part_of_the_survey_keeps_its_order() -> None:
    part = load_survey().only(["degree", "school"])
    assert [asked.id for asked in part.questions] == ["school", "degree"]


def test_a_part_with_an_unknown_question_is_refused() -> None:
    with pytest.raises(ValueError, match="no question 'schol'"):
        load_survey().only(["schol"])


def test_loaded_content_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        load_survey().question_set = "mine"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        load_words().button.start = "Go"  # type: ignore[misc]


# Words


def test_unknown_words_are_refused(words: Data) -> None:
    words["button"]["strat"] = "Start"
    assert "`strat`" in refusal(words, Words)


@pytest.mark.parametrize("section", ["welcome", "plain", "guidance"])
def test_missing_words_are_refused(words: Data, section: str) -> None:
    del words[section]
    assert f"missing required field `{section}`" in refusal(words, Words)


def test_a_question_left_without_guidance_is_refused(words: Data) -> None:
    del words["guidance"]["meals"]
    assert "`meals`" in refusal(words, Words)


@pytest.mark.parametrize(
    ("section", "key", "text", "said"),
    [
        ("welcome", "who", "Somebody is asking.", "needs {organisation}"),
        ("welcome", "who", "{organization} is asking.", "needs {organisation}"),
        ("welcome", "who", "{} is asking.", "needs {organisation}"),
        ("welcome", "who", "{organisation} asks {name}.", "needs {organisation}"),
        ("guidance", "after", "Ask {organisation}.", "has the placeholders {organisation}, but needs none"),
        ("question", "progress", "Question {number of {total}", ""),
    ],
)
def test_a_placeholder_that_is_lost_misspelt_unclosed_or_never_filled_in_is_refused(
    words: Data, section: str, key: str, text: str, said: str
) -> None:
    words[section][key] = text
    message = refusal(words, Words)
    assert f"{section}.{key}: " in message
    assert said in message


# Loading


@pytest.mark.parametrize(
    ("load", "name", "said"),
    [
        (load_words, "tlh", r"no file content/survey/tlh\.toml"),
        (load_survey, "../survey/smc-2021", "no file"),
        (load_survey, "en", r"content/survey/en\.toml: "),
    ],
    ids=["does not exist", "out of the folder", "of the wrong kind"],
)
def test_a_file_that_cannot_be_loaded_is_named(load: Callable[[str], object], name: str, said: str) -> None:
    with pytest.raises(ContentError, match=said):
        load(name)


def test_a_misspelt_key_is_answered_with_the_nearest_one_and_what_is_not_toml_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = (survey.FOLDER / "en.toml").read_text(encoding="utf-8")
    (tmp_path / "xx.toml").write_text(shipped.replace("show_answers =", "show_anwsers ="), encoding="utf-8")
    (tmp_path / "yy.toml").write_text("language = ", encoding="utf-8")
    monkeypatch.setattr(survey, "FOLDER", tmp_path)
    with pytest.raises(ContentError, match=r"xx\.toml: .*`show_anwsers`.*did you mean `show_answers`"):
        load_words("xx")
    with pytest.raises(ContentError, match=r"yy\.toml: .*end of document"):
        load_words("yy")


def test_content_is_read_once() -> None:
    assert load_survey() is load_survey()
    assert load_words() is load_words()


def test_the_module_is_found_before_the_data_folder_of_the_same_name() -> None:
    assert survey.__file__ is not None
    assert survey.__file__.endswith("survey.py")


def test_importing_it_brings_in_nothing_heavy_and_nothing_of_ours() -> None:
    code = "import sys, msgspec; before = set(sys.modules); import content.survey; print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "content.survey" in loaded
    assert {
        "textual",
        "rich",
        "sqlite3",
        "cryptography",
        "tomllib",
        "importlib.resources",
        "difflib",
    }.isdisjoint(loaded)
    assert not [name for name in loaded if name.split(".")[0] in {"storage", "tui"}]
