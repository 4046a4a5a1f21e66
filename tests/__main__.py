"""Every check in one command: `python -m tests`. Format, lint, strict types, import contracts, then the tests.

What follows on the command line goes to pytest, which runs last: `python -m tests -m long`.
"""

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SCRIPTS = Path(sys.executable).parent


def main() -> int:
    """Run them in turn; stop at the first that finds something."""
    checks = (
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
        ["pytest", "-n", str(_workers()), "--dist", "worksteal", *sys.argv[1:]],  # no worker is left with the long ones
    )
    if sys.platform == "win32":  # whose pipes are not as its terminals are
        os.environ["PYTHONUTF8"] = "1"
    for check in checks:
        print("▸", *check, flush=True)
        status = subprocess.run([SCRIPTS / check[0], *check[1:]], cwd=REPOSITORY, check=False).returncode
        if status:
            return status
    return 0


def _workers() -> int:
    """One more than there are processors: tests wait a sixth of their time, for disks and other programs."""
    return (os.cpu_count() or 1) + 1


if __name__ == "__main__":
    sys.exit(main())
