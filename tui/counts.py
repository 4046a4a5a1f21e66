"""What the counts say, in sentences: for `fairstart counts`, and for the staff screen beside its charts."""

from collections.abc import Iterator
from dataclasses import dataclass

from storage.findings import CategoryFinding, Findings, OfficeFindings, QuestionFindings, RateFinding
from storage.sentences import HELD_BACK, benchmark, noise, rate, responses, source

NOTHING_YET = "No counts yet. The first ten people enter once twenty have answered, and ten more after every ten."
ALL_HELD_BACK = (
    "All counts are held back for now: together they would tell too much about a few people. More answers help."
)

WHY = (
    (
        "Why are counts rounded and held back?",
        "To keep what one person answered from showing through the numbers, to staff as well.",
    ),
    (
        "Rounded",
        """Every count is rounded to the nearest 5, and counts under the threshold are not shown at all. If the rest
        would give a small count away, the next smallest is held back too. “Held back” never means zero.""",
    ),
    (
        "Ten at a time",
        """Responses enter the counts in tens, and each ten only when ten more people have answered after them. Until
        then this laptop keeps nothing but sums in its memory.""",
    ),
    (
        "After a restart",
        """Those sums are lost when Fairstart stops: at most 19 responses stay out of this laptop’s counts. The sealed
        responses themselves are never lost, and the office counts everybody.""",
    ),
    (
        "The interval",
        """The line from ├ to ┤ is where the share would lie, 19 times in 20, if it were chance alone who came. A
        benchmark inside a wide line proves nothing: “too few to tell”.""",
    ),
    (
        "Shares",
        """Shares leave out people whose answer is other, not known or prefer not to say. The response rate is everybody
        but those who prefer not to say.""",
    ),
)
"""The explanation that is one key away: headings and what they say."""


@dataclass(frozen=True)
class Shown:
    """What a counts screen shows: the questions, and two lines about whom they are of."""

    questions: tuple[QuestionFindings, ...]
    response_rate: RateFinding | None
    """Of all questions together."""
    state: str
    lacking: str
    nothing_yet: str
    """What a question says that nobody is counted in."""
    found: Findings | OfficeFindings
    """What it is made from."""


def shown(found: Findings) -> Shown:
    """What the counts screen of a kiosk shows."""
    return Shown(found.questions, found.response_rate, state(found), lacking(found), NOTHING_YET, found)


def state(found: Findings) -> str:
    """How many are held, how many are in the counts, and when the next enter. One line."""
    parts = [f"{responses(found.held)} held", f"{found.in_counts} in the counts"]
    if found.ended:
        parts.append("the event has ended")
    else:
        more = "1 more answer" if found.next_in == 1 else f"{found.next_in} more answers"
        parts.append(f"next ten after {more}")
    return " · ".join(parts)


def lacking(found: Findings) -> str:
    """What is held and will never be in these counts, and why; empty where nothing is."""
    if not found.left_out:
        return ""
    why = "from before a restart or an export" + (", or left over at the end" if found.ended else "")
    left = responses(found.left_out)
    return f"{left} ({why}) will stay out of these counts. Nothing is lost: the office counts everybody."


def question_lines(question: QuestionFindings, nothing_yet: str) -> Iterator[str]:
    """One question as plain lines."""
    if question.people is None:
        yield nothing_yet
        return
    if question.blank:
        yield ALL_HELD_BACK
    for category in question.categories:
        yield category_line(category)
    if question.response_rate:
        yield f"Response rate: {rate(question.response_rate)}"
    if noise(question):
        yield noise(question)
    if question.context:
        yield f"For context only: {question.context}"


def category_line(category: CategoryFinding) -> str:
    """One category as a plain line."""
    parts = [f"{category.label}: {HELD_BACK if category.count is None else f'about {category.count}'}"]
    if category.share is not None:
        parts.append(f"{category.share} %{'' if category.compared else ' of everybody asked'}")
    if category.low is not None:
        parts.append(f"95 % interval {category.low} to {category.high} %")
    parts += [f"{benchmark(mark)} ({source(mark)})" for mark in category.benchmarks]
    return ", ".join(parts)


def lines(found: Findings) -> Iterator[str]:
    """All counts of an event as plain lines."""
    event = found.event
    yield f"{event.name}, {event.date}, {event.place} ({event.stage})"
    yield from shown_lines(shown(found), f"{found.benchmark_source}, {found.benchmark_year}")


def shown_lines(shown: Shown, benchmarks: str) -> Iterator[str]:
    """What a counts screen shows, as plain lines; `benchmarks` is their source and year."""
    yield shown.state
    if shown.lacking:
        yield shown.lacking
    for number, question in enumerate(shown.questions, 1):
        yield ""
        yield f"{number}. {question.text}"
        for line in question_lines(question, shown.nothing_yet):
            yield f"   {line}"
    if shown.response_rate:
        yield ""
        yield f"Response rate of all questions together: {rate(shown.response_rate)}"
    yield ""
    yield f"Benchmarks: {benchmarks}. Counts are rounded to the nearest 5."
