"""`python -m tests.windows`: what runs under Windows alone, or otherwise there, tested under Wine.

With words behind it, those go to pytest in place of the usual choice: `python -m tests.windows tests/storage -k lock`.
It needs Wine, MinGW and Python 3.11, and installs none of them: where something is missing, where it takes longer than
`--seconds`, or where nothing can be fetched, it says so in one line and ends with 0. It ends with 1 where a test fails
twice.
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
    "tests/storage/kiosk/test_kiosk_folder.py",
    "tests/tui/terminal/test_lines.py",
    "tests/tui/terminal/test_windows_console.py",
)
"""What differs most between systems, in about a minute."""


def main() -> int:
    """Make Windows where it is not made yet, and run tests there."""
    parser = argparse.ArgumentParser(prog="python -m tests.windows", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800, help="the most that it may take")
    known, words = parser.parse_known_args()
    end = time.monotonic() + known.seconds
    windows = cached()
    try:
        if not windows.is_made:
            make(windows)
        return _tested(windows, words or list(USUAL), end)
    except CannotMakeError as error:
        print(f"NOT TESTED under Windows: {error}.")
    except subprocess.TimeoutExpired:
        print(f"NOT TESTED under Windows: it takes longer than {known.seconds:.0f} seconds here.")
    finally:
        if windows.is_made:
            windows.end()
    return 0


def _tested(windows: Windows, words: list[str], end: float) -> int:
    pytest = ["-m", "pytest", "-q", "--color=no", "-o", f"cache_dir=Z:{windows.folder / 'cache'}"]
    done = windows.run([*pytest, *words], max(end - time.monotonic(), 1))
    said = done.stdout.strip().splitlines()[-1].strip("= ")
    if done.returncode:
        done = windows.run([*pytest, "--last-failed", *words], max(end - time.monotonic(), 1))
        said += "; what failed passed when it was tried again"
    if done.returncode:
        print(done.stdout)
        return 1
    print(f"Windows (under Wine): {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
