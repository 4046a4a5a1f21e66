"""Keeps files as this version writes them: `python -m tests.released VERSION` writes `tests/released/VERSION`.

What is in it is made by commands alone, as people would, so that it can be made anew after any change. Once a version
is released, its folder never changes: later versions have to open it. `said.json` is what commands said of it then.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
STAFF, OFFICE = "violet anchor mustard kite plough", "quartz lemon harbour tin orbit"
_PROGRAM = "import sys; sys.argv[0] = 'fairstart'; from tui.cli.main import main; main()"
_YES = "1\n{}\n3\n3\n2\n1\n"
"""One person: yes, an answer to each of the four questions, and sent."""

TOLD = {
    "counts": ("counts", "--json"),
    "office counts": ("office", "counts", "--json"),
    "journey": ("office", "counts", "--journey", "--json"),
    "plan": ("office", "plan", "--json"),
    "targets": ("office", "targets", "--json"),
    "log": ("office", "log", "--json"),
    "toolkit": ("toolkit", "list", "--json"),
}
"""What is asked of a data folder, now and by each later version."""
_WITHOUT = {"plan", "toolkit"}
"""Of these, what needs no passphrase."""
_TYPED = {"id", "name", "date", "place", "stage", "status", "owner", "review", "note"}
"""Keys of JSON under which stands what somebody has typed or chosen."""


def run(data: Path, *arguments: str | Path, given: str = "") -> str:
    """What a command prints. It must do what it is asked."""
    command = [sys.executable, "-c", _PROGRAM, *map(str, arguments), "--data", str(data)]
    done = subprocess.run(
        command, input=given, capture_output=True, check=False, text=True, encoding="utf-8", cwd=data.parent
    )
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


def told_of(data: Path, run: Callable[..., str]) -> dict[str, object]:
    """What a data folder holds, as commands say it that `run` runs: all numbers, and what somebody has typed."""
    told: dict[str, object] = {}
    for name, command in TOLD.items():
        passphrase = () if name in _WITHOUT else ("--passphrase-file", "-")
        given = OFFICE if command[0] == "office" else STAFF
        told[name] = _kept(json.loads(run(data, *command, *passphrase, given=given)))
    return told


def _kept(said: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON without sentences, which may be put in other words later, and without items of which nothing is noted."""
    if isinstance(said, list):
        return [_kept(one) for one in said if not (isinstance(one, dict) and one.get("status") == "not started")]
    if isinstance(said, dict):
        return {key: _kept(one) for key, one in said.items() if not isinstance(one, str) or key in _TYPED}
    return said


def make(data: Path) -> None:
    """A laptop that is kiosk and office in one, with something of everything that is kept."""
    drive = data.parent / "drive"
    drive.mkdir(parents=True)
    event = ("--event", "Spring Jobs Fair", "--date", "2026-11-23", "--place", "Town Hall")
    secrets = ("--passphrase-file", "-", "--office-passphrase-file", "-")
    run(data, "setup", "--organisation", "Northfield Council", *event, *secrets, given=f"{STAFF}\n{OFFICE}\n")
    run(data, "plain", given="".join(_YES.format(1 + person % 7) for person in range(12)))
    exported = run(data, "export", drive, "--passphrase-file", "-", given=STAFF)
    fingerprint = exported.rpartition(": ")[2].strip()

    def office(*command: str | Path) -> None:
        run(data, "office", *command, "--passphrase-file", "-", given=OFFICE)

    office("import", drive, "--accept", fingerprint)
    office("events", "Spring Jobs Fair", "--head-count", "20", "--level", "3")
    office("correct", "Spring Jobs Fair", "--place", "Old Town Hall")
    office("targets", "set", "response rate", "80", "--stage", "outreach")
    run(data, "office", "plan", "add", "Summer Fair", "--place", "Park", "--date", "2027-06-05", "--expected", "50")
    run(data, "toolkit", "set", "D2.1", "in-progress", "--owner", "Amira Khan", "--review", "2027-01-15")


def main() -> None:
    """Make the folder of a version anew."""
    folder = FOLDER / sys.argv[1]
    shutil.rmtree(folder, ignore_errors=True)
    data = folder / "data"
    make(data)
    said = told_of(data, run)
    (folder / "said.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
