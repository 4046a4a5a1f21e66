"""What the release workflow asks of a tag, and how it packs."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.release import REPOSITORY, faults, pack


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository at version 1.2.3 that is ready."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [1.2.3] - 2026-12-01\n", "utf-8")
    kept = tmp_path / "tests" / "released" / "1.2.3"
    kept.mkdir(parents=True)
    (kept / "said.json").write_text("{}", "utf-8")
    return tmp_path


def test_a_tag_fits_the_version_the_changelog_and_the_files_that_are_kept(repository: Path) -> None:
    assert faults("v1.2.3", repository) == []
    assert faults("v1.2.4", repository) == ["The tag is v1.2.4, and pyproject.toml says 1.2.3."]
    (repository / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n", "utf-8")
    shutil.rmtree(repository / "tests")
    assert len(faults("v1.2.3", repository)) == 2


def test_the_version_stands_in_one_place() -> None:
    version = '"0.1.0"'
    files = [path for part in ("content", "storage", "tui") for path in (REPOSITORY / part).rglob("*.py")]
    assert version in (REPOSITORY / "pyproject.toml").read_text("utf-8")
    assert [path for path in files if version in path.read_text("utf-8")] == []


def test_the_changelog_has_the_customary_form() -> None:
    lines = (REPOSITORY / "CHANGELOG.md").read_text("utf-8").splitlines()
    assert lines[0] == "# Changelog"
    versions = [line for line in lines if line.startswith("## ")]
    assert [line for line in versions if not re.fullmatch(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", line)] == versions[
        :1
    ]
    assert versions[0] == "## [Unreleased]"
    parts = {line for line in lines if line.startswith("### ")}
    assert parts <= {f"### {name}" for name in ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")}


@pytest.mark.parametrize(
    ("name", "suffix"), [("fairstart-linux-x86_64", ".tar.gz"), ("fairstart-windows-x86_64", ".zip")]
)
def test_a_program_is_packed_as_its_system_unpacks_it(tmp_path: Path, name: str, suffix: str) -> None:
    built = tmp_path / "built" / "fairstart"
    built.mkdir(parents=True)
    program = built / "fairstart"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    packed = pack(tmp_path / "built", str(tmp_path / name))
    assert packed.name == name + suffix
    if suffix == ".zip":
        with zipfile.ZipFile(packed) as archive:
            assert "fairstart/fairstart" in archive.namelist()
    else:
        with tarfile.open(packed) as archive:
            assert archive.getmember("./fairstart/fairstart").mode & 0o111


@pytest.mark.long
def test_the_bill_of_materials_has_every_package_that_runs_with_its_hashes(tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx_py", reason="NOT TESTED: cyclonedx-bom is not installed")
    options: list[str | Path] = [
        "--pyproject",
        "pyproject.toml",
        "--output-reproducible",
        "--output-file",
        tmp_path / "sbom.json",
    ]
    command: list[str | Path] = [sys.executable, "-m", "cyclonedx_py", "requirements", "requirements.txt", *options]
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)
    bill = json.loads((tmp_path / "sbom.json").read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "fairstart"
    packages = re.findall(r"^([\w.-]+)==", (REPOSITORY / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert sorted(part["name"] for part in bill["components"]) == sorted(packages)
    assert all(part["externalReferences"][0]["hashes"] for part in bill["components"])
