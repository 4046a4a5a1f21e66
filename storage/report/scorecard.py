"""The scorecard in words, and as a page of one A4 side."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

from storage.counts.conversion import ConversionFinding
from storage.counts.scorecard import Scorecard
from storage.counts.targets import TargetFinding
from storage.events import day
from storage.report.templates import rendered
from storage.settings import Organisation

NO_TARGETS = "No target has been set yet."
JUDGED = (
    "Shares and rates are reached, or not yet, where the whole interval says so; on course where it holds the target; "
    "too few to tell where that is wide. Numbers are on course while they grow as fast as their day needs."
)
ASKED_AT_EACH = "These are people who were asked. Others may be asked at the next stage, so it can be over 100."


def target_name(found: TargetFinding) -> str:
    """What is aimed at: “Working class: at least 39% at outreach by 31 December 2027”."""
    words = [f"{found.what}:", "at most" if found.at_most else "at least", _amount(found, found.value)]
    if found.stage:
        words.append(f"at {found.stage}")
    if found.by:
        words.append(f"by {day(dt.date.fromisoformat(found.by))}")
    return " ".join(words)


def target_now(found: TargetFinding) -> str:
    """Where it stands: “35% (28 to 43%), 4 points to go”."""
    if found.low is not None and found.high is not None:
        interval = f"{found.low}%" if found.low == found.high else f"{found.low} to {found.high}%"
        said = interval if found.now is None else f"{found.now}% ({interval})"
    elif found.now is not None:
        said = f"{found.now:,}"
    else:
        return "nothing to go by yet"
    return f"{said}, {_distance(found)} to go" if found.distance else said


def target_line(found: TargetFinding) -> str:
    """All of it in a line."""
    return f"{target_name(found)} · {target_now(found)} · {found.state}"


def conversion_line(found: ConversionFinding) -> str:
    """A conversion as a leader repeats it."""
    people = f"For every 100 people from {found.label.lower()} backgrounds asked at {found.earlier}"
    if found.per_hundred is None:
        return f"{people}: too few to tell how many were asked at {found.later}."
    return f"{people}, about {found.per_hundred} were asked at {found.later} ({found.low} to {found.high})."


def conversion_lines(found: Sequence[ConversionFinding]) -> Iterator[str]:
    """Every conversion, and after those from one stage to another whether these tell the groups apart."""
    for (earlier, later), of_groups in itertools.groupby(found, lambda one: (one.earlier, one.later)):
        groups = list(of_groups)
        yield from map(conversion_line, groups)
        yield f"From {earlier} to {later}: {_apart(groups)}"


def _apart(groups: Sequence[ConversionFinding]) -> str:
    """What is said of two groups whose intervals do not meet, or that there are none.

    The intervals of all conversions hold together 95 times in 100, so no further allowance is made.
    """
    known = [(one.low, one.high, one.label.lower()) for one in groups if one.low is not None and one.high is not None]
    least, most = min(known, key=lambda one: one[1], default=None), max(known, default=None)
    if least is None or most is None or least[1] >= most[0]:
        return "too few to tell if one group goes on more often than another."
    return (
        f"people from {least[2]} backgrounds seem to go on less often than those from {most[2]} backgrounds. These "
        "counts suggest it and do not prove it."
    )


def lines(found: Scorecard) -> Iterator[str]:
    """The scorecard as plain lines."""
    yield from map(target_line, found.targets)
    if not found.targets:
        yield NO_TARGETS
    if found.conversions:
        yield ""
        yield from conversion_lines(found.conversions)
        yield ASKED_AT_EACH
    yield ""
    yield JUDGED


def scorecard_page(found: Scorecard, organisation: Organisation) -> str:
    """The page's HTML."""
    return rendered(
        "scorecard.html",
        organisation=organisation,
        made=day(dt.date.fromisoformat(found.as_of)),
        found=found,
        target_name=target_name,
        target_now=target_now,
        conversion_lines=conversion_lines,
        no_targets=NO_TARGETS,
        judged=JUDGED,
        asked_at_each=ASKED_AT_EACH,
    )


def _amount(found: TargetFinding, number: float) -> str:
    return f"{number:g}%" if found.kind in {"share", "response rate"} else f"{number:,.0f}"


def _distance(found: TargetFinding) -> str:
    distance = found.distance or 0
    if found.kind in {"share", "response rate"}:
        return f"{distance:g} point{'' if distance == 1 else 's'}"
    return f"{distance:,.0f}"
