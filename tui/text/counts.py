"""What the counts say, in sentences: for `fairstart counts`, and for the staff screen beside its charts."""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from content.benchmarks import load_benchmarks
from storage.counts.feedback import FeedbackFindings
from storage.counts.findings import EventFinding, Findings, OfficeFindings
from storage.counts.journey import WITHIN_THE_JOURNEY
from storage.counts.questions import CategoryFinding, QuestionFindings
from storage.counts.rates import RateFinding
from storage.kiosk.groups import GROUP
from storage.report import feedback, sentences
from storage.report.sentences import benchmark, blurred, chance, rate, responses, source
from storage.text import counted

NOTHING_YET = "No counts yet: they begin when {} people have answered."
NOTHING_MORE = "No counts on this laptop: too few people answered. The office counts everybody."

WHY_BLUR = (
    (
        "Why are counts blurred?",
        """So that no number tells anyone, staff included, what one person answered. With exact counts, somebody who
        looks before and after one person would see what that person said.""",
    ),
    (
        "What blur is",
        """People enter the counts in groups of ten or more. Before anyone sees a group’s counts, Fairstart tosses coins
        and makes each a little too high, a little too low, or leaves it. Few are off by more than 3, however large the
        group. Where groups are added up, so is their blur: a line below the counts says how much. The number of people
        is exact.""",
    ),
    (
        "Drawn once, and it stays",
        """The blur of a group is drawn once and never again. Look as often as you like, in any table: its numbers stay
        the same, so nobody can find the exact ones by looking many times.""",
    ),
)
"""What blur is, for somebody who has never heard of it."""
WHY_READ = (
    (
        "“About 45” and “under 10”",
        """“About” is the blurred count, to the nearest 5. “Under 10” has no share, because blur could be much of it. It
        never means none.""",
    ),
    (
        "Shares, intervals and verdicts",
        """They allow for blur as well as for chance. The line from ├ to ┤ is where the share may lie: for all lines of
        a question together that is right 95 times in 100. ● is the share itself. A benchmark inside a wide line proves
        nothing: “too few to tell”. With more people, the lines get shorter.""",
    ),
    (
        "Who is in a share",
        f"{sentences.LEFT_OUT} The response rate is everybody but those who prefer not to say.",
    ),
    ("Whose figures the benchmarks are", sentences.WHOSE_BENCHMARKS),
)
"""How to read what is shown."""
WHY = (
    *WHY_BLUR,
    *WHY_READ,
    (
        "Ten at a time",
        """This laptop draws blur for every ten people. Up to nine wait until they are ten, as a sum in its memory; the
        sum of one is that person’s answers. When Fairstart stops or the event ends, those who wait stay out of this
        laptop’s counts. Their sealed responses are not lost.""",
    ),
    (
        "The office’s counts are sharper",
        """The office counts everybody, and draws one blur for all who come in from an event instead of one for every
        ten people. It draws its own, so its numbers differ a little from these.""",
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

    @property
    def feedback(self) -> FeedbackFindings | None:
        """What people think of the event, where they are asked."""
        return self.found.feedback

    @property
    def all_questions(self) -> tuple[QuestionFindings, ...]:
        """Those about background, then those about the event; at an event that asks for feedback alone, these."""
        if self.feedback is None:
            return self.questions
        return self.questions + self.feedback.questions

    def is_feedback(self, question: QuestionFindings) -> bool:
        """Whether a question is about the event."""
        return question not in self.questions


def shown(found: Findings) -> Shown:
    """What the counts screen of a kiosk shows."""
    nothing_yet = NOTHING_MORE if found.ended else NOTHING_YET.format(_first(found.threshold))
    return Shown(found.questions, found.response_rate, state(found), lacking(found), nothing_yet, found)


def _first(threshold: int) -> str:
    """With how many people counts begin: they enter ten at a time."""
    return "ten" if threshold <= GROUP else str(-(-threshold // GROUP) * GROUP)


def state(found: Findings) -> str:
    """How many are held, how many are in the counts, and when the next enter. One line."""
    parts = [f"{responses(found.held)} held", f"{found.in_counts} in the counts"]
    if found.ended:
        parts.append("the event has ended")
    else:
        parts.append(f"next ten after {counted(found.next_in, 'more answer')}")
    return " · ".join(parts)


def lacking(found: Findings) -> str:
    """What is held and will never be in these counts, and why; empty where nothing is."""
    if not found.left_out:
        return ""
    why = "from before a restart" + (", or left over at the end" if found.ended else "")
    left = responses(found.left_out)
    return f"{left} ({why}) will stay out of these counts. Nothing is lost: the office counts everybody."


def beside_benchmarks(question: QuestionFindings, found: Findings | OfficeFindings) -> Iterator[str]:
    """What is said of a question in place of benchmarks: each stage by itself, or along the journey."""
    if question not in found.questions:
        return
    stages = found.stages if isinstance(found, OfficeFindings) else ()
    of_this = [
        replace(stage, questions=tuple(one for one in stage.questions if one.id == question.id)) for stage in stages
    ]
    own = any(part.benchmarks for stage in of_this for one in stage.questions for part in one.categories)
    if not (own or load_benchmarks(found.question_set).of(question.id).benchmarks):
        return
    if of_this:
        yield sentences.MIXED
        yield from sentences.stage_lines(of_this)
    elif WITHIN_THE_JOURNEY.intersection(event.stage for event in _events(found)):
        yield sentences.COMPARABLE


def _events(found: Findings | OfficeFindings) -> tuple[EventFinding, ...]:
    return found.events if isinstance(found, OfficeFindings) else (found.event,)


def question_lines(question: QuestionFindings, shown: Shown) -> Iterator[str]:
    """One question as plain lines."""
    if question.people is None:
        yield shown.nothing_yet
        return
    for category in question.categories:
        yield category_line(category)
    yield from beside_benchmarks(question, shown.found)
    if question.response_rate:
        yield f"Response rate: {rate(question.response_rate)}"
    if question.context:
        yield f"For context only: {question.context}"


def category_line(category: CategoryFinding) -> str:
    """One category as a plain line."""
    parts = [f"{category.label}: {sentences.count(category)}"]
    if category.share is not None:
        parts.append(f"{category.share}%{'' if category.compared else ' of everybody asked'}")
    if category.low is not None:
        parts.append(f"95% interval {category.low} to {category.high}%")
    parts += [f"{benchmark(mark)} ({source(mark)})" for mark in category.benchmarks]
    return ", ".join(parts)


def lines(found: Findings) -> Iterator[str]:
    """All counts of an event as plain lines."""
    event = found.event
    yield f"{event.name}, {event.date}, {event.place} ({event.stage})"
    yield from shown_lines(shown(found), f"{found.benchmark_source}, {found.benchmark_year}")


def shown_lines(shown: Shown, benchmarks: str) -> Iterator[str]:
    """What a counts screen shows, as plain lines; `benchmarks` is their source and year."""
    yield from filter(None, (shown.state, shown.lacking, blurred(shown.questions), chance(shown.questions)))
    for number, question in enumerate(shown.questions, 1):
        yield ""
        yield f"{number}. {question.text}"
        for line in question_lines(question, shown):
            yield f"   {line}"
    if shown.response_rate:
        yield ""
        yield f"Response rate of all questions together: {rate(shown.response_rate)}"
    yield ""
    yield f"Benchmarks: {benchmarks}."
    if shown.feedback:
        yield ""
        yield from feedback_lines(shown, shown.feedback)


def feedback_lines(shown: Shown, found: FeedbackFindings) -> Iterator[str]:
    """What people think of the event, as plain lines."""
    yield f"{feedback.HEADING}: {feedback.state(found)}"
    yield from filter(None, (blurred(found.questions), chance(found.questions)))
    for number, question in enumerate(found.questions, 1):
        yield ""
        yield f"{number}. {question.text}"
        for line in question_lines(question, shown):
            yield f"   {line}"
    yield ""
    yield from feedback.together_lines(found)
    if found.trend:
        yield ""
        for one in found.trend.periods:
            first, *others = feedback.period_lines(one)
            yield first
            yield from (f"   {line}" for line in others)
        yield from feedback.change_lines(found.trend)


def meter(part: int, of: int, width: int) -> str:
    """So much of so many, as a bar of that many cells."""
    filled = part * width // of if of else 0
    return "█" * filled + "░" * (width - filled)


def gauge(found: RateFinding, width: int) -> Iterator[str]:
    """A response rate as a bar of that many cells, up to where it may be, and its target below."""
    sure, perhaps = (round(share * width / 100) for share in (found.low, found.high))
    yield "█" * sure + "▒" * (perhaps - sure) + "░" * (width - perhaps)
    if found.target is not None:
        yield f"{' ' * min(round(found.target * width / 100), width - 1)}▲ target"
