"""Speed, as ratios measured side by side in one run: `python -m tests.benchmarks`.

Nothing here passes or fails: a machine that is busy says so through its minimum and maximum.
"""

import sys

from tests.benchmarks import counts, kiosk, submit


def main() -> None:
    """Run all of them, or those named."""
    benchmarks = {
        "start": kiosk.start,
        "key": kiosk.key_press,
        "memory": kiosk.memory,
        "submit": submit.submit,
        "counts": counts.counts,
    }
    for name in sys.argv[1:] or benchmarks:
        for line in benchmarks[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main()
