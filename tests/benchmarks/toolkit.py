"""Searching the whole toolkit and 2,000 notes while somebody types: how long the answer to each letter takes."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from content.toolkit import Way, load_toolkit
from storage.toolkit.checklist import Checklist, Edit
from storage.toolkit.progress import Progress
from storage.toolkit.search import Search

_EVENTS = 100
_RUNS = 5
_TYPED = (
    "apprentice",
    "social mobility",
    "socio-economic background",
    "Who pays for travel?",
    "D1.3",
    "mentor line manager",
    "the people of our own",
    "walrus",
)


def toolkit() -> Iterator[str]:
    """Each query letter by letter, in turn with the others."""
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-") as folder:
        checklist = Checklist.open(Path(folder))
        notes = _fill(checklist)
        started = time.perf_counter()
        if _how_far(checklist) != _EVENTS:
            raise RuntimeError("not every event was told")
        listed = time.perf_counter() - started
        started = time.perf_counter()
        search = Search(load_toolkit())
        indexed = time.perf_counter() - started
        times: dict[str, list[float]] = {}
        for _ in range(_RUNS):
            for query in _TYPED:
                for end in range(1, len(query) + 1):
                    started = time.perf_counter()
                    search.find(query[:end], checklist)
                    times.setdefault(query[:end], []).append(1000 * (time.perf_counter() - started))
        search.close()
        checklist.close()
    every = [taken for some in times.values() for taken in some]
    slowest = max(times, key=lambda query: statistics.median(times[query]))
    yield (
        f"search over {len(load_toolkit().entries)} entries and {notes} notes of {_EVENTS} events, letter by letter: "
        f"median {statistics.median(every):.1f} ms, 99th percentile {statistics.quantiles(every, n=100)[98]:.1f} ms "
        f"(target 10 ms), longest {max(every):.1f} ms; {len(every)} searches"
    )
    yield f"how far {_EVENTS} events have come, as the checklist lists them: {1000 * listed:.0f} ms"
    yield f"  slowest, “{slowest}”: {statistics.median(times[slowest]):.1f} ms; indexing: {1000 * indexed:.0f} ms"


def _fill(checklist: Checklist) -> int:
    """Notes of some sixty of the toolkit's own words, for each entry and for each of several events."""
    random = Random(0)  # noqa: S311 - the same notes each time
    entries = load_toolkit().entries
    words = [word for entry in entries.values() for word in entry.text.split()]
    checks = [check.id for check in _of_each_event().checks]
    places = [(name, f"Event {number}") for number in range(_EVENTS) for name in checks]
    places += [(name, "") for name in entries]
    checklist.save(
        *(Edit(name, "note", "", " ".join(random.choices(words, k=60)), event) for name, event in places),
    )
    if sum(len(checklist.records(event)) for event in {event for _, event in places}) != len(places):
        raise RuntimeError("not every note was kept")
    return len(places)


def _of_each_event() -> Way:
    return next(way for way in load_toolkit().ways if way.per_event)


def _how_far(checklist: Checklist) -> int:
    """How far every event has come, as the list of events says it."""
    way = _of_each_event()
    events = [event for event in checklist.events(check.id for check in way.checks) if event]
    return len([Progress.over(way.checks, checklist.records(event)) for event in events])
