"""The lock files have every package that pyproject.toml asks for, each with hashes, and agree with each other."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.lock import BUILD, CONSTRAINTS, EVERYTHING, LOCKS, build_requirements, constraints

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def locked(name: str) -> dict[str, set[str]]:
    """The packages of a lock file and their versions; several where they differ between systems or Pythons."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            requirement = Requirement(line.removesuffix("\\").strip())
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            found.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    return found


def asked(*extras: str) -> Iterator[Requirement]:
    """What pyproject.toml asks for, with some extras."""
    lines = [*PROJECT["dependencies"]]
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    for line in lines:
        requirement = Requirement(line)
        if requirement.name == PROJECT["name"]:
            yield from asked(*requirement.extras)
        else:
            yield requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_what_is_asked_for_in_a_version_that_fits(name: str) -> None:
    wanted = map(Requirement, build_requirements()) if name == BUILD else asked(*LOCKS[name])
    there = locked(name)
    faults = [
        f"{requirement}: {versions or 'not locked'}"
        for requirement in wanted
        if not (versions := there.get(canonicalize_name(requirement.name)))
        or not all(requirement.specifier.contains(version) for version in versions)
    ]
    assert faults == [], 'run "python -m tests.lock"'


@pytest.mark.parametrize("name", LOCKS)
def test_every_file_that_may_be_installed_is_named_by_its_hash_and_no_place_is(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for package in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        if package.strip() and not package.startswith("#"):
            assert re.fullmatch(r".* \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", package), package[:60]
    assert "://" not in text
    assert "--index" not in text


@pytest.mark.parametrize("name", sorted(set(LOCKS) - {EVERYTHING}))
def test_all_agree_with_what_tests_run_with(name: str) -> None:
    everything = locked(EVERYTHING)
    assert locked(name).items() <= everything.items()
    assert "pip" not in everything  # on Windows it cannot put another in its own place


def test_constraints_say_the_same_without_hashes() -> None:
    assert (ROOT / CONSTRAINTS).read_text("utf-8") == constraints()
    assert locked(CONSTRAINTS) == locked(EVERYTHING)


def test_what_runs_at_events_brings_nothing_of_developers() -> None:
    runtime = locked("requirements.txt")
    assert "textual" in runtime
    assert not {"pytest", "mypy", "ruff", "uv", "mkdocs", "hatchling", "paramiko"} & set(runtime)
    assert len(runtime) < len(locked("requirements-drivers.txt")) < len(locked(EVERYTHING)) / 2


def test_what_laptops_need_is_the_same_on_every_system() -> None:
    """For pip reads markers as they are on the computer that fetches."""
    text = (ROOT / "tui" / "deploy" / "requirements.txt").read_text("utf-8")
    markers = set(re.findall(r" ; (.*) \\$", text, re.MULTILINE))
    assert {"textual", "paramiko"} <= set(locked("tui/deploy/requirements.txt"))
    assert not [
        one
        for one in markers
        if re.search("platform_system|sys_platform|os_name|python", one.replace("platform_python_implementation", ""))
    ]


def test_hooks_use_the_ruff_that_is_locked() -> None:
    (version,) = locked(EVERYTHING)["ruff"]
    hooks = re.findall(r"ruff==([\d.]+)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert hooks == [version, version]
