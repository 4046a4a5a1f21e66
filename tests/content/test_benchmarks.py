"""The figures that counts are compared with are those published, and a file of other figures is checked."""

from __future__ import annotations

import math
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from content import benchmarks
from content.benchmarks import load_benchmarks
from content.loading import ContentError
from content.survey import load_survey

Data = dict[str, Any]


# The figures


def test_the_figures_are_those_published() -> None:
    known = load_benchmarks()
    assert {(part.id, mark.category): mark.share for part in known.questions for mark in part.benchmarks} == {
        ("occupation", "professional"): 37,
        ("occupation", "intermediate"): 24,
        ("occupation", "working_class"): 39,
        ("school", "independent"): 7.5,
    }
    assert known.year == 2021
    assert known.source == "Social Mobility Commission, employers’ apprenticeship toolkit"
    assert known.question_set == "smc-2021"


def test_the_targets_for_response_rates_are_66_for_occupation_and_70_for_all() -> None:
    known = load_benchmarks()
    assert known.response_rate == 70
    assert {part.id: part.response_rate for part in known.questions} == {
        "occupation": 66,
        "school": None,
        "meals": None,
        "degree": None,
    }


def test_shares_leave_out_those_who_cannot_be_compared() -> None:
    assert {part.id: part.compared for part in load_benchmarks().questions} == {
        "occupation": ("professional", "intermediate", "working_class"),
        "school": ("state", "independent"),
        "meals": ("eligible", "not_eligible"),
        "degree": ("no_parent", "a_parent"),
    }


@pytest.mark.parametrize(("question", "figure"), [("meals", "15%"), ("degree", "65%")])
def test_a_figure_about_other_people_is_told_in_words_and_is_no_benchmark(question: str, figure: str) -> None:
    part = load_benchmarks().of(question)
    assert part.context.startswith(figure)
    assert "context only" not in part.context, "that is said wherever it is shown, once"
    assert part.benchmarks == ()
    assert part.response_rate is None


def test_a_newer_figure_has_its_country_its_year_and_its_source() -> None:
    newer = "In England in 2023/24 it was 24.6% (Department for Education"
    context = load_benchmarks().of("meals").context
    assert newer in context
    assert " now" not in context


@pytest.mark.parametrize("question", ["occupation", "school"])
def test_no_context_stands_beside_a_benchmark(question: str) -> None:
    part = load_benchmarks().of(question)
    assert part.context == ""
    assert part.benchmarks


def test_the_occupations_that_are_compared_add_up_to_everybody() -> None:
    assert math.fsum(mark.share for mark in load_benchmarks().of("occupation").benchmarks) == 100


def test_every_question_has_its_comparison_in_the_order_of_the_set() -> None:
    assert [part.id for part in load_benchmarks().questions] == [question.id for question in load_survey().questions]
    with pytest.raises(KeyError):
        load_benchmarks().of("age")


def test_the_figures_are_read_once_and_cannot_be_changed() -> None:
    known = load_benchmarks()
    assert load_benchmarks() is known
    with pytest.raises(AttributeError):
        known.year = 2022  # type: ignore[misc]
    with pytest.raises(AttributeError):
        known.of("occupation").context = "mine"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        known.of("occupation").benchmarks[0].share = 50  # type: ignore[misc]


# A file that is not as it should be


@pytest.fixture
def shipped() -> str:
    return resources.files("content").joinpath("benchmarks/smc-2021.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    load_benchmarks()  # the shipped ones are known, and stay so
    place = tmp_path / "benchmarks"
    place.mkdir()
    monkeypatch.setattr(benchmarks, "FOLDER", place)
    return place


def test_the_shipped_file_is_accepted_under_another_name(folder: Path, shipped: str) -> None:
    (folder / "as-shipped.toml").write_text(shipped, encoding="utf-8")
    assert load_benchmarks("as-shipped") == load_benchmarks()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('category = "independent"', 'category = "private"', "school: 'private' has a benchmark and is not compared"),
        (
            'category = "independent"',
            'category = "not_known"',
            "school: 'not_known' has a benchmark and is not compared",
        ),
        ('["state", "independent"]', '["state", "private", "independent"]', "school: there is no category 'private'"),
        (
            'id = "meals"',
            'id = "lunch"',
            "smc-2021: needs one comparison for each of occupation, school, meals, degree",
        ),
        (
            'id = "meals"',
            'id = "degree"',
            "smc-2021: needs one comparison for each of occupation, school, meals, degree",
        ),
        ("year = 2021", "yaer = 2021", "unknown field `yaer` (did you mean `year`?)"),
        ("share = 7.5", "shaer = 7.5", "unknown field `shaer`"),
        ('id = "meals"\ncompared', 'id = "meals"\ncontxt', "unknown field `contxt`"),
        ("share = 7.5", "share = 107.5", "`float` <= 100.0 - at `$.questions[1].benchmarks[0].share`"),
        ("share = 7.5", "share = -7.5", "`float` >= 0.0 - at `$.questions[1].benchmarks[0].share`"),
        ("response_rate = 70", "response_rate = 170", "`float` <= 100.0 - at `$.response_rate`"),
        ("response_rate = 66", 'response_rate = "66"', "`$.questions[0].response_rate`"),
        ("year = 2021", 'year = "2021"', "Expected `int`, got `str` - at `$.year`"),
        ("year = 2021\n", "", "missing required field `year`"),
        ("year = 2021", "year = ", "Invalid value"),
        ('source = "Social', 'source = ""  # "Social', "`str` of length >= 1 - at `$.source`"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_with_its_name_and_the_key(
    folder: Path, shipped: str, was: str, becomes: str, said: str
) -> None:
    assert shipped.count(was) == 1
    (folder / "mine.toml").write_text(shipped.replace(was, becomes), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_benchmarks("mine")
    assert str(refused.value).startswith("content/benchmarks/mine.toml: ")
    assert said in str(refused.value)


def test_benchmarks_of_an_unknown_question_set_are_refused_by_name() -> None:
    with pytest.raises(ContentError, match=r"no file content/benchmarks/smc-2031\.toml"):
        load_benchmarks("smc-2031")
