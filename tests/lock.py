"""Writes the lock files anew from pyproject.toml: `python -m tests.lock`; with `--upgrade`, with the newest that fit.

Each names every package for every system and Python, with the hashes of its files; pip takes nothing else. Without
`--upgrade` what is locked stays, as far as it still fits.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
LOCKS = {
    "requirements-dev.txt": ("dev", "docs", "drivers"),
    "requirements-drivers.txt": ("drivers",),
    "requirements-build.txt": (),
    "requirements.txt": (),
    "tui/deploy/requirements.txt": ("sftp",),
}
"""The files and the extras that each is for. All agree with the first, which has everything."""
EVERYTHING = "requirements-dev.txt"
BUILD = "requirements-build.txt"
CONSTRAINTS = "constraints.txt"


def main() -> int:
    """Write each of them; stop at the first that cannot be written."""
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-annotate"]
    options += ["--no-header", "--quiet", "--no-emit-package", "pip", *sys.argv[1:]]  # pip is there, and installs them
    for name, extras in LOCKS.items():
        asked = [part for extra in extras for part in ("--extra", extra)]
        asked += ["pyproject.toml"] if name != BUILD else ["-"]
        agreeing = [] if name == EVERYTHING else ["--constraints", EVERYTHING]
        command = ["uv", "pip", "compile", *options, *agreeing, *asked, "--output-file", name]
        built_with = "\n".join(build_requirements()) if name == BUILD else None
        done = subprocess.run(command, cwd=REPOSITORY, input=built_with, text=True, check=False)
        if done.returncode:
            return done.returncode
    (REPOSITORY / CONSTRAINTS).write_text(constraints(), "utf-8")
    return 0


def constraints() -> str:
    """All that is locked without hashes, for what pip cannot install by hash: a folder, a wheel of one's own."""
    lines = (REPOSITORY / EVERYTHING).read_text("utf-8").splitlines()
    named = (line.removesuffix("\\").rstrip() for line in lines if not line.startswith((" ", "#")))
    return "".join(f"{line}\n" for line in named if line)


def build_requirements() -> list[str]:
    """What the package is built with, as pyproject.toml says."""
    required: list[str] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    return required


if __name__ == "__main__":
    sys.exit(main())
