"""What staff do next, worked out from what this laptop holds; nothing here looks or draws."""

from typing import NamedTuple

from storage.exchange.handover import HeldEvent, State


class NextStep(NamedTuple):
    """A button of the staff area, and why it is the one."""

    button: str
    """Its id."""
    why: str


def next_step(current: HeldEvent | None, *, ended: bool, last_day_over: bool) -> NextStep:
    """The natural next step.

    Args:
        current: the event, as far as it could be read.
        ended: whether it takes no more answers.
        last_day_over: whether its last day is before today.
    """
    if ended and current is not None and current.state in {State.HELD, State.PARTLY}:
        return NextStep("hand-over", "Hand over to the office: the event has ended, and not all of it is there.")
    if ended and current is not None and current.state is State.EXPORTED:
        return NextStep("hand-over", "Take the office’s receipt, once it has what you handed over.")
    if ended:
        return NextStep("new-event", "Start a new event when there is one.")
    if last_day_over:
        return NextStep("end-event", "End the event, if it is over; then hand over.")
    if current is not None and current.held:
        return NextStep("lock", "Lock, and candidates can go on. End the event when everybody has gone.")
    return NextStep("lock", "Lock, and the first candidate can begin.")
