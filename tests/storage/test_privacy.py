"""Each promise of PRIVACY.md is one sentence with a test behind it, and the test is there and runs."""

import ast
import functools
import re
from pathlib import Path

import pytest

import storage

ROOT = Path(__file__).parents[2]
PRIVACY = (Path(storage.__path__[0]) / "PRIVACY.md").read_text("utf-8")
PROMISE = re.compile(r"(?P<sentence>[A-Z][^.]*\.) \(test: (?P<path>tests/[\w/]+\.py)::(?P<test>test_\w+)\)")


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PRIVACY, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1].strip()


PROMISES = [
    " ".join(bullet.split())
    for bullet in re.split(r"^- ", section("What Fairstart promises"), flags=re.MULTILINE)
    if bullet
]


@functools.cache
def defined_in(path: str) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_there_is_nothing_among_the_promises_but_promises() -> None:
    assert section("What Fairstart promises").startswith("- ")
    assert "\n\n" not in section("What Fairstart promises")
    assert len(PROMISES) >= 15


@pytest.mark.parametrize("promise", PROMISES)
def test_each_promise_is_one_sentence_with_a_test_that_exists_and_runs_every_time(promise: str) -> None:
    parts = PROMISE.fullmatch(promise)
    assert parts, "one sentence, then (test: path::name)"
    assert parts["test"] in defined_in(parts["path"])
    marks = [ast.unparse(mark) for mark in defined_in(parts["path"])[parts["test"]].decorator_list]
    assert not [mark for mark in marks if "xfail" in mark or mark == "pytest.mark.long"]


def test_what_cannot_be_promised_is_said_too() -> None:
    limits = section("What this cannot promise").lower()
    for word in (
        "watching",
        "backups",
        "snapshots",
        "wear-levelling",
        "last changed",
        "memory",
        "small events",
        "laptop and office together",
        "starts over",
        "office",
    ):
        assert word in limits
    assert "(test:" not in limits
