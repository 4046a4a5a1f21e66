"""What the release workflow asks: `python -m tests.release v1.2.3` sees that a tag fits, `--pack FOLDER NAME` packs.

A tag fits if pyproject.toml has its version, CHANGELOG.md has a part with the version and a day, and files of the
version are kept in `tests/released`.
"""

import re
import shutil
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


def faults(tag: str, repository: Path) -> list[str]:
    """Why a tag does not fit what a repository holds."""
    version = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    found = []
    if tag != f"v{version}":
        found.append(f"The tag is {tag}, and pyproject.toml says {version}.")
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", _changelog(repository), re.MULTILINE):
        found.append(f"CHANGELOG.md has no part “[{version}] - ” and a day.")
    if not (repository / "tests" / "released" / version / "said.json").is_file():
        found.append(f"No files of {version} are kept: python -m tests.released {version}")
    return found


def _changelog(repository: Path) -> str:
    return (repository / "CHANGELOG.md").read_text("utf-8")


def pack(folder: Path, name: str) -> Path:
    """Pack a folder into one file: a zip for Windows; elsewhere a tar.gz, which keeps what may be run."""
    return Path(shutil.make_archive(name, "zip" if "windows" in name else "gztar", folder))


def main() -> int:
    """Do what is asked."""
    if sys.argv[1] == "--pack":
        print(pack(Path(sys.argv[2]), sys.argv[3]))
        return 0
    found = faults(sys.argv[1], REPOSITORY)
    print(*found, sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
