"""`python -m tests.windows`: what runs under Windows alone, or otherwise there, tested under Wine.

With words behind it, those go to pytest in place of the usual choice: `python -m tests.windows tests/storage -k lock`.
It needs Wine, MinGW and Python 3.11, and installs none of them: where something is missing, where it takes longer than
`--seconds`, where nothing can be fetched or Wine itself fails, it says so in one line and ends with 0. It ends with 1
where a test fails twice.
"""

import argparse
import subprocess
import sys
import time

from tests.windows.make import CannotMakeError, Windows, cached, make

USUAL = (
    "tests/storage/test_windows_permissions.py",
    "tests/storage/test_private_files.py",
    "tests/storage/test_doctor.py",
    "tests/storage/exchange/test_drives.py",
    "tests/storage/exchange/test_folders.py",
    "tests/storage/kiosk/test_kiosk_folder.py",
    "tests/tui/cli/test_released.py",
    "tests/tui/terminal/test_lines.py",
    "tests/tui/terminal/test_timers.py",
    "tests/tui/terminal/test_windows_console.py",
    "tests/tui/widgets/test_place_field.py",
)
"""What differs most between systems, in about a minute."""

_FAILED = range(1, 6)
"""How pytest ends where a test fails, cannot be collected or is not there; other numbers are Wine's."""


def main() -> int:
    """Make Windows where it is not made yet, and run tests there."""
    parser = argparse.ArgumentParser(prog="python -m tests.windows", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800, help="the most that it may take")
    known, words = parser.parse_known_args()
    end = time.monotonic() + known.seconds
    windows = cached()
    try:
        if not windows.is_made:
            make(windows, end)
        return _tested(windows, words or list(USUAL), end)
    except CannotMakeError as error:
        print(f"NOT TESTED under Windows: {error}.")
    except subprocess.TimeoutExpired:
        print(f"NOT TESTED under Windows: it takes longer than {known.seconds:.0f} seconds here.")
    finally:
        windows.end()
    return 0


def _tested(windows: Windows, words: list[str], end: float) -> int:
    pytest = ["-m", "pytest", "-q", "--color=no", "-o", f"cache_dir=Z:{windows.folder / 'cache'}"]
    done = windows.run([*pytest, "-n", "2", *words], end - time.monotonic())
    said = done.stdout.strip().splitlines()[-1:]
    if done.returncode in _FAILED:
        print(done.stdout)
        done = windows.run([*pytest, "--last-failed", *words], end - time.monotonic())
        said.append("what failed passed when it was tried again")
    if done.returncode in _FAILED:
        print(done.stdout)
        return 1
    if done.returncode:
        raise CannotMakeError(f"Wine ended with {done.returncode}")
    print(f"Windows (under Wine): {'; '.join(said)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
