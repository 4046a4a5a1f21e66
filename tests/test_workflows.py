"""The forge's workflows: valid, pinned, with few rights, and made of commands that there are."""

import importlib.util
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EVERYTHING = (ROOT / "requirements-dev.txt").read_text("utf-8")
SYSTEMS = {"ubuntu", "windows", "macos"}


def loaded(path: Path) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - which has text alone
    return workflow


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in loaded(path)["jobs"].values():
        yield from job["steps"]


def commands(path: Path) -> Iterator[str]:
    for step in steps(path):
        yield from step.get("run", "").splitlines()


def by_name(name: str) -> Path:
    return ROOT / ".github" / "workflows" / f"{name}.yml"


def test_there_is_one_to_check_one_for_each_night_and_one_to_release() -> None:
    assert [path.stem for path in WORKFLOWS] == ["check", "nightly", "release"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actionlint_finds_nothing(path: Path) -> None:
    if not shutil.which("actionlint"):
        pytest.skip("NOT TESTED: there is no actionlint here; the check workflow runs it")
    done = subprocess.run(["actionlint", path], capture_output=True, check=False, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit_and_says_which_version_that_is(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text("utf-8"))
    assert used
    assert [one for one in used if not re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_it_may_read_and_only_the_job_that_drafts_a_release_more(path: Path) -> None:
    workflow = loaded(path)
    assert workflow["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    wanted = {"contents": "write", "id-token": "write", "attestations": "write"}
    assert more == ({"draft": wanted} if path.stem == "release" else {})
    kept = [step for step in steps(path) if "actions/checkout" in step.get("uses", "")]
    assert kept or path.stem == "release"
    assert all(step["with"] == {"persist-credentials": "false"} for step in kept)
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_the_check_runs_readmes_own_command_on_every_system_and_python_that_is_promised() -> None:
    job = loaded(by_name("check"))["jobs"]["tests"]
    matrix = job["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == SYSTEMS
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={matrix['python'][0]}"
    text = by_name("check").read_text("utf-8")
    for pattern in ("^python3 -m venv .* -m tests$", "^py -m venv .* -m tests$"):
        assert f"'{pattern}'" in text
        assert len(re.findall(pattern, README, re.MULTILINE)) == 1
    assert "'^python3 -m venv .* -m tests$'" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_command_of_ours_exists(path: Path) -> None:
    assert [line for line in commands(path) if missing(line)] == []


PROGRAMS = {"pip-audit": "pip-audit", "cyclonedx-py": "cyclonedx-bom", "pre-commit": "pre-commit"}
"""Programs and the packages that bring them."""


def missing(line: str) -> str:
    """What a command names that is not there."""
    if found := re.match(r"python -m ([\w.]+)", line):
        name = found[1]
        if name.partition(".")[0] in {"tui", "tests"}:
            there = importlib.util.find_spec(name) is not None
        else:
            there = name == "pip" or f"\n{name}==" in EVERYTHING
        if not there:
            return name
    for program, package in (
        ("pip-audit", "pip-audit"),
        ("cyclonedx-py", "cyclonedx-bom"),
        ("pre-commit", "pre-commit"),
    ):
        if line.startswith(program) and f"\n{package}==" not in EVERYTHING:
            return program
    for file in re.findall(r"-r (\S+)|\b(tests/\S+\.py)", line):
        if not (ROOT / "".join(file)).exists():
            return "".join(file)
    return ""


def test_a_command_that_there_is_not_is_found() -> None:
    assert missing("python -m tests.nothing") == "tests.nothing"
    assert missing("python -m pip install -r requirements-none.txt") == "requirements-none.txt"
    assert missing("python -m pytest tests/test_nothing.py") == "tests/test_nothing.py"
    assert missing("python -m tests -m long") == missing("python -m build --no-isolation") == ""


def test_a_release_has_packages_programs_for_each_system_a_bill_of_materials_and_its_provenance() -> None:
    jobs = loaded(by_name("release"))["jobs"]
    assert {one["os"].partition("-")[0] for one in jobs["programs"]["strategy"]["matrix"]["include"]} == SYSTEMS
    said = "\n".join(commands(by_name("release")))
    for part in (
        "python -m build --no-isolation",
        "cyclonedx-py requirements requirements.txt",
        "sha256sum",
        "--draft",
    ):
        assert part in said
    assert any("attest-build-provenance" in step.get("uses", "") for step in jobs["draft"]["steps"])
    assert set(jobs["draft"]["needs"]) == {"packages", "programs"}


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_every_file_for_the_forge_is_yaml_that_says_something(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))


def test_forms_ask_for_what_is_needed_and_no_more_and_lead_weaknesses_elsewhere() -> None:
    forms = [yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*-*.yml")]
    assert len(forms) == 2
    for form in forms:
        ids = [part["id"] for part in form["body"] if "id" in part]
        assert len(set(ids)) == len(ids)
    assert "SECURITY.md" in str(forms)
