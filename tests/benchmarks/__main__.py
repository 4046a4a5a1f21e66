"""Speed, as ratios measured side by side in one run: `python -m tests.benchmarks`.

Nothing here passes or fails: a machine that is busy says so through its minimum and maximum.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial

from tests.benchmarks import built, country, counts, kiosk, office, sending, submit, toolkit


def main() -> None:
    """Run all of them but the million, or those named; with --small, the long ones on little."""
    small = "--small" in sys.argv
    benchmarks: dict[str, Callable[[], Iterator[str]]] = {
        "start": kiosk.start,
        "key": kiosk.key_press,
        "sending": sending.sending,
        "memory": kiosk.memory,
        "submit": submit.submit,
        "counts": counts.counts,
        "office": partial(office.office, small=small),
        "scale": partial(office.scale, small=small),
        "country": partial(country.country, small=small),
        "cluster": partial(country.cluster, small=small),
        "million": partial(country.million, small=small),
        "toolkit": toolkit.toolkit,
        "built": built.built,
    }
    for name in [word for word in sys.argv[1:] if word != "--small"] or [
        name for name in benchmarks if name != "million"
    ]:
        for line in benchmarks[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main()
