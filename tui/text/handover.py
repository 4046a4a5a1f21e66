"""What is said about handing over: for the commands, and for the staff and office screens."""

from collections.abc import Iterator, Sequence

from storage.errors import FairstartError
from storage.events import day
from storage.exchange.addresses import shown
from storage.exchange.handover import Handed, HeldEvent, State
from storage.kiosk.sending import Sent
from storage.office.importing import Result
from storage.report.sentences import responses
from storage.text import counted

IN_PRACTICE = (
    "This is practice: whatever place you choose, it goes to a practice stick that is gone afterwards. The office "
    "signs for it at once, so you can take its receipt."
)
RECEIPTS_ARE_THERE = "Next: take it back to the laptops, which find their receipts there."
NEXT_STEP = "Next: take it to the office. Its receipt lets this laptop delete what it holds."
DELETING = "This ends the event here, and its counts on this laptop go too. It cannot be undone."
REMEMBERED = (
    "A disk can remember what was deleted, an SSD above all: only disk encryption keeps that unreadable. "
    "Everything was sealed to the office key."
)


def result(handed: Sequence[Handed], place: str = "") -> str:
    """The one plain result of an export; to a place, where that is not on the screen."""
    total, to = sum(one.responses for one in handed), f" to {place}" if place else ""
    return f"{counted(total, 'answer')} handed over{to}, checked by reading the file back. Safe to repeat."


def handed_over(handed: Sequence[Handed], place: str) -> Iterator[str]:
    """The result, after a line for each event where there are several."""
    if len(handed) > 1:
        for one in handed:
            yield f"{one.event.title}, {day(one.event.date)}: {counted(one.responses, 'answer')}"
    yield result(handed, place)
    yield NEXT_STEP


def sent(what: Sent) -> str:
    """What became of a sending."""
    has = [received(held) for held, _ in what.received]
    after = has or ["No receipt for all of it is there yet: send again once the office has fetched it."]
    return " ".join((result(what.handed), *after, *(error.sentence for error in what.problems)))


def trying_again(error: FairstartError, seconds: int) -> str:
    """That a sending failed, and goes on."""
    return f"{error.sentence} Trying again in {seconds} seconds."


def event_line(held: HeldEvent) -> str:
    """An event and how far it has come."""
    return f"{held.event.title}, {day(held.event.date)}: {state(held)}"


def state(held: HeldEvent) -> str:
    """How far an event has come."""
    if held.state is State.PARTLY and held.noted.exported >= held.held:
        return f"{responses(held.held)} handed over, how it went not yet: hand over again"
    if held.state is State.PARTLY:
        return f"{held.noted.exported} of {responses(held.held)} handed over"
    if held.state in {State.EMPTY, State.DELETING, State.DELETED}:
        return str(held.state.value)
    return f"{responses(held.held)}, {held.state.value}"


def current_state(held: HeldEvent) -> str:
    """The same in a sentence of its own."""
    words = state(held)
    return f"{words[:1].upper()}{words[1:]}."


def received(held: HeldEvent) -> str:
    """That a receipt is good."""
    return f"“{held.event.title}”: the office has {_all(held.held)}, and has signed for it."


def what_goes(held: HeldEvent) -> str:
    """An event's day, place and responses, and who has these besides this laptop."""
    return f"{day(held.event.date)}, {held.event.place}: {responses(held.held)}. {_who_has(held)}"


def _who_has(held: HeldEvent) -> str:
    match held.state:
        case State.RECEIVED:
            return f"The office has {_them(held.held)}: receipt of {responses(held.noted.received)}."
        case State.EXPORTED:
            return f"Nobody else may have {_them(held.held)}: handed over, but there is no receipt."
        case State.PARTLY:
            return f"Nobody else has all of it: {responses(held.noted.exported)} handed over."
        case State.HELD:
            return f"Nobody else has {_them(held.held)}."
    return "Nothing is held."


def _them(number: int) -> str:
    return "it" if number == 1 else "them"


def delete_question(held: HeldEvent) -> str:
    """What deleting would do."""
    return f"Delete {_all(held.held)} of “{held.event.title}” from this laptop? {DELETING}"


def deleted(held: HeldEvent) -> str:
    """That it is done, and what a disk can still remember."""
    return f"“{held.event.title}” is deleted here: {responses(held.held)}. {REMEMBERED}"


def _all(number: int) -> str:
    return responses(number) if number == 1 else f"all {responses(number)}"


def brought(one: Result, *, with_place: bool = False) -> str:
    """What became of one file; with where it is, where that is not on the screen."""
    name = one.place if with_place else one.name
    if one.brought is None:
        return f"{name}: not taken. {one.problem}"
    event = one.brought.event
    new = f"{one.brought.new} new" if one.brought.new else "nothing new"
    parts = [f"{name}: {event.title}, {day(event.date)}: {responses(one.brought.responses)}, {new}."]
    if one.brought.debrief:
        parts.append("With what those who ran it wrote.")
    if one.brought.unreadable:
        parts.append(f"{one.brought.unreadable} of them cannot be opened: kept, and in no count.")
    if one.brought.deleted:
        parts.append(f"{one.brought.deleted} were held here and deleted since: not counted again.")
    if one.brought.removed:
        parts.append("It was removed here as a test: kept aside, and in no count.")
    if one.problem:
        parts.append(one.problem)
    return " ".join(parts)


def summary(results: Sequence[Result]) -> str:
    """What became of all files."""
    taken = [one.brought for one in results if one.brought]
    refused = len(results) - len(taken)
    brought_in = f"{_files(len(taken))} brought in, {responses(sum(one.new for one in taken))} new."
    return f"{brought_in} {_files(refused)} not taken: see above." if refused else f"{brought_in} Safe to repeat."


def fetched(results: Sequence[Result], place: str) -> str:
    """The same of what was fetched from an address, where there may be nothing new, or nothing at all."""
    if not results:
        return f"There is nothing at {shown(place)} yet: laptops have sent nothing."
    if all(one.brought and not one.brought.new for one in results):
        return "Nothing new: everything there was brought in before."
    return summary(results)


def _files(number: int) -> str:
    return counted(number, "file was", "files were")
